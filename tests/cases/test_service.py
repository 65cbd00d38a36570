"""The service: every act permitted by role, logged in the case, and names masked; from upload to report on real data."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from cases import Role, Service, User
from cases.errors import (
    BadCursor,
    BadName,
    DiskFull,
    NotAuthenticated,
    NothingToRead,
    NotPermitted,
    UnknownAnalysis,
    UnknownCase,
    UnknownMeasurement,
    UnknownParticipant,
    UnknownUpload,
    UploadTooLarge,
    WrongHash,
)
from cases.registry import UserRow
from cases.uploads import UploadLimits

AUDITOR = User("1", "r.haddad", Role.AUDITOR)
ANALYST = User("2", "l.analyst", Role.ANALYST)
VIEWER = User("3", "v.viewer", Role.VIEWER)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with Service(tmp_path / "home", immediate=True, limits=UploadLimits(file=50 << 20, reserve=0)) as service:
        yield service


def log_of(service: Service, case_id: str) -> list[tuple[str, str]]:
    return [(entry.actor, entry.action) for entry in service.audit(AUDITOR, case_id, limit=1000)]


def test_a_token_opens_the_door_until_it_is_replaced_or_revoked(service: Service) -> None:
    token = service.issue_token("sara", Role.ANALYST)
    assert (service.authenticate(token).name, service.authenticate(token).role) == ("sara", Role.ANALYST)
    again = service.issue_token("sara", Role.VIEWER)
    assert service.authenticate(again).role is Role.VIEWER
    with pytest.raises(NotAuthenticated):
        service.authenticate(token)
    service.revoke("sara")
    with pytest.raises(NotAuthenticated):
        service.authenticate(again)
    assert service.users() == []
    with service.registry.session() as session:
        (row,) = session.scalars(select(UserRow))
    assert not {token, again} & {str(getattr(row, column.key)) for column in UserRow.__table__.columns}


def test_an_upload_is_kept_with_its_hash_and_logged(service: Service) -> None:
    case = service.create_case(AUDITOR, "A case")
    content = b"id,sponsor_id\na,\nb,a\n"
    kept = service.add_upload(ANALYST, case.id, "people.csv", [content[:5], content[5:]])
    assert (kept.name, kept.size, kept.sha256) == ("people.csv", len(content), hashlib.sha256(content).hexdigest())
    path = service.home / "cases" / case.id / "sources" / kept.sha256
    assert path.read_bytes() == content
    assert ("l.analyst", "sources.completed") in log_of(service, case.id)
    newer = service.add_upload(ANALYST, case.id, "people.csv", [b"id\na\n"])
    assert [one.sha256 for one in service.uploads(ANALYST, case.id)] == [newer.sha256]
    assert path.exists()
    service.remove_upload(ANALYST, case.id, "people.csv")
    assert service.uploads(ANALYST, case.id) == []
    with pytest.raises(UnknownUpload):
        service.remove_upload(ANALYST, case.id, "people.csv")
    with pytest.raises(NothingToRead):
        service.start_analysis(ANALYST, case.id)
    assert service.verify(AUDITOR, case.id) == []


def test_what_is_wrong_with_an_upload_leaves_nothing(tmp_path: Path) -> None:
    with Service(tmp_path / "home", immediate=True, limits=UploadLimits(file=10, reserve=0)) as service:
        case = service.create_case(AUDITOR, "A case")
        with pytest.raises(UploadTooLarge, match="limit of 10 bytes"):
            service.add_upload(AUDITOR, case.id, "x.csv", [b"123456", b"789012"])
        with pytest.raises(UploadTooLarge):
            service.open_upload(AUDITOR, case.id, "x.csv", size=11)
        with pytest.raises(WrongHash, match="send it again"):
            service.add_upload(AUDITOR, case.id, "x.csv", [b"1"], sha256="0" * 64)
        for name in ("", " ", "..", "../x", "a/b", "a\\b", ".hidden", "x" * 201, "a\nb", "a\0b"):
            with pytest.raises(BadName):
                service.add_upload(AUDITOR, case.id, name, [b"1"])

        def broken() -> Iterator[bytes]:
            yield b"1"
            raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            service.add_upload(AUDITOR, case.id, "x.csv", broken())
        folder = service.home / "cases" / case.id
        assert list((folder / "sources").iterdir()) == []
        assert list((folder / ".staging").iterdir()) == []
        assert service.uploads(AUDITOR, case.id) == []
        assert service.verify(AUDITOR, case.id) == []


def test_a_full_disk_is_said_before_the_first_byte(tmp_path: Path) -> None:
    limits = UploadLimits(reserve=shutil.disk_usage(tmp_path).free * 2)
    with Service(tmp_path / "home", immediate=True, limits=limits) as service:
        case = service.create_case(AUDITOR, "A case")
        with pytest.raises(DiskFull, match="must stay free"):
            service.open_upload(AUDITOR, case.id, "x.csv")


def test_a_refusal_is_logged_and_an_unknown_case_is_not_a_case(service: Service) -> None:
    case = service.create_case(AUDITOR, "A case")
    with pytest.raises(NotPermitted):
        service.open_upload(VIEWER, case.id, "x.csv")
    assert ("v.viewer", "access.refused") in log_of(service, case.id)
    with pytest.raises(NotPermitted):
        service.create_case(VIEWER, "mine")
    with pytest.raises(UnknownCase):
        service.findings(AUDITOR, "nothing")
    with pytest.raises(UnknownAnalysis):
        service.findings(AUDITOR, case.id)


def test_a_log_cut_together_with_its_head_is_found_by_the_registry(service: Service) -> None:
    case = service.create_case(AUDITOR, "A case")
    folder = service.home / "cases" / case.id
    before = {name: (folder / name).read_bytes() for name in ("audit.jsonl", "audit.head")}
    with pytest.raises(NotPermitted):
        service.open_upload(VIEWER, case.id, "x.csv")
    assert service.verify(AUDITOR, case.id) == []
    for name, content in before.items():
        (folder / name).write_bytes(content)
    assert [fault.code for fault in service.verify(AUDITOR, case.id)] == ["log-cut"]


def test_from_upload_to_findings(analysed: tuple[Service, str]) -> None:
    service, case_id = analysed
    overview = service.overview(VIEWER, case_id)
    assert overview.people == 4016
    assert overview.records.deepest_level == 27
    assert overview.records.without_recruit == 2488
    assert overview.intake.rows_in == overview.intake.rows_accepted + overview.intake.rows_refused
    assert {finding.state for finding in service.findings(VIEWER, case_id)} & {"breached", "not_measurable"}
    assert len(service.measurements(VIEWER, case_id)) >= 15
    detail = service.case(VIEWER, case_id)
    assert (len(detail.snapshots), len(detail.analyses)) == (1, 1)
    job = service.job(VIEWER, detail.jobs[-1].id)
    assert job.result == {"snapshot": detail.snapshots[0], "analysis": detail.analyses[0]}


def test_the_report_comes_in_both_languages(analysed: tuple[Service, str]) -> None:
    service, case_id = analysed
    assert b'lang="en"' in service.report(VIEWER, case_id, "en")[:2000]
    assert b'dir="rtl"' in service.report(VIEWER, case_id, "ar")[:2000]


def test_rows_behind_a_figure_come_in_pages_that_fit_together(analysed: tuple[Service, str]) -> None:
    service, case_id = analysed
    measured = max(
        (one for one in service.measurements(ANALYST, case_id) if one.evidence is not None),
        key=lambda one: one.evidence.count or 0 if one.evidence is not None else 0,
    )
    whole = service.rows(ANALYST, case_id, measured.id, limit=1000)
    pages, cursor = [], None
    for _ in range(4):
        page = service.rows(ANALYST, case_id, measured.id, cursor=cursor, limit=150)
        pages += page.rows
        cursor = page.next
    assert tuple(pages) == whole.rows[:600]
    assert whole.total == (measured.evidence.count if measured.evidence else None)
    with pytest.raises(BadCursor):
        service.downline(ANALYST, case_id, "x", cursor=cursor)
    with pytest.raises(UnknownMeasurement):
        service.rows(ANALYST, case_id, "nothing")
    with pytest.raises(NotPermitted):
        service.rows(VIEWER, case_id, measured.id)


def test_one_participant_and_the_people_above_and_below(analysed: tuple[Service, str]) -> None:
    service, case_id = analysed
    root = service.overview(ANALYST, case_id).records.largest_recruiters[0].id
    person = service.participant(ANALYST, case_id, root)
    assert person.direct == service.overview(ANALYST, case_id).records.largest_recruiters[0].recruits
    direct = service.downline(ANALYST, case_id, root, levels=1, limit=1000)
    assert len(direct.rows) == min(person.direct, 1000)
    assert {row["sponsor_id"] for row in direct.rows} == {root}
    seen, cursor = [], None
    while True:
        page = service.downline(ANALYST, case_id, root, cursor=cursor, limit=700)
        seen += [row["id"] for row in page.rows]
        cursor = page.next
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == person.downline
    deepest = service.upline(ANALYST, case_id, seen[-1])
    assert root in [above.id for above in deepest]
    assert [above.depth for above in deepest] == sorted((above.depth for above in deepest), reverse=True)
    with pytest.raises(UnknownParticipant):
        service.participant(ANALYST, case_id, "nobody")
    with pytest.raises(NotPermitted):
        service.participant(VIEWER, case_id, root)


def test_a_window_of_the_tree_stands_for_everybody(analysed: tuple[Service, str]) -> None:
    service, case_id = analysed
    window = service.tree_window(ANALYST, case_id, depth1=40, budget=300)
    assert (window.people, window.levels) == (4016, 28)
    assert 0 < len(window.marks) <= 300
    assert sum(mark.count for mark in window.marks if mark.depth == 0) == 4016
    beyond = service.tree_window(ANALYST, case_id, x0=9_999_999, x1=-3, depth0=99, depth1=-1, budget=0)
    assert (beyond.x0, beyond.x1, beyond.depth0) == (4015, 4016, 27)
    root = window.marks[0]
    assert root.id == service.participant(ANALYST, case_id, str(root.id)).id
    with pytest.raises(NotPermitted):
        service.tree_window(VIEWER, case_id)


def test_money_of_all_participants_is_the_money_of_the_overview(analysed: tuple[Service, str]) -> None:
    service, case_id = analysed
    overview = service.overview(AUDITOR, case_id)
    top = overview.records.largest_recruiters
    sums = [service.participant(AUDITOR, case_id, one.id).money for one in top]
    assert all(money[0].currency == overview.records.currency for money in sums if money)
    assert sum(money[0].paid_in for money in sums if money) <= overview.records.paid_in


def test_the_same_question_again_does_no_new_work(analysed: tuple[Service, str]) -> None:
    service, case_id = analysed
    before = service.case(AUDITOR, case_id)
    job = service.start_analysis(AUDITOR, case_id)
    assert job.state == "done"
    after = service.case(AUDITOR, case_id)
    assert (before.snapshots, before.analyses) == (after.snapshots, after.analyses)
    assert ("r.haddad", "analysis.found") in log_of(service, case_id)


def test_everything_anybody_did_is_in_the_log_and_verifies(analysed: tuple[Service, str]) -> None:
    service, case_id = analysed
    service.findings(VIEWER, case_id)
    actions = log_of(service, case_id)
    assert actions[-1] == ("v.viewer", "findings.read")
    for action in ("case.created", "sources.completed", "analysis.asked", "snapshot.completed", "analysis.completed"):
        assert ("r.haddad", action) in actions
    assert service.verify(AUDITOR, case_id) == []
    assert log_of(service, case_id)[-1] == ("r.haddad", "case.verified")


def test_names_are_masked_unless_the_role_may_see_them(service: Service) -> None:
    case = service.create_case(AUDITOR, "Names")
    people = (
        "id,sponsor_id,name,joined\na,,Fatima Hassan,2024-01-01\nb,a,سمير حداد,2024-01-02\na,b,Ben Ali,2024-01-03\n"
    )
    service.add_upload(AUDITOR, case.id, "participants.csv", [people.encode()])
    job = service.start_analysis(AUDITOR, case.id)
    assert (job.state, job.error_message) == ("done", None)
    assert service.participant(AUDITOR, case.id, "a").fields["name"] == "Fatima Hassan"
    assert service.participant(ANALYST, case.id, "a").fields["name"] == "F••• H•••"
    assert next(row["fields"]["name"] for row in service.downline(ANALYST, case.id, "a").rows) == "س••• ح•••"
    shown = service.refused(AUDITOR, case.id)
    assert (shown.total, shown.rows[0]["row"]["name"], shown.rows[0]["value"]) == (1, "Ben Ali", "a")
    hidden = service.refused(ANALYST, case.id)
    assert (hidden.total, hidden.rows[0]["row"], hidden.rows[0]["value"]) == (1, None, "a")
    for language in ("en", "ar"):
        report = service.report(AUDITOR, case.id, language).decode()
        assert "Fatima" not in report
        assert "سمير" not in report
