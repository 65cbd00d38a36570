"""One key for words that mean the same, however they are spelled: for headings and for choice values, never for ids.

Follows the search key of Arabic texts (alef, ya, ta marbuta and hamza variants alike, no tatweel, no vowel signs) and drops
case, accents, spaces, underscores, hyphens, dots and invisible characters of every script.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from intake.values.parsed import INVISIBLE

_ARABIC = str.maketrans(
    {"آ": "ا", "أ": "ا", "إ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ے": "ي", "ک": "ك", "ہ": "ه", "ە": "ه", "ۀ": "ه",
     "ة": "ه", "ؤ": "و", "ئ": "ي", "ء": None, "\u0640": None}
)  # fmt: skip
_INVISIBLE = str.maketrans(dict.fromkeys(INVISIBLE))
_WORD_BREAK = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-zA-Z])(?=[0-9])|[\W_]+")


def _bare(text: str) -> str:
    """Compatibility forms, accents, vowel signs and invisible characters gone; case kept."""
    text = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).translate(_ARABIC)
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """The comparison key of a word or heading.

    >>> fold("Sponsor_ID ") == fold("sponsorId") == fold("SPONSOR-ID") == "sponsorid"
    True
    >>> fold("الرَّاعي") == fold("الراعى")
    True
    """
    return "".join(sign for sign in _bare(text).casefold() if sign.isalnum())


@lru_cache(maxsize=65_536)
def words(text: str) -> tuple[str, ...]:
    """The folded words of a heading, at spaces, punctuation and camel humps.

    >>> words("joinedAt_platform")
    ('joined', 'at', 'platform')
    """
    return tuple(word.casefold() for word in _WORD_BREAK.split(_bare(text)) if word)
