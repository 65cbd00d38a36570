"""What the families that pay on sales say of themselves: readings, worst cases, explanations, refusals, refunds."""

# ruff: noqa: DTZ001 - the tables hold naive UTC times
from __future__ import annotations

import re
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

from compensation import Computed, compute, explain, parse_plan
from compensation.components import FAMILIES, Component
from compensation.errors import PlanError, PlanMismatch
from genealogy.network import Network
from tests.compensation.sales_worlds import HEAD, facts_table, orders_table, ties
from tests.compensation.slow_attribution import Order

START = datetime(2026, 1, 1)
PEOPLE = pl.DataFrame(
    {
        "id": ["top", "mid", "low", "new", "maker"],
        "sponsor_id": [None, "top", "mid", "low", None],
        "kind": [None, None, "affiliate", None, "producer"],
        "manager_id": [None, None, "top", None, None],
    },
    schema=dict.fromkeys(("id", "sponsor_id", "kind", "manager_id"), pl.String),
)


def plan(*components: str, head: str = "") -> object:
    return parse_plan(f"{HEAD}{head}components:\n" + "".join(f"  - {{{each}}}\n" for each in components))


def computed(the_plan: object, *orders: tuple[str | None, str | None, int, str | None], **more: object) -> Computed:
    """Orders are (buyer, seller, cents, order taken back), a day apart."""
    table = orders_table(
        [
            Order(f"o{i}", START + timedelta(days=i), buyer, seller, cents, None, back)
            for i, (buyer, seller, cents, back) in enumerate(orders)
        ]
    )
    result = compute(the_plan, Network.from_table(PEOPLE), table, **more)  # type: ignore[arg-type]
    ties(result)
    return result


def got(result: Computed, component: str) -> list[tuple[str, str, int]]:
    lines = result.lines.filter((pl.col("component") == component) & (pl.col("status") != "breakage"))
    return list(zip(lines["source_order_id"], lines["participant_id"], lines["amount"], strict=True))


SALE = "id: sale, family: affiliate, rate: 10%"

READINGS = [
    (
        "id: x, family: two_tier, of: [sale], share_of: remainder, rates: [5%, 4%], compression: skip_ineligible",
        ("sale", "5%, 4%", "remains", "paid on top", "left out"),
        ("5%, 4%", "زيادةً على عمولته", "ضغط المستويات"),
        Fraction(1) - Fraction(95, 100) * Fraction(96, 100),
    ),
    (
        "id: x, family: affiliate_manager, sales: managed, rate: 10%, of: [sale]",
        ("10%", "affiliates managed only", "excluded_from_manager", "do not change"),
        ("مدير المسوّقين بالعمولة", "لا تتغير عمولات"),
        Fraction(1, 10),
    ),
    (
        "id: x, family: remainder, less_awards_of: [sale], share_from: part",
        ("less the awards of sale", "part"),
        ("الباقي لصاحب المنتَج", "part"),
        Fraction(0),
    ),
    (
        "id: x, family: customer_referral, referrer: {amount: '20'}, referred: {rate: 10%}, min_order: '100', form: voucher",
        ("20 to the referrer", "10% to the new customer", "at least 100", "voucher"),
        ("للمُحيل", "للعميل المُحال", "قسيمة شراء"),
        Fraction(3, 10),
    ),
    (
        "id: x, family: fast_start, rates: [20%, 10%, 5%], caps: ['200', '80', null], first_orders: 2",
        ("20%, 10%, 5%", "first 2", "200, 80, -", "keeps the level"),
        ("مكافأة البداية السريعة", "200، 80، -"),
        Fraction(35, 100),
    ),
    (
        "id: x, family: retail_profit, paid_by: company, base: {measure: cost}, rate: 3/7, of: both",
        ("3/7", "wholesale price", "own orders", "company pays"),
        ("ربح التجزئة", "تصرفه الشركة"),
        Fraction(3, 7),
    ),
    (
        "id: x, family: own_rate, rate: 5%, of: [own, new_recruits], own_from: period_after_joining, form: goods",
        ("5%", "members sponsored in the period", "period of joining", "goods"),
        ("نسبة شخصية", "سلع"),
        Fraction(1, 10),
    ),
    (
        "id: x, family: fixed_per_event, amount: '10', count_from: bookings, form: credit",
        ("10 for each event", "bookings", "credit"),
        ("مبلغ ثابت", "bookings", "رصيد"),
        None,
    ),
    (
        "id: x, family: team_commission, steps: [{rate: 4%}, {rate: 13%, min_active_recruits: 5, min_personal_volume: '225'}]",
        ("4%", "13%", "5 or more", "225"),
        ("عمولة الفريق", "225"),
        Fraction(13, 100),
    ),
    (
        "id: x, family: deduction, rates: {tax: 11.33%, service: 2%}, negative: ignored",
        ("tax: 11.33%", "service: 2%", "nothing is given back"),
        ("الاستقطاع", "11.33%", "المجموع السالب"),
        Fraction(0),
    ),
    (
        "id: x, family: coded_bonus, amounts_by_product: {kit: '50'}, passes_up: 2, rank_by_product: {kit: Gold}",
        ("kit: 50", "before somebody codes: 2", "kit: Gold"),
        ("مكافأة الرمز", "kit: Gold"),
        None,
    ),
    (
        "id: x, family: recruitment_bonus, amount: '50'",
        ("50 to the sponsor",),
        ("مكافأة الاستقطاب",),
        None,
    ),
]


