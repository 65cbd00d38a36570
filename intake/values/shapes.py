"""The fields of a date, taken out of its spelling.

`dissect` sorts distinct strings into families (year first, day or month first, month by name, digits only, Unix time,
spreadsheet serial) and gives each family's fields as integers. It decides nothing that depends on other values of the
column: which of two small numbers is the day is left to `intake.values.dates`.
"""

from __future__ import annotations

import polars as pl

from intake.values.folding import fold
from intake.values.months import HIJRI_MONTHS, MONTHS
from intake.values.parsed import is_blank, plain

_CLOCK = (
    r"(?i)^(?P<date>.*?)(?:[T\s,،]+|^)(?P<before>上午|下午|ص|م)?\s*"
    r"(?P<hour>[0-9]{1,2})\s?[:.h时点]\s?(?P<minute>[0-9]{2})(?:\s?[:.m分]\s?(?P<sec>[0-9]{2}))?(?:[.,][0-9]+)?秒?"
    r"\s*(?P<after>am|pm|a\.?\s?m\.?|p\.?\s?m\.?|ص|م|صباحا|صباحًا|مساء|مساءً)?"
    r"\s*(?P<zone>z|(?:utc|gmt)?[+-][0-9]{1,2}:?(?:[0-9]{2})?|utc|gmt)?$"
)
_COMPACT = r"^(?P<date>[0-9]{8})[T ]?(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?P<sec>[0-9]{2})(?P<zone>Z)?$"
_YEAR_FIRST = r"^(?P<y>[0-9]{4})\s?[-/.年 ]\s?(?P<m>[0-9]{1,2})\s?[-/.月 ]\s?(?P<d>[0-9]{1,2})\s?日?$"
_TWO_ORDERS = r"^(?P<a>[0-9]{1,2})\s?[-/. ]\s?(?P<b>[0-9]{1,2})\s?[-/. ]\s?(?P<y>[0-9]{4}|[0-9]{2})$"
_DIGITS = r"^(?P<y>(?:19|20|21)[0-9]{2})(?P<m>[0-9]{2})(?P<d>[0-9]{2})$"
_NAME = r"\p{L}[\p{L}\p{M}'’ ]*?"
_OF = r"(?:(?:de|del|d'|of|من)\s)?"
_DAY_NAME = (
    rf"(?i)^(?P<d>[0-9]{{1,2}})\s?(?:st|nd|rd|th|er|º|ª|°)?[-/., ]*{_OF}(?P<n>{_NAME})\.?[-/., ]*{_OF}"
    r"['’]?(?P<y>[0-9]{4}|[0-9]{2})$"
)
_NAME_DAY = (
    rf"(?i)^(?P<n>{_NAME})\.?[-/., ]*(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?[-/., ]+{_OF}(?P<y>[0-9]{{4}}|[0-9]{{2}})$"
)
_YEAR_NAME = rf"(?i)^(?P<y>[0-9]{{4}})[-/., ]*(?P<n>{_NAME})\.?[-/., ]*(?P<d>[0-9]{{1,2}})$"
_ZERO = (
    r"^(?:0+(?:[.,]0+)?|0{4}[-/]0{2}[-/]0{2}|0{2}[-/]0{2}[-/]0{4}|0001-01-01|0?1/0?1/0001|1899-12-3[01]|1900-01-00|0?1/0/1900)"
    r"(?:[T ]0{1,2}:00(?::00(?:\.0+)?)?Z?)?$"
)
_AFTERNOON = r"(?i)^(?:p|下午|م)"
_HALF = r"(?i)^(?:a|p|上午|下午|ص|م)"


def _number(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Int64, strict=False)


def _tidy(text: pl.Expr) -> pl.Expr:
    """Brackets and weekdays gone, the year of a Unix `date` line moved before its time."""
    return (
        text.str.replace(r"\s*\([^()]*\)", "")
        .str.replace(r"^(\p{L}+),\s*", "")
        .str.replace(r"^\p{L}+،\s*", "")
        .str.replace(r"^\p{Latin}+\.?\s+(\p{Latin}+\.?\s+[0-9])", "${1}")
        .str.replace(r"^\p{Latin}+\.?\s+([0-9]{1,2}\s+(?:de\s+)?\p{Latin})", "${1}")
        .str.replace(r"^(\p{Latin}+ +[0-9]{1,2}) ([0-9:]+) (?:([A-Z+0-9:-]+) )?([0-9]{4})$", "${1} ${4} ${2} ${3}")
        .str.strip_chars()
    )


