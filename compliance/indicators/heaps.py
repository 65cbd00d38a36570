"""How many purchases are heaped up just above a threshold, and how many are missing just below it.

The purchases of a participant in a period are put into forty bins from nothing to twice the threshold, which opens the
twenty-first. A smooth curve (`compliance.models.bunching`, degree 5) is fitted to the bins further away than a tenth of
the threshold, without those that hold another known threshold, a pack price or a round number: such heaps are honest and
would bend the curve. What lies above the curve in [T, 1.1 T) is the excess, what lacks in [0.9 T, T) the missing mass. How
far chance moves them is found by drawing the residuals again (seeded).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np
import numpy.typing as npt

from compliance.models.bunching import counterfactual
from compliance.statistics import RESAMPLES, SEED

BINS = 20
"""Below the threshold; as many above it."""
NEAR = 2
"""Bins on either side that belong to the threshold: a tenth of it."""
DEGREE = 5
LEAST_FREE = 12
"""Bins that must be left for the curve."""
LEAST_COUNT = 200
"""Purchases in all bins together; a curve through fewer says nothing."""

Ints = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Heap:
    """What one threshold does to the purchases around it. Counts of purchases, fitted ones as floats."""

    counts: Ints
    """By bin, from nothing to twice the threshold."""
    fitted: Doubles
    masked: frozenset[int]
    """Bins that were left out of the fit beside those of the threshold."""
    excess: float
    """In [T, 1.1 T), above the curve."""
    missing: float
    """In [0.9 T, T), below the curve."""
    excess_error: float
    missing_error: float
    at_threshold: float
    """The curve in the first bin from the threshold on."""

    @property
    def below(self) -> int:
        """Purchases in [0.9 T, T)."""
        return int(self.counts[BINS - NEAR : BINS].sum())

    @property
    def above(self) -> int:
        """Purchases in [T, 1.1 T)."""
        return int(self.counts[BINS : BINS + NEAR].sum())

    @property
    def z(self) -> float:
        """The excess in standard errors."""
        return self.excess / self.excess_error if self.excess_error > 0 else 0.0

    @property
    def normalised(self) -> float | None:
        """b: the excess over what the curve has at the threshold."""
        return self.excess / self.at_threshold if self.at_threshold > 0 else None

    @property
    def gaps_below(self) -> bool:
        """Whether clearly fewer purchases than expected lie just below: a response, and no mere price."""
        return self.missing > 1.96 * self.missing_error > 0


def bin_of(value: int, threshold: int) -> int:
    """The bin of a purchase; those from twice the threshold on have none of the bins that count."""
    return value * BINS // threshold


def bins_masked(threshold: int, others: Iterable[int]) -> frozenset[int]:
    """The bins that hold other numbers at which purchases heap up, without those of the threshold itself."""
    own = range(BINS - NEAR, BINS + NEAR)
    bins = {bin_of(other, threshold) for other in others if other > 0}
    return frozenset(each for each in bins if each < 2 * BINS and each not in own)


def heap(counts: Sequence[int] | Ints, masked: frozenset[int] = frozenset()) -> Heap | None:
    """The heap at a threshold; None where too few purchases or too few bins are left to say anything.

    Args:
        counts: purchases by bin, `2 * BINS` of them; the first, next to nothing, does not enter the fit.
        masked: bins that hold something known, see `bins_masked`.
    """
    values = np.asarray(counts, dtype=np.int64)
    left_out = sorted({0, *masked})
    if int(values.sum()) < LEAST_COUNT or 2 * BINS - 2 * NEAR - len(left_out) < LEAST_FREE:
        return None
    smooth = _smoother(tuple(left_out))
    observed = values.astype(np.float64)
    fitted = smooth @ observed
    excess, missing = _parts(observed, fitted)
    free = np.ones(2 * BINS, dtype=bool)
    free[BINS - NEAR : BINS + NEAR] = False
    free[left_out] = False
    residuals = (observed - fitted)[free]
    # residuals of a fit with p parameters are too small by sqrt(1 - p/n)
    residuals = residuals * (len(residuals) / (len(residuals) - DEGREE - 1)) ** 0.5
    again = np.tile(fitted, (RESAMPLES, 1))
    again[:, free] += residuals[_draws(len(residuals))]
    drawn = np.array([_parts(observed, each) for each in again @ smooth.T])
    # the counts in the window vary as counts do: their own chance is that of the residuals
    noise = NEAR * float(np.mean(residuals**2))
    errors = (drawn.var(axis=0) + noise) ** 0.5
    return Heap(
        values, fitted, frozenset(left_out), excess, missing, float(errors[0]), float(errors[1]), float(fitted[BINS])
    )


@cache
def _smoother(left_out: tuple[int, ...]) -> Doubles:
    """What makes of the counts by bin those of the curve: the fit is linear in them, so one bin after the other tells."""
    centers = np.arange(2 * BINS, dtype=np.float64)
    window = (float(BINS - NEAR), float(BINS + NEAR - 1))
    columns = []
    for at in range(2 * BINS):
        alone = np.zeros(2 * BINS)
        alone[at] = 1.0
        columns.append(counterfactual(centers, alone, float(BINS), window, DEGREE, left_out).fitted)
    made = np.column_stack(columns)
    made.setflags(write=False)
    return made


def _parts(counts: Doubles, fitted: Doubles) -> tuple[float, float]:
    above = counts - fitted
    return float(above[BINS : BINS + NEAR].sum()), float(-above[BINS - NEAR : BINS].sum())


@cache
def _draws(size: int) -> npt.NDArray[np.int64]:
    raw = np.random.PCG64(SEED).random_raw(RESAMPLES * size) % np.uint64(size)
    drawn = raw.astype(np.int64).reshape(RESAMPLES, size)
    drawn.setflags(write=False)
    return drawn


def rounded(value: float, places: int = 6) -> Fraction:
    """A float of a fit as an exact number of few digits, the same on every machine."""
    return Fraction(round(value * 10**places), 10**places)


def round_numbers(decimals: int, most: int) -> tuple[int, ...]:
    """1, 5, 10, 50, 100, 500, ... whole units, in minor ones, up to a number: prices that people like."""
    found, unit = [], 10**decimals
    while unit < most:
        found += [unit, 5 * unit]
        unit *= 10
    return tuple(each for each in found if each < most)
