"""The command for people outside: `check` judges an offer by its costs and its published income table alone."""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Json, Lang, Language, Law, On
from cli.output import print_json, print_lines
from cli.records import laws, parsed_day

if TYPE_CHECKING:
    from compliance.check import CheckInputs
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
    Path | None,
    typer.Option("--income", help="The published income table: CSV, pasted text, XLSX or PDF.", metavar="FILE"),
]
IncomePage = Annotated[int | None, typer.Option("--income-page", min=1, help="Of a PDF: the page with the table.")]
IncomeMedian = Annotated[
    str | None, typer.Option("--income-median", help="Instead of a table: what its middle participant received.")
]
Period = Annotated[
    IncomePeriod | None,
    typer.Option("--income-period", help="For which time the incomes are; default what the headings say, else a year."),
]
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
Levels = Annotated[
    int | None, typer.Option("--levels", min=0, max=1000, help="Levels below whose purchases pay; default the plan's.")
]
Claimed = Annotated[
    str | None, typer.Option("--claimed", help="Income a month that a brochure or a sponsor named.", metavar="SUM")
]
Hours = Annotated[int | None, typer.Option("--hours", min=1, max=168, help="Hours a week that the work takes.")]
Answers = Annotated[
    Path | None, typer.Option("--answers", help="Answers to the rules' questions (YAML).", metavar="FILE")
]
Page = Annotated[
    Path | None, typer.Option("--page", help="Write the answer as one HTML page in both languages.", metavar="FILE")
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
    income_page: IncomePage = None,
    income_median: IncomeMedian = None,
    income_period: Period = None,
    income_net: Net = None,
    income_of: Of = None,
    covers: Covers = None,
    plan: PlanFile = None,
    law: Law = None,
    on: On = None,
    recruit_bonus: Bonus = None,
    levels: Levels = None,
    claimed: Claimed = None,
    hours: Hours = None,
    answers: Answers = None,
    page: Page = None,
    lang: Lang = Language.EN,
    json: Json = False,
) -> None:
    """Check an offer without records: its costs, its published income table, its plan."""
    from compensation import load_plan
    from compliance.check import (
        CheckInputError,
        CheckRequest,
        IncomeGiven,
        Uploaded,
        check_company,
        check_lines,
        check_page,
        inputs_of,
    )

    for option, path in (("--plan", plan), ("--answers", answers), ("--income", income)):
        _may_be_read(option, path)
    day = parsed_day(on) or date.today()  # noqa: DTZ011 - the reader's own day
    packs = tuple(laws(law) or ())
    request = CheckRequest(
        joining=joining,
        monthly=monthly,
        currency=currency,
        months=months,
        income=IncomeGiven(
            median=income_median,
            period=None if income_period is None else income_period.value,
            net=income_net,
            population=None if income_of is None else income_of.value,
            page=income_page,
        ),
        covers=covers,
        recruit_bonus=recruit_bonus,
        levels=levels,
        claimed=claimed,
        hours=hours,
        laws=packs,
        on=day,
        answers=() if answers is None else _answers(answers, packs, day),
    )
    file = None if income is None else Uploaded(income.name, income.read_bytes())
    try:
        inputs: CheckInputs = inputs_of(request, file, plan=None if plan is None else load_plan(plan))
    except CheckInputError as error:  # named as it was typed
        option = "--" + error.name.replace(".", "-").replace("_", "-")
        raise CheckInputError(option, error.value, error.reason) from None
    result = check_company(inputs)
    if page is not None:
        page.write_text(check_page(result, lang.value), encoding="utf-8")
    if json:
        print_json(result)
    else:
        print_lines(*wrapped(check_lines(result, lang.value), _width()))


def _may_be_read(option: str, path: Path | None) -> None:
    from cli.errors import Unreadable

    try:
        if path is not None:
            path.open("rb").close()
    except OSError as error:
        raise Unreadable(option, error) from None


def _answers(path: Path, packs: tuple[str, ...], day: date) -> tuple[Answer, ...]:
    from compliance.check import packs_of
    from compliance.questionnaire import load_answers
    from compliance.rules import load_packs

    return tuple(load_answers(path, load_packs(packs_of(packs), on=day)).values())


def _width() -> int | None:
    """Columns of the reader's terminal; None where the output goes into a file or another program."""
    if not sys.stdout.isatty() and "COLUMNS" not in os.environ:
        return None
    return max(shutil.get_terminal_size().columns, 24)


_ISOLATED = re.compile("[\u2066-\u2068][^\u2069]*\u2069")


def wrapped(lines: list[str], width: int | None) -> list[str]:
    """Lines broken at blanks to fit a width; what follows a break stands under its line's beginning.

    A figure set apart from Arabic text is never broken, so that each line keeps whole isolates.
    """
    if width is None:
        return lines
    found: list[str] = []
    for line in lines:
        bound = _ISOLATED.sub(lambda isolate: isolate[0].replace(" ", "\0"), line)
        body = bound.lstrip()
        indent = bound[: len(bound) - len(body)] + ("  " if body.startswith("- ") else "")
        broken = textwrap.wrap(bound, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
        found += [part.replace("\0", " ") for part in broken] or [""]
    return found
