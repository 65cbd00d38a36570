"""Decided cases as tests: from the published figures the packs must give what the record supports, and no more.

The case that the authority lost is among them. A figure that was never published is not filled in: the rule that would
need it comes out as not measurable.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Literal

import pytest

from compliance.entries import read_entries
from compliance.findings import Finding, State
from compliance.judge import judge
from compliance.measurement import Measurement
from compliance.questionnaire import Answer, check_answers
from compliance.rules import load_packs
from compliance.rules.cases import Figure
from intake.frozen import Frozen

FOLDER = Path(__file__).with_name("decided")


class PublishedFigure(Figure):
    """A figure with the words in which it was published."""

    indicator: str
    says: str

    def measured(self) -> Measurement:
        """The figure as a measurement of its indicator."""
        plain = Figure.model_validate(self.model_dump(exclude={"indicator", "says"}))
        return plain.measurement(self.indicator)


class Expected(Frozen):
    """What must come out of one rule."""

    state: State
    compares: Literal["true", "false", "unclear"] | None = None


class DecidedCase(Frozen):
    """What was published of a case, and what follows by the packs."""

    name: str
    decided: str
    source: str
    packs: tuple[str, ...]
    figures: tuple[PublishedFigure, ...]
    answers: tuple[Answer, ...] = ()
    expect: dict[str, Expected]
    warns: tuple[str, ...]

    def findings(self) -> dict[str, Finding]:
        """Every rule of the packs held against the figures and answers."""
        rules = load_packs(self.packs)
        check_answers(self.answers, rules)
        measured = [figure.measured() for figure in self.figures]
        return {finding.id: finding for finding in judge(rules, measured, self.answers)}


CASES = [
    case
    for file in sorted(FOLDER.glob("*.yaml"))
    for _, case in read_entries(file, DecidedCase, "decided cases are a list with name, source, figures and expect")
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_packs_give_what_the_record_supports(case: DecidedCase) -> None:
    found = case.findings()
    for rule, expected in case.expect.items():
        assert found[rule].state == expected.state, (rule, found[rule].sentence.en)
        if expected.compares is not None:
            assert found[rule].compares == expected.compares, rule
    assert {rule for rule, finding in found.items() if finding.is_warning} == set(case.warns)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_finding_of_a_decided_case_is_a_verdict(case: DecidedCase) -> None:
    for finding in case.findings().values():
        said = finding.sentence.en.replace(finding.rule.statement.en, "")
        if finding.answer is None:
            assert not re.search(r"\b(illegal|unlawful|guilty|fraud|scam|is a pyramid)\b", said, re.IGNORECASE), said


def test_the_case_that_was_lost_is_among_them() -> None:
    lost = next(case for case in CASES if "Neora" in case.name)
    assert lost.warns == ()
    # No sign shows, and none is said to be absent: what was not published is asked or not measurable, never a pass.
    assert {each.state for each in lost.findings().values()} == {"gate", "reference", "question", "not_measurable"}
    asked = Answer(rule="us.ftc_guidance.internal_consumption", value="yes", who="somebody", when=date(2024, 1, 1))
    turned = lost.model_copy(update={"answers": (*lost.answers, asked)})
    assert [each.id for each in turned.findings().values() if each.is_warning] == [asked.rule]
    assert len(CASES) >= 10
    assert all(case.source.startswith("http") for case in CASES)
