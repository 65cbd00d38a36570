"""Generation override: leaders up the line are paid by how many leaders stand between them and the sale.

A generation is the stretch from one leader down to, without, the next. Walking up, only leaders are counted: the first
gets the rate of generation 1, the second that of generation 2. Who is a leader (a fixed rank, what the company states,
or anybody of the same or a higher rank than the earner), what a leader who cannot earn does to the count, whether
an empty generation uses up a number, and whether others earn at all, differ from plan to plan.

Reference: mheuss/mlmforge, content/guides/generation.md (threshold rank and same rank); Tiens,
http://banner-store.blogspot.com/2007/09/examples-of-bonus-calculation.html (on the group volume of each generation).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from compensation.components.unilevel import Rates
from compensation.components.upline import Upline
from intake.mistakes import Mistaken
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.worst_case import Promise
    from compensation.evaluation import Evaluation
    from compensation.steps import Step


class Generation(Upline):
    """A generation override."""

    definition: ClassVar[Text] = Text(
        en="A commission per generation: leaders up the line are paid by how many leaders stand between them and the "
        "sale.",
        ar="عمولة لكل جيل: يُدفع للقادة في سلسلة الرعاة بحسب عدد القادة بينهم وبين عملية البيع.",
    )
    reference: ClassVar[str] = "mheuss/mlmforge, content/guides/generation.md"

    family: Literal["generation"]
    rates: Rates | None = None
    """Share of the base for generation 1, 2, ...; the same for every leader."""
    rates_by_rank: dict[str, Rates] | None = None
    """The same by the earner's rank; a rank is paid as many generations as it has rates."""
    boundary: Literal["leader", "same_or_higher"] = "leader"
    """Which leaders close a generation: all, or for each earner those of the same or a higher standing than his."""
    boundary_rank: str | None = None
    """Who holds this rank or a higher one is a leader."""
    leader_from: str | None = None
    """Instead: the name of a fact that says who is a leader in the period."""
    standing_from: str | None = None
    """With `boundary: same_or_higher`: the name of a fact whose numbers are compared, instead of ranks."""
    inactive_leader: Literal["boundary", "invisible"] = "boundary"
    """A leader who cannot earn still closes a generation and uses up its number; or is passed over."""
    empty_generation: Literal["uses_number", "skipped"] = "uses_number"
    """Two leaders directly above each other: the upper one's own generation on this line is empty. It uses up a number,
    or is skipped: he is then paid as the generation of the lower one."""
    max_generations: Annotated[int, Field(ge=1, le=100)] | None = None
    """Generations paid, where fewer than there are rates."""
    max_generations_by_rank: dict[str, Annotated[int, Field(ge=0, le=100)]] = Field(default_factory=dict)
    """The same by the earner's rank; a rank that is not named has `max_generations`."""
    leaders_only: bool = True
    """Whether only leaders earn."""
    own_group_is_generation: Annotated[int, Field(ge=0, le=1)] = 1
    """1: the group that an earner heads is his first generation. 0: it pays nothing, the next leader's is the first."""

    @model_validator(mode="after")
    def _consistent(self) -> Generation:
        if (self.rates is None) == (self.rates_by_rank is None):
            raise Mistaken(
                Text(en="give exactly one of rates, rates_by_rank", ar="يُذكر واحد فقط من ⁨rates⁩ و⁨rates_by_rank⁩")
            )
        if self.boundary_rank is not None and self.leader_from is not None:
            raise Mistaken(
                Text(en="give only one of boundary_rank, leader_from", ar="يُذكر واحد فقط من ⁨boundary_rank⁩ و⁨leader_from⁩")
            )
        if self.boundary == "leader" and self.boundary_rank is None and self.leader_from is None:
            raise Mistaken(
                Text(
                    en="say who is a leader: boundary_rank, or leader_from; or boundary: same_or_higher",
                    ar="يُرجى بيان من هو القائد: ⁨boundary_rank⁩ أو ⁨leader_from⁩؛ أو ⁨boundary: same_or_higher⁩",
                )
            )
        if self.standing_from is not None and self.boundary != "same_or_higher":
            raise Mistaken(
                Text(
                    en="standing_from has a meaning only with boundary: same_or_higher",
                    ar="لا معنى لـ ⁨standing_from⁩ إلا مع ⁨boundary: same_or_higher⁩",
                )
            )
        if self.empty_generation == "skipped" and (self.boundary != "leader" or not self.leaders_only):
            raise Mistaken(
                Text(
                    en="empty_generation: skipped needs boundary: leader and leaders_only: true",
                    ar="تحتاج ⁨empty_generation: skipped⁩ إلى ⁨boundary: leader⁩ و⁨leaders_only: true⁩",
                )
            )
        return self

    def ranks_named(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every rank the component names, with its path."""
        yield from super().ranks_named()
        if self.boundary_rank is not None:
            yield ("boundary_rank",), self.boundary_rank
        for rank in self.rates_by_rank or {}:
            yield ("rates_by_rank", rank), rank
        for rank in self.max_generations_by_rank:
            yield ("max_generations_by_rank", rank), rank

    def levels_above(self) -> int | None:
        """Without limit: generations are no levels."""
        return None

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per order and paid leader, or per earner and generation of a period."""
        from compensation.awarding import generation as generation_awards

        return generation_awards.award(self, evaluation, generation_awards.terms_of(self, evaluation))

    def trace(self, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
        """The walk up from one order: the leaders met, and who was passed by."""
        from compensation.wording import generation as generation_words

        return generation_words.tell(
            self, evaluation, awards, order, leaders=self.boundary_rank is not None or self.leader_from is not None
        )

    def describe(self) -> Text:
        """The component in plain words."""
        from compensation.wording import generation as generation_words

        return generation_words.describe(self)

    def promise(self) -> Promise:
        """The rates of all generations together; of every rank, where each rank has generations of its own."""
        from compensation.wording import generation as generation_words

        return generation_words.promise(self)
