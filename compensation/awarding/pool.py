"""How a pool computes: what there is to divide, everybody's shares, and the division to the last minor unit.

Each period, or country of a period, is one `Division`; its figures are kept for the explanation. Awards are whole
minor units by the component's own rule of rounding; what they leave of the pool is nobody's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from compensation.awarding.of_period import entitled, in_force
from compensation.awards import REASONS, Awards, Int32s, Int64s
from compensation.claims import Claims, rounding_unit, settle
from compensation.errors import AmountOverflow, PlanMismatch
from compensation.kernels import share_out
from compensation.kernels.rounding import MODES
from compensation.ledger import total_of
from compensation.quantities import decimal_text
from intake.text import say

if TYPE_CHECKING:
    from compensation.components.pool import Pool
    from compensation.evaluation import Evaluation

_UNDISTRIBUTED = REASONS.index("undistributed")
_ROOM = 1 << 62


@dataclass(slots=True)
class Division:
    """One pool of one period."""

    period: int
    country: str | None
    base: Fraction
    """In units of the measure; 0 where the pool is no rate of anything."""
    pool: Fraction
    """Minor units."""
    rows: Int32s
    """Who has shares."""
    shares: Int64s
    """In units of 10^-decimals."""
    decimals: int

    @property
    def total(self) -> int:
        """All shares."""
        return int(self.shares.sum())


def award(component: Pool, evaluation: Evaluation) -> Awards:
    """Every award of the component.

    Raises:
        PlanMismatch: a stated figure is missing, or participants have no country.
        AmountOverflow: pool or shares do not fit 64 bits.
        NotRepresentable: the plan rounds to more decimals than the records hold.
    """
    unit = rounding_unit(component, evaluation)
    who, base, rate, period, amount = [], [], [], [], []
    rates: list[Fraction] = []
    allotted, decimals = Fraction(0), 0
    for number in range(len(evaluation.periods)):
        for each in divisions(component, evaluation, number):
            paid = divided(component, evaluation, each, unit)
            rows, shares = each.rows, each.shares
            left = int(each.pool / unit) * unit - int(paid.sum())
            # where each award is rounded by itself, what they gain or lose is rounding
            if left and (component.round != "award" or not len(rows)):
                rows, shares, paid = np.append(rows, np.int32(-1)), np.append(shares, 0), np.append(paid, left)
            who.append(rows.astype(np.int32))
            base.append(shares)
            amount.append(paid)
            rate.append(np.full(len(rows), len(rates), np.int32))
            period.append(np.full(len(rows), number, np.int32))
            rates.append(per_share(component, evaluation, each))
            allotted, decimals = allotted + each.pool, each.decimals
    if len(rates) > np.iinfo(np.int16).max:
        raise AmountOverflow(
            component.id,
            say(
                "the number of pools ({count}) over all periods and countries",
                "عدد صناديق المكافآت ({count}) في كل الفترات والبلدان",
                count=len(rates),
            ),
        )
    participant = _joined(who, np.int32)
    scale = evaluation.scale_of(component.currency or evaluation.plan.currency)
    claims = Claims(
        participant,
        _joined(base, np.int64),
        _joined(rate, np.int16),
        rates,
        [decimal_text(value * 10**decimals / 10**scale) for value in rates],
        period=_joined(period, np.int32),
        source=np.full(len(participant), -1, np.int32),
        reason=np.where(participant >= 0, -1, _UNDISTRIBUTED).astype(np.int16),
        base_decimals=decimals,
        amount=_joined(amount, np.int64),
        allotted=allotted,
    )
    return settle(component, evaluation, claims)


def _joined(parts: list[Any], kind: Any) -> Any:
    return np.concatenate(parts).astype(kind) if parts else np.empty(0, kind)


def divisions(component: Pool, evaluation: Evaluation, period: int) -> Iterator[Division]:
    """The pools of a period that hold anything: one, or one for each country, and one of people without a country."""
    shares, decimals = shares_of(component, evaluation, period)
    if not component.per_country:
        base, pool = _pool(component, evaluation, period, None)
        rows = np.flatnonzero(shares).astype(np.int32)
        if pool > 0:
            yield Division(period, None, base, pool, rows, shares[rows], decimals)
        return
    country = _countries(component, evaluation)
    names = country.drop_nulls().unique().sort().to_list()
    index = {name: code for code, name in enumerate(names)}
    of = country.replace_strict(index, default=-1, return_dtype=pl.Int32).to_numpy()
    for code, name in [*enumerate(names), (-1, "")]:
        base, pool = _pool(component, evaluation, period, np.append(of, np.int32(-1)) == code)
        rows = np.flatnonzero((shares > 0) & (of == code) & (code >= 0)).astype(np.int32)
        if pool > 0:
            yield Division(period, name, base, pool, rows, shares[rows], decimals)


def _countries(component: Pool, evaluation: Evaluation) -> pl.Series:
    country = evaluation.column("country")
    if country.null_count() == len(country):
        raise PlanMismatch(
            say(
                "component {component!r} divides a pool per country, but no participant has a country; "
                "import the column that holds it, or leave out per_country",
                "يقسم المكوّن {component!r} صندوق مكافآت بحسب البلد، لكن لا بلد مسجَّلًا لأي مشارك. "
                "يُرجى استيراد العمود الذي يحمله، أو حذف per_country",
                component=component.id,
            )
        )
    return country


def _pool(
    component: Pool, evaluation: Evaluation, period: int, of_people: npt.NDArray[np.bool_] | None
) -> tuple[Fraction, Fraction]:
    """The base in units of its measure and the pool in minor units; never below nothing."""
    currency = component.currency or evaluation.plan.currency
    scale = evaluation.scale_of(currency)
    of_orders = component.rate is not None and component.base_from is None
    if not of_orders and not in_force(component, evaluation, period):
        return Fraction(0), Fraction(0)
    if component.amount is not None:
        return Fraction(0), component.amount * 10**scale
    if component.amount_from is not None:
        return Fraction(0), _stated(component, evaluation, component.amount_from, period) * 10**scale
    assert component.rate is not None, "exactly one of the three is given"
    if component.base_from is not None:
        decimals = evaluation.unit_of(component.base.measure)
        base = _stated(component, evaluation, component.base_from, period) * 10**decimals
    else:
        counts = evaluation.selected(component.orders, component.in_force) & (evaluation.period == period)
        if component.reversals == "ignore":
            counts &= evaluation.sign > 0
        if of_people is not None:
            counts &= of_people[evaluation.credited]
        base = Fraction(total_of(evaluation.base(component.base)[counts], component.id))
    base = max(base, Fraction(0))
    return base, base * component.rate * evaluation.factor(component.base, component.currency)


def _stated(component: Pool, evaluation: Evaluation, name: str, period: int) -> Fraction:
    found = evaluation.facts.of_company(name, period)
    if found is None:
        raise PlanMismatch(
            say(
                "component {component!r} needs the company's figure {name!r} of period {periods!r}; "
                "state it among the facts, without a participant",
                "يحتاج المكوّن {component!r} إلى رقم الشركة {name!r} للفترة {periods!r}. يُرجى ذكره بين "
                "الوقائع بلا مشارك",
                component=component.id,
                name=name,
                periods=evaluation.periods[period],
            )
        )
    return found


def shares_of(component: Pool, evaluation: Evaluation, period: int) -> tuple[Int64s, int]:
    """Shares of everybody in a period by row, in units of 10^-decimals (or of a common part), and the decimals."""
    able = entitled(component, evaluation, period)
    decimals = 0
    if component.shares_by_rank is not None:
        ranks = evaluation.plan.ranks
        assert ranks is not None, "the plan checks that ranks which are named exist"
        places = _decimals(component)
        by_rank = np.zeros(len(ranks.order) + 1, np.int64)
        for name, shares in component.shares_by_rank.items():
            by_rank[ranks.index(name)] = int(shares * 10**places)
        values, decimals = by_rank[evaluation.rank(period)], places
    elif component.shares_from is not None:
        decimals = evaluation.volume_decimals
        values, _ = evaluation.facts.numbers(component.shares_from, period, decimals)
    elif component.shares_by == "one_each":
        values = np.ones(evaluation.participants, np.int64)
    else:
        measure = component.shares_measure or evaluation.plan.volumes.measure
        decimals = evaluation.unit_of(measure)
        values = evaluation.personal_volume(period, measure)
        if component.shares_by == "group_volume":
            values = evaluation.group_volume(period, measure, component.tree)
        if component.volume_per_share is not None:
            per = component.volume_per_share * 10**decimals
            values, decimals = np.maximum(values, 0) * per.denominator // per.numerator, 0
    return np.where(able & (values > 0), values, 0), decimals


def _decimals(component: Pool) -> int:
    """Decimals in which the shares of ranks are whole; thirds have none and are refused."""
    for places in range(10):
        if all((value * 10**places).denominator == 1 for value in (component.shares_by_rank or {}).values()):
            return places
    raise PlanMismatch(
        say(
            "component {component!r}: shares of ranks must be decimal numbers; multiply them all, "
            "for example 1 and 3 instead of 1/3 and 1",
            "المكوّن {component!r}: يجب أن تكون حصص الرتب أرقامًا عشرية. يُرجى ضربها كلها، مثل ⁨1⁩ و⁨3⁩ بدلًا من ⁨1/3⁩ و⁨1⁩",
            component=component.id,
        )
    )


def per_share(component: Pool, evaluation: Evaluation, division: Division) -> Fraction:
    """Minor units per unit of shares that are paid out; the value of one whole share is rounded where the rule says."""
    if not len(division.rows):
        return Fraction(0)
    exact = division.pool / division.total
    if component.round != "share_down":
        return exact
    one = 10**division.decimals
    unit = _share_unit(component, evaluation)
    units: int = exact * one // unit
    return Fraction(units * unit / one)


def _share_unit(component: Pool, evaluation: Evaluation) -> Fraction:
    currency = component.currency or evaluation.plan.currency
    scale = evaluation.scale_of(currency)
    decimals = scale if component.share_decimals is None else component.share_decimals
    return Fraction(10**scale, 10**decimals)


def divided(component: Pool, evaluation: Evaluation, division: Division, unit: int) -> Int64s:
    """What each of those with shares gets, minor units."""
    paid = np.zeros(len(division.rows), np.int64)
    if not len(paid):
        return paid
    value = per_share(component, evaluation, division) / unit
    top, below = value.numerator, value.denominator
    if max(top, below) >= _ROOM or division.pool / unit >= _ROOM:
        raise AmountOverflow(
            component.id,
            say(
                "pool {pool} over {total} shares",
                "الصندوق {pool} على حصص مجموعها {total}",
                pool=division.pool,
                total=division.total,
            ),
        )
    if component.round != "largest_remainder":
        mode = evaluation.plan.rounding.mode if component.round == "award" else "down"
        share_out.by_award(division.shares, top, below, MODES[mode], paid)
        return paid * unit
    rest = np.empty(len(paid), np.int64)
    share_out.rests(division.shares, top, below, paid, rest)
    more = int(division.pool / unit) - int(paid.sum())
    paid[np.argsort(-rest, kind="stable")[:more]] += 1
    return paid * unit
