"""Reads rule packs: one YAML file a jurisdiction, kept by hand, in `compliance/rules/packs`.

A pack is read with a fast parser; only when it holds a mistake is it read again with one that remembers
where each key stands, so that the error names file, line, key, value and the nearest right word. All
mistakes of a pack are reported at once. `on` picks the law of a day: an analysis always states which day's
law it used."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

from compliance.errors import RulePackError, UnknownPack
from compliance.rules.model import Comparator, LegalForce, Means, Rule, Severity
from intake.frozen import Frozen
from intake.text import Text

PACKS = Path(__file__).with_name("packs")

_ENTRY = re.compile(r"^\s*-\s+id:\s*(\S+)", re.MULTILINE)
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_WORDS: dict[str, tuple[str, ...]] = {
    "means": get_args(Means),
    "severity": get_args(Severity),
    "legal_force": get_args(LegalForce),
    "comparator": get_args(Comparator),
    "answer": ("yes-no", "number", "text"),
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


def pack_names() -> tuple[str, ...]:
    """Names of the packs that come with the product, alphabetically."""
    return tuple(sorted(file.stem for file in PACKS.glob("*.yaml")))


def load_pack(name: str | Path) -> Pack:
    """One pack, by its name or as a file of the reader's own.

    Raises:
        UnknownPack: no pack has that name.
        RulePackError: the file holds mistakes; all are listed, each with its line.
    """
    file = name if isinstance(name, Path) else PACKS / f"{name}.yaml"
    if not file.is_file():
        raise UnknownPack([str(name)], pack_names())
    return _load(file, file.stat().st_mtime_ns)


def load_packs(names: Iterable[str | Path] | None = None, on: date | None = None) -> list[Rule]:
    """The rules of several packs, in the order of the packs and of their files.

    Rules whose source was not seen are among them, with `enabled` false.

    Args:
        names: packs by name (`us`, `cn`, ...) or files; None means all that come with the product.
        on: only what applied on that day; None means every rule of the packs, whatever its dates.

    Raises:
        UnknownPack: a name has no pack.
        RulePackError: a pack holds mistakes, or two packs define one id.
    """
    chosen: Sequence[str | Path] = pack_names() if names is None else list(dict.fromkeys(names))
    unknown = [str(name) for name in chosen if not isinstance(name, Path) and name not in pack_names()]
    if unknown:
        raise UnknownPack(unknown, pack_names())
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


@lru_cache(maxsize=32)
def _load(file: Path, changed: int) -> Pack:  # noqa: ARG001 - the time of the change is the cache's key
    source = file.read_text(encoding="utf-8")
    try:
        data = YAML(typ="safe").load(source)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        raise RulePackError(file.name, f"not valid YAML: {error.problem or error.context}", line=line) from error
    except ValueError as error:  # the parser makes dates itself, and does not say where it failed
        raise _bad_date(file, source, error) from error
    if not isinstance(data, dict) or not isinstance(data.get("rules"), list):
        raise RulePackError(file.name, "a pack is a mapping with title, about and a list of rules", line=1)
    lines = {found.group(1): source.count("\n", 0, found.start(1)) + 1 for found in _ENTRY.finditer(source)}
    extra = {"pack": data.get("pack", file.stem)}
    entries = [
        {**entry, **extra, "line": lines.get(str(entry.get("id")))} if isinstance(entry, dict) else entry
        for entry in data["rules"]
    ]
    heading = {key: value for key, value in data.items() if key not in ("pack", "rules")}
    try:
        pack = Pack.model_validate({**heading, "name": extra["pack"], "rules": entries})
    except ValidationError as error:
        raise _located(file, source, error) from error
    seen: dict[str, Rule] = {}
    for rule in pack.rules:
        if rule.id in seen:
            raise RulePackError(file.name, f"id: {rule.id} is defined twice, first on line {seen[rule.id].line}")
        seen[rule.id] = rule
    return pack


def _bad_date(file: Path, source: str, error: ValueError) -> RulePackError:
    for number, text in enumerate(source.splitlines(), start=1):
        for found in _DATE.findall(text):
            try:
                date.fromisoformat(found)
            except ValueError as problem:
                return RulePackError(file.name, f"{found} is no date: {problem}", line=number)
    return RulePackError(file.name, f"not valid YAML: {error}")


def _located(file: Path, source: str, error: ValidationError) -> RulePackError:
    """Every mistake of a pack in the words of its author: line, entry, key, value, what would be right."""
    document = YAML(typ="rt").load(source)
    found: list[tuple[int, str]] = []
    for problem in error.errors(include_url=False):
        path = [step for step in problem["loc"] if isinstance(step, int) or "-" not in str(step)]
        line, entry = _line(document, path)
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
        if isinstance(value, float):
            message += '; write decimals in quotes, as in "0.3", so that they stay exact'
        found.append((line, f"{entry}{message}"))
    found.sort()
    text = found[0][1] + "".join(f"\n  line {line}: {message}" for line, message in found[1:])
    return RulePackError(file.name, text, line=found[0][0])


def _line(document: Any, path: list[int | str]) -> tuple[int, str]:
    """The 1-based line of the deepest key of a path that exists, and which entry it belongs to."""
    node, line, entry = document, 1, ""
    for step in path:
        if isinstance(node, CommentedMap) and step in node:
            line = node.lc.key(step)[0] + 1
        elif isinstance(node, CommentedSeq) and isinstance(step, int) and step < len(node):
            line = node.lc.item(step)[0] + 1
        else:
            break
        node = node[step]
        if isinstance(node, CommentedMap) and "id" in node:
            entry = f"{node['id']}: "
    return line, entry


def _keys(path: list[int | str]) -> tuple[str, ...]:
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
    close = difflib.get_close_matches(word, choices, n=1, cutoff=0.5)
    return f"; did you mean {close[0]}?" if close else f"; there are: {', '.join(choices)}"
