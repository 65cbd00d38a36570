"""Computing a binary: legs, matching and closing, period by period; then claims for everybody at once.

`Run` carries the state of some positions (all of them, or the one that is being explained) from matching to matching.
What every period brings is made in `binary_terms` (who may earn, at what pay, under which caps) and `binary_volumes`
(which volume falls into which leg). The proof is made here: on each side, what was carried in and what came equals what
was matched, flushed, expired and carried on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from compensation.awarding.binary_terms import MOST_RATES, Takes, Terms, takes_of, terms_of
from compensation.awarding.binary_volumes import Matching, decimals_of, matchings
from compensation.awards import CAPPED, REASONS, Figure, Int32s, Int64s, State
from compensation.claims import Claims, settle
from compensation.errors import PlanMismatch
from compensation.kernels import binary as kernel
from intake.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from compensation.awards import Awards
    from compensation.components.binary import Binary
    from compensation.evaluation import Evaluation

_SLICE = 1 << 20
_FLOWS = ("volume", "matched", "flushed", "expired")
"""Pairs of columns of `flow`, as figures are called."""
_NONE = np.empty(0, np.int64)
_Value = TypeVar("_Value", bound=np.generic)


class Taken(NamedTuple):
    """What one matching took, row by row."""

    at: Int32s
    """Index into the positions of the run."""
    kind: npt.NDArray[np.int16]
    """Which take, `kernel.AS_MONEY` for an amount of money up to a cap."""
    base: Int64s
    lost: npt.NDArray[np.bool_]


class Run:
    """The legs of some positions, from the beginning of the records on.

    Args:
        component: the binary.
        evaluation: the records.
        rows: the positions; nothing means all.
        flows: keep what came, was matched, flushed and expired per position.
    """

    def __init__(self, component: Binary, evaluation: Evaluation, rows: Int32s | None = None, *, flows: bool) -> None:
        self.component, self.evaluation, self.rows = component, evaluation, rows
        count = evaluation.participants if rows is None else len(rows)
        limits = component.carry_limits
        self.takes: Takes = takes_of(component, evaluation)
        self.ages = limits.expires_after or 1
        self.fresh = [np.zeros(count, np.int64), np.zeros(count, np.int64)]
        self.old = [np.zeros((count, self.ages), np.int64), np.zeros((count, self.ages), np.int64)]
        self.first_done = np.zeros(count if component.first_pair is not None else 0, np.bool_)
        self.inactive = np.zeros(count if limits.lost_when_inactive else 0, np.int64)
        average = limits.times_average_weak_leg
        self.weak = np.zeros(count, np.int64)
        self.history = np.zeros((count if average else 0, average.periods if average else 0), np.int64)
        self.known = np.zeros(count if average else 0, np.int64)
        self.qualified = np.zeros(count if component.qualification and component.qualification.once else 0, np.bool_)
        self.flow = np.zeros((count if flows else 0, 8), np.int64)
        self.sums = np.zeros(8, np.int64)
        self.terms: Terms
        self._settled = False
        self._used = np.zeros((len(component.caps), count), np.int64)
        self._rest = np.zeros((len(component.caps), count), np.int64)
        self._resume(evaluation.state_before(component.id))

    def of(self, by_row: npt.NDArray[_Value]) -> npt.NDArray[_Value]:
        """Values of the network's rows, for the positions of this run."""
        return by_row if self.rows is None else by_row[self.rows]

    def begin(self, period: int) -> None:
        """Open a period: who may earn, at what pay, under which limits."""
        self.terms = terms_of(self, period)
        self._settled = False
        self.flow[:] = 0
        self._used[:] = 0
        self._rest[:] = 0

    def match(self, volumes: Matching) -> Iterator[Taken]:
        """One matching of both legs, in slices."""
        component, takes, terms = self.component, self.takes, self.terms
        for index, cap in enumerate(component.caps):
            if cap.window != "period":
                self._used[index] = 0
                self._rest[index] = 0
        new = [np.ascontiguousarray(self.of(each)) for each in (volumes.left, volumes.right)]
        own = np.ascontiguousarray(self.of(volumes.own)) if len(volumes.own) else _NONE
        width = 3 * terms.numerator.shape[0]
        space = min(_SLICE, len(self.weak)) * width + width
        start = 0
        while start < len(self.weak):
            at, kind = np.empty(space, np.int32), np.empty(space, np.int16)
            base, lost = np.empty(space, np.int64), np.empty(space, np.bool_)
            start, filled = kernel.match(
                start, self._settled, new[0], new[1], own, terms.may, terms.pay,
                self.fresh[0], self.fresh[1], self.old[0], self.old[1], self.first_done, self.weak,
                component.method == "weaker_leg", takes.unit_a, takes.unit_b, takes.strong_weak, takes.once,
                takes.first_a, takes.first_b,
                terms.cap_kind, terms.cap_carried, terms.cap_limit, self._used, self._rest,
                terms.numerator, terms.denominator,
                kernel.CARRY[component.carry], kernel.UNQUALIFIED[component.unqualified],
                component.negative_leg == "drop", terms.side_limit,
                self.flow, self.sums, at, kind, base, lost,
            )  # fmt: skip
            yield Taken(at[:filled].copy(), kind[:filled].copy(), base[:filled].copy(), lost[:filled].copy())
        # within a period, a matching leaves nothing to match, but for what waits for room under a cap or for its turn
        self._settled = not takes.once and not terms.cap_carried.any()

    def close(self, period: int) -> None:
        """The end of a period: inactivity, age, and the average of the weaker leg."""
        limits = self.component.carry_limits
        gone = np.empty(0, np.bool_)
        if limits.lost_when_inactive is not None:
            active = self.of(self.evaluation.active(period))
            self.inactive = np.where(active, 0, self.inactive + 1)
            gone = self.inactive >= limits.lost_when_inactive
        for side in (0, 1):
            kernel.close(
                self.fresh[side], self.old[side], limits.expires_after is not None, gone, side, self.flow, self.sums
            )
        if limits.times_average_weak_leg is not None:
            self.known = np.where((self.known > 0) | (self.weak > 0) | self._has_volume(), self.known + 1, 0)
            self.known = np.minimum(self.known, self.history.shape[1])
            self.history[:, 1:] = self.history[:, :-1].copy()
            self.history[:, 0] = self.weak

    def carried(self, side: int) -> Int64s:
        """What is carried on a side after the close; negative for a debt."""
        total: Int64s = self.old[side].sum(axis=1)
        return total

    def _has_volume(self) -> npt.NDArray[np.bool_]:
        found: npt.NDArray[np.bool_] = (self.carried(0) != 0) | (self.carried(1) != 0)
        return found

    # State

    def _resume(self, state: State) -> None:
        """Begin with what an earlier computation carried over."""
        for name, column in self._columns():
            if name not in state.numbers:
                continue
            rows, values = state.numbers[name]
            whole = np.zeros(self.evaluation.participants, np.int64)
            whole[rows] = values
            column[:] = self.of(whole)

    def _columns(self) -> Iterator[tuple[str, npt.NDArray[np.int64] | npt.NDArray[np.bool_]]]:
        for age in range(self.ages):
            suffix = f"_{age + 1}" if age else ""
            yield f"carry_left{suffix}", self.old[0][:, age]
            yield f"carry_right{suffix}", self.old[1][:, age]
        optional = (
            ("first_pair", self.first_done),
            ("inactive", self.inactive),
            ("weak_known", self.known),
            ("qualified", self.qualified),
        )
        yield from ((name, column) for name, column in optional if len(column))
        for past in range(self.history.shape[1]):
            yield f"weak_{past + 1}", self.history[:, past]

    def state(self) -> State:
        """What crosses to the time after these records."""
        numbers = {}
        for name, column in self._columns():
            rows = np.flatnonzero(column).astype(np.int32)
            numbers[name] = (rows, column[rows].astype(np.int64))
        return State(numbers)


