"""The walk of a level commission, compiled: from each order up the tree, one award per level.

`walk` fills preallocated columns for a slice of orders and says where it stopped, so that the caller decides how
much memory a step may take. It works in a tree's positions; people, rates and amounts come in as arrays. Every
level of every order ends in exactly one of: an award, breakage with a reason, or nothing (its exact value is 0);
`sums` gathers what is needed to prove it.

The plain-Python twin that this is held to is in tests/compensation/slow_unilevel.py.
"""

from __future__ import annotations

from typing import Any, Final

import numba as nb
import numpy as np

from compensation.awards import REASONS
from compensation.kernels.rounding import product, rounded

NONE: Final = 0
DYNAMIC: Final = 2
COMPRESSION: Final = {"none": 0, "skip_ineligible": 1, "dynamic": 2, "remove_empty": 0}

LACKING: Final = {"breakage": 0, "skip": 1, "stop": 2}

UNKNOWN: Final = -2
"""In place of a first position: buyer and seller are not in the network."""
WAITING: Final = -3
"""In place of a first position: the buyer has no place in the tree yet."""

ENDS: Final = -4
"""In place of a first position, or of a parent: the walk stops here."""

# reasons, as in awards.REASONS
_NO_UPLINE, _INELIGIBLE, _NO_DEPTH, _STOPPED, _LOWER_RATE, _UNKNOWN_BUYER = 0, 1, 2, 3, 4, 5
_WAITING: Final = REASONS.index("outside-window")
REASON_COUNT: Final = len(REASONS)


@nb.njit(cache=True, nogil=True)
def walk(
    orders: Any, first: Any, base: Any, when: Any,
    parent: Any, row: Any, rank: Any, depth: Any, eligible: Any, removed: Any, left: Any,
    numerator: Any, highest: Any, least_rank: Any,
    denominator: int, unit: int, mode: int, compression: int, lacking: int, per_statement: bool,
    running_whole: Any, running_rest: Any, running_paid: Any,
    keep_lines: bool, keep_breakage: bool, count: Any,
    out_order: Any, out_position: Any, out_level: Any, out_rank: Any, out_amount: Any, out_reason: Any,
    sum_whole: Any, sum_rest: Any, sum_awards: Any,
) -> int:  # fmt: skip
    """Pay a slice of orders.

    Args:
        orders: index of each order; first: position to start from, or a code for why there is none; base; when: all
            per order given.
        parent, row, rank, depth, eligible, removed, left: per position; several positions may be of one row.
        numerator: [rank, level] over the common denominator; highest: [level]; least_rank: [level].
        running_whole, running_rest, running_paid: per row, the exact and the rounded sum so far.
        count: per row, awards so far (totals only).
        out_*: columns to fill. sum_*: [reason, or one past the last for paid, level].

    Returns:
        Number of rows filled.
    """
    filled = 0
    levels = highest.shape[0]
    for i in range(orders.shape[0]):
        amount_base = base[i]
        if amount_base == 0:
            continue
        position = first[i]
        level = 0
        reason_left = _UNKNOWN_BUYER if position == UNKNOWN else _WAITING if position == WAITING else _NO_UPLINE
        while level < levels and position >= 0:
            here = position
            position = parent[here]
            if removed[here]:
                continue
            reason = -1
            standing, who = rank[here], row[here]
            if not eligible[here] or left[here] <= when[i]:
                if compression != NONE:
                    continue
                reason = _INELIGIBLE
            elif compression == DYNAMIC and (standing < least_rank[level] or level >= depth[here]):
                continue
            elif level >= depth[here] or standing < least_rank[level]:
                if lacking == 1:
                    continue
                if lacking == 2:
                    reason_left = _STOPPED
                    break
                reason = _NO_DEPTH
            paid_share = numerator[standing, level] if reason < 0 else 0
            if paid_share > 0:
                whole, rest = product(amount_base, paid_share, denominator)
                if per_statement:
                    running_whole[who] += whole
                    running_rest[who] += rest
                    if running_rest[who] >= denominator:
                        running_rest[who] -= denominator
                        running_whole[who] += 1
                    due = rounded(running_whole[who], running_rest[who], denominator, mode)
                    amount = due - running_paid[who]
                    running_paid[who] = due
                else:
                    amount = rounded(whole, rest, denominator, mode)
                    running_paid[who] += amount
                count[who] += 1
                sum_whole[REASON_COUNT, level] += whole
                sum_rest[REASON_COUNT, level] += rest
                if sum_rest[REASON_COUNT, level] >= denominator:
                    sum_rest[REASON_COUNT, level] -= denominator
                    sum_whole[REASON_COUNT, level] += 1
                sum_awards[REASON_COUNT, level, 0] += 1
                sum_awards[REASON_COUNT, level, 1] += amount
                if keep_lines:
                    out_order[filled] = orders[i]
                    out_position[filled] = here
                    out_level[filled] = level + 1
                    out_rank[filled] = standing
                    out_amount[filled] = amount * unit
                    out_reason[filled] = -1
                    filled += 1
            lost = highest[level] - paid_share
            if lost > 0:
                if reason < 0:
                    reason = _LOWER_RATE
                whole, rest = product(amount_base, lost, denominator)
                amount = rounded(whole, rest, denominator, mode)
                sum_whole[reason, level] += whole
                sum_rest[reason, level] += rest
                if sum_rest[reason, level] >= denominator:
                    sum_rest[reason, level] -= denominator
                    sum_whole[reason, level] += 1
                sum_awards[reason, level, 0] += 1
                sum_awards[reason, level, 1] += amount
                if keep_breakage:
                    out_order[filled] = orders[i]
                    out_position[filled] = here
                    out_level[filled] = level + 1
                    out_rank[filled] = standing
                    out_amount[filled] = amount * unit
                    out_reason[filled] = reason
                    filled += 1
            level += 1
        if position == ENDS:
            reason_left = _STOPPED
        while level < levels:
            if highest[level] > 0:
                whole, rest = product(amount_base, highest[level], denominator)
                amount = rounded(whole, rest, denominator, mode)
                sum_whole[reason_left, level] += whole
                sum_rest[reason_left, level] += rest
                if sum_rest[reason_left, level] >= denominator:
                    sum_rest[reason_left, level] -= denominator
                    sum_whole[reason_left, level] += 1
                sum_awards[reason_left, level, 0] += 1
                sum_awards[reason_left, level, 1] += amount
                if keep_breakage:
                    out_order[filled] = orders[i]
                    out_position[filled] = -1
                    out_level[filled] = level + 1
                    out_rank[filled] = 0
                    out_amount[filled] = amount * unit
                    out_reason[filled] = reason_left
                    filled += 1
            level += 1
    return filled


def slots(orders: int, levels: int, *, breakage: bool) -> int:
    """Rows that a slice of orders can fill at most."""
    return orders * levels * (2 if breakage else 1)


def sums(levels: int) -> tuple[Any, Any, Any]:
    """Fresh sum arrays for `walk`."""
    shape = (REASON_COUNT + 1, levels)
    return np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros((*shape, 2), np.int64)
