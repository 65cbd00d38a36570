"""So many levels above somebody, order by order: what fast start and two-tier commissions have in common.

Each item is an order and a participant below level 1 (a new member, or an affiliate). The tree is walked as it stood
on the order's date or at the period's close; who cannot earn keeps the level, or is passed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from compensation.awards import Int32s, Int64s
from compensation.kernels import nearest_above
from intake.text import Text

if TYPE_CHECKING:
    from compensation.components.contract import Component
    from compensation.evaluation import Evaluation

Compression = Literal["none", "skip_ineligible"]
AsOf = Literal["order", "period_close"]


@dataclass(slots=True)
class Above:
    """Who stands above each item, item by item and within an item level by level."""

    item: Int64s
    level: npt.NDArray[np.int16]
    participant: Int32s
    """Row; -1 for nobody, or for somebody who cannot earn."""
    reason: npt.NDArray[np.int16]


def above(
    component: Component,
    evaluation: Evaluation,
    order: Int32s,
    below: Int32s,
    levels: int,
    compression: Compression,
    as_of: AsOf,
) -> Above:
    """Who stands on level 1 to `levels` above each item.

    Args:
        component: whose tree and eligibility; evaluation: the records.
        order: per item, rising; below: row of who stands below level 1, -1 for unknown.
        levels: how many; compression: what becomes of who cannot earn; as_of: which tree.
    """
    row = np.full((len(order), levels), -1, np.int32)
    reason = np.zeros((len(order), levels), np.int16)
    wanted = np.zeros(len(evaluation.orders), np.int64)
    wanted[order] = 1
    for walk in evaluation.walks(component, wanted, as_of=as_of):
        first = np.searchsorted(order, walk.orders, side="left")
        count = np.searchsorted(order, walk.orders, side="right") - first
        inside = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        items = np.repeat(first, count) + inside
        tree = walk.tree
        allowed = evaluation.eligible(walk.period, component.eligibility)[tree.row]
        left = evaluation.left[tree.row]
        skip = compression == "skip_ineligible"
        if skip:
            # who is gone before the first of these orders needs no looking at again
            allowed = allowed & (left > walk.when.min())
        up = nearest_above.nearest(walk.parent, allowed) if skip else walk.parent
        start = np.append(tree.position, np.int32(-1))[below[items]]
        position, why = np.empty((len(items), levels), np.int32), np.empty((len(items), levels), np.int16)
        nearest_above.levels_above(
            start.astype(np.int32), np.repeat(walk.when, count), up, allowed, left, skip, position, why
        )
        row[items] = np.where(why < 0, np.append(tree.row, np.int32(-1))[position], np.int32(-1))
        reason[items] = why
    item = np.repeat(np.arange(len(order), dtype=np.int64), levels)
    level = np.tile(np.arange(1, levels + 1, dtype=np.int16), len(order))
    return Above(item, level, row.ravel(), reason.ravel())


def words(compression: Compression, as_of: AsOf) -> Text:
    """Both rules in plain words."""
    en, ar = (
        "Who cannot earn keeps the level, and nobody is paid for it.",
        "من لا يستحق يظل محسوبًا في مستواه، ولا يُدفع لأحد عنه.",
    )
    if compression == "skip_ineligible":
        en, ar = (
            "Who cannot earn is left out when levels are counted.",
            "من لا يستحق يُتخطّى عند عدّ المستويات (ضغط المستويات).",
        )
    if as_of == "period_close":
        en += " The tree is walked as it stands at the period's close."
        ar += " تُستخدم الشجرة كما كانت في نهاية الفترة."
    return Text(en=en, ar=ar)