def _clock(frame: pl.DataFrame) -> pl.DataFrame:
    """Date part, time fields and zone offset in seconds."""
    frame = frame.with_columns(
        pl.col("text").str.extract_groups(_CLOCK).alias("c"), pl.col("text").str.extract_groups(_COMPACT).alias("k")
    )
    c, k = pl.col("c").struct, pl.col("k").struct
    compact = k.field("date").is_not_null()
    frame = frame.with_columns(
        date=pl.coalesce(k.field("date"), c.field("date"), "text").str.strip_chars(" ,،"),
        clock=compact | c.field("hour").is_not_null(),
        hour=pl.coalesce(k.field("hour"), c.field("hour")),
        minute=pl.coalesce(k.field("minute"), c.field("minute")),
        sec=pl.coalesce(k.field("sec"), c.field("sec"), pl.lit("0")),
        half=pl.coalesce(c.field("before"), c.field("after")),
        zone=pl.coalesce(k.field("zone"), c.field("zone")).str.to_lowercase().str.replace(r"^(?:utc|gmt)", ""),
    )
    hour = _number("hour")
    afternoon, half = pl.col("half").str.contains(_AFTERNOON), pl.col("half").str.contains(_HALF)
    sign = pl.when(pl.col("zone").str.starts_with("-")).then(-1).otherwise(1)
    zone_hour = pl.col("zone").str.extract(r"^[+-]([0-9]{1,2}):?(?:[0-9]{2})?$").cast(pl.Int64)
    zone_minute = pl.col("zone").str.extract(r"^[+-][0-9]{1,2}:?([0-9]{2})$").cast(pl.Int64).fill_null(0)
    return frame.with_columns(
        hour=pl.when(afternoon & (hour < 12)).then(hour + 12)
        .when(half & ~afternoon & (hour == 12)).then(0).otherwise(hour).fill_null(0),
        minute=_number("minute").fill_null(0),
        sec=_number("sec").fill_null(0),
        offset=pl.when(pl.col("zone").is_null()).then(pl.lit(None, dtype=pl.Int64))
        .when(zone_hour.is_null()).then(0).otherwise(sign * (zone_hour * 3600 + zone_minute * 60)),
    )  # fmt: skip


def _calendar(frame: pl.DataFrame) -> pl.DataFrame:
    """Family and year, month, day of the date part, with the Hijri mark."""
    marked = pl.col("date").str.contains(r"(?i)\s*(?:هـ|ه|AH|A\.H\.)$")
    frame = frame.with_columns(
        marked=marked.fill_null(value=False),
        date=pl.col("date").str.replace(r"(?i)\s*(?:هـ|ه|AH|A\.H\.|م|ميلادي|AD)\s*$", "").str.strip_chars(),
    )
    patterns = {"year-first": _YEAR_FIRST, "two-orders": _TWO_ORDERS, "digits": _DIGITS, "day-name": _DAY_NAME,
                "name-day": _NAME_DAY, "year-name": _YEAR_NAME}  # fmt: skip
    date = pl.col("date")
    frame = frame.with_columns(date.str.extract_groups(pattern).alias(family) for family, pattern in patterns.items())

    def part(name: str, *families: str) -> pl.Expr:
        return pl.coalesce(pl.col(family).struct.field(name) for family in families)

    named = ("day-name", "name-day", "year-name")
    frame = frame.with_columns(
        year_text=part("y", "year-first", "two-orders", "digits", *named),
        month=part("m", "year-first", "digits").cast(pl.Int64),
        day=part("d", "year-first", "digits", *named).cast(pl.Int64),
        first=part("a", "two-orders").cast(pl.Int64),
        second=part("b", "two-orders").cast(pl.Int64),
        month_name=part("n", *named),
        found=pl.coalesce(
            pl.when(pl.col(family).struct.field("y").is_not_null()).then(pl.lit(family)) for family in patterns
        ),
    )
    names = frame["month_name"].drop_nulls().unique().to_list()
    numbers = {name: MONTHS.get(fold(name)) for name in names}
    hijri_names = [name for name in names if fold(name) in HIJRI_MONTHS]
    by_name = (
        pl.col("month_name").replace_strict(numbers, default=None, return_dtype=pl.Int64) if names else pl.lit(None)
    )
    year = _number("year_text")
    short = pl.col("year_text").str.len_bytes() == 2
    reversed_short = (
        (pl.col("found") == "two-orders") & short & (pl.col("first") > 31)
    )  # 25-… cannot be a day: yy-mm-dd
    frame = frame.with_columns(
        year=pl.when(reversed_short).then(pl.col("first")).otherwise(year),
        month=pl.when(reversed_short).then("second").otherwise(pl.coalesce("month", by_name)),
        day=pl.when(reversed_short).then(year).otherwise("day"),
        found=pl.when(reversed_short).then(pl.lit("year-first")).otherwise("found"),
        short_year=short.fill_null(value=False),
    )
    return frame.with_columns(
        year=pl.when(pl.col("short_year")).then(pl.col("year") + pl.when(pl.col("year") < 69).then(2000).otherwise(1900))
        .otherwise("year"),
        hijri=pl.col("marked") | pl.col("month_name").is_in(hijri_names).fill_null(value=False)
        | (pl.col("year").is_between(1300, 1500) & ~pl.col("short_year")).fill_null(value=False),
    )  # fmt: skip


