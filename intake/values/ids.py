"""Identifiers: the company's own strings, kept as they are but for what the eye cannot see.

Byte-order marks, zero-width characters and bidirectional controls are removed, surrounding spaces are trimmed, and
spellings of "nothing" become null. Case, digits, zeros in front and inner spaces stay: `0012` is not `12`.
"""

from __future__ import annotations

import polars as pl

from intake.text import Text
from intake.values.parsed import ID_BLANKS, INVISIBLE_PATTERN, SPACES, Parsed, ValueNote, is_blank

HIDDEN = Text(
    en="characters that cannot be seen (byte-order mark, zero-width or direction signs) were removed from ids",
    ar="أُزيلت من المعرّفات رموز لا تُرى (علامة ترتيب البايتات، أو رموز بلا عرض، أو رموز اتجاه)",
)


def clean_id(s: pl.Series) -> Parsed:
    """Ids trimmed and freed of invisible characters; never refused, never folded.

    >>> clean_id(pl.Series(["\\ufeffM-001 ", "NULL"])).values.to_list()
    ['M-001', None]
    """
    text = s.cast(pl.String)
    hidden = text.str.contains(INVISIBLE_PATTERN)
    notes = []
    if hidden.any():
        text = text.str.replace_all(INVISIBLE_PATTERN, "")
        notes.append(ValueNote("hidden-characters", int(hidden.sum()), HIDDEN))
    text = text.str.strip_chars(SPACES + " ")
    blank = pl.select(is_blank(pl.lit(text), ID_BLANKS)).to_series() if len(text) else text.is_null()
    values = text.set(blank, None) if blank.any() else text
    return Parsed(values, pl.Series("bad", [False]).new_from_index(0, len(s)), "bad-id", notes)