def award(component: Binary, evaluation: Evaluation) -> Awards:
    """The awards of all periods."""
    run = Run(component, evaluation, flows=evaluation.keeps_lines(component))
    book = _Book(component, evaluation, run.takes)
    figures: list[Figure] = []
    opened = -1
    before = [np.int64(0), np.int64(0)]
    for volumes in matchings(component, evaluation):
        if volumes.period != opened:
            opened = volumes.period
            run.begin(opened)
            run.sums[:] = 0
            before = [side.sum() for side in run.old]
        for taken in run.match(volumes):
            book.enter(volumes.period, taken, run.terms)
        if volumes.last:
            run.close(opened)
            _prove(component, run, before)
            evaluation.progress(f"compute {component.id}", (opened + 1) / len(evaluation.periods))
            figures += _figures(run, opened, decimals_of(component, evaluation))
    claims = book.claims(decimals_of(component, evaluation))
    claims.state, claims.figures = run.state(), figures
    return settle(component, evaluation, claims)


def _prove(component: Binary, run: Run, before: list[np.int64]) -> None:
    """Each side: carried in + came = matched + flushed + expired + carried on (modulo 2^64, so that no sum can overflow)."""
    for side in (0, 1):
        came, matched, flushed, expired = (run.sums[column + side] for column in (0, 2, 4, 6))
        with np.errstate(over="ignore"):
            rest = before[side] + came - matched - flushed - expired - run.old[side].sum()
        assert rest == 0, f"{component.id}: volume of a leg is unaccounted for"


