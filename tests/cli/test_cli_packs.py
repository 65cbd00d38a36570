"""The command `packs`, and a rule pack of one's own named by its file wherever a pack is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from compliance.rules import known

COSTS = ("check", "--joining", "100", "--currency", "EGP")
PACK = """\
pack: mine
title: {en: "House rules", ar: "قواعد داخلية"}
about: {en: "A test.", ar: "تجربة."}
rules:
  - id: house.returns
    jurisdiction: XX
    instrument: {en: "House rules", ar: "قواعد داخلية"}
    article: {en: "1", ar: "1"}
    legal_force: guidance
    severity: critical
    statement: {en: "Returns are taken.", ar: "تُقبل المرتجعات."}
    means: compliant
    group: house
    metric: "are returns taken"
    question: {en: "Are returns taken in this house?", ar: "هل تُقبل المرتجعات هنا؟"}
    answer: yes-no
    good_answer: "yes"
    caveat: {en: "A test.", ar: "تجربة."}
    source_url: "https://example.org"
    verified: true
    verified_basis: primary
"""


@pytest.fixture(autouse=True)
def _forgotten(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.delenv(known.FOLDER, raising=False)
    yield
    known._given.clear()


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    file = tmp_path / "mine.yaml"
    file.write_text(PACK, encoding="utf-8")
    return file


def test_packs_are_listed_by_title(inside: Any) -> None:
    listed = inside("packs")
    assert listed.code == 0
    assert listed.out.index("Canada") < listed.out.index("United Kingdom") < listed.out.index("Vietnam")
    assert "المملكة المتحدة" in inside("packs", "--lang", "ar").out


def test_one_pack_shows_its_rules_and_which_are_switched_off(inside: Any) -> None:
    shown = inside("packs", "emirates").out
    assert "ae.status" in shown
    assert "switched off" in shown
    assert "Not found is not allowed" in shown
    assert [pack["name"] for pack in json.loads(inside("packs", "us", "--json").out)] == ["us"]
    assert "No rule pack" in inside("packs", "atlantis").out


def test_a_pack_of_ones_own_is_named_by_its_file(inside: Any, mine: Path) -> None:
    ran = inside(*COSTS, "--law", f"kr,{mine}", "--json")
    assert ran.code == 0
    assert ran.json["packs"] == ["kr", "mine", "general"]
    assert "Are returns taken in this house?" in {question["text"]["en"] for question in ran.json["questions"]}


def test_an_analysis_keeps_the_pack_that_it_used(inside: Any, mine: Path, tmp_path: Path) -> None:
    records, case = tmp_path / "records", tmp_path / "some.case"
    records.mkdir()
    (records / "members.csv").write_text("id,sponsor_id,joined\nA,,2024-01-15\nB,A,2024-01-16\n", encoding="utf-8")
    ran = inside("analyze", records, "--case", case, "--law", f"general,{mine}")
    assert ran.code == 0, ran.err
    kept = list(case.glob("analyses/*/packs/*.yaml"))
    assert [file.name for file in kept] == ["mine.yaml"]
    assert kept[0].read_text(encoding="utf-8") == PACK


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [("good_answer", "god_answer", "did you mean good_answer"), ("pack: mine", "pack: other", "write pack: mine")],
)
def test_a_mistake_in_it_is_said_before_a_case_is_made(
    inside: Any, mine: Path, tmp_path: Path, old: str, new: str, said: str
) -> None:
    mine.write_text(PACK.replace(old, new), encoding="utf-8")
    (tmp_path / "records").mkdir()
    ran = inside("analyze", tmp_path / "records", "--case", tmp_path / "new.case", "--law", mine)
    assert ran.code == 2
    assert said in ran.err
    assert not (tmp_path / "new.case").exists()


def test_a_file_that_is_not_there_is_said(inside: Any, tmp_path: Path) -> None:
    ran = inside(*COSTS, "--law", tmp_path / "none.yaml")
    assert ran.code == 2
    assert "cannot be read" in ran.err
