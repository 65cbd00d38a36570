"""The reading half of `Service`: findings, rows, participants, reports, and the proof that nothing was touched.

Every method enters the case first (`_enter`: may this role, which case, one line in the audit log) and then answers
from immutable files. Networks are kept in memory between questions, a few at a time, since a snapshot never
changes; `snapshot` and `analysis` may be left out for the one last asked for.
"""

from __future__ import annotations

import os
import threading
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import update

from cases import views
from cases.access import Action, User, require
from cases.audit import Entry, Head
from cases.case import Case
from cases.cursor import Cursors
from cases.errors import CaseDamaged, NotMade, NotPermitted, UnknownCase
from cases.jobs import JobInfo, Jobs
from cases.registry import CaseRow, Registry
from cases.uploads import UploadLimits
from cases.views import AnalysisInfo, Page, Participant, SnapshotInfo, TreeWindow
from intake.progress import Progress, silent

if TYPE_CHECKING:
    from cases.exports import Export
    from cases.forms import Form
    from cases.overview import Overview
    from cases.verify import Fault
    from compliance.findings import Finding
    from compliance.measurement import Measurement
    from genealogy.network import Network
    from intake.reading import Reading
    from intake.text import Language

NETWORKS_KEPT = 3
MOST_MARKS = 20_000


