"""Exact rounding in 64-bit integers, compiled: base x numerator / denominator without a wider type.

The trick: with base = a * den + b, base * num / den = a * num + (b * num) / den; the second product is smaller
than den * num, so both fit 64 bits wherever the result does (`fits` proves it before a kernel runs). A value is
held as `whole + rest / den` with 0 <= rest < den, also when it is negative, and `rounded` turns that into an
integer by the plan's mode.
"""

from __future__ import annotations

from typing import Any, Final

import numba as nb

HALF_UP: Final = 0
HALF_EVEN: Final = 1
DOWN: Final = 2
MODES: Final = {"half_up": HALF_UP, "half_even": HALF_EVEN, "down": DOWN}

_ROOM: Final = 1 << 62


def fits(largest_base: int, largest_numerator: int, denominator: int) -> bool:
    """Whether base x numerator / denominator stays within 62 bits at every step of the kernels."""
    return (
        denominator * largest_numerator < _ROOM
        and 2 * denominator < _ROOM
        and (largest_base // denominator + 1) * largest_numerator + largest_numerator < _ROOM
    )


@nb.njit(cache=True, nogil=True, inline="always")
def product(base: int, numerator: int, denominator: int) -> tuple[int, int]:
    """base x numerator / denominator as (whole, rest), rest in units of 1 / denominator, never negative."""
    a = base // denominator
    b = base - a * denominator
    inner = b * numerator
    c = inner // denominator
    return a * numerator + c, inner - c * denominator


@nb.njit(cache=True, nogil=True, inline="always")
def rounded(whole: int, rest: int, denominator: int, mode: int) -> int:
    """The integer that whole + rest / denominator becomes. Modes are symmetric about zero."""
    if rest == 0:
        return whole
    if mode == 2:  # down: towards zero
        return whole if whole >= 0 else whole + 1
    twice = rest - (denominator - rest)
    if twice > 0:
        return whole + 1
    if twice < 0:
        return whole
    if mode == 1:  # half_even
        return whole if whole % 2 == 0 else whole + 1
    return whole + 1 if whole >= 0 else whole  # half_up: a tie away from zero


@nb.njit(cache=True, nogil=True)
def multiplied(values: Any, which: Any, numerator: int, denominator: int, mode: int) -> None:
    """Multiply some of the values by numerator / denominator in place, each rounded."""
    for i in range(values.shape[0]):
        if which[i]:
            whole, rest = product(values[i], numerator, denominator)
            values[i] = rounded(whole, rest, denominator, mode)
