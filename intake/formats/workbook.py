"""Excel workbooks: values by the fast reader, formulas and true sizes by a look at the XML itself.

A workbook is an archive of XML, so before a reader may touch it each part is inflated once in small pieces:
that counts its true size (an archive can lie about it), refuses document types and entities, finds every cell
that holds a formula, and measures how far the cells reach (one cell at XFD1048576 would make a reader
allocate the whole grid). A row's line is its row number in the sheet.
"""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from posixpath import join, normpath
from xml.parsers import expat

import numpy as np
import polars as pl
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from intake.errors import RefusalCode, TooLarge, UnreadableFile, UnsafeArchive
from intake.formats.columnar import _shortest
from intake.formats.contract import SAMPLE_ROWS, Batch, Fault, unique_headings
from intake.formats.digest import sha256_of
from intake.formats.heading_row import find_heading_row
from intake.limits import Limits
from intake.reading import Note
from intake.text import Text

_PIECE = 1 << 20
_ROWS = 65_536
_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"


@dataclass(slots=True)
class _Grid:
    """What a look at a sheet's XML told: 1-based extents and cells with formulas."""

    first_row: int = 0
    rows: int = 0
    columns: int = 0
    formulas: list[tuple[int, int]] = field(default_factory=list)


def open_workbook(path: Path, name: str, limits: Limits, sheets: Sequence[str] | None) -> list[WorkbookSource]:
    """The sheets of a workbook that hold rows.

    Raises:
        UnreadableFile: Truncated, damaged, or no sheet holds rows.
        UnsafeArchive: Document types or entities in its XML.
        TooLarge: Larger than the limits once inflated.
    """
    grids = _look_through(path, name, limits)
    try:
        book = CalamineWorkbook.from_path(str(path))
    except CalamineError as error:
        raise UnreadableFile(f"cannot be read as an Excel workbook ({error}). Save it again.", file=name) from error
    digest = sha256_of(path)
    if sheets is not None:
        for wanted in sheets:
            if wanted not in book.sheet_names:
                raise UnreadableFile(
                    f"has no sheet `{wanted}`; its sheets are {', '.join(book.sheet_names)}.", file=name
                )
    found = []
    for title in book.sheet_names:
        grid = grids.get(title, _Grid())
        if sheets is not None and title not in sheets:
            continue
        if grid.rows * grid.columns > limits.sheet_cells:
            raise TooLarge(
                f"sheet `{title}` reaches to row {grid.rows}, column {grid.columns}: more than"
                f" {limits.sheet_cells} cells. Delete empty rows and columns, or save it as CSV.",
                file=name,
            )
        if grid.rows:
            found.append(WorkbookSource(path, name, title, book, grid, digest, limits))
    if not found:
        raise UnreadableFile("has no sheet with rows. Export the table again, or leave it out.", file=name)
    return found


