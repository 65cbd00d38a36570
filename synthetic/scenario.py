"""A scenario: what kind of company is made up, as data, with the truth that is planted in it.

Each kind is one YAML file in `datasets/synthetic`: title and description in two languages, every parameter with its
reason or source, the plan it pays by (`plans/<kind>.yaml`), and which indicators must show the pattern and which must
stay quiet. Parameters steer random draws and are therefore plain numbers; prices and rates of pay are exact.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from intake.frozen import Frozen
from intake.text import Text
from intake.yaml_lines import NotYaml, read_yaml
from synthetic.errors import ScenarioError, UnknownKind

_INSTALLED, _CHECKOUT = Path(__file__).with_name("scenarios"), Path(__file__).resolve().parents[1] / "datasets"
FOLDER = _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT / "synthetic"
"""Where the scenarios stand: in the installed package, else in the checkout."""

MOST_BYTES = 200_000

T = TypeVar("T")


class Chosen(Frozen, Generic[T]):
    """A parameter and why it is what it is: a published figure with its source, or a reason."""

    value: T
    why: Annotated[str, Field(min_length=6)]


def _as_text(value: object) -> object:
    if isinstance(value, float):
        raise ValueError('write it as text, such as "12.50"')  # noqa: TRY004 - becomes a validation error
    return str(value) if isinstance(value, int) else value


def _minor(text: str) -> str:
    if Decimal(text) * 100 != int(Decimal(text) * 100):
        raise ValueError("at most two decimals")
    return text


Price = Annotated[str, BeforeValidator(_as_text), Field(pattern=r"^\d+(\.\d{1,2})?$"), AfterValidator(_minor)]
Exact = Annotated[str, BeforeValidator(_as_text), Field(pattern=r"^\d+(\.\d+)?%?$")]
Category = Literal["starter_kit", "product", "autoship", "training", "sales_tool", "fee", "deposit"]


def cents(price: str) -> int:
    """A price in minor units.

    >>> cents("12.5")
    1250
    """
    return int(Decimal(price) * 100)


def exact(rate: str) -> Fraction:
    """A share written as `35%` or `0.35`, exactly."""
    return Fraction(rate[:-1]) / 100 if rate.endswith("%") else Fraction(rate)


class Item(Frozen):
    """Something with a fixed price and volume that is bought on a certain occasion."""

    id: str
    category: Category
    price: Price
    volume: Price = "0"
    weight: float = 1.0
    """How often it is chosen, against the other items of its list."""
    why: Annotated[str, Field(min_length=6)]


class Goods(Frozen):
    """What is sold at any time: the common catalogue, at a markup and with a share of the price as volume."""

    markup: Chosen[Exact]
    """Of the price to customers over the participants' price."""
    volume: Chosen[Exact]
    """Points per unit of the participants' price."""
    basket: Chosen[float]
    """Mean pieces of an order line."""


class Role(Frozen):
    """A group of participants who behave alike. What is absent does not happen."""

    share: Chosen[float]
    kind: Literal["distributor", "preferred_customer", "customer", "affiliate", "affiliate_manager"]
    churn: Chosen[float]
    """Chance of leaving in a month."""
    recruiting: Chosen[float] | None = None
    """Weight when a newcomer's sponsor is drawn."""
    spread: Chosen[float] | None = None
    """Sigma of the log-normal factor by which people of this role differ in recruiting, buying and selling."""
    packages: bool = False
    """Joins with one of the packages."""
    again: Chosen[float] | None = None
    """Further packages in a month."""
    own_orders: Chosen[float] | None = None
    """Order lines for oneself in a month."""
    autoship: Chosen[float] | None = None
    """Share with a recurring order."""
    customers: Chosen[float] | None = None
    """Outside customers of the median participant of the role, on average."""
    customer_orders: Chosen[float] | None = None
    """Order lines of a customer in a month."""
    qualifying: Chosen[float] | None = None
    """Share of months in which purchases are topped up to exactly the threshold of activity."""
    rank_buying: Chosen[float] | None = None
    """Share of months in which the volume of a rank is bought at once."""
    own_links: Chosen[float] | None = None
    """Share who order for themselves through their own link."""
    receipts: Chosen[int] | None = None
    """Receipts of made-up customers filed in a month."""

    @model_validator(mode="after")
    def _customers_order(self) -> Role:
        if (self.customers is None) != (self.customer_orders is None):
            raise ValueError("customers and customer_orders belong together")
        return self


