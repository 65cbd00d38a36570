"""Link-cut trees, compiled: a number at every node of a growing forest, and additions to whole ways up to the root.

Sleator and Tarjan's trees, without changing roots: both operations take logarithmic time on average whatever the shape
of the forest. The arrays come in one record, by node: `left` and `right` child and `over` parent in the splay trees (a
node that is not its parent's child hangs there as the top of another way), the number `size`, and `add`, what the
nodes below in the splay tree still have to add. A node is linked by setting `over` after `access`, and cut by taking
its left child away after `access`.
"""

from __future__ import annotations

from typing import Any, Final

import numba as nb
import numpy as np

wide: Final[Any] = np.int64
"""Makes numbers of one kind: a function that meets two is compiled twice, and so is all that it calls."""


@nb.njit(cache=True, nogil=True)
def _is_root(m: Any, x: int) -> Any:
    p = m.over[x]
    return p < 0 or (m.left[p] != x and m.right[p] != x)


@nb.njit(cache=True, nogil=True)
def _push(m: Any, x: int) -> None:
    if m.add[x] != 0:
        for child in (m.left[x], m.right[x]):
            if child >= 0:
                m.size[child] += m.add[x]
                m.add[child] += m.add[x]
        m.add[x] = 0


@nb.njit(cache=True, nogil=True)
def _rotate(m: Any, x: int) -> None:
    p = wide(m.over[x])
    g = wide(m.over[p])
    if not _is_root(m, p):
        if m.left[g] == p:
            m.left[g] = x
        else:
            m.right[g] = x
    if m.left[p] == x:
        m.left[p] = m.right[x]
        if m.right[x] >= 0:
            m.over[m.right[x]] = p
        m.right[x] = p
    else:
        m.right[p] = m.left[x]
        if m.left[x] >= 0:
            m.over[m.left[x]] = p
        m.left[x] = p
    m.over[p] = x
    m.over[x] = g


@nb.njit(cache=True, nogil=True)
def _splay(m: Any, x: int) -> None:
    while not _is_root(m, x):
        p = wide(m.over[x])
        if not _is_root(m, p):
            g = wide(m.over[p])
            _push(m, g)
            _push(m, p)
            _push(m, x)
            _rotate(m, p if (m.left[g] == p) == (m.left[p] == x) else x)
        else:
            _push(m, p)
            _push(m, x)
        _rotate(m, x)
    _push(m, x)


@nb.njit(cache=True, nogil=True)
def access(m: Any, x: int) -> None:
    """Make the way from x to the top one splay tree, with x its root."""
    last, here = -1, x
    while here >= 0:
        _splay(m, here)
        m.right[here] = last
        last = here
        here = m.over[here]
    _splay(m, x)


@nb.njit(cache=True, nogil=True)
def add_to_top(m: Any, x: int, value: int) -> None:
    """Add to a node and to every node above it."""
    access(m, wide(x))
    m.size[x] += value
    if m.left[x] >= 0:
        m.size[m.left[x]] += value
        m.add[m.left[x]] += value


@nb.njit(cache=True, nogil=True)
def value_at(m: Any, x: int) -> Any:
    """The number of a node."""
    access(m, wide(x))
    return m.size[x]
