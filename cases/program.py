"""Which program did it: version and fingerprint, as they stand in every manifest.

A version number is the same for every commit between two releases. The fingerprint is not: it is the SHA-256
over the source files and rule packs of the rooms that shape a result, so "same inputs, same bytes" can name
the program too.
"""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path

_HOME = Path(__file__).resolve().parents[1]
READING = ("intake",)
"""Rooms that shape a snapshot."""
ANALYSING = ("intake", "genealogy", "compensation", "compliance", "cases")
"""Rooms that shape an analysis."""

_KINDS = {".py", ".yaml", ".yml", ".json", ".html", ".css", ".j2", ".svg"}


@cache
def version() -> str:
    """The release, `0.1.0` style: of this checkout where it is one, else of the installed package."""
    project = _HOME / "pyproject.toml"
    if project.is_file():
        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])
    return metadata.version("downline")


@cache
def fingerprint(rooms: tuple[str, ...]) -> str:
    """SHA-256 over path and bytes of every source file and data file of the rooms."""
    total = hashlib.sha256()
    for room in rooms:
        for path in sorted((_HOME / room).rglob("*")):
            if path.suffix in _KINDS and path.is_file():
                content = path.read_bytes()
                total.update(f"{path.relative_to(_HOME).as_posix()}\0{len(content)}\0".encode())
                total.update(content)
    return total.hexdigest()


def program(rooms: tuple[str, ...]) -> dict[str, str]:
    """What a manifest says about the program."""
    return {"name": "downline", "version": version(), "fingerprint": fingerprint(rooms)}
