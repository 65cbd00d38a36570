"""A page of the rows behind a figure, read without sorting all of them where that can be avoided.

The rows of orders and payouts mostly stand in the snapshot as they stood in the company's files. Where they do, the
first rows by file and line are found by their place, and only these are read. The page is the same either way.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants and from places, which are numbers

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from compliance.measurement import Evidence
    from compliance.records import Records

MOST_PLACES = 1_000
"""Rows of a page up to which they are read one by one."""

_ORDERS = re.compile(r"SELECT \* FROM money_in( WHERE .*)? ORDER BY (side, )?source_file, source_line")
_NOT_AMONG_FACTS = re.compile(r"_id|_file|_line|product|currency")
_PAYOUTS_JOINED = " FROM money_out m LEFT JOIN "
_PAYOUTS_IN_ORDER = " ORDER BY m.source_file, m.source_line, o.source_line"


def page_of(records: Records, evidence: Evidence, limit: int, after: int) -> pl.DataFrame:
    """Rows `after` to `after + limit` of what evidence lists; see `Records.rows`."""
    sql, page = evidence.sql, f"LIMIT {int(limit)} OFFSET {int(after)}"
    if limit > MOST_PLACES:
        return records.sql(f"{sql}\n{page}")
    orders = _ORDERS.fullmatch(sql) if records.has_built("order_facts") else None
    if orders and not _NOT_AMONG_FACTS.search(orders[1] or "") and records.once(_orders_as_given):
        where, by_side = orders[1] or "", "side::VARCHAR, " if orders[2] else ""
        found = records.all(f"SELECT place FROM order_facts{where} ORDER BY {by_side}place {page}")
        chosen = f"place IN ({', '.join(str(row[0]) for row in found)})" if found else "false"
        rest = f"WHERE {chosen} ORDER BY {by_side}source_file, source_line"
        return records.sql(f"SELECT * EXCLUDE (place, buyer) FROM placed_orders {rest}")
    if _PAYOUTS_JOINED in sql and sql.endswith(_PAYOUTS_IN_ORDER) and records.once(_payouts_as_given):
        # each payout gives at least one row, so no later payout can come into the page
        first = f"(SELECT * FROM money_out ORDER BY source_file, source_line LIMIT {int(limit) + int(after)})"
        sql = sql.replace(_PAYOUTS_JOINED, _PAYOUTS_JOINED.replace("money_out", first))
    return records.sql(f"{sql}\n{page}")


def _orders_as_given(records: Records) -> bool:
    return _as_given(records, "orders")


def _payouts_as_given(records: Records) -> bool:
    return records.rewards_from == "payouts" and _as_given(records, "payouts")


def _as_given(records: Records, table: str) -> bool:
    """Whether the rows of a table follow each other by file and line, no two at one line."""
    path = records.folder / f"{table}.parquet"
    if not path.is_file():
        return False
    read = pl.scan_parquet(path).select("source_file", "source_line").collect()
    name, line = read["source_file"], read["source_line"]
    if name.null_count() or line.null_count():
        return False
    later = ((name == name.shift(1)) & (line > line.shift(1))) | (name > name.shift(1))
    return bool(later[1:].all())
