"""Which encoding a text file is in, and its text as UTF-8 in pieces of bounded size.

One pass over the whole file settles it: a byte-order mark, the zero bytes of UTF-16, or valid UTF-8 to the
last byte. Otherwise a few bad bytes in a mass of good UTF-8 are damage (their rows are refused), and anything
else is a legacy code page, told apart by the shape of its words: Arabic and Chinese letters come in runs of
high bytes, accented Latin letters stand alone among ASCII. The same pass computes the file's SHA-256.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from intake.errors import UnreadableFile
from intake.text import Text

_PIECE = 4 << 20
_AS_TEXT = "يُرجى تصدير الجدول من جديد بصيغة CSV وبترميز UTF-8، أو تصحيح نهاية اسم الملف (⁨.xlsx⁩ أو ⁨.parquet⁩ أو ⁨.zip⁩)."
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")


@dataclass(frozen=True, slots=True)
class TextFacts:
    """What one pass over a text file told.

    Attributes:
        encoding: Name of the codec.
        skip: Bytes of the byte-order mark.
        sure: False if the encoding was guessed from the shape of words.
        damaged: Whether some bytes are not valid in the encoding.
        sha256: Of the bytes as found, hexadecimal.
        size: Bytes.
    """

    encoding: str
    skip: int
    sure: bool
    damaged: bool
    sha256: str
    size: int


def examine(path: Path, name: str, encoding: str | None = None) -> TextFacts:
    """Read a text file once to learn its encoding and digest.

    Args:
        path: The file.
        name: How errors call it.
        encoding: The encoding that a data sheet names, which is then believed.

    Raises:
        UnreadableFile: Not text at all.
    """
    digest = hashlib.sha256()
    size = nuls = 0
    strict = codecs.getincrementaldecoder("utf-8")("strict")
    valid = True
    suspicious: list[bytes] = []
    head = b""
    first_nul_line: int | None = None
    lines = 1
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
            if not head:
                head = piece[:4096]
            if nul_count := piece.count(0):
                if first_nul_line is None:
                    first_nul_line = lines + piece[: piece.index(0)].count(b"\n")
                nuls += nul_count
            elif first_nul_line is None:
                lines += piece.count(b"\n")
            size += len(piece)
            if valid:
                try:
                    strict.decode(piece)
                except UnicodeDecodeError:
                    valid = False
            if not valid and len(suspicious) < 4:
                suspicious.append(piece)
    if valid:
        try:
            strict.decode(b"", final=True)
        except UnicodeDecodeError:
            valid = False
            with path.open("rb") as file:
                file.seek(max(0, size - 4096))
                suspicious.append(file.read())

    def facts(codec: str, *, skip: int = 0, sure: bool = True, damaged: bool = False) -> TextFacts:
        return TextFacts(codec, skip, sure, damaged, digest.hexdigest(), size)

    marked = next(((bom, codec) for bom, codec in _BOMS if head.startswith(bom)), None)
    if encoding is not None:
        codec = codecs.lookup(encoding).name
        if codec == "utf-16":
            codec = marked[1] if marked else "utf-16-le"
        if codec == "utf-8-sig":
            codec = "utf-8"
        skip = len(marked[0]) if marked and marked[1] == codec else 0
        return facts(codec, skip=skip, damaged=codec != "utf-8" or not valid)
    if marked:
        return facts(marked[1], skip=len(marked[0]), damaged=marked[1] != "utf-8" or not valid)
    if nuls:
        wide = _unmarked_utf16(head)
        if wide:
            return facts(wide, sure=False, damaged=True)
        if nuls > 16 or _is_binary(head):
            raise UnreadableFile(
                Text(
                    en="holds zero bytes and is not text, whatever its name says. Export the table again as CSV in UTF-8,"
                    " or give the file its true ending (.xlsx, .parquet, .zip).",
                    ar=f"فيه بايتات صفرية فليس نصًا وإن دل اسمه على ذلك. {_AS_TEXT}",
                ),
                file=name,
                line=first_nul_line,
            )
    elif _is_binary(head):
        raise UnreadableFile(
            Text(
                en="holds control characters and is not text, whatever its name says. Export the table again as CSV in"
                " UTF-8, or give the file its true ending (.xlsx, .parquet, .zip).",
                ar=f"فيه رموز تحكم فليس نصًا وإن دل اسمه على ذلك. {_AS_TEXT}",
            ),
            file=name,
            line=1,
        )
    if valid:
        return facts("utf-8")
    sample = b"".join(suspicious)
    decoded = sample.decode("utf-8", "surrogateescape")
    bad = sum(1 for letter in decoded if "\udc80" <= letter <= "\udcff")
    good = sum(1 for letter in decoded if letter > "\x7f") - bad
    if good > 10 * bad:
        return facts("utf-8", damaged=True)
    return facts(_code_page(sample), sure=False, damaged=True)


def _is_binary(head: bytes) -> bool:
    odd = sum(1 for byte in head if byte < 32 and byte not in b"\t\n\r\f\x1b\x1a\x1f\x01")
    return odd > 2 + len(head) // 50


def _unmarked_utf16(head: bytes) -> str | None:
    half = max(1, len(head) // 2)
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 0.3 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.3 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _code_page(sample: bytes) -> str:
    runs = _HIGH_RUN.findall(sample)
    high = sum(map(len, runs))
    if not high:
        return "cp1252"
    chinese = sum(
        len(run)
        for run in runs
        if len(run) % 2 == 0 and all(0xB0 <= byte <= 0xF7 for byte in run[0::2]) and min(run) >= 0xA1
    )
    if chinese == high:
        return "gb18030"
    in_words = sum(len(run) for run in runs if len(run) >= 3)
    return "cp1256" if in_words > 0.5 * high else "cp1252"


def utf8_pieces(path: Path, facts: TextFacts, size: int) -> Iterator[tuple[bytes, int]]:
    """The text as UTF-8, in pieces of about `size` bytes, each with the bytes of the file read so far.

    A byte that is invalid in a legacy encoding becomes U+FFFD; invalid UTF-8 is passed on as it is.
    """
    with path.open("rb") as file:
        file.seek(facts.skip)
        done = facts.skip
        if facts.encoding == "utf-8":
            while piece := file.read(size):
                done += len(piece)
                yield piece, done
            return
        decoder = codecs.getincrementaldecoder(facts.encoding)("replace")
        while piece := file.read(size):
            done += len(piece)
            yield decoder.decode(piece).encode("utf-8", "replace"), done
        if rest := decoder.decode(b"", final=True):
            yield rest.encode("utf-8", "replace"), done
