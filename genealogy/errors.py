"""Everything that can go wrong in the genealogy room, in one hierarchy.

Broken *data* (a cycle, a missing sponsor) is not an exception: `genealogy.structure.inspect` returns it as
`Problem`s with their rows. An exception means that a caller asked for something that cannot be done, and its
message says what can be done instead.

    GenealogyError                        genealogy
    ├── StructureError                    broken-structure
    ├── TooManyParticipants               too-many-participants
    ├── UnknownParticipant                unknown-participant
    ├── UnknownTree                       unknown-tree
    ├── SumOverflow                       sum-overflow
    ├── NotATree                          not-a-tree
    ├── GraphTooLarge                     graph-too-large
    └── StoreError                        store (drawn further in genealogy.stores.errors)
"""

# ruff: noqa: N818 - the names say what happened; "Error" at the end of each adds nothing

from __future__ import annotations

from collections.abc import Sequence

from intake.text import Said, Text, say

SHOWN = 5
"""How many ids an error message names before it says "and N more"."""


class GenealogyError(Said):
    """Root of this room's errors; `code` is what documentation and the API refer to."""

    code = "genealogy"


class StructureError(GenealogyError):
    """The parents given do not form a forest."""

    code = "broken-structure"

    def __init__(self, message: Text, *, rows: Sequence[int] = (), ids: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.rows = tuple(rows)
        self.ids = tuple(ids)

    @classmethod
    def from_cycle(cls, tree: str, rows: Sequence[int], ids: Sequence[str]) -> StructureError:
        """Participants that are, through their parents, their own upline."""
        return cls(
            say(
                "the {tree} tree has a cycle through {ids}: each is in its own upline. Run "
                "genealogy.structure.inspect, which lists such rows and cuts the cycle at its latest "
                "joiner.",
                "في شجرة {tree} حلقة مغلقة تمر عبر {ids}: كل منهم ضمن سلسلة رعاته. تعرض الدالة "
                "⁨genealogy.structure.inspect⁩ هذه الصفوف وتقطع الحلقة عند آخر المنضمين",
                tree=tree,
                ids=_named(ids),
            ),
            rows=rows,
            ids=ids,
        )

    @classmethod
    def from_out_of_range(cls, tree: str, row: int, parent: int, count: int) -> StructureError:
        """A parent row that is neither -1 (a root) nor one of the rows."""
        return cls(
            say(
                "the {tree} tree: row {row} names parent row {parent}, but rows go from 0 to {value} and "
                "-1 stands for a root. Look up ids with Network.rows_of or structure.inspect.",
                "شجرة {tree}: يسمّي الصف {row} الصف {parent} صاحبًا أعلى، والصفوف من 0 إلى {value}، "
                "و⁨-1⁩ لرأس الشبكة. تُعرف المعرّفات بالدالة ⁨Network.rows_of⁩ أو ⁨structure.inspect⁩",
                tree=tree,
                row=row,
                parent=parent,
                value=count - 1,
            ),
            rows=[row],
        )


class TooManyParticipants(GenealogyError):
    """More participants than 32-bit positions can number."""

    code = "too-many-participants"


class UnknownParticipant(GenealogyError):
    """An id or a position that is not in the tree."""

    code = "unknown-participant"


class UnknownTree(GenealogyError):
    """A tree's name that the network does not have."""

    code = "unknown-tree"


class SumOverflow(GenealogyError):
    """A sum that does not fit in 64 bits; nothing is returned rather than a wrapped figure."""

    code = "sum-overflow"


class NotATree(GenealogyError):
    """A graph that is not a forest with edges from sponsor to recruit."""

    code = "not-a-tree"


class GraphTooLarge(GenealogyError):
    """A subtree too large to hand to NetworkX without the caller saying so."""

    code = "graph-too-large"


class StoreError(GenealogyError):
    """A store could not do what was asked."""

    code = "store"


def _named(ids: Sequence[str]) -> str:
    shown = ", ".join(ids[:SHOWN])
    rest = len(ids) - SHOWN
    return f"{shown} and {rest} more" if rest > 0 else shown
