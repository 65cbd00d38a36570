"""Made-up companies: same bytes on the same seed, files that come in whole, payouts and labels as promised."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from compensation import compute
from genealogy.network import Network
from intake import read
from synthetic import kinds, load_scenario, make, write
from synthetic.branch import TABLES
from synthetic.company import LEAST, LEAST_MONTHS
from synthetic.errors import NotEmpty, NotWritten, OutOfRange, UnknownKind
from tests.synthetic import slow_companies as slow

SIZE, MONTHS = 150, 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every kind, small."""
    root = tmp_path_factory.mktemp("made")
    for kind in kinds():
        write(make(kind, SIZE, 3, MONTHS), root / kind)
    return root


def _hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path: Path, form: str) -> None:
    for name, seed in (("one", 3), ("two", 3), ("other", 4)):
        write(make("fabricated-receipts", SIZE, seed, MONTHS), tmp_path / name, form=form)  # type: ignore[arg-type]
    one, two, other = (_hashes(tmp_path / name) for name in ("one", "two", "other"))
    assert one == two
    assert one[f"orders.{form}"] != other[f"orders.{form}"]
    assert f"participants.{form}" in one


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_is_read_without_a_refusal_and_ties_to_its_totals(folder: Path, tmp_path: Path, kind: str) -> None:
    reading = read([folder / kind], tmp_path / "tables")
    totals = slow.Files.of(folder / kind).truth["totals"]
    assert reading.rows_refused == 0
    assert totals["orders"] > SIZE / 3
    for table in TABLES:
        path = tmp_path / "tables" / f"{table}.parquet"
        assert (pl.read_parquet(path).height if path.exists() else 0) == totals[table], table
    for table in ("orders", "payouts"):
        amount = pl.read_parquet(tmp_path / "tables" / f"{table}.parquet")["amount"]
        assert amount.sum() == totals[f"{table}_amount"] > 0


@pytest.mark.parametrize("kind", ["honest-seller", "affiliate-programme", "ponzi-with-products", "productless-cycler"])
def test_months_one_by_one_pay_what_one_computation_pays(kind: str) -> None:
    company = make(kind, SIZE, 3, MONTHS)
    months = list(company.months())
    orders, clicks, facts = (
        pl.concat([each[name] for each in months], how="diagonal") for name in ("orders", "clicks", "facts")
    )
    whole = compute(
        company.plan,
        Network.from_table(company.participants),
        orders,
        clicks=clicks if len(clicks) else None,
        facts=facts if len(facts) else None,
    )
    kept = whole.columns("period", "participant_id", "component", "amount", "status")
    kept = kept.filter(pl.col("status").is_in(["paid", "released"]))
    recorded = pl.concat([each.payouts for each in months])

    def summed(frame: pl.DataFrame) -> pl.DataFrame:
        keys = ["period", "participant_id", "component"]
        return frame.group_by(keys).agg(pl.col("amount").sum()).filter(pl.col("amount") != 0).sort(keys)

    assert summed(recorded).equals(summed(kept))
    assert len(recorded) > 0


@pytest.mark.parametrize("kind", kinds())
def test_the_smallest_companies_can_be_made(kind: str) -> None:
    for size in (LEAST, 2):
        company = make(kind, size, 1, LEAST_MONTHS)
        assert sum(len(month.orders) for month in company.months()) == company.totals["orders"]
        assert company.totals["participants"] == size


@pytest.mark.parametrize("kind", ["honest-seller", "stacked-genealogy"])
def test_a_company_of_one_can_be_read(tmp_path: Path, kind: str) -> None:
    write(make(kind, LEAST, 1, LEAST_MONTHS), tmp_path / "made")
    reading = read([tmp_path / "made"], tmp_path / "tables")
    assert (reading.rows_refused, pl.read_parquet(tmp_path / "tables" / "participants.parquet").height) == (0, 1)


@pytest.mark.parametrize("kind", ["stacked-genealogy", "fabricated-receipts"])
def test_a_large_company_is_several_branches_that_share_no_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr("synthetic.company.ONE_NETWORK", SIZE)
    monkeypatch.setattr("synthetic.company.BRANCH", SIZE)
    company = make(kind, 2 * SIZE + 1, 3, MONTHS)
    write(company, tmp_path / "made")
    files = slow.Files.of(tmp_path / "made")
    assert sum(not row["sponsor_id"] for row in files.people) == 3
    for rows in (files.people, files.orders, files.payouts):
        assert len({row["id"] for row in rows}) == len(rows) > 0
    assert len(files.people) == 2 * SIZE + 1
    assert sorted(slow.branch_sizes(files)) == sorted(branch.size for branch in company.branches())
    assert slow.customers_of_several_branches(files) == []
    if kind == "stacked-genealogy":
        assert slow.rows_of_positions(files, Decimal(60)) == []
    else:
        assert slow.receipts(files, {"25.00", "30.00", "50.00"}, 3) == []


