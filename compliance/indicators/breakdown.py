"""One figure taken apart: by month, by the month of joining, by country and by branch of the tree.

An indicator gives its figure as rows of part and whole with the person and the month that each belongs to, as one
query; that query is read once, whatever number of ways the figure is taken apart. The same reading
gives the interval of a ratio of money, with the participant as the unit: people are put together into at most 1,000
groups, and the groups are drawn again (`statistics.bootstrap_ratio`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from compliance.indicators import phrases
from compliance.indicators.places import BY_MONTH, LABELS, REST, Ints, places
from compliance.indicators.registry import INTERVAL_PLACES, point, share
from compliance.measurement import Interval, Series, Unit, decimal_string
from compliance.statistics import UNITS, bootstrap_ratio

if TYPE_CHECKING:
    from compliance.records import Records
    from intake.text import Text

_ROWS = """
SELECT coalesce(row, -1)::INTEGER AS row, coalesce(datediff('month', DATE '0001-01-01', month), -1)::INTEGER AS month,
       coalesce(part, 0)::BIGINT AS part, coalesce(whole, 0)::BIGINT AS whole
FROM ({sql})
"""
_REWARDS = """
SELECT apart, coalesce(datediff('month', DATE '0001-01-01', month), -1)::INTEGER, coalesce(cell, -1), coalesce(unit, -1),
       CAST(sum(CASE WHEN {part} THEN amount ELSE 0 END) AS BIGINT), CAST(sum(amount) AS BIGINT)
FROM reward_kinds WHERE {whole} GROUP BY ALL
"""

LARGEST = 2**63
"""Below this, sums fit 64 bits."""
MOST_NOBODYS = 10
"""In percent of the whole: where more than this belongs to nobody on the list, there is no interval."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Part and whole of a figure's rows by some number from -1 on, which stands for none: element 0 is that of -1."""

    part: npt.NDArray[Any]
    whole: npt.NDArray[Any]
    rows: Ints
    """How many."""

    @classmethod
    def by(cls, number: Ints, part: npt.NDArray[Any], whole: npt.NDArray[Any], count: int) -> Sums:
        """Rows added up by number; `count` is above the largest."""
        at = number + 1
        return cls(added(at, part, count + 1), added(at, whole, count + 1), np.bincount(at, minlength=count + 1))

    def named(self, names: Sequence[str]) -> list[tuple[str, int, int]]:
        """Name, part and whole of the numbers that have a whole; who has no number is left out."""
        there = np.flatnonzero(self.whole[1:] > 0)
        return [(names[at], int(self.part[at + 1]), int(self.whole[at + 1])) for at in there.tolist()]

    @property
    def none(self) -> tuple[int, int]:
        """Part and whole of the rows without a number."""
        return int(self.part[0]), int(self.whole[0])


def added(number: Ints, amounts: npt.NDArray[Any], count: int) -> npt.NDArray[Any]:
    into = np.zeros(count, dtype=amounts.dtype)
    np.add.at(into, number, amounts)
    return into


def wide(amounts: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Amounts as Python's integers where their sums may not fit 64 bits."""
    if not len(amounts):
        return amounts
    largest = max(abs(int(amounts.min())), abs(int(amounts.max())))
    return amounts.astype(object) if largest * len(amounts) >= LARGEST else amounts


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
    found = records.arrays(_ROWS.format(sql=sql))
    row, month, part, whole = found["row"], found["month"], wide(found["part"]), wide(found["whole"])
    cell, group = records.once(cell_and_unit)
    by_month = Sums.by(month, part, whole, int(month.max(initial=-1)) + 1)
    by_cell = Sums.by(cell[row], part, whole, int(cell.max()) + 1)
    return taken_apart(records, by_month, by_cell, Sums.by(group[row], part, whole, UNITS), unit, people=people)


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
    return taken_apart(records, sums["month"], sums["cell"], sums["unit"], "ratio", people=False)


def taken_apart(
    records: Records, by_month: Sums, by_cell: Sums, by_unit: Sums, unit: Unit, *, people: bool
) -> Breakdown:
    """The breakdown of a figure whose sums by month (`Months`), by cell and by unit of people are known.

    Takes what `breakdown` takes; the sums have one element for nobody and one for each number up to the largest.
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
    interval = _interval(by_unit, total) if unit in ("ratio", "number") and not people else None
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


def _interval(units: Sums, total: int) -> Interval | None:
    """The interval with groups of people as the unit; what belongs to nobody on the list is one more."""
    if total <= 0 or 100 * abs(units.none[1]) > MOST_NOBODYS * total:
        return None
    there = units.rows > 0
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
