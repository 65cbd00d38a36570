"""Whether two short series rise together: rank correlations with exact or drawn probabilities, and with a third held fast.

For a dozen months there is no need of approximations: up to nine values every order is tried, and above that a fixed
number of orders is drawn with a fixed seed. Months that follow each other are not independent, which no probability
here knows; changes from month to month are the answer to that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import permutations
from math import factorial

import numpy as np

from compliance.statistics import Z95, Ints, doubled_ranks, spearman

EVERY_ORDER = 9
"""Values up to which every order is tried: 9! = 362,880."""
DRAWS = 20_000
SEED = 20_240_229


def ranked(values: Sequence[Fraction | int]) -> Ints:
    """Exact values as integers in the same order, equal ones equal.

    >>> ranked([Fraction(1, 3), Fraction(1, 2), Fraction(1, 3)]).tolist()
    [0, 1, 0]
    """
    place = {value: at for at, value in enumerate(sorted(set(values)))}
    return np.array([place[value] for value in values], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Correlation:
    """A rank correlation of so many pairs, with the probability of one at least as far from 0 by chance."""

    value: Decimal
    pairs: int
    probability: Fraction | None = None
    exact: bool = False
    """Whether every order was tried; otherwise orders were drawn."""

    @property
    def interval(self) -> tuple[Decimal, Decimal] | None:
        """At 95%, by Fisher's transformation with the variance of Bonett and Wright (Psychometrika 65:23-28, 2000)."""
        if self.pairs < 4 or abs(self.value) >= 1:
            return None
        with localcontext() as context:
            context.prec = 30
            z = ((1 + self.value) / (1 - self.value)).ln() / 2
            margin = Z95 * ((1 + self.value**2 / 2) / (self.pairs - 3)).sqrt()
            low, high = ((2 * (z + sign * margin)).exp() for sign in (-1, 1))
            return (low - 1) / (low + 1), (high - 1) / (high + 1)


def rank_correlation(left: Ints, right: Ints) -> Correlation | None:
    """Spearman's rho with the probability of one as large by chance, in either direction. None: nothing varies."""
    rho = spearman(left, right)
    if rho is None:
        return None
    n = len(left)
    a, b = doubled_ranks(left) - (n + 1), doubled_ranks(right) - (n + 1)
    seen = abs(int(np.dot(a, b)))
    if n <= EVERY_ORDER:
        orders = np.array(list(permutations(range(n))), dtype=np.int8)
        as_far = int((np.abs(b[orders] @ a) >= seen).sum())
        return Correlation(rho, n, Fraction(as_far, factorial(n)), exact=True)
    chance = np.random.default_rng(SEED)
    drawn = chance.permuted(np.broadcast_to(b, (DRAWS, n)), axis=1)
    as_far = int((np.abs(drawn @ a) >= seen).sum())
    return Correlation(rho, n, Fraction(as_far + 1, DRAWS + 1))


def kendall(left: Ints, right: Ints) -> Correlation | None:
    """Kendall's tau-b; with its exact probability where no two values are equal. None: nothing varies."""
    n = len(left)
    upper = np.triu_indices(n, 1)
    a, b = (np.sign(np.subtract.outer(values, values))[upper] for values in (left, right))
    within_a, within_b = int((a != 0).sum()), int((b != 0).sum())
    if not within_a or not within_b:
        return None
    score = int((a * b).sum())
    with localcontext() as context:
        context.prec = 30
        tau = Decimal(score) / (Decimal(within_a) * within_b).sqrt()
    if within_a != len(a) or within_b != len(b):
        return Correlation(tau, n)
    return Correlation(tau, n, _inversions_as_far(n, abs(score)), exact=True)


def _inversions_as_far(n: int, score: int) -> Fraction:
    """Of all orders of n values, the share whose concordant less discordant pairs are at least that far from 0."""
    counts = [1]  # by number of inversions (Mahonian numbers)
    for size in range(2, n + 1):
        longer = [0] * (len(counts) + size - 1)
        for inversions, orders in enumerate(counts):
            for more in range(size):
                longer[inversions + more] += orders
        counts = longer
    pairs = n * (n - 1) // 2
    return Fraction(sum(each for at, each in enumerate(counts) if abs(pairs - 2 * at) >= score), factorial(n))


def partial(left: Ints, right: Ints, fixed: Ints) -> Decimal | None:
    """Spearman's rho of two with a third held fast; None where one does not vary or follows the third exactly.

    Reference: (r_xy - r_xz r_yz) / sqrt((1 - r_xz^2)(1 - r_yz^2)).
    """
    both, first, second = spearman(left, right), spearman(left, fixed), spearman(right, fixed)
    if both is None or first is None or second is None:
        return both if first is None and second is None else None
    with localcontext() as context:
        context.prec = 30
        rest = (1 - first**2) * (1 - second**2)
        return (both - first * second) / rest.sqrt() if rest > Decimal("1e-12") else None
