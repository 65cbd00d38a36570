"""A case is a folder: made once, opened again, added to, and never half written."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from cases import Case
from cases.errors import CaseExists, FormatTooNew, LinkInFolder, NameClash, NotACase, NothingToRead, UnknownSnapshot
from cases.manifest import Manifest

pytestmark = pytest.mark.usefixtures("plain_desk")


def test_a_case_is_made_once_and_opened_again(tmp_path: Path) -> None:
    made = Case.create(tmp_path / "deep" / "a.case", "عنوان", "r.haddad")
    opened = Case.open(tmp_path / "deep" / "a.case")
    assert (opened.id, opened.title, opened.created) == (made.id, "عنوان", made.created)
    with pytest.raises(CaseExists):
        Case.create(made.folder, "again", "x")
    assert [entry.action for entry in opened.audit.entries()] == ["case.created"]


def test_a_folder_with_anything_else_in_it_is_not_taken_over(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(CaseExists, match="not empty"):
        Case.create(tmp_path, "t", "x")
    assert (tmp_path / "letter.txt").read_text(encoding="utf-8") == "mine"
    with pytest.raises(NotACase, match=r"case\.json"):
        Case.open(tmp_path)


def test_a_later_format_is_refused_with_the_way_out(new_case: Callable[..., Case]) -> None:
    case = new_case()
    path = case.folder / "case.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"format": 9}), encoding="utf-8")
    with pytest.raises(FormatTooNew, match="Update Downline"):
        Case.open(case.folder)


def test_the_same_files_give_the_same_snapshot_in_any_case(
    new_case: Callable[..., Case], some_files: Path, tmp_path: Path
) -> None:
    first, second = new_case("one"), new_case("two")
    elsewhere = tmp_path / "elsewhere"
    some_files.rename(elsewhere)
    here = first.import_([elsewhere])
    again = first.import_([elsewhere])
    there = second.import_([elsewhere])
    assert here.id == again.id == there.id
    assert len(list((first.folder / "snapshots").iterdir())) == 1
    files = sorted(path.relative_to(here.folder) for path in here.folder.rglob("*"))
    assert files == sorted(path.relative_to(there.folder) for path in there.folder.rglob("*"))
    assert all((here.folder / one).read_bytes() == (there.folder / one).read_bytes() for one in files)


def test_without_a_name_the_snapshot_last_asked_for_is_meant(
    new_case: Callable[..., Case], some_files: Path, tmp_path: Path
) -> None:
    case = new_case()
    first = case.import_([some_files])
    alone = tmp_path / "alone.csv"
    alone.write_text("id\na\n", encoding="utf-8")
    second = case.import_([alone])
    assert case.snapshot().id == second.id
    assert case.import_([some_files]).id == first.id
    assert case.snapshot().id == first.id
    assert [one.id for one in case.snapshots()] == [first.id, second.id]


def test_the_id_is_the_hash_of_the_manifest_and_the_manifest_lists_everything(
    new_case: Callable[..., Case], some_files: Path
) -> None:
    case = new_case()
    snapshot = case.import_([some_files])
    assert hashlib.sha256((snapshot.folder / "manifest.json").read_bytes()).hexdigest() == snapshot.id
    manifest = Manifest.read(snapshot.folder)
    assert {entry.path for entry in manifest.files} == {"people.csv.out", "طلبات.csv.out", "empty.csv.out"}
    assert [source.name for source in snapshot.sources] == ["empty.csv", "more/طلبات.csv", "people.csv"]
    for source in snapshot.sources:
        kept = (case.folder / "sources" / source.sha256).read_bytes()
        assert kept == (some_files / source.name).read_bytes()
        assert (len(kept), hashlib.sha256(kept).hexdigest()) == (source.size, source.sha256)


def test_what_is_kept_cannot_be_written_by_accident(new_case: Callable[..., Case], some_files: Path) -> None:
    case = new_case()
    snapshot = case.import_([some_files])
    for path in [*snapshot.folder.iterdir(), *(case.folder / "sources").iterdir()]:
        assert not path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)


def test_changed_files_give_another_snapshot_and_the_old_one_stays(
    new_case: Callable[..., Case], some_files: Path
) -> None:
    case = new_case()
    old = case.import_([some_files])
    before = {path.name: path.read_bytes() for path in old.folder.iterdir()}
    (some_files / "people.csv").write_text("id,sponsor\na,\nb,a\nc,b\n", encoding="utf-8")
    new = case.import_([some_files])
    assert [one.id for one in case.snapshots()] == [old.id, new.id]
    assert case.snapshot().id == new.id
    assert case.snapshot(old.id[:8]).id == old.id
    assert before == {path.name: path.read_bytes() for path in old.folder.iterdir()}


def test_what_cannot_be_found_is_said(new_case: Callable[..., Case], tmp_path: Path) -> None:
    case = new_case()
    with pytest.raises(UnknownSnapshot):
        case.snapshot()
    (tmp_path / "nothing").mkdir()
    with pytest.raises(NothingToRead):
        case.import_([tmp_path / "nothing"])


def test_two_different_files_of_one_name_are_refused(new_case: Callable[..., Case], tmp_path: Path) -> None:
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "orders.csv").write_text(name, encoding="utf-8")
    case = new_case()
    with pytest.raises(NameClash, match=r"orders\.csv"):
        case.import_([tmp_path / "x" / "orders.csv", tmp_path / "y" / "orders.csv"])
    assert case.verify() == []


@pytest.mark.parametrize("target", ["/etc/passwd", "people.csv", "nowhere", "."])
def test_a_link_in_a_folder_is_not_followed(new_case: Callable[..., Case], some_files: Path, target: str) -> None:
    """Neither to a file outside, nor to one inside, to nothing, or to a folder; what is hidden is not looked at."""
    (some_files / ".hidden").symlink_to("/etc/passwd")
    case = new_case()
    case.import_([some_files])
    kept = sorted((case.folder / "sources").iterdir())
    (some_files / "members.csv").symlink_to(target)
    with pytest.raises(LinkInFolder, match=r"members\.csv.*put the file itself"):
        case.import_([some_files])
    assert sorted((case.folder / "sources").iterdir()) == kept


def test_a_case_that_cannot_be_written_can_still_be_read(new_case: Callable[..., Case], some_files: Path) -> None:
    case = new_case()
    snapshot = case.import_([some_files])
    os.chmod(case.folder, 0o555)  # noqa: PTH101
    try:
        assert Case.open(case.folder).snapshot().id == snapshot.id
        assert Case.open(case.folder).verify() == []
    finally:
        os.chmod(case.folder, 0o755)  # noqa: PTH101


def test_a_failing_reader_leaves_the_sources_and_nothing_else(
    new_case: Callable[..., Case], some_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("cannot read this")

    monkeypatch.setattr("cases.snapshot._run_intake", fail)
    case = new_case()
    with pytest.raises(RuntimeError):
        case.import_([some_files])
    assert case.verify() == []
    assert len(list((case.folder / "sources").iterdir())) == 3
    assert list((case.folder / "snapshots").iterdir()) == []
    assert list((case.folder / ".staging").iterdir()) == []
