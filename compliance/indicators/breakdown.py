"""One figure taken apart: by month, by the month of joining, by country and by branch of the tree.

An indicator gives its figure as rows of part and whole with the person and the month that each belongs to, as one
query; that query is read once, whatever number of ways the figure is taken apart. The same reading
gives the interval of a ratio of money, with the participant as the unit: people are put together into at most 1,000
groups, and the groups are drawn again (`statistics.bootstrap_ratio`).
"""

# ruff: noqa: S608 - queries are put together from this room's own constants and from the indicators' queries

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from compliance.facts import MONTH_NUMBER
from compliance.indicators import phrases
from compliance.indicators.places import BY_MONTH, LABELS, REST, Ints, places
from compliance.indicators.registry import INTERVAL_PLACES, point, share
from compliance.measurement import Interval, Series, Unit, decimal_string
from compliance.statistics import UNITS, bootstrap_ratio

if TYPE_CHECKING:
    from compliance.records import Records
    from intake.text import Text

_ROWS = f"""
SELECT coalesce(row, -1)::INTEGER AS row, {MONTH_NUMBER} AS month,
       coalesce(part, 0)::BIGINT AS part, coalesce(whole, 0)::BIGINT AS whole
FROM ({{sql}})
"""
_REWARDS = f"""
SELECT apart, {MONTH_NUMBER}, coalesce(cell, -1), coalesce(unit, -1),
       CAST(sum(CASE WHEN {{part}} THEN amount ELSE 0 END) AS BIGINT), CAST(sum(amount) AS BIGINT)
FROM reward_kinds WHERE {{whole}} GROUP BY ALL
"""

Bools = npt.NDArray[np.bool_]

LARGEST = 2**63
"""Below this, sums fit 64 bits."""
_LOW = 2**32 - 1
"""The lower half of 64 bits."""
MOST_NOBODYS = 10
"""In percent of the whole: where more than this belongs to nobody on the list, there is no interval."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Part and whole of a figure's rows by some number from -1 on, which stands for none: element 0 is that of -1."""

    part: npt.NDArray[Any]
    whole: npt.NDArray[Any]

    @classmethod
    def by(
        cls, number: npt.NDArray[np.integer[Any]], part: npt.NDArray[Any], whole: npt.NDArray[Any], count: int
    ) -> Sums:
        """Rows added up by number; `count` is above the largest."""
        at = number + 1
        return cls(added(at, part, count + 1), added(at, whole, count + 1))

    def named(self, names: Sequence[str]) -> list[tuple[str, int, int]]:
        """Name, part and whole of the numbers that have a whole; who has no number is left out."""
        there = np.flatnonzero(self.whole[1:] > 0)
        return [(names[at], int(self.part[at + 1]), int(self.whole[at + 1])) for at in there.tolist()]

    @property
    def none(self) -> tuple[int, int]:
        """Part and whole of the rows without a number."""
        return int(self.part[0]), int(self.whole[0])


def added(number: npt.NDArray[np.integer[Any]], amounts: npt.NDArray[Any], count: int) -> npt.NDArray[Any]:
    into = np.zeros(count, dtype=amounts.dtype)
    np.add.at(into, number, amounts)
    return into


