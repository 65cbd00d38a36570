"""Dates of every form are read as UTC seconds; what stays open is noted, what is impossible refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.values import DateStyle, Parsed, decide_date_style, parse_date

MONTH_FIRST = DateStyle(day_first=False, by="values")
DAY_FIRST = DateStyle(day_first=True, by="values")


def dates(*written: str | None, **how: object) -> Parsed:
    return parse_date(pl.Series("joined", written, dtype=pl.String), **how)  # type: ignore[arg-type]


def notes(parsed: Parsed) -> dict[str, int]:
    return {note.code: note.count for note in parsed.notes}


READ = [
    ("2025-03-24 2:10:42", "2025-03-24 02:10:42"),
    ("2025/03/01 00:00", "2025-03-01 00:00:00"),
    ("2025/10/15 0.00", "2025-10-15 00:00:00"),
    ("2025/10/15 9.05", "2025-10-15 09:05:00"),
    ("2021-07-30", "2021-07-30 00:00:00"),
    ("2024.5.3", "2024-05-03 00:00:00"),
    ("2016-04-13T02:57:34", "2016-04-13 02:57:34"),
    ("2024-05-13T06:38:58.322Z", "2024-05-13 06:38:58"),
    ("2024-05-13T06:38:58.999999", "2024-05-13 06:38:58"),
    ("2024-05-13T06:38:58+02:00", "2024-05-13 04:38:58"),
    ("2024-05-13T06:38:58+0200", "2024-05-13 04:38:58"),
    ("2024-05-13 06:38:58 -03:30", "2024-05-13 10:08:58"),
    ("2024-05-13 06:38:58+02", "2024-05-13 04:38:58"),
    ("2024-05-13 06:38:58 UTC", "2024-05-13 06:38:58"),
    ("2024-05-13 24:00:00", "2024-05-14 00:00:00"),
    ("20240513", "2024-05-13 00:00:00"),
    ("19970101", "1997-01-01 00:00:00"),
    ("20240513063858", "2024-05-13 06:38:58"),
    ("20240513T063858Z", "2024-05-13 06:38:58"),
    ("22.7.2019 03:26:23", "2019-07-22 03:26:23"),
    ("15/03/2024 10:20 PM", "2024-03-15 22:20:00"),
    ("15-03-2024 11:46:49am", "2024-03-15 11:46:49"),
    ("15/03/2024 12:05 a.m.", "2024-03-15 00:05:00"),
    ("15/03/2024 12:05 p.m.", "2024-03-15 12:05:00"),
    ("15/03/2024 ١٠:٢٠ م", "2024-03-15 22:20:00"),
    ("31/12/99", "1999-12-31 00:00:00"),
    ("31/12/24", "2024-12-31 00:00:00"),
    ("99-12-31", "1999-12-31 00:00:00"),
    ("30-Dec-19", "2019-12-30 00:00:00"),
    ("30Dec2019", "2019-12-30 00:00:00"),
    ("Dec 30, 2019 10:29 PM", "2019-12-30 22:29:00"),
    ("December 30th, 2019", "2019-12-30 00:00:00"),
    ("1st of May 2020", "2020-05-01 00:00:00"),
    ("2024-Mar-05", "2024-03-05 00:00:00"),
    ("Mon, 30 Dec 2019 10:29:00 GMT", "2019-12-30 10:29:00"),
    ("Tue Dec 31 2019 10:00:00 GMT+0200 (Eastern European Time)", "2019-12-31 08:00:00"),
    ("Tue Dec 31 10:00:00 UTC 2019", "2019-12-31 10:00:00"),
    ("30 de diciembre de 2019", "2019-12-30 00:00:00"),
    ("lunes 5 de agosto de 2024", "2024-08-05 00:00:00"),
    ("5 ene 2024", "2024-01-05 00:00:00"),
    ("7 de março de 2023", "2023-03-07 00:00:00"),
    ("3 fev 2023", "2023-02-03 00:00:00"),
    ("1er février 2024", "2024-02-01 00:00:00"),
    ("5 août 2024", "2024-08-05 00:00:00"),
    ("14 déc. 2022 8:05", "2022-12-14 08:05:00"),
    ("١٥ مارس ٢٠٢٤", "2024-03-15 00:00:00"),
    ("15 كانون الثاني 2024", "2024-01-15 00:00:00"),
    ("3 تشرين الأول 2024", "2024-10-03 00:00:00"),
    ("20 غشت 2023", "2023-08-20 00:00:00"),
    ("20 جويلية 2023", "2023-07-20 00:00:00"),
    ("الإثنين، 5 يناير 2026", "2026-01-05 00:00:00"),
    ("31 أغسطس (آب) 2024 م", "2024-08-31 00:00:00"),
    ("2024年5月3日 下午3:20", "2024-05-03 15:20:00"),
    ("٢٠٢٤-٠٥-١٣", "2024-05-13 00:00:00"),
    ("1716800000", "2024-05-27 08:53:20"),
    ("1716800000123", "2024-05-27 08:53:20"),
    ("1716800000.75", "2024-05-27 08:53:20"),
    ("45292", "2024-01-01 00:00:00"),
    ("45292.5", "2024-01-01 12:00:00"),
    ("45292.4583333333", "2024-01-01 11:00:00"),
    ("\ufeff2024-05-13", "2024-05-13 00:00:00"),
    ("2024-02-29", "2024-02-29 00:00:00"),
    ("1969-12-31 23:59:59", "1969-12-31 23:59:59"),
]


@pytest.mark.parametrize(("written", "read"), READ)
def test_a_date_is_read(written: str, read: str) -> None:
    parsed = dates(written)
    assert str(parsed.values[0]) == read
    assert parsed.clean


def test_dates_of_every_form_are_read_beside_each_other() -> None:
    """Among plain dates, which take the fast path, the others are read as they are alone."""
    parsed = dates(*(written for written, _ in READ), *["2020-02-02 02:02:02"] * 100)
    assert [str(value) for value in parsed.values][: len(READ)] == [read for _, read in READ]


@pytest.mark.parametrize(
    "written",
    ["hello", "2024-02-30", "2023-02-29", "13/13/2024", "2024-13-01", "2024-05-13 25:00:00", "2019", "12", "5 Foo 2024",
     "2024-05", "1899-01-01", "3024-05-01", "0x479abda60f8c62a7c3fba411ab948a8be0e616ab", "12:30", "32/01/2024"],
)  # fmt: skip
def test_what_is_no_date_is_refused(written: str) -> None:
    parsed = dates(written, "2024-01-01")
    assert parsed.values[0] is None
    assert parsed.bad.to_list() == [True, False]


@pytest.mark.parametrize(
    "zero",
    ["1970-01-01 00:00:00", "1970-01-01", "1/1/1970 0:00", "1970-01-01T00:00:00Z", "0000-00-00 00:00:00", "0000-00-00", "0",
     "0001-01-01T00:00:00", "1899-12-30", "1900-01-00"],
)  # fmt: skip
def test_a_zero_date_is_an_unknown_one(zero: str) -> None:
    parsed = dates(zero, "2024-01-01 00:00:00", "2024-01-02 00:00:00", "2024-01-02 10:00:00")
    assert parsed.values[0] is None
    assert parsed.clean
    assert notes(parsed)["epoch-zero"] == 1


@pytest.mark.parametrize("hijri", ["1446-02-27", "27/02/1446", "27 صفر 1446 هـ", "27 Ramadan 1445", "٢٧/٠٢/١٤٤٦"])
def test_a_hijri_date_is_refused_and_not_misread(hijri: str) -> None:
    parsed = dates(hijri, "2024-01-01")
    assert parsed.bad.to_list() == [True, False]
    assert notes(parsed) == {"hijri-date": 1}


def test_the_column_decides_the_order_of_day_and_month() -> None:
    assert decide_date_style(pl.Series(["3/1/2025", "10/15/2025"])).day_first is False
    assert decide_date_style(pl.Series(["3/1/2025", "15/10/2025"])).day_first is True
    assert decide_date_style(pl.Series(["3/1/2025", "2025-05-05"])) == DateStyle(day_first=True, by="default")
    us = dates("3/1/2025 0:10", "10/15/2025 0:00", "3/14/2019 10:29:47 AM")
    assert [str(value) for value in us.values] == ["2025-03-01 00:10:00", "2025-10-15 00:00:00", "2019-03-14 10:29:47"]
    assert "ambiguous-date" not in notes(us)


def test_an_undecided_order_is_day_first_and_said_aloud() -> None:
    parsed = dates("3/1/2025", "4/2/2025", "5/5/2025", "2025-01-01")
    assert [str(value)[:10] for value in parsed.values] == ["2025-01-03", "2025-02-04", "2025-05-05", "2025-01-01"]
    assert notes(parsed)["ambiguous-date"] == 2  # 5/5 is the same either way
    assert "day_first" in next(note.text.en for note in parsed.notes if note.code == "ambiguous-date")


def test_the_data_sheet_settles_the_order() -> None:
    parsed = dates("3/1/2025", "4/2/2025", day_first=False)
    assert [str(value)[:10] for value in parsed.values] == ["2025-03-01", "2025-04-02"]
    assert notes(parsed) == {}
    against = dates("13/1/2025", "4/2/2025", day_first=False)
    assert [str(value)[:10] for value in against.values] == ["2025-01-13", "2025-04-02"]
    assert notes(against)["date-order-differs"] == 1


def test_both_orders_in_one_column_follow_the_majority_and_are_noted() -> None:
    parsed = dates("13/1/2025", "14/1/2025", "1/25/2025", "3/4/2025")
    assert [str(value)[:10] for value in parsed.values] == ["2025-01-13", "2025-01-14", "2025-01-25", "2025-04-03"]
    assert notes(parsed)["mixed-date-order"] == 1


def test_a_batch_that_contradicts_the_sample_is_noted() -> None:
    parsed = dates("1/25/2025", "3/4/2025", style=DAY_FIRST)
    assert [str(value)[:10] for value in parsed.values] == ["2025-01-25", "2025-04-03"]
    assert notes(parsed)["date-order-differs"] == 1


def test_local_times_become_utc_and_days_stay_days() -> None:
    plain = dates("2025-03-01 08:00:00", "2025-07-01 08:00:00", timezone="Africa/Cairo")
    assert [str(value) for value in plain.values] == ["2025-03-01 06:00:00", "2025-07-01 05:00:00"]
    odd = dates("1 Mar 2025 08:00", "2025-03-01", "2025-03-01T08:00:00Z", timezone="Asia/Shanghai")
    assert [str(value) for value in odd.values] == ["2025-03-01 00:00:00", "2025-03-01 00:00:00", "2025-03-01 08:00:00"]
    changes = dates("2025-03-30 02:30:00", "2025-10-26 02:30:00", "2025-06-01 00:00:00", timezone="Europe/Berlin")
    assert [str(value) for value in changes.values][:2] == ["2025-03-30 01:30:00", "2025-10-26 00:30:00"]
    assert notes(changes) == {"clock-change": 2}


def test_mixed_forms_are_read_one_by_one_and_counted() -> None:
    parsed = dates("2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04", "30-Dec-19", "45292", "x", None)
    assert [str(value)[:10] for value in parsed.values] == [
        "2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04", "2019-12-30", "2024-01-01", "None", "None",
    ]  # fmt: skip
    assert parsed.bad.to_list() == [False] * 6 + [True, False]
    assert notes(parsed) == {"two-digit-year": 1, "spreadsheet-serial": 1, "mixed-date-formats": 2}


def test_the_dates_of_real_files(shared_data: Path) -> None:
    as_found = shared_data / "beehive-arbitrum" / "as-found"
    members = pl.read_csv(as_found / "members_v2_rows.csv", infer_schema=False)["activation_time"]
    parsed = parse_date(members)
    assert parsed.clean
    assert parsed.values.null_count() == 1
    assert notes(parsed) == {"epoch-zero": 1, "mixed-date-formats": 73}  # the late joiners' times have fractions
    ages = parse_date(pl.read_csv(as_found / "filter_transaction.csv", infer_schema=False)["age"])
    assert ages.clean
    assert (str(ages.values.min()), str(ages.values.max())[:10]) == ("2023-05-21 16:35:46", "2025-10-23")
    orders = parse_date(pl.read_csv(shared_data / "cdnow-retail-orders" / "orders.csv", infer_schema=False)["date"])
    assert (str(orders.values.min()), str(orders.values.max())) == ("1997-01-01 00:00:00", "1998-06-30 00:00:00")


FORMATS = [
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y/%m/%d %H:%M:%S", "%d %b %Y %H:%M:%S", "%B %d, %Y %I:%M:%S %p",
    "%d-%b-%Y %H:%M:%S", "%Y%m%d%H%M%S", "%a, %d %b %Y %H:%M:%S GMT", "%Y.%m.%d %H:%M:%S+00:00",
]  # fmt: skip
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2099, 12, 31)).map(lambda moment: moment.replace(microsecond=0))  # noqa: DTZ001


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(MOMENTS, st.sampled_from(FORMATS)), min_size=1, max_size=20))
def test_a_moment_written_in_any_form_comes_back(written: list[tuple[datetime, str]]) -> None:
    parsed = dates(*(moment.strftime(form) for moment, form in written))
    assert parsed.values.to_list() == [moment for moment, _ in written]


@settings(max_examples=30, deadline=None)
@given(st.lists(MOMENTS, min_size=1, max_size=20), st.booleans(), st.sampled_from("/-."))
def test_both_orders_come_back_once_the_order_is_known(moments: list[datetime], day_first: bool, mark: str) -> None:
    form = f"%d{mark}%m{mark}%Y %H:%M:%S" if day_first else f"%m{mark}%d{mark}%Y %H:%M:%S"
    parsed = dates(*(moment.strftime(form) for moment in moments), day_first=day_first)
    assert parsed.values.to_list() == moments


@settings(max_examples=30, deadline=None)
@given(st.lists(MOMENTS, min_size=1, max_size=20), st.sampled_from(["seconds", "milliseconds", "serial"]))
def test_numbers_of_seconds_and_days_come_back(moments: list[datetime], form: str) -> None:
    moments = [max(moment, datetime(1976, 1, 1)) for moment in moments]  # noqa: DTZ001
    if form == "serial":
        days = [(moment - datetime(1899, 12, 30)) / timedelta(days=1) for moment in moments]  # noqa: DTZ001
        written = [f"{day:.10f}" for day in days]
    else:
        unit = 1000 if form == "milliseconds" else 1
        written = [str(int(moment.replace(tzinfo=UTC).timestamp()) * unit) for moment in moments]
    assert dates(*written).values.to_list() == moments


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(st.sampled_from("0123456789-/:. TZamp+年ص"), max_size=20), max_size=20))
def test_every_value_is_read_refused_or_blank(written: list[str]) -> None:
    parsed = dates(*written)
    assert len(parsed.values) == len(parsed.bad) == len(written)
    assert parsed.values.filter(parsed.bad).null_count() == int(parsed.bad.sum())
