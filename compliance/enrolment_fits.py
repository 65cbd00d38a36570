"""Curves through the number of people who joined in each month, and whether the months show a ceiling at all.

Two curves of growth that ends are each held against growth that does not end, which both turn into when their ceiling is
put very far away: the logistic, in which everybody is brought by those who are there, and Bass's, in which some come by
themselves. Counts are taken as Poisson with more spread than Poisson has (quasi-likelihood); the interval of the ceiling
is all ceilings that the months do not contradict (profile likelihood). Where endless growth is among them, the records
do not show a ceiling, and none is given.

Reference: models 6.2 and 6.3; Bass, Management Science 15(5):215-227, 1969; profile likelihood with an F bound:
McCullagh and Nelder, Generalized Linear Models, 1989, chapters 9 and 12.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Curve = Literal["logistic", "bass"]

FEWEST_MONTHS = 8
FEWEST_PEOPLE = 50
FARTHEST = 10_000.0
"""How many times as many as have joined a ceiling is looked for; beyond it there is none to speak of."""
HALVINGS = 9
_LEAST = 1e-9
_TIGHT = {"method": "lm", "ftol": 1e-7, "xtol": 1e-7, "gtol": 1e-9}


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What one curve says of how many will have joined in the end.

    By simulation `low` to `high` holds that number in 95 to 100 of 100 cases, with a third of the way behind or all of
    it, and with three times the spread of pure chance. It is no interval of the curve's parameter, below which chance
    alone can have brought the number of those who joined already.

    `best` fits best and `low` and `high` bound it; `best` and `high` are None where endless growth fits as well: they
    would be figures made of nothing.
    """

    curve: Curve
    joined: int
    """Those who have joined, with those who were there before the first month."""
    best: int | None
    low: int
    high: int | None
    spread: float
    """Variance over mean of the months about the curve; 1 is pure chance."""
    follows: bool
    """Whether the curve follows the months: False where it runs above them and below them for long stretches."""
    fitted: tuple[float, ...]
    """What the curve that fits best gives for each month."""

    @property
    def shown(self) -> bool:
        """Whether the months show a ceiling: they follow the curve, and endless growth contradicts them."""
        return self.high is not None


def logistic(ceiling: float, rate: float, there: float, months: int) -> Floats:
    """How many join in each month, of N' = r N (1 - N/K) with N(0) = `there`.

    Reference: models 6.2. A ceiling of 10,000 from 10 at rate 1/2: half of it is reached at 13.8.
    """
    at = np.arange(months + 1, dtype=np.float64)
    present = ceiling / (1 + (ceiling / there - 1) * np.exp(np.clip(-rate * at, -500, 500)))
    return np.diff(present)


def bass(ceiling: float, innovation: float, imitation: float, months: int) -> Floats:
    """How many join in each month after a start from nobody.

    Reference: models 6.3, F(t) = (1-exp(-(p+q)t)) / (1+(q/p)exp(-(p+q)t)).
    """
    at = np.arange(months + 1, dtype=np.float64)
    left = np.exp(np.clip(-(innovation + imitation) * at, -500, 500))
    return ceiling * np.diff((1 - left) / (1 + imitation / innovation * left))


def _endless_logistic(rate: float, there: float, months: int) -> Floats:
    return np.diff(there * np.exp(np.clip(rate * np.arange(months + 1, dtype=np.float64), -500, 500)))


def _endless_bass(rate: float, total: float, months: int) -> Floats:
    shape = np.exp(np.clip(rate * (np.arange(months, dtype=np.float64) - months), -500, 500))
    fitted: Floats = shape * total / shape.sum()
    return fitted


def _residuals(counts: Floats, expected: Floats) -> Floats:
    """Signed roots of the Poisson deviance of each month."""
    expected = np.maximum(expected, _LEAST)
    logs = np.log(np.where(counts > 0, counts, 1.0) / expected)
    parts = 2 * (np.where(counts > 0, counts * logs, 0.0) - (counts - expected))
    found: Floats = np.sign(counts - expected) * np.sqrt(np.maximum(parts, 0.0))
    return found


def deviance(counts: Floats, expected: Floats) -> float:
    """Poisson deviance: twice the difference of log-likelihoods to a curve through every month."""
    return float(np.sum(_residuals(counts, expected) ** 2))


def _exp(value: float) -> float:
    return float(np.exp(np.clip(value, -25, 25)))


