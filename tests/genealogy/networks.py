"""Networks that the store tests keep: small and odd, large and plain, and a real one."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from genealogy import Network

START = datetime(2024, 1, 31, 23, 59, 58)  # noqa: DTZ001 - the tables hold UTC without a zone
ODD_IDS = (
    "٤٧-عضو",
    "زيد بن ثابت",
    "O'Hara",
    'say "hi"',
    "back\\slash",
    "`tick`",
    "semi;colon--",
    "张伟",
    " lead",
    "trail ",
    "é",
    "e\u0301",
    "😀",
    "\u200f",
    "UPPER",
    "upper",
    "%_[a]*",
    "$pre",
    "null",
    "007",
)


def odd() -> Network:
    """Ids of every kind, faults of every kind, a placement tree with legs, a matrix of three a row, and moves."""
    rows = [(odd_id, ODD_IDS[step // 2] if step else None) for step, odd_id in enumerate(ODD_IDS)]
    rows += [("orphan", "nobody knows"), ("self", "self"), ("x", "y"), ("y", "z"), ("z", "x"), ("007", "UPPER")]
    count = len(rows)
    people = pl.DataFrame(
        {
            "id": [row[0] for row in rows],
            "sponsor_id": [row[1] for row in rows],
            "placement_id": [None] + [rows[(step - 1) // 2][0] for step in range(1, 12)] + [None] * (count - 12),
            "leg": [None] + ["right" if step % 2 else "left" for step in range(1, 12)] + [None] * (count - 12),
            "matrix_id": [None] + [rows[(step - 1) // 3][0] for step in range(1, 8)] + [None] * (count - 8),
            "joined": [None if step == 3 else START + timedelta(days=step) for step in range(count)],
            "left": [START if step == 7 else None for step in range(count)],
            "kind": ["affiliate", None] * (count // 2),
            "rank": [None] * count,
            "name": [f"Name of {row[0]}" for row in rows],
            "source_file": ["odd.csv"] * count,
            "source_line": range(2, count + 2),
        },
        schema_overrides={"joined": pl.Datetime("ms"), "left": pl.Datetime("ms"), "rank": pl.String},
    )
    moves = pl.DataFrame(
        {
            "participant_id": ["UPPER", "upper", "stranger", "007"],
            "tree": ["sponsor", "placement", "sponsor", "matrix"],
            "parent_id": [ODD_IDS[1], ODD_IDS[0], ODD_IDS[0], "null"],
            "leg": [None, "left", None, "1"],
            "from": [START + timedelta(days=400)] * 4,
        }
    ).cast({"from": pl.Datetime("ms")})
    return Network.from_table(people, moves)


def chain(length: int) -> Network:
    """One below the other."""
    ids = [f"C{step}" for step in range(length)]
    return Network.from_table(pl.DataFrame({"id": ids, "sponsor_id": [None, *ids[:-1]]}))


def grown(count: int, seed: int = 5) -> Network:
    """Everyone recruited by somebody who was there before; a few roots; rows in no order."""
    random = np.random.default_rng(seed)
    ids = np.array([f"G-{step:05}" for step in range(count)])
    sponsor = [None if step < 3 else str(ids[random.integers(0, step)]) for step in range(count)]
    order = random.permutation(count)
    joined = pl.Series(1_700_000_000_000 + 1000 * np.arange(count)).cast(pl.Datetime("ms"))
    people = pl.DataFrame({"id": ids, "sponsor_id": sponsor, "joined": joined, "country": ["EG"] * count})
    return Network.from_table(people[order])


def beehive(folder: Path) -> Network:
    """The members of the bundled real scheme and who referred whom."""
    members = pl.read_csv(folder / "participants.csv", infer_schema=False)
    names = {"participant_id": "id"} if "participant_id" in members.columns else {}
    return Network.from_table(members.rename(names).select("id", "sponsor_id"))
