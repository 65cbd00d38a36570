"""Which commission period a date falls into, and what periods are called.

Names sort as they follow in time within a plan: `2025-03-07`, `2025-W10`, `2025-03`, `2025-Q1`, `2025`, `all`. Dates
are UTC in the tables; the plan's time zone says where its days begin.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl

from compensation.frame import PeriodLength

UNDATED = "undated"
"""Period of what has no date; a plan over the whole time has no such period."""


def period_names(dates: pl.Series, length: PeriodLength, timezone: str = "UTC") -> pl.Series:
    """Name of the period of each date (a Series of timestamps, UTC; null becomes `undated`).

    >>> from datetime import datetime
    >>> period_names(pl.Series([datetime(2025, 12, 31, 23)]), "month", "Africa/Cairo").to_list()
    ['2026-01']
    """
    if length == "whole":
        return pl.Series("period", ["all"], dtype=pl.String).new_from_index(0, len(dates))
    local = dates.cast(pl.Datetime("us")).alias("period")
    if timezone != "UTC":
        local = local.dt.replace_time_zone("UTC").dt.convert_time_zone(timezone)
    match length:
        case "day":
            names = local.dt.strftime("%Y-%m-%d")
        case "week":
            names = local.dt.strftime("%G-W%V")
        case "month":
            names = local.dt.strftime("%Y-%m")
        case "quarter":
            names = local.dt.strftime("%Y") + "-Q" + local.dt.quarter().cast(pl.String)
        case "year":
            names = local.dt.strftime("%Y")
    return names.fill_null(UNDATED)


def in_order(names: Iterable[str]) -> list[str]:
    """Names of periods in order of time; numbers within names count as numbers.

    >>> in_order(["2", "10", "1"])
    ['1', '2', '10']
    """
    return sorted(set(names), key=lambda name: [(not part.isdigit(), int(part) if part.isdigit() else 0, part)
                                                for part in re.split(r"(\d+)", name) if part])  # fmt: skip


_STEP = {"day": "1d", "week": "1w", "month": "1mo", "quarter": "3mo", "year": "1y"}


def without_gaps(names: Iterable[str], dates: pl.Series, length: PeriodLength, timezone: str = "UTC") -> list[str]:
    """The periods of these names, and every period between the first and the last dated one, in order of time.

    A period without an order still passes: volume that is carried over grows older in it.
    """
    known = dates.drop_nulls()
    if length == "whole" or not len(known):
        return in_order(names)
    ends = known.cast(pl.Datetime("us"))
    range_ = pl.datetime_range(ends.min(), ends.max(), _STEP[length])  # type: ignore[arg-type]
    days = pl.select(range_.alias("date"))["date"]
    between = period_names(pl.concat([days, pl.Series([ends.max()], dtype=days.dtype)]), length, timezone)
    return in_order([*names, *between.to_list()])
