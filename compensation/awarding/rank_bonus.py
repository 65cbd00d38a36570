"""How a rank bonus computes: period after period, from the ranks held to what is due.

Everything is one array by row per rank. What was paid, how often a rank has been held in a row and which parts are
still due is the component's state, so that a later computation goes on where this one ended.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from compensation.awarding.of_period import entitled, in_force
from compensation.awards import REASONS, Awards, Int32s, Int64s, State
from compensation.claims import Claims, rounding_unit, settle
from compensation.errors import NotRepresentable
from compensation.quantities import decimal_text, to_minor

if TYPE_CHECKING:
    from compensation.components.rank_bonus import RankBonus
    from compensation.evaluation import Evaluation

_INELIGIBLE = REASONS.index("ineligible")


@dataclass(slots=True)
class Found:
    """Claims as they are found, in pieces."""

    participant: list[Int32s] = field(default_factory=list)
    base: list[Int64s] = field(default_factory=list)
    rate: list[npt.NDArray[np.int16]] = field(default_factory=list)
    period: list[Int32s] = field(default_factory=list)
    source: list[Int32s] = field(default_factory=list)
    level: list[npt.NDArray[np.int16]] = field(default_factory=list)

    def add(self, rows: Any, period: int, rate: Any, *, base: Any = 1, level: int = 0, lost: bool = False) -> None:
        """Claims of some rows; where `lost`, of nobody, with the row as the source."""
        count = len(rows)
        rows = np.asarray(rows, np.int32)
        self.participant.append(np.full(count, -1, np.int32) if lost else rows)
        self.base.append(np.broadcast_to(np.asarray(base, np.int64), count).copy())
        self.rate.append(np.broadcast_to(np.asarray(rate, np.int16), count).copy())
        self.period.append(np.full(count, period, np.int32))
        self.source.append(rows if lost else np.full(count, -1, np.int32))
        self.level.append(np.full(count, level, np.int16))


def award(component: RankBonus, evaluation: Evaluation) -> Awards:
    """Every award of the component."""
    if component.shares:
        return _shares(component, evaluation)
    return _amounts(component, evaluation)


def held(component: RankBonus, evaluation: Evaluation, period: int) -> npt.NDArray[np.int16]:
    """The rank by row that counts in a period: 0 for who is not entitled; 1 for who is, where ranks do not matter."""
    able = entitled(component, evaluation, period)
    if not in_force(component, evaluation, period):
        able[:] = False
    by_rank = component.amounts_by_rank is not None or component.rates_by_rank is not None
    rank = evaluation.rank(period) if by_rank else np.ones(evaluation.participants, np.int16)
    return np.where(able, rank, np.int16(0))


def table(component: RankBonus, evaluation: Evaluation) -> list[Fraction]:
    """The amount or rate of each rank from 0; of one that is not named, 0, or for rates and totals the next lower's."""
    flat = component.amount if component.amount is not None else component.rate
    if flat is not None:
        return [Fraction(0), flat]
    named: dict[str, Fraction] = component.amounts_by_rank or component.rates_by_rank or {}
    ranks = evaluation.plan.ranks
    assert ranks is not None, "the plan checks that ranks which are named exist"
    values = [Fraction(0)]
    for name in ranks.order:
        above = values[-1] if component.shares or component.amounts_are == "totals" else Fraction(0)
        values.append(named.get(name, above))
    return values


def _pays_without_rank(component: RankBonus, evaluation: Evaluation, period: int) -> npt.NDArray[np.int16]:
    """For what is paid in every period: the rank of those who hold one but are not entitled."""
    if not in_force(component, evaluation, period):
        return np.zeros(evaluation.participants, np.int16)
    by_rank = component.amounts_by_rank is not None or component.rates_by_rank is not None
    if not by_rank:
        return np.zeros(evaluation.participants, np.int16)
    return np.where(entitled(component, evaluation, period), np.int16(0), evaluation.rank(period))


