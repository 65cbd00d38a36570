"""A real scheme's files exactly as they were found: an explorer's scrape and two lists that disagree."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

import intake
from intake.errors import TableClash

FOUND = Path("beehive-arbitrum") / "as-found"
TOKEN = "USD₮0 (USD₮0)"

SHEET = f"""
title: {{en: An on-chain referral scheme, ar: برنامج إحالة على سلسلة الكتل}}
currency: USDT
currencies: {{USDT: 6}}
ids: lowercase            # chain addresses are case-insensitive
files:
  - file: members_v2_rows.csv
    table: participants
    columns: {{id: wallet_address, sponsor_id: referrer_wallet, joined: activation_time, rank: current_level}}
  - {{file: members_transaction.csv, ignore: true}}
  - file: filter_transaction.csv
    table: orders
    where: {{direction: OUT, method: [Register, Upgrade, 0x37675089], token: {TOKEN}}}
    columns: {{id: tx_hash, date: age, buyer_id: from_addr, product: method, category: method, amount: amount}}
    values: {{category: {{Register: fee, Upgrade: fee, 0x37675089: fee}}}}
  - file: filter_transaction.csv
    table: payouts
    where: {{direction: IN, method: [Upgrade, 0xe55e6d65], token: {TOKEN}}}
    columns: {{date: age, participant_id: to_addr, component: method, amount: amount, source_order_id: tx_hash}}
"""


@pytest.fixture(scope="module")
def read_with_sheet(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[intake.Reading, Path]:
    folder = tmp_path_factory.mktemp("beehive")
    sheet = folder / "sheet.yaml"
    sheet.write_text(SHEET, encoding="utf-8")
    out = folder / "out"
    return intake.read([shared_data / FOUND], out, datasheet=sheet), out


def test_files_that_disagree_are_not_chosen_between(shared_data: Path, tmp_path: Path) -> None:
    """Without a data sheet, two files look like the orders; the error shows both and how to say which counts."""
    with pytest.raises(TableClash) as caught:
        intake.read([shared_data / FOUND], tmp_path / "out")
    message = str(caught.value)
    assert "filter_transaction.csv" in message
    assert "members_transaction.csv" in message
    assert "ignore: true" in message
    assert list(tmp_path.iterdir()) == []


def test_two_lists_of_members_clash(shared_data: Path, tmp_path: Path) -> None:
    """The scheme's own list and the cleaned one both are participants, under different headings."""
    lists = [
        shared_data / FOUND / "members_v2_rows.csv",
        shared_data / "beehive-arbitrum" / "normalised" / "participants.csv",
    ]
    with pytest.raises(TableClash, match="table `participants`") as caught:
        intake.read(lists, tmp_path / "out")
    assert "table: participants" in str(caught.value)


@pytest.mark.parametrize(
    ("file", "table", "rows"),
    [
        ("members_v2_rows.csv", "participants", 4_016),
        ("members_transaction.csv", "orders", 5_007),
        ("filter_transaction.csv", "orders", 15_223),
    ],
)
def test_each_file_alone_is_recognised(shared_data: Path, tmp_path: Path, file: str, table: str, rows: int) -> None:
    reading = intake.read([shared_data / FOUND / file], tmp_path / "out")
    [only] = reading.files
    assert (only.table, only.rows_in) == (table, rows)
    assert only.rows_in == only.rows_accepted + only.rows_refused
    assert only.confidence >= 70


def test_members_as_recognised(shared_data: Path, tmp_path: Path) -> None:
    reading = intake.read([shared_data / FOUND / "members_v2_rows.csv"], tmp_path / "out")
    [file] = reading.files
    targets = {column.heading: column.target for column in file.columns}
    assert targets["wallet_address"] == "id"
    assert targets["referrer_wallet"] == "sponsor_id"
    assert targets["activation_time"] == "joined"
    members = pl.read_parquet(tmp_path / "out" / "participants.parquet")
    assert len(members) == 4_016
    assert members["source_line"].to_list() == list(range(2, 4_018))


