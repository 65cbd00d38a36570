"""What was handed over as a bundle: a zip or its unpacked folder, listed and opened without unpacking or trusting it.

A path that holds no bundle is refused with a sentence about what it is instead: cut short, damaged, protected by a
password, another kind of file, a folder around the bundle. Names that lead out of the bag, or stand in it twice, are
kept apart and never opened.
"""

from __future__ import annotations

import lzma
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from cases.audit import LOG
from cases.bundle import DESCRIPTION
from cases.case import DESCRIPTION as CASE
from cases.case import SHELVES
from cases.errors import NotABundle
from intake.text import NOTHING, Text, say

DECLARATION = "bagit.txt"
LISTS = ("manifest-sha256.txt", "tagmanifest-sha256.txt")
HOME = f"data/{DESCRIPTION}"
UNREADABLE = (zipfile.BadZipFile, OSError, EOFError, zlib.error, lzma.LZMAError, NotImplementedError, RuntimeError)
"""What reading one entry of a damaged zip raises, by the way in which it is damaged."""
_LOCAL, _EMPTY_ZIP, _LOCKED = b"PK\x03\x04", b"PK\x05\x06", 1


class Bag(ABC):
    """Names of files inside the bag, and their bytes."""

    sizes: dict[str, int]
    """Each file that may be opened, by its name in the bag, and its bytes."""
    outside: list[str]
    """Names that lead out of the bag, or are links."""
    twice: list[str]
    """Names that stand in it more than once; which of the two was meant cannot be told."""

    @abstractmethod
    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """The bytes of one file."""


class _Folder(Bag):
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        there = sorted(one for one in folder.rglob("*") if one.is_file() or one.is_symlink())
        self.outside = [one.relative_to(folder).as_posix() for one in there if one.is_symlink()]
        self.twice = []
        self.sizes = {one.relative_to(folder).as_posix(): one.stat().st_size for one in there if not one.is_symlink()}

    def open(self, name: str) -> IO[bytes]:
        return (self.folder / name).open("rb")


class _Zip(Bag):
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        entries = [one for one in archive.infolist() if not one.is_dir()]
        self.prefix = _prefix([one.filename for one in entries])
        self.outside, self.twice = [], []
        self.sizes = {}
        for one in entries:
            name = one.filename.removeprefix(self.prefix)
            if not one.filename.startswith(self.prefix) or _leads_out(name):
                self.outside.append(one.filename)
            elif name in self.sizes:
                self.twice.append(name)
            else:
                self.sizes[name] = one.file_size

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        with self.archive.open(self.prefix + name) as file:
            yield file


@contextmanager
def opened(path: Path) -> Iterator[Bag]:
    """The bag at a path.

    Raises:
        NotABundle: there is none; the message says what is there and the way out.
        OSError: the path cannot be read.
    """
    if path.is_dir():
        yield _recognised(path, _Folder(path))
        return
    if not path.is_file():
        raise NotABundle(path, Text(en="is neither a file nor a folder", ar="ليس ملفًا ولا مجلدًا"))
    _look_at_first_bytes(path)
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise NotABundle(
            path,
            say(
                "is a zip whose list of files is damaged ({error}); get it again from whoever handed it over",
                "ملف ⁨zip⁩ قائمة ملفاته تالفة ({error}). يُرجى الحصول عليه من جديد ممن سلّمه",
                error=error,
            ),
        ) from error
    with archive:
        locked = sum(bool(one.flag_bits & _LOCKED) for one in archive.infolist())
        if locked:
            raise NotABundle(
                path,
                say(
                    "is a zip with a password (files under it: {locked}); bundles have none: unpack it with "
                    "the password and verify the folder",
                    "ملف ⁨zip⁩ بكلمة مرور (ملفات محمية: {locked})، وحزم الأدلة بلا كلمة مرور. يُرجى فكه "
                    "بكلمة المرور ثم التحقق من المجلد",
                    locked=locked,
                ),
            )
        yield _recognised(path, _Zip(archive))


def is_case_folder(path: Path) -> bool:
    """Whether a folder holds a case file, or what is left of one whose description or log was taken away."""
    described = (path / CASE).is_file() and any((path / shelf).is_dir() for shelf in SHELVES)
    return described or (path / LOG).is_file()


