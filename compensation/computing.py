"""The engine: lays the records out once, then lets each component of the plan compute, in the plan's order.

Integers throughout. The order of everything is fixed (orders by time, then as given; components as listed; limits as
listed, each as soon as the last component it binds is computed), so the same input gives the same bytes.
"""

from __future__ import annotations

import polars as pl

from compensation import limiting
from compensation.books import Books
from compensation.computed import Computed
from compensation.evaluation import Evaluation
from compensation.paying import pay_out
from compensation.plan import Plan
from genealogy.network import Network
from intake.progress import Progress, silent


def compute(
    plan: Plan,
    network: Network,
    orders: pl.DataFrame,
    *,
    ranks: pl.DataFrame | None = None,
    facts: pl.DataFrame | None = None,
    clicks: pl.DataFrame | None = None,
    state: pl.DataFrame | None = None,
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
        facts: what the company itself states, in place of what would be computed (see `Books.facts`).
        clicks: visits that affiliates referred, for plans that attribute orders by them.
        state: what an earlier computation carried over (`Computed.state`), to go on from.
        currencies: decimals of each currency in the records; ISO 4217 codes need none.
        lines: keep every payout line; False keeps totals only, for ledgers too large to list.
        breakage_lines: also keep a line for everything that nobody earned.
        progress: told how far the computation is.

    Raises:
        PlanMismatch: the records lack what the plan needs, or hold money too coarsely for it.
        AmountOverflow: an amount does not fit 64 bits.
    """
    books = Books(network, orders, ranks, facts, clicks, state, currencies=dict(currencies or {}))
    return compute_on(plan, books, lines=lines, breakage_lines=breakage_lines, progress=progress)


def compute_on(
    plan: Plan, books: Books, *, lines: bool = True, breakage_lines: bool = False, progress: Progress = silent
) -> Computed:
    """The same on books put together beforehand."""
    held = plan.payment is not None and plan.payment.hold_days > 0  # counted from each line's order
    lines = lines or held or any(limit.needs_lines for limit in plan.limits)
    evaluation = Evaluation(plan, books, keep_lines=lines, keep_breakage=breakage_lines, progress=progress)
    if plan.limits and evaluation.takes_back:  # what a limit had cut is seen in the lines only
        evaluation.keep_lines = True
    waiting = list(plan.limits)
    for component in plan.components:
        evaluation.awarded[component.id] = component.award(evaluation)
        for limit in [each for each in waiting if evaluation.awarded.keys() >= set(each.components)]:
            limiting.apply(limit, evaluation)
            waiting.remove(limit)
    statements = None if plan.payment is None else pay_out(plan.payment, evaluation)
    return Computed(plan, evaluation, list(evaluation.awarded.values()), statements)
