"""Input that is broken, or means harm: each is answered in words, and nothing that could be read is lost."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import intake
from intake.errors import (
    IntakeError,
    NothingRecognised,
    OutputExists,
    TooLarge,
    UnreadableFile,
    UnsafeArchive,
)
from intake.limits import Limits

HEAD = "id,buyer,amount\n"


def test_a_ragged_row_is_refused_with_its_cells(desk: Any) -> None:
    desk.put("orders.csv", HEAD + "1,M1,5.00\n2,M2\n3,M3,5.00,extra\n4,M4,7.00\n")
    reading = desk.read()
    assert reading.rows_accepted == 2
    assert desk.refusals() == [(3, None, "wrong-cell-count"), (4, None, "wrong-cell-count")]
    assert desk.rows_as_found() == [["2", "M2"], ["3", "M3", "5.00", "extra"]]
    assert desk.refused()["value"].to_list() == ["2 cells, expected 3", "4 cells, expected 3"]


def test_lines_stay_true_below_quoted_newlines(desk: Any) -> None:
    desk.put("orders.csv", HEAD + '1,"M\n1",5\n2,M2,x\n"3\r\n\n",M3,y\n4,M4,8\n')
    desk.read()
    assert desk.table("orders")["source_line"].to_list() == [2, 8]
    assert desk.refusals() == [(4, "amount", "bad-number"), (5, "amount", "bad-number")]


def test_a_stray_quotation_mark_costs_one_line(desk: Any) -> None:
    rows = [f"{i},M{i},5.00\n" for i in range(1, 201)]
    rows[99] = '100,"M100,5.00\n'
    desk.put("orders.csv", HEAD + "".join(rows))
    reading = desk.read()
    assert reading.rows_accepted == 199
    assert desk.refusals() == [(101, None, "unclosed-quote")]
    assert desk.rows_as_found() == ['100,"M100,5.00']


def test_two_stray_quotation_marks_cost_two_lines(desk: Any) -> None:
    rows = [f"{i},M{i},5.00\n" for i in range(1, 201)]
    rows[49] = '50,"M50,5.00\n'
    rows[149] = '150,"M150,5.00\n'
    desk.put("orders.csv", HEAD + "".join(rows))
    assert desk.read().rows_accepted == 198
    assert [line for line, _, _ in desk.refusals()] == [51, 151]


def test_inches_and_nested_quotes_are_text(desk: Any) -> None:
    desk.put("orders.csv", HEAD + '1,5" pipe,5\n2,"a ""b"" c",6\n')
    desk.read()
    assert desk.table("orders")["buyer_id"].to_list() == ['5" pipe', 'a "b" c']


def test_an_oversized_cell_is_refused(desk: Any) -> None:
    desk.put("orders.csv", HEAD + f"1,{'x' * 3000},5\n2,M2,6\n")
    reading = desk.read(limits=Limits(cell=1000))
    assert reading.rows_accepted == 1
    assert desk.refusals() == [(2, None, "oversized-cell")]
    assert len(desk.refused()["value"][0]) <= 500


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_cell_larger_than_memory_is_passed_over(desk: Any, quote: str) -> None:
    """With the blocks and rows scaled down, one cell spans hundreds of them."""
    limits = Limits(cell=1 << 12, row=1 << 16, block=1 << 14)
    giant = "x" * (1 << 22)
    desk.put("orders.csv", HEAD + f"1,M1,5\n2,{quote}{giant}{quote},6\n3,M3,7\n")
    reading = desk.read(limits=limits)
    assert reading.rows_accepted == 2
    assert desk.refusals() == [(3, None, "oversized-cell")]
    assert desk.table("orders")["source_line"].to_list() == [2, 4]


def test_a_giant_cell_stays_in_bounded_memory(tmp_path: Path) -> None:
    """96 MB in one cell do not add 96 MB to the process."""
    path = tmp_path / "orders.csv"
    with path.open("wb") as file:
        file.write(HEAD.encode() + b'1,M1,5\n2,"')
        for _ in range(96):
            file.write(b"x" * (1 << 20))
        file.write(b'",6\n3,M3,7\n')
    (tmp_path / "sheet.yaml").write_text(
        "files: [{file: '*', table: orders, columns: {id: id, buyer_id: buyer, amount: amount}}]\ncurrency: USD\n"
    )
    (tmp_path / "small.csv").write_text(HEAD + "1,M1,5\n")
    code = f"""
    import resource, intake
    from pathlib import Path

    def peak(name):
        reading = intake.read([folder / name], folder / ("out " + name), datasheet=folder / "sheet.yaml", limits=limits)
        print(reading.rows_accepted, reading.rows_refused)
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

    folder, limits = Path({str(tmp_path)!r}), intake.Limits(block=1 << 20, row=2 << 20)
    print(-peak("small.csv") + peak("orders.csv"))
    """
    root = Path(intake.__file__).parents[1]
    told = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], cwd=root, check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    assert told.split()[:4] == ["1", "0", "2", "1"]
    assert int(told.split()[4]) < 60


def test_formula_cells_of_text(desk: Any) -> None:
    """A formula is no amount and no id; `="0012"` only keeps a text a text."""
    desk.put("orders.csv", HEAD + '1,M1,=1+1\n"=""0012""",M2,5\n3,=cmd|x,5\n')
    desk.read()
    assert desk.table("orders")["id"].to_list() == ["0012"]
    assert desk.refusals() == [(2, "amount", "formula-cell"), (4, "buyer", "formula-cell")]


