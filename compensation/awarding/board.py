"""How boards compute: entrants in order of time, the compiled machine, the pay of each completed board.

`play` seats every entrant of the records, after what an earlier computation left; `given` takes cycles that the
company states. The open boards with their seats are saved as they stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from compensation.awarding.order_events import above, can_earn, rows_by, taken_back
from compensation.awards import REASONS, Awards, Int32s, State
from compensation.claims import Claims, settle
from compensation.errors import NotRepresentable
from compensation.kernels import board as machine
from compensation.quantities import decimal_text, to_minor

if TYPE_CHECKING:
    from compensation.components.board import Board
    from compensation.evaluation import Evaluation

_CAPPED, _WITHHELD = REASONS.index("capped"), REASONS.index("undistributed")


@dataclass(slots=True)
class Completed:
    """Boards that were completed, in order."""

    order: Int32s
    """The order whose entrant took the last place; -1 where the company states cycles."""
    period: Int32s
    stage: Int32s
    head: Int32s
    """Row; -1 for somebody no longer known."""
    cycle: Int32s
    """Which of the head's cycles in the stage it was."""
    cycles: npt.NDArray[np.int64]
    """How many at once: 1, or -1 for what is taken back, or what the company states."""
    reason: Int32s
    """Why the head cannot be paid; -1 where he can."""


def award(component: Board, evaluation: Evaluation) -> Awards:
    """The pay of every completed board, in order of time.

    Raises:
        NotRepresentable: pay or price is finer than the records' money.
    """
    done, state = given(component, evaluation), State()
    if done is None:
        done, state, _ = play(component, evaluation)
        done = _with_taken_back(component, evaluation, done)
    stages = component.line_of_stages
    most = np.array([stage.max_cycles or np.iinfo(np.int32).max for stage in stages], np.int32)
    over = (done.reason < 0) & (done.cycle > most[done.stage])
    reason = np.where(over, _CAPPED, done.reason)
    gross = [stage.pay for stage in stages]
    kept = [component.withheld(index) for index in range(len(stages))]
    amounts = [*(pay - price for pay, price in zip(gross, kept, strict=True)), *kept, *gross]
    count = len(stages)
    lost = reason >= 0
    # paid: what is left after the next entries, and these; lost: the whole pay
    rate = np.stack([np.where(lost, 2 * count, 0) + done.stage, done.stage + count], axis=1)
    who = np.stack([np.where(lost, -1, done.head), np.full(len(lost), -1)], axis=1)
    why = np.stack([reason, np.full(len(lost), _WITHHELD)], axis=1)
    paying = np.stack([np.ones(len(lost), np.bool_), ~lost & (np.array(kept, object)[done.stage] > 0)], axis=1).ravel()
    scale = evaluation.scale_of(component.currency or evaluation.plan.currency)
    for amount in amounts:
        if to_minor(amount, scale) is None:
            currency = component.currency or evaluation.plan.currency
            raise NotRepresentable(f"component {component.id!r}", decimal_text(amount), currency, scale)
    claims = Claims(
        who.ravel()[paying].astype(np.int32),
        np.repeat(done.cycles, 2)[paying],
        rate.ravel()[paying].astype(np.int16),
        [amount * Fraction(10**scale) for amount in amounts],
        [decimal_text(amount) for amount in amounts],
        order=np.repeat(done.order, 2)[paying],
        period=np.repeat(done.period, 2)[paying],
        source=None if component.cycles_from is None else np.full(int(paying.sum()), -1, np.int32),
        level=np.repeat(done.stage + 1, 2)[paying].astype(np.int16),
        reason=why.ravel()[paying].astype(np.int16),
        state=state,
    )
    return settle(component, evaluation, claims)


