"""Proposals as plans: written in the plan language, computed by the engine, held against the records.

Nothing counts as explained but what comes out of here. A proposal is better if more recorded payouts match to the
minor unit. What it would pay and the records do not have counts against it, at half the weight: a payment that is
there to the cent is evidence for a rule, one that is absent may only be absent from the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
from pydantic import ValidationError

from compensation.computing import compute_on
from compensation.errors import CompensationError
from compensation.plan import Plan
from compensation.reconciliation.reconciling import Reconciliation, reconcile

if TYPE_CHECKING:
    from compensation.computed import Computed
    from compensation.inference.evidence import Evidence

Document = dict[str, Any]
"""A plan as the plan language writes it."""


@dataclass(frozen=True)
class Verified:
    """A proposal with what the engine makes of it."""

    document: Document
    computed: Computed
    reconciliation: Reconciliation
    matched: int
    recorded: int
    missing: int
    """Payments that the proposal would make and the records do not have; payments of nothing are not counted."""

    @property
    def score(self) -> tuple[int, int, int]:
        """Higher is better."""
        return 2 * self.matched - self.missing, self.matched, -len(str(self.document))

    @property
    def complete(self) -> bool:
        """Whether every payout is explained and nothing else is promised."""
        return self.matched == self.recorded and self.missing == 0

    @property
    def plan(self) -> Plan:
        """The proposal."""
        return self.computed.plan


def verify(evidence: Evidence, document: Document, payouts: pl.DataFrame) -> Verified | None:
    """Compute a proposal and reconcile it; None where it is no valid plan, or does not fit the records."""
    try:
        plan = Plan.model_validate(document)
        computed = compute_on(plan, evidence.books)
        held = reconcile(computed, payouts)
    except (ValidationError, CompensationError):
        return None
    matched, recorded = held.share_matched()
    missing = held.lines.filter((pl.col("status") == "missing") & (pl.col("recomputed") != 0))
    return Verified(document, computed, held, matched, recorded, len(missing))


def better(old: Verified | None, new: Verified | None) -> Verified | None:
    """The better of two; the older where they are equal."""
    if new is None:
        return old
    return new if old is None or new.score > old.score else old
