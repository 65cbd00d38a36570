"""Answers kept with a case: who and when, the newest counts, none can be changed unseen, and analyses use them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cases import Case, Role, Service, User
from cases.answers import answers_of, asked, give, history
from cases.changes import between, between_days
from cases.errors import CaseDamaged, NotPermitted
from compliance.errors import RulePackError
from compliance.questionnaire import Answer
from compliance.rules import load_packs

RULE = "us.dsa.inventory"


def answer(value: str, rule: str = RULE, document: str | None = "Policies, section 9") -> Answer:
    return Answer(rule=rule, value=value, who="R. Haddad, auditor", when=date(2026, 1, 31), document=document)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """A case of three people and two orders."""
    folder = tmp_path / "records"
    folder.mkdir()
    (folder / "people.csv").write_text("id,sponsor_id,joined\na,,2025-01-01\nb,a,2025-01-05\nc,b,2025-01-09\n")
    (folder / "orders.csv").write_text(
        "id,date,buyer_id,amount,currency\n1,2025-01-10,b,100.00,USD\n2,2025-02-10,c,50.00,USD\n"
    )
    made = Case.create(tmp_path / "one.case", "One", "a.auditor")
    made.import_([folder], actor="a.auditor")
    return made


def test_the_newest_answer_counts_and_the_older_stay_readable(case: Case) -> None:
    give(case, [answer("yes"), answer("0", "us.ftc_staff2024.ids_quality")], actor="s.adel")
    give(case, [answer("no")], actor="a.auditor")
    assert {one.rule: one.value for one in answers_of(case)} == {RULE: "no", "us.ftc_staff2024.ids_quality": "0"}
    assert [(one.actor, one.answer.value) for one in history(case) if one.answer.rule == RULE] == [
        ("s.adel", "yes"),
        ("a.auditor", "no"),
    ]
    rules = load_packs(["us"])
    found = {each.question.rule: each for each in asked(case, rules)}
    assert not found[RULE].is_open
    give(case, [answer("unknown")], actor="a.auditor")
    assert {each.question.rule: each for each in asked(case, rules)}[RULE].is_open


def test_an_answer_that_fits_no_question_keeps_none_of_them(case: Case) -> None:
    with pytest.raises(RulePackError, match=r"did you mean us\.dsa\.inventory"):
        give(case, [answer("yes"), answer("yes", "us.dsa.inventry")], actor="a")
    with pytest.raises(RulePackError, match="'perhaps' is neither yes, no nor unknown"):
        give(case, [answer("perhaps")], actor="a")
    assert history(case) == []


def test_an_analysis_uses_what_the_case_keeps_and_says_what_changed(case: Case) -> None:
    first = case.analyze(laws=["us"])
    give(case, [answer("yes"), answer("no", "eg.ifta.network")], actor="a.auditor")
    second = case.analyze(laws=["us"])
    assert [one["rule"] for one in second.inputs["answers"]] == [RULE]  # the Egyptian one is no input of this law
    assert case.laws() == ("us",)
    found = between(first, second)
    assert [(each.rule, each.causes) for each in found.findings] == [(RULE, ("answer",))]
    assert set(found.inputs) == {"answers"}
    assert found.figures == ()
    assert between(second, first).findings[0].after is not None
    assert case.analyze(laws=["us"]).id == second.id
    assert case.verify() == []


def test_the_law_of_two_days_on_one_analysis(case: Case) -> None:
    analysis = case.analyze(laws=["us"])
    found = between_days(analysis, date(1990, 1, 1), date(2024, 6, 1))
    assert {each.causes for each in found.findings} == {("came",)}
    ids = {each.rule for each in found.findings}
    assert "us.vemma2016.customer_majority" in ids
    assert "us.amway1979.buyback" not in ids
    assert between_days(analysis, date(2024, 6, 1), date(2024, 6, 1)).nothing


def test_a_changed_answer_is_seen(case: Case) -> None:
    give(case, [answer("no")], actor="a.auditor")
    log = case.audit.path
    log.write_bytes(log.read_bytes().replace(b'"value":"no"', b'"value":"ok"'))
    assert case.verify() != []
    log.write_bytes(log.read_bytes().replace(b'"who":', b'"whx":'))
    with pytest.raises(CaseDamaged):
        history(case)


def test_only_who_may_answers_and_the_log_says_who(tmp_path: Path) -> None:
    with Service(tmp_path / "home", immediate=True) as service:
        auditor, viewer = User("1", "r.haddad", Role.AUDITOR), User("2", "a.viewer", Role.VIEWER)
        made = service.create_case(auditor, "One")
        with pytest.raises(NotPermitted):
            service.answer(viewer, made.id, [answer("yes")])
        (given,) = service.answer(auditor, made.id, [answer("yes")])
        assert (given.actor, given.answer.who) == ("r.haddad", "R. Haddad, auditor")
        assert service.answers(viewer, made.id) == [given]
        questions = service.questions(viewer, made.id, laws=["us"])
        assert [each.answer for each in questions if each.question.rule == RULE] == [given.answer]
        assert all(each.question.rule != RULE for each in service.questions(viewer, made.id))  # general asks others
        assert service.verify(auditor, made.id) == []
