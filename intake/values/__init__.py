"""Strings in, typed columns out: the value parsers of intake.

Every parser takes an all-string Polars Series (a batch of a column) and returns a `Parsed`: the typed values, which
of them were refused and under which code, and notes on whatever had to be assumed. Numbers live in `numbers`, dates
in `dates`, choices, currencies and periods in `choices`, ids in `ids`, stated facts in `facts`. A column's style (decimal comma, day first)
is decided once from a sample and passed to every batch, so that all batches of a file are read alike.
"""

from intake.values.choices import parse_choice, parse_currency, parse_period
from intake.values.dates import DateStyle, decide_date_style, parse_date
from intake.values.facts import parse_fact
from intake.values.ids import clean_id
from intake.values.numbers import NumberStyle, parse_integer, parse_money, parse_number_style, parse_volume
from intake.values.parsed import Parsed, ValueNote, add_notes

__all__ = [
    "DateStyle",
    "NumberStyle",
    "Parsed",
    "ValueNote",
    "add_notes",
    "clean_id",
    "decide_date_style",
    "parse_choice",
    "parse_currency",
    "parse_date",
    "parse_fact",
    "parse_integer",
    "parse_money",
    "parse_number_style",
    "parse_period",
    "parse_volume",
]
