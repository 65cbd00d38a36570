"""Roots of one equation, and the one equation that turns up twice: (1 - e^-x) / x = c.

SciPy's Brent does the work; this file brackets.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """The root between two points at which the function has different signs, to the last digits of a double."""
    from scipy.optimize import brentq

    found: Any = brentq(function, low, high, xtol=1e-300, rtol=8.9e-16, maxiter=500)
    return float(found)


def discount_root(c: float) -> float:
    """x with (1 - e^-x) / x = c, for c > 0; 0 where c is 1, negative where c is above 1.

    >>> round(discount_root(0.5), 9)
    1.59362426
    """

    def above(x: float) -> float:
        return -math.expm1(-x) / x - c if x else 1 - c

    if c == 1:
        return 0.0
    step = 1.0 if c < 1 else -1.0
    while (above(step) > 0) == (c < 1):
        step *= 2
    return root(above, *sorted((0.0, step)))
