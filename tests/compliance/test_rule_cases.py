"""Every rule of every pack has cases in `rule_cases`, and each comes out as its author expects.

A pack's cases stand in the file of its name. What a rule's cases must cover follows from what kind of rule it is.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from compliance.errors import RulePackError
from compliance.rules import Rule, load_pack, load_packs, pack_names
from compliance.rules.cases import RuleCase, load_cases, main

FOLDER = Path(__file__).with_name("rule_cases")
CASES = [
    pytest.param(case, id=f"{file.stem}: {case.name}")
    for file in sorted(FOLDER.glob("*.yaml"))
    for _, case in load_cases(file)
]


@pytest.fixture(scope="module")
def rules() -> dict[str, Rule]:
    return {rule.id: rule for rule in load_packs()}


@pytest.mark.parametrize("pack", pack_names())
def test_every_rule_has_cases_of_every_kind(pack: str) -> None:
    """Kept and not kept, the limit itself, definitions that disagree, nothing on record, nobody's answer."""
    file = FOLDER / f"{pack}.yaml"
    cases = [case for _, case in load_cases(file)]
    assert len({case.name for case in cases}) == len(cases)
    for rule in load_pack(pack).rules:
        own = [case for case in cases if case.rule == rule.id]
        assert _wanted(rule) <= {case.expect.state for case in own}, f"{rule.id}: states without a case"
        if rule.threshold is None or (rule.indicator is None and rule.question is None):
            continue
        assert any(rule.limit in _figures(case, rule) for case in own), f"{rule.id}: no case on the limit itself"
        if rule.means in ("gate", "reference"):
            assert {"true", "false"} <= {case.expect.compares for case in own}, f"{rule.id}: comparisons without a case"
        if rule.definitions:
            assert "unclear" in {case.expect.compares for case in own}, (
                f"{rule.id}: no case of definitions that disagree"
            )


def _wanted(rule: Rule) -> set[str]:
    """The states that the cases of a rule must show."""
    if rule.question is None and rule.indicator is None:
        return {"not_measurable"}
    open_ = "question" if rule.question is not None else "not_measurable"
    if rule.means in ("gate", "reference"):
        return {open_, rule.means}
    if rule.bound == "exact":
        return {open_, "met", "breached"}
    holds = (rule.comparator in ("<", "<=")) == (rule.bound == "upper")  # what a bound can settle: true, or false
    return {open_, "met" if holds == (rule.means == "compliant") else "breached"}


def _figures(case: RuleCase, rule: Rule) -> set[Fraction]:
    """The figure that a case puts before the rule: measured, under the definition that it reads, or answered."""
    if case.answer is not None:
        return set() if case.answer.value == "unknown" else {Fraction(case.answer.value)}
    if case.measurement is None:
        return set()
    read = {variant.id: variant.value for variant in case.measurement.alternatives}
    value = case.measurement.value if rule.alternative is None else read.get(rule.alternative)
    return set() if value is None else {Fraction(value)}


@pytest.mark.parametrize("case", CASES)
def test_case_comes_out_as_expected(case: RuleCase, rules: dict[str, Rule]) -> None:
    assert case.rule in rules
    assert case.differences(rules[case.rule]) == []


def test_wrong_expectation_is_named_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command that the guide teaches says which case failed, where it stands, and how."""
    file = tmp_path / "mine.yaml"
    file.write_text(
        "# a comment\n"
        "- name: Nobody\n"
        "  rule: cn.crim224_1.prosecution\n"
        '  measurement: {unit: count, value: "0"}\n'
        '  expect: {state: gate, compares: "true"}\n',
        encoding="utf-8",
    )
    assert main([str(file)]) == 1
    assert capsys.readouterr().out == "mine.yaml, line 2: Nobody: compares: expected 'true', found 'false'\n"


def test_case_of_unknown_rule_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("- {name: x, rule: cn.no_such, expect: {state: met}}\n", encoding="utf-8")
    assert main([str(file)]) == 1
    assert "no rule is called cn.no_such" in capsys.readouterr().out


def test_case_with_a_wrong_key_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("- {name: x, rule: a.b, expects: {state: met}}\n", encoding="utf-8")
    with pytest.raises(RulePackError, match=r"mine\.yaml, line 1: expect"):
        load_cases(file)
