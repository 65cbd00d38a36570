"""Figures that are added up over columns, against the rows of their evidence, which is SQL over the fact tables.

One invented company after another, with everything that records can leave out: buyers who are on no list, lines without a
date, seller or buyer, lines of another currency between the others, payouts that name no order. What an indicator says must
be what the rows behind it come to.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import product
from pathlib import Path
from statistics import median_low
from typing import Any

import duckdb
import polars as pl
import pytest

from compliance import Assumptions, Records, measure
from compliance.facts import CATEGORIES
from compliance.indicators.receipts import _READ_NUMBER, NUMBER
from compliance.measurement import Measurement
from tests.compliance.conftest import write_tables

PEOPLE = 14
ORDERS = 300
START = datetime(2024, 1, 1)  # noqa: DTZ001 - the tables hold times without a zone


def _company(seed: int) -> dict[str, list[dict[str, Any]]]:
    some = random.Random(seed)

    def day(least: int, most: int, odds: float = 0.1) -> datetime | None:
        return (
            None
            if some.random() < odds
            else START + timedelta(days=some.randint(least, most), hours=some.randint(0, 2))
        )

    people = [
        {
            "id": f"p{at}",
            "sponsor_id": f"p{some.randrange(at)}" if at else None,
            "joined": day(0, 90),
            "kind": "customer" if at % 5 == 4 else "distributor",
        }
        for at in range(PEOPLE)
    ]
    anybody = [f"p{at}" for at in range(PEOPLE)] + ["x", "y", "z", None]
    orders: list[dict[str, Any]] = [
        {
            "id": f"o{at}",
            "buyer_id": some.choice(anybody),
            "seller_id": some.choice([*anybody[:PEOPLE:3], None]),
            "category": some.choice([None if each == "unstated" else each for each in CATEGORIES]),
            "date": day(at, at + 3),
            "amount": some.choice([-30, 10, 40, 40, 90, 25_000]),
            "currency": "EUR" if some.random() < 0.1 else "USD",
            "receipt": some.choice([None, "", "n-", "-5", f"R{at // 9}", f"{at // 9}", f"0{at // 9}x"]),
            "product": some.choice([None, "tea"]),
        }
        for at in range(ORDERS)
    ]  # fmt: skip
    payouts = [
        {
            "participant_id": some.choice([*anybody[:PEOPLE], "gone"]),
            "source_order_id": some.choice([f"o{some.randrange(ORDERS)}", None]),
            "source_participant_id": some.choice(anybody),
            "amount": some.choice([-5, 7, 7, 20, 60]),
            "currency": "USD",
            "date": day(0, 430),
        }
        for _ in range(200)
    ]
    returns = [
        {
            "id": f"r{at}",
            "order_id": order["id"],
            "requested": START + timedelta(days=at + some.randint(0, 70)),
            "outcome": "refunded",
            "amount": some.choice([10, 20_000]),
            "currency": "USD",
        }
        for at, order in enumerate(orders)
        if order["amount"] > 0
    ]
    return {"participants": people, "orders": orders, "payouts": payouts, "returns": returns}


Found = tuple[Measurement, pl.DataFrame]


@pytest.fixture(scope="module", params=[1, 3])
def snapshot(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of a company."""
    return write_tables(tmp_path_factory.mktemp("company"), _company(request.param))


@pytest.fixture(scope="module")
def found(snapshot: Path) -> dict[str, Found]:
    """What was measured on a company, each with the rows behind it."""
    with Records.open(snapshot, assumptions=Assumptions(allowance="0.50")) as records:
        made = {}
        for one in measure(records, list(FIGURES)):
            assert one.evidence is not None, one.id
            made[one.id] = one, records.sql(one.evidence.sql)
        return made


def _others(one: Measurement) -> dict[str, str | None]:
    return {each.id: each.value for each in one.alternatives}


def _counts(one: Measurement, rows: pl.DataFrame) -> None:
    """Numerator and rows are the same number."""
    assert one.numerator == len(rows)


