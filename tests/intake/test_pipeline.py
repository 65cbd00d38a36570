"""From real files to tables: nothing lost, nothing guessed in silence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

import intake
from intake.limits import Limits
from intake.schema import TABLES, arrow_schema

UCCASH = Path("uccash-tourism-june")


def notes_of(reading: intake.Reading) -> list[str]:
    return [note.code for note in reading.all_notes]


def test_uccash_members(desk: Any, shared_data: Path) -> None:
    reading = desk.read(shared_data / UCCASH / "participants.csv", sheet=None)
    members = desk.table("participants")
    assert len(members) == 50
    assert members["sponsor_id"].null_count() == 1
    assert members["joined"].null_count() == 0
    assert reading.files[0].confidence > 80


def test_uccash_deposits_with_a_sign_for_each_currency(desk: Any, shared_data: Path) -> None:
    """`$ 59` and `Rs 5310` stand in one column: each row gets the currency of its own sign."""
    sheet = """
files:
  - file: deposits.csv
    table: orders
    where: {kind: activation}
    columns: {date: paid_at, buyer_id: member_id, product: kind, amount: amount_as_found, currency: amount_as_found}
    values: {currency: {$: USD, Rs: INR}}
    constants: {category: fee}
"""
    reading = desk.read(shared_data / UCCASH / "deposits.csv", sheet=sheet)
    orders = desk.table("orders")
    assert len(orders) == 28
    assert dict(orders.group_by("currency").len().iter_rows()) == {"USD": 26, "INR": 2}
    assert set(orders.filter(pl.col("currency") == "USD")["amount"]) == {5900}
    assert set(orders.filter(pl.col("currency") == "INR")["amount"]) == {531000}
    assert reading.rows_in == 37
    assert set(desk.refused()["code"]) == {"excluded-by-datasheet"}


def test_an_amount_whose_sign_contradicts_its_currency_is_refused(desk: Any, shared_data: Path) -> None:
    """Rupees and the operator's own points are not relabelled as dollars because a data sheet says dollars."""
    sheet = """
currency: USD
files:
  - {file: deposits.csv, table: orders, columns: {buyer_id: member_id, amount: amount_as_found}}
"""
    desk.read(shared_data / UCCASH / "deposits.csv", sheet=sheet)
    refused = desk.refused().filter(pl.col("code") == "unknown-currency")
    assert dict(refused.group_by(pl.col("value").str.replace_all(r"[\d ]", "")).len().iter_rows()) == {
        "Rs": 2,
        "UCC": 9,
    }
    assert set(desk.table("orders")["amount"]) == {5900}


def test_uccash_commissions(desk: Any, shared_data: Path) -> None:
    """The credits by stream, in thousandths of a dollar because the car fund pays 0.275."""
    sheet = """
currency: USD
currencies: {USD: 3}
files:
  - file: commissions.csv
    table: payouts
    where: {action: credit}
    columns: {date: created_at, participant_id: member_id, source_participant_id: from_member_id, component: source_table, level: level, amount: amount}
"""
    desk.read(shared_data / UCCASH / "commissions.csv", sheet=sheet)
    totals = desk.table("payouts").group_by("component").agg(pl.len(), pl.col("amount").sum())
    by_component = {name: (count, amount) for name, count, amount in totals.iter_rows()}
    assert by_component["networkingincomewallet"] == (123, 280_000)
    assert sorted(by_component.values()) == sorted(
        [(123, 280_000), (123, 27_060), (123, 40_590), (123, 33_825), (123, 102_090), (11, 44_500)]
    )


def test_uccash_without_a_sheet_asks_about_the_currency(desk: Any, shared_data: Path) -> None:
    reading = desk.read(shared_data / UCCASH / "commissions.csv", sheet=None)
    assert reading.tables["payouts"].rows == 629
    assert reading.currencies == {"XXX": 3}
    assert "currency-unknown" in notes_of(reading)


