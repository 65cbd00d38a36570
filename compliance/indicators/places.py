"""Where in the company somebody belongs: month of joining, country, branch of the tree, as codes for NumPy.

For statistics that are no sum of parts (a median, a survival curve, a bound) a figure has to be computed again for each
group. The groups come from here; figures that are sums are taken apart by `breakdown`, in one query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from compliance.indicators.registry import Value, point
from compliance.measurement import Series, Unit
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int32]
Members = npt.NDArray[Any]
"""Places of some people in an array of people: whole numbers."""
Axis = Literal["cohort", "country", "branch"]

REST = "-"
"""The point of people who belong to none of the branches that are told apart."""

BY_MONTH = Text(en="By month", ar="بحسب الشهر")
LABELS: dict[Axis, Text] = {
    "cohort": Text(en="By month of joining", ar="بحسب شهر الانضمام"),
    "country": Text(en="By country", ar="بحسب الدولة"),
    "branch": Text(en="By branch of the sponsor tree", ar="بحسب فرع شجرة الرعاية"),
}


@dataclass(frozen=True, slots=True)
class Places:
    """Everybody's place on each axis.

    Attributes:
        names: the texts of the groups, by axis.
        code: index of each one's name by axis, in order of `people.row`; -1 for who has none.
        cell: `people.cell` of everybody.
        code_of_cell: index of each cell's name by axis; -1 for cells that have none.
        unit: `people.unit` of everybody.
    """

    names: dict[Axis, list[str]]
    code: dict[Axis, Rows]
    cell: Ints
    code_of_cell: dict[Axis, Ints]
    unit: Ints

    def groups(self, axis: Axis, rows: Ints) -> Iterator[tuple[str, Members]]:
        """The name of each group and which of `rows` (by place in it) belong to it: months in order, countries and
        branches the largest first, people of no branch last. Nothing for countries and branches unless there are two.
        """
        from genealogy.kernels import by_small_key

        code = self.code[axis][rows] + np.int32(1)
        order = by_small_key(np.arange(len(code), dtype=np.int32), code, len(self.names[axis]) + 1)
        sizes = np.bincount(code, minlength=len(self.names[axis]) + 1)
        ends = np.cumsum(sizes)
        members = [order[end - size : end] for size, end in zip(sizes.tolist(), ends.tolist(), strict=True)]
        known = [(name, each) for name, each in zip(self.names[axis], members[1:], strict=True) if len(each)]
        if axis != "cohort":
            known.sort(key=lambda each: (-len(each[1]), each[0]))
        if axis == "branch" and known and len(members[0]):
            known.append((REST, members[0]))
        return iter(known if len(known) > 1 or axis == "cohort" else [])

    def series(
        self,
        rows: Ints,
        unit: Unit,
        value: Callable[[Members], Value],
        note: Text | None = None,
        *,
        axes: Sequence[Axis] = tuple(LABELS),
    ) -> tuple[Series, ...]:
        """A figure computed again for every cohort, country and branch.

        Args:
            rows: of the people whom the figure is about.
            unit: of the figure.
            value: the figure of those of `rows` whose places in it are given; groups without a value are left out.
            note: said with each series.
            axes: the series that are wanted.
        """
        made = []
        for axis in axes:
            found = [(name, value(members)) for name, members in self.groups(axis, rows)]
            points = tuple(point(name, each) for name, each in found if each.value is not None)
            if points:
                made.append(Series(id=f"by_{axis}", label=LABELS[axis], axis=axis, unit=unit, points=points, note=note))
        return tuple(made)


def places(records: Records) -> Places:
    """The place of everybody in `people`."""
    people = records.arrays("SELECT cell, unit FROM people ORDER BY row")
    cell = people["cell"].astype(np.int64)
    found = records.all(
        "SELECT c.cell, strftime(c.cohort, '%Y-%m'), c.country, h.id FROM cells c"
        " LEFT JOIN people h ON h.row = c.branch ORDER BY c.cell"
    )
    names: dict[Axis, list[str]] = {}
    code_of_cell: dict[Axis, Ints] = {}
    for at, axis in enumerate(LABELS, start=1):
        texts = [row[at] for row in found]
        names[axis] = sorted({str(text) for text in texts if text is not None})
        numbers = {name: number for number, name in enumerate(names[axis])}
        of_cell = np.full(int(cell.max(initial=-1)) + 1, -1, dtype=np.int64)
        of_cell[[row[0] for row in found]] = [_number(text, numbers) for text in texts]
        code_of_cell[axis] = of_cell
    code = {axis: of_cell.astype(np.int32)[cell] for axis, of_cell in code_of_cell.items()}
    return Places(names, code, cell, code_of_cell, people["unit"].astype(np.int64))


def _number(text: str | None, numbers: dict[str, int]) -> int:
    return -1 if text is None else numbers[text]
