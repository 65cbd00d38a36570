"""Infinity bonus: pay without a limit of depth, until somebody with the same right stands in between.

Three models. `override`: who holds the right is paid a rate on every sale from a level on downwards, however deep, until
the next person with the same right; that person's own right begins as many levels below him, and up to there the upper
one is still paid. `generations`: the same, with further rates beyond the first such person. `differential`: the
rate of the rank minus the highest rate already paid below.

Reference: https://www.globalmlmsolution.com (pure override, generational, differential); Purium,
https://support.mypurium.com/support/solutions/articles/6000031734-infinity-bonus (the right begins at level 9);
lylabarker/imp.money, docs/leadership/8-rank-system.md (differential).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from compensation.components.unilevel import Rates
from compensation.components.upline import Upline
from compensation.quantities import Rate
from intake.mistakes import Mistaken
from intake.text import Text, say

if TYPE_CHECKING:
    from compensation.awarding.differential import Terms as Differences
    from compensation.awards import Awards
    from compensation.components.worst_case import Promise
    from compensation.evaluation import Evaluation
    from compensation.steps import Step

Level = Annotated[int, Field(ge=1, le=100)]
_ONLY: dict[str, tuple[str, ...]] = {
    "from_level": ("override", "generations"),
    "from_level_by_rank": ("override", "generations"),
    "blocked_by": ("override", "generations"),
    "ineligible_blocks": ("override", "generations"),
    "start_from": ("differential",),
    "equal_rank": ("differential",),
}


class Infinity(Upline):
    """An infinity bonus."""

    definition: ClassVar[Text] = Text(
        en="A commission on everything below, without a limit of depth, until somebody with the same right.",
        ar="عمولة عن كل ما تحت المشارك بلا حد للعمق، حتى أول من له الحق نفسه.",
    )
    reference: ClassVar[str] = "https://support.mypurium.com/support/solutions/articles/6000031734-infinity-bonus"

    family: Literal["infinity"]
    model: Literal["override", "generations", "differential"] = "override"
    rates_by_rank: dict[str, Rate] | None = None
    """Rate of each rank that holds the right."""
    rate_from: str | None = None
    """Instead: the name of a fact that states each holder's rate in the period."""
    generation_rates_by_rank: dict[str, Rates] | None = None
    """For `model: generations`: rates up to the first, the second, ... person with the same right."""
    from_level: Level = 1
    """The right covers the people so many levels below and everybody under them."""
    from_level_by_rank: dict[str, Level] = Field(default_factory=dict)
    """The same by rank; a rank that is not named has `from_level`."""
    blocked_by: Literal["same_or_higher", "any"] = "same_or_higher"
    """Whose right blocks: that of the same or a higher rank than the earner's, or anybody's."""
    ineligible_blocks: bool = False
    """Whether somebody of the rank who cannot earn in the period blocks all the same."""
    compression: Literal["skip_ineligible", "none"] = "skip_ineligible"
    """Whether who cannot earn is left out when levels are counted; in a differential, whether he is passed over."""
    start_from: Literal["zero", "buyer", "seller", "credited"] = "zero"
    """For `model: differential`: as for the family `differential`."""
    equal_rank: Literal["nothing", "stop"] = "nothing"
    """For `model: differential`: whether an equal rank also ends the walk for all above."""

    @model_validator(mode="after")
    def _consistent(self) -> Infinity:
        tables = ("rates_by_rank", "rate_from", "generation_rates_by_rank")
        given = [name for name in tables if getattr(self, name) is not None]
        wanted = ("generation_rates_by_rank",) if self.model == "generations" else ("rates_by_rank", "rate_from")
        if len(given) != 1 or given[0] not in wanted:
            raise Mistaken(
                say(
                    "model: {model} needs exactly one of: {wanted}",
                    "تحتاج ⁨model:⁩ {model} إلى واحد فقط من: {wanted}",
                    model=self.model,
                    wanted=", ".join(wanted),
                )
            )
        for key, models in _ONLY.items():
            if key in self.model_fields_set and self.model not in models:
                raise Mistaken(
                    say(
                        "{key} has a meaning only with model: {models}",
                        "لا معنى لـ {key} إلا مع ⁨model:⁩ {models}",
                        key=key,
                        models=" or ".join(models),
                    )
                )
        if self.on == "group_volume" and (self.from_level > 1 or self.from_level_by_rank):
            raise Mistaken(
                Text(
                    en="from_level counts levels above each order; it needs on: orders",
                    ar="يعدّ ⁨from_level⁩ المستويات فوق كل طلب، فيحتاج إلى ⁨on: orders⁩",
                )
            )
        return self

    def ranks_named(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every rank the component names, with its path."""
        yield from super().ranks_named()
        for key in ("rates_by_rank", "generation_rates_by_rank", "from_level_by_rank"):
            for rank in getattr(self, key) or {}:
                yield (key, rank), rank

    def levels_above(self) -> int | None:
        """Without limit."""
        return None

    def differences(self) -> Differences:
        """The rule of the differential model."""
        from compensation.awarding.differential import Terms

        skip = self.compression == "skip_ineligible"
        return Terms(self.rates_by_rank, self.rate_from, self.start_from, skip, self.equal_rank == "stop")

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per order and holder of the right whom nobody blocks."""
        from compensation.awarding import differential as differential_awards
        from compensation.awarding import generation as generation_awards
        from compensation.awarding import infinity as infinity_awards

        if self.model == "differential":
            return differential_awards.award(self, evaluation, self.differences())
        return generation_awards.award(self, evaluation, infinity_awards.terms_of(self, evaluation))

    def trace(self, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
        """The walk up from one order: the holders of the right, and who blocks whom."""
        from compensation.wording import differential as differential_words
        from compensation.wording import infinity as infinity_words

        if self.model == "differential":
            return differential_words.tell(self, evaluation, awards, order, self.differences())
        return infinity_words.tell(self, evaluation, awards, order)

    def describe(self) -> Text:
        """The component in plain words."""
        from compensation.wording import infinity as infinity_words

        return infinity_words.describe(self)

    def promise(self) -> Promise:
        """At most the rates of all ranks together, or the highest where anybody's right blocks."""
        from compensation.wording import differential as differential_words
        from compensation.wording import infinity as infinity_words

        if self.model == "differential":
            return differential_words.promise(self, self.differences())
        return infinity_words.promise(self)
