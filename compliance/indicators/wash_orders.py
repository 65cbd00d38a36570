"""Orders that go round in a circle: A buys through B, B through C, C through A, for nearly the same money.

The graph has an edge from who bought to who is credited with the sale, for orders of participants through other
participants. A circle can only lie inside a strongly connected component, and these are found first
(scipy.sparse.csgraph); an honest company, where people buy through those above them, has none. Within them circles of two
to four orders are looked for: each order within `DAYS` of the first and within `TOLERANCE` percent of its amount.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants and from places, which are numbers

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from compliance.facts import MONTH_NUMBER
from compliance.indicators import phrases
from compliance.indicators.breakdown import Breakdown, breakdown, breakdown_of
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, share
from compliance.statistics import exact_sum
from intake.text import Text

if TYPE_CHECKING:
    from compliance.measurement import Evidence
    from compliance.records import Records

DAYS = 30
"""From the first order of a circle to its last. Definition of this project."""
TOLERANCE = 5
"""Percent by which the amounts of a circle may differ from its first order's. Definition of this project."""
LONGEST = 4
"""Orders of the longest circle that is looked for."""
MOST_JOINED = 20_000_000
"""Pairs of an open path and an order that may continue it, which are looked at for one length; where there are more, no
longer circles are looked for, and the figure is a lower bound."""
MOST_IN_SERIES = 50_000
"""Orders on circles up to which the figure is taken apart by month, country and branch."""
MOST_LISTED = 2_000
"""Orders that stand in the evidence."""

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Circles:
    """Orders of participants through other participants, and which of them lie on a circle."""

    orders: pl.DataFrame
    """place, buyer, seller, amount, date; of orders within strongly connected components."""
    circles: int
    """Different circles found, by their orders."""
    on_circle: frozenset[int]
    """Places of orders on a circle of nearly equal amounts."""
    back_and_forth: frozenset[int]
    """Places of orders on a circle of two with exactly the same amount."""
    longest: int
    """Orders of the longest circle that was looked for."""


def circles(records: Records) -> Circles:
    """The circles in the orders of a snapshot."""
    found = records.arrays(
        "SELECT place, buyer, seller, amount, date_diff('day', DATE '1970-01-01', date::DATE)::BIGINT AS day"
        " FROM order_facts WHERE side = 'participant' AND buyer IS NOT NULL AND seller IS NOT NULL"
        " AND buyer <> seller AND amount > 0 AND date IS NOT NULL ORDER BY day, place"
    )
    people = int(records.row("SELECT count(*) FROM people")[0])
    inside = within_components(found["buyer"], found["seller"], people)
    orders = pl.DataFrame({name: values[inside].astype(np.int64) for name, values in found.items()})
    return circles_among(orders)


