"""Everything this room raises on purpose: one hierarchy, each with a stable code and a sentence that says the way out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from intake.closest import closest


class SyntheticError(Exception):
    """A company could not be made up as asked."""

    code = "synthetic"


class UnknownKind(SyntheticError):  # noqa: N818 - reads as what it says
    """There is no scenario of that name."""

    code = "unknown-kind"

    def __init__(self, kind: str, known: Sequence[str]) -> None:
        near = closest(kind, known)
        hint = f"; did you mean {near}?" if near else "."
        super().__init__(f"there is no kind {kind!r}{hint} The kinds are: {', '.join(known)}")
        self.value = kind


class ScenarioError(SyntheticError):
    """A scenario's file has a mistake."""

    code = "scenario"

    def __init__(self, file: Path, detail: str) -> None:
        super().__init__(f"{file.name}: {detail}")
        self.file = str(file)


class NotEmpty(SyntheticError):  # noqa: N818 - reads as what it says
    """The output folder holds something already."""

    code = "not-empty"

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} exists and is not an empty folder; nothing was written. Name a new folder, or empty this one"
        )
        self.file = str(folder)


class NotWritten(SyntheticError):  # noqa: N818 - reads as what it says
    """The files could not be written, mostly because the disk is full."""

    code = "not-written"

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(
            f"{folder} could not be written: {reason}. Nothing was kept. Name a folder on a larger disk, ask for fewer "
            "participants or months, or use --format parquet, which takes about a tenth of the room"
        )
        self.file = str(folder)


class OutOfRange(SyntheticError):  # noqa: N818 - reads as what it says
    """A size or a number of months that cannot be made."""

    code = "out-of-range"

    def __init__(self, what: str, given: int, least: int, most: int) -> None:
        super().__init__(f"{what} must be from {least:,} to {most:,}, not {given:,}")
        self.value = str(given)
