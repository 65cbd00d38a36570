"""A source on its way through the pipeline: its claims, its counts, and what a worker does with one batch."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from intake.cells import Prepared
from intake.columns import REFUSED_FRAME, Parsing, asked_mask, parse, refusals
from intake.duplicates import Copies
from intake.errors import HINTS, RefusalCode
from intake.formats.contract import VALUE_CUT, Batch, Fault, Source
from intake.values import ValueNote
from intake.writing import Tally


@dataclass(slots=True)
class Stream:
    """One source with the claims on it.

    Attributes:
        source: What is read.
        ready: Its claims, with what was decided for each.
        tallies: Counts of each claim.
        excluded: Count of rows that no claim asked for.
        broken: Rows that could not be cut into cells, by code.
        notes: For each claim, headings and what was assumed there.
        copies: For each claim, rows without an id that repeat an earlier row.
    """

    source: Source
    ready: list[Prepared]
    tallies: list[Tally] = field(default_factory=list)
    excluded: Tally = field(default_factory=Tally)
    broken: Counter[str] = field(default_factory=Counter)
    notes: list[list[tuple[str, ValueNote]]] = field(default_factory=list)
    copies: list[Copies] = field(default_factory=list)

    @classmethod
    def of(cls, source: Source, ready: list[Prepared]) -> Stream:
        """A source before its first batch."""
        return cls(source, ready, [Tally() for _ in ready], notes=[[] for _ in ready], copies=[Copies() for _ in ready])


@dataclass(slots=True)
class ParsedBatch:
    """A batch after parsing: its frame, one parsing per claim, and the rows that no claim asked for."""

    frame: pl.DataFrame
    parsings: list[Parsing]
    excluded: pl.DataFrame


def parse_batch(stream: Stream, batch: Batch) -> ParsedBatch:
    """What a worker does with a batch: cut it, and parse it for each claim."""
    frame = batch.frame()
    parsings = [parse(ready, frame, batch.lines, batch.formulas) for ready in stream.ready]
    masks = [asked_mask(ready.claim, frame) for ready in stream.ready]
    excluded = pl.DataFrame(schema=REFUSED_FRAME)
    if masks and all(mask is not None for mask in masks):
        asked = np.zeros(len(frame), np.bool_)
        for mask in masks:
            assert mask is not None
            asked |= mask.to_numpy()
        if not asked.all():
            rows = frame.filter(pl.Series(~asked))
            entry = stream.ready[0].claim.entry
            assert entry is not None
            heading = next(iter(entry.where))
            faults = pl.DataFrame(
                {
                    "column": pl.Series([heading]).new_from_index(0, len(rows)),
                    "value": rows[heading].str.slice(0, VALUE_CUT),
                    "code": pl.Series([RefusalCode.EXCLUDED_BY_DATASHEET.value]).new_from_index(0, len(rows)),
                }
            )
            excluded = refusals(rows, batch.lines[~asked], file=stream.source.name, table=None, faults=faults)
    return ParsedBatch(frame, parsings, excluded)


def fault_frame(faults: list[Fault], file: str, table: str) -> pl.DataFrame:
    """Rows that could not be cut into cells, as they are kept."""
    return pl.DataFrame(
        {
            "file": [file] * len(faults),
            "line": [fault.line for fault in faults],
            "table": [table] * len(faults),
            "column": [fault.column for fault in faults],
            "value": [fault.value for fault in faults],
            "code": [fault.code.value for fault in faults],
            "hint": [HINTS[fault.code].en for fault in faults],
            "row": [fault.row for fault in faults],
        },
        schema=REFUSED_FRAME,
    )
