"""Personal groups and the generations of leaders above each of them, compiled: passes over the tree, no recursion.

In preorder a parent stands before its children. So one pass from the end gathers groups, and one from the start carries
down to everybody who the next leader above is; each step up a generation is then a lookup, however long the line.

The plain-Python twin that this is held to is in tests/compensation/slow_breakaway.py.
"""

from __future__ import annotations

from typing import Any, Final

import numba as nb
import numpy as np

from compensation.awards import INELIGIBLE, LOWER_RATE, NO_DEPTH, NO_UPLINE, REASONS

_NO_UPLINE: Final = REASONS.index(NO_UPLINE)
_INELIGIBLE: Final = REASONS.index(INELIGIBLE)
_NO_DEPTH: Final = REASONS.index(NO_DEPTH)
_LOWER_RATE: Final = REASONS.index(LOWER_RATE)

NONE: Final = 0
SKIP: Final = 1
DYNAMIC: Final = 2
COMPRESSION: Final = {"none": NONE, "skip_ineligible": SKIP, "dynamic": DYNAMIC}


@nb.njit(cache=True, nogil=True)
def personal_groups(parent: Any, group: Any, leads: Any, least: int) -> None:
    """Sum groups from the bottom up; the group of a leader stays with him.

    Args:
        parent: per position.
        group: own volume per position; holds the personal group afterwards.
        leads: leaders by rank or fact; those by volume are added.
        least: the volume that makes a leader.
    """
    for i in range(parent.shape[0] - 1, -1, -1):
        if group[i] >= least:
            leads[i] = True
        if parent[i] >= 0 and not leads[i]:
            group[parent[i]] += group[i]


@nb.njit(cache=True, nogil=True)
def gather(parent: Any, group: Any, leads: Any) -> None:
    """The same sums where it is settled who leads."""
    for i in range(parent.shape[0] - 1, -1, -1):
        if parent[i] >= 0 and not leads[i]:
            group[parent[i]] += group[i]


@nb.njit(cache=True, nogil=True)
def nearest_higher(above: Any, value: Any, higher: Any) -> None:
    """For each position the nearest one on the line of `above` with a higher value; -1 where there is none."""
    for i in range(above.shape[0]):
        q = above[i]
        while q >= 0 and value[q] <= value[i]:
            q = higher[q]
        higher[i] = q


@nb.njit(cache=True, nogil=True)
def first_lines(leads: Any, above: Any, count: Any) -> None:
    """How many leaders have each position as the next one above."""
    for i in range(above.shape[0]):
        if leads[i] and above[i] >= 0:
            count[above[i]] += 1


@nb.njit(cache=True, nogil=True)
def pay(
    leads: Any, base: Any, kind: Any, eligible: Any, lines: Any, gates: Any, table: Any,
    candidates: Any, accepted: Any, higher: Any,
    differential: bool, least_rate: int, skips_rate: bool, compression: int, by_generation: bool,
    out_participant: Any, out_source: Any, out_level: Any, out_base: Any, out_rate: Any, out_reason: Any,
) -> int:  # fmt: skip
    """Pay every generation above every leader.

    Args:
        leads, base, kind, eligible, lines: per position: a leader, volume of his group, row of the rate table, whether
            he can earn, and how many leaders stand next below him.
        gates: per generation, how many such leaders an earner needs.
        table: [row, generation], numerators over a common denominator.
        candidates: nearest possible earner above. accepted: [generation or 0, position], nearest one who is accepted.
        higher: nearest accepted one above with a higher rate for generation 1.
        differential: generation 1 earns his rate less the leader's, `least_rate` at least.
        skips_rate: who has no rate for a generation is passed over. compression: one of `COMPRESSION`.
        by_generation: whether `accepted` has one row per generation.
        out_*: columns to fill, two rows per leader and generation at most.

    Returns:
        Number of rows filled.
    """
    filled = 0
    generations = table.shape[1]
    top = np.zeros(generations, np.int64)
    for g in range(generations):
        for row in range(table.shape[0]):
            top[g] = max(top[g], table[row, g])
    chooses = skips_rate or compression == DYNAMIC
    for i in range(leads.shape[0]):
        if not leads[i] or base[i] == 0:
            continue
        below = i
        own = table[kind[i], 0]
        for g in range(generations):
            best = top[g]
            if differential and g == 0:
                best = max(best - own, least_rate)
            row = g if by_generation else 0
            if compression == DYNAMIC:
                earner = candidates[below] if below >= 0 else -1
                below = earner
                if earner >= 0 and not _fits(earner, g, own, kind, eligible, lines, gates, table,
                                             differential, least_rate):  # fmt: skip
                    earner = accepted[row, earner]
            else:
                earner = accepted[row, below] if below >= 0 else -1
            if differential and g == 0 and least_rate == 0 and chooses:
                while earner >= 0 and table[kind[earner], 0] <= own:
                    earner = higher[earner]
            if compression != DYNAMIC:
                below = earner
            if best <= 0:
                continue
            reason = -1
            rate = 0
            if earner < 0:
                reason = _NO_UPLINE
            elif not eligible[earner]:
                reason = _INELIGIBLE
            elif lines[earner] < gates[g]:
                reason = _NO_DEPTH
            else:
                rate = _rate(earner, g, own, kind, table, differential, least_rate)
                if rate == 0:
                    reason = _NO_DEPTH
            if rate > 0:
                out_participant[filled] = earner
                out_source[filled] = i
                out_level[filled] = g + 1
                out_base[filled] = base[i]
                out_rate[filled] = rate
                out_reason[filled] = -1
                filled += 1
            if best > rate:
                out_participant[filled] = -1
                out_source[filled] = i
                out_level[filled] = g + 1
                out_base[filled] = base[i]
                out_rate[filled] = best - rate
                out_reason[filled] = _LOWER_RATE if reason < 0 else reason
                filled += 1
    return filled


@nb.njit(cache=True, nogil=True, inline="always")
def _rate(earner: int, g: int, own: int, kind: Any, table: Any, differential: bool, least_rate: int) -> int:
    """What an earner has for a generation above a leader whose own rate is `own`."""
    rate: int = table[kind[earner], g]
    if differential and g == 0 and rate > 0:
        rate = max(rate - own, least_rate)
    return rate


@nb.njit(cache=True, nogil=True, inline="always")
def _fits(
    earner: int, g: int, own: int, kind: Any, eligible: Any, lines: Any, gates: Any, table: Any,
    differential: bool, least_rate: int,
) -> bool:  # fmt: skip
    return (
        eligible[earner]
        and lines[earner] >= gates[g]
        and _rate(earner, g, own, kind, table, differential, least_rate) > 0
    )
