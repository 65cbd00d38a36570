"""Own rate: a rate on what somebody sells or buys himself, and on what those bought whom he sponsored lately.

The personal commission of many plans, the direct bonus of distributors, the host's credit on a party's sales. The rate
is flat, by rank, by tier of the own total, or a fact of the participant. Own volume may start only after the month of
joining; members sponsored in this period may count with it.

Reference: http://banner-store.blogspot.com/2007/09/examples-of-bonus-calculation.html (direct bonus);
http://www.docstoc.com/docs/32278835/Party-Plan-Hostess-Rewards (host credit);
https://www.hybridmlm.io/party-mlm-plan/ (own party sales).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import model_validator

from compensation.awards import State
from compensation.components.contract import Component
from compensation.components.customer_referral import FORMS, Form
from compensation.components.tier_table import Tiers
from compensation.frame import Base
from compensation.quantities import Rate, rate_text
from intake.mistakes import Mistaken, those_given
from intake.text import Text, say

if TYPE_CHECKING:
    from compensation.awards import Awards, Int32s, Int64s
    from compensation.components.worst_case import Promise
    from compensation.evaluation import Evaluation

Bools = np.ndarray[tuple[int], np.dtype[np.bool_]]


class OwnRate(Component):
    """A rate on own volume, and on that of members just sponsored."""

    definition: ClassVar[Text] = Text(
        en="A rate on a participant's own sales or purchases, and if so stated on those of direct recruits.",
        ar="نسبة من مبيعات المشارك أو مشترياته، ومن مشتريات من استقطبهم مباشرةً إن نُص على ذلك.",
    )
    reference: ClassVar[str] = "http://banner-store.blogspot.com/2007/09/examples-of-bonus-calculation.html"

    family: Literal["own_rate"]
    base: Base = Base()
    rate: Rate | None = None
    rates_by_rank: dict[str, Rate] | None = None
    rate_from: str | None = None
    """Fact with the participant's own rate; of whom it is not stated earns nothing."""
    tiers: Tiers | None = None
    of: tuple[Literal["own", "new_recruits", "recruits"], ...] = ("own",)
    """`own`: orders credited to himself; `new_recruits`: orders of those whom he sponsors and who joined in this period;
    `recruits`: of everybody whom he sponsors."""
    own_from: Literal["joining", "period_after_joining"] = "joining"
    """Whether the own orders of the period of joining count."""
    form: Form = "cash"

    @model_validator(mode="after")
    def _one_rate(self) -> OwnRate:
        names = ("rate", "rates_by_rank", "rate_from", "tiers")
        given = [name for name in names if getattr(self, name) is not None]
        if len(given) != 1:
            found = those_given(given)
            raise Mistaken(
                say(
                    "give exactly one of rate, rates_by_rank, rate_from, tiers ({found})",
                    "يُذكر واحد فقط من ⁨rate⁩ و⁨rates_by_rank⁩ و⁨rate_from⁩ و⁨tiers⁩ ({found})",
                    found=found,
                )
            )
        if not self.of or len(set(self.of)) != len(self.of) or {"recruits", "new_recruits"} <= set(self.of):
            raise Mistaken(
                Text(
                    en="of lists own and/or one of new_recruits, recruits, each once",
                    ar="تضم ⁨of⁩ القيمة ⁨own⁩ أو واحدة من ⁨new_recruits⁩ و⁨recruits⁩ أو كلتيهما، كلًا منها مرة واحدة",
                )
            )
        if self.own_from != "joining" and "own" not in self.of:
            raise Mistaken(
                Text(
                    en="own_from has a meaning only where own orders count",
                    ar="لا معنى لـ ⁨own_from⁩ إلا حيث تُحتسب الطلبات الشخصية",
                )
            )
        return self

    @property
    def in_money(self) -> bool:
        """Whether it is paid out in money."""
        return self.form == "cash"

    def ranks_named(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every rank the component names, with its path."""
        yield from super().ranks_named()
        for rank in self.rates_by_rank or {}:
            yield ("rates_by_rank", rank), rank

    def pays_in_its_base_currency(self) -> bool:
        """Whether a share of the orders' money is paid."""
        return self.base.money

    def levels_above(self) -> int | None:
        """One level where recruits' orders count."""
        return 0 if self.of == ("own",) else 1

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per order and earner."""
        from compensation.awarding.order_claims import base_unit, standing
        from compensation.claims import Claims, settle

        order, who, level, base = self._sales(evaluation)
        reason = np.full(len(order), -1, np.int16)
        standing(self, evaluation, order, who, reason)
        state = State()
        sale, value, rate, rates = self._rated(evaluation, order, np.where(reason < 0, who, -1), base, state)
        factor = evaluation.factor(self.base, self.currency)
        claims = Claims(
            np.where(reason < 0, who, np.int32(-1))[sale].astype(np.int32),
            value,
            rate.astype(np.int16),
            [each * factor for each in rates],
            [f"{each.numerator}/{each.denominator}" for each in rates],
            order=order[sale],
            level=level[sale],
            reason=reason[sale],
            base_decimals=evaluation.unit_of(self.base.measure),
            base_unit=base_unit(evaluation, self.base),
            state=state,
        )
        return settle(self, evaluation, claims)

    def _sales(
        self, evaluation: Evaluation
    ) -> tuple[Int32s, Int32s, np.ndarray[tuple[int], np.dtype[np.int16]], Int64s]:
        """Order, earner, level (0 own, 1 a recruit's) and base, in order of time."""
        from compensation.awarding.order_claims import as_it_stood, base_of, new_in_period, sponsors

        base = base_of(self, evaluation, self.base)
        stands = as_it_stood(self, evaluation)
        new = new_in_period(evaluation)[stands]
        parts: list[tuple[Int64s, Int32s, int]] = []
        if "own" in self.of:
            own = (base != 0) & (evaluation.credited >= 0)
            if self.own_from == "period_after_joining":
                own &= ~new
            parts.append((np.flatnonzero(own), evaluation.credited, 0))
        if self.of != ("own",):
            wanted = base != 0
            if "new_recruits" in self.of:
                wanted &= new
            above = sponsors(self, evaluation, evaluation.credited, wanted)
            parts.append((np.flatnonzero(wanted & (above >= 0)), above, 1))
        order = np.concatenate([hit for hit, _, _ in parts]).astype(np.int32)
        who = np.concatenate([earner[hit] for hit, earner, _ in parts]).astype(np.int32)
        level = np.concatenate([np.full(len(hit), number, np.int16) for hit, _, number in parts])
        in_time = np.argsort(order, kind="stable")
        order = order[in_time]
        return order, who[in_time], level[in_time], base[order]

    def _rated(
        self, evaluation: Evaluation, order: Int32s, who: Int32s, base: Int64s, state: State
    ) -> tuple[Int64s, Int64s, Int32s, list[Fraction]]:
        """Sale, base and rate of each claim, and the rates."""
        from compensation.awarding import capped_claims, order_claims
        from compensation.components import tier_table

        if self.tiers is not None:
            origin = np.full(len(order), -1, np.int64)
            if self.reversals == "claw_back":
                origin = capped_claims.origins(evaluation, order, who)
            decimals = evaluation.unit_of(self.base.measure)
            earlier = evaluation.state_before(self.id)
            found = tier_table.steps(self.tiers, evaluation, who, order, base, decimals, origin, earlier)
            if found.state:
                state.notes["running_total"] = found.state
            return found.sale, found.base, found.tier, [step.rate for step in self.tiers.steps]
        if self.rate is not None:
            return np.arange(len(order)), base, np.zeros(len(order), np.int32), [self.rate]
        if self.rate_from is not None:
            rate, rates = order_claims.stated_rates(self, evaluation, self.rate_from, order, who)
        else:
            rate, rates = order_claims.ranked_rates(self, evaluation, self.rates_by_rank or {}, order, who)
        kept = np.flatnonzero(rate >= 0)
        return kept, base[kept], rate[kept], rates

    def describe(self) -> Text:
        """The component in plain words."""
        from compensation.components.upline import base_text

        base = base_text(self.base)
        if self.rate is not None:
            rate = Text(en=rate_text(self.rate), ar=rate_text(self.rate))
        elif self.rates_by_rank is not None:
            table = ", ".join(f"{name}: {rate_text(each)}" for name, each in self.rates_by_rank.items())
            rate = Text(en=f"by rank ({table})", ar=f"بحسب الرتبة ({table})")
        elif self.tiers is not None:
            rate = self.tiers.words()
        else:
            rate = Text(en=f"the stated rate ({self.rate_from})", ar=f"النسبة المذكورة لكل مشارك ({self.rate_from})")
        names = {
            "own": Text(en="own orders and sales", ar="مشتريات المشارك ومبيعاته"),
            "new_recruits": Text(en="orders of members sponsored in the period", ar="طلبات من استقطبهم في الفترة"),
            "recruits": Text(en="orders of direct recruits", ar="طلبات المشاركين المباشرين"),
        }
        en = f"Own rate: {rate.en} {base.en}, on {' and '.join(names[each].en for each in self.of)}."
        ar = f"نسبة شخصية: {rate.ar} {base.ar}، عن {' و'.join(names[each].ar for each in self.of)}."
        if self.own_from == "period_after_joining":
            en += " Own orders of the period of joining do not count."
            ar += " ولا تُحتسب مشترياته في فترة انضمامه."
        if self.form != "cash":
            en += f" Given as {FORMS[self.form].en}, not money."
            ar += f" تُمنح في صورة: {FORMS[self.form].ar}، لا مالًا."
        return Text(en=en, ar=ar)

    def promise(self) -> Promise:
        """The highest rate, once for the own order and once for the sponsor."""
        from compensation.components.worst_case import of_base

        if self.rate_from is not None:
            why = Text(en="each one's own rate is in the records", ar="نسبة كل مشارك في السجلات")
            return of_base(self.base, None, why)
        rates = [self.rate] if self.rate is not None else [*(self.rates_by_rank or {}).values()]
        rates += [step.rate for step in self.tiers.steps] if self.tiers else []
        return of_base(self.base, max(rates) * len(self.of))
