"""Arabic as it comes out of PDFs and bad copies, brought back into reading order.

A PDF places glyphs, not sentences: letters lie from left to right as they are seen, joined letters are one glyph of
two, many files use presentation forms, and some write Persian letters for Arabic ones. `logical` turns glyphs in the
order in which they are seen into text; `repaired` mends text that somebody copied out of such a file.

Reference: UAX #9 (order of numbers in right-to-left text), UAX #15 (NFKC turns presentation forms into letters).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from fractions import Fraction

_ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\ufb50-\ufdfb\ufe70-\ufefc]")
_FORMS = re.compile("[\ufb50-\ufdfb\ufe70-\ufefc]")
_MARKS = re.compile("[\u0640\u064b-\u065f\u0670\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
_LETTERS = str.maketrans({"\u06cc": "ي", "\u06d2": "ي", "\u06a9": "ك", "\u06c1": "ه"})
_SPLIT_LAM = re.compile("ا([أإآا])ل(?=[\u0620-\u064a])")
"""The article before a hamza, its joined letters taken apart in the wrong order: `اإلدارة` for `الإدارة`."""
_NUMBER = "[0-9٠-٩][0-9٠-٩.,٫٬]*"
_BACKWARDS = re.compile(rf"^(\D{{0,4}}{_NUMBER}\D{{0,4}}?)\s*([-–—])\s*(\D{{0,4}}{_NUMBER}\D{{0,4}}?)$")
_WORD = re.compile("[\u0620-\u064a]{3,}")


def is_arabic(text: str) -> bool:
    """Whether any letter is Arabic."""
    return _ARABIC.search(text) is not None


def clean(text: str) -> str:
    """Letters in their plain forms, without marks of direction, vowels or stretching."""
    plain = unicodedata.normalize("NFKC", text) if _FORMS.search(text) else text
    plain = _MARKS.sub("", plain).translate(_LETTERS)
    return _SPLIT_LAM.sub(r"ال\1", plain) if is_arabic(plain) else plain


def logical(glyphs: Sequence[str]) -> str:
    """One word from its glyphs as they are seen from left to right; a glyph may be several letters.

    >>> logical(["م", "لا", "س"])
    'سلام'
    >>> logical(["2", "5", "0"])
    '250'
    """
    if not any(map(is_arabic, glyphs)):
        return "".join(glyphs)
    return clean("".join(_turned(glyphs)))


def in_reading_order(words: Sequence[str]) -> str:
    """Words of one line as they are seen from left to right (each already `logical`), as a reader takes them."""
    return " ".join(_turned(words) if any(map(is_arabic, words)) else words)


def _turned(parts: Sequence[str]) -> list[str]:
    """From right to left, but runs of numbers and foreign letters as they were."""
    turned: list[str] = []
    run: list[str] = []
    for part in reversed(parts):
        if is_arabic(part) or not any(letter.isalnum() for letter in part):
            turned += run[::-1]
            run = []
            turned.append(part)
        else:
            run.append(part)
    return turned + run[::-1]


def number_in_reading_order(cell: str) -> str:
    """A cell of numbers alone from a right-to-left page: there a range shows its end first, a sign the wrong way.

    >>> number_in_reading_order("250 - 1"), number_in_reading_order("+251"), number_in_reading_order("%70")
    ('1 - 250', '251+', '70%')
    """
    text = cell.strip()
    if re.fullmatch(rf"\+\s*{_NUMBER}", text):
        return text[1:].strip() + "+"
    if re.fullmatch(rf"[%٪]\s*{_NUMBER}", text):
        return text[1:].strip() + text[0]
    ends = _BACKWARDS.match(text)
    if ends and _size(ends[1]) > _size(ends[3]):
        return f"{ends[3].strip()} {ends[2]} {ends[1].strip()}"
    return text


def _size(text: str) -> Fraction:
    digits = "".join(str(unicodedata.digit(letter)) if letter.isdigit() else letter for letter in text)
    whole, _, rest = re.sub(r"[^0-9.٫]", "", digits).replace("٫", ".").partition(".")
    return Fraction(f"{whole or 0}.{rest.replace('.', '') or 0}")


def repaired(text: str) -> tuple[str, bool]:
    """Text as it should read, and whether letters had to be mended or lines to be turned around."""
    if not is_arabic(text):
        return text, False
    lines = text.splitlines(keepends=True)
    mended = "".join(clean(line) for line in lines)
    turned = _runs_backwards(_WORD.findall(mended))
    if turned:
        mended = "".join(_line_turned(line) for line in mended.splitlines(keepends=True))
    said = re.sub(_MARKS, "", text)
    return mended, turned or mended != said


def _runs_backwards(words: Iterable[str]) -> bool:
    """Whether more words end like a reversed article or begin with a letter that only ends words."""
    score = 0
    for word in words:
        score += word.endswith("لا") or word[0] in "ةى"
        score -= word.startswith("ال") or word[-1] in "ةى"
    return score > 0


def _line_turned(line: str) -> str:
    """Each run of Arabic words of a line from its end to its beginning; separators and numbers stay."""
    phrase = "[\u0620-\u064a]+(?: +[\u0620-\u064a]+)*"
    return re.sub(phrase, lambda found: clean(found[0][::-1]), line)
