"""Which volume falls into which leg: matching by matching, for every position at once.

Orders (or people who join) are brought into the legs of all positions above in the tree as it stood, reversals into the
legs in which their orders had counted. Within a longer period the legs may be matched every day or ISO week: each day of
the calendar period is one, also a day without orders, because what a cap left over yesterday is matched today.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from compensation.awards import Int32s, Int64s
from compensation.errors import AmountOverflow, PlanMismatch
from compensation.kernels import binary_legs
from genealogy.dates import UNKNOWN
from intake.text import Text, say

if TYPE_CHECKING:
    from compensation.components.binary import Binary
    from compensation.evaluation import Evaluation
    from compensation.frame import PeriodLength
    from genealogy.tree import Tree

SIDES = {"left": 0, "l": 0, "1": 0, "right": 1, "r": 1, "2": 1}
"""Names of legs in the records."""
_EPOCH = date(1970, 1, 1)
Sides = npt.NDArray[np.int8]


class Matching(NamedTuple):
    """What comes into the legs for one matching, by row of the network."""

    period: int
    label: str
    """The day, or the first day of the week, within the period; empty where it is the whole period."""
    left: Int64s
    """Or the strongest leg."""
    right: Int64s
    """Or the sum of the others."""
    own: Int64s
    """Own volume, for the weaker leg; empty where it counts in none, or is in `left` and `right` already."""
    last: bool
    """Whether the period closes after it."""


class Part(NamedTuple):
    """What some positions bring, and the tree in which it goes up."""

    tree: Tree
    parent: Int32s
    slot: Int32s
    """The matching, as a day or week since 1970; 0 where there is one per period."""
    who: Int32s
    """Row of each; -1 where the buyer is not in the network."""
    value: Int64s


def decimals_of(component: Binary, evaluation: Evaluation) -> int:
    """Decimals of what counts in the legs."""
    return 0 if component.counts == "new_people" else evaluation.unit_of(component.base.measure)


def base_of(component: Binary, evaluation: Evaluation) -> Int64s:
    """What each order brings into legs."""
    base = evaluation.base(component.base)
    counts = evaluation.selected(component.orders, component.in_force)
    if component.reversals == "ignore":
        counts &= evaluation.sign > 0
    return np.where(counts, base, 0)


def sides_of(component: Binary, tree: Tree, parent: Int32s) -> Sides:
    """The leg of each position under its parent: 0 left, 1 right.

    Raises:
        PlanMismatch: somebody stands on no side, or on a third one.
    """
    names = tree.people.leg_names
    side_of = np.array([*(SIDES.get(name.strip().lower(), -1) for name in names), -1], np.int8)
    side = np.full(len(tree), -1, np.int8) if tree.leg is None else side_of[tree.leg]
    wrong = np.flatnonzero((side < 0) & (parent >= 0))
    if len(wrong):
        node = int(wrong[0])
        code = -1 if tree.leg is None else int(tree.leg[node])
        found = Text(en="no leg", ar="بلا فرع")
        if code >= 0:
            found = say("leg {leg!r}", "الفرع {leg!r}", leg=names[code])
        raise PlanMismatch(
            say(
                "component {component!r} needs left and right legs in the {tree!r} tree, but {count:,} "
                "participants stand on neither side, {node!r} first ({found}); import their leg (left, "
                "right), or for plans with more legs say legs: strongest_against_rest",
                "يحتاج المكوّن {component!r} إلى فرع أيسر وفرع أيمن في الشجرة {tree!r}، لكن عدد "
                "المشاركين الذين لا يقفون في أي منهما {count:,}، أولهم {node!r} ({found}). يُرجى استيراد "
                "فروعهم (⁨left, right⁩)، أو كتابة ⁨legs: strongest_against_rest⁩ للخطط ذات الفروع الأكثر",
                component=component.id,
                tree=tree.name,
                count=len(wrong),
                node=tree.id_of(node),
                found=found,
            )
        )
    return side


def matchings(component: Binary, evaluation: Evaluation) -> Iterator[Matching]:
    """Every matching of every period, in order of time.

    Raises:
        PlanMismatch: legs that are neither left nor right; days that the records do not tell.
        AmountOverflow: volume does not fit 64 bits.
    """
    parts = _people(component, evaluation) if component.counts == "new_people" else _orders(component, evaluation)
    by_period = groupby(parts, key=lambda one: one[0])
    ahead = next(by_period, None)
    for period in range(len(evaluation.periods)):
        mine: list[Part] = []
        if ahead is not None and ahead[0] == period:
            mine = [part for _, part in ahead[1]]
            ahead = next(by_period, None)
        sides: dict[int, Sides] = {}
        if component.legs == "two":
            sides = {id(part.tree): sides_of(component, part.tree, part.parent) for part in mine}
        slots = _slots(component, evaluation, period, mine)
        for slot in slots:
            yield _matching(component, evaluation, period, slot, mine, sides, last=slot == slots[-1])


def _orders(component: Binary, evaluation: Evaluation) -> Iterator[tuple[int, Part]]:
    base = base_of(component, evaluation)
    # a bound needs no exactness: floats only say whether any leg can overflow
    if float(np.abs(base).sum(dtype=np.float64)) >= 2.0**61:
        raise AmountOverflow(component.id, Text(en="the volume of all orders", ar="حجم كل الطلبات"))
    slot = _slot_of(component, evaluation, evaluation.when)
    for walk in evaluation.walks(component, base, as_of=component.tree_as_of):
        at = walk.orders
        yield walk.pays_in, Part(walk.tree, walk.parent, slot[at], evaluation.credited[at], base[at])


def _people(component: Binary, evaluation: Evaluation) -> Iterator[tuple[int, Part]]:
    joined = evaluation.network.joined
    when = np.where(joined == UNKNOWN, np.iinfo(np.int64).min, joined)
    for period in range(len(evaluation.periods)):
        rows = np.flatnonzero(evaluation.joined_in == period).astype(np.int32)
        closing = evaluation.closing(component.tree, period)
        slot = _slot_of(component, evaluation, when[rows])
        yield period, Part(closing.tree, closing.parent, slot, rows, np.ones(len(rows), np.int64))


# Days and weeks


def _slot_of(component: Binary, evaluation: Evaluation, when: Int64s) -> Int32s:
    """The day or ISO week since 1970 into which each moment falls, in the plan's time zone."""
    if component.match_every == "period":
        return np.zeros(len(when), np.int32)
    if len(when) and when.min() == np.iinfo(np.int64).min:
        raise PlanMismatch(
            say(
                "component {component!r} matches every {match_every}, but there are orders (or people) "
                "without a date; import their dates, or say match_every: period",
                "يطابق المكوّن {component!r} كل {match_every}، لكن هناك طلبات (أو مشاركين) بلا تاريخ. "
                "يُرجى استيراد تواريخها، أو كتابة ⁨match_every: period⁩",
                component=component.id,
                match_every=component.match_every,
            )
        )
    dates = pl.Series(when * 1000).cast(pl.Datetime("ms"))
    zone = evaluation.plan.timezone
    if zone != "UTC":
        dates = dates.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    days = dates.dt.date().cast(pl.Int32).to_numpy()
    return days if component.match_every == "day" else _week(days)