class Joining(Frozen):
    """How the network grows."""

    growth: Chosen[list[tuple[int, float]]]
    """From month (the first is 0): change of the number of people who join, from each month to the next."""
    seasons: Chosen[list[float]]
    """Factor of joining and of buying in January, February, ..."""
    recency: Chosen[float]
    """0: every active participant recruits alike, however long he is in; above: the recent ones recruit more."""
    unsponsored: Chosen[float] | None = None
    """Share who come without a sponsor."""
    countries: Chosen[dict[str, float]]
    mixing: Chosen[float]
    """Share of people who live in another country than their sponsor."""
    couples: Chosen[float]
    """Share of positions that belong to the same person or household as another: honest repetition."""


class Deadline(Frozen):
    """Thresholds of the plan that people buy for, and when."""

    threshold: Chosen[Price]
    """Points that keep somebody active."""
    within_reach: Chosen[Exact] | None = None
    """Share of the threshold of which somebody who tops up at all never stops short."""
    rank: Chosen[Price] | None = None
    """Points of a rank that is bought."""
    last_days: Chosen[int]
    share_late: Chosen[float]
    """Share of such purchases that fall into the last days of the month."""
    sent_back: Chosen[float] | None = None
    """Share of rank purchases that are sent back after the commission was paid."""


class Returns(Frozen):
    """Requests to return goods."""

    customers: Chosen[float]
    participants: Chosen[float]
    refused: Chosen[float]
    """Of participants' requests; customers' are refused a tenth as often."""
    days: Chosen[int]
    """At most so many days after the order."""
    decision_days: Chosen[int]


class Stacks(Frozen):
    """Positions that are set up in a row by one person."""

    share: Chosen[float]
    length: Chosen[tuple[int, int]]
    hours: Chosen[float]
    """Within which a row is enrolled."""
    same_person: Chosen[float]
    """Share of rows whose positions carry the owner's own person hint."""


class Receipts(Frozen):
    """Retail receipts of customers who do not exist."""

    amounts: Chosen[list[Price]]
    names: Chosen[int]
    """Different customers' names per hundred participants who file, used by all of them."""
    last_days: Chosen[int]


class Wash(Frozen):
    """Rings of participants who sell to one another, so that everybody has sales."""

    share: Chosen[float]
    length: Chosen[tuple[int, int]]
    amount: Chosen[Price]


class Returned(Frozen):
    """A return promised on deposits."""

    rate: Chosen[Exact]
    months: Chosen[int]
    until: Chosen[float]
    """Part of the time after which it is no longer paid."""


class Clicks(Frozen):
    """Visits that affiliates refer."""

    per_order: Chosen[float]
    rivals: Chosen[float]
    """Share of orders with an earlier click of another affiliate."""


class Service(Frozen):
    """What becomes of orders."""

    days: Chosen[float]
    """From the order to its delivery, of the median order."""
    complaints: Chosen[float]
    """Per order."""
    strain: Chosen[float] | None = None
    """Power of the number of active sellers, against that of the first months, with which days, complaints and customers'
    returns grow; absent: they do not."""


class Invitations(Frozen):
    """Invitations to become a customer; everybody with a sponsor followed one of his."""

    followed: Chosen[float]
    """Share of the invitations that are followed."""
    days: Chosen[int]
    """At most so many days until they are."""
    keenness: Chosen[float]
    """How much more often the invited order than others."""
    own_accounts: Chosen[float] | None = None
    """Share of the invited who are their inviter under another account."""


class Figure(Frozen):
    """A figure that is planted: what a measurement must come to."""

    value: Exact
    within: Exact
    """How far off a measured figure may be."""
    why: Annotated[str, Field(min_length=6)]


