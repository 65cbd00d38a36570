"""How a smart-contract matrix computes: its purchases, its state by level and row, and the compiled machine.

`play` runs the purchases through `kernels.contract_matrix`; the state of every level is saved by number, so that a
later computation goes on where this one stopped.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from compensation.awarding.order_events import above, can_earn, numbered, rows_by
from compensation.awards import REASONS, Awards, Int32s, State
from compensation.claims import Claims, settle
from compensation.errors import NotRepresentable, PlanMismatch
from compensation.kernels import contract_matrix
from compensation.quantities import decimal_text, to_minor
from intake.text import say

if TYPE_CHECKING:
    from compensation.components.smart_contract_matrix import SmartContractMatrix
    from compensation.evaluation import Evaluation

MATRICES = {"X3": contract_matrix.X3, "X4": contract_matrix.X4}
LOST = {
    contract_matrix.UNKNOWN_BUYER: REASONS.index("unknown-buyer"),
    contract_matrix.ALREADY_HELD: REASONS.index("undistributed"),
}

_PEOPLE = ("parent", "one", "two", "closed")
_COUNTS = ("active", "blocked", "count", "second")


@dataclass(slots=True)
class Played:
    """What the contract did with the purchases."""

    orders: Int32s
    level: Int32s
    """From 0."""
    receiver: Int32s
    """Row of who gets the price; negative where nobody does."""
    reason: Int32s
    """Index into `REASONS`; -1 where somebody is paid."""
    standing: contract_matrix.Standing
    log: npt.NDArray[np.int64]
    """Steps of the watched purchase: (what, row, number)."""


def award(component: SmartContractMatrix, evaluation: Evaluation) -> Awards:
    """One award per purchase, in order of time.

    Raises:
        NotRepresentable: a price is finer than the records' money.
        PlanMismatch: an order names a level that has no price.
    """
    played = play(component, evaluation)
    scale = evaluation.scale_of(component.currency or evaluation.plan.currency)
    for price in component.prices:
        if to_minor(price, scale) is None:
            currency = component.currency or evaluation.plan.currency
            raise NotRepresentable(f"component {component.id!r}, prices", decimal_text(price), currency, scale)
    claims = Claims(
        np.where(played.reason < 0, played.receiver, -1).astype(np.int32),
        np.ones(len(played.orders), np.int64),
        played.level.astype(np.int16),
        [price * Fraction(10**scale) for price in component.prices],
        [decimal_text(price) for price in component.prices],
        order=played.orders,
        level=(played.level + 1).astype(np.int16),
        reason=played.reason.astype(np.int16),
        state=saved(component, evaluation, played.standing),
    )
    return settle(component, evaluation, claims)


def levels_bought(component: SmartContractMatrix, evaluation: Evaluation) -> Int32s:
    """Level that each order buys in this matrix, from 0; -1 where it buys none.

    Raises:
        PlanMismatch: an order names a level that has no price.
    """
    found = evaluation.orders["product"].str.extract(component.pattern, 1).cast(pl.Int32, strict=False)
    level = found.fill_null(0).to_numpy().astype(np.int32)
    wanted = evaluation.selected(component.orders, component.in_force) & (evaluation.sign > 0)
    beyond = np.flatnonzero(wanted & (level > len(component.prices)))
    if len(beyond):
        number = evaluation.orders["id"][int(beyond[0])]
        raise PlanMismatch(
            say(
                "component {component!r}: order {number!r} buys level {level}, and the plan has prices "
                "for {count} levels; add its price to prices",
                "المكوّن {component!r}: يشتري الطلب {number!r} المستوى {level}، وعدد المستويات التي لها "
                "أسعار في الخطة {count}. يُرجى إضافة سعره إلى prices",
                component=component.id,
                number=number,
                level=level[beyond[0]],
                count=len(component.prices),
            )
        )
    return np.where(wanted, level, 0) - 1


def play(component: SmartContractMatrix, evaluation: Evaluation, watched: int = -1) -> Played:
    """Run every purchase of the records, after what an earlier computation left."""
    level = levels_bought(component, evaluation)
    standing = restored(component, evaluation)
    owner = _owner(component, evaluation)
    orders, receivers, reasons = [], [], []
    log = np.empty((0, 3), np.int64)
    for walked in evaluation.walks(component, (level >= 0).astype(np.int64)):
        line = above(walked, standing.active != 0)
        receiver = np.empty(len(walked.orders), np.int32)
        here = np.flatnonzero(walked.orders == watched)
        notes = np.empty((4096 if len(here) else 0, 3), np.int64)
        steps = contract_matrix.run(
            MATRICES[component.matrix], evaluation.buyer[walked.orders], level[walked.orders], owner,
            component.blocking, standing, line, receiver, int(here[0]) if len(here) else -1, notes,
        )  # fmt: skip
        if len(here):
            log = notes[:steps]
        reason = can_earn(component, evaluation, walked, walked.orders, np.maximum(receiver, -1))
        for code, index in LOST.items():
            reason[receiver == code] = index
        orders.append(walked.orders)
        receivers.append(receiver)
        reasons.append(reason)
        evaluation.progress(f"compute {component.id}", int(walked.orders[-1] + 1) / len(evaluation.orders))
    none = [np.empty(0, np.int32)]
    all_orders = np.concatenate(orders or none)
    return Played(
        all_orders,
        level[all_orders],
        np.concatenate(receivers or none),
        np.concatenate(reasons or none),
        standing,
        log,
    )


def _owner(component: SmartContractMatrix, evaluation: Evaluation) -> int:
    """Who holds every level from the start: the first participant without a sponsor, the company's own position first."""
    tree = evaluation.network.tree(component.tree)
    alone = tree.row[tree.parent < 0]
    if not len(alone):
        raise PlanMismatch(
            say(
                "component {component!r}: no participant is without a sponsor; the first one must be",
                "المكوّن {component!r}: لا مشارك بلا راعٍ، ويجب أن يكون الأول كذلك",
                component=component.id,
            )
        )
    kinds = evaluation.column("kind")
    company = [row for row in np.sort(alone) if kinds[int(row)] == "company"]
    return int(company[0]) if company else int(alone.min())


