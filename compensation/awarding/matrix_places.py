"""Places of a computed matrix: who joins when, whom the sponsor put where, and the trees that result.

`found` runs everybody's joining through `kernels.placing` once per computation. Where people are placed anew the
matrix is laid out as it stood between such days; otherwise nobody ever moves, and one layout serves all orders.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
import polars as pl

from compensation.awarding.matrix_joining import EARLIEST, Joining, clock, joinings, period_of
from compensation.awards import Int32s, Int64s, State
from compensation.errors import PlanMismatch
from compensation.evaluation import Walk
from compensation.kernels import level_walk, placing
from genealogy.layout import People, lay_out
from genealogy.tree import Tree
from intake.text import say

if TYPE_CHECKING:
    from compensation.components.matrix import Matrix
    from compensation.evaluation import Evaluation

PATIENCE = placing.PATIENCE
RULES = {"breadth_first": placing.BREADTH_FIRST, "weaker_leg": placing.WEAKER_LEG}


@dataclass(slots=True)
class Laid:
    """The matrix as it stood before somebody was placed anew."""

    until: int
    """First moment at which it no longer holds."""
    tree: Tree
    """One position per place; several may be of one row."""
    position: Int32s
    """By place; -1 for places taken later."""


@dataclass(slots=True)
class Found:
    """The places of everybody."""

    places: placing.Places
    laid: list[Laid]
    until: int
    """Time of the last event."""


_FOUND: WeakKeyDictionary[Evaluation, dict[str, Found]] = WeakKeyDictionary()


def found(component: Matrix, evaluation: Evaluation) -> Found:
    """Everybody's place, worked out once per computation."""
    kept = _FOUND.setdefault(evaluation, {})
    if component.id not in kept:
        kept[component.id] = _find(component, evaluation)
    return kept[component.id]


def _find(component: Matrix, evaluation: Evaluation) -> Found:
    place = component.place
    assert place is not None
    before = evaluation.state_before(component.id)
    joining = joinings(component, evaluation, before.notes.get("until"))
    rule = RULES[place.otherwise if place.rule == "sponsors_choice" else place.rule]
    limit = component.depth if place.full == "re_enter" else 0
    m = _restored(component, evaluation, rule, len(joining.row))
    ready = np.full(evaluation.participants, -1, np.int32)
    first = np.flatnonzero(joining.kind == placing.PLACE)
    ready[joining.row[first]] = first
    full = np.empty(len(m.owner) + 1, np.int32)
    run: Any = placing.run
    borders = _borders(joining)
    laid: list[Laid] = []
    for start, end in zip([0, *borders], [*borders, len(joining.row)], strict=True):
        if start:
            laid.append(_laid(evaluation, m, int(joining.when[start])))
        run(
            start, end, joining.kind, joining.row, joining.when, joining.chosen, joining.slot, joining.sponsor, ready,
            m, rule, place.under == "top", limit, place.max_entries or 0, full,
        )  # fmt: skip
    laid.append(_laid(evaluation, m, np.iinfo(np.int64).max))
    last = int(joining.when.max(initial=np.iinfo(np.int64).min))
    return Found(m, laid, max(last, int(before.notes.get("until", last))))  # type: ignore[call-overload]


def _borders(joining: Joining) -> list[int]:
    """Events at which a new stretch begins: the first of each moment at which somebody is placed anew."""
    moves = np.flatnonzero(joining.kind == placing.MOVE)
    return [int(each) for each in moves[np.diff(joining.when[moves], prepend=np.iinfo(np.int64).min) != 0]]


def _laid(evaluation: Evaluation, m: placing.Places, until: int) -> Laid:
    count = int(m.last[0])
    people = People(evaluation.network.index)
    layout = lay_out(m.parent[:count], People(), "matrix")
    position = layout.position
    newest = m.place_of
    by_person = np.where(newest >= 0, np.append(position, np.int32(-1))[newest], -1).astype(np.int32)
    return Laid(
        until,
        Tree(layout._replace(row=m.owner[layout.row].astype(np.int32), position=by_person), people, "matrix"),
        position.astype(np.int32),
    )


def walks(component: Matrix, evaluation: Evaluation, base: Int64s) -> Iterator[Walk]:
    """The orders with a base, each with the matrix as it stood."""
    laid = found(component, evaluation).laid
    until = np.array([each.until for each in laid])
    closes = None
    if component.tree_as_of == "period_close" and len(laid) > 1:
        closes = np.append(period_of(evaluation, until[:-1]), np.iinfo(np.int64).max)
    for walked in evaluation.walks(component, base):
        if closes is not None:
            which = np.full(len(walked.orders), np.searchsorted(closes, walked.period, side="right"))
        else:
            which = np.searchsorted(until, walked.when, side="right")
        which = np.minimum(which, len(laid) - 1)
        for part in np.split(np.arange(len(which)), np.flatnonzero(np.diff(which)) + 1):
            tree = laid[int(which[part[0]])].tree
            yield Walk(walked.period, walked.pays_in, tree, tree.parent, walked.orders[part], walked.when[part])


def starts(component: Matrix, evaluation: Evaluation, walked: Walk, orders: Int32s) -> Int32s:
    """The position of level 1 for each order, or why there is none."""
    where = found(component, evaluation)
    position = next(each.position for each in where.laid if each.tree is walked.tree)
    position = np.append(position, np.full(int(where.places.last[0]) - len(position) + 1, -1, np.int32))
    parent = np.append(walked.parent, np.int32(-1))
    buyer, seller = evaluation.buyer[orders], evaluation.seller[orders]
    who = np.where(buyer >= 0, buyer, seller)
    place = places_of(component, evaluation, orders, who)
    here = position[place]
    own_level = (buyer < 0) & (component.customers_seller_is_level == 1)
    start = np.where(own_level, here, parent[here]).astype(np.int32)
    start[here < 0] = level_walk.WAITING
    start[who < 0] = level_walk.UNKNOWN
    return start


