"""The rounds of reconciling: pairing recorded payments with expected ones, the surest pairs first.

Rounds over equal keys are joins on an occurrence number, so that two equal payments pair with two equal ones and not
with four. What is left after them is small, and is paired one participant at a time in order of time.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

import polars as pl

from compensation.errors import AmountOverflow
from intake.text import Text

RESULT: dict[str, Any] = {
    "component": pl.String,
    "participant_id": pl.String,
    "period": pl.String,
    "date": pl.Datetime("ms"),
    "currency": pl.String,
    "order_id": pl.String,
    "source_id": pl.String,
    "level": pl.Int64,
    "due_period": pl.String,
    "status": pl.String,
    "recorded": pl.Int64,
    "recomputed": pl.Int64,
    "difference": pl.Int64,
    "matched_by": pl.String,
    "recorded_id": pl.String,
    "payout_lines": pl.List(pl.Int64),
}

_KEYS = {
    "order": ["component", "currency", "participant_id", "order_id"],
    "source": ["component", "currency", "participant_id", "source_id", "level"],
    "period": ["component", "currency", "participant_id", "period"],
}

_NEITHER_ORDER_NOR_SOURCE = (
    pl.lit(None, pl.String).alias("order_id"),
    pl.lit(None, pl.String).alias("source_id"),
    pl.lit(None, pl.Int64).alias("level"),
)

_MOST_IN_A_SUM = 50
"""Open payments that one recorded payment may settle together."""


def match(expected: pl.DataFrame, recorded: pl.DataFrame, grain: str, known_orders: pl.Series) -> pl.DataFrame:
    """Pair recorded with expected payments; every row of both ends in exactly one row of the result."""
    keys = _KEYS[grain]
    if grain == "period":
        expected = expected.group_by(keys, maintain_order=True).agg(
            pl.col("amount").sum(),
            pl.col("date").first(),
            *_NEITHER_ORDER_NOR_SOURCE,
            pl.col("payout_lines").first(),
        )
        recorded = recorded.group_by(keys, maintain_order=True).agg(
            pl.col("amount").cast(pl.Int128).sum(),
            pl.col("date").max(),
            *_NEITHER_ORDER_NOR_SOURCE,
            pl.lit(None, pl.String).alias("id"),
            pl.col("names_period").all(),
        )
        if not recorded["amount"].is_between(-(2**63), 2**63 - 1).all():
            raise AmountOverflow(
                "reconciliation",
                Text(
                    en="the sum of one receiver's recorded payouts in a period",
                    ar="مجموع الدفعات المسجَّلة لمستلم واحد في فترة",
                ),
            )
        recorded = recorded.with_columns(pl.col("amount").cast(pl.Int64))
    expected = expected.with_row_index("e")
    recorded = recorded.with_row_index("r")
    rows: list[pl.DataFrame] = []
    # where the records name the period, of several equal payments those of the same period belong together
    named = bool(recorded["names_period"].any()) and grain != "period"
    for also in (["period"], []) if named else ([],):
        exact = _pairs(expected, recorded, [*keys, "amount", *also])
        rows.append(_paired(exact, expected, recorded, f"{grain} and amount"))
        expected, recorded = _left(expected, "e", exact), _left(recorded, "r", exact)
    differing = _pairs(expected.sort("amount", "e"), recorded.sort("amount", "r"), keys)
    rows.append(_paired(differing, expected, recorded, grain))
    expected, recorded = _left(expected, "e", differing), _left(recorded, "r", differing)
    if grain != "period":
        # awards on a period (a pool, a rank bonus) have no order: theirs is the payment that names none
        for keys in ([*_KEYS["period"], "amount"], _KEYS["period"]):
            of_periods = _pairs(
                expected.filter(pl.col("order_id").is_null()),
                recorded.filter(pl.col("order_id").is_null() & pl.col("source_id").is_null()),
                keys,
            )
            by = "period and amount" if "amount" in keys else "period"
            rows.append(_paired(of_periods, expected, recorded, by))
            expected, recorded = _left(expected, "e", of_periods), _left(recorded, "r", of_periods)
    if grain == "order":
        mentioned = recorded["order_id"].unique().implode()
        known = known_orders.filter(known_orders.is_in(mentioned)).unique().implode()
        loose = recorded.filter(pl.col("order_id").is_null() | ~pl.col("order_id").is_in(known))
        later, sums = _settle(expected, loose)
        rows += [_paired(later, expected, recorded, "amount, paid later"), _summed(sums, expected, recorded)]
        used_e = [index for _, several in sums for index in several]
        used_r = [index for index, _ in sums]
        expected = _left(expected, "e", later).filter(~pl.col("e").is_in(used_e))
        recorded = _left(recorded, "r", later).filter(~pl.col("r").is_in(used_r))
    rows.append(
        expected.select(
            *_COMMON,
            pl.col("period").alias("due_period"),
            pl.lit("missing").alias("status"),
            pl.lit(0, pl.Int64).alias("recorded"),
            pl.col("amount").alias("recomputed"),
            (-pl.col("amount")).alias("difference"),
            pl.lit(None, pl.String).alias("matched_by"),
            pl.lit(None, pl.String).alias("recorded_id"),
            "payout_lines",
        )
    )
    rows.append(
        recorded.select(
            *_COMMON,
            pl.lit(None, pl.String).alias("due_period"),
            pl.lit("extra").alias("status"),
            pl.col("amount").alias("recorded"),
            pl.lit(0, pl.Int64).alias("recomputed"),
            pl.col("amount").alias("difference"),
            pl.lit(None, pl.String).alias("matched_by"),
            pl.col("id").alias("recorded_id"),
            pl.lit([], pl.List(pl.Int64)).alias("payout_lines"),
        )
    )
    result = pl.concat([frame.select(pl.col(name).cast(kind) for name, kind in RESULT.items()) for frame in rows])
    return result.sort(
        "component", "date", "participant_id", "order_id", "status", "recorded", "recorded_id",
        nulls_last=True, maintain_order=True,
    )  # fmt: skip


_COMMON = ["component", "participant_id", "period", "date", "currency", "order_id", "source_id", "level"]


def _pairs(expected: pl.DataFrame, recorded: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Indexes (e, r) of rows with equal keys, the n-th with the n-th.

    The join is over a hash of the keys, which takes a third of the time and memory, and is then checked: if every
    pair has equal keys, what stays unpaired under one hash stands on one side only, so no pair was missed either.
    """
    left, right = _hashed(expected, "e", keys), _hashed(recorded, "r", keys)
    pairs = left.join(right, on=["key", "nth"], how="inner").select("e", "r").sort("e")
    ours = pairs.select("e").join(expected.select("e", *keys), on="e", maintain_order="left")
    theirs = pairs.select("r").join(recorded.select("r", *keys), on="r", maintain_order="left")
    if all((ours[name] == theirs[name]).all() for name in keys):
        return pairs
    left = expected.select("e", *keys, pl.int_range(pl.len()).over(keys).alias("nth"))
    right = recorded.select("r", *keys, pl.int_range(pl.len()).over(keys).alias("nth"))
    return left.join(right, on=[*keys, "nth"], how="inner").select("e", "r").sort("e")


