"""The leadership bonus, compiled: who leads and who receives from the bottom up, then the flows between them.

Everything is volume, since one rate turns it into money: what a leader's group brings, what it lacks for the minimum,
and what he himself receives. Parents stand before their children, so that no recursion is needed.

The plain-Python twin that this is held to is in tests/compensation/slow_leadership_minimum.py.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np


@nb.njit(cache=True, nogil=True)
def standing(
    parent: Any, points: Any, base: Any, leads: Any, eligible: Any, leader_least: int, recipient_least: int,
    least_leaders: int, enough_leaders: int, in_legs: bool, recipients_lead: bool, receives: Any,
) -> None:  # fmt: skip
    """Who leads, who can receive, and everybody's personal group, from the lowest upwards.

    Args:
        parent, eligible: per position.
        points, base: own volume; hold that of the personal group afterwards.
        leads: leaders by rank or fact; the others are added.
        leader_least, recipient_least: volumes that make a leader and a recipient.
        least_leaders: leaders that a recipient needs; enough_leaders: so many need no volume besides.
        in_legs: counted as legs that hold one anywhere.
        recipients_lead: whether who receives is a leader.
        receives: filled.
    """
    people = parent.shape[0]
    below = np.zeros(people, np.int32)
    holds = np.zeros(people, np.bool_)
    for i in range(people - 1, -1, -1):
        enough = points[i] >= recipient_least or below[i] >= enough_leaders
        receives[i] = eligible[i] and below[i] >= least_leaders and enough
        if points[i] >= leader_least or (recipients_lead and receives[i]):
            leads[i] = True
        p = parent[i]
        if p < 0:
            continue
        if leads[i] or (in_legs and holds[i]):
            below[p] += 1
        if leads[i] or holds[i]:
            holds[p] = True
        if not leads[i]:
            points[p] += points[i]
            base[p] += base[i]


@nb.njit(cache=True, nogil=True)
def flows(
    parent: Any, base: Any, leads: Any, receives: Any, passes_up: bool, guaranteed: int, to: Any, taken: Any
) -> None:
    """To whom each leader's group pays, and what of his own bonus he gives to make up the minimum.

    Args:
        parent, base, leads, receives: per position, as `standing` leaves them.
        passes_up: whether a sponsor who does not receive is passed over.
        guaranteed: the volume that a group is made up to.
        to: filled with the recipient, -1 nobody; of leaders only.
        taken: filled with the volume that a leader gives.
    """
    people = parent.shape[0]
    above = np.empty(people, np.int32)
    for i in range(people):
        p = parent[i]
        if p < 0 or receives[p]:
            above[i] = p
        else:
            above[i] = above[p] if passes_up else -1
    received = np.zeros(people, np.int64)
    for i in range(people - 1, -1, -1):
        to[i] = -1
        taken[i] = 0
        if not leads[i] or above[i] < 0:
            continue
        to[i] = above[i]
        taken[i] = max(0, min(guaranteed - base[i], received[i]))
        received[above[i]] += base[i] + taken[i]
