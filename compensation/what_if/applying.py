"""Makes the changed plan and the changed books; the records themselves are never touched.

Orders are looked at through a `Ledger`, so that whose an order is, in which period it falls and what it takes back are
decided here exactly as the engine decides them. What is left out is filtered from the tables; everything that stays
keeps its row, its date and every column.
"""

from __future__ import annotations

import zoneinfo
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from compensation.awards import Int32s, Int64s
from compensation.errors import PlanMismatch
from compensation.evaluation import Evaluation
from compensation.ledger import Bools, Ledger
from compensation.limits import Limit
from compensation.plan import Plan, misfits
from compensation.quantities import rate_text
from compensation.standing.requirements import CUSTOMER_KINDS
from compensation.what_if.changes import (
    Change,
    CustomerGate,
    CustomerLimit,
    OtherPlan,
    RecruitingStops,
    RetailOnly,
    WithoutCategories,
    WithoutComponents,
    WithoutTop,
)
from compensation.what_if.removing import without_people
from intake.closest import closest
from intake.text import NOTHING, Text, say

if TYPE_CHECKING:
    from compensation.books import Books

UNKNOWN, OWN, CUSTOMER = 0, 1, 2
GATE = "what-if-customer-gate"
"""Name of the fact, and start of the ids of the limits, by which `CustomerGate` is put to the engine."""
_QUANTITIES = ("amount", "volume", "points", "cost", "tax", "freight", "discount")


def apply(plan: Plan, books: Books, change: Change, paid: pl.DataFrame) -> tuple[Plan, Books]:
    """The plan and the books after one change.

    Args:
        plan: before.
        books: before.
        change: what is asked.
        paid: what everybody was paid before, by `participant_id` as `before`, in the order of the records.

    Raises:
        PlanMismatch: the change does not fit the plan or the records.
    """
    match change:
        case OtherPlan():
            if change.plan.currency != plan.currency:
                raise PlanMismatch(
                    say(
                        "the other plan pays in {currency} and this one in {currency2}; amounts in two "
                        "currencies cannot be compared, write both plans in one",
                        "تدفع الخطة الأخرى بعملة {currency} وهذه بعملة {currency2}، ولا تُقارن مبالغ بعملتين. "
                        "يُرجى كتابة الخطتين بعملة واحدة",
                        currency=change.plan.currency,
                        currency2=plan.currency,
                    )
                )
            return change.plan, books
        case WithoutComponents():
            return without_components(plan, change.components), books
        case RecruitingStops():
            ledger = Ledger(plan, books)
            return plan, without_people(ledger, _joined_later(ledger, change))
        case WithoutTop():
            ledger = Ledger(plan, books)
            return plan, without_people(ledger, _paid_most(ledger, change, paid))
        case CustomerGate():
            return _gated(plan, books, change)
        case RetailOnly() | WithoutCategories() | CustomerLimit():
            return plan, with_orders(plan, books, change)


# Orders


def side_of(ledger: Ledger) -> tuple[npt.NDArray[np.int8], Int32s]:
    """Whose money each order is (`OWN`, `CUSTOMER` or `UNKNOWN`), and to which row it counts.

    A listed buyer is a participant unless his own kind says customer; where the list gives him no kind, the order's
    `buyer_kind` decides. An own order counts to its buyer, a customer's to its seller, a listed customer's to his
    sponsor; -1 where there is none.
    """
    kind = ledger.column("kind")
    listed_customer = np.append(kind.is_in(CUSTOMER_KINDS).fill_null(value=False).to_numpy(), False)
    kindless = np.append(kind.is_null().to_numpy(), True)
    said = ledger.orders["buyer_kind"]
    said_customer = said.is_in(CUSTOMER_KINDS).fill_null(value=False).to_numpy()
    said_other = (said.is_not_null() & ~said.is_in(CUSTOMER_KINDS)).fill_null(value=False).to_numpy()
    in_network = ledger.buyer >= 0
    customer_by_list = in_network & listed_customer[ledger.buyer]
    customer_by_order = said_customer & kindless[ledger.buyer]
    own = ~customer_by_list & ~customer_by_order & (in_network | said_other)
    named = ledger.orders["buyer_id"].is_not_null().to_numpy()
    customer = ~own & (customer_by_list | customer_by_order | named | said_customer | (ledger.seller >= 0))
    sponsor = np.append(ledger.network.recorded_parents["sponsor"], np.int32(-1))
    listed_seller = np.where(ledger.seller >= 0, ledger.seller, sponsor[ledger.buyer])
    whose = np.where(own, ledger.credited, np.where(in_network, listed_seller, ledger.seller))
    side = np.where(own, OWN, np.where(customer, CUSTOMER, UNKNOWN)).astype(np.int8)
    return side[ledger.origin], whose[ledger.origin].astype(np.int32)


