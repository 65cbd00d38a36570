"""Rank bonuses: on reaching and while holding, against the slow twin, and rule by rule."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation import Books, Computed, PlanError, compute_on, explain, parse_plan
from genealogy.network import Network
from tests.compensation import slow_rank_bonus as slow

RANKS = ["Silver", "Gold", "Diamond"]
HEAD = (
    "id: t\ntitle: {en: T, ar: ت}\ncurrency: USD\nperiod: month\n"
    "ranks: {source: ranks, order: [Silver, Gold, Diamond]}\n"
    "components:\n  - id: bonus\n    family: rank_bonus\n"
)


def books(
    ranks: dict[str, list[int]],
    entitled: dict[str, list[bool]] | None = None,
    periods: list[int] | None = None,
    orders: pl.DataFrame | None = None,
    sponsor: dict[str, str] | None = None,
    **more: Any,
) -> Books:
    """Everybody's rank in each period, as the ranks table holds it; and facts `can` of who is entitled."""
    count = len(next(iter(ranks.values())))
    names = [f"2025-{month + 1:02}" for month in range(count)]
    kept = names if periods is None else [names[each] for each in periods]
    table = pl.DataFrame(
        [
            (who, names[month], RANKS[rank - 1])
            for who, held in ranks.items()
            for month, rank in enumerate(held)
            if rank
        ],
        schema={"participant_id": pl.String, "period": pl.String, "rank": pl.String},
        orient="row",
    )
    facts = pl.DataFrame(
        [
            (who, names[month], "can", str(can).lower())
            for who, each in (entitled or {}).items()
            for month, can in enumerate(each)
        ],
        schema=dict.fromkeys(("participant_id", "period", "fact", "value"), pl.String),
        orient="row",
    )
    if orders is None:
        orders = pl.DataFrame(schema={"id": pl.String, "buyer_id": pl.String, "period": pl.String, "volume": pl.Int64})
    links = {"id": list(ranks), "sponsor_id": [(sponsor or {}).get(who) for who in ranks]}
    network = Network.from_table(pl.DataFrame(links, schema_overrides={"sponsor_id": pl.String}))
    return Books(network, orders, ranks=table, facts=facts, periods=tuple(kept), **more)


def paid(computed: Computed) -> dict[tuple[str, str], int]:
    """(period, participant) -> minor units."""
    totals = computed.totals.filter(pl.col("amount") != 0)
    return dict(zip(zip(totals["period"], totals["participant_id"], strict=True), totals["amount"], strict=True))


def bonus(extra: str) -> Any:
    """A plan with one rank bonus."""
    return parse_plan(HEAD + extra)


# Against the slow twin


@st.composite
def rules(draw: st.DrawFn) -> slow.SlowBonus:
    pays = draw(st.sampled_from(["first_time", "first_time", "each_time", "every_period"]))
    which = draw(st.sampled_from(["single", "totals", "parts"])) if pays == "first_time" else "single"
    amounts = {
        number: draw(st.sampled_from([0, 1, 100, 1000, 3333]))
        for number in draw(st.sets(st.integers(1, 3), min_size=1))
    }
    if which == "totals":
        amounts = {number: 1000 * number + 1 for number in amounts}
    return slow.SlowBonus(
        amounts,
        pays,
        totals=which == "totals",
        skipped_paid=which == "totals" or pays == "every_period" or draw(st.booleans()),
        held_for=draw(st.integers(1, 3)),
        parts=draw(st.integers(2, 4)) if which == "parts" else 1,
        missed=draw(st.sampled_from(["forfeit", "postpone", "end"])),
    )


def written(rule: slow.SlowBonus) -> str:
    amounts = ", ".join(f"{RANKS[number - 1]}: '{amount / 100:.2f}'" for number, amount in rule.amounts.items())
    text = f"    amounts_by_rank: {{{amounts}}}\n    pays: {rule.pays}\n    held_for: {rule.held_for}\n"
    text += "    amounts_are: totals\n" if rule.totals else ""
    text += "" if rule.skipped_paid else "    skipped_ranks: not_paid\n"
    text += f"    instalments: {{periods: {rule.parts}, missed: {rule.missed}}}\n" if rule.parts > 1 else ""
    return text + "    eligibility: {facts: [can]}\n"


_LIVES = st.integers(1, 6).flatmap(
    lambda months: st.lists(
        st.tuples(
            st.lists(st.integers(0, 3), min_size=months, max_size=months),
            st.lists(st.sampled_from([True, True, True, False]), min_size=months, max_size=months),
        ),
        min_size=1,
        max_size=4,
    )
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rules(), _LIVES, st.data())
def test_the_engine_agrees_with_the_slow_twin_whole_or_in_two_runs(
    rule: slow.SlowBonus, lives: list[tuple[list[int], list[bool]]], data: st.DataObject
) -> None:
    ranks = {f"p{i}": held for i, (held, _) in enumerate(lives)}
    entitled = {f"p{i}": able for i, (_, able) in enumerate(lives)}
    months = len(lives[0][0])
    plan = bonus(written(rule))
    computed = compute_on(plan, books(ranks, entitled))
    twins = {who: slow.pay(rule, ranks[who], entitled[who]) for who in ranks}
    expected = {
        (f"2025-{month + 1:02}", who): amount
        for who, twin in twins.items()
        for month, amount in enumerate(twin.paid)
        if amount
    }
    assert paid(computed) == expected
    balance = computed.awards[0].balance
    assert balance.ties
    assert sum(balance.breakage.values()) == sum(twin.lost for twin in twins.values())
    cut = data.draw(st.integers(0, months))
    first = compute_on(plan, books(ranks, entitled, list(range(cut))))
    then = compute_on(plan, books(ranks, entitled, list(range(cut, months)), state=first.state))
    assert paid(first) | paid(then) == expected


