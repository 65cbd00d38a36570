"""Companies for the tests of this room: real ones from their files, and small ones written by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from compliance.assumptions import Assumptions
from compliance.records import Records
from intake.reading import Reading
from intake.schema import arrow_schema

Rows = Sequence[Mapping[str, Any]]
Company = Callable[..., Records]


def write_tables(folder: Path, tables: Mapping[str, Rows]) -> Path:
    """Writes tables as intake does, with an invented origin for rows that give none."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        schema = arrow_schema(name)
        full = [
            {"source_file": f"{name}.csv", "source_line": line, **{k: _value(v) for k, v in row.items()}}
            for line, row in enumerate(rows, start=2)
        ]
        pq.write_table(pa.Table.from_pylist(full, schema=schema), folder / f"{name}.parquet")
    return folder


def _value(value: Any) -> Any:
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":
        return datetime.fromisoformat(value)
    return value


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    """Makes records from rows written in the test: `company(participants=[...], orders=[...])`."""
    opened: list[Records] = []

    def make(
        *,
        currencies: Mapping[str, int] | None = None,
        assumptions: Assumptions | None = None,
        reading: Reading | None = None,
        **tables: Rows,
    ) -> Records:
        folder = write_tables(tmp_path / "snapshot", tables)
        opened.append(Records.open(folder, currencies=currencies, assumptions=assumptions, reading=reading))
        return opened[-1]

    yield make
    for records in opened:
        records.close()


def scheme_tables(folder: Path) -> dict[str, pl.DataFrame]:
    """The bundled on-chain scheme as tables, without going through intake."""
    people = pl.read_csv(folder / "participants.csv", infer_schema=False)
    transfers = pl.read_csv(folder / "transfers.csv", infer_schema=False).with_row_index("source_line", 2)
    time = pl.col("time_utc").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="ms")
    money = (pl.col("amount_usdt").cast(pl.Decimal(20, 6)) * 1_000_000).cast(pl.Int64)
    shared = {"date": time, "amount": money, "currency": pl.lit("USDT"), "source_file": pl.lit("transfers.csv")}
    paid_in = pl.col("kind").is_in(["entry_fee", "level_upgrade"])
    return {
        "participants": people.with_row_index("source_line", 2).select(
            pl.col("participant_id").alias("id"),
            "sponsor_id",
            pl.col("joined").str.slice(0, 19).str.replace("T", " ").str.to_datetime(time_unit="ms"),
            pl.lit("affiliate").alias("kind"),
            pl.col("level").alias("rank"),
            pl.lit("participants.csv").alias("source_file"),
            "source_line",
        ),
        "orders": transfers.filter(paid_in).select(
            pl.col("transaction_id").alias("id"),
            pl.col("participant_id").alias("buyer_id"),
            pl.lit("affiliate").alias("buyer_kind"),
            pl.col("level_bought").alias("product"),
            pl.lit("fee").alias("category"),
            "source_line",
            **shared,
        ),
        "payouts": transfers.filter(~paid_in).select(
            pl.col("transfer_id").alias("id"),
            "participant_id",
            pl.col("kind").alias("component"),
            pl.col("transaction_id").alias("source_order_id"),
            "source_line",
            **shared,
        ),
    }


def write_frames(folder: Path, tables: Mapping[str, pl.DataFrame]) -> Path:
    """Writes data frames as tables of the schema; columns that a frame lacks are empty."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        schema = arrow_schema(name)
        columns = [
            frame[field.name].to_arrow().cast(field.type)
            if field.name in frame.columns
            else pa.nulls(len(frame), field.type)
            for field in schema
        ]
        pq.write_table(pa.table(columns, schema=schema), folder / f"{name}.parquet")
    return folder


@pytest.fixture(scope="session")
def scheme(beehive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    """The bundled on-chain scheme, opened."""
    folder = write_frames(tmp_path_factory.mktemp("scheme"), scheme_tables(beehive))
    with Records.open(folder, currencies={"USDT": 6}) as records:
        yield records


@pytest.fixture(scope="session")
def retailer(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    """A real retailer's orders: customers, no network, nothing paid to anybody."""
    orders = pl.read_csv(shared_data / "cdnow-retail-orders" / "orders.csv", infer_schema=False)
    table = orders.with_row_index("source_line", 2).select(
        pl.col("customer_id").alias("buyer_id"),
        pl.col("date").str.to_datetime("%Y%m%d", time_unit="ms"),
        pl.col("number_of_cds").cast(pl.Int64).alias("quantity"),
        (pl.col("dollar_value").cast(pl.Decimal(12, 2)) * 100).cast(pl.Int64).alias("amount"),
        pl.lit("USD").alias("currency"),
        pl.lit("orders.csv").alias("source_file"),
        "source_line",
    )
    with Records.open(write_frames(tmp_path_factory.mktemp("retailer"), {"orders": table})) as records:
        yield records
