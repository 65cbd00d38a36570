"""The report: what its first screen says of real records, that it stands alone, and that it never gives a verdict."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cases import analyze_folder
from compliance.report import OtherForm, Report, read_report, render_html, summary_lines
from compliance.report.blocks import Block, Card, Code, Fold, Heading, Items, Table
from compliance.report.content import document
from compliance.report.page import Page, isolate_runs
from intake.text import LANGUAGES, Language

VERDICTS = (
    "is a pyramid",
    "fraud",
    "scam",
    "victim",
    "illegal scheme",
    "guilty",
    "احتيال",
    "ضحايا",
    "الشركة هرمية",
    "نصب",
)


@pytest.fixture(scope="module")
def report(beehive: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The bundled records' report."""
    return analyze_folder(beehive, tmp_path_factory.mktemp("report") / "beehive.case").report


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Three people and nothing else: no money, no dates, no data sheet."""
    folder = tmp_path_factory.mktemp("bare")
    (folder / "members.csv").write_text("member_id,sponsor_id\nA,\nB,A\nC,ghost\n", encoding="utf-8")
    return analyze_folder(folder, folder.parent / "bare.case").report


class _Page(HTMLParser):
    """The text that a reader sees, the ids, the links inside the page, and everything that would be fetched."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.inner: list[str] = []
        self.fetched: list[str] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self._hidden = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if values.get("id"):
            self.ids.append(str(values["id"]))
        if tag == "a" and (values.get("href") or "").startswith("#"):
            self.inner.append(str(values["href"])[1:])
        if tag in ("link", "script", "img", "iframe", "object", "embed") or "src" in values:
            self.fetched.append(tag)
        if tag in ("style", "pre"):
            self._hidden += 1
        if tag not in ("meta", "br", "rect", "line", "polyline"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "pre"):
            self._hidden -= 1
        if tag in self.open:
            assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)

    @property
    def text(self) -> str:
        """All visible words."""
        return re.sub(r"\s+", " ", " ".join(self.words))


def test_the_first_screen_says_the_checked_figures(report: Report) -> None:
    lines = "\n".join(summary_lines(report, "en"))
    for figure in (
        "4,016 in 27 levels",
        "2,488",
        "646,960 USDT by 3,937",
        "at least 147,550 USDT to at least 249",
        "47.3%",
    ):
        assert figure in lines


def test_the_share_of_losers_is_read_as_a_bound(report: Report) -> None:
    """79 members have no recorded payment and payouts under 120 USDT are missing: only a bound can be said."""
    line = next(line for line in summary_lines(report, "en") if line.startswith("Paid in more"))
    assert "at most 96.5%" in line
    assert "3,798 are behind in the records" in line


def test_the_data_sheets_figures_are_compared(report: Report) -> None:
    assert len(report.figures) == 9
    assert all(figure.agrees for figure in report.figures)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_stands_alone_and_is_well_formed(report: Report, language: Language) -> None:
    html = render_html(report, language)
    page = _Page(html)
    assert page.fetched == []
    assert "url(http" not in html
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert set(page.inner) <= set(page.ids)
    assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_unfilled_and_no_verdict_is_given(report: Report, bare: Report, language: Language) -> None:
    for each in (report, bare):
        text = _Page(render_html(each, language)).text
        assert not re.search(r"\{[a-z_]*\}", text)
        assert "None" not in text
        sentences = " ".join(finding.sentence.in_language(language) for finding in each.findings)
        summary = "\n".join(summary_lines(each, language))
        for word in VERDICTS:
            assert word not in summary
            assert word not in sentences


def test_the_arabic_page_is_arabic(report: Report) -> None:
    """Every heading of the page has Arabic letters; Latin ones only inside names and codes."""
    html = render_html(report, "ar")
    headings = re.findall(r"<h[123][^>]*>(.*?)</h[123]>", html, re.DOTALL)
    assert headings
    assert all(re.search(r"[\u0600-\u06ff]", heading) for heading in headings)


