"""Every command on real records: what it prints for people, and one JSON document for programs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

COMMAND = Path(sys.executable).with_name("downline")
COMMANDS = {
    "tree": ("tree", "CASE"),
    "tree of one": ("tree", "CASE", "B0003", "--levels", "1"),
    "payouts": ("payouts", "CASE", "--limit", "5"),
    "explain line": ("explain", "CASE", "--line", "1"),
    "explain participant": ("explain", "CASE", "--participant", "B0003", "--period", "2025-03"),
    "explain order": ("explain", "CASE", "--order", "T00001"),
    "reconcile": ("reconcile", "CASE", "--limit", "3"),
    "report": ("report", "CASE"),
    "verify": ("verify", "CASE"),
}


def test_the_readme_shows_what_is_printed(analyzed: Any) -> None:
    """The block of the first page, to the letter; where it ends in dots, more follows."""
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
    start = readme.index("An on-chain referral scheme")
    shown = readme[start : readme.index("\n...\n", start)]
    assert "How top-heavy" in shown
    assert analyzed[1].out.startswith(shown)


def command(name: str, case: Path) -> list[str]:
    return [str(case) if part == "CASE" else part for part in COMMANDS[name]]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_prints_text_and_json(name: str, downline: Any, inside: Any, case: Path) -> None:
    text = downline(*command(name, case))
    assert (text.code, text.err) == (0, "")
    assert text.out.strip()
    document = inside(*command(name, case), "--json")
    assert (document.code, document.err) == (0, "")
    assert isinstance(document.json, dict)


def test_analyze_prints_the_checked_figures_and_where_the_reports_are(analyzed: Any) -> None:
    folder, ran = analyzed
    for figure in ("4,016", "27", "2,488", "646,960", "147,550", "249"):
        assert figure in ran.out
    for language in ("en", "ar"):
        assert f"report ({language}): {folder}" in ran.out
    assert "pyramid scheme" not in ran.out.casefold()


def test_analyze_in_json(inside: Any, beehive: Path, tmp_path: Path) -> None:
    document = inside("analyze", beehive, "--case", tmp_path / "c", "--law", "us, eg", "--json").json
    figures = {each["id"]: each for each in document["overview"]["figures"]}
    assert figures["participants"]["found"] == "4,016"
    assert all(each["agrees"] for each in figures.values())
    assert {finding["rule"]["pack"] for finding in document["findings"]} <= {"us", "eg"}
    assert len(document["measurements"]) >= 15
    assert all(Path(path).is_file() for path in document["reports"].values())


def test_analyze_in_arabic(inside: Any, beehive: Path, tmp_path: Path) -> None:
    ran = inside("analyze", beehive, "--case", tmp_path / "c", "--lang", "ar")
    assert "علامات التحذير" in ran.out


def test_import_accounts_for_every_row(inside: Any, beehive: Path, tmp_path: Path) -> None:
    text = inside("import", beehive, "--case", tmp_path / "a")
    assert "4,016" in text.out
    assert "0 refused" in text.out
    reading = inside("import", beehive, "--case", tmp_path / "b", "--json").json["reading"]
    assert reading["rows_in"] == reading["rows_accepted"] + reading["rows_refused"]


def test_analyze_without_a_case_makes_one_beside_the_caller(downline: Any, beehive: Path, tmp_path: Path) -> None:
    ran = downline("import", beehive, cwd=tmp_path)
    assert ran.code == 0
    assert (tmp_path / "beehive.case" / "case.json").is_file()


def test_tree_figures(inside: Any, case: Path) -> None:
    found = inside("tree", case, "--json").json
    assert (found["participants"], found["deepest_level"], found["without_recruit"]) == (4016, 27, 2488)
    assert sum(found["by_level"]) == 4016


def test_one_participant_and_everybody_listed_below(inside: Any, case: Path) -> None:
    found = inside("tree", case, "B0003", "--levels", "40", "--limit", "5000", "--json").json
    assert len(found["listed"]) == found["downline"] > 3000
    assert found["listed"][0]["level"] == 1
    assert len({row["id"] for row in found["listed"]}) == found["downline"]
    assert "name" not in found["record"]


def test_payouts_are_filtered_and_counted(inside: Any, case: Path) -> None:
    found = inside("payouts", case, "--component", "direct_bonus", "--participant", "B0003", "--json").json
    assert found["lines"] == len(found["shown"])
    assert {(row["component"], row["participant_id"]) for row in found["shown"]} == {("direct_bonus", "B0003")}


def test_explain_in_arabic(inside: Any, case: Path) -> None:
    assert "الطلب" in inside("explain", case, "--line", 1, "--lang", "ar").out


def test_reconcile_lists_one_status_and_strict_exits_with_one(inside: Any, case: Path) -> None:
    found = inside("reconcile", case, "--status", "over", "--json").json
    assert {row["status"] for row in found["listed"]} == {"over"}
    assert sum(row["payments"] for row in found["totals"] if row["status"] == "match") == 722
    strict = inside("reconcile", case, "--strict")
    assert strict.code == 1
    assert strict.out


def test_report_is_copied_out(inside: Any, case: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    assert inside("report", case, "--lang", "ar", "--output", target).out.strip() == str(target)
    assert 'dir="rtl"' in target.read_text(encoding="utf-8")


@pytest.mark.parametrize("what", ["analyses", "snapshots", "audit.jsonl"])
def test_verify_finds_one_damaged_byte(what: str, downline: Any, case: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.case"
    shutil.copytree(case, copy)
    place = copy / what
    victim = (
        place if place.is_file() else max(place.rglob("*.*"), key=lambda file: file.stat().st_size * file.is_file())
    )
    victim.chmod(0o644)
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    victim.write_bytes(data)
    ran = downline("verify", copy)
    assert ran.code == 1
    assert victim.name in ran.out
    assert downline("verify", copy, "--json").json["faults"]


@pytest.mark.skipif(os.name == "nt", reason="head is not there")
@pytest.mark.parametrize("name", ["tree", "explain participant"])
def test_a_closed_pipe_is_no_error(name: str, case: Path, downline: Any) -> None:
    arguments = " ".join([*command(name, case), "--json"])
    script = f"set -o pipefail; {COMMAND} {arguments} | head -c 10"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=100, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_control_characters_in_a_name_are_written_out(inside: Any, tmp_path: Path) -> None:
    """A file called so that a terminal would clear its screen, and a note that says which file it is about."""
    records = tmp_path / "records"
    records.mkdir()
    members = "id,sponsor_id,joined,colour\nA,,2024-01-15,red\nB,A,2024-01-16,blue\n"
    (records / "mem\x1b[2Jbers.csv").write_text(members, encoding="utf-8")
    ran = inside("import", records)
    assert ran.code == 0, ran.err
    assert "\x1b" not in ran.out
    notes = [line for line in ran.out.splitlines() if line.startswith("note: ")]
    assert any("mem\\x1b[2Jbers.csv: " in line for line in notes), ran.out


def test_sums_beyond_64_bits_come_out(case: Path, inside: Any, tmp_path: Path) -> None:
    """Each amount fits in 64 bits, their sum does not."""
    import polars as pl

    copy = Path(shutil.copytree(case, tmp_path / "copy.case"))
    folder = next((copy / "analyses").iterdir())
    large = 2**62
    paid = change(folder / "computed.parquet", pl.lit(large).alias("amount"), pl.lit("paid").alias("status"))
    assert inside("payouts", copy, "--limit", "1", "--json").json["paid"] == paid * large
    kept = change(folder / "reconciliation.parquet", *(pl.lit(large).alias(one) for one in ("recorded", "difference")))
    totals = inside("reconcile", copy, "--json").json["totals"]
    assert sum(row["recorded"] for row in totals) == kept * large
    assert inside("reconcile", copy).code == 0


def change(table: Path, *columns: Any) -> int:
    """Overwrite columns of a table; returns its length."""
    import polars as pl

    frame = pl.read_parquet(table).with_columns(*columns)
    table.parent.chmod(0o755)
    table.unlink()
    frame.write_parquet(table)
    return len(frame)
