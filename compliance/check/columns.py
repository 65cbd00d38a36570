"""What the columns of a published table mean: rows by role, from headings or from the shape of the lines.

With headings: any of rank, range or from and to, share or number of people, average, median, in any order. Without
headings: one row per bracket with a range or a sum and a share (`$1 - $250, 18%`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from compliance.check.errors import IncomeTableError
from compliance.check.grid import Grid
from compliance.check.ranges import has_percent, tidy

Role = Literal["share", "count", "median", "average", "low", "high", "range", "label"]
Row = Mapping[Role | Literal["line"], str]

_ROLES: tuple[tuple[Role, str], ...] = (
    ("median", r"median|middle|وسيط|الوسيطة|mediana|médiane"),
    (
        "count",
        r"^(?:count|number|no\.?|#|n|people|participants|distributors|members|affiliates|عدد.*)$|number of|count of",
    ),
    ("share", r"%|٪|percent|share|proportion|portion|نسبة|النسبة|porcent|pourcent"),
    ("average", r"average|avg|mean|متوسط|المتوسط|promedio|media|moyenne|média"),
    ("low", r"^(?:from|low|lowest|min|minimum|lower|من|الأدنى|الحد الأدنى|أدنى|desde|de)\b"),
    ("high", r"^(?:to|high|highest|max|maximum|upper|up to|إلى|الى|الأعلى|الحد الأعلى|أعلى|hasta|até|à)\b"),
    ("label", r"rank|title|status|pin|group|الرتبة|رتبة|rango|grade|category|paid as"),
    (
        "range",
        r"range|income|earning|bracket|band|commission|compensation|amount|الدخل|الشريحة|شريحة|ingreso|revenu|renda",
    ),
    ("label", r"level|المستوى|nivel|niveau|name|notes?"),
)
_TOTAL = re.compile(r"^(?:grand )?(?:total|sum|المجموع|الإجمالي)\b", re.IGNORECASE)
_LAST_SHARE = re.compile(r"^(?P<rest>.*?)[\s,،;؛:|\t]*(?P<share>(?:[<≤~≈]\s*)?[0-9٠-٩]+(?:[.,٫][0-9٠-٩]+)?\s*[%٪])\s*$")
_FIRST_SHARE = re.compile(r"^(?P<share>[0-9٠-٩]+(?:[.,٫][0-9٠-٩]+)?\s*[%٪])[\s,،;؛:|\t]+(?P<rest>.+)$")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(slots=True)
class Found:
    """Rows by role, and the words around them."""

    rows: list[Row] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    percent_heading: bool = False


def heading_of(grid: Grid) -> int | None:
    """Which row names the columns; None where none does."""
    return next((index for index, (_, cells) in enumerate(grid.rows) if _is_heading(cells)), None)


def rows_of(name: str, grid: Grid) -> Found:
    """The brackets of a table, cell by cell.

    Raises:
        IncomeTableError: no column has shares, or a row does not fit its headings; names the line.
    """
    heading = heading_of(grid)
    if heading is None:
        lines = [(line, ", ".join(cell for cell in map(tidy, cells) if cell)) for line, cells in grid.rows]
        return bare_rows(name, lines, grid.around)
    names = grid.rows[heading][1]
    roles = _roles(names)
    above = (" ".join(cells) for _, cells in grid.rows[: heading + 1])
    found = Found(words=[*grid.around, *above])
    found.percent_heading = any(
        role == "share" and (has_percent(cell) or "percent" in cell.casefold())
        for role, cell in zip(roles, names, strict=True)
    )
    if not {"share", "count"} & set(roles):
        raise IncomeTableError(
            name,
            "no column with the share or the number of people was found among the headings "
            f"({', '.join(filter(None, names))}); call one share or %",
            line=grid.rows[heading][0],
        )
    for line, cells in grid.rows[heading + 1 :]:
        if len(cells) > len(roles) and any(cells[len(roles) :]):
            reason = f"has {len(cells)} cells under {len(roles)} headings; put amounts with commas in quotes"
            raise IncomeTableError(name, reason, line=line)
        row: dict[Role | Literal["line"], str] = {"line": str(line)}
        for role, cell in zip(roles, cells, strict=False):
            if role is not None and cell and role not in row:
                row[role] = cell
        found.rows.append(row)
    if not found.rows:
        raise IncomeTableError(name, "has headings but no rows", line=grid.rows[heading][0])
    if len(found.rows) > 1:  # a last row that sums up the others is no bracket
        found.rows = [row for row in found.rows if not _TOTAL.match(row.get("label", row.get("range", "")))]
    return found


def known_columns(cells: Sequence[str]) -> int:
    """How many of these headings name a column that is known."""
    return sum(role is not None for role in _roles(cells))


def _is_heading(cells: Sequence[str]) -> bool:
    """Whether a row names columns: two of them known at least, and no digits in any."""
    return known_columns(cells) >= 2 and not any(re.search(r"\d{2,}|[$€£]\s*\d", _YEAR.sub("", cell)) for cell in cells)


def _roles(cells: Sequence[str]) -> list[Role | None]:
    roles: list[Role | None] = []
    for cell in cells:
        text = tidy(cell).casefold()
        role = next((role for role, pattern in _ROLES if re.search(pattern, text)), None) if text else None
        roles.append(None if role in roles else role)
    return roles


def bare_rows(name: str, lines: Sequence[tuple[int, str]], around: Sequence[str] = ()) -> Found:
    """Lines without headings: a range or sum, and a share with its percent sign.

    Raises:
        IncomeTableError: a line is no bracket, or none is.
    """
    found = Found(words=list(around))
    for line, content in lines:
        clean = tidy(content).replace('"', "")
        if not clean or clean.startswith("#"):
            continue
        match = _LAST_SHARE.match(clean) or _FIRST_SHARE.match(clean)
        if match is None or not match["rest"].strip(" ,،;؛|\t"):
            if not found.rows and not re.search(r"\d", _YEAR.sub("", clean)):  # a title
                found.words.append(clean)
                continue
            raise IncomeTableError(
                name,
                "is not a bracket; write a range and a share with a percent sign, such as $1 - $250, 18%",
                line=line,
                value=content.strip(),
            )
        ends = match["rest"].strip(" ,،;؛|\t")
        two = re.match(r"^([^,;|\t]*\d)\s*[,;|\t]\s*(\D{0,4}\d[^,;|\t]*)$", ends)
        grouped = re.search(r"\d,\d{3}(?!\d)", ends)
        if two and not grouped:
            found.rows.append({"line": str(line), "low": two[1], "high": two[2], "share": match["share"]})
        else:
            found.rows.append({"line": str(line), "range": ends, "share": match["share"]})
    if not found.rows:
        raise IncomeTableError(name, "holds no bracket; write one a line, such as $1 - $250, 18%")
    return found
