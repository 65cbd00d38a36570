"""Finding the files: in a folder, in an archive (unpacked with suspicion), or as named.

An archive comes from a stranger. Its members may try to climb out of the folder, to be links, to nest, to hide
behind a password, or to swell beyond all memory; each is refused by name before or while it is unpacked, and
what is unpacked is counted as it comes, whatever the archive's own table says.
"""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from intake.datasheet import DATASHEET_NAMES
from intake.errors import DataSheetError, TooLarge, UnreadableFile, UnsafeArchive
from intake.formats.digest import DAMAGED_ARCHIVE
from intake.formats.opening import DATA_ENDINGS
from intake.limits import MIB, Limits
from intake.reading import Note
from intake.text import Text, say

_PIECE = MIB
_FREE_RATIO_BELOW = 64 * MIB
_UNINTERESTING = ("__MACOSX", "Thumbs.db", "desktop.ini")


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file on disk and the name that the reading gives it."""

    path: Path
    name: str


@dataclass(slots=True)
class Found:
    """What was found: files to read in order of name, data sheets, and what was passed over."""

    files: list[FoundFile] = field(default_factory=list)
    datasheets: list[FoundFile] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def add(self, path: Path, name: str) -> None:
        """Take a file up where it belongs."""
        name = printable(name)
        pure = PurePosixPath(name)
        if any(part.startswith(".") or part in _UNINTERESTING for part in pure.parts):
            return
        if pure.name in DATASHEET_NAMES:
            self.datasheets.append(FoundFile(path, name))
        elif pure.suffix.lower() in DATA_ENDINGS:
            self.files.append(FoundFile(path, name))
        else:
            self.notes.append(
                Note(
                    code="not-a-table",
                    file=name,
                    text=Text(
                        en="{name} has not the ending of a table and was left out.",
                        ar="نهاية اسم الملف ⁨{name}⁩ ليست لجدول، فلم يُقرأ.",
                    ).fill(name=name),
                )
            )


def printable(name: str) -> str:
    """A file's name without characters that would move a terminal's cursor or turn its text around.

    >>> printable("or\\x1bders.csv")
    'or\\\\x1bders.csv'
    """
    if not _CONTROL.search(name):
        return name
    return _CONTROL.sub(lambda sign: sign[0].encode("unicode_escape").decode(), name)


def find_files(sources: Sequence[Path], unpack_to: Path, limits: Limits) -> Found:
    """Find the files of a reading.

    Args:
        sources: Folders, zip archives and files.
        unpack_to: An empty folder for what archives hold.
        limits: Bounds.

    Raises:
        UnreadableFile: A source does not exist, or an archive is truncated or encrypted.
        UnsafeArchive: An archive that must not be unpacked.
        TooLarge: Too many files, or too large once unpacked.
        DataSheetError: More than one data sheet.
    """
    found = Found()
    named: list[FoundFile] = []
    for source in sources:
        if source.is_dir():
            _walk(source, "", found, unpack_to, limits)
        elif not source.exists():
            raise UnreadableFile(
                Text(en="does not exist. Check the path.", ar="غير موجود. يُرجى التحقق من المسار."), file=str(source)
            )
        elif source.suffix.lower() == ".zip":
            _unpack(source, source.name, "", unpack_to, found, limits, 1)
        elif source.name in DATASHEET_NAMES:
            found.datasheets.append(FoundFile(source, source.name))
        else:
            named.append(FoundFile(source, printable(source.name)))
    taken = [file.name for file in named]
    for file in named:
        twice = taken.count(file.name) > 1
        found.files.append(
            FoundFile(file.path, f"{file.path.resolve().parent.name}/{file.name}" if twice else file.name)
        )
    names = [file.name for file in found.files]
    for name in names:
        if names.count(name) > 1:
            raise UnreadableFile(
                Text(
                    en="stands twice among the files; rename one of them.",
                    ar="مكرر بين الملفات. يُرجى تغيير اسم أحدهما.",
                ),
                file=name,
            )
    if len(found.files) > limits.files:
        raise TooLarge(
            say(
                "{count} files; the limit is {limit}.",
                "عدد الملفات {count}، والحد {limit}.",
                count=len(found.files),
                limit=limits.files,
            )
        )
    if len(found.datasheets) > 1:
        raise DataSheetError(
            say(
                "{count} data sheets: {names}. Keep one.",
                "عدد أوراق البيانات {count}: {names}. يُرجى الإبقاء على واحدة.",
                count=len(found.datasheets),
                names=", ".join(sheet.name for sheet in found.datasheets),
            ),
            file=found.datasheets[1].name,
        )
    found.files.sort(key=lambda file: file.name)
    return found


def _walk(folder: Path, prefix: str, found: Found, unpack_to: Path, limits: Limits) -> None:
    for path in sorted(folder.iterdir()):
        name = printable(prefix + path.name)
        if path.is_symlink():
            found.notes.append(
                Note(
                    code="link-not-followed",
                    file=name,
                    text=Text(
                        en="{name} is a link and was not followed. Put the file itself into the folder.",
                        ar="⁨{name}⁩ رابط ولم يُتبع. يُرجى وضع الملف نفسه في المجلد.",
                    ).fill(name=name),
                )
            )
        elif path.is_dir():
            if not path.name.startswith("."):
                _walk(path, name + "/", found, unpack_to, limits)
        elif path.suffix.lower() == ".zip":
            _unpack(path, name, name + "/", unpack_to, found, limits, 1)
        elif path.is_file():
            found.add(path, name)
        if len(found.files) > limits.files:
            raise TooLarge(
                say("holds more than {limit} files.", "فيه ملفات أكثر من الحد {limit}.", limit=limits.files),
                file=prefix or folder.name,
            )


def _unpack(archive: Path, label: str, prefix: str, unpack_to: Path, found: Found, limits: Limits, depth: int) -> None:
    folder = unpack_to / f"{len(list(unpack_to.iterdir()))}"
    folder.mkdir()
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [info for info in opened.infolist() if not info.is_dir()]
            _inspect(members, label, limits)
            budget = _Budget(label, archive.stat().st_size, limits)
            for number, info in enumerate(members):
                pure = PurePosixPath(info.filename)
                if any(part.startswith(".") or part in _UNINTERESTING for part in pure.parts):
                    continue
                ending = pure.suffix.lower()
                target = folder / f"{number}{ending if ending.isascii() else ''}"
                _extract(opened, info, target, budget)
                if ending == ".zip":
                    if depth >= limits.archive_depth:
                        raise UnsafeArchive(
                            say(
                                "holds another archive, {name}, nested deeper than is unpacked."
                                " Unpack it and add its files instead.",
                                "فيه أرشيف آخر {name} أعمق مما يُفك. يُرجى فكه وإضافة ملفاته.",
                                name=info.filename,
                            ),
                            file=label,
                        )
                    inner = f"{label}/{info.filename}"
                    _unpack(target, inner, f"{prefix}{info.filename}/", unpack_to, found, limits, depth + 1)
                else:
                    found.add(target, prefix + str(pure))
    except DAMAGED_ARCHIVE as error:
        raise UnreadableFile(
            say(
                "is a truncated or damaged archive ({error}). Copy or download it again.",
                "أرشيف مبتور أو تالف ({error}). يُرجى نسخه أو تنزيله من جديد.",
                error=error,
            ),
            file=label,
        ) from error
    # an archive of one folder reads like the folder
    _strip_single_folder(found, prefix)


def _inspect(members: list[zipfile.ZipInfo], label: str, limits: Limits) -> None:
    if len(members) > limits.files:
        raise TooLarge(
            say(
                "holds {count} files; the limit is {limit}.",
                "عدد ملفاته {count}، والحد {limit}.",
                count=len(members),
                limit=limits.files,
            ),
            file=label,
        )
    seen: set[str] = set()
    for info in members:
        name = info.filename
        parts = PurePosixPath(name.replace("\\", "/")).parts
        if name.startswith(("/", "\\")) or ".." in parts or (parts and ":" in parts[0]) or "\x00" in name:
            raise UnsafeArchive(
                say(
                    "holds {name!r}, a path that leads out of the folder it is unpacked into. Nothing was unpacked.",
                    "فيه {name!r}، وهو مسار يخرج من المجلد الذي يُفك فيه. لم يُفك شيء.",
                    name=name,
                ),
                file=label,
                value=name,
            )
        if stat.S_ISLNK(info.external_attr >> 16):
            raise UnsafeArchive(
                say(
                    "holds {name!r}, a link. Put the file itself into the archive. Nothing was unpacked.",
                    "فيه رابط {name!r}. يُرجى وضع الملف نفسه في الأرشيف. لم يُفك شيء.",
                    name=name,
                ),
                file=label,
                value=name,
            )
        if info.flag_bits & 1:
            raise UnreadableFile(
                say(
                    "is encrypted ({name} needs a password). Unpack it and add its files instead.",
                    "مشفَّر (يحتاج {name} إلى كلمة مرور). يُرجى فكه وإضافة ملفاته.",
                    name=name,
                ),
                file=label,
            )
        if name in seen:
            raise UnsafeArchive(
                say("holds {name!r} twice. Nothing was unpacked.", "فيه {name!r} مرتين. لم يُفك شيء.", name=name),
                file=label,
                value=name,
            )
        seen.add(name)


class _Budget:
    """How many bytes may still be unpacked."""

    def __init__(self, label: str, packed: int, limits: Limits) -> None:
        self._label = label
        self._left = min(limits.archive, max(_FREE_RATIO_BELOW, packed * limits.archive_ratio))

    def spend(self, count: int, name: str) -> None:
        """Count bytes as they come out.

        Raises:
            TooLarge: There are more than an honest archive of this size would hold.
        """
        self._left -= count
        if self._left < 0:
            raise TooLarge(
                say(
                    "swells beyond its limit while {name} is unpacked. If it is what it should be, unpack it and add"
                    " the folder instead.",
                    "يتجاوز الحد عند فك {name}. إن كان المحتوى هو المقصود فيُرجى فكه وإضافة المجلد بدلًا منه.",
                    name=name,
                ),
                file=self._label,
            )


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, budget: _Budget) -> None:
    with archive.open(info) as packed, target.open("xb") as out:
        while piece := packed.read(_PIECE):
            budget.spend(len(piece), info.filename)
            out.write(piece)


def _strip_single_folder(found: Found, prefix: str) -> None:
    mine = [file for file in found.files + found.datasheets if file.name.startswith(prefix)]
    tops = {file.name[len(prefix) :].partition("/")[0] for file in mine}
    if len(tops) != 1 or not all("/" in file.name[len(prefix) :] for file in mine):
        return
    top = prefix + tops.pop() + "/"

    def stripped(files: list[FoundFile]) -> list[FoundFile]:
        return [
            FoundFile(file.path, prefix + file.name[len(top) :]) if file.name.startswith(top) else file
            for file in files
        ]

    found.files = stripped(found.files)
    found.datasheets = stripped(found.datasheets)
