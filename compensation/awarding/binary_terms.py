"""What a period of a binary goes by: who may earn, at what pay, under which caps and limits of carry.

Everything becomes arrays by position of the run, and tables by kind of take (first pair, steps from the highest down)
and class of pay (the same for all, by rank, by stated rate), so that the compiled loop compares integers only.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from compensation.awarding.binary_volumes import decimals_of, sides_of
from compensation.awards import Int64s
from compensation.errors import AmountOverflow, NotRepresentable, PlanMismatch
from compensation.evaluation import NEVER
from compensation.kernels import binary as kernel
from compensation.kernels import binary_legs
from compensation.kernels.rounding import fits
from compensation.periods import in_order, period_names
from compensation.quantities import decimal_text, to_minor
from intake.text import Text, say

if TYPE_CHECKING:
    from compensation.awarding.binary import Run
    from compensation.components.binary import Binary, Cap
    from compensation.evaluation import Evaluation

Bools = npt.NDArray[np.bool_]
Cell = tuple[Fraction, str]
"""Minor units per unit of base, and the rate as the plan states it."""
MOST_RATES = 30_000


class Takes(NamedTuple):
    """What a matching can take from the legs, in units of volume; the same in every period."""

    unit_a: Int64s
    unit_b: Int64s
    strong_weak: Bools
    once: bool
    first_a: Int64s
    first_b: Int64s
    level: npt.NDArray[np.int16]
    """By kind: the step of the table, counted from the lowest; 0 where there is no table."""


class Terms(NamedTuple):
    """What holds in one period."""

    may: Bools
    pay: npt.NDArray[np.int32]
    """Class of pay; 0 also for those who may not earn."""
    exact: list[list[Cell]]
    """By kind and class."""
    as_money: Cell
    numerator: Int64s
    denominator: int
    cap_kind: npt.NDArray[np.int8]
    cap_carried: Bools
    cap_limit: Int64s
    side_limit: Int64s


def takes_of(component: Binary, evaluation: Evaluation) -> Takes:
    """The units of pairs and steps, the highest step first.

    Raises:
        NotRepresentable: a unit is finer than the records' volume.
    """
    units = [component.unit] if component.unit is not None else list(reversed(component.steps or []))
    decimals = decimals_of(component, evaluation)
    sides = [[_volume(side, decimals, f"{component.id}: unit") for side in unit.sides] for unit in units]
    steps = component.method == "steps"
    first: list[tuple[int, int]] = component.first_pair.options if component.first_pair is not None else []
    levels = [*([0] if first else []), *(range(len(units), 0, -1) if steps else [0])]
    return Takes(
        np.array([a for a, _ in sides], np.int64),
        np.array([b for _, b in sides], np.int64),
        np.array([unit.strong is not None for unit in units], np.bool_),
        steps and component.take == "once",
        np.array([left * sides[0][0] for left, _ in first], np.int64),
        np.array([right * sides[0][1] for _, right in first], np.int64),
        np.array(levels, np.int16),
    )


def _volume(points: Fraction, decimals: int, where: str) -> int:
    minor = to_minor(points, decimals)
    if minor is None:
        raise NotRepresentable(where, decimal_text(points), "volume", decimals)
    return minor


def terms_of(run: Run, period: int) -> Terms:
    """What holds in a period for the positions of a run.

    Raises:
        PlanMismatch: more different rates than can be told apart, or ranks that the records lack.
        AmountOverflow: money to be capped does not fit 64 bits.
    """
    component, evaluation = run.component, run.evaluation
    pay, exact = _pay(component, evaluation, period)
    may = evaluation.eligible(period, component.eligibility) & (pay >= 0) & ~has_left(evaluation, period)
    if component.qualification is not None:
        now: Bools = run.of(_has_both_sides(component, evaluation, period))
        if len(run.qualified):
            run.qualified |= now
            now = run.qualified
    else:
        now = np.ones(len(run.weak), np.bool_)
    scale = evaluation.scale_of(component.currency or evaluation.plan.currency)
    decimals = decimals_of(component, evaluation)
    numerator, denominator = np.zeros((len(exact), max(map(len, exact), default=1)), np.int64), 1
    if any(cap.of == "amount" for cap in component.caps):
        denominator = lcm(*(cell[0].denominator for row in exact for cell in row))
        for kind, row in enumerate(exact):
            numerator[kind, : len(row)] = [int(cell[0] * denominator) for cell in row]
        if not fits(int(np.abs(evaluation.base(component.base)).sum()), int(numerator.max(initial=0)), denominator):
            raise AmountOverflow(
                component.id,
                Text(en="the money that its caps are held against", ar="المال الذي تُقاس عليه حدوده القصوى"),
            )
    base_decimals = decimals if component.method == "weaker_leg" else 0
    limits = [_cap(cap, evaluation, period, decimals, scale) for cap in component.caps]
    return Terms(
        np.ascontiguousarray(run.of(may) & now),
        np.ascontiguousarray(np.maximum(run.of(pay), 0).astype(np.int32)),
        exact,
        (Fraction(1), _written(Fraction(10**base_decimals, 10**scale))),
        numerator,
        denominator,
        np.array([kernel.CAP_KINDS[cap.of] for cap in component.caps], np.int8),
        np.array([cap.excess == "carry" for cap in component.caps], np.bool_),
        np.array([run.of(limit) for limit in limits], np.int64).reshape(len(limits), len(run.weak)),
        _side_limit(run, period, decimals),
    )


def _written(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}" if value.denominator != 1 else str(value.numerator)


# What is paid


def _pay(component: Binary, evaluation: Evaluation, period: int) -> tuple[npt.NDArray[np.int32], list[list[Cell]]]:
    """Class of pay by row, -1 for who does not take part; and the table by kind and class."""
    scale = evaluation.scale_of(component.currency or evaluation.plan.currency)
    money = Fraction(10**scale)
    if component.method == "steps":
        classes, ranks = _by_rank(evaluation, period)
        factor = _factor(component, evaluation) * 10 ** decimals_of(component, evaluation)
        table = []
        for step in reversed(component.steps or []):
            if step.rate is not None:
                row = [step.rate * min(step.sides) * factor] * len(ranks)
            elif step.amount is not None:
                row = [step.amount * money] * len(ranks)
            else:
                row = [(step.amounts_by_rank or {}).get(rank or "", Fraction(0)) * money for rank in ranks]
            table.append([(value, decimal_text(value / money)) for value in row])
        none = np.array([all(row[index][0] == 0 for row in table) for index in range(len(ranks))])
        return np.where(none[classes], -1, classes).astype(np.int32), table
    values, classes = _classes(component, evaluation, period, scale)
    if component.method == "weaker_leg":
        factor = _factor(component, evaluation)
        return classes, [[(rate * factor, _written(rate)) for rate in values]]
    pairs = [(value, decimal_text(value / money)) for value in values]
    if component.first_pair is None:
        return classes, [pairs]
    first = component.first_pair
    if first.amount is not None:
        return classes, [[(first.amount * money, decimal_text(first.amount))] * len(pairs), pairs]
    if first.amounts_by_rank is None:
        return classes, [pairs, pairs]
    # classes of both: which pay of a pair, and which rank
    by_rank, ranks = _by_rank(evaluation, period)
    both = np.where(classes < 0, -1, classes * len(ranks) + by_rank).astype(np.int32)
    firsts = [(first.amounts_by_rank.get(rank or "", Fraction(0)) * money) for _ in pairs for rank in ranks]
    return both, [
        [(value, decimal_text(value / money)) for value in firsts],
        [pair for pair in pairs for _ in ranks],
    ]


def _factor(component: Binary, evaluation: Evaluation) -> Fraction:
    """Minor units per unit of what counts in the legs."""
    if component.counts == "new_people":
        return Fraction(10 ** evaluation.scale_of(component.currency or evaluation.plan.currency))
    return evaluation.factor(component.base, component.currency)


def _by_rank(evaluation: Evaluation, period: int) -> tuple[npt.NDArray[np.int32], list[str | None]]:
    """Ranks by row as classes, and their names; the first is having none."""
    ranks = evaluation.plan.ranks
    return evaluation.rank(period).astype(np.int32), [None, *(ranks.order if ranks is not None else [])]


def _classes(
    component: Binary, evaluation: Evaluation, period: int, scale: int
) -> tuple[list[Fraction], npt.NDArray[np.int32]]:
    """The different rates (or, for pairs, minor units per pair), and by row the index of each one's; -1 for none."""
    everybody = np.zeros(evaluation.participants, np.int32)
    by_rate = True
    match component.paid_by:
        case "rate":
            values, index = [component.rate or Fraction(0)], everybody
        case "rate_from":
            values, index = evaluation.facts.rates(str(component.rate_from), period)
        case "rates_by_personal_volume":
            tiers = sorted(component.rates_by_personal_volume or [], key=lambda tier: tier.at_least)
            values = [tier.rate for tier in tiers]
            least = np.array([evaluation.threshold(tier.at_least) for tier in tiers], np.int64)
            index = (np.searchsorted(least, evaluation.personal_volume(period), side="right") - 1).astype(np.int32)
        case "amount":
            by_rate = False
            values, index = [component.amount or Fraction(0)], everybody
        case "amount_from":
            by_rate = False
            values, index = _stated(evaluation, str(component.amount_from), period, scale)
        case _:
            by_rate = component.rates_by_rank is not None
            table = component.rates_by_rank or component.amounts_by_rank or {}
            ranks, names = _by_rank(evaluation, period)
            values = [table.get(name or "", Fraction(0)) for name in names]
            named = np.array([name in table for name in names])
            index = np.where(named[ranks], ranks, -1).astype(np.int32)
    if not by_rate:
        return [value * 10**scale for value in values], index
    if component.method == "weaker_leg":
        return values, index
    if component.of_from is not None:
        prices, at = _stated(evaluation, component.of_from, period, scale)
        both = np.where((index < 0) | (at < 0), -1, index * max(len(prices), 1) + at).astype(np.int32)
        values, index = [rate * price for rate in values for price in prices], both
        if len(values) > MOST_RATES:
            raise PlanMismatch(
                say(
                    "{component}: {count:,} different prices times rates; give one price with of:",
                    "{component}: عدد الأسعار المختلفة مضروبة في النسب {count:,}. يُرجى تحديد سعر واحد بالحقل of",
                    component=component.id,
                    count=len(values),
                )
            )
        return [value * 10**scale for value in values] or [Fraction(0)], index
    if component.of is not None:
        return [rate * component.of * 10**scale for rate in values], index
    assert component.unit is not None
    size = min(component.unit.sides) * 10 ** decimals_of(component, evaluation)
    return [rate * size * _factor(component, evaluation) for rate in values], index


