"""How an affiliate's commissions compute: whose each sale is, its rate, what is added, the factor, and the cap.

A *sale* is an order and one affiliate; with marginal tiers a sale falls into *pieces*, one per tier. Everything is
worked out for all sales at once; only the factor, which depends on what was earned before, is a compiled loop.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from compensation.awarding import customers
from compensation.awarding.attribution_search import Attributed, attribute, customers_of
from compensation.awarding.capped_claims import cut, origins
from compensation.awarding.order_claims import (
    as_it_stood,
    base_of,
    base_unit,
    in_proportion,
    minor,
    ranked_rates,
    standing,
    stated_rates,
)
from compensation.awards import EXPIRED, REASONS, Awards, Int32s, Int64s, State
from compensation.claims import Claims, rounding_unit, settle
from compensation.components import tier_table
from compensation.errors import AmountOverflow, PlanMismatch
from compensation.kernels import running
from compensation.kernels.rounding import MODES, fits
from intake.text import say

if TYPE_CHECKING:
    from compensation.components.affiliate import AddIf, Affiliate, Boost
    from compensation.evaluation import Evaluation

Bools = npt.NDArray[np.bool_]
_FACT_DECIMALS = 6


@dataclass(slots=True)
class Pieces:
    """Parts of sales that each have one rate, in order of time."""

    sale: Int64s
    base: Int64s
    rate: Int32s
    """Index into `rates`."""
    rates: list[Fraction]
    """As the plan states them."""
    tier: Int32s


def base(component: Affiliate, evaluation: Evaluation) -> Int64s:
    """What the rates apply to, per order; of a fixed amount, the amount itself in minor units."""
    if component.amount is None:
        return base_of(component, evaluation, component.base)
    count = (
        np.abs(evaluation.quantity) if component.amount_per == "piece" else np.ones(len(evaluation.orders), np.int64)
    )
    every = np.arange(len(evaluation.orders), dtype=np.int32)
    value = in_proportion(evaluation, every, minor(component, evaluation, component.amount) * count)
    if component.reversals == "ignore":
        value = np.maximum(value, 0)
    return np.where(evaluation.selected(component.orders, component.in_force), value, 0)


def award(component: Affiliate, evaluation: Evaluation) -> Awards:
    """Every award of the component, in order of time."""
    state = State()
    known = _customers(component, evaluation, state)
    sales, value = attributed(component, evaluation, known)
    who = np.where(sales.reason < 0, sales.participant, np.int32(-1))
    share = sales.share(value)
    keeps = component.reversals == "claw_back"
    nothing = np.full(len(who), -1, np.int64)
    origin = origins(evaluation, sales.order, sales.participant) if keeps else nothing
    pieces = _pieces(component, evaluation, sales, who, share, origin, state, known)
    _add(component, evaluation, sales, who, share, pieces, known)
    order, participant = sales.order[pieces.sale], who[pieces.sale]
    taken_from = nothing[: len(order)]
    if keeps:
        taken_from = origins(evaluation, order, sales.participant[pieces.sale], pieces.tier)
    pieces.rate = np.where(taken_from >= 0, pieces.rate[taken_from], pieces.rate) if len(order) else pieces.rate
    unit = Fraction(1) if component.amount is not None else evaluation.factor(component.base, component.currency)
    exact = [rate * unit for rate in pieces.rates]
    written = [f"{rate.numerator}/{rate.denominator}" for rate in pieces.rates]
    if component.amount is not None:
        written = ["1"]
    if component.boost is not None:
        exact, written = _boost(
            component, component.boost, evaluation, order, participant, pieces, exact, taken_from, state
        )
    currency = component.currency or evaluation.plan.currency
    fixed = component.amount is not None
    decimals = evaluation.scale_of(currency) if fixed else evaluation.unit_of(component.base.measure)
    claims = Claims(
        participant.astype(np.int32),
        pieces.base,
        pieces.rate.astype(np.int16),
        exact,
        written,
        order=order,
        level=np.where(pieces.tier >= 0, pieces.tier + 1, 0).astype(np.int16),
        reason=sales.reason[pieces.sale],
        base_decimals=decimals,
        base_unit=currency if fixed else base_unit(evaluation, component.base),
        state=state,
    )
    if component.cap_per_order is not None:
        cap = np.full(len(order), minor(component, evaluation, component.cap_per_order), np.int64)
        claims = cut(component, evaluation, claims, pieces.sale, cap, taken_from)
    if component.attribution.customer == "stays":
        state.notes["customers_of"] = customers_of(component, evaluation, component.attribution)
    return settle(component, evaluation, claims)


def attributed(
    component: Affiliate, evaluation: Evaluation, known: customers.FirstOrders | None = None
) -> tuple[Attributed, Int64s]:
    """Whose each sale is and whether it may be paid, and the base per order; recruiters and managers ask the same."""
    if known is None:
        known = _customers(component, evaluation, State())
    value = base(component, evaluation)
    sales = attribute(component, evaluation, component.attribution, value != 0)
    standing(component, evaluation, sales.order, sales.participant, sales.reason)
    _let_renewals_expire(component, evaluation, sales, known)
    return sales, value


# Customers


def _customers(component: Affiliate, evaluation: Evaluation, state: State) -> customers.FirstOrders | None:
    """When each customer first ordered, where the plan asks for it."""
    asks = component.renewals is not None or any(each.new_customer for each in component.add_if)
    if not asks:
        return None
    known = customers.first_orders(evaluation, evaluation.state_before(component.id))
    state.notes["first_orders"] = known.known_after()
    return known


def _let_renewals_expire(
    component: Affiliate, evaluation: Evaluation, sales: Attributed, known: customers.FirstOrders | None
) -> None:
    rule = component.renewals
    if rule is None or rule.months is None or known is None:
        return
    late = known.later_than_months(evaluation, rule.months, inclusive=rule.last_day == "included")
    stands = as_it_stood(component, evaluation)[sales.order]
    sales.reason[late[stands] & (sales.reason < 0)] = REASONS.index(EXPIRED)


# Rates


def _pieces(
    component: Affiliate,
    evaluation: Evaluation,
    sales: Attributed,
    who: Int32s,
    share: Int64s,
    origin: Int64s,
    state: State,
    known: customers.FirstOrders | None,
) -> Pieces:
    """The rate of each sale, as the plan states it; a sale without a rate has no piece."""
    rates = sorted({*component.stated_rates(), Fraction(1)})
    if component.amount is not None:
        one = np.zeros(len(who), np.int32)
        return Pieces(np.arange(len(who)), share, one, [Fraction(1)], one - 1)
    index = np.full(len(who), -1, np.int32)
    place = {rate: number for number, rate in enumerate(rates)}
    for column, table in (("category", component.rates_by_category), ("product", component.rates_by_product)):
        if table:
            numbers = {name: place[rate] for name, rate in table.items()}
            found = evaluation.orders[column].replace_strict(numbers, default=-1, return_dtype=pl.Int32).to_numpy()
            index = np.where(found[sales.order] >= 0, found[sales.order], index)
    if component.renewals is not None and component.renewals.rate is not None and known is not None:
        index[~known.is_first[as_it_stood(component, evaluation)[sales.order]]] = place[component.renewals.rate]
    rest = index < 0
    if component.rate is not None:
        index[rest] = place[component.rate]
    elif component.rates_by_rank is not None or component.rate_from is not None:
        index = np.where(rest, _personal(component, evaluation, sales, rates), index)
    if component.tiers is None:
        kept = np.flatnonzero(index >= 0)
        return Pieces(kept, share[kept], index[kept], rates, np.full(len(kept), -1, np.int32))
    decimals = evaluation.unit_of(component.base.measure)
    earlier = evaluation.state_before(component.id)
    tiers = tier_table.steps(component.tiers, evaluation, who, sales.order, share, decimals, origin, earlier)
    if tiers.state:
        state.notes["running_total"] = tiers.state
    by_tier = np.array([place[step.rate] for step in component.tiers.steps], np.int32)
    mine = rest[tiers.sale]
    named = np.flatnonzero(~rest)
    sale = np.concatenate([named, tiers.sale[mine]])
    in_time = np.argsort(sale, kind="stable")
    tier = np.concatenate([np.full(len(named), -1, np.int32), tiers.tier[mine]])
    rate = np.concatenate([index[named], by_tier[tiers.tier[mine]]])
    value = np.concatenate([share[named], tiers.base[mine]])
    return Pieces(sale[in_time], value[in_time], rate[in_time], rates, tier[in_time])


def _personal(component: Affiliate, evaluation: Evaluation, sales: Attributed, rates: list[Fraction]) -> Int32s:
    """By rank or by a fact: index of the rate, -1 for none; rates that only the records state are added to the list."""
    if component.rate_from is not None:
        index, stated = stated_rates(component, evaluation, component.rate_from, sales.order, sales.participant)
    else:
        assert component.rates_by_rank is not None
        index, stated = ranked_rates(component, evaluation, component.rates_by_rank, sales.order, sales.participant)
    rates += [rate for rate in stated if rate not in rates]
    return np.array([*(rates.index(rate) for rate in stated), -1], np.int32)[index]


def _add(
    component: Affiliate,
    evaluation: Evaluation,
    sales: Attributed,
    who: Int32s,
    share: Int64s,
    pieces: Pieces,
    known: customers.FirstOrders | None,
) -> None:
    """Points added to the rates, condition by condition."""
    if not component.add_if or not len(pieces.sale):
        return
    code = pieces.rate.astype(np.int64)
    for each in component.add_if:
        code = code * 2 + _holds(component, each, evaluation, sales, who, share, known)[pieces.sale]
    cases, index = np.unique(code, return_inverse=True)
    rates: list[Fraction] = []
    for case in cases.tolist():
        added = Fraction(0)
        for each in reversed(component.add_if):
            added += each.add * (case % 2)
            case //= 2
        rates.append(pieces.rates[case] + added)
    pieces.rates, pieces.rate = rates, index.astype(np.int32)


def _holds(
    component: Affiliate,
    condition: AddIf,
    evaluation: Evaluation,
    sales: Attributed,
    who: Int32s,
    share: Int64s,
    known: customers.FirstOrders | None,
) -> Bools:
    """Per sale, whether one condition holds."""
    stands = as_it_stood(component, evaluation)[sales.order]
    if condition.new_customer:
        assert known is not None
        return known.new_customer[stands]
    period = evaluation.period[stands]
    if condition.total is not None:
        counted = share if condition.total == "sales" else evaluation.sign[sales.order]
        decimals = evaluation.unit_of(component.base.measure) if condition.total == "sales" else 0
        group = who.astype(np.int64) * len(evaluation.periods) + evaluation.period[sales.order]
        own = who.astype(np.int64) * len(evaluation.periods) + period
        cells, at = np.unique(np.concatenate([group, own]), return_inverse=True)
        sums = np.zeros(len(cells), np.int64)
        np.add.at(sums, at[: len(group)], counted)
        return (who >= 0) & _passes(condition, sums[at[len(group) :]], decimals)
    assert condition.fact is not None
    result = np.zeros(len(stands), np.bool_)
    for each in np.unique(period):
        here = (period == each) & (sales.participant >= 0)
        if condition.above is None and condition.at_least is None:
            holds = evaluation.facts.flags(condition.fact, int(each))
        else:
            numbers, given = evaluation.facts.numbers(condition.fact, int(each), _FACT_DECIMALS)
            holds = given & _passes(condition, numbers, _FACT_DECIMALS)
        result[here] = holds[sales.participant[here]]
    return result


def _passes(condition: AddIf, values: Int64s, decimals: int) -> Bools:
    if condition.above is not None:
        scaled = condition.above * 10**decimals
        above: Bools = values > scaled.numerator // scaled.denominator
        return above
    scaled = (condition.at_least or Fraction(0)) * 10**decimals
    enough: Bools = values >= -(-scaled.numerator // scaled.denominator)
    return enough


# The factor


def _boost(
    component: Affiliate,
    boost: Boost,
    evaluation: Evaluation,
    order: Int32s,
    who: Int32s,
    pieces: Pieces,
    exact: list[Fraction],
    origin: Int64s,
    state: State,
) -> tuple[list[Fraction], list[str]]:
    """Multiply the rates once the threshold was reached; the pieces then point into the list that is returned."""
    factors = [Fraction(1), *(step.factor for step in boost.steps)]
    unit = rounding_unit(component, evaluation)
    table = [[rate * factor for factor in factors] for rate in exact]
    denominator = lcm(*((rate / unit).denominator for row in table for rate in row))
    numerator = [[int(rate / unit * denominator) for rate in row] for row in table]
    if not fits(int(np.abs(pieces.base).max(initial=0)), max(max(row) for row in numerator), denominator):
        raise AmountOverflow(
            component.id,
            say(
                "base x rate x factor over {denominator}",
                "الأساس × النسبة × المعامل على المقام {denominator}",
                denominator=denominator,
            ),
        )
    if boost.of == "commission":
        decimals = evaluation.scale_of(component.currency or evaluation.plan.currency)
        counted = np.zeros(len(order), np.int64)
    else:
        decimals = evaluation.unit_of(component.base.measure) if boost.of == "sales" else 0
        counted = pieces.base if boost.of == "sales" else _once_per_sale(pieces.sale, evaluation.sign[order])
    least = [step.at_least * 10**decimals for step in boost.steps]
    threshold = np.array([-(-each.numerator // each.denominator) for each in least], np.int64)
    group = who.astype(np.int64)
    start = np.zeros(len(order), np.int64)
    if boost.over == "period":
        group = who.astype(np.int64) * (len(evaluation.periods) + 1) + evaluation.period[order] + 1
    else:
        rows, values = evaluation.state_before(component.id).numbers.get("boost_total", (None, None))
        if rows is not None and values is not None:
            had = np.zeros(evaluation.participants + 1, np.int64)
            had[rows] = values
            start = had[who]
    ordered = np.argsort(group, kind="stable")
    place = np.empty(len(order) + 1, np.int64)
    place[ordered], place[-1] = np.arange(len(order)), -1
    step, closing = np.zeros(len(order), np.int64), np.zeros(len(order), np.int64)
    running.boosted(
        group[ordered], pieces.sale[ordered], pieces.base[ordered], pieces.rate[ordered].astype(np.int64), counted[ordered],
        place[origin][ordered], np.array(numerator, np.int64), denominator, MODES[evaluation.plan.rounding.mode], unit,
        threshold, boost.of == "commission", boost.this_order == "included", start[ordered], step, closing,
    )  # fmt: skip
    by_piece = np.empty(len(order), np.int64)
    by_piece[ordered] = np.where(who[ordered] >= 0, step, 0)
    if boost.over == "ever":
        _keep_totals(evaluation, component, who[ordered], closing, state)
    cases, index = np.unique(pieces.rate.astype(np.int64) * len(factors) + by_piece, return_inverse=True)
    if len(cases) >= np.iinfo(np.int16).max:
        raise PlanMismatch(
            say(
                "component {component!r} has more than 32,766 different rates; state fewer in the facts",
                "للمكوّن {component!r} أكثر من ⁨32,766⁩ نسبة مختلفة. يُرجى تقليل ما تذكره الوقائع منها",
                component=component.id,
            )
        )
    stated = [pieces.rates[case // len(factors)] * factors[case % len(factors)] for case in cases.tolist()]
    pieces.rate = index.astype(np.int32)
    return (
        [table[case // len(factors)][case % len(factors)] for case in cases.tolist()],
        [f"{rate.numerator}/{rate.denominator}" for rate in stated],
    )


def _once_per_sale(sale: Int64s, value: Int64s) -> Int64s:
    """The value at the first piece of each sale, 0 at its other pieces."""
    again = np.append(False, sale[1:] == sale[:-1])
    return np.where(again, 0, value)


def _keep_totals(evaluation: Evaluation, component: Affiliate, who: Int32s, closing: Int64s, state: State) -> None:
    had = np.zeros(evaluation.participants, np.int64)
    rows, values = evaluation.state_before(component.id).numbers.get("boost_total", (None, None))
    if rows is not None and values is not None:
        had[rows] = values
    last = np.append(who[1:] != who[:-1], True) & (who >= 0) if len(who) else np.zeros(0, np.bool_)
    had[who[last]] = closing[last]
    kept = np.flatnonzero(had).astype(np.int32)
    state.numbers["boost_total"] = (kept, had[kept])