@pytest.mark.parametrize(
    ("text", "english", "arabic", "share"), READINGS, ids=[each[0].split(", ")[1] for each in READINGS]
)
def test_the_reading_and_the_worst_case(
    text: str, english: tuple[str, ...], arabic: tuple[str, ...], share: Fraction | None
) -> None:
    component = plan(SALE, text, head="ranks: {order: [Silver, Gold]}\n").components[1]  # type: ignore[attr-defined]
    said = component.describe()
    assert [part for part in english if part not in said.en] == []
    assert [part for part in arabic if part not in said.ar] == []
    assert component.promise().share == share
    assert component.in_money is not ("goods" in text or "credit" in text or "voucher" in text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id: x, family: two_tier, of: [sale], rates: [5%]", "share_of: missing"),
        ("id: x, family: two_tier, of: [sell], share_of: sale, rates: [5%]", "did you mean sale"),
        (
            "id: x, family: two_tier, of: [sale], share_of: commission, rates: [5%], base: {measure: volume}",
            "no meaning",
        ),
        ("id: x, family: two_tier, of: [sale], share_of: remainder, rates: [5%], base: {measure: volume}", "is money"),
        ("id: x, family: affiliate_manager, sales: all", "exactly one of rate, rate_from"),
        ("id: x, family: affiliate_manager, sales: mine, rate: 5%", "not one of the choices"),
        ("id: x, family: remainder, base: {measure: volume}", "is money of the orders"),
        ("id: x, family: customer_referral", "to the referrer, to the referred, or to both"),
        ("id: x, family: customer_referral, referrer: {amount: '5', rate: 5%}", "exactly one of amount, rate"),
        ("id: x, family: fast_start", "exactly one of rates, amounts"),
        ("id: x, family: fast_start, rates: [5%], caps: ['1', '2']", "one entry for each of the 1 levels"),
        ("id: x, family: fast_start, amounts: ['5'], base: {measure: volume}", "no meaning for fixed amounts"),
        ("id: x, family: own_rate, rate: 5%, rate_from: rate", "found rate and rate_from"),
        ("id: x, family: own_rate, rate: 5%, of: [recruits, new_recruits]", "each once"),
        ("id: x, family: own_rate, rate: 5%, of: [recruits], own_from: period_after_joining", "where own orders count"),
        ("id: x, family: team_commission, steps: [{rate: 5%}, {rate: 4%}]", "steps must rise in rate"),
        ("id: x, family: deduction, rates: {a: 60%, b: 50%}", "more than 100%"),
        ("id: x, family: coded_bonus, rate: 5%, amount: '3'", "exactly one of rate, amount"),
        ("id: x, family: coded_bonus, rate: 5%, rank_by_product: {kit: Gold}", "unknown rank"),
    ],
)
def test_a_mistaken_plan_is_refused_with_the_way_out(text: str, message: str) -> None:
    with pytest.raises(PlanError, match=message):
        plan(SALE, text)


@pytest.mark.parametrize("name", ["affiliate-and-referral", "sales-and-starting"])
def test_every_plan_of_the_guide_can_be_read(name: str) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "plans" / f"{name}.md").read_text(encoding="utf-8")
    found = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    assert len(found) >= 4
    for text in found:
        assert all(component.describe().ar for component in parse_plan(text).components)
    keys = set(re.findall(r"`([a-z_]+)`", guide))
    for family in set(re.findall(r"family: ([a-z_]+)", guide)):
        mine = set(FAMILIES[family].model_fields) - set(Component.model_fields) - {"family"}
        assert mine <= keys, family


