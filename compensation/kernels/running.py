"""Running totals per participant, compiled: what was sold so far, and factors that start once enough was earned.

Rows come sorted by group (a participant, or a participant in a period) and within a group by time. Held to
tests/compensation/slow_affiliate.py.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np

from compensation.kernels.rounding import product, rounded


@nb.njit(cache=True, nogil=True)
def before(group: Any, clock: Any, value: Any, span: int) -> Any:
    """For each row the sum of the earlier rows of its group, of the last `span` units of the clock (-1: of all)."""
    result = np.empty(group.shape[0], np.int64)
    total, start = 0, 0
    for i in range(group.shape[0]):
        if i == 0 or group[i] != group[i - 1]:
            total, start = 0, i
        while span >= 0 and start < i and clock[i] - clock[start] >= span:
            total -= value[start]
            start += 1
        result[i] = total
        total += value[i]
    return result


@nb.njit(cache=True, nogil=True)
def boosted(
    group: Any, order: Any, base: Any, rate: Any, counted: Any, origin: Any,
    numerator: Any, denominator: int, mode: int, unit: int,
    threshold: Any, by_commission: bool, this_order: bool, start: Any, step: Any, closing: Any,
) -> None:  # fmt: skip
    """Which step of a rising factor holds for each row.

    Args:
        group, order, base, rate: per row (an order's rows stand together); counted: what it adds to the total where
            commissions are not what counts.
        origin: row whose step a row takes over (a reversal's), or -1.
        numerator: [rate, step] over the denominator; mode, unit: rounding.
        threshold: per step, rising; step 0 is without a factor and has none.
        this_order: the order that reaches the threshold has the factor already.
        start: per row, what its group had before; only that of a group's first row counts.
        step: to fill; closing: per row, what its group has after it.
    """
    total, at_order, own = 0, 0, 0
    for i in range(group.shape[0]):
        fresh = i == 0 or group[i] != group[i - 1]
        if fresh:
            total = start[i]
        if fresh or order[i] != order[i - 1]:
            at_order, own, k = total, 0, i
            while this_order and k < group.shape[0] and group[k] == group[i] and order[k] == order[i]:
                if by_commission:
                    whole, rest = product(base[k], numerator[rate[k], 0], denominator)
                    own += rounded(whole, rest, denominator, mode) * unit
                else:
                    own += counted[k]
                k += 1
        if origin[i] >= 0:
            step[i] = step[origin[i]]
        else:
            found = 0
            while found < threshold.shape[0] and at_order + own >= threshold[found]:
                found += 1
            step[i] = found
        if by_commission:
            whole, rest = product(base[i], numerator[rate[i], step[i]], denominator)
            total += rounded(whole, rest, denominator, mode) * unit
        else:
            total += counted[i]
        closing[i] = total


@nb.njit(cache=True, nogil=True)
def within_cap(
    group: Any, amount: Any, base: Any, whole_base: Any, origin: Any, cap: Any, taken: Any, start: Any
) -> None:
    """How much of each amount stays under the cap of its group; what takes something back gives room again.

    Args:
        group: number of each row's group, -1 for none; rows in order of time, groups may alternate.
        amount: what each row would be paid; base: what it is reckoned on; whole_base: what the row that it takes back
            is reckoned on, in the same unit.
        origin: row that a row takes back, or -1: it takes back in proportion of what that row was paid.
        cap: per row. taken: to fill. start: per group, what was paid before; left with what is paid after.
    """
    for i in range(group.shape[0]):
        g = group[i]
        if g < 0:
            taken[i] = amount[i]
            continue
        o = origin[i]
        if o >= 0 and taken[o] != amount[o] and whole_base[i] != 0:
            whole, rest = product(base[i], taken[o], abs(whole_base[i]))
            taken[i] = rounded(whole, rest, abs(whole_base[i]), 0) * (1 if whole_base[i] > 0 else -1)
        else:
            room = max(cap[i] - start[g], 0)
            taken[i] = min(amount[i], room)
        start[g] += taken[i]
