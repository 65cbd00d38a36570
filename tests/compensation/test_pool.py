"""Pools: the division against its slow twin, where the money of a pool comes from, and who shares in it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation import Computed, PlanError, compute, explain, parse_plan
from compensation.errors import PlanMismatch
from compensation.kernels.share_out import multiply_divide
from genealogy.network import Network
from tests.compensation import slow_pool as slow

HEAD = "id: t\ntitle: {en: T, ar: ت}\ncurrency: USD\nperiod: month\n"
RANKS = "ranks: {order: [Silver, Gold, Diamond]}\n"


def people(**columns: list[Any]) -> Network:
    """Participants p0, p1, ... without a sponsor."""
    count = len(next(iter(columns.values())))
    frame = pl.DataFrame(
        {"id": [f"p{i}" for i in range(count)], "sponsor_id": pl.Series([None] * count, dtype=pl.String)}
    )
    return Network.from_table(frame.with_columns(pl.Series(name, values) for name, values in columns.items()))


def orders(*rows: tuple[str | None, str, int], **columns: list[Any]) -> pl.DataFrame:
    """Orders from (buyer, period, cents)."""
    frame = pl.DataFrame(
        [(f"o{i}", *row) for i, row in enumerate(rows)],
        schema={"id": pl.String, "buyer_id": pl.String, "period": pl.String, "amount": pl.Int64},
        orient="row",
    )
    return frame.with_columns(pl.Series(name, values) for name, values in columns.items())


def facts(*rows: tuple[str | None, str | None, str, str]) -> pl.DataFrame:
    """Facts from (participant, period, name, value)."""
    return pl.DataFrame(
        rows, schema=dict.fromkeys(("participant_id", "period", "fact", "value"), pl.String), orient="row"
    )


def paid(computed: Computed, period: str = "1") -> dict[str, int]:
    """What each was paid in a period."""
    totals = computed.totals.filter(pl.col("period") == period)
    return dict(zip(totals["participant_id"], totals["amount"], strict=True))


def pool(extra: str, head: str = "") -> Any:
    """A plan with one pool."""
    return parse_plan(HEAD + head + "components:\n  - id: pool\n    family: pool\n" + extra)


# Against the slow twin

_SHARES = st.lists(st.sampled_from([0, 1, 1, 2, 3, 1500, 7_777_777_777]), min_size=1, max_size=8)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    _SHARES,
    st.one_of(st.integers(-500, 100_000), st.integers(10**14, 10**15)),
    st.sampled_from(["award", "share_down", "largest_remainder"]),
    st.sampled_from(["half_up", "half_even", "down"]),
    st.sampled_from(["2%", "1/3", "100%"]),
    st.sampled_from([None, 0, 1, 3]),
)
def test_a_pool_is_divided_as_the_slow_twin_does(
    shares: list[int], sold: int, rule: str, mode: str, rate: str, decimals: int | None
) -> None:
    down = f"    share_decimals: {decimals}\n" if rule == "share_down" and decimals is not None else ""
    plan = pool(
        f"    rate: '{rate}'\n    shares_from: points\n    round: {rule}\n{down}", f"rounding: {{mode: {mode}}}\n"
    )
    stated = facts(*((f"p{i}", None, "points", str(Fraction(n, 1) / 1000 if n % 2 else n)) for i, n in enumerate(shares) if n % 2 == 0), *((f"p{i}", None, "points", f"0.{n:03}" if n < 1000 else f"{n // 1000}.{n % 1000:03}") for i, n in enumerate(shares) if n % 2))  # fmt: skip
    held = {f"p{i}": Fraction(n, 1000 if n % 2 else 1) for i, n in enumerate(shares)}
    computed = compute(
        plan, people(kind=[None] * len(shares)), orders(("p0", "1", sold)), facts=stated, breakage_lines=True
    )
    of = Fraction(2, 100) if rate == "2%" else Fraction(rate.replace("100%", "1"))
    unit = Fraction(100, 10 ** (2 if decimals is None else decimals))
    expected = slow.divide(sold * of, {k: v for k, v in held.items() if v}, rule, mode=mode, share_unit=unit)
    assert paid(computed) == expected
    balance = computed.awards[0].balance
    assert balance.ties
    assert balance.allotted == max(sold * of, 0)
    if rule != "award" or not expected:
        # nothing but a fraction of a cent is rounding: the rest is said to be undistributed
        assert 0 <= balance.rounding < 1
        assert balance.breakage.get("undistributed", 0) == int(max(sold * of, 0)) - sum(expected.values())


@given(st.integers(0, 2**62 - 1), st.integers(0, 2**62 - 1), st.integers(1, 2**62 - 1))
@settings(max_examples=100, deadline=None)
def test_products_of_128_bits_are_divided_exactly(a: int, b: int, divisor: int) -> None:
    if a * b // divisor < 2**62:
        assert multiply_divide(a, b, divisor) == divmod(a * b, divisor)


# One rule at a time


def test_shares_by_rank_with_the_value_of_a_share_rounded_down() -> None:
    plan = pool(
        "    rate: 2%\n    shares_by_rank: {Silver: 1, Diamond: 3}\n    round: share_down\n    share_decimals: 0\n",
        RANKS,
    )
    network = people(rank=["Silver", "Gold", "Diamond", None])
    computed = compute(plan, network, orders(("p3", "1", 10_000_00)), breakage_lines=True)
    # 200 / 4 = 50; Gold has no share of its own
    assert paid(computed) == {"p0": 50_00, "p2": 150_00}
    computed = compute(plan, network, orders(("p3", "1", 10_150_00)), breakage_lines=True)
    assert paid(computed) == {"p0": 50_00, "p2": 150_00}
    assert computed.awards[0].balance.breakage == {"undistributed": 3_00}


def test_the_division_is_told_step_by_step() -> None:
    plan = pool(
        "    rate: 2%\n    shares_by_rank: {Silver: 1, Diamond: 3}\n    round: share_down\n    share_decimals: 0\n",
        RANKS,
    )
    computed = compute(plan, people(rank=["Silver", "Diamond"]), orders(("p0", "1", 10_150_00)), breakage_lines=True)
    told = explain(computed, line=2).text()
    assert "pool: 10150 × 2% = 203 USD" in told
    assert "shares of all: 4 (2)" in told
    assert "value of one share: 203 / 4 = 50.75 → 50" in told
    assert "own shares: 3 × 50 = 150" in told
    rest = explain(computed, line=3)
    assert "3.00 USD" in rest.text()
    assert "صندوق المكافآت" in rest.text("ar")


def test_a_pool_that_nobody_shares_is_undistributed() -> None:
    plan = pool("    rate: 50%\n    shares_by_rank: {Diamond: 1}\n", RANKS)
    computed = compute(plan, people(rank=["Silver"]), orders(("p0", "1", 333)))
    assert paid(computed) == {}
    balance = computed.awards[0].balance
    assert (balance.allotted, balance.breakage, balance.rounding) == (
        Fraction(333, 2),
        {"undistributed": 166},
        Fraction(1, 2),
    )


def test_one_share_for_each_full_thousand() -> None:
    plan = pool(
        "    amount: '90'\n    shares_by: personal_volume\n    shares_measure: amount\n    volume_per_share: '1000'\n"
    )
    computed = compute(
        plan, people(kind=[None] * 3), orders(("p0", "1", 999_99), ("p1", "1", 1000_00), ("p2", "1", 2999_99))
    )
    assert paid(computed) == {"p1": 30_00, "p2": 60_00}


def test_in_proportion_to_volume_with_cents_to_the_largest_remainders() -> None:
    plan = pool(
        "    amount: '1'\n    shares_by: personal_volume\n    round: largest_remainder\n",
        "volumes: {measure: amount}\n",
    )
    computed = compute(plan, people(kind=[None] * 3), orders(("p0", "1", 1), ("p1", "1", 1), ("p2", "1", 1)))
    assert paid(computed) == {"p0": 34, "p1": 33, "p2": 33}
    assert computed.awards[0].balance.rounding == 0


def test_what_the_company_states_can_be_the_base_the_amount_and_the_shares() -> None:
    network = people(kind=[None] * 2)
    stated = facts(
        (None, "1", "turnover", "1000"),
        (None, "1", "fund", "30"),
        ("p0", None, "points", "1"),
        ("p1", "1", "points", "2"),
    )
    plan = pool("    rate: 3%\n    base_from: turnover\n    shares_from: points\n")
    assert paid(compute(plan, network, orders(("p0", "1", 7)), facts=stated)) == {"p0": 10_00, "p1": 20_00}
    plan = pool("    amount_from: fund\n    shares_from: points\n")
    assert paid(compute(plan, network, orders(("p0", "1", 7)), facts=stated)) == {"p0": 10_00, "p1": 20_00}
    with pytest.raises(PlanMismatch, match="needs the company's figure 'fund' of period '2'"):
        compute(plan, network, orders(("p0", "2", 7)), facts=stated)


def test_only_chosen_orders_fill_the_pool_and_refunds_empty_it() -> None:
    table = orders(
        ("p0", "1", 100_00),
        ("p0", "1", 50_00),
        ("p0", "2", -50_00),
        category=["a", "b", "b"],
        reverses=[None, None, "o1"],
    )
    network = people(kind=[None])
    chosen = "    rate: 10%\n    shares_by: one_each\n    orders: {categories: [b]}\n"
    computed = compute(pool(chosen), network, table)
    assert paid(computed) == {"p0": 5_00}
    assert paid(computed, "2") == {}  # a pool is never negative
    all_of = "    rate: 10%\n    shares_by: one_each\n"
    more = pl.concat([table, orders(("p0", "2", 80_00)).with_columns(id=pl.lit("o9"))], how="diagonal")
    assert paid(compute(pool(all_of), network, more), "2") == {"p0": 3_00}
    assert paid(compute(pool(all_of + "    reversals: ignore\n"), network, more), "2") == {"p0": 8_00}


def test_one_pool_per_country() -> None:
    plan = pool("    rate: 10%\n    shares_by: one_each\n    per_country: true\n")
    network = people(country=["DE", "DE", "FR", None])
    computed = compute(
        plan, network, orders(("p0", "1", 100_00), ("p2", "1", 70_00), ("p3", "1", 50_00)), breakage_lines=True
    )
    assert paid(computed) == {"p0": 5_00, "p1": 5_00, "p2": 7_00}
    assert computed.awards[0].balance.breakage == {"undistributed": 5_00}  # whose country is not known
    assert "pool of DE: 100 × 10% = 10 USD" in explain(computed, line=1).text()
    assert "5.00 USD" in explain(computed, line=4).text()
    with pytest.raises(PlanMismatch, match="no participant has a country"):
        compute(plan, people(kind=[None]), orders(("p0", "1", 1)))


def test_who_left_or_is_not_eligible_has_no_share() -> None:
    plan = pool(
        "    amount: '30'\n    shares_by: one_each\n    eligibility: {facts: [qualified]}\n    in_force: {until: 2025-02-28}\n"
    )
    network = people(left=pl.Series([None, "2025-01-31", None]).str.to_datetime("%Y-%m-%d"))
    table = orders(("p0", "2025-01", 1), ("p0", "2025-02", 1), ("p0", "2025-03", 1))
    computed = compute(plan, network, table, facts=facts(("p2", None, "qualified", "false")))
    assert paid(computed, "2025-01") == {"p0": 30_00}  # p1 left before the month closed
    assert paid(computed, "2025-02") == {"p0": 30_00}
    assert paid(computed, "2025-03") == {}  # no longer in force


def test_several_pools_stand_side_by_side() -> None:
    plan = parse_plan(
        HEAD + RANKS + "components:\n"
        "  - {id: silver, family: pool, rate: 1%, shares_by_rank: {Silver: 1}}\n"
        "  - {id: gold, family: pool, rate: 2%, shares_by_rank: {Gold: '1.5', Diamond: 3}}\n"
    )
    computed = compute(plan, people(rank=["Silver", "Gold", "Diamond"]), orders(("p0", "1", 900_00)))
    got = {(row["component"], row["participant_id"]): row["amount"] for row in computed.totals.iter_rows(named=True)}
    assert got == {("silver", "p0"): 9_00, ("gold", "p1"): 6_00, ("gold", "p2"): 12_00}


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ("    rate: 2%\n", "give exactly one of shares_by_rank, shares_from, shares_by"),
        ("    shares_by: one_each\n", "give exactly one of rate, amount, amount_from"),
        ("    rate: 2%\n    shares_by_rank: {Gild: 1}\n", "did you mean Gold"),
        ("    rate: 2%\n    shares_by: one_each\n    share_decimals: 0\n", "only with round: share_down"),
        ("    rate: 2%\n    shares_by: one_each\n    volume_per_share: '5'\n", "need shares_by"),
        ("    amount: '2'\n    shares_by: one_each\n    per_country: true\n", "per_country needs a rate"),
    ],
)
def test_mistakes_are_named(extra: str, message: str) -> None:
    with pytest.raises(PlanError, match=message):
        pool(extra, RANKS)


def test_a_pool_says_what_it_is_in_both_languages() -> None:
    plan = pool(
        "    rate: 2%\n    base: {measure: volume, per_point: '0.8'}\n    shares_by: group_volume\n    volume_per_share: '100'\n"
        "    round: share_down\n    share_decimals: 0\n    per_country: true\n    reversals: ignore\n"
    )
    told = plan.components[0].describe()
    for part in ("2% × 0.8", "commissionable volume", "each full 100 of group volume", "to 0 decimals", "each country"):
        assert part in told.en
    for part in ("2% × 0.8", "حجم المجموعة", "ولكل دولة صندوق", "100"):
        assert part in told.ar
    assert plan.components[0].promise().share == Fraction(2, 100) * Fraction(8, 10)


def test_who_orders_later_has_a_share_before() -> None:
    plan = pool("    amount: '30'\n    shares_by_rank: {Silver: 1}\n", RANKS)
    network = people(rank=["Silver", "Silver"])
    computed = compute(plan, network, orders(("p0", "1", 5), ("p1", "2", 5)))
    assert paid(computed, "1") == paid(computed, "2") == {"p0": 15_00, "p1": 15_00}
