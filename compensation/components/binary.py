"""Binary: two legs in the placement tree, and pay on what both sides have.

The volume of everybody below counts in the left or the right leg of every position above, without limit of depth.
At each matching the two legs are held against each other: a share of the weaker one is paid, or whole pairs (cycles),
or a step of a table; what was matched leaves both legs, and the rest is carried on its own side, never to the other.
Each position has one calculation, also where one owner has several.

Reference: https://infinitemlmsoftware.com/binary-plan-calculation-compensation.php,
https://docs.be-infinity.com/compensation-plan/business-logic/bonus/binary-bonus, http://ruthiegage.com/cycle-bonus-training
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from compensation.components.contract import Component, TreeName
from compensation.frame import Base, Eligibility
from compensation.quantities import Factor, Money, Points, Rate
from intake.frozen import Frozen
from intake.mistakes import Mistaken
from intake.text import Text, say

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.worst_case import Promise
    from compensation.evaluation import Evaluation
    from compensation.steps import Step

_RATIO = re.compile(r"([1-9]\d{0,3}):([1-9]\d{0,3})")


def _one_of(what: str, **given: object) -> str | None:
    """The name of the one that is given, None for none; a mistake where there are several."""
    found = [name for name, value in given.items() if value is not None]
    if len(found) > 1:
        raise Mistaken(
            say(
                "{what}: give only one of {given} (found {found})",
                "{what}: يُذكر واحد فقط من {given} (الموجود: {found})",
                what=what,
                given=", ".join(given),
                found=" and ".join(found),
            )
        )
    return found[0] if found else None


class Unit(Frozen):
    """What a pair takes: `each` from both legs; or `left` and `right`; or `strong` and `weak`, decided at each pair."""

    each: Points | None = None
    left: Points | None = None
    right: Points | None = None
    strong: Points | None = None
    """From the leg that has more just then (on a tie the left one); the strong leg is decided again before each pair."""
    weak: Points | None = None

    @model_validator(mode="after")
    def _two_sides(self) -> Unit:
        given = {name for name in ("each", "left", "right", "strong", "weak") if getattr(self, name) is not None}
        if given not in ({"each"}, {"left", "right"}, {"strong", "weak"}):
            raise Mistaken(
                Text(
                    en="give each, or left and right, or strong and weak",
                    ar="تُذكر ⁨each⁩، أو ⁨left⁩ و⁨right⁩، أو ⁨strong⁩ و⁨weak⁩",
                )
            )
        if min(self.sides) <= 0:
            raise Mistaken(
                Text(en="a pair takes more than nothing from both legs", ar="يجب أن يأخذ الزوج من كل فرع أكثر من صفر")
            )
        if self.strong is not None and self.sides[0] < self.sides[1]:
            raise Mistaken(Text(en="strong is at least weak", ar="يجب ألا تقل ⁨strong⁩ عن ⁨weak⁩"))
        return self

    @property
    def sides(self) -> tuple[Fraction, Fraction]:
        """Left and right, or strong and weak."""
        if self.each is not None:
            return self.each, self.each
        first, second = (self.left, self.right) if self.strong is None else (self.strong, self.weak)
        assert first is not None and second is not None  # noqa: PT018 - as validated
        return first, second


class PairStep(Unit):
    """A step of a table: what both legs must have, and what is paid for it."""

    amount: Money | None = None
    amounts_by_rank: dict[str, Money] | None = None
    rate: Rate | None = None
    """A share of the step's smaller side."""

    @model_validator(mode="after")
    def _pays(self) -> PairStep:
        if _one_of("step", amount=self.amount, amounts_by_rank=self.amounts_by_rank, rate=self.rate) is None:
            raise Mistaken(
                Text(
                    en="a step needs amount, amounts_by_rank or rate",
                    ar="تحتاج الدرجة إلى ⁨amount⁩ أو ⁨amounts_by_rank⁩ أو ⁨rate⁩",
                )
            )
        return self


