"""The check of an offer through the real page, on a phone: typed, answered, saved, in English and in Arabic."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

PHONE = {"width": 390, "height": 844}
WORDS = {
    "en": ("Country of the rules", "Oman", "Paid once to join", "Paid every month to stay active", "Check"),
    "ar": ("البلد الذي تُطبَّق قواعده", "عُمان", "المدفوع مرة واحدة عند الانضمام", "المدفوع كل شهر للبقاء نشطًا", "فحص"),
}
MORE = {
    "en": ("What else is known of the table and the plan", "Levels of people below whose purchases pay"),
    "ar": ("ما يُعرف أيضًا عن الجدول والخطة", "عدد المستويات التي يُصرف عن مشترياتها"),
}
TABLE = "All participants\n0, 70%\n1 - 250, 18%\n251+, 12%"


def fill_in(seen: Any, language: str, joining: str, monthly: str) -> None:
    country, name, once, each, _ = WORDS[language]
    more, levels = MORE[language]
    page = seen.page
    page.get_by_label(country).click()
    page.get_by_label(country).fill(name)
    page.get_by_role("option", name=name).click()
    seen.settled()
    page.get_by_label(once).fill(joining)
    page.get_by_label(each).fill(monthly)
    page.locator("textarea").fill(TABLE)
    page.get_by_text(more).click()
    page.get_by_label(levels).fill("5")


def submit(seen: Any, language: str) -> None:
    seen.page.get_by_role("button", name=WORDS[language][-1], exact=True).click()
    seen.page.locator(".check").wait_for()
    seen.settled()


def narrow(seen: Any) -> None:
    """Nothing is wider than the phone."""
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for box in seen.page.locator(".figures b").all():
        found = box.bounding_box()
        assert found["x"] >= 0
        assert found["x"] + found["width"] <= PHONE["width"]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_an_offer_is_checked_on_a_phone(new_page: Any, tmp_path: Path, language: str) -> None:
    seen = new_page(**PHONE)
    page = seen.page
    seen.open(f"check?lang={language}")
    fill_in(seen, language, "9,876,543,210", "650.500")
    submit(seen, language)
    text = seen.text()
    assert "9,876,551,016" in text
    assert ("Warning sign met" if language == "en" else "تحقّقت علامة التحذير") in text, text
    assert page.locator(".figures > div").count() == 3
    assert page.locator("article.finding.breached").count() >= 1
    assert page.locator(".stApp").evaluate("e => getComputedStyle(e).direction") == (
        "rtl" if language == "ar" else "ltr"
    )
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0, "the answer is in view"
    narrow(seen)
    sums = page.locator(".figures details").first
    assert not sums.locator(".sum").first.is_visible()
    sums.locator("summary").click()
    assert sums.locator(".sum").first.inner_text().strip("\u2066\u2069") == (
        "9,876,543,210 + 12 × 650.500 = 9,876,551,016"
    )
    with page.expect_download() as saving:
        page.locator(".st-key-check-save button", has_text="JSON").click()
    kept = tmp_path / "check.json"
    saving.value.save_as(kept)
    assert json.loads(kept.read_text(encoding="utf-8"))["packs"] == ["om", "general"]
    with page.expect_download() as saving:
        page.locator(".st-key-check-save button").first.click()
    kept = tmp_path / "check.html"
    saving.value.save_as(kept)
    assert kept.read_text(encoding="utf-8").startswith(f'<!doctype html><html lang="{language}"')
    seen.sound()


def test_a_mistake_is_told_and_the_form_keeps_what_was_typed(new_page: Any) -> None:
    seen = new_page(**PHONE)
    page = seen.page
    seen.open("check?lang=en")
    fill_in(seen, "en", "many", "0")
    page.get_by_role("button", name="Check", exact=True).click()
    page.get_by_text("The check could not be made").wait_for()
    seen.settled()
    assert "is not an amount" in seen.text()
    page.get_by_label(WORDS["en"][2]).fill("100")
    submit(seen, "en")
    assert "100\u00a0OMR" in seen.text()
    assert page.locator("textarea").input_value() == TABLE
    seen.sound()
