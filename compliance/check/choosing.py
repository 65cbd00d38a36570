"""Of several tables in one file, the one that reads best as an income table.

A brochure has tables of prices, ranks and dates as well. Every candidate is read as an income table; those that can
be are weighed by whether their shares make a whole, how many brackets they have, and whether the words beside them
speak of income. Where none can be read, the mistake of the likeliest one is what the reader is told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from compliance.check.amounts import formula
from compliance.check.brackets import Told, table_of
from compliance.check.columns import heading_of, rows_of
from compliance.check.errors import IncomeTableError
from compliance.check.grid import Grid
from compliance.check.income import IncomeTable
from compliance.figures import foreign
from compliance.sentences import fill
from intake.text import NOTHING, Text, say

_MONEY = re.compile(r"income|earning|commission|compensation|bonus|paid|دخل|عمول|مكافآت|ingreso|revenu|renda", re.I)
_PEOPLE = re.compile(r"%|٪|percent|share of|participants|distributors|members|affiliates|مشارك|نسبة", re.I)

LIKELY = 2
"""From which weight on a table that cannot be read is worth its own error."""

WHOLE_TABLE = 12
"""What a table over several pages weighs more than each of its parts, where it reads as one."""

_OVER_PAGES = Text(
    en="The table goes on over the pages {first} to {last} and was read as one.",
    ar="يمتد الجدول على الصفحات من {first} إلى {last} وقُرئ جدولًا واحدًا.",
)
_PAGE = Text(en="The table on page {page} was read.", ar="قُرئ الجدول الوارد في الصفحة {page}.")
_SHEET = Text(en="The sheet {sheet} was read.", ar="قُرئت الورقة {sheet}.")
_OTHERS = Text(
    en="Other tables of this file that could be income tables: {n}. Name the page if another one was meant.",
    ar="في الملف جداول أخرى قد تكون بيانات دخل، وعددها {n}. يُرجى تحديد الصفحة إن كان المقصود غيره.",
)


def best(name: str, grids: Sequence[Grid], told: Told, *, pages: int | None = None) -> IncomeTable:
    """The table that reads best.

    Args:
        name: the file's own name.
        grids: every table that was found in it.
        told: currency, and what is known otherwise.
        pages: how many pages were looked at.

    Raises:
        IncomeTableError: none can be read.
    """
    read: list[tuple[int, IncomeTable]] = []
    refused: list[tuple[int, IncomeTableError]] = []
    for grid in grids:
        try:
            table = table_of(name, rows_of(name, grid, told.period), told)
        except IncomeTableError as error:
            refused.append((_likeness(grid), error.on(page=grid.page, sheet=grid.sheet)))
        else:
            placed = {"page": grid.page, "sheet": grid.sheet, "repaired": grid.repaired}
            weight, notes = _likeness(grid) + _soundness(table), table.notes
            if grid.last_page is not None:
                weight += WHOLE_TABLE
                first, last = formula(str(grid.page)), formula(str(grid.last_page))
                notes = (*notes, fill(_OVER_PAGES, first=first, last=last))
            read.append((weight, table.model_copy(update=placed | {"notes": notes})))
    if read:
        return _named([table for _, table in sorted(read, key=lambda pair: -pair[0])])
    where = NOTHING
    if pages is not None:
        where = say(" on its pages (looked at: {pages})", " في صفحاته (ما فُحص منها: {pages})", pages=pages)
    if refused:
        weight, likeliest = max(refused, key=lambda pair: pair[0])
        if weight >= LIKELY:
            raise likeliest
    raise IncomeTableError(
        name,
        say(
            "no table that reads as an income table was found{where}; type or paste the table",
            "لم يُعثر على جدول يُقرأ كجدول دخل{where}. يُرجى كتابة الجدول أو لصقه",
            where=where,
        ),
    )


def _named(tables: list[IncomeTable]) -> IncomeTable:
    """The first, with a note on where it stands and how many others there are."""
    chosen = tables[0]
    notes = list(chosen.notes)
    if chosen.page is not None:
        notes.append(fill(_PAGE, page=formula(str(chosen.page))))
    elif chosen.sheet is not None:
        notes.append(fill(_SHEET, sheet=Text(en=f"“{chosen.sheet}”", ar=foreign(chosen.sheet))))
    # One table can be found twice, by its lines and by its words.
    others = {(one.page, one.sheet) for one in tables} - {(chosen.page, chosen.sheet)}
    if others:
        notes.append(fill(_OTHERS, n=formula(str(len(others)))))
    return chosen.model_copy(update={"notes": tuple(notes)})


def _likeness(grid: Grid) -> int:
    """How much the words of a grid and beside it speak of people and money."""
    heading = heading_of(grid)
    inside = " ".join(cell for _, cells in grid.rows for cell in cells)
    near = " ".join(grid.around)
    score = 2 * (heading is not None) + bool(_PEOPLE.search(inside))
    return score + 2 * bool(_MONEY.search(inside)) + bool(_MONEY.search(near))


def _soundness(table: IncomeTable) -> int:
    """How much a table that could be read looks like one of incomes: shares that make a whole, several brackets."""
    return 6 * table.complete + min(len(table.brackets), 6) // 2
