"""Other ways in which the same records could have been paid: what `causes` tries, one changed thing at a time.

A trial is the plan with one rule changed, or the records with one fact changed (a rank one step up, a move that had
not been entered yet). It is computed by the engine like any other plan, and what comes out is compared with the plan
as it stands: `deltas` says by how much each payment would have been another. Nothing here guesses; a trial either
gives the recorded amount to the minor unit or it explains nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import polars as pl
from pydantic import ValidationError

from compensation.computing import compute_on
from compensation.errors import CompensationError
from compensation.frame import AlwaysActive, Eligibility, Rounding
from compensation.plan import COMPONENT_ADAPTER, Plan
from genealogy.moves import Moves
from genealogy.network import Network

if TYPE_CHECKING:
    from compensation.computed import Computed

Grain = Literal["order", "source", "period"]
Scope = Literal["row", "receiver", "order"]


@dataclass(frozen=True)
class Trial:
    """One thing changed."""

    cause: str
    detail: str
    """What exactly was changed: a mode of rounding, a rule of compression."""
    scope: Scope
    """What it must explain as a whole to be taken at its word: the payment, all of a receiver's payments of a period,
    or all payments on an order."""
    plan: Plan | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    """Records other than those given, by their name in `Books`."""


def deltas(
    computed: Computed,
    trial: Trial,
    grain: Grain,
    codes: dict[str, int],
    orders: npt.NDArray[np.bool_],
    people: npt.NDArray[np.bool_],
) -> pl.DataFrame | None:
    """By how much each payment on the orders, or to the people, would be another; None where it cannot be computed.

    Args:
        computed: the plan as it stands.
        trial: what is changed.
        grain: what a payment is.
        codes: number of each recorded component's name.
        orders: which orders are asked about, by index.
        people: which receivers are asked about, by row.

    Returns:
        c (component), p (row of the receiver), o (index of the order) or t (of the period), l (level) and s (row of
        the source) where the grain has them, delta.
    """
    try:
        books = replace(computed.evaluation.books, **trial.changes)
        other = compute_on(trial.plan or computed.plan, books, lines=grain != "period")
    except CompensationError:  # the changed plan does not fit these records, so nobody can have paid by it
        return None
    keys = KEYS[grain]
    was = payments(computed, grain, codes, orders, people)
    is_ = payments(other, grain, codes, orders, people)
    return (
        pl.concat([was.with_columns(-pl.col("amount")), is_])
        .group_by(keys)
        .agg(*([pl.col("s").first()] if grain == "source" else []), delta=pl.col("amount").sum())
        .filter(pl.col("delta") != 0)
        .sort(keys)
    )


KEYS: dict[str, list[str]] = {"order": ["c", "p", "o"], "source": ["c", "p", "o", "l"], "period": ["c", "p", "o"]}
"""In the period grain `o` is the index of the period."""


def payments(
    computed: Computed,
    grain: Grain,
    codes: dict[str, int],
    orders: npt.NDArray[np.bool_],
    people: npt.NDArray[np.bool_],
) -> pl.DataFrame:
    """What is paid on some orders or to some people, in small integers: columns as in `deltas`, with the amount."""
    frames: list[pl.DataFrame] = []
    evaluation = computed.evaluation
    for awards in computed.awards:
        code = codes.get(computed.plan.component(awards.component).recorded_name())
        if code is None:
            continue
        if grain == "period":
            frames += _of_periods(computed, awards.component, code, people)
            continue
        event = awards.order if awards.paid_with is None else awards.paid_with
        asked = awards.counted() & (awards.participant >= 0)
        at = np.flatnonzero(asked & (people[awards.participant] | (orders[event] & (event >= 0))))
        source = (
            np.append(evaluation.credited, np.int32(-1))[awards.order[at]]
            if awards.source is None
            else awards.source[at]
        )
        frames.append(
            pl.DataFrame(
                {
                    "c": np.full(len(at), code, np.int32),
                    "p": awards.participant[at].astype(np.int32),
                    "o": event[at].astype(np.int32),
                    "l": awards.level[at].astype(np.int32),
                    "s": source.astype(np.int32),
                    "amount": awards.amount[at],
                }
            )
        )
    kinds = {"c": pl.Int32, "p": pl.Int32, "o": pl.Int32, "l": pl.Int32, "s": pl.Int32, "amount": pl.Int64}
    return pl.concat([pl.DataFrame(schema=kinds), *frames])


def _of_periods(computed: Computed, component: str, code: int, people: npt.NDArray[np.bool_]) -> Iterator[pl.DataFrame]:
    evaluation = computed.evaluation
    mine = computed.totals.filter(pl.col("component") == component)
    rows = evaluation.network.rows_of(mine["participant_id"])
    index = {name: at for at, name in enumerate(evaluation.periods)}
    yield pl.DataFrame(
        {
            "c": np.full(len(mine), code, np.int32),
            "p": rows.astype(np.int32),
            "o": mine["period"].replace_strict(index, return_dtype=pl.Int32),
            "l": np.zeros(len(mine), np.int32),
            "s": np.full(len(mine), -1, np.int32),
            "amount": mine["amount"],
        }
    ).filter(pl.Series(people[rows]))


# What is tried


def all_trials(computed: Computed, suspects: Callable[[], npt.NDArray[np.bool_]]) -> Iterator[Trial]:
    """Every trial that these records and this plan allow, in the order in which causes are believed.

    `suspects` says who received something else than computed, as a mask by row; it is asked when its turn comes.
    """
    if not computed.evaluation.periods:
        return  # every order is in a currency on which the plan says nothing
    yield from _roundings(computed)
    yield from _ranks(computed, suspects)
    yield from _conditions(computed, suspects)
    yield from _moves(computed)
    yield from _compressions(computed)
    yield from _other_trees(computed)


def _roundings(computed: Computed) -> Iterator[Trial]:
    now = computed.plan.rounding
    scale = computed.evaluation.scale
    places = now.decimals if now.decimals is not None else scale
    for decimals in dict.fromkeys([places, scale, max(places - 1, 0), 0]):
        for per in ("line", "statement"):
            for mode in ("half_up", "half_even", "down"):
                if (mode, per, decimals) == (now.mode, now.per, places):
                    continue
                if decimals != places and per != now.per:
                    continue
                rounding = Rounding(mode=mode, per=per, decimals=decimals)
                changed = computed.plan.model_copy(update={"rounding": rounding})
                yield Trial("rounding", f"{mode}, per {per}, {decimals} decimals", "row", changed)


def _ranks(computed: Computed, suspects: Callable[[], npt.NDArray[np.bool_]]) -> Iterator[Trial]:
    plan, evaluation = computed.plan, computed.evaluation
    if plan.ranks is None or any(component.needs_bought_ranks() for component in plan.components):
        return
    top = len(plan.ranks.order)
    periods = range(len(evaluation.periods))
    ranks = [evaluation.rank(period).astype(np.int64) for period in periods]
    who = suspects()

    def as_table(changed: list[npt.NDArray[np.int64]]) -> dict[str, Any]:
        names = pl.Series([None, *plan.ranks.order], dtype=pl.String) if plan.ranks else pl.Series()
        tables = [
            pl.DataFrame(
                {"participant_id": evaluation.network.ids, "rank": names.gather(pl.Series(np.clip(values, 0, top)))}
            ).with_columns(period=pl.lit(evaluation.periods[period]))
            for period, values in enumerate(changed)
        ]
        return {"ranks": pl.concat(tables).drop_nulls("rank")}

    read = plan.model_copy(update={"ranks": plan.ranks.model_copy(update={"source": "ranks"})})
    if any((ranks[period] != ranks[period - 1]).any() for period in periods[1:]):
        before = [np.where(who, ranks[max(period - 1, 0)], ranks[period]) for period in periods]
        yield Trial("wrong-rank", "rank of the previous period", "receiver", read, as_table(before))
    lowest = plan.ranks.index(plan.ranks.unranked) if plan.ranks.unranked is not None else 0
    for step, detail in ((1, "one rank higher"), (-1, "one rank lower")):
        moved = [np.where(who, np.clip(values + step, lowest, top), values) for values in ranks]
        yield Trial("wrong-rank", detail, "receiver", read, as_table(moved))


def _conditions(computed: Computed, suspects: Callable[[], npt.NDArray[np.bool_]]) -> Iterator[Trial]:
    """Nobody asks whether the receiver is active, qualified or still there."""
    plan, evaluation = computed.plan, computed.evaluation
    who = suspects()
    ids = evaluation.network.ids.filter(pl.Series(who))
    stated = [
        pl.DataFrame({"participant_id": ids}).with_columns(
            period=pl.lit(None, pl.String), fact=pl.lit(fact), value=pl.lit(value)
        )
        for fact, value in (("active", "true"), ("personal_volume", "1000000000"))
    ]
    given = evaluation.books.facts
    kept = [] if given is None else [given.filter(~pl.col("participant_id").is_in(ids.implode()))]
    facts = pl.concat([*kept, *stated], how="diagonal_relaxed")
    yield Trial("inactive-paid", "the receiver counted as active", "order", changes={"facts": facts})
    dropped: dict[str, Any] = {
        "eligibility": Eligibility(),
        "depth_by_active_legs": None,
        "min_rank_by_level": None,
        "hold_back": None,
    }
    components = [_changed(component, dropped) for component in plan.components]
    everybody = plan.model_copy(update={"components": components, "activity": AlwaysActive()})
    people = evaluation.network.participants
    changes: dict[str, Any] = {}
    if "left" in people.columns and people["left"].null_count() < len(people):
        changes["network"] = _network(evaluation.network, people=people.drop("left"))
    if everybody != plan or changes:
        yield Trial("inactive-paid", "no condition at all", "order", everybody, changes)


def _moves(computed: Computed) -> Iterator[Trial]:
    plan, network = computed.plan, computed.evaluation.network
    if network.moves is None:
        return
    for when, detail in (("period_close", "tree at the close of the period"), ("order", "tree on the order's date")):
        changed = [_changed(component, {"tree_as_of": when}) for component in plan.components]
        if changed != plan.components:
            yield Trial("tree-move", detail, "order", plan.model_copy(update={"components": changed}))
    table = network.moves.table
    last = table.filter(~table.select(pl.struct("participant_id", "tree").is_last_distinct()).to_series())
    ever = table.with_columns(pl.lit(datetime(1900, 1, 1)).cast(table["from"].dtype).alias("from"))  # noqa: DTZ001
    for rows, detail in (
        (last if len(last) else None, "before the last move"),
        (ever, "as if moved from the beginning"),
        (None, "no move at all"),
    ):
        moves = None if rows is None else Moves(rows, network.index)
        yield Trial("tree-move", detail, "order", changes={"network": _network(network, moves=moves)})


def _compressions(computed: Computed) -> Iterator[Trial]:
    plan = computed.plan
    seen = [plan.components]
    for key in ("compression", "lacking_depth"):
        choices: dict[Any, None] = {}
        for component in plan.components:
            if key in type(component).model_fields:
                choices |= dict.fromkeys(get_args(type(component).model_fields[key].annotation))
        for choice in choices:
            changed = [_changed(component, {key: choice}) for component in plan.components]
            if changed not in seen:
                seen.append(changed)
                name = f"{key}: {choice}"
                yield Trial("compression", name, "order", plan.model_copy(update={"components": changed}))


def _other_trees(computed: Computed) -> Iterator[Trial]:
    plan = computed.plan
    for name in computed.evaluation.network.names:
        changed = [_changed(component, {"tree": name}) for component in plan.components]
        if changed != plan.components:
            yield Trial("other-tree", name, "order", plan.model_copy(update={"components": changed}))


def _changed(component: Any, update: dict[str, Any]) -> Any:
    """A component with other parameters, where it has them and may take these values; else itself."""
    known = {key: value for key, value in update.items() if key in type(component).model_fields}
    given = {key: getattr(component, key) for key in component.model_fields_set} | known
    try:
        return COMPONENT_ADAPTER.validate_python(given)
    except ValidationError:  # this family has no such variant
        return component


def _network(network: Network, *, people: pl.DataFrame | None = None, moves: Moves | None = None) -> Network:
    """The same people and links with another table of participants, or other moves."""
    return Network(
        network.participants if people is None else people,
        network.index,
        network.recorded_parents,
        (),
        network.unknown_row,
        moves if people is None else network.moves,
    )
