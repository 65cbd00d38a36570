"""One participant's money and the plan's ties: refunds taken off, and no sum that wraps."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from cases.payouts import plan_result
from cases.views import money_of
from compensation import parse_plan
from intake.schema import arrow_schema

LARGE = 2**62


def test_refunds_are_taken_off_what_a_participant_paid(tmp_path: Any) -> None:
    tables: dict[str, list[dict[str, Any]]] = {
        "orders": [
            {"id": "1", "buyer_id": "a", "amount": LARGE, "currency": "USD"},
            {"id": "2", "buyer_id": "a", "amount": LARGE, "currency": "USD"},
            {"id": "3", "buyer_id": "a", "amount": 9, "currency": "EUR"},
            {"id": "4", "buyer_id": "b", "amount": 70, "currency": "USD"},
        ],
        "payouts": [{"participant_id": "a", "amount": 11, "currency": "USD"}],
        "returns": [
            {"participant_id": "a", "outcome": "refunded", "amount": 100, "currency": "USD"},
            {"order_id": "3", "outcome": "partly_refunded", "amount": 4},
            {"order_id": "4", "outcome": "refunded", "amount": 70},
            {"participant_id": "a", "order_id": "1", "outcome": "refused", "amount": 1_000, "currency": "USD"},
        ],
    }
    for name, rows in tables.items():
        full = [{"source_file": f"{name}.csv", "source_line": line, **row} for line, row in enumerate(rows, 2)]
        pq.write_table(pa.Table.from_pylist(full, schema=arrow_schema(name)), tmp_path / f"{name}.parquet")
    snapshot: Any = SimpleNamespace(
        table=lambda name: tmp_path / f"{name}.parquet", reading=SimpleNamespace(datasheet=None)
    )
    found = [(each.currency, each.paid_in, each.paid_out) for each in money_of(snapshot, "a")]
    assert found == [("EUR", 5, 0), ("USD", 2 * LARGE - 100, 11)]
    assert [(each.currency, each.paid_in) for each in money_of(snapshot, "b")] == [("USD", 0)]


def test_the_ties_of_a_plan_do_not_wrap() -> None:
    summary = pl.DataFrame(
        {
            "component": ["level", "level"],
            "status": ["extra", "extra"],
            "keys": [1, 1],
            "recorded": [LARGE, LARGE],
            "recomputed": [0, 0],
            "difference": [LARGE, LARGE],
        }
    )
    plan = parse_plan(
        "id: p\ntitle: {en: Plan, ar: خطة}\ncurrency: USD\ncomponents: [{id: level, family: unilevel, rates: [1%]}]\n"
    )
    result = plan_result(plan, SimpleNamespace(summary=summary, not_recorded=()))  # type: ignore[arg-type]
    assert (result.ties[0].recorded, result.ties[0].difference) == (2 * LARGE, 2 * LARGE)
