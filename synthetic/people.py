"""Who joins, when, under whom, where, and for how long: the network of a made-up company, as arrays.

Positions are numbered in order of joining, so that a sponsor's number is always smaller. Joining follows a growth
curve and the seasons; recruiting is uneven (a few bring in many); whoever has left recruits nobody; most people live
in their sponsor's country. Rows of positions that one person set up are planted here, before anything is bought.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from synthetic.draws import DAY, STAYS, Draws, Ints, Reals, Rows, factors, shared_out
from synthetic.ids import ids, picked
from synthetic.scenario import Scenario, Stacks

GHOST = -1
"""The role of planted positions."""


@dataclass(frozen=True)
class People:
    """Everybody who ever held a position, by number."""

    joined: Ints
    """UTC seconds."""
    left: Ints
    """UTC seconds, `STAYS` for those who stay."""
    sponsor: Rows
    """Number of the sponsor, -1 without."""
    role: Rows
    """Place of the role in the scenario, `GHOST` for planted positions."""
    country: Rows
    person: Rows
    """Number of the first position of the same person."""
    factor: Reals
    """How much more than the median of the role somebody buys, sells and recruits."""
    row: Rows
    """Number of the planted row that a position belongs to, -1 for none."""
    first: int = 0
    """How many positions the company has before these: that of their first id."""

    def __len__(self) -> int:
        return len(self.joined)

    @cached_property
    def ids(self) -> pl.Series:
        """The id of each."""
        return ids("M", np.arange(self.first, self.first + len(self)))

    def named(self, numbers: Any) -> pl.Series:
        """Ids of people by number; null where it is negative."""
        return picked(self.ids, numbers)


def month_starts(scenario: Scenario, months: int) -> Ints:
    """First second of each month, and of the month after the last."""
    first = np.datetime64(scenario.start.value, "M")
    return (first + np.arange(months + 1)).astype("datetime64[s]").astype(np.int64)


def season(scenario: Scenario, months: int) -> Reals:
    """The factor of each month."""
    first = int(scenario.start.value[5:7]) - 1
    return np.asarray(scenario.joining.seasons.value)[(first + np.arange(months)) % 12]


def joining_weights(scenario: Scenario, months: int) -> Reals:
    """How many join in each month, relative to the first."""
    changes = np.zeros(months)
    for month, change in scenario.joining.growth.value:
        changes[month:] = change
    changes[0] = 0.0
    return np.cumprod(1 + changes) * season(scenario, months)


def make_people(scenario: Scenario, draws: Draws, number: int, months: int, first: int = 0) -> People:
    """The network of a scenario, with ids that go on from the `first` positions of the company."""
    starts = month_starts(scenario, months)
    stacks = scenario.stacks
    rows = _row_lengths(stacks, draws, number) if stacks else np.empty(0, np.int64)
    plain = number - int(rows.sum())
    random = draws.stream("joining")
    counts = shared_out(plain, joining_weights(scenario, months))
    month = np.repeat(np.arange(months), counts)
    joined = starts[month] + (random.random(plain) * (starts[month + 1] - starts[month])).astype(np.int64)
    joined.sort()
    joined[0] = starts[0] + 8 * 3_600
    np.maximum(joined, joined[0], out=joined)

    roles = scenario.in_role
    role = np.searchsorted(np.cumsum([each.share.value for each in roles])[:-1], random.random(plain)).astype(np.int32)
    role[0] = 0
    spread = np.array([each.spread.value if each.spread else 0.0 for each in roles])[role]
    factor = factors(draws.stream("factor"), spread)
    recruiting = np.array([each.recruiting.value if each.recruiting else 0.0 for each in roles])[role]
    left = _leaving(scenario, draws, joined, role, starts[-1])
    sponsor = _sponsors(scenario, draws, joined, left, recruiting * factor)
    person = _own_accounts(scenario, draws, sponsor, _couples(scenario, draws, plain))
    people = People(
        joined,
        left,
        sponsor,
        role,
        np.empty(0, np.int32),
        person,
        factor,
        np.full(plain, -1, np.int32),
    )
    if stacks and len(rows):
        people = _with_rows(people, stacks, draws, rows, int(starts[-1]))
    return replace(_in_countries(people, scenario, draws), first=first)


def _leaving(scenario: Scenario, draws: Draws, joined: Ints, role: Rows, end: Any) -> Ints:
    churn = np.array([max(each.churn.value, 1e-9) for each in scenario.in_role])[role]
    stays = draws.stream("leaving").exponential(1.0, len(joined)) / churn * 30.44 * DAY
    left: Ints = joined + np.minimum(stays, 4e9).astype(np.int64) + DAY
    left[left >= end] = STAYS
    left[0] = STAYS
    return left


def _sponsors(scenario: Scenario, draws: Draws, joined: Ints, left: Ints, weight: Reals) -> Rows:
    """Each newcomer's sponsor is drawn by weight among those before; who has left passes him on to his own sponsor."""
    random = draws.stream("sponsors")
    weight = weight.copy()
    weight[0] = max(weight[0], float(weight.mean()), 1e-9)
    below = np.concatenate([[0.0], np.cumsum(weight)])
    drawn = random.random(len(joined)) ** (1 / (1 + scenario.joining.recency.value)) * below[: len(joined)]
    origin = np.searchsorted(below, drawn, side="right").astype(np.int32) - 1
    origin = np.minimum(origin, np.arange(len(joined), dtype=np.int32) - 1)
    if scenario.joining.unsponsored:
        origin[random.random(len(joined)) < scenario.joining.unsponsored.value] = -1
    sponsor: Rows = origin.copy()
    while True:
        gone = np.flatnonzero((sponsor >= 0) & (left[sponsor] < joined))
        if not len(gone):
            return sponsor
        sponsor[gone] = origin[sponsor[gone]]


