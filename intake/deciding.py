"""What is decided once for a source, before its first batch: styles of numbers and dates, constants, the currency.

Deciding per batch would read one file in two ways. The evidence is a wide sample, and what it does not settle
is noted, so that a person can settle it in the data sheet.
"""

from __future__ import annotations

import polars as pl

from intake import values
from intake.cells import Prepared, parse_cells, sign_of, translated
from intake.claims import Claim
from intake.columns import asked_mask
from intake.currencies import LARGEST_SCALE, MINOR_UNITS, NO_CURRENCY
from intake.datasheet import SheetFile
from intake.errors import hint_for
from intake.reading import Note
from intake.schema import Column
from intake.text import Text, say
from intake.values.signs import CODES, meanings


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
    mask = asked_mask(claim, sample)
    wanted = sample if mask is None else sample.filter(mask)
    for column in claim.table:
        heading = claim.columns.get(column.name)
        if heading is None:
            continue
        cells = translated(wanted[heading], claim, column)
        if column.kind in {"money", "volume", "integer", "fact"}:
            ready.numbers[column.name] = values.parse_number_style(cells)
        elif column.kind == "date":
            ready.dates[column.name] = values.decide_date_style(cells, day_first)
    if any(column.kind == "currency" for column in claim.table):
        _decide_currency(ready, wanted, model.currency if model else None)
    constants = entry.constants if entry else {}
    for name in sorted(constants, key=lambda name: name != "currency"):  # an amount's scale hangs on its currency
        ready.constants[name] = _constant(ready, claim.table.column(name), constants[name], sheet)
    return ready


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
        parsed = parse_cells(trial, column, pl.Series([text]))
    if not parsed.clean:
        assert sheet is not None
        raise sheet.error(
            say(
                "the constant `{text}` cannot be `{column}`: {why}",
                "لا تصلح القيمة الثابتة {text} للعمود {column}: {why}",
                text=text,
                column=column.name,
                why=hint_for(str(parsed.codes[0])),
            ),
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
    signs = sign_of(cells).drop_nulls()
    signs = signs.filter(signs != "")
    found = sorted({code for sign in signs.unique().to_list() for code in meanings(sign)[:1] if code in ready.scales})
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
    named = _named_in(amount)
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


def _named_in(heading: str) -> str | None:
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
