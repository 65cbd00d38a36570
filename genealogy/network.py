"""The people of one company and the named trees over them.

A `Network` holds each participant once, in the order of the records (its *row*), and one `Tree` per kind of
link: who recruited whom (`sponsor`), under whom somebody was placed (`placement`) or stands in a forced matrix
(`matrix`), and whatever else the dated moves name. The recorded `leg` is a place in the placement tree; in a matrix
only moves tell the places. Faulty links are repaired by the rules of `genealogy.structure` and reported in `problems`.

Dates: a participant's recorded link holds until its first move in that tree, and each move holds from its date
on (`genealogy.moves`). Without a date a tree shows the state after all moves.
"""

from __future__ import annotations

from dataclasses import replace
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
from genealogy.layout import People, lay_out, leg_codes
from genealogy.moves import Moves
from genealogy.structure import Problem, Structure
from genealogy.tree import Tree
from intake.text import say

if TYPE_CHECKING:
    from genealogy.ids import IdIndex
    from genealogy.kernels import Positions as Rows
    from genealogy.kernels import Sums


LINKS = {"sponsor": "sponsor_id", "placement": "placement_id", "matrix": "matrix_id"}
"""The trees that the participants' table itself records, and the column that does."""


class Network:
    """Participants and their trees. Make one with `from_table` or `from_parquet`.

    Attributes:
        participants: one row per participant, in row order; `(unknown sponsor)` last where it was needed.
        index: ids to rows.
        problems: what was wrong with the links, per tree.
        unknown_row: row of the unknown sponsor, None where nobody needed it.
        moves: dated changes of parent, None where there are none.
    """

    def __init__(
        self,
        participants: pl.DataFrame,
        index: IdIndex,
        parents: dict[str, Rows],
        problems: tuple[Problem, ...],
        unknown_row: int | None,
        moves: Moves | None = None,
    ) -> None:
        self.participants = participants
        self.index = index
        self.problems = problems + (() if moves is None else moves.problems(parents, len(participants)))
        self.unknown_row = unknown_row
        self.moves = moves
        self._recorded = parents
        self._trees: dict[tuple[str, int], Tree] = {}

    @classmethod
    def from_parquet(cls, folder: Path | str) -> Network:
        """A network from a folder with `participants.parquet` and, where there are moves, `moves.parquet`."""
        folder = Path(folder)
        moves = folder / "moves.parquet"
        return cls.from_table(
            pq.read_table(folder / "participants.parquet"), pq.read_table(moves) if moves.exists() else None
        )

    @classmethod
    def from_table(cls, participants: pa.Table | pl.DataFrame, moves: pa.Table | pl.DataFrame | None = None) -> Network:
        """A network from tables as `intake.schema` describes them; only `id` and `sponsor_id` are needed.

        >>> people = pl.DataFrame({"id": ["a", "b"], "sponsor_id": [None, "a"]})
        >>> Network.from_table(people).sponsor.size.tolist()
        [2, 1]
        """
        frame = _frame(participants)
        found = {name: links for name in LINKS if (links := _inspected(frame, name)) is not None}
        sponsor = found["sponsor"]
        people = frame if len(sponsor.kept) == len(frame) else frame[sponsor.kept]
        widest = max(found.values(), key=lambda links: len(links.ids))
        if widest.unknown_row is not None:
            unknown = pl.DataFrame({"id": widest.ids[widest.unknown_row :].rename("id")})
            people = pl.concat([people, unknown], how="diagonal")
        parents = {
            name: np.append(links.parent_rows, np.full(len(people) - len(links.ids), -1, np.int32))
            for name, links in found.items()
        }
        return cls(
            people,
            widest.index,
            parents,
            tuple(problem for links in found.values() for problem in links.problems),
            widest.unknown_row,
            None if moves is None or not len(moves) else Moves(_frame(moves), widest.index),
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
    def joined(self) -> Sums:
        """UTC seconds of joining by row, `dates.UNKNOWN` where not recorded."""
        return self._dates("joined")

    @cached_property
    def left(self) -> Sums:
        """UTC seconds of leaving by row, `dates.UNKNOWN` for those who stayed."""
        return self._dates("left")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the trees."""
        return tuple(dict.fromkeys([*self._recorded, *(() if self.moves is None else self.moves.trees)]))

    @property
    def recorded_parents(self) -> dict[str, Rows]:
        """For each tree that the participants' table itself records, the parent rows after repair and before any move."""
        return dict(self._recorded)

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
            raise UnknownParticipant(
                say(
                    "no participant {identifier!r} among {count:,}",
                    "لا مشارك بالمعرّف {identifier!r} بين المشاركين وعددهم {count:,}",
                    identifier=identifier,
                    count=len(self),
                )
            )
        return row

    def tree(self, name: str = "sponsor", *, as_of: Moment | None = None, present_only: bool = True) -> Tree:
        """One tree, after all moves or as it stood at a moment.

        Args:
            name: `sponsor`, `placement`, `matrix`, or another name that the moves use.
            as_of: the moment, inclusive; moves made later are not applied.
            present_only: with a date, leave out who had not joined by then or had left; their downlines hang
                under the nearest ancestor who was present. False keeps every participant.

        Raises:
            UnknownTree: the network has no tree of that name.
        """
        if name not in self.names:
            raise UnknownTree(
                say(
                    "there is no {name} tree; the records have: {names}",
                    "لا توجد شجرة باسم {name}. الموجود في السجلات: {names}",
                    name=name,
                    names=", ".join(self.names),
                )
            )
        at = None if as_of is None else moment(as_of)
        made = 0 if self.moves is None else self.moves.made_by(name, at)
        if (name, made) not in self._trees:
            self._trees[name, made] = self._tree(name, made)
        tree = self._trees[name, made]
        if at is None or not present_only:
            return tree
        return tree.as_of(tree.by_position(self.joined), tree.by_position(self.left), at)

    def _tree(self, name: str, made: int) -> Tree:
        """One tree after its first `made` moves; those whom a tree other than the sponsors' does not link are left out."""
        recorded = self._recorded.get(name)
        parents = np.full(len(self), -1, np.int32) if recorded is None else recorded.copy()
        placed = name != "sponsor"
        of_legs = name == "placement" and recorded is not None and self._has("leg")
        legs = self.participants["leg"] if of_legs else None
        if self.moves is not None and made:
            applied = self.moves.apply(name, made, parents)
            legs = self.moves.apply_legs(name, applied, legs, len(self)) if placed else None
        codes, names = (None, ()) if legs is None or legs.null_count() == len(legs) else leg_codes(legs)
        people = People(self.index, self.joined, codes, names)
        held = None
        if placed:
            held = parents >= 0
            held[parents[held]] = True
        return Tree(lay_out(parents, people, name, held), people, name)

    def _has(self, column: str) -> bool:
        return column in self.participants.columns

    def _dates(self, column: str) -> Sums:
        if self._has(column):
            return seconds(self.participants[column])
        return seconds(pl.Series([None] * len(self), dtype=pl.Int64))


def _inspected(frame: pl.DataFrame, tree: str) -> Structure | None:
    """The links of one tree, repaired; None where the records have none, except that everybody has a sponsor tree."""
    column, sponsors = LINKS[tree], tree == "sponsor"
    if column in frame.columns:
        links = frame[column]
    else:
        links = pl.Series(column, [None], dtype=pl.String).new_from_index(0, len(frame))
    if not sponsors and links.null_count() == len(frame):
        return None
    found = structure.inspect(
        frame["id"],
        links,
        frame["joined"] if "joined" in frame.columns else None,
        source_file=frame["source_file"] if "source_file" in frame.columns else None,
        source_line=frame["source_line"] if "source_line" in frame.columns else None,
        tree=tree,
        lone_roots=sponsors,
    )
    if sponsors:
        return found
    # the same people: who stands there twice was said once, with the sponsors
    return replace(found, problems=tuple(each for each in found.problems if each.code != "duplicate-id"))


def _frame(table: pa.Table | pl.DataFrame) -> pl.DataFrame:
    if isinstance(table, pl.DataFrame):
        return table
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame
