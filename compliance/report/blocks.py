"""What a report is made of before it is a page: sections of blocks, blocks of lines, lines of spans.

Content is decided once, in `content` and its neighbours, and written down by two renderers (`render` for HTML, `pdf`
for print), so that both forms say the same. A block is data; nothing in it is markup, and whatever came from a
company's records stays plain text until a renderer has escaped it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from intake.text import Language

SpanKind = Literal["text", "ltr", "code", "strong", "muted", "state", "sign", "link", "jump"]


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text with one meaning.

    `ltr` is a foreign value (an id, a number) that keeps its direction; `code` one that is set in a fixed width;
    `state` and `sign` carry the state of a finding in `to`; `link` leads to an address, `jump` to an id of this report.
    """

    text: str
    kind: SpanKind = "text"
    to: str = ""


Line: TypeAlias = "tuple[Span | str, ...]"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading below that of its section: level 3 or 4."""

    kind: ClassVar[str] = "heading"
    text: str
    level: int = 3
    id: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; `small` is for paper, and `signed` leaves room to write by hand."""

    kind: ClassVar[str] = "paragraph"
    line: Line
    style: Literal["", "muted", "caution", "lead", "small", "signed"] = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list; `ids` names the items that are jumped to."""

    kind: ClassVar[str] = "items"
    lines: tuple[Line, ...]
    style: Literal["bullets", "plain"] = "bullets"
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TileBlock:
    """The headline figures: label, bound, value, detail of each."""

    kind: ClassVar[str] = "tiles"
    tiles: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """The heading of a column; numbers stand at its end."""

    text: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings. `records` are rows of the company's tables: small, left to right, ids broken anywhere.
    `ids` names the rows that are jumped to."""

    kind: ClassVar[str] = "table"
    head: tuple[Column, ...]
    rows: tuple[tuple[Line, ...], ...]
    records: bool = False
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms, each with what is to be said about it."""

    kind: ClassVar[str] = "terms"
    pairs: tuple[tuple[str, tuple[Line, ...]], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A query or a command, line by line as it is."""

    kind: ClassVar[str] = "code"
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing of ours with its caption, its legend (css class and name) and a sentence for those who do not see it."""

    kind: ClassVar[str] = "figure"
    svg: str
    caption: str
    alt: str
    legend: tuple[tuple[str, str], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Steps:
    """The arithmetic of one payment, as nested lines: depth and line."""

    kind: ClassVar[str] = "steps"
    lines: tuple[tuple[int, Line], ...]


@dataclass(frozen=True, slots=True)
class Fold:
    """What a screen shows on demand and paper always."""

    kind: ClassVar[str] = "fold"
    summary: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One finding or measurement, set apart; `state` colours its edge."""

    kind: ClassVar[str] = "card"
    id: str
    title: Line
    blocks: tuple[Block, ...]
    state: str = ""


Block: TypeAlias = Heading | Paragraph | Items | TileBlock | Table | Terms | Code | Figure | Steps | Fold | Card


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report that the contents list names; `index` lists its cards with their pages, on paper."""

    id: str
    title: str
    blocks: Sequence[Block]
    index: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report, or another statement of ours, in one language."""

    language: Language
    kicker: str
    title: str
    lead: str
    line: Line
    """Under the title: period and snapshot."""
    contents: str
    """Heading of the contents list; empty for none."""
    sections: tuple[Section, ...]
    footer: str
    running: str
    """At the foot of every printed page, beside its number."""
    program: str


def line(*parts: Span | str) -> Line:
    """A line of the parts that say something."""
    return tuple(part for part in parts if (part if isinstance(part, str) else part.text or part.kind == "sign"))
