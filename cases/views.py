"""What a person looks at: pages of rows, one participant, the people above and below, a window of the tree.

Plain models made from a snapshot, an analysis and the network in memory; `service` decides who may see them. Names
and hints at persons are masked here, in one place, unless the caller says that the viewer may see them. Pages are
cut by key, never by counting rows away: the key of a downline is the preorder position, which an immutable snapshot
keeps for ever.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from cases.access import MASK, mask_name
from cases.errors import UnknownParticipant
from intake.frozen import Frozen
from intake.schema import ORIGIN, PARTICIPANTS, PERSONAL

if TYPE_CHECKING:
    import polars as pl

    from cases.analysis import Analysis
    from cases.snapshot import Snapshot
    from genealogy.network import Network
    from genealogy.tree import Tree
    from intake.reading import Reading

DEFAULT_PAGE, LARGEST_PAGE = 100, 1000


class Page(Frozen):
    """Some rows of many."""

    columns: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    total: int | None
    """Rows in all, where counting them is free."""
    next: str | None = None
    """The cursor of the next page; None at the end."""


class Money(Frozen):
    """Sums of one currency, in minor units."""

    currency: str
    paid_in: int
    """What the participant bought, less what was refunded."""
    paid_out: int
    """What the company recorded as paid to the participant."""


class Participant(Frozen):
    """One participant and the place in the tree."""

    id: str
    tree: str
    depth: int
    """Levels below the root, which is 0."""
    position: int
    """Preorder position: the tree window's x."""
    downline: int
    """People below, at all levels."""
    direct: int
    sponsor_id: str | None
    """Direct sponsor in this tree (after repairs); None for a root."""
    fields: dict[str, Any]
    """The other columns of the records, as imported."""
    money: tuple[Money, ...] = ()


class PackUsed(Frozen):
    """A rule pack as an analysis used it."""

    name: str
    sha256: str


class AnalysisInfo(Frozen):
    """What determined an analysis."""

    id: str
    snapshot: str
    packs: tuple[PackUsed, ...]
    on: str | None
    """The day whose law was asked for; None for the last day of the records."""
    plan_sha256: str | None


class SourceInfo(Frozen):
    """A file as received."""

    name: str
    size: int
    sha256: str


class SnapshotInfo(Frozen):
    """What a snapshot was made of."""

    id: str
    sources: tuple[SourceInfo, ...]
    tables: tuple[str, ...]


def analysis_info(analysis: Analysis) -> AnalysisInfo:
    """An analysis without its results."""
    given = analysis.inputs
    return AnalysisInfo(
        id=analysis.id, snapshot=given["snapshot"], packs=given["packs"], on=given["on"], plan_sha256=given["plan"]
    )


def snapshot_info(snapshot: Snapshot) -> SnapshotInfo:
    """A snapshot without its rows."""
    sources = tuple(SourceInfo(name=one.name, size=one.size, sha256=one.sha256) for one in snapshot.sources)
    return SnapshotInfo(id=snapshot.id, sources=sources, tables=tuple(sorted(snapshot.reading.tables)))


class TreeMark(Frozen):
    """One thing to draw: a participant, or a bar that stands for a slice of people."""

    id: str | None
    """Of a participant; None for a bar."""
    position: int
    x0: int
    x1: int
    depth: int
    count: int
    """People in the participant's whole downline, itself included; of a bar, the people in it."""


class TreeWindow(Frozen):
    """What an icicle of the tree shows in one rectangle: width is head-count, depth is the level."""

    tree: str
    people: int
    """In the whole tree: the picture's full width."""
    levels: int
    """In the whole tree."""
    x0: int
    x1: int
    depth0: int
    depth1: int
    """The first level that is not drawn."""
    narrowest: int
    """People that a participant's downline must have to be drawn on its own."""
    marks: tuple[TreeMark, ...]


