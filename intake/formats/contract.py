"""What every format gives the pipeline, whatever the file was: text cells with their lines, in batches.

A `Source` is one table as found: a text file, a sheet, a Parquet file. Its cells are all strings exactly as
written (an absent cell is null or empty), because what they mean is decided later, column by column. A
`Batch` is some of its rows; rows that cannot even be cut into cells arrive beside them as `Fault`s.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from intake.errors import RefusalCode
from intake.reading import Note

Lines = npt.NDArray[np.int64]

SAMPLE_ROWS = 1_000
VALUE_CUT = 500
"""Characters of an offending value that are kept."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that was refused before its cells could be looked at."""

    line: int
    code: RefusalCode
    value: str
    row: str
    """The row as found, JSON: a list of cells or a string."""
    column: str | None = None

    @classmethod
    def of_cells(cls, line: int, code: RefusalCode, cells: Sequence[object], value: str | None = None) -> Fault:
        """A fault of a row whose cells are known."""
        row = json.dumps([None if cell is None else str(cell) for cell in cells], ensure_ascii=False)
        return cls(line, code, (row if value is None else value)[:VALUE_CUT], row)

    @classmethod
    def of_text(cls, line: int, code: RefusalCode, text: str) -> Fault:
        """A fault of a row that could not be cut into cells."""
        return cls(line, code, text[:VALUE_CUT], json.dumps(text, ensure_ascii=False))


@dataclass(slots=True)
class Batch:
    """Some rows of a source.

    Attributes:
        lines: 1-based line of each row of the frame.
        frame: Makes the frame, one string column per heading in order; may take long, and may run in any thread.
        share: Share of the source (0 to 1) that has been read after this batch.
        formulas: (row of the frame, heading, text) of cells that hold a formula.
    """

    lines: Lines
    frame: Callable[[], pl.DataFrame]
    share: float
    faults: list[Fault] = field(default_factory=list)
    formulas: list[tuple[int, str, str]] = field(default_factory=list)


class Source(Protocol):
    """One table as found."""

    name: str
    """File as named in the reading."""
    path: Path
    format: str
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    headings: list[str]
    notes: list[Note]
    sha256: str
    size: int

    def sample(self) -> pl.DataFrame:
        """Up to `SAMPLE_ROWS` first rows, and where cheap some from further on; all strings."""
        ...

    def batches(self) -> Iterator[Batch]:
        """All rows, in order, from the start each time."""
        ...


def unique_headings(found: Sequence[str | None]) -> list[str]:
    """Headings that are neither empty nor twice the same, otherwise as found.

    >>> unique_headings(["", "From", "To", "From", None])
    ['(column 1)', 'From', 'To', 'From (2)', '(column 5)']
    """
    seen: dict[str, int] = {}
    headings: list[str] = []
    taken = {text for text in found if text}
    for position, raw in enumerate(found, start=1):
        text = (raw or "").strip("\ufeff \t\r\n\u00a0") or f"(column {position})"
        seen[text] = seen.get(text, 0) + 1
        if seen[text] > 1:
            count = seen[text]
            while f"{text} ({count})" in taken or f"{text} ({count})" in seen:
                count += 1
            text = f"{text} ({count})"
            seen[text] = 1
        headings.append(text)
    return headings
