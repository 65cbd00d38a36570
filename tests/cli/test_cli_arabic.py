"""Every command in Arabic: no English word stands outside the values that are set apart."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from cli.main import app
from cli.options import Language, asked_language

APART = re.compile("[\u2066-\u2068][^\u2066-\u2069]*\u2069")
ENGLISH = re.compile("[A-Za-z]{3,}")
NAMES = {"downline", "Downline", "PDF", "CSV", "CASE", "RULE", "VALUE", "who", "document", "unknown", "yes", "USDT"}
"""Names, and what is to be typed as it stands."""
COMMANDS: dict[str, tuple[str, ...]] = {
    "tree": ("tree", "CASE"),
    "one participant": ("tree", "CASE", "PERSON", "--limit", "2"),
    "payouts": ("payouts", "CASE", "--limit", "3"),
    "reconcile": ("reconcile", "CASE", "--limit", "3"),
    "changes": ("changes", "CASE", "--law-from", "2024-01-01", "--law-to", "2024-01-02"),
    "packs": ("packs",),
    "verify": ("verify", "CASE"),
    "doctor": ("doctor", "--home", "NEW"),
    "import": ("import", "BEEHIVE", "--case", "NEW"),
}


@pytest.fixture
def arguments(case: Path, beehive: Path, tmp_path: Path, request: pytest.FixtureRequest) -> list[str]:
    from cases import Case

    first = Case.open(case).snapshot().network.participants["id"][0]
    places = {"CASE": case, "BEEHIVE": beehive, "NEW": tmp_path / "new.case", "PERSON": first}
    return [str(places.get(part, part)) for part in COMMANDS[request.param]]


@pytest.mark.parametrize(
    ("arguments", "name"), [(name, name) for name in COMMANDS], indirect=["arguments"], ids=COMMANDS
)
def test_a_command_prints_no_english_of_its_own(
    arguments: list[str], name: str, inside: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOWNLINE_LANG", "ar")
    ran = inside(*arguments)
    assert ran.code == 0, ran.err
    english = set(ENGLISH.findall(APART.sub("", ran.out))) - NAMES
    assert english == set(), f"{name}: {sorted(english)}"
    assert re.search("[\u0600-\u06ff]{3}", ran.out)


def test_the_faults_of_a_case_are_told_in_arabic(
    case: Path, inside: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "a.case"
    shutil.copytree(case, copy)
    source = min((copy / "sources").iterdir())
    source.chmod(0o644)
    source.write_bytes(source.read_bytes() + b"x")
    monkeypatch.setenv("DOWNLINE_LANG", "ar")
    ran = inside("verify", copy)
    assert ran.code == 1, ran.err
    told = re.sub(r"\s+", " ", ran.out)
    assert "المحتوى ليس هو المحتوى الذي كُتب أول مرة" in told
    assert "المتوقع \u2068" in told
    hashes = re.compile("sources/|[0-9a-f]{6,}")  # what stands apart may go on in the next line of its cell
    assert ENGLISH.findall(hashes.sub("", APART.sub("", told))) == []


def test_an_english_word_would_be_found() -> None:
    assert ENGLISH.findall(APART.sub("", "الملف \u2068a.csv\u2069 file")) == ["file"]


def test_every_command_takes_a_language() -> None:
    from inspect import signature

    without = {
        (command.name or command.callback.__name__).rstrip("_")
        for command in app.registered_commands
        if command.callback is not None and "lang" not in signature(command.callback).parameters
    }
    assert without == set()


def test_the_option_counts_more_than_the_variable() -> None:
    assert asked_language(["tree", "--lang", "ar"], {}) is Language.AR
    assert asked_language(["tree", "--lang=en"], {"DOWNLINE_LANG": "ar"}) is Language.EN
    assert asked_language(["tree"], {"DOWNLINE_LANG": "ar"}) is Language.AR
    assert asked_language(["report", "--lang", "both"], {}) is Language.EN
