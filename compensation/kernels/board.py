"""Boards that fill, pay their head and split, compiled: entries strictly in order.

A board is a small full tree: a head, w people below, w below each, and so on; places fill line by line. When the last
place is taken the head is done, and each of his w people heads a new board with the people below him. The head may
enter the stage again and enter the next one, which can fill other boards at once; such entries follow in the order in
which they arise. Seats, not people, stand on boards: one person may hold several.

The plain-Python twin is in tests/compensation/slow_board.py.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba as nb
import numpy as np

from compensation.kernels.nearest import mark, nearest, unmark


class Shape(NamedTuple):
    """Places of a board."""

    width: int
    places: int
    """Head included."""
    inner: int
    """Places of a board one line shorter: those that are taken when a board begins by a split."""
    moved: Any
    """[which of the head's people, place in the new board]: its place in the old one."""


class Boards(NamedTuple):
    """All boards and seats; arrays are as long as they can get. `last` holds [boards, seats]."""

    seats: Any
    """[board, place]: seat; -1 free."""
    filled: Any
    """By board; -1 once it has split."""
    stage: Any
    following: Any
    """By board, the next one of its stage by age; -1 for the last."""
    oldest: Any
    """By stage; -1 for none."""
    youngest: Any
    owner: Any
    """By seat: row of the person; -1 for somebody no longer known."""
    board_of: Any
    """By seat; -1 once the seat has left."""
    earlier: Any
    """By seat: the same person's seat before it in the stage."""
    seat_of: Any
    """[stage, row]: latest seat; -1 for none."""
    cycles: Any
    """[stage, row]: boards headed to the end."""
    last: Any


def shape(width: int, depth: int) -> Shape:
    """The shape of a board so many wide and so many lines deep below its head."""
    places = sum(width**line for line in range(depth + 1))
    inner = sum(width**line for line in range(depth))
    moved = np.empty((width, inner), np.int32)
    for which in range(width):
        moved[which, 0] = which + 1
        for place in range(1, inner):
            moved[which, place] = width * moved[which, (place - 1) // width] + 1 + (place - 1) % width
    return Shape(width, places, inner, moved)


def empty(form: Shape, stages: int, rows: int, boards: int, seats: int) -> Boards:
    """No board yet, with room for so many."""
    return Boards(
        np.full((boards, form.places), -1, np.int32),
        np.zeros(boards, np.int32),
        np.zeros(boards, np.int16),
        np.full(boards, -1, np.int32),
        np.full(stages, -1, np.int32),
        np.full(stages, -1, np.int32),
        np.full(seats, -1, np.int32),
        np.full(seats, -1, np.int32),
        np.full(seats, -1, np.int32),
        np.full((stages, rows), -1, np.int32),
        np.zeros((stages, rows), np.int32),
        np.zeros(2, np.int64),
    )


@nb.njit(cache=True, nogil=True)
def open_board(boards: Any, stage: int) -> Any:
    """A new, empty board, the youngest of its stage."""
    number = boards.last[0]
    boards.last[0] += 1
    boards.stage[number] = stage
    if boards.youngest[stage] >= 0:
        boards.following[boards.youngest[stage]] = number
    else:
        boards.oldest[stage] = number
    boards.youngest[stage] = number
    return number


@nb.njit(cache=True, nogil=True)
def take_seat(boards: Any, stage: int, row: int, board: int) -> Any:
    """A new seat of a person in the next place of a board."""
    seat = boards.last[1]
    boards.last[1] += 1
    boards.owner[seat] = row
    boards.board_of[seat] = board
    if row >= 0:
        boards.earlier[seat] = boards.seat_of[stage, row]
        boards.seat_of[stage, row] = seat
    boards.seats[board, boards.filled[board]] = seat
    boards.filled[board] += 1
    return seat


@nb.njit(cache=True, nogil=True)
def restore(boards: Any, stage: Any, filled: Any, seat: Any, by_age: Any, row: Any) -> None:
    """Put saved boards back.

    Args:
        boards: with nothing on them yet.
        stage, filled: of each board, from the oldest.
        seat: of each place taken, board by board, which seat it is, by age.
        by_age: the same the other way round. row: of each place taken, its person.
    """
    number = 0
    board_of = np.empty(seat.shape[0], np.int32)
    for each in range(stage.shape[0]):
        board = open_board(boards, stage[each])
        boards.filled[board] = filled[each]
        for place in range(filled[each]):
            boards.seats[board, place] = seat[number]
            board_of[number] = board
            number += 1
    for age in range(seat.shape[0]):
        at = by_age[age]
        who, board = row[at], board_of[at]
        boards.owner[age], boards.board_of[age] = who, board
        if who >= 0:
            boards.earlier[age] = boards.seat_of[boards.stage[board], who]
            boards.seat_of[boards.stage[board], who] = age
    boards.last[1] = seat.shape[0]


@nb.njit(cache=True, nogil=True)
def _leave(boards: Any, above: Any, stage: int, seat: int) -> None:
    """A head's seat is given up; the person's earlier ones, where still open, take its place."""
    boards.board_of[seat] = -1
    row = boards.owner[seat]
    if row < 0:
        return
    latest = boards.seat_of[stage, row]
    while latest >= 0 and boards.board_of[latest] < 0:
        latest = boards.earlier[latest]
    boards.seat_of[stage, row] = latest
    if latest < 0 and above.position[row] >= 0:
        unmark(above.words[stage], above.offset, above.position[row])


@nb.njit(cache=True, nogil=True)
def _board_for(boards: Any, above: Any, stage: int, row: int, follow: bool) -> Any:
    if follow and above.position[row] >= 0 and above.parent[above.position[row]] >= 0:
        start = above.parent[above.position[row]]
        found = nearest(above.words[stage], above.offset, above.parent, above.top, start)
        if found >= 0:
            return boards.board_of[boards.seat_of[stage, above.row[found]]]
    while boards.oldest[stage] >= 0 and boards.filled[boards.oldest[stage]] < 0:
        boards.oldest[stage] = boards.following[boards.oldest[stage]]
    if boards.oldest[stage] < 0:
        boards.youngest[stage] = -1
        return open_board(boards, stage)
    return boards.oldest[stage]


@nb.njit(cache=True, nogil=True)
def run(
    row: Any, form: Any, boards: Any, above: Any, follow: bool, again: Any, onward: Any, most: Any,
    out_event: Any, out_stage: Any, out_head: Any, out_cycle: Any, watched: int, log: Any,
) -> tuple[int, int]:  # fmt: skip
    """Seat entrants in order.

    Args:
        row: of each entrant; nobody unknown.
        form, boards: as described; boards change.
        above: sponsor tree, with those marked, by stage, who have a seat on a board of it. Changed.
        follow: whether an entrant goes to the board of the nearest sponsor above who is on one.
        again, onward: by stage, whether a head enters it again, and the next one.
        most: by stage, cycles after which a head no longer enters again; 0 for no limit.
        out_*: filled for each board that was completed: index of the entrant who set it off, stage, row of the head,
            which of his cycles in the stage it was.
        watched: index of an entrant whose steps are written down; -1 for none.
        log: [step, (who, stage, board's head, place)]; place -1 says that the head's board was completed.

    Returns:
        Boards completed, and steps of the watched entrant.
    """
    completed, steps = 0, 0
    waiting = np.empty((64, 2), np.int32)
    for event in range(row.shape[0]):
        waiting[0, 0], waiting[0, 1] = row[event], 0
        first, end = 0, 1
        while first < end:
            who, stage = waiting[first, 0], waiting[first, 1]
            first += 1
            board = _board_for(boards, above, stage, who, follow)
            take_seat(boards, stage, who, board)
            if above.position[who] >= 0:
                mark(above.words[stage], above.offset, above.position[who])
            head_seat = boards.seats[board, 0]
            head = boards.owner[head_seat]
            if event == watched and steps < log.shape[0]:
                log[steps, 0], log[steps, 1], log[steps, 2], log[steps, 3] = who, stage, head, boards.filled[board]
                steps += 1
            if boards.filled[board] < form.places:
                continue
            boards.filled[board] = -1
            _leave(boards, above, stage, head_seat)
            for which in range(form.width):
                new = open_board(boards, stage)
                for place in range(form.inner):
                    seat = boards.seats[board, form.moved[which, place]]
                    boards.seats[new, place] = seat
                    boards.board_of[seat] = new
                boards.filled[new] = form.inner
            if event == watched and steps < log.shape[0]:
                log[steps, 0], log[steps, 1], log[steps, 2], log[steps, 3] = who, stage, head, -1
                steps += 1
            cycle = 0
            if head >= 0:
                boards.cycles[stage, head] += 1
                cycle = boards.cycles[stage, head]
            out_event[completed], out_stage[completed] = event, stage
            out_head[completed], out_cycle[completed] = head, cycle
            completed += 1
            if head < 0:
                continue
            if end + 2 > waiting.shape[0]:
                longer = np.empty((2 * waiting.shape[0], 2), np.int32)
                for each in range(end):  # one by one compiles faster
                    longer[each, 0], longer[each, 1] = waiting[each, 0], waiting[each, 1]
                waiting = longer
            if again[stage] and (most[stage] == 0 or cycle < most[stage]):
                waiting[end, 0], waiting[end, 1] = head, stage
                end += 1
            if onward[stage]:
                waiting[end, 0], waiting[end, 1] = head, stage + 1
                end += 1
    return completed, steps
