"""Options that every command shares, written once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Language(StrEnum):
    """The languages of Downline."""

    EN = "en"
    AR = "ar"


Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
Lang = Annotated[Language, typer.Option("--lang", help="Language of texts.")]
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
