"""Reward mechanisms of the literature on false names, as exact formulas: what each pays, and what splitting adds.

Trees are mappings from node to parent, the company being `root` and no key. Quantities are `Fraction`s (whatever
`Fraction` reads exactly); nothing is rounded. None of this is used to compute a plan: it is what the engine's results on
a plan can be held against.

Reference: Emek, Karidi, Tennenholtz, Zohar, EC 2011 (geometric mechanisms); Pickard et al., Science 2011, arXiv
1008.3172 (the DARPA challenge); Rahwan et al., "Towards a fair allocation of rewards in multi-level marketing".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

Parents = Mapping[str, str]


def _up(parent: Parents, root: str, node: str) -> Iterator[str]:
    """The nodes above one, nearest first, without the company."""
    above = parent[node]
    while above != root:
        yield above
        above = parent[above]


def _lowest_first(parent: Parents, root: str) -> list[tuple[str, int]]:
    """Every node with how many levels it stands below the company; those below somebody come before him."""
    depth = {root: 0}
    for node in parent:
        way = []
        while node not in depth:
            way.append(node)
            node = parent[node]
        for back, each in enumerate(reversed(way), start=1):
            depth[each] = depth[node] + back
    return sorted(((node, depth[node]) for node in parent), key=lambda each: -each[1])


def geometric_rewards(parent: Parents, root: str, a: Fraction, b: Fraction) -> dict[str, Fraction]:
    """R(u) = sum over everybody v below u of b x a^distance(u, v); each node bought once, for 1."""
    rewards = {node: Fraction(0) for node in parent}
    for node, _ in _lowest_first(parent, root):
        if parent[node] != root:
            rewards[parent[node]] += a * (b + rewards[node])
    return rewards


def within_budget(a: Fraction, b: Fraction) -> bool:
    """Whether a geometric mechanism can never pay out more than is bought: b + 1 <= 1 / a."""
    return b + 1 <= 1 / a


def geometric_sybil_chain(parent: Parents, root: str, node: str, identities: int, a: Fraction, b: Fraction) -> Fraction:
    """What a node collects as a chain of identities, each of which buys; the lowest keeps the children.

    R(u)(1 - a^k)/(1 - a) + b x sum for i = 1..k-1 of (a + ... + a^i).
    """
    own = geometric_rewards(parent, root, a, b)[node]
    above, from_own = Fraction(0), Fraction(0)
    for i in range(1, identities):
        above += a**i
        from_own += above
    return own * (1 + above) + b * from_own


def darpa_finder_total(finder_reward: Fraction, ratio: Fraction, sybil_ancestors: int) -> Fraction:
    """What a finder collects who stands under so many false ancestors of his own."""
    return finder_reward * sum((ratio**i for i in range(sybil_ancestors + 1)), Fraction(0))


def darpa_chain_total(finder_reward: Fraction, ratio: Fraction, chain_length: int) -> Fraction:
    """What a whole chain of inviters is paid, the finder being its last."""
    return finder_reward * sum((ratio**i for i in range(chain_length)), Fraction(0))


def unilevel_rewards(
    parent: Parents, root: str, rates: Sequence[Fraction], volume: Mapping[str, Fraction]
) -> dict[str, Fraction]:
    """A level commission: rates[d - 1] on the volume of everybody d levels below."""
    rewards = {node: Fraction(0) for node in parent}
    for node in parent:
        for rate, above in zip(rates, _up(parent, root, node), strict=False):
            rewards[above] += rate * volume[node]
    return rewards


@dataclass(frozen=True)
class Split:
    """What a node collects before and after it becomes two."""

    before: Fraction
    after: Fraction
    gain: Fraction
    plan_total_before: Fraction
    plan_total_after: Fraction


def split_in_two(parent: Parents, node: str) -> tuple[dict[str, str], str]:
    """The tree in which a node became two in a line, and the lower one's name; the lower keeps the children."""
    lower = f"{node}'"
    links = {below: (lower if above == node else above) for below, above in parent.items()}
    links[lower] = node
    return links, lower


def unilevel_split(
    parent: Parents,
    root: str,
    rates: Sequence[Fraction],
    volume: Mapping[str, Fraction],
    node: str,
    own_volume_after: tuple[Fraction, Fraction],
    extra_cost: Fraction = Fraction(0),
) -> Split:
    """A level commission when a node splits in two in a line and divides its own volume as [upper, lower]."""
    before = unilevel_rewards(parent, root, rates, volume)
    links, lower = split_in_two(parent, node)
    after = unilevel_rewards(links, root, rates, {**volume, node: own_volume_after[0], lower: own_volume_after[1]})
    both = after[node] + after[lower]
    return Split(
        before[node],
        both,
        both - before[node] - extra_cost,
        sum(before.values(), Fraction(0)),
        sum(after.values(), Fraction(0)),
    )


def shapley_referral_credit(parent: Parents, root: str, value: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """The Shapley value: what each brought is shared equally by himself and everybody above him."""
    credit = {node: Fraction(0) for node in parent}
    for node, path in _lowest_first(parent, root):
        credit[node] += Fraction(value[node]) / path
        if parent[node] != root:
            credit[parent[node]] += credit[node]
    return credit
