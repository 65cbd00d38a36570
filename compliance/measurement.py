"""What an indicator found out: one figure, how it came about, and what could not be known.

A `Measurement` is data and nothing else: frozen, JSON in and out. Truth is kept as integers (numerator and
denominator, minor units for money) and exact decimal strings; `number` is derived from them for charts and is
never compared with a threshold. Contested definitions stand beside the headline as `alternatives`, never
averaged. A figure that the records cannot give has no value and says in `missing` what it would need; that is
a result, not a pass.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, computed_field, model_validator

from intake.frozen import Frozen
from intake.text import Text

Unit = Literal["ratio", "count", "money", "rate", "days", "number"]
"""ratio: a share of a whole or of another sum; rate: change per period; number: a statistic with no unit."""

Bound = Literal["exact", "upper", "lower", "open"]
"""upper: the truth is at most this figure; lower: at least; because of what the records do not carry.
open: something is missing that could move the figure either way, so that it is no bound."""

PLACES = 9
"""Digits after the point of a value that had to be rounded (numerator and denominator stay exact)."""

MAIN = "main"
"""The id under which the headline itself is asked for among the variants."""


def decimal_string(value: int | Decimal | Fraction, places: int = PLACES) -> str:
    """The exact decimal string of a value, or rounded half to even at `places` digits where it has no end.

    >>> decimal_string(Fraction(1, 8)), decimal_string(Fraction(2, 3), 4), decimal_string(7)
    ('0.125', '0.6667', '7')
    """
    scaled = round(Fraction(value) * 10**places)  # a Fraction rounds half to even, exactly
    whole, rest = divmod(abs(scaled), 10**places)
    sign = "-" if scaled < 0 else ""
    digits = f"{rest:0{places}d}".rstrip("0") if places else ""
    return f"{sign}{whole}.{digits}" if digits else f"{sign}{whole}"


DecimalString = Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$")]


class Interval(Frozen):
    """A confidence interval. `low` and `high` are decimal strings in the unit of the value."""

    low: DecimalString
    high: DecimalString
    level: DecimalString = "0.95"
    method: str = "wilson"


class Missing(Frozen):
    """Something the records would have to carry for the figure to be known."""

    table: str
    column: str | None = None
    text: Text

    @property
    def needs(self) -> str:
        """`table.column` or `table`."""
        return f"{self.table}.{self.column}" if self.column else self.table


class Alternative(Frozen):
    """The same question under another definition."""

    id: str
    label: Text
    unit: Unit | None = None
    """Of the value; None: the measurement's. One with another unit stands beside the figure, and is never compared with it."""
    of_money: bool | None = None
    """Whether numerator and denominator are sums of money; None: as the measurement's."""
    value: DecimalString | None = None
    numerator: int | None = None
    denominator: int | None = None
    interval: Interval | None = None
    bound: Bound = "exact"
    missing: tuple[Missing, ...] = ()
    note: Text | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def number(self) -> float | None:
        """The value for display and charts."""
        return None if self.value is None else float(self.value)

    @property
    def measurable(self) -> bool:
        """Whether there is a value."""
        return self.value is not None

    @property
    def fraction(self) -> Fraction | None:
        """The value exactly: numerator over denominator where both are known, else the decimal string."""
        return _fraction(self.value, self.numerator, self.denominator)


class Point(Frozen):
    """One point of a series. `x` is a period, a cohort's month, a level, a share: always text."""

    x: str
    label: Text | None = None
    """`x` in words, where it is a code."""
    value: DecimalString | None = None
    numerator: int | None = None
    denominator: int | None = None
    interval: Interval | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def number(self) -> float | None:
        """The value for charts."""
        return None if self.value is None else float(self.value)


class Series(Frozen):
    """Points for one chart: by month, cohort, tenure, decile, level, country, or a curve such as Lorenz's.

    On the axis `branch` the text of a point is the id of the participant at the head of that part of the tree.
    """

    id: str
    label: Text
    axis: Literal["period", "cohort", "tenure", "decile", "level", "share", "category", "country", "branch"]
    unit: Unit
    of_money: bool | None = None
    """Whether numerators and denominators are sums of money; None: as the measurement's."""
    points: tuple[Point, ...]
    note: Text | None = None


class Evidence(Frozen):
    """The rows behind a figure, as a query that can be run again over the same snapshot.

    The query ends in ORDER BY, so that `LIMIT` and `OFFSET` page through it in the same order each time.
    It runs over the views that `compliance.records.Records` sets up.
    """

    sql: str
    columns: tuple[str, ...] = ()
    count: int | None = None
    note: Text | None = None


class Period(Frozen):
    """From when to when the rows reach that were counted: ISO dates, both included."""

    start: str
    end: str


