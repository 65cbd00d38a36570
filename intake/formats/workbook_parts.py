"""A look through the parts of an Excel workbook before any reader may touch it.

Each part is inflated once in small pieces: that counts its true size (an archive can lie about it), refuses
document types and entities, finds every cell that holds a formula, and measures how far the cells reach.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import join, normpath
from xml.parsers import expat

from intake.errors import TooLarge, UnreadableFile, UnsafeArchive
from intake.formats.digest import DAMAGED_ARCHIVE
from intake.limits import MIB, Limits
from intake.text import Text, say

_PROTECTED = Text(
    en="is password-protected. Save it without a password.", ar="محمي بكلمة مرور. يُرجى حفظه بلا كلمة مرور."
)
_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"

_Start = Callable[[str, dict[str, str]], None]


@dataclass(slots=True)
class Grid:
    """What a look at a sheet's XML told: 1-based extents and cells with formulas."""

    rows: int = 0
    columns: int = 0
    formulas: list[tuple[int, int, str]] = field(default_factory=list)
    """Row, column, and the formula's text with its `=`; a formula shared by a range is told by its first cell alone."""


def look_through(path: Path, name: str, limits: Limits) -> dict[str, Grid]:
    """Inflate every part once; the grids of the sheets by title."""
    grids: dict[str, Grid] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            if any(info.flag_bits & 1 for info in archive.infolist()):
                raise UnreadableFile(_PROTECTED, file=name)
            names = set(archive.namelist())
            if "EncryptedPackage" in names:
                raise UnreadableFile(_PROTECTED, file=name)
            if _WORKBOOK not in names:
                raise UnreadableFile(
                    Text(
                        en="is a zip archive but no Excel workbook. Give it the ending .zip.",
                        ar="أرشيف zip وليس مصنف Excel. يُرجى أن ينتهي اسمه بـ ⁨.zip⁩.",
                    ),
                    file=name,
                )
            titles = _sheet_parts(archive, name)
            budget = limits.workbook
            for info in archive.infolist():
                part = info.filename
                grid = Grid() if part in titles else None
                budget = _inflate(archive, info, name, budget, grid)
                if grid is not None:
                    grids[titles[part]] = grid
    except DAMAGED_ARCHIVE as error:
        raise UnreadableFile(
            say(
                "is truncated or damaged ({error}). Copy or save it again.",
                "مبتور أو تالف ({error}). يُرجى نسخه أو حفظه من جديد.",
                error=error,
            ),
            file=name,
        ) from error
    return grids


def _sheet_parts(archive: zipfile.ZipFile, name: str) -> dict[str, str]:
    """Title of the sheet that each part holds."""
    targets: dict[str, str] = {}
    if _RELATIONS in archive.namelist():
        for tag, attributes in _elements(_small(archive, _RELATIONS, name), name):
            if tag == "Relationship":
                target = attributes.get("Target", "")
                part = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
                targets[attributes.get("Id", "")] = part
    titles: dict[str, str] = {}
    for tag, attributes in _elements(_small(archive, _WORKBOOK, name), name):
        if tag == "sheet":
            key = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            if key in targets:
                titles[targets[key]] = attributes.get("name", "")
    return titles


def _small(archive: zipfile.ZipFile, part: str, name: str) -> bytes:
    with archive.open(part) as file:
        content = file.read(4 * MIB + 1)
    if len(content) > 4 * MIB:
        raise TooLarge(say("its part {part} is beyond 4 MiB.", "الجزء {part} فيه أكبر من ⁨4 MiB⁩.", part=part), file=name)
    return content


def _elements(xml: bytes, name: str) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        found.append((tag.rpartition(":")[2], attributes))

    _parse(_parser(name, start), xml, name, final=True)
    return found


def _parser(name: str, start: _Start) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise _document_type(name)

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    return parser


def _parse(parser: expat.XMLParserType, piece: bytes, name: str, *, final: bool) -> None:
    try:
        parser.Parse(piece, final)
    except expat.ExpatError as error:
        raise UnreadableFile(
            say(
                "holds damaged XML ({error}). Save it again.",
                "فيه XML تالف ({error}). يُرجى حفظه من جديد.",
                error=error,
            ),
            file=name,
        ) from error


