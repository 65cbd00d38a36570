"""Sums of money and arithmetic as a tired person reads them, in English and Arabic.

Whole sums are written without decimals. In Arabic the currency is named with the form that its number asks for
(`9,450 جنيهًا مصريًا`, `9,400 جنيه مصري`), digits stay Western, and every formula is set apart left to right.

Reference: CLDR plural rules for Arabic.
"""

from __future__ import annotations

from fractions import Fraction

from compliance.figures import isolate
from compliance.measurement import decimal_string
from intake.text import Text

_ADJECTIVES = {
    "EGP": ("pound", "مصري"), "SDG": ("pound", "سوداني"), "USD": ("dollar", "أمريكي"), "CAD": ("dollar", "كندي"),
    "SAR": ("riyal", "سعودي"), "QAR": ("riyal", "قطري"), "OMR": ("riyal", "عُماني"), "AED": ("dirham", "إماراتي"),
    "MAD": ("dirham", "مغربي"), "KWD": ("dinar", "كويتي"), "BHD": ("dinar", "بحريني"), "JOD": ("dinar", "أردني"),
    "TND": ("dinar", "تونسي"), "DZD": ("dinar", "جزائري"), "IQD": ("dinar", "عراقي"), "LYD": ("dinar", "ليبي"),
}  # fmt: skip
_NOUNS = {
    "pound": ("جنيهات", "جنيهًا", "جنيه", "ة"),
    "dollar": ("دولارات", "دولارًا", "دولار", "ة"),
    "riyal": ("ريالات", "ريالًا", "ريال", "ة"),
    "dirham": ("دراهم", "درهمًا", "درهم", "ة"),
    "dinar": ("دنانير", "دينارًا", "دينار", "ة"),
}
NBSP, MINUS = "\u00a0", "\u2212"


def digits(value: Fraction, scale: int) -> str:
    """A sum in whole units, grouped; decimals only where there are any.

    >>> digits(Fraction(9450), 2), digits(Fraction(-1, 2), 2)
    ('9,450', '−0.50')
    """
    rounded = Fraction(decimal_string(value, scale))
    whole, rest = divmod(abs(rounded), 1)
    text = f"{int(whole):,}"
    if rest:
        text += "." + decimal_string(rest, scale).partition(".")[2].ljust(scale, "0")
    return f"{MINUS}{text}" if rounded < 0 else text


def money(value: Fraction, currency: str, scale: int) -> Text:
    """A sum with its currency: code in English, name in Arabic where it is known."""
    number = digits(value, scale)
    return Text(en=f"{number}{NBSP}{currency}", ar=f"{isolate(number)}{NBSP}{_named(value, currency)}")


def _named(value: Fraction, currency: str) -> str:
    known = _ADJECTIVES.get(currency)
    if known is None:
        return currency
    few, many, other, feminine = _NOUNS[known[0]]
    adjective = known[1]
    last = abs(int(value)) % 100
    if value.denominator != 1:
        return f"{other} {adjective}"
    if 3 <= last <= 10:
        return f"{few} {adjective}{feminine}"
    if last >= 11:
        return f"{many} {adjective}ًا"
    return f"{other} {adjective}"


def formula(text: str) -> Text:
    """Arithmetic, the same in both languages."""
    return Text(en=text, ar=isolate(text))


def share(value: Fraction) -> Text:
    """A share as percent; small ones keep a second decimal, and only nothing is written as 0%."""
    percent = value * 100
    places = 1 if percent >= 1 or percent == 0 else 2
    text = decimal_string(percent, places)
    if percent > 0 and Fraction(text) == 0:
        return Text(en="under 0.01%", ar=f"أقل من {isolate('0.01%')}")
    if percent < 100 and Fraction(text) == 100:
        return Text(en="over 99.9%", ar=f"أكثر من {isolate('99.9%')}")
    return Text(en=f"{text}%", ar=isolate(f"{text}%"))
