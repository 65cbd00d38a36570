"""Exact rates from pairs of base and amount: the simplest fraction that rounds to what was recorded.

One payment bounds its rate between two fractions; many bound it so closely that usually one simple number is left.
Where some payments do not belong (a bonus given by hand), no rate fits all, and the rate that fits most is taken.
Floats order candidates for speed; whether a rate fits a payment is decided in integers.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
import numpy.typing as npt

Int64s = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Mode = Literal["half_up", "half_even", "down", "statement"]
"""How one amount was rounded; `statement`: a sum was, so that each amount is at most a unit away from its exact value."""

MODES: tuple[Mode, ...] = ("half_up", "half_even", "down")
"""Those that fix each amount exactly."""

_SAMPLE = 24
"""Payments, those with the largest bases, whose own simplest rates are candidates."""
_LARGEST_DENOMINATOR = 10**6
_LARGEST_SAID = 12
"""The largest denominator of a fraction that somebody would write in a plan."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate, or a fixed amount, with how many payments it fits."""

    value: Fraction
    fits: int


def fits(base: Int64s, amount: Int64s, rate: Fraction, mode: Mode, unit: int = 1) -> Bools:
    """Which amounts are the base x rate, rounded to a multiple of the unit."""
    above, below = rate.numerator, rate.denominator * unit
    size = int(np.abs(base).max(initial=0)) * max(above, 1)
    if max(size, int(np.abs(amount).max(initial=0)) * below) >= 1 << 61:
        return np.zeros(len(base), np.bool_)
    exact = np.abs(base) * above
    if mode == "statement":
        near: Bools = np.abs(np.sign(base) * exact - amount * rate.denominator) <= below
        return near
    whole, rest = np.divmod(exact, below)
    if mode != "down":
        up = rest * 2 > below
        tie = rest * 2 == below
        whole = whole + (up | (tie & ((whole % 2 == 1) if mode == "half_even" else True)))
    sign = np.sign(base)
    result: Bools = sign * whole * unit == amount
    return result


