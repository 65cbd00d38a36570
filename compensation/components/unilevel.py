"""Unilevel: a level commission over a tree of unlimited width and limited depth.

For each order the tree is walked up from whoever it is credited to; the person at level l earns base x rate, where
rate and payable depth may depend on the earner's rank. A buyer in the network stands at level 0; an outside
customer's seller stands at level 1 (or 0, `customers_seller_is_level`). Who cannot earn may keep the level, or be
compressed out in one of several ways; who is eligible but lacks the depth is a second, separate question.

Reference: vendors' definitions differ in name and agree in behaviour; compression is defined here by behaviour, after
https://infinitemlmsoftware.com/blog/compression-logic-in-mlm-software and https://www.globalmlmsolution.com.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from compensation.components.breakaway_leaders import Leaders
from compensation.components.contract import CUSTOMER_KINDS, Component
from compensation.components.worst_case import Promise, of_base
from compensation.frame import Base
from compensation.quantities import Money, Points, Rate, decimal_text
from intake.frozen import Frozen
from intake.mistakes import Mistaken, those_given
from intake.text import Text, say

if TYPE_CHECKING:
    from compensation.awards import Awards, Int32s, Int64s
    from compensation.evaluation import Evaluation, Walk
    from compensation.steps import Step

MOST_LEVELS = 100

Rates = Annotated[list[Rate], Field(min_length=1, max_length=MOST_LEVELS)]
Amounts = Annotated[list[Money], Field(min_length=1, max_length=MOST_LEVELS)]


class LegStep(Frozen):
    """From this many active legs on, this many levels are paid."""

    min_legs: Annotated[int, Field(ge=0)]
    levels: Annotated[int, Field(ge=0, le=MOST_LEVELS)]


class DepthByLegs(Frozen):
    """Depth opened by active legs: legs whose head has at least this personal volume in the period."""

    min_personal_volume: Points
    steps: Annotated[list[LegStep], Field(min_length=1)]

    @model_validator(mode="after")
    def _rising(self) -> DepthByLegs:
        legs = [step.min_legs for step in self.steps]
        if legs != sorted(set(legs)):
            raise Mistaken(Text(en="steps must rise in min_legs", ar="يجب أن ترتفع ⁨steps⁩ في ⁨min_legs⁩"))
        return self


class LevelCommission(Component):
    """What every commission by level has, whichever tree it walks: its table, and whom it leaves out."""

    base: Base = Base()
    rates: Rates | None = None
    """Share of the base for level 1, 2, ...; the same for every earner."""
    rates_by_rank: dict[str, Rates] | None = None
    """The same by the earner's rank; a rank is paid as many levels as it has rates."""
    amounts: Amounts | None = None
    """A fixed amount per order for level 1, 2, ...; instead of rates."""
    amounts_by_rank: dict[str, Amounts] | None = None
    amounts_per: Literal["order", "piece"] = "order"
    depth_by_active_legs: DepthByLegs | None = None
    compression: Literal["none", "skip_ineligible", "dynamic", "remove_empty"] = "none"
    """`none`: who cannot earn keeps the level, nobody is paid for it. `skip_ineligible`: the level number is not
    used up. `dynamic`: each level goes to the next person above who is eligible, has that level's least rank and is
    paid to that depth. `remove_empty`: people without personal volume in the period are left out when levels are
    counted; who is ineligible for another reason keeps the level."""
    min_rank_by_level: list[str | None] | None = None
    """The least rank for level 1, 2, ...; who holds a lower one is not paid to this depth, see `lacking_depth`; with
    dynamic compression he is passed over."""
    lacking_depth: Literal["breakage", "skip", "stop"] = "breakage"
    """Eligible, but not paid to this depth, or below its least rank: the level goes unpaid, is offered to the next
    above, or ends the walk."""
    customers_seller_is_level: Annotated[int, Field(ge=0, le=1)] = 1
    tree_as_of: Literal["order", "period_close"] = "order"
    """Which tree is walked when somebody changed sponsor: the order's date, or the close of the period."""
    stop_at: Leaders | None = None
    """The walk ends at the first leader, who is himself still paid; a leader's own order is paid to nobody above."""

    @model_validator(mode="after")
    def _one_table(self) -> LevelCommission:
        given = [
            name for name in ("rates", "rates_by_rank", "amounts", "amounts_by_rank") if getattr(self, name) is not None
        ]
        if len(given) != 1:
            found = those_given(given)
            raise Mistaken(
                say(
                    "give exactly one of rates, rates_by_rank, amounts, amounts_by_rank ({found})",
                    "يُذكر واحد فقط من ⁨rates⁩ و⁨rates_by_rank⁩ و⁨amounts⁩ و⁨amounts_by_rank⁩ ({found})",
                    found=found,
                )
            )
        if self.min_rank_by_level is not None and len(self.min_rank_by_level) != self.levels:
            raise Mistaken(
                say(
                    "min_rank_by_level needs one entry for each of the {levels} levels",
                    "تحتاج ⁨min_rank_by_level⁩ إلى قيمة لكل مستوى من المستويات وعددها {levels}",
                    levels=self.levels,
                )
            )
        if self.fixed and self.base != Base():
            raise Mistaken(Text(en="base has no meaning for fixed amounts", ar="لا معنى لـ ⁨base⁩ مع المبالغ الثابتة"))
        return self

    @property
    def fixed(self) -> bool:
        """Whether fixed amounts are paid instead of rates."""
        return self.rates is None and self.rates_by_rank is None

    @property
    def levels(self) -> int:
        """Depth of the deepest row of the table."""
        return max(len(row) for _, row in self.table())

    def table(self) -> Iterator[tuple[str | None, list[Fraction]]]:
        """Rows of the rate or amount table: rank (None = everybody) and one value per level."""
        flat = self.rates if self.rates is not None else self.amounts
        if flat is not None:
            yield None, flat
            return
        yield from (self.rates_by_rank or self.amounts_by_rank or {}).items()

    def ranks_named(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every rank the component names, with its path."""
        yield from super().ranks_named()
        for key in ("rates_by_rank", "amounts_by_rank"):
            for rank in getattr(self, key) or {}:
                yield (key, rank), rank
        for index, name in enumerate(self.min_rank_by_level or []):
            if name is not None:
                yield ("min_rank_by_level", index), name
        if self.stop_at is not None:
            yield from self.stop_at.ranks_named("stop_at")

    def pays_in_its_base_currency(self) -> bool:
        """Whether a rate of the orders' money is paid, so that the award is in the same money."""
        return not self.fixed and self.base.measure == "amount"

    def levels_above(self) -> int | None:
        """Levels of the table; of an outside customer's order the seller's own level is no level above."""
        kinds = self.orders.buyer_kinds
        if kinds is not None and CUSTOMER_KINDS.issuperset(kinds):
            return self.levels - self.customers_seller_is_level
        return self.levels

    def promise(self) -> Promise:
        """The highest rate of every level, added up."""
        rows = [row for _, row in self.table()]
        best = sum((max(row[level] for row in rows if level < len(row)) for level in range(self.levels)), Fraction(0))
        if self.fixed:
            per = Text(en="piece", ar="قطعة") if self.amounts_per == "piece" else Text(en="order", ar="طلب")
            why = Text(
                en=f"{decimal_text(best)} for every {per.en}, whatever it costs.",
                ar=f"{decimal_text(best)} عن كل {per.ar} مهما كان ثمنه.",
            )
            return Promise("event", None, why)
        return of_base(self.base, best)

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per order and level that somebody earns; the rest is breakage, by reason."""
        from compensation.awarding import unilevel as unilevel_awards

        return unilevel_awards.award(self, evaluation)

    def trace(self, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
        """The walk up from one order: whom it met and what became of each level."""
        from compensation.wording import unilevel as unilevel_words

        return unilevel_words.tell(self, evaluation, awards, order)

    def walks(self, evaluation: Evaluation, base: Int64s) -> Iterator[Walk]:
        """The orders with a base, each with the tree up which it is paid."""
        return evaluation.walks(self, base, as_of=self.tree_as_of)

    def starts(self, evaluation: Evaluation, walked: Walk, orders: Int32s) -> Int32s:
        """The position of level 1 for each order, or a code of `level_walk` for why there is none."""
        from compensation.awarding import unilevel as unilevel_awards

        return unilevel_awards.start_of(self, evaluation, walked, orders)


class Unilevel(LevelCommission):
    """A level commission."""

    definition: ClassVar[Text] = Text(
        en="A commission per level: for each order the people above the buyer are paid, level by level, "
        "up to a limited depth.",
        ar="عمولة لكل مستوى: عن كل طلب تُدفع عمولة لمن هم فوق المشتري، مستوى بعد مستوى، حتى عمق محدود.",
    )
    reference: ClassVar[str] = (
        "https://www.globalmlmsolution.com and https://infinitemlmsoftware.com/blog/compression-logic-in-mlm-software"
    )

    family: Literal["unilevel"]

    def describe(self) -> Text:
        """The component in plain words."""
        from compensation.wording import unilevel as unilevel_words

        return unilevel_words.describe(self)
