"""Comma-, tab- and otherwise separated text, as a stream of batches with true line numbers.

The text is read in blocks, `records` says where each record of a block starts, ragged, oversized and badly
encoded records are set aside with their text, and Arrow's CSV reader turns the rest of the block into columns
of strings. A stray quotation mark that would swallow the rest of a file costs its own line only: where the
lines after it look like proper rows, they are read as such.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
from pyarrow import csv as arrow_csv

from intake.errors import EMPTY_FILE, IntakeError, RefusalCode, TooLarge, UnreadableFile, too_many_columns
from intake.formats import records
from intake.formats.contract import SAMPLE_ROWS, Batch, Fault
from intake.formats.encodings import TextFacts, examine, utf8_pieces
from intake.formats.layout import STAND_IN, Layout, TextOptions, cells_of, find_layout, python_rows
from intake.limits import Limits
from intake.reading import Note
from intake.text import Text, say

_MOST_RECOVERIES = 1_000
_REPLACED = "\N{REPLACEMENT CHARACTER}".encode()

Mask = npt.NDArray[np.bool_]


class DelimitedSource:
    """A delimited text file (see `intake.formats.contract.Source`).

    Raises:
        UnreadableFile: Empty, binary, or without any row of cells.
        TooLarge: More columns than the limit.
    """

    format = "csv"
    sheet: str | None = None

    def __init__(self, path: Path, name: str, limits: Limits, options: TextOptions | None = None) -> None:
        options = options or TextOptions()
        self.path = path
        self.name = name
        self.notes: list[Note] = []
        self._limits = limits
        self._facts: TextFacts = examine(path, name, options.encoding)
        self.encoding: str | None = self._facts.encoding
        self.sha256 = self._facts.sha256
        self.size = self._facts.size
        if not self.size:
            raise UnreadableFile(EMPTY_FILE, file=name)
        self._swap = options.delimiter if options.delimiter and ord(options.delimiter) > 127 else None
        self._layout: Layout = find_layout(self._pieces(), self.size, name, options)
        if self._layout.width > limits.columns:
            raise TooLarge(too_many_columns(self._layout.width, limits.columns), file=name)
        self.notes += self._layout.notes
        self.headings = self._layout.headings
        self.delimiter: str | None = self._swap or self._layout.delimiter
        if self.delimiter == "\t":
            self.format = "tsv"
        if not self._facts.sure:
            self.notes.append(
                Note(
                    code="encoding-guessed",
                    file=name,
                    text=Text(
                        en="The encoding {encoding} was guessed from the text; a data sheet can name it.",
                        ar="خُمِّن الترميز {encoding} من النص؛ ويمكن لورقة البيانات تحديده.",
                    ).fill(encoding=self.encoding),
                )
            )

    def sample(self) -> pl.DataFrame:
        """The first block's rows, and some rows from further on in a large UTF-8 file."""
        frames = []
        for batch in self.batches():
            frame = batch.frame()
            if len(frame):
                frames.append(frame.head(SAMPLE_ROWS * 20))
                break
        frames += self._spots()
        if not frames:
            return pl.DataFrame(schema=dict.fromkeys(self.headings, pl.String))
        return pl.concat(frames)

    def _spots(self, spots: int = 24, spot_bytes: int = 64 << 10) -> Iterator[pl.DataFrame]:
        if self._facts.encoding != "utf-8" or self.size < 4 * self._limits.block or self._swap:
            return
        with self.path.open("rb") as file:
            for spot in range(1, spots + 1):
                file.seek(self.size * spot // (spots + 1))
                piece = file.read(spot_bytes)
                start = piece.find(b"\n") + 1
                found = records.find_records(_array(piece), self._layout.delimiter, offset=start, final=False, line=1)
                usable = (found.width == self._layout.width) & (
                    found.flags & (records.UNCLOSED | records.MISQUOTED | records.HAS_NUL) == 0
                )
                text = [piece[a:b] for a, b in zip(found.start[usable], found.stop[usable], strict=True)]
                try:
                    yield self._frame(b"\n".join(text), len(text)).head(SAMPLE_ROWS)
                except UnicodeDecodeError:
                    continue

    def batches(self) -> Iterator[Batch]:
        """All rows below the headings, in order."""
        pieces = self._pieces()
        data = b""
        line, skip, share = 1, self._layout.skip, 0.0
        recoveries = 0
        final = False
        early: list[Fault] = []
        while not final:
            piece, done = next(pieces, (b"", self.size))
            final = not piece
            share = done / self.size
            data = data + piece if data else piece
            array = _array(data)
            offset = 0
            while offset < len(data):
                found = records.find_records(array, self._layout.delimiter, offset=offset, final=final, line=line)
                if not len(found):
                    offset, line = found.consumed, found.next_line
                    break
                upset = self._first_upset(found, array) if recoveries < _MOST_RECOVERIES else None
                if upset is not None:
                    recoveries += 1
                    found, fault = self._cut_before(found, upset, data)
                    early.append(fault)
                batch = self._batch(data, found, skip, share)
                skip = max(0, skip - len(found))
                batch.faults += early
                early = []
                offset, line = found.consumed, found.next_line
                yield batch
            data = data[offset:]
            if len(data) > self._limits.row and not final:
                recovered = self._recover_start(data, line) if recoveries < _MOST_RECOVERIES else None
                if recovered is not None:
                    recoveries += 1
                    fault, data, line = recovered
                else:
                    fault, data, line = self._pass_over(data, pieces, line)
                early.append(fault)
        if early:
            yield Batch(np.empty(0, np.int64), partial(self._frame, b"", 0), 1.0, early)

    # --- rows that are not rows ---------------------------------------------------------------------------

    def _first_upset(self, found: records.Records, array: records.Bytes) -> int | None:
        """The first record over several lines that looks like a stray quotation mark."""
        spans = (found.flags & (records.MULTILINE | records.UNCLOSED)) == records.MULTILINE
        spans |= (found.flags & records.UNCLOSED) != 0
        wrong = (found.width != self._layout.width) | (found.longest > self._limits.cell)
        wrong |= (found.flags & (records.UNCLOSED | records.MISQUOTED)) != 0
        for index in np.flatnonzero(spans & wrong):
            if self._rows_follow(array, int(found.start[index])) is not None:
                return int(index)
        return None

    def _rows_follow(self, array: records.Bytes, start: int) -> int | None:
        """Offset of the next physical line, if proper rows stand there."""
        window = array[start : start + self._limits.row + 1]
        ends = np.flatnonzero(window == 10)
        if not len(ends):
            return None
        after = start + int(ends[0]) + 1
        ahead = array[after : after + (64 << 10)]
        final = after + len(ahead) >= len(array)
        found = records.find_records(ahead, self._layout.delimiter, final=final, line=1, most=3)
        proper = (found.width == self._layout.width) & (found.flags & (records.MULTILINE | records.UNCLOSED) == 0)
        return after if len(found) and bool(proper.all()) else None

    def _cut_before(self, found: records.Records, index: int, data: bytes) -> tuple[records.Records, Fault]:
        start, line = int(found.start[index]), int(found.line[index])
        after = data.index(b"\n", start) + 1
        text = data[start:after].rstrip(b"\r\n").decode("utf-8", "replace")
        kept = records.Records(
            found.start[:index],
            found.stop[:index],
            found.line[:index],
            found.width[:index],
            found.longest[:index],
            found.flags[:index],
            after,
            line + 1,
        )
        return kept, Fault.of_text(line, RefusalCode.UNCLOSED_QUOTE, text)

    def _recover_start(self, data: bytes, line: int) -> tuple[Fault, bytes, int] | None:
        after = self._rows_follow(_array(data), 0)
        if after is None:
            return None
        text = data[:after].rstrip(b"\r\n").decode("utf-8", "replace")
        return Fault.of_text(line, RefusalCode.UNCLOSED_QUOTE, text), data[after:], line + 1

    def _pass_over(self, data: bytes, pieces: Iterator[tuple[bytes, int]], line: int) -> tuple[Fault, bytes, int]:
        head = data[: self._limits.cell // 16].decode("utf-8", "replace")
        fault = Fault.of_text(line, RefusalCode.OVERSIZED_CELL, head + " ...")
        skipper = records.RecordSkipper(self._layout.delimiter, line)
        while (end := skipper.feed(_array(data))) is None:
            data, _ = next(pieces, (b"", 0))
            if not data:
                return fault, b"", skipper.line
        return fault, data[end:], skipper.line

    # --- rows ---------------------------------------------------------------------------------------------

    def _batch(self, data: bytes, found: records.Records, skip: int, share: float) -> Batch:
        usable = np.ones(len(found), np.bool_)
        head = min(skip, len(found))
        usable[:head] = False
        above = head - (1 if skip and head == skip and self._layout.headed else 0)
        faults = [self._fault(data, found, index, RefusalCode.ABOVE_HEADING) for index in range(above)]
        reasons = (
            (found.longest > self._limits.cell, RefusalCode.OVERSIZED_CELL),
            (found.flags & records.HAS_NUL != 0, RefusalCode.ENCODING),
            (self._badly_encoded(data, found), RefusalCode.ENCODING),
            (found.flags & records.UNCLOSED != 0, RefusalCode.UNCLOSED_QUOTE),
            (found.width != self._layout.width, RefusalCode.WRONG_CELL_COUNT),
        )
        for wrong, code in reasons:
            faults += [self._fault(data, found, int(index), code) for index in np.flatnonzero(wrong & usable)]
            usable &= ~wrong
        if usable.all():
            text = data[int(found.start[0]) : found.consumed] if len(found) else b""
        else:
            text = _joined(data, found, usable)
        lines = found.line[usable]
        return Batch(lines, partial(self._frame, text, len(lines)), share, faults)

    def _badly_encoded(self, data: bytes, found: records.Records) -> Mask:
        wrong = np.zeros(len(found), np.bool_)
        if not self._facts.damaged or not len(found):
            return wrong
        for index in np.flatnonzero(found.flags & records.HAS_HIGH):
            record = data[found.start[index] : found.stop[index]]
            if self._facts.encoding != "utf-8":
                wrong[index] = _REPLACED in record
                continue
            try:
                record.decode("utf-8")
            except UnicodeDecodeError:
                wrong[index] = True
        return wrong

    def _fault(self, data: bytes, found: records.Records, index: int, code: RefusalCode) -> Fault:
        line = int(found.line[index])
        stop = min(int(found.stop[index]), int(found.start[index]) + self._limits.row)
        text = data[int(found.start[index]) : stop].decode("utf-8", "replace")
        if code is RefusalCode.OVERSIZED_CELL:
            return Fault.of_text(line, code, text[: self._limits.cell // 16] + " ...")
        if code in {RefusalCode.UNCLOSED_QUOTE, RefusalCode.ENCODING}:
            return Fault.of_text(line, code, text)
        cells = cells_of(text, self._layout.delimiter)
        value = f"{len(cells)} cells, expected {self._layout.width}" if code is RefusalCode.WRONG_CELL_COUNT else None
        return Fault.of_cells(line, code, cells, value)

    def _frame(self, text: bytes, rows: int) -> pl.DataFrame:
        schema = dict.fromkeys(self.headings, pl.String)
        if not rows:
            return pl.DataFrame(schema=schema)
        names = [f"c{i}" for i in range(self._layout.width)]
        try:
            table = arrow_csv.read_csv(
                pa.BufferReader(text),
                read_options=arrow_csv.ReadOptions(
                    use_threads=False, block_size=max(len(text) + 1, 1 << 16), column_names=names
                ),
                parse_options=arrow_csv.ParseOptions(delimiter=self._layout.delimiter, newlines_in_values=True),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
                ),
            )
            frame = pl.from_arrow(table)
        except pa.ArrowInvalid:
            frame = None
        if not isinstance(frame, pl.DataFrame) or len(frame) != rows:
            frame = self._frame_by_hand(text, names)
        if len(frame) != rows:
            raise IntakeError(
                say(
                    "{rows} rows were found but {cut} could be cut.",
                    "عدد الصفوف التي وُجدت {rows}، وما أمكن تقسيمه منها {cut}.",
                    rows=rows,
                    cut=len(frame),
                ),
                file=self.name,
            )
        frame.columns = self.headings
        return frame

    def _frame_by_hand(self, text: bytes, names: list[str]) -> pl.DataFrame:
        """The same through Python's reader, for the rare block that Arrow reads differently."""
        rows = [row for row in python_rows(text.decode("utf-8"), self._layout.delimiter) if row]
        return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")

    def _pieces(self) -> Iterator[tuple[bytes, int]]:
        if self._swap is None:
            yield from utf8_pieces(self.path, self._facts, self._limits.block)
            return
        mark, stand_in = self._swap.encode(), STAND_IN.encode()
        rest = b""
        for piece, done in utf8_pieces(self.path, self._facts, self._limits.block):
            whole = rest + piece
            cut = max(0, len(whole) - len(mark))
            while cut < len(whole) and whole[cut] & 0xC0 == 0x80:
                cut += 1
            rest = whole[cut:]
            if cut:
                yield whole[:cut].replace(mark, stand_in), done
        if rest:
            yield rest.replace(mark, stand_in), self.size


def _joined(data: bytes, found: records.Records, usable: Mask) -> bytes:
    """The usable records, run by run."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], usable.view(np.int8), [0]))))
    return b"\n".join(
        data[int(found.start[a]) : int(found.stop[b - 1])] for a, b in zip(edges[0::2], edges[1::2], strict=True)
    )


def _array(data: bytes) -> records.Bytes:
    return np.frombuffer(data, np.uint8)
