"""Stated facts: numbers, percentages, yes and no, in one plain spelling."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.headings import synonyms_for
from intake.values import parse_fact

TRUTHS = synonyms_for("facts", "value")


def read(*cells: str | None) -> list[str | None]:
    """Each cell as a plain fact, None where blank, its refusal code in brackets where it is none."""
    parsed = parse_fact(pl.Series("fact", cells, dtype=pl.String), TRUTHS)
    return [value if code is None else f"({code})" for value, code in zip(parsed.values, parsed.codes, strict=True)]


@pytest.mark.parametrize(
    ("cell", "fact"),
    [
        ("12.50", "12.5"), ("-0.0625", "-0.0625"), ("(5)", "-5"), ("1,234.5", "1234.5"), ("٥٠", "50"), ("-0.00", "0"), ("1.5E-3", "0.0015"),
        ("12.5%", "0.125"), ("٤٠٪", "0.4"), ("0.000000001 %", "0.00000000001"), ("100%", "1"),
        ("TRUE", "true"), ("Yes", "true"), ("n", "false"), ("نعم", "true"), ("لا", "false"), ("sí", "true"), ("não", "false"),
        ("oui", "true"), ("否", "false"), ("False ", "false"),
        ("", None), ("N/A", None), (None, None), ("%", None),
        ("gold", "(bad-fact)"), ("1.2.3", "(bad-fact)"), ("2024-05-01", "(bad-fact)"),
        ("0.0000000001", "(too-many-decimals)"), ("1e30", "(overflow)"),
    ],
)  # fmt: skip
def test_a_fact(cell: str | None, fact: str | None) -> None:
    assert read(cell) == [fact]


def test_the_column_settles_the_decimal_mark() -> None:
    assert read("1.234,5", "2,25", "7") == ["1234.5", "2.25", "7"]


@given(st.lists(st.decimals(-(10**8), 10**8, places=9) | st.sampled_from(sorted(TRUTHS)) | st.none(), max_size=20))
def test_every_number_keeps_its_worth_and_every_word_its_truth(cells: list[Decimal | str | None]) -> None:
    written = [format(cell, "f") if isinstance(cell, Decimal) else cell for cell in cells]
    for cell, fact in zip(cells, read(*written), strict=True):
        if isinstance(cell, Decimal):
            assert fact is not None
            assert Decimal(fact) == cell
            assert fact == fact.strip()
            assert "E" not in fact
        else:
            assert fact == (None if cell is None else TRUTHS[cell])
