"""Curves through months: the closed forms of the reference, ceilings found where there are any, and none made up."""

from __future__ import annotations

import math

import numpy as np
import pytest

from compliance.enrolment_fits import FARTHEST, Curve, bass, fit, logistic

CURVES: tuple[Curve, ...] = ("bass", "logistic")


def test_the_logistic_is_the_reference_s() -> None:
    """Models 6.2: r=.5, K=10000, N0=10 reaches half at 13.8135 and nine tenths at 18.2080."""
    present = 10 + np.concatenate([[0], np.cumsum(logistic(10_000, 0.5, 10, 30))])
    for share, time in ((0.5, 13.8135), (0.9, 18.2080)):
        before = math.floor(time)
        assert present[before] < share * 10_000 < present[before + 1]
    assert abs(present[14] - 10_000 / (1 + 999 * math.exp(-7))) < 1e-6


def test_bass_is_the_reference_s() -> None:
    """Models 6.3: p=.01, q=.4, m=10000 peaks at 8.99727 with 1050.625 a period, and has nine tenths at 14.42318."""
    months = bass(10_000, 0.01, 0.4, 40)
    assert int(np.argmax(months)) == 8
    assert 1030 < months.max() < 1050.625  # a month is an interval, the peak an instant
    so_far = np.cumsum(months)
    assert so_far[13] < 9_000 < so_far[14]


@pytest.mark.parametrize("seed", range(2))
def test_a_ceiling_that_the_months_reach_is_found(seed: int) -> None:
    chance = np.random.default_rng(seed)
    found = fit(chance.poisson(bass(4_000, 0.01, 0.45, 16)), "bass")
    assert found is not None
    assert found.shown
    assert found.high is not None
    assert found.low <= 4_000 <= found.high
    assert found.best is not None
    assert found.low <= found.best <= found.high
    assert abs(found.best / 4_000 - 1) < 0.1
    same = fit(chance.poisson(logistic(4_000, 0.5, 12, 18)), "logistic", 12)
    assert same is not None
    assert same.high is not None
    assert same.low <= 4_000 <= same.high


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("growth", [0.0, 0.12])
def test_no_ceiling_is_made_of_growth_that_does_not_end(seed: int, growth: float) -> None:
    """Steady and growing months: neither curve may give a number."""
    chance = np.random.default_rng(100 + seed)
    months = chance.poisson(40 * (1 + growth) ** np.arange(18))
    for curve in CURVES:
        found = fit(months, curve, 3)
        assert found is not None
        assert not found.shown
        assert found.best is None
        assert found.high is None
        assert found.low >= months.sum()


def test_the_start_of_a_curve_does_not_show_its_end() -> None:
    """The first 1% of a logistic cannot be told from growth without an end."""
    months = np.random.default_rng(5).poisson(logistic(60_000, 0.3, 10, 14))
    found = fit(months, "logistic", 10)
    assert found is not None
    assert not found.shown


def test_a_curve_that_runs_past_the_months_says_nothing() -> None:
    """A logistic from three people cannot follow a company that took in 200 in every month."""
    months = np.random.default_rng(9).poisson(np.full(24, 200.0))
    found = fit(months, "logistic", 3)
    assert found is not None
    assert not found.follows
    assert not found.shown


def test_a_steady_decline_ends() -> None:
    months = np.random.default_rng(2).poisson(300 * 0.8 ** np.arange(16))
    found = fit(months, "bass")
    assert found is not None
    assert found.high is not None
    assert found.low <= 300 * (1 / 0.2) <= found.high
    assert found.high < FARTHEST


def test_too_few_months_or_people_give_no_curve() -> None:
    assert fit(np.full(7, 100), "bass") is None
    assert fit(np.full(20, 2), "bass") is None
    assert fit(np.full(20, 20), "logistic", 0) is None


def test_the_same_months_give_the_same_bytes() -> None:
    months = np.array([5, 9, 14, 22, 30, 41, 50, 44, 35, 21, 12, 8])
    assert fit(months, "bass") == fit(months, "bass")