# One rule at a time


def test_a_rank_is_paid_once_with_those_that_were_skipped() -> None:
    plan = bonus("    amounts_by_rank: {Silver: '100', Gold: '500'}\n")
    computed = compute_on(plan, books({"a": [0, 2, 1, 2], "b": [1, 1, 1, 2]}))
    assert paid(computed) == {("2025-02", "a"): 600_00, ("2025-01", "b"): 100_00, ("2025-04", "b"): 500_00}
    assert "rank: Silver" in explain(computed, line=2).text()


def test_totals_pay_what_is_missing() -> None:
    plan = bonus("    amounts_by_rank: {Silver: '100', Diamond: '350.50'}\n    amounts_are: totals\n")
    computed = compute_on(plan, books({"a": [1, 2, 3, 1, 3]}))
    assert paid(computed) == {("2025-01", "a"): 100_00, ("2025-03", "a"): 250_50}
    assert "350.5 - 100 = 250.50" in explain(computed, line=2).text()


def test_a_bonus_in_parts_while_the_rank_is_held() -> None:
    plan = bonus("    amounts_by_rank: {Gold: '100'}\n    instalments: {periods: 3}\n")
    computed = compute_on(plan, books({"a": [2, 1, 2, 2]}), breakage_lines=True)
    assert paid(computed) == {("2025-01", "a"): 33_33, ("2025-03", "a"): 33_34}
    assert computed.awards[0].balance.breakage == {"ineligible": 33_33}
    assert computed.lines["level"].to_list() == [1, 2, 3]
    assert "part: 3 / 3" in explain(computed, line=3).text()


def test_a_share_of_group_volume_at_a_rank() -> None:
    orders = pl.DataFrame(
        {"id": ["o1", "o2"], "buyer_id": ["a", "b"], "period": ["2025-01"] * 2, "volume": [1_000_000, 9_000_000]}
    )
    some = {"ranks": {"a": [3], "b": [1]}, "orders": orders, "sponsor": {"b": "a"}}
    plan = bonus("    rates_by_rank: {Gold: 5%}\n")
    computed = compute_on(plan, books(**some))
    assert paid(computed) == {("2025-01", "a"): 500_00}  # a rank above Gold has Gold's rate
    assert computed.line_count == 1  # Silver has no rate, and no line
    assert "10000.000 points × 5% = 500" in explain(computed, line=1).text()
    plan = bonus("    rates_by_rank: {Gold: 5%}\n    group_includes_own: false\n")
    assert paid(compute_on(plan, books(**some))) == {("2025-01", "a"): 450_00}
    plan = bonus("    rate: 10%\n    of: personal_volume\n    base: {measure: volume, per_point: '0.5'}\n")
    assert paid(compute_on(plan, books(**some))) == {("2025-01", "a"): 50_00, ("2025-01", "b"): 450_00}


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ("", "give exactly one of amounts_by_rank, rates_by_rank, amount, rate"),
        ("    amounts_by_rank: {Golf: '1'}\n", "did you mean Gold"),
        ("    rate: 5%\n    instalments: {periods: 3}\n", "instalments need single amounts"),
        ("    amount: '5'\n    amounts_are: totals\n", "totals needs amounts_by_rank"),
        ("    amount: '5'\n    of: personal_volume\n", "only for rates"),
        ("    rate: 5%\n    base: {measure: cost}\n", "volume, points or amount"),
        ("    amount: '5'\n    orders: {which: first}\n", "orders has no meaning"),
    ],
)
def test_mistakes_are_named(extra: str, message: str) -> None:
    with pytest.raises(PlanError, match=message):
        bonus(extra)


def test_a_rank_bonus_says_what_it_is_in_both_languages() -> None:
    plan = bonus(
        "    amounts_by_rank: {Silver: '100', Gold: '500'}\n    held_for: 2\n    skipped_ranks: not_paid\n"
        "    instalments: {periods: 6, missed: end}\n"
    )
    told = plan.components[0].describe()
    for part in (
        "Silver: 100, Gold: 500",
        "once in a lifetime",
        "2 periods in a row",
        "6 equal parts",
        "ends it",
        "skipped",
    ):
        assert part in told.en
    for part in ("Gold: 500", "مرة واحدة", "أقساط", "6"):
        assert part in told.ar
