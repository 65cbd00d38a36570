"""Reads a published income table from CSV or pasted text, in the many shapes in which companies print them.

With headings: any of rank, range or from and to, share or number of people, average, median, in any order. Without
headings: one row per bracket with a range or a sum and a share (`$1 - $250, 18%`). Lines above the headings are
taken as the table's own text and looked at for what it says of itself: before expenses, active only, annualised.
Every mistake names its line.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from compliance.check.errors import IncomeTableError
from compliance.check.income import LOOSE, WHOLE, Bracket, IncomePeriod, IncomeTable, Population
from compliance.check.ranges import Amounts, has_percent, is_blank, read_number, split_range, tidy
from intake.text import Text

MOST_BYTES = 1_000_000
MOST_ROWS = 500

Role = Literal["share", "count", "median", "average", "low", "high", "range", "label"]

_ROLES: tuple[tuple[Role, str], ...] = (
    ("median", r"median|middle|وسيط|الوسيطة|mediana|médiane"),
    (
        "count",
        r"^(?:count|number|no\.?|#|n|people|participants|distributors|members|affiliates|عدد.*)$|number of|count of",
    ),
    ("share", r"%|٪|percent|share|proportion|portion|نسبة|النسبة|porcent|pourcent"),
    ("average", r"average|avg|mean|متوسط|المتوسط|promedio|media|moyenne|média"),
    ("low", r"^(?:from|low|lowest|min|minimum|lower|من|الأدنى|الحد الأدنى|desde|de)\b"),
    ("high", r"^(?:to|high|highest|max|maximum|upper|up to|إلى|الى|الأعلى|الحد الأعلى|hasta|até|à)\b"),
    ("label", r"rank|title|status|pin|group|الرتبة|رتبة|rango|grade|category|paid as"),
    (
        "range",
        r"range|income|earning|bracket|band|commission|compensation|amount|الدخل|الشريحة|شريحة|ingreso|revenu|renda",
    ),
    ("label", r"level|المستوى|nivel|niveau|name|notes?"),
)
_SAYS_GROSS = re.compile(
    r"before (?:any )?expenses|gross|(?:not|n't) (?:include|reflect|deduct)\w* .{0,40}(?:expenses|costs)|قبل خصم|إجمالي",
    re.I,
)
_SAYS_NET = re.compile(
    r"\b(?:net of|after|less) (?:all )?(?:expenses|costs)|\bnet (?:income|earnings|profit)|بعد خصم|صافي", re.I
)
_SAYS_ACTIVE = re.compile(r"\bactive\b|نشط", re.I)
_SAYS_PAID = re.compile(
    r"who (?:were|was) paid|who earned|earned a (?:check|commission)|received (?:a|at least one) (?:check|payment)",
    re.I,
)
_SAYS_MONTH = re.compile(r"\b(?:per month|monthly)\b|شهري", re.I)
_SAYS_WEEK = re.compile(r"\b(?:per week|weekly)\b|أسبوعي", re.I)


def read_income_table(
    path: Path,
    *,
    currency: str,
    scale: int,
    period: IncomePeriod = "year",
    net: bool | None = None,
    population: Population | None = None,
) -> IncomeTable:
    """A table from a file; see `parse_income_table`.

    Raises:
        IncomeTableError: the file is no text, is too large, or holds a mistake; the message names the line.
        OSError: it cannot be opened.
    """
    raw = path.read_bytes()
    if len(raw) > MOST_BYTES:
        raise IncomeTableError(path.name, f"has {len(raw):,} bytes; an income table has at most {MOST_BYTES:,}")
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise IncomeTableError(path.name, "is not UTF-8 text; save the table as CSV (UTF-8)") from error
    if "\x00" in text:
        raise IncomeTableError(path.name, "is not text; save the table as CSV (UTF-8)")
    return parse_income_table(
        text, name=path.name, currency=currency, scale=scale, period=period, net=net, population=population
    )


def parse_income_table(
    text: str,
    *,
    name: str = "income table",
    currency: str,
    scale: int,
    period: IncomePeriod = "year",
    net: bool | None = None,
    population: Population | None = None,
) -> IncomeTable:
    """A table from text.

    Args:
        text: CSV with commas, semicolons, tabs or bars, or lines as pasted.
        name: what errors call it.
        currency: of its amounts; another sign beside an amount is a mistake.
        scale: decimals of that currency.
        period: for which time its amounts are.
        net: whether expenses are deducted, if known otherwise than from its own words.
        population: whom it counts, if known otherwise than from its own words.

    Raises:
        IncomeTableError: naming the line and the value.
    """
    found = _rows(name, text)
    words = " \n".join(found.words)
    rows = found.rows
    if len(rows) > MOST_ROWS:
        raise IncomeTableError(name, f"has {len(rows):,} rows; an income table has at most {MOST_ROWS}")
    notes: list[Text] = []
    cells = [row.get(role, "") for row in rows for role in ("average", "median", "low", "high")]
    cells += [end for row in rows for end in split_range(row.get("range", "")) if end]
    amounts = Amounts(name, [cell for cell in cells if cell], currency=currency, scale=scale)
    drafts = [_draft(name, row, amounts) for row in rows]
    shares = _shares(name, rows, percent_heading=found.percent_heading)
    brackets = _brackets(name, drafts, shares, notes)
    total = sum((bracket.share for bracket in brackets), Fraction(0))
    if total > WHOLE + LOOSE:
        raise IncomeTableError(
            name,
            f"the shares add up to {float(total):.2%}, more than everybody; rows that overlap, such as a total, "
            "must be left out",
        )
    if net is None:
        net = False if _SAYS_GROSS.search(words) else True if _SAYS_NET.search(words) else None
    if population is None:
        population = "paid" if _SAYS_PAID.search(words) else "active" if _SAYS_ACTIVE.search(words) else None
    if period == "year" and (_SAYS_MONTH.search(words) or _SAYS_WEEK.search(words)):
        notes.append(
            Text(
                en="The table speaks of months or weeks, but was read as yearly sums; say --income-period otherwise.",
                ar="يذكر الجدول أشهرًا أو أسابيع، وقُرئ على أنه مبالغ سنوية؛ ويمكن تحديد المدة بالخيار \u2066--income-period\u2069.",
            )
        )
    return IncomeTable(
        source=name,
        currency=currency,
        scale=scale,
        period=period,
        brackets=tuple(brackets),
        net=net,
        population=population,
        notes=tuple(notes),
    )


Row = Mapping[Role | Literal["line"], str]


@dataclass(slots=True)
class _Found:
    """Rows by role, and the words around them."""

    rows: list[Row] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    percent_heading: bool = False


def _rows(name: str, text: str) -> _Found:
    delimiter = _delimiter(text)
    try:
        table = [
            (line, [tidy(cell) for cell in cells])
            for line, cells in _records(text, delimiter)
            if any(tidy(cell) for cell in cells) and not tidy(cells[0]).startswith("#")
        ]
    except csv.Error as error:
        raise IncomeTableError(name, f"is not a table: {error}") from error
    comments = [line.strip("# ") for line in text.splitlines() if line.lstrip().startswith("#")]
    if not table:
        raise IncomeTableError(name, "is empty; it takes one line a bracket, such as $1 - $250, 18%")
    heading = next((index for index, (_, cells) in enumerate(table) if _is_heading(cells)), None)
    if heading is None:
        return _pasted(name, text, comments)
    roles = _roles(table[heading][1])
    found = _Found(words=[*comments, *(" ".join(cells) for _, cells in table[: heading + 1])])
    found.percent_heading = any(
        role == "share" and (has_percent(cell) or "percent" in cell.casefold())
        for role, cell in zip(roles, table[heading][1], strict=True)
    )
    if not {"share", "count"} & set(roles):
        line = table[heading][0]
        raise IncomeTableError(
            name,
            "no column with the share or the number of people was found among the headings "
            f"({', '.join(table[heading][1])}); call one share or %",
            line=line,
        )
    for line, cells in table[heading + 1 :]:
        if len(cells) > len(roles) and any(cells[len(roles) :]):
            raise IncomeTableError(
                name,
                f"has {len(cells)} cells under {len(roles)} headings; put amounts with commas in quotes",
                line=line,
            )
        row: dict[Role | Literal["line"], str] = {"line": str(line)}
        for role, cell in zip(roles, cells, strict=False):
            if role is not None and cell and role not in row:
                row[role] = cell
        found.rows.append(row)
    if not found.rows:
        raise IncomeTableError(name, "has headings but no rows", line=table[heading][0])
    if len(found.rows) > 1:  # a last row that sums up the others is no bracket
        found.rows = [row for row in found.rows if not _TOTAL.match(row.get("label", row.get("range", "")))]
    return found


_TOTAL = re.compile(r"^(?:grand )?(?:total|sum|المجموع|الإجمالي)\b", re.IGNORECASE)


def _records(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    rows, line = [], 1
    for cells in reader:
        rows.append((line, cells))
        line = reader.line_num + 1
    return rows


def _delimiter(text: str) -> str:
    sample = [line for line in text.splitlines() if line.strip() and not line.startswith("#")][:50]
    counts = {sign: min((line.count(sign) for line in sample), default=0) for sign in "\t;|"}
    best = max(counts, key=lambda sign: counts[sign])
    return best if counts[best] else ","


def _is_heading(cells: list[str]) -> bool:
    """Whether a row names columns: two of them known at least, and no digits in any."""
    roles = _roles(cells)
    return sum(role is not None for role in roles) >= 2 and not any(
        re.search(r"\d{2,}|[$€£]\s*\d", cell) for cell in cells
    )


def _roles(cells: list[str]) -> list[Role | None]:
    roles: list[Role | None] = []
    for cell in cells:
        text = tidy(cell).casefold()
        role = next((role for role, pattern in _ROLES if re.search(pattern, text)), None) if text else None
        roles.append(None if role in roles else role)
    return roles


_LAST_SHARE = re.compile(r"^(?P<rest>.*?)[\s,;:|\t]*(?P<share>(?:[<≤~≈]\s*)?[0-9٠-٩]+(?:[.,٫][0-9٠-٩]+)?\s*[%٪])\s*$")
_FIRST_SHARE = re.compile(r"^(?P<share>[0-9٠-٩]+(?:[.,٫][0-9٠-٩]+)?\s*[%٪])[\s,;:|\t]+(?P<rest>.+)$")

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def _pasted(name: str, text: str, comments: list[str]) -> _Found:
    """Lines without headings: a range or sum, and a share with its percent sign."""
    found = _Found(words=comments)
    for line, content in enumerate(text.splitlines(), start=1):
        clean = tidy(content).replace('"', "")
        if not clean or clean.startswith("#"):
            continue
        match = _LAST_SHARE.match(clean) or _FIRST_SHARE.match(clean)
        if match is None or not match["rest"].strip(" ,;|\t"):
            if not found.rows and not re.search(r"\d", _YEAR.sub("", clean)):  # a title
                found.words.append(clean)
                continue
            raise IncomeTableError(
                name,
                "is not a bracket; write a range and a share with a percent sign, such as $1 - $250, 18%",
                line=line,
                value=content.strip(),
            )
        ends = match["rest"].strip(" ,;|\t")
        two = re.match(r"^([^,;|\t]*\d)\s*[,;|\t]\s*(\D{0,4}\d[^,;|\t]*)$", ends)
        grouped = re.search(r"\d,\d{3}(?!\d)", ends)
        if two and not grouped:
            found.rows.append({"line": str(line), "low": two[1], "high": two[2], "share": match["share"]})
        else:
            found.rows.append({"line": str(line), "range": ends, "share": match["share"]})
    if not found.rows:
        raise IncomeTableError(name, "holds no bracket; write one a line, such as $1 - $250, 18%")
    return found


@dataclass(frozen=True, slots=True)
class _Draft:
    """A bracket before its share is known."""

    line: int
    label: str | None
    low: int | None
    high: int | None
    average: int | None
    median: int | None


def _draft(name: str, row: Row, amounts: Amounts) -> _Draft:
    line = int(row["line"])
    low, high = row.get("low"), row.get("high")
    if low is None and high is None and "range" in row and not is_blank(row["range"]):
        low, high = split_range(row["range"])
        if low == high and not re.search(r"\d|[٠-٩]", low or "0"):
            raise IncomeTableError(name, "holds no amount", line=line, value=row["range"])
    elif high is not None and (tidy(high).casefold() in ("+", "above", "and above", "up", "∞") or is_blank(high)):
        high = None
    elif low is not None and high is None and low.rstrip().endswith("+"):
        low = low.rstrip("+ ")
    draft = _Draft(
        line,
        row.get("label") or row.get("range"),
        amounts.read(low, line),
        amounts.read(high, line),
        amounts.read(row.get("average"), line),
        amounts.read(row.get("median"), line),
    )
    if draft.low is None and draft.high is None and draft.average is None and draft.median is None:
        raise IncomeTableError(name, "the bracket has no amount: no range, average or median", line=line)
    return draft


def _shares(name: str, rows: list[Row], *, percent_heading: bool) -> list[Fraction | None]:
    """Each row's share of the people covered; None where none is printed."""
    if all("count" in row for row in rows) and not all(
        "share" in row and read_number(row["share"]) is not None for row in rows
    ):
        counts = [_number(name, row["count"], int(row["line"])) for row in rows]
        total = sum(counts, Fraction(0))
        if total == 0:
            raise IncomeTableError(name, "the numbers of people add up to nothing")
        return [count / total for count in counts]
    values: list[Fraction | None] = []
    for row in rows:
        cell = row.get("share", "")
        unprinted = is_blank(cell) or re.match(r"^[<≤]", cell)
        values.append(None if unprinted else _number(name, cell, int(row["line"])))
    known = [value for value in values if value is not None]
    if not known:
        raise IncomeTableError(name, "no row has a share")
    percent = percent_heading or any(has_percent(row.get("share", "")) for row in rows) or max(known) > 1
    if (
        percent
        and not any(has_percent(row.get("share", "")) for row in rows)
        and sum(known) <= WHOLE + LOOSE
        and max(known) <= 1
        and sum(known) > HALF_OF_ALL
    ):
        percent = False  # a heading that says % over fractions of one
    return [None if value is None else value / 100 if percent else value for value in values]


