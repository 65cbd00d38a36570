"""What goes into a check without records and what comes out: frozen data, JSON in and out.

Amounts go in as integers in minor units; figures come out as exact decimal strings in whole units of the currency,
or as shares of one, each with the sum that made it. `low` and `high` differ where a published table leaves a range;
a figure that cannot be told has neither, and says why.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Literal

from pydantic import Field, computed_field, model_validator

from compensation.plan import Plan
from compliance.check.income import IncomeTable
from compliance.check.ranges import LARGEST
from compliance.findings import Finding, FindingGroup, grouped
from compliance.measurement import DecimalString, Measurement
from compliance.questionnaire import Answer, Question
from intake.frozen import Frozen
from intake.text import Text

GENERAL = "general"
"""The pack of warning signs that holds everywhere."""


class CheckInputs(Frozen):
    """What a person outside knows of a company."""

    joining: int = Field(ge=0, le=LARGEST)
    """Paid once to join, in minor units: fee, kit, first package."""
    monthly: int = Field(ge=0, le=LARGEST)
    """Paid every month to stay active, in minor units."""
    currency: str
    scale: int = Field(ge=0, le=9)
    """Decimals of the currency."""
    months: int = Field(default=12, ge=1, le=120)
    income: IncomeTable | None = None
    covers: Fraction | None = Field(default=None, gt=0, le=1)
    """Share of all participants that the income table covers; None: not known."""
    recruit_bonus: int | None = Field(default=None, gt=0, le=LARGEST)
    """Paid for each new member, in minor units; None: taken from the plan, where it has one."""
    plan: Plan | None = None
    laws: tuple[str, ...] = ()
    """Rule packs of the reader's country; the general warning signs always come with them."""
    on: date | None = None
    """Judge by the rules in force on this day; None: all of the packs."""
    answers: tuple[Answer, ...] = ()

    @model_validator(mode="after")
    def _one_currency(self) -> CheckInputs:
        if self.income is not None and (self.income.currency, self.income.scale) != (self.currency, self.scale):
            raise ValueError("costs and income table must be in one currency")
        return self


class Variant(Frozen):
    """The same figure under another reading of who counts."""

    id: str
    label: Text
    low: DecimalString | None
    high: DecimalString | None
    shown: Text


class Figure(Frozen):
    """One of the three figures, with the sum that made it."""

    id: Literal["cost", "middle", "chance"]
    title: Text
    unit: Literal["money", "ratio"]
    low: DecimalString | None = None
    high: DecimalString | None = None
    """Equal to `low` where the figure is exact; None: no upper end can be told."""
    shown: Text
    """The figure for the eye."""
    sums: tuple[Text, ...] = ()
    """The arithmetic, one step a line."""
    says: tuple[Text, ...] = ()
    """What it means and what it rests on, one idea a line."""
    variants: tuple[Variant, ...] = ()
    basis: Literal["exact", "range", "average", "unknown"] = "exact"

    @computed_field  # type: ignore[prop-decorator]
    @property
    def known(self) -> bool:
        """Whether there is a figure at all."""
        return self.low is not None or self.high is not None


class PeopleNeeded(Frozen):
    """How many recruits would cover the cost, and what that means three levels down."""

    bonus: DecimalString
    needed: int
    levels: tuple[int, int, int]
    """People on the first, second and third level if each recruited as many."""
    sums: tuple[Text, ...]
    says: tuple[Text, ...]


class Hidden(Frozen):
    """Something that the published table does not show, and why it matters."""

    id: str
    text: Text
    why: Text


class CompanyCheck(Frozen):
    """The answer: three figures, warning signs, what the table hides, and questions to ask."""

    currency: str
    scale: int
    months: int
    plan: Text | None = None
    """Title of the plan that was read."""
    packs: tuple[str, ...]
    cost: Figure
    middle: Figure
    chance: Figure
    people_needed: PeopleNeeded | None = None
    measurements: tuple[Measurement, ...] = ()
    findings: tuple[Finding, ...] = ()
    """Rules that could be judged from costs, plan, table or answers."""
    hides: tuple[Hidden, ...] = ()
    questions: tuple[Question, ...] = ()
    """Unanswered ones for the sponsor, gravest first."""
    questions_left: int = 0
    """Further unanswered questions of the packs."""
    needs_records: int = 0
    """Rules of the packs that only the company's records could answer."""
    notes: tuple[Text, ...] = ()
    disclaimer: Text

    @property
    def figures(self) -> tuple[Figure, Figure, Figure]:
        """The three figures in the order in which they are asked."""
        return self.cost, self.middle, self.chance

    @property
    def groups(self) -> list[FindingGroup]:
        """The findings, each measurement once, most pressing first."""
        return grouped(self.findings)
