"""Rank correlations and their probabilities against SciPy's, with every order listed."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from compliance.rank_correlation import DRAWS, kendall, partial, rank_correlation

pairs = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=12)
orders = st.integers(3, 7).flatmap(lambda n: st.tuples(st.permutations(range(n)), st.permutations(range(n))))


def columns(found: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    left, right = np.array(found, dtype=np.int64).T
    return left, right


@settings(max_examples=60, deadline=None)
@given(pairs.filter(lambda found: len(found) > 9 or len(found) < 7))
def test_values_with_ties_are_scipys(found: list[tuple[int, int]]) -> None:
    left, right = columns(found)
    rho, tau = rank_correlation(left, right), kendall(left, right)
    if len(set(left)) == 1 or len(set(right)) == 1:
        assert rho is None
        assert tau is None
        return
    assert rho is not None
    assert tau is not None
    assert float(rho.value) == pytest.approx(stats.spearmanr(left, right).statistic, abs=1e-12)
    assert float(tau.value) == pytest.approx(stats.kendalltau(left, right).statistic, abs=1e-12)


@settings(max_examples=12, deadline=None)
@given(orders)
def test_probabilities_are_shares_of_all_orders(found: tuple[list[int], list[int]]) -> None:
    left, right = (np.array(each, dtype=np.int64) for each in found)
    rho, tau = rank_correlation(left, right), kendall(left, right)
    assert rho is not None
    assert tau is not None
    every = [np.array(order) for order in permutations(right)]
    squares = [abs(int(((left - left.mean()) * (order - order.mean()) * 4).sum().round())) for order in every]
    seen = abs(int(((left - left.mean()) * (right - right.mean()) * 4).sum().round()))
    assert rho.exact
    assert rho.probability == Fraction(sum(each >= seen for each in squares), len(every))
    assert tau.probability is not None
    assert float(tau.probability) == pytest.approx(stats.kendalltau(left, right, method="exact").pvalue)


def test_drawn_orders_come_near_the_exact_probability() -> None:
    left = np.arange(12)
    mixed = np.array([5, 2, 8, 1, 0, 9, 3, 6, 7, 10, 4, 11])
    found, shuffled = rank_correlation(left, left), rank_correlation(left, mixed)
    assert found is not None
    assert shuffled is not None
    assert not found.exact
    assert found.probability == Fraction(1, DRAWS + 1)
    assert float(shuffled.probability or 0) == pytest.approx(stats.spearmanr(left, mixed).pvalue, abs=0.01)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 50)] * 3), min_size=6, max_size=20))
def test_a_third_held_fast_is_the_correlation_of_what_is_left(found: list[tuple[int, int, int]]) -> None:
    left, right, fixed = np.array(found, dtype=np.int64).T
    value = partial(left, right, fixed)
    ranks = [stats.rankdata(each) for each in (left, right, fixed)]
    if value is None or np.ptp(ranks[2]) == 0:
        return
    rest = [each - np.polyval(np.polyfit(ranks[2], each, 1), ranks[2]) for each in ranks[:2]]
    assert float(value) == pytest.approx(np.corrcoef(*rest)[0, 1], abs=1e-6)
