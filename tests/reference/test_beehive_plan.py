"""What plan do the transfers of the bundled scheme really follow? Found by search, without being told, and proved."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

from compensation import load_plan
from compensation.components.recruitment_bonus import RecruitmentBonus
from compensation.components.upgrade_pass_up import UpgradePassUp
from compensation.inference import Inference, infer
from compensation.reconciliation.causes import causes
from genealogy.network import Network


@pytest.fixture(scope="module")
def found(beehive: Path) -> Inference:
    members = pl.read_csv(beehive / "participants.csv", infer_schema_length=0)
    transfers = pl.read_csv(beehive / "transfers.csv", infer_schema_length=0).with_columns(
        (pl.col("amount_usdt").cast(pl.Int64) * 10**6).alias("amount"),
        pl.col("time_utc").str.to_datetime("%Y-%m-%dT%H:%M:%SZ").alias("date"),
        pl.lit("USDT").alias("currency"),
    )
    network = Network.from_table(members.select(id="participant_id", sponsor_id="sponsor_id"))
    is_payout = pl.col("kind") == "layer_payout"
    orders = transfers.filter(~is_payout).select(
        "date", "amount", "currency", id="transaction_id", buyer_id="participant_id", product="level_bought"
    )
    payouts = transfers.filter(is_payout).select(
        "date", "amount", "currency", "participant_id",
        id="transfer_id", component="kind", source_order_id="transaction_id",
    )  # fmt: skip
    return infer(network, orders, payouts, currencies={"USDT": 6})


def test_the_rule_is_found_and_explains_nine_payouts_of_ten_to_the_cent(found: Inference) -> None:
    """Level n pays its own price to the n-th upline; two free rewards per level, later ones need one level more."""
    assert found.explained == (722, 789)
    assert found.plan is not None
    bonus, layer = found.plan.components
    assert isinstance(layer, UpgradePassUp)
    assert layer.hold_back is not None
    assert (layer.hold_back.free, layer.hold_back.then_levels_more) == (2, 1)
    rewards = {reward.level: (reward.up, reward.amount) for reward in layer.rewards}
    assert rewards == {f"Level {n}": (n, Fraction(50 + 50 * n)) for n in range(2, 7)}  # nobody bought more than six
    assert isinstance(bonus, RecruitmentBonus)
    assert bonus.amount == 100
    assert bonus.hold_back is not None
    assert (bonus.hold_back.free, bonus.hold_back.then_rank) == (2, "Level 2")


def test_what_the_rule_does_not_explain_is_shown(found: Inference) -> None:
    assert len(found.counter_examples) == 20
    assert set(found.counter_examples["status"]) <= {"extra", "over", "short"}
    otherwise = found.unexplained.filter(pl.col("status") != "missing")
    assert len(otherwise) == 789 - 722
    assert found.proof is not None
    assert found.proof.missing == len(found.unexplained) - len(otherwise)


def test_the_published_price_list_promises_what_was_found(found: Inference, beehive: Path) -> None:
    """The stated plan differs in nothing that the payouts show: levels that nobody bought are no deviation."""
    assert found.compare(load_plan(beehive / "plan.yaml")) == []


def test_what_the_bundled_plan_does_not_explain_has_its_causes(found: Inference) -> None:
    """Thirteen rewards went to somebody else than the listed sponsors say; three were paid without the awaited level."""
    assert found.proof is not None
    result = causes(found.proof.computed, found.proof.reconciliation)
    assert result.ties
    assert len(result.lines) == len(found.proof.reconciliation.lines.filter(pl.col("status") != "match"))
    assert dict(result.lines.group_by("cause").len().rows()) == {
        "wrong-person": 26,
        "inactive-paid": 3,
        "manual-bonus": 47,
        "unexplained": 46,
    }
