"""Breakaway: an override on the groups of leaders who have broken away.

At a rank, at a volume, or where the company says so, a leader's group leaves the group of the people above. They then
earn an override on the volume of his *personal group*: his own and everything below, down to (without) the next leader,
whose group is the next generation for them. The override is a rate of the earner, or (`differential`) the earner's rate
less the leader's with a least rate; later generations have rates of their own. Who counts as a generation above, and
what becomes of one who cannot earn, are parameters.

Reference: mheuss/mlmforge content/guides/stairstep.md (phase 2, and overrides by number of split-out
groups); Nu Skin's 5 % and 2.5 % by own group volume over six generations; Herbalife's royalty of 1 to 5 % on three
levels of supervisors by own volume, https://user-n9bbwes.cld.bz/Sales-Marketing-Plan-Modular-Training/76.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from compensation.components.breakaway_leaders import Leaders
from compensation.components.contract import Component
from compensation.components.worst_case import Promise, of_base
from compensation.frame import Base, Measure
from compensation.quantities import Points, Rate
from intake.frozen import Frozen
from intake.mistakes import Mistaken, those_given
from intake.text import Text, say

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.evaluation import Evaluation
    from compensation.steps import Step

MOST_GENERATIONS = 50

Rates = Annotated[list[Rate], Field(min_length=1, max_length=MOST_GENERATIONS)]


class VolumeRates(Frozen):
    """From this volume of the earner on, these rates by generation; equality is enough."""

    at_least: Points
    rates: Rates


class Breakaway(Component):
    """An override on broken-away groups."""

    definition: ClassVar[Text] = Text(
        en="An override on the personal groups of leaders who have broken away, generation by generation.",
        ar="عمولة إشراف عن المجموعات الشخصية للقادة المنفصلين، جيلًا بعد جيل.",
    )
    reference: ClassVar[str] = "mheuss/mlmforge, content/guides/stairstep.md"

    family: Literal["breakaway"]
    leaders: Leaders
    """Whose groups have broken away."""
    earners: Leaders | None = None
    """Who counts as a generation above a leader; the leaders themselves, unless said."""
    measure: Measure | None = None
    """In which volumes of leaders and earners are stated; the plan's measure of volume, unless said."""
    base: Base = Base()
    rates: Rates | None = None
    """Rate for generation 1, 2, ...; the same for every earner."""
    rates_by_rank: dict[str, Rates] | None = None
    """The same by the earner's rank."""
    rates_by_volume: Annotated[list[VolumeRates], Field(min_length=1, max_length=100)] | None = None
    """The same by the earner's volume, rising."""
    volume_of: Literal["own", "group"] = "group"
    """Which volume of the earner that is: of his own orders, or of his personal group."""
    rate_from: str | None = None
    """Instead: the fact that holds each participant's rate for the first generation."""
    later_rates: Annotated[list[Rate], Field(max_length=MOST_GENERATIONS - 1)] = Field(default_factory=list)
    """Rates of generation 2, 3, ... that are the same for every earner; the tables then have generation 1 alone."""
    override: Literal["fixed", "differential"] = "fixed"
    """Generation 1 is paid at the earner's rate, or at that less the leader's own rate by the same table."""
    min_rate: Rate = Fraction(0)
    """The least that a differential comes to, for an earner who has a rate at all."""
    compression: Literal["none", "skip_ineligible", "dynamic"] = "none"
    """Who cannot earn: `none`: he is a generation, and nobody is paid for it. `skip_ineligible`: he is passed over and
    is no generation. `dynamic`: he is a generation, but its rate goes to the next above who can earn it, who may then
    have several."""
    lacking_rate: Literal["breakage", "skip"] = "breakage"
    """The same for who can earn, but has no rate for this generation or too few leaders (`min_leaders`)."""
    min_leaders: Annotated[list[Annotated[int, Field(ge=0)]], Field(max_length=MOST_GENERATIONS)] = Field(
        default_factory=list
    )
    """For generation 1, 2, ...: how many leaders an earner must have next below him; none, unless said."""
    stated_volume: bool = False
    """Whether own volume is what the company states as `personal_volume`, where it does, instead of the orders' sum."""

    @model_validator(mode="after")
    def _consistent(self) -> Breakaway:
        tables = ("rates", "rates_by_rank", "rates_by_volume", "rate_from")
        given = [name for name in tables if getattr(self, name) is not None]
        if len(given) != 1:
            found = those_given(given)
            raise Mistaken(
                say(
                    "give exactly one of {tables} ({found})",
                    "يُذكر واحد فقط من {tables} ({found})",
                    tables=", ".join(tables),
                    found=found,
                )
            )
        if self.later_rates and any(len(row) > 1 for _, row in self.table()):
            raise Mistaken(
                Text(
                    en="later_rates are the rates from generation 2 on; list one rate for each row of the table",
                    ar="تبدأ ⁨later_rates⁩ من الجيل الثاني. تُكتب نسبة واحدة لكل صف من الجدول",
                )
            )
        if self.rates_by_volume is not None:
            starts = [each.at_least for each in self.rates_by_volume]
            if starts != sorted(set(starts)):
                raise Mistaken(
                    Text(en="rates_by_volume must rise in at_least", ar="يجب أن ترتفع ⁨rates_by_volume⁩ في ⁨at_least⁩")
                )
        elif self.volume_of != "group":
            raise Mistaken(
                Text(
                    en="volume_of has a meaning only with rates_by_volume",
                    ar="لا معنى لـ ⁨volume_of⁩ إلا مع ⁨rates_by_volume⁩",
                )
            )
        if self.min_rate and self.override != "differential":
            raise Mistaken(
                Text(
                    en="min_rate has a meaning only with override: differential",
                    ar="لا معنى لـ ⁨min_rate⁩ إلا مع ⁨override: differential⁩",
                )
            )
        if len(self.min_leaders) > self.generations:
            raise Mistaken(
                say(
                    "min_leaders has {count} entries for {generations} generations",
                    "عدد قيم ⁨min_leaders⁩ {count}، وعدد الأجيال {generations}",
                    count=len(self.min_leaders),
                    generations=self.generations,
                )
            )
        return self

    def table(self) -> Iterator[tuple[str | Points | None, list[Fraction]]]:
        """Rows of the table of rates: rank or volume (None = everybody) and one rate per generation."""
        if self.rates is not None:
            yield None, self.rates
        yield from (self.rates_by_rank or {}).items()
        yield from ((each.at_least, each.rates) for each in self.rates_by_volume or [])

    @property
    def generations(self) -> int:
        """Number of generations that are paid."""
        return max([1 + len(self.later_rates), *(len(row) for _, row in self.table())])

    def ranks_named(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every rank the component names, with its path."""
        yield from super().ranks_named()
        yield from self.leaders.ranks_named("leaders")
        if self.earners is not None:
            yield from self.earners.ranks_named("earners")
        for rank in self.rates_by_rank or {}:
            yield ("rates_by_rank", rank), rank

    def pays_in_its_base_currency(self) -> bool:
        """Whether a rate of the orders' money is paid."""
        return self.base.money

    def levels_above(self) -> int | None:
        """Without limit: a generation may have any depth."""
        return None

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per leader and generation that somebody earns; the rest is breakage, by reason."""
        from compensation.awarding import breakaway as breakaway_awards

        return breakaway_awards.award(self, evaluation)

    def trace(self, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
        """In whose group the order counts, and who earns on it."""
        from compensation.wording import breakaway as breakaway_words

        return breakaway_words.tell(self, evaluation, awards, order)

    def account(self, evaluation: Evaluation, awards: Awards, index: int) -> list[Step]:
        """Whose group, which rates, and the arithmetic."""
        from compensation.wording import breakaway as breakaway_words

        return breakaway_words.account(self, evaluation, awards, index)

    def describe(self) -> Text:
        """The component in plain words."""
        from compensation.wording import breakaway as breakaway_words

        return breakaway_words.describe(self)

    def promise(self) -> Promise:
        """The highest rate of every generation, added up: a sale is in one personal group alone."""
        if self.rate_from is not None:
            why = Text(
                en="Each participant's rate is stated by the company, not by the plan.",
                ar="نسبة كل مشارك تذكرها الشركة ولا تذكرها الخطة.",
            )
            return of_base(self.base, None, why)
        rows = [row for _, row in self.table()]
        best = [max((row[g] for row in rows if g < len(row)), default=Fraction(0)) for g in range(self.generations)]
        best[0] = max(best[0], self.min_rate)
        return of_base(self.base, sum(best, Fraction(0)) + sum(self.later_rates, Fraction(0)))
