"""Places in a forced matrix, compiled: who stands where, in order of joining, with spillover under the sponsor.

Breadth first needs no search through levels: each place knows how far below it the nearest free place is, so a newcomer
follows the shortest way down, leftmost on ties. Only people within that distance above have to learn of a place taken,
and that distance is the logarithm of those below. A matrix one wide has no such bound and keeps its end instead. The
weaker leg is found with the number of people below each place: counted by walking up while ways are short, and kept in
link-cut trees as soon as that has taken long, so that a chain of a million costs little more than a bushy tree.

The plain-Python twin is in tests/compensation/slow_matrix.py.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numba as nb
import numpy as np

from compensation.kernels.link_cut import add_to_top, value_at, wide

BREADTH_FIRST: Final = 0
WEAKER_LEG: Final = 1

PATIENCE: Final = 100
"""Steps up per place that are walked before link-cut trees, each step of which takes much longer, are worth it."""

PLACE: Final = 0
MOVE: Final = 1


class Places(NamedTuple):
    """A matrix: arrays by place, as long as it can get."""

    parent: Any
    """Place above; -1 for the top of a matrix."""
    slot: Any
    """Which of the places under the parent, from 0; -1 at a top."""
    child: Any
    """[place, slot]: place below; -1 free."""
    taken: Any
    """By place: how many of its slots are."""
    reach: Any
    """By place: levels down to the nearest free slot, 1 = its own."""
    owner: Any
    """By place: row of the person."""
    since: Any
    """By place: time from which it is the person's."""
    earlier: Any
    """By place: the person's place before it; -1 for none."""
    place_of: Any
    """By row: newest place; -1 for none."""
    cycled: Any
    """By place: whether its matrix was full and gave a new entry."""
    last: Any
    """Number of places, steps walked up to count people, and whether link-cut trees do that by now, and the patience."""
    end: Any
    """Width 1: a place further down towards the end of the line."""
    left: Any
    right: Any
    over: Any
    """Link-cut trees: children and parent of each node; path parents are those whose child it is not."""
    size: Any
    """People at and below a place, less what its splay ancestors still have to add."""
    add: Any


def empty(width: int, rows: int, places: int, weaker: bool, patience: int = PATIENCE) -> Places:
    """No place taken, with room for so many."""
    nodes = places if weaker else 0
    return Places(
        np.full(places, -1, np.int32),
        np.full(places, -1, np.int16),
        np.full((places, width), -1, np.int32),
        np.zeros(places, np.int16),
        np.ones(places, np.int32),
        np.full(places, -1, np.int32),
        np.zeros(places, np.int64),
        np.full(places, -1, np.int32),
        np.full(rows, -1, np.int32),
        np.zeros(places, np.bool_),
        np.array([0, 0, 0, patience], np.int64),
        np.arange(places if width == 1 else 0, dtype=np.int32),
        np.full(nodes, -1, np.int32),
        np.full(nodes, -1, np.int32),
        np.full(nodes, -1, np.int32),
        np.zeros(nodes, np.int64),
        np.zeros(nodes, np.int64),
    )


# People below


@nb.njit(cache=True, nogil=True)
def _add_people(m: Any, x: int, people: int) -> None:
    """Count more people at a place and at every place above."""
    if m.last[2]:
        add_to_top(m, x, people)
        return
    while x >= 0:
        m.size[x] += people
        m.last[1] += 1
        x = m.parent[x]
    if m.last[1] > m.last[3] * (m.last[0] + 1000):
        m.last[2] = 1
        for place in range(m.last[0]):
            m.over[place] = m.parent[place]


@nb.njit(cache=True, nogil=True)
def _people(m: Any, x: int) -> Any:
    return value_at(m, x) if m.last[2] else m.size[x]


# Slots


@nb.njit(cache=True, nogil=True)
def _spread(m: Any, x: int, depth: int, full: Any, filled: int) -> int:
    """Tell the places above that the nearest free slot below x may have changed; collect those whose matrix is full."""
    width = m.child.shape[1]
    while x >= 0:
        best = 1
        if m.taken[x] == width:
            best = m.reach[m.child[x, 0]]
            for s in range(1, width):
                best = min(best, m.reach[m.child[x, s]])
            best += 1
        if best == m.reach[x]:
            break
        m.reach[x] = best
        if depth > 0 and best > depth and not m.cycled[x]:
            m.cycled[x] = True
            full[filled] = x
            filled += 1
        x = m.parent[x]
    return filled


