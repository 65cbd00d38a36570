"""Counting generations up a line, and volumes of generations below, compiled.

`walk` goes up from each entry and meets leaders only: pointers lead past everybody else, and past leaders whose standing
is already exhausted (as many generations closed as anybody of that standing is paid), so that an entry costs about as
much as it pays, however deep the tree. `volumes` answers for a whole period at once: one pass from the last position
to the first, adding each group to the next above. The plain-Python twin is tests/compensation/slow_generation.py.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np

from compensation.kernels.differential_walk import grown

_INELIGIBLE, _NO_DEPTH = 1, 2  # as in awards.REASONS


@nb.njit(cache=True, nogil=True)
def others_above(parent: Any, leader: Any) -> Any:
    """How many people who are no leaders stand from the root down to each position, itself included."""
    count = np.empty(parent.shape[0], np.int32)
    for p in range(parent.shape[0]):
        count[p] = (count[parent[p]] if parent[p] >= 0 else 0) + (0 if leader[p] else 1)
    return count


@nb.njit(cache=True, nogil=True)
def _closed_for(met: Any, standing: int) -> int:
    """Generations that leaders of this or a higher standing closed."""
    total = 0
    for s in range(standing, met.shape[0]):
        total += met[s]
    return total


@nb.njit(cache=True, nogil=True)
def walk(
    first: Any, when: Any,
    parent: Any, step: Any, counts: Any, met_at: Any, head_at: Any, higher: Any, others: Any,
    leader: Any, eligible: Any, left: Any, standing: Any, table: Any, depth: Any, begins: Any, exhausted: Any,
    own: int, compare: bool, invisible: bool, leaders_only: bool, skip_empty: bool,
    skip_levels: bool, most_levels: int, first_level: Any,
) -> tuple[Any, Any, Any, Any, Any, Any]:  # fmt: skip
    """Find who is paid as which generation of each entry.

    Args:
        first: position with which each line begins; when: the entry's time.
        parent: per position; step: the next position to look at while levels are counted; counts: whether a position
            counts as a level; met_at: the nearest position, itself included, who leads or may earn; head_at: the
            nearest who leads; higher: of those of `met_at`, the nearest above with a higher standing; others:
            `others_above`.
        leader, eligible, left: per position; standing: an index into `exhausted`; table: the row of rates; depth:
            generations that each row is paid; begins: per row, the level at which its right begins; exhausted: per
            standing, the generations that anybody of it is paid.
        own: 1 if the group that somebody heads is his first generation, 0 if the next leader's is.
        compare: only leaders of the same or a higher standing close a generation; else every leader does.
        invisible: leaders who cannot earn are passed over; else they use up their number.
        leaders_only: nobody else earns. skip_empty: leaders with nobody between them use up one number together.
        skip_levels: who cannot earn is no level; most_levels: levels to count, up to where every right has begun;
            first_level: level of the first position.

    Returns:
        Columns entry, position, generation, row, reason; and per entry the generations that leaders closed.
    """
    room = max(16, 2 * first.shape[0])
    entry, position = np.empty(room, np.int32), np.empty(room, np.int32)
    number, row, reason = np.empty(room, np.int16), np.empty(room, np.int16), np.empty(room, np.int16)
    closed = np.zeros(first.shape[0], np.int32)
    met = np.zeros(exhausted.shape[0], np.int32)
    deepest = 0
    for s in range(exhausted.shape[0]):
        deepest = max(deepest, exhausted[s])
    filled = 0
    for i in range(first.shape[0]):
        p = first[i]
        met[:] = 0
        total = 0
        last = -1
        open_ = 0  # standings below this one are paid no more
        level = first_level[i] - 1 if most_levels > 0 else 0
        while p >= 0:
            if level < most_levels:
                here = p
                p = step[here]
                if counts[here] and not (skip_levels and left[here] <= when[i]):
                    level += 1
                if met_at[here] != here:
                    continue
            else:
                # with the next leader's group as first generation nobody earns before a leader is met
                here = head_at[p] if own == 0 and total == 0 else met_at[p]
                while here >= 0 and standing[here] < open_:
                    here = higher[here]
                if here < 0:
                    break
                p = parent[here]
            can = eligible[here] and left[here] > when[i]
            heads = leader[here]
            if not can and (invisible or not heads):
                continue
            line = table[here]
            if (leaders_only and not heads) or level < begins[line]:
                continue
            below = _closed_for(met, standing[here]) if compare else total
            adjacent = skip_empty and heads and last >= 0 and others[parent[last]] == others[here]
            generation = below + own - (1 if adjacent and own == 1 else 0)
            paid = 1 <= generation <= depth[line]
            if paid or (heads and not compare and 1 <= generation <= deepest):
                if filled == entry.shape[0]:
                    entry, position = grown(entry), grown(position)
                    number, row, reason = grown(number), grown(row), grown(reason)
                entry[filled] = i
                position[filled] = here
                number[filled] = generation
                row[filled] = line
                reason[filled] = _NO_DEPTH if not paid else (-1 if can else _INELIGIBLE)
                filled += 1
            if heads:
                last = here
                if not adjacent:
                    met[standing[here]] += 1
                    total += 1
                if compare:
                    while open_ < exhausted.shape[0] and _closed_for(met, open_) + own > exhausted[open_]:
                        open_ += 1
                    if open_ == exhausted.shape[0]:
                        break
                elif total + own - (1 if skip_empty and own == 1 else 0) > deepest:
                    break
        closed[i] = total
    return entry[:filled], position[:filled], number[:filled], row[:filled], reason[:filled], closed


@nb.njit(cache=True, nogil=True)
def volumes(parent: Any, brought: Any, leader: Any, deep: int, own_group: bool) -> Any:
    """For each position the volume below him, by how many leaders stand between.

    Args:
        parent: per position; brought: what each brought in; leader: who closes generations; deep: leaders between
            up to which volume is kept; own_group: whether what a leader brings in belongs to the group he heads.

    Returns:
        [position, leaders in between]: 0 to `deep`.
    """
    below = np.zeros((parent.shape[0], deep + 1), np.int64)
    for p in range(parent.shape[0] - 1, -1, -1):
        up = parent[p]
        if up < 0:
            continue
        shift = 1 if leader[p] else 0
        for g in range(deep + 1 - shift):
            below[up, g + shift] += below[p, g]
        mine = shift if own_group else 0
        if mine <= deep:
            below[up, mine] += brought[p]
    return below
