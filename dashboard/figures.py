"""Numbers as people read them, made from the API's integers and decimal strings without ever becoming floats.

Digits are Western in both languages. In Arabic each figure is wrapped in a left-to-right isolate, so that a sign or
a percent keeps its place in a sentence written from right to left.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from dashboard.words import Language

LTR, FREE, END = "\u2066", "\u2068", "\u2069"
"""Unicode isolates: left to right, by first strong letter, and their end."""


def apart(value: str, language: Language) -> str:
    """A figure, an id or a date set apart from the right-to-left text around it."""
    return f"{LTR}{value}{END}" if language == "ar" else value


def integer(value: int, language: Language) -> str:
    """1234567 as 1,234,567."""
    return apart(f"{value:,}", language)


def percent(part: int | Fraction, whole: int, language: Language) -> str:
    """A part of a whole with one decimal unless it is whole percents; a dash where there is no whole."""
    if not whole:
        return "–"
    value = Fraction(part) * 100 / whole
    return apart(f"{_decimal(value, 0 if value.denominator == 1 else 1)}%", language)


def money(minor: int, currency: str | None, scale: int, language: Language) -> str:
    """A sum given in minor units: whole units where nothing is lost by it, else at least two decimals."""
    value = Fraction(minor, 10**scale)
    if value.denominator == 1:
        digits = _decimal(value, 0)
    else:
        whole, _, rest = _decimal(value, scale).partition(".")
        digits = f"{whole}.{rest[:2]}{rest[2:].rstrip('0')}"
    return apart(f"{digits} {currency}" if currency else digits, language)


def measured(value: str | None, unit: str, currency: str | None, language: Language, scale: int | None = None) -> str:
    """A measurement's value: shares as percent, money with its code, days, or a plain number."""
    if value is None:
        return "–"
    exact = Fraction(value)
    if unit in ("ratio", "rate"):
        return percent(exact, 1, language)
    if unit == "money":
        minor = 2 if scale is None else scale
        return money(round(exact * 10**minor), currency, minor, language)
    return apart(_decimal(exact, 0 if exact.denominator == 1 else 3), language)


def term(value: int | None, measurement: dict[str, Any], language: Language) -> str:
    """A numerator or denominator of a measurement: a sum of money or a count."""
    if value is None:
        return "–"
    if measurement["of_money"] and measurement["currency"] is not None:
        return money(value, measurement["currency"], measurement["scale"], language)
    return integer(value, language)


def size(count: int, language: Language) -> str:
    """Bytes, in the unit that gives at most four digits."""
    left = Fraction(count)
    for unit in ("B", "kB", "MB", "GB"):
        if left < 1000 or unit == "GB":
            break
        left /= 1000
    return apart(f"{_decimal(left, 0 if unit == 'B' else 1)} {unit}", language)


def _decimal(value: Fraction, places: int) -> str:
    """Rounded half to even at `places`, grouped, with a true minus sign."""
    scaled = round(value * 10**places)
    whole, rest = divmod(abs(scaled), 10**places)
    digits = f"{whole:,}.{rest:0{places}d}" if places else f"{whole:,}"
    return f"\u2212{digits}" if scaled < 0 else digits


def exact(measurement: Mapping[str, Any]) -> Fraction:
    """A measured value exactly: numerator over denominator where both are known."""
    if measurement["numerator"] is not None and measurement["denominator"]:
        return Fraction(measurement["numerator"], measurement["denominator"])
    return Fraction(measurement["value"])
