"""`downline what-if` on a case of real records, and `downline game` on plans alone, as a user runs them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

PLAN = """\
id: brochure
title: {en: A brochure, ar: كتيّب}
currency: USD
components:
  - {id: level, family: unilevel, rates: [10%, 5%], reversals: ignore}
"""
QUICK = ("--positions", 2, "--start", 3, "--periods", 2, "--seeds", 2)


def test_recruiting_that_stops(inside: Any, case: Path) -> None:
    ran = inside("what-if", case, "--recruiting-stops", "2025-04-15")
    assert (ran.code, ran.err) == (0, "")
    assert "Paid: 523,700 USDT before, 191,800 USDT after; difference -331,900 USDT (-63.4%)." in ran.out
    assert "direct_bonus  378,300 USDT  143,200 USDT  -235,100 USDT" in ran.out
    arabic = inside("what-if", case, "--recruiting-stops", "2025-04-15", "--lang", "ar")
    assert "العُشر" in arabic.out
    assert "-331,900 USDT" in arabic.out


def test_tables_as_json_tie(inside: Any, case: Path) -> None:
    found = inside("what-if", case, "--without-component", "layer_reward", "--without-top", 3, "--json").json
    assert [change["change"] for change in found["changes"]] == ["without_components", "without_top"]
    total = found["totals"]["difference"]
    assert total == sum(row["difference"] for row in found["by_component"])
    assert total == sum(row["difference"] for row in found["by_decile"])
    assert sum(row["participants"] for row in found["by_decile"]) == found["totals"]["participants"] == 4016
    assert {row["component"]: row["after"] for row in found["by_component"]}["layer_reward"] == 0


def test_every_question_can_be_asked(inside: Any, case: Path, beehive: Path) -> None:
    """All of the scheme's orders are levels that its members bought: without them nothing is paid."""
    for options in (["--retail-only"], ["--without-fees"], ["--customer-limit", "50%"], ["--customer-gate", "1/2"]):
        found = inside("what-if", case, *options, "--json").json
        assert (found["totals"]["before"], found["totals"]["after"]) == (523_700_000_000, 0), options
    same = inside("what-if", case, "--other-plan", beehive / "plan.yaml", "--json").json
    assert same["totals"]["difference"] == 0
    assert same["totals"]["unchanged"] == 4016
    kept = inside("what-if", case, "--without-category", "training", "--json").json
    assert kept["totals"]["difference"] == 0


def test_mistakes_are_told(inside: Any, case: Path, tmp_path: Path) -> None:
    for options, said in (
        ([], "say what is to be changed"),
        (["--customer-limit", "half"], "write 50%, 0.5 or 1/2"),
        (["--customer-gate", "0"], "a share of 0 asks for nothing"),
        (["--recruiting-stops", "15.4.2025"], "write it as YYYY-MM-DD"),
        (["--without-component", "levle"], "it has: direct_bonus, layer_reward"),
    ):
        ran = inside("what-if", case, *options)
        assert ran.code == 2
        assert said in ran.err
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    for options, said in (
        (["--order", "abc"], "--order: 'abc': not a number"),
        (["--points", "0"], "--points: '0': a factor must be above zero"),
        (["--price", "Gold"], "write NAME=AMOUNT"),
        (["--growth", "100%"], "ask for fewer periods"),
    ):
        ran = inside("game", "plan.yaml", *options)
        assert ran.code == 2
        assert said in ran.err


def test_a_game_of_a_brochure(inside: Any, tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    ran = inside("game", "plan.yaml", "--joining", 25, *QUICK)
    assert (ran.code, ran.err) == (0, "")
    for said in (
        "Taken for granted:",
        "- On joining one pays 25 USD (1 order(s), 0 points).",
        "BUYING, BEING PAID, GIVING BACK",
        "leaves 150 USD",
        "Why: level pays 150 USD. The rule: ",
        "The plan has no rank whose conditions it states.",
    ):
        assert said in ran.out
    assert ran.out.count("recruit(s), no customer") == 5
    arabic = inside("game", "plan.yaml", *QUICK, "--lang", "ar", "--all")
    assert arabic.out.count("، بلا عملاء") == 21
    assert "افتراضات:" in arabic.out
    assert "السبب:" in arabic.out


def test_a_game_as_json_and_in_full(inside: Any, tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    found = inside("game", "plan.yaml", *QUICK, "--order", "40", "--json").json
    assert (found["plan"], found["currency"], found["scale"]) == ("brochure", "USD", 2)
    tests = {test["id"]: test for test in found["tests"]}
    assert [each["cost"] for each in tests["holding"]["tries"]] == [4000] * 7
    wash = max(tests["wash"]["tries"], key=lambda each: each["profit"])
    assert (wash["cost"], wash["pay"], wash["profit"]) == (0, 4000 + 2000, 6000)
    assert wash["parts"] == {"level": 6000}
    assert len(tests["recruiting"]["tries"]) == 21
