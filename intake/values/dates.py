"""Dates and times as they stand in files, read as UTC seconds.

A column in one plain format takes a fast path (one `strptime` over the whole batch). What that leaves goes, as
distinct values, through families of patterns: year first, day or month first, month by name, digits only, Unix
times, spreadsheet serials; a column may mix them. Whether `3/1/2025` is in January or March is decided by the column's
other values or the data sheet; when neither settles it, day first is taken and every such value is counted in a note.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from intake.text import Text
from intake.values.civil import assemble
from intake.values.parsed import Parsed, ValueNote, add_notes, over_distinct
from intake.values.shapes import dissect

NOTES = {
    "ambiguous-date": Text(
        en="day and month could be swapped and no value of the column settles it; read as day first. "
        "Say `day_first: true` or `day_first: false` in the data sheet",
        ar="يحتمل اليوم والشهر التبديل ولا قيمة في العمود تحسم الترتيب، فقُرئ اليوم أولًا. "
        "يُحدَّد الترتيب في ورقة البيانات: `day_first: true` أو `day_first: false`",
    ),
    "mixed-date-order": Text(
        en="the column holds dates with the day first and dates with the month first; "
        "those that could be either were read like the majority",
        ar="في العمود تواريخ يسبق فيها اليوم وأخرى يسبق فيها الشهر، وقُرئ ما يحتمل الوجهين مثل الأغلبية",
    ),
    "date-order-differs": Text(
        en="only the other order of day and month than the column's makes a date here; read in that order",
        ar="لا تصح هذه التواريخ إلا بترتيب لليوم والشهر يخالف ترتيب العمود، فقُرئت بذلك الترتيب",
    ),
    "epoch-zero": Text(
        en="a zero date (such as 1970-01-01 00:00) stands for an unknown one and was left empty",
        ar="تاريخ صفري (مثل 1970-01-01 00:00) يعني أن التاريخ غير معروف، فتُرك فارغًا",
    ),
    "two-digit-year": Text(
        en="years of two digits were read as 1969 to 2068",
        ar="السنوات المكتوبة برقمين قُرئت بين 1969 و2068",
    ),
    "hijri-date": Text(
        en="a date of the Hijri calendar was refused, not converted; give Gregorian dates",
        ar="رُفض تاريخ هجري ولم يُحوَّل. يلزم التاريخ الميلادي",
    ),
    "unix-time": Text(en="read as Unix times", ar="قُرئت على أنها أوقات Unix"),
    "spreadsheet-serial": Text(
        en="read as the day numbers of a spreadsheet (counted from 1900)",
        ar="قُرئت على أنها أرقام أيام في جدول بيانات (تُعدّ من 1900)",
    ),
    "mixed-date-formats": Text(
        en="values written in another form than most of the column; each was read by its own form",
        ar="قيم مكتوبة بصيغة تخالف معظم العمود، وقُرئت كل قيمة بصيغتها",
    ),
    "clock-change": Text(
        en="a local time that the clock change skips or repeats; the earlier reading was taken",
        ar="وقت محلي يتخطاه تغيير الساعة أو يكرره، وأُخذت القراءة الأسبق",
    ),
}

FIRST_YEAR, LAST_YEAR = 1900, 2199
_FAST = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S%.fZ",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S%:z",
    "%Y-%m-%d %H:%M:%S%:z",
    "%d-%b-%Y",
)
_FAST_ORDERED = (
    "{0}/{1}/%Y",
    "{0}/{1}/%Y %H:%M",
    "{0}/{1}/%Y %H:%M:%S",
    "{0}/{1}/%Y %I:%M:%S %p",
    "{0}.{1}.%Y",
    "{0}.{1}.%Y %H:%M:%S",
    "{0}-{1}-%Y",
    "{0}-{1}-%Y %H:%M:%S",
)
_UNIX = {"unix": (r"^[0-9]{9,10}$", 1), "unix-milliseconds": (r"^[0-9]{12,13}$", 1000)}
"""Fast formats of digits alone: their pattern, and their units in a second."""


@dataclass(frozen=True, slots=True)
class DateStyle:
    """Which of day and month comes first in one column, and how that is known.

    `by`: the data sheet (`given`), the column's own values (`values`), or nothing at all (`default`).
    `day_values` and `month_values` count the sample's values that prove either order.
    """

    day_first: bool
    by: Literal["given", "values", "default"]
    day_values: int = 0
    month_values: int = 0

    @property
    def mixed(self) -> bool:
        """Whether the sample proves both orders."""
        return bool(self.day_values and self.month_values)


def decide_date_style(sample: pl.Series, day_first: bool | None = None) -> DateStyle:
    """The order of day and month in a column: as given, else as its values prove, else day first.

    Args:
        sample: strings of the column; the more rows, the surer.
        day_first: the data sheet's word, None if it says nothing.
    """
    fields = dissect(sample.drop_nulls().unique())
    numeric = fields.filter(pl.col("family") == "two-orders")
    first, second = numeric["first"], numeric["second"]
    days = int(((first > 12) & (first <= 31) & (second <= 12)).sum())
    months = int(((second > 12) & (second <= 31) & (first <= 12)).sum())
    if day_first is not None:
        return DateStyle(day_first, "given", days, months)
    if days or months:
        return DateStyle(days >= months, "values", days, months)
    return DateStyle(day_first=True, by="default")


def _fast_format(s: pl.Series, style: DateStyle) -> str | None:
    """The plain format that most of the batch's first values are in."""
    sample = s.drop_nulls().head(64)
    if not len(sample):
        return None
    order = ("%d", "%m") if style.day_first else ("%m", "%d")
    formats = list(_FAST)
    if style.by != "default" and not style.mixed:
        formats += [pattern.format(*order) for pattern in _FAST_ORDERED]
    for pattern in [*formats, *_UNIX]:
        years = _strptime(sample, pattern).dt.year()
        if int(years.is_between(FIRST_YEAR, LAST_YEAR).sum()) * 2 > len(sample):
            return pattern
    return None


