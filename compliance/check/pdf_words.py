"""Reads a PDF from standard input and writes its words and ruled cells as JSON: a program of its own.

A PDF is a program for a page, and a hostile one can take forever or all memory. So it is read in a process with
bounds on time and memory, which knows nothing of the house; `pdf_tables` starts it and takes only words and boxes.
Positions are in points from the top left; a word is the list of its glyphs as they lie, from left to right.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdftypes import resolve1

MOST_WORDS, MOST_TABLES = 4_000, 20


def main() -> None:
    """Read, answer, end."""
    pages, seconds, memory = (int(each) for each in sys.argv[1:4])
    _bound(seconds, memory)
    raw = sys.stdin.buffer.read()
    try:
        found: dict[str, Any] = _read(raw, pages)
    except MemoryError:
        found = {"error": "memory"}
    except Exception as error:  # noqa: BLE001 - whatever a broken file makes the library raise, the answer is one word
        cause = error.args[0] if error.args and isinstance(error.args[0], Exception) else error
        found = {"error": "encrypted" if isinstance(cause, PDFPasswordIncorrect) else "damaged"}
    sys.stdout.write(json.dumps(found))


def _bound(seconds: int, memory: int) -> None:
    if sys.platform == "win32":
        return  # the process that started this one bounds the time
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _read(raw: bytes, most: int) -> dict[str, Any]:
    with pdfplumber.open(io.BytesIO(raw), pages=list(range(1, most + 1))) as document:
        pages = [_page(page) for page in document.pages[:most]]
        stated = resolve1(resolve1(document.doc.catalog["Pages"]).get("Count"))  # without walking through all of them
        return {"pages": max(stated if isinstance(stated, int) else 0, len(pages)), "read": pages}


def _page(page: Any) -> dict[str, Any]:
    upright = page.filter(lambda thing: thing.get("upright", True))
    words = upright.extract_words(x_tolerance_ratio=0.18, return_chars=True, keep_blank_chars=False)[:MOST_WORDS]
    ruled = page.find_tables()[:MOST_TABLES] if words and (page.lines or page.rects or page.curves) else []
    found = {
        "words": [
            [[char["text"] for char in sorted(_unraised(word["chars"]), key=lambda char: char["x0"])], *_box(word)]
            for word in words
        ],
        "tables": [
            [[None if cell is None else list(map(float, cell)) for cell in row.cells] for row in one.rows]
            for one in ruled
        ],
    }
    page.close()
    return found


def _unraised(chars: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The glyphs of a word without small raised ones: the mark of a footnote would be read as a digit of its sum."""
    size = max(float(char["size"]) for char in chars)
    foot = max(float(char["bottom"]) for char in chars)
    return [char for char in chars if char["size"] > 0.8 * size or char["bottom"] > foot - 0.15 * size]


def _box(word: dict[str, Any]) -> list[float]:
    return [round(float(word[side]), 2) for side in ("x0", "top", "x1", "bottom")]


if __name__ == "__main__":
    main()
