"""A text that a person reads, in English and Arabic.

Every room that speaks to a user (a data sheet's title, a rule's wording, a finding) holds its texts as
`Text`, so that a missing translation is an error when the text is made and not a gap on a page.
"""

from __future__ import annotations

from typing import Literal

from intake.frozen import Frozen

Language = Literal["en", "ar"]
LANGUAGES: tuple[Language, ...] = ("en", "ar")


class Text(Frozen):
    """The same sentence in both languages; placeholders in braces must agree."""

    en: str
    ar: str

    def in_language(self, language: Language) -> str:
        """The text in one language.

        >>> Text(en="leg", ar="الفرع").in_language("ar")
        'الفرع'
        """
        return self.ar if language == "ar" else self.en

    def fill(self, **values: object) -> Text:
        """Both languages with their `{placeholders}` filled in."""
        return Text(en=self.en.format(**values), ar=self.ar.format(**values))
