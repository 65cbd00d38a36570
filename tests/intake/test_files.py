"""Which files are found, under which names, and where they end up."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

import intake
from intake.errors import DataSheetError, IntakeError
from intake.files import find_files
from intake.limits import Limits

GOOD = "id,buyer,amount\n1,M1,5\n"


def names(*sources: Path, to: Path) -> list[str]:
    to.mkdir(exist_ok=True)
    return [file.name for file in find_files(list(sources), to, Limits()).files]


def test_a_folder_is_walked_in_order_of_name(desk: Any) -> None:
    for name in ("b.csv", "a/z.tsv", "a/y.parquet", ".hidden/x.csv", ".x.csv", "__MACOSX/b.csv", "README.md"):
        desk.put(name, GOOD)
    assert names(desk.records, to=desk.folder / "to") == ["a/y.parquet", "a/z.tsv", "b.csv"]
    found = find_files([desk.records], desk.folder / "to", Limits())
    assert [(note.code, note.file) for note in found.notes] == [("not-a-table", "README.md")]


def test_an_archive_reads_like_its_folder(desk: Any) -> None:
    archive = desk.folder / "company.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        for name in ("company/orders.csv", "company/2025/orders.csv", "__MACOSX/company/._orders.csv"):
            opened.writestr(name, GOOD)
        opened.writestr("company/datasheet.yaml", "currency: EUR\n")
    found = find_files([archive], desk.folder / "records", Limits())
    assert [file.name for file in found.files] == ["2025/orders.csv", "orders.csv"]
    assert [sheet.name for sheet in found.datasheets] == ["datasheet.yaml"]


def test_an_archive_in_a_folder_keeps_its_name(desk: Any) -> None:
    with zipfile.ZipFile(desk.records / "march.zip", "w") as opened:
        opened.writestr("orders.csv", GOOD)
    desk.put("orders.csv", GOOD)
    assert names(desk.records, to=desk.folder / "to") == ["march.zip/orders.csv", "orders.csv"]


def test_files_of_one_name_are_told_apart_by_their_folders(desk: Any) -> None:
    one, two = desk.put("one/orders.csv", GOOD), desk.put("two/orders.csv", GOOD)
    assert names(one, two, to=desk.folder / "to") == ["one/orders.csv", "two/orders.csv"]
    with pytest.raises(IntakeError, match="twice"):
        names(one, one, to=desk.folder / "to")


def test_two_data_sheets(desk: Any) -> None:
    desk.put("datasheet.yaml", "currency: USD\n")
    desk.put("more/datasheet.yml", "currency: EUR\n")
    with pytest.raises(DataSheetError, match="Keep one"):
        names(desk.records, to=desk.folder / "to")


def test_the_folder_s_own_sheet_is_followed_unless_one_is_given(desk: Any) -> None:
    entry = "files: [{file: orders.csv, table: orders, columns: {id: id, buyer_id: buyer, amount: amount}}]\n"
    desk.put("orders.csv", GOOD)
    desk.put("datasheet.yaml", "currency: EUR\n" + entry)
    assert desk.read(sheet=None).currencies == {"EUR": 2}
    assert desk.read(sheet="currency: KWD\n" + entry).currencies == {"KWD": 3}
    assert desk.table("orders")["amount"].to_list() == [5000]


def test_the_receipt_is_written_and_reads_back(desk: Any) -> None:
    desk.put("orders.csv", GOOD)
    reading = desk.read()
    assert intake.Reading.model_validate_json((desk.out / "reading.json").read_text(encoding="utf-8")) == reading
    assert sorted(path.name for path in desk.out.iterdir()) == ["orders.parquet", "reading.json", "refused.parquet"]


def test_the_same_files_give_the_same_bytes(desk: Any) -> None:
    rows = "".join(f"{i % 900},M{i % 7},{i}.5{i % 10 if i % 13 else 'x'}\n" for i in range(3000))
    desk.put("orders.csv", "id,buyer,amount\n" + rows)
    limits = Limits(block=4 << 10)
    written = []
    for _ in range(2):
        desk.read(limits=limits)
        written.append({path.name: path.read_bytes() for path in desk.out.iterdir()})
    assert written[0] == written[1]
