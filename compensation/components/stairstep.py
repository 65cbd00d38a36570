"""Stairstep: a percentage that rises with the volume of the whole group, and what the legs have of it taken off.

The volume of the group (own and everything below, in qualifying points where a plan has them) finds a bracket; the rate
of the bracket is applied to the commissionable volume of the group, and each frontline group's own amount, found with
its own bracket, is deducted. So a sale pays the top rate once, shared out along the line above it. Variants: a leg that
has broken away is left out; some orders count for the people above and not for who placed them; legs are deducted on
some orders only; the group's rate is paid on own volume alone; the rate is a discount at which each person buys, and
the people above earn the difference.

Reference: Amway's performance bonus, https://vdocuments.site/asmpbrochure-final-production.html and
https://law.onecle.com/tax/2003/lopez8.tcm.wpd04.html; mheuss/mlmforge content/guides/stairstep.md; the wholesale
difference of Herbalife, https://cld.bz/bookdata/PGTlkqt/basic-html/page-47.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from compensation.components.breakaway_leaders import Leaders
from compensation.components.contract import Component
from compensation.components.worst_case import Promise, of_base
from compensation.frame import Base, Measure, OrderFilter
from compensation.quantities import Points, Rate
from compensation.standing.requirements import Requirements
from intake.frozen import Frozen
from intake.mistakes import Mistaken, those_given
from intake.text import Text, say

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.evaluation import Evaluation
    from compensation.steps import Step


class Bracket(Frozen):
    """From this volume on, this rate; equality is enough."""

    at_least: Points
    rate: Rate


class Stairstep(Component):
    """A differential by the volume of groups."""

    definition: ClassVar[Text] = Text(
        en="A rate that rises with the volume of the whole group, paid on the group less what each leg earns by its own "
        "rate.",
        ar="نسبة ترتفع مع حجم المجموعة كلها، تُدفع عن المجموعة بعد خصم ما يستحقه كل فرع بنسبته.",
    )
    reference: ClassVar[str] = "https://vdocuments.site/asmpbrochure-final-production.html"

    family: Literal["stairstep"]
    brackets: Annotated[list[Bracket], Field(min_length=1, max_length=100)] | None = None
    """Rates by volume, rising."""
    rates_by_rank: dict[str, Rate] | None = None
    """Instead: the rate by rank."""
    rate_from: str | None = None
    """Instead: the fact that holds each participant's rate."""
    bracket_by: Literal["group", "own"] = "group"
    """The volume that finds the bracket."""
    measure: Measure | None = None
    """In which the brackets are stated; the plan's measure of volume, unless said."""
    own_volume_in_group: bool = True
    """Whether own volume counts when the bracket of one's group is found."""
    base: Base = Base()
    pays_on: Literal["group", "own"] = "group"
    """On the volume of the group less the legs, or at the rate of the group on own volume alone."""
    difference: Literal["legs", "line"] = "legs"
    """`legs`: own rate on the group, less each frontline group's rate on that group. `line`: on every sale own rate less
    the highest rate of anybody between, never below zero; the same where rates rise upwards."""
    own_volume_paid: bool = True
    """Whether own volume is paid on; not where the rate is a discount that was taken with the purchase."""
    only_for_uplines: OrderFilter | None = None
    """Orders that count for the people above and not for who placed them, such as joining orders."""
    deduct_on: OrderFilter | None = None
    """What a leg's rate is deducted on: these orders of the leg; all that the leg itself is paid on, unless said."""
    breaks_away: Leaders | None = None
    """Legs whose group no longer counts in any group above: neither for brackets nor for pay, and is not deducted."""
    top_bracket_breaks_away: bool = False
    """The same for legs that are themselves in the highest bracket."""
    compression: Literal["none", "skip_ineligible"] = "none"
    """What becomes of the difference of who cannot earn: nobody gets it, or (`difference: line`) the next above who can."""
    legs_require: Requirements | None = None
    """What the part on the legs asks for, such as customers; who fails it has the part on own volume alone."""
    stated_volume: bool = False
    """Whether own volume is what the company states as `personal_volume`, where it does, instead of the orders' sum."""

    @model_validator(mode="after")
    def _consistent(self) -> Stairstep:
        given = [name for name in ("brackets", "rates_by_rank", "rate_from") if getattr(self, name) is not None]
        if len(given) != 1:
            found = those_given(given)
            raise Mistaken(
                say(
                    "give exactly one of brackets, rates_by_rank, rate_from ({found})",
                    "يُذكر واحد فقط من ⁨brackets⁩ و⁨rates_by_rank⁩ و⁨rate_from⁩ ({found})",
                    found=found,
                )
            )
        if self.brackets is not None:
            starts = [each.at_least for each in self.brackets]
            if starts != sorted(set(starts)):
                raise Mistaken(Text(en="brackets must rise in at_least", ar="يجب أن ترتفع ⁨brackets⁩ في ⁨at_least⁩"))
        elif self.top_bracket_breaks_away:
            raise Mistaken(
                Text(
                    en="top_bracket_breaks_away needs brackets; say breaks_away: {rank: ...} or {fact: ...}",
                    ar="تحتاج ⁨top_bracket_breaks_away⁩ إلى ⁨brackets⁩. تُكتب ⁨breaks_away: {rank: ...}⁩ أو ⁨{fact: ...}⁩",
                )
            )
        elif self.bracket_by != "group" or not self.own_volume_in_group:
            raise Mistaken(
                Text(
                    en="bracket_by and own_volume_in_group have a meaning only with brackets",
                    ar="لا معنى لـ ⁨bracket_by⁩ و⁨own_volume_in_group⁩ إلا مع ⁨brackets⁩",
                )
            )
        if self.top_bracket_breaks_away and self.bracket_by == "own":
            raise Mistaken(
                Text(
                    en="top_bracket_breaks_away needs bracket_by: group",
                    ar="تحتاج ⁨top_bracket_breaks_away⁩ إلى ⁨bracket_by: group⁩",
                )
            )
        if self.compression != "none" and self.difference != "line":
            raise Mistaken(
                Text(
                    en="compression has a meaning only with difference: line",
                    ar="لا معنى لـ ⁨compression⁩ إلا مع ⁨difference: line⁩",
                )
            )
        if self.deduct_on is not None and (self.difference == "line" or self.pays_on == "own"):
            raise Mistaken(
                Text(
                    en="deduct_on has a meaning only with pays_on: group and difference: legs",
                    ar="لا معنى لـ ⁨deduct_on⁩ إلا مع ⁨pays_on: group⁩ و⁨difference: legs⁩",
                )
            )
        if self.pays_on == "own" and (self.difference == "line" or not self.own_volume_paid or self.legs_require):
            raise Mistaken(
                Text(
                    en="pays_on: own pays on own volume alone; leave out difference, own_volume_paid and legs_require",
                    ar="تدفع ⁨pays_on: own⁩ على الحجم الشخصي وحده. تُحذف ⁨difference⁩ و⁨own_volume_paid⁩ و⁨legs_require⁩",
                )
            )
        return self

    def top_rate(self) -> Fraction | None:
        """The highest rate; None where it is not in the plan."""
        if self.brackets is not None:
            return max(each.rate for each in self.brackets)
        return None if self.rates_by_rank is None else max(self.rates_by_rank.values(), default=Fraction(0))

    def ranks_named(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every rank the component names, with its path."""
        yield from super().ranks_named()
        for rank in self.rates_by_rank or {}:
            yield ("rates_by_rank", rank), rank
        if self.breaks_away is not None:
            yield from self.breaks_away.ranks_named("breaks_away")
        if self.legs_require is not None:
            yield from ((("legs_require", *path), rank) for path, rank in self.legs_require.ranks_named())

    def levels_above(self) -> int | None:
        """Everybody on the line above; nobody where only own volume is paid on."""
        return 0 if self.pays_on == "own" else None

    def pays_in_its_base_currency(self) -> bool:
        """Whether a rate of the orders' money is paid."""
        return self.base.money

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per participant and period: a line for own volume and one for each leg, rounded together."""
        from compensation.awarding import stairstep as stairstep_awards

        return stairstep_awards.award(self, evaluation)

    def trace(self, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:  # noqa: ARG002 - none is of one order
        """What an order adds, at whose rate, along the line above who placed it."""
        from compensation.wording import stairstep as stairstep_words

        return stairstep_words.tell(self, evaluation, order)

    def account(self, evaluation: Evaluation, awards: Awards, index: int) -> list[Step]:
        """The brackets that the volumes reach, and the arithmetic of one line."""
        from compensation.wording import stairstep as stairstep_words

        return stairstep_words.account(self, evaluation, awards, index)

    def describe(self) -> Text:
        """The component in plain words."""
        from compensation.wording import stairstep as stairstep_words

        return stairstep_words.describe(self)

    def promise(self) -> Promise:
        """The top rate, because the differences along a line add up to it."""
        top = self.top_rate()
        why = Text(
            en="The differences along a line add up to the top rate.",
            ar="مجموع الفوارق في السلسلة هو أعلى نسبة.",
        )
        if top is None:
            why = Text(
                en="Each participant's rate is stated by the company, not by the plan.",
                ar="نسبة كل مشارك تذكرها الشركة ولا تذكرها الخطة.",
            )
        elif self.deduct_on is not None:
            top = None
            why = Text(
                en="Legs are deducted on some orders only; the rest is paid on at every level.",
                ar="لا يُخصم عن الفروع إلا بعض طلباتها، ويُدفع عن الباقي في كل مستوى.",
            )
        elif self.difference == "legs" and self.brackets is None and self.pays_on == "group":
            top = None
            why = Text(
                en="A leg's rate may be above the rate of the person from whom it is deducted.",
                ar="قد تزيد نسبة الفرع على نسبة من يُخصم منه.",
            )
        return of_base(self.base, top, why)
