"""How an indicator is declared and run.

An indicator is a function from `Records` to an `Outcome`, decorated with everything that is known before any
record is read: id, title, definition, formula, source, what it needs, how it can mislead. `Indicator.measure`
looks first whether the records have what is needed, runs the function, and adds what no indicator should
forget: the data sheet's limits and the bound they make of the figure, the period, rows in other currencies.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from compliance.indicators import phrases
from compliance.measurement import (
    Alternative,
    Bound,
    Evidence,
    Interval,
    Measurement,
    Missing,
    Period,
    Point,
    Series,
    Unit,
    decimal_string,
)
from compliance.statistics import wilson

if TYPE_CHECKING:
    from compliance.records import Records
    from intake.text import Text

INTERVAL_PLACES = 6
MOST_POINTS = 1_000
"""Points of one series. A chain of a million people has a million levels, which no chart shows."""


@dataclass(frozen=True, slots=True)
class Value:
    """A figure under one definition, or what it would need."""

    value: Fraction | Decimal | int | None
    numerator: int | None = None
    denominator: int | None = None
    interval: Interval | None = None
    missing: tuple[Missing, ...] = ()
    unit: Unit | None = None
    """Where the value says itself what it is: a sum of money. None: as declared."""
    of_money: bool | None = None
    """Whether both terms are sums of money, where the value says it itself; None: as declared."""

    @property
    def text(self) -> str | None:
        """The decimal string."""
        return None if self.value is None else decimal_string(self.value)


def share(numerator: int, denominator: int, *, people: bool = False, whole: Missing | None = None) -> Value:
    """Numerator over denominator; with a Wilson interval where both count people.

    Args:
        numerator: the part.
        denominator: the whole; zero or less means that there is nothing to take a share of.
        people: whether this is a share of people, who could have been others.
        whole: what to say is missing when the denominator is not positive.
    """
    if denominator <= 0:
        return Value(None, missing=(whole or phrases.nothing_to_divide(),))
    exact = Fraction(numerator, denominator)
    if not people:
        return Value(exact, numerator, denominator)
    low, high = wilson(numerator, denominator)
    interval = Interval(low=decimal_string(low, INTERVAL_PLACES), high=decimal_string(high, INTERVAL_PLACES))
    return Value(exact, numerator, denominator, interval, of_money=False)


def money(minor: int | Fraction, scale: int) -> Value:
    """A sum of money: value in whole units, numerator in minor units where it is whole."""
    exact = Fraction(minor)
    return Value(exact / 10**scale, int(exact) if exact.denominator == 1 else None, unit="money", of_money=True)


def lacking(*missing: Missing) -> Value:
    """No figure, and what it would need."""
    return Value(None, missing=missing)


def alternative(
    id: str,  # noqa: A002 - it is an id
    label: Text,
    value: Value,
    *,
    unit: Unit | None = None,
    of_money: bool | None = None,
    bound: Bound = "exact",
    note: Text | None = None,
) -> Alternative:
    """A `Value` under another definition.

    Args:
        id: what rules call it; `alternatives.yaml` lists those of every indicator.
        label: the definition.
        value: the figure.
        unit: of the value, where it is not the indicator's; `money()` says it itself.
        of_money: whether both terms are sums of money, where that is not so of the headline's; `money()` and shares of
            people say it themselves.
        bound: what the figure is by its own construction.
        note: what is to be said about it.
    """
    return Alternative(
        id=id,
        label=label,
        unit=unit or value.unit,
        of_money=value.of_money if of_money is None else of_money,
        value=value.text,
        numerator=value.numerator,
        denominator=value.denominator,
        interval=value.interval,
        bound=bound,
        missing=value.missing,
        note=note,
    )


def point(x: object, value: Value, label: Text | None = None) -> Point:
    """A `Value` at one place of a series, with a label where the place is a code."""
    return Point(
        x=str(x),
        label=label,
        value=value.text,
        numerator=value.numerator,
        denominator=value.denominator,
        interval=value.interval,
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an indicator's function found."""

    main: Value
    numerator_label: Text | None = None
    denominator_label: Text | None = None
    headline_label: Text | None = None
    alternatives: tuple[Alternative, ...] = ()
    series: tuple[Series, ...] = ()
    evidence: Evidence | None = None
    notes: tuple[Text, ...] = ()
    bound: Bound = "exact"
    """What the figure is by its own construction; a data sheet's limits come on top."""
    period: Period | None = None


def shortened(series: Series) -> Series:
    """A series of at most `MOST_POINTS` points, with a note of how many there are: months the last, else the first."""
    total = len(series.points)
    if total <= MOST_POINTS:
        return series
    kept = series.points[-MOST_POINTS:] if series.axis in ("period", "cohort") else series.points[:MOST_POINTS]
    return series.model_copy(update={"points": kept, "note": series.note or phrases.shortened(len(kept), total)})


Measure = Callable[["Records"], Outcome]


