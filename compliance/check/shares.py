"""The share of each row of an income table: percents, fractions of one, numbers of people, or cumulative shares.

All cells of a column are read in one style, because a comma may part thousands or decimals. What is printed as
"less than 1%" has no share of its own. Where two readings are possible and the table does not prove one, the table is
refused: a share read wrongly moves every figure of the answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from compliance.check.columns import Found, Row
from compliance.check.errors import IncomeTableError
from compliance.check.income import LOOSE, WHOLE
from compliance.check.ranges import has_percent, is_blank, read_number, unmarked
from intake.text import Text, say

HALF_OF_ALL = Fraction(1, 2)
ROUNDED_UP = Fraction(2, 100)
"""How far the rounding of many shares may carry their sum above the whole."""
_LESS = re.compile(
    r"^(?:[<≤]=?|less than|under|below|up to|(?:أقل|اقل) من|menos de|moins de|weniger als|unter)\s*", re.IGNORECASE
)
_WHOLE_NUMBER = re.compile(r"^[0-9]+$|^[0-9]{1,3}(?:([.,'’ ٬])[0-9]{3})(?:\1[0-9]{3})*$")


@dataclass(frozen=True, slots=True)
class Shares:
    """What the rows say of people."""

    each: tuple[Fraction | None, ...]
    """Of one, row by row; None where none is printed."""
    at_most: tuple[Fraction | None, ...]
    """Of rows without a share: what they cannot exceed, where that is printed (`<1%`)."""
    rounding: Fraction
    """How far the sum may lie above the whole because each share was rounded in print."""
    cumulative: bool = False


def shares_of(name: str, found: Found) -> Shares:
    """The shares of all rows.

    Raises:
        IncomeTableError: naming the line and the value.
    """
    rows = found.rows
    if all("count" in row for row in rows) and not all(
        "share" in row and read_number(unmarked(row["share"])) is not None for row in rows
    ):
        return _counted(name, rows)
    cells = [unmarked(row.get("share", "")) for row in rows]
    bounds = [_LESS.sub("", cell) if _LESS.match(cell) else None for cell in cells]
    printed = [None if bound is not None or is_blank(cell) else cell for cell, bound in zip(cells, bounds, strict=True)]
    values = _values(name, rows, printed)
    known = [value for value in values if value is not None]
    if not known:
        raise IncomeTableError(name, Text(en="no row has a share", ar="لا نسبة في أي صف"))
    if not any(known):
        first = next(index for index, value in enumerate(values) if value is not None)
        reason = Text(
            en="is nobody, and so is every other share; write what share of the people stands in each row, such as 18%",
            ar="لا أحد، وكذلك كل النسب الأخرى. تُكتب نسبة الأشخاص في كل صف، مثل ⁦18%⁩",
        )
        raise IncomeTableError(name, reason, line=int(rows[first]["line"]), value=rows[first].get("share"))
    unit = 100 if _in_percent(name, found, known) else 1
    each = [None if value is None else value / unit for value in values]
    for row, share in zip(rows, each, strict=True):
        if share is not None and share > 1:
            reason = Text(
                en="is a share of more than everybody; a column that counts people is called people",
                ar="نسبة تزيد على الجميع. العمود الذي يعدّ الأشخاص يُسمّى ⁨people⁩",
            )
            raise IncomeTableError(name, reason, line=int(row["line"]), value=row.get("share"))
    if _rises_to_the_whole(each):
        if not found.cumulative_heading:
            reason = Text(
                en="the shares rise to 100% row by row, as cumulative ones do; write the share of each row alone",
                ar="ترتفع النسب صفًا بعد صف إلى ⁦100%⁩ كما في النسب التراكمية. تُكتب نسبة كل صف وحده",
            )
            raise IncomeTableError(name, reason, line=int(rows[-1]["line"]), value=rows[-1].get("share"))
        each = [share - before for share, before in zip(known_in(each), [Fraction(0), *known_in(each)], strict=False)]
    elif found.cumulative_heading:
        reason = Text(
            en="cumulative shares must rise from row to row to 100%; write the share of each row alone",
            ar="يجب أن ترتفع النسب التراكمية من صف إلى صف حتى ⁦100%⁩. تُكتب نسبة كل صف وحده",
        )
        raise IncomeTableError(name, reason, line=int(rows[0]["line"]), value=rows[0].get("share"))
    limits = [
        None if bound is None else _bound(name, row, bound, unit) for row, bound in zip(rows, bounds, strict=True)
    ]
    places = max((len(cell.partition(".")[2].rstrip("% ")) for cell in printed if cell), default=0)
    rounding = min(ROUNDED_UP, len(known) * Fraction(1, 2 * unit * 10**places))
    return Shares(tuple(each), tuple(limits), max(LOOSE, rounding), cumulative=found.cumulative_heading)


def known_in(shares: Sequence[Fraction | None]) -> list[Fraction]:
    """Those that are printed."""
    return [share for share in shares if share is not None]


def _counted(name: str, rows: Sequence[Row]) -> Shares:
    counts = []
    for row in rows:
        cell = unmarked(row["count"])
        digits = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in cell)
        if not _WHOLE_NUMBER.match(digits):
            reason = Text(en="is not a number of people; write it like 1,250", ar="ليس عدد أشخاص. يُكتب مثل ⁨1,250⁩")
            raise IncomeTableError(name, reason, line=int(row["line"]), value=row["count"])
        counts.append(Fraction(int(re.sub("[^0-9]", "", digits))))
    total = sum(counts, Fraction(0))
    if total == 0:
        raise IncomeTableError(
            name,
            Text(en="the numbers of people add up to nothing", ar="مجموع أعداد الأشخاص صفر"),
            line=int(rows[0]["line"]),
        )
    return Shares(tuple(count / total for count in counts), (None,) * len(counts), LOOSE)


def _values(name: str, rows: Sequence[Row], cells: Sequence[str | None]) -> list[Fraction | None]:
    """The numbers as they stand; a comma is a decimal one where it must be for any of them."""
    comma = any(cell and re.search(r"[0-9],[0-9]+", cell) and _number(cell, ".", 100) is None for cell in cells)
    values: list[Fraction | None] = []
    for row, cell in zip(rows, cells, strict=True):
        value = None if cell is None else _number(cell, "," if comma else ".")
        if cell is not None and (value is None or re.search(r"[$€£¥]|\d\s*[%٪]\s*\d", cell)):
            reason = Text(
                en="is not a share or a number of people; write 18% or 0.18",
                ar="ليست نسبة ولا عدد أشخاص. تُكتب ⁦18%⁩ أو ⁦0.18⁩",
            )
            raise IncomeTableError(name, reason, line=int(row["line"]), value=row.get("share"))
        values.append(value)
    return values


def _number(cell: str, decimal: str, most: int | None = None) -> Fraction | None:
    text = cell.replace(".", "").replace(",", ".") if decimal == "," and "," in cell else cell
    value = read_number(text)
    return None if value is None or value < 0 or (most is not None and value > most) else value


def _bound(name: str, row: Row, text: str, unit: int) -> Fraction:
    value = read_number(text)
    if value is None or not 0 < value <= unit:
        reason = Text(en="is not a share; write 18% or 0.18", ar="ليست نسبة. تُكتب ⁦18%⁩ أو ⁦0.18⁩")
        raise IncomeTableError(name, reason, line=int(row["line"]), value=row.get("share"))
    return value / unit


def _in_percent(name: str, found: Found, known: Sequence[Fraction]) -> bool:
    """Whether the numbers are percents and not fractions of one."""
    signed = [has_percent(row.get("share", "")) for row in found.rows]
    if any(signed) or max(known) > 1:
        return True
    if not found.percent_heading:
        return False
    total = sum(known, Fraction(0))
    if abs(total - WHOLE) <= LOOSE:
        return False  # a heading that says % over fractions of one
    if total > HALF_OF_ALL:
        reason = say(
            "the shares add up to {total:g}: percents of a part, or fractions of one? Write each with its %",
            "مجموع النسب {total:g}: أهي نسب مئوية من جزء، أم كسور من واحد؟ تُكتب كل منها مع علامة ⁨%⁩",
            total=float(total),
        )
        raise IncomeTableError(name, reason, line=int(found.rows[0]["line"]), value=found.rows[0].get("share"))
    return True


def _rises_to_the_whole(shares: Sequence[Fraction | None]) -> bool:
    known = known_in(shares)
    if len(known) != len(shares) or len(known) < 3:
        return False
    if abs(sum(known[:-1]) - WHOLE) <= ROUNDED_UP:
        return False  # the last row is a total
    rising = all(before <= after for before, after in pairwise(known))
    return rising and abs(known[-1] - WHOLE) <= LOOSE and sum(known) > WHOLE + ROUNDED_UP
