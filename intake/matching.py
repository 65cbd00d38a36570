"""How well a heading matches the known spellings of a column, by its letters alone.

Exact spellings come first, then the same behind a table prefix (`di_`, `fk_id_`), then a known spelling inside a longer
heading, then a slip of one or two letters. The score is a percentage before the values have been looked at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from intake.headings import Vocabulary
from intake.schema import TABLES
from intake.values.folding import fold, words

PREFIXES = frozenset({"di", "co", "cb", "li", "pg", "niw", "bt", "fk", "tbl", "usr", "mem", "wp", "xx"})
_EXACT, _PREFIXED, _INSIDE, _ENDS, _SLIP = 88, 84, 58, 40, 66
_WEAK_LOSS = 32
_GENERIC = re.compile(r"(?:column|col|field|unnamed|campo|columna|coluna|colonne|عمود|列)?[0-9]*", re.ASCII)

# Words inside a longer heading which say that it is about something else than the kind of column.
_FOREIGN = {
    "money": {"rate", "percent", "percentage", "count", "id", "date", "at", "time", "type", "status", "wallet", "address",
              "fees", "charge", "charges", "balance", "seq", "sequence", "claimed", "no", "number", "method", "name", "level", "by",
              "zip", "postcode", "postal", "code", "weight", "days", "phone"},
    "volume": {"coupon", "bonus", "rate", "count", "id", "date", "type", "reward", "balance"},
    "date": {"count", "id", "status", "by", "type", "amount", "total"},
    "id": {"count", "type", "status", "date", "at", "time", "amount", "name", "sequence", "level", "rank", "total", "ids",
           "value", "country", "kind", "fees", "charge", "hash"},
    "integer": {"id", "name", "date", "amount", "reward", "cn", "en", "fee"},
    "choice": {"id", "date", "count", "time", "at", "amount"},
    "currency": {"id", "amount", "total", "rate", "price", "value"},
    "text": {"date", "time", "at", "count", "amount", "sequence", "total"},
    "period": {"id", "amount", "count"},
    "fact": {"id", "date", "at", "type", "name", "currency"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Match:
    """A heading's likeness to a column: a percentage, and the reason in words."""

    score: int
    why: str
    weak: bool = False


def is_generic(heading: str) -> bool:
    """Whether a heading says nothing: empty, `col1`, `Unnamed: 0`."""
    return _GENERIC.fullmatch(fold(heading)) is not None


def _within(inner: tuple[str, ...], outer: tuple[str, ...]) -> bool:
    size = len(inner)
    return any(outer[start : start + size] == inner for start in range(len(outer) - size + 1))


def _slips(first: str, second: str, limit: int) -> int:
    """Edit distance with swaps of neighbours, at most `limit` + 1."""
    if abs(len(first) - len(second)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        last, row = row, [i] + [0] * len(second)
        for j, b in enumerate(second, 1):
            row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if before and i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                row[j] = min(row[j], before[j - 2] + 1)
        if min(row) > limit:
            return limit + 1
        before = last
    return row[-1]


def match(heading: str, vocabulary: Vocabulary, target: str) -> Match | None:
    """The best likeness of a heading to one column of a table, None if there is none."""
    return _match(heading, vocabulary.table, target, _Known(vocabulary))


class _Known:
    """Makes a vocabulary usable as a cache key: one per table."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def __hash__(self) -> int:
        return hash(self.vocabulary.table)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Known) and other.vocabulary.table == self.vocabulary.table


@lru_cache(maxsize=16_384)
def _match(heading: str, table: str, target: str, known: _Known) -> Match | None:
    spellings = known.vocabulary.columns[target]
    key = fold(heading)
    if not key or is_generic(heading):
        return None

    def scored(score: int, weak: bool, how: str) -> Match:
        doubt = ", which can also mean other things" if weak else ""
        return Match(score - (_WEAK_LOSS if weak else 0), f"heading '{heading.strip()}' {how} {target}{doubt}", weak)

    if key in spellings:
        return scored(_EXACT, spellings[key].weak, "is a known spelling of")
    parts = words(heading)
    for drop in (1, 2):
        if len(parts) > drop and parts[0] in PREFIXES and (drop == 1 or parts[1] in ("id", "fk")):
            rest = "".join(parts[drop:])
            if rest in spellings:
                return scored(_PREFIXED, spellings[rest].weak, "is, behind its table prefix, a known spelling of")
    if any(key in others and not others[key].weak for others in known.vocabulary.columns.values()):
        return None  # it is surely another column's heading
    foreign = _FOREIGN[TABLES[table].column(target).kind]
    best: Match | None = None
    for folded, spelling in spellings.items():
        found: Match | None = None
        long_enough = len(folded) >= (2 if not folded.isascii() else 4)
        inside = _within(spelling.words, parts) if folded.isascii() else folded in key
        if long_enough and inside and len(folded) < len(key):
            spare = set(parts) - set(spelling.words)
            if not spare & foreign:
                share = len(folded) / len(key)
                found = scored(_INSIDE + int(20 * share), spelling.weak, f"contains '{spelling.text}', a spelling of")
        elif len(key) >= 6 and len(folded) >= 6:
            limit = 2 if len(key) >= 10 else 1
            letters = len(set(key) ^ set(folded))  # each slip changes at most two
            slips = _slips(key, folded, limit) if letters <= 2 * limit else limit + 1
            if slips <= limit:
                found = scored(_SLIP - 4 * slips, spelling.weak, f"is close to '{spelling.text}', a spelling of")
        if found and (best is None or found.score > best.score):
            best = found
    if best is None and target == "id" and len(parts) > 1 and parts[-1] in ("id", "no", "code", "number"):
        return Match(_ENDS, f"heading '{heading.strip()}' ends like an id", weak=True)
    return best
