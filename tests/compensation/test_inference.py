"""Plans read off the ledger: what the engine paid under a plan must be found again, to the minor unit."""

# ruff: noqa: DTZ001 - the tables hold naive UTC times
from __future__ import annotations

import random
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compensation import Plan, compute, parse_plan
from compensation.components.unilevel import Unilevel
from compensation.inference import Inference, infer, inferring
from genealogy.network import Network

RANKS = ["Member", "Silver", "Gold"]
RATES = [Fraction(n, d) for n, d in ((1, 20), (1, 10), (3, 100), (1, 40), (7, 1000), (83, 1000), (1, 3), (3, 20))]


class World:
    """Sixty people in two trees, three months of orders of two kinds."""

    def __init__(self, seed: int, size: int = 60, months: int = 3) -> None:
        self.random = random.Random(seed)
        ids = [f"p{i:03}" for i in range(size)]
        sponsor = [None] + [ids[self.random.randrange(max(0, i - 6), i)] for i in range(1, size)]
        placement = [None] + [ids[self.random.randrange(max(0, i - 3), i)] for i in range(1, size)]
        rank = [self.random.choice(RANKS) for _ in ids]
        people = {"id": ids, "sponsor_id": sponsor, "placement_id": placement, "rank": rank}
        self.network = Network.from_table(pl.DataFrame(people))
        rows = []
        for month in range(1, months + 1):
            for who in ids:
                for _ in range(self.random.randrange(3)):
                    day = datetime(2025, month, 1) + timedelta(minutes=self.random.randrange(28 * 1440))
                    kind = self.random.choice(["product", "product", "fee"])
                    amount = self.random.randrange(100, 90_000)
                    rows.append((day, who, kind, amount, self.random.randrange(1, 400) * 500))
        rows.sort()
        self.orders = pl.DataFrame(
            [(f"o{i}", *row) for i, row in enumerate(rows)],
            schema=["id", "date", "buyer_id", "category", "amount", "volume"],
            orient="row",
        ).with_columns(currency=pl.lit("USD"))

    def payouts(self, plan: Plan) -> pl.DataFrame:
        """What the plan pays, as a company records it: no level, no rate, no base."""
        lines = compute(plan, self.network, self.orders).lines.filter(pl.col("amount") != 0)
        return lines.select(
            "period", "date", "participant_id", "component", "amount", "currency", "source_order_id",
            id=pl.format("x{}", "line"),
        )  # fmt: skip

    def infer(self, payouts: pl.DataFrame) -> Inference:
        return infer(self.network, self.orders, payouts)


