"""Which affiliates' visits count for an order, compiled: last click, first click, or all within the window.

Clicks are sorted by whose visits they are and by time; each order brings the stretch of clicks that may belong to it.
A basket entry (kind cart) counts when the same affiliate's click stands within the window before it. Held to its slow
twin in tests/compensation/slow_attribution.py.
"""

from __future__ import annotations

from typing import Any, Final

import numba as nb
import numpy as np

LAST: Final = 0
FIRST: Final = 1
ALL: Final = 2
UNDATED: Final = np.iinfo(np.int64).min


@nb.njit(cache=True, nogil=True, inline="always")
def _came_before(earlier: int, later: int) -> bool:
    """Whether one moment is not after the other; what is undated counts as before."""
    return earlier == UNDATED or later == UNDATED or earlier <= later


@nb.njit(cache=True, nogil=True, inline="always")
def _within(earlier: int, later: int, span: int, inclusive: bool) -> bool:
    """Whether so much time at most lies between; span -1 is without limit, and what is undated counts as within."""
    if earlier == UNDATED or later == UNDATED:
        return True
    if later < earlier:
        return False
    gone = later - earlier
    return span < 0 or gone < span or (inclusive and gone == span)


@nb.njit(cache=True, nogil=True)
def search(
    low: Any, high: Any, time: Any, clock: Any,
    click_who: Any, click_time: Any, click_clock: Any, click_cart: Any,
    credit: int, span: int, inclusive: bool, cart_span: int, cart_inclusive: bool, cart_clock: Any, click_cart_clock: Any,
    out_start: Any, out_who: Any, seen: Any,
) -> int:  # fmt: skip
    """Fill the affiliates of each order, one after the other.

    Args:
        low, high: per order, its stretch of clicks.
        time, clock: per order, its moment, and the same in what the window is counted in (days or seconds).
        click_who, click_time, click_clock, click_cart: per click.
        credit: LAST, FIRST or ALL; span, inclusive: the window.
        cart_span: -2 where baskets do not count; cart_clock, click_cart_clock: in what their time is counted.
        out_start: [order + 1], where its affiliates start in `out_who`.
        out_who: room for one per order, or for `ALL` as many as there are clicks in the stretches.
        seen: per order, whether any click came before it at all.

    Returns:
        Number of affiliates filled.
    """
    filled = 0
    for i in range(low.shape[0]):
        out_start[i] = filled
        carted = -1
        if cart_span != -2:
            for c in range(high[i] - 1, low[i] - 1, -1):
                if not click_cart[c] or not _came_before(click_time[c], time[i]):
                    continue
                if not _within(click_cart_clock[c], cart_clock[i], cart_span, cart_inclusive):
                    continue
                for k in range(c, low[i] - 1, -1):
                    if (
                        not click_cart[k]
                        and click_who[k] == click_who[c]
                        and _within(click_clock[k], click_clock[c], span, inclusive)
                    ):
                        carted = c
                        break
                if carted >= 0:
                    break
        first, last = -1, -1
        for c in range(low[i], high[i]):
            if click_cart[c] or not _came_before(click_time[c], time[i]):
                continue
            seen[i] = True
            if not _within(click_clock[c], clock[i], span, inclusive):
                continue
            if first < 0:
                first = c
            last = c
            if credit == ALL:
                known = False
                for k in range(out_start[i], filled):
                    known = known or out_who[k] == click_who[c]
                if not known:
                    out_who[filled] = click_who[c]
                    filled += 1
        if carted >= 0:
            # what lies in the basket is his who filled it, whatever was clicked later
            filled = out_start[i]
            out_who[filled] = click_who[carted]
            filled += 1
        elif credit != ALL and last >= 0:
            out_who[filled] = click_who[first if credit == FIRST else last]
            filled += 1
    out_start[low.shape[0]] = filled
    return filled
