"""Pay by rank and pay on pay: how long each family of docs/plans/ranks-and-matching.md takes, and how much memory.

`python -m benchmarks.plans_walks --participants 1000000` makes the network and the orders of `benchmarks.unilevel`, and a
chain of the same size, and computes each family on both, totals only. At a small size the same is done by the slow
twins of tests/compensation, one order after the other in plain Python, and the ratio is printed; no database or graph
library states these rules.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import polars as pl

from benchmarks.unilevel import records, timed
from compensation import Computed, compute, parse_plan
from genealogy.network import Network
from tests.compensation import slow_differential, slow_generation

HEAD = """\
id: benchmark
title: {en: Benchmark, ar: قياس السرعة}
currency: USD
period: month
ranks: {order: [Member, Silver, Gold, Diamond], unranked: Member}
activity: {rule: personal_volume, at_least: "20"}
components:
"""
RATES = "{Member: 2%, Silver: 5%, Gold: 8%, Diamond: 10%}"
FAMILIES = {
    "differential": f"  - {{id: d, family: differential, rates_by_rank: {RATES}}}\n",
    "differential, group volume": f"  - {{id: d, family: differential, on: group_volume, rates_by_rank: {RATES}}}\n",
    "infinity override": "  - {id: i, family: infinity, rates_by_rank: {Gold: 1%, Diamond: 1%}, from_level: 9}\n",
    "generation": "  - {id: g, family: generation, boundary_rank: Gold, rates: [5%, 4%, 3%, 2%]}\n",
    "generation, same or higher": "  - {id: g, family: generation, boundary: same_or_higher, rates: [5%, 4%, 3%]}\n",
    "generation, group volume": (
        "  - {id: g, family: generation, on: group_volume, leaders_only: false, boundary_rank: Gold, rates: [5%, 4%]}\n"
    ),
    "matching on a unilevel": (
        "  - {id: level, family: unilevel, rates: [5%, 4%, 3%]}\n"
        "  - {id: m, family: matching, of: [level], rates: [10%, 7%, 5%], compression: skip_ineligible}\n"
    ),
    "monoline": "  - {id: line, family: monoline, rates: [10%, 5%, 3%]}\n",
}


def chain(participants: int, orders: int) -> tuple[Network, pl.DataFrame]:
    """The same people and orders, everybody sponsored by the one before."""
    network, table = records(participants, orders)
    people = network.participants.select("id", "rank").with_columns(sponsor_id=pl.col("id").shift(1))
    return Network.from_table(people), table


def slowly(network: Network, table: pl.DataFrame) -> dict[str, Callable[[], Any]]:
    """The slow twins of two families on the same records."""
    people = network.participants
    sponsor = dict(zip(people["id"], people["sponsor_id"], strict=True))
    rank = dict(zip(people["id"], people["rank"], strict=True))
    volume: dict[str, int] = {}
    for who, points in zip(table["buyer_id"], table["volume"], strict=True):
        volume[who] = volume.get(who, 0) + points
    rates = {
        "Member": Fraction(2, 100),
        "Silver": Fraction(5, 100),
        "Gold": Fraction(8, 100),
        "Diamond": Fraction(1, 10),
    }

    def line(who: str) -> list[str]:
        above = []
        up = sponsor[who]
        while up is not None:
            above.append(up)
            up = sponsor[up]
        return above

    def can(who: str) -> bool:
        return volume.get(who, 0) >= 20_000

    def differences() -> int:
        terms = slow_differential.SlowTerms()
        found = 0
        for who, amount in zip(table["buyer_id"], table["amount"], strict=True):
            shares = slow_differential.shares(
                terms, line(who), lambda each: rates[rank[each]], can, Fraction(0), Fraction(1, 10)
            )
            found += sum(round(amount * share) for earner, share in shares if earner is not None)
        return found

    def generations() -> int:
        terms = slow_generation.SlowTerms()
        row = [Fraction(each, 100) for each in (5, 4, 3, 2)]
        found = 0
        for who, amount in zip(table["buyer_id"], table["amount"], strict=True):
            up = [
                slow_generation.Person(each, rank[each] in ("Gold", "Diamond"), Fraction(0), row, can(each))
                for each in line(who)
            ]
            found += sum(round(amount * share) for _, _, share, earns in slow_generation.shares(terms, up) if earns)
        return found

    return {"differential": differences, "generation": generations}


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--participants", type=int, default=1_000_000)
    parser.add_argument("--small", type=int, default=20_000, help="size at which the slow twins run, too")
    given = parser.parse_args()
    small = records(given.small, given.small)
    for text in FAMILIES.values():
        compute(parse_plan(HEAD + text), *small, lines=False)  # compile
        compute(parse_plan(HEAD + text), *chain(1000, 1000), lines=False)
    for shape, make in (("tree", records), ("chain", chain)):
        network, table = make(given.participants, given.participants)
        assert isinstance(network, Network)
        print(f"{given.participants:,} participants in a {shape} of {network.sponsor.levels:,} levels, as many orders")
        for name, text in FAMILIES.items():
            plan = parse_plan(HEAD + text)
            computed = timed(
                f"  {name}", lambda plan=plan, network=network, table=table: compute(plan, network, table, lines=False)
            )
            assert isinstance(computed, Computed)
            assert all(awards.balance.ties for awards in computed.awards)
    print(f"against the slow twins, {given.small:,} participants")
    for name, slow in slowly(*small).items():
        plan = parse_plan(HEAD + FAMILIES[name])
        begin = time.perf_counter()
        compute(plan, *small, lines=False)
        fast = time.perf_counter() - begin
        begin = time.perf_counter()
        slow()
        print(f"  {name:<32}{(time.perf_counter() - begin) / fast:8.0f} x as fast")


if __name__ == "__main__":
    main()
