"""How generations are computed: the rule laid out per position, the compiled walk, and volumes of whole groups.

`Terms` is the rule without the component that states it, so that the infinity override, which is a generation override
whose rights begin some levels down, is the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from compensation.awards import LOWER_RATE, REASONS, Int32s, Int64s
from compensation.claims import settle
from compensation.components.upline import Bools, Source, base_of, claims_of, sources
from compensation.kernels import differential_walk, generation_walk, read_only
from genealogy import kernels as tree_kernels

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.generation import Generation
    from compensation.components.upline import Upline
    from compensation.evaluation import Evaluation

_LOWER_RATE, _NO_DEPTH, _INELIGIBLE = (
    REASONS.index(LOWER_RATE),
    REASONS.index("lacks-depth"),
    REASONS.index("ineligible"),
)
FACT_DECIMALS = 9
"""Decimals in which stated standings are compared."""


@dataclass(slots=True)
class Terms:
    """A generation override without its base."""

    rows: Sequence[Sequence[Fraction]]
    """Rates by generation, one row per kind of earner; an empty row earns nothing."""
    row_of: Callable[[int], Int32s]
    """In a period, everybody's row."""
    standing_of: Callable[[int], Int64s]
    """In a period, what is compared where generations are closed by the same or a higher standing."""
    leader_of: Callable[[int], Bools]
    begins: Sequence[int]
    """Per row, the level at which the right begins."""
    own: int
    compare: bool
    invisible: bool
    leaders_only: bool
    skip_empty: bool
    skip_levels: bool = False

    @property
    def allots_all(self) -> bool:
        """Whether an order is promised every generation once, so that what is missing is breakage."""
        return self.leaders_only and not self.compare and not self.skip_empty

    def highest(self) -> list[Fraction]:
        """The highest rate of each generation."""
        deep = max(map(len, self.rows), default=0)
        return [max(row[g] for row in self.rows if len(row) > g) for g in range(deep)]


def terms_of(component: Generation, evaluation: Evaluation) -> Terms:
    """The rule of a generation override on these records."""
    ranks = evaluation.plan.ranks
    names = [None, *(ranks.order if ranks is not None else [])]
    rows: list[list[Fraction]] = []
    for name in names:
        row = component.rates if component.rates is not None else (component.rates_by_rank or {}).get(name or "", [])
        most = component.max_generations_by_rank.get(name or "", component.max_generations)
        rows.append(list(row[: len(row) if most is None else most]))

    def standing(period: int) -> Int64s:
        if component.standing_from is None:
            return evaluation.rank(period).astype(np.int64)
        return evaluation.facts.numbers(component.standing_from, period, FACT_DECIMALS)[0]

    def leader(period: int) -> Bools:
        if component.leader_from is not None:
            return evaluation.facts.flags(component.leader_from, period)
        if component.boundary_rank is not None and ranks is not None:
            return evaluation.rank(period) >= ranks.index(component.boundary_rank)
        return standing(period) > 0

    return Terms(
        rows, lambda period: evaluation.rank(period).astype(np.int32), standing, leader, [0] * len(rows),
        component.own_group_is_generation, component.boundary == "same_or_higher",
        component.inactive_leader == "invisible", component.leaders_only, component.empty_generation == "skipped",
    )  # fmt: skip


@dataclass(slots=True)
class Setting:
    """The people of one source, by position."""

    leader: Bools
    eligible: Bools
    standing: Int32s
    """Index into the standings that occur, rising."""
    table: Int32s
    depth: Int32s
    """Generations that each row is paid."""
    exhausted: Int32s
    """By standing, generations that anybody of it is paid."""


