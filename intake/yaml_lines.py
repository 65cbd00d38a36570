"""YAML as plain text values that remember their lines.

A mapping file must say what the company's file says: `0x37675089` is a method's name and not a number, `no` a
word and not a refusal. So every scalar stays the text it was written as (only an empty one and `null` are
None), and a model's types decide later. Lines are kept by path, so that an error can name one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from intake.errors import DataSheetError

Plain = None | str | list["Plain"] | dict[str, "Plain"]
Path_ = tuple[str | int, ...]

_MOST_NODES = 200_000
_DEEPEST = 20


@dataclass(slots=True)
class Document:
    """The parsed text: `content` as plain values, and the 1-based line of each path."""

    content: Plain
    lines: dict[Path_, int] = field(default_factory=dict)

    def line_of(self, path: Path_) -> int | None:
        """Line of the nearest part of the path that exists."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None


def load(path: Path, name: str, most_bytes: int) -> Document:
    """Read a YAML (or JSON) file.

    Raises:
        DataSheetError: Not readable as YAML, too large, or with a key twice; names the line.
    """
    try:
        raw = path.read_bytes()[: most_bytes + 1]
    except OSError as error:
        raise DataSheetError(f"could not be opened ({error.strerror}).", file=name) from error
    if len(raw) > most_bytes:
        raise DataSheetError(f"is larger than {most_bytes} bytes; a data sheet is a page or two.", file=name)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DataSheetError("is not UTF-8 text here; save it as UTF-8.", file=name, line=line) from error
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise DataSheetError(
            f"is not valid YAML: {error.problem or error.context}. Check indentation, colons and quotes there.",
            file=name,
            line=None if mark is None else mark.line + 1,
        ) from error
    except YAMLError as error:
        raise DataSheetError(f"is not valid YAML: {error}.", file=name) from error
    document = Document(None)
    if node is not None:
        budget = [_MOST_NODES]
        document.content = _plain(node, (), document, name, budget)
    return document


def _plain(node: Node, path: Path_, document: Document, name: str, budget: list[int]) -> Plain:
    line = node.start_mark.line + 1
    document.lines.setdefault(path, line)
    budget[0] -= 1
    if budget[0] < 0 or len(path) > _DEEPEST:
        raise DataSheetError("nests or repeats too much; write it out plainly.", file=name, line=line)
    if isinstance(node, ScalarNode):
        text: str = node.value
        return None if node.style is None and text in {"", "~", "null", "Null", "NULL"} else text
    if isinstance(node, SequenceNode):
        return [_plain(item, (*path, i), document, name, budget) for i, item in enumerate(node.value)]
    assert isinstance(node, MappingNode)
    mapping: dict[str, Plain] = {}
    for key_node, value_node in node.value:
        key_line = key_node.start_mark.line + 1
        if not isinstance(key_node, ScalarNode):
            raise DataSheetError("a key must be a word, not a list or mapping.", file=name, line=key_line)
        key: str = key_node.value
        if key in mapping:
            raise DataSheetError(f"the key `{key}` occurs twice; keep one.", file=name, line=key_line, value=key)
        document.lines[(*path, key)] = key_line
        mapping[key] = _plain(value_node, (*path, key), document, name, budget)
    return mapping
