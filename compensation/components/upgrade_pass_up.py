"""Upgrade pass-up with hold-back: buying level n pays the n-th person above, who must hold the level himself.

Members buy numbered levels one after the other. Whoever buys level n causes one fixed reward to the person n levels
above him in the tree. That person's first rewards of a level need the level itself, later ones a higher level; until
he buys it the reward is held, and it is released in the transaction in which he does. So every member who is paid a
few times has to buy the next level to be paid again. Events are settled strictly in order of time.

Reference: smart-contract matrices pass payments to the upline of a level (Kell et al. 2021,
https://arxiv.org/abs/2105.04380); the hold-back with a number of free rewards per level was found in the records
of datasets/beehive (docs/plans/reconciling.md says how).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from compensation.components.contract import Component
from compensation.quantities import Money, decimal_text
from intake.frozen import Frozen
from intake.mistakes import Mistaken
from intake.text import Text, say

if TYPE_CHECKING:
    from compensation.awarding.held_rewards import Kind
    from compensation.awards import Awards
    from compensation.components.worst_case import Promise
    from compensation.evaluation import Evaluation
    from compensation.steps import Step


class Reward(Frozen):
    """What buying one level pays."""

    level: str
    """The rank that is bought."""
    amount: Money
    up: Annotated[int, Field(ge=1, le=200)]
    """How many levels above the buyer the receiver stands."""


class HoldBack(Frozen):
    """When a reward waits."""

    free: Annotated[int, Field(ge=0)] = 0
    """So many first rewards of each level need only that level."""
    then_levels_more: Annotated[int, Field(ge=0, le=20)] = 1
    """Later ones need a level so many steps higher (at most the highest)."""


class UpgradePassUp(Component):
    """A reward to the n-th upline for each level bought."""

    definition: ClassVar[Text] = Text(
        en="Buying level n pays a fixed reward to the person n levels above, who must hold that level or a higher "
        "one; otherwise the reward is held until that person buys it.",
        ar="شراء المستوى رقم n يدفع مكافأة ثابتة لمن يعلو المشتري بعدد n من المستويات، بشرط أن يكون حائزًا لهذا "
        "المستوى أو ما فوقه؛ وإلا تُحتجز المكافأة حتى يشتريه.",
    )
    reference: ClassVar[str] = (
        "Kell et al. 2021, https://arxiv.org/abs/2105.04380 (payments that pass to the upline of a level)"
    )

    pays_for_joining: ClassVar[bool] = True

    family: Literal["upgrade_pass_up"]
    rewards: Annotated[list[Reward], Field(min_length=1)]
    hold_back: HoldBack | None = None
    """Without it every reward is paid at once, whatever the receiver holds."""

    @model_validator(mode="after")
    def _each_level_once(self) -> UpgradePassUp:
        names = [reward.level for reward in self.rewards]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise Mistaken(
                say("two rewards for the same level: {twice}", "مكافأتان للمستوى نفسه: {twice}", twice=", ".join(twice))
            )
        return self

    def ranks_named(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every rank the component names, with its path."""
        yield from super().ranks_named()
        for index, reward in enumerate(self.rewards):
            yield ("rewards", index, "level"), reward.level

    def needs_bought_ranks(self) -> bool:
        """Levels are bought: the plan's ranks must come from purchases."""
        return True

    def kinds(self, evaluation: Evaluation) -> list[Kind]:
        """The rewards, with the levels that receivers need."""
        from compensation.awarding.held_rewards import ALWAYS, Kind

        ranks = evaluation.plan.ranks
        assert ranks is not None
        kinds = []
        for reward in self.rewards:
            own = ranks.index(reward.level)
            if self.hold_back is None:
                kinds.append(Kind(reward.up, reward.amount, ALWAYS, 0, 0))
                continue
            later = min(own + self.hold_back.then_levels_more, len(ranks.order))
            kinds.append(Kind(reward.up, reward.amount, self.hold_back.free, own, later))
        return kinds

    def levels_above(self) -> int | None:
        """The highest receiver of any reward."""
        return max(reward.up for reward in self.rewards)

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per level bought: paid at once, held, released later, or nobody's."""
        from compensation.awarding import held_rewards

        ranks = evaluation.plan.ranks
        assert ranks is not None
        kind_by_rank = np.full(len(ranks.order) + 1, -1, np.int32)
        for index, reward in enumerate(self.rewards):
            kind_by_rank[ranks.index(reward.level)] = index
        counts = evaluation.selected(self.orders, self.in_force) & (evaluation.amount >= 0)
        kind_of = np.where(counts, kind_by_rank[evaluation.bought], np.int32(-1))
        return held_rewards.settle(self, evaluation, self.kinds(evaluation), kind_of)

    def trace(self, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
        """To whom the reward of this purchase went, and what it released."""
        from compensation.wording import held_rewards as held_words

        return held_words.tell(self, evaluation, awards, order)

    def describe(self) -> Text:
        """The component in plain words."""
        en = ", ".join(f"{r.level} pays {decimal_text(r.amount)} to upline {r.up}" for r in self.rewards)
        ar = "، ".join(f"{r.level}: {decimal_text(r.amount)} للراعي رقم {r.up} صعودًا" for r in self.rewards)
        held = Text(en="Paid at once, whatever the receiver holds.", ar="تُدفع فورًا أيًّا كان مستوى المستفيد.")
        if self.hold_back is not None:
            free, more = self.hold_back.free, self.hold_back.then_levels_more
            held = Text(
                en=f"The receiver's first {free} rewards of a level need that level, later ones need {more} more; "
                "until then they are held.",
                ar=f"أول {free} من مكافآت كل مستوى تتطلب حيازة المستوى نفسه، وما بعدها يتطلب {more} من المستويات "
                "زيادة؛ وتُحتجز المكافأة إلى أن يتحقق ذلك.",
            )
        return Text(
            en=f"Upgrade pass-up: {en}. {held.en}",
            ar=f"ترحيل مكافآت الترقية إلى أعلى: {ar}. {held.ar}",
        )

    def promise(self) -> Promise:
        """Each upgrade pays one fixed reward, whatever is sold."""
        from compensation.components.worst_case import Promise

        why = Text(en="tied to buying a level, not to a sale", ar="مرتبطة بشراء مستوى لا بالبيع")
        return Promise("event", None, why)
