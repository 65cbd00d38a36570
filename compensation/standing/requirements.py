"""Conditions on a participant in a period: what a rank, a bonus or the activity of a month asks of him.

`Requirements` is one model for all three. Everything it lists must hold; `any_of` lists alternatives, of which one
must. Each condition measures a figure (a volume, a number of legs, recruits or customers) against a least value, which
is met by equality; how the figures are found is in `measuring`, how they make a rank in `ranking`.

Reference: volume with a limit per leg, inzoddwetrust/jetup-2, TZ_MLM_SYSTEM.md; the customer rules that regulators quote,
Amway, 93 F.T.C. 618 (at least ten customers, at least 70 % resold). The others are our definition, docs/plans/frame.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import core_schema

from compensation.quantities import Money, Points, Rate
from intake.frozen import Frozen
from intake.mistakes import Mistaken
from intake.text import Text

RequiredMeasure = Literal["volume", "points", "amount"]
TreeName = Literal["sponsor", "placement", "matrix"]
Count = Annotated[int, Field(ge=1, le=10**9)]
CUSTOMER_KINDS = ("customer", "preferred_customer")
"""Kinds of participant that are customers and neither recruit nor earn."""


class _OneOrMore:
    """In a plan, a single value stands for a list of one."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(_listed, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        listed = handler(schema)
        return {"anyOf": [listed, listed["items"]]}


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


_ONE = _OneOrMore()


class Volume(Frozen):
    """A volume that must be reached; `"100"` alone stands for `{at_least: "100"}`."""

    at_least: Points
    measure: RequiredMeasure | None = None
    """By default that of the plan's volumes."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, data: Any) -> Any:
        return {"at_least": data} if isinstance(data, str | int) else data

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [handler(schema), {"type": "string", "pattern": r"^\d+(\.\d+)?$"}]}


class InTree(Volume):
    """A volume reckoned in a tree, as the tree stands at the period's close."""

    tree: TreeName = "sponsor"


class Without(Frozen):
    """Whose groups do not count: they have broken away."""

    rank: str | None = None
    """Whoever holds this rank or a higher one in the period, with everybody below him."""
    fact: str | None = None
    """Of whom the company states this, with everybody below him."""

    @model_validator(mode="after")
    def _one(self) -> Without:
        if (self.rank is None) == (self.fact is None):
            raise Mistaken(Text(en="give exactly one of rank, fact", ar="يُذكر واحد فقط من ⁨rank⁩ و⁨fact⁩"))
        return self


class GroupVolume(InTree):
    """Volume of everybody below, and of oneself unless said otherwise (GV); without broken-away groups, PGV."""

    includes_own: bool = True
    """One's own volume counts, and in full whatever is said of legs."""
    max_share_per_leg: Rate | None = None
    """No leg counts for more than this share of `at_least`."""
    max_per_leg: Points | None = None
    """No leg counts for more than this."""
    without: Without | None = None
    levels: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Only so many levels below; by default all."""

    @model_validator(mode="after")
    def _one_way(self) -> GroupVolume:
        if self.max_share_per_leg is not None and self.max_per_leg is not None:
            raise Mistaken(
                Text(en="give one of max_share_per_leg, max_per_leg", ar="يُذكر واحد من ⁨max_share_per_leg⁩ و⁨max_per_leg⁩")
            )
        if self.levels is not None and (self.without is not None or self.limit is not None):
            raise Mistaken(
                Text(
                    en="levels cannot be combined with without, max_share_per_leg or max_per_leg",
                    ar="لا تجتمع ⁨levels⁩ مع ⁨without⁩ أو ⁨max_share_per_leg⁩ أو ⁨max_per_leg⁩",
                )
            )
        return self

    @property
    def limit(self) -> Fraction | None:
        """The most that one leg counts for."""
        return self.max_per_leg if self.max_share_per_leg is None else self.max_share_per_leg * self.at_least


class Legs(Frozen):
    """Legs with a least volume each; a leg is everybody under one direct recruit, himself included."""

    count: Count
    min_volume: Points
    measure: RequiredMeasure | None = None
    tree: TreeName = "sponsor"


class WeakestLeg(InTree):
    """Volume of the weakest of the `of` strongest legs; with fewer legs it is 0."""

    of: Annotated[int, Field(ge=2)] = 2


class OutsideStrongestLeg(InTree):
    """Volume of all legs but the strongest."""

    includes_own: bool = False


class QualifiedLegs(Frozen):
    """Legs in which somebody holds a rank, or a higher one, in the same period."""

    count: Count
    rank: str
    depth: Literal["head", "anywhere"] = "anywhere"
    """`head`: the direct recruit who heads the leg; `anywhere`: he or anybody below him."""
    tree: TreeName = "sponsor"


class Recruits(Frozen):
    """Direct recruits who have joined by the period's close and have not left; customers do not count."""

    count: Count
    active: bool = False
    """Only those who meet the plan's activity rule in the period."""
    min_volume: Points | None = None
    """Only those with this personal volume in the period."""
    in_period: bool = False
    """Only those who joined in the period."""
    kinds: tuple[str, ...] | None = None
    """Only these kinds of participant; by default all but customers."""


