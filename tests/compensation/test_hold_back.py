"""Rewards that wait for a level: the compiled pass against its slow twin, its rules, and the bundled records."""

# ruff: noqa: DTZ001 - the tables hold naive UTC times
from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation import Computed, compute, load_plan, parse_plan, reconcile
from genealogy.network import Network
from tests.compensation import slow_hold_back as slow

LEVELS = ["L1", "L2", "L3", "L4"]


def plan_text(free: int, more: int, held: bool = True) -> str:
    rewards = "\n".join(
        f"      - {{level: L{level}, up: {level}, amount: '{level * 50}'}}" for level in range(1, len(LEVELS) + 1)
    )
    hold = f"    hold_back: {{free: {free}, then_levels_more: {more}}}\n" if held else ""
    return (
        "id: t\ntitle: {en: T, ar: ت}\ncurrency: USD\nperiod: whole\n"
        f"ranks: {{source: purchases, order: [{', '.join(LEVELS)}]}}\n"
        f"components:\n  - id: layer\n    family: upgrade_pass_up\n{hold}    rewards:\n{rewards}\n"
    )


def ledger(events: list[tuple[str | None, int]]) -> pl.DataFrame:
    start = datetime(2025, 1, 1)
    return pl.DataFrame(
        {
            "id": [f"o{i}" for i in range(len(events))],
            "date": [start + timedelta(minutes=i) for i in range(len(events))],
            "buyer_id": [buyer for buyer, _ in events],
            "product": [f"L{level}" if level else "something" for _, level in events],
            "amount": [100] * len(events),
        },
        schema_overrides={"buyer_id": pl.String, "product": pl.String, "id": pl.String, "date": pl.Datetime("ms")},
    )


def people(sponsor: dict[str, str | None]) -> Network:
    frame = pl.DataFrame(
        {"id": list(sponsor), "sponsor_id": list(sponsor.values())}, schema_overrides={"sponsor_id": pl.String}
    )
    return Network.from_table(frame)


def got(computed: Computed) -> list[tuple[int, str | None, int, str, int]]:
    rows = computed.lines.select(
        pl.col("source_order_id").str.slice(1).cast(pl.Int64),
        "participant_id",
        "amount",
        "status",
        pl.col("paid_with_order_id").str.slice(1).cast(pl.Int64),
    ).rows()
    return sorted(rows, key=lambda row: row[0])


@st.composite
def worlds(draw: st.DrawFn) -> tuple[dict[str, str | None], list[tuple[str | None, int]], int, int]:
    names = [f"p{i}" for i in range(draw(st.integers(1, 9)))]
    sponsor = {name: (draw(st.sampled_from([None, *names[:i]])) if i else None) for i, name in enumerate(names)}
    if draw(st.booleans()):
        sponsor = {name: (names[i - 1] if i else None) for i, name in enumerate(names)}
    buyers = st.sampled_from([None, "outsider", *names])
    events = draw(st.lists(st.tuples(buyers, st.integers(0, 4)), max_size=40))
    return sponsor, events, draw(st.integers(0, 3)), draw(st.integers(0, 2))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds())
def test_the_engine_agrees_with_the_slow_twin(
    world: tuple[dict[str, str | None], list[tuple[str | None, int]], int, int],
) -> None:
    sponsor, events, free, more = world
    amounts = {level: level * 5000 for level in range(1, 5)}
    expected = slow.settle(
        sponsor, [slow.Event(*event) for event in events], amounts, {n: n for n in range(1, 5)}, free, more, 4
    )
    computed = compute(parse_plan(plan_text(free, more)), people(sponsor), ledger(events), breakage_lines=True)
    assert got(computed) == expected
    balance = computed.awards[0].balance
    assert balance.ties
    assert balance.held == sum(amount for _, _, amount, status, _ in expected if status == "held")
    held = next(each for each in computed.awards if each.component == "layer").state.notes.get("held", [])
    assert sum(one["amount"] for one in held) == balance.held


CHAIN = {"a": None, "b": "a", "c": "b", "d": "c"}


def test_the_third_reward_waits_for_the_next_level() -> None:
    sponsor = {"a": None, "b": "a", **{f"x{i}": "b" for i in range(3)}}
    events = [("a", 2), *((f"x{i}", 2) for i in range(3)), ("a", 3)]
    computed = compute(parse_plan(plan_text(2, 1)), people(sponsor), ledger(events), breakage_lines=False)
    assert [(who, status, event) for _, who, _, status, event in got(computed)] == [
        ("a", "paid", 1),
        ("a", "paid", 2),
        ("a", "released", 4),
    ]


def test_without_hold_back_everything_is_paid_at_once() -> None:
    computed = compute(parse_plan(plan_text(0, 0, held=False)), people(CHAIN), ledger([("d", 2), ("c", 2)]))
    assert {status for *_, status, _ in got(computed)} == {"paid"}


