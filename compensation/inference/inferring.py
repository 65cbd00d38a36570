"""From the ledger to the plan: every stream of payouts searched, the best proposals put together and proved.

Each recorded component is searched by itself, first as a level commission, then, if products are bought one after the
other, as rewards that pass up. What is proposed is one plan; the share explained is what the engine, computing that
plan, matches to the minor unit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from compensation.frame import OrderFilter
from compensation.inference import upgrades
from compensation.inference.evidence import Evidence, Stream
from compensation.inference.level_plan import components
from compensation.inference.levels import LevelFit, LevelSearch
from compensation.inference.rates import MODES
from compensation.inference.verifying import Document, Verified, better, verify
from compensation.plan import Plan
from compensation.quantities import minor_text
from intake.text import Text

if TYPE_CHECKING:
    from compensation.inference.brochure import Deviation
    from compensation.reconciliation.reconciling import Reconciliation
    from genealogy.network import Network

COUNTER_EXAMPLES = 20
LARGE = 20_000
"""Payouts on which a shape is searched."""
_LEAST_AT_CAP = 3


@dataclass(frozen=True)
class Part:
    """What was found for one recorded component."""

    component: str
    currency: str
    recorded: int
    """Payouts in the records."""
    matched: int
    """Of these, explained to the minor unit."""
    missing: int
    """Payments that the proposal would make and the records do not have."""

    @property
    def text(self) -> Text:
        """The same in a sentence."""
        return Text(
            en=f"{self.component} ({self.currency}): {self.matched:,} of {self.recorded:,} recorded payouts are explained to "
            f"the minor unit; {self.missing:,} that the proposal would pay are not in the records.",
            ar=f"{self.component} ({self.currency}): الدفعات المسجّلة {self.recorded:,}، منها {self.matched:,} مفسَّرة بدقة "
            f"أصغر وحدة نقدية؛ وعدد ما كانت الخطة المستنتجة لتدفعه ولا يرد في السجلات: {self.missing:,}.",
        )


@dataclass(frozen=True)
class Inference:
    """The plan that the recorded payouts follow, as far as it could be found."""

    evidence: Evidence
    payouts: pl.DataFrame
    parts: tuple[Part, ...]
    proof: Verified | None
    """The proposal, computed and reconciled; None where nothing was found."""

    @property
    def plan(self) -> Plan | None:
        """The proposal."""
        return None if self.proof is None else self.proof.plan

    @property
    def document(self) -> str:
        """The proposal as text that `parse_plan` reads (JSON, which is YAML too); empty where nothing was found."""
        return "" if self.proof is None else json.dumps(self.proof.document, ensure_ascii=False, indent=2)

    @property
    def reconciliation(self) -> Reconciliation | None:
        """The recorded payouts against the proposal."""
        return None if self.proof is None else self.proof.reconciliation

    @property
    def explained(self) -> tuple[int, int]:
        """Recorded payouts that the proposal gives to the minor unit, and all recorded payouts."""
        return (0 if self.proof is None else self.proof.matched), len(self.payouts)

    @cached_property
    def unexplained(self) -> pl.DataFrame:
        """Lines of the reconciliation that the proposal does not explain: what was paid otherwise, or not at all."""
        if self.proof is None:
            return pl.DataFrame()
        return self.proof.reconciliation.lines.filter(
            (pl.col("status") != "match") & ~((pl.col("status") == "missing") & (pl.col("recomputed") == 0))
        )

    @property
    def counter_examples(self) -> pl.DataFrame:
        """The first of them, those that were paid otherwise first."""
        return self.unexplained.sort(pl.col("status") == "missing", maintain_order=True).head(COUNTER_EXAMPLES)

    @property
    def text(self) -> Text:
        """What was found, in plain words."""
        matched, recorded = self.explained
        told = [
            Text(
                en=f"{matched:,} of {recorded:,} recorded payouts are explained to the minor unit.",
                ar=f"الدفعات المسجّلة {recorded:,}، منها {matched:,} مفسَّرة بدقة أصغر وحدة نقدية.",
            ),
            *(part.text for part in self.parts),
            *([] if self.plan is None else [self.plan.describe()]),
        ]
        return Text(en="\n".join(each.en for each in told), ar="\n".join(each.ar for each in told))

    def compare(self, stated: Plan) -> list[Deviation]:
        """Where the payouts follow another rule than the stated plan says (see `brochure`)."""
        from compensation.inference import brochure

        return [] if self.plan is None else brochure.deviations(self.plan, stated)


def infer(
    network: Network,
    orders: pl.DataFrame,
    payouts: pl.DataFrame,
    *,
    ranks: pl.DataFrame | None = None,
    currencies: dict[str, int] | None = None,
    timezone: str = "UTC",
) -> Inference:
    """Find the plan that the recorded payouts follow.

    Args:
        network: participants and their trees.
        orders: the orders table.
        payouts: the payouts table; a payout must name its order, or the participant from whom it came.
        ranks: the ranks table, where ranks change from period to period.
        currencies: decimals of each currency in the records; ISO 4217 codes need none.
        timezone: where days begin.

    Raises:
        PlanMismatch: no currency is named anywhere.
        UnknownScale: nobody said how many decimals a currency has.
    """
    evidence = Evidence(network, orders, payouts, ranks, dict(currencies or {}), timezone)
    found: list[tuple[Stream, Verified]] = []
    parts: list[Part] = []
    for number, stream in enumerate(evidence.streams):
        name = _identifier(stream.component, [each.component for each in evidence.streams[:number]])
        best = _searched(evidence, stream, name)
        size = len(stream.payouts)
        if best is not None and best.matched:
            found.append((stream, best))
            parts.append(Part(stream.component, stream.currency, size, best.matched, best.missing))
        else:
            parts.append(Part(stream.component, stream.currency, size, 0, 0))
    return Inference(evidence, evidence.payouts, tuple(parts), _put_together(evidence, found))


def _identifier(component: str, earlier: list[str]) -> str:
    """An id for a component of the plan from its name in the records."""
    cleaned = re.sub(r"[^a-z0-9_-]+", "_", component.lower()).strip("_-")
    name = cleaned if re.match(r"[a-z]", cleaned) else f"c_{cleaned}".strip("_")
    again = sum(each == component for each in earlier)
    return name[:30] + (f"_{again + 1}" if again else "")


def _searched(evidence: Evidence, stream: Stream, name: str) -> Verified | None:
    best: Verified | None = None
    fit = _level_fit(evidence, stream)
    if fit is not None:
        for document in _documents(evidence, fit, name):
            best = better(best, verify(evidence, document, stream.payouts))
            if best is not None and best.complete:
                return best
        if best is not None:
            best = _varied(evidence, stream, best)
    if best is None or not best.complete:
        best = better(best, upgrades.search(evidence, stream, name))
    return best


def _level_fit(evidence: Evidence, stream: Stream) -> LevelFit | None:
    if stream.by_order:
        return _fitted(evidence, stream)
    evaluation = evidence.evaluation
    everything = np.ones(len(evaluation.orders), np.bool_)
    categories = evaluation.orders["category"].drop_nulls().unique().sort().to_list()
    among = [everything]
    if 1 < len(categories) <= 20:
        among += [evaluation.selected(OrderFilter(categories=[each])) for each in categories]
    fits = [_fitted(evidence, evidence.tied(stream, each)) for each in among]
    return max((fit for fit in fits if fit is not None), key=lambda fit: fit.score, default=None)


def _fitted(evidence: Evidence, stream: Stream) -> LevelFit | None:
    """The best level commission; of a large stream the shape is searched on every n-th order, the numbers on all."""
    step = len(stream.order) // LARGE
    if step < 2:
        return LevelSearch(evidence, stream).best()
    among = np.arange(len(evidence.evaluation.orders)) % step == 0
    chosen = np.flatnonzero((stream.order >= 0) & among[stream.order])
    part = replace(stream, payouts=stream.payouts[chosen], receiver=stream.receiver[chosen], order=stream.order[chosen])
    found = LevelSearch(evidence, part, among).best()
    return None if found is None else LevelSearch(evidence, stream).refitted(found.shape)


def _documents(evidence: Evidence, fit: LevelFit, name: str) -> Iterator[Document]:
    written = components(fit, evidence, name)
    document = evidence.frame() | {"volumes": {"measure": fit.shape.counting.measure}, "components": written}
    if fit.shape.mode != "statement":
        yield document | {"rounding": {"mode": fit.shape.mode, "per": "line"}}
        return
    for per in ("statement", "line"):
        for mode in MODES:
            yield document | {"rounding": {"mode": mode, "per": per}}


def _varied(evidence: Evidence, stream: Stream, best: Verified) -> Verified:
    """Rules that the tables do not show, each kept if it explains more: statements, caps, sellers, moves, returns."""
    evaluation = evidence.evaluation
    frames: list[dict[str, Any]] = []
    cap = _cap(stream)
    if cap is not None:
        bound = [component["id"] for component in best.document["components"]]
        amount = minor_text(cap, evaluation.scale_of(stream.currency))
        frames.append({"limits": [{"id": "cap", "components": bound, "cap": amount}]})
    changes: list[dict[str, Any]] = []
    if ((evaluation.buyer < 0) & (evaluation.seller >= 0)).any():
        changes.append({"customers_seller_is_level": 0})
    if evidence.books.network.moves is not None:
        changes.append({"tree_as_of": "period_close"})
    if (evaluation.sign < 0).any():
        changes += [{"reversals": "ignore"}, {"reversals": "recompute"}]
    keys = {key for component in best.document["components"] for key in component}
    ranked = any("by_rank" in key for key in keys)
    if ranked:
        changes += [{"lacking_depth": "skip"}, {"lacking_depth": "stop"}]
    if ranked or "eligibility" in keys:
        changes.append({"compression": "dynamic"})
    for frame in frames:
        best = better(best, verify(evidence, best.document | frame, stream.payouts)) or best
    for change in changes:
        changed = [component | change for component in best.document["components"]]
        best = better(best, verify(evidence, best.document | {"components": changed}, stream.payouts)) or best
        if best.complete:
            break
    return best


def _cap(stream: Stream) -> int | None:
    """The highest sum of a receiver in a period, where several reach exactly it and nobody passes it."""
    sums = stream.payouts.group_by("participant_id", "period").agg(pl.col("amount").cast(pl.Int128).sum())["amount"]
    if stream.payouts["period"].null_count() == len(stream.payouts) or not len(sums):
        return None
    highest = sums.max()
    return int(highest) if int((sums == highest).sum()) >= _LEAST_AT_CAP else None  # type: ignore[arg-type]


def _put_together(evidence: Evidence, found: list[tuple[Stream, Verified]]) -> Verified | None:
    """One plan of all that was found; what the frame can say only once, it says as the largest stream needs it."""
    if not found:
        return None
    largest = max(found, key=lambda each: each[1].matched)[1].document
    document = dict(largest)
    document["components"] = [component for _, each in found for component in each.document["components"]]
    limits = [
        limit | {"id": f"cap_{number}"}
        for number, (_, each) in enumerate(found)
        for limit in each.document.get("limits", [])
    ]
    if limits:
        document["limits"] = limits
    return verify(evidence, document, evidence.payouts.drop("number"))
