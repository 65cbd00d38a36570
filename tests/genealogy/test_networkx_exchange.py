"""Trees travel to NetworkX and back unchanged, and what is not a tree is refused with the way out."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genealogy.errors import GraphTooLarge, NotATree, UnknownParticipant
from genealogy.exchange import links_graph
from genealogy.structure import inspect
from genealogy.tree import Tree


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 40), st.integers(0, 2**32 - 1))
def test_there_and_back(count: int, seed: int) -> None:
    """The same links, sizes and depths; NetworkX agrees about downlines and lowest common sponsors."""
    random = np.random.default_rng(seed)
    parents = [int(random.integers(-1, row)) if row else -1 for row in range(count)]
    tree = Tree.from_parents(parents, ids=[f"p{row}" for row in range(count)])
    graph = tree.to_networkx()
    assert len(graph) == count
    for node in range(count):
        name = tree.id_of(node)
        assert graph.nodes[name] == {"depth": tree.depth[node], "size": tree.size[node]}
        assert list(graph.successors(name)) == [tree.id_of(child) for child in tree.children(node)]
        assert len(nx.descendants(graph, name)) == tree.size[node] - 1
    if count > 1:
        a, b = (int(each) for each in random.integers(0, count, 2))
        top = tree.lowest_common_sponsor(a, b)
        common = nx.lowest_common_ancestor(graph, tree.id_of(a), tree.id_of(b))
        assert common == (tree.id_of(top) if top >= 0 else None)
    back = Tree.from_networkx(graph, name="again")
    assert back.name == "again"
    assert {back.id_of(n): back.size[n] for n in range(count)} == {tree.id_of(n): tree.size[n] for n in range(count)}
    assert {(back.id_of(int(up)), back.id_of(node)) for node, up in enumerate(back.parent) if up >= 0} == set(
        graph.edges
    )


def test_one_subtree_by_id_or_position() -> None:
    """The head has no sponsor in its own graph."""
    tree = Tree.from_parents([-1, 0, 1, 1, 0], ids=["root", "a", "b", "c", "d"])
    expected = {("a", "b"), ("a", "c")}
    assert set(tree.to_networkx("a").edges) == set(tree.to_networkx(tree.index("a")).edges) == expected
    assert nx.is_arborescence(tree.to_networkx("a"))
    with pytest.raises(UnknownParticipant):
        tree.to_networkx("nobody")


def test_a_million_is_refused_and_the_switch_is_named() -> None:
    """NetworkX would take hundreds of megabytes; a small subtree of the same tree is fine."""
    parents = np.arange(1_000_000, dtype=np.int32) // 2 - 1
    parents[1] = 0
    tree = Tree.from_parents(parents)
    with pytest.raises(GraphTooLarge, match=r"700 MB .* limit=None"):
        tree.to_networkx()
    assert len(tree.to_networkx(len(tree) - 1)) == 1
    small = Tree.from_parents([-1, 0])
    with pytest.raises(GraphTooLarge, match="limit is 1"):
        small.to_networkx(limit=1)
    assert len(small.to_networkx(limit=None)) == 2


@pytest.mark.parametrize(
    ("edges", "kind", "message"),
    [
        ([("a", "x"), ("b", "x")], nx.DiGraph, r"1 nodes .*\(x\).*pass graph.reverse"),
        ([("a", "x"), ("b", "x"), ("a", "y")], nx.DiGraph, "inspect resolves several sponsors"),
        ([("a", "b"), ("b", "a")], nx.DiGraph, "cycle"),
        ([("a", "b")], nx.Graph, "undirected"),
        ([(1, "x"), ("1", "y")], nx.DiGraph, "one id"),
    ],
)
def test_what_is_not_a_tree_is_refused(edges: list[tuple[str, str]], kind: type[nx.DiGraph[str]], message: str) -> None:
    """Each refusal names the way out."""
    with pytest.raises(NotATree, match=message):
        Tree.from_networkx(kind(edges))


def test_any_graph_with_nodes_and_edges_is_accepted() -> None:
    """A multigraph with a repeated edge, and node keys that are not strings."""
    graph = nx.MultiDiGraph([(1, 2), (1, 2), (2, 3)])
    assert Tree.from_networkx(graph).ids.to_pylist() == ["1", "2", "3"]


def test_recorded_links_keep_their_faults() -> None:
    """NetworkX finds the cycles that `inspect` cuts."""
    ids, sponsors = ["a", "b", "c", "d", "e"], ["b", "c", "a", "", "e"]
    cycles = sorted(sorted(cycle) for cycle in nx.simple_cycles(links_graph(ids, sponsors)))
    assert cycles == [["a", "b", "c"], ["e"]]
    assert {problem.code for problem in inspect(ids, sponsors).problems} == {"cycle", "self-sponsor", "several-roots"}
