"""Text cells to typed values: one column of one batch, by the kind of the column.

The parsers live in `intake.values`; this is where the data sheet's words about a column (`values`, `several`,
`ids`) and what was decided once for the source (`Prepared`) meet them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from intake import values
from intake.claims import Claim
from intake.currencies import NO_CURRENCY
from intake.errors import RefusalCode
from intake.reading import Note
from intake.recognise import synonyms_for
from intake.schema import Column
from intake.text import Text
from intake.values.parsed import ID_BLANKS, SPACES, is_blank
from intake.values.signs import contradicts

_SIGN_REST = r"[\p{N}\p{Z}\s.,'’٫٬()+\-−–%]"
"""What is not the currency sign in an amount."""

_SEVERAL = Text(
    en="cells that hold several values; the first was taken",
    ar="خانات فيها أكثر من قيمة، وأُخذت الأولى",
)


@dataclass(slots=True)
class Prepared:
    """What is decided once for a claim.

    Attributes:
        claim: The claim.
        scales: Decimals by currency code.
        currency: The currency of rows that name none, None if rows must name it.
        currency_from: Heading of the currency; may be the amount's, whose sign is then read.
        numbers: Style of each numeric column.
        dates: Style of each date column.
        constants: Typed values that each row gets.
        timezone: Of dates without an offset.
        lowercase: Whether ids are folded.
        notes: What was assumed.
    """

    claim: Claim
    scales: dict[str, int]
    currency: str | None = None
    currency_from: str | None = None
    numbers: dict[str, values.NumberStyle] = field(default_factory=dict)
    dates: dict[str, values.DateStyle] = field(default_factory=dict)
    constants: dict[str, object] = field(default_factory=dict)
    timezone: str | None = None
    lowercase: bool = False
    notes: list[Note] = field(default_factory=list)


def sign_of(amounts: pl.Series) -> pl.Series:
    """What stands beside the digits of amounts: a currency's sign or code, or nothing."""
    return amounts.str.replace_all(_SIGN_REST, "")


def translated(cells: pl.Series, claim: Claim, column: Column) -> pl.Series:
    """Cells after the data sheet's `values` of that column."""
    table = claim.entry.values.get(column.name) if claim.entry else None
    if not table:
        return cells
    return (
        pl.select(
            pl.coalesce(
                pl.lit(cells).str.strip_chars(" \t").replace_strict(table, default=None, return_dtype=pl.String),
                pl.lit(cells),
            )
        )
        .to_series()
        .alias(cells.name)
    )


def parse_cells(ready: Prepared, column: Column, cells: pl.Series) -> values.Parsed:
    """The typed values of a column that is neither money nor a currency."""
    entry = ready.claim.entry
    notes: list[values.ValueNote] = []
    separator = entry.several.get(column.name) if entry else None
    if separator is not None:
        cells, notes = _first_of_several(cells, separator)
    parsed = _by_kind(ready, column, cells)
    return values.Parsed(parsed.values, parsed.bad, parsed.code, notes + parsed.notes) if notes else parsed


def _by_kind(ready: Prepared, column: Column, cells: pl.Series) -> values.Parsed:
    if column.kind == "id":
        parsed = values.clean_id(cells)
        if ready.lowercase:
            return values.Parsed(parsed.values.str.to_lowercase(), parsed.bad, parsed.code, parsed.notes)
        return parsed
    if column.kind == "date":
        return values.parse_date(cells, timezone=ready.timezone, style=ready.dates[column.name])
    if column.kind == "volume":
        return values.parse_volume(cells, style=ready.numbers[column.name])
    if column.kind == "integer":
        return values.parse_integer(cells, style=ready.numbers[column.name])
    if column.kind == "period":
        return values.parse_period(cells)
    synonyms = synonyms_for(ready.claim.table.name, column.name)
    if column.kind == "fact":
        return values.parse_fact(cells, synonyms, style=ready.numbers[column.name])
    if column.kind == "choice":
        return values.parse_choice(cells, column.choices, synonyms, column.open_choices)
    text = cells.str.strip_chars(SPACES + " ")
    blank = pl.DataFrame({"s": text}).select(is_blank(pl.col("s"), ID_BLANKS)).to_series()
    none_bad = pl.Series("bad", [False]).new_from_index(0, len(cells))
    return values.Parsed(text.set(blank, None) if blank.any() else text, none_bad, "bad-id")


def _first_of_several(cells: pl.Series, separator: str) -> tuple[pl.Series, list[values.ValueNote]]:
    parts = cells.str.strip_chars(separator + " ").str.split(separator)
    more = int((parts.list.len() > 1).sum())
    return parts.list.first(), [values.ValueNote("several-values", more, _SEVERAL)] if more else []


def parse_amounts(ready: Prepared, column: Column, cells: pl.Series, currency: pl.Series | None) -> values.Parsed:
    """Amounts in minor units of each row's currency."""
    style = ready.numbers[column.name]
    codes = [] if currency is None else currency.drop_nulls().unique().sort().to_list()
    if len(codes) <= 1:
        code = codes[0] if codes else NO_CURRENCY
        parsed = values.parse_money(cells, scale=ready.scales.get(code, 2), style=style, currency=code)
        differing = any(note.code == "currency-differs" for note in parsed.notes)
        return _refuse_other_signs(cells, code, parsed) if differing else parsed
    assert currency is not None
    amounts = pl.Series(column.name, [None], dtype=pl.Int64).new_from_index(0, len(cells))
    faults = pl.Series("code", [None], dtype=pl.String).new_from_index(0, len(cells))
    notes: list[values.ValueNote] = []
    for code in codes:
        place = (currency == code).fill_null(value=False).arg_true()
        some = values.parse_money(cells.gather(place), scale=ready.scales[code], style=style)
        amounts = amounts.scatter(place, some.values)
        faults = faults.scatter(place, some.codes)
        notes += some.notes
    return values.Parsed(amounts, faults.is_not_null(), faults, values.add_notes(notes))


def _refuse_other_signs(cells: pl.Series, code: str, parsed: values.Parsed) -> values.Parsed:
    """Amounts whose own sign names another currency than the row's are refused, not relabelled."""
    signs = sign_of(cells)
    others = [sign for sign in signs.drop_nulls().unique().to_list() if sign and contradicts(sign, code)]
    other = signs.is_in(others).fill_null(value=False)
    codes = parsed.codes.set(other, RefusalCode.UNKNOWN_CURRENCY.value)
    notes = [note for note in parsed.notes if note.code != "currency-differs"]
    return values.Parsed(parsed.values.set(other, None), parsed.bad | other, codes, notes)
