"""The parts of a plan that its components share: volumes, activity, ranks, rounding, eligibility, order filters.

Each is a small frozen model that refuses unknown keys. What a word means is said here once: *personal volume* of
a participant in a period is the volume of the orders he placed and, unless the plan says otherwise, of the
orders that customers outside the network placed with him; *active* is whoever meets the activity rule.

Reference: the vocabulary of https://help.mlm-soft.com/en-us/section/67-compensation-plan-engine; each field names the
variant that it stands for.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, model_validator

from compensation.notation import written
from compensation.quantities import Factor, Money, Points, Rate
from compensation.standing.requirements import Autoship, Requirements
from intake.frozen import Frozen
from intake.mistakes import Mistaken
from intake.text import Text, say

PeriodLength = Literal["day", "week", "month", "quarter", "year", "whole"]
RoundingMode = Literal["half_up", "half_even", "down"]


class Rounding(Frozen):
    """How awards become whole minor units.

    `half_up` takes a tie away from zero, `half_even` to the even neighbour, `down` cuts towards zero. Per
    `statement`, a participant's awards of one component and period are summed exactly and the sum is rounded;
    its lines then carry the differences of the running rounded sum, so that they add up to it.
    """

    mode: RoundingMode = "half_up"
    per: Literal["line", "statement"] = "line"
    decimals: Annotated[int, Field(ge=0, le=9)] | None = None
    """Decimals an award is rounded to; by default those of the currency."""


class Volumes(Frozen):
    """What a volume is, and whose personal volume an order counts to."""

    measure: Literal["volume", "points", "amount"] = "volume"
    """Personal volume in commissionable volume (BV, CV), in qualifying points (PV), or in money."""
    customers_count: bool = True
    """Orders of customers outside the network count as personal volume of their seller."""


class AlwaysActive(Frozen):
    """Everybody who has not left is active."""

    rule: Literal["always"] = "always"


class ActiveByVolume(Frozen):
    """Active in a period with at least this personal volume; equality is enough."""

    rule: Literal["personal_volume"]
    at_least: Points


class ActiveByPurchases(Frozen):
    """Active in a period with at least this many orders of one's own."""

    rule: Literal["purchases"]
    at_least: Annotated[int, Field(ge=1)]


class ActiveByStatus(Frozen):
    """Active where the company's own statement of the period says so (`standing.active`)."""

    rule: Literal["status"]
    unstated: bool = True
    """What holds for participants of whom nothing is stated."""


class ActiveByAutoship(Autoship):
    """Active in a period with a standing order placed in it; keys as in `Autoship`."""

    rule: Literal["autoship"]


class ActiveByRequirements(Frozen):
    """Active in a period in which all of these conditions hold; they can name neither ranks nor others' activity."""

    rule: Literal["requirements"]
    requires: Requirements

    @model_validator(mode="after")
    def _stands_alone(self) -> ActiveByRequirements:
        for path, _ in self.requires.ranks_named():
            raise Mistaken(
                say(
                    "{path} names a rank, but ranks may ask for activity; use volumes or facts",
                    "يسمّي {path} رتبة، وقد تشترط الرتب النشاط. تُستعمل أحجام أو وقائع",
                    path=written(path),
                )
            )
        asking = self.requires.asks_for_activity()
        if asking is not None:
            raise Mistaken(
                say(
                    "{asking} asks whether others are active, which this very rule decides; use min_volume, "
                    "with active: false",
                    "يسأل {asking} عن نشاط الآخرين، وهذه القاعدة نفسها تقرره. يُستعمل ⁨min_volume⁩ مع ⁨active: false⁩",
                    asking=written(asking),
                )
            )
        return self


Activity = Annotated[
    AlwaysActive | ActiveByVolume | ActiveByPurchases | ActiveByStatus | ActiveByAutoship | ActiveByRequirements,
    Field(discriminator="rule"),
]


class Maintain(Frozen):
    """In how many periods in a row a rank must be qualified for before it is given."""

    periods: Annotated[int, Field(ge=1, le=1000)] = 1
    by_rank: dict[str, Annotated[int, Field(ge=1, le=1000)]] = Field(default_factory=dict)
    """For single ranks, another number."""