class _Book:
    """Claims as they are found, with the different rates of all periods in one list."""

    def __init__(self, component: Binary, evaluation: Evaluation, takes: Takes) -> None:
        self.component, self.evaluation, self.takes = component, evaluation, takes
        self.rates: dict[tuple[Fraction, str], int] = {}
        self.parts: list[tuple[int, Int32s, Int64s, Int64s, npt.NDArray[np.int16], npt.NDArray[np.bool_]]] = []

    def enter(self, period: int, taken: Taken, terms: Terms) -> None:
        """Note down what a matching took."""
        if not len(taken.at):
            return
        of_kind = np.array([[self._rate(*cell) for cell in row] for row in terms.exact], np.int64)
        money = taken.kind == kernel.AS_MONEY
        kind = np.where(money, 0, taken.kind)
        rate = of_kind[kind, terms.pay[taken.at]]
        if money.any():
            rate = np.where(money, self._rate(*terms.as_money), rate)
        level = np.where(money, 0, self.takes.level[kind]).astype(np.int16)
        self.parts.append((period, taken.at, taken.base, rate, level, taken.lost))

    def _rate(self, exact: Fraction, written: str) -> int:
        index = self.rates.setdefault((exact, written), len(self.rates))
        if index > MOST_RATES:
            raise PlanMismatch(
                say(
                    "component {component!r} pays at more than {most_rates:,} different rates or amounts; "
                    "round the stated ones",
                    "يدفع المكوّن {component!r} بنسب أو مبالغ مختلفة أكثر من {most_rates:,}. يُرجى تقريب المذكور منها",
                    component=self.component.id,
                    most_rates=MOST_RATES,
                )
            )
        return index

    def claims(self, decimals: int) -> Claims:
        """Everything noted down."""
        parts = self.parts or [(0, np.empty(0, np.int32), _NONE, _NONE, np.empty(0, np.int16), np.empty(0, np.bool_))]
        lost = np.concatenate([part[5] for part in parts])
        rows = np.concatenate([part[1] for part in parts])
        per_volume = self.component.method == "weaker_leg"
        base = self.component.base
        return Claims(
            np.where(lost, np.int32(-1), rows),
            np.concatenate([part[2] for part in parts]),
            np.concatenate([part[3] for part in parts]).astype(np.int16),
            [exact for exact, _ in self.rates],
            [written for _, written in self.rates],
            period=np.concatenate([np.full(len(part[1]), part[0], np.int32) for part in parts]),
            source=np.where(lost, rows, np.int32(-1)),
            level=np.concatenate([part[4] for part in parts]),
            reason=np.where(lost, REASONS.index(CAPPED), -1).astype(np.int16),
            base_decimals=decimals if per_volume else 0,
            base_unit=(self.evaluation.plan.currency if base.money else "points") if per_volume else "",
        )


def _figures(run: Run, period: int, decimals: int) -> list[Figure]:
    """The carry of everybody who has one or had volume; where lines are kept, also what came and what became of it."""
    sides = [run.carried(0), run.carried(1)]
    flow = run.flow if len(run.flow) else np.zeros((1, 8), np.int64)
    shown = np.flatnonzero((sides[0] != 0) | (sides[1] != 0) | flow.any(axis=1)).astype(np.int32)
    names = ("left", "right")
    result = [Figure(f"carry_{names[side]}", period, shown, sides[side][shown], decimals) for side in (0, 1)]
    if not len(run.flow):
        return result
    result += [
        Figure(f"{what}_{names[side]}", period, shown, run.flow[shown, 2 * number + side], decimals)
        for number, what in enumerate(_FLOWS)
        for side in (0, 1)
    ]
    result.append(Figure("qualified", period, shown, run.terms.may[shown].astype(np.int64), -1))
    return result
