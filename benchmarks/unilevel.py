"""Ten-level unilevel with ranks and compression: how long the engine takes, and how much memory.

`python -m benchmarks.unilevel [participants] [orders]` (default a million of each) makes a random network in
which early joiners recruit more, one month of orders, four ranks with their own depth, and computes it three ways:
totals only, every line kept, and lines written to Parquet. Prints seconds and the process's peak memory.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from compensation import Computed, compute, parse_plan
from genealogy.network import Network

PLAN = """\
id: benchmark
title: {en: Ten levels by rank, ar: عشرة مستويات بحسب الرتبة}
currency: USD
period: month
ranks: {order: [Member, Silver, Gold, Diamond], unranked: Member}
activity: {rule: personal_volume, at_least: "50"}
components:
  - id: level
    family: unilevel
    rates_by_rank:
      Member: [5%, 4%]
      Silver: [5%, 4%, 3%, 3%]
      Gold: [5%, 4%, 3%, 3%, 2%, 2%, 1%]
      Diamond: [5%, 4%, 3%, 3%, 2%, 2%, 1%, 1%, 0.5%, 0.5%]
    compression: skip_ineligible
"""


def records(participants: int, orders: int, seed: int = 7) -> tuple[Network, pl.DataFrame]:
    """A random network and a month of its orders."""
    chance = np.random.default_rng(seed)
    sponsor = (chance.random(participants) ** 1.5 * np.arange(participants)).astype(np.int64)
    names = pl.select(pl.format("p{}", pl.int_range(participants))).to_series()
    parents = names.gather(sponsor)
    parents = parents.set(pl.Series(np.arange(participants) == 0), None)
    ranks = pl.Series(["Member", "Silver", "Gold", "Diamond"]).gather(
        chance.choice(4, participants, p=[0.7, 0.2, 0.08, 0.02])
    )
    people = pl.DataFrame({"id": names, "sponsor_id": parents, "rank": ranks})
    network = Network.from_table(people)
    table = pl.DataFrame(
        {
            "id": pl.select(pl.format("o{}", pl.int_range(orders))).to_series(),
            "date": (chance.integers(0, 31 * 86400, orders) + 1_735_689_600) * 1000,
            "buyer_id": names.gather(chance.integers(0, participants, orders)),
            "amount": chance.integers(1000, 30000, orders),
            "volume": chance.integers(10_000, 100_000, orders),
            "currency": pl.Series(["USD"]).new_from_index(0, orders),
        }
    )
    return network, table.with_columns(pl.col("date").cast(pl.Datetime("ms")))


def timed(what: str, work: Callable[[], object]) -> object:
    """Run, print seconds and peak memory, and hand the result on."""
    start, busy = time.perf_counter(), time.process_time()
    result = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    print(f"{what:<32}{seconds:8.2f} s{busy:8.2f} s of processor{peak:8.2f} GB peak", flush=True)
    return result


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("participants", nargs="?", type=int, default=1_000_000)
    parser.add_argument("orders", nargs="?", type=int, help="as many as participants if left out")
    asked = parser.parse_args()
    participants, orders = asked.participants, asked.orders or asked.participants
    plan = parse_plan(PLAN)
    compute(plan, *records(100, 100))  # compile
    print(f"{participants:,} participants, {orders:,} orders, ten levels by rank, compression")
    network, table = timed("make the records", lambda: records(participants, orders))
    timed("tree", lambda: network.sponsor)
    computed = timed("compute, totals only", lambda: compute(plan, network, table, lines=False))
    assert isinstance(computed, Computed)
    totals = timed("  its totals as a table", lambda: computed.totals)
    computed = timed("compute, every line", lambda: compute(plan, network, table))
    assert isinstance(computed, Computed)
    print(f"  {computed.line_count:,} lines; allotted = paid + breakage + rounding: {computed.awards[0].balance.ties}")
    assert computed.totals.equals(totals)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lines.parquet"
        timed("  its lines to Parquet", lambda: computed.write_lines(path))
        print(f"  {path.stat().st_size / 1024**2:,.0f} MB")


if __name__ == "__main__":
    main()
