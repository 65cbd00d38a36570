"""Rewards for bought levels read off the payouts: how far up they go, how much they are, and when they wait.

The receiver and the amount of each level come from the payouts made with the very purchase. Whether rewards wait for
the receiver's own upgrade, after how many free ones, and for how many levels more, is searched: every combination is
computed by the engine and held against the records. So is a bonus for recruits that shows only in sums, where several
held ones were released together.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from compensation.inference.verifying import Document, Verified, better, verify
from compensation.quantities import minor_text

if TYPE_CHECKING:
    from compensation.inference.evidence import Evidence, Stream

MOST_FREE = 4
MOST_LEVELS_MORE = 3
_LEAST_VOTES = 3
_TRIED_BONUSES = 6


def search(evidence: Evidence, stream: Stream, name: str) -> Verified | None:
    """The pass-up that explains most of a stream; None where products do not go up the tree like that."""
    levels = _levels(evidence)
    if len(levels) < 2 or not stream.by_order:
        return None
    best: Verified | None = None
    for tree in evidence.trees():
        seen = _rewards(evidence, stream, tree, levels)
        if not seen:
            continue
        for rewards in _completed(evidence, levels, seen):
            document = _document(evidence, stream, name, tree, levels, rewards)
            plain = verify(evidence, document, stream.payouts)
            best = better(best, None if plain is None else _held_back(evidence, stream, plain))
    return None if best is None else _with_bonus(evidence, stream, name, levels, best)


def _levels(evidence: Evidence) -> list[str]:
    """Products that are bought one after the other, the cheapest first."""
    orders = evidence.evaluation.orders.filter(pl.col("product").is_not_null() & (pl.col("amount") > 0))
    prices = orders.group_by("product").agg(pl.col("amount").mode().max().alias("price"))
    if not 2 <= len(prices) <= 100:
        return []
    return prices.sort("price", "product")["product"].to_list()


def _rewards(evidence: Evidence, stream: Stream, tree: str, levels: list[str]) -> dict[str, tuple[int, int]]:
    """By level: how far up its reward goes and how much it is, where payouts made with the purchase show it."""
    above = evidence.places(stream, tree, None).level
    product = evidence.evaluation.orders["product"].gather(pl.Series(np.maximum(stream.order, 0)))
    table = pl.DataFrame({"product": product, "up": above, "amount": stream.payouts["amount"]})
    table = table.filter(pl.Series((stream.order >= 0) & (above > 0)) & pl.col("product").is_not_null())
    votes = table.group_by("product", "up", "amount").len().sort("len", "up", "amount", descending=[True, False, False])
    found: dict[str, tuple[int, int]] = {}
    for row in votes.iter_rows(named=True):
        found.setdefault(row["product"], (row["up"], row["amount"]))
    return {level: found[level] for level in levels if level in found}


def _completed(
    evidence: Evidence, levels: list[str], seen: dict[str, tuple[int, int]]
) -> list[dict[str, tuple[int, int]]]:
    """What was seen; and the same with the levels for which nothing was, or hardly anything, if the rest shows a rule."""
    prices = dict(
        evidence.evaluation.orders.filter(pl.col("amount") > 0)
        .group_by("product")
        .agg(pl.col("amount").mode().max())
        .iter_rows()
    )
    steps = Counter(up - levels.index(level) for level, (up, _) in seen.items())
    shares = Counter(amount == prices[level] for level, (_, amount) in seen.items())
    step, agreeing = steps.most_common(1)[0]
    proposals = [seen]
    if agreeing >= _LEAST_VOTES and shares[True] >= _LEAST_VOTES:
        lowest = min(levels.index(level) for level in seen)
        rule = {level: (at + step, prices[level]) for at, level in enumerate(levels) if at >= lowest and at + step >= 1}
        proposals.append(rule)
    return proposals


def _document(
    evidence: Evidence, stream: Stream, name: str, tree: str, levels: list[str], rewards: dict[str, tuple[int, int]]
) -> Document:
    scale = evidence.evaluation.scale_of(stream.currency)
    least = int(stream.payouts["amount"].min() or 0)  # type: ignore[arg-type]
    component: dict[str, Any] = {
        "id": name,
        "family": "upgrade_pass_up",
        "tree": tree,
        "recorded": {"component": stream.component, "least": minor_text(max(least, 0), scale)},
        "rewards": [
            {"level": level, "up": up, "amount": minor_text(amount, scale)} for level, (up, amount) in rewards.items()
        ],
    }
    if stream.currency != evidence.currency:
        component["currency"] = stream.currency
    ranks = {"source": "purchases", "order": levels, "unranked": levels[0]}
    return evidence.frame() | {"ranks": ranks, "components": [component]}


def _held_back(evidence: Evidence, stream: Stream, best: Verified) -> Verified:
    """When rewards wait: every number of free ones and of levels more."""
    plain = best
    for more in range(MOST_LEVELS_MORE + 1):
        for free in range(MOST_FREE + 1):
            if more == 0 and free:
                continue  # needing no more than before, free rewards are not told from later ones
            component = plain.document["components"][0] | {"hold_back": {"free": free, "then_levels_more": more}}
            tried = verify(evidence, plain.document | {"components": [component]}, stream.payouts)
            best = better(best, tried) or best
    return best


def _with_bonus(evidence: Evidence, stream: Stream, name: str, levels: list[str], best: Verified) -> Verified:
    """A bonus for each recruit's entry, held back until the sponsor buys a level, if it explains more."""
    layer = best.document["components"][-1]
    for unit, free, rank in _bonuses(evidence, layer["tree"], levels, best):
        bonus: dict[str, Any] = {
            "id": f"{name}_recruits"[:40],
            "family": "recruitment_bonus",
            "tree": layer["tree"],
            "amount": minor_text(unit, evidence.evaluation.scale_of(stream.currency)),
            "orders": {"products": [levels[0]]},
            "recorded": layer["recorded"],
        }
        if rank is not None:
            bonus["hold_back"] = {"free": free, "then_rank": rank}
        if "currency" in layer:
            bonus["currency"] = layer["currency"]
        document = best.document | {"components": [bonus, layer]}
        best = better(best, verify(evidence, document, stream.payouts)) or best
    return best


