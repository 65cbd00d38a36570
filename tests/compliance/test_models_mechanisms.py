"""Reward mechanisms on random trees, held against walks up from each node, orders of joining, and trees split by hand."""

from __future__ import annotations

from itertools import pairwise, permutations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from compliance.models import evaluate

trees = st.lists(st.integers(0, 50), min_size=1, max_size=9).map(
    lambda picks: {f"n{at}": "S" if pick % (at + 1) == at else f"n{pick % (at + 1)}" for at, pick in enumerate(picks)}
)
few = trees.filter(lambda parent: len(parent) <= 6)
ratios = st.integers(1, 9).map(lambda tenths: tenths / 10)


def path(parent: dict[str, str], node: str) -> list[str]:
    """The node and everybody above, up to the company."""
    found = []
    while node != "S":
        found.append(node)
        node = parent[node]
    return found


def geometric(parent: dict[str, str], a: float, b: float) -> dict[str, float]:
    rewards = dict.fromkeys(parent, 0.0)
    for node in parent:
        for distance, above in enumerate(path(parent, node)[1:], start=1):
            rewards[above] += b * a**distance
    return rewards


@settings(max_examples=60, deadline=None)
@given(trees, ratios, ratios)
def test_geometric_rewards_and_their_budget(parent: dict[str, str], a: float, b: float) -> None:
    found = evaluate("mech.geometric_rewards", {"parent": parent, "root": "S", "a": a, "b": b})
    assert found == pytest.approx(geometric(parent, a, b))
    if b + 1 <= 1 / a:
        assert sum(found.values()) <= len(parent)


@settings(max_examples=60, deadline=None)
@given(trees, ratios, ratios, st.integers(1, 5))
def test_a_chain_of_identities_against_the_tree_with_the_chain_in_it(
    parent: dict[str, str], a: float, b: float, identities: int
) -> None:
    chain = ["n0", *(f"x{at}" for at in range(1, identities))]
    split = {node: chain[-1] if above == "n0" else above for node, above in parent.items()}
    split |= {lower: upper for upper, lower in pairwise(chain)}
    rewards = geometric(split, a, b)
    inputs = {"parent": parent, "root": "S", "node": "n0", "identities": identities, "a": a, "b": b}
    assert evaluate("mech.geometric_sybil_chain", inputs) == pytest.approx(sum(rewards[each] for each in chain))


@settings(max_examples=40, deadline=None)
@given(few, st.lists(st.integers(0, 90), min_size=6, max_size=6))
def test_credit_is_the_mean_over_every_order_of_joining(parent: dict[str, str], brought: list[int]) -> None:
    value = dict(zip(parent, brought, strict=False))
    orders = list(permutations(parent))
    credit = dict.fromkeys(parent, 0.0)
    for order in orders:
        there: set[str] = set()
        before = 0
        for node in order:
            there.add(node)
            now = sum(value[each] for each in parent if there.issuperset(path(parent, each)))
            credit[node] += (now - before) / len(orders)
            before = now
    inputs = {"parent": parent, "root": "S", "value": value}
    assert evaluate("mech.shapley_referral_credit", inputs) == pytest.approx(credit, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(trees, st.lists(st.integers(0, 20), min_size=1, max_size=4), st.integers(0, 100), st.integers(0, 30))
def test_a_split_of_one_position(parent: dict[str, str], percents: list[int], lower: int, cost: int) -> None:
    rates = [percent / 100 for percent in percents]
    volume = dict.fromkeys(parent, 100)

    def paid(links: dict[str, str], amounts: dict[str, int]) -> dict[str, float]:
        rewards = dict.fromkeys(links, 0.0)
        for node in links:
            for rate, above in zip(rates, path(links, node)[1:], strict=False):
                rewards[above] += rate * amounts[node]
        return rewards

    before = paid(parent, volume)
    links = {node: "twin" if above == "n0" else above for node, above in parent.items()} | {"twin": "n0"}
    after = paid(links, volume | {"n0": 100 - lower, "twin": lower})
    found = evaluate(
        "mech.unilevel_split",
        {
            "parent": parent,
            "root": "S",
            "rates": rates,
            "volume": volume,
            "node": "n0",
            "own_volume_after": [100 - lower, lower],
            "extra_cost": cost,
        },
    )
    both = after["n0"] + after["twin"]
    expected = [before["n0"], both, both - before["n0"] - cost, sum(before.values()), sum(after.values())]
    assert list(found.values()) == pytest.approx(expected)


@given(st.integers(1, 5000), ratios, st.integers(0, 12))
def test_totals_along_a_chain(reward: int, ratio: float, length: int) -> None:
    inputs = {"finder_reward": reward, "ratio": ratio}
    chain = evaluate("mech.darpa_chain_total", inputs | {"chain_length": length})
    assert chain == pytest.approx(sum(reward * ratio**at for at in range(length)))
    assume(length)
    assert evaluate("mech.darpa_finder_total", inputs | {"sybil_ancestors": length - 1}) == chain


def test_a_deep_tree() -> None:
    parent = {"n0": "S"} | {f"n{at}": f"n{at - 1}" for at in range(1, 1500)}
    found = evaluate("mech.geometric_rewards", {"parent": parent, "root": "S", "a": 0.5, "b": 1})
    assert found["n0"] == pytest.approx(1)
    value = dict.fromkeys(parent, 1)
    credit = evaluate("mech.shapley_referral_credit", {"parent": parent, "root": "S", "value": value})
    assert sum(credit.values()) == pytest.approx(1500)


@settings(max_examples=60, deadline=None)
@given(
    a=st.integers(1, 99).map(lambda share: share / 100),
    b=st.integers(1, 20).map(lambda tenths: tenths / 10),
    cost=st.integers(0, 60).map(lambda tenths: tenths / 10),
    below=st.integers(1, 12),
)
def test_a_second_identity_pays_above_its_break_even(a: float, b: float, cost: float, below: int) -> None:
    parent = {"u": "S"} | {f"v{at}": "u" for at in range(below)}
    chain = {"parent": parent, "root": "S", "node": "u", "a": a, "b": b}
    one, two = (evaluate("mech.geometric_sybil_chain", chain | {"identities": k}) for k in (1, 2))
    assume(abs(two - one - cost) > 1e-9)
    assert (two - one > cost) == (one > evaluate("mech.sybil_break_even", {"a": a, "b": b, "cost": cost}))


def test_the_matrices_keep_nothing() -> None:
    operations: list[list[object]] = [["register", f"u{at}", f"u{at // 3}" if at > 2 else "o"] for at in range(1, 60)]
    operations += [["buy", f"u{at}", matrix, 2] for at in range(1, 30) for matrix in ("X3", "X4")]
    found = evaluate("forsage.run", {"owner": "o", "operations": operations})
    assert sum(found["received_eth"].values()) == pytest.approx(sum(found["paid_eth"].values()))
    share = evaluate("forsage.monte_carlo_loss_share", {"users": 300, "repeats": 3})
    assert share == pytest.approx(0.63, abs=0.06)
