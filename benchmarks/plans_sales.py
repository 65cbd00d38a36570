"""Commissions on sales: affiliates by click, tiers above them, managers, referrals, fast start, coded and own-rate bonuses.

`python -m benchmarks.plans_sales --participants 1000000` (several may be given) makes a random network in which early
joiners recruit more, a month of as many orders by outside customers, and a click and a half per order, and computes
each family: totals only, and the affiliate commission with every line as well. Prints seconds and the process's peak
memory. `--twin 1000` also times the slow twins of the tests, `--duckdb 1000000` the last click as one query.
"""

from __future__ import annotations

import argparse
import time
from functools import partial
from typing import Any

import duckdb
import numpy as np
import polars as pl

from benchmarks.unilevel import records, timed
from compensation import Computed, compute, parse_plan
from genealogy.network import Network
from tests.compensation import slow_attribution

HEAD = """\
id: benchmark
title: {en: Commissions on sales, ar: عمولات المبيعات}
currency: USD
period: month
components:
"""
SALE = "  - {id: sale, family: affiliate, attribution: {window: {days: 30}}, rate: 10%}\n"

PLANS = {
    "affiliate, last click": SALE,
    "affiliate, split between clicks": SALE.replace("{window", "{credit: split, window"),
    "affiliate, tiers and a boost": """\
  - id: sale
    family: affiliate
    attribution: {window: {days: 30}, cart: {days: 90}}
    tiers: {by: running_total, steps: [{at_least: "0", rate: 5%}, {at_least: "200", rate: 8%}, {at_least: "500", rate: 10%}]}
    add_if: [{new_customer: true, add: 1%}]
    boost: {steps: [{at_least: "50", factor: "1.25"}]}
    cap_per_order: "25"
""",
    "and tiers above, manager, remainder": SALE
    + "  - {id: tier, family: two_tier, of: [sale], share_of: commission, rates: [5%, 4%, 2%]}\n"
    + "  - {id: manager, family: affiliate_manager, sales: managed, rate: 2%, of: [sale]}\n"
    + "  - {id: tax, family: deduction, rates: {tax: 5%}}\n"
    + "  - {id: rest, family: remainder}\n",
    "customer referral": "  - {id: reward, family: customer_referral, referrer: {amount: '5'}, min_order: '50'}\n",
    "fast start with caps": (
        "  - {id: start, family: fast_start, base: {measure: volume}, rates: [20%, 10%, 5%], caps: ['200', '80', null], "
        "first_orders: 2, compression: skip_ineligible}\n"
    ),
    "coded bonus": "  - {id: code, family: coded_bonus, rate: 10%, passes_up: 2}\n",
    "own rate and new recruits": "  - {id: own, family: own_rate, rate: 20%, of: [own, new_recruits]}\n",
    "team commission": "  - {id: team, family: team_commission, steps: [{rate: 4%}, {rate: 9%, min_active_recruits: 3}]}\n",
    "retail profit": "  - {id: retail, family: retail_profit}\n",
    "host reward and stated payments": (
        "  - {id: booking, family: fixed_per_event, amount: '10', count_from: bookings, form: goods}\n"
        "  - {id: stated, family: given, fact: bookings}\n"
    ),
}


