"""Rates that rise with what was sold: by each order, by the running total, or by the total of the whole period.

One table for every family that has one. `whole`: the tier's rate holds for the whole order. `marginal`: each part of
the total at the rate of its own tier. A tier reached late changes nothing for earlier orders (`running_total`), or
rates the whole period again (`period_total`). A threshold is met by equality.

Reference: https://support.refersion.com/en/articles/2766131-how-to-create-a-tiered-commission-structure (running total);
https://pastebin.com/F832AA6M (by order size).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import polars as pl
from pydantic import Field, model_validator

from compensation.awards import Int32s, Int64s
from compensation.errors import PlanMismatch
from compensation.kernels import running
from compensation.quantities import Points, Rate, decimal_text, rate_text
from genealogy.dates import UNKNOWN
from intake.frozen import Frozen
from intake.mistakes import Mistaken
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import State
    from compensation.evaluation import Evaluation

_DAY = 86_400


class Tier(Frozen):
    """From this much on, this rate."""

    at_least: Points
    """In money or points as the base is, or a number of orders."""
    rate: Rate


class LastDays(Frozen):
    """The last so many times 24 hours before the order."""

    days: Annotated[int, Field(ge=1)]


class Tiers(Frozen):
    """A table of tiers; below the first one nothing is paid."""

    by: Literal["order", "running_total", "period_total"] = "order"
    of: Literal["sales", "orders"] = "sales"
    """Whether the base is summed, or orders are counted (one that takes another back counts -1)."""
    mode: Literal["whole", "marginal"] = "whole"
    over: Literal["period", "ever"] | LastDays = "period"
    """What the running total sums."""
    this_order: Literal["included", "excluded"] = "included"
    """Whether the running total includes the order itself; `excluded` starts a tier with the order after."""
    steps: Annotated[list[Tier], Field(min_length=1)]

    @model_validator(mode="after")
    def _consistent(self) -> Tiers:
        starts = [step.at_least for step in self.steps]
        if starts != sorted(set(starts)):
            raise Mistaken(Text(en="steps must rise in at_least", ar="يجب أن ترتفع ⁨steps⁩ في ⁨at_least⁩"))
        if self.by != "running_total" and (self.over != "period" or self.this_order == "excluded"):
            raise Mistaken(
                Text(
                    en="over and this_order have a meaning only with by: running_total",
                    ar="لا معنى لـ ⁨over⁩ و⁨this_order⁩ إلا مع ⁨by: running_total⁩",
                )
            )
        if self.mode == "marginal" and (self.of == "orders" or self.this_order == "excluded"):
            raise Mistaken(
                Text(
                    en="marginal tiers divide sales: use of: sales, with this_order: included",
                    ar="الشرائح ⁨marginal⁩ تقسم المبيعات: يُستعمل ⁨of: sales⁩ مع ⁨this_order: included⁩",
                )
            )
        if self.by == "order" and self.of == "orders":
            raise Mistaken(Text(en="by: order needs of: sales", ar="تحتاج ⁨by: order⁩ إلى ⁨of: sales⁩"))
        return self

    def words(self) -> Text:
        """The table in plain words."""
        unit = Text(en="", ar="") if self.of == "sales" else Text(en=" orders", ar=" من الطلبات")
        rows = [(decimal_text(step.at_least), rate_text(step.rate)) for step in self.steps]
        en = ", ".join(f"from {least}{unit.en} {rate}" for least, rate in rows)
        ar = "، ".join(f"ابتداءً من {least}{unit.ar}: {rate}" for least, rate in rows)
        by = _BY[self.by]
        span = ("", "")
        if self.by == "running_total":
            span = (" of the period", " في الفترة")
            if self.over == "ever":
                span = (" since the beginning", " منذ البداية")
            elif isinstance(self.over, LastDays):
                span = (f" of the last {self.over.days} days", f" خلال آخر مدة بالأيام: {self.over.days}")
        mode = _MODE[self.mode]
        later = ("", "")
        if self.this_order == "excluded":
            later = (", from the order after the one that reaches it", "، بدءًا من الطلب التالي لبلوغه")
        return Text(
            en=f"by {by.en}{span[0]}: {en} ({mode.en}{later[0]})",
            ar=f"{by.ar}{span[1]}: {ar} ({mode.ar}{later[1]})",
        )


_BY = {
    "order": Text(en="the size of each order", ar="بحسب قيمة كل طلب"),
    "running_total": Text(en="the running total", ar="بحسب المجموع التراكمي"),
    "period_total": Text(
        en="the total of the whole period, earlier orders included",
        ar="بحسب مجموع الفترة كلها، بما فيها الطلبات السابقة",
    ),
}
_MODE = {
    "whole": Text(en="on the whole order", ar="على الطلب كله"),
    "marginal": Text(en="each part at its own rate", ar="كل جزء بنسبته"),
}


@dataclass(slots=True)
class Steps:
    """Of each sale, how much falls into which tier; a sale below the first tier has none."""

    sale: Int64s
    """Index of the sale, rising."""
    base: Int64s
    tier: Int32s
    state: dict[str, list[list[int]]]
    """What a later run has to know, by participant id: moments and values."""


def steps(
    tiers: Tiers,
    evaluation: Evaluation,
    who: Int32s,
    order: Int32s,
    value: Int64s,
    decimals: int,
    origin: Int64s,
    earlier: State,
) -> Steps:
    """Find the tier, or the tiers, of each sale.

    Args:
        tiers: the table; evaluation: the records.
        who, order, value: per sale, in order of time: participant (-1: counts for nobody), order, base.
        decimals: of the base.
        origin: sale that a sale takes back (its tier is taken over), or -1.
        earlier: the component's state of an earlier run.
    """
    counted = value if tiers.of == "sales" else evaluation.sign[order].astype(np.int64)
    least = np.array([_scaled(step.at_least, decimals if tiers.of == "sales" else 0) for step in tiers.steps])
    before = np.zeros(len(who), np.int64)
    total = counted.copy()
    state: dict[str, list[list[int]]] = {}
    if tiers.by == "running_total":
        before, state = _running(tiers, evaluation, who, order, counted, earlier)
        total = before if tiers.this_order == "excluded" else before + counted
    elif tiers.by == "period_total":
        group = _group(evaluation, who, order)
        sums = np.zeros(int(group.max(initial=-1)) + 1, np.int64)
        np.add.at(sums, group, counted)
        total = np.where(who >= 0, sums[group], counted) if len(group) else counted
        if tiers.mode == "marginal":
            before, _ = _running(tiers, evaluation, who, order, counted, earlier)
    if tiers.mode == "marginal":
        sale, base, tier = _parts(least, before, counted, origin)
        return Steps(sale, base, tier, state)
    # what is taken back, and stands for itself, is found by the size of what it takes back
    by = np.abs(total) if tiers.by == "order" else total
    tier = (np.searchsorted(least, by, side="right") - 1).astype(np.int32)
    tier = np.where(origin >= 0, tier[origin], tier)
    kept = np.flatnonzero(tier >= 0)
    return Steps(kept, value[kept], tier[kept].astype(np.int32), state)


def _scaled(value: Fraction, decimals: int) -> int:
    """A threshold in units of the total, rounded up: whatever reaches it reaches the exact value."""
    scaled = value * 10**decimals
    return int(-(-scaled.numerator // scaled.denominator))


def _group(evaluation: Evaluation, who: Int32s, order: Int32s) -> Int64s:
    return who.astype(np.int64) * (len(evaluation.periods) + 1) + evaluation.period[order] + 1


def _running(
    tiers: Tiers, evaluation: Evaluation, who: Int32s, order: Int32s, counted: Int64s, earlier: State
) -> tuple[Int64s, dict[str, list[list[int]]]]:
    """What each participant had before each sale, and what a later run has to know."""
    span = tiers.over.days * _DAY if isinstance(tiers.over, LastDays) else -1
    within_period = tiers.over == "period" or tiers.by == "period_total"
    clock = evaluation.when[order]
    if span >= 0 and (clock == np.iinfo(np.int64).min).any() and (clock != np.iinfo(np.int64).min).any():
        raise PlanMismatch(
            Text(
                en="tiers over the last days need the date of every order, and some have none; import the "
                "dates, or say over: period",
                ar="الشرائح على الأيام الأخيرة تحتاج إلى تاريخ كل طلب، وبعض الطلبات بلا تاريخ. يُرجى "
                "استيراد التواريخ، أو كتابة ⁨over: period⁩",
            )
        )
    extra = [] if within_period else _entries(evaluation, earlier)
    rows = np.concatenate([np.array([row for row, _, _ in extra], np.int32), who])
    times = np.concatenate([np.array([time for _, time, _ in extra], np.int64), clock])
    values = np.concatenate([np.array([value for _, _, value in extra], np.int64), counted])
    group = rows.astype(np.int64)
    if within_period:
        group = _group(evaluation, who, order)
    ordered = np.argsort(group, kind="stable")
    found = np.empty(len(rows), np.int64)
    found[ordered] = running.before(group[ordered], times[ordered], values[ordered], span)
    before = found[len(extra) :]
    before = np.where(who >= 0, before, 0)
    if within_period:
        return before, {}
    return before, _left_over(evaluation, rows, times, values, span)


def _entries(evaluation: Evaluation, earlier: State) -> list[tuple[int, int, int]]:
    noted = earlier.notes.get("running_total", {})
    assert isinstance(noted, dict)
    if not noted:
        return []
    rows = evaluation.rows(pl.Series(list(noted), dtype=pl.String))
    return [
        (int(row), int(time), int(value))
        for row, entries in zip(rows, noted.values(), strict=True)
        if row >= 0
        for time, value in entries
    ]


def _left_over(
    evaluation: Evaluation, rows: Int32s, times: Int64s, values: Int64s, span: int
) -> dict[str, list[list[int]]]:
    """The sums that still count after the last order, by participant and (for a window of days) by moment."""
    last = int(times.max(initial=UNKNOWN))
    counts = np.flatnonzero((rows >= 0) & ((times > last - span) if span >= 0 else True))
    keys = np.stack([rows[counts].astype(np.int64), times[counts] if span >= 0 else np.full(len(counts), UNKNOWN)])
    cells, inverse = np.unique(keys, axis=1, return_inverse=True)
    sums = np.zeros(cells.shape[1], np.int64)
    np.add.at(sums, inverse.ravel(), values[counts])
    result: dict[str, list[list[int]]] = {}
    for row, time, value in zip(cells[0].tolist(), cells[1].tolist(), sums.tolist(), strict=True):
        if value:
            result.setdefault(evaluation.id_of(row), []).append([time, value])
    return result


def _parts(least: Int64s, before: Int64s, value: Int64s, origin: Int64s) -> tuple[Int64s, Int64s, Int32s]:
    """Each sale cut where its total crosses a tier; one that takes another back takes its parts back in proportion."""
    low, high = np.minimum(before, before + value), np.maximum(before, before + value)
    sales, bases, tiers_ = [], [], []
    sign = np.sign(value)
    ends = [*least[1:], np.iinfo(np.int64).max]
    parts = np.zeros((len(least), len(value)), np.int64)
    for tier, (start, end) in enumerate(zip(least, ends, strict=True)):
        parts[tier] = np.maximum(np.minimum(high, end) - np.maximum(np.maximum(low, start), 0), 0) * sign
    for at in np.flatnonzero(origin >= 0):
        whole, mine = abs(int(value[origin[at]])), abs(int(value[at]))
        if not whole:
            continue
        theirs = [abs(int(part)) for part in parts[:, origin[at]]]
        taken = [part * mine // whole for part in theirs]
        below_first = (whole - sum(theirs)) * mine // whole
        rest = mine - sum(taken) - below_first
        highest = max((tier for tier, part in enumerate(theirs) if part), default=None)
        if highest is not None:
            taken[highest] += rest
        parts[:, at] = [-part if value[origin[at]] > 0 else part for part in taken]
    for tier in range(len(least)):
        hit = np.flatnonzero(parts[tier])
        sales.append(hit)
        bases.append(parts[tier][hit])
        tiers_.append(np.full(len(hit), tier, np.int32))
    sale, base, tier_ = np.concatenate(sales), np.concatenate(bases), np.concatenate(tiers_)
    ordered = np.lexsort((tier_, sale))
    return sale[ordered], base[ordered], tier_[ordered]
