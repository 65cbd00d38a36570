"""A snapshot of a company's records, opened for measuring.

`Records` puts a folder of Parquet tables (as intake writes them, with what the plan's engine computed where
it was run) behind one DuckDB connection, together with the network, the data sheet and the assumptions. The
tables that indicators count over (`compliance.facts`) are built in memory when first asked for, so that
opening a snapshot to page through evidence costs next to nothing. Evidence is a query over the same names:
anybody who has the snapshot can run it again, and it can read nothing else, since the connection is shut off
from every other file and from the network.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants; users' values never enter one

from __future__ import annotations

import re
import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from compliance import facts
from compliance.assumptions import Assumptions
from compliance.errors import EvidenceError, RecordsError
from compliance.evidence_pages import page_of
from compliance.fact_tables import FactTables, literal
from compliance.lost_people import LostPeople, lost_people
from compliance.measurement import Evidence, Period
from compliance.row_counts import both_together, filled_columns, lines_by_currency
from intake.currencies import MINOR_UNITS
from intake.schema import TABLES, arrow_schema
from intake.text import Text, say, verbatim

if TYPE_CHECKING:
    from compensation import Plan
    from genealogy.network import Network
    from intake.datasheet import DataSheet
    from intake.reading import Reading

T = TypeVar("T")

DEFAULT_SCALE = 2


@dataclass(slots=True)
class _Once:
    """What is made when it is first asked for, by whoever asks first."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    done: bool = False
    made: Any = None