def market(participants: int, orders: int, seed: int = 11) -> tuple[Network, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The network, members' own orders, customers' orders, and the clicks that led to these."""
    chance = np.random.default_rng(seed)
    network, own = records(participants, orders)
    people = network.participants.with_columns(
        manager_id=pl.when(pl.int_range(pl.len()) % 3 == 0).then(pl.lit("p0")),
        kind=pl.when(pl.int_range(pl.len()) == 0).then(pl.lit("affiliate_manager")),
    )
    sold = own.with_columns(
        pl.format("c{}", pl.Series(chance.integers(0, orders, orders))).alias("buyer_id"),
        (pl.col("amount") * 7 // 10).alias("cost"),
        own["buyer_id"].alias("seller_id"),
    )
    many = orders * 3 // 2
    at = chance.integers(0, orders, many)
    ago = chance.integers(0, 40 * 86_400, many)
    clicks = sold.select("buyer_id", "date")[at].with_columns(
        network.ids.gather(chance.integers(0, participants, many)).alias("participant_id"),
        (pl.col("date") - pl.duration(seconds=pl.Series(ago))).alias("date"),
        pl.when(pl.Series(chance.integers(0, 10, many)) == 0).then(pl.lit("cart")).alias("kind"),
    )
    return Network.from_table(people), own, sold, clicks


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--participants", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--twin", type=int, default=0, help="also time the slow twin on so many orders")
    parser.add_argument("--duckdb", type=int, default=0, help="also time the last click in DuckDB on so many orders")
    given = parser.parse_args()
    for name in PLANS:  # compile
        run(name, *market(200, 200))
    for participants in given.participants:
        print(f"{participants:,} participants, as many orders, half as many clicks again", flush=True)
        made: Any = timed("make the records", lambda: market(participants, participants))  # noqa: B023 - used at once
        timed("tree", lambda: made[0].sponsor)  # noqa: B023
        for name in PLANS:
            timed(name, partial(run, name, *made))
        computed = timed("affiliate, every line", partial(run, "affiliate, last click", *made, lines=True))
        assert isinstance(computed, Computed)
        print(f"  {computed.line_count:,} lines; everything is accounted for: {computed.balance['ties'].all()}")
    if given.twin:
        twin(given.twin)
    if given.duckdb:
        by_duckdb(given.duckdb)


def run(
    name: str, network: Network, own: pl.DataFrame, sold: pl.DataFrame, clicks: pl.DataFrame, *, lines: bool = False
) -> Computed:
    """One plan on the orders that it is about."""
    of_members = name.split()[0] in ("customer", "fast", "coded", "own", "team")
    plan = parse_plan(HEAD + PLANS[name])
    facts = bookings(network) if name.startswith("host") else None
    return compute(
        plan, network, own if of_members else sold, facts=facts, clicks=None if of_members else clicks, lines=lines
    )


def bookings(network: Network) -> pl.DataFrame:
    """What the company states of everybody for January: how many bookings a party led to."""
    people = len(network.ids)
    return pl.DataFrame(
        {
            "participant_id": network.ids,
            "period": ["2025-01"] * people,
            "fact": ["bookings"] * people,
            "value": ["3"] * people,
        }
    )


def twin(orders: int) -> None:
    """The search for the last click against its slow twin."""
    network, _, sold, clicks = market(orders, orders)
    rows = sold.sort("date").rows(named=True)
    people = slow_attribution.People(dict.fromkeys(network.ids), dict.fromkeys(network.ids), dict.fromkeys(network.ids))
    taken = [
        slow_attribution.Order(row["id"], row["date"], row["buyer_id"], row["seller_id"], row["amount"]) for row in rows
    ]
    clicked = [
        slow_attribution.Click(row["participant_id"], row["date"], None, row["buyer_id"], cart=row["kind"] == "cart")
        for row in clicks.rows(named=True)
    ]
    rule = slow_attribution.Rule(window=slow_attribution.Span(days=30))
    start = time.perf_counter()
    slow = slow_attribution.attribute(rule, taken, clicked, people)
    seconds = time.perf_counter() - start
    start = time.perf_counter()
    computed = run("affiliate, last click", network, sold, sold, clicks, lines=True)
    fast = time.perf_counter() - start
    got = computed.lines.filter(pl.col("status") == "paid").height
    assert got == sum(1 for *_, why in slow if why is None)
    print(
        f"slow twin, {orders:,} orders: {seconds:.2f} s, the engine {fast:.3f} s: {seconds / fast:,.0f} times as long"
    )


def by_duckdb(orders: int) -> None:
    """The last click within 30 days as an as-of join in DuckDB, and the same in the engine."""
    network, _, sold, clicks = market(orders, orders)
    sales = sold.select("id", "buyer_id", "date", "amount")
    visits = clicks.filter(pl.col("kind").is_null())
    start = time.perf_counter()
    with duckdb.connect() as database:
        database.register("sales", sales.to_arrow())
        database.register("visits", visits.to_arrow())
        total = database.execute(
            "select sum(round(amount * 0.1::decimal(3, 2), 0)) from sales asof join visits "
            "on sales.buyer_id = visits.buyer_id and sales.date >= visits.date "
            "where date_diff('day', visits.date, sales.date) <= 30"
        ).fetchone()
    seconds = time.perf_counter() - start
    start = time.perf_counter()
    computed = run("affiliate, last click", network, sold, sold, clicks)
    fast = time.perf_counter() - start
    assert total is not None
    assert int(total[0]) == int(computed.balance["paid"].sum())
    print(f"DuckDB, last click of {orders:,} orders: {seconds:.2f} s, the engine {fast:.2f} s, to the cent the same")


if __name__ == "__main__":
    main()
