"""A made-up company as a folder of files: what `downline analyze` reads, and the truth beside it.

CSV or Parquet, one file a table, with a data sheet that maps every column, the plan, and `truth.json`. The folder is
written under another name first and renamed when it is whole. Same kind, size, seed and months: same bytes.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal, Protocol

import polars as pl
import pyarrow.parquet as pq

from synthetic import mess
from synthetic.branch import LABELLED, TABLES, MonthTables
from synthetic.company import LISTED_UP_TO, Company
from synthetic.errors import NotEmpty, NotWritten
from synthetic.scenario import Scenario

Format = Literal["csv", "parquet"]

LAW = ("general", "us")
"""Rule packs that the data sheet asks for; others can be named on the command line."""

LABELS = "truth-orders"
"""The table of planted orders of a company that is too large to list them in `truth.json`."""

_DISTINCT = frozenset({"id", "order_id", "source_order_id", "date", "joined"})
"""Columns whose values hardly repeat, for which Parquet would keep a dictionary in vain."""
_MONEY = ("amount", "cost")
_THOUSANDTHS = ("volume",)


class _Sheet(Protocol):
    def write(self, frame: pl.DataFrame) -> None: ...
    def close(self) -> None: ...


class _Csv:
    def __init__(self, path: Path) -> None:
        self._stream = path.open("wb")
        self._first = True

    def write(self, frame: pl.DataFrame) -> None:
        frame.write_csv(self._stream, include_header=self._first)
        self._first = False

    def close(self) -> None:
        self._stream.close()


class _Parquet:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: pq.ParquetWriter | None = None

    def write(self, frame: pl.DataFrame) -> None:
        # months of one table may be empty of a column's values: every column is text, as in CSV
        table = frame.cast(pl.String).to_arrow()
        if self._writer is None:
            few = [name for name in table.column_names if name not in _DISTINCT]
            self._writer = pq.ParquetWriter(self._path, table.schema, compression="zstd", use_dictionary=few)
        self._writer.write_table(table)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


def _sheet(path: Path, form: Format) -> _Sheet:
    return _Csv(path) if form == "csv" else _Parquet(path)


def must_be_free(folder: Path) -> None:
    """Refuses a folder that holds something.

    Raises:
        NotEmpty: it exists and is not an empty folder.
    """
    if folder.is_dir() and not any(folder.iterdir()):
        return
    if folder.exists():
        raise NotEmpty(folder)


def write(company: Company, folder: Path, *, form: Format = "csv", messy: bool = False) -> None:
    """Write a company into a new folder.

    Args:
        company: what to write.
        folder: must not exist, or be empty.
        form: of the tables.
        messy: headings, dates and sums of money as they come in from several systems; CSV only, no column mapping.

    Raises:
        NotEmpty: the folder holds something already.
        NotWritten: the disk is full, or the folder may not be written to.
    """
    must_be_free(folder)
    building = folder.with_name(f".{folder.name}.part")
    if building.exists():
        shutil.rmtree(building)
    try:
        building.mkdir(parents=True)
        files = _write_tables(company, building, "csv" if messy else form, messy=messy)
        (building / "plan.yaml").write_bytes((company.plan_path or company.scenario.plan_path).read_bytes())
        _write_text(building / "datasheet.yaml", datasheet(company, files, mapped=not messy))
        _write_text(building / "truth.json", json.dumps(truth(company), ensure_ascii=False, indent=1) + "\n")
        if folder.exists():
            folder.rmdir()
        building.rename(folder)
    except OSError as error:
        raise NotWritten(folder, error.strerror or str(error)) from error
    finally:
        if building.exists():
            shutil.rmtree(building)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


class _Files:
    """The files of a company, month by month: each table that has rows is one."""

    def __init__(self, folder: Path, form: Format, *, messy: bool) -> None:
        self._folder, self._form, self._messy = folder, form, messy
        self._sheets: dict[str, _Sheet] = {}
        self.written: dict[str, list[str]] = {}
        """By table: the file's name and its headings."""

    def put(self, month: MonthTables, labels: pl.DataFrame) -> None:
        """Writes a month, and the planted orders where they are a table."""
        for table in TABLES:
            if len(month[table]):
                self._put(table, mess.spoiled(table, month[table]) if self._messy else readable(month[table]))
        if len(labels):
            self._put(LABELS, labels)

    def _put(self, name: str, shown: pl.DataFrame) -> None:
        if name not in self._sheets:
            self._sheets[name] = _sheet(self._folder / f"{name}.{self._form}", self._form)
            self.written[name] = [f"{name}.{self._form}", *shown.columns]
        self._sheets[name].write(shown)

    def close(self) -> None:
        """No more months."""
        for sheet in self._sheets.values():
            sheet.close()


