"""Trees that grow by chance, held against the list of all trees, and large ones against their recurrences."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.models import evaluate, rrt
from tests.compliance import slow_models as slow

N = 6
BLIND = list(slow.every_tree(N, preferential=False))
FOLLOWING = list(slow.every_tree(N, preferential=True))
ENTRANTS = range(1, N + 1)


def mean(trees: list[tuple[slow.Tree, Fraction]], of: object) -> float:
    return float(sum(chance * of(tree) for tree, chance in trees))  # type: ignore[operator]


def test_the_chances_of_all_trees_sum_to_one() -> None:
    assert sum(chance for _, chance in BLIND) == sum(chance for _, chance in FOLLOWING) == 1


@pytest.mark.parametrize("k", ENTRANTS)
def test_blind_recruiting_against_every_tree(k: int) -> None:
    counts = list(range(N + 2))
    given_ = {"n": N, "k": k}
    assert evaluate("rrt.expected_recruits", given_) == pytest.approx(mean(BLIND, lambda t: slow.recruits(t, k)))
    assert evaluate("rrt.expected_recruits_founder0", {"n": N - 1, "k": k - 1}) == pytest.approx(
        mean(BLIND, lambda t: slow.recruits(t, k))
    )
    assert evaluate("rrt.prob_no_recruits", given_) == pytest.approx(mean(BLIND, lambda t: slow.recruits(t, k) == 0))
    assert evaluate("rrt.expected_depth", {"k": k}) == pytest.approx(mean(BLIND, lambda t: slow.depth(t, k)))
    assert evaluate("rrt.expected_subtree_size", given_) == pytest.approx(mean(BLIND, lambda t: slow.subtree(t, k)))
    law = evaluate("rrt.recruits_pmf", given_ | {"j": counts})
    assert law == pytest.approx([mean(BLIND, lambda t, j=j: slow.recruits(t, k) == j) for j in counts])
    sizes = counts[1:]
    law = evaluate("rrt.subtree_size_pmf", given_ | {"size": sizes})
    assert law == pytest.approx([mean(BLIND, lambda t, s=s: slow.subtree(t, k) == s) for s in sizes])


@pytest.mark.parametrize("k", ENTRANTS)
def test_following_recruiting_against_every_tree(k: int) -> None:
    found = evaluate("port.expected_recruits", {"n": N, "k": k})
    assert found == pytest.approx(mean(FOLLOWING, lambda t: slow.recruits(t, k)))
    found = evaluate("port.expected_subtree_size", {"n": N, "k": k})
    assert found == pytest.approx(mean(FOLLOWING, lambda t: slow.subtree(t, k)))


def test_whole_trees_against_every_tree() -> None:
    def leaves(tree: slow.Tree) -> int:
        return sum(slow.recruits(tree, k) == 0 for k in ENTRANTS)

    moments = evaluate("rrt.leaf_moments", {"n": N})
    assert moments["mean"] == mean(BLIND, leaves)
    assert moments["variance"] == pytest.approx(mean(BLIND, lambda t: leaves(t) ** 2) - moments["mean"] ** 2)
    assert evaluate("port.expected_leaves", {"n": N}) == pytest.approx(mean(FOLLOWING, leaves))
    counts = list(range(N + 1))
    assert evaluate("rrt.degree_share", {"n": N, "j": counts}) == pytest.approx(
        [mean(BLIND, lambda t, j=j: sum(slow.recruits(t, k) == j for k in ENTRANTS)) / N for j in counts]
    )
    assert evaluate("rrt.expected_profile", {"n": N, "depth": counts}) == pytest.approx(
        [mean(BLIND, lambda t, d=d: sum(slow.depth(t, k) == d for k in ENTRANTS)) for d in counts]
    )
    assert evaluate("rrt.expected_total_depth", {"n": N}) == pytest.approx(
        mean(BLIND, lambda t: sum(slow.depth(t, k) for k in ENTRANTS))
    )
    for size in range(1, N + 2):
        assert evaluate("rrt.expected_nodes_with_subtree_size", {"n": N, "size": size}) == pytest.approx(
            mean(BLIND, lambda t, s=size: sum(slow.subtree(t, k) == s for k in ENTRANTS))
        )


def test_a_founder_alone() -> None:
    alone = {"n": 1, "k": 1}
    assert evaluate("rrt.expected_recruits", alone) == 0
    assert evaluate("rrt.prob_no_recruits", alone) == 1
    assert evaluate("rrt.recruits_pmf", alone | {"j": [0, 1]}) == [1, 0]
    assert evaluate("rrt.degree_share", {"n": 1, "j": [0, 1]}) == [1, 0]
    assert evaluate("rrt.subtree_size_pmf", alone | {"size": [1, 2]}) == [1, 0]
    assert evaluate("rrt.expected_profile", {"n": 1, "depth": [0, 1]}) == [1, 0]
    assert evaluate("rrt.expected_total_depth", {"n": 1}) == 0
    assert evaluate("rrt.leaf_moments", {"n": 1}) == {"mean": 1, "variance": 0}
    assert evaluate("rrt.leaf_z", {"n": 2, "leaves": 1}) is None
    assert evaluate("rrt.last_rank_expecting", {"n": 1, "recruits": 1}) is None
    assert evaluate("port.expected_leaves", {"n": 1}) == 1
    assert evaluate("port.expected_recruits", alone) == 0


@settings(max_examples=60, deadline=None)
@given(n=st.integers(2, 12_000), data=st.data())
def test_the_law_of_recruits_against_its_recurrence(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(1, n))
    found = evaluate("rrt.recruits_pmf", {"n": n, "k": k, "j": list(range(9))})
    assert found == pytest.approx(slow.recruits_law(n, k, 8), rel=1e-10, abs=1e-15)


@pytest.mark.parametrize("n", [2, 4096, 4097, 9000])
def test_shares_of_degrees_against_their_recurrence(n: int) -> None:
    found = evaluate("rrt.degree_share", {"n": n, "j": list(range(12))})
    assert found == pytest.approx(slow.degree_shares(n, 11), rel=1e-11, abs=1e-16)


@settings(max_examples=60, deadline=None)
@given(n=st.integers(2, 40), data=st.data())
def test_chances_sum_to_one_and_have_the_stated_mean(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(1, n))
    at = list(range(n + 1))
    for law, expected in (
        (evaluate("rrt.recruits_pmf", {"n": n, "k": k, "j": at}), evaluate("rrt.expected_recruits", {"n": n, "k": k})),
        (
            [0, *evaluate("rrt.subtree_size_pmf", {"n": n, "k": k, "size": at[1:]})],
            evaluate("rrt.expected_subtree_size", {"n": n, "k": k}),
        ),
    ):
        assert math.fsum(law) == pytest.approx(1, abs=1e-12)
        assert math.fsum(p * j for j, p in zip(at, law, strict=True)) == pytest.approx(expected, abs=1e-11)
    assert math.fsum(evaluate("rrt.degree_share", {"n": n, "j": at})) == pytest.approx(1, abs=1e-12)
    assert math.fsum(evaluate("rrt.expected_profile", {"n": n, "depth": at})) == pytest.approx(n, abs=1e-10)
    exact = Fraction(math.comb(n - 2, k - 2), math.comb(n - 1, k - 1)) if k > 1 else Fraction(n == 1)
    assert evaluate("rrt.subtree_size_pmf", {"n": n, "k": k, "size": [1]}) == pytest.approx([float(exact)])


@settings(max_examples=60, deadline=None)
@given(n=st.integers(1, 60), recruits=st.fractions(0, 4, max_denominator=20))
def test_the_last_who_expects_so_many(n: int, recruits: Fraction) -> None:
    able = [k for k in range(1, n + 1) if sum((Fraction(1, j) for j in range(k, n)), Fraction(0)) >= recruits]
    assert rrt.last_rank_expecting(n, recruits) == max(able, default=None)


def test_a_million_and_beyond() -> None:
    n, gamma = 10**6, 0.5772156649015329
    harmonic = math.log(n - 1) + gamma + 1 / (2 * (n - 1)) - 1 / (12 * (n - 1) ** 2)
    assert evaluate("rrt.expected_recruits", {"n": n, "k": 1}) == pytest.approx(harmonic, abs=1e-13)
    late = math.fsum(1 / j for j in range(500_000, n))
    assert evaluate("rrt.expected_recruits", {"n": n, "k": 500_000}) == pytest.approx(late, abs=1e-13)
    k = evaluate("rrt.last_rank_expecting", {"n": n, "recruits": 2})
    at = [evaluate("rrt.expected_recruits", {"n": n, "k": each}) for each in (k, k + 1)]
    assert at[0] >= 2 > at[1]
    assert evaluate("rrt.degree_share", {"n": n, "j": [0, 1, 2]}) == pytest.approx([0.5, 0.25, 0.125], abs=1e-5)
    exact = Fraction(math.comb(n - 4, 8), math.comb(n - 1, 9))
    assert evaluate("rrt.subtree_size_pmf", {"n": n, "k": 10, "size": [3]}) == pytest.approx([float(exact)], rel=1e-12)
    product = math.exp(math.fsum(math.log1p(1 / (2 * j - 1)) for j in range(5, n))) - 1
    assert evaluate("port.expected_recruits", {"n": n, "k": 5}) == pytest.approx(product, rel=1e-12)
    assert evaluate("rrt.expected_recruits", {"n": 10**15, "k": 1}) == pytest.approx(
        15 * math.log(10) + gamma, abs=1e-12
    )
    assert sum(evaluate("rrt.recruits_pmf", {"n": 10**15, "k": 2, "j": list(range(150))})) == pytest.approx(
        1, abs=1e-11
    )


def test_degrees_far_from_the_null_have_a_large_chi_square() -> None:
    even = evaluate("rrt.degree_chi2", {"counts_0_1_2_3_4plus": [800, 400, 200, 100, 100]})
    assert even == {"chi2": 0, "dof": 4}
    assert evaluate("rrt.degree_chi2", {"counts_0_1_2_3_4plus": [1600, 0, 0, 0, 0]})["chi2"] == 1600


@pytest.mark.parametrize("j", [0, 1, 7])
def test_limits_of_at_least_are_tails_of_limits_of_exactly(j: int) -> None:
    beyond = list(range(j, 1000))
    for tree, rest in (("rrt", 0.0), ("port", 2 / (1001 * 1002))):
        exactly = evaluate(f"{tree}.degree_share_limit", {"j": beyond})
        assert evaluate(f"{tree}.degree_at_least_limit", {"j": [j]})[0] == pytest.approx(math.fsum(exactly) + rest)
    n = 200
    share = math.fsum(
        evaluate("rrt.expected_nodes_with_subtree_size", {"n": n, "size": size}) for size in range(j + 1, n)
    )
    assert evaluate("rrt.subtree_at_least_limit", {"size": [j + 1]})[0] == pytest.approx(share / n + 1 / n)
