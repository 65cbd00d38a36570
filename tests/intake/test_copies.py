"""Rows, ids and files that come twice: none counts twice in silence."""

from __future__ import annotations

from typing import Any

import pytest

_HEAD = "order_id,date,buyer_id,product,amount,currency\n"


def _orders(numbers: list[int]) -> str:
    return _HEAD + "".join(f"A{n:05},2025-03-{n % 28 + 1:02},M{n % 7},Tea,{n}.50,USD\n" for n in numbers)


@pytest.mark.parametrize("heading", ["order_id", "id"])
def test_one_repeated_id_does_not_cost_the_key(desk: Any, heading: str) -> None:
    path = desk.put("orders.csv", _orders([*range(1, 40), 7]).replace("order_id", heading))
    reading = desk.read(path, sheet=None)
    assert desk.refusals() == [(41, heading, "duplicate-id")]
    assert desk.table("orders")["id"].n_unique() == reading.tables["orders"].rows == 39
    assert not [note for note in reading.all_notes if note.code == "identical-rows"]


def test_payout_ids_with_a_gap_and_a_copy_stay_the_key(desk: Any) -> None:
    rows = [f"P{n},2025-03-01,M{n % 5},unilevel,{n}.25,USD\n" for n in range(1, 40)]
    rows[10] = rows[10].replace("P11", "")
    content = "payout_id,date,member_id,bonus,amount,currency\n" + "".join([*rows, rows[3]])
    desk.read(desk.put("payouts.csv", content), sheet=None)
    assert desk.refusals() == [(41, "payout_id", "duplicate-id")]


def test_order_lines_share_their_number_and_copies_are_told(desk: Any) -> None:
    lines = [f"A{n // 3},2025-03-01,M{n % 7},Tea {n % 3},{n}.50,USD\n" for n in range(60)]
    path = desk.put("orders.csv", _HEAD + "".join([*lines, lines[4], lines[5]]))
    reading = desk.read(path, sheet=None)
    assert reading.rows_refused == 0
    assert reading.tables["orders"].rows == 62
    assert "id" not in reading.tables["orders"].columns
    (note,) = [note for note in reading.all_notes if note.code == "identical-rows"]
    assert (note.file, note.line, note.count) == ("orders.csv", 62, 2)


def test_copies_are_found_across_the_parts_of_a_table(desk: Any) -> None:
    lines = [f"A{n // 3},2025-03-01,M{n % 7},Tea {n % 3},{n}.50,USD\n" for n in range(60)]
    desk.put("orders-1.csv", _HEAD + "".join(lines))
    desk.put("orders-2.csv", _HEAD + "".join([lines[8], "A99,2025-03-02,M1,Tea,5,USD\n"]))
    reading = desk.read(desk.records, sheet=None)
    (note,) = [note for note in reading.all_notes if note.code == "identical-rows"]
    assert (note.file, note.line, note.count) == ("orders-2.csv", 2, 1)


def test_the_same_file_twice_is_read_once(desk: Any) -> None:
    content = _orders([*range(1, 40)])
    for name in ("orders (1).csv", "orders.csv", "a/orders.csv"):
        desk.put(name, content)
    reading = desk.read(desk.records, sheet=None)
    assert reading.tables["orders"].rows == reading.rows_in == 39
    aside = {file.name: file for file in reading.files if file.table is None}
    assert set(aside) == {"orders (1).csv", "a/orders.csv"}
    for file in aside.values():
        (note,) = file.notes
        assert (note.code, file.rows_in) == ("same-file", 0)
        assert "is orders.csv once more" in note.text.en
        assert len(file.sha256) == 64


def test_equal_files_of_which_the_sheet_says_different_things_are_both_read(desk: Any) -> None:
    content = "who,when,amount\n" + "".join(f"M{n},2025-03-01,{n}\n" for n in range(1, 9))
    for name in ("in.csv", "out.csv", "out copy.csv"):
        desk.put(name, content)
    sheet = """
currency: USD
files:
  - {file: in.csv, table: orders, columns: {buyer_id: who, date: when, amount: amount}}
  - {file: out*.csv, table: payouts, columns: {participant_id: who, date: when, amount: amount}}
"""
    reading = desk.read(desk.records, sheet=sheet)
    assert {name: table.rows for name, table in reading.tables.items()} == {"orders": 8, "payouts": 8}
    assert [file.name for file in reading.files if file.table is None] == ["out copy.csv"]


def test_a_copy_of_a_file_that_the_sheet_maps_is_set_aside(desk: Any) -> None:
    content = "a,b,c\n" + "".join(f"A{n},M{n},{n}\n" for n in range(1, 9))
    desk.put("records of march.csv", content)
    desk.put("march.csv", content)
    sheet = "currency: USD\nfiles: [{file: records of march.csv, table: orders, columns: {id: a, amount: c}}]\n"
    reading = desk.read(desk.records, sheet=sheet)
    assert reading.rows_in == 8
    assert [file.name for file in reading.files if file.table is None] == ["march.csv"]
