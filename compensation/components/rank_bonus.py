"""Rank bonus: an amount for reaching a rank, or an amount or a share of volume while a rank is held.

Reaching may be paid once in a lifetime or each time; amounts may stand for each rank by itself or be running totals,
of which the new total less what was paid is due. It may be paid only after the rank has been held for some periods in
a row, and in instalments that are due while it is held. Which rank counts (paid-as or title) is said by the plan's
ranks.

Reference: a percentage at a rank, https://epixelmlmsoftware.com/mlm-compensations; one-time amounts, running totals and
instalments are our definition, docs/plans/ranks-and-pools.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from compensation.components.contract import Component
from compensation.frame import Base, OrderFilter
from compensation.quantities import Money, Rate
from intake.frozen import Frozen
from intake.mistakes import Mistaken, those_given
from intake.text import Text, say

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.worst_case import Promise
    from compensation.evaluation import Evaluation
    from compensation.steps import Step


class Instalments(Frozen):
    """Equal parts, one per period from the one in which the rank is reached."""

    periods: Annotated[int, Field(ge=2, le=120)]
    missed: Literal["forfeit", "postpone", "end"] = "forfeit"
    """Where the rank is not held when a part is due: that part is lost, waits for a period in which the rank is held
    again, or ends the bonus, and all that was still due is lost."""


class RankBonus(Component):
    """An amount or a share of volume for a rank."""

    definition: ClassVar[Text] = Text(
        en="An amount for reaching a rank, or an amount or a share of volume while a rank is held.",
        ar="مبلغ عند بلوغ رتبة، أو مبلغ أو نسبة من الحجم ما دامت الرتبة محفوظة.",
    )
    reference: ClassVar[str] = "https://epixelmlmsoftware.com/mlm-compensations"

    family: Literal["rank_bonus"]
    amounts_by_rank: Annotated[dict[str, Money], Field(min_length=1)] | None = None
    """Amount for each rank; ranks that are not named have none of their own."""
    rates_by_rank: Annotated[dict[str, Rate], Field(min_length=1)] | None = None
    """Share of the volume by rank; a rank that is not named has that of the next lower one."""
    amount: Money | None = None
    """The same amount for everybody who is eligible, whatever the rank."""
    rate: Rate | None = None
    """The same share for everybody who is eligible, whatever the rank."""
    of: Literal["group_volume", "personal_volume"] = "group_volume"
    """What a rate is a share of."""
    group_includes_own: bool = True
    base: Base = Base(measure="volume")
    """The measure of that volume, its commissionable share and the value of a point."""
    pays: Literal["first_time", "each_time", "every_period"] | None = None
    """`first_time`: once in a lifetime per rank; `each_time`: whenever it is reached from below; `every_period`: as long
    as it is held. By default amounts are paid the first time and rates in every period."""
    amounts_are: Literal["per_rank", "totals"] = "per_rank"
    """`totals`: what is due is the amount of the rank less all that was paid before."""
    skipped_ranks: Literal["paid", "not_paid"] = "paid"
    """Who rises by several ranks at once is paid for those between, too, or only for the highest."""
    held_for: Annotated[int, Field(ge=1, le=120)] = 1
    """Paid once the rank has been held in so many periods in a row, the one of reaching being the first."""
    instalments: Instalments | None = None

    @model_validator(mode="after")
    def _consistent(self) -> RankBonus:
        names = ("amounts_by_rank", "rates_by_rank", "amount", "rate")
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
        if not self.shares and (self.base, self.of, self.group_includes_own) != (
            Base(measure="volume"),
            "group_volume",
            True,
        ):
            raise Mistaken(
                Text(
                    en="base, of and group_includes_own have a meaning only for rates",
                    ar="لا معنى لـ ⁨base⁩ و⁨of⁩ و⁨group_includes_own⁩ إلا مع النسب",
                )
            )
        if self.base.measure not in ("volume", "points", "amount") or self.base.less:
            raise Mistaken(
                Text(
                    en="base of a rank bonus is volume, points or amount as it was ordered, without less",
                    ar="أساس مكافأة الرتبة هو ⁨volume⁩ أو ⁨points⁩ أو ⁨amount⁩ كما طُلب، بلا ⁨less⁩",
                )
            )
        if self.amounts_are == "totals" and (self.when != "first_time" or self.amounts_by_rank is None):
            raise Mistaken(
                Text(
                    en="amounts_are: totals needs amounts_by_rank and pays: first_time",
                    ar="تحتاج ⁨amounts_are: totals⁩ إلى ⁨amounts_by_rank⁩ و⁨pays: first_time⁩",
                )
            )
        if self.skipped_ranks == "not_paid" and (self.when == "every_period" or self.amounts_are == "totals"):
            raise Mistaken(
                Text(
                    en="skipped_ranks has a meaning only for single amounts on reaching a rank",
                    ar="لا معنى لـ ⁨skipped_ranks⁩ إلا مع مبالغ مفردة عند بلوغ الرتبة",
                )
            )
        if self.instalments is not None and (self.when != "first_time" or self.shares or self.amounts_are == "totals"):
            raise Mistaken(
                Text(
                    en="instalments need single amounts and pays: first_time",
                    ar="تحتاج ⁨instalments⁩ إلى مبالغ مفردة و⁨pays: first_time⁩",
                )
            )
        if self.orders != OrderFilter():
            raise Mistaken(
                Text(
                    en="orders has no meaning for a rank bonus: it is reckoned on ranks and volumes of the period",
                    ar="لا معنى لـ ⁨orders⁩ في مكافأة الرتبة: فهي تُحتسب على رتب الفترة وأحجامها",
                )
            )
        return self

    @property
    def shares(self) -> bool:
        """Whether shares of volume are paid instead of amounts."""
        return self.rates_by_rank is not None or self.rate is not None

    @property
    def when(self) -> Literal["first_time", "each_time", "every_period"]:
        """When it is paid."""
        return self.pays or ("every_period" if self.shares else "first_time")

    def ranks_named(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every rank the component names, with its path."""
        yield from super().ranks_named()
        for key in ("amounts_by_rank", "rates_by_rank"):
            for rank in getattr(self, key) or {}:
                yield (key, rank), rank

    def pays_in_its_base_currency(self) -> bool:
        """Whether a share of the orders' money is paid."""
        return self.shares and self.base.money

    def levels_above(self) -> int | None:
        """A share of group volume is paid on everybody below, however deep."""
        return None if self.shares and self.of == "group_volume" else 0

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per rank reached, part due, or period in which a rank is held."""
        from compensation.awarding import rank_bonus as rank_bonus_awards

        return rank_bonus_awards.award(self, evaluation)

    def account(self, evaluation: Evaluation, awards: Awards, index: int) -> list[Step]:
        """Which rank, since when, and the amount or the share."""
        from compensation.wording import rank_bonus as rank_bonus_words

        return rank_bonus_words.tell(self, evaluation, awards, index)

    def describe(self) -> Text:
        """The component in plain words."""
        from compensation.wording import rank_bonus as rank_bonus_words

        return rank_bonus_words.describe(self)

    def promise(self) -> Promise:
        """Amounts are tied to a rank and not to a sale; a share of group volume is paid at every rank above."""
        from compensation.components.worst_case import Promise, of_base

        if not self.shares:
            why = Text(en="an amount per rank, whatever is sold", ar="مبلغ عن الرتبة مهما كانت المبيعات")
            return Promise("event", None, why)
        if self.of == "personal_volume":
            highest = max(self.rates_by_rank.values()) if self.rates_by_rank is not None else self.rate
            return of_base(self.base, highest)
        why = Text(
            en="everybody who holds a rank above the buyer is paid on the same order",
            ar="يُصرف عن الطلب الواحد لكل من يحوز رتبة في سلسلة الرعاة",
        )
        return of_base(self.base, None, why)
