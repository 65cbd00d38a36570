"""`downline tree CASE --neo4j URI`: a case's network on a server that speaks Cypher."""

from __future__ import annotations

import json
from pathlib import Path

import neo4j
import pytest
from typer.testing import CliRunner

from cases import Case
from cli.main import app


@pytest.fixture(scope="module")
def case(beehive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled records, imported."""
    folder = tmp_path_factory.mktemp("command") / "beehive.case"
    Case.create(folder, "beehive", "tests").import_([beehive])
    return folder


@pytest.mark.neo4j
def test_the_network_of_a_case_is_copied_to_neo4j(
    case: Path, graph: neo4j.Driver, neo4j_server: tuple[str, tuple[str, str] | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    uri, login = neo4j_server
    if login is not None:
        monkeypatch.setenv("DOWNLINE_NEO4J_USER", login[0])
        monkeypatch.setenv("DOWNLINE_NEO4J_PASSWORD", login[1])
    done = CliRunner().invoke(app, ["tree", str(case), "--neo4j", uri, "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["trees"]["sponsor"] == {"people": 4016, "roots": 1, "depth": 27, "leaves": 2488}
    found = graph.execute_query(
        "MATCH (:Participant {id: 'B0001'})-[:SPONSORED_BY]->(s) RETURN s.id AS id", database_="neo4j"
    )
    assert [record["id"] for record in found.records] == ["B0000"]


def test_a_server_that_does_not_answer_is_named(case: Path) -> None:
    done = CliRunner().invoke(app, ["tree", str(case), "--neo4j", "bolt://127.0.0.1:1"])
    assert "bolt://127.0.0.1:1" in str(done.exception)
