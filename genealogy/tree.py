"""One tree over the participants, as NumPy arrays in depth-first preorder.

Participants are relabelled 0..n-1 so that a whole downline is the slice `[i, i + size[i])`: counting it is a
lookup and summing over it is a difference of prefix sums. Children are laid out heavy-first (largest downline
first, then earliest joined, then order of input; in a tree with legs, by leg first), which makes the layout
canonical, makes the first child of `i` the position `i + 1`, and lets an icicle window be answered from the root
down (`genealogy.window`).

Two numberings meet here. A *row* is where a participant stands in the input; a *position* is where it stands in
preorder. Everything a `Tree` takes and returns is in positions, except what says `rows`; `by_row` and
`by_position` carry values across.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from genealogy import kernels
from genealogy.dates import UNKNOWN, Dates, Moment, moment, seconds
from genealogy.errors import StructureError, SumOverflow, TooManyParticipants, UnknownParticipant
from genealogy.ids import IdIndex

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import networkx as nx
    from numpy.typing import ArrayLike, NDArray

    from genealogy.window import Window

    Positions = NDArray[np.int32]
    Sums = NDArray[np.int64]

MOST = 2**31 - 1
"""The most participants that 32-bit positions can number."""

LEG_ORDER = {"left": 0, "middle": 1, "right": 2}


class Legs(NamedTuple):
    """The legs of one participant: each direct recruit with the whole downline below it."""

    child: NDArray[np.int32]
    """Position of the direct recruit that heads the leg."""
    size: NDArray[np.int32]
    """People in the leg, its head included."""
    leg: tuple[str | None, ...]
    """The company's name of the leg, where the tree has legs."""


