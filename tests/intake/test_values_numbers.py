"""Numbers are read exactly, whatever their spelling, and refused where no reading is sure."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.values import NumberStyle, Parsed, parse_integer, parse_money, parse_number_style, parse_volume

POINT = NumberStyle(".")
COMMA = NumberStyle(",")


def money(
    *values: str | None, scale: int = 2, style: NumberStyle | None = POINT, currency: str | None = None
) -> Parsed:
    return parse_money(pl.Series("amount", values, dtype=pl.String), scale=scale, style=style, currency=currency)


@pytest.mark.parametrize(
    ("written", "minor"),
    [
        ("1", 100), ("-1.5", -150), ("+7", 700), (".5", 50), ("5.", 500), ("-0.01", -1), ("0", 0), ("-0", 0), ("007.10", 710),
        ("$ 59", 5900), ("Rs 5310", 531000), ("Rs. 5,310.50", 531050), ("50$", 5000), ("4500 UCC", 450000), ("$13.91", 1391),
        ("US$ 1,000", 100000), ("USD$12", 1200), ("R$ 10.00", 1000), ("5 usdt", 500), ("€5", 500), ("EUR5", 500), ("5USD", 500), ("UCC 5", 500), ("5UCC", 500), ("5 €", 500), ("¥ 7", 700),
        ("26,646.2", 2664620), ("26,64,246.2", 266424620), ("1,23,456", 12345600), ("1'234.50", 123450), ("1’234.50", 123450),
        ("1 234.50", 123450), ("1\u00a0234,50", 123450), ("1\u202f234\u202f567", 123456700), ("1\u2009234", 123400),
        ("(1,234.50)", -123450), ("($5)", -500), ("$(5)", -500), ("5-", -500), ("5.25 -", -525), ("\u22127", -700), ("-$5", -500),
        ("$-5", -500), ("$ -5.10", -510),
        ("١٬٢٣٤٫٥٦", 123456), ("۱۲۳٫۵", 12350), ("１２．５０", 1250), ("١٢٣", 12300), ("٣٫٥٠", 350), ("१२", 1200),
        ("EUR 1.234,56", 123456), ("12,50", 1250), ("1.234.567", 123456700), ("1,234,567", 123456700),
        ("150 ج.م.", 15000), ("ج.م. 150", 15000), ("1,500 جنيه مصري", 150000), ("١٥٠ ر.س", 15000), ("150 ج.م.\u200f", 15000),
        ("1.5E+3", 150000), ("1E-2", 1), ("1.4e+15", 140000000000000000), ("2,5e2", 25000), ("0e0", 0),
        ("59.00000000000", 5900), ("\ufeff12.00", 1200), ("12\u200b.00", 1200), ("  12.00 ", 1200),
        ("92233720368547758.07", 2**63 - 1), ("-92233720368547758.07", -(2**63 - 1)),
    ],
)  # fmt: skip
def test_an_amount_is_read_exactly(written: str, minor: int) -> None:
    parsed = money(written)
    assert parsed.values.to_list() == [minor]
    assert parsed.clean


@pytest.mark.parametrize(
    "blank", [None, "", " ", "NULL", "null", "N/A", "n/a", "-", "—", "NaN", "None", "\\N", "\u200f", "#N/A"]
)
def test_a_blank_is_no_amount_and_no_error(blank: str | None) -> None:
    parsed = money(blank, "1.00")
    assert parsed.values.to_list() == [None, 100]
    assert parsed.clean


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("12%", "bad-number"), ("٪12", "bad-number"), ("abc", "bad-number"), ("0x12", "bad-number"), ("--5", "bad-number"),
        ("-(5)", "bad-number"), ("1,2,3", "bad-number"), ("1.2.3", "bad-number"), ("12 34", "bad-number"), ("5 abc", "bad-number"),
        ("USD 5 USD", "bad-number"), ("1e", "bad-number"), (".", "bad-number"), ("$", "bad-number"), ("1-2", "bad-number"),
        ("1,23,45.0", "bad-number"), ("2024-05-01", "bad-number"), ("5.-5", "bad-number"), ("UCT1000", "bad-number"), ("M001", "bad-number"), ("Infinity", "bad-number"),
        ("59.001", "too-many-decimals"), ("59.00000000001", "too-many-decimals"), ("1E-3", "too-many-decimals"),
        ("$1,234.567", "too-many-decimals"), ("1e-400", "too-many-decimals"),
        ("92233720368547758.08", "overflow"), ("99999999999999999999", "overflow"), ("1.5e40", "overflow"), ("1e999", "overflow"),
        ("9" * 60, "overflow"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_code(written: str, code: str) -> None:
    parsed = money(written, "1.00")
    assert parsed.values.to_list() == [None, 100]
    assert parsed.codes.to_list() == [code, None]


@pytest.mark.parametrize(
    ("column", "decimal"),
    [
        (["1.50", "1.234"], "."), (["1,50", "1.234"], ","), (["1.234,50"], ","), (["1,234.50"], "."), (["1.234.567"], ","),
        (["1,234,567"], "."), (["26,64,246"], "."), (["1.234", "2.500"], None), (["1", "20"], None), (["0.123"], "."), (["", None], None),
        (["0,5", "0,7", "1.5"], ","), (["١٢٫٥"], "."), ([], None),
    ],
)  # fmt: skip
def test_the_decimal_separator_is_proved_by_the_column(column: list[str | None], decimal: str | None) -> None:
    assert parse_number_style(pl.Series(column, dtype=pl.String)).decimal == decimal


def test_a_proved_separator_settles_the_open_values() -> None:
    assert money("1.234", "1,50", style=None).values.to_list() == [123400, 150]
    assert money("1,234", "1.50", style=None).values.to_list() == [123400, 150]
    assert money("1.234", "1.50", style=None).codes.to_list() == ["too-many-decimals", None]


@pytest.mark.parametrize(("scale", "minor"), [(0, 1234), (2, 123400), (3, 1234), (6, 1234000)])
def test_an_open_value_is_read_by_the_currency_and_noted(scale: int, minor: int) -> None:
    parsed = money("1.234", "7", scale=scale, style=None)
    assert parsed.values.to_list() == [minor, 7 * 10**scale]
    assert [(note.code, note.count) for note in parsed.notes] == [("ambiguous-number", 1)]


def test_an_unmistakable_value_in_the_other_style_is_read_and_noted() -> None:
    parsed = money("12,50", "3.75")
    assert parsed.values.to_list() == [1250, 375]
    assert [(note.code, note.count) for note in parsed.notes] == [("mixed-number-styles", 1)]


def test_a_sign_of_another_currency_is_noted() -> None:
    parsed = money("$ 59", "Rs 5310", "4500 UCC", "7 USD", "1,000.00 EUR", currency="USD")
    assert parsed.clean
    assert [(note.code, note.count) for note in parsed.notes] == [("currency-differs", 3)]


def test_volume_has_three_decimals_and_whole_numbers_none() -> None:
    assert parse_volume(pl.Series(["1.5", "0.001", "2,000.25"])).values.to_list() == [1500, 1, 2000250]
    assert parse_integer(pl.Series(["3", "59.0", "1,200"])).values.to_list() == [3, 59, 1200]
    assert parse_integer(pl.Series(["59.5"])).codes.to_list() == ["too-many-decimals"]


def test_a_token_of_eighteen_decimals_overflows_instead_of_wrapping() -> None:
    parsed = money("9.2", "9.3", "123456", "0.000000000000000001", scale=18)
    assert parsed.values.to_list() == [9_200_000_000_000_000_000, None, None, 1]
    assert parsed.codes.to_list() == [None, "overflow", "overflow", None]


def test_the_amounts_of_a_real_file(shared_data: object) -> None:
    deposits = pl.read_csv(f"{shared_data}/uccash-tourism-june/deposits.csv", infer_schema=False)
    parsed = parse_money(deposits["amount_as_found"], scale=2, currency="USD")
    assert parsed.clean
    assert set(parsed.values.to_list()) == {5900, 531000, 450000}
    orders = pl.read_csv(f"{shared_data}/cdnow-retail-orders/orders.csv", infer_schema=False)
    assert parse_money(orders["dollar_value"], scale=2).values.sum() == 130_941_159
    transfers = pl.read_csv(f"{shared_data}/beehive-arbitrum/as-found/filter_transaction.csv", infer_schema=False)
    assert parse_money(transfers["amount"], scale=6).clean


def grouped(whole: int, separator: str, indian: bool) -> str:
    text = f"{whole:,}"
    if indian and whole >= 1000:
        head, tail = str(whole)[:-3], str(whole)[-3:]
        parts = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)]
        text = ",".join([*reversed(parts), tail])
    return text.replace(",", separator)


@st.composite
def styles(draw: st.DrawFn) -> tuple[str, str, bool, str, str, str]:
    decimal, separator = draw(
        st.sampled_from([(".", ","), (".", "'"), (".", " "), (",", "."), (",", "\u202f"), ("٫", "٬"), (".", "")])
    )
    indian = separator == "," and draw(st.booleans())
    digits = draw(
        st.sampled_from(
            ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"] if decimal == "٫" else ["0123456789", "０１２３４５６７８９"]
        )
    )
    negative = draw(st.sampled_from(["-{}", "({})", "{}-", "\u2212{}"]))
    sign = draw(st.sampled_from(["{}", "${}", "{} €", "EUR {}", "{} ج.م."]))
    return decimal, separator, indian, digits, negative, sign


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=20), styles())
def test_an_amount_written_in_any_style_comes_back(
    amounts: list[int], style: tuple[str, str, bool, str, str, str]
) -> None:
    decimal, separator, indian, digits, negative, sign = style
    written = []
    for amount in amounts:
        text = grouped(abs(amount) // 100, separator, indian) + decimal + f"{abs(amount) % 100:02d}"
        text = sign.format(text.translate(str.maketrans("0123456789", digits)))
        written.append(negative.format(text) if amount < 0 else text)
    parsed = money(*written, style=None)
    assert parsed.values.to_list() == amounts
    assert parsed.clean


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(st.sampled_from("0123456789.,-'() $E+%٫١ "), max_size=12), max_size=30))
def test_every_value_is_read_refused_or_blank(written: list[str]) -> None:
    parsed = money(*written, style=None)
    assert len(parsed.values) == len(parsed.bad) == len(written)
    assert parsed.values.filter(parsed.bad).null_count() == int(parsed.bad.sum())
    assert (parsed.codes.is_not_null() == parsed.bad).all()
