"""One batch of text cells as rows of a table, and the rows that cannot be.

Each column of the claim is parsed as a whole. A row is refused for its first column, in the table's order,
that is bad, a formula, or empty though required; it is kept with its line and all its cells. Styles (decimal
comma, day first) and the currency are decided once for the source, from a wide sample, in `prepare`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pyarrow as pa

from intake import values
from intake.claims import Claim
from intake.currencies import LARGEST_SCALE, MINOR_UNITS, NO_CURRENCY
from intake.datasheet import SheetFile
from intake.errors import HINTS, RefusalCode
from intake.formats.contract import VALUE_CUT, Lines
from intake.reading import Note
from intake.recognise import synonyms_for
from intake.schema import REFUSED, Column, arrow_schema
from intake.text import Text
from intake.values.parsed import ID_BLANKS, SPACES, is_blank
from intake.values.signs import CODES, contradicts, meanings

SIGN_REST = r"[\p{N}\p{Z}\s.,'’٫٬()+\-−–%]"
"""What is not the currency sign in an amount."""

_HINT_OF = {code.value: text.en for code, text in HINTS.items()}
REFUSED_FRAME = {
    name: pl.Int64 if name == "line" else pl.String for name in REFUSED.names
}


@dataclass(slots=True)
class Prepared:
    """What is decided once for a claim.

    Attributes:
        claim: The claim.
        scales: Decimals by currency code.
        currency: The currency of rows that name none, None if rows must name it.
        currency_from: Heading of the currency; may be the amount's, whose sign is then read.
        numbers: Style of each numeric column.
        dates: Style of each date column.
        constants: Typed values that each row gets.
        timezone: Of dates without an offset.
        lowercase: Whether ids are folded.
        notes: What was assumed.
    """

    claim: Claim
    scales: dict[str, int]
    currency: str | None = None
    currency_from: str | None = None
    numbers: dict[str, values.NumberStyle] = field(default_factory=dict)
    dates: dict[str, values.DateStyle] = field(default_factory=dict)
    constants: dict[str, object] = field(default_factory=dict)
    timezone: str | None = None
    lowercase: bool = False
    notes: list[Note] = field(default_factory=list)


@dataclass(slots=True)
class Parsing:
    """A batch as rows of one table.

    Attributes:
        rows: The good rows in the table's Arrow schema.
        refused: The others, with the columns of `schema.REFUSED`.
        positions: Place of each good row in the batch's frame.
        hashes: Hash of each good row's key, None if the table has none; 0 where the key is empty.
        notes: Column, and what was assumed there.
        rows_in: Rows that the claim's `where` asked for.
    """

    rows: pa.Table
    refused: pl.DataFrame
    positions: Lines
    hashes: np.ndarray[tuple[int], np.dtype[np.uint64]] | None
    notes: list[tuple[str, values.ValueNote]]
    rows_in: int


def prepare(claim: Claim, sample: pl.DataFrame, sheet: SheetFile | None) -> Prepared:
    """Decide styles, currency and constants of a claim.

    Args:
        claim: The claim.
        sample: Rows of the source, the more the better.
        sheet: The data sheet, if any.

    Raises:
        DataSheetError: A constant cannot be read as its column.
    """
    model = sheet.sheet if sheet else None
    entry = claim.entry
    ready = Prepared(claim, dict(model.scales if model else MINOR_UNITS))
    ready.timezone = (entry and entry.timezone) or (model and model.timezone) or None
    ready.lowercase = ((entry and entry.ids) or (model.ids if model else "as_written")) == "lowercase"
    day_first = entry.day_first if entry and entry.day_first is not None else (model.day_first if model else None)
    wanted = sample.filter(_asked_for(claim)) if entry and entry.where else sample
    for column in claim.table:
        heading = claim.columns.get(column.name)
        if heading is None:
            continue
        cells = _translated(wanted[heading], claim, column)
        if column.kind in {"money", "volume", "integer"}:
            ready.numbers[column.name] = values.parse_number_style(cells)
        elif column.kind == "date":
            ready.dates[column.name] = values.decide_date_style(cells, day_first)
    if any(column.kind == "currency" for column in claim.table):
        _decide_currency(ready, wanted, model.currency if model else None)
    for name, text in (entry.constants if entry else {}).items():
        ready.constants[name] = _constant(ready, claim.table.column(name), text, sheet)
    return ready


def _asked_for(claim: Claim) -> pl.Expr:
    """The rows that an entry's `where` asks for."""
    assert claim.entry is not None
    return pl.all_horizontal(
        pl.col(heading).str.strip_chars(" \t").is_in(list(cells))
        for heading, cells in claim.entry.where.items()
    ).fill_null(value=False)


