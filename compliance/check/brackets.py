"""From rows by role to a published income table: amounts and shares read exactly, and what the table says of itself.

Every mistake names its line. A row that does not print its share is taken together with the others like it, as what
is left to the whole; a last row that sums up the others is no bracket.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from pydantic import ValidationError

from compliance.check.amounts import formula
from compliance.check.columns import Found, Row, said_period
from compliance.check.errors import IncomeTableError
from compliance.check.income import WHOLE, Bracket, IncomePeriod, IncomeTable, Population
from compliance.check.ranges import Amounts, is_blank, is_nothing, split_range, tidy, unmarked
from compliance.check.shares import Shares, known_in, shares_of
from compliance.figures import foreign
from compliance.sentences import fill
from intake.mistakes import mistake_of
from intake.text import Text, say

MOST_ROWS = 500

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
    period: IncomePeriod | None = None
    """None: what the headings of its sums say, else a year."""
    net: bool | None = None
    population: Population | None = None


def table_of(name: str, found: Found, told: Told) -> IncomeTable:
    """A table from its rows by role.

    Raises:
        IncomeTableError: naming the line and the value.
    """
    words = " \n".join(found.words)
    if len(found.rows) > MOST_ROWS:
        raise IncomeTableError(
            name,
            say(
                "has {count:,} rows; an income table has at most {most_rows}",
                "عدد صفوفه {count:,}، وفي جدول الدخل {most_rows} صفًا على الأكثر",
                count=len(found.rows),
                most_rows=MOST_ROWS,
            ),
        )
    notes: list[Text] = []
    shares = shares_of(name, found)
    if (left_out := _sum_of_others(shares)) is not None:
        notes.append(fill(_SUM_LEFT_OUT, line=formula(found.rows[left_out]["line"])))
        found.rows = [row for index, row in enumerate(found.rows) if index != left_out]
        shares = shares_of(name, found)
    rows = found.rows
    cells = [unmarked(row.get(role, "")) for row in rows for role in ("average", "median", "low", "high")]
    cells += [end for row in rows for end in split_range(unmarked(row.get("range", ""))) if end]
    amounts = Amounts(name, [cell for cell in cells if cell], currency=told.currency, scale=told.scale)
    amounts.check_headings(found.amount_headings, int(rows[0]["line"]))
    brackets = _brackets(name, [_draft(name, row, amounts) for row in rows], shares, notes)
    total = sum((bracket.share for bracket in brackets), Fraction(0))
    if total > WHOLE + shares.rounding:
        raise IncomeTableError(
            name,
            say(
                "the shares add up to {total:.2%}, more than everybody; rows that overlap, such as a "
                "total, must be left out",
                "مجموع النسب {total:.2%}، أي أكثر من الجميع. تُترك الصفوف المتداخلة مثل صف المجموع",
                total=float(total),
            ),
            line=int(rows[-1]["line"]),
        )
    period = told.period or _period(found, notes)
    if period == "year" and (_SAYS_MONTH.search(words) or _SAYS_WEEK.search(words)):
        notes.append(_PERIOD)
    if shares.cumulative:
        notes.append(_CUMULATIVE)
    if found.unread:
        names = ", ".join(found.unread)
        notes.append(fill(_UNREAD, names=Text(en=names, ar=foreign(names))))
    return IncomeTable(
        source=name,
        currency=told.currency,
        scale=told.scale,
        period=period,
        rounding=shares.rounding,
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
_READ_AS: dict[IncomePeriod, Text] = {
    "month": Text(
        en="The headings speak of months, so the sums were taken for those of a month.",
        ar="تذكر العناوين الشهر، فاحتُسبت المبالغ على أنها شهرية.",
    ),
    "week": Text(
        en="The headings speak of weeks, so the sums were taken for those of a week.",
        ar="تذكر العناوين الأسبوع، فاحتُسبت المبالغ على أنها أسبوعية.",
    ),
}
_CUMULATIVE = Text(
    en="The shares are cumulative; each row's own share is the difference from the row before.",
    ar="النسب تراكمية، ونسبة كل صف هي الفرق بينه وبين الصف الذي قبله.",
)
_UNREAD = Text(
    en="Columns that say the same of others or of another time were not read: {names}.",
    ar="أعمدة تكرر المعنى لآخرين أو لمدة أخرى ولم تُقرأ: {names}.",
)
_SUM_LEFT_OUT = Text(
    en="The row of line {line} sums up the others and was left out.",
    ar="صف السطر {line} هو مجموع الصفوف الأخرى ولم يُحتسب.",
)
_TOO_FEW = Text(
    en="Rows whose share is not printed ({n}) cannot make up what is left to {all}; they were left out.",
    ar="صفوف لم تُذكر نسبتها ({n}) ولا يمكن أن تبلغ ما تبقى من {all}، فلم تُحتسب.",
)
_UNPRINTED = Text(
    en="Rows whose share is not printed: {n}. They were taken together as what is left to {all}.",
    ar="صفوف لم تُذكر نسبتها: {n}. احتُسبت معًا بما تبقى من {all}.",
)


def _period(found: Found, notes: list[Text]) -> IncomePeriod:
    """For which time the sums are, by the headings of their columns; a year where they do not say."""
    said = set(map(said_period, found.amount_headings)) - {None}
    only = said.pop() if len(said) == 1 else None
    if only in _READ_AS:
        notes.append(_READ_AS[only])
    return only or "year"


def _sum_of_others(shares: Shares) -> int | None:
    """Which row has the share of all the others together, as a total without a name has."""
    whole = [
        index for index, share in enumerate(shares.each) if share is not None and abs(share - 1) <= shares.rounding
    ]
    rest = sum(known_in(shares.each), Fraction(0)) - 1
    return whole[0] if len(whole) == 1 and len(shares.each) > 2 and abs(rest - 1) <= shares.rounding else None


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
    low, high = (None if (cell := row.get(role)) is None else unmarked(cell) for role in ("low", "high"))
    if low is None and high is None and "range" in row and not is_blank(row["range"]):
        low, high = split_range(unmarked(row["range"]))
        if low == high and not re.search(r"\d", low or "0"):
            raise IncomeTableError(name, Text(en="holds no amount", ar="لا مبلغ فيه"), line=line, value=row["range"])
        if low == high and re.search(r"[1-9]", "".join(str(int(sign)) for sign in low or "" if sign.isdecimal())):
            reason = Text(
                en="is one sum, not a range; write both ends, or call the column average or median if it is that",
                ar="مبلغ واحد وليس مدى. يُكتب الطرفان، أو يُسمّى العمود ⁨average⁩ أو ⁨median⁩ إن كان كذلك",
            )
            raise IncomeTableError(name, reason, line=line, value=row["range"])
    elif high is not None and (tidy(high).casefold() in ("+", "above", "and above", "up", "∞") or is_blank(high)):
        high = None
    elif low is not None and high is None and low.rstrip().endswith("+"):
        low = low.rstrip("+ ")
    draft = _Draft(
        line,
        row.get("label") or row.get("range"),
        amounts.read(low, line),
        amounts.read(high, line),
        *(
            amounts.read("0" if is_nothing(cell) else cell, line)
            for cell in (_cell(row, "average"), _cell(row, "median"))
        ),
    )
    if draft.low is None and draft.high is None and draft.average is None and draft.median is None:
        raise IncomeTableError(
            name,
            Text(
                en="the bracket has no amount: no range, average or median",
                ar="لا مبلغ لهذا الصف: لا مدى ولا متوسط ولا قيمة وسيطة",
            ),
            line=line,
        )
    return draft


def _cell(row: Row, role: Literal["average", "median"]) -> str:
    return unmarked(row.get(role, ""))


def _brackets(name: str, drafts: list[_Draft], shares: Shares, notes: list[Text]) -> list[Bracket]:
    brackets = []
    for draft, share in zip(drafts, shares.each, strict=True):
        if share is None:
            continue
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
            said = mistake_of(error.errors(include_url=False)[0])
            raise IncomeTableError(
                name,
                say("{said}; check the amounts of this row", "{said}. يُرجى التحقق من مبالغ هذا الصف", said=said),
                line=draft.line,
            ) from error
    unprinted = [draft for draft, share in zip(drafts, shares.each, strict=True) if share is None]
    rest = 1 - sum((bracket.share for bracket in brackets), Fraction(0))
    bounds = [bound for bound, share in zip(shares.at_most, shares.each, strict=True) if share is None]
    known = [bound for bound in bounds if bound is not None]
    too_few = bool(unprinted) and len(known) == len(bounds) and rest > sum(known, shares.rounding)
    if too_few:
        notes.append(fill(_TOO_FEW, n=formula(str(len(unprinted))), all=formula("100%")))
        return brackets
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