def _shares(component: RankBonus, evaluation: Evaluation) -> Awards:
    """A share of volume, in every period or on reaching a rank."""
    values = table(component, evaluation)
    paid_at_all = np.array([value > 0 for value in values])
    factor = evaluation.factor(component.base, component.currency)
    state = _State(component, evaluation)
    found = Found()
    for period in range(len(evaluation.periods)):
        rank = state.held_long_enough(held(component, evaluation, period))
        pays = rank
        if component.when == "first_time":
            pays = np.where(rank > state.best, rank, np.int16(0))
        elif component.when == "each_time":
            pays = np.where(rank > state.last, rank, np.int16(0))
        state.close(component, evaluation, period, rank)
        volume = _volume(component, evaluation, period)
        rows = np.flatnonzero(paid_at_all[pays] & (volume > 0))
        found.add(rows, period, pays[rows], base=volume[rows])
        if component.when == "every_period":
            lost = _pays_without_rank(component, evaluation, period)
            rows = np.flatnonzero(paid_at_all[lost] & (volume > 0))
            found.add(rows, period, lost[rows], base=volume[rows], lost=True)
    measure = component.base.measure
    return _settled(
        component, evaluation, found, state,
        [value * factor for value in values], [f"{value.numerator}/{value.denominator}" for value in values],
        evaluation.unit_of(measure), evaluation.plan.currency if measure == "amount" else "points",
    )  # fmt: skip


def _volume(component: RankBonus, evaluation: Evaluation, period: int) -> Int64s:
    measure = component.base.measure
    own = evaluation.personal_volume(period, measure)
    if component.of == "personal_volume":
        return own
    group = evaluation.group_volume(period, measure, component.tree)
    return group if component.group_includes_own else group - own


