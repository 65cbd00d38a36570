"""Loading a million participants into a real Neo4j server, and asking it about them.

    python -m benchmarks.neo4j_load                      # a million, on a server started for it
    python -m benchmarks.neo4j_load --people 200000 --batch 5000 --batch 10000 --batch 50000
    python -m benchmarks.neo4j_load --uri bolt://localhost:7687     # the server's network is replaced

For each batch size: seconds to load, rows (participants and links) per second, and the server's peak memory; then
the median of what a person asks for. The network is random recruitment, thirty to forty levels deep, with all the
columns of the table and ids of twelve characters.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from genealogy import Network
from genealogy.stores import Neo4jStore
from genealogy.stores.neo4j import BATCH
from genealogy.stores.server import Neo4jServer

ASKED = 20
"""How often a question is asked; the median counts."""


def recruited(people: int, seed: int = 7) -> Network:
    """Everyone but the first recruited by somebody who was there, the recent ones more often."""
    random = np.random.default_rng(seed)
    own = np.arange(people)
    parents = pl.Series(own - 1 - (random.random(people) ** 2 * own).astype(np.int64))
    ids = pl.Series("id", [f"EG-{number:09}" for number in range(people)])
    sponsors = ids.gather(pl.select(pl.when(parents >= 0).then(parents)).to_series())
    return Network.from_table(
        pl.DataFrame(
            {
                "id": ids,
                "sponsor_id": sponsors,
                "joined": pl.Series(1_600_000_000_000 + 60_000 * own).cast(pl.Datetime("ms")),
                "kind": ["distributor"] * people,
                "rank": pl.Series(random.choice(["bronze", "silver", "gold"], people)),
                "country": pl.Series(random.choice(["EG", "SA", "AE", "US"], people)),
                "source_file": ["participants.csv"] * people,
                "source_line": own + 2,
            }
        )
    )


def peak_memory(pid: int) -> str:
    """The most memory that a process held so far, as the kernel counted it."""
    status = Path(f"/proc/{pid}/status")
    if not status.is_file():
        return "unknown"
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return f"{int(line.split()[1]) / 1024:,.0f} MB"


def median(question: Callable[[], object]) -> str:
    """Milliseconds of a question, first asking left out."""
    question()
    times = []
    for _ in range(ASKED):
        started = time.perf_counter()
        question()
        times.append(time.perf_counter() - started)
    return f"{1000 * statistics.median(times):,.1f} ms"


def load(store: Neo4jStore, network: Network) -> dict[str, float]:
    """Seconds of each stage of a load."""
    ends: dict[str, float] = {}
    started = time.perf_counter()

    def tell(stage: str, _: float) -> None:
        ends[stage] = time.perf_counter() - started

    store.write(network, tell)
    ends["total"] = time.perf_counter() - started
    return ends


def main() -> None:
    """Load with each batch size, then ask."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, action="append", help=f"rows of a transaction (default {BATCH:,})")
    parser.add_argument("--heap", default="1500m", help="Java heap of the server that is started")
    parser.add_argument("--uri", help="a running server, whose network is replaced; else one is started")
    chosen = parser.parse_args()
    network = recruited(chosen.people)
    rows = 2 * len(network) - int(network.sponsor.roots().size)
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{len(network):,} participants, {rows - len(network):,} links, {network.sponsor.levels} levels\n")
    for batch in chosen.batch or [BATCH]:
        with contextlib.ExitStack() as stack:
            server = None
            if chosen.uri is None:
                server = stack.enter_context(Neo4jServer(heap=chosen.heap, page_cache="256m"))
            password = os.environ.get("NEO4J_PASSWORD")
            auth = ("neo4j", password) if chosen.uri and password else None
            store = stack.enter_context(Neo4jStore(chosen.uri or server.uri, auth, batch=batch))  # type: ignore[union-attr]
            ends = load(store, network)
            nodes, links = ends["writing participants"], ends["writing links"] - ends["writing participants"]
            print(
                f"batch {batch:>6,}: {ends['total']:6.1f} s, {rows / ends['total']:8,.0f} rows/s "
                f"(participants {nodes:.1f} s, links {links:.1f} s)",
                flush=True,
            )
            if batch == (chosen.batch or [BATCH])[-1]:
                ask(store, network)
            if server is not None:
                print(f"  server's peak memory {peak_memory(server.pid)}", flush=True)


def ask(store: Neo4jStore, network: Network) -> None:
    """What a person asks, with the median time."""
    tree = network.sponsor
    top, deep = tree.id_of(0), tree.id_of(int(tree.depth.argmax()))
    middle = tree.id_of(len(tree) // 2)
    print(f"  participant            {median(lambda: store.participant(deep))}")
    print(f"  upline, {tree.levels - 1:>3} levels     {median(lambda: store.upline(deep))}")
    print(f"  downline, first 100    {median(lambda: store.downline(top))}")
    print(f"  downline, half-way     {median(lambda: store.downline(top, after=middle))}")
    print(f"  downline, 5 levels     {median(lambda: store.downline(top, levels=5))}")
    print(f"  children               {median(lambda: store.children(top))}")
    print(f"  search by prefix       {median(lambda: store.search('EG-0001'))}")
    started = time.perf_counter()
    again = store.read()
    print(f"  read everything        {time.perf_counter() - started:,.1f} s")
    assert again.participants.equals(network.participants)
    assert (again.sponsor.parent == tree.parent).all()


if __name__ == "__main__":
    main()