def test_formula_cells_of_a_workbook(desk: Any) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["id", "buyer", "amount", "total"],
        [1, "M1", 5, "=C2*2"],
        [2, "M2", "=C2+1", "=C3*2"],
        [3, "M3", 7, 1],
    ):
        sheet.append(row)
    path = desk.records / "orders.xlsx"
    book.save(path)
    desk.read()
    assert desk.table("orders")["id"].to_list() == ["1", "3"]  # a formula in a column that is not used does no harm
    assert desk.refusals() == [(3, "amount", "formula-cell")]
    assert desk.refused()["value"].to_list() == ["=C2+1"]


def test_impossible_dates_and_amounts_say_why(desk: Any) -> None:
    sheet = "files: [{file: '*', table: orders, columns: {id: id, date: date, buyer_id: buyer, amount: amount}}]\ncurrency: USD\n"
    rows = ["1,2024-02-30,A,5", "2,9999-12-31,A,5", "3,soon,A,5", "4,2024-02-03,A,NaN", "5,2024-02-03,A,"]
    desk.put("orders.csv", "id,date,buyer,amount\n" + "\n".join(rows) + "\n")
    desk.read(sheet=sheet)
    assert [code for _, _, code in desk.refusals()] == ["bad-date"] * 3 + ["bad-number", "missing-required"]
    hints = desk.refused().sort("line")["hint"].to_list()
    assert "no such day" in hints[0]
    assert "outside 1900 to 2199" in hints[1]
    assert hints[2].startswith("Not a date")


def test_control_characters_in_a_file_name_are_shown(desk: Any) -> None:
    desk.put("or\x1b[2Jders\n.csv", "id,buyer,amount\n1,A,5\n")
    reading = desk.read()
    assert reading.files[0].name == "or\\x1b[2Jders\\n.csv"
    assert desk.table("orders")["source_file"].to_list() == [reading.files[0].name]


def test_duplicates_keep_the_first_row(desk: Any) -> None:
    desk.put("orders.csv", HEAD + "A,M1,5\nB,M2,6\nA,M3,7\n A ,M4,8\na,M5,9\n")
    desk.read()
    assert desk.table("orders")["buyer_id"].to_list() == ["M1", "M2", "M5"]
    assert desk.refusals() == [(4, "id", "duplicate-id"), (5, "id", "duplicate-id")]


