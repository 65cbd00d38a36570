"""Reads rule packs: one YAML file a jurisdiction, kept by hand; `compliance.rules.known` says which there are.

Every error names file, line, key, value and the nearest right word, and all mistakes of a pack are reported
at once. `on` picks the law of a day: an analysis always states which day's law it used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from compliance.entries import read_document
from compliance.errors import RulePackError, UnknownPack
from compliance.measurement import MAIN
from compliance.rules.known import PACKS, pack_file, pack_names
from compliance.rules.mistakes import FROM_HEADING, HEADING, located, nearest, no_key, of_entry, shortened, told, wrong
from compliance.rules.model import Rule, Worded
from intake.frozen import Frozen
from intake.text import Text, say
from intake.values.folding import fold
from intake.yaml_lines import Document


class Pack(Frozen):
    """One jurisdiction's rules with the heading of its file."""

    name: str
    title: Worded
    about: Worded
    rules: tuple[Rule, ...]


def load_pack(name: str | Path) -> Pack:
    """One pack, by its name or as a file of the reader's own.

    Raises:
        UnknownPack: no pack has that name.
        RulePackError: the file cannot be read or holds mistakes; all are listed, each with its line.
    """
    file = name if isinstance(name, Path) else pack_file(name)
    pack = _load(file, file.stat().st_mtime_ns if file.is_file() else 0)
    if isinstance(name, str) and pack.name != name:
        raise RulePackError(
            file.name,
            say(
                "pack: {pack!r} is not the name of the file; write pack: {name}",
                "القيمة {pack!r} في ⁨pack⁩ ليست اسم الملف. تُكتب ⁨pack:⁩ {name}",
                pack=pack.name,
                name=name,
            ),
        )
    return pack


def all_packs(search: str = "") -> list[Pack]:
    """Every known pack, sorted by its English title; with a word, only those whose name or title holds it.

    Args:
        search: part of a name or title in either language; case, accents and the spellings of alef do not matter.
    """
    wanted = fold(search)
    packs = [load_pack(name) for name in pack_names()]
    found = [pack for pack in packs if any(wanted in fold(one) for one in (pack.name, pack.title.en, pack.title.ar))]
    return sorted(found, key=lambda pack: (fold(pack.title.en), pack.name))


def load_packs(names: Iterable[str | Path] | None = None, on: date | None = None) -> list[Rule]:
    """The rules of several packs, in the order of the packs and of their files.

    Rules whose source was not seen are among them, with `enabled` false.

    Args:
        names: packs by name (`us`, `cn`, ...) or files; None means all that are known.
        on: only what applied on that day; None means every rule of the packs, whatever its dates.

    Raises:
        UnknownPack: a name has no pack.
        RulePackError: a pack holds mistakes, or two packs define one id.
    """
    known = pack_names()
    chosen: Sequence[str | Path] = known if names is None else list(dict.fromkeys(names))
    unknown = [str(name) for name in chosen if not isinstance(name, Path) and name not in known]
    if unknown:
        raise UnknownPack(unknown, known)
    rules: dict[str, Rule] = {}
    for name in chosen:
        for rule in load_pack(name).rules:
            if rule.id in rules:
                raise RulePackError(
                    str(name),
                    say(
                        "id: {rule} is already defined by pack {pack}",
                        "المعرّف {rule} معرَّف من قبل في الحزمة {pack}",
                        rule=rule.id,
                        pack=rules[rule.id].pack,
                    ),
                    line=rule.line,
                )
            rules[rule.id] = rule
    return [rule for rule in rules.values() if on is None or rule.in_force_on(on)]


@lru_cache(maxsize=128)
def _load(file: Path, changed: int) -> Pack:  # noqa: ARG001 - the time of the change is the cache's key
    document = read_document(file)
    data = document.content
    if not isinstance(data, dict) or not isinstance(data.get("rules"), list):
        raise RulePackError(
            file.name,
            Text(
                en="a pack is a mapping with the keys pack, title, about and rules, and rules is a list",
                ar="الحزمة مفاتيح وقيم: ⁨pack⁩ و⁨title⁩ و⁨about⁩ و⁨rules⁩، و⁨rules⁩ قائمة",
            ),
            line=1,
        )
    extra = {"pack": data.get("pack", file.stem)}
    if not isinstance(extra["pack"], str):
        raise RulePackError(file.name, wrong("pack", extra["pack"]), line=document.line(("pack",)))
    if mistakes := _heading_mistakes(document, data):
        raise told(file, mistakes)
    entries = [
        {**entry, **extra, "line": document.line(("rules", index))} if isinstance(entry, dict) else entry
        for index, entry in enumerate(data["rules"])
    ]
    heading = {key: value for key, value in data.items() if key not in ("pack", "rules")}
    try:
        pack = Pack.model_validate({**heading, "name": extra["pack"], "rules": entries})
    except ValidationError as error:
        raise located(file, document, error) from error
    seen: dict[str, Rule] = {}
    for rule in pack.rules:
        if rule.id in seen:
            first = seen[rule.id].line
            raise RulePackError(
                file.name,
                say(
                    "id: {rule} is defined twice, first on line {first}",
                    "المعرّف {rule} معرَّف مرتين، أولهما في السطر {first}",
                    rule=rule.id,
                    first=first,
                ),
                line=rule.line,
            )
        seen[rule.id] = rule
    if file.parent != PACKS:
        _refuse_unknown_names(file, document, pack)
    return pack


