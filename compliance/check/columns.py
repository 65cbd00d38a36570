"""What the columns of a published table mean: rows by role, from headings or from the shape of the lines.

With headings: any of rank, range or from and to, share or number of people, average, median, in any order. Without
headings: one row per bracket with a range or a sum and a share (`$1 - $250, 18%`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from compliance.check.errors import IncomeTableError
from compliance.check.grid import Grid
from compliance.check.income import IncomePeriod
from compliance.check.ranges import has_percent, is_nothing, tidy, unmarked
from intake.text import Text, say

Role = Literal["share", "cumulative", "count", "median", "average", "low", "high", "range", "label"]
Row = Mapping[Role | Literal["line"], str]
AMOUNTS: frozenset[Role] = frozenset({"median", "average", "low", "high", "range"})

_ROLES: tuple[tuple[Role, str], ...] = (
    ("cumulative", r"cumulative|running total|تراكمي|acumulad|cumulé|kumul"),
    ("median", r"median|middle|وسيط|الوسيطة|mediana|médiane"),
    (
        "count",
        r"^(?:count|number|no\.?|#|n|people|participants|distributors|members|affiliates|consultants|associates|عدد.*|anzahl.*|numero|número)$|number of|count of|^# of|^no\.? of",
    ),
    ("share", r"%|٪|percent|share|proportion|portion|نسبة|النسبة|porcent|percentual|pourcent|prozent|anteil|quota"),
    ("average", r"average|avg|mean|متوسط|المتوسط|promedio|media|moyenne|média|durchschnitt|mittelwert"),
    ("low", r"^(?:from|low|lowest|min|minimum|lower|من|الأدنى|الحد الأدنى|أدنى|desde|de|von|da|mínimo|minimo)\b"),
    (
        "high",
        r"^(?:to|high|highest|max|maximum|upper|up to|إلى|الى|الأعلى|الحد الأعلى|أعلى|hasta|até|à|bis|máximo|massimo)\b",
    ),
    ("label", r"rank|title|status|pin|group|الرتبة|رتبة|rango|\brang\b|grade|category|paid as"),
    (
        "range",
        r"range|income|earning|bracket|band|commission|compensation|amount|الدخل|الشريحة|شريحة|ingreso|revenu|renda|einkommen|verdienst|reddito|guadagno",
    ),
    ("label", r"level|المستوى|nivel|niveau|name|notes?"),
)
_TOTAL = re.compile(
    r"^(?:grand |sub)?(?:totals?|sum|overall|combined|المجموع|الإجمالي|إجمالي|insgesamt|gesamt|totale)\b"
    r"|^(?:all|جميع|كل)(?: (?:ranks|levels|\S*participants|members|distributors|المشاركين|الرتب))?$|^الكل$",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(r"^\s*(?:[*†‡§¹²³⁴⁵]|\[?[0-9]\]?[.)]?\s|(?:note|notes|source|ملاحظة|المصدر)\b)", re.IGNORECASE)
_RULE = re.compile(r"^[\s:=|+-]*$")
_LAST_SHARE = re.compile(r"^(?P<rest>.*?)[\s,،;؛:|\t]*(?P<share>(?:[<≤~≈]\s*)?[0-9٠-٩]+(?:[.,٫][0-9٠-٩]+)?\s*[%٪])\s*$")
_FIRST_SHARE = re.compile(r"^(?P<share>[0-9٠-٩]+(?:[.,٫][0-9٠-٩]+)?\s*[%٪])[\s,،;؛:|\t]+(?P<rest>.+)$")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_PERIODS: tuple[tuple[IncomePeriod, str], ...] = (
    ("week", r"\bweek|أسبوع|semana|semaine|woche"),
    ("month", r"\bmonth(?!s)|شهر|mensual|mensuel|mensal|\bmes\b|\bmois\b|monat"),
    ("year", r"annual|\byear|سنوي|السنة|anual|annuel|jahr|annuo"),
)


def said_period(heading: str) -> IncomePeriod | None:
    """For which time the sums of a column are, if its heading says so and is not in two minds."""
    said = {period for period, pattern in _PERIODS if re.search(pattern, heading, re.IGNORECASE)}
    return said.pop() if len(said) == 1 else None


_THREE = re.compile(r"^\D{0,3}([0-9.]+)\D{0,3},\D{0,3}([0-9.]+)\D{0,3},\s*([0-9.]+\s*%)$")
"""From, to and share of a bracket, parted by commas alone: so are all lines, or a comma may be part of a number."""


@dataclass(slots=True)
class Found:
    """Rows by role, and the words around them."""

    rows: list[Row] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    """Those that speak of what was read: around the table, and the headings of its columns that were taken."""
    percent_heading: bool = False
    cumulative_heading: bool = False
    amount_headings: list[str] = field(default_factory=list)
    """Of the columns with sums: a currency and a time may stand there."""
    unread: list[str] = field(default_factory=list)
    """Headings of columns that say the same as one that was taken: another year's shares, another time's sums."""


def heading_of(grid: Grid) -> int | None:
    """Which row names the columns; None where none does."""
    return next((index for index, (_, cells) in enumerate(grid.rows) if _is_heading(cells)), None)


def rows_of(name: str, grid: Grid, period: IncomePeriod | None = None) -> Found:
    """The brackets of a table, cell by cell.

    Args:
        name: what errors call the table.
        grid: its cells.
        period: for which time sums are wanted where it has several columns of them; the year's if None.

    Raises:
        IncomeTableError: no column has shares, or a row does not fit its headings; names the line.
    """
    grid = _heading_in_one_row(grid)
    heading = heading_of(grid)
    if heading is None:
        lines = [(line, ", ".join(cell for cell in map(tidy, cells) if cell)) for line, cells in grid.rows]
        return bare_rows(name, lines, grid.around)
    line, names = grid.rows[heading]
    body = [(at, cells) for at, cells in grid.rows[heading + 1 :] if not all(_RULE.match(cell) for cell in cells)]
    roles = _taken(names, [cells for _, cells in body], period)
    above = (" ".join(cells) for _, cells in grid.rows[:heading])
    taken = [cell for role, cell in zip(roles, names, strict=True) if role is not None]
    found = Found(words=[*grid.around, *above, *taken])
    for role, cell in zip(roles, names, strict=True):
        if role == "share":
            found.percent_heading = has_percent(cell) or "percent" in cell.casefold()
        elif role in AMOUNTS:
            found.amount_headings.append(cell)
    found.unread = [
        cell
        for role, cell, kind in zip(roles, names, roles_of(names, each=True), strict=True)
        if role is None and kind not in (None, "label")
    ]
    if "share" not in roles and "cumulative" in roles:
        found.cumulative_heading = True
        roles = ["share" if role == "cumulative" else role for role in roles]
    if not {"share", "count"} & set(roles):
        raise IncomeTableError(
            name,
            say(
                "no column with the share or the number of people was found among the headings "
                "({filter}); call one share or %",
                "لا عمود بين العناوين فيه نسبة الأشخاص أو عددهم ({filter}). يُسمّى أحدها ⁨share⁩ أو ⁨%⁩",
                filter=", ".join(filter(None, names)),
            ),
            line=line,
        )
    for at, cells in body:
        row: dict[Role | Literal["line"], str] = {"line": str(at)}
        for role, cell in zip(roles, cells, strict=False):
            if role is not None and cell and role not in row:
                row[role] = cell
        if _is_footnote(cells, row):
            found.words.append(" ".join(filter(None, cells)))
            continue
        if len(cells) > len(roles) and any(cells[len(roles) :]):
            reason = say(
                "has {count} cells under {count2} headings; put amounts with commas in quotes",
                "عدد خاناته {count} تحت عناوين عددها {count2}. تُحاط المبالغ التي فيها فواصل بعلامتي اقتباس",
                count=len(cells),
                count2=len(roles),
            )
            raise IncomeTableError(name, reason, line=at)
        found.rows.append(row)
    if not found.rows:
        raise IncomeTableError(name, Text(en="has headings but no rows", ar="فيه عناوين بلا صفوف"), line=line)
    if len(found.rows) > 1:  # a row that sums up the others is no bracket
        found.rows = [row for row in found.rows if not _sums_up(row)]
    return found


def _is_footnote(cells: Sequence[str], row: Row) -> bool:
    """Whether a row is a remark below the table: one without a share that begins like a note, or a sentence."""
    filled = [cell for cell in cells if cell]
    if {"share", "count"} & {role for role, cell in row.items() if re.match(r"[<≤~≈]?\s*[0-9٠-٩۰-۹]", cell)}:
        return False
    alone = len(filled) == 1 and len(filled[0].split()) > 4
    return _FOOTNOTE.match(filled[0]) is not None or alone


def _sums_up(row: Row) -> bool:
    """Whether the first words of a row call it a total."""
    return any(_TOTAL.match(unmarked(row.get(role, ""))) for role in ("label", "range", "low"))


def _heading_in_one_row(grid: Grid) -> Grid:
    """The grid, with headings that were written in two rows joined into one."""
    first = heading_of(grid)
    if first is None or len(grid.rows) < first + 3:
        return grid
    (line, top), (_, below), (_, body) = grid.rows[first : first + 3]
    if any(re.search(r"\d", cell) for cell in below) or any(map(is_nothing, below)) or not any(below):
        return grid
    if all(_RULE.match(cell) for cell in below) or not any(re.search(r"\d", cell) for cell in body):
        return grid
    width = max(len(top), len(below))
    padded = [(*cells, *([""] * (width - len(cells)))) for cells in (top, below)]
    joined = tuple(" ".join(filter(None, pair)) for pair in zip(*padded, strict=True))
    return replace(grid, rows=(*grid.rows[:first], (line, joined), *grid.rows[first + 2 :]))


def known_columns(cells: Sequence[str]) -> int:
    """How many of these headings name a column that is known."""
    return sum(role is not None for role in roles_of(cells, each=True))


def _is_heading(cells: Sequence[str]) -> bool:
    """Whether a row names columns: two of them known at least, and no digits in any."""
    return known_columns(cells) >= 2 and not any(re.search(r"\d{2,}|[$€£]\s*\d", _YEAR.sub("", cell)) for cell in cells)


def roles_of(cells: Sequence[str], *, each: bool = False) -> list[Role | None]:
    """What headings mean; of two with one meaning the first has it, unless each is wanted."""
    roles: list[Role | None] = []
    for cell in cells:
        text = unmarked(cell).casefold()
        role = next((role for role, pattern in _ROLES if re.search(pattern, text)), None) if text else None
        roles.append(None if role in roles and not each else role)
    return roles


def _taken(names: Sequence[str], body: Sequence[Sequence[str]], period: IncomePeriod | None) -> list[Role | None]:
    """The columns to read: those of one time, and no name of a bracket taken for its sums."""
    kinds = roles_of(names, each=True)
    told = [said_period(cell) if kind in AMOUNTS else None for kind, cell in zip(kinds, names, strict=True)]
    times = set(filter(None, told))
    wanted = period if period in times else "year" if "year" in times else None
    if wanted is not None and len(times) > 1:
        kinds = [None if time not in (None, wanted) else kind for kind, time in zip(kinds, told, strict=True)]
    for at, kind in enumerate(kinds):  # a column called bracket that holds names, beside one of sums
        cells = [row[at] for row in body if at < len(row) and row[at]]
        if kind == "range" and "range" in kinds[at + 1 :] and not any(re.search(r"\d", cell) for cell in cells):
            kinds[at] = "label"
    return [None if kind in kinds[:at] else kind for at, kind in enumerate(kinds)]


def bare_rows(name: str, lines: Sequence[tuple[int, str]], around: Sequence[str] = ()) -> Found:
    """Lines without headings: a range or sum, and a share with its percent sign.

    Raises:
        IncomeTableError: a line is no bracket, or none is.
    """
    found = Found(words=list(around))
    in_three = [_THREE.match(tidy(content)) for _, content in lines if tidy(content)]
    ends_apart = bool(in_three) and all(in_three)
    for line, content in lines:
        clean = tidy(content).replace('"', "")
        if not clean or clean.startswith("#"):
            continue
        if ends_apart and (three := _THREE.match(clean)):
            found.rows.append({"line": str(line), "low": three[1], "high": three[2], "share": three[3]})
            continue
        match = _LAST_SHARE.match(clean) or _FIRST_SHARE.match(clean)
        if match is None or not match["rest"].strip(" ,،;؛|\t"):
            if not found.rows and not re.search(r"\d", _YEAR.sub("", clean)):  # a title
                found.words.append(clean)
                continue
            raise IncomeTableError(
                name,
                Text(
                    en="is not a bracket; write a range and a share with a percent sign, such as $1 - $250, 18%",
                    ar="ليس شريحة دخل. يُكتب المدى ثم النسبة مع علامتها، مثل ⁨$1 - $250, 18%⁩",
                ),
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
        raise IncomeTableError(
            name,
            Text(
                en="holds no bracket; write one a line, such as $1 - $250, 18%",
                ar="لا شريحة دخل فيه. تُكتب كل شريحة في سطر، مثل ⁨$1 - $250, 18%⁩",
            ),
        )
    return found
