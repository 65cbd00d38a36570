"""Files that are the same byte for byte: one is read, its twins are set aside.

An export that was saved twice ("orders.csv" and "orders (1).csv") would count every row twice. Only files of equal size
are hashed. A data sheet that says different things about two equal files means both, and both are read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from intake.datasheet import FileEntry, SheetFile
from intake.files import FoundFile
from intake.formats.digest import sha256_of


def twins_among(files: Sequence[FoundFile], sheet: SheetFile | None) -> dict[str, FoundFile]:
    """Name of each file to set aside -> the file that is read in its place, the one with the plainest (shortest) name.

    Args:
        files: What was found.
        sheet: The data sheet, if any; files that it leaves out are nobody's twin.
    """
    by_size: dict[int, list[FoundFile]] = defaultdict(list)
    for file in files:
        entries = _said(file, sheet)
        if not (entries and all(entry.ignore for entry in entries)):
            by_size[file.path.stat().st_size].append(file)
    by_content: dict[tuple[int, str], list[FoundFile]] = defaultdict(list)
    for size, alike in by_size.items():
        if size and len(alike) > 1:
            for file in alike:
                by_content[size, sha256_of(file.path)].append(file)
    aside: dict[str, FoundFile] = {}
    for same in by_content.values():
        same.sort(key=lambda file: (not _said(file, sheet), len(file.name), file.name))
        kept: list[tuple[list[FileEntry], FoundFile]] = []
        for file in same:
            said = _said(file, sheet)
            original = next((other for words, other in kept if not said or words == said), None)
            if original is None:
                kept.append((said, file))
            else:
                aside[file.name] = original
    return aside


def _said(file: FoundFile, sheet: SheetFile | None) -> list[FileEntry]:
    """What the data sheet says about a file, whatever name it calls it by."""
    if sheet is None:
        return []
    return [entry.model_copy(update={"file": ""}) for _, entry in sheet.sheet.entries_for(file.name)]
