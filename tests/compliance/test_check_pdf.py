"""Income tables in PDFs and workbooks: made here in two languages, ruled and bare, and hostile ones."""

from __future__ import annotations

import io
import zlib
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import openpyxl
import pikepdf
import pytest
import typst

from compliance.check import IncomeTable, IncomeTableError, parse_income_table
from compliance.check import pdf_tables as tables
from compliance.check.arabic_text import in_reading_order, logical, number_in_reading_order, repaired
from compliance.check.brackets import Told
from compliance.check.errors import CheckBusy
from compliance.check.published import table_from_bytes

FONTS = Path(__file__).resolve().parents[2] / "compliance" / "report" / "fonts"
HEAD = '#set page(width: 15cm, height: 18cm)\n#set text(font: ("IBM Plex Sans", "IBM Plex Sans Arabic")'
ENGLISH = (
    HEAD
    + r""")
= Opportunity
#table(columns: 3, STROKE [Product], [Price], [Points], [Tea], [\$30], [20], [Coffee], [\$45], [35])
#pagebreak()
= 2024 Income Disclosure Statement
All participants. Amounts are before expenses.
#table(columns: 5, STROKE
  [Rank], [Low], [High], [Average annual \ income], [% of \ members],
  [Member], [\$0], [\$0], [\$0], [70%],
  [Builder], [\$1], [\$1,250], [\$310], [25.5%],
  [Diamond], [\$1,251], [\$200,000], [\$20,400], [4.5%],
)
"""
)
ARABIC = (
    HEAD
    + r""", lang: "ar", dir: rtl)
= بيان الإفصاح عن الدخل لسنة 2024
المبالغ قبل خصم المصروفات، ويشمل البيان المشاركين النشطين فقط.
#table(columns: 3, STROKE
  [الشريحة], [النسبة], [متوسط الدخل],
  [لا دخل], [70%], [0],
  [من 1 إلى 250], [18%], [90],
  [251 فأكثر], [12%], [1,900],
)
"""
)
ARABIC_COLUMNS = (
    HEAD
    + r""", lang: "ar", dir: rtl)
= بيان الدخل
#table(columns: 3, STROKE
  [من], [إلى], [النسبة], [٠], [٠], [٧٠٪], [١], [٢٥٠], [١٨٪], [٢٥١], [], [١٢٪],
)
"""
)
RULED, BARE = "", "stroke: none, column-gutter: 18pt,"


@lru_cache(maxsize=16)
def made(source: str) -> bytes:
    """A PDF of a Typst source, set in the fonts that come with the product."""
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])
    return bytes(typst.compile(source.encode(), font_paths=fonts))


def read(raw: bytes, currency: str = "USD", **more: int) -> IncomeTable:
    return table_from_bytes("brochure.pdf", raw, Told(currency, 2), **more)


def rows(table: IncomeTable) -> list[tuple[Fraction, int | None, int | None, int | None]]:
    return [(each.share, each.low, each.high, each.average) for each in table.brackets]


@pytest.mark.parametrize("stroke", [RULED, BARE])
def test_the_income_table_is_chosen_among_others(stroke: str) -> None:
    table = read(made(ENGLISH.replace("STROKE", stroke)))
    assert rows(table) == [
        (Fraction(70, 100), 0, 0, 0),
        (Fraction(255, 1000), 100, 125_000, 31_000),
        (Fraction(45, 1000), 125_100, 20_000_000, 2_040_000),
    ]
    assert [each.label for each in table.brackets] == ["Member", "Builder", "Diamond"]
    assert (table.page, table.net, table.population) == (2, False, "everyone")
    assert table.notes[0].en == "The table on page 2 was read."


@pytest.mark.parametrize("stroke", [RULED, BARE])
def test_arabic_is_brought_into_reading_order(stroke: str) -> None:
    table = read(made(ARABIC.replace("STROKE", stroke)), "EGP")
    assert rows(table) == [
        (Fraction(70, 100), 0, 0, 0),
        (Fraction(18, 100), 100, 25_000, 9_000),
        (Fraction(12, 100), 25_100, None, 190_000),
    ]
    assert [each.label for each in table.brackets] == ["لا دخل", "من 1 إلى 250", "251 فأكثر"]
    assert (table.net, table.population, table.repaired) == (False, "active", True)
    assert "put right" in table.notes[-1].en


def test_arabic_columns_and_digits() -> None:
    table = read(made(ARABIC_COLUMNS.replace("STROKE", BARE)), "EGP")
    assert [(each.share, each.low, each.high) for each in table.brackets] == [
        (Fraction(70, 100), 0, 0),
        (Fraction(18, 100), 100, 25_000),
        (Fraction(12, 100), 25_100, None),
    ]


def test_a_page_may_be_named() -> None:
    raw = made(ENGLISH.replace("STROKE", RULED))
    assert read(raw, page=2).page == 2
    with pytest.raises(IncomeTableError, match="no table that reads as an income table"):
        read(raw, page=1)
    with pytest.raises(IncomeTableError, match="there is no page 3"):
        read(raw, page=3)


def test_a_mistake_names_page_and_line() -> None:
    raw = made(ENGLISH.replace("STROKE", RULED).replace(r"[\$310]", "[about three hundred]"))
    with pytest.raises(IncomeTableError) as refused:
        read(raw)
    assert str(refused.value).startswith("brochure.pdf, page 2, line 3: 'about three hundred'")
    assert (refused.value.page, refused.value.line) == (2, 3)


