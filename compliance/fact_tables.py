"""Makes the derived tables of one snapshot, each once, when something first asks for it.

What each table is stands in `compliance.facts`; which form of it these records take is decided here: whether orders can
be traced, whether people whose row was refused may be among unlisted buyers, in which periods the plan counts.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from compliance import facts
from compliance.errors import LARGEST_SUM, RecordsError
from compliance.found_rows import order_parties, reward_links
from compliance.largest_sums import check_sums
from compliance.people import PEOPLE, people_table
from compliance.person_sums import MADE, person_totals
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
    """

    def __init__(
        self,
        records: Records,
        database: duckdb.DuckDBPyConnection,
        tables: Mapping[str, Path],
    ) -> None:
        self._records = records
        self._database = database
        self._tables = tables
        self._making = {name: threading.RLock() for name in facts.DEPENDS}
        self.built: set[str] = set()
        self.single_lines = True
        """Whether no two order lines share a number, as far as `reward_facts` had to know."""

    def build(self, name: str) -> None:
        """Make a derived table and those that it is made from, where they are not there yet.

        Raises:
            RecordsError: the rows cannot be counted; names the table and the reason.
            AmountsTooLarge: their amounts add up to more than can be counted.
        """
        if name in self.built:
            return
        with self._making[name]:  # each its own: who makes one table may wait for columns that another thread reads
            for needed in facts.DEPENDS[name]:
                self.build(needed)
            if name not in self.built:
                self._create(name)
                self.built.add(name)

    def _create(self, name: str) -> None:
        database = self._database.cursor()
        try:
            found = self._found(database, name)
            for table, rows in found.items():
                database.register(table, rows)  # seen by this cursor alone
            database.execute(self._statement(name))
            for table in found:
                database.unregister(table)
            if name in ("order_facts", "reward_facts"):
                self._check_sums(name, most=LARGEST_SUM)
            if name in facts.FITTING:
                database.execute(facts.FITTING[name]).fetchall()
        except (duckdb.ConversionException, duckdb.OutOfRangeException) as error:
            self._check_sums("order_facts", "reward_facts", "returns", most=0)
            raise RecordsError(self._records.folder, verbatim(f"{name}: {str(error).splitlines()[0]}")) from error
        except duckdb.Error as error:
            raise RecordsError(self._records.folder, verbatim(f"{name}: {str(error).splitlines()[0]}")) from error

    def _found(self, database: duckdb.DuckDBPyConnection, name: str) -> dict[str, pa.Table]:
        """What the statement of a table reads and is no table of the records: found or added up in NumPy."""
        match name:
            case "people":
                return {"made": self._people()}
            case "order_facts":
                return {"order_parties": order_parties(database, self._numbered_orders())}
            case "reward_facts":
                links, self.single_lines = reward_links(
                    self._records, database, self._numbered_rewards(), self._counted_rewards
                )
                return {"reward_links": links}
            case "net":
                return {"person_totals": person_totals(self._records)}
            case _:
                return {"made": MADE[name](self._records)} if name in MADE else {}

    def _statement(self, name: str) -> str:
        records = self._records
        traced = records.has("orders.id") and records.has("rewards.source_order_id")
        match name:
            case "order_facts":
                statement = facts.ORDER_FACTS
            case "returned_lines":
                statement = facts.RETURNED_FACTS if traced and self.alone("orders") else facts.RETURNED_LINES
            case "buyer_periods" if records.plan is None or records.plan.period in ("whole", "month"):
                statement = facts.BUYER_MONTHS
            case "people":
                statement = facts.AS_MADE
            case _:
                statement = facts.AS_MADE if name in MADE else getattr(facts, name.upper())
        return statement.format(
            name=name,
            order_id="o.id" if traced else "CAST(NULL AS VARCHAR)",
            orders=self._numbered_orders(),
            currency=self._currency,
            counted_orders="true" if self.alone("orders") else f"o.currency = {self._currency}",
            counted_rewards=self._counted_rewards,
            lost=self._lost(),
            period="month" if records.plan is None else records.plan.period,
        )

    @property
    def _counted_rewards(self) -> str:
        return "true" if self.alone(self._records.rewards_from) else f"r.currency = {self._currency}"

    @property
    def _currency(self) -> str:
        return literal(self._records.currency or "")

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

    def _numbered_rewards(self) -> str:
        """The rewards with `file_row_number`, their place among all rewards from 0 on."""
        path = self._tables.get("payouts")
        if (
            self._records.rewards_from == "computed" or path is None
        ):  # numbered by one thread: not all lines are rewards
            return "(SELECT *, row_number() OVER () - 1 AS file_row_number FROM rewards)"
        return f"read_parquet({literal(str(path.resolve()))}, file_row_number = true)"

    def alone(self, table: str) -> bool:
        """Whether every row of a table of money is in the main currency."""
        return not self._records.other_currencies and self._records.filled(table, "currency") == self._records.filled(
            table
        )

    def _people(self) -> pa.Table:
        return people_table(self._records.network) if self._records.filled("participants") else PEOPLE.empty_table()


def literal(text: str) -> str:
    """A value of ours as SQL text."""
    return "'" + text.replace("'", "''") + "'"
