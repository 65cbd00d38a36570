"""Excel workbooks: values by the fast reader, formulas and true sizes by a look at the XML itself.

A workbook is an archive of XML, so `workbook_parts` looks through it first: true sizes, document types, cells
with formulas, and how far the cells reach (one cell at XFD1048576 would make a reader allocate the whole
grid). A row's line is its row number in the sheet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from intake.errors import RefusalCode, TooLarge, UnreadableFile, too_many_columns
from intake.formats.columnar import shortest
from intake.formats.contract import SAMPLE_ROWS, Batch, Fault, unique_headings
from intake.formats.digest import sha256_of
from intake.formats.heading_row import find_heading_row
from intake.formats.layout import lines_above
from intake.formats.workbook_parts import Grid, look_through
from intake.limits import Limits
from intake.reading import Note
from intake.text import Text, say

_ROWS = 65_536


def open_workbook(path: Path, name: str, limits: Limits, sheets: Sequence[str] | None) -> list[WorkbookSource]:
    """The sheets of a workbook that hold rows.

    Raises:
        UnreadableFile: Truncated, damaged, or no sheet holds rows.
        UnsafeArchive: Document types or entities in its XML.
        TooLarge: Larger than the limits once inflated.
    """
    grids = look_through(path, name, limits)
    try:
        book = CalamineWorkbook.from_path(str(path))
    except CalamineError as error:
        raise UnreadableFile(
            say(
                "cannot be read as an Excel workbook ({error}). Save it again.",
                "تتعذر قراءته كمصنف Excel ({error}). يُرجى حفظه من جديد.",
                error=error,
            ),
            file=name,
        ) from error
    digest = sha256_of(path)
    if sheets is not None:
        for wanted in sheets:
            if wanted not in book.sheet_names:
                raise UnreadableFile(
                    say(
                        "has no sheet `{wanted}`; its sheets are {sheets}.",
                        "لا ورقة فيه باسم {wanted}؛ وأوراقه: {sheets}.",
                        wanted=wanted,
                        sheets=", ".join(book.sheet_names),
                    ),
                    file=name,
                )
    found = []
    for title in book.sheet_names:
        grid = grids.get(title, Grid())
        if sheets is not None and title not in sheets:
            continue
        if grid.rows * grid.columns > limits.sheet_cells:
            raise TooLarge(
                say(
                    "sheet `{title}` reaches to row {rows}, column {columns}: more than {limit} cells. Delete empty rows"
                    " and columns, or save it as CSV.",
                    "تمتد الورقة {title} إلى الصف {rows} والعمود {columns}، أي أكثر من {limit} خانة. يُرجى حذف الصفوف"
                    " والأعمدة الفارغة أو حفظها بصيغة CSV.",
                    title=title,
                    rows=grid.rows,
                    columns=grid.columns,
                    limit=limits.sheet_cells,
                ),
                file=name,
            )
        if grid.rows:
            found.append(WorkbookSource(path, name, title, book, grid, digest, limits))
    if not found:
        raise UnreadableFile(
            Text(
                en="has no sheet with rows. Export the table again, or leave it out.",
                ar="لا صفوف في أي من أوراقه. يُرجى تصدير الجدول من جديد أو تركه.",
            ),
            file=name,
        )
    return found


class WorkbookSource:
    """One sheet of a workbook (see `intake.formats.contract.Source`)."""

    format = "xlsx"
    encoding: str | None = None
    delimiter: str | None = None

    def __init__(
        self, path: Path, name: str, sheet: str, book: CalamineWorkbook, grid: Grid, sha256: str, limits: Limits
    ) -> None:
        self.path = path
        self.name = name
        self.sheet: str | None = sheet
        self.notes: list[Note] = []
        self.sha256 = sha256
        self.size = path.stat().st_size
        self._grid = grid
        self._limits = limits
        self._formulas: dict[int, list[tuple[int, str]]] = {}
        for at, column, formula in grid.formulas:
            self._formulas.setdefault(at, []).append((column, formula))
        try:
            self._sheet: CalamineSheet = book.get_sheet_by_name(sheet)
        except CalamineError as error:
            raise UnreadableFile(
                say(
                    "sheet `{sheet}` is damaged ({error}). Save it again.",
                    "الورقة {sheet} تالفة ({error}). يُرجى حفظ الملف من جديد.",
                    sheet=sheet,
                    error=error,
                ),
                file=name,
            ) from error
        self._first_column = self._sheet.start[1] if self._sheet.start else 0
        head = []
        for _, row in self._rows():
            head.append([_as_text(cell) or "" for cell in row])
            if len(head) >= 200:
                break
        trimmed = [_trimmed(row) for row in head]
        place = find_heading_row([row + [""] * (max(map(len, trimmed)) - len(row)) for row in trimmed])
        self._width = max(map(len, trimmed), default=0)
        if self._width > limits.columns:
            raise TooLarge(too_many_columns(self._width, limits.columns), file=name)
        self._skip = 0 if place.index is None else place.index + 1
        names = [""] * self._width if place.index is None else head[place.index][: self._width]
        self.headings = unique_headings(names + [""] * (self._width - len(names)))
        if place.index:
            self.notes.append(lines_above(name, place.index))

    def _rows(self) -> Iterator[tuple[int, Sequence[object]]]:
        """Row number and cells of each row that is not empty."""
        for number, row in enumerate(self._sheet.iter_rows(), start=1):
            if any(cell != "" for cell in row) or number in self._formulas:
                yield number, row

    def sample(self) -> pl.DataFrame:
        """The first rows."""
        for batch in self.batches():
            return batch.frame().head(SAMPLE_ROWS * 20)
        return pl.DataFrame(schema=dict.fromkeys(self.headings, pl.String))

    def batches(self) -> Iterator[Batch]:
        """All rows below the headings, in order."""
        rows: list[Sequence[object]] = []
        lines: list[int] = []
        faults: list[Fault] = []
        limit = self._limits.cell
        for index, (number, row) in enumerate(self._rows()):
            if index < self._skip:
                if index < self._skip - 1:
                    cells = [_as_text(cell) for cell in row]
                    faults.append(Fault.of_cells(number, RefusalCode.ABOVE_HEADING, cells))
                continue
            if len(row) > self._width and any(cell != "" for cell in row[self._width :]):
                cells = [_as_text(cell) for cell in row]
                told = f"{len(_trimmed([cell or '' for cell in cells]))} cells, expected {self._width}"
                faults.append(Fault.of_cells(number, RefusalCode.WRONG_CELL_COUNT, cells, told))
                continue
            if any(type(cell) is str and len(cell) > limit for cell in row):
                cells = [(_as_text(cell) or "")[:4096] for cell in row]
                faults.append(Fault.of_cells(number, RefusalCode.OVERSIZED_CELL, cells))
                continue
            rows.append(row)
            lines.append(number)
            if len(rows) >= _ROWS:
                yield self._batch(rows, lines, faults)
                rows, lines, faults = [], [], []
        if rows or faults:
            yield self._batch(rows, lines, faults)

    def _batch(
        self,
        rows: list[Sequence[object]],
        lines: list[int],
        faults: list[Fault],
    ) -> Batch:
        marked = []
        if self._formulas:
            for index, line in enumerate(lines):
                for column, formula in self._formulas.get(line, ()):
                    place = column - 1 - self._first_column
                    if 0 <= place < self._width:
                        marked.append((index, self.headings[place], formula))
        share = lines[-1] / max(1, self._grid.rows) if lines else 1.0
        return Batch(np.array(lines, np.int64), partial(self._frame, rows), min(1.0, share), faults, marked)

    def _frame(self, rows: list[Sequence[object]]) -> pl.DataFrame:
        cells = list(zip(*rows, strict=True))
        empty: tuple[object, ...] = (None,) * len(rows)
        columns = [cells[place] if place < len(cells) else empty for place in range(self._width)]
        return pl.DataFrame(
            [
                pl.Series(heading, [_as_text(cell) for cell in column], dtype=pl.String)
                for heading, column in zip(self.headings, columns, strict=True)
            ]
        )


def _trimmed(row: list[str]) -> list[str]:
    end = len(row)
    while end and not row[end - 1].strip():
        end -= 1
    return row[:end]


def _as_text(cell: object) -> str | None:
    if isinstance(cell, str):
        return cell
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return shortest(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return str(cell)
