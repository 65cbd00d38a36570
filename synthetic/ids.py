"""Columns from numbers: ids and names as text, where numbers below zero stand for nobody, and times."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from synthetic.draws import STAYS


def ids(letter: str, numbers: Any, width: int = 8) -> pl.Series:
    """Ids from numbers that begin at 0; null where the number is negative.

    >>> ids("O", [0, -1, 41], 4).to_list()
    ['O0001', None, 'O0042']
    """
    given = pl.Series("number", np.asarray(numbers, np.int64))
    digits = (given + 1).cast(pl.String).str.zfill(width)
    return pl.select(pl.when(given >= 0).then(pl.lit(letter) + digits)).to_series()


def picked(names: pl.Series, at: Any) -> pl.Series:
    """Names by number; null where it is negative.

    >>> picked(pl.Series(["a", "b"]), [1, -1]).to_list()
    ['b', None]
    """
    number = pl.Series(np.asarray(at, np.int32))
    return names.gather(number.set(number < 0, None))


def times(seconds: Any) -> pl.Series:
    """UTC times from seconds; null for `STAYS`."""
    given = pl.Series("time", np.asarray(seconds, np.int64))
    return pl.select(pl.when(given < int(STAYS)).then(given * 1_000).cast(pl.Datetime("ms"))).to_series()
