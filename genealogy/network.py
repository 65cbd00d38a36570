"""The people of one company and the named trees over them.

A `Network` holds each participant once, in the order of the records (its *row*), and one `Tree` per kind of
link: who recruited whom (`sponsor`), under whom somebody was placed (`placement`), and whatever else the dated
moves name. Faulty links are repaired by the rules of `genealogy.structure` and reported in `problems`.

Dates: a participant's recorded link holds until its first move in that tree, and each move holds from its date
on. Without a date a tree shows the state after all moves.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from genealogy import structure
from genealogy.dates import Moment, moment, seconds
from genealogy.errors import UnknownParticipant, UnknownTree
from genealogy.ids import IdIndex
from genealogy.structure import Problem, Structure
from genealogy.tree import Tree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.int32]


class Network:
    """Participants and their trees. Make one with `from_table` or `from_parquet`.

    Attributes:
        participants: one row per participant, in row order; `(unknown sponsor)` last where it was needed.
        index: ids to rows.
        problems: what was wrong with the links, per tree.
        unknown_row: row of the unknown sponsor, None where nobody needed it.
        moves: dated changes of parent as recorded, None where there are none.
    """

    def __init__(
        self,
        participants: pl.DataFrame,
        index: IdIndex,
        parents: dict[str, Rows],
        problems: tuple[Problem, ...],
        unknown_row: int | None,
        moves: pl.DataFrame | None = None,
    ) -> None:
        self.participants = participants
        self.index = index
        self.problems = problems
        self.unknown_row = unknown_row
        self.moves = moves
        self._parents = parents
        self._trees: dict[str, Tree] = {}

    @classmethod
    def from_parquet(cls, folder: Path | str) -> Network:
        """A network from a folder with `participants.parquet` and, where there are moves, `moves.parquet`."""
        folder = Path(folder)
        moves = folder / "moves.parquet"
        return cls.from_table(
            pq.read_table(folder / "participants.parquet"), pq.read_table(moves) if moves.exists() else None
        )

    @classmethod
    def from_table(
        cls, participants: pa.Table | pl.DataFrame, moves: pa.Table | pl.DataFrame | None = None
    ) -> Network:
        """A network from tables as `intake.schema` describes them; only `id` and `sponsor_id` are needed.

        >>> people = pl.DataFrame({"id": ["a", "b"], "sponsor_id": [None, "a"]})
        >>> Network.from_table(people).sponsor.size.tolist()
        [2, 1]
        """
        frame = _frame(participants)
        origin = {name: frame[name] for name in ("source_file", "source_line") if name in frame.columns}
        joined = frame["joined"] if "joined" in frame.columns else None
        found: dict[str, Structure] = {}
        for name, column in (("sponsor", "sponsor_id"), ("placement", "placement_id")):
            if name == "sponsor" or (column in frame.columns and frame[column].null_count() < len(frame)):
                links = frame[column] if column in frame.columns else pl.Series([None] * len(frame), dtype=pl.String)
                found[name] = structure.inspect(
                    frame["id"],
                    links,
                    joined,
                    source_file=origin.get("source_file"),
                    source_line=origin.get("source_line"),
                    tree=name,
                )
        sponsor = found["sponsor"]
        people = frame if len(sponsor.kept) == len(frame) else frame[sponsor.kept]
        widest = max(found.values(), key=lambda each: len(each.ids))
        count = len(sponsor.kept)
        if widest.unknown_row is not None:
            people = pl.concat(
                [people, pl.DataFrame({"id": widest.ids[-1:]}).rename({widest.ids.name: "id"}, strict=False)],
                how="diagonal",
            )
        parents = {
            name: np.append(each.parent_rows, np.full(len(people) - len(each.ids), -1, np.int32))
            for name, each in found.items()
        }
        problems = tuple(problem for each in found.values() for problem in each.problems)
        index = widest.index if widest.index is not None else IdIndex(people["id"])
        unknown = count if widest.unknown_row is not None else None
        return cls(
            people, index, parents, problems, unknown, None if moves is None or not len(moves) else _frame(moves)
        )

    def __len__(self) -> int:
        return len(self.participants)

    def __repr__(self) -> str:
        return f"<Network: {len(self):,} participants, trees: {', '.join(self.names)}>"

    @property
    def ids(self) -> pl.Series:
        """The ids, in row order."""
        return self.index.ids

    @cached_property
    def joined(self) -> NDArray[np.int64]:
        """UTC seconds of joining by row, `dates.UNKNOWN` where not recorded."""
        return self._dates("joined")

    @cached_property
    def left(self) -> NDArray[np.int64]:
        """UTC seconds of leaving by row, `dates.UNKNOWN` for those who stayed."""
        return self._dates("left")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the trees."""
        moved = () if self.moves is None else self.moves["tree"].unique(maintain_order=True).to_list()
        return tuple(dict.fromkeys([*self._parents, *moved]))

    @property
    def sponsor(self) -> Tree:
        """Who recruited whom."""
        return self.tree("sponsor")

    @property
    def placement(self) -> Tree | None:
        """Under whom each stands in the placement tree, None where the records have none."""
        return self.tree("placement") if "placement" in self.names else None

    @property
    def trees(self) -> dict[str, Tree]:
        """All trees by name, after all moves."""
        return {name: self.tree(name) for name in self.names}

    def rows_of(self, ids: pl.Series) -> Rows:
        """The row of each id, -1 where it is not a participant."""
        return self.index.rows_of(ids)

    def row_of(self, identifier: str) -> int:
        """The row of one id.

        Raises:
            UnknownParticipant: the id is not in the network.
        """
        row = self.index.row_of(identifier)
        if row < 0:
            raise UnknownParticipant(f"no participant {identifier!r} among {len(self):,}")
        return row

    def tree(self, name: str = "sponsor", *, as_of: Moment | None = None, present_only: bool = True) -> Tree:
        """One tree, after all moves or as it stood at a moment.

        Args:
            name: `sponsor`, `placement`, or another name that the moves use.
            as_of: the moment, inclusive; moves made later are not applied.
            present_only: with a date, leave out who had not joined by then or had left; their downlines hang
                under the nearest ancestor who was present. False keeps every participant.

        Raises:
            UnknownTree: the network has no tree of that name.
        """
        if name not in self.names:
            raise UnknownTree(f"there is no {name} tree; the records have: {', '.join(self.names)}")
        if as_of is None:
            if name not in self._trees:
                self._trees[name] = self._tree(name, None)
            return self._trees[name]
        at = moment(as_of)
        tree = self._tree(name, at) if self._has_moves(name) else self.tree(name)
        if not present_only:
            return tree
        return tree.as_of(tree.by_position(self.joined), tree.by_position(self.left), at)

    def _tree(self, name: str, at: int | None) -> Tree:
        recorded = self._parents.get(name)
        parents = np.full(len(self), -1, np.int32) if recorded is None else recorded.copy()
        leg = self.participants["leg"] if name != "sponsor" and "leg" in self.participants.columns else None
        if recorded is None:
            leg = None
        if self._has_moves(name):
            leg = self._move(name, at, parents, leg)
        whole = Tree.from_parents(
            parents,
            ids=self.index,
            joined=self.joined,
            leg=leg if leg is not None and leg.null_count() < len(leg) else None,
            name=name,
        )
        if name == "sponsor":
            return whole
        placed = (parents >= 0) | (whole.by_row(whole.size) > 1)
        return whole.filter(whole.by_position(placed))

    def _has_moves(self, name: str) -> bool:
        return self.moves is not None and bool((self.moves["tree"] == name).any())

    def _move(self, name: str, at: int | None, parents: Rows, leg: pl.Series | None) -> pl.Series | None:
        """Apply the moves of one tree up to a moment, in the order of their dates; returns the legs after them."""
        assert self.moves is not None
        moves = self.moves.filter(pl.col("tree") == name)
        when = seconds(moves["from"])
        row, above = self.rows_of(moves["participant_id"]), self.rows_of(moves["parent_id"])
        lost = (above < 0) & moves["parent_id"].is_not_null().to_numpy()
        use = np.flatnonzero((row >= 0) & ~lost & (True if at is None else when <= at))
        use = use[np.argsort(when[use], kind="stable")]
        parents[row[use]] = above[use]
        own = np.flatnonzero(parents == np.arange(parents.size))
        parents[own] = -1
        structure.cut_cycles(parents, self.joined)
        if "leg" not in moves.columns or moves["leg"].null_count() == len(moves):
            return leg
        legs = np.full(len(self), None, dtype=object) if leg is None else leg.to_numpy().astype(object)
        legs[row[use]] = moves["leg"].to_numpy().astype(object)[use]
        return pl.Series("leg", legs.tolist(), dtype=pl.String)

    def _dates(self, column: str) -> NDArray[np.int64]:
        if column in self.participants.columns:
            return seconds(self.participants[column])
        return seconds(pl.Series([None] * len(self), dtype=pl.Int64))


def _frame(table: pa.Table | pl.DataFrame) -> pl.DataFrame:
    if isinstance(table, pl.DataFrame):
        return table
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame
