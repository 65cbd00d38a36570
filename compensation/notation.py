"""Reading a plan document: its mistakes are named as the plan's, each at its place in the file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from compensation.errors import Mistake, PlanError
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
        raise PlanError.of(file, error.problem.en, line=line, column=column, nearest=error.hint.en) from error
    if found.content is None:
        raise PlanError.of(file, "the file is empty", nearest="start from the example in docs/plans.md")
    if found.repeated:
        raise PlanError(
            Mistake(
                file, *twice.place, written(twice.path), "this key stands twice", None,
                f"it stands first in line {twice.first[0]}; keep one",
            )
            for twice in found.repeated
        )  # fmt: skip
    return PlanDocument(found.content, found.places, found.keys, found.repeated, file)
