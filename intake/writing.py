"""Tables and refused rows on their way to Parquet, in a folder that does not exist until all is well.

A table's writer keeps the hashes of its keys: a row whose key was seen is set aside and, once the table is
closed, compared with it as a string, so a collision of hashes never refuses an innocent row.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
from pyarrow import parquet

from intake.database import connect
from intake.duplicates import SeenHashes
from intake.schema import REFUSED, TABLES, arrow_schema

_OPTIONS: dict[str, object] = {
    "compression": "zstd",
    "compression_level": 1,
    "write_statistics": True,
    "use_dictionary": True,
    "store_schema": True,
}


@dataclass(slots=True)
class Tally:
    """Counts of one claim: rows in, and rows refused by code."""

    rows_in: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def accepted(self) -> int:
        """Rows that were not refused."""
        return self.rows_in - self.refused.total()


class RefusedWriter:
    """Writes `refused.parquet`; the file exists only if a row was refused."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "refused.parquet"
        self._writer: parquet.ParquetWriter | None = None

    def write(self, refused: pl.DataFrame) -> None:
        """Append refused rows."""
        if not len(refused):
            return
        if self._writer is None:
            self._writer = parquet.ParquetWriter(self._path, REFUSED, **_OPTIONS)
        self._writer.write_table(refused.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(REFUSED))

    def close(self) -> None:
        """Finish the file; an empty one is written too, so that readers need not ask."""
        if self._writer is None:
            self._writer = parquet.ParquetWriter(self._path, REFUSED, **_OPTIONS)
        self._writer.close()


class TableWriter:
    """Writes one table; created by the first row."""

    def __init__(self, folder: Path, table: str) -> None:
        self.table = table
        self.rows = 0
        self.filled: Counter[str] = Counter()
        self._schema = arrow_schema(table)
        self._path = folder / f"{table}.parquet"
        self._aside = folder / f".{table}.suspects.parquet"
        self._writer: parquet.ParquetWriter | None = None
        self._suspects: parquet.ParquetWriter | None = None
        self._suspect_schema = pa.schema(
            [*self._schema, *(field.with_name(f"refused.{field.name}") for field in REFUSED), ("claim", pa.int64())]
        )
        self._seen = SeenHashes()

    def write(
        self, rows: pa.Table, hashes: np.ndarray[tuple[int], np.dtype[np.uint64]] | None
    ) -> np.ndarray[tuple[int], np.dtype[np.bool_]] | None:
        """Append rows whose key is new.

        Returns:
            Which rows were not written because their key may have occurred; None if all were written.
        """
        twice = None
        if hashes is not None and len(hashes):
            keyed = hashes != 0
            seen = np.zeros(len(hashes), np.bool_)
            seen[keyed] = self._seen.add(hashes[keyed])
            if seen.any():
                twice = seen
                rows = rows.filter(pa.array(~seen))
        self._append(rows)
        return twice

    def set_aside(self, rows: pa.Table, refused: pl.DataFrame, claim: int) -> None:
        """Keep suspects with the refusal that awaits them."""
        if self._suspects is None:
            self._suspects = parquet.ParquetWriter(self._aside, self._suspect_schema, **_OPTIONS)
        told = refused.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(REFUSED)
        columns = [*rows.columns, *told.columns, pa.array(np.full(len(refused), claim, np.int64))]
        self._suspects.write_table(pa.Table.from_arrays(columns, schema=self._suspect_schema))

    def close(self, refusals: RefusedWriter) -> Counter[int]:
        """Finish the table and judge the suspects.

        Returns:
            Rows refused as duplicates, by claim.
        """
        refused: Counter[int] = Counter()
        if self._writer is not None:
            self._writer.close()
        if self._suspects is None:
            return refused
        self._suspects.close()
        innocent = self._innocent()
        file = parquet.ParquetFile(self._aside)
        at = 0
        for group in range(file.num_row_groups):
            rows = file.read_row_group(group)
            keep = np.isin(np.arange(at, at + len(rows)), innocent)
            at += len(rows)
            if keep.any():
                self._append_late(rows.filter(pa.array(keep)).select(self._schema.names))
                rows = rows.filter(pa.array(~keep))
            told = rows.select([f"refused.{name}" for name in REFUSED.names]).rename_columns(REFUSED.names)
            frame = pl.from_arrow(told)
            assert isinstance(frame, pl.DataFrame)
            refusals.write(frame)
            refused.update(rows.column("claim").to_pylist())
        file.close()
        self._aside.unlink()
        return refused

    def _innocent(self) -> list[int]:
        """Places of suspects whose key, as a string, is nowhere in the table nor earlier among the suspects."""
        key = TABLES[self.table].key
        with connect() as database:
            found = database.execute(
                f"""
                select place from (
                    select key, file_row_number as place,
                           row_number() over (partition by key order by file_row_number) as turn
                    from (select {key} as key, file_row_number from read_parquet($aside, file_row_number = true))
                ) where turn = 1 and key not in (select {key} from read_parquet($table) where {key} is not null)
                order by place
                """,  # noqa: S608 - the key is a name of our own schema
                {"aside": str(self._aside), "table": str(self._path)},
            ).fetchall()
        return [place for (place,) in found]

    def _append(self, rows: pa.Table) -> None:
        if not len(rows):
            return
        if self._writer is None:
            self._writer = parquet.ParquetWriter(self._path, self._schema, **_OPTIONS)
        self._count(rows)
        self._writer.write_table(rows)

    def _append_late(self, rows: pa.Table) -> None:
        """Add rows to the closed file, by writing it anew."""
        self._count(rows)
        grown = self._path.with_suffix(".grown")
        file = parquet.ParquetFile(self._path)
        with parquet.ParquetWriter(grown, self._schema, **_OPTIONS) as writer:
            for group in range(file.num_row_groups):
                writer.write_table(file.read_row_group(group).cast(self._schema))
            writer.write_table(rows.cast(self._schema))
        file.close()
        grown.replace(self._path)

    def _count(self, rows: pa.Table) -> None:
        self.rows += len(rows)
        for name in TABLES[self.table]:
            self.filled[name.name] += len(rows) - rows.column(name.name).null_count
