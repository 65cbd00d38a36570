"""Dates of any make as int64 seconds since 1970, with one value for "not known".

Records arrive as Polars or Arrow columns, NumPy datetimes or plain integers. The tree compares dates and
nothing else, so it keeps seconds; `UNKNOWN` sorts before every real date and is never compared with one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import polars as pl
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNKNOWN = np.iinfo(np.int64).min
"""The date of somebody whose date is not known (NumPy's NaT)."""

Dates: TypeAlias = pl.Series | pa.Array | pa.ChunkedArray | np.ndarray[Any, Any] | Sequence[Any]
Moment: TypeAlias = date | datetime | np.datetime64 | int


def seconds(values: Dates) -> NDArray[np.int64]:
    """Dates as UTC seconds; nulls and NaT become `UNKNOWN`.

    Integers are taken as seconds already.

    >>> seconds(pl.Series([datetime(1970, 1, 2), None])).tolist()
    [86400, -9223372036854775808]
    """
    if isinstance(values, np.ndarray):
        if np.issubdtype(values.dtype, np.datetime64):
            return values.astype("datetime64[s]").astype(np.int64)
        if np.issubdtype(values.dtype, np.integer):
            return np.ascontiguousarray(values, dtype=np.int64)
    series = values if isinstance(values, pl.Series) else _series(values)
    if series.dtype == pl.Date or isinstance(series.dtype, pl.Datetime):
        series = series.dt.epoch("s")
    elif series.dtype == pl.Null:
        series = series.cast(pl.Int64)
    elif not series.dtype.is_integer():
        raise TypeError(f"dates must be dates, timestamps or integer seconds, not {series.dtype}")
    return np.ascontiguousarray(series.cast(pl.Int64).fill_null(int(UNKNOWN)).to_numpy(), dtype=np.int64)


def moment(when: Moment) -> int:
    """One moment as UTC seconds; a bare date is its first second, a naive time is UTC.

    >>> moment(date(1970, 1, 2))
    86400
    """
    if isinstance(when, datetime):
        aware = when if when.tzinfo else when.replace(tzinfo=UTC)
        return int(aware.timestamp())
    if isinstance(when, date):
        return int(datetime(when.year, when.month, when.day, tzinfo=UTC).timestamp())
    if isinstance(when, np.datetime64):
        return int(when.astype("datetime64[s]").astype(np.int64))
    return int(when)


def _series(values: pa.Array | pa.ChunkedArray | np.ndarray[Any, Any] | Sequence[Any]) -> pl.Series:
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return pl.Series(pl.from_arrow(values))
    return pl.Series(values)
