"""Matrices, boards, contract matrices and X-up: how long a great many registrations take, and how much memory.

`python -m benchmarks.plans_matrices --participants 1000000` makes a random network in which early joiners recruit
more, an order of everybody, and computes each family, totals only. With `--twin` a small network is also computed by
the slow twins of tests/compensation, for scale. Prints seconds, processor seconds and the process's peak memory.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import polars as pl

from benchmarks.unilevel import timed
from compensation import Computed, compute, parse_plan
from compensation.simulation import forsage
from genealogy.network import Network

HEAD = "id: benchmark\ntitle: {en: B, ar: ب}\ncurrency: USD\nperiod: month\ncomponents:\n"
PLANS = {
    "matrix 3x10, breadth first": """\
  - id: matrix
    family: matrix
    width: 3
    depth: 10
    place: {rule: breadth_first, joins: listed}
    rates: [5%, 5%, 4%, 4%, 3%, 3%, 2%, 2%, 1%, 1%]
    compression: skip_ineligible
""",
    "matrix 2x12, weaker leg": """\
  - id: matrix
    family: matrix
    width: 2
    depth: 12
    place: {rule: weaker_leg, joins: listed}
    rates: [5%, 5%, 4%, 4%, 3%, 3%, 2%, 2%, 1%, 1%, 1%, 1%]
""",
    "board 2x2, follow the sponsor": """\
  - id: board
    family: board
    follow_the_sponsor: true
    stages:
      - {pay: "300", price: "100", re_enters: true}
      - {pay: "900", price: "200"}
""",
    "X3, twelve levels": """\
  - id: x3
    family: smart_contract_matrix
    matrix: X3
    prices: ["1", "2", "4", "8", "16", "32", "64", "128", "256", "512", "1024", "2048"]
""",
    "X4, twelve levels": """\
  - id: x4
    family: smart_contract_matrix
    matrix: X4
    prices: ["1", "2", "4", "8", "16", "32", "64", "128", "256", "512", "1024", "2048"]
    product: "x3 level {level}"
""",
    "two-up, persons": """\
  - id: x_up
    family: x_up
    x: 2
    what: person
    received_count: true
    passed: {receiver: 40%}
    kept: {recruiter: 40%}
""",
    "bonus for each recruit": """  - {id: bonus, family: recruitment_bonus, amount: "25"}
""",
    "upgrades passed up": """  - id: up
    family: upgrade_pass_up
    rewards: [{level: x3 level 2, up: 2, amount: "50"}]
    hold_back: {free: 2, then_levels_more: 1}
ranks: {source: purchases, order: [x3 level 1, x3 level 2, x3 level 3], unranked: x3 level 1}
""",
}


def records(participants: int, seed: int = 7) -> tuple[Network, pl.DataFrame]:
    """A random network, and an order of everybody in order of joining; every twentieth buys the second level as well."""
    chance = np.random.default_rng(seed)
    sponsor = (chance.random(participants) ** 1.5 * np.arange(participants)).astype(np.int64)
    names = pl.select(pl.format("p{}", pl.int_range(participants))).to_series()
    parents = names.gather(sponsor).set(pl.Series(np.arange(participants) == 0), None)
    network = Network.from_table(pl.DataFrame({"id": names, "sponsor_id": parents}))
    again = chance.random(participants) < 0.05
    buyer = np.repeat(np.arange(participants), np.where(again, 2, 1))
    second = np.append(False, buyer[1:] == buyer[:-1])
    level = pl.Series(["x3 level 1", "x3 level 2"]).gather(second.astype(np.int64))
    table = pl.DataFrame(
        {
            "id": pl.select(pl.format("o{}", pl.int_range(len(buyer)))).to_series(),
            "date": (1_735_689_600 + np.arange(len(buyer)) * 2_000_000 // len(buyer)) * 1000,
            "buyer_id": names.gather(buyer),
            "amount": pl.Series([10_000]).new_from_index(0, len(buyer)),
            "product": level,
        }
    )
    return network, table.with_columns(pl.col("date").cast(pl.Datetime("ms")))


def against_the_twins(participants: int) -> None:
    """The same two plans by the engine and by the slow twins."""
    from tests.compensation.slow_contract_matrix import SlowContract
    from tests.compensation.slow_matrix import Event, SlowMatrix, SlowRules

    network, table = records(participants)
    people = network.participants
    sponsor = dict(zip(people["id"], people["sponsor_id"], strict=True))

    def contract() -> None:
        twin = SlowContract("X4", "p0", sponsor, 12)
        for who, product in zip(table["buyer_id"], table["product"], strict=True):
            twin.buy(who, int(product[-1]))

    def matrix() -> None:
        SlowMatrix(SlowRules(3), sponsor).happen([Event(0, name) for name in sponsor])

    print(f"{participants:,} participants, by the engine and by the slow twin")
    for name, twin in (("X4, twelve levels", contract), ("matrix 3x10, breadth first", matrix)):
        plan = parse_plan(HEAD + PLANS[name])
        mine, slow = _seconds(lambda plan=plan: compute(plan, network, table, lines=False)), _seconds(twin)
        print(f"{name:<32}{mine:8.3f} s{slow:8.2f} s by the twin: {slow / mine:,.0f} times as long", flush=True)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Run the benchmark."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--participants", type=int, default=1_000_000)
    reader.add_argument("--twin", type=int, default=0, help="participants of the network that the slow twins get, too")
    options = reader.parse_args()
    small = records(200)
    for text in PLANS.values():
        compute(parse_plan(HEAD + text), *small, lines=False)  # compile
    forsage.monte_carlo_loss_share(50, 1)
    print(f"{options.participants:,} participants, an order of everybody")
    network, table = timed("make the records", lambda: records(options.participants))  # type: ignore[misc]
    timed("sponsor tree", lambda: network.sponsor)
    for name, text in PLANS.items():
        plan = parse_plan(HEAD + text)
        computed = timed(name, lambda plan=plan: compute(plan, network, table, lines=False))
        assert isinstance(computed, Computed)
        assert computed.awards[0].balance.ties
    timed("simulated contract, both types", lambda: forsage.monte_carlo_loss_share(options.participants, 1))
    if options.twin:
        against_the_twins(options.twin)


if __name__ == "__main__":
    main()
