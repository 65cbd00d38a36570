"""Published unilevel examples, computed to the cent.

Each example is a JSON file of participants, orders and expected awards that nobody here wrote (its `source` says who
did); beside this test stands the same plan in our language, `plans/<id>.plan.yaml`. The plan file holds rules and
no amount that the example expects.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from compensation import Computed, compute, explain, load_plan
from genealogy.network import Network

PLANS = Path(__file__).with_name("examples")
EXAMPLES = sorted(path.name.removesuffix(".plan.yaml") for path in PLANS.glob("unilevel-*.plan.yaml"))


def scaled(text: str | None, places: int) -> int | None:
    """A decimal string in units of 10^-places; None stays None."""
    if text is None:
        return None
    value = Decimal(text).scaleb(places)
    assert value == value.to_integral_value()
    return int(value)


def run(example: dict[str, Any], plan_file: Path) -> Computed:
    """Compute an example in the published format."""
    people = example["participants"]
    network = Network.from_table(
        pl.DataFrame(
            {
                "id": [one["id"] for one in people],
                "sponsor_id": [one["sponsor"] for one in people],
                "rank": [one.get("rank") for one in people],
                "kind": [one.get("kind") for one in people],
            },
            schema=dict.fromkeys(["id", "sponsor_id", "rank", "kind"], pl.String),
        )
    )
    orders = pl.DataFrame(
        {
            "id": [one["id"] for one in example["orders"]],
            "buyer_id": [one["participant"] for one in example["orders"]],
            "amount": [scaled(one["amount"], 2) or 0 for one in example["orders"]],
            "volume": [scaled(one["volume"], 3) for one in example["orders"]],
            "period": [one["period"] for one in example["orders"]],
        },
        schema_overrides={"id": pl.String, "buyer_id": pl.String, "volume": pl.Int64, "period": pl.String},
    )
    stated = [
        (one["id"], name, str(one[name]).lower())
        for one in people
        for name in ("personal_volume", "active")
        if one.get(name) is not None
    ]
    facts = pl.DataFrame(stated, schema=dict.fromkeys(["participant_id", "fact", "value"], pl.String), orient="row")
    return compute(load_plan(plan_file), network, orders, facts=facts)


def test_every_published_example_has_a_plan(shared_reference: Path) -> None:
    published = {path.stem for path in (shared_reference / "plan-examples").glob("unilevel-*.json")}
    assert published == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_published_example_comes_out_to_the_cent(name: str, shared_reference: Path) -> None:
    example = json.loads((shared_reference / "plan-examples" / f"{name}.json").read_text(encoding="utf-8"))
    computed = run(example, PLANS / f"{name}.plan.yaml")
    got = {
        (row["participant_id"], row["component"], row["period"]): row["amount"]
        for row in computed.totals.iter_rows(named=True)
    }
    expected = {
        (one["participant"], one["component"], one["period"]): scaled(one["amount"], 2) for one in example["expected"]
    }
    source = example["source"]
    assert {key: got.get(key, 0) for key in expected} == expected, source
    if example["expected_scope"] == "all":
        assert {key for key, amount in got.items() if amount} <= set(expected), source
    totals = {who: scaled(amount, 2) for who, amount in example["expected_totals"].items()}
    sums = dict(computed.totals.group_by("participant_id").agg(pl.col("amount").sum()).rows())
    assert {who: sums.get(who, 0) for who in totals} == totals, source
    assert all(awards.balance.ties for awards in computed.awards)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_line_of_an_example_can_be_explained(name: str, shared_reference: Path) -> None:
    example = json.loads((shared_reference / "plan-examples" / f"{name}.json").read_text(encoding="utf-8"))
    computed = run(example, PLANS / f"{name}.plan.yaml")
    for line in computed.lines["line"]:
        for language in ("en", "ar"):
            assert explain(computed, line=line).text(language)


def test_no_plan_file_smuggles_in_what_the_example_expects(shared_reference: Path) -> None:
    """An amount per participant or per order cannot be said in the language; here: no id of the example appears."""
    for name in EXAMPLES:
        example = json.loads((shared_reference / "plan-examples" / f"{name}.json").read_text(encoding="utf-8"))
        words = set((PLANS / f"{name}.plan.yaml").read_text(encoding="utf-8").replace(",", " ").split())
        assert not words & {one["id"] for one in example["orders"]}
