"""The words by which columns and choices are known, as data: one YAML file per table, and one for choices.

To teach Downline a heading, add it to the table's file under its column and language; `weak` is for headings that also mean
other things and need the values' support. Nothing in the code changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import cast

from intake.schema import TABLES
from intake.values.folding import fold, words
from intake.yaml_lines import parse_yaml


@dataclass(frozen=True, slots=True)
class Spelling:
    """One known heading of a column: as written, its words, and whether it also means other things."""

    text: str
    words: tuple[str, ...]
    weak: bool
    language: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the headings of one table look like: per column, folded heading to spelling; and words of file names."""

    table: str
    columns: dict[str, dict[str, Spelling]]
    file_names: frozenset[str]


def _load(name: str) -> dict[str, object]:
    text = files(__package__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    return cast("dict[str, object]", parse_yaml(text).content)


def _vocabulary(table: str) -> Vocabulary:
    data = _load(table)
    columns: dict[str, dict[str, Spelling]] = {}
    for target, languages in cast("dict[str, dict[str, list[str]]]", data["columns"]).items():
        TABLES[table].column(target)  # a misspelled column in the YAML fails here
        known: dict[str, Spelling] = {fold(target): Spelling(target, words(target), weak=False, language="en")}
        for language, spellings in languages.items():
            for text in spellings:
                spelling = Spelling(text, words(text), weak=language == "weak", language=language)
                known.setdefault(fold(text), spelling)
        columns[target] = known
    names = cast("dict[str, list[str]]", data["file_names"])
    return Vocabulary(table, columns, frozenset(fold(name) for some in names.values() for name in some))


@lru_cache(maxsize=1)
def vocabularies() -> dict[str, Vocabulary]:
    """The vocabulary of every table of the schema."""
    return {table: _vocabulary(table) for table in TABLES}


_LISTS = {
    ("participants", "leg"): "leg",
    ("participants", "kind"): "participant_kind",
    ("orders", "buyer_kind"): "participant_kind",
    ("orders", "category"): "order_category",
    ("returns", "outcome"): "return_outcome",
    ("moves", "tree"): "tree",
    ("moves", "leg"): "leg",
    ("clicks", "kind"): "click_kind",
    ("complaints", "subject"): "complaint_subject",
    ("facts", "value"): "truth",
}


@lru_cache(maxsize=1)
def _choices() -> dict[str, dict[str, str]]:
    data = cast("dict[str, dict[str, list[str]]]", _load("choices"))
    return {
        name: {spelling: choice for choice, spellings in choices.items() for spelling in [choice, *spellings]}
        for name, choices in data.items()
    }


def synonyms_for(table: str, column: str) -> dict[str, str]:
    """Other spellings of a choice column's values, or of a fact's yes and no, in six languages, and what each means.

    >>> synonyms_for("participants", "leg")["izquierda"]
    'left'
    """
    name = _LISTS.get((table, column))
    return dict(_choices()[name]) if name else {}