def with_orders(plan: Plan, books: Books, change: RetailOnly | WithoutCategories | CustomerLimit) -> Books:
    """The books with some orders left out, or counted in part."""
    ledger = Ledger(plan, books)
    match change:
        case RetailOnly():
            side, _ = side_of(ledger)
            keep = (side == CUSTOMER) | ((side == UNKNOWN) & change.unknown_is_retail)
        case WithoutCategories():
            out = ledger.orders["category"].is_in(change.categories).fill_null(value=False).to_numpy()
            keep = ~out[ledger.origin]
        case CustomerLimit():
            measure, part = _limited(ledger, change)
            return kept(ledger, part != 0, measure, part)
    return kept(ledger, keep)


def kept(ledger: Ledger, keep: Bools, measure: Int64s | None = None, part: Int64s | None = None) -> Books:
    """The books with the orders of a ledger that stay; where a part is given, of that part of their measure."""
    books = ledger.books
    table = books.orders.with_row_index("what_if_row")
    if "currency" in table.columns:
        table = table.filter(pl.col("currency").is_null() | (pl.col("currency") == ledger.plan.currency))
    if "date" in table.columns:
        table = table.sort(pl.col("date").cast(pl.Datetime("ms")), nulls_last=True, maintain_order=True)
    row = table["what_if_row"].to_numpy().astype(np.int64)
    wanted = np.ones(len(books.orders), np.bool_)
    wanted[row] = keep
    orders = books.orders
    if measure is not None and part is not None:
        cut = np.flatnonzero(keep & (part != measure))
        orders = orders.with_columns(
            _in_part(orders[name], row[cut], measure[cut], part[cut]) for name in _QUANTITIES if name in orders.columns
        )
    return replace(books, orders=orders.filter(pl.Series(wanted)), periods=tuple(ledger.periods))


