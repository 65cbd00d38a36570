"""Numbers as people write them, read exactly.

A plain number (`-1234.50`) takes a fast path of one pattern and one decimal cast. Every other spelling (grouped
thousands, decimal comma, Arabic or Persian digits, currency signs, parentheses, spreadsheet exponents) is brought to
that plain form first, on the distinct values of the column. What a lone separator before three digits means
(`1.234`) is settled by the other values of the column, else by the currency's number of decimals, and then noted.
No step goes through a float.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from intake.text import Text
from intake.values.parsed import Parsed, ValueNote, is_blank, over_distinct, plain
from intake.values.signs import CODES, contradicts, sign_pattern

INT64_MAX = 2**63 - 1
_DIGITS_AT_MOST = 38

NOTES = {
    "ambiguous-number": Text(
        en="a lone separator before three digits, such as 1.234, was read by the currency's decimals; "
        "no other value of the column settles it",
        ar="فاصل واحد قبل ثلاثة أرقام مثل 1.234 قُرئ بحسب منازل العملة، ولا قيمة أخرى في العمود تحسمه",
    ),
    "mixed-number-styles": Text(
        en="written with the other decimal separator than the rest of the column; only one reading was possible",
        ar="قيم مكتوبة بفاصل عشري يخالف بقية العمود، ولم تكن لها إلا قراءة واحدة",
    ),
    "currency-differs": Text(
        en="the sign or code beside the amount names another currency than the one given for the row; "
        "the row's currency was kept",
        ar="العلامة أو الرمز بجانب المبلغ يدل على عملة غير عملة الصف، وأُبقيت عملة الصف",
    ),
}


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How the numbers of one column are written.

    `decimal` is the decimal separator that the values themselves prove, None where none does.
    `always_split` says that every value of the sample carries a separator before exactly three digits.
    """

    decimal: Literal[".", ","] | None
    always_split: bool = False
    point_values: int = 0
    comma_values: int = 0
    ambiguous_values: int = 0


# Shapes of a number once signs, spaces and apostrophes are gone. Groups are of three, or Indian (2, 2, 3).
_AMBIGUOUS = r"^[1-9][0-9]{0,2}[.,][0-9]{3}$"
_POINT_DECIMAL = r"^(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}|[0-9]*)\.[0-9]*$"
_COMMA_DECIMAL = r"^(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]*),[0-9]*$"
_COMMA_GROUPS = r"^(?:[0-9]{1,3}(?:,[0-9]{3}){2,}|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3})$"
_POINT_GROUPS = r"^[0-9]{1,3}(?:\.[0-9]{3}){2,}$"
_WIDE_GROUPS = r"^[0-9]{1,3}(?:[' ][0-9]{3})+(?:[.,][0-9]*)?$|^[0-9]{1,2}(?:[' ][0-9]{2})+[' ][0-9]{3}(?:[.,][0-9]*)?$"
_EXPONENT = r"^[0-9]+(?:[.,][0-9]*)?[eE][+-]?[0-9]{1,3}$"
_SIGN = sign_pattern()
_CODES = "|".join(code.upper() for code in CODES)


def _bare(expression: pl.Expr) -> pl.Expr:
    """One spelling for minus, apostrophe and the Arabic separators."""
    table = {
        "\u2212": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\ufe63": "-", "\uff0d": "-",
        "\u066b": ".", "\u066c": "'", "\u060c": ",", "\uff0c": ",", "\uff0e": ".", "\u2019": "'", "\u02bc": "'",
        "\u00b4": "'", "\uff08": "(", "\uff09": ")", "\u066a": "%", "\uff05": "%",
    }  # fmt: skip
    return plain(expression).str.replace_many(list(table), list(table.values()))


def _dissect(distinct: pl.Series) -> pl.DataFrame:
    """Blank, negative, currency sign and the digits with their separators, of each distinct value."""
    arabic = pl.col("raw").str.contains("[\u066b\u066c]")
    frame = pl.DataFrame({"raw": distinct}).select(
        "raw",
        blank=is_blank(pl.col("raw").str.strip_chars()),
        arabic=arabic.fill_null(value=False),
        text=_bare(pl.col("raw")),
    )
    frame = frame.with_columns(blank=pl.col("blank") | is_blank(pl.col("text")))
    inner = pl.col("text").str.extract(r"^\s*(.*?)\s*$")
    for _ in range(2):  # "-$5", "$-5", "$ (5)", "($5)", "5- $": a sign and a minus in either order
        frame = frame.with_columns(text=inner)
        for name, pattern in (("front", rf"^({_SIGN})\s*(.*)$"), ("back", rf"^(.*?)\s*({_SIGN})$")):
            place, rest = (1, 2) if name == "front" else (2, 1)
            frame = _take(frame, name, pattern, place, rest)
        frame = _take_minus(frame)
    return frame.with_columns(
        sign=pl.coalesce("front", "back"),
        negative=pl.col("minus") == 1,
        twice=(pl.col("minus") > 1) | (pl.col("front").is_not_null() & pl.col("back").is_not_null()
                                       & (pl.col("front") == pl.col("back"))),
    )  # fmt: skip


