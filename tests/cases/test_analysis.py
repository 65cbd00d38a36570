"""From a company's files to findings, on real records: the same inputs give the same bytes, and a stop leaves nothing."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from cases import Case, Role, Service, User, analyze_folder
from cases.analysis import Analysis
from cases.uploads import UploadLimits
from compensation import PlanError
from compliance.errors import UnknownPack
from intake.progress import Cancelled

ALONE = """
import sys
from pathlib import Path
import cases
analysis = cases.analyze_folder(Path(sys.argv[1]), Path(sys.argv[2]), title="another title", actor="somebody else")
print(analysis.id)
"""


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_records_give_the_same_bytes_anywhere(
    analysis: Analysis, beehive: Path, tmp_path: Path, repository: Path
) -> None:
    """Another process, another folder, another title, one thread instead of two: not a byte differs."""
    other = tmp_path / "other.case"
    environment = os.environ | {"POLARS_MAX_THREADS": "1", "PYTHONHASHSEED": "7", "TZ": "Asia/Riyadh", "LANG": "C"}
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(beehive), str(other)],
        cwd=repository,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == analysis.id
    for shelf in ("sources", "snapshots", "analyses"):
        assert contents(analysis.case.folder / shelf) == contents(other / shelf)


def test_the_folder_holds_every_result(analysis: Analysis) -> None:
    names = set(contents(analysis.folder))
    assert names == {
        "manifest.json",
        "overview.json",
        "report.json",
        "structure.json",
        "computed.parquet",
        "state.parquet",
        "causes.parquet",
        "reconciliation.parquet",
        "reconciliation.json",
        "plan.yaml",
        "report.en.html",
        "report.ar.html",
    }
    assert analysis.case.verify() == []


def test_the_manifest_says_what_determined_the_results(analysis: Analysis) -> None:
    inputs = analysis.inputs
    assert inputs["snapshot"] == analysis.snapshot.id
    plan = analysis.plan
    assert plan is not None
    assert inputs["plan"] == hashlib.sha256(plan.read_bytes()).hexdigest()
    assert {pack["name"] for pack in inputs["packs"]} >= {"general"}
    assert set(inputs["program"]) == {"name", "version", "fingerprint"}
    canonical = json.dumps(inputs, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(canonical.encode()).hexdigest() == analysis.id


def test_the_checked_figures_come_out(analysis: Analysis) -> None:
    """4,016 members, depth 27, 2,488 without a recruit, 646,960 in, 147,550 out to 249: the data sheet's figures."""
    records = analysis.overview.records
    assert (records.participants, records.deepest_level, records.without_recruit) == (4016, 27, 2488)
    assert (records.paid_in, records.paid_out) == (646_960 * 10**6, 147_550 * 10**6)
    assert records.paid_out_to == 249
    assert len(analysis.overview.figures) >= 6
    assert all(figure.agrees for figure in analysis.overview.figures)


def test_nobody_is_named_and_no_clock_is_read(analysis: Analysis) -> None:
    today = date.today().isoformat()  # noqa: DTZ011 - whatever day the report might have printed
    for path in analysis.folder.iterdir():
        assert today.encode() not in path.read_bytes(), path.name


def test_other_laws_or_another_day_make_another_analysis(analysis: Analysis, tmp_path: Path) -> None:
    case = Case.open(shutil.copytree(analysis.case.folder, tmp_path / "copy.case"))
    other = case.analyze(case.snapshot(), laws=["us"], on=date(2010, 1, 1))
    assert other.id != analysis.id
    assert {finding.rule.pack for finding in other.findings} == {"us"}
    assert other.overview.law_on == "2010-01-01"
    assert case.analyze(case.snapshot(), laws=["us"], on=date(2010, 1, 1)).id == other.id
    assert case.verify() == []