@dataclass(frozen=True)
class Indicator:
    """One measurement that can be made of a company's records."""

    id: str
    title: Text
    definition: Text
    formula: str
    source: str
    unit: Unit
    needs: tuple[str, ...]
    false_positives: Text
    function: Measure = field(repr=False)
    of_money: bool = False
    """Whether numerator and denominator are sums of money."""

    @property
    def by_amount(self) -> bool:
        """Whether what people paid or were paid decides the figure, other than as a sum of one currency: then rows
        in other currencies, which are not counted, leave it open."""
        return self.unit != "money" and not {"orders.amount", "rewards.amount"}.isdisjoint(self.needs)

    def lacks(self, records: Records) -> tuple[Missing, ...]:
        """What the records would have to carry and do not."""
        return tuple(phrases.missing(name) for name in self.needs if not records.has(name))

    def measure(self, records: Records) -> Measurement:
        """Runs the indicator; a figure that cannot be computed comes back with `missing` and no value."""
        lacks = self.lacks(records)
        found = Outcome(lacking(*lacks)) if lacks else self.function(records)
        limits, _ = limits_of(records, self.id)
        of_money = self.of_money or self.unit == "money"
        money_involved = (
            of_money
            or any(one.unit == "money" or one.of_money for one in found.alternatives)
            or any(one.unit == "money" or one.of_money for one in found.series)
        )
        notes = found.notes
        if (of_money or self.by_amount) and not lacks and records.other_currencies:
            notes = (*notes, phrases.other_currencies(records.other_currencies))
        return Measurement(
            id=self.id,
            title=self.title,
            definition=self.definition,
            formula=self.formula,
            source=self.source,
            unit=self.unit,
            value=found.main.text,
            numerator=found.main.numerator,
            denominator=found.main.denominator,
            numerator_label=found.numerator_label,
            denominator_label=found.denominator_label,
            of_money=of_money,
            currency=records.currency if money_involved else None,
            scale=records.scale if money_involved and records.currency else None,
            period=found.period,
            interval=found.main.interval,
            bound=bound_of(records, self.id, found.bound, by_amount=self.by_amount),
            headline_label=found.headline_label,
            alternatives=found.alternatives,
            series=tuple(shortened(each) for each in found.series),
            evidence=found.evidence,
            missing=found.main.missing,
            limits=limits,
            notes=notes,
            false_positives=self.false_positives,
        )


Stated = Literal["upper", "lower", "none"]


def limits_of(records: Records, indicator: str) -> tuple[tuple[Text, ...], list[Bound]]:
    """The data sheet's limits that touch an indicator, and the bounds that they make of its figure."""
    texts: list[Text] = []
    bounds: list[Bound] = []
    sheet = records.datasheet
    for limit in sheet.limits if sheet else ():
        if indicator in limit.affects:
            texts.append(limit.text)
            bound = limit.affects[indicator]
            bounds.append("open" if bound == "none" else bound)
    return tuple(texts), bounds


def bound_of(records: Records, indicator: str, own: Bound, *, by_amount: bool) -> Bound:
    """The bound of an indicator's headline: its own, the data sheet's limits, and rows in other currencies.

    Args:
        records: what is measured.
        indicator: its id.
        own: what the indicator itself says.
        by_amount: whether amounts in other currencies would change the figure.
    """
    foreign: list[Bound] = ["open"] if by_amount and records.other_currencies else []
    return combined_bound([own, *limits_of(records, indicator)[1], *foreign])


def combined_bound(bounds: list[Bound]) -> Bound:
    """One bound of several: they stand only as long as all point the same way."""
    pointing = set(bounds) - {"exact"}
    if not pointing:
        return "exact"
    return pointing.pop() if len(pointing) == 1 else "open"


REGISTRY: dict[str, Indicator] = {}
"""Every indicator by id, in order of evidential strength: the order of the modules and of the functions."""


def indicator(
    *,
    id: str,  # noqa: A002 - it is an id
    title: Text,
    definition: Text,
    formula: str,
    source: str,
    unit: Unit,
    needs: tuple[str, ...],
    false_positives: Text,
    of_money: bool = False,
) -> Callable[[Measure], Measure]:
    """Registers a function from records to an outcome as the indicator of that id.

    Args:
        id: what rules and data sheets call it.
        title: a few words.
        definition: what is counted over what, in a sentence a lawyer can quote.
        formula: the same in symbols.
        source: where the definition comes from.
        unit: of the value.
        needs: tables and `table.column`s without which nothing can be said.
        false_positives: what harmless things look the same.
        of_money: whether numerator and denominator are sums of money.
    """

    def register(function: Measure) -> Measure:
        if id in REGISTRY:
            raise ValueError(f"two indicators are called {id}")
        REGISTRY[id] = Indicator(
            id, title, definition, formula, source, unit, needs, false_positives, function, of_money
        )
        return function

    return register
