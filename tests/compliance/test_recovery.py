"""The chance of ever recovering the cost, against a month-by-month twin, SciPy, and a company worked out by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from compliance import Assumptions, Measurement, Records, measure
from compliance.indicators.monthly_money import entries
from compliance.indicators.recovery import Payers, first_payments, followed
from compliance.survival import kaplan_meier, median_time
from tests.compliance import slow_recovery

moneys = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 6), st.sampled_from((0, 0, 1, 2, 5)), st.sampled_from((0, 0, 1, 3, 5))),
    min_size=1,
    max_size=40,
)
outcomes = st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=60)


def as_payers(money: list[slow_recovery.Money], last: int) -> Payers:
    """Two kinds of money, as the tables have them: one entry for each person and month."""
    kinds = []
    for name, at in (("paid", 2), ("received", 3)):
        sums: dict[tuple[int, int], int] = {}
        for entry in money:
            sums[entry[:2]] = sums.get(entry[:2], 0) + entry[at]
        row, month = np.array(list(sums), dtype=np.int64).T
        kinds.append(
            entries(
                row.astype(np.int32),
                month.astype(np.int32),
                {name: np.array(list(sums.values()), dtype=np.int64)},
                last,
            )
        )
    counted = np.ones(max(person for person, *_ in money) + 1, dtype=np.bool_)
    return Payers(tuple(kinds), first_payments(tuple(kinds), counted), last, undated=0)


@settings(max_examples=150, deadline=None)
@given(moneys)
def test_recovery_is_the_first_month_at_whose_end_all_is_back(money: list[slow_recovery.Money]) -> None:
    last = max(month for _, month, _, _ in money)
    found = followed(as_payers(money, last), lambda each: each["received"] if "received" in each else -each["paid"])
    mine = {
        row: (months, back)
        for row, months, back in zip(found.row.tolist(), found.months.tolist(), found.recovered.tolist(), strict=True)
    }
    assert mine == slow_recovery.followed(money, last)


@settings(max_examples=100, deadline=None)
@given(outcomes)
def test_the_estimate_is_the_product_taken_literally(people: list[tuple[int, bool]]) -> None:
    steps = kaplan_meier(np.array([each[0] for each in people]), np.array([each[1] for each in people]))
    assert [step.time for step in steps] == list(range(max(each[0] for each in people) + 1))
    for step in steps:
        assert step.happened == slow_recovery.happened(people, step.time)
        low, high = step.interval()
        assert 0 <= low <= float(step.happened) + 1e-12
        assert float(step.happened) - 1e-12 <= high <= 1
    middle = median_time(steps)
    assert middle == next((step.time for step in steps if step.happened >= Fraction(1, 2)), None)


def test_interval_and_estimate_are_scipys() -> None:
    # the remission times of Freireich et al. 1963 (6-MP arm), the example of most textbooks
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    steps = kaplan_meier(np.array(ended + censored), np.array([True] * len(ended) + [False] * len(censored)))
    by_time = {step.time: step for step in steps}
    assert f"{float(1 - by_time[6].happened):.4f}" == "0.8571"
    assert f"{float(1 - by_time[23].happened):.4f}" == "0.4482"
    sample = stats.CensoredData(uncensored=ended, right=censored)
    survival = stats.ecdf(sample).sf
    bounds = survival.confidence_interval(0.95, method="log-log")
    for time in ended:
        low, high = by_time[time].interval()
        assert float(1 - by_time[time].happened) == pytest.approx(survival.evaluate(time), abs=1e-12)
        assert float(1 - high) == pytest.approx(bounds.low.evaluate(time), abs=1e-9)
        assert float(1 - low) == pytest.approx(bounds.high.evaluate(time), abs=1e-9)


def test_what_is_no_time_is_refused() -> None:
    assert kaplan_meier(np.empty(0, np.int64), np.empty(0, np.bool_)) == []
    with pytest.raises(ValueError, match="negative: -1"):
        kaplan_meier(np.array([-1]), np.array([True]))
    with pytest.raises(ValueError, match="1 times and 2"):
        kaplan_meier(np.array([1]), np.array([True, False]))


def twelve(company: Any, **more: Any) -> Records:
    """Twelve who pay 100 in January 2024; two have it back in March, one in April; records end in June."""
    people = [{"id": f"p{at:02}", "joined": "2024-01-05", "country": "EG" if at < 6 else "US"} for at in range(12)]
    orders = [
        {"buyer_id": each["id"], "date": "2024-01-05", "category": "product" if at % 2 else "fee", "amount": 10_000}
        for at, each in enumerate(people)
    ]
    orders.append({"buyer_id": "p00", "date": "2024-06-01", "category": "fee", "amount": 5_000})
    payouts = [
        {"participant_id": "p00", "date": "2024-02-10", "amount": 6_000},
        {"participant_id": "p00", "date": "2024-03-10", "amount": 4_000},
        {"participant_id": "p01", "date": "2024-03-10", "amount": 12_000},
        {"participant_id": "p02", "date": "2024-04-10", "amount": 10_000},
        {"participant_id": "p03", "date": "2024-04-10", "amount": 9_999},
    ]
    money = {"currency": "USD"}
    return company(  # type: ignore[no-any-return]
        participants=people,
        orders=[{**each, **money} for each in orders],
        payouts=[{**each, **money} for each in payouts],
        **more,
    )


def recovery(records: Records) -> Measurement:
    return measure(records, ["cost_recovery"])[0]


def test_twelve_people_by_hand(company: Any) -> None:
    found = recovery(twelve(company))
    assert found.value == "0.25"  # three of twelve, though p00 has since paid again
    assert found.interval is not None
    assert float(found.interval.low) < 0.25 < float(found.interval.high)
    curve = next(each for each in found.series if each.id == "curve")
    assert [(each.x, each.value) for each in curve.points] == [
        ("0", "0"), ("1", "0"), ("2", "0.166666667"), ("3", "0.25"), ("4", "0.25"), ("5", "0.25"),
    ]  # fmt: skip
    assert found.variant("within_3_months").value == found.variant("longest").value == "0.25"
    assert not found.variant("within_6_months").measurable
    # six bought nothing but goods; of the others, two had their fee back
    assert found.variant("goods_no_cost").value == "0.666666667"
    assert found.variant("with_documented_retail").value is None
    assert {each.id for each in found.series} == {"curve", "by_cohort"}  # six of each country are too few
    assert any("12" in note.en and "3" in note.en for note in found.notes)


def test_markup_and_undated_money(company: Any) -> None:
    from decimal import Decimal

    found = recovery(twelve(company, assumptions=Assumptions(retail_markup=Decimal("0.25"))))
    assert found.variant("with_imputed_retail").measurable
    undated = recovery(
        company(
            participants=[{"id": f"p{at}", "joined": "2024-01-05"} for at in range(12)],
            orders=[
                {"buyer_id": f"p{at}", "date": None if at == 3 else "2024-01-05", "amount": 100, "currency": "USD"}
                for at in range(12)
            ],
            payouts=[{"participant_id": "p0", "date": "2024-02-05", "amount": 100, "currency": "USD"}],
        )
    )
    assert undated.value == "0.090909091"  # one of the eleven whose money is dated
    assert any("has no date: 1" in note.en for note in undated.notes)
