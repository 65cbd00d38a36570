"""Parquet files: every cell as the text it would be printed as, row group by row group.

Integers, decimals and timestamps turn into text exactly; a float becomes the shortest text that reads back as
the same float. A row's line is its 1-based number in the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from intake.errors import RefusalCode, TooLarge, UnreadableFile, too_many_columns
from intake.formats.contract import SAMPLE_ROWS, Batch, Fault, unique_headings
from intake.formats.digest import sha256_of
from intake.limits import Limits
from intake.reading import Note
from intake.text import Text, say

_ROWS = 131_072


class ParquetSource:
    """A Parquet file (see `intake.formats.contract.Source`).

    Raises:
        UnreadableFile: Truncated, damaged, encrypted, or without columns.
        TooLarge: More columns than the limit.
    """

    format = "parquet"
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None

    def __init__(self, path: Path, name: str, limits: Limits) -> None:
        self.path = path
        self.name = name
        self.notes: list[Note] = []
        self._limits = limits
        self.size = path.stat().st_size
        self.sha256 = sha256_of(path)
        with self._open() as file:
            self.headings = unique_headings(file.schema_arrow.names)
            self._rows = file.metadata.num_rows
        if not self.headings:
            raise UnreadableFile(Text(en="has no columns.", ar="بلا أعمدة."), file=name)
        if len(self.headings) > limits.columns:
            raise TooLarge(too_many_columns(len(self.headings), limits.columns), file=name)

    def _open(self) -> parquet.ParquetFile:
        try:
            return parquet.ParquetFile(self.path)
        except (pa.ArrowException, OSError) as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> UnreadableFile:
        told = str(error).splitlines()[0][:200]
        return UnreadableFile(
            say(
                "is truncated, damaged or encrypted ({told}). Export it again.",
                "مبتور أو تالف أو مشفَّر ({told}). يُرجى تصديره من جديد.",
                told=told,
            ),
            file=self.name,
        )

    def sample(self) -> pl.DataFrame:
        """The first rows."""
        for batch in self.batches():
            return batch.frame().head(SAMPLE_ROWS * 20)
        return pl.DataFrame(schema=dict.fromkeys(self.headings, pl.String))

    def batches(self) -> Iterator[Batch]:
        """All rows, in order."""
        done = 0
        with self._open() as file:
            pieces = file.iter_batches(batch_size=_ROWS)
            while True:
                try:
                    piece = next(pieces, None)
                except (pa.ArrowException, OSError) as error:
                    raise self._damaged(error) from error
                if piece is None:
                    return
                frame = self._frame(piece)
                lines = np.arange(done + 1, done + len(frame) + 1, dtype=np.int64)
                done += len(frame)
                large = frame.select(
                    pl.any_horizontal(pl.all().str.len_bytes() > self._limits.cell).fill_null(value=False)
                ).to_series()
                faults: list[Fault] = []
                if large.any():
                    for index in large.arg_true():
                        cells = [str(cell)[:1000] if cell is not None else None for cell in frame.row(index)]
                        faults.append(Fault.of_cells(int(lines[index]), RefusalCode.OVERSIZED_CELL, cells))
                    frame, lines = frame.filter(~large), lines[~large.to_numpy()]
                yield Batch(lines, partial(_same, frame), done / max(1, self._rows), faults)

    def _frame(self, piece: pa.RecordBatch) -> pl.DataFrame:
        columns = [_as_text(column) for column in piece.columns]
        frame = pl.from_arrow(pa.Table.from_arrays(columns, names=[f"c{i}" for i in range(len(columns))]))
        assert isinstance(frame, pl.DataFrame)
        frame = frame.with_columns(pl.all().cast(pl.String))
        frame.columns = self.headings
        return frame


def _same(frame: pl.DataFrame) -> pl.DataFrame:
    return frame


def _as_text(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return column
    if pa.types.is_timestamp(kind):
        zone = "Z" if kind.tz else ""
        if kind.tz:
            column = column.cast(pa.timestamp(kind.unit, "UTC")).cast(pa.timestamp(kind.unit))
        return pc.strftime(column.cast(pa.timestamp("s"), safe=False), format="%Y-%m-%dT%H:%M:%S" + zone)
    if pa.types.is_floating(kind):
        series = pl.Series(column.to_numpy(zero_copy_only=False).astype(np.float64), nan_to_null=True)
        return pa.array([None if value is None else shortest(value) for value in series.to_list()], pa.string())
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.array([None if cell is None else str(cell) for cell in column.to_pylist()], pa.string())
    try:
        return column.cast(pa.string())
    except pa.ArrowException:
        return pa.array([None if cell is None else str(cell) for cell in column.to_pylist()], pa.string())


def shortest(value: float) -> str:
    """The shortest plain decimal that reads back as the same float.

    >>> shortest(12.1), shortest(5.0), shortest(1e22)
    ('12.1', '5', '10000000000000000000000')
    """
    text = repr(value)
    if "e" in text or "E" in text:
        text = f"{value:.17f}".rstrip("0") if abs(value) < 1 else f"{value:.0f}"
    return text[:-2] if text.endswith(".0") else text.rstrip(".")
