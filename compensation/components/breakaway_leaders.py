"""Who is a leader: the people at whom a group breaks away.

`Leaders` is the condition as a plan states it, shared by every family that draws a line at leaders: the end of a level
commission (`unilevel`, `stop_at`), the legs that no longer count for the group (`stairstep`), and the groups that an
override is paid on (`breakaway`). `find` answers it for everybody in a period. Volume is that of the *personal group*:
one's own and everything below, down to (without) the next leader.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import model_validator

from compensation.frame import Measure
from compensation.kernels import breakaway as kernels
from compensation.quantities import Points, decimal_text
from intake.frozen import Frozen
from intake.mistakes import Mistaken
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Int32s, Int64s
    from compensation.evaluation import Evaluation
    from compensation.ledger import Bools
    from genealogy.tree import Tree

NO_LIMIT = np.iinfo(np.int64).max
"""A volume that nobody reaches."""


class Leaders(Frozen):
    """Who is a leader; any of the conditions that are given suffices."""

    rank: str | None = None
    """This rank or a higher one."""
    fact: str | None = None
    """A fact that the company states as true for the period, such as `breakaway`."""
    group_volume: Points | None = None
    """At least this volume in the personal group; equality is enough."""

    @model_validator(mode="after")
    def _any(self) -> Leaders:
        if self.rank is None and self.fact is None and self.group_volume is None:
            raise Mistaken(
                Text(
                    en="say who is a leader: rank, fact, or group_volume",
                    ar="يُرجى بيان من هو القائد: ⁨rank⁩ أو ⁨fact⁩ أو ⁨group_volume⁩",
                )
            )
        return self

    def ranks_named(self, key: str) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """The rank that the condition names, with its path below `key`."""
        if self.rank is not None:
            yield (key, "rank"), self.rank

    def describe(self) -> Text:
        """The condition in words that follow "whoever"."""
        parts_en, parts_ar = [], []
        if self.rank is not None:
            parts_en.append(f"holds {self.rank} or a higher rank")
            parts_ar.append(f"رتبته {self.rank} أو أعلى")
        if self.fact is not None:
            parts_en.append(f"is stated as {self.fact}")
            parts_ar.append(f"تذكر الشركة عنه {self.fact}")
        if self.group_volume is not None:
            least = decimal_text(self.group_volume)
            parts_en.append(f"has a personal group volume of at least {least}")
            parts_ar.append(f"حجم مجموعته الشخصية {least} على الأقل")
        return Text(en=" or ".join(parts_en), ar=" أو ".join(parts_ar))


def flags(leaders: Leaders, evaluation: Evaluation, period: int, tree: Tree) -> Bools:
    """Who is a leader by rank or fact, by position; volume aside."""
    result = np.zeros(evaluation.participants, np.bool_)
    if leaders.rank is not None and evaluation.plan.ranks is not None:
        result |= evaluation.rank(period) >= evaluation.plan.ranks.index(leaders.rank)
    if leaders.fact is not None:
        result |= evaluation.facts.flags(leaders.fact, period)
    found: Bools = tree.by_position(result)
    return found


def least_volume(leaders: Leaders, evaluation: Evaluation, measure: Measure | None) -> int:
    """The personal group volume that makes a leader, in units of the measure; `NO_LIMIT` where none does."""
    if leaders.group_volume is None:
        return NO_LIMIT
    return evaluation.threshold(leaders.group_volume, measure)


def find(
    leaders: Leaders,
    evaluation: Evaluation,
    period: int,
    tree: Tree,
    parent: Int32s,
    volume: Int64s | None = None,
    measure: Measure | None = None,
) -> Bools:
    """Who is a leader in a period, by position.

    Args:
        leaders: the condition.
        evaluation: the records.
        period: whose ranks and facts hold.
        tree: the tree; parent: positions in it, -1 for roots.
        volume: own volume by position; that of the period, unless given.
        measure: of the volume; the plan's, unless given.
    """
    known = flags(leaders, evaluation, period, tree)
    least = least_volume(leaders, evaluation, measure)
    if least == NO_LIMIT:
        return known
    if volume is None:
        volume = tree.by_position(evaluation.personal_volume(period, measure))
    group: Any = volume.copy()
    kernels.personal_groups(parent, group, known, least)
    return known