def within_components(buyer: npt.NDArray[np.integer], seller: npt.NDArray[np.integer], people: int) -> Bools:
    """Which edges lie within a strongly connected component."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(buyer), np.int8), (buyer, seller)), shape=(people, people)).tocsr()
    _, label = connected_components(graph, directed=True, connection="strong")
    return np.asarray(label[buyer] == label[seller], dtype=np.bool_)


def circles_among(orders: pl.DataFrame) -> Circles:
    """Circles of two to `LONGEST` orders, found from their earliest order on.

    Args:
        orders: place, buyer, seller, amount (positive), day; sorted by day and place.

    A path is joined to the orders of its last seller in the same and in the next stretch of `DAYS` days, so that a
    seller with many orders is not joined to all of them.
    """
    step = orders.with_row_index("at").with_columns(pl.col("at").cast(pl.Int64))
    edges = step.select(
        pl.col("buyer").alias("last"),
        pl.col("seller").alias("next"),
        pl.col("amount").alias("then"),
        pl.col("day").alias("on"),
        pl.col("at").alias("order"),
        (pl.col("day") // DAYS).alias("stretch"),
    )
    busy = edges.group_by("last", "stretch").len()
    paths = step.select(
        pl.col("buyer").alias("p0"),
        pl.col("seller").alias("last"),
        "amount",
        "day",
        pl.col("at").alias("o0"),
    )
    circled: list[pl.DataFrame] = []
    longest, same = 1, np.empty(0, np.int64)
    for length in range(2, LONGEST + 1):
        both = pl.concat([paths.with_columns((pl.col("day") // DAYS + later).alias("stretch")) for later in (0, 1)])
        if int(both.join(busy, on=["last", "stretch"], how="inner")["len"].sum()) > MOST_JOINED:
            break
        joined = both.join(edges, on=["last", "stretch"], how="inner").filter(
            (pl.col("order") > pl.col("o0"))
            & (pl.col("on") - pl.col("day") <= DAYS)
            & ((pl.col("then") - pl.col("amount")).abs() * 100 <= pl.col("amount") * TOLERANCE)
        )
        closes = pl.col("next") == pl.col("p0")
        taken = [f"o{at}" for at in range(length - 1)]
        closed = joined.filter(closes).select(*taken, pl.col("order").alias(f"o{length - 1}"), "amount", "then")
        if length == 2:
            equal = closed.filter(pl.col("amount") == pl.col("then"))
            same = np.unique(equal.select("o0", "o1").to_numpy())
        circled.append(closed)
        longest = length
        visited = [pl.col("next") != pl.col(f"p{at}") for at in range(length - 1)]
        nodes = [f"p{at}" for at in range(length - 1)]
        paths = joined.filter(*visited).select(
            *nodes,
            pl.col("last").alias(f"p{length - 1}"),
            pl.col("next").alias("last"),
            "amount",
            "day",
            *taken,
            pl.col("order").alias(f"o{length - 1}"),
        )
    places = orders["place"].to_numpy()
    on: set[int] = set()
    count = 0
    for closed in circled:
        columns = [name for name in closed.columns if name.startswith("o")]
        count += len(closed.unique(columns))
        on |= (
            set(places[np.unique(closed.select(columns).to_numpy()).astype(np.int64)].tolist())
            if len(closed)
            else set()
        )
    return Circles(orders, count, frozenset(on), frozenset(places[same.astype(np.int64)].tolist()), longest)


def _listed(places: frozenset[int]) -> str:
    return ", ".join(map(str, sorted(places))) or "-1"


def _evidence(records: Records, places: frozenset[int]) -> Evidence:
    shown = frozenset(sorted(places)[:MOST_LISTED])
    found = records.evidence(
        f"SELECT * EXCLUDE (place, buyer) FROM placed_orders WHERE place IN ({_listed(shown)})"
        " ORDER BY source_file, source_line",
        count=len(shown),
        like="SELECT * EXCLUDE (place, buyer) FROM placed_orders",
    )
    if len(shown) == len(places):
        return found
    note = phrases.shortened(len(shown), len(places))
    return found.model_copy(update={"note": note})


def _apart(records: Records, orders: pl.DataFrame) -> Breakdown:
    """Some orders over all that participants bought, taken apart."""
    bought = records.arrays(
        f"SELECT row::INTEGER AS row, {MONTH_NUMBER} AS month, paid FROM (SELECT row, period AS month, paid FROM buyer_periods)"
    )
    row, amount = (orders[name].to_numpy() for name in ("buyer", "amount"))
    since_1970 = orders["day"].to_numpy().astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    month = since_1970 + 12 * (1970 - 1)
    return breakdown_of(
        records,
        row=np.concatenate([row, bought["row"]]).astype(np.int32),
        month=np.concatenate([month, bought["month"]]).astype(np.int32),
        part=np.concatenate([amount, np.zeros_like(bought["paid"])]),
        whole=np.concatenate([np.zeros_like(amount), bought["paid"]]),
    )


@indicator(
    id="wash_orders",
    title=Text(en="Orders that go round in a circle", ar="طلبات تدور في حلقة"),
    definition=Text(
        en="Participants' orders through other participants that lie on a circle of two to four such orders within "
        f"{DAYS} days and {TOLERANCE}% of the same amount, over all that participants bought, reversals taken off.",
        ar="طلبات المشاركين عبر مشاركين آخرين الواقعة على حلقة من طلبين إلى أربعة خلال "
        f"{DAYS} يومًا وبفارق لا يزيد على {TOLERANCE}% في المبلغ، إلى كل ما اشتراه المشاركون بعد طرح ما أُلغي.",
    ),
    formula="sum of orders on cycles of length 2-4 in buyer -> seller / participants' orders",
    source="Definition of this project: strongly connected components of the money graph, then cycles of at most 4",
    unit="ratio",
    needs=("orders.amount", "orders.date", "orders.buyer_id", "orders.seller_id", "participants.id"),
    of_money=True,
    false_positives=Text(
        en="Two sellers who help each other out with stock at the company's price; a couple with two positions.",
        ar="بائعان يتبادلان البضاعة بسعر الشركة عند نفادها، أو زوجان لكل منهما موضع.",
    ),
)
def wash_orders(records: Records) -> Outcome:
    """Orders on circles over participants' orders; exact round trips, and orders merely inside a component, beside it."""
    total, through = records.row(
        "SELECT (SELECT coalesce(sum(paid), 0) FROM buyer_periods), (SELECT count(*) FROM order_facts"
        " WHERE side = 'participant' AND amount > 0 AND seller <> buyer AND date IS NOT NULL)"
    )
    if not through:
        return Outcome(
            lacking(
                phrases.needs(
                    "orders",
                    "seller_id",
                    "Needs participants' orders that name another participant as the seller: there is none.",
                    "يحتاج إلى طلبات مشاركين تذكر مشاركًا آخر بائعًا: لا يوجد منها شيء.",
                )
            )
        )
    found = records.once(circles)
    few = len(found.on_circle) <= MOST_IN_SERIES
    amounts, places = found.orders["amount"].to_numpy(), found.orders["place"].to_numpy()

    def among(chosen: frozenset[int]) -> Bools:
        return np.isin(places, np.fromiter(chosen, np.int64, len(chosen)))

    def of(chosen: frozenset[int]) -> Value:
        return share(exact_sum(amounts[among(chosen)]), int(total))

    apart = _apart(records, found.orders.filter(pl.Series(among(found.on_circle if few else frozenset()))))

    main = of(found.on_circle)
    notes = [
        Text(
            en=f"Circles: {found.circles:,}, of at most {found.longest} orders; their orders: {len(found.on_circle):,}.",
            ar=f"الحلقات: {phrases.isolate(f'{found.circles:,}')}، من {found.longest} طلبات على الأكثر؛ وطلباتها: "
            f"{phrases.isolate(f'{len(found.on_circle):,}')}.",
        )
    ]
    return Outcome(
        Value(main.value, main.numerator, main.denominator, apart.interval if few else None, main.missing),
        numerator_label=Text(en="orders on a circle", ar="الطلبات الواقعة على حلقة"),
        denominator_label=Text(en="all that participants bought", ar="كل ما اشتراه المشاركون"),
        alternatives=(
            alternative(
                "same_amount_back",
                Text(
                    en="there and back between two, for exactly the same amount",
                    ar="ذهابًا وإيابًا بين اثنين بالمبلغ نفسه",
                ),
                of(found.back_and_forth),
            ),
            alternative(
                "within_components",
                Text(
                    en="every order among people who buy from each other in a circle, whatever its amount and day",
                    ar="كل طلب بين من يشتري بعضهم من بعض في حلقة أيًّا كان مبلغه ويومه",
                ),
                of(frozenset(places.tolist())),
                bound="upper",
            ),
        ),
        series=apart.series if few else (),
        evidence=_evidence(records, found.on_circle),
        notes=tuple(notes),
        bound="exact" if found.longest == LONGEST else "lower",
        period=records.money_period,
    )


