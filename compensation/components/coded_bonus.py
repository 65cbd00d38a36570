"""Coded bonus: a fixed amount or a rate on qualified sales to the nearest person above who holds the code.

Nobody agrees on the name, so it is defined here by behaviour. Each new member's line is *coded*, at his first qualified
sale, to the nearest person above who then holds the code, and stays so: that person earns on this sale and on
every later one of the member. Somebody codes once the first N sales of his direct recruits were passed up beyond him,
and, where the plan says so, only if he holds the rank (the package) that the product asks for; whoever recruits
somebody into more than he holds himself loses him to the next above. The founders, who have nobody above, hold the
code from the start.

Reference: http://www.internetnextstep.com/b2evolution/blogs/index.php/coded-bonus-for-mlm-compensation (a take-off of
the Australian 2-up; coded by package to the first person above who is coded at that level, for good).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from compensation.components.contract import Component
from compensation.frame import Base
from compensation.quantities import Money, Rate, decimal_text, rate_text
from intake.mistakes import Mistaken, those_given
from intake.text import Text, say

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.worst_case import Promise
    from compensation.evaluation import Evaluation
    from compensation.steps import Step


class CodedBonus(Component):
    """A bonus to the holder of the code."""

    definition: ClassVar[Text] = Text(
        en="A bonus on a member's sales to the nearest person above who held the code at the member's first sale.",
        ar="مكافأة عن مبيعات المشارك لأقرب من كان حائزًا للرمز فوقه عند أول بيع له.",
    )
    reference: ClassVar[str] = (
        "http://www.internetnextstep.com/b2evolution/blogs/index.php/coded-bonus-for-mlm-compensation"
    )

    family: Literal["coded_bonus"]
    base: Base = Base()
    rate: Rate | None = None
    amount: Money | None = None
    """Fixed per order; a partial refund takes it back in proportion."""
    amounts_by_product: dict[str, Money] | None = None
    """Fixed per order by product; other products pay nothing."""
    passes_up: Annotated[int, Field(ge=0)] = 3
    """How many first sales of direct recruits pass beyond somebody before he codes; one for each recruit."""
    rank_by_product: dict[str, str] | None = None
    """Least rank of the holder by the product of the first sale; other products ask for none."""
    pays_on: Literal["every_sale", "first_sale"] = "every_sale"
    """Whether the holder earns on every later sale of the member, too."""

    @model_validator(mode="after")
    def _one_table(self) -> CodedBonus:
        given = [name for name in ("rate", "amount", "amounts_by_product") if getattr(self, name) is not None]
        if len(given) != 1:
            found = those_given(given)
            raise Mistaken(
                say(
                    "give exactly one of rate, amount, amounts_by_product ({found})",
                    "يُذكر واحد فقط من ⁨rate⁩ و⁨amount⁩ و⁨amounts_by_product⁩ ({found})",
                    found=found,
                )
            )
        if self.rate is None and self.base != Base():
            raise Mistaken(Text(en="base has no meaning for fixed amounts", ar="لا معنى لـ ⁨base⁩ مع المبالغ الثابتة"))
        return self

    def ranks_named(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every rank the component names, with its path."""
        yield from super().ranks_named()
        for product, rank in (self.rank_by_product or {}).items():
            yield ("rank_by_product", product), rank

    def pays_in_its_base_currency(self) -> bool:
        """Whether a share of the orders' money is paid."""
        return self.rate is not None and self.base.money

    def levels_above(self) -> int | None:
        """The holder may stand anywhere above."""
        return None

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per qualified sale."""
        from compensation.awarding import coded_bonus as coded_awards

        return coded_awards.award(self, evaluation)

    def trace(self, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
        """Who stands above the member, and whether each of them had coded at the member's first sale."""
        from compensation.awarding import coded_bonus as coded_awards

        return coded_awards.tell(self, evaluation, awards, order)

    def describe(self) -> Text:
        """The component in plain words."""
        from compensation.components.upline import base_text

        if self.rate is not None:
            base = base_text(self.base)
            what = Text(en=f"{rate_text(self.rate)} {base.en}", ar=f"{rate_text(self.rate)} {base.ar}")
        elif self.amount is not None:
            what = Text(en=f"{decimal_text(self.amount)} per order", ar=f"{decimal_text(self.amount)} عن كل طلب")
        else:
            table = ", ".join(f"{name}: {decimal_text(each)}" for name, each in (self.amounts_by_product or {}).items())
            what = Text(en=f"by product ({table})", ar=f"بحسب المنتج ({table})")
        sales = Text(en="every sale of a member", ar="كل مبيعات المشارك")
        if self.pays_on == "first_sale":
            sales = Text(en="a member's first sale", ar="أول بيع للمشارك")
        rank = Text(en="", ar="")
        if self.rank_by_product:
            table = ", ".join(f"{product}: {name}" for product, name in self.rank_by_product.items())
            rank = Text(
                en=f" The holder needs the rank that the product asks for ({table}).",
                ar=f" ويلزم الحائز الرتبة التي يتطلبها المنتج ({table}).",
            )
        return Text(
            en=f"Coded bonus: {what.en} on {sales.en}, to the nearest person above who held the code at the first sale. "
            f"First sales of direct recruits that pass up before somebody codes: {self.passes_up}.{rank.en}",
            ar=f"مكافأة الرمز: {what.ar} عن {sales.ar}، لأقرب من كان حائزًا للرمز فوقه عند أول بيع. "
            f"عدد أول مبيعات المشاركين المباشرين التي تُرحَّل إلى أعلى قبل حيازة الرمز: {self.passes_up}.{rank.ar}",
        )

    def promise(self) -> Promise:
        """One holder per sale."""
        from compensation.components.worst_case import Promise, of_base

        if self.rate is None:
            return Promise("amount", None, Text(en="a fixed amount, whatever the price", ar="مبلغ ثابت أيًّا كان السعر"))
        return of_base(self.base, self.rate)
