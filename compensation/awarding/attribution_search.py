"""The search for whose sale each order is: clicks, baskets, coupons, sellers, and customers who stay.

The result lists, for each order that pays, the affiliates with their parts. A reversal that names its origin is
attributed as the origin was. Orders that nobody referred are not in it; those whose clicks are too old are, with the
reason `outside-window`, and so are own purchases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from compensation.awarding.order_claims import credited_seller, same_person
from compensation.awards import OUTSIDE_WINDOW, OWN_PURCHASE, REASONS, Int32s, Int64s
from compensation.kernels import click_search, read_only

if TYPE_CHECKING:
    from compensation.awards import State
    from compensation.components.attribution import Attribution, Span
    from compensation.components.contract import Component
    from compensation.evaluation import Evaluation

_CREDIT = {"last_click": click_search.LAST, "first_click": click_search.FIRST, "split": click_search.ALL}


_CLICKS: dict[str, pl.DataType] = {
    "row": pl.Int32(),
    "order_id": pl.String(),
    "buyer_id": pl.String(),
    "date": pl.Datetime("ms"),
    "time": pl.Int64(),
    "cart": pl.Boolean(),
}


@dataclass(slots=True)
class Attributed:
    """Orders and whose they are, in order of time."""

    order: Int32s
    participant: Int32s
    """Row; also of whoever may not be paid, see `reason`. -1 where every click was too old."""
    reason: npt.NDArray[np.int16]
    """Index into `awards.REASONS` where nobody is paid; -1 where somebody is."""
    part: Int32s
    """Which of the order's parts, from 0."""
    parts: Int32s
    """In how many equal parts the order is split."""

    def share(self, base: Int64s) -> Int64s:
        """Of a base per order, the part of each row, in whole units; what does not divide goes to the first parts."""
        whole = np.abs(base[self.order])
        each = whole // self.parts + (self.part < whole % self.parts)
        return np.where(base[self.order] < 0, -each, each).astype(np.int64)


@dataclass(slots=True)
class _Lists:
    """Affiliates of each order: `who[first : first + count]`."""

    first: Int64s
    count: Int64s
    who: Int32s

    def set_one(self, order: npt.NDArray[np.intp], row: Int32s) -> None:
        """Give each of these orders to one affiliate."""
        self.first[order] = len(self.who) + np.arange(len(order))
        self.count[order] = 1
        self.who = np.concatenate([self.who, row.astype(np.int32)])


def attribute(
    component: Component, evaluation: Evaluation, rule: Attribution, wanted: npt.NDArray[np.bool_]
) -> Attributed:
    """Whose each of the wanted orders is."""
    orders = len(evaluation.orders)
    clicks = _clicks(evaluation)
    outside = np.zeros(orders, np.bool_)
    if rule.credit == "seller" or not len(clicks):
        lists = _Lists(np.zeros(orders, np.int64), np.zeros(orders, np.int64), np.empty(0, np.int32))
    else:
        lists, outside = _by_clicks(evaluation, rule, clicks)
    if rule.coupon != "ignored":
        coupon = evaluation.rows(evaluation.orders["coupon_id"])
        decides = (coupon >= 0) & ((lists.count == 0) | (rule.coupon == "beats_click"))
        lists.set_one(np.flatnonzero(decides), coupon[decides])
        outside &= ~decides
    if rule.credit == "seller" or not len(clicks) or rule.unclicked == "seller":
        open_ = (lists.count == 0) & ~outside
        seller = credited_seller(component, evaluation, open_)
        open_ &= seller >= 0
        lists.set_one(np.flatnonzero(open_), seller[open_])
    stands = evaluation.origin
    if rule.customer == "stays":
        stands = _first_of_customer(component, evaluation, lists)[stands]
    too_late = np.flatnonzero((lists.count == 0) & outside)
    lists.set_one(too_late, np.full(len(too_late), -1, np.int32))
    chosen = np.flatnonzero(wanted)
    count = lists.count[stands[chosen]]
    order = np.repeat(chosen, count).astype(np.int32)
    part = (np.arange(len(order)) - np.repeat(np.cumsum(count) - count, count)).astype(np.int32)
    row = lists.who[np.repeat(lists.first[stands[chosen]], count) + part]
    reason = np.where(row < 0, REASONS.index(OUTSIDE_WINDOW), -1).astype(np.int16)
    if rule.own_purchases == "excluded":
        reason[same_person(evaluation, row, evaluation.buyer[order])] = REASONS.index(OWN_PURCHASE)
    return Attributed(order, row, reason, part, np.repeat(count, count).astype(np.int32))


