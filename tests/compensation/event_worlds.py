"""Small worlds for families in which the order of events matters: people, orders, and a plan around one component."""

# ruff: noqa: DTZ001 - the tables hold naive UTC times
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from compensation.computed import Computed
from genealogy.network import Network

HEAD = "id: t\ntitle: {en: T, ar: ت}\ncurrency: USD\n"
START = datetime(2025, 1, 1)


def network(sponsor: Mapping[str, str | None], moves: pl.DataFrame | None = None, **columns: Sequence[Any]) -> Network:
    """People in the order given."""
    frame = pl.DataFrame(
        {"id": list(sponsor), "sponsor_id": list(sponsor.values())}, schema={"id": pl.String, "sponsor_id": pl.String}
    )
    return Network.from_table(
        frame.with_columns(pl.Series(name, list(values)) for name, values in columns.items()), moves
    )


def orders(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Orders, numbered o0, o1, ... where they have no id; amounts in cents, a period each."""
    schema: dict[str, Any] = {
        **dict.fromkeys(("id", "buyer_id", "seller_id", "product", "reverses", "period", "buyer_kind"), pl.String),
        **dict.fromkeys(("amount", "quantity", "volume"), pl.Int64),
        "date": pl.Datetime("ms"),
    }
    table = [
        {name: each.get(name) for name in schema} | {"id": each.get("id", f"o{number}")}
        for number, each in enumerate(rows)
    ]
    frame = pl.DataFrame(table, schema=schema)
    return frame.drop("period") if frame["period"].null_count() == len(frame) else frame


def day(number: int) -> datetime:
    """Noon of the so manieth day from the start."""
    return START + timedelta(days=number, hours=12)


def lines(computed: Computed) -> list[tuple[str | None, str, int]]:
    """(order, who, amount) of what was paid, in order."""
    paid = computed.lines.filter(pl.col("status") == "paid")
    return list(zip(paid["source_order_id"], paid["participant_id"], paid["amount"], strict=True))


def totals(*parts: Computed) -> dict[tuple[str, str], int]:
    """Paid by period and participant, over several computations."""
    result: dict[tuple[str, str], int] = {}
    for computed in parts:
        for row in computed.totals.iter_rows(named=True):
            key = (row["period"], row["participant_id"])
            result[key] = result.get(key, 0) + row["amount"]
    return {key: value for key, value in result.items() if value}
