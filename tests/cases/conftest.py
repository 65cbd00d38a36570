"""A small real case for the tests of this room, and a stand-in for the receiving desk where its work is beside the point."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cases import Case
from cases import snapshot as snapshots
from intake.progress import Progress


def copy_in_reverse(received: Path, content: Path, arguments: list[str], limits: object, progress: Progress) -> None:
    """Makes something of every file, as intake would, without knowing what a table is."""
    content.mkdir()
    progress("reading", 0.5)
    for path in sorted(received.rglob("*")):
        if path.is_file():
            (content / f"{path.name}.out").write_bytes(path.read_bytes()[::-1])


@pytest.fixture
def plain_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Intake replaced by `copy_in_reverse`: these tests are about keeping, not reading."""
    monkeypatch.setattr(snapshots, "_run_intake", copy_in_reverse)


@pytest.fixture
def some_files(tmp_path: Path) -> Path:
    """A folder of three files, one in a subfolder, one empty."""
    folder = tmp_path / "received"
    (folder / "more").mkdir(parents=True)
    (folder / "people.csv").write_text("id,sponsor\na,\nb,a\n", encoding="utf-8")
    (folder / "more" / "طلبات.csv").write_text("id,amount\n1,5.00\n", encoding="utf-8")
    (folder / "empty.csv").write_bytes(b"")
    return folder


@pytest.fixture
def new_case(tmp_path: Path) -> Callable[[str], Case]:
    """Makes cases by name."""

    def make(name: str = "one") -> Case:
        return Case.create(tmp_path / f"{name}.case", f"Case {name}", "a.auditor")

    return make
