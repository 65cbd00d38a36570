"""Random draws that can be made again: one stream for each purpose and month, all from one seed.

A stream depends on its name and not on what was drawn before it, so that a new purchase habit in a scenario leaves
everybody else's purchases as they were.
"""

from __future__ import annotations

from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int32]
Reals = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

DAY = 86_400
STAYS = np.int64(1) << 60
"""The time of what does not happen within the records: of leaving, for those who stay."""


class Draws:
    """Named streams of one seed, for one branch of a company."""

    def __init__(self, seed: int, kind: str, branch: int = 0) -> None:
        self._of = [seed, crc32(kind.encode())]
        self._branch = [branch] if branch else []

    def stream(self, purpose: str, number: int = 0) -> np.random.Generator:
        """The stream for a purpose, and for a month or another number within it."""
        entropy = [*self._of, crc32(purpose.encode()), number, *self._branch]
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy)))


def shared_out(total: int, weights: npt.ArrayLike) -> Ints:
    """A whole divided in proportion of weights, exactly: the parts add up to `total`.

    >>> shared_out(10, [1, 1, 1]).tolist()
    [3, 4, 3]
    """
    edges = np.concatenate([[0.0], np.cumsum(np.asarray(weights, np.float64))])
    parts: Ints = np.diff(np.rint(edges / edges[-1] * total).astype(np.int64))
    return parts


def factors(random: np.random.Generator, spread: Reals) -> Reals:
    """Log-normal factors with median 1 and the given sigmas: most are small, a few very large."""
    drawn: Reals = np.exp(random.standard_normal(len(spread)) * spread)
    return drawn


def pieces(random: np.random.Generator, number: int, mean: float) -> Ints:
    """Pieces of order lines: at least one, geometric."""
    drawn: Ints = random.geometric(1 / max(mean, 1.0), number).astype(np.int64)
    return np.minimum(drawn, 40)


def moments(random: np.random.Generator, low: Any, high: Any) -> Ints:
    """A second of each span, most of them in the afternoon and evening of their day."""
    spans = np.maximum(np.asarray(high, np.int64) - np.asarray(low, np.int64), 1)
    number = len(spans)
    drawn = np.asarray(low, np.int64) + (random.random(number) * spans).astype(np.int64)
    hour = random.triangular(6, 18, 23.9, number) * 3_600
    at_hour = drawn // DAY * DAY + hour.astype(np.int64)
    inside = (at_hour >= low) & (at_hour < np.asarray(low) + spans)
    return np.where(inside, at_hour, drawn)
