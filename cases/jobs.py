"""Long work in the background: started by a request, done by a worker, watched and cancelled from anywhere.

A job is a row in the registry; huey only carries its id from the one who starts it to a worker. Work is a
function of content-addressed inputs, so it may be done twice without harm: after a worker's crash the job is
simply queued again, and what was already published is found instead of made. A worker proves that it lives by
the row's heartbeat (and, on the same machine, by its process). Progress and the wish to cancel travel through
the row too.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from huey import SqliteHuey
from huey.consumer import Consumer
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select, update

from cases.errors import UnknownJob
from cases.places import places_of, said
from cases.registry import JobRow, Registry, now
from intake.progress import Cancelled, Progress
from intake.system import refused
from intake.text import Text, say

log = logging.getLogger("downline.jobs")

State = Literal["queued", "running", "done", "failed", "cancelled"]
ENDED = ("done", "failed", "cancelled")
ATTEMPTS = 3
"""How often a job is begun before its worker's crashes count as its failure."""
REPORT_SECONDS = 0.25
BEAT_SECONDS, RECOVER_SECONDS = 5.0, 15.0
DEAD_AFTER = timedelta(seconds=30)

Work = Callable[["JobInfo", Progress], dict[str, Any]]
"""Does a job and returns its result; raises `Cancelled` out of the progress when it is told to."""


class JobInfo(BaseModel):
    """A job as its watchers see it."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: str
    case_id: str
    kind: str
    parameters: dict[str, Any]
    state: State
    stage: str
    share: float
    """0 to 1 of the stage, not of the job."""
    result: dict[str, Any] | None
    error_code: str | None
    error_message: str | None
    created: str
    created_by: str
    started: str | None
    finished: str | None
    attempts: int

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in ENDED


class Jobs:
    """The jobs of one service."""

    def __init__(self, home: Path, registry: Registry, work: Work, *, immediate: bool = False) -> None:
        """Open the queue.

        Args:
            home: the service's folder, where the queue keeps its file.
            registry: where the rows are.
            work: what a worker does with a job.
            immediate: do each job at once in the caller's thread, for tests and scripts.
        """
        self._registry = registry
        self._work = work
        self.huey = SqliteHuey("downline", filename=str(home / "queue.db"), immediate=immediate, results=False)
        self._enqueue: Callable[[str], Any] = self.huey.task(name="do_job")(self.do)
        self._me = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"

    def start(self, case_id: str, kind: str, parameters: dict[str, Any], *, actor: str) -> JobInfo:
        """Queue a job."""
        row = JobRow(
            id=uuid.uuid4().hex,
            case_id=case_id,
            kind=kind,
            parameters=parameters,
            state="queued",
            stage="queued",
            share=0.0,
            created=now(),
            created_by=actor,
            cancel=False,
            attempts=0,
        )
        with self._registry.session() as session:
            session.add(row)
        self._enqueue(row.id)
        return self.get(row.id)

    def get(self, job_id: str) -> JobInfo:
        """One job.

        Raises:
            UnknownJob: no such job.
        """
        with self._registry.session() as session:
            row = session.get(JobRow, job_id)
            if row is None:
                raise UnknownJob(job_id)
            return JobInfo.model_validate(row)

    def of_case(self, case_id: str) -> list[JobInfo]:
        """Every job of a case, newest first."""
        with self._registry.session() as session:
            rows = session.scalars(
                select(JobRow).where(JobRow.case_id == case_id).order_by(JobRow.created.desc(), JobRow.id)
            )
            return [JobInfo.model_validate(row) for row in rows]

    def cancel(self, job_id: str) -> JobInfo:
        """Ask a job to stop; one that waits stops at once, one that runs at its next report of progress."""
        self.get(job_id)
        self._change(job_id, ("queued",), state="cancelled", stage="cancelled", finished=now(), cancel=True)
        self._change(job_id, ("running",), cancel=True)
        return self.get(job_id)

    def do(self, job_id: str) -> None:
        """Do a queued job now. A worker calls this; a job that somebody else took is left alone."""
        started = now()
        with self._registry.session() as session:
            taken = session.execute(
                update(JobRow)
                .where(JobRow.id == job_id, JobRow.state == "queued")
                .values(
                    state="running",
                    worker=self._me,
                    heartbeat=started,
                    started=started,
                    attempts=JobRow.attempts + 1,
                )
            )
            if taken.rowcount != 1:  # type: ignore[attr-defined]
                return
        job = self.get(job_id)
        try:
            with _Watch(self, job_id) as watch:
                result = self._work(job, watch.report)
            ending: dict[str, Any] = {"state": "done", "stage": "done", "share": 1.0, "result": result}
        except Cancelled:
            ending = {"state": "cancelled", "stage": "cancelled"}
        except Exception as error:  # noqa: BLE001 - whatever it is, the job's watchers must hear that it ended
            ending = {"state": "failed", "stage": "failed", **_describe(error, job_id)}
        self._change(job_id, ("running",), finished=now(), **ending)

    def recover(self) -> list[str]:
        """Queue again what was lost from the queue, and what a dead worker left running; returns the ids.

        A job that is queued twice is done once: whoever comes second finds it taken.
        """
        with self._registry.session() as session:
            waiting = []
            if self.huey.pending_count() == 0:  # else each waits for its turn
                waiting = list(session.scalars(select(JobRow.id).where(JobRow.state == "queued")))
            running = list(session.scalars(select(JobRow).where(JobRow.state == "running")))
        for row in running:
            if self._lives(row):
                continue
            if row.attempts >= ATTEMPTS:
                message = f"its worker stopped {row.attempts} times; most likely the machine ran out of memory"
                self._change(
                    row.id,
                    ("running",),
                    state="failed",
                    stage="failed",
                    error_code="worker-crashed",
                    error_message=message,
                    finished=now(),
                )
            elif self._change(row.id, ("running",), state="queued", stage="queued", share=0.0, worker=None):
                waiting.append(row.id)
        for job_id in waiting:
            self._enqueue(job_id)
        return waiting

    def _lives(self, row: JobRow) -> bool:
        host, _, rest = (row.worker or "").partition(":")
        process = rest.partition(":")[0]
        if host == socket.gethostname() and process.isdigit() and not _process_exists(int(process)):
            return False
        beat = datetime.fromisoformat(row.heartbeat or row.created)
        return datetime.now(UTC) - beat < DEAD_AFTER

    def _change(self, job_id: str, states: tuple[str, ...], **values: Any) -> bool:
        """Change a job if it is in one of these states; whether it was."""
        with self._registry.session() as session:
            done = session.execute(update(JobRow).where(JobRow.id == job_id, JobRow.state.in_(states)).values(**values))
            return bool(done.rowcount == 1)  # type: ignore[attr-defined]

    def beat(self, job_id: str, **progress: Any) -> bool:
        """Show that the job is alive (and how far it is); whether it should stop."""
        self._change(job_id, ("running",), heartbeat=now(), **progress)
        with self._registry.session() as session:
            return bool(session.scalar(select(JobRow.cancel).where(JobRow.id == job_id)))

    def close(self) -> None:
        """Close the queue's connection."""
        self.huey.storage.close()


