"""Why an example may differ from its plan: names that do not meet, orders left out, and money that nobody got.

A figure that is not computed at all is usually a name written in two ways, or an order that no component pays on. What
is said here is only what the records show; which of it matters, the writer of the example knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from compensation.computed import Computed
from compensation.plan import Plan
from compensation.quantities import decimal_text

_ABOVE = ("sponsor", "placement", "matrix_parent", "manager")


def hints(example: Mapping[str, Any], plan: Plan, computed: Computed, components: set[str]) -> tuple[str, ...]:
    """One sentence for each thing that can keep figures of these components from being computed."""
    return (
        *_names(example, plan, computed),
        *_people(example, plan),
        *_orders(example, plan, computed),
        *_nobody(plan, computed, components),
    )


def _names(example: Mapping[str, Any], plan: Plan, computed: Computed) -> Iterator[str]:
    names = list(dict.fromkeys(component.recorded_name() for component in plan.components))
    for name in _distinct(one["component"] for one in example["expected"]):
        if name not in names:
            yield (
                f"the plan has no component {name!r} (it has: {', '.join(names)}); give a component this id, or "
                f"recorded: {{component: {name}}}"
            )
    paid_in = set(computed.evaluation.orders["period"]) or set(computed.evaluation.periods)
    for period in _distinct(str(one.get("period") or "1") for one in example["expected"]):
        if period not in paid_in:
            yield f"no order has the period {period!r} (they have: {', '.join(sorted(paid_in))})"


def _people(example: Mapping[str, Any], plan: Plan) -> Iterator[str]:
    people = {one["id"] for one in example["participants"]}
    for name in _distinct(one["participant"] for one in example["expected"]):
        if name not in people:
            yield f"{name!r} is expected to be paid, but is not in participants"
    for field in _ABOVE:
        for one in example["participants"]:
            if one.get(field) is not None and one[field] not in people:
                yield f"the {field} of {one['id']!r}, {one[field]!r}, is not in participants"
    known = set(plan.ranks.order) if plan.ranks is not None else set()
    for one in example["participants"] if known else ():
        rank = one.get("rank")
        for each in rank.values() if isinstance(rank, Mapping) else (rank,):
            if each is not None and str(each) not in known:
                yield f"{one['id']!r} holds the rank {each!r}, which ranks.order does not list"


def _orders(example: Mapping[str, Any], plan: Plan, computed: Computed) -> Iterator[str]:
    people = {one["id"] for one in example["participants"]}
    for one in example.get("orders", []):
        if one["participant"] not in people:
            yield f"order {one['id']!r} is of {one['participant']!r}, who is not in participants"
    if len(computed.left_out):
        yield (
            f"{len(computed.left_out)} orders in another currency than {plan.currency} were left out; say exchange: in "
            "the plan"
        )


def _nobody(plan: Plan, computed: Computed, components: set[str]) -> Iterator[str]:
    for component, awards in zip(plan.components, computed.awards, strict=True):
        if component.recorded_name() not in components:
            continue
        unit = 10 ** computed.scale_of(component.id)
        lost = {reason: amount for reason, amount in awards.balance.breakage.items() if amount}
        if not awards.balance.allotted:
            yield (
                f"{component.id} allots nothing: no order passes its orders and in_force (names are compared letter by "
                "letter), or none states the measure of its base"
            )
        elif lost:
            parts = (f"{decimal_text(Fraction(amount, unit))} {reason}" for reason, amount in lost.items())
            yield f"{component.id} allots what nobody gets: {', '.join(parts)}"


def _distinct(names: Iterable[str]) -> Iterator[str]:
    return iter(dict.fromkeys(names))
