"""ISO 4217: the codes of currencies and how many decimals their minor unit has.

Written down here so that nothing is fetched and no locale data is needed; the exceptions to "two decimals"
are what matters. Tokens of blockchains are not in it: a data sheet declares them with their scale.

Reference: ISO 4217:2015 with the amendments of list one to 2025 (BGN kept, XCG, SLE and ZWG added).
"""

from __future__ import annotations

NO_CURRENCY = "XXX"
"""ISO 4217's code for "no currency": what amounts get when nothing says which currency they are in."""

LARGEST_SCALE = 9
"""The most decimals a token may declare: sums of int64 minor units stay far from overflow."""

_TWO = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP
CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR
JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN
NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP
SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG XXX
"""
_ZERO = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF UYI"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_FOUR = "CLF UYW"

MINOR_UNITS: dict[str, int] = {
    **dict.fromkeys(_TWO.split(), 2),
    **dict.fromkeys(_ZERO.split(), 0),
    **dict.fromkeys(_THREE.split(), 3),
    **dict.fromkeys(_FOUR.split(), 4),
}
"""Decimals of the minor unit by ISO 4217 code."""
