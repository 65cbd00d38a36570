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

from compliance.columns import NONE, OrderColumns, Rows, order_columns, people_columns

if TYPE_CHECKING:
    import duckdb

    from compliance.records import Records

Values = npt.NDArray[Any]


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


def reward_links(
    records: Records, cursor: duckdb.DuckDBPyConnection, rewards: str, counted: str
) -> tuple[pa.Table, bool]:
    """Whom each reward went to, which order it is traced to, and who gave rise to it.

    Args:
        records: whose rewards.
        cursor: on the records' connection, with `order_facts` and `first_orders` made.
        rewards: the rewards as SQL, with `file_row_number` from 0 on without gaps.
        counted: which rewards `r` are looked up.

    Returns:
        The columns of `reward_facts` that joins give, `side` and `category` as codes of their types; and whether no counted reward
        names an order number that several order lines share. Where one does, the first line stands for all.
    """
    count = int(records.row("SELECT count(*) FROM rewards")[0])
    payee, _ = _found(cursor, rewards, "participant_id", "people", counted, count)
    place, single = _found(cursor, rewards, "source_order_id", _LINES, counted, count)
    if not single:
        place, _ = _found(cursor, rewards, "source_order_id", _FIRST_LINES, counted, count)
    orders, traced = records.once(order_columns), place >= 0
    line = np.zeros(int(orders.place.max()) + 1 if len(orders.place) else 0, dtype=np.int32)
    line[orders.place] = np.arange(len(orders.place), dtype=np.int32)
    line = np.where(traced, _at(line, place), np.int32(NONE))
    source = np.where(traced, _at(orders.buyer, line), np.int32(NONE))
    if records.has("rewards.source_participant_id"):
        unnamed = f"{counted} AND r.file_row_number IN (SELECT number FROM unnamed)"
        cursor.register("unnamed", pa.table({"number": np.flatnonzero(source < 0)}))
        stated, _ = _found(cursor, rewards, "source_participant_id", "people", unnamed, count)
        cursor.unregister("unnamed")
        source = np.maximum(source, stated)
    month = _at(orders.month, line)
    table = {
        "payee": _nullable(payee, payee >= 0),
        "traced": pa.array(traced),
        "side": _nullable(_at(orders.side, line), traced),
        "category": _nullable(_at(orders.category, line), traced),
        "source": _nullable(source, source >= 0),
        "ordered_month": _nullable(month_days(int(orders.month.max(initial=NONE)))[month], traced & (month >= 0)).view(
            pa.date32()
        ),
        "place": _nullable(place.astype(np.uint32), traced),
        "own": _nullable((source >= 0) & (source == payee), (source < 0) | (payee >= 0)),
        "first_order": _first_orders(records, orders, line),
        "distance": _distances(_by_row(cursor, "pre, size, depth"), payee, source),
    }
    return pa.table(table), single


_LINES = "(SELECT order_id AS id, place AS row FROM order_facts)"
_FIRST_LINES = "(SELECT DISTINCT ON (order_id) order_id AS id, place AS row FROM order_facts ORDER BY order_id, date, amount, place)"


def _found(
    cursor: duckdb.DuckDBPyConnection, rewards: str, column: str, among: str, wanted: str, count: int
) -> tuple[Rows, bool]:
    """For each reward the `row` of what a column of it names, or NONE, and whether no reward found two.

    Args:
        cursor: on the records' connection.
        rewards: as SQL, with `file_row_number`.
        column: of rewards.
        among: what has `id` and `row`.
        wanted: which rewards `r` are looked up.
        count: of all rewards.
    """
    found = cursor.sql(
        f"""
        SELECT r.file_row_number AS number, f.row::INTEGER AS row
        FROM {rewards} r JOIN {among} f ON f.id = r.{column} WHERE {wanted}
        """
    ).fetchnumpy()
    rows = np.full(count, NONE, dtype=np.int32)
    rows[found["number"]] = found["row"]
    return rows, np.count_nonzero(rows >= 0) == len(found["row"])


def month_days(last: int) -> npt.NDArray[np.int32]:
    """The first day of each month from January of the year 1 on, as days since 1970; the last month is `last`, NONE for none."""
    months = np.arange(last + 2) + np.datetime64("0001-01", "M")
    return months.astype("datetime64[D]").astype(np.int32)


def _first_orders(records: Records, orders: OrderColumns, line: Rows) -> pa.Array:
    """Whether the order of each reward was its buyer's first; NULL for dated orders of buyers who are not on the list."""
    first = records.once(people_columns).first_order[orders.buyer]
    known = np.isnat(orders.date) | (orders.buyer >= 0)
    return _nullable((line >= 0) & _at(orders.date <= first, line), (line < 0) | _at(known, line))


def _distances(people: dict[str, Values], payee: Rows, source: Rows) -> pa.Array:
    """How many levels below the payee the source stands; NULL where it is not in the payee's part of the tree."""
    start, place = _at(people["pre"], payee), _at(people["pre"], source)
    below = (payee >= 0) & (source >= 0) & (place >= start) & (place < start + _at(people["size"], payee))
    return _nullable(_at(people["depth"], source) - _at(people["depth"], payee), below)


def _numbered(names: pa.ChunkedArray) -> Rows:
    """A number for each different name from 0 on, NONE for NULL."""
    parts = [part.indices.fill_null(NONE) for part in names.dictionary_encode().chunks]
    return np.concatenate([np.empty(0, dtype=np.int32), *(part.to_numpy() for part in parts)])


def _by_row(cursor: duckdb.DuckDBPyConnection, columns: str) -> dict[str, Values]:
    """Columns of `people` without NULL, in the order of `row`."""
    return cursor.sql(f"SELECT {columns} FROM people ORDER BY row").fetchnumpy()


def _at(values: Values, rows: Rows) -> Values:
    """The values of some rows; of NONE, any."""
    return values[rows] if len(values) else np.zeros(len(rows), dtype=values.dtype)


def _nullable(values: Values, there: npt.NDArray[np.bool_]) -> pa.Array:
    return pa.array(values, mask=~there)
