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
from compliance.check.income import IncomeTable, Population
from compliance.check.ranges import LARGEST
from compliance.findings import Finding, FindingGroup, grouped
from compliance.measurement import DecimalString, Measurement
from compliance.questionnaire import Answer, Question
from intake.frozen import Frozen
from intake.mistakes import Mistaken
from intake.text import Text

YesNo = Literal["yes", "no", "unknown"]
JobQuestion = Literal["contract", "fixed_pay", "reimbursed", "must_buy", "sell_alone", "own_terms"]
"""What is asked of work: employment, guaranteed pay, costs paid back, buying to be paid, selling without recruiting,
and whether the company alone may change the terms."""
Seen = Literal["seen", "not_seen", "not_known"]

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
    levels: int | None = Field(default=None, ge=0, le=1000)
    """Levels of people below whose purchases pay, by the brochure; None: taken from the plan, where there is one."""
    claimed: int | None = Field(default=None, gt=0, le=LARGEST)
    """Income a month that a brochure or a sponsor named, in minor units."""
    hours: int | None = Field(default=None, ge=1, le=168)
    """Hours a week that the work takes."""
    plan: Plan | None = None
    laws: tuple[str, ...] = ()
    """Rule packs of the reader's country; the general warning signs always come with them."""
    on: date | None = None
    """Judge by the rules in force on this day; None: all of the packs."""
    answers: tuple[Answer, ...] = ()
    job: dict[JobQuestion, YesNo] = Field(default_factory=dict)
    """Answers to whether this is a job."""

    @model_validator(mode="after")
    def _one_currency(self) -> CheckInputs:
        if self.income is not None and (self.income.currency, self.income.scale) != (self.currency, self.scale):
            raise Mistaken(
                Text(
                    en="costs and income table must be in one currency",
                    ar="يجب أن تكون التكاليف وجدول الدخل بعملة واحدة",
                )
            )
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

    id: Literal["cost", "middle", "chance", "claim"]
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
    ask: Text | None = None
    """What to ask the sponsor about it."""


class Practice(Frozen):
    """One of the practices that weaken an income table, and whether this table shows it."""

    id: Literal["excludes_low", "ignores_expenses", "headlines_top", "hides_typical", "unlike_or_not_actual"]
    title: Text
    state: Seen
    says: Text
    """What in the table shows it, or why it cannot be told."""


class Span(Frozen):
    """A share of people, exact or between two ends."""

    low: DecimalString
    high: DecimalString
    shown: Text


class Compared(Frozen):
    """A real table of another company, and what it proves about shares of people."""

    id: str
    company: str
    year: str
    market: str
    currency: str
    population: Population | None
    people: Text
    """Whom it counts and where it has gaps."""
    source: str
    like: bool
    """Whether it counts the same people over the same time, so that shares may be compared."""
    nothing: Span | None = None
    """Share who received nothing from the company; None where the table does not tell."""
    below_cost: Span | None = None
    """Share who received no more than the cost given here; only where the currency is the same."""


class Standing(Frozen):
    """Where the checked table stands among like ones by one share."""

    id: Literal["nothing", "below_cost"]
    title: Text
    population: Population
    mine: Span
    among: int
    """Like tables that tell this share."""
    lower: int
    """Of these, certainly lower than the checked table."""
    higher: int
    undecided: int
    percentile: tuple[int, int]
    """Between which percentiles the checked table stands (0 to 100)."""
    says: Text


class Comparison(Frozen):
    """The checked table among the published tables of other companies: shares only, never money across currencies."""

    standings: tuple[Standing, ...] = ()
    why_none: Text | None = None
    """Why there is no standing."""
    tables: tuple[Compared, ...] = ()
    """Every real table, like ones first."""
    caveats: tuple[Text, ...] = ()


class JobPoint(Frozen):
    """One thing that tells a job from a commission, and what is known of it."""

    id: str
    question: Text
    known: YesNo
    says: Text
    basis: Literal["told", "plan", "answer", "nobody"]


class Job(Frozen):
    """Is it a job, or only a commission?"""

    says: Text
    """The answer in a sentence, as far as it is known."""
    points: tuple[JobPoint, ...]


class CompanyCheck(Frozen):
    """The answer: three figures, warning signs, what the table hides, comparison, job, and questions to ask."""

    currency: str
    scale: int
    months: int
    plan: Text | None = None
    """Title of the plan that was read."""
    packs: tuple[str, ...]
    law_notes: tuple[Text, ...] = ()
    """Of countries where no rule was found, what that means."""
    cost: Figure
    middle: Figure
    chance: Figure
    claim: Figure | None = None
    """Who reached the income that a brochure or a sponsor named; None where none was named or there is no table."""
    people_needed: PeopleNeeded | None = None
    measurements: tuple[Measurement, ...] = ()
    findings: tuple[Finding, ...] = ()
    """Rules that could be judged from costs, plan, table or answers."""
    hides: tuple[Hidden, ...] = ()
    practices: tuple[Practice, ...] = ()
    """The five practices of the FTC staff report of 2024, each looked for in the table."""
    comparison: Comparison = Comparison()
    job: Job
    asks: tuple[Text, ...] = ()
    """Questions that follow from what is missing: for the sponsor, before those of the rules."""
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
