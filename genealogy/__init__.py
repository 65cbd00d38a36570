"""The tree: who recruited whom, under whom somebody stands, and everything that can be asked of it.

    network = Network.from_parquet(folder)          # participants.parquet and, if any, moves.parquet
    for problem in network.problems:                # faulty links: found, counted, repaired by a stated rule
        print(problem.text.en, problem.repair.en)
    tree = network.sponsor                          # or .placement, or .tree("sponsor", as_of=date(2025, 4, 1))
    node = tree.index("M-0001")                     # a position: everything below is asked by position
    tree.size[node], tree.upline(node), tree.level_profile(node)
    volume = tree.group_sum(tree.by_position(volume_by_row), levels=10)

The files of this room, in the order to read them:

    tree        one tree as NumPy arrays in preorder: a downline is a slice, a group sum two lookups
    kernels     its loops, compiled
    window      what a picture of the tree shows, at a cost of what is drawn and not of what exists
    structure   what is wrong with recorded links, with the rows, and the rule that repairs it
    wording     what is said about it, in English and Arabic
    network     the people and their named trees, as of a date
    exchange    to and from NetworkX
    ids, dates  ids to rows; dates of any make to seconds
    stores      where a network is kept: Parquet and DuckDB (the default), or Neo4j
    errors      everything that can be raised, in one hierarchy

Two numberings, everywhere: a *row* is where a participant stands in the records, a *position* where it stands in
a tree's preorder. Each tree has its own positions; rows are common to all trees of a network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.on_demand import on_demand

if TYPE_CHECKING:
    from genealogy.network import Network
    from genealogy.structure import Problem, Structure, inspect
    from genealogy.tree import Tree

__all__ = ["Network", "Problem", "Structure", "Tree", "inspect"]

_HOMES = {
    "Network": "network",
    "Problem": "structure",
    "Structure": "structure",
    "Tree": "tree",
    "inspect": "structure",
}

__getattr__ = on_demand(__name__, _HOMES)
