"""From a participant's id to its row, for one id or ten million, without a Python object per id.

The ids stay in one Arrow-backed column; a hash table of 64-bit hashes to rows stands beside it. A hit is
compared with the id itself, so that two ids with equal hashes cannot be taken for one another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SEED = 20251


@njit(cache=True, nogil=True)
def _fill(hashes: NDArray[np.uint64], bits: int) -> NDArray[np.int32]:
    slots = np.full(1 << bits, -1, np.int32)
    last = (1 << bits) - 1
    for row in range(hashes.size):
        slot = np.int64(hashes[row] >> np.uint64(64 - bits))
        while slots[slot] >= 0 and hashes[slots[slot]] != hashes[row]:
            slot = (slot + 1) & last
        if slots[slot] < 0:
            slots[slot] = row
    return slots


@njit(cache=True, nogil=True)
def _find(
    slots: NDArray[np.int32], bits: int, hashes: NDArray[np.uint64], wanted: NDArray[np.uint64]
) -> NDArray[np.int32]:
    found = np.empty(wanted.size, np.int32)
    last = (1 << bits) - 1
    for step in range(wanted.size):
        slot = np.int64(wanted[step] >> np.uint64(64 - bits))
        while slots[slot] >= 0 and hashes[slots[slot]] != wanted[step]:
            slot = (slot + 1) & last
        found[step] = slots[slot]
    return found


class IdIndex:
    """Rows by id; of an id that stands in several rows, the first."""

    def __init__(self, ids: pl.Series) -> None:
        self.ids = ids.cast(pl.String)
        self._hashes = self._hash(self.ids)
        self._bits = max(4, int(2 * len(ids)).bit_length())
        self._slots = _fill(self._hashes, self._bits)

    def __len__(self) -> int:
        return len(self.ids)

    def rows_of(self, ids: pl.Series) -> NDArray[np.int32]:
        """The row of each id, -1 where the id is unknown or null.

        >>> IdIndex(pl.Series(["a", "b"])).rows_of(pl.Series(["b", None, "z"])).tolist()
        [1, -1, -1]
        """
        wanted = ids.cast(pl.String)
        if not len(wanted) or not len(self.ids):
            return np.full(len(wanted), -1, np.int32)
        rows = _find(self._slots, self._bits, self._hashes, self._hash(wanted))
        rows[wanted.is_null().to_numpy()] = -1
        hit = rows >= 0
        held = self.ids.gather(rows[hit])
        differs = (held != wanted.filter(pl.Series(hit))).to_numpy()
        for step in np.flatnonzero(hit)[differs]:  # two ids with one 64-bit hash: once in ages
            same = (self.ids == wanted[int(step)]).arg_true()
            rows[step] = same[0] if len(same) else -1
        return rows

    def row_of(self, identifier: str) -> int:
        """The row of one id, -1 where it is unknown."""
        return int(self.rows_of(pl.Series([identifier], dtype=pl.String))[0])

    @staticmethod
    def _hash(ids: pl.Series) -> NDArray[np.uint64]:
        return np.ascontiguousarray(ids.hash(_SEED).to_numpy(), dtype=np.uint64)
