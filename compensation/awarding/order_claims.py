"""What families that pay order by order have in common: bases, fixed amounts, standing, and what is taken back.

Each function answers for all orders or claims at once. An order that takes another back (`reverses`) stands as that
one did: the same base rule, the same period's activity and ranks, the same moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from compensation.awards import INELIGIBLE, REASONS, Int32s, Int64s
from compensation.components.contract import CUSTOMER_KINDS, Component
from compensation.errors import NotRepresentable
from compensation.kernels.rounding import product, rounded
from compensation.quantities import decimal_text, to_minor

if TYPE_CHECKING:
    from compensation.evaluation import Evaluation
    from compensation.frame import Base

Int16s = npt.NDArray[np.int16]
Bools = npt.NDArray[np.bool_]


def base_of(component: Component, evaluation: Evaluation, base: Base) -> Int64s:
    """What rates apply to, per order; 0 where the component does not pay on it."""
    value = evaluation.base(base)
    if component.reversals == "ignore":
        value = np.where(evaluation.sign < 0, 0, value)
    return np.where(evaluation.selected(component.orders, component.in_force), value, 0)


def base_unit(evaluation: Evaluation, base: Base) -> str:
    """Currency of the base, `points`, or empty for a count."""
    if base.money:
        return evaluation.plan.currency
    return "points" if base.measure in ("volume", "points") else ""


def minor(component: Component, evaluation: Evaluation, amount: Fraction) -> int:
    """A fixed amount of the plan in minor units of the component's currency.

    Raises:
        NotRepresentable: it is finer than the records hold money.
    """
    currency = component.currency or evaluation.plan.currency
    scale = evaluation.scale_of(currency)
    found = to_minor(amount, scale)
    if found is None:
        raise NotRepresentable(f"component {component.id!r}", decimal_text(amount), currency, scale)
    return found


def one_minor_unit(component: Component, evaluation: Evaluation, base_decimals: int = 0) -> tuple[Fraction, str]:
    """The rate, and how it is written, of claims whose base is already the amount in minor units."""
    scale = evaluation.scale_of(component.currency or evaluation.plan.currency)
    return Fraction(1), decimal_text(Fraction(10**base_decimals, 10**scale))


def as_it_stood(component: Component, evaluation: Evaluation) -> Int32s:
    """Per order, the order as which it stands: its own, or the one that it takes back."""
    if component.reversals == "claw_back":
        return evaluation.origin
    return np.arange(len(evaluation.period), dtype=np.int32)


def standing(component: Component, evaluation: Evaluation, order: Int32s, row: Int32s, reason: Int16s) -> None:
    """Write the reason `ineligible` where a row may not earn from its order, in the order's period and at its time."""
    if not len(order):
        return
    stands = as_it_stood(component, evaluation)[order]
    period = evaluation.period[stands]
    gone = np.append(evaluation.left, np.iinfo(np.int64).max)[row] <= evaluation.when[stands]
    for each in np.unique(period):
        here = np.flatnonzero((period == each) & (row >= 0) & (reason < 0))
        allowed = evaluation.eligible(int(each), component.eligibility)
        lost = here[~allowed[row[here]] | gone[here]]
        reason[lost] = REASONS.index(INELIGIBLE)


def in_proportion(evaluation: Evaluation, order: Int32s, amount: Int64s) -> Int64s:
    """Of what an order was paid, the part that this order takes back: by price (or volume), rounded half up.

    For an order that takes nothing back, or whose origin is unknown, the amount itself with the order's sign.
    """
    origin = evaluation.origin[order]
    sign = evaluation.sign[order]
    by = np.where(evaluation.amount[origin] != 0, evaluation.amount[order], evaluation.volume[order])
    whole = np.abs(np.where(evaluation.amount[origin] != 0, evaluation.amount[origin], evaluation.volume[origin]))
    result = amount * sign
    for at in np.flatnonzero((origin != order) & (whole != 0) & (np.abs(by) != whole)):
        back, rest = product(int(abs(by[at])), int(amount[at]), int(whole[at]))
        result[at] = rounded(back, rest, int(whole[at]), 0) * sign[at]
    return result


def fixed(
    component: Component, evaluation: Evaluation, order: Int32s, which: npt.NDArray[Any], amounts: Sequence[Fraction]
) -> tuple[Int64s, Int16s, list[Fraction], list[str]]:
    """Claims of a fixed amount each: base, rate, rates and how these are written.

    Args:
        component: whose claims; evaluation: the records.
        order: of each claim; which: index of its amount.
        amounts: as the plan states them. What takes an order back in part takes the amount back in proportion.
    """
    minors = [minor(component, evaluation, amount) for amount in amounts]
    amount = np.array(minors, np.int64)[which]
    value = in_proportion(evaluation, order, amount)
    whole = np.abs(value) == amount
    unit, written = one_minor_unit(component, evaluation)
    rates = [*(Fraction(each) for each in minors), unit]
    rate = np.where(whole, which, len(minors)).astype(np.int16)
    base = np.where(whole, evaluation.sign[order], value)
    return base, rate, rates, [*(decimal_text(each) for each in amounts), written]


