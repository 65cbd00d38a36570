"""The command that makes up labelled companies, lists their kinds, and evaluates the indicators on them: `synth`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Json, Lang, Language
from cli.output import on_one_line, print_json, print_lines, print_table, progress_bar

if TYPE_CHECKING:
    from synthetic import Company

EVALUATE = "evaluate"
"""Stands in place of a kind."""


class Form(StrEnum):
    """Of the tables."""

    CSV = "csv"
    PARQUET = "parquet"


What = Annotated[
    str | None, typer.Argument(help=f"A kind of company (see --list), or the word {EVALUATE}.", metavar="KIND")
]
Participants = Annotated[
    int, typer.Option("--participants", help="How many positions the company has, from 1 to 10,000,000.")
]
Seed = Annotated[
    int,
    typer.Option(
        "--seed",
        min=0,
        help="A number of your choice: the same one gives the same company to the byte, another gives another.",
    ),
]
Seeds = Annotated[int, typer.Option("--seeds", min=1, max=100, help="With evaluate: how many companies of each kind.")]
Out = Annotated[Path | None, typer.Option("--out", help="A new folder for the files, or for the evaluation's pages.")]
Months = Annotated[int, typer.Option("--months", help="How many months the records cover, from 3 to 120.")]
Format = Annotated[
    Form,
    typer.Option(
        "--format", help="csv, or parquet, which takes about a tenth of the room: for companies of a million and more."
    ),
]
Messy = Annotated[
    bool,
    typer.Option("--messy", help="Write headings, dates and sums as several systems would, to try how they are read."),
]
List = Annotated[bool, typer.Option("--list", help="Only list the kinds of company, one line each.")]


def register(app: typer.Typer) -> None:
    """Adds this file's command."""
    app.command()(synth)


def synth(
    kind: What = None,
    participants: Participants = 2_000,
    seed: Seed = 1,
    seeds: Seeds = 3,
    out: Out = None,
    months: Months = 24,
    form: Format = Form.CSV,
    messy: Messy = False,
    list_: List = False,
    lang: Lang = Language.EN,
    json: Json = False,
) -> None:
    """Make up a company whose truth is known, to try Downline on; the payouts are the plan engine's own."""
    from cli.errors import SynthUnclear
    from synthetic import kinds

    if list_:
        _list(lang, json=json)
    elif kind == EVALUATE:
        _evaluate(participants, seeds, months, out, json=json)
    elif kind is None:
        raise SynthUnclear.no_kind(kinds())
    else:
        _make(kind, participants, seed, out, months, form, messy=messy, lang=lang, json=json)


def _list(lang: Language, *, json: bool) -> None:
    from synthetic import kinds, load_scenario

    listed = [(kind, load_scenario(kind)) for kind in kinds()]
    if json:
        print_json([{"kind": kind, "title": one.title, "line": one.line} for kind, one in listed])
        return
    headings = ("النوع", "الوصف") if lang is Language.AR else ("kind", "what it is")
    print_table(headings, [(kind, one.line.in_language(lang.value)) for kind, one in listed])


def _make(
    kind: str,
    participants: int,
    seed: int,
    out: Path | None,
    months: int,
    form: Form,
    *,
    messy: bool,
    lang: Language,
    json: bool,
) -> None:
    from cli.errors import SynthUnclear
    from synthetic import load_scenario, make, write
    from synthetic.writing import must_be_free

    load_scenario(kind)  # a wrong kind is told before anything else
    if out is None:
        raise SynthUnclear.no_folder(kind)
    must_be_free(out)
    if messy and form is Form.PARQUET:
        raise SynthUnclear.messy_parquet()
    with progress_bar(quiet=json) as progress:
        company = make(kind, participants, seed, months, progress)
        write(company, out, form="parquet" if form is Form.PARQUET else "csv", messy=messy)
    if json:
        print_json({"folder": str(out), "kind": kind, "seed": seed, "totals": company.totals})
        return
    _show(company, out, lang)


def _show(company: Company, out: Path, lang: Language) -> None:
    """What was made, where its truth stands, and what to do next."""
    from intake.text import Text, say

    def print_texts(*texts: Text) -> None:
        print_lines(*(text.in_language(lang.value) for text in texts))

    scenario, totals = company.scenario, company.totals
    print_texts(scenario.title, scenario.description)
    print_lines("")
    headings = ("الجدول", "الصفوف") if lang is Language.AR else ("table", "rows")
    made = [(name, f"{rows:,}") for name, rows in totals.items() if rows and not name.endswith("_amount")]
    print_table(headings, made, numbers=(1,))
    print_lines("")
    print_texts(
        say("what is planted: {file}", "الحقيقة المعروفة مسبقًا: {file}", file=on_one_line(str(out / "truth.json"))),
        say("next: {command}", "الخطوة التالية: {command}", command=f"downline analyze {on_one_line(str(out))}"),
    )


def _evaluate(participants: int, seeds: int, months: int, out: Path | None, *, json: bool) -> None:
    from cli.synth_evaluation import evaluate
    from synthetic.scoring_page import as_markdown

    with progress_bar(quiet=json) as progress:
        evaluation = evaluate(participants, range(1, seeds + 1), months, progress=progress)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "evaluation.json").write_text(evaluation.model_dump_json(indent=1) + "\n", encoding="utf-8")
        (out / "evaluation.md").write_text(as_markdown(evaluation), encoding="utf-8")
    if json:
        print_json(evaluation)
    else:
        print_lines(*as_markdown(evaluation).splitlines())
