"""How an X-up computes: its sales in order of time, the compiled count, and three shares of each sale.

`play` follows every sale; what takes an order back repeats, with its own amount, what the order paid. The counts and
the lines of people who were passed up are saved by number for a later computation.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from compensation.awarding.order_events import INELIGIBLE, above, numbered, rows_by, taken_back
from compensation.awards import REASONS, Awards, Int32s, Int64s, State
from compensation.claims import Claims, settle
from compensation.kernels import pass_up
from compensation.quantities import decimal_text

if TYPE_CHECKING:
    from compensation.components.x_up import XUp
    from compensation.evaluation import Evaluation

_UNDISTRIBUTED = REASONS.index("undistributed")


@dataclass(slots=True)
class Sales:
    """What became of each sale, in order of time."""

    order: Int32s
    number: Int32s
    """Which of the recruiter's sales it was; 0 where there is no recruiter."""
    recruiter: Int32s
    receiver: Int32s
    """Who got it, or keeps it; -1 for nobody."""
    over: Int32s
    """The next qualified person above him; -1 for nobody."""
    kept: npt.NDArray[np.bool_]
    hops: Int32s
    """Steps up from the recruiter."""
    reason: Int32s
    """Why nobody got it; -1 where somebody did."""
    unqualified: npt.NDArray[np.bool_]
    """Whether the recruiter himself cannot earn."""


def base_of(component: XUp, evaluation: Evaluation) -> Int64s:
    """What the shares apply to, per order; 0 where it is no sale."""
    base = evaluation.measure("orders") if component.fixed else evaluation.base(component.base)
    if component.reversals == "ignore":
        base = np.maximum(base, 0)
    return np.where(evaluation.selected(component.orders, component.in_force), base, 0)


def company_row(evaluation: Evaluation) -> int:
    """Row of the participant who is the company; -1 where there is none."""
    found = np.flatnonzero((evaluation.column("kind") == "company").fill_null(value=False).to_numpy())
    return int(found[0]) if len(found) else -1


def award(component: XUp, evaluation: Evaluation) -> Awards:
    """The awards of every sale, in order of time."""
    base = base_of(component, evaluation)
    sales, state = play(component, evaluation, base)
    order, event = sales.order, np.arange(len(sales.order), dtype=np.int32)
    back = taken_back(component, evaluation)
    back = back[base[back] != 0]
    if len(back):
        event_of = np.full(len(evaluation.orders), -1, np.int32)
        event_of[order] = event
        known = event_of[evaluation.origin[back]]
        order, event = np.append(order, back[known >= 0]), np.append(event, known[known >= 0])
        # by the period in which it pays, then in order of time
        place = np.lexsort((order, evaluation.period[order]))
        order, event = order[place], event[place]
    who, reason = _parts(component, evaluation, sales)
    shares = [share for split in component.splits() for share in (split.recruiter, split.receiver, split.company)]
    offered = np.where(sales.kept, 3, 0)[:, None] + np.arange(3)
    level = np.stack([np.ones_like(sales.hops), sales.hops + 1, np.zeros_like(sales.hops)], axis=1)
    level += np.where(sales.kept, 1, 0)[:, None] * np.stack(
        [sales.hops, np.ones_like(sales.hops), sales.hops * 0], axis=1
    )
    paying = (np.array([share > 0 for share in shares])[offered])[event].ravel()
    scale = evaluation.scale_of(component.currency or evaluation.plan.currency)
    factor = Fraction(10**scale) if component.fixed else evaluation.factor(component.base, component.currency)
    measure = component.base.measure
    claims = Claims(
        who[event].ravel()[paying].astype(np.int32),
        np.repeat(base[order], 3)[paying],
        offered[event].ravel()[paying].astype(np.int16),
        [share * factor for share in shares],
        [decimal_text(s) if component.fixed else f"{s.numerator}/{s.denominator}" for s in shares],
        order=np.repeat(order, 3)[paying].astype(np.int32),
        level=level[event].ravel()[paying].astype(np.int16),
        reason=reason[event].ravel()[paying].astype(np.int16),
        base_decimals=0 if component.fixed else evaluation.unit_of(measure),
        base_unit="" if component.fixed else evaluation.plan.currency if component.base.money else measure,
        state=state,
    )
    return settle(component, evaluation, claims)