class Tree:
    """A forest of participants in preorder. Make one with `Tree.from_parents`.

    Attributes:
        name: which tree it is: `sponsor`, `placement`, or a name of the company's.
        parent: position of the parent, -1 for a root.
        size: people in the downline, the participant included.
        depth: levels below the root, 0 for a root.
        row: input row of each position.
        position: position of each input row, -1 for rows that this tree does not hold.
        leg: code of the leg into `leg_names`, -1 for none; None in a tree without legs.
    """

    def __init__(
        self,
        arrays: tuple[Positions, Positions, Positions, Positions, Positions],
        *,
        name: str,
        index: IdIndex | None,
        joined: Sums | None,
        leg_rows: Positions | None,
        leg_names: tuple[str, ...],
    ) -> None:
        self.parent, self.size, self.depth, self.row, self.position = arrays
        self.name = name
        self.leg_names = leg_names
        self._index = index
        self._joined = joined
        self._leg_rows = leg_rows
        for array in arrays:
            array.setflags(write=False)

    @classmethod
    def from_parents(
        cls,
        parent_rows: ArrayLike,
        *,
        ids: pl.Series | pa.Array | pa.ChunkedArray | Sequence[str] | IdIndex | None = None,
        joined: Dates | None = None,
        leg: pl.Series | pa.Array | pa.ChunkedArray | Sequence[str | None] | None = None,
        name: str = "sponsor",
    ) -> Tree:
        """A tree from each row's parent row; rows may stand in any order.

        Args:
            parent_rows: row of the parent, -1 for a root.
            ids: the company's ids by row; without them the row numbers serve as ids.
            joined: when each row joined, to break ties between equally large siblings (unknown last).
            leg: side or place under the parent (`left`, `middle`, `right`, or a number); gives siblings their order.
            name: which tree this is.

        Raises:
            StructureError: a cycle, or a parent that is not a row; `structure.inspect` repairs such data.
            TooManyParticipants: more than 2,147,483,647 rows.

        >>> tree = Tree.from_parents([-1, 0, 0, 2], ids=["root", "a", "b", "c"])
        >>> tree.ids.to_pylist(), tree.size.tolist()
        (['root', 'b', 'c', 'a'], [4, 2, 1, 1])
        """
        parents = _parents(parent_rows)
        index = ids if isinstance(ids, IdIndex) or ids is None else IdIndex(_strings(ids))
        joined_rows = None if joined is None else seconds(joined)
        leg_rows, leg_names = (None, ()) if leg is None else leg_codes(_strings(leg))
        for column, given in (("ids", index), ("joined", joined_rows), ("leg", leg_rows)):
            if given is not None and len(given) != parents.size:
                raise ValueError(f"{column} has {len(given)} rows, parent_rows has {parents.size}")
        return _laid_out(parents, None, name, index, joined_rows, leg_rows, leg_names)

    @classmethod
    def from_networkx(cls, graph: nx.DiGraph[Any], *, name: str = "sponsor") -> Tree:
        """A tree from any NetworkX-like directed graph with edges sponsor -> recruit; see `genealogy.exchange`."""
        from genealogy.exchange import from_networkx

        return from_networkx(graph, name=name)

    def to_networkx(
        self, subtree: int | str | None = None, *, limit: int | None = 100_000
    ) -> nx.DiGraph[str]:
        """One subtree (default: all) as a NetworkX graph with edges sponsor -> recruit; see `genealogy.exchange`."""
        from genealogy.exchange import to_networkx

        return to_networkx(self, subtree, limit=limit)

    def __len__(self) -> int:
        return int(self.parent.size)

    def __repr__(self) -> str:
        return f"<Tree {self.name}: {len(self):,} participants, {self.levels} levels>"

    # Who is where

    @property
    def levels(self) -> int:
        """Number of levels, roots included; 0 in an empty tree."""
        return int(self.depth.max()) + 1 if len(self) else 0

    @cached_property
    def ids(self) -> pa.StringArray:
        """The ids in preorder."""
        if self._index is None:
            return pa.array(self.row.astype(str))
        return self._index.ids.gather(self.row).to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.string())

    @cached_property
    def leg(self) -> Positions | None:
        """Codes into `leg_names` in preorder, -1 for none; None in a tree without legs."""
        return None if self._leg_rows is None else self._leg_rows[self.row]

    @property
    def has_legs(self) -> bool:
        """Whether siblings stand in the order of their legs instead of heavy-first."""
        return self._leg_rows is not None

    @cached_property
    def head(self) -> Positions:
        """For each position the top of the run of first children it belongs to."""
        return kernels.path_heads(self.parent)

    def index(self, identifier: str) -> int:
        """The position of an id.

        Raises:
            UnknownParticipant: the id is not in this tree.
        """
        if self._index is None:
            row = int(identifier) if identifier.isdecimal() else -1
        else:
            row = self._index.row_of(identifier)
        if not 0 <= row < self.position.size or self.position[row] < 0:
            raise UnknownParticipant(f"the {self.name} tree has no participant {identifier!r}")
        return int(self.position[row])

    def id_of(self, node: int) -> str:
        """The id at a position."""
        row = int(self.row[self._checked(node)])
        return str(row) if self._index is None else str(self._index.ids[row])

    def by_position(self, values_by_row: NDArray[Any]) -> NDArray[Any]:
        """Values given by row, brought into preorder."""
        return np.asarray(values_by_row)[self.row]

    def by_row(self, values: NDArray[Any], missing: Any = 0) -> NDArray[Any]:
        """Values in preorder, brought back to rows; rows that the tree does not hold get `missing`."""
        values = np.asarray(values)
        rows = np.full(self.position.size, missing, values.dtype)
        rows[self.row] = values
        return rows

    # Walking

    def roots(self) -> Positions:
        """All roots, in preorder."""
        return kernels.children(self.size, 0, len(self))

    def upline(self, node: int) -> Positions:
        """All ancestors, nearest first."""
        return kernels.ancestors(self.parent, self.depth, self._checked(node))

    def downline(self, node: int, *, include_self: bool = False) -> slice:
        """The descendants as a slice of positions."""
        node = self._checked(node)
        return slice(node if include_self else node + 1, node + int(self.size[node]))

    def children(self, node: int) -> Positions:
        """The direct recruits, in the order of the layout."""
        node = self._checked(node)
        return kernels.children(self.size, node + 1, node + int(self.size[node]))

    def legs(self, node: int) -> Legs:
        """Each direct recruit with the size and name of the leg it heads."""
        child = self.children(node)
        codes = [-1] * child.size if self.leg is None else self.leg[child].tolist()
        return Legs(child, self.size[child], tuple(self.leg_names[c] if c >= 0 else None for c in codes))

    def leaves(self) -> Positions:
        """All who recruited nobody."""
        return np.flatnonzero(self.size == 1).astype(np.int32)

    def direct_counts(self) -> Positions:
        """Number of direct recruits of each position."""
        return kernels.child_counts(self.parent)

    def level_ancestor(self, node: int, levels: int) -> int:
        """The ancestor `levels` above (0 is the node itself), or -1 above the root; in O(log n)."""
        if levels < 0:
            raise ValueError(f"levels must not be negative, found {levels}")
        return int(kernels.climb(self.parent, self.head, self._checked(node), levels))

    def level_ancestors(self, nodes: ArrayLike, levels: int) -> Positions:
        """`level_ancestor` of many positions; -1 above the root."""
        if levels < 0:
            raise ValueError(f"levels must not be negative, found {levels}")
        wanted = np.ascontiguousarray(nodes, dtype=np.int32)
        if wanted.size and not (0 <= wanted.min() and wanted.max() < len(self)):
            raise UnknownParticipant(f"positions go from 0 to {len(self) - 1}")
        return kernels.climb_all(self.parent, self.head, wanted, levels)

    def is_upline_of(self, ancestor: int, node: int) -> bool:
        """Whether `ancestor` stands somewhere above `node`; nobody is their own upline."""
        ancestor, node = self._checked(ancestor), self._checked(node)
        return ancestor < node < ancestor + int(self.size[ancestor])

    def level(self, node: int, ancestor: int) -> int | None:
        """How many levels `node` is below `ancestor`: 0 for itself, None when it is not in that downline."""
        if node != ancestor and not self.is_upline_of(ancestor, node):
            return None
        return int(self.depth[node] - self.depth[ancestor])

    def lowest_common_sponsor(self, a: int, b: int) -> int:
        """The lowest position with both in its downline or at its head; -1 under different roots."""
        a, b = self._checked(a), self._checked(b)
        return int(kernels.common_ancestor(self.parent, self.depth, self.head, a, b))

    def path(self, a: int, b: int) -> Positions:
        """Positions from `a` up to the lowest common sponsor and down to `b`; empty under different roots."""
        top = self.lowest_common_sponsor(a, b)
        if top < 0:
            return np.empty(0, np.int32)
        up = np.concatenate(([a], self.upline(a)))[: int(self.depth[a] - self.depth[top]) + 1]
        down = np.concatenate(([b], self.upline(b)))[: int(self.depth[b] - self.depth[top])]
        return np.concatenate((up, down[::-1])).astype(np.int32)

    def level_profile(self, node: int | None = None) -> Sums:
        """People on each level below `node`, itself on level 0; without a node, on each level of the forest."""
        if node is None:
            return np.bincount(self.depth).astype(np.int64)
        whole = self.downline(node, include_self=True)
        return np.bincount(self.depth[whole] - self.depth[node]).astype(np.int64)

    # Sums

    def group_sum(
        self, values: ArrayLike, levels: int | None = None, *, include_self: bool = True
    ) -> NDArray[np.int64]:
        """For each position the sum of `values` over its downline, all of it or `levels` deep.

        Args:
            values: one integer per position (minor units, thousandths of a point, or 0/1 to count).
            levels: how deep: 0 is the participant alone, 1 adds direct recruits; None is the whole downline.
            include_self: whether the participant's own value counts.

        Raises:
            SumOverflow: the sum of the absolute values exceeds 9,223,372,036,854,775,807.

        >>> tree = Tree.from_parents([-1, 0, 1, 2])
        >>> tree.group_sum([1, 10, 100, 1000], levels=1).tolist()
        [11, 110, 1100, 1000]
        """
        given = self._values(values)
        if levels is not None and levels < 0:
            raise ValueError(f"levels must not be negative, found {levels}")
        if levels is None or levels >= self.levels:
            return kernels.subtree_sums(self.parent, given, include_self)
        return kernels.bounded_sums(self.parent, self.depth, given, levels, include_self)

    def prefix_sums(self, values: ArrayLike) -> NDArray[np.int64]:
        """Running sums, one longer than the tree: the sum over any slice `[a, b)` is `sums[b] - sums[a]`.

        Raises:
            SumOverflow: as in `group_sum`.
        """
        return kernels.running_sums(self._values(values))

    # Other trees over the same people

    def filter(self, keep: ArrayLike) -> Tree:
        """The tree of those kept; the downline of one who is dropped hangs under the nearest kept ancestor.

        Args:
            keep: one boolean per position.
        """
        mask = np.ascontiguousarray(keep, dtype=np.bool_)
        if mask.size != len(self):
            raise ValueError(f"keep has {mask.size} values, the tree has {len(self)} participants")
        if mask.all():
            return self
        near = kernels.nearest_kept(self.parent, mask)
        kept = np.flatnonzero(mask)
        above = np.where(self.parent[kept] >= 0, near[self.parent[kept]], -1)
        parents = np.full(self.position.size, -1, np.int32)
        parents[self.row[kept]] = np.where(above >= 0, self.row[above], -1)
        held = np.zeros(self.position.size, np.bool_)
        held[self.row[kept]] = True
        return _laid_out(
            parents, held, self.name, self._index, self._joined, self._leg_rows, self.leg_names
        )

    def as_of(self, joined: Dates, left: Dates | None, when: Moment) -> Tree:
        """The tree as it stood at a moment: those who had joined by then and had not left.

        Who joined at an unknown date counts as present. A recruit whose sponsor joined later, or had left,
        hangs under the nearest ancestor who was present.

        Args:
            joined: when each position joined.
            left: when each position left, unknown for those who stayed.
            when: the moment, inclusive for joining: who leaves at that very second is gone.
        """
        at = moment(when)
        came = seconds(joined)
        present = (came == UNKNOWN) | (came <= at)
        if left is not None:
            went = seconds(left)
            present &= (went == UNKNOWN) | (went > at)
        return self.filter(present)

    def window(
        self,
        x0: int = 0,
        x1: int | None = None,
        depth0: int = 0,
        depth1: int | None = None,
        budget: int = 2000,
        values: Mapping[str, NDArray[np.int64]] | None = None,
    ) -> Window:
        """What an icicle of `[x0, x1)` by `[depth0, depth1)` shows in at most `budget` marks; see `genealogy.window`."""
        from genealogy.window import window

        return window(self, x0, x1, depth0, depth1, budget, values)

    def _checked(self, node: int) -> int:
        if not 0 <= node < self.parent.size:
            raise UnknownParticipant(f"positions go from 0 to {len(self) - 1}, found {node}")
        return int(node)

    def _values(self, values: ArrayLike) -> NDArray[np.int64]:
        given = np.asarray(values)
        if given.dtype.kind not in "iub" or (given.dtype == np.uint64 and given.max(initial=0) > 2**63 - 1):
            raise TypeError(
                f"values must be integers that fit in 64 bits (minor units, thousandths), not {given.dtype}"
            )
        if given.size != len(self):
            raise ValueError(f"{given.size} values for {len(self)} participants")
        sums = np.ascontiguousarray(given, dtype=np.int64)
        if kernels.magnitude(sums) > kernels.LARGEST_SUM:
            raise SumOverflow(
                "the sum of the absolute values does not fit in 64 bits; nothing was summed. "
                "Check the scale of the amounts, or sum in a coarser unit."
            )
        return sums