def test_cdnow_orders(desk: Any, shared_data: Path) -> None:
    """Dates as YYYYMMDD, a currency that only the heading names, zeros in front of ids."""
    reading = desk.read(shared_data / "cdnow-retail-orders" / "orders.csv", sheet=None)
    orders = desk.table("orders")
    assert len(orders) == 35_991
    assert orders["amount"].sum() == 130_941_159
    assert orders["buyer_id"].n_unique() == 11_785
    assert orders["buyer_id"][0] == "00001"
    assert str(orders["date"].min()) == "1997-01-01 00:00:00"
    assert reading.currencies == {"USD": 2}
    assert "currency-from-heading" in notes_of(reading)


def test_math_genealogy_with_several_advisors(desk: Any, shared_data: Path) -> None:
    sheet = """
files:
  - file: people.csv
    table: participants
    columns: {id: mgp_id, sponsor_id: advisor_ids, country: degree_country}
    several: {sponsor_id: ' '}
"""
    reading = desk.read(shared_data / "math-genealogy-osu" / "people.csv", sheet=sheet)
    people = desk.table("participants")
    assert len(people) == 1_022
    [note] = [note for note in reading.all_notes if note.code == "several-values"]
    assert note.count == 281
    assert people["sponsor_id"].null_count() == 98


def test_math_genealogy_edges_keep_the_first_advisor(desk: Any, shared_data: Path) -> None:
    sheet = """
files:
  - {file: advisor-edges.csv, table: participants, columns: {id: student_mgp_id, sponsor_id: advisor_mgp_id}}
"""
    reading = desk.read(shared_data / "math-genealogy-osu" / "advisor-edges.csv", sheet=sheet)
    assert reading.rows_in == 1_241
    assert reading.files[0].refused_by_code == {"duplicate-id": 1_241 - (1_022 - 98)}


def test_the_bundled_scheme(desk: Any, beehive: Path) -> None:
    reading = desk.read(beehive, sheet=None)
    assert reading.tables["participants"].rows == 4_016
    assert desk.table("orders")["amount"].sum() == 646_960_000_000
    assert desk.table("payouts")["amount"].sum() == 147_550_000_000


def test_tables_follow_the_schema(desk: Any, beehive: Path) -> None:
    """Parquet keeps no seconds, so timestamps come back in milliseconds; all else is as written down."""
    reading = desk.read(beehive, sheet=None)
    for name in reading.tables:
        schema = parquet.read_schema(desk.out / f"{name}.parquet")
        for written, meant in zip(schema, arrow_schema(name), strict=True):
            expected = pa.timestamp("ms") if meant.type == pa.timestamp("s") else meant.type
            assert (written.name, written.type, written.nullable) == (meant.name, expected, meant.nullable)


def test_references_that_miss_are_counted(desk: Any) -> None:
    desk.put("members.csv", "member_id,sponsor_id\nM1,\nM2,M1\nM3,M9\n")
    desk.put("payouts.csv", "participant_id,amount,currency,bonus\nm1,5,USD,direct\nM2,6,USD,direct\n")
    reading = desk.read(sheet=None)
    told = {note.column: note.count for note in reading.notes if note.code == "unknown-reference"}
    assert told == {"participants.sponsor_id": 1, "payouts.participant_id": 1}


def test_several_currencies_in_one_file(desk: Any) -> None:
    desk.put(
        "orders.csv",
        "id,buyer,amount,cur\n1,M1,1.50,USD\n2,M2,1500,JPY\n3,M3,1.505,KWD\n4,M4,1.5,JPY\n5,M5,7,ZZZ\n6,M6,7,\n",
    )
    sheet = "files: [{file: orders.csv, table: orders, columns: {id: id, amount: amount, currency: cur}}]"
    reading = desk.read(sheet=sheet)
    orders = desk.table("orders")
    assert orders.select("currency", "amount").rows() == [("USD", 150), ("JPY", 1500), ("KWD", 1505)]
    assert desk.refusals() == [
        (5, "amount", "too-many-decimals"),
        (6, "cur", "unknown-currency"),
        (7, "cur", "missing-required"),
    ]
    assert reading.currencies == {"JPY": 0, "KWD": 3, "USD": 2}


