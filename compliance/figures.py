"""Figures as people read them: shares as percent, counts grouped, money with its code, in both languages.

Everything starts from an exact fraction. A figure is rounded for reading only as far as it still stands on
the same side of the threshold it is compared with: 50.04% is not shown as 50.0% beside a limit of 50%. In
Arabic, digits are Western and every figure is wrapped in an isolate, so that a sign or a percent keeps its
place in a sentence written from right to left.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from compliance.measurement import Alternative, Measurement, Series, Unit, decimal_string
from intake.text import Text

LTR, FREE, END = "\u2066", "\u2068", "\u2069"
"""Unicode isolates: left to right, by first strong letter, and their end."""

_DAY_AR = {"one": "يوم واحد", "two": "يومان", "few": "أيام", "many": "يومًا", "other": "يوم"}


def isolate(value: str) -> str:
    """A figure set apart from the right-to-left text around it."""
    return f"{LTR}{value}{END}"


def foreign(value: str) -> str:
    """Free text (a name, a document) set apart, in its own direction."""
    return f"{FREE}{value}{END}"


def grouped_integer(value: int) -> str:
    """1234567 as 1,234,567."""
    return f"{value:,}"


def show(
    value: Fraction,
    unit: Unit,
    *,
    currency: str | None = None,
    scale: int | None = None,
    beside: Fraction | None = None,
) -> Text:
    """A value with its unit, in both languages.

    Args:
        value: the exact value; money in whole units of the currency.
        unit: how to write it; a ratio is written as percent.
        currency: code written after a sum of money.
        scale: decimals of that currency.
        beside: a threshold that stands in the same sentence; the digits suffice to tell the two apart.
    """
    if unit in ("ratio", "rate"):
        english = f"{_decimal(value * 100, 1, None if beside is None else beside * 100)}%"
        return Text(en=english, ar=isolate(english))
    if unit == "money":
        english = _money(_decimal(value, scale if scale is not None else 2, beside, fixed=True))
        english = f"{english} {currency}" if currency else english
        return Text(en=english, ar=isolate(english))
    if unit == "days":
        return _days(value)
    places = 0 if value.denominator == 1 else 3 if unit == "number" else 2
    english = _decimal(value, places, beside)
    return Text(en=english, ar=isolate(english))


def show_numerator(numerator: int, *, currency: str | None, scale: int | None) -> Text:
    """A numerator or denominator: a sum of money in minor units where the currency is known, else a count."""
    if currency is not None and scale is not None:
        return show(Fraction(numerator, 10**scale), "money", currency=currency, scale=scale)
    english = grouped_integer(numerator)
    return Text(en=english, ar=isolate(english))


def show_of(
    measurement: Measurement, value: Fraction, variant: Alternative | None = None, *, beside: Fraction | None = None
) -> Text:
    """A value under one definition of a measurement, in the unit of that definition.

    Args:
        measurement: whose figure it is.
        value: the value, or an end of its interval, or a limit for it.
        variant: the definition; None for the headline.
        beside: as in `show`.
    """
    unit = measurement.unit if variant is None else measurement.unit_of(variant)
    return show(value, unit, currency=measurement.currency, scale=measurement.scale, beside=beside)


def show_term(measurement: Measurement, term: int, of: Alternative | Series | None = None) -> Text:
    """A numerator or denominator of a definition (None: the headline) or of a series: money or a count."""
    in_money = measurement.of_money if of is None else measurement.in_money(of)
    currency = measurement.currency if in_money else None
    return show_numerator(term, currency=currency, scale=measurement.scale)


def show_margin(margin: Fraction, unit: Unit, *, currency: str | None = None, scale: int | None = None) -> Text:
    """How far a value lies from its threshold, without a sign; two percentages differ by percentage
    points."""
    size = abs(margin)
    if unit in ("ratio", "rate"):
        points = _decimal(size * 100, 1, Fraction(0))
        return Text(en=f"{points} percentage points", ar=f"{isolate(points)} نقطة مئوية")
    return show(size, unit, currency=currency, scale=scale, beside=Fraction(0))


def _money(digits: str) -> str:
    """A token's many decimals without the zeros at their end, two kept: 120.000000 as 120.00."""
    whole, point, rest = digits.partition(".")
    return digits if len(rest) <= 3 else f"{whole}{point}{rest[:2]}{rest[2:].rstrip('0')}"


def _decimal(value: Fraction, places: int, beside: Fraction | None, *, fixed: bool = False) -> str:
    """Rounded to `places`, or to as many more (up to 9) as keep it on its side of `beside`."""
    rounded = Fraction(decimal_string(value, places))
    while beside is not None and places < 9 and _side(rounded, beside) != _side(value, beside):
        places += 1
        rounded = Fraction(decimal_string(value, places))
    text = decimal_string(value, places)
    whole, point, rest = text.partition(".")
    if fixed and len(rest) < places:
        point, rest = ("." if places else ""), rest.ljust(places, "0")
    elif places == 1 and not rest and value.denominator != 1:
        point, rest = ".", "0"
    return f"{Decimal(whole):,}{point}{rest}" if whole not in ("-0",) else f"{whole}{point}{rest}"


def _side(value: Fraction, beside: Fraction) -> int:
    return (value > beside) - (value < beside)


def _days(value: Fraction) -> Text:
    english = _decimal(value, 1, None)
    if value.denominator != 1 or value < 0:
        return Text(en=f"{english} days", ar=f"{isolate(english)} يوم")
    number = int(value)
    if number == 0:
        return Text(en="0 days", ar="لا أيام")
    form = (
        "one"
        if number == 1
        else "two"
        if number == 2
        else "few"
        if 3 <= number % 100 <= 10
        else "many"
        if number % 100 >= 11
        else "other"
    )
    arabic = _DAY_AR[form] if form in ("one", "two") else f"{isolate(english)} {_DAY_AR[form]}"
    return Text(en="1 day" if number == 1 else f"{english} days", ar=arabic)