def plan_of(component: dict[str, Any], **frame: Any) -> Plan:
    return Plan.model_validate(
        {"id": "t", "title": {"en": "T", "ar": "ت"}, "currency": "USD", "period": "month"}
        | {"volumes": {"measure": "volume"}, "ranks": {"order": RANKS}}
        | frame
        | {"components": [{"id": "level", "family": "unilevel"} | component]}
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    row = st.lists(st.sampled_from(RATES), min_size=1, max_size=4).map(
        lambda rates: [f"{rate.numerator}/{rate.denominator}" for rate in rates]
    )
    component: dict[str, Any] = {"tree": draw(st.sampled_from(["sponsor", "placement"]))}
    kind = draw(st.sampled_from(["rates", "rates", "rates_by_rank", "amounts"]))
    if kind == "rates":
        component["rates"] = draw(row)
        component["compression"] = draw(st.sampled_from(["none", "skip_ineligible", "remove_empty"]))
        if component["compression"] != "remove_empty" and draw(st.booleans()):
            component["eligibility"] = {"min_personal_volume": draw(st.sampled_from(["1", "40", "150"]))}
    elif kind == "rates_by_rank":
        component["rates_by_rank"] = {rank: draw(row) for rank in RANKS}
    else:
        component["amounts"] = draw(st.lists(st.sampled_from(["5", "2.50", "0.75", "12"]), min_size=1, max_size=5))
    if kind != "amounts" and draw(st.booleans()):
        component["base"] = {"measure": "volume", "share": draw(st.sampled_from(["1", "40%"]))}
    if draw(st.booleans()):
        component["orders"] = {"categories": ["product"]}
    mode = draw(st.sampled_from(["half_up", "half_even", "down"]))
    return plan_of(component, rounding={"mode": mode, "per": draw(st.sampled_from(["line", "line", "statement"]))})


@settings(max_examples=8, deadline=None)
@given(plan=plans(), seed=st.integers(0, 50))
def test_what_a_plan_paid_is_explained_whole(plan: Plan, seed: int) -> None:
    world = World(seed)
    payouts = world.payouts(plan)
    found = world.infer(payouts)
    assert found.explained == (len(payouts), len(payouts)), found.document
    assert found.counter_examples.is_empty(), found.document


PLAIN = {"rates": ["8%", "4%", "2%"], "orders": {"categories": ["product"]}}


def only(found: Inference) -> Unilevel:
    assert found.plan is not None
    (component,) = found.plan.components
    assert isinstance(component, Unilevel)
    return component


def test_the_numbers_themselves_are_found_and_not_only_some_that_fit() -> None:
    world = World(1)
    plan = plan_of(PLAIN | {"compression": "skip_ineligible", "eligibility": {"min_personal_volume": "40"}})
    found = only(world.infer(world.payouts(plan)))
    assert found.rates == [Fraction(8, 100), Fraction(4, 100), Fraction(2, 100)]
    assert found.compression == "skip_ineligible"
    assert found.orders.categories == ["product"]
    assert found.base.measure == "amount"
    least = found.eligibility.min_personal_volume
    assert least is not None
    assert Fraction(40) <= least < Fraction(60)


def test_a_large_ledger_is_searched_in_part_and_proved_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inferring, "LARGE", 100)
    world = World(1)
    plan = plan_of(PLAIN | {"compression": "skip_ineligible", "eligibility": {"min_personal_volume": "40"}})
    payouts = world.payouts(plan)
    assert len(payouts) > 200
    found = world.infer(payouts)
    assert found.explained == (len(payouts), len(payouts))
    assert found.unexplained.is_empty()
    assert only(found).rates == [Fraction(8, 100), Fraction(4, 100), Fraction(2, 100)]


def test_of_two_ways_of_rounding_the_one_with_the_simpler_rates_is_proposed() -> None:
    """Cut amounts fit rates a hair lower and rounded half up as well; nobody writes such a plan."""
    world = World(7)
    rates = {"Member": ["5%", "3%"], "Silver": ["10%", "5%"], "Gold": ["10%", "5%"]}
    base = {"measure": "volume"}
    plan = plan_of({"rates_by_rank": rates, "base": base}, rounding={"mode": "down", "per": "line"})
    found = world.infer(world.payouts(plan))
    assert only(found).rates_by_rank == {
        rank: [Fraction(text.rstrip("%")) / 100 for text in row] for rank, row in rates.items()
    }
    assert found.plan is not None
    assert found.plan.rounding.mode == "down"


def test_rates_by_rank_are_found_where_ranks_are_paid_otherwise() -> None:
    world = World(2)
    rates = {"Member": ["5%"], "Silver": ["5%", "4%"], "Gold": ["6%", "4%", "3%"]}
    found = only(world.infer(world.payouts(plan_of({"rates_by_rank": rates}))))
    assert found.rates_by_rank == {
        rank: [Fraction(text.rstrip("%")) / 100 for text in row] for rank, row in rates.items()
    }


def test_a_cap_is_the_sum_that_several_reach_and_nobody_passes() -> None:
    world = World(3)
    plan = plan_of(PLAIN, limits=[{"id": "cap", "components": ["level"], "cap": "90"}])
    payouts = world.payouts(plan)
    found = world.infer(payouts)
    assert found.explained == (len(payouts), len(payouts))
    assert found.plan is not None
    assert [limit.cap for limit in found.plan.limits] == [Fraction(90)]


