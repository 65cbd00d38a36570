"""One batch of text cells as rows of a table, and the rows that cannot be.

Each column of the claim is parsed as a whole. A row is refused for its first column, in the table's order,
that is bad, a formula, or empty though required (the currency before all, because an amount hangs on it); it
is kept with its line and all its cells. A bad cell of a column that the schema calls expendable costs only the cell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from intake import values
from intake.cells import Prepared, parse_amounts, parse_cells, sign_of, translated
from intake.claims import Claim
from intake.errors import HINTS, NO_SUCH_DAY, OUTSIDE_YEARS, RefusalCode
from intake.formats.contract import VALUE_CUT, Lines
from intake.schema import REFUSED, Column, arrow_schema
from intake.text import Text
from intake.values.dates import FIRST_YEAR, LAST_YEAR

_HINT_OF = {code.value: text.en for code, text in HINTS.items()}
REFUSED_FRAME = {name: pl.Int64 if name == "line" else pl.String for name in REFUSED.names}

_BAD_OPTIONAL = "bad-optional-cell"
_EXAMPLE_CUT = 80
_WHOLE_DATE = r"^\s*([0-9]{4})[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?:[T ][0-9:.]+Z?)?\s*$"
_LEFT_EMPTY = Text(
    en="values that cannot be read, such as `{value}`, were left empty; the row was kept. Correct them in the file, or"
    " translate them under `values` in the data sheet",
    ar="قيم تعذرت قراءتها مثل ⁨{value}⁩ تُركت فارغة وأُبقي الصف. يُرجى تصحيحها في الملف أو ترجمتها تحت values في ورقة البيانات",
)

Mask = npt.NDArray[np.bool_]


@dataclass(slots=True)
class Parsing:
    """A batch as rows of one table.

    Attributes:
        rows: The good rows in the table's Arrow schema.
        refused: The others, with the columns of `schema.REFUSED`.
        positions: Place of each good row in the batch's frame.
        hashes: Hash of each good row's key, None if the table has none; 0 where the key is empty.
        prints: In a table of money, hash of all cells of each good row without a key; 0 where it has one.
        notes: Column, and what was assumed there.
        rows_in: Rows that the claim's `where` asked for.
    """

    rows: pa.Table
    refused: pl.DataFrame
    positions: Lines
    hashes: npt.NDArray[np.uint64] | None
    prints: npt.NDArray[np.uint64] | None
    notes: list[tuple[str, values.ValueNote]]
    rows_in: int


def _asked_for(claim: Claim) -> pl.Expr:
    """The rows that an entry's `where` asks for."""
    assert claim.entry is not None
    return pl.all_horizontal(
        pl.col(heading).str.strip_chars(" \t").is_in(list(cells)) for heading, cells in claim.entry.where.items()
    ).fill_null(value=False)


def asked_mask(claim: Claim, frame: pl.DataFrame) -> pl.Series | None:
    """Which rows of a frame the claim asks for; None: all."""
    if claim.entry is None or not claim.entry.where:
        return None
    return frame.select(_asked_for(claim)).to_series()


def parse(ready: Prepared, frame: pl.DataFrame, lines: Lines, formulas: list[tuple[int, str, str]]) -> Parsing:
    """Turn the rows of a frame that the claim asks for into rows of its table.

    Args:
        ready: What `prepare` decided.
        frame: All-string cells, one column per heading.
        lines: Line of each row.
        formulas: (row, heading, text) of cells that hold a formula.
    """
    claim = ready.claim
    mask = asked_mask(claim, frame)
    positions = np.arange(len(frame), dtype=np.int64)
    if mask is not None:
        positions = positions[mask.to_numpy()]
        frame = frame.filter(mask)
    work = _Work(ready, frame, positions, lines, {heading: {} for heading in frame.columns})
    for row, heading, text in formulas:
        work.formulas[heading][row] = text
    typed: dict[str, pl.Series] = {}
    currency: pl.Series | None = None
    for column in claim.table:
        if column.kind == "currency":  # first of all: what an amount is worth hangs on it
            typed[column.name] = currency = work.currency()
            if column.required:
                work.require(column, currency)
    for column in claim.table:
        if column.kind != "currency":
            typed[column.name] = work.column(column, currency)
            if column.required:
                work.require(column, typed[column.name])
    typed = {column.name: typed[column.name] for column in claim.table}
    refused = work.refused(lines)
    good = ~pl.Series(work.is_bad) if work.any_bad else None
    table = pl.DataFrame(typed).with_columns(
        source_file=pl.lit(claim.source.name), source_line=pl.Series(lines[positions], dtype=pl.Int64)
    )
    if good is not None:
        table = table.filter(good)
        positions = positions[good.to_numpy()]
    hashes = None
    if claim.table.key is not None:
        key = table[claim.table.key]
        hashes = (key.hash(seed=20_25) | 1).set(key.is_null(), 0).to_numpy()
    arrow = table.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(arrow_schema(claim.table.name), safe=False)
    prints = None
    if hashes is not None and "amount" in claim.table.names and not hashes.all():
        cells = frame if good is None else frame.filter(good)
        prints = np.where(hashes == 0, cells.hash_rows(seed=20_25).to_numpy() | 1, 0).astype(np.uint64)
    return Parsing(arrow, refused, positions, hashes, prints, work.notes, len(frame))


