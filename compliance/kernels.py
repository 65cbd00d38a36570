"""The loops of the indicators for which NumPy would take several passes and copies, compiled.

What adds to two tables does so in two loops: two additions to different tables in one loop wait for each other. People and months are numbered from -1 on, which stands for
none, and sums have one element more, the first; callers see to it that no sum can leave 64 bits.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

Numbers = npt.NDArray[np.int32]
Sums = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@njit(cache=True, nogil=True)
def add_by_month_and_person(
    row: Numbers, month: Numbers, part: Sums, whole: Sums, by_month: Sums, by_person: Sums, there: Flags
) -> None:
    """Adds part (column 0) and whole (column 1) of each row to the sums of its month and of its person.

    Args:
        row: of `people`, for each row of the figure; -1 for nobody.
        month: -1 for none.
        part: one amount for each.
        whole: one amount for each.
        by_month: what is added to, from month -1 on.
        by_person: what is added to, from person -1 on.
        there: from person -1 on; set for who has a row.
    """
    for at in range(row.size):
        here = month[at] + 1
        by_month[here, 0] += part[at]
        by_month[here, 1] += whole[at]
    for at in range(row.size):
        person = row[at] + 1
        by_person[person, 0] += part[at]
        by_person[person, 1] += whole[at]
        there[person] = True


@njit(cache=True, nogil=True)
def add_chosen(sums: Sums, number: Numbers, chosen: Flags, amount: Sums) -> None:
    """Adds each chosen amount to the sum of its number; what has none (-1) is left out."""
    for at in range(number.size):
        if chosen[at] and number[at] >= 0:
            sums[number[at]] += amount[at]


@njit(cache=True, nogil=True)
def sums_of_same(person: Numbers, month: Numbers, their_person: Numbers, their_month: Numbers, sums: Sums) -> Sums:
    """For each person and month what the others have in `sums` for the same ones, or 0; both are ascending by person and month."""
    found = np.zeros(person.size, np.int64)
    there = 0
    for at in range(person.size):
        while there < sums.size and (
            their_person[there] < person[at] or (their_person[there] == person[at] and their_month[there] < month[at])
        ):
            there += 1
        if there < sums.size and their_person[there] == person[at] and their_month[there] == month[at]:
            found[at] = sums[there]
    return found


@njit(cache=True, nogil=True)
def add_in(sums: Sums, row: Numbers, amount: Sums) -> None:
    """Adds each amount to the sum of its row."""
    for at in range(row.size):
        sums[row[at]] += amount[at]


@njit(cache=True, nogil=True)
def note_recovered(recovered: Sums, month: int, row: Numbers, balance: Sums, began: Sums) -> None:
    """Notes the month for those of some people who began by then, have no balance below zero and no earlier month.

    Args:
        recovered: month of each of `people`; more than any month for none.
        month: that has ended.
        row: whom to look at.
        balance: of each of `people`, at the end of the month.
        began: month of each; more than any month for who has not.
    """
    for at in range(row.size):
        person = row[at]
        if balance[person] >= 0 and began[person] <= month and recovered[person] > month:
            recovered[person] = month


@njit(cache=True, nogil=True)
def add_behind(sums: Sums, column: int, pre: Numbers, row: Numbers, amount: Sums) -> None:
    """Adds each amount to a column of the element after its person's place in the tree's preorder.

    Args:
        sums: what is added to: two columns, and one element more than there are people.
        column: of the sums.
        pre: place of each of `people`.
        row: of `people`, for each amount.
        amount: in minor units.
    """
    for at in range(row.size):
        sums[pre[row[at]] + 1, column] += amount[at]


@njit(cache=True, nogil=True)
def run_up(sums: Sums) -> None:
    """Makes of two columns of sums their running totals."""
    for at in range(1, sums.shape[0]):
        sums[at, 0] += sums[at - 1, 0]
        sums[at, 1] += sums[at - 1, 1]


@njit(cache=True, nogil=True)
def of_subtrees(totals: Sums, pre: Numbers, size: Numbers, row: Numbers) -> Sums:
    """What some people and everybody below them have together, in two columns.

    Args:
        totals: running totals over the tree's preorder, from 0 on (`add_behind`, `run_up`).
        pre: place of each of `people`.
        size: people in the subtree of each, himself counted.
        row: whom it is asked for.
    """
    found = np.empty((row.size, 2), np.int64)
    for at in range(row.size):
        start = pre[row[at]]
        stop = start + size[row[at]]
        found[at, 0] = totals[stop, 0] - totals[start, 0]
        found[at, 1] = totals[stop, 1] - totals[start, 1]
    return found


@njit(cache=True, nogil=True)
def shared_ranks(values: Sums, order: Numbers) -> Sums:
    """Twice the average rank of each value, from 2 on; equal ones share theirs.

    Args:
        values: what is ranked.
        order: where they stand, the smallest first.
    """
    ranks = np.empty(values.size, np.int64)
    first = 0
    while first < order.size:
        after = first + 1
        while after < order.size and values[order[after]] == values[order[first]]:
            after += 1
        for at in range(first, after):
            ranks[order[at]] = first + after + 1
        first = after
    return ranks