def test_bonuses_given_by_hand_do_not_hide_the_plan_and_are_listed() -> None:
    world = World(4)
    payouts = world.payouts(plan_of(PLAIN))
    by_hand = payouts.sample(6, seed=1).with_columns(
        amount=pl.Series([5000, 10000, 2500, 777, 31000, 12345]), id=pl.format("hand{}", pl.int_range(pl.len()))
    )
    found = world.infer(pl.concat([payouts, by_hand]))
    assert only(found).rates == [Fraction(8, 100), Fraction(4, 100), Fraction(2, 100)]
    assert found.explained == (len(payouts), len(payouts) + 6)
    assert sorted(found.counter_examples["recorded_id"]) == [f"hand{i}" for i in range(6)]


def test_payouts_that_name_only_their_source_are_tied_to_its_orders() -> None:
    world = World(5, months=1)
    plan = plan_of({"rates": ["10%", "5%"], "orders": {"categories": ["fee"]}})
    lines = compute(plan, world.network, world.orders).lines
    payouts = lines.select("date", "participant_id", "component", "amount", "currency", "level",
                           "source_participant_id", id=pl.format("x{}", "line"))  # fmt: skip
    found = world.infer(payouts)
    assert found.explained == (len(payouts), len(payouts))
    assert only(found).rates == [Fraction(1, 10), Fraction(1, 20)]


def test_the_brochure_is_held_against_what_was_paid() -> None:
    world = World(6)
    found = world.infer(world.payouts(plan_of({"rates": ["8%", "4%", "2%"]})))
    stated = plan_of({"rates": ["8%", "4%", "3%", "1%"], "compression": "dynamic"})
    told = {(each.what, each.stated, each.found) for each in found.compare(stated)}
    assert told == {("rate", "3%", "2%"), ("levels", "4", "3"), ("compression", "dynamic", "none")}
    rate = next(each for each in found.compare(stated) if each.what == "rate")
    assert rate.text.en == "level: level 3 is paid 2%, and not 3%."
    assert rate.text.ar == "level: المستوى 3 يُدفع عنه 2% وليس 3%."
    assert found.compare(plan_of({"rates": ["8%", "4%", "2%"]})) == []


def test_a_brochure_is_compared_by_rank_and_by_components_that_one_side_lacks() -> None:
    stated = plan_of({"rates_by_rank": {"Gold": ["8%", "4%"], "Silver": ["8%"]}})
    world = World(7)
    found = world.infer(world.payouts(plan_of({"rates_by_rank": {"Gold": ["8%", "5%"], "Silver": ["8%"]}})))
    assert [(each.what, each.text.en) for each in found.compare(stated)] == [
        ("rate", "level: level 2 for Gold is paid 5%, and not 4%.")
    ]
    other = plan_of({"id": "car", "rates": ["1%"]})
    assert [(each.component, each.what) for each in found.compare(other)] == [
        ("car", "not-found"),
        ("level", "not-stated"),
    ]


def test_nothing_is_claimed_where_nothing_is_found() -> None:
    world = World(8)
    payouts = world.payouts(plan_of(PLAIN)).head(3).with_columns(source_order_id=pl.lit(None, pl.String))
    found = world.infer(payouts)
    assert found.plan is None
    assert found.explained == (0, 3)
    assert found.document == ""
    assert found.compare(plan_of(PLAIN)) == []


def test_the_proposal_is_a_plan_that_anybody_can_compute_again() -> None:
    world = World(9)
    payouts = world.payouts(plan_of(PLAIN))
    found = world.infer(payouts)
    again = compute(parse_plan(found.document), world.network, world.orders)
    assert again.totals["amount"].sum() == payouts["amount"].sum()
    assert f"{len(payouts)} of {len(payouts)}" in found.text.en.replace(",", "")


@pytest.mark.parametrize("seed", range(3))
def test_the_same_records_give_the_same_proposal(seed: int) -> None:
    world = World(seed)
    payouts = world.payouts(plan_of(PLAIN))
    assert world.infer(payouts).document == world.infer(payouts.sample(fraction=1, shuffle=True, seed=seed)).document
