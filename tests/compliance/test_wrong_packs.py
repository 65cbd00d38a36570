"""What a pack of the reader's own can get wrong: each is refused with file, line, value and the way out."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from compliance.errors import RulePackError
from compliance.rules import load_pack

BOTH = {"en": "Words.", "ar": "كلام."}
RULE: dict[str, Any] = {
    "id": "house.share",
    "jurisdiction": "XX",
    "instrument": BOTH,
    "article": BOTH,
    "in_force": {"from": "2024-07-01", "to": None},
    "legal_force": "guidance",
    "severity": "low",
    "statement": BOTH,
    "means": "compliant",
    "group": "one",
    "metric": "a/b",
    "indicator": "external_revenue_ratio",
    "comparator": ">=",
    "threshold": "0.5",
    "unit": "ratio",
    "caveat": BOTH,
    "verified": "true",
    "verified_basis": "primary",
}
PACK: dict[str, Any] = {"pack": "house", "title": BOTH, "about": BOTH, "rules": [RULE]}
GONE = object()
ARABIC = re.compile("[\u0600-\u06ff]")
LINES = re.compile(r"(?:line|السطر) \u2068?(\d+)\u2069?: ")
FOREIGN = re.compile(r"\u2068[^\u2068\u2069]*\u2069")
"""What stands in an isolate: keys, values and names, which read the same in both languages."""


def refusal(file: Path) -> RulePackError:
    """The error of a pack, whose Arabic is Arabic and speaks of the same lines in the same order."""
    with pytest.raises(RulePackError) as caught:
        load_pack(file)
    text = caught.value.text
    assert str(caught.value) == text.en
    for line in text.ar.splitlines():
        own_words = FOREIGN.sub("", line)
        assert ARABIC.search(own_words.replace("السطر", "").replace("الملف", "")), line
        assert not re.search("[A-Za-z]{2}", own_words.replace("YAML", "")), line
    lines = LINES.findall(text.en)
    assert lines
    assert LINES.findall(text.ar) == lines
    assert lines[0] == str(caught.value.line)
    return caught.value


def written(folder: Path, content: Any) -> Path:
    file = folder / "house.yaml"
    file.write_text(
        content if isinstance(content, str) else yaml.safe_dump(content, allow_unicode=True, sort_keys=False),
        encoding="utf-8",
    )
    return file


def changed(**keys: Any) -> dict[str, Any]:
    pack = copy.deepcopy(PACK)
    for key, value in keys.items():
        if value is GONE:
            del pack["rules"][0][key]
        else:
            pack["rules"][0][key] = value
    return pack


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"alternative": "own_use_al"}, "'own_use_al' is no alternative of external_revenue_ratio; did you mean own_use_all?"),
        ({"alternative": "zzz"}, "there are: main, own_use_allowance, own_use_all, discount_only_as_customers"),
        ({"definitions": ["own_use_all", "zzz"]}, "definitions: 'zzz' is no alternative of external_revenue_ratio"),
        ({"definitions": "some"}, "write a list of names, such as [own_use_all], or the word all"),
        (
            {"indicator": "joining_fee", "definitions": ["take_up"]},
            "take_up is a ratio and main a money; the two are not compared",
        ),
        ({"indicator": "joining_fee"}, "threshold: 0.5 is a sum of money; write its currency, such as currency: EUR"),
        ({"threshold": "half"}, "threshold: 'half' is not understood; write a number in the digits 0 to 9"),
        ({"threshold": "٠.٥"}, "threshold: '٠.٥' is not understood"),
        ({"threshold": "1" * 5000}, "threshold: '1111"),
        ({"near": "0,02"}, "near: '0,02' is not understood"),
        ({"threshold": GONE}, "comparator and threshold come together"),
        ({"comparator": "=>"}, "comparator: '=>' is not known; did you mean >=?"),
        ({"year": "99999"}, "year: '99999' is not understood; write the year in four digits"),
        ({"in_force": {"from": "01/07/2024"}}, "in_force.from: '01/07/2024' is not understood; write a day such as"),
        ({"in_force": {"from": "2025-01-01", "to": "2024-01-01"}}, "the last day, 2024-01-01, lies before the first"),
        ({"in_force": "2024"}, "write {from: 2024-07-01, to: null}"),
        ({"statement": {"en": "Words."}}, "statement.ar is required; write words in both languages"),
        ({"statement": {"en": "Words.", "ar": " "}}, "statement: the text is empty in the language ar"),
        ({"statement": "Words."}, 'statement: \'Words.\' is not understood; write words in both languages, {en: "...'),
        ({"severity": GONE}, "severity is required; write one of critical, high, medium, low, info"),
        ({"severty": "low"}, "severty is no key of a rule; did you mean severity?"),
        ({"pack": "other"}, "pack is no key of a rule: it is known from the file"),
        ({"verified": "maybe"}, "verified: 'maybe' is not understood; write true or false"),
        ({"jurisdiction": "usa"}, "jurisdiction: 'usa' is not understood; write two capital letters"),
        ({"id": "\u202ehouse.share"}, "id: '\\u202ehouse.share' is not understood"),
        ({"source_url": "javascript:alert(1)"}, "write an address that begins with https://"),
        ({"currency": "dollars"}, "currency: 'dollars' is not understood; write a code of ISO 4217"),
        ({"indicator": GONE, "alternative": "own_use_all", "needs": BOTH, "comparator": GONE, "threshold": GONE,
          "means": "reference"}, "alternative: belongs to an indicator"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_answered_with_its_line_and_the_way_out(
    tmp_path: Path, keys: dict[str, Any], said: str
) -> None:
    error = refusal(written(tmp_path, changed(**keys)))
    message = str(error)
    assert said in message
    assert message.startswith(f"house.yaml, line {error.line}: ")
    assert "should" not in message, "a sentence of the validator"
    assert len(message) < 400


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ("", 1, "a pack is a mapping with the keys pack, title, about and rules"),
        ("# nothing\n", 1, "a pack is a mapping"),
        ("- a\n", 1, "a pack is a mapping"),
        ("pack: house\n\ttitle: x\n", 2, "tab character"),
        ("pack: house\npack: house\n", 2, "pack: stands twice, first on line 1; keep one"),
        ({**PACK, "rules": []}, None, "rules: a pack needs at least one rule"),
        ({**PACK, "rules": ["x"]}, None, "an entry is a mapping of keys (id, instrument, statement, ...), and not 'x'"),
        ({**PACK, "author": "me"}, None, "author is no key of a pack"),
        ({**PACK, "pack": ["x"]}, 1, "pack: ['x'] is not understood; write the name of the file"),
        ({**PACK, "title": "House"}, None, "title: 'House' is not understood; write words in both languages"),
        ({**PACK, "rules": [RULE, RULE]}, None, "id: house.share is defined twice, first on line"),
    ],
)
def test_a_wrong_file_is_answered(tmp_path: Path, content: Any, line: int | None, said: str) -> None:
    error = refusal(written(tmp_path, content))
    assert said in str(error)
    assert error.line is not None
    assert line is None or error.line == line


def test_all_mistakes_of_a_pack_are_told_at_once(tmp_path: Path) -> None:
    pack = changed(severity="grave", threshold="half", means="ask")
    lines = str(refusal(written(tmp_path, pack))).splitlines()
    assert [line for line in lines if "severity" in line or "half" in line or "ask" in line] == lines


def test_an_entry_with_nothing_in_it_is_told_all_that_it_needs(tmp_path: Path) -> None:
    lines = str(refusal(written(tmp_path, {**PACK, "rules": [{}]}))).splitlines()
    assert len(lines) == 13
    assert all(" is required; write " in line for line in lines)


def test_the_pack_without_a_mistake_is_taken(tmp_path: Path) -> None:
    assert load_pack(written(tmp_path, changed(alternative="main", definitions=["own_use_all"]))).name == "house"