class _State:
    """What crosses periods: the best rank paid, the last one held, earlier ones in a row, and parts still due."""

    def __init__(self, component: RankBonus, evaluation: Evaluation) -> None:
        self.component, self.evaluation = component, evaluation
        self.saved = evaluation.state_before(component.id)
        self.best = self._read("best").astype(np.int16)
        self.last = self._read("last").astype(np.int16)
        self.paid = self._read("paid")
        self.ago = [self._read(f"rank_ago.{n}").astype(np.int16) for n in range(1, component.held_for)]
        ranks = evaluation.plan.ranks.order if evaluation.plan.ranks and component.amounts_by_rank else ["all"]
        self.due = {}
        if component.instalments is not None:
            self.due = {number: self._read(f"due.{name}") for number, name in enumerate(ranks, start=1)}
        self._names = ranks

    def _read(self, name: str) -> Int64s:
        values = np.zeros(self.evaluation.participants, np.int64)
        rows, numbers = self.saved.numbers.get(name, (np.empty(0, np.int32), np.empty(0, np.int64)))
        values[rows] = numbers
        return values

    def held_long_enough(self, rank: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
        """The highest rank held in this and enough periods before it."""
        result = rank
        for earlier in self.ago:
            result = np.minimum(result, earlier)
        if self.ago:
            self.ago = [rank, *self.ago[:-1]]
        return result

    def close(self, component: RankBonus, evaluation: Evaluation, period: int, rank: npt.NDArray[np.int16]) -> None:
        """Go on to the next period; who is not entitled for a while has not lost his rank by that."""
        still = rank
        if component.amounts_by_rank is not None or component.rates_by_rank is not None:
            unable = ~entitled(component, evaluation, period)
            still = np.where(unable, np.minimum(self.last, evaluation.rank(period)), still)
        self.best, self.last = np.maximum(self.best, rank), still.astype(np.int16)

    def state(self) -> State:
        """To be saved."""
        kept: dict[str, npt.NDArray[Any]] = {"best": self.best, "last": self.last, "paid": self.paid}
        kept |= {f"rank_ago.{n}": rank for n, rank in enumerate(self.ago, start=1)}
        kept |= {f"due.{self._names[number - 1]}": due for number, due in self.due.items()}
        result = State()
        for name, values in kept.items():
            rows = np.flatnonzero(values).astype(np.int32)
            if len(rows):
                result.numbers[name] = (rows, values[rows].astype(np.int64))
        return result


def _amounts(component: RankBonus, evaluation: Evaluation) -> Awards:
    """Fixed amounts, at once or in parts."""
    currency = component.currency or evaluation.plan.currency
    scale = evaluation.scale_of(currency)
    values = table(component, evaluation)
    minor = []
    for value in values:
        whole = to_minor(value, scale)
        if whole is None:
            raise NotRepresentable(f"component {component.id!r}", decimal_text(value), currency, scale)
        minor.append(whole)
    state, found = _State(component, evaluation), Found()
    rates = [Fraction(each) for each in minor]
    parts = component.instalments.periods if component.instalments is not None else 1
    if parts > 1:
        unit = rounding_unit(component, evaluation)
        rates += [Fraction(part) for amount in minor for part in _parted(amount, parts, unit)]
    for period in range(len(evaluation.periods)):
        now = held(component, evaluation, period)
        rank = state.held_long_enough(now)
        if component.when == "every_period":
            rows = np.flatnonzero(np.array(minor)[rank] > 0)
            found.add(rows, period, rank[rows])
            lost = _pays_without_rank(component, evaluation, period)
            rows = np.flatnonzero(np.array(minor)[lost] > 0)
            found.add(rows, period, lost[rows], lost=True)
        elif component.amounts_are == "totals":
            _top_up(found, period, rank, np.array(minor, np.int64), state)
        else:
            before = state.best if component.when == "first_time" else state.last
            _reached(component, found, period, rank, before, minor, state)
        if component.instalments is not None:
            _pay_parts(component, found, period, now, minor, state)
        state.close(component, evaluation, period, rank)
    written = [decimal_text(rate / 10**scale) for rate in rates]
    if component.amounts_are == "totals":  # the base is money, whatever two totals lie apart
        return _settled(component, evaluation, found, state, [*rates, Fraction(1)], [*written, "1"], scale, currency)
    return _settled(component, evaluation, found, state, rates, written, 0, "")


def _top_up(found: Found, period: int, rank: Any, totals: Int64s, state: _State) -> None:
    """The new total less what was paid; as minor units at a rate of one, for any pair of ranks may meet."""
    due = np.where(rank > 0, totals[rank] - state.paid, 0)
    rows = np.flatnonzero(due > 0)
    found.add(rows, period, len(totals), base=due[rows], level=0)
    state.paid[rows] += due[rows]


def _reached(
    component: RankBonus, found: Found, period: int, rank: Any, before: Any, minor: list[int], state: _State
) -> None:
    for number in range(1, len(minor)):
        mine = (rank >= number) & (before < number)
        if component.skipped_ranks == "not_paid":
            mine &= rank == number
        if component.instalments is not None:
            state.due[number][mine] = component.instalments.periods
        elif minor[number]:
            found.add(np.flatnonzero(mine), period, number)


def _pay_parts(component: RankBonus, found: Found, period: int, now: Any, minor: list[int], state: _State) -> None:
    """The parts that are due in a period; with `ends`, all that is still due is lost."""
    rule = component.instalments
    assert rule is not None, "only where there are parts"
    for number, due in state.due.items():
        if not minor[number]:
            continue
        holds = now >= number
        first = len(minor) + number * rule.periods
        for part in range(rule.periods):
            left = due == rule.periods - part
            paid, missed = np.flatnonzero(left & holds), np.flatnonzero(left & ~holds)
            found.add(paid, period, first + part, level=part + 1)
            if rule.missed == "forfeit":
                found.add(missed, period, first + part, level=part + 1, lost=True)
            elif rule.missed == "end":
                for rest in range(part, rule.periods):
                    found.add(missed, period, first + rest, level=rest + 1, lost=True)
        running = due > 0
        if rule.missed == "end":
            due[running & ~holds] = 1
        due[running & (holds | (rule.missed != "postpone"))] -= 1


def _parted(amount: int, parts: int, unit: int) -> list[int]:
    """An amount in equal parts of whole units that add up to it; the first ones are not the larger."""
    units, rest = divmod(amount, unit)
    until = [units * part // parts for part in range(parts + 1)]
    found = [(until[part + 1] - until[part]) * unit for part in range(parts)]
    found[-1] += rest
    return found


def _settled(
    component: RankBonus,
    evaluation: Evaluation,
    found: Found,
    state: _State,
    rates: list[Fraction],
    written: list[str],
    decimals: int,
    unit: str,
) -> Awards:
    participant = _joined(found.participant, np.int32)
    claims = Claims(
        participant,
        _joined(found.base, np.int64),
        _joined(found.rate, np.int16),
        rates,
        written,
        period=_joined(found.period, np.int32),
        source=_joined(found.source, np.int32),
        level=_joined(found.level, np.int16),
        reason=np.where(participant >= 0, -1, _INELIGIBLE).astype(np.int16),
        base_decimals=decimals,
        base_unit=unit,
        state=state.state(),
    )
    return settle(component, evaluation, claims)


def _joined(parts: list[Any], kind: Any) -> Any:
    return np.concatenate(parts).astype(kind) if parts else np.empty(0, kind)
