"""Reward mechanisms and false names: the formulas of `compensation.gaming.mechanisms` as models.

Trees are given as node -> node above; the company is the root and no key. Inputs are checked here, so that no broken
tree reaches the formulas; nothing is computed a second time.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from compensation.gaming import mechanisms
from compliance.models.quantities import Amount, Count, Name, Parents, Positive, Real, Result, Whole
from compliance.models.registry import Refused, model
from intake.text import say

_EMEK = "Emek, Karidi, Tennenholtz, Zohar, EC 2011, doi:10.1145/1993574.1993606"
_DARPA = "Pickard et al., Science 2011, arXiv 1008.3172: MIT's plan, 2,000 / 1,000 / 500 / 250"
_LONGEST = 2000


def _checked(parent: Parents, root: str) -> None:
    """Refuses what is no tree below the root."""
    if root in parent:
        reason = say(
            "is the root and stands above the others: leave it out of the keys",
            "هو الجذر، وموضعه فوق الآخرين: لا يُكتب بين المفاتيح",
        )
        raise Refused("parent", root, reason)
    settled = {root}
    for start in parent:
        node, way = start, dict[str, None]()
        while node not in settled:
            if node in way:
                reason = say("is its own upline: the tree has a cycle", "هو من رعاة نفسه: في الشجرة حلقة مغلقة")
                raise Refused("parent", node, reason)
            if node not in parent:
                reason = say(
                    "stands above others and has nobody above; the root is {root!r}",
                    "فوق غيره وليس فوقه أحد؛ والجذر هو {root}",
                    root=root,
                )
                raise Refused("parent", node, reason)
            way[node] = None
            node = parent[node]
        settled.update(way)


def _ratio(a: Fraction) -> None:
    if a >= 1:
        reason = say(
            "must lie between 0 and 1, without 1", "القيمة المقبولة بين {low} و{high} من دون الطرفين", low=0, high=1
        )
        raise Refused("a", float(a), reason)


def _short(key: str, length: int) -> None:
    if length > _LONGEST:
        reason = say(
            "must be at most {most:,}: totals are computed as exact fractions",
            "الحد الأقصى {most:,}: تُحسب المجاميع كسورًا دقيقة",
            most=_LONGEST,
        )
        raise Refused(key, length, reason)


def _known(key: str, node: str, parent: Parents) -> None:
    if node not in parent:
        raise Refused(key, node, say("is no node of the tree", "ليس من مواضع الشجرة"))


def _each(key: str, amounts: dict[str, Fraction], parent: Parents) -> None:
    for node in parent:
        if node not in amounts:
            reason = say(
                "has no amount: give one for each node, 0 where there is none",
                "بلا مقدار: يُذكر مقدار لكل موضع، و{zero} حيث لا شيء",
                zero=0,
            )
            raise Refused(key, node, reason)
    for node in amounts:
        _known(key, node, parent)


@model(
    "mech.geometric_rewards", source=f"{_EMEK}: (a, b)-geometric mechanism, within budget iff b + 1 <= 1/a", mark="G"
)
def geometric_rewards(parent: Parents, root: Name, a: Positive, b: Positive) -> dict[str, Fraction]:
    """R(u) = sum over everybody v below u of b a^distance(u, v); each node bought once, for 1."""
    _checked(parent, root)
    _ratio(a)
    return mechanisms.geometric_rewards(parent, root, a, b)


@model("mech.geometric_sybil_chain", source=f"Derived from the mechanism of {_EMEK}; brute force agrees")
def geometric_sybil_chain(
    parent: Parents,
    root: Name,
    node: Name,
    identities: Count,
    a: Positive,
    b: Positive,
    every_identity_purchases: Literal[True] = True,  # noqa: ARG001 - stated so that nobody takes it for less
) -> Fraction:
    """R(u)(1 - a^k)/(1 - a) + b sum over i = 1..k-1 of (a + ... + a^i): a node as a chain of k that all buy.

    Args:
        parent: node -> node above.
        root: the company.
        node: who splits; his lowest identity keeps the children.
        identities: k.
        a: what is left of a reward one level higher.
        b: reward of a purchase directly below, before a.
        every_identity_purchases: always; the formula holds for no other case.
    """
    _checked(parent, root)
    _ratio(a)
    _known("node", node, parent)
    _short("identities", identities)
    return mechanisms.geometric_sybil_chain(parent, root, node, identities, a, b)


@model("mech.sybil_break_even", source=f"Derived from the mechanism of {_EMEK}: a (R + b) = cost")
def sybil_break_even(a: Positive, b: Positive, cost: Amount) -> Fraction:
    """R* = (cost - a b) / a: a second identity pays for whoever collects more than this, that is, near the top.

    Args:
        a: what is left of a reward one level higher.
        b: reward of a purchase directly below, before a.
        cost: of the second identity.

    Returns:
        Below 0 where it pays for everybody.
    """
    _ratio(a)
    return (cost - a * b) / a


@model("mech.darpa_finder_total", source=f"{_DARPA}; total under false ancestors derived", mark="V")
def darpa_finder_total(finder_reward: Amount, ratio: Amount, sybil_ancestors: Whole) -> Fraction:
    """Reward (1 + r + ... + r^k): a finder who stands under k false ancestors of his own."""
    _short("sybil_ancestors", sybil_ancestors)
    return mechanisms.darpa_finder_total(finder_reward, ratio, sybil_ancestors)


@model("mech.darpa_chain_total", source=_DARPA, mark="V")
def darpa_chain_total(finder_reward: Amount, ratio: Amount, chain_length: Whole) -> Fraction:
    """Reward (1 + r + ... + r^(d-1)): a whole chain of d inviters; below 4,000 a balloon in MIT's plan."""
    _short("chain_length", chain_length)
    return mechanisms.darpa_chain_total(finder_reward, ratio, chain_length)


@model("mech.unilevel_split", source="Derived: gain = sum of r_(d+1) V_d + r_1 v_s - cost; brute force agrees")
def unilevel_split(
    parent: Parents,
    root: Name,
    rates: list[Amount],
    volume: dict[Name, Amount],
    node: Name,
    own_volume_after: tuple[Amount, Amount],
    extra_cost: Real = Fraction(0),
) -> dict[str, Result]:
    """A level commission before and after a node becomes two in a line; gain = after - before - extra cost.

    Args:
        parent: node -> node above.
        root: the company.
        rates: commission on the volume of the first level below, the second, ...
        volume: own volume of each node.
        node: who splits; the lower of the two keeps the children.
        own_volume_after: of the upper, of the lower.
        extra_cost: fees and required purchases of the added position.

    Returns:
        `before`, `after` (both positions together), `gain`, `plan_total_before`, `plan_total_after`.
    """
    _checked(parent, root)
    _known("node", node, parent)
    _each("volume", volume, parent)
    found = mechanisms.unilevel_split(parent, root, rates, volume, node, own_volume_after, extra_cost)
    return {
        "before": found.before,
        "after": found.after,
        "gain": found.gain,
        "plan_total_before": found.plan_total_before,
        "plan_total_after": found.plan_total_after,
    }


@model(
    "mech.shapley_referral_credit",
    source='Rahwan, Naroditskiy, Michalak et al., "Towards a fair allocation of rewards in multi-level marketing"; derived',
)
def shapley_referral_credit(parent: Parents, root: Name, value: dict[Name, Real]) -> dict[str, Fraction]:
    """phi_i = sum of v_j / |path(j)| over j below i or i himself: what each brought, shared equally along his path."""
    _checked(parent, root)
    _each("value", value, parent)
    return mechanisms.shapley_referral_credit(parent, root, value)
