"""Order lines of a made-up company as arrays, each with the label that says why it is there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

from synthetic.draws import Ints, Reals, Rows


class Label(IntEnum):
    """Why a line is there."""

    PLAIN = 0
    FOR_THRESHOLD = 1
    """Bought to reach exactly what keeps one active."""
    FOR_RANK = 2
    """The volume of a rank, bought at once."""
    FABRICATED = 3
    """The receipt of a customer who does not exist."""
    WASH = 4
    """Sold round in a ring."""
    STACKED = 5
    """Bought by a planted position."""


@dataclass(frozen=True)
class Lines:
    """Order lines of a month, in order of time."""

    date: Ints
    seller: Rows
    """Number of the participant credited with the sale, -1 for none."""
    buyer: Rows
    """Number of the participant who bought, -1 for customers."""
    customer: Ints
    """Number of the outside customer, -1 for participants and for nobody named."""
    ware: Rows
    pieces: Ints
    label: Rows
    receipt: Ints
    """Number on the seller's own receipt pad, -1 for none."""

    def __len__(self) -> int:
        return len(self.date)


@dataclass(frozen=True)
class Month:
    """What every habit needs to know of a month."""

    number: int
    start: int
    end: int
    inside: Rows
    """Numbers of those who are in."""
    low: Ints
    high: Ints
    part: Reals
    """Which part of the month each is in."""
    season: float


def lines(
    date: Ints,
    buyer: Rows,
    ware: Rows | int,
    number: Ints | int = 1,
    *,
    seller: Rows | int = -1,
    customer: Ints | int = -1,
    label: Rows | int = Label.PLAIN,
    receipt: Ints | int = -1,
) -> Lines:
    """Order lines; what is one number is the same for all."""
    size = len(date)

    def filled(value: Any, kind: Any) -> Any:
        return np.full(size, value, kind) if np.isscalar(value) else np.asarray(value, kind)

    return Lines(
        np.asarray(date, np.int64),
        filled(seller if not isinstance(seller, int) else np.int32(seller), np.int32),
        np.asarray(buyer, np.int32),
        filled(customer, np.int64),
        filled(ware, np.int32),
        filled(number, np.int64),
        filled(int(label) if isinstance(label, Label) else label, np.int32),
        filled(receipt, np.int64),
    )


def in_order(found: list[Lines]) -> Lines:
    """All of them, by time."""
    names = Lines.__dataclass_fields__
    together = {name: np.concatenate([getattr(each, name) for each in found]) for name in names}
    order = np.argsort(together["date"], kind="stable")
    return Lines(**{name: values[order] for name, values in together.items()})
