"""The engine: lays the records out once, then lets each component of the plan compute, in the plan's order.

Integers throughout. The order of everything is fixed (orders by time, then as given; components as listed), so
the same input gives the same bytes. Families that pay on other families' awards will come after those here.
"""

from __future__ import annotations

import polars as pl

from compensation.computed import Computed
from compensation.evaluation import Evaluation
from compensation.plan import Plan
from genealogy.network import Network
from intake.progress import Progress, silent


def compute(
    plan: Plan,
    network: Network,
    orders: pl.DataFrame,
    *,
    ranks: pl.DataFrame | None = None,
    standing: pl.DataFrame | None = None,
    currencies: dict[str, int] | None = None,
    lines: bool = True,
    breakage_lines: bool = False,
    progress: Progress = silent,
) -> Computed:
    """Compute every payout that the plan yields on these records.

    Args:
        plan: from `load_plan`.
        network: participants and their trees.
        orders: the orders table (see `intake.schema`); a column `period` names periods instead of the date.
        ranks: the ranks table, where the plan takes ranks from it.
        standing: what the company itself states of participants (`participant_id`, `period`, `personal_volume` in
            thousandths, `active`), in place of what would be computed.
        currencies: decimals of each currency in the records; ISO 4217 codes need none.
        lines: keep every payout line; False keeps totals only, for ledgers too large to list.
        breakage_lines: also keep a line for everything that nobody earned.

    Raises:
        PlanMismatch: the records lack what the plan needs, or hold money too coarsely for it.
        AmountOverflow: an amount does not fit 64 bits.
    """
    evaluation = Evaluation(
        plan,
        network,
        orders,
        ranks=ranks,
        standing=standing,
        currencies=currencies,
        keep_lines=lines,
        keep_breakage=breakage_lines,
        progress=progress,
    )
    return Computed(plan, evaluation, [component.award(evaluation) for component in plan.components])
