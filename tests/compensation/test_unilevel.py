"""The level commission: the compiled walk against its slow twin, and its rules one by one."""

# ruff: noqa: DTZ001 - the tables hold naive UTC times
from __future__ import annotations

from datetime import datetime
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation import compute, parse_plan
from compensation.computed import Computed
from compensation.errors import AmountOverflow, NotRepresentable, UnknownScale, UnknownTree
from genealogy.network import Network
from tests.compensation import slow_unilevel as slow

HEAD = "id: t\ntitle: {en: T, ar: ت}\ncurrency: USD\nperiod: whole\n"


def network(*links: tuple[str, str | None], rank: dict[str, str] | None = None, **columns: list[object]) -> Network:
    """A small network from (id, sponsor) pairs."""
    table = {"id": [a for a, _ in links], "sponsor_id": [b for _, b in links]}
    frame = pl.DataFrame(table, schema={"id": pl.String, "sponsor_id": pl.String})
    frame = frame.with_columns(pl.Series(name, values) for name, values in columns.items())
    if rank is not None:
        frame = frame.with_columns(pl.Series("rank", [rank.get(a) for a, _ in links], dtype=pl.String))
    return Network.from_table(frame)


def orders(*rows: tuple[str | None, int], **columns: list[object]) -> pl.DataFrame:
    """Orders from (buyer, amount) pairs, in cents."""
    frame = pl.DataFrame(
        {"id": [f"o{i}" for i in range(len(rows))], "buyer_id": [b for b, _ in rows], "amount": [a for _, a in rows]},
        schema={"id": pl.String, "buyer_id": pl.String, "amount": pl.Int64},
    )
    return frame.with_columns(pl.Series(name, values) for name, values in columns.items())


def paid(computed: Computed) -> list[tuple[str, int, str, int]]:
    """(order, level, who, amount) of what was paid."""
    lines = computed.lines.filter(pl.col("status") == "paid")
    return list(zip(lines["source_order_id"], lines["level"], lines["participant_id"], lines["amount"], strict=True))


# Against the slow twin

RATES = [Fraction(0), Fraction(1, 20), Fraction(1, 3), Fraction(1, 40), Fraction(7, 1000), Fraction(1)]
RANKS = ["Member", "Silver", "Gold"]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[object, ...]:
    size = draw(st.integers(1, 12))
    names = [f"p{i}" for i in range(size)]
    sponsor = {name: (draw(st.sampled_from([None, *names[:i]])) if i else None) for i, name in enumerate(names)}
    if draw(st.booleans()):
        sponsor = {name: (names[i - 1] if i else None) for i, name in enumerate(names)}  # one long chain
    rank = {name: draw(st.sampled_from([None, *RANKS])) for name in names}
    people = st.sampled_from([None, "outsider", *names])
    bought = draw(
        st.lists(
            st.tuples(people, people, st.integers(-300, 1000), st.sampled_from(["2025-01", "2025-02"])), max_size=12
        )
    )
    row = st.lists(st.sampled_from(RATES), min_size=1, max_size=4)
    if draw(st.booleans()):
        rates = {None: draw(row)}
    else:
        rates = {name: draw(row) for name in draw(st.lists(st.sampled_from(RANKS), min_size=1, unique=True))}
    compression = draw(st.sampled_from(["none", "skip_ineligible", "dynamic", "remove_empty"]))
    depth = max(map(len, rates.values()))
    least_ranks = None
    if draw(st.booleans()):
        least_ranks = draw(st.lists(st.sampled_from([None, *RANKS]), min_size=depth, max_size=depth))
    plan = slow.SlowPlan(
        rates,
        compression=compression,
        lacking_depth=draw(st.sampled_from(["breakage", "skip", "stop"])),
        min_rank_by_level=least_ranks,
        rank_order=RANKS,
        least_volume=draw(st.sampled_from([0, 1, 100])),
        mode=draw(st.sampled_from(["half_up", "half_even", "down"])),
        per_statement=draw(st.booleans()),
        customers_seller_is_level=draw(st.sampled_from([0, 1])),
        unit=draw(st.sampled_from([1, 10])),
        stop_at=frozenset(draw(st.sets(st.sampled_from(names), max_size=3))),
    )
    return sponsor, rank, bought, plan


