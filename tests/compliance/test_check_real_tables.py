"""Every real table through the check, against the reference; and the ranges against every possible population."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from compliance.check import Bracket, CheckInputs, CompanyCheck, IncomeTable, check_company, check_lines, check_page
from compliance.check.comparing import compare
from compliance.check.income import everybody
from compliance.check.model import Figure, Span
from compliance.check.real_tables import RealTable, real_tables
from tests.compliance import slow_income as slow

TABLES = {one.id: one for one in real_tables()}


def test_the_rows_are_those_of_the_reference(shared_reference: Path) -> None:
    """Each row of the shipped data is a row of the reference, figure by figure, with its source."""
    known = json.loads((shared_reference / "income-disclosures.json").read_text(encoding="utf-8"), parse_float=str)
    assert len(known) == len(TABLES) == 24
    for real, stated in zip(real_tables(), known, strict=True):
        assert (real.company, real.year, real.source) == (stated["company"], str(stated["year"]), stated["source_url"])
        assert real.currency == stated["currency"][:3]
        assert len(real.rows) == len(stated["rows"])
        for row, printed in zip(real.rows, stated["rows"], strict=True):
            assert (row.label, row.count) == (printed["rank"], printed.get("count"))
            for name, key in (
                ("share", "share_of_participants"),
                ("low",) * 2,
                ("high",) * 2,
                ("average",) * 2,
                ("median",) * 2,
            ):
                ours, theirs = getattr(row, name), printed[key]
                assert (ours is None) == (theirs is None)
                assert theirs is None or Fraction(ours) == Fraction(str(theirs))


def checked(real: RealTable, joining: int = 10_000, monthly: int = 5_000, **more: Any) -> CompanyCheck:
    inputs = {"joining": joining, "monthly": monthly, "currency": real.currency, "scale": 2, "income": real.table()}
    return check_company(CheckInputs(**(inputs | {"laws": ("us",)} | more)))


def ends(figure: Figure | Span) -> tuple[Fraction, Fraction]:
    assert figure.low is not None
    return Fraction(figure.low), Fraction(figure.low if figure.high is None else figure.high)


@pytest.mark.parametrize("name", TABLES)
def test_every_real_table_goes_through_the_check(name: str) -> None:
    real = TABLES[name]
    table = real.table()
    if table is None:
        assert real.brackets == () or real.period == "other" or all(row.share is None for row in real.rows)
        return
    check = checked(real, claimed=100_000)
    whole = everybody(table)
    assert sum(piece.share for piece in whole.pieces) == 1
    low, high = ends(check.chance)
    assert 0 <= low <= high <= 1
    dearer = checked(real, joining=1_000_000).chance
    assert ends(dearer)[0] <= low, "a higher cost leaves no more people ahead"
    assert ends(dearer)[1] <= high
    if check.middle.low is not None and check.middle.high is not None:
        assert ends(check.middle)[0] <= ends(check.middle)[1]
        assert Fraction(check.middle.low) >= -700, "nobody loses more than the cost"
    assert check.claim is not None
    assert 0 <= ends(check.claim)[0] <= ends(check.claim)[1] <= 1
    hides = {each.id for each in check.hides}
    assert "gross" in hides, "every one of them is before expenses"
    assert ("only_some" in hides) == (real.population in ("active", "paid", "ranked"))
    assert ("people_not_said" in hides) == (real.population is None)
    assert ("shares_missing" in hides) == (not table.complete)
    assert ("annualised" in hides) == (real.period != "year")
    assert len(check.practices) == 5
    assert {each.id: each.state for each in check.practices}["ignores_expenses"] == "seen"
    for language in ("en", "ar"):
        assert len(check_lines(check, language)) > 40  # type: ignore[arg-type]
        assert "{" not in check_page(check, language).split("</style>")[1]  # type: ignore[arg-type]
    assert CompanyCheck.model_validate_json(check.model_dump_json()) == check


@pytest.mark.parametrize("name", [name for name, one in TABLES.items() if one.table() is not None and one.population])
def test_a_real_table_stands_with_itself(name: str) -> None:
    """Among like tables is the table itself: neither lower nor higher than it, so the percentile holds it."""
    real = TABLES[name]
    check = checked(real)
    mine = next(one for one in check.comparison.tables if one.id == name)
    assert mine.like
    assert len(check.comparison.tables) == 24
    for standing in check.comparison.standings:
        assert standing.population == real.population
        assert standing.undecided >= 1
        assert standing.lower + standing.higher + standing.undecided == standing.among
        low, high = standing.percentile
        assert 0 <= low <= high <= 100
        theirs = mine.nothing if standing.id == "nothing" else mine.below_cost
        assert theirs == standing.mine
        shown = "nothing" if standing.id == "nothing" else "below_cost"
        others = [getattr(one, shown) for one in check.comparison.tables if one.like and getattr(one, shown)]
        assert slow.place(ends(standing.mine), [ends(one) for one in others]) == (
            standing.lower,
            standing.higher,
            standing.undecided,
        )


def test_the_published_shares_come_out() -> None:
    nothing = {one.id: one.nothing for one in checked(TABLES["advocare-2016"]).comparison.tables}
    shown = {name: span.shown.en for name, span in nothing.items() if span is not None}
    assert shown == {
        "doterra-2017": "at least 63.8%",
        "advocare-2016": "72.3%",
        "melaleuca-2004": "0%",
        "scentsy-2020": "at most 36.3%",
        "herbalife-2012": "88%",
        "isagenix-2017": "80%",
        "my-daily-choice-2018": "at least 50%",
    }


def offer(**more: Any) -> CheckInputs:
    table = IncomeTable(
        source="t",
        currency=more.pop("currency", "USD"),
        scale=2,
        brackets=(Bracket(share=Fraction(7, 10), low=0, high=0), Bracket(share=Fraction(3, 10), low=100, high=90_000)),
        **more.pop("table", {}),
    )
    known = {"joining": 10_000, "monthly": 5_000, "currency": table.currency, "scale": 2, "income": table}
    return CheckInputs(**(known | more))


def test_only_like_people_over_the_same_time_are_ranked() -> None:
    everyone = compare(offer(table={"population": "everyone"}))
    assert [one.id for one in everyone.standings] == ["nothing", "below_cost"]
    assert {one.population for one in everyone.tables if one.like} == {"everyone"}
    active = compare(offer(table={"population": "active"}))
    assert [one.among for one in active.standings] == [1, 2]
    both = compare(offer(table={"population": "active"}, covers=Fraction(1, 2)))
    assert {one.population for one in both.standings} == {"everyone", "active"}
    assert "counted as having received nothing" in both.standings[0].says.en
    for inputs, said in (
        (offer(), "does not say whom it counts"),
        (offer(table={"population": "everyone", "net": True}), "deducts expenses"),
        (offer(table={"population": "everyone", "period": "week"}), "No table of the collection"),
        (offer(income=None), "no table to rank"),
    ):
        found = compare(inputs)
        assert found.standings == ()
        assert found.why_none is not None
        assert said in found.why_none.en
        assert len(found.tables) == 24


def test_money_is_never_compared_across_currencies() -> None:
    dollars = compare(offer(table={"population": "everyone"}))
    assert {one.currency for one in dollars.tables if one.below_cost is not None} == {"USD"}
    pounds = compare(offer(currency="EGP", table={"population": "everyone"}))
    assert [one.id for one in pounds.standings] == ["nothing"]
    assert all(one.below_cost is None for one in pounds.tables)
    half = compare(offer(months=6, table={"population": "everyone"}))
    assert all(one.below_cost is None for one in half.tables), "costs of half a year, incomes of a whole one"


TOP = 6
printed = st.fixed_dictionaries(
    {"people": st.integers(1, 3)},
    optional={
        "low": st.integers(0, TOP),
        "high": st.integers(0, TOP),
        "average": st.integers(0, TOP),
        "median": st.integers(0, TOP),
    },
)


@settings(max_examples=100, deadline=None)
@given(brackets=st.lists(printed, min_size=1, max_size=2), cost=st.integers(0, TOP))
def test_what_a_table_proves_against_every_population(brackets: list[slow.Bracket], cost: int) -> None:
    """No possible population lies outside the ranges; and ranges of plain brackets are as narrow as they can be."""
    for bracket in brackets:
        bracket.setdefault("low", 0)
        assume(bracket["low"] <= bracket.get("high", TOP))
        if "median" in bracket:  # a middle person of an odd number stands in neither half
            bracket["people"] *= 2
    possible = list(slow.everybodies(brackets, TOP))
    assume(possible)
    total = sum(bracket["people"] for bracket in brackets)
    try:
        rows = tuple(
            Bracket(share=Fraction(one["people"], total), **{key: one[key] for key in one if key != "people"})
            for one in brackets
        )
    except ValueError:
        reject()
    whole = everybody(IncomeTable(source="t", currency="USD", scale=2, brackets=rows))
    shares = [slow.above(people, cost) for people in possible]
    low, high = whole.above(Fraction(cost))
    assert low <= min(shares)
    assert high >= max(shares)
    assert whole.at_zero() <= min(slow.nothing(people) for people in possible)
    middles = [(people[(total - 1) // 2], people[total // 2]) for people in possible]
    below, above = whole.median()
    assert below <= min(upper for _, upper in middles)
    assert above is None or above >= max(lower for lower, _ in middles)
    if all(set(one) <= {"people", "low", "high"} and "high" in one for one in brackets):
        assert (low, high) == (min(shares), max(shares))
