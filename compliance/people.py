"""Everybody in the records as one table: who they are and where they stand in the sponsor tree.

This is where the network's arrays become a table that SQL can join. Names stay out of it: evidence shows ids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from compliance.statistics import UNITS

if TYPE_CHECKING:
    from genealogy.network import Network

PEOPLE = pa.schema(
    [
        ("row", pa.int32()),
        ("id", pa.string()),
        ("sponsor_id", pa.string()),
        ("kind", pa.string()),
        ("joined", pa.timestamp("s")),
        ("left", pa.timestamp("s")),
        ("rank", pa.string()),
        ("country", pa.string()),
        ("states_kind", pa.bool_()),
        ("is_participant", pa.bool_()),
        ("parent", pa.int32()),
        ("pre", pa.int32()),
        ("size", pa.int32()),
        ("depth", pa.int32()),
        ("recruits", pa.int32()),
        ("branch", pa.int32()),
        ("cell", pa.int64()),
        ("unit", pa.int32()),
    ]
)

MOST_BRANCHES = 12
"""Branches that are told apart; people of smaller ones belong to none."""


def people_table(network: Network) -> pa.Table:
    """Everybody with row number and place in the sponsor tree; names stay out of it.

    `parent` is the sponsor's row, `pre`, `size` and `depth` are those of the tree, `recruits` counts direct
    recruits, `branch` is the row of the head of the branch to which somebody belongs (`branches_of`), and `cell` is
    the same number for people with the same month of joining, country and branch, and `unit` is one of at most `UNITS` groups
    into which neighbouring rows are scattered (Knuth's multiplicative hash). A root that the repair of a broken structure made up is no participant.
    """
    tree, people = network.sponsor, network.participants
    position = np.asarray(tree.position)
    parents = np.asarray(tree.parent)
    parent, head = parents[position], branches_of(parents, np.asarray(tree.size))[position]
    branch_row = np.where(head >= 0, np.asarray(tree.row)[head], -1).astype(np.int32)
    parent_row = np.where(parent >= 0, np.asarray(tree.row)[parent], -1).astype(np.int32)
    recruits = np.bincount(parent_row[parent_row >= 0], minlength=len(position)).astype(np.int32)
    kind = people["kind"]
    member = kind.is_null() | ~kind.is_in(["customer", "preferred_customer"])
    if network.unknown_row is not None:
        member[network.unknown_row] = False
    named = {name: people[name] for name in ("id", "sponsor_id", "kind", "joined", "left", "rank", "country")}
    frame = pl.DataFrame(
        {
            "row": np.arange(len(position), dtype=np.int32),
            **named,
            "states_kind": kind.is_not_null(),
            "is_participant": member,
            "parent": pl.Series(parent_row).replace(-1, None),
            "pre": position.astype(np.int32),
            "size": np.asarray(tree.size)[position],
            "depth": np.asarray(tree.depth)[position],
            "recruits": recruits,
            "branch": pl.Series(branch_row).replace(-1, None),
            "cell": _cells(people["joined"], people["country"], branch_row),
            "unit": (np.arange(len(position), dtype=np.int64) * 2_654_435_761 % 2**32 % UNITS).astype(np.int32),
        }
    )
    return frame.to_arrow().cast(PEOPLE)


def _cells(joined: pl.Series, country: pl.Series, branch: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """A number for each combination of month, country and branch that somebody has."""
    months = (joined.dt.year().cast(pl.Int64) * 12 + joined.dt.month()).fill_null(-1).to_numpy()
    stated = country.fill_null("")
    countries = stated.cast(pl.Enum(stated.unique().sort())).to_physical().to_numpy()
    cell = np.zeros(len(branch), dtype=np.int64)
    for codes in (months, countries, branch):
        known = np.unique(codes)
        cell = cell * len(known) + np.searchsorted(known, codes)
    return np.searchsorted(np.unique(cell), cell)


def branches_of(parent: npt.NDArray[np.integer], size: npt.NDArray[np.integer]) -> npt.NDArray[np.int32]:
    """The head of the branch to which each place of a forest belongs, or -1: the parts that can be compared.

    Below each root the tree is followed down to the first fork; the parts under the fork's children are the
    branches. Of all of them the `MOST_BRANCHES` largest count, equally large ones in the order of the tree; roots,
    what leads from them to the fork, and smaller parts belong to none.

    Args:
        parent: of each place in preorder, -1 for a root.
        size: of the part of the tree that begins at each place, itself included.
    """
    places = len(parent)
    branch = np.full(places, -1, dtype=np.int32)
    children = np.bincount(parent[parent >= 0], minlength=places)
    forks = np.flatnonzero(children != 1)  # in preorder an only child stands right behind its parent
    roots = np.flatnonzero(parent < 0)
    forked = np.zeros(places + 1, dtype=np.bool_)
    forked[forks[np.searchsorted(forks, roots)]] = True
    heads = np.flatnonzero(forked[np.where(parent < 0, places, parent)])
    for head in heads[np.argsort(-size[heads].astype(np.int64), kind="stable")][:MOST_BRANCHES].tolist():
        branch[head : head + int(size[head])] = head
    return branch
