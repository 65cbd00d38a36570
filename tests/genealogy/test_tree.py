"""The fast tree agrees with the obvious one on every method, and holds where recursion would not."""

from __future__ import annotations

import doctest
import importlib
import importlib.util
import itertools
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genealogy import kernels
from genealogy.dates import UNKNOWN, moment, seconds
from genealogy.errors import StructureError, SumOverflow, TooManyParticipants, UnknownParticipant
from genealogy.ids import IdIndex
from genealogy.tree import Tree

_SPEC = importlib.util.spec_from_file_location("genealogy_twin", Path(__file__).with_name("twin.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
_MODULE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MODULE)
Twin = _MODULE.Twin


@st.composite
def forests(draw: st.DrawFn, most: int = 24) -> list[int]:
    """Parents of a random forest, rows in any order."""
    count = draw(st.integers(0, most))
    parents = [draw(st.integers(-1, row - 1)) for row in range(count)]
    shuffled = draw(st.permutations(range(count)))
    moved = [-1] * count
    for row, parent in enumerate(parents):
        moved[shuffled[row]] = -1 if parent < 0 else shuffled[parent]
    return moved


@st.composite
def peopled(draw: st.DrawFn) -> tuple[list[int], list[int | None], list[str | None] | None]:
    """A forest with dates of joining and, sometimes, legs."""
    parents = draw(forests())
    count = len(parents)
    joined = draw(st.lists(st.none() | st.integers(-5, 5), min_size=count, max_size=count))
    leg = st.none() | st.sampled_from(["left", "middle", "right", "4", "10"])
    legs = draw(st.none() | st.lists(leg, min_size=count, max_size=count))
    return parents, joined, legs


def dates(values: list[int | None]) -> np.ndarray[Any, Any]:
    return np.array([UNKNOWN if value is None else value for value in values], np.int64)


def built(people: tuple[list[int], list[int | None], list[str | None] | None]) -> tuple[Tree, Any]:
    parents, joined, legs = people
    ids = [f"id-{row}" for row in range(len(parents))]
    tree = Tree.from_parents(np.array(parents, np.int64), ids=ids, joined=dates(joined), leg=legs)
    return tree, Twin(parents, joined, legs)


def rows(tree: Tree, positions: Any) -> list[int]:
    return [int(row) for row in tree.row[np.asarray(positions, np.int64)]]


@settings(max_examples=150, deadline=None)
@given(peopled())
def test_layout_is_the_documented_preorder(people: Any) -> None:
    """Siblings stand by leg, then heavy-first, then by date, then by row; arrays describe that order."""
    tree, twin = built(people)
    assert tree.row.tolist() == twin.order
    assert [int(tree.position[row]) for row in twin.order] == list(range(len(tree)))
    assert tree.size.tolist() == [twin.size[row] for row in twin.order]
    assert tree.depth.tolist() == [twin.depth(row) for row in twin.order]
    above = [twin.parents[row] for row in twin.order]
    assert [tree.row[up] if up >= 0 else -1 for up in tree.parent] == above
    assert tree.ids.to_pylist() == [f"id-{row}" for row in twin.order]
    assert [tree.id_of(node) for node in range(len(tree))] == tree.ids.to_pylist()
    assert [tree.index(f"id-{row}") for row in twin.order] == list(range(len(tree)))
    assert tree.levels == max((twin.depth(row) + 1 for row in twin.order), default=0)


@settings(max_examples=100, deadline=None)
@given(peopled())
def test_walks_agree_with_the_twin(people: Any) -> None:
    """Upline, downline, children, legs, leaves and profiles are those of the children lists."""
    tree, twin = built(people)
    assert rows(tree, tree.roots()) == twin.children[-1]
    assert rows(tree, tree.leaves()) == [row for row in twin.order if not twin.children[row]]
    assert tree.direct_counts().tolist() == [len(twin.children[row]) for row in twin.order]
    depths = [twin.depth(row) for row in twin.order]
    assert tree.level_profile().tolist() == [depths.count(level) for level in range(tree.levels)]
    for node, row in enumerate(twin.order):
        assert rows(tree, tree.upline(node)) == twin.upline(row)
        assert set(rows(tree, np.arange(len(tree))[tree.downline(node)])) == twin.downline(row)
        whole = tree.downline(node, include_self=True)
        assert (whole.start, whole.stop - whole.start) == (node, tree.size[node])
        assert rows(tree, tree.children(node)) == twin.children[row]
        legs = tree.legs(node)
        assert rows(tree, legs.child) == twin.children[row]
        assert legs.size.tolist() == [twin.size[child] for child in twin.children[row]]
        if people[2] is not None:
            assert list(legs.leg) == [people[2][child] for child in twin.children[row]]
        levels = [twin.level(each, row) for each in {row, *twin.downline(row)}]
        assert tree.level_profile(node).tolist() == [levels.count(level) for level in range(max(levels) + 1)]


@settings(max_examples=80, deadline=None)
@given(peopled())
def test_pairs_agree_with_the_twin(people: Any) -> None:
    """Levels, paths and lowest common sponsors, for every pair."""
    tree, twin = built(people)
    for a, row_a in enumerate(twin.order):
        chain = [a, *tree.upline(a).tolist(), -1, -1]
        for levels in range(len(chain)):
            assert tree.level_ancestor(a, levels) == chain[levels]
        for b, row_b in enumerate(twin.order):
            assert tree.is_upline_of(a, b) == (row_b in twin.downline(row_a))
            assert tree.level(b, a) == twin.level(row_b, row_a)
            top = tree.lowest_common_sponsor(a, b)
            expected = twin.lowest_common(row_a, row_b)
            assert (int(tree.row[top]) if top >= 0 else -1) == expected
            path = rows(tree, tree.path(a, b))
            if expected < 0:
                assert path == []
                continue
            assert (path[0], path[-1]) == (row_a, row_b)
            assert len(path) == twin.level(row_a, expected) + twin.level(row_b, expected) + 1
            for here, there in itertools.pairwise(path):
                assert twin.parents[here] == there or twin.parents[there] == here
    if len(tree):
        nodes = np.arange(len(tree))
        expected_row = [tree.level_ancestor(int(node), 2) for node in nodes]
        assert tree.level_ancestors(nodes, 2).tolist() == expected_row


@settings(max_examples=150, deadline=None)
@given(peopled(), st.data(), st.none() | st.integers(0, 6), st.booleans())
def test_group_sums_agree_with_the_twin(people: Any, data: st.DataObject, levels: int | None, own: bool) -> None:
    """Sums over the whole downline, and to any depth, with and without the participant's own."""
    tree, twin = built(people)
    values = data.draw(st.lists(st.integers(-(10**12), 10**12), min_size=len(tree), max_size=len(tree)))
    sums = tree.group_sum(tree.by_position(np.array(values, np.int64)), levels, include_self=own)
    assert tree.by_row(sums).tolist() == twin.group_sum(values, levels, include_self=own)
    running = tree.prefix_sums(tree.by_position(np.array(values, np.int64)))
    if levels is None and own:
        assert (running[np.arange(len(tree)) + tree.size] - running[:-1]).tolist() == sums.tolist()


@settings(max_examples=150, deadline=None)
@given(peopled(), st.data())
def test_filter_hangs_recruits_under_the_nearest_kept(people: Any, data: st.DataObject) -> None:
    """A filtered tree is the tree one would have built from the kept rows alone."""
    tree, twin = built(people)
    keep = data.draw(st.lists(st.booleans(), min_size=len(tree), max_size=len(tree)))
    some = tree.filter(tree.by_position(np.array(keep, np.bool_)))
    above = twin.kept(keep)
    kept = [row for row in range(len(tree)) if keep[row]]
    dense = {row: number for number, row in enumerate(kept)}
    joined = [people[1][row] for row in kept]
    legs = None if people[2] is None else [people[2][row] for row in kept]
    expected = Twin([dense.get(above[row], -1) for row in kept], joined, legs)
    assert some.row.tolist() == [kept[number] for number in expected.order]
    assert [int(some.position[row]) for row in range(len(tree))] == [
        some.row.tolist().index(row) if keep[row] else -1 for row in range(len(tree))
    ]
    assert some.size.tolist() == [expected.size[number] for number in expected.order]
    assert {some.id_of(node) for node in range(len(some))} == {f"id-{row}" for row in kept}
    for row in range(len(tree)):
        if not keep[row]:
            with pytest.raises(UnknownParticipant):
                some.index(f"id-{row}")


@settings(max_examples=80, deadline=None)
@given(peopled(), st.data(), st.integers(-6, 6))
def test_as_of_keeps_those_present(people: Any, data: st.DataObject, when: int) -> None:
    """Present is who had joined by then (or at an unknown date) and had not left."""
    tree, _ = built(people)
    left = data.draw(st.lists(st.none() | st.integers(-5, 5), min_size=len(tree), max_size=len(tree)))
    then = tree.as_of(tree.by_position(dates(people[1])), tree.by_position(dates(left)), when)
    present = {
        row
        for row in range(len(tree))
        if (people[1][row] is None or people[1][row] <= when) and (left[row] is None or left[row] > when)
    }
    assert set(then.row.tolist()) == present


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=13), st.data())
def test_cycles_are_refused_with_their_ids(parents: list[int], data: st.DataObject) -> None:
    """Any parents at all: either a forest, or the rows on cycles are named."""
    count = len(parents)
    parents = [data.draw(st.integers(-1, count - 1)) for _ in parents]
    on_cycle = set()
    for row in range(count):
        here = row
        for _ in range(count + 1):
            here = parents[here] if here >= 0 else -1
            if here == row:
                on_cycle.add(row)
    if not on_cycle:
        assert len(Tree.from_parents(parents)) == count
        return
    with pytest.raises(StructureError) as refused:
        Tree.from_parents(parents, ids=[f"p{row}" for row in range(count)])
    assert set(refused.value.rows) == on_cycle
    assert set(refused.value.ids) == {f"p{row}" for row in on_cycle}
    assert f"p{min(on_cycle)}" in str(refused.value)
    assert refused.value.code == "broken-structure"


