"""The awards of an earlier component as sums: what is paid to whom in which period, after limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compensation.awards import Int32s, Int64s

if TYPE_CHECKING:
    from compensation.evaluation import Evaluation


def paid_by(evaluation: Evaluation, name: str) -> tuple[Int32s, Int32s, Int64s]:
    """Period, row and amount of what a component paid, summed by period and participant, in that order."""
    awards = evaluation.awarded[name]
    if awards.earned:
        period = np.concatenate([np.full(len(rows), each, np.int32) for each, rows, _, _ in awards.earned])
        row = np.concatenate([rows for _, rows, _, _ in awards.earned])
        amount = np.concatenate([amounts for _, _, _, amounts in awards.earned])
    else:
        counted = awards.counted()
        period = awards.periods(evaluation.period)[counted].astype(np.int32)
        row, amount = awards.participant[counted], awards.amount[counted]
    people = evaluation.participants + 1
    keys, index = np.unique(period.astype(np.int64) * people + row, return_inverse=True)
    sums = np.zeros(len(keys), np.int64)
    np.add.at(sums, index, amount)
    return (keys // people).astype(np.int32), (keys % people).astype(np.int32), sums
