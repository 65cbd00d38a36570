"""Reads rule packs: one YAML file a jurisdiction, kept by hand; `compliance.rules.known` says which there are.

Every error names file, line, key, value and the nearest right word, and all mistakes of a pack are reported
at once. `on` picks the law of a day: an analysis always states which day's law it used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import get_args

from pydantic import ValidationError

from compliance.entries import read_document
from compliance.errors import RulePackError, UnknownPack
from compliance.rules.known import PACKS, pack_file, pack_names
from compliance.rules.model import Comparator, LegalForce, Means, Rule, Severity
from intake.closest import closest
from intake.frozen import Frozen
from intake.text import Text
from intake.values.folding import fold
from intake.yaml_lines import Document, Path_

_WORDS: dict[str, tuple[str, ...]] = {
    "means": get_args(Means),
    "severity": get_args(Severity),
    "legal_force": get_args(LegalForce),
    "comparator": get_args(Comparator),
    "answer": ("yes-no", "number", "text"),
    "bound": ("exact", "upper", "lower"),
    "good_answer": ("yes", "no"),
    "verified_basis": ("primary", "secondary", "none"),
}
_OWN_KEYS = frozenset({"pack", "line"})


class Pack(Frozen):
    """One jurisdiction's rules with the heading of its file."""

    name: str
    title: Text
    about: Text
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
        raise RulePackError(file.name, f"pack: {pack.name!r} is not the name of the file; write pack: {name}")
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
                    f"id: {rule.id} is already defined by pack {rules[rule.id].pack}",
                    line=rule.line,
                )
            rules[rule.id] = rule
    return [rule for rule in rules.values() if on is None or rule.in_force_on(on)]


@lru_cache(maxsize=128)
def _load(file: Path, changed: int) -> Pack:  # noqa: ARG001 - the time of the change is the cache's key
    document = read_document(file)
    data = document.content
    if not isinstance(data, dict) or not isinstance(data.get("rules"), list):
        raise RulePackError(file.name, "a pack is a mapping with title, about and a list of rules", line=1)
    extra = {"pack": data.get("pack", file.stem)}
    entries = [
        {**entry, **extra, "line": document.line(("rules", index))} if isinstance(entry, dict) else entry
        for index, entry in enumerate(data["rules"])
    ]
    heading = {key: value for key, value in data.items() if key not in ("pack", "rules")}
    try:
        pack = Pack.model_validate({**heading, "name": extra["pack"], "rules": entries})
    except ValidationError as error:
        raise _located(file, document, error) from error
    seen: dict[str, Rule] = {}
    for rule in pack.rules:
        if rule.id in seen:
            first = seen[rule.id].line
            raise RulePackError(file.name, f"id: {rule.id} is defined twice, first on line {first}", line=rule.line)
        seen[rule.id] = rule
    if file.parent != PACKS:
        _refuse_unknown_indicators(file, pack)
    return pack


def _refuse_unknown_indicators(file: Path, pack: Pack) -> None:
    """What a test holds the product's packs to is checked here for a pack of the reader's own."""
    from compliance.indicators import REGISTRY

    for rule in pack.rules:
        if rule.indicator is not None and rule.indicator not in REGISTRY:
            problem = f"{rule.id}: indicator: {rule.indicator!r} is not measured{_nearest(rule.indicator, REGISTRY)}"
            raise RulePackError(file.name, problem, line=rule.line)


def _located(file: Path, document: Document, error: ValidationError) -> RulePackError:
    """Every mistake of a pack in the words of its author: line, entry, key, value, what would be right."""
    found: list[tuple[int, str]] = []
    for problem in error.errors(include_url=False):
        path = tuple(step for step in problem["loc"] if isinstance(step, int) or "-" not in str(step))
        about = document.value_at(path[:2])
        entry = f"{about['id']}: " if isinstance(about, dict) and "id" in about else ""
        key = ".".join(str(step) for step in path[2:] if not isinstance(step, int)) or "entry"
        value = problem.get("input")
        match problem["type"]:
            case "extra_forbidden":
                message = f"{key} is no key of a rule{_nearest(str(path[-1]), _keys(path))}"
            case "missing":
                message = f"{key} is required"
            case "literal_error":
                message = f"{key}: {value!r} is not known{_nearest(str(value), _WORDS.get(str(path[-1]), ()))}"
            case _:
                said = problem["msg"].removeprefix("Value error, ")
                shown = "" if isinstance(value, dict) else f": {value!r}"
                message = f"{key}{shown}: {said}" if key != "entry" else said
        found.append((document.line(path), f"{entry}{message}"))
    found.sort()
    text = found[0][1] + "".join(f"\n  line {line}: {message}" for line, message in found[1:])
    return RulePackError(file.name, text, line=found[0][0])


def _keys(path: Path_) -> tuple[str, ...]:
    fields: dict[str, tuple[str, ...]] = {"in_force": ("from", "to")}
    if len(path) < 3:
        return ("pack", "title", "about", "rules")
    if len(path) == 3:
        return tuple(key for key in Rule.model_fields if key not in _OWN_KEYS)
    return fields.get(str(path[2]), ("en", "ar"))


def _nearest(word: str, known: Iterable[str]) -> str:
    choices = list(known)
    if not choices:
        return ""
    close = closest(word, choices)
    return f"; did you mean {close}?" if close else f"; there are: {', '.join(choices)}"
