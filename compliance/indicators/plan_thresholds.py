"""The volumes that a plan asks of a participant's own purchases: to be active, to be paid, to hold a rank.

Read from the plan itself, wherever in it a least personal volume stands, and given in the unit of the column of
`buyer_periods` that holds it. Sales to customers may count towards the same volumes; the purchases alone are looked at
because nobody is told by a deadline what customers should buy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from intake.frozen import Frozen

if TYPE_CHECKING:
    from compensation import Plan
    from compliance.records import Records

VOLUME_DECIMALS = 3
"""Decimals of volumes and points in the tables of intake."""

_COLUMNS = {"amount": "paid", "volume": "volume", "points": "points"}


@dataclass(frozen=True, slots=True)
class Threshold:
    """A least volume of one's own that the plan names."""

    column: str
    """Of `buyer_periods`: paid, volume or points."""
    least: int
    """In minor units of money or thousandths of a point; met by equality."""
    decimals: int
    places: tuple[str, ...]
    """Where the plan says so."""

    @property
    def shown(self) -> str:
        """In whole units."""
        whole, rest = divmod(self.least, 10**self.decimals)
        digits = f"{rest:0{self.decimals}d}".rstrip("0") if self.decimals else ""
        return f"{whole:,}.{digits}" if digits else f"{whole:,}"


def plan_thresholds(records: Records) -> tuple[Threshold, ...]:
    """Every least personal volume of the plan that the records' orders can be held against, the lowest first.

    Thresholds in money of another currency than the records' are left out.
    """
    plan = records.plan
    if plan is None:
        return ()
    found: dict[tuple[str, int, int], list[str]] = {}
    for place, measure, least in volumes_asked(plan):
        column = _COLUMNS[measure]
        decimals = records.scale if column == "paid" else VOLUME_DECIMALS
        scaled = least * 10**decimals
        units = -(-scaled.numerator // scaled.denominator)
        if units > 0 and (column != "paid" or plan.currency == records.currency):
            found.setdefault((column, units, decimals), []).append(place)
    return tuple(Threshold(*key, tuple(dict.fromkeys(places))) for key, places in sorted(found.items()))


def activity_thresholds(records: Records) -> tuple[Threshold, ...]:
    """Those of them that stand in the plan's activity rule, or in what a component asks of everybody."""
    every = plan_thresholds(records)
    return tuple(each for each in every if any(not place.startswith("ranks") for place in each.places))


def volumes_asked(plan: Plan) -> Iterator[tuple[str, str, Fraction]]:
    """Where the plan asks for a least personal volume: the place, the measure, the volume in whole units."""
    measure = plan.volumes.measure
    yield from _within("activity", plan.activity, measure)
    if plan.ranks is not None:
        for rank, asked in plan.ranks.qualifications.items():
            yield from _within(f"ranks.{rank}", asked, measure)
    for component in plan.components:
        yield from _within(component.id, component, measure)


def _within(place: str, part: Any, measure: str) -> Iterator[tuple[str, str, Fraction]]:
    from compensation.frame import ActiveByVolume, Eligibility
    from compensation.standing.requirements import OwnOrders, Requirements

    if isinstance(part, ActiveByVolume):
        yield place, measure, part.at_least
    elif isinstance(part, OwnOrders):
        yield from _of_order(place, part)
    elif isinstance(part, Requirements):
        for _, key, condition in part.everywhere():
            if key == "personal_volume":
                yield place, condition.measure or measure, condition.at_least
            elif isinstance(condition, OwnOrders):
                yield from _of_order(place, condition)
    elif isinstance(part, Frozen):
        if isinstance(part, Eligibility) and part.min_personal_volume is not None:
            yield place, measure, part.min_personal_volume
        for step in getattr(part, "rates_by_personal_volume", None) or ():
            yield place, measure, step.at_least
        for name in type(part).model_fields:
            yield from _within(place, getattr(part, name), measure)
    elif isinstance(part, list | tuple):
        for each in part:
            yield from _within(place, each, measure)


def _of_order(place: str, condition: Any) -> Iterator[tuple[str, str, Fraction]]:
    if condition.min_amount is not None:
        yield place, "amount", Fraction(condition.min_amount)
    if condition.min_volume is not None:
        yield place, "volume", Fraction(condition.min_volume)