def _strptime(s: pl.Series, pattern: str) -> pl.Series:
    if pattern in _UNIX:
        shape, per_second = _UNIX[pattern]
        number = pl.when(pl.col("s").str.contains(shape)).then("s").cast(pl.Int64, strict=False)
        seconds = (number // per_second * 1000).cast(pl.Datetime("ms"))
        return pl.DataFrame({"s": s}).select(seconds).to_series()
    parsed = s.str.to_datetime(pattern, strict=False, time_unit="ms", cache=False)
    return parsed.dt.replace_time_zone(None)


def parse_date(
    s: pl.Series, *, day_first: bool | None = None, timezone: str | None = None, style: DateStyle | None = None
) -> Parsed:
    """Dates as UTC timestamps (Polars Datetime in milliseconds without a zone, cut to whole seconds).

    Args:
        s: strings as found.
        day_first: the data sheet's word on the order of day and month.
        timezone: IANA name of the zone of times that state none; UTC when absent. A date without a time is a
            calendar day and stays at 00:00, whatever the zone.
        style: the order decided for the whole column; worked out from `s` when absent.

    Refusal code: `bad-date`, also for Hijri dates (with the note `hijri-date`) and years outside 1900 to 2199.
    """
    s = s.cast(pl.String)
    style = style or decide_date_style(s.head(10_000), day_first)
    pattern = _fast_format(s, style)
    values = (
        _strptime(s, pattern)
        if pattern
        else pl.Series(s.name, [None], dtype=pl.Datetime("ms")).new_from_index(0, len(s))
    )
    inside = values.dt.year().is_between(FIRST_YEAR, LAST_YEAR) & (values.dt.timestamp("ms") != 0)
    done = s.is_null() | inside.fill_null(value=False)
    notes: list[ValueNote] = []
    if pattern in _UNIX:
        fast = int((done & values.is_not_null()).sum())
        notes.append(ValueNote("unix-time", fast, NOTES["unix-time"]))
    elif pattern:
        values = values.dt.truncate("1s") if "%.f" in pattern else values
        if timezone and "%H" in pattern and "Z" not in pattern and "%:z" not in pattern:
            values, moved = to_utc(values, timezone)
            changed = int(moved.sum())
            notes += [ValueNote("clock-change", changed, NOTES["clock-change"])] if changed else []
    bad = pl.Series("bad", [False]).new_from_index(0, len(s))
    if bool(done.all()):
        return Parsed(values.alias(s.name), bad, "bad-date", notes)
    place = (~done).arg_true()
    rest = over_distinct(s.gather(place), lambda distinct: _careful(distinct, style, timezone))
    values = values.scatter(place, rest["value"])
    bad = bad.scatter(place, rest["bad"])
    counts = {code: int(rest[code].sum()) for code in NOTES if code in rest.columns}
    read = int(rest["value"].is_not_null().sum())
    if pattern and read:
        counts["mixed-date-formats"] = read
    notes += [ValueNote(code, count, NOTES[code]) for code, count in counts.items() if count]
    return Parsed(values.alias(s.name), bad, "bad-date", add_notes(notes))


def to_utc(values: pl.Series, timezone: str) -> tuple[pl.Series, pl.Series]:
    """Local times of a zone in UTC, and which of them the clock change skips or repeats.

    A repeated time is its earlier instant; a skipped time keeps the offset that held before the change.
    """

    def shifted(expression: pl.Expr, ambiguous: Literal["earliest", "latest"]) -> pl.Expr:
        local = expression.dt.replace_time_zone(timezone, ambiguous=ambiguous, non_existent="null")
        return local.dt.convert_time_zone("UTC").dt.replace_time_zone(None)

    frame = pl.DataFrame({"local": values}).select(
        "local",
        early=shifted(pl.col("local"), "earliest"),
        late=shifted(pl.col("local"), "latest"),
        after=shifted(pl.col("local") + pl.duration(hours=1), "earliest"),
    )
    moved = pl.col("local").is_not_null() & (pl.col("early").is_null() | (pl.col("early") != pl.col("late")))
    result = frame.select(utc=pl.coalesce("early", "after"), moved=moved)
    return result["utc"].alias(values.name), result["moved"]


def _careful(distinct: pl.Series, style: DateStyle, timezone: str | None) -> pl.DataFrame:
    """Instant, refusal and what was assumed, for distinct values of any form."""
    fields = dissect(distinct)
    first, second = pl.col("first"), pl.col("second")
    two = pl.col("family") == "two-orders"
    day_only, month_only = two & (first > 12) & (second <= 12), two & (second > 12) & (first <= 12)
    either = two & (first <= 12) & (second <= 12) & (first != second)
    day_leads = day_only | (~month_only & pl.lit(style.day_first))
    fields = fields.with_columns(
        day=pl.when(two).then(pl.when(day_leads).then(first).otherwise(second)).otherwise("day"),
        month=pl.when(two).then(pl.when(day_leads).then(second).otherwise(first)).otherwise("month"),
    )
    seconds, valid = assemble(fields, FIRST_YEAR, LAST_YEAR)
    fields = fields.with_columns(seconds=seconds, valid=valid)
    instant = (pl.col("seconds") * 1000).cast(pl.Datetime("ms"))
    fields = fields.with_columns(
        zero=pl.col("zero") | (pl.col("valid") & (pl.col("seconds") == 0)),
        value=pl.when("valid").then(instant),
        moved=pl.lit(value=False),
    )
    if timezone:
        local = pl.col("clock") & pl.col("offset").is_null() & (pl.col("family") != "unix")
        utc, moved = to_utc(fields.select(pl.when(local).then("value")).to_series(), timezone)
        fields = fields.with_columns(utc.alias("utc"), moved.alias("moved"))
        fields = fields.with_columns(value=pl.when(local).then("utc").otherwise("value"))
    good = pl.col("value").is_not_null() & ~pl.col("zero")
    unlike_column = month_only if style.day_first else day_only
    return fields.select(
        pl.when(good).then("value").alias("value"),
        (~(good | pl.col("zero") | pl.col("blank"))).alias("bad"),
        (good & either & pl.lit(style.by == "default")).alias("ambiguous-date"),
        (good & either & pl.lit(style.by == "values" and style.mixed)).alias("mixed-date-order"),
        (good & unlike_column & pl.lit(not style.mixed or style.by == "given")).alias("date-order-differs"),
        pl.col("zero").alias("epoch-zero"),
        (good & pl.col("short_year")).alias("two-digit-year"),
        (pl.col("hijri") & ~good & ~pl.col("blank")).alias("hijri-date"),
        (good & (pl.col("family") == "unix")).alias("unix-time"),
        (good & (pl.col("family") == "serial")).alias("spreadsheet-serial"),
        (good & pl.col("moved")).alias("clock-change"),
    )
