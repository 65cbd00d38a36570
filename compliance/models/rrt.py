"""Recruiting by blind chance: each newcomer is recruited by one of those present, all alike (Gastwirth 1977).

Participants 1..n enter in order, 1 is the founder, nobody leaves: the uniform random recursive tree. Half of all
recruit nobody, and needing r recruits to break even leaves about 2^-r winners. A real tree is compared with it as a
description, never as evidence alone; real genealogies usually lie between it and `port`, or beyond.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Context, Decimal, localcontext
from fractions import Fraction

import numpy as np

from compliance.models.harmonic import ADDED, Doubles, chances_at, chances_law, reciprocals
from compliance.models.quantities import Amount, Count, Result, TooLarge, Whole
from compliance.models.registry import Refused, at_most, model
from intake.text import say

GASTWIRTH = "Gastwirth, The American Statistician 31(2):79-82, 1977"
_TREE = f"{GASTWIRTH}; random recursive tree; derived and simulated"
_EXACT = 2000
"""Trees up to this size are searched with exact fractions."""
_TERMS = 10**8
_PROBABILITIES = tuple(Fraction(1, parts) for parts in (2, 4, 8, 16, 16))


def placed(n: int, k: int, first: int = 1) -> None:
    """Refuses an entrant who is not one of those there.

    Raises:
        Refused: k is not between `first` and n.
    """
    if not first <= k <= n:
        reason = say(
            "must lie between {first} and n = {n}",
            "القيمة المقبولة من {first} إلى {last}",
            first=first,
            n=n,
            last=f"n = {n}",
        )
        raise Refused("k", k, reason)


@model("rrt.expected_recruits", source=_TREE, mark="V")
def expected_recruits(n: Count, k: Count) -> float:
    """E[recruits of the k-th of n] = H(n-1) - H(k-1), about ln(n/k).

    Args:
        n: participants, the founder among them.
        k: place in the order of joining, 1 for the founder.
    """
    placed(n, k)
    return reciprocals(k, n - 1)


@model("rrt.expected_recruits_founder0", source=_TREE, mark="V")
def expected_recruits_founder0(n: Count, k: Whole) -> float:
    """The same with the founder numbered 0 and entrants 1..n: H(n) - H(k)."""
    placed(n, k, 0)
    return reciprocals(k + 1, n)


@model("rrt.prob_no_recruits", source=_TREE)
def prob_no_recruits(n: Count, k: Count) -> Fraction:
    """P(the k-th recruits nobody) = (k - 1) / (n - 1); 1 for a founder alone."""
    placed(n, k)
    return Fraction(k - 1, n - 1) if n > 1 else Fraction(1)


@model("rrt.recruits_pmf", source=_TREE)
def recruits_pmf(n: Count, k: Count, j: list[Whole]) -> list[float]:
    """P(the k-th has j recruits): the law of a sum of independent chances 1/i, i = k..n-1.

    Args:
        n: participants.
        k: place in the order of joining.
        j: numbers of recruits asked.
    """
    placed(n, k)
    return chances_at(k, n - 1, j)


@model("rrt.degree_share", source="Derived: recurrence for E[nodes with j recruits], solved by its generating function")
def degree_share(n: Count, j: list[Whole]) -> list[float]:
    """E[share of n with exactly j recruits]; N_j(m+1) = N_j(m)(1 - 1/m) + N_(j-1)(m)/m + [j = 0], N_0(1) = 1.

    Beyond a few thousand participants its solution, with r the law of the founder's recruits:
    N_j = n 2^-(j+1) + r_j - sum of r_(j-i) 2^-(i+1), i = 0..j.
    """
    most = max((at for at in j if at < n), default=0)
    if n > ADDED:
        most = min(most, 1100)  # 2^-1100 is below the smallest double, and so is the founder's law there
    expected = _degrees_grown(n, most) if n <= ADDED else _degrees_solved(n, most)
    return [float(expected[at]) / n if at <= most else 0.0 for at in j]


def _degrees_grown(n: int, most: int) -> Doubles:
    expected = np.zeros(most + 1)
    expected[0] = 1.0
    for m in range(1, n):
        expected[1:] = expected[1:] * ((m - 1) / m) + expected[:-1] / m
        expected[0] = expected[0] * ((m - 1) / m) + 1
    return expected


def _degrees_solved(n: int, most: int) -> Doubles:
    halves = 0.5 ** np.arange(1, most + 2)
    founder = chances_law(1, n - 1, most)
    return np.maximum(n * halves + founder - np.convolve(founder, halves)[: most + 1], 0.0)


@model("rrt.degree_share_limit", source="Limit law of a random recursive tree's degrees; page probsee.com", mark="V")
def degree_share_limit(j: list[Whole]) -> list[float]:
    """The share with exactly j recruits tends to 2^-(j+1)."""
    return [math.ldexp(1.0, -at - 1) for at in j]


@model("rrt.degree_at_least_limit", source="Limit law of a random recursive tree's degrees; page probsee.com", mark="V")
def degree_at_least_limit(j: list[Whole]) -> list[float]:
    """The share with at least j recruits tends to 2^-j."""
    return [math.ldexp(1.0, -at) for at in j]


@model("rrt.leaf_moments", source='Leaves of a random recursive tree; Wikipedia "Random recursive tree"', mark="V")
def leaf_moments(n: Count) -> dict[str, Result]:
    """Those without a recruit: mean n/2 (n >= 2), variance n/12 (n >= 3)."""
    return {
        "mean": Fraction(n, 2) if n > 1 else Fraction(1),
        "variance": Fraction(n, 12) if n > 2 else Fraction(0),
    }


def leaf_deviation(people: int, leaves: int) -> Decimal:
    """How far the number without a recruit is from what chance gives, in standard deviations; for three or more.

    Reference: (leaves - n/2) / sqrt(n/12); 780 of 1200: 18.
    """
    with localcontext(Context(prec=30)):
        return (Decimal(leaves) - Decimal(people) / 2) / (Decimal(people) / 12).sqrt()


@model("rrt.leaf_z", source="Derived from mean and variance of the leaves")
def leaf_z(n: Count, leaves: Whole) -> Decimal | None:
    """z = (leaves - n/2) / sqrt(n/12); None for fewer than three, whose number of leaves is certain.

    Far above 0: recruiting in few hands. Far below: chains, forced or stacked.
    """
    if leaves > n:
        raise Refused("leaves", leaves, at_most("n", n))
    return leaf_deviation(n, leaves) if n > 2 else None


@model("rrt.expected_subtree_size", source=_TREE)
def expected_subtree_size(n: Count, k: Count) -> Fraction:
    """E[downline of the k-th, himself included] = n / k."""
    placed(n, k)
    return Fraction(n, k)


@model("rrt.subtree_size_pmf", source="Derived: Polya urn")
def subtree_size_pmf(n: Count, k: Count, size: list[Whole]) -> list[float]:
    """P(downline of the k-th with himself = s) = C(n-s-1, k-2) / C(n-1, k-1), k >= 2; the founder's is n.

    Computed as (k-1)/(n-1) times the product of 1 - max/(n-2-i), i < min, over min and max of s - 1 and k - 2.
    """
    placed(n, k)
    return [_subtree_chance(n, k, s) for s in size]


def _subtree_chance(n: int, k: int, s: int) -> float:
    if k == 1:
        return float(s == n)
    if not 1 <= s <= n - k + 1:
        return 0.0
    few, many = sorted((s - 1, k - 2))
    if few * (many / max(n - 2, 1)) > 760:  # the product is below e^-760, hence below the smallest double
        return 0.0
    if few > _TERMS:
        raise TooLarge(
            say(
                "the product has more than {most:,} factors; use smaller numbers",
                "عوامل الجداء أكثر من {most:,}؛ تُستعمل أعداد أصغر",
                most=_TERMS,
            )
        )
    log = sum(
        float(np.log1p(-many / (n - 2 - np.arange(at, min(at + 2**20, few), dtype=np.float64))).sum())
        for at in range(0, few, 2**20)
    )
    return (k - 1) / (n - 1) * math.exp(log)


@model("rrt.expected_nodes_with_subtree_size", source="Derived; the share of at least s tends to 1/s")
def expected_nodes_with_subtree_size(n: Count, size: Count) -> Fraction:
    """E[participants whose downline with themselves is s] = n / (s (s+1)) for s < n; 1 for s = n; 0 beyond."""
    if size < n:
        return Fraction(n, size * (size + 1))
    return Fraction(int(size == n))


@model("rrt.subtree_at_least_limit", source="Derived: the sum of 1 / (i (i+1)) from s on")
def subtree_at_least_limit(size: list[Count]) -> list[Fraction]:
    """The share whose downline with themselves is s or more tends to 1/s."""
    return [Fraction(1, s) for s in size]


@model(
    "rrt.expected_depth", source="Derived: each of the k - 1 before stands above with chance 1/j; the law of records"
)
def expected_depth(k: Count) -> float:
    """E[levels between the k-th and the founder] = H(k-1), however many join later."""
    return reciprocals(1, k - 1)


@model("rrt.expected_profile", source="Derived: unsigned Stirling numbers of the first kind, c(n, d+1) / (n-1)!")
def expected_profile(n: Count, depth: list[Whole]) -> list[float]:
    """E[participants d levels below the founder] = c(n, d+1) / (n-1)! = n P(d of chances 1/2, ..., 1/n come true)."""
    return [n * chance for chance in chances_at(2, n, depth)]


@model("rrt.expected_total_depth", source="Derived: E[depth of the k-th] = H(k-1)")
def expected_total_depth(n: Count) -> float:
    """E[sum of all depths] = n (H(n) - 1)."""
    return n * reciprocals(2, n)


@model("rrt.last_rank_expecting", source=f'{GASTWIRTH}: "first 37 %"; note on dokumen.tips; derived', mark="V")
def last_rank_expecting(n: Count, recruits: Amount) -> int | None:
    """Largest k with H(n-1) - H(k-1) >= r, about n e^-r; None where not even the founder expects so many."""
    if recruits == 0:
        return n
    if n <= _EXACT:
        total = Fraction(0)
        for k in range(n - 1, 0, -1):
            total += Fraction(1, k)
            if total >= recruits:
                return k
        return None
    wanted = float(recruits)
    if reciprocals(1, n - 1) < wanted:
        return None
    near = int((n - 0.5) * math.exp(-wanted))
    reach = near // 10**8 + 4
    low, high = max(1, near - reach), min(n, near + reach)
    if reciprocals(low, n - 1) < wanted or reciprocals(high, n - 1) >= wanted:
        low, high = 1, n
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if reciprocals(middle, n - 1) >= wanted else (low, middle)
    return low


def degree_chi_square(counts: Sequence[int]) -> Fraction:
    """Chi-square of how many have 0, 1, 2, 3, 4 or more recruits against 1/2, 1/4, 1/8, 1/16, 1/16.

    An ordering statistic: the counts are not independent of each other. 4 degrees of freedom.

    Args:
        counts: five counts with a positive sum.
    """
    total = sum(counts)
    return sum(
        ((count - total * p) ** 2 / (total * p) for count, p in zip(counts, _PROBABILITIES, strict=True)), Fraction(0)
    )


@model("rrt.degree_chi2", source="Derived; asymptotic cell probabilities 1/2, 1/4, 1/8, 1/16, 1/16")
def degree_chi2(counts_0_1_2_3_4plus: list[Whole]) -> dict[str, Result]:
    """Chi-square, 4 degrees of freedom, of the counts of 0, 1, 2, 3, 4 and more recruits; no exact p-value follows."""
    counts = counts_0_1_2_3_4plus
    if len(counts) != len(_PROBABILITIES) or not sum(counts):
        reason = say(
            "give five counts with a positive sum: 0, 1, 2, 3, 4 and more",
            "تُذكر خمسة أعداد مجموعها أكبر من {zero}: لمن لهم {few} أو {more} وأكثر",
            zero=0,
            few="0, 1, 2, 3",
            more=4,
        )
        raise Refused("counts_0_1_2_3_4plus", counts, reason)
    return {"chi2": degree_chi_square(counts), "dof": len(counts) - 1}
