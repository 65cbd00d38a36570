"""Options that every command shares, written once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import typer


class Language(StrEnum):
    """The languages of Downline."""

    EN = "en"
    AR = "ar"


def asked_language(words: Sequence[str], environment: Mapping[str, str]) -> Language:
    """The language of a command line before it is parsed, for what is wrong with it."""
    given = [after for word, after in pairwise([*words, ""]) if word == "--lang"]
    given += [word.removeprefix("--lang=") for word in words if word.startswith("--lang=")]
    asked = given[-1] if given else environment.get(LANGUAGE_VARIABLE, "")
    return Language.AR if asked == Language.AR else Language.EN


Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
LANGUAGE_VARIABLE = "DOWNLINE_LANG"
Lang = Annotated[
    Language, typer.Option("--lang", envvar=LANGUAGE_VARIABLE, show_envvar=False, help="Language of texts.")
]
CaseFolder = Annotated[
    Path, typer.Argument(help="A case folder, as `downline analyze` or `downline import` left it.", metavar="CASE")
]
Plan = Annotated[
    Path | None, typer.Option("--plan", help="Compensation plan (YAML); default the one the data sheet names.")
]
Law = Annotated[
    str | None,
    typer.Option(
        "--law",
        help="Rule packs, separated by commas, such as us,cn or ./mine.yaml (`downline packs` lists them); default those "
        "of the data sheet.",
    ),
]
On = Annotated[
    str | None,
    typer.Option("--on", help="Judge by the law in force on this day (YYYY-MM-DD); default the records' last day."),
]
Assume = Annotated[
    list[str] | None,
    typer.Option(
        "--assume",
        metavar="NAME=VALUE",
        help="A number that an analyst chooses, such as allowance=200 or retail_markup=0.3; may be given several times "
        "(docs/assumptions.md lists them).",
    ),
]
DataSheet = Annotated[
    Path | None,
    typer.Option("--datasheet", help="Data sheet (mapping file) to use instead of the folder's datasheet.yaml."),
]
Limit = Annotated[int, typer.Option("--limit", min=1, help="Most rows to print.")]
