"""Identifiers of people made comparable: person, telephone, mail, postal address, account.

They are written in many ways, so that they are compared without case, accents, spaces and punctuation; a telephone number
by its last nine digits. A value that many positions carry (an office's address, `none`, 000) tells nobody apart and is
left out. Names are no identifier by themselves. None of these values leaves this room: evidence gives ids only.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from compliance.facts import CUSTOMER_KINDS

if TYPE_CHECKING:
    from compliance.records import Records

COLUMNS = ("person", "phone", "email", "address", "bank")
TOGETHER = {"name_and_sponsor": "sponsor_id", "name_and_day": "joined"}
"""Keys of a name together with something else, for records that may be one person's."""
MOST_SHARED = 20
"""Positions that may carry the same value; a value of more is left out."""
SHORTEST = {"person": 4, "phone": 7, "email": 6, "address": 6, "bank": 6, "name": 3}
"""Signs of the shortest value that can tell people apart."""

_PLAIN = "regexp_replace(strip_accents(lower({value})), '[^\\p{{L}}\\p{{N}}]+', '{gap}', 'g')"
_NORMAL = {
    "person": _PLAIN.format(value="p.person", gap=""),
    "phone": "right(regexp_replace(p.phone, '[^0-9]+', '', 'g'), 9)",
    "email": "regexp_replace(lower(trim(p.email)), '[+][^@]*@', '@')",
    "address": _PLAIN.format(value="p.address", gap=""),
    "bank": _PLAIN.format(value="p.bank", gap=""),
    "name": "translate(trim(" + _PLAIN.format(value="p.name", gap=" ") + "), 'أإآةى', 'اااهي')",
}


@dataclass(frozen=True, slots=True)
class Shared:
    """Positions that share a value, or a name with something else, with at most `MOST_SHARED` others."""

    rows: pl.DataFrame
    """`row`, a column for each identifier that the records carry (null where it is not shared), `name`, and the keys of
    `TOGETHER`."""
    carried: tuple[str, ...]
    """The identifiers that the records carry at all."""
    named: bool
    """Whether they carry names."""
    positions: int
    """With any of them, shared or not."""


def normal(column: str) -> str:
    """The SQL expression of an identifier made comparable; NULL where it is too short or one sign throughout."""
    value = _NORMAL[column]
    return (
        f"CASE WHEN length({value}) >= {SHORTEST[column]} AND length(replace({value}, left({value}, 1), '')) > 0"
        f" THEN {value} END"
    )


def shared(records: Records) -> Shared:
    """Who shares what with whom."""
    carried = tuple(column for column in COLUMNS if records.has(f"participants.{column}"))
    named = records.has("participants.name")
    values = [*carried, "name"] if named else list(carried)
    if not values:
        return Shared(pl.DataFrame(schema={"row": pl.Int32}), (), named=False, positions=0)
    together = TOGETHER if named else {}
    known = " OR ".join(f"p.{column} IS NOT NULL" for column in values)
    found = "".join(f", {normal(column)} AS {column}" for column in carried)
    beside = "".join(f", p.{column} AS of_{key}" for key, column in together.items())
    # names recur, so that each is made comparable once
    names = f"SELECT p.name AS written, {normal('name')} AS name FROM (SELECT DISTINCT name FROM participants) p"
    blocks = {column: (column,) for column in carried} | {key: ("name", f"of_{key}") for key in together}
    joins, kept = [], []
    for block, columns in blocks.items():
        several = (
            f"SELECT {', '.join(columns)} FROM keyed WHERE {' AND '.join(f'{each} IS NOT NULL' for each in columns)}"
            f" GROUP BY ALL HAVING count(*) BETWEEN 2 AND {MOST_SHARED}"
        )
        joins.append(
            f"LEFT JOIN ({several}) AS s_{block} ON " + " AND ".join(f"s_{block}.{each} = k.{each}" for each in columns)
        )
        kept.append(" || chr(31) || ".join(f"CAST(s_{block}.{each} AS VARCHAR)" for each in columns) + f" AS {block}")
    rows = records.sql(
        f"""
        WITH {f"names AS ({names})," if named else ""} keyed AS MATERIALIZED (
            SELECT q.row{found}{beside}{", n.name" if named else ""} FROM participants p JOIN people q ON q.id = p.id
            {"LEFT JOIN names n ON n.written = p.name" if named else ""}
            WHERE ({known}) AND coalesce(p.kind, '') NOT IN {CUSTOMER_KINDS}
        )
        SELECT k.row, {"k.name, " if named else ""}{", ".join(kept)} FROM keyed k {" ".join(joins)}
        WHERE {" OR ".join(f"s_{block}.{columns[0]} IS NOT NULL" for block, columns in blocks.items())} ORDER BY k.row
        """
    )
    positions = records.row(
        f"SELECT count(*) FROM participants p WHERE ({known}) AND coalesce(p.kind, '') NOT IN {CUSTOMER_KINDS}"
    )[0]
    return Shared(rows, carried, named=named, positions=int(positions))
