"""What both stores do to a network on its way in and out: check its columns, and pack what is not a tree.

A store keeps participants column by column, trees as positions, and beside them two things that only `read`
needs: the recorded links where moves have changed them since, and the problems found in the links. Those are
packed into Parquet bytes, the same in every store.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from genealogy.ids import IdIndex
from genealogy.moves import Moves
from genealogy.network import Network
from genealogy.stores.contract import RELATIONSHIPS, Counts
from genealogy.stores.errors import StoreUnwritable
from genealogy.structure import Problem
from intake.text import Text, say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genealogy.tree import Tree

    Rows = NDArray[np.int32]

PLACE = ("row", "pre", "size", "depth")
"""Names of numbers that a store adds to a participant; in trees other than the sponsors' with the tree's name before."""

RESERVED = frozenset(
    [*PLACE, "parent", "parent_id", "version"] + [f"{tree}_{place}" for tree in RELATIONSHIPS for place in PLACE[1:]]
)

INTEGERS = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32)
"""Widths that fit into the 64-bit integers that every store has."""


def check_columns(network: Network) -> None:
    """Refuse a network that some store could not give back as it was.

    Raises:
        StoreUnwritable: Names the tree, or the column with its type, and what is accepted.
    """
    for tree in network.names:
        if tree not in RELATIONSHIPS:
            raise StoreUnwritable(
                say(
                    "a store keeps the trees {relationships}; it cannot keep {tree!r}",
                    "يحفظ المخزن الأشجار {relationships}، ولا يحفظ {tree!r}",
                    relationships=", ".join(RELATIONSHIPS),
                    tree=tree,
                )
            )
    for name, kind in network.participants.schema.items():
        if name in RESERVED or not name.isidentifier() or not name.isascii():
            raise StoreUnwritable(
                say(
                    "the participants' column {name!r} cannot be kept: its name is one that the store uses "
                    "itself, or is not made of ASCII letters, digits and underscores. Rename it.",
                    "لا يمكن حفظ عمود المشاركين {name!r}: يستعمل المخزن اسمه، أو ليس من حروف ASCII وأرقامها "
                    "والشرطة السفلية. يُرجى تغيير اسمه",
                    name=name,
                )
            )
        if kind.base_type() not in (pl.Null, pl.String, pl.Boolean, pl.Date, pl.Datetime, *INTEGERS):
            raise StoreUnwritable(
                say(
                    "the participants' column {name!r} is of type {kind}; a store keeps texts, whole numbers "
                    "up to 64 bits, dates and yes/no. Give amounts in minor units.",
                    "عمود المشاركين {name!r} من النوع {kind}، ويحفظ المخزن النصوص والأعداد الصحيحة حتى 64 بت "
                    "والتواريخ وقيم نعم ولا. تُكتب المبالغ بأصغر وحدة نقدية",
                    name=name,
                    kind=kind,
                )
            )
        if isinstance(kind, pl.Datetime):
            _check_datetime(name, network.participants[name])


def _check_datetime(name: str, values: pl.Series) -> None:
    kind = values.dtype
    assert isinstance(kind, pl.Datetime)
    if kind.time_zone is not None:
        raise StoreUnwritable(
            say(
                "the participants' column {name!r} is in zone {time_zone}: give UTC without a zone",
                "عمود المشاركين {name!r} بتوقيت المنطقة {time_zone}. تُكتب الأوقات بتوقيت UTC بلا منطقة",
                name=name,
                time_zone=kind.time_zone,
            )
        )
    if kind.time_unit != "ms" and (values.dt.cast_time_unit("ms").cast(kind) != values).any():
        raise StoreUnwritable(
            say(
                "the participants' column {name!r} has times finer than a millisecond",
                "في عمود المشاركين {name!r} أوقات أدق من جزء من ألف من الثانية",
                name=name,
            )
        )


def counts(tree: Tree) -> Counts:
    """The size of a tree, counted on its arrays."""
    return Counts(people=len(tree), roots=int(tree.roots().size), depth=tree.levels - 1, leaves=int(tree.leaves().size))


def parent_rows(tree: Tree) -> Rows:
    """Row of each row's parent in a tree, -1 for roots and for rows that the tree does not hold."""
    above = np.where(tree.parent >= 0, tree.row[tree.parent], -1).astype(np.int32)
    rows: Rows = tree.by_row(above, missing=-1)
    return rows


def pack_extras(network: Network) -> dict[str, bytes]:
    """Moves, problems, and the recorded links that moves have changed, each as Parquet bytes; only what there is."""
    packed: dict[str, bytes] = {}
    changed = []
    for name, recorded in network.recorded_parents.items():
        rows = np.flatnonzero(recorded != parent_rows(network.tree(name))).astype(np.int32)
        changed.append(pl.DataFrame({"tree": [name] * rows.size, "row": rows, "parent": recorded[rows]}))
    links = pl.concat(changed)
    if len(links):
        packed["recorded"] = _parquet(links)
    of_links = len(network.problems)
    if network.moves is not None:
        packed["moves"] = _parquet(network.moves.table)
        of_links -= len(network.moves.problems(network.recorded_parents, len(network)))  # found again on reading
    for number, problem in enumerate(network.problems[:of_links]):
        about = {
            "code": problem.code,
            "tree": problem.tree,
            "count": problem.count,
            "text": problem.text.model_dump(),
            "repair": problem.repair.model_dump(),
        }
        buffer = io.BytesIO()
        table = problem.rows.replace_schema_metadata({"problem": json.dumps(about)})
        pq.write_table(table, buffer, compression="zstd")
        packed[f"problem-{number:02}"] = buffer.getvalue()
    return packed


def unpack(
    participants: pl.DataFrame, parents: dict[str, Rows], unknown_row: int | None, extras: dict[str, bytes]
) -> Network:
    """The network of which these are the parts.

    Args:
        participants: In row order.
        parents: For each recorded tree the parent rows after moves.
        unknown_row: Row of the unknown sponsor, if there is one.
        extras: As `pack_extras` made them.
    """
    index = IdIndex(participants["id"])
    moves = Moves(pl.read_parquet(io.BytesIO(extras["moves"])), index) if "moves" in extras else None
    if "recorded" in extras:
        for (name,), links in pl.read_parquet(io.BytesIO(extras["recorded"])).group_by("tree"):
            parents[str(name)][links["row"].to_numpy()] = links["parent"].to_numpy()
    problems = tuple(_problem(extras[name]) for name in sorted(extras) if name.startswith("problem-"))
    return Network(participants, index, parents, problems, unknown_row, moves)


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd")
    return buffer.getvalue()


def _problem(packed: bytes) -> Problem:
    table = pq.read_table(io.BytesIO(packed))
    about = json.loads((table.schema.metadata or {})[b"problem"])
    rows: pa.Table = table.replace_schema_metadata(None)
    return Problem(about["code"], about["tree"], about["count"], rows, Text(**about["text"]), Text(**about["repair"]))
