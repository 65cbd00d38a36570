"""Reads a published income table from a file or from pasted text, in the many shapes in which companies print them.

CSV, pasted lines, workbooks and PDFs all become grids of text; where a file has several, each is tried, and the one
that reads best as an income table is taken and named. Arabic that was copied or stored backwards is turned around,
and that is said.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from compliance.check.amounts import formula
from compliance.check.arabic_text import repaired
from compliance.check.brackets import Told, table_of
from compliance.check.choosing import best
from compliance.check.columns import bare_rows, heading_of, rows_of
from compliance.check.errors import IncomeTableError
from compliance.check.grid import Grid
from compliance.check.income import IncomePeriod, IncomeTable, Population
from compliance.check.pasted import pasted_grid
from compliance.check.pdf_tables import MOST_PAGES, pdf_grids
from compliance.check.ranges import tidy
from compliance.sentences import fill
from intake.text import Text, say, verbatim

MOST_BYTES = 1_000_000
MOST_WORKBOOK = 5_000_000
MOST_SHEETS, MOST_SHEET_ROWS, MOST_COLUMNS = 20, 2_000, 60

_AS_TEXT = Text(
    en="save the table as CSV (UTF-8), or type or paste it as text",
    ar="يُرجى حفظ الجدول بصيغة CSV (⁨UTF-8⁩)، أو كتابته أو لصقه كنص",
)
_OTHER_KINDS: tuple[tuple[Text, tuple[bytes, ...], Text], ...] = (
    (
        Text(en="a picture", ar="صورة"),
        (b"\xff\xd8\xff", b"\x89png", b"gif8", b"riff", b"ii*\x00", b"mm\x00*", b"\x00\x00\x00\x18ftyphei"),
        Text(
            en="a picture holds no text that could be read: type the table, one line a bracket, such as $1 - $250, 18%",
            ar="لا نص في الصورة يُقرأ. تُكتب شرائح الجدول، كل شريحة في سطر، مثل ⁨$1 - $250, 18%⁩",
        ),
    ),
    (
        Text(en="an old Excel workbook or Word document", ar="مصنف Excel أو مستند Word قديم"),
        (bytes.fromhex("d0cf11e0a1b11ae1"),),
        Text(en="save it as .xlsx, CSV or PDF", ar="يُرجى حفظه بصيغة ⁨.xlsx⁩ أو CSV أو PDF"),
    ),
    (
        Text(en="a web page", ar="صفحة ويب"),
        (b"<!doctype", b"<html", b"<table", b"<?xml"),
        Text(en="open it, and copy and paste its table as text", ar="يُرجى فتحها ونسخ جدولها ولصقه كنص"),
    ),
    (
        Text(en="rich text", ar="نص منسَّق"),
        (b"{\\rtf",),
        Text(
            en="save it as PDF, or copy and paste its table as text", ar="يُرجى حفظه بصيغة PDF، أو نسخ جدوله ولصقه كنص"
        ),
    ),
)
"""Files that are often handed in, by their first bytes (letters as small ones), and the way out."""

_REPAIRED = Text(
    en="The Arabic text of the file was out of reading order and was put right; check the figures against the file.",
    ar="كان النص العربي في الملف بغير ترتيب القراءة فأُعيد ترتيبه؛ يُرجى التحقق من الأرقام على الملف.",
)
_FIRST_PAGES = Text(en="Pages looked at: the first {n} of {all}.", ar="الصفحات التي فُحصت: أول {n} صفحة من أصل {all}.")


def read_income_table(
    path: Path,
    *,
    currency: str,
    scale: int,
    period: IncomePeriod | None = None,
    net: bool | None = None,
    population: Population | None = None,
    page: int | None = None,
) -> IncomeTable:
    """A table from a file: CSV or pasted text, XLSX, or PDF; see `table_from_bytes`.

    Raises:
        IncomeTableError: the file is of no such kind, is too large, or holds a mistake; the message names the line.
        OSError: it cannot be opened.
    """
    told = Told(currency, scale, period, net, population)
    return table_from_bytes(path.name, path.read_bytes(), told, page=page)


def table_from_bytes(name: str, raw: bytes, told: Told, *, page: int | None = None) -> IncomeTable:
    """A table from the bytes of a file.

    Args:
        name: the file's own name; what errors call it.
        raw: its bytes; their first ones tell the kind.
        told: currency, and what is known of the table otherwise than from its own words.
        page: look at this page of a PDF alone (1-based).

    Raises:
        IncomeTableError: it holds no table that can be read; names page, sheet, line and value as far as known.
        CheckBusy: too many PDFs at once.
    """
    if raw.lstrip()[:5] == b"%PDF-":
        return _from_pdf(name, raw, told, page)
    if page is not None:
        raise IncomeTableError(
            name,
            Text(
                en="is no PDF and has no pages; leave the page out", ar="ليس ملف PDF فلا صفحات له. يُرجى حذف رقم الصفحة"
            ),
        )
    if raw[:4] == b"PK\x03\x04":
        if len(raw) > MOST_WORKBOOK:
            raise IncomeTableError(
                name,
                say(
                    "has {count:,} bytes; a workbook may have {most_workbook:,}",
                    "حجمه بالبايت {count:,}، والحد للمصنف {most_workbook:,}",
                    count=len(raw),
                    most_workbook=MOST_WORKBOOK,
                ),
            )
        return best(name, _sheets(name, raw), told)
    if len(raw) > MOST_BYTES:
        raise IncomeTableError(
            name,
            say(
                "has {count:,} bytes; an income table has at most {most_bytes:,}",
                "حجمه بالبايت {count:,}، والحد لجدول الدخل {most_bytes:,}",
                count=len(raw),
                most_bytes=MOST_BYTES,
            ),
        )
    for kind, begins, way in _OTHER_KINDS:
        if raw.lstrip()[:64].lower().startswith(begins):
            raise IncomeTableError(name, say("is {kind}; {way}", "هو {kind}. {way}", kind=kind, way=way))
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        reason = say("is not UTF-8 text; {as_text}", "ليس نصًا بترميز ⁨UTF-8⁩. {as_text}", as_text=_AS_TEXT)
        raise IncomeTableError(name, reason) from error
    if "\x00" in text:
        raise IncomeTableError(name, say("is not text; {as_text}", "ليس نصًا. {as_text}", as_text=_AS_TEXT))
    return _from_text(name, text, told)


def parse_income_table(
    text: str,
    *,
    name: str = "income table",
    currency: str,
    scale: int,
    period: IncomePeriod | None = None,
    net: bool | None = None,
    population: Population | None = None,
) -> IncomeTable:
    """A table from text.

    Args:
        text: CSV with commas, semicolons, tabs or bars, or lines as pasted.
        name: what errors call it.
        currency: of its amounts; another sign beside an amount is a mistake.
        scale: decimals of that currency.
        period: for which time its amounts are; what their headings say, else a year, if None.
        net: whether expenses are deducted, if known otherwise than from its own words.
        population: whom it counts, if known otherwise than from its own words.

    Raises:
        IncomeTableError: naming the line and the value.
    """
    return _from_text(name, text, Told(currency, scale, period, net, population))


def _from_text(name: str, text: str, told: Told) -> IncomeTable:
    text, mended = repaired(text)
    grid = _grid_of_text(name, text)
    if heading_of(grid) is None:
        grid = pasted_grid(text) or grid
    if heading_of(grid) is None:
        lines = list(enumerate(text.splitlines(), start=1))
        try:
            table = table_of(name, bare_rows(name, lines, grid.around), told)
        except IncomeTableError as error:
            raise _unknown_headings(name, grid) or error from error
    else:
        table = table_of(name, rows_of(name, grid, told.period), told)
    return table.model_copy(update={"notes": (*table.notes, _REPAIRED)}) if mended else table


def _unknown_headings(name: str, grid: Grid) -> IncomeTableError | None:
    """The mistake of a table whose first row could be headings that nobody here knows."""
    line, first = grid.rows[0]
    width = len(first)
    alike = all(len(cells) == width for _, cells in grid.rows[1:])
    if width < 2 or len(grid.rows) < 2 or not alike or any(re.search(r"\d", cell) for cell in first):
        return None
    reason = Text(
        en="are headings that are not known here; call the columns from, to, share, or rank, share, average",
        ar="عناوين غير معروفة هنا. تُسمّى الأعمدة ⁨from, to, share⁩ أو ⁨rank, share, average⁩",
    )
    return IncomeTableError(name, reason, line=line, value=", ".join(first))


def _grid_of_text(name: str, text: str) -> Grid:
    try:
        rows = [
            (line, tuple(map(tidy, cells)))
            for line, cells in _records(text, _delimiter(text))
            if any(map(tidy, cells)) and not tidy(cells[0]).startswith("#")
        ]
    except csv.Error as error:
        raise IncomeTableError(name, say("is not a table: {error}", "ليس جدولًا: {error}", error=error)) from error
    if not rows:
        raise IncomeTableError(
            name,
            Text(
                en="is empty; it takes one line a bracket, such as $1 - $250, 18%",
                ar="فارغ. تُكتب كل شريحة في سطر، مثل ⁨$1 - $250, 18%⁩",
            ),
        )
    comments = [line.strip("# ") for line in text.splitlines() if line.lstrip().startswith("#")]
    return Grid(tuple(rows), tuple(comments))


def _records(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    rows, line = [], 1
    for cells in reader:
        rows.append((line, cells))
        line = reader.line_num + 1
    return rows


def _delimiter(text: str) -> str:
    sample = [line for line in text.splitlines() if line.strip() and not line.startswith("#")][:50]
    counts = {sign: min((line.count(sign) for line in sample), default=0) for sign in "\t;|"}
    found = max(counts, key=lambda sign: counts[sign])
    return found if counts[found] else ","


def _from_pdf(name: str, raw: bytes, told: Told, page: int | None) -> IncomeTable:
    grids, looked, pages = pdf_grids(name, raw)
    if page is not None:
        if not 1 <= page <= looked:
            raise IncomeTableError(
                name,
                say(
                    "there is no page {page}; pages: {pages}, looked at: {looked}",
                    "لا صفحة برقم {page}. عدد الصفحات {pages}، وما فُحص منها {looked}",
                    page=page,
                    pages=pages,
                    looked=looked,
                ),
            )
        grids = [grid for grid in grids if grid.page == page]
    table = best(name, grids, told, pages=looked)
    notes = list(table.notes)
    if table.repaired:
        notes.append(_REPAIRED)
    if pages > MOST_PAGES and page is None:
        notes.append(fill(_FIRST_PAGES, n=formula(str(looked)), all=formula(str(pages))))
    return table.model_copy(update={"notes": tuple(notes)})


def _sheets(name: str, raw: bytes) -> Sequence[Grid]:
    """The sheets of a workbook, read by intake, which bounds what unpacking may cost."""
    from python_calamine import CalamineError, CalamineWorkbook

    from intake.errors import IntakeError
    from intake.formats.workbook_parts import look_through
    from intake.limits import Limits

    with tempfile.TemporaryDirectory(prefix="downline-check-") as folder:
        path = Path(folder) / "income.xlsx"
        path.write_bytes(raw)
        try:
            reach = look_through(path, name, Limits())
            if any(grid.rows > MOST_SHEET_ROWS or grid.columns > MOST_COLUMNS for grid in reach.values()):
                reason = say(
                    "has a sheet of more than {most_sheet_rows} rows or {most_columns} columns; save the table alone",
                    "فيه ورقة صفوفها أكثر من {most_sheet_rows} أو أعمدتها أكثر من {most_columns}. يُرجى حفظ الجدول وحده",
                    most_sheet_rows=MOST_SHEET_ROWS,
                    most_columns=MOST_COLUMNS,
                )
                raise IncomeTableError(name, reason)
            book = CalamineWorkbook.from_path(str(path))
            found = []
            for title in book.sheet_names[:MOST_SHEETS]:
                rows = book.get_sheet_by_name(title).iter_rows()
                cells = [(line, tuple(map(_shown, row))) for line, row in enumerate(rows, start=1)]
                filled = tuple((line, row) for line, row in cells if any(row))
                if filled:
                    found.append(Grid(filled, sheet=title))
        except (IntakeError, CalamineError) as error:
            told = str(error).removeprefix(f"{name}: ").rstrip(".")
            why = error.text if isinstance(error, IntakeError) else verbatim(told)
            why = Text(en=told, ar=why.ar)
            raise IncomeTableError(
                name,
                say(
                    "cannot be read as a workbook (.xlsx): {why}; {as_text}",
                    "تتعذر قراءته كمصنف (⁨.xlsx⁩): {why}. {as_text}",
                    why=why,
                    as_text=_AS_TEXT,
                ),
            ) from error
    return found


def _shown(cell: object) -> str:
    """A cell of a workbook as it would be typed; its percentages are fractions of one."""
    if isinstance(cell, float):
        return f"{Decimal(repr(cell)):.9f}".rstrip("0").rstrip(".")
    return tidy(str(cell))
