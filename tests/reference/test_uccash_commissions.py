"""A real operator's 615 stored credits, recomputed row by row from its members and deposits."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

from compensation import Reconciliation, compute, load_plan, reconcile
from compensation.components.unilevel import Unilevel
from compensation.inference import infer
from genealogy.network import Network

Records = tuple[Network, pl.DataFrame, pl.DataFrame]
"""Members, paid deposits, and stored credits."""


@pytest.fixture(scope="module")
def records(shared_data: Path) -> Records:
    folder = shared_data / "uccash-tourism-june"
    members = pl.read_csv(folder / "participants.csv", infer_schema_length=0)
    deposits = pl.read_csv(folder / "deposits.csv", infer_schema_length=0)
    credits_ = pl.read_csv(folder / "commissions.csv", infer_schema_length=0).filter(pl.col("action") == "credit")
    orders = deposits.filter(pl.col("status") == "paid").select(
        pl.concat_str("source_table", "record_no", separator=":").alias("id"),
        pl.col("paid_at").str.to_datetime().alias("date"),
        pl.col("member_id").alias("buyer_id"),
        pl.col("kind").alias("category"),
        pl.col("amount_usd").str.to_decimal(scale=3).mul(1000).cast(pl.Int64).alias("amount"),
        pl.lit("USD").alias("currency"),
    )
    points = pl.col("source_table") == "bonustravelpoints"
    payouts = credits_.select(
        pl.concat_str("source_table", "record_no", separator=":").alias("id"),
        pl.col("created_at").str.to_datetime().alias("date"),
        pl.col("member_id").alias("participant_id"),
        pl.col("from_member_id").alias("source_participant_id"),
        pl.col("level").cast(pl.Int64),
        pl.col("source_table").alias("component"),
        pl.when(points).then(pl.lit("POINTS")).otherwise(pl.lit("USD")).alias("currency"),
        pl.col("amount").str.to_decimal(scale=3).mul(1000).cast(pl.Int64).alias("amount"),
    )
    network = Network.from_table(members.select(id="member_id", sponsor_id="sponsor_id"))
    return network, orders, payouts


@pytest.fixture(scope="module")
def result(records: Records) -> Reconciliation:
    network, orders, payouts = records
    plan = load_plan(Path(__file__).with_name("plans") / "uccash-tourism-june.plan.yaml")
    computed = compute(plan, network, orders, currencies={"USD": 3, "POINTS": 3})
    assert all(awards.balance.ties for awards in computed.awards)
    return reconcile(computed, payouts)


def test_all_stored_credits_are_recomputed_without_a_miss(result: Reconciliation) -> None:
    """The set's own figures: 123 credits in each of five streams."""
    assert result.grain == "source"
    assert result.not_recorded == ()
    assert set(result.lines["status"]) == {"match"}
    keys = dict(result.lines.filter(pl.col("component") != "savingsincome").group_by("component").len().rows())
    assert keys == dict.fromkeys(
        [
            "networkingincomewallet",
            "leadershipincomewallet",
            "royaltyincomewallet",
            "carandhousefundwallet",
            "bonustravelpoints",
        ],
        123,
    )
    assert sum(keys.values()) == 615


def test_the_streams_add_up_to_the_published_sums(result: Reconciliation) -> None:
    sums = {row["component"]: row["recorded"] for row in result.totals.iter_rows(named=True)}
    assert sums == {
        "networkingincomewallet": 280_000,
        "leadershipincomewallet": 27_060,
        "royaltyincomewallet": 40_590,
        "carandhousefundwallet": 33_825,
        "bonustravelpoints": 102_090,
        "savingsincome": 44_500,
    }
    assert result.ties


def test_the_rates_are_found_from_the_credits_alone(records: Records) -> None:
    """Every level that occurs: eight of the nine, for nobody stood nine levels above an activation."""
    network, orders, payouts = records
    found = infer(network, orders, payouts, currencies={"USD": 3, "POINTS": 3}, timezone="Asia/Kolkata")
    assert found.explained == (626, 626)
    assert found.unexplained.is_empty()
    assert found.plan is not None
    levels = payouts.filter(pl.col("component") == "networkingincomewallet")["level"]
    assert levels.max() == 8
    tables = {
        component.id: [str(float(value)) for value in component.amounts]
        for component in found.plan.components
        if isinstance(component, Unilevel) and component.amounts is not None
    }
    assert tables == {
        "networkingincomewallet": ["5.0", "2.5", "1.5", "1.0", *["0.5"] * 4],
        "leadershipincomewallet": ["0.22"] * 8,
        "royaltyincomewallet": ["0.33"] * 8,
        "carandhousefundwallet": ["0.275"] * 8,
        "bonustravelpoints": ["0.83"] * 8,
    }
    savings = [each for each in found.plan.components if each.recorded_name() == "savingsincome"]
    rates = [(each.orders.which, each.rates) for each in savings if isinstance(each, Unilevel)]
    assert rates == [("first", [Fraction(1, 10)]), ("later", [Fraction(1, 20), Fraction(1, 50), Fraction(1, 50)])]
    assert all(each.orders.categories == ["monthly_saving"] for each in savings)
