"""The matrices X3 and X4 of smart contracts, compiled: purchases strictly in order, each paying exactly one receiver.

One matrix type at a time. State is by level and row: who holds the level, whose matrix is blocked, the stored parent,
and for X4 the people of the first line and the number in the second. A restart carries the price on to the next
matrix above; the loops here are the recursions of the published contract. With `watched` set, what happens to one
purchase is written down step by step, for explanations.

Rules: tandil-dev/forsage-audit, contracts/SmartMatrixForsage.sol; arXiv 2105.04380. The plain-Python twin is in
tests/compensation/slow_contract_matrix.py.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numba as nb
import numpy as np

from compensation.kernels.nearest import mark, nearest

X3: Final = 3
X4: Final = 4

ALREADY_HELD: Final = -2
UNKNOWN_BUYER: Final = -1

# what the log of a watched purchase says; each entry is (what, who, number)
REFERRER: Final = 0
PLACE: Final = 1
FIRST_LINE: Final = 2
SECOND_LINE: Final = 3
UNDER: Final = 4
RESTART: Final = 5
BLOCKED: Final = 6
PAST_BLOCKED: Final = 7
PAID: Final = 8


class Standing(NamedTuple):
    """Everything a matrix type remembers; each array is [level, row]."""

    active: Any
    """1 where the level is held."""
    parent: Any
    """Row under whom the matrix stands; -1 for none."""
    blocked: Any
    count: Any
    """People in the matrix (X3) or in its first line (X4)."""
    second: Any
    """People in the second line (X4)."""
    one: Any
    """First of the first line (X4); -1 for none."""
    two: Any
    closed: Any
    """Who of the first line is marked closed (X4); -1 for none."""


class Above(NamedTuple):
    """The sponsor tree, and who in it holds which level, for `nearest`."""

    parent: Any
    top: Any
    position: Any
    """By row; -1 for rows outside the tree."""
    row: Any
    words: Any
    """[level, word]."""
    offset: Any


def standing(levels: int, rows: int, matrix: int) -> Standing:
    """An empty state."""
    small = [np.zeros((levels, rows), np.int8) for _ in range(3)]
    parent = np.full((levels, rows), -1, np.int32)
    size = rows if matrix == X4 else 0
    second = np.zeros((levels, size), np.int8)
    people = [np.full((levels, size), -1, np.int32) for _ in range(3)]
    return Standing(small[0], parent, small[1], small[2], second, *people)


@nb.njit(cache=True, nogil=True)
def _referrer(above: Above, owner: int, user: int, level: int) -> int:
    """Nearest person up the sponsor line who holds the level; the owner where there is none."""
    here = above.position[user]
    if here < 0 or above.parent[here] < 0:
        return owner
    found = nearest(above.words[level], above.offset, above.parent, above.top, above.parent[here])
    return owner if found < 0 else above.row[found]


@nb.njit(cache=True, nogil=True)
def _note(log: Any, size: int, what: int, who: int, number: int) -> int:
    if size < log.shape[0]:
        log[size, 0], log[size, 1], log[size, 2] = what, who, number
    return size + 1


@nb.njit(cache=True, nogil=True)
def _receiver(state: Standing, owner: int, level: int, who: int, log: Any, size: int) -> tuple[int, int]:
    """Who gets the money that is due to somebody: blocked matrices are passed by."""
    steps = 0
    while state.blocked[level, who]:
        size = _note(log, size, PAST_BLOCKED, who, 0)
        who = state.parent[level, who]
        steps += 1
        if who < 0 or steps > state.active.shape[1]:  # blocked in a circle: the contract itself would not end
            who = owner
            break
    return who, _note(log, size, PAID, who, 0)


@nb.njit(cache=True, nogil=True)
def _block(state: Standing, level: int, who: int, blocking: bool, log: Any, size: int) -> int:
    last = state.active.shape[0] - 1
    if blocking and level != last and not state.active[level + 1, who]:
        state.blocked[level, who] = 1
        size = _note(log, size, BLOCKED, who, 0)
    return size


@nb.njit(cache=True, nogil=True)
def _place_x3(
    state: Standing, above: Above, owner: int, blocking: bool, level: int, who: int, log: Any, size: int
) -> tuple[int, int]:
    while True:
        state.count[level, who] += 1
        size = _note(log, size, PLACE, who, state.count[level, who])
        if state.count[level, who] < 3:
            return _receiver(state, owner, level, who, log, size)
        state.count[level, who] = 0
        size = _note(log, size, RESTART, who, 0)
        size = _block(state, level, who, blocking, log, size)
        if who == owner:
            return _receiver(state, owner, level, who, log, size)
        up = _referrer(above, owner, who, level)
        state.parent[level, who] = up
        who = up


@nb.njit(cache=True, nogil=True)
def _join_first_line(state: Standing, level: int, who: int, newcomer: int) -> None:
    if state.count[level, who] == 0:
        state.one[level, who] = newcomer
    elif state.count[level, who] == 1:
        state.two[level, who] = newcomer
    if state.count[level, who] < 100:
        state.count[level, who] += 1
    state.parent[level, newcomer] = who


@nb.njit(cache=True, nogil=True)
def _place_x4(
    state: Standing, above: Above, owner: int, blocking: bool, level: int, user: int, who: int, log: Any, size: int
) -> tuple[int, int]:
    while True:
        if state.count[level, who] < 2:
            _join_first_line(state, level, who, user)
            size = _note(log, size, FIRST_LINE, who, state.count[level, who])
            if who == owner:
                return _receiver(state, owner, level, who, log, size)
            here = state.parent[level, who]
            if here < 0:  # holds the level without ever having been placed: only possible in incomplete records
                here = owner
            state.second[level, here] += 1
        else:
            here = who
            state.second[level, here] += 1
            one, two, closed = state.one[level, who], state.two[level, who], state.closed[level, who]
            if closed >= 0:
                under = two if one == closed else one
            elif two == user:
                under = one
            elif one == user:
                under = two
            else:
                under = one if state.count[level, one] <= state.count[level, two] else two
            _join_first_line(state, level, under, user)
            size = _note(log, size, UNDER, under, state.count[level, under])
        size = _note(log, size, SECOND_LINE, here, state.second[level, here])
        if state.second[level, here] < 4:
            return _receiver(state, owner, level, here, log, size)
        over = state.parent[level, here]
        stands_there = over >= 0 and (state.one[level, over] == here or state.two[level, over] == here)
        if stands_there and state.count[level, over] == 2:
            state.closed[level, over] = here
        state.count[level, here], state.second[level, here] = 0, 0
        state.one[level, here], state.two[level, here], state.closed[level, here] = -1, -1, -1
        size = _note(log, size, RESTART, here, 0)
        size = _block(state, level, here, blocking, log, size)
        if here == owner:
            return _receiver(state, owner, level, here, log, size)
        user, who = here, _referrer(above, owner, here, level)


@nb.njit(cache=True, nogil=True)
def run(
    matrix: int, buyer: Any, level: Any, owner: int, blocking: bool, state: Standing, above: Above,
    receiver: Any, watched: int, log: Any,
) -> int:  # fmt: skip
    """Process purchases in order.

    Args:
        matrix: X3 or X4.
        buyer: row of each buyer, -1 unknown; level: from 0.
        owner: row of who holds every level from the start.
        blocking: whether a matrix that restarts without the next level is blocked.
        state, above: as described; changed.
        receiver: filled with the row that gets the price, or `UNKNOWN_BUYER`, `ALREADY_HELD`.
        watched: index of a purchase whose steps are written down; -1 for none.
        log: [step, (what, who, number)], filled for the watched purchase.

    Returns:
        Steps of the watched purchase, which may be more than the log holds.
    """
    unseen = np.empty((0, 3), np.int64)
    steps = 0
    for i in range(buyer.shape[0]):
        user: Any = np.int64(buyer[i])  # one kind of number below, so that each function is compiled once
        at = level[i]
        if user < 0:
            receiver[i] = UNKNOWN_BUYER
            continue
        if state.active[at, user]:
            receiver[i] = ALREADY_HELD
            continue
        if at > 0:
            state.blocked[at - 1, user] = 0
        notes = log if i == watched else unseen
        who = _referrer(above, owner, user, at)
        size = _note(notes, 0, REFERRER, who, 0)
        state.active[at, user] = 1
        if above.position[user] >= 0:
            mark(above.words[at], above.offset, above.position[user])
        if matrix == X3:
            state.parent[at, user] = who
            receiver[i], size = _place_x3(state, above, owner, blocking, at, who, notes, size)
        else:
            receiver[i], size = _place_x4(state, above, owner, blocking, at, user, who, notes, size)
        if i == watched:
            steps = size
    return steps