# Clicks


def _clicks(evaluation: Evaluation) -> pl.DataFrame:
    """The clicks of participants, with what they are keyed by: the order that they led to, or else the buyer."""
    given = evaluation.books.clicks
    columns = {"participant_id": pl.String, "order_id": pl.String, "buyer_id": pl.String, "kind": pl.String}
    if given is None:
        return pl.DataFrame(schema=_CLICKS)
    table = given.select(
        *(
            (pl.col(name) if name in given.columns else pl.lit(None)).cast(kind).alias(name)
            for name, kind in columns.items()
        ),
        pl.col("date").cast(pl.Datetime("ms")),
    )
    return table.select(
        pl.Series("row", evaluation.rows(table["participant_id"])),
        "order_id",
        "buyer_id",
        "date",
        pl.col("date").dt.epoch("s").fill_null(click_search.UNDATED).alias("time"),
        (pl.col("kind") == "cart").fill_null(value=False).alias("cart"),
    ).filter(pl.col("row") >= 0)


def _clock(evaluation: Evaluation, dates: pl.Series, span: Span | None) -> Int64s:
    """Dates in what a window is counted in: days of the plan's time zone, or seconds."""
    if span is None or span.days is None:
        clock = dates.dt.epoch("s")
    else:
        zone = evaluation.plan.timezone
        local = dates if zone == "UTC" else dates.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
        clock = local.dt.date().cast(pl.Int32).cast(pl.Int64)
    return clock.fill_null(click_search.UNDATED).to_numpy()


def _length(span: Span | None) -> int:
    """In units of its clock; -1 without limit."""
    if span is None:
        return -1
    return span.days if span.days is not None else (span.hours or 0) * 3600


def _by_clicks(evaluation: Evaluation, rule: Attribution, clicks: pl.DataFrame) -> tuple[_Lists, npt.NDArray[np.bool_]]:
    """Affiliates by click, and the orders all of whose clicks are too old."""
    low, high = np.zeros(len(evaluation.orders), np.int64), np.zeros(len(evaluation.orders), np.int64)
    named = clicks["order_id"].is_not_null()
    parts, size = [], 0
    # a click that names its order counts for no other; for an order that has such, no other click counts
    for part, key, column in (
        (clicks.filter(~named), "buyer_id", "buyer_id"),
        (clicks.filter(named), "order_id", "id"),
    ):
        if not len(part):
            continue
        ordered_part, first, count = _by_key(part, part[key], evaluation.orders[column])
        low[count > 0] = first[count > 0] + size
        high[count > 0] = (first + count)[count > 0] + size
        parts.append(ordered_part)
        size += len(ordered_part)
    ordered = pl.concat(parts)
    room = int((high - low).sum()) if rule.credit == "split" else len(low)
    start, who = np.zeros(len(low) + 1, np.int64), np.empty(room + len(low), np.int32)
    seen = np.zeros(len(low), np.bool_)
    dates = evaluation.orders["date"]
    placed, clock, cart_clock = read_only(
        evaluation.when, _clock(evaluation, dates, rule.window), _clock(evaluation, dates, rule.cart)
    )
    clicks_clocks = (_clock(evaluation, ordered["date"], span) for span in (rule.window, rule.cart))
    who_clicked, clicked, cart, click_clock, click_cart_clock = read_only(
        *(ordered[name].to_numpy() for name in ("row", "time", "cart")), *clicks_clocks
    )
    filled = click_search.search(
        low, high, placed, clock, who_clicked, clicked, click_clock, cart,
        _CREDIT[rule.credit], _length(rule.window), rule.window is None or rule.window.last == "included",
        -2 if rule.cart is None else _length(rule.cart), rule.cart is None or rule.cart.last == "included",
        cart_clock, click_cart_clock,
        start, who, seen,
    )  # fmt: skip
    lists = _Lists(start[:-1].copy(), np.diff(start), who[:filled])
    return lists, seen & (lists.count == 0)