def test_without_a_name_the_analysis_last_asked_for_is_meant(analysis: Analysis, tmp_path: Path) -> None:
    """With a plan, without, with it again: nothing new is made the third time, and yet it is the one that is meant."""
    case = Case.open(shutil.copytree(analysis.case.folder, tmp_path / "copy.case"))
    other = case.analyze(laws=["us"])
    assert case.analysis().id == other.id
    assert case.analyze().id == analysis.id
    assert case.analysis().id == analysis.id
    assert [one.id for one in case.analyses()] == [analysis.id, other.id]
    assert Case.open(case.folder).analysis().id == analysis.id


def test_what_is_wrong_is_said_before_any_work(analysis: Analysis, tmp_path: Path) -> None:
    case = Case.open(analysis.case.folder)
    with pytest.raises(UnknownPack, match="atlantis"):
        case.analyze(laws=["atlantis"])
    plan = tmp_path / "my-plan.yaml"
    plan.write_text("id: x\ntitel: {en: a, ar: b}\n", encoding="utf-8")
    with pytest.raises(PlanError, match=r"my-plan\.yaml"):
        case.analyze(plan=plan)
    with pytest.raises(PlanError, match="UTF-8"):
        case.analyze(plan=b"\xff\xfe\x00")


@pytest.mark.parametrize("stage", ["keeping", "tree", "payouts", "measure", "judge", "report"])
def test_a_stop_at_any_stage_leaves_nothing_behind(beehive: Path, tmp_path: Path, stage: str) -> None:
    def stop(at: str, share: float) -> None:
        if at == stage:
            raise Cancelled

    folder = tmp_path / "a.case"
    with pytest.raises(Cancelled):
        analyze_folder(beehive, folder, progress=stop)
    case = Case.open(folder)
    assert case.verify() == []
    assert list((folder / "analyses").iterdir()) == []
    assert list((folder / ".staging").iterdir()) == []


def test_rows_behind_a_finding_can_be_read_without_a_service(analysis: Analysis) -> None:
    with_rows = [one for one in analysis.measurements if one.evidence is not None and one.evidence.count]
    assert with_rows
    frame = analysis.rows(with_rows[0].id, limit=5)
    assert 0 < len(frame) <= 5
    assert list(frame.columns) == list(with_rows[0].evidence.columns if with_rows[0].evidence else ())


WORKER = """
import sys
from pathlib import Path
from cases import Service
worker = Service(Path(sys.argv[1])).worker()
worker.start()
worker.wait()
"""


def test_a_worker_killed_in_the_middle_is_followed_by_one_that_finishes(
    tmp_path: Path, beehive: Path, repository: Path
) -> None:
    """The real queue, the real work, in a process of its own; the first one is killed as soon as it measures."""
    actor = User("1", "r.haddad", Role.AUDITOR)
    command = [sys.executable, "-c", WORKER, str(tmp_path)]
    with Service(tmp_path, limits=UploadLimits(reserve=0)) as service:
        case = service.create_case(actor, "An on-chain referral scheme")
        for path in sorted(beehive.iterdir()):
            service.add_upload(actor, case.id, path.name, [path.read_bytes()])
        job = service.start_analysis(actor, case.id)
        with running(command, repository):
            wait_for(service, job.id, {"measure", "judge", "report", "done"})
        killed = service.jobs.get(job.id)
        assert killed.state in {"running", "done"}
        with running(command, repository):
            wait_for(service, job.id, {"done"})
        found = service.job(actor, job.id)
        assert (found.state, found.error_message) == ("done", None)
        assert service.verify(actor, case.id) == []
        assert service.overview(actor, case.id).people == 4016
        assert len(service.case(actor, case.id).snapshots) == 1


@contextmanager
def running(command: list[str], folder: Path) -> Iterator[None]:
    """A process that is killed, not asked, when the block ends."""
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.kill()


def wait_for(service: Service, job_id: str, stages: set[str], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while service.jobs.get(job_id).stage not in stages:
        assert service.jobs.get(job_id).state != "failed", service.jobs.get(job_id).error_message
        assert time.monotonic() < deadline, service.jobs.get(job_id)
        time.sleep(0.05)
