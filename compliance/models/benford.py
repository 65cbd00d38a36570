"""First digits against Benford's law. At most a lead, never a score.

Samples that do follow the law exceed the usual cut-offs where they are small: of size 100 in 92 of 100 cases, of 300 in
33. A fixed price list has a large deviation with perfectly honest receipts. The cut-offs need a thousand amounts that
span several orders of magnitude.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import count, islice
from typing import Literal

from compliance.models.quantities import Amount, Real, Result
from compliance.models.registry import Refused, model

PROBABILITIES = tuple(math.log10(1 + 1 / digit) for digit in range(1, 10))
CLASSES = ("close", "acceptable", "marginal", "nonconformity")
CUTS = {
    "first": ("0.006", "0.012", "0.015"),
    "second": ("0.008", "0.010", "0.011"),
    "first_two": ("0.0012", "0.0018", "0.0022"),
    "first_three": ("0.00036", "0.00044", "0.00050"),
}
"""Upper ends of the first three classes, by the digits that were counted."""
_MOST = 1_000_000
_KEPT = 10**80
"""Terms of growing sequences are kept to eighty digits: their first digit needs one."""


def leading_digit(value: Fraction) -> int | None:
    """The first digit that is not 0; None for 0. The sign does not count.

    >>> leading_digit(Fraction(-7, 200))
    3
    """
    above, below = abs(value.numerator), value.denominator
    if not above:
        return None
    places = len(str(above)) - len(str(below)) - 1
    scaled = above * 10**-places // below if places < 0 else above // (below * 10**places)
    return int(str(scaled)[0])


def _trimmed(value: int) -> int:
    return value // 10**40 if value > _KEPT else value


def _fibonacci(_: int) -> Iterator[int]:
    one, other = 1, 1
    while True:
        yield one
        one, other = other, one + other
        if other > _KEPT:
            one, other = one // 10**40, other // 10**40


def _powers(base: int) -> Iterator[int]:
    value = base
    while True:
        yield value
        value = _trimmed(value * base)


def _powers_from_one(base: int) -> Iterator[int]:
    yield 1
    yield from _powers(base)


def _primes(_: int) -> Iterator[int]:
    found: list[int] = []
    for at in count(2):
        settles = next((prime for prime in found if prime * prime > at or at % prime == 0), at)
        if settles == at or settles * settles > at:
            found.append(at)
            yield at


def _factorials(_: int) -> Iterator[int]:
    value, at = 1, 1
    while True:
        yield value
        at += 1
        value = _trimmed(value * at)


def _squares(_: int) -> Iterator[int]:
    at = 1
    while True:
        yield at * at
        at += 1


_SEQUENCES: tuple[tuple[str, Callable[[int], Iterator[int]]], ...] = (
    (r"first (\d+) fibonacci numbers\b.*", _fibonacci),
    (r"first (\d+) powers of (\d+)\W+1\b.*", _powers_from_one),
    (r"first (\d+) powers of (\d+)\b.*", _powers),
    (r"first (\d+) primes\b.*", _primes),
    (r"first (\d+) factorials\b.*", _factorials),
    (r"first (\d+) squares\b.*", _squares),
)
_RANGE = r"(?:the )?integers (?:from )?(\d+)\s*(?:\.\.|-|to)\s*(\d+)"
_WORDS = "integers 1..999; first 1000 Fibonacci numbers, powers of 2, primes, factorials or squares"


def _counted(digits: Iterator[int | None] | Sequence[int | None]) -> list[int]:
    counts = [0] * 9
    for digit in digits:
        if digit is not None:
            counts[digit - 1] += 1
    return counts


def _up_to(most: int) -> list[int]:
    """How many of 1..most begin with each digit."""
    counts, ten = [0] * 9, 1
    while ten <= most:
        for digit in range(1, 10):
            counts[digit - 1] += max(0, min(most, (digit + 1) * ten - 1) - digit * ten + 1)
        ten *= 10
    return counts


def _of_words(words: str) -> list[int]:
    said = " ".join(words.casefold().split())
    if found := re.fullmatch(_RANGE, said):
        first, last = (int(each) for each in found.groups())
        if not 1 <= first <= last:
            raise Refused("sequence", words, "write the smaller number first, 1 or more")
        return [upper - lower for upper, lower in zip(_up_to(last), _up_to(first - 1), strict=True)]
    for pattern, terms in _SEQUENCES:
        if found := re.fullmatch(pattern, said):
            terms_wanted, *base = (int(each) for each in found.groups())
            if not 1 <= terms_wanted <= _MOST or base == [0]:
                raise Refused("sequence", words, f"between 1 and {_MOST:,} terms are counted")
            return _counted([int(str(term)[0]) for term in islice(terms(*base or [0]), terms_wanted)])
    raise Refused("sequence", words, f"is not known; give the numbers themselves, or one of: {_WORDS}")


def deviation(counts: Sequence[int]) -> tuple[float, float]:
    """MAD and chi-square of the counts of first digits 1 to 9, of which at least one is not 0."""
    n = sum(counts)
    gaps = [count / n - p for count, p in zip(counts, PROBABILITIES, strict=True)]
    chi2 = n * math.fsum(gap * gap / p for gap, p in zip(gaps, PROBABILITIES, strict=True))
    return math.fsum(map(abs, gaps)) / 9, chi2


@model("benford.first_digit_probabilities", source="Benford 1938; log10(1 + 1/d)", mark="G")
def first_digit_probabilities() -> list[float]:
    """P(d) = log10(1 + 1/d), d = 1..9."""
    return list(PROBABILITIES)


@model(
    "benford.first_digit",
    source="Nigrini, Benford's Law, 2012: mean absolute deviation and chi-square; computed",
    mark="V",
)
def first_digit(sequence: str | list[Real]) -> dict[str, Result]:
    """MAD = sum of |share - P(d)| / 9; chi2 = n sum of (share - P(d))^2 / P(d), 8 degrees of freedom.

    Args:
        sequence: the numbers, zeros being left out; or words: `integers 1..999`, `first 1000 Fibonacci numbers`, or
            so many powers of a number, factorials, squares.

    Returns:
        `counts` of first digits 1 to 9, `mad`, `chi2`.
    """
    counts = _of_words(sequence) if isinstance(sequence, str) else _counted([leading_digit(each) for each in sequence])
    if not any(counts):
        raise Refused("sequence", sequence, "holds no number other than 0")
    mad, chi2 = deviation(counts)
    return {"counts": counts, "mad": mad, "chi2": chi2}


@model(
    "benford.mad_class",
    source="Nigrini 2012: .006 / .012 / .015; docs.rs datasynth-eval; CRAN benford.analysis (all others)",
    mark="V",
)
def mad_class(mad: Amount, digits: Literal["first", "second", "first_two", "first_three"] = "first") -> str:
    """close below .006, acceptable below .012, marginal below .015, nonconformity from there on (first digits).

    A value on a boundary belongs to the class above it, as in CRAN's benford.analysis.

    Args:
        mad: mean absolute deviation of shares of digits.
        digits: which were counted; each has cut-offs of its own.
    """
    return CLASSES[bisect_right([Fraction(cut) for cut in CUTS[digits]], mad)]