def saved(component: SmartContractMatrix, evaluation: Evaluation, standing: contract_matrix.Standing) -> State:
    """The state of every level, people by number."""
    everybody = np.flatnonzero(standing.active.any(axis=0)).astype(np.int32)
    number = np.zeros(evaluation.participants + 1, np.int64)
    number[everybody] = np.arange(1, len(everybody) + 1)
    state = State({"number": (everybody, number[everybody])})
    for name in (*_COUNTS, *_PEOPLE):
        values = getattr(standing, name)
        for level in range(len(component.prices)):
            if not values.shape[1]:
                continue
            numbers = number[values[level]] if name in _PEOPLE else values[level].astype(np.int64)
            rows = np.flatnonzero(numbers).astype(np.int32)
            if len(rows):
                state.numbers[f"{name}-{level + 1}"] = (rows, numbers[rows])
    return state


def restored(component: SmartContractMatrix, evaluation: Evaluation) -> contract_matrix.Standing:
    """The state that an earlier computation left, or an empty one in which the owner holds everything."""
    state, people = evaluation.state_before(component.id), evaluation.participants
    standing = contract_matrix.standing(len(component.prices), people, MATRICES[component.matrix])
    standing.active[:, _owner(component, evaluation)] = 1
    row_of, _ = numbered(state, people)
    for name in (*_COUNTS, *_PEOPLE):
        values = getattr(standing, name)
        for level in range(len(component.prices)):
            key = f"{name}-{level + 1}"
            if key in state.numbers:
                found = rows_by(state, key, people)
                values[level] = row_of[found] if name in _PEOPLE else found
    return standing
