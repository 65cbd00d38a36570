"""Ranks, rank bonuses and pools: how long the engine takes, and how much memory.

`python -m benchmarks.plans_ranks --participants 1000000` (default a million) makes a random network in which early
joiners recruit more, one month with an order per head, five ranks that ask for volumes with a limit per leg, legs that
hold a rank, customers and active recruits, a rank bonus and two pools. Each part is timed by itself; at a small size
the slow twin of the tests is timed on the same records, and DuckDB on the group volumes, the part it can do.
"""

from __future__ import annotations

import argparse
import time
from fractions import Fraction
from typing import Any

import duckdb
import numpy as np
import polars as pl

from benchmarks.unilevel import timed
from compensation import Books, compute_on, parse_plan
from compensation.evaluation import Evaluation
from compensation.plan import Plan
from genealogy.network import Network

RANKS: dict[str, Any] = {
    "order": ["Bronze", "Silver", "Gold", "Platinum", "Diamond"],
    "qualifications": {
        "Bronze": {"personal_volume": "50"},
        "Silver": {"group_volume": {"at_least": "500", "max_share_per_leg": "1/2"}, "recruits": {"count": 2}},
        "Gold": {"group_volume": {"at_least": "2000", "max_share_per_leg": "1/2"},
                 "qualified_legs": {"count": 2, "rank": "Silver", "depth": "anywhere"}},
        "Platinum": {"group_volume": {"at_least": "5000", "without": {"rank": "Platinum"}},
                     "qualified_legs": {"count": 2, "rank": "Gold", "depth": "anywhere"}},
        "Diamond": {"legs": {"count": 3, "min_volume": "5000"},
                    "qualified_legs": {"count": 1, "rank": "Platinum", "depth": "head"}},
    },
}  # fmt: skip


def plan() -> Plan:
    """The plan that is timed."""
    import json

    text = json.dumps(
        {
            "id": "benchmark",
            "title": {"en": "Ranks", "ar": "الرتب"},
            "currency": "USD",
            "activity": {"rule": "personal_volume", "at_least": "50"},
            "ranks": {"source": "qualified", **RANKS},
            "components": [
                {"id": "advancement", "family": "rank_bonus",
                 "amounts_by_rank": {"Silver": "100", "Gold": "500", "Platinum": "2000", "Diamond": "10000"}},
                {"id": "leaders", "family": "pool", "rate": "2%", "base": {"measure": "volume"},
                 "shares_by_rank": {"Gold": "1", "Platinum": "5", "Diamond": "10"}, "round": "share_down"},
                {"id": "everybody", "family": "pool", "rate": "1%", "base": {"measure": "volume"},
                 "shares_by": "group_volume", "round": "largest_remainder"},
            ],
        }
    )  # fmt: skip
    return parse_plan(text)


def books(participants: int, seed: int = 7) -> Books:
    """A random network and a month of its orders."""
    chance = np.random.default_rng(seed)
    sponsor = (chance.random(participants) ** 1.5 * np.arange(participants)).astype(np.int64)
    names = pl.select(pl.format("p{}", pl.int_range(participants))).to_series()
    parents = names.gather(sponsor).set(pl.Series(np.arange(participants) == 0), None)
    network = Network.from_table(pl.DataFrame({"id": names, "sponsor_id": parents}))
    orders = pl.DataFrame(
        {
            "id": pl.select(pl.format("o{}", pl.int_range(participants))).to_series(),
            "buyer_id": names.gather(chance.integers(0, participants, participants)),
            "period": pl.Series(["2025-01"]).new_from_index(0, participants),
            "volume": chance.integers(10_000, 200_000, participants),
        }
    )
    return Books(network, orders)