def asked_mask(claim: Claim, frame: pl.DataFrame) -> pl.Series | None:
    """Which rows of a frame the claim asks for; None: all."""
    if claim.entry is None or not claim.entry.where:
        return None
    return frame.select(_asked_for(claim)).to_series()


def parse(ready: Prepared, frame: pl.DataFrame, lines: Lines, formulas: list[tuple[int, str]]) -> Parsing:
    """Turn the rows of a frame that the claim asks for into rows of its table.

    Args:
        ready: What `prepare` decided.
        frame: All-string cells, one column per heading.
        lines: Line of each row.
        formulas: (row, heading) of cells that hold a formula.
    """
    claim = ready.claim
    mask = asked_mask(claim, frame)
    positions = np.arange(len(frame), dtype=np.int64)
    if mask is not None:
        positions = positions[mask.to_numpy()]
        frame = frame.filter(mask)
    work = _Work(ready, frame, positions, {heading: set() for heading in frame.columns})
    for row, heading in formulas:
        work.formulas[heading].add(row)
    typed: dict[str, pl.Series] = {}
    currency = work.currency() if any(column.kind == "currency" for column in claim.table) else None
    for column in claim.table:
        if column.kind == "currency":
            assert currency is not None
            typed[column.name] = currency
        else:
            typed[column.name] = work.column(column, currency)
        if column.required:
            work.require(column, typed[column.name])
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
    return Parsing(arrow, refused, positions, hashes, work.notes, len(frame))