@pytest.mark.parametrize("reverse", [False, True])
def test_chain_of_a_million(reverse: bool) -> None:
    """A million levels: nothing recurses, and climbing is a subtraction."""
    count = 1_000_000
    parents = np.arange(count, dtype=np.int32) - 1
    if reverse:
        parents = np.append(np.arange(1, count, dtype=np.int32), np.int32(-1))
    tree = Tree.from_parents(parents)
    assert tree.levels == count
    assert tree.size[0] == count
    assert tree.upline(count - 1).size == count - 1
    assert tree.level_ancestor(count - 1, 700_000) == 299_999
    assert tree.lowest_common_sponsor(count - 1, 5) == 5
    assert tree.path(3, 900_000).size == 899_998
    ones = np.ones(count, np.int64)
    assert tree.group_sum(ones)[0] == count
    assert tree.group_sum(ones, levels=10)[0] == 11
    assert tree.group_sum(ones, levels=10)[count - 3] == 3
    half = tree.filter(np.arange(count) % 2 == 0)
    assert half.levels == count // 2
    assert len(tree.window()) <= 2000


def test_sums_that_do_not_fit_are_refused() -> None:
    """A wrapped figure is never returned, even where the signed sum would fit."""
    tree = Tree.from_parents([-1, 0, 0])
    assert tree.group_sum([2**62, 2**62 - 1, 0]).tolist()[0] == 2**63 - 1
    for values in ([2**62, 2**62, 0], [2**63 - 1, 1, -1], [-(2**63), 0, 0]):
        with pytest.raises(SumOverflow, match="64 bits"):
            tree.group_sum(values)
        with pytest.raises(SumOverflow):
            tree.prefix_sums(values)
    with pytest.raises(TypeError, match="integers"):
        tree.group_sum([0.5, 1, 1])
    with pytest.raises(ValueError, match="2 values for 3"):
        tree.group_sum([1, 1])
    with pytest.raises(ValueError, match="negative"):
        tree.group_sum([1, 1, 1], levels=-1)