def _inflate(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, budget: int, grid: Grid | None) -> int:
    """Read a part to its end; returns what is left of the budget of bytes."""
    xml = info.filename.lower().endswith((".xml", ".rels", ".vml"))
    glance = _Glance()
    head = b""
    for piece in _pieces(archive, info):
        budget -= len(piece)
        if budget < 0:
            raise TooLarge(
                Text(
                    en="is larger than the limit once unpacked. Save the table as CSV and import that.",
                    ar="أكبر من الحد بعد فك ضغطه. يُرجى حفظ الجدول بصيغة CSV واستيراده.",
                ),
                file=name,
            )
        if xml and len(head) < MIB:
            head += piece
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                raise _document_type(name)
        if grid is not None:
            glance.feed(piece)
    if grid is None:
        return budget
    glance.feed(b"", final=True)
    if glance.enough:
        grid.rows, grid.columns = glance.rows, glance.columns
        return budget
    parser = _grid_parser(name, grid)
    for piece in _pieces(archive, info):
        _parse(parser, piece, name, final=False)
    _parse(parser, b"", name, final=True)
    return budget


def _pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(info) as file:
        while piece := file.read(MIB):
            yield piece


def _document_type(name: str) -> UnsafeArchive:
    return UnsafeArchive(
        Text(
            en="declares a document type inside its XML, which Excel never does. Save it again from Excel or LibreOffice.",
            ar="يعرّف نوع مستند داخل XML، ولا يفعل Excel ذلك. يُرجى حفظه من جديد من Excel أو LibreOffice.",
        ),
        file=name,
    )


_CELL = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")
_PLACE = re.compile(rb"""<(?:[\w.-]+:)?c\s[^<>]*?\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_FORMULA_CUT = 500
_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")


class _Glance:
    """A sheet's extents by patterns, several times as fast as by its XML.

    `enough` is false where the XML must be read after all: a formula, a cell that does not say where it is, or
    another encoding than UTF-8.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.columns = 0
        self.enough = True
        self._rest = b""
        self._letters: set[bytes] = set()
        self._first = True

    def feed(self, piece: bytes, *, final: bool = False) -> None:
        """Look at the next piece of the part."""
        if self._first and (
            b"\x00" in piece[:64] or (b"utf-8" not in piece[:200].lower() and b"encoding" in piece[:200])
        ):
            self.enough = False
        self._first = False
        if not self.enough:
            return
        data = self._rest + piece
        cut = len(data) if final else data.rfind(b"<")
        self._rest = data[cut:]
        data = data[:cut]
        places = _PLACE.findall(data)
        if len(places) != len(_CELL.findall(data)) or _FORMULA.search(data) or len(self._rest) > MIB:
            self.enough = False
            return
        if places:
            self.rows = max(self.rows, max(int(number) for _, number in places))
            for letters in {letters for letters, _ in places} - self._letters:
                self.columns = max(self.columns, _coordinates(letters.decode() + "1", 0, 0)[1])
                self._letters.add(letters)


def _grid_parser(name: str, grid: Grid) -> expat.XMLParserType:
    row = 0
    column = 0
    text: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column
        tag = tag.rpartition(":")[2]
        if tag == "c":
            place = attributes.get("r")
            if place is None:
                column += 1
            else:
                row, column = _coordinates(place, row, column)
            grid.rows = max(grid.rows, row)
            grid.columns = max(grid.columns, column)
        elif tag == "row":
            number = attributes.get("r", "")
            row = int(number) if number.isdigit() else row + 1
            column = 0
        elif tag == "f":
            text.clear()
            parser.CharacterDataHandler = text.append
            parser.EndElementHandler = end

    def end(_tag: str) -> None:
        parser.CharacterDataHandler = None
        parser.EndElementHandler = None
        grid.formulas.append((row, column, "=" + "".join(text)[: _FORMULA_CUT - 1]))

    parser = _parser(name, start)
    return parser


def _coordinates(place: str, row: int, column: int) -> tuple[int, int]:
    """Row and column of a cell's name.

    >>> _coordinates("AB12", 0, 0)
    (12, 28)
    """
    letters = place.rstrip("0123456789")
    number = place[len(letters) :]
    if not number or not letters.isalpha() or not letters.isascii() or len(letters) > 3:
        return row, column + 1
    found = 0
    for letter in letters.upper():
        found = found * 26 + ord(letter) - 64
    return int(number), found
