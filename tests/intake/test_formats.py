"""The same few orders in every form they arrive in, read to the same table."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import openpyxl
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from intake.errors import UnreadableFile
from intake.formats.delimited import DelimitedSource
from intake.formats.encodings import examine
from intake.formats.heading_row import find_heading_row
from intake.formats.layout import TextOptions, sniff_delimiter
from intake.limits import Limits

at = dt.datetime.fromisoformat

SHEET = """
currency: USD
files:
  - file: '*'
    table: orders
    columns: {id: id, date: date, buyer_id: buyer, product: product, amount: amount}
"""
ROWS = [
    ("id", "date", "buyer", "product", "amount"),
    ("1", "2025-03-24 2:10:42", "M-001", 'Kit "Gold", large', "1250.50"),
    ("2", "2025-03-25 12:00:00", "M-002", "two\nlines", "-3.00"),
    ("3", "2025-03-26 00:00:00", "José", "café à la crème", "0"),
]


def as_text(delimiter: str = ",", newline: str = "\n", rows: list[tuple[str, ...]] = ROWS) -> str:
    def cell(text: str) -> str:
        quoted = any(sign in text for sign in (delimiter, '"', "\n", "\r"))
        return '"' + text.replace('"', '""') + '"' if quoted else text

    return newline.join(delimiter.join(map(cell, row)) for row in rows) + newline


def check(desk: Any, lines: list[int]) -> None:
    orders = desk.table("orders")
    assert orders["id"].to_list() == ["1", "2", "3"]
    assert orders["amount"].to_list() == [125050, -300, 0]
    assert orders["product"].to_list() == [row[3] for row in ROWS[1:]]
    assert orders["buyer_id"].to_list() == ["M-001", "M-002", "José"]
    assert orders["date"].to_list()[0] == at("2025-03-24 02:10:42")
    assert orders["source_line"].to_list() == lines


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~", "\x1f", "\x01"])
def test_any_delimiter(desk: Any, delimiter: str) -> None:
    desk.put("orders.csv", as_text(delimiter))
    reading = desk.read(sheet=SHEET)
    assert reading.files[0].delimiter == delimiter
    check(desk, [2, 3, 5])


def test_a_delimiter_outside_ascii_is_named_in_the_sheet(desk: Any) -> None:
    desk.put("orders.csv", as_text("¦"))
    desk.read(sheet=SHEET.replace("table: orders", "table: orders\n    delimiter: '¦'"))
    check(desk, [2, 3, 5])


def test_excel_says_which_delimiter(desk: Any) -> None:
    desk.put("orders.csv", "sep=;\n" + as_text(";"))
    desk.read(sheet=SHEET)
    check(desk, [3, 4, 6])


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_any_newline(desk: Any, newline: str) -> None:
    desk.put("orders.csv", as_text(newline=newline))
    desk.read(sheet=SHEET)
    check(desk, [2, 3, 5])


def test_no_final_newline(desk: Any) -> None:
    desk.put("orders.csv", as_text().rstrip("\n"))
    desk.read(sheet=SHEET)
    check(desk, [2, 3, 5])


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32-le"),
        ("cp1252", "cp1252"),
    ],
)
def test_any_encoding(desk: Any, encoding: str, found: str) -> None:
    desk.put("orders.csv", as_text(newline="\r\n").encode(encoding))
    reading = desk.read(sheet=SHEET)
    assert reading.files[0].encoding == found
    check(desk, [2, 3, 5])


def test_arabic_in_windows_1256(desk: Any) -> None:
    text = "كود العضو,كود الراعي,الاسم\nM1,,أحمد محمود\nM2,M1,فاطمة الزهراء\nM3,M1,سعيد\n"
    desk.put("members.csv", text.encode("cp1256"))
    reading = desk.read(sheet=None)
    assert reading.files[0].encoding == "cp1256"
    assert "encoding-guessed" in [note.code for note in reading.all_notes]
    members = desk.table("participants")
    assert members["sponsor_id"].to_list() == [None, "M1", "M1"]
    assert members["name"].to_list()[1] == "فاطمة الزهراء"


def test_chinese_in_gb18030(tmp_path: Any) -> None:
    path = tmp_path / "members.csv"
    path.write_bytes("会员编号,推荐人,姓名\n1001,,张伟\n1002,1001,王芳\n".encode("gb18030"))
    assert examine(path, "members.csv").encoding == "gb18030"


def test_the_sheet_names_the_encoding(desk: Any) -> None:
    desk.put("orders.csv", as_text().encode("cp1252"))
    reading = desk.read(sheet=SHEET.replace("table: orders", "table: orders\n    encoding: latin-1"))
    assert reading.files[0].encoding == "iso8859-1"
    check(desk, [2, 3, 5])


def test_blank_lines_keep_the_count(desk: Any) -> None:
    desk.put("orders.csv", "\n\n" + as_text().replace("\n2,", "\n\n\n2,"))
    desk.read(sheet=SHEET)
    check(desk, [4, 7, 9])


def test_totals_above_the_headings_are_set_aside(desk: Any) -> None:
    desk.put("orders.csv", "Total,,,,1247.50\nExported 2025-04-01\n" + as_text())
    reading = desk.read(sheet=SHEET)
    check(desk, [4, 5, 7])
    assert desk.refusals() == [(1, None, "above-heading"), (2, None, "above-heading")]
    assert "lines-above-heading" in [note.code for note in reading.all_notes]


def test_no_headings_at_all(desk: Any) -> None:
    desk.put("orders.csv", as_text(rows=ROWS[1:]))
    reading = desk.read(
        sheet=SHEET.replace("table: orders", "table: orders\n    headings: [id, date, buyer, product, amount]")
    )
    check(desk, [1, 2, 4])
    assert reading.rows_in == 3


def test_columns_without_headings_are_numbered(desk: Any) -> None:
    desk.put("orders.csv", "1,2025-03-01,M1,5.00\n2,2025-03-02,M2,6.00\n3,2025-03-03,M1,7.25\n")
    sheet = "{currency: USD, files: [{file: orders.csv, table: orders, columns: {id: (column 1), amount: (column 4)}}]}"
    reading = desk.read(sheet=sheet)
    assert desk.table("orders")["amount"].to_list() == [500, 600, 725]
    assert "no-headings" in [note.code for note in reading.all_notes]


def test_each_line_ends_with_a_delimiter(desk: Any) -> None:
    text = as_text().replace("1250.50\n", "1250.50,\n").replace("-3.00\n", "-3.00,\n").replace(",0\n", ",0,\n")
    desk.put("orders.csv", text)
    desk.read(sheet=SHEET)
    check(desk, [2, 3, 5])


def test_an_xlsx_workbook(desk: Any) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Orders of March"])
    sheet.append([])
    sheet.append(list(ROWS[0]))
    sheet.append([1, at("2025-03-24 02:10:42"), "M-001", 'Kit "Gold", large', 1250.5])
    sheet.append(["2", "2025-03-25 12:00:00", "M-002", "two\nlines", -3])
    sheet.append([3.0, dt.date(2025, 3, 26), "José", "café à la crème", "0"])
    book.create_sheet("Notes")
    book.save(desk.records / "orders.xlsx")
    reading = desk.read(sheet=SHEET)
    check(desk, [4, 5, 6])
    assert reading.files[0].sheet == "Sheet"
    assert desk.refusals() == [(1, None, "above-heading")]


def test_sheets_of_a_workbook_are_files(desk: Any) -> None:
    book = openpyxl.Workbook()
    for month in ("January", "February"):
        sheet = book.create_sheet(month)
        sheet.append(["order_id", "customer_id", "amount_usd"])
        sheet.append([f"{month[0]}1", "C1", 5])
        sheet.append([f"{month[0]}2", "C2", 6.25])
    book.save(desk.records / "orders.xlsx")
    reading = desk.read(sheet=None)
    assert [file.sheet for file in reading.files] == ["February", "January"]
    assert desk.table("orders")["id"].to_list() == ["J1", "J2", "F1", "F2"]
    assert "files-joined" in [note.code for note in reading.notes]


def test_a_parquet_file(desk: Any) -> None:
    pl.DataFrame(
        {
            "id": pl.Series([1, 2, 3], dtype=pl.Int32),
            "date": [at("2025-03-24 02:10:42"), at("2025-03-25 12:00:00"), at("2025-03-26 00:00:00")],
            "buyer": pl.Series(["M-001", "M-002", "José"], dtype=pl.Categorical),
            "product": [row[3] for row in ROWS[1:]],
            "amount": [1250.5, -3.0, 0.0],
        }
    ).write_parquet(desk.records / "orders.parquet")
    desk.read(sheet=SHEET)
    check(desk, [1, 2, 3])


def test_parquet_cells_as_text(desk: Any) -> None:
    """Decimals, instants with a zone, tiny and huge floats keep their digits."""
    table = pa.table(
        {
            "id": pa.array([10**17 + 1, 2], pa.int64()),
            "buyer": pa.array([0.1, 1e-7], pa.float64()),
            "amount": pa.array([at("2025-01-01 03:00:00"), None], pa.timestamp("us", "Africa/Cairo")),
        }
    )
    parquet.write_table(table, desk.records / "orders.parquet")
    desk.read()
    assert desk.rows_as_found() == [
        {"id": "100000000000000001", "buyer": "0.1", "amount": "2025-01-01T03:00:00Z"},
        {"id": "2", "buyer": "0.0000001", "amount": None},
    ]


def test_json_lines(desk: Any) -> None:
    lines = [dict(zip(ROWS[0], row, strict=True)) for row in ROWS[1:]]
    lines[0]["id"] = 1  # type: ignore[assignment]
    text = "\n".join(json.dumps(line, ensure_ascii=index == 0) for index, line in enumerate(lines))
    desk.put("orders.jsonl", text.replace('"0"', "0"))
    desk.read(sheet=SHEET)
    check(desk, [1, 2, 3])


def test_json_numbers_keep_their_digits(desk: Any) -> None:
    desk.put("orders.jsonl", '{"id": 12345678901234567890123, "buyer": "M1", "amount": 10.10}\n')
    desk.read()
    assert desk.table("orders")["id"].to_list() == ["12345678901234567890123"]
    assert desk.table("orders")["amount"].to_list() == [1010]


def test_json_lines_that_are_no_objects(desk: Any) -> None:
    desk.put(
        "orders.jsonl",
        '{"id": "1", "buyer": "M1", "amount": 5}\n\n[1,2]\n{"id": \n"x"\n{"id": "2", "amount": 6, "later": true}\n',
    )
    reading = desk.read()
    assert desk.refusals() == [(3, None, "not-an-object"), (4, None, "not-an-object"), (5, None, "not-an-object")]
    assert desk.table("orders")["source_line"].to_list() == [1, 6]
    assert [column.heading for column in reading.files[0].columns] == ["id", "buyer", "amount", "later"]


def test_a_json_array_is_told_apart(desk: Any) -> None:
    desk.put("orders.json", '[{"id": 1}]')
    with pytest.raises(UnreadableFile, match="one object per line"):
        desk.read()


CELL = st.text(alphabet=st.sampled_from(list('ab1 ",;\n\r=é|')), max_size=8)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=12), st.sampled_from(",;|"))
def test_cells_come_back_as_they_were_written(tmp_path: Any, rows: list[tuple[str, str, str]], delimiter: str) -> None:
    """Whatever is in the cells, a properly quoted file gives back the same cells on true lines."""
    quoted = [delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    path = tmp_path / "cells.csv"
    path.write_bytes(("\n".join(["alpha" + delimiter + "beta" + delimiter + "gamma", *quoted]) + "\n").encode())
    options = TextOptions(delimiter=delimiter, heading_line=1)
    source = DelimitedSource(path, "cells.csv", Limits(block=64, row=1 << 20), options)
    frames, lines = [], []
    for batch in source.batches():
        assert batch.faults == []
        frames.append(batch.frame())
        lines += batch.lines.tolist()
    assert pl.concat(frames).rows() == rows
    line = 2
    for found, text in zip(lines, quoted, strict=True):
        assert found == line
        line += text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1


def test_sniffing_prefers_the_delimiter_that_agrees() -> None:
    assert sniff_delimiter(b"a;b;c\n1,5;2,5;3,5\n1,5;2,5;3,5\n", final=True) == ";"
    assert sniff_delimiter(b"time\tname\n10:00\ta, b\n11:00\tc\n", final=True) == "\t"
    assert sniff_delimiter(b"alone\n1\n2\n", final=True) == ","


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        ([["id", "name"], ["1", "a"], ["2", "b"]], 0),
        ([["id", "user_id", "lvl1", "lvl2"], ["1", "M001", "M000", ""], ["2", "M002", "M001", "M000"]], 0),
        ([["1", "M001"], ["2", "M002"]], None),
        ([["M001", "M000"], ["M002", "M001"], ["M003", "M001"]], None),
        ([["Report", "", ""], ["Total", "", "59.00"], ["id", "who", "sum"], ["1", "M1", "5"]], 2),
        ([["", "tx_hash", "amount"], ["1", "0xab", "120"], ["2", "0xcd", "130"]], 0),
    ],
)
def test_the_row_of_headings(rows: list[list[str]], index: int | None) -> None:
    assert find_heading_row(rows).index == index
