"""The types of a model's inputs, read strictly and exactly.

A number written 0.1 is one tenth, not the nearest binary fraction, and where a double would lose digits it may be
written as text: "0.10", "1/6". Truth values, NaN, infinities and any other text are no numbers. Whole numbers may be
written 12 or 12.0, and so may names. `scaled` carries decimal amounts into the int64 arrays that the exact
statistics take, `plain` carries results out as JSON numbers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, PlainValidator

from intake.text import Text, say

LARGEST_SUM = 2**63 - 1
_MOST_BITS = 13_000
"""Of a whole number that is answered: about 3,900 digits, which every reader of JSON still takes."""
_WRITTEN = re.compile(r"[+-]?\d{1,400}(\.\d{1,400}|/0*[1-9]\d{0,400})?", re.ASCII)


class Unreadable(ValueError):  # noqa: N818 - reads as what it says; a ValueError, because pydantic gathers those
    """One value that an input cannot be; `text` has the way out."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


class TooLarge(OverflowError):  # noqa: N818 - reads as what it says
    """Inputs whose answer is beyond computing, alone or together; `text` has the way out."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


def exact(value: Any) -> Fraction:
    """A finite number as the fraction that its decimal text says.

    Raises:
        Unreadable: it is no finite number.

    >>> exact(0.1)
    Fraction(1, 10)
    """
    if isinstance(value, Fraction):
        return value
    if isinstance(value, np.number):
        value = value.item()
    if isinstance(value, str) and _WRITTEN.fullmatch(value):
        return Fraction(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Unreadable(say("write a number", "يُكتب عدد"))
    if not math.isfinite(value):
        raise Unreadable(say("write a finite number", "يُكتب عدد منتهٍ"))
    return Fraction(value) if isinstance(value, int) else Fraction(str(value))


def whole(value: Any) -> int:
    """A whole number, also one written 12.0.

    Raises:
        Unreadable: it is none.
    """
    number = exact(value)
    if number.denominator != 1:
        raise Unreadable(say("write a whole number", "يُكتب عدد صحيح"))
    return int(number)


def named(value: Any) -> str:
    """A name: a text, or a whole number as its digits.

    Raises:
        Unreadable: it is neither.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        raise Unreadable(say("write a name", "يُكتب اسم"))
    return str(value)


def _at_least(least: int) -> AfterValidator:
    def check(value: Any) -> Any:
        if value < least:
            raise Unreadable(say("must be at least {least}", "الحد الأدنى {least}", least=least))
        return value

    return AfterValidator(check)


def _above_zero(value: Fraction) -> Fraction:
    if value <= 0:
        raise Unreadable(say("must be above 0", "القيمة المقبولة أكبر من {zero}", zero=0))
    return value


def _within_one(value: Fraction) -> Fraction:
    if not 0 <= value <= 1:
        raise Unreadable(say("must lie between 0 and 1", "القيمة المقبولة من {low} إلى {high}", low=0, high=1))
    return value


Real = Annotated[Fraction, PlainValidator(exact)]
"""Any finite number, exactly."""
Amount = Annotated[Fraction, PlainValidator(exact), _at_least(0)]
"""Zero or more."""
Positive = Annotated[Fraction, PlainValidator(exact), AfterValidator(_above_zero)]
"""Above zero."""
Share = Annotated[Fraction, PlainValidator(exact), AfterValidator(_within_one)]
"""Between 0 and 1, both included."""
Whole = Annotated[int, PlainValidator(whole), _at_least(0)]
"""0, 1, 2, ..."""
Count = Annotated[int, PlainValidator(whole), _at_least(1)]
"""1, 2, 3, ..."""

Name = Annotated[str, PlainValidator(named)]
"""Of a participant."""
Parents = dict[Name, Name]
"""Node -> the node above it; the company stands above the first and is no key."""
Result = Any
"""Fraction, Decimal, int, float, str, None, or lists and dicts of these; `plain` makes JSON numbers of it."""


def scaled(values: Sequence[Fraction]) -> tuple[npt.NDArray[np.int64], int]:
    """Decimal amounts as int64 in the largest unit in which all are whole, and how many of it make 1.

    Raises:
        TooLarge: their absolute sum in that unit is beyond 64 bits.
    """
    unit = math.lcm(*(value.denominator for value in values))
    integers = [int(value * unit) for value in values]
    if sum(map(abs, integers)) > LARGEST_SUM:
        raise TooLarge(
            say(
                "the amounts have too many digits to be summed exactly: round them, or use a larger unit",
                "أرقام المبالغ أكثر من أن تُجمع بدقة: تُقرَّب المبالغ، أو تُستعمل وحدة أكبر",
            )
        )
    return np.array(integers, dtype=np.int64), unit


def proportional(values: Sequence[Fraction]) -> npt.NDArray[np.int64]:
    """Amounts as int64 in proportion: exact where 64 bits hold them, else rounded to 2^-61 of their absolute sum.

    For measures that do not depend on the unit.
    """
    try:
        return scaled(values)[0]
    except TooLarge:
        total = sum(map(abs, values), Fraction(0))
        return np.array([round(value * 2**61 / total) for value in values], dtype=np.int64)


def natural_log(value: Fraction) -> float:
    """ln of a positive fraction of any size, to the last digits also near 1."""
    if Fraction(1, 2) < value < 2:
        return math.log1p(float(value - 1))
    return math.log(value.numerator) - math.log(value.denominator)


def plain(result: Result) -> Any:
    """A result as JSON has it: whole numbers stay whole, everything else becomes the nearest double.

    Raises:
        TooLarge: a number has thousands of digits.
        OverflowError: a number is beyond the range of doubles.
    """
    if isinstance(result, Mapping):
        return {str(key): plain(value) for key, value in result.items()}
    if isinstance(result, list | tuple | np.ndarray):
        return [plain(value) for value in result]
    if result is None or isinstance(result, str | bool):
        return result
    if isinstance(result, int | np.integer) or (isinstance(result, Fraction) and result.denominator == 1):
        integer = int(result)
        if integer.bit_length() > _MOST_BITS:
            raise TooLarge(
                say(
                    "the result has thousands of digits; use smaller numbers",
                    "في النتيجة آلاف الأرقام؛ تُستعمل أعداد أصغر",
                )
            )
        return integer
    number = float(result)
    if not math.isfinite(number):
        raise OverflowError("the result is beyond the range of double precision")
    return number
