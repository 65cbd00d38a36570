"""Rules meet real measurements: every binding exists, and findings on real records say no more than they
carry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from compensation import parse_plan
from compliance.assumptions import Assumptions
from compliance.findings import Finding, grouped
from compliance.indicators import REGISTRY, measure
from compliance.judge import judge
from compliance.measurement import Measurement
from compliance.records import Records
from compliance.rules import Rule, load_packs
from tests.compliance.conftest import Company, write_tables

RULES = load_packs()
LAW = [rule for rule in RULES if rule.indicator and rule.pack != "affiliate"]
"""Affiliate and referral programmes have tables of their own; test_programme.py holds that pack against them."""


@pytest.fixture(scope="module")
def measured(scheme: Records) -> dict[str, Measurement]:
    return {measurement.id: measurement for measurement in measure(scheme)}


@pytest.fixture(scope="module")
def findings(measured: dict[str, Measurement]) -> dict[str, Finding]:
    return {finding.id: finding for finding in judge(RULES, measured.values(), include_disabled=True)}


NEEDS_MORE = {"threshold_bunching", "price_premium"}
"""A curve is fitted through hundreds of purchases, and prices elsewhere come from a data sheet; the indicators' own tests
have both."""

PLAN = """\
id: p
title: {en: P, ar: خ}
currency: USD
period: month
activity: {rule: personal_volume, at_least: "5"}
components:
  - {id: level, family: unilevel, rates: [5%, 5%], eligibility: {requires: {autoship: {}}}}
