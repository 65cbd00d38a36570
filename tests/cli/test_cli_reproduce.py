"""The commands that a bundle prints give the same analysis again, typed as they stand; and the analyst's numbers."""

from __future__ import annotations

import json
import re
import shlex
import zipfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from compliance.assumptions import MEANINGS, Assumptions, assumed, stated
from compliance.errors import WrongAssumption
from compliance.rules import known
from tests.cli.test_cli_packs import PACK

PLAN = """\
id: two-levels
title: {en: Two levels, ar: مستويان}
currency: USD
period: month
components:
  - {id: levels, family: unilevel, rates: ["10%", "5%"]}
"""


@pytest.fixture(autouse=True)
def _forgotten(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.delenv(known.FOLDER, raising=False)
    yield
    known._given.clear()


@pytest.fixture
def records(tmp_path: Path) -> Path:
    folder = tmp_path / "records"
    folder.mkdir()
    (folder / "members.csv").write_text("member_id,sponsor_id,joined\nAA1,,2024-01-01\nBB2,AA1,2024-01-02\n", "utf-8")
    (folder / "orders.csv").write_text(
        "order_id,buyer_id,order_date,amount,currency,category\n1,BB2,2024-01-05,500.00,USD,product\n", "utf-8"
    )
    return folder


def run(*arguments: object) -> Any:
    ran = CliRunner().invoke(app, [str(one) for one in arguments])
    assert ran.exit_code == 0, ran.output
    return ran


def test_the_printed_commands_give_the_same_analysis(
    records: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, pack, case = tmp_path / "the plan.yaml", tmp_path / "mine.yaml", tmp_path / "first.case"
    plan.write_text(PLAN, encoding="utf-8")
    pack.write_text(PACK, encoding="utf-8")
    run("import", records, "--case", case)
    run("analyze", case, "--law", pack)
    run("answer", case, "house.returns", "no", "--who", "R. Haddad", "--when", "2024-02-01")
    asked = ("--plan", plan, "--law", f"us,{pack}", "--on", "2024-03-01")
    numbers = ("--assume", "retail_markup=0.25", "--assume", "population_source=census of 2020, table 3")
    first = json.loads(run("analyze", case, *asked, *numbers, "--json").stdout)
    run("report", case, "--bundle", tmp_path / "one.zip", "--redacted", tmp_path / "twin.zip", "--lang", "en")
    with zipfile.ZipFile(tmp_path / "one.zip") as bundle:
        bundle.extractall(tmp_path / "unpacked")
    (provenance,) = (tmp_path / "unpacked").glob("*/data/provenance")
    known._given.clear()  # as in another program, which knows nothing of the pack
    monkeypatch.chdir(provenance)
    again = tmp_path / "again.case"
    places = {"FOLDER": records, "CASE": again, "OUT.zip": tmp_path / "two.zip"}
    lines = (provenance / "reproduce.txt").read_text(encoding="utf-8").splitlines()
    commands = [shlex.split(line)[1:] for line in lines if line.startswith("downline ")]
    assert [command[0] for command in commands] == ["import", "answer", "analyze", "report", "verify", "verify"]
    for command in commands:
        run(*(places.get(word, word) for word in command))
    second = json.loads(run("analyze", again, *commands[2][2:], "--json").stdout)
    assert second["analysis"] == first["analysis"]
    with zipfile.ZipFile(tmp_path / "one.zip") as one, zipfile.ZipFile(tmp_path / "two.zip") as two:
        names = [name for name in one.namelist() if "/report/" in name or "/evidence/" in name]
        assert len(names) > 3
        assert all(one.read(name) == two.read(name.replace("first", "again")) for name in names)

    with zipfile.ZipFile(tmp_path / "twin.zip") as twin:
        names = [name.rpartition("/")[2] for name in twin.namelist()]
        (told,) = (twin.read(name).decode() for name in twin.namelist() if name.endswith("/reproduce.txt"))
    assert not {"plan.yaml", "answers.json", "mine.yaml"} & set(names)
    assert "does not hold what the commands name: plan.yaml, packs/mine.yaml, answers.json." in told
    assert "data/provenance of the full bundle" in told
    assert "the same bytes only in the case that\nholds redaction.key" in told
    assert "elsewhere the ids differ" in told
    assert "which holds: plan.yaml, packs/mine.yaml, answers.json." in "\n".join(lines)


def test_what_is_assumed_changes_the_figures_and_stands_in_the_report(records: Path, tmp_path: Path) -> None:
    found = {}
    for allowance in ("100", "500"):
        ran = run(
            "analyze", records, "--case", tmp_path / f"{allowance}.case", "--assume", f"allowance={allowance}", "--json"
        )
        told = json.loads(ran.stdout)
        found[allowance] = {each["id"]: each["value"] for each in told["measurements"]}["end_user_share"]
        page = Path(told["reports"]["ar"]).read_text(encoding="utf-8")
        assert MEANINGS["allowance"].ar in page
    assert found == {"100": "0.2", "500": "1"}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("alowance=3", "did you mean allowance?"),
        ("allowance", "NAME=VALUE"),
        ("allowance=-1", "must be 0 or more"),
        ("allowance=lots", "must be a number"),
        ("inactive_months=1.5", "must be a whole number"),
        ("population=0", "must be 1 or more"),
    ],
)
def test_a_number_that_cannot_be_is_refused_before_a_case_is_made(
    inside: Any, records: Path, tmp_path: Path, written: str, said: str
) -> None:
    ran = inside("analyze", records, "--case", tmp_path / "none.case", "--assume", written)
    assert ran.code == 2
    assert said in ran.err
    assert not (tmp_path / "none.case").exists()


def test_one_is_given_once_and_each_is_explained() -> None:
    with pytest.raises(WrongAssumption, match="twice"):
        assumed(["allowance=1", "allowance=2"])
    assert assumed(["retail_markup = 0.3"]).retail_markup == Assumptions(retail_markup="0.3").retail_markup
    assert list(MEANINGS) == list(Assumptions.model_fields)
    dollars = {name: (value, chosen) for name, value, chosen in stated(Assumptions(entry_days=7), "USD")}
    assert dollars["allowance"] == ("200", False)
    assert dollars["entry_days"] == ("7", True)
    assert dollars["population"] == (None, False)


def test_options_for_cases_and_for_records_are_told_apart(inside: Any, records: Path, case: Path) -> None:
    assert "leave out --case" in inside("analyze", case, "--case", case).err
    assert "name the case" in inside("analyze", records, "--snapshot", "abc").err
    assert "no snapshot" in inside("analyze", case, "--snapshot", "abc").err


def test_the_page_about_them_names_each_with_its_default() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "assumptions.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", page, re.MULTILINE))
    assert list(listed) == list(Assumptions.model_fields)
    for name, value, _ in stated(Assumptions(), "EUR"):
        assert listed[name].replace(",", "").startswith(value) if value else "none" in listed[name]