def written(plan: object) -> str:
    """The twin's plan in the plan language."""

    def row(values: list[Fraction]) -> str:
        return "[" + ", ".join(f"'{value.numerator}/{value.denominator}'" for value in values) + "]"

    rates = plan.rates_by_rank
    table = (
        f"    rates: {row(rates[None])}\n"
        if None in rates
        else "    rates_by_rank:\n" + "".join(f"      {name}: {row(values)}\n" for name, values in rates.items())
    )
    dynamic = ""
    if plan.min_rank_by_level is not None:
        dynamic = f"    min_rank_by_level: [{', '.join(name or 'null' for name in plan.min_rank_by_level)}]\n"
    return (
        "id: twin\ntitle: {en: T, ar: ت}\ncurrency: USD\nperiod: month\n"
        f"rounding: {{mode: {plan.mode}, per: {'statement' if plan.per_statement else 'line'}, "
        f"decimals: {1 if plan.unit == 10 else 2}}}\n"
        "volumes: {measure: amount}\n"
        f"ranks: {{order: [{', '.join(RANKS)}]}}\n"
        f"components:\n  - id: level\n    family: unilevel\n{table}{dynamic}"
        f"    compression: {plan.compression}\n    lacking_depth: {plan.lacking_depth}\n"
        f"    stop_at: {{fact: leads}}\n"
        f"    customers_seller_is_level: {plan.customers_seller_is_level}\n"
        f"    eligibility: {{min_personal_volume: '{Fraction(plan.least_volume, 100)!s}'}}\n"
    ).replace("'1/100'", "'0.01'")


@settings(max_examples=75, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds())
def test_the_engine_agrees_with_the_slow_twin_to_the_minor_unit(world: tuple[object, ...]) -> None:
    sponsor, rank, bought, plan = world
    twin_orders = [slow.SlowOrder(buyer, seller, base, period) for buyer, seller, base, period in bought]
    volume: dict[tuple[str, str], int] = {}
    for order in twin_orders:
        who = order.buyer if order.buyer in sponsor else order.seller
        if who in sponsor:
            volume[who, order.period] = volume.get((who, order.period), 0) + order.base
    # the engine takes periods in order of time; the twin pays in the order it is given
    in_time = sorted(range(len(bought)), key=lambda i: (bought[i][3], i))
    expected = slow.pay(plan, sponsor, rank, volume, [twin_orders[i] for i in in_time])
    people = network(*sponsor.items(), rank=rank)
    table = orders(
        *[(bought[i][0], bought[i][2]) for i in in_time],
        seller_id=pl.Series([bought[i][1] for i in in_time], dtype=pl.String),
        period=pl.Series([bought[i][3] for i in in_time], dtype=pl.String),
    )
    leads = [(who, "leads", "true") for who in sorted(plan.stop_at)]
    facts = pl.DataFrame(leads, schema=dict.fromkeys(("participant_id", "fact", "value"), pl.String), orient="row")
    computed = compute(parse_plan(written(plan)), people, table, facts=facts, breakage_lines=True)
    got = {(int(o[1:]), level): (who, amount) for o, level, who, amount in paid(computed)}
    assert got == expected.lines
    lost = computed.lines.filter(pl.col("status") == "breakage")["amount"].sum()
    assert lost == expected.breakage
    balance = computed.awards[0].balance
    assert balance.ties
    assert (balance.allotted, balance.rounding) == (expected.allotted, expected.rounding)
    # totals only gives the same totals
    only_totals = compute(parse_plan(written(plan)), people, table, facts=facts, lines=False)
    assert only_totals.line_count == 0
    assert only_totals.totals.equals(computed.totals)
    by_person = (
        computed.lines.filter(pl.col("status") == "paid")
        .group_by("period", "participant_id")
        .agg(pl.col("amount").sum(), pl.len().cast(pl.Int64).alias("lines"))
    )
    assert by_person.sort("period", "participant_id").rows() == [
        (row["period"], row["participant_id"], row["amount"], row["lines"])
        for row in computed.totals.iter_rows(named=True)
    ]


