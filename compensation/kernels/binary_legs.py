"""The legs of a binary tree, compiled: one pass from the bottom brings everything into the legs of all positions above.

Trees are in preorder, so that a parent always stands before its children and the left leg before the right one.
Nothing here is as deep as the tree: a chain of a million costs as much as a million roots.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np


@nb.njit(cache=True, nogil=True)
def leg_sums(parent: Any, side: Any, total: Any, left: Any, right: Any) -> None:
    """Add to each position's legs what the positions below have; `total` holds their own and becomes the whole downline's."""
    for i in range(parent.shape[0] - 1, -1, -1):
        above = parent[i]
        if above >= 0 and total[i] != 0:
            total[above] += total[i]
            if side[i] == 0:
                left[above] += total[i]
            else:
                right[above] += total[i]


@nb.njit(cache=True, nogil=True)
def strongest_and_rest(parent: Any, total: Any, strongest: Any, rest: Any) -> None:
    """The same for any number of legs: the largest downline of a direct child, and the sum of the others."""
    heads = np.zeros(parent.shape[0], np.int32)
    for i in range(parent.shape[0] - 1, -1, -1):
        above = parent[i]
        if above >= 0:
            total[above] += total[i]
            rest[above] += total[i]
            if heads[above] == 0 or total[i] > strongest[above]:
                strongest[above] = total[i]
            heads[above] += 1
    for i in range(parent.shape[0]):
        rest[i] -= strongest[i]


@nb.njit(cache=True, nogil=True)
def count_sides(sponsor: Any, counts: Any, size: Any, right_from: Any, left: Any, right: Any) -> None:
    """For each position the recruits who count and stand in its left and in its right leg; all in one tree's positions."""
    for i in range(sponsor.shape[0]):
        above = sponsor[i]
        if counts[i] and above >= 0 and above < i < above + size[above]:
            if i < right_from[above]:
                left[above] += 1
            else:
                right[above] += 1


@nb.njit(cache=True, nogil=True)
def right_starts(parent: Any, side: Any, size: Any) -> Any:
    """The first position of each right leg; where there is none, the position after the downline."""
    start = np.empty(parent.shape[0], np.int32)
    for i in range(parent.shape[0]):
        start[i] = i + size[i]
    for i in range(parent.shape[0] - 1, -1, -1):
        if parent[i] >= 0 and side[i] == 1:
            start[parent[i]] = i
    return start
