"""Values out of a short list, currencies, and commission periods.

A choice is recognised by its folded spelling in a table of synonyms (several languages, in `intake/headings`), which the
data sheet may extend. A currency is never repaired: a token whose name hides invisible characters is a look-alike
and refused. Each works on the distinct values only, so a million rows cost no more than their few spellings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from intake.text import Text
from intake.values.folding import fold
from intake.values.months import month_number
from intake.values.parsed import BLANKS, INVISIBLE, Parsed, ValueNote, is_blank, over_distinct, plain
from intake.values.signs import SIGNS, meanings

NOTES = {
    "open-choice": Text(
        en="values that are not on the list were kept as they are",
        ar="أُبقيت كما هي قيم ليست في القائمة",
    ),
    "lookalike-currency": Text(
        en="the token's name hides characters that cannot be seen: it imitates another token and was refused",
        ar="في اسم الرمز المميز رموز لا تُرى، فهو يحاكي رمزًا آخر، وقد رُفض",
    ),
    "ambiguous-currency": Text(
        en="the sign can mean several currencies; the usual one was taken. Name the currency in the data sheet",
        ar="تحتمل العلامة أكثر من عملة، وأُخذت العملة المعتادة. تُحدَّد العملة في ورقة البيانات",
    ),
}
_MARKS = "\u200e\u200f\u061c\ufeff"
_INVISIBLE = frozenset(INVISIBLE)


def _mapped(s: pl.Series, mapping: Mapping[str, str | None]) -> pl.Series:
    """The Series with every value replaced by its entry; values without one become null."""
    if not mapping:
        return pl.Series(s.name, [None], dtype=pl.String).new_from_index(0, len(s))
    return s.replace_strict(list(mapping), list(mapping.values()), default=None, return_dtype=pl.String)


def _distinct(s: pl.Series) -> list[str]:
    return [str(value) for value in s.drop_nulls().unique(maintain_order=True).to_list()]


def parse_choice(
    s: pl.Series,
    choices: Sequence[str],
    synonyms: Mapping[str, str] | None = None,
    open: bool = False,  # noqa: A002 - the schema's own word for it
) -> Parsed:
    """One of `choices` for each value.

    Args:
        s: strings as found.
        choices: the values of the schema.
        synonyms: other spellings and the choice each means; compared folded. See `intake.recognise.synonyms_for`.
        open: keep other values as they are (trimmed) and count them in the note `open-choice`; positive whole
            numbers are kept without a note.

    Refusal code: `bad-choice`.
    """
    text = s.cast(pl.String)
    table = {fold(choice): choice for choice in choices}
    table |= {fold(spelling): choice for spelling, choice in (synonyms or {}).items()}
    table |= {fold(choice): choice for choice in choices if fold(choice) not in {fold(k) for k in synonyms or {}}}
    mapping: dict[str, str | None] = {}
    blank: set[str] = set()
    others: list[str] = []
    for value in _distinct(text):
        tidy = "".join(sign for sign in value if sign not in _INVISIBLE).strip()
        key = fold(value)
        if key in table and key:
            mapping[value] = table[key]
        elif value.strip() in (synonyms or {}):
            mapping[value] = (synonyms or {})[value.strip()]
        elif tidy.lower() in BLANKS or not key:
            blank.add(value)
        elif open:
            number = tidy.lstrip("0") if tidy.isascii() and tidy.isdigit() else ""
            mapping[value] = number or tidy
            if not number:
                others.append(value)
    values = _mapped(text, mapping)
    bad = text.is_not_null() & values.is_null() & ~text.is_in(sorted(blank))
    kept = int(text.is_in(others).sum()) if others else 0
    notes = [ValueNote("open-choice", kept, NOTES["open-choice"])] if kept else []
    return Parsed(values.alias(s.name), bad.fill_null(value=False), "bad-choice", notes)


def parse_currency(s: pl.Series, known: Mapping[str, int], synonyms: Mapping[str, str] | None = None) -> Parsed:
    """The code of each value's currency, as written in `known` (code to scale).

    A code, a declared token, a sign or a name is accepted, also as an explorer writes it: `Name (CODE)`.

    Refusal code: `unknown-currency`.
    """
    text = s.cast(pl.String)
    codes = {code.casefold(): code for code in known}
    given = {spelling.strip().casefold(): code for spelling, code in (synonyms or {}).items()}
    signs = {sign.casefold() for sign in SIGNS}
    mapping: dict[str, str | None] = {}
    blank: list[str] = []
    fake: list[str] = []
    guessed: list[str] = []
    for value in _distinct(text):
        tidy = value.strip().strip(_MARKS).strip()
        key = tidy.casefold()
        name, _, symbol = tidy.removesuffix(")").rpartition("(")
        if key in given:
            mapping[value] = given[key]
        elif key in BLANKS:
            blank.append(value)
        elif any(sign in _INVISIBLE for sign in tidy):
            fake.append(value)
        elif key in codes:
            mapping[value] = codes[key]
        elif tidy.endswith(")") and (symbol.strip().casefold() in codes or name.strip().casefold() in codes):
            mapping[value] = codes.get(symbol.strip().casefold()) or codes[name.strip().casefold()]
        elif key in signs:
            possible = [code for code in meanings(tidy) if code in known]
            if possible:
                mapping[value] = possible[0]
                if len(possible) > 1:
                    guessed.append(value)
    values = _mapped(text, mapping)
    bad = text.is_not_null() & values.is_null() & ~text.is_in(blank)
    found = {"lookalike-currency": fake, "ambiguous-currency": guessed}
    notes = [ValueNote(code, int(text.is_in(some).sum()), NOTES[code]) for code, some in found.items() if some]
    return Parsed(values.alias(s.name), bad.fill_null(value=False), "unknown-currency", notes)


def parse_period(s: pl.Series) -> Parsed:
    """Commission periods as `YYYY`, `YYYY-MM`, `YYYY-Www` or `YYYY-MM-DD`.

    Also read: `2024/5`, `05/2024`, `202405`, `May 2024`, `2024 W5`, `W05-2024`, and dates with a time (their day).

    Refusal code: `bad-date`.
    """
    text = s.cast(pl.String)
    result = over_distinct(text, _periods)
    return Parsed(result["value"].alias(s.name), result["bad"], "bad-date")


def _periods(distinct: pl.Series) -> pl.DataFrame:
    year, month = r"((?:19|20|21)[0-9]{2})", r"(0?[1-9]|1[0-2])"
    frame = pl.DataFrame({"raw": distinct}).with_columns(text=plain(pl.col("raw")))
    patterns = {
        "day": rf"^{year}[-/.]{month}[-/.](0?[1-9]|[12][0-9]|3[01])(?:[T ].*)?$",
        "week": rf"(?i)^{year}[-/ ]?w(?:eek)?[- ]?([0-9]{{1,2}})$",
        "week2": rf"(?i)^w(?:eek)?[- ]?([0-9]{{1,2}})[-/ ,]+{year}$",
        "month": rf"^{year}[-/. ]{month}$|^$",
        "compact": rf"^{year}(0[1-9]|1[0-2])$",
        "month2": rf"^{month}[-/. ]{year}$",
        "named": rf"(?i)^(\p{{L}}[\p{{L}}\p{{M}} .]*?)\.?[-/., ]+(?:de |of )?{year}$",
        "named2": rf"(?i)^{year}[-/., ]+(\p{{L}}[\p{{L}}\p{{M}} ]*?)$",
    }
    frame = frame.with_columns(
        pl.col("text").str.extract_groups(pattern).alias(key) for key, pattern in patterns.items()
    )

    def field(key: str, place: int) -> pl.Expr:
        return pl.col(key).struct.field(str(place))

    def padded(expression: pl.Expr) -> pl.Expr:
        return expression.str.zfill(2)

    names = (
        frame.select(pl.coalesce(field("named", 1), field("named2", 2)).alias("n"))["n"].drop_nulls().unique().to_list()
    )
    numbers = {name: f"{month_number(name):02d}" if month_number(name) else None for name in names}
    named = _mapped(frame.select(pl.coalesce(field("named", 1), field("named2", 2)).alias("n"))["n"], numbers)
    week = padded(pl.coalesce(field("week", 2), field("week2", 1)))
    week_year = pl.coalesce(field("week", 1), field("week2", 2))
    day = field("day", 1) + "-" + padded(field("day", 2)) + "-" + padded(field("day", 3))
    values = frame.with_columns(name=named).select(
        pl.coalesce(
            pl.when(day.str.to_date("%Y-%m-%d", strict=False).is_not_null()).then(day),
            pl.when(week.cast(pl.Int32).is_between(1, 53)).then(week_year + "-W" + week),
            field("month", 1) + "-" + padded(field("month", 2)),
            field("compact", 1) + "-" + field("compact", 2),
            field("month2", 2) + "-" + padded(field("month2", 1)),
            pl.coalesce(field("named", 2), field("named2", 1)) + "-" + pl.col("name"),
            pl.col("text").str.extract(rf"^{year}$"),
        ).alias("value"),
        is_blank(pl.col("text")).alias("blank"),
    )
    return values.select("value", bad=pl.col("value").is_null() & ~pl.col("blank"))
