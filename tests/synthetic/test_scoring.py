"""Scoring against planted truth: counts on hand-made figures, naive rules against their definitions, committed figures."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.synth_evaluation import examine
from synthetic import kinds, load_scenario, make
from synthetic.scoring import (
    Baseline,
    Breach,
    Evaluation,
    Examined,
    Score,
    Sign,
    Thresholds,
    evaluated,
    load_thresholds,
    naive_values,
)
from synthetic.scoring_page import as_markdown

SIGN = Sign(id="recruitment_share", law="ind.recruit_income_share", at_least="0.5", why="for the test")
NAIVE = Baseline(id="gini", at_least="0.8", en="uneven", ar="غير متساوٍ")


def _examined(kind: str, seed: int, value: str | None, naive: str = "0", **more: object) -> Examined:
    return Examined.model_validate(
        {"kind": kind, "seed": seed, "values": {SIGN.id: value}, "naive": {"gini": naive}, **more}
    )


def test_found_and_false_alarms_are_counted_by_hand() -> None:
    companies = [
        _examined("recruitment-pyramid", 1, "4/5", "9/10"),
        _examined("recruitment-pyramid", 2, "1/2"),  # met by equality
        _examined("productless-cycler", 1, None),  # not measurable: missed
        _examined("honest-seller", 1, "0", "4/5"),
        _examined("buyers-club", 1, "51/100"),
    ]
    result = evaluated(
        companies, Thresholds(signs=(SIGN,), baselines=(NAIVE,)), participants=10, months=3, seeds=(1, 2)
    )
    (sign,) = result.signs
    assert sign.score == Score(planted=3, found=2, harmless=2, alarms=1)
    assert (sign.missed, sign.unmeasured, sign.alarmed) == (
        ("productless-cycler",),
        ("productless-cycler",),
        ("buyers-club",),
    )
    assert sign.naive["gini"] == Score(planted=3, found=1, harmless=2, alarms=1)
    assert result.verdict["gini"] == Score(planted=3, found=1, harmless=2, alarms=1)
    page = as_markdown(result)
    assert "| `recruitment_share` | at least 0.5 | 2/3 | 1/2 |" in page
    assert "not measurable in productless-cycler; false alarm in buyers-club" in page


def test_only_grave_breaches_of_harmless_kinds_are_told() -> None:
    grave = Breach(rule="xx.one", pack="xx", severity="critical", indicator="a")
    small = Breach(rule="xx.two", pack="xx", severity="info", indicator="a")
    companies = [
        _examined("honest-seller", 1, "0", breaches=(grave, small)),
        _examined("recruitment-pyramid", 1, "1", breaches=(grave,)),
    ]
    result = evaluated(companies, Thresholds(signs=(SIGN,), baselines=(NAIVE,)), participants=10, months=3, seeds=(1,))
    assert result.breaches == {"honest-seller": ("xx: xx.one",)}


def test_a_sign_may_be_strict_and_says_how_it_warns() -> None:
    strict = Sign(id="growth_gap", more_than="0", why="for the test")
    assert [strict.warns(value) for value in (None, Fraction(0), Fraction(1, 100))] == [False, False, True]
    assert strict.threshold == "more than 0"
    assert Sign(id="x", at_least="1", clearly=True, why="for the test").threshold == "clearly at least 1"
    with pytest.raises(ValueError, match="exactly one of at_least, more_than, at_most"):
        Sign(id="x", at_least="1", more_than="0", why="for the test")


def test_planted_figures_are_held_against_what_was_measured() -> None:
    name = "self_referrals.to_oneself"
    figure = load_scenario("self-referrals").planted.figures[name]
    assert (figure.value, figure.within) == ("0.25", "0.08")
    companies = [
        _examined("self-referrals", seed, None, figures={name: text})
        for seed, text in enumerate(("33/100", "17/100", "331/1000", None))
    ]
    found = evaluated(companies, Thresholds(signs=(), baselines=()), participants=10, months=3, seeds=(1, 2, 3, 4))
    (score,) = (each for each in found.figures if each.id == name)
    assert (score.measured, score.met) == (("0.3300", "0.1700", "0.3310", None), 2)
    assert "| self-referrals | `self_referrals.to_oneself` | 0.25, within 0.08 |" in as_markdown(found)


def test_why_a_definition_is_wrong_stands_beside_that_it_is() -> None:
    sign = SIGN.model_copy(update={"inherent": "By what it says."})
    found = evaluated(
        [_examined("honest-seller", 1, "1")],
        Thresholds(signs=(sign,), baselines=()),
        participants=9,
        months=3,
        seeds=(1,),
    )
    assert "- `recruitment_share`: false alarm in honest-seller. By what it says." in as_markdown(found)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12))
def test_the_naive_gini_is_the_mean_difference(sums: list[int]) -> None:
    people = pl.DataFrame({"id": [f"p{at}" for at in range(len(sums))], "sponsor_id": [None] * len(sums)})
    payouts = pl.DataFrame({"participant_id": people["id"], "amount": sums})
    orders = pl.DataFrame({"buyer_id": ["p0", "c"], "amount": [3, 1]})
    found = naive_values(people.with_columns(pl.col("sponsor_id").cast(pl.String)), orders, payouts)
    total = sum(sums)
    differences = sum(abs(a - b) for a in sums for b in sums)
    assert found["gini"] == (Fraction(differences, 2 * len(sums) * total) if total else 0)
    assert found["no_recruits"] == 1
    assert found["participants_revenue"] == Fraction(3, 4)


def test_every_label_is_of_a_sign_that_is_scored() -> None:
    signs = {sign.id for sign in load_thresholds().signs}
    for kind in kinds():
        planted = load_scenario(kind).planted
        assert planted.shows.keys() | planted.quiet.keys() <= signs, kind
        assert not planted.shows.keys() & planted.quiet.keys(), kind


@pytest.fixture(scope="module")
def committed(repository: Path) -> Evaluation:
    """The committed evaluation."""
    text = (repository / "datasets" / "synthetic" / "evaluation.json").read_text(encoding="utf-8")
    return Evaluation.model_validate_json(text)


def test_the_committed_page_is_made_of_the_committed_figures(committed: Evaluation, repository: Path) -> None:
    page = (repository / "datasets" / "synthetic" / "evaluation.md").read_text(encoding="utf-8")
    assert page == as_markdown(committed)


CHEAP = (
    "external_revenue_ratio",
    "participant_funded_share",
    "recruitment_share",
    "vintage_transfer",
    "no_retail_sellers",
    "period_end_loading",
    "refund_refused_share",
    "wash_orders",
)
"""Signs that cost little to measure; all that were never wrong in the committed evaluation must not be here either."""


@pytest.mark.parametrize("kind", ["self-referrals", "strained-programme"])
def test_what_is_planted_in_programmes_is_found(kind: str) -> None:
    scenario = load_scenario(kind)
    signs = [sign for sign in load_thresholds().signs if sign.planted_in(scenario) and sign.id != "referred_spend"]
    found = examine(make(kind, 400, 1, 20), signs, ())
    assert signs
    for sign in signs:
        value = found.values[sign.id]
        assert sign.warns(None if value is None else Fraction(value)), (sign.id, value)
    for name, figure in scenario.planted.figures.items():
        measured = found.figures[name]
        assert measured is not None
        assert abs(Fraction(measured) - Fraction(figure.value)) <= Fraction(figure.within), (name, measured)


@pytest.mark.parametrize("kind", ["honest-seller", "recruitment-pyramid", "fabricated-receipts"])
def test_a_small_evaluation_says_what_the_committed_one_says(committed: Evaluation, kind: str) -> None:
    scored = {each.id: each for each in committed.signs}
    signs = [sign for sign in load_thresholds().signs if sign.id in CHEAP]
    assert len(signs) == len(CHEAP)
    found = examine(make(kind, 300, 1, 18), signs, ())
    scenario = load_scenario(kind)
    compared = 0
    for sign in signs:
        value, label = found.values[sign.id], sign.planted_in(scenario)
        if label is None or kind in (*scored[sign.id].missed, *scored[sign.id].alarmed):
            continue
        assert sign.warns(None if value is None else Fraction(value)) is label, (sign.id, value)
        compared += 1
    assert compared >= 3
