"""Proof that a case is as it was written: every byte compared with the manifests, and these with the audit log.

What is compared: `case.json` with the first line of the audit log, and `redaction.key` with its line; each source with
its name, which is its hash; each snapshot's manifest with its folder's name, each analysis' with its inputs' hash and with the hash that the
log gives; every file below with its manifest; every line of the log with its own hash and the line before; the
newest line with `audit.head`, and with a head noted elsewhere if one is given. Anything else in the folder, and
anything that the log says is there and is not, is a fault too. Nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cases import storage
from cases.audit import HEAD, LOG, ORIGIN, Audit, Entry, Head
from cases.case import ANALYSES, DESCRIPTION, SHELVES, SNAPSHOTS, SOURCES
from cases.errors import CaseDamaged, FormatTooNew
from cases.manifest import MANIFEST, Manifest
from cases.redaction_key import KEY, MADE
from intake.progress import Progress, silent
from intake.system import refused
from intake.text import NOTHING, Text, say, verbatim

Code = Literal["missing", "changed", "unexpected", "log-changed", "log-cut", "log-torn", "unfinished", "unreadable"]

_TEXTS: dict[Code, Text] = {
    "missing": Text(en="The file is missing", ar="الملف مفقود"),
    "changed": Text(en="The contents are not those that were written", ar="المحتوى ليس هو المحتوى الذي كُتب أول مرة"),
    "unexpected": Text(en="Nothing in the audit log speaks of this file", ar="لا ذكر لهذا الملف في سجل العمليات"),
    "log-changed": Text(
        en="A line of the audit log was changed, removed or moved",
        ar="سطر في سجل العمليات عُدِّل أو حُذف أو نُقل",
    ),
    "log-cut": Text(en="The end of the audit log was cut off", ar="نهاية سجل العمليات مقطوعة"),
    "log-torn": Text(
        en="The last line of the audit log is incomplete, as after a crash",
        ar="السطر الأخير من سجل العمليات غير مكتمل، كما يحدث بعد توقف مفاجئ",
    ),
    "unfinished": Text(
        en="Work was interrupted here; opening the case again puts it in order",
        ar="توقّف العمل هنا قبل اكتماله؛ فتح ملف الفحص من جديد يعيد ترتيبه",
    ),
    "unreadable": Text(en="The file cannot be read", ar="تتعذّر قراءة الملف"),
}
LEFTOVERS: frozenset[Code] = frozenset({"log-torn", "unfinished"})
"""What a crash leaves and the next opening settles; no sign of tampering by itself."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was written."""

    code: Code
    path: str
    """Inside the case folder; a line number follows after a colon for the audit log."""
    detail: Text = NOTHING
    """Expected and found, where that helps."""

    @property
    def text(self) -> Text:
        """The fault in words."""
        return _TEXTS[self.code]

    @property
    def is_damage(self) -> bool:
        """Whether evidence changed; False for what a crash left behind."""
        return self.code not in LEFTOVERS

    def __str__(self) -> str:
        return f"{self.path}: {self.text.en.lower()}{f' ({self.detail.en})' if self.detail.en else ''}"


def differing(expected: object, found: object) -> Text:
    """The hash that a file should have and the one that it has."""
    return say(
        "expected {expected}, found {found}", "المتوقع {expected}، والموجود {found}", expected=expected, found=found
    )


def verify(folder: Path, *, anchor: Head | None = None, progress: Progress = silent) -> list[Fault]:
    """Every fault of a case folder; see `Case.verify`."""
    return _Inspection(folder, anchor, progress).run()


