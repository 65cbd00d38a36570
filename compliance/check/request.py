"""A check as a person asks for it: figures as typed, a table as pasted or uploaded, answers; and what they mean.

The command line, the API and the dashboard all hand over this one shape, so that a figure is read the same way at
each door and a mistake is named by the field in which it was made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import Field

from compensation.plan import Plan, parse_plan
from compliance.check.brackets import Told
from compliance.check.checking import packs_of
from compliance.check.errors import CheckInputError
from compliance.check.income import IncomePeriod, IncomeTable, Population
from compliance.check.model import CheckInputs, JobQuestion, YesNo
from compliance.check.published import table_from_bytes
from compliance.check.ranges import read_amount, read_share
from compliance.questionnaire import Answer, check_answers
from compliance.rules import load_packs
from intake.currencies import MINOR_UNITS, NO_CURRENCY
from intake.frozen import Frozen
from intake.text import Text

LONGEST = 60
"""Characters of a figure as typed."""
LONGEST_TABLE, LONGEST_PLAN = 200_000, 1 << 20


class IncomeGiven(Frozen):
    """The published income table, or its middle, and what is known of it."""

    text: str | None = Field(None, max_length=LONGEST_TABLE)
    """The table as typed or pasted: one bracket a line, or CSV with headings."""
    median: str | None = Field(None, max_length=LONGEST)
    """Instead of a table: what its middle participant received."""
    period: IncomePeriod | None = None
    """For which time its sums are; None: what their headings say, else a year."""
    net: bool | None = None
    """Whether expenses are deducted; None: what the table says."""
    population: Population | None = None
    """Whom the table counts; None: what the table says."""
    page: int | None = Field(None, ge=1, le=10_000)
    """Of a PDF: the page to look at; None: the page with the likeliest table."""


class CheckRequest(Frozen):
    """What a person outside knows of a company, as typed. Amounts are in whole units of the currency."""

    joining: str = Field(max_length=LONGEST)
    """Paid once to join, such as `1,650`."""
    monthly: str = Field("0", max_length=LONGEST)
    """Paid every month to stay active."""
    currency: str = Field(max_length=8)
    """ISO 4217 code of every amount."""
    months: int = Field(12, ge=1, le=120)
    income: IncomeGiven = IncomeGiven()
    covers: str | None = Field(None, max_length=LONGEST)
    """Share of all participants that the table covers, such as `62%`."""
    recruit_bonus: str | None = Field(None, max_length=LONGEST)
    """Paid for each new member."""
    levels: int | None = Field(None, ge=0, le=1000)
    """Levels of people below whose purchases pay."""
    claimed: str | None = Field(None, max_length=LONGEST)
    """Income a month that a brochure or a sponsor named."""
    hours: int | None = Field(None, ge=1, le=168)
    """Hours a week that the work takes."""
    plan: str | None = Field(None, max_length=LONGEST_PLAN)
    """The compensation plan as YAML or JSON text."""
    laws: tuple[str, ...] = Field((), max_length=40)
    on: date | None = None
    answers: tuple[Answer, ...] = Field((), max_length=500)
    job: dict[JobQuestion, YesNo] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file with its own name."""

    name: str
    content: bytes


def inputs_of(request: CheckRequest, file: Uploaded | None = None, *, plan: Plan | None = None) -> CheckInputs:
    """What a request means.

    Args:
        request: as typed.
        file: the income table as a file: CSV or pasted text, XLSX, PDF.
        plan: a plan that was read already; else the request's own text is.

    Raises:
        CheckInputError: a figure makes no sense, or two things were given where one is needed; names the field.
        IncomeTableError: the table cannot be read; names file, page and line.
        PlanError: the plan has mistakes; all of them are listed.
        RulePackError: an answer answers no question of the rules.
        UnknownPack: a law has no rule pack.
    """
    currency = request.currency.strip().upper()
    scale = MINOR_UNITS.get(currency)
    if scale is None or currency == NO_CURRENCY:
        raise CheckInputError(
            "currency",
            request.currency,
            Text(
                en="is no ISO 4217 code; write one such as EGP, SAR or USD",
                ar="ليس رمز عملة بحسب ⁨ISO 4217⁩. يُكتب رمز مثل EGP أو SAR أو USD",
            ),
        )
    reader = _Reader(currency, scale)
    if request.answers:
        check_answers(request.answers, load_packs(packs_of(request.laws), on=request.on))
    return CheckInputs(
        joining=reader.amount("joining", request.joining),
        monthly=reader.amount("monthly", request.monthly),
        currency=currency,
        scale=scale,
        months=request.months,
        income=_income(request.income, file, reader),
        covers=None if _blank(request.covers) else read_share("covers", str(request.covers)),
        recruit_bonus=reader.more_than_nothing("recruit_bonus", request.recruit_bonus),
        levels=request.levels,
        claimed=reader.more_than_nothing("claimed", request.claimed),
        hours=request.hours,
        plan=plan if plan is not None or _blank(request.plan) else parse_plan(str(request.plan)),
        laws=request.laws,
        on=request.on,
        answers=request.answers,
        job=request.job,
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads amounts of one currency."""

    currency: str
    scale: int

    def amount(self, field: str, text: str) -> int:
        return read_amount(field, text, currency=self.currency, scale=self.scale)

    def more_than_nothing(self, field: Literal["recruit_bonus", "claimed"], text: str | None) -> int | None:
        if text is None or _blank(text):
            return None
        value = self.amount(field, text)
        if value == 0:
            raise CheckInputError(
                field, text, Text(en="leave it out where nothing is paid", ar="يُترك فارغًا حيث لا يُدفع شيء")
            )
        return value


def _income(given: IncomeGiven, file: Uploaded | None, reader: _Reader) -> IncomeTable | None:
    ways = [file is not None, not _blank(given.text), not _blank(given.median)]
    if sum(ways) > 1:
        raise CheckInputError(
            "income",
            "two of file, text and median",
            Text(en="give the table in one way only", ar="يُعطى الجدول بطريقة واحدة فقط"),
        )
    told = Told(reader.currency, reader.scale, given.period, given.net, given.population)
    if file is not None:
        return table_from_bytes(file.name, file.content, told, page=given.page)
    if given.page is not None:
        raise CheckInputError(
            "income.page",
            given.page,
            Text(en="only a PDF has pages; leave it out", ar="لا صفحات إلا لملف PDF. يُرجى حذف رقم الصفحة"),
        )
    if not _blank(given.text):
        return table_from_bytes("income table", str(given.text).encode(), told)
    if _blank(given.median):
        return None
    median = reader.amount("income.median", str(given.median))
    table = IncomeTable.of_median(
        median, currency=reader.currency, scale=reader.scale, period=given.period or "year", source="income.median"
    )
    return table.model_copy(update={"net": given.net, "population": given.population})


def _blank(text: str | None) -> bool:
    return text is None or not text.strip()
