"""What is given to be verified as a bundle and is none, or is a crafted one: a sentence about it, and nothing is opened."""

from __future__ import annotations

import hashlib
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from cases.bag import is_case_folder
from cases.bundle_check import check_bundle
from cases.errors import NotABundle

ID = "a" * 64
FILES = {
    "bagit.txt": b"BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n",
    "data/bundle.json": b'{"snapshot": {"id": "%s", "included": false}}' % ID.encode(),
    "data/report/report.json": b"{}" * 400,
}


def bag() -> dict[str, bytes]:
    """Files of a small whole bag."""

    def listed(names: list[str]) -> bytes:
        return "".join(f"{hashlib.sha256(files[one]).hexdigest()}  {one}\n" for one in names).encode()

    files = dict(FILES)
    files["manifest-sha256.txt"] = listed([name for name in files if name.startswith("data/")])
    files["tagmanifest-sha256.txt"] = listed(["bagit.txt", "manifest-sha256.txt"])
    return files


def packed(path: Path, files: dict[str, bytes], root: str = "one/", more: tuple[str, bytes] | None = None) -> Path:
    """A zip of them, and of one more, whatever its name."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [*files.items(), *([] if more is None else [more])]:
            archive.writestr(root + name, content)
    return path


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A bundle as it was packed."""
    return packed(tmp_path / "whole.zip", bag())


def faults(path: Path) -> set[tuple[str, str]]:
    """Each fault's code and place."""
    return {(one.code, one.path) for one in check_bundle(path)}


def test_the_bag_of_these_tests_is_whole(whole: Path, tmp_path: Path) -> None:
    assert faults(whole) == set()
    assert faults(packed(tmp_path / "flat.zip", bag(), root="")) == set()


def locked(path: Path) -> None:
    """Set the mark that a zip's entries are under a password."""
    raw = bytearray(path.read_bytes())
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.find(signature)
        while at >= 0:
            raw[at + place] |= 1
            at = raw.find(signature, at + 4)
    path.write_bytes(raw)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:400])


def broken(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"PK\x01\x02", b"PK\x09\x09"))


NO_BUNDLES: dict[str, tuple[Callable[[Path], object], str]] = {
    "cut": (cut, r"breaks off after 400 bytes.* cut short; get it again"),
    "broken": (broken, r"list of files is damaged.*get it again"),
    "locked": (locked, r"zip with a password \(files under it: 5\).*unpack it"),
    "empty": (lambda path: path.write_bytes(b""), r"is empty \(0 bytes\)"),
    "text": (lambda path: path.write_text("hello"), r"is no zip; give a case folder"),
    "other zip": (
        lambda path: packed(path, {"a.csv": b"1"}),
        r"is a zip \(files: 1\) and no bundle.*give a case folder",
    ),
    "bundle in zip": (lambda path: packed(path, {"b.zip": b"1"}), r"unpack it and verify the zip one/b\.zip in it"),
    "case in zip": (lambda path: packed(path, {"c/case.json": b"1"}), r"unpack it and verify the folder one/c in it"),
    "other bag": (
        lambda path: packed(path, {"bagit.txt": b"x", "manifest-md5.txt": b"x"}),
        r"BagIt bag of another program.*check it with a BagIt tool",
    ),
}


@pytest.mark.parametrize("name", NO_BUNDLES)
def test_a_file_that_is_no_bundle_is_named_for_what_it_is(name: str, whole: Path) -> None:
    spoil, said = NO_BUNDLES[name]
    spoil(whole)
    with pytest.raises(NotABundle, match=said) as caught:
        check_bundle(whole)
    assert "audit log" not in str(caught.value)


def test_a_folder_is_named_for_what_it_is(tmp_path: Path) -> None:
    for name, content in bag().items():
        path = tmp_path / "inside" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    assert faults(tmp_path / "inside") == set()
    with pytest.raises(NotABundle, match=re.escape(f"verify the folder {tmp_path / 'inside'} in it")):
        check_bundle(tmp_path)
    with pytest.raises(NotABundle, match=re.escape(f"verify the folder it lies in: {tmp_path / 'inside'}")):
        check_bundle(tmp_path / "inside" / "bagit.txt")
    (tmp_path / "nothing").mkdir()
    with pytest.raises(NotABundle, match=r"no case\.json and no bagit\.txt; give a case folder"):
        check_bundle(tmp_path / "nothing")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotABundle, match="neither a file nor a folder"):
        check_bundle(tmp_path / "pipe")
    (tmp_path / "inside" / "link").symlink_to(tmp_path)
    assert faults(tmp_path / "inside") == {("outside", "link")}


def test_a_lone_case_json_makes_no_case_folder(tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text("{}")
    assert not is_case_folder(tmp_path)
    (tmp_path / "snapshots").mkdir()
    assert is_case_folder(tmp_path)


def test_names_that_lead_out_or_stand_twice_are_faults_and_are_not_opened(tmp_path: Path) -> None:
    names = ("../out", "data/../../out", "data\\out", "C:/out")
    path = packed(tmp_path / "out.zip", bag() | dict.fromkeys(names, b"x"))
    assert faults(path) == {("outside", f"one/{name}") for name in names}
    path = packed(tmp_path / "root.zip", bag() | {"/out": b"x"}, root="")
    assert faults(path) == {("outside", "/out")}
    with pytest.warns(UserWarning, match="Duplicate"):
        path = packed(tmp_path / "twice.zip", bag(), more=("bagit.txt", b"other"))
    assert ("twice", "bagit.txt") in faults(path)


def test_a_mark_of_the_bag_that_is_gone_is_one_fault_and_not_one_a_file(tmp_path: Path) -> None:
    for name in ("bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"):
        files = bag()
        del files[name]
        assert faults(packed(tmp_path / name, files)) == {("missing", name)}
        (fault,) = check_bundle(tmp_path / name)
        assert bool(re.search("[\u0600-\u06ff]", fault.detail.ar)) is bool(fault.detail.en)
        assert bool(fault.detail.en) is (name == "manifest-sha256.txt")


def test_bytes_that_break_inside_an_entry_are_a_fault_of_that_file(whole: Path) -> None:
    raw = bytearray(whole.read_bytes())
    at = raw.index(b"report/report.json") + len("report/report.json")
    raw[at : at + 4] = b"\xff" * 4
    whole.write_bytes(raw)
    assert faults(whole) == {("unreadable", "data/report/report.json")}