def _bonuses(evidence: Evidence, tree: str, levels: list[str], best: Verified) -> list[tuple[int, int, str | None]]:
    """Amount per recruit, free ones and awaited level that fit unexplained payouts to whoever bought a level."""
    open_ = best.reconciliation.lines.filter(pl.col("status").is_in(["extra", "over"])).select(
        "participant_id", "order_id", "difference"
    )
    evaluation, network = evidence.evaluation, evidence.books.network
    orders = evaluation.orders.with_row_index("at").select("at", "buyer_id", "product", "date", order_id="id")
    own = open_.join(orders, on="order_id").filter(pl.col("participant_id") == pl.col("buyer_id"))
    named = network.tree(tree)
    entries = orders.filter(pl.col("product") == levels[0]).unique("buyer_id", keep="first", maintain_order=True)
    position = np.append(named.position, np.int32(-1))[network.rows_of(entries["buyer_id"])]
    above = np.append(named.parent, np.int32(-1))[position]
    sponsor = np.append(named.row, np.int32(-1))[above]
    recruited = entries.select("at").with_columns(row=pl.Series(sponsor))
    votes: Counter[tuple[int, int, str | None]] = Counter()
    for row in own.iter_rows(named=True):
        who = network.row_of(row["participant_id"])
        count = len(recruited.filter((pl.col("row") == who) & (pl.col("at") < row["at"])))
        for free in range(min(MOST_FREE, count - 1) + 1) if count else ():
            unit, rest = divmod(row["difference"], count - free)
            if rest == 0 and unit > 0 and row["product"] in levels[1:]:
                votes[unit, free, row["product"]] += 1
    likeliest = sorted(votes, key=lambda each: (-votes[each], each[0], each[1], str(each[2])))
    found = likeliest[:_TRIED_BONUSES]
    return [*found, *dict.fromkeys((unit, 0, None) for unit, _, _ in found)]
