"""The data sheet: what it may say, and how its mistakes are answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from intake.datasheet import load_datasheet
from intake.errors import DataSheetError, TableClash

ORDERS = "id,who,sum,kind\n1,M1,5,entry\n2,M2,6,upgrade\n3,M3,7,refund\n"


def load(tmp_path: Path, text: str) -> Any:
    path = tmp_path / "datasheet.yaml"
    path.write_text(text, encoding="utf-8")
    return load_datasheet(path).sheet


def test_a_whole_sheet(tmp_path: Path) -> None:
    sheet = load(
        tmp_path,
        """
title: {en: A company, ar: شركة}
about: {en: Records, ar: سجلات}
source: the operator's own database
licence: none stated
currency: UCC
currencies: {UCC: 3}
day_first: true
timezone: Asia/Kolkata
plan: plan.yaml
law: [general, cn]
population: everybody who ever enrolled
files:
  - file: orders-*.csv
    table: orders
    columns: {amount: sum, currency: ~}
    where: {method: 0x37675089, paid: [yes, no, 007]}
limits:
  - {id: a, text: {en: x, ar: س}, affects: [net_loss_share], bound: upper}
  - {id: b, text: {en: x, ar: س}, affects: {net_loss_share: lower}}
figures:
  - {id: participants, value: 0050}
