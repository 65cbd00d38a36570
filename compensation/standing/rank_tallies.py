"""What conditions count of others' ranks: legs that hold a rank, and group volume without the groups of a rank.

A `Tally` is such a count without its threshold, so that conditions which differ in the threshold share it. `climb`
lays the people out along one tree, those whom it does not hold behind it, and runs the compiled pass
(`kernels.rank_climb`), either to find ranks or, with ranks given, to count.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from compensation.awards import Int64s
from compensation.kernels import rank_climb
from compensation.standing.requirements import GroupVolume, QualifiedLegs

if TYPE_CHECKING:
    from compensation.standing.measuring import Measuring

Int16s = npt.NDArray[np.int16]

_NO_RANK = int(np.iinfo(np.int16).max)
"""Above every rank: nobody's group breaks away by rank."""


class Tally(NamedTuple):
    """One count; see `rank_climb.climb` for what the parts mean."""

    tree: str
    kind: int
    of_rank: int
    scale: int = 1
    limit: int = 0
    with_own: bool = False
    measure: Any = None
    fact: str | None = None


@dataclass(slots=True)
class Program:
    """What each rank asks: alternatives in rising order of rank, each with tests on tallies."""

    alternative_rank: list[int] = field(default_factory=list)
    first_test: list[int] = field(default_factory=lambda: [0])
    test_tally: list[int] = field(default_factory=list)
    test_least: list[int] = field(default_factory=list)


def tally_of(measuring: Measuring, condition: GroupVolume | QualifiedLegs) -> Tally:
    """What a condition counts."""
    evaluation = measuring.evaluation
    ranks = evaluation.plan.ranks
    if isinstance(condition, QualifiedLegs):
        assert ranks is not None, "the plan checks that ranks which are named exist"
        kind = rank_climb.LEG_HEAD if condition.depth == "head" else rank_climb.LEG_ANYWHERE
        return Tally(condition.tree, kind, ranks.index(condition.rank))
    assert condition.without is not None, "other group volumes need no ranks"
    measure = condition.measure or evaluation.plan.volumes.measure
    limit, scale = measuring.limit_of(condition, measure)
    measuring.check_room(evaluation.group_volume(measuring.period, measure, condition.tree), scale)
    by_rank = condition.without.rank
    of_rank = ranks.index(by_rank) if by_rank is not None and ranks is not None else _NO_RANK
    return Tally(
        condition.tree, rank_climb.GROUP, of_rank, scale, limit, condition.includes_own, measure, condition.without.fact
    )


def qualified_legs(measuring: Measuring, condition: QualifiedLegs) -> Int64s:
    """Legs of everybody that hold the rank, by row."""
    tally = tally_of(measuring, condition)
    _, counted = climb(measuring, tally.tree, [tally], Program(), measuring.rank)
    return counted[:, 0]


def group_without(measuring: Measuring, condition: GroupVolume) -> tuple[Int64s, int]:
    """Group volume of everybody without what has broken away, by row, times a scale; and the scale."""
    tally = tally_of(measuring, condition)
    by_rank = tally.of_rank != _NO_RANK
    rank = measuring.rank if by_rank else np.zeros(measuring.evaluation.participants, np.int16)
    _, counted = climb(measuring, tally.tree, [tally], Program(), rank)
    return counted[:, 0], tally.scale


def climb(
    measuring: Measuring,
    tree: str,
    tallies: list[Tally],
    program: Program,
    forced: Int16s,
    *,
    base: int = 0,
    cumulative: bool = True,
    met: npt.NDArray[np.uint64] | None = None,
) -> tuple[Int16s, Int64s]:
    """Run the pass over one tree; everything by row of the network.

    Args:
        measuring: the figures of the period.
        tree: which tree; its tallies are those of `tallies`.
        tallies, program: what is counted, and what ranks ask of it.
        forced: rank that is given, -1 where it is to be found.
        base: the rank of everybody.
        cumulative: whether a rank needs all ranks below it.
        met: bits of the alternatives whose other conditions hold.

    Returns:
        Rank by row, and [row, tally] what was counted.
    """
    evaluation, closing = measuring.evaluation, measuring.closing(tree)
    rows = closing.tree.row
    parent = np.ascontiguousarray(closing.parent, np.int32)
    outside = np.flatnonzero(closing.tree.position < 0)
    if len(outside):
        rows = np.concatenate([rows, outside.astype(np.int32)])
        parent = np.concatenate([parent, np.full(len(outside), -1, np.int32)])
    measures = list(dict.fromkeys(each.measure for each in tallies if each.measure is not None))
    facts = list(dict.fromkeys(each.fact for each in tallies if each.fact is not None))
    own = np.zeros((max(1, len(measures)), len(rows)), np.int64)
    for index, measure in enumerate(measures):
        own[index] = evaluation.personal_volume(measuring.period, measure)[rows]
    broken = np.zeros((max(1, len(facts)), len(rows)), np.bool_)
    for index, fact in enumerate(facts):
        broken[index] = evaluation.facts.flags(fact, measuring.period)[rows]
    rank, counted = rank_climb.climb(
        parent,
        forced[rows],
        base,
        cumulative,
        np.zeros(len(rows), np.uint64) if met is None else met[rows],
        np.array(program.alternative_rank, np.int64),
        np.array(program.first_test, np.int64),
        np.array(program.test_tally, np.int64),
        np.array(program.test_least, np.int64),
        np.array([each.kind for each in tallies], np.int64),
        np.array([each.of_rank for each in tallies], np.int64),
        np.array([each.scale for each in tallies], np.int64),
        np.array([each.limit for each in tallies], np.int64),
        np.array([each.with_own for each in tallies], np.bool_),
        np.array([measures.index(each.measure) if each.measure else 0 for each in tallies], np.int64),
        np.array([facts.index(each.fact) if each.fact else -1 for each in tallies], np.int64),
        own,
        broken,
    )
    rank_by_row, counted_by_row = np.empty_like(rank), np.empty_like(counted)
    rank_by_row[rows], counted_by_row[rows] = rank, counted
    return rank_by_row, counted_by_row
