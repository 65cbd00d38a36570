"""YAML and JSON as plain text values that remember where they stand.

What people write for Downline (data sheets, plans, rule packs, answers) must be read as it is written: `0.05` is
no binary float, `0x37675089` a method's name and not a number, `no` a word. So every scalar stays the text that
stands in the file (an empty one and `null` are None), and a model's types decide later. Lines and columns are kept
by path, so that a mistake deep in a list can name its place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml import MarkedYAMLError, YAMLError
from yaml.events import CollectionEndEvent, CollectionStartEvent
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from intake.system import refused
from intake.text import Said, Text, say

Path_ = tuple[str | int, ...]
Place = tuple[int, int]
"""Line and column, from 1."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser, ten times as fast as the one in Python, which stands in where the wheel lacks it. Only its nodes are
used: what a plain word means (a number, a date, no) is never decided here."""
MOST_NODES = 200_000
"""Values after aliases are followed; stops a document that unfolds without end."""
DEEPEST = 20


class NotYaml(Said):
    """The file cannot be read as YAML; each room turns it into an error of its own.

    Attributes:
        problem: What is wrong.
        hint: The way out.
        place: Where, if it is at one place.
    """

    def __init__(self, problem: Text, hint: Text, place: Place | None = None) -> None:
        self.problem = problem
        self.hint = hint
        self.place = place
        super().__init__(say("{problem}; {hint}", "{problem}؛ {hint}", problem=problem, hint=hint))

    @property
    def line(self) -> int | None:
        """The line of the place."""
        return None if self.place is None else self.place[0]


@dataclass(frozen=True, slots=True)
class Repeated:
    """A key that stands twice in one mapping; the first one counts."""

    path: Path_
    place: Place
    first: Place


@dataclass(slots=True)
class Document:
    """The content as plain values, and where each of them stands."""

    content: Any = None
    """None, text, lists and mappings."""
    places: dict[Path_, Place] = field(default_factory=dict)
    """Path of a value -> where it begins."""
    keys: dict[Path_, Place] = field(default_factory=dict)
    """Path of a mapping's entry -> where its key stands."""
    repeated: list[Repeated] = field(default_factory=list)

    def place(self, path: Path_, *, key: bool = False) -> Place:
        """Where a value (or its key) stands, else the nearest thing around it that exists."""
        if key and path in self.keys:
            return self.keys[path]
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (1, 1))

    def line(self, path: Path_) -> int:
        """Line of the key or list item at a path, else of the nearest thing around it that exists."""
        while path and path not in self.places:
            path = path[:-1]
        return self.place(path, key=True)[0]

    def value_at(self, path: Path_) -> Any:
        """The value at a path, or None."""
        value = self.content
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value


def read_yaml(path: Path, most_bytes: int) -> Document:
    """Read a YAML or JSON file.

    Args:
        path: The file.
        most_bytes: How long it may be.

    Raises:
        NotYaml: It cannot be opened, is too large, or is no UTF-8 or no YAML.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(most_bytes + 1)
    except OSError as error:
        raise NotYaml(
            say("cannot be read: {why}", "تتعذر قراءته: {why}", why=refused(error)),
            Text(en="check that it is there and may be read", ar="يُرجى التحقق من وجوده ومن إذن قراءته"),
        ) from error
    if len(raw) > most_bytes:
        raise NotYaml(
            say("is larger than {most:,} bytes", "حجمه بالبايت أكبر من {most:,}", most=most_bytes),
            Text(
                en="such a file is a page or two; take out what is data",
                ar="مثل هذا الملف صفحة أو صفحتان؛ يُرجى حذف البيانات منه",
            ),
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise NotYaml(
            Text(en="is not UTF-8 text here", ar="ليس نصًا بترميز UTF-8 هنا"),
            Text(en="save it as UTF-8", ar="يُرجى حفظه بترميز UTF-8"),
            (line, 1),
        ) from error
    return parse_yaml(text)


def parse_yaml(text: str) -> Document:
    """Read YAML or JSON text; raises as `read_yaml` does."""
    try:
        _refuse_depth(text)
        node = yaml.compose(text, Loader=_LOADER)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise NotYaml(
            say(
                "is not valid YAML: {why}",
                "ليس YAML سليمًا: {why}",
                why=error.problem or error.context or "cannot be parsed",
            ),
            Text(
                en="check indentation, colons and quotes there",
                ar="يُرجى التحقق هناك من المسافات في أول السطر والنقطتين وعلامات الاقتباس",
            ),
            None if mark is None else (mark.line + 1, mark.column + 1),
        ) from error
    except YAMLError as error:
        raise NotYaml(
            say("is not valid YAML: {why}", "ليس YAML سليمًا: {why}", why=error),
            Text(en="save it as plain text", ar="يُرجى حفظه كنص عادي"),
        ) from error
    document = Document()
    if node is not None:
        document.content = _Reader(document).read(node, ())
    return document


def _refuse_depth(text: str) -> None:
    """Refuse a text that nests without end, before nodes are made of it: that is done by recursion in C."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, CollectionStartEvent):
            depth += 1
            if depth > DEEPEST + 1:
                place = (event.start_mark.line + 1, event.start_mark.column + 1) if event.start_mark else None
                raise NotYaml(
                    Text(en="nests too deeply", ar="مستويات التداخل فيه كثيرة"),
                    Text(en="write it out plainly", ar="يُرجى كتابته ببساطة"),
                    place,
                )
        elif isinstance(event, CollectionEndEvent):
            depth -= 1


class _Reader:
    """Turns nodes into plain values and notes where each stands."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.count = 0

    def read(self, node: Node, path: Path_) -> Any:
        place = _place(node)
        self.document.places[path] = place
        self.count += 1
        if self.count > MOST_NODES or len(path) > DEEPEST:
            raise NotYaml(
                Text(en="nests or repeats too much", ar="يكثر فيه التداخل أو التكرار"),
                Text(en="write it out plainly, without aliases", ar="يُرجى كتابته ببساطة وبلا إحالات (aliases)"),
                place,
            )
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.read(item, (*path, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, ScalarNode)
        empty = not node.style and node.tag == "tag:yaml.org,2002:null"
        return None if empty else str(node.value)

    def _mapping(self, node: MappingNode, path: Path_) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            place = _place(key_node)
            if not isinstance(key_node, ScalarNode):
                raise NotYaml(
                    Text(en="has a list or mapping as a key here", ar="فيه هنا قائمة أو مجموعة مفاتيح في مكان مفتاح"),
                    Text(en="write a word", ar="يُرجى كتابة كلمة"),
                    place,
                )
            entry = (*path, str(key_node.value))
            if entry in self.document.keys:
                self.document.repeated.append(Repeated(entry, place, self.document.keys[entry]))
                continue
            self.document.keys[entry] = place
            result[str(key_node.value)] = self.read(value_node, entry)
        return result


def _place(node: Node) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1
