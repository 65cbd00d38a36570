"""What a file is, judged by its first bytes before its name, and the sources it holds.

A name can lie: an Excel workbook called `.csv`, a PDF called `.xlsx`. The first bytes decide; where they and the
name disagree the error says what the file seems to be and what to do about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from intake.errors import EMPTY_FILE, TooLarge, UnreadableFile
from intake.formats.columnar import ParquetSource
from intake.formats.contract import Source
from intake.formats.delimited import DelimitedSource
from intake.formats.json_lines import JsonLinesSource
from intake.formats.layout import TextOptions
from intake.formats.workbook import open_workbook
from intake.limits import Limits
from intake.text import Text, say

TEXT_ENDINGS = {".csv", ".tsv", ".txt", ".tab", ".psv", ".dat"}
JSON_ENDINGS = {".jsonl", ".ndjson", ".json"}
BOOK_ENDINGS = {".xlsx", ".xlsm"}
PARQUET_ENDINGS = {".parquet", ".pq"}
OTHER_ENDINGS = {".xls", ".xlsb", ".ods", ".gz", ".7z", ".rar", ".sql", ".db", ".sqlite"}
"""Data, but not in a form that is read: an error says so, rather than silence."""
DATA_ENDINGS = TEXT_ENDINGS | JSON_ENDINGS | BOOK_ENDINGS | PARQUET_ENDINGS | OTHER_ENDINGS

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UNPACK = Text(en="Unpack it first", ar="يُرجى فك ضغطه أولًا")
_LEAVE = Text(en="Leave it out", ar="يُرجى عدم إضافته")
_EXPORT = Text(
    en="Export the table as CSV or XLSX from where it was made", ar="يُرجى تصدير الجدول من مصدره بصيغة CSV أو XLSX"
)
_PICTURE, _PROGRAM = Text(en="a picture", ar="صورة"), Text(en="a program", ar="برنامج")
_MAGIC: tuple[tuple[bytes, Text, Text], ...] = (
    (
        b"PK\x03\x04",
        Text(en="a zip archive or an Excel workbook", ar="أرشيف zip أو مصنف Excel"),
        Text(en="Give it the ending .xlsx or .zip", ar="يُرجى أن ينتهي اسمه بـ ⁨.xlsx⁩ أو ⁨.zip⁩"),
    ),
    (b"PK\x05\x06", Text(en="an empty zip archive", ar="أرشيف zip فارغ"), _LEAVE),
    (
        b"PAR1",
        Text(en="a Parquet file", ar="ملف Parquet"),
        Text(en="Give it the ending .parquet", ar="يُرجى أن ينتهي اسمه بـ ⁨.parquet⁩"),
    ),
    (
        _OLE,
        Text(en="an old or password-protected Office file", ar="ملف Office قديم أو محمي بكلمة مرور"),
        Text(en="Save it without a password as .xlsx or CSV", ar="يُرجى حفظه بلا كلمة مرور بصيغة ⁨.xlsx⁩ أو CSV"),
    ),
    (b"%PDF", Text(en="a PDF document", ar="مستند PDF"), _EXPORT),
    (b"\x1f\x8b", Text(en="a gzip archive", ar="أرشيف gzip"), _UNPACK),
    (
        b"SQLite format 3",
        Text(en="an SQLite database", ar="قاعدة بيانات SQLite"),
        Text(en="Export its tables as CSV", ar="يُرجى تصدير جداولها بصيغة CSV"),
    ),
    (b"7z\xbc\xaf", Text(en="a 7-Zip archive", ar="أرشيف 7-Zip"), _UNPACK),
    (b"Rar!", Text(en="a RAR archive", ar="أرشيف RAR"), _UNPACK),
    (b"\x89PNG", _PICTURE, _EXPORT),
    (b"\xff\xd8\xff", _PICTURE, _EXPORT),
    (b"\x7fELF", _PROGRAM, _LEAVE),
    (b"MZ\x90", _PROGRAM, _LEAVE),
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
        raise TooLarge(
            say(
                "has {size} bytes; the limit is {limit}. Split it.",
                "حجمه بالبايت {size}، والحد {limit}. يُرجى تقسيمه.",
                size=size,
                limit=limits.file,
            ),
            file=name,
        )
    if not size:
        raise UnreadableFile(EMPTY_FILE, file=name)
    with path.open("rb") as file:
        head = file.read(16)
    if ending in BOOK_ENDINGS and head.startswith(b"PK\x03\x04"):
        return list(open_workbook(path, name, limits, sheets))
    if ending in PARQUET_ENDINGS and head.startswith(b"PAR1"):
        return [ParquetSource(path, name, limits)]
    for magic, kind, way_out in _MAGIC:
        if head.startswith(magic):
            raise UnreadableFile(
                say(
                    "is {kind}, not {expected}. {way_out}.",
                    "هو {kind}، والمتوقع: {expected}. {way_out}.",
                    kind=kind,
                    expected=_expected(ending),
                    way_out=way_out,
                ),
                file=name,
            )
    if ending in BOOK_ENDINGS | PARQUET_ENDINGS:
        raise UnreadableFile(
            say(
                "is not {expected}, or its beginning is lost. Export it again.",
                "ليس كما يدل اسمه (المتوقع: {expected})، أو فُقد أوله. يُرجى تصديره من جديد.",
                expected=_expected(ending),
            ),
            file=name,
        )
    if ending in OTHER_ENDINGS:
        raise UnreadableFile(
            say(
                "files ending in {ending} are not read. Export the table as CSV or XLSX.",
                "لا تُقرأ الملفات المنتهية بـ {ending}. يُرجى تصدير الجدول بصيغة CSV أو XLSX.",
                ending=ending,
            ),
            file=name,
        )
    if ending in JSON_ENDINGS:
        return [JsonLinesSource(path, name, limits, options.encoding)]
    return [DelimitedSource(path, name, limits, options)]


def _expected(ending: str) -> Text:
    if ending in BOOK_ENDINGS:
        return Text(en="an Excel workbook", ar="مصنف Excel")
    if ending in PARQUET_ENDINGS:
        return Text(en="a Parquet file", ar="ملف Parquet")
    if ending in JSON_ENDINGS:
        return Text(en="JSON Lines text", ar="نص JSON Lines")
    return Text(en="text with delimiters", ar="نص بفواصل")
