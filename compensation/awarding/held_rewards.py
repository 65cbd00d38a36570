"""Fixed rewards to somebody above, with or without hold-back: what two families share.

A family says per order which kind of reward it owes and how many levels up; here the receivers are found, the
rewards settled in order of time (`hold_back.settle`), and the result laid out as awards with a balance. Levels are
the plan's ranks, bought (`ranks: {source: purchases}`) or held.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from compensation.awarding.order_claims import in_proportion
from compensation.awards import (
    BREAKAGE,
    HELD,
    INELIGIBLE,
    NO_UPLINE,
    PAID,
    REASONS,
    RELEASED,
    UNKNOWN_BUYER,
    Awards,
    Balance,
)
from compensation.errors import AmountOverflow, NotRepresentable
from compensation.kernels import hold_back
from compensation.quantities import decimal_text, to_minor
from intake.text import Text

if TYPE_CHECKING:
    from compensation.components.contract import Component
    from compensation.evaluation import Evaluation

ALWAYS = np.iinfo(np.int32).max
"""More rewards than anybody gets: all of them count as first ones."""

_HELD_NOTE, _RELEASED_NOTE = len(REASONS), len(REASONS) + 1
NOTES = [*REASONS, "held-back", "released"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of reward: to whom, how much, and what the receiver needs."""

    level: int
    """What payout lines call the level: how far up the receiver stands."""
    amount: Fraction
    free: int
    """So many first rewards of this kind need only `first_needs`."""
    first_needs: int
    later_needs: int


def settle(component: Component, evaluation: Evaluation, kinds: list[Kind], kind_of: npt.NDArray[np.int32]) -> Awards:
    """Every reward of a component.

    Args:
        component: whose rewards.
        evaluation: the records.
        kinds: the kinds of reward.
        kind_of: per order, index of the kind it owes, -1 for none.
    """
    currency = component.currency or evaluation.plan.currency
    scale = evaluation.scale_of(currency)
    amounts = np.array([_minor(component, kind.amount, currency, scale) for kind in kinds], np.int64)
    ups = np.array([kind.level for kind in kinds], np.int32)
    owing = kind_of >= 0
    if int(amounts.max(initial=0)) * len(kind_of) >= 1 << 62:
        raise AmountOverflow(component.id, Text(en="the sum of all rewards", ar="مجموع كل المكافآت"))
    receiver = np.full(len(kind_of), -1, np.int32)
    blocked = np.zeros(len(kind_of), np.bool_)
    for walk in evaluation.walks(component, owing.astype(np.int64)):
        start = np.append(walk.tree.position, np.int32(-1))[evaluation.buyer[walk.orders]]
        above = hold_back.climb(walk.parent, start, ups[kind_of[walk.orders]])
        row = np.append(walk.tree.row, np.int32(-1))[above]
        may = np.append(evaluation.eligible(walk.period, component.eligibility), np.False_)[row]
        gone = np.append(evaluation.left, 0)[row] <= walk.when
        receiver[walk.orders] = row
        blocked[walk.orders] = ~may | gone
    level = evaluation.starting_rank().copy()
    counts = np.zeros((len(kinds), evaluation.participants), np.int32)
    status = np.full(len(kind_of), -1, np.int8)
    paid_with = np.full(len(kind_of), -1, np.int32)
    needs = np.zeros(len(kind_of), np.int16)
    hold_back.settle(
        evaluation.buyer, evaluation.bought, kind_of, receiver, blocked, level, counts,
        np.array([kind.free for kind in kinds], np.int32),
        np.array([kind.first_needs for kind in kinds], np.int16),
        np.array([kind.later_needs for kind in kinds], np.int16),
        paid_with, status, needs,
    )  # fmt: skip
    order = np.flatnonzero(status >= 0).astype(np.int32)
    back = _taken_back(component, evaluation, status)
    awards = _laid_out(
        component, evaluation, kinds, amounts, kind_of, receiver, status, paid_with, np.append(order, back)
    )
    awards.state.notes = _state(evaluation, kinds, amounts, kind_of, receiver, status, needs, counts, level, back)
    return awards


def _taken_back(component: Component, evaluation: Evaluation, status: npt.NDArray[np.int8]) -> npt.NDArray[np.int32]:
    """The orders that take back an order whose reward was paid, released, or is held."""
    if component.reversals != "claw_back":
        return np.empty(0, np.int32)
    origin = evaluation.origin
    rewarded = np.isin(status[origin], [0, 1, 2])
    return np.flatnonzero(rewarded & (origin != np.arange(len(origin)))).astype(np.int32)


