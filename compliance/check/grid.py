"""A table as it was found, before anybody knows what its columns mean: rows of text, and the words around them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells from a CSV file, a sheet of a workbook, or a page of a PDF."""

    rows: tuple[tuple[int, tuple[str, ...]], ...]
    """1-based line (row of the sheet, line of the page) and cells; empty rows are left out."""
    around: tuple[str, ...] = ()
    """Lines of text beside the table, looked at for what it says of itself."""
    page: int | None = None
    """1-based page of a PDF."""
    last_page: int | None = None
    """Where the table goes on over pages: the last of them; its lines are then counted from its beginning."""
    sheet: str | None = None
    repaired: bool = False
    """Whether Arabic text had to be brought into reading order."""
