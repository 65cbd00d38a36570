"""Walking up a tree without walking: the nearest person above with a property, for everybody at once.

Positions are preorder, so a parent always stands before his children and one pass answers for a whole tree, also for
a chain a million deep. `levels_above` then takes so many steps up from each order as the plan has levels. Held to
their slow twins in tests/compensation/slow_sales.py.
"""

from __future__ import annotations

from typing import Any, Final

import numba as nb
import numpy as np

from compensation.awards import INELIGIBLE, NO_UPLINE, REASONS

_INELIGIBLE: Final = REASONS.index(INELIGIBLE)
_NO_UPLINE: Final = REASONS.index(NO_UPLINE)


@nb.njit(cache=True, nogil=True)
def nearest(parent: Any, allowed: Any) -> Any:
    """For each position the nearest position above that is allowed; -1 where there is none."""
    above = np.empty(parent.shape[0], np.int32)
    for here in range(parent.shape[0]):
        up = parent[here]
        above[here] = up if up < 0 or allowed[up] else above[up]
    return above


@nb.njit(cache=True, nogil=True)
def levels_above(
    start: Any, when: Any, above: Any, allowed: Any, left: Any, skip: bool, out_position: Any, out_reason: Any
) -> None:
    """Who stands on level 1, 2, ... above each start.

    Args:
        start: position below level 1, -1 for unknown; when: the time of the order.
        above: the parent, or with `skip` the nearest allowed position above.
        allowed, left: per position, who can earn, and from when on he is gone.
        skip: who is gone is passed over and uses up no level; otherwise he keeps it.
        out_position, out_reason: [start, level] to fill; the reason is -1 where somebody earns.
    """
    for i in range(start.shape[0]):
        here = start[i]
        for level in range(out_position.shape[1]):
            if here >= 0:
                here = above[here]
                while skip and here >= 0 and left[here] <= when[i]:
                    here = above[here]
            out_position[i, level] = here
            if here < 0:
                out_reason[i, level] = _NO_UPLINE
            elif not allowed[here] or left[here] <= when[i]:
                out_reason[i, level] = _INELIGIBLE
            else:
                out_reason[i, level] = -1


@nb.njit(cache=True, nogil=True)
def marked_above(parent: Any, allowed: Any, marked_from: Any, start: Any, event: Any) -> Any:
    """For each event the nearest position above its start that is allowed and was marked before it; -1 for none.

    Marks are only ever set. Answered backwards in time: where a mark vanishes, the position is joined with its parent,
    so that each step of a climb is made once and not once per event.

    Args:
        parent, allowed: per position.
        marked_from: per position, the number of the event that marks it; it counts from the next one on.
        start: per event, the position whose line above is asked, -1 for unknown.
        event: number of each event, rising.
    """
    people = parent.shape[0]
    joined = np.empty(people + 1, np.int32)
    for here in range(people):
        joined[here] = here if allowed[here] else parent[here]
    by_mark = np.argsort(-marked_from)
    found = np.full(event.shape[0], -1, np.int32)
    at = 0
    for i in range(event.shape[0] - 1, -1, -1):
        while at < people and marked_from[by_mark[at]] >= event[i]:
            joined[by_mark[at]] = parent[by_mark[at]]
            at += 1
        here = parent[start[i]] if start[i] >= 0 else -1
        root = here
        while root >= 0 and joined[root] != root:
            root = joined[root]
        while here >= 0 and here != root:
            up = joined[here]
            joined[here] = root
            here = up
        found[i] = root
    return found
