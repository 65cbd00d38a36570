"""How long a run or a spine chance alone makes in a sponsor tree of n people.

The yardstick is the uniform random recursive tree: everybody joins under somebody drawn at random. Seen from a random
member, what stands below is such a tree that has grown for an exponential time (the fringe of Aldous 1991; Yule process of
rate 1), so the chance that a member begins a run is an integral, and runs anywhere in the tree are counted by a Poisson
variable. For n = 1000 this gives the simulated percentiles of the reference (models.md 3.5): 5 at 95 %, 6 at 99 %.
"""

from __future__ import annotations

from functools import cache
from math import exp, factorial
from typing import Literal

import numpy as np

Shape = Literal["run", "spine"]
"""run: members with exactly one recruit, one below the other. spine: members of whose recruits exactly one recruited."""

TAIL = 0.01
"""A longest run that chance exceeds in fewer than one tree of a hundred."""
_OLDEST = 60.0
_STEPS = 6_001
_LONGEST = 80


def run_begins(length: int) -> float:
    """The chance that a random member begins `length` members with one recruit each, one below the other.

    `1 / ((length + 1)! (length + 1))`: with ages a_1 > ... > a_L > a_(L+1) of the members of the run and the last one's
    recruit, the integral of exp(-a_1) exp(-(a_1 + ... + a_L)). 1/4 for one, which is the share of members with one recruit.
    """
    return 1.0 / (factorial(length + 1) * (length + 1))


@cache
def spine_begins() -> tuple[float, ...]:
    """The same for spines, for lengths 0, 1, 2, ...

    A member of age t has recruits who recruited themselves as a Poisson variable of mean m(t) = t - 1 + exp(-t); one of
    age a does so already in f_L-1(a). So f_L(t) = exp(-m(t)) times the integral of f_L-1 from 0 to t, with f_1 = m exp(-m),
    and the chance is the integral of exp(-t) f_L(t), taken by Simpson's rule.
    """
    age = np.linspace(0.0, _OLDEST, _STEPS)
    step = age[1]
    mean = age - 1.0 + np.exp(-age)
    alone = np.exp(-mean)
    weights = np.full(_STEPS, 2.0)
    weights[1::2] = 4.0
    weights[0] = weights[-1] = 1.0
    weights *= step / 3.0
    begins = [1.0]
    now = mean * alone
    while len(begins) <= _LONGEST:
        begins.append(float(np.dot(weights, np.exp(-age) * now)))
        trapezes = np.concatenate([[0.0], np.cumsum((now[1:] + now[:-1]) * (step / 2.0))])
        now = alone * trapezes
    return tuple(begins)


def begins(shape: Shape, length: int) -> float:
    """The chance that a random member begins such a shape of at least this length."""
    if shape == "run":
        return run_begins(length)
    chances = spine_begins()
    return chances[length] if length < len(chances) else 0.0


def longest_chance(shape: Shape, people: int, length: int) -> float:
    """The chance that the longest one in a tree of so many people has at least this length.

    The expected number of them that are no part of a longer one is n (q_L - q_L+1); their number is nearly Poisson.
    """
    return 1.0 - exp(-people * (begins(shape, length) - begins(shape, length + 1)))


def longest_by_chance(shape: Shape, people: int, tail: float = TAIL) -> int:
    """The length that the longest one exceeds with a chance of less than `tail`: its 99th percentile.

    >>> longest_by_chance("run", 1_000), longest_by_chance("run", 1_000, 0.05), longest_by_chance("run", 1_000_000)
    (6, 5, 9)
    """
    length = 0
    while longest_chance(shape, people, length + 1) >= tail:
        length += 1
    return length
