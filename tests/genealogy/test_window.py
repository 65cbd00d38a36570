"""What a window shows is exact, and costs what is drawn."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genealogy.tree import Tree
from genealogy.window import WORK_PER_MARK, Window


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Random trees of several shapes: bushy, deep, starry; with or without legs; one root or several."""
    count = draw(st.integers(1, 400))
    seed = draw(st.integers(0, 2**32 - 1))
    shape = draw(st.sampled_from(["recursive", "deep", "star", "forest"]))
    random = np.random.default_rng(seed)
    rows = np.arange(count)
    parents = {
        "recursive": (random.random(count) * rows).astype(int),
        "deep": np.maximum(rows - 1 - random.integers(0, 4, count), 0),
        "star": np.where(random.random(count) < 0.9, 0, (random.random(count) * rows).astype(int)),
        "forest": np.where(random.random(count) < 0.2, -1, (random.random(count) * rows).astype(int)),
    }[shape]
    parents[0] = -1
    legs = None
    if draw(st.booleans()):
        legs = random.choice(np.array(["left", "right", "3", None]), count).tolist()
    return Tree.from_parents(parents, leg=legs)


def of_window(tree: Tree, data: st.DataObject, **bounds: int) -> tuple[Window, np.ndarray[Any, Any]]:
    money = np.random.default_rng(3).integers(-100, 100, len(tree))
    budget = data.draw(st.integers(16, 120))
    return tree.window(**bounds, budget=budget, values={"money": tree.prefix_sums(money)}), money


@settings(max_examples=150, deadline=None)
@given(trees(), st.data())
def test_marks_are_exact(tree: Tree, data: st.DataObject) -> None:
    """Every mark lies in the window, is within the budget, and carries the true sums of its slice."""
    x0 = data.draw(st.integers(0, len(tree) - 1))
    x1 = data.draw(st.integers(x0 + 1, len(tree)))
    depth0 = data.draw(st.integers(0, tree.levels))
    depth1 = data.draw(st.integers(depth0, tree.levels + 2))
    budget = data.draw(st.integers(16, 120))
    money = np.random.default_rng(3).integers(-100, 100, len(tree))
    shown = tree.window(x0, x1, depth0, depth1, budget, {"money": tree.prefix_sums(money)})
    assert len(shown) <= budget
    assert shown.visited <= 40 * WORK_PER_MARK * budget
    marks = list(shown)
    assert [(mark.depth, mark.x0) for mark in marks] == sorted((mark.depth, mark.x0) for mark in marks)
    for mark in marks:
        assert x0 <= mark.x0 < mark.x1 <= x1
        assert depth0 <= mark.depth < shown.depth1
        assert mark.count == mark.size
        assert mark.sums["money"] == money[mark.pre : mark.pre + mark.size].sum()
        if mark.kind == "node":
            assert mark.size == tree.size[mark.pre]
            assert mark.depth == tree.depth[mark.pre]
            assert (mark.x0, mark.x1) == (max(mark.pre, x0), min(mark.pre + mark.size, x1))
        else:
            assert (mark.x0, mark.x1) == (mark.pre, mark.pre + mark.size)
    for row in range(depth0, shown.depth1):  # no two marks of a row overlap
        edges = [(mark.x0, mark.x1) for mark in marks if mark.depth == row]
        assert all(here[1] <= there[0] for here, there in itertools.pairwise(edges))


@settings(max_examples=150, deadline=None)
@given(trees(), st.data())
def test_children_tile_their_parents(tree: Tree, data: st.DataObject) -> None:
    """Under a drawn participant, marks fill exactly the part of the downline that the window shows."""
    x0 = data.draw(st.integers(0, len(tree) - 1))
    x1 = data.draw(st.integers(x0 + 1, len(tree)))
    shown, _ = of_window(tree, data, x0=x0, x1=x1)
    marks = list(shown)
    top = [(mark.x0, mark.x1) for mark in marks if mark.depth == 0]
    spans = [((x0, x1), top)]
    for mark in marks:
        if mark.kind == "node" and mark.depth + 1 < shown.depth1:
            span = (max(mark.pre + 1, x0), mark.x1)
            below = [
                (each.x0, each.x1)
                for each in marks
                if each.depth == mark.depth + 1 and span[0] <= each.x0 and each.x1 <= span[1]
            ]
            spans.append((span, below))
    for (left, right), below in spans:
        if left < right:
            assert below[0][0] == left
            assert below[-1][1] == right
            assert all(here[1] == there[0] for here, there in itertools.pairwise(below))
        else:
            assert below == []


