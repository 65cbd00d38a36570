"""What every test may use: where the project's own data stands, and where reference data stands if present.

Reference data without a clear licence is not part of the project. It is read from the folder that
`DOWNLINE_SHARED` names, else from `shared` beside the checkout; a test that needs it skips, and says so, elsewhere.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A change lands or not on its own merit: the suite draws the same examples on every run, and `make explore` draws new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", derandomize=False, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("DOWNLINE_EXAMPLES", "repeatable"))

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("DOWNLINE_SHARED", REPOSITORY.parent / "shared"))


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
