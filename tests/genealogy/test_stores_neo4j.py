"""What the Neo4j store promises beyond the contract: a graph that Cypher users can use, and clear refusals.

All of it on a real server, except where a server is needed that no package installs: one too old, one that is
something else.
"""

from __future__ import annotations

import importlib.util
import socket
import struct
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import neo4j
import pytest

from genealogy.stores import Neo4jStore
from genealogy.stores import neo4j as neo4j_module
from genealogy.stores.errors import (
    StoreAccessDenied,
    StoreBusy,
    StoreDamaged,
    StoreUnreachable,
    StoreVersionUnsupported,
)

_SPEC = importlib.util.spec_from_file_location("genealogy_networks", Path(__file__).with_name("networks.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
networks = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(networks)

pytestmark = pytest.mark.neo4j

Address = tuple[str, tuple[str, str] | None]


def asked(graph: neo4j.Driver, query: str, **parameters: object) -> list[list[object]]:
    """The rows of a query."""
    return [record.values() for record in graph.execute_query(query, parameters, database_="neo4j").records]


def test_the_graph_has_the_links_that_are_promised(neo4j_store: Neo4jStore, graph: neo4j.Driver) -> None:
    """(:Participant)-[:SPONSORED_BY]->(:Participant) and [:PLACED_UNDER], after repairs and moves, and no others."""
    network = networks.odd()
    neo4j_store.write(network)
    links = {"sponsor": "SPONSORED_BY", "placement": "PLACED_UNDER", "matrix": "PLACED_IN_MATRIX_UNDER"}
    for name, link in links.items():
        tree = network.tree(name)
        expected = {(tree.id_of(n), tree.id_of(int(tree.parent[n]))) for n in range(len(tree)) if tree.parent[n] >= 0}
        rows = asked(
            graph, "MATCH (c:Participant)-[r]->(p:Participant) WHERE type(r) = $link RETURN c.id, p.id", link=link
        )
        assert {tuple(row) for row in rows} == expected
        assert len(rows) == len(expected)
    assert asked(graph, "MATCH ()-[r]->() RETURN count(DISTINCT type(r))") == [[3]]


def test_cypher_users_find_people_and_dates(neo4j_store: Neo4jStore, graph: neo4j.Driver) -> None:
    """By id alone, with real dates, and a downline as a range: what the documentation shows."""
    network = networks.odd()
    neo4j_store.write(network)
    (found,) = asked(graph, "MATCH (p:Participant {id: $id}) RETURN p.joined, p.name", id="O'Hara")
    assert found[0].to_native().replace(tzinfo=None) == neo4j_store.participant("O'Hara").columns["joined"]  # type: ignore[attr-defined]
    assert found[1] == "Name of O'Hara"
    below = "MATCH (a:Participant {id: $id}), (d:Participant) WHERE a.pre < d.pre < a.pre + a.size RETURN count(d)"
    top = network.sponsor.id_of(0)
    assert asked(graph, below, id=top) == [[int(network.sponsor.size[0]) - 1]]


def test_schema_is_there_and_online(neo4j_store: Neo4jStore, graph: neo4j.Driver) -> None:
    """An id stands once in a network, by constraint; what is asked for is indexed."""
    neo4j_store.write(networks.odd())
    constraints = asked(graph, "SHOW CONSTRAINTS YIELD name, type WHERE name STARTS WITH 'downline' RETURN name, type")
    assert ["downline_participant", "UNIQUENESS"] in constraints
    states = asked(graph, "SHOW INDEXES YIELD name, state WHERE name STARTS WITH 'downline' RETURN DISTINCT state")
    assert states == [["ONLINE"]]


def test_pages_are_read_off_the_index(neo4j_store: Neo4jStore, graph: neo4j.Driver) -> None:
    """A page in the middle of a downline touches a page of rows, not the downline."""
    from genealogy.stores import cypher

    network = networks.grown(4000)
    neo4j_store.write(network)
    (version,) = asked(graph, "MATCH (n:Network) RETURN n.current")[0]
    bounds = {"version": version, "last": 5, "end": 4000, "deepest": 99, "limit": 11}
    profile = graph.execute_query("PROFILE " + cypher.downline("sponsor"), bounds, database_="neo4j").summary.profile
    hits, steps = 0, [profile]
    while steps:
        step = steps.pop()
        assert step is not None
        hits += step["args"].get("DbHits", 0)
        steps += step.get("children", [])
    assert hits < 400


def test_pages_of_few_levels_are_found_by_walking(neo4j_store: Neo4jStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the next members of few levels lie far apart in preorder, the links lead to them: the same pages."""
    network = networks.grown(150)
    tree = network.sponsor
    neo4j_store.write(network)
    below = range(1, int(tree.size[0]))
    for levels in (1, 2, 5):
        with monkeypatch.context() as patched:
            whole = neo4j_store.downline(tree.id_of(0), levels=levels, limit=1000)
            assert [each.pre for each in whole.members] == [node for node in below if tree.depth[node] <= levels]
            patched.setattr(neo4j_module, "WINDOW", 2)
            found, after = [], None
            while after is not None or not found:
                page = neo4j_store.downline(tree.id_of(0), levels=levels, after=after, limit=6)
                found += page.members
                after = page.next
            assert tuple(found) == whole.members, levels


def test_a_killed_writer_is_cleared_up_by_the_next(
    neo4j_store: Neo4jStore, graph: neo4j.Driver, neo4j_server: Address
) -> None:
    """The network before is read while the half-written one lies beside it; the next write leaves one network."""
    before = networks.odd()
    neo4j_store.write(before)
    uri, auth = neo4j_server
    script = """
        import os, sys, polars as pl
        from genealogy import Network
        from genealogy.stores import Neo4jStore
        ids = [str(number) for number in range(3000)]
        people = pl.DataFrame({"id": ids, "sponsor_id": [None, *ids[:-1]]})
        def die(stage, share):
            if stage == "writing links":
                os._exit(9)
        auth = tuple(sys.argv[2:]) or None
        Neo4jStore(sys.argv[1], auth, batch=1000).write(Network.from_table(people), die)
    """
    command = [sys.executable, "-c", textwrap.dedent(script), uri, *(auth or ())]
    assert subprocess.run(command, check=False).returncode == 9
    assert asked(graph, "MATCH (p:Participant) RETURN count(p) > 1000") == [[True]]
    assert neo4j_store.read().ids.to_list() == before.ids.to_list()
    assert neo4j_store.counts().people == len(before)
    after = networks.chain(50)
    neo4j_store.write(after)
    assert asked(graph, "MATCH (p:Participant) RETURN count(p)") == [[50]]
    assert asked(graph, "MATCH (n:Network) RETURN size(n.versions), n.writing") == [[1, None]]
    assert asked(graph, "MATCH (e:NetworkExtra) RETURN count(e)") == [[0]]


def test_of_two_writers_the_later_wins_and_the_other_is_told(
    neo4j_store: Neo4jStore, graph: neo4j.Driver, neo4j_server: Address
) -> None:
    """A write that begins takes over; the one before stops with an error and leaves nothing behind."""
    begun = False

    def meanwhile(stage: str, share: float) -> None:
        nonlocal begun
        if not begun:
            begun = True
            with Neo4jStore(*neo4j_server) as other:
                other.write(networks.chain(40))

    with pytest.raises(StoreBusy, match="took over"):
        neo4j_store.write(networks.grown(3000), meanwhile)
    assert neo4j_store.counts().people == 40
    assert asked(graph, "MATCH (p:Participant) RETURN count(p)") == [[40]]


def test_a_cancelled_clearing_up_is_no_failure(neo4j_store: Neo4jStore, graph: neo4j.Driver) -> None:
    """After the switch the write is done: who stops it then has the new network, and the next write the rest."""
    from intake.progress import Cancelled

    def stop(stage: str, share: float) -> None:
        if stage.startswith("removing"):
            raise Cancelled

    neo4j_store.write(networks.grown(2500))
    neo4j_store.write(networks.chain(10), stop)
    assert neo4j_store.counts().people == 10
    assert len(neo4j_store.read()) == 10
    neo4j_store.write(networks.chain(11))
    assert asked(graph, "MATCH (p:Participant) RETURN count(p)") == [[11]]


def test_missing_people_are_noticed(neo4j_store: Neo4jStore, graph: neo4j.Driver) -> None:
    """Somebody deleted nodes behind our back: `read` says so instead of returning a smaller network."""
    neo4j_store.write(networks.chain(10))
    graph.execute_query("MATCH (p:Participant {id: 'C4'}) DETACH DELETE p", database_="neo4j")
    with pytest.raises(StoreDamaged, match="9 of 10"):
        neo4j_store.read()
    with pytest.raises(StoreDamaged, match="ends after 4 levels"):
        neo4j_store.upline("C9")


def test_wrong_password_is_refused_at_once(neo4j_server: Address) -> None:
    """When the store is opened, before anybody uploads anything; the password is not repeated."""
    uri, auth = neo4j_server
    if auth is None:
        pytest.skip("the server that DOWNLINE_TEST_NEO4J_URI names asks for no password")
    for login in (("neo4j", "wrong-secret"), ("nobody", auth[1]), None):
        with pytest.raises(StoreAccessDenied, match="check user and password") as caught:
            Neo4jStore(uri, login)
        assert "wrong-secret" not in str(caught.value)


def test_unknown_database_is_named(neo4j_server: Address) -> None:
    """Community servers have one database; a typing error in its name is said as such."""
    with pytest.raises(StoreUnreachable, match="no database 'downlin'"):
        Neo4jStore(*neo4j_server, database="downlin")


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("bolt://127.0.0.1:1", "no Neo4j server answers"),
        ("bolt://no-such-host.invalid:7687", "no-such-host.invalid.* address"),
        ("http://127.0.0.1:7474", "is not an address of a Neo4j server"),
        ("127.0.0.1:7687", "is not an address of a Neo4j server"),
        ("bolt://127.0.0.1:port", "is not an address of a Neo4j server"),
    ],
)
def test_wrong_addresses_are_told_apart(uri: str, says: str) -> None:
    """Nobody there, and not an address at all: each with the way out."""
    with pytest.raises(StoreUnreachable, match=says):
        Neo4jStore(uri)


@contextmanager
def speaking(answer: bytes) -> Iterator[str]:
    """A server that answers every greeting with the same bytes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                with client:
                    client.recv(64)
                    client.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"bolt://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("answer", [struct.pack(">I", 3), struct.pack(">I", 0), b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_servers_too_old_or_of_another_kind_are_refused(answer: bytes) -> None:
    """Bolt 3 is Neo4j 3.5; a zero is no version in common; and a web server is not a graph."""
    with speaking(answer) as uri, pytest.raises((StoreVersionUnsupported, StoreUnreachable)) as caught:
        Neo4jStore(uri)
    assert uri in str(caught.value)


def test_versions_are_compared_as_numbers(neo4j_store: Neo4jStore) -> None:
    """5.26 is newer than 5.9, and 2025.01 than both."""
    for agent in ("Neo4j/4.4.38", "Neo4j/5.8.0", "Memgraph/2.1", "Neo4j/dev"):
        with pytest.raises(StoreVersionUnsupported, match=agent):
            neo4j_store._check(agent)
    for good in ("Neo4j/5.9.0", "Neo4j/5.26.30", "Neo4j/2025.01.0"):
        neo4j_store._check(good)