def _stated(evaluation: Evaluation, name: str, period: int, scale: int) -> tuple[list[Fraction], npt.NDArray[np.int32]]:
    """The different amounts of a fact, in major units, and by row the index of each one's; -1 where not stated."""
    amounts, given = evaluation.facts.numbers(name, period, scale)
    different, index = np.unique(amounts[given], return_inverse=True)
    if len(different) > MOST_RATES:
        raise PlanMismatch(
            say(
                "fact {name!r} has {count:,} different values in a period; at most {most_rates:,} can be paid by",
                "للواقعة {name!r} قيم مختلفة في فترة واحدة عددها {count:,}، ولا يُدفع إلا على أساس "
                "{most_rates:,} على الأكثر",
                name=name,
                count=len(different),
                most_rates=MOST_RATES,
            )
        )
    result = np.full(evaluation.participants, -1, np.int32)
    result[given] = index
    return [Fraction(int(value), 10**scale) for value in different], result


# Who may earn


def has_left(evaluation: Evaluation, period: int) -> Bools:
    """Who had left when a period closed."""
    result = np.zeros(evaluation.participants, np.bool_)
    rows = np.flatnonzero(evaluation.left != NEVER)
    if not len(rows):
        return result
    if "period" in evaluation.books.orders.columns or evaluation.plan.period == "whole":
        # periods are named by the records: one closes with its last order
        until = evaluation.when[evaluation.period <= period].max(initial=np.iinfo(np.int64).min)
        result[rows] = evaluation.left[rows] <= until
        return result
    dates = pl.Series(evaluation.left[rows] * 1000).cast(pl.Datetime("ms"))
    names = period_names(dates, evaluation.plan.period, evaluation.plan.timezone)
    here = evaluation.periods[period]
    known = in_order([*names.unique().to_list(), here])
    result[rows] = names.is_in(known[: known.index(here) + 1]).to_numpy()
    return result


