"""`downline synth`: lists its kinds in both languages, makes a company that can be analyzed, and refuses in sentences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.main import main
from synthetic import kinds


def _run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr("sys.argv", ["downline", *words])
    with pytest.raises(SystemExit) as stop:
        main()
    return int(stop.value.code or 0)


@pytest.mark.parametrize(("language", "word"), [("en", "Inventory"), ("ar", "موزّعون")])
def test_the_list_has_a_line_for_each_kind(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], language: str, word: str
) -> None:
    assert _run(monkeypatch, "synth", "--list", "--lang", language) == 0
    shown = capsys.readouterr().out
    assert all(kind in shown for kind in kinds())
    assert word in shown or "Distributors buy" in shown


def test_a_company_is_made_once_and_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("synth", "productless-cycler", "--participants", "60", "--months", "3", "--out", str(tmp_path / "made"))
    assert _run(monkeypatch, *words, "--json") == 0
    made = json.loads(capsys.readouterr().out)
    assert made["totals"]["participants"] == 60
    assert (tmp_path / "made" / "truth.json").exists()
    assert _run(monkeypatch, *words) == 2
    assert "nothing was written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("buyersclub", "--out", "x"), "did you mean buyers-club?"),
        (("honest-seller",), "--out FOLDER"),
        ((), "name a kind of company"),
        (("honest-seller", "--out", "x", "--messy", "--format", "parquet"), "--messy is made for text files"),
        (("honest-seller", "--out", "x", "--participants", "0"), "participants must be from 1"),
    ],
)
def test_what_cannot_be_made_is_refused_with_the_way_out(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert _run(monkeypatch, "synth", *words) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "x").exists()