class Ranks(Frozen):
    """The ranks, lowest first, and where a participant's rank comes from."""

    order: Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]
    source: Literal["participants", "ranks", "purchases", "qualified"] = "participants"
    """`participants`: the rank in the participants table; `ranks`: the ranks table, period by period; `purchases`:
    ranks are bought, an order whose `product` is a rank's name raises the buyer to it; `qualified`: computed in every
    period from `qualifications`."""
    unranked: str | None = None
    """The rank of those without one; nothing means they are below the lowest."""
    qualifications: dict[str, Requirements] = Field(default_factory=dict)
    """What each rank asks for in a period; needed for every rank above `unranked`."""
    cumulative: bool = True
    """A rank also asks for everything that the ranks below it ask for."""
    pay_as: Literal["paid_as", "title"] = "paid_as"
    """Which rank counts in this plan: the one held in the period (paid-as rank), or the highest ever held (title)."""
    maintain: Maintain = Maintain()
    grace: Annotated[int, Field(ge=0, le=1000)] = 0
    """Periods for which a rank is kept though it was missed; meeting it again restores them all."""
    demotion: Literal["at_once", "step"] = "at_once"
    """After that: down to the rank qualified for, or one rank per missed period."""
    starts_from: Literal["nothing", "participants"] = "nothing"
    """Before the first period nobody holds a rank, or each holds that of the participants table."""

    @model_validator(mode="after")
    def _consistent(self) -> Ranks:
        twice = sorted({name for name in self.order if self.order.count(name) > 1})
        if twice:
            raise Mistaken(say("ranks stand twice: {twice}", "رتب مكررة: {twice}", twice=", ".join(twice)))
        if self.unranked is not None and self.unranked not in self.order:
            raise Mistaken(
                say(
                    "unranked names {unranked!r}, which is not one of: {order}",
                    "تسمّي ⁨unranked⁩ القيمة {unranked!r}، وليست من: {order}",
                    unranked=self.unranked,
                    order=", ".join(self.order),
                )
            )
        return self

    @model_validator(mode="after")
    def _qualified(self) -> Ranks:
        if self.source != "qualified":
            for name in ("qualifications", "pay_as", "maintain", "grace", "demotion", "starts_from"):
                if getattr(self, name) != type(self).model_fields[name].get_default(call_default_factory=True):
                    raise Mistaken(
                        say(
                            "{name} has a meaning only with source: qualified",
                            "لا معنى لـ {name} إلا مع ⁨source: qualified⁩",
                            name=name,
                        )
                    )
            return self
        named = [("qualifications", name) for name in self.qualifications]
        named += [("maintain.by_rank", name) for name in self.maintain.by_rank]
        for where, name in named:
            if name not in self.order:
                raise Mistaken(
                    say(
                        "{where} names {name!r}, which is not one of: {order}",
                        "يسمّي {where} القيمة {name!r}، وليست من: {order}",
                        where=where,
                        name=name,
                        order=", ".join(self.order),
                    )
                )
        base = 0 if self.unranked is None else self.index(self.unranked)
        missing = [name for name in self.order[base:] if name not in self.qualifications]
        if missing:
            raise Mistaken(
                say(
                    "qualifications lack {missing!r}; say what it asks for, or name it as unranked",
                    "تنقص ⁨qualifications⁩ الرتبة {missing!r}. يُرجى ذكر شروطها، أو تسميتها في ⁨unranked⁩",
                    missing=missing[0],
                )
            )
        given_to_all = [name for name in self.order[:base] if name in self.qualifications]
        if given_to_all:
            raise Mistaken(
                say(
                    "qualifications name {given_to_all!r}, which everybody has (unranked)",
                    "تسمّي ⁨qualifications⁩ الرتبة {given_to_all!r}، وهي للجميع (⁨unranked⁩)",
                    given_to_all=given_to_all[0],
                )
            )
        for rank, asked in self.qualifications.items():
            self._well_founded(rank, asked)
        trees = {tree for asked in self.qualifications.values() for tree in asked.trees_of_ranks()}
        if len(trees) > 1 and any(asked.lets_groups_break_away() for asked in self.qualifications.values()):
            raise Mistaken(
                say(
                    "group volume without the groups of a rank needs all conditions on ranks in one tree "
                    "(found {trees}): otherwise a rank could depend on itself",
                    "يحتاج حجم المجموعة بلا مجموعات رتبة إلى أن تكون كل شروط الرتب في شجرة واحدة (الموجود: "
                    "{trees})، وإلا اعتمدت رتبة على نفسها",
                    trees=", ".join(sorted(trees)),
                )
            )
        return self

    def _well_founded(self, rank: str, asked: Requirements) -> None:
        for path, name in asked.ranks_named():
            if name not in self.order:
                where = f"qualifications.{rank}.{written(path)}"
                raise Mistaken(
                    say(
                        "{where} names {name!r}, which is not one of: {order}",
                        "يسمّي {where} القيمة {name!r}، وليست من: {order}",
                        where=where,
                        name=name,
                        order=", ".join(self.order),
                    )
                )
        for path, key, condition in asked.everywhere():
            if key == "rank" and self.index(condition) >= self.index(rank):
                where = f"qualifications.{rank}.{written(path)}"
                raise Mistaken(
                    say(
                        "{where}: a rank cannot ask for itself or a higher one (found {condition!r})",
                        "{where}: لا تشترط الرتبة نفسها ولا رتبة أعلى (الموجود: {condition!r})",
                        where=where,
                        condition=condition,
                    )
                )

    def index(self, name: str) -> int:
        """1 for the lowest rank; 0 is kept for "no rank"."""
        return self.order.index(name) + 1


