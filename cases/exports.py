"""Files that take long to make, made in the background: the evidence annex with many rows, and bundles.

Each is made once for its choices, kept in the service's cache beside the other forms, and is the same bytes whenever it
is made again. Who asks for one is told a job; who downloads it before it is there is told to ask for it first.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from cases.bundle import Choices, write_bundle
from cases.forms import cache_of, kept_form
from intake.frozen import Frozen
from intake.mistakes import Mistaken
from intake.progress import Progress
from intake.text import LANGUAGES, Language, Text

if TYPE_CHECKING:
    from cases.analysis import Analysis

ROWS = 50_000
"""Rows a measurement in an evidence annex, unless asked otherwise."""
AT_ONCE = 1_000
"""With at most as many, an annex is made while its reader waits."""

ANNEX, BUNDLE = Text(en="The evidence annex", ar="ملحق الأدلة"), Text(en="The bundle", ar="الحزمة")
_ANNEX_ALONE = Text(
    en="an evidence annex is in one language (`languages`); `redacted` and `snapshot` are choices of a bundle",
    ar="ملحق الأدلة بلغة واحدة (⁨languages⁩)، والاختياران ⁨redacted⁩ و⁨snapshot⁩ للحزمة وحدها",
)
NO_NAMES = Text(
    en="a redacted bundle holds no snapshot: leave out `snapshot`, or ask for the full bundle",
    ar="لا نسخة ثابتة في الحزمة المحجوبة. يُرجى حذف ⁨snapshot⁩، أو طلب الحزمة الكاملة",
)


class Export(Frozen):
    """A file to be made: what it is, in which languages, and how many rows."""

    form: Literal["xlsx", "bundle"]
    """The evidence annex, or the bundle to hand over."""
    languages: tuple[Language, ...] = Field(LANGUAGES, min_length=1, max_length=len(LANGUAGES))
    """Of the bundle's forms; the annex has one."""
    redacted: bool = False
    """Of a bundle: the twin with the same figures and nobody's id or name."""
    snapshot: bool = False
    """Of a bundle: with the tables, names and all."""
    rows: int | None = Field(ROWS, ge=1)
    """Most rows a measurement; null for all."""

    @model_validator(mode="after")
    def _possible(self) -> Export:
        if self.form == "xlsx" and (self.redacted or self.snapshot or len(self.languages) > 1):
            raise Mistaken(_ANNEX_ALONE)
        if self.redacted and self.snapshot:
            raise Mistaken(NO_NAMES)
        return self

    @property
    def choices(self) -> Choices:
        """The choices of the bundle."""
        return Choices(self.languages, redacted=self.redacted, snapshot=self.snapshot, rows=self.rows)

    def place(self, analysis: Analysis, cache: Path) -> Path:
        """Where the file is kept once it was made."""
        annex = f"report.{self.languages[0]}.{f'{self.rows}.' if self.rows is not None else ''}xlsx"
        return cache_of(cache, analysis) / (annex if self.form == "xlsx" else f"bundle-{self.choices.label()}.zip")

    def make(self, analysis: Analysis, cache: Path, *, actor: str, progress: Progress) -> Path:
        """The file, made unless it is there."""
        path = self.place(analysis, cache)
        progress(self.form, 0.0)
        if not path.exists() and self.form == "xlsx":
            kept_form(analysis, "xlsx", self.languages[0], cache, rows=self.rows)
        elif not path.exists():
            write_bundle(analysis, path, self.choices, actor=actor, progress=progress)
        progress(self.form, 1.0)
        return path
