"""How a coded bonus computes: first sales in order of time, who codes when, and to whom each member's line is coded.

When somebody codes depends only on the first sales of his own direct recruits, so those moments are known before
anybody is looked for; the nearest holder above each first sale is then found for all sales at once
(`kernels.nearest_above.marked_above`).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from compensation.awarding import order_claims
from compensation.awards import NO_UPLINE, REASONS, Awards, Int32s, Int64s, State
from compensation.claims import Claims, settle
from compensation.frame import Base
from compensation.kernels import nearest_above
from compensation.steps import Step
from compensation.wording import arithmetic
from intake.text import Text

if TYPE_CHECKING:
    from compensation.components.coded_bonus import CodedBonus
    from compensation.evaluation import Evaluation, Walk

Bools = npt.NDArray[np.bool_]

NEVER = np.iinfo(np.int64).max
BEFORE = -1
"""Number of the event with which somebody coded in an earlier computation, or as a founder."""
MOST_TOLD = 50


@dataclass(slots=True)
class Coded:
    """Who has coded, and to whom lines are coded."""

    first: Int32s
    """The first qualified sale of each member, orders rising: the events."""
    sponsor: Int32s
    """Row of each event's direct sponsor, -1 for none."""
    coded_with: Int64s
    """Per row, the number of the event that was the last one to pass up; he holds the code from the next one on."""
    holder: Int32s
    """Per row of a member: to whom the line is coded; -1 for nobody (yet, or for good)."""
    known: Bools
    """Per row, whether the line is coded at all."""
    passed: Int64s
    """Per row, first sales of direct recruits so far."""


def _bases(component: CodedBonus, evaluation: Evaluation) -> Int64s:
    """The base per order, 0 where it is no qualified sale of a member."""
    base = Base(measure="orders") if component.rate is None else component.base
    value = order_claims.base_of(component, evaluation, base)
    if component.amounts_by_product is not None:
        listed = evaluation.orders["product"].is_in(list(component.amounts_by_product)).fill_null(value=False)
        value = np.where(listed.to_numpy()[evaluation.origin], value, 0)
    return np.where(evaluation.credited >= 0, value, 0)


def code(component: CodedBonus, evaluation: Evaluation, base: Int64s) -> Coded:
    """Follow the first sales in order of time."""
    people = evaluation.participants
    earlier = evaluation.state_before(component.id)
    rows, numbers = earlier.numbers.get("passed_up", (np.empty(0, np.int32), np.empty(0, np.int64)))
    passed = np.zeros(people, np.int64)
    passed[rows] = numbers
    holder, known = _holders_before(evaluation, earlier)
    sales = np.flatnonzero((base != 0) & (evaluation.sign > 0))
    member = evaluation.credited[sales]
    _, first = np.unique(member, return_index=True)
    events = np.sort(sales[first[~known[member[first]]]]).astype(np.int32)
    marks = np.zeros(len(base), np.int64)
    marks[events] = 1
    number = np.full(len(base), -1, np.int64)
    number[events] = np.arange(len(events))
    sponsor = order_claims.sponsors(component, evaluation, evaluation.credited, marks != 0)[events]
    coded_with = _coded_with(component, sponsor, passed)
    needs = _needs(component, evaluation, events)
    for walk in evaluation.walks(component, marks):
        tree = walk.tree
        from_ = coded_with[tree.row].copy()
        from_[walk.parent < 0] = BEFORE
        eligible = evaluation.eligible(walk.period, component.eligibility)
        rank = evaluation.rank(walk.period)
        asked = needs[number[walk.orders]]
        for need in np.unique(asked):
            mine = walk.orders[asked == need]
            who = evaluation.credited[mine]
            allowed = (eligible & (rank >= need))[tree.row]
            above = _holders(
                walk, allowed, from_, evaluation.left[tree.row], who, number[mine], walk.when[asked == need]
            )
            holder[who] = np.append(tree.row, np.int32(-1))[above]
            known[who] = True
    np.add.at(passed, sponsor[sponsor >= 0], 1)
    return Coded(events, sponsor, coded_with, holder, known, passed)


