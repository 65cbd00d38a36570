"""Reading a plan document without losing a digit or a line number.

YAML would turn `0.05` into a binary float before anybody could object, so scalars are taken as the text that
stands in the file (only `null`, `true` and `false` are read as such) and the models parse that text exactly.
Each node keeps its line and column, which is how a mistake deep in a list can name its place. JSON is YAML.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from compensation.errors import Mistake, PlanError

Path_ = tuple[str | int, ...]

LARGEST = 1 << 20
"""Bytes of the longest plan accepted; real ones have a few kilobytes."""
MOST_NODES = 100_000
"""Values after aliases are followed; stops a document that unfolds without end."""


@dataclass(slots=True)
class Document:
    """A plan document as plain values, and where each of them stands."""

    file: str
    content: Any = None
    places: dict[Path_, tuple[int, int]] = field(default_factory=dict)
    """Path of a value -> 1-based line and column."""
    keys: dict[Path_, tuple[int, int]] = field(default_factory=dict)
    """Path of a mapping's entry -> line and column of its key."""
    mistakes: list[Mistake] = field(default_factory=list)

    def place(self, path: Path_, *, key: bool = False) -> tuple[int, int]:
        """Line and column of a value (or of its key), else of the nearest thing around it that exists."""
        if key and path in self.keys:
            return self.keys[path]
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (1, 1))

    def value_at(self, path: Path_) -> Any:
        """The value at a path, or None."""
        value = self.content
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value


def written(path: Path_) -> str:
    """A path as a person writes it.

    >>> written(("components", 0, "rates", 2))
    'components[0].rates[2]'
    """
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else str(part))
    return text


def read_document(source: Path | str, *, name: str | None = None) -> Document:
    """Read a YAML or JSON document from a file (`Path`) or from text (`str`).

    Raises:
        PlanError: it cannot be read, is too large, is no UTF-8, or is no YAML; or a key stands twice.
    """
    if isinstance(source, Path):
        file = name or str(source)
        try:
            if source.stat().st_size > LARGEST:
                raise PlanError.of(file, f"larger than {LARGEST:,} bytes, which no plan needs")
            text = source.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise PlanError.of(file, f"not UTF-8 text (byte {error.start})", nearest="save it as UTF-8") from error
        except OSError as error:
            raise PlanError.of(file, f"cannot be read: {error.strerror or error}") from error
    else:
        file, text = name or "<plan>", source
    document = Document(file)
    try:
        root = YAML(typ="rt", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise PlanError.of(
            file, f"not valid YAML: {error.problem or error.context or 'cannot be parsed'}", line=line, column=column
        ) from error
    except YAMLError as error:
        raise PlanError.of(file, f"not valid YAML: {error}") from error
    if root is None:
        raise PlanError.of(file, "the file is empty", nearest="start from the example in docs/plans.md")
    document.content = _Reader(document).read(root, ())
    if document.mistakes:
        raise PlanError(document.mistakes)
    return document


class _Reader:
    """Turns nodes into plain values and notes where each stands."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.count = 0

    def read(self, node: Node, path: Path_) -> Any:
        self.count += 1
        if self.count > MOST_NODES or len(path) > 50:
            raise PlanError.of(self.document.file, "unfolds into too many values; write it without aliases")
        place = (node.start_mark.line + 1, node.start_mark.column + 1)
        self.document.places[path] = place
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.read(item, (*path, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, ScalarNode)
        plain = node.style is None
        if plain and node.tag == "tag:yaml.org,2002:null":
            return None
        if plain and node.tag == "tag:yaml.org,2002:bool":
            return node.value.lower() in ("true", "yes", "on")
        return str(node.value)

    def _mapping(self, node: MappingNode, path: Path_) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
            if key in result:
                first = self.document.keys[(*path, key)][0]
                self.document.mistakes.append(
                    Mistake(
                        self.document.file, line, column, written((*path, key)), "this key stands twice", None,
                        f"it stands first in line {first}; keep one",
                    )
                )  # fmt: skip
                continue
            self.document.keys[(*path, key)] = (line, column)
            result[key] = self.read(value_node, (*path, key))
        return result
