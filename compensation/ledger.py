"""The orders laid out for computing: in order of time, as arrays, with their periods and measures.

Orders are sorted by date, then by the order in which they were given, so that the same records give the same
bytes. Who an order is credited to is decided here, once: the buyer where he is in the network; else its seller, who
then sold to an outside customer; else nobody. A reversal that names the order it takes back is tied to it here.
"""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from compensation.awards import Int32s, Int64s
from compensation.errors import AmountOverflow, PlanMismatch, UnknownScale
from compensation.kernels.rounding import MODES, fits, multiplied
from compensation.periods import ordinal, period_names, without_gaps
from compensation.quantities import to_minor
from genealogy.dates import UNKNOWN
from intake.currencies import MINOR_UNITS
from intake.text import Text, say

if TYPE_CHECKING:
    from compensation.books import Books
    from compensation.frame import Base, InForce, Measure, OrderFilter, Window
    from compensation.plan import Plan
    from genealogy.network import Network

Bools = npt.NDArray[np.bool_]

_COLUMNS: dict[str, Any] = {
    "id": pl.String,
    "date": pl.Datetime("ms"),
    "seller_id": pl.String,
    "buyer_id": pl.String,
    "buyer_kind": pl.String,
    "product": pl.String,
    "category": pl.String,
    "quantity": pl.Int64,
    "amount": pl.Int64,
    "volume": pl.Int64,
    "points": pl.Int64,
    "cost": pl.Int64,
    "tax": pl.Int64,
    "freight": pl.Int64,
    "discount": pl.Int64,
    "currency": pl.String,
    "reverses": pl.String,
    "coupon_id": pl.String,
    "new_customer": pl.String,
}

_DAY = 86_400
_NEVER = np.iinfo(np.int64).max
_MONEY = ("amount", "cost", "tax", "freight", "discount")


