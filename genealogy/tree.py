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
from genealogy.errors import SumOverflow, UnknownParticipant
from genealogy.ids import IdIndex
from genealogy.layout import Column, Layout, People, checked_parents, lay_out, leg_codes, strings
from intake.text import Text, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    import networkx as nx
    from numpy.typing import ArrayLike, NDArray

    from genealogy.kernels import Positions, Sums
    from genealogy.window import Window


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
        people: what all trees over the same rows share: ids, dates of joining, legs.
    """

    def __init__(self, layout: Layout, people: People, name: str) -> None:
        self.parent, self.size, self.depth, self.row, self.position = layout
        self.people = people
        self.name = name
        for array in layout:
            array.setflags(write=False)

    @classmethod
    def from_parents(
        cls,
        parent_rows: ArrayLike,
        *,
        ids: Column | IdIndex | None = None,
        joined: Dates | None = None,
        leg: Column | None = None,
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
        parents = checked_parents(parent_rows, name)
        codes, leg_names = (None, ()) if leg is None else leg_codes(strings(leg))
        people = People(
            ids if isinstance(ids, IdIndex) or ids is None else IdIndex(strings(ids)),
            None if joined is None else seconds(joined),
            codes,
            leg_names,
        )
        for column, given in (("ids", people.index), ("joined", people.joined), ("leg", people.leg)):
            if given is not None and len(given) != parents.size:
                raise ValueError(f"{column} has {len(given)} rows, parent_rows has {parents.size}")
        return cls(lay_out(parents, people, name), people, name)

    @classmethod
    def from_networkx(cls, graph: nx.DiGraph[Any], *, name: str = "sponsor") -> Tree:
        """A tree from any NetworkX-like directed graph with edges sponsor -> recruit; see `genealogy.exchange`."""
        from genealogy.exchange import from_networkx

        return from_networkx(graph, name=name)

    def to_networkx(self, subtree: int | str | None = None, *, limit: int | None = 100_000) -> nx.DiGraph[str]:
        """One subtree (default: all) as a NetworkX graph with edges sponsor -> recruit; see `genealogy.exchange`."""
        from genealogy.exchange import to_networkx

        return to_networkx(self, subtree, limit=limit)

    def __len__(self) -> int:
        return int(self.parent.size)

    def __repr__(self) -> str:
        return f"<Tree {self.name}: {len(self):,} participants, {self.levels} levels>"

    # Who is where

    @cached_property
    def levels(self) -> int:
        """Number of levels, roots included; 0 in an empty tree."""
        return int(self.depth.max()) + 1 if len(self) else 0

    @cached_property
    def ids(self) -> pa.StringArray:
        """The ids in preorder."""
        if self.people.index is None:
            return pa.array(self.row.astype(str))
        ids = self.people.index.ids.gather(self.row)
        return ids.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.string())

    @cached_property
    def leg(self) -> Positions | None:
        """Codes into `leg_names` in preorder, -1 for none; None in a tree without legs."""
        return None if self.people.leg is None else self.people.leg[self.row]

    @property
    def has_legs(self) -> bool:
        """Whether siblings stand in the order of their legs instead of heavy-first."""
        return self.people.leg is not None

    @cached_property
    def head(self) -> Positions:
        """For each position the top of the run of first children it belongs to."""
        return kernels.path_heads(self.parent)

    def index(self, identifier: str) -> int:
        """The position of an id.

        Raises:
            UnknownParticipant: the id is not in this tree.
        """
        if self.people.index is None:
            row = int(identifier) if identifier.isdecimal() else -1
        else:
            row = self.people.index.row_of(identifier)
        if not 0 <= row < self.position.size or self.position[row] < 0:
            raise UnknownParticipant(
                say(
                    "the {component} tree has no participant {identifier!r}",
                    "لا مشارك بالمعرّف {identifier!r} في شجرة {component}",
                    component=self.name,
                    identifier=identifier,
                )
            )
        return int(self.position[row])

    def id_of(self, node: int) -> str:
        """The id at a position."""
        row = int(self.row[self._checked(node)])
        return str(row) if self.people.index is None else str(self.people.index.ids[row])

    def by_position(self, values_by_row: NDArray[Any]) -> NDArray[Any]:
        """Values given by row, brought into preorder."""
        return _taken(np.asarray(values_by_row), self.row)

    def by_row(self, values: NDArray[Any], missing: Any = 0) -> NDArray[Any]:
        """Values in preorder, brought back to rows; rows that the tree does not hold get `missing`."""
        values = np.asarray(values)
        if self.position.size == len(self):
            return _taken(values, self.position)
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
        return Legs(child, self.size[child], tuple(self.people.leg_names[c] if c >= 0 else None for c in codes))

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
        if wanted.size and (wanted.min() < 0 or wanted.max() >= len(self)):
            raise UnknownParticipant(
                say("positions go from 0 to {value}", "المواضع من 0 إلى {value}", value=len(self) - 1)
            )
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
        return Tree(lay_out(parents, self.people, self.name, held), self.people, self.name)

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
            raise UnknownParticipant(
                say(
                    "positions go from 0 to {value}, found {node}",
                    "المواضع من 0 إلى {value}، والموجود {node}",
                    value=len(self) - 1,
                    node=node,
                )
            )
        return int(node)

    def _values(self, values: ArrayLike) -> NDArray[np.int64]:
        given = np.asarray(values)
        if given.size != len(self):
            raise ValueError(f"{given.size} values for {len(self)} participants")
        too_large = given.dtype == np.uint64 and given.max(initial=0) > 2**63 - 1
        if given.size and (given.dtype.kind not in "iub" or too_large):
            raise TypeError(
                f"values must be integers that fit in 64 bits (minor units, thousandths), not {given.dtype}"
            )
        sums = np.ascontiguousarray(given, dtype=np.int64)
        if kernels.magnitude(sums) > kernels.LARGEST_SUM:
            raise SumOverflow(
                Text(
                    en="the sum of the absolute values does not fit in 64 bits; nothing was summed. Check the "
                    "scale of the amounts, or sum in a coarser unit.",
                    ar="مجموع القيم المطلقة لا تتسع له أعداد 64 بت، فلم يُجمع شيء. يُرجى التحقق من عدد المنازل "
                    "العشرية للمبالغ، أو الجمع بوحدة أكبر",
                )
            )
        return sums


def _taken(values: NDArray[Any], at: Positions) -> NDArray[Any]:
    """`values[at]`, compiled for the integers that trees mostly carry."""
    if values.dtype not in (np.int64, np.int32) or values.ndim != 1 or (at.size and values.size <= int(at.max())):
        return values[at]
    taken = np.empty(at.size, values.dtype)
    kernels.gather(np.ascontiguousarray(values), at, taken)
    return taken