def _hashed(frame: pl.DataFrame, index: str, keys: list[str]) -> pl.DataFrame:
    """Index, hash of the keys, and its number among those with that hash; without rows in which a key is empty."""
    whole = frame.select(index, *keys).drop_nulls(keys)
    hashed = whole.select(index, key=whole.select(keys).hash_rows())
    if hashed["key"].n_unique() == len(hashed):
        return hashed.with_columns(nth=pl.lit(0, pl.Int64))
    return hashed.with_columns(nth=pl.int_range(pl.len(), dtype=pl.Int64).over("key"))


def _left(frame: pl.DataFrame, index: str, pairs: pl.DataFrame) -> pl.DataFrame:
    return frame.join(pairs, on=index, how="anti", maintain_order="left")


def _paired(pairs: pl.DataFrame, expected: pl.DataFrame, recorded: pl.DataFrame, by: str) -> pl.DataFrame:
    lines = expected.select(
        "e", "payout_lines", *(pl.col(name).alias(f"due_{name}") for name in ("period", "order_id", "source_id", "level")),
        recomputed="amount",
    )  # fmt: skip
    joined = pairs.join(recorded, on="r").join(lines, on="e")
    difference = pl.col("amount") - pl.col("recomputed")
    status = pl.when(difference == 0).then(pl.lit("match")).when(difference < 0).then(pl.lit("short"))
    return joined.select(
        *_COMMON[:5],
        *(pl.coalesce(name, f"due_{name}") for name in ("order_id", "source_id", "level")),
        pl.when("names_period").then("due_period").alias("due_period"),
        status.otherwise(pl.lit("over")).alias("status"),
        pl.col("amount").alias("recorded"),
        "recomputed",
        difference.alias("difference"),
        pl.lit(by).alias("matched_by"),
        pl.col("id").alias("recorded_id"),
        "payout_lines",
    )


