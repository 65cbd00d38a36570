"""Makes the derived tables of one snapshot, each once, when something first asks for it.

What each table is stands in `compliance.facts`; which form of it these records take is decided here: whether orders can
be traced, whether people whose row was refused may be among unlisted buyers, in which periods the plan counts.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants; users' values never enter one

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from compliance import facts
from compliance.errors import LARGEST_SUM, RecordsError
from compliance.found_rows import order_parties
from compliance.largest_sums import check_sums
from compliance.people import PEOPLE, people_table
from intake.text import verbatim

if TYPE_CHECKING:
    import pyarrow as pa

    from compliance.records import Records


class FactTables:
    """The derived tables of some records, on their connection.

    Args:
        records: whose tables these are.
        database: their connection.
        tables: the Parquet file of each table that there is.
        lock: held while a table is made.
    """

    def __init__(
        self,
        records: Records,
        database: duckdb.DuckDBPyConnection,
        tables: Mapping[str, Path],
        lock: threading.RLock,
    ) -> None:
        self._records = records
        self._database = database
        self._tables = tables
        self._lock = lock
        self.built: set[str] = set()
        self.single_lines = True
        """Whether no two order lines share a number, as far as `reward_facts` had to know."""

    def build(self, name: str) -> None:
        """Make a derived table and those that it is made from, where they are not there yet.

        Raises:
            RecordsError: the rows cannot be counted; names the table and the reason.
            AmountsTooLarge: their amounts add up to more than can be counted.
        """
        with self._lock:
            for needed in facts.DEPENDS[name]:
                self.build(needed)
            if name not in self.built:
                self._create(name)
                self.built.add(name)

    def _create(self, name: str) -> None:
        database, currency = self._database.cursor(), literal(self._records.currency or "")
        try:
            match name:
                case "people":
                    database.register("people_now", self._people())
                    database.execute("CREATE TABLE people AS SELECT * FROM people_now")
                    database.unregister("people_now")
                case "order_facts":
                    self._create_order_facts(database, currency)
                case "placed_orders":
                    database.execute(
                        facts.PLACED_ORDERS.format(orders=self._numbered_orders(), currency=currency, lost=self._lost())
                    )
                case "discount_only":
                    allowance = -1 if self._records.allowance is None else self._records.allowance
                    database.execute(facts.DISCOUNT_ONLY.format(allowance=allowance))
                case "buyer_periods":
                    length = (
                        "month"
                        if self._records.plan is None or self._records.plan.period == "whole"
                        else self._records.plan.period
                    )
                    database.execute(
                        facts.BUYER_MONTHS if length == "month" else facts.BUYER_PERIODS.format(period=length)
                    )
                case "order_lines":
                    database.execute(facts.ORDER_LINES.format(orders=self._numbered_orders()))
                case "returned_lines":
                    traced = self._records.has("orders.id") and self._records.has("rewards.source_order_id")
                    statement = facts.RETURNED_FACTS if traced and self.alone("orders") else facts.RETURNED_LINES
                    database.execute(statement.format(orders=self._numbered_orders(), currency=currency))
                case "reward_facts":
                    self._create_reward_facts(database, currency)
                case _:
                    database.execute(getattr(facts, name.upper()).format(currency=currency))
            if name in ("order_facts", "reward_facts"):
                self._check_sums(name, most=LARGEST_SUM)
        except (duckdb.ConversionException, duckdb.OutOfRangeException) as error:
            self._check_sums("order_facts", "reward_facts", "returns", most=0)
            raise RecordsError(self._records.folder, verbatim(f"{name}: {str(error).splitlines()[0]}")) from error
        except duckdb.Error as error:
            raise RecordsError(self._records.folder, verbatim(f"{name}: {str(error).splitlines()[0]}")) from error

    def _check_sums(self, *names: str, most: int) -> None:
        built = [name for name in names if name not in facts.DEPENDS or name in self.built or most]
        check_sums(self._records, self._database.cursor(), built, most)

    def _lost(self) -> str:
        return facts.LOST["anybody" if self._records.lost.anybody else "known" if self._records.lost.ids else "nobody"]

    def _numbered_orders(self) -> str:
        """The orders with `file_row_number`, the row in their table."""
        path = self._tables.get("orders")
        if path is None:
            return "(SELECT *, CAST(NULL AS BIGINT) AS file_row_number FROM orders)"
        return f"read_parquet({literal(str(path.resolve()))}, file_row_number = true)"

    def alone(self, table: str) -> bool:
        """Whether every row of a table of money is in the main currency."""
        return not self._records.other_currencies and self._records.filled(table, "currency") == self._records.filled(
            table
        )

    def _create_order_facts(self, database: duckdb.DuckDBPyConnection, currency: str) -> None:
        traced = self._records.has("orders.id") and self._records.has("rewards.source_order_id")
        orders = self._numbered_orders()
        database.register("order_parties", order_parties(database, orders))
        database.execute(
            facts.ORDER_FACTS.format(
                order_id="o.id" if traced else "CAST(NULL AS VARCHAR)",
                orders=orders,
                currency=currency,
                lost=self._lost(),
            )
        )
        database.unregister("order_parties")

    def _create_reward_facts(self, database: duckdb.DuckDBPyConnection, currency: str) -> None:
        stated = self._records.has("rewards.source_participant_id")
        for traceable in ("order_facts", facts.FIRST_LINES):
            database.execute(
                facts.REWARD_FACTS.format(
                    stated_source="s.row" if stated else "CAST(NULL AS INTEGER)",
                    stated_join=facts.STATED_JOIN if stated else "",
                    traceable=traceable,
                    currency=currency,
                )
            )
            counted = database.execute(
                "SELECT (SELECT count(*) FROM reward_facts),"
                f" (SELECT count(*) FROM rewards WHERE currency = {currency})"
            ).fetchone()
            if counted is None or counted[0] == counted[1]:
                break  # otherwise an order has several lines and its rewards were counted once for each
            self.single_lines = False

    def _people(self) -> pa.Table:
        return people_table(self._records.network) if self._records.filled("participants") else PEOPLE.empty_table()


def literal(text: str) -> str:
    """A value of ours as SQL text."""
    return "'" + text.replace("'", "''") + "'"
