"""Ids seen before, in eight bytes each.

Ten million ids of sixty-six characters do not fit beside everything else, their 64-bit hashes do. A hash that
was seen makes its row a suspect; suspects are few, are kept aside, and are compared as strings with the
finished table at the end. So the answer is exact, and only the memory is approximate. Whole rows that bear no id are
followed in the same way (`Copies`); they are only counted, so their hashes are enough.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]


@numba.njit(cache=True, nogil=True)
def _insert(slots, hashes, seen):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    mask = np.uint64(len(slots) - 1)
    added = 0
    for i in range(len(hashes)):
        h = hashes[i]
        if h == 0:
            h = np.uint64(1)
        place = (h ^ (h >> np.uint64(32))) & mask
        while slots[place] != 0 and slots[place] != h:
            place = (place + np.uint64(1)) & mask
        if slots[place] == h:
            seen[i] = True
        else:
            slots[place] = h
            added += 1
    return added


class SeenHashes:
    """A set of 64-bit hashes that says which were in it before."""

    def __init__(self, expected: int = 1 << 15) -> None:
        self._slots = np.zeros(max(16, 1 << (2 * expected - 1).bit_length()), np.uint64)
        self._filled = 0

    def __len__(self) -> int:
        return self._filled

    def add(self, hashes: Hashes) -> npt.NDArray[np.bool_]:
        """Add hashes; true where one was there already, or earlier in `hashes`."""
        while 2 * (self._filled + len(hashes)) > len(self._slots):
            old = self._slots[self._slots != 0]
            self._slots = np.zeros(2 * len(self._slots), np.uint64)
            _insert(self._slots, old, np.zeros(len(old), np.bool_))
        seen = np.zeros(len(hashes), np.bool_)
        self._filled += int(_insert(self._slots, hashes, seen))
        return seen


@dataclass(slots=True)
class Copies:
    """Rows of one claim that are identical in every cell to an earlier row of their table."""

    count: int = 0
    first_line: int | None = None

    def find(self, known: SeenHashes, prints: Hashes, lines: npt.NDArray[np.int64]) -> None:
        """Add the copies of a batch.

        Args:
            known: Hashes of the table's earlier rows; grows.
            prints: Hash of each row, 0 where it need not be followed.
            lines: Line of each row.
        """
        followed = prints != 0
        twice = known.add(prints[followed])
        if twice.any():
            self.count += int(twice.sum())
            if self.first_line is None:
                self.first_line = int(lines[followed][np.argmax(twice)])
