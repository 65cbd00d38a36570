"""From parent rows to preorder arrays: checks, sizes, the order of siblings, positions.

This is what stands between the records and `genealogy.tree.Tree`. Rows may come in any order; what does not form
a forest is refused here with the ids concerned (`genealogy.structure` repairs such data beforehand). Siblings
stand by leg where there are legs, then by size of the downline, then by date of joining, then by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import polars as pl
import pyarrow as pa

from genealogy import kernels
from genealogy.dates import UNKNOWN
from genealogy.errors import StructureError, TooManyParticipants
from genealogy.ids import IdIndex
from intake.text import say

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from genealogy.kernels import Mask, Positions, Sums

Column: TypeAlias = pl.Series | pa.Array | pa.ChunkedArray | Sequence[Any]
"""A column of the records, of whatever make."""

MOST = 2**31 - 1
"""The most participants that 32-bit positions can number."""

LEG_ORDER = {"left": 0, "middle": 1, "right": 2}


class Layout(NamedTuple):
    """The five arrays of a tree; see `genealogy.tree.Tree`."""

    parent: Positions
    size: Positions
    depth: Positions
    row: Positions
    position: Positions


@dataclass(frozen=True, slots=True)
class People:
    """What all trees over the same rows share, and what orders siblings."""

    index: IdIndex | None = None
    joined: Sums | None = None
    leg: Positions | None = None
    """Code into `leg_names` by row, -1 for none."""
    leg_names: tuple[str, ...] = ()

    def names(self, rows: list[int]) -> list[str]:
        """The ids of some rows; the row numbers where there are no ids."""
        return [str(row) for row in rows] if self.index is None else self.index.ids.gather(rows).to_list()


def lay_out(parents: Positions, people: People, tree: str, held: Mask | None = None) -> Layout:
    """Lay out all rows, or those that are `held`, whose parents must be held too.

    Raises:
        StructureError: the parents form a cycle.
    """
    rows = None if held is None else np.flatnonzero(held).astype(np.int32)
    if rows is not None and held is not None:
        dense = np.cumsum(held, dtype=np.int32) - 1
        above = parents[rows]
        parents = np.where(above >= 0, dense[above], -1).astype(np.int32)
    size, reached = kernels.subtree_sizes(parents)
    if reached < parents.size:
        cyclic = np.flatnonzero(size == 0)
        first = (cyclic if rows is None else rows[cyclic])[:1000].tolist()
        raise StructureError.from_cycle(tree, first, people.names(first))
    order = kernels.largest_first(size, _ties(people.joined, rows))
    if people.leg is None:
        position, seats = kernels.laid_out(parents, size, order)
    else:
        legs = people.leg if rows is None else people.leg[rows]
        key = np.where(legs < 0, len(people.leg_names), legs).astype(np.int32)
        siblings = kernels.by_small_key(order, key, len(people.leg_names) + 1)
        position, seats = kernels.laid_out_by_siblings(parents, size, order, siblings)
    parent_at, size_at, depth_at, row_at = kernels.labelled(seats)
    if rows is not None and held is not None:
        whole = np.full(held.size, -1, np.int32)
        whole[rows] = position
        position, row_at = whole, rows[row_at]
    return Layout(parent_at, size_at, depth_at, row_at, position)


def _ties(joined: Sums | None, rows: Positions | None) -> Positions:
    """Rows by date of joining, unknown last; empty where their own order serves."""
    none = np.empty(0, np.int32)
    if joined is None or not joined.size:
        return none
    came = joined if rows is None else joined[rows]
    came = np.where(came == UNKNOWN, np.iinfo(np.int64).max, came)
    return none if not came.size or kernels.is_sorted(came) else kernels.earliest_first(came)


def checked_parents(parent_rows: ArrayLike, tree: str) -> Positions:
    """Parent rows as int32, each -1 or one of the rows.

    Raises:
        TooManyParticipants: more than 2,147,483,647 rows.
        StructureError: a parent that is not a row.
    """
    given = np.asarray(parent_rows)
    if given.size > MOST:
        raise TooManyParticipants(
            say(
                "{size:,} participants: positions are 32-bit numbers, at most {most:,}. Split the "
                "records by root or by country.",
                "عدد المشاركين {size:,}، والمواضع أرقام من 32 بت فلا تتجاوز {most:,}. يُرجى تقسيم "
                "السجلات بحسب رأس الشبكة أو البلد",
                size=given.size,
                most=MOST,
            )
        )
    if given.size and given.dtype.kind not in "iu":
        raise TypeError(f"parent_rows must be integers, not {given.dtype}")
    if given.ndim != 1:
        raise ValueError(f"parent_rows must be one row of numbers, found {given.ndim} dimensions")
    if given.size and (given.max() >= given.size or given.min() < -1):
        row = int(np.argmax((given < -1) | (given >= given.size)))
        raise StructureError.from_out_of_range(tree, row, int(given[row]), given.size)
    return np.ascontiguousarray(given, dtype=np.int32)


def leg_codes(legs: pl.Series) -> tuple[Positions, tuple[str, ...]]:
    """Codes and names of legs in their order: left, middle, right, numbers, then other names; -1 for none.

    >>> codes, names = leg_codes(pl.Series(["right", None, "10", "left", "9"]))
    >>> codes.tolist(), names
    ([1, -1, 3, 0, 2], ('left', 'right', '9', '10'))
    """
    names = sorted(legs.drop_nulls().unique().to_list(), key=_leg_key)
    codes = legs.replace_strict(names, list(range(len(names))), default=-1, return_dtype=pl.Int32)
    return codes.fill_null(-1).to_numpy().astype(np.int32), tuple(names)


def _leg_key(leg: str) -> tuple[int, int, str]:
    if leg in LEG_ORDER:
        return 0, LEG_ORDER[leg], leg
    return (1, int(leg), leg) if leg.isdecimal() else (2, 0, leg)


def strings(values: Column) -> pl.Series:
    """A column of strings, of whatever make, as a Polars series."""
    return series(values).cast(pl.String)


def series(values: Column) -> pl.Series:
    """A column of whatever make as a Polars series."""
    if isinstance(values, pl.Series):
        return values
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return pl.Series(pl.from_arrow(values))
    return pl.Series(list(values))