def test_a_collision_of_hashes_refuses_nobody(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every hash equal, only ids that are equal as strings are refused."""
    import polars as pl

    monkeypatch.setattr(
        pl.Series, "hash", lambda self, **_: pl.Series([7], dtype=pl.UInt64).new_from_index(0, len(self))
    )
    desk.put("orders.csv", HEAD + "A,M1,5\nB,M2,6\nA,M3,7\nC,M4,8\nB,M5,9\n")
    desk.read()
    assert sorted(desk.table("orders")["buyer_id"]) == ["M1", "M2", "M4"]
    assert desk.refusals() == [(4, "id", "duplicate-id"), (6, "id", "duplicate-id")]


def test_missing_and_empty(desk: Any) -> None:
    desk.put("orders.csv", HEAD + "1,M1,\n,,\n3,M3,5\n , ,  \n")
    desk.read()
    assert desk.refusals() == [
        (2, "amount", "missing-required"),
        (3, "amount", "empty-row"),
        (5, "amount", "empty-row"),
    ]


def test_more_decimals_or_more_than_can_be_counted(desk: Any) -> None:
    desk.put("orders.csv", HEAD + "1,M1,1.005\n2,M2,99999999999999999999\n3,M3,1.50\n")
    desk.read()
    assert desk.refusals() == [(2, "amount", "too-many-decimals"), (3, "amount", "overflow")]
    assert desk.table("orders")["amount"].to_list() == [150]


def test_bytes_that_are_not_utf8_cost_their_row(desk: Any) -> None:
    rows = "".join(f"{i},Zoé{i},5\n" for i in range(40)).encode()
    desk.put("orders.csv", HEAD.encode() + rows + b"X,bad\xff\xfebytes,5\n" + b"Y,Zo\xc3\xa9,6\n")
    reading = desk.read()
    assert reading.files[0].encoding == "utf-8"
    assert desk.refusals() == [(42, None, "encoding")]
    assert reading.rows_accepted == 41


def test_a_single_zero_byte_costs_its_row(desk: Any) -> None:
    desk.put("orders.csv", (HEAD + "1,M\x001,5\n2,M2,6\n").encode())
    assert desk.read().rows_accepted == 1
    assert desk.refusals() == [(2, None, "encoding")]


BINARIES = {
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "a PDF document": b"%PDF-1.7\n...",
    "an old or password-protected Office file": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100),
    "a gzip archive": b"\x1f\x8b\x08" + bytes(20),
    "not text": bytes(range(256)) * 8,
    "control characters": bytes(range(1, 32)) * 8,
}


@pytest.mark.parametrize("kind", BINARIES)
def test_a_binary_named_csv_is_named_for_what_it_is(desk: Any, kind: str) -> None:
    desk.put("orders.csv", BINARIES[kind])
    with pytest.raises(UnreadableFile, match=kind) as caught:
        desk.read()
    assert caught.value.file == "orders.csv"
    assert str(caught.value).startswith("orders.csv")


def test_an_excel_workbook_named_csv(desk: Any) -> None:
    content = io.BytesIO()
    openpyxl.Workbook().save(content)
    desk.put("orders.csv", content.getvalue())
    with pytest.raises(UnreadableFile, match=r"Give it the ending \.xlsx"):
        desk.read()


def test_text_named_xlsx_or_parquet(desk: Any) -> None:
    for name in ("orders.xlsx", "orders.parquet"):
        path = desk.put(name, HEAD)
        with pytest.raises(UnreadableFile, match="is not"):
            desk.read(path)


def test_an_empty_file(desk: Any) -> None:
    desk.put("orders.csv", "")
    with pytest.raises(UnreadableFile, match="empty"):
        desk.read()


def test_blank_lines_only(desk: Any) -> None:
    desk.put("orders.csv", "\n\r\n\n")
    with pytest.raises(UnreadableFile, match="blank lines only"):
        desk.read()


def test_headings_without_rows_are_stated(desk: Any) -> None:
    desk.put("orders.csv", HEAD)
    reading = desk.read()
    assert reading.rows_in == 0
    assert [note.code for note in reading.files[0].notes] == ["only-headings"]
    assert reading.tables == {}


def test_an_unrecognised_file_lists_its_headings(desk: Any) -> None:
    desk.put("weather.csv", "station,wind\nA,calm\nB,gale\n")
    with pytest.raises(NothingRecognised, match=r"weather\.csv: station, wind") as caught:
        desk.read(sheet=None)
    assert "datasheet.yaml" in str(caught.value)


def test_an_unrecognised_file_beside_a_good_one_is_a_note(desk: Any) -> None:
    desk.put("weather.csv", "station,wind\nA,calm\nB,gale\n")
    desk.put("members.csv", "member_id,sponsor_id\nM1,\nM2,M1\nM3,M1\n")
    reading = desk.read(sheet=None)
    assert reading.tables["participants"].rows == 3
    [note] = [note for note in reading.all_notes if note.code == "unrecognised-file"]
    assert "station, wind" in note.text.en
    assert "station, wind" in note.text.ar


# --- archives ----------------------------------------------------------------------------------------------


def zipped(path: Path, members: dict[str, bytes], **options: Any) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


GOOD = (HEAD + "1,M1,5\n").encode()


@pytest.mark.parametrize(
    "name",
    ["../orders.csv", "/etc/orders.csv", "a/../../orders.csv", "C:/orders.csv", "..\\orders.csv", "C:orders.csv"],
)
def test_an_archive_that_climbs_out(desk: Any, name: str) -> None:
    archive = zipped(desk.folder / "records.zip", {name: GOOD})
    with pytest.raises(UnsafeArchive, match="out of the folder"):
        desk.read(archive)
    assert sorted(path.name for path in desk.folder.iterdir()) == ["records", "records.zip", "sheet.yaml"]


def test_an_archive_with_a_link(desk: Any) -> None:
    archive = desk.folder / "records.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        info = zipfile.ZipInfo("orders.csv")
        info.external_attr = 0o120777 << 16
        opened.writestr(info, "/etc/passwd")
    with pytest.raises(UnsafeArchive, match="a link"):
        desk.read(archive)


def test_an_archive_in_an_archive(desk: Any) -> None:
    inner = zipped(desk.folder / "inner.zip", {"orders.csv": GOOD}).read_bytes()
    archive = zipped(desk.folder / "records.zip", {"inner.zip": inner})
    with pytest.raises(UnsafeArchive, match=r"inner\.zip"):
        desk.read(archive)
    assert desk.read(archive, limits=Limits(archive_depth=2)).rows_accepted == 1


def test_an_archive_that_swells(desk: Any) -> None:
    archive = zipped(desk.folder / "records.zip", {"orders.csv": GOOD + b"0" * (80 << 20)})
    with pytest.raises(TooLarge, match="swells"):
        desk.read(archive)
    assert sorted(path.name for path in desk.folder.iterdir()) == ["records", "records.zip", "sheet.yaml"]


def test_a_truncated_archive(desk: Any) -> None:
    whole = zipped(desk.folder / "records.zip", {"orders.csv": GOOD * 100}).read_bytes()
    archive = desk.folder / "cut.zip"
    for length in (10, len(whole) // 2, len(whole) - 5):
        archive.write_bytes(whole[:length])
        with pytest.raises(UnreadableFile, match="truncated or damaged"):
            desk.read(archive)


def test_an_archive_with_a_changed_byte(desk: Any) -> None:
    path = desk.folder / "records.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("orders.csv", GOOD)
    path.write_bytes(path.read_bytes().replace(b"M1,5", b"M1,9"))
    with pytest.raises(UnreadableFile, match="damaged"):
        desk.read(path)


def test_an_encrypted_archive(desk: Any) -> None:
    path = zipped(desk.folder / "records.zip", {"orders.csv": GOOD})
    raw = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.find(signature)
        flags = struct.unpack_from("<H", raw, at + offset)[0]
        struct.pack_into("<H", raw, at + offset, flags | 1)
    path.write_bytes(raw)
    with pytest.raises(UnreadableFile, match="password"):
        desk.read(path)


def test_too_many_files(desk: Any) -> None:
    archive = zipped(desk.folder / "records.zip", {f"{i}.csv": GOOD for i in range(12)})
    with pytest.raises(TooLarge, match="12 files"):
        desk.read(archive, limits=Limits(files=10))


def test_links_in_a_folder_are_not_followed(desk: Any) -> None:
    desk.put("orders.csv", GOOD)
    (desk.records / "secret.csv").symlink_to("/etc/passwd")
    reading = desk.read()
    assert [file.name for file in reading.files] == ["orders.csv"]
    assert [note.code for note in reading.notes] == ["link-not-followed"]


# --- workbooks ---------------------------------------------------------------------------------------------


def workbook_bytes() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["id", "buyer", "amount"], [1, "M1", 5], [2, "M2", 6]):
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def patched(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            text = source.read(info)
            if info.filename == part:
                assert old in text
                text = text.replace(old, new, 1)
            target.writestr(info.filename, text)
    return out.getvalue()


def test_a_workbook_with_an_entity(desk: Any) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet'
    desk.put("orders.xlsx", patched(workbook_bytes(), "xl/worksheets/sheet1.xml", b"<worksheet", bomb))
    with pytest.raises(UnsafeArchive, match="document type"):
        desk.read()


def test_a_workbook_that_reaches_for_the_whole_grid(desk: Any) -> None:
    cell = b'<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData>'
    desk.put("orders.xlsx", patched(workbook_bytes(), "xl/worksheets/sheet1.xml", b"</sheetData>", cell))
    with pytest.raises(TooLarge, match="row 1048576, column 16384"):
        desk.read()


def test_a_workbook_that_swells(desk: Any) -> None:
    swollen = b"<worksheet " + b" " * (3 << 20)
    desk.put("orders.xlsx", patched(workbook_bytes(), "xl/worksheets/sheet1.xml", b"<worksheet", swollen))
    with pytest.raises(TooLarge, match="once unpacked"):
        desk.read(limits=Limits(workbook=2 << 20))


def test_a_truncated_workbook(desk: Any) -> None:
    whole = workbook_bytes()
    for length in (len(whole) // 3, len(whole) - 30):
        desk.put("orders.xlsx", whole[:length])
        with pytest.raises(UnreadableFile, match="truncated or damaged"):
            desk.read()


def test_a_truncated_parquet_file(desk: Any) -> None:
    import polars as pl

    path = desk.records / "orders.parquet"
    pl.DataFrame({"id": ["1"], "buyer": ["M1"], "amount": ["5"]}).write_parquet(path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(UnreadableFile, match="truncated, damaged or encrypted"):
        desk.read()


# --- around the desk ---------------------------------------------------------------------------------------


def test_a_cancelled_reading_leaves_nothing(desk: Any) -> None:
    desk.put("orders.csv", HEAD + "1,M1,5\n" * 50)

    def stop(stage: str, share: float) -> None:
        if stage.startswith("read"):
            raise intake.Cancelled

    with pytest.raises(intake.Cancelled):
        desk.read(progress=stop)
    assert sorted(path.name for path in desk.folder.iterdir()) == ["records", "sheet.yaml"]


def test_progress_is_told_per_batch_and_only_grows(desk: Any) -> None:
    desk.put("a.csv", HEAD + "".join(f"{i},M{i},5\n" for i in range(5000)))
    told: list[tuple[str, float]] = []
    desk.read(progress=lambda stage, share: told.append((stage, share)), limits=Limits(block=8 << 10))
    shares = [share for stage, share in told if stage == "read a.csv"]
    assert len(shares) > 5
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_an_occupied_folder_is_not_touched(desk: Any, tmp_path: Path) -> None:
    desk.put("orders.csv", HEAD)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "thesis.txt").write_text("precious")
    with pytest.raises(OutputExists):
        intake.read([desk.records], tmp_path / "taken")
    assert (tmp_path / "taken" / "thesis.txt").read_text() == "precious"


def test_a_path_that_is_not_there(desk: Any) -> None:
    with pytest.raises(UnreadableFile, match="does not exist"):
        desk.read(desk.folder / "nowhere.csv")


def test_a_folder_without_tables(desk: Any) -> None:
    desk.put("notes.docx", "x")
    with pytest.raises(NothingRecognised, match="no file that could be a table"):
        desk.read(sheet=None)


def test_every_error_has_a_code_of_its_own() -> None:
    kinds = IntakeError.__subclasses__()
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert all(kind.__doc__ for kind in kinds)
