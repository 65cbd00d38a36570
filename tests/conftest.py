"""What every test may use: where the project's own data stands, and where reference data stands if present.

Reference data without a clear licence is not part of the project. It is read from the folder that
`DOWNLINE_SHARED` names, else from `shared` beside the checkout; a test that needs it skips, and says so, elsewhere.
Which worker runs which file stands here too: what is dear to make, and kept for a whole session, is made by one of them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

# A change lands or not on its own merit: the suite draws the same examples on every run, and `make explore` draws new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", derandomize=False, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("DOWNLINE_EXAMPLES", "repeatable"))

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("DOWNLINE_SHARED", REPOSITORY.parent / "shared"))

ROW = (
    "compensation", "reference", "synthetic", "genealogy", "intake", "datasets", "docs", "dashboard",
    "compliance", "api", "cases", "cli", "genealogy/test_stores", "browser",
)  # fmt: skip
"""Rooms in the order in which the first worker takes them, and against which the second one does.

At one end are the loops that are compiled when first called, at the other what starts servers, browsers and commands;
where the two meet are many short files, so that both come to their end together.
"""


class FromBothEnds(LoadFileScheduling):
    """Hands out files from both ends of `ROW`: neighbours share kernels, servers and analysed cases with one worker.

    Left to chance, both workers would compile the same loops at the same time and start a server each.
    """

    def _assign_work_unit(self, node: WorkerController) -> None:
        backwards = int(node.gateway.id.removeprefix("gw")) % 2 == 1
        waiting = sorted(self.workqueue, key=_place, reverse=backwards)
        self.workqueue.move_to_end(waiting[0], last=False)
        super()._assign_work_unit(node)


def _place(file: str) -> tuple[int, str]:
    """Where a file stands in the row; what the row does not name stands in its middle, among the short ones."""
    inside = file.removeprefix("tests/")
    rooms = [room for room in ROW if inside.startswith((f"{room}/", f"{room}_", f"{room}."))]
    return ROW.index(max(rooms, key=len, default="compliance")), file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FromBothEnds | None:
    """The order above for `--dist loadfile`, and xdist's own for every other."""
    return FromBothEnds(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference material that the project may read but not ship."""
    if not SHARED.is_dir():
        pytest.skip("reference data is absent: set DOWNLINE_SHARED to its folder")
    return SHARED


@pytest.fixture(scope="session")
def shared_data(shared: Path) -> Path:
    """Real data sets that the project does not ship."""
    return shared / "data"


@pytest.fixture(scope="session")
def shared_reference(shared: Path) -> Path:
    """Published examples, model values and legal reference."""
    return shared / "reference"


@pytest.fixture(scope="session")
def beehive(repository: Path) -> Path:
    """The bundled records of a real on-chain referral scheme."""
    return repository / "datasets" / "beehive"