def _laid_out(
    component: Component,
    evaluation: Evaluation,
    kinds: list[Kind],
    amounts: npt.NDArray[np.int64],
    kind_of: npt.NDArray[np.int32],
    receiver: npt.NDArray[np.int32],
    status: npt.NDArray[np.int8],
    paid_with: npt.NDArray[np.int32],
    order: npt.NDArray[np.int32],
) -> Awards:
    # what takes an order back undoes its reward: what is held is held less, what was paid is taken back
    stands = evaluation.origin[order] if component.reversals == "claw_back" else order
    kind, state = kind_of[stands], status[stands]
    amount = in_proportion(evaluation, order, amounts[kind])
    names = np.array([PAID, HELD, RELEASED, BREAKAGE], np.int8)[state]
    reason = np.where(receiver[stands] < 0, REASONS.index(NO_UPLINE), REASONS.index(INELIGIBLE))
    reason = np.where(evaluation.buyer[order] < 0, REASONS.index(UNKNOWN_BUYER), reason)
    note = np.select([names == HELD, names == RELEASED, names == BREAKAGE], [_HELD_NOTE, _RELEASED_NOTE, reason], -1)
    paid = (names == PAID) | (names == RELEASED)
    balance = Balance(Fraction(int(amount.sum())), paid=int(amount[paid].sum()), held=int(amount[names == HELD].sum()))
    breakage: list[tuple[int, int, str, int, int]] = []
    lost = names == BREAKAGE
    cells: dict[tuple[int, int, str], list[int]] = {}
    for index in np.flatnonzero(lost):
        where = (int(evaluation.period[order[index]]), kinds[kind[index]].level, REASONS[int(reason[index])])
        cells.setdefault(where, []).append(int(amount[index]))
    for (period, level, why), values in sorted(cells.items()):
        breakage.append((period, level, why, len(values), sum(values)))
        balance.breakage[why] = balance.breakage.get(why, 0) + sum(values)
    assert balance.ties, f"{component.id}: allotted money is unaccounted for"
    event = np.maximum(paid_with[stands], order).astype(np.int32)
    keep = np.ones(len(order), np.bool_) if evaluation.keep_breakage else ~lost
    in_time = np.flatnonzero(keep)[np.argsort(event[keep], kind="stable")]
    order, stands, event, lost = order[in_time], stands[in_time], event[in_time], lost[in_time]
    rates = [decimal_text(each.amount) for each in kinds]
    base = evaluation.sign.copy()
    return Awards(
        component.id,
        order,
        np.where(lost, np.int32(-1), receiver[stands]),
        np.array([each.level for each in kinds], np.int16)[kind[in_time]],
        kind[in_time].astype(np.int16),
        amount[in_time],
        names[in_time],
        note[in_time].astype(np.int16),
        order_base=base,
        paid_with=event,
        rates=rates,
        exact=[Fraction(int(each)) for each in amounts],
        notes=NOTES,
        balance=balance,
        breakage=breakage,
    )


def _state(
    evaluation: Evaluation,
    kinds: list[Kind],
    amounts: npt.NDArray[np.int64],
    kind_of: npt.NDArray[np.int32],
    receiver: npt.NDArray[np.int32],
    status: npt.NDArray[np.int8],
    needs: npt.NDArray[np.int16],
    counts: npt.NDArray[np.int32],
    level: npt.NDArray[np.int16],
    back: npt.NDArray[np.int32],
) -> dict[str, object]:
    """What a later computation would have to know: who holds which level, what is counted, what is held."""
    ranks = evaluation.plan.ranks.order if evaluation.plan.ranks else []
    order_ids = evaluation.orders["id"]
    waiting = np.append(np.flatnonzero(status == 1), back[status[evaluation.origin[back]] == 1])
    stands = np.where(np.isin(waiting, back), evaluation.origin[waiting], waiting)
    amount = in_proportion(evaluation, waiting.astype(np.int32), amounts[kind_of[stands]])
    held: list[dict[str, Any]] = [
        {
            "participant": evaluation.id_of(int(receiver[index])),
            "order": order_ids[int(order)],
            "level": kinds[int(kind_of[index])].level,
            "amount": int(each),
            "needs": ranks[int(needs[index]) - 1],
        }
        for order, index, each in zip(waiting, stands, amount, strict=True)
    ]
    counted = {
        str(kind.level): {evaluation.id_of(int(row)): int(counts[index, row]) for row in np.flatnonzero(counts[index])}
        for index, kind in enumerate(kinds)
    }
    start = evaluation.starting_rank()
    raised = {evaluation.id_of(int(row)): ranks[int(level[row]) - 1] for row in np.flatnonzero(level > start)}
    return {"held": held, "counted": counted, "levels": raised}


def _minor(component: Component, amount: Fraction, currency: str, scale: int) -> int:
    minor = to_minor(amount, scale)
    if minor is None:
        raise NotRepresentable(f"component {component.id!r}", decimal_text(amount), currency, scale)
    return minor
