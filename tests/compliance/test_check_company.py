"""The check as a whole: the model texts' figures, the signs of each country, what is hidden, both languages."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from compensation import load_plan
from compensation.plan import parse_plan
from compliance.check import (
    CheckInputs,
    CheckRequest,
    CompanyCheck,
    IncomeGiven,
    IncomeTable,
    check_company,
    check_lines,
    check_page,
    inputs_of,
    parse_income_table,
)
from compliance.check.amounts import digits, money, share
from compliance.errors import UnknownPack
from compliance.questionnaire import Answer
from intake.text import LANGUAGES

PLAN = """
id: plain
title: {en: Plain, ar: بسيطة}
currency: EGP
components:
  - {id: levels, family: unilevel, rates: ["8%", "5%"], orders: {categories: [product]}}
"""


def inputs(**more: Any) -> CheckInputs:
    """Model texts 12 to 14: 1,650 + 12 x 650, a median of 310, 38% left out, 135 for a recruit."""
    known: dict[str, Any] = {
        "joining": 165_000,
        "monthly": 65_000,
        "currency": "EGP",
        "scale": 2,
        "income": IncomeTable.of_median(31_000, currency="EGP", scale=2),
        "covers": Fraction(62, 100),
        "recruit_bonus": 13_500,
    }
    return CheckInputs(**(known | more))


def test_the_model_texts() -> None:
    check = check_company(inputs())
    assert check.cost.low == check.cost.high == "9450"
    assert check.cost.sums[0].en == "1,650 + 12 × 650 = 9,450"
    assert check.middle.high == "-9140"
    assert check.middle.sums[-1].en == "310 − 9,450 = −9,140"
    assert check.middle.variants[0].low == check.middle.variants[0].high == "-9140"
    assert (check.chance.low, check.chance.high) == ("0", "0.31")
    needed = check.people_needed
    assert needed is not None
    assert needed.levels == (70, 4_900, 343_000)
    assert [line.en for line in needed.sums] == ["9,450 ÷ 135 = 70", "70 × 70 × 70 = 343,000"]
    arabic = "\n".join(check_lines(check, "ar"))
    assert "نصف المشاركين حصلوا على \u2066310\u2069\u00a0جنيهات مصرية أو أقل" in arabic
    assert "\u2066310 − 9,450 = −9,140\u2069" in arabic


def test_a_division_with_a_rest_rounds_up() -> None:
    needed = check_company(inputs(recruit_bonus=14_000)).people_needed
    assert needed is not None
    assert needed.needed == 68
    assert needed.sums[0].en == "9,450 ÷ 140 ≈ 67.5, so 68 people"


@pytest.mark.parametrize(
    ("bonus", "said", "quotient"),
    [
        (13_500, "A market rarely holds that many.", "9,450 ÷ 135 = 70"),
        (300, "More people than live on Earth.", "9,450 ÷ 3 = 3,150"),
        (945_000, None, "9,450 ÷ 9,450 = 1"),
    ],
)
def test_the_third_level_is_held_against_the_world(bonus: int, said: str | None, quotient: str) -> None:
    needed = check_company(inputs(recruit_bonus=bonus)).people_needed
    assert needed is not None
    assert needed.sums[0].en == quotient
    assert [text.en for text in needed.says[2:]] == ([] if said is None else [said])


def test_what_is_no_law_for_everybody_is_called_so() -> None:
    lines = "\n".join(check_lines(check_company(inputs(laws=("us", "eg"))), "en"))
    assert "FTC v. Vemma, stipulated order, Section II (binds that company only)" in lines
    assert "(a religious opinion, not law)" in lines


def test_without_a_table_two_figures_are_not_known() -> None:
    check = check_company(inputs(income=None, covers=None, recruit_bonus=None))
    assert check.cost.known
    assert not check.middle.known
    assert not check.chance.known
    assert check.people_needed is None
    assert check.hides == ()
    assert len(check.asks) == 1
    assert "Ask the sponsor" in check.middle.says[0].en


def test_a_net_table_is_not_charged_twice() -> None:
    table = parse_income_table("from,to,share\n0,0,40%\n1,100,60%\n", currency="EGP", scale=2, net=True)
    check = check_company(inputs(income=table, covers=None))
    assert (check.middle.low, check.middle.high) == ("1", "100")
    assert (check.chance.low, check.chance.high) == ("0.6", "0.6")
    assert "net_loss_share" not in {each.id for each in check.measurements}


def test_averages_only_are_called_so() -> None:
    table = parse_income_table("rank,share,average\nA,66%,830\nB,34%,9000\n", currency="EGP", scale=2)
    check = check_company(inputs(income=table, covers=None))
    assert check.middle.basis == "average"
    assert check.middle.low == "-8620"
    assert "half of that bracket may have received much less" in check.middle.says[0].en
    assert check.chance.low == "0"
    assert Fraction(str(check.chance.high)) == pytest.approx(Fraction(66 * 830 + 34 * 9000, 945_000))


def signs(check: CompanyCheck) -> dict[str, str]:
    return {finding.id: finding.state for finding in check.findings}


def test_china_asks_for_no_fee_and_one_level() -> None:
    found = signs(check_company(inputs(laws=("cn",))))
    assert found["cn.direct2005.no_entry_fee"] == "breached"
    assert found["cn.chuanxiao2005.entry_fee"] == "breached"
    assert found["cn.chuanxiao2005.headcount"] == "breached"
    assert found["cn.direct2005.single_level"] == "breached"
    assert "cn.crim224_1.levels3" not in found, "only records could tell"


def test_free_to_join_shows_no_sign_of_a_fee() -> None:
    found = signs(check_company(inputs(joining=0, monthly=0, recruit_bonus=None, laws=("cn",))))
    assert found["cn.direct2005.no_entry_fee"] == "met"
    assert found["cn.chuanxiao2005.entry_fee"] == "met"
    assert "cn.chuanxiao2005.headcount" not in found, "nobody said that nothing is paid for recruits"


def test_a_monthly_purchase_leaves_the_fee_open() -> None:
    found = signs(check_company(inputs(joining=0, laws=("cn",))))
    assert found["cn.chuanxiao2005.entry_fee"] == "not_measurable"


def test_a_plan_tells_levels_and_that_joining_pays_nothing() -> None:
    check = check_company(inputs(plan=parse_plan(PLAN), recruit_bonus=None, laws=("cn",)))
    measured = {each.id: each for each in check.measurements}
    assert measured["upline_payouts"].value == measured["paid_levels"].value == "2"
    assert measured["recruitment_rewards"].value == "0"
    found = signs(check)
    assert found["cn.chuanxiao2005.team_pay"] == "breached"
    assert found["cn.chuanxiao2005.headcount"] == "met"


def test_a_plan_that_pays_on_every_order_leaves_recruiting_open() -> None:
    plan = parse_plan(PLAN.replace(", orders: {categories: [product]}", ""))
    check = check_company(inputs(plan=plan, recruit_bonus=None))
    assert "recruitment_rewards" not in {each.id for each in check.measurements}


def test_own_sales_are_no_level_above() -> None:
    plan = parse_plan(PLAN.replace('["8%", "5%"], orders: {', '["8%"], orders: {buyer_kinds: [customer], '))
    measured = {each.id: each.value for each in check_company(inputs(plan=plan, recruit_bonus=None)).measurements}
    assert measured["upline_payouts"] == "0"


def test_the_bonus_comes_from_the_plan(beehive: Path) -> None:
    check = check_company(
        CheckInputs(joining=120_000_000, monthly=0, currency="USDT", scale=6, plan=load_plan(beehive / "plan.yaml"))
    )
    assert check.people_needed is not None
    assert (check.people_needed.bonus, check.people_needed.needed) == ("100", 2)
    assert {each.id: each.value for each in check.measurements}["upline_payouts"] == "19"


def test_answers_are_judged_and_no_longer_asked() -> None:
    before = check_company(inputs(laws=("eg",)))
    assert before.questions[0].severity == "critical"
    question = before.questions[0].rule
    answer = Answer(rule=question, value="yes", who="N.", when=date(2026, 1, 2))
    after = check_company(inputs(laws=("eg",), answers=(answer,)))
    assert question not in {each.rule for each in after.questions}
    assert signs(after)[question] == "breached"
    unknown = check_company(inputs(laws=("eg",), answers=(answer.model_copy(update={"value": "unknown"}),)))
    assert question in {each.rule for each in unknown.questions}


def test_questions_are_few_and_gravest_first() -> None:
    check = check_company(inputs(laws=("us", "cn", "eu", "eg")))
    severities = ["critical", "high", "medium", "low", "info"]
    ranks = [severities.index(question.severity) for question in check.questions]
    assert len(ranks) == 8
    assert ranks == sorted(ranks)
    assert check.questions_left > 0
    assert len({question.text.en for question in check.questions}) == 8


def test_an_unknown_law_is_refused() -> None:
    with pytest.raises(UnknownPack, match="there are"):
        check_company(inputs(laws=("zz",)))


ALL_NET = "All participants; net income after expenses\n"
ROWS = "from,to,share\n0,0,60%\n100,150,40%\n"
HIDES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "nothing": (ALL_NET + ROWS, {}, []),
    "left out": (ALL_NET + ROWS, {"covers": Fraction(62, 100)}, ["left_out"]),
    "active": ("Active only; net income\n" + ROWS, {}, ["only_some"]),
    "not said whom": ("net income\n" + ROWS, {}, ["people_not_said"]),
    "gross": ("All participants, before expenses\n" + ROWS, {}, ["gross"]),
    "expenses not said": ("All participants\n" + ROWS, {}, ["expenses_not_said"]),
    "no row of zero": (
        "All participants, before expenses\nfrom,to,share\n1,2,60%\n3,,40%\n",
        {},
        ["nothing_not_shown", "gross", "open_top"],
    ),
    "averages": (ALL_NET + "rank,share,average\nNone,60%,0\nA,40%,5\n", {}, ["averages_only"]),
    "wide": (ALL_NET + "from,to,share\n0,0,30%\n1,500,70%\n", {}, ["middle_wide"]),
    "lifted": (ALL_NET + "rank,share,average,median\nNone,60%,0,0\nA,40%,500,20\n", {}, ["lifted_average"]),
    "months": (ALL_NET + ROWS, {"period": "month"}, ["annualised"]),
    "annualised": (ALL_NET.replace("net", "annualised net") + ROWS, {}, ["annualised_by_company"]),
    "open top": (ALL_NET + "from,to,share\n0,0,60%\n100,,40%\n", {}, ["open_top"]),
    "missing": (ALL_NET + "from,to,share\n0,0,60%\n100,150,20%\n", {}, ["shares_missing"]),
    "mostly the top": (
        ALL_NET + "from,to,share\n0,0,60%\n10,15,37%\n100,150,2%\n1000,1500,1%\n",
        {},
        ["top_rows"],
    ),
}


@pytest.mark.parametrize("name", HIDES)
def test_only_what_the_table_tells_is_said_to_be_hidden(name: str) -> None:
    text, more, expected = HIDES[name]
    table = parse_income_table(text, currency="EGP", scale=2, period=more.get("period", "year"))
    check = check_company(inputs(income=table, covers=more.get("covers")))
    assert [each.id for each in check.hides] == expected
    asked = [each.ask.en for each in check.hides if each.ask is not None]
    assert [text.en for text in check.asks] == list(dict.fromkeys(asked))


PRACTICES = {
    "nothing": ["not_seen", "not_seen", "not_known", "not_seen", "not_known"],
    "active": ["seen", "not_seen", "not_known", "not_seen", "not_known"],
    "gross": ["not_seen", "seen", "not_known", "not_seen", "not_known"],
    "expenses not said": ["not_seen", "not_known", "not_known", "not_seen", "not_known"],
    "not said whom": ["not_known", "not_seen", "not_known", "not_seen", "not_known"],
    "mostly the top": ["not_seen", "not_seen", "seen", "not_seen", "not_known"],
    "averages": ["not_seen", "not_seen", "not_known", "seen", "not_known"],
    "wide": ["not_seen", "not_seen", "not_known", "seen", "not_known"],
    "lifted": ["not_seen", "not_seen", "not_known", "not_seen", "seen"],
    "annualised": ["not_seen", "not_seen", "not_known", "not_seen", "seen"],
}


@pytest.mark.parametrize("name", PRACTICES)
def test_the_five_practices_are_looked_for(name: str) -> None:
    table = parse_income_table(HIDES[name][0], currency="EGP", scale=2)
    check = check_company(inputs(income=table, covers=None))
    assert [each.state for each in check.practices] == PRACTICES[name]
    assert check_company(inputs(income=None, covers=None)).practices == ()


def test_who_reached_the_income_that_was_named() -> None:
    table = parse_income_table("from,to,share\n0,0,60%\n100,1200,30%\n1201,9999,10%\n", currency="EGP", scale=2)
    check = check_company(inputs(income=table, covers=None, claimed=10_000))
    assert check.claim is not None
    assert (check.claim.low, check.claim.high) == ("0.1", "0.4"), "exactly 1,200 a year reaches 100 a month"
    assert check.claim.sums[0].en == "12 × 100 = 1,200"
    assert check_company(inputs(income=None, covers=None, claimed=10_000)).claim is None


def test_a_job_is_told_from_a_commission() -> None:
    points = {each.id: each for each in check_company(inputs()).job.points}
    assert {name: each.known for name, each in points.items()} == {
        "costs": "yes", "contract": "unknown", "fixed_pay": "unknown", "reimbursed": "unknown", "must_buy": "yes",
        "sell_alone": "unknown", "own_terms": "unknown",
    }  # fmt: skip
    assert "9,450" in points["costs"].says.en
    planned = check_company(inputs(plan=parse_plan(PLAN), hours=10, job={"contract": "yes"})).job
    known = {each.id: (each.known, each.basis) for each in planned.points}
    assert known["contract"] == ("yes", "answer")
    assert known["fixed_pay"] == ("no", "plan")
    assert known["sell_alone"] == ("no", "plan")
    assert "310 ÷ 520" in {each.id: each for each in planned.points}["hour"].says.en
    assert planned.says.en.startswith("Only a commission")
    own = PLAN.replace('["8%", "5%"], orders: {', '["8%"], orders: {buyer_kinds: [customer], ')
    assert {each.id: each.known for each in check_company(inputs(plan=parse_plan(own))).job.points}[
        "sell_alone"
    ] == "yes"
    both = check_company(inputs(job={"contract": "yes", "fixed_pay": "yes"})).job
    assert "employment" in both.says.en
    assert check_company(inputs(job={"contract": "unknown"})).job.says.en.startswith("Not known")


def test_costs_are_held_against_limits_in_the_same_money() -> None:
    def offered(currency: str, scale: int, laws: tuple[str, ...], joining: int, monthly: int = 0) -> dict[str, str]:
        told = {"joining": joining * 10**scale, "monthly": monthly * 10**scale, "currency": currency, "scale": scale}
        return signs(check_company(CheckInputs(**told, laws=laws)))  # type: ignore[arg-type]

    assert offered("GBP", 2, ("gb",), 201)["uk.tsr1997.max200_7days"] == "breached"
    assert offered("GBP", 2, ("gb",), 200)["uk.tsr1997.max200_7days"] in ("met", "borderline")
    assert offered("GBP", 2, ("gb",), 150, 60)["uk.tsr1997.max200_7days"] == "not_measurable", (
        "a purchase may come on top"
    )
    assert offered("EGP", 2, ("gb",), 201)["uk.tsr1997.max200_7days"] == "not_measurable"
    assert offered("KRW", 0, ("kr",), 10_000, 5_000)["kr.dds.burden"] == "breached"
    assert offered("KRW", 0, ("kr",), 10_000, 1_000)["kr.dds.burden"] == "met"


def test_low_pay_is_told_in_dollars_only() -> None:
    text = "from,to,share\n0,0,60%\n1,1000,30%\n1001,9999,10%\n"

    def share_of(currency: str, **more: Any) -> list[str | None]:
        table = parse_income_table(text, currency=currency, scale=2, **more)
        found = check_company(inputs(income=table, covers=None, currency=currency)).measurements
        return [each.value for each in found if each.id == "low_yearly_pay"]

    assert share_of("USD") == ["0.9"]
    assert share_of("USD", net=True) == share_of("EGP") == []


def test_levels_typed_from_a_brochure_are_measured() -> None:
    measured = {each.id: each for each in check_company(inputs(recruit_bonus=None, levels=5)).measurements}
    assert (measured["upline_payouts"].value, measured["upline_payouts"].bound) == ("5", "lower")


def test_json_in_and_out() -> None:
    check = check_company(inputs(laws=("cn", "eg")))
    assert CompanyCheck.model_validate_json(check.model_dump_json()) == check
    asked = inputs(plan=parse_plan(PLAN))
    assert CheckInputs.model_validate_json(inputs().model_dump_json()) == inputs()
    assert check_company(asked) == check_company(asked)


VERDICTS = re.compile(r"pyramid scheme|\bscam\b|\bfraud\b|illegal|نصب|احتيال|مخالفة|ضحايا", re.IGNORECASE)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_lines_are_plain_and_give_no_verdict(language: Any) -> None:
    table = parse_income_table("Active\nfrom,to,share\n0,0,60%\n1,500,30%\n501,,10%\n", currency="EGP", scale=2)
    check = check_company(inputs(income=table, months=6, laws=("eg",)))
    lines = check_lines(check, language)
    own = [line for line in lines if line.strip() and not line.lstrip().startswith("- ")]
    assert not any(VERDICTS.search(line) for line in own)
    assert "{" not in "".join(lines)
    if language == "ar":
        for line in lines:
            assert line.count("\u2066") + line.count("\u2068") == line.count("\u2069"), line
            outside = re.sub("[\u2066\u2068][^\u2069]*\u2069", "", line)
            assert "−" not in outside
            assert "," not in outside or "أرقام منشورة" in line, "figures of ours are set apart"
            assert "%" not in outside or line.lstrip().startswith("- ")


@pytest.mark.parametrize(
    ("value", "english", "arabic"),
    [
        (9450, "9,450\u00a0EGP", "\u20669,450\u2069\u00a0جنيهًا مصريًا"),
        (310, "310\u00a0EGP", "\u2066310\u2069\u00a0جنيهات مصرية"),
        (1500, "1,500\u00a0EGP", "\u20661,500\u2069\u00a0جنيه مصري"),
        (Fraction(3, 2), "1.50\u00a0EGP", "\u20661.50\u2069\u00a0جنيه مصري"),
        (-135, "−135\u00a0EGP", "\u2066−135\u2069\u00a0جنيهًا مصريًا"),
    ],
)
def test_sums_are_counted_as_arabic_counts(value: int, english: str, arabic: str) -> None:
    shown = money(Fraction(value), "EGP", 2)
    assert (shown.en, shown.ar) == (english, arabic)


def test_small_shares_are_not_rounded_to_nothing() -> None:
    assert [share(Fraction(part, 100_000)).en for part in (0, 1, 300, 31_000, 99_999)] == [
        "0%", "under 0.01%", "0.3%", "31%", "over 99.9%",
    ]  # fmt: skip
    assert digits(Fraction(-1, 3), 3) == "−0.333"


def test_a_state_brings_its_federations_rules() -> None:
    assert check_company(inputs(laws=("us-ca",))).packs == ("us", "us-ca", "general")
    assert check_company(inputs(laws=("us-ca", "us"))).packs == ("us", "us-ca", "general")
    assert check_company(inputs(laws=("kr",))).packs == ("kr", "general")


def _of_language(text: str, language: str) -> str:
    """Lines in Arabic letters, or those without any."""
    return "\n".join(
        line for line in re.split(r"\n|<[^>]*>", text) if bool(re.search("[ء-ي]", line)) is (language == "ar")
    )


def test_sums_of_money_have_one_style_in_the_whole_answer() -> None:
    table = "from,to,share\n0,0,70%\n1,250,18%\n251,,12%\n"
    odd = {"en": re.compile(r"\b[A-Z]{3} [0-9]|[0-9]\.0+ [A-Z]{3}\b"), "ar": re.compile(r"[0-9] (?:EGP|USD|KWD)\b")}
    for currency, joining, bonus in (("EGP", "1,650", "135"), ("USD", "49.95", "12.50"), ("KWD", "10.500", "1")):
        request = CheckRequest(
            joining=joining,
            monthly="65",
            currency=currency,
            income=IncomeGiven(text=table),
            recruit_bonus=bonus,
            laws=("us", "gb", "cn", "sa"),
            claimed="500",
        )
        check = check_company(inputs_of(request))
        for language in LANGUAGES:
            shown = "\n".join(check_lines(check, language)) + check_page(check, language)
            shown += "".join(one.defence.in_language(language) for one in check.findings)
            assert odd[language].findall(_of_language(shown, language)) == []
        english = "\n".join(check_lines(check, "en"))
        assert f"Asked for to join: {joining} {currency}" in english.replace("\u00a0", " ")
