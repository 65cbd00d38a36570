"""What plans need beyond amounts is read from files and data sheets: parts of orders, clicks, facts in rows or in columns."""

from __future__ import annotations

from typing import Any

from intake.reading import Reading


def notes_of(reading: Reading, code: str) -> list[str | None]:
    return [note.column for note in reading.all_notes if note.code == code]


def test_the_parts_of_an_order_keep_its_currency(desk: Any) -> None:
    """A wholesale price finer than the currency costs its cell; a tax that is no number costs the row."""
    desk.put(
        "orders.csv",
        "order_id,buyer_id,amount,currency,tax,freight,discount,wholesale_price,PV,BV,refund_of,coupon_owner\n"
        "1,C1,114.50,USD,12.25,2.25,-,70.1255,80,75.5,,A\n"
        "2,C2,1.500,KWD,0.100,,0.250,0.700,1,1,,\n"
        "3,C1,-57.25,USD,-6.125,,,-35,-40,-37.75,1,\n"
        "4,C1,-50,USD,-6.12,,,-35,-40,-37.75,9,B\n",
    )
    desk.put("members.csv", "id,sponsor_id\nA,\nC1,A\n")
    reading = desk.read(sheet="{}")
    orders = desk.table("orders").sort("id")
    assert orders["id"].to_list() == ["1", "2", "4"]
    assert desk.refusals() == [(4, "tax", "too-many-decimals")]
    assert orders["tax"].to_list() == [1225, 100, -612]
    assert orders["freight"].to_list() == [225, None, None]
    assert orders["discount"].to_list() == [None, 250, None]
    assert orders["cost"].to_list() == [None, 700, -3500]
    assert orders["points"].to_list() == [80_000, 1000, -40_000]
    assert orders["volume"].to_list() == [75_500, 1000, -37_750]
    assert notes_of(reading, "bad-optional-cell") == ["wholesale_price"]
    assert notes_of(reading, "unknown-reference") == ["orders.reverses", "orders.coupon_id"]


def test_clicks_are_read_and_their_strangers_counted(desk: Any) -> None:
    desk.put("members.csv", "id,sponsor_id\nA,\nB,A\n")
    desk.put(
        "clicks.csv",
        "affiliate_id,customer_id,clicked_at,event\nA,C1,2025-03-01 10:00,visit\nX,C1,2025-03-02 09:30,add to cart\nB,C2,,click\n",
    )
    reading = desk.read(sheet=None)
    assert desk.table("clicks").select("participant_id", "buyer_id", "kind").rows() == [
        ("A", "C1", "click"),
        ("X", "C1", "cart"),
    ]
    assert desk.refusals() == [(4, "clicked_at", "missing-required")]
    assert notes_of(reading, "unknown-reference") == ["clicks.participant_id"]


def test_columns_of_a_list_become_facts_by_the_data_sheet(desk: Any) -> None:
    """One entry for each column: the same file feeds the list and the facts."""
    desk.put("members.csv", "id,sponsor_id,status,share\nA,,paid up,12.5%\nB,A,lapsed,\nC,A,who knows,5%\n")
    sheet = """
    files:
      - {file: members.csv, table: participants, columns: {id: id, sponsor_id: sponsor_id}}
      - file: members.csv
        table: facts
        columns: {participant_id: id, value: status}
        constants: {fact: active, period: 2025-03}
        values: {value: {paid up: "true", lapsed: "no"}}
      - {file: members.csv, table: facts, columns: {participant_id: id, value: share}, constants: {fact: rate}}
    """
    desk.read(sheet=sheet)
    assert desk.table("facts").select("participant_id", "period", "fact", "value").sort(
        "fact", "participant_id"
    ).rows() == [
        ("A", "2025-03", "active", "true"),
        ("B", "2025-03", "active", "false"),
        ("A", None, "rate", "0.125"),
        ("C", None, "rate", "0.05"),
    ]
    refused = desk.refused().sort("line", "code")
    assert refused.select("line", "value", "code").rows() == [(3, "", "missing-required"), (4, "who knows", "bad-fact")]
    assert "data sheet" in refused["hint"][1]


def test_a_fact_of_the_company_has_no_participant(desk: Any) -> None:
    desk.put("facts.csv", "participant_id,period,fact,value\n,2025-03,turnover,1000000\nA,,leader,yes\n")
    desk.read(sheet=None)
    assert desk.table("facts").select("participant_id", "period", "fact", "value").rows() == [
        (None, "2025-03", "turnover", "1000000"),
        ("A", None, "leader", "true"),
    ]
