"""What a picture of the tree shows, at a cost of what is drawn and not of what exists.

The picture is an icicle: everybody is an interval `[pre, pre + size)` on the row of their depth, so widths are
head-counts and a whole downline lies below its head. `window` is asked for a rectangle of it and a budget of
marks. It goes down from the narrowest head that covers the rectangle. Children stand heavy-first, so the first
child narrower than a mark ends the row under its parent: all later siblings are narrower still and, with their
whole downlines, are one contiguous slice, drawn as one bar whose people and money come from prefix sums.

How narrow a mark may be is found by trying: the width at which the budget would just suffice, doubled until it
does. Levels above the rectangle are skipped: along a run of first children the downlines beside the run are again
contiguous slices, so a run of any length is split in halves only where something wide enough hangs beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numba import njit

from genealogy import kernels
from genealogy.kernels import Positions, climb

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genealogy.tree import Tree

NODE, BAR = 0, 1
COLUMNS = 6  # of the marks that the kernel writes: kind, pre, size, x0, x1, depth
WORK_PER_MARK = 32
"""Positions looked at per mark before a width counts as too narrow."""

_EXPAND, _BESIDE = 0, 1


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing to draw: a participant, or a bar that stands for a slice of people.

    A participant's `count` and `sums` are those of its whole downline, itself included, wherever that lies; a
    bar's are those of the people in `[x0, x1)`.
    """

    kind: Literal["node", "bar"]
    pre: int
    """Position of the participant; of a bar, its first position."""
    size: int
    x0: int
    """Left edge, cut off at the window's."""
    x1: int
    depth: int
    """The row it is drawn on."""
    count: int
    sums: dict[str, int]


@dataclass(frozen=True, slots=True)
class Window:
    """The marks of one rectangle, row by row and from left to right, as columns; iterate for `Mark`s."""

    x0: int
    x1: int
    depth0: int
    depth1: int
    """The first row that was not asked for, does not exist, or lies beyond what the budget can show."""
    narrowest: int
    """People that a participant's downline must have to be drawn on its own."""
    is_bar: NDArray[np.bool_]
    pre: Positions
    size: Positions
    left: Positions
    right: Positions
    depth: Positions
    sums: dict[str, NDArray[np.int64]]
    visited: int
    """Positions looked at, over all tries: the cost."""

    def __len__(self) -> int:
        return int(self.pre.size)

    def __iter__(self) -> Iterator[Mark]:
        columns = zip(
            self.is_bar.tolist(),
            self.pre.tolist(),
            self.size.tolist(),
            self.left.tolist(),
            self.right.tolist(),
            self.depth.tolist(),
            strict=True,
        )
        sums = {name: values.tolist() for name, values in self.sums.items()}
        for step, (is_bar, pre, size, left, right, depth) in enumerate(columns):
            own = {name: values[step] for name, values in sums.items()}
            yield Mark("bar" if is_bar else "node", pre, size, left, right, depth, size, own)


