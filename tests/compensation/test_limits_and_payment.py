"""Caps, pools and payments against slow, obvious twins: what is cut, what waits, and that nothing is lost."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compensation import PlanError, compute, explain, parse_plan
from compensation.computed import Computed
from compensation.errors import AmountOverflow
from genealogy.network import Network
from tests.compensation.slow_unilevel import whole

PEOPLE = [("top", None, "p1"), ("a", "top", "p1"), ("b", "a", "p2"), ("c", "b", None), ("d", "c", None)]
HEAD = "id: t\ntitle: {en: T, ar: ت}\ncurrency: USD\nperiod: month\n"
COMPONENTS = """components:
  - {id: level, family: unilevel, rates: [10%, 5%, '1/3']}
  - {id: second, family: unilevel, rates: [7%]}
"""


def network() -> Network:
    names = ("id", "sponsor_id", "person")
    return Network.from_table(
        pl.DataFrame(PEOPLE, schema=dict.fromkeys(names, pl.String), orient="row").with_columns(
            rank=pl.Series(["Gold", "Silver", "Silver", None, None])
        )
    )


def orders(*rows: tuple[str, int, str]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "id": [f"o{i}" for i in range(len(rows))],
            "buyer_id": [row[0] for row in rows],
            "amount": [row[1] for row in rows],
            "date": [datetime.fromisoformat(row[2]) for row in rows],
        },
        schema={"id": pl.String, "buyer_id": pl.String, "amount": pl.Int64, "date": pl.Datetime("ms")},
    )


DATES = ["2025-01-05", "2025-01-05", "2025-01-20", "2025-02-03", "2025-03-01"]
LEDGERS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.integers(-2000, 5000), st.sampled_from(DATES)), min_size=1, max_size=14
).map(lambda rows: sorted(rows, key=lambda row: row[2]))


def raw(rows: list[tuple[str, int, str]]) -> Computed:
    return compute(parse_plan(HEAD + COMPONENTS), network(), orders(*rows))


def by_key(computed: Computed, *columns: str) -> dict[tuple[str, ...], int]:
    sums: dict[tuple[str, ...], int] = defaultdict(int)
    for row in computed.lines.with_columns(day=pl.col("date").dt.date().cast(pl.String)).iter_rows(named=True):
        sums[tuple(row[name] for name in columns)] += row["amount"]
    return sums


@settings(max_examples=20, deadline=None)
@given(
    LEDGERS,
    st.integers(0, 900),
    st.sampled_from(["day", "period", "year", "ever"]),
    st.sampled_from(["position", "owner"]),
)
def test_a_cap_pays_what_fits_and_no_more(rows: list[tuple[str, int, str]], cap: int, window: str, per: str) -> None:
    limits = (
        f"limits: [{{id: cap, components: [level, second], cap: '{Fraction(cap, 100)}', window: {window}, per: {per}}}]\n"
    ).replace(f"'{Fraction(cap, 100)}'", f"'{cap / 100:.2f}'")
    limited = compute(parse_plan(HEAD + COMPONENTS + limits), network(), orders(*rows))
    owner = {who: person or who for who, _, person in PEOPLE} if per == "owner" else {who: who for who, _, _ in PEOPLE}
    column = {"day": "day", "period": "period"}.get(window, "period")
    before, after = (
        by_key(raw(rows), "participant_id", "period", column),
        by_key(limited, "participant_id", "period", column),
    )

    def together(sums: dict[tuple[str, ...], int]) -> dict[tuple[str, str, str], int]:
        result: dict[tuple[str, str, str], int] = defaultdict(int)
        for (who, period, piece), amount in sums.items():
            result[owner[who], period, piece] += amount
        return result

    used: dict[str, int] = defaultdict(int)
    expected = {}
    for (who, period, piece), amount in sorted(together(before).items(), key=lambda each: (each[0][1], each[0][2])):
        room = max(cap - used[who], 0) if window in ("year", "ever") else cap
        expected[who, period, piece] = min(amount, room)
        used[who] += expected[who, period, piece]
    got = together(after)
    assert {key: got.get(key, 0) for key in expected} == expected
    assert all(awards.balance.ties for awards in limited.awards)
    lines = limited.lines.with_columns(pl.col("amount").cast(pl.Int64))
    assert limited.totals["amount"].sum() == lines["amount"].sum()
    totals_only = compute(parse_plan(HEAD + COMPONENTS + limits), network(), orders(*rows), lines=False)
    assert totals_only.totals.equals(limited.totals)


@settings(max_examples=20, deadline=None)
@given(LEDGERS, st.integers(1, 400))
def test_what_a_cap_keeps_back_is_paid_when_there_is_room(rows: list[tuple[str, int, str]], cap: int) -> None:
    limits = f"limits: [{{id: cap, components: [level, second], cap: '{cap / 100:.2f}', excess: carry}}]\n"
    plan = parse_plan(HEAD + COMPONENTS + limits)
    limited = compute(plan, network(), orders(*rows))
    before, after = by_key(raw(rows), "participant_id", "period"), by_key(limited, "participant_id", "period")
    waiting: dict[str, int] = defaultdict(int)
    for period in limited.evaluation.periods:
        for who, _, _ in PEOPLE:
            earned = before.get((who, period), 0)
            paid = min(earned, cap)
            waiting[who] += earned - paid
            back = min(waiting[who] - (earned - paid), max(cap - max(paid, 0), 0))
            waiting[who] -= back
            assert after.get((who, period), 0) == paid + back, (who, period)
    held = limited.state.filter(pl.col("component") == "limit:cap")["value"].sum()
    assert held == sum(waiting.values())
    assert sum(awards.balance.held for awards in limited.awards) == held
    assert all(awards.balance.ties for awards in limited.awards)


def test_a_cap_goes_on_from_the_saved_state() -> None:
    limits = "limits: [{id: cap, components: [level, second], cap: '3.00', excess: carry}]\n"
    plan = parse_plan(HEAD + COMPONENTS + limits)
    january, february = [("b", 9000, "2025-01-05")], [("b", 1000, "2025-02-03"), ("d", 10, "2025-02-04")]
    whole_run = compute(plan, network(), orders(*january, *february))
    first = compute(plan, network(), orders(*january))
    second = compute(plan, network(), orders(*february), state=first.state)
    expected = whole_run.totals.filter(pl.col("period") == "2025-02").drop("lines")
    assert second.totals.drop("lines").equals(expected)
    assert second.state.sort("component", "participant_id", "name").equals(
        whole_run.state.sort("component", "participant_id", "name")
    )


@settings(max_examples=20, deadline=None)
@given(LEDGERS, st.integers(0, 60), st.sampled_from(["half_up", "half_even", "down"]))
def test_a_pool_cuts_every_award_by_one_exact_factor(rows: list[tuple[str, int, str]], share: int, mode: str) -> None:
    head = HEAD + f"rounding: {{mode: {mode}}}\n"
    limits = (
        f"limits: [{{id: pool, components: [level, second], pool: {{share: {share}%, of: {{measure: amount}}}}}}]\n"
    )
    scaled = compute(parse_plan(head + COMPONENTS + limits), network(), orders(*rows))
    plain = compute(parse_plan(head + COMPONENTS), network(), orders(*rows))
    rate = {"1": (Fraction(1, 10), Fraction(7, 100)), "2": (Fraction(1, 20),), "3": (Fraction(1, 3),)}
    exact = [
        row["base"] * rate[str(row["level"])][0 if row["component"] == "level" else -1]
        for row in plain.lines.iter_rows(named=True)
    ]
    for period in plain.evaluation.periods:
        mine = [i for i, name in enumerate(plain.lines["period"]) if name == period]
        total = sum((exact[i] for i in mine), Fraction(0))
        sold = sum(amount for _, amount, day in rows if day.startswith(period))
        most = max(sold, 0) * Fraction(share, 100)
        factor = most / total if total > most else Fraction(1)
        assert [scaled.lines["amount"][i] for i in mine] == [whole(exact[i] * factor, mode) for i in mine]
    assert all(awards.balance.ties for awards in scaled.awards)


def test_a_factor_too_long_for_64_bits_is_exact_all_the_same() -> None:
    rows = [("b", 999_999_999_989, "2025-01-05"), ("d", 999_999_999_961, "2025-01-06")]
    limits = "limits: [{id: pool, components: [level, second], pool: {share: 9.999991%, of: {measure: amount}}}]\n"
    scaled = compute(parse_plan(HEAD + COMPONENTS + limits), network(), orders(*rows))
    most = sum(amount for _, amount, _ in rows) * Fraction(9999991, 10**8)
    paid = scaled.lines["amount"].sum()
    assert abs(paid - most) <= Fraction(len(scaled.lines), 2)
    assert all(awards.balance.ties for awards in scaled.awards)


def test_a_cap_by_rank_and_what_it_took_is_explained() -> None:
    limits = "limits: [{id: cap, components: [level], cap_by_rank: {Silver: '1.00'}}]\n"
    ranks = "ranks: {order: [Silver, Gold]}\n"
    computed = compute(parse_plan(HEAD + ranks + COMPONENTS + limits), network(), orders(("b", 10000, "2025-01-05")))
    line = computed.lines.filter((pl.col("participant_id") == "a") & (pl.col("component") == "level"))
    assert line["amount"].to_list() == [100]
    for language, words in (("en", "limit cap"), ("ar", "الحد cap")):
        text = explain(computed, line=line["line"][0]).text(language)
        assert words in text
        assert "-9.00 USD" in text
    assert computed.lines.filter((pl.col("participant_id") == "top") & (pl.col("component") == "level"))[
        "amount"
    ].to_list() == [500]


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        ("[{id: x, components: [levle], cap: '1'}]", "did you mean level?"),
        ("[{id: x, components: [level]}]", "exactly one of cap"),
        ("[{id: x, components: [level], cap: '1', pool: {share: 5%, of_fact: f}}]", "found cap and pool"),
        ("[{id: x, components: [level], cap_by_rank: {Glod: '1'}}]", "unknown rank"),
        ("[{id: x, components: [level], cap: '1', window: day, excess: carry}]", "only with window: period"),
    ],
)
def test_a_mistaken_limit_is_named_with_its_line(limits: str, found: str) -> None:
    with pytest.raises(PlanError) as error:
        parse_plan(HEAD + "ranks: {order: [Gold]}\n" + COMPONENTS + f"limits: {limits}\n", name="plan.yaml")
    assert found in str(error.value)
    assert "plan.yaml:9" in str(error.value)


@settings(max_examples=20, deadline=None)
@given(LEDGERS, st.integers(0, 600), st.integers(0, 2), st.sampled_from(["set_off", "owed"]))
def test_every_unit_earned_is_paid_out_waiting_or_brought_forward(
    rows: list[tuple[str, int, str]], minimum: int, hold: int, negative: str
) -> None:
    payment = f"payment: {{minimum: '{minimum / 100:.2f}', hold_periods: {hold}, negative_balance: {negative}}}\n"
    computed = compute(parse_plan(HEAD + COMPONENTS + payment), network(), orders(*rows))
    statements = computed.statements
    assert statements is not None
    shown = {(row["participant_id"], row["period"]): row for row in statements.iter_rows(named=True)}
    earned = by_key(computed, "participant_id", "period")
    periods = computed.evaluation.periods
    for who, _, _ in PEOPLE:
        balance = owed = 0
        for index, period in enumerate(periods):
            balance += earned.get((who, periods[index - hold]), 0) if index >= hold else 0
            if negative == "owed" and balance < 0:
                owed, balance = owed - balance, 0
            paid = balance if balance >= max(minimum, 1) else 0
            balance -= paid
            row = shown.get((who, period))
            assert (row["paid_out"], row["carried_forward"], row["owed"]) == (paid, balance, owed) if row else paid == 0
    state = computed.state.filter(pl.col("component") == "payment")
    kept = {name: state.filter(pl.col("name") == name)["value"].sum() for name in ("balance", "owed", "waiting")}
    assert sum(earned.values()) == statements["paid_out"].sum() + kept["balance"] + kept["waiting"] - kept["owed"]


@given(st.integers(1, 2), st.integers(0, 700))
@settings(max_examples=15, deadline=None)
def test_payments_go_on_from_the_saved_state(hold: int, minimum: int) -> None:
    payment = f"payment: {{minimum: '{minimum / 100:.2f}', hold_periods: {hold}}}\n"
    plan = parse_plan(HEAD + COMPONENTS + payment)
    january, later = [("b", 4000, "2025-01-05")], [("b", -1500, "2025-02-03"), ("d", 3000, "2025-03-04")]
    whole_run = compute(plan, network(), orders(*january, *later)).statements
    first = compute(plan, network(), orders(*january))
    second = compute(plan, network(), orders(*later), state=first.state).statements
    assert whole_run is not None
    assert second is not None
    columns = ["period", "participant_id", "paid_out", "carried_forward", "waiting"]
    expected = whole_run.filter(pl.col("period") > "2025-01").select(columns)
    assert second.select(columns).equals(expected)


def test_earnings_mature_so_many_days_after_their_order() -> None:
    plan = parse_plan(HEAD + COMPONENTS + "payment: {hold_days: 30}\n")
    statements = compute(
        plan, network(), orders(("b", 1000, "2025-01-01"), ("b", 1000, "2025-01-20"), ("d", 1, "2025-02-28"))
    ).statements
    assert statements is not None
    paid = statements.filter(pl.col("participant_id") == "a").select("period", "paid_out").rows()
    assert paid == [("2025-01", 170), ("2025-02", 170)]


def test_days_run_on_from_the_saved_state_and_where_only_totals_are_asked_for() -> None:
    plan = parse_plan(HEAD + COMPONENTS + "payment: {hold_days: 60}\n")
    january, later = [("b", 1000, "2025-01-20")], [("c", 1, "2025-02-10"), ("d", 1, "2025-03-28")]
    whole_run = compute(plan, network(), orders(*january, *later)).statements
    totals = compute(plan, network(), orders(*january, *later), lines=False).statements
    second = compute(plan, network(), orders(*later), state=compute(plan, network(), orders(*january)).state).statements
    assert whole_run is not None
    assert totals is not None
    assert second is not None
    paid = whole_run.filter(pl.col("participant_id") == "a").select("period", "paid_out").rows()
    assert paid == [("2025-01", 0), ("2025-02", 0), ("2025-03", 170)]
    assert totals.equals(whole_run)
    assert second.drop("earned").equals(whole_run.filter(pl.col("period") > "2025-01").drop("earned"))


@pytest.mark.parametrize(("days", "paid_in"), [(1, "2025-02"), (28, "2025-02"), (29, "2025-03")])
def test_days_of_what_has_no_order_count_from_the_close_of_its_period(days: int, paid_in: str) -> None:
    bonus = "components:\n  - {id: bonus, family: rank_bonus, amount: '5', pays: first_time}\n"
    plan = parse_plan(HEAD + bonus + f"payment: {{hold_days: {days}}}\n")
    statements = compute(plan, network(), orders(("b", 1000, "2025-01-05"), ("d", 1, "2025-03-28"))).statements
    assert statements is not None
    paid = statements.filter((pl.col("participant_id") == "c") & (pl.col("paid_out") > 0))
    assert paid.select("period", "paid_out").rows() == [(paid_in, 500)]


TOO_MUCH = [
    ("{id: part, family: pool, rate: 10%, shares_by: one_each}", ""),
    ("{id: bonus, family: rank_bonus, amount: '5', pays: every_period}",
     "limits: [{id: part, components: [bonus], pool: {share: 1%, of: {measure: amount}}}]"),
]  # fmt: skip


@pytest.mark.parametrize(("component", "limits"), TOO_MUCH, ids=["pool", "limit"])
def test_a_pool_of_orders_that_do_not_fit_is_refused(component: str, limits: str) -> None:
    plan = parse_plan(f"{HEAD}components:\n  - {component}\n{limits}\n")
    with pytest.raises(AmountOverflow, match="part"):
        compute(plan, network(), orders(*[("c", 2**62, "2025-01-20")] * 4))


def test_earnings_that_fit_by_themselves_but_not_together_are_refused() -> None:
    bonus = (
        "  - {{id: bonus{}, family: rank_bonus, amount: '{}', pays: every_period, eligibility: {{min_rank: Gold}}}}\n"
    )
    head = HEAD + "ranks: {order: [Silver, Gold]}\ncomponents:\n"
    plan = parse_plan(
        head + "".join(bonus.format(each, 2**60 // 100) for each in range(9)) + "payment: {minimum: '1'}\n"
    )
    with pytest.raises(AmountOverflow, match="payment"):
        compute(plan, network(), orders(("c", 100, "2025-01-20")))


def returned(*days: str, share: int = 1) -> pl.DataFrame:
    """An order of 100.00 by d in January, and reversals of it on these days, each of that part."""
    table = orders(("d", 10_000, "2025-01-05"), *(("d", -10_000 // share, day) for day in days))
    return table.with_columns(reverses=pl.Series([None, *["o0"] * len(days)], dtype=pl.String))


@pytest.mark.parametrize(
    ("limit", "kept"),
    [
        ("cap: '2.00'", 200),
        ("cap: '2.00', window: ever", 200),
        ("cap: '2.00', excess: carry", 200),
        ("pool: {share: 3%, of: {measure: amount}}", 300),
    ],
)
def test_a_reversal_takes_back_what_a_limit_had_let_be_paid(limit: str, kept: int) -> None:
    one = "components: [{id: level, family: unilevel, rates: [10%]}]\n"
    plan = parse_plan(HEAD + one + f"limits: [{{id: x, components: [level], {limit}}}]\n")
    computed = compute(plan, network(), returned("2025-02-10"))
    assert by_key(computed, "participant_id", "period") == {("c", "2025-01"): kept, ("c", "2025-02"): -kept}
    assert all(awards.balance.ties for awards in computed.awards)
    assert computed.state.is_empty() or computed.state["value"].sum() == 0
    totals = compute(plan, network(), returned("2025-02-10"), lines=False).totals
    assert totals.equals(computed.totals)
    halves = compute(plan, network(), returned("2025-02-10", "2025-03-10", share=2))
    assert sum(by_key(halves, "participant_id").values()) == 0


def test_a_reversal_gives_up_what_waits_before_it_takes_from_what_was_paid() -> None:
    one = "components: [{id: level, family: unilevel, rates: [10%]}]\n"
    plan = parse_plan(HEAD + one + "limits: [{id: x, components: [level], cap: '2.00', excess: carry}]\n")
    table = pl.concat(
        [
            returned("2025-03-10"),
            orders(("stranger", 1, "2025-02-03")).with_columns(reverses=pl.lit(None, pl.String), id=pl.lit("x")),
        ]
    )
    computed = compute(plan, network(), table)
    paid = by_key(computed, "participant_id", "period")
    # 2.00 in January, 2.00 of the 8.00 that waited in February; the rest was given up, and 4.00 are taken back
    assert paid == {("c", "2025-01"): 200, ("c", "2025-02"): 200, ("c", "2025-03"): -400}
    assert all(awards.balance.ties for awards in computed.awards)
