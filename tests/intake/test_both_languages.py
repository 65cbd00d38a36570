"""Every text in the source is there in both languages, and every typed error carries such a text.

The first test reads the source itself: whatever calls `Text` or `say` with words must have Arabic letters in its
Arabic and the same places for values in both. The second walks over the error classes of all rooms.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from string import Formatter

import pytest

from intake.errors import IntakeError
from intake.mistakes import Mistaken, mistake_of
from intake.text import Said, Text, placed, say, verbatim

HOUSE = Path(__file__).parents[2]
ROOMS = ("intake", "genealogy", "compensation", "compliance", "synthetic", "cases", "cli", "api")
ERRORS = (
    "intake.errors",
    "genealogy.errors",
    "genealogy.stores.errors",
    "compensation.errors",
    "compliance.errors",
    "compliance.check.errors",
    "synthetic.errors",
    "cases.errors",
    "cli.errors",
)
ARABIC = re.compile("[\u0600-\u06ff]")
WORDS = re.compile("[A-Za-z]{2}")
OWN_NAMES = re.compile(r"Downline|[A-Z]{2,}|[a-z]+[_.][a-z_.]+|docs/\S+|\\[a-z]")
"""What reads the same in both languages."""


def texts(file: Path) -> Iterator[tuple[int, str, str]]:
    """Line, English and Arabic of every text that a file writes out."""
    source = file.read_text(encoding="utf-8")
    if "Text(" not in source and "say(" not in source:
        return
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        given = {each.arg: each.value for each in node.keywords}
        if name == "Text":
            pair = (given.get("en"), given.get("ar"))
        elif name in ("say", "spoken") and len(node.args) == 2:
            pair = (node.args[0], node.args[1])
        else:
            continue
        if all(isinstance(each, ast.Constant) and isinstance(each.value, str) for each in pair):
            en, ar = (ast.literal_eval(each) for each in pair if each is not None)
            yield node.lineno, en, ar


def places(sentence: str) -> set[str]:
    return {name.split(".")[0] for _, name, _, _ in Formatter().parse(sentence) if name}


def written() -> Iterator[tuple[str, str, str]]:
    for room in ROOMS:
        for file in sorted((HOUSE / room).rglob("*.py")):
            for line, en, ar in texts(file):
                yield f"{file.relative_to(HOUSE)}:{line}", en, ar


def test_every_text_in_the_source_has_its_arabic() -> None:
    found = list(written())
    assert len(found) > 2_000
    english = [
        where
        for where, en, ar in found
        if WORDS.search(OWN_NAMES.sub("", re.sub(r"\{[^{}]*\}", "", en))) and not ARABIC.search(ar)
    ]
    assert english == []


def test_an_english_text_would_be_found(tmp_path: Path) -> None:
    file = tmp_path / "room.py"
    file.write_text('a = Text(en="Not found", ar="Not found")\nb = say("a {n}", "ب {n}", n=1)\n', encoding="utf-8")
    assert list(texts(file)) == [(1, "Not found", "Not found"), (2, "a {n}", "ب {n}")]
    assert not ARABIC.search("Not found")


@pytest.mark.parametrize("module", ERRORS)
def test_every_error_of_a_room_is_said_in_both_languages(module: str) -> None:
    raised = [
        each
        for each in vars(import_module(module)).values()
        if isinstance(each, type) and issubclass(each, Exception) and each.__module__ == module
    ]
    assert raised
    parser_s = {"WrongOption"}  # the parser's own kind, which carries a text beside
    assert [each.__name__ for each in raised if not issubclass(each, Said) and each.__name__ not in parser_s] == []


def test_values_are_set_apart_in_arabic_only() -> None:
    told = say("{file}: {count:,} rows", "{file}: الصفوف {count:,}", file="a.csv", count=1204)
    assert told == Text(en="a.csv: 1,204 rows", ar="\u2068a.csv\u2069: الصفوف \u20681,204\u2069")
    inner = Text(en="leg", ar="الفرع")
    assert say("the {what!s}", "{what!s}", what=verbatim("x")).ar == "\u2068x\u2069"
    assert say("the {what}", "{what} نفسه", what=inner) == Text(en="the leg", ar="الفرع نفسه")
    assert say("{name!r}", "{name!r}", name="\udcff").en == "'\\udcff'"  # half a character is no text
    assert placed(inner, file="a.csv", line=3).ar == "الملف \u2068a.csv\u2069، السطر \u20683\u2069: الفرع"


def test_an_error_names_file_and_line_in_both_languages() -> None:
    error = IntakeError(Text(en="is empty.", ar="فارغ."), file="a.csv", line=2)
    assert str(error) == "a.csv, line 2: is empty."
    assert error.text.ar == "الملف \u2068a.csv\u2069، السطر \u20682\u2069: فارغ."


def test_mistakes_of_models_have_our_own_sentences() -> None:
    missing = {"type": "missing", "msg": "Field required"}
    assert mistake_of(missing) == Text(en="is required", ar="قيمة مطلوبة")
    bound = {"type": "less_than_equal", "msg": "...", "ctx": {"le": 9}}
    assert mistake_of(bound) == Text(en="must be 9 or less", ar="يجب ألا تزيد على \u20689\u2069")
    ours = {"type": "value_error", "msg": "Value error, x", "ctx": {"error": Mistaken(Text(en="x", ar="س"))}}
    assert mistake_of(ours) == Text(en="x", ar="س")
    foreign = mistake_of({"type": "value_error", "msg": "Value error, nobody knows this", "ctx": {}})
    assert foreign.en == "nobody knows this"
    assert foreign.ar.startswith("القيمة غير مقبولة")
