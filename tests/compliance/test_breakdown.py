"""Figures taken apart by month, cohort, country and branch, and the interval of a ratio of money."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compensation import parse_plan
from compliance import Records
from compliance.indicators.breakdown import breakdown, series
from compliance.indicators.places import REST
from compliance.people import MOST_BRANCHES, branches_of
from compliance.statistics import RESAMPLES, SEED, bootstrap_ratio
from genealogy.tree import Tree
from tests.compliance import slow_breakdown
from tests.compliance.conftest import write_tables

PLAN = """
id: two-levels
title: {en: Two levels, ar: مستويان}
currency: USD
period: month
components:
  - id: level
    family: unilevel
    rates: [10%, 5%]
"""
MONTHS = (None, "2024-01", "2024-02", "2024-03")


@st.composite
def companies(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[slow_breakdown.Figure]]:
    count = draw(st.integers(1, 30))
    people: list[dict[str, Any]] = [
        {
            "sponsor": draw(st.none() | st.integers(0, place - 1)) if place else None,
            "cohort": draw(st.sampled_from(MONTHS)),
            "country": draw(st.sampled_from((None, "EG", "US", "DE"))),
        }
        for place in range(count)
    ]
    figure = st.tuples(
        st.none() | st.integers(0, count - 1),
        st.sampled_from(MONTHS),
        st.integers(-(10**6), 10**6),
        st.integers(0, 10**6),
    )
    return people, draw(st.lists(figure, min_size=1, max_size=40))


def opened(folder: Any, people: list[dict[str, Any]]) -> Records:
    rows = [
        {
            "id": f"p{place}",
            "sponsor_id": None if each["sponsor"] is None else f"p{each['sponsor']}",
            "joined": None if each["cohort"] is None else f"{each['cohort']}-15",
            "country": each["country"],
        }
        for place, each in enumerate(people)
    ]
    return Records.open(write_tables(folder, {"participants": rows}))


def as_query(figures: list[slow_breakdown.Figure]) -> str:
    rows = ", ".join(
        f"({'NULL' if person is None else person}, {'NULL' if month is None else repr(month + '-01')}, {part}, {whole})"
        for person, month, part, whole in figures
    )
    return (
        "SELECT row::INTEGER AS row, month::DATE AS month, part::BIGINT AS part, whole::BIGINT AS whole"
        f" FROM (VALUES {rows}) AS figures(row, month, part, whole)"
    )


@settings(max_examples=20, deadline=None)
@given(companies())
def test_series_hold_the_sums_of_their_rows(
    tmp_path_factory: pytest.TempPathFactory, drawn: tuple[list[dict[str, Any]], list[slow_breakdown.Figure]]
) -> None:
    people, figures = drawn
    with opened(tmp_path_factory.mktemp("company"), people) as records:
        found = breakdown(records, as_query(figures))
        of_branch = dict(records.all("SELECT p.row, b.id FROM people p LEFT JOIN people b ON b.row = p.branch"))
    people = [{**each, "branch": of_branch[place]} for place, each in enumerate(people)]
    assert (found.part, found.whole) == (sum(each[2] for each in figures), sum(each[3] for each in figures))
    shown = {each.id: each for each in found.series}
    for axis in ("month", "cohort", "country", "branch"):
        expected = slow_breakdown.taken_apart(people, figures, axis)
        if f"by_{axis}" not in shown:
            assert len(expected) < (1 if axis in ("month", "cohort") else 2)
            continue
        points = shown[f"by_{axis}"].points
        assert {each.x: each.numerator for each in points if each.x != REST} == {x: p for x, (p, _) in expected.items()}
        assert {each.x: each.denominator for each in points if each.x != REST} == {
            x: whole for x, (_, whole) in expected.items()
        }
        if axis == "branch":
            assert sum(each.denominator or 0 for each in points) <= found.whole
        else:
            placed = sum(whole for _, whole in expected.values())
            assert (shown[f"by_{axis}"].note is not None) == (placed < found.whole)


def test_a_ratio_of_people_has_wilson_at_every_point_and_money_is_in_whole_units(tmp_path: Any) -> None:
    people = [{"sponsor": None, "cohort": "2024-01", "country": "EG"}] * 4
    with opened(tmp_path / "four", people) as records:
        counted = series(records, as_query([(0, "2024-02", 1, 1), (1, "2024-02", 0, 1)]), people=True)
        assert [each.id for each in counted] == ["by_month", "by_cohort"]
        assert all(each.interval is not None for one in counted for each in one.points)
        paid = series(records, as_query([(0, "2024-02", 150, 1), (1, "2024-02", 50, 1)]), unit="money")
        assert paid[0].points[0].value == "1"


def test_sums_beyond_64_bits_are_exact(tmp_path: Any) -> None:
    people = [{"sponsor": None, "cohort": "2024-01", "country": country} for country in ("EG", "EG", "US")]
    large, most = 2**62 + 12_345, 2**63 - 1
    figures: list[slow_breakdown.Figure] = [
        (0, "2024-02", large, most),
        (1, "2024-02", -large, most - 7),
        (1, "2024-03", most, 7),
        (2, None, -1, most),
    ]
    with opened(tmp_path / "three", people) as records:
        found = breakdown(records, as_query(figures))
    assert (found.part, found.whole) == (most - 1, 3 * most)
    shown = {each.id: {point.x: (point.numerator, point.denominator) for point in each.points} for each in found.series}
    assert shown["by_month"] == {"2024-02": (0, 2 * most - 7), "2024-03": (most, 7)}
    assert shown["by_country"] == {"EG": (most, 2 * most), "US": (-1, most)}


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 10**6), max_size=60))
def test_branches_are_the_parts_under_the_first_forks(draws: list[int]) -> None:
    # every place but the first is a root or hangs below one of the three before it, so that chains and forks occur
    sponsors: list[int | None] = [None]
    for place, draw in enumerate(draws, start=1):
        sponsors.append(None if draw % 17 == 0 else place - 1 - draw % min(place, 3))
    tree = Tree.from_parents([-1 if each is None else each for each in sponsors])
    found = branches_of(np.asarray(tree.parent), np.asarray(tree.size))
    rows, position = np.asarray(tree.row), np.asarray(tree.position)
    by_row = [None if found[at] < 0 else int(rows[found[at]]) for at in position]
    expected = slow_breakdown.branches(sponsors, MOST_BRANCHES)
    heads = {each for each in by_row if each is not None}
    assert len(heads) <= MOST_BRANCHES
    for mine, twin in zip(by_row, expected, strict=True):
        assert twin is None or mine == twin  # the twin leaves equally large ones at the end open
    everything = slow_breakdown.branches(sponsors, 10**9)
    smallest = min(Counter(everything)[each] for each in heads) if heads else 0
    assert all(Counter(by_row)[head] >= smallest for head in heads)


def test_the_bootstrap_draws_units_as_the_twin_does() -> None:
    part, whole = [3, 0, 5, 1, 0, 9, 2, 2, 4, 0, 7, 1], [10] * 12
    draws = (np.random.PCG64(SEED).random_raw(RESAMPLES * 12) % np.uint64(12)).reshape(RESAMPLES, 12).tolist()
    ratios = sorted(slow_breakdown.ratio_of_resample(part, whole, drawn) for drawn in draws)
    found = bootstrap_ratio(np.array(part), np.array(whole))
    assert found == (ratios[4], ratios[-5])
    assert found[0] < Fraction(sum(part), sum(whole)) < found[1]


def test_the_bootstrap_takes_sums_that_would_overflow_and_refuses_too_few() -> None:
    half, most = np.full(40, 2**57), np.full(40, 2**58)
    assert bootstrap_ratio(half, most) == (Fraction(1, 2), Fraction(1, 2))
    assert bootstrap_ratio(-half, most) == (Fraction(-1, 2), Fraction(-1, 2))
    assert bootstrap_ratio(half[:9], most[:9]) is None
    assert bootstrap_ratio(half, most * 0) is None
    with pytest.raises(ValueError, match="40 and 39"):
        bootstrap_ratio(half, most[:39])


def test_the_bootstrap_covers_the_truth_about_as_often_as_it_says() -> None:
    from compliance.statistics import exact_sum

    random = np.random.Generator(np.random.PCG64(7))
    covered = 0
    for _ in range(100):
        whole = random.integers(1, 100, 3_000)
        part = random.binomial(whole, 0.3)
        low, high = bootstrap_ratio(part, whole) or (Fraction(2), Fraction(2))
        assert low <= Fraction(exact_sum(part), exact_sum(whole)) <= high
        covered += low <= Fraction(3, 10) <= high
    assert 88 <= covered <= 100


def test_a_plan_is_there_or_asked_for(tmp_path: Any) -> None:
    folder = write_tables(tmp_path / "snapshot", {"participants": [{"id": "a"}]})
    plan = parse_plan(PLAN)
    with Records.open(folder, plan=plan) as records:
        assert records.has("plan")
        assert records.plan is plan
    with Records.open(folder) as records:
        assert not records.has("plan")