class _Inspection:
    def __init__(self, folder: Path, anchor: Head | None, progress: Progress) -> None:
        self.folder = folder
        self.anchor = anchor
        self.progress = progress
        self.faults: list[Fault] = []
        self.seen: set[Path] = set()
        """Files that something speaks for."""
        # listed before the log is read: whatever is found must already have been announced in it
        self.listing = sorted(folder.rglob("*"))
        self.size = sum(path.stat().st_size for path in self.listing if path.is_file()) or 1
        self.done = 0

    def run(self) -> list[Fault]:
        entries = self._log()
        self._description(entries)
        self._key(entries)
        self._sources(entries)
        self._manifests("snapshot", SNAPSHOTS, entries)
        self._manifests("analysis", ANALYSES, entries)
        self._nothing_else()
        self.progress("verifying", 1.0)
        return sorted(set(self.faults), key=lambda fault: (fault.path, fault.code))

    def _fault(self, code: Code, path: Path | str, detail: Text = NOTHING) -> None:
        name = path if isinstance(path, str) else path.relative_to(self.folder).as_posix()
        self.faults.append(Fault(code, name, detail))

    def _hash(self, path: Path) -> str | None:
        """SHA-256 of a file, or None (and a fault) if it is not there or cannot be read."""
        self.seen.add(path)
        if path.is_symlink() or not path.is_file():
            self._fault("missing", path)
            return None
        try:
            self.progress("verifying", min(1.0, self.done / self.size))
            self.done += path.stat().st_size
            return storage.digest_file(path)
        except OSError as error:
            self._fault("unreadable", path, refused(error))
            return None

    def _compare(self, path: Path, expected: object) -> None:
        found = self._hash(path)
        if found is not None and found != expected:
            self._fault("changed", path, differing(expected, found))

    # The audit log

    def _log(self) -> list[Entry]:
        """Entries up to the first fault, checked against each other, the head and the anchor."""
        path = self.folder / LOG
        self.seen |= {path, self.folder / HEAD}
        audit = Audit(self.folder)
        head: Head | CaseDamaged
        try:
            with audit.still():
                data = path.read_bytes()
                try:
                    head = audit.head()
                except CaseDamaged as error:
                    head = error
        except OSError:
            self._fault("missing", path)
            return []
        lines = data.split(b"\n")
        torn = lines.pop()
        entries: list[Entry] = []
        for number, line in enumerate(lines, start=1):
            try:
                entry = Entry.parse(line)
            except (ValueError, TypeError, KeyError, RecursionError):
                self._fault("log-changed", f"{LOG}:{number}")
                break
            last = entries[-1].hash if entries else ORIGIN
            if entry.previous != last or entry.seq != number:
                self._fault("log-changed", f"{LOG}:{number}")
                break
            entries.append(entry)
        if torn:
            self._fault("log-torn", f"{LOG}:{len(lines) + 1}")
        self._heads(entries, head)
        return entries

    def _heads(self, entries: list[Entry], newest: Head | CaseDamaged) -> None:
        heads: list[tuple[Head, Text]] = []
        if self.anchor is not None:
            noted = say("the head {seq} noted elsewhere", "الرأس {seq} المدوَّن في مكان آخر", seq=self.anchor.seq)
            heads.append((self.anchor, noted))
        if isinstance(newest, Head):
            heads.append((newest, verbatim(HEAD)))
        else:
            self._fault("changed" if (self.folder / HEAD).exists() else "missing", self.folder / HEAD)
        for head, name in heads:
            if head.seq > len(entries):
                self._fault(
                    "log-cut",
                    f"{LOG}:{len(entries) + 1}",
                    say("{name} names line {line}", "يذكر {name} السطر {line}", name=name, line=head.seq),
                )
            elif head.seq < 1 or entries[head.seq - 1].hash != head.hash:
                self._fault(
                    "log-changed",
                    f"{LOG}:{head.seq}",
                    say("{name} gives another hash", "يذكر {name} بصمة أخرى", name=name),
                )

    # The shelves

    def _description(self, entries: list[Entry]) -> None:
        path = self.folder / DESCRIPTION
        if entries and entries[0].action == "case.created":
            self._compare(path, entries[0].details.get("sha256"))
        else:
            begins = Text(en="the log does not begin with the making of the case", ar="لا يبدأ السجل بإنشاء ملف الفحص")
            self._fault("log-changed", f"{LOG}:1", begins)
            self.seen.add(path)

    def _key(self, entries: list[Entry]) -> None:
        path = self.folder / KEY
        made = [entry for entry in entries if entry.action == MADE]
        if made:
            self._compare(path, made[0].details.get("sha256"))
        elif path.exists():  # left by a crash before the log had it
            self.seen.add(path)
            self._fault("unfinished", path)

    def _sources(self, entries: list[Entry]) -> None:
        announced, completed = _files_of(entries, "sources.prepared"), _files_of(entries, "sources.completed")
        abandoned = _files_of(entries, "sources.abandoned")
        for sha256 in sorted(announced | completed):
            path = self.folder / SOURCES / sha256
            if sha256 in completed:
                self._compare(path, sha256)
            elif path.exists():
                self._compare(path, sha256)
                self._fault("unfinished", path)
            elif sha256 not in abandoned:
                self._fault("unfinished", path)

    def _manifests(self, kind: str, shelf: str, entries: list[Entry]) -> None:
        known: dict[str, str] = {}
        state: dict[str, str] = {}
        for entry in entries:
            noun, _, verb = entry.action.partition(".")
            if noun == kind and verb in {"prepared", "completed", "abandoned"}:
                state[entry.object] = verb
                known[entry.object] = str(entry.details.get("manifest"))
        for id_, verb in state.items():
            folder = self.folder / shelf / id_
            if verb == "prepared":
                self._fault("unfinished", folder)
            if verb == "completed" or folder.exists():
                self._folder(kind, id_, folder, known[id_])

    def _folder(self, kind: str, id_: str, folder: Path, expected: str) -> None:
        path = folder / MANIFEST
        found = self._hash(path)
        if found is None:
            return
        intact = found == expected and (kind != "snapshot" or found == id_)
        if not intact:
            self._fault("changed", path, differing(expected, found))
        try:
            manifest = Manifest.read(folder)
            sources = [source["sha256"] for source in manifest.inputs["sources"]] if kind == "snapshot" else []
        except FormatTooNew:
            if intact:
                raise
            return  # a changed byte, not a later version
        except (CaseDamaged, KeyError, TypeError):  # a changed byte may also stand in the name of a key
            self._fault("changed", path)
            return
        if kind == "analysis" and storage.digest(storage.canonical(manifest.inputs)) != id_:
            named = Text(
                en="its inputs are not those that its folder is named after", ar="مدخلاته ليست التي سُمّي المجلد بها"
            )
            self._fault("changed", path, named)
        for entry in manifest.files:
            self._compare(folder / entry.path, entry.sha256)
        for source in sources:
            self._compare_once(self.folder / SOURCES / source, source)

    def _compare_once(self, path: Path, expected: str) -> None:
        if path not in self.seen:
            self._compare(path, expected)

    def _nothing_else(self) -> None:
        for shelf in SHELVES:
            if not (self.folder / shelf).is_dir():
                self._fault("missing", self.folder / shelf)
        parents = {self.folder / shelf for shelf in SHELVES}
        for path in self.seen:
            parents.update(path.parents)
        for path in self.listing:
            if storage.STAGING in path.relative_to(self.folder).parts[:1]:
                if len(path.relative_to(self.folder).parts) == 2:
                    self._leftover(path)
            elif path.is_dir() and not path.is_symlink():
                if path not in parents:
                    self._fault("unexpected", path)
            elif path not in self.seen:
                ours = path.parent == self.folder and path.name.startswith((f".{HEAD}.", f".{DESCRIPTION}."))
                self._fault("unfinished" if ours else "unexpected", path)

    def _leftover(self, path: Path) -> None:
        if not path.exists():
            return  # finished meanwhile
        if not path.is_dir() and path.name != storage.PENDING:
            self._fault("unexpected", path)
            return
        with storage.locked(path if path.is_dir() else self.folder, wait=False) as free:
            if free:  # nobody works in it
                self._fault("unfinished", path)


def _files_of(entries: list[Entry], action: str) -> set[str]:
    found: set[str] = set()
    for entry in entries:
        if entry.action == action:
            files: list[dict[str, Any]] = entry.details.get("files", [])
            found.update(str(one["sha256"]) for one in files)
    return found
