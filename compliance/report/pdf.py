"""A document as PDF: tagged (PDF/UA-1), for archives (PDF/A-3a), fonts embedded, Arabic shaped, the same bytes each time.

Typst sets the pages from one template of ours; the content reaches it as JSON, so that nothing from a company's records
is ever read as markup. Values that run from left to right inside Arabic stand in boxes of their own, long ids are cut
into pieces between which a line may break, and drawings are the SVG of the HTML page with their styles inside. The date
in the file is the day of the law that was used: nothing depends on the clock.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compliance.figures import END, FREE, LTR
from compliance.report import blocks
from compliance.report.blocks import Block, Document, Line, Span
from compliance.report.content import document
from compliance.report.glyphs import covered, written
from compliance.report.model import Report
from compliance.report.words import WORDS
from intake.text import Language

if TYPE_CHECKING:
    from typst import PDFStandard

STANDARDS: list[PDFStandard] = ["a-3a", "ua-1"]
UNDATED = datetime(1980, 1, 1, tzinfo=UTC)
BOXED = 34
"""Letters of a left-to-right value up to which it is never broken over two lines."""
PIECE, WHOLE = 5, 9
"""Ids in tables longer than `WHOLE` may be broken after every `PIECE` letters."""
UNBROKEN = 40
"""Letters without a space after which a word of running text may be broken."""

DRAWING = (
    'text{font-family:"IBM Plex Sans","IBM Plex Sans Arabic";font-size:12px;fill:#17212b}'
    ".axis{stroke:#5a6672;fill:none}.top{stroke:#d8dee4}.equal{stroke:#5a6672;stroke-dasharray:4 4;fill:none}"
    ".lorenz{stroke:#1f4e79;stroke-width:2.5;fill:none}.whisker{stroke:#17212b}"
    ".in{fill:#2f6690}.out{fill:#c8762a}.people{fill:#6b8ba4}.below{fill:#b4534a}"
)
"""Styles of the drawings, as in `report.css`, in plain colours."""

_ISOLATE = re.compile(f"([{LTR}{FREE}][^{LTR}{FREE}{END}]*{END})")
_SIZE = re.compile(r'viewBox="0 0 (\d+) (\d+)"')
_LONG = re.compile(rf"\S{{{UNBROKEN},}}")


def render_pdf(report: Report, language: Language) -> bytes:
    """The whole report as PDF in one language."""
    return write_pdf(document(report, language, paper=True), made_on(report.provenance.rules_on))


def made_on(day: str) -> datetime:
    """The date that a file carries: midnight UTC of a day, or a fixed one where there is none."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC) if day else UNDATED


def write_pdf(doc: Document, made: datetime) -> bytes:
    """A document as PDF.

    Args:
        doc: what to print.
        made: the date that the file carries.
    """
    import typst
    from typst import Fonts

    fonts = _fonts()
    data = _Writer(doc, covered(fonts)).data()
    template = (resources.files("compliance.report") / "templates" / "report.typ").read_bytes()
    found: bytes = typst.compile(
        template,
        font_paths=Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts]),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=STANDARDS,
        timestamp=made,
    )
    return found


@cache
def engine() -> str:
    """The version of Typst that sets the pages, as each PDF names it; the Python package counts its own."""
    import typst

    source = b"#metadata(str(sys.version)) <version>"
    asked = typst.query(source, "<version>", field="value", one=True, ignore_system_fonts=True)
    return str(json.loads(asked))


@cache
def _fonts() -> Path:
    return Path(str(resources.files("compliance.report") / "fonts"))


