"""Which characters the fonts of a printed report can show, read from the fonts themselves.

A PDF for archives must not hold a character without a glyph, and a company's records may hold any. What no font of
ours covers is written by its code, `[U+4E2D]`, and the report says so. Only the `cmap` table is read, in the two
formats that our fonts use.

Reference: OpenType specification, cmap subtable formats 4 and 12.
"""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path

INVISIBLE = frozenset(map(chr, (0x09, 0x0A, 0x20, 0xA0, 0x200B, 0x2060, 0x2066, 0x2067, 0x2068, 0x2069)))
"""What sets text and needs no glyph; every other control is written by its code."""


@cache
def covered(folder: Path) -> frozenset[str]:
    """Every character that a `.ttf` of a folder has a glyph for."""
    found: set[str] = set()
    for path in sorted(folder.glob("*.ttf")):
        found.update(map(chr, _codes(path.read_bytes())))
    return frozenset(found)


def written(text: str, known: frozenset[str]) -> str:
    """A text in which characters that are not known stand by their code.

    >>> written("a\u4e2d", frozenset("a"))
    'a[U+4E2D]'
    """
    if all(letter in known or letter in INVISIBLE for letter in text):
        return text
    return "".join(
        letter if letter in known or letter in INVISIBLE else f"[U+{ord(letter):04X}]"
        for letter in text.replace("\r\n", "\n").replace("\r", "\n")
    )


def _codes(font: bytes) -> set[int]:
    tables = struct.unpack_from(">H", font, 4)[0]
    for index in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sLLL", font, 12 + 16 * index)
        if tag == b"cmap":
            return _mapped(font, offset)
    return set()


def _mapped(font: bytes, start: int) -> set[int]:
    codes: set[int] = set()
    for index in range(struct.unpack_from(">H", font, start + 2)[0]):
        at = start + struct.unpack_from(">HHL", font, start + 4 + 8 * index)[2]
        kind = struct.unpack_from(">H", font, at)[0]
        if kind == 4:
            codes |= _segments(font, at)
        elif kind == 12:
            for group in range(struct.unpack_from(">L", font, at + 12)[0]):
                first, last, _ = struct.unpack_from(">LLL", font, at + 16 + 12 * group)
                codes.update(range(first, last + 1))
    return codes


def _segments(font: bytes, at: int) -> set[int]:
    count = struct.unpack_from(">H", font, at + 6)[0] // 2
    ends, starts, deltas, offsets = (
        struct.unpack_from(f">{count}H", font, at + 14 + 2 * count * index + (2 if index else 0)) for index in range(4)
    )
    codes: set[int] = set()
    for index, (first, last, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offset:
                place = at + 16 + 6 * count + 2 * index + offset + 2 * (code - first)
                glyph = struct.unpack_from(">H", font, place)[0]
                if glyph == 0:
                    continue
            if (glyph + delta) % 0x10000:
                codes.add(code)
    return codes
