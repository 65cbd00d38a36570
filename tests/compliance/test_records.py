"""Opening a snapshot: what it has, whose money an order is, and what a query may not do."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.errors import EvidenceError, RecordsError
from compliance.measurement import Evidence
from compliance.records import Records
from tests.compliance.conftest import Company

PEOPLE = [
    {"id": "root", "joined": "2024-01-01"},
    {"id": "ann", "sponsor_id": "root", "joined": "2024-01-10"},
    {"id": "bob", "sponsor_id": "ann", "joined": "2024-02-01", "kind": "distributor"},
    {"id": "cat", "sponsor_id": "ann", "joined": "2024-02-05", "kind": "customer"},
]


def order(buyer: str | None, amount: int, currency: str = "USD", **more: object) -> dict[str, object]:
    return {"buyer_id": buyer, "amount": amount, "currency": currency, "date": "2024-03-01", **more}


def sides(records: Records) -> list[tuple[object, ...]]:
    return records.all("SELECT order_id, side::VARCHAR FROM order_facts ORDER BY order_id")


def test_whose_money_an_order_is(company) -> None:  # type: ignore[no-untyped-def]
    records = company(
        participants=PEOPLE,
        orders=[
            order("ann", 1, id="1 on the list"),
            order("ann", 1, id="2 kind unknown, order says customer", buyer_kind="customer"),
            order("bob", 1, id="3 listed as distributor, order says customer", buyer_kind="customer"),
            order("cat", 1, id="4 listed as customer"),
            order("cat", 1, id="5 listed as customer, order says distributor", buyer_kind="distributor"),
            order("zoe", 1, id="6 not on the list"),
            order(None, 1, id="7 nobody"),
            order(None, 1, id="8 nobody, a customer", buyer_kind="customer"),
        ],
        payouts=[{"participant_id": "ann", "amount": 1, "currency": "USD", "source_order_id": "1 on the list"}],
    )
    assert [side for _, side in sides(records)] == [
        "participant",
        "outside",
        "participant",
        "outside",
        "participant",
        "outside",
        "unknown",
        "outside",
    ]


def test_the_net_of_everyone_ever_enrolled(company) -> None:  # type: ignore[no-untyped-def]
    records = company(
        participants=PEOPLE,
        orders=[order("ann", 500), order("bob", 300), order("cat", 900), order("bob", 7, "EUR")],
        payouts=[
            {"participant_id": "ann", "amount": 650, "currency": "USD"},
            {"participant_id": "ann", "amount": -50, "currency": "USD"},
        ],
        returns=[{"participant_id": "bob", "outcome": "refunded", "amount": 100}, {"outcome": "refused", "amount": 5}],
    )
    assert records.all("SELECT id, paid_in, paid_out, net FROM net ORDER BY id") == [
        ("ann", 500, 600, 100),
        ("bob", 200, 0, -200),
        ("root", 0, 0, 0),
    ]
    assert records.currency == "USD"
    assert records.other_currencies == {"EUR": 1}


def test_an_order_of_several_lines_counts_its_reward_once(company) -> None:  # type: ignore[no-untyped-def]
    records = company(
        participants=PEOPLE,
        orders=[order("bob", 10, id="o"), order("bob", 20, id="o", category="fee")],
        payouts=[{"participant_id": "ann", "amount": 3, "currency": "USD", "source_order_id": "o"}],
    )
    assert records.row("SELECT count(*), sum(amount), max(distance) FROM reward_facts") == (1, 3, 1)


def test_what_the_records_have(company) -> None:  # type: ignore[no-untyped-def]
    records = company(participants=PEOPLE, orders=[order("ann", 1)])
    assert records.has("orders")
    assert records.has("orders.buyer_id")
    assert not records.has("orders.seller_id")
    assert not records.has("returns")
    assert not records.has("rewards.amount")
    assert records.filled("participants", "kind") == 2


def test_computed_payouts_stand_in_for_recorded_ones(company, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    import pyarrow as pa
    import pyarrow.parquet as pq

    from compliance.facts import COMPUTED

    company(participants=PEOPLE, orders=[order("bob", 100, id="o")]).close()
    lines = [
        {"line": 1, "participant_id": "ann", "amount": 5, "currency": "USD", "status": "paid", "source_order_id": "o"},
        {"line": 2, "participant_id": "root", "amount": 9, "currency": "USD", "status": "breakage"},
    ]
    pq.write_table(pa.Table.from_pylist(lines, schema=COMPUTED), tmp_path / "computed.parquet")
    with Records.open(tmp_path / "snapshot", computed=tmp_path / "computed.parquet") as records:
        assert records.rewards_from == "computed"
        assert records.row("SELECT count(*), sum(amount) FROM reward_facts") == (1, 5)


def test_evidence_pages_in_order(company) -> None:  # type: ignore[no-untyped-def]
    records = company(participants=PEOPLE, orders=[order("ann", amount) for amount in range(10)])
    evidence = records.evidence("SELECT * FROM money_in ORDER BY source_line")
    assert evidence.count == 10
    assert "amount" in evidence.columns
    pages = [records.rows(evidence, limit=4, after=after)["amount"].to_list() for after in (0, 4, 8)]
    assert pages == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert Evidence.model_validate_json(evidence.model_dump_json()) == evidence


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "DROP VIEW orders",
        "SELECT 1; DROP VIEW orders",
        "COPY (SELECT 1) TO '/tmp/out.csv'",
        "SET enable_external_access = true",
        "ATTACH '/tmp/other.db'",
        "INSTALL httpfs",
        "SELECT * FROM nothing",
    ],
)
def test_a_query_reads_the_snapshot_and_nothing_else(company, query: str) -> None:  # type: ignore[no-untyped-def]
    records = company(participants=PEOPLE)
    with pytest.raises(EvidenceError) as refused:
        records.sql(query)
    assert refused.value.code == "evidence-refused"
    assert records.has("participants")


def test_folders_that_are_no_snapshot(tmp_path: Path) -> None:
    with pytest.raises(RecordsError, match="is not a folder"):
        Records.open(tmp_path / "absent")
    with pytest.raises(RecordsError, match="import the records first"):
        Records.open(tmp_path)
    (tmp_path / "orders.parquet").write_bytes(b"PAR1 not at all")
    with pytest.raises(RecordsError, match="cannot be read"):
        Records.open(tmp_path)
    (tmp_path / "reading.json").write_text("{", encoding="utf-8")
    with pytest.raises(RecordsError, match="cannot be read"):
        Records.open(tmp_path)


def test_arrays_have_no_place_for_null(company: Company) -> None:
    records = company(participants=[{"id": "a"}, {"id": "b", "sponsor_id": "a"}])
    assert records.arrays("SELECT coalesce(parent, -1) AS parent FROM people ORDER BY row")["parent"].tolist() == [
        -1,
        0,
    ]
    with pytest.raises(EvidenceError, match="parent is NULL"):
        records.arrays("SELECT parent FROM people")
