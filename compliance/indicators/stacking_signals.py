"""Seven signals that several positions of a sponsor tree are one person's, each of them weak by itself.

Computed for all positions at once, on sponsor links: placement makes long runs by design. Positions stand in preorder,
so that a run of members with one recruit each is a stretch of the array. What each signal is stands beside its name in
`SIGNALS`; `stacking` puts positions that a signal ties together into groups and counts the independent ones.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants and from thresholds, which are numbers

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from compliance.indicators.identifiers import shared
from compliance.indicators.plan_thresholds import plan_thresholds
from compliance.indicators.tree_chance import longest_by_chance

if TYPE_CHECKING:
    from compliance.records import Records

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

SIGNALS = ("run", "burst", "identifier", "exact_buyer", "no_customer", "rank_timing", "shape")
FAMILIES = (("run", "shape"), ("burst",), ("identifier",), ("exact_buyer",), ("no_customer",), ("rank_timing",))
"""Signals of one family say the same thing twice and count as one: a long run is a shape, too."""

BURST_DAYS = 7
BURST_LEAST = 3
BURST_CHANCE = 0.01
"""Of one burst anywhere in the company by chance (Bonferroni)."""
BROOM_HANDLE, BROOM_HAIRS = 3, 5
"""Members with one recruit each, and then so many recruits who recruited nobody: a broom."""
NEVER = -1


@dataclass(slots=True)
class Signals:
    """The signals by position, positions in preorder of the sponsor tree."""

    row: Ints
    """Of `people`."""
    parent: Ints
    """Position of the sponsor; -1 for none."""
    flags: dict[str, Bools]
    """By signal; a signal that the records cannot give is absent."""
    ties: list[tuple[Ints, Ints]] = field(default_factory=list)
    """Pairs of positions that a signal ties together."""
    longest_run: int = 0
    """Length up to which runs are chance."""
    longest_spine: int = 0


def signals(records: Records) -> Signals:
    """All seven, as far as the records carry them."""
    found = records.arrays(
        """
        SELECT row::BIGINT AS row, coalesce(parent, -1)::BIGINT AS parent,
               coalesce(date_diff('day', DATE '1970-01-01', joined::DATE), -1)::BIGINT AS joined
        FROM people WHERE is_participant ORDER BY pre
        """
    )
    row, joined = found["row"].astype(np.int64), found["joined"].astype(np.int64)
    people = int(records.row("SELECT coalesce(max(row), -1) + 1 FROM people")[0])
    at = np.full(people + 1, -1, np.int64)
    at[row] = np.arange(len(row))
    parent = at[found["parent"].astype(np.int64)]
    made = Signals(row, parent, {})
    recruits = np.bincount(parent[parent >= 0], minlength=len(row))
    _runs(made, recruits)
    if (joined >= 0).any():
        made.flags["burst"] = _bursts(made, joined)
    _identifiers(made, records, at)
    _exact_buyers(made, records, at)
    _without_customers(made, records, at, recruits)
    _rank_timing(made, records, at)
    return made


def _runs(made: Signals, recruits: Ints) -> None:
    """Long runs of members with one recruit; long spines, and brooms."""
    parent, count = made.parent, len(made.row)
    made.longest_run = longest_by_chance("run", count) if count else 0
    made.longest_spine = longest_by_chance("spine", count) if count else 0
    single = recruits == 1
    above = np.where(parent >= 0, parent, 0)
    follows = (parent >= 0) & single[above]
    """whose sponsor recruited nobody else"""
    length = _chain_lengths(single, follows, above)
    in_run = single & (length > made.longest_run)
    end = follows & (length[above] > made.longest_run)
    made.flags["run"] = in_run | end
    _tie(made, follows & in_run[above], above)
    recruiting = recruits > 0
    forks = np.bincount(parent[(parent >= 0) & recruiting], minlength=count)
    spine = forks == 1
    goes_on = (parent >= 0) & spine[above] & recruiting
    spines = _chain_lengths(spine, goes_on, above)
    on_spine = spine & (spines > made.longest_spine)
    leaves = (parent >= 0) & ~recruiting
    hairs = np.bincount(parent[leaves], minlength=count)
    head = (recruits >= BROOM_HAIRS) & (hairs == recruits) & follows & (length[above] >= BROOM_HANDLE)
    handle = np.zeros(count, np.bool_)
    for _ in range(BROOM_HANDLE):
        handle[above[(head | handle) & follows]] = True
    of_broom = leaves & head[above]
    made.flags["shape"] = on_spine | ((parent >= 0) & on_spine[above]) | head | handle | of_broom
    _tie(made, (parent >= 0) & on_spine[above], above)
    _tie(made, of_broom | ((head | handle) & follows), above)


def _chain_lengths(member: Bools, follows: Bools, above: Ints) -> Ints:
    """For each member of a chain, how many members the whole chain has; 0 for the others.

    A member who follows another belongs to his chain. Halves the way up in every round.
    """
    count = len(member)
    top = np.arange(count)
    linked = member & follows & member[above]
    top[linked] = above[linked]
    while True:
        further = top[top]
        if np.array_equal(further, top):
            break
        top = further
    sizes = np.bincount(top[member], minlength=count)
    return np.where(member, sizes[top], 0)


def _tie(made: Signals, which: Bools, to: Ints) -> None:
    chosen = np.flatnonzero(which)
    made.ties.append((chosen, to[chosen]))


def _bursts(made: Signals, joined: Ints) -> Bools:
    """Recruits who joined under one sponsor within a week more of them than the company's own joining explains.

    Expected in a week: the sponsor's recruits, times the share of all joinings since the sponsor's own that fell into it.
    """
    from scipy.special import gammainc

    parent = made.parent
    result = np.zeros(len(parent), np.bool_)
    dated = np.flatnonzero((parent >= 0) & (joined >= 0))
    if not len(dated):
        return result
    dated = dated[np.lexsort((joined[dated], parent[dated]))]
    sponsor, day = parent[dated], joined[dated]
    first, last = int(joined[joined >= 0].min()), int(joined.max())
    width = last - first + BURST_DAYS + 2
    by_day = np.bincount(joined[joined >= 0] - first, minlength=width)
    until = np.concatenate([[0], np.cumsum(by_day)])
    """joined before day `first + i`"""
    key = sponsor * width + (day - first)
    stop = np.searchsorted(key, key + BURST_DAYS, side="left")
    here = stop - np.arange(len(key))
    recruits = np.bincount(sponsor, minlength=len(parent))[sponsor]
    since = np.maximum(joined[sponsor] - first, 0)
    window = until[np.minimum(day - first + BURST_DAYS, width)] - until[day - first]
    expected = recruits * window / np.maximum(until[-1] - until[np.minimum(since, day - first)], 1)
    tested = max(int((recruits >= BURST_LEAST).sum()), 1)
    chance = gammainc(np.maximum(here, 1), expected)
    flagged = np.flatnonzero((here >= BURST_LEAST) & (chance * tested < BURST_CHANCE))
    borders = np.zeros(len(key) + 1, np.int64)
    np.add.at(borders, flagged, 1)
    np.add.at(borders, stop[flagged], -1)
    inside = np.cumsum(borders)[:-1] > 0
    result[dated[inside]] = True
    made.ties.append((dated[inside], sponsor[inside]))
    return result


def _identifiers(made: Signals, records: Records, at: Ints) -> None:
    found = records.once(shared)
    if not found.carried:
        return
    flags = np.zeros(len(made.row), np.bool_)
    for column in found.carried:
        known = found.rows.select("row", pl.col("row").min().over(column).alias("leader"), column).drop_nulls(column)
        follower = known.filter(pl.col("row") != pl.col("leader"))
        one, other = (at[follower[name].to_numpy().astype(np.int64)] for name in ("row", "leader"))
        flags[one] = flags[other] = True
        made.ties.append((one, other))
    made.flags["identifier"] = flags


def _exact_buyers(made: Signals, records: Records, at: Ints) -> None:
    """Who bought exactly what the plan asks in at least two periods, and anything else in one at the most."""
    thresholds = plan_thresholds(records)
    if not thresholds or not records.has("orders.buyer_id"):
        return
    exact = " OR ".join(f"{each.column} = {each.least}" for each in thresholds)
    found = records.arrays(
        f"""
        SELECT row FROM (
            SELECT row, count(*) AS periods, count(*) FILTER ({exact}) AS exact FROM buyer_periods WHERE orders > 0 GROUP BY 1
        ) WHERE exact >= 2 AND periods - exact <= 1 ORDER BY row
        """
    )
    made.flags["exact_buyer"] = _at(made, found["row"], at)


def _without_customers(made: Signals, records: Records, at: Ints, recruits: Ints) -> None:
    """Who has no customer and no recruit beyond the next of a run; only where the records credit customers at all."""
    sellers = records.arrays(
        "SELECT DISTINCT seller AS row FROM order_facts WHERE side = 'outside' AND seller IS NOT NULL"
        " UNION SELECT DISTINCT parent FROM people WHERE NOT is_participant AND parent IS NOT NULL ORDER BY row"
    )["row"]
    if len(sellers):
        made.flags["no_customer"] = ~_at(made, sellers, at) & (recruits <= 1)


def _rank_timing(made: Signals, records: Records, at: Ints) -> None:
    """Who first bought in the very period in which the sponsor first held a rank."""
    if not (records.has("ranks.rank") and records.has("orders.buyer_id") and records.has("orders.date")):
        return
    found = records.arrays(
        """
        WITH first_held AS (
            SELECT p.row, r.rank, min(r.period) AS period FROM ranks r JOIN people p ON p.id = r.participant_id
            GROUP BY 1, 2
        ), advances AS (
            SELECT row, period FROM first_held
            QUALIFY period > min(period) OVER (PARTITION BY row)
        ), started AS (
            SELECT b.row, p.parent, min(b.period) AS period FROM buyer_periods b JOIN people p USING (row)
            WHERE b.orders > 0 AND p.parent IN (SELECT row FROM advances) GROUP BY 1, 2
        )
        SELECT DISTINCT s.row FROM started s JOIN advances a ON a.row = s.parent
        WHERE a.period IN (strftime(s.period, '%Y-%m'), strftime(s.period, '%Y-%m-%d'), strftime(s.period, '%G-W%V'))
        ORDER BY s.row
        """
    )
    made.flags["rank_timing"] = _at(made, found["row"], at)


def _at(made: Signals, rows: npt.NDArray[np.generic], at: Ints) -> Bools:
    flags = np.zeros(len(made.row) + 1, np.bool_)
    flags[at[rows.astype(np.int64)]] = True
    return flags[:-1]