class RecruitInEachLeg(Recruits):
    """Direct recruits on each side of the placement tree, however far below; the usual binary qualification."""

    count: Count = 1
    """In each leg."""
    active: bool = True
    legs: Annotated[int, Field(ge=1)] = 2
    tree: TreeName = "placement"


class Customers(Frozen):
    """Different customers who bought in the period.

    A customer is a buyer outside the network, with whoever sold to him, or a participant of a customer's kind, with
    his sponsor. Orders without a buyer's name are each taken for a customer of their own.
    """

    count: Count
    min_volume: Points | None = None
    """Only customers who bought at least this much in the period."""
    measure: RequiredMeasure | None = None
    personal: bool = True
    """False: those of the whole downline count, too."""


class CustomerVolume(Volume):
    """Volume of customers' orders (see `Customers`)."""

    personal: bool = True
    """False: those of the whole downline count, too."""


class CustomerShare(Frozen):
    """The share of volume that came from customers; where there is no volume at all the share is met."""

    at_least: Rate
    of: Literal["personal", "purchases", "group"] = "personal"
    """Of `personal`: customers' and one's own orders together; `purchases`: one's own orders (what is resold of what
    is bought); `group`: all orders of oneself and everybody below."""
    measure: RequiredMeasure | None = None


class OwnOrders(Frozen):
    """Orders of one's own in the period; what is taken back in the same period does not count."""

    count: Count = 1
    min_amount: Money | None = None
    """Each of at least this price."""
    min_volume: Points | None = None
    categories: tuple[str, ...] | None = None
    products: tuple[str, ...] | None = None


class Autoship(OwnOrders):
    """A standing order that was placed in the period."""

    categories: tuple[str, ...] | None = ("autoship",)


class Months(Frozen):
    """Calendar months from that of joining (0) to that in which the period closes."""

    at_least: Annotated[int, Field(ge=0)] = 0
    at_most: Annotated[int, Field(ge=0)] | None = None


