"""Rules that a person answers: what the answer makes of them, in words, and answers that are none."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from compliance.errors import RulePackError
from compliance.findings import Finding
from compliance.judge import judge_rule
from compliance.questionnaire import Answer, load_answers
from compliance.rules import Rule, load_packs

RULES = {rule.id: rule for rule in load_packs()}


def found(rule: str, value: str, **changed: Any) -> Finding:
    answer = Answer(rule=rule, value=value, who="S. Adel", when=date(2026, 2, 1), document="Contract, page 3")
    return judge_rule(RULES[rule].model_copy(update=changed), None, answer)


def test_a_number_below_the_limit_is_said_with_limit_and_paper() -> None:
    finding = found("jp.scta.cooling20", "14")
    assert finding.state == "breached"
    assert (finding.value, finding.margin, finding.flips_at) == ("14", "-6", "20")
    assert finding.sentence.en == (
        "The rule is not kept, according to the answer. Question: How many days does the contract give a participant for "
        "cancelling without a reason, from receipt of the contract document? Answer: 14, given by S. Adel on 2026-02-01, "
        "from: Contract, page 3. Limit: at least 20."
    )
    assert "الحد: \u206620\u2069 على الأقل." in finding.sentence.ar


def test_a_sum_is_written_with_its_currency_and_its_own_decimals() -> None:
    won: dict[str, Any] = {"currency": "KRW", "threshold": "2000000", "comparator": "<="}
    finding = found("sg.order.no_entry_payment", "1999999.5", **won)
    assert finding.state == "met"
    assert finding.limit_shown is not None
    assert finding.limit_shown.en == "at most 2,000,000 KRW"
    assert finding.value == "1999999.5"
    singapore = found("sg.order.no_entry_payment", "12.5")
    assert singapore.state == "breached"
    assert singapore.value_shown is not None
    assert singapore.value_shown.en == "12.50 SGD"


def test_half_a_point_is_kept_exactly() -> None:
    assert found("za.cpa43.multiplication", "19.999").state == "met"
    assert found("za.cpa43.multiplication", "20.0").state == "breached"


@pytest.mark.parametrize(("value", "said"), [("3", "is reached"), ("2", "is not reached")])
def test_a_gate_says_whether_it_is_reached(value: str, said: str) -> None:
    finding = found("jp.scta.cooling20", value, means="gate", threshold="3")
    assert finding.state == "gate"
    assert said in finding.sentence.en


@pytest.mark.parametrize(
    ("rule", "value", "said"),
    [
        ("jp.scta.cooling20", "two weeks", "is not a number in the digits 0 to 9"),
        ("jp.scta.cooling20", "-3", "is not a number"),
        ("jp.scta.cooling20", "٢٠", "is not a number"),
        ("uk.tsr1997.written_contract", "perhaps", "neither yes, no nor unknown"),
    ],
)
def test_what_is_no_answer_is_never_judged(rule: str, value: str, said: str) -> None:
    with pytest.raises(RulePackError, match=said):
        found(rule, value)


def test_a_number_with_a_point_is_read_from_a_file(tmp_path: Any) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text('- {rule: za.cpa43.multiplication, value: "12.5", who: S, when: 2026-02-01}\n', encoding="utf-8")
    assert load_answers(file, list(RULES.values()))["za.cpa43.multiplication"].value == "12.5"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"answer": "yes-no"}, "answered by a number"),
        ({"good_answer": "yes"}, "answered by yes or no"),
        ({"comparator": None, "threshold": None}, "says which answer is good"),
    ],
)
def test_a_question_that_cannot_be_weighed_is_no_rule(changed: dict[str, Any], said: str) -> None:
    entry = RULES["jp.scta.cooling20"].model_dump(by_alias=True, exclude={"enabled", "disabled_because"})
    with pytest.raises(ValueError, match=said):
        Rule.model_validate({**entry, **changed})