def _by_key(clicks: pl.DataFrame, keys: pl.Series, wanted: pl.Series) -> tuple[pl.DataFrame, Int64s, Int64s]:
    """The clicks of the wanted keys, key by key in order of time; and per wanted key where its stretch starts, and its size."""
    known = wanted.alias("key").drop_nulls().unique().to_frame().with_row_index("code")
    code = keys.alias("key").to_frame().join(known, on="key", how="left", maintain_order="left")["code"]
    kept = np.flatnonzero(code.is_not_null().to_numpy())
    number = code.drop_nulls().to_numpy().astype(np.int64)
    ordered = np.lexsort((clicks["time"].to_numpy()[kept], number))
    size = np.bincount(number, minlength=len(known) + 1)
    start = np.cumsum(size) - size
    mine = wanted.alias("key").to_frame().join(known, on="key", how="left", maintain_order="left")["code"]
    at = mine.cast(pl.Int64).fill_null(len(known)).to_numpy()
    return clicks[kept[ordered]], start[at], size[at]


def within_clicks(evaluation: Evaluation, rule: Attribution, order: int) -> pl.DataFrame:
    """The clicks that may belong to one order, the latest first: row, date, cart, after, within."""
    clicks = _clicks(evaluation)
    here = evaluation.orders.row(order, named=True)
    mine = clicks.filter(pl.col("order_id") == pl.lit(here["id"], pl.String))
    if not len(mine):
        mine = clicks.filter(pl.col("order_id").is_null() & (pl.col("buyer_id") == pl.lit(here["buyer_id"], pl.String)))
    placed = int(evaluation.when[order])
    found = []
    for click in mine.iter_rows(named=True):
        span = rule.cart if click["cart"] else rule.window
        clocks = _clock(evaluation, pl.Series([click["date"], here["date"]], dtype=pl.Datetime("ms")), span)
        gone, most = int(clocks[1] - clocks[0]), _length(span)
        undated = click_search.UNDATED in (click["time"], placed)
        inclusive = span is None or span.last == "included"
        within = undated or most < 0 or gone < most or (inclusive and gone == most)
        if click["cart"] and rule.cart is None:
            within = False
        found.append(click | {"after": not undated and click["time"] > placed, "within": within})
    schema: dict[str, pl.DataType] = {**_CLICKS, "after": pl.Boolean(), "within": pl.Boolean()}
    return pl.DataFrame(found, schema=schema).sort("time", descending=True, maintain_order=True)


# Customers who stay


def _first_of_customer(component: Component, evaluation: Evaluation, lists: _Lists) -> Int32s:
    """Per order, the first attributed order of the same customer, where there is one; else the order itself."""
    buyers = evaluation.orders["buyer_id"]
    for buyer, affiliates in _brought_before(evaluation.state_before(component.id)).items():
        hits = np.flatnonzero((buyers == buyer).fill_null(value=False).to_numpy())
        rows = evaluation.rows(pl.Series(affiliates, dtype=pl.String))
        lists.first[hits], lists.count[hits] = len(lists.who), len(rows)
        lists.who = np.concatenate([lists.who, rows])
    own = np.arange(len(buyers), dtype=np.int32)
    table = pl.DataFrame({"buyer": buyers, "at": own})
    counts = pl.Series(lists.count > 0) & buyers.is_not_null() & pl.Series(evaluation.sign > 0)
    first = table.filter(counts).group_by("buyer").agg(pl.col("at").min().alias("first"))
    found = table.join(first, on="buyer", how="left", maintain_order="left")["first"].fill_null(-1).to_numpy()
    return np.where((found >= 0) & (found <= own), found, own).astype(np.int32)


def _brought_before(state: State) -> dict[str, list[str]]:
    brought = state.notes.get("customers_of", {})
    assert isinstance(brought, dict)
    return brought


def customers_of(component: Component, evaluation: Evaluation, rule: Attribution) -> dict[str, list[str]]:
    """Whose each customer is from now on: what a later computation has to know."""
    mine = attribute(component, evaluation, rule, evaluation.sign > 0)
    ids = pl.Series(evaluation.network.ids, dtype=pl.String)
    known = mine.participant >= 0
    order = pl.Series(mine.order[known])
    table = pl.DataFrame(
        {
            "buyer": evaluation.orders["buyer_id"].gather(order),
            "order": order,
            "who": ids.gather(pl.Series(mine.participant[known])),
        }
    ).drop_nulls("buyer")
    table = table.filter(pl.col("order") == pl.col("order").min().over("buyer"))
    found = dict(table.group_by("buyer", maintain_order=True).agg("who").iter_rows())
    return found | _brought_before(evaluation.state_before(component.id))