class _Work:
    """The columns of one batch while they are parsed, and the first fault of each row."""

    def __init__(
        self, ready: Prepared, frame: pl.DataFrame, positions: Lines, formulas: dict[str, set[int]]
    ) -> None:
        self.ready = ready
        self.frame = frame
        self.positions = positions
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
        cells = _translated(self.frame[heading], self.ready.claim, column)
        cells = self._without_formulas(column, heading, cells)
        if column.kind == "money":
            parsed = self._money(column, cells, currency)
        else:
            parsed = self._parse(column, cells)
        self.notes += [(heading, note) for note in parsed.notes]
        if not parsed.clean:
            self._fault(heading, parsed.bad.to_numpy(), parsed.codes)
        if column.kind == "date":
            return parsed.values.cast(pl.Datetime("ms"))
        return parsed.values

    def _constant(self, column: Column) -> pl.Series:
        value = self.ready.constants.get(column.name)
        dtype = {"date": pl.Datetime("ms"), "money": pl.Int64, "volume": pl.Int64, "integer": pl.Int64}.get(
            column.kind, pl.String
        )
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
            cells = cells.str.replace_all(SIGN_REST, "")
        cells = _translated(cells, ready.claim, column)
        parsed = values.parse_currency(cells, ready.scales)
        self.notes += [(ready.currency_from, note) for note in parsed.notes]
        if not parsed.clean:
            self._fault(ready.currency_from, parsed.bad.to_numpy(), parsed.codes)
        if ready.currency is not None:
            return parsed.values.fill_null(ready.currency)
        return parsed.values

    def _money(self, column: Column, cells: pl.Series, currency: pl.Series | None) -> values.Parsed:
        ready = self.ready
        style = ready.numbers[column.name]
        codes = [] if currency is None else currency.drop_nulls().unique().sort().to_list()
        if len(codes) <= 1:
            code = codes[0] if codes else NO_CURRENCY
            parsed = values.parse_money(cells, scale=ready.scales.get(code, 2), style=style, currency=code)
            differing = next((note for note in parsed.notes if note.code == "currency-differs"), None)
            return self._refuse_other_signs(cells, code, parsed) if differing else parsed
        assert currency is not None
        amounts = pl.Series(column.name, [None], dtype=pl.Int64).new_from_index(0, len(cells))
        faults = pl.Series("code", [None], dtype=pl.String).new_from_index(0, len(cells))
        notes: list[values.ValueNote] = []
        for code in codes:
            place = (currency == code).fill_null(value=False).arg_true()
            some = values.parse_money(cells.gather(place), scale=ready.scales[code], style=style)
            amounts = amounts.scatter(place, some.values)
            faults = faults.scatter(place, some.codes)
            notes += some.notes
        return values.Parsed(amounts, faults.is_not_null(), faults, values.add_notes(notes))

    def _refuse_other_signs(self, cells: pl.Series, code: str, parsed: values.Parsed) -> values.Parsed:
        """Amounts whose own sign names another currency than the row's are refused, not relabelled."""
        signs = cells.str.replace_all(SIGN_REST, "")
        others = [sign for sign in signs.drop_nulls().unique().to_list() if sign and contradicts(sign, code)]
        other = signs.is_in(others).fill_null(value=False)
        codes = parsed.codes.set(other, RefusalCode.UNKNOWN_CURRENCY.value)
        notes = [note for note in parsed.notes if note.code != "currency-differs"]
        return values.Parsed(parsed.values.set(other, None), parsed.bad | other, codes, notes)

    def _parse(self, column: Column, cells: pl.Series) -> values.Parsed:
        ready = self.ready
        if column.kind == "id":
            parsed = values.clean_id(cells)
            if ready.lowercase:
                return values.Parsed(parsed.values.str.to_lowercase(), parsed.bad, parsed.code, parsed.notes)
            return parsed
        if column.kind == "date":
            return values.parse_date(cells, timezone=ready.timezone, style=ready.dates[column.name])
        if column.kind == "volume":
            return values.parse_volume(cells, style=ready.numbers[column.name])
        if column.kind == "integer":
            return values.parse_integer(cells, style=ready.numbers[column.name])
        if column.kind == "period":
            return values.parse_period(cells)
        if column.kind == "choice":
            return values.parse_choice(
                cells, column.choices, synonyms_for(ready.claim.table.name, column.name), column.open_choices
            )
        text = cells.str.strip_chars(SPACES + " ")
        blank = pl.DataFrame({"s": text}).select(is_blank(pl.col("s"), ID_BLANKS)).to_series()
        none_bad = pl.Series("bad", [False]).new_from_index(0, len(cells))
        return values.Parsed(text.set(blank, None) if blank.any() else text, none_bad, "bad-id")

    def _without_formulas(self, column: Column, heading: str, cells: pl.Series) -> pl.Series:
        """Cells that are formulas are refused; `="0012"`, which only keeps a text a text, is that text."""
        marked = self.formulas.get(heading)
        if marked:
            self._fault_rows(heading, np.isin(self.positions, list(marked)), RefusalCode.FORMULA_CELL)
        if column.kind == "text":
            return cells
        starts = cells.str.starts_with("=").fill_null(value=False)
        if not starts.any():
            return cells
        quoted = cells.str.extract(r'^="([^"]*)"$')
        self._fault_rows(heading, (starts & quoted.is_null()).to_numpy(), RefusalCode.FORMULA_CELL)
        return pl.select(pl.coalesce(quoted, cells)).to_series()

    # --- faults -------------------------------------------------------------------------------------------

    def require(self, column: Column, typed: pl.Series) -> None:
        """Refuse rows that leave a required column empty."""
        if not typed.null_count():
            return
        heading = self.ready.claim.columns.get(column.name, column.name)
        if column.name == "currency":
            heading = self.ready.currency_from or column.name
        self._fault_rows(heading, typed.is_null().to_numpy(), RefusalCode.MISSING_REQUIRED)

    def _fault_rows(self, heading: str, mask: np.ndarray[tuple[int], np.dtype[np.bool_]], code: RefusalCode) -> None:
        if mask.any():
            self._fault(heading, mask, pl.Series("code", [code.value]).new_from_index(0, len(mask)))

    def _fault(self, heading: str, mask: np.ndarray[tuple[int], np.dtype[np.bool_]], codes: pl.Series) -> None:
        first = np.flatnonzero(mask & ~self.is_bad)
        if not len(first):
            return
        self.is_bad[first] = True
        cells = self.frame[heading] if heading in self.frame.columns else None
        self._faults.append(
            pl.DataFrame(
                {
                    "at": pl.Series(first, dtype=pl.Int64),
                    "column": pl.Series([heading], dtype=pl.String).new_from_index(0, len(first)),
                    "value": pl.Series([None], dtype=pl.String).new_from_index(0, len(first))
                    if cells is None
                    else cells.gather(first).str.slice(0, VALUE_CUT),
                    "code": codes.gather(first),
                }
            )
        )

    def refused(self, lines: Lines) -> pl.DataFrame:
        """The refused rows of the batch, in order."""
        if not self._faults:
            return pl.DataFrame(schema=REFUSED_FRAME)
        faults = pl.concat(self._faults).sort("at")
        rows = self.frame[faults["at"]]
        empty = rows.select(
            pl.all_horizontal((pl.all().str.strip_chars() == "") | pl.all().is_null())
        ).to_series()
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
        hint=pl.col("code").replace_strict(_HINT_OF, return_dtype=pl.String),
        row=rows.select(pl.struct(pl.all()).struct.json_encode()).to_series(),
    )


# --- what is decided once ----------------------------------------------------------------------------------