def persons(evaluation: Evaluation) -> Int64s:
    """A number per row that two positions of one person share."""
    own = np.arange(evaluation.participants, dtype=np.int64)
    person = evaluation.column("person")
    if person.null_count() == len(person):
        return own
    first = pl.DataFrame({"person": person}).with_row_index("at")
    same = first.select(pl.col("at").cast(pl.Int64).min().over("person"))["at"].to_numpy()
    return np.where(person.is_null().to_numpy(), own, same)


def same_person(evaluation: Evaluation, one: Int32s, other: Int32s) -> Bools:
    """Whether two rows are the same participant, or positions of the same person; never where one is unknown."""
    number = np.append(persons(evaluation), -1)
    known: Bools = (one >= 0) & (other >= 0) & (number[one] == number[other])
    return known


def is_customer(evaluation: Evaluation) -> Bools:
    """By row, and false for -1: whether the participant is a customer."""
    kinds = evaluation.column("kind").is_in(sorted(CUSTOMER_KINDS)).fill_null(value=False).to_numpy()
    return np.append(kinds, np.False_)


def sponsors(component: Component, evaluation: Evaluation, row: Int32s, wanted: Bools) -> Int32s:
    """Per order, who stands directly above a row in the component's tree when the order was placed; -1 for nobody."""
    found = np.full(len(row), -1, np.int32)
    for walk in evaluation.walks(component, (wanted & (row >= 0)).astype(np.int64)):
        position = walk.tree.position[row[walk.orders]]
        above = np.append(walk.parent, np.int32(-1))[position]
        found[walk.orders] = np.append(walk.tree.row, np.int32(-1))[above]
    return found


def credited_seller(component: Component, evaluation: Evaluation, wanted: Bools) -> Int32s:
    """Per order, who sold it: its seller; else the sponsor of a customer who bought; else the buyer himself."""
    customer = is_customer(evaluation)[evaluation.buyer]
    above = sponsors(component, evaluation, evaluation.buyer, wanted & (evaluation.seller < 0) & customer)
    own = np.where(customer, above, evaluation.buyer)
    return np.where(evaluation.seller >= 0, evaluation.seller, own).astype(np.int32)


def stated_rates(
    component: Component, evaluation: Evaluation, fact: str, order: Int32s, row: Int32s
) -> tuple[Int32s, list[Fraction]]:
    """For each claim the index of the rate that the company states of its participant in the period, -1 for none."""
    rates: list[Fraction] = []
    result = np.full(len(order), -1, np.int32)
    period = evaluation.period[as_it_stood(component, evaluation)[order]]
    for each in np.unique(period):
        here = (period == each) & (row >= 0)
        stated, which = evaluation.facts.rates(fact, int(each))
        rates += [rate for rate in stated if rate not in rates]
        table = np.array([*(rates.index(rate) for rate in stated), -1], np.int32)
        result[here] = table[which[row[here]]]
    return result, rates


def ranked_rates(
    component: Component, evaluation: Evaluation, table: dict[str, Fraction], order: Int32s, row: Int32s
) -> tuple[Int32s, list[Fraction]]:
    """For each claim the index of the rate of its participant's rank in the period, -1 where the rank has none."""
    rates = sorted(set(table.values()))
    ranks = evaluation.plan.ranks
    assert ranks is not None
    by_rank = np.array([-1, *(rates.index(table[name]) if name in table else -1 for name in ranks.order)], np.int32)
    result = np.full(len(order), -1, np.int32)
    period = evaluation.period[as_it_stood(component, evaluation)[order]]
    for each in np.unique(period):
        here = (period == each) & (row >= 0)
        result[here] = by_rank[evaluation.rank(int(each))[row[here]]]
    return result, rates


def new_in_period(evaluation: Evaluation) -> Bools:
    """Per order, whether whom it is credited to joined in the order's period.

    Where the company states the fact `new` of anybody, only those it is stated of are new, in the period of joining.
    """
    row = evaluation.credited
    joined = np.append(evaluation.joined_in, np.int32(-1))[row] == evaluation.period
    new: Bools = (row >= 0) & joined
    if "new" in evaluation.facts.names:
        for period in np.unique(evaluation.period):
            flags = np.append(evaluation.facts.flags("new", int(period)), np.False_)
            new &= (evaluation.period != period) | flags[row]
    return new
