"""Which commission period a date falls into, and what periods are called.

Names sort as they follow in time within a plan: `2025-03-07`, `2025-W10`, `2025-03`, `2025-Q1`, `2025`, `all`. Dates
are UTC in the tables; the plan's time zone says where its days begin.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

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


def day_after(name: str, length: PeriodLength) -> date | None:
    """The first day after a period; None where its name does not tell.

    >>> day_after("2025-W01", "week"), day_after("2025-Q4", "quarter"), day_after("undated", "month")
    (datetime.date(2025, 1, 6), datetime.date(2026, 1, 1), None)
    """
    pattern = {"day": r"(\d{4})-(\d\d)-(\d\d)", "week": r"(\d{4})-W(\d\d)", "month": r"(\d{4})-(\d\d)",
               "quarter": r"(\d{4})-Q([1-4])", "year": r"(\d{4})"}.get(length, "(?!)")  # fmt: skip
    found = re.fullmatch(pattern, name)
    if found is None:
        return None
    year, *rest = map(int, found.groups())
    try:
        match length:
            case "day":
                return date(year, *rest) + timedelta(days=1)
            case "week":
                return date.fromisocalendar(year, rest[0], 1) + timedelta(days=7)
            case "month":
                return _first_after(year, date(year, rest[0], 1).month)
            case "quarter":
                return _first_after(year, 3 * rest[0])
            case _:
                return date(year + 1, 1, 1)
    except ValueError:  # a thirteenth month or the like: no calendar period
        return None


def _first_after(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1)


def ordinal(name: str, length: PeriodLength) -> int | None:
    """A number that rises by one from period to period; None where the name is no calendar period.

    >>> ordinal("2026-01", "month") - ordinal("2025-11", "month")
    2
    """
    day = day_after(name, length)
    if day is None:
        return None
    months = 12 * day.year + day.month - 1
    numbers = {"day": day.toordinal(), "week": day.toordinal() // 7, "month": months, "quarter": months // 3}
    return numbers.get(length, day.year)


def close_of(name: str, length: PeriodLength, timezone: str) -> int | None:
    """The moment at which a period closes, seconds since 1970; None where its name does not tell."""
    day = day_after(name, length)
    return None if day is None else int(datetime.combine(day, time(), zoneinfo.ZoneInfo(timezone)).timestamp())


def in_order(names: Iterable[str]) -> list[str]:
    """Names of periods in order of time; numbers within names count as numbers.

    >>> in_order(["2", "10", "1"])
    ['1', '2', '10']
    """
    return sorted(set(names), key=lambda name: [(not part.isdigit(), int(part) if part.isdigit() else 0, part)
                                                for part in re.split(r"(\d+)", name) if part])  # fmt: skip


_MOST_NUMBERED = 1000
"""Plain numbers beyond this may be years, or a year and a month in one: what lies between them is not known."""


def _filled(names: list[str], length: PeriodLength) -> list[str]:
    """Named periods with those between them, where the names tell."""
    if len(names) < 2:
        return names
    if all(ordinal(name, length) is not None for name in names):
        after = [day for name in names if (day := day_after(name, length)) is not None]
        first, last = (datetime.combine(day, time()) - timedelta(days=1) for day in (after[0], after[-1]))
        days = pl.select(pl.datetime_range(first, last, "1d").alias("date"))["date"]
        return in_order(period_names(days, length).unique().to_list())
    if all(name.isdecimal() and str(int(name)) == name and int(name) < _MOST_NUMBERED for name in names):
        return [str(number) for number in range(int(names[0]), int(names[-1]) + 1)]
    return names


_STEP = {"day": "1d", "week": "1w", "month": "1mo", "quarter": "3mo", "year": "1y"}


def without_gaps(names: Iterable[str], dates: pl.Series, length: PeriodLength, timezone: str = "UTC") -> list[str]:
    """The periods of these names, and every period between the first and the last dated one, in order of time.

    A period without an order still passes: volume that is carried over grows older in it. So it is between names of
    the calendar, and between plain numbers.

    >>> without_gaps(["2025-11", "2026-01"], pl.Series([], dtype=pl.Datetime), "month")
    ['2025-11', '2025-12', '2026-01']
    >>> without_gaps(["1", "3"], pl.Series([], dtype=pl.Datetime), "month")
    ['1', '2', '3']
    """
    known = dates.drop_nulls()
    if length == "whole" or not len(known):
        return _filled(in_order(names), length)
    ends = known.cast(pl.Datetime("us"))
    end = pl.col("end")
    days = pl.DataFrame({"end": ends}).select(pl.datetime_range(end.min(), end.max(), _STEP[length]).alias("date"))[
        "date"
    ]
    between = period_names(pl.concat([days, pl.Series([ends.max()], dtype=days.dtype)]), length, timezone)
    return in_order([*names, *between.to_list()])
