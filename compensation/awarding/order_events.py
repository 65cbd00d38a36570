"""Orders as events, for families in which each order changes what the next one meets: boards, contract matrices, X-up.

Such a family processes orders strictly in order of time. What takes an earlier order back is no event of its own: it
takes back what that order paid. Here is what these families share: which orders are events, who can be paid at the
time of one, the sponsor tree in the form that the compiled loops climb, and people by number in a saved state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from compensation.awards import REASONS
from compensation.errors import PlanMismatch
from compensation.kernels import nearest
from compensation.kernels.contract_matrix import Above
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Int32s, Int64s, State
    from compensation.components.contract import Component
    from compensation.evaluation import Evaluation, Walk

INELIGIBLE = REASONS.index("ineligible")


def taken_back(component: Component, evaluation: Evaluation) -> Int32s:
    """The orders that take back what a known earlier order paid, where the component does that."""
    if component.reversals != "claw_back":
        return np.empty(0, np.int32)
    own = np.arange(len(evaluation.orders), dtype=np.int32)
    wanted = evaluation.selected(component.orders, component.in_force)
    return np.flatnonzero(wanted & (evaluation.origin != own)).astype(np.int32)


def can_earn(component: Component, evaluation: Evaluation, walked: Walk, orders: Int32s, earner: Int32s) -> Int32s:
    """For each order and its earner (-1 nobody): -1 where he can be paid, else the reason why not."""
    allowed = np.append(evaluation.eligible(walked.period, component.eligibility), np.True_)[earner]
    allowed &= np.append(evaluation.left, np.iinfo(np.int64).max)[earner] > evaluation.when[orders]
    return np.where(allowed, -1, INELIGIBLE).astype(np.int32)


def above(walked: Walk, marked: npt.NDArray[np.bool_]) -> Above:
    """A tree as the loops climb it, with who is marked: [set of marks, row]."""
    tree = walked.tree
    offset = nearest.offsets(len(walked.parent))
    words = np.zeros((len(marked), int(offset[-1])), np.int64)
    for marks, rows in zip(words, marked, strict=True):
        nearest.mark_all(marks, offset, rows[tree.row])
    return Above(walked.parent, nearest.runs(walked.parent), tree.position, tree.row, words, offset)


def numbered(state: State, participants: int) -> tuple[Int32s, Int64s]:
    """Row of each person by his number in a saved state (number 0 is nobody), and the number by row."""
    rows, numbers = state.numbers.get("number", (np.empty(0, np.int32), np.empty(0, np.int64)))
    row_of = np.full(int(numbers.max(initial=0)) + 1, -1, np.int32)
    row_of[numbers] = rows
    if (row_of[1:] < 0).any():
        raise PlanMismatch(
            Text(
                en="the state of an earlier computation names participants who are not in these records; "
                "import everybody who was in the earlier ones",
                ar="تسمّي حالة حساب سابق مشاركين ليسوا في هذه السجلات. يُرجى استيراد كل من كانوا في السجلات السابقة",
            )
        )
    number = np.zeros(participants, np.int64)
    number[rows] = numbers
    return row_of, number


def rows_by(state: State, name: str, participants: int, nobody: int = 0) -> Int64s:
    """A saved number by row, `nobody` where there is none."""
    rows, values = state.numbers.get(name, (np.empty(0, np.int32), np.empty(0, np.int64)))
    result = np.full(participants, nobody, np.int64)
    result[rows] = values
    return result
