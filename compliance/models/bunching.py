"""Purchases heaped up at a threshold: the polynomial counterfactual, and a break of the density.

A spike alone may be a pack price or a round number: mask all known thresholds and such numbers at once, and look at the
mass that is missing just below. With chance alone the normalised excess of some forty bins strays by 0.2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import Field

from compliance.models.quantities import Amount, Real, Result, Unreadable, Whole
from compliance.models.registry import Refused, model
from intake.text import Text, say

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """What a smooth distribution would have in each bin, fitted without the masked ones."""

    fitted: Doubles
    """For each bin."""
    at_threshold: float
    excess: float
    """Counts less fitted, over the window."""

    @property
    def normalised(self) -> float | None:
        """Excess over the fitted count at the threshold; None where that is not above 0."""
        return self.excess / self.at_threshold if self.at_threshold > 0 else None


def counterfactual(
    centers: Sequence[float] | Doubles,
    counts: Sequence[float] | Doubles,
    threshold: float,
    window: tuple[float, float],
    degree: int,
    masked: Sequence[float] = (),
) -> Counterfactual:
    """Least squares polynomial of the counts outside the window and outside bins that hold something known.

    Args:
        centers: centre of each bin.
        counts: how many are in it.
        threshold: where the counterfactual is read off.
        window: first and last centre that belong to the threshold, both included.
        degree: of the polynomial.
        masked: further centres to leave out: other thresholds, round numbers, pack prices.

    Raises:
        Unreadable: too few bins are left for the degree.
    """
    x, y = np.asarray(centers, dtype=np.float64), np.asarray(counts, dtype=np.float64)
    inside = (x >= window[0]) & (x <= window[1])
    used = ~inside & ~np.isin(x, np.asarray(masked, dtype=np.float64))
    if len(np.unique(x[used])) <= degree:
        raise Unreadable(
            say(
                "{bins} bins outside the window do not fix a polynomial of degree {degree}; take a lower degree",
                "لا تكفي الفئات خارج النافذة وعددها {bins} لتعيين كثيرة حدود من الدرجة {degree}؛ تُختار درجة أدنى",
                bins=int(used.sum()),
                degree=degree,
            )
        )
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            curve, (_, rank, _, _) = np.polynomial.Legendre.fit(
                x[used], y[used], degree, domain=[x.min(), x.max()], full=True
            )
    except np.linalg.LinAlgError as problem:
        raise Unreadable(_not_fixed(degree)) from problem
    if rank <= degree:
        raise Unreadable(_not_fixed(degree))
    with np.errstate(over="ignore", invalid="ignore"):
        fitted = np.asarray(curve(x))
        return Counterfactual(fitted, float(curve(threshold)), math.fsum((y - fitted)[inside]))


def _not_fixed(degree: int) -> Text:
    return say(
        "bins so far apart do not fix a polynomial of degree {degree}; take a lower degree",
        "الفئات متباعدة إلى حد لا يعيّن كثيرة حدود من الدرجة {degree}؛ تُختار درجة أدنى",
        degree=degree,
    )


@model(
    "bunch.polynomial",
    source="Chetty, Friedman, Olsen, Pistaferri 2011; CRAN bunching; no correction of the integral",
    mark="V",
)
def polynomial(
    bin_centers: list[Real],
    counts: list[Amount],
    threshold: Real,
    window: tuple[Real, Real],
    degree: Annotated[Whole, Field(le=30)] = 5,
) -> dict[str, Result]:
    """B = sum over the window of (c - c_hat); b = B / c_hat(z); c_hat a polynomial fitted outside the window.

    Args:
        bin_centers: one for each bin, different from each other.
        counts: one for each bin.
        threshold: z.
        window: [first, last] centre of the window, both included.
        degree: of the polynomial.

    Returns:
        `excess_mass` B, `counterfactual_at_threshold`, `normalised_excess` b (None where that is not above 0).
    """
    if len(counts) != len(bin_centers) or len(set(bin_centers)) != len(bin_centers):
        reason = say(
            "give one count for each of {bins} different bin_centers",
            "يُذكر عدد لكل فئة، والفئات في {key} مختلفة وعددها {bins}",
            key="bin_centers",
            bins=len(bin_centers),
        )
        raise Refused("counts", len(counts), reason)
    low, high = window
    if not any(low <= center <= high for center in bin_centers):
        reason = say(
            "holds no bin centre; write [low, high]", "لا تضم مركز أي فئة؛ تُكتب {window}", window="[low, high]"
        )
        raise Refused("window", [float(low), float(high)], reason)
    try:
        found = counterfactual(
            [float(center) for center in bin_centers],
            [float(count) for count in counts],
            float(threshold),
            (float(low), float(high)),
            degree,
        )
    except Unreadable as problem:
        raise Refused("degree", degree, problem.text) from problem
    return {
        "excess_mass": found.excess,
        "counterfactual_at_threshold": found.at_threshold,
        "normalised_excess": found.normalised,
    }


@model("density.two_bin_test", source="McCrary, J. Econometrics 142:698-714, 2008, reduced to two bins; derived")
def two_bin_test(count_just_below: Amount, count_at_or_just_above: Amount) -> dict[str, Result]:
    """theta = ln(R / L), se = sqrt(1/L + 1/R), z = (R - L) / sqrt(L + R).

    Returns:
        `log_ratio` and `std_error` (None where a bin is empty), `z` (None where both are).
    """
    left, right = count_just_below, count_at_or_just_above
    both = left and right
    return {
        "log_ratio": math.log(right / left) if both else None,
        "std_error": math.sqrt(Fraction(1) / left + Fraction(1) / right) if both else None,
        "z": float(right - left) / math.sqrt(left + right) if left + right else None,
    }
