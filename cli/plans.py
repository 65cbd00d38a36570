"""Commands about plans by themselves: `plan` reads one aloud, `verify-examples` holds plans against published examples."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import Json, Lang, Language
from cli.output import on_one_line, print_json, print_lines, print_table

if TYPE_CHECKING:
    from compensation.examples import Verdict


def register(app: typer.Typer) -> None:
    """Adds this file's commands."""
    app.command()(plan)
    app.command(name="verify-examples")(verify_examples)


def plan(
    file: Annotated[Path, typer.Argument(help="A compensation plan (YAML or JSON).", metavar="PLAN")],
    lang: Lang = Language.EN,
    json: Json = False,
) -> None:
    """A plan in plain words: who is paid what, the most it can pay out, and what regulators look at."""
    from compensation import load_plan
    from compensation.reading import read_aloud

    reading = read_aloud(load_plan(file))
    if json:
        print_json(reading)
    else:
        print_lines(reading.text(lang.value))


def verify_examples(
    folder: Annotated[
        Path, typer.Argument(help="A folder of <id>.json with <id>.plan.yaml beside each, or one such file.")
    ],
    every: Annotated[bool, typer.Option("--all", help="List every award, also of examples that agree.")] = False,
    lang: Lang = Language.EN,
    json: Json = False,
) -> None:
    """Compute published examples by their plans and compare to the cent; exit 1 where any figure differs."""
    from cli.words import word
    from compensation import CompensationError, examples

    files = [folder] if folder.is_file() else examples.find(folder)
    verdicts: list[Verdict] = []
    broken: list[tuple[Path, CompensationError]] = []
    for file in files:
        try:
            verdicts.append(examples.verify(file))
        except CompensationError as error:
            broken.append((file, error))
    if json:
        print_json({"examples": [_as_json(each) for each in verdicts], "broken": [_fault(*each) for each in broken]})
    else:
        for verdict in verdicts:
            _show(verdict, lang, every=every)
        for file, fault in broken:
            told = {"file": on_one_line(file.name), "code": fault.code, "why": fault.text}
            print_lines(word(lang, "example_broken", **told))
        agree = sum(verdict.agrees for verdict in verdicts)
        figures = sum(verdict.figures for verdict in verdicts)
        print_lines(word(lang, "examples_agree", agree=agree, all=len(files), figures=figures))
    if broken or not all(verdict.agrees for verdict in verdicts):
        raise typer.Exit(1)


def _show(verdict: Verdict, lang: Language, *, every: bool) -> None:
    from cli.words import headings, word

    name = on_one_line(verdict.id)
    if verdict.agrees and not every:
        print_lines(word(lang, "example_agrees", id=name, figures=verdict.figures))
        return
    print_lines(word(lang, "agrees" if verdict.agrees else "differs", id=name))
    rows = [
        (who, component, period, expected, computed, "" if expected == computed else "<")
        for who, component, period, expected, computed in verdict.awards
    ]
    columns = headings(lang, "participant", "component", "period", "expected", "computed", "none")
    print_table(columns, rows, numbers=(3, 4), lang=lang)
    if verdict.differences:
        print_lines(word(lang, "first_difference", it=verdict.differences[0]))
        print_lines(*(on_one_line(word(lang, "hint", it=hint)) for hint in verdict.hints))
        print_lines(*(word(lang, "source", it=source) for source in verdict.sources), "")


def _as_json(verdict: Verdict) -> dict[str, Any]:
    from dataclasses import asdict

    return {**asdict(verdict), "agrees": verdict.agrees}


def _fault(file: Path, error: Any) -> dict[str, str]:
    return {"file": str(file), "code": error.code, "detail": str(error)}