def test_a_tier_can_be_redone_by_hand() -> None:
    the_plan = plan(SALE, "id: tier, family: two_tier, of: [sale], share_of: remainder, rates: [5%, 4%]")
    result = computed(the_plan, (None, "low", 10_001, None))
    # 100.01 - 10.00 = 90.01; 5% of it is 4.50; 4% of 85.51 is 3.42
    assert got(result, "tier") == [("o0", "mid", 450), ("o0", "top", 342)]
    text = explain(result, order="o0").text()
    assert "level 1: mid: 4.50 USD" in text
    assert "90.01 USD × 5%" in text
    assert "85.51 USD × 4%" in text
    only = plan(SALE, "id: tier, family: two_tier, of: [sale], share_of: sale, rates: [5%, 4%, 3%]")
    result = computed(only, (None, "low", 10_000, None))
    assert got(result, "tier") == [("o0", "mid", 500), ("o0", "top", 400)]
    assert result.breakage.rows() == [("2026-01", "tier", 3, "no-upline", 1, 300)]


def test_the_remainder_says_what_came_off() -> None:
    manager = "id: manager, family: affiliate_manager, sales: managed, rate: 10%"
    result = computed(plan(SALE, manager, "id: rest, family: remainder"), (None, "low", 10_000, None))
    text = explain(result, participant="maker").text()
    line = result.lines.filter(pl.col("component") == "rest").row(0, named=True)
    assert (line["participant_id"], line["amount"]) == ("maker", 8000)
    text = explain(result, line=line["line"]).text()
    assert "sales of the period: 100.00 USD" in text
    assert "less what sale paid: -10.00 USD" in text
    assert "less what manager paid: -10.00 USD" in text


def test_without_a_producer_the_remainder_stays_and_with_two_it_needs_their_shares() -> None:
    both = PEOPLE.with_columns(kind=pl.lit("producer"))
    table = orders_table([Order("o0", START, None, None, 1000)])
    rest = plan("id: rest, family: remainder")
    with pytest.raises(PlanMismatch, match="several participants are producers"):
        compute(rest, Network.from_table(both), table)  # type: ignore[arg-type]
    none = compute(rest, Network.from_table(PEOPLE.drop("kind")), table)  # type: ignore[arg-type]
    assert none.breakage["reason"].to_list() == ["undistributed"]
    shared = plan("id: rest, family: remainder, share_from: part")
    facts = facts_table(("maker", None, "part", "0.8"), ("top", None, "part", "0.3"))
    with pytest.raises(PlanMismatch, match="more than 100%"):
        compute(shared, Network.from_table(both), table, facts=facts)  # type: ignore[arg-type]


def test_tiers_and_managers_need_an_affiliate_component_for_whose_a_sale_is() -> None:
    for text in ("family: two_tier, share_of: sale, rates: [5%]", "family: affiliate_manager, sales: all, rate: 5%"):
        odd = plan("id: level, family: unilevel, rates: [5%]", f"id: x, of: [level], {text}")
        with pytest.raises(PlanMismatch, match="name a component of the family affiliate"):
            computed(odd, (None, "low", 1000, None))


def test_a_deduction_shows_what_it_was_reckoned_on_and_is_given_back_with_a_clawback() -> None:
    less = "id: less, family: deduction, rates: {tax: 11.33%, service: 2%}"
    result = computed(
        plan(SALE, less), (None, "low", 10_000, None), *[(None, None, 1, None)] * 31, (None, "low", -10_000, "o0")
    )
    lines = result.lines.filter(pl.col("component") == "less")
    assert lines.select("period", "level", "amount").rows() == [
        ("2026-01", 1, -113), ("2026-01", 2, -20), ("2026-02", 1, 113), ("2026-02", 2, 20),
    ]  # fmt: skip
    text = explain(result, line=lines["line"][0]).text()
    assert "awards of sale: 10.00" in text
    assert "withheld: tax" in text
    kept = plan(SALE, less + ", negative: ignored")
    result = computed(kept, (None, "low", 10_000, None), *[(None, None, 1, None)] * 31, (None, "low", -10_000, "o0"))
    assert result.totals.filter(pl.col("component") == "less")["amount"].to_list() == [-133]


def test_a_cap_per_new_member_and_period_gives_room_again_after_a_refund() -> None:
    start = plan("id: start, family: fast_start, rates: [25%, 10%], caps: ['20', null]")
    orders = [
        ("new", None, 10_000, None),
        ("new", None, 4000, None),
        ("new", None, -10_000, "o0"),
        ("new", None, 4000, None),
    ]
    result = computed(start, *orders)
    assert [amount for _, who, amount in got(result, "start") if who == "low"] == [2000, -2000, 1000]
    assert [amount for _, who, amount in got(result, "start") if who == "mid"] == [1000, 400, -1000, 400]
    assert result.breakage.filter(pl.col("reason") == "capped")["amount"].to_list() == [500 + 1000 - 500]


