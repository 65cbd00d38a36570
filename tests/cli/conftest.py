"""The command as a user runs it, in a process of its own, on one case made from the bundled records."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

COMMAND = Path(sys.executable).with_name("downline")


@dataclass(frozen=True)
class Ran:
    """What a run left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as one JSON document."""
        return json.loads(self.out)


Downline = Callable[..., Ran]


@pytest.fixture(scope="session")
def downline(tmp_path_factory: pytest.TempPathFactory) -> Downline:
    """Runs `downline` with arguments, in an empty folder unless told otherwise."""
    if not COMMAND.exists():
        pytest.skip("the downline command is not installed beside this Python: run make setup")
    elsewhere = tmp_path_factory.mktemp("elsewhere")

    def run(*arguments: object, cwd: Path = elsewhere) -> Ran:
        done = subprocess.run(
            [str(COMMAND), *map(str, arguments)],
            cwd=cwd,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=200,
            check=False,
            env=os.environ | {"PYTHONWARNINGS": "default", "COLUMNS": "100"},
        )
        assert "Traceback" not in done.stdout + done.stderr
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Downline:
    """The same in this process, which spares the start of one: the entry point itself with its arguments."""

    def run(*arguments: object) -> Ran:
        from cli.main import main

        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("COLUMNS", "100")
        monkeypatch.setattr(sys, "argv", ["downline", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            main()
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return Ran(int(stop.value.code or 0), said.out, said.err)

    return run


@pytest.fixture(scope="session")
def analyzed(downline: Downline, beehive: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """A case with one analysis, and what `analyze` printed."""
    folder = tmp_path_factory.mktemp("case") / "beehive.case"
    ran = downline("analyze", beehive, "--case", folder)
    assert ran.code == 0, ran.err
    return folder, ran


@pytest.fixture(scope="session")
def case(analyzed: tuple[Path, Ran]) -> Path:
    """The case folder; to be read only."""
    return analyzed[0]


@pytest.fixture(scope="session")
def imported(downline: Downline, beehive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case with records and no analysis."""
    folder = tmp_path_factory.mktemp("case") / "imported.case"
    assert downline("import", beehive, "--case", folder).code == 0
    return folder
