"""The stores under test: each contract test runs once on files and once on a real Neo4j server.

The server is the one that `DOWNLINE_TEST_NEO4J_URI` names (with `DOWNLINE_TEST_NEO4J_PASSWORD`, if it asks for one;
the tests remove Downline's nodes from it), else one is started from its Maven artifacts for the whole run. Where that
is not possible the tests that need it skip and say why, unless `DOWNLINE_REQUIRE_NEO4J=1` makes that a failure.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import neo4j
import pytest

from genealogy.stores import EmbeddedStore, Neo4jStore, Store
from genealogy.stores.errors import ServerToolMissing
from genealogy.stores.server import QUICK_START, Neo4jServer

Address = tuple[str, tuple[str, str] | None]


@pytest.fixture(scope="session")
def neo4j_server() -> Iterator[Address]:
    """Address and login of a running Neo4j."""
    if uri := os.environ.get("DOWNLINE_TEST_NEO4J_URI"):
        password = os.environ.get("DOWNLINE_TEST_NEO4J_PASSWORD")
        yield uri, None if password is None else ("neo4j", password)
        return
    with ExitStack() as stack:
        try:
            server = stack.enter_context(Neo4jServer(heap="640m", password="a-test-password", java_options=QUICK_START))
        except ServerToolMissing as error:
            if os.environ.get("DOWNLINE_REQUIRE_NEO4J") == "1":
                pytest.fail(str(error))
            pytest.skip(str(error))
        yield server.uri, server.auth


@pytest.fixture
def graph(neo4j_server: Address) -> Iterator[neo4j.Driver]:
    """A driver to a server that holds nothing of ours."""
    uri, auth = neo4j_server
    with neo4j.GraphDatabase.driver(uri, auth=auth) as driver:
        remove = "MATCH (n:Participant|Network|NetworkExtra) WITH n LIMIT 10000 DETACH DELETE n RETURN count(*) AS n"
        while driver.execute_query(remove, database_="neo4j").records[0]["n"]:
            pass
        yield driver


@pytest.fixture
def neo4j_store(neo4j_server: Address, graph: neo4j.Driver) -> Iterator[Neo4jStore]:
    """An empty store on the server, with batches small enough that the tests need several."""
    with Neo4jStore(*neo4j_server, batch=1000) as store:
        yield store


@pytest.fixture(params=["embedded", pytest.param("neo4j", marks=pytest.mark.neo4j)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store, of each kind in turn."""
    if request.param == "neo4j":
        yield request.getfixturevalue("neo4j_store")
        return
    with EmbeddedStore(tmp_path / "store") as embedded:
        yield embedded
