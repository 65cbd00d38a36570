"""The receiving desk: any company's files in, clean tables out, and a list of every row that was refused.

    from pathlib import Path
    import intake

    reading = intake.read([Path("records/")], Path("tables/"))
    reading.rows_in == reading.rows_accepted + reading.rows_refused      # always

`read` takes folders, zip archives and files (CSV and its relatives in any delimiter and encoding, XLSX,
Parquet, JSON Lines). It works in five steps, and each has its module:

1. **find** (`files`): the files of a folder or archive. Archives are unpacked with suspicion: nothing climbs
   out, links, nests or swells (`limits` holds every bound).
2. **open** (`formats/`): first bytes before file names. A `Source` gives its cells as text, in batches, with
   the true line of each row. Text is cut by `formats/records`, which knows quoted newlines, ragged rows and
   stray quotation marks; a row that cannot be cut is a fault, never a crash.
3. **recognise** (`claims`, `recognise`): which table each file is, and which heading is which column, in six
   languages and by content, with a percentage and a reason. A data sheet (`datasheet`) overrides it: one YAML
   file that says what the records are, how they map, and what they do not carry. Two different files that
   both look like one table are a `TableClash`: nobody's guess decides which list of members is the true one.
4. **parse** (`columns`, `values/`): text to typed columns. Money is an integer in the minor unit beside its
   currency, dates are UTC, ids are the company's own strings. What had to be assumed (day first, a decimal
   comma, the currency of a sign) is decided once per column and noted.
5. **write** (`writing`): Parquet by `schema`, plus `refused.parquet` (file, line, column, value, code, hint,
   the whole row) and `reading.json`, the receipt. Ids that occur twice keep their first row. All of it is
   built aside and renamed into place, so a failure or a cancellation leaves nothing behind.

Bad data is a result and bad requests are exceptions: a row is refused with a `RefusalCode` and the reading
goes on, while a truncated archive, a data sheet that names a heading no file has, or an encrypted workbook
is an `IntakeError` whose message says what to do. Memory stays bounded by batches: ten million order lines
take about as much as one million.

`schema` is what every other room reads; `publish` writes it down as JSON Schema and Markdown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.on_demand import on_demand

if TYPE_CHECKING:
    from intake.datasheet import DataSheet, load_datasheet
    from intake.errors import (
        DataSheetError,
        IntakeError,
        NothingRecognised,
        OutputExists,
        RefusalCode,
        TableClash,
        TooLarge,
        UnreadableFile,
        UnsafeArchive,
        hint_for,
    )
    from intake.limits import Limits
    from intake.pipeline import read
    from intake.progress import Cancelled, Progress, silent
    from intake.reading import ColumnReading, FileReading, Note, Reading, TableReading
    from intake.text import Text

_HOMES = {
    "Cancelled": "progress",
    "ColumnReading": "reading",
    "DataSheet": "datasheet",
    "DataSheetError": "errors",
    "FileReading": "reading",
    "IntakeError": "errors",
    "Limits": "limits",
    "Note": "reading",
    "NothingRecognised": "errors",
    "OutputExists": "errors",
    "Progress": "progress",
    "Reading": "reading",
    "RefusalCode": "errors",
    "TableClash": "errors",
    "TableReading": "reading",
    "Text": "text",
    "TooLarge": "errors",
    "UnreadableFile": "errors",
    "UnsafeArchive": "errors",
    "hint_for": "errors",
    "load_datasheet": "datasheet",
    "read": "pipeline",
    "silent": "progress",
}
"""Where each name lives; loaded when first asked for, so that `intake.text` does not bring the readers along."""

__all__ = [
    "Cancelled",
    "ColumnReading",
    "DataSheet",
    "DataSheetError",
    "FileReading",
    "IntakeError",
    "Limits",
    "Note",
    "NothingRecognised",
    "OutputExists",
    "Progress",
    "Reading",
    "RefusalCode",
    "TableClash",
    "TableReading",
    "Text",
    "TooLarge",
    "UnreadableFile",
    "UnsafeArchive",
    "hint_for",
    "load_datasheet",
    "read",
    "silent",
]

__getattr__ = on_demand(__name__, _HOMES)
