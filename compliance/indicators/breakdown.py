"""One figure taken apart: by month, by the month of joining, by country and by branch of the tree.

An indicator gives its figure as rows of part and whole with the person and the month that each belongs to, as one
query; that query is read once, whatever number of ways the figure is taken apart (GROUPING SETS). The same reading
gives the interval of a ratio of money, with the participant as the unit: people are put together into at most 1,000
groups, and the groups are drawn again (`statistics.bootstrap_ratio`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from compliance.facts import UNIT
from compliance.indicators import phrases
from compliance.indicators.places import BY_MONTH, LABELS, REST
from compliance.indicators.registry import INTERVAL_PLACES, point, share
from compliance.measurement import Interval, Series, Unit, decimal_string
from compliance.statistics import UNITS, bootstrap_ratio

if TYPE_CHECKING:
    from compliance.records import Records
    from intake.text import Text

_MASKS = {"month": 0b0111, "cohort": 0b1011, "country": 0b1101, "branch": 0b1110, "unit": 0b1111}
"""What GROUPING() gives for the rows of each grouping: a bit is set where the column is not grouped by."""

_AXES: tuple[tuple[str, Literal["period", "cohort", "country", "branch"], Text], ...] = (
    ("month", "period", BY_MONTH),
    *((axis, axis, label) for axis, label in LABELS.items()),
)

_QUERY = """
WITH sums AS MATERIALIZED ({sums})
SELECT GROUPING(month, cohort, country, branch), month, cohort, country, branch, NULL,
       coalesce(sum(part), 0), coalesce(sum(whole), 0)
FROM sums LEFT JOIN cells USING (cell) WHERE of_units = 1
GROUP BY GROUPING SETS ((month), (cohort), (country), (branch))
UNION ALL
SELECT 15, NULL, NULL, NULL, NULL, unit, coalesce(part, 0), coalesce(whole, 0) FROM sums WHERE of_units = 0
"""
"""The rows are read once; what they add up to by month and cell is taken apart further."""

_OF_ROWS = f"""
SELECT GROUPING(unit) AS of_units, month, cell, unit, sum(part) AS part, sum(whole) AS whole
FROM (SELECT f.month, p.cell, {UNIT.format(row="f.row", units=UNITS)} AS unit, f.part, f.whole
      FROM ({{sql}}) f LEFT JOIN people p ON p.row = f.row)
