"""Answers of people to the questions that rules ask, kept with the case: who, when, from which document.

An answer is an act on the case, so it stands in the audit log like any other: it cannot be changed or taken away
unseen, and an earlier one stays readable after somebody has answered anew. Of several answers to one rule's question
the newest counts; `unknown` takes an answer back. An analysis takes the case's answers as they are when it starts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pydantic import ValidationError

from cases.errors import CaseDamaged
from compliance.questionnaire import Answer, Question, check_answers, questions
from compliance.rules import Rule, load_packs
from intake.frozen import Frozen
from intake.text import say

if TYPE_CHECKING:
    from cases.case import Case

GIVEN = "answer.given"


class GivenAnswer(Frozen):
    """An answer as it stands in the audit log."""

    seq: int
    """Line of the audit log."""
    at: str
    actor: str
    """Who entered it; `answer.who` is the person who answered."""
    answer: Answer


class AskedQuestion(Frozen):
    """A question with the answer that counts, if there is one."""

    question: Question
    answer: Answer | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered it yet."""
        return self.answer is None or self.answer.value == "unknown"


def give(case: Case, answers: Sequence[Answer], *, actor: str) -> list[GivenAnswer]:
    """Keep answers with a case.

    Raises:
        compliance.errors.RulePackError: one answers a question that no rule asks, or with a value of another kind;
            then none is kept.
    """
    check_answers(answers, load_packs())
    kept = []
    for answer in answers:
        entry = case.audit.append(actor, GIVEN, answer.rule, answer.model_dump(mode="json"))
        kept.append(GivenAnswer(seq=entry.seq, at=entry.at, actor=actor, answer=answer))
    return kept


def history(case: Case) -> list[GivenAnswer]:
    """Every answer that was ever given, oldest first.

    Raises:
        CaseDamaged: a line of the audit log is no answer any more.
    """
    found = []
    for entry in case.audit.acts(GIVEN):
        try:
            answer = Answer.model_validate(entry.details)
        except ValidationError as error:
            raise CaseDamaged(
                case.audit.path, say("line {seq} is no answer", "السطر {seq} ليس إجابة", seq=entry.seq)
            ) from error
        found.append(GivenAnswer(seq=entry.seq, at=entry.at, actor=entry.actor, answer=answer))
    return found


def answers_of(case: Case) -> tuple[Answer, ...]:
    """The answers that count, by rule."""
    newest = {given.answer.rule: given.answer for given in history(case)}
    return tuple(newest[rule] for rule in sorted(newest))


def asked(case: Case, rules: Iterable[Rule]) -> list[AskedQuestion]:
    """The questions of some rules with the answers that count, in the order of the rules."""
    given = {answer.rule: answer for answer in answers_of(case)}
    return [AskedQuestion(question=question, answer=given.get(question.rule)) for question in questions(rules)]