""",
    )
    assert sheet.title.ar == "شركة"
    assert sheet.scales["UCC"] == 3
    assert sheet.scales["KWD"] == 3
    assert sheet.day_first is True
    [entry] = sheet.files
    assert entry.where == {"method": ("0x37675089",), "paid": ("yes", "no", "007")}  # text stays the text it is
    assert entry.columns == {"amount": "sum", "currency": None}
    assert entry.is_about("orders-2025.csv")
    assert not entry.is_about("members.csv")
    assert sheet.limits[0].affects == {"net_loss_share": "upper"}
    assert sheet.limits[1].affects == {"net_loss_share": "lower"}
    assert sheet.figures[0].value == "0050"


def test_an_empty_sheet_says_nothing(tmp_path: Path) -> None:
    assert load(tmp_path, "# nothing yet\n").files == ()


MISTAKES = {
    "a key misspelt": ("currency: USD\ncurency: EUR\n", 2, "nearest: `currency`"),
    "a key of an entry misspelt": ("files:\n  - file: a.csv\n    tabel: orders\n", 3, "nearest: `table`"),
    "a table that is none": ("files:\n  - file: a.csv\n    table: order\n", 3, "nearest: `orders`"),
    "a column that is none": (
        "files:\n  - file: a.csv\n    table: orders\n    columns:\n      ammount: sum\n",
        5,
        "nearest: `amount`",
    ),
    "a token without decimals": ("\n# tokens\ncurrency: USDT\n", 3, "currencies: {USDT: 6}"),
    "too many decimals": ("currencies:\n  X: 18\n", 2, "must be 9 or less"),
    "a clock that is none": ("\n\ntimezone: Cairo\n", 3, "Africa/Cairo"),
    "an encoding that is none": ("files:\n  - file: a.csv\n    encoding: ansi-7\n", 3, "cp1256"),
    "a title in one language": ("title:\n  en: x\n", 1, "is required"),
    "a key twice": ("plan: a\nplan: b\n", 2, "occurs twice"),
    "broken YAML": ("files:\n  - file: [a\n  - b: }\n", 3, "not valid YAML"),
    "a list": ("- file: a.csv\n", 1, "must be a mapping"),
    "a constant and a column": (
        "files:\n  - {file: a.csv, table: orders, columns: {amount: x}, constants: {amount: '5'}}\n",
        2,
        "keep one",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, mistake: str) -> None:
    text, line, hint = MISTAKES[mistake]
    with pytest.raises(DataSheetError) as caught:
        load(tmp_path, text)
    assert hint in str(caught.value)
    assert caught.value.line == line
    assert str(caught.value).startswith(f"datasheet.yaml, line {line}: ")


def test_a_sheet_cannot_explode(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    with pytest.raises(DataSheetError, match="nests or repeats"):
        load(tmp_path, "\n".join(lines))


def test_a_sheet_cannot_nest_for_ever(tmp_path: Path) -> None:
    with pytest.raises(DataSheetError, match="nests too deeply"):
        load(tmp_path, "[" * 5000 + "]" * 5000)


def test_a_sheet_too_large(tmp_path: Path) -> None:
    with pytest.raises(DataSheetError, match="page or two"):
        load(tmp_path, "about: " + "x" * (1 << 20))


def sheet_for(entry: str) -> str:
    return f"currency: USD\nfiles:\n  - file: orders.csv\n    table: orders\n{entry}"


def test_a_heading_the_file_does_not_have(desk: Any) -> None:
    desk.put("orders.csv", ORDERS)
    with pytest.raises(DataSheetError, match=r"has no heading `sums` \(nearest: `sum`\)") as caught:
        desk.read(sheet=sheet_for("    columns:\n      id: id\n      amount: sums\n"))
    assert caught.value.line == 7
    assert caught.value.file == "sheet.yaml"


def test_a_heading_of_where_the_file_does_not_have(desk: Any) -> None:
    desk.put("orders.csv", ORDERS)
    with pytest.raises(DataSheetError, match="nearest: `kind`") as caught:
        desk.read(sheet=sheet_for("    columns: {amount: sum}\n    where:\n      kin: [entry]\n"))
    assert caught.value.line == 7


def test_a_file_that_is_not_there(desk: Any) -> None:
    desk.put("orders.csv", ORDERS)
    with pytest.raises(DataSheetError, match=r"no file `order\.csv` \(nearest: `orders.csv`\)"):
        desk.read(sheet="files:\n  - {file: order.csv, table: orders, columns: {amount: sum}}\n")


def test_a_required_column_left_open(desk: Any) -> None:
    desk.put("orders.csv", ORDERS)
    with pytest.raises(DataSheetError, match="needs `amount`"):
        desk.read(sheet=sheet_for("    columns: {id: id}\n"))


def test_a_constant_that_does_not_fit(desk: Any) -> None:
    desk.put("orders.csv", ORDERS)
    with pytest.raises(DataSheetError, match="constant `present`") as caught:
        desk.read(sheet=sheet_for("    columns: {amount: sum}\n    constants:\n      category: present\n"))
    assert caught.value.line == 7


def test_where_values_constants_and_lowercase(desk: Any) -> None:
    desk.put("orders.csv", ORDERS)
    entry = (
        "    columns: {id: id, buyer_id: who, amount: sum, category: kind}\n"
        "    where: {kind: [entry, upgrade]}\n"
        "    values: {category: {entry: fee, upgrade: product}}\n"
        "    constants: {buyer_kind: affiliate, date: 2025-03-01, quantity: 1}\n"
        "    ids: lowercase\n"
    )
    desk.read(sheet=sheet_for(entry))
    orders = desk.table("orders")
    assert orders["category"].to_list() == ["fee", "product"]
    assert orders["buyer_id"].to_list() == ["m1", "m2"]
    assert set(orders["buyer_kind"]) == {"affiliate"}
    assert orders["quantity"].to_list() == [1, 1]
    assert [str(date) for date in orders["date"]] == ["2025-03-01 00:00:00"] * 2
    assert desk.refusals() == [(4, "kind", "excluded-by-datasheet")]
    assert desk.rows_as_found() == [{"id": "3", "who": "M3", "sum": "7", "kind": "refund"}]


def test_one_file_feeds_two_tables(desk: Any) -> None:
    desk.put("orders.csv", ORDERS)
    sheet = (
        sheet_for("    columns: {id: id, buyer_id: who, amount: sum}\n    where: {kind: [entry, upgrade]}\n")
        + "  - {file: orders.csv, table: returns, columns: {id: id, participant_id: who, amount: sum}, where: {kind: refund}}\n"
    )
    reading = desk.read(sheet=sheet)
    assert {file.table: file.rows_in for file in reading.files} == {"orders": 2, "returns": 1}
    assert reading.rows_in == 3


def test_the_same_rows_may_feed_two_tables(desk: Any) -> None:
    """Without `where`, a row counts once for each table it is read for."""
    desk.put("orders.csv", ORDERS)
    sheet = sheet_for("    columns: {id: id, buyer_id: who, amount: sum}\n") + (
        "  - {file: orders.csv, table: participants, columns: {id: who}}\n"
    )
    reading = desk.read(sheet=sheet)
    assert reading.rows_in == 6
    assert reading.tables["participants"].rows == 3


def test_recognition_fills_an_entry_that_only_names_the_table(desk: Any) -> None:
    desk.put("payments.csv", "member_id,amount_usd,paid_at\nM1,5.00,2025-03-01\nM2,6.00,2025-03-02\n")
    reading = desk.read(sheet="files: [{file: payments.csv, table: payouts}]")
    assert reading.tables["payouts"].rows == 2
    assert reading.currencies == {"USD": 2}


def test_several_ids_in_a_cell(desk: Any) -> None:
    desk.put("members.csv", "id,sponsors\nA,\nB,A\nC,A B\n")
    sheet = "files: [{file: members.csv, table: participants, columns: {id: id, sponsor_id: sponsors}, several: {sponsor_id: ' '}}]"
    reading = desk.read(sheet=sheet)
    assert desk.table("participants")["sponsor_id"].to_list() == [None, "A", "A"]
    assert [(note.code, note.count) for note in reading.all_notes if note.code == "several-values"] == [
        ("several-values", 1)
    ]


def test_day_first_and_the_clock_of_the_records(desk: Any) -> None:
    desk.put("orders.csv", "id,when,sum\n1,03/04/2025 01:00,5\n2,05/06/2025 01:00,5\n")
    columns = "    columns: {id: id, date: when, amount: sum}\n"
    desk.read(sheet="day_first: false\ntimezone: Africa/Cairo\n" + sheet_for(columns))
    assert [str(date) for date in desk.table("orders")["date"]] == ["2025-03-03 23:00:00", "2025-05-05 22:00:00"]
    reading = desk.read(sheet=sheet_for(columns))
    assert "ambiguous-date" in [note.code for note in reading.all_notes]


def test_a_clash_is_settled_by_the_sheet(desk: Any) -> None:
    desk.put("members.csv", "member_id,sponsor_id\nM1,\nM2,M1\nM3,M1\n")
    desk.put("people.csv", "user_id,referrer_id,joined\nM1,,2025-01-01\nM2,M1,2025-01-02\nM9,M1,2025-01-03\n")
    with pytest.raises(TableClash, match="`participants`") as caught:
        desk.read(sheet=None)
    assert "members.csv" in str(caught.value)
    assert "people.csv" in str(caught.value)
    reading = desk.read(sheet="files: [{file: people.csv, table: participants}, {file: members.csv, ignore: true}]")
    assert reading.tables["participants"].rows == 3
    both = "files: [{file: people.csv, table: participants}, {file: members.csv, table: participants}]"
    reading = desk.read(sheet=both)
    assert reading.tables["participants"].rows == 4
    assert reading.files[1].refused_by_code == {"duplicate-id": 2}


def test_files_with_the_same_headings_are_one_table(desk: Any) -> None:
    for month in ("01", "02"):
        desk.put(f"2025-{month}.csv", f"order_id,customer_id,amount_usd\nA{month},C1,5\nB{month},C2,6\n")
    reading = desk.read(sheet=None)
    assert desk.table("orders")["id"].to_list() == ["A01", "B01", "A02", "B02"]
    assert desk.table("orders")["source_file"].to_list() == ["2025-01.csv"] * 2 + ["2025-02.csv"] * 2
    [note] = [note for note in reading.notes if note.code == "files-joined"]
    assert "2025-01.csv, 2025-02.csv" in note.text.en
