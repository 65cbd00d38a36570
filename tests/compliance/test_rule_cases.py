"""Every case that stands in `rule_cases` comes out as its author expects."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.errors import RulePackError
from compliance.rules import Rule, load_packs
from compliance.rules.cases import RuleCase, load_cases, main

CASES = [
    pytest.param(case, id=f"{file.stem}: {case.name}")
    for file in sorted(Path(__file__).with_name("rule_cases").glob("*.yaml"))
    for _, case in load_cases(file)
]


@pytest.fixture(scope="module")
def rules() -> dict[str, Rule]:
    return {rule.id: rule for rule in load_packs()}


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