def tree_window(tree: Tree, x0: int, x1: int | None, depth0: int, depth1: int, budget: int) -> TreeWindow:
    """A rectangle of the tree in at most `budget` marks (at least 16); one beyond the tree is moved into it."""
    left = max(0, min(x0, len(tree) - 1))
    right = len(tree) if x1 is None else max(left + 1, min(x1, len(tree)))
    top = max(0, min(depth0, tree.levels - 1))
    window = tree.window(left, right, top, max(top + 1, depth1), max(budget, 16))
    return TreeWindow(
        tree=tree.name,
        people=len(tree),
        levels=tree.levels,
        x0=window.x0,
        x1=window.x1,
        depth0=window.depth0,
        depth1=window.depth1,
        narrowest=window.narrowest,
        marks=tuple(
            TreeMark(
                id=str(tree.id_of(mark.pre)) if mark.kind == "node" else None,
                position=mark.pre,
                x0=mark.x0,
                x1=mark.x1,
                depth=mark.depth,
                count=mark.count,
            )
            for mark in window
        ),
    )


def limit_of(limit: int | None) -> int:
    """How many rows a page gets."""
    return DEFAULT_PAGE if limit is None else max(1, min(limit, LARGEST_PAGE))


def plain(value: Any) -> Any:
    """A cell as JSON knows it."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def masked(rows: Iterable[Mapping[str, Any]], *, names: bool) -> tuple[dict[str, Any], ...]:
    """Rows for JSON, with personal columns masked unless names may be seen."""
    return tuple(
        {
            column: mask_name(str(value)) if column in PERSONAL and value is not None and not names else plain(value)
            for column, value in row.items()
        }
        for row in rows
    )


def page_of(frame: pl.DataFrame, *, names: bool, total: int | None, next_: str | None) -> Page:
    """A page of a data frame."""
    rows = masked(frame.iter_rows(named=True), names=names)
    return Page(columns=tuple(frame.columns), rows=rows, total=total, next=next_)


def participant(network: Network, tree: Tree, id_: str, *, names: bool) -> Participant:
    """One participant.

    Raises:
        UnknownParticipant: nobody has this id in this tree.
    """
    return _at(network, tree, node_of(network, tree, id_), names=names)


def node_of(network: Network, tree: Tree, id_: str) -> int:
    """The preorder position of an id.

    Raises:
        UnknownParticipant: nobody has this id in this tree.
    """
    row = network.index.row_of(id_)
    node = int(tree.position[row]) if row >= 0 else -1
    if node < 0:
        raise UnknownParticipant(id_)
    return node


def upline(network: Network, tree: Tree, id_: str, *, names: bool) -> tuple[Participant, ...]:
    """Everybody above, nearest first."""
    return tuple(_at(network, tree, int(one), names=names) for one in tree.upline(node_of(network, tree, id_)))


def downline(
    network: Network, tree: Tree, id_: str, *, levels: int | None, after: int | None, limit: int, names: bool
) -> tuple[tuple[Participant, ...], int | None]:
    """People below in preorder, and the position to go on after (None at the end).

    Args:
        network: the people.
        tree: which tree.
        id_: below whom.
        levels: how many levels down; all if None, 1 for direct recruits.
        after: position of the last one seen.
        limit: most people to return.
        names: whether names are shown as they are.
    """
    import numpy as np

    node = node_of(network, tree, id_)
    below = tree.downline(node)
    start = below.start if after is None else max(below.start, after + 1)
    deepest = None if levels is None else int(tree.depth[node]) + levels
    found: list[int] = []
    step = limit + 1
    while start < below.stop and len(found) <= limit:
        stop = min(start + step, below.stop)
        nodes = np.arange(start, stop)
        found += (nodes if deepest is None else nodes[tree.depth[start:stop] <= deepest]).tolist()
        start, step = stop, min(step * 4, 1 << 20)
    people = tuple(_at(network, tree, one, names=names) for one in found[:limit])
    return people, (found[limit - 1] if len(found) > limit else None)


def _at(network: Network, tree: Tree, node: int, *, names: bool) -> Participant:
    row = int(tree.row[node])
    parent = int(tree.parent[node])
    values = network.participants.row(row, named=True)
    origin = {field.name for field in ORIGIN}
    known = {column.name for column in PARTICIPANTS} | origin
    fields = {key: value for key, value in values.items() if key in known - {"id", "sponsor_id"} and value is not None}
    return Participant(
        id=str(values["id"]),
        tree=tree.name,
        depth=int(tree.depth[node]),
        position=node,
        downline=int(tree.size[node]) - 1,
        direct=len(tree.children(node)),
        sponsor_id=str(tree.id_of(parent)) if parent >= 0 else None,
        fields=masked([fields], names=names)[0],
    )


def money_of(snapshot: Snapshot, id_: str) -> tuple[Money, ...]:
    """What one participant paid in, less refunds, and was paid, by currency."""
    import polars as pl

    sums: dict[str, dict[str, int]] = {}

    def add(lines: pl.LazyFrame, into: str, sign: int = 1) -> None:
        whole = pl.col("amount").cast(pl.Int128).sum()  # a sum of Int64 would wrap without a word
        for currency, amount in lines.group_by("currency").agg(whole).collect().iter_rows():
            sums.setdefault(str(currency), {"paid_in": 0, "paid_out": 0})[into] += sign * int(amount)

    for table, who, into in (("orders", "buyer_id", "paid_in"), ("payouts", "participant_id", "paid_out")):
        path = snapshot.table(table)
        if path is not None:
            add(pl.scan_parquet(path).filter(pl.col(who) == id_), into)
    refunds = _refunds(snapshot, id_, next(iter(sums)) if len(sums) == 1 else None)
    if refunds is not None:
        add(refunds, "paid_in", -1)
    return tuple(Money(currency=currency, **both) for currency, both in sorted(sums.items()))


def _refunds(snapshot: Snapshot, id_: str, currency: str | None) -> pl.LazyFrame | None:
    """What one participant got back, by the return's own word or by that of the order it names.

    Args:
        snapshot: the records.
        id_: of the participant.
        currency: of returns that state none, where neither their order nor the data sheet says.
    """
    import polars as pl

    path, orders = snapshot.table("returns"), snapshot.table("orders")
    if path is None:
        return None
    sheet = snapshot.reading.datasheet
    stated = (sheet.currency if sheet is not None else None) or currency
    returns = pl.scan_parquet(path).filter(
        pl.col("outcome").is_in(["refunded", "partly_refunded"]) & pl.col("amount").is_not_null()
    )
    mine = pl.col("participant_id") == id_
    if orders is not None:
        bought = (
            pl.scan_parquet(orders)
            .filter((pl.col("buyer_id") == id_) & pl.col("id").is_not_null())
            .select(pl.col("id").alias("order_id"), pl.col("currency").alias("ordered_in"))
            .unique("order_id", keep="first", maintain_order=True)
        )
        returns = returns.join(bought, on="order_id", how="left")
        mine |= pl.col("participant_id").is_null() & pl.col("ordered_in").is_not_null()
    else:
        returns = returns.with_columns(ordered_in=pl.lit(None, pl.String))
    return (
        returns.filter(mine)
        .select(pl.coalesce("currency", "ordered_in", pl.lit(stated, pl.String)).alias("currency"), "amount")
        .filter(pl.col("currency").is_not_null())
    )


def refused_page(frame: pl.DataFrame, reading: Reading, *, names: bool) -> tuple[dict[str, Any], ...]:
    """Refused rows; whole rows, and values of columns that may name somebody, only for those who may see names."""
    harmless = {
        (file.name, column.heading)
        for file in reading.files
        for column in file.columns
        if column.target is not None and column.target not in PERSONAL
    }
    rows = []
    for row in frame.iter_rows(named=True):
        shown = {key: plain(value) for key, value in row.items()}
        if names:
            shown["row"] = json.loads(row["row"]) if row["row"] else None
        else:
            shown["row"] = None
            if (row["file"], row["column"]) not in harmless and row["value"] is not None:
                shown["value"] = MASK
        rows.append(shown)
    return tuple(rows)
