"""Recruitment bonus: a fixed amount to the sponsor for each direct recruit, once.

It is tied to somebody joining and not to a sale, which is what regulators ask about first; so it is a component
of its own, that can be reported apart, even where a company books it together with others. The recruit's first
order that passes the filter (typically the entry fee) is the event; nothing is compressed or passed up. It may be
held back: after the first few, until the sponsor holds a rank.

Reference: bonuses to the enroller on a recruit's first order are common under the name of fast start, for example
https://www.doterra.com/US/en/blog/building-the-basics-of-fast-start; this family has the fixed sum only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from compensation.components.contract import Component
from compensation.quantities import Money, decimal_text
from intake.frozen import Frozen
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.worst_case import Promise
    from compensation.evaluation import Evaluation
    from compensation.steps import Step


class RecruitsHeldBack(Frozen):
    """After the first bonuses the sponsor must hold a rank; until then they are held."""

    free: Annotated[int, Field(ge=0)]
    then_rank: str


class RecruitmentBonus(Component):
    """A fixed amount per direct recruit."""

    definition: ClassVar[Text] = Text(
        en="A fixed amount to the sponsor for each person recruited directly, whatever that person sells.",
        ar="مبلغ ثابت للراعي عن كل مشارك يستقطبه مباشرةً، مهما كانت مبيعات هذا المشارك.",
    )
    reference: ClassVar[str] = "https://www.doterra.com/US/en/blog/building-the-basics-of-fast-start"

    pays_for_joining: ClassVar[bool] = True

    family: Literal["recruitment_bonus"]
    amount: Money
    """Paid once per recruit, at the recruit's first order that passes `orders`; what takes that order back takes it back,
    in proportion where only a part is refunded."""
    hold_back: RecruitsHeldBack | None = None

    def ranks_named(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every rank the component names, with its path."""
        yield from super().ranks_named()
        if self.hold_back is not None:
            yield ("hold_back", "then_rank"), self.hold_back.then_rank

    def needs_bought_ranks(self) -> bool:
        """With hold-back the rank is followed from event to event, so it must be one that is bought."""
        return self.hold_back is not None

    def levels_above(self) -> int | None:
        """The sponsor only."""
        return 1

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per recruit: paid at once, held, released later, or nobody's."""
        from compensation.awarding.held_rewards import ALWAYS, Kind, settle

        counts = evaluation.selected(self.orders, self.in_force) & (evaluation.amount >= 0)
        known = np.flatnonzero(counts & (evaluation.buyer >= 0))
        _, first = np.unique(evaluation.buyer[known], return_index=True)
        kind_of = np.where(counts & (evaluation.buyer < 0), np.int32(0), np.int32(-1))
        kind_of[known[first]] = 0
        kind = Kind(1, self.amount, ALWAYS, 0, 0)
        if self.hold_back is not None and evaluation.plan.ranks is not None:
            needed = evaluation.plan.ranks.index(self.hold_back.then_rank)
            kind = Kind(1, self.amount, self.hold_back.free, 0, needed)
        return settle(self, evaluation, [kind], kind_of)

    def trace(self, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
        """What the sponsor got for this recruit, and what the order released."""
        from compensation.wording import held_rewards as held_words

        return held_words.tell(self, evaluation, awards, order)

    def describe(self) -> Text:
        """The component in plain words."""
        amount = decimal_text(self.amount) + (f" {self.currency}" if self.currency else "")
        en = f"Recruitment bonus: {amount} to the sponsor, once, for each person recruited directly."
        ar = f"مكافأة الاستقطاب: {amount} للراعي، مرة واحدة، عن كل مشارك يستقطبه مباشرةً."
        if self.hold_back is not None:
            free, rank = self.hold_back.free, self.hold_back.then_rank
            en += f" After the first {free} the sponsor must hold {rank}; until then it is held."
            ar += f" بعد أول {free} يجب أن يحوز الراعي {rank}؛ وتُحتجز المكافأة إلى أن يتحقق ذلك."
        return Text(en=en, ar=ar)

    def promise(self) -> Promise:
        """It is tied to joining and to no sale."""
        from compensation.components.worst_case import Promise

        return Promise("event", None, Text(en="tied to joining, not to a sale", ar="مرتبطة بالانضمام لا بالبيع"))