def against_the_slow_twin(participants: int = 2_000) -> None:
    """Seconds of the engine and of the plain-Python twin on the same small records."""
    from datetime import datetime

    from tests.compensation import slow_ranks as slow

    small = books(participants)
    start = time.perf_counter()
    rank = Evaluation(plan(), small).rank(0)
    engine = time.perf_counter() - start
    people = small.network.participants
    none = dict.fromkeys(people["id"])
    sponsor = dict(zip(people["id"], people["sponsor_id"], strict=True))
    orders = [slow.SlowOrder(who, None, volume, 0) for who, volume in small.orders.select("buyer_id", "volume").rows()]
    world = slow.SlowWorld(sponsor, none, none, none, none, orders, [datetime(2025, 2, 1)], least_to_be_active=50_000)  # noqa: DTZ001
    thousandths = {name: _scaled(asked) for name, asked in RANKS["qualifications"].items()}
    remembered: dict[str, list[str]] = {}
    for who, above in sponsor.items():
        remembered.setdefault(above, []).append(who)  # type: ignore[arg-type]
    slow.SlowMonth.children = lambda self, tree, who: remembered.get(who, [])  # type: ignore[method-assign] # noqa: ARG005
    volume = dict(small.orders.group_by("buyer_id").agg(pl.col("volume").sum()).rows())
    slow.SlowMonth.personal = lambda self, who: volume.get(who, 0)  # type: ignore[method-assign] # noqa: ARG005
    start = time.perf_counter()
    twin = slow.qualify(world, 0, {**RANKS, "qualifications": thousandths})
    seconds = time.perf_counter() - start
    assert [twin[who] for who in people["id"]] == rank.tolist()
    print(
        f"{participants:,} participants: engine {engine:.3f} s, slow twin {seconds:.1f} s ({seconds / engine:,.0f} times)"
    )


def _scaled(asked: Any) -> Any:
    """Volumes in the twin's unit, thousandths of a point."""
    if isinstance(asked, dict):
        return {
            key: str(Fraction(value) * 1000) if key in ("at_least", "min_volume", "personal_volume") else _scaled(value)
            for key, value in asked.items()
        }
    return asked


def against_duckdb(records: Books) -> None:
    """Group volumes alone in DuckDB: a recursive query that carries every volume to everybody above."""
    database = duckdb.connect()
    database.register("people", records.network.participants.select("id", "sponsor_id").to_arrow())
    database.register("orders", records.orders.select("buyer_id", "volume").to_arrow())
    start = time.perf_counter()
    database.execute(
        """
        create table result as
        with recursive own as (select buyer_id as id, sum(volume) as volume from orders group by 1),
        up(id, volume) as (
            select id, volume from own
            union all
            select people.sponsor_id, up.volume from up join people using (id) where people.sponsor_id is not null
        )
        select id, sum(volume) as volume from up group by 1
        """
    )
    print(f"DuckDB, group volumes only (recursive){time.perf_counter() - start:10.2f} s")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--participants", type=int, default=1_000_000)
    wanted = parser.parse_args().participants
    rules = plan()
    compute_on(rules, books(200))  # compile
    against_the_slow_twin()
    records = books(wanted)
    print(f"{wanted:,} participants and orders, five ranks qualified for, a rank bonus and two pools")
    timed("tree", lambda: records.network.sponsor)
    evaluation = Evaluation(rules, records)
    timed("volumes", lambda: (evaluation.personal_volume(0), evaluation.group_volume(0)))
    rank = timed("ranks", lambda: evaluation.rank(0))
    assert isinstance(rank, np.ndarray)
    print("  held, from none to the highest:", ", ".join(f"{each:,}" for each in np.bincount(rank)))
    computed: Any = timed("everything, totals only", lambda: compute_on(rules, records, lines=False))
    for awards in computed.awards:
        print(f"  {awards.component}: allotted = paid + breakage + rounding: {awards.balance.ties}")
    timed("everything, every line", lambda: compute_on(rules, records))
    if wanted <= 1_000_000:
        against_duckdb(records)


if __name__ == "__main__":
    main()
