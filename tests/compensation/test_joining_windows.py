"""Orders within and after a time from joining: days, months, periods; who joined before the records begin; named periods."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import pytest

from compensation import compute, parse_plan
from compensation.periods import ordinal
from genealogy.network import Network

JOINED = datetime(2026, 1, 31, 12)  # noqa: DTZ001 - the tables hold naive UTC times


def paid(window: str, dates: list[datetime], names: list[str] | None = None, joined: datetime = JOINED) -> list[bool]:
    """Of each order, whether the first of two people earns on it; the second joined on the day given."""
    people = pl.DataFrame(
        {"id": ["a", "b"], "sponsor_id": [None, "a"], "joined": [datetime(2020, 1, 1), joined]},  # noqa: DTZ001
        schema={"id": pl.String, "sponsor_id": pl.String, "joined": pl.Datetime("ms")},
    )
    orders = pl.DataFrame(
        {"id": [f"o{each}" for each in range(len(dates))], "buyer_id": "b", "amount": 1000, "date": dates},
        schema={"id": pl.String, "buyer_id": pl.String, "amount": pl.Int64, "date": pl.Datetime("ms")},
    )
    if names is not None:
        orders = orders.with_columns(pl.Series("period", names))
    plan = parse_plan(
        "id: p\ntitle: {en: p, ar: خ}\ncurrency: USD\nperiod: month\ncomponents:\n"
        f"  - {{id: start, family: fast_start, rates: [10%], orders: {{{window}}}}}\n"
    )
    found = compute(plan, Network.from_table(people), orders).lines["source_order_id"].to_list()
    return [f"o{each}" in found for each in range(len(dates))]


@pytest.mark.parametrize(
    ("length", "last"),
    [
        ("days: 60", JOINED + timedelta(days=60)),
        ("months: 3", JOINED + timedelta(days=90) - timedelta(seconds=1)),
        ("periods: 3", datetime(2026, 3, 31, 23, 59, 59)),  # noqa: DTZ001
    ],
)
def test_what_is_not_in_the_window_comes_after_it(length: str, last: datetime) -> None:
    dates = [JOINED, last, last + timedelta(days=1), last + timedelta(days=400)]
    assert paid(f"since_joining: {{{length}}}", dates) == [True, True, False, False]
    assert paid(f"after_joining: {{{length}}}", dates) == [False, False, True, True]


def test_periods_count_from_joining_also_where_that_was_before_the_records_begin() -> None:
    dates = [datetime(2026, month, 5) for month in (3, 4, 5)]  # noqa: DTZ001
    for names in (None, ["2026-03", "2026-04", "2026-05"]):
        assert paid("since_joining: {periods: 4}", dates, names) == [True, True, False]
        assert paid("after_joining: {periods: 4}", dates, names) == [False, False, True]


def test_where_periods_are_none_of_the_calendar_the_first_order_is_the_joining() -> None:
    dates = [JOINED + timedelta(days=each) for each in (500, 501, 502)]
    assert paid("since_joining: {periods: 2}", dates, ["1", "2", "3"]) == [True, True, False]
    assert paid("after_joining: {periods: 2}", dates, ["1", "2", "3"]) == [False, False, True]


def test_nobody_buys_before_joining() -> None:
    before = [JOINED - timedelta(days=40)]
    assert paid("since_joining: {periods: 3}", before) == [False]
    assert paid("after_joining: {periods: 3}", before) == [False]
    assert paid("since_joining: {days: 3}", before) == paid("after_joining: {days: 3}", before) == [False]


def test_periods_of_every_length_are_numbered_in_a_row() -> None:
    for length, names in {
        "day": ["2025-12-31", "2026-01-01"],
        "week": ["2025-W52", "2026-W01", "2026-W02"],
        "month": ["2025-12", "2026-01"],
        "quarter": ["2025-Q4", "2026-Q1", "2026-Q2"],
        "year": ["2025", "2026"],
    }.items():
        numbers = [ordinal(name, length) for name in names]  # type: ignore[arg-type]
        assert None not in numbers
        assert numbers == list(range(numbers[0], numbers[0] + len(names)))  # type: ignore[operator, arg-type]
    assert ordinal("phase1", "month") is None