def _summed(sums: list[tuple[int, list[int]]], expected: pl.DataFrame, recorded: pl.DataFrame) -> pl.DataFrame:
    pairs = pl.DataFrame(
        [(one, each) for one, several in sums for each in several],
        schema={"r": pl.UInt32, "e": pl.UInt32},
        orient="row",
    )
    parts = pairs.join(expected.select("e", "amount", "payout_lines"), on="e", maintain_order="left")
    sums_of = parts.group_by("r", maintain_order=True).agg(pl.col("amount").sum().alias("recomputed"))
    exploded = parts.select("r", "payout_lines").explode("payout_lines")
    lines_of = exploded.group_by("r", maintain_order=True).agg("payout_lines")
    return (
        sums_of.join(lines_of, on="r")
        .join(recorded, on="r")
        .select(
            *_COMMON,
            pl.lit(None, pl.String).alias("due_period"),
            pl.lit("match").alias("status"),
            pl.col("amount").alias("recorded"),
            "recomputed",
            (pl.col("amount") - pl.col("recomputed")).alias("difference"),
            pl.lit("sum of open amounts").alias("matched_by"),
            pl.col("id").alias("recorded_id"),
            "payout_lines",
        )
    )


def _settle(expected: pl.DataFrame, loose: pl.DataFrame) -> tuple[pl.DataFrame, list[tuple[int, list[int]]]]:
    """Payments that belong to no order: the oldest open payment of that amount, else a run of open ones."""
    whom = ["component", "currency", "participant_id"]
    receivers = loose.select(whom).unique()
    waiting: dict[tuple[str, ...], list[tuple[datetime | None, int, int]]] = defaultdict(list)
    open_rows = expected.join(receivers, on=whom, how="semi").sort("date", "e", nulls_last=True)
    for row in open_rows.iter_rows(named=True):
        waiting[tuple(row[name] for name in whom)].append((row["date"], row["amount"], row["e"]))
    pairs: list[tuple[int, int]] = []
    sums: list[tuple[int, list[int]]] = []
    for row in loose.sort("date", "r", nulls_last=True).iter_rows(named=True):
        queue = waiting[tuple(row[name] for name in whom)]
        hit = next((one for one in queue if one[1] == row["amount"] and _before(one[0], row["date"])), None)
        if hit is not None:
            queue.remove(hit)
            pairs.append((hit[2], row["r"]))
            continue
        run = _run(queue, row["amount"], row["date"])
        if run:
            sums.append((row["r"], [one[2] for one in run]))
            for one in run:
                queue.remove(one)
    return pl.DataFrame(pairs, schema={"e": pl.UInt32, "r": pl.UInt32}, orient="row"), sums


def _before(due: datetime | None, paid: datetime | None) -> bool:
    return due is None or paid is None or due <= paid


def _run(
    queue: list[tuple[datetime | None, int, int]], amount: int, paid: datetime | None
) -> list[tuple[datetime | None, int, int]]:
    """The earliest run of open payments, one after the other, that sums exactly to the amount."""
    due = [one for one in queue if _before(one[0], paid)]
    for start in range(len(due)):
        total = 0
        for stop in range(start, min(len(due), start + _MOST_IN_A_SUM)):
            total += due[stop][1]
            if total == amount and stop > start:
                return due[start : stop + 1]
            if total > amount:
                break
    return []