def test_wrong_parents_are_refused() -> None:
    """Parents that are no rows, no integers, or too many for 32 bits."""
    with pytest.raises(StructureError, match="row 1 names parent row 7"):
        Tree.from_parents([-1, 7])
    with pytest.raises(StructureError, match="row 0 names parent row -2"):
        Tree.from_parents(np.array([-2], np.int32))
    with pytest.raises(StructureError, match=str(2**40)):
        Tree.from_parents(np.array([2**40]))
    with pytest.raises(TypeError, match="integers"):
        Tree.from_parents([0.5])
    with pytest.raises(ValueError, match="ids has 1 rows"):
        Tree.from_parents([-1, 0], ids=["a"])
    too_many = np.lib.stride_tricks.as_strided(np.array([-1], np.int32), (2**31,), (0,))
    with pytest.raises(TooManyParticipants, match="2,147,483,648"):
        Tree.from_parents(too_many)


def test_unknown_positions_and_ids_are_refused() -> None:
    """A position or id outside the tree is named in the error."""
    tree = Tree.from_parents([-1, 0], ids=pa.array(["a", "b"]))
    for wrong in (-1, 2):
        with pytest.raises(UnknownParticipant, match="0 to 1"):
            tree.upline(wrong)
    with pytest.raises(UnknownParticipant, match="'z'"):
        tree.index("z")
    plain = Tree.from_parents([-1, 0])
    assert plain.index("1") == 1
    for wrong_id in ("2", "x", "-1"):
        with pytest.raises(UnknownParticipant):
            plain.index(wrong_id)


