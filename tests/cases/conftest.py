"""Real records analysed once for all tests of this room, and a stand-in for intake where its work is beside the point."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cases import Case, Role, Service, User
from cases import snapshot as snapshots
from cases.analysis import Analysis
from cases.uploads import UploadLimits
from intake.progress import Progress


def copy_in_reverse(received: Path, content: Path, arguments: list[str], limits: object, progress: Progress) -> None:
    """Makes something of every file, as intake would, without knowing what a table is."""
    content.mkdir()
    progress("reading", 0.5)
    for path in sorted(received.rglob("*")):
        if path.is_file():
            (content / f"{path.name}.out").write_bytes(path.read_bytes()[::-1])


@pytest.fixture
def plain_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Intake replaced by `copy_in_reverse`: these tests are about keeping, not reading."""
    monkeypatch.setattr(snapshots, "_run_intake", copy_in_reverse)


@pytest.fixture
def some_files(tmp_path: Path) -> Path:
    """A folder of three files, one in a subfolder, one empty."""
    folder = tmp_path / "received"
    (folder / "more").mkdir(parents=True)
    (folder / "people.csv").write_text("id,sponsor\na,\nb,a\n", encoding="utf-8")
    (folder / "more" / "طلبات.csv").write_text("id,amount\n1,5.00\n", encoding="utf-8")
    (folder / "empty.csv").write_bytes(b"")
    return folder


@pytest.fixture
def new_case(tmp_path: Path) -> Callable[[str], Case]:
    """Makes cases by name."""

    def make(name: str = "one") -> Case:
        return Case.create(tmp_path / f"{name}.case", f"Case {name}", "a.auditor")

    return make


@pytest.fixture(scope="session")
def analysed(tmp_path_factory: pytest.TempPathFactory, beehive: Path) -> Iterator[tuple[Service, str]]:
    """A service with one case of real records, uploaded and analysed as their data sheet says."""
    actor = User("1", "r.haddad", Role.AUDITOR)
    home = tmp_path_factory.mktemp("service")
    with Service(home, immediate=True, limits=UploadLimits(reserve=0)) as service:
        case = service.create_case(actor, "An on-chain referral scheme")
        for path in sorted(beehive.iterdir()):
            service.add_upload(actor, case.id, path.name, [path.read_bytes()])
        job = service.start_analysis(actor, case.id)
        assert (job.state, job.error_message) == ("done", None)
        yield service, case.id


@pytest.fixture(scope="session")
def analysis(analysed: tuple[Service, str]) -> Analysis:
    """The one analysis of that case; a test that adds to the case works on a copy."""
    service, case_id = analysed
    return Case.open(service.home / "cases" / case_id).analysis()