class Ledger:
    """The orders of some books, as one plan sees them."""

    def __init__(self, plan: Plan, books: Books) -> None:
        self.plan = plan
        self.books = books
        self.network: Network = books.network
        self.participants = len(books.network.ids)
        self.scale = self.scale_of(plan.currency)
        self.volume_decimals = books.volume_decimals
        table = books.orders.select(
            *(
                (pl.col(name) if name in books.orders.columns else pl.lit(None)).cast(kind).alias(name)
                for name, kind in _COLUMNS.items()
            ),
            *(pl.col(name).cast(pl.String) for name in ("period",) if name in books.orders.columns),
        )
        if "period" not in table.columns:
            table = table.with_columns(period_names(table["date"], plan.period, plan.timezone))
        table, self.left_out = self._in_the_plans_currency(table)
        in_order = table["date"].is_sorted(nulls_last=True)
        self.orders = table if in_order else table.sort("date", nulls_last=True, maintain_order=True)
        named = [*self.orders["period"].unique().to_list(), *books.periods]
        dates = self.orders["date"] if "period" not in books.orders.columns else self.orders["date"].clear()
        self.periods: list[str] = without_gaps(named, dates, plan.period, plan.timezone)
        order_of = {name: index for index, name in enumerate(self.periods)}
        self.period: Int32s = (
            self.orders["period"].replace_strict(order_of, return_dtype=pl.Int32).to_numpy().astype(np.int32)
            if len(self.orders)
            else np.empty(0, np.int32)
        )

    def _in_the_plans_currency(self, table: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The orders that the plan pays on, in its currency, and those in a currency on which it says nothing."""
        rates = self.plan.exchange
        foreign = pl.col("currency").is_not_null() & (pl.col("currency") != self.plan.currency)
        nothing_said = foreign & ~pl.col("currency").is_in(list(rates))
        left_out = table.filter(nothing_said)
        if len(left_out):
            table = table.filter(~nothing_said)
        for currency in table["currency"].unique().drop_nulls().sort():
            if currency != self.plan.currency:
                table = self._exchanged(table, currency, rates[currency])
        return table, left_out

    def _exchanged(self, table: pl.DataFrame, currency: str, rate: Fraction) -> pl.DataFrame:
        """The table with orders in one currency brought into the plan's.

        Raises:
            AmountOverflow: an amount does not fit 64 bits.
        """
        mine = (table["currency"] == currency).fill_null(value=False)
        minor = rate * Fraction(10**self.scale, 10 ** self.scale_of(currency))
        changed = []
        for name in _MONEY:
            column = table[name]
            values = column.fill_null(0).to_numpy()
            largest = int(np.abs(values[mine.to_numpy()]).max(initial=0))
            if not fits(largest, minor.numerator, minor.denominator):
                raise AmountOverflow(
                    "exchange",
                    say(
                        "{name} {largest} {currency} x {rate}",
                        "{name} {largest} {currency} × {rate}",
                        name=name,
                        largest=largest,
                        currency=currency,
                        rate=rate,
                    ),
                )
            into = values.copy()
            multiplied(into, mine.to_numpy(), minor.numerator, minor.denominator, MODES[self.plan.rounding.mode])
            changed.append(pl.select(pl.when(column.is_not_null()).then(pl.Series(name, into)).alias(name)).to_series())
        return table.with_columns(
            *changed, currency=pl.when(mine).then(pl.lit(self.plan.currency)).otherwise(pl.col("currency"))
        )

    # One value per order

    @cached_property
    def amount(self) -> Int64s:
        """Price paid, minor units."""
        return self.orders["amount"].fill_null(0).to_numpy()

    @cached_property
    def volume(self) -> Int64s:
        """Commissionable volume, in units of 10^-`volume_decimals` points."""
        return self.orders["volume"].fill_null(0).to_numpy()

    @cached_property
    def quantity(self) -> Int64s:
        """Pieces; 1 where the records do not say."""
        return self.orders["quantity"].fill_null(1).to_numpy()

    @cached_property
    def sign(self) -> Int64s:
        """-1 for what takes something back (a negative amount or volume), else 1."""
        back = (self.amount < 0) | ((self.amount == 0) & (self.volume < 0))
        return np.where(back, -1, 1).astype(np.int64)

    def measure(self, name: Measure) -> Int64s:
        """One measure of every order, in units of 10^-`unit_of(name)`.

        Raises:
            PlanMismatch: the records do not have it at all.
        """
        match name:
            case "amount":
                return self.amount
            case "volume":
                return self.volume
            case "orders":
                return self.sign
            case "pieces":
                return self.sign * np.abs(self.quantity)
            case "points" | "cost":
                return self._stated_measure(name)
            case "margin":
                return self.amount - self._stated_measure("cost")

    def _stated_measure(self, name: str) -> Int64s:
        column = self.orders[name]
        if len(column) and column.null_count() == len(column):
            raise PlanMismatch(
                say(
                    "the plan reckons with {name!r} of the orders, which these records do not have; import "
                    "the column that holds it, or name another measure in the plan",
                    "تُحتسب الخطة على {name!r} في الطلبات، وهو غير موجود في هذه السجلات. يُرجى استيراد "
                    "العمود الذي يحمله، أو تسمية قياس آخر في الخطة",
                    name=name,
                )
            )
        return column.fill_null(0).to_numpy()

    def unit_of(self, name: Measure) -> int:
        """Decimals in which a measure is held."""
        if name in ("volume", "points"):
            return self.volume_decimals
        return 0 if name in ("orders", "pieces") else self.scale

    def base(self, base: Base) -> Int64s:
        """What a component's rates are applied to, per order, in units of the measure."""
        value = self.measure(base.measure)
        for part in base.less:
            value = value - self.orders[part].fill_null(0).to_numpy()
        for part in base.plus:
            value = value + self.orders[part].fill_null(0).to_numpy()
        return value

    def factor(self, base: Base, currency: str | None = None) -> Fraction:
        """Minor units of the award's currency per unit of the base: share, value of a point, and decimals."""
        if base.money:
            return Fraction(base.share)
        to = Fraction(10 ** self.scale_of(currency or self.plan.currency), 10 ** self.unit_of(base.measure))
        return base.share * base.per_point * to

    @cached_property
    def when(self) -> Int64s:
        """Seconds since 1970 UTC; the earliest possible time where undated."""
        seconds = self.orders["date"].dt.epoch("s")
        return seconds.fill_null(np.iinfo(np.int64).min).to_numpy()

    @cached_property
    def buyer(self) -> Int32s:
        """Row of the buyer; -1 where he is not in the network."""
        return self.rows(self.orders["buyer_id"])

    @cached_property
    def seller(self) -> Int32s:
        """Row of the seller; -1 where unknown."""
        return self.rows(self.orders["seller_id"])

    @cached_property
    def credited(self) -> Int32s:
        """Row of the participant to whom the order is credited: the buyer, else the seller, else -1."""
        return np.where(self.buyer >= 0, self.buyer, self.seller).astype(np.int32)

    @cached_property
    def origin(self) -> Int32s:
        """Index of the order that each order takes back; its own where it takes back none that is known."""
        own = np.arange(len(self.orders), dtype=np.int32)
        if self.orders["reverses"].null_count() == len(self.orders):
            return own
        index = self.orders.select("id").with_row_index("at").unique("id", keep="first", maintain_order=True)
        back = self.orders.select(pl.col("reverses").alias("id")).join(
            index, on="id", how="left", maintain_order="left"
        )
        found = back["at"].cast(pl.Int64).fill_null(-1).to_numpy()
        return np.where((found >= 0) & (self.sign < 0), found, own).astype(np.int32)

    @property
    def takes_back(self) -> bool:
        """Whether any order takes back another that is known."""
        return bool((self.origin != np.arange(len(self.origin))).any())

    # Which orders

    def selected(self, filter_: OrderFilter, in_force: InForce | None = None) -> Bools:
        """Which orders pass a component's filter, on the days on which it pays."""
        wanted = np.ones(len(self.orders), np.bool_)
        for column, listed, kept in (
            ("category", filter_.categories, True),
            ("product", filter_.products, True),
            ("buyer_kind", filter_.buyer_kinds, True),
            ("category", filter_.except_categories, False),
            ("product", filter_.except_products, False),
        ):
            if listed is not None:
                wanted &= self.orders[column].is_in(listed).fill_null(value=False).to_numpy() == kept
        if filter_.min_amount is not None:
            wanted &= np.abs(self.amount) >= _least(filter_.min_amount, self.scale)
        if filter_.min_volume is not None:
            wanted &= np.abs(self.volume) >= _least(filter_.min_volume, self.volume_decimals)
        if filter_.credited_kinds is not None:
            kinds = np.append(self.column("kind").fill_null("distributor").is_in(filter_.credited_kinds), False)
            wanted &= kinds[self.credited]
        if filter_.since_joining is not None:
            wanted &= self._window(filter_.since_joining)[0]
        if filter_.after_joining is not None:
            wanted &= self._window(filter_.after_joining)[1]
        if in_force is not None:
            wanted &= self._in_force(in_force)
        if filter_.which != "all":
            passing = np.flatnonzero(wanted & (self.sign > 0))
            is_first = np.zeros(len(wanted), np.bool_)
            buyers = self.orders["buyer_id"].gather(passing)
            # an order whose buyer nobody knows may be anybody's first
            is_first[passing] = (buyers.is_first_distinct() | buyers.is_null()).to_numpy()
            wanted &= is_first if filter_.which == "first" else ~is_first
        return wanted[self.origin]

    def _in_force(self, days: InForce) -> Bools:
        zone = zoneinfo.ZoneInfo(self.plan.timezone)
        result = self.when > np.iinfo(np.int64).min
        if days.since is not None:
            result &= self.when >= int(datetime.combine(days.since, time(), zone).timestamp())
        if days.until is not None:
            result &= self.when < int(datetime.combine(days.until + timedelta(days=1), time(), zone).timestamp())
        return result

    @cached_property
    def joined(self) -> Int64s:
        """When each participant joined, by row, seconds since 1970; the first order's time where not recorded."""
        joined = self.network.joined.copy()
        known = np.flatnonzero((self.credited >= 0) & (self.when > np.iinfo(np.int64).min))
        unknown = joined == UNKNOWN
        first = np.full(self.participants, np.iinfo(np.int64).max)
        np.minimum.at(first, self.credited[known], self.when[known])
        joined[unknown] = first[unknown]
        return joined

    @cached_property
    def joined_in(self) -> Int32s:
        """Index of the period in which each participant joined, by row; -1 before the first or unknown."""
        if self._named_freely:
            return self._first_period
        index = {name: position for position, name in enumerate(self.periods)}
        found = self._joined_names.replace_strict(index, default=-1, return_dtype=pl.Int32).to_numpy()
        return np.where(self.joined < _NEVER, found, -1).astype(np.int32)

    @cached_property
    def _named_freely(self) -> bool:
        """Whether the records name periods that are none of the calendar's, such as 1 and 2."""
        if "period" not in self.books.orders.columns:
            return self.plan.period == "whole"
        return any(ordinal(name, self.plan.period) is None for name in self.periods)

    @cached_property
    def _first_period(self) -> Int32s:
        """Index of the period of each participant's first order, by row; -1 without one."""
        first = np.full(self.participants, np.iinfo(np.int32).max, np.int32)
        known = self.credited >= 0
        np.minimum.at(first, self.credited[known], self.period[known])
        return np.where(first == np.iinfo(np.int32).max, -1, first).astype(np.int32)

    @cached_property
    def _joined_names(self) -> pl.Series:
        dated = np.where(self.joined < _NEVER, self.joined, 0)
        return period_names(pl.Series(dated * 1000).cast(pl.Datetime("ms")), self.plan.period, self.plan.timezone)

    def _window(self, window: Window) -> tuple[Bools, Bools]:
        """Which orders were placed in a time from joining, and which after it."""
        who = self.credited
        if window.periods is not None:
            passed = self._periods_since_joining()
            return (passed >= 0) & (passed < window.periods), passed >= window.periods
        joined = np.append(self.joined, _NEVER)[who]
        undated = (self.when == np.iinfo(np.int64).min) | (joined == _NEVER)
        if window.days is not None:
            last = joined + window.days * _DAY
        else:
            dates = pl.Series(np.where(undated, 0, joined) * 1000).cast(pl.Datetime("ms"))
            last = dates.dt.offset_by(f"{window.months}mo").dt.epoch("s").to_numpy() + _DAY - 1
        inside: Bools = (who >= 0) & (undated | ((self.when >= joined) & (self.when <= last)))
        return inside, (who >= 0) & ~undated & (self.when > last)

    def _periods_since_joining(self) -> Int64s:
        """Of each order, periods since that in which its buyer joined; below 0 where that is not known."""
        joined, now = self._first_period.astype(np.int64), np.arange(len(self.periods))
        if not self._named_freely:
            numbers = {name: ordinal(name, self.plan.period) for name in self._joined_names.unique()}
            found = self._joined_names.replace_strict(numbers, default=-1, return_dtype=pl.Int64).to_numpy()
            stands = [ordinal(name, self.plan.period) for name in self.periods]
            now = np.array([-1 if each is None else each for each in stands], np.int64)
            first = np.where(joined >= 0, np.append(now, -1)[joined], -1)
            joined = np.where(self.joined < _NEVER, found, first)
        since = np.append(joined, -1)[self.credited]
        return np.where((since >= 0) & (now[self.period] >= 0), now[self.period] - since, -1)

    # Money and ids

    def scale_of(self, currency: str) -> int:
        """Decimals of a currency in these records.

        Raises:
            UnknownScale: neither the records, nor the plan, nor ISO 4217 says.
        """
        if currency in self.books.currencies:
            return self.books.currencies[currency]
        if currency == self.plan.currency and self.plan.decimals is not None:
            return self.plan.decimals
        scale = MINOR_UNITS.get(currency)
        if scale is None:
            raise UnknownScale(currency)
        return scale

    def rows(self, ids: pl.Series) -> Int32s:
        """Row of each id in the network; -1 where it is none of a participant."""
        return np.asarray(self.network.rows_of(ids), np.int32)

    def id_of(self, row: int) -> str:
        """Id of a participant by row; `(nobody)` for -1."""
        return str(self.network.ids[row]) if row >= 0 else "(nobody)"

    def column(self, name: str) -> pl.Series:
        """A text column of the participants, by row; empty where the records have none."""
        table = self.network.participants
        if name in table.columns:
            return table[name].cast(pl.String)
        return pl.Series(name, [None], dtype=pl.String).new_from_index(0, self.participants)

    def sum_by(self, rows: Int32s, values: Int64s, what: str) -> Int64s:
        """Sum of values by participant; rows of -1 count to nobody.

        Raises:
            AmountOverflow: the sum may not fit 64 bits.
        """
        total_of(values, what)
        result = np.zeros(self.participants + 1, np.int64)
        np.add.at(result, rows, values)
        return result[:-1]

    def day_of(self, seconds: int) -> str:
        """A moment as text, UTC."""
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}"


ALL_ORDERS = Text(en="the sum over all orders", ar="المجموع على كل الطلبات")


def total_of(values: Int64s, whose: str, what: Text = ALL_ORDERS) -> int:
    """The sum of values of which any part fits 64 bits, too.

    Raises:
        AmountOverflow: it may not fit.
    """
    # a bound needs no exactness: floats only say whether the exact sums can overflow
    if float(np.abs(values).sum(dtype=np.float64)) >= 2.0**62:
        raise AmountOverflow(whose, what)
    return int(values.sum())


def _least(value: Fraction, decimals: int) -> int:
    """A threshold in minor units, rounded up: whatever reaches it reaches the exact value."""
    minor = to_minor(value, decimals)
    if minor is None:
        scaled = value * 10**decimals
        minor = -(-scaled.numerator // scaled.denominator)
    return minor
