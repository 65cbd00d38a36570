"""What every value parser hands back, and what they all agree on: blanks, digits, signs that cannot be seen.

A parser never drops a value silently: it is in `values`, or null because it was blank, or marked in `bad` with
a refusal code, and whatever had to be assumed on the way is counted in a `ValueNote`. The careful paths run on
the distinct values only, because a column's odd spellings repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import polars as pl

from intake.text import Text

BLANKS = frozenset(
    {"", "null", "none", "nan", "nil", "n/a", "#n/a", "na", "n.a.", "-", "--", "—", "–", "−", "\\n", "(null)",
     "nat", "undefined", "<na>", "n/d", "s/d", "لا يوجد", "无", "暂无"}
)  # fmt: skip
"""Spellings of "nothing here", lower-cased and trimmed."""

ID_BLANKS = frozenset({"", "null", "none", "nan", "n/a", "#n/a", "-", "--", "—", "–", "\\n", "(null)", "undefined"})
"""The same for ids, without the ones that could be somebody's user name."""

INVISIBLE = (
    "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\ufeff"
)
"""Bidirectional controls, zero-width characters, soft hyphen and byte-order mark."""

INVISIBLE_PATTERN = "[" + "".join(f"\\x{{{ord(sign):x}}}" for sign in INVISIBLE) + "]"

SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t\r\n"

_DIGIT_ZEROS = ("\u0660", "\u06f0", "\uff10", "\u0966", "\u09e6")  # Arabic-Indic, Persian, full-width, Hindi, Bengali
DIGITS = {chr(ord(zero) + value): str(value) for zero in _DIGIT_ZEROS for value in range(10)}
"""Digits of other scripts and their ASCII twins."""


@dataclass(frozen=True, slots=True)
class ValueNote:
    """Something assumed or noticed about `count` values; the text holds no count, so notes of batches add up."""

    code: str
    count: int
    text: Text
    line: int | None = None
    """Line of the first, where it is followed."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The values of a column after parsing.

    `bad` marks the values that could not be read; their entry in `values` is null. `code` is the refusal code of
    all of them, or a string Series (null where good) when they differ.
    """

    values: pl.Series
    bad: pl.Series
    code: str | pl.Series
    notes: list[ValueNote] = field(default_factory=list)

    @property
    def codes(self) -> pl.Series:
        """The refusal code of each value, null where it is good."""
        if isinstance(self.code, pl.Series):
            return self.code
        return pl.select(pl.when(self.bad).then(pl.lit(self.code))).to_series()

    @property
    def clean(self) -> bool:
        """Whether no value was refused."""
        return not self.bad.any()


def add_notes(notes: Iterable[ValueNote]) -> list[ValueNote]:
    """One note per code, counts added; the text and line of the earliest stand."""
    totals: dict[str, ValueNote] = {}
    for note in notes:
        known = totals.get(note.code)
        if known is None:
            totals[note.code] = note
            continue
        earlier = note if note.line is not None and (known.line is None or note.line < known.line) else known
        totals[note.code] = ValueNote(note.code, known.count + note.count, earlier.text, earlier.line)
    return list(totals.values())


def plain(expression: pl.Expr) -> pl.Expr:
    """Western digits, ordinary spaces, nothing invisible, trimmed."""
    table = DIGITS | dict.fromkeys(SPACES, " ")
    return (
        expression.str.replace_many(list(table), list(table.values()))
        .str.replace_all(INVISIBLE_PATTERN, "")
        .str.strip_chars()
    )


def is_blank(expression: pl.Expr, blanks: frozenset[str] = BLANKS) -> pl.Expr:
    """Whether a trimmed string says "nothing here"."""
    return expression.is_null() | expression.str.to_lowercase().is_in(sorted(blanks))


def over_distinct(series: pl.Series, work: Callable[[pl.Series], pl.DataFrame]) -> pl.DataFrame:
    """`work` on the distinct values of a Series, its rows repeated to the Series' length and order.

    `work` gets a Series without repeats and returns one row per value.
    """
    distinct = series.unique()
    result = work(distinct).with_columns(distinct.alias("__value"))
    return (
        pl.DataFrame({"__value": series})
        .join(result, on="__value", how="left", nulls_equal=True, maintain_order="left")
        .drop("__value")
    )
