"""Compensation: a plan as data, every payout computed exactly, explained, and held against the records.

Read a plan, compute it on a network and its orders, ask why, and compare:

    plan = load_plan("plan.yaml")                      # or PlanError: every mistake, with line and way out
    computed = compute(plan, network, orders)          # integers only; the same bytes on every run
    computed.lines                                     # one row per payout, down to level, rate and base
    explain(computed, line=12).text("ar")              # the arithmetic of any cent, in English or Arabic
    reconcile(computed, payouts).summary               # recorded against recomputed, totals tie out

How the room is laid out, in the order in which to read it:

- the plan: `quantities` (rates as exact fractions, money as text), `notation` (YAML without losing a digit or a line
  number), `frame` (volumes, activity, ranks, rounding, which orders, who can earn), `limits`, `payment`, and `plan`
  (the document, its mistakes, its JSON Schema); `reading` says a plan in plain words with its worst case;
- the families: `components/` is the language, one file a family with definition, source and parameters (`contract`
  says what a component is); `awarding/` how each computes, `wording/` what each says, `kernels/` the compiled loops.
  Each family has a slow, obvious twin in tests/compensation that property tests hold it to, to the minor unit;
- the records: `books` (what is given), `ledger` (orders as arrays), `evaluation` (participants period by period, trees
  to walk), `facts` (what the company states), `standing/` (conditions and ranks);
- the engine: `claims` (who, on what base, at which rate; rounded once), `computing` (component by component),
  `limiting` (caps and pools), `paying` (statements), `saved_state` (what crosses periods);
- the result: `awards` and `computed` (lines, totals, and the proof that allotted = paid + held + breakage + rounding),
  `explaining` and `steps` (why);
- what is asked of it: `reconciliation/` (recorded against recomputed, and why they differ), `inference/` (which plan the
  payouts follow), `what_if/` (the same records under changed rules or orders), `gaming/` (what a plan pays for false
  positions, own purchases, recruiting alone), `examples/` (published examples as tests), `simulation/` (contract
  matrices without records).

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
    from compensation.reconciliation.reconciling import NotRecorded, Reconciliation, reconcile
    from compensation.steps import Step

_HOMES = {
    "Books": "books",
    "CompensationError": "errors",
    "Computed": "computed",
    "Explanation": "explaining",
    "Mistake": "errors",
    "NotRecorded": "reconciliation.reconciling",
    "Plan": "plan",
    "PlanError": "errors",
    "Reconciliation": "reconciliation.reconciling",
    "Step": "steps",
    "compute": "computing",
    "compute_on": "computing",
    "explain": "explaining",
    "load_plan": "plan",
    "parse_plan": "plan",
    "plan_schema": "plan",
    "reconcile": "reconciliation.reconciling",
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
