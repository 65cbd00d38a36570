"""Rewards that wait for a level, compiled: one pass over events in order of time.

Each event is an order that may raise its buyer's level, and may owe a reward to somebody above. The receiver's
first rewards of a kind need one level, later ones another; a reward whose receiver is not there yet is held, and
released by the event that takes the receiver to the level. Held rewards form one linked list per receiver, in order
of time, so the pass costs what happens and not who exists.

The plain-Python twin that this is held to is in tests/compensation/slow_hold_back.py.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np


@nb.njit(cache=True, nogil=True)
def climb(parent: Any, start: Any, steps: Any) -> Any:
    """The position so many levels above each start, -1 where the tree ends before."""
    result = np.empty(start.shape[0], np.int32)
    for i in range(start.shape[0]):
        position = start[i]
        for _ in range(steps[i]):
            if position < 0:
                break
            position = parent[position]
        result[i] = position
    return result


@nb.njit(cache=True, nogil=True)
def settle(
    buyer: Any, bought: Any, kind: Any, receiver: Any, blocked: Any,
    level: Any, counts: Any, free: Any, first_needs: Any, later_needs: Any,
    paid_with: Any, status: Any, needs: Any,
) -> None:  # fmt: skip
    """Settle the rewards of all events.

    Args:
        buyer, bought: per event, row of the buyer (-1 unknown) and the level bought (0 none).
        kind, receiver, blocked: per event, kind of reward owed (-1 none), row of the receiver (-1 nobody), and
            whether the receiver cannot earn.
        level: per row, the level held at the start; holds that at the end afterwards.
        counts: [kind, row], rewards owed so far; updated.
        free, first_needs, later_needs: per kind, how many first rewards need the first level, and both levels.
        paid_with: filled with the event that paid the reward; stays -1 while it is held.
        status: filled with 0 paid at once, 1 held, 2 released, 3 nobody's; -1 where nothing was owed.
        needs: filled with the level the reward needed.
    """
    rows = level.shape[0]
    head = np.full(rows, -1, np.int32)
    tail = np.full(rows, -1, np.int32)
    after = np.full(buyer.shape[0], -1, np.int32)
    for event in range(buyer.shape[0]):
        row = buyer[event]
        if row >= 0 and bought[event] > level[row]:
            level[row] = bought[event]
            previous = np.int32(-1)
            held = head[row]
            while held >= 0:
                following = after[held]
                if needs[held] <= level[row]:
                    status[held] = 2
                    paid_with[held] = event
                    if previous < 0:
                        head[row] = following
                    else:
                        after[previous] = following
                    if tail[row] == held:
                        tail[row] = previous
                else:
                    previous = held
                held = following
        owed = kind[event]
        if owed < 0:
            continue
        earner = receiver[event]
        if earner < 0 or blocked[event]:
            status[event] = 3
            continue
        counts[owed, earner] += 1
        needed = first_needs[owed] if counts[owed, earner] <= free[owed] else later_needs[owed]
        needs[event] = needed
        if level[earner] >= needed:
            status[event] = 0
            paid_with[event] = event
        else:
            status[event] = 1
            if tail[earner] < 0:
                head[earner] = event
            else:
                after[tail[earner]] = event
            tail[earner] = event