@nb.njit(cache=True, nogil=True)
def _end(m: Any, x: int) -> Any:
    """Width 1: the last place of the line below x; ways walked are shortened."""
    end = x
    while m.child[end, 0] >= 0:
        end = m.end[end] if m.end[end] != end else m.child[end, 0]
    while x != end:
        following = m.end[x] if m.end[x] != x else m.child[x, 0]
        m.end[x] = end
        x = following
    return end


@nb.njit(cache=True, nogil=True)
def free_slot(m: Any, x: int, rule: int) -> tuple[int, int]:
    """The place and slot that the rule gives to a newcomer below x."""
    width = m.child.shape[1]
    if width == 1:
        return _end(m, x), 0
    while m.taken[x] == width:
        best = 0
        if rule == BREADTH_FIRST:
            for s in range(1, width):
                if m.reach[m.child[x, s]] < m.reach[m.child[x, best]]:
                    best = s
        else:
            least = _people(m, wide(m.child[x, 0]))
            for s in range(1, width):
                below = _people(m, wide(m.child[x, s]))
                if below < least:
                    best, least = s, below
        x = m.child[x, best]
    for s in range(width):
        if m.child[x, s] < 0:
            return x, s
    return x, 0


@nb.njit(cache=True, nogil=True)
def hang(m: Any, place: int, x: int, s: int, depth: int, full: Any) -> int:
    """Put a place, with all below it, into a free slot; returns how many matrices that filled."""
    m.parent[place], m.slot[place] = x, s
    m.child[x, s] = place
    m.taken[x] += 1
    if m.size.shape[0]:
        people = _people(m, place)
        if m.last[2]:
            m.over[place] = x
        _add_people(m, x, people)
    return _spread(m, x, depth, full, wide(0)) if m.child.shape[1] > 1 else 0


@nb.njit(cache=True, nogil=True)
def new_place(m: Any, row: int, when: int) -> Any:
    """A place for a person, not hung anywhere yet."""
    place = m.last[0]
    m.last[0] += 1
    m.owner[place], m.since[place] = row, when
    if row >= 0:
        m.earlier[place] = m.place_of[row]
        m.place_of[row] = place
    if m.size.shape[0]:
        m.size[place] = 1
    return place


@nb.njit(cache=True, nogil=True)
def _move(m: Any, place: int, x: int, s: int) -> None:
    """Take a place, with all below it, out of its slot and hang it into another one."""
    old, nothing = wide(m.parent[place]), wide(0)  # a literal 0 would have these compiled a second time
    if old >= 0:
        m.child[old, m.slot[place]] = -1
        m.taken[old] -= 1
        if m.size.shape[0]:
            people = _people(m, place)
            if m.last[2]:  # reading it made the way up from the place a tree of which it is the root
                above = m.left[place]
                m.over[above], m.left[place] = -1, -1
            m.parent[place] = -1
            _add_people(m, old, -people)
        if m.end.shape[0]:
            for each in range(m.last[0]):
                m.end[each] = each
        else:
            _spread(m, old, nothing, m.owner, nothing)
    hang(m, place, x, s, nothing, m.owner)


@nb.njit(cache=True, nogil=True)
def _is_above(m: Any, place: int, x: int) -> Any:
    while x >= 0 and x != place:
        x = m.parent[x]
    return x >= 0


@nb.njit(cache=True, nogil=True)
def _start(m: Any, sponsor: Any, row: int, under_top: bool) -> Any:
    """The place below which a newcomer is put: that of the nearest sponsor who has one; -1 for nobody."""
    if under_top:
        return 0 if m.last[0] > 0 else -1
    above = sponsor[row]
    while above >= 0 and m.place_of[above] < 0:
        above = sponsor[above]
    return m.place_of[above] if above >= 0 else -1


@nb.njit(cache=True, nogil=True)
def rebuild(m: Any, order: Any, size: Any) -> None:
    """Work out what follows from parents, slots and owners, places in preorder with the people at and below each."""
    width = m.child.shape[1]
    for place in range(m.last[0]):
        above, row = m.parent[place], m.owner[place]
        if above >= 0:
            m.child[above, m.slot[place]] = place
            m.taken[above] += 1
        m.earlier[place] = m.place_of[row]
        m.place_of[row] = place
    for i in range(order.shape[0] - 1, -1, -1):
        place = order[i]
        if m.taken[place] == width:
            best = m.reach[m.child[place, 0]]
            for s in range(1, width):
                best = min(best, m.reach[m.child[place, s]])
            m.reach[place] = best + 1
        if m.size.shape[0]:
            m.size[place] = size[i]