# The rules, one by one

CHAIN = (("a", None), ("b", "a"), ("c", "b"), ("d", "c"))


def level_plan(extra: str = "", head: str = "") -> object:
    return parse_plan(f"{HEAD}{head}components:\n  - id: level\n    family: unilevel\n{extra}")


def test_the_buyers_sponsor_is_level_one() -> None:
    computed = compute(level_plan("    rates: [10%, 5%]\n"), network(*CHAIN), orders(("d", 1000)))
    assert paid(computed) == [("o0", 1, "c", 100), ("o0", 2, "b", 50)]


def test_an_outside_customers_seller_is_level_one() -> None:
    table = orders(("stranger", 1000), seller_id=["d"])
    assert paid(compute(level_plan("    rates: [10%]\n"), network(*CHAIN), table)) == [("o0", 1, "d", 100)]


def test_an_order_of_nobody_known_is_breakage_and_not_lost() -> None:
    computed = compute(level_plan("    rates: [10%]\n"), network(*CHAIN), orders(("stranger", 1000)))
    assert computed.breakage.rows() == [("all", "level", 1, "unknown-buyer", 1, 100)]


def test_a_reversal_takes_back_what_was_paid() -> None:
    computed = compute(level_plan("    rates: ['1/3']\n"), network(*CHAIN), orders(("d", 1000), ("d", -1000)))
    assert [amount for *_, amount in paid(computed)] == [333, -333]
    ignored = level_plan("    rates: ['1/3']\n    reversals: ignore\n")
    assert len(paid(compute(ignored, network(*CHAIN), orders(("d", -1000))))) == 0


def test_who_has_left_does_not_earn_from_then_on() -> None:
    people = network(*CHAIN, left=pl.Series([None, None, datetime(2025, 2, 1), None]))
    dates = [datetime(2025, 1, 1), datetime(2025, 2, 1)]
    computed = compute(level_plan("    rates: [10%]\n"), people, orders(("d", 1000), ("d", 1000), date=dates))
    assert paid(computed) == [("o0", 1, "c", 100)]
    assert computed.breakage["reason"].to_list() == ["ineligible"]


def test_the_tree_of_the_day_is_walked_and_not_todays() -> None:
    people = pl.DataFrame(
        {"id": ["a", "b", "c"], "sponsor_id": [None, None, "a"]}, schema_overrides={"sponsor_id": pl.String}
    )
    moves = pl.DataFrame(
        {"participant_id": ["c"], "tree": ["sponsor"], "parent_id": ["b"], "from": [datetime(2025, 1, 15)]}
    )
    moved = Network.from_table(people, moves)
    dates = [datetime(2025, 1, 1), datetime(2025, 1, 20)]
    table = orders(("c", 1000), ("c", 1000), date=dates)
    monthly = HEAD.replace("whole", "month")
    by_order = parse_plan(f"{monthly}components:\n  - id: level\n    family: unilevel\n    rates: [10%]\n")
    assert [who for _, _, who, _ in paid(compute(by_order, moved, table))] == ["a", "b"]
    at_close = parse_plan(
        f"{monthly}components:\n  - id: level\n    family: unilevel\n    rates: [10%]\n    tree_as_of: period_close\n"
    )
    assert [who for _, _, who, _ in paid(compute(at_close, moved, table))] == ["b", "b"]


