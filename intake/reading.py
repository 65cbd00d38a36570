"""The receipt: what was read, how it was understood, and what was refused.

A `Reading` is written as `reading.json` beside the tables and is what the rooms above show a person. Its
sums close: for each file and each table that the file feeds, rows in = rows accepted + rows refused.
"""

from __future__ import annotations

from pydantic import Field, computed_field

from intake.datasheet import DataSheet
from intake.frozen import Frozen
from intake.text import Text


class Note(Frozen):
    """Something a person should know about the reading; nothing was refused because of it."""

    code: str
    text: Text
    file: str | None = None
    column: str | None = None
    line: int | None = None
    count: int | None = None


class ColumnReading(Frozen):
    """How one heading was understood."""

    heading: str
    target: str | None
    """Column of the table, None if the heading was left out."""
    confidence: int = Field(ge=0, le=100)
    """Percent; 100 where the data sheet says so."""
    why: str


class FileReading(Frozen):
    """One file (or sheet) as read for one table.

    A file that feeds several tables has one `FileReading` for each, and one with table None for the rows that
    none of them asked for.
    """

    name: str
    sha256: str
    bytes: int
    format: str
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    table: str | None = None
    confidence: int = Field(ge=0, le=100)
    columns: tuple[ColumnReading, ...] = ()
    rows_in: int = 0
    rows_accepted: int = 0
    rows_refused: int = 0
    refused_by_code: dict[str, int] = Field(default_factory=dict)
    notes: tuple[Note, ...] = ()


class TableReading(Frozen):
    """One table as written."""

    rows: int
    filled: dict[str, int]
    """How many rows fill each column; columns that no row fills are absent."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that at least one row fills."""
        return tuple(self.filled)


class Reading(Frozen):
    """Everything about one reading."""

    files: tuple[FileReading, ...]
    tables: dict[str, TableReading]
    currencies: dict[str, int]
    """Decimals of each currency that occurs."""
    datasheet: DataSheet | None = None
    notes: tuple[Note, ...] = ()

    @computed_field  # type: ignore[prop-decorator]
    @property
    def rows_in(self) -> int:
        """Rows read, each counted once for each table it was read for."""
        return sum(file.rows_in for file in self.files)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def rows_accepted(self) -> int:
        """Rows written to a table."""
        return sum(file.rows_accepted for file in self.files)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def rows_refused(self) -> int:
        """Rows kept in `refused.parquet`."""
        return sum(file.rows_refused for file in self.files)

    @property
    def all_notes(self) -> tuple[Note, ...]:
        """The reading's own notes, then each file's."""
        return self.notes + tuple(note for file in self.files for note in file.notes)
