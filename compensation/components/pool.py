"""Pool: a share of what the company sold, divided among those who qualify by their number of shares.

The pool is a rate of all orders of the period (of a category, of a country), of a figure that the company states, or a
fixed amount. Shares come with the rank, from a fact, from a volume, or are one each. What is to be rounded must be
said: every award; the value of one share, down, where the rest stays with the company; or every award down with the
cents that are left given to the largest remainders.

Reference: 2 % by points of rank, value of a point rounded down,
https://mmlm.gitbook.io/mmlm/mlmm-affiliate-system/global-bonus; doTERRA's shares of 1, 5 and 10 by rank.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from compensation.components.contract import Component
from compensation.frame import Base
from compensation.quantities import Factor, Money, Points, Rate
from intake.mistakes import Mistaken, those_given
from intake.text import Text, say

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.worst_case import Promise
    from compensation.evaluation import Evaluation
    from compensation.steps import Step


class Pool(Component):
    """A sum divided by shares."""

    definition: ClassVar[Text] = Text(
        en="A share of the company's sales of a period, divided among those who qualify by their number of shares.",
        ar="نسبة من مبيعات الشركة في الفترة، تُقسم بين المؤهَّلين بحسب عدد حصص كل منهم.",
    )
    reference: ClassVar[str] = "https://mmlm.gitbook.io/mmlm/mlmm-affiliate-system/global-bonus"

    family: Literal["pool"]
    base: Base = Base()
    """Of the orders that pass `orders`, whoever placed them."""
    base_from: str | None = None
    """A number that the company states of itself in the period, in place of the orders: money or points, as `base` says."""
    rate: Rate | None = None
    """The share of the base that is divided."""
    amount: Money | None = None
    """Instead of a rate: a fixed amount per period."""
    amount_from: str | None = None
    """Instead of a rate: an amount that the company states of itself in the period."""
    shares_by_rank: Annotated[dict[str, Factor], Field(min_length=1)] | None = None
    """Shares by rank; a rank that is not named has none."""
    shares_from: str | None = None
    """Shares from a fact of each participant, for example points; up to three decimals."""
    shares_by: Literal["one_each", "personal_volume", "group_volume"] | None = None
    """One share each, or shares in proportion to a volume."""
    shares_measure: Literal["volume", "points", "amount"] | None = None
    """Of `shares_by` a volume; by default the plan's."""
    volume_per_share: Points | None = None
    """One whole share for each full so much of the volume, instead of exactly in proportion."""
    round: Literal["award", "share_down", "largest_remainder"] = "award"
    """`award`: each award by the plan's rule. `share_down`: the value of one share down to `share_decimals`, the rest is
    not distributed. `largest_remainder`: each award down, then one unit more to the largest remainders until the pool is
    spent (equal ones in the order of the participants)."""
    share_decimals: Annotated[int, Field(ge=0, le=9)] | None = None
    """Of the value of one share; by default those of the currency, 0 for whole units of money."""
    per_country: bool = False
    """One pool for each country: the orders of its people, divided among its people."""

    @model_validator(mode="after")
    def _consistent(self) -> Pool:
        for names in (("rate", "amount", "amount_from"), ("shares_by_rank", "shares_from", "shares_by")):
            given = [name for name in names if getattr(self, name) is not None]
            if len(given) != 1:
                found = those_given(given)
                raise Mistaken(
                    say(
                        "give exactly one of {names} ({found})",
                        "يُذكر واحد فقط من {names} ({found})",
                        names=", ".join(names),
                        found=found,
                    )
                )
        if self.rate is None and (self.base != Base() or self.base_from is not None):
            raise Mistaken(
                Text(en="base and base_from have a meaning only with rate", ar="لا معنى لـ ⁨base⁩ و⁨base_from⁩ إلا مع ⁨rate⁩")
            )
        if self.base_from is not None and self.base.measure not in ("amount", "volume", "points"):
            raise Mistaken(
                Text(
                    en="base_from is money or points: base.measure must be amount, volume or points",
                    ar="تكون ⁨base_from⁩ مالًا أو نقاطًا: يجب أن يكون ⁨base.measure⁩ أحد ⁨amount⁩ و⁨volume⁩ و⁨points⁩",
                )
            )
        by_volume = self.shares_by in ("personal_volume", "group_volume")
        if not by_volume and (self.shares_measure is not None or self.volume_per_share is not None):
            raise Mistaken(
                Text(
                    en="shares_measure and volume_per_share need shares_by: personal_volume or group_volume",
                    ar="تحتاج ⁨shares_measure⁩ و⁨volume_per_share⁩ إلى ⁨shares_by⁩ بقيمة ⁨personal_volume⁩ أو ⁨group_volume⁩",
                )
            )
        if self.volume_per_share == 0:
            raise Mistaken(
                Text(en="volume_per_share must be above zero", ar="يجب أن يكون ⁨volume_per_share⁩ أكبر من صفر")
            )
        if self.share_decimals is not None and self.round != "share_down":
            raise Mistaken(
                Text(
                    en="share_decimals has a meaning only with round: share_down",
                    ar="لا معنى لـ ⁨share_decimals⁩ إلا مع ⁨round: share_down⁩",
                )
            )
        if self.per_country and (self.rate is None or self.base_from is not None):
            raise Mistaken(
                Text(
                    en="per_country needs a rate of orders: what the company states is not divided by country",
                    ar="تحتاج ⁨per_country⁩ إلى نسبة من الطلبات: ما تذكره الشركة غير مقسوم بحسب البلد",
                )
            )
        return self

    def ranks_named(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every rank the component names, with its path."""
        yield from super().ranks_named()
        for rank in self.shares_by_rank or {}:
            yield ("shares_by_rank", rank), rank

    def pays_in_its_base_currency(self) -> bool:
        """Whether a share of the orders' money is divided."""
        return self.rate is not None and self.base.money

    def levels_above(self) -> int | None:
        """Whoever has a share is paid on everybody's orders, however far away."""
        return None

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per participant with shares, period and pool; what is not divided is nobody's."""
        from compensation.awarding import pool as pool_awards

        return pool_awards.award(self, evaluation)

    def account(self, evaluation: Evaluation, awards: Awards, index: int) -> list[Step]:
        """The pool, all shares, the value of one, and the shares of the earner."""
        from compensation.wording import pool as pool_words

        return pool_words.tell(self, evaluation, awards, index)

    def describe(self) -> Text:
        """The component in plain words."""
        from compensation.wording import pool as pool_words

        return pool_words.describe(self)

    def promise(self) -> Promise:
        """At most the rate of the base, however many share it; a fixed amount is tied to no sale."""
        from compensation.components.worst_case import Promise, of_base

        if self.rate is None:
            why = Text(en="an amount per period, whatever is sold", ar="مبلغ عن كل فترة مهما كانت المبيعات")
            return Promise("event", None, why)
        return of_base(self.base, self.rate)
