"""`verify` finds any byte that was changed, added or removed, anywhere in a case."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases import Case, storage
from cases import snapshot as snapshots
from cases.audit import Audit, Entry, Head
from cases.manifest import MANIFEST, Manifest, describe
from cases.verify import verify


def reversed_copies(received: Path, content: Path, *_: object) -> None:
    """Stands in for intake: each file, backwards."""
    content.mkdir()
    for path in sorted(received.iterdir()):
        (content / f"{path.name}.out").write_bytes(path.read_bytes()[::-1])


def make_case(folder: Path, received: Path) -> Case:
    """A case with two imports and an analysis, without the rooms below."""
    received.mkdir()
    (received / "people.csv").write_text("id,sponsor\na,\nb,a\n", encoding="utf-8")
    (received / "orders.csv").write_text("id,amount\n1,5.00\n", encoding="utf-8")
    case = Case.create(folder, "A case", "a.auditor")
    case.import_([received])
    (received / "orders.csv").write_text("id,amount\n1,5.00\n2,7.00\n", encoding="utf-8")
    snapshot = case.import_([received])
    inputs = {"snapshot": snapshot.id, "plan": None}
    id_ = storage.digest(storage.canonical(inputs))
    with storage.Staging(folder) as staging:
        content = staging / "content"
        content.mkdir()
        (content / "findings.json").write_bytes(b"[]\n")
        manifest = Manifest("analysis", inputs, describe(content))
        (content / MANIFEST).write_bytes(manifest.encoded())
        case.publish("analysis", id_, content, {"manifest": manifest.sha256}, actor="a.auditor")
    return case


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case folder that nobody touches; each example works on a copy."""
    home = tmp_path_factory.mktemp("pristine")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshots, "_run_intake", reversed_copies)
        case = make_case(home / "a.case", home / "received")
    assert case.verify() == []
    return case.folder


@pytest.fixture
def copy(pristine: Path, tmp_path: Path) -> Callable[[], Path]:
    """A fresh copy of the pristine case."""

    def make() -> Path:
        target = tmp_path / "copy.case"
        if target.exists():
            shutil.rmtree(target)
        shutil.copytree(pristine, target)
        return target

    return make


def files_of(folder: Path) -> list[Path]:
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def damage_of(folder: Path) -> list[str]:
    return [fault.code for fault in verify(folder) if fault.is_damage]


def test_an_untouched_copy_has_no_fault(copy: Callable[[], Path]) -> None:
    assert verify(copy()) == []


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_any_changed_byte_is_found(
    pristine: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(files_of(pristine)))
    content = (pristine / path).read_bytes()
    place = data.draw(st.integers(0, len(content) - 1))
    flip = data.draw(st.integers(1, 255))
    home = tmp_path_factory.mktemp("flip") / "a.case"
    shutil.copytree(pristine, home)
    (home / path).chmod(0o644)
    (home / path).write_bytes(content[:place] + bytes([content[place] ^ flip]) + content[place + 1 :])
    faults = verify(home)
    shutil.rmtree(home)
    assert faults != []
    assert any(fault.is_damage for fault in faults)


@pytest.mark.parametrize("kind", ["snapshots", "analyses"])
def test_a_changed_key_or_version_of_a_manifest_is_found(copy: Callable[[], Path], kind: str) -> None:
    """Such a manifest is still JSON, and what it says cannot be followed."""
    home = copy()
    manifest = min(home.glob(f"{kind}/*/manifest.json"))
    manifest.chmod(0o644)
    whole = manifest.read_bytes()
    for found in re.finditer(rb'"(sha256|sources|inputs|path)"|(?<="format": )1', whole):
        other = b"9" if found.group() == b"1" else found.group().upper()
        manifest.write_bytes(whole[: found.start()] + other + whole[found.end() :])
        assert "changed" in damage_of(home), found


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_any_added_or_removed_bytes_are_found(
    pristine: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(files_of(pristine)))
    content = (pristine / path).read_bytes()
    start = data.draw(st.integers(0, len(content)))
    stop = data.draw(st.integers(start, len(content)))
    more = data.draw(st.binary(min_size=1 if start == stop else 0, max_size=20))
    changed = content[:start] + more + content[stop:]
    if changed == content:
        return
    home = tmp_path_factory.mktemp("cut") / "a.case"
    shutil.copytree(pristine, home)
    (home / path).chmod(0o644)
    (home / path).write_bytes(changed)
    faults = verify(home)
    shutil.rmtree(home)
    # bytes after the last line of the log look like the torn line of a crash, and are reported as that
    torn = path == Path("audit.jsonl") and changed.startswith(content)
    assert faults != []
    assert torn or any(fault.is_damage for fault in faults)


def test_every_missing_file_and_folder_is_found(copy: Callable[[], Path], pristine: Path) -> None:
    for path in [one.relative_to(pristine) for one in pristine.rglob("*") if ".staging" not in one.parts]:
        folder = copy()
        if (folder / path).is_dir():
            shutil.rmtree(folder / path)
        else:
            (folder / path).unlink()
        assert damage_of(folder) != [], path


