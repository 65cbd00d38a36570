"""How tiers above an affiliate compute: the sales and their bases, who stands above, and tier by tier the amounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compensation.awarding import affiliate as affiliate_awards
from compensation.awarding import upline_levels
from compensation.awarding.order_claims import base_of, base_unit
from compensation.awards import BREAKAGE, Awards, Int32s, Int64s
from compensation.claims import Claims, exact_round, settle
from compensation.components.affiliate import Affiliate
from compensation.components.two_tier import per_sale
from compensation.errors import PlanMismatch
from intake.text import say

if TYPE_CHECKING:
    from compensation.components.contract import Component
    from compensation.components.two_tier import TwoTier
    from compensation.evaluation import Evaluation

Sales = tuple[Int32s, Int32s, Int64s]
"""Order, row of the affiliate, and value; one entry per order and affiliate, in order of time."""


def paid_sales(component: TwoTier, evaluation: Evaluation) -> Sales:
    """What the named components paid, by order and affiliate, in minor units; on orders that this component pays on."""
    currency = component.currency or evaluation.plan.currency
    wanted = np.append(evaluation.selected(component.orders, component.in_force), np.False_)
    if component.reversals == "ignore":
        wanted[:-1] &= evaluation.sign > 0
    found: list[Sales] = []
    for name in component.of:
        other = evaluation.plan.component(name)
        if (other.currency or evaluation.plan.currency) != currency:
            raise PlanMismatch(
                say(
                    "component {component!r} is a share of {name!r}, which pays in another currency; give "
                    "both the same",
                    "المكوّن {component!r} حصة من {name!r} الذي يُدفع بعملة أخرى. يُرجى أن تكون العملة واحدة",
                    component=component.id,
                    name=name,
                )
            )
        awards = evaluation.awarded[name]
        hit = (awards.status != BREAKAGE) & (awards.order >= 0) & wanted[awards.order]
        found.append((awards.order[hit], awards.participant[hit], awards.amount[hit]))
    order, row, amount = (np.concatenate(column) for column in zip(*found, strict=True))
    return per_sale(order, row, amount, evaluation.participants)


def attributed_sales(component: Component, of: tuple[str, ...], evaluation: Evaluation, base: Int64s) -> Sales:
    """The base of every order, by affiliate to whom one of the named components attributes it.

    Raises:
        PlanMismatch: one of them is no affiliate component.
    """
    found: list[Sales] = []
    for name in of:
        other = evaluation.plan.component(name)
        if not isinstance(other, Affiliate):
            raise PlanMismatch(
                say(
                    "component {component!r} asks whose sales they are, which {name!r} does not say; name a "
                    "component of the family affiliate",
                    "يحتاج المكوّن {component!r} إلى معرفة أصحاب المبيعات، ولا يبيّن {name!r} ذلك. يُرجى "
                    "تسمية مكوّن من عائلة affiliate",
                    component=component.id,
                    name=name,
                )
            )
        sales, _ = affiliate_awards.attributed(other, evaluation)
        earned = (sales.reason < 0) & (base[sales.order] != 0)
        found.append((sales.order[earned], sales.participant[earned], sales.share(base)[earned]))
    order, row, value = (np.concatenate(column) for column in zip(*found, strict=True))
    # an order that two components attribute to the same affiliate is one sale
    _, first = np.unique(order.astype(np.int64) * evaluation.participants + row, return_index=True)
    return order[first], row[first], value[first]


def award(component: TwoTier, evaluation: Evaluation) -> Awards:
    """Every award of the component, in order of time."""
    currency = component.currency or evaluation.plan.currency
    decimals, unit = evaluation.scale_of(currency), currency
    factor = evaluation.factor(component.base, component.currency)
    if component.share_of == "commission":
        order, below, value = paid_sales(component, evaluation)
        factor = factor / component.base.share
    else:
        base = base_of(component, evaluation, component.base)
        order, below, value = attributed_sales(component, component.of, evaluation, base)
        decimals, unit = evaluation.unit_of(component.base.measure), base_unit(evaluation, component.base)
        if component.share_of == "remainder":
            value = value - _looked_up(paid_sales(component, evaluation), order, below, evaluation.participants)
    levels = len(component.rates)
    found = upline_levels.above(
        component, evaluation, order, below, levels, component.compression, component.tree_as_of
    )
    rates = [rate * factor for rate in component.rates]
    tiers = np.tile(np.arange(levels, dtype=np.int32), len(order))
    bases = np.repeat(value, levels)
    if component.share_of == "remainder":
        left = value.copy()
        for level in range(levels):
            bases[level::levels] = left
            count = len(left)
            paid = exact_round(
                component, evaluation, left, np.full(count, level, np.int32), rates, np.arange(count, dtype=np.int32)
            )
            left = left - np.where(found.participant[level::levels] >= 0, paid, 0)
    kept = np.flatnonzero(bases)
    claims = Claims(
        found.participant[kept],
        bases[kept],
        tiers[kept].astype(np.int16),
        rates,
        [f"{rate.numerator}/{rate.denominator}" for rate in component.rates],
        order=order[found.item[kept]],
        source=below[found.item[kept]],
        level=found.level[kept],
        reason=found.reason[kept],
        base_decimals=decimals,
        base_unit=unit,
    )
    return settle(component, evaluation, claims)


def _looked_up(sales: Sales, order: Int32s, row: Int32s, people: int) -> Int64s:
    """The value of each order and affiliate, 0 where there is none."""
    keys = sales[0].astype(np.int64) * people + sales[1]
    wanted = order.astype(np.int64) * people + row
    at = np.searchsorted(keys, wanted)
    there = np.append(keys, -1)[at] == wanted
    return np.where(there, np.append(sales[2], 0)[at], 0)
