"""Everything this room raises on purpose: one hierarchy, each with a stable code and, in both languages, a sentence that
says the way out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from intake.closest import closest
from intake.text import Said, Text, placed, say, verbatim


class SyntheticError(Said):
    """A company could not be made up as asked."""

    code = "synthetic"


class UnknownKind(SyntheticError):  # noqa: N818 - reads as what it says
    """There is no scenario of that name."""

    code = "unknown-kind"

    def __init__(self, kind: str, known: Sequence[str]) -> None:
        near = closest(kind, known)
        hint = say("; did you mean {near}?", "؛ هل المقصود {near}؟", near=near) if near else Text(en=".", ar=".")
        super().__init__(
            say(
                "there is no kind {kind!r}{hint} The kinds are: {known}",
                "لا يوجد نوع باسم {kind!r}{hint} الأنواع: {known}",
                kind=kind,
                hint=hint,
                known=", ".join(known),
            )
        )
        self.value = kind


class ScenarioError(SyntheticError):
    """A scenario's file has a mistake."""

    code = "scenario"

    def __init__(self, file: Path, detail: str) -> None:
        super().__init__(placed(verbatim(detail), file=file.name))
        self.file = str(file)


class NotEmpty(SyntheticError):  # noqa: N818 - reads as what it says
    """The output folder holds something already."""

    code = "not-empty"

    def __init__(self, folder: Path) -> None:
        super().__init__(
            say(
                "{folder} exists and is not an empty folder; nothing was written. Name a new folder, or empty this one",
                "{folder} موجود وليس مجلدًا فارغًا، ولم يُكتب شيء. يُرجى تسمية مجلد جديد أو إفراغ هذا المجلد",
                folder=folder,
            )
        )
        self.file = str(folder)


class NotWritten(SyntheticError):  # noqa: N818 - reads as what it says
    """The files could not be written, mostly because the disk is full."""

    code = "not-written"

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(
            say(
                "{folder} could not be written: {reason}. Nothing was kept. Name a folder on a larger disk, ask for fewer "
                "participants or months, or use --format parquet, which takes about a tenth of the room",
                "تعذّرت الكتابة في {folder}: {reason}. لم يُحفظ شيء. يُرجى تسمية مجلد على قرص أكبر، أو طلب عدد أقل من المشاركين "
                "أو الأشهر، أو استعمال ⁨--format parquet⁩ الذي يشغل نحو عُشر المساحة",
                folder=folder,
                reason=reason,
            )
        )
        self.file = str(folder)


PARTICIPANTS = Text(en="participants", ar="عدد المشاركين")
MONTHS = Text(en="months", ar="عدد الأشهر")


class OutOfRange(SyntheticError):  # noqa: N818 - reads as what it says
    """A size or a number of months that cannot be made."""

    code = "out-of-range"

    def __init__(self, what: Text, given: int, least: int, most: int) -> None:
        super().__init__(
            say(
                "{what} must be from {least:,} to {most:,}, not {given:,}",
                "يجب أن يكون {what} من {least:,} إلى {most:,}، لا {given:,}",
                what=what,
                given=given,
                least=least,
                most=most,
            )
        )
        self.value = str(given)
