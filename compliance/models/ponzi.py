"""A fund that promises more than it earns and pays withdrawals from deposits (Artzrouni 2009).

The fund, what is withdrawn and what comes in obey a linear system, so that the fund is one entry of a matrix
exponential: no case of equal rates needs a formula of its own. Deposits must in the end grow faster than the promise;
otherwise the fund is empty one day. A description of money promised, which a plan without such a promise does not have.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

import numpy as np
from pydantic import Field

from compliance.models.quantities import Amount, Positive, Real, Result, TooLarge, natural_log
from compliance.models.registry import Refused, model
from compliance.models.roots import discount_root, root
from intake.text import say

_ARTZROUNI = (
    "Artzrouni, Mathematical Social Sciences 58:190-201, 2009; MPRA 14420; closed form re-derived, checked by ODE"
)
_DAYS = 365
_HORIZON = 10**9


@dataclass(frozen=True, slots=True)
class Fund:
    """Rates and start of a fund, exactly, in years and one unit of money."""

    start: Fraction
    inflow: Fraction
    promised: Fraction
    realised: Fraction
    withdrawn: Fraction
    growth: Fraction

    @property
    def alpha(self) -> Fraction:
        """Growth of promised capital after withdrawals."""
        return self.promised - self.withdrawn

    def held(self, t: float, *, discounted: bool = False) -> float:
        """S(t), or S(t) e^(-rn t): the first entry of exp(tM) applied to (S, W, s) at the start.

        S' = rn S - W + s; W' = alpha W + rw s; s' = ri s.
        """
        from scipy.linalg import expm

        less = self.realised if discounted else Fraction(0)
        system = [
            [float(self.realised - less), -1.0, 1.0],
            [0.0, float(self.alpha - less), float(self.withdrawn)],
            [0.0, 0.0, float(self.growth - less)],
        ]
        begin = [float(each) for each in (self.start, self.withdrawn * self.start, self.inflow)]
        with np.errstate(over="ignore", invalid="ignore"):
            value = float(expm(t * np.array(system))[0] @ begin)
        if not math.isfinite(value):
            raise TooLarge(
                say(
                    "the fund is beyond the range of double precision at that time; take an earlier t",
                    "الصندوق في ذلك الوقت خارج مدى الأعداد المزدوجة الدقة؛ يُختار {t} أصغر",
                    t="t",
                )
            )
        return value

    def turning_point(self) -> float | None:
        """When deposits less withdrawals change their sign; None where they never do.

        s0 e^(dt) = rw (K + s0 (e^(dt) - 1) / d) with d = ri - alpha has at most one solution:
        t = ln(1 + d y) / d, y = (rw K - s0) / (s0 (d - rw)).
        """
        delta = self.growth - self.alpha
        below = self.inflow * (delta - self.withdrawn)
        if below == 0:
            return None
        y = (self.withdrawn * self.start - self.inflow) / below
        if delta * y <= -1:
            return None
        t = natural_log(1 + delta * y) / float(delta) if delta else float(y)
        return t if t > 0 else None

    def empties_in_the_end(self) -> bool:
        """Whether a fund whose withdrawals outrun its deposits for ever is empty at a finite time.

        S e^(-rn t) then falls; it falls below zero unless withdrawals grow more slowly than the fund earns and the
        limit, (K + s0/(rn-ri)) (rn-rp) / (rn-alpha), is not below zero.
        """
        growth = self.alpha if self.inflow == 0 else self.growth
        rate, earned = self.alpha, self.realised
        if self.inflow and growth == self.promised and rate < earned:  # deposits and what they cause cancel out
            return self.start - (self.withdrawn * self.start - self.inflow) / (earned - rate) < 0
        if rate >= earned or growth >= earned:
            return True
        return (self.start + self.inflow / (earned - growth)) * (earned - self.promised) < 0


Rate = Real
Start = Annotated[Amount, Field(alias="K")]


def _fund(start: Amount, s0: Amount, rp: Rate, rn: Rate, rw: Amount, ri: Rate) -> Fund:
    return Fund(start, s0, promised=rp, realised=rn, withdrawn=rw, growth=ri)


@model("ponzi.artzrouni_fund", source=_ARTZROUNI, mark="V")
def artzrouni_fund(t: Amount, start: Start, s0: Amount, rp: Rate, rn: Rate, rw: Amount, ri: Rate) -> float:
    """S(t), with S' = rn S + s - W, S(0) = K, s = s0 e^(ri t), W = rw e^((rp-rw)t) [K + integral of s e^(-(rp-rw)u)].

    Args:
        t: time.
        start: K, the first deposit.
        s0: inflow of deposits at the start, per unit of time.
        rp: promised rate.
        rn: rate that is really earned.
        rw: share of promised capital that is withdrawn per unit of time.
        ri: growth rate of deposits.
    """
    return _fund(start, s0, rp, rn, rw, ri).held(float(t))


@model("ponzi.artzrouni_collapse_time", source=_ARTZROUNI, mark="V")
def artzrouni_collapse_time(start: Start, s0: Amount, rp: Rate, rn: Rate, rw: Amount, ri: Rate) -> float | None:
    """The first t > 0 with S(t) = 0; None where the fund is never empty (for large ri: where ri > rp).

    S e^(-rn t) has the slope of s - W, which changes its sign at most once: so there is one interval to search.
    """
    fund = _fund(start, s0, rp, rn, rw, ri)
    if fund.start == 0 and fund.inflow == 0:
        reason = say(
            "with K = 0 nothing is ever paid in; give a deposit",
            "مع {nothing} لا يُدفع شيء أبدًا؛ يُذكر إيداع",
            nothing="K = 0",
        )
        raise Refused("s0", 0, reason)

    def held(t: float) -> float:
        return fund.held(t, discounted=True)

    turn = fund.turning_point()
    falls_first = fund.inflow < fund.withdrawn * fund.start or (
        fund.inflow == fund.withdrawn * fund.start and fund.growth < fund.promised
    )
    if falls_first and turn is not None:  # falls, then rises
        return root(held, 0.0, turn) if held(turn) <= 0 else None
    if not falls_first and turn is None:  # rises for ever
        return None
    if fund.withdrawn == 0 or not fund.empties_in_the_end():
        return None
    low = turn or 0.0
    step = max(low, 1.0)
    while held(low + step) > 0:
        step *= 2
        if step > _HORIZON:
            raise TooLarge(
                say(
                    "the fund is empty only after more than {horizon:,} units of time; the rates are too close",
                    "لا يفرغ الصندوق إلا بعد أكثر من {horizon:,} وحدة زمن؛ المعدّلات متقاربة جدًا",
                    horizon=_HORIZON,
                )
            )
    return root(held, low, low + step)


@model(
    "ponzi.fit_exponential_inflow",
    source="Artzrouni 2009 prints s0 = 1.130, ri = 7.187 (math.stackexchange 4512443)",
    mark="V",
)
def fit_exponential_inflow(
    last_day_flow_millions: Positive, total_millions: Positive, duration_years: Positive
) -> dict[str, Result]:
    """s0 e^(ri T) = 365 x last day, s0 (e^(ri T) - 1) / ri = total: the inflow that both figures fix.

    Args:
        last_day_flow_millions: deposits on the last day.
        total_millions: deposits of the whole time.
        duration_years: T.

    Returns:
        `ri` per year (below 0 where the last day was below the average) and `s0`, per year.
    """
    last, time = float(last_day_flow_millions) * _DAYS, float(duration_years)
    x = discount_root(float(total_millions) / (last * time))
    return {"ri": x / time, "s0": last * math.exp(-x)}
