"""A text that a person reads, in English and Arabic, and errors that are said in both.

Every room that speaks to a user (a data sheet's title, a rule's wording, a finding, an error) holds its texts as
`Text`, so that a missing translation is an error when the text is made and not a gap on a page. `say` fills a
sentence; in Arabic each value stands in an isolate, so that a name, a path or a sum keeps its own order.
"""

from __future__ import annotations

from typing import Literal

from intake.frozen import Frozen

Language = Literal["en", "ar"]
LANGUAGES: tuple[Language, ...] = ("en", "ar")
_OPENS, _CLOSES = "\u2068", "\u2069"


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


NOTHING = Text(en="", ar="")
"""No words, in either language."""


class Said(Exception):  # noqa: N818 - the root of errors, and none itself
    """Root of every room's errors: an exception whose sentence there is in both languages.

    Attributes:
        text: what was found, where, and the way out; `str(error)` is its English.
    """

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


def say(en: str, ar: str, **values: object) -> Text:
    """A sentence with values in its `{places}`; one that is a `Text` itself stands in each language's own words.

    >>> say("line {line:,}", "السطر {line:,}", line=1204).ar
    'السطر \\u20681,204\\u2069'
    """
    english = {name: value.en if isinstance(value, Text) else value for name, value in values.items()}
    arabic = {name: value.ar if isinstance(value, Text) else _Apart(value) for name, value in values.items()}
    return Text(en=_whole(en.format(**english)), ar=_whole(ar.format(**arabic)))


def apart(value: object) -> str:
    """A value set apart from the Arabic around it, in its own direction."""
    return f"{_OPENS}{value}{_CLOSES}"


def verbatim(words: object) -> Text:
    """A name, a figure or a message from outside, which reads the same in both languages."""
    return Text(en=_whole(str(words)), ar=_whole(apart(words)))


def placed(text: Text, *, file: object = None, line: int | None = None) -> Text:
    """A sentence about a file, with the file and the line (from 1) before it, where they are known."""
    if file is None:
        return text
    if line is None:
        return say("{file}: {text}", "الملف {file}: {text}", file=file, text=text)
    return say("{file}, line {line}: {text}", "الملف {file}، السطر {line}: {text}", file=file, line=line, text=text)


class _Apart:
    """A value that formats itself set apart."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __format__(self, how: str) -> str:
        return apart(format(self._value, how))

    def __repr__(self) -> str:
        return apart(repr(self._value))


def _whole(text: str) -> str:
    """Without halves of characters, which names of files may hold and no text may."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
