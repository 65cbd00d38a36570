"""Ranks that are qualified for: computed per period, and carried from one to the next.

In each period everybody qualifies for the highest rank whose conditions hold (`kernels.rank_climb`, once over the
tree). From that, and from what was held before, follow the rank held in the period (paid-as rank: after `maintain`
periods in a row, kept through `grace` periods, lost `at_once` or by a `step`) and the highest ever held (title).
`state` is what the next computation goes on from, under the name `ranks`; ranks never depend on pay.

Reference: title and paid-as rank, holding, grace and demotion are our definition, docs/plans/frame.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from compensation.awards import Figure, State
from compensation.errors import PlanMismatch
from compensation.kernels import rank_climb
from compensation.standing import rank_tallies
from compensation.standing.measuring import Measured, Measuring
from compensation.standing.rank_tallies import Int16s, Program, Tally, tally_of
from compensation.standing.ranking_words import explain as explain  # told here, written there
from compensation.standing.requirements import GroupVolume, QualifiedLegs
from intake.text import say

if TYPE_CHECKING:
    from compensation.evaluation import Evaluation
    from compensation.frame import Ranks

OWNER = "ranks"
"""Under which name the state of ranks is saved, and their figures are listed."""
MOST_ALTERNATIVES = 64


@dataclass(slots=True)
class Standing:
    """The ranks of everybody at a period's close, by row of the network; 0 none, 1 the lowest."""

    qualified: Int16s
    """Whose conditions hold in the period."""
    held: Int16s
    """Paid-as rank."""
    title: Int16s
    """The highest ever held."""
    grace_used: Int16s
    """Periods for which the rank held has been kept though it was missed."""
    streaks: dict[int, Int16s] = field(default_factory=dict)
    """By rank that must be maintained: periods in a row in which it was qualified for, up to what is needed."""


