"""Dated changes of parent, applied to a tree's links up to a moment.

A participant's recorded link holds until its first move in that tree; each move holds from its date on, and of
two moves of one person on the same second the later row wins. What cannot be applied is listed as a `Problem` and
the earlier link stays: a move of somebody, or to a parent, whom the records do not know; a move without a date; a
move that would put somebody under their own downline. Moves on the same second are tried in whichever order works,
so that two participants can change places.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numba import njit

from genealogy import structure
from genealogy.dates import UNKNOWN, seconds
from genealogy.structure import Problem

if TYPE_CHECKING:
    from genealogy.ids import IdIndex
    from genealogy.kernels import Mask, Positions, Sums


@dataclass(frozen=True, slots=True)
class _Steps:
    """The moves of one tree that could be looked up, by date."""

    number: Positions
    """Rows of the table of moves."""
    row: Positions
    parent: Positions
    when: Sums


class Moves:
    """The moves of a network in the order of their dates, with ids looked up.

    Attributes:
        table: the moves as recorded.
        trees: names of the trees that they change.
    """

    def __init__(self, table: pl.DataFrame, index: IdIndex) -> None:
        self.table = table
        self.trees: tuple[str, ...] = tuple(table["tree"].unique(maintain_order=True).to_list())
        when = seconds(table["from"])
        row, parent = index.rows_of(table["participant_id"]), index.rows_of(table["parent_id"])
        to_root = (table["parent_id"].is_null() | (table["parent_id"] == "").fill_null(value=False)).to_numpy()
        usable: Mask = (row >= 0) & ((parent >= 0) | to_root) & (when != UNKNOWN)
        self._unknown = np.flatnonzero(~usable).astype(np.int32)
        order = np.argsort(when, kind="stable").astype(np.int32)
        order = order[usable[order]]
        names = table["tree"].gather(order)
        self._steps: dict[str, _Steps] = {}
        for tree in self.trees:
            chosen = order[(names == tree).to_numpy()]
            # of one person's moves on one second, the last
            moved = pl.DataFrame({"row": row[chosen], "when": when[chosen]}).with_row_index("step")
            chosen = chosen[np.sort(moved.unique(["row", "when"], keep="last")["step"].to_numpy())]
            self._steps[tree] = _Steps(chosen, row[chosen], parent[chosen], when[chosen])

    def made_by(self, tree: str, at: int | None) -> int:
        """How many moves of a tree had come up by a moment (UTC seconds); all of them for None."""
        if tree not in self._steps:
            return 0
        when = self._steps[tree].when
        return when.size if at is None else int(np.searchsorted(when, at, side="right"))

    def apply(self, tree: str, made: int, parents: Positions) -> Mask:
        """Apply the first `made` moves of a tree to `parents` in place; which of them could be applied."""
        steps = self._steps[tree]
        applied = np.zeros(made, np.bool_)
        _apply(parents, steps.row[:made], steps.parent[:made], steps.when[:made], applied)
        return applied

    def apply_legs(self, tree: str, applied: Mask, legs: pl.Series | None, count: int) -> pl.Series | None:
        """The legs of `count` rows after the moves that were applied; None where nobody has one."""
        if "leg" not in self.table.columns:
            return legs
        steps = self._steps[tree]
        before = pl.Series("leg", [None] * count, dtype=pl.String) if legs is None else legs
        moved = self.table["leg"].gather(steps.number[: applied.size][applied])
        last = pl.DataFrame({"row": steps.row[: applied.size][applied], "leg": moved}).unique("row", keep="last")
        return before.scatter(last["row"], last["leg"]) if len(last) else before

    def problems(self, parents: dict[str, Positions], count: int) -> tuple[Problem, ...]:
        """Moves that cannot be applied to these links of `count` rows, one `Problem` per tree."""
        unusable: list[Positions] = [self._unknown]
        for tree, steps in self._steps.items():
            links = parents[tree].copy() if tree in parents else np.full(count, -1, np.int32)
            unusable.append(steps.number[~self.apply(tree, steps.row.size, links)])
        lost = self.table.with_row_index("row").select(
            pl.col("row").cast(pl.Int64),
            pl.col("participant_id").alias("id"),
            pl.col("parent_id").alias("sponsor_id"),
            pl.lit(None, pl.String).alias("used_sponsor_id"),
            self._recorded("source_file", pl.String),
            self._recorded("source_line", pl.Int64),
            "tree",
        )[np.sort(np.concatenate(unusable))]
        return tuple(
            structure.problem("unusable-move", str(tree), rows.drop("tree"), len(rows))
            for (tree,), rows in lost.group_by("tree", maintain_order=True)
        )

    def _recorded(self, column: str, dtype: type[pl.DataType]) -> pl.Expr:
        return pl.col(column) if column in self.table.columns else pl.lit(None, dtype).alias(column)


@njit(cache=True, nogil=True)
def _apply(parents: Positions, rows: Positions, new: Positions, when: Sums, applied: Mask) -> None:
    """Apply moves second by second, each one only if the mover is not in the new parent's upline."""
    start = 0
    while start < rows.size:
        end = start
        while end < rows.size and when[end] == when[start]:
            end += 1
        progress = True
        while progress:
            progress = False
            for step in range(start, end):
                if applied[step]:
                    continue
                above = new[step]
                while above >= 0 and above != rows[step]:
                    above = parents[above]
                if above < 0:
                    parents[rows[step]] = new[step]
                    applied[step] = True
                    progress = True
        start = end
