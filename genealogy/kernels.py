"""The loops of the tree, compiled: every one is linear in what it touches, none recurses, none sorts by comparison.

The idea behind the layout: a parent's subtree is strictly larger than its child's, so one stable counting sort
by subtree size, largest first, is at the same time an order in which parents come before children and an order
in which siblings come heavy-first. One pass over it hands out the preorder positions.

The idea behind the walks: children are heavy-first and the first child of `i` is `i + 1`, so a heavy path is a
run of consecutive positions. Climbing `k` levels, or to a common ancestor, is a subtraction per path and at most
log2(n) paths. All positions are int32, all sums int64; callers check for overflow with `magnitude` first.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Positions = NDArray[np.int32]
Sums = NDArray[np.int64]
Mask = NDArray[np.bool_]

LARGEST_SUM = np.uint64(2**63 - 1)


def subtree_sizes(parent: Positions) -> tuple[Positions, int]:
    """Sizes of all subtrees, and how many rows were reached from the leaves up (fewer than all: a cycle).

    When each parent stands above its children, one pass from the bottom does; otherwise leaves are peeled off.
    Rows on a cycle are never peeled: their size is left at 0.
    """
    size = np.ones(parent.size, np.int32)
    if _parents_stand_above(parent):
        _add_upwards(parent, size)
        return size, parent.size
    work, queue = np.ones(parent.size, np.int64), np.empty(parent.size + 1, np.int32)
    return size, int(_peel(parent, size, work, queue))


@njit(cache=True, nogil=True)
def _parents_stand_above(parent: Positions) -> bool:
    for row in range(parent.size):  # noqa: SIM110 - the compiler knows no generators
        if parent[row] >= row:
            return False
    return True


@njit(cache=True, nogil=True)
def _add_upwards(parent: Positions, size: Positions) -> None:
    for row in range(parent.size - 1, -1, -1):
        if parent[row] >= 0:
            size[parent[row]] += size[row]


@njit(cache=True, nogil=True)
def _peel(parent: Positions, size: Positions, work: Sums, queue: Positions) -> int:
    """`work` holds, in one word that is one memory access, children still to come (high) and size so far (low).

    Rows whose children are all counted wait in `queue`, so that the processor can fetch several of their parents
    at once; following one chain at a time would wait for each.
    """
    child = np.int64(1) << np.int64(32)
    low = child - np.int64(1)
    for row in range(parent.size):
        if parent[row] >= 0:
            work[parent[row]] += child
    ready = 0
    for row in range(parent.size):
        queue[ready] = row
        ready += work[row] < child
    done = 0
    while done < ready:
        node = queue[done]
        done += 1
        above = parent[node]
        if above >= 0:
            state = work[above] + (work[node] & low) - child
            work[above] = state
            queue[ready] = above
            ready += state < child
    for row in range(parent.size):
        size[row] = work[row] & low if work[row] < child else 0
    return ready


@njit(cache=True, nogil=True)
def largest_first(size: Positions, ties: Positions) -> Positions:
    """Rows by subtree size, largest first; equal ones as in `ties` (all rows), or by row when it is empty."""
    count = size.size
    largest = 0
    for row in range(count):
        largest = max(largest, size[row])
    start = np.zeros(largest + 2, np.int32)
    for row in range(count):
        start[size[row]] += 1
    place = np.int32(0)
    for width in range(largest, -1, -1):
        here = start[width]
        start[width] = place
        place += here
    order = np.empty(count, np.int32)
    for step in range(count):
        row = int(ties[step]) if ties.size else step
        order[start[size[row]]] = row
        start[size[row]] += 1
    return order


@njit(cache=True, nogil=True)
def by_small_key(order: Positions, key: Positions, keys: int) -> Positions:
    """`order`, stably rearranged by `key[row]` in 0..keys-1."""
    start = np.zeros(keys + 1, np.int64)
    for row in order:
        start[key[row] + 1] += 1
    for step in range(keys):
        start[step + 1] += start[step]
    arranged = np.empty(order.size, np.int32)
    for row in order:
        arranged[start[key[row]]] = row
        start[key[row]] += 1
    return arranged


@njit(cache=True, nogil=True)
def is_sorted(values: Sums) -> bool:
    """Whether values never decrease."""
    for step in range(1, values.size):  # noqa: SIM110 - the compiler knows no generators
        if values[step] < values[step - 1]:
            return False
    return True


@njit(cache=True, nogil=True)
def _digit(value: int, low: int, shift: int) -> Any:
    return np.int64(((np.uint64(value) - np.uint64(low)) >> np.uint64(shift)) & np.uint64(65535))


@njit(cache=True, nogil=True)
def earliest_first(values: Sums) -> Positions:
    """Rows by value, smallest first, equal ones by row: a radix sort of 16 bits a pass."""
    count = values.size
    low = values[0]
    high = values[0]
    for value in values:
        low = min(low, value)
        high = max(high, value)
    span = np.uint64(high) - np.uint64(low)
    order = np.empty(count, np.int32)
    for row in range(count):
        order[row] = row
    spare = np.empty(count, np.int32)
    shift = 0
    while shift < 64 and (span >> np.uint64(shift)) > np.uint64(0):
        start = np.zeros(65537, np.int64)
        for row in range(count):
            start[_digit(values[row], low, shift) + 1] += 1
        for step in range(65536):
            start[step + 1] += start[step]
        for following in order:
            digit = _digit(values[following], low, shift)
            spare[start[digit]] = following
            start[digit] += 1
        order, spare = spare, order
        shift += 16
    return order


def laid_out(parent: Positions, size: Positions, order: Positions) -> tuple[Positions, Sums]:
    """Preorder positions, children as they come in `order`, which has parents before children; and their seats."""
    count = parent.size
    position, seats = np.empty(count, np.int32), np.empty(count, np.int64)
    _lay_out(parent, size, order, np.empty(count, np.int32), position, seats)
    return position, seats


@njit(cache=True, nogil=True)
def _lay_out(
    parent: Positions, size: Positions, order: Positions, free: Positions, position: Positions, seats: Sums
) -> None:
    top = 0
    for row in order:
        above = parent[row]
        width = size[row]
        if above < 0:
            here = top
            top += width
        else:
            here = int(free[above])
            free[above] += width
        position[row] = here
        seats[here] = (np.int64(width) << np.int64(32)) | np.int64(row)
        if width > 1:
            free[row] = here + 1


@njit(cache=True, nogil=True)
def laid_out_by_siblings(
    parent: Positions, size: Positions, parents_first: Positions, siblings: Positions
) -> tuple[Positions, Sums]:
    """As `laid_out`, when siblings come in another order than the one that has parents first."""
    count = parent.size
    before = np.zeros(count + 1, np.int32)
    offset = np.empty(count, np.int32)
    for row in siblings:
        above = parent[row] if parent[row] >= 0 else count
        offset[row] = before[above]
        before[above] += size[row]
    position = np.empty(count, np.int32)
    seats = np.empty(count, np.int64)
    for row in parents_first:
        above = parent[row]
        here = offset[row] if above < 0 else position[above] + 1 + offset[row]
        position[row] = here
        seats[here] = (np.int64(size[row]) << np.int64(32)) | np.int64(row)
    return position, seats


@njit(cache=True, nogil=True)
def labelled(seats: Sums) -> tuple[Positions, Positions, Positions, Positions]:
    """(parent, size, depth, row) in preorder, from the size (high) and row (low) that each seat holds."""
    count = seats.size
    row_at = np.empty(count, np.int32)
    size_at = np.empty(count, np.int32)
    parent_at = np.empty(count, np.int32)
    depth_at = np.empty(count, np.int32)
    low = (np.int64(1) << np.int64(32)) - np.int64(1)
    above = np.int32(-1)
    for node in range(count):
        row_at[node] = seats[node] & low
        width = seats[node] >> np.int64(32)
        size_at[node] = width
        parent_at[node] = above
        depth_at[node] = 0 if above < 0 else depth_at[above] + 1
        if width > 1:
            above = np.int32(node)
        else:
            while above >= 0 and above + size_at[above] <= node + 1:
                above = parent_at[above]
    return parent_at, size_at, depth_at, row_at


@njit(cache=True, nogil=True)
def gather(values: NDArray[Any], at: Positions, into: NDArray[Any]) -> None:
    """`values[at]`, which NumPy takes twice as long over for 32-bit positions."""
    for step in range(at.size):
        into[step] = values[at[step]]


@njit(cache=True, nogil=True)
def path_heads(parent: Positions) -> Positions:
    """For each position the top of the run of first children it belongs to."""
    head = np.empty(parent.size, np.int32)
    for node in range(parent.size):
        head[node] = head[node - 1] if node and parent[node] == node - 1 else node
    return head


@njit(cache=True, nogil=True)
def climb(parent: Positions, head: Positions, node: int, levels: int) -> int:
    """The ancestor `levels` above `node`, or -1 above the root."""
    while node >= 0:
        run = node - head[node]
        if run >= levels:
            return node - levels
        levels -= run + 1
        node = parent[head[node]]
    return -1


@njit(cache=True, nogil=True)
def climb_all(parent: Positions, head: Positions, nodes: Positions, levels: int) -> Positions:
    """`climb` for many nodes."""
    result = np.empty(nodes.size, np.int32)
    for step in range(nodes.size):
        result[step] = climb(parent, head, nodes[step], levels)
    return result


@njit(cache=True, nogil=True)
def common_ancestor(parent: Positions, depth: Positions, head: Positions, a: int, b: int) -> int:
    """The lowest position that has both `a` and `b` in its subtree, or -1 in different trees of a forest."""
    while head[a] != head[b]:
        if depth[head[a]] < depth[head[b]]:
            a, b = b, a
        a = parent[head[a]]
        if a < 0:
            return -1
    return min(a, b)


@njit(cache=True, nogil=True)
def ancestors(parent: Positions, depth: Positions, node: int) -> Positions:
    """All ancestors, nearest first."""
    chain = np.empty(depth[node], np.int32)
    above = parent[node]
    for level in range(chain.size):
        chain[level] = above
        above = parent[above]
    return chain


@njit(cache=True, nogil=True)
def children(size: Positions, first: int, end: int) -> Positions:
    """The roots of the consecutive subtrees that fill [first, end)."""
    count = 0
    node = first
    while node < end:
        count += 1
        node += size[node]
    found = np.empty(count, np.int32)
    node = first
    for step in range(count):
        found[step] = node
        node += size[node]
    return found


@njit(cache=True, nogil=True)
def child_counts(parent: Positions) -> Positions:
    """How many direct children each position has."""
    count = np.zeros(parent.size, np.int32)
    for node in range(parent.size):
        if parent[node] >= 0:
            count[parent[node]] += 1
    return count


@njit(cache=True, nogil=True)
def magnitude(values: Sums) -> Any:
    """The sum of absolute values as uint64, stopped at the first excess over the largest int64."""
    total = np.uint64(0)
    for value in values:
        size = np.uint64(value) if value >= 0 else np.uint64(~value) + np.uint64(1)
        if size > LARGEST_SUM - total:
            return LARGEST_SUM + np.uint64(1)
        total += size
    return total


@njit(cache=True, nogil=True)
def running_sums(values: Sums) -> Sums:
    """`sums[i]` = sum of the values before position i; one longer than the values."""
    sums = np.empty(values.size + 1, np.int64)
    total = np.int64(0)
    sums[0] = 0
    for node in range(values.size):
        total += values[node]
        sums[node + 1] = total
    return sums


@njit(cache=True, nogil=True)
def subtree_sums(parent: Positions, values: Sums, include_self: bool) -> Sums:
    """For each position the sum over its subtree: children are added to parents from the last position back."""
    total = values.copy()
    for node in range(values.size - 1, -1, -1):
        if parent[node] >= 0:
            total[parent[node]] += total[node]
    if not include_self:
        for node in range(values.size):
            total[node] -= values[node]
    return total


@njit(cache=True, nogil=True)
def bounded_sums(parent: Positions, depth: Positions, values: Sums, levels: int, include_self: bool) -> Sums:
    """For each position the sum over its descendants at most `levels` below it.

    Each value is added at its own position and taken away again at the ancestor `levels + 1` above, so that a
    plain subtree sum holds only what is near enough. `path[d]` is the ancestor at depth d of the current position.
    """
    deepest = 0
    for node in range(depth.size):
        deepest = max(deepest, depth[node])
    path = np.empty(deepest + 1, np.int32)
    total = values.copy()
    for node in range(values.size):
        path[depth[node]] = node
        beyond = depth[node] - levels - 1
        if beyond >= 0:
            total[path[beyond]] -= values[node]
    for node in range(values.size - 1, -1, -1):
        if parent[node] >= 0:
            total[parent[node]] += total[node]
    if not include_self:
        for node in range(values.size):
            total[node] -= values[node]
    return total


@njit(cache=True, nogil=True)
def nearest_kept(parent: Positions, keep: Mask) -> Positions:
    """For each position itself if kept, else its nearest kept ancestor, else -1."""
    near = np.empty(parent.size, np.int32)
    for node in range(parent.size):
        if keep[node]:
            near[node] = node
        else:
            near[node] = near[parent[node]] if parent[node] >= 0 else -1
    return near
