"""One case folder: made, opened, added to, and brought back in order after a crash.

Whatever becomes part of a case is *published*: prepared in `.staging/`, announced in the audit log
(`snapshot.prepared`, with the hash that it will have), renamed into place, and confirmed
(`snapshot.completed`). `Case.open` finishes or gives up what a crash interrupted between these steps, and
says so in the log.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cases import storage
from cases.audit import HEAD, LOG, Audit, Head
from cases.errors import CaseDamaged, CaseExists, FormatTooNew, NotACase, UnknownAnalysis, UnknownSnapshot
from cases.manifest import FORMAT
from intake.progress import Progress, silent
from intake.text import Text, say

if TYPE_CHECKING:
    from cases.analysis import Analysis
    from cases.snapshot import Snapshot, Source
    from cases.verify import Fault
    from compliance.assumptions import Assumptions
    from compliance.questionnaire import Answer
    from intake.limits import Limits

DESCRIPTION = "case.json"
SOURCES, SNAPSHOTS, ANALYSES = "sources", "snapshots", "analyses"
SHELVES = (SOURCES, SNAPSHOTS, ANALYSES)
PROGRAM = "downline"
"""The actor of what the program does by itself, such as recovery."""


class Case:
    """One examination's folder. Use `Case.create` or `Case.open`."""

    def __init__(self, folder: Path, description: Mapping[str, Any]) -> None:
        self.folder = folder
        self.id = str(description["id"])
        self.title = str(description["title"])
        self.created = datetime.fromisoformat(str(description["created"]))
        self.audit = Audit(folder)

    @classmethod
    def create(cls, folder: Path, title: str, actor: str, *, case_id: str | None = None) -> Case:
        """Make a new case in a folder that does not exist yet or is empty.

        Args:
            folder: where; its parent folders are made too.
            title: what people call the case.
            actor: who makes it, for the audit log.
            case_id: for a service that has already given it one.

        Raises:
            CaseExists: something else is in the folder.
        """
        folder.mkdir(parents=True, exist_ok=True)
        with storage.locked(folder):
            _clear_unfinished(folder)
            for shelf in SHELVES:
                (folder / shelf).mkdir()
            description = storage.readable(
                {
                    "format": FORMAT,
                    "id": case_id or uuid.uuid4().hex,
                    "title": title,
                    "created": datetime.now(UTC).isoformat(timespec="seconds"),
                }
            )
            values = json.loads(description)
            Audit(folder).append(
                actor, "case.created", values["id"], {"title": title, "sha256": storage.digest(description)}
            )
            # last of all: a folder without it is no case, and may be made one again
            storage.write_file(folder / DESCRIPTION, description)
            storage.sync_folder(folder.parent)
        return cls(folder, values)

    @classmethod
    def open(cls, folder: Path, *, recover: bool = True) -> Case:
        """Open an existing case, first putting in order what a crash left.

        Args:
            folder: the case folder.
            recover: False to change nothing at all, as for verifying evidence in place.

        Raises:
            NotACase: there is no readable `case.json`.
            FormatTooNew: a later version of the program made it.
        """
        path = folder / DESCRIPTION
        try:
            values = json.loads(path.read_bytes())
            version = values["format"]
            if isinstance(version, int) and version > FORMAT:
                raise FormatTooNew(folder, version, FORMAT)
            case = cls(folder, values)
        except FileNotFoundError as error:
            raise NotACase(
                folder, say("it has no {description}", "لا يوجد فيه {description}", description=DESCRIPTION)
            ) from error
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise NotACase(
                folder,
                say("its {description} cannot be read", "تتعذر قراءة {description} الذي فيه", description=DESCRIPTION),
            ) from error
        if recover and os.access(folder, os.W_OK):
            case._recover()
        return case

    # What it holds

    def snapshots(self) -> list[Snapshot]:
        """Every snapshot, oldest first."""
        return [self.snapshot(id_) for id_ in self._completed("snapshot", SNAPSHOTS)]

    def snapshot(self, id_: str | None = None) -> Snapshot:
        """One snapshot by id (or its first digits); the one last asked for if none is named.

        Raises:
            UnknownSnapshot: there is none.
        """
        from cases.snapshot import Snapshot

        known = self._completed("snapshot", SNAPSHOTS)
        found = self._last_asked("snapshot", known) if id_ is None else _pick(id_, known)
        if found is None:
            raise UnknownSnapshot(id_ or "yet", known)
        return Snapshot.open(self, found)

    def analyses(self) -> list[Analysis]:
        """Every analysis, oldest first."""
        return [self.analysis(id_) for id_ in self._completed("analysis", ANALYSES)]

    def analysis(self, id_: str | None = None) -> Analysis:
        """One analysis by id (or its first digits); the one last asked for if none is named.

        Raises:
            UnknownAnalysis: there is none.
        """
        from cases.analysis import Analysis

        known = self._completed("analysis", ANALYSES)
        found = self._last_asked("analysis", known) if id_ is None else _pick(id_, known)
        if found is None:
            raise UnknownAnalysis(id_ or "yet", known)
        return Analysis.open(self, found)

    def laws(self) -> tuple[str, ...]:
        """Rule packs that this case is about: those of the last analysis, else those of the records' data sheet."""
        from cases.analysis import DEFAULT_LAWS, laws_of

        if self.analyses():
            return tuple(str(pack["name"]) for pack in self.analysis().inputs["packs"])
        return laws_of(None, self.snapshot()) if self.snapshots() else DEFAULT_LAWS

    def head(self) -> Head:
        """Number and hash of the newest line of the audit log: worth noting outside the case."""
        return self.audit.head()

    # What is done with it

    def import_(
        self,
        sources: Sequence[Path],
        datasheet: Path | None = None,
        *,
        limits: Limits | None = None,
        actor: str = PROGRAM,
        progress: Progress = silent,
    ) -> Snapshot:
        """Keep the sources as they are, read them, and keep the tables as an immutable snapshot.

        The same sources and data sheet give the same snapshot, which is then not made again.

        Raises:
            NothingToRead: no file among the sources. NameClash: two different files under one name.
            intake.errors.IntakeError: what the receiving desk could not read; nothing but the sources is
            kept.
        """
        from cases.snapshot import import_paths

        return import_paths(self, sources, datasheet, limits=limits, actor=actor, progress=progress)

    def import_sources(
        self,
        sources: Sequence[Source],
        *,
        limits: Limits | None = None,
        actor: str = PROGRAM,
        progress: Progress = silent,
    ) -> Snapshot:
        """Like `import_`, of files that the case keeps already (uploads)."""
        from cases.snapshot import import_kept

        return import_kept(self, sources, limits=limits, actor=actor, progress=progress)

    def analyze(
        self,
        snapshot: Snapshot | None = None,
        plan: Path | bytes | None = None,
        laws: Sequence[str] | None = None,
        *,
        on: date | None = None,
        answers: Sequence[Answer] | None = None,
        assumptions: Assumptions | None = None,
        actor: str = PROGRAM,
        progress: Progress = silent,
    ) -> Analysis:
        """Compute, measure and judge a snapshot, and keep the result as an immutable analysis.

        Args:
            snapshot: which; the one last asked for if None.
            plan: the compensation plan as YAML; the one that the data sheet names if None.
            laws: names of rule packs; those that the data sheet names, else `general`, if None.
            on: judge by the law in force on this day; the last day of the records if None.
            answers: of people, to the questions that rules ask; those that the case keeps if None.
            assumptions: the analyst's numbers; their defaults if None.

        Raises:
            compensation.PlanError, compliance.errors.ComplianceError: with their own messages.
        """
        from cases.analysis import analyze

        return analyze(
            self,
            snapshot,
            plan=plan,
            laws=laws,
            on=on,
            answers=answers,
            assumptions=assumptions,
            actor=actor,
            progress=progress,
        )

    def verify(self, *, anchor: Head | None = None, progress: Progress = silent) -> list[Fault]:
        """Compare every byte of the case with its manifests and its audit log; [] if nothing was touched.

        Args:
            anchor: a head noted earlier outside the case; shows a log that was cut or rewritten with its
            head.
        """
        from cases.verify import verify

        return verify(self.folder, anchor=anchor, progress=progress)

    # How it is kept

    def publish(self, kind: str, id_: str, staged: Path, details: dict[str, Any], *, actor: str) -> bool:
        """Announce, put in place and confirm a prepared snapshot or analysis; False if it was already there."""
        target = self.folder / {"snapshot": SNAPSHOTS, "analysis": ANALYSES}[kind] / id_
        storage.seal(staged)
        with storage.locked(self.folder):
            if target.exists():
                return False
            with storage.pending(self.folder):
                self.audit.append(actor, f"{kind}.prepared", id_, details)
                storage.publish(staged, target)
                self.audit.append(actor, f"{kind}.completed", id_, details)
        return True

    def keep_sources(self, staged: Mapping[str, Path], received: list[dict[str, Any]], *, actor: str) -> None:
        """Put received files on the shelf under their hashes, and log what came under which name.

        Args:
            staged: hash to the file that has it, in a staging folder.
            received: what the log says: name, size and sha256 of each file.
        """
        for path in staged.values():
            storage.seal(path)
        details = {"files": received}
        with storage.locked(self.folder), storage.pending(self.folder):
            self.audit.append(actor, "sources.prepared", self.id, details)
            for sha256, path in sorted(staged.items()):
                storage.publish(path, self.folder / SOURCES / sha256)
            self.audit.append(actor, "sources.completed", self.id, details)

    def _completed(self, kind: str, shelf: str) -> list[str]:
        """Ids on a shelf in the order in which they were completed."""
        ids = dict.fromkeys(self.audit.objects(f"{kind}.completed"))
        return [id_ for id_ in ids if (self.folder / shelf / id_).is_dir()]

    def _last_asked(self, kind: str, known: list[str]) -> str | None:
        """The one of these ids that was made, or found to be there already, most recently; unchecked, as `_completed`."""
        marks = tuple(f'"action":"{kind}.{verb}",'.encode() for verb in ("completed", "found"))
        wanted = set(known)
        last = None
        with self.audit.path.open("rb") as log:
            for line in log:
                if line.endswith(b"}\n") and any(mark in line for mark in marks):
                    try:
                        id_ = str(json.loads(line)["object"])
                    except (ValueError, KeyError) as error:
                        raise CaseDamaged(
                            self.audit.path, Text(en="a line was changed", ar="جرى تغيير أحد الأسطر")
                        ) from error
                    last = id_ if id_ in wanted else last
        return last

    def _recover(self) -> None:
        staging = self.folder / storage.STAGING
        try:
            left = any(staging.iterdir())
        except FileNotFoundError:
            left = False
        torn = not self.audit.is_settled()
        if not left and not torn:
            return
        with storage.locked(self.folder, wait=False) as free:
            if not free:
                return  # somebody is publishing right now; what is left will be found the next time
            removed = storage.sweep(self.folder)
            try:
                self.audit.sweep()
                if removed or torn:
                    self._settle(removed)
            except CaseDamaged:
                return  # a damaged case can still be read and verified; every attempt to write says what is wrong

    def _settle(self, removed: list[str]) -> None:
        """Confirm or give up what was announced and not confirmed."""
        open_: dict[tuple[str, str, str], dict[str, Any]] = {}
        for entry in self.audit.entries():
            noun, _, verb = entry.action.partition(".")
            key = (noun, entry.object, storage.digest(storage.canonical(entry.details.get("files"))))
            if verb == "prepared":
                open_[key] = entry.details
            elif verb in {"completed", "abandoned"}:
                open_.pop(key, None)
        for (noun, object_, _), details in open_.items():
            if noun == "sources":
                kept = [one for one in details["files"] if (self.folder / SOURCES / one["sha256"]).exists()]
                if kept:  # each names itself by its hash, so a part of them is as good as all
                    self.audit.append(PROGRAM, "sources.completed", object_, {"files": kept})
                if kept != details["files"]:
                    self.audit.append(PROGRAM, "sources.abandoned", object_, details)
            else:
                shelf = SNAPSHOTS if noun == "snapshot" else ANALYSES
                verb = "completed" if (self.folder / shelf / object_).is_dir() else "abandoned"
                self.audit.append(PROGRAM, f"{noun}.{verb}", object_, details)
        if removed:
            self.audit.append(PROGRAM, "case.recovered", self.id, {"removed": removed})

    @cached_property
    def shelf(self) -> Path:
        """The folder of the sources."""
        return self.folder / SOURCES

    def __repr__(self) -> str:
        return f"Case({str(self.folder)!r}, title={self.title!r})"


def _pick(id_: str, known: list[str]) -> str | None:
    if id_ in known:
        return id_
    matches = [one for one in known if len(id_) >= 6 and one.startswith(id_)]
    return matches[0] if len(matches) == 1 else None


def _clear_unfinished(folder: Path) -> None:
    """Make room for a new case; only what an interrupted `create` leaves may be in the way."""
    ours = {LOG, HEAD, *SHELVES}
    names = {path.name for path in folder.iterdir() if not path.name.startswith((f".{HEAD}.", f".{DESCRIPTION}."))}
    shelves_empty = all(not any((folder / shelf).iterdir()) for shelf in SHELVES if (folder / shelf).is_dir())
    if not names <= ours or not shelves_empty:
        raise CaseExists(folder)
    for path in folder.iterdir():
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink()