def given(component: Board, evaluation: Evaluation) -> Completed | None:
    """Cycles as the company states them; None where the component finds them itself."""
    if component.cycles_from is None:
        return None
    before = evaluation.state_before(component.id)
    so_far = rows_by(before, "cycles-1", evaluation.participants)
    most = component.max_cycles
    pieces: list[tuple[Any, ...]] = []
    for period in range(len(evaluation.periods)):
        cycles, _ = evaluation.facts.numbers(component.cycles_from, period, 0)
        if component.max_cycles_per == "period":
            so_far[:] = 0
        rows = np.flatnonzero(cycles).astype(np.int32)
        allowed = evaluation.eligible(period, component.eligibility)[rows]
        paid = cycles[rows] if most is None else np.clip(most - so_far[rows], 0, cycles[rows])
        for number, cycle in ((paid, 1), (cycles[rows] - paid, np.iinfo(np.int32).max)):
            some = number > 0
            reason = np.where(allowed[some], -1 if cycle == 1 else _CAPPED, REASONS.index("ineligible"))
            size = int(some.sum())
            pieces.append((np.full(size, period), rows[some], np.full(size, cycle), number[some], reason))
        so_far += cycles
    nothing = (np.empty(0, np.int64),) * 5
    periods, heads, which, counted, why = (np.concatenate(part) for part in zip(nothing, *pieces, strict=True))
    return Completed(
        np.full(len(heads), -1, np.int32),
        periods.astype(np.int32),
        np.zeros(len(heads), np.int32),
        heads.astype(np.int32),
        which.astype(np.int32),
        counted.astype(np.int64),
        why.astype(np.int32),
    )


def entrants(component: Board, evaluation: Evaluation) -> npt.NDArray[np.int64]:
    """Places that each order takes in the first stage; 0 for none."""
    wanted = evaluation.selected(component.orders, component.in_force) & (evaluation.sign > 0)
    wanted &= evaluation.buyer >= 0
    pieces = np.abs(evaluation.quantity) if component.places_per == "piece" else 1
    return np.where(wanted, pieces, 0).astype(np.int64)


def play(component: Board, evaluation: Evaluation, watched: int = -1) -> tuple[Completed, State, npt.NDArray[np.int64]]:
    """Seat every entrant; completed boards, the state afterwards, and the steps of one watched order."""
    places = entrants(component, evaluation)
    stages = component.line_of_stages
    form = machine.shape(component.width, component.depth)
    boards = _restored(component, evaluation, form, int(places.sum()))
    again = np.array([stage.re_enters for stage in stages])
    onward = np.array([component.advances(index) for index in range(len(stages))])
    ends = component.after_the_last == "stays_out"
    most = np.array([stage.max_cycles or 0 if ends else 0 for stage in stages], np.int32)
    room = len(boards.filled)
    pieces: list[Completed] = []
    log = np.empty((0, 4), np.int64)
    last = -1
    for walked in evaluation.walks(component, places):
        if component.max_cycles_per == "period" and walked.pays_in != last:
            boards.cycles[:] = 0
        last = walked.pays_in
        events = np.repeat(walked.orders, places[walked.orders])
        out = [np.empty(room, np.int32) for _ in range(4)]
        here = np.flatnonzero(events == watched)
        notes = np.empty((4096 if len(here) else 0, 4), np.int64)
        seated = above(walked, boards.seat_of >= 0)
        run: Any = machine.run
        completed, steps = run(
            evaluation.buyer[events], form, boards, seated, component.follow_the_sponsor, again, onward, most, *out,
            int(here[0]) if len(here) else -1, notes,
        )  # fmt: skip
        if len(here):
            log = notes[:steps]
        event, stage, head, cycle = (column[:completed] for column in out)
        order = events[event]
        reason = can_earn(component, evaluation, walked, order, head)
        reason[head < 0] = REASONS.index("unknown-buyer")
        period = np.full(completed, walked.pays_in, np.int32)
        pieces.append(Completed(order, period, stage, head, cycle, np.ones(completed, np.int64), reason))
        evaluation.progress(f"compute {component.id}", int(walked.orders[-1] + 1) / len(evaluation.orders))
    return _joined(pieces), _saved(evaluation, boards), log