class FirstPair(Frozen):
    """The first pair that a position ever makes, where it is not as the others."""

    ratios: Annotated[list[Annotated[str, Field(pattern=_RATIO.pattern)]], Field(min_length=1)] = Field(
        default_factory=lambda: ["2:1", "1:2"]
    )
    """Units of the left and of the right leg; of those that the legs have, the one that takes most from the stronger."""
    amount: Money | None = None
    """Nothing means: as any other pair."""
    amounts_by_rank: dict[str, Money] | None = None

    @model_validator(mode="after")
    def _one_amount(self) -> FirstPair:
        _one_of("first_pair", amount=self.amount, amounts_by_rank=self.amounts_by_rank)
        return self

    @property
    def options(self) -> list[tuple[int, int]]:
        """The ratios, those that take most from the left leg first."""
        pairs = [(int(left), int(right)) for left, right in (ratio.split(":") for ratio in self.ratios)]
        return sorted(pairs, key=lambda pair: Fraction(pair[1], pair[0]))


class VolumeRate(Frozen):
    """A rate from a personal volume on."""

    at_least: Points
    rate: Rate


class Cap(Frozen):
    """The most that is matched within a time, and what becomes of the rest."""

    of: Literal["pairs", "volume", "amount"]
    """Pairs (cycles, steps), volume of the smaller side, or money."""
    window: Literal["day", "week", "period"] = "period"
    """The plan's period, or the day or week of `match_every`."""
    cap: Money | None = None
    cap_by_rank: dict[str, Money] | None = None
    """By rank; a rank that is not named has no cap."""
    cap_from: str | None = None
    """From a fact of the participant; of whom it is not stated has no cap."""
    excess: Literal["flush", "carry"] = "flush"
    """`flush`: what is above is matched and not paid. `carry`: it is not matched, its volume stays in both legs."""

    @model_validator(mode="after")
    def _one(self) -> Cap:
        if _one_of("cap", cap=self.cap, cap_by_rank=self.cap_by_rank, cap_from=self.cap_from) is None:
            raise Mistaken(
                Text(en="give one of cap, cap_by_rank, cap_from", ar="يُذكر واحد من ⁨cap⁩ و⁨cap_by_rank⁩ و⁨cap_from⁩")
            )
        values = [] if self.cap is None else [self.cap]
        if self.of == "pairs" and any(v.denominator != 1 for v in [*values, *(self.cap_by_rank or {}).values()]):
            raise Mistaken(Text(en="a cap of pairs is a whole number", ar="الحد الأقصى للأزواج رقم صحيح"))
        return self


class AverageWeakLeg(Frozen):
    """A multiple of what the weaker leg had on average in past periods, carry included, this one left out."""

    times: Factor
    periods: Annotated[int, Field(ge=1, le=60)]
    """So many past periods, or as many as there are since the position first had volume; before that there is no limit."""


class CarryLimits(Frozen):
    """What ends a carry: a limit of volume on each side, age, inactivity."""

    per_side: Points | None = None
    """What is above is flushed after each matching, the oldest volume first."""
    per_side_by_rank: dict[str, Points] | None = None
    per_side_from: str | None = None
    """From a fact; of whom it is not stated has no limit."""
    times_average_weak_leg: AverageWeakLeg | None = None
    expires_after: Annotated[int, Field(ge=1, le=120)] | None = None
    """Volume is carried into so many periods after its own; matched is the oldest first."""
    lost_when_inactive: Annotated[int, Field(ge=1, le=120)] | None = None
    """So many periods in a row without meeting the plan's activity rule, and at the close of the last both legs are empty."""


class SponsoredEachSide(Frozen):
    """Personally sponsored people that must stand in each leg."""

    left: Annotated[int, Field(ge=0)] = 1
    right: Annotated[int, Field(ge=0)] = 1
    recruits: Eligibility = Eligibility()
    """What such a recruit must meet in the period; active, unless said."""
    once: bool = False
    """Whoever met it in one period is qualified for good."""


