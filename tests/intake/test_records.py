"""The record finder against Python's own CSV reader, on any text."""

from __future__ import annotations

import csv
import io

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.formats import records

TEXT = st.text(alphabet=st.sampled_from(list('ab,"\n\r ;é')), max_size=60)


def python_rows(text: str) -> list[list[str]]:
    return [row for row in csv.reader(io.StringIO(text, newline="")) if row]


def found_in(data: bytes, *, most: int = 1 << 12) -> records.Records:
    return records.find_records(np.frombuffer(data, np.uint8), ",", final=True, line=1, most=most)


@settings(max_examples=400, deadline=None)
@given(TEXT)
def test_records_are_those_of_the_csv_module(text: str) -> None:
    """Same records, same number of cells, and each record's text reads as that record alone."""
    found = found_in(text.encode())
    rows = python_rows(text)
    assert found.width.tolist() == [len(row) for row in rows]
    data = text.encode()
    for start, stop, row in zip(found.start, found.stop, rows, strict=True):
        assert python_rows(data[start:stop].decode()) == [row]


@settings(max_examples=200, deadline=None)
@given(TEXT)
def test_lines_are_those_of_an_editor(text: str) -> None:
    """The line of a record is one more than the line endings before it, whichever of the three they are."""
    found = found_in(text.encode())
    data = text.encode()
    for start, line in zip(found.start, found.line, strict=True):
        before = data[:start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        assert line == before.count(b"\n") + 1


@settings(max_examples=200, deadline=None)
@given(TEXT, st.integers(0, 60))
def test_a_text_may_be_cut_anywhere(text: str, cut: int) -> None:
    """Feeding a text in two blocks finds the same records on the same lines."""
    data = text.encode()
    whole = found_in(data)
    cut = min(cut, len(data))
    first = records.find_records(np.frombuffer(data[:cut], np.uint8), ",", final=False, line=1, most=4096)
    second = records.find_records(
        np.frombuffer(data, np.uint8), ",", offset=first.consumed, final=True, line=first.next_line, most=4096
    )
    assert np.concatenate([first.start, second.start]).tolist() == whole.start.tolist()
    assert np.concatenate([first.line, second.line]).tolist() == whole.line.tolist()


@settings(max_examples=200, deadline=None)
@given(TEXT, st.integers(1, 7))
def test_passing_over_a_record_ends_where_it_ends(text: str, piece: int) -> None:
    """A record too large to hold is skipped piece by piece to the same place."""
    data = text.encode()
    found = found_in(data)
    if not len(found) or found.start[0] != 0:
        return
    skipper = records.RecordSkipper(",", 1)
    at = 0
    while at < len(data):
        end = skipper.feed(np.frombuffer(data[at : at + piece], np.uint8))
        if end is not None:
            at += end
            break
        at += piece
    rest = found_in(data[min(at, len(data)) :])
    assert len(rest) == len(found) - 1


def test_flags_and_lengths() -> None:
    found = found_in('a,b\n"x\ny",é\nz\0,"open'.encode())
    assert found.flags.tolist() == [0, records.MULTILINE | records.HAS_HIGH, records.HAS_NUL | records.UNCLOSED]
    assert found.longest.tolist() == [1, 5, 5]
    assert found.line.tolist() == [1, 2, 4]
