"""The evidence annex: every row behind every figure, as an XLSX workbook that a spreadsheet opens without computing.

An index, the findings with their arithmetic, the measurements, the files as received, then one sheet a measurement
with all rows that its query gives (file and line first where they come straight from a file). A measurement with more
rows than a sheet holds goes on in numbered sheets; where fewer rows were asked for, the sheet and the index say how
many are left out. Text is written as text and never as a formula, and what could be taken for one has the quote that
spreadsheets show before text. Rows are streamed; the same report and records give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compliance.figures import END, FREE, LTR
from compliance.measurement import Evidence, Measurement
from compliance.report.assemble import MONEY
from compliance.report.model import Report
from compliance.report.page import Page
from compliance.report.pdf import made_on
from compliance.report.workbook_sheets import Grid, files_grid, findings_grid, index_grid, measurements_grid
from intake.text import Language

if TYPE_CHECKING:
    import polars as pl

    from compliance.records import Records

SHEET_ROWS = 1_048_576
"""Rows of a sheet (ECMA-376: 1 to 1,048,576)."""
BATCH = 50_000
_HARMLESS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
FORMULA_STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20|%")
"""First letters that a spreadsheet, or a program that reads its CSV export, may take for a formula or a command."""
LONGEST_NAME = 31
DIGITS = 15
"""Digits that a spreadsheet keeps of a number; longer ones are written as text."""
HEAD_ROWS = 6
"""Rows above the headings of a measurement's sheet."""

Change = Callable[["pl.DataFrame"], "pl.DataFrame"]


@dataclass(frozen=True, slots=True)
class Listed:
    """What of a measurement's rows stands in the workbook."""

    sheet: str
    """The first of its sheets."""
    count: int
    written: int


def write_workbook(
    report: Report,
    records: Records,
    path: Path,
    language: Language,
    *,
    scales: Mapping[str, int] | None = None,
    most: int | None = None,
    change: Change | None = None,
    sheet_rows: int = SHEET_ROWS,
) -> None:
    """Write the evidence annex of a report.

    Args:
        report: what the findings and measurements are taken from.
        records: the snapshot that was analysed, opened.
        path: the workbook to write.
        language: of headings and sentences; Arabic sheets run from right to left.
        scales: decimals by currency, where rows come in several.
        most: rows a measurement, None for all.
        change: what is done to the rows before they are written, such as replacing ids.
        sheet_rows: rows of a sheet before the next is begun.
    """
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "use_zip64": True,
    }
    page = Page(report, language)
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties(
            {
                "title": f"{page.word('annex')}: {_bare(page.text(report.title))}",
                "author": report.provenance.program,
                "created": made_on(report.provenance.rules_on).replace(tzinfo=None),
            }
        )
        _Annex(book, page, records, dict(scales or {}), most=most, change=change, sheet_rows=sheet_rows).write()


