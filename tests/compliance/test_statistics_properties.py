"""Exact statistics against slow, obvious twins."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance import statistics
from compliance.models.structural import most_who_can_break_even

amounts = st.lists(st.integers(0, 10**12), min_size=1, max_size=40)
signed = st.lists(st.integers(-(10**12), 10**12), min_size=2, max_size=40)


def array(values: list[int]) -> np.ndarray:  # type: ignore[type-arg]
    return np.array(values, dtype=np.int64)


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=50))
def test_sums_do_not_overflow(values: list[int]) -> None:
    assert statistics.exact_sum(array(values)) == sum(values)


@given(amounts)
def test_gini_is_half_the_mean_difference_over_the_mean(values: list[int]) -> None:
    total = sum(values)
    twin = Fraction(sum(abs(a - b) for a in values for b in values), 2 * len(values) * total) if total else None
    assert statistics.gini(array(values)) == twin


@given(signed)
def test_gini_with_negatives_stays_between_zero_and_one(values: list[int]) -> None:
    found = statistics.gini_rsv(array(values))
    if found is None:
        assert not any(values)
    else:
        differences = sum(abs(a - b) for a in values for b in values)
        assert found == Fraction(differences, 2 * (len(values) - 1) * sum(map(abs, values)))
        assert 0 <= found <= 1


@given(st.integers(1, 10**6), st.data())
def test_wilson_holds_the_share_and_stays_in_bounds(n: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, n))
    low, high = statistics.wilson(successes, n)
    assert 0 <= low <= Decimal(successes) / n <= high <= 1


def test_wilson_refuses_what_is_no_share() -> None:
    with pytest.raises(ValueError, match="3 of 2"):
        statistics.wilson(3, 2)


@given(st.lists(st.integers(-3, 3) | st.integers(-(2**63), 2**63 - 1), max_size=40))
def test_a_rank_is_the_mean_of_the_places_of_equal_values(values: list[int]) -> None:
    found = statistics.doubled_ranks(array(values)).tolist()
    ascending = sorted(values)
    assert found == [2 * ascending.index(value) + 1 + ascending.count(value) for value in values]


@given(signed)
def test_spearman_of_itself_is_one_and_of_its_opposite_minus_one(values: list[int]) -> None:
    found = statistics.spearman(array(values), array(values))
    opposite = statistics.spearman(array(values), -array(values))
    if len(set(values)) == 1:
        assert found is None
    else:
        assert found is not None
        assert opposite is not None
        assert abs(found - 1) < Decimal("1e-12")
        assert abs(opposite + 1) < Decimal("1e-12")


@given(amounts)
def test_the_lorenz_curve_rises_below_the_diagonal(values: list[int]) -> None:
    at = [Fraction(step, 10) for step in range(11)]
    curve = statistics.lorenz(array(values), at)
    assert curve == sorted(curve)
    assert all(held <= q for held, q in zip(curve, at, strict=False))
    assert not curve or (curve[0], curve[-1]) == (0, 1)


@given(amounts, st.integers(0, 10**13))
def test_most_who_can_break_even(costs: list[int], paid: int) -> None:
    count, left = 0, paid
    for cost in sorted(costs):
        if cost > left:
            break
        count, left = count + 1, left - cost
    assert most_who_can_break_even(array(costs), paid) == count


@given(amounts)
def test_median(values: list[int]) -> None:
    ordered = sorted(values)
    middle = Fraction(ordered[(len(values) - 1) // 2] + ordered[len(values) // 2], 2)
    assert statistics.median(array(values)) == middle
