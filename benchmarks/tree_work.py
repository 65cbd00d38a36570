"""One job, done by Downline and by each peer on the same input: what `benchmarks.tree` times.

The job: from parent rows in any order, build; sum people and money over every downline; pay ten levels of a
unilevel for one order per participant, each payout rounded down to the cent. `python -m benchmarks.tree_work
PEER FOLDER` does it for one peer in this process and prints one JSON line: seconds per stage, peak memory, and
checksums of the three results, which must be the same for all.

Peers are used as their users would, but no slower than need be. None of them has subtree sums or level walks of
its own: with NetworkX one walks the graph's predecessors; from rustworkx and igraph the parents are taken once into a
list and the walks are plain Python over it; DuckDB answers everything in one recursive query.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numba import njit

RATES = (10, 8, 6, 5, 4, 3, 2, 2, 1, 1)
"""Percent of the order's amount for levels 1 to 10."""

REPEAT_UP_TO = 20.0
"""A job is repeated, three times in all, while its runs together take less than this many seconds."""


class Job(NamedTuple):
    """Parents by row (-1: root), and the cents of each row's one order."""

    parents: np.ndarray
    amounts: np.ndarray


class Result(NamedTuple):
    """By row: people and cents in the downline with oneself, cents paid by the unilevel; seconds per stage."""

    people: np.ndarray
    group: np.ndarray
    paid: np.ndarray
    build: float
    sums: float
    unilevel: float | None
    """None where one query gives sums and unilevel."""


def job(count: int, seed: int = 7) -> Job:
    """A random recursive tree (everybody equally likely to have sponsored the next), rows shuffled."""
    random = np.random.default_rng(seed)
    parents = (random.random(count) * np.arange(count)).astype(np.int64)
    parents[0] = -1
    row = random.permutation(count)
    shuffled = np.empty(count, np.int64)
    shuffled[row] = np.where(parents >= 0, row[parents], -1)
    return Job(shuffled, random.integers(1_00, 500_00, count))


def downline(work: Job) -> Result:
    """Ours: preorder arrays, compiled loops, one thread."""
    from genealogy.tree import Tree

    clock = time.perf_counter
    start = clock()
    tree = Tree.from_parents(work.parents)
    built = clock()
    people = tree.by_row(tree.size)
    amounts = tree.by_position(work.amounts)
    group = tree.by_row(tree.group_sum(amounts))
    summed = clock()
    paid = tree.by_row(_unilevel(tree.parent, amounts, np.array(RATES, np.uint64)))
    return Result(people, group, paid, built - start, summed - built, clock() - summed)


