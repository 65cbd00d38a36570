"""`questions`, `answer` and `changes`, from the entry point on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Downline


@pytest.fixture
def case(inside: Downline, tmp_path: Path) -> Path:
    """A small company's case, analysed under the rules of one country."""
    records = tmp_path / "records"
    records.mkdir()
    (records / "people.csv").write_text("id,sponsor_id,joined\na,,2025-01-01\nb,a,2025-01-05\n")
    made = tmp_path / "small.case"
    assert inside("analyze", str(records), "--law", "us", "--case", str(made)).code == 0
    return made


def test_a_question_is_listed_answered_from_a_document_and_changes_the_next_analysis(
    downline: Downline, inside: Downline, case: Path, tmp_path: Path
) -> None:
    listed = downline("questions", str(case))
    assert "us.dsa.inventory  (Direct Selling Association" in listed.out
    assert f"downline answer {case} RULE VALUE" in listed.out
    paper = tmp_path / "policies.txt"
    paper.write_text("9. Nobody may buy more than needed.")
    given = inside(
        "answer", str(case), "us.dsa.inventory", "yes", "--who", "R. Haddad", "--document", str(paper), "--json"
    )
    (kept,) = given.json
    assert kept["answer"]["document"] == "policies.txt"
    assert len(kept["answer"]["document_sha256"]) == 64
    assert "us.dsa.inventory" not in inside("questions", str(case)).out.replace("downline answer", "")
    assert "yes, by R. Haddad" in inside("questions", str(case), "--all").out
    assert inside("analyze", str(tmp_path / "records"), "--law", "us", "--case", str(case)).code == 0
    changed = inside("changes", str(case))
    assert "because: the answer changed" in changed.out
    assert "Question for a person -> Rule met" in changed.out
    assert "answers: none -> 1 " in changed.out
    arabic = inside("changes", str(case), "--lang", "ar")
    assert "الإجابات: من لا شيء إلى" in arabic.out
    assert "->" not in arabic.out
    assert "السبب: تغيّرت الإجابة" in arabic.out
    days = inside("changes", str(case), "--law-from", "1990-01-01", "--law-to", "2024-01-01", "--json").json
    assert {cause for each in days["findings"] for cause in each["causes"]} == {"came"}


def test_mistakes_name_the_way_out(inside: Downline, case: Path) -> None:
    for arguments, said in (
        (("answer", str(case), "us.dsa.inventry", "yes", "--who", "R"), "did you mean us.dsa.inventory?"),
        (("answer", str(case), "us.dsa.inventory", "perhaps", "--who", "R"), "neither yes, no nor unknown"),
        (("answer", str(case), "us.dsa.inventory", "yes"), "--who"),
        (("answer", str(case)), "--file"),
        (("answer", str(case), "us.dsa.inventory", "yes", "--who", ""), "who"),
        (("changes", str(case)), "one analysis only"),
        (("changes", str(case), "--law-from", "2020-01-01"), "two dates"),
        (("questions", str(case), "--law", "usa"), "did you mean us?"),
    ):
        ran = inside(*arguments)
        assert (ran.code, said in ran.err) == (2, True), ran.err
