"""`downline up` and `downline doctor` as a user runs them."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli import machine

COMMAND = Path(sys.executable).with_name("downline")


@contextmanager
def up(home: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """The running command, and the line that it printed."""
    command = [str(COMMAND), "up", "--json", "--port", "0", "--home", str(home), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=home) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            line = process.stdout.readline()
            assert line, process.stderr.read()
            yield process, json.loads(line)
        finally:
            if process.poll() is None:
                process.kill()


def children(process: subprocess.Popen[str]) -> list[int]:
    """Ids of the processes that it started."""
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii")
    return [int(one) for one in listed.split()]


def is_there(process: int) -> bool:
    """Whether a process still runs."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def get(address: str, token: str | None = None) -> httpx.Response:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return httpx.get(address, headers=headers, trust_env=False, timeout=20)


def test_up_starts_the_api_and_stops_it_again(tmp_path: Path) -> None:
    (tmp_path / "api").mkdir()  # a folder of the user's is not mistaken for ours
    (tmp_path / "api" / "__main__.py").write_text("raise SystemExit('the wrong one')", encoding="utf-8")
    with up(tmp_path, "--api-only", "--show-token") as (process, said):
        assert set(said) == {"api", "dashboard", "home", "token"}
        assert said["dashboard"] is None
        assert get(f"{said['api']}/v1/me", said["token"]).json()["role"] == "auditor"
        assert get(f"{said['api']}/v1/me").status_code == 401
        started = children(process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert not any(is_there(one) for one in started)
    with up(tmp_path, "--api-only", "--show-token") as (process, again):
        assert get(f"{again['api']}/v1/me", said["token"]).status_code == 401  # each start makes a new token
        [api] = children(process)
        os.kill(api, signal.SIGKILL)
        assert process.wait(30) == 2
        assert process.stderr is not None
        told = process.stderr.read()
    assert "the API stopped" in told
    assert "api.log" in told
    assert "Traceback" not in told


@pytest.mark.skipif(
    not (Path(getattr(find_spec("dashboard"), "origin", None) or "/").parent / "app.py").is_file(),
    reason="the dashboard is not part of this checkout",
)
def test_up_starts_the_dashboard_beside_it_and_keeps_the_token_to_itself(tmp_path: Path) -> None:
    with up(tmp_path, "--dashboard-port", "0") as (process, said):
        assert set(said) == {"api", "dashboard", "home"}
        assert get(said["dashboard"]).status_code == 200
        for one in children(process):
            arguments = Path(f"/proc/{one}/cmdline").read_text(encoding="utf-8").split("\0")
            environment = Path(f"/proc/{one}/environ").read_text(encoding="utf-8").split("\0")
            given = dict(pair.partition("=")[::2] for pair in environment)
            assert ("DOWNLINE_TOKEN" in given) == ("streamlit" in arguments)
            token = given.get("DOWNLINE_TOKEN", "-")
            assert not any(token in one for one in arguments if token != "-")
            if token != "-":
                assert get(f"{given['DOWNLINE_API']}/v1/me", token).json()["name"] == "local"
        started = children(process)
        assert len(started) == 2
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    until = time.monotonic() + 5
    while any(is_there(one) for one in started) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(is_there(one) for one in started)


def test_a_port_that_is_taken_is_named_with_its_option(downline: Any, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = downline("up", "--api-only", "--port", port, "--home", tmp_path)
        assert (ran.code, ran.out) == (2, "")
        assert f"port {port}, meant for the API, is taken by another program" in ran.err
        assert "choose another with --port" in ran.err
        told = downline("up", "--api-only", "--port", port, "--home", tmp_path, "--json")
        assert told.json["error"]["code"] == "usage"
    assert list(tmp_path.iterdir()) == []


def _needs() -> set[str]:
    """What the project file lists, without the extras."""
    project = tomllib.loads((Path(__file__).resolve().parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    names = {re.split(r"[<>=!~\[;]", need)[0].strip() for need in project["project"]["dependencies"]}
    assert {"polars", "typst", "python-calamine"} <= names
    return names


def test_doctor_names_what_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "requires", lambda _: ["polars>=1", "no-such-thing>=2", "x; extra == 'y'"])
    assert machine.required_libraries() == ["polars", "no-such-thing"]
    check = machine._libraries()
    assert not check.ok
    assert check.why.en.startswith("not installed: no-such-thing;")


def test_doctor_looks_at_everything(downline: Any, tmp_path: Path) -> None:
    ran = downline("doctor", "--home", tmp_path, "--json")
    assert (ran.code, ran.json["healthy"]) == (0, True)
    found = {check["name"]: check for check in ran.json["checks"]}
    for name in ("Python", "libraries", "home folder", "free disk", "memory"):
        assert found[name]["ok"]
        assert found[name]["required"]
    for name in ("Numba cache", "Java", "Maven", "Chromium", "dashboard"):
        assert not found[name]["required"]
        assert found[name]["why"]
    listed = {one.rpartition(" ")[0] for one in found["libraries"]["found"].split(", ")}
    assert listed == _needs()
    table = downline("doctor", "--home", tmp_path)
    assert table.code == 0
    assert all(name in table.out for name in found)


def test_doctor_says_what_is_missing(downline: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("DOWNLINE_NEO4J_URI", f"bolt://127.0.0.1:{port}")
    ran = downline("doctor", "--home", blocked / "below", "--json")
    assert (ran.code, ran.json["healthy"]) == (1, False)
    found = {check["name"]: check for check in ran.json["checks"]}
    assert not found["home folder"]["ok"]
    assert "--home" in found["home folder"]["why"]
    assert not found["Neo4j"]["ok"]
    assert "no Neo4j server answers" in found["Neo4j"]["why"]