@njit(cache=True, nogil=True)
def _unilevel(parent: np.ndarray, amounts: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """Cents per position, one order per position: in preorder the upline is what was touched last.

    Amounts are not negative, so they are divided as unsigned, which rounds down and is twice as fast.
    """
    paid = np.zeros(parent.size, np.int64)
    for node in range(parent.size):
        above, amount = parent[node], np.uint64(amounts[node])
        for rate in rates:
            if above < 0:
                break
            paid[above] += np.int64(amount * rate // np.uint64(100))
            above = parent[above]
    return paid


def networkx(work: Job) -> Result:
    """NetworkX: a DiGraph, its topological order, and walks over the graph's own predecessors."""
    import networkx as nx

    parents, amounts = work.parents.tolist(), work.amounts.tolist()
    clock = time.perf_counter
    start = clock()
    graph: nx.DiGraph = nx.DiGraph()
    graph.add_nodes_from(range(len(parents)))
    graph.add_edges_from((parent, row) for row, parent in enumerate(parents) if parent >= 0)
    built = clock()
    people, group = dict.fromkeys(graph, 1), dict(enumerate(amounts))
    for row in reversed(list(nx.topological_sort(graph))):
        for parent in graph.predecessors(row):
            people[parent] += people[row]
            group[parent] += group[row]
    summed = clock()
    paid = dict.fromkeys(graph, 0)
    for row, amount in enumerate(amounts):
        node = row
        for rate in RATES:
            node = next(graph.predecessors(node), None)
            if node is None:
                break
            paid[node] += amount * rate // 100
    unilevel = clock() - summed
    each = (list(result.values()) for result in (people, group, paid))
    return _result(*each, built - start, summed - built, unilevel)


def rustworkx(work: Job) -> Result:
    """rustworkx: a PyDiGraph, its topological order, and its predecessors."""
    import rustworkx as rx

    parents, amounts = work.parents.tolist(), work.amounts.tolist()
    clock = time.perf_counter
    start = clock()
    graph = rx.PyDiGraph()
    graph.add_nodes_from(range(len(parents)))
    graph.add_edges_from_no_data([(parent, row) for row, parent in enumerate(parents) if parent >= 0])
    built = clock()
    above = [-1] * len(parents)
    for parent, row in graph.edge_list():
        above[row] = parent
    people, group = _sums(list(rx.topological_sort(graph)), above, amounts)
    summed = clock()
    paid = _walks(above, amounts)
    return _result(people, group, paid, built - start, summed - built, clock() - summed)


def igraph(work: Job) -> Result:
    """igraph: a directed Graph from an edge array, its topological order, and its edge list."""
    import igraph as ig

    amounts = work.amounts.tolist()
    clock = time.perf_counter
    start = clock()
    rows = np.flatnonzero(work.parents >= 0)
    graph = ig.Graph(n=work.parents.size, edges=np.column_stack((work.parents[rows], rows)), directed=True)
    built = clock()
    above = [-1] * graph.vcount()
    for parent, row in graph.get_edgelist():
        above[row] = parent
    people, group = _sums(graph.topological_sorting(), above, amounts)
    summed = clock()
    paid = _walks(above, amounts)
    return _result(people, group, paid, built - start, summed - built, clock() - summed)


def duckdb(work: Job) -> Result:
    """DuckDB: one recursive query that carries every order up to the root, all cores; sums and payouts in one."""
    import duckdb as db
    import pyarrow as pa

    clock = time.perf_counter
    start = clock()
    connection = db.connect()
    table = pa.table({"id": np.arange(work.parents.size), "parent": work.parents, "amount": work.amounts})
    connection.register("given", table)
    connection.execute("CREATE TABLE people AS SELECT id::INT AS id, parent::INT AS parent, amount FROM given")
    built = clock()
    rates = " ".join(f"WHEN {level} THEN amount * {rate} // 100" for level, rate in enumerate(RATES, start=1))
    rows = connection.execute(
        f"""
        WITH RECURSIVE up AS (
            SELECT id AS node, amount, 0 AS level FROM people
            UNION ALL
            SELECT people.parent, up.amount, up.level + 1
            FROM up JOIN people ON people.id = up.node WHERE people.parent >= 0
        )
        SELECT node, count(*) AS people, sum(amount)::BIGINT AS money,
               sum(CASE level {rates} ELSE 0 END)::BIGINT AS paid
        FROM up GROUP BY node ORDER BY node
        """
    ).fetchnumpy()
    done = clock()
    return Result(rows["people"], rows["money"], rows["paid"], built - start, done - built, None)


def _sums(parents_first: list[int], above: list[int], amounts: list[int]) -> tuple[list[int], list[int]]:
    people, group = [1] * len(amounts), list(amounts)
    for row in reversed(parents_first):
        parent = above[row]
        if parent >= 0:
            people[parent] += people[row]
            group[parent] += group[row]
    return people, group


def _walks(above: list[int], amounts: list[int]) -> list[int]:
    paid = [0] * len(amounts)
    for row, amount in enumerate(amounts):
        node = above[row]
        for rate in RATES:
            if node < 0:
                break
            paid[node] += amount * rate // 100
            node = above[node]
    return paid


def _result(people: list[int], group: list[int], paid: list[int], build: float, sums: float, unilevel: float) -> Result:
    return Result(np.array(people), np.array(group), np.array(paid), build, sums, unilevel)


PEERS: dict[str, Callable[[Job], Result]] = {
    "downline": downline,
    "networkx": networkx,
    "rustworkx": rustworkx,
    "igraph": igraph,
    "duckdb": duckdb,
}


def checksum(values: np.ndarray) -> int:
    """A sum that depends on every value and its row."""
    weights = np.arange(values.size, dtype=np.int64) % 1009 + 1
    return int((values.astype(np.int64) * weights).sum())


def main(peer: str, folder: str) -> None:
    """Do the job in this process and print what came of it."""
    work = Job(np.load(Path(folder) / "parents.npy"), np.load(Path(folder) / "amounts.npy"))
    do = PEERS[peer]
    start = time.perf_counter()
    do(job(1000))  # imports, and for ours reading the compiled loops from their cache
    warm_up = time.perf_counter() - start
    runs: list[tuple[float, Result]] = []
    while not runs or (len(runs) < 3 and time.perf_counter() - start < REPEAT_UP_TO):
        before = time.process_time()
        done = do(work)
        runs.append((time.process_time() - before, done))
    _, best = min(runs, key=lambda run: run[1].build + run[1].sums + (run[1].unilevel or 0))
    print(
        json.dumps(
            {
                "warm_up": warm_up,
                "build": best.build,
                "sums": best.sums,
                "unilevel": best.unilevel,
                "cpu": min(cpu for cpu, _ in runs),
                "runs": len(runs),
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "checks": [checksum(best.people), checksum(best.group), checksum(best.paid)],
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
