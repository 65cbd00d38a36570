"""How a unilevel computes: its tables over one denominator, the people of a period, and the compiled walk.

`Setting` is everything the walk needs for one period, laid out in the tree's positions; the walk itself is
`level_walk.walk`, called for a bounded number of orders at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from compensation.awards import BREAKAGE, PAID, REASONS, Awards, Balance
from compensation.claims import rounding_unit
from compensation.components import breakaway_leaders
from compensation.errors import AmountOverflow, NotRepresentable
from compensation.kernels import level_walk, nearest_above, read_only
from compensation.kernels.rounding import MODES, fits
from compensation.quantities import decimal_text
from intake.text import Text, say

if TYPE_CHECKING:
    from compensation.components.unilevel import LevelCommission
    from compensation.evaluation import Evaluation, Walk

CHUNK = 1 << 19
"""Orders per step of the walk: bounds the memory of a step and paces the progress."""


@dataclass(slots=True)
class Rates:
    """The rate table by rank index (0 = no rank) and level, over one denominator."""

    exact: list[list[Fraction]]
    """Minor units (in rounding units) per unit of base."""
    nominal: list[list[Fraction]]
    """As written in the plan."""
    numerator: npt.NDArray[np.int64]
    highest: npt.NDArray[np.int64]
    depth: npt.NDArray[np.int16]
    """Levels paid, by rank index."""
    least_rank: npt.NDArray[np.int16]
    denominator: int
    unit: int
    """Minor units that an award is a multiple of."""


@dataclass(slots=True)
class Setting:
    """The people of one period, in positions of the tree that is walked."""

    rank: npt.NDArray[np.int16]
    depth: npt.NDArray[np.int16]
    eligible: npt.NDArray[np.bool_]
    removed: npt.NDArray[np.bool_]
    left: npt.NDArray[np.int64]
    parent: npt.NDArray[np.int32]
    """As in the walk; `level_walk.ENDS` where the walk stops."""
    ends: npt.NDArray[np.bool_] | None
    """At whom the walk stops."""


def rates_of(component: LevelCommission, evaluation: Evaluation) -> Rates:
    """The component's table, brought over one denominator.

    Raises:
        NotRepresentable: an amount or the rounding is finer than the currency's minor unit.
    """
    plan = evaluation.plan
    currency = component.currency or plan.currency
    scale = evaluation.scale_of(currency)
    unit = rounding_unit(component, evaluation)
    factor = Fraction(10**scale) if component.fixed else evaluation.factor(component.base, currency)
    factor /= unit
    levels = component.levels
    ranks = plan.ranks.order if plan.ranks else []
    nominal = [[Fraction(0)] * levels for _ in range(len(ranks) + 1)]
    depth = np.zeros(len(ranks) + 1, np.int16)
    for rank, row in component.table():
        rows = range(len(nominal)) if rank is None else [ranks.index(rank) + 1]
        for index in rows:
            depth[index] = len(row)
            nominal[index][: len(row)] = row
    if component.fixed:
        for row in nominal:
            for value in row:
                if (value * 10**scale).denominator != 1:
                    raise NotRepresentable(f"component {component.id!r}", decimal_text(value), currency, scale)
    exact = [[value * factor for value in row] for row in nominal]
    denominator = lcm(*(value.denominator for row in exact for value in row))
    numerators = [[int(value * denominator) for value in row] for row in exact]
    least = np.zeros(levels, np.int16)
    for level, name in enumerate(component.min_rank_by_level or []):
        if name is not None and plan.ranks is not None:
            least[level] = plan.ranks.index(name)
    if max(map(max, numerators)) >= 1 << 62:
        raise AmountOverflow(
            component.id,
            Text(en="a rate over the common denominator of all rates", ar="نسبة على المقام المشترك لكل النسب"),
        )
    numerator = np.array(numerators, np.int64)
    return Rates(exact, nominal, numerator, numerator.max(axis=0), depth, least, denominator, unit)


def setting_of(component: LevelCommission, evaluation: Evaluation, rates: Rates, walked: Walk) -> Setting:
    """Who stands where, and with which rights, in one period."""
    row, period = walked.tree.row, walked.period
    rank = evaluation.rank(period)[row]
    depth = rates.depth[rank]
    if component.depth_by_active_legs is not None:
        depth = np.minimum(depth, _depth_by_legs(component, evaluation, walked))
    removed = np.zeros(len(row), np.bool_)
    if component.compression == "remove_empty":
        removed = evaluation.personal_volume(period)[row] <= 0
    eligible = evaluation.eligible(period, component.eligibility)[row]
    parent, ends = walked.parent, None
    if component.stop_at is not None:
        ends = breakaway_leaders.find(component.stop_at, evaluation, period, walked.tree, parent)
        parent = np.where(ends, np.int32(level_walk.ENDS), parent)
    return Setting(rank, depth.astype(np.int16), eligible, removed, evaluation.left[row], parent, ends)


def _depth_by_legs(component: LevelCommission, evaluation: Evaluation, walked: Walk) -> npt.NDArray[np.int16]:
    tree = walked.tree
    rule = component.depth_by_active_legs
    assert rule is not None
    heads = evaluation.personal_volume(walked.period)[tree.row] >= evaluation.threshold(rule.min_personal_volume)
    heads &= walked.parent >= 0
    legs = np.bincount(walked.parent[heads], minlength=len(walked.parent))
    starts = np.array([step.min_legs for step in rule.steps])
    paid = np.array([0, *(step.levels for step in rule.steps)], np.int16)
    return paid[np.searchsorted(starts, legs, side="right")]


def base_of(component: LevelCommission, evaluation: Evaluation) -> npt.NDArray[np.int64]:
    """What the rates apply to, per order: minor units, thousandths of a point, or pieces; 0 where it pays nothing."""
    if component.fixed:
        base = evaluation.measure("pieces" if component.amounts_per == "piece" else "orders")
    else:
        base = evaluation.base(component.base)
    if component.reversals == "ignore":
        base = np.maximum(base, 0)
    return np.where(evaluation.selected(component.orders, component.in_force), base, 0)


def start_of(
    component: LevelCommission, evaluation: Evaluation, walked: Walk, orders: npt.NDArray[np.integer[Any]]
) -> npt.NDArray[np.int32]:
    """The position at which the walk from each of these orders starts (level 1), or why there is none."""
    position = np.append(walked.tree.position, np.int32(-1))
    parent = np.append(walked.parent, np.int32(-1))
    buyer = evaluation.buyer[orders]
    above = parent[position[buyer]]
    seller = position[evaluation.seller[orders]]
    if component.customers_seller_is_level == 0:
        seller = parent[seller]
    start: npt.NDArray[np.int32] = np.where(buyer >= 0, above, seller).astype(np.int32)
    start[(buyer < 0) & (evaluation.seller[orders] < 0)] = level_walk.UNKNOWN
    return start


def first_of(
    component: LevelCommission, evaluation: Evaluation, walked: Walk, setting: Setting, orders: npt.NDArray[np.int32]
) -> npt.NDArray[np.int32]:
    """The position of level 1 for each order, or why there is none: the walk may end with who placed the order."""
    first = component.starts(evaluation, walked, orders)
    if setting.ends is None:
        return first
    placed = evaluation.buyer[orders]
    if component.customers_seller_is_level == 0:
        placed = np.where(placed >= 0, placed, evaluation.seller[orders])
    below = np.append(walked.tree.position, np.int32(-1))[placed]
    return np.where((below >= 0) & setting.ends[below], np.int32(level_walk.ENDS), first)


def award(component: LevelCommission, evaluation: Evaluation) -> Awards:
    """Every award of the component, in order of time."""
    rates = rates_of(component, evaluation)
    base = base_of(component, evaluation)
    largest = int(np.abs(base).max(initial=0))
    if not fits(largest, int(rates.numerator.max()), rates.denominator):
        raise AmountOverflow(
            component.id,
            say(
                "base {largest} x rate over {denominator}",
                "الأساس {largest} × النسبة على المقام {denominator}",
                largest=largest,
                denominator=rates.denominator,
            ),
        )
    promised = sum(Fraction(int(top), rates.denominator) for top in rates.highest) * rates.unit
    # a bound needs no exactness: floats only say whether the exact sums below can overflow
    if float(np.abs(base).sum(dtype=np.float64)) * max(1.0, float(promised)) >= 2.0**62:
        raise AmountOverflow(component.id, Text(en="the sum of all awards", ar="مجموع كل العمولات"))
    rounding = evaluation.plan.rounding
    keep, keep_breakage = evaluation.keeps_lines(component), evaluation.keep_breakage
    levels = len(rates.highest)
    balance = Balance()
    pieces: list[tuple[Any, ...]] = []
    breakage: list[tuple[int, int, str, int, int]] = []
    earned: list[tuple[int, Any, Any, Any]] = []
    people = evaluation.participants
    pay: Any = level_walk.walk
    done = 0
    count, running = np.zeros(people, np.int64), np.zeros((3, people), np.int64)
    last = -1
    for walked in component.walks(evaluation, base):
        if walked.pays_in != last:
            _settle(earned, last, count, running[2], rates.unit)
            running[:] = 0
            last = walked.pays_in
        setting = setting_of(component, evaluation, rates, walked)
        row = walked.tree.row
        parent, onwards = read_only(*_past_those_left_out(component, rates, setting, walked))
        whole, rest, awards = level_walk.sums(levels)
        for start in range(0, len(walked.orders), CHUNK):
            orders = walked.orders[start : start + CHUNK]
            room = level_walk.slots(len(orders), levels, breakage=keep_breakage) if keep or keep_breakage else 0
            out = [np.empty(room, kind) for kind in (np.int32, np.int32, np.int16, np.int16, np.int64, np.int16)]
            first = first_of(component, evaluation, walked, setting, orders)
            # a network may have nobody left in it
            first = np.where(first >= 0, np.append(onwards, np.int32(-1))[np.maximum(first, 0)], first)
            filled = pay(
                orders, first, base[orders], walked.when[start : start + CHUNK],
                parent, row, setting.rank, setting.depth, setting.eligible, setting.removed, setting.left,
                rates.numerator, rates.highest, rates.least_rank,
                rates.denominator, rates.unit, MODES[rounding.mode],
                level_walk.COMPRESSION[component.compression], level_walk.LACKING[component.lacking_depth],
                rounding.per == "statement", running[0], running[1], running[2],
                keep, keep_breakage, count, *out, whole, rest, awards,
            )  # fmt: skip
            order, position, level, rank, amount, reason = (column[:filled].copy() for column in out)
            earner = np.append(row, np.int32(-1))[position].astype(np.int32)
            pieces.append((order, earner, level, rank, amount, reason))
            done += len(orders)
            balance.allotted += int(base[orders].sum()) * promised
            evaluation.progress(f"compute {component.id}", done / len(evaluation.orders))
        _add_up(balance, breakage, walked.pays_in, rates, (whole, rest, awards))
    _settle(earned, last, count, running[2], rates.unit)
    assert balance.ties, f"{component.id}: allotted money is unaccounted for"
    return _awards(component, rates, base, pieces, balance, breakage, earned)


def _past_those_left_out(
    component: LevelCommission, rates: Rates, setting: Setting, walked: Walk
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Parents, and for each position where its walk goes on, past whoever can never use up a level.

    So a walk is no longer than it pays where a deep tree is full of people who cannot earn.
    """
    met = ~setting.removed
    if component.compression in ("skip_ineligible", "dynamic"):
        met &= setting.eligible & (setting.left > walked.when.min())
        if component.compression == "dynamic":
            met &= setting.rank >= rates.least_rank.min()
        if component.compression == "dynamic" or component.lacking_depth == "skip":
            met &= setting.depth > 0
    here = np.arange(len(met), dtype=np.int32)
    parent = setting.parent
    # a matrix whose places were given anew need not have parents before children; it is walked step by step
    if not met.all() and bool((parent < here).all()):
        parent = nearest_above.nearest(parent, met)
    return parent, np.where(met, here, parent).astype(np.int32)


