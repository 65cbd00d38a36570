"""The local Neo4j server: what it says when something is missing, and that it stops when it should."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import neo4j
import pytest

from genealogy.stores import server
from genealogy.stores.errors import ServerFailed, ServerToolMissing
from genealogy.stores.server import QUICK_START, Neo4jServer, class_path, find_java


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with an empty path; the folder that its programs may be put in."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return tmp_path


def program(folder: Path, name: str, script: str) -> None:
    """Put a shell script where a program is looked for."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_missing_java_is_named_with_its_packages(nothing_installed: Path) -> None:
    """For whoever reads the message on a new machine."""
    with pytest.raises(ServerToolMissing, match=r"no `java` .*apt-get install openjdk-17.* maven"):
        find_java()


@pytest.mark.parametrize(
    ("modules", "says"),
    [("java.base@11.0.2 jdk.compiler@11.0.2", "is older"), ("java.base@21.0.1", "JRE"), ("", "is older")],
)
def test_java_that_cannot_run_it_is_told_apart(nothing_installed: Path, modules: str, says: str) -> None:
    """Too old, or without a compiler."""
    program(nothing_installed, "java", f"printf '%s\\n' {modules}")
    with pytest.raises(ServerToolMissing, match=says):
        find_java()


def test_missing_maven_is_named_only_when_it_is_needed(nothing_installed: Path, tmp_path: Path) -> None:
    """Without the kept list Maven is asked for; with it, nothing is."""
    with pytest.raises(ServerToolMissing, match="no `mvn` is on the path"):
        class_path(tmp_path / "cache")
    pom = (server.PARTS / "pom.xml").read_text()
    named = re.search(r"<neo4j.version>(.*)</neo4j.version>", pom)
    assert named is not None
    jar = tmp_path / f"neo4j-bolt-{named[1]}.jar"
    jar.touch()
    (tmp_path / "neo4j.cp").write_text(str(jar))
    assert class_path(tmp_path) == str(jar)
    jar.unlink()
    with pytest.raises(ServerToolMissing):
        class_path(tmp_path)


def test_what_maven_says_is_passed_on(nothing_installed: Path, tmp_path: Path) -> None:
    """Offline, or behind a proxy: the reason is Maven's."""
    program(nothing_installed, "mvn", "echo '[ERROR] Could not transfer artifact'; exit 1")
    with pytest.raises(ServerFailed, match="Could not transfer artifact"):
        class_path(tmp_path / "cache")


def test_command_says_what_is_missing_and_fails(nothing_installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence on the error output, no traceback."""
    for arguments in (["--fetch"], ["--port", "0"]):
        assert server.main(arguments) == 1
        assert "apt-get install" in capsys.readouterr().err


@pytest.mark.neo4j
def test_a_taken_port_is_named(neo4j_server: object) -> None:
    """Before Java is started."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ServerFailed, match=f"port {port} of this machine is taken"), Neo4jServer(port=port):
            pass


@pytest.mark.neo4j
@pytest.mark.skipif("DOWNLINE_TEST_NEO4J_URI" in os.environ, reason="a running server is used, none is started")
def test_command_keeps_a_server_with_its_data(neo4j_server: object, tmp_path: Path) -> None:
    """`make neo4j` on a port of its own: it says where it is, keeps what is written, and ends with the process."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "genealogy.stores.server", "--port", str(port), "--folder", str(tmp_path)]
    options = ["--heap", "400m", "--page-cache", "32m"]
    environment = {**os.environ, "JDK_JAVA_OPTIONS": " ".join(QUICK_START)}
    for found in (0, 1):
        with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True, env=environment) as process:
            assert process.stdout is not None
            said = next(line for line in process.stdout if "answers at" in line)
            assert f"bolt://127.0.0.1:{port}" in said
            with neo4j.GraphDatabase.driver(f"bolt://127.0.0.1:{port}") as driver:
                count = driver.execute_query("MATCH (k:Kept) RETURN count(k) AS kept", database_="neo4j")
                assert count.records[0]["kept"] == found
                driver.execute_query("CREATE (:Kept)", database_="neo4j")
            process.send_signal(signal.SIGTERM if found else signal.SIGINT)
            assert process.wait(60) == 0
        with socket.socket() as gone:
            assert gone.connect_ex(("127.0.0.1", port)) != 0