def test_an_orphans_order_pays_nobody_called_unknown() -> None:
    people = network(("a", "gone"), ("b", "a"))
    computed = compute(level_plan("    rates: [10%, 5%]\n"), people, orders(("b", 1000)))
    assert paid(computed) == [("o0", 1, "a", 100)]
    assert computed.breakage["reason"].to_list() == ["no-upline"]


def test_only_the_orders_that_the_component_names_are_paid_on() -> None:
    table = orders(("d", 1000), ("d", 1000), category=["product", "fee"])
    computed = compute(level_plan("    rates: [10%]\n    orders: {categories: [product]}\n"), network(*CHAIN), table)
    assert [order for order, *_ in paid(computed)] == ["o0"]


def test_orders_in_another_currency_are_left_out_and_shown() -> None:
    table = orders(("d", 1000), ("d", 1000), currency=["USD", "EUR"])
    computed = compute(level_plan("    rates: [10%]\n"), network(*CHAIN), table)
    assert [order for order, *_ in paid(computed)] == ["o0"]
    assert computed.left_out["id"].to_list() == ["o1"]


def test_a_statement_is_rounded_once_and_its_lines_add_up() -> None:
    plan = level_plan("    rates: ['1/3']\n", "rounding: {per: statement}\n")
    computed = compute(plan, network(*CHAIN), orders(("d", 100), ("d", 100), ("d", 100)))
    assert sum(amount for *_, amount in paid(computed)) == 100
    per_line = compute(level_plan("    rates: ['1/3']\n"), network(*CHAIN), orders(("d", 100), ("d", 100), ("d", 100)))
    assert sum(amount for *_, amount in paid(per_line)) == 99


def test_fractions_of_a_cent_need_a_currency_that_holds_them() -> None:
    plan = level_plan("    amounts: ['0.275']\n")
    with pytest.raises(NotRepresentable, match=r"0\.275.*USD with 2 decimals"):
        compute(plan, network(*CHAIN), orders(("d", 5900)))
    computed = compute(plan, network(*CHAIN), orders(("d", 59000)), currencies={"USD": 3})
    assert [amount for *_, amount in paid(computed)] == [275]


def test_the_worst_case_is_the_highest_rate_of_every_level() -> None:
    ranks = "ranks: {order: [Low, High]}\n"
    table = "    rates_by_rank: {Low: [5%, 1%], High: [4%, 4%, 4%]}\n    base: {measure: volume, share: 40%, per_point: '2'}\n"
    promise = level_plan(table, ranks).components[0].promise()
    assert (promise.of, promise.share) == ("volume", Fraction(13, 100) * Fraction(4, 10) * 2)
    fixed = level_plan("    amounts: ['5', '2']\n").components[0].promise()
    assert fixed.of == "event"
    assert fixed.why is not None
    assert "7 for every order" in fixed.why.en


def test_the_reading_says_what_is_not_usual() -> None:
    plan = level_plan(
        "    rates: [5%, 5%]\n    base: {measure: amount, less: [tax, freight], share: 40%}\n    lacking_depth: stop\n"
        "    depth_by_active_legs: {min_personal_volume: '100', steps: [{min_legs: 0, levels: 1}]}\n"
        "    stop_at: {rank: High}\n    customers_seller_is_level: 0\n    tree_as_of: period_close\n",
        "ranks: {order: [Low, High]}\n",
    )
    words = plan.describe()
    for part in (
        "40% of the price less tax, freight",
        "from 0 legs 1",
        "ends at the first",
        "High",
        "level 0",
        "close",
    ):
        assert part in words.en
    for part in ("الضريبة", "الفروع", "ينتهي العدّ", "المستوى 0", "نهاية الفترة"):
        assert part in words.ar