def _holders(
    walk: Walk, allowed: Bools, coded_with: Int64s, left: Int64s, member: Int32s, event: Int64s, when: Int64s
) -> Int32s:
    """Position of the nearest holder above each member at his event.

    Who leaves in mid-period is gone from then on: the events that met such a one look again without all who had left by
    the first of them, so that each round settles at least that one.
    """
    start = walk.tree.position[member]
    found = np.full(len(member), -1, np.int32)
    open_ = np.arange(len(member))
    while len(open_):
        present = allowed & (left > when[open_].min())
        above = nearest_above.marked_above(walk.parent, present, coded_with, start[open_], event[open_])
        found[open_] = above
        gone = (above >= 0) & (np.append(left, NEVER)[above] <= when[open_])
        open_ = open_[gone]
    return found


def _holders_before(evaluation: Evaluation, earlier: State) -> tuple[Int32s, Bools]:
    """To whom lines were coded by an earlier computation."""
    holder, known = np.full(evaluation.participants, -1, np.int32), np.zeros(evaluation.participants, np.bool_)
    noted = earlier.notes.get("coded_to", {})
    assert isinstance(noted, dict)
    if noted:
        rows = evaluation.rows(pl.Series(list(noted), dtype=pl.String))
        to = evaluation.rows(pl.Series(list(noted.values()), dtype=pl.String))
        holder[rows[rows >= 0]] = to[rows >= 0]
        known[rows[rows >= 0]] = True
    return holder, known


def _coded_with(component: CodedBonus, sponsor: Int32s, passed: Int64s) -> Int64s:
    """Per row, the event with which the last sale to be passed up was made."""
    result = np.where(passed >= component.passes_up, BEFORE, NEVER).astype(np.int64)
    direct = np.flatnonzero(sponsor >= 0)
    ordered = direct[np.argsort(sponsor[direct], kind="stable")]
    rows = sponsor[ordered]
    start = np.flatnonzero(np.append(True, rows[1:] != rows[:-1])) if len(rows) else np.empty(0, np.intp)
    size = np.diff(np.append(start, len(rows)))
    within = np.arange(len(rows)) - np.repeat(start, size)
    last = within + passed[rows] == component.passes_up - 1
    result[rows[last]] = ordered[last]
    return result


def _needs(component: CodedBonus, evaluation: Evaluation, events: Int32s) -> Int64s:
    """Least rank of the holder for each event; 0 for none."""
    ranks = evaluation.plan.ranks
    if not component.rank_by_product or ranks is None:
        return np.zeros(len(events), np.int64)
    table = {product: ranks.index(name) for product, name in component.rank_by_product.items()}
    needs = (
        evaluation.orders["product"].gather(pl.Series(events)).replace_strict(table, default=0, return_dtype=pl.Int64)
    )
    return needs.to_numpy()


def award(component: CodedBonus, evaluation: Evaluation) -> Awards:
    """Every award of the component, in order of time."""
    base = _bases(component, evaluation)
    coded = code(component, evaluation, base)
    if component.pays_on == "first_sale":
        first = np.zeros(len(base), np.bool_)
        first[coded.first] = True
        base = np.where(first[evaluation.origin], base, 0)
    order = np.flatnonzero(base).astype(np.int32)
    member = evaluation.credited[order]
    who = coded.holder[member]
    reason = np.where(who < 0, REASONS.index(NO_UPLINE), -1).astype(np.int16)
    order_claims.standing(component, evaluation, order, who, reason)
    value, rate, rates, written = _rated(component, evaluation, order, base)
    state = State()
    kept = np.flatnonzero(coded.passed).astype(np.int32)
    state.numbers["passed_up"] = (kept, coded.passed[kept])
    lines = np.flatnonzero(coded.known)
    ids = pl.Series(evaluation.network.ids, dtype=pl.String)
    holders = pl.Series(coded.holder[lines])
    state.notes["coded_to"] = dict(
        zip(ids.gather(lines).to_list(), ids.gather(holders.set(holders < 0, None)).to_list(), strict=True)
    )
    claims = Claims(
        np.where(reason < 0, who, np.int32(-1)).astype(np.int32),
        value,
        rate,
        rates,
        written,
        order=order,
        reason=reason,
        base_decimals=evaluation.unit_of(component.base.measure) if component.rate is not None else 0,
        base_unit=order_claims.base_unit(evaluation, component.base) if component.rate is not None else "",
        state=state,
    )
    return settle(component, evaluation, claims)