def _look_at_first_bytes(path: Path) -> None:
    """Says of a file that cannot be a zip what it is instead."""
    with path.open("rb") as file:
        first = file.read(4)
    size = path.stat().st_size
    if not first:
        raise NotABundle(
            path,
            Text(
                en="is empty (0 bytes); get it again from whoever handed it over",
                ar="فارغ (0 بايت). يُرجى الحصول عليه من جديد ممن سلّمه",
            ),
        )
    if zipfile.is_zipfile(path):
        return
    if first == _LOCAL:
        raise NotABundle(
            path,
            say(
                "begins like a zip and breaks off after {size:,} bytes, without the list of files at its "
                "end, as after a download or copy that was cut short; get it again from whoever handed "
                "it over",
                "يبدأ كملف ⁨zip⁩ وينقطع بعد {size:,} بايت بلا قائمة الملفات التي في آخره، كما يحدث عند "
                "انقطاع التنزيل أو النسخ. يُرجى الحصول عليه من جديد ممن سلّمه",
                size=size,
            ),
        )
    if path.name in (CASE, DECLARATION, *LISTS):
        raise NotABundle(
            path,
            say(
                "is one file of a case or a bundle; verify the folder it lies in: {parent}",
                "ملف واحد من ملف فحص أو حزمة. يُرجى التحقق من المجلد الذي هو فيه: {parent}",
                parent=path.parent,
            ),
        )
    raise NotABundle(
        path,
        Text(
            en="is no zip; give a case folder, or the zip that `downline report --bundle` wrote",
            ar="ليس ملف ⁨zip⁩. يُرجى إعطاء مجلد ملف فحص، أو ملف ⁨zip⁩ الذي كتبه ⁨downline report --bundle⁩",
        ),
    )


def _prefix(names: list[str]) -> str:
    """The folder of the zip in which the bag lies, with its slash: that of a mark of a bag, the outermost first."""
    for mark in (DECLARATION, *LISTS):
        marked = [name for name in names if PurePosixPath(name).name == mark]
        if marked:
            return min(marked, key=len)[: -len(mark)]
    return ""


def _leads_out(name: str) -> bool:
    windows = PureWindowsPath(name)
    return name.startswith("/") or "\\" in name or bool(windows.drive) or ".." in PurePosixPath(name).parts


def _recognised(path: Path, bag: Bag) -> Bag:
    """The bag, if it is one of ours: it may lack some of the marks, but not all that are ours."""
    if HOME in bag.sizes or LISTS[0] in bag.sizes:
        return bag
    names = sorted(bag.sizes)
    if DECLARATION in bag.sizes:
        raise NotABundle(
            path,
            say(
                "is a BagIt bag of another program: it has neither {lists} nor {home}; check it with a BagIt tool",
                "حزمة ⁨BagIt⁩ من برنامج آخر: لا {lists} فيها ولا {home}. يُرجى فحصها بأداة ⁨BagIt⁩",
                lists=LISTS[0],
                home=HOME,
            ),
        )
    raise NotABundle(
        path, say("{path}; {path2}", "{path}. {path2}", path=_instead(path, len(names)), path2=_way(path, names))
    )


def _instead(path: Path, files: int) -> Text:
    if path.is_dir():
        return say(
            "is a folder (files: {files:,}) and neither case nor bundle: it has no {case} and no {declaration}",
            "مجلد (ملفاته: {files:,}) وليس ملف فحص ولا حزمة: لا {case} فيه ولا {declaration}",
            files=files,
            case=CASE,
            declaration=DECLARATION,
        )
    return say(
        "is a zip (files: {files:,}) and no bundle: it has no {declaration}",
        "ملف zip (ملفاته: {files:,}) وليس حزمة: لا {declaration} فيه",
        files=files,
        declaration=DECLARATION,
    )


def _way(path: Path, names: list[str]) -> Text:
    """What to verify instead: a case, bag or zip inside, where there is one."""
    inner = next(
        (PurePosixPath(name).parent for name in names if PurePosixPath(name).name in (DECLARATION, CASE)), None
    )
    zips = [name for name in names if name.lower().endswith(".zip")]
    unpack = NOTHING if path.is_dir() else Text(en="unpack it and ", ar="فكه ثم ")
    if inner is not None:
        return say(
            "{unpack}verify the folder {folder} in it",
            "يُرجى {unpack}التحقق من المجلد {folder} الذي فيه",
            unpack=unpack,
            folder=path / inner if path.is_dir() else inner,
        )
    if len(zips) == 1:
        return say(
            "{unpack}verify the zip {zip} in it",
            "يُرجى {unpack}التحقق من ملف zip {zip} الذي فيه",
            unpack=unpack,
            zip=path / zips[0] if path.is_dir() else zips[0],
        )
    return Text(
        en="give a case folder, or a bundle that `downline report --bundle` wrote",
        ar="يُرجى إعطاء مجلد ملف فحص، أو حزمة كتبها ⁨downline report --bundle⁩",
    )