def _parts(component: XUp, evaluation: Evaluation, sales: Sales) -> tuple[Int32s, Int32s]:
    """Per sale: who gets the recruiter's, the receiver's and the company's share, and why nobody does."""
    company = np.full(len(sales.order), company_row(evaluation), np.int32)
    for_company = np.where(company < 0, _UNDISTRIBUTED, -1).astype(np.int32)
    lost = np.where(sales.unqualified, INELIGIBLE, -1).astype(np.int32)
    to_company = ~sales.kept & (component.passed_to == "company")
    # a kept sale's own share is for whoever keeps it; a passed one's for whoever made it
    first = np.where(sales.kept, sales.receiver, sales.recruiter)
    first_reason = np.where(sales.kept, sales.reason, lost)
    second = np.where(sales.kept, sales.over, np.where(to_company, company, sales.receiver))
    nobody_over = np.where(sales.receiver < 0, sales.reason, pass_up.NO_UPLINE)
    second_reason = np.where(
        sales.kept,
        np.where(sales.over < 0, nobody_over, -1),
        np.where(to_company, for_company, sales.reason),
    )
    who = np.stack([first, second, company], axis=1)
    reason = np.stack([first_reason, second_reason, for_company], axis=1)
    return np.where(reason >= 0, -1, who).astype(np.int32), reason.astype(np.int32)


def play(component: XUp, evaluation: Evaluation, base: Int64s) -> tuple[Sales, State]:
    """Follow every sale, after what an earlier computation left."""
    people = evaluation.participants
    before = evaluation.state_before(component.id)
    kinds, kind_of = _kinds(component, evaluation, list(before.numbers))
    per_period = "period" in component.count_per
    count = np.zeros((len(kinds), people), np.int32)
    if not per_period:
        for index, name in enumerate(kinds):
            count[index] = rows_by(before, f"count:{name}", people)
    row_of, _ = numbered(before, people)
    line = row_of[rows_by(before, "line", people)].astype(np.int32)
    passes = np.zeros(component.numbers[-1] + 1, np.bool_)
    passes[component.numbers] = True
    named = np.zeros(len(base), np.bool_)
    if component.reversals == "claw_back":
        named[evaluation.origin != np.arange(len(base))] = True
    pieces: list[Sales] = []
    last = -1
    for walked in evaluation.walks(component, np.where(named, 0, base)):
        if per_period and walked.pays_in != last:
            count[:] = 0
        last = walked.pays_in
        eligible = evaluation.eligible(walked.period, component.eligibility)
        orders, size = walked.orders, len(walked.orders)
        numbers = [np.empty(size, np.int32) for _ in range(6)]
        number, recruiter, receiver, over, hops, reason = numbers
        kept = np.empty(size, np.bool_)
        when = evaluation.when[orders]
        pass_up.run(
            evaluation.buyer[orders], evaluation.seller[orders], kind_of[orders], np.sign(base[orders]), when,
            above(walked, eligible[None, :]), eligible, evaluation.left, line, count, passes,
            component.then_every or 0, component.passed_to == "company", component.what == "person",
            component.unqualified == "passes_on", component.received_count,
            number, recruiter, receiver, over, kept, hops, reason,
        )  # fmt: skip
        unqualified = (recruiter >= 0) & ~(eligible[recruiter] & (evaluation.left[recruiter] > when))
        pieces.append(Sales(orders, number, recruiter, receiver, over, kept, hops, reason, unqualified))
        evaluation.progress(f"compute {component.id}", int(orders[-1] + 1) / len(base))
    return _joined(pieces), _saved(kinds, count, line, per_period)


def _kinds(component: XUp, evaluation: Evaluation, saved: list[str]) -> tuple[list[str], Int32s]:
    """What sales are counted apart by, and which each order is of."""
    if "product" not in component.count_per:
        return [""], np.zeros(len(evaluation.orders), np.int32)
    products = evaluation.orders["product"].fill_null("")
    earlier = [name.removeprefix("count:") for name in saved if name.startswith("count:")]
    kinds = sorted({*products.unique().to_list(), *earlier})
    index = {name: position for position, name in enumerate(kinds)}
    return kinds, products.replace_strict(index, return_dtype=pl.Int32).to_numpy()


def _joined(pieces: list[Sales]) -> Sales:
    empty = np.empty(0, np.int32)
    none = Sales(empty, empty, empty, empty, empty, empty.astype(np.bool_), empty, empty, empty.astype(np.bool_))
    pieces = pieces or [none]
    return Sales(*(np.concatenate([getattr(piece, each.name) for piece in pieces]) for each in fields(Sales)))


def _saved(kinds: list[str], count: Int32s, line: Int32s, per_period: bool) -> State:
    state = State()
    if not per_period:
        for name, counted in zip(kinds, count, strict=True):
            rows = np.flatnonzero(counted).astype(np.int32)
            if len(rows):
                state.numbers[f"count:{name}"] = (rows, counted[rows].astype(np.int64))
    moved = np.flatnonzero(line >= 0).astype(np.int32)
    if len(moved):
        everybody = np.unique(line[moved]).astype(np.int32)
        state.numbers["number"] = (everybody, np.arange(1, len(everybody) + 1))
        state.numbers["line"] = (moved, np.searchsorted(everybody, line[moved]).astype(np.int64) + 1)
    return state