class _Work:
    """The columns of one batch while they are parsed, and the first fault of each row."""

    def __init__(
        self, ready: Prepared, frame: pl.DataFrame, positions: Lines, lines: Lines, formulas: dict[str, dict[int, str]]
    ) -> None:
        self.ready = ready
        self.frame = frame
        self.positions = positions
        self.lines = lines
        self.formulas = formulas
        self.notes: list[tuple[str, values.ValueNote]] = []
        self.is_bad = np.zeros(len(frame), np.bool_)
        self._faults: list[pl.DataFrame] = []

    @property
    def any_bad(self) -> bool:
        """Whether a row was refused."""
        return bool(self._faults)

    def column(self, column: Column, currency: pl.Series | None) -> pl.Series:
        """The typed values of one column."""
        heading = self.ready.claim.columns.get(column.name)
        if heading is None:
            return self._constant(column)
        cells = translated(self.frame[heading], self.ready.claim, column)
        cells = self._without_formulas(column, heading, cells)
        if column.kind == "money":
            parsed = parse_amounts(self.ready, column, cells, currency)
        else:
            parsed = parse_cells(self.ready, column, cells)
        self.notes += [(heading, note) for note in parsed.notes]
        if not parsed.clean:
            if column.expendable:
                self._leave_empty(column, heading, parsed.bad.to_numpy())
            else:
                self._fault(heading, parsed.bad.to_numpy(), parsed.codes)
        if column.kind == "date":
            return parsed.values.cast(pl.Datetime("ms"))
        return parsed.values

    def _leave_empty(self, column: Column, heading: str, mask: Mask) -> None:
        """Note cells that are left empty, of rows that are kept."""
        at = np.flatnonzero(mask & ~self.is_bad)
        if len(at):
            first = int(at[0])
            value = self._as_found(heading, at[:1])[0] or ""
            value = "=…" if column.personal else value[:_EXAMPLE_CUT]  # notes are not masked
            line = int(self.lines[self.positions[first]])
            self.notes.append((heading, values.ValueNote(_BAD_OPTIONAL, len(at), _LEFT_EMPTY.fill(value=value), line)))

    def _constant(self, column: Column) -> pl.Series:
        value = self.ready.constants.get(column.name)
        dtype: pl.DataType = pl.String()
        if column.kind == "date":
            dtype = pl.Datetime("ms")
        elif column.kind in {"money", "volume", "integer"}:
            dtype = pl.Int64()
        return pl.Series(column.name, [value], dtype=dtype).new_from_index(0, len(self.frame))

    def currency(self) -> pl.Series:
        """The currency code of each row."""
        ready = self.ready
        name = "currency"
        fill = pl.Series(name, [ready.constants.get(name, ready.currency)], dtype=pl.String)
        if ready.currency_from is None:
            return fill.new_from_index(0, len(self.frame))
        column = ready.claim.table.column(name)
        cells = self.frame[ready.currency_from]
        if ready.currency_from == ready.claim.columns.get("amount"):
            cells = sign_of(cells)
        cells = translated(cells, ready.claim, column)
        parsed = values.parse_currency(cells, ready.scales)
        self.notes += [(ready.currency_from, note) for note in parsed.notes]
        if not parsed.clean:
            self._fault(ready.currency_from, parsed.bad.to_numpy(), parsed.codes)
        if ready.currency is not None:
            return parsed.values.fill_null(ready.currency)
        return parsed.values

    def _without_formulas(self, column: Column, heading: str, cells: pl.Series) -> pl.Series:
        """Cells that are formulas are refused; `="0012"`, which only keeps a text a text, is that text."""
        marked = self.formulas.get(heading)
        if marked:
            at = np.isin(self.positions, list(marked))
            cells = self._without(column, heading, cells, at)
        if column.kind == "text":
            return cells
        starts = cells.str.starts_with("=").fill_null(value=False)
        if not starts.any():
            return cells
        quoted = cells.str.extract(r'^="([^"]*)"$')
        cells = self._without(column, heading, cells, (starts & quoted.is_null()).to_numpy())
        return pl.select(pl.coalesce(quoted, cells)).to_series()

    def _without(self, column: Column, heading: str, cells: pl.Series, formulas: Mask) -> pl.Series:
        if not column.expendable:
            self._fault_rows(heading, formulas, RefusalCode.FORMULA_CELL)
            return cells
        self._leave_empty(column, heading, formulas)
        return cells.set(pl.Series(formulas), None)

    # --- faults -------------------------------------------------------------------------------------------

    def require(self, column: Column, typed: pl.Series) -> None:
        """Refuse rows that leave a required column empty."""
        if not typed.null_count():
            return
        heading = self.ready.claim.columns.get(column.name, column.name)
        if column.name == "currency":
            heading = self.ready.currency_from or column.name
        missing = typed.is_null()
        if column.kind == "money" and heading in self.frame.columns:  # a failed calculation, not an empty cell
            nan = self.frame[heading].str.contains(r"^\s*[-+]?(?i:nan)\s*$").fill_null(value=False)
            self._fault_rows(heading, (missing & nan).to_numpy(), RefusalCode.BAD_NUMBER)
        self._fault_rows(heading, missing.to_numpy(), RefusalCode.MISSING_REQUIRED)

    def _fault_rows(self, heading: str, mask: Mask, code: RefusalCode) -> None:
        if mask.any():
            self._fault(heading, mask, pl.Series("code", [code.value]).new_from_index(0, len(mask)))

    def _fault(self, heading: str, mask: Mask, codes: pl.Series) -> None:
        first = np.flatnonzero(mask & ~self.is_bad)
        if not len(first):
            return
        self.is_bad[first] = True
        self._faults.append(
            pl.DataFrame(
                {
                    "at": pl.Series(first, dtype=pl.Int64),
                    "column": pl.Series([heading], dtype=pl.String).new_from_index(0, len(first)),
                    "value": self._as_found(heading, first),
                    "code": codes.gather(first),
                }
            )
        )

    def _as_found(self, heading: str, at: Lines) -> pl.Series:
        """Cells of some rows, the text of a formula instead of its result."""
        if heading not in self.frame.columns:
            return pl.Series([None], dtype=pl.String).new_from_index(0, len(at))
        cells = self.frame[heading].gather(at).str.slice(0, VALUE_CUT)
        formulas = self.formulas[heading]
        if not formulas:
            return cells
        told = [text if (text := formulas.get(int(place))) != "=" else None for place in self.positions[at]]
        return pl.select(pl.coalesce(pl.Series(told, dtype=pl.String), cells)).to_series()

    def refused(self, lines: Lines) -> pl.DataFrame:
        """The refused rows of the batch, in order."""
        if not self._faults:
            return pl.DataFrame(schema=REFUSED_FRAME)
        faults = pl.concat(self._faults).sort("at")
        rows = self.frame[faults["at"]]
        empty = rows.select(pl.all_horizontal((pl.all().str.strip_chars() == "") | pl.all().is_null())).to_series()
        faults = faults.with_columns(
            code=pl.when(empty & (pl.col("code") == RefusalCode.MISSING_REQUIRED.value))
            .then(pl.lit(RefusalCode.EMPTY_ROW.value))
            .otherwise("code")
        )
        return refusals(
            rows,
            lines[self.positions[faults["at"].to_numpy()]],
            file=self.ready.claim.source.name,
            table=self.ready.claim.table.name,
            faults=faults,
        )


