"""The model of a figure: exact strings, JSON there and back, no value without a reason."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from compliance.measurement import Alternative, Interval, Measurement, Missing, Point, Series, decimal_string
from intake.text import Text

TEXT = Text(en="a", ar="ب")
REASON = Missing(table="returns", column="outcome", text=TEXT)


def measurement(**changes: object) -> Measurement:
    given_ = {
        "id": "x",
        "title": TEXT,
        "definition": TEXT,
        "formula": "a / b",
        "source": "s",
        "unit": "ratio",
        "value": "0.333333333",
        "numerator": 1,
        "denominator": 3,
        "false_positives": TEXT,
    }
    return Measurement.model_validate({**given_, **changes})


@given(st.fractions(max_denominator=10**6), st.integers(0, 12))
def test_decimal_string_is_the_nearest_decimal(value: Fraction, places: int) -> None:
    written = Fraction(decimal_string(value, places))
    assert abs(written - value) <= Fraction(1, 2 * 10**places)
    assert "e" not in decimal_string(value, places)


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (Fraction(1, 2), 0, "0"),
        (Fraction(3, 2), 0, "2"),
        (Fraction(-1, 8), 9, "-0.125"),
        (Fraction(-1, 10**12), 9, "0"),
        (Fraction(100), 9, "100"),
    ],
)
def test_decimal_string_rounds_half_to_even(value: Fraction, places: int, expected: str) -> None:
    assert decimal_string(value, places) == expected


def test_json_there_and_back() -> None:
    one = measurement(
        interval=Interval(low="0.1", high="0.5"),
        alternatives=(Alternative(id="other", label=TEXT, missing=(REASON,)),),
        series=(Series(id="s", label=TEXT, axis="period", unit="ratio", points=(Point(x="2025-01", value="1"),)),),
    )
    assert Measurement.model_validate_json(one.model_dump_json()) == one
    assert Measurement.model_validate(one.model_dump()) == one


def test_a_value_and_a_reason_exclude_each_other() -> None:
    with pytest.raises(ValidationError, match="must say what is missing"):
        measurement(value=None)
    with pytest.raises(ValidationError, match="cannot lack"):
        measurement(missing=(REASON,))
    assert not measurement(value=None, missing=(REASON,)).measurable


def test_money_names_its_currency() -> None:
    with pytest.raises(ValidationError, match="currency and scale"):
        measurement(unit="money", value="10")


def test_unknown_keys_are_refused() -> None:
    with pytest.raises(ValidationError, match="verdict"):
        measurement(verdict="pyramid")


def test_the_headline_is_one_of_the_variants() -> None:
    one = measurement(alternatives=(Alternative(id="other", label=TEXT, value="0.5"),))
    assert one.variant().fraction == one.variant("main").fraction == Fraction(1, 3)
    assert one.variant("other").fraction == Fraction(1, 2)
    with pytest.raises(KeyError, match="main, other"):
        one.variant("third")
