"""YAML files of this room: read with their lines, and lists of entries checked one by one."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from compliance.errors import RulePackError
from intake.frozen import Frozen
from intake.mistakes import mistake_of
from intake.text import Text, say
from intake.yaml_lines import Document, NotYaml, read_yaml

LARGEST = 1 << 22
"""Bytes of the longest file accepted; the longest pack of ours is a twentieth of it."""

Entry = TypeVar("Entry", bound=Frozen)


def read_document(file: Path) -> Document:
    """The file with the place of everything in it.

    Raises:
        RulePackError: it cannot be read, is no YAML, or has a key twice; names the line.
    """
    try:
        document = read_yaml(file, LARGEST)
    except NotYaml as error:
        raise RulePackError(file.name, error.text, line=error.line) from error
    if document.repeated:
        twice = document.repeated[0]
        reason = say(
            "{path}: stands twice, first on line {first}; keep one",
            "{path}: مكرر، وورد أولًا في السطر {first}. يُرجى الإبقاء على واحد",
            path=twice.path[-1],
            first=twice.first[0],
        )
        raise RulePackError(file.name, reason, line=twice.place[0])
    return document


def read_entries(file: Path, kind: type[Entry], wanted: Text) -> list[tuple[int, Entry]]:
    """The entries of a file that is a list, each with the line on which it starts.

    Args:
        file: the file.
        kind: what each entry is.
        wanted: what the file must be, for the message if it is not.

    Raises:
        RulePackError: the file is no such list; names line and key of the first mistake.
    """
    document = read_document(file)
    if not isinstance(document.content, list):
        raise RulePackError(file.name, wanted, line=1)
    entries = []
    for index, content in enumerate(document.content):
        try:
            entries.append((document.line((index,)), kind.model_validate(content)))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            key = ".".join(str(step) for step in first["loc"])
            line = document.line((index, *first["loc"]))
            problem = say("{key}: {problem}", "{key}: {problem}", key=key, problem=mistake_of(first))
            raise RulePackError(file.name, problem, line=line) from error
    return entries