def test_the_checked_figures_come_out(read_with_sheet: tuple[intake.Reading, Path]) -> None:
    reading, out = read_with_sheet
    members, orders, payouts = (
        pl.read_parquet(out / f"{name}.parquet") for name in ("participants", "orders", "payouts")
    )
    assert len(members) == 4_016
    entries = orders.filter(pl.col("product") == "Register")
    upgrades = orders.filter(
        pl.col("product").is_in(["Upgrade", "0x37675089"])
    )  # a method the explorer has no name for
    assert len(entries) == 3_937
    assert len(upgrades) == 1_067
    assert len(orders) == 3_937 + 1_067
    assert entries["amount"].sum() == 474_760_000_000
    assert orders["amount"].sum() == 646_960_000_000
    assert orders["buyer_id"].n_unique() == 3_937
    assert len(payouts) == 789
    assert payouts["amount"].sum() == 147_550_000_000
    assert payouts["participant_id"].n_unique() == 249
    assert reading.currencies == {"USDT": 6}
    assert set(orders["currency"]) == {"USDT"}


def test_addresses_join_once_lowered(read_with_sheet: tuple[intake.Reading, Path]) -> None:
    _, out = read_with_sheet
    members = pl.read_parquet(out / "participants.parquet")
    orders = pl.read_parquet(out / "orders.parquet")
    assert orders.join(members, left_on="buyer_id", right_on="id", how="anti").is_empty()
    assert members.join(members, left_on="sponsor_id", right_on="id", how="anti").is_empty()


def test_every_other_row_is_kept_as_excluded(read_with_sheet: tuple[intake.Reading, Path]) -> None:
    reading, out = read_with_sheet
    refused = pl.read_parquet(out / "refused.parquet")
    assert set(refused["code"]) == {"excluded-by-datasheet"}
    assert len(refused) == 15_223 - 5_004 - 789
    tokens = refused["row"].str.json_path_match("$.token")
    assert len(refused.filter(tokens.str.starts_with("ERC-20:") & (tokens != "ERC-20: USDR (USDR)"))) == 179
    scrape = [file for file in reading.files if file.name == "filter_transaction.csv"]
    assert sum(file.rows_in for file in scrape) == 15_223
    assert {file.table: (file.rows_in, file.rows_accepted) for file in scrape} == {
        "orders": (5_004, 5_004),
        "payouts": (789, 789),
        None: (9_430, 0),
    }


def test_the_epoch_is_no_date(read_with_sheet: tuple[intake.Reading, Path]) -> None:
    """The root's 1970-01-01 00:00:00 says that nobody knows."""
    reading, out = read_with_sheet
    members = pl.read_parquet(out / "participants.parquet")
    assert members["joined"].null_count() == 1
    root = members.filter(pl.col("joined").is_null())
    assert root["sponsor_id"].to_list() == root["id"].to_list()
    [note] = [note for note in reading.all_notes if note.code == "epoch-zero"]
    assert (note.file, note.column, note.count) == ("members_v2_rows.csv", "activation_time", 1)


def test_a_zip_of_the_files_reads_the_same(
    shared_data: Path, tmp_path: Path, read_with_sheet: tuple[intake.Reading, Path]
) -> None:
    reading, out = read_with_sheet
    (tmp_path / "records").mkdir()
    for file in (shared_data / FOUND).iterdir():
        shutil.copyfile(file, tmp_path / "records" / file.name)
    (tmp_path / "records" / "datasheet.yaml").write_text(SHEET, encoding="utf-8")
    archive = Path(shutil.make_archive(str(tmp_path / "records"), "zip", tmp_path, "records"))
    again = intake.read([archive], tmp_path / "out")
    assert [file.sha256 for file in again.files] == [file.sha256 for file in reading.files]
    for table in reading.tables:
        assert (tmp_path / "out" / f"{table}.parquet").read_bytes() == (out / f"{table}.parquet").read_bytes()
