"""Which cause gets which difference: what a trial explains, and the order in which causes are believed.

A trial explains a payment when it would have made exactly the recorded amount of it. It is *whole* where it also
leaves nothing unexplained of what it touches (all payments on an order, or all of a receiver in a period), and the
whole explanations come first. All of it is arithmetic over small integers, so that millions of differences fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from compensation.reconciliation.trials import KEYS

if TYPE_CHECKING:
    from compensation.reconciliation.trials import Trial


class Claims:
    """Who claimed which difference; the first claim stands."""

    def __init__(self, rows: int) -> None:
        self.open: npt.NDArray[np.bool_] = np.ones(rows, np.bool_)
        self._number = np.zeros(rows, np.int32)
        self._names: list[tuple[str, str]] = []

    def take(self, wanted: npt.NDArray[np.bool_], cause: str, detail: str) -> None:
        """Claim those of the rows that nobody has claimed."""
        mine = wanted & self.open
        if mine.any():
            self._number[mine] = len(self._names)
            self._names.append((cause, detail))
            self.open &= ~mine

    def take_rows(self, rows: npt.NDArray[Any], cause: str, detail: str) -> None:
        """The same by index."""
        wanted = np.zeros(len(self.open), np.bool_)
        wanted[rows] = True
        self.take(wanted, cause, detail)

    def columns(self) -> list[pl.Series]:
        """`cause` and `detail`, one value per row."""
        number = pl.Series(self._number)
        causes = pl.Series("cause", [cause for cause, _ in self._names], dtype=pl.String)
        details = pl.Series("detail", [detail for _, detail in self._names], dtype=pl.String)
        if not len(number):
            return [pl.Series("cause", [], dtype=pl.String), pl.Series("detail", [], dtype=pl.String)]
        return [causes.gather(number), details.gather(number)]


@dataclass(frozen=True)
class Outcome:
    """What a trial explains, as indexes of differences."""

    trial: Trial
    whole: npt.NDArray[np.int64]
    """Where it leaves nothing unexplained of what it touches."""
    several: npt.NDArray[np.int64]
    """Of these, where it explains more than one difference at once."""
    fits: pl.DataFrame
    """Every difference that it explains: i, its group, and whether it is a payment that is missing."""


def outcome(
    trial: Trial, grain: str, rows: pl.DataFrame, changed: pl.DataFrame, period: npt.NDArray[np.int32] | None
) -> Outcome:
    """Hold the differences against what the trial changes.

    Args:
        trial: the trial.
        grain: what a payment is.
        rows: differences: i, c, p, o, l, s, d, absent.
        changed: from `trials.deltas`.
        period: of each order; None where `o` is itself a period.
    """
    key = KEYS[grain]
    if grain == "source":
        rows = _with_orders(rows, changed)
    asked = rows.group_by(key).agg(pl.col("d").sum())
    both = asked.join(changed.select(*key, "delta"), on=key, how="full", coalesce=True)
    fits = (pl.col("d") == pl.col("delta")).fill_null(value=False)
    if trial.scope == "receiver":
        at = pl.col("o") if period is None else pl.lit(pl.Series(period)).gather(pl.col("o"))
        group = pl.struct("c", "p", at.alias("t"))
    else:
        group = pl.struct("c", "o")
    judged = both.with_columns(fits=fits, group=group.hash())
    groups = judged.group_by("group").agg(
        whole=pl.col("fits").all(), explained=(pl.col("fits") & (pl.col("d") != 0)).sum()
    )
    good = judged.filter("fits").select(*key, "group")
    found = rows.join(good, on=key, how="inner").join(groups, on="group", how="left")
    if trial.scope == "row":
        found = found.filter(~pl.col("absent"))
        return Outcome(
            trial, found["i"].to_numpy(), found["i"].clear().to_numpy(), found.select("i", "group", "absent")
        )
    # a payment that is missing speaks for a rule only together with another difference that the rule explains
    few = (pl.col("explained") < 2) if trial.scope == "receiver" and period is not None else pl.lit(value=True)
    alone = pl.col("absent").all().over("group") & few
    whole = found.filter(pl.col("whole") & ~alone)
    several = whole.filter((pl.col("explained") > 1) & (pl.lit(trial.scope) == "order"))
    return Outcome(trial, whole["i"].to_numpy(), several["i"].to_numpy(), found.select("i", "group", "absent"))


def _with_orders(rows: pl.DataFrame, changed: pl.DataFrame) -> pl.DataFrame:
    """Payments that name their source and level but no order: the order on which the trial pays exactly that."""
    loose = rows.filter(pl.col("o") < 0)
    if not len(loose):
        return rows
    key = ["c", "p", "s", "l", "d"]
    taken = rows.filter(pl.col("o") >= 0).select("c", "p", "o", "l")
    free = changed.join(taken, on=["c", "p", "o", "l"], how="anti").rename({"delta": "d"})
    nth = pl.int_range(pl.len(), dtype=pl.Int64).over(key)
    found = loose.with_columns(nth=nth).join(
        free.select(*key, pl.col("o").alias("found")).sort("found").with_columns(nth=nth), on=[*key, "nth"], how="left"
    )
    known = found.with_columns(o=pl.col("found").fill_null(pl.col("o"))).select(rows.columns)
    return pl.concat([rows.filter(pl.col("o") >= 0), known])


def _several(found: Outcome, claims: Claims) -> None:
    claims.take_rows(found.several, found.trial.cause, found.trial.detail)


def _whole(found: Outcome, claims: Claims) -> None:
    claims.take_rows(found.whole, found.trial.cause, found.trial.detail)


def _single(found: Outcome, claims: Claims) -> None:
    """Payments that were made and that the trial explains, and what is missing for the same reason beside them."""
    still = found.fits.filter(pl.Series(claims.open).gather(found.fits["i"]))
    made = still.filter(~pl.col("absent"))
    claims.take_rows(made["i"].to_numpy(), found.trial.cause, found.trial.detail)
    if found.trial.scope == "order":
        beside = still.filter("absent").join(made.select("group").unique(), on="group", how="semi")
        claims.take_rows(beside["i"].to_numpy(), found.trial.cause, found.trial.detail)


MOST_COMPREHENSIVE = (_several, _whole, _single)
"""The passes in which causes claim, each over all trials in their order."""
