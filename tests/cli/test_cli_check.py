"""`downline check` end to end: the model texts' figures from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typst

from cli.check import wrapped

COSTS = ("check", "--joining", "1,650", "--monthly", "650", "--currency", "egp", "--on", "2026-01-01")
MEDIAN = ("--income-median", "310", "--covers", "62%", "--law", "eg", "--recruit-bonus", "135")


def test_text_in_both_languages(downline: Any, inside: Any) -> None:
    english = downline(*COSTS, *MEDIAN)
    assert (english.code, english.err) == (0, "")
    for said in ("1,650 + 12 × 650 = 9,450", "310 − 9,450 = −9,140", "70 × 70 × 70 = 343,000", "at most 31%"):
        assert said in english.out
    arabic = inside(*COSTS, *MEDIAN, "--lang", "ar")
    assert "تكلفة السنة الأولى" in arabic.out
    assert "310 − 9,450 = −9,140" in arabic.out


def test_json(inside: Any) -> None:
    found = inside(*COSTS, *MEDIAN, "--json").json
    assert found["cost"]["low"] == "9450"
    assert found["chance"]["high"] == "0.31"
    assert found["people_needed"]["levels"] == [70, 4900, 343000]
    assert found["packs"] == ["eg", "general"]


def test_table_plan_and_answers(inside: Any, beehive: Path, tmp_path: Path) -> None:
    (tmp_path / "income.csv").write_text("from,to,share\n0,0,70%\n1,250,18%\n251,,12%\n", encoding="utf-8")
    (tmp_path / "answers.yaml").write_text(
        '- {rule: ind.promised_return, value: "yes", who: N., when: 2026-01-02, document: brochure}\n',
        encoding="utf-8",
    )
    found = inside(
        *COSTS, "--months", 6, "--income", "income.csv", "--income-period", "month", "--income-gross",
        "--income-of", "active", "--plan", beehive / "plan.yaml", "--answers", "answers.yaml", "--json",
    ).json  # fmt: skip
    assert found["cost"]["low"] == "5550"
    assert {each["id"] for each in found["hides"]} == {"only_some", "gross", "annualised", "open_top"}
    assert {each["id"]: each["state"] for each in found["findings"]}["ind.promised_return"] == "breached"
    assert found["people_needed"] is None, "the plan's bonus is in another currency"


def test_a_brochure_as_pdf_and_the_answer_as_a_page(inside: Any, tmp_path: Path) -> None:
    source = "#table(columns: 2, [Average income], [% of participants], [0], [70%], [90], [18%], [1900], [12%])"
    (tmp_path / "brochure.pdf").write_bytes(bytes(typst.compile(source.encode())))
    asked = (*COSTS, "--income", "brochure.pdf", "--claimed", "5,000", "--levels", 7, "--hours", 10)
    found = inside(*asked, "--page", "answer.html")
    assert (found.code, found.err) == (0, "")
    for said in ("The table on page 1 was read.", "12 × 5,000 = 60,000", "A job, or only a commission?"):
        assert said in found.out
    page = (tmp_path / "answer.html").read_text(encoding="utf-8")
    assert page.startswith('<!doctype html><html lang="en"')
    assert 'lang="ar" dir="rtl"' in page
    refused = inside(*asked, "--income-page", 2)
    assert refused.code != 0
    assert "brochure.pdf: there is no page 2; pages: 1" in refused.err


def test_lines_fit_a_narrow_terminal() -> None:
    lines = [
        "  - a long line of several words that does not fit",
        "",
        "نص طويل يتضمن ⁦1,650 + 12 × 650 = 9,450⁩ وينكسر بعده",
    ]
    assert wrapped(lines, None) == lines
    narrow = wrapped(lines, 30)
    assert narrow[:3] == ["  - a long line of several", "    words that does not fit", ""]
    assert any("⁦1,650 + 12 × 650 = 9,450⁩" in line for line in narrow), "a sum is never broken"
    assert max(map(len, narrow)) <= 30
