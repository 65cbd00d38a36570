"""Trees, fits, heaps, digits and inequality, held against recursion, NetworkX, fractions and plain counting."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.special import zeta

from compliance.errors import ModelInputError
from compliance.models import evaluate
from tests.compliance import slow_models as slow

trees = st.lists(st.integers(0, 100), max_size=14).map(
    lambda picks: {"0": None} | {str(at): str(pick % at) for at, pick in enumerate(picks, start=1)}
)


@settings(max_examples=80, deadline=None)
@given(trees, st.randoms(use_true_random=False))
def test_the_shape_of_a_tree_against_recursion(parent: dict[str, str | None], chance: Any) -> None:
    nodes = list(parent.items())
    chance.shuffle(nodes)
    found = evaluate("tree.summary", {"parent": dict(nodes)})
    assert found == slow.Shape(parent).summary()


@settings(max_examples=60, deadline=None)
@given(trees)
def test_one_node_of_a_tree_against_networkx(parent: dict[str, str | None]) -> None:
    graph = nx.Graph((node, above) for node, above in parent.items() if above is not None)
    graph.add_nodes_from(parent)
    between = nx.betweenness_centrality(graph, normalized=False)
    assert evaluate("tree.betweenness", {"parent": parent}) == pytest.approx(between)
    shape = slow.Shape(parent)
    orphans = {node: (shape.size(node) - 1) / len(parent) for node in parent}
    assert evaluate("tree.disconnected_if_removed", {"parent": parent}) == pytest.approx(orphans)


def test_a_deep_tree_needs_no_recursion() -> None:
    parent = {"0": None} | {str(at): str(at - 1) for at in range(1, 30_000)}
    found = evaluate("tree.summary", {"parent": parent})
    assert (found["max_depth"], found["strahler"], found["unary_nodes"]) == (29_999, 1, 29_999)


def test_binary_balance_of_a_single_node() -> None:
    assert evaluate("tree.summary", {"parent": {"a": None}})["colless"] == 0


# Fits


@settings(max_examples=40, deadline=None)
@given(
    counts=st.dictionaries(st.integers(1, 60), st.integers(1, 90), min_size=2, max_size=8),
    xmin=st.integers(1, 5),
)
def test_the_discrete_exponent_has_the_largest_likelihood(counts: dict[int, int], xmin: int) -> None:
    tail = {value: count for value, count in counts.items() if value >= xmin}
    assume(len(tail) > 1)
    n, logs = sum(tail.values()), sum(count * math.log(value) for value, count in tail.items())
    found = evaluate("fit.powerlaw_discrete", {"counts": {str(v): c for v, c in counts.items()}, "xmin": xmin})
    assume(found < 60)

    def likelihood(alpha: float) -> float:
        return -n * math.log(zeta(alpha, xmin)) - alpha * logs

    near = (found - 1) * 1e-3
    assert likelihood(found) >= max(likelihood(found - near), likelihood(found + near))


def test_drawn_exponents_are_found_again() -> None:
    chance = np.random.default_rng(5)
    drawn = chance.zipf(2.4, 60_000)
    counts = {str(value): count for value, count in Counter(drawn.tolist()).items()}
    assert evaluate("fit.powerlaw_discrete", {"counts": counts, "xmin": 1}) == pytest.approx(2.4, abs=0.02)
    drawn_too = (3 * (1 - chance.random(40_000)) ** (-1 / 1.5)).tolist()
    found = evaluate("fit.powerlaw_continuous", {"values": drawn_too, "xmin": 3})
    assert found["alpha"] == pytest.approx(2.5, abs=4 * found["std_error"])


@settings(max_examples=40, deadline=None)
@given(
    counts=st.lists(st.integers(0, 500), min_size=12, max_size=20),
    degree=st.integers(0, 5),
    window=st.tuples(st.integers(0, 7), st.integers(0, 4)).map(lambda pair: (pair[0], pair[0] + pair[1])),
)
def test_the_counterfactual_against_exact_least_squares(
    counts: list[int], degree: int, window: tuple[int, int]
) -> None:
    centers = list(range(len(counts)))
    outside = [at for at in centers if not window[0] <= at <= window[1]]
    curve = slow.least_squares(outside, [counts[at] for at in outside], degree)

    def fitted(at: int) -> Fraction:
        return sum((c * at**power for power, c in enumerate(curve)), Fraction(0))

    excess = sum((counts[at] - fitted(at) for at in range(window[0], window[1] + 1)), Fraction(0))
    found = evaluate(
        "bunch.polynomial",
        {"bin_centers": centers, "counts": counts, "threshold": window[1], "window": list(window), "degree": degree},
    )
    assert found["excess_mass"] == pytest.approx(float(excess), rel=1e-8, abs=1e-6)
    assert found["counterfactual_at_threshold"] == pytest.approx(float(fitted(window[1])), rel=1e-8, abs=1e-6)


def test_empty_bins_and_periods_have_no_ratio() -> None:
    assert evaluate("density.two_bin_test", {"count_just_below": 0, "count_at_or_just_above": 9}) == {
        "log_ratio": None,
        "std_error": None,
        "z": 3.0,
    }
    nothing = evaluate("density.two_bin_test", {"count_just_below": 0, "count_at_or_just_above": 0})
    assert nothing == {"log_ratio": None, "std_error": None, "z": None}
    month = {"orders_in_window": 0, "orders_total": 0, "window_days": 3, "period_days": 30}
    assert evaluate("spike.period_end", month) == {"ratio": None, "z": None}
    whole = {"orders_in_window": 9, "orders_total": 9, "window_days": 30, "period_days": 30}
    assert evaluate("spike.period_end", whole) == {"ratio": 1, "z": None}


people = st.lists(st.tuples(*[st.integers(0, 9999)] * 3), min_size=1, max_size=8)


@given(people)
def test_gaps_in_cents_are_exact(rows: list[tuple[int, int, int]]) -> None:
    bought, sold, used = ([cents / 100 for cents in column] for column in zip(*rows, strict=True))
    found = evaluate(
        "inventory.gap",
        {"purchases": bought, "verified_sales_at_cost": sold, "self_consumption_allowance": used},
    )
    gaps = [max(0, b - s - u) for b, s, u in rows]
    assert found["gap"] == [gap / 100 for gap in gaps]
    total = sum(b for b, _, _ in rows)
    assert found["gap_share"] == (pytest.approx(sum(gaps) / total) if total else None)


# Inequality


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=12), st.sampled_from([1, 100, 10**13]))
def test_inequality_does_not_depend_on_the_unit(values: list[int], unit: int) -> None:
    found = evaluate("ineq.summary", {"values": [value / unit for value in values], "top_shares": [0, 0.3, 1]})
    n, total = len(values), sum(values)
    assert found["zero_share"] == pytest.approx(values.count(0) / n)
    if not total:
        assert found["gini"] is found["theil"] is found["herfindahl"] is None
        assert found["top_share"] == [None, None, None]
        return
    gaps = sum(abs(a - b) for a in values for b in values)
    assert found["gini"] == pytest.approx(gaps / (2 * n * total))
    assert found["gini_unbiased"] == (pytest.approx(gaps / (2 * (n - 1) * total)) if n > 1 else None)
    assert found["herfindahl"] == pytest.approx(sum((value / total) ** 2 for value in values))
    ratios = [value * n / total for value in values if value]
    assert found["theil"] == pytest.approx(sum(ratio * math.log(ratio) for ratio in ratios) / n, abs=1e-12)
    assert (found["top_share"][0], found["top_share"][2]) == (0, 1)


def test_values_with_many_digits_are_still_compared() -> None:
    values = [0.1234567890123456 * at for at in range(1, 2001)]
    found = evaluate("ineq.summary", {"values": values, "top_shares": [0.5]})
    assert found["gini"] == pytest.approx((2000 - 1) / (3 * 2000), abs=1e-12)


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=10))
def test_losses_and_gains(cents: list[int]) -> None:
    found = evaluate("ineq.gini_rsv", {"values": [value / 100 for value in cents]})
    assert found["net_sum"] == sum(cents) / 100
    assert found["share_negative"] == pytest.approx(sum(value < 0 for value in cents) / len(cents))
    gaps, absolute = sum(abs(a - b) for a in cents for b in cents), sum(map(abs, cents))
    defined = len(cents) > 1 and absolute
    assert found["gini_rsv"] == (pytest.approx(gaps / (2 * (len(cents) - 1) * absolute)) if defined else None)


# Chance and digits


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 60), st.integers(0, 400))
def test_the_tail_of_a_poisson_law(events: int, tenths: int) -> None:
    mean = tenths / 10
    terms = [math.exp(-mean + k * math.log(mean) - math.lgamma(k + 1)) if mean else float(k == 0) for k in range(400)]
    found = evaluate("stat.poisson_burst_tail", {"events": events, "expected": mean})
    assert found == pytest.approx(math.fsum(terms[events:]), rel=1e-9)


def test_a_burst_that_is_far_below_what_is_expected_is_certain() -> None:
    assert evaluate("stat.poisson_burst_tail", {"events": 10, "expected": 5000}) == 1
    assert evaluate("stat.poisson_burst_tail", {"events": 0, "expected": 5000}) == 1
    assert evaluate("stat.poisson_burst_tail", {"events": 5000, "expected": 5000}) == pytest.approx(0.5, abs=0.01)


def fibonacci(count: int) -> list[int]:
    one, other, found = 1, 1, []
    for _ in range(count):
        found.append(one)
        one, other = other, one + other
    return found


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("integers 1..999", range(1, 1000)),
        ("Integers 87 to 4321", range(87, 4322)),
        ("first 1500 Fibonacci numbers 1,1,2,3,...", fibonacci(1500)),
        ("first 700 powers of 7", [7**at for at in range(1, 701)]),
        ("first 700 powers of 3: 1, 3, 9, ...", [3**at for at in range(700)]),
        (
            "first 900 primes",
            [at for at in range(2, 7000) if all(at % by for by in range(2, math.isqrt(at) + 1))][:900],
        ),
        ("first 400 factorials", [math.factorial(at) for at in range(1, 401)]),
        ("first 2000 squares", [at * at for at in range(1, 2001)]),
        ("the first 9 Fibonacci numbers (1, 2, 3, ...)", fibonacci(10)[1:]),
        ("first 5 Fibonacci numbers F4..F8", fibonacci(8)[3:]),
        ("first 400 powers of 5 (5^0..5^399)", [5**at for at in range(400)]),
        ("powers of 5: 5^3..5^40", [5**at for at in range(3, 41)]),
        ("7**n for n = 2..300", [7**at for at in range(2, 301)]),
        ("n^3 for n = 5..900", [at**3 for at in range(5, 901)]),
        ("4^2..90^2", [at**2 for at in range(4, 91)]),
        ("squares of the integers 4..90", [at**2 for at in range(4, 91)]),
        ("n! for n=3..60", [math.factorial(at) for at in range(3, 61)]),
        ("3!..60!", [math.factorial(at) for at in range(3, 61)]),
        ("first 300 triangular numbers 1, 3, 6, ..", [at * (at + 1) // 2 for at in range(1, 301)]),
        ("first 4 Lucas numbers", [2, 1, 3, 4]),
        ("primes below 11", [2, 3, 5, 7]),
        ("prime numbers up to 11", [2, 3, 5, 7, 11]),
    ],
)
def test_sequences_in_words_are_counted_as_their_numbers(words: str, numbers: Any) -> None:
    counts = Counter(str(number)[0] for number in numbers)
    found = evaluate("benford.first_digit", {"sequence": words})
    assert found["counts"] == [counts[str(digit)] for digit in range(1, 10)]
    listed = evaluate("benford.first_digit", {"sequence": [int(str(number)[:15]) for number in numbers]})
    assert listed == found


@pytest.mark.parametrize(
    "words",
    [
        "first 9 Fibonacci numbers 1, 2, 4",
        "first 9 powers of 2 (2^0..2^9)",
        "first 9 powers of 2 (3^0..3^8)",
        "first 9 powers of 2, beginning with 2^5",
        "first 0 primes",
        "first 2000000 squares",
        "2^1..3^9",
        "9!..3!",
        "primes below 2",
    ],
)
def test_words_that_tell_another_sequence_are_refused(words: str) -> None:
    with pytest.raises(ModelInputError, match="give the numbers themselves"):
        evaluate("benford.first_digit", {"sequence": words})


def test_first_digits_of_amounts() -> None:
    found = evaluate("benford.first_digit", {"sequence": [0, 0.00321, -45.9, 9e12, 1.0]})
    assert found["counts"] == [1, 0, 1, 1, 0, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("mad", "digits", "name"),
    [
        (0, "first", "close"),
        (0.006, "first", "acceptable"),
        (0.0149, "first", "marginal"),
        (0.015, "first", "nonconformity"),
        (0.0019, "first_two", "marginal"),
    ],
)
def test_classes_of_deviation(mad: float, digits: str, name: str) -> None:
    assert evaluate("benford.mad_class", {"mad": mad, "digits": digits}) == name
