"""Who joins a computed matrix, in which order, and where the sponsor put him: the events that fill it.

An event is somebody taking his place, or being placed anew. Without a holding tank a place is taken on joining; with
one, on the day on which the sponsor chose it, and at the latest when the waiting is over. What would happen after the
last period of the records is left to a later computation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from compensation.awards import Int32s, Int64s
from compensation.kernels import placing
from compensation.periods import UNDATED, period_names
from genealogy.dates import UNKNOWN, seconds

if TYPE_CHECKING:
    from compensation.components.matrix import Matrix
    from compensation.evaluation import Evaluation

EARLIEST = np.iinfo(np.int64).min
_DAY = 86_400
_SIDES = {"left": 1, "l": 1, "middle": 2, "m": 2}


@dataclass(slots=True)
class Joining:
    """Events in order; arrays of one length but for `sponsor`."""

    kind: npt.NDArray[np.int8]
    row: Int32s
    when: Int64s
    chosen: Int32s
    """Row of the person under whom the sponsor chose a place; -1 for none."""
    slot: Int32s
    """The chosen slot, from 0; -1 for any."""
    sponsor: Int32s
    """By row; -1 for none."""


@dataclass(slots=True)
class Choices:
    """Places that sponsors chose, by the records: dated, or from the beginning."""

    row: Int32s
    parent: Int32s
    slot: Int32s
    when: Int64s
    """`EARLIEST` for what the participants table says."""


def joinings(component: Matrix, evaluation: Evaluation, until: object) -> Joining:
    """Everybody's events, those after the last period left out, and moves that an earlier computation made."""
    place = component.place
    assert place is not None
    network, people = evaluation.network, evaluation.participants
    sponsor = network.recorded_parents["sponsor"].astype(np.int32)
    real = np.ones(people, np.bool_)
    if network.unknown_row is not None:
        sponsor[sponsor == network.unknown_row] = -1
        real[network.unknown_row] = False
    if place.joins == "first_order":
        passing = evaluation.selected(component.orders, component.in_force) & (evaluation.sign > 0)
        mine = np.flatnonzero(passing & (evaluation.buyer >= 0))
        rows, first = np.unique(evaluation.buyer[mine], return_index=True)
        order = np.argsort(first, kind="stable")
        rows, when = rows[order].astype(np.int32), clock(component, evaluation)[mine[first[order]]]
        size = len(rows)
        none = np.full(size, -1, np.int32)
        return _up_to_the_end(
            evaluation, Joining(np.zeros(size, np.int8), rows, when, none, none.copy(), sponsor), until
        )
    joined = np.full(people, EARLIEST) if place.joins == "listed" else network.joined.astype(np.int64)
    joined = np.where(joined == UNKNOWN, EARLIEST, joined)
    placing.not_before_sponsor(sponsor, joined)
    chosen, slot = np.full(people, -1, np.int32), np.full(people, -1, np.int32)
    placed, moved = joined.copy(), _none()
    if place.holding_tank is not None:
        # of whom nobody sponsored there is nobody to place him: he heads a matrix at once
        waits = (joined != EARLIEST) & (sponsor >= 0)
        placed = np.where(waits, joined + place.holding_tank.days * _DAY, joined)
    if place.rule == "sponsors_choice":
        choices = _choices(component, evaluation)
        # of each person the first choice made by the end of the waiting is where he goes
        open_ = np.flatnonzero((choices.when <= placed[choices.row]) | (choices.when == EARLIEST))
        rows, first = np.unique(choices.row[open_], return_index=True)
        picked = open_[first]
        chosen[rows], slot[rows] = choices.parent[picked], choices.slot[picked]
        placed[rows] = np.maximum(choices.when[picked], joined[rows])
        if place.re_place_days is not None:
            later = np.ones(len(choices.row), np.bool_)
            later[picked] = False
            later &= choices.when >= placed[choices.row]
            later &= choices.when <= joined[choices.row] + place.re_place_days * _DAY
            moved = Choices(choices.row[later], choices.parent[later], choices.slot[later], choices.when[later])
    everybody = np.flatnonzero(real).astype(np.int32)
    events = Joining(
        np.concatenate([np.zeros(len(everybody)), np.ones(len(moved.row))]).astype(np.int8),
        np.concatenate([everybody, moved.row]).astype(np.int32),
        np.concatenate([placed[everybody], moved.when]).astype(np.int64),
        np.concatenate([chosen[everybody], moved.parent]).astype(np.int32),
        np.concatenate([slot[everybody], moved.slot]).astype(np.int32),
        sponsor,
    )
    order = np.argsort(events.when, kind="stable")
    return _up_to_the_end(evaluation, _part(events, order), until)


