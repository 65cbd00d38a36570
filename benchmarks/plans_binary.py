"""A period of a binary: how long the engine takes, and how much memory, on a balanced and on a random placement tree.

`python -m benchmarks.plans_binary --participants 1000000` (several may be given) places everybody in a binary tree, gives
everybody one order in the month, and computes the weaker leg, pairs with caps, and a table of steps: totals only, and the
weaker leg with every line and figure as well. Prints seconds and the process's peak memory. `--twin 2000` also times the
slow twin of the tests, `--duckdb 100000` the same legs and pairs as one recursive query.
"""

from __future__ import annotations

import argparse
import time
from fractions import Fraction
from functools import partial
from typing import Any

import duckdb
import numba as nb
import numpy as np
import polars as pl

from benchmarks.unilevel import timed
from compensation import Computed, compute, parse_plan
from genealogy.network import Network
from tests.compensation import slow_binary

HEAD = """\
id: benchmark
title: {en: A binary, ar: خطة ثنائية}
currency: USD
period: month
ranks: {order: [Member, Silver, Gold, Diamond], unranked: Member}
activity: {rule: personal_volume, at_least: "20"}
components:
"""

PLANS = {
    "weaker leg": """\
  - id: binary
    family: binary
    method: weaker_leg
    rate: 10%
""",
    "pairs, caps, both sides sponsored": """\
  - id: binary
    family: binary
    method: pairs
    unit: {strong: "200", weak: "100"}
    amounts_by_rank: {Member: "10", Silver: "12", Gold: "14", Diamond: "16"}
    caps:
      - {of: pairs, cap: "100", excess: carry}
      - {of: amount, cap_by_rank: {Member: "500", Silver: "1000"}}
    carry_limits: {per_side: "5000", expires_after: 6}
    qualification: {left: 1, right: 1}
""",
    "steps, matched every day": """\
  - id: binary
    family: binary
    method: steps
    match_every: day
    take: repeatedly
    steps:
      - {each: "100", amount: "8"}
      - {each: "500", amount: "45"}
      - {each: "2000", amount: "200"}
""",
}


@nb.njit(cache=True)
def _placed_at_random(chance: Any, parent: Any, side: Any, slots: Any) -> None:
    """Everybody takes one of the free places, each as likely as the others; a place is 2 x position + side."""
    slots[0], slots[1] = 0, 1
    free = 2
    for i in range(1, parent.shape[0]):
        at = int(chance[i] * free)
        place = slots[at]
        parent[i], side[i] = place // 2, place % 2
        slots[at] = 2 * i
        slots[free] = 2 * i + 1
        free += 1


