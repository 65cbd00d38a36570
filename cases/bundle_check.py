"""Proof that a bundle is as it was packed: every file compared with the bag's manifests, without unpacking anything.

A bundle may be the zip or its unpacked folder. Names that lead out of the bag are faults and are not opened; files are
hashed as they are read, so that a crafted archive fills neither memory nor disk. Where the snapshot lies in the bundle,
its manifest must have the hash that the analysis names.

Reference: RFC 8493, The BagIt File Packaging Format.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any
from urllib.parse import unquote

from cases import storage
from cases.bundle import DESCRIPTION
from cases.manifest import MANIFEST
from cases.verify import Fault
from intake.progress import Progress, silent

DECLARATION = "bagit.txt"
LISTS = ("manifest-sha256.txt", "tagmanifest-sha256.txt")
_LINE = re.compile(r"([0-9a-fA-F]{64})[ \t]+\*?(.+)")
LARGEST_TAG = 64 << 20
"""Bytes of a manifest or description that are read at once."""


def is_bundle(path: Path) -> bool:
    """Whether a path looks like a bundle: a bag's folder, or a zip with one inside."""
    if path.is_dir():
        return (path / DECLARATION).is_file()
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any(PurePosixPath(name).name == DECLARATION for name in archive.namelist())


def check_bundle(path: Path, *, progress: Progress = silent) -> list[Fault]:
    """Every fault of a bundle; [] if nothing was changed, removed or added.

    Args:
        path: the zip or its unpacked folder.
        progress: told stage and share.
    """
    if path.is_dir():
        return _Check(_Folder(path), progress).run()
    with zipfile.ZipFile(path) as archive:
        return _Check(_Zip(archive), progress).run()


class _Bag(ABC):
    """Names of files inside the bag, and their bytes."""

    sizes: dict[str, int]
    odd: list[str]
    """Names that no honest bag has: twice the same, or leading out of it."""

    @abstractmethod
    def open(self, name: str) -> Any:
        """The bytes of one file."""


class _Folder(_Bag):
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        there = sorted(one for one in folder.rglob("*") if one.is_file() or one.is_symlink())
        self.odd = [one.relative_to(folder).as_posix() for one in there if one.is_symlink()]
        self.sizes = {one.relative_to(folder).as_posix(): one.stat().st_size for one in there if not one.is_symlink()}

    def open(self, name: str) -> IO[bytes]:
        return (self.folder / name).open("rb")


class _Zip(_Bag):
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        entries = [one for one in archive.infolist() if not one.is_dir()]
        marks = [one.filename for one in entries if PurePosixPath(one.filename).name == DECLARATION]
        self.prefix = min(marks, key=len)[: -len(DECLARATION)] if marks else ""
        self.odd = []
        self.sizes = {}
        for one in entries:
            inside = one.filename.startswith(self.prefix)
            name = one.filename.removeprefix(self.prefix)
            parts = PurePosixPath(name).parts
            if not inside or name in self.sizes or name.startswith("/") or ".." in parts or "\\" in name:
                self.odd.append(one.filename)
            else:
                self.sizes[name] = one.file_size

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        with self.archive.open(self.prefix + name) as file:
            yield file


class _Check:
    def __init__(self, bag: _Bag, progress: Progress) -> None:
        self.bag = bag
        self.progress = progress
        self.faults: list[Fault] = [Fault("unexpected", name) for name in bag.odd]
        self.hashes: dict[str, str] = {}
        self.total = sum(bag.sizes.values()) or 1
        self.done = 0

    def run(self) -> list[Fault]:
        for name in (DECLARATION, *LISTS):
            if name not in self.bag.sizes:
                self.faults.append(Fault("missing", name))
        listed = {name: self._list(name) for name in LISTS}
        for wanted in listed.values():
            for name, expected in wanted.items():
                self._compare(name, expected)
        known = set().union(*listed.values()) | {LISTS[1]}
        self.faults += [Fault("unexpected", name) for name in self.bag.sizes if name not in known]
        self._description()
        self.progress("verifying", 1.0)
        return sorted(set(self.faults), key=lambda fault: (fault.path, fault.code))

    def _list(self, name: str) -> dict[str, str]:
        """File to hash, as one of the bag's manifests has it."""
        found: dict[str, str] = {}
        for number, line in enumerate(self._text(name).splitlines(), start=1):
            match = _LINE.fullmatch(line)
            if match is None:
                self.faults.append(Fault("changed", f"{name}:{number}"))
            else:
                found[unquote(match[2]) if "%" in match[2] else match[2]] = match[1].lower()
        return found

    def _text(self, name: str) -> str:
        if name not in self.bag.sizes:
            return ""
        try:
            with self.bag.open(name) as file:
                return str(file.read(LARGEST_TAG).decode("utf-8"))
        except (UnicodeDecodeError, zipfile.BadZipFile, OSError) as error:
            self.faults.append(Fault("unreadable", name, str(error)[:100]))
            return ""

    def _compare(self, name: str, expected: str) -> None:
        if name not in self.bag.sizes:
            self.faults.append(Fault("missing", name))
            return
        found = self._hash(name)
        if found and found != expected:
            self.faults.append(Fault("changed", name, f"expected {expected}, found {found}"))

    def _hash(self, name: str) -> str:
        if name not in self.hashes:
            total = hashlib.sha256()
            try:
                with self.bag.open(name) as file:
                    while chunk := file.read(storage.CHUNK):
                        total.update(chunk)
                        self.done += len(chunk)
                        self.progress("verifying", min(1.0, self.done / self.total))
                self.hashes[name] = total.hexdigest()
            except (zipfile.BadZipFile, OSError) as error:
                self.faults.append(Fault("unreadable", name, str(error)[:100]))
                self.hashes[name] = ""
        return self.hashes[name]

    def _description(self) -> None:
        """What the bundle says of itself against what lies in it."""
        name = f"data/{DESCRIPTION}"
        try:
            described = json.loads(self._text(name) or "null")
            snapshot = described["snapshot"]
            included, id_ = bool(snapshot["included"]), str(snapshot["id"])
        except (ValueError, TypeError, KeyError):
            self.faults.append(Fault("changed" if name in self.bag.sizes else "missing", name))
            return
        manifest = f"data/snapshot/{MANIFEST}"
        if included and manifest in self.bag.sizes and self._hash(manifest) != id_:
            self.faults.append(Fault("changed", manifest, f"expected {id_}, found {self._hash(manifest)}"))
        elif included and manifest not in self.bag.sizes:
            self.faults.append(Fault("missing", manifest))
