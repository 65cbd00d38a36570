"""Long work runs elsewhere, can be watched and stopped, and is taken up again after a crash."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cases.errors import NothingToRead, UnknownJob
from cases.jobs import ATTEMPTS, JobInfo, Jobs, Worker
from cases.registry import CaseRow, JobRow, Registry, now
from intake.progress import Progress


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    registry = Registry(tmp_path)
    with registry.session() as session:
        session.add(CaseRow(id="c", title="t", created=now(), created_by="x", head_seq=0, head_hash=""))
    yield registry
    registry.close()


def quick(job: JobInfo, progress: Progress) -> dict[str, Any]:
    progress("counting", 0.5)
    return {"answer": job.parameters["n"] * 2}


def until(check: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "nothing happened in time"
        time.sleep(0.02)


def test_a_job_done_at_once(tmp_path: Path, registry: Registry) -> None:
    jobs = Jobs(tmp_path, registry, quick, immediate=True)
    job = jobs.start("c", "count", {"n": 21}, actor="me")
    assert (job.state, job.result, job.share, job.attempts) == ("done", {"answer": 42}, 1.0, 1)
    assert [one.id for one in jobs.of_case("c")] == [job.id]
    with pytest.raises(UnknownJob):
        jobs.get("nothing")


def test_a_failure_says_its_code_and_the_way_out(tmp_path: Path, registry: Registry) -> None:
    def fail(job: JobInfo, progress: Progress) -> dict[str, Any]:
        raise NothingToRead("the case")

    job = Jobs(tmp_path, registry, fail, immediate=True).start("c", "x", {}, actor="me")
    assert (job.state, job.error_code) == ("failed", "nothing-to-read")
    assert job.error_message is not None
    assert "upload" in job.error_message


def test_an_unforeseen_failure_is_logged_and_not_shown(
    tmp_path: Path, registry: Registry, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(job: JobInfo, progress: Progress) -> dict[str, Any]:
        raise ZeroDivisionError("inner detail")

    job = Jobs(tmp_path, registry, fail, immediate=True).start("c", "x", {}, actor="me")
    assert job.error_code == "internal"
    assert "inner detail" not in str(job.error_message)
    assert "inner detail" in caplog.text


def test_a_worker_reports_progress_and_stops_when_told(tmp_path: Path, registry: Registry) -> None:
    began = threading.Event()

    def endless(job: JobInfo, progress: Progress) -> dict[str, Any]:
        for step in range(100_000):
            progress("walking", step / 100_000)
            began.set()
            time.sleep(0.01)
        return {}

    jobs = Jobs(tmp_path, registry, endless)
    worker = Worker(jobs)
    worker.start()
    try:
        job = jobs.start("c", "walk", {}, actor="me")
        assert began.wait(20)
        until(lambda: jobs.get(job.id).share > 0)
        watched = jobs.get(job.id)
        assert (watched.state, watched.stage) == ("running", "walking")
        assert jobs.cancel(job.id).state in ("running", "cancelled")
        until(lambda: jobs.get(job.id).state == "cancelled")
        assert jobs.cancel(job.id).state == "cancelled"
    finally:
        worker.stop()
        jobs.close()


def test_a_waiting_job_is_cancelled_before_it_begins(tmp_path: Path, registry: Registry) -> None:
    jobs = Jobs(tmp_path, registry, quick)
    job = jobs.start("c", "count", {"n": 1}, actor="me")
    assert jobs.cancel(job.id).state == "cancelled"
    jobs.do(job.id)
    assert jobs.get(job.id).state == "cancelled"
    jobs.close()


def test_a_job_is_done_once_however_often_it_is_delivered(tmp_path: Path, registry: Registry) -> None:
    done: list[str] = []

    def count(job: JobInfo, progress: Progress) -> dict[str, Any]:
        done.append(job.id)
        return {}

    jobs = Jobs(tmp_path, registry, count)
    job = jobs.start("c", "count", {}, actor="me")
    for _ in range(3):
        jobs.do(job.id)
    assert done == [job.id]
    jobs.close()


CHILD = """
import sys, time
from pathlib import Path
from cases.jobs import Jobs, Worker
from cases.registry import Registry

def work(job, progress):
    progress("begun", 0.1)
    print("begun", flush=True)
    if job.attempts == 1:
        time.sleep(600)
    return {"attempt": job.attempts}

home = Path(sys.argv[1])
worker = Worker(Jobs(home, Registry(home), work))
worker.start()
worker.wait()
"""


def test_a_killed_workers_job_is_taken_up_by_the_next(tmp_path: Path, registry: Registry, repository: Path) -> None:
    jobs = Jobs(tmp_path, registry, quick)
    job = jobs.start("c", "work", {}, actor="me")

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", CHILD, str(tmp_path)]
        return subprocess.Popen(command, cwd=repository, stdout=subprocess.PIPE, text=True)

    with start() as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "begun\n"
        assert jobs.get(job.id).state == "running"
        first.kill()
    assert jobs.get(job.id).state == "running"
    with start() as second:
        until(lambda: jobs.get(job.id).state == "done")
        second.kill()
    found = jobs.get(job.id)
    assert (found.result, found.attempts) == ({"attempt": 2}, 2)
    jobs.close()


def test_a_job_that_kills_its_workers_is_given_up(tmp_path: Path, registry: Registry) -> None:
    jobs = Jobs(tmp_path, registry, quick)
    job = jobs.start("c", "work", {}, actor="me")
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    with registry.session() as session:
        row = session.get_one(JobRow, job.id)
        row.state, row.attempts, row.heartbeat = "running", ATTEMPTS, now()
        row.worker = f"{os.uname().nodename}:{int(dead.stdout)}:x"
    assert jobs.recover() == []
    found = jobs.get(job.id)
    assert (found.state, found.error_code) == ("failed", "worker-crashed")
    jobs.close()


def test_a_living_workers_job_is_left_alone(tmp_path: Path, registry: Registry) -> None:
    jobs = Jobs(tmp_path, registry, quick)
    job = jobs.start("c", "work", {}, actor="me")
    with registry.session() as session:
        row = session.get_one(JobRow, job.id)
        row.state, row.attempts, row.heartbeat, row.worker = "running", 1, now(), "another-machine:1:x"
    jobs.recover()
    assert jobs.get(job.id).state == "running"
    with registry.session() as session:
        session.get_one(JobRow, job.id).heartbeat = "2026-01-01T00:00:00.000000+00:00"
    assert jobs.recover() == [job.id]
    assert jobs.get(job.id).state == "queued"
    jobs.close()