def setting_of(component: Upline, evaluation: Evaluation, terms: Terms, source: Source) -> Setting:
    """Who stands where with which rights."""
    row = source.tree.row
    leader = terms.leader_of(source.period)[row]
    table = terms.row_of(source.period)[row].astype(np.int32)
    depth = np.array([len(each) for each in terms.rows], np.int32)
    if terms.compare:
        _, standing = np.unique(terms.standing_of(source.period)[row], return_inverse=True)
    else:
        standing = np.zeros(len(row), np.int64)
    exhausted = np.zeros(int(standing.max(initial=0)) + 1, np.int32)
    np.maximum.at(exhausted, standing, depth[table])
    eligible = evaluation.eligible(source.period, component.eligibility)[row]
    return Setting(leader, eligible, standing.astype(np.int32), table, depth, exhausted)


def award(component: Upline, evaluation: Evaluation, terms: Terms) -> Awards:
    """Every award of a generation override."""
    base = base_of(component, evaluation)
    nominal, code_of = _rates(terms)
    pieces = []
    for source in sources(component, evaluation, base):
        setting = setting_of(component, evaluation, terms, source)
        if component.on == "group_volume" and not terms.leaders_only:
            found = _volumes(component, source, setting, terms, code_of)
        else:
            found = _walk(source, setting, terms, code_of)
            if component.on == "group_volume":
                found = _summed(source, found)
        pieces.append((source, found))
    return settle(component, evaluation, claims_of(component, evaluation, pieces, nominal))


def _rates(terms: Terms) -> tuple[list[Fraction], npt.NDArray[np.int64]]:
    """Every possible rate, and by row and generation the code of: the rate, the highest, and what is lacking to it."""
    highest = terms.highest()
    nominal = {Fraction(0): 0}
    code = np.zeros((3, len(terms.rows), max(len(highest), 1)), np.int64)
    for r, row in enumerate(terms.rows):
        for g, top in enumerate(highest):
            rate = row[g] if g < len(row) else Fraction(0)
            for kind, value in enumerate((rate, top, top - rate)):
                code[kind, r, g] = nominal.setdefault(value, len(nominal))
    return list(nominal), code


def _walk(
    source: Source, setting: Setting, terms: Terms, code_of: npt.NDArray[np.int64]
) -> dict[str, npt.NDArray[Any]]:
    present = setting.eligible & (source.left > source.when.min())
    met = setting.leader & (present if terms.invisible else np.True_)
    if not terms.leaders_only:
        met = met | (present & (setting.depth[setting.table] > 0))
    heads = met & setting.leader
    counts = present if terms.skip_levels else np.ones(len(met), np.bool_)
    met_at = tree_kernels.nearest_kept(source.parent, met)
    step = source.parent
    most_levels = max(terms.begins)
    if terms.skip_levels and most_levels > 1:
        step = np.append(tree_kernels.nearest_kept(source.parent, counts | met), np.int32(-1))[source.parent]
    rises = np.where(met, setting.standing + 1, 0).astype(np.int32)
    parent, step = read_only(source.parent, step)
    entry, position, number, row, reason, closed = generation_walk.walk(
        source.first, source.when, parent, step, counts, met_at,
        tree_kernels.nearest_kept(source.parent, heads) if not terms.leaders_only else met_at,
        differential_walk.next_higher(parent, rises),
        generation_walk.others_above(parent, setting.leader),
        setting.leader, setting.eligible, source.left, setting.standing, setting.table, setting.depth,
        np.array(terms.begins, np.int32), setting.exhausted,
        terms.own, terms.compare, terms.invisible, terms.leaders_only, terms.skip_empty, terms.skip_levels,
        most_levels, source.first_level,
    )  # fmt: skip
    place = number.astype(np.int64) - 1
    if not terms.allots_all:
        paid = (reason != _NO_DEPTH) & (code_of[0, row, place] > 0)
        return _columns(entry[paid], position[paid], code_of[0, row, place][paid], number[paid], reason[paid])
    lost = reason >= 0
    own_code = code_of[np.where(lost, 1, 0), row, place]
    lower = np.flatnonzero(~lost & (code_of[2, row, place] > 0))
    # generations that no leader was there for
    deep = code_of.shape[2] if terms.highest() else 0
    from_ = np.maximum(closed + terms.own, 1).astype(np.int64)
    missing = np.maximum(deep + 1 - from_, 0)
    short = np.repeat(np.arange(len(missing)), missing)
    which = np.repeat(from_, missing) + np.arange(len(short)) - np.repeat(np.cumsum(missing) - missing, missing)
    found = _columns(
        np.concatenate([entry, entry[lower], short]),
        np.concatenate([position, position[lower], np.full(len(short), -1)]),
        np.concatenate([own_code, code_of[2, row, place][lower], code_of[1, 0, which - 1]]),
        np.concatenate([number, number[lower], which]),
        np.concatenate([reason, np.full(len(lower), _LOWER_RATE), source.missing()[short]]),
    )
    kept = found["code"] > 0
    found = {name: column[kept] for name, column in found.items()}
    order = np.argsort(found["entry"], kind="stable")
    return {name: column[order] for name, column in found.items()}


