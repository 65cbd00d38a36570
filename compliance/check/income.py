"""A published income table, and what it proves about people: the middle one, and how many exceed a sum.

A bracket says only so much: everybody in it received something between its ends, half of them at most its
median, and its average cannot hide more than arithmetic allows (Markov's inequality). So an answer is a range
between what the table proves and what it leaves possible, in exact fractions; a coarse table gives a wide
range, and that is the finding. Incomes below zero are not expected: published tables list commissions.

Reference: Markov's inequality for non-negative variables, and its mirror image for bounded ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from pydantic import Field, computed_field, model_validator

from intake.frozen import Frozen
from intake.mistakes import Mistaken
from intake.text import Text

IncomePeriod = Literal["year", "month", "week"]
Population = Literal["everyone", "active", "paid", "ranked"]
PERIODS_A_YEAR: dict[IncomePeriod, int] = {"year": 1, "month": 12, "week": 52}

HALF, WHOLE = Fraction(1, 2), Fraction(1)
LOOSE = Fraction(1, 200)
"""Shares are rounded in print: a sum this near to the whole counts as the whole."""


class Bracket(Frozen):
    """One row of a published table. Amounts in minor units, for the period of the table."""

    label: str | None = None
    share: Fraction = Field(ge=0, le=1)
    """Of the people whom the table covers."""
    low: int | None = None
    high: int | None = None
    """None: the table names no upper end."""
    average: int | None = None
    median: int | None = None
    line: int | None = None
    """Line of the file it was read from."""

    @model_validator(mode="after")
    def _in_order(self) -> Bracket:
        known = [value for value in (self.low, self.median, self.high) if value is not None]
        if known != sorted(known):
            raise Mistaken(
                Text(
                    en="low, median and high must rise",
                    ar="يجب أن يرتفع الحد الأدنى ثم القيمة الوسيطة ثم الحد الأقصى",
                )
            )
        ends = [value for value in (self.low, self.average, self.high) if value is not None]
        if ends != sorted(ends):
            raise Mistaken(
                Text(
                    en="the average must lie between low and high",
                    ar="يجب أن يقع المتوسط بين الحد الأدنى والحد الأقصى",
                )
            )
        return self

    @property
    def averages_only(self) -> bool:
        """Whether nothing but an average above zero is known."""
        return bool(self.average) and self.high is None and self.median is None and not self.low


class IncomeTable(Frozen):
    """A published table as it was read, before any cost is held against it."""

    source: str
    """File name, or how it was given."""
    currency: str
    scale: int
    period: IncomePeriod = "year"
    brackets: tuple[Bracket, ...] = Field(min_length=1)
    net: bool | None = None
    """True: expenses are already deducted; False: the table says they are not; None: it does not say."""
    population: Population | None = None
    """Whom the company counts; None: not said."""
    annualised: bool = False
    """Whether the table says that a year's sums were multiplied up from shorter times."""
    page: int | None = None
    """The page of a PDF that it was read from."""
    sheet: str | None = None
    repaired: bool = False
    """Whether Arabic text had to be brought into reading order."""
    rounding: Fraction = LOOSE
    """How far the sum of the shares may lie above the whole because each was rounded in print."""
    notes: tuple[Text, ...] = ()
    """What was assumed while reading."""

    @model_validator(mode="after")
    def _at_most_everybody(self) -> IncomeTable:
        if self.shares_sum > WHOLE + self.rounding:
            raise Mistaken(Text(en="the shares add up to more than everybody", ar="مجموع النسب أكثر من الجميع"))
        return self

    @computed_field  # type: ignore[prop-decorator]
    @property
    def shares_sum(self) -> Fraction:
        """The sum of all shares; 1 up to rounding in a complete table."""
        return sum((bracket.share for bracket in self.brackets), Fraction(0))

    @property
    def complete(self) -> bool:
        """Whether the shares add up to the whole, up to rounding."""
        return -LOOSE <= self.shares_sum - 1 <= self.rounding

    @property
    def median_only(self) -> bool:
        """Whether nothing but the middle of all people is known."""
        first = self.brackets[0]
        return len(self.brackets) == 1 and first.median is not None and not first.low and first.high is None

    @classmethod
    def of_median(
        cls, median: int, *, currency: str, scale: int, period: IncomePeriod = "year", source: str = "median as told"
    ) -> IncomeTable:
        """A table of which only the median is known."""
        bracket = Bracket(share=WHOLE, low=0, median=median)
        return cls(source=source, currency=currency, scale=scale, period=period, brackets=(bracket,))


