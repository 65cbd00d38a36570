"""Everybody in the records as one table: who they are and where they stand in the sponsor tree.

This is where the network's arrays become a table that SQL can join. Names stay out of it: evidence shows ids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa

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
        ("is_participant", pa.bool_()),
        ("parent", pa.int32()),
        ("pre", pa.int32()),
        ("size", pa.int32()),
        ("depth", pa.int32()),
        ("recruits", pa.int32()),
    ]
)


def people_table(network: Network) -> pa.Table:
    """Everybody with row number and place in the sponsor tree; names stay out of it.

    `parent` is the sponsor's row, `pre`, `size` and `depth` are those of the tree, `recruits` counts direct
    recruits. A root that the repair of a broken structure made up is no participant.
    """
    tree, people = network.sponsor, network.participants
    position = np.asarray(tree.position)
    parent = np.asarray(tree.parent)[position]
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
            "is_participant": member,
            "parent": pl.Series(parent_row).replace(-1, None),
            "pre": position.astype(np.int32),
            "size": np.asarray(tree.size)[position],
            "depth": np.asarray(tree.depth)[position],
            "recruits": recruits,
        }
    )
    return frame.to_arrow().cast(PEOPLE)
