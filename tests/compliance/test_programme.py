"""Which kind of programme records look like, in plain words; published claims; and the pack of practice."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from compliance import Records, measure
from compliance.indicators import REGISTRY
from compliance.programme import CLAIMS, ProgrammeReading, read_programme
from compliance.programme_words import SAID
from compliance.rules import Rule, load_pack
from tests.compliance.conftest import write_tables
from tests.compliance.test_affiliates import managed, sales, shop
from tests.compliance.test_packs import BIDI, LATIN_COMMA, LONE_WAW, TEXTS, WRONG_ARABIC
from tests.compliance.test_referral import shop as referral_shop
from tests.compliance.test_referral import two_tiers

READ = sorted({id_ for _, _, id_, _, _ in SAID} | {"members_by_kind"})


def reading(records: Records) -> ProgrammeReading:
    found = read_programme(measure(records, READ))
    assert ProgrammeReading.model_validate_json(found.model_dump_json()) == found
    for text in (*(line.text for line in found.lines), *(claim.here for claim in found.claims)):
        assert "{" not in text.en + text.ar
        assert re.search("[\u0600-\u06ff]", text.ar)
    return found


def said(found: ProgrammeReading, topic: str) -> str:
    return " ".join(line.text.en for line in found.lines if line.topic == topic and line.measured)


def test_an_affiliate_programme_with_trouble(company: Any) -> None:
    found = reading(company(**shop(troubled=True)))
    assert found.kind == "affiliate"
    assert "affiliates: 12" in found.why.en
    assert "Delivery times and the number of active affiliates rise together at 1" in said(found, "service")
    assert not found.claims
    assert not said(found, "saturation")


def test_managers_and_payment_of_an_affiliate_programme(company: Any) -> None:
    found = reading(company(**managed(sells=True)))
    assert found.kind == "affiliate"
    assert "affiliate managers: 2" in found.why.en
    assert "Managers who sell besides managing: 50%" in said(found, "managers")
    paid = reading(company(**sales([5, None, 90])))
    assert "no payment names: 33.3%" in said(paid, "payment")
    assert any(not line.measured and line.indicator == "unpaid_commissions" for line in paid.lines)


def test_a_referral_programme_beside_published_claims(company: Any) -> None:
    found = reading(company(**referral_shop()))
    assert found.kind == "referral"
    assert "customers who were referred: 39" in found.why.en
    assert "Invitations that led to a purchase: 78%" in said(found, "referral")
    assert [claim.verified for claim in found.claims].count(True) == 2
    first = found.claims[0]
    assert first.indicator == "referred_spend"
    assert first.here.en.startswith("Spending of referred customers against others: 0.9")
    assert found.claims[-1].here.en == "Records cannot say this."


@pytest.mark.parametrize(("share", "kind"), [(0, "affiliate"), (10, "affiliate")])
def test_one_level_above_the_seller_is_still_an_affiliate_programme(company: Any, share: int, kind: str) -> None:
    found = reading(company(**two_tiers(share)))
    assert found.kind == kind
    assert f"Levels above the seller that were paid: {1 if share else 0}." in said(found, "levels")


def test_affiliates_by_name_who_are_paid_on_several_levels_are_a_network(scheme: Records) -> None:
    found = reading(scheme)
    assert found.kind == "network"
    assert "levels above the seller that got a hundredth or more: 3" in found.why.en
    assert "from customers' money alone: 0" in said(found, "saturation")


def test_a_network_with_invited_customers_is_mixed(company: Any) -> None:
    tables = referral_shop()
    tables["participants"] += [{"id": "s"}, {"id": "t", "sponsor_id": "s"}]
    assert reading(company(**tables)).kind == "mixed"


def test_affiliates_and_referrals_together_are_not_asked_what_a_network_is_asked(company: Any) -> None:
    tables = referral_shop()
    tables["participants"] += [{"id": "a0", "kind": "affiliate"}]
    found = reading(company(**tables))
    assert found.kind == "mixed"
    assert {line.topic for line in found.lines} == {
        "levels",
        "service",
        "managers",
        "payment",
        "attribution",
        "referral",
    }


def test_nothing_is_made_of_nothing(company: Any) -> None:
    found = reading(company(participants=[{"id": "a", "kind": "customer"}]))
    assert (found.kind, found.lines, found.claims) == ("unknown", (), ())


def test_every_sentence_reads_a_measurement_that_exists(company: Any) -> None:
    assert {id_ for _, _, id_, _, _ in SAID} <= set(REGISTRY)
    text = CLAIMS.read_text(encoding="utf-8")
    assert set(re.findall(r"indicator: (\w+)", text)) <= set(REGISTRY)


# The pack


PACK = load_pack("affiliate")


@pytest.mark.parametrize("rule", PACK.rules, ids=lambda rule: rule.id)
def test_practice_is_never_law(rule: Rule) -> None:
    assert rule.legal_force == "indicator"
    assert rule.jurisdiction == "XX"
    assert rule.severity != "critical"
    assert rule.source_url
    assert rule.verified_basis == "secondary"
    assert rule.indicator is None or rule.indicator in REGISTRY
    for name in TEXTS:
        text = getattr(rule, name)
        if text is not None and name != "article":
            assert re.search("[\u0600-\u06ff]", text.ar), text.ar
            for wrong in (WRONG_ARABIC, LATIN_COMMA, LONE_WAW, BIDI):
                assert not wrong.search(text.ar), text.ar


ELSEWHERE = {"unpaid_commissions", "plan_levels", "entry_cost"}
"""Measured where there is a plan (test_affiliates, test_saturation), or a network."""


def test_every_rule_reads_a_figure_that_some_shop_gives(tmp_path: Path) -> None:
    """A wrong id of an indicator or of a variant would read as "not measurable" for ever."""
    clicks = [
        {"participant_id": who, "buyer_id": "b0", "date": datetime.fromisoformat("2024-01-09")} for who in ("a0", "a1")
    ]
    paid = {
        **sales([5, 9]),
        "participants": [{"id": f"a{at}", "kind": "affiliate"} for at in range(2)],
        "clicks": clicks,
    }
    shops = (shop(troubled=True), managed(sells=True), paid, referral_shop(), two_tiers(10))
    wanted = sorted({rule.indicator for rule in PACK.rules if rule.indicator})
    given: set[tuple[str, str]] = set()
    for number, tables in enumerate(shops):
        with Records.open(write_tables(tmp_path / str(number), tables)) as records:
            given |= {(each.id, one.id) for each in measure(records, wanted) for one in each.variants if one.measurable}
    for rule in PACK.rules:
        if rule.indicator is not None and rule.indicator not in ELSEWHERE:
            assert (rule.indicator, rule.reads) in given, rule.id


def test_a_number_stands_only_where_it_is_zero_or_one() -> None:
    """Practice gives no limits; zero, and one level, are the only numbers that need none."""
    assert {rule.threshold for rule in PACK.rules if rule.threshold is not None} == {"0", "1"}