class ReadingRoom(ABC):
    """What can be read. `Service` adds what can be done."""

    def __init__(
        self,
        home: Path,
        *,
        database: str | None = None,
        immediate: bool = False,
        limits: UploadLimits | None = None,
    ) -> None:
        self.home = home
        (home / "cases").mkdir(parents=True, exist_ok=True)
        self.limits = limits or UploadLimits()
        self.registry = Registry(home, database or os.environ.get("DOWNLINE_DATABASE"))
        self.jobs = Jobs(home, self.registry, self._work, immediate=immediate)
        self.cursors = Cursors(home)
        self._networks: OrderedDict[str, Network] = OrderedDict()
        self._lock = threading.Lock()
        self._making = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database and the queue."""
        self.jobs.close()
        self.registry.close()

    # What there is

    def analyses(self, actor: User, case_id: str) -> list[AnalysisInfo]:
        """Every analysis of a case, oldest first, without results."""
        return [views.analysis_info(one) for one in self._enter(actor, Action.LIST_CASES, case_id).analyses()]

    def analysis(self, actor: User, case_id: str, analysis: str | None = None) -> AnalysisInfo:
        """Which analysis an id (or its first digits) means; the one last asked for if none is named.

        Raises:
            UnknownAnalysis: there is none.
        """
        return views.analysis_info(self._enter(actor, Action.LIST_CASES, case_id).analysis(analysis))

    def snapshots(self, actor: User, case_id: str) -> list[SnapshotInfo]:
        """Every snapshot of a case, oldest first, without rows."""
        return [views.snapshot_info(one) for one in self._enter(actor, Action.LIST_CASES, case_id).snapshots()]

    def snapshot(self, actor: User, case_id: str, snapshot: str | None = None) -> SnapshotInfo:
        """Which snapshot an id (or its first digits) means; the one last asked for if none is named.

        Raises:
            UnknownSnapshot: there is none.
        """
        return views.snapshot_info(self._enter(actor, Action.LIST_CASES, case_id).snapshot(snapshot))

    # Results

    def overview(self, actor: User, case_id: str, analysis: str | None = None) -> Overview:
        """The headline figures."""
        case = self._enter(actor, Action.READ_FINDINGS, case_id, "overview.read", analysis)
        return case.analysis(analysis).overview

    def findings(self, actor: User, case_id: str, analysis: str | None = None) -> Sequence[Finding]:
        """Every rule held against its measurement."""
        case = self._enter(actor, Action.READ_FINDINGS, case_id, "findings.read", analysis)
        return case.analysis(analysis).findings

    def measurements(self, actor: User, case_id: str, analysis: str | None = None) -> Sequence[Measurement]:
        """Every measurement."""
        case = self._enter(actor, Action.READ_FINDINGS, case_id, "measurements.read", analysis)
        return case.analysis(analysis).measurements

    def rows(
        self,
        actor: User,
        case_id: str,
        measurement: str,
        *,
        analysis: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page:
        """A page of the rows behind a measurement.

        Raises:
            UnknownMeasurement: there is none of this id, or it has no rows.
            BadCursor: the cursor is of another question.
        """
        case = self._enter(actor, Action.READ_ROWS, case_id, "rows.read", measurement)
        from cases.evidence import evidence_of, rows

        found = case.analysis(analysis)
        question = f"rows/{found.id}/{measurement}"
        after = int(self.cursors.open(question, cursor) or 0)
        size = views.limit_of(limit)
        frame = rows(found, measurement, after=after, limit=size + 1, cache=self.home / "cache")
        more = self.cursors.seal(question, after + size) if len(frame) > size else None
        total = evidence_of(found, measurement).count
        return views.page_of(frame.head(size), names=actor.sees_names, total=total, next_=more)

    def structure(self, actor: User, case_id: str, analysis: str | None = None) -> list[dict[str, Any]]:
        """The faults of the trees with the rows that show them."""
        case = self._enter(actor, Action.READ_ROWS, case_id, "structure.read", analysis)
        return case.analysis(analysis).structure

    def report(self, actor: User, case_id: str, language: Language, analysis: str | None = None) -> bytes:
        """The HTML report."""
        case = self._enter(actor, Action.READ_REPORT, case_id, "report.read", analysis)
        return case.analysis(analysis).report_path(language).read_bytes()

    def form(
        self,
        actor: User,
        case_id: str,
        form: Form,
        language: Language,
        *,
        analysis: str | None = None,
        rows: int | None = None,
    ) -> Path:
        """A file that holds one form of the report; PDF and a small evidence annex are made when first asked for.

        The annex has every row behind every figure, so it takes the permission to read rows.

        Raises:
            NotMade: the annex has many rows and was not made as a job before.
        """
        from cases.exports import ANNEX, AT_ONCE, Export
        from cases.forms import kept_form

        action = Action.READ_ROWS if form == "xlsx" else Action.READ_REPORT
        logged = "rows.exported" if form == "xlsx" else "report.read"
        case = self._enter(actor, action, case_id)
        found = case.analysis(analysis)
        large = form == "xlsx" and (rows is None or rows > AT_ONCE)
        path = (
            Export(form="xlsx", languages=(language,), rows=rows).place(found, self.home / "cache") if large else None
        )
        if path is not None and not path.exists():
            raise NotMade(ANNEX)
        self._note(case, actor, logged, analysis or case_id, {"role": actor.role.value})
        if path is not None:
            return path
        with self._making:
            return kept_form(found, form, language, self.home / "cache", rows=rows)

    def bundle(self, actor: User, case_id: str, export: Export, *, analysis: str | None = None) -> Path:
        """A file that holds the bundle of an analysis, which a job made before.

        Raises:
            NotMade: none did.
        """
        from cases.exports import BUNDLE

        case = self._enter_for(actor, case_id, export)
        found = case.analysis(analysis)
        path = export.place(found, self.home / "cache")
        if not path.exists():
            raise NotMade(BUNDLE)
        holds = {"role": actor.role.value, "holds": export.choices.label()}
        self._note(case, actor, "bundle.read", found.id, holds)
        return path

    def _enter_for(self, actor: User, case_id: str, export: Export) -> Case:
        """Open a case for a file with its rows; with the snapshot it holds names, and takes the permission for them."""
        case = self._enter(actor, Action.READ_ROWS, case_id)
        return self._enter(actor, Action.READ_NAMES, case_id) if export.snapshot else case

    # Records

    def reading(self, actor: User, case_id: str, snapshot: str | None = None) -> Reading:
        """Intake's receipt."""
        case = self._enter(actor, Action.READ_ROWS, case_id, "reading.read", snapshot)
        return case.snapshot(snapshot).reading

    def refused(
        self,
        actor: User,
        case_id: str,
        *,
        snapshot: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page:
        """A page of the refused rows, in the order of the files."""
        import polars as pl

        from intake.schema import REFUSED

        case = self._enter(actor, Action.READ_ROWS, case_id, "refused.read", snapshot)
        found = case.snapshot(snapshot)
        question = f"refused/{found.id}"
        after = int(self.cursors.open(question, cursor) or 0)
        size = views.limit_of(limit)
        path = found.table("refused")
        if path is None:
            return Page(columns=tuple(REFUSED.names), rows=(), total=0)
        frame = pl.scan_parquet(path).slice(after, size + 1).collect()
        rows = views.refused_page(frame.head(size), found.reading, names=actor.sees_names)
        more = self.cursors.seal(question, after + size) if len(frame) > size else None
        return Page(columns=tuple(frame.columns), rows=rows, total=found.reading.rows_refused, next=more)

    # People

    def participant(
        self, actor: User, case_id: str, participant_id: str, *, tree: str = "sponsor", snapshot: str | None = None
    ) -> Participant:
        """One participant with sums of money.

        Raises:
            UnknownParticipant: nobody has this id.
        """
        case = self._enter(actor, Action.READ_PARTICIPANTS, case_id, "participant.read", participant_id)
        network, found = self._network(case, snapshot)
        person = views.participant(network, network.tree(tree), participant_id, names=actor.sees_names)
        return person.model_copy(update={"money": views.money_of(found, participant_id)})

    def upline(
        self, actor: User, case_id: str, participant_id: str, *, tree: str = "sponsor", snapshot: str | None = None
    ) -> tuple[Participant, ...]:
        """Everybody above, nearest first."""
        case = self._enter(actor, Action.READ_PARTICIPANTS, case_id, "upline.read", participant_id)
        network, _ = self._network(case, snapshot)
        return views.upline(network, network.tree(tree), participant_id, names=actor.sees_names)

    def downline(
        self,
        actor: User,
        case_id: str,
        participant_id: str,
        *,
        levels: int | None = None,
        tree: str = "sponsor",
        snapshot: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page:
        """A page of the people below, each followed by their own downline; `levels=1` for direct recruits."""
        case = self._enter(actor, Action.READ_PARTICIPANTS, case_id, "downline.read", participant_id)
        network, found = self._network(case, snapshot)
        question = f"downline/{found.id}/{tree}/{levels}/{participant_id}"
        people, last = views.downline(
            network,
            network.tree(tree),
            participant_id,
            levels=levels,
            after=self.cursors.open(question, cursor),
            limit=views.limit_of(limit),
            names=actor.sees_names,
        )
        rows = tuple(person.model_dump(exclude={"money"}) for person in people)
        more = self.cursors.seal(question, last) if last is not None else None
        return Page(columns=tuple(Participant.model_fields), rows=rows, total=None, next=more)

    def tree_window(
        self,
        actor: User,
        case_id: str,
        *,
        x0: int = 0,
        x1: int | None = None,
        depth0: int = 0,
        depth1: int = 12,
        budget: int = 2000,
        tree: str = "sponsor",
        snapshot: str | None = None,
    ) -> TreeWindow:
        """What an icicle of the tree shows in a window, in at most `budget` marks; the whole width if `x1` is None."""
        details = f"{tree} {x0}-{x1} {depth0}-{depth1}"
        case = self._enter(actor, Action.READ_PARTICIPANTS, case_id, "tree.read", details)
        network, _ = self._network(case, snapshot)
        return views.tree_window(network.tree(tree), x0, x1, depth0, depth1, min(budget, MOST_MARKS))

    # Proof

    def audit(self, actor: User, case_id: str, *, after: int = 0, limit: int | None = None) -> list[Entry]:
        """Lines of the audit log with a number above `after`."""
        case = self._enter(actor, Action.READ_AUDIT, case_id)
        return case.audit.page(after, views.limit_of(limit))

    def verify(self, actor: User, case_id: str, *, progress: Progress = silent) -> list[Fault]:
        """Compare every byte of the case, and its log with the head that the registry remembers."""
        require(actor.role, Action.VERIFY)
        with self.registry.session() as session:
            row = session.get(CaseRow, case_id)
        if row is None:
            raise UnknownCase(case_id)
        case = Case.open(self.home / "cases" / case_id, recover=False)
        faults = case.verify(anchor=Head(row.head_seq, row.head_hash), progress=progress)
        with suppress(CaseDamaged):  # into a damaged log nothing is written; the faults say that it is damaged
            self._note(case, actor, "case.verified", case_id, {"faults": len(faults)})
        return faults

    # Entering a case

    def _enter(
        self,
        actor: User,
        action: Action,
        case_id: str,
        logged: str | None = None,
        object_: str | None = None,
    ) -> Case:
        """Open a case for somebody: permitted or not, the audit log has a line of it."""
        case = self._open(case_id)
        try:
            require(actor.role, action)
        except NotPermitted:
            self._note(case, actor, "access.refused", case_id, {"action": action.value, "role": actor.role.value})
            raise
        if logged is not None:
            self._note(case, actor, logged, object_ or case_id, {"role": actor.role.value})
        return case

    def _open(self, case_id: str) -> Case:
        with self.registry.session() as session:
            if session.get(CaseRow, case_id) is None:
                raise UnknownCase(case_id)
        return Case.open(self.home / "cases" / case_id)

    def _note(self, case: Case, actor: User, action: str, object_: str, details: dict[str, Any] | None = None) -> None:
        entry = case.audit.append(actor.name, action, object_, details)
        self._remember(case, Head(entry.seq, entry.hash))

    def _anchor(self, case: Case) -> None:
        """Remember the newest line of the case's audit log outside the case."""
        self._remember(case, case.head())

    def _remember(self, case: Case, head: Head) -> None:
        with self.registry.session() as session:
            session.execute(
                update(CaseRow)
                .where(CaseRow.id == case.id, CaseRow.head_seq < head.seq)
                .values(head_seq=head.seq, head_hash=head.hash)
            )

    def _network(self, case: Case, snapshot: str | None) -> Any:
        """The people of a snapshot, kept in memory between questions, and the snapshot."""
        found = case.snapshot(snapshot)
        with self._lock:
            if found.id not in self._networks:
                self._networks[found.id] = found.network
                while len(self._networks) > NETWORKS_KEPT:
                    self._networks.popitem(last=False)
            self._networks.move_to_end(found.id)
            return self._networks[found.id], found

    @abstractmethod
    def _work(self, job: JobInfo, progress: Progress) -> dict[str, Any]:
        """Do a job and return its result: what a worker runs."""
