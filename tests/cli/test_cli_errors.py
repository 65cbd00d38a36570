"""What the command says when it cannot do as asked: a sentence that names the way out, an exit code, no traceback."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HEAVY = ("polars", "duckdb", "numba", "streamlit", "pydantic", "pyarrow", "numpy", "rich.table", "fastapi")
COSTS = ("check", "--joining", "1650", "--monthly", "650", "--currency", "EGP")


def test_help_needs_nothing_heavy() -> None:
    script = f"import sys, cli.main; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == []


def test_help_lists_every_command(downline: Any, inside: Any) -> None:
    ran = downline("--help")
    assert ran.code == 0
    listed = ran.out.split("Commands:")[1]
    for name in [
        "import",
        "analyze",
        "tree",
        "payouts",
        "explain",
        "reconcile",
        "infer",
        "plan",
        "verify-examples",
        "what-if",
        "game",
        "report",
        "check",
        "verify",
        "up",
        "doctor",
    ]:
        assert f"\n  {name} " in listed
        assert inside(name, "--help").code == 0


def test_no_arguments_show_the_help(downline: Any) -> None:
    ran = downline()
    assert (ran.code, ran.err.startswith("Usage:")) == (2, True)


CASES: dict[str, tuple[tuple[str, ...], str]] = {
    "unknown command": (("frob",), "No such command 'frob'"),
    "unknown option": (("tree", "CASE", "--frob"), "see: downline tree --help"),
    "missing argument": (("tree",), "Missing argument 'CASE'"),
    "no such folder": (("analyze", "nowhere"), "nowhere: no such file or folder; check the name"),
    "no such file to import": (("import", "nowhere.csv"), "nowhere.csv: no such file or folder"),
    "no case": (("tree", "nowhere.case"), "nowhere.case"),
    "case is a file": (("verify", "FILE"), "case"),
    "unknown participant": (("tree", "CASE", "nobody"), "no participant 'nobody'"),
    "unknown tree": (("tree", "CASE", "--tree", "wood"), "the records have: sponsor"),
    "line out of range": (("explain", "CASE", "--line", "999999"), "numbered 1 to"),
    "nothing to explain": (("explain", "CASE"), "--line, --participant, --order"),
    "two things to explain": (("explain", "CASE", "--line", "1", "--order", "T00001"), "--line, --participant"),
    "unknown status": (("reconcile", "CASE", "--status", "wrong"), "'match', 'short'"),
    "no analysis": (("payouts", "IMPORTED"), "downline analyze FOLDER"),
    "report cannot be written": (("report", "CASE", "-o", "nowhere/report.html"), "nowhere/report.html"),
    "unknown law": (("analyze", "BEEHIVE", "--case", "NEW", "--law", "zz"), "there are: ae, affiliate"),
    "almost a law": (("analyze", "BEEHIVE", "--case", "NEW", "--law", "cn,generl"), "'generl' (did you mean general?)"),
    "empty law": (("analyze", "BEEHIVE", "--case", "NEW", "--law", ""), "empty name"),
    "gap among laws": ((*COSTS, "--law", "us,,cn"), "'us,,cn' has an empty name"),
    "no day": (("analyze", "BEEHIVE", "--case", "NEW", "--on", "2025-13-01"), "YYYY-MM-DD"),
    "no plan file": (("analyze", "BEEHIVE", "--case", "NEW", "--plan", "nowhere.yaml"), "nowhere.yaml"),
    "unreadable records": (("import", "EMPTY", "--case", "NEW"), "empty"),
    "cost is no number": (("check", "--joining", "much", "--currency", "EGP"), "--joining: much: is not an amount"),
    "cost is below zero": (("check", "--joining", "-5", "--currency", "EGP"), "below zero"),
    "cost is too large": (("check", "--joining", "9" * 17, "--currency", "EGP"), "too large"),
    "cost in another currency": (("check", "--joining", "€50", "--currency", "EGP"), "is not in EGP"),
    "unknown currency": (("check", "--joining", "5", "--currency", "XYZ"), "ISO 4217"),
    "no currency": (("check", "--joining", "5"), "Missing option '--currency'"),
    "no such table": ((*COSTS, "--income", "nowhere.csv"), "--income: nowhere.csv: cannot be read"),
    "no such plan of an offer": ((*COSTS, "--plan", "nowhere.yaml"), "--plan: nowhere.yaml: cannot be read"),
    "no such answers": ((*COSTS, "--answers", "nowhere.yaml"), "--answers: nowhere.yaml: cannot be read"),
    "table is a folder": ((*COSTS, "--income", "."), "check that it is there and may be read"),
    "table and median": (
        (*COSTS, "--income", "FILE", "--income-median", "3"),
        "--income: two of file, text and median",
    ),
    "covers more than all": ((*COSTS, "--covers", "162%"), "write it like 62%"),
    "unknown pack to check": ((*COSTS, "--law", "zz"), "there are: ae, affiliate"),
    "no months": ((*COSTS, "--months", "0"), "--months"),
    "bonus of nothing": ((*COSTS, "--recruit-bonus", "0"), "--recruit-bonus: 0: leave it out"),
    "answers are no list": ((*COSTS, "--answers", "FILE"), "answers are a list"),
}


@pytest.fixture
def arguments(case: Path, imported: Path, beehive: Path, tmp_path: Path, request: pytest.FixtureRequest) -> list[str]:
    (tmp_path / "some.txt").write_text("hello: there\n", encoding="utf-8")
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    places = {
        "CASE": case,
        "IMPORTED": imported,
        "BEEHIVE": beehive,
        "NEW": tmp_path / "new.case",
        "FILE": tmp_path / "some.txt",
        "EMPTY": tmp_path / "empty.csv",
    }
    return [str(places.get(part, part)) for part in CASES[request.param][0]]


@pytest.mark.parametrize(("arguments", "name"), [(name, name) for name in CASES], indirect=["arguments"], ids=CASES)
def test_wrong_input_is_answered_in_words(arguments: list[str], name: str, inside: Any) -> None:
    ran = inside(*arguments, "--json")  # with --json the sentence still goes to standard error
    assert ran.code == 2, ran.out + ran.err
    assert CASES[name][1] in ran.err
    assert ran.err.startswith("downline: ")
    assert set(ran.json) == {"error"}
    assert ran.err.startswith(f"downline: {ran.json['error']['detail']}")
    assert ran.json["error"]["code"]


@pytest.mark.parametrize(("arguments", "name"), [(name, name) for name in CASES], indirect=["arguments"], ids=CASES)
def test_wrong_input_is_answered_in_arabic(
    arguments: list[str], name: str, inside: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOWNLINE_LANG", "ar")
    ran = inside(*arguments, "--json")
    assert ran.code == 2, ran.out + ran.err
    first = APART.sub("", ran.err.splitlines()[0]).removeprefix("\u200fdownline: ")
    assert ARABIC.search(first), f"{name}: {ran.err}"
    assert not ENGLISH.findall(first), f"{name}: {ran.err}"


APART = re.compile("[\u2066-\u2068][^\u2066-\u2069]*\u2069")
ARABIC = re.compile("[\u0600-\u06ff]{3}")
ENGLISH = re.compile("[A-Za-z]{5,}")


@pytest.mark.parametrize("arguments", ["unknown command", "unknown participant", "unknown currency"], indirect=True)
def test_without_json_standard_output_stays_empty(arguments: list[str], downline: Any) -> None:
    ran = downline(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("downline: ")


def test_nothing_is_left_behind_by_a_wrong_name(downline: Any, tmp_path: Path) -> None:
    assert downline("analyze", "nowhere", cwd=tmp_path).code == 2
    assert downline("import", "nowhere", cwd=tmp_path).code == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "option", [("--law", "zz"), ("--law", ""), ("--plan", "empty.yaml"), ("--on", "soon"), ("--datasheet", "none.yaml")]
)
def test_no_empty_case_is_left_behind_by_a_wrong_option(
    inside: Any, beehive: Path, tmp_path: Path, option: tuple[str, str]
) -> None:
    (tmp_path / "empty.yaml").write_text("", encoding="utf-8")
    assert inside("analyze", beehive, "--case", tmp_path / "new.case", *option).code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["empty.yaml"]


def test_what_is_no_law_is_not_taken_for_two_letters_that_are(inside: Any) -> None:
    assert "did you mean" not in inside(*COSTS, "--law", "mars").err
    assert "did you mean us-ca?" in inside(*COSTS, "--law", "us-cal").err


def test_a_law_may_be_written_in_capitals(inside: Any) -> None:
    small, capitals = (inside(*COSTS, "--on", "2025-01-01", "--law", law, "--json") for law in ("us,cn", " US, Cn"))
    assert (small.code, small.out) == (0, capitals.out)


def test_without_a_plan_there_is_nothing_to_list_explain_or_reconcile(inside: Any, tmp_path: Path) -> None:
    records, case = tmp_path / "records", tmp_path / "some.case"
    records.mkdir()
    (records / "members.csv").write_text("id,sponsor_id,joined\nA,,2024-01-15\nB,A,2024-01-16\n", encoding="utf-8")
    assert inside("analyze", records, "--case", case).code == 0
    for command, code in [
        (("payouts", case), "no-plan"),
        (("explain", case, "--line", "1"), "no-plan"),
        (("reconcile", case), "nothing-to-reconcile"),
    ]:
        ran = inside(*command, "--json")
        assert (ran.code, ran.json["error"]["code"]) == (2, code)
        assert "Invalid value" not in ran.err
        assert "--plan PLAN" in ran.err


def test_a_line_of_a_table_is_named_in_json(downline: Any, tmp_path: Path) -> None:
    table = tmp_path / "income.csv"
    table.write_text("from,to,share\n0,0,70%\n1,many,30%\n", encoding="utf-8")
    error = downline(*COSTS, "--income", table, "--json").json["error"]
    assert (error["code"], error["file"], error["line"], error["value"]) == ("income-table", "income.csv", 3, "many")


def test_a_fault_of_its_own_is_owned(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import cli.main

    def fail(**_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cli.main, "app", fail)
    with pytest.raises(SystemExit) as stop:
        cli.main.main()
    assert stop.value.code == 70
    said = capsys.readouterr().err
    assert "fault of its own (ZeroDivisionError)" in said
    details = Path(said.strip().rsplit(" ", 1)[1])
    assert "ZeroDivisionError" in details.read_text(encoding="utf-8")
    details.unlink()


def test_stopped_by_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    import cli.main

    def stop(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.main, "app", stop)
    with pytest.raises(SystemExit) as stopped:
        cli.main.main()
    assert stopped.value.code == 130


@pytest.mark.parametrize("members", [None, "id,sponsor_id,joined\n", "id,sponsor_id,joined\n,A,2024-01-15\n"])
@pytest.mark.parametrize("command", ["analyze", "tree"])
def test_records_that_list_nobody_are_imported_but_not_analysed(
    inside: Any, tmp_path: Path, members: str | None, command: str
) -> None:
    """No list, only its headings, or every row refused: buyers would all pass for outside customers."""
    records, case = tmp_path / "records", tmp_path / "some.case"
    records.mkdir()
    payouts = "payout_id,date,participant_id,amount,currency,component\n1,2024-02-21,A,50.00,USD,bonus\n"
    (records / "payouts.csv").write_text(payouts, encoding="utf-8")
    if members is not None:
        (records / "members.csv").write_text(members, encoding="utf-8")
    assert inside("import", records, "--case", case).code == 0
    ran = inside(command, *((records, "--case", case) if command == "analyze" else (case,)))
    assert ran.code == 2
    assert "the records hold no participants" in ran.err
    assert "datasheet.yaml" in ran.err
