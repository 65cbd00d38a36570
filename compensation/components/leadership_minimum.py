"""Leadership bonus with a guaranteed minimum: each leader's group pays its sponsor, and what lacks comes from the leader.

A leader is whose personal group (own volume and everything below, without the groups of leaders) reaches a volume, or
who receives this bonus himself. The sponsor of a leader receives a rate on the leader's personal group, provided that
his own personal group reaches a smaller volume. He is guaranteed as much as a group at the full volume would bring: what
a leader lacks for that is taken from the bonus that this leader receives. Reckoned from the lowest leader upwards.

Reference: https://amwaywiki.com/Leadership_Bonus (the 4 % leadership bonus and its adjustment) and
https://vdocuments.site/asmpbrochure-final-production.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from compensation.components.breakaway_leaders import Leaders
from compensation.components.contract import Component
from compensation.components.worst_case import Promise, of_base
from compensation.frame import Base, Measure
from compensation.quantities import Money, Points, Rate
from intake.mistakes import Mistaken
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.evaluation import Evaluation
    from compensation.steps import Step


class LeadershipMinimum(Component):
    """A leadership bonus that guarantees the sponsor a minimum."""

    definition: ClassVar[Text] = Text(
        en="A rate on each leader's personal group to his sponsor, with a minimum that the leader makes up from his own "
        "bonus.",
        ar="نسبة من المجموعة الشخصية لكل قائد تُدفع لراعيه، بحد أدنى مضمون يكمله القائد من مكافأته.",
    )
    reference: ClassVar[str] = "https://amwaywiki.com/Leadership_Bonus"

    family: Literal["leadership_minimum"]
    rate: Rate
    base: Base = Base()
    measure: Measure | None = None
    """In which `leader_volume` and `recipient_volume` are stated; the plan's measure of volume, unless said."""
    leader_volume: Points
    """The personal group volume that makes a leader; equality is enough."""
    leaders: Leaders | None = None
    """Who is a leader besides, by rank or fact."""
    recipients_are_leaders: bool = True
    """Whether who receives the bonus is a leader, whatever his volume."""
    recipient_volume: Points
    """The personal group volume that a recipient needs."""
    min_leaders: Annotated[int, Field(ge=1)] = 1
    """How many leaders a recipient needs."""
    enough_leaders: Annotated[int, Field(ge=1)] | None = None
    """So many leaders suffice, whatever the recipient's own group has."""
    leaders_in: Literal["frontline", "legs"] = "frontline"
    """Whether those must be frontline people, or legs in which there is a leader anywhere."""
    guaranteed_volume: Points | None = None
    """The minimum, as the volume of a group that brings it."""
    guaranteed_amount: Money | None = None
    """Instead: the minimum as money."""
    not_entitled: Literal["breakage", "pass_up"] = "breakage"
    """Where a leader's sponsor does not qualify: nobody receives it, or the next above who does."""
    stated_volume: bool = False
    """Whether own volume is what the company states as `personal_volume`, where it does, instead of the orders' sum."""

    @model_validator(mode="after")
    def _consistent(self) -> LeadershipMinimum:
        if self.guaranteed_volume is not None and self.guaranteed_amount is not None:
            raise Mistaken(
                Text(
                    en="give one of guaranteed_volume, guaranteed_amount",
                    ar="يُذكر واحد من ⁨guaranteed_volume⁩ و⁨guaranteed_amount⁩",
                )
            )
        if self.leaders is not None and self.leaders.group_volume is not None:
            raise Mistaken(
                Text(
                    en="the volume of leaders is leader_volume; leaders names a rank or a fact",
                    ar="حجم القادة هو ⁨leader_volume⁩؛ أما ⁨leaders⁩ فتسمّي رتبة أو واقعة",
                )
            )
        if self.enough_leaders is not None and self.enough_leaders < self.min_leaders:
            raise Mistaken(
                Text(
                    en="enough_leaders cannot be fewer than min_leaders", ar="لا يكون ⁨enough_leaders⁩ أقل من ⁨min_leaders⁩"
                )
            )
        if self.guaranteed_amount is not None and not self.rate:
            raise Mistaken(Text(en="a rate of 0 brings no guaranteed_amount", ar="النسبة 0 لا تعطي ⁨guaranteed_amount⁩"))
        return self

    def ranks_named(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every rank the component names, with its path."""
        yield from super().ranks_named()
        if self.leaders is not None:
            yield from self.leaders.ranks_named("leaders")

    def pays_in_its_base_currency(self) -> bool:
        """Whether a rate of the orders' money is paid."""
        return self.base.money

    def levels_above(self) -> int | None:
        """Without limit: a personal group may have any depth."""
        return None

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per participant and period: a line for each leader, what makes up minimums added and taken off."""
        from compensation.awarding import leadership_minimum as leadership_minimum_awards

        return leadership_minimum_awards.award(self, evaluation)

    def trace(self, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
        """In whose group the order counts, and who receives the bonus on it."""
        from compensation.wording import leadership_minimum as leadership_minimum_words

        return leadership_minimum_words.tell(self, evaluation, awards, order)

    def account(self, evaluation: Evaluation, awards: Awards, index: int) -> list[Step]:
        """What a line is, and its arithmetic."""
        from compensation.wording import leadership_minimum as leadership_minimum_words

        return leadership_minimum_words.account(self, evaluation, awards, index)

    def describe(self) -> Text:
        """The component in plain words."""
        from compensation.wording import leadership_minimum as leadership_minimum_words

        return leadership_minimum_words.describe(self)

    def promise(self) -> Promise:
        """The rate: a sale is in one personal group alone, and minimums only move what others receive."""
        return of_base(self.base, self.rate)
