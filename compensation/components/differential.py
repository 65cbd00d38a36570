"""Differential: each person up the line earns his rate minus the highest rate already paid below him.

Walking up from the buyer, the first person with a rate gets it whole; a person above gets only the difference by which
his rate is higher than the highest paid so far, never less than nothing. So no order pays more than the highest rate of
the table, however deep the tree. Where the difference starts (at nothing, at the buyer's own rate, at the
seller's), whether an inactive person's rate counts as paid, and what an equal rank gets, differ from plan to plan.

Reference: inzoddwetrust/jetup-2, TZ_MLM_SYSTEM.md (start at nothing, and its code,
which starts at the buyer's rank); Tiens, http://banner-store.blogspot.com/2007/09/examples-of-bonus-calculation.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from compensation.components.upline import Upline
from compensation.quantities import Rate
from intake.mistakes import Mistaken
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awarding.differential import Terms
    from compensation.awards import Awards
    from compensation.components.worst_case import Promise
    from compensation.evaluation import Evaluation
    from compensation.steps import Step


class Differential(Upline):
    """A differential by rank."""

    definition: ClassVar[Text] = Text(
        en="Each person up the line earns the rate of his rank minus the highest rate already paid below him.",
        ar="يحصل كل مشارك في سلسلة الرعاة على نسبة رتبته ناقصًا أعلى نسبة دُفعت تحته.",
    )
    reference: ClassVar[str] = "inzoddwetrust/jetup-2, TZ_MLM_SYSTEM.md"

    family: Literal["differential"]
    rates_by_rank: dict[str, Rate] | None = None
    """Rate of each rank; a rank that is not named has none."""
    rate_from: str | None = None
    """Instead: the name of a fact that states each participant's rate in the period."""
    start_from: Literal["zero", "buyer", "seller", "credited"] = "zero"
    """What counts as paid before the walk: nothing; the own rate of a buyer in the network; the rate of the seller that
    the order names; or the rate of whom the order is credited to (the buyer, else the seller)."""
    compression: Literal["skip_ineligible", "none"] = "skip_ineligible"
    """Who cannot earn is passed over, and his difference goes to the next above; or keeps it from everybody."""
    equal_rank: Literal["nothing", "stop"] = "nothing"
    """Somebody with the rate that was just paid earns no difference; `stop`: he also ends the walk for all above."""
    equal_rank_rates: Annotated[tuple[Rate, ...], Field(max_length=100)] = ()
    """What the first, second, ... person with an equal rate gets, on the whole base; a higher rate begins anew."""
    min_difference: Rate = Fraction(0)
    """The least that is paid to somebody with a higher rate."""
    max_depth: Annotated[int, Field(ge=1, le=100)] | None = None
    """Levels up the line beyond which nobody is paid; people passed over count as no level."""
    subtract: Literal["highest_paid", "leg_head"] = "highest_paid"
    """With `on: group_volume`: each person's volume pays what is above the highest rate below (`highest_paid`), or a
    leg's whole volume pays the difference to the rate of its head, and only to the person directly above (`leg_head`)."""

    @model_validator(mode="after")
    def _consistent(self) -> Differential:
        if (self.rates_by_rank is None) == (self.rate_from is None):
            raise Mistaken(
                Text(en="give exactly one of rates_by_rank, rate_from", ar="يُذكر واحد فقط من ⁨rates_by_rank⁩ و⁨rate_from⁩")
            )
        if self.equal_rank == "stop" and self.equal_rank_rates:
            raise Mistaken(
                Text(
                    en="equal_rank: stop ends the walk, so that equal_rank_rates can never be paid",
                    ar="تنهي ⁨equal_rank: stop⁩ السير، فلا يمكن دفع ⁨equal_rank_rates⁩ أبدًا",
                )
            )
        if self.subtract == "leg_head":
            if self.on != "group_volume":
                raise Mistaken(
                    Text(
                        en="subtract: leg_head needs on: group_volume",
                        ar="تحتاج ⁨subtract: leg_head⁩ إلى ⁨on: group_volume⁩",
                    )
                )
            if self.equal_rank != "nothing" or self.equal_rank_rates or self.max_depth or self.start_from != "zero":
                raise Mistaken(
                    Text(
                        en="subtract: leg_head knows no start_from, equal_rank, equal_rank_rates or max_depth",
                        ar="لا تعرف ⁨subtract: leg_head⁩ الحقول ⁨start_from⁩ و⁨equal_rank⁩ و⁨equal_rank_rates⁩ و⁨max_depth⁩",
                    )
                )
        if self.on == "group_volume" and self.start_from == "seller":
            raise Mistaken(
                Text(
                    en="group volume has no seller; use start_from: credited",
                    ar="لا بائع لحجم المجموعة. يُستعمل ⁨start_from: credited⁩",
                )
            )
        return self

    def ranks_named(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every rank the component names, with its path."""
        yield from super().ranks_named()
        for rank in self.rates_by_rank or {}:
            yield ("rates_by_rank", rank), rank

    def levels_above(self) -> int | None:
        """As deep as rates rise, unless `max_depth` says otherwise."""
        return 1 if self.subtract == "leg_head" else self.max_depth

    def terms(self) -> Terms:
        """The rule as the walk wants it."""
        from compensation.awarding.differential import Terms

        return Terms(
            self.rates_by_rank, self.rate_from, self.start_from, self.compression == "skip_ineligible",
            self.equal_rank == "stop", self.equal_rank_rates, self.min_difference, self.max_depth or 0,
        )  # fmt: skip

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per order and person with a higher rate than was paid below; what is left of the highest is lost."""
        from compensation.awarding import differential as differential_awards

        if self.subtract == "leg_head":
            return differential_awards.award_by_legs(self, evaluation, self.terms())
        return differential_awards.award(self, evaluation, self.terms())

    def trace(self, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
        """The walk up from one order: who was paid which difference, and who was passed by."""
        from compensation.wording import differential as differential_words

        return differential_words.tell(self, evaluation, awards, order, self.terms())

    def describe(self) -> Text:
        """The component in plain words."""
        from compensation.wording import differential as differential_words

        return differential_words.describe(self)

    def promise(self) -> Promise:
        """At most the highest rate, and what equal ranks and least differences add."""
        from compensation.wording import differential as differential_words

        return differential_words.promise(self, self.terms())