class Ranking:
    """The standings of all periods, each computed when first asked for."""

    def __init__(self, evaluation: Evaluation) -> None:
        assert evaluation.plan.ranks is not None, "only plans with ranks have a ranking"
        self.evaluation = evaluation
        self.ranks: Ranks = evaluation.plan.ranks
        self.base = 0 if self.ranks.unranked is None else self.ranks.index(self.ranks.unranked)
        self._standings: list[Standing] = []

    def standing(self, period: int) -> Standing:
        """The ranks at a period's close; those before are computed on the way."""
        while len(self._standings) <= period:
            before = self._standings[-1] if self._standings else self.before
            qualified = self.qualify(len(self._standings))
            self._standings.append(self._advance(before, qualified))
        return self._standings[period]

    def counted(self, period: int) -> Int16s:
        """The rank that the plan pays by."""
        standing = self.standing(period)
        return standing.title if self.ranks.pay_as == "title" else standing.held

    @cached_property
    def before(self) -> Standing:
        """What was held before the first period."""
        count, ranks = self.evaluation.participants, self.ranks
        start = np.full(count, self.base, np.int16)
        if ranks.starts_from == "participants":
            index = {name: position for position, name in enumerate(ranks.order, start=1)}
            named = self.evaluation.column("rank").replace_strict(index, default=0, return_dtype=pl.Int16).to_numpy()
            start = np.maximum(start, named)
        standing = Standing(start, start.copy(), start.copy(), np.zeros(count, np.int16))
        for rank in range(self.base + 1, len(ranks.order) + 1):
            if self._needed(rank) > 1:
                standing.streaks[rank] = np.zeros(count, np.int16)
        saved = self.evaluation.state_before(OWNER)
        if not saved:
            return standing
        order = saved.notes.get("order")
        known = [ranks.index(name) if name in ranks.order else self.base for name in order] if order else []  # type: ignore[attr-defined]
        new_index = np.array([self.base, *known], np.int16)
        for name, into in (("held", standing.held), ("title", standing.title)):
            into[:] = self.base
            rows, values = saved.numbers.get(name, (np.empty(0, np.int32), np.empty(0, np.int64)))
            into[rows] = np.maximum(new_index[values], self.base)
        rows, values = saved.numbers.get("grace_used", (np.empty(0, np.int32), np.empty(0, np.int64)))
        standing.grace_used[rows] = values
        for rank, streak in standing.streaks.items():
            name = f"streak.{ranks.order[rank - 1]}"
            rows, values = saved.numbers.get(name, (np.empty(0, np.int32), np.empty(0, np.int64)))
            streak[rows] = values
        return standing

    def _needed(self, rank: int) -> int:
        maintain = self.ranks.maintain
        return maintain.by_rank.get(self.ranks.order[rank - 1], maintain.periods)

    def _advance(self, before: Standing, qualified: Int16s) -> Standing:
        """From the ranks of one period to those of the next."""
        streaks: dict[int, Int16s] = {}
        given = np.full(len(qualified), self.base, np.int16)
        for rank in range(self.base + 1, len(self.ranks.order) + 1):
            meets = qualified >= rank
            if rank in before.streaks:
                needed = self._needed(rank)
                streaks[rank] = np.where(meets, np.minimum(before.streaks[rank] + 1, needed), 0).astype(np.int16)
                meets = streaks[rank] >= needed
            given[meets] = rank
        # a rank that is held needs no new run: qualifying for it in the period keeps it
        kept = qualified >= before.held
        held = np.where(kept, np.maximum(given, before.held), before.held)
        missed = ~kept
        graced = missed & (before.grace_used < self.ranks.grace)
        lost = missed & ~graced
        fallen = qualified if self.ranks.demotion == "at_once" else np.maximum(qualified, before.held - 1)
        held = np.where(lost, np.maximum(fallen, self.base), held).astype(np.int16)
        used = np.where(graced, before.grace_used + 1, before.grace_used).astype(np.int16)
        used[qualified >= held] = 0  # met, or fallen to a rank that is
        return Standing(qualified, held, np.maximum(before.title, held), used, streaks)

    # Whose conditions hold

    def qualify(self, period: int) -> Int16s:
        """The highest rank whose conditions hold in a period, by row.

        Raises:
            PlanMismatch: more alternatives than fit, or a rank is stated that the plan does not have.
        """
        evaluation = self.evaluation
        measuring = Measuring(evaluation, period, np.zeros(evaluation.participants, np.int16))
        met, tests = self._measured(measuring)
        forced = self._stated(period)
        if evaluation.network.unknown_row is not None:
            forced[evaluation.network.unknown_row] = 0
        trees = list(dict.fromkeys(tally.tree for _, own in tests for tally, _ in own if tally is not None))
        if len(trees) <= 1:
            return self._climb(measuring, trees[0] if trees else "sponsor", tests, met, forced)
        return self._to_the_least_fixpoint(measuring, trees, tests, met, forced)

    def _measured(
        self, measuring: Measuring
    ) -> tuple[npt.NDArray[np.uint64], list[tuple[int, list[tuple[Tally | None, int]]]]]:
        """Bits of what does not depend on others' ranks, and per alternative its rank and what does."""
        met = np.zeros(self.evaluation.participants, np.uint64)
        tests: list[tuple[int, list[tuple[Tally | None, int]]]] = []
        for rank in range(self.base + 1, len(self.ranks.order) + 1):
            for alternative in self.ranks.qualifications[self.ranks.order[rank - 1]].alternatives():
                if len(tests) == MOST_ALTERNATIVES:
                    raise PlanMismatch(
                        say(
                            "ranks.qualifications list more than {most_alternatives} alternatives (any_of, over all "
                            "ranks); write conditions that alternatives share outside of any_of",
                            "في ranks.qualifications بدائل أكثر من {most_alternatives} (any_of في كل الرتب). يُرجى "
                            "كتابة الشروط المشتركة بين البدائل خارج any_of",
                            most_alternatives=MOST_ALTERNATIVES,
                        )
                    )
                here = np.ones(len(met), np.bool_)
                own: list[tuple[Tally | None, int]] = []
                for key, condition in alternative:
                    if key == "rank":
                        own.append((None, self.ranks.index(condition)))
                    elif isinstance(condition, QualifiedLegs):
                        own.append((tally_of(measuring, condition), condition.count))
                    elif isinstance(condition, GroupVolume) and condition.without and condition.without.rank:
                        tally = tally_of(measuring, condition)
                        least = self.evaluation.threshold(condition.at_least, tally.measure)
                        own.append((tally, least * tally.scale))
                    else:
                        here &= measuring.measure(key, condition).met
                met[here] |= np.uint64(1 << len(tests))
                tests.append((rank, own))
        return met, tests

    def _stated(self, period: int) -> Int16s:
        """Ranks that the company states of a period, -1 where it states none."""
        forced = np.full(self.evaluation.participants, -1, np.int16)
        rows, names = self.evaluation.facts.stated("rank", period)
        index = {name: position for position, name in enumerate(self.ranks.order, start=1)}
        unknown = names.filter(~names.is_in(list(index)))
        if len(unknown):
            raise PlanMismatch(
                say(
                    "fact 'rank' is {unknown!r}, which the plan's ranks do not list: {order}",
                    "الواقعة ⁨'rank'⁩ قيمتها {unknown!r}، وليست من رتب الخطة: {order}",
                    unknown=unknown[0],
                    order=", ".join(self.ranks.order),
                )
            )
        forced[rows] = names.replace_strict(index, return_dtype=pl.Int16).to_numpy() if len(rows) else 0
        return forced

    def _climb(
        self,
        measuring: Measuring,
        tree: str,
        tests: list[tuple[int, list[tuple[Tally | None, int]]]],
        met: npt.NDArray[np.uint64],
        forced: Int16s,
    ) -> Int16s:
        """One pass over a tree, with the tests that belong to it."""
        mine = [[test for test in own if test[0] is None or test[0].tree == tree] for _, own in tests]
        tallies = list(dict.fromkeys(tally for own in mine for tally, _ in own if tally is not None))
        program = Program()
        for (leads_to, _), own in zip(tests, mine, strict=True):
            program.alternative_rank.append(leads_to)
            for tally, least in own:
                program.test_tally.append(rank_climb.OWN_RANK if tally is None else tallies.index(tally))
                program.test_least.append(least)
            program.first_test.append(len(program.test_tally))
        rank, _ = rank_tallies.climb(
            measuring, tree, tallies, program, forced, base=self.base, cumulative=self.ranks.cumulative, met=met
        )
        return rank

    def _to_the_least_fixpoint(
        self,
        measuring: Measuring,
        trees: list[str],
        tests: list[tuple[int, list[tuple[Tally | None, int]]]],
        met: npt.NDArray[np.uint64],
        forced: Int16s,
    ) -> Int16s:
        """Conditions in several trees: ranks only rise from one pass to the next, until none does."""
        rank = np.where(forced >= 0, forced, np.int16(self.base)).astype(np.int16)
        quiet = 0
        while quiet < len(trees):
            for tree in trees:
                here = met.copy()
                for other in (each for each in trees if each != tree):
                    here &= self._met_in(measuring, other, tests, rank)
                found = self._climb(measuring, tree, tests, here, forced)
                quiet = quiet + 1 if np.array_equal(found, rank) else 0
                rank = found
        return rank

    def _met_in(
        self,
        measuring: Measuring,
        tree: str,
        tests: list[tuple[int, list[tuple[Tally | None, int]]]],
        rank: Int16s,
    ) -> npt.NDArray[np.uint64]:
        """Bits of the alternatives whose tests in one tree hold, with ranks as they are."""
        tallies = list(dict.fromkeys(t for _, own in tests for t, _ in own if t is not None and t.tree == tree))
        _, counted = rank_tallies.climb(measuring, tree, tallies, Program(), rank)
        bits = np.full(len(rank), np.iinfo(np.uint64).max, np.uint64)
        for number, (_, own) in enumerate(tests):
            for tally, least in own:
                if tally is not None and tally.tree == tree:
                    bits[counted[:, tallies.index(tally)] < least] &= ~np.uint64(1 << number)
        return bits

    # What is told of it

    def towards(self, period: int, rank: int) -> Measured | None:
        """The volume that counts towards a rank, where it asks for one."""
        measuring = Measuring(self.evaluation, period, self.standing(period).qualified)
        asked = dict(reversed(list(self.ranks.qualifications[self.ranks.order[rank - 1]].conditions())))
        for key in ("group_volume", "leg_volume", "outside_strongest_leg", "personal_volume"):
            if key in asked:
                return measuring.measure(key, asked[key])
        return None


