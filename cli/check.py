"""The command for people outside: `check` judges an offer by its costs and its published income table alone."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Json, Lang, Language, Law, On
from cli.output import print_json, print_lines
from cli.records import laws, parsed_day

if TYPE_CHECKING:
    from fractions import Fraction

    from compliance.check import IncomeTable
    from compliance.questionnaire import Answer


class IncomePeriod(StrEnum):
    """For which time the sums of an income table are."""

    YEAR = "year"
    MONTH = "month"
    WEEK = "week"


class IncomeOf(StrEnum):
    """Whom an income table counts."""

    EVERYONE = "everyone"
    ACTIVE = "active"
    PAID = "paid"
    RANKED = "ranked"


Joining = Annotated[str, typer.Option("--joining", help="Paid once to join: fee, kit, first package.")]
Monthly = Annotated[str, typer.Option("--monthly", help="Paid every month to stay active.")]
Currency = Annotated[str, typer.Option("--currency", help="ISO code of every amount, such as EGP.")]
Months = Annotated[int, typer.Option("--months", min=1, max=120, help="For how many months.")]
Income = Annotated[
    Path | None, typer.Option("--income", help="The published income table as CSV or pasted text.", metavar="FILE")
]
IncomeMedian = Annotated[
    str | None, typer.Option("--income-median", help="Instead of a table: what its middle participant received.")
]
Period = Annotated[IncomePeriod, typer.Option("--income-period", help="For which time the incomes are.")]
Net = Annotated[
    bool | None,
    typer.Option("--income-net/--income-gross", help="Expenses are deducted, or not; default what the table says."),
]
Of = Annotated[IncomeOf | None, typer.Option("--income-of", help="Whom the table counts; default what it says.")]
Covers = Annotated[
    str | None, typer.Option("--covers", help="Share of all participants that the table covers, such as 62%.")
]
PlanFile = Annotated[Path | None, typer.Option("--plan", help="Compensation plan (YAML).")]
Bonus = Annotated[
    str | None, typer.Option("--recruit-bonus", help="Paid for each new member; default what the plan says.")
]
Answers = Annotated[
    Path | None, typer.Option("--answers", help="Answers to the rules' questions (YAML).", metavar="FILE")
]


def register(app: typer.Typer) -> None:
    """Adds this file's command."""
    app.command()(check)


def check(
    joining: Joining,
    currency: Currency,
    monthly: Monthly = "0",
    months: Months = 12,
    income: Income = None,
    income_median: IncomeMedian = None,
    income_period: Period = IncomePeriod.YEAR,
    income_net: Net = None,
    income_of: Of = None,
    covers: Covers = None,
    plan: PlanFile = None,
    law: Law = None,
    on: On = None,
    recruit_bonus: Bonus = None,
    answers: Answers = None,
    lang: Lang = Language.EN,
    json: Json = False,
) -> None:
    """Check an offer without records: its costs, its published income table, its plan."""
    from compensation import load_plan
    from compliance.check import CheckInputError, CheckInputs, check_company, check_lines
    from intake.currencies import MINOR_UNITS

    code = currency.strip().upper()
    scale = MINOR_UNITS.get(code)
    if scale is None:
        raise CheckInputError("--currency", currency, "is no ISO 4217 code; write one such as EGP, SAR or USD")
    if income is not None and income_median is not None:
        raise CheckInputError("--income-median", income_median, "give a table or its middle, not both")
    day = _day(on)
    packs = tuple(laws(law) or ())
    bonus = None if recruit_bonus is None else _amount("--recruit-bonus", recruit_bonus, code, scale)
    if bonus == 0:
        raise CheckInputError("--recruit-bonus", recruit_bonus, "leave the option out where nothing is paid")
    result = check_company(
        CheckInputs(
            joining=_amount("--joining", joining, code, scale),
            monthly=_amount("--monthly", monthly, code, scale),
            currency=code,
            scale=scale,
            months=months,
            income=_table(income, income_median, income_period, income_net, income_of, code, scale),
            covers=None if covers is None else _share(covers),
            recruit_bonus=bonus,
            plan=None if plan is None else load_plan(plan),
            laws=packs,
            on=day,
            answers=() if answers is None else _answers(answers, packs, day),
        )
    )
    if json:
        print_json(result)
    else:
        print_lines(*check_lines(result, lang.value))


def _table(
    path: Path | None,
    median: str | None,
    period: IncomePeriod,
    net: bool | None,
    of: IncomeOf | None,
    currency: str,
    scale: int,
) -> IncomeTable | None:
    from compliance.check import IncomeTable, read_income_table

    if path is not None:
        return read_income_table(
            path,
            currency=currency,
            scale=scale,
            period=period.value,
            net=net,
            population=None if of is None else of.value,
        )
    if median is None:
        return None
    table = IncomeTable.of_median(
        _amount("--income-median", median, currency, scale), currency=currency, scale=scale, period=period.value
    )
    return table.model_copy(update={"net": net, "population": None if of is None else of.value})


def _amount(option: str, text: str, currency: str, scale: int) -> int:
    from compliance.check.ranges import read_amount

    return read_amount(option, text, currency=currency, scale=scale)


def _share(text: str) -> Fraction:
    from compliance.check.ranges import read_share

    return read_share("--covers", text)


def _answers(path: Path, packs: tuple[str, ...], day: date) -> tuple[Answer, ...]:
    from compliance.check import packs_of
    from compliance.questionnaire import load_answers
    from compliance.rules import load_packs

    return tuple(load_answers(path, load_packs(packs_of(packs), on=day)).values())


def _day(text: str | None) -> date:
    """The day whose rules count: today, unless said otherwise."""
    return parsed_day(text) or date.today()  # noqa: DTZ011 - the reader's own day