class _Writer:
    """A document as the plain values that the template reads."""

    def __init__(self, doc: Document, known: frozenset[str]) -> None:
        self.doc = doc
        self.known = known
        self.coded = False
        """Whether a character had to be written by its code."""
        self.targets = {section.id for section in doc.sections}
        for section in doc.sections:
            self.targets |= set(_ids(section.blocks))

    def data(self) -> dict[str, Any]:
        doc = self.doc
        sections = [
            {
                "id": section.id,
                "title": self.text(section.title),
                "index": section.index,
                "blocks": self.blocks(section.blocks),
            }
            for section in doc.sections
        ]
        values: dict[str, Any] = {
            "language": doc.language,
            "kicker": self.text(doc.kicker),
            "title": _LONG.sub(_breakable, self.plain(doc.title)),
            "lead": self.line((doc.lead,)),
            "line": self.line(doc.line),
            "contents": doc.contents,
            "sections": sections,
            "footer": self.line((doc.footer,)),
            "running": _LONG.sub(_breakable, self.text(_cut(doc.running))),
            "page": WORDS["page"].in_language(doc.language),
            "program": self.text(doc.program),
        }
        values["coded"] = WORDS["no_glyph"].in_language(doc.language) if self.coded else ""
        return values

    def text(self, text: str) -> str:
        """A text that the fonts can show."""
        found = written(text, self.known)
        self.coded |= found != text.replace("\r\n", "\n").replace("\r", "\n")
        return found

    def plain(self, text: str) -> str:
        """A text without isolates, for places of one direction."""
        return self.text(re.sub(f"[{LTR}{FREE}{END}]", "", text))

    def blocks(self, given: Iterable[Block]) -> list[dict[str, Any]]:
        return [{"k": block.kind, **self.block(block)} for block in given]

    def block(self, block: Block) -> dict[str, Any]:
        match block:
            case blocks.Heading():
                return {"t": self.plain(block.text), "level": block.level, "id": block.id}
            case blocks.Paragraph():
                return {"line": self.line(block.line), "style": block.style}
            case blocks.Items():
                lines = [self.line(each) for each in block.lines]
                return {"lines": lines, "style": block.style, "ids": list(block.ids)}
            case blocks.TileBlock():
                return {"tiles": [[self.line((part,)) for part in tile] for tile in block.tiles]}
            case blocks.Table():
                head = [
                    {"line": self.cell((column.text,), records=block.records), "n": column.number}
                    for column in block.head
                ]
                rows = [[self.cell(cell, records=block.records) for cell in row] for row in block.rows]
                return {"head": head, "rows": rows, "records": block.records, "ids": list(block.ids)}
            case blocks.Terms():
                pairs = [[self.line((term,)), [self.line(each) for each in lines]] for term, lines in block.pairs]
                return {"pairs": pairs}
            case blocks.Code():
                return {"t": self.text(block.text)}
            case blocks.Figure():
                return {
                    "svg": self.drawing(block.svg),
                    "caption": self.plain(block.caption),
                    "alt": self.plain(block.alt),
                    "legend": [[css, self.text(name)] for css, name in block.legend],
                    "note": self.line((block.note,)),
                }
            case blocks.Steps():
                return {"lines": [[depth, self.line(each)] for depth, each in block.lines]}
            case blocks.Fold():
                return {"summary": self.line((block.summary,)), "blocks": self.blocks(block.blocks)}
            case blocks.Card():
                return {
                    "id": block.id,
                    "title": self.line(block.title),
                    "state": block.state,
                    "blocks": self.blocks(block.blocks),
                }

    def line(self, parts: Line) -> list[Any]:
        """Plain texts, and for the rest `{k, t, to}`."""
        found: list[Any] = []
        for part in parts:
            if isinstance(part, str):
                found += self.running(part)
            elif part.kind == "text":
                found += self.running(part.text)
            elif part.kind in ("ltr", "code"):
                found.append(self.value(part.text, part.kind))
            elif part.kind == "jump" and part.to not in self.targets:
                found += self.running(part.text)
            elif part.kind == "link":
                found.append({"k": "link", "t": self.text(part.text), "to": part.to})
            else:
                found.append({"k": part.kind, "t": self.running(part.text), "to": part.to})
        return found

    def running(self, text: str) -> list[Any]:
        """Running text: what stands in an isolate becomes a value of its own."""
        if not text:
            return []
        found: list[Any] = []
        for index, piece in enumerate(_ISOLATE.split(text)):
            if index % 2 and piece[0] == LTR and len(piece) <= BOXED:
                found.append(self.value(piece[1:-1], "ltr"))
            elif piece:
                found.append(_LONG.sub(_breakable, self.text(piece)))
        return found

    def value(self, text: str, kind: str) -> dict[str, Any]:
        shown = self.text(re.sub(f"[{LTR}{FREE}{END}]", "", text))
        if len(shown) <= BOXED or (kind == "code" and len(shown) <= 64):
            return {"k": kind, "t": shown}
        return {"k": "long", "t": f"{LTR}{_LONG.sub(_breakable, shown)}{END}", "code": kind == "code"}

    def cell(self, parts: Line, *, records: bool) -> list[Any]:
        """A cell; one that holds a single id or a row's value may be broken anywhere."""
        if len(parts) == 1:
            only = parts[0]
            if records and isinstance(only, str):
                return [{"k": "pieces", "t": _pieces(self.plain(only)), "code": False}]
            if isinstance(only, Span) and only.kind in ("ltr", "code"):
                return [{"k": "pieces", "t": _pieces(self.plain(only.text)), "code": only.kind == "code"}]
        return self.line(parts)

    def drawing(self, svg: str) -> str:
        """The SVG with its size and styles inside; direction is that of each text's letters."""
        size = _SIZE.search(svg)
        assert size is not None, "every drawing of ours has a viewBox"
        width, height = size.groups()
        opening = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        return self.plain(svg).replace("<svg", opening, 1).replace(">", f"><style>{DRAWING}</style>", 1)


def _ids(given: Iterable[Block]) -> Iterable[str]:
    for block in given:
        match block:
            case blocks.Heading():
                yield from [block.id] if block.id else []
            case blocks.Items() | blocks.Table():
                yield from block.ids
            case blocks.Fold():
                yield from _ids(block.blocks)
            case blocks.Card():
                yield block.id
                yield from _ids(block.blocks)


def _pieces(text: str) -> list[str]:
    """A value cut where a line may break: at spaces, after signs, and inside long words anywhere.

    >>> _pieces("0x12345678abcdef"), _pieces("2024-01-31 10:00")
    (['0x123', '45678', 'abcde', 'f'], ['2024-', '01-31', ' ', '10:00'])
    """
    found: list[str] = []
    for word in re.findall(r"\s+|[^\s_\-./:]+[_\-./:]*|[_\-./:]+", text):
        if found and len(found[-1]) + len(word) <= PIECE and not word.isspace() and not found[-1].isspace():
            found[-1] += word
        elif len(word) <= WHOLE:
            found.append(word)
        else:
            found += [word[at : at + PIECE] for at in range(0, len(word), PIECE)]
    return found


def _breakable(match: re.Match[str]) -> str:
    word = match.group()
    return "\u200b".join(word[at : at + UNBROKEN // 2] for at in range(0, len(word), UNBROKEN // 2))


def _cut(text: str) -> str:
    text = re.sub(f"[{LTR}{FREE}{END}]", "", text)
    return text if len(text) <= 90 else text[:89] + "…"
