"""Snapshots: the tables that intake made of a company's files, with proof of which files they were.

Import keeps the files first: each is copied to `sources/<sha256>` while it is hashed. Intake then reads links
to those kept bytes, never the originals, so that nothing can change between hashing and reading, and the
manifest's `inputs` (files under the names they came with, data sheet, limits, program) determine every byte
of the snapshot. If a snapshot with the same inputs exists, it is the answer and nothing is read again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from cases import storage
from cases.case import SNAPSHOTS, SOURCES, Case
from cases.errors import LinkInFolder, NameClash, NoParticipants, NothingToRead
from cases.manifest import MANIFEST, Manifest, describe
from cases.program import READING, program
from intake.progress import Progress
from intake.text import Text, verbatim

if TYPE_CHECKING:
    from genealogy.network import Network
    from intake.limits import Limits
    from intake.reading import Reading

SHEET = "datasheet.yaml"
"""What the data sheet is called inside a snapshot."""
PLAN = "plan.yaml"
"""What the compensation plan is called inside a snapshot and an analysis."""
SHEET_FOLDER = "(data sheet)"
"""Where a data sheet (and its plan) that was given apart from the files stands among the received names."""


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """A file as received: its name (with `/` between folders), its length, its SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Snapshot:
    """An immutable set of tables. Open one with `case.snapshot(id)`."""

    case: Case
    id: str
    folder: Path
    manifest: Manifest

    @classmethod
    def open(cls, case: Case, id_: str) -> Snapshot:
        """Open a snapshot that the case has."""
        folder = case.folder / SNAPSHOTS / id_
        return cls(case, id_, folder, Manifest.read(folder))

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every file as received."""
        return tuple(Source(**one) for one in self.manifest.inputs["sources"])

    @property
    def plan(self) -> Path | None:
        """The compensation plan that the data sheet names, if it came along."""
        return self.folder / PLAN if self.manifest.file(PLAN) else None

    @cached_property
    def reading(self) -> Reading:
        """Intake's receipt: files, columns, rows in, accepted and refused."""
        from intake.reading import Reading

        return Reading.model_validate_json((self.folder / "reading.json").read_bytes())

    @cached_property
    def network(self) -> Network:
        """The participants and their trees.

        Raises:
            NoParticipants: the records list nobody.
        """
        from genealogy.network import Network

        if self.table("participants") is None:
            raise NoParticipants
        return Network.from_parquet(self.folder)

    def table(self, name: str) -> Path | None:
        """A table's Parquet file, if the records have that table."""
        file = f"{name}.parquet"
        return self.folder / file if self.manifest.file(file) else None


def import_paths(
    case: Case,
    paths: Sequence[Path],
    datasheet: Path | None,
    *,
    limits: Limits | None,
    actor: str,
    progress: Progress,
) -> Snapshot:
    """`Case.import_`: keep the files at these paths, then read them."""
    arguments, found = _collect(paths)
    if datasheet is not None:
        found += _sheet_and_plan(datasheet)
    if not found:
        named = ", ".join(str(path) for path in paths)
        raise NothingToRead(verbatim(named) if named else Text(en="the import", ar="الاستيراد"))
    sources = keep(case, found, actor=actor, progress=progress)
    return _read(case, sources, arguments, limits=limits, actor=actor, progress=progress)


def import_kept(
    case: Case, sources: Sequence[Source], *, limits: Limits | None, actor: str, progress: Progress
) -> Snapshot:
    """`Case.import_sources`: read files that are on the shelf already."""
    if not sources:
        raise NothingToRead(verbatim(case.title))
    arguments = sorted({PurePosixPath(one.name).parts[0] for one in sources})
    if len(arguments) > 1 or sources[0].name not in arguments:
        arguments = ["."]
    return _read(case, sources, arguments, limits=limits, actor=actor, progress=progress)


def keep(case: Case, files: Sequence[tuple[str, Path]], *, actor: str, progress: Progress) -> list[Source]:
    """Copy files onto the case's shelf under their hashes; returns what was received, by name."""
    total = sum(path.stat().st_size for _, path in files) or 1
    done = 0
    received: dict[str, Source] = {}
    with storage.Staging(case.folder) as staging:
        staged: dict[str, Path] = {}
        for name, path in files:
            aside = staging / "incoming"
            source = Source(name, *_copy(path, aside, partial(_moved, progress, done, total)))
            done += source.size
            if received.setdefault(name, source) != source:
                raise NameClash(name)
            if source.sha256 in staged or (case.folder / SOURCES / source.sha256).exists():
                aside.unlink()
            else:
                staged[source.sha256] = aside.rename(staging / source.sha256)
        if staged:
            case.keep_sources(staged, [asdict(one) for one in received.values()], actor=actor)
    progress("keeping", 1.0)
    return sorted(received.values())


def _moved(progress: Progress, before: int, total: int, more: int) -> None:
    progress("keeping", (before + more) / total)


