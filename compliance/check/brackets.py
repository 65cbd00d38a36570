"""From rows by role to a published income table: amounts and shares read exactly, and what the table says of itself.

Every mistake names its line. A row that does not print its share is taken together with the others like it, as what
is left to the whole; a last row that sums up the others is no bracket.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from pydantic import ValidationError

from compliance.check.amounts import formula
from compliance.check.columns import Found, Row
from compliance.check.errors import IncomeTableError
from compliance.check.income import LOOSE, WHOLE, Bracket, IncomePeriod, IncomeTable, Population
from compliance.check.ranges import Amounts, has_percent, is_blank, read_number, split_range, tidy
from compliance.sentences import fill
from intake.text import Text

MOST_ROWS = 500
HALF_OF_ALL = Fraction(1, 2)

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
_SAYS_EVERYONE = re.compile(
    r"\ball (?:\S+ ){0,2}(?:participants|distributors|members|affiliates|consultants|associates)|جميع المشاركين|كل المشاركين",
    re.I,
)
_SAYS_MONTH = re.compile(r"\b(?:per month|monthly)\b|شهري", re.I)
_SAYS_WEEK = re.compile(r"\b(?:per week|weekly)\b|أسبوعي", re.I)
_SAYS_ANNUALISED = re.compile(r"\bannuali[sz]ed\b|multiplied by 12|\bx ?12\b|× ?12|مضروب\S* في 12", re.I)


@dataclass(frozen=True, slots=True)
class Told:
    """What the reader knows of a table otherwise than from its own words."""

    currency: str
    scale: int
    period: IncomePeriod = "year"
    net: bool | None = None
    population: Population | None = None


def table_of(name: str, found: Found, told: Told) -> IncomeTable:
    """A table from its rows by role.

    Raises:
        IncomeTableError: naming the line and the value.
    """
    words, rows = " \n".join(found.words), found.rows
    if len(rows) > MOST_ROWS:
        raise IncomeTableError(name, f"has {len(rows):,} rows; an income table has at most {MOST_ROWS}")
    notes: list[Text] = []
    cells = [row.get(role, "") for row in rows for role in ("average", "median", "low", "high")]
    cells += [end for row in rows for end in split_range(row.get("range", "")) if end]
    amounts = Amounts(name, [cell for cell in cells if cell], currency=told.currency, scale=told.scale)
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
    if told.period == "year" and (_SAYS_MONTH.search(words) or _SAYS_WEEK.search(words)):
        notes.append(_PERIOD)
    return IncomeTable(
        source=name,
        currency=told.currency,
        scale=told.scale,
        period=told.period,
        brackets=tuple(brackets),
        net=told.net if told.net is not None else _net(words),
        population=told.population or _population(words),
        annualised=_SAYS_ANNUALISED.search(words) is not None,
        notes=tuple(notes),
    )


_PERIOD = Text(
    en="The table speaks of months or weeks, but was read as yearly sums; say otherwise if they are not.",
    ar="يذكر الجدول أشهرًا أو أسابيع، وقُرئ على أنه مبالغ سنوية؛ ويمكن تحديد مدة أخرى إن لم تكن كذلك.",
)
_UNPRINTED = Text(
    en="Rows whose share is not printed: {n}. They were taken together as what is left to {all}.",
    ar="صفوف لم تُذكر نسبتها: {n}. احتُسبت معًا بما تبقى من {all}.",
)


def _net(words: str) -> bool | None:
    if _SAYS_GROSS.search(words):
        return False
    return True if _SAYS_NET.search(words) else None


def _population(words: str) -> Population | None:
    if _SAYS_PAID.search(words):
        return "paid"
    if _SAYS_ACTIVE.search(words):
        return "active"
    return "everyone" if _SAYS_EVERYONE.search(words) else None


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


def _shares(name: str, rows: Sequence[Row], *, percent_heading: bool) -> list[Fraction | None]:
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
        notes.append(fill(_UNPRINTED, n=formula(str(len(unprinted))), all=formula("100%")))
    return brackets