def _take(frame: pl.DataFrame, name: str, pattern: str, place: int, rest: int) -> pl.DataFrame:
    """Move a currency sign from the text to a column of its own."""
    found = pl.col("text").str.extract(pattern, place)
    before = pl.col(name) if name in frame.columns else pl.lit(None, dtype=pl.String)
    fresh = found.is_not_null() & before.is_null()
    return frame.with_columns(
        pl.when(fresh).then(found).otherwise(before).alias(name),
        pl.when(fresh).then(pl.col("text").str.extract(pattern, rest)).otherwise(pl.col("text")).alias("text"),
    )


def _take_minus(frame: pl.DataFrame) -> pl.DataFrame:
    """Count and remove parentheses, a leading or trailing minus; a leading plus goes too."""
    before = pl.col("minus") if "minus" in frame.columns else pl.lit(0)
    bracketed = pl.col("text").str.contains(r"^\(.*\)$")
    leading = pl.col("text").str.starts_with("-")
    trailing = pl.col("text").str.ends_with("-")
    count = (bracketed | leading | trailing).cast(pl.Int32)
    return frame.with_columns(
        minus=before + count.fill_null(0),
        text=pl.when(bracketed)
        .then(pl.col("text").str.slice(1).str.head(-1))
        .when(leading)
        .then(pl.col("text").str.slice(1))
        .when(trailing)
        .then(pl.col("text").str.head(-1))
        .otherwise(pl.col("text").str.replace(r"^\+\s*", ""))
        .str.strip_chars(),
    )


def _ungrouped(frame: pl.DataFrame) -> pl.DataFrame:
    """Spaces and apostrophes between groups removed where they stand rightly."""
    text = pl.col("text")
    wide = text.str.contains(_WIDE_GROUPS)
    return frame.with_columns(
        digits=pl.when(wide).then(text.str.replace_all("[' ]", "")).otherwise(text),
        wide=wide,
    )


def parse_number_style(sample: pl.Series) -> NumberStyle:
    """What the values of a column prove about its decimal separator.

    Args:
        sample: strings of one column, the more varied the better; blanks are passed over.
    """
    frame = _ungrouped(_dissect(sample.drop_nulls().unique())).filter(~pl.col("blank"))
    digits = pl.col("digits")
    ambiguous = digits.str.contains(_AMBIGUOUS) & ~pl.col("wide") & ~pl.col("arabic")
    counted = frame.select(
        total=pl.len(),
        ambiguous=ambiguous.sum(),
        point=((digits.str.contains(_POINT_DECIMAL) | digits.str.contains(_COMMA_GROUPS)) & ~ambiguous).sum(),
        comma=((digits.str.contains(_COMMA_DECIMAL) | digits.str.contains(_POINT_GROUPS)) & ~ambiguous).sum(),
    ).row(0, named=True)
    point, comma = int(counted["point"]), int(counted["comma"])
    decimal: Literal[".", ","] | None = None if point == comma == 0 else "." if point >= comma else ","
    always = counted["total"] > 0 and counted["ambiguous"] == counted["total"]
    return NumberStyle(decimal, bool(always), point, comma, int(counted["ambiguous"]))


def _settle(style: NumberStyle, scale: int) -> tuple[bool, bool]:
    """Whether an ambiguous point, and an ambiguous comma, is the decimal one."""
    if style.decimal is not None:
        return style.decimal == ".", style.decimal == ","
    if scale < 3:
        return False, False
    return True, style.always_split


def _exponents(text: str, scale: int) -> str:
    """`1.5E+3` written out, exactly; unchanged when it would be longer than any amount."""
    mantissa, _, power = text.lower().replace(",", ".").partition("e")
    whole, _, part = mantissa.partition(".")
    shift = int(power)
    digits = (whole + part).lstrip("0") or "0"
    point = len(digits) - len(part) + shift
    if digits == "0":
        return "0"
    if point > _DIGITS_AT_MOST:
        return "9" * (_DIGITS_AT_MOST + 1)  # larger than any amount: reported as an overflow
    if point < -(scale + 1):
        return "0." + "0" * (scale + 1) + "1"  # smaller than any amount: too many decimals
    padded = digits.rjust(len(digits) - point if point < 0 else len(digits), "0")
    point = max(point, 0)
    return (padded[:point].ljust(point, "0") or "0") + "." + (padded[point:] or "0")


