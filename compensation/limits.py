"""Limits that bind what components pay: a cap per person and time, or a pool that is shared in proportion.

A limit stands in the plan beside the components it binds and is applied as soon as the last of them is computed, in
the order in which limits are listed: what is reckoned on those components later (matching, deductions) sees what is
left of them. A cap cuts the last lines of the window first; a pool multiplies every award by the same exact factor and
rounds again by the plan's rule. What is cut is breakage (`capped`, `scaled`), or is carried and released when a later
period has room.

Reference: caps, https://infinitemlmsoftware.com/binary-plan-calculation-compensation.php; pool scaling,
https://docs.be-infinity.com; their order and what is carried are our definition, docs/plans.md (Limits).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from compensation.frame import Base, OrderFilter
from compensation.quantities import Money, Rate, decimal_text, rate_text
from intake.frozen import Frozen
from intake.mistakes import Mistaken, those_given
from intake.text import Text, say

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]


class Pool(Frozen):
    """The most that all awards together may be in a period: a share of what was sold."""

    share: Rate
    of: Base | None = None
    """Of the orders of the period, whoever placed them."""
    of_fact: str | None = None
    """Of a number that the company states of itself in the period, in major units of the plan's currency."""
    orders: OrderFilter = OrderFilter()

    @model_validator(mode="after")
    def _one_base(self) -> Pool:
        if (self.of is None) == (self.of_fact is None):
            raise Mistaken(
                Text(
                    en="give exactly one of: of (orders), of_fact (a number that the company states)",
                    ar="يُذكر واحد فقط من ⁨of⁩ (الطلبات) و⁨of_fact⁩ (رقم تذكره الشركة)",
                )
            )
        return self


_KINDS = ("cap", "cap_by_rank", "cap_from", "pool", "country_rates")


class Limit(Frozen):
    """A cap per person, a pool for all, or a share by country."""

    id: Id
    title: Text | None = None
    components: Annotated[list[Id], Field(min_length=1)]
    """What it binds, together."""
    cap: Money | None = None
    """The most that one person may be paid within the window."""
    cap_by_rank: dict[str, Money] | None = None
    """The same by paid-as rank; a rank that is not named has no cap."""
    cap_from: str | None = None
    """The same from a fact; of whom it is not stated has no cap."""
    window: Literal["day", "period", "year", "ever"] = "period"
    """`day`: a day of the plan's time zone; `year`: a calendar year; `ever`: since joining."""
    per: Literal["position", "owner"] = "position"
    """`owner`: all positions of one person (the participants' column `person`) stand under one cap."""
    excess: Literal["flush", "carry"] = "flush"
    """What is above the cap is lost, or waits for a period that has room for it."""
    pool: Pool | None = None
    country_rates: Annotated[dict[str, Rate], Field(min_length=1)] | None = None
    """The share of every award that is paid, by the earner's country; in countries that are not listed, all of it."""

    @model_validator(mode="after")
    def _consistent(self) -> Limit:
        given = [name for name in _KINDS if getattr(self, name) is not None]
        if len(given) != 1:
            found = those_given(given)
            raise Mistaken(
                say(
                    "give exactly one of {kinds} ({found})",
                    "يُذكر واحد فقط من {kinds} ({found})",
                    kinds=", ".join(_KINDS),
                    found=found,
                )
            )
        if (self.pool or self.country_rates) is not None and (self.window, self.per, self.excess) != (
            "period",
            "position",
            "flush",
        ):
            raise Mistaken(
                Text(
                    en="window, per and excess have a meaning only for a cap",
                    ar="لا معنى لـ ⁨window⁩ و⁨per⁩ و⁨excess⁩ إلا للحد الأقصى",
                )
            )
        if self.excess == "carry" and self.window != "period":
            raise Mistaken(
                Text(en="excess can be carried only with window: period", ar="لا يُرحَّل ⁨excess⁩ إلا مع ⁨window: period⁩")
            )
        return self

    def ranks_named(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every rank the limit names, with its path."""
        for rank in self.cap_by_rank or {}:
            yield ("cap_by_rank", rank), rank

    @property
    def needs_lines(self) -> bool:
        """Whether totals are not enough to apply it."""
        return self.pool is not None or self.country_rates is not None or self.window == "day"

    def describe(self) -> Text:
        """The limit in plain words."""
        what_en, what_ar = ", ".join(self.components), "، ".join(self.components)
        if self.pool is not None:
            of = Text(en=f"the company's {self.pool.of_fact}", ar=f"ما تعلنه الشركة ({self.pool.of_fact})")
            if self.pool.of is not None:
                of = _SALES[self.pool.of.measure]
            share = rate_text(self.pool.share)
            return Text(
                en=f"All of {what_en} together may not exceed {share} of {of.en} in a period; if they do, every "
                "payment is cut by the same factor.",
                ar=f"لا يجوز أن يتجاوز مجموع ({what_ar}) في الفترة {share} من {of.ar}؛ فإن تجاوزه خُفّضت كل دفعة "
                "بالمعامل نفسه.",
            )
        if self.country_rates is not None:
            listed = [f"{country} {rate_text(rate)}" for country, rate in self.country_rates.items()]
            return Text(
                en=f"Of {what_en}, earners in these countries are paid this share: {', '.join(listed)}.",
                ar=f"يُصرف من ({what_ar}) للمستحقين في هذه الدول ما يلي: {'، '.join(listed)}.",
            )
        window, person = _WINDOWS[self.window], _PERSONS[self.per]
        amount = Text(en=f"the stated {self.cap_from}", ar=f"الحد المعلن ({self.cap_from})")
        if self.cap is not None:
            amount = Text(en=decimal_text(self.cap), ar=decimal_text(self.cap))
        elif self.cap_by_rank is not None:
            pairs = [f"{rank} {decimal_text(cap)}" for rank, cap in self.cap_by_rank.items()]
            amount = Text(en=", ".join(pairs), ar="، ".join(pairs))
        rest = _EXCESS[self.excess]
        return Text(
            en=f"{person.en} is paid at most {amount.en} from {what_en} {window.en}; {rest.en}.",
            ar=f"الحد الأقصى لما يُدفع {person.ar} من ({what_ar}) {window.ar}: {amount.ar}؛ {rest.ar}.",
        )


_SALES = {
    "amount": Text(en="sales", ar="المبيعات"),
    "volume": Text(en="the commissionable volume", ar="الحجم المحتسب للعمولة"),
    "points": Text(en="the points", ar="النقاط"),
    "cost": Text(en="the wholesale price of sales", ar="سعر الجملة للمبيعات"),
    "margin": Text(en="the margin of sales", ar="هامش المبيعات"),
    "orders": Text(en="the number of orders", ar="عدد الطلبات"),
    "pieces": Text(en="the number of pieces", ar="عدد القطع"),
}
_WINDOWS = {
    "day": Text(en="a day", ar="في اليوم"),
    "period": Text(en="a period", ar="في الفترة"),
    "year": Text(en="a year", ar="في السنة"),
    "ever": Text(en="in all", ar="إجمالًا"),
}
_PERSONS = {
    "position": Text(en="A position", ar="لكل مركز"),
    "owner": Text(en="An owner, with all positions,", ar="لكل مالك بجميع مراكزه"),
}
_EXCESS = {
    "flush": Text(en="what is above is lost", ar="وما زاد يسقط"),
    "carry": Text(en="what is above waits for a period with room", ar="وما زاد يُرحَّل إلى فترة تتسع له"),
}
