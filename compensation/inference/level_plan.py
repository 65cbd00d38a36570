"""A level fit written as components of a plan: rates or amounts, base, filters, compression and ranks.

What `levels` found is a table of numbers by class of order, rank and level; here it becomes what a person would have
written down, with ranks that are paid alike said once.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from compensation.quantities import minor_text

if TYPE_CHECKING:
    from compensation.inference.evidence import Evidence
    from compensation.inference.levels import LevelFit


def components(found: LevelFit, evidence: Evidence, name: str) -> list[dict[str, Any]]:
    """The proposal as components of a plan; classes of orders that are paid alike become one."""
    scale = evidence.evaluation.scale_of(found.stream.currency)
    groups = _paid_alike(found)
    result = []
    for index, numbers in enumerate(groups):
        cells = {cell: rate.value for cell, rate in found.tables[numbers[0]].items()}
        written = _table(cells, found, evidence, scale)
        component: dict[str, Any] = {"id": name if len(groups) == 1 else f"{name}_{index + 1}", "family": "unilevel"}
        component |= {"recorded": {"component": found.stream.component}, "tree": found.shape.tree}
        if found.stream.currency != evidence.currency:
            component["currency"] = found.stream.currency
        if len(numbers) < len(found.classes):
            component["orders"] = _united([found.classes[number] for number in numbers])
        counting = found.shape.counting
        component["compression"] = counting.compression
        if counting.least is not None:
            decimals = evidence.evaluation.unit_of(counting.measure)
            component["eligibility"] = {"min_personal_volume": minor_text(counting.least, decimals)}
        result.append(component | written)
    return result


def _table(cells: dict[tuple[int, int], Fraction], found: LevelFit, evidence: Evidence, scale: int) -> dict[str, Any]:
    shape = found.shape
    written: dict[str, Any] = {}
    per_unit = Fraction(1)
    if shape.basis == "volume":
        per_unit = Fraction(10 ** evidence.evaluation.unit_of("volume"), 10**scale)
        highest, per_point = max(cells.values()) * per_unit, 1
        while highest > per_point:  # a point is worth more than a unit of money
            per_point *= 10
        per_unit /= per_point
        written["base"] = {"measure": "volume"} | ({"per_point": str(per_point)} if per_point > 1 else {})

    def number(value: Fraction) -> str:
        if shape.basis == "fixed":
            return minor_text(int(value), scale)
        exact = value * per_unit
        return f"{exact.numerator}/{exact.denominator}"

    def row(rank: int) -> list[str]:
        mine = {level: value for (held, level), value in cells.items() if held == rank}
        return [number(mine.get(level, Fraction(0))) for level in range(1, max(mine) + 1)]

    key = "amounts" if shape.basis == "fixed" else "rates"
    if not shape.by_rank:
        return written | {key: row(0)}
    held = sorted({rank for rank, _ in cells})
    return written | {f"{key}_by_rank": {evidence.rank_names[rank - 1]: row(rank) for rank in held if rank}}


def _paid_alike(found: LevelFit) -> list[list[int]]:
    """Classes of orders that have the same table and can be written as one filter."""
    alike: dict[tuple[object, ...], list[int]] = {}
    for number, table in sorted(found.tables.items()):
        key = tuple(sorted((cell, rate.value) for cell, rate in table.items()))
        alike.setdefault(key, []).append(number)
    result: list[list[int]] = []
    for numbers in alike.values():
        if len(numbers) == len(found.classes):
            return [numbers]
        split: dict[tuple[object, ...], list[int]] = {}
        for number in numbers:
            each = found.classes[number]
            same = [other for other in numbers if _without_which(found.classes[other]) == _without_which(each)]
            both = len(same) > 1 or "which" not in each
            others = tuple(key for key in each if key.startswith("except_"))
            split.setdefault(("all" if both else each["which"], others), []).append(number)
        result += split.values()
    return result


def _without_which(one: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in one.items() if key != "which"}


def _united(filters: list[dict[str, Any]]) -> dict[str, Any]:
    """One filter for several classes; which of first and later is kept only where all agree."""
    result: dict[str, Any] = {}
    for each in filters:
        for key, value in each.items():
            if key == "which":
                result[key] = value if result.get(key, value) == value else "all"
            else:
                result[key] = [*result.get(key, []), *(one for one in value if one not in result.get(key, []))]
    return result
