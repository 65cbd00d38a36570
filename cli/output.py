"""What commands print: tables and sentences for people, one JSON document for programs, progress for the patient.

Everything meant to be read goes to standard output, progress and errors to standard error, so that
`downline ... --json | jq` works. Progress bars show only on a terminal.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unicodedata import category

from cli.options import Language


class PipeClosed(Exception):  # noqa: N818 - reads as what it says
    """Whoever read the output has stopped reading, as `head` does. That is no error.

    An exception of our own, because the parser answers a bare BrokenPipeError by itself, with exit code 1.
    """


def write(text: str) -> None:
    """Text on standard output.

    Raises:
        PipeClosed: nobody reads it any more.
    """
    try:
        sys.stdout.write(text)
    except BrokenPipeError as error:
        raise PipeClosed from error


def print_json(value: Any) -> None:
    """One JSON document on standard output; pydantic models and paths become what they are in JSON."""
    write(json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n")


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)


def on_one_line(text: str) -> str:
    """Text from outside, such as a file's name, with its control characters written out, so that none takes effect.

    >>> on_one_line("a\\x1b[2Jb")
    'a\\\\x1b[2Jb'
    """
    return "".join(repr(letter)[1:-1] if category(letter) in _CONTROLS else letter for letter in text)


_CONTROLS = {"Cc", "Cs", "Zl", "Zp"}
"""Controls, halves of characters, and separators of lines. What sets the direction of text stays: sentences use it."""


def print_lines(*lines: str) -> None:
    """Plain lines on standard output."""
    for line in lines:
        write(line + "\n")


def print_table(
    headings: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    numbers: Sequence[int] = (),
    lang: Language = Language.EN,
) -> None:
    """A table for people; columns whose index is in `numbers` are aligned to the right.

    In Arabic every line is one of a right-to-left table, even one that begins with a file's name, and every cell
    without Arabic letters is set apart: a terminal that knows both directions then shows the columns from the right. Numbers start where their column
    does, which is on the right there, so that their last digits stand under each other.
    """
    from io import StringIO

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for index, heading in enumerate(headings):
        table.add_column(
            heading, justify="right" if index in numbers and lang is Language.EN else "left", overflow="fold"
        )
    for row in rows:
        table.add_row(*(Text("" if cell is None else _cell(on_one_line(str(cell)), lang)) for cell in row))
    terminal = sys.stdout.isatty()
    page = StringIO()  # written below, because Rich ends the program by itself when a pipe is closed
    Console(file=page, force_terminal=terminal, width=shutil.get_terminal_size().columns if terminal else 140).print(
        table
    )
    start = RIGHT_TO_LEFT if lang is Language.AR else ""
    write("".join(f"{start}{line}" for line in page.getvalue().splitlines(keepends=True)))


RIGHT_TO_LEFT = "\u200f"
"""An invisible letter of Arabic: what a line begins with decides its direction."""
_OPENS, _CLOSES = "\u2068", "\u2069"
_ARABIC = re.compile("[\u0600-\u06ff]")


def _cell(text: str, lang: Language) -> str:
    return f"{_OPENS}{text}{_CLOSES}" if lang is Language.AR and text.strip() and not _ARABIC.search(text) else text


@contextmanager
def progress_bar(*, quiet: bool = False) -> Iterator[Any]:
    """A `Progress` for the rooms below: one bar a stage on a terminal, silence elsewhere."""
    from intake.progress import silent

    if quiet or not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description:<34}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def show(stage: str, share: float) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=1.0)
            bars.update(tasks[stage], completed=min(max(share, 0.0), 1.0))

        yield show
