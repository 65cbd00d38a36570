"""What the families that are paid up a line have in common: whom a line begins with, and what is walked up from.

A component of this kind walks up from each order, or, with `on: group_volume`, from the volume that each participant
brought in during a period. `sources` turns both into the same thing: a `Source` of positions, bases and times in one
tree and one period. Nothing here knows how a line is paid.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from compensation.awards import REASONS, UNKNOWN_BUYER, Int32s, Int64s
from compensation.claims import Claims
from compensation.components.contract import Component, Id
from compensation.errors import PlanMismatch
from compensation.evaluation import NEVER
from compensation.frame import Base
from compensation.periods import period_names
from intake.text import Text, say

if TYPE_CHECKING:
    from compensation.evaluation import Evaluation
    from genealogy.tree import Tree

Bools = npt.NDArray[np.bool_]
MOST_DIFFERENT_RATES = 1 << 15


class Upline(Component):
    """A component that is paid up a line."""

    base: Base = Base()
    on: Literal["orders", "group_volume"] = "orders"
    """`orders`: each order is walked up by itself, and pays in its own lines. `group_volume`: what each participant
    brought in during the period is walked up once, in the tree as it stands at the period's close, and a line says on
    how much volume of a group somebody is paid; orders taken back then lower the volume of their own period."""
    line_from: Literal["upline", "buyer"] = "upline"
    """Whether the line begins with the person above the buyer, or with the buyer himself."""
    customers_line_from: Literal["seller", "upline"] = "seller"
    """Whether the line of an outside customer's order begins with his seller, or with the person above the seller."""
    tree_as_of: Literal["order", "period_close"] = "order"
    """Which tree is walked when somebody changed sponsor: the order's date, or the close of the period."""
    without: tuple[Id, ...] = ()
    """Components that already paid: orders on which one of them paid somebody else than whom the order is credited to
    are left out; of group volume, the whole volume of such a participant in the period."""

    def reads(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """The components whose orders are left out."""
        for index, name in enumerate(self.without):
            yield ("without", index), name

    def reads_lines(self) -> bool:
        """Which orders were paid is seen in the lines."""
        return bool(self.without)

    def pays_in_its_base_currency(self) -> bool:
        """Whether awards are shares of the orders' money."""
        return self.base.money


@dataclass(slots=True)
class Source:
    """What is walked up from, in one period and one tree; arrays have one entry per order, or per participant."""

    period: int
    """Whose ranks, activity and eligibility hold."""
    pays_in: int
    tree: Tree
    parent: Int32s
    order: Int32s
    """Index of the order; -1 for the volume of a participant."""
    row: Int32s
    """Row of whom it is credited to; -1 for nobody."""
    first: Int32s
    """Position with which the line begins; -1 where there is nobody."""
    base: Int64s
    when: Int64s
    first_level: Int32s
    """Level of the person with whom the line begins: 0 for the buyer himself, else 1."""
    left: Int64s
    """When each position left; `NEVER` for those who have not."""

    def missing(self) -> npt.NDArray[np.int16]:
        """Why the line of each entry is empty or too short: nobody above, or nobody known to begin with."""
        unknown = REASONS.index(UNKNOWN_BUYER)
        return np.where(self.row < 0, unknown, REASONS.index("no-upline")).astype(np.int16)


def base_of(component: Upline, evaluation: Evaluation) -> Int64s:
    """What the rates apply to, per order; 0 where the component pays nothing."""
    base = evaluation.base(component.base)
    if component.reversals == "ignore":
        base = np.maximum(base, 0)
    base = np.where(evaluation.selected(component.orders, component.in_force), base, 0)
    for name in component.without:
        awards = evaluation.awarded[name]
        order, period = awards.order, awards.periods(evaluation.period)
        source = np.where(order >= 0, np.append(evaluation.credited, np.int32(-1))[order], -1)
        if awards.source is not None:
            source = awards.source
        paid = awards.counted() & (awards.participant != source)
        by_order = paid & (order >= 0) & (component.on == "orders")
        base[order[by_order]] = 0
        whole = np.unique(_pairs(period[paid & ~by_order], source[paid & ~by_order]))
        base[np.isin(_pairs(evaluation.period, evaluation.credited), whole)] = 0
    return base


def _pairs(period: Int32s, row: Int32s) -> Int64s:
    return period.astype(np.int64) << 32 | row.astype(np.int64) & 0xFFFFFFFF


def sources(component: Upline, evaluation: Evaluation, base: Int64s) -> Iterator[Source]:
    """Everything that is walked up from, period by period.

    Raises:
        UnknownTree: the records have no such tree.
    """
    if component.on == "group_volume":
        yield from _volumes(component, evaluation, base)
        return
    for walk in evaluation.walks(component, base, as_of=component.tree_as_of):
        at = np.append(walk.tree.position, np.int32(-1))
        parent = np.append(walk.parent, np.int32(-1))
        buyer, seller = at[evaluation.buyer[walk.orders]], at[evaluation.seller[walk.orders]]
        if component.line_from == "upline":
            buyer = parent[buyer]
        if component.customers_line_from == "upline":
            seller = parent[seller]
        first = np.where(evaluation.buyer[walk.orders] >= 0, buyer, seller).astype(np.int32)
        yield Source(
            walk.period, walk.pays_in, walk.tree, walk.parent, walk.orders, evaluation.credited[walk.orders],
            first, base[walk.orders], walk.when,
            np.where((component.line_from == "buyer") & (evaluation.buyer[walk.orders] >= 0), 0, 1).astype(np.int32),
            evaluation.left[walk.tree.row],
        )  # fmt: skip


def _volumes(component: Upline, evaluation: Evaluation, base: Int64s) -> Iterator[Source]:
    counts = np.flatnonzero((base != 0) & (evaluation.credited >= 0))
    for period in np.unique(evaluation.period[counts]):
        mine = counts[evaluation.period[counts] == period]
        volume = evaluation.sum_by(evaluation.credited[mine], base[mine], component.id)
        closing = evaluation.closing(component.tree, int(period))
        row = np.flatnonzero(volume).astype(np.int32)
        if not len(row):
            continue
        first = closing.tree.position[row]
        if component.line_from == "upline":
            first = np.append(closing.parent, np.int32(-1))[first]
        gone = left_by_close(evaluation, int(period))[closing.tree.row]
        yield Source(
            int(period), int(period), closing.tree, closing.parent, np.full(len(row), -1, np.int32), row,
            first.astype(np.int32), volume[row], np.zeros(len(row), np.int64),
            np.full(len(row), 0 if component.line_from == "buyer" else 1, np.int32), np.where(gone, -1, NEVER),
        )  # fmt: skip


def left_by_close(evaluation: Evaluation, period: int) -> Bools:
    """By row, who has left when a period closes."""
    result = np.zeros(evaluation.participants, np.bool_)
    gone = np.flatnonzero(evaluation.left < NEVER)
    dates = pl.Series(evaluation.left[gone] * 1000, dtype=pl.Int64).cast(pl.Datetime("ms"))
    names = period_names(dates, evaluation.plan.period, evaluation.plan.timezone).to_list()
    known = {name: index for index, name in enumerate(evaluation.periods)}
    in_ = np.array([known.get(each, np.searchsorted(evaluation.periods, each)) for each in names], np.int64)
    result[gone] = in_ <= period
    return result


def settled_rates(
    component: Upline, evaluation: Evaluation, nominal: Sequence[Fraction], index: npt.NDArray[Any]
) -> tuple[npt.NDArray[np.int16], list[Fraction], list[str]]:
    """Of many possible rates those that occur: index per claim, exact minor units per unit of base, as written.

    Raises:
        PlanMismatch: more than 32,768 different rates occur.
    """
    occurs = np.zeros(len(nominal), np.bool_)
    occurs[index] = True
    used: list[int] = np.flatnonzero(occurs).tolist()
    if len(used) > MOST_DIFFERENT_RATES:
        raise PlanMismatch(
            say(
                "component {component!r} pays {count:,} different rates, more than "
                "{most_different_rates:,}; round the stated rates",
                "يدفع المكوّن {component!r} نسبًا مختلفة عددها {count:,}، أي أكثر من "
                "{most_different_rates:,}. يُرجى تقريب النسب المذكورة",
                component=component.id,
                count=len(used),
                most_different_rates=MOST_DIFFERENT_RATES,
            )
        )
    place = np.cumsum(occurs) - 1
    factor = evaluation.factor(component.base, component.currency)
    rates = [nominal[each] for each in used]
    written = [f"{each.numerator}/{each.denominator}" for each in rates]
    return place[index].astype(np.int16), [each * factor for each in rates], written


def base_words(component: Upline, evaluation: Evaluation) -> tuple[int, str]:
    """Decimals and unit of the base, for lines and explanations."""
    if component.base.money:
        return evaluation.scale, evaluation.plan.currency
    counted = component.base.measure in ("orders", "pieces")
    return evaluation.unit_of(component.base.measure), "" if counted else "points"


def claims_of(
    component: Upline,
    evaluation: Evaluation,
    pieces: Sequence[tuple[Source, dict[str, npt.NDArray[Any]]]],
    nominal: Sequence[Fraction],
) -> Claims:
    """One `Claims` from what the walks found.

    Args:
        component: whose claims; evaluation: the records.
        pieces: per source the columns `entry` (index into the source), `position`, `code` (index into `nominal`),
            `level`, `reason`, and, where lines stand for more than one entry, `base` and `row`.
        nominal: every possible rate.
    """
    columns: dict[str, list[npt.NDArray[Any]]] = {
        name: [] for name in ("participant", "base", "code", "order", "period", "source", "level", "reason")
    }
    for source, found in pieces:
        entry = found["entry"]
        columns["participant"].append(np.append(source.tree.row, np.int32(-1))[found["position"]])
        columns["base"].append(found["base"] if "base" in found else source.base[entry])
        columns["code"].append(found["code"])
        columns["order"].append(source.order[entry])
        columns["period"].append(np.full(len(entry), source.pays_in, np.int32))
        columns["source"].append(found["row"] if "row" in found else source.row[entry])
        columns["level"].append(found["level"])
        columns["reason"].append(found["reason"])
    joined = {name: np.concatenate(parts) if parts else np.empty(0, np.int64) for name, parts in columns.items()}
    rate, rates, written = settled_rates(component, evaluation, nominal, joined["code"].astype(np.int64))
    decimals, unit = base_words(component, evaluation)
    return Claims(
        joined["participant"].astype(np.int32),
        joined["base"].astype(np.int64),
        rate,
        rates,
        written,
        order=joined["order"].astype(np.int32),
        period=joined["period"].astype(np.int32),
        source=joined["source"].astype(np.int32),
        level=joined["level"].astype(np.int16),
        reason=joined["reason"].astype(np.int16),
        base_decimals=decimals,
        base_unit=unit,
    )


def describe_line(component: Upline) -> Text:
    """What the line is walked on and where it begins, in plain words; of the usual cases nothing is said."""
    en: list[str] = []
    ar: list[str] = []
    if component.on == "group_volume":
        en.append("Reckoned on the volume of a period, in the tree as it stands at its close.")
        ar.append("تُحتسب على حجم الفترة كلها، في الشجرة كما كانت في نهايتها.")
    elif component.tree_as_of == "period_close":
        en.append("The tree is walked as it stands at the period's close.")
        ar.append("تُستخدم الشجرة كما كانت في نهاية الفترة.")
    if component.line_from == "buyer":
        en.append("The line begins with the buyer himself.")
        ar.append("تبدأ السلسلة بالمشتري نفسه.")
    if component.customers_line_from == "upline":
        en.append("The seller to an outside customer is not on the line.")
        ar.append("لا يدخل البائع لعميل من خارج الشبكة في السلسلة.")
    if component.without:
        names_en, names_ar = ", ".join(component.without), "، ".join(component.without)
        en.append(f"What {names_en} already paid somebody on is left out.")
        ar.append(f"يُستثنى ما دُفعت عنه عمولة من: {names_ar}.")
    if component.tree != "sponsor":
        en.append(f"In the {component.tree} tree.")
        ar.append("في شجرة المواضع." if component.tree == "placement" else "في شجرة المصفوفة.")
    return Text(en=" ".join(en), ar=" ".join(ar))


def base_text(base: Base) -> Text:
    """`of the price`, `of 40% of the volume`, ..."""
    from compensation.quantities import decimal_text, rate_text

    names = {
        "amount": ("the price", "السعر"),
        "volume": ("the volume", "الحجم بالنقاط"),
        "points": ("the points", "النقاط"),
        "cost": ("the wholesale price", "سعر الجملة"),
        "margin": ("the margin", "الهامش"),
        "orders": ("the number of orders", "عدد الطلبات"),
        "pieces": ("the number of pieces", "عدد القطع"),
    }
    en, ar = names[base.measure]
    if base.less:
        en += " less " + ", ".join(base.less)
        ar += " بعد خصم " + "، ".join({"tax": "الضريبة", "freight": "الشحن", "discount": "الخصم"}[e] for e in base.less)
    if base.share != 1:
        en, ar = f"{rate_text(base.share)} of {en}", f"{rate_text(base.share)} من {ar}"
    if base.per_point != 1:
        en, ar = f"{en} × {decimal_text(base.per_point)}", f"{ar} × {decimal_text(base.per_point)}"
    return Text(en=f"of {en}", ar=f"من {ar}")