class Planted(Frozen):
    """The truth: what is in the records by construction."""

    pattern: bool
    """Whether the company is one of those that the law is about."""
    shows: dict[str, str] = Field(default_factory=dict)
    """Indicator, or indicator.alternative -> why it must show."""
    quiet: dict[str, str] = Field(default_factory=dict)
    """Indicator -> why it must stay quiet."""
    law: dict[str, bool] = Field(default_factory=dict)
    """Warning signs of the reference (`ind.*`) -> whether they are there."""
    figures: dict[str, Figure] = Field(default_factory=dict)
    """Indicator, or indicator.alternative -> the figure that it must come to."""
    rows: dict[str, str] = Field(default_factory=dict)
    """Labels of single rows -> what they mean."""


class Scenario(Frozen):
    """One kind of company."""

    id: str
    title: Text
    line: Text
    """One line for a list."""
    description: Text
    sources: tuple[str, ...] = ()
    start: Chosen[str]
    """First month, YYYY-MM."""
    currency: Literal["USD"] = "USD"
    credited: Chosen[Literal["close", "order"]]
    """Payouts are credited at the close of the month, or with the order."""
    joining: Joining
    goods: Goods | None = None
    entry: tuple[Item, ...] = ()
    """What everybody buys on joining."""
    packages: tuple[Item, ...] = ()
    recurring: Item | None = None
    roles: dict[str, Role]
    deadline: Deadline | None = None
    returns: Returns | None = None
    direct: Chosen[float] | None = None
    """Orders of customers whom nobody referred, per order of the others."""
    stacks: Stacks | None = None
    receipts: Receipts | None = None
    wash: Wash | None = None
    returned: Returned | None = None
    clicks: Clicks | None = None
    service: Service | None = None
    invitations: Invitations | None = None
    planted: Planted

    @model_validator(mode="after")
    def _fits(self) -> Scenario:
        shares = sum(role.share.value for role in self.roles.values())
        if abs(shares - 1) > 1e-9:
            raise ValueError(f"the roles' shares make {shares:.4f}, not 1")
        for name, role in self.roles.items():
            if role.packages and not self.packages:
                raise ValueError(f"role {name} joins with packages and there are none")
            if role.autoship and self.recurring is None:
                raise ValueError(f"role {name} has recurring orders and there is no `recurring` item")
            if (role.qualifying or role.rank_buying) and self.deadline is None:
                raise ValueError(f"role {name} buys for a threshold and there is no `deadline`")
            if role.receipts and self.receipts is None:
                raise ValueError(f"role {name} files receipts and there are no `receipts`")
            if (role.own_orders or role.customers or role.qualifying) and self.goods is None:
                raise ValueError(f"role {name} buys goods and there are none")
        return self

    @cached_property
    def plan_path(self) -> Path:
        """The compensation plan."""
        return FOLDER / "plans" / f"{self.id}.yaml"

    @property
    def in_role(self) -> list[Role]:
        """The roles in order."""
        return list(self.roles.values())


def kinds() -> list[str]:
    """The names of the kinds, the harmless ones first."""
    return list(KINDS)


KINDS = (
    "honest-seller",
    "buyers-club",
    "affiliate-programme",
    "referral-programme",
    "strained-programme",
    "self-referrals",
    "inventory-loader",
    "recruitment-pyramid",
    "ponzi-with-products",
    "productless-cycler",
    "stacked-genealogy",
    "fabricated-receipts",
)


def load_scenario(kind: str) -> Scenario:
    """The scenario of that name.

    Raises:
        UnknownKind: there is none; the message names the nearest.
        ScenarioError: its file has a mistake.
    """
    if kind not in KINDS:
        raise UnknownKind(kind, KINDS)
    path = FOLDER / f"{kind}.yaml"
    try:
        content = read_yaml(path, MOST_BYTES).content
        scenario = Scenario.model_validate(content)
    except NotYaml as error:
        raise ScenarioError(path, str(error)) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ScenarioError(path, f"{place}: {first['msg'].removeprefix('Value error, ')}") from error
    if scenario.id != kind:
        raise ScenarioError(path, f"its id is {scenario.id!r}, and the file is called {kind}")
    return scenario
