"""Funds, growth and bounds, held against differential equations, sums and whole simulations."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from compliance.models import evaluate

percent = st.integers(0, 40).map(lambda value: value / 100)
amounts = st.lists(st.integers(0, 50), min_size=1, max_size=7)


@given(churn=st.integers(0, 20).map(lambda share: share / 20), periods=st.integers(0, 12))
def test_who_is_still_active_of_all_who_joined(churn: float, periods: int) -> None:
    joined = active = Fraction(100)
    for _ in range(periods):
        joined += active * Fraction(str(churn))
    found = evaluate("struct.active_share", {"churn_per_period": churn, "periods": periods})
    assert found == pytest.approx(float(active / joined))


@given(m=st.integers(1, 4), levels=st.integers(0, 6), data=st.data())
def test_the_tail_of_a_complete_tree_is_a_count(m: int, levels: int, data: st.DataObject) -> None:
    t = data.draw(st.integers(0, levels + 1))
    widths = [m**level for level in range(levels + 1)]
    share = Fraction(sum(widths[len(widths) - t :]), sum(widths))
    assert evaluate("struct.full_tree_tail_share", {"m": m, "L": levels, "t": t}) == pytest.approx(float(share))


def test_tails_of_deep_trees_are_their_limits() -> None:
    found = evaluate("struct.full_tree_tail_share", {"m": 3, "L": 10**9, "t": 2})
    assert found == pytest.approx(8 / 9, abs=1e-15)
    assert evaluate("struct.cohort_tail_share", {"growth_per_period": 0.001, "periods": 10**6}) == pytest.approx(1)
    assert evaluate("struct.board_loss_share", {"split": 2, "levels": 10**8}) == 1


def test_the_late_share_of_a_growing_cohort() -> None:
    joined = [1.3**period for period in range(400)]
    share = sum(joined[-5:]) / sum(joined)
    assert evaluate("struct.cohort_tail_share", {"growth_per_period": 0.3, "periods": 5}) == pytest.approx(share)


@given(costs=amounts, paid=st.integers(0, 200))
def test_no_division_of_the_money_makes_more_people_whole(costs: list[int], paid: int) -> None:
    whole = max(
        size
        for size in range(len(costs) + 1)
        if any(sum(group) <= paid for group in combinations(costs, size))  # those are paid their costs, others nothing
    )
    found = evaluate("struct.max_breakeven_share", {"costs": costs, "total_paid_to_participants": paid})
    assert found == pytest.approx(whole / len(costs))
    cents = {"costs": [cost / 100 for cost in costs], "total_paid_to_participants": paid / 100}
    assert evaluate("struct.max_breakeven_share", cents) == found


def test_funding_without_money() -> None:
    nothing = dict.fromkeys(("participant_payments", "external_revenue", "payouts_to_participants"), 0)
    assert evaluate("flow.external_funding", nothing) == {
        "external_revenue_ratio": None,
        "min_share_of_payouts_funded_by_participants": None,
        "participants_net": 0,
    }


@given(mu=st.integers(1, 200), kappa=st.integers(1, 99), volume=st.integers(0, 10**6))
def test_at_the_critical_share_both_rewards_are_equal(mu: int, kappa: int, volume: int) -> None:
    given_ = {"wholesale_volume": volume, "retail_markup": mu / 100, "commission_rate": kappa / 100}
    critical = evaluate("vk.reward_split", given_ | {"share_resold_to_nonparticipants": 0})["critical_resale_share"]
    at = evaluate("vk.reward_split", given_ | {"share_resold_to_nonparticipants": critical})
    assert at["recruitment_share"] == pytest.approx(0.5)
    assert at["recruitment_reward"] == pytest.approx(at["retail_reward"])


def test_rewards_that_nobody_gets() -> None:
    inputs = dict.fromkeys(
        ("wholesale_volume", "share_resold_to_nonparticipants", "retail_markup", "commission_rate"), 0
    )
    found = evaluate("vk.reward_split", inputs)
    assert found["recruitment_share"] is found["critical_resale_share"] is None


# Branching


@given(mean=st.integers(0, 30).map(lambda tenths: tenths / 10), levels=st.integers(0, 12))
def test_downlines_add_up_level_by_level(mean: float, levels: int) -> None:
    found = evaluate("gw.expected_downline", {"mean_recruits": mean, "levels": levels})
    assert found == pytest.approx(sum(mean**level for level in range(1, levels + 1)))


@pytest.mark.parametrize("mean", [0.0, 0.7, 1.0, 1.0001])
def test_many_levels(mean: float) -> None:
    found = evaluate("gw.expected_downline", {"mean_recruits": mean, "levels": 3000})
    assert found == pytest.approx(math.fsum(mean**level for level in range(1, 3001)))


laws = st.lists(st.integers(0, 9), min_size=1, max_size=5).filter(any)


@settings(max_examples=50, deadline=None)
@given(laws)
def test_extinction_is_where_the_generations_end(weights: list[int]) -> None:
    law = [weight / sum(weights) for weight in weights]
    found = evaluate("gw.extinction_probability", {"offspring_pmf": law})
    assert sum(p * found**count for count, p in enumerate(law)) == pytest.approx(found, abs=1e-12)
    empty = 0.0
    for _ in range(2000):
        empty = sum(p * empty**count for count, p in enumerate(law))
    assert found >= empty - 1e-9
    if abs(sum(count * p for count, p in enumerate(law)) - 1) > 0.01:
        assert found == pytest.approx(empty, abs=1e-9)


@given(weights=laws, names=st.integers(1, 6))
def test_a_letter_against_its_generations(weights: list[int], names: int) -> None:
    law = [weight / sum(weights) for weight in weights]
    mean = sum(count * p for count, p in enumerate(law))
    size: dict[int, float] = {1: 1.0}  # how many there are in a generation -> chance
    for _ in range(min(names, 3)):
        following: dict[int, float] = {}
        for count, chance in size.items():
            sums = np.array([1.0])
            for _ in range(count):
                sums = np.convolve(sums, law)
            for total, p in enumerate(sums):
                following[total] = following.get(total, 0.0) + chance * float(p)
        size = following
    found = evaluate(
        "gw.chain_letter",
        {"price": 100, "names": names, "seller_cut": 50, "top_cut": 25, "offspring_pmf": law},
    )
    assert found["expected_profit"] == pytest.approx(50 * mean + 25 * mean**names - 100)
    if names <= 3:
        assert found["prob_no_bonus"] == pytest.approx(size.get(0, 0.0), abs=1e-12)
    most = max(count for count, p in enumerate(law) if p)
    assert found["max_gross"] == 50 * most + 25 * most**names


# A fund


def integrated(inputs: dict[str, float], until: float) -> Any:
    def slope(t: float, state: list[float]) -> list[float]:
        fund, promised, inflow = state
        capital = inputs["rp"] - inputs["rw"]
        return [
            inputs["rn"] * fund + inflow - inputs["rw"] * promised,
            capital * promised + inflow,
            inputs["ri"] * inflow,
        ]

    start = [inputs["K"], inputs["K"], inputs["s0"]]
    return solve_ivp(slope, (0, until), start, method="DOP853", rtol=1e-9, atol=1e-10, dense_output=True).sol


funds = st.fixed_dictionaries(
    {
        "K": st.integers(0, 3),
        "s0": st.integers(0, 20).map(lambda value: value / 10),
        "rp": percent,
        "rn": percent,
        "rw": percent,
        "ri": st.integers(-20, 40).map(lambda value: value / 100),
    }
).filter(lambda fund: fund["K"] or fund["s0"])


@settings(max_examples=25, deadline=None)
@given(funds)
def test_the_fund_and_its_end_against_the_differential_equations(fund: dict[str, float]) -> None:
    until = 40.0
    path = integrated(fund, until)
    grid = np.linspace(1e-3, until, 400)
    seen = path(grid)[0]
    slack = 1e-6 * float(abs(seen).max())
    for t in (0.0, 7.5, until):
        assert evaluate("ponzi.artzrouni_fund", fund | {"t": t}) == pytest.approx(path(t)[0], abs=slack)
    end = evaluate("ponzi.artzrouni_collapse_time", fund)
    if end is None or end > until:
        assert (seen > -slack).all()
    else:
        assert (seen[grid < end] > -slack).all()
        assert path(end)[0] == pytest.approx(0, abs=slack)


@pytest.mark.parametrize(
    ("rates", "ends"),
    [
        ({"rp": 0.1, "ri": 0.1, "rn": 0.1, "rw": 0.0}, False),  # nothing is withdrawn
        ({"rp": 0.1, "ri": 0.1, "rn": 0.1, "rw": 0.2}, False),  # the promise is earned
        ({"rp": 0.2, "ri": 0.2, "rn": 0.0, "rw": 0.2}, False),  # deposits grow as the promise does
        ({"rp": 0.2, "ri": 0.19, "rn": 0.0, "rw": 0.2}, True),
    ],
)
def test_rates_that_coincide(rates: dict[str, float], ends: bool) -> None:
    found = evaluate("ponzi.artzrouni_collapse_time", {"K": 1, "s0": 0.5} | rates)
    assert (found is not None) == ends


@given(st.integers(1, 200), st.integers(1, 400), st.integers(1, 30))
def test_the_inflow_has_the_stated_last_day_and_total(last: int, total: int, tenths: int) -> None:
    time, day = tenths / 10, last / 1000
    assume(total / (365 * day * time) < 20)  # further off, the flow would have begun as a flood
    found = evaluate(
        "ponzi.fit_exponential_inflow",
        {"last_day_flow_millions": day, "total_millions": total, "duration_years": time},
    )
    ri, s0 = found["ri"], found["s0"]
    assert s0 * math.exp(ri * time) == pytest.approx(365 * day, rel=1e-9)
    assert (s0 * math.expm1(ri * time) / ri if ri else s0 * time) == pytest.approx(total, rel=1e-9)


# Growth


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 20), st.integers(1, 90), st.integers(1, 99))
def test_logistic_growth_reaches_its_share_when_it_is_said_to(tenths: int, begin: int, percent_: int) -> None:
    assume(percent_ > begin)
    r, size = tenths / 10, 100.0
    found = evaluate("sat.logistic_time_to_share", {"r": r, "K": 100, "N0": begin, "share": percent_ / 100})
    path = solve_ivp(lambda t, n: r * n * (1 - n / size), (0, found), [begin], rtol=1e-10, atol=1e-10)
    assert path.y[0][-1] == pytest.approx(percent_, rel=1e-6)


@given(st.integers(1, 50), st.integers(0, 90), st.integers(1, 10**6))
def test_the_diffusion_peaks_where_it_is_said_to(thousandths: int, hundredths: int, market: int) -> None:
    p, q = thousandths / 1000, hundredths / 100
    found = evaluate("sat.bass", {"p": p, "q": q, "m": market})

    def reached(t: float) -> float:
        decay = math.exp(-(p + q) * t)
        return (1 - decay) / (1 + q / p * decay)

    def rate(t: float) -> float:
        return market * (p + q * reached(t)) * (1 - reached(t))

    peak = found["peak_time"]
    assert rate(peak) == pytest.approx(found["peak_rate"])
    assert reached(peak) == pytest.approx(found["share_at_peak"], abs=1e-12)
    assert all(rate(t) <= found["peak_rate"] * (1 + 1e-12) for t in np.linspace(0, 3 * peak + 5, 50))
    assert reached(found["time_to_90pct"]) == pytest.approx(0.9)


@given(st.integers(1, 1000))
def test_the_final_share_of_an_infection(hundredths: int) -> None:
    reproduction = hundredths / 100
    found = evaluate("sat.sir_final_share", {"R0": reproduction})
    assert found == pytest.approx(1 - math.exp(-reproduction * found), abs=1e-12)
    assert (found > 0) == (reproduction > 1)


@given(st.integers(1, 9), st.integers(1, 10**5))
def test_levels_until_nobody_is_left(branching: int, population: int) -> None:
    found = evaluate("sat.levels_until_exhaustion", {"branching": branching, "population": population})
    level, total = -1, 0
    while total + branching ** (level + 1) <= population:
        level += 1
        total += branching**level
    assert found == {"last_complete_level": level, "participants": total}


@given(st.integers(1, 30), st.integers(0, 300), st.integers(1, 300))
def test_solvency_ends_where_inflow_meets_outflow(tenths: int, payout: int, entry: int) -> None:
    r, size, begin = tenths / 10, 10_000, 10
    found = evaluate(
        "sat.logistic_solvency",
        {"r": r, "K": size, "N0": begin, "payout_per_member_per_period": payout, "retained_entry_payment": entry},
    )
    there = found["size_when_inflow_falls_below_outflow"]
    if there is None:
        assert payout >= entry * r - 1e-9
        return
    assert entry * r * there * (1 - there / size) == pytest.approx(payout * there, abs=1e-6)
    if payout == 0:
        assert found["time"] is None
    else:
        grown = size / (1 + (size / begin - 1) * math.exp(-r * found["time"]))
        assert grown == pytest.approx(there, rel=1e-9)


def test_growth_that_pays_nothing_out_never_needs_to_double() -> None:
    found = evaluate("sat.required_growth", {"payout_per_member_per_period": 0, "retained_entry_payment": 5})
    assert found == {"growth": 0, "doubling_periods": None}