"""


def seller_tables() -> dict[str, list[dict[str, Any]]]:
    """A small company whose records carry everything: two years of joinings, sales, pay, returns and letters."""
    months = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)]
    people = [f"p{number}" for number in range(24)]
    participants: list[dict[str, Any]] = [
        {
            "id": name,
            "sponsor_id": people[(at - 1) // 2] if at else None,
            "joined": f"{months[at]}-03",
            "country": "US",
            "person": f"n{at}",
        }
        for at, name in enumerate(people)
    ]
    orders: list[dict[str, Any]] = []
    payouts: list[dict[str, Any]] = []

    def sell(month: str, buyer: str, seller: str, amount: int, **more: Any) -> str:
        id_ = f"o{len(orders)}"
        shared = {"id": id_, "date": f"{month}-10", "buyer_id": buyer, "seller_id": seller, "amount": amount}
        orders.append(
            {"currency": "USD", "quantity": 1, "volume": amount, "category": "product", "product": "x"} | shared | more
        )
        return id_

    for at, month in enumerate(months):
        newcomer = people[at]
        sponsor = people[(at - 1) // 2] if at else newcomer
        kit = sell(
            month, newcomer, newcomer, 9_900, category="starter_kit", cost=4_000, date=f"{month}-03", product="kit"
        )
        if at:
            payouts.append({"participant_id": sponsor, "source_order_id": kit, "source_participant_id": newcomer})
        for number in range(min(at + 1, 8)):
            who = people[number]
            own = sell(month, who, who, 10_000 + number, category="autoship" if number % 2 else "product")
            for customer in range(1 + number % 2):
                receipt = f"R{len(orders)}" if customer else None
                retail = sell(month, f"c{number}-{customer}", who, 6_000, buyer_kind="customer", receipt=receipt)
                payouts.append({"participant_id": who, "source_order_id": retail})
            if number:
                upline = people[(number - 1) // 2]
                payouts.append({"participant_id": upline, "source_order_id": own, "source_participant_id": who})
        for paid in payouts:
            paid.setdefault("date", f"{month}-28")
    lines = [
        {"id": f"y{at}", "component": "level", "level": 1, "amount": 1_500, "currency": "USD", **paid}
        for at, paid in enumerate(payouts)
    ]
    bought = [order for order in orders if order["category"] == "product" and "buyer_kind" not in order]
    outcomes = ("refunded", "partly_refunded", "refused", "refunded")
    returns = [
        {
            "id": f"r{at}",
            "order_id": order["id"],
            "participant_id": order["buyer_id"],
            "requested": f"{order['date'][:7]}-15",
            "decided": f"{order['date'][:7]}-20",
            "outcome": outcomes[at % 4],
            "amount": (order["amount"], order["amount"] // 2, 0, order["amount"])[at % 4],
            "currency": "USD",
        }
        for at, order in enumerate(bought[:12])
    ]
    return {"participants": participants, "orders": orders, "payouts": lines, "returns": returns}


@pytest.fixture(scope="module")
def seller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Measurement]]:
    """Everything that can be measured of the small company."""
    folder = write_tables(tmp_path_factory.mktemp("seller"), seller_tables())
    chosen = Assumptions(allowance=Decimal(100), population=1_000_000, population_source="stated in a test")
    with Records.open(folder, plan=parse_plan(PLAN), currencies={"USD": 2}, assumptions=chosen) as records:
        wanted = sorted({rule.indicator for rule in LAW if rule.indicator})
        yield {measurement.id: measurement for measurement in measure(records, wanted)}


@pytest.mark.parametrize("rule", LAW, ids=lambda rule: rule.id)
def test_rule_is_bound_to_what_exists(rule: Rule, seller: dict[str, Measurement]) -> None:
    """A wrong id of an indicator or of a definition would read as "not measurable" for ever."""
    assert rule.indicator in REGISTRY
    known = {variant.id: variant for variant in seller[rule.indicator].variants}
    assert rule.reads in known
    assert rule.definitions == "all" or set(rule.definitions) <= set(known)
    read = [rule.reads, *rule.definitions]
    measurable = any(known[name].measurable for name in read)
    assert measurable or rule.indicator in NEEDS_MORE, f"{rule.indicator}: no figure even where all is recorded"


def test_rules_of_practice_are_bound_to_what_exists() -> None:
    assert {rule.indicator for rule in RULES if rule.indicator} <= set(REGISTRY)


def test_rules_that_read_the_same_figure_share_a_group() -> None:
    """A metric is scored once, whatever hangs on it."""
    groups: dict[str, set[str]] = {}
    for rule in RULES:
        if rule.indicator and rule.alternative is None:
            groups.setdefault(rule.indicator, set()).add(rule.group)
    assert all(len(names) == 1 for names in groups.values()), groups


def test_a_unit_without_money_is_never_held_against_a_currency(measured: dict[str, Measurement]) -> None:
    for rule in RULES:
        if rule.indicator and rule.currency:
            assert measured[rule.indicator].unit == "money"


def test_the_schemes_fee_and_its_upline_pay_are_found(findings: dict[str, Finding]) -> None:
    """Every member's entry fee is on the chain, and most payouts name the member whose upgrade gave rise to
    them."""
    fee = findings["cn.chuanxiao2005.entry_fee"]
    assert fee.state == "breached"
    assert fee.value is not None
    assert float(fee.value) > 0
    assert "USDT" in fee.sentence.en
    assert fee.evidence is not None
    assert findings["cn.chuanxiao2005.team_pay"].measurement == "upline_payouts"
    assert findings["cn.crim224_1.prosecution"].state == "gate"
    assert findings["cn.crim224_1.prosecution"].value == "4016"
    assert findings["cn.crim224_1.levels3"].value == "28"


def test_sums_in_tokens_are_not_held_against_yuan(findings: dict[str, Finding]) -> None:
    finding = findings["cn.crim224_1.serious_money"]
    assert finding.state == "not_measurable"
    assert "different currencies" in finding.sentence.en


def test_what_the_chain_does_not_carry_is_not_measurable(findings: dict[str, Finding]) -> None:
    for rule in ("us.amway1979.retail70", "us.dsa.buyback90", "cn.direct2005.cap30", "ind.refund_denial"):
        assert findings[rule].state == "not_measurable", rule
        assert findings[rule].why_not is not None


def test_a_retailer_without_a_network_meets_no_sign(retailer: Records) -> None:
    """Real orders of a shop: whatever is not measurable stays so, and nothing is flagged."""
    states = {group.group: group.state for group in grouped(judge(RULES, measure(retailer)))}
    assert "breached" not in states.values()
    assert "borderline" not in states.values()


def test_sentences_on_real_records_hold_no_verdict(findings: dict[str, Finding]) -> None:
    verdict = re.compile(r"\b(illegal|unlawful|fraud\w*|scam|guilty|victim\w*|pyramid)\b", re.IGNORECASE)
    for finding in findings.values():
        published = finding.rule.reference.en if finding.rule.reference else ""
        if finding.rule.question is None:
            said = finding.sentence.en.replace(published, "")
            assert not verdict.search(said), said


def test_recipients_behind_are_counted_among_recipients(company: Company) -> None:
    """The figure of us.vemma2015.commissioned_losers: whoever was paid nothing is not in its whole."""
    people = [{"id": name} for name in "abcd"]
    bought = [{"id": f"o{name}", "buyer_id": name, "amount": 1_000, "currency": "USD"} for name in "abc"]
    paid = {"a": 400, "b": 1_000, "d": 50}
    payouts = [
        {"id": name, "participant_id": name, "amount": sum_, "currency": "USD", "component": "x"}
        for name, sum_ in paid.items()
    ]
    (found,) = measure(company(participants=people, orders=bought, payouts=payouts), ["net_loss_share"])
    recipients = found.variant("of_recipients")
    assert (recipients.numerator, recipients.denominator) == (1, 3)