def test_english_lines_carry_no_direction_marks(report: Report) -> None:
    assert not re.search(r"[\u2066-\u2069]", "\n".join(summary_lines(report, "en")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_report_gives_the_same_bytes(report: Report, language: Language) -> None:
    again = Report.model_validate_json(report.model_dump_json())
    assert render_html(again, language) == render_html(report, language)


def test_records_without_money_say_so_and_claim_nothing(bare: Report) -> None:
    lines = summary_lines(bare, "en")
    assert "The records carry no payouts" in "\n".join(lines)
    assert any(line.startswith("  No warning sign is met by the rules that could be judged: ") for line in lines)
    assert not any(line.startswith(("Paid in", "Who funded", "How top-heavy")) for line in lines)
    assert [fault.code for fault in bare.faults] == ["missing-sponsor"]
    assert {each.id for each in bare.measurements if each.measurable} == {
        "headcount",
        "members_by_kind",
        "tail_share",
        "tree_levels",
        "tree_shape",
    }


def test_every_refused_row_is_accounted_for(report: Report, bare: Report) -> None:
    for each in (report, bare):
        for file in each.files:
            assert file.rows_in == file.accepted + file.refused
        assert sum(file.refused for file in each.files) == sum(refusal.count for refusal in each.refusals)


def test_citations_keep_their_order_in_arabic() -> None:
    """In a right-to-left line `86 F.T.C. 1106` would otherwise be shown as `F.T.C. 1106 86`."""
    shown = isolate_runs("قضية Koscot، 86 F.T.C. 1106 (1975)، والنسبة 95%")
    assert "\u206686 F.T.C. 1106 (1975)\u2069" in shown
    assert "\u206695%\u2069" in shown
    assert isolate_runs("\u206662.0%\u2069 منهم") == "\u206662.0%\u2069 منهم"


def test_a_list_of_customers_alone_is_no_network_of_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "members.csv").write_text("id,kind\nA,customer\nB,customer\n", encoding="utf-8")
    (folder / "orders.csv").write_text(
        "order_id,date,buyer_id,amount,currency\n1,2024-01-02,A,20.00,USD\n2,2024-02-02,B,30.00,USD\n", encoding="utf-8"
    )
    (folder / "invitations.csv").write_text(
        "invited_by,invitation_date,invitee_id,accepted_at\nA,2024-01-09,B,2024-01-20\n", encoding="utf-8"
    )
    (folder / "payouts.csv").write_text(
        "participant_id,date,amount,currency,source_order_id\nA,2024-02-05,2.00,USD,2\n", encoding="utf-8"
    )
    report = analyze_folder(folder, tmp_path / "shop.case").report
    lines = "\n".join(summary_lines(report, "en"))
    assert "nobody holds a position in a network; customers with an account: 2" in lines
    assert "2 USD paid to 1\n" in lines
    assert "recruited nobody" not in lines
    assert "The records look like a referral programme. Seen in the records: people who sent invitations: 1" in lines
    assert "  - Cost per referred customer: 2.00 USD." in lines
    arabic = "\n".join(summary_lines(report, "ar"))
    assert "تبدو السجلات سجلات برنامج إحالة عملاء" in arabic


def test_the_terminal_says_the_kind_of_programme_where_it_is_no_network(report: Report) -> None:
    assert report.programme is not None
    assert report.programme.kind == "network"
    assert "The records look like" not in "\n".join(summary_lines(report, "en"))


def test_rows_show_money_in_whole_units(report: Report) -> None:
    """120 USDT has six decimals; 120000000 beside the currency would be read as millions."""
    rows = report.rows["external_revenue_ratio"]
    amount = rows.columns.index("amount")
    assert rows.in_whole_units
    assert {row[amount] for row in rows.rows} <= {"120", "130", "150", "200"}


@pytest.mark.parametrize(
    ("language", "said"), [("en", "binds only the company it names"), ("ar", "يُلزم الشركة المذكورة فيه وحدها")]
)
def test_the_first_screen_tells_orders_on_one_company_from_law(report: Report, language: Language, said: str) -> None:
    def screen(force: str) -> tuple[str, str]:
        ruled = [
            finding.model_copy(
                update={"state": "breached", "rule": finding.rule.model_copy(update={"legal_force": force})}
            )
            for finding in report.findings
            if finding.id == "us.vemma2016.customer_majority"
        ]
        made = report.model_copy(update={"findings": tuple(ruled)})
        return "\n".join(summary_lines(made, language)), render_html(made, language).split('id="findings"')[0]

    total = isolate_runs("من 1") if language == "ar" else "alone: 1 of 1"
    for shown in screen("order-on-one-company"):
        assert f"({said})" in shown
        assert total in shown
    for shown in screen("statute-or-regulation"):
        assert said not in shown


def _within(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Fold | Card):
            yield from _within(block.blocks)


@pytest.mark.parametrize("language", LANGUAGES)
def test_paper_begins_with_the_findings_and_leaves_no_figure_out(report: Report, language: Language) -> None:
    page = Page(report, language, paper=True)
    printed = document(report, language, paper=True)
    assert [section.id for section in printed.sections][:2] == ["summary", "findings"]
    assert {section.id for section in printed.sections if section.index} == {"findings", "measurements"}
    section = next(each for each in printed.sections if each.id == "measurements")
    cards = {block.id: repr(block) for block in section.blocks if isinstance(block, Card)}
    (table,) = (block for block in section.blocks if isinstance(block, Table))
    measured = {f"m-{each.id}" for each in report.measurements if each.measurable}
    assert cards.keys() == measured
    assert set(table.ids) == {f"m-{each.id}" for each in report.measurements} - measured
    assert len(table.ids) > 20
    for measurement in report.measurements:
        for variant in measurement.variants if measurement.measurable else ():
            if variant.measurable:
                assert repr(page.value(measurement, variant))[1:-1] in cards[f"m-{measurement.id}"]


def test_paper_is_short_and_keeps_rows_for_what_was_judged(report: Report) -> None:
    screen, paper = (
        [each for section in document(report, "en", paper=printed).sections for each in _within(section.blocks)]
        for printed in (False, True)
    )
    tables = [sum(len(each.rows) for each in blocks if isinstance(each, Table)) for blocks in (screen, paper)]
    assert tables[1] < tables[0] / 2
    assert all(len(each.rows) <= 6 for each in paper if isinstance(each, Table) and each.records)
    assert any(isinstance(each, Table) and each.records for each in paper), "findings that were judged show rows"
    assert all(len(each.text) <= 900 for each in paper if isinstance(each, Code))


@pytest.mark.parametrize("paper", [False, True])
def test_every_link_inside_a_report_leads_somewhere(report: Report, *, paper: bool) -> None:
    made = document(report, "en", paper=paper)
    blocks = [each for section in made.sections for each in _within(section.blocks)]
    ids = [section.id for section in made.sections]
    for block in blocks:
        ids += [block.id] if isinstance(block, Card) or (isinstance(block, Heading) and block.id) else []
        ids += block.ids if isinstance(block, Items | Table) else ()
    assert len(ids) == len(set(ids))
    wanted = set(re.findall(r"kind='jump', to='([^']+)'", repr(blocks)))
    assert wanted
    assert wanted <= set(ids)


def test_a_report_of_another_form_is_refused_with_the_way_out(report: Report) -> None:
    assert read_report(report.model_dump_json()).form == report.form
    with pytest.raises(OtherForm, match=r"has form 2, .* analyse the case again") as caught:
        read_report(report.model_copy(update={"form": 2}).model_dump_json())
    assert "2" in caught.value.text.ar
