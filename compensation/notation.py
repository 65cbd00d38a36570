"""Reading a plan document: its mistakes are named as the plan's, each at its place in the file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from compensation.errors import Mistake, PlanError
from intake.text import Text, say
from intake.yaml_lines import Document, NotYaml, Path_, parse_yaml, read_yaml

LARGEST = 1 << 20
"""Bytes of the longest plan accepted; real ones have a few kilobytes."""


@dataclass(slots=True)
class PlanDocument(Document):
    """A plan document as plain values, and where each of them stands."""

    file: str = "<plan>"


def written(path: Path_) -> str:
    """A path as a person writes it.

    >>> written(("components", 0, "rates", 2))
    'components[0].rates[2]'
    """
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else str(part))
    return text


def read_document(source: Path | str, *, name: str | None = None) -> PlanDocument:
    """Read a YAML or JSON document from a file (`Path`) or from text (`str`).

    Raises:
        PlanError: it cannot be read, is too large, is no UTF-8, or is no YAML; or a key stands twice.
    """
    file = name or (str(source) if isinstance(source, Path) else "<plan>")
    try:
        found = read_yaml(source, LARGEST) if isinstance(source, Path) else parse_yaml(source)
    except NotYaml as error:
        line, column = error.place or (0, 0)
        raise PlanError.of(file, error.problem, line=line, column=column, nearest=error.hint) from error
    if found.content is None:
        raise PlanError.of(
            file,
            Text(en="the file is empty", ar="الملف فارغ"),
            nearest=Text(en="start from the example in docs/plans.md", ar="يمكن البدء من المثال في ⁨docs/plans.md⁩"),
        )
    if found.repeated:
        raise PlanError(
            Mistake(
                file,
                *twice.place,
                written(twice.path),
                Text(en="this key stands twice", ar="ورد هذا المفتاح مرتين"),
                None,
                say(
                    "it stands first in line {line}; keep one",
                    "ورد أولًا في السطر {line}؛ يُرجى الإبقاء على واحد",
                    line=twice.first[0],
                ),
            )
            for twice in found.repeated
        )
    return PlanDocument(found.content, found.places, found.keys, found.repeated, file)