class Eligibility(Frozen):
    """Who can earn from a component; all conditions must hold."""

    active: bool = True
    """Must be active by the plan's activity rule."""
    min_personal_volume: Points | None = None
    min_rank: str | None = None
    kinds: list[str] | None = None
    """Kinds of participant that can earn; nothing means every kind."""
    facts: tuple[str, ...] = ()
    """Facts of the period that must not be stated as false, such as `qualified`; what is not stated counts as true."""
    stated: tuple[str, ...] = ()
    """Facts that must be stated of the participant, whatever they say."""
    requires: Requirements | None = None
    """Any further conditions on the period: volumes, legs, recruits, customers, autoship; see `Requirements`."""


class Recorded(Frozen):
    """How the company's records of payouts carry a component; used to reconcile, never to compute."""

    component: str | None = None
    """Its name there; several components may be booked under one name."""
    least: Money | None = None
    """Smaller payments are not in the records, so that their absence says nothing."""


class Window(Frozen):
    """A time from the joining of whoever placed the order; give exactly one.

    Whose joining is not recorded counts as joined with his first order.
    """

    days: Annotated[int, Field(ge=1)] | None = None
    """So many times 24 hours, the last moment included."""
    months: Annotated[int, Field(ge=1)] | None = None
    """So many calendar months from the day of joining, that day of the month included."""
    periods: Annotated[int, Field(ge=1)] | None = None
    """So many commission periods, the one of joining being the first."""

    @model_validator(mode="after")
    def _exactly_one(self) -> Window:
        if sum(value is not None for value in (self.days, self.months, self.periods)) != 1:
            raise Mistaken(
                Text(en="give exactly one of days, months, periods", ar="يُذكر واحد فقط من ⁨days⁩ و⁨months⁩ و⁨periods⁩")
            )
        return self


class OrderFilter(Frozen):
    """Which orders a component pays on; an empty filter takes all.

    A reversal that names the order it takes back passes where that order passed.
    """

    categories: list[str] | None = None
    products: list[str] | None = None
    buyer_kinds: list[str] | None = None
    except_categories: list[str] | None = None
    except_products: list[str] | None = None
    min_amount: Money | None = None
    """Met by equality."""
    min_volume: Points | None = None
    which: Literal["all", "first", "later"] = "all"
    """Of each buyer's orders that pass the rest: all, only the first, or all but the first."""
    since_joining: Window | None = None
    """Only orders in this time from the buyer's joining."""
    after_joining: Window | None = None
    """Only orders after this time from the buyer's joining: what a bonus for newcomers leaves to another component."""
    credited_kinds: list[str] | None = None
    """Only orders credited to these kinds of participant (`distributor`, `affiliate`, ...)."""


class InForce(Frozen):
    """The days on which a component pays, both included; a plan that changes lists its old and its new component."""

    since: date | None = None
    until: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> InForce:
        if self.since is not None and self.until is not None and self.since > self.until:
            raise Mistaken(Text(en="since is later than until", ar="يقع ⁨since⁩ بعد ⁨until⁩"))
        return self


Measure = Literal["amount", "volume", "points", "cost", "margin", "orders", "pieces"]


class Base(Frozen):
    """What the rates are applied to.

    `amount`: the price paid, in money. `volume`, `points`: commissionable volume (BV, CV) and qualifying points (PV) x
    `per_point` (currency units per point). `cost`: the wholesale price; `margin`: price minus cost. `orders`, `pieces`:
    the number of them. Each x `share`, the commissionable part.
    """

    measure: Measure = "amount"
    less: tuple[Literal["tax", "freight", "discount"], ...] = ()
    """Taken off the amount first: parts of the price that are no sale; a `discount` only where the records' amount is the
    list price and does not have it taken off already."""
    plus: tuple[Literal["discount"], ...] = ()
    """Put on the amount: a discount that was taken off, where the plan pays on the list price."""
    share: Rate = Fraction(1)
    """The commissionable part."""
    per_point: Factor = Fraction(1)

    @model_validator(mode="after")
    def _point_needs_volume(self) -> Base:
        if self.measure not in ("volume", "points") and self.per_point != 1:
            raise Mistaken(
                say(
                    "per_point has no meaning for measure: {measure}; use share, or measure: volume",
                    "لا معنى لـ ⁨per_point⁩ مع ⁨measure:⁩ {measure}. يُستعمل ⁨share⁩ أو ⁨measure: volume⁩",
                    measure=self.measure,
                )
            )
        if (self.less or self.plus) and self.measure not in ("amount", "margin"):
            raise Mistaken(
                Text(
                    en="less and plus have a meaning only for measure: amount or margin",
                    ar="لا معنى لـ ⁨less⁩ و⁨plus⁩ إلا مع ⁨measure: amount⁩ أو ⁨margin⁩",
                )
            )
        if set(self.less) & set(self.plus):
            raise Mistaken(
                Text(en="a discount cannot be both taken off and put on", ar="لا يمكن طرح الخصم وإضافته معًا")
            )
        return self

    @property
    def money(self) -> bool:
        """Whether the base is money of the orders, so that a share of it is in the same money."""
        return self.measure in ("amount", "cost", "margin")
