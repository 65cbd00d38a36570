"""Claims under a cap that belongs to the family itself: per order, or per new member and period.

Amounts are rounded line by line and then cut: the first ones are paid in full until the cap of their group is
reached. What an order takes back is taken in proportion of what its origin was really paid, and gives room again. What
is cut is breakage with the reason `capped`. Caps per person and period are the plan's `limits`, not this.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from compensation.awarding.order_claims import one_minor_unit
from compensation.awards import CAPPED, REASONS, Int32s, Int64s
from compensation.claims import Claims, exact_round
from compensation.kernels.running import within_cap

if TYPE_CHECKING:
    from compensation.components.contract import Component
    from compensation.evaluation import Evaluation


def cut(
    component: Component,
    evaluation: Evaluation,
    claims: Claims,
    group: Int64s,
    cap: Int64s,
    origin: Int64s,
    before: Int64s | None = None,
) -> Claims:
    """The claims again, with what lies above the cap of their group earned by nobody.

    Args:
        component: whose claims; evaluation: the records.
        claims: in order of time.
        group: number of each claim's group, -1 where it has no cap; cap: per claim, in minor units.
        origin: per claim, the claim that it takes back; -1 where it takes back none.
        before: per group, what was paid in it before; filled with what is paid after.
    """
    count = len(claims.participant)
    if not count:
        return claims
    paid = claims.participant >= 0 if claims.reason is None else claims.reason < 0
    amount = exact_round(
        component, evaluation, claims.base, claims.rate.astype(np.int32), claims.rates, np.arange(count, dtype=np.int32)
    )
    taken = np.empty(count, np.int64)
    groups = before if before is not None else np.zeros(int(group.max(initial=-1)) + 1, np.int64)
    base, whole = _in_one_unit(evaluation, claims, origin)
    within_cap(np.where(paid, group, -1), amount, base, whole, origin, cap, taken, groups)
    changed = np.flatnonzero(paid & (taken != amount))
    if not len(changed):
        return claims
    unit, written = one_minor_unit(component, evaluation, claims.base_decimals)
    rates, names = [*claims.rates, unit], [*claims.written, written]
    base, rate = claims.base.copy(), np.asarray(claims.rate, np.int16).copy()
    base[changed], rate[changed] = taken[changed], len(rates) - 1
    # of what is cut wholly nothing is left to pay
    place = np.concatenate([np.arange(count), changed])
    lost = np.concatenate([np.zeros(count, np.bool_), np.ones(len(changed), np.bool_)])
    kept = lost | (taken != 0)[place] | ~(paid & (taken != amount))[place]
    by_place = np.argsort(place, kind="stable")
    by_place = by_place[kept[by_place]]
    lost, source = lost[by_place], place[by_place]

    def spread(values: Int32s | None) -> Int32s | None:
        return None if values is None else values[source]

    reason = np.where(paid, -1, 0).astype(np.int16) if claims.reason is None else claims.reason
    return replace(
        claims,
        participant=np.where(lost, np.int32(-1), claims.participant[source]).astype(np.int32),
        base=np.concatenate([base, (amount - taken)[changed]])[by_place],
        rate=np.concatenate([rate, np.full(len(changed), len(rates) - 1, np.int16)])[by_place],
        rates=rates,
        written=names,
        order=spread(claims.order),
        period=spread(claims.period),
        source=spread(claims.source),
        level=None if claims.level is None else claims.level[source],
        reason=np.where(lost, REASONS.index(CAPPED), reason[source]).astype(np.int16),
    )


def _in_one_unit(evaluation: Evaluation, claims: Claims, origin: Int64s) -> tuple[Int64s, Int64s]:
    """What each claim is reckoned on, and what the claim that it takes back is, so that they can be compared.

    A fixed amount counts once, its partial reversal in minor units: there the prices (or volumes) of the orders tell.
    """
    base, whole = claims.base.astype(np.int64), claims.base.astype(np.int64)
    back = np.flatnonzero(origin >= 0)
    whole[back] = base[origin[back]]
    other = back[np.asarray(claims.rate)[back] != np.asarray(claims.rate)[origin[back]]]
    if len(other) and claims.order is not None:
        order, first = claims.order[other], claims.order[origin[other]]
        priced = evaluation.amount[first] != 0
        base[other] = np.where(priced, evaluation.amount[order], evaluation.volume[order])
        whole[other] = np.where(priced, evaluation.amount[first], evaluation.volume[first])
    return base, whole


def origins(evaluation: Evaluation, order: Int32s, *same: Int32s) -> Int64s:
    """For each claim on an order that takes another back, the claim on that one which is equal in the rest; else -1."""
    stands = evaluation.origin[order]
    result = np.full(len(order), -1, np.int64)
    back = np.flatnonzero(stands != order)
    if not len(back):
        return result
    reversed_orders = np.unique(stands[back])
    there = np.flatnonzero(np.isin(order, reversed_orders))
    place = {
        (int(order[at]), *(int(values[at]) for values in same)): int(at)
        for at in there[::-1]
        if stands[at] == order[at]
    }
    for at in back:
        result[at] = place.get((int(stands[at]), *(int(values[at]) for values in same)), -1)
    return result
