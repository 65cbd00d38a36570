"""Uploads: bytes from strangers, counted, hashed and kept.

An upload is written to the case's staging folder while its length and hash are taken; it joins the sources only
when it is complete, within the limit, with room left on the disk, and (if the sender declared a hash) unharmed. A
connection that breaks leaves nothing.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Any

from pydantic import ConfigDict

from cases import storage
from cases.case import Case
from cases.errors import BadName, DiskFull, UploadTooLarge, WrongHash
from cases.snapshot import SHEET_FOLDER, Source
from intake.frozen import Frozen
from intake.text import Text, say

LOOK_EVERY = 64 << 20
"""Bytes between two looks at the free space."""
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """Bounds on uploads, in bytes."""

    file: int = 20 << 30
    """One file."""
    reserve: int = 512 << 20
    """What must stay free on the disk."""


class Upload(Frozen):
    """A file that waits to be read."""

    model_config = ConfigDict(from_attributes=True, extra="ignore")

    name: str
    size: int
    sha256: str
    received: str
    received_from: str


def safe_name(name: str) -> str:
    """The name under which an upload is kept: as it came, if it is a plain file name.

    Raises:
        BadName: it is empty, a path, hidden, too long, or holds control characters.
    """
    name = unicodedata.normalize("NFC", name)
    if not name.strip() or name in {".", ".."}:
        raise BadName(name, Text(en="is empty", ar="فارغ"))
    if "/" in name or "\\" in name:
        raise BadName(
            name,
            Text(
                en="is a path; send the file's own name, and folders as a zip archive",
                ar="مسار. يُرجى إرسال اسم الملف وحده، والمجلدات كأرشيف ⁨zip⁩",
            ),
        )
    if name.startswith(".") or name == SHEET_FOLDER:
        raise BadName(
            name,
            Text(
                en="is of a kind that Downline keeps for itself; rename the file",
                ar="من نوع يحتفظ به Downline لنفسه. يُرجى تغيير اسم الملف",
            ),
        )
    if len(name.encode()) > LONGEST_NAME:
        raise BadName(
            name[:40] + "...",
            say("is longer than {longest_name} bytes", "أطول من {longest_name} بايت", longest_name=LONGEST_NAME),
        )
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in name):
        raise BadName(name, Text(en="holds control characters", ar="فيه رموز تحكم"))
    return name


class UploadWriter:
    """One upload under way: `write` pieces inside a `with`; afterwards `upload` says what was kept."""

    def __init__(
        self,
        case: Case,
        name: str,
        limits: UploadLimits,
        actor: str,
        kept: Callable[[Source], Any],
        *,
        size: int | None = None,
        sha256: str | None = None,
    ) -> None:
        self._case = case
        self._name = name
        self._limits = limits
        self._actor = actor
        self._kept = kept
        self._declared = sha256.lower() if sha256 is not None else None
        self._hash = hashlib.sha256()
        self._size = 0
        self._looked = 0
        self.upload: Any = None
        if size is not None and size > limits.file:
            raise UploadTooLarge(name, limits.file)
        self._look(size or 0)

    def __enter__(self) -> UploadWriter:
        self._staging = storage.Staging(self._case.folder)
        self._path = self._staging.__enter__() / "incoming"
        self._file = self._path.open("wb")
        return self

    def write(self, piece: bytes) -> None:
        """Take the next piece.

        Raises:
            UploadTooLarge, DiskFull: nothing of the upload will be kept.
        """
        self._size += len(piece)
        if self._size > self._limits.file:
            raise UploadTooLarge(self._name, self._limits.file)
        if self._size - self._looked >= LOOK_EVERY:
            self._looked = self._size
            self._look(0)
        self._hash.update(piece)
        self._file.write(piece)

    def _look(self, more: int) -> None:
        free = storage.free_bytes(self._case.folder)
        if free - more < self._limits.reserve:
            raise DiskFull(self._name, free, self._limits.reserve)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
            if error is None:
                self._keep()
        finally:
            self._staging.__exit__(kind, error, trace)

    def _keep(self) -> None:
        found = self._hash.hexdigest()
        if self._declared is not None and self._declared != found:
            raise WrongHash(self._name, self._declared, found)
        source = Source(self._name, self._size, found)
        self._case.keep_sources({found: self._path}, [asdict(source)], actor=self._actor)
        self.upload = self._kept(source)