def _settle(earned: list[tuple[int, Any, Any, Any]], period: int, count: Any, paid: Any, unit: int) -> None:
    """Close a period: keep what each participant earned in it, and start at nothing."""
    rows = np.flatnonzero(count)
    if len(rows):
        earned.append((period, rows.astype(np.int32), count[rows], paid[rows] * unit))
    count[:] = 0


def _add_up(
    balance: Balance,
    breakage: list[tuple[int, int, str, int, int]],
    period: int,
    rates: Rates,
    sums: tuple[Any, Any, Any],
) -> None:
    whole, rest, awards = sums
    paid = len(REASONS)
    for reason in range(paid + 1):
        for level in range(len(rates.highest)):
            number, amount = int(awards[reason, level, 0]), int(awards[reason, level, 1])
            if number == 0:
                continue
            exact = int(whole[reason, level]) + Fraction(int(rest[reason, level]), rates.denominator)
            balance.rounding += (exact - amount) * rates.unit
            if reason == paid:
                balance.paid += amount * rates.unit
                continue
            name = REASONS[reason]
            balance.breakage[name] = balance.breakage.get(name, 0) + amount * rates.unit
            breakage.append((period, level + 1, name, number, amount * rates.unit))


def _awards(
    component: LevelCommission,
    rates: Rates,
    base: npt.NDArray[np.int64],
    pieces: list[tuple[Any, ...]],
    balance: Balance,
    breakage: list[tuple[int, int, str, int, int]],
    earned: list[tuple[Any, ...]],
) -> Awards:
    if pieces:
        order, row, level, rank, amount, reason = (np.concatenate(column) for column in zip(*pieces, strict=True))
    else:
        order, row = np.empty(0, np.int32), np.empty(0, np.int32)
        level = rank = reason = np.empty(0, np.int16)
        amount = np.empty(0, np.int64)
    names = sorted({value for line in rates.nominal for value in line})
    index_of = {value: index for index, value in enumerate(names)}
    by_rank = np.array([[index_of[value] for value in line] for line in rates.nominal], np.int16)
    exact = {value: amount * rates.unit for row, line in zip(rates.nominal, rates.exact, strict=True)
             for value, amount in zip(row, line, strict=True)}  # fmt: skip
    lost = reason >= 0
    return Awards(
        component.id,
        order,
        np.where(lost, np.int32(-1), row),
        level,
        np.where(lost, np.int16(-1), by_rank[rank, level - 1]) if len(rank) else rank,
        amount,
        np.where(lost, np.int8(BREAKAGE), np.int8(PAID)),
        reason,
        order_base=base,
        rates=[_written(component, value) for value in names],
        exact=[exact[value] for value in names],
        notes=list(REASONS),
        balance=balance,
        breakage=breakage,
        earned=earned,
    )


def _written(component: LevelCommission, value: Fraction) -> str:
    return decimal_text(value) if component.fixed else f"{value.numerator}/{value.denominator}"