class Binary(Component):
    """A payout on two legs."""

    definition: ClassVar[Text] = Text(
        en="Two legs: everything sold below counts in the left or the right leg, and what both legs have is matched and paid.",
        ar="فرعان: تُحتسب كل مبيعات الشبكة التابعة في الفرع الأيسر أو الأيمن، ويُدفع عمّا يتقابل من حجمهما.",
    )
    reference: ClassVar[str] = "https://infinitemlmsoftware.com/binary-plan-calculation-compensation.php"

    family: Literal["binary"]
    tree: TreeName = "placement"
    method: Literal["weaker_leg", "pairs", "steps"]
    """`weaker_leg`: a rate of the weaker leg. `pairs`: pay for each whole pair (cycle) of units. `steps`: a table."""
    base: Base = Base(measure="volume")
    """What counts in the legs."""
    counts: Literal["base", "new_people"] = "base"
    """`new_people`: not orders but everybody who joins counts one, in the period (or day) of joining."""
    legs: Literal["two", "strongest_against_rest"] = "two"
    """`strongest_against_rest`: any number of legs; the strongest, decided at each matching, against the sum of the others."""
    own_volume: Literal["none", "weaker_leg", "own_leg", "left", "right"] = "none"
    """The leg that the position's own volume counts in; `own_leg` is the side on which it stands itself."""
    rate: Rate | None = None
    rates_by_rank: dict[str, Rate] | None = None
    """A rank that is not named does not take part."""
    rate_from: str | None = None
    """From a fact; of whom it is not stated does not take part."""
    rates_by_personal_volume: list[VolumeRate] | None = None
    amount: Money | None = None
    """Per pair."""
    amounts_by_rank: dict[str, Money] | None = None
    amount_from: str | None = None
    of: Money | None = None
    """For pairs paid by a rate: of this price, instead of the volume that a pair takes from its smaller side."""
    of_from: str | None = None
    unit: Unit | None = None
    """What a pair takes."""
    first_pair: FirstPair | None = None
    steps: Annotated[list[PairStep], Field(min_length=1, max_length=60)] | None = None
    """The table, the lowest step first; the highest that both legs reach is taken from both."""
    take: Literal["once", "repeatedly"] = "once"
    """One step at each matching, or again as long as the legs reach one."""
    caps: tuple[Cap, ...] = ()
    match_every: Literal["period", "day", "week"] = "period"
    """How often the legs are matched; within a longer period every day (of the plan's time zone) or ISO week."""
    carry: Literal["both", "strong", "none"] = "both"
    """What one matching leaves to the next: the remainder of both legs, of the one that had more before matching, or none."""
    carry_limits: CarryLimits = CarryLimits()
    negative_leg: Literal["carry", "drop"] = "carry"
    """A leg from which more was taken back than it has: the debt is carried until volume pays it, or dropped."""
    qualification: SponsoredEachSide | None = None
    unqualified: Literal["keep", "lose_new", "lose_all"] = "keep"
    """Who may not earn: the volume is kept, that of the period is lost, or the carry with it."""
    tree_as_of: Literal["order", "period_close"] = "period_close"
    """Whose legs an order counts in when somebody was moved: those above on its day, or at the period's close."""

    @model_validator(mode="after")
    def _fits_together(self) -> Binary:
        pay = self.paid_by
        if self.method == "steps":
            if pay is not None or self.steps is None or self.unit is not None:
                raise Mistaken(
                    Text(
                        en="method steps needs steps, each with its pay; unit, rate and amount belong to pairs",
                        ar="تحتاج ⁨method: steps⁩ إلى ⁨steps⁩ لكل منها ما يُدفع؛ أما ⁨unit⁩ و⁨rate⁩ و⁨amount⁩ فللأزواج",
                    )
                )
            sides = [step.sides for step in self.steps]
            if any(min(b[0] - a[0], b[1] - a[1]) < 0 or a == b for a, b in pairwise(sides)):
                raise Mistaken(Text(en="steps must rise", ar="يجب أن ترتفع الدرجات في ⁨steps⁩"))
        elif pay is None:
            raise Mistaken(
                say(
                    "method {method} needs a rate or, for pairs, an amount",
                    "تحتاج الطريقة {method} إلى نسبة، أو إلى مبلغ في حالة الأزواج",
                    method=self.method,
                )
            )
        elif self.steps is not None:
            raise Mistaken(
                say(
                    "steps have no meaning with method: {method}",
                    "لا معنى لـ ⁨steps⁩ مع الطريقة {method}",
                    method=self.method,
                )
            )
        if self.method == "pairs" and self.unit is None:
            raise Mistaken(
                Text(en="method pairs needs unit: {each: ...}", ar="تحتاج ⁨method: pairs⁩ إلى ⁨unit: {each: ...}⁩")
            )
        if self.method == "weaker_leg":
            if self.unit is not None or str(pay).startswith("amount"):
                raise Mistaken(
                    Text(
                        en="method weaker_leg pays a rate of whatever is matched; unit and amount belong to pairs",
                        ar="تدفع ⁨method: weaker_leg⁩ نسبة مما يُطابَق؛ أما ⁨unit⁩ و⁨amount⁩ فللأزواج",
                    )
                )
            if any(cap.of == "pairs" for cap in self.caps):
                raise Mistaken(
                    Text(
                        en="the weaker leg has no pairs; cap its volume or amount",
                        ar="لا أزواج مع ⁨weaker_leg⁩. يُحدد الحد الأقصى بالحجم أو بالمبلغ",
                    )
                )
        if _one_of("of", of=self.of, of_from=self.of_from) and (self.method != "pairs" or str(pay)[0] != "r"):
            raise Mistaken(
                Text(
                    en="of is the price that a rate per pair is taken of",
                    ar="الحقل ⁨of⁩ هو السعر الذي تُحتسب عليه نسبة الزوج",
                )
            )
        if self.first_pair is not None and (self.unit is None or self.unit.strong is not None):
            raise Mistaken(
                Text(
                    en="first_pair needs method: pairs with unit each, or left and right",
                    ar="يحتاج ⁨first_pair⁩ إلى ⁨method: pairs⁩ مع ⁨unit⁩ فيها ⁨each⁩، أو ⁨left⁩ و⁨right⁩",
                )
            )
        if self.counts == "new_people" and self.base != Base(measure="volume"):
            raise Mistaken(
                Text(en="base has no meaning with counts: new_people", ar="لا معنى لـ ⁨base⁩ مع ⁨counts: new_people⁩")
            )
        if self.take == "repeatedly" and self.method != "steps":
            raise Mistaken(
                Text(
                    en="take has a meaning only for steps; pairs are made as often as the legs allow",
                    ar="لا معنى لـ ⁨take⁩ إلا في ⁨steps⁩؛ أما الأزواج فتُكوَّن بقدر ما يسمح الفرعان",
                )
            )
        return self

    @model_validator(mode="after")
    def _carries(self) -> Binary:
        limits = self.carry_limits
        per_side = _one_of(
            "carry_limits",
            per_side=limits.per_side,
            per_side_by_rank=limits.per_side_by_rank,
            per_side_from=limits.per_side_from,
            times_average_weak_leg=limits.times_average_weak_leg,
        )
        if self.carry == "none" and limits != CarryLimits():
            raise Mistaken(
                Text(en="carry_limits have no meaning with carry: none", ar="لا معنى لـ ⁨carry_limits⁩ مع ⁨carry: none⁩")
            )
        if self.carry == "none" and any(cap.excess == "carry" for cap in self.caps):
            raise Mistaken(
                Text(en="an excess cannot be carried with carry: none", ar="لا يمكن ترحيل الزائد مع ⁨carry: none⁩")
            )
        if any(cap.window not in ("period", self.match_every) for cap in self.caps):
            raise Mistaken(
                Text(
                    en="a cap per day or week needs match_every: day or week, the same; else it is per period",
                    ar="يحتاج الحد الأقصى لليوم أو الأسبوع إلى ⁨match_every⁩ بالقيمة نفسها ⁨day⁩ أو ⁨week⁩؛ "
                    "وإلا فهو لكل فترة",
                )
            )
        if per_side == "times_average_weak_leg" and self.match_every != "period":
            raise Mistaken(
                Text(
                    en="times_average_weak_leg needs match_every: period",
                    ar="يحتاج ⁨times_average_weak_leg⁩ إلى ⁨match_every: period⁩",
                )
            )
        if self.legs != "two" and (self.carry != "none" or self.qualification or self.own_volume not in _NO_SIDE):
            raise Mistaken(
                Text(
                    en="legs: strongest_against_rest needs carry: none (volume carried on a leg would change "
                    "sides), no qualification by side, and own_volume none or weaker_leg",
                    ar="تحتاج ⁨legs: strongest_against_rest⁩ إلى ⁨carry: none⁩ (فالحجم المرحَّل على فرع قد "
                    "يغيّر جهته)، وبلا شروط تأهّل لكل جهة، وإلى ⁨own_volume⁩ بقيمة ⁨none⁩ أو ⁨weaker_leg⁩",
                )
            )
        return self

    @property
    def paid_by(self) -> str | None:
        """Name of the key that says what is paid."""
        return _one_of("pay", **{name: getattr(self, name) for name in _PAY})

    def ranks_named(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every rank the component names, with its path."""
        yield from super().ranks_named()
        tables: list[tuple[tuple[str | int, ...], dict[str, Fraction] | None]] = [
            (("rates_by_rank",), self.rates_by_rank),
            (("amounts_by_rank",), self.amounts_by_rank),
            (("carry_limits", "per_side_by_rank"), self.carry_limits.per_side_by_rank),
            *((("caps", index, "cap_by_rank"), cap.cap_by_rank) for index, cap in enumerate(self.caps)),
            *((("steps", index, "amounts_by_rank"), one.amounts_by_rank) for index, one in enumerate(self.steps or [])),
        ]
        if self.first_pair is not None:
            tables.append((("first_pair", "amounts_by_rank"), self.first_pair.amounts_by_rank))
        for path, table in tables:
            for rank in table or {}:
                yield (*path, rank), rank
        recruits = None if self.qualification is None else self.qualification.recruits
        if recruits is not None and recruits.min_rank is not None:
            yield ("qualification", "recruits", "min_rank"), recruits.min_rank
        if recruits is not None and recruits.requires is not None:
            for inside, rank in recruits.requires.ranks_named():
                yield ("qualification", "recruits", "requires", *inside), rank

    def pays_in_its_base_currency(self) -> bool:
        """Whether a rate of the orders' money is paid, so that the award is in the same money."""
        return self.method == "weaker_leg" and self.counts == "base" and self.base.money

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per position and matching (and step); figures and state hold the legs at each period's close."""
        from compensation.awarding import binary as binary_awards

        return binary_awards.award(self, evaluation)

    def trace(self, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:  # noqa: ARG002 - pays on periods
        """In whose left and right legs an order's volume counts."""
        from compensation.wording import binary_account

        return binary_account.tell(self, evaluation, order)

    def account(self, evaluation: Evaluation, awards: Awards, index: int) -> list[Step]:
        """The legs before the matching, what was matched and capped, and what is carried on."""
        from compensation.wording import binary_account

        return binary_account.account(self, evaluation, awards, index)

    def describe(self) -> Text:
        """The component in plain words."""
        from compensation.wording import binary as binary_words

        return binary_words.describe(self)

    def promise(self) -> Promise:
        """Without limit: one order counts in the legs of everybody above."""
        from compensation.wording import binary as binary_words

        return binary_words.promise(self)


_PAY = (
    "rate", "rates_by_rank", "rate_from", "rates_by_personal_volume", "amount", "amounts_by_rank", "amount_from",
)  # fmt: skip
_NO_SIDE = ("none", "weaker_leg")
