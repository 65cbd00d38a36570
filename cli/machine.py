"""What `downline doctor` looks at: the interpreter, the libraries, the disk, and the optional programs around.

Each check says what it found and why that matters, or the way out. Required ones decide the exit code; optional
ones name the feature that is missing without them.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

GIB = 1 << 30
LIBRARIES = (
    "polars",
    "duckdb",
    "pyarrow",
    "numpy",
    "numba",
    "networkx",
    "pydantic",
    "sqlalchemy",
    "huey",
    "fastapi",
    "uvicorn",
    "streamlit",
    "neo4j",
)
DISK_NEEDED, DISK_WISHED = GIB, 20 * GIB
MEMORY_NEEDED = 2 * GIB
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    found: str
    why: str
    ok: bool = True
    required: bool = True

    @property
    def state(self) -> str:
        """A word for the table."""
        if self.ok:
            return "ok"
        return "missing" if self.required else "not there"

    def plain(self) -> dict[str, object]:
        """For JSON."""
        return {
            "name": self.name,
            "ok": self.ok,
            "required": self.required,
            "found": self.found,
            "why": self.why,
        }


def look(home: Path) -> list[Check]:
    """Every check, in the order in which a reader should mend things.

    Args:
        home: the folder of the cases.
    """
    checks: list[Callable[[], Check]] = [
        _python,
        _libraries,
        lambda: _home(home),
        lambda: _disk(home),
        _memory,
        _numba_cache,
        _dashboard,
        _java,
        _maven,
        _chromium,
    ]
    if os.environ.get("DOWNLINE_NEO4J_URI"):
        checks.append(_neo4j)
    return [check() for check in checks]


def _python() -> Check:
    found = f"{platform.python_version()} at {sys.executable}"
    return Check("Python", found, "3.11 or newer is needed", ok=sys.version_info >= (3, 11))


def _libraries() -> Check:
    found, absent = [], []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            absent.append(name)
    why = f"not installed: {', '.join(absent)}; run `make setup`" if absent else "installed with Downline"
    return Check("libraries", ", ".join(found), why, ok=not absent)


def _home(home: Path) -> Check:
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError as error:
        why = f"cannot be written ({error.strerror}); name another with --home or DOWNLINE_HOME"
        return Check("home folder", str(home), why, ok=False)
    return Check("home folder", str(home), "cases are kept here")


def _disk(home: Path) -> Check:
    nearest = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(nearest).free
    why = "1 GiB is needed; uploads and their tables take about twice the files' size"
    if DISK_NEEDED <= free < DISK_WISHED:
        why = "enough for small companies; a large one's records need tens of GiB"
    return Check("free disk", f"{free / GIB:.1f} GiB", why, ok=free >= DISK_NEEDED)


def _memory() -> Check:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    why = "a million participants with ten million orders need about 4 GiB"
    return Check("memory", f"{total / GIB:.1f} GiB", why, ok=total >= MEMORY_NEEDED)


def _numba_cache() -> Check:
    import genealogy

    named = os.environ.get("NUMBA_CACHE_DIR")
    folder = Path(named) if named else Path(genealogy.__path__[0]) / "__pycache__"
    kept = len(list(folder.rglob("*.nbi"))) if folder.is_dir() else 0
    nearest = next(one for one in (folder, *folder.parents) if one.exists())
    ok = os.access(nearest, os.W_OK)
    why = "compiled kernels are kept here, so that only the first analysis compiles"
    if not ok:
        why = "cannot be written: every start compiles again; name a folder in NUMBA_CACHE_DIR"
    return Check("Numba cache", f"{kept} kernels in {folder}", why, ok=ok, required=False)


def _dashboard() -> Check:
    from importlib.util import find_spec

    spec = find_spec("dashboard")
    folders = [Path(one) for one in (spec.submodule_search_locations or ())] if spec is not None else []
    page = next((folder / "app.py" for folder in folders if (folder / "app.py").is_file()), None)
    why = "`downline up` serves it" if page else "`downline up --api-only` works without it"
    return Check("dashboard", str(page or ""), why, ok=page is not None, required=False)


def _java() -> Check:
    from genealogy.stores.errors import ServerToolMissing
    from genealogy.stores.server import find_java

    try:
        return Check("Java", find_java(), "for `make neo4j`, a local Neo4j server", required=False)
    except ServerToolMissing as error:
        return Check("Java", "", f"only for `make neo4j`: {error}", ok=False, required=False)


def _maven() -> Check:
    found = shutil.which("mvn")
    return Check(
        "Maven", found or "", "only for `make neo4j`: fetches the server", ok=found is not None, required=False
    )


def _chromium() -> Check:
    found = next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    return Check("Chromium", found or "", "only for the browser tests", ok=found is not None, required=False)


def _neo4j() -> Check:
    from genealogy.stores import Neo4jStore, StoreError

    uri = os.environ["DOWNLINE_NEO4J_URI"]
    password = os.environ.get("DOWNLINE_NEO4J_PASSWORD")
    login = None if password is None else (os.environ.get("DOWNLINE_NEO4J_USER", "neo4j"), password)
    try:
        with Neo4jStore(uri, login):
            return Check("Neo4j", uri, "answers, and its version can be used")
    except StoreError as error:
        return Check("Neo4j", uri, str(error), ok=False)
