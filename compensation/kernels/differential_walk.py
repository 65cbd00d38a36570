"""Walking up a line for differences of rates, compiled: nobody is visited who has no higher rate than was paid below.

`next_higher` gives each position the nearest position above with a strictly higher value. Following it, values rise
with every step, so that a walk takes at most as many steps as there are different rates, however deep the tree: a
chain of a million is no slower than one of ten. The plain-Python twin is tests/compensation/slow_differential.py.
"""

from __future__ import annotations

from typing import Any, Final

import numba as nb
import numpy as np

DIFFERENCE: Final = 0
"""Kind of a claim; 1, 2, ... stand for the first, second, ... person of equal rate."""

_INELIGIBLE, _STOPPED, _BLOCKED = 1, 3, 14  # as in awards.REASONS


@nb.njit(cache=True, nogil=True)
def next_higher(parent: Any, value: Any) -> Any:
    """For each position the nearest one above with a larger value, -1 for none. Parents come before children."""
    above = np.empty(parent.shape[0], np.int32)
    for p in range(parent.shape[0]):
        a = parent[p]
        while a >= 0 and value[a] <= value[p]:
            a = above[a]
        above[p] = a
    return above


@nb.njit(cache=True, nogil=True)
def seek(p: int, bound: int, value: Any, above: Any) -> int:
    """From a position (itself included) the nearest one with at least this value, -1 for none."""
    while p >= 0 and value[p] < bound:
        p = above[p]
    return p


@nb.njit(cache=True, nogil=True)
def grown(column: Any) -> Any:
    """Twice the room, with what was there."""
    larger = np.empty(2 * column.shape[0], column.dtype)
    for i in range(column.shape[0]):  # an assignment of the whole would compile a text of its error, for seconds
        larger[i] = column[i]
    return larger


@nb.njit(cache=True, nogil=True)
def walk(
    first: Any, when: Any, start: Any, missing: Any,
    parent: Any, step: Any, value: Any, above: Any, eligible: Any, left: Any,
    top: int, equals: int, stop_at_equal: bool, skip: bool, most: int,
) -> tuple[Any, Any, Any, Any, Any, Any, Any]:  # fmt: skip
    """Find what is paid on each entry.

    Args:
        first: position with which the line of each entry begins; when: its time; start: index of the rate already
            paid; missing: why nobody is left to pay where the line ends.
        parent: per position; step: the next position that counts as a level; value: index of its rate, 0 for none,
            and 0 for whoever is passed over from the beginning; above: `next_higher` of it; eligible, left.
        top: index of the highest rate that is promised; equals: how many people of equal rate are paid;
            stop_at_equal: whether an equal rate ends the line; skip: whether who cannot earn is passed over, or
            keeps his difference from everybody; most: levels above which nobody is paid, 0 for no such limit.

    Returns:
        Columns entry, position, higher, lower (indexes of rates), kind, level, reason; one row per claim.
    """
    room = max(16, 2 * first.shape[0])
    entry, position = np.empty(room, np.int32), np.empty(room, np.int32)
    high, low = np.empty(room, np.int32), np.empty(room, np.int32)
    kind, depth, reason = np.empty(room, np.int16), np.empty(room, np.int16), np.empty(room, np.int16)
    filled = 0
    for i in range(first.shape[0]):
        p = first[i]
        paid = start[i]
        same = 0
        level = 0
        number = 0
        why = missing[i]
        while p >= 0 and (paid < top or (paid > 0 and same < equals)):
            wants_equal = paid > 0 and (stop_at_equal or same < equals)
            here = p
            if most > 0:
                gone = left[p] <= when[i]
                if not (skip and (gone or not eligible[p])):
                    level += 1
                if level > most:
                    why = _STOPPED
                    break
                p = step[p]
                if value[here] < paid or value[here] == 0 or (value[here] == paid and not wants_equal):
                    continue
            else:
                here = seek(p, paid if wants_equal else paid + 1, value, above)
                if here < 0:
                    break
                p = parent[here]
            can = eligible[here] and left[here] > when[i]
            if skip and not can:
                continue
            if value[here] == paid and stop_at_equal:
                why = _BLOCKED
                break
            if filled == entry.shape[0]:
                entry, position, high, low = grown(entry), grown(position), grown(high), grown(low)
                kind, depth, reason = grown(kind), grown(depth), grown(reason)
            entry[filled] = i
            position[filled] = here
            high[filled] = value[here]
            low[filled] = paid
            number += 1
            depth[filled] = min(number, 32767)
            reason[filled] = -1 if can else _INELIGIBLE
            if value[here] == paid:
                same += 1
                kind[filled] = same
            else:
                kind[filled] = 0
                paid = value[here]
                same = 0
            filled += 1
        if paid < top:
            if filled == entry.shape[0]:
                entry, position, high, low = grown(entry), grown(position), grown(high), grown(low)
                kind, depth, reason = grown(kind), grown(depth), grown(reason)
            entry[filled] = i
            position[filled] = -1
            high[filled] = top
            low[filled] = paid
            kind[filled] = 0
            depth[filled] = 0
            reason[filled] = why
            filled += 1
    return (
        entry[:filled],
        position[:filled],
        high[:filled],
        low[:filled],
        kind[:filled],
        depth[:filled],
        reason[:filled],
    )


@nb.njit(cache=True, nogil=True)
def leg_heads(parent: Any, head: Any, depth: Any, below: Any, above: Any) -> Any:
    """For pairs of a position and one above it: the direct recruit of the upper one in whose leg the lower one is."""
    result = np.empty(below.shape[0], np.int32)
    for i in range(below.shape[0]):
        node = below[i]
        levels = depth[node] - depth[above[i]] - 1
        while levels > 0:
            run = node - head[node]
            if run >= levels:
                node -= levels
                break
            levels -= run + 1
            node = parent[head[node]]
        result[i] = node
    return result
