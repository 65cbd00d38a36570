"""The contract of a store: where a network is kept and asked about without loading all of it.

Two stores keep it, and one test-suite holds both to it: `EmbeddedStore` (a folder of Parquet files, the default)
and `Neo4jStore` (a server). What they share is said here once, on each method of `Store`. The idea they share is
preorder: each participant knows its position `pre` and the `size` of its downline, so that a downline is a range
of positions and a page of it is read from where the last page ended, at the same cost on page 1 and page 10,000.

A store holds one network at a time. Its trees are as they stand after all moves; dated questions are for
`Network.tree(as_of=...)` on what `read` returns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from intake.progress import Progress, silent

if TYPE_CHECKING:
    from genealogy.network import Network

Value = str | int | bool | datetime | date | None
"""What a column of a participant may hold; dates are UTC, without a zone, as in the tables. No floats."""

MOST_PER_PAGE = 10_000
"""The largest `limit` a page may have."""

PAGE = 100
"""The `limit` of a page when none is given."""

RELATIONSHIPS = {
    "sponsor": "SPONSORED_BY",
    "placement": "PLACED_UNDER",
    "matrix": "PLACED_IN_MATRIX_UNDER",
}
"""The trees that a store keeps, with the name of the link from a participant to its parent."""


@dataclass(frozen=True, slots=True)
class Member:
    """One participant at its place in one tree."""

    id: str
    tree: str
    parent_id: str | None
    """Id of the parent in this tree, after repairs and moves; None for a root."""
    pre: int
    """Position in depth-first preorder, from 0."""
    size: int
    """People in the downline, the participant included."""
    depth: int
    """Levels below the root, 0 for a root."""
    columns: Mapping[str, Value]
    """All columns of the participants table, as recorded."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some participants in preorder, and where to go on."""

    members: tuple[Member, ...]
    next: str | None
    """Id to pass as `after` for the next page; None when this was the last."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How large one tree is."""

    people: int
    roots: int
    depth: int
    """Depth of the deepest participant, where a root has 0; -1 in an empty tree."""
    leaves: int
    """Participants without a direct recruit."""


class Store(Protocol):
    """What every store promises.

    Each method that names a participant raises `UnknownParticipant` when the tree has no such id, each that names a
    tree `UnknownTree`; each that reads raises `StoreEmpty` before the first write, `StoreUnreachable` when the
    server is gone, and `StoreDamaged` when what is stored does not agree with itself. Ids are compared letter by
    letter: no case folding, no trimming, no Unicode normalisation. One store object may be used by several threads.
    """

    def write(self, network: Network, progress: Progress = silent) -> None:
        """Replace whatever is stored by `network`: a full replacement, never a merge.

        Atomic: until `write` returns, readers see the old network whole, and afterwards the new one whole. When it
        is interrupted, by an exception out of `progress`, a crash or a lost connection, the old network stays, and
        the next write clears what was left behind. When two writes run at once, one of them wins entirely.

        Args:
            network: What to keep: participants, all trees, moves and problems.
            progress: Told how far each stage is.

        Raises:
            StoreUnwritable: A column has a type or a name that cannot be kept; nothing was written.
            StoreBusy: Another write took over (servers only).
        """
        ...

    def read(self) -> Network:
        """The whole network, equal to what was written: rows in their order, trees, moves, problems."""
        ...

    def trees(self) -> tuple[str, ...]:
        """The names of the trees: `sponsor` first, then `placement` and `matrix` where the network has them."""
        ...

    def counts(self, tree: str = "sponsor") -> Counts:
        """How large a tree is."""
        ...

    def participant(self, participant_id: str, *, tree: str = "sponsor") -> Member:
        """One participant, with all its columns and its place in a tree."""
        ...

    def upline(self, participant_id: str, *, tree: str = "sponsor") -> tuple[Member, ...]:
        """Everybody above, nearest first, up to the root; empty for a root."""
        ...

    def downline(
        self,
        participant_id: str,
        *,
        tree: str = "sponsor",
        levels: int | None = None,
        after: str | None = None,
        limit: int = PAGE,
    ) -> Page:
        """A page of everybody below, in preorder, the participant itself left out.

        The pages from `after=None` on, each continued with `next`, give each member exactly once.

        Args:
            participant_id: Whose downline.
            tree: Which tree.
            levels: How many levels down, at least 1; None for all.
            after: `next` of the page before; None for the first page.
            limit: At most so many members, 1 to 10,000.

        Raises:
            NotInDownline: `after` is not somebody below the participant (and within the levels).
            ValueError: `levels` or `limit` is out of bounds.
        """
        ...

    def children(
        self, participant_id: str, *, tree: str = "sponsor", after: str | None = None, limit: int = PAGE
    ) -> Page:
        """A page of the direct recruits, in the order of the tree: `downline` of one level."""
        ...

    def search(self, prefix: str, *, limit: int = 20) -> tuple[Member, ...]:
        """Participants of the sponsor tree whose id begins with `prefix`, ordered by id (by code point).

        Raises:
            ValueError: `limit` is out of bounds.
        """
        ...

    def close(self) -> None:
        """Give back connections; the store is not used afterwards. What is stored stays."""
        ...


def check_page(levels: int | None, limit: int) -> None:
    """Refuse bounds that make no sense.

    Raises:
        ValueError: `levels` is below 1, or `limit` is not in 1 to 10,000.
    """
    if levels is not None and levels < 1:
        raise ValueError(f"levels must be at least 1, found {levels}")
    if not 1 <= limit <= MOST_PER_PAGE:
        raise ValueError(f"limit must be from 1 to {MOST_PER_PAGE:,}, found {limit}")