class _Watch:
    """Carries progress from the work to the job's row, and the wish to cancel back; beats meanwhile."""

    def __init__(self, jobs: Jobs, job_id: str) -> None:
        self._jobs = jobs
        self._id = job_id
        self._reported = 0.0
        self._stage = ""
        self._cancel = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep_beating, name=f"beat-{job_id[:8]}", daemon=True)

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def report(self, stage: str, share: float) -> None:
        """A `Progress`: writes at most a few times a second, but each new stage."""
        at = time.monotonic()
        if stage != self._stage or at - self._reported >= REPORT_SECONDS:
            self._stage, self._reported = stage, at
            self._cancel |= self._jobs.beat(self._id, stage=stage, share=min(max(share, 0.0), 1.0))
        if self._cancel:
            raise Cancelled(f"job {self._id} was cancelled during {stage}")

    def _keep_beating(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            self._cancel |= self._jobs.beat(self._id)


class Worker:
    """Does jobs in a thread of this process until it is stopped."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._stop = threading.Event()
        self._consumer = _QuietConsumer(
            jobs.huey, workers=1, periodic=False, initial_delay=0.05, max_delay=0.5, check_worker_health=False
        )
        self._thread = threading.Thread(target=self._watch_over, name="downline-recovery", daemon=True)

    def start(self) -> None:
        """Begin; what earlier workers left is taken up first."""
        self._jobs.recover()
        self._consumer.start()
        self._thread.start()

    def stop(self) -> None:
        """Finish the job in hand, then end."""
        self._stop.set()
        self._consumer.stop(graceful=True)
        self._thread.join()

    def wait(self) -> None:
        """Block until `stop` is called from elsewhere."""
        self._stop.wait()

    def _watch_over(self) -> None:
        while not self._stop.wait(RECOVER_SECONDS):
            self._jobs.recover()


class _QuietConsumer(Consumer):  # type: ignore[misc]
    """Huey's consumer without its signal handlers: the process belongs to whoever started the worker."""

    def _set_signal_handlers(self) -> None:
        return


def _process_exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _describe(error: Exception, job_id: str) -> dict[str, Any]:
    """What the job's row says about an error; one that no room foresaw goes to the log in full."""
    code = getattr(error, "code", None)
    if isinstance(code, str):
        places = [{**one, "hint": one["hint"].model_dump()} for one in places_of(error)]
        return _failed(code, said(error), errors=places)
    if isinstance(error, MemoryError):
        return _failed("out-of-memory", Text(en="the machine ran out of memory", ar="نفدت ذاكرة الجهاز"))
    if isinstance(error, OSError):
        return _failed("disk", say("the disk refused: {why}", "رفض القرص العملية: {why}", why=refused(error)))
    log.error("job %s failed", job_id, exc_info=error)
    return _failed(
        "internal",
        say(
            "something unforeseen happened; the service's log has the details under job {job}",
            "حدث ما لم يكن متوقعًا. تفاصيله في سجل الخدمة تحت المهمة {job}",
            job=job_id,
        ),
    )


def _failed(code: str, text: Text, **more: Any) -> dict[str, Any]:
    """What a failed job's row holds: the code, the English for the log, and both languages for its watchers."""
    return {"error_code": code, "error_message": text.en, "result": {"text": text.model_dump(), **more}}
