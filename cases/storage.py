"""Files that survive a crash: how anything in a case folder is written.

Three ways, and no other: `write_file` replaces a small file (temporary name, fsync, rename), `Staging`
prepares a folder beside its destination, and `publish` puts a prepared folder or file in place with one
rename. Before a rename everything below is flushed to disk, after it the parent folder is, so that after a
crash or a power cut each name holds the old bytes or the new ones. A staging folder is locked (flock) by the
process that works in it; one that nobody locks was left by a crash, and `sweep` removes it.

Reference: POSIX rename(2) is atomic within a file system; flock(2) is released by the kernel when a process
dies.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

STAGING = ".staging"
"""Name of the folder for work in progress, inside the case folder and so on the same file system."""

PENDING = "pending"
"""Name of the mark in it that something is being published."""

CHUNK = 1 << 20


def canonical(value: Any) -> bytes:
    """The one way in which a JSON value is spelled inside a case: sorted keys, no spaces, UTF-8, no floats'
    tricks.

    >>> canonical({"b": 1, "a": "é"}).decode()
    '{"a":"é","b":1}'
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def readable(value: Any) -> bytes:
    """Like `canonical`, but indented and ended by a newline: for files that people open. Just as deterministic."""
    return (json.dumps(value, sort_keys=True, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def digest(data: bytes) -> str:
    """SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def digest_file(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries (its names) to disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Flush a file's bytes to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_file(path: Path, data: bytes) -> None:
    """Replace a file: afterwards, and after a crash at any moment, it holds the old bytes or the new ones."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


@contextmanager
def locked(folder: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold the folder's exclusive lock between processes and threads; yields False if it is taken and `wait` is off."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


class Staging:
    """A private, locked folder for work in progress; gone afterwards unless it was published."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.folder = Path()
        self._handle = -1

    def __enter__(self) -> Path:
        parent = self._root / STAGING
        with locked(self._root):  # a sweep must not see the folder before it is locked
            parent.mkdir(exist_ok=True)
            self.folder = Path(tempfile.mkdtemp(dir=parent))
            self._handle = os.open(self.folder, os.O_RDONLY)
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return self.folder

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            remove(self.folder)
        finally:
            os.close(self._handle)


@contextmanager
def pending(root: Path) -> Iterator[None]:
    """Mark the case while something is being published; the mark stays unless the block ends without error.

    The next opening finds it and settles what was announced and not confirmed. The caller holds the case's lock.
    """
    mark = root / STAGING / PENDING
    mark.touch()
    sync_folder(mark.parent)
    yield
    mark.unlink()


def remove(folder: Path) -> None:
    """Remove a folder tree, if it is still there."""
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)


def seal(path: Path) -> None:
    """Make a file, or every file below a folder, read-only and flush it, then the folders, to disk."""
    if path.is_dir():
        for child in sorted(path.iterdir()):
            seal(child)
        sync_folder(path)
    else:
        path.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
        sync_file(path)


def publish(staged: Path, target: Path) -> bool:
    """Put a sealed file or folder in its final place; False if something of that name is already there.

    The caller holds the case's lock. Names are hashes of contents or of inputs, so what is already there is
    the same thing, and the staged copy is left for `Staging` to remove.
    """
    if target.exists():
        return False
    try:
        staged.rename(target)
    except OSError as error:
        if error.errno in {errno.EEXIST, errno.ENOTEMPTY}:
            return False
        raise
    sync_folder(target.parent)
    return True


def sweep(root: Path) -> list[str]:
    """Remove what crashed processes left behind in the case folder; returns the names. The caller holds its lock."""
    removed = []
    parent = root / STAGING
    for path in sorted(parent.iterdir()) if parent.is_dir() else ():
        if not path.is_dir():
            path.unlink()
            removed.append(f"{STAGING}/{path.name}")
            continue
        with locked(path, wait=False) as free:
            if free:
                remove(path)
                removed.append(f"{STAGING}/{path.name}")
    return removed


def sweep_temporary(path: Path) -> None:
    """Remove what a crash inside `write_file(path, ...)` left. The caller holds the lock under which it is written."""
    for file in path.parent.glob(f".{path.name}.*"):
        file.unlink(missing_ok=True)


def free_bytes(folder: Path) -> int:
    """Bytes that may still be written on the folder's file system."""
    return shutil.disk_usage(folder).free
