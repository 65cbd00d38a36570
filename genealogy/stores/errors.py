"""What can go wrong with a store, one class per thing that a caller would answer differently.

    StoreError (a GenealogyError)   store
    ├── UnknownParticipant          unknown-participant         no such id in the tree
    ├── UnknownTree                 unknown-tree                the network has no tree of that name
    ├── NotInDownline               not-in-downline             the cursor of a page is not below the person asked for
    ├── StoreEmpty                  store-empty                 nothing was written yet
    ├── StoreDamaged                store-damaged               what is stored does not agree with itself
    ├── StoreUnwritable             store-unwritable            the network holds what the store cannot keep
    ├── StoreBusy                   store-busy                  another write began and took over
    ├── StoreUnreachable            store-unreachable           no server at the address, or it went away
    ├── StoreAccessDenied           store-access-denied         the server refuses the user or the password
    ├── StoreVersionUnsupported     store-version-unsupported   a server, or files, of a version we cannot use
    ├── ServerToolMissing           server-tool-missing         Java or Maven is not installed
    └── ServerFailed                server-failed               the local Neo4j server did not start

`UnknownParticipant` and `UnknownTree` are also the room's classes of those names, so that a caller need not
care whether a tree in memory or a store was asked.
"""

# ruff: noqa: N818 - the names say what happened; "Error" at the end of each would add nothing

from __future__ import annotations

from collections.abc import Sequence

from genealogy import errors as room
from genealogy.errors import StoreError
from intake.closest import closest

__all__ = [
    "NotInDownline",
    "ServerFailed",
    "ServerToolMissing",
    "StoreAccessDenied",
    "StoreBusy",
    "StoreDamaged",
    "StoreEmpty",
    "StoreError",
    "StoreUnreachable",
    "StoreUnwritable",
    "StoreVersionUnsupported",
    "UnknownParticipant",
    "UnknownTree",
]


class UnknownParticipant(room.UnknownParticipant, StoreError):
    """The tree holds nobody of that id."""

    @classmethod
    def from_id(cls, participant_id: str, tree: str) -> UnknownParticipant:
        """Nobody of that id stands in the tree."""
        return cls(
            f"the {tree} tree has no participant {participant_id!r}; ids are the company's own and compared "
            "letter by letter: `search` finds them by their beginning"
        )


class UnknownTree(room.UnknownTree, StoreError):
    """The network has no tree of that name."""

    @classmethod
    def from_name(cls, tree: str, known: Sequence[str]) -> UnknownTree:
        """The network has other trees than that."""
        near = closest(tree, known)
        guess = f"; did you mean {near!r}?" if near else ""
        return cls(f"there is no {tree!r} tree; the records have: {', '.join(known)}{guess}")


class NotInDownline(StoreError):
    """A page was asked to go on after somebody who is not in the list that is being paged."""

    code = "not-in-downline"

    @classmethod
    def from_cursor(cls, participant_id: str, after: str) -> NotInDownline:
        """The cursor names somebody outside the downline, or nobody."""
        return cls(
            f"cannot go on after {after!r}: it is not in the downline of {participant_id!r}. "
            "Start from the first page; the network may have been replaced since."
        )


class StoreEmpty(StoreError):
    """Nothing was written to the store yet."""

    code = "store-empty"

    @classmethod
    def at(cls, place: str) -> StoreEmpty:
        """There is no network at a place yet."""
        return cls(f"{place} holds no network yet: write one first")


class StoreDamaged(StoreError):
    """What is stored does not agree with itself."""

    code = "store-damaged"

    @classmethod
    def at(cls, place: str, what: str) -> StoreDamaged:
        """A fault found at a place."""
        return cls(f"{place} is damaged: {what}. Write the network again.")


class StoreUnwritable(StoreError):
    """The network holds something that the store has no way to keep."""

    code = "store-unwritable"


class StoreBusy(StoreError):
    """Another write to the same store began while this one ran."""

    code = "store-busy"

    @classmethod
    def at(cls, place: str) -> StoreBusy:
        """Another write at a place took over."""
        return cls(
            f"another write to {place} began while this one ran, and took over. Nothing of this one is visible; "
            "write again if what is stored then is not what you want."
        )


class StoreUnreachable(StoreError):
    """Nobody answers at the server's address."""

    code = "store-unreachable"


class StoreAccessDenied(StoreError):
    """The server refuses the user, the password, or the kind of login."""

    code = "store-access-denied"


class StoreVersionUnsupported(StoreError):
    """The server or the files are of a version that this Downline cannot use."""

    code = "store-version-unsupported"


class ServerToolMissing(StoreError):
    """A program that the local Neo4j server needs is not installed."""

    code = "server-tool-missing"


class ServerFailed(StoreError):
    """The local Neo4j server did not start, or its parts could not be fetched."""

    code = "server-failed"
