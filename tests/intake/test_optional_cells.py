"""A bad optional cell of a member costs the cell, not the person."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook

SHEET = """
files:
  - file: '*'
    table: participants
    columns: {id: id, sponsor_id: sponsor, joined: joined, left: left, kind: kind, country: country}
"""
_HEAD = "id,sponsor,joined,left,kind,country\n"


def _bad_cells(reading: Any) -> list[tuple[str | None, int | None, int | None]]:
    return [(n.column, n.line, n.count) for n in reading.all_notes if n.code == "bad-optional-cell"]


def test_a_bad_optional_cell_is_left_empty_and_told(desk: Any) -> None:
    rows = [
        "R,,2025-01-01,,distributor,EG",
        "A,R,2025-02-30,9999-12-31,distributor,EG",
        "B,R,soon,,martian,EG",
        "C,A,2025-03-01,=A3,customer,EG",
        ",A,someday,,martian,EG",
    ]
    reading = desk.read(desk.put("m.csv", _HEAD + "\n".join(rows) + "\n"), sheet=SHEET)
    members = desk.table("participants")
    assert members["id"].to_list() == ["R", "A", "B", "C"]
    assert members["sponsor_id"].to_list() == [None, "R", "R", "A"]
    assert members["joined"].to_list() == [datetime(2025, 1, 1), None, None, datetime(2025, 3, 1)]  # noqa: DTZ001
    assert members["left"].null_count() == 4
    assert members["kind"].to_list() == ["distributor", "distributor", None, "customer"]
    assert desk.refusals() == [(6, "id", "missing-required")]
    assert _bad_cells(reading) == [("joined", 3, 2), ("left", 3, 2), ("kind", 4, 1)]
    (note,) = [n for n in reading.all_notes if n.code == "bad-optional-cell" and n.column == "joined"]
    assert "`2025-02-30`" in note.text.en
    assert "2025-02-30" in note.text.ar


def test_the_first_bad_cell_is_told_across_batches(desk: Any) -> None:
    rows = "".join(f"M{n},,{'2025-01-01' if n < 300_000 else '{never}'},,,\n" for n in range(300_010))
    reading = desk.read(desk.put("m.csv", _HEAD + rows), sheet=SHEET)
    assert reading.rows_refused == 0
    assert _bad_cells(reading) == [("joined", 300_002, 10)]


def test_a_parent_that_cannot_be_read_still_refuses_the_row(desk: Any) -> None:
    """An empty parent means a root; a bad one must not make a member a root."""
    desk.read(desk.put("m.csv", _HEAD + "R,,2025-01-01,,,\nA,=A2,2025-01-01,,,\n"), sheet=SHEET)
    assert desk.refusals() == [(3, "sponsor", "formula-cell")]


def test_a_formula_in_a_workbook_cell_of_a_member(desk: Any, tmp_path: Path) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    for row in (
        _HEAD.strip().split(","),
        ["R", None, "2025-01-01", None, None, "EG"],
        ["A", "R", "=C2", None, None, "=F2"],
    ):
        page.append(row)
    path = tmp_path / "m.xlsx"
    book.save(path)
    reading = desk.read(path, sheet=SHEET)
    assert reading.tables["participants"].rows == 2
    assert _bad_cells(reading) == [("joined", 3, 1), ("country", 3, 1)]


def test_other_tables_stay_strict(desk: Any) -> None:
    content = "id,buyer,date,amount\n1,A,2025-02-30,5\n2,A,2025-02-03,5\n"
    sheet = "files: [{file: '*', table: orders, columns: {id: id, buyer_id: buyer, date: date, amount: amount}}]\ncurrency: USD\n"
    desk.read(desk.put("o.csv", content), sheet=sheet)
    assert desk.refusals() == [(2, "date", "bad-date")]
