"""The audit log: who did what to a case, in a chain of hashes that shows any later change.

One JSON line per act. Its `hash` is the SHA-256 of the line without the hash, and `previous` is the hash of
the line before, so an edited, removed or reordered line breaks the chain. A cut at the tail breaks no chain;
therefore `audit.head` repeats the number and hash of the newest line, and the service keeps a copy in its own
database. Whoever can write to all of these can forge them all: only a head noted elsewhere (a print, a
letter, a time stamp) stands against that, which is why `verify` accepts one.

Append: under the file's lock, one write, fsync, then the head. After a crash the log may therefore be ahead
of the head by whole lines or by a torn one, and never behind. Rule for a torn line: it was never acknowledged
to anyone; the next append cuts it off and keeps its bytes in an entry `audit.repaired`. Anything else that
does not add up is damage, and a damaged log is not written to.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cases import storage
from cases.errors import CaseDamaged
from intake.text import Text, say

LOG = "audit.jsonl"
HEAD = "audit.head"
ORIGIN = "0" * 64
"""What the first line names as the hash before it."""

TORN_LIMIT = 4096
"""How many bytes of a torn line are kept in the entry that reports it."""


@dataclass(frozen=True, slots=True)
class Head:
    """Number and hash of the newest line; with it noted elsewhere, nothing up to it can be changed unseen."""

    seq: int
    hash: str

    def encoded(self) -> bytes:
        """The bytes of `audit.head`."""
        return storage.canonical({"hash": self.hash, "seq": self.seq}) + b"\n"

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """Read what `str` wrote; ValueError if it is something else.

        >>> Head.parse("3:" + "a" * 64).seq
        3
        """
        seq, _, digest = text.strip().partition(":")
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise ValueError(f"{text!r} is not a head: it looks like 12:4f0c..., a number and 64 hexadecimal digits")
        return cls(int(seq), digest)


@dataclass(frozen=True, slots=True)
class Entry:
    """One act."""

    seq: int
    at: str
    """UTC, ISO 8601 with microseconds."""
    actor: str
    action: str
    """noun.verb, such as `snapshot.completed`."""
    object: str
    """The id of what was acted on."""
    details: dict[str, Any] = field(default_factory=dict)
    previous: str = ORIGIN
    hash: str = ""

    def body(self) -> bytes:
        """The line without its hash: what the hash is taken of."""
        parts = {
            "seq": self.seq,
            "at": self.at,
            "actor": self.actor,
            "action": self.action,
            "object": self.object,
            "details": self.details,
            "previous": self.previous,
        }
        inside = ",".join(f"{json.dumps(key)}:{storage.canonical(value).decode()}" for key, value in parts.items())
        return ("{" + inside + "}").encode()

    def sealed(self) -> Entry:
        """The same entry with its hash filled in."""
        digest = storage.digest(self.body())
        return Entry(self.seq, self.at, self.actor, self.action, self.object, self.details, self.previous, digest)

    def line(self) -> bytes:
        """The line as it stands in the log, without the newline."""
        return self.body()[:-1] + f',"hash":"{self.hash}"}}'.encode()

    @classmethod
    def parse(cls, line: bytes) -> Entry:
        """Read a line; ValueError unless it is, byte for byte, what `line` writes and its hash is right."""
        values = json.loads(line)
        if not isinstance(values, dict) or set(values) != set(cls.__slots__):
            raise ValueError("not an entry")
        entry = cls(**values)
        if entry.line() != line or storage.digest(entry.body()) != entry.hash:
            raise ValueError("the line does not have the hash that it names")
        return entry


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


class Audit:
    """The audit log of one case folder; safe to use from many threads and processes at once."""

    def __init__(self, folder: Path, *, clock: Callable[[], str] = _now) -> None:
        self.path = folder / LOG
        self.head_path = folder / HEAD
        self._clock = clock

    def append(self, actor: str, action: str, object_: str, details: dict[str, Any] | None = None) -> Entry:
        """Add one entry and flush it to disk.

        Raises:
            CaseDamaged: the log does not add up; nothing is written.
        """
        with self._locked() as handle:
            last = self._settle(handle)
            return self._write(handle, last, actor, action, object_, details or {})

    def entries(self) -> Iterator[Entry]:
        """Every entry, oldest first, each checked against its hash and the one before.

        A torn last line is left out. Raises CaseDamaged at the first line that does not add up.
        """
        last = Head(0, ORIGIN)
        with self.path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    return
                try:
                    entry = Entry.parse(line[:-1])
                except (ValueError, TypeError) as error:
                    raise CaseDamaged(
                        self.path, say("line {value} was changed", "جرى تغيير السطر {value}", value=last.seq + 1)
                    ) from error
                if entry.previous != last.hash or entry.seq != last.seq + 1:
                    raise CaseDamaged(
                        self.path,
                        say(
                            "line {value} does not follow the line before it",
                            "السطر {value} لا يتبع السطر الذي قبله",
                            value=last.seq + 1,
                        ),
                    )
                last = Head(entry.seq, entry.hash)
                yield entry

    def page(self, after: int = 0, limit: int = 100) -> list[Entry]:
        """Up to `limit` entries with a number above `after`."""
        found = []
        for entry in self.entries():
            if entry.seq > after:
                found.append(entry)
                if len(found) == limit:
                    break
        return found

    def objects(self, action: str) -> Iterator[str]:
        """Objects of every entry with this action, oldest first; see `acts`."""
        return (entry.object for entry in self.acts(action))

    def acts(self, action: str) -> Iterator[Entry]:
        """Every entry with this action, oldest first; fast, so unchecked (`entries` and `verify` check)."""
        mark = f'"action":{json.dumps(action)},'.encode()  # quotes inside a value are escaped: no false hit
        try:
            with self.path.open("rb") as file:
                for line in file:
                    if mark in line and line.endswith(b"}\n"):
                        try:
                            yield Entry(**json.loads(line))
                        except (ValueError, TypeError) as error:
                            raise CaseDamaged(
                                self.path, Text(en="a line was changed", ar="جرى تغيير أحد الأسطر")
                            ) from error
        except FileNotFoundError as error:
            raise CaseDamaged(self.path, Text(en="the file is missing", ar="الملف غير موجود")) from error

    def is_settled(self) -> bool:
        """Whether the log ends in the very line that the head names, as it does unless a crash came between."""
        try:
            mark = f'"hash":"{self.head().hash}"}}\n'.encode()
            with self.path.open("rb") as file:
                file.seek(max(0, self.path.stat().st_size - len(mark)))
                return file.read() == mark
        except (CaseDamaged, OSError):
            return False

    def head(self) -> Head:
        """The newest entry's number and hash, as the head file names it."""
        try:
            data = self.head_path.read_bytes()
            values = json.loads(data)
            head = Head(int(values["seq"]), str(values["hash"]))
        except FileNotFoundError as error:
            raise CaseDamaged(self.head_path, Text(en="the file is missing", ar="الملف غير موجود")) from error
        except (ValueError, TypeError, KeyError) as error:
            raise CaseDamaged(
                self.head_path, Text(en="the file cannot be read as a head", ar="تتعذر قراءة الملف كرأس للسجل")
            ) from error
        if head.encoded() != data:
            raise CaseDamaged(self.head_path, Text(en="the file was changed", ar="جرى تغيير الملف"))
        return head

    @contextmanager
    def still(self) -> Iterator[None]:
        """Hold the log still: nobody appends meanwhile."""
        handle = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_SH)
            yield
        finally:
            os.close(handle)

    @contextmanager
    def _locked(self) -> Iterator[int]:
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield handle
        finally:
            os.close(handle)

    def sweep(self) -> None:
        """Settle what a crash left: a torn line, a head that lags behind, a temporary file."""
        with self._locked() as handle:
            storage.sweep_temporary(self.head_path)
            storage.sweep_temporary(self.path.parent / "case.json")
            self._settle(handle)

    def _settle(self, handle: int) -> Head:
        """Find the true end of the log, bringing the head up to it; cut off and report a torn line."""
        size = os.fstat(handle).st_size
        if size == 0 and not self.head_path.exists():
            return Head(0, ORIGIN)
        head = self.head()
        last, good, torn = self._after_head(handle, head, size)
        if last != head:
            storage.write_file(self.head_path, last.encoded())
        if torn:
            os.ftruncate(handle, good)
            os.fsync(handle)
            details = {"bytes": len(torn), "sha256": storage.digest(torn), "hex": torn[:TORN_LIMIT].hex()}
            entry = self._write(handle, last, "downline", "audit.repaired", LOG, details)
            last = Head(entry.seq, entry.hash)
        return last

    def _after_head(self, handle: int, head: Head, size: int) -> tuple[Head, int, bytes]:
        """Last good entry from the head's line on, the offset after it, and the torn bytes that follow."""
        tail_at, tail = self._tail(handle, head, size)
        lines = tail.split(b"\n")
        torn = lines.pop()
        last: Head | None = None
        offset = tail_at
        for number, line in enumerate(lines):
            try:
                entry = Entry.parse(line)
            except (ValueError, TypeError) as error:
                if last is not None and number == len(lines) - 1 and not torn:
                    return last, offset, line + b"\n"  # a torn line of which the newline reached the disk
                raise CaseDamaged(
                    self.path,
                    say("a line after byte {offset} was changed", "جرى تغيير سطر بعد البايت {offset}", offset=offset),
                ) from error
            if last is None and (entry.seq, entry.hash) != (head.seq, head.hash):
                raise CaseDamaged(
                    self.path,
                    say(
                        "line {seq} is not the one that {head} names",
                        "السطر {seq} ليس السطر الذي يسمّيه {head}",
                        seq=head.seq,
                        head=HEAD,
                    ),
                )
            if last is not None and (entry.previous != last.hash or entry.seq != last.seq + 1):
                raise CaseDamaged(
                    self.path,
                    say(
                        "line {value} does not follow the line before it",
                        "السطر {value} لا يتبع السطر الذي قبله",
                        value=last.seq + 1,
                    ),
                )
            last = Head(entry.seq, entry.hash)
            offset += len(line) + 1
        if last is None:
            raise CaseDamaged(
                self.path,
                say(
                    "line {seq}, which {head} names as the newest, is missing",
                    "السطر {seq} غير موجود، ويسمّيه {head} على أنه الأحدث",
                    seq=head.seq,
                    head=HEAD,
                ),
            )
        return last, offset, torn

    def _tail(self, handle: int, head: Head, size: int) -> tuple[int, bytes]:
        """The bytes from the start of the head's line to the end, read backwards in growing steps."""
        mark = f'"hash":"{head.hash}"}}\n'.encode()
        step = 4096
        while True:
            start = max(0, size - step)
            data = os.pread(handle, size - start, start)
            found = data.rfind(mark)
            if found >= 0:
                begin = data.rfind(b"\n", 0, found)
                if begin >= 0 or start == 0:
                    return start + begin + 1, data[begin + 1 :]
            if start == 0:
                raise CaseDamaged(
                    self.path,
                    say(
                        "line {seq}, which {head} names as the newest, is missing",
                        "السطر {seq} غير موجود، ويسمّيه {head} على أنه الأحدث",
                        seq=head.seq,
                        head=HEAD,
                    ),
                )
            step *= 4

    def _write(self, handle: int, last: Head, actor: str, action: str, object_: str, details: dict[str, Any]) -> Entry:
        entry = Entry(last.seq + 1, self._clock(), actor, action, object_, details, last.hash).sealed()
        end = os.lseek(handle, 0, os.SEEK_END)
        data = entry.line() + b"\n"
        try:
            written = os.write(handle, data)
            if written != len(data):  # the disk is full, most likely; the second write says so
                os.write(handle, data[written:])
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, end)
            raise
        storage.write_file(self.head_path, Head(entry.seq, entry.hash).encoded())
        return entry
