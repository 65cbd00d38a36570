"""How many rows there are: with a value in each column, in each currency. Asked before anything is counted over them."""

# ruff: noqa: S608 - queries are put together from this room's own constants and from columns of the schema

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

if TYPE_CHECKING:
    import duckdb

LINES_BY_CURRENCY = """
    SELECT 'orders' AS table_name, currency, count(*) AS lines FROM orders GROUP BY 1, 2
    UNION ALL SELECT 'rewards', currency, count(*) FROM rewards GROUP BY 1, 2 ORDER BY 1, 2
"""
"""Order and payout lines in each currency."""


def lines_by_currency(database: duckdb.DuckDBPyConnection) -> dict[tuple[str, str | None], int]:
    """Lines of `orders` and `rewards` in each currency, None for those that state none."""
    counted = database.execute(LINES_BY_CURRENCY).fetchall()
    return {(str(table), code): int(lines) for table, code, lines in counted}


def both_together(lines: Mapping[tuple[str, str | None], int]) -> dict[str, int]:
    """Lines of both tables in each currency that is stated, the most frequent first."""
    counted: dict[str, int] = {}
    for (_, code), count in lines.items():
        if code is not None:
            counted[code] = counted.get(code, 0) + count
    return dict(sorted(counted.items(), key=lambda each: (-each[1], each[0])))


def filled_columns(database: duckdb.DuckDBPyConnection, table: str, path: Path | None) -> dict[str, int]:
    """Rows with a value in each column of a table, and all rows under the name "": as its Parquet file says of itself, else
    counted; nothing where there is no file."""
    if path is None:
        return {}
    metadata = pq.read_metadata(path)
    counts = dict.fromkeys(metadata.schema.to_arrow_schema().names, 0)
    for group in range(metadata.num_row_groups):
        for index in range(metadata.num_columns):
            column = metadata.row_group(group).column(index)
            statistics = column.statistics
            if statistics is None or not statistics.has_null_count:
                return _counted(database, table, list(counts))
            counts[column.path_in_schema] += column.num_values - statistics.null_count
    return {"": metadata.num_rows, **counts}


def _counted(database: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> dict[str, int]:
    counted = ", ".join(f'count("{column}")' for column in columns)
    found = database.cursor().execute(f"SELECT count(*), {counted} FROM {table}").fetchone()
    assert found is not None
    return dict(zip(["", *columns], map(int, found), strict=True))
