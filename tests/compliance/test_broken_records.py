"""Records that are broken or beyond what can be counted: no figure is made better by that, and none is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from compliance import Records, measure
from compliance.errors import AmountsTooLarge
from compliance.lost_people import LostPeople, lost_people
from intake import read

DOLLARS = {"currency": "USD"}


def refused_list(folder: Path, members: str) -> Records:
    """What intake makes of a list of participants, two orders and a payout."""
    source = folder / "source"
    source.mkdir()
    (source / "participants.csv").write_text(members, encoding="utf-8")
    (source / "orders.csv").write_text(
        "order_id,date,buyer_id,amount,currency\no1,2024-01-05,a,100.00,USD\no2,2024-01-06,b,300.00,USD\n"
        "o3,2024-01-07,z,50.00,USD\n",
        encoding="utf-8",
    )
    (source / "payouts.csv").write_text(
        "payout_id,date,participant_id,amount,currency\np1,2024-01-08,a,200.00,USD\n", encoding="utf-8"
    )
    read([source], folder / "snapshot")
    return Records.open(folder / "snapshot")


def test_a_refused_row_of_the_list_makes_no_outside_customer(tmp_path: Path) -> None:
    with refused_list(tmp_path, "id,sponsor_id,joined\na,,2024-01-01\nb,a,2024-01-02,one cell too many\n") as records:
        assert records.lost.rows == 1
        assert "b" in records.lost.ids
        assert records.all("SELECT amount, side::VARCHAR FROM order_facts ORDER BY 1") == [
            (5_000, "outside"),
            (10_000, "participant"),
            (30_000, "unknown"),
        ]
        outside, funded = measure(records, ["external_revenue_ratio", "participant_funded_share"])
    assert (outside.numerator, outside.denominator, outside.bound) == (5_000, 45_000, "lower")
    assert (funded.numerator, funded.denominator, funded.bound) == (15_000, 20_000, "upper")
    for each in (outside, funded):
        assert any("Refused rows of the list of participants: 1. Orders of buyers" in note.en for note in each.notes)


def test_a_refused_row_without_an_id_may_be_anybodys(tmp_path: Path) -> None:
    with refused_list(tmp_path, "id,sponsor_id,joined\na,,2024-01-01\n,a,2024-01-02\n,a,2024-01-03\n") as records:
        assert (records.lost.rows, records.lost.anybody) == (2, True)
        assert not records.row("SELECT count(*) FROM order_facts WHERE side = 'outside'")[0]
        (outside,) = measure(records, ["external_revenue_ratio"])
    assert (outside.value, outside.bound) == ("0", "lower")
    assert any("Orders of buyers who may stand in them: 2" in note.en for note in outside.notes)


@pytest.mark.parametrize(("code", "second"), [("bad-date", "unknown"), ("duplicate-id", "outside")])
def test_a_stated_customer_stays_one_and_a_repeated_id_loses_nobody(
    company: Any, tmp_path: Path, code: str, second: str
) -> None:
    row = {"file": "p.csv", "line": 3, "table": "participants", "code": code, "row": json.dumps({"id": "b"})}
    (tmp_path / "snapshot").mkdir()
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "snapshot" / "refused.parquet")
    orders = [
        {"id": "1", "buyer_id": "b", "buyer_kind": "customer", "amount": 100, **DOLLARS},
        {"id": "2", "buyer_id": "b", "amount": 200, **DOLLARS},
    ]
    records = company(participants=[{"id": "a"}], orders=orders)
    found = records.all("SELECT amount, side::VARCHAR FROM order_facts ORDER BY 1")
    assert found == [(100, "outside"), (200, second)]


def test_the_id_of_a_refused_row_is_read_from_its_own_column(tmp_path: Path) -> None:
    rows = [{"No": " b ", "Sponsor": "a"}, {"No": None, "Sponsor": "a"}]
    refused = [
        {"file": "p.csv", "line": line, "table": "participants", "code": "bad-id", "row": json.dumps(row)}
        for line, row in enumerate(rows, 2)
    ]
    columns = (SimpleNamespace(heading="No", target="id"), SimpleNamespace(heading="Sponsor", target="sponsor_id"))
    reading: Any = SimpleNamespace(files=[SimpleNamespace(name="p.csv", table="participants", columns=columns)])
    for count, anybody in ((1, False), (2, True)):
        pq.write_table(pa.Table.from_pylist(refused[:count]), tmp_path / "refused.parquet")
        assert lost_people(tmp_path, reading) == LostPeople(count, frozenset("b"), anybody)


@pytest.mark.parametrize("buyers", ["aa", "ab"])
def test_sums_beyond_sixty_four_bits_name_the_table_and_the_largest_row(company: Any, buyers: str) -> None:
    records = company(
        participants=[{"id": "a"}, {"id": "b", "sponsor_id": "a"}],
        orders=[
            {"id": str(at), "buyer_id": buyer, "amount": 9 * 10**18 + at, **DOLLARS} for at, buyer in enumerate(buyers)
        ],
        payouts=[{"participant_id": "a", "amount": 5, **DOLLARS}],
    )
    with pytest.raises(AmountsTooLarge) as raised:
        measure(records, ["net_loss_share"])
    message = str(raised.value)
    assert "table orders" in message
    assert f"{18 * 10**18 + 1:,} minor units" in message
    assert "orders.csv, line 3" in message
    assert "`currencies`" in message


def test_refunds_beyond_sixty_four_bits_are_refused_as_well(company: Any) -> None:
    records = company(
        participants=[{"id": "a"}],
        orders=[{"id": "1", "buyer_id": "a", "amount": 5, **DOLLARS}],
        payouts=[{"participant_id": "a", "amount": 5, **DOLLARS}],
        returns=[{"participant_id": "a", "outcome": "refunded", "amount": 9 * 10**18, **DOLLARS}] * 2,
    )
    with pytest.raises(AmountsTooLarge, match="table returns"):
        measure(records, ["net_loss_share"])


def test_of_few_people_the_largest_receiver_is_no_percent(company: Any) -> None:
    records = company(
        participants=[{"id": "a"}, *({"id": each, "sponsor_id": "a"} for each in "bcd")],
        payouts=[{"participant_id": each, "amount": amount, **DOLLARS} for each, amount in (("a", 30), ("b", 10))],
    )
    (top,) = measure(records, ["payout_concentration"])
    assert (top.numerator, top.denominator) == (30, 40)
    assert top.numerator_label is not None
    assert top.headline_label is not None
    assert top.numerator_label.en == "received by the top 1 of 4"
    assert top.headline_label.en == "the largest receiver of 4"
    assert top.variant("top_percent_of_paid").label.en == "the largest receiver of the 2 who were paid"
    assert top.variant("top_percent_of_paid").value == "0.75"
    assert "percent" not in top.title.en


def test_money_in_several_currencies_leaves_the_figures_open(company: Any) -> None:
    records = company(
        participants=[{"id": "a", "joined": "2024-01-01"}, {"id": "b", "sponsor_id": "a", "joined": "2024-01-01"}],
        orders=[
            {"id": "1", "date": "2024-01-02", "buyer_id": "a", "amount": 500, **DOLLARS},
            {"id": "2", "date": "2024-01-02", "buyer_id": "x", "amount": 500, **DOLLARS},
            {"id": "3", "date": "2024-01-03", "buyer_id": "b", "amount": 700, "currency": "EUR"},
        ],
        payouts=[{"date": "2024-01-04", "participant_id": "a", "amount": 100, **DOLLARS}],
    )
    ids = [
        "net_loss_share",
        "zero_earner_share",
        "payout_concentration",
        "external_revenue_ratio",
        "participant_funded_share",
        "payout_ratio",
    ]
    for each in measure(records, ids):
        assert each.measurable, each.id
        assert each.bound == "open", each.id
        assert any("EUR 1" in note.en for note in each.notes), each.id