def test_a_decimal_comma_is_decided_once_for_the_column(desk: Any) -> None:
    """In blocks of a few rows, one reading holds for all of them."""
    rows = "".join(f"{i};M{i};{i},5\n" for i in range(200)) + "200;M200;1.234,50\n201;M201;1.234\n"
    desk.put("orders.csv", "id;buyer;amount\n" + rows)
    desk.read(limits=Limits(block=256))
    orders = desk.table("orders")
    assert orders["amount"].to_list()[:3] == [50, 150, 250]
    assert orders["amount"].to_list()[-2:] == [123450, 123400]


GOOD = st.tuples(st.integers(0, 30).map(str), st.sampled_from(["5", "7.25", "-1.5"]))
BAD = st.tuples(st.integers(0, 30).map(str), st.sampled_from(["", "x", "1.234.5,6", "=1", "9" * 30, "1.2345"]))
RAGGED = st.sampled_from([("1",), ("1", "2", "3"), ('"', "5"), ("", "")])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(GOOD, BAD, RAGGED), max_size=40), st.sampled_from([64, 200, 1 << 16]))
def test_nothing_is_lost(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]], block: int) -> None:
    """Each line of the file is in the table or among the refused, once, under its own line number."""
    folder = tmp_path_factory.mktemp("lost")
    (folder / "orders.csv").write_text("id,amount\n" + "".join(",".join(row) + "\n" for row in rows))
    (folder / "datasheet.yaml").write_text(
        "{currency: USD, files: [{file: orders.csv, table: orders, columns: {id: id, amount: amount}, heading_line: 1}]}"
    )
    reading = intake.read([folder], folder / "out", limits=Limits(block=block))
    refused = pl.read_parquet(folder / "out" / "refused.parquet")
    lines = refused["line"].to_list()
    if "orders" in reading.tables:
        orders = pl.read_parquet(folder / "out" / "orders.parquet")
        lines += orders["source_line"].to_list()
        ids = orders["id"].drop_nulls()
        assert ids.n_unique() == len(ids)
    assert reading.rows_in == len(lines)
    if not any('"' in cell for row in rows for cell in row):
        assert sorted(lines) == list(range(2, len(rows) + 2))
    assert len(set(lines)) == len(lines)


def test_every_table_can_be_read(desk: Any) -> None:
    """A file of each table, with each of its columns under its own name."""
    cells = {
        "id": "A1",
        "text": "x",
        "date": "2025-03-01",
        "period": "2025-03",
        "money": "5",
        "volume": "1.5",
        "integer": "3",
        "currency": "USD",
        "fact": "0.5",
    }
    entries = []
    for name, table in TABLES.items():
        values = [column.choices[0] if column.kind == "choice" else cells[column.kind] for column in table]
        headings = [column.name for column in table]
        desk.put(f"{name}.csv", ",".join(headings) + "\n" + ",".join(values) + "\n")
        entries.append(
            f"  - {{file: {name}.csv, table: {name}, columns: {{{', '.join(f'{h}: {h}' for h in headings)}}}}}"
        )
    reading = desk.read(sheet="files:\n" + "\n".join(entries))
    assert set(reading.tables) == set(TABLES)
    for name, table in TABLES.items():
        assert set(reading.tables[name].filled) == {column.name for column in table}
    assert desk.table("orders")["volume"].to_list() == [1500]


def test_doubt_is_told_and_too_much_doubt_reads_nothing(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is hardly like a table is left unread; one that is somewhat like it is read with a warning."""
    from intake import claims

    desk.put("orders.csv", "order_id,customer_id,amount_usd\nA-1,C1,5\nA-2,C2,6\n")
    monkeypatch.setattr(claims, "SURE_CONFIDENCE", 101)
    assert "doubtful-table" in notes_of(desk.read(sheet=None))
    monkeypatch.setattr(claims, "LEAST_CONFIDENCE", 101)
    with pytest.raises(intake.NothingRecognised, match="order_id, customer_id, amount_usd"):
        desk.read(sheet=None)