@dataclass(frozen=True, slots=True)
class Piece:
    """A share of everybody whose income lies between `low` and `high` (None: no upper end known)."""

    share: Fraction
    low: Fraction
    high: Fraction | None
    average: Fraction | None = None
    label: str | None = None

    def certainly_above(self, cost: Fraction) -> Fraction:
        """The share of everybody that is in this piece and certainly receives more than `cost`."""
        if self.low > cost:
            return self.share
        if self.average is not None and self.high is not None and self.average > cost:
            return self.share * (self.average - cost) / (self.high - cost)
        return Fraction(0)

    def possibly_above(self, cost: Fraction) -> Fraction:
        """The share of everybody that is in this piece and may receive more than `cost`."""
        if self.high is not None and self.high <= cost:
            return Fraction(0)
        if self.average is not None and self.low < cost:
            return self.share * min(WHOLE, (self.average - self.low) / (cost - self.low))
        return self.share


@dataclass(frozen=True, slots=True)
class Everybody:
    """All people of whom something was asked, as pieces that add up to one."""

    pieces: tuple[Piece, ...]

    def median(self) -> tuple[Fraction, Fraction | None]:
        """Between which incomes the middle participant lies; None: no upper end can be told."""
        lowest = _weighted((piece.low, piece.share) for piece in self.pieces)
        highest = _weighted((piece.high, piece.share) for piece in self.pieces)
        low, high = _middle(lowest, upper=True), _middle(highest, upper=False)
        assert low is not None
        if high is not None and high < low:  # exactly half stand on either side: any value between is a median
            return high, low
        return low, high

    def middle_average(self) -> tuple[Fraction, str | None] | None:
        """Average and label of the piece with the middle participant, if the pieces are ranked by averages."""
        ranked = [(piece.average if piece.average is not None else piece.high, piece) for piece in self.pieces]
        if any(value is None for value, _ in ranked):
            return None
        total = Fraction(0)
        for value, piece in sorted(ranked, key=lambda pair: pair[0] or Fraction(0)):
            total += piece.share
            if total >= HALF:
                return (piece.average, piece.label) if piece.average is not None and value else None
        return None

    def above(self, cost: Fraction) -> tuple[Fraction, Fraction]:
        """The share certainly above `cost`, and the share possibly above it."""
        sure = sum((piece.certainly_above(cost) for piece in self.pieces), Fraction(0))
        maybe = sum((piece.possibly_above(cost) for piece in self.pieces), Fraction(0))
        return sure, max(sure, maybe)

    def at_zero(self) -> Fraction:
        """The share that certainly received nothing."""
        return sum((piece.share for piece in self.pieces if piece.low == 0 and piece.high == 0), Fraction(0))


def everybody(
    table: IncomeTable, *, covered: Fraction = WHOLE, months: int = 12, left_out_at_zero: bool = True
) -> Everybody:
    """The people of a table, with those it leaves out, and incomes for `months` months.

    Args:
        table: as read.
        covered: share of all participants that the table covers.
        months: an annual income is spread evenly over the year.
        left_out_at_zero: whoever is left out received nothing; else nothing is known of them.
    """
    factor = Fraction(PERIODS_A_YEAR[table.period] * months, 12)
    total = table.shares_sum
    of_everybody = not table.complete and covered < 1 and abs(total - covered) <= LOOSE
    scale = WHOLE if of_everybody else covered
    counted = total if table.complete else WHOLE
    pieces = [
        piece for bracket in table.brackets if bracket.share for piece in _pieces(bracket, factor, scale / counted)
    ]
    here = sum((piece.share for piece in pieces), Fraction(0))
    unlisted = Fraction(0) if of_everybody else scale - here
    if unlisted > 0:  # shares that the table does not print
        pieces.append(Piece(unlisted, Fraction(0), None))
    if (left_out := 1 - here - unlisted) > 0:
        pieces.append(Piece(left_out, Fraction(0), Fraction(0) if left_out_at_zero else None))
    return Everybody(tuple(pieces))


def _pieces(bracket: Bracket, factor: Fraction, scale: Fraction) -> list[Piece]:
    share, low = bracket.share * scale, (bracket.low or 0) * factor
    high = None if bracket.high is None else bracket.high * factor
    average = None if bracket.average is None else bracket.average * factor
    if average is not None and average == low:
        return [Piece(share, low, low, average, bracket.label)]
    if bracket.median is None:
        return [Piece(share, low, high, average, bracket.label)]
    middle = bracket.median * factor
    return [
        Piece(share / 2, low, middle, label=bracket.label),
        Piece(share / 2, middle, high, label=bracket.label),
    ]


Weighted = Sequence[tuple[Fraction | None, Fraction]]


def _weighted(pairs: Iterable[tuple[Fraction | None, Fraction]]) -> Weighted:
    return sorted(pairs, key=lambda pair: (pair[0] is None, pair[0] or Fraction(0)))


def _middle(pairs: Weighted, *, upper: bool) -> Fraction | None:
    """The weighted median; where exactly half lies on either side, the upper or the lower one."""
    total = Fraction(0)
    for value, share in pairs:
        total += share
        if total > HALF or (total == HALF and not upper):
            return value
    return pairs[-1][0]