def _has_both_sides(component: Binary, evaluation: Evaluation, period: int) -> Bools:
    """Who has enough personally sponsored people in each leg, as both trees stand at the period's close."""
    needed = component.qualification
    assert needed is not None
    placed, sponsors = evaluation.closing(component.tree, period), evaluation.closing("sponsor", period)
    tree = placed.tree
    side = sides_of(component, tree, placed.parent)
    row_above = np.where(sponsors.parent >= 0, sponsors.tree.row[sponsors.parent], -1)
    sponsor_row = sponsors.tree.by_row(row_above.astype(np.int32), -1)[tree.row]
    sponsor = np.where(sponsor_row >= 0, tree.position[sponsor_row], -1).astype(np.int32)
    counts = (evaluation.eligible(period, needed.recruits) & ~has_left(evaluation, period))[tree.row]
    left, right = np.zeros(len(tree), np.int32), np.zeros(len(tree), np.int32)
    starts = binary_legs.right_starts(placed.parent, side, tree.size)
    binary_legs.count_sides(sponsor, counts, tree.size, starts, left, right)
    found: Bools = tree.by_row((left >= needed.left) & (right >= needed.right), missing=False)
    return found


# Limits


def _cap(cap: Cap, evaluation: Evaluation, period: int, decimals: int, scale: int) -> Int64s:
    places = {"pairs": 0, "volume": decimals, "amount": scale}[cap.of]
    return _limits(cap.cap, cap.cap_by_rank, cap.cap_from, evaluation, period, places, f"a cap of {cap.of}")


