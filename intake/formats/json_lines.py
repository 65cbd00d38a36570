"""JSON Lines: one object per line, its keys the headings; numbers keep the digits they were written with.

Lines are cut by their newlines, and DuckDB's JSON functions take the cells out of a whole block of lines at
once. A line that is no object is refused; a key that only later lines have is a column all the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from intake.database import connect
from intake.errors import RefusalCode, TooLarge, UnreadableFile, too_many_columns
from intake.formats.contract import SAMPLE_ROWS, Batch, Fault
from intake.formats.encodings import examine, utf8_pieces
from intake.limits import Limits
from intake.reading import Note
from intake.text import Text


class JsonLinesSource:
    """A JSON Lines file (see `intake.formats.contract.Source`).

    Raises:
        UnreadableFile: Empty, binary, a JSON array, or without an object on any of its first lines.
        TooLarge: More keys than the limit of columns.
    """

    format = "jsonl"
    delimiter: str | None = None
    sheet: str | None = None

    def __init__(self, path: Path, name: str, limits: Limits, encoding: str | None = None) -> None:
        self.path = path
        self.name = name
        self.notes: list[Note] = []
        self._limits = limits
        self._facts = examine(path, name, encoding)
        self.encoding: str | None = self._facts.encoding
        self.size = self._facts.size
        self.sha256 = self._facts.sha256
        self.headings = self._find_headings()

    def _find_headings(self) -> list[str]:
        headings: dict[str, None] = {}
        first: str | None = None
        for lines, _, _, _ in self._line_blocks():
            texts = [line.decode("utf-8", "replace") for line in lines if line.strip()]
            first = first or (texts[0] if texts else None)
            if first is not None and first.lstrip().startswith("["):
                raise UnreadableFile(
                    Text(
                        en="is one JSON array. Write JSON Lines: one object per line, without brackets around them"
                        " (for example with `jq -c '.[]'`).",
                        ar="مصفوفة JSON واحدة. تُكتب البيانات بصيغة JSON Lines: كائن واحد في كل سطر بلا أقواس حولها"
                        " (مثلًا بالأمر ⁨jq -c '.[]'⁩).",
                    ),
                    file=self.name,
                    line=1,
                )
            with connect() as connection:
                connection.register("lines", pl.DataFrame({"x": texts}, schema={"x": pl.String}).to_arrow())
                keys = connection.execute(
                    "select distinct unnest(json_keys(x)) from lines"
                    " where case when json_valid(x) then json_type(x) = 'OBJECT' else false end"
                ).fetchall()
                order = connection.execute(
                    "select json_keys(x) from lines where case when json_valid(x) then json_type(x) = 'OBJECT'"
                    " else false end limit 1"
                ).fetchone()
            for key in order[0] if order else []:
                headings.setdefault(key)
            for (key,) in sorted(keys):
                headings.setdefault(key)
        if not headings:
            raise UnreadableFile(
                Text(
                    en='holds no JSON object. Write one object per line, such as {"id": "M1", "sponsor": "M0"}.',
                    ar='لا كائن JSON فيه. يُكتب كائن واحد في كل سطر مثل ⁨{"id": "M1", "sponsor": "M0"}⁩.',
                ),
                file=self.name,
                line=1,
            )
        if len(headings) > self._limits.columns:
            raise TooLarge(too_many_columns(len(headings), self._limits.columns), file=self.name)
        return list(headings)

    def sample(self) -> pl.DataFrame:
        """The first rows."""
        for batch in self.batches():
            return batch.frame().head(SAMPLE_ROWS * 20)
        return pl.DataFrame(schema=dict.fromkeys(self.headings, pl.String))

    def batches(self) -> Iterator[Batch]:
        """All objects, in order."""
        for lines, first, share, faults in self._line_blocks():
            texts: list[str] = []
            numbers: list[int] = []
            for number, raw in enumerate(lines, start=first):
                if not raw.strip():
                    continue
                if len(raw) > self._limits.cell:
                    head = raw[:4096].decode("utf-8", "replace")
                    faults.append(Fault.of_text(number, RefusalCode.OVERSIZED_CELL, head + " ..."))
                    continue
                try:
                    texts.append(raw.decode("utf-8"))
                    numbers.append(number)
                except UnicodeDecodeError:
                    faults.append(Fault.of_text(number, RefusalCode.ENCODING, raw.decode("utf-8", "replace")))
            frame, good = self._cells(texts)
            at = np.array(numbers, np.int64)
            for index in np.flatnonzero(~good):
                faults.append(Fault.of_text(int(at[index]), RefusalCode.NOT_AN_OBJECT, texts[index]))
            yield Batch(at[good], partial(_same, frame), share, faults)

    def _cells(self, texts: list[str]) -> tuple[pl.DataFrame, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
        empty = pl.DataFrame(schema=dict.fromkeys(self.headings, pl.String))
        if not texts:
            return empty, np.zeros(0, np.bool_)
        paths = ["$." + json.dumps(heading, ensure_ascii=False) for heading in self.headings]
        with connect() as connection:
            connection.register("lines", pl.DataFrame({"x": texts}, schema={"x": pl.String}).to_arrow())
            good = connection.execute(
                "select coalesce(case when json_valid(x) then json_type(x) = 'OBJECT' else false end, false)"
                " as good from lines"
            ).fetchnumpy()["good"]
            good = np.asarray(good, np.bool_)
            connection.register(
                "objects", pl.DataFrame({"x": texts}, schema={"x": pl.String}).filter(pl.Series(good)).to_arrow()
            )
            query = "select json_extract_string(x, ?) as cells from objects"
            table = connection.sql(query, params=[paths]).to_arrow_table()
        found = pl.from_arrow(table)
        assert isinstance(found, pl.DataFrame)
        if not len(found):
            return empty, good
        cells = found["cells"].list
        return pl.DataFrame([cells.get(i).alias(heading) for i, heading in enumerate(self.headings)]), good

    def _line_blocks(self) -> Iterator[tuple[list[bytes], int, float, list[Fault]]]:
        """Whole lines of a block, the first one's number, the share read, and faults of lines too long to hold."""
        rest = b""
        line = 1
        passing = False
        faults: list[Fault] = []
        for piece, done in utf8_pieces(self.path, self._facts, self._limits.block):
            if passing:
                end = piece.find(b"\n")
                if end < 0:
                    continue
                piece, passing, line = piece[end + 1 :], False, line + 1
            data = rest + piece
            cut = data.rfind(b"\n") + 1
            rest = data[cut:]
            if cut:
                lines = data[:cut].split(b"\n")[:-1]
                yield lines, line, done / self.size, faults
                line += len(lines)
                faults = []
            if len(rest) > self._limits.row:
                head = rest[:4096].decode("utf-8", "replace")
                faults.append(Fault.of_text(line, RefusalCode.OVERSIZED_CELL, head + " ..."))
                rest, passing = b"", True
        if rest or faults:
            yield ([rest] if rest else []), line, 1.0, faults


def _same(frame: pl.DataFrame) -> pl.DataFrame:
    return frame