def _careful(distinct: pl.Series, scale: int, style: NumberStyle) -> pl.DataFrame:
    """Value, refusal code, sign and what was assumed, for distinct values of any spelling."""
    frame = _ungrouped(_dissect(distinct))
    digits = pl.col("digits")
    point_is_decimal, comma_is_decimal = _settle(style, scale)
    lone = digits.str.contains(_AMBIGUOUS) & ~pl.col("wide") & ~pl.col("arabic")
    lone_point, lone_comma = (
        lone & digits.str.contains(".", literal=True),
        lone & digits.str.contains(",", literal=True),
    )
    written = frame.filter(digits.str.contains(_EXPONENT))["digits"]
    exponents = {text: _exponents(text, scale) for text in written.to_list()}
    point_drop, comma_drop = digits.str.replace_all(",", ""), digits.str.replace_all(".", "", literal=True)
    comma_drop = comma_drop.str.replace(",", ".", literal=True)
    reading = (
        pl.when(pl.col("twice")).then(pl.lit(None, dtype=pl.String))
        .when(digits.str.contains(r"^[0-9]+$")).then(digits)
        .when(lone_point).then(digits if point_is_decimal else comma_drop)
        .when(lone_comma).then(comma_drop if comma_is_decimal else point_drop)
        .when(digits.str.contains(r"^[.,]?$")).then(pl.lit(None, dtype=pl.String))
        .when(digits.str.contains(_POINT_DECIMAL) | digits.str.contains(_COMMA_GROUPS)).then(point_drop)
        .when(digits.str.contains(_COMMA_DECIMAL) | digits.str.contains(_POINT_GROUPS)).then(comma_drop)
        .when(digits.str.contains(_EXPONENT)).then(digits.replace(exponents) if exponents else digits)
    )  # fmt: skip
    other = "," if style.decimal == "." else "."
    frame = frame.with_columns(
        number=reading,
        ambiguous=lone & pl.lit(style.decimal is None),
        mixed=pl.lit(style.decimal is not None)
        & ~lone
        & ~pl.col("arabic")
        & digits.str.contains(_COMMA_DECIMAL if other == "," else _POINT_DECIMAL),
    )
    number = pl.col("number")
    whole = number.str.extract(r"^0*([0-9]*)").fill_null("")
    part = number.str.extract(r"\.([0-9]*?)0*$").fill_null("")
    unread = number.is_null() & ~pl.col("blank")
    exact = whole + "." + part.str.head(scale) if scale else whole + pl.lit("")
    minor = (
        pl.when(number.is_not_null() & (whole.str.len_bytes() + scale <= _DIGITS_AT_MOST))
        .then(pl.lit("0") + exact)
        .cast(pl.Decimal(_DIGITS_AT_MOST, scale), strict=False)
        .to_physical()
    )
    frame = frame.with_columns(
        minor=minor,
        code=pl.when(unread).then(pl.lit("bad-number"))
        .when(pl.col("blank")).then(pl.lit(None, dtype=pl.String))
        .when(part.str.len_bytes() > scale).then(pl.lit("too-many-decimals")),
    )  # fmt: skip
    too_large = pl.col("minor").is_null() | (pl.col("minor") > INT64_MAX)
    frame = frame.with_columns(
        code=pl.when(number.is_not_null() & ~pl.col("blank") & pl.col("code").is_null() & too_large)
        .then(pl.lit("overflow"))
        .otherwise(pl.col("code"))
    )
    good = pl.col("code").is_null() & ~pl.col("blank")
    return frame.select(
        value=pl.when(good).then(
            pl.col("minor").cast(pl.Int64, strict=False) * pl.when(pl.col("negative")).then(-1).otherwise(1)
        ),
        code="code",
        sign=pl.when(good).then("sign"),
        ambiguous=good & pl.col("ambiguous"),
        mixed=good & pl.col("mixed").fill_null(value=False),
    )


def _plain_values(s: pl.Series, scale: int, style: NumberStyle) -> pl.Series:
    """Values of plain numbers whose one reading the style allows; null for every other form."""
    text = pl.col("s")
    simple = text.str.contains(rf"^-?[0-9]{{1,{max(18 - scale, 1)}}}(?:\.[0-9]{{0,{scale}}}0*)?$")
    if style.decimal is None:
        simple &= ~text.str.contains(r"^-?[1-9][0-9]{0,2}\.[0-9]{3}$")
    elif style.decimal == ",":
        simple &= ~text.str.contains(".", literal=True)
    return pl.DataFrame({"s": s}).select(pl.when(simple).then(_minor(text, scale))).to_series()