def _limits(
    same: Fraction | None,
    by_rank: dict[str, Fraction] | None,
    fact: str | None,
    evaluation: Evaluation,
    period: int,
    places: int,
    what: str,
) -> Int64s:
    """A limit by row, `kernel.NO_LIMIT` where there is none."""
    if same is not None:
        return np.full(evaluation.participants, _volume(same, places, what), np.int64)
    if by_rank is not None:
        ranks, names = _by_rank(evaluation, period)
        each = [_volume(by_rank[name], places, what) if name in by_rank else kernel.NO_LIMIT for name in names]
        limits: Int64s = np.array(each, np.int64)[ranks]
        return limits
    if fact is not None:
        values, given = evaluation.facts.numbers(fact, period, places)
        return np.where(given, values, kernel.NO_LIMIT)
    return np.full(evaluation.participants, kernel.NO_LIMIT, np.int64)


def _side_limit(run: Run, period: int, decimals: int) -> Int64s:
    """The most that is carried on each side, by position of the run."""
    limits = run.component.carry_limits
    average = limits.times_average_weak_leg
    if average is None:
        by_row = _limits(
            limits.per_side,
            limits.per_side_by_rank,
            limits.per_side_from,
            run.evaluation,
            period,
            decimals,
            "carry_limits.per_side",
        )
        return np.ascontiguousarray(run.of(by_row))
    sums = np.where(np.arange(run.history.shape[1]) < run.known[:, None], run.history, 0).sum(axis=1)
    below = average.times.denominator * np.maximum(run.known, 1)
    above = average.times.numerator
    limit = sums // below * above + sums % below * above // below
    return np.where(run.known > 0, limit, kernel.NO_LIMIT)
