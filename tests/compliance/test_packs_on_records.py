"""Rules meet real measurements: every binding exists, and findings on real records say no more than they
carry."""

from __future__ import annotations

import re

import pytest

from compliance.findings import Finding, grouped
from compliance.indicators import REGISTRY, measure
from compliance.judge import judge
from compliance.measurement import Measurement
from compliance.records import Records
from compliance.rules import Rule, load_packs

RULES = load_packs()


@pytest.fixture(scope="module")
def measured(scheme: Records) -> dict[str, Measurement]:
    return {measurement.id: measurement for measurement in measure(scheme)}


@pytest.fixture(scope="module")
def findings(measured: dict[str, Measurement]) -> dict[str, Finding]:
    return {finding.id: finding for finding in judge(RULES, measured.values(), include_disabled=True)}


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.indicator], ids=lambda rule: rule.id)
def test_rule_is_bound_to_what_exists(rule: Rule, measured: dict[str, Measurement]) -> None:
    """A wrong id of an indicator or of a definition would read as "not measurable" for ever."""
    assert rule.indicator in REGISTRY
    known = {variant.id for variant in measured[rule.indicator].variants}
    assert rule.reads in known
    assert rule.definitions == "all" or set(rule.definitions) <= known


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
