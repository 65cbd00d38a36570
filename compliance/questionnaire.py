"""What only a person can answer: the questions of the rule packs, and answers with who, when and from which
paper.

An answer without a name and a date is no evidence, so both are required. Answers are kept as YAML or JSON
beside the case and handed to the judge; the judge never guesses one.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

from compliance.errors import RulePackError
from intake.frozen import Frozen
from intake.text import Text

if TYPE_CHECKING:
    from compliance.rules.model import Rule


class Answer(Frozen):
    """One person's answer to one rule's question."""

    rule: str
    value: str = Field(min_length=1)
    """`yes`, `no` or `unknown`; a number or free words where the rule asks for that."""
    who: str = Field(min_length=1)
    when: date
    document: str | None = None
    """Which document it was read from: title, page, date."""
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
    try:
        document = YAML(typ="rt").load(file.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        mark = error.problem_mark
        raise RulePackError(
            file.name, f"not valid YAML: {error.problem}", line=None if mark is None else mark.line + 1
        ) from error
    if not isinstance(document, CommentedSeq):
        raise RulePackError(file.name, "answers are a list of entries with rule, value, who and when", line=1)
    asked = {rule.id: rule for rule in rules if rule.question is not None}
    answers: dict[str, Answer] = {}
    for index, entry in enumerate(document):
        line = document.lc.item(index)[0] + 1
        try:
            answer = Answer.model_validate(dict(entry) if isinstance(entry, dict) else entry)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            key = ".".join(str(step) for step in first["loc"])
            raise RulePackError(file.name, f"{key}: {first['msg']}", line=line) from error
        if answer.rule not in asked:
            close = difflib.get_close_matches(answer.rule, asked, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise RulePackError(file.name, f"rule: no rule {answer.rule} asks a question{hint}", line=line)
        if problem := _unfit(answer, asked[answer.rule]):
            raise RulePackError(file.name, f"value: {problem}", line=line)
        answers[answer.rule] = answer
    return answers


def check_answers(answers: Iterable[Answer], rules: Iterable[Rule]) -> None:
    """Pass if each answer is one to a question that one of the rules asks.

    Raises:
        RulePackError: one is not; the message names its rule, its value and what would be right.
    """
    asked = {rule.id: rule for rule in rules if rule.question is not None}
    for number, answer in enumerate(answers, start=1):
        if answer.rule not in asked:
            close = difflib.get_close_matches(answer.rule, asked, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise RulePackError(f"answer {number}", f"rule: no rule {answer.rule} asks a question{hint}")
        if problem := _unfit(answer, asked[answer.rule]):
            raise RulePackError(f"answer {number}", f"value: {problem}")


def _unfit(answer: Answer, rule: Rule) -> str | None:
    """Why a value is no answer to the rule's question."""
    if answer.value == "unknown" or rule.answer == "text":
        return None
    if rule.answer == "yes-no" and answer.value not in ("yes", "no"):
        return f"{answer.value!r} is neither yes, no nor unknown (in quotes: YAML reads a bare yes as true)"
    if (rule.answer == "number" and not answer.value.isascii()) or (
        rule.answer == "number" and not answer.value.isdigit()
    ):
        return f"{answer.value!r} is not a number in the digits 0 to 9"
    return None
