"""Stacked positions: what chance makes, each sign against its definition, planted groups, and an honest network."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compensation import parse_plan
from compliance.indicators import measure
from compliance.indicators.stacking_signals import (
    BROOM_HAIRS,
    BROOM_HANDLE,
    BURST_LEAST,
    FAMILIES,
    SIGNALS,
    Signals,
    _bursts,
    _runs,
)
from compliance.indicators.tree_chance import begins, longest_by_chance, longest_chance, run_begins
from compliance.records import Records
from tests.compliance import slow_tree_signs as slow

PLAN = parse_plan(
    """
id: by-volume
title: {en: By volume, ar: بحسب الحجم}
currency: USD
volumes: {measure: amount}
activity: {rule: personal_volume, at_least: "100"}
components:
  - {id: uni, family: unilevel, rates: [10%]}
"""
)


def test_runs_by_chance_are_those_of_the_reference() -> None:
    assert run_begins(1) == 0.25  # the share of members with one recruit
    assert (longest_by_chance("run", 1000, 0.05), longest_by_chance("run", 1000)) == (5, 6)  # models.md 3.5, simulated
    mean = sum(longest_chance("run", 1000, length) for length in range(1, 20))
    assert round(mean, 1) == 4.0
    assert [longest_by_chance("run", 10**power) for power in range(2, 8)] == [5, 6, 7, 8, 9, 10]


@pytest.mark.parametrize("shape", ["run", "spine"])
def test_chances_are_those_of_trees_that_grow_at_random(shape: Any) -> None:
    random, people, trees = np.random.default_rng(7), 4_000, 15
    begun = np.zeros(5)
    for _ in range(trees):
        parent = np.concatenate([[-1], (random.random(people - 1) * np.arange(1, people)).astype(int)])
        recruits = np.bincount(parent[1:], minlength=people)
        goes_on = recruits if shape == "run" else np.bincount(parent[1:][recruits[1:] > 0], minlength=people)
        counted = np.ones(people, bool) if shape == "run" else recruits > 0
        length = np.zeros(people, int)
        for member in range(people - 1, -1, -1):
            if goes_on[member] == 1:
                length[member] += 1
            above = parent[member]
            if above >= 0 and counted[member] and goes_on[above] == 1:
                length[above] = length[member]
        begun += [(length >= least).sum() for least in range(1, 6)]
    for least, seen in enumerate(begun / (people * trees), start=1):
        expected = begins(shape, least)
        assert abs(seen - expected) < 5 * (expected / (people * trees)) ** 0.5, (least, seen, expected)


@st.composite
def trees(draw: st.DrawFn) -> dict[int, int | None]:
    """Members in preorder, chains and stars more often than chance makes them."""
    size = draw(st.integers(1, 24))
    shape = draw(st.lists(st.sampled_from(["last", "any", "hub"]), min_size=size, max_size=size))
    picks = draw(st.lists(st.integers(0, 10**6), min_size=size, max_size=size))
    grown: dict[int, int | None] = {0: None}
    hub = 0
    for member in range(1, size):
        how = shape[member]
        hub = member - 1 if how == "last" else hub
        grown[member] = member - 1 if how == "last" else hub if how == "hub" else picks[member] % member
    return grown


def in_preorder(grown: dict[int, int | None]) -> tuple[dict[int, int | None], np.ndarray[Any, Any]]:
    below: dict[int | None, list[int]] = {}
    for child, parent in grown.items():
        below.setdefault(parent, []).append(child)
    order, waiting = [], [0]
    while waiting:
        order.append(waiting.pop())
        waiting += reversed(below.get(order[-1], []))
    place = {member: at for at, member in enumerate(order)}
    parents = {place[child]: None if parent is None else place[parent] for child, parent in grown.items()}
    return dict(sorted(parents.items())), np.array(
        [-1 if parents[at] is None else parents[at] for at in range(len(order))]
    )


@given(trees(), st.integers(1, 4))
@settings(max_examples=100, deadline=None)
def test_shapes_are_those_of_their_definition(grown: dict[int, int | None], longest: int) -> None:
    parents, array = in_preorder(grown)
    made = Signals(np.arange(len(array)), array, {})
    recruits = np.bincount(array[array >= 0], minlength=len(array))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("compliance.indicators.stacking_signals.longest_by_chance", lambda *_: longest)
        _runs(made, recruits)
    assert set(np.flatnonzero(made.flags["run"])) == slow.in_runs(parents, longest)
    wanted = slow.on_spines(parents, longest) | slow.of_brooms(parents, BROOM_HANDLE, BROOM_HAIRS)
    assert set(np.flatnonzero(made.flags["shape"])) == wanted


@given(st.lists(st.integers(0, 300), min_size=0, max_size=30), st.integers(0, 300))
@settings(max_examples=60, deadline=None)
def test_a_burst_has_its_days_within_a_week(days: list[int], start: int) -> None:
    # everybody joins under the first; a background of one joining a day makes the company's own pace
    joined = np.array([0, *days, *range(301)])
    parent = np.array([-1] + [0] * len(days) + [-1] * 301)
    made = Signals(np.arange(len(joined)), parent, {})
    flags = _bursts(made, joined)
    flagged = [day for day, shown in zip(days, flags[1 : len(days) + 1], strict=True) if shown]
    assert not flags[len(days) + 1 :].any()
    if flagged:
        assert slow.largest_week(flagged, 7) >= BURST_LEAST
    together = [start] * 12  # twelve on one day under one sponsor, among three hundred days
    joined = np.array([0, *together, *range(301)])
    parent = np.array([-1] + [0] * 12 + [-1] * 301)
    assert _bursts(Signals(np.arange(len(joined)), parent, {}), joined)[1:13].all()


def network(*, stacked: bool, people: int = 300) -> dict[str, list[dict[str, Any]]]:
    """A network that grows at random, whose members buy what they like; and twelve positions of one person."""
    random = np.random.default_rng(3)
    members = [{"id": "m0", "joined": "2024-01-01", "phone": "0100000000"}]
    orders: list[dict[str, Any]] = []
    for at in range(1, people):
        day = date(2024, 1, 2) + timedelta(days=at * 300 // people)
        sponsor = f"m{int(random.random() * at)}"
        members.append({"id": f"m{at}", "sponsor_id": sponsor, "joined": str(day), "phone": f"01{at * 7919:09d}"})
        orders += [
            {"buyer_id": f"m{at}", "date": f"2024-{month:02d}-11", "amount": int(random.gamma(2, 4000)) + 1}
            for month in (3, 4, 5)
        ]
        if random.random() < 0.5:
            orders.append({"buyer_id": f"c{at}", "seller_id": f"m{at}", "date": "2024-03-03", "amount": 900})
    for at in range(12 if stacked else 0):
        phone = "+20 100 555-0000" if at % 2 else "00201005550000"
        members.append(
            {
                "id": f"g{at}",
                "sponsor_id": f"g{at - 1}" if at else "m5",
                "joined": f"2024-05-{10 + at}",
                "phone": phone,
                "name": f"Secret Name {at % 2}",
            }
        )
        orders += [{"buyer_id": f"g{at}", "date": f"2024-0{month}-12", "amount": 10_000} for month in (6, 7, 8)]
    for at, each in enumerate(orders):
        each |= {"id": f"o{at}", "currency": "USD", "category": "product"}
    return {"participants": members, "orders": orders}


def opened(company: Any, tables: dict[str, Any]) -> Records:
    records: Records = company(**tables)
    records.plan = PLAN
    return records


def test_a_planted_stack_is_reported_with_its_signs(company: Any) -> None:
    records = opened(company, network(stacked=True))
    (found,) = measure(records, ["position_stacking"])
    assert (found.numerator, found.denominator) == (12, 312)
    assert found.evidence is not None
    rows = records.rows(found.evidence)
    assert set(rows["id"]) == {f"g{at}" for at in range(12)}
    assert set(SIGNALS) <= set(rows.columns)
    assert all(rows[name].all() for name in ("run", "identifier", "exact_buyer"))
    assert rows["rank_timing"].null_count() == 12  # no ranks in these records
    assert not {"name", "phone"} & set(rows.columns)


def test_an_honest_network_stays_quiet(company: Any) -> None:
    records = opened(company, network(stacked=False))
    stacking, identities = (measure(records, [name])[0] for name in ("position_stacking", "identity_clusters"))
    assert [stacking.value, stacking.variant("two_signals").value] == ["0", "0"]
    assert [each.value for each in identities.variants] == ["0"] * 5


def test_too_few_signs_are_no_pass(company: Any) -> None:
    (found,) = measure(company(participants=[{"id": "a"}, {"id": "b", "sponsor_id": "a"}]), ["position_stacking"])
    assert not found.measurable
    assert sum(len(family) for family in FAMILIES) == len(SIGNALS)


def test_identities_by_what_agrees(company: Any) -> None:
    people = [
        {"id": f"m{at}", "name": f"{chr(65 + at % 26)}ona {chr(65 + at // 26)}alim", "phone": f"0100{at * 7919:07d}",
         "email": f"p{at}@x.example", "address": f"{at} Long Street"}
        for at in range(150)
    ]  # fmt: skip
    same = [
        {"id": "s1", "name": "Ahmed Ali", "phone": "+20 101 999 8888", "email": "ahmed@x.example"},
        {"id": "s2", "name": "ahmed  ALI", "phone": "00201019998888", "email": "ahmed+2@x.example"},
        {"id": "s3", "name": "Ahmed Aly", "phone": "00201019998877", "email": "AHMED@x.example"},
    ]
    couple = [
        {"id": "f1", "name": "Mona Said", "phone": "01055554444", "address": "5 Home Road"},
        {"id": "f2", "name": "Karim Hassan", "phone": "01055554499", "address": "5, Home road"},
    ]
    office = [{"id": f"w{at}", "name": f"Clerk {chr(70 + at)}", "bank": "office 1234"} for at in range(25)]
    records = company(participants=[*people, *same, *couple, *office])
    (found,) = measure(records, ["identity_clusters"])
    assert found.evidence is not None
    rows = records.rows(found.evidence)
    assert rows["id"].to_list() == ["s1", "s2", "s3"]
    assert rows["same_email"].all()
    assert rows["same_phone"].to_list() == [True, True, False]
    assert found.numerator == 3
    assert found.variant("half").numerator == 5  # the couple: one address, two names
    assert found.variant("beyond_one").numerator == 2
    assert not {"name", "phone", "email", "address"} & set(rows.columns)