def test_a_code_is_explained_up_the_line() -> None:
    the_plan = plan("id: code, family: coded_bonus, amount: '50', passes_up: 1")
    result = computed(the_plan, ("low", None, 1000, None), ("new", None, 1000, None), ("low", None, 1000, None))
    # low's line was coded to top, for good; mid has coded since, and low had not when new bought
    assert got(result, "code") == [("o0", "top", 5000), ("o1", "mid", 5000), ("o2", "top", 5000)]
    text = explain(result, order="o1").text()
    assert "low: had not coded yet" in text
    assert "mid: holds the code" in text
    assert "first sale of the member: order o0" in explain(result, order="o2").text()


def test_who_leaves_in_mid_period_holds_no_code_from_then_on() -> None:
    people = PEOPLE.with_columns(left=pl.Series([None, START + timedelta(days=1), None, None, None]))
    table = orders_table(
        [Order("o0", START, "low", None, 1000), Order("o1", START + timedelta(days=2), "new", None, 1000)]
    )
    the_plan = plan("id: code, family: coded_bonus, amount: '50', passes_up: 0")
    result = compute(the_plan, Network.from_table(people), table)  # type: ignore[arg-type]
    assert got(result, "code") == [("o0", "mid", 5000), ("o1", "low", 5000)]
    later = plan("id: code, family: coded_bonus, amount: '50', passes_up: 0, eligibility: {kinds: [distributor]}")
    result = compute(later, Network.from_table(people), table)  # type: ignore[arg-type]
    assert got(result, "code") == [("o0", "mid", 5000), ("o1", "top", 5000)]


def test_a_referral_by_code_and_nothing_for_oneself() -> None:
    reward = plan("id: r, family: customer_referral, referrer: {amount: '5'}, referred: {amount: '5'}")
    orders = orders_table(
        [
            Order("o0", START, "outsider", None, 1000, "low"),
            Order("o1", START, "new", None, 1000, "top"),
            Order("o2", START, "low", None, 1000, "low"),
            Order("o3", START, "outsider", None, -500, None, "o0"),
        ]
    )
    result = compute(reward, Network.from_table(PEOPLE), orders)  # type: ignore[arg-type]
    assert got(result, "r") == [("o0", "low", 500), ("o1", "top", 500), ("o1", "new", 500), ("o3", "low", -250)]


def test_a_refunded_entry_takes_the_recruitment_bonus_back() -> None:
    bonus = plan("id: b, family: recruitment_bonus, amount: '50'")
    orders = [
        ("new", None, 10_000, None),
        ("low", None, 10_000, None),
        ("new", None, -10_000, "o0"),
        ("low", None, -5000, "o1"),
    ]
    result = computed(bonus, *orders)
    assert got(result, "b") == [("o0", "low", 5000), ("o1", "mid", 5000), ("o2", "low", -5000), ("o3", "mid", -2500)]
    assert "takes back the reward of order o0" in explain(result, order="o2").text()
    kept = plan("id: b, family: recruitment_bonus, amount: '50', reversals: ignore")
    assert len(got(computed(kept, *orders), "b")) == 2


def test_what_is_held_is_held_no_longer_once_its_order_is_refunded() -> None:
    the_plan = plan(
        "id: b, family: recruitment_bonus, amount: '50', hold_back: {free: 0, then_rank: Gold}",
        head="ranks: {source: purchases, order: [Silver, Gold]}\n",
    )
    table = orders_table(
        [
            Order("o0", START, "new", None, 1000),
            Order("o1", START + timedelta(days=1), "new", None, -1000, None, "o0"),
            Order("o2", START + timedelta(days=2), "low", None, 1000),
        ],
        product=[None, None, "Gold"],
    )
    held = compute(the_plan, Network.from_table(PEOPLE), table[:2])  # type: ignore[arg-type]
    assert held.balance["held"].to_list() == [0]
    released = compute(the_plan, Network.from_table(PEOPLE), table)  # type: ignore[arg-type]
    mine = released.lines.filter(pl.col("participant_id") == "low")
    assert mine.select("source_order_id", "amount", "status", "paid_with_order_id").rows() == [
        ("o0", 5000, "released", "o2"),
        ("o1", -5000, "released", "o2"),
    ]
    ties(released)


def test_events_pay_by_count_and_only_whom_may_earn() -> None:
    the_plan = plan(
        "id: e, family: fixed_per_event, amount: '10', count_from: bookings, eligibility: {kinds: [distributor]}"
    )
    facts = facts_table(("top", "2026-01", "bookings", "3"), ("low", "2026-01", "bookings", "2"))
    result = computed(the_plan, (None, None, 100, None), facts=facts)
    assert result.totals.select("participant_id", "amount").rows() == [("top", 3000)]
    assert result.breakage.select("reason", "amount").rows() == [("ineligible", 2000)]
    assert "3 × 10 = 30" in explain(result, line=1).text()
