"""The rule of an infinity override as that of a generation override: holders of the right are its leaders."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from compensation.awarding.differential import RateTable
from compensation.awarding.generation import Terms
from compensation.awards import Int32s, Int64s

if TYPE_CHECKING:
    from compensation.components.infinity import Infinity
    from compensation.components.upline import Bools
    from compensation.evaluation import Evaluation


def terms_of(component: Infinity, evaluation: Evaluation) -> Terms:
    """The rule on these records."""
    ranks = evaluation.plan.ranks
    names = [None, *(ranks.order if ranks is not None else [])]
    if component.rate_from is not None:
        # everybody's rate is stated: who has a higher rate holds a higher right
        table = RateTable(component.id, evaluation, component.differences())
        rows: list[list[Fraction]] = [[rate] if rate else [] for rate in table.values]
        begins = [component.from_level] * len(rows)

        def row_of(period: int) -> Int32s:
            return table.of(period)
    else:
        rates = component.generation_rates_by_rank or {
            name: [rate] for name, rate in (component.rates_by_rank or {}).items()
        }
        rows = [list(rates.get(name or "", [])) for name in names]
        begins = [component.from_level_by_rank.get(name or "", component.from_level) for name in names]

        def row_of(period: int) -> Int32s:
            return evaluation.rank(period).astype(np.int32)

    holds = np.array([bool(row) for row in rows])

    def leader_of(period: int) -> Bools:
        return holds[row_of(period)]

    def standing_of(period: int) -> Int64s:
        return row_of(period).astype(np.int64)

    return Terms(
        rows, row_of, standing_of, leader_of, begins if component.on == "orders" else [0] * len(rows),
        own=1, compare=component.blocked_by == "same_or_higher", invisible=not component.ineligible_blocks,
        leaders_only=True, skip_empty=False, skip_levels=component.compression == "skip_ineligible",
    )  # fmt: skip
