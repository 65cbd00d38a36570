"""Why a recorded payment differs from the computed one: each probable cause is tried, and believed only if it fits.

A difference gets the first cause, in a fixed order, under which it vanishes to the minor unit:

1. what the ledger itself shows: the right payment booked in another period, a payment made twice, an amount ten or a
   hundred times too large or small, the right number in another currency, in sums of a period
   a commission that a return should have taken back;
2. what the engine gives when one thing is changed (`trials`): the rounding; the rank of the period
   before, one higher or one lower; an inactive or unqualified receiver counted as qualified; the tree before or after
   a move; another compression; another tree. First where it explains several differences of one order and leaves
   none, then where it explains all that it touches, then where it explains the single payment;
3. a negative commission on a return that was not recorded;
4. the same amount of the same order paid to somebody else;
5. a bonus given by hand: no order, no component or a round amount, and nothing above explains it;
6. else the difference stays unexplained, and says so.

A payment that is missing is never called the effect of a rule unless the rule also explains what was paid instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from compensation.components.contract import Component
from compensation.reconciliation import trials
from compensation.reconciliation.cause_claims import MOST_COMPREHENSIVE, Claims, Outcome, outcome
from compensation.reconciliation.cause_words import CAUSES
from intake.text import Text

if TYPE_CHECKING:
    from compensation.computed import Computed
    from compensation.reconciliation.reconciling import Reconciliation

ROUND = 5
"""A bonus given by hand is taken to be a multiple of so many whole units of money."""


@dataclass(frozen=True)
class Causes:
    """The differences of a reconciliation, each with its probable cause."""

    lines: pl.DataFrame
    """The lines of the reconciliation that differ (in amount, or in the period that the records name), with `cause`
    (a key of `CAUSES`) and `detail` (what exactly was changed in the trial, or what was seen)."""
    reconciliation: Reconciliation

    @cached_property
    def totals(self) -> pl.DataFrame:
        """Per component, currency and cause: number of differences, recorded, recomputed, difference."""
        sums = [pl.col(name).cast(pl.Int128).sum() for name in ("recorded", "recomputed", "difference")]
        return (
            self.lines.group_by("component", "currency", "cause")
            .agg(pl.len().cast(pl.Int64).alias("keys"), *sums)
            .sort("component", "currency", "cause")
        )

    @property
    def ties(self) -> bool:
        """Whether recorded - recomputed of every component is, to the minor unit, the sum over its causes."""
        whole = self.reconciliation.totals.select(
            "component", "currency", difference=pl.col("recorded") - pl.col("recomputed")
        )
        parts = self.totals.group_by("component", "currency").agg(pl.col("difference").sum().alias("explained"))
        joined = whole.join(parts, on=["component", "currency"], how="left").with_columns(
            pl.col("explained").fill_null(0)
        )
        return bool((joined["difference"] == joined["explained"]).all())

    def words(self) -> dict[str, Text]:
        """The causes that occur, in plain words."""
        found = set(self.lines["cause"])
        return {code: text for code, text in CAUSES.items() if code in found}


def causes(computed: Computed, reconciliation: Reconciliation) -> Causes:
    """Class every difference by its probable cause.

    Args:
        computed: what the recorded payments were held against; its records are computed again under other rules.
        reconciliation: from `reconcile(computed, recorded)`.
    """
    differs = pl.col("status") != "match"
    moved = (pl.col("due_period") != pl.col("period")).fill_null(value=False)
    rows = reconciliation.lines.filter(differs | moved)
    claims = Claims(len(rows))
    if len(rows):
        _seen_in_the_ledger(computed, reconciliation, rows, claims)
    if claims.open.any():
        _tried(computed, reconciliation, rows, claims)
    if claims.open.any():
        taken_back = (pl.col("status") == "missing") & (pl.col("recomputed") < 0)
        claims.take(rows.select(taken_back).to_series().to_numpy(), "refund-not-clawed-back", "")
        _paid_to_another(computed, reconciliation.grain, rows, claims)
        _given_by_hand(computed, reconciliation.grain, rows, claims)
    claims.take(claims.open, "unexplained", "")
    return Causes(rows.with_columns(*claims.columns()), reconciliation)


_PAYMENT = {
    "order": ["component", "participant_id", "order_id"],
    "source": ["component", "participant_id", "source_id", "level"],
    "period": ["component", "participant_id", "period"],
}


def _seen_in_the_ledger(computed: Computed, reconciliation: Reconciliation, rows: pl.DataFrame, claims: Claims) -> None:
    grain, lines = reconciliation.grain, reconciliation.lines
    claims.take((rows["status"] == "match").to_numpy(), "wrong-period", "")
    if grain == "period":
        _of_neighbouring_periods(computed, rows, claims)
        for times in (2, 3):
            again = (pl.col("status") == "over") & _is_times("recorded", "recomputed", times)
            claims.take(rows.select(again).to_series().to_numpy(), "duplicate", f"x{times}")
    else:
        key = [*_PAYMENT[grain], "currency", "recorded"]
        extra = pl.col("status") == "extra"
        twice = rows.with_row_index("i").filter(extra).join(lines.filter(~extra), on=key, how="semi")
        claims.take_rows(twice["i"].to_numpy(), "duplicate", "")
    for power in (1, 2, 3):
        slip = _is_times("recorded", "recomputed", 10**power) | _is_times("recomputed", "recorded", 10**power)
        paid = pl.col("status").is_in(["short", "over"])
        claims.take(rows.select(paid & slip).to_series().to_numpy(), "decimal-slip", f"10^{power}")
    if grain == "period":
        _not_taken_back(computed, rows, claims)
    key = _PAYMENT[grain]
    numbered = rows.with_row_index("i").filter(pl.Series(claims.open))
    due = numbered.filter(pl.col("status") == "missing").select("i", *key, "currency", value="recomputed")
    got = numbered.filter(pl.col("status") == "extra").select("i", *key, "currency", value="recorded")
    pairs = due.join(got, on=[*key, "value"], suffix="_got").filter(pl.col("currency") != pl.col("currency_got"))
    claims.take_rows(pairs["i"].to_numpy(), "currency", "")
    claims.take_rows(pairs["i_got"].to_numpy(), "currency", "")


def _is_times(large: str, small: str, times: int) -> pl.Expr:
    """Whether one amount is so many times the other, without overflow."""
    return (pl.col(large) % times == 0) & (pl.col(large) // times == pl.col(small))


def _of_neighbouring_periods(computed: Computed, rows: pl.DataFrame, claims: Claims) -> None:
    """What is short in one period and over in the next by the same amount, or the other way round."""
    names = sorted({*computed.evaluation.periods, *rows["period"].drop_nulls()})
    index = {name: at for at, name in enumerate(names)}
    at = rows.with_row_index("i").select(
        "i", "component", "currency", "participant_id", "difference",
        t=pl.col("period").replace_strict(index, default=None, return_dtype=pl.Int32),
    )  # fmt: skip
    later = at.with_columns(t=pl.col("t") - 1, difference=-pl.col("difference"))
    pairs = at.join(later, on=["component", "currency", "participant_id", "t", "difference"], suffix="_later")
    claims.take_rows(pairs["i"].to_numpy(), "wrong-period", "")
    claims.take_rows(pairs["i_later"].to_numpy(), "wrong-period", "")


def _not_taken_back(computed: Computed, rows: pl.DataFrame, claims: Claims) -> None:
    """Sums of a period from which negative commissions are not taken off: one of them, or all."""
    evaluation, frames = computed.evaluation, []
    for awards in computed.awards:
        at = np.flatnonzero(awards.counted() & (awards.amount < 0) & (awards.participant >= 0))
        name = computed.plan.component(awards.component).recorded_name()
        frames.append(
            pl.DataFrame(
                {
                    "participant_id": evaluation.network.ids.gather(pl.Series(awards.participant[at])),
                    "period": pl.Series(evaluation.periods, dtype=pl.String).gather(
                        pl.Series(awards.periods(evaluation.period)[at])
                    ),
                    "difference": -awards.amount[at],
                }
            ).with_columns(component=pl.lit(name))
        )
    negative = pl.concat(frames)
    key = ["component", "participant_id", "period"]
    whole = negative.group_by(key).agg(pl.col("difference").sum()).select(negative.columns)
    either = pl.concat([negative, whole]).unique()
    found = rows.with_row_index("i").join(either, on=[*key, "difference"], how="semi")
    claims.take_rows(found["i"].to_numpy(), "refund-not-clawed-back", "")


def _tried(computed: Computed, reconciliation: Reconciliation, rows: pl.DataFrame, claims: Claims) -> None:
    """Compute again under every trial, then let the causes claim what they explain, the most comprehensive first."""
    grain, evaluation = reconciliation.grain, computed.evaluation
    names = [component.recorded_name() for component in computed.plan.components]
    codes = {name: code for code, name in enumerate(dict.fromkeys(names))}
    asked = rows.with_row_index("i").filter(pl.Series(claims.open))
    keyed = _numbered(computed, grain, asked, codes)
    orders = np.zeros(len(evaluation.orders) + 1, np.bool_)
    if grain != "period":
        orders[keyed["o"].filter(keyed["o"] >= 0).to_numpy()] = True
        sources = keyed.filter((pl.col("o") < 0) & (pl.col("s") >= 0))["s"].unique()
        orders[:-1] |= pl.Series(evaluation.credited).is_in(sources.implode()).to_numpy()
    people = np.zeros(evaluation.participants + 1, np.bool_)
    people[keyed["p"].filter(keyed["p"] >= 0).to_numpy()] = True
    period = np.append(evaluation.period, np.int32(-1)) if grain != "period" else None
    outcomes: list[Outcome] = []
    for trial in trials.all_trials(computed, lambda: people[:-1]):
        if not claims.open.any():
            break
        changed = trials.deltas(computed, trial, grain, codes, orders, people)
        if changed is None or not len(changed):
            continue
        found = outcome(trial, grain, keyed, changed, period)
        if trial.scope == "row":
            claims.take_rows(found.whole, trial.cause, trial.detail)
            keyed = keyed.filter(pl.Series(claims.open).gather(keyed["i"]))
        elif len(found.fits):
            outcomes.append(found)
    for several in MOST_COMPREHENSIVE:
        for found in outcomes:
            several(found, claims)


def _numbered(computed: Computed, grain: str, rows: pl.DataFrame, codes: dict[str, int]) -> pl.DataFrame:
    """The differences in the numbers of the computation: component, row of the receiver, index of order or period."""
    evaluation = computed.evaluation
    index = evaluation.orders.select(order_id="id").with_row_index("o").unique("order_id", keep="first")
    if grain == "period":
        places = {name: at for at, name in enumerate(evaluation.periods)}
        at = rows["period"].replace_strict(places, default=-2, return_dtype=pl.Int32)
    else:
        known = rows.select("order_id").join(index, on="order_id", how="left", maintain_order="left")
        at = known["o"].cast(pl.Int32).fill_null(-2)
    nobody = pl.lit(-1, pl.Int32)
    own = {computed.plan.component(name).recorded_name(): computed.currency_of(name) for name in _ids(computed)}
    fits = pl.col("currency") == pl.col("component").replace_strict(own, default=None, return_dtype=pl.String)
    return rows.select(
        "i",
        c=pl.when(fits).then(pl.col("component").replace_strict(codes, default=-1, return_dtype=pl.Int32)).otherwise(nobody),
        p=pl.Series(evaluation.network.rows_of(rows["participant_id"])).cast(pl.Int32),
        o=at,
        l=pl.col("level").cast(pl.Int32).fill_null(-1) if grain == "source" else pl.lit(0, pl.Int32),
        s=pl.Series(evaluation.network.rows_of(rows["source_id"])).cast(pl.Int32),
        d="difference",
        absent=pl.col("status") == "missing",
    )  # fmt: skip


def _ids(computed: Computed) -> list[str]:
    return [component.id for component in computed.plan.components]


def _paid_to_another(computed: Computed, grain: str, rows: pl.DataFrame, claims: Claims) -> None:
    """What one receiver lacks and another one got, on the same order (or, for sums of a period, the next upline)."""
    numbered = rows.with_row_index("i").filter(pl.Series(claims.open))
    where = {"order": ["order_id"], "source": ["source_id", "level"], "period": ["period"]}[grain]
    lacks, got = pl.col("status") == "missing", pl.col("status") == "extra"
    if grain == "period":
        lacks, got = pl.col("difference") < 0, pl.col("difference") > 0
    key = ["component", "currency", *where, "value"]
    due = numbered.filter(lacks).with_columns(value=-pl.col("difference")).select("i", "participant_id", *key)
    paid = numbered.filter(got).with_columns(value=pl.col("difference")).select("i", "participant_id", *key)
    pairs = due.drop_nulls(key).join(paid.drop_nulls(key), on=key, suffix="_got")
    pairs = pairs.with_columns(pl.Series("next", _is_next_upline(computed, pairs), dtype=pl.Boolean))
    if grain == "period":
        pairs = pairs.filter("next")
    pairs = pairs.sort(pl.col("next").not_(), "i", "i_got")
    pairs = pairs.filter(pl.col("i").is_first_distinct()).filter(pl.col("i_got").is_first_distinct())
    for chosen, detail in ((pairs.filter("next"), "next upline"), (pairs.filter(~pl.col("next")), "somebody else")):
        claims.take_rows(chosen["i"].to_numpy(), "wrong-person", detail)
        claims.take_rows(chosen["i_got"].to_numpy(), "wrong-person", detail)


def _is_next_upline(computed: Computed, pairs: pl.DataFrame) -> npt.NDArray[np.bool_]:
    network = computed.evaluation.network
    due, got = network.rows_of(pairs["participant_id"]), network.rows_of(pairs["participant_id_got"])
    result = np.zeros(len(pairs), np.bool_)
    walked: dict[str, list[Component]] = {}
    for component in computed.plan.components:
        walked.setdefault(component.tree, []).append(component)
    for name, components in walked.items():
        if name not in network.names:
            continue
        tree = network.tree(name)
        position = np.append(tree.position, np.int32(-1))
        above = np.append(tree.parent, np.int32(-1))[position[due]]
        mine = pairs["component"].is_in([each.recorded_name() for each in components]).to_numpy()
        result |= mine & (above >= 0) & (above == position[got])
    return result


def _given_by_hand(computed: Computed, grain: str, rows: pl.DataFrame, claims: Claims) -> None:
    names = [component.recorded_name() for component in computed.plan.components]
    extra = (rows["status"] == "extra").to_numpy()
    claims.take(extra & ~rows["component"].is_in(names).to_numpy(), "manual-bonus", "no component of the plan")
    if grain == "order":
        # an order in a currency on which the plan says nothing is in the ledger all the same
        orders = pl.concat([computed.evaluation.orders["id"], computed.left_out["id"]])
        known = rows["order_id"].is_in(orders.implode()).fill_null(value=False).to_numpy()
        claims.take(extra & ~known, "manual-bonus", "no order of the ledger")
    more = extra | (rows["difference"] > 0).to_numpy() if grain == "period" else extra
    scales = {
        name: computed.evaluation.scale_of(name) for name in {computed.currency_of(each) for each in _ids(computed)}
    }
    unit = rows["currency"].replace_strict(
        {name: ROUND * 10**scale for name, scale in scales.items()}, default=None, return_dtype=pl.Int64
    )
    whole = ((rows["difference"] % unit) == 0).fill_null(value=False).to_numpy()
    claims.take(more & whole, "manual-bonus", "round amount")
