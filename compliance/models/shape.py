"""The shape of one tree: balance, branching order, and how much hangs on one participant.

Trees come as node -> node above, the one root -> nothing; the layout and the sums of `genealogy.Tree` do the work.
Every sales tree has many ends and few middles: shape is a description.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from compliance.models.quantities import Name, Result
from compliance.models.registry import Refused, model
from genealogy.errors import StructureError
from genealogy.tree import Tree
from intake.text import say

Upline = dict[Name, Name | None]
_NAMED = 5


def _tree(parent: Upline) -> Tree:
    """The tree.

    Raises:
        Refused: not exactly one root, a parent that is no node, or a cycle.
    """
    rows = {node: row for row, node in enumerate(parent)}
    tops = [node for node, above in parent.items() if above is None]
    if len(tops) != 1:
        reason = say(
            "exactly one node must have null above it, the root",
            "يجب أن يكون فوق موضع واحد فقط، هو الجذر، {nothing}",
            nothing="null",
        )
        raise Refused("parent", tops or None, reason)
    for node, above in parent.items():
        if above is not None and above not in rows:
            reason = say(
                "stands above {node!r} and is no node; give it one above, or null",
                "فوق {node} وليس من المواضع؛ يُذكر ما فوقه، أو {nothing}",
                node=node,
                nothing="null",
            )
            raise Refused("parent", above, reason)
    try:
        return Tree.from_parents([-1 if above is None else rows[above] for above in parent.values()], ids=list(parent))
    except StructureError as broken:
        reason = say(
            "the tree has a cycle, each of these is its own upline: {nodes}",
            "في الشجرة حلقة مغلقة، كل من هؤلاء من رعاة نفسه: {nodes}",
            nodes=_few(broken.ids),
        )
        raise Refused("parent", None, reason) from broken


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", ..." if len(names) > _NAMED else "")


def _children(tree: Tree) -> list[list[int]]:
    below: list[list[int]] = [[] for _ in range(len(tree))]
    for node, above in enumerate(tree.parent.tolist()):
        if above >= 0:
            below[above].append(node)
    return below


def _strahler(below: list[list[int]]) -> int:
    """Horton-Strahler number of the root: 1 at a leaf; the largest below, plus 1 where two below reach it."""
    order = [1] * len(below)
    for node in reversed(range(len(below))):  # preorder: those below stand behind
        found = sorted((order[child] for child in below[node]), reverse=True)
        if found:
            order[node] = found[0] + (len(found) > 1 and found[0] == found[1])
    return order[0]


def _colless(below: list[list[int]]) -> int:
    """Sum over inner nodes of |leaves on one side - leaves on the other|; for binary trees."""
    leaves = [int(not children) for children in below]
    total = 0
    for node in reversed(range(len(below))):
        if below[node]:
            left, right = (leaves[child] for child in below[node])
            leaves[node] = left + right
            total += abs(left - right)
    return total


@model(
    "tree.summary",
    source="Sackin and Colless as in CRAN treebalance; Horton-Strahler; motif counts; values computed",
    mark="V",
)
def summary(parent: Upline) -> dict[str, Result]:
    """Sackin = sum of leaf depths; Strahler; two-paths = sum of C(deg, 2), three-stars = sum of C(deg, 3).

    Args:
        parent: node -> node above; the root -> None.

    Returns:
        `n`, `leaves`, `max_depth`, `width_profile` (nodes on each level), `sackin`, `mean_leaf_depth`, `strahler`,
        `total_depth`, `unary_nodes` (one child), `two_paths` and `three_stars` (undirected degrees), and `colless`
        where every inner node has two children.
    """
    tree = _tree(parent)
    below = _children(tree)
    children = [len(each) for each in below]
    degrees = [count + (node > 0) for node, count in enumerate(children)]
    leaf = tree.size == 1
    leaves, sackin = int(leaf.sum()), int(tree.depth[leaf].sum(dtype=np.int64))
    found: dict[str, Result] = {
        "n": len(tree),
        "leaves": leaves,
        "max_depth": int(tree.depth.max()),
        "width_profile": tree.level_profile(),
        "sackin": sackin,
        "mean_leaf_depth": Fraction(sackin, leaves),
        "strahler": _strahler(below),
        "total_depth": int(tree.depth.sum(dtype=np.int64)),
        "unary_nodes": children.count(1),
        "two_paths": sum(degree * (degree - 1) // 2 for degree in degrees),
        "three_stars": sum(degree * (degree - 1) * (degree - 2) // 6 for degree in degrees),
    }
    if all(count in (0, 2) for count in children):
        found["colless"] = _colless(below)
    return found


def _by_name(tree: Tree, values: npt.NDArray[np.int64], parent: Upline) -> dict[str, int]:
    by_row = values[tree.position]
    return dict(zip(parent, by_row.tolist(), strict=True))


def betweenness_of(tree: Tree) -> npt.NDArray[np.int64]:
    """Pairs of others whose way leads through each position: [(n-1)^2 - sum of s_i^2] / 2, s_i the parts left.

    For one tree of up to two milliards; unnormalised, undirected, as NetworkX computes it.
    """
    size = tree.size.astype(np.int64)
    n = np.int64(len(tree))
    squares = (n - size) ** 2
    np.add.at(squares, tree.parent[1:], size[1:] ** 2)
    return np.asarray(((n - 1) ** 2 - squares) // 2)


@model("tree.betweenness", source="Closed form on trees; equals NetworkX's unnormalised betweenness")
def betweenness(parent: Upline) -> dict[str, int]:
    """[(n-1)^2 - sum of s_i^2] / 2, s_i the sizes of the parts left when the node is removed."""
    tree = _tree(parent)
    return _by_name(tree, betweenness_of(tree), parent)


@model("tree.disconnected_if_removed", source="Derived: share of the downline that is orphaned when a node leaves")
def disconnected_if_removed(parent: Upline) -> dict[str, Fraction]:
    """(subtree(u) - 1) / n."""
    tree = _tree(parent)
    below = _by_name(tree, tree.size.astype(np.int64) - 1, parent)
    return {node: Fraction(count, len(tree)) for node, count in below.items()}
