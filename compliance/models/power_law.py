"""Exponents of heavy tails by maximum likelihood (Clauset, Shalizi, Newman 2009).

Below about a hundred points in the tail do not claim a power law, and compare it with a lognormal before doing so. The
discrete exponent is the root of the likelihood's slope; the shortcut with xmin - 1/2 is wrong for small xmin.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Annotated

import numpy as np
from pydantic import AfterValidator

from compliance.models.quantities import Count, Positive, Result, Unreadable, Whole, whole
from compliance.models.registry import Refused, model
from compliance.models.roots import root
from intake.text import say

_CSN = "Clauset, Shalizi, Newman, SIAM Review 51(4):661-703, 2009"
_ADDED = 64
_STEEPEST = 1e6
_FLATTEST = 1e-8
_NONE_SO_LARGE = say("no value is so large; take a smaller one", "لا قيمة بهذا الكبر؛ يُختار أصغر منه")
_ALL_ALIKE = say(
    "all values of the tail are xmin: no exponent is finite",
    "قيم الذيل كلها تساوي {xmin}، فيكون الأس غير منتهٍ",
    xmin="xmin",
)


@model("fit.powerlaw_continuous", source=_CSN, mark="G")
def powerlaw_continuous(values: list[Positive], xmin: Positive) -> dict[str, Result]:
    """alpha = 1 + n / sum ln(x_i / xmin), standard error (alpha - 1) / sqrt(n), over the n values from xmin up.

    Raises:
        Refused: no value reaches xmin, or all are xmin.
    """
    tail = [value for value in values if value >= xmin]
    if not tail:
        raise Refused("xmin", float(xmin), _NONE_SO_LARGE)
    logs = math.fsum(math.log(value / xmin) for value in tail)
    if logs == 0:
        raise Refused("values", float(xmin), _ALL_ALIKE)
    alpha = 1 + len(tail) / logs
    return {"alpha": alpha, "std_error": (alpha - 1) / math.sqrt(len(tail))}


def _numbers(counts: dict[str, int]) -> dict[str, int]:
    for value in counts:
        try:
            whole(value)
        except Unreadable as problem:
            reason = say("{value!r} is no whole number", "{value} ليس عددًا صحيحًا", value=value)
            raise Unreadable(reason) from problem
    return counts


Counts = Annotated[dict[str, Whole], AfterValidator(_numbers)]


@model("fit.powerlaw_discrete", source=f"{_CSN}; likelihood by the Hurwitz zeta function", mark="G")
def powerlaw_discrete(counts: Counts, xmin: Count) -> float:
    """The alpha that maximises -n ln zeta(alpha, xmin) - alpha sum ln x, over the values from xmin up.

    Args:
        counts: value -> how often it occurs.
        xmin: where the tail begins.

    Raises:
        Refused: no value reaches xmin, or all are xmin.
    """
    tail = {whole(value): count for value, count in counts.items() if whole(value) >= xmin and count}
    if not tail:
        raise Refused("xmin", xmin, _NONE_SO_LARGE)
    observed = math.fsum(count * math.log(Fraction(value, xmin)) for value, count in tail.items()) / sum(tail.values())
    if observed == 0:
        raise Refused("counts", xmin, _ALL_ALIKE)
    return 1 + math.exp(
        root(
            lambda log: _mean_log(1 + math.exp(log), xmin) - observed,
            math.log(_FLATTEST),
            math.log(_STEEPEST),
        )
    )


def _mean_log(alpha: float, xmin: int) -> float:
    """E[ln(X / xmin)] under p(x) ~ x^-alpha, x = xmin, xmin + 1, ...; sums by Euler and Maclaurin."""
    near = np.log(np.arange(xmin, xmin + _ADDED) / xmin)
    weight = np.exp(-alpha * near)
    edge = (xmin + _ADDED) / xmin
    log, step = math.log(edge), 1 / (xmin + _ADDED)
    last = math.exp(-alpha * log)
    # the sum from the edge on, of f(x) = (x / xmin)^-alpha and of f(x) ln(x / xmin): integral, half, two derivatives
    less = alpha - 1
    reach = xmin * edge * last
    slope, curve = -alpha * step, -alpha * (alpha + 1) * (alpha + 2) * step**3
    mass = reach / less + last * (0.5 - slope / 12 + curve / 720)
    log_slope = step + slope * log
    log_curve = (3 * alpha**2 + 6 * alpha + 2) * step**3 + curve * log
    logs = reach * (log / less + 1 / less**2) + last * (log / 2 - log_slope / 12 + log_curve / 720)
    return float((weight @ near + logs) / (weight.sum() + mass))