def state(evaluation: Evaluation) -> State:
    """What the ranks of the next computation go on from; empty for plans whose ranks are not qualified for."""
    ranks = evaluation.plan.ranks
    if ranks is None or ranks.source != "qualified":
        return State()
    ranking = evaluation.ranking
    last = ranking.standing(len(evaluation.periods) - 1) if evaluation.periods else ranking.before
    result = State(notes={"order": list(ranks.order)})
    kept: dict[str, npt.NDArray[Any]] = {"held": last.held, "title": last.title, "grace_used": last.grace_used}
    kept |= {f"streak.{ranks.order[rank - 1]}": streak for rank, streak in last.streaks.items()}
    for name, values in kept.items():
        rows = np.flatnonzero(values).astype(np.int32)
        result.numbers[name] = (rows, values[rows].astype(np.int64))
    return result


def figures(evaluation: Evaluation) -> list[Figure]:
    """Per period: `qualifying_volume` (towards the next rank), `qualified` (for any), `rank` (held), and `title`.

    Ranks are numbers, 1 the lowest. Who has no such volume and no rank is not listed.
    """
    ranks = evaluation.plan.ranks
    if ranks is None or ranks.source != "qualified":
        return []
    ranking, result = evaluation.ranking, []
    for period in range(len(evaluation.periods)):
        standing = ranking.standing(period)
        highest = len(ranks.order)
        following = np.minimum(standing.qualified + 1, highest)
        volume, known = np.zeros(evaluation.participants, np.int64), np.zeros(evaluation.participants, np.bool_)
        decimals = evaluation.unit_of(evaluation.plan.volumes.measure)
        for rank in range(ranking.base + 1, highest + 1):
            mine = following == rank
            found = ranking.towards(period, rank) if mine.any() else None
            if found is not None:
                volume[mine] = found.values[mine] // found.scale
                known |= mine
        rows = np.flatnonzero((volume != 0) | (standing.title > ranking.base) | (standing.qualified > ranking.base))
        at = rows.astype(np.int32)
        counted = at[known[at]]
        result.append(Figure("qualifying_volume", period, counted, volume[counted], decimals))
        result.append(Figure("qualified", period, at, (standing.qualified[at] > ranking.base).astype(np.int64), -1))
        result.append(Figure("rank", period, at, standing.held[at].astype(np.int64), 0))
        result.append(Figure("title", period, at, standing.title[at].astype(np.int64), 0))
    return result
