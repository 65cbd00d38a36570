"""What a reversal takes back where a limit had cut what its order paid: as much as was paid, and no more.

A limit cuts lines in the period in which they are paid. The line that takes one of them back in a later period is first
brought down in proportion to what was left of it; with a cap that carries its excess, what still waits is given up
before anything is taken from what was paid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from compensation.awards import Awards, Int64s

if TYPE_CHECKING:
    from compensation.evaluation import Evaluation


def mirrors(awards: Awards, evaluation: Evaluation) -> Int64s:
    """For each line that takes back a line of an earlier period, the index of that line; -1 for every other line."""
    nothing = np.full(len(awards), -1, np.int64)
    if not len(awards) or not len(evaluation.origin):
        return nothing
    orders = np.maximum(awards.order, 0)
    back = awards.counted() & (awards.order >= 0) & (evaluation.origin[orders] != orders) & (awards.amount < 0)
    if not back.any():
        return nothing
    lines = pl.DataFrame(
        {
            "line": np.arange(len(awards)),
            "order": awards.order,
            "who": awards.participant,
            "level": awards.level,
            "period": awards.periods(evaluation.period),
        }
    )
    first = lines.filter(pl.Series(awards.counted() & (awards.amount > 0) & (awards.order >= 0)))
    first = first.unique(["order", "who", "level"], keep="first", maintain_order=True)
    taken = lines.filter(pl.Series(back)).with_columns(order=pl.Series(evaluation.origin[orders[back]]))
    found = taken.join(first, on=["order", "who", "level"], how="inner", suffix="_of").filter(
        pl.col("period_of") < pl.col("period")
    )
    nothing[found["line"].to_numpy()] = found["line_of"].to_numpy()
    return nothing


def brought_down(amount: int, paid: int, cut: int) -> int:
    """What a reversal of `amount` (negative) takes back, of a line of `paid` from which `cut` was taken.

    >>> brought_down(-1000, 1000, 800), brought_down(-500, 1000, 800), brought_down(-1000, 1000, 0)
    (-200, -100, -1000)
    """
    whole, rest = divmod(-amount * (paid - cut), paid)
    return -(whole + (2 * rest >= paid))