def _minor(plain_number: pl.Expr, scale: int) -> pl.Expr:
    """Minor units of `-1234.50`, null beyond int64; digits after `scale` must be zeros."""
    exact = plain_number.cast(pl.Decimal(_DIGITS_AT_MOST, scale), strict=False)
    return exact.to_physical().cast(pl.Int64, strict=False)


def _grouped(s: pl.Series, scale: int, decimal: Literal[".", ","]) -> pl.DataFrame:
    """The common written forms in one pass, `$ 1,234.50` or `-1.234,50 EUR`: value (null: another form) and sign.

    Only for a column whose decimal separator is proved, so that no reading is open.
    """
    point, comma = (r"\.", ",") if decimal == "." else (",", r"\.")
    whole = rf"(?:[0-9]{{1,{max(18 - scale, 1)}}}|[0-9]{{1,3}}(?:{comma}[0-9]{{3}}){{1,{max((15 - scale) // 3, 1)}}})"
    part = rf"(?:{point}[0-9]{{0,{scale}}}0*)?"
    mark = rf"(?:[$€£¥₹₽₺]|Rs\.?|US\$|R\$|{_CODES})"
    pattern = rf"^(?:{mark} ?|[A-Z]{{3,4}} )?-?{whole}{part}$|^-?{whole}{part}(?: ?{mark}| [A-Z]{{3,4}})$|^-{mark} ?{whole}{part}$"
    text = pl.col("s")
    digits = text.str.replace_all(r"[^0-9,.-]|\.[^0-9]", "").str.strip_chars_start(".")
    digits = digits.str.replace_all("," if decimal == "." else ".", "", literal=True)
    if decimal == ",":
        digits = digits.str.replace(",", ".", literal=True)
    front, back = text.str.extract(r"^-?([^0-9.,\- ][^0-9,\- ]*)"), text.str.extract(r"([^0-9.,\- ]+)$")
    return pl.DataFrame({"s": s}).select(
        value=pl.when(text.str.contains(pattern)).then(_minor(digits, scale)), sign=pl.coalesce(front, back)
    )


def parse_money(s: pl.Series, *, scale: int, style: NumberStyle | None = None, currency: str | None = None) -> Parsed:
    """Amounts in int64 minor units (10 to the power of minus `scale`), exact or refused.

    Args:
        s: strings as found.
        scale: decimals of the currency (2 for USD, 3 for KWD, 0 for JPY).
        style: how the whole column writes numbers; worked out from `s` when absent.
        currency: the rows' currency; a sign or code beside an amount that says otherwise is noted.

    Refusal codes: `bad-number`, `too-many-decimals`, `overflow`.
    """
    style = style or parse_number_style(s.head(10_000))
    s = s.cast(pl.String)
    values = _plain_values(s, scale, style)
    place = (values.is_null() & s.is_not_null()).arg_true()
    codes = pl.Series(s.name, [None], dtype=pl.String).new_from_index(0, len(s))
    if not len(place):
        return Parsed(values.alias(s.name), codes.is_not_null(), "bad-number")
    signs = []
    if style.decimal is not None:
        grouped = _grouped(s.gather(place), scale, style.decimal)
        read = grouped["value"].is_not_null()
        values = values.scatter(place.filter(read), grouped["value"].filter(read))
        signs.append(grouped["sign"].filter(read))
        place = place.filter(~read)
    rest = over_distinct(s.gather(place), lambda distinct: _careful(distinct, scale, style))
    values = values.scatter(place, rest["value"])
    codes = codes.scatter(place, rest["code"])
    counts = {"ambiguous-number": int(rest["ambiguous"].sum()), "mixed-number-styles": int(rest["mixed"].sum())}
    if currency is not None:
        found = pl.concat([*signs, rest["sign"]]).drop_nulls().value_counts()
        counts["currency-differs"] = sum(count for sign, count in found.iter_rows() if contradicts(sign, currency))
    notes = [ValueNote(code, count, NOTES[code]) for code, count in counts.items() if count]
    return Parsed(values.alias(s.name), codes.is_not_null(), codes, notes)


def parse_volume(s: pl.Series, *, style: NumberStyle | None = None) -> Parsed:
    """Volume points in int64 thousandths; otherwise as `parse_money`."""
    return parse_money(s, scale=3, style=style)


def parse_integer(s: pl.Series, *, style: NumberStyle | None = None) -> Parsed:
    """Whole numbers as int64; `59.0` is one, `59.5` is refused as `too-many-decimals`."""
    return parse_money(s, scale=0, style=style)