def _own_sales_reward(one: Measurement, rows: pl.DataFrame) -> None:
    sold = rows.filter(pl.col("sales") > 0)
    highest = max(Fraction(reward, sales) for reward, sales in sold.select("reward", "sales").iter_rows())
    assert Fraction(one.value or 0) == pytest.approx(max(highest, 1 if len(sold) < len(rows) else 0), abs=1e-9)
    for point in one.series[0].points:
        up_to = sold.filter(pl.col("reward") * 100 <= pl.col("sales") * round(100 * float(point.x)))
        assert (point.numerator, point.denominator) == (len(up_to), len(rows))


def _customers_behind_payment(one: Measurement, rows: pl.DataFrame) -> None:
    customers = rows["customers"].sort()
    assert one.value == str(customers[0])
    assert _others(one)["middle"] == str(customers[(len(rows) - 1) // 2])


def _resold_share(one: Measurement, rows: pl.DataFrame) -> None:
    together = next(each for each in one.alternatives if each.id == "all_together")
    assert (together.numerator, together.denominator) == (rows["sold"].sum(), rows["goods"].sum())


def _customers_per_participant(one: Measurement, rows: pl.DataFrame) -> None:
    sides = rows.filter(pl.col("buyer_id").is_not_null()).group_by("side").len()
    counted = dict(sides.iter_rows())
    assert (one.numerator, one.denominator) == (counted["outside"], counted["participant"])


def _no_retail_sellers(one: Measurement, rows: pl.DataFrame) -> None:
    assert (one.numerator, one.denominator) == (rows["without"].sum(), len(rows))


def _recruit_income_share(one: Measurement, rows: pl.DataFrame) -> None:
    mostly = rows.filter(2 * pl.col("from_recruiting") > pl.col("paid_out"))
    assert (one.numerator, one.denominator) == (len(mostly), len(rows))


def _highest(column: str) -> Any:
    def check(one: Measurement, rows: pl.DataFrame) -> None:
        assert Fraction(one.value or 0) * 100 == rows[column].max()

    return check


def _sum(one: Measurement, rows: pl.DataFrame) -> None:
    assert one.numerator == rows["amount"].sum()


def _recruitment_rewards(one: Measurement, rows: pl.DataFrame) -> None:
    _sum(one, rows)
    wanted = {
        "first_payments_only": pl.col("first_order"),
        "kits_as_sales": pl.col("category") != "starter_kit",
        "later_fees": (pl.col("category") == "fee") & ~pl.col("first_order"),
    }
    for name, condition in wanted.items():
        assert Fraction(_others(one)[name] or 0) * 100 == rows.filter(condition)["amount"].sum(), name


def _bought_only_to_join(one: Measurement, rows: pl.DataFrame) -> None:
    assert (one.numerator, one.denominator) == (rows["never_again"].sum(), len(rows))


def _entry_cost(one: Measurement, rows: pl.DataFrame) -> None:
    assert Fraction(_others(one)["mean"] or 0) * 100 == pytest.approx(
        Fraction(int(rows["paid"].sum()), len(rows)), abs=1e-6
    )


def _paid_levels(one: Measurement, rows: pl.DataFrame) -> None:
    known = rows.filter(pl.col("level").is_not_null())
    assert one.value == str(known["level"].max())
    sums = dict(known.group_by("level").agg(pl.col("amount").sum()).iter_rows())
    assert {int(point.x): point.numerator for point in one.series[0].points} == sums


def _low_yearly_pay(one: Measurement, rows: pl.DataFrame) -> None:
    assert (one.numerator, one.denominator) == ((rows["paid"] <= 100_000).sum(), len(rows))
    assert Fraction(_others(one)["up_to_0"] or 0) == pytest.approx(
        Fraction(int((rows["paid"] <= 0).sum()), len(rows)), abs=1e-9
    )


def _net_loss_share(one: Measurement, rows: pl.DataFrame) -> None:
    assert one.numerator == (rows["net"] < 0).sum()


def _vintage_transfer(one: Measurement, rows: pl.DataFrame) -> None:
    sums = dict(rows.group_by(pl.col("date").dt.strftime("%Y-%m")).agg(pl.col("amount").sum()).iter_rows())
    (series,) = one.series
    assert {point.x: point.numerator for point in series.points if point.x in sums} == sums


def _qualify_then_refund(one: Measurement, rows: pl.DataFrame) -> None:
    assert one.numerator == rows.select(pl.min_horizontal("given_back", "amount")).sum().item()


def _joining_fee(one: Measurement, rows: pl.DataFrame) -> None:
    first = {f"p{at}": 0 for at in range(PEOPLE) if at % 5 != 4}
    ordered = rows.filter(pl.col("amount") > 0).sort("date", "amount", nulls_last=True)
    for buyer, amount in ordered.select("buyer_id", "amount").reverse().iter_rows():
        if buyer in first:
            first[buyer] = amount
    assert Fraction(one.value or 0) * 100 == median_low(first.values())
    assert Fraction(_others(one)["nearly_all"] or 0) * 100 == min(first.values())


FIGURES = {
    "own_sales_reward": _own_sales_reward,
    "customers_behind_payment": _customers_behind_payment,
    "resold_share": _resold_share,
    "customers_per_participant": _customers_per_participant,
    "no_retail_sellers": _no_retail_sellers,
    "recruit_income_share": _recruit_income_share,
    "first_week_payment": _highest("paid"),
    "yearly_burden": _highest("paid"),
    "upline_payouts": _counts,
    "recruitment_rewards": _recruitment_rewards,
    "bought_only_to_join": _bought_only_to_join,
    "entry_cost": _entry_cost,
    "new_money_dependence": _sum,
    "vintage_transfer": _vintage_transfer,
    "paid_levels": _paid_levels,
    "retail_without_receipt": _counts,
    "receipts_in_sequence": _counts,
    "shared_customers": _counts,
    "low_yearly_pay": _low_yearly_pay,
    "qualify_then_refund": _qualify_then_refund,
    "joining_fee": _joining_fee,
    "net_loss_share": _net_loss_share,
}
"""What the rows of each must come to."""


@pytest.mark.parametrize("id_", FIGURES)
def test_a_figure_is_what_the_rows_behind_it_come_to(found: dict[str, Found], id_: str) -> None:
    one, rows = found[id_]
    assert one.evidence is not None
    assert len(rows) > 0
    assert one.evidence.count == len(rows)
    FIGURES[id_](one, rows)


def test_what_no_row_shows_is_what_a_query_says(snapshot: Path) -> None:
    month = "USING (row, month) WHERE month IS NOT NULL AND paid_out > 0"
    used = "SELECT row, sum(least(greatest(goods, 0), 50)) AS used FROM order_months GROUP BY 1"
    counted = {
        ("net_loss_share", "goods_within_allowance"): (
            f"SELECT count(*) FILTER (net + coalesce(used, 0) < 0) FROM net LEFT JOIN ({used}) USING (row)"
        ),
        ("autoship_share", "bought_in_paid_month"): (
            f"SELECT count(*) FILTER (paid_in > 0) FROM reward_months LEFT JOIN order_months {month} AND row IS NOT NULL"
        ),
        ("receipts_in_sequence", "number_twice"): f"""
            SELECT sum(lines) FROM (
                SELECT count(*) AS lines FROM order_facts f JOIN order_lines o USING (place)
                WHERE f.side = 'outside' AND f.seller IS NOT NULL AND f.amount > 0 AND {NUMBER} IS NOT NULL GROUP BY o.receipt
            ) WHERE lines > 1
            """,
    }
    with Records.open(snapshot, assumptions=Assumptions(allowance="0.50")) as records:
        for (id_, name), query in counted.items():
            (one,) = measure(records, [id_])
            found = next(each for each in one.alternatives if each.id == name)
            assert found.numerator == records.row(query)[0] > 0, (id_, name)


def test_a_receipts_number_is_read_in_both_ways_alike() -> None:
    """Every text of up to four of some signs, and numbers about the largest that 64 bits hold."""
    texts = ["".join(signs) for length in range(5) for signs in product("07-+. e٣", repeat=length)]
    texts += [f"{sign}{2**bits + more}" for bits in (63, 64) for more in (-1, 0, 1) for sign in ("", "-", "0", "R")]
    with duckdb.connect() as database:
        differ = database.execute(
            f"SELECT receipt FROM (SELECT unnest($1::VARCHAR[]) AS receipt) WHERE {NUMBER} IS DISTINCT FROM {_READ_NUMBER}",
            [texts],
        ).fetchall()
    assert not differ