HALF_OF_ALL = Fraction(1, 2)


def _number(name: str, cell: str, line: int) -> Fraction:
    value = read_number(cell)
    if value is None or value < 0:
        raise IncomeTableError(name, "is not a share or a number of people; write 18% or 0.18", line=line, value=cell)
    return value


def _brackets(name: str, drafts: list[_Draft], shares: list[Fraction | None], notes: list[Text]) -> list[Bracket]:
    brackets = []
    for draft, share in zip(drafts, shares, strict=True):
        if share is None:
            continue
        if share > 1:
            raise IncomeTableError(
                name, "is a share of more than everybody", line=draft.line, value=f"{float(share):.0%}"
            )
        low = draft.low if draft.low is not None or draft.high is None else 0
        try:
            brackets.append(
                Bracket(
                    label=draft.label,
                    share=share,
                    low=low,
                    high=draft.high,
                    average=draft.average,
                    median=draft.median,
                    line=draft.line,
                )
            )
        except ValidationError as error:
            said = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
            raise IncomeTableError(name, f"{said}; check the amounts of this row", line=draft.line) from error
    unprinted = [draft for draft, share in zip(drafts, shares, strict=True) if share is None]
    rest = 1 - sum((bracket.share for bracket in brackets), Fraction(0))
    if unprinted and rest > 0:
        highs = [draft.high for draft in unprinted]
        brackets.append(
            Bracket(
                label=", ".join(draft.label for draft in unprinted if draft.label) or None,
                share=rest,
                low=min(draft.low or 0 for draft in unprinted),
                high=None if None in highs else max(high for high in highs if high is not None),
                line=unprinted[0].line,
            )
        )
    if unprinted:
        notes.append(
            Text(
                en=f"Rows whose share is not printed: {len(unprinted)}. They were taken together as what is left to 100%.",
                ar=f"صفوف لم تُذكر نسبتها: {len(unprinted)}. احتُسبت معًا بما تبقى من \u2066100%\u2069.",
            )
        )
    return brackets
