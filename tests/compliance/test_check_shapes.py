"""Every real table that says something of people, written in the shapes in which readers hand tables in: same figures.

Comma-separated, with semicolons and decimal commas, pasted with tabs, with blanks, cell under cell, in Arabic digits,
as a workbook, as a PDF with lines and without, and as a PDF over two pages.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import openpyxl
import pytest
import typst

from compliance.check import pdf_tables, pdf_words
from compliance.check.brackets import Told
from compliance.check.income import IncomeTable
from compliance.check.published import table_from_bytes
from compliance.check.real_tables import RealRow, RealTable, real_tables

FONTS = Path(__file__).resolve().parents[2] / "compliance" / "report" / "fonts"
TELLING = {one.id: one for one in real_tables() if one.table() is not None}
HEADS = {"share": "% of members", "low": "Low", "high": "High", "average": "Average", "median": "Median"}
Cells = list[list[str]]
Style = Callable[[str], str]


def plain(amount: str) -> str:
    """$1,250.50"""
    return f"${Decimal(amount):,}"


def european(amount: str) -> str:
    """1.250,50"""
    return f"{Decimal(amount):,}".translate(str.maketrans(",.", ".,"))


def arabic(amount: str) -> str:
    """١٬٢٥٠٫٥٠"""
    return f"{Decimal(amount):,}".translate(str.maketrans("0123456789,.", "٠١٢٣٤٥٦٧٨٩٬٫"))


def rows_of(real: RealTable) -> tuple[RealRow, ...]:
    return real.rows if real.brackets is None else real.brackets


def cells_of(real: RealTable, style: Style = plain, blank: str = "") -> Cells:
    """The table as printed, without columns in which nothing stands."""
    rows = rows_of(real)
    shares = [None if row.share is None else f"{Decimal(row.share) * 100:f}" for row in rows]
    columns = {name: [getattr(row, name) for row in rows] for name in ("low", "high", "average", "median")}
    kept = {name: values for name, values in columns.items() if any(value is not None for value in values)}
    percent = [blank if share is None else f"{style(share).removeprefix('$')}%" for share in shares]
    table = [["Rank", HEADS["share"], *(HEADS[name] for name in kept)]]
    for at, row in enumerate(rows):
        amounts = [blank if values[at] is None else style(values[at]) for values in kept.values()]
        table.append([row.label or f"Row {chr(65 + at)}", percent[at], *amounts])
    return table


def separated(cells: Cells, sign: str) -> bytes:
    page = io.StringIO()
    csv.writer(page, delimiter=sign).writerows(cells)
    return page.getvalue().encode()


def workbook(cells: Cells) -> bytes:
    book = openpyxl.Workbook()
    for row in cells:
        book.active.append(row)
    page = io.BytesIO()
    book.save(page)
    return page.getvalue()


@lru_cache(maxsize=1)
def fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])


def pdf(cells: Cells, stroke: str, height: str = "40cm") -> bytes:
    """A page with the table; a low page breaks it."""

    def shown(row: list[str]) -> str:
        return ", ".join("[" + cell.replace("$", "\\$").replace("#", "\\#") + "]" for cell in row)

    body = ",\n".join(map(shown, cells[1:]))
    source = (
        f'#set page(width: 24cm, height: {height})\n#set text(font: "IBM Plex Sans", size: 9pt)\n'
        f"#table(columns: {len(cells[0])}, {stroke}\n table.header({shown(cells[0])}),\n{body})\n"
    )
    return bytes(typst.compile(source.encode(), font_paths=fonts()))


BARE = "stroke: none, column-gutter: 18pt,"
SHAPES: dict[str, Callable[[RealTable], bytes]] = {
    "csv": lambda real: separated(cells_of(real), ","),
    "semicolons and decimal commas": lambda real: separated(cells_of(real, european), ";"),
    "arabic digits": lambda real: separated(cells_of(real, arabic), ";"),
    "tabs": lambda real: separated(cells_of(real), "\t"),
    "single blanks": lambda real: "\n".join(map(" ".join, cells_of(real, blank="-"))).encode(),
    "wide blanks": lambda real: "\n".join(map("   ".join, cells_of(real, blank="-"))).encode(),
    "cell under cell": lambda real: "\n".join("\n".join(row) for row in cells_of(real, blank="-")).encode(),
    "workbook": lambda real: workbook(cells_of(real)),
    "pdf with lines": lambda real: pdf(cells_of(real), ""),
    "pdf without lines": lambda real: pdf(cells_of(real), BARE),
    "pdf over pages with lines": lambda real: pdf(cells_of(real), "", "9cm"),
    "pdf over pages without lines": lambda real: pdf(cells_of(real), BARE, "9cm"),
}
Figures = tuple[Fraction, int | None, int | None, int | None, int | None]


def printed(real: RealTable) -> list[Figures]:
    """The brackets that the data prints with a share, in minor units."""

    def minor(amount: str | None) -> int | None:
        return None if amount is None else int(Decimal(amount) * 100)

    return [
        (Fraction(row.share), minor(row.low), minor(row.high), minor(row.average), minor(row.median))
        for row in rows_of(real)
        if row.share is not None
    ]


def figures(table: IncomeTable, number: int) -> list[Figures]:
    """The first brackets of a table that was read; behind them stands what is left to the whole."""
    return [(one.share, one.low, one.high, one.average, one.median) for one in table.brackets][:number]


IN_PDF = ("doterra-2017", "advocare-2016", "monavie-2009", "arbonne-2019", "marykay-ca-2013")
"""Tables that are put into PDFs here: long ones, ones with gaps, and one of a single row."""


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """PDFs are read in this process, which saves the start of another."""
    monkeypatch.setattr(pdf_tables, "_in_a_process", lambda raw: pdf_words._read(raw, pdf_tables.MOST_PAGES))


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("shape", SHAPES)
def test_every_real_table_reads_the_same_in_each_shape(shape: str) -> None:
    assert len(TELLING) > 15
    for name in IN_PDF if shape.startswith("pdf") else TELLING:
        real = TELLING[name]
        assert real.period != "other"
        table = table_from_bytes("table", SHAPES[shape](real), Told("USD", 2, real.period))
        wanted = printed(real)
        assert figures(table, len(wanted)) == wanted, name
        assert len(table.brackets) - len(wanted) == any(row.share is None for row in rows_of(real)), name