@indicator(
    id="reversed_after_payout",
    title=Text(en="Orders reversed after their commission was paid", ar="طلبات أُلغيت بعد صرف عمولتها"),
    definition=Text(
        en="Orders on which a commission was paid and which were taken back by a later order after the day of that "
        "payment, by amount, over all orders on which a commission was paid.",
        ar="مبالغ الطلبات التي صُرفت عنها عمولة ثم ألغاها طلب لاحق بعد يوم الصرف إلى كل الطلبات التي صُرفت عنها عمولة.",
    ),
    formula="sum of rewarded orders reversed after the payout / sum of rewarded orders",
    source="Definition of this project: reversals dated after the payout traced to the order",
    unit="ratio",
    needs=("orders.id", "orders.amount", "orders.date", "orders.reverses", "rewards.source_order_id", "rewards.date"),
    of_money=True,
    false_positives=Text(
        en="Ordinary returns; they should lead to a clawback, which the alternative leaves out.",
        ar="مرتجعات عادية، وحقها استرداد العمولة؛ والتعريف البديل يستبعد ما استُرد.",
    ),
)
def reversed_after_payout(records: Records) -> Outcome:
    """Rewarded orders taken back after the payment; those whose commission was not taken back, beside it."""
    currency = (records.currency or "").replace("'", "''")
    rewarded = f"""
        SELECT o.id, min(p.row) AS row, CAST(date_trunc('month', min(o.date)) AS DATE) AS month,
               min(o.amount)::BIGINT AS amount, min(w.paid_on) AS paid_on, bool_or(w.taken_back) AS taken_back
        FROM (
            SELECT source_order_id AS id, min(date) FILTER (amount > 0) AS paid_on, bool_or(amount < 0) AS taken_back
            FROM rewards WHERE source_order_id IS NOT NULL GROUP BY 1
        ) w JOIN orders o USING (id) LEFT JOIN people p ON p.id = o.buyer_id
        WHERE o.amount > 0 AND w.paid_on IS NOT NULL AND o.currency = '{currency}' GROUP BY 1
    """
    reversals = f"""
        SELECT reverses AS id, min(date) AS day FROM orders
        WHERE reverses IS NOT NULL AND amount < 0 AND currency = '{currency}' GROUP BY 1
    """
    late = f"SELECT w.*, v.day, coalesce(v.day > w.paid_on, false) AS late FROM ({rewarded}) w LEFT JOIN ({reversals}) v USING (id)"
    apart = breakdown(
        records,
        f"SELECT row, month, (CASE WHEN late THEN amount ELSE 0 END)::BIGINT AS part, amount AS whole FROM ({late})",
    )
    kept, lines = records.row(
        f"SELECT coalesce(sum(amount) FILTER (late AND NOT taken_back), 0), count(*) FILTER (late) FROM ({late})"
    )
    main = share(apart.part, apart.whole, whole=phrases.missing("rewards.source_order_id"))
    return Outcome(
        Value(main.value, main.numerator, main.denominator, apart.interval, main.missing),
        numerator_label=Text(en="reversed after the payout", ar="أُلغيت بعد الصرف"),
        denominator_label=Text(en="orders on which a commission was paid", ar="طلبات صُرفت عنها عمولة"),
        alternatives=(
            alternative(
                "commission_kept",
                Text(en="of these, the commission was never taken back", ar="منها ما لم تُسترد عمولته"),
                share(int(kept), apart.whole, whole=phrases.missing("rewards.source_order_id")),
            ),
        ),
        series=apart.series,
        evidence=records.evidence(
            f"SELECT o.source_file, o.source_line, w.id AS order_id, o.buyer_id, o.amount, w.paid_on, w.day AS reversed_on,"
            f" w.taken_back FROM ({late}) w JOIN orders o USING (id) WHERE w.late AND o.amount > 0"
            " ORDER BY o.source_file, o.source_line",
            count=int(lines),
        ),
        period=records.money_period,
    )