class Requirements(Frozen):
    """Conditions that must all hold; a condition that may be given several times takes a list."""

    personal_volume: Volume | None = None
    group_volume: Annotated[tuple[GroupVolume, ...], _ONE] = ()
    leg_volume: Annotated[tuple[InTree, ...], _ONE] = ()
    """Volume of all legs together: the group without oneself."""
    legs: Annotated[tuple[Legs, ...], _ONE] = ()
    strongest_leg: InTree | None = None
    weakest_leg: WeakestLeg | None = None
    outside_strongest_leg: OutsideStrongestLeg | None = None
    qualified_legs: Annotated[tuple[QualifiedLegs, ...], _ONE] = ()
    recruits: Annotated[tuple[Recruits, ...], _ONE] = ()
    recruit_in_each_leg: RecruitInEachLeg | None = None
    customers: Annotated[tuple[Customers, ...], _ONE] = ()
    customer_volume: Annotated[tuple[CustomerVolume, ...], _ONE] = ()
    customer_share: CustomerShare | None = None
    own_orders: Annotated[tuple[OwnOrders, ...], _ONE] = ()
    autoship: Autoship | None = None
    rank: str | None = None
    """At least this rank; in a rank's own qualification, a lower one."""
    facts: tuple[str, ...] = ()
    """Facts that must not be stated as false; what is not stated counts as true."""
    stated: tuple[str, ...] = ()
    """Facts that must be stated, and not as false."""
    numbers: dict[str, Points] = Field(default_factory=dict)
    """Facts that are numbers, and the least each must be; what is not stated is 0."""
    months_since_joining: Months | None = None
    any_of: tuple[Requirements, ...] = ()
    """Alternatives, of which at least one must hold."""

    @model_validator(mode="after")
    def _says_something(self) -> Requirements:
        if next(self.everywhere(), None) is None:
            raise Mistaken(
                Text(
                    en="names no condition; list at least one, such as personal_volume",
                    ar="لا شرط فيه. يُذكر شرط واحد على الأقل، مثل ⁨personal_volume⁩",
                )
            )
        return self

    def conditions(self) -> Iterator[tuple[str, Any]]:
        """Each single condition with the key under which it stands, alternatives left out."""
        for key in type(self).model_fields:
            value = getattr(self, key)
            if key == "any_of" or value is None:
                continue
            if key == "numbers":
                yield from ((key, pair) for pair in value.items())
            elif isinstance(value, tuple):
                yield from ((key, each) for each in value)
            else:
                yield key, value

    def alternatives(self) -> list[list[tuple[str, Any]]]:
        """The same as a list of alternatives, each a list of conditions that must all hold."""
        result = [list(self.conditions())]
        if self.any_of:
            result = [mine + more for mine in result for each in self.any_of for more in each.alternatives()]
        return result

    def everywhere(self) -> Iterator[tuple[tuple[str | int, ...], str, Any]]:
        """Every condition, those of the alternatives too, with its path."""
        for key in type(self).model_fields:
            value = getattr(self, key)
            if key == "any_of" or value is None:
                continue
            if isinstance(value, tuple):
                yield from (((key, index), key, each) for index, each in enumerate(value))
            elif key == "numbers":
                yield from (((key, name), key, (name, least)) for name, least in value.items())
            else:
                yield (key,), key, value
        for index, each in enumerate(self.any_of):
            yield from ((("any_of", index, *path), key, one) for path, key, one in each.everywhere())

    def ranks_named(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every rank that a condition names, with its path."""
        for path, key, condition in self.everywhere():
            if key == "rank":
                yield path, condition
            elif isinstance(condition, QualifiedLegs):
                yield (*path, "rank"), condition.rank
            elif isinstance(condition, GroupVolume) and condition.without and condition.without.rank is not None:
                yield (*path, "without", "rank"), condition.without.rank

    def asks_for_activity(self) -> tuple[str | int, ...] | None:
        """Path of the first condition that looks at other people's activity; None where there is none."""
        for path, _, condition in self.everywhere():
            if isinstance(condition, Recruits) and condition.active:
                return (*path, "active")
        return None

    def asks_for_customers(self) -> bool:
        """Whether every way to meet it needs sales to customers."""
        return all(
            any(isinstance(condition, Customers | CustomerVolume | CustomerShare) for _, condition in way)
            for way in self.alternatives()
        )

    def asks_for_purchases(self) -> bool:
        """Whether every way to meet it needs volume or orders of one's own."""
        own = ("personal_volume", "own_orders", "autoship")
        return all(any(key in own for key, _ in way) for way in self.alternatives())

    def trees_of_ranks(self) -> set[str]:
        """The trees in which conditions look at other people's ranks."""
        return {
            condition.tree
            for _, _, condition in self.everywhere()
            if isinstance(condition, QualifiedLegs) or _breaks_away_by_rank(condition)
        }

    def lets_groups_break_away(self) -> bool:
        """Whether a group volume leaves out the groups of those who hold a rank."""
        return any(_breaks_away_by_rank(condition) for _, _, condition in self.everywhere())


def _breaks_away_by_rank(condition: Any) -> bool:
    return isinstance(condition, GroupVolume) and condition.without is not None and condition.without.rank is not None
