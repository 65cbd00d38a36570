"""How a delimited text is laid out: its delimiter, its row of headings, its usual width.

Found out from the first quarter of a megabyte, unless a data sheet says so.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from intake.errors import UnreadableFile
from intake.formats import records
from intake.formats.contract import SAMPLE_ROWS, unique_headings
from intake.formats.heading_row import find_heading_row, usual_width
from intake.reading import Note
from intake.text import Text

DELIMITERS = ",;\t|^~:\x1f\x01"
STAND_IN = "\x1f"
"""Replaces a delimiter outside ASCII while the text is cut."""
_SNIFF_BYTES = 256 << 10


@dataclass(frozen=True, slots=True)
class TextOptions:
    """What a data sheet says about a text file; None is found out."""

    encoding: str | None = None
    delimiter: str | None = None
    headings: tuple[str, ...] = ()
    heading_line: int | None = None


@dataclass(slots=True)
class Layout:
    """A text's layout.

    Attributes:
        delimiter: One ASCII character.
        headings: Unique names of the columns.
        width: Cells of a proper row.
        skip: Records before the first row of data.
        headed: Whether the last of those holds the headings.
        notes: What a person should know.
    """

    delimiter: str
    headings: list[str]
    width: int
    skip: int
    headed: bool = True
    notes: list[Note] = field(default_factory=list)


def find_layout(pieces: Iterator[tuple[bytes, int]], size: int, name: str, options: TextOptions) -> Layout:
    """Find the layout from a text's first pieces.

    Args:
        pieces: UTF-8 text and the bytes of the file read so far.
        size: Bytes of the file.
        name: How errors call it.
        options: What a data sheet says.

    Raises:
        UnreadableFile: Blank lines only.
    """
    head = b""
    final = True
    for piece, done in pieces:
        head += piece
        if len(head) >= _SNIFF_BYTES:
            final = done >= size and len(head) <= _SNIFF_BYTES
            head = head[:_SNIFF_BYTES]
            break
    said, skip = options.delimiter, 0
    if said is not None and ord(said) > 127:
        said = STAND_IN
    if head[:4].lower() == b"sep=" and len(head) > 4:  # Excel's own word for the delimiter
        said = said or chr(head[4])
        skip = 1
    delimiter = said or sniff_delimiter(head, final=final)
    found = records.find_records(_array(head), delimiter, final=final, line=1, most=SAMPLE_ROWS)
    if not len(found) and len(head) >= _SNIFF_BYTES:  # the very first record is enormous
        found = records.find_records(_array(head), delimiter, final=True, line=1, most=SAMPLE_ROWS)
    rows = [
        cells_of(head[a:b].decode("utf-8", "replace"), delimiter)
        for a, b in zip(found.start[skip:], found.stop[skip:], strict=True)
    ]
    if not rows:
        raise UnreadableFile(
            Text(
                en="holds blank lines only. Export the table again, or leave it out.",
                ar="لا يحتوي إلا على أسطر فارغة. يُرجى تصدير الجدول من جديد أو تركه.",
            ),
            file=name,
        )
    return _with_headings(rows, delimiter, skip, name, options)


def _with_headings(rows: list[list[str]], delimiter: str, skip: int, name: str, options: TextOptions) -> Layout:
    if options.heading_line is not None:
        index: int | None = min(options.heading_line, len(rows) + skip) - 1 - skip
        width = len(rows[index or 0])
    elif options.headings:
        index, width = None, len(options.headings)
    else:
        place = find_heading_row(rows)
        index, width = place.index, place.width
    if index is None:
        given = list(options.headings)
        notes = [] if given else [_no_headings(name)]
        return Layout(delimiter, unique_headings(given or [""] * width), width, skip, headed=False, notes=notes)
    names = rows[index]
    below = rows[index + 1 :]
    wider = [row for row in below if len(row) > width]
    if wider and usual_width(below) > width and not any(cell.strip() for row in wider for cell in row[width:]):
        width = usual_width(below)  # each line ends with a delimiter that the headings lack
        names = names + [""] * (width - len(names))
    notes = [lines_above(name, index)] if index else []
    return Layout(delimiter, unique_headings(names), width, index + 1 + skip, notes=notes)


def _no_headings(name: str) -> Note:
    return Note(
        code="no-headings",
        file=name,
        text=Text(
            en="The file has no row of headings; columns are numbered. A data sheet can give `headings`.",
            ar="لا يحتوي الملف على صف عناوين؛ رُقِّمت الأعمدة. ويمكن لورقة البيانات تحديد headings.",
        ),
    )


def lines_above(name: str, count: int) -> Note:
    """A note on lines above the headings."""
    return Note(
        code="lines-above-heading",
        file=name,
        count=count,
        text=Text(
            en="Lines above the headings were set aside: {count}.",
            ar="عدد السطور المستبعدة فوق العناوين: {count}.",
        ).fill(count=count),
    )


def sniff_delimiter(head: bytes, *, final: bool) -> str:
    """The delimiter that cuts most records into the same number of cells; a comma if none does."""
    best, best_score = ",", 0.0
    array = _array(head)
    for delimiter in DELIMITERS:
        if delimiter.encode() not in head:
            continue
        found = records.find_records(array, delimiter, final=final, line=1, most=SAMPLE_ROWS)
        if not len(found):
            continue
        widths, counts = np.unique(found.width, return_counts=True)
        place = int(np.argmax(counts))
        if widths[place] < 2:
            continue
        share = counts[place] / len(found)
        if found.width[0] < 2:  # the headings know nothing of it
            share *= 0.4
        score = float(share) * (1.0 + min(int(widths[place]), 50) / 100) - (0.3 if delimiter == ":" else 0.0)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def cells_of(text: str, delimiter: str) -> list[str]:
    """The cells of one record."""
    rows = python_rows(text, delimiter)
    return [cell for row in rows for cell in row] if len(rows) != 1 else rows[0]


def python_rows(text: str, delimiter: str) -> list[list[str]]:
    """The rows of a text through Python's own reader."""
    if csv.field_size_limit() < len(text):
        csv.field_size_limit(len(text))
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _array(data: bytes) -> records.Bytes:
    return np.frombuffer(data, np.uint8)