class Records:
    """A snapshot with everything that indicators ask of it. Use `Records.open`, best in a `with`.

    Attributes:
        folder: where the Parquet tables stand.
        lines: order and payout lines (`orders`, `rewards`) in each currency, None for lines that state none.
        line_counts: the same of both together, the most frequent currency first.
        currency: the main currency, the one with the most order and payout lines; None without money.
        scale: decimals of that currency.
        currencies: decimals of every currency that is known.
        assumptions: what an analyst chose.
        datasheet: the data sheet of the records, where there is one.
        plan: the compensation plan, where one was given.
        lost: people whose row of the list was refused.
    """

    def __init__(
        self,
        folder: Path,
        tables: Mapping[str, Path],
        *,
        network: Network | None,
        reading: Reading | None,
        currencies: Mapping[str, int] | None,
        assumptions: Assumptions,
        plan: Plan | None,
    ) -> None:
        self.folder = folder
        self.assumptions = assumptions
        self.plan = plan
        self.datasheet: DataSheet | None = reading.datasheet if reading else None
        self._tables = dict(tables)
        self._network = network
        self._lock = threading.Lock()
        self._kept: dict[str, _Once] = {}
        self._made: dict[Callable[[Records], Any], _Once] = {}
        self._filled: dict[str, dict[str, int]] = {}
        self._spill = tempfile.mkdtemp(prefix="downline-records-")
        self.lost: LostPeople = lost_people(folder, reading)
        self._database = duckdb.connect(config={"temp_directory": self._spill})
        self._free = weakref.finalize(self, _free, self._database, self._spill)
        self._facts = FactTables(self, self._database, self._tables)
        self._attach()
        self.lines = lines_by_currency(self._database)
        self.line_counts = both_together(self.lines)
        self.currency = self._main_currency()
        known = {**MINOR_UNITS, **(reading.currencies if reading else {}), **(currencies or {})}
        self.currencies: Mapping[str, int] = known
        self.scale = known.get(self.currency or "", DEFAULT_SCALE)

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        computed: Path | None = None,
        reconciliation: Path | None = None,
        network: Network | None = None,
        reading: Reading | None = None,
        currencies: Mapping[str, int] | None = None,
        assumptions: Assumptions | None = None,
        plan: Plan | None = None,
    ) -> Records:
        """Opens a snapshot folder.

        Args:
            folder: the folder that intake wrote: `<table>.parquet` and `reading.json`.
            computed: payout lines of the plan's engine; default `computed.parquet` in the folder, if there.
            reconciliation: recorded against recomputed; default `reconciliation.parquet` in the folder.
            network: the participants with their trees, if at hand; read from the folder otherwise.
            reading: the receipt, if at hand; read from `reading.json` otherwise.
            currencies: decimals by code, over what the reading says.
            assumptions: the analyst's numbers.
            plan: the compensation plan, for what asks for its rules or for its payouts recomputed.

        Raises:
            RecordsError: the folder is absent, holds no table, or a table cannot be read.
        """
        if not folder.is_dir():
            raise RecordsError(
                folder,
                Text(
                    en="is not a folder; give the snapshot folder that the import wrote",
                    ar="ليس مجلدًا. يُعطى مجلد النسخة الثابتة الذي كتبه الاستيراد",
                ),
            )
        tables = {name: folder / f"{name}.parquet" for name in TABLES}
        tables["computed"] = computed or folder / "computed.parquet"
        tables["reconciliation"] = reconciliation or folder / "reconciliation.parquet"
        present = {name: path for name, path in tables.items() if path.is_file()}
        if not present.keys() & TABLES.keys():
            raise RecordsError(
                folder,
                say(
                    "holds none of the tables {tables}; import the records first",
                    "لا شيء فيه من الجداول {tables}. تُستورد السجلات أولًا",
                    tables=", ".join(TABLES),
                ),
            )
        if reading is None and (folder / "reading.json").is_file():
            reading = _reading(folder)
        return cls(
            folder,
            present,
            network=network,
            reading=reading,
            currencies=currencies,
            assumptions=assumptions or Assumptions(),
            plan=plan,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Frees the connection and its temporary folder."""
        self._free()

    # What is there

    def has(self, name: str) -> bool:
        """Whether a table has rows (`orders`), or a column has at least one value (`orders.buyer_id`).

        `rewards` stands for recorded payouts or, without them, for computed ones; `plan` is the plan itself.
        """
        if name == "plan":
            return self.plan is not None
        table, _, column = name.partition(".")
        if table == "rewards":
            table = self.rewards_from
        return self.filled(table, column) > 0

    def filled(self, table: str, column: str = "") -> int:
        """How many rows of a table have a value in a column; without a column, how many rows there are."""
        counts = self._filled.get(table)
        if counts is None:
            counts = self._filled[table] = filled_columns(self._database, table, self._tables.get(table))
        return counts.get(column, 0)

    def has_built(self, name: str) -> bool:
        """Whether a derived table was made already, so that asking it costs little."""
        return name in self._facts.built

    @cached_property
    def rewards_from(self) -> str:
        """`payouts` where the company recorded any, else `computed`."""
        return "payouts" if self.filled("payouts") or not self.filled("computed") else "computed"

    @cached_property
    def rewards_by_place(self) -> bool:
        """Whether `reward_facts` has every reward once, so that its `place` tells which order lines were rewarded."""
        self._facts.build("reward_facts")
        return self._facts.single_lines and self._facts.alone(self.rewards_from)

    @cached_property
    def allowance(self) -> int | None:
        """Own use of a participant in a month, in minor units; None where nothing says how much."""
        return self.assumptions.allowance_minor(self.currency, self.scale)

    @cached_property
    def other_currencies(self) -> dict[str, int]:
        """Order and payout lines in other currencies than the main one: they are not counted."""
        return {code: lines for code, lines in self.line_counts.items() if code != self.currency}

    @cached_property
    def network(self) -> Network:
        """The participants with their named trees."""
        if self._network is None:
            from genealogy.network import Network

            self._network = Network.from_parquet(self.folder)
        return self._network

    @cached_property
    def money_period(self) -> Period | None:
        """First and last day with an order or a reward."""
        return self._period(
            "SELECT min(first), max(last) FROM (SELECT min(date) AS first, max(date) AS last FROM orders"
            " UNION ALL SELECT min(date), max(date) FROM rewards)"  # table by table, from what Parquet says of itself
        )

    @cached_property
    def joining_period(self) -> Period | None:
        """First and last day on which somebody joined."""
        return self._period("SELECT min(joined) AS first, max(joined) AS last FROM people WHERE is_participant")

    def once(self, make: Callable[[Records], T]) -> T:
        """What `make` gives for these records, made the first time only: sums that several indicators need."""
        with self._lock:
            once = self._made.setdefault(make, _Once())
        with once.lock:  # one of its own: who needs other sums does not wait for these
            if not once.done:
                once.made, once.done = make(self), True
            made: T = once.made
            return made

    # Queries

    def sql(self, query: str, parameters: list[Any] | None = None) -> pl.DataFrame:
        """A reading query over the views and derived tables, as a data frame.

        Raises:
            EvidenceError: the query does anything but read, reads anything but the snapshot, or fails.
        """
        with self._reading(query) as cursor:
            found: pl.DataFrame = cursor.sql(query, params=parameters).pl()
            return found

    def kept(self, query: str) -> str:
        """The name of a table in memory with the rows of a query: for what one measurement reads several times.

        Evidence does not name it, since it is run again over a snapshot on which nothing was measured.
        """
        self._build_named(query)
        with self._lock:
            once = self._kept.setdefault(query, _Once(made=f"kept_{len(self._kept)}"))
        with once.lock:
            if not once.done:
                with self._reading(query) as cursor:
                    cursor.execute(f"CREATE TABLE {once.made} AS {query}")
                once.done = True
            return str(once.made)

    def row(self, query: str) -> tuple[Any, ...]:
        """The one row of a query, sums as Python integers of any size, NULL as None."""
        found = self._run(query).fetchone()
        if found is None:
            raise EvidenceError(query, Text(en="the query gave no row", ar="لم يُعطِ الاستعلام أي صف"))
        return tuple(found)

    def all(self, query: str) -> list[tuple[Any, ...]]:
        """All rows of a (small) query."""
        return [tuple(row) for row in self._run(query).fetchall()]

    def arrays(self, query: str) -> dict[str, np.ndarray[Any, np.dtype[Any]]]:
        """The columns of a query as NumPy arrays.

        Raises:
            EvidenceError: as `sql`; or a column has a NULL, for which an array of whole numbers has no place.
        """
        with self._reading(query) as cursor:
            found = cursor.sql(query).fetchnumpy()  # of an executed cursor every row would be copied once more
        for name, values in found.items():
            if isinstance(values, np.ma.MaskedArray) and values.mask.any():
                raise EvidenceError(query, say("{name} is NULL in some row", "{name} فارغ في بعض الصفوف", name=name))
        return {name: np.asarray(values) for name, values in found.items()}

    def rows(self, evidence: Evidence, limit: int = 100, after: int = 0) -> pl.DataFrame:
        """A page of the rows behind a figure.

        Args:
            evidence: what a measurement carries.
            limit: most rows to return.
            after: rows to pass over: how many have been seen.
        """
        return page_of(self, evidence, limit, after)

    def batches(self, evidence: Evidence, *, size: int, most: int | None = None) -> Iterator[pl.DataFrame]:
        """All rows behind a figure (or the first `most`), in its order, `size` at a time."""
        query = evidence.sql if most is None else f"{evidence.sql}\nLIMIT {int(most)}"
        with self._reading(query) as cursor:
            for batch in cursor.sql(query).to_arrow_reader(size):
                yield pl.DataFrame(pl.from_arrow(batch))

    def evidence(self, query: str, *, count: int | None = None, like: str | None = None) -> Evidence:
        """Makes evidence of a query that ends in ORDER BY: its columns, and its rows counted unless known.

        Args:
            query: gives the rows.
            count: how many there are.
            like: a query of the same columns, for one that lists so much that only reading it takes long.
        """
        query = re.sub(r"\s+", " ", query).strip()
        shape = query if like is None else like
        with self._reading(shape) as cursor:
            columns = tuple(cursor.sql(shape).columns)  # bound and not run: that waits until somebody asks for the rows
        if count is None:
            count = int(self.row(f"SELECT count(*) FROM ({query})")[0])
        return Evidence(sql=query, columns=columns, count=count)

    def _run(self, query: str) -> duckdb.DuckDBPyConnection:
        with self._reading(query) as cursor:
            return cursor.execute(query)

    @contextmanager
    def _reading(self, query: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor for one reading query, with the derived tables that the query names built."""
        self._build_named(query)
        cursor = self._database.cursor()
        try:
            statements = cursor.extract_statements(query)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise EvidenceError(
                    query,
                    Text(
                        en="only one reading statement (SELECT) is allowed",
                        ar="لا يُقبل إلا استعلام قراءة واحد (⁨SELECT⁩)",
                    ),
                )
            yield cursor
        except duckdb.Error as error:
            raise EvidenceError(query, verbatim(str(error).splitlines()[0])) from error

    def _build_named(self, query: str) -> None:
        """Makes the derived tables that a query names; never under a lock that making one of them may need."""
        for name in facts.DEPENDS:
            if name not in self._facts.built and re.search(rf"\b{name}\b", query):
                self._facts.build(name)

    # Setting up

    def _attach(self) -> None:
        database = self._database
        folders = sorted({str(path.parent.resolve()) for path in self._tables.values()} | {self._spill})
        database.execute(f"SET allowed_directories = [{', '.join(literal(f) for f in folders)}]")
        database.execute("SET enable_external_access = false")
        database.execute("SET TimeZone = 'UTC'")
        database.execute("SET lock_configuration = true")
        for statement in facts.TYPES:
            database.execute(statement)
        schemas = {name: arrow_schema(name) for name in TABLES}
        schemas |= {"computed": facts.COMPUTED, "reconciliation": facts.RECONCILIATION}
        for name, schema in schemas.items():
            path = self._tables.get(name)
            if path is None:
                database.register(f"{name}_empty", schema.empty_table())
                database.execute(f"CREATE TABLE {name} AS SELECT * FROM {name}_empty")
                database.unregister(f"{name}_empty")
                continue
            try:
                database.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({literal(str(path.resolve()))})")
            except duckdb.Error as error:
                raise RecordsError(
                    path,
                    say(
                        "cannot be read ({splitlines})",
                        "تتعذر قراءته ({splitlines})",
                        splitlines=str(error).splitlines()[0],
                    ),
                ) from error
        database.register("lost_now", pa.table({"id": pa.array(sorted(self.lost.ids), pa.string())}))
        database.execute("CREATE TABLE lost_ids AS SELECT id FROM lost_now")
        database.unregister("lost_now")
        origin = facts.REWARDS_FROM_COMPUTED if self.rewards_from == "computed" else facts.REWARDS_FROM_PAYOUTS
        database.execute(origin)

    def _main_currency(self) -> str | None:
        stated = self.datasheet.currency if self.datasheet else None
        if stated in self.line_counts:
            return stated
        return next(iter(self.line_counts), stated)

    def _period(self, query: str) -> Period | None:
        first, last = self.row(query)
        return None if first is None else Period(start=f"{first:%Y-%m-%d}", end=f"{last:%Y-%m-%d}")


def _free(database: duckdb.DuckDBPyConnection, spill: str) -> None:
    database.close()
    shutil.rmtree(spill, ignore_errors=True)


def _reading(folder: Path) -> Reading:
    from pydantic import ValidationError

    from intake.reading import Reading

    try:
        return Reading.model_validate_json((folder / "reading.json").read_bytes())
    except (OSError, ValidationError) as error:
        raise RecordsError(
            folder / "reading.json", say("cannot be read ({error})", "تتعذر قراءته ({error})", error=error)
        ) from error
