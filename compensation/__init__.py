"""Compensation: a plan as data, every payout computed exactly, explained, and held against the records.

Read a plan, compute it on a network and its orders, ask why, and compare:

    plan = load_plan("plan.yaml")                      # or PlanError: every mistake, with line and way out
    computed = compute(plan, network, orders)          # integers only; the same bytes on every run
    computed.lines                                     # one row per payout, down to level, rate and base
    explain(computed, line=12).text("ar")              # the arithmetic of any cent, in English or Arabic
    reconcile(computed, payouts).summary               # recorded against recomputed, totals tie out

How the room is laid out, in the order in which to read it:

- `quantities` (rates as exact fractions, money as text), `notation` (YAML without losing a digit or a line number),
  `frame` (volumes, activity, ranks, rounding, eligibility), `plan` (the document, its mistakes, its JSON Schema);
- `components/`: one family per file, each with its definition and source. `contract` says what a component is.
  `unilevel` is the level commission; `upgrade_pass_up` and `recruitment_bonus` pay fixed rewards that may be held
  back. `*_words` files are what a component says of itself, `unilevel_awards` and `held_rewards` how it computes;
- `evaluation`: the records laid out as arrays, once per computation: who an order is credited to, volumes,
  activity and ranks per period, which tree is walked on which date;
- `level_walk`, `hold_back`, `rounding`: the compiled loops. Each has a slow, obvious twin in tests/compensation that
  property tests hold it to, to the minor unit;
- `awards`, `computed`: the result, and the proof that allotted = paid + held + breakage + rounding;
- `explaining`, `steps`: why. `reconciling`, `matching`: recorded against recomputed.

Three rules hold everywhere. Nothing passes through a float. Whatever cannot be paid is counted, with its reason,
and not dropped. State that crosses periods is explicit (`Computed.state`).

docs/plans.md teaches the plan language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.on_demand import on_demand

if TYPE_CHECKING:
    from compensation.books import Books
    from compensation.computed import Computed
    from compensation.computing import compute, compute_on
    from compensation.errors import CompensationError, Mistake, PlanError
    from compensation.explaining import Explanation, explain
    from compensation.plan import Plan, load_plan, parse_plan, plan_schema
    from compensation.reconciling import NotRecorded, Reconciliation, reconcile
    from compensation.steps import Step

_HOMES = {
    "Books": "books",
    "CompensationError": "errors",
    "Computed": "computed",
    "Explanation": "explaining",
    "Mistake": "errors",
    "NotRecorded": "reconciling",
    "Plan": "plan",
    "PlanError": "errors",
    "Reconciliation": "reconciling",
    "Step": "steps",
    "compute": "computing",
    "compute_on": "computing",
    "explain": "explaining",
    "load_plan": "plan",
    "parse_plan": "plan",
    "plan_schema": "plan",
    "reconcile": "reconciling",
}

__all__ = [
    "Books",
    "CompensationError",
    "Computed",
    "Explanation",
    "Mistake",
    "NotRecorded",
    "Plan",
    "PlanError",
    "Reconciliation",
    "Step",
    "compute",
    "compute_on",
    "explain",
    "load_plan",
    "parse_plan",
    "plan_schema",
    "reconcile",
]

__getattr__ = on_demand(__name__, _HOMES)
