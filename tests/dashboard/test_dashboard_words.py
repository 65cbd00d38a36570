"""Both languages say the same: every word, every placeholder, and none of the terms the glossary forbids."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.words import CASES, CHECK, FINDINGS, FRAME, OVERVIEW, QUESTIONS, REPORT, TREE, UPLOAD, WORDS

ARABIC = re.compile("[\u0600-\u06ff]")
SAME = {"product", "other_language"}
"""Names and codes that stand alike in both."""
FORBIDDEN = (
    "تحميل",
    "علم أحمر",
    "الكفيل",
    "الخط السفلي",
    "خطة التعويض",
    "هرمي",
    "احتيال",
    "ضحايا",
    "لقطة",
    "جاري",
    "فشل",
    "قم ب",
)


def test_no_key_stands_twice():
    groups = (FRAME, CASES, UPLOAD, OVERVIEW, FINDINGS, QUESTIONS, TREE, REPORT, CHECK)
    assert sum(map(len, groups)) == len(WORDS)


@pytest.mark.parametrize("key", sorted(WORDS))
def test_both_languages_carry_the_same_values(key):
    word = WORDS[key]
    assert sorted(re.findall(r"{\w+}", word.en)) == sorted(re.findall(r"{\w+}", word.ar))
    assert word.en.strip() == word.en != ""
    assert word.ar.strip() == word.ar != ""
    if key not in SAME:
        assert ARABIC.search(word.ar)
        assert not ARABIC.search(word.en)
        assert not any(term in word.ar for term in FORBIDDEN)
        assert "," not in re.sub(r"\d,\d", "", word.ar), "the comma of Arabic prose is ،"


def test_every_word_asked_for_exists():
    source = Path(__file__).resolve().parents[2] / "dashboard"
    asked = {
        key
        for path in source.rglob("*.py")
        for key in re.findall(r'\.word\(\s*["\']([a-z_]+)["\']', path.read_text(encoding="utf-8"))
    }
    prefixes = {key for key in asked if key.endswith("_")}
    assert asked - prefixes - WORDS.keys() == set()
    assert all(any(key.startswith(one) for key in WORDS) for one in prefixes)


def test_every_word_is_used():
    source = Path(__file__).resolve().parents[2] / "dashboard"
    text = "".join(
        path.read_text(encoding="utf-8") for path in source.rglob("*.py") if not path.name.endswith("words.py")
    )
    made = (
        "page_",
        "state_",
        "severity_",
        "country_",
        "force_",
        "basis_",
        "job_",
        "field_",
        "report_download_",
        "report_pdf_",
        "report_xlsx_",
        "answer_",
        "check_people_",
        "check_period_",
    )
    unused = [key for key in WORDS if not re.search(f"[\"']{key}[\"']", text) and not key.startswith(made)]
    assert unused == []
