"""Legs, compiled: what the direct children of everybody bring, in one pass over a tree each.

A leg is a child with everything below it; its volume is the child's group volume. All arrays are in the positions of
one tree in preorder, so that a child stands after its parent; a parent of -1 is a root.
"""

from __future__ import annotations

from typing import Any, Final

import numba as nb
import numpy as np

from genealogy.kernels import climb

NO_LEG: Final = np.iinfo(np.int64).min


@nb.njit(cache=True, nogil=True)
def limited_sum(parent: Any, volume: Any, scale: int, limit: int) -> Any:
    """Per position, the sum over its legs of volume x scale, each at most `limit`."""
    total = np.zeros(parent.shape[0], np.int64)
    for node in range(parent.shape[0]):
        if parent[node] >= 0:
            total[parent[node]] += min(volume[node] * scale, limit)
    return total


@nb.njit(cache=True, nogil=True)
def count_from(parent: Any, volume: Any, least: int) -> Any:
    """Per position, its legs with at least this volume."""
    count = np.zeros(parent.shape[0], np.int64)
    for node in range(parent.shape[0]):
        if parent[node] >= 0 and volume[node] >= least:
            count[parent[node]] += 1
    return count


@nb.njit(cache=True, nogil=True)
def nth_strongest(parent: Any, volume: Any, nth: int) -> Any:
    """Per position, the volume of its n-th strongest leg (1 the strongest); 0 where it has fewer legs."""
    top = np.full((parent.shape[0], nth), NO_LEG, np.int64)
    for node in range(parent.shape[0]):
        above = parent[node]
        if above < 0:
            continue
        value = volume[node]
        for place in range(nth):
            if value > top[above, place]:
                value, top[above, place] = top[above, place], value
    result = top[:, nth - 1].copy()
    for node in range(parent.shape[0]):
        if result[node] == NO_LEG:
            result[node] = 0
    return result


@nb.njit(cache=True, nogil=True)
def stated_sums(parent: Any, own: Any, stated: Any, given: Any) -> Any:
    """Per position, own volume and that of everybody below; a stated sum takes the place of the one found."""
    total = own.copy()
    for node in range(parent.shape[0] - 1, -1, -1):
        if given[node]:
            total[node] = stated[node]
        if parent[node] >= 0:
            total[parent[node]] += total[node]
    return total


@nb.njit(cache=True, nogil=True)
def heads_above(parent: Any, depth: Any, head: Any, size: Any, below: Any, above: Any) -> Any:
    """For each pair, the child of `above` whose leg holds `below`; -1 where it is not below, or either is absent.

    Args:
        parent, depth, head, size: of the tree; `head` as in `Tree.head`.
        below, above: positions, -1 for absent.
    """
    result = np.full(below.shape[0], -1, np.int32)
    for i in range(below.shape[0]):
        node, top = below[i], above[i]
        if node < 0 or top < 0 or node <= top or node >= top + size[top]:
            continue
        result[i] = climb(parent, head, node, depth[node] - depth[top] - 1)
    return result
