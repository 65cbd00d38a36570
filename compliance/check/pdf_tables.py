"""Finds tables in a PDF: ruled ones by their cells, others by words that stand under one another.

Companies print income tables with lines, with shaded bands or with nothing at all. For the last, lines of words with
several numbers that follow one another are taken as rows; their words, laid over one another, leave gaps that part
the columns; the lines just above are headings. Every table that could be one is offered; `choosing` decides.

The file itself is read in a process of its own (`pdf_words`), with bounds on bytes, pages, time and memory.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from compliance.check.arabic_text import in_reading_order, is_arabic, logical, number_in_reading_order
from compliance.check.columns import heading_of, known_columns
from compliance.check.errors import CheckBusy, IncomeTableError
from compliance.check.grid import Grid
from intake.text import Text, say

MOST_BYTES, MOST_PAGES, SECONDS, MEMORY = 20_000_000, 30, 20, 1 << 30
AT_ONCE, PATIENCE = 2, 30.0
"""PDFs read at the same time, and for how many seconds another waits for its turn."""
HEADING_LINES = 5
_turns = threading.BoundedSemaphore(AT_ONCE)
_ERRORS = {
    "encrypted": Text(
        en="is protected by a password; save it without, or type the table",
        ar="محمي بكلمة مرور. يُرجى حفظه بلا كلمة مرور، أو كتابة الجدول",
    ),
    "damaged": Text(
        en="cannot be read as a PDF; save it again, or type the table",
        ar="تتعذر قراءته كملف PDF. يُرجى حفظه من جديد، أو كتابة الجدول",
    ),
    "memory": Text(
        en="needs more memory than a table should; save the page with the table alone, or type the table",
        ar="يحتاج إلى ذاكرة أكثر مما يحتاجه جدول. يُرجى حفظ صفحة الجدول وحدها، أو كتابة الجدول",
    ),
    "time": say(
        "was not read within {seconds} seconds; save the page with the table alone, or type the table",
        "لم تكتمل قراءته خلال {seconds} ث. يُرجى حفظ صفحة الجدول وحدها، أو كتابة الجدول",
        seconds=SECONDS,
    ),
}

_SCAN = Text(
    en="holds no text: its pages are pictures, as of a scan or a photograph, and nothing is guessed from pictures. Type "
    "the table, one line a bracket such as $1 - $250, 18%; or let a program for text recognition (OCR) make a text of "
    "it, compare the figures with the picture, and paste them",
    ar="لا نص فيه: صفحاته صور كما في المسح الضوئي أو التصوير، ولا يُخمَّن شيء من الصور. تُكتب شرائح الجدول، كل شريحة في "
    "سطر مثل ⁨$1 - $250, 18%⁩؛ أو يُستخرج نصها ببرنامج للتعرّف على النصوص (OCR)، وتُقارن الأرقام بالصورة ثم تُلصق",
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word in reading order, and where it stands (points from the top left)."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """About the size of its type."""
        return max(self.bottom - self.top, 1.0)


Line = list[Word]


def pdf_grids(name: str, raw: bytes) -> tuple[list[Grid], int, int]:
    """Every table of a PDF that could be read, how many pages were looked at, and how many there are.

    Raises:
        IncomeTableError: too large, protected, damaged, endless, or without any text.
        CheckBusy: others' PDFs are being read and none of them ended in time.
    """
    if len(raw) > MOST_BYTES:
        raise IncomeTableError(
            name,
            say(
                "has {count:,} bytes; a PDF may have {most_bytes:,}; save the page alone",
                "حجمه بالبايت {count:,}، والحد لملف PDF {most_bytes:,}. يُرجى حفظ الصفحة وحدها",
                count=len(raw),
                most_bytes=MOST_BYTES,
            ),
        )
    found = _in_a_process(raw)
    if "error" in found:
        raise IncomeTableError(name, _ERRORS[found["error"]])
    pages = [_words(page["words"]) for page in found["read"]]
    if not any(pages):
        raise IncomeTableError(name, _SCAN)
    ruled: list[Grid] = []
    bare: list[Grid] = []
    for number, (page, words) in enumerate(zip(found["read"], pages, strict=True), start=1):
        backwards = sum(is_arabic(word.text) for word in words) * 3 > len(words)
        lines = _lines(words)
        ruled += [_ruled(rows, words, lines, number, backwards) for rows in page["tables"]]
        bare += _unruled(lines, number, backwards)
    grids = [grid for kind in (ruled, bare) for grid in (*kind, *_over_pages(kind)) if len(grid.rows) > 1]
    return grids, len(pages), int(found["pages"])


def _over_pages(grids: list[Grid]) -> list[Grid]:
    """Tables that end on one page and go on at the top of the next, each as one."""
    joined: list[Grid] = []
    for grid in grids:
        before = joined[-1] if joined else None
        last = None if before is None else before.last_page or before.page
        rest = None if before is None or last is None or grid.page != last + 1 else _continued(before, grid)
        if before is None or rest is None:
            joined.append(grid)
            continue
        rows = tuple(enumerate((*(cells for _, cells in before.rows), *rest), start=1))
        around = (*before.around, *grid.around)
        joined[-1] = replace(
            before, rows=rows, around=around, last_page=grid.page, repaired=before.repaired or grid.repaired
        )
    return [grid for grid in joined if grid.last_page is not None]


def _continued(before: Grid, grid: Grid) -> list[tuple[str, ...]] | None:
    """The rows of a grid that go on with the one before: without its headings, if they are those; else None."""
    start, again = heading_of(before), heading_of(grid)
    width = max(len(cells) for _, cells in before.rows)
    if start is None or max(len(cells) for _, cells in grid.rows) != width:
        return None
    if again is not None and grid.rows[again][1] != before.rows[start][1]:
        return None
    return [cells for _, cells in grid.rows[0 if again is None else again + 1 :]]


def _in_a_process(raw: bytes) -> dict[str, Any]:
    if not _turns.acquire(timeout=PATIENCE):
        raise CheckBusy(PATIENCE)
    script = Path(__file__).with_name("pdf_words.py")
    command = [sys.executable, "-I", str(script), str(MOST_PAGES), str(SECONDS), str(MEMORY)]
    environment = {key: value for key, value in os.environ.items() if key in ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP")}
    try:
        done = subprocess.run(  # noqa: S603 - our own script, nothing of the caller's in the command
            command, input=raw, capture_output=True, timeout=SECONDS + 5, check=False, env=environment
        )
    except subprocess.TimeoutExpired:
        return {"error": "time"}
    finally:
        _turns.release()
    if done.returncode != 0 or not done.stdout:  # the bounds of the process end it without a word
        return {"error": "time" if done.returncode < 0 else "damaged"}
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _words(found: list[Any]) -> list[Word]:
    return [Word(logical(glyphs), *box) for glyphs, *box in found]


def _lines(words: list[Word]) -> list[Line]:
    """Words that stand on one line, from top to bottom, each line from left to right."""
    lines: list[Line] = []
    middle = 0.0
    for word in sorted(words, key=lambda word: (word.top + word.bottom, word.left)):
        centre = (word.top + word.bottom) / 2
        if not lines or centre - middle > 0.45 * word.height:
            lines.append([])
            middle = centre
        lines[-1].append(word)
    return [sorted(line, key=lambda word: word.left) for line in lines]


def _text(words: Line, *, backwards: bool) -> str:
    """Words of one cell or line as text."""
    parts = [word.text for word in words]
    text = in_reading_order(parts)
    return number_in_reading_order(text) if backwards and not is_arabic(text) else text


def _cell(words: list[Word], *, backwards: bool) -> str:
    return " ".join(_text(line, backwards=backwards) for line in _lines(words))


def _ruled(rows: list[Any], words: list[Word], lines: list[Line], page: int, backwards: bool) -> Grid:
    """A table with lines around its cells."""
    taken: set[int] = set()
    found = []
    for number, row in enumerate(rows, start=1):
        cells = []
        for box in row:
            inside = [] if box is None else [word for word in words if _stands_in(word, box)]
            taken.update(map(id, inside))
            cells.append(_cell(inside, backwards=backwards))
        if any(cells):
            found.append((number, tuple(cells[::-1] if backwards else cells)))
    around = [[word for word in line if id(word) not in taken] for line in lines]
    return Grid(
        tuple(_heading_joined(found)),
        tuple(_text(line, backwards=backwards) for line in around if line),
        page,
        repaired=backwards,
    )


def _stands_in(word: Word, box: list[float]) -> bool:
    across, down = (word.left + word.right) / 2, (word.top + word.bottom) / 2
    return box[0] <= across <= box[2] and box[1] <= down <= box[3]


Rows = list[tuple[int, tuple[str, ...]]]


def _heading_joined(rows: Rows) -> Rows:
    """The rows, with headings that were printed in two rows written as one."""
    if len(rows) < 3 or any(re.search(r"\d", cell) for _, cells in rows[:2] for cell in cells):
        return rows
    width = max(len(cells) for _, cells in rows)
    two = [cells + ("",) * (width - len(cells)) for _, cells in rows[:2]]
    joined = tuple(" ".join(filter(None, pair)) for pair in zip(*two, strict=True))
    return [(rows[1][0], joined), *rows[2:]]


def _unruled(lines: list[Line], page: int, backwards: bool) -> list[Grid]:
    """Tables made of words alone: runs of lines with several numbers."""
    runs: list[list[int]] = []
    for index, line in enumerate(lines):
        if not _is_row(line):
            continue
        between = range(runs[-1][-1] + 1, index) if runs else range(0)
        if between and all(_has_a_sum(lines[at]) for at in between):
            runs[-1] += between  # rows of which the share is not printed
        elif between and all(_goes_on(lines[at], lines[at - 1]) for at in (*between, index)):
            runs[-1].append(index)  # names that take several lines
            continue
        if runs and index - runs[-1][-1] <= 2:
            runs[-1].append(index)
        else:
            runs.append([index])
    found = [_from_run(lines, run, page, backwards) for run in runs]
    return [grid for grid, run in zip(found, runs, strict=True) if len(run) > 1 or heading_of(grid) is not None]


def _is_row(line: Line) -> bool:
    """Whether a line looks like a row: two pieces of text at least, one of them a share or two of them numbers."""
    pieces = [" ".join(word.text for word in piece) for piece in _pieces(line)]
    numbers = sum(bool(re.search(r"\d", piece)) for piece in pieces)
    return len(pieces) > 1 and (numbers > 1 or any(re.search(r"\d\s*[%٪]|[%٪]\s*\d", piece) for piece in pieces))


def _has_a_sum(line: Line) -> bool:
    """Whether a line has a piece that is an amount and nothing else, beside others."""
    pieces = [" ".join(word.text for word in piece) for piece in _pieces(line)]
    return len(pieces) > 1 and any(re.fullmatch(r"\D{0,4}\d[\d.,٬٫]*\D{0,4}", piece) for piece in pieces)


def _goes_on(line: Line, above: Line) -> bool:
    """Whether a line stands close below another, and has the rest of a name alone or is a row itself."""
    near = line[0].top - above[0].bottom < 1.2 * line[0].height
    return near and (len(_pieces(line)) == 1 or _is_row(line))


def _pieces(line: Line) -> list[Line]:
    """Words of a line that stand closer than columns do."""
    pieces: list[Line] = []
    for word in line:
        if pieces and word.left - pieces[-1][-1].right < 0.75 * word.height:
            pieces[-1].append(word)
        else:
            pieces.append([word])
    return pieces


def _from_run(lines: list[Line], run: list[int], page: int, backwards: bool) -> Grid:
    body = [lines[index] for index in run]
    columns = _columns(body)
    width = columns[-1][1] - columns[0][0]
    first = above = run[0]
    while above > 0 and first - above < HEADING_LINES and _may_be_heading(lines[above - 1], lines[above], width):
        above -= 1
    if above < first:
        columns = _with_empty_columns(columns, lines[first - 1])
    rows = [(index + 1, _by_column(lines[index], columns, backwards)) for index in run]
    rest = [_text(line, backwards=backwards) for index, line in enumerate(lines) if not above <= index <= run[-1]]
    heading = [_by_column(lines[index], columns, backwards) for index in range(above, first)]
    # The line above the headings may be a title: as few lines as name the most columns.
    joined = [
        tuple(" ".join(filter(None, cells)) for cells in zip(*heading[at:], strict=True)) for at in range(len(heading))
    ]
    if joined:
        at = max(range(len(joined)), key=lambda at: (known_columns(joined[at]), at))
        rows.insert(0, (above + at + 1, joined[at]))
        rest += [_text(lines[index], backwards=backwards) for index in range(above, first)]
    return Grid(tuple(rows), tuple(rest), page, repaired=backwards)


def _may_be_heading(line: Line, below: Line, width: float) -> bool:
    """Whether a line belongs to the headings below it: close by, in pieces, and not a sentence across the table."""
    gap = min(word.top for word in below) - max(word.bottom for word in line)
    widest = max(piece[-1].right - piece[0].left for piece in _pieces(line))
    return gap < 2.0 * line[0].height and widest < 0.6 * width


def _columns(body: list[Line]) -> list[tuple[float, float]]:
    """Where columns stand: the pieces of all rows laid over one another."""
    spans = sorted((piece[0].left, piece[-1].right) for line in body for piece in _pieces(line))
    columns = [spans[0]]
    for left, right in spans[1:]:
        if left < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], right))
        else:
            columns.append((left, right))
    return columns


Spans = list[tuple[float, float]]


def _with_empty_columns(columns: Spans, heading: Line) -> Spans:
    """The columns, and those that have a heading and nothing below it."""
    spans = [(piece[0].left, piece[-1].right) for piece in _pieces(heading)]
    empty = [span for span in spans if all(span[1] <= left or right <= span[0] for left, right in columns)]
    return sorted([*columns, *empty])


def _by_column(line: Line, columns: list[tuple[float, float]], backwards: bool) -> tuple[str, ...]:
    cells: list[list[Word]] = [[] for _ in columns]
    for piece in _pieces(line):
        left, right = piece[0].left, piece[-1].right
        near = min(range(len(columns)), key=lambda place: _apart(left, right, columns[place]))
        cells[near] += piece
    texts = [_text(cell, backwards=backwards) for cell in cells]
    return tuple(texts[::-1] if backwards else texts)


def _apart(left: float, right: float, column: tuple[float, float]) -> tuple[float, float]:
    """How badly a piece fits a column: first by overlap, then by the distance of their middles."""
    overlap = min(right, column[1]) - max(left, column[0])
    return -max(overlap, 0.0), abs(left + right - column[0] - column[1])
