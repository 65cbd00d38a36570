"""Nearest marked person above: the compiled search against a plain climb, marks coming and going."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from compensation.kernels import nearest
from genealogy.tree import Tree


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_the_nearest_mark_is_the_one_a_climb_finds(data: st.DataObject) -> None:
    size = data.draw(st.sampled_from([1, 2, 7, 33, 1100]))
    chance = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    parents = np.array([-1, *(int(chance.integers(-1, i)) for i in range(1, size))], np.int32)
    if data.draw(st.booleans()):
        parents = np.arange(-1, size - 1, dtype=np.int32)
    tree = Tree.from_parents(parents)
    offset = nearest.offsets(size)
    words = np.zeros(int(offset[-1]), np.int64)
    top = nearest.runs(tree.parent)
    marked: set[int] = set()
    for _ in range(60):
        position = int(chance.integers(0, size))
        if chance.random() < 0.4:
            nearest.mark(words, offset, position)
            marked.add(position)
        elif chance.random() < 0.3:
            nearest.unmark(words, offset, position)
            marked.discard(position)
        climb = position
        while climb >= 0 and climb not in marked:
            climb = int(tree.parent[climb])
        assert nearest.nearest(words, offset, tree.parent, top, position) == climb