def leg_codes(legs: pl.Series) -> tuple[Positions, tuple[str, ...]]:
    """Codes and names of legs in their order: left, middle, right, numbers, then other names; -1 for none."""
    names = sorted(legs.drop_nulls().unique().to_list(), key=_leg_key)
    codes = legs.replace_strict(names, list(range(len(names))), default=-1, return_dtype=pl.Int32)
    return codes.fill_null(-1).to_numpy().astype(np.int32), tuple(names)


def _leg_key(leg: str) -> tuple[int, int, str]:
    if leg in LEG_ORDER:
        return 0, LEG_ORDER[leg], leg
    return (1, int(leg), leg) if leg.isdecimal() else (2, 0, leg)


def _laid_out(
    parents: Positions,
    held: NDArray[np.bool_] | None,
    name: str,
    index: IdIndex | None,
    joined: Sums | None,
    leg_rows: Positions | None,
    leg_names: tuple[str, ...],
) -> Tree:
    """Lay out the rows that are `held` (all when None); parents of held rows must be held."""
    rows = None if held is None else np.flatnonzero(held).astype(np.int32)
    if rows is not None and held is not None:
        dense = np.cumsum(held, dtype=np.int32) - 1
        above = parents[rows]
        parents = np.where(above >= 0, dense[above], -1).astype(np.int32)
    size, reached = kernels.subtree_sizes(parents)
    if reached < parents.size:
        cyclic = np.flatnonzero(size == 0)
        first = (cyclic if rows is None else rows[cyclic])[:1000].tolist()
        names = [str(row) for row in first] if index is None else index.ids.gather(first).to_list()
        raise StructureError.from_cycle(name, first, names)
    ties = np.empty(0, np.int32)
    if joined is not None and parents.size:
        came = joined if rows is None else joined[rows]
        came = np.where(came == UNKNOWN, np.iinfo(np.int64).max, came)
        if not kernels.is_sorted(came):
            ties = kernels.earliest_first(came)
    order = kernels.largest_first(size, ties)
    if leg_rows is None:
        position = kernels.positions_in_order(parents, size, order)
    else:
        legs = leg_rows if rows is None else leg_rows[rows]
        key = np.where(legs < 0, len(leg_names), legs).astype(np.int32)
        siblings = kernels.by_small_key(order, key, len(leg_names) + 1)
        position = kernels.positions_by_siblings(parents, size, order, siblings)
    parent_at, size_at, depth_at, row_at = kernels.labelled(position, size)
    if rows is not None and held is not None:
        whole = np.full(held.size, -1, np.int32)
        whole[rows] = position
        position, row_at = whole, rows[row_at]
    return Tree(
        (parent_at, size_at, depth_at, row_at, position),
        name=name,
        index=index,
        joined=joined,
        leg_rows=leg_rows,
        leg_names=leg_names,
    )


def _parents(parent_rows: ArrayLike) -> Positions:
    given = np.asarray(parent_rows)
    if given.size > MOST:
        raise TooManyParticipants(
            f"{given.size:,} participants: positions are 32-bit numbers, at most {MOST:,}. "
            "Split the records by root or by country."
        )
    if given.size and given.dtype.kind not in "iu":
        raise TypeError(f"parent_rows must be integers, not {given.dtype}")
    if given.dtype.itemsize > 4 and given.size:
        beyond = np.flatnonzero((given < -1) | (given >= given.size))
        if beyond.size:
            row = int(beyond[0])
            raise StructureError.from_out_of_range("given", row, int(given[row]), given.size)
    parents = np.ascontiguousarray(given, dtype=np.int32)
    row = int(kernels.first_out_of_range(parents))
    if row >= 0:
        raise StructureError.from_out_of_range("given", row, int(parents[row]), parents.size)
    return parents


def _strings(values: pl.Series | pa.Array | pa.ChunkedArray | Sequence[Any]) -> pl.Series:
    if isinstance(values, pl.Series):
        return values.cast(pl.String)
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return pl.Series(pl.from_arrow(values)).cast(pl.String)
    return pl.Series(values, dtype=pl.String)
