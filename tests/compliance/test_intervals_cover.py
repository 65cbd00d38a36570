"""Whether the intervals hold what they say they hold, in 95 of 100 cases: counted over all outcomes, or drawn."""

from __future__ import annotations

from fractions import Fraction
from math import comb, pi, sin

import numpy as np
import pytest

from compliance.rank_correlation import Correlation
from compliance.statistics import bootstrap_ratio, spearman, wilson
from compliance.survival import kaplan_meier

DRAWN = 150
LEAST, MOST = 0.89, 0.995
"""What is drawn strays from 0.95 by 0.018; three times that on either side."""


@pytest.mark.parametrize("n", [5, 20, 80])
def test_wilson_holds_the_share_over_all_outcomes(n: int) -> None:
    bounds = [wilson(successes, n) for successes in range(n + 1)]
    covers = []
    for share in (Fraction(at, 40) for at in range(1, 40)):
        held = [low <= share <= high for low, high in bounds]
        covers.append(float(sum(comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1) if held[k])))
    assert 0.93 < np.mean(covers) < 0.97
    assert min(covers) > 0.82


@pytest.mark.parametrize(("units", "least"), [(30, 0.86), (300, LEAST)])
def test_the_bootstrap_holds_the_ratio(units: int, least: float) -> None:
    chance = np.random.default_rng(7)
    held = 0
    for _ in range(DRAWN):
        whole = chance.integers(1, 100, units)
        found = bootstrap_ratio(chance.binomial(whole, 0.3), whole)
        assert found is not None
        held += found[0] <= 0.3 <= found[1]
    assert least <= held / DRAWN <= 1


@pytest.mark.parametrize("people", [20, 120])
def test_the_survival_curve_holds_the_probability(people: int) -> None:
    chance = np.random.default_rng(11)
    held = 0
    for _ in range(DRAWN):
        event, followed = chance.geometric(0.08, people), chance.integers(12, 30, people)
        step = kaplan_meier(np.minimum(event, followed), event <= followed)[10]
        low, high = step.interval()
        held += low <= 1 - 0.92**10 <= high
    assert LEAST <= held / DRAWN <= MOST


@pytest.mark.parametrize(("pairs", "rho"), [(12, 0.8), (40, -0.4)])
def test_the_rank_correlation_holds_that_of_the_law(pairs: int, rho: float) -> None:
    chance = np.random.default_rng(13)
    linear = 2 * sin(pi * rho / 6)  # of a normal law with that rank correlation
    held = 0
    for _ in range(DRAWN):
        drawn = chance.multivariate_normal([0, 0], [[1, linear], [linear, 1]], pairs)
        left, right = np.round(drawn * 10**6).astype(np.int64).T
        value = spearman(left, right)
        assert value is not None
        interval = Correlation(value, pairs).interval
        assert interval is not None
        held += interval[0] <= rho <= interval[1]
    assert LEAST <= held / DRAWN <= MOST