def places(participants: int, shape: str, seed: int = 7) -> tuple[Any, Any]:
    """Parent (-1 for the root) and side of everybody."""
    parent = np.maximum((np.arange(participants, dtype=np.int64) - 1) // 2, 0)
    side = (np.arange(participants, dtype=np.int64) + 1) % 2
    if shape == "random":
        chance = np.random.default_rng(seed).random(participants)
        _placed_at_random(chance, parent, side, np.empty(participants + 1, np.int64))
    parent[0] = -1
    return parent, side


def records(participants: int, shape: str, seed: int = 7) -> tuple[Network, pl.DataFrame]:
    """A placement tree, sponsors who are mostly the person above, and one order of everybody in January."""
    chance = np.random.default_rng(seed)
    parent, side = places(participants, shape, seed)
    names = pl.select(pl.format("p{}", pl.int_range(participants))).to_series()
    root = pl.Series(parent < 0)
    above = names.gather(np.maximum(parent, 0)).set(root, None)
    people = pl.DataFrame(
        {
            "id": names,
            "sponsor_id": above,
            "placement_id": above,
            "leg": pl.Series(["left", "right"]).gather(side).set(root, None),
            "rank": pl.Series(["Member", "Silver", "Gold", "Diamond"]).gather(
                chance.choice(4, participants, p=[0.7, 0.2, 0.08, 0.02])
            ),
        }
    )
    orders = pl.DataFrame(
        {
            "id": pl.select(pl.format("o{}", pl.int_range(participants))).to_series(),
            "date": np.sort(chance.integers(0, 31 * 86400, participants) + 1_735_689_600) * 1000,
            "buyer_id": names.gather(chance.permutation(participants)),
            "amount": chance.integers(1000, 30000, participants),
            "volume": chance.integers(10_000, 100_000, participants),
        }
    )
    return Network.from_table(people), orders.with_columns(pl.col("date").cast(pl.Datetime("ms")))


def twin(participants: int) -> None:
    """The slow twin beside the engine, on the weaker leg."""
    network, orders = records(participants, "balanced")
    parent, side = places(participants, "balanced")
    held = {f"p{i}": (f"p{parent[i]}", int(side[i])) if i else None for i in range(participants)}
    brought = list(zip(orders["buyer_id"], orders["volume"], strict=True))
    volume = dict(brought)
    start = time.perf_counter()
    slow = slow_binary.run(
        slow_binary.SlowBinary(lambda *_: Fraction(1, 100)),
        held,
        [(0, brought)],
        may=lambda who, _: volume[who] >= 20_000,
        active=lambda *_: True,
    )
    taken = time.perf_counter() - start
    plan = parse_plan(HEAD + PLANS["weaker leg"])
    start = time.perf_counter()
    computed = compute(plan, network, orders)
    print(f"slow twin of {participants:,}: {taken:.2f} s, engine {time.perf_counter() - start:.3f} s")
    assert computed.totals["amount"].sum() == sum(slow.paid.values())


def database(participants: int) -> None:
    """Legs and weaker leg as one recursive query; the balanced tree, where every order climbs log2(n) levels."""
    network, orders = records(participants, "balanced")
    parent, side = places(participants, "balanced")
    volume = dict(zip(orders["buyer_id"], orders["volume"], strict=True))
    nodes = pl.DataFrame(
        {
            "id": np.arange(participants),
            "parent": parent,
            "side": side,
            "volume": [volume[f"p{i}"] for i in range(participants)],
        }
    )
    start = time.perf_counter()
    with duckdb.connect() as connection:
        connection.register("nodes", nodes.to_arrow())
        found = connection.sql(
            """with recursive up(node, side, volume) as (
                 select parent, side, volume from nodes where parent >= 0
                 union all select n.parent, n.side, u.volume from up u join nodes n on n.id = u.node where n.parent >= 0)
               select sum(least(coalesce(l, 0), coalesce(r, 0))) from (
                 select node, sum(volume) filter (side = 0) l, sum(volume) filter (side = 1) r from up group by node)"""
        ).fetchall()[0]
    taken = time.perf_counter() - start
    plan = parse_plan(HEAD.replace('at_least: "20"', 'at_least: "0"') + PLANS["weaker leg"])
    start = time.perf_counter()
    computed = compute(plan, network, orders, lines=False)
    print(f"DuckDB, {participants:,}: {taken:.2f} s, engine {time.perf_counter() - start:.3f} s")
    assert computed.awards[0].balance.allotted == Fraction(int(found[0]), 100)


def measure(participants: int, shape: str) -> None:
    """Every plan on one tree."""
    print(f"{participants:,} participants in a {shape} tree, an order each")
    network, orders = records(participants, shape)
    timed("  the tree", lambda: network.tree("placement"))
    for name, rule in PLANS.items():
        plan = parse_plan(HEAD + rule)
        computed = timed(f"  {name}", partial(compute, plan, network, orders, lines=False))
        assert isinstance(computed, Computed)
        print(f"    paid to {len(computed.totals):,}; ties: {computed.awards[0].balance.ties}")
        del computed
    timed("  weaker leg, lines and figures", partial(compute, parse_plan(HEAD + PLANS["weaker leg"]), network, orders))


def main() -> None:
    """Run the benchmark."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--participants", type=int, nargs="*", default=[1_000_000])
    arguments.add_argument("--shapes", nargs="+", choices=["balanced", "random"], default=["balanced", "random"])
    arguments.add_argument("--twin", type=int)
    arguments.add_argument("--duckdb", type=int)
    given = arguments.parse_args()
    for rule in PLANS.values():
        compute(parse_plan(HEAD + rule), *records(100, "random"))  # compile
    for participants in given.participants:
        for shape in given.shapes:
            measure(participants, shape)
    if given.twin:
        twin(given.twin)
    if given.duckdb:
        database(given.duckdb)


if __name__ == "__main__":
    main()