def window(
    tree: Tree,
    x0: int = 0,
    x1: int | None = None,
    depth0: int = 0,
    depth1: int | None = None,
    budget: int = 2000,
    values: Mapping[str, NDArray[np.int64]] | None = None,
) -> Window:
    """What an icicle of positions `[x0, x1)` by depths `[depth0, depth1)` shows in at most `budget` marks.

    With `depth0 = 0` and enough rows every person of the window is drawn once: as a participant or within a
    bar. Whoever stands above `depth0` and is narrower than a mark is, with the downline, part of a bar on row
    `depth0`.

    Args:
        tree: the tree.
        x0: first position.
        x1: position after the last; None for all.
        depth0: first depth.
        depth1: depth after the last; None for all. At most a quarter of the budget's rows are answered.
        budget: the most marks wanted, at least 16.
        values: measures to sum, as running sums made by `Tree.prefix_sums`.

    Raises:
        ValueError: an empty or reversed rectangle, a budget below 16, sums of another length than the tree's.
    """
    end = len(tree) if x1 is None else min(int(x1), len(tree))
    measures = {} if values is None else dict(values)
    if budget < 16:
        raise ValueError(f"a window needs a budget of at least 16 marks, found {budget}")
    if (len(tree) and not 0 <= x0 < end) or not 0 <= depth0 <= (depth0 if depth1 is None else depth1):
        raise ValueError(
            f"an empty window: positions {x0} to {end} of {len(tree):,}, depths {depth0} to {depth1}; "
            "both run from a first one to one after the last"
        )
    for name, sums in measures.items():
        if sums.size != len(tree) + 1:
            raise ValueError(f"{name} has {sums.size} running sums, Tree.prefix_sums makes {len(tree) + 1}")
    rows = min(tree.levels if depth1 is None else int(depth1), tree.levels, depth0 + max(1, budget // 4))
    marks = np.empty((budget + 2, COLUMNS), np.int32)
    narrowest = max(1, -(-(end - x0) // budget))
    drawn, visited = 0, 0
    while depth0 < rows:
        drawn, looked_at = _draw(
            tree.parent,
            tree.size,
            tree.depth,
            tree.head,
            (x0, end, depth0, rows, narrowest),
            tree.has_legs,
            marks,
        )
        visited += looked_at
        if drawn >= 0:
            break
        narrowest *= 2
    marks = marks[:drawn]
    marks = marks[np.lexsort((marks[:, 3], marks[:, 5]))]
    kind, pre, size, left, right, depth = (np.ascontiguousarray(column) for column in marks.T)
    return Window(
        x0,
        end,
        depth0,
        max(rows, depth0),
        narrowest,
        kind == BAR,
        pre,
        size,
        left,
        right,
        depth,
        {name: sums[pre + size] - sums[pre] for name, sums in measures.items()},
        visited,
    )


@njit(cache=True, nogil=True)
def _draw(
    parent: Positions,
    size: Positions,
    depth: Positions,
    head: Positions,
    view: tuple[int, int, int, int, int],
    has_legs: bool,
    marks: Positions,
) -> tuple[int, int]:
    """Write the marks of one try; (how many, positions looked at), or (-1, ...) when they are too many."""
    x0, x1, depth0, depth1, narrowest = view
    budget = len(marks) - 2  # a step below writes at most two
    stack = [(0, 0, 0)]
    stack.pop()
    drawn = 0
    visited = 1
    covering = kernels.common_ancestor(parent, depth, head, x0, x1 - 1)
    if covering >= 0 and depth[covering] >= depth0:
        covering = climb(parent, head, covering, depth[covering] - depth0)
        drawn = _node(marks, drawn, covering, size[covering], x0, x1, depth0)
    stack.append((_EXPAND, covering, 0))
    while stack:
        visited += 1
        kind, node, last = stack.pop()
        if kind == _BESIDE:  # the downlines beside the run of first children node, node + 1, ..., last
            first, stop = last + size[last], min(x1, node + size[node])
            if stop - max(first, x0) < narrowest:
                drawn = _bar(marks, drawn, max(first, x0), stop, depth0)
                if drawn > budget:
                    return -1, visited
                continue
            if last - node > 1:
                stack.append((_BESIDE, node, (node + last) // 2))
                stack.append((_BESIDE, (node + last) // 2, last))
                continue
        elif node < 0:
            first, stop = 0, x1
        else:
            first, stop = node + 1, min(x1, node + size[node])
            last = _down_the_run(head, node, depth0 - 1 - depth[node])
            if last > node:
                stack.append((_BESIDE, node, last))
                stack.append((_EXPAND, last, 0))
                continue
        below = 0 if node < 0 else depth[node] + 1
        if below >= depth1 or stop <= x0 or first >= stop:
            continue
        # where the window begins under a later child, straight to that child
        child = climb(parent, head, x0, depth[x0] - below) if first < x0 else first
        narrow_from = -1
        while child < stop:
            visited += 1
            if size[child] < narrowest:
                narrow_from = max(child, x0) if narrow_from < 0 else narrow_from
                # heavy-first: nothing wide can follow
                child = child + size[child] if has_legs else stop
                continue
            if narrow_from >= 0:
                drawn = _bar(marks, drawn, narrow_from, child, max(below, depth0))
                narrow_from = -1
            if below >= depth0:
                drawn = _node(marks, drawn, child, size[child], x0, x1, below)
            if drawn > budget or visited > len(marks) * WORK_PER_MARK:
                return -1, visited
            if size[child] > 1:
                stack.append((_EXPAND, child, 0))
            child += size[child]
        if narrow_from >= 0:
            drawn = _bar(marks, drawn, narrow_from, stop, max(below, depth0))
            if drawn > budget:
                return -1, visited
    return drawn, visited


@njit(cache=True, nogil=True)
def _down_the_run(head: Positions, node: int, levels: int) -> int:
    """The first child's first child ... at most `levels` down: a binary search for where the run ends."""
    low, high = node, min(node + levels, head.size - 1)
    while low < high:
        middle = (low + high + 1) // 2
        if head[middle] == head[node]:
            low = middle
        else:
            high = middle - 1
    return low


@njit(cache=True, nogil=True)
def _node(marks: Positions, at: int, node: int, size: int, x0: int, x1: int, depth: int) -> int:
    marks[at, 0] = NODE
    marks[at, 1] = node
    marks[at, 2] = size
    marks[at, 3] = max(node, x0)
    marks[at, 4] = min(node + size, x1)
    marks[at, 5] = depth
    return at + 1


@njit(cache=True, nogil=True)
def _bar(marks: Positions, at: int, left: int, right: int, depth: int) -> int:
    if left >= right:
        return at
    marks[at, 0] = BAR
    marks[at, 1] = left
    marks[at, 2] = right - left
    marks[at, 3] = left
    marks[at, 4] = right
    marks[at, 5] = depth
    return at + 1