def best_rate(base: Int64s, amount: Int64s, mode: Mode, per: Fraction = Fraction(1), unit: int = 1) -> Rate | None:
    """The simplest rate that fits most payments; None where no base says anything.

    Args:
        base: what the rate applies to.
        amount: what was paid.
        mode: how it was rounded.
        per: what a plan calls 1, in units of amount per unit of base: simple is what is simple in these.
        unit: what amounts are multiples of.
    """
    usable = (base != 0) & (np.sign(base) * amount >= 0)
    b, a = np.abs(base[usable]), np.abs(amount[usable])
    if not len(b):
        return None
    pairs = np.unique(np.stack([b, a]), axis=1)
    b, a = pairs[0], pairs[1]
    low, high = _bounds(b, a, mode, unit)
    candidates: Counter[Fraction] = Counter()
    whole = _narrowest(b, a, low, high, mode, unit)
    for value in _simple(whole, per) if whole is not None else ():
        if (count := int(fits(base, amount, value, mode, unit).sum())) == len(base):
            return Rate(value, count)
        candidates[value] += 1
    largest = np.argsort(b, kind="stable")[::-1]
    spread = largest[np.unique(np.linspace(0, len(largest) - 1, _SAMPLE // 2).astype(np.int64))]
    for index in dict.fromkeys([*largest[: _SAMPLE // 2].tolist(), *spread.tolist()]):
        candidates.update(_simple(_bound(int(b[index]), int(a[index]), mode, unit), per))
    best: tuple[tuple[int, int, Fraction], Rate] | None = None
    for value, _ in candidates.most_common(16):
        count = int(fits(base, amount, value, mode, unit).sum())
        rank = (-count, complexity(value / per), value)
        if best is None or rank < best[0]:
            best = rank, Rate(value, count)
    if best is None or best[1].fits == 0:
        return None
    return _refined(base, amount, best[1], mode, per, unit)


def _refined(base: Int64s, amount: Int64s, found: Rate, mode: Mode, per: Fraction, unit: int) -> Rate:
    """The simplest rate that fits the same payments and perhaps more."""
    mine = fits(base, amount, found.value, mode, unit) & (base != 0)
    b, a = np.abs(base[mine]), np.abs(amount[mine])
    if not len(b):
        return found
    between = _narrowest(b, a, *_bounds(b, a, mode, unit), mode, unit)
    for value in _simple(between, per) if between is not None else ():
        count = int(fits(base, amount, value, mode, unit).sum())
        if (-count, complexity(value / per), value) < (-found.fits, complexity(found.value / per), found.value):
            found = Rate(value, count)
    return found


def _simple(between: tuple[Fraction, Fraction], per: Fraction) -> list[Fraction]:
    low, high = between
    return [value * per for value in simplest(low / per, high / per)]


def best_amount(amount: Int64s) -> Rate | None:
    """The amount that occurs most."""
    if not len(amount):
        return None
    values, counts = np.unique(amount, return_counts=True)
    at = int(np.argmax(counts))
    return Rate(Fraction(int(values[at])), int(counts[at]))


def _bound(base: int, amount: int, mode: Mode, unit: int) -> tuple[Fraction, Fraction]:
    """Between which rates one amount comes out."""
    if mode == "down":
        return Fraction(amount, base), Fraction(amount + unit, base)
    if mode == "statement":
        # a whole unit off is possible where sums are ties; the upper bound is included by a hair's breadth
        return Fraction(max(amount - unit, 0), base), Fraction((amount + unit) * 10**9 + 1, base * 10**9)
    return Fraction(max(2 * amount - unit, 0), 2 * base), Fraction(2 * amount + unit, 2 * base)


def _bounds(b: Int64s, a: Int64s, mode: Mode, unit: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    if mode == "down":
        return a / b, (a + unit) / b
    if mode == "statement":
        return (a - unit) / b, (a + unit) / b
    return (a - unit / 2) / b, (a + unit / 2) / b


def _narrowest(
    b: Int64s, a: Int64s, low: npt.NDArray[np.float64], high: npt.NDArray[np.float64], mode: Mode, unit: int
) -> tuple[Fraction, Fraction] | None:
    """Between which rates all amounts come out; None where there is no such rate."""
    few = 8
    lows = [_bound(int(b[i]), int(a[i]), mode, unit)[0] for i in np.argsort(low)[-few:]]
    highs = [_bound(int(b[i]), int(a[i]), mode, unit)[1] for i in np.argsort(high)[:few]]
    lowest, highest = max(lows), min(highs)
    return (lowest, highest) if lowest < highest or (lowest == highest and mode != "down") else None


def complexity(value: Fraction) -> int:
    """How hard a rate is to say: percent with few decimals first, then thirds and the like, then longer decimals.

    Other fractions come last. Tables are computed over one denominator, which decimals share and fractions do not.
    """
    places, rest = 0, value.denominator
    while rest > 1 and 10**places % rest and places < 9:
        places += 1
    if 10**places % rest == 0:
        return (1, 2, 2, 6, 20, 30, 40, 50, 60, 70)[places]
    return rest if rest <= _LARGEST_SAID else 1000 + rest


def simplest(low: Fraction, high: Fraction) -> tuple[Fraction, ...]:
    """The shortest decimal and the simplest fraction from low (included) to high, first the likelier.

    >>> simplest(Fraction(331, 1000), Fraction(335, 1000))
    (Fraction(1, 3), Fraction(83, 250))
    >>> simplest(Fraction(49, 1000), Fraction(51, 1000))
    (Fraction(1, 20),)
    """
    if high <= low:
        return (low,)
    decimal, power = None, 1
    while decimal is None and power <= 10**9:
        first = -(-low.numerator * power // low.denominator)
        last = (high.numerator * power - 1) // high.denominator
        if first <= last:
            decimal = Fraction((first + last) // 2, power)
        power *= 10
    fraction = _stern_brocot(low, high)
    found = [value for value in (decimal, fraction) if value is not None and value.denominator <= _LARGEST_DENOMINATOR]
    return tuple(dict.fromkeys(sorted(found, key=lambda value: (complexity(value), value))))


def _stern_brocot(low: Fraction, high: Fraction) -> Fraction:
    """The fraction of smallest denominator with low <= x < high."""
    whole = -(-low.numerator // low.denominator)
    if whole < high:
        return Fraction(whole)
    floor = low.numerator // low.denominator
    # both bounds lie strictly between floor and floor + 1, so their reciprocals bound the rest from the other side
    inner = _stern_brocot_open(1 / (high - floor), 1 / (low - floor))
    return floor + 1 / inner


def _stern_brocot_open(low: Fraction, high: Fraction) -> Fraction:
    """The fraction of smallest denominator with low < x <= high."""
    whole = low.numerator // low.denominator + 1
    if whole <= high:
        return Fraction(whole)
    floor = low.numerator // low.denominator
    if low == floor:
        return floor + 1 / _stern_brocot_from(1 / (high - floor))
    return floor + 1 / _stern_brocot(1 / (high - floor), 1 / (low - floor))


def _stern_brocot_from(low: Fraction) -> Fraction:
    return Fraction(-(-low.numerator // low.denominator))
