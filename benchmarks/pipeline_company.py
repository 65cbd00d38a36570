"""A synthetic network-marketing company of any size, as the CSV files that it might hand over.

Everybody joins under somebody who was there before, the more likely the more that one has recruited; buys a kit on
joining, then goods and autoship; a third of the goods is sold to customers. The company pays the first level of every kit
and autoship order, by the plan that is written beside the files, late, and one payment in a hundred not or not in full.
One seed, whole numbers throughout: the same arguments give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numba as nb
import numpy as np
import polars as pl

SEED = 20_250_307
TREES = ("preferential", "chain", "star")
CURRENCIES = ("USD", "EUR", "KWD")
DECIMALS = (2, 2, 3)
START = 1_640_995_200
MONTH = 2_629_800
PERCENT_PAID = 20

_AT_ONCE = 500_000
_CATEGORIES = ("starter_kit", "autoship", "product", "training")
_COUNTRIES = ("US", "DE", "EG", "BR", "CN", "KW")


@dataclass(frozen=True)
class Company:
    """What to make up."""

    participants: int = 1_000_000
    orders: int = 10_000_000
    tree: str = "preferential"
    missing_sponsors: int = 0
    """Of a hundred participants, how many name a sponsor who is not on the list."""
    months: int = 36
    dated: bool = True
    currencies: int = 1
    plan: bool = True

    def words(self) -> str:
        """One line that says what it is."""
        more = [f"{self.missing_sponsors}% of sponsors missing"] if self.missing_sponsors else []
        more += [] if self.dated else ["no dates"]
        more += [f"{self.currencies} currencies"] if self.currencies > 1 else []
        more += [] if self.plan else ["no plan"]
        what = f"{self.participants:,} participants ({self.tree}), {self.orders:,} order lines in {self.months} months"
        return ", ".join([what, *more])


def write_company(folder: Path, company: Company) -> None:
    """Write participants, orders, payouts, returns, the data sheet and the plan into a new folder."""
    if company.orders < company.participants:
        raise ValueError("needs at least one order line per participant, the kit")
    random = np.random.default_rng(SEED)
    folder.mkdir(parents=True)
    people, lines = company.participants, company.orders
    parent = _parents(company.tree, people, random)
    span = company.months * MONTH - 3 * 86_400
    # more join every month: the square root of an even spread
    joined = START + np.sort((np.sqrt(random.random(people)) * span).astype(np.int64))
    _write_participants(folder, company, parent, joined, random)

    buyer = np.concatenate([np.arange(people), random.integers(0, people, lines - people)]).astype(np.int32)
    category = np.concatenate([np.zeros(people), random.choice(3, lines - people, p=(0.45, 0.5, 0.05)) + 1])
    category = category.astype(np.int8)
    customer = (category == 2) & (random.random(lines) < 1 / 3)
    when = joined[buyer] + (random.random(lines) * (START + span - joined[buyer])).astype(np.int64)
    when[:people] = joined
    cents = random.integers(5, 200, lines) * 50
    cents[:people] = 19_900
    order = np.argsort(when, kind="stable")
    buyer, category, customer, when, cents = (each[order] for each in (buyer, category, customer, when, cents))
    customers = random.integers(0, max(1, people // 2), lines).astype(np.int32)
    money = random.integers(0, company.currencies, lines).astype(np.int8) if company.currencies > 1 else None

    with (folder / "orders.csv").open("wb") as orders, (folder / "payouts.csv").open("wb") as payouts:
        for start in range(0, lines, _AT_ONCE):
            part = slice(start, min(lines, start + _AT_ONCE))
            number = np.arange(part.start + 1, part.stop + 1)
            here = pl.DataFrame(
                {
                    "number": number,
                    "when": when[part],
                    "person": buyer[part],
                    "customer": customers[part],
                    "outside": customer[part],
                    "category": category[part],
                    "amount": cents[part],
                    "money": money[part] if money is not None else np.zeros(len(number), np.int8),
                    "parent": parent[buyer[part]],
                    "chance": random.integers(0, 100, len(number)),
                }
            )
            _order_lines(here, company).write_csv(orders, include_header=start == 0)
            _payments(here, company).write_csv(payouts, include_header=start == 0)
    _write_returns(folder, company, lines, buyer, when, cents, random)
    (folder / "datasheet.yaml").write_text(_datasheet(company), encoding="utf-8")
    if company.plan:
        (folder / "plan.yaml").write_text(_PLAN, encoding="utf-8")


def _parents(tree: str, people: int, random: np.random.Generator) -> Any:
    parent = np.full(people, -1, np.int32)
    if tree == "chain":
        parent[1:] = np.arange(people - 1)
    elif tree == "star":
        parent[1:] = 0
    else:
        _attach(parent, random.random(people), random.random(people) < 0.5)
    return parent


@nb.njit(cache=True)
def _attach(parent: Any, draw: Any, copied: Any) -> None:
    """Under somebody drawn evenly, or under the sponsor of somebody drawn evenly: preferential attachment."""
    for i in range(1, parent.shape[0]):
        other = int(draw[i] * i)
        parent[i] = parent[other] if copied[i] and other > 0 else other


def _id(letter: str, column: str) -> pl.Expr:
    return pl.format(letter + "{}", (pl.col(column) + 1).cast(pl.String).str.zfill(8))


def _time(column: str) -> pl.Expr:
    return pl.from_epoch(column, time_unit="s").dt.strftime("%Y-%m-%d %H:%M:%S")


def _amount(column: str, company: Company) -> pl.Expr:
    """Decimal text; in a currency with three decimals the same digits, so that all are in minor units."""
    texts = [
        pl.format(
            "{}.{}", pl.col(column) // 10**places, (pl.col(column) % 10**places).cast(pl.String).str.zfill(places)
        )
        for places in DECIMALS
    ]
    if company.currencies < 3:
        return texts[0]
    return pl.when(pl.col("money") == 2).then(texts[2]).otherwise(texts[0])


def _currency(company: Company) -> list[pl.Expr]:
    if company.currencies == 1:
        return []
    return [pl.col("money").cast(pl.Int64).replace_strict(dict(enumerate(CURRENCIES))).alias("currency")]


def _write_participants(folder: Path, company: Company, parent: Any, joined: Any, random: np.random.Generator) -> None:
    people = company.participants
    lost = random.integers(0, 100, people) < company.missing_sponsors
    sponsor = np.where(lost, 90_000_000 + np.arange(people) % 5_000_000, parent)
    frame = pl.DataFrame(
        {
            "number": np.arange(people),
            "sponsor": sponsor,
            "when": joined,
            "country": random.integers(0, len(_COUNTRIES), people),
        }
    ).select(
        _id("M", "number").alias("id"),
        pl.when(pl.col("sponsor") >= 0).then(_id("M", "sponsor")).alias("sponsor_id"),
        *([_time("when").alias("joined")] if company.dated else []),
        pl.lit("distributor").alias("kind"),
        pl.col("country").replace_strict(dict(enumerate(_COUNTRIES))),
    )
    frame.sample(fraction=1.0, shuffle=True, seed=SEED).write_csv(folder / "participants.csv")


def _order_lines(here: pl.DataFrame, company: Company) -> pl.DataFrame:
    """A customer's order is credited to a participant; a participant's own has no seller."""
    return here.select(
        pl.format("O{}", pl.col("number").cast(pl.String).str.zfill(9)).alias("order_id"),
        *([_time("when").alias("order_date")] if company.dated else []),
        pl.when("outside").then(_id("M", "person")).alias("seller_id"),
        pl.when("outside").then(_id("C", "customer")).otherwise(_id("M", "person")).alias("buyer_id"),
        pl.format("SKU-{}", pl.col("amount") // 50 % 90 + 10).alias("product"),
        pl.col("category").cast(pl.Int64).replace_strict(dict(enumerate(_CATEGORIES))),
        _amount("amount", company).alias("amount"),
        *_currency(company),
    )


def _payments(here: pl.DataFrame, company: Company) -> pl.DataFrame:
    """To the sponsor, ten days after; of a hundred payments one is missing and one is short."""
    due = (pl.col("amount") * PERCENT_PAID + 50) // 100
    paid = here.filter(pl.col("category") <= 1, ~pl.col("outside"), pl.col("parent") >= 0, pl.col("chance") > 0)
    return paid.with_columns(
        (pl.col("when") + 864_000).alias("later"),
        pl.when(pl.col("chance") == 1).then(due - 1).otherwise(due).alias("paid"),
    ).select(
        pl.format("P{}", pl.col("number").cast(pl.String).str.zfill(9)).alias("payout_id"),
        *([_time("later").alias("date")] if company.dated else []),
        _id("M", "parent").alias("participant_id"),
        pl.lit("level").alias("component"),
        _amount("paid", company).alias("amount"),
        *_currency(company),
        pl.format("O{}", pl.col("number").cast(pl.String).str.zfill(9)).alias("source_order_id"),
        _id("M", "person").alias("source_participant_id"),
    )


def _write_returns(
    folder: Path, company: Company, lines: int, buyer: Any, when: Any, cents: Any, random: np.random.Generator
) -> None:
    at = np.sort(random.choice(lines, max(1, lines // 500), replace=False))
    outcomes = ("refunded", "partly_refunded", "refused", "pending")
    pl.DataFrame(
        {
            "order": at + 1,
            "person": buyer[at],
            "when": when[at] + 5 * 86_400,
            "decided": when[at] + 12 * 86_400,
            "outcome": random.integers(0, 4, len(at)),
            "amount": cents[at],
            "money": np.zeros(len(at), np.int8),
        }
    ).select(
        pl.format("R{}", pl.col("order")).alias("id"),
        pl.format("O{}", pl.col("order").cast(pl.String).str.zfill(9)).alias("order_id"),
        _id("M", "person").alias("participant_id"),
        *([_time("when").alias("requested"), _time("decided").alias("decided")] if company.dated else []),
        pl.col("outcome").replace_strict(dict(enumerate(outcomes))),
        _amount("amount", company).alias("amount"),
    ).write_csv(folder / "returns.csv")


def _datasheet(company: Company) -> str:
    def columns(names: str) -> str:
        kept = [name for name in names.split() if company.dated or name.split(":")[1] not in _DATES]
        return "{" + ", ".join(name.replace(":", ": ") for name in kept) + "}"

    money = " currency:currency" if company.currencies > 1 else ""
    participants = columns("id:id sponsor_id:sponsor_id joined:joined kind:kind country:country")
    orders = columns(
        "id:order_id date:order_date seller_id:seller_id buyer_id:buyer_id product:product category:category"
        f" amount:amount{money}"
    )
    payouts = columns(
        "id:payout_id date:date participant_id:participant_id component:component amount:amount"
        f" source_order_id:source_order_id source_participant_id:source_participant_id{money}"
    )
    returns = columns(
        "id:id order_id:order_id participant_id:participant_id requested:requested decided:decided outcome:outcome"
        " amount:amount"
    )
    return f"""title: {{en: A synthetic company, ar: شركة مصطنعة}}
currency: USD
{"plan: plan.yaml" if company.plan else "# no plan"}
law: [general, us, cn, eu, eg]
files:
  - {{file: participants.csv, table: participants, columns: {participants}}}
  - {{file: orders.csv, table: orders, columns: {orders}}}
  - {{file: payouts.csv, table: payouts, columns: {payouts}}}
  - {{file: returns.csv, table: returns, columns: {returns}}}
"""


_DATES = {"joined", "order_date", "date", "requested", "decided"}

_PLAN = f"""id: first-level
title: {{en: First level of kits and autoship, ar: المستوى الأول من الحقائب والطلبات الدورية}}
currency: USD
period: month
components:
  - id: level
    family: unilevel
    base: {{measure: amount}}
    orders: {{categories: [starter_kit, autoship]}}
    rates: [{PERCENT_PAID}%]
"""