def _week(days: Int32s) -> Int32s:
    """Weeks since the one of 1 January 1970, which was a Thursday."""
    weeks: Int32s = ((days + 3) // 7).astype(np.int32)
    return weeks


def _slots(component: Binary, evaluation: Evaluation, period: int, parts: list[Part]) -> list[int]:
    """The matchings of a period, in order: every day or week of the calendar period, and any other that has orders."""
    if component.match_every == "period":
        return [0]
    found = {int(slot) for part in parts for slot in np.unique(part.slot)}
    whole = days_of(evaluation.periods[period], evaluation.plan.period)
    if whole is not None:
        days = np.arange((whole[0] - _EPOCH).days, (whole[1] - _EPOCH).days + 1, dtype=np.int32)
        found |= {int(slot) for slot in (days if component.match_every == "day" else np.unique(_week(days)))}
    elif found:
        found |= set(range(min(found), max(found)))
    return sorted(found) or [0]


def days_of(name: str, length: PeriodLength) -> tuple[date, date] | None:
    """First and last day of a period by its name; None where the name is not of that kind.

    >>> days_of("2025-02", "month")
    (datetime.date(2025, 2, 1), datetime.date(2025, 2, 28))
    """
    with suppress(ValueError):
        match length:
            case "day":
                return date.fromisoformat(name), date.fromisoformat(name)
            case "week":
                monday = datetime.strptime(f"{name}-1", "%G-W%V-%u").replace(tzinfo=UTC).date()
                return monday, monday + timedelta(days=6)
            case "month":
                return _months(int(name[:4]), int(name[5:]), 1) if len(name) == len("2025-02") else None
            case "quarter":
                return _months(int(name[:4]), 3 * int(name[6:]) - 2, 3) if name[4:6] == "-Q" else None
            case "year":
                return _months(int(name), 1, 12)
            case _:
                return None
    return None


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    after = date(year + (month + count - 1) // 12, (month + count - 1) % 12 + 1, 1)
    return date(year, month, 1), after - timedelta(days=1)


def label_of(component: Binary, slot: int) -> str:
    """A matching within a period, by its (first) day."""
    if component.match_every == "period":
        return ""
    day = slot if component.match_every == "day" else slot * 7 - 3
    return f"{datetime.fromtimestamp(day * 86_400, zoneinfo.ZoneInfo('UTC')):%Y-%m-%d}"


# Up the tree


def _matching(
    component: Binary,
    evaluation: Evaluation,
    period: int,
    slot: int,
    parts: list[Part],
    sides: dict[int, Sides],
    *,
    last: bool,
) -> Matching:
    """Sum what comes, once per tree as it stood."""
    left, right = np.zeros(evaluation.participants, np.int64), np.zeros(evaluation.participants, np.int64)
    own = np.zeros(evaluation.participants if component.own_volume == "weaker_leg" else 0, np.int64)
    trees: dict[int, tuple[Part, Int64s]] = {}
    for part in parts:
        who, value = part.who, part.value
        if component.match_every != "period":
            here = np.flatnonzero(part.slot == slot)
            if not len(here):
                continue
            who, value = who[here], value[here]
        brought = evaluation.sum_by(who, value, f"{component.id}: volume of a leg")
        if id(part.tree) in trees:
            trees[id(part.tree)][1][:] += brought
        else:
            trees[id(part.tree)] = part, brought
    for part, brought in trees.values():
        tree = part.tree
        mine = tree.by_position(brought)
        first, second = np.zeros(len(tree), np.int64), np.zeros(len(tree), np.int64)
        if component.legs == "two":
            side = sides[id(tree)]
            binary_legs.leg_sums(part.parent, side, mine.copy(), first, second)
            _count_own(component, side, part.parent, mine, first, second)
        else:
            binary_legs.strongest_and_rest(part.parent, mine.copy(), first, second)
        left += tree.by_row(first)
        right += tree.by_row(second)
        if len(own):
            own += tree.by_row(mine)
    return Matching(period, label_of(component, slot), left, right, own, last)


def _count_own(component: Binary, side: Sides, parent: Int32s, mine: Int64s, left: Int64s, right: Int64s) -> None:
    """Own volume that counts in a leg which the plan names."""
    match component.own_volume:
        case "left":
            left += mine
        case "right":
            right += mine
        case "own_leg":
            left += np.where((parent >= 0) & (side == 0), mine, 0)
            right += np.where((parent >= 0) & (side == 1), mine, 0)
