"""First digits against Benford's law. At most a lead, never a score.

Samples that do follow the law exceed the usual cut-offs where they are small: of size 100 in 92 of 100 cases, of 300 in
33. A fixed price list has a large deviation with perfectly honest receipts. The cut-offs need a thousand amounts that
span several orders of magnitude.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Literal

from compliance.models.quantities import Amount, Real, Result
from compliance.models.registry import Refused, model
from compliance.models.sequences import MOST, NotUnderstood, terms_of
from intake.text import say

PROBABILITIES = tuple(math.log10(1 + 1 / digit) for digit in range(1, 10))
CLASSES = ("close", "acceptable", "marginal", "nonconformity")
CUTS = {
    "first": ("0.006", "0.012", "0.015"),
    "second": ("0.008", "0.010", "0.011"),
    "first_two": ("0.0012", "0.0018", "0.0022"),
    "first_three": ("0.00036", "0.00044", "0.00050"),
}
"""Upper ends of the first three classes, by the digits that were counted."""
_WORDS = (
    "integers 1..999; first 1000 Fibonacci numbers, powers of 2, primes, factorials, squares; 2^n for n = 0..999;"
    " primes below 1000"
)


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


_RANGE = r"(?:the )?integers (?:from )?(\d+)\s*(?:\.{2,}|…|-|–|to)\s*(\d+)"


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
    if found := re.fullmatch(_RANGE, " ".join(words.casefold().split())):
        first, last = (int(each) for each in found.groups())
        if not 1 <= first <= last:
            reason = say("write the smaller number first, 1 or more", "يُكتب العدد الأصغر أولًا، وأقله {least}", least=1)
            raise Refused("sequence", words, reason)
        return [upper - lower for upper, lower in zip(_up_to(last), _up_to(first - 1), strict=True)]
    try:
        return _counted([leading_digit(Fraction(term)) for term in terms_of(words)])
    except NotUnderstood as problem:
        reason = say(
            "is not known; give the numbers themselves, or at most {most:,} of: {known}",
            "غير معروفة؛ تُذكر الأعداد نفسها، أو {most:,} على الأكثر من: {known}",
            most=MOST,
            known=_WORDS,
        )
        raise Refused("sequence", words, reason) from problem


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
            others that `compliance.models.sequences` knows. Terms that are listed must be those of the sequence.

    Returns:
        `counts` of first digits 1 to 9, `mad`, `chi2`.
    """
    counts = _of_words(sequence) if isinstance(sequence, str) else _counted([leading_digit(each) for each in sequence])
    if not any(counts):
        reason = say("holds no number other than 0", "ليس فيها عدد غير {zero}", zero=0)
        raise Refused("sequence", sequence, reason)
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
