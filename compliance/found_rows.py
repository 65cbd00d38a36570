"""Which rows of the list and which order lines the orders and rewards name, found once and kept as columns of NumPy.

Names are found by hash joins that carry nothing but a row number; everything else that a derived table says of a person or
an order is then taken from its place. With millions of lines that costs a fraction of joins that carry it along. The
tables made here are zipped with the records' own rows (`POSITIONAL JOIN`), so each has a row for each of theirs, in their order.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

if TYPE_CHECKING:
    import duckdb

Rows = npt.NDArray[np.int32]
Values = npt.NDArray[Any]

NONE = -1
"""Nobody on the list, no order line."""


def order_parties(cursor: duckdb.DuckDBPyConnection, orders: str) -> pa.Table:
    """Who bought and who is credited, for each order.

    Args:
        cursor: on the records' connection, with `people` made.
        orders: the orders as SQL, with `file_row_number`.

    Returns:
        `row` and `seller`: rows of `people`, NULL for nobody on it; `customer`: a number of whoever bought, the row or, for
        buyers who are not on the list, a number after the last row, NULL where an order names nobody; `is_participant`
        and `states_kind` of the buyer's row.
    """
    found = cursor.sql(
        f"""
        SELECT o.file_row_number AS place, coalesce(b.row, {NONE}) AS buyer, coalesce(s.row, {NONE}) AS seller,
               CASE WHEN b.row IS NULL THEN o.buyer_id END AS stranger
        FROM {orders} o LEFT JOIN people b ON b.id = o.buyer_id LEFT JOIN people s ON s.id = o.seller_id
        """
    ).to_arrow_table()
    people = _by_row(cursor, "is_participant, states_kind")
    in_order = np.argsort(found["place"].to_numpy(), kind="stable")  # a join of few orders may turn them about
    buyer, seller = (found[name].to_numpy()[in_order] for name in ("buyer", "seller"))
    number = _numbered(found["stranger"])[in_order]
    listed = buyer >= 0
    customer = np.where(listed, buyer, number + len(people["states_kind"]))
    return pa.table(
        {
            "row": _nullable(buyer, listed),
            "seller": _nullable(seller, seller >= 0),
            "customer": _nullable(customer, listed | (number >= 0)),
            **{name: _nullable(_at(values, buyer), listed) for name, values in people.items()},
        }
    )


def _numbered(names: pa.ChunkedArray) -> Rows:
    """A number for each different name from 0 on, NONE for NULL."""
    parts = [part.indices.fill_null(NONE) for part in names.dictionary_encode().chunks]
    return np.concatenate([np.empty(0, dtype=np.int32), *(part.to_numpy() for part in parts)])


def _by_row(cursor: duckdb.DuckDBPyConnection, columns: str) -> dict[str, Values]:
    """Columns of `people` without NULL, in the order of `row`."""
    return cursor.execute(f"SELECT {columns} FROM people ORDER BY row").fetchnumpy()


def _at(values: Values, rows: Rows) -> Values:
    """The values of some rows; of NONE, any."""
    return values[rows] if len(values) else np.zeros(len(rows), dtype=values.dtype)


def _nullable(values: Values, there: npt.NDArray[np.bool_]) -> pa.Array:
    return pa.array(values, mask=~there)
