"""Exact quantities of a plan: rates, money, points; and how text becomes them.

A rate is a `Fraction` written "5%", "0.05" or "1/20"; money and points are decimal text in major units ("100",
"0.50"). Nothing passes through a float: a float given by a program is refused, not rounded. Money turns into
minor units only when the records say how many decimals their currency has (`to_minor`).
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from intake.mistakes import Mistaken
from intake.text import Text, say

LARGEST_DENOMINATOR = 10**9
_DECIMAL = re.compile(r"[+-]?\d{1,30}(\.\d{1,18})?")
_FRACTION = re.compile(r"[+-]?\d{1,18}\s*/\s*\d{1,18}")


def _decimal(text: str) -> Fraction | None:
    return Fraction(text) if _DECIMAL.fullmatch(text) else None


def _text(value: Any, kind: Text) -> str:
    if isinstance(value, bool | float):
        raise Mistaken(
            say(
                "a {kind} must be exact text, not the {type} {value!r}",
                "تُكتب {kind} نصًا مضبوطًا، لا {type} {value!r}",
                kind=kind,
                type=type(value).__name__,
                value=value,
            )
        )
    if not isinstance(value, str | int):
        raise Mistaken(
            say(
                "a {kind} is a single value, not a {type}",
                "{kind} قيمة واحدة، لا {type}",
                kind=kind,
                type=type(value).__name__,
            )
        )
    return str(value).strip()


def parse_rate(value: Any) -> Fraction:
    """A rate from "5%", "0.05" or "1/20"; a `Fraction` passes through.

    >>> parse_rate("5%") == parse_rate("0.05") == parse_rate("1/20")
    True
    """
    if isinstance(value, Fraction):
        return value
    text = _text(value, Text(en="rate", ar="النسبة"))
    result: Fraction | None
    if text.endswith("%"):
        part = _decimal(text[:-1].strip())
        result = None if part is None else part / 100
    elif _FRACTION.fullmatch(text):
        above, below = text.split("/")
        if int(below) == 0:
            raise Mistaken(Text(en="a rate cannot be divided by zero", ar="لا تُقسم النسبة على صفر"))
        result = Fraction(int(above), int(below))
    else:
        result = _decimal(text)
    if result is None:
        hint = Text(en="write 5%, 0.05 or 1/20", ar="تُكتب ⁦5%⁩ أو ⁦0.05⁩ أو ⁦1/20⁩")
        if "," in text and _decimal(text.replace(",", ".").removesuffix("%")) is not None:
            hint = say("write {it} (a point, not a comma)", "تُكتب {it} (بنقطة لا بفاصلة)", it=text.replace(",", "."))
        raise Mistaken(Text(en="not a rate", ar="ليست نسبة"), nearest=hint)
    if result.denominator > LARGEST_DENOMINATOR:
        raise Mistaken(
            Text(
                en="a rate may have at most nine decimals, or a denominator of a billion",
                ar="للنسبة تسع منازل عشرية على الأكثر، أو مقام لا يتجاوز المليار",
            )
        )
    return result


def parse_share(value: Any) -> Fraction:
    """A rate between 0 and 1."""
    rate = parse_rate(value)
    if rate < 0:
        raise Mistaken(Text(en="a rate cannot be negative", ar="لا تكون النسبة سالبة"))
    if rate > 1:
        raise Mistaken(
            Text(en="a rate above 100%", ar="نسبة تزيد على ⁦100%⁩"),
            nearest=say("did you mean {rate}?", "هل المقصود {rate}؟", rate=_percent(rate / 100)),
        )
    return rate


def parse_factor(value: Any) -> Fraction:
    """A positive factor, such as currency units per volume point."""
    rate = parse_rate(value)
    if rate <= 0:
        raise Mistaken(Text(en="a factor must be above zero", ar="يجب أن يكون المعامل أكبر من صفر"))
    return rate


def parse_quantity(value: Any) -> Fraction:
    """A non-negative decimal number of major units: money, or volume points."""
    if isinstance(value, Fraction):
        return value
    text = _text(value, Text(en="quantity", ar="الكمية"))
    result = _decimal(text)
    if result is None:
        cleaned = text.replace(",", "").replace(" ", "").lstrip("$€£")
        hint = Text(
            en="write digits with a point for decimals, such as 100 or 0.50",
            ar="تُكتب بالأرقام وبنقطة قبل المنازل العشرية، مثل ⁦100⁩ أو ⁦0.50⁩",
        )
        if _decimal(cleaned) is not None:
            hint = say(
                "write {it}; the currency is named once, at the top of the plan",
                "تُكتب {it}؛ أما العملة فتُذكر مرة واحدة في أول الخطة",
                it=cleaned,
            )
        raise Mistaken(Text(en="not a number", ar="ليست رقمًا"), nearest=hint)
    if result < 0:
        raise Mistaken(Text(en="cannot be negative", ar="لا تكون سالبة"))
    return result


def _percent(rate: Fraction) -> str:
    return f"{decimal_text(rate * 100)}%"


def decimal_text(value: Fraction) -> str:
    """Shortest exact decimal, or the fraction where there is none.

    >>> decimal_text(Fraction(1, 8)), decimal_text(Fraction(1, 3)), decimal_text(Fraction(150))
    ('0.125', '1/3', '150')
    """
    below, twos, fives = value.denominator, 0, 0
    while below % 2 == 0:
        below, twos = below // 2, twos + 1
    while below % 5 == 0:
        below, fives = below // 5, fives + 1
    if below != 1:
        return f"{value.numerator}/{value.denominator}"
    places = max(twos, fives)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def rate_text(rate: Fraction) -> str:
    """A rate as percent where that is exact.

    >>> rate_text(Fraction(1, 20)), rate_text(Fraction(1, 3))
    ('5%', '1/3')
    """
    text = decimal_text(rate * 100)
    return f"{rate.numerator}/{rate.denominator}" if "/" in text else f"{text}%"


def minor_text(minor: int, scale: int) -> str:
    """Minor units as a decimal number of major units.

    >>> minor_text(-150, 2)
    '-1.50'
    """
    digits = str(abs(minor)).rjust(scale + 1, "0")
    sign = "-" if minor < 0 else ""
    return sign + (f"{digits[:-scale]}.{digits[-scale:]}" if scale else digits)


def to_minor(value: Fraction, scale: int) -> int | None:
    """Major units to minor units; None where the value is finer than the currency."""
    scaled = value * 10**scale
    return scaled.numerator if scaled.denominator == 1 else None


_RATE_SCHEMA = {
    "type": "string",
    "pattern": r"^\s*[+-]?(\d+(\.\d+)?\s*%?|\d+\s*/\s*\d+)\s*$",
    "examples": ["5%", "0.05", "1/20"],
}
_QUANTITY_SCHEMA = {"type": "string", "pattern": r"^\d+(\.\d+)?$", "examples": ["100", "0.50"]}
_as_rate = PlainSerializer(lambda rate: f"{rate.numerator}/{rate.denominator}", return_type=str)
_as_decimal = PlainSerializer(decimal_text, return_type=str)

Rate = Annotated[Fraction, BeforeValidator(parse_share), _as_rate, WithJsonSchema(_RATE_SCHEMA)]
"""A share of a base, 0 to 1."""
Factor = Annotated[Fraction, BeforeValidator(parse_factor), _as_rate, WithJsonSchema(_RATE_SCHEMA)]
"""A positive conversion factor."""
Money = Annotated[Fraction, BeforeValidator(parse_quantity), _as_decimal, WithJsonSchema(_QUANTITY_SCHEMA)]
"""An amount in major units."""
Points = Annotated[Fraction, BeforeValidator(parse_quantity), _as_decimal, WithJsonSchema(_QUANTITY_SCHEMA)]
"""Volume in points, three decimals at most (checked where it is used)."""
