"""Where each record of a delimited text starts, on which physical line, and how many cells it has.

One pass over the bytes with the grammar of RFC 4180 as spreadsheets and Python's `csv` read it: a quotation
mark opens a quoted cell only at the cell's start, is doubled inside one, and a newline inside quotes is text.
Knowing the records first keeps line numbers true where cells contain newlines, finds ragged rows before a
reader stumbles over them, and lets a reader take any run of good records as one block.

Reference: RFC 4180, https://www.rfc-editor.org/rfc/rfc4180
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]

HAS_NUL = 1
HAS_HIGH = 2
UNCLOSED = 4
MULTILINE = 8
MISQUOTED = 16

ROWS_AT_ONCE = 262_144


@dataclass(slots=True)
class Records:
    """Records found in a block; arrays have one entry per record.

    Attributes:
        start: Offset of the first byte.
        stop: Offset after the last byte, without the line ending.
        line: 1-based physical line of the first byte.
        width: Number of cells.
        longest: Bytes of the longest cell, quotes included.
        flags: `HAS_NUL`, `HAS_HIGH` (a byte above 127), `UNCLOSED` quote, `MULTILINE`, `MISQUOTED` (something
            follows a closing quote within its cell, as where a stray quote met another one).
        consumed: Offset after the last whole record and its line ending.
        next_line: Physical line at `consumed`.
    """

    start: npt.NDArray[np.int64]
    stop: npt.NDArray[np.int64]
    line: npt.NDArray[np.int64]
    width: npt.NDArray[np.int32]
    longest: npt.NDArray[np.int64]
    flags: npt.NDArray[np.uint8]
    consumed: int
    next_line: int

    def __len__(self) -> int:
        return len(self.start)


@numba.njit(cache=True, nogil=True)
def _scan(  # type: ignore[no-untyped-def]
    data, offset, delimiter, quote, final, line, start, stop, lines, width, longest, flags
):  # pragma: no cover - compiled
    most = len(start)
    n = 0
    size = len(data)
    i = offset
    consumed = offset
    consumed_line = line
    cr, lf = 13, 10
    while n < most:
        # blank lines between records are no records
        while i < size and (data[i] == lf or data[i] == cr):
            if data[i] == cr:
                if i + 1 == size and not final:
                    return n, consumed, consumed_line
                if i + 1 < size and data[i + 1] == lf:
                    i += 1
            i += 1
            line += 1
            consumed = i
            consumed_line = line
        if i >= size:
            break
        record_start = i
        record_line = line
        cells = 1
        largest = 0
        flag = 0
        cell_start = i
        quoted = False
        fresh = True  # at the start of a cell
        ended = False
        while i < size:
            c = data[i]
            if quoted:
                if c == quote:
                    if i + 1 < size and data[i + 1] == quote:
                        i += 1
                    else:
                        quoted = False
                        if i + 1 < size:
                            after = data[i + 1]
                            if after != delimiter and after != lf and after != cr:
                                flag |= 16
                elif c == lf:
                    line += 1
                    flag |= 8
                elif c == cr:
                    if not (i + 1 < size and data[i + 1] == lf):
                        line += 1
                    flag |= 8
                elif c >= 128:
                    flag |= 2
                elif c == 0:
                    flag |= 1
            elif c == delimiter:
                if i - cell_start > largest:
                    largest = i - cell_start
                cells += 1
                cell_start = i + 1
                fresh = True
                i += 1
                continue
            elif c in (lf, cr):
                if c == cr and i + 1 == size and not final:
                    break
                ended = True
                break
            elif c == quote:
                if fresh:
                    quoted = True
            elif c >= 128:
                flag |= 2
            elif c == 0:
                flag |= 1
            fresh = False
            i += 1
        if not ended and not final:
            break
        if i - cell_start > largest:
            largest = i - cell_start
        if quoted:
            flag |= 4
        start[n] = record_start
        stop[n] = i
        lines[n] = record_line
        width[n] = cells
        longest[n] = largest
        flags[n] = flag
        n += 1
        if ended:
            if data[i] == cr and i + 1 < size and data[i + 1] == lf:
                i += 1
            i += 1
            line += 1
        consumed = i
        consumed_line = line
    return n, consumed, consumed_line


@numba.njit(cache=True, nogil=True)
def _skip(data, delimiter, quote, state, line):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Walk to the end of the record; state: 0 cell start, 1 plain, 2 quoted, 3 after a quote inside quotes, 4 CR."""
    size = len(data)
    for i in range(size):
        c = data[i]
        if state == 4:
            return (i + 1 if c == 10 else i), -1, line
        if state == 2:
            if c == quote:
                state = 3
            elif c == 10:
                line += 1
            continue
        if state == 3:
            if c == quote:
                state = 2
                continue
            state = 1
        if c == 10:
            return i + 1, -1, line + 1
        if c == 13:
            state = 4
            line += 1
        elif c == delimiter:
            state = 0
        elif c == quote and state == 0:
            state = 2
        else:
            state = 1
    return size, state, line


def find_records(
    data: Bytes, delimiter: str, *, offset: int = 0, final: bool, line: int, most: int = ROWS_AT_ONCE
) -> Records:
    """Find up to `most` whole records from `offset` on.

    Args:
        data: UTF-8 text (or any encoding that keeps ASCII bytes for ASCII).
        delimiter: One ASCII character.
        offset: Where a record starts.
        final: Whether the text ends with `data`, so that an unfinished record is the last one.
        line: 1-based physical line at `offset`.
        most: Stop after so many records.
    """
    start = np.empty(most, np.int64)
    stop = np.empty(most, np.int64)
    lines = np.empty(most, np.int64)
    width = np.empty(most, np.int32)
    longest = np.empty(most, np.int64)
    flags = np.empty(most, np.uint8)
    n, consumed, next_line = _scan(
        data, offset, ord(delimiter), ord('"'), final, line, start, stop, lines, width, longest, flags
    )
    return Records(start[:n], stop[:n], lines[:n], width[:n], longest[:n], flags[:n], int(consumed), int(next_line))


class RecordSkipper:
    """Passes over one record that is too large to hold, piece by piece."""

    def __init__(self, delimiter: str, line: int) -> None:
        self._delimiter = ord(delimiter)
        self._state = 0
        self.line = line

    def feed(self, data: Bytes) -> int | None:
        """Offset at which the record has ended, or None if it goes on; `line` is then the line there."""
        offset, state, line = _skip(data, self._delimiter, ord('"'), self._state, self.line)
        self.line = int(line)
        self._state = int(state)
        return int(offset) if state == -1 else None