@settings(max_examples=150, deadline=None)
@given(trees(), st.data())
def test_marks_add_up_to_the_whole(tree: Tree, data: st.DataObject) -> None:
    """Everybody is drawn once, as a participant or in a bar; and the top row's downlines are everybody."""
    shown, money = of_window(tree, data)
    nodes = [mark.pre for mark in shown if mark.kind == "node"]
    bars = [mark for mark in shown if mark.kind == "bar"]
    top = [mark for mark in shown if mark.depth == 0]
    assert sum(mark.count for mark in top) == len(tree)
    assert sum(mark.sums["money"] for mark in top) == money.sum()
    if shown.depth1 == tree.levels:
        assert len(nodes) + sum(bar.count for bar in bars) == len(tree)
        assert int(money[nodes].sum()) + sum(bar.sums["money"] for bar in bars) == money.sum()


@settings(max_examples=100, deadline=None)
@given(trees(), st.data())
def test_lower_windows_show_the_same_people(tree: Tree, data: st.DataObject) -> None:
    """Whoever is wide enough and in the window is drawn, however deep it begins; nobody else is."""
    depth0 = data.draw(st.integers(0, tree.levels - 1))
    shown, _ = of_window(tree, data, depth0=depth0)
    expected = {
        node
        for node in range(len(tree))
        if depth0 <= tree.depth[node] < shown.depth1
        and min([tree.size[node], *(tree.size[above] for above in tree.upline(node))]) >= shown.narrowest
    }
    if not tree.has_legs:
        assert {mark.pre for mark in shown if mark.kind == "node"} == expected
    else:
        assert {mark.pre for mark in shown if mark.kind == "node"} >= expected


@pytest.mark.parametrize("shape", ["recursive", "chain", "caterpillar", "star"])
def test_cost_does_not_grow_with_the_tree(shape: str) -> None:
    """A thousand times the people, no more work: positions looked at are counted, not timed."""
    costs = {}
    for count in (3_000, 3_000_000):
        rows = np.arange(count, dtype=np.int32)
        parents = {
            "recursive": (np.random.default_rng(1).random(count) * rows).astype(np.int32),
            "chain": rows - 1,
            "caterpillar": np.maximum((rows - 1) // 2 * 2, 0),
            "star": np.zeros(count, np.int32),
        }[shape]
        parents[0] = -1
        tree = Tree.from_parents(parents)
        deep = tree.levels // 2
        views: list[dict[str, int]] = [
            {},
            {"x0": count // 3, "x1": count // 3 + count // 10},
            {"x0": count - 50, "x1": count},
            {"depth0": deep, "depth1": deep + 20},
        ]
        costs[count] = max(tree.window(**view, budget=500).visited for view in views)
    assert costs[3_000_000] <= max(8 * costs[3_000], 500 * WORK_PER_MARK)


def test_a_long_row_of_small_recruits_is_one_bar() -> None:
    """A sponsor with a million recruits who recruited nobody: the sponsor and one bar."""
    tree = Tree.from_parents(np.append(np.int32(-1), np.zeros(999_999, np.int32)))
    sponsor, bar = tree.window(budget=100, values={"people": np.arange(1_000_001)})
    assert (sponsor.kind, sponsor.count, sponsor.sums) == ("node", 1_000_000, {"people": 1_000_000})
    assert (bar.kind, bar.x0, bar.count, bar.depth, bar.sums) == ("bar", 1, 999_999, 1, {"people": 999_999})


def test_rows_below_the_tree_are_empty() -> None:
    """A window under the deepest level shows nothing and is no error."""
    shown = Tree.from_parents([-1, 0]).window(depth0=2, depth1=9)
    assert (len(shown), list(shown), shown.depth0, shown.depth1) == (0, [], 2, 2)


@pytest.mark.parametrize(
    "wrong", [{"x0": 2}, {"x0": -1}, {"x0": 1, "x1": 1}, {"depth0": -1}, {"depth0": 2, "depth1": 1}, {"budget": 3}]
)
def test_impossible_windows_are_refused(wrong: dict[str, int]) -> None:
    """Reversed or outside rectangles and useless budgets are named."""
    with pytest.raises(ValueError, match="window"):
        Tree.from_parents([-1, 0]).window(**wrong)


def test_measures_must_be_running_sums() -> None:
    """Plain values instead of running sums are refused, not summed wrongly."""
    with pytest.raises(ValueError, match="prefix_sums makes 3"):
        Tree.from_parents([-1, 0]).window(values={"money": np.array([1, 2])})