def _copy(origin: Path, target: Path, moved: Callable[[int], None]) -> tuple[int, str]:
    """Copy a file while hashing it; returns length and SHA-256 of what was written."""
    total = hashlib.sha256()
    size = 0
    with origin.open("rb") as source, target.open("wb") as copy:
        while chunk := source.read(storage.CHUNK):
            copy.write(chunk)
            total.update(chunk)
            size += len(chunk)
            moved(size)
    return size, total.hexdigest()


def _collect(paths: Sequence[Path]) -> tuple[list[str], list[tuple[str, Path]]]:
    """What intake is asked to read, and every file with the name under which it is received.

    Files and folders whose names begin with a dot are the computer's, not the company's, and are left out. A link inside
    a folder is not followed: it can lead to files that are not the company's.
    """
    if len(paths) == 1 and paths[0].is_dir():
        return ["."], list(_below(paths[0], paths[0]))
    found: list[tuple[str, Path]] = []
    for path in paths:
        found += _below(path, path.parent) if path.is_dir() else [(path.name, path)]
    return sorted({PurePosixPath(name).parts[0] for name, _ in found}), found


def _below(folder: Path, root: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if any(part.startswith(".") for part in parts):
            continue
        if path.is_symlink():
            raise LinkInFolder(path.relative_to(root).as_posix())
        if path.is_file():
            yield path.relative_to(root).as_posix(), path


def _sheet_and_plan(datasheet: Path) -> list[tuple[str, Path]]:
    from intake.datasheet import load_datasheet

    found = [(f"{SHEET_FOLDER}/{SHEET}", datasheet)]
    plan = load_datasheet(datasheet).sheet.plan
    if plan is not None and (datasheet.parent / plan).is_file():
        found.append((f"{SHEET_FOLDER}/{PLAN}", datasheet.parent / plan))
    return found


def _read(
    case: Case,
    sources: Iterable[Source],
    arguments: list[str],
    *,
    limits: Limits | None,
    actor: str,
    progress: Progress,
) -> Snapshot:
    sources = sorted(sources)
    inputs: dict[str, Any] = {
        "sources": [asdict(one) for one in sources],
        "read": arguments,
        "limits": asdict(limits) if limits is not None else None,
        "program": program(READING),
    }
    for earlier in reversed(case.snapshots()):
        if earlier.manifest.inputs == inputs:
            case.audit.append(actor, "snapshot.found", earlier.id)
            return earlier
    with storage.Staging(case.folder) as staging:
        received, content = staging / "received", staging / "content"
        _lay_out(case, sources, received)
        _run_intake(received, content, arguments, limits, progress)
        manifest = Manifest("snapshot", inputs, describe(content))
        (content / MANIFEST).write_bytes(manifest.encoded())
        details = {"manifest": manifest.sha256, "sources": len(sources)}
        case.publish("snapshot", manifest.sha256, content, details, actor=actor)
    return Snapshot.open(case, manifest.sha256)


def _lay_out(case: Case, sources: Iterable[Source], received: Path) -> None:
    """The files under the names they came with, as links to the kept bytes."""
    for one in sources:
        path = received.joinpath(*PurePosixPath(one.name).parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = case.folder / SOURCES / one.sha256
        try:
            os.link(kept, path)
        except FileExistsError as error:
            raise NameClash(one.name) from error
        except OSError:  # a file system without hard links
            shutil.copyfile(kept, path)


def _run_intake(received: Path, content: Path, arguments: list[str], limits: Limits | None, progress: Progress) -> None:
    import intake
    from intake.limits import DEFAULT_LIMITS

    apart = received / SHEET_FOLDER
    sheet: Path | None = None
    if apart.is_dir():
        sheet = apart.rename(received.parent / "sheet") / SHEET
    paths = [received if one == "." else received / one for one in arguments]
    reading = intake.read(paths, content, datasheet=sheet, limits=limits or DEFAULT_LIMITS, progress=progress)
    named = reading.datasheet.plan if reading.datasheet is not None else None
    if sheet is not None:
        shutil.copyfile(sheet, content / SHEET)
        if (sheet.parent / PLAN).is_file():
            shutil.copyfile(sheet.parent / PLAN, content / PLAN)
    elif named is not None:
        plan = _beside_the_sheet(paths, named)
        if plan is not None:
            (content / PLAN).write_bytes(plan)


def _beside_the_sheet(paths: Sequence[Path], name: str) -> bytes | None:
    """The plan that a data sheet in the folder or archive names, relative to the sheet."""
    from intake.datasheet import DATASHEET_NAMES

    for path in paths:
        folder = path if path.is_dir() else path.parent
        for sheet in sorted(one for known in DATASHEET_NAMES for one in folder.rglob(known)):
            plan = (sheet.parent / name).resolve()
            if plan.is_relative_to(folder.resolve()) and plan.is_file():
                return plan.read_bytes()
        if path.is_file() and zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                members = {PurePosixPath(one.filename): one for one in archive.infolist() if not one.is_dir()}
                for member in sorted(members):
                    wanted = members.get(member.parent / name)
                    if member.name not in DATASHEET_NAMES or wanted is None:
                        continue
                    if wanted.file_size <= PLAN_LIMIT:
                        return archive.read(wanted)
    return None


PLAN_LIMIT = 1 << 20
"""Bytes of a plan in an archive; intake has already refused archives that lie about their sizes."""
