"""Which row holds the headings: usually the first, but totals may stand above it, or there may be none.

The decision looks at shapes. A row of headings has the table's usual number of cells and does not look like
the rows beneath it: no numbers, no dates, and no cell that differs from most of its column in its digits only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_LOOK_AT = 25
_NUMBER = re.compile(
    r"^[\W_]*(?:[A-Za-z]{1,4}[.\s]\s*)?[(+-]?[\d٠-٩۰-۹][\d٠-٩۰-۹.,٫٬'\s\u00a0\u202f:/T+-]*[)%]?(?:\s+[A-Za-z]{1,4}|\s*[^\w\s])?[\W_]*$"
)
_DIGIT_RUN = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class HeadingRow:
    """Where the headings are.

    Attributes:
        index: 0-based place among the rows looked at, or None: the table has none.
        width: Number of cells of a usual row.
    """

    index: int | None
    width: int


def find_heading_row(rows: Sequence[Sequence[str]]) -> HeadingRow:
    """Find the row of headings among a table's first rows."""
    if not rows:
        return HeadingRow(None, 0)
    width = usual_width(rows)
    for index, row in enumerate(rows[:_LOOK_AT]):
        others = [r for place, r in enumerate(rows) if place != index and len(r) == width]
        if len(row) == width and _is_heading(row, others):
            return HeadingRow(index, width)
    if len(rows) > 1 and _is_heading(rows[0], [r for r in rows[1:] if len(r) == width]) and len(rows[0]) > 1:
        return HeadingRow(0, len(rows[0]))
    if len(rows) == 1 and _is_heading(rows[0], []):
        return HeadingRow(0, len(rows[0]))
    return HeadingRow(None, width)


def usual_width(rows: Sequence[Sequence[str]]) -> int:
    """The number of cells that most rows have; the larger of equals."""
    counts = Counter(len(row) for row in rows)
    return max(counts, key=lambda cells: (counts[cells], cells))


def _is_heading(row: Sequence[str], others: Sequence[Sequence[str]]) -> bool:
    cells = [cell.strip("\ufeff \u00a0\t") for cell in row]
    filled = [cell for cell in cells if cell]
    if not filled or len(filled) * 3 < len(cells) * 2 - 2:
        return False
    if any(_is_value(cell) for cell in filled):
        return False
    if any(len(cell) > 200 for cell in filled):
        return False
    for position, cell in enumerate(cells):
        column = [r[position].strip() for r in others[:200] if position < len(r) and r[position].strip()]
        if not cell or not column:
            continue
        shape = _shape(cell)
        alike = sum(1 for other in column if _shape(other) == shape)
        if any(letter.isdigit() for letter in cell) and alike * 2 >= len(column):
            return False
        if len(column) >= 5 and column.count(cell) * 5 >= len(column):
            return False  # a value that recurs beneath itself
        if len(cell) == 42 and cell.startswith("0x"):
            return False
    return True


def _is_value(cell: str) -> bool:
    return any(letter.isdigit() for letter in cell) and _NUMBER.match(cell) is not None


def _shape(cell: str) -> str:
    if len(cell) >= 24 and " " not in cell:
        return f"long {len(cell)}"
    return _DIGIT_RUN.sub("9", cell.casefold())