class Measurement(Frozen):
    """One figure about one company, with all that is needed to doubt it."""

    id: str
    title: Text
    definition: Text
    formula: str
    source: str
    unit: Unit
    value: DecimalString | None = None
    numerator: int | None = None
    denominator: int | None = None
    numerator_label: Text | None = None
    denominator_label: Text | None = None
    of_money: bool = False
    """Whether numerator and denominator are sums of money."""
    currency: str | None = None
    """ISO 4217 code or token of every sum of money here: values, numerators, denominators, series; None without any."""
    scale: int | None = None
    """Decimals of that currency: minor units per unit are ten to this power. The value of a sum of money
    is in whole units and its numerator in minor units; both terms of a share of money are in minor units."""
    period: Period | None = None
    interval: Interval | None = None
    bound: Bound = "exact"
    headline_label: Text | None = None
    """Which definition the headline follows, where there are alternatives."""
    alternatives: tuple[Alternative, ...] = ()
    series: tuple[Series, ...] = ()
    evidence: Evidence | None = None
    missing: tuple[Missing, ...] = ()
    limits: tuple[Text, ...] = ()
    """What the data sheet says the records do not carry, where it touches this figure."""
    notes: tuple[Text, ...] = ()
    """What happened on the way: rows in other currencies left out, rows without a date, ..."""
    false_positives: Text

    @model_validator(mode="after")
    def _value_or_reason(self) -> Measurement:
        if self.value is None and not self.missing:
            raise ValueError(f"{self.id}: a measurement without a value must say what is missing")
        if self.value is not None and self.missing:
            raise ValueError(f"{self.id}: a measurement with a value cannot lack what it needs")
        if self.unit == "money" and self.value is not None and (self.currency is None or self.scale is None):
            raise ValueError(f"{self.id}: a sum of money needs its currency and scale")
        return self

    @model_validator(mode="after")
    def _money_is_told_apart(self) -> Measurement:
        """Beside a sum of money each definition says whether it is one, and the terms of each sum give its value."""
        if self.unit == "money":
            unsaid = [one.id for one in self.alternatives if one.unit is None and one.value is not None]
            if unsaid:
                raise ValueError(f"{self.id}: beside a sum of money, {', '.join(unsaid)} must name a unit")
        sums: list[Alternative | Point] = [one for one in self.variants if self.unit_of(one) == "money"]
        sums += [point for series in self.series if series.unit == "money" for point in series.points]
        for one in sums:
            if one.value is None or one.numerator is None:
                continue
            if one.denominator is not None or Fraction(one.numerator, 10 ** (self.scale or 0)) != Fraction(one.value):
                raise ValueError(f"{self.id}: {one} is a sum of money whose value is not its numerator in whole units")
        return self

    @computed_field  # type: ignore[prop-decorator]
    @property
    def number(self) -> float | None:
        """The value for display and charts; in whole units of the currency for money."""
        return None if self.value is None else float(self.value)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def measurable(self) -> bool:
        """Whether there is a value. False is not a pass."""
        return self.value is not None

    @property
    def fraction(self) -> Fraction | None:
        """The value exactly."""
        return _fraction(self.value, self.numerator, self.denominator)

    def variant(self, id: str | None = None) -> Alternative:  # noqa: A002 - it is an id
        """The headline (None or "main") or the alternative of that id, in one shape.

        Raises:
            KeyError: there is no such alternative; the message lists those there are.
        """
        if id is None or id == MAIN:
            return Alternative(
                id=MAIN,
                label=self.headline_label or self.title,
                unit=self.unit,
                of_money=self.of_money,
                value=self.value,
                numerator=self.numerator,
                denominator=self.denominator,
                interval=self.interval,
                bound=self.bound,
                missing=self.missing,
            )
        for alternative in self.alternatives:
            if alternative.id == id:
                return alternative
        known = ", ".join([MAIN, *(alternative.id for alternative in self.alternatives)])
        raise KeyError(f"{self.id} has no alternative {id!r}; it has {known}")

    def unit_of(self, variant: Alternative) -> Unit:
        """The unit of one of the definitions."""
        return variant.unit or self.unit

    def in_money(self, of: Alternative | Series) -> bool:
        """Whether numerators and denominators of a definition or of a series are sums of money."""
        if of.of_money is not None or of.unit in ("count", "days"):
            return bool(of.of_money)
        return self.of_money or of.unit == "money"

    @property
    def variants(self) -> tuple[Alternative, ...]:
        """The headline first, then every alternative."""
        return (self.variant(), *self.alternatives)


def _fraction(value: str | None, numerator: int | None, denominator: int | None) -> Fraction | None:
    if value is None:
        return None
    if numerator is not None and denominator:
        return Fraction(numerator, denominator)
    return Fraction(value)