class WorkbookSource:
    """One sheet of a workbook (see `intake.formats.contract.Source`)."""

    format = "xlsx"
    encoding: str | None = None
    delimiter: str | None = None

    def __init__(
        self, path: Path, name: str, sheet: str, book: CalamineWorkbook, grid: _Grid, sha256: str, limits: Limits
    ) -> None:
        self.path = path
        self.name = name
        self.sheet: str | None = sheet
        self.notes: list[Note] = []
        self.sha256 = sha256
        self.size = path.stat().st_size
        self._title = sheet
        self._book = book
        self._grid = grid
        self._limits = limits
        self._first_column = 0
        head = []
        for _, row in self._rows():
            head.append([_as_text(cell) or "" for cell in row])
            if len(head) >= 200:
                break
        trimmed = [_trimmed(row) for row in head]
        place = find_heading_row([row + [""] * (max(map(len, trimmed)) - len(row)) for row in trimmed])
        self._width = max(map(len, trimmed), default=0)
        if self._width > limits.columns:
            raise TooLarge(f"has {self._width} columns; the limit is {limits.columns}.", file=name)
        self._skip = 0 if place.index is None else place.index + 1
        names = [""] * self._width if place.index is None else head[place.index][: self._width]
        self.headings = unique_headings(names + [""] * (self._width - len(names)))
        if place.index:
            self.notes.append(
                Note(
                    code="lines-above-heading",
                    file=name,
                    count=place.index,
                    text=Text(
                        en="Lines above the headings were set aside: {count}.",
                        ar="عدد السطور المستبعدة فوق العناوين: {count}.",
                    ).fill(count=place.index),
                )
            )

    def _rows(self) -> Iterator[tuple[int, Sequence[object]]]:
        """Row number and cells of each row that is not empty."""
        try:
            sheet: CalamineSheet = self._book.get_sheet_by_name(self._title)
        except CalamineError as error:
            raise UnreadableFile(f"sheet `{self._title}` is damaged ({error}).", file=self.name) from error
        start = sheet.start
        if start is None:
            return
        first_row, self._first_column = start[0] + 1, start[1]
        for number, row in enumerate(sheet.to_python(skip_empty_area=True), start=first_row):
            if any(cell != "" for cell in row):
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
        formulas = {}
        for row, column in self._grid.formulas:
            formulas.setdefault(row, []).append(column)
        for index, (number, row) in enumerate(self._rows()):
            if index < self._skip:
                if index < self._skip - 1:
                    cells = [_as_text(cell) for cell in row]
                    faults.append(Fault.of_cells(number, RefusalCode.ABOVE_HEADING, cells))
                continue
            wide = [cell for cell in row[self._width :] if cell != ""]
            if wide:
                cells = [_as_text(cell) for cell in row]
                told = f"{len(_trimmed([cell or '' for cell in cells]))} cells, expected {self._width}"
                faults.append(Fault.of_cells(number, RefusalCode.WRONG_CELL_COUNT, cells, told))
                continue
            if any(isinstance(cell, str) and len(cell) > self._limits.cell for cell in row):
                cells = [(_as_text(cell) or "")[:4096] for cell in row]
                faults.append(Fault.of_cells(number, RefusalCode.OVERSIZED_CELL, cells))
                continue
            rows.append(row)
            lines.append(number)
            if len(rows) >= _ROWS:
                yield self._batch(rows, lines, faults, formulas)
                rows, lines, faults = [], [], []
        if rows or faults:
            yield self._batch(rows, lines, faults, formulas)

    def _batch(
        self,
        rows: list[Sequence[object]],
        lines: list[int],
        faults: list[Fault],
        formulas: dict[int, list[int]],
    ) -> Batch:
        marked = []
        if formulas:
            for index, line in enumerate(lines):
                for column in formulas.get(line, ()):
                    place = column - 1 - self._first_column
                    if 0 <= place < self._width:
                        marked.append((index, self.headings[place]))
        share = lines[-1] / max(1, self._grid.rows) if lines else 1.0
        return Batch(np.array(lines, np.int64), partial(self._frame, rows), min(1.0, share), faults, marked)

    def _frame(self, rows: list[Sequence[object]]) -> pl.DataFrame:
        columns: list[list[str | None]] = [[] for _ in self.headings]
        for row in rows:
            for place, column in enumerate(columns):
                column.append(_as_text(row[place]) if place < len(row) else None)
        return pl.DataFrame(
            [pl.Series(heading, column, dtype=pl.String) for heading, column in zip(self.headings, columns, strict=True)]
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
        return _shortest(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return str(cell)


# --- the look through the archive --------------------------------------------------------------------------


def _look_through(path: Path, name: str, limits: Limits) -> dict[str, _Grid]:
    """Inflate every part once; the grids of the sheets by title."""
    grids: dict[str, _Grid] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            if any(info.flag_bits & 1 for info in archive.infolist()):
                raise UnreadableFile("is password-protected. Save it without a password.", file=name)
            names = set(archive.namelist())
            if "EncryptedPackage" in names:
                raise UnreadableFile("is password-protected. Save it without a password.", file=name)
            if _WORKBOOK not in names:
                raise UnreadableFile("is a zip archive but no Excel workbook. Give it the ending .zip.", file=name)
            titles = _sheet_parts(archive, name)
            budget = limits.workbook
            for info in archive.infolist():
                part = info.filename
                grid = _Grid() if part in titles else None
                budget = _inflate(archive, info, name, budget, grid)
                if grid is not None:
                    grids[titles[part]] = grid
    except (zipfile.BadZipFile, EOFError, zipfile.zlib.error, NotImplementedError) as error:  # type: ignore[attr-defined]
        raise UnreadableFile(
            f"is truncated or damaged ({error}). Copy or save it again.", file=name
        ) from error
    return grids


def _sheet_parts(archive: zipfile.ZipFile, name: str) -> dict[str, str]:
    """Title of the sheet that each part holds."""
    targets: dict[str, str] = {}
    if _RELATIONS in archive.namelist():
        for tag, attributes in _elements(_small(archive, _RELATIONS, name), name):
            if tag == "Relationship":
                target = attributes.get("Target", "")
                part = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
                targets[attributes.get("Id", "")] = part
    titles: dict[str, str] = {}
    for tag, attributes in _elements(_small(archive, _WORKBOOK, name), name):
        if tag == "sheet":
            key = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            if key in targets:
                titles[targets[key]] = attributes.get("name", "")
    return titles


def _small(archive: zipfile.ZipFile, part: str, name: str) -> bytes:
    with archive.open(part) as file:
        content = file.read(4 * _PIECE + 1)
    if len(content) > 4 * _PIECE:
        raise TooLarge(f"its part {part} is beyond 4 MiB.", file=name)
    return content


def _elements(xml: bytes, name: str) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        found.append((tag.rpartition(":")[2], attributes))

    _parse(_parser(name, start), xml, name, final=True)
    return found


def _parser(name: str, start: object) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise UnsafeArchive(
            "declares a document type inside its XML, which Excel never does. Save it again from Excel or LibreOffice.",
            file=name,
        )

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.StartElementHandler = start  # type: ignore[assignment]
    return parser


def _parse(parser: expat.XMLParserType, piece: bytes, name: str, *, final: bool) -> None:
    try:
        parser.Parse(piece, final)
    except expat.ExpatError as error:
        raise UnreadableFile(f"holds damaged XML ({error}). Save it again.", file=name) from error


def _inflate(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, budget: int, grid: _Grid | None
) -> int:
    """Read a part to its end; returns what is left of the budget of bytes."""
    xml = info.filename.lower().endswith((".xml", ".rels", ".vml"))
    parser = _parser(name, _grid_reader(grid)) if grid is not None else None
    head = b""
    with archive.open(info) as file:
        while piece := file.read(_PIECE):
            budget -= len(piece)
            if budget < 0:
                raise TooLarge(
                    "is larger than the limit once unpacked. Save the table as CSV and import that.", file=name
                )
            if parser is not None:
                _parse(parser, piece, name, final=False)
            elif xml and len(head) < _PIECE:
                head += piece
                if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                    raise UnsafeArchive(
                        "declares a document type inside its XML, which Excel never does. Save it again.", file=name
                    )
    if parser is not None:
        _parse(parser, b"", name, final=True)
    return budget


def _grid_reader(grid: _Grid) -> object:
    row = 0
    column = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column
        tag = tag.rpartition(":")[2]
        if tag == "c":
            place = attributes.get("r")
            if place is None:
                column += 1
            else:
                row, column = _coordinates(place, row, column)
            grid.rows = max(grid.rows, row)
            grid.columns = max(grid.columns, column)
        elif tag == "row":
            number = attributes.get("r", "")
            row = int(number) if number.isdigit() else row + 1
            column = 0
        elif tag == "f":
            grid.formulas.append((row, column))

    return start


def _coordinates(place: str, row: int, column: int) -> tuple[int, int]:
    """Row and column of a cell's name.

    >>> _coordinates("AB12", 0, 0)
    (12, 28)
    """
    letters = place.rstrip("0123456789")
    number = place[len(letters) :]
    if not number or not letters.isalpha() or not letters.isascii() or len(letters) > 3:
        return row, column + 1
    found = 0
    for letter in letters.upper():
        found = found * 26 + ord(letter) - 64
    return int(number), found
