"""Proof that a bundle is as it was packed: every file compared with the bag's manifests, without unpacking anything.

A bundle may be the zip or its unpacked folder (`cases.bag`). Names that lead out of it are faults and are not opened;
files are hashed as they are read, so that a crafted archive fills neither memory nor disk. Where the snapshot lies in
the bundle, its manifest must have the hash that the analysis names.

Reference: RFC 8493, The BagIt File Packaging Format.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

from cases import storage
from cases.bag import DECLARATION, HOME, LISTS, UNREADABLE, Bag, opened
from cases.manifest import MANIFEST
from cases.verify import differing
from intake.progress import Progress, silent
from intake.text import NOTHING, Text, verbatim

_LINE = re.compile(r"([0-9a-fA-F]{64})[ \t]+\*?(.+)")
LARGEST_TAG = 64 << 20
"""Bytes of a manifest or description that are read at once."""

Code = Literal["missing", "changed", "unexpected", "outside", "twice", "unreadable"]

_TEXTS: dict[Code, Text] = {
    "missing": Text(en="The file is missing", ar="الملف مفقود"),
    "changed": Text(en="The contents are not those that were packed", ar="المحتوى ليس هو المحتوى الذي حُزم أول مرة"),
    "unexpected": Text(
        en="The file was added: it is not in the bundle's lists", ar="الملف مضاف، ولا ذكر له في قوائم الحزمة"
    ),
    "outside": Text(
        en="The name leads out of the bundle; it was not opened", ar="الاسم يشير إلى خارج الحزمة، ولم يُفتح الملف"
    ),
    "twice": Text(en="Two files have this name", ar="ملفان بهذا الاسم"),
    "unreadable": Text(en="The file cannot be read", ar="تتعذّر قراءة الملف"),
}


_WITHOUT_LIST = Text(en="nothing under data/ can be compared without it", ar="لا يمكن فحص شيء في ⁨data/⁩ دونه")


@dataclass(frozen=True, slots=True)
class BundleFault:
    """One thing that is not as it was packed."""

    code: Code
    path: str
    """Inside the bundle; a line number follows after a colon for its lists."""
    detail: Text = NOTHING
    """Expected and found, where that helps."""

    @property
    def text(self) -> Text:
        """The fault in words."""
        return _TEXTS[self.code]


def check_bundle(path: Path, *, progress: Progress = silent) -> list[BundleFault]:
    """Every fault of a bundle; [] if nothing was changed, removed or added.

    Args:
        path: the zip or its unpacked folder.
        progress: told stage and share.

    Raises:
        NotABundle: the path holds none; the message says what is there instead.
    """
    with opened(path) as bag:
        return _Check(bag, progress).run()


class _Check:
    def __init__(self, bag: Bag, progress: Progress) -> None:
        self.bag = bag
        self.progress = progress
        self.faults = [BundleFault("outside", name) for name in bag.outside]
        self.faults += [BundleFault("twice", name) for name in bag.twice]
        self.hashes: dict[str, str] = {}
        self.total = sum(bag.sizes.values()) or 1
        self.done = 0

    def run(self) -> list[BundleFault]:
        for name in (DECLARATION, *LISTS):
            if name not in self.bag.sizes:
                self.faults.append(BundleFault("missing", name, _WITHOUT_LIST if name == LISTS[0] else NOTHING))
        listed = {name: self._list(name) for name in LISTS}
        for wanted in listed.values():
            for name, expected in wanted.items():
                self._compare(name, expected)
        known = set().union(*listed.values()) | {DECLARATION, *LISTS}
        if listed[LISTS[0]]:  # without its list, every file would be called added
            self.faults += [BundleFault("unexpected", name) for name in self.bag.sizes if name not in known]
        self._description()
        self.progress("verifying", 1.0)
        return sorted(set(self.faults), key=lambda fault: (fault.path, fault.code))

    def _list(self, name: str) -> dict[str, str]:
        """File to hash, as one of the bag's manifests has it."""
        found: dict[str, str] = {}
        for number, line in enumerate(self._text(name).splitlines(), start=1):
            match = _LINE.fullmatch(line)
            if match is None:
                self.faults.append(BundleFault("changed", f"{name}:{number}"))
            else:
                found[unquote(match[2]) if "%" in match[2] else match[2]] = match[1].lower()
        return found

    def _text(self, name: str) -> str:
        if name not in self.bag.sizes:
            return ""
        try:
            with self.bag.open(name) as file:
                return str(file.read(LARGEST_TAG).decode("utf-8"))
        except (UnicodeDecodeError, *UNREADABLE) as error:
            self.faults.append(BundleFault("unreadable", name, verbatim(str(error)[:100])))
            return ""

    def _compare(self, name: str, expected: str) -> None:
        if name not in self.bag.sizes:
            if name not in (DECLARATION, *LISTS):  # those were told first
                self.faults.append(BundleFault("missing", name))
            return
        found = self._hash(name)
        if found and found != expected:
            self.faults.append(BundleFault("changed", name, differing(expected, found)))

    def _hash(self, name: str) -> str:
        if name not in self.hashes:
            total = hashlib.sha256()
            try:
                with self.bag.open(name) as file:
                    while chunk := file.read(storage.CHUNK):
                        total.update(chunk)
                        self.done += len(chunk)
                        self.progress("verifying", min(1.0, self.done / self.total))
                self.hashes[name] = total.hexdigest()
            except UNREADABLE as error:
                self.faults.append(BundleFault("unreadable", name, verbatim(str(error)[:100])))
                self.hashes[name] = ""
        return self.hashes[name]

    def _description(self) -> None:
        """What the bundle says of itself against what lies in it."""
        try:
            described = json.loads(self._text(HOME) or "null")
            snapshot = described["snapshot"]
            included, id_ = bool(snapshot["included"]), str(snapshot["id"])
        except (ValueError, TypeError, KeyError):
            self.faults.append(BundleFault("changed" if HOME in self.bag.sizes else "missing", HOME))
            return
        manifest = f"data/snapshot/{MANIFEST}"
        if included and manifest in self.bag.sizes and self._hash(manifest) != id_:
            self.faults.append(BundleFault("changed", manifest, differing(id_, self._hash(manifest))))
        elif included and manifest not in self.bag.sizes:
            self.faults.append(BundleFault("missing", manifest))
