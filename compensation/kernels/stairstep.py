"""Groups and their differences, compiled: one pass from the lowest up, one that lays the lines out. No recursion.

In preorder a parent stands before its children, so that a pass from the end meets everybody after all who are below.
Lines stand participant by participant: first his own volume, then his legs in the order of the tree.

The plain-Python twin that this is held to is in tests/compensation/slow_stairstep.py.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np


@nb.njit(cache=True, nogil=True)
def groups(
    parent: Any, points_above: Any, pays_above: Any, leads: Any, least: int, group_points: Any, group_pays: Any, group_leg: Any
) -> None:  # fmt: skip
    """Sum everybody's group from the bottom up; a leg that has broken away stays out of it.

    Args:
        parent: per position.
        points_above, pays_above: own orders that count for the people above only.
        leads: who has broken away, by rank or fact; those by volume are added.
        least: group volume that breaks a leg away.
        group_points, group_pays, group_leg: own volumes, of the bracket, of the pay, and of what a leg is deducted on;
            hold those of the group afterwards.
    """
    for i in range(parent.shape[0] - 1, -1, -1):
        if group_points[i] >= least:
            leads[i] = True
        p = parent[i]
        if p >= 0 and not leads[i]:
            group_points[p] += group_points[i] + points_above[i]
            group_pays[p] += group_pays[i] + pays_above[i]
            group_leg[p] += group_leg[i]


@nb.njit(cache=True, nogil=True)
def brackets(volume: Any, thresholds: Any, found: Any) -> None:
    """The bracket that each volume reaches: 0 below the first, 1 the first; thresholds rise, equality reaches."""
    for i in range(volume.shape[0]):
        k = 0
        while k < thresholds.shape[0] and thresholds[k] <= volume[i]:
            k += 1
        found[i] = k


@nb.njit(cache=True, nogil=True)
def leg_lines(
    parent: Any, standing: Any, own: Any, passed: Any, deducted: Any, broken: Any, pays_own: bool,
    own_lost: Any, legs_lost: Any, numbers: Any, place: Any, fill: bool,
    out_participant: Any, out_source: Any, out_level: Any, out_base: Any, out_rate: Any, out_reason: Any, out_award: Any,
) -> int:  # fmt: skip
    """Own rate on the group less each leg's rate on the leg, line by line.

    Args:
        parent, standing: per position; index of the own rate.
        own, passed, deducted: volume of one's own; what one's group passes up; what the leg is deducted on.
        broken: legs that are in no group above.
        pays_own: whether own volume is paid on.
        own_lost, legs_lost: reason why a participant does not get the part, -1 where he does.
        numbers: [own rate, leg's rate] -> number of the difference; [0, 0] is the number of no rate.
        place: where each participant's lines begin; counted where not `fill`, used up where `fill`.

    Returns:
        Number of lines.
    """
    total = 0
    nothing = numbers[0, 0]
    for i in range(parent.shape[0]):
        s = standing[i]
        if pays_own and own[i] != 0 and numbers[s, 0] != nothing:
            total += 1
            if fill:
                at = place[i]
                place[i] += 1
                out_participant[at] = i if own_lost[i] < 0 else -1
                out_source[at] = i
                out_level[at] = 0
                out_base[at] = own[i]
                out_rate[at] = numbers[s, 0]
                out_reason[at] = own_lost[i]
                out_award[at] = i
            else:
                place[i] += 1
        p = parent[i]
        if p < 0 or broken[i]:
            continue
        u = standing[p]
        parts = 1 if passed[i] == deducted[i] else 2
        for part in range(parts):
            if parts == 1:
                base, number = passed[i], numbers[u, s]
            elif part == 0:
                base, number = passed[i], numbers[u, 0]
            else:
                base, number = deducted[i], numbers[0, s]
            if base == 0 or number == nothing:
                continue
            total += 1
            if fill:
                at = place[p]
                place[p] += 1
                out_participant[at] = p if legs_lost[p] < 0 else -1
                out_source[at] = i
                out_level[at] = 1 if parts == 1 else part + 2
                out_base[at] = base
                out_rate[at] = number
                out_reason[at] = legs_lost[p]
                out_award[at] = p
            else:
                place[p] += 1
    return total


@nb.njit(cache=True, nogil=True)
def line_lines(
    parent: Any, standing: Any, own: Any, above: Any, broken: Any, pays_own: bool, own_lost: Any, legs_lost: Any,
    skips: bool, numbers: Any, place: Any, fill: bool,
    out_participant: Any, out_source: Any, out_level: Any, out_base: Any, out_rate: Any, out_reason: Any, out_award: Any,
) -> int:  # fmt: skip
    """On every sale the own rate less the highest rate of anybody in between, never below zero.

    What reaches a participant is held by the highest rate that it has met on the way. Arguments as in `leg_lines`;
    above: own orders that count for the people above only; standing and `numbers` go by rising rates;
    skips: who cannot earn does not count on the way. `place` is used from the end of each participant's lines.
    """
    total = 0
    nothing = numbers[0, 0]
    rates = numbers.shape[0]
    met = np.zeros((parent.shape[0], rates), np.int64)
    for i in range(parent.shape[0] - 1, -1, -1):
        s = standing[i]
        counted = 0 if skips and own_lost[i] >= 0 else s
        if pays_own and own[i] != 0 and counted > 0:
            total += 1
            if fill:
                place[i] -= 1
                at = place[i]
                out_participant[at] = i if own_lost[i] < 0 else -1
                out_source[at] = i
                out_level[at] = 0
                out_base[at] = own[i]
                out_rate[at] = numbers[s, 0]
                out_reason[at] = own_lost[i]
                out_award[at] = i
            else:
                place[i] += 1
        # a discount is taken with the purchase, whether or not its taker can earn; a bonus only by who can
        met[i, counted if pays_own else s] += own[i]
        met[i, 0] += above[i]
        p = parent[i]
        if p < 0 or broken[i]:
            continue
        u = standing[p]
        taken = 0 if skips and legs_lost[p] >= 0 else u
        for k in range(rates - 1, -1, -1):
            base = met[i, k]
            if base == 0:
                continue
            met[p, max(k, taken)] += base
            if taken <= k or numbers[u, k] == nothing:
                continue
            total += 1
            if fill:
                place[p] -= 1
                at = place[p]
                out_participant[at] = p if legs_lost[p] < 0 else -1
                out_source[at] = i
                out_level[at] = 1
                out_base[at] = base
                out_rate[at] = numbers[u, k]
                out_reason[at] = legs_lost[p]
                out_award[at] = p
            else:
                place[p] += 1
    return total