def test_empty_tree_answers() -> None:
    """No participants, no trouble."""
    tree = Tree.from_parents(np.empty(0, np.int32), ids=[])
    assert (len(tree), tree.levels, tree.roots().size, tree.leaves().size) == (0, 0, 0, 0)
    assert tree.group_sum([]).size == 0
    assert len(tree.window()) == 0
    assert tree.level_profile().size == 0


def test_arrays_cannot_be_changed() -> None:
    """A tree is a value: its arrays are read-only."""
    tree = Tree.from_parents([-1, 0])
    with pytest.raises(ValueError, match="read-only"):
        tree.size[0] = 5


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(-(2**62), 2**62), min_size=1, max_size=60))
def test_radix_sort_is_a_stable_sort(values: list[int]) -> None:
    """`earliest_first` sorts any span of dates, equal ones by row."""
    order = kernels.earliest_first(np.array(values, np.int64))
    assert order.tolist() == sorted(range(len(values)), key=lambda row: (values[row], row))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=3)), st.lists(st.none() | st.text(max_size=3)))
def test_ids_are_found_by_themselves_only(ids: list[str], wanted: list[str | None]) -> None:
    """Each id leads to its first row, and anything else to -1."""
    index = IdIndex(pl.Series(ids, dtype=pl.String))
    expected = [ids.index(each) if each is not None and each in ids else -1 for each in wanted]
    assert index.rows_of(pl.Series(wanted, dtype=pl.String)).tolist() == expected


def test_ids_with_equal_hashes_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were all hashes equal, ids would still be compared by themselves."""
    monkeypatch.setattr(IdIndex, "_hash", staticmethod(lambda ids: np.full(len(ids), 7, np.uint64)))
    index = IdIndex(pl.Series(["a", "b", "c", "b"]))
    assert index.rows_of(pl.Series(["c", "b", "a", "z"])).tolist() == [2, 1, 0, -1]


def test_dates_of_any_make() -> None:
    """Polars, Arrow, NumPy and Python dates are the same seconds."""
    day = date(2025, 3, 7)
    expected = [moment(day), int(UNKNOWN)]
    assert seconds(pl.Series([day, None])).tolist() == expected
    assert seconds(pa.array([day, None])).tolist() == expected
    assert seconds(np.array([day, "NaT"], "datetime64[ms]")).tolist() == expected
    assert seconds([day, None]).tolist() == expected
    assert seconds(pl.Series([None, None])).tolist() == [UNKNOWN, UNKNOWN]
    assert moment(np.datetime64(day)) == moment(day)
    with pytest.raises(TypeError, match="not String"):
        seconds(["yesterday"])


@pytest.mark.parametrize(
    "module", ["tree", "layout", "ids", "dates", "structure", "exchange", "network", "moves", "window"]
)
def test_examples_in_docstrings_run(module: str) -> None:
    """The documentation's examples are true."""
    assert doctest.testmod(importlib.import_module(f"genealogy.{module}")).failed == 0
