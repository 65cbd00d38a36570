"""What a file is, judged by its first bytes before its name, and the sources it holds.

A name can lie: an Excel workbook called `.csv`, a PDF called `.xlsx`. The first bytes decide; where they and the
name disagree the error says what the file seems to be and what to do about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from intake.errors import TooLarge, UnreadableFile
from intake.formats.columnar import ParquetSource
from intake.formats.contract import Source
from intake.formats.delimited import DelimitedSource
from intake.formats.json_lines import JsonLinesSource
from intake.formats.layout import TextOptions
from intake.formats.workbook import open_workbook
from intake.limits import Limits

TEXT_ENDINGS = {".csv", ".tsv", ".txt", ".tab", ".psv", ".dat"}
JSON_ENDINGS = {".jsonl", ".ndjson", ".json"}
BOOK_ENDINGS = {".xlsx", ".xlsm"}
PARQUET_ENDINGS = {".parquet", ".pq"}
OTHER_ENDINGS = {".xls", ".xlsb", ".ods", ".gz", ".7z", ".rar", ".sql", ".db", ".sqlite"}
"""Data, but not in a form that is read: an error says so, rather than silence."""
DATA_ENDINGS = TEXT_ENDINGS | JSON_ENDINGS | BOOK_ENDINGS | PARQUET_ENDINGS | OTHER_ENDINGS

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook", "Give it the ending .xlsx or .zip"),
    (b"PK\x05\x06", "an empty zip archive", "Leave it out"),
    (b"PAR1", "a Parquet file", "Give it the ending .parquet"),
    (_OLE, "an old or password-protected Office file", "Save it without a password as .xlsx or CSV"),
    (b"%PDF", "a PDF document", "Export the table as CSV or XLSX from where it was made"),
    (b"\x1f\x8b", "a gzip archive", "Unpack it first"),
    (b"SQLite format 3", "an SQLite database", "Export its tables as CSV"),
    (b"7z\xbc\xaf", "a 7-Zip archive", "Unpack it first"),
    (b"Rar!", "a RAR archive", "Unpack it first"),
    (b"\x89PNG", "a picture", "Export the table as CSV or XLSX from where it was made"),
    (b"\xff\xd8\xff", "a picture", "Export the table as CSV or XLSX from where it was made"),
    (b"\x7fELF", "a program", "Leave it out"),
    (b"MZ\x90", "a program", "Leave it out"),
)


def open_sources(
    path: Path, name: str, limits: Limits, options: TextOptions, sheets: Sequence[str] | None = None
) -> list[Source]:
    """The tables that a file holds as found.

    Args:
        path: The file.
        name: How the reading calls it.
        limits: Bounds.
        options: What a data sheet says about a text file.
        sheets: Sheets of a workbook that a data sheet names; None: all that hold rows.

    Raises:
        UnreadableFile: Nothing here can be read; says what the file seems to be.
        TooLarge: Beyond a limit.
    """
    size = path.stat().st_size
    ending = Path(name).suffix.lower()
    if size > limits.file:
        raise TooLarge(f"has {size} bytes; the limit is {limits.file}. Split it.", file=name)
    if not size:
        raise UnreadableFile("is empty (0 bytes). Export the table again, or leave the file out.", file=name)
    with path.open("rb") as file:
        head = file.read(16)
    if ending in BOOK_ENDINGS and head.startswith(b"PK\x03\x04"):
        return list(open_workbook(path, name, limits, sheets))
    if ending in PARQUET_ENDINGS and head.startswith(b"PAR1"):
        return [ParquetSource(path, name, limits)]
    for magic, kind, way_out in _MAGIC:
        if head.startswith(magic):
            raise UnreadableFile(f"is {kind}, not {_expected(ending)}. {way_out}.", file=name)
    if ending in BOOK_ENDINGS | PARQUET_ENDINGS:
        raise UnreadableFile(f"is not {_expected(ending)}, or its beginning is lost. Export it again.", file=name)
    if ending in OTHER_ENDINGS:
        raise UnreadableFile(f"files ending in {ending} are not read. Export the table as CSV or XLSX.", file=name)
    if ending in JSON_ENDINGS:
        return [JsonLinesSource(path, name, limits, options.encoding)]
    return [DelimitedSource(path, name, limits, options)]


def _expected(ending: str) -> str:
    if ending in BOOK_ENDINGS:
        return "an Excel workbook"
    if ending in PARQUET_ENDINGS:
        return "a Parquet file"
    if ending in JSON_ENDINGS:
        return "JSON Lines text"
    return "text with delimiters"