def _rated(
    component: CodedBonus, evaluation: Evaluation, order: Int32s, base: Int64s
) -> tuple[Int64s, npt.NDArray[np.int16], list[Fraction], list[str]]:
    """Base and rate of each sale, and the rates."""
    if component.rate is not None:
        factor = evaluation.factor(component.base, component.currency)
        written = [f"{component.rate.numerator}/{component.rate.denominator}"]
        return base[order], np.zeros(len(order), np.int16), [component.rate * factor], written
    if component.amount is not None:
        amounts = [component.amount]
        which = np.zeros(len(order), np.int64)
    else:
        table = component.amounts_by_product or {}
        amounts = list(table.values())
        products = evaluation.orders["product"].gather(pl.Series(evaluation.origin[order]))
        numbers = {name: number for number, name in enumerate(table)}
        which = products.replace_strict(numbers, default=0, return_dtype=pl.Int64).to_numpy()
    return order_claims.fixed(component, evaluation, order, which, amounts)


def tell(component: CodedBonus, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
    """Who stood above the member at the first sale, up to the holder, and what was paid."""
    base = _bases(component, evaluation)
    if base[order] == 0:
        return []
    coded = code(component, evaluation, base)
    member = int(evaluation.credited[order])
    steps: list[Step] = []
    mine = np.flatnonzero(evaluation.credited[coded.first] == member)
    holder = int(coded.holder[member])
    if not len(mine):
        label = Text(en="the line was coded before these records", ar="حُدد حائز الرمز لهذا المشارك قبل هذه السجلات")
        steps.append(Step(label=label, value=evaluation.id_of(holder)))
        return [*steps, *arithmetic.of_order(component, evaluation, awards, order)]
    event = int(mine[0])
    marks = np.zeros(len(base), np.int64)
    marks[coded.first[event]] = 1
    first = evaluation.orders["id"][int(coded.first[event])]
    steps.append(
        Step(label=Text(en=f"first sale of the member: order {first}", ar=f"أول بيع للمشارك: الطلب {first}"), value="")
    )
    for walk in evaluation.walks(component, marks):
        here = int(walk.parent[walk.tree.position[member]])
        for _ in range(MOST_TOLD):
            if here < 0:
                break
            row = int(walk.tree.row[here])
            who = evaluation.id_of(row)
            if row == holder:
                steps.append(Step(label=Text(en=f"{who}: holds the code", ar=f"{who}: حائز للرمز"), value=""))
                break
            why = Text(en="had not coded yet", ar="لم يحز الرمز بعد")
            if walk.parent[here] < 0 or coded.coded_with[row] < event:
                why = Text(en="cannot hold the code for this sale", ar="لا يستوفي شروط حيازة الرمز لهذا البيع")
            steps.append(Step(label=Text(en=f"{who}: {why.en}", ar=f"{who}: {why.ar}"), value=""))
            here = int(walk.parent[here])
        else:
            steps.append(Step(label=Text(en="and others above", ar="وغيرهم فوق ذلك"), value=""))
    return [*steps, *arithmetic.of_order(component, evaluation, awards, order)]
