"""The mechanisms of the literature against stored values, brute force, and the engine on the same plan."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from compensation import compute, parse_plan
from compensation.gaming import mechanisms
from genealogy.network import Network


def exact(value: Any) -> Any:
    """Numbers of the stored values as fractions, by their decimal text; nothing else is touched."""
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return Fraction(str(value))
    if isinstance(value, list):
        return [exact(each) for each in value]
    return {key: exact(each) for key, each in value.items()}


def test_every_stored_value(shared_reference: Path) -> None:
    vectors = json.loads((shared_reference / "model-values.json").read_text(encoding="utf-8"))
    mine = [each for each in vectors if each["model"].startswith("mech.")]
    assert len(mine) == 10
    for vector in mine:
        inputs = exact(vector["inputs"])
        inputs.pop("every_identity_purchases", None)
        for name in ("identities", "sybil_ancestors", "chain_length"):
            if name in inputs:
                inputs[name] = int(inputs[name])
        found = getattr(mechanisms, vector["model"].removeprefix("mech."))(**inputs)
        wanted = exact(vector["expected"])
        if isinstance(found, mechanisms.Split):
            found = vars(found)
        assert found == wanted, vector["id"]


TREES = st.lists(st.integers(-1, 20), min_size=1, max_size=9).map(
    lambda ups: {f"n{i}": ("S" if i == 0 or up < 0 else f"n{up % i}") for i, up in enumerate(ups)}
)


@settings(max_examples=30, deadline=None)
@given(
    parent=TREES,
    percents=st.lists(st.integers(0, 40), min_size=1, max_size=4),
    volumes=st.lists(st.integers(0, 500), min_size=9, max_size=9),
    at=st.integers(0, 8),
    lower=st.integers(0, 500),
)
def test_a_split_is_what_the_engine_pays(
    parent: dict[str, str], percents: list[int], volumes: list[int], at: int, lower: int
) -> None:
    node = list(parent)[at % len(parent)]
    volume = {name: Fraction(amount) for name, amount in zip(parent, volumes, strict=False)}
    lower = min(lower, int(volume[node]))
    rates = [Fraction(each, 100) for each in percents]
    found = mechanisms.unilevel_split(parent, "S", rates, volume, node, (volume[node] - lower, Fraction(lower)))
    links, name = mechanisms.split_in_two(parent, node)
    before = engine(parent, percents, volume)
    after = engine(links, percents, {**volume, node: volume[node] - lower, name: Fraction(lower)})
    assert found.before == before.get(node, 0)
    assert found.after == after.get(node, 0) + after.get(name, 0)
    assert found.plan_total_before == sum(before.values())
    assert found.plan_total_after == sum(after.values())


def engine(parent: dict[str, str], percents: list[int], volume: dict[str, Fraction]) -> dict[str, Fraction]:
    """What the engine pays everybody below the company, in whole units of the currency."""
    plan = parse_plan(
        "id: t\ntitle: {en: T, ar: ت}\ncurrency: USD\nperiod: whole\ncomponents:\n"
        f"  - {{id: level, family: unilevel, rates: [{', '.join(f'{each}%' for each in percents)}]}}\n"
    )
    people = pl.DataFrame(
        {"id": list(parent), "sponsor_id": [None if above == "S" else above for above in parent.values()]},
        schema={"id": pl.String, "sponsor_id": pl.String},
    )
    orders = pl.DataFrame({"buyer_id": list(volume), "amount": [int(each * 100) for each in volume.values()]})
    totals = compute(plan, Network.from_table(people), orders).totals
    return {who: Fraction(amount, 100) for who, amount in totals.select("participant_id", "amount").iter_rows()}


@given(parent=TREES, at=st.integers(0, 8), identities=st.integers(1, 5))
def test_a_chain_of_identities_by_brute_force(parent: dict[str, str], at: int, identities: int) -> None:
    node, a, b = list(parent)[at % len(parent)], Fraction(1, 3), Fraction(3, 2)
    links, lowest, mine = dict(parent), node, [node]
    for _ in range(identities - 1):
        links, lowest = mechanisms.split_in_two(links, lowest)
        mine.append(lowest)
    paid = mechanisms.geometric_rewards(links, "S", a, b)
    assert mechanisms.geometric_sybil_chain(parent, "S", node, identities, a, b) == sum(paid[each] for each in mine)


@given(parent=TREES)
def test_budgets_hold_and_fair_credit_adds_up(parent: dict[str, str]) -> None:
    assert mechanisms.within_budget(Fraction(1, 2), Fraction(1))
    assert not mechanisms.within_budget(Fraction(1, 2), Fraction(11, 10))
    paid = mechanisms.geometric_rewards(parent, "S", Fraction(1, 2), Fraction(1))
    assert sum(paid.values()) <= len(parent)
    value = {name: Fraction(index + 1) for index, name in enumerate(parent)}
    assert sum(mechanisms.shapley_referral_credit(parent, "S", value).values()) == sum(value.values())
