"""How long growth can last: exhaustion of a population, logistic, Bass and infectious growth, and what payouts need.

A regular tree exhausts mankind within a few levels; that is an illustration, since real growth is no regular tree. The
growth at which entrants' payments just cover payouts is an identity: subtract real outside revenue from payouts first.
"""

from __future__ import annotations

import math
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from typing import Annotated

from pydantic import Field

from compliance.models.quantities import Amount, Count, Positive, Result, Whole, natural_log
from compliance.models.registry import Refused, model
from compliance.models.roots import discount_root
from intake.text import say

Size = Annotated[Positive, Field(alias="K")]
Begin = Annotated[Positive, Field(alias="N0")]
_MOST_DIGITS = 3900


def _logit_time(r: Fraction, size: Fraction, begin: Fraction, share: Fraction) -> float:
    if begin >= size:
        reason = say(
            "must be below K = {size}: nothing is left to grow into",
            "يجب أن يكون أقل من {limit}: لم يبق ما ينمو إليه",
            size=float(size),
            limit=f"K = {float(size)}",
        )
        raise Refused("N0", float(begin), reason)
    return (natural_log(share / (1 - share)) - natural_log(begin / (size - begin))) / float(r)


@model("sat.logistic_time_to_share", source="Logistic growth N' = r N (1 - N/K)")
def logistic_time_to_share(r: Positive, size: Size, begin: Begin, share: Positive) -> float:
    """t = [ln(q / (1-q)) - ln(N0 / (K-N0))] / r; below 0 where the share was reached before the start.

    Args:
        r: growth rate while there is room.
        size: K, the population.
        begin: N0, at time 0.
        share: q of the population, below 1.
    """
    if share >= 1:
        reason = say("must be below 1, which is never reached", "يجب أن تكون أقل من {one}، فهي لا تُبلغ أبدًا", one=1)
        raise Refused("share", float(share), reason)
    return _logit_time(r, size, begin, share)


@model("sat.bass", source="Bass, Management Science 15:215-227, 1969, closed forms; checked numerically", mark="G")
def bass(p: Positive, q: Amount, m: Positive) -> dict[str, Result]:
    """F(t) = (1 - e^-(p+q)t) / (1 + (q/p) e^-(p+q)t); peak at ln(q/p)/(p+q), rate m (p+q)^2 / (4q), share (q-p)/(2q).

    Where imitation does not exceed innovation (q <= p) the rate only falls: its peak is the start, m p at share 0.

    Args:
        p: innovation.
        q: imitation.
        m: market.

    Returns:
        `peak_time`, `peak_rate`, `share_at_peak`, `time_to_90pct`.
    """
    both = p + q
    rises = q > p
    return {
        "peak_time": natural_log(q / p) / float(both) if rises else Fraction(0),
        "peak_rate": m * both**2 / (4 * q) if rises else m * p,
        "share_at_peak": (q - p) / (2 * q) if rises else Fraction(0),
        "time_to_90pct": natural_log((1 + q / p * Fraction(9, 10)) * 10) / float(both),
    }


@model(
    "sat.sir_final_share", source="Final-size relation of an epidemic; Shi, Li & Wen, arXiv 1904.08136, for lifetimes"
)
def sir_final_share(reproduction: Annotated[Amount, Field(alias="R0")]) -> float:
    """The z above 0 with z = 1 - e^(-R0 z): share ever reached by infectious recruiters; 0 for R0 <= 1.

    Args:
        reproduction: R0, whom each reaches while nobody is reached yet.
    """
    if reproduction <= 1:
        return 0.0
    reached = discount_root(1 / float(reproduction))
    return reached / float(reproduction)


@model("sat.levels_until_exhaustion", source="Derived; the illustration of SEC and FTC")
def levels_until_exhaustion(branching: Count, population: Count) -> dict[str, Result]:
    """The last level L with (m^(L+1) - 1) / (m - 1) <= population, and how many stand on levels 0..L."""
    if branching == 1:
        return {"last_complete_level": population - 1, "participants": population}
    level, on_it, all_there = 0, 1, 1
    while all_there + on_it * branching <= population:
        on_it *= branching
        all_there += on_it
        level += 1
    return {"last_complete_level": level, "participants": all_there}


@model("sat.level_size", source="Arithmetic; 6^13 exceeds mankind")
def level_size(branching: Count, level: Whole) -> int:
    """m^level: how many stand on one level of a complete tree."""
    if branching > 1 and level * math.log10(branching) > _MOST_DIGITS:
        reason = say(
            "must give a number of at most {most:,} digits",
            "الحد الأقصى لأرقام العدد الناتج {most:,}",
            most=_MOST_DIGITS,
        )
        raise Refused("level", level, reason)
    size: int = branching**level
    return size


def needed_growth(payout_per_member: Fraction, retained_per_entrant: Fraction) -> Fraction:
    """Growth per period at which entrants' payments just cover what members are paid: p / c.

    Reference: 20 paid to each, 200 left by each entrant: 1/10.
    """
    return payout_per_member / retained_per_entrant


def doubling_periods(growth: Fraction) -> Decimal:
    """Periods until a number that grows at this rate, above 0, has doubled."""
    tiny = max(0, len(str(growth.denominator)) - len(str(growth.numerator)))
    with localcontext(Context(prec=40 + tiny)):
        ratio = 1 + Decimal(growth.numerator) / Decimal(growth.denominator)
        return Decimal(2).ln() / ratio.ln()


@model(
    "sat.required_growth", source="Derived: solvent without outside revenue only while N grows by at least p/c a period"
)
def required_growth(payout_per_member_per_period: Amount, retained_entry_payment: Positive) -> dict[str, Result]:
    """growth = p / c, doubling after ln 2 / ln(1 + p/c) periods (None where nothing is paid out)."""
    growth = needed_growth(payout_per_member_per_period, retained_entry_payment)
    return {"growth": growth, "doubling_periods": doubling_periods(growth) if growth else None}


@model("sat.logistic_solvency", source="Derived: inflow c r N (1 - N/K) falls below outflow p N")
def logistic_solvency(
    r: Positive, size: Size, begin: Begin, payout_per_member_per_period: Amount, retained_entry_payment: Positive
) -> dict[str, Result]:
    """N* = K (1 - p / (c r)), and when logistic growth from N0 reaches it.

    Args:
        r: growth rate while there is room.
        size: K.
        begin: N0.
        payout_per_member_per_period: p.
        retained_entry_payment: c, what an entrant leaves for payouts.

    Returns:
        `size_when_inflow_falls_below_outflow` and `time`. Both None where p >= c r, when entrants never cover payouts;
        `time` None where p = 0, when they always do, and below 0 where N* lies before the start.
    """
    short = payout_per_member_per_period / (retained_entry_payment * r)
    if short >= 1:
        return {"size_when_inflow_falls_below_outflow": None, "time": None}
    time = _logit_time(r, size, begin, 1 - short) if short else None
    return {"size_when_inflow_falls_below_outflow": size * (1 - short), "time": time}
