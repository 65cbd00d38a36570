"""State that crosses periods, as a table: written beside the payouts, and read back to go on from.

One row per component, participant and name with a number; whatever is no number per participant stands as JSON text in
a row without a participant. Ids are used, not rows, so that the state survives a network that has grown.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from compensation.awards import State

if TYPE_CHECKING:
    from compensation.ledger import Ledger

SCHEMA: dict[str, pl.DataType] = {
    "component": pl.String(),
    "participant_id": pl.String(),
    "name": pl.String(),
    "value": pl.Int64(),
    "text": pl.String(),
}
"""`value` in the unit of what `name` says: minor units, thousandths of a point, or a count."""


def table(states: dict[str, State], ids: pl.Series) -> pl.DataFrame:
    """The state of every component, and of what stands under a name of its own (`ranks`, `payment`, `limit:...`)."""
    frames = [pl.DataFrame(schema=SCHEMA)]
    for owner, state in states.items():
        for name, (rows, values) in state.numbers.items():
            frames.append(
                pl.DataFrame({"participant_id": ids.gather(pl.Series(rows)), "value": values})
                .with_columns(component=pl.lit(owner), name=pl.lit(name), text=pl.lit(None, pl.String))
                .select(pl.col(column).cast(kind) for column, kind in SCHEMA.items())
            )
        notes = [
            (owner, None, name, None, json.dumps(note, ensure_ascii=False, sort_keys=True))
            for name, note in sorted(state.notes.items())
        ]
        if notes:
            frames.append(pl.DataFrame(notes, schema=SCHEMA, orient="row"))
    return pl.concat(frames)


def read(saved: pl.DataFrame, ledger: Ledger) -> dict[str, State]:
    """The state by component; numbers of participants who are no longer in the network are dropped with them."""
    result: dict[str, State] = {}
    for (component, name), part in saved.group_by(["component", "name"], maintain_order=True):
        state = result.setdefault(str(component), State())
        noted = part.filter(pl.col("participant_id").is_null())
        for text in noted["text"]:
            state.notes[str(name)] = json.loads(text)
        numbered = part.filter(pl.col("participant_id").is_not_null())
        if len(numbered):
            rows = ledger.rows(numbered["participant_id"])
            known = rows >= 0
            state.numbers[str(name)] = (rows[known], numbered["value"].to_numpy()[known].astype(np.int64))
    return result