def wide(amounts: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Amounts as Python's integers where their sums may not fit 64 bits."""
    return amounts if _fits(amounts) else amounts.astype(object)


def _fits(amounts: npt.NDArray[Any]) -> bool:
    """Whether every sum of some of the amounts fits 64 bits."""
    return max(-int(amounts.min(initial=0)), int(amounts.max(initial=0))) * len(amounts) < LARGEST


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
    return breakdown_of(records, **records.arrays(_ROWS.format(sql=sql)), unit=unit, people=people)


def breakdown_of(
    records: Records,
    row: npt.NDArray[np.int32],
    month: npt.NDArray[np.int32],
    part: Ints,
    whole: Ints,
    *,
    unit: Unit = "ratio",
    people: bool = False,
) -> Breakdown:
    """The same of rows that are there already: -1 is nobody on the list and no month; months count from January of the year 1."""
    cell, group = records.once(cell_and_unit)
    months = int(month.max(initial=-1)) + 1
    there = np.zeros(len(cell), dtype=np.bool_)
    if _fits(part) and _fits(whole):
        by_month, by_person = _added_up(row, month, part, whole, months, there)
    else:  # in halves, whose sums cannot be too large
        high = _added_up(row, month, part >> 32, whole >> 32, months, there)
        low = _added_up(row, month, part & _LOW, whole & _LOW, months, there)
        by_month, by_person = (up.astype(object) * (_LOW + 1) + down for up, down in zip(high, low, strict=True))
    persons = np.flatnonzero(there)
    part, whole = by_person[persons].T
    cells, units = cell[persons - 1], group[persons - 1]
    by_cell, by_unit = (
        Sums.by(number, part, whole, count) for number, count in ((cells, int(cell.max()) + 1), (units, UNITS))
    )
    there_units = np.bincount(units + 1, minlength=UNITS + 1) > 0
    return taken_apart(records, Sums(*by_month.T), by_cell, by_unit, there_units, unit, people=people)


def _added_up(
    row: npt.NDArray[np.int32], month: npt.NDArray[np.int32], part: Ints, whole: Ints, months: int, there: Bools
) -> tuple[Ints, Ints]:
    """Part and whole by month and by person, from -1 on; `there` is set for who has a row."""
    from compliance.kernels import add_by_month_and_person

    by_month, by_person = (np.zeros((count, 2), dtype=np.int64) for count in (months + 1, len(there)))
    add_by_month_and_person(row, month, part, whole, by_month, by_person, there)
    return by_month, by_person


def cell_and_unit(records: Records) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Cell and unit of everybody; the last element is that of row -1, who is nobody on the list."""
    where = records.once(places)
    return np.append(where.cell, -1).astype(np.int32), np.append(where.unit, -1).astype(np.int32)


def breakdown_of_rewards(records: Records, part: str, whole: str = "true") -> Breakdown:
    """The share of some rewards by month, cohort, country and branch of whoever was paid, with its interval.

    Args:
        records: what is measured.
        part: which rewards are the part: a condition over `traced`, `side`, `category` and `own` of `reward_kinds`.
        whole: which of them are the whole.
    """
    found: dict[str, list[tuple[int, int, int]]] = {"month": [], "cell": [], "unit": []}
    for by, month, cell, unit, some, all_ in records.all(_REWARDS.format(part=part, whole=whole)):
        number = month if by == "month" else cell if by == "cell" else unit
        found[by].append((int(number), int(some), int(all_)))
    cells = int(records.once(places).cell.max(initial=-1)) + 1
    sizes = {"month": max((each[0] for each in found["month"]), default=-1) + 1, "cell": cells, "unit": UNITS}
    sums = {}
    for by, rows in found.items():
        number, some, all_ = np.array(rows, dtype=np.int64).reshape(-1, 3).T
        sums[by] = Sums.by(number, wide(some), wide(all_), sizes[by])
    there = np.zeros(UNITS + 1, dtype=np.bool_)
    there[[unit + 1 for unit, *_ in found["unit"]]] = True
    return taken_apart(records, sums["month"], sums["cell"], sums["unit"], there, "ratio", people=False)


def taken_apart(
    records: Records, by_month: Sums, by_cell: Sums, by_unit: Sums, there: Bools, unit: Unit, *, people: bool
) -> Breakdown:
    """The breakdown of a figure whose sums by month (`Months`), by cell and by unit of people are known.

    Takes what `breakdown` takes; the sums have one element for nobody and one for each number up to the largest. `there`
    says which units have any rows.
    """
    where = records.once(places)
    divisor = 10**records.scale if unit == "money" else 1
    everything, total = int(by_unit.part.sum()), int(by_unit.whole.sum())
    months = Months(len(by_month.whole) - 1)
    axes: list[tuple[str, Literal["period", "cohort", "country", "branch"], Text, Sums, Sequence[str]]] = [
        ("month", "period", BY_MONTH, by_month, months)
    ]
    for axis, label in LABELS.items():
        code = np.append(-1, where.code_of_cell[axis])
        sums = Sums.by(code, wide(by_cell.part), wide(by_cell.whole), len(where.names[axis]))
        axes.append((axis, axis, label, sums, where.names[axis]))
    made = []
    for name, of, label, sums, names in axes:
        known = sums.named(names)
        rest_part, rest = sums.none
        if name in ("country", "branch"):
            known.sort(key=lambda each: (-each[2], each[0]))
        if name == "branch" and known and rest > 0:
            known.append((REST, rest_part, rest))
        if len(known) > 1 or (known and name in ("month", "cohort")):
            points = tuple(point(x, share(some, all_ * divisor, people=people)) for x, some, all_ in known)
            note = phrases.not_placed(rest, total) if rest > 0 and name != "branch" else None
            of_money = False if people else None
            made.append(
                Series(id=f"by_{name}", label=label, axis=of, unit=unit, of_money=of_money, points=points, note=note)
            )
    interval = _interval(by_unit, there, total) if unit in ("ratio", "number") and not people else None
    return Breakdown(everything, total, tuple(made), interval)


class Months(Sequence[str]):
    """The names of months numbered from January of the year 1 on."""

    def __init__(self, count: int) -> None:
        self._length = count

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, number: Any) -> Any:
        return f"{number // 12 + 1:04d}-{number % 12 + 1:02d}"


def series(records: Records, sql: str, *, unit: Unit = "ratio", people: bool = False) -> tuple[Series, ...]:
    """A figure by month, cohort, country and branch, as far as the rows say: `by_month`, `by_cohort`, `by_country`,
    `by_branch`. Countries and branches stand in order of the whole, the largest first, and only where there are two.

    Takes what `breakdown` takes.
    """
    return breakdown(records, sql, unit=unit, people=people).series


def _interval(units: Sums, there: Bools, total: int) -> Interval | None:
    """The interval with groups of people as the unit; what belongs to nobody on the list is one more."""
    if total <= 0 or 100 * abs(units.none[1]) > MOST_NOBODYS * total:
        return None
    return interval_of(units.part[there].astype(np.int64), units.whole[there].astype(np.int64))


def interval_of(part: npt.NDArray[np.int64], whole: npt.NDArray[np.int64]) -> Interval | None:
    """The interval of a ratio of money from one part and one whole for each participant (or group of them).

    None where nothing varies: that all of ten people have the same says nothing about the next.
    """
    found = bootstrap_ratio(part, whole)
    if found is None or found[0] == found[1]:
        return None
    low, high = (decimal_string(bound, INTERVAL_PLACES) for bound in found)
    return Interval(low=low, high=high, method="bootstrap")
