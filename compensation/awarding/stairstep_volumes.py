"""What bonuses on groups are reckoned on: the orders of a period, the tree at its close, and everybody's own volume.

A `Pass` is one reckoning of one period. Most periods have one. What takes back an order of an earlier period has two,
in the period of the return: the earlier period as it was reckoned last, taken back, and as it is without the order;
what is the same in both falls out (`changes_only`), so that exactly the difference is booked and nothing closed is
changed. `stairstep`, `breakaway` and `leadership_minimum` compute pass by pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from compensation.awards import REASONS, UNKNOWN_BUYER, Int32s, Int64s
from compensation.claims import Claims
from compensation.periods import close_of
from compensation.quantities import decimal_text, minor_text, rate_text

if TYPE_CHECKING:
    from fractions import Fraction

    from compensation.components.contract import Component
    from compensation.evaluation import Evaluation
    from compensation.frame import Base, Measure
    from compensation.ledger import Bools
    from genealogy.tree import Tree


@dataclass(slots=True)
class Pass:
    """One reckoning of one period."""

    period: int
    """Whose tree, ranks, facts and eligibility hold."""
    pays_in: int
    """In which the awards fall; another one only where something is taken back."""
    sign: int
    """1, or -1 for what was reckoned before and is taken back."""
    tree: Tree
    parent: Int32s
    counts: Bools
    """Which orders count, by their index."""


def passes(component: Component, evaluation: Evaluation) -> Iterator[Pass]:
    """Every reckoning that the component needs, by the period in which it pays."""
    wanted = evaluation.selected(component.orders, component.in_force)
    if component.reversals == "ignore":
        wanted &= evaluation.sign > 0
    own = evaluation.period
    standing = np.minimum(own, own[evaluation.origin]) if component.reversals == "claw_back" else own
    for period in range(len(evaluation.periods)):
        closing = evaluation.closing(component.tree, period)
        yield Pass(period, period, 1, closing.tree, closing.parent, wanted & (own == period) & (standing == period))
        late = np.unique(standing[wanted & (own == period) & (standing < period)])
        for earlier in late.tolist():
            then = evaluation.closing(component.tree, earlier)
            mine = wanted & (standing == earlier)
            yield Pass(earlier, period, -1, then.tree, then.parent, mine & (own < period))
            yield Pass(earlier, period, 1, then.tree, then.parent, mine & (own <= period))


def own_volume(evaluation: Evaluation, reckoned: Pass, value: Int64s, counts: Bools, what: str) -> tuple[Int64s, int]:
    """Sum of the orders credited to everybody, by position; and what is credited to nobody in the tree."""
    chosen = np.flatnonzero(counts)
    who = evaluation.credited[chosen]
    if not evaluation.plan.volumes.customers_count:
        chosen = chosen[evaluation.buyer[chosen] >= 0]
        who = evaluation.credited[chosen]
    by_row = evaluation.sum_by(who, value[chosen], what)
    result: Int64s = reckoned.tree.by_position(by_row)
    return result, int(value[chosen].sum()) - int(result.sum())


def stated_volume(evaluation: Evaluation, reckoned: Pass, measure: Measure, volume: Int64s) -> Int64s:
    """Own volume, where the company states it (`personal_volume`) as stated; only for the measure of the plan."""
    if measure != evaluation.plan.volumes.measure:
        return volume
    values, given = evaluation.facts.numbers("personal_volume", reckoned.period, evaluation.unit_of(measure))
    tree = reckoned.tree
    result: Int64s = np.where(tree.by_position(given), tree.by_position(values), volume)
    return result


def can_earn(component: Component, evaluation: Evaluation, reckoned: Pass) -> Bools:
    """Who can earn in the period, by position: eligible, and there when it closes."""
    allowed = evaluation.eligible(reckoned.period, component.eligibility) & ~_gone(evaluation, reckoned.period)
    result: Bools = reckoned.tree.by_position(allowed)
    return result


def _gone(evaluation: Evaluation, period: int) -> Bools:
    """Who has left by the close of a period, by row."""
    plan = evaluation.plan
    close = close_of(evaluation.periods[period], plan.period, plan.timezone)
    if close is None:
        # the company names its periods itself; the last of their orders is all that is known of when they close
        close = int(evaluation.when[evaluation.period <= period].max(initial=np.iinfo(np.int64).min)) + 1
    gone: Bools = evaluation.left < close
    return gone


def base_decimals(evaluation: Evaluation, base: Base) -> tuple[int, str]:
    """Decimals and unit of a base, for lines and explanations."""
    unit = evaluation.plan.currency if base.money else ("points" if base.measure in ("volume", "points") else "")
    return evaluation.unit_of(base.measure), unit


def product_text(
    component: Component, evaluation: Evaluation, base: Base, value: int, rate: str, exact: Fraction
) -> str:
    """The arithmetic of a share of some base: every factor that stands in the plan, and what comes out."""
    decimals, unit = base_decimals(evaluation, base)
    factors = [minor_text(value, decimals) + (f" {unit}" if unit else "")]
    if base.share != 1:
        factors.append(rate_text(base.share))
    if base.per_point != 1:
        factors.append(decimal_text(base.per_point))
    scale = evaluation.scale_of(component.currency or evaluation.plan.currency)
    amount = value * exact * evaluation.factor(base, component.currency) / 10**scale
    return f"{' × '.join([*factors, rate])} = {decimal_text(amount)}"


@dataclass(slots=True)
class Lines:
    """What one pass finds; people are positions in its tree, rates are numbered."""

    participant: Int32s
    source: Int32s
    level: npt.NDArray[np.int16]
    base: Int64s
    rate: Int64s
    reason: npt.NDArray[np.int16]
    award: npt.NDArray[np.integer[Any]]
    """Names the award that a line is part of, whether or not anybody gets it; its lines stand together."""


def put_together(
    evaluation: Evaluation,
    found: list[tuple[Pass, Lines]],
    rates: list[Fraction],
    written: list[str],
    base: Base,
) -> Claims:
    """The claims of all passes: positions become rows, awards are numbered, and what did not change falls out.

    Args:
        evaluation: the records.
        found: lines of every pass; those of an earlier period in pairs, -1 first.
        rates: minor units per unit of base, by number; written: the same as the plan states them.
        base: of all lines.
    """
    columns: list[list[npt.NDArray[Any]]] = [[] for _ in range(8)]
    award = 0
    for index, (reckoned, lines) in enumerate(found):
        keep = np.ones(len(lines.base), np.bool_)
        if reckoned.period != reckoned.pays_in:
            other = found[index + 1 if reckoned.sign < 0 else index - 1][1]
            keep = changes_only(lines, other)
        row = np.append(reckoned.tree.row, np.int32(-1))
        whose = lines.award[keep]
        number = np.cumsum(np.diff(whose, prepend=whose[:1]) != 0) + award
        award = int(number[-1]) + 1 if len(number) else award
        period = np.full(len(whose), reckoned.pays_in, np.int64)
        parts: tuple[npt.NDArray[Any], ...] = (
            row[lines.participant[keep]],
            row[lines.source[keep]],
            lines.level[keep],
            lines.base[keep] * reckoned.sign,
            lines.rate[keep],
            lines.reason[keep],
            number,
            period,
        )
        for column, part in zip(columns, parts, strict=True):
            column.append(part)
    participant, source, level, amount, rate, reason, number, period = (
        np.concatenate(column) if column else np.empty(0, np.int64) for column in columns
    )
    decimals, unit = base_decimals(evaluation, base)
    return Claims(
        participant=participant.astype(np.int32),
        base=amount.astype(np.int64),
        rate=rate.astype(np.int16),
        rates=rates,
        written=written,
        period=period.astype(np.int32),
        source=source.astype(np.int32),
        level=level.astype(np.int16),
        award=number,
        reason=reason.astype(np.int16),
        base_decimals=decimals,
        base_unit=unit,
    )


def changes_only(lines: Lines, other: Lines) -> Bools:
    """Which lines belong to an award that differs between two reckonings of the same period."""

    def table(of: Lines) -> pl.DataFrame:
        return pl.DataFrame(
            {
                "award": of.award,
                "source": of.source,
                "level": of.level,
                "base": of.base,
                "rate": of.rate,
                "why": of.reason,
            }
        )

    mine, theirs = table(lines), table(other)
    keys = mine.columns
    counted = pl.concat([mine.with_columns(n=pl.lit(1)), theirs.with_columns(n=pl.lit(-1))])
    changed = counted.group_by(keys).agg(pl.col("n").sum()).filter(pl.col("n") != 0)["award"].unique()
    result: Bools = mine["award"].is_in(changed.implode()).to_numpy()
    return result


def unknown_line(lines: Lines, base: int, rate: int) -> Lines:
    """The lines, and one more for what people outside the tree bought and nobody earns."""
    if base == 0:
        return lines
    return Lines(
        np.append(lines.participant, np.int32(-1)),
        np.append(lines.source, np.int32(-1)),
        np.append(lines.level, np.int16(0)),
        np.append(lines.base, np.int64(base)),
        np.append(lines.rate, np.int64(rate)),
        np.append(lines.reason, np.int16(REASONS.index(UNKNOWN_BUYER))),
        np.append(lines.award, np.int32(-1)),
    )