def _columns(entry: Any, position: Any, code: Any, level: Any, reason: Any) -> dict[str, npt.NDArray[Any]]:
    return {"entry": entry, "position": position, "code": code, "level": level, "reason": reason}


def _summed(source: Source, found: dict[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    """One line per earner, generation and rate of a period instead of one per participant whose volume it was."""
    keys = (found["reason"], found["code"], found["level"], found["position"])
    order = np.lexsort(keys)
    new = np.ones(len(order), np.bool_)
    new[1:] = np.any([key[order][1:] != key[order][:-1] for key in keys], axis=0)
    starts = np.flatnonzero(new)
    chosen = order[starts]
    base = source.base[found["entry"]][order]
    return {
        **{name: column[chosen] for name, column in found.items()},
        "base": np.add.reduceat(base, starts) if len(starts) else np.empty(0, np.int64),
        "row": np.full(len(chosen), -1, np.int32),
    }


def _volumes(
    component: Upline, source: Source, setting: Setting, terms: Terms, code_of: npt.NDArray[np.int64]
) -> dict[str, npt.NDArray[Any]]:
    """Everybody's generations at once, where others than leaders earn, too."""
    can = setting.eligible & (source.left > 0)
    heads = setting.leader & (can if terms.invisible else np.True_)
    brought = np.zeros(len(source.parent), np.int64)
    at = source.tree.position[source.row]
    brought[at[at >= 0]] = source.base[at >= 0]
    deep = int(setting.exhausted.max(initial=0))
    begins_with_buyer = component.line_from == "buyer"
    parts: list[tuple[npt.NDArray[Any], ...]] = []
    for standing in range(len(setting.exhausted)):
        mine = np.flatnonzero(setting.standing == standing)
        if not setting.exhausted[standing]:
            continue
        closing = heads & (setting.standing >= standing)
        below = generation_walk.volumes(source.parent, brought, closing, deep, begins_with_buyer)[mine]
        if begins_with_buyer:
            below[:, 0] += brought[mine]
        below = below[:, 1 - terms.own :]
        who, place = np.nonzero(below)
        row = setting.table[mine[who]]
        paid = place < setting.depth[row]
        who, place, row = who[paid], place[paid], row[paid]
        reason = np.where(can[mine[who]], -1, _INELIGIBLE)
        parts.append((mine[who], place + 1, code_of[0, row, place], below[who, place], reason))
    if not parts:
        parts.append(tuple(np.empty(0, np.int64) for _ in range(5)))
    position, number, code, volume, reason = (np.concatenate(column) for column in zip(*parts, strict=True))
    kept = (code > 0) & ((reason < 0) | heads[position])
    entry, nobody = np.zeros(int(kept.sum()), np.int64), np.full(int(kept.sum()), -1, np.int32)
    found = _columns(entry, position[kept], code[kept], number[kept], reason[kept])
    return {**found, "base": volume[kept], "row": nobody}
