"""Currency signs, codes and names as they stand beside amounts, and the currencies each may mean.

A sign can mean several currencies (`$`, `Rs`, `£`): it contradicts a row's currency only if that is none of them.
The first currency listed is the usual meaning. Any upper-case code of three to five letters is accepted beside an
amount, because companies mint their own points and tokens.
"""

from __future__ import annotations

import re

SIGNS: dict[str, tuple[str, ...]] = {
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "COP", "ARS", "CLP", "USDT", "USDC"),
    "US$": ("USD",), "U$S": ("USD",), "USD$": ("USD",), "R$": ("BRL",), "A$": ("AUD",), "C$": ("CAD",),
    "NZ$": ("NZD",), "S$": ("SGD",), "HK$": ("HKD",), "MX$": ("MXN",), "COL$": ("COP",), "NT$": ("TWD",),
    "€": ("EUR",), "£": ("GBP", "EGP"), "E£": ("EGP",), "LE": ("EGP",), "L.E.": ("EGP",), "L.E": ("EGP",),
    "¥": ("CNY", "JPY"), "￥": ("CNY", "JPY"), "元": ("CNY",), "円": ("JPY",), "RMB": ("CNY",),
    "₹": ("INR",), "Rs": ("INR", "PKR", "LKR", "NPR", "MUR"), "Rs.": ("INR", "PKR", "LKR", "NPR", "MUR"),
    "₨": ("INR", "PKR", "LKR", "NPR", "MUR"), "₽": ("RUB",), "руб": ("RUB",), "руб.": ("RUB",), "₺": ("TRY",), "TL": ("TRY",),
    "₩": ("KRW",), "₦": ("NGN",), "₱": ("PHP",), "฿": ("THB",), "₫": ("VND",), "Rp": ("IDR",), "Rp.": ("IDR",),
    "RM": ("MYR",), "R": ("ZAR",), "KSh": ("KES",), "FCFA": ("XAF", "XOF"), "CFA": ("XAF", "XOF"), "F": ("XAF", "XOF"),
    "S/": ("PEN",), "S/.": ("PEN",), "Bs": ("BOB", "VES"), "Bs.": ("BOB", "VES"), "Q": ("GTQ",), "zł": ("PLN",), "kr": ("SEK", "NOK", "DKK"),
    "₮": ("USDT", "MNT"), "USD₮": ("USDT",), "₿": ("BTC",), "Ξ": ("ETH",),
    "ج.م.": ("EGP",), "ج.م": ("EGP",), "جم": ("EGP",), "جنيه": ("EGP", "SDG"), "جنيه مصري": ("EGP",), "جنيهًا": ("EGP", "SDG"),
    "ر.س.": ("SAR",), "ر.س": ("SAR",), "ريال": ("SAR", "QAR", "YER", "OMR", "IRR"), "ريال سعودي": ("SAR",),
    "د.إ.": ("AED",), "د.إ": ("AED",), "درهم": ("AED", "MAD"), "د.ك.": ("KWD",), "د.ك": ("KWD",),
    "دينار": ("KWD", "JOD", "IQD", "BHD", "TND", "DZD", "LYD"), "د.أ.": ("JOD",), "د.أ": ("JOD",), "د.ا": ("JOD",),
    "د.ب.": ("BHD",), "د.ب": ("BHD",), "ر.ع.": ("OMR",), "ر.ع": ("OMR",), "ر.ق.": ("QAR",), "ر.ق": ("QAR",),
    "د.م.": ("MAD",), "د.م": ("MAD",), "د.ت.": ("TND",), "د.ت": ("TND",), "د.ج.": ("DZD",), "د.ج": ("DZD",),
    "د.ع.": ("IQD",), "د.ع": ("IQD",), "ل.ل.": ("LBP",), "ل.ل": ("LBP",), "ل.س.": ("SYP",), "ل.س": ("SYP",),
    "د.ل.": ("LYD",), "د.ل": ("LYD",), "دولار": ("USD",), "دولار أمريكي": ("USD",), "يورو": ("EUR",), "﷼": ("SAR", "IRR", "QAR", "YER", "OMR"),
    "dollar": ("USD",), "dollars": ("USD",), "euro": ("EUR",), "euros": ("EUR",), "rupees": ("INR", "PKR"),
    "pesos": ("MXN", "COP", "ARS", "CLP"), "reais": ("BRL",), "dólares": ("USD",), "美元": ("USD",), "人民币": ("CNY",),
}  # fmt: skip
"""Signs and names beside an amount, and the currencies they may mean, the usual one first."""

CODES = (
    "usdt", "usdc", "busd", "usd", "eur", "gbp", "egp", "sar", "aed", "kwd", "bhd", "omr", "qar", "jod", "mad", "tnd", "dzd",
    "inr", "pkr", "bdt", "brl", "mxn", "cop", "ars", "clp", "pen", "cny", "rmb", "jpy", "krw", "myr", "idr", "php", "thb",
    "vnd", "ngn", "kes", "zar", "xaf", "xof", "cdf", "rub", "try", "cad", "aud", "chf", "btc", "eth", "bnb", "trx", "dai",
)  # fmt: skip
"""Codes also accepted in lower case beside an amount."""

_FOLDED = {sign.casefold(): currencies for sign, currencies in SIGNS.items()}


def sign_pattern() -> str:
    """A regular expression (Rust and Python alike) for one sign, name or code beside an amount."""
    known = "|".join(re.escape(sign).replace("\\ ", " ") for sign in sorted(SIGNS, key=len, reverse=True))
    codes = "|".join(CODES)
    return rf"(?i:{known})|[A-Z]{{3,5}}[0-9]?\b|(?i:{codes})"


def meanings(sign: str) -> tuple[str, ...]:
    """The currencies that a sign, name or code may mean, the usual one first; empty for a blank.

    >>> meanings("€"), meanings("UCC")
    (('EUR',), ('UCC',))
    """
    sign = sign.strip()
    if not sign:
        return ()
    return _FOLDED.get(sign.casefold(), (sign.upper(),))


def contradicts(sign: str, currency: str) -> bool:
    """Whether a sign beside an amount cannot mean the row's currency."""
    possible = meanings(sign)
    return bool(possible) and currency.upper() not in possible