def test_a_reversed_purchase_neither_raises_nor_pays() -> None:
    table = ledger([("d", 2)]).with_columns(pl.lit(-100, pl.Int64).alias("amount"))
    assert compute(parse_plan(plan_text(2, 1)), people(CHAIN), table).line_count == 0


def test_a_recruitment_bonus_is_paid_once_per_recruit() -> None:
    text = (
        "id: t\ntitle: {en: T, ar: ت}\ncurrency: USD\nperiod: whole\n"
        "components:\n  - id: bonus\n    family: recruitment_bonus\n    amount: '100'\n"
    )
    computed = compute(parse_plan(text), people(CHAIN), ledger([("b", 1), ("b", 1), ("a", 1), ("zzz", 1)]))
    assert [(who, amount) for _, who, amount, _, _ in got(computed)] == [("a", 10_000)]
    assert computed.breakage.select("reason", "awards").rows() == [("no-upline", 1), ("unknown-buyer", 1)]


def test_a_recruitment_bonus_can_wait_for_a_rank() -> None:
    text = (
        "id: t\ntitle: {en: T, ar: ت}\ncurrency: USD\nperiod: whole\n"
        "ranks: {source: purchases, order: [L1, L2]}\n"
        "components:\n  - id: bonus\n    family: recruitment_bonus\n    amount: '100'\n"
        "    orders: {products: [L1]}\n    hold_back: {free: 1, then_rank: L2}\n"
    )
    sponsor = {"a": None, "x": "a", "y": "a"}
    computed = compute(parse_plan(text), people(sponsor), ledger([("x", 1), ("y", 1), ("a", 2)]))
    assert [(who, status, event) for _, who, _, status, event in got(computed)] == [
        ("a", "paid", 0),
        ("a", "released", 2),
    ]


# The bundled records


@pytest.fixture(scope="module")
def scheme(beehive: Path) -> tuple[Computed, pl.DataFrame]:
    """The bundled plan computed on the bundled records, and the recorded payouts."""
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
        "date",
        "amount",
        "currency",
        "participant_id",
        id="transfer_id",
        component="kind",
        source_order_id="transaction_id",
    )
    plan = load_plan(beehive / "plan.yaml")
    return compute(plan, network, orders, currencies={"USDT": 6}), payouts


def test_the_bundled_plan_allots_exactly_what_upgrades_cost(scheme: tuple[Computed, pl.DataFrame]) -> None:
    """Every upgrade's price passes up whole: 172,200 of 172,200; 100 of each of 3,937 entry fees."""
    computed, _ = scheme
    balance = {row["component"]: row for row in computed.balance.iter_rows(named=True)}
    assert balance["layer_reward"]["allotted"] == str(172_200 * 10**6)
    assert balance["direct_bonus"]["allotted"] == str(393_700 * 10**6)
    assert all(row["ties"] for row in balance.values())


def test_the_bundled_plan_explains_nine_payouts_of_ten_to_the_cent(scheme: tuple[Computed, pl.DataFrame]) -> None:
    """722 of 789 payouts; of those before the contracts changed in June, 670 of 716 in the very transaction."""
    computed, payouts = scheme
    result = reconcile(computed, payouts)
    assert result.ties
    assert result.grain == "order"
    assert result.share_matched() == (722, 789)
    by = dict(result.lines.filter(pl.col("status") == "match").group_by("matched_by").len().rows())
    assert by == {"order and amount": 670, "amount, paid later": 50, "sum of open amounts": 2}
    totals = result.totals.row(0, named=True)
    assert totals["recorded"] == 147_550 * 10**6
    assert totals["matched"] == 135_550 * 10**6
    assert result.lines["recorded"].sum() == 147_550 * 10**6


def test_what_the_source_cannot_hold_is_not_called_missing(scheme: tuple[Computed, pl.DataFrame]) -> None:
    """Transfers under 120 USDT were not kept: single recruitment bonuses of 100 are listed apart."""
    computed, payouts = scheme
    apart = reconcile(computed, payouts).not_recorded
    assert [(one.component, one.reason) for one in apart] == [("direct_bonus", "below-least")]
    assert apart[0].amount == apart[0].payments * 100 * 10**6


def test_another_number_of_free_rewards_explains_fewer(beehive: Path, scheme: tuple[Computed, pl.DataFrame]) -> None:
    """The two free rewards per level are read off the records: one or three explain far less."""
    computed, payouts = scheme
    text = (beehive / "plan.yaml").read_text(encoding="utf-8")
    shares = {}
    for free in (0, 1, 2, 3):
        changed = text.replace(
            "hold_back: {free: 2, then_levels_more: 1}", f"hold_back: {{free: {free}, then_levels_more: 1}}"
        )
        again = compute(
            parse_plan(changed), computed.evaluation.network, computed.evaluation.orders, currencies={"USDT": 6}
        )
        shares[free] = reconcile(again, payouts).share_matched()[0]
    assert max(shares, key=lambda free: shares[free]) == 2
    assert shares[2] - max(shares[1], shares[3]) > 80
