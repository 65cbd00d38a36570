"""Who may be missing from the list of participants because rows of the list were refused.

A buyer who is not on the list counts as an outside customer. Where rows of the list were refused, that would turn
participants into customers and so clear a company whose list is broken. The ids in the refused rows are therefore
kept apart: money from these buyers is neither side's. A refused row whose id cannot be read may be anybody's, and
then no unlisted buyer can be told from a participant.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from intake.errors import RefusalCode

if TYPE_CHECKING:
    from intake.reading import Reading

_NOBODY_LOST = (
    RefusalCode.DUPLICATE_ID,
    RefusalCode.EXCLUDED_BY_DATASHEET,
    RefusalCode.EMPTY_ROW,
    RefusalCode.ABOVE_HEADING,
)
"""Refusals that lose nobody: the id is on the list already, the data sheet says so, or the row names nobody."""


@dataclass(frozen=True, slots=True)
class LostPeople:
    """Refused rows of the list of participants.

    Attributes:
        rows: how many there are.
        ids: of the people in them, as far as they can be read.
        anybody: at least one of the rows does not show whose it is.
    """

    rows: int = 0
    ids: frozenset[str] = frozenset()
    anybody: bool = False


def lost_people(folder: Path, reading: Reading | None) -> LostPeople:
    """Reads the refused rows of a snapshot.

    Args:
        folder: of the snapshot, with `refused.parquet` where a row was refused.
        reading: what the import understood; it names the column with the ids.
    """
    path = folder / "refused.parquet"
    if not path.is_file():
        return LostPeople()
    codes = [str(code.value) for code in _NOBODY_LOST]
    refused = (
        pl.scan_parquet(path)
        .filter((pl.col("table") == "participants") & ~pl.col("code").is_in(codes))
        .select("file", "row")
        .collect()
    )
    headings = {
        file.name: column.heading
        for file in (reading.files if reading else ())
        if file.table == "participants"
        for column in file.columns
        if column.target == "id"
    }
    named = [_ids(row, headings.get(file)) for file, row in refused.iter_rows()]
    return LostPeople(len(named), frozenset().union(*named), not all(named))


def _ids(row: str | None, heading: str | None) -> frozenset[str]:
    """Whose row it may be; a row with too many or too few cells may have the id in any of them."""
    found = None if row is None else json.loads(row)
    cells: list[object] = []
    if isinstance(found, list):
        cells = found
    elif isinstance(found, dict) and heading is not None:
        cells = [found.get(heading)]
    texts = (str(cell).strip() for cell in cells if cell is not None)
    return frozenset(text for text in texts if text)
