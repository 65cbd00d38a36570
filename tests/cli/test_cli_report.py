"""`downline report` in its forms and as bundles, and `downline verify` of a bundle, as a person types them."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cases import analyze_folder
from cli.main import app


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three people and a case of them."""
    folder = tmp_path_factory.mktemp("three")
    (folder / "members.csv").write_text("member_id,sponsor_id\nAA1,\nBB2,AA1\nCC3,AA1\n", encoding="utf-8")
    return analyze_folder(folder, folder.parent / "three.case").case.folder


def run(*arguments: object) -> Any:
    """Run a command; what it printed and how it ended."""
    return CliRunner().invoke(app, [str(one) for one in arguments])


def test_pdf_in_both_languages(case: Path, tmp_path: Path) -> None:
    ran = run("report", case, "--format", "pdf", "--lang", "both", "--out", tmp_path / "report.pdf", "--json")
    assert ran.exit_code == 0, ran.output
    assert [Path(one).name for one in json.loads(ran.stdout)["files"]] == ["report.en.pdf", "report.ar.pdf"]
    assert all((tmp_path / f"report.{one}.pdf").read_bytes().startswith(b"%PDF-") for one in ("en", "ar"))


def test_workbook_and_data(case: Path, tmp_path: Path) -> None:
    for form in ("xlsx", "json", "html"):
        ran = run("report", case, "--format", form, "-o", tmp_path / f"one.{form}")
        assert ran.exit_code == 0, ran.output
        assert ran.stdout.strip() == str(tmp_path / f"one.{form}")
    assert zipfile.is_zipfile(tmp_path / "one.xlsx")
    assert json.loads((tmp_path / "one.json").read_text(encoding="utf-8"))["findings"]


def test_a_folder_takes_the_usual_names(case: Path, tmp_path: Path) -> None:
    for form in ("json", "html"):
        ran = run("report", case, "--format", form, "--out", tmp_path)
        assert ran.exit_code == 0, ran.output
    assert {"three.json", "three.en.html"} <= {one.name for one in tmp_path.iterdir()}


def test_a_name_without_an_ending_takes_language_and_form(case: Path, tmp_path: Path) -> None:
    out = tmp_path / "out1"
    for more, names in (
        (("pdf", "--lang", "both"), ["out1.en.pdf", "out1.ar.pdf"]),
        (("html", "--lang", "ar"), ["out1.ar.html"]),
        (("json",), ["out1.json"]),
    ):
        ran = run("report", case, "--out", out, "--json", "--format", *more)
        assert ran.exit_code == 0, ran.output
        assert [Path(one) for one in json.loads(ran.stdout)["files"]] == [tmp_path / name for name in names]
        assert all((tmp_path / name).stat().st_size for name in names)
    assert not out.exists()


def test_without_a_form_it_says_where_the_page_is(case: Path) -> None:
    assert run("report", case, "--lang", "ar").stdout.strip().endswith("report.ar.html")


def test_bundle_and_twin_and_their_verification(case: Path, tmp_path: Path) -> None:
    full, twin = tmp_path / "full.zip", tmp_path / "twin.zip"
    ran = run("report", case, "--bundle", full, "--redacted", twin, "--lang", "ar")
    assert ran.exit_code == 0, ran.output
    for path in (full, twin):
        assert run("verify", path).exit_code == 0
    assert run("verify", case).exit_code == 0
    with zipfile.ZipFile(twin) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    with zipfile.ZipFile(twin, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content + b" " * name.endswith("certificate.ar.pdf"))
    ran = run("verify", twin, "--json")
    assert ran.exit_code == 1
    (fault,) = json.loads(ran.stdout)["faults"]
    assert (fault["code"], fault["path"]) == ("changed", "data/certificate/certificate.ar.pdf")
    hashes = re.findall(r"\b[0-9a-f]{64}\b", fault["detail"]["en"])
    assert len(hashes) == 2
    shown = run("verify", twin).stdout
    assert not re.search(r"[0-9a-f]{64}", shown)
    assert all(f"{one[:8]}…{one[-8:]}" in shown for one in hashes)
    assert "--json gives them in full" in shown


def test_what_was_taken_from_a_case_is_a_fault_and_no_refusal(case: Path, tmp_path: Path) -> None:
    for name in ("case.json", "audit.head"):
        copy = tmp_path / name
        shutil.copytree(case, copy)
        (copy / name).unlink()
        ran = run("verify", copy, "--json")
        assert ran.exit_code == 1, ran.output
        found = json.loads(ran.stdout)
        assert found["case"] == str(copy)
        assert [(one["code"], one["path"]) for one in found["faults"]] == [("missing", name)]
        assert (found["head"] is None) is (name == "audit.head")
        assert "faults: 1\n\nwhat                 where" in run("verify", copy).stdout
