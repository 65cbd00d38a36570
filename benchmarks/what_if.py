"""What if, on a million participants: how long each change takes, the computation before it not counted.

`python -m benchmarks.what_if [participants] [orders]` (default a million of each) makes the network of
`benchmarks.unilevel`, of whose orders a third are customers' and a tenth starter kits, and asks every question once.
"""

from __future__ import annotations

import argparse
from datetime import date

import numpy as np
import polars as pl

from benchmarks.unilevel import PLAN, records, timed
from compensation import Books, compute_on, parse_plan
from compensation.computed import Computed
from compensation.what_if import (
    Change,
    CustomerGate,
    CustomerLimit,
    RecruitingStops,
    RetailOnly,
    WhatIf,
    WithoutCategories,
    WithoutTop,
    what_if,
)


def mixed(participants: int, orders: int, seed: int = 7) -> Books:
    """The records of the level benchmark, with customers' orders, kits, and dates of joining."""
    network, table = records(participants, orders, seed)
    chance = np.random.default_rng(seed + 1)
    sold = pl.Series(chance.random(orders) < 1 / 3)
    kit = pl.Series(chance.random(orders) < 1 / 10)
    table = table.with_columns(
        seller_id=pl.when(sold).then(pl.col("buyer_id")),
        buyer_id=pl.when(~sold).then(pl.col("buyer_id")),
        category=pl.when(kit).then(pl.lit("starter_kit")).otherwise(pl.lit("product")),
    )
    joined = pl.Series((chance.integers(-300, 31, participants) * 86400 + 1_735_689_600) * 1000)
    people = network.participants.with_columns(joined=joined.cast(pl.Datetime("ms")))
    return Books(type(network).from_table(people), table)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("participants", nargs="?", type=int, default=1_000_000)
    parser.add_argument("orders", nargs="?", type=int, help="as many as participants if left out")
    asked = parser.parse_args()
    participants, orders = asked.participants, asked.orders or asked.participants
    plan, books = parse_plan(PLAN), mixed(participants, orders)
    compute_on(plan, mixed(1000, 1000))  # compiled once
    before = timed("before", lambda: compute_on(plan, books, lines=False))
    assert isinstance(before, Computed)
    changes: list[Change] = [
        RetailOnly(),
        WithoutCategories(),
        CustomerLimit(),
        CustomerGate(),
        RecruitingStops(last_day=date(2024, 12, 31)),
        WithoutTop(count=participants // 100),
    ]
    for change in changes:
        found = timed(change.change, lambda change=change: what_if(plan, books, change, before=before))  # type: ignore[misc]
        assert isinstance(found, WhatIf)
        print(f"    paid {found.totals.before} -> {found.totals.after} cents, {found.totals.lose:,} paid less")


if __name__ == "__main__":
    main()