def saved(pdf: pikepdf.Pdf, **more: object) -> bytes:
    page = io.BytesIO()
    pdf.save(page, **more)  # type: ignore[arg-type]
    return page.getvalue()


def content(data: bytes) -> bytes:
    """A PDF of one page with these drawing commands, packed small."""
    pdf = pikepdf.new()
    stream = pikepdf.Stream(pdf, b"")
    stream.write(zlib.compress(data, 9), filter=pikepdf.Name.FlateDecode)
    pdf.add_blank_page().obj.Contents = stream
    return saved(pdf, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def cyclic() -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.Root.Pages.Kids.append(pdf.Root.Pages)
    pdf.Root.Pages.Count = 10**9
    return saved(pdf)


def test_hostile_and_broken_pdfs_are_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = made("No table at all.")
    locked = saved(pikepdf.open(io.BytesIO(plain)), encryption=pikepdf.Encryption(owner="o", user="u"))
    for raw, said in (
        (plain, r"was found on its pages \(looked at: 1\); type or paste the table"),
        (made("#for i in range(31) [page #i #pagebreak()]"), r"looked at: 30"),
        (locked, "protected by a password"),
        (plain[:300], "cannot be read as a PDF"),
        (b"%PDF-1.7\n" + b"\0\xff" * 500, "cannot be read as a PDF"),
        (made("#rect()"), "holds no text: its pages are pictures"),
        (cyclic(), "holds no text: its pages are pictures"),
        (b"%PDF-" + b" " * tables.MOST_BYTES, "a PDF may have 20,000,000"),
    ):
        with pytest.raises(IncomeTableError, match=said):
            read(raw)
    monkeypatch.setattr(tables, "SECONDS", 1)
    with pytest.raises(IncomeTableError, match="was not read within"):
        read(content(b"0 0 m 1 1 l S\n" * 1_000_000))
    monkeypatch.setattr(tables, "SECONDS", 20)
    monkeypatch.setattr(tables, "MEMORY", 250 << 20)
    with pytest.raises(IncomeTableError, match=r"needs more memory|was not read within|cannot be read"):
        read(content(b"0" * (150 << 20)))


def test_only_a_few_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "PATIENCE", 0.01)
    for _ in range(tables.AT_ONCE):
        assert tables._turns.acquire(timeout=1)
    try:
        with pytest.raises(CheckBusy, match="try again"):
            read(made("No table at all."))
    finally:
        for _ in range(tables.AT_ONCE):
            tables._turns.release()


def test_a_workbook_is_read_sheet_by_sheet() -> None:
    book = openpyxl.Workbook()
    book.active.title = "Prices"
    for line in (["Product", "Price"], ["Tea", 30]):
        book.active.append(line)
    sheet = book.create_sheet("Income 2024")
    for line in (["Rank", "Share", "Average"], ["None", 0.7, 0], ["Star", 0.1 + 0.2, 310.5]):
        sheet.append(line)
    page = io.BytesIO()
    book.save(page)
    table = table_from_bytes("income.xlsx", page.getvalue(), Told("USD", 2))
    assert [(each.share, each.average) for each in table.brackets] == [(Fraction(7, 10), 0), (Fraction(3, 10), 31_050)]
    assert table.sheet == "Income 2024"
    sheet["C3"] = "plenty"
    page = io.BytesIO()
    book.save(page)
    with pytest.raises(IncomeTableError, match=r"income.xlsx, sheet 'Income 2024', line 3: 'plenty' is not an amount"):
        table_from_bytes("income.xlsx", page.getvalue(), Told("USD", 2))
    with pytest.raises(IncomeTableError, match="cannot be read as a workbook"):
        table_from_bytes("income.xlsx", page.getvalue()[:400], Told("USD", 2))
    with pytest.raises(IncomeTableError, match="is no PDF and has no pages"):
        table_from_bytes("income.xlsx", page.getvalue(), Told("USD", 2), page=1)


def test_glyphs_become_words() -> None:
    assert logical(list("ةبسنلا")) == "النسبة"
    assert logical(["م", "ﻼ", "ﺳ"]) == "سلام", "presentation forms, one glyph of two letters"
    assert logical(list("رثكأف251")) == "251فأكثر"
    assert logical(list("1,250")) == "1,250"
    assert in_reading_order(["250", "إلى", "1", "من"]) == "من 1 إلى 250"
    assert in_reading_order(["Net", "income"]) == "Net income"
    for seen, meant in (
        ("250 - 1", "1 - 250"),
        ("1 - 250", "1 - 250"),
        ("+251", "251+"),
        ("%70", "70%"),
        ("٪٧٠", "٧٠٪"),
    ):
        assert number_in_reading_order(seen) == meant


def test_arabic_that_was_copied_backwards_is_turned_around() -> None:
    assert repaired("plain text, 5") == ("plain text, 5", False)
    assert repaired("من,إلى,النسبة") == ("من,إلى,النسبة", False)
    assert repaired("السیاسات واإلجراءات") == ("السياسات والإجراءات", True)
    assert repaired("ةبسنلا,طسوتملا") == ("النسبة,المتوسط", True)
    table = parse_income_table("نم,ىلإ,ةبسنلا\n0,0,70%\n1,250,30%\n", currency="EGP", scale=2)
    assert [(each.low, each.high) for each in table.brackets] == [(0, 0), (100, 25_000)]
    assert "put right" in table.notes[0].en
