"""Fast start: on the first orders of a new member, to the enroller and a few levels above.

The enroller tree is walked as it stood on the order's date, usually without compression. The window since joining, or
the first orders, or the kind of buyer, says which orders are a new member's. A cap may hold per new member and
period, and a fixed amount per kit may take the place of rates. It is tied to a sale; a bonus tied to somebody joining
alone is `recruitment_bonus`.

Reference: https://www.doterra.com/US/en/blog/building-the-basics-of-fast-start (20/10/5% in the first 60 days);
https://frequense.zendesk.com/hc/en-us/articles/40713393842964 (20/5%); Young Living caps 200 and 80 per new member and
month (http://docplayer.net/5004638-Young-living-terms-and-definitions-for-the-compensation-plan.html).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from compensation.awards import State
from compensation.components.contract import Component
from compensation.frame import Base
from compensation.quantities import Money, Rate, decimal_text, rate_text
from intake.mistakes import Mistaken
from intake.text import Text, say

if TYPE_CHECKING:
    from compensation.awards import Awards, Int32s, Int64s
    from compensation.claims import Claims
    from compensation.components.worst_case import Promise
    from compensation.evaluation import Evaluation


class FastStart(Component):
    """A bonus on new members' orders."""

    definition: ClassVar[Text] = Text(
        en="A bonus on the orders of a new member, to the enroller and a few levels above.",
        ar="مكافأة عن طلبات المشارك الجديد، لمن استقطبه ولعدد قليل من المستويات فوقه.",
    )
    reference: ClassVar[str] = "https://www.doterra.com/US/en/blog/building-the-basics-of-fast-start"

    family: Literal["fast_start"]
    base: Base = Base()
    rates: Annotated[list[Rate], Field(min_length=1, max_length=100)] | None = None
    """Enroller level 1, 2, ..."""
    amounts: Annotated[list[Money], Field(min_length=1, max_length=100)] | None = None
    """Fixed per order, instead of rates; a partial refund takes it back in proportion."""
    first_orders: Annotated[int, Field(ge=1)] | None = None
    """Only so many first orders of each new member, of those that pass `orders`; what takes one back counts with it."""
    caps: list[Money | None] | None = None
    """The most per new member and period, level by level."""
    compression: Literal["none", "skip_ineligible"] = "none"
    tree_as_of: Literal["order", "period_close"] = "order"

    @model_validator(mode="after")
    def _one_table(self) -> FastStart:
        if (self.rates is None) == (self.amounts is None):
            raise Mistaken(Text(en="give exactly one of rates, amounts", ar="يُذكر واحد فقط من ⁨rates⁩ و⁨amounts⁩"))
        if self.amounts is not None and self.base != Base():
            raise Mistaken(Text(en="base has no meaning for fixed amounts", ar="لا معنى لـ ⁨base⁩ مع المبالغ الثابتة"))
        if self.caps is not None and len(self.caps) != self.levels:
            raise Mistaken(
                say(
                    "caps needs one entry for each of the {levels} levels; null where there is none",
                    "تحتاج ⁨caps⁩ إلى قيمة لكل مستوى من المستويات وعددها {levels}، و⁨null⁩ حيث لا حد",
                    levels=self.levels,
                )
            )
        return self

    @property
    def levels(self) -> int:
        """How many levels are paid."""
        return len(self.rates if self.rates is not None else self.amounts or ())

    def levels_above(self) -> int | None:
        """How many levels above the buyer are paid."""
        return self.levels

    def pays_in_its_base_currency(self) -> bool:
        """Whether a share of the orders' money is paid."""
        return self.amounts is None and self.base.money

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per order of a new member and level."""
        from compensation.awarding import capped_claims
        from compensation.claims import settle

        state = State()
        claims = self._claims(evaluation, state)
        if self.caps is not None and len(claims.participant):
            assert claims.order is not None
            assert claims.level is not None
            period = evaluation.period[claims.order].astype(np.int64)
            new = evaluation.buyer[claims.order].astype(np.int64)
            _, group = np.unique(
                (period * evaluation.participants + new) * (self.levels + 1) + claims.level, return_inverse=True
            )
            from compensation.awarding.order_claims import minor

            least = np.array([-1 if cap is None else minor(self, evaluation, cap) for cap in self.caps], np.int64)
            cap = least[claims.level - 1]
            origin = np.full(len(cap), -1, np.int64)
            if self.reversals == "claw_back":
                origin = capped_claims.origins(evaluation, claims.order, claims.level.astype(np.int32))
            claims = capped_claims.cut(self, evaluation, claims, np.where(cap < 0, -1, group), cap, origin)
        return settle(self, evaluation, claims)

    def _claims(self, evaluation: Evaluation, state: State) -> Claims:
        from compensation.awarding import order_claims, upline_levels
        from compensation.claims import Claims

        base = self._bases(evaluation, state)
        order = np.flatnonzero(base).astype(np.int32)
        found = upline_levels.above(
            self, evaluation, order, evaluation.buyer[order], self.levels, self.compression, self.tree_as_of
        )
        at = order[found.item]
        level = found.level - 1
        if self.amounts is not None:
            value, rate, rates, names = order_claims.fixed(self, evaluation, at, level, self.amounts)
            decimals, name = 0, ""
        else:
            factor = evaluation.factor(self.base, self.currency)
            rates = [each * factor for each in self.rates or ()]
            names = [f"{each.numerator}/{each.denominator}" for each in self.rates or ()]
            value, rate = base[at], level.astype(np.int16)
            decimals = evaluation.unit_of(self.base.measure)
            name = order_claims.base_unit(evaluation, self.base)
        return Claims(
            found.participant,
            value,
            rate,
            rates,
            names,
            order=at,
            level=found.level,
            reason=found.reason,
            base_decimals=decimals,
            base_unit=name,
            state=state,
        )

    def _bases(self, evaluation: Evaluation, state: State) -> Int64s:
        """The base per order; 0 for orders of others than new members in the network."""
        from compensation.awarding.order_claims import base_of

        base = base_of(self, evaluation, Base(measure="orders") if self.amounts is not None else self.base)
        base = np.where(evaluation.buyer >= 0, base, 0)
        if self.first_orders is None:
            return base
        counted = np.flatnonzero((base != 0) & (evaluation.sign > 0)).astype(np.int32)
        number = np.full(len(base), np.iinfo(np.int64).max, np.int64)
        number[counted] = self._numbered(evaluation, counted, state)
        return np.where(number[evaluation.origin] < self.first_orders, base, 0)

    def _numbered(self, evaluation: Evaluation, counted: Int32s, state: State) -> Int64s:
        """Which order of its buyer each one is, from 0, those of earlier computations included."""
        rows, before = evaluation.state_before(self.id).numbers.get("orders", (None, None))
        had = np.zeros(evaluation.participants, np.int64)
        if rows is not None and before is not None:
            had[rows] = before
        buyer = evaluation.buyer[counted]
        ordered = np.argsort(buyer, kind="stable")
        sorted_ = buyer[ordered]
        start = np.flatnonzero(np.append(True, sorted_[1:] != sorted_[:-1])) if len(sorted_) else np.empty(0, np.intp)
        size = np.diff(np.append(start, len(sorted_)))
        within = np.empty(len(counted), np.int64)
        within[ordered] = np.arange(len(sorted_)) - np.repeat(start, size)
        number = within + had[buyer]
        had[sorted_[start]] += size
        kept = np.flatnonzero(had).astype(np.int32)
        state.numbers["orders"] = (kept, had[kept])
        return number

    def describe(self) -> Text:
        """The component in plain words."""
        from compensation.awarding import upline_levels
        from compensation.components.upline import base_text

        values = [rate_text(each) for each in self.rates or ()] or [decimal_text(each) for each in self.amounts or ()]
        of = base_text(self.base)
        if self.amounts is not None:
            of = Text(en="fixed, per order", ar="مبلغ ثابت عن كل طلب")
        en = f"Fast start: {', '.join(values)} {of.en} of a new member, from the enroller upward, level by level."
        ar = f"مكافأة البداية السريعة: {'، '.join(values)} {of.ar} للمشارك الجديد، ابتداءً بمن استقطبه، مستوى بعد مستوى."
        if self.first_orders is not None:
            en += f" Orders of each new member that count: the first {self.first_orders}."
            ar += f" عدد أول الطلبات المحسوبة لكل مشارك جديد: {self.first_orders}."
        if self.caps is not None:
            caps = ["-" if cap is None else decimal_text(cap) for cap in self.caps]
            en += f" At most per new member and period, level by level: {', '.join(caps)}."
            ar += f" الحد الأقصى عن كل مشارك جديد في الفترة، مستوى بعد مستوى: {'، '.join(caps)}."
        rule = upline_levels.words(self.compression, self.tree_as_of)
        return Text(en=f"{en} {rule.en}", ar=f"{ar} {rule.ar}")

    def promise(self) -> Promise:
        """The sum of the levels."""
        from compensation.components.worst_case import Promise, of_base

        if self.amounts is not None:
            if self.orders.min_amount:
                share = sum(self.amounts, Fraction(0)) / self.orders.min_amount
                return Promise("amount", share, Text(en="on the smallest order that counts", ar="عن أصغر طلب محسوب"))
            return Promise("amount", None, Text(en="a fixed amount, whatever the price", ar="مبلغ ثابت أيًّا كان السعر"))
        return of_base(self.base, sum(self.rates or (), Fraction(0)))
