"""The nearest marked person above, compiled: marks that come and go, on trees of any shape, in logarithmic time.

Marks are bits over a tree's positions, in words of 32 with a summary of words above them. A tree laid out in
preorder is a set of runs, in each of which the parent of a position is the position before it; from anywhere to the
root there are few runs where the largest downline comes first, even in a chain of a million. Within a run the nearest
mark above is the last bit before, which the summaries find in a few steps.

Held to a plain climb in tests/compensation/test_nearest.py.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np


def offsets(positions: int) -> Any:
    """Where each level of words begins, and at the end how many words one set of marks needs."""
    starts, words, total = [], max(positions, 1), 0
    while True:
        words = (words + 31) // 32
        starts.append(total)
        total += words
        if words == 1:
            return np.array([*starts, total], np.int64)


@nb.njit(cache=True, nogil=True)
def runs(parent: Any) -> Any:
    """For each position the first position of its run."""
    top = np.empty(parent.shape[0], np.int32)
    for i in range(parent.shape[0]):
        top[i] = top[i - 1] if i > 0 and parent[i] == i - 1 else i
    return top


@nb.njit(cache=True, nogil=True)
def mark(words: Any, offset: Any, i: int) -> None:
    """Mark a position."""
    for level in range(offset.shape[0] - 1):
        words[offset[level] + (i >> 5)] |= np.int64(1) << (i & 31)
        i >>= 5


@nb.njit(cache=True, nogil=True)
def unmark(words: Any, offset: Any, i: int) -> None:
    """Take a mark away."""
    for level in range(offset.shape[0] - 1):
        at = offset[level] + (i >> 5)
        words[at] &= ~(np.int64(1) << (i & 31))
        if words[at] != 0:
            return
        i >>= 5


@nb.njit(cache=True, nogil=True)
def mark_all(words: Any, offset: Any, which: Any) -> None:
    """Mark every position that is true."""
    for i in range(which.shape[0]):
        if which[i]:
            mark(words, offset, i)


@nb.njit(cache=True, nogil=True)
def _highest(word: int) -> int:
    """Number of the highest bit that is set."""
    bit = 0
    for step in (16, 8, 4, 2, 1):
        if word >> step:
            word >>= step
            bit += step
    return bit


@nb.njit(cache=True, nogil=True)
def last_marked(words: Any, offset: Any, i: int) -> int:
    """The greatest marked position up to i; -1 where there is none."""
    levels = offset.shape[0] - 1
    level = 0
    word = words[offset[0] + (i >> 5)] & ((np.int64(2) << (i & 31)) - 1)
    while word == 0:
        i >>= 5
        level += 1
        if level == levels:
            return -1
        word = words[offset[level] + (i >> 5)] & ((np.int64(1) << (i & 31)) - 1)
    i = (i >> 5 << 5) + _highest(word)
    while level > 0:
        level -= 1
        i = (i << 5) + _highest(words[offset[level] + i])
    return i


@nb.njit(cache=True, nogil=True)
def nearest(words: Any, offset: Any, parent: Any, top: Any, i: int) -> int:
    """The nearest marked position from i upwards, i included; -1 where there is none."""
    while i >= 0:
        found = last_marked(words, offset, i)
        if found >= top[i]:
            return found
        i = parent[top[i]]
    return -1
