"""What the values of a column look like, whatever its heading says.

`examine` turns the sample of one column into shares (of dates, numbers, wallets, repeated values ...) that recognition
weighs against the heading; `contained` says how far one column's values are found in another, which is what makes a
column of ids a column of sponsors.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from intake.values.choices import parse_period
from intake.values.dates import DateStyle, parse_date
from intake.values.numbers import NumberStyle, parse_money
from intake.values.parsed import ID_BLANKS, is_blank, plain
from intake.values.signs import SIGNS

_WALLET = r"^0x[0-9a-fA-F]{40}$|^[13][1-9A-HJ-NP-Za-km-z]{25,34}$|^bc1[0-9a-z]{20,60}$|^T[1-9A-HJ-NP-Za-km-z]{33}$"
_INTEGER = r"^[-+]?[0-9]+(?:\.0+)?$"
_LETTERED = r"^[A-Za-z]+[0-9]+$"
"""An id as often as an amount: `R1024` is a member, and so many rand."""
_HASH = r"^(?:0x)?[0-9a-fA-F]{64}$"
_BONUS = (
    r"(?i)bonus|commis|comisi|comiss|income|reward|royalt|matching|override|leadership|fund|pool|roi\b|dividend|referral|direct"
    r"|indirect|level|binary|pair|cashback|retail|mentor|generation|rank|prime|parrain|bono|ganancia|عمول|مكاف|奖|佣金|分红"
)
_ANY_ORDER = DateStyle(day_first=True, by="default")
_ANY_NUMBER = NumberStyle(".")
_PAYMENT_WAYS = frozenset({"crypto", "to crypto", "bank", "bank transfer", "cash", "card", "credit card", "paypal", "wallet", "ewallet",
                           "e-wallet", "upi", "transfer", "wire", "cheque", "check", "online", "cod", "نقدًا", "تحويل بنكي"})  # fmt: skip
_DIRECTIONS = frozenset({"in", "out", "credit", "debit", "cr", "dr", "entrada", "salida", "saida", "دائن", "مدين"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """Shares (0 to 1) of a column's filled values in the sample, and a few of their traits."""

    rows: int
    filled: float = 0.0
    distinct: float = 0.0
    """Different values among the filled ones; 1 means that none repeats."""
    kinds: int = 0
    """Number of different values."""
    dates: float = 0.0
    """Written as dates (with separators or month names)."""
    date_numbers: float = 0.0
    """Whole numbers that could be YYYYMMDD, Unix times or spreadsheet days."""
    periods: float = 0.0
    numbers: float = 0.0
    integers: float = 0.0
    decimals: float = 0.0
    """Numbers with a fraction."""
    percents: float = 0.0
    signed: float = 0.0
    """Numbers with a currency sign or code beside them."""
    wallets: float = 0.0
    hashes: float = 0.0
    spaced: float = 0.0
    """Values with a space inside."""
    bonus_words: float = 0.0
    currency_like: float = 0.0
    directions: float = 0.0
    payment_ways: float = 0.0
    row_numbers: bool = False
    largest: int = 0
    values: frozenset[str] = frozenset()
    shapes: frozenset[str] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether the sample says nothing."""
        return self.rows == 0 or self.filled == 0


def shape(value: str) -> str:
    """The outline of an id: runs of capitals, small letters and digits.

    >>> shape("UCT1001"), shape("m-77")
    ('A0', 'a-0')
    """
    if re.match(_WALLET, value):
        return "wallet"
    return re.sub(r"[a-z]+", "a", re.sub(r"[A-Z]+", "A", re.sub(r"[0-9]+", "0", value)))[:12]


_V = pl.col("v")
_TRAITS = {
    "percents": _V.str.contains("[%٪]"),
    "wallets": _V.str.contains(_WALLET),
    "hashes": _V.str.contains(_HASH),
    "spaced": _V.str.contains(r"\S\s+\S"),
    "bonus_words": _V.str.contains(_BONUS),
    "currency_like": _V.str.contains(r"^[A-Za-z]{3,5}$|\([^)]*\)$") | _V.is_in(list(SIGNS)),
    "directions": _V.str.to_lowercase().is_in(sorted(_DIRECTIONS)),
    "payment_ways": _V.str.to_lowercase().is_in(sorted(_PAYMENT_WAYS)),
    "integers": _V.str.contains(_INTEGER),
}
"""Traits of a value that one expression tells; their means are fields of `Evidence`."""
_HINTS = {
    "digits": _V.str.contains("[0-9]"),
    "long": _V.str.contains(r"[0-9]{5}|[^0-9.]"),
    "years": _V.str.contains("(?:19|20|21)[0-9]{2}"),
}
"""Without these in a third of the values, the parsers need not be asked."""


def examine(column: pl.Series) -> Evidence:
    """The evidence in one column of a sample."""
    rows = len(column)
    text = pl.DataFrame({"v": column.cast(pl.String)}).select(plain(_V)).filter(~is_blank(_V, ID_BLANKS))
    column, count = text["v"], text.height
    if count == 0:
        return Evidence(rows)
    means = text.select(**{name: trait.mean() for name, trait in (_TRAITS | _HINTS).items()}).row(0, named=True)
    hints = {name: means.pop(name) >= 0.3 for name in _HINTS}
    values = frozenset(column.unique().to_list())
    digits = hints["digits"] and means["wallets"] < 0.9 and means["hashes"] < 0.9
    whole = column.filter(column.str.contains(r"^[0-9]{1,18}$")).cast(pl.Int64)
    counting = len(whole) == count and count > 2 and whole[0] in (0, 1) and bool((whole.diff().drop_nulls() == 1).all())
    return Evidence(
        rows=rows,
        filled=count / rows,
        distinct=len(values) / count,
        kinds=len(values),
        row_numbers=counting,
        largest=int(whole.max() or 0) if len(whole) else 0,  # type: ignore[arg-type]
        values=values,
        shapes=frozenset(shape(value) for value in list(values)[:200]),
        periods=1 - float(parse_period(column).bad.mean() or 0.0) if digits and hints["years"] else 0.0,  # type: ignore[arg-type]
        **means,
        **(_dates(column) if digits and hints["long"] else {}),
        **(_numbers(column) if digits else {}),
    )


def _dates(column: pl.Series) -> dict[str, float]:
    read = pl.DataFrame({"v": column, "read": ~parse_date(column, style=_ANY_ORDER).bad})
    number = _V.str.contains(r"^[0-9]+(?:[.,][0-9]+)?$")
    means = read.select(dates=(pl.col("read") & ~number).mean(), date_numbers=(pl.col("read") & number).mean())
    return means.row(0, named=True)


def _numbers(column: pl.Series) -> dict[str, float]:
    codes = parse_money(column, scale=8, style=_ANY_NUMBER).codes
    read = pl.DataFrame({"v": column, "read": (codes != "bad-number").fill_null(value=True)})
    bare = _V.str.contains(r"^[-+(]?[0-9.,' ]+[)-]?$|^[0-9.]+[eE]")
    means = read.select(
        numbers=pl.col("read").mean(),
        decimals=(pl.col("read") & ~_V.str.contains(_INTEGER) & ~_V.str.contains(_LETTERED)).mean(),
        signed=(pl.col("read") & ~bare).mean(),
    )
    return means.row(0, named=True)


def contained(inner: Evidence, outer: Evidence) -> float:
    """Share of one column's different values that are found in another column."""
    if not inner.values:
        return 0.0
    return len(inner.values & outer.values) / len(inner.values)