def places_of(component: Matrix, evaluation: Evaluation, orders: Int32s, who: Int32s) -> Int32s:
    """The place of each order's participant at its time; -1 where he has none, or none yet that counts."""
    m = found(component, evaluation).places
    assert component.place is not None
    tank = component.place.holding_tank
    when = clock(component, evaluation)[evaluation.origin[orders]]
    when = np.where(when == EARLIEST, np.iinfo(np.int64).max, when)
    waits = tank is not None and tank.orders_count == "from_placement"
    place: Int32s = placing.place_at(m, who, when, waits)
    # an order from before its buyer had a place is paid where he is placed in the same period
    late = np.flatnonzero((place >= 0) & (np.append(m.since, np.iinfo(np.int64).min)[place] > when))
    closes = period_of(evaluation, m.since[place[late]])
    place[late[closes > evaluation.period[evaluation.origin[orders[late]]]]] = -1
    return place


def table(component: Matrix, evaluation: Evaluation) -> pl.DataFrame:
    """Newest place of everybody who has one, in the order in which places were taken."""
    m = found(component, evaluation).places
    ids = pl.Series(evaluation.network.ids, dtype=pl.String)
    place = np.sort(m.place_of[m.place_of >= 0])
    above = pl.Series(np.where(m.parent[place] >= 0, m.owner[m.parent[place]], -1))
    return pl.DataFrame(
        {
            "participant_id": ids.gather(pl.Series(m.owner[place])),
            "parent_id": ids.gather(above.set(above < 0, None)),
            "slot": pl.Series(m.slot[place].astype(np.int64) + 1).set(pl.Series(m.slot[place] < 0), None),
        }
    )


# State


def saved(component: Matrix, evaluation: Evaluation) -> State:
    """Every place: its number, whose it is, under which one, in which slot, since when."""
    where = found(component, evaluation)
    m, count = where.places, int(where.places.last[0])
    first = np.flatnonzero(m.earlier[:count] < 0)
    rows = m.owner[first].astype(np.int32)
    state = State(notes={"until": where.until, "places": count})
    state.numbers["place"] = (rows, first.astype(np.int64) + 1)
    state.numbers["under"] = (rows, m.parent[first].astype(np.int64) + 1)
    state.numbers["slot"] = (rows, m.slot[first].astype(np.int64))
    # numbers of orders begin anew with the next computation, in which every place of this one is old
    since = m.since[:count] if clock(component, evaluation) is evaluation.when else np.full(count, EARLIEST)
    state.numbers["since"] = (rows, since[first])
    state.numbers["cycled"] = (rows, m.cycled[first].astype(np.int64))
    again = np.flatnonzero(m.earlier[:count] >= 0).tolist()
    if again:
        state.notes["entries"] = [
            [at + 1, evaluation.id_of(int(m.owner[at])), int(m.parent[at]) + 1, int(m.slot[at]), int(since[at]), int(m.cycled[at])]
            for at in again
        ]  # fmt: skip
    return state


def _restored(component: Matrix, evaluation: Evaluation, rule: int, newcomers: int) -> placing.Places:
    """The places that an earlier computation gave, and room for newcomers."""
    before, people = evaluation.state_before(component.id), evaluation.participants
    rows, place = before.numbers.get("place", (np.empty(0, np.int32), np.empty(0, np.int64)))
    entries: list[Any] = list(before.notes.get("entries", []))  # type: ignore[call-overload]
    count = len(rows) + len(entries)
    room = count + newcomers
    assert component.place is not None
    if component.place.full == "re_enter":
        # every full matrix has at least two places right under its owner, and gives one
        most = component.place.max_entries
        room = min(2 * room, room * most) if most is not None else 2 * room
    m = placing.empty(component.width, people, room + 1, rule == placing.WEAKER_LEG, PATIENCE)
    if count != before.notes.get("places", 0):
        raise PlanMismatch(
            say(
                "component {component!r}: the matrix of an earlier computation holds participants who "
                "are not in these records; import everybody who was in the earlier ones",
                "المكوّن {component!r}: تضم مصفوفة حساب سابق مشاركين ليسوا في هذه السجلات. يُرجى استيراد "
                "كل من كانوا في السجلات السابقة",
                component=component.id,
            )
        )
    if not count:
        return m
    numbered = np.concatenate([place, [each[0] for each in entries]]).astype(np.int64) - 1
    m.last[0] = count
    ids = pl.Series([each[1] for each in entries], dtype=pl.String)
    m.owner[numbered] = np.concatenate([rows, evaluation.rows(ids)])
    columns = (("under", m.parent, 2), ("slot", m.slot, 3), ("since", m.since, 4), ("cycled", m.cycled, 5))
    for name, values, index in columns:
        value = np.zeros(people, np.int64)
        value[before.numbers[name][0]] = before.numbers[name][1]
        values[numbered] = np.concatenate([value[rows], np.array([each[index] for each in entries], np.int64)])
    m.parent[numbered] -= 1
    layout = lay_out(m.parent[:count], People(), "matrix")
    placing.rebuild(m, layout.row, layout.size)
    return m