def _in_part(column: pl.Series, rows: Int64s, measure: Int64s, part: Int64s) -> pl.Series:
    """The column with value x part / measure in some rows, towards zero; exact, in integers of any size."""
    old = column.gather(pl.Series(rows)).to_list()
    new = [
        None if value is None else (abs(value) * over // under) * (1 if value >= 0 else -1)
        for value, over, under in zip(old, part.tolist(), measure.tolist(), strict=True)
    ]
    return column.scatter(rows, pl.Series(new, dtype=column.dtype)) if len(rows) else column


def _limited(ledger: Ledger, change: CustomerLimit) -> tuple[Int64s, Int64s]:
    """The measure of each order, and how much of it counts."""
    measure = ledger.measure(change.measure)
    side, whose = side_of(ledger)
    cells, cell = np.unique(ledger.period.astype(np.int64) * ledger.participants + whose, return_inverse=True)
    bought = np.zeros(len(cells), np.int64)
    sold = (side == CUSTOMER) & (whose >= 0)
    np.add.at(bought, cell[sold], measure[sold])
    over, under = change.share.denominator - change.share.numerator, change.share.numerator
    own = np.flatnonzero((side == OWN) & (whose >= 0) & (measure > 0) & (ledger.sign > 0))
    order = own[np.argsort(cell[own], kind="stable")]
    running = np.cumsum(measure[order])
    first = np.append(True, np.diff(cell[order]) != 0) if len(order) else np.empty(0, np.bool_)
    before = running - measure[order]
    before -= np.repeat(before[first], np.diff(np.append(np.flatnonzero(first), len(order))))
    limit = _share_of(np.maximum(bought[cell[order]], 0), over, under)
    part = measure.copy()
    part[order] = np.clip(limit - before, 0, measure[order])
    back = np.flatnonzero((ledger.origin != np.arange(len(measure))) & (side == OWN))
    origin = ledger.origin[back]
    part[back] = [
        _towards_zero(back_measure * counted, whole) if whole else back_measure
        for back_measure, counted, whole in zip(
            measure[back].tolist(), part[origin].tolist(), measure[origin].tolist(), strict=True
        )
    ]
    # an order without any measure is nobody's consumption by this measure; 0 of 0 counts in full
    return np.where(measure == 0, 1, measure), np.where(measure == 0, 1, part)


def _towards_zero(value: int, by: int) -> int:
    size = abs(value) // abs(by)
    return size if (value < 0) == (by < 0) else -size


def _share_of(values: Int64s, over: int, under: int) -> Int64s:
    """values x over / under, rounded down, capped at what 64 bits hold."""
    if over == under:
        return values
    most = np.iinfo(np.int64).max // 4
    return np.array([min(value * over // under, most) for value in values.tolist()], np.int64)


# People


def _joined_later(ledger: Ledger, change: RecruitingStops) -> Bools:
    zone = zoneinfo.ZoneInfo(ledger.plan.timezone)
    closes = int(datetime.combine(change.last_day + timedelta(days=1), time(), zone).timestamp())
    joined = ledger.joined
    later: Bools = (joined >= closes) & (joined < np.iinfo(np.int64).max)
    return later


def _paid_most(ledger: Ledger, change: WithoutTop, paid: pl.DataFrame) -> Bools:
    most = paid.filter(pl.col("before") > 0).sort("before", descending=True, maintain_order=True).head(change.count)
    gone = np.zeros(ledger.participants + 1, np.bool_)
    gone[ledger.rows(most["participant_id"])] = True
    return gone[:-1]


# The plan


def without_components(plan: Plan, names: tuple[str, ...]) -> Plan:
    """The plan without some components, and without limits that bind nothing else.

    Raises:
        PlanMismatch: a component is unknown, is the last one, or others are reckoned on it.
    """
    known = [component.id for component in plan.components]
    for name in names:
        if name not in known:
            close = closest(name, known)
            hint = say("did you mean {close}? ", "هل المقصود {close}؟ ", close=close) if close else NOTHING
            raise PlanMismatch(
                say(
                    "the plan has no component {name!r}; {hint}it has: {known}",
                    "لا مكوّن باسم {name!r} في الخطة. {hint}مكوّناتها: {known}",
                    name=name,
                    hint=hint,
                    known=", ".join(known),
                )
            )
    left = [component for component in plan.components if component.id not in names]
    if not left:
        raise PlanMismatch(
            Text(
                en="a plan without any component pays nothing; leave at least one in",
                ar="الخطة التي لا مكوّن فيها لا تدفع شيئًا. يُرجى الإبقاء على مكوّن واحد على الأقل",
            )
        )
    for path, _, other, _ in misfits(plan.currency, plan.ranks, dict(enumerate(left))):
        if other in names:
            reader = left[int(path[1])].id
            raise PlanMismatch(
                say(
                    "component {reader!r} is reckoned on {other!r}; leave {reader!r} out, too",
                    "يُحتسب المكوّن {reader!r} على {other!r}. يُرجى ترك {reader!r} أيضًا",
                    reader=reader,
                    other=other,
                )
            )
    limits = [
        limit.model_copy(update={"components": [name for name in limit.components if name not in names]})
        for limit in plan.limits
    ]
    return plan.model_copy(update={"components": left, "limits": tuple(limit for limit in limits if limit.components)})


def _gated(plan: Plan, books: Books, change: CustomerGate) -> tuple[Plan, Books]:
    """A cap of 0 on every component, for whoever does not reach the share in a period."""
    evaluation = Evaluation(plan, books, keep_lines=False)
    side, whose = side_of(evaluation)
    measure = evaluation.measure(change.measure)
    frames = []
    for index, period in enumerate(evaluation.periods):
        here = (evaluation.period == index) & (whose >= 0)
        if change.of == "company":
            here = evaluation.period == index
            customers, own = (int(measure[here & (side == which)].sum()) for which in (CUSTOMER, OWN))
            short = np.full(evaluation.participants, not _reached(customers, own, change))
        else:
            sums = [
                evaluation.sum_by(whose[here & (side == which)], measure[here & (side == which)], "purchases")
                for which in (CUSTOMER, OWN)
            ]
            if change.of == "group":
                tree = evaluation.closing("sponsor", index).tree
                sums = [tree.by_row(tree.group_sum(tree.by_position(each))) for each in sums]
            short = _short(sums[0], sums[1], change)
        ids = evaluation.network.ids.filter(pl.Series(short))
        frames.append(pl.DataFrame({"participant_id": ids}).with_columns(period=pl.lit(period)))
    told = pl.concat(frames).with_columns(fact=pl.lit(GATE), value=pl.lit("0"))
    told = told.select(pl.col("participant_id", "period", "fact", "value").cast(pl.String))
    facts = told if books.facts is None else pl.concat([books.facts, told], how="diagonal_relaxed")
    gates = tuple(
        Limit(id=f"{GATE[:30]}-{number}", components=[component.id], cap_from=GATE)
        for number, component in enumerate(plan.components)
    )
    return plan.model_copy(update={"limits": (*gates, *plan.limits)}), replace(books, facts=facts)


def _reached(customers: int, own: int, change: CustomerGate) -> bool:
    return customers * change.share.denominator >= (customers + own) * change.share.numerator


def _short(customers: Int64s, own: Int64s, change: CustomerGate) -> Bools:
    """customers / (customers + own) < share, exactly; nothing bought counts as reached."""
    over, under = change.share.numerator, change.share.denominator
    largest = int(max(np.abs(customers).max(initial=0), np.abs(own).max(initial=0)))
    if largest * 2 * under >= 1 << 62:
        raise PlanMismatch(
            say(
                "a customer share of {share} is too fine for these amounts; round it",
                "حصة العملاء {share} أدق مما تحتمله هذه المبالغ. يُرجى تقريبها",
                share=rate_text(change.share),
            )
        )
    result: Bools = customers * under < (customers + own) * over
    return result
