"""What a company states of somebody: a number, or yes or no, brought to one spelling and kept as text.

Numbers are read as everywhere (`intake.values.numbers`) and written plainly (`-1234.5`); a percentage is the fraction
that it means (`12.5%` is `0.125`); yes and no of six languages become `true` and `false`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import polars as pl

from intake.values.folding import fold
from intake.values.numbers import NumberStyle, parse_money
from intake.values.parsed import Parsed, add_notes, plain

DECIMALS = 9
"""Of a number, at most; a percentage may have as many before it is divided."""

_PERCENT = r"\s*[%٪％]$"
_REFUSED = {"bad-number": "bad-fact"}


def parse_fact(s: pl.Series, truths: Mapping[str, str] | None = None, *, style: NumberStyle | None = None) -> Parsed:
    """Plain decimal numbers, `true` and `false`, as text.

    Args:
        s: strings as found.
        truths: spellings of `true` and `false`; compared folded. See `intake.headings.synonyms_for`.
        style: how the whole column writes numbers; worked out from `s` when absent.

    Refusal codes: `bad-fact`, `too-many-decimals`, `overflow`.
    """
    text = pl.DataFrame({"s": s.cast(pl.String)}).select(plain(pl.col("s"))).to_series()
    known = {fold(spelling): truth for spelling, truth in (truths or {}).items()}
    known |= {"true": "true", "false": "false"}
    words = {value: known[fold(value)] for value in text.drop_nulls().unique().to_list() if fold(value) in known}
    said = text.replace_strict(list(words), list(words.values()), default=None, return_dtype=pl.String)
    percent = text.str.contains(_PERCENT).fill_null(value=False)
    numbers = pl.DataFrame({"s": text, "said": said}).select(
        pl.when(pl.col("said").is_null()).then(pl.col("s").str.replace(_PERCENT, ""))
    )["s"]
    parsed = parse_money(numbers, scale=DECIMALS, style=style)
    units = pl.DataFrame({"units": parsed.values, "percent": percent}).unique().drop_nulls()
    written = units.with_columns(
        pl.struct("units", "percent")
        .map_elements(lambda one: _written(one["units"], percent=one["percent"]), return_dtype=pl.String)
        .alias("written")
    )
    values = (
        pl.DataFrame({"units": parsed.values, "percent": percent, "said": said})
        .join(written, on=["units", "percent"], how="left", maintain_order="left")
        .select(pl.coalesce("said", "written"))
        .to_series()
    )
    return Parsed(values.alias(s.name), parsed.bad, parsed.codes.replace(_REFUSED), add_notes(parsed.notes))


def _written(units: int, *, percent: bool) -> str:
    """`-12.5` for -12500000000 units of 10 to the power of minus `DECIMALS`."""
    number = Decimal(units).scaleb(-DECIMALS - (2 if percent else 0)).normalize()
    return f"{number:f}" if number else "0"
