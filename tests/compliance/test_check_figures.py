"""The three headline figures against slow exact arithmetic, for made-up offers of many shapes, from text to answer.

The twin knows nothing of the product: it takes the same rows as numbers, lists every group of people with the least
and the most they can have received, and walks over all sums at which anything changes.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from fractions import Fraction

import pytest

from compliance.check import CheckInputs, CheckRequest, IncomeGiven, inputs_of
from compliance.check.answering import chance, cost, middle

OFFERS = 60
Row = tuple[Fraction, int, int | None, int | None, int | None]
"""Share, and low, high, average, median in whole units; None: not printed."""


@dataclass(frozen=True)
class Offer:
    """What is told of a company."""

    joining: int
    monthly: int
    months: int
    period: str
    covers: Fraction | None
    net: bool
    rows: tuple[Row, ...]

    @property
    def cost(self) -> int:
        return self.joining + self.months * self.monthly

    def text(self) -> str:
        lines = ["share,low,high,average,median"]
        for share, *amounts in self.rows:
            lines.append(",".join([f"{float(share * 100):g}%", *("" if one is None else str(one) for one in amounts)]))
        return "\n".join(lines)


def offer(seed: int) -> Offer:
    """Brackets that rise, of shares in tenths of a percent that make a whole, nearly a whole, or part of one."""
    pick = random.Random(seed)
    number = pick.randint(1, 7)
    whole = pick.choice([1000, 1000, 1000, 1000 + (number > 1), 997, 960, 700])
    cuts = sorted(pick.sample(range(1, whole), number - 1))
    shares = [Fraction(high - low, 1000) for low, high in zip([0, *cuts], [*cuts, whole], strict=True)]
    rows: list[Row] = []
    low = 0
    for at, share in enumerate(shares):
        high: int | None = low + pick.choice([0, 50, 400, 2_000, 30_000])
        assert high is not None
        average = median = None
        kind = pick.choice(["ends", "ends", "average", "median", "ends and average"])
        if kind in ("average", "ends and average"):
            average = pick.randint(low, high)
        if kind == "median":
            median = pick.randint(low, high)
        start = high + pick.choice([0, 1])
        if at == len(shares) - 1 and pick.random() < 0.6 and kind != "average":
            high = None
        rows.append((share, low if kind != "average" else 0, None if kind == "average" else high, average, median))
        low = start
    return Offer(
        joining=pick.choice([0, 49, 1_650, 12_000]),
        monthly=pick.choice([0, 65, 650]),
        months=pick.choice([12, 12, 12, 6, 1, 36]),
        period=pick.choice(["year", "year", "year", "month", "week"]),
        covers=pick.choice([None, None, Fraction(1), Fraction(62, 100), Fraction(1, 8)]),
        net=pick.random() < 0.15,
        rows=tuple(rows),
    )


Group = tuple[Fraction, Fraction, Fraction | None, Fraction | None]
"""Share of everybody, least, most (None: open), average."""


def groups(told: Offer) -> list[Group]:
    """Everybody, with those whom the table does not print and those whom it leaves out."""
    total = sum((row[0] for row in told.rows), Fraction(0))
    near = abs(total - 1) <= Fraction(1, 200)
    covered = told.covers or Fraction(1)
    printed_of_all = not near and covered < 1 and abs(total - covered) <= Fraction(1, 200)
    factor = {"year": 1, "month": 12, "week": 52}[told.period] * Fraction(told.months, 12)
    found: list[Group] = []
    for share, low, high, average, median in told.rows:
        of_all = share if printed_of_all else share * covered / (total if near else 1)
        least, most = low * factor, None if high is None else high * factor
        mean = None if average is None else average * factor
        if mean is not None and mean == least:
            found.append((of_all, mean, mean, mean))
        elif median is None:
            found.append((of_all, least, most, mean))
        else:
            found += [(of_all / 2, least, median * factor, None), (of_all / 2, median * factor, most, None)]
    if not near and not printed_of_all:
        found.append((covered * (1 - total), Fraction(0), None, None))
    left = 1 - sum((group[0] for group in found), Fraction(0))
    return [*found, (left, Fraction(0), Fraction(0), None)] if left else found


def chance_of(told: Offer) -> tuple[Fraction, Fraction]:
    """The least and the largest share of everybody above the cost."""
    bar = Fraction(0 if told.net else told.cost)
    sure = maybe = Fraction(0)
    for share, least, most, mean in groups(told):
        if least > bar:
            sure, maybe = sure + share, maybe + share
        elif most is None or most > bar:
            if mean is not None and most is not None and mean > bar:
                sure += share * (mean - bar) / (most - bar)  # fewer above, each with the most, and the rest at the bar
            spread = Fraction(1) if mean is None or least == bar else (mean - least) / (bar - least)
            maybe += share * min(Fraction(1), spread)  # more above, each just over the bar, and the rest at the least
    return sure, max(sure, maybe)


def middle_of(told: Offer) -> tuple[Fraction, Fraction | None]:
    """The least and the largest sum that a middle participant can have received."""
    found = groups(told)

    def medians(of: list[tuple[Fraction | None, Fraction]]) -> list[Fraction | None]:
        """Every sum of these with at most half of the people below and at most half above."""
        order = sorted(of, key=lambda one: (one[0] is None, one[0] or 0))
        kept = []
        for at, (value, _) in enumerate(order):
            below = sum(
                (share for sum_, share in order if sum_ != value and order.index((sum_, share)) < at), Fraction(0)
            )
            above = sum(
                (share for sum_, share in order if sum_ != value and order.index((sum_, share)) > at), Fraction(0)
            )
            if below <= Fraction(1, 2) and above <= Fraction(1, 2):
                kept.append(value)
        return kept

    lows = medians([(least, share) for share, least, _, _ in found])
    highs = medians([(most, share) for share, _, most, _ in found])
    low, high = lows[-1], highs[0]
    assert low is not None
    return (high, low) if high is not None and high < low else (low, high)


def asked(told: Offer) -> CheckInputs:
    covers = None if told.covers is None else f"{float(told.covers * 100):g}%"
    income = IncomeGiven(text=told.text(), period=told.period, net=told.net)
    return inputs_of(
        CheckRequest(
            joining=str(told.joining),
            monthly=str(told.monthly),
            currency="USD",
            months=told.months,
            income=income,
            covers=covers,
        )
    )


def near(shown: str | None, exact: Fraction) -> bool:
    """Whether a decimal string is the exact value, to the nine places that it keeps."""
    return shown is not None and abs(Fraction(shown) - exact) <= Fraction(1, 2 * 10**9)


@pytest.mark.parametrize("seed", range(OFFERS))
def test_the_three_figures_are_exact(seed: int) -> None:
    told = offer(seed)
    inputs = asked(told)
    assert cost(inputs).low == cost(inputs).high == str(told.cost)
    low, high = chance_of(told)
    assert near(chance(inputs).low, low), told
    assert near(chance(inputs).high, high), told
    least, most = middle_of(told)
    found = middle(inputs)
    spent = 0 if told.net else told.cost
    if most is None:
        assert found.basis in ("average", "unknown")
    else:
        assert found.basis in ("exact", "range")
        assert near(found.low, least - spent), told
        assert near(found.high, most - spent), told


def test_the_offers_are_diverse() -> None:
    """Or the sixty would prove less than they seem to."""
    made = [offer(seed) for seed in range(OFFERS)]
    assert len({one.period for one in made}) == 3
    assert sum(middle_of(one)[1] is None for one in made) < OFFERS / 2
    assert sum(0 < chance_of(one)[1] < 1 for one in made) > OFFERS / 3
    assert {len(one.rows) for one in made} == set(range(1, 8))
    assert any(one.net for one in made)
    assert len({one.covers for one in made}) == 4
