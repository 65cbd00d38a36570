"""To and from NetworkX, the lingua franca at the edges of the room.

Edges run from sponsor to recruit, in both directions of the exchange: `graph.successors(x)` are the direct
recruits of x and `nx.descendants(graph, x)` its downline. A graph with edges the other way round is refused with
the call that turns it. Nodes are the company's ids (strings).

NetworkX holds a Python object per edge, about 700 bytes each with its nodes, where the tree holds 20: so one
subtree at a time, unless the caller raises the limit. What is not a tree (cycles in bad data, money going in
circles) is NetworkX's own ground: `links_graph` gives it the recorded links as they are.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import polars as pl

from genealogy.errors import SHOWN, GraphTooLarge, NotATree, StructureError
from genealogy.layout import Column, strings
from genealogy.tree import Tree
from intake.text import Text, say

LIMIT = 100_000
"""Participants that `to_networkx` hands over without being asked twice."""

BYTES_EACH = 700
"""Memory of one participant in a bare `DiGraph` of NetworkX 3.6, measured at a million."""

if TYPE_CHECKING:
    DiGraph = nx.DiGraph[Any]


def to_networkx(tree: Tree, subtree: int | str | None = None, *, limit: int | None = LIMIT) -> DiGraph:
    """One subtree, or the whole forest, as a `networkx.DiGraph` with edges sponsor -> recruit.

    Nodes are ids with `depth` (below the tree's root) and `size` (people in the downline, itself included);
    the graph carries `name`. Nodes come in preorder, so that successors stand heavy-first.

    Args:
        tree: the tree.
        subtree: position or id of the head; None for all.
        limit: the most participants to hand over; None for no limit.

    Raises:
        GraphTooLarge: more participants than the limit.

    >>> graph = to_networkx(Tree.from_parents([-1, 0, 0], ids=["root", "a", "b"]))
    >>> sorted(graph.edges)
    [('root', 'a'), ('root', 'b')]
    """
    head = tree.index(subtree) if isinstance(subtree, str) else subtree
    nodes = slice(0, len(tree)) if head is None else tree.downline(head, include_self=True)
    count = nodes.stop - nodes.start
    if limit is not None and count > limit:
        raise GraphTooLarge(
            say(
                "{count:,} participants would take about {value:,.0f} MB in NetworkX; the limit is "
                "{limit:,}. Name a smaller subtree, or pass limit=None to hand over all of them.",
                "يحتاج {count:,} من المشاركين إلى نحو {value:,.0f} ميغابايت في ⁨NetworkX⁩، والحد "
                "{limit:,}. يُرجى تسمية شبكة تابعة أصغر، أو كتابة ⁨limit=None⁩ لأخذهم جميعًا",
                count=count,
                value=count * BYTES_EACH / 1000000.0,
                limit=limit,
            )
        )
    ids: list[str] = tree.ids[nodes.start : nodes.stop].to_pylist()
    graph: DiGraph = nx.DiGraph(name=tree.name)
    graph.add_nodes_from(
        (name, {"depth": depth, "size": size})
        for name, depth, size in zip(ids, tree.depth[nodes].tolist(), tree.size[nodes].tolist(), strict=True)
    )
    above = (tree.parent[nodes] - nodes.start).tolist()
    graph.add_edges_from((ids[up], name) for name, up in zip(ids, above, strict=True) if up >= 0)
    return graph


def from_networkx(graph: DiGraph, *, name: str = "sponsor") -> Tree:
    """A tree from any NetworkX-like directed graph: one that has `nodes`, `edges` and `is_directed`.

    Edges run sponsor -> recruit; the graph may be a forest. Node keys become ids by `str`. Rows are in the
    order of `graph.nodes`. Attributes are not read.

    Raises:
        NotATree: an undirected graph, a recruit with two sponsors (with the fix named, where edges seem to run
            the other way), two nodes with the same text, or a cycle.
    """
    if not graph.is_directed():
        raise NotATree(
            Text(
                en="the graph is undirected, so nobody is anybody's sponsor; give it a direction first, for "
                "example networkx.bfs_tree(graph, root)",
                ar="الرسم بلا اتجاه، فلا راعي لأحد. يُرجى تحديد اتجاهه أولًا، مثلًا بالدالة "
                "⁨networkx.bfs_tree(graph, root)⁩",
            )
        )
    nodes = list(graph.nodes)
    row = {node: number for number, node in enumerate(nodes)}
    ids = [str(node) for node in nodes]
    if len(set(ids)) < len(ids):
        raise NotATree(
            Text(
                en="two nodes have the same text and would become one id; relabel them first",
                ar="لعقدتين النص نفسه فتصيران معرّفًا واحدًا. يُرجى تغيير إحداهما أولًا",
            )
        )
    # multigraphs give (u, v, key) unless asked; a repeated edge is one link
    pairs = dict.fromkeys((edge[0], edge[1]) for edge in graph.edges)
    if pairs:
        ends = np.fromiter(chain.from_iterable((row[a], row[b]) for a, b in pairs), np.int32, 2 * len(pairs))
        sponsor, recruit = ends[::2], ends[1::2]
    else:
        sponsor = recruit = np.empty(0, np.int32)
    parents = np.full(len(nodes), -1, np.int32)
    several = np.flatnonzero(np.bincount(recruit, minlength=len(nodes)) > 1)
    if several.size:
        shown = ", ".join(ids[number] for number in several[:SHOWN])
        turned = (np.bincount(sponsor, minlength=len(nodes)) <= 1).all()
        hint = (
            Text(
                en="Edges seem to run from recruit to sponsor: pass graph.reverse().",
                ar="تبدو الأسهم من المشارك إلى راعيه؛ يُرجى تمرير ⁨graph.reverse()⁩.",
            )
            if turned
            else Text(
                en="genealogy.structure.inspect resolves several sponsors by a stated rule.",
                ar="تحسم الدالة ⁨genealogy.structure.inspect⁩ تعدد الرعاة بقاعدة معلنة.",
            )
        )
        raise NotATree(
            say(
                "{size:,} nodes have more than one sponsor ({shown}). {hint}",
                "عدد العقد التي لها أكثر من راعٍ {size:,} ({shown}). {hint}",
                size=several.size,
                shown=shown,
                hint=hint,
            )
        )
    parents[recruit] = sponsor
    try:
        return Tree.from_parents(parents, ids=ids, name=name)
    except StructureError as error:
        raise NotATree(say("the graph has a cycle: {error}", "في الرسم حلقة مغلقة: {error}", error=error)) from error


def links_graph(ids: Column, parent_ids: Column) -> DiGraph:
    """The recorded links as they are, faults and all: edges sponsor -> recruit, for `nx.simple_cycles` and the like.

    Cycles, self-sponsors, several sponsors and sponsors that no row mentions are kept. Rows without a sponsor
    add a node.

    >>> graph = links_graph(["a", "b"], ["b", "a"])
    >>> sorted(sorted(cycle) for cycle in nx.simple_cycles(graph))
    [['a', 'b']]
    """
    links = pl.DataFrame({"recruit": strings(ids), "sponsor": strings(parent_ids)})
    graph: DiGraph = nx.DiGraph()
    graph.add_nodes_from(links["recruit"].drop_nulls().to_list())
    known = links.filter((pl.col("sponsor") != "") & pl.col("recruit").is_not_null())
    graph.add_edges_from(zip(known["sponsor"].to_list(), known["recruit"].to_list(), strict=True))
    return graph
