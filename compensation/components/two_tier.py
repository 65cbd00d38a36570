"""Two-tier and multi-tier affiliate commission: whoever recruited the affiliate earns from his sales, too.

The first tier stands above the affiliate in the tree, the second above that one. Three bases differ by a factor of
ten, so the plan must name one: the affiliate's commission, the sale itself, or what remains to the merchant, where
each tier is rounded before the next is reckoned. It is paid on top: the affiliate's own commission does not change.

Reference: on the commission https://docs.uppromote.com/outreach/affiliate-recruitment/mlm and
https://clothfix.com/pages/affiliates; on the sale https://autocloz.com/afflio/blog/multi-tier-sub-affiliate-overrides.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from compensation.components.contract import Component, Id
from compensation.frame import Base
from compensation.quantities import Rate, rate_text
from intake.mistakes import Mistaken
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards, Int32s, Int64s
    from compensation.components.worst_case import Promise
    from compensation.evaluation import Evaluation


class TwoTier(Component):
    """A commission to the recruiters of the affiliate who made the sale."""

    definition: ClassVar[Text] = Text(
        en="A commission to whoever recruited the affiliate, tier by tier, on top of the affiliate's own.",
        ar="عمولة لمن استقطب المسوّق بالعمولة، مستوى بعد مستوى، زيادةً على عمولة المسوّق نفسه.",
    )
    reference: ClassVar[str] = (
        "https://docs.uppromote.com/outreach/affiliate-recruitment/mlm and https://clothfix.com/pages/affiliates"
    )

    family: Literal["two_tier"]
    of: Annotated[tuple[Id, ...], Field(min_length=1)]
    """The affiliate components whose sales count."""
    share_of: Literal["commission", "sale", "remainder"]
    """`commission`: what those components paid the affiliate; `sale`: the `base` of the order; `remainder`: that base less
    what they paid for it, and less each tier before."""
    base: Base = Base()
    """Of a sale."""
    rates: Annotated[list[Rate], Field(min_length=1, max_length=100)]
    """Tier 1 (the affiliate's sponsor), 2, ..."""
    compression: Literal["none", "skip_ineligible"] = "none"
    tree_as_of: Literal["order", "period_close"] = "order"

    @model_validator(mode="after")
    def _base_fits(self) -> TwoTier:
        if self.share_of == "commission" and self.base != Base():
            raise Mistaken(
                Text(en="base has no meaning with share_of: commission", ar="لا معنى لـ ⁨base⁩ مع ⁨share_of: commission⁩")
            )
        if self.share_of == "remainder" and (not self.base.money or self.base.share != 1):
            raise Mistaken(
                Text(
                    en="what remains to the merchant is money: use measure: amount or margin, without a share",
                    ar="ما يبقى للتاجر مال: يُستعمل ⁨measure: amount⁩ أو ⁨margin⁩، بلا ⁨share⁩",
                )
            )
        return self

    def reads(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """The affiliate components."""
        for index, name in enumerate(self.of):
            yield ("of", index), name

    def reads_lines(self) -> bool:
        """A commission is shared order by order."""
        return True

    def pays_in_its_base_currency(self) -> bool:
        """Whether a share of money is paid."""
        return self.share_of != "sale" or self.base.money

    def levels_above(self) -> int | None:
        """One level for each tier."""
        return len(self.rates)

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per sale and tier."""
        from compensation.awarding import two_tier as two_tier_awards

        return two_tier_awards.award(self, evaluation)

    def describe(self) -> Text:
        """The component in plain words."""
        from compensation.awarding import upline_levels
        from compensation.components.upline import base_text

        rates = ", ".join(rate_text(rate) for rate in self.rates)
        base = base_text(self.base)
        of = {
            "commission": Text(en="of the affiliate's commission", ar="من عمولة المسوّق"),
            "sale": base,
            "remainder": Text(
                en=f"{base.en} that remains after the affiliate's commission and the tiers before, each rounded first",
                ar=f"{base.ar} بعد عمولة المسوّق والمستويات السابقة، مع تقريب كل منها أولًا",
            ),
        }[self.share_of]
        rule = upline_levels.words(self.compression, self.tree_as_of)
        names = ", ".join(self.of)
        return Text(
            en=f"Tiered affiliate commission on {names}: {rates} {of.en}, tier by tier above the affiliate, paid on top. "
            f"{rule.en}",
            ar=f"عمولة تسويق متعددة المستويات على {names}: {rates} {of.ar}، مستوى بعد مستوى فوق المسوّق، "
            f"زيادةً على عمولته. {rule.ar}",
        )

    def promise(self) -> Promise:
        """The sum of the tiers."""
        from compensation.components.worst_case import Promise, of_base

        share = sum(self.rates, Fraction(0))
        if self.share_of == "commission":
            return Promise("awards", share)
        if self.share_of == "remainder":
            left = Fraction(1)
            for rate in self.rates:
                left -= left * rate
            return Promise("amount", 1 - left)
        return of_base(self.base, share)


def per_sale(order: Int32s, row: Int32s, value: Int64s, people: int) -> tuple[Int32s, Int32s, Int64s]:
    """Values summed by order and participant, in order of time."""
    keys, index = np.unique(order.astype(np.int64) * people + row, return_inverse=True)
    sums = np.zeros(len(keys), np.int64)
    np.add.at(sums, index, value)
    return (keys // people).astype(np.int32), (keys % people).astype(np.int32), sums
