"""What only a person can answer: the questions of the rule packs, and answers with who, when and from which
paper.

An answer without a name and a date is no evidence, so both are required. Answers are kept as YAML or JSON
beside the case and handed to the judge; the judge never guesses one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from compliance.entries import read_entries
from compliance.errors import RulePackError
from intake.closest import closest
from intake.frozen import Frozen
from intake.text import NOTHING, Text, say

if TYPE_CHECKING:
    from compliance.rules.model import Rule


_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


_LIST = Text(
    en="answers are a list of entries with rule, value, who and when",
    ar="الإجابات قائمة بنودها ⁨rule⁩ و⁨value⁩ و⁨who⁩ و⁨when⁩",
)


class Answer(Frozen):
    """One person's answer to one rule's question."""

    rule: str
    value: str = Field(min_length=1)
    """`yes`, `no` or `unknown`; a number or free words where the rule asks for that."""
    who: str = Field(min_length=1)
    when: date
    document: str | None = None
    """Which document it was read from: title, page, date."""
    document_sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    """Hash of that document's bytes, where it is a file: which of its editions was read."""
    note: str | None = None


class Question(Frozen):
    """A question as a form shows it."""

    rule: str
    text: Text
    why: Text
    """What the instrument says: why it is asked."""
    instrument: Text
    kind: Literal["yes-no", "number", "text"]
    severity: str


def questions(rules: Iterable[Rule]) -> list[Question]:
    """The questions that the enabled rules ask, in the order of the rules."""
    return [
        Question(
            rule=rule.id,
            text=rule.question,
            why=rule.statement,
            instrument=rule.instrument,
            kind=rule.answer,
            severity=rule.severity,
        )
        for rule in rules
        if rule.enabled and rule.question is not None and rule.answer is not None
    ]


def load_answers(file: Path, rules: Sequence[Rule]) -> dict[str, Answer]:
    """Answers from a YAML or JSON file: a list of entries, the last one of a rule counts.

    Raises:
        RulePackError: the file is not such a list, or answers a question that no rule asks.
    """
    entries = read_entries(file, Answer, _LIST)
    asked = _asked(rules)
    for line, answer in entries:
        if problem := _misfit(answer, asked):
            raise RulePackError(file.name, problem, line=line)
    return {answer.rule: answer for _, answer in entries}


def check_answers(answers: Iterable[Answer], rules: Iterable[Rule]) -> None:
    """Pass if each answer is one to a question that one of the rules asks.

    Raises:
        RulePackError: one is not; the message names its rule, its value and what would be right.
    """
    asked = _asked(rules)
    for number, answer in enumerate(answers, start=1):
        if problem := _misfit(answer, asked):
            raise RulePackError(say("answer {number}", "الإجابة {number}", number=number), problem)


def _asked(rules: Iterable[Rule]) -> dict[str, Rule]:
    return {rule.id: rule for rule in rules if rule.question is not None}


def _misfit(answer: Answer, asked: Mapping[str, Rule]) -> Text | None:
    """Why an answer is none to any question."""
    if answer.rule not in asked:
        close = closest(answer.rule, asked)
        hint = say("; did you mean {close}?", ". هل المقصود {close}؟", close=close) if close else NOTHING
        return say(
            "rule: no rule {rule} asks a question{hint}",
            "لا قاعدة بالمعرّف {rule} تطرح سؤالًا{hint}",
            rule=answer.rule,
            hint=hint,
        )
    problem = unfit(answer, asked[answer.rule])
    return say("value: {problem}", "القيمة: {problem}", problem=problem) if problem else None


def unfit(answer: Answer, rule: Rule) -> Text | None:
    """Why a value is no answer to the rule's question."""
    if answer.value == "unknown" or rule.answer == "text":
        return None
    if rule.answer == "yes-no" and answer.value not in ("yes", "no"):
        return say(
            "{value!r} is neither yes, no nor unknown",
            "{value!r} ليست ⁨yes⁩ (نعم) ولا ⁨no⁩ (لا) ولا ⁨unknown⁩ (غير معروف)",
            value=answer.value,
        )
    if rule.answer == "number" and not _NUMBER.fullmatch(answer.value):
        return say(
            "{value!r} is not a number in the digits 0 to 9",
            "{value!r} ليست رقمًا بالأرقام من 0 إلى 9",
            value=answer.value,
        )
    return None