def test_every_added_file_is_found(copy: Callable[[], Path], pristine: Path) -> None:
    folders = [one.relative_to(pristine) for one in pristine.rglob("*") if one.is_dir() and one.name != ".staging"]
    for place in [Path(), *folders]:
        folder = copy()
        (folder / place / "added").write_bytes(b"")
        assert damage_of(folder) == ["unexpected"], place
    folder = copy()
    (folder / "sources" / storage.digest(b"forged")).write_bytes(b"forged")
    assert damage_of(folder) == ["unexpected"]
    folder = copy()
    (folder / "analyses" / ("0" * 64)).mkdir()
    assert damage_of(folder) == ["unexpected"]


def test_a_link_in_place_of_a_file_is_found(copy: Callable[[], Path], tmp_path: Path) -> None:
    folder = copy()
    path = next((folder / "sources").iterdir())
    shutil.move(path, tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert "missing" in damage_of(folder)


def rewritten(entries: list[Entry]) -> bytes:
    """A log with these acts, chained anew as a forger would."""
    lines, last = [], "0" * 64
    for seq, entry in enumerate(entries, start=1):
        sealed = Entry(seq, entry.at, entry.actor, entry.action, entry.object, entry.details, last).sealed()
        lines.append(sealed.line() + b"\n")
        last = sealed.hash
    return b"".join(lines)


def test_the_log_shows_edits_removals_and_reordering(copy: Callable[[], Path]) -> None:
    folder = copy()
    log = folder / "audit.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    for changed in (
        lines[1:],
        lines[:3] + lines[4:],
        [*lines[:2], lines[3], lines[2], *lines[4:]],
        [*lines, lines[-1]],
        lines[:-1],
        [],
    ):
        log.write_bytes(b"".join(changed))
        assert damage_of(folder) != []


def test_a_log_cut_with_its_head_is_found_by_what_lies_in_the_folder(copy: Callable[[], Path]) -> None:
    folder = copy()
    entries = list(Audit(folder).entries())[:-2]  # without the analysis
    (folder / "audit.jsonl").write_bytes(rewritten(entries))
    (folder / "audit.head").write_bytes(Head(entries[-1].seq, entries[-1].hash).encoded())
    assert damage_of(folder) == ["unexpected"] * 3  # its folder and two files


def test_a_forged_case_stands_until_its_old_head_is_produced(copy: Callable[[], Path]) -> None:
    """Who can write everything can forge everything: documented, and answered by a head noted elsewhere."""
    folder = copy()
    noted = Audit(folder).head()
    entries = list(Audit(folder).entries())
    id_ = entries[-1].object
    shutil.rmtree(folder / "analyses" / id_)
    kept = [entry for entry in entries if entry.object != id_]
    (folder / "audit.jsonl").write_bytes(rewritten(kept))
    (folder / "audit.head").write_bytes(Head(len(kept), Audit(folder).page(len(kept) - 1)[-1].hash).encoded())
    assert verify(folder) == []
    assert [fault.code for fault in verify(folder, anchor=noted)] == ["log-cut"]
    Audit(folder).append("forger", "x.y", "z")
    Audit(folder).append("forger", "x.y", "z")
    assert "log-changed" in [fault.code for fault in verify(folder, anchor=noted)]


def test_a_rehashed_manifest_is_found(copy: Callable[[], Path]) -> None:
    """Changing a table and its manifest to match leaves the folder's name, which is the old manifest's hash."""
    folder = copy()
    snapshot = sorted((folder / "snapshots").iterdir())[0]
    table = snapshot / "orders.csv.out"
    table.chmod(0o644)
    table.write_bytes(b"forged")
    manifest = Manifest.read(snapshot)
    (snapshot / MANIFEST).chmod(0o644)
    (snapshot / MANIFEST).write_bytes(Manifest("snapshot", manifest.inputs, describe(snapshot)).encoded())
    assert damage_of(folder) == ["changed"]
    analysis = next((copy() / "analyses").iterdir())
    values = json.loads((analysis / MANIFEST).read_bytes())
    values["inputs"]["plan"] = "another"
    (analysis / MANIFEST).chmod(0o644)
    (analysis / MANIFEST).write_bytes(storage.readable(values))
    assert set(damage_of(analysis.parents[1])) == {"changed"}


def test_faults_are_told_in_both_languages(copy: Callable[[], Path]) -> None:
    folder = copy()
    (folder / "case.json").unlink()
    fault = verify(folder)[0]
    assert fault.path == "case.json"
    assert str(fault) == "case.json: the file is missing"
    assert fault.text.ar == "الملف مفقود"
    source = min((folder / "sources").iterdir())
    source.chmod(0o644)
    source.write_bytes(b"x")
    changed = next(each for each in verify(folder) if each.code == "changed")
    found = hashlib.sha256(b"x").hexdigest()
    assert changed.detail.en == f"expected {source.name}, found {found}"
    assert changed.detail.ar == f"المتوقع \u2068{source.name}\u2069، والموجود \u2068{found}\u2069"
    noted = verify(folder, anchor=Head(1_000, "0" * 64))
    assert any(each.detail.en == "the head 1000 noted elsewhere names line 1000" for each in noted)
    assert all(re.search("[\u0600-\u06ff]", each.detail.ar) for each in noted if each.detail.en)