def _joined(pieces: list[Completed]) -> Completed:
    names = ("order", "period", "stage", "head", "cycle", "cycles", "reason")
    kinds: list[Any] = [np.int64 if name == "cycles" else np.int32 for name in names]
    none = [np.empty(0, kind) for kind in kinds]
    return Completed(
        *(
            np.concatenate([empty, *(getattr(one, name) for one in pieces)])
            for name, empty in zip(names, none, strict=True)
        )
    )


def _with_taken_back(component: Board, evaluation: Evaluation, done: Completed) -> Completed:
    """A place once taken stays taken; who was paid for a board that a wholly refunded order completed gives it back."""
    back = taken_back(component, evaluation)
    back = back[np.abs(evaluation.amount[back]) >= np.abs(evaluation.amount[evaluation.origin[back]])]
    by_order = np.argsort(done.order, kind="stable")
    origins = evaluation.origin[back]
    first = np.searchsorted(done.order[by_order], origins, side="left")
    size = np.searchsorted(done.order[by_order], origins, side="right") - first
    mine = by_order[np.repeat(first - np.cumsum(size) + size, size) + np.arange(int(size.sum()))]
    order = np.repeat(back, size)
    again = Completed(
        order,
        evaluation.period[order],
        done.stage[mine],
        done.head[mine],
        done.cycle[mine],
        -done.cycles[mine],
        done.reason[mine],
    )
    return _joined([done, again])


def _restored(component: Board, evaluation: Evaluation, form: machine.Shape, places: int) -> machine.Boards:
    """The boards that an earlier computation left, with room for what is to come."""
    before = evaluation.state_before(component.id)
    saved = np.array(before.notes.get("boards", []), np.int64).reshape(-1, 2)
    ages = np.array(before.notes.get("seats", []), np.int64)
    people: Any = before.notes.get("people", [])
    ids = pl.Series(people, dtype=pl.String)
    stages = component.line_of_stages
    fill = form.places - form.inner
    entries, boards, seats = places, len(saved) + 1, len(ages)
    for stage in stages:
        # each re-entry takes one of the places that complete the next board; the rest comes from outside
        own = entries + len(ages)
        cycles = own // max(fill - (1 if stage.re_enters else 0), 1) + 1
        boards += cycles * form.width + 1
        seats += own + (cycles if stage.re_enters else 0) + 1
        entries = cycles
    result = machine.empty(form, len(stages), evaluation.participants, boards, seats)
    order = np.argsort(ages)
    rank = np.empty(len(ages), np.int64)
    rank[order] = np.arange(len(ages))
    machine.restore(
        result,
        saved[:, 0],
        saved[:, 1],
        rank,
        order,
        evaluation.rows(ids) if len(ids) else np.empty(0, np.int32),
    )
    for index in range(len(stages)):
        result.cycles[index] = rows_by(before, f"cycles-{index + 1}", evaluation.participants)
    return result


def _saved(evaluation: Evaluation, boards: machine.Boards) -> State:
    """Open boards from the oldest: stage and seats of each, and of every seat its age and its person."""
    state = State()
    standing = np.flatnonzero(boards.filled[: int(boards.last[0])] >= 0)
    if len(standing):
        taken = boards.filled[standing]
        seats = boards.seats[standing][np.arange(boards.seats.shape[1]) < taken[:, None]]
        ids = pl.Series(evaluation.network.ids, dtype=pl.String)
        owners = boards.owner[seats]
        state.notes["boards"] = np.stack([boards.stage[standing], taken], axis=1).tolist()
        state.notes["seats"] = seats.tolist()
        state.notes["people"] = ids.gather(pl.Series(owners).set(pl.Series(owners < 0), None)).to_list()
    for index, cycles in enumerate(boards.cycles):
        rows = np.flatnonzero(cycles).astype(np.int32)
        if len(rows):
            state.numbers[f"cycles-{index + 1}"] = (rows, cycles[rows].astype(np.int64))
    return state
