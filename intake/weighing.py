"""How far a column's values agree with what a heading promises.

For each kind of column a small judge looks at the evidence and answers with points to add or take, a phrase for the
user, and whether the values rule the column out altogether. Judges of ids that refer to other rows (sponsors) are in
`intake.recognise`, because they need two columns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import polars as pl

from intake.evidence import Evidence
from intake.headings import synonyms_for
from intake.schema import PERSONAL, TABLES, Column
from intake.values.choices import parse_choice
from intake.values.facts import parse_fact

NEARLY_UNIQUE = 0.9
"""Share of different values from which a named key is a key with copies, not a number shared by several lines."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Points, a phrase about the values, and whether they rule the column out; `alone` is the score without a heading.

    `if_named`: the values allow it only under a heading that surely names the column.
    """

    points: int
    phrase: str = ""
    ruled_out: bool = False
    alone: int = 0
    if_named: bool = False


_ONLY_NAMED = frozenset(
    {"matrix_id", "manager_id", "points", "tax", "freight", "discount", "cost", "reverses", "coupon_id"}
)
"""Columns that few companies have: no values speak for them without a heading."""


@dataclass(frozen=True, slots=True)
class _Place:
    """The column of the schema that the values are held against."""

    table: str
    column: Column


def percent(share: float) -> str:
    """A share as a whole percentage that never claims all or nothing falsely."""
    if share in (0.0, 1.0):
        return f"{round(share * 100)}%"
    return f"{min(99, max(1, round(share * 100)))}%"


def _no(phrase: str) -> Verdict:
    return Verdict(-100, phrase, ruled_out=True)


def _date(e: Evidence, _: _Place) -> Verdict:
    if e.dates >= 0.95:
        return Verdict(8, f"{percent(e.dates)} of its values are dates", alone=36)
    together = e.dates + e.date_numbers
    if together >= 0.95:
        return Verdict(4, f"{percent(together)} of its values can be read as dates")
    if together >= 0.5:
        return Verdict(-15, f"only {percent(together)} of its values can be read as dates")
    return _no("its values are not dates")


def _money(e: Evidence, where: _Place) -> Verdict:
    if e.wallets >= 0.5 or e.hashes >= 0.5:
        return _no("its values are addresses or hashes, not amounts")
    if e.percents >= 0.5:
        return _no("its values are percentages, not amounts")
    if e.dates >= 0.5:
        return _no("its values are dates, not amounts")
    if e.row_numbers:
        return Verdict(-40, "its values just count the rows")
    if where.column.name != "amount" and (e.numbers < 0.95 or e.percents):
        return _no("not all of its values are amounts")  # a part of an amount is worth no refused row
    if e.numbers < 0.6:
        return _no("its values are not numbers")
    if e.numbers < 0.95:
        return Verdict(-10, f"only {percent(e.numbers)} of its values are numbers")
    extra = 2 if e.decimals or e.signed else 0
    alone = 34 if e.decimals >= 0.2 or e.signed >= 0.5 else 0
    if where.column.name == "amount" and e.signed >= 0.5 and e.kinds > 1:
        extra -= 4 if where.column.kind == "money" and e.spaced >= 0.3 else 0
    return Verdict(6 + extra, f"{percent(e.numbers)} of its values are numbers", alone=alone)


def _volume(e: Evidence, _: _Place) -> Verdict:
    if e.numbers < 0.9 or e.dates >= 0.5 or e.wallets >= 0.5 or e.signed >= 0.5:
        return _no("its values are not plain numbers")
    if e.row_numbers:
        return Verdict(-40, "its values just count the rows")
    return Verdict(4, f"{percent(e.numbers)} of its values are numbers")


def _integer(e: Evidence, where: _Place) -> Verdict:
    if e.integers < 0.95:
        return _no("its values are not whole numbers")
    if where.column.name == "level" and e.largest > 200:
        return Verdict(-40, f"its values reach {e.largest}, too many for levels")
    if e.row_numbers and e.kinds > 12:
        return Verdict(-40, "its values just count the rows")
    return Verdict(5, "its values are whole numbers", alone=26 if e.largest <= 20 and e.kinds <= 20 else 0)


def _id(e: Evidence, where: _Place) -> Verdict:
    if e.dates >= 0.5:
        return _no("its values are dates, not ids")
    if e.decimals >= 0.2 or e.percents >= 0.5:
        return _no("its values are amounts, not ids")
    is_key = TABLES[where.table].key == where.column.name
    if is_key and where.table != "participants":
        if e.distinct < NEARLY_UNIQUE or e.filled < NEARLY_UNIQUE:
            return _no("its values repeat or are missing, so they do not number the rows")
        if e.distinct < 1 or e.filled < 1:
            told = (
                "some of its values repeat, and such rows are refused" if e.distinct < 1 else "some values are missing"
            )
            return Verdict(-8, told, if_named=True)
        return Verdict(4, "no value repeats", alone=22 if e.hashes >= 0.9 else 0)
    if e.hashes >= 0.5:
        return _no("its values are transaction hashes")
    points, phrase, alone = 0, "", 0
    if e.wallets >= 0.95:
        points, phrase, alone = 5, f"{percent(e.wallets)} of its values are wallet addresses", 30
    if is_key:
        if e.filled < 0.9:
            return Verdict(-35, f"{percent(1 - e.filled)} of its values are missing")
        if e.distinct >= 0.995:
            numbers = -10 if e.row_numbers else 0
            return Verdict(max(points, 8) + numbers, phrase or "no value repeats", alone=max(alone, 30))
        loss = -12 if e.distinct >= 0.9 else -35
        return Verdict(loss, f"only {percent(e.distinct)} of its values are different")
    if e.spaced >= 0.5 and e.kinds <= 20:
        return Verdict(-45, "its values are words, not ids")
    if e.row_numbers and e.kinds > 5 and e.rows > 5:
        return Verdict(-25, "its values just count the rows")
    if where.column.name == "sponsor_id" and not e.spaced and e.kinds > 1:
        return Verdict(points or 2, phrase, alone=alone - 4 if alone else 14)  # enough only if found among the ids
    return Verdict(points or 2, phrase, alone=alone and alone - 4)


def _choice(e: Evidence, where: _Place) -> Verdict:
    values = pl.Series("v", sorted(e.values)[:400], dtype=pl.String)
    parsed = parse_choice(values, where.column.choices, synonyms_for(where.table, where.column.name))
    known = 1 - float(parsed.bad.mean() or 0.0)  # type: ignore[arg-type]
    if where.column.open_choices:
        small = values.str.contains(r"^[1-9][0-9]?$")
        fits = float((~parsed.bad | small).mean() or 0.0)  # type: ignore[arg-type]
        if fits < 0.9 or (e.kinds > 12 and known < 0.5):
            return _no("its values are not sides or places")
        return Verdict(8, "its values are sides or places", alone=36 if known >= 0.95 else 0)
    if known >= 0.95:
        return Verdict(10, "its values are known", alone=28 if e.kinds > 1 else 0)
    # no example: the reason is shown to people who may not see the values
    return _no(f"it holds values that are no known {where.column.name}; map them in the data sheet")


def _currency(e: Evidence, _: _Place) -> Verdict:
    if e.currency_like >= 0.9 and e.kinds <= 40:
        return Verdict(8, "its values look like currencies")
    if e.numbers >= 0.5 or e.wallets >= 0.5:
        return _no("its values are not currencies")
    return Verdict(-20, "its values do not look like currencies")


def _period(e: Evidence, _: _Place) -> Verdict:
    if e.periods < 0.9:
        return _no("its values are not periods")
    single = e.dates >= 0.9 and e.kinds > 40
    return Verdict(-6 if single else 8, f"{percent(e.periods)} of its values are periods", alone=0 if single else 32)


def _text(e: Evidence, where: _Place) -> Verdict:
    name = where.column.name
    if e.wallets >= 0.5 or e.hashes >= 0.5:
        return _no("its values are addresses or hashes")
    if name in ("name", "country", "product") and e.dates >= 0.5:
        return _no("its values are dates")
    if name == "name":
        return _no("its values are numbers") if e.numbers >= 0.8 else Verdict(2)
    if name in PERSONAL or name == "receipt":
        return Verdict(2)
    if name == "country":
        return _no("its values are numbers") if e.numbers >= 0.8 else Verdict(4 if e.kinds <= 250 else -30)
    if name in ("rank", "component"):
        if e.kinds > 60 and e.distinct > 0.3:
            return _no(f"it has {e.kinds} different values, too many for a {name}")
        if name == "component":
            if e.numbers >= 0.9:
                return Verdict(-40, "its values are numbers, not names")
            if e.bonus_words >= 0.7:
                points = round(24 * e.bonus_words)
                return Verdict(points, f"{percent(e.bonus_words)} of its values name a bonus", alone=30)
            return Verdict(-20)
        if e.largest > 100 or e.decimals:
            return Verdict(-40, f"its values reach {e.largest}, too many for ranks")
        return Verdict(4)
    if name == "product" and (e.numbers >= 0.9 or e.directions >= 0.9 or e.payment_ways >= 0.9):
        return _no("its values do not name products")
    return Verdict(0)


def _fact(e: Evidence, where: _Place) -> Verdict:
    values = pl.Series("v", sorted(e.values)[:400], dtype=pl.String)
    if parse_fact(values, synonyms_for(where.table, where.column.name)).clean:
        return Verdict(8, "its values are numbers, or yes and no")
    return _no("its values are not numbers, nor yes and no")


_JUDGES: dict[str, Callable[[Evidence, _Place], Verdict]] = {
    "date": _date, "money": _money, "volume": _volume, "integer": _integer, "id": _id, "choice": _choice,
    "currency": _currency, "period": _period, "text": _text,
    "fact": _fact,
}  # fmt: skip


def weigh(evidence: Evidence, table: str, target: str) -> Verdict:
    """What the values say about a column being the target."""
    if evidence.empty:
        return Verdict(-6, "its sample is empty") if evidence.rows else Verdict(0)
    column = TABLES[table].column(target)
    verdict = _JUDGES[column.kind](evidence, _Place(table, column))
    return replace(verdict, alone=0) if target in _ONLY_NAMED else verdict
