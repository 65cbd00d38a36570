"""Bonuses on groups: stairstep, discount differences, breakaway overrides, and the leadership bonus with its minimum.

`python -m benchmarks.plans_stairstep --participants 1000000` (several may be given) makes a random network in which
early joiners recruit more and a month of as many orders, and computes each family twice: totals only, and every line.
Prints seconds and the process's peak memory. `--twin 2000` also times the slow twins of the tests on so many people.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import polars as pl

from benchmarks.unilevel import records, timed
from compensation import Computed, compute, parse_plan
from genealogy.network import Network
from tests.compensation import slow_breakaway, slow_leadership_minimum, slow_stairstep

HEAD = """\
id: benchmark
title: {en: Bonuses on groups, ar: مكافآت المجموعات}
currency: USD
period: month
volumes: {measure: points}
ranks: {order: [Member, Silver, Gold, Diamond], unranked: Member}
components:
"""

PLANS = {
    "stairstep": """\
  - id: performance
    family: stairstep
    base: {measure: volume}
    top_bracket_breaks_away: true
    brackets:
      - {at_least: "100", rate: 3%}
      - {at_least: "300", rate: 6%}
      - {at_least: "600", rate: 9%}
      - {at_least: "1000", rate: 12%}
      - {at_least: "1500", rate: 15%}
      - {at_least: "2500", rate: 18%}
      - {at_least: "4000", rate: 21%}
      - {at_least: "6000", rate: 23%}
      - {at_least: "7500", rate: 25%}
""",
    "wholesale difference": """\
  - id: wholesale
    family: stairstep
    difference: line
    own_volume_paid: false
    rates_by_rank: {Member: 25%, Silver: 35%, Gold: 42%, Diamond: 50%}
""",
    "breakaway": """\
  - id: override
    family: breakaway
    base: {measure: volume}
    leaders: {rank: Gold}
    rates: [5%, 3%, 2%, 1%, 1%, 1%]
    compression: skip_ineligible
    eligibility: {min_personal_volume: "50"}
""",
    "leadership minimum": """\
  - id: leadership
    family: leadership_minimum
    base: {measure: volume}
    rate: 4%
    leader_volume: "7500"
    recipient_volume: "1500"
    guaranteed_volume: "7500"
    leaders_in: legs
    not_entitled: pass_up
""",
}


def month(participants: int) -> tuple[Network, pl.DataFrame]:
    """A random network and a month of its orders."""
    network, table = records(participants, participants)
    return network, table.with_columns(points=pl.col("volume"))


def engine(participants: int) -> None:
    """Every family at one size."""
    print(f"{participants:,} participants, as many orders")
    network, table = month(participants)
    timed("tree", lambda: network.sponsor)
    for name, text in PLANS.items():
        plan = parse_plan(HEAD + text)
        totals = timed(f"{name}, totals only", lambda plan=plan: compute(plan, network, table, lines=False).totals)
        computed = timed(f"{name}, every line", lambda plan=plan: compute(plan, network, table))
        assert isinstance(computed, Computed)
        assert computed.totals.equals(totals)
        print(
            f"  {computed.line_count:,} lines; allotted = paid + breakage + rounding: {computed.awards[0].balance.ties}"
        )
        del computed


def twins(people: int) -> None:
    """The slow twins of the tests against the engine, on the same month."""
    network, table = month(people)
    ids = [str(each) for each in network.ids]
    parents = network.participants["sponsor_id"].to_list()
    sponsor = dict(zip(ids, parents, strict=True))
    rank = dict(zip(ids, network.participants["rank"].to_list(), strict=True))
    bought = list(zip(table["buyer_id"], table["volume"], table["points"], strict=True))
    volume: dict[str, int] = {}
    for who, points, _ in bought:
        volume[who] = volume.get(who, 0) + points
    everybody = frozenset(ids)
    for name, text in PLANS.items():
        plan = parse_plan(HEAD + text)
        component: Any = plan.components[0]
        compute(plan, network, table)
        start = time.perf_counter()
        compute(plan, network, table)
        ours = time.perf_counter() - start
        start = time.perf_counter()
        match name:
            case "stairstep":
                steps = [(int(each.at_least * 1000), each.rate) for each in component.brackets]
                slow_stairstep.Month(
                    slow_stairstep.SlowPlan(
                        steps, least_that_breaks_away=steps[-1][0], eligible=everybody, may_earn_on_legs=everybody
                    ),
                    sponsor,
                    [(who, base, points, "buy") for who, base, points in bought],
                )
            case "wholesale difference":
                rates = {who: component.rates_by_rank[held] for who, held in rank.items()}
                slow_stairstep.Month(
                    slow_stairstep.SlowPlan(
                        None, rates, difference="line", own_volume_paid=False, eligible=everybody,
                        may_earn_on_legs=everybody,
                    ),
                    sponsor,
                    [(who, base, points, "buy") for who, base, points in bought],
                )  # fmt: skip
            case "breakaway":
                leaders = frozenset(who for who, held in rank.items() if held in ("Gold", "Diamond"))
                slow_breakaway.Month(
                    slow_breakaway.SlowPlan(
                        leaders, row_of=dict.fromkeys(ids, "all"), rows={"all": component.rates},
                        generations=6, compression="skip_ineligible",
                        eligible=frozenset(who for who in ids if volume.get(who, 0) >= 50_000),
                    ),
                    sponsor,
                    volume,
                    volume,
                )  # fmt: skip
            case _:
                slow_leadership_minimum.Month(
                    slow_leadership_minimum.SlowPlan(
                        component.rate, 7_500_000, 1_500_000, in_legs=True, guaranteed=7_500_000,
                        passes_up=True, eligible=everybody,
                    ),
                    sponsor,
                    volume,
                    volume,
                )  # fmt: skip
        theirs = time.perf_counter() - start
        print(f"{name:<32}{people:>8,} people: engine {ours:7.4f} s, twin {theirs:8.3f} s, {theirs / ours:,.0f} times")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--participants", type=int, action="append", help="size of the network; may be repeated")
    parser.add_argument("--twin", type=int, default=0, help="also time the slow twins on so many people")
    given = parser.parse_args()
    small, table = month(200)
    for text in PLANS.values():
        compute(parse_plan(HEAD + text), small, table)  # compile
    if given.twin:
        twins(given.twin)
    for participants in given.participants or [1_000_000]:
        engine(participants)


if __name__ == "__main__":
    main()
