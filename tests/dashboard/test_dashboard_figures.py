"""Figures are written from exact values, alike on every machine, and isolated in Arabic."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.figures import END, LTR, integer, measured, money, percent, size, term


@pytest.mark.parametrize(
    ("shown", "figure"),
    [
        (integer(1234567, "en"), "1,234,567"),
        (percent(2488, 4016, "en"), "62.0%"),
        (percent(1, 1, "en"), "100%"),
        (percent(1, 0, "en"), "–"),
        (percent(Fraction("0.473398848"), 1, "en"), "47.3%"),
        (money(646_960_000_000, "USDT", 6, "en"), "646,960 USDT"),
        (money(123_450_000, "USDT", 6, "en"), "123.45 USDT"),
        (money(1, "USDT", 6, "en"), "0.000001 USDT"),
        (money(-270_000_000, "USDT", 6, "en"), "\u2212270 USDT"),
        (money(1_500, "KWD", 3, "en"), "1.50 KWD"),
        (money(1_500, "JPY", 0, "en"), "1,500 JPY"),
        (measured("120", "money", "USDT", "en", 6), "120 USDT"),
        (measured(None, "ratio", None, "en"), "–"),
        (measured("-0.167878403", "number", None, "en"), "\u22120.168"),
        (measured("27", "count", None, "en"), "27"),
        (term(12, {"of_money": False, "currency": "USD", "scale": 2}, "en"), "12"),
        (term(1200, {"of_money": True, "currency": "EUR", "scale": 2}, "en"), "12 EUR"),
        (size(907, "en"), "907 B"),
        (size(434_317, "en"), "434.3 kB"),
        (size(20 << 30, "en"), "21.5 GB"),
    ],
)
def test_figures_are_written_as_people_read_them(shown, figure):
    assert shown == figure


def test_arabic_figures_are_isolated():
    assert percent(1, 2, "ar") == f"{LTR}50%{END}"
    assert money(-5, "EGP", 0, "ar") == f"{LTR}\u22125 EGP{END}"


@settings(max_examples=200)
@given(st.integers(-(10**18), 10**18), st.integers(0, 9))
def test_no_sum_loses_a_unit(minor, scale):
    shown = money(minor, None, scale, "en").replace(",", "").replace("\u2212", "-")
    assert Fraction(shown) * 10**scale == minor
