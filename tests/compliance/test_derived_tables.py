"""The derived tables, made from columns and positions, against plain joins and groups on records of every kind."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import pytest

from compliance.assumptions import Assumptions
from compliance.columns import buyer_months, columns
from compliance.records import Records
from tests.compliance.slow_facts import TABLES

T = TypeVar("T")

KINDS = (None, "distributor", "customer", "preferred_customer", "affiliate")
CATEGORIES = (None, "product", "autoship", "fee", "deposit", "starter_kit", "training", "sales_tool")
BARE = {"orders": ("volume", "points", "category"), "payouts": ("date", "source_participant_id")}


def rows(seed: int) -> dict[str, list[dict[str, Any]]]:
    """Records with gaps, strangers, other currencies and, for every other seed, several lines of one order."""
    draw = random.Random(seed)
    people, orders = ((40, 150), (9, 40), (1, 1))[seed % 3]

    def often(value: T) -> T | None:
        return value if draw.random() < 0.85 else None

    def moment() -> datetime | None:
        return often(datetime.fromisoformat("2023-11-20") + timedelta(hours=draw.randrange(2500)))

    def somebody() -> str | None:
        return often(
            f"p{draw.randrange(people)}" if draw.random() < 0.7 else f"a stranger from afar {draw.randrange(5)}"
        )

    def number() -> str | None:
        return often(f"o{draw.randrange(orders)}")

    def currency() -> str | None:
        return "USD" if draw.random() < 0.8 + seed % 2 else draw.choice((None, "EUR"))

    return {
        "participants": [
            {
                "id": f"p{row}",
                "sponsor_id": often(f"p{draw.randrange(row)}") if row else None,
                "kind": draw.choice(KINDS),
            }
            for row in range(people)
        ],
        "orders": [
            {
                "id": number() if seed % 2 else often(f"o{line}"),
                "date": moment(),
                "seller_id": somebody(),
                "buyer_id": somebody(),
                "buyer_kind": draw.choice(KINDS),
                "category": draw.choice(CATEGORIES),
                "amount": draw.choice((0, -500, 100, 2500)),
                "volume": draw.choice((None, 5)),
                "points": draw.choice((None, 7)),
                "currency": currency(),
            }
            for line in range(orders)
        ],
        "payouts": [
            {
                "date": often(moment()),
                "period": draw.choice((None, "2024-01", "nonsense")),
                "participant_id": somebody(),
                "component": draw.choice(("levels", "retail")),
                "level": draw.choice((None, 1)),
                "amount": draw.choice((0, -50, 10, 77)),
                "source_order_id": number(),
                "source_participant_id": somebody(),
                "currency": currency(),
            }
            for _ in range(draw.choice((6, 60)))
        ],
        "returns": [
            {
                "order_id": number(),
                "participant_id": somebody(),
                "decided": moment(),
                "outcome": "refunded",
                "amount": 5,
            }
            for _ in range(4)
        ],
    }


def assert_as_plain_queries_say(records: Records) -> None:
    traced = records.has("orders.id") and records.has("rewards.source_order_id")
    for name, plain in TABLES.items():
        query = plain.format(traced=str(traced).lower(), allowance=records.allowance)
        columns = ", ".join(f'"{column}"' for column in records.sql(f"SELECT * FROM ({query}) LIMIT 0").columns)
        made = f"SELECT {columns} FROM {name}"
        different = f"(({query}) EXCEPT ALL ({made})) UNION ALL (({made}) EXCEPT ALL ({query}))"
        assert records.all(different) == [], name


@pytest.mark.parametrize("seed", range(4))
def test_every_table_has_what_plain_queries_give(company: Callable[..., Records], seed: int) -> None:
    assert_as_plain_queries_say(company(assumptions=Assumptions(allowance=Decimal(30)), **rows(seed)))


@pytest.mark.parametrize("absent", ["orders", "payouts", "participants", "returns"])
def test_records_without_one_of_the_tables(company: Callable[..., Records], absent: str) -> None:
    tables = rows(6)
    del tables[absent]
    assert_as_plain_queries_say(company(assumptions=Assumptions(allowance=Decimal(30)), **tables))


def test_records_in_which_whole_columns_are_not_stated(company: Callable[..., Records]) -> None:
    tables = rows(0)
    for table, names in BARE.items():
        tables[table] = [{name: value for name, value in row.items() if name not in names} for row in tables[table]]
    assert_as_plain_queries_say(company(assumptions=Assumptions(allowance=Decimal(30)), **tables))


def test_customers_are_told_apart_as_buyers_are(company: Callable[..., Records]) -> None:
    records = company(**rows(0))
    pairs = "SELECT DISTINCT o.buyer_id, f.customer FROM orders o JOIN order_facts f ON f.place = o.source_line - 2"
    buyers, customers, both, unnamed = records.row(
        f"SELECT count(buyer_id), count(customer), count(*), count(*) FILTER (buyer_id IS NULL AND customer IS NULL) FROM ({pairs})"
    )
    assert buyers == customers == both - unnamed > 20
    assert records.row("SELECT count(*) FROM order_facts WHERE buyer IS NOT NULL AND customer <> buyer") == (0,)
    assert records.row(
        "SELECT count(*) FROM order_facts WHERE buyer IS NULL AND customer < (SELECT count(*) FROM people)"
    ) == (0,)


def test_tables_and_columns_that_several_ask_for_at_once(company: Callable[..., Records]) -> None:
    records = company(assumptions=Assumptions(allowance=Decimal(30)), **rows(0))
    asked: list[Callable[[], Any]] = [
        lambda: records.kept("SELECT * FROM net JOIN discount_only USING (row)"),
        lambda: records.kept("SELECT * FROM order_months JOIN reward_months USING (row)"),
        lambda: records.once(columns),
        lambda: records.once(buyer_months),
        lambda: records.all("SELECT * FROM reward_months"),
        lambda: records.all("SELECT * FROM other_months"),
    ]
    with ThreadPoolExecutor(len(asked)) as threads:
        for asking in [threads.submit(ask) for ask in asked]:
            asking.result(timeout=30)
    assert_as_plain_queries_say(records)
