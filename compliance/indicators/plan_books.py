"""The records as the plan's engine takes them, for measurements that compute the plan again."""

# ruff: noqa: S608 - names of tables only, all constants of this file

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from compensation.books import Books
    from compliance.records import Records


def books_of(records: Records) -> Books:
    """Network, orders, ranks, facts and clicks of some records; there must be orders."""
    from compensation.books import Books

    orders = _table(records, "orders")
    assert orders is not None, "asked for in `needs`"
    ranks, facts, clicks = (_table(records, name) for name in ("ranks", "facts", "clicks"))
    return Books(records.network, orders, ranks, facts, clicks, currencies=dict(records.currencies))


def _table(records: Records, name: str) -> pl.DataFrame | None:
    """A table without where its rows came from, which is no matter to the engine."""
    return records.sql(f"SELECT * EXCLUDE (source_file, source_line) FROM {name}") if records.has(name) else None