def clock(component: Matrix, evaluation: Evaluation) -> Int64s:
    """When each order was placed: its time, or where no order has one its number, if first orders take places."""
    assert component.place is not None
    if component.place.joins == "first_order" and bool((evaluation.when == EARLIEST).all()):
        return np.arange(len(evaluation.when), dtype=np.int64)
    return evaluation.when


def _part(events: Joining, which: npt.NDArray[np.intp]) -> Joining:
    return Joining(
        events.kind[which],
        events.row[which],
        events.when[which],
        events.chosen[which],
        events.slot[which],
        events.sponsor,
    )


def _none() -> Choices:
    empty = np.empty(0, np.int32)
    return Choices(empty, empty, empty, np.empty(0, np.int64))


def _up_to_the_end(evaluation: Evaluation, events: Joining, until: object) -> Joining:
    keep = np.ones(len(events.row), np.bool_)
    if isinstance(until, int):
        keep &= (events.kind == placing.PLACE) | (events.when > until)
    if len(events.when) and int(period_of(evaluation, events.when[-1:])[0]) >= len(evaluation.periods):
        keep &= period_of(evaluation, events.when) < len(evaluation.periods)
    return _part(events, np.flatnonzero(keep))


def period_of(evaluation: Evaluation, moments: Int64s) -> Int64s:
    """Index of the first period that closes after each moment; the number of periods where none does.

    Where periods are no dates of the calendar everything counts to the first one.
    """
    if "period" in evaluation.books.orders.columns or evaluation.plan.period == "whole":
        return np.zeros(len(moments), np.int64)
    dated = [name for name in evaluation.periods if name != UNDATED]
    if not dated:
        return np.zeros(len(moments), np.int64)
    known = moments > EARLIEST
    dates = pl.Series(np.where(known, moments, 0) * 1000).cast(pl.Datetime("ms"))
    names = period_names(dates, evaluation.plan.period, evaluation.plan.timezone)
    index = np.searchsorted(np.array(dated, str), names.to_numpy().astype(str))
    index = np.where(index == len(dated), len(evaluation.periods), index)
    return np.where(known, index, 0).astype(np.int64)


def _choices(component: Matrix, evaluation: Evaluation) -> Choices:
    """Every choice in the tree that holds them, those of one person in order of time."""
    assert component.place is not None
    name, network = component.place.chosen_in, evaluation.network
    recorded = network.recorded_parents.get(name)
    pieces = [_none()]
    if recorded is not None:
        rows = np.flatnonzero(recorded >= 0).astype(np.int32)
        legs = evaluation.column("leg") if name == "placement" else pl.Series([None], dtype=pl.String)
        codes = _slots(legs, component.width, evaluation.participants)[rows]
        pieces.append(Choices(rows, recorded[rows].astype(np.int32), codes, np.full(len(rows), EARLIEST)))
    if network.moves is not None:
        table = network.moves.table.filter(pl.col("tree") == name)
        rows, parents = evaluation.rows(table["participant_id"]), evaluation.rows(table["parent_id"])
        when = seconds(table["from"])
        legs = table["leg"] if "leg" in table.columns else pl.Series([None], dtype=pl.String)
        usable = (rows >= 0) & (parents >= 0) & (when != UNKNOWN)
        codes = _slots(legs, component.width, len(table))
        pieces.append(Choices(rows[usable], parents[usable], codes[usable], when[usable].astype(np.int64)))
    row, parent, slot, when = (
        np.concatenate([getattr(piece, part) for piece in pieces]) for part in ("row", "parent", "slot", "when")
    )
    order = np.lexsort((when, row))
    return Choices(row[order], parent[order], slot[order], when[order])


def _slots(legs: pl.Series, width: int, count: int) -> Int32s:
    """Slots by the names that records give them: left, middle, right, or a number from 1; -1 where they do not say."""
    if len(legs) != count:
        return np.full(count, -1, np.int32)
    sides = {**_SIDES, "right": width, "r": width}
    text = legs.str.strip_chars().str.to_lowercase()
    number = text.replace(list(sides), [str(each) for each in sides.values()]).cast(pl.Int32, strict=False)
    slot: Int32s = number.fill_null(0).to_numpy().astype(np.int32) - 1
    return np.where(slot < width, slot, -1).astype(np.int32)
