"""The manifest: what lies in an immutable folder, with the SHA-256 of every file.

`manifest.json` is written in one fixed spelling (sorted keys, two spaces), so that the same contents give the
same manifest. A snapshot's id is the SHA-256 of its manifest, an analysis' id the SHA-256 of the manifest's
`inputs`; the manifest of an analysis is itself named, with its hash, in the audit log.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from cases import storage
from cases.errors import CaseDamaged, FormatTooNew
from intake.text import Text

MANIFEST = "manifest.json"
FORMAT = 1
"""Version of the folder layout; a reader refuses a later one."""


@dataclass(frozen=True, slots=True, order=True)
class FileEntry:
    """One file: its name, its length in bytes, its SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an immutable folder holds and what it was made of."""

    kind: Literal["snapshot", "analysis"]
    inputs: dict[str, Any]
    """Everything that determines the contents."""
    files: tuple[FileEntry, ...]
    """Every file of the folder but the manifest itself, sorted by path."""

    def encoded(self) -> bytes:
        """The bytes of `manifest.json`."""
        return storage.readable(
            {
                "format": FORMAT,
                "kind": self.kind,
                "inputs": self.inputs,
                "files": [asdict(entry) for entry in self.files],
            }
        )

    @property
    def sha256(self) -> str:
        """SHA-256 of `manifest.json`."""
        return storage.digest(self.encoded())

    def file(self, path: str) -> FileEntry | None:
        """The entry of that path, if the folder has it."""
        return next((entry for entry in self.files if entry.path == path), None)

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Read a folder's manifest.

        Raises:
            CaseDamaged: it is missing, or not byte for byte what this program writes.
            FormatTooNew: a later version of the program wrote it.
        """
        path = folder / MANIFEST
        try:
            data = path.read_bytes()
            values = json.loads(data)
            version = values["format"]
            if isinstance(version, int) and version > FORMAT:
                raise FormatTooNew(folder, version, FORMAT)
            manifest = cls(values["kind"], values["inputs"], tuple(FileEntry(**entry) for entry in values["files"]))
        except OSError as error:
            raise CaseDamaged(path, Text(en="the manifest cannot be read", ar="تتعذر قراءة قائمة الملفات")) from error
        except (ValueError, TypeError, KeyError) as error:
            raise CaseDamaged(path, Text(en="the manifest was changed", ar="جرى تغيير قائمة الملفات")) from error
        if manifest.encoded() != data:
            raise CaseDamaged(path, Text(en="the manifest was changed", ar="جرى تغيير قائمة الملفات"))
        return manifest


def describe(folder: Path) -> tuple[FileEntry, ...]:
    """Every file below a folder, but its manifest."""
    return tuple(
        sorted(
            FileEntry(path.relative_to(folder).as_posix(), path.stat().st_size, storage.digest_file(path))
            for path in folder.rglob("*")
            if path.is_file() and path != folder / MANIFEST
        )
    )
