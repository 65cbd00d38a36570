"""A desk to hand files to: writes them, reads them, checks that nothing was lost."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

import intake

ORDERS = "files: [{file: '*', table: orders, columns: {id: id, buyer_id: buyer, amount: amount}}]\ncurrency: USD\n"
"""The data sheet of most small files here: id, buyer, amount."""


class Desk:
    """Reads what a test writes, each time into a new folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.records = folder / "records"
        self.records.mkdir()
        self._outs = 0
        self.out = folder / "out"

    def put(self, name: str, content: str | bytes) -> Path:
        """Write one of the company's files."""
        path = self.records / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def read(self, *sources: Path, sheet: str | None = ORDERS, **options: object) -> intake.Reading:
        """Read the records (or the named sources); the sums must close and every refused row must be there."""
        datasheet = None
        if sheet is not None:
            datasheet = self.folder / "sheet.yaml"
            datasheet.write_text(sheet, encoding="utf-8")
        self._outs += 1
        self.out = self.folder / f"out{self._outs}"
        reading = intake.read(list(sources) or [self.records], self.out, datasheet=datasheet, **options)  # type: ignore[arg-type]
        for file in reading.files:
            assert file.rows_in == file.rows_accepted + file.rows_refused
            assert file.rows_refused == sum(file.refused_by_code.values())
        assert len(self.refused()) == reading.rows_refused
        for name, table in reading.tables.items():
            assert len(self.table(name)) == table.rows
        assert sum(table.rows for table in reading.tables.values()) == reading.rows_accepted
        assert not [path for path in self.out.iterdir() if path.name.startswith(".")]
        return reading

    def table(self, name: str) -> pl.DataFrame:
        """A table as written."""
        return pl.read_parquet(self.out / f"{name}.parquet")

    def refused(self) -> pl.DataFrame:
        """The refused rows."""
        return pl.read_parquet(self.out / "refused.parquet")

    def refusals(self) -> list[tuple[int, str | None, str]]:
        """Line, column and code of each refused row, by line."""
        return sorted(self.refused().select("line", "column", "code").iter_rows(), key=lambda row: row[0])

    def rows_as_found(self) -> list[object]:
        """The refused rows' cells, by line."""
        return [json.loads(row) for row in self.refused().sort("line")["row"]]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk with an empty folder of records."""
    return Desk(tmp_path)