GROUP BY GROUPING SETS ((month, cell), (unit))
"""  # noqa: S608 - constants; callers' queries are this room's own
_OF_REWARDS = """
SELECT of_units, month, cell, unit, sum(CASE WHEN {part} THEN amount ELSE 0 END) AS part, sum(amount) AS whole
FROM reward_kinds WHERE {whole} GROUP BY ALL
"""

MOST_NOBODYS = 10
"""In percent of the whole: where more than this belongs to nobody on the list, there is no interval."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Part and whole of the rows that have `x` in common; None for rows without one."""

    x: Any
    part: int
    whole: int


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A figure taken apart, and how surely it is known."""

    part: int
    whole: int
    series: tuple[Series, ...]
    interval: Interval | None
    """Of part over whole, with the participant as the unit; None where too few people stand behind it."""


def breakdown(records: Records, sql: str, *, unit: Unit = "ratio", people: bool = False) -> Breakdown:
    """A figure by month, cohort, country and branch, with its interval, in one reading.

    Args:
        records: what is measured.
        sql: a SELECT that gives `row` (of `people`, or NULL), `month` (DATE or NULL), `part` and `whole` (BIGINT).
        unit: of part over whole. For `money` the part is in minor units and a point is the mean in whole units.
        people: whether part and whole count people, so that each point gets Wilson's interval.

    Raises:
        EvidenceError: the query is no such SELECT.
    """
    return _taken_apart(records, _OF_ROWS.format(sql=sql), unit, people=people)


def breakdown_of_rewards(records: Records, part: str, whole: str = "true") -> Breakdown:
    """The share of some rewards by month, cohort, country and branch of whoever was paid, with its interval.

    Args:
        records: what is measured.
        part: which rewards are the part: a condition over `traced`, `side`, `category` and `own` of `reward_kinds`.
        whole: which of them are the whole.
    """
    return _taken_apart(records, _OF_REWARDS.format(part=part, whole=whole), "ratio", people=False)


def _taken_apart(records: Records, sums: str, unit: Unit, *, people: bool) -> Breakdown:
    groups: dict[str, list[Sums]] = {name: [] for name in _MASKS}
    names = {mask: name for name, mask in _MASKS.items()}
    columns = {name: at for at, name in enumerate(_MASKS, start=1)}
    for row in records.all(_QUERY.format(sums=sums)):
        name = names[row[0]]
        groups[name].append(Sums(row[columns[name]], int(row[6]), int(row[7])))
    heads = _heads(records) if any(each.x is not None for each in groups["branch"]) else {}
    divisor = 10**records.scale if unit == "money" else 1
    total = sum(each.whole for each in groups["unit"])
    made = []
    for name, axis, label in _AXES:
        known = _in_order(name, groups[name], heads)
        if len(known) > 1 or (known and name in ("month", "cohort")):
            points = tuple(point(x, share(part, whole * divisor, people=people)) for x, part, whole in known)
            left = 0 if name == "branch" else sum(each.whole for each in groups[name] if each.x is None)
            note = phrases.not_placed(left, total) if left > 0 else None
            of_money = False if people else None
            made.append(
                Series(id=f"by_{name}", label=label, axis=axis, unit=unit, of_money=of_money, points=points, note=note)
            )
    interval = _interval(groups["unit"], total) if unit in ("ratio", "number") and not people else None
    return Breakdown(sum(each.part for each in groups["unit"]), total, tuple(made), interval)


def series(records: Records, sql: str, *, unit: Unit = "ratio", people: bool = False) -> tuple[Series, ...]:
    """A figure by month, cohort, country and branch, as far as the rows say: `by_month`, `by_cohort`, `by_country`,
    `by_branch`. Countries and branches stand in order of the whole, the largest first, and only where there are two.

    Takes what `breakdown` takes.
    """
    return breakdown(records, sql, unit=unit, people=people).series


def _in_order(name: str, groups: list[Sums], heads: dict[int, str]) -> list[tuple[str, int, int]]:
    """The points of one series: text, part, whole; those without a whole left out."""
    there = [each for each in groups if each.whole > 0]
    known = [each for each in there if each.x is not None]
    if name in ("month", "cohort"):
        return sorted((f"{each.x:%Y-%m}", each.part, each.whole) for each in known)
    texts = [(heads[each.x] if name == "branch" else str(each.x), each.part, each.whole) for each in known]
    texts.sort(key=lambda each: (-each[2], each[0]))
    if name == "branch" and texts:
        texts += [(REST, each.part, each.whole) for each in there if each.x is None]
    return texts


def _heads(records: Records) -> dict[int, str]:
    """The id of the participant at the head of each branch."""
    found = records.all("SELECT row, id FROM people WHERE row IN (SELECT DISTINCT branch FROM people)")
    return {int(row): str(id_) for row, id_ in found}


def _interval(units: list[Sums], total: int) -> Interval | None:
    """The interval with groups of people as the unit; what belongs to nobody on the list is one more."""
    if total <= 0 or 100 * sum(abs(each.whole) for each in units if each.x is None) > MOST_NOBODYS * total:
        return None
    ordered = sorted(units, key=lambda each: -1 if each.x is None else int(each.x))
    part, whole = (np.array([getattr(each, of) for each in ordered], dtype=np.int64) for of in ("part", "whole"))
    return interval_of(part, whole)


def interval_of(part: npt.NDArray[np.int64], whole: npt.NDArray[np.int64]) -> Interval | None:
    """The interval of a ratio of money from one part and one whole for each participant (or group of them).

    None where nothing varies: that all of ten people have the same says nothing about the next.
    """
    found = bootstrap_ratio(part, whole)
    if found is None or found[0] == found[1]:
        return None
    low, high = (decimal_string(bound, INTERVAL_PLACES) for bound in found)
    return Interval(low=low, high=high, method="bootstrap")
