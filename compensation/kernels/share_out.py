"""Dividing one sum by many shares, compiled: products of 64-bit integers that need 128 bits, exactly.

A pool of cents times a participant's thousandths of a point, over everybody's, fits no 64-bit product although the
result does. `multiply_divide` keeps the product in two words and divides it bit by bit.

The plain-Python twin that this is held to is in tests/compensation/slow_pool.py.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np

from compensation.kernels.rounding import rounded

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_ONE = np.uint64(1)
_TOP = np.uint64(63)


@nb.njit(cache=True, nogil=True)
def multiply_divide(a: int, b: int, divisor: int) -> Any:
    """(a x b) // divisor and the rest, for 0 <= a, b and 0 < divisor < 2^62, where the result fits 62 bits."""
    if b == 0 or a <= (1 << 62) // b:
        product = a * b
        return product // divisor, product % divisor
    x, y = np.uint64(a), np.uint64(b)
    x_low, x_high, y_low, y_high = x & _LOW, x >> _HALF, y & _LOW, y >> _HALF
    low = x_low * y_low
    middle = x_high * y_low + (low >> _HALF)
    cross = (middle & _LOW) + x_low * y_high
    high_word = x_high * y_high + (middle >> _HALF) + (cross >> _HALF)
    low_word = (cross << _HALF) | (low & _LOW)
    rest = np.uint64(0)
    whole = np.uint64(0)
    by = np.uint64(divisor)
    for word in (high_word, low_word):
        for _ in range(64):
            rest = (rest << _ONE) | (word >> _TOP)
            word = word << _ONE
            whole = whole << _ONE
            if rest >= by:
                rest -= by
                whole |= _ONE
    return np.int64(whole), np.int64(rest)


@nb.njit(cache=True, nogil=True)
def by_award(shares: Any, pool: int, divisor: int, mode: int, out: Any) -> None:
    """Each award shares x pool / divisor, rounded by the plan's rule."""
    for i in range(shares.shape[0]):
        whole, rest = multiply_divide(shares[i], pool, divisor)
        out[i] = rounded(whole, rest, divisor, mode)


@nb.njit(cache=True, nogil=True)
def rests(shares: Any, pool: int, divisor: int, out: Any, rest_of: Any) -> None:
    """Each award rounded down, and the rest of each in units of 1 / divisor."""
    for i in range(shares.shape[0]):
        out[i], rest_of[i] = multiply_divide(shares[i], pool, divisor)
