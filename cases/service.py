"""`Service`: the one object that the API holds, for many people and many cases.

Each method takes the acting user first, asks `access.require` whether the role may do this, does it, and leaves a
line in the case's audit log; a refusal leaves one too. Reading is in `cases.reading_room`, which this class
inherits; here are people, cases, uploads and jobs: whatever changes something.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from cases import storage
from cases.access import Action, Role, User, require
from cases.errors import NotAuthenticated, NothingToRead, UnknownUpload, UnknownUser, UploadTooLarge
from cases.finding_room import FindingRoom
from cases.jobs import JobInfo, Worker
from cases.registry import CaseRow, UploadRow, UserRow, now
from cases.snapshot import Source
from cases.uploads import Upload, UploadWriter, safe_name
from intake.frozen import Frozen
from intake.text import say

if TYPE_CHECKING:
    from cases.exports import Export
    from compliance.assumptions import Assumptions
    from compliance.questionnaire import Answer
    from intake.progress import Progress

LOCAL_USER = "local"
"""The user of a service that one person runs for himself."""
LARGEST_PLAN = 4 << 20
"""Bytes of a compensation plan."""


class CaseInfo(Frozen):
    """A case as a list shows it."""

    id: str
    title: str
    created: str
    created_by: str


class CaseDetail(CaseInfo):
    """A case with what it holds, oldest first."""

    uploads: tuple[Upload, ...]
    snapshots: tuple[str, ...]
    analyses: tuple[str, ...]
    jobs: tuple[JobInfo, ...]


class Service(FindingRoom):
    """Cases, users and jobs below one home folder. Close it at the end, or use it in a `with`.

    Args (of the constructor):
        home: the service's folder; made if absent.
        database: SQLAlchemy address of the registry; DOWNLINE_DATABASE, else SQLite in the home folder, if None.
        immediate: do jobs at once in the caller's thread, for scripts and tests.
        limits: bounds on uploads.
    """

    # People

    def issue_token(self, name: str, role: Role) -> str:
        """Give a (new or known) user a role and a fresh token; earlier tokens stop working.

        This is the operator's act, on the machine itself; it is not offered over HTTP.
        """
        token = secrets.token_urlsafe(32)
        with self.registry.session() as session:
            row = session.scalar(select(UserRow).where(UserRow.name == name))
            if row is None:
                row = UserRow(id=uuid.uuid4().hex, name=name, created=now())
                session.add(row)
            row.role, row.token_hash, row.active = role.value, _token_hash(token), True
        return token

    def revoke(self, name: str) -> None:
        """Shut a user out.

        Raises:
            UnknownUser: there is nobody of this name.
        """
        with self.registry.session() as session:
            row = session.scalar(select(UserRow).where(UserRow.name == name))
            if row is None:
                raise UnknownUser(name)
            row.active = False

    def users(self) -> list[User]:
        """Everybody who may come in."""
        with self.registry.session() as session:
            rows = session.scalars(select(UserRow).where(UserRow.active).order_by(UserRow.name))
            return [User(row.id, row.name, Role(row.role)) for row in rows]

    def authenticate(self, token: str) -> User:
        """Who holds this token.

        Raises:
            NotAuthenticated: nobody does.
        """
        with self.registry.session() as session:
            row = session.scalar(select(UserRow).where(UserRow.token_hash == _token_hash(token)))
            if row is None or not row.active:
                raise NotAuthenticated
            return User(row.id, row.name, Role(row.role))

    # Cases

    def create_case(self, actor: User, title: str) -> CaseInfo:
        """Make a case."""
        require(actor.role, Action.CREATE_CASE)
        id_ = uuid.uuid4().hex
        from cases.case import Case

        case = Case.create(self.home / "cases" / id_, title, actor.name, case_id=id_)
        head = case.head()
        row = CaseRow(id=id_, title=title, created=now(), created_by=actor.name, head_seq=head.seq, head_hash=head.hash)
        with self.registry.session() as session:
            session.add(row)
        return _info(row)

    def list_cases(self, actor: User) -> list[CaseInfo]:
        """Every case, newest first."""
        require(actor.role, Action.LIST_CASES)
        with self.registry.session() as session:
            return [_info(row) for row in session.scalars(select(CaseRow).order_by(CaseRow.created.desc()))]

    def case(self, actor: User, case_id: str) -> CaseDetail:
        """One case with what it holds.

        Raises:
            UnknownCase: there is none of this id.
        """
        case = self._enter(actor, Action.LIST_CASES, case_id, "case.read")
        with self.registry.session() as session:
            row = session.get_one(CaseRow, case_id)
        return CaseDetail(
            **_info(row).model_dump(),
            uploads=tuple(self._waiting(case_id)),
            snapshots=tuple(one.id for one in case.snapshots()),
            analyses=tuple(one.id for one in case.analyses()),
            jobs=tuple(self.jobs.of_case(case_id)),
        )

    # Uploads

    def open_upload(
        self, actor: User, case_id: str, filename: str, *, size: int | None = None, sha256: str | None = None
    ) -> UploadWriter:
        """Begin an upload; write to what this returns, in a `with`. It is kept when the block ends without error.

        Args:
            actor: who uploads.
            case_id: into which case.
            filename: under which name intake will see it; of the same name, the latest counts (all are kept).
            size: bytes to come, if declared: too many are refused before the first arrives.
            sha256: what the sender says the bytes' hash is, if declared.

        Raises:
            BadName, UploadTooLarge, DiskFull: at once; WrongHash: at the end.
        """
        case = self._enter(actor, Action.ADD_SOURCE, case_id)
        name = safe_name(filename)

        def kept(source: Source) -> Upload:
            upload = Upload(**_fields(source), received=now(), received_from=actor.name)
            with self.registry.session() as session:
                row = session.scalar(select(UploadRow).where(UploadRow.case_id == case_id, UploadRow.name == name))
                if row is None:
                    row = UploadRow(case_id=case_id, name=name)
                    session.add(row)
                row.size, row.sha256 = source.size, source.sha256
                row.received, row.received_from = upload.received, upload.received_from
            self._anchor(case)
            return upload

        return UploadWriter(case, name, self.limits, actor.name, kept, size=size, sha256=sha256)

    def add_upload(
        self,
        actor: User,
        case_id: str,
        filename: str,
        stream: Iterable[bytes],
        *,
        size: int | None = None,
        sha256: str | None = None,
    ) -> Upload:
        """Keep a file that arrives in pieces; see `open_upload`."""
        with self.open_upload(actor, case_id, filename, size=size, sha256=sha256) as writer:
            for piece in stream:
                writer.write(piece)
        assert isinstance(writer.upload, Upload)
        return writer.upload

    def uploads(self, actor: User, case_id: str) -> list[Upload]:
        """Files that the next import will read, by name."""
        self._enter(actor, Action.LIST_CASES, case_id, "uploads.read")
        return self._waiting(case_id)

    def plan_among_uploads(self, actor: User, case_id: str, filename: str) -> bytes:
        """The bytes of an uploaded plan, at most `LARGEST_PLAN`.

        Raises:
            UnknownUpload: none of this name waits. UploadTooLarge: that is no plan.
        """
        case = self._enter(actor, Action.START_ANALYSIS, case_id)
        waiting = {one.name: one for one in self._waiting(case_id)}
        if filename not in waiting:
            raise UnknownUpload(filename, sorted(waiting))
        if waiting[filename].size > LARGEST_PLAN:
            raise UploadTooLarge(filename, LARGEST_PLAN)
        return (case.shelf / waiting[filename].sha256).read_bytes()

    def remove_upload(self, actor: User, case_id: str, filename: str) -> None:
        """Leave a file out of the next import. Its bytes stay in the case.

        Raises:
            UnknownUpload: none of this name waits.
        """
        case = self._enter(actor, Action.ADD_SOURCE, case_id)
        with self.registry.session() as session:
            row = session.scalar(select(UploadRow).where(UploadRow.case_id == case_id, UploadRow.name == filename))
            if row is None:
                raise UnknownUpload(filename, [one.name for one in self._waiting(case_id)])
            session.delete(row)
        self._note(case, actor, "upload.left-out", filename, {"sha256": row.sha256})

    def _waiting(self, case_id: str) -> list[Upload]:
        with self.registry.session() as session:
            rows = session.scalars(select(UploadRow).where(UploadRow.case_id == case_id).order_by(UploadRow.name))
            return [Upload.model_validate(row) for row in rows]

    # Jobs

    def start_analysis(
        self,
        actor: User,
        case_id: str,
        *,
        snapshot: str | None = None,
        plan: bytes | None = None,
        laws: Sequence[str] | None = None,
        on: date | None = None,
        answers: Sequence[Answer] = (),
        assumptions: Assumptions | None = None,
    ) -> JobInfo:
        """Queue an analysis: of a snapshot, or of the waiting uploads, which are then imported first.

        Raises:
            NothingToRead: no snapshot is named and nothing was uploaded.
            compliance.errors.UnknownPack: a law of which there is no rule pack.
            compensation.PlanError: the plan has mistakes.
            compliance.errors.RulePackError: an answer to a question that no rule asks, or of the wrong kind.
        """
        case = self._enter(actor, Action.START_ANALYSIS, case_id)
        waiting = self._waiting(case_id)
        if snapshot is not None:
            snapshot = case.snapshot(snapshot).id
        elif not waiting:
            raise NothingToRead(say("the case {title!r}", "ملف الفحص {title!r}", title=case.title))
        from cases.analysis import checked_plan, pack_hashes

        if laws is not None:
            pack_hashes(laws)  # says now, rather than in a failed job, which packs there are
        if plan is not None:
            checked_plan(plan)
        from cases.answers import answers_of, give

        if answers:
            give(case, answers, actor=actor.name)
        parameters = {
            "snapshot": snapshot,
            "uploads": None if snapshot is not None else [_fields(one) for one in waiting],
            "plan": self._keep_plan(case, plan, actor) if plan is not None else None,
            "laws": list(laws) if laws is not None else None,
            "on": on.isoformat() if on is not None else None,
            "answers": [answer.model_dump(mode="json") for answer in answers_of(case)],
            "assumptions": assumptions.model_dump(mode="json") if assumptions is not None else None,
        }
        self._note(case, actor, "analysis.asked", case_id, parameters)
        return self.jobs.start(case_id, "analysis", parameters, actor=actor.name)

    def start_export(self, actor: User, case_id: str, export: Export, *, analysis: str | None = None) -> JobInfo:
        """Queue the making of a file that takes long: an evidence annex with many rows, or a bundle."""
        case = self._enter_for(actor, case_id, export)
        found = case.analysis(analysis)
        asked = export.model_dump(mode="json")
        self._note(case, actor, "export.asked", found.id, asked)
        parameters = {"analysis": found.id, "export": asked}
        return self.jobs.start(case_id, "export", parameters, actor=actor.name)

    def job(self, actor: User, job_id: str) -> JobInfo:
        """How far a job is."""
        require(actor.role, Action.LIST_CASES)
        return self.jobs.get(job_id)

    def cancel(self, actor: User, job_id: str) -> JobInfo:
        """Ask a job to stop."""
        job = self.jobs.get(job_id)
        case = self._enter(actor, Action.CANCEL_JOB, job.case_id)
        self._note(case, actor, "job.cancelled", job_id)
        return self.jobs.cancel(job_id)

    def worker(self) -> Worker:
        """A worker that does this service's jobs in threads of this process; start and stop it yourself."""
        return Worker(self.jobs)

    def _work(self, job: JobInfo, progress: Progress) -> dict[str, Any]:
        """Do a job: what the worker runs."""
        return (self._export if job.kind == "export" else self._analyse)(job, progress)

    def _export(self, job: JobInfo, progress: Progress) -> dict[str, Any]:
        from cases.exports import Export

        case = self._open(job.case_id)
        given = job.parameters
        try:
            made = case.analysis(given["analysis"])
            export = Export.model_validate(given["export"])
            export.make(made, self.home / "cache", actor=job.created_by, progress=progress)
        finally:
            self._anchor(case)  # the key of pseudonyms may have been made
        return {"analysis": made.id, "snapshot": made.snapshot.id, "export": given["export"]}

    def _analyse(self, job: JobInfo, progress: Progress) -> dict[str, Any]:
        from compliance.assumptions import Assumptions
        from compliance.questionnaire import Answer

        case = self._open(job.case_id)
        given = job.parameters
        try:
            if given["snapshot"] is not None:
                snapshot = case.snapshot(given["snapshot"])
            else:
                sources = [Source(**one) for one in given["uploads"]]
                snapshot = case.import_sources(sources, actor=job.created_by, progress=progress)
            plan = None if given["plan"] is None else (case.shelf / given["plan"]).read_bytes()
            analysis = case.analyze(
                snapshot,
                plan,
                given["laws"],
                on=date.fromisoformat(given["on"]) if given["on"] is not None else None,
                answers=[Answer.model_validate(one) for one in given["answers"]],
                assumptions=Assumptions.model_validate(given["assumptions"] or {}),
                actor=job.created_by,
                progress=progress,
            )
        finally:
            self._anchor(case)
        return {"snapshot": snapshot.id, "analysis": analysis.id}

    def _keep_plan(self, case: Any, plan: bytes, actor: User) -> str:
        """Put a plan among the sources, so that the job's row need not carry it; returns its hash."""
        with UploadWriter(case, "plan.yaml", self.limits, actor.name, lambda source: source) as writer:
            writer.write(plan)
        return storage.digest(plan)


def _token_hash(token: str) -> str:
    """What is stored of a token. It has 256 random bits, so a plain hash cannot be searched."""
    return hashlib.sha256(token.encode()).hexdigest()


def _info(row: CaseRow) -> CaseInfo:
    return CaseInfo(id=row.id, title=row.title, created=row.created, created_by=row.created_by)


def _fields(source: Source | Upload) -> dict[str, Any]:
    return {"name": source.name, "size": source.size, "sha256": source.sha256}


def home_folder() -> Path:
    """Where a service keeps its cases unless told otherwise: DOWNLINE_HOME, else the user's data folder."""
    import os

    import platformdirs

    named = os.environ.get("DOWNLINE_HOME")
    return Path(named) if named else platformdirs.user_data_path("downline", appauthor=False)