class _Annex:
    def __init__(
        self,
        book: Any,
        page: Page,
        records: Records,
        scales: dict[str, int],
        *,
        most: int | None,
        change: Change | None,
        sheet_rows: int,
    ) -> None:
        self.book = book
        self.page = page
        self.records = records
        self.most = most
        self.change = change
        self.sheet_rows = sheet_rows
        self.scales = scales
        self.names: set[str] = set()
        self.listed: dict[str, Listed] = {}
        made: dict[str, Any] = {"valign": "top"}
        self.plain = book.add_format(made)
        self.quoted = book.add_format({**made, "quote_prefix": True})
        self.wrapped = book.add_format({**made, "text_wrap": True})
        self.wrapped_quoted = book.add_format({**made, "text_wrap": True, "quote_prefix": True})
        self.strong = book.add_format({**made, "bold": True, "bottom": 1, "text_wrap": True})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.link = book.add_format({"font_color": "#1F4E79", "underline": 1, "valign": "top"})
        self.moment = book.add_format({**made, "num_format": "yyyy-mm-dd hh:mm:ss"})
        self.day = book.add_format({**made, "num_format": "yyyy-mm-dd"})
        self.amounts: dict[int, Any] = {}

    def write(self) -> None:
        page = self.page
        fronts = {
            name: self.sheet(page.word(f"sheet_{name}")) for name in ("index", "findings", "measurements", "files")
        }
        shown = [one for one in page.report.measurements if one.evidence is not None and one.measurable]
        for number, measurement in enumerate(shown, start=1):
            self.rows_of(number, measurement)
        grids = {
            "index": index_grid(page, self.listed),
            "findings": findings_grid(page, self.listed),
            "measurements": measurements_grid(page, self.listed),
            "files": files_grid(page),
        }
        for name, grid in grids.items():
            self.grid(fronts[name], grid)

    def sheet(self, wanted: str) -> Any:
        """A new sheet of a name that spreadsheets accept, one that no other sheet has."""
        clean = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", wanted).strip("' ")[:LONGEST_NAME] or "-"
        name, number = clean, 1
        while name.casefold() in self.names:
            number += 1
            name = f"{clean[: LONGEST_NAME - 1 - len(str(number))]} {number}"
        self.names.add(name.casefold())
        sheet = self.book.add_worksheet(name)
        if self.page.arabic:
            sheet.right_to_left()
        return sheet

    def grid(self, sheet: Any, grid: Grid) -> None:
        """A front sheet: title, a sentence, headings, rows; cells may lead to a sheet."""
        sheet.write_string(0, 0, _bare(grid.title), self.title)
        sheet.write_string(1, 0, _bare(grid.intro), self.plain)
        for column, (heading, width) in enumerate(grid.columns):
            sheet.set_column(column, column, width)
            sheet.write_string(3, column, heading, self.strong)
        sheet.freeze_panes(4, 0)
        for row, cells in enumerate(grid.rows, start=4):
            for column, cell in enumerate(cells):
                if isinstance(cell, tuple):
                    target = cell[1].replace("'", "''")
                    sheet.write_url(row, column, f"internal:'{target}'!A1", self.link, string=cell[0])
                elif isinstance(cell, int):
                    self.number(sheet, row, column, Decimal(cell), 0)
                else:
                    text = _bare(cell)
                    sheet.write_string(row, column, text, self.wrapped_quoted if risky(text) else self.wrapped)

    # The rows of one measurement

    def rows_of(self, number: int, measurement: Measurement) -> None:
        evidence = measurement.evidence
        assert evidence is not None
        count = evidence.count
        if count is None:
            count = self.records.evidence(evidence.sql).count or 0
        batches = self.records.batches(evidence, size=BATCH, most=self.most)
        part, written, sheet, columns = 1, 0, None, evidence.columns
        label = f"{number:03d} {measurement.id}"
        first = ""
        at = self.sheet_rows
        for frame in chain(batches, [None]):
            if frame is not None:
                frame = place_rows(frame, self.records.folder)
            if frame is not None and self.change is not None:
                frame = self.change(frame)
            rows: Iterator[Sequence[Any]] = iter(()) if frame is None else frame.iter_rows()
            columns = columns if frame is None else tuple(frame.columns)
            if sheet is None and frame is None:
                sheet = self.begin(label, measurement, columns, count)
                first = sheet.get_name()
            for row in rows:
                if at >= self.sheet_rows:
                    name = label if part == 1 else f"{number:03d}.{part} {measurement.id}"
                    sheet = self.begin(name, measurement, columns, count)
                    first = first or sheet.get_name()
                    part, at = part + 1, HEAD_ROWS + 1
                self.row(sheet, at, columns, row)
                at, written = at + 1, written + 1
        self.listed[measurement.id] = Listed(first, count, written)

    def begin(self, name: str, measurement: Measurement, columns: Sequence[str], count: int) -> Any:
        page, sheet = self.page, self.sheet(name)
        sheet.write_string(0, 0, _bare(f"{page.text(measurement.title)}: {page.value(measurement)}"), self.title)
        sheet.write_string(1, 0, _bare(page.text(measurement.definition)), self.plain)
        sheet.write_string(2, 0, f"{page.word('query')}: {self.evidence_of(measurement).sql}", self.plain)
        left = max(0, count - self.most) if self.most is not None else 0
        if left:
            numbers = {"left": page.number(left), "count": page.number(count), "most": page.number(self.most or 0)}
            sheet.write_string(3, 0, _bare(page.word("left_out", **numbers)), self.title)
        else:
            sheet.write_string(3, 0, _bare(f"{page.word('rows_all')}: {page.number(count)}"), self.plain)
        index = page.word("sheet_index")
        sheet.write_url(4, 0, f"internal:'{index}'!A1", self.link, string=page.word("back"))
        for column, heading in enumerate(columns):
            sheet.set_column(column, column, max(11, min(len(heading) + 3, 26)))
            sheet.write_string(HEAD_ROWS, column, heading, self.strong)
        sheet.freeze_panes(HEAD_ROWS + 1, 0)
        return sheet

    @staticmethod
    def evidence_of(measurement: Measurement) -> Evidence:
        assert measurement.evidence is not None
        return measurement.evidence

    def row(self, sheet: Any, at: int, columns: Sequence[str], values: Sequence[Any]) -> None:
        scale = self.records.scale
        if "currency" in columns:
            scale = self.scales.get(str(values[columns.index("currency")]), scale)
        for column, (name, value) in enumerate(zip(columns, values, strict=True)):
            match value:
                case None:
                    continue
                case str():
                    self.text(sheet, at, column, value)
                case bool():
                    sheet.write_boolean(at, column, value, self.plain)
                case int() | Decimal() if name in MONEY:
                    self.number(sheet, at, column, Decimal(value).scaleb(-scale), scale)
                case int() | Decimal():
                    self.number(sheet, at, column, Decimal(value), 0)
                case datetime() if value.year >= 1900:
                    sheet.write_datetime(at, column, value.replace(tzinfo=None), self.moment)
                case date() if value.year >= 1900 and not isinstance(value, datetime):
                    sheet.write_datetime(at, column, value, self.day)
                case _:
                    self.text(sheet, at, column, str(value))

    def number(self, sheet: Any, row: int, column: int, value: Decimal, places: int) -> None:
        """A number exactly: as text where a spreadsheet would round it."""
        if len(value.as_tuple().digits) > DIGITS:
            self.text(sheet, row, column, f"{value:f}")
            return
        if places not in self.amounts:
            form = "#,##0." + "0" * min(places, 2) + "#" * max(0, places - 2) if places else "0"
            self.amounts[places] = self.book.add_format({"num_format": form, "valign": "top"})
        sheet.write_number(row, column, value, self.amounts[places])

    def text(self, sheet: Any, row: int, column: int, value: str) -> None:
        sheet.write_string(row, column, value, self.quoted if risky(value) else self.plain)


