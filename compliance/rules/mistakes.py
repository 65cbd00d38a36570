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
from intake.mistakes import mistake_of
from intake.text import Text, say, verbatim
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

_NUMBER = Text(
    en='a number in the digits 0 to 9, such as "0.5" for 50%',
    ar='رقم بالأرقام من 0 إلى 9، مثل ⁨"0.5"⁩ لنسبة ⁨50%⁩',
)
_BOTH = Text(en='words in both languages, {en: "...", ar: "..."}', ar='نص باللغتين، ⁨{en: "...", ar: "..."}⁩')
_DAY = Text(en="a day such as 2024-07-01, or null", ar="تاريخ مثل ⁨2024-07-01⁩، أو ⁨null⁩")
_WANTED: Mapping[str, Text] = MappingProxyType(
    {
        "pack": Text(en="the name of the file, such as house-rules", ar="اسم الملف، مثل ⁨house-rules⁩"),
        "id": Text(
            en="small letters, digits and underscores in parts with dots between, such as gb.act2024.customer_share",
            ar="حروف لاتينية صغيرة وأرقام وشرطات سفلية في أجزاء بينها نقاط، مثل ⁨gb.act2024.customer_share⁩",
        ),
        "jurisdiction": Text(
            en="two capital letters (ISO 3166), US-TX for a state, XX for none",
            ar="حرفان لاتينيان كبيران (⁨ISO 3166⁩)، و⁨US-TX⁩ لولاية، و⁨XX⁩ إن لم تكن دولة",
        ),
        "year": Text(en="the year in four digits, or leave it out", ar="السنة بأربعة أرقام، أو يُحذف المفتاح"),
        "in_force": Text(en="{from: 2024-07-01, to: null}", ar="القيمة بالصيغة ⁨{from: 2024-07-01, to: null}⁩"),
        "in_force.from": _DAY,
        "in_force.to": _DAY,
        "group": Text(en="a name, such as that of the indicator", ar="اسم، مثل اسم المؤشر"),
        "metric": Text(en="what is measured, such as R_cust/R_tot", ar="ما يُقاس، مثل ⁨R_cust/R_tot⁩"),
        "indicator": Text(en="the name of an indicator", ar="اسم مؤشر"),
        "alternative": Text(
            en="the name of one of the indicator's alternatives, or leave it out",
            ar="اسم أحد بدائل المؤشر، أو يُحذف المفتاح",
        ),
        "definitions": Text(
            en="a list of names, such as [own_use_all], or the word all",
            ar="قائمة أسماء، مثل ⁨[own_use_all]⁩، أو الكلمة ⁨all⁩",
        ),
        "threshold": _NUMBER,
        "near": _NUMBER,
        "tolerance": _NUMBER,
        "unit": Text(en="a word, such as ratio, or leave it out", ar="كلمة، مثل ⁨ratio⁩، أو يُحذف المفتاح"),
        "currency": Text(en="a code of ISO 4217, such as EUR", ar="رمز عملة من ⁨ISO 4217⁩، مثل ⁨EUR⁩"),
        "data_needed": Text(en="a list, such as [orders.amount]", ar="قائمة، مثل ⁨[orders.amount]⁩"),
        "verified": Text(en="true or false", ar="⁨true⁩ أو ⁨false⁩"),
        "source_url": Text(
            en="an address that begins with https:// or http://, or leave it out",
            ar="عنوان يبدأ بـ ⁨https://⁩ أو ⁨http://⁩، أو يُحذف المفتاح",
        ),
        "page_date": Text(
            en="a day such as 2024-07-01, a month (2024-07) or a year (2024)",
            ar="تاريخ مثل ⁨2024-07-01⁩، أو شهر (⁨2024-07⁩)، أو سنة (⁨2024⁩)",
        ),
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
        said = _said(path, str(problem["type"]), problem.get("input"), mistake_of(problem))
        found.add((document.line(path), of_entry(document, path, said)))
    return told(file, found)


def told(file: Path, mistakes: Iterable[tuple[int, Text]]) -> RulePackError:
    """Mistakes with their lines as one error."""
    (line, first), *others = sorted(mistakes, key=lambda mistake: (mistake[0], mistake[1].en))
    listed = [say("\n  line {at}: {said}", "\n  السطر {at}: {said}", at=at, said=said) for at, said in others]
    reason = Text(en=first.en + "".join(each.en for each in listed), ar=first.ar + "".join(each.ar for each in listed))
    return RulePackError(file.name, reason, line=line)


def of_entry(document: Document, path: Path_, said: Text) -> Text:
    """A sentence with the id of the entry that its path leads into before it; alone where the entry has no proper id."""
    entry = document.value_at(path[:2]) if path[:1] == ("rules",) else None
    name = entry.get("id") if isinstance(entry, dict) else None
    proper = isinstance(name, str) and re.fullmatch(r"[a-z0-9_.]+", name)
    return say("{entry}: {said}", "{entry}: {said}", entry=name, said=said) if proper else said


def wrong(key: str, value: object) -> Text:
    """A value that a key cannot have, and what it can."""
    wanted = _WANTED.get(key) or _WANTED.get(key.partition(".")[0])
    found = say("{key}: {value} is not understood", "{key}: القيمة {value} غير مفهومة", key=key, value=shortened(value))
    if wanted is None:
        return found
    return say("{found}; write {wanted}", "{found}. المطلوب: {wanted}", found=found, wanted=wanted)


def nearest(word: str, known: Iterable[str]) -> Text:
    """The word that was meant, else all there are."""
    choices = list(known)
    close = closest(word, choices) if word else None
    if close:
        return say("; did you mean {close}?", ". هل المقصود {close}؟", close=close)
    return say("; there are: {known}", ". الموجود: {known}", known=", ".join(choices))


def shortened(value: object) -> Text:
    """A value as it stands in the file, cut where it is long."""
    if value is None:
        return Text(en="nothing", ar="الفارغة")
    shown = repr(value)
    return verbatim(shown if len(shown) <= LONGEST_SHOWN else f"{shown[:LONGEST_SHOWN]}…")


def _plain(loc: tuple[int | str, ...]) -> Path_:
    """The place without the names that the model gives to the kinds it tried."""
    names = {"rules", *HEADING, *Rule.model_fields, "from", "to", "en", "ar"}
    kept = tuple(step for at, step in enumerate(loc) if isinstance(step, int) or step in names or at == len(loc) - 1)
    return tuple(step for step in kept if isinstance(step, int) or "[" not in step)


def _said(path: Path_, kind: str, value: Any, raised: Text) -> Text:
    """The sentence about one mistake.

    Args:
        path: where it is, from the top of the file.
        kind: pydantic's name of it.
        value: what stands there.
        raised: the sentence of the model's own check, where that is what refused.
    """
    steps = path[2:] if path[:1] == ("rules",) else path
    key = ".".join(str(step) for step in steps if not isinstance(step, int))
    if not key:
        if kind == "value_error":
            return raised
        return say(
            "an entry is a mapping of keys (id, instrument, statement, ...), and not {value}",
            "كل قاعدة مفاتيح وقيم (⁨id, instrument, statement, ...⁩)، ولا تصلح لها القيمة {value}",
            value=shortened(value),
        )
    last = key.rpartition(".")[2]
    match kind:
        case "extra_forbidden":
            return no_key(key, nearest(last, _keys(path)), of_rule=path[:1] == ("rules",))
        case "missing" if last in _WORDS:
            return say(
                "{key} is required; write one of {words}",
                "{key} قيمة مطلوبة. القيم المقبولة: {words}",
                key=key,
                words=", ".join(_WORDS[last]),
            )
        case "missing":
            wanted = _WANTED.get(key.rpartition(".")[0]) or _WANTED[key]
            return say(
                "{key} is required; write {wanted}", "{key} قيمة مطلوبة. المطلوب: {wanted}", key=key, wanted=wanted
            )
        case "literal_error" if last in _WORDS:
            meant = _MEANT.get(str(value))
            return say(
                "{key}: {value} is not known{nearest}",
                "{key}: القيمة {value} غير معروفة{nearest}",
                key=key,
                value=shortened(value),
                nearest=nearest(meant if meant in _WORDS[last] else str(value), _WORDS[last]),
            )
        case "value_error":
            return say("{key}: {raised}", "{key}: {raised}", key=key, raised=raised)
        case _:
            return wrong(key, value)


def no_key(key: str, way_out: Text, *, of_rule: bool) -> Text:
    """A key that a rule or a pack cannot have, and the way out."""
    if of_rule:
        return say("{key} is no key of a rule{way}", "{key} ليس من مفاتيح القاعدة{way}", key=key, way=way_out)
    return say("{key} is no key of a pack{way}", "{key} ليس من مفاتيح الحزمة{way}", key=key, way=way_out)


def _keys(path: Path_) -> tuple[str, ...]:
    if path[:1] != ("rules",):
        return HEADING if len(path) == 1 else ("en", "ar")
    if len(path) == 3:
        return tuple(key for key in Rule.model_fields if key not in FROM_HEADING)
    return ("from", "to") if path[2] == "in_force" else ("en", "ar")