@dataclass(frozen=True, slots=True)
class _Months:
    """The counts with one curve to be put through them. Parameters are logarithms, the ceiling's apart."""

    counts: Floats
    there: float
    curve: Curve

    @property
    def joined(self) -> float:
        return float(self.counts.sum()) + (self.there if self.curve == "logistic" else 0.0)

    @property
    def parameters(self) -> int:
        return 2 if self.curve == "logistic" else 3

    def starts(self) -> list[tuple[float, ...]]:
        """Where the search for the parameters beside the ceiling begins."""
        months = len(self.counts)
        if self.curve == "logistic":
            grown = max(np.log(self.joined / self.there) / months, 1e-3)
            return [(float(np.log(grown * times)),) for times in (1.0, 3.0)]
        pairs = ((0.5 / months, 0.05), (0.02, 0.3), (0.002, 0.6))
        return [(float(np.log(p)), float(np.log(q))) for p, q in pairs]

    def expected(self, times: float, rest: npt.NDArray[np.float64]) -> Floats:
        """With a ceiling of so many times those who have joined."""
        ceiling, months = times * self.joined, len(self.counts)
        if self.curve == "logistic":
            return logistic(max(ceiling, self.there * (1 + 1e-6)), _exp(rest[0]), self.there, months)
        return bass(ceiling, _exp(rest[0]), _exp(rest[1]), months)

    def endless(self) -> Floats:
        """Growth at a constant rate, none included. A steady decline is not among it: that ends."""
        from scipy.optimize import minimize_scalar

        months, total = len(self.counts), float(self.counts.sum())

        def at(rate: float) -> Floats:
            if self.curve == "logistic":
                return _endless_logistic(rate, self.there, months)
            return _endless_bass(rate, total, months)

        found = minimize_scalar(lambda rate: deviance(self.counts, at(rate)), bounds=(0, 3), method="bounded")
        return at(float(found.x))

    def free(self) -> tuple[float, float, npt.NDArray[np.float64]]:
        """Deviance, ceiling (in times of those who joined) and the other parameters of the best curve."""
        from scipy.optimize import least_squares

        def off(at: npt.NDArray[np.float64]) -> Floats:
            return _residuals(self.counts, self.expected(_exp(at[0]), at[1:]))

        tried = [
            least_squares(off, (np.log(times), *rest), max_nfev=300, **_TIGHT)
            for rest in self.starts()
            for times in (1.05, 4.0)
        ]
        best = min(tried, key=lambda each: float(each.cost))
        return 2 * float(best.cost), _exp(float(best.x[0])), np.asarray(best.x[1:], dtype=np.float64)

    def profile(self, times: float, rest: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        """Least deviance with the ceiling held fast, and the parameters that give it."""
        from scipy.optimize import least_squares

        def off(at: npt.NDArray[np.float64]) -> Floats:
            return _residuals(self.counts, self.expected(times, at))

        tried = [least_squares(off, start, max_nfev=80, **_TIGHT) for start in (rest, self.starts()[0])]
        best = min(tried, key=lambda each: float(each.cost))
        return 2 * float(best.cost), np.asarray(best.x, dtype=np.float64)


def fit(joined: npt.NDArray[np.integer], curve: Curve, there: int = 0) -> Ceiling | None:
    """One curve through the months' counts, and which ceilings they allow.

    Args:
        joined: how many joined in each month, without gaps.
        curve: `logistic` or `bass`.
        there: how many were there before the first of these months; the logistic needs at least one.

    Returns:
        None where there are too few months or people to tell.
    """
    from scipy.special import fdtri

    counts = np.asarray(joined, dtype=np.float64)
    if len(counts) < FEWEST_MONTHS or counts.sum() < FEWEST_PEOPLE or (curve == "logistic" and there < 1):
        return None
    months = _Months(counts, float(there), curve)
    endless = months.endless()
    without_end = deviance(counts, endless)
    least, times, rest = months.free()
    fitted = months.expected(times, rest) if least <= without_end else endless
    free = len(counts) - months.parameters
    spread = max(1.0, float(np.sum((counts - fitted) ** 2 / np.maximum(fitted, 1.0))) / free)
    follows = _follows(_residuals(counts, fitted))
    allowed = min(least, without_end) + spread * float(fdtri(1, free, 0.95))
    surely = min(least, without_end) + spread * float(fdtri(1, free, 0.99))  # a ceiling is a claim: ask more for it
    times = min(max(times, 1.0), FARTHEST)
    low = _edge(months.profile, (times, 1.0), rest, allowed)
    high = None
    if follows and without_end > surely:
        high = _edge(months.profile, (times, FARTHEST), rest, allowed)
    shown = high is not None and high < FARTHEST
    joined_so_far = int(counts.sum()) + (there if curve == "logistic" else 0)
    outside = there if curve == "bass" else 0  # Bass's curve knows nothing of who was there before
    return Ceiling(
        curve=curve,
        joined=joined_so_far + outside,
        best=round(times * joined_so_far) + outside if shown else None,
        low=max(joined_so_far, int(low * joined_so_far)) + outside,
        high=int(np.ceil(high * joined_so_far)) + outside if shown and high is not None else None,
        spread=spread,
        follows=follows,
        fitted=tuple(float(each) for each in fitted),
    )


def _follows(residuals: Floats) -> bool:
    """Whether neighbouring residuals are about as independent as those of a curve that is right."""
    size = float(np.sum(residuals**2))
    if size <= 1e-12:
        return True
    neighbours = float(np.sum(residuals[1:] * residuals[:-1])) / size
    return neighbours < max(0.5, 2 / float(np.sqrt(len(residuals))))


Profile = Callable[[float, npt.NDArray[np.float64]], tuple[float, npt.NDArray[np.float64]]]


def _edge(profile: Profile, span: tuple[float, float], rest: npt.NDArray[np.float64], allowed: float) -> float:
    """Where the profile leaves what is allowed between the best ceiling and a far one, by halving the logarithm."""
    inside, outside = np.log(span[0]), np.log(span[1])
    if profile(span[1], rest)[0] <= allowed:
        return span[1]
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        reached, at = profile(float(np.exp(middle)), rest)
        if reached <= allowed:
            inside, rest = middle, at
        else:
            outside = middle
    return float(np.exp(outside))