def refusals(rows: pl.DataFrame, lines: Lines, *, file: str, table: str | None, faults: pl.DataFrame) -> pl.DataFrame:
    """Refused rows as they are kept.

    Args:
        rows: The rows as found.
        lines: Line of each.
        file: File as named in the reading.
        table: Table that refused them, None if none asked.
        faults: Columns `column`, `value` and `code`, one row per row.
    """
    return faults.select(
        file=pl.lit(file),
        line=pl.Series(lines, dtype=pl.Int64),
        table=pl.lit(table, dtype=pl.String),
        column="column",
        value="value",
        code="code",
        hint=_hint(),
        row=rows.select(pl.struct(pl.all()).struct.json_encode()).to_series(),
    )


def _hint() -> pl.Expr:
    """The way out for each refusal; dates that are written well but cannot be say why."""
    date = pl.col("code") == RefusalCode.BAD_DATE.value
    year = pl.col("value").str.extract(_WHOLE_DATE).cast(pl.Int64, strict=False)
    return (
        pl.when(date & ~year.is_between(FIRST_YEAR, LAST_YEAR))
        .then(pl.lit(OUTSIDE_YEARS.fill(first=FIRST_YEAR, last=LAST_YEAR).en))
        .when(date & year.is_not_null())
        .then(pl.lit(NO_SUCH_DAY.en))
        .otherwise(pl.col("code").replace_strict(_HINT_OF, return_dtype=pl.String))
    )