@nb.njit(cache=True, nogil=True)
def not_before_sponsor(sponsor: Any, time: Any) -> None:
    """Nobody joins before his sponsor: raise each time to that of the latest person above."""
    done = np.zeros(sponsor.shape[0], np.bool_)
    way = np.empty(sponsor.shape[0], np.int32)
    for row in range(sponsor.shape[0]):
        steps, here = 0, row
        while here >= 0 and not done[here]:
            done[here] = True
            way[steps] = here
            steps += 1
            here = sponsor[here]
        for i in range(steps - 1, -1, -1):
            if sponsor[way[i]] >= 0:
                time[way[i]] = max(time[way[i]], time[sponsor[way[i]]])


@nb.njit(cache=True, nogil=True)
def place_at(m: Any, row: Any, when: Any, waits: bool) -> Any:
    """The place of each person at a time: the newest of then, and his first one before unless he `waits`; -1 for none."""
    result = np.full(row.shape[0], -1, np.int32)
    for i in range(row.shape[0]):
        if row[i] < 0:
            continue
        place = m.place_of[row[i]]
        while place >= 0 and m.since[place] > when[i] and m.earlier[place] >= 0:
            place = m.earlier[place]
        if place >= 0 and waits and m.since[place] > when[i]:
            place = -1
        result[i] = place
    return result


@nb.njit(cache=True, nogil=True)
def run(
    start: int, stop: int, kind: Any, row: Any, when: Any, chosen: Any, chosen_slot: Any, sponsor: Any, ready: Any,
    m: Any, rule: int, under_top: bool, depth: int, entries: int, full: Any,
) -> None:  # fmt: skip
    """Place people in order.

    Args:
        start, stop: the events to process.
        kind: PLACE or MOVE; row: whose; when: the time; chosen, chosen_slot: row of the place that the sponsor chose
            and the slot under it, -1 where he chose none.
        sponsor: by row; ready: by row, index of the event with which each person is placed.
        m: the matrix; changed. rule: for everybody whose place was not chosen, or was taken.
        under_top: one matrix for the whole company, filled from its top.
        depth: levels that make a full matrix, which gives its owner a new entry; 0 where full matrices give none.
        entries: entries of one person at most; 0 for no limit.
        full: room for matrices that one newcomer fills, as many as there can be places.
    """
    count = np.zeros(sponsor.shape[0], np.int32)
    for place in range(m.last[0]):
        count[m.owner[place]] += 1
    waiting, line = np.empty(16, np.int32), np.empty(16, np.int32)
    for event in range(start, stop):
        who = row[event]
        if kind[event] == MOVE:
            place = wide(m.place_of[who])
            if place < 0 or chosen[event] < 0 or m.place_of[chosen[event]] < 0:
                continue
            target, s = wide(m.place_of[chosen[event]]), wide(chosen_slot[event])
            if _is_above(m, place, target):
                continue
            if s < 0 or m.child[target, s] >= 0:
                if m.taken[target] == m.child.shape[1]:
                    continue
                s = 0
                while m.child[target, s] >= 0:
                    s += 1
            _move(m, place, target, s)
            continue
        if m.place_of[who] >= 0:
            continue
        # sponsors whose turn is not yet over come first, the highest of them before the others
        above = sponsor[who]
        depth_up = 0
        while above >= 0 and m.place_of[above] < 0 and ready[above] > event and when[ready[above]] <= when[event]:
            depth_up += 1
            above = sponsor[above]
        if depth_up >= line.shape[0]:
            line = np.empty(2 * depth_up + 1, np.int32)
        above = who
        for i in range(depth_up + 1):
            line[i] = ready[above]
            above = sponsor[above]
        for i in range(depth_up, -1, -1):
            waiting[0] = line[i]
            first, end = 0, 1
            while first < end:
                mine = waiting[first]
                again = mine < 0  # a new entry, kept as -1 - row
                newcomer = -1 - mine if again else row[mine]
                first += 1
                if again and entries > 0 and count[newcomer] >= entries:
                    continue
                s = -1
                picked = -1 if again else chosen[mine]
                if picked >= 0 and m.place_of[picked] >= 0:
                    x, s = m.place_of[picked], chosen_slot[mine]
                    if s >= m.child.shape[1] or (s >= 0 and m.child[x, s] >= 0):
                        s = -1
                else:
                    x = _start(m, sponsor, newcomer, under_top)
                if x >= 0 and s < 0:
                    x, s = free_slot(m, x, rule)
                place = new_place(m, newcomer, when[event])
                count[newcomer] += 1
                if x < 0:
                    continue
                filled = hang(m, place, x, s, depth, full)
                if end + filled > waiting.shape[0]:
                    longer = np.empty(2 * (end + filled), np.int32)
                    for each in range(end):  # one by one compiles faster
                        longer[each] = waiting[each]
                    waiting = longer
                for each in range(filled):
                    waiting[end] = -1 - m.owner[full[each]]
                    end += 1