def test_a_missing_tree_or_scale_is_named() -> None:
    with pytest.raises(UnknownTree, match="'placement' tree"):
        compute(level_plan("    rates: [1%]\n    tree: placement\n"), network(*CHAIN), orders(("d", 1)))
    token = parse_plan(
        f"{HEAD.replace('USD', 'TOKEN')}components:\n  - id: level\n    family: unilevel\n    rates: [1%]\n"
    )
    with pytest.raises(UnknownScale, match="TOKEN"):
        compute(token, network(*CHAIN), orders(("d", 1)))


def test_an_amount_too_large_is_an_error_and_not_a_wrong_number() -> None:
    rates = "    rates: ['999999937/999999938', '999999929/999999930']\n"
    with pytest.raises(AmountOverflow, match="64-bit"):
        compute(level_plan(rates), network(*CHAIN), orders(("d", 2**62)))


def test_a_sum_too_large_is_an_error_and_not_a_wrong_number() -> None:
    with pytest.raises(AmountOverflow, match="sum of all awards"):
        compute(level_plan("    rates: [100%]\n"), network(*CHAIN), orders(*[("d", 2**61)] * 4))


def test_large_amounts_that_fit_are_exact() -> None:
    amount = 2**61 + 1
    computed = compute(level_plan("    rates: ['1/3']\n"), network(*CHAIN), orders(("d", amount)))
    assert paid(computed)[0][3] == slow.whole(Fraction(amount, 3), "half_up")


def test_the_same_records_give_the_same_bytes() -> None:
    table = orders(*[("d", 100 + i) for i in range(50)])
    plan = level_plan("    rates: [10%, '1/7']\n")
    first, second = (compute(plan, network(*CHAIN), table).lines for _ in range(2))
    assert first.equals(second)


def test_a_chain_ten_thousand_deep_is_walked_without_recursion() -> None:
    chain = [("p0", None), *((f"p{i}", f"p{i - 1}") for i in range(1, 10_000))]
    plan = level_plan(
        "    rates: [10%]\n    compression: skip_ineligible\n    eligibility: {min_personal_volume: '5'}\n"
    )
    table = orders(("p9999", 1000), ("p0", 1000), volume=[1, 5000])
    assert paid(compute(plan, network(*chain), table)) == [("o0", 1, "p0", 100)]


def test_the_least_rank_of_a_level_holds_without_compression_too() -> None:
    ranks = {"a": "Gold", "b": "Silver", "c": "Member", "d": "Member"}
    head = "ranks: {order: [Member, Silver, Gold]}\n"
    rule = "    rates: [10%, 5%]\n    min_rank_by_level: [Silver, Gold]\n"
    table = orders(("d", 1000))
    people = network(*CHAIN, rank=ranks)
    computed = compute(level_plan(rule, head), people, table)
    assert paid(computed) == []
    assert computed.breakage["reason"].to_list() == ["lacks-depth", "lacks-depth"]
    skipping = compute(level_plan(rule + "    lacking_depth: skip\n", head), people, table)
    assert paid(skipping) == [("o0", 1, "b", 100), ("o0", 2, "a", 50)]


def test_a_chain_of_a_million_who_cannot_earn_is_passed_in_one_step() -> None:
    size = 1_000_000
    names = pl.select(pl.format("p{}", pl.int_range(size))).to_series()
    people = Network.from_table(pl.DataFrame({"id": names, "sponsor_id": names.shift(1)}))
    buyers = names[-20_000:]
    table = pl.DataFrame({"id": ["o"] * 20_001, "buyer_id": ["p0", *buyers], "amount": [50_000, *[1000] * 20_000]})
    plan = level_plan(
        "    rates: [10%, 5%]\n    compression: skip_ineligible\n    eligibility: {min_personal_volume: '500'}\n",
        "volumes: {measure: amount}\n",
    )
    computed = compute(plan, people, table, lines=False)
    assert computed.totals.select("participant_id", "lines", "amount").rows() == [("p0", 20_000, 2_000_000)]
