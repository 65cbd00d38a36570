"""From calendar fields to seconds since 1970, in the proleptic Gregorian calendar.

Whole columns at once on NumPy integers; an impossible day (30 February, month 13, hour 25) is marked, not wrapped.
Reference: the days-from-civil algorithm of H. Hinnant, "chrono-compatible low-level date algorithms".
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

_MONTH_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int64)


def _column(frame: pl.DataFrame, name: str, missing: int) -> npt.NDArray[np.int64]:
    return frame[name].cast(pl.Int64).fill_null(missing).to_numpy()


def days_since_1970(
    year: npt.NDArray[np.int64], month: npt.NDArray[np.int64], day: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Days from 1970-01-01 to a valid Gregorian date."""
    year = year - (month <= 2)
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month + np.where(month > 2, -3, 9)) + 2) // 5 + day - 1
    days: npt.NDArray[np.int64] = era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468
    return days


def assemble(fields: pl.DataFrame, first_year: int, last_year: int) -> tuple[pl.Series, pl.Series]:
    """Seconds since 1970 (offset applied) of `dissect`ed fields, and whether they make a date within the years."""
    year, month, day = (_column(fields, name, 0) for name in ("year", "month", "day"))
    hour, minute, second = (_column(fields, name, 0) for name in ("hour", "minute", "sec"))
    instant = fields["instant"]
    direct = instant.is_not_null().to_numpy()
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last_day = _MONTH_DAYS[np.clip(month, 0, 12)] + (leap & (month == 2))
    midnight = (hour == 24) & (minute == 0) & (second == 0)
    valid = (
        (year >= first_year) & (year <= last_year) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= last_day)
        & ((hour <= 23) | midnight) & (minute <= 59) & (second <= 59)
        & fields["family"].is_not_null().to_numpy() & ~fields["hijri"].to_numpy()
    )  # fmt: skip
    seconds = days_since_1970(year, np.clip(month, 1, 12), day) * 86_400 + hour * 3600 + minute * 60 + second
    seconds -= _column(fields, "offset", 0)
    seconds = np.where(direct, instant.fill_null(0).to_numpy(), seconds)
    return pl.Series("seconds", seconds), pl.Series("valid", valid | direct)
