"""Slow, obvious twins of the models, from their definitions: every tree listed, every recurrence run, no closed form."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from math import comb

Tree = tuple[int, ...]
"""Recruiter of participants 2, 3, ..., n; participants are 1..n."""


def every_tree(n: int, *, preferential: bool) -> Iterator[tuple[Tree, Fraction]]:
    """All trees of n in order of joining, each with its chance."""
    for tree in product(*(range(1, newcomer) for newcomer in range(2, n + 1))):
        chance, recruits = Fraction(1), dict.fromkeys(range(1, n + 1), 0)
        for newcomer, recruiter in enumerate(tree, start=2):
            weights = {each: recruits[each] + 1 if preferential else 1 for each in range(1, newcomer)}
            chance *= Fraction(weights[recruiter], sum(weights.values()))
            recruits[recruiter] += 1
        yield tree, chance


def recruits(tree: Tree, k: int) -> int:
    return tree.count(k)


def subtree(tree: Tree, k: int) -> int:
    below = {k}
    for newcomer, recruiter in enumerate(tree, start=2):
        if recruiter in below:
            below.add(newcomer)
    return len(below)


def depth(tree: Tree, k: int) -> int:
    return 0 if k == 1 else 1 + depth(tree, tree[k - 2])


def recruits_law(n: int, k: int, most: int) -> list[float]:
    """Newcomers k+1..n choose the k-th each with chance 1 / those present."""
    law = [1.0] + [0.0] * most
    for present in range(k, n):
        hit = 1 / present
        law = [law[j] * (1 - hit) + (law[j - 1] * hit if j else 0.0) for j in range(most + 1)]
    return law


def degree_shares(n: int, most: int) -> list[float]:
    """One newcomer after the other: one of j - 1 becomes one of j, with chance N_(j-1) / m; the newcomer has none."""
    have = [1.0] + [0.0] * most
    for m in range(1, n):
        have = [
            have[j] * (1 - 1 / m) + (have[j - 1] / m if j else 0.0) + (1.0 if j == 0 else 0.0) for j in range(most + 1)
        ]
    return [each / n for each in have]


def least_squares(x: list[int], y: list[int], degree: int) -> list[Fraction]:
    """Coefficients of the polynomial with the least sum of squares, by the normal equations in fractions."""
    rows = [
        [Fraction(sum(at ** (i + j) for at in x)) for j in range(degree + 1)]
        + [Fraction(sum(c * at**i for at, c in zip(x, y, strict=True)))]
        for i in range(degree + 1)
    ]
    for i in range(degree + 1):
        pivot = next(r for r in range(i, degree + 1) if rows[r][i])
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for r in range(degree + 1):
            if r != i:
                rows[r] = [a - rows[r][i] * b for a, b in zip(rows[r], rows[i], strict=True)]
    return [row[-1] for row in rows]


class Shape:
    """A tree as node -> node above, read by recursion."""

    def __init__(self, parent: dict[str, str | None]) -> None:
        self.parent = parent
        self.root = next(node for node, above in parent.items() if above is None)

    def children(self, node: str) -> list[str]:
        return [each for each, above in self.parent.items() if above == node]

    def depth(self, node: str) -> int:
        above = self.parent[node]
        return 0 if above is None else 1 + self.depth(above)

    def leaves(self, node: str) -> int:
        below = self.children(node)
        return sum(self.leaves(each) for each in below) if below else 1

    def size(self, node: str) -> int:
        return 1 + sum(self.size(each) for each in self.children(node))

    def strahler(self, node: str) -> int:
        below = sorted(self.strahler(each) for each in self.children(node))
        if not below:
            return 1
        return below[-1] + (below.count(below[-1]) > 1)

    def summary(self) -> dict[str, object]:
        nodes = list(self.parent)
        ends = [node for node in nodes if not self.children(node)]
        degree = {node: len(self.children(node)) + (node != self.root) for node in nodes}
        depths = [self.depth(node) for node in nodes]
        found: dict[str, object] = {
            "n": len(nodes),
            "leaves": len(ends),
            "max_depth": max(depths),
            "width_profile": [depths.count(level) for level in range(max(depths) + 1)],
            "sackin": sum(self.depth(node) for node in ends),
            "mean_leaf_depth": sum(self.depth(node) for node in ends) / len(ends),
            "strahler": self.strahler(self.root),
            "total_depth": sum(depths),
            "unary_nodes": sum(len(self.children(node)) == 1 for node in nodes),
            "two_paths": sum(comb(each, 2) for each in degree.values()),
            "three_stars": sum(comb(each, 3) for each in degree.values()),
        }
        inner = [node for node in nodes if self.children(node)]
        if all(len(self.children(node)) == 2 for node in inner):
            sides = [[self.leaves(each) for each in self.children(node)] for node in inner]
            found["colless"] = sum(abs(left - right) for left, right in sides)
        return found