def _write_tables(company: Company, folder: Path, form: Format, *, messy: bool) -> dict[str, list[str]]:
    """Writes every table that has rows, one month while the next is made; each file's name and headings by table."""
    files = _Files(folder, form, messy=messy)
    try:
        with ThreadPoolExecutor(1) as writer:
            writing: Future[None] | None = None
            for month in company.months():
                labels = month.labels if company.size > LISTED_UP_TO else month.labels.clear()
                if writing is not None:
                    writing.result()
                writing = writer.submit(files.put, month, labels)
            if writing is not None:
                writing.result()
    finally:
        files.close()
    return {name: headings for name, headings in files.written.items() if name != LABELS}


def readable(frame: pl.DataFrame) -> pl.DataFrame:
    """A table as text cells: sums in units of money, volume in points, UTC times."""
    shown = []
    for name, kind in frame.schema.items():
        column = pl.col(name)
        if name in _MONEY:
            column = decimals(column, 2)
        elif name in _THOUSANDTHS:
            column = decimals(column, 3)
        elif kind == pl.Datetime("ms"):
            column = _same(frame[name]) if _is_one(frame[name]) else column.dt.strftime(_TIME)
        else:
            column = column.cast(pl.String)
        shown.append(column.alias(name))
    return frame.select(shown)


_TIME = "%Y-%m-%dT%H:%M:%SZ"


def _is_one(column: pl.Series) -> bool:
    """Whether every value is the same, as the date of all payouts of a month."""
    return column.null_count() == 0 and column.min() == column.max()


def _same(column: pl.Series) -> pl.Expr:
    return pl.lit(column.head(1).dt.strftime(_TIME).item())


def decimals(number: pl.Expr, places: int) -> pl.Expr:
    """An integer as decimal text, without passing through a float; negative ones with their sign in front."""
    whole, part = number.abs() // 10**places, number.abs() % 10**places
    sign = pl.when(number < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return pl.format("{}{}.{}", sign, whole, part.cast(pl.String).str.zfill(places))


def datasheet(company: Company, files: Mapping[str, list[str]], *, mapped: bool) -> str:
    """The data sheet: what the company is, which plan, and which column of which file is what."""
    scenario = company.scenario

    def text(value: object) -> str:
        return json.dumps(value, ensure_ascii=False)  # JSON is YAML

    lines = [
        "# Made up: no company of this kind exists. docs/synthetic.md says how it was made; truth.json what is planted.",
        f"title: {text(scenario.title.model_dump())}",
        f"about: {text(scenario.description.model_dump())}",
        "source: >-",
        f"  Made up by Downline: downline synth {scenario.id} --participants {company.size} --seed {company.seed}"
        f" --months {company.length}",
        f"currency: {scenario.currency}",
        "timezone: UTC",
        "plan: plan.yaml",
        f"law: [{', '.join(LAW)}]",
        "population: everybody ever enrolled",
        "files:",
        "  - {file: truth.json, ignore: true}",
    ]
    if company.size > LISTED_UP_TO and any(name in LABELLED.values() for name in scenario.planted.rows):
        lines.append(f'  - {{file: "{LABELS}.*", ignore: true}}')
    if mapped:
        for table, (file, *columns) in files.items():
            mapping = ", ".join(f"{column}: {column}" for column in columns)
            lines.append(f"  - {{file: {file}, table: {table}, columns: {{{mapping}}}}}")
    return "\n".join(lines) + "\n"


def truth(company: Company) -> dict[str, Any]:
    """What is planted, of the company and of single rows. `company.months()` must have been gone through."""
    scenario = company.scenario
    planted = scenario.planted
    rows: dict[str, Any] = {name: [] for name in planted.rows}
    rows |= {name: found for name, found in company.planted_orders.items() if name in planted.rows}
    if "stacked_positions" in planted.rows:
        rows["stacked_positions"] = company.planted_positions
    orders = company.size > LISTED_UP_TO and any(name in LABELLED.values() for name in planted.rows)
    return {
        "kind": scenario.id,
        "participants": company.size,
        "months": company.length,
        "seed": company.seed,
        "pattern": planted.pattern,
        "shows": planted.shows,
        "quiet": planted.quiet,
        "law": planted.law,
        "figures": {name: figure.model_dump() for name, figure in planted.figures.items()},
        "labels": planted.rows,
        "rows": rows,
        "rows_of_orders": LABELS if orders else None,
        "totals": company.totals,
    }


def describe(scenario: Scenario, language: str) -> str:
    """One line for a list of kinds."""
    return scenario.line.ar if language == "ar" else scenario.line.en
