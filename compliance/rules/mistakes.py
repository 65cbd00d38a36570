"""What is wrong with a rule pack, in the words of its author: line, entry, key, value, and what would be right.

The model refuses; here its refusals become sentences that somebody can act on who knows the law and not the program. All
mistakes of a pack are told at once, in the order of their lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

from pydantic import ValidationError

from compliance.errors import RulePackError
from compliance.rules.model import Comparator, LegalForce, Means, Rule, Severity
from intake.closest import closest
from intake.text import verbatim
from intake.yaml_lines import Document, Path_

HEADING = ("pack", "title", "about", "rules")
"""The keys of a pack."""
FROM_HEADING = frozenset({"pack", "line"})
"""Fields of a rule that no entry states: its pack's name and its own line."""
LONGEST_SHOWN = 60
"""Letters of a wrong value that are repeated."""

_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "means": get_args(Means),
        "severity": get_args(Severity),
        "legal_force": get_args(LegalForce),
        "comparator": get_args(Comparator),
        "answer": ("yes-no", "number", "text"),
        "bound": ("exact", "upper", "lower"),
        "good_answer": ("yes", "no"),
        "verified_basis": ("primary", "secondary", "none"),
    }
)
_MEANT = {"=>": ">=", "=<": "<=", "=": "==", "≥": ">=", "≤": "<=", "⩾": ">=", "⩽": "<="}
"""Signs that are written for a comparator."""

_NUMBER = 'a number in the digits 0 to 9, such as "0.5" for 50%'
_BOTH = 'words in both languages, {en: "...", ar: "..."}'
_DAY = "a day such as 2024-07-01, or null"
_WANTED: Mapping[str, str] = MappingProxyType(
    {
        "pack": "the name of the file, such as house-rules",
        "id": "small letters, digits and underscores in parts with dots between, such as gb.act2024.customer_share",
        "jurisdiction": "two capital letters (ISO 3166), US-TX for a state, XX for none",
        "year": "the year in four digits, or leave it out",
        "in_force": "{from: 2024-07-01, to: null}",
        "in_force.from": _DAY,
        "in_force.to": _DAY,
        "group": "a name, such as that of the indicator",
        "metric": "what is measured, such as R_cust/R_tot",
        "indicator": "the name of an indicator",
        "alternative": "the name of one of the indicator's alternatives, or leave it out",
        "definitions": "a list of names, such as [own_use_all], or the word all",
        "threshold": _NUMBER,
        "near": _NUMBER,
        "tolerance": _NUMBER,
        "unit": "a word, such as ratio, or leave it out",
        "currency": "a code of ISO 4217, such as EUR",
        "data_needed": "a list, such as [orders.amount]",
        "verified": "true or false",
        "source_url": "an address that begins with https:// or http://, or leave it out",
        "page_date": "a day such as 2024-07-01, a month (2024-07) or a year (2024)",
        **dict.fromkeys(
            (
                "title",
                "about",
                "instrument",
                "article",
                "statement",
                "caveat",
                "approximation",
                "needs",
                "question",
                "reference",
            ),
            _BOTH,
        ),
    }
)


def located(file: Path, document: Document, error: ValidationError) -> RulePackError:
    """Every mistake that the model found."""
    found = set()
    for problem in error.errors(include_url=False):
        path = _plain(problem["loc"])
        said = _said(path, str(problem["type"]), problem.get("input"), str(problem["msg"]))
        found.add((document.line(path), entry_name(document, path) + said))
    return told(file, found)


def told(file: Path, mistakes: Iterable[tuple[int, str]]) -> RulePackError:
    """Mistakes with their lines as one error."""
    (line, first), *others = sorted(mistakes)
    return RulePackError(
        file.name, verbatim(first + "".join(f"\n  line {at}: {said}" for at, said in others)), line=line
    )


def entry_name(document: Document, path: Path_) -> str:
    """The id of the entry that a path leads into, with a colon; nothing where it has no proper one."""
    entry = document.value_at(path[:2]) if path[:1] == ("rules",) else None
    name = entry.get("id") if isinstance(entry, dict) else None
    return f"{name}: " if isinstance(name, str) and re.fullmatch(r"[a-z0-9_.]+", name) else ""


def wrong(key: str, value: object) -> str:
    """A value that a key cannot have, and what it can."""
    wanted = _WANTED.get(key) or _WANTED.get(key.partition(".")[0])
    return (
        f"{key}: {shortened(value)} is not understood; write {wanted}"
        if wanted
        else f"{key}: {shortened(value)} is not understood"
    )


def nearest(word: str, known: Iterable[str]) -> str:
    """The word that was meant, else all there are."""
    choices = list(known)
    close = closest(word, choices) if word else None
    return f"; did you mean {close}?" if close else f"; there are: {', '.join(choices)}"


def shortened(value: object) -> str:
    """A value as it stands in the file, cut where it is long."""
    shown = "nothing" if value is None else repr(value)
    return shown if len(shown) <= LONGEST_SHOWN else f"{shown[:LONGEST_SHOWN]}…"


def _plain(loc: tuple[int | str, ...]) -> Path_:
    """The place without the names that the model gives to the kinds it tried."""
    names = {"rules", *HEADING, *Rule.model_fields, "from", "to", "en", "ar"}
    kept = tuple(step for at, step in enumerate(loc) if isinstance(step, int) or step in names or at == len(loc) - 1)
    return tuple(step for step in kept if isinstance(step, int) or "[" not in step)


def _said(path: Path_, kind: str, value: Any, message: str) -> str:
    steps = path[2:] if path[:1] == ("rules",) else path
    key = ".".join(str(step) for step in steps if not isinstance(step, int))
    if not key:
        if kind == "value_error":
            return message.removeprefix("Value error, ")
        return f"an entry is a mapping of keys (id, instrument, statement, ...), and not {shortened(value)}"
    last = key.rpartition(".")[2]
    match kind:
        case "extra_forbidden":
            return (
                f"{key} is no key {'of a rule' if path[:1] == ('rules',) else 'of a pack'}{nearest(last, _keys(path))}"
            )
        case "missing":
            whole = key.rpartition(".")[0]
            if last in _WORDS:
                return f"{key} is required; write one of {', '.join(_WORDS[last])}"
            return f"{key} is required; write {_WANTED.get(whole) or _WANTED[key]}"
        case "literal_error" if last in _WORDS:
            known = _WORDS[last]
            meant = _MEANT.get(str(value))
            return f"{key}: {shortened(value)} is not known" + (
                f"; did you mean {meant}?" if meant in known else nearest(str(value), known)
            )
        case "value_error":
            return f"{key}: {message.removeprefix('Value error, ')}"
        case _:
            return wrong(key, value)


def _keys(path: Path_) -> tuple[str, ...]:
    if path[:1] != ("rules",):
        return HEADING if len(path) == 1 else ("en", "ar")
    if len(path) == 3:
        return tuple(key for key in Rule.model_fields if key not in FROM_HEADING)
    return ("from", "to") if path[2] == "in_force" else ("en", "ar")