OF_ROW: tuple[tuple[str, str], ...] = (
    ("order_id", "orders"),
    ("payout_id", "payouts"),
    ("id", "participants"),
    ("participant_id", "participants"),
    ("payee_id", "participants"),
    ("entrant_id", "participants"),
    ("buyer_id", "participants"),
    ("seller_id", "participants"),
    ("sponsor_id", "participants"),
)
"""By which id, and in which table, the file and line are found of a row that does not carry its own."""


def place_rows(frame: pl.DataFrame, folder: Path) -> pl.DataFrame:
    """Rows with `source_file` and `source_line` first: their own, else those of the order or person that they name.

    Rows that are sums over many (a month, a level) name nobody, and stay as they are.
    """
    import polars as pl

    if "source_file" in frame.columns:
        return frame
    for column, table in OF_ROW:
        path = folder / f"{table}.parquet"
        if column not in frame.columns or frame.schema[column] != pl.String or not path.is_file():
            continue
        named = (
            pl.scan_parquet(path)
            .select(pl.col("id").alias(column), "source_file", "source_line")
            .filter(pl.col(column).is_in(frame[column].unique().to_list()))
            .unique(column, keep="first", maintain_order=True)
            .collect()
        )
        placed = frame.join(named, on=column, how="left", maintain_order="left")
        return placed.select("source_file", "source_line", *frame.columns)
    return frame


def risky(text: str) -> bool:
    """Whether a spreadsheet may take a text for a formula.

    >>> risky("=1+1"), risky(" @x"), risky("a=1")
    (True, True, False)
    """
    if text[:1] in _HARMLESS:
        return False
    return text.lstrip(" \u00a0\ufeff").startswith(FORMULA_STARTS)


def _bare(text: str) -> str:
    """A text without isolates, which a cell of one direction does not need."""
    return re.sub(f"[{LTR}{FREE}{END}]", "", text)