def test_the_clubs_thanks_are_those_of_the_definition(folder: Path) -> None:
    files = slow.Files.of(folder / "buyers-club")
    assert slow.paid_by(files) == slow.club_thanks(files) != {}


def test_referral_credit_is_that_of_the_definition(folder: Path) -> None:
    files = slow.Files.of(folder / "referral-programme")
    assert slow.paid_by(files) == slow.referral_credit(files) != {}


def test_planted_rows_of_positions_are_rows(folder: Path) -> None:
    files = slow.Files.of(folder / "stacked-genealogy")
    assert files.truth["rows"]["stacked_positions"]
    assert slow.rows_of_positions(files, Decimal(60)) == []


def test_planted_rings_come_round_and_receipts_are_shared(tmp_path: Path) -> None:
    write(make("fabricated-receipts", 400, 2, 6), tmp_path / "made")
    files = slow.Files.of(tmp_path / "made")
    assert files.truth["rows"]["wash_orders"]
    assert slow.rings(files) == []
    assert files.truth["rows"]["fabricated_receipts"]
    assert slow.receipts(files, {"25.00", "30.00", "50.00"}, 3) == []


def test_planted_rank_purchases_bring_the_rank(tmp_path: Path) -> None:
    write(make("inventory-loader", 400, 2, 6), tmp_path / "made")
    files = slow.Files.of(tmp_path / "made")
    by_id = files.by_id()
    planted = [by_id[each] for each in files.truth["rows"]["rank_purchases"]]
    assert planted
    assert all(Decimal(order["volume"]) >= 1600 for order in planted)


@pytest.mark.parametrize("kind", kinds())
def test_people_join_under_people_who_are_in(folder: Path, kind: str) -> None:
    files = slow.Files.of(folder / kind)
    who = {row["id"]: row for row in files.people}
    assert len(who) == SIZE
    for row in files.people:
        if row["sponsor_id"]:
            above = who[row["sponsor_id"]]
            assert above["joined"] <= row["joined"]
            assert not above["left"] or above["left"] >= row["joined"]


def test_planted_orders_of_a_large_company_are_a_table_that_intake_leaves_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(make("fabricated-receipts", SIZE, 3, MONTHS), tmp_path / "small")
    for module in ("company", "writing"):
        monkeypatch.setattr(f"synthetic.{module}.LISTED_UP_TO", SIZE - 1)
    write(make("fabricated-receipts", SIZE, 3, MONTHS), tmp_path / "large")
    listed = slow.Files.of(tmp_path / "small").truth["rows"]
    table = pl.read_csv(tmp_path / "large" / "truth-orders.csv")
    for label in ("fabricated_receipts", "wash_orders"):
        assert table.filter(pl.col("label") == label)["order_id"].to_list() == listed[label]
    assert slow.Files.of(tmp_path / "large").truth["rows"] == {"fabricated_receipts": [], "wash_orders": []}
    assert read([tmp_path / "large"], tmp_path / "tables").rows_refused == 0


def test_messy_files_say_the_same(tmp_path: Path) -> None:
    write(make("inventory-loader", SIZE, 3, MONTHS), tmp_path / "messy", messy=True)
    reading = read([tmp_path / "messy"], tmp_path / "tables")
    totals = slow.Files.of(tmp_path / "messy").truth["totals"]
    assert reading.rows_refused == 0
    for table in ("orders", "payouts"):
        frame = pl.read_parquet(tmp_path / "tables" / f"{table}.parquet")
        assert frame["amount"].sum() == totals[f"{table}_amount"]
        assert frame["date"].null_count() == 0


def test_nothing_is_overwritten(folder: Path) -> None:
    with pytest.raises(NotEmpty, match="nothing was written"):
        write(make("honest-seller", SIZE, 3, MONTHS), folder / "honest-seller")


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("synthetic.writing._Csv.write", full)
    with pytest.raises(NotWritten, match=r"No space left on device\. Nothing was kept"):
        write(make("honest-seller", 20, 3, LEAST_MONTHS), tmp_path / "made")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_kind_names_the_nearest() -> None:
    with pytest.raises(UnknownKind, match=r"did you mean buyers-club\?"):
        load_scenario("buyer-club")
    with pytest.raises(UnknownKind, match=r"'xyzzy'\. The kinds are"):
        load_scenario("xyzzy")


@pytest.mark.parametrize(("size", "months"), [(0, 24), (10_000_001, 24), (100, 2), (100, 121)])
def test_sizes_that_cannot_be_made_are_refused(size: int, months: int) -> None:
    with pytest.raises(OutOfRange, match="must be from"):
        make("honest-seller", size, 1, months)