def _instants(frame: pl.DataFrame) -> pl.DataFrame:
    """Seconds since 1970 of Unix times and spreadsheet serials."""
    text = pl.col("text")
    whole = text.str.extract(r"^([0-9]{5,19})(?:[.,][0-9]*)?$")
    size = whole.str.len_bytes()
    number = whole.cast(pl.Int64, strict=False)
    unix = (
        pl.when(size.is_between(9, 10)).then(number)
        .when(size.is_between(12, 13)).then(number // 1_000)
        .when(size.is_between(15, 16)).then(number // 1_000_000)
        .when(size.is_between(18, 19)).then(number // 1_000_000_000)
    )  # fmt: skip
    # A serial counts days from 1899-12-30 (25569 days before 1970); its fraction is the share of the day.
    share = ("0." + text.str.extract(r"^[0-9]{5}[.,]([0-9]+)$").fill_null("0")).cast(pl.Float64)
    serial = pl.when((size == 5) & number.is_between(20_000, 80_000)).then(
        (number - 25_569) * 86_400 + (share * 86_400).round().cast(pl.Int64)
    )
    free = pl.col("found").is_null()
    return frame.with_columns(
        instant=pl.when(free).then(pl.coalesce(unix, serial)),
        family=pl.when(~free).then("found")
        .when(unix.is_not_null()).then(pl.lit("unix"))
        .when(serial.is_not_null()).then(pl.lit("serial")),
        clock=pl.col("clock") | (serial.is_not_null() & (share > 0)),
    )  # fmt: skip


def dissect(distinct: pl.Series) -> pl.DataFrame:
    """The fields of each string, one row each, in the order given.

    Columns: `blank`, `zero` (a spelling of the zero date), `hijri`, `family` (null: not a date), `year`, `month`,
    `day`, `first` and `second` (of the family `two-orders`, whose month and day are open), `short_year`, `clock`
    (whether it has a time), `hour`, `minute`, `sec`, `offset` (seconds east of UTC, null where unstated) and
    `instant` (seconds since 1970, of Unix times and serials).
    """
    frame = pl.DataFrame({"text": distinct.cast(pl.String)}).select(plain(pl.col("text")))
    frame = frame.with_columns(
        blank=is_blank(pl.col("text")), zero=pl.col("text").str.contains(_ZERO).fill_null(value=False),
        text=_tidy(pl.col("text")),
    )  # fmt: skip
    return _instants(_calendar(_clock(frame))).select(
        "blank", "zero", "hijri", "family", "year", "month", "day", "first", "second", "short_year", "clock",
        "hour", "minute", "sec", "offset", "instant",
    )  # fmt: skip