def _heading_mistakes(document: Document, data: dict[str, Any]) -> list[tuple[int, Text]]:
    """What the model would not see: keys that are filled in here, and a pack without a rule."""
    found = [
        (document.line((key,)), no_key(key, nearest(key, HEADING), of_rule=False)) for key in data if key not in HEADING
    ]
    if not data["rules"]:
        empty = Text(en="rules: a pack needs at least one rule", ar="⁨rules⁩: تحتاج الحزمة إلى قاعدة واحدة على الأقل")
        found.append((document.line(("rules",)), empty))
    filled_in = Text(en=": it is known from the file; leave it out", ar="، فهو معروف من الملف. يُرجى حذفه")
    for index, entry in enumerate(data["rules"]):
        for key in FROM_HEADING & entry.keys() if isinstance(entry, dict) else ():
            path = ("rules", index, key)
            found.append((document.line(path), of_entry(document, path, no_key(key, filled_in, of_rule=True))))
    return found


def _refuse_unknown_names(file: Path, document: Document, pack: Pack) -> None:
    """What a test holds the product's packs to is checked here for a pack of the reader's own: that what a rule names is
    there, and that a sum of money has its currency."""
    from compliance.indicators import REGISTRY
    from compliance.indicators.alternatives import alternatives_of

    found: list[tuple[int, Text]] = []
    for index, rule in enumerate(pack.rules):

        def mistake(key: str, said: Text, rule: Rule = rule, index: int = index) -> None:
            where = say("{rule}: {key}: {said}", "{rule}: {key}: {said}", rule=rule.id, key=key, said=said)
            found.append((document.line(("rules", index, key)), where))

        if rule.indicator is None:
            for key in ("alternative", "definitions"):
                if getattr(rule, key):
                    mistake(key, _WITHOUT_INDICATOR)
            continue
        if rule.indicator not in REGISTRY:
            mistake(
                "indicator",
                say(
                    "{name} is not measured{nearest}",
                    "{name} ليس من المؤشرات{nearest}",
                    name=shortened(rule.indicator),
                    nearest=nearest(rule.indicator, REGISTRY),
                ),
            )
            continue
        units = {MAIN: REGISTRY[rule.indicator].unit, **alternatives_of(rule.indicator)}
        named = [("definitions", name) for name in rule.definitions] if rule.definitions != "all" else []
        for key, name in (("alternative", rule.reads), *named):
            if name not in units:
                mistake(
                    key,
                    say(
                        "{name} is no alternative of {indicator}{nearest}",
                        "{name} ليس من بدائل المؤشر {indicator}{nearest}",
                        name=shortened(name),
                        indicator=rule.indicator,
                        nearest=nearest(name, units),
                    ),
                )
            elif rule.reads in units and units[name] != units[rule.reads]:
                mistake(
                    key,
                    say(
                        "{name} is a {unit} and {main} a {other}; the two are not compared",
                        "وحدة {name} هي {unit} ووحدة {main} هي {other}، فلا يُقارن بينهما",
                        name=name,
                        unit=units[name],
                        main=rule.reads,
                        other=units[rule.reads],
                    ),
                )
        if units.get(rule.reads) == "money" and rule.limit and rule.currency is None:
            mistake(
                "threshold",
                say(
                    "{amount} is a sum of money; write its currency, such as currency: EUR",
                    "{amount} مبلغ من المال. تُذكر عملته، مثل ⁨currency: EUR⁩",
                    amount=rule.threshold,
                ),
            )
    if found:
        raise told(file, found)


_WITHOUT_INDICATOR = Text(
    en="belongs to an indicator, and this rule names none; leave it out",
    ar="يخص المؤشر، ولا مؤشر في هذه القاعدة. يُرجى حذفه",
)