def _translated(cells: pl.Series, claim: Claim, column: Column) -> pl.Series:
    """Cells after the data sheet's `values` of that column."""
    table = claim.entry.values.get(column.name) if claim.entry else None
    if not table:
        return cells
    return pl.select(
        pl.coalesce(
            pl.lit(cells).str.strip_chars(" \t").replace_strict(table, default=None, return_dtype=pl.String),
            pl.lit(cells),
        )
    ).to_series().alias(cells.name)


def _constant(ready: Prepared, column: Column, text: str, sheet: SheetFile | None) -> object:
    claim = ready.claim
    if column.kind == "currency":
        if text in ready.scales:
            return text
        parsed = values.parse_currency(pl.Series([text]), ready.scales)
    elif column.kind == "money":
        code = str(ready.constants.get("currency", ready.currency or NO_CURRENCY))
        parsed = values.parse_money(pl.Series([text]), scale=ready.scales.get(code, 2))
    else:
        trial = Prepared(claim, ready.scales, timezone=ready.timezone, lowercase=ready.lowercase)
        trial.numbers[column.name] = values.parse_number_style(pl.Series([text]))
        trial.dates[column.name] = values.decide_date_style(pl.Series([text]))
        parsed = _Work(trial, pl.DataFrame({"c": [text]}), np.zeros(1, np.int64), {})._parse(column, pl.Series([text]))
    if not parsed.clean:
        assert sheet is not None
        code_text = str(parsed.codes[0])
        raise sheet.error(
            f"the constant `{text}` cannot be `{column.name}`: {_HINT_OF[code_text]}",
            "files",
            claim.place,
            "constants",
            column.name,
            value=text,
        )
    value: object = parsed.values[0]
    return value


def _decide_currency(ready: Prepared, sample: pl.DataFrame, default: str | None) -> None:
    claim = ready.claim
    ready.currency = default
    if claim.entry and "currency" in claim.entry.constants:
        return
    amount = claim.columns.get("amount")
    ready.currency_from = claim.columns.get("currency")
    if ready.currency_from is not None or default is not None or amount is None:
        return
    cells = sample[amount]
    signs = cells.str.replace_all(SIGN_REST, "").drop_nulls()
    signs = signs.filter(signs != "")
    found = sorted(
        {code for sign in signs.unique().to_list() for code in meanings(sign)[:1] if code in ready.scales}
    )
    if found and len(signs) * 2 > len(cells):
        ready.currency_from = amount
        ready.currency = found[0] if len(found) == 1 else None
        ready.notes.append(
            _currency_note(
                claim,
                "currency-from-signs",
                "The currency was read from the sign beside each amount: {codes}. A data sheet can name it.",
                "قُرئت العملة من العلامة بجانب كل مبلغ: {codes}. ويمكن لورقة البيانات تحديدها.",
                ", ".join(found),
            )
        )
        return
    named = _named_in(amount, ready.scales)
    if named is not None:
        ready.currency = named
        ready.scales.setdefault(named, 6)
        ready.notes.append(
            _currency_note(
                claim,
                "currency-from-heading",
                "The currency {codes} was read from the heading of the amounts. A data sheet can name it.",
                "قُرئت العملة {codes} من عنوان عمود المبالغ. ويمكن لورقة البيانات تحديدها.",
                named,
            )
        )
        return
    ready.currency = NO_CURRENCY
    decimals = cells.str.extract(r"[.,](\d+)\D*$").str.strip_chars_end("0").str.len_chars().max()
    ready.scales[NO_CURRENCY] = min(LARGEST_SCALE, max(2, decimals if isinstance(decimals, int) else 2))
    ready.notes.append(
        _currency_note(
            claim,
            "currency-unknown",
            "Nothing says which currency the amounts are in; they carry {codes}. Write `currency:` in a data sheet.",
            "لا يوجد ما يحدد عملة المبالغ؛ وُضع لها الرمز {codes}. تُكتب currency في ورقة البيانات.",
            NO_CURRENCY,
        )
    )


def _named_in(heading: str, scales: dict[str, int]) -> str | None:
    words = "".join(letter if letter.isalnum() else " " for letter in heading).lower().split()
    for word in words:
        if word in CODES and len(word) >= 3:
            return word.upper()
        if word in {"dollar", "dollars"}:
            return "USD"
    return None


def _currency_note(claim: Claim, code: str, en: str, ar: str, codes: str) -> Note:
    return Note(
        code=code,
        file=claim.source.name,
        column=claim.columns.get("amount"),
        text=Text(en=en, ar=ar).fill(codes=codes),
    )
