"""Beehive through the real pages: uploaded, analysed, read, walked and verified, in English and in Arabic.

The first fixture does what a person does (make a case, choose files, upload, start, wait); every test then looks at
the result on a page of its own and asserts at the end that nothing was fetched from beyond this machine, that no
script failed, and that no traceback was shown.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

FILES = ("participants.csv", "transfers.csv", "price-list.csv", "datasheet.yaml", "plan.yaml")
PAGES = ("upload", "overview", "findings", "tree", "report")


@pytest.fixture(scope="module")
def case(opener, beehive: Path) -> str:
    """A case made, filled and analysed by hand; its id."""
    seen = opener()
    page = seen.page
    seen.open("?lang=en")
    seen.page.get_by_role("heading", name="New case").wait_for()
    page.get_by_label("Title").fill("Beehive, through the page")
    page.get_by_role("button", name="Create the case").click()
    page.get_by_role("heading", name="Choose files").wait_for()
    page.locator('input[type="file"]').set_input_files([str(beehive / name) for name in FILES])
    page.get_by_role("button", name="Upload", exact=True).click()
    page.get_by_text(f"Uploaded: {len(FILES)}").wait_for()
    for name in FILES:
        page.locator(".file strong", has_text=name).first.wait_for()
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("link", name="See the results").wait_for(timeout=120_000)
    page.get_by_role("link", name="See the results").click()
    page.get_by_role("heading", name="An on-chain referral scheme, 2025").wait_for()
    seen.settled()
    seen.sound()
    (case_id,) = parse_qs(urlsplit(page.url).query)["case"]
    page.close()
    return case_id


def test_the_overview_says_the_checked_figures(new_page, case):
    seen = new_page()
    seen.open(f"overview?case={case}&lang=en")
    text = seen.text()
    for figure in (
        "4,016",
        "27 levels",
        "2,488",
        "646,960 USDT",
        "147,550 USDT",
        "249 participants",
        "at most",
        "at least",
    ):
        assert figure in text
    assert "9 of 9 came out as stated" in text
    assert seen.page.locator("figure.chart svg").count() == 4
    assert seen.page.locator("figure.chart details table").count() == 4
    seen.sound()


def test_a_finding_leads_to_its_rule_source_and_rows(new_page, case):
    seen = new_page()
    page = seen.page
    seen.open(f"findings?case={case}&lang=en")
    page.get_by_text(re.compile("Shown: 94 of 94|Shown: \\d+ of \\d+")).wait_for()
    page.get_by_role("link", name="China · Regulation on Direct Selling Administration, Art. 14").click()
    page.get_by_text("What the rule says").wait_for()
    seen.settled()
    assert "finding=" in page.url
    assert page.locator("article.finding a[href^='http']").count() == 1
    assert page.locator("table.records tbody tr").count() == 25
    first = page.locator("table.records tbody tr").first.inner_text()
    page.get_by_role("button", name="Next rows").click()
    page.get_by_text("Rows 26 to 50 of").wait_for()
    seen.settled()
    assert page.locator("table.records tbody tr").first.inner_text() != first
    page.get_by_text("The query that gives them").click()
    assert "SELECT" in page.locator("pre").last.inner_text()
    assert page.locator("table.records").evaluate("e => getComputedStyle(e).direction") == "ltr"
    seen.sound()


def test_findings_are_filtered_and_searched(new_page, case):
    seen = new_page()
    page = seen.page
    seen.open(f"findings?case={case}&lang=en")
    total = int(re.search(r"Shown: \d+ of (\d+)", seen.text())[1])
    page.get_by_role("button", name=re.compile(r"^Egypt \(\d+\)")).click()
    page.get_by_text(f"Shown: 4 of {total}").wait_for()
    page.get_by_label("Search").fill("الإفتاء")  # an Arabic word finds its rule on the English page too
    page.get_by_label("Search").press("Enter")
    page.get_by_text(re.compile(rf"Shown: [1-3] of {total}")).wait_for()
    page.get_by_label("Search").fill("no rule says this")
    page.get_by_label("Search").press("Enter")
    page.get_by_text("No finding matches these filters.").wait_for()
    page.get_by_role("button", name="Clear filters").click()
    page.get_by_text(f"Shown: {total} of {total}").wait_for()
    seen.sound()


def test_the_tree_is_entered_zoomed_and_left(new_page, case):
    seen = new_page()
    page = seen.page
    seen.open(f"tree?case={case}&lang=en")
    mark = page.locator('svg rect[data-id="B0004"]')
    mark.wait_for()
    before = mark.bounding_box()
    box = page.locator("svg[role=application]").bounding_box()
    page.mouse.move(before["x"] + 5, before["y"] + 5)
    page.mouse.wheel(0, -200)
    page.wait_for_timeout(900)  # the viewport rests, Python answers with finer marks
    seen.settled()
    zoomed = mark.bounding_box()
    assert zoomed["width"] > before["width"] * 1.5, "the wheel zooms, and the patch of marks keeps the viewport"
    assert zoomed["x"] >= box["x"]
    mark.click(position={"x": 20, "y": 10})
    page.get_by_role("heading", name="Participant B0004").wait_for()
    seen.settled()
    assert "person=B0004" in page.url
    assert page.locator(".crumbs .go").all_inner_texts() == ["Whole tree", "B0000", "B0001", "B0003"]
    assert page.locator("svg rect.picked").get_attribute("data-id") == "B0004"
    page.locator("td .go").first.click()
    page.wait_for_function("!location.search.includes('person=B0004')")
    page.locator(".crumbs .go").first.click()
    page.wait_for_function("!location.search.includes('person=')")
    page.get_by_label("Find a participant by id").fill("B9999")
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_text("There is no participant B9999").wait_for()
    seen.sound()


def test_the_tree_is_walked_by_keyboard(new_page, case):
    seen = new_page()
    seen.open(f"tree?case={case}&lang=en")
    seen.page.locator("svg[role=application]").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight"):
        seen.page.keyboard.press(key)
    assert "B0004" in seen.page.locator(".tip").inner_text()
    seen.page.keyboard.press("Enter")
    seen.page.get_by_role("heading", name="Participant B0004").wait_for()
    seen.sound()


def test_arabic_runs_from_the_right_and_trees_do_not(new_page, case):
    english, seen = new_page(), new_page(locale="ar-EG")
    page = seen.page
    english.open(f"tree?case={case}&lang=en")
    seen.open(f"tree?case={case}")  # the browser's own language, where the address names none
    assert "شجرة الشبكة" in seen.text()
    places = [
        one.page.locator('svg rect[data-id="B0004"]').evaluate("e => Math.round(e.getBBox().x)")
        for one in (english, seen)
    ]
    assert places[0] == places[1], "one picture for both languages"
    english.page.get_by_role("link", name="العربية").click()
    english.page.get_by_role("heading", name="شجرة الشبكة").wait_for()
    english.page.wait_for_function("document.querySelector('.stApp').dir === 'rtl'")
    words = {
        "upload": "بدء تحليل",
        "overview": "ما صُرف للمشاركين",
        "findings": "درجة الأهمية",
        "tree": "بحث عن مشارك بالمعرّف",
        "report": "تنزيل بالعربية",
    }
    for name, word in words.items():
        seen.turn(name)
        assert word in seen.text(), name
        assert page.locator(".stApp").evaluate("e => getComputedStyle(e).direction") == "rtl"
        assert page.evaluate("[document.documentElement.lang, document.querySelector('.stApp').dir]") == ["ar", "rtl"]
        heading, main = page.locator("h1").first.bounding_box(), page.locator(".st-key-frame").bounding_box()
        ends = page.locator("h1").first.evaluate(
            "e => {const r = document.createRange(); r.selectNodeContents(e); return r.getBoundingClientRect().right}"
        )
        assert abs(ends - (main["x"] + main["width"])) < 3, f"{name}: the heading begins at the right"
        assert heading["width"] > 0
    english.sound()
    seen.sound()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_is_cut_off_on_a_phone(new_page, case, language):
    seen = new_page(width=390, height=844)
    seen.open(f"upload?case={case}&lang={language}")
    for name in PAGES:
        seen.turn(name)
        wider = seen.page.evaluate(
            "(() => {const e = document.querySelector('[data-testid=stMain]'); return e.scrollWidth - e.clientWidth})()"
        )
        assert wider <= 0, f"{name} is {wider} pixels wider than the screen"
    seen.sound()


def test_the_report_is_saved_and_the_case_verified(new_page, case):
    seen = new_page()
    page = seen.page
    seen.open(f"report?case={case}&lang=en")
    for language, name in (("en", "Download in English"), ("ar", "Download in Arabic")):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=name).click()
        saved = Path(waiting.value.path()).read_text(encoding="utf-8")
        assert waiting.value.suggested_filename.endswith(f".{language}.html")
        assert f'lang="{language}"' in saved[:400]
        assert "4,016" in saved
    page.get_by_role("button", name="Verify").click()
    page.get_by_text("Every byte is as it was written.").wait_for()
    assert "4,016" in page.frame_locator("iframe.preview").locator("body").inner_text()
    seen.sound()


@pytest.mark.parametrize(
    ("language", "words"), [("en", "There is no case with this id"), ("ar", "لا يوجد ملف فحص بهذا المعرّف")]
)
def test_an_unknown_case_is_said_in_words(new_page, language, words):
    seen = new_page()
    seen.open(f"overview?case=nobody&lang={language}")
    assert words in seen.text()
    seen.sound()


def test_what_cannot_be_read_is_said_with_its_place(new_page):
    seen = new_page()
    page = seen.page
    seen.open("?lang=en")
    page.get_by_label("Title").fill("Broken")
    page.get_by_role("button", name="Create the case").click()
    page.get_by_role("heading", name="Choose files").wait_for()
    files = [
        {"name": "participants.csv", "mimeType": "text/csv", "buffer": b"id,sponsor_id\na,\nb,a\n"},
        {"name": "datasheet.yaml", "mimeType": "text/yaml", "buffer": b"title:\n  en: X\n  ar: X\nfilez: []\n"},
    ]
    page.locator('input[type="file"]').set_input_files(files)
    page.get_by_role("button", name="Upload", exact=True).click()
    page.get_by_text("Uploaded: 2").wait_for()
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_text("The analysis could not be made.").wait_for(timeout=60_000)
    text = seen.text()
    assert "datasheet.yaml" in text
    assert "filez" in text
    seen.sound()