def _couples(scenario: Scenario, draws: Draws, number: int) -> Rows:
    """Honest repetition: some positions belong to the person of another."""
    random = draws.stream("couples")
    person = np.arange(number, dtype=np.int32)
    second = np.flatnonzero(random.random(number) < scenario.joining.couples.value)
    second = second[second > 0]
    person[second] = person[np.maximum(second - 1 - random.integers(0, 20, len(second)), 0)]
    return person


def _own_accounts(scenario: Scenario, draws: Draws, sponsor: Rows, person: Rows) -> Rows:
    """Some of those who were invited are their inviter under another account."""
    rule = scenario.invitations
    if rule is None or rule.own_accounts is None:
        return person
    mine = (draws.stream("own-accounts").random(len(sponsor)) < rule.own_accounts.value) & (sponsor >= 0)
    person = person.copy()
    for number in np.flatnonzero(mine):  # in order of joining, since an account of one's own may invite another
        person[number] = person[sponsor[number]]
    return person


def _row_lengths(stacks: Stacks, draws: Draws, number: int) -> Ints:
    """Lengths of the planted rows: together the stated share of all positions, as nearly as whole rows can."""
    low, high = stacks.length.value
    wanted = int(stacks.share.value * number)
    most = max(1, wanted // low + 1)
    lengths = draws.stream("rows").integers(low, high + 1, most)
    return lengths[np.cumsum(lengths) <= wanted].astype(np.int64)


def _with_rows(people: People, stacks: Stacks, draws: Draws, lengths: Ints, end: int) -> People:
    """The network with planted rows: each a chain under its owner, enrolled within hours."""
    random = draws.stream("stacks")
    number, added = len(people), int(lengths.sum())
    owners = np.flatnonzero((people.left == STAYS) & (people.factor > np.median(people.factor)))
    half = (int(people.joined[0]) + end) // 2
    owners = owners[people.joined[owners] < half] if (people.joined[owners] < half).any() else np.zeros(1, np.int64)
    owner = random.choice(owners, len(lengths), replace=len(owners) < len(lengths)).astype(np.int32)
    there = end - people.joined[owner]  # a row needs time to be seen buying
    begin = people.joined[owner] + (random.random(len(lengths)) * there * 0.7).astype(np.int64)
    first = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    row = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    place = np.arange(added) - first[row]
    step = (stacks.hours.value * 3_600 / lengths).astype(np.int64)
    joined = begin[row] + place * step[row] + random.integers(60, 600, added)
    apart = row * np.int64(1 << 40)  # so that the running maximum starts anew with each row
    joined = np.maximum.accumulate(joined + apart) - apart
    above = np.where(place == 0, owner[row], number + np.arange(added, dtype=np.int32) - 1).astype(np.int32)
    same = random.random(len(lengths)) < stacks.same_person.value
    fresh = number + np.arange(added, dtype=np.int32)
    person = np.where(same[row], people.person[owner[row]], fresh).astype(np.int32)

    joined = np.concatenate([people.joined, joined])
    order = np.lexsort((np.arange(number + added), joined))
    place_of = np.empty(number + added, np.int32)
    place_of[order] = np.arange(number + added, dtype=np.int32)

    def moved(values: Any, more: Any) -> Any:
        return np.concatenate([values, more])[order]

    def renumbered(values: Any, more: Any) -> Any:
        old = moved(values, more)
        return np.where(old >= 0, place_of[old], np.int32(-1))

    return People(
        joined[order],
        moved(people.left, np.full(added, STAYS)),
        renumbered(people.sponsor, above),
        moved(people.role, np.full(added, GHOST, np.int32)),
        people.country,
        renumbered(people.person, person),
        moved(people.factor, np.ones(added)),
        moved(people.row, row),
    )


def _in_countries(people: People, scenario: Scenario, draws: Draws) -> People:
    """Everybody in the sponsor's country, but for those who are drawn to live elsewhere."""
    random = draws.stream("countries")
    number = len(people)
    weights = np.array(list(scenario.joining.countries.value.values()))
    drawn = np.searchsorted(np.cumsum(weights / weights.sum())[:-1], random.random(number)).astype(np.int32)
    drawn[0] = int(np.argmax(weights))  # the market in which the company began
    own = (people.sponsor < 0) | ((random.random(number) < scenario.joining.mixing.value) & (people.row < 0))
    anchor = np.where(own, np.arange(number, dtype=np.int32), people.sponsor)
    while True:
        further = anchor[anchor]
        if np.array_equal(further, anchor):
            return replace(people, country=drawn[anchor])
        anchor = further


def exposure(people: People, start: int, end: int) -> tuple[Rows, Ints, Ints, Reals]:
    """Who is in during a month: numbers, from when, until when, and which part of the month that is."""
    inside = np.flatnonzero((people.joined < end) & (people.left > start)).astype(np.int32)
    low = np.maximum(people.joined[inside], start)
    high = np.minimum(people.left[inside], end)
    return inside, low, high, (high - low) / (end - start)
