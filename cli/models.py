"""The command that holds the library of models against reference values: `verify-models`."""

from __future__ import annotations

import json as text_of
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import Json, Lang, Language
from cli.output import on_one_line, print_json, print_lines

if TYPE_CHECKING:
    from compliance.models import Verdict
    from intake.text import Language as Tongue

Files = Annotated[
    list[Path],
    typer.Argument(help="JSON lists of vectors: id, model, inputs, expected, tolerance.", metavar="FILE..."),
]

LONGEST = 160
"""Characters of an expected or computed value that are shown."""

WORDS = {
    "agrees": {"en": "ok", "ar": "مطابق"},
    "differs": {"en": "DIFFERS", "ar": "مختلف"},
    "failed": {"en": "NOT COMPUTED", "ar": "تعذّر الحساب"},
    "expected": {"en": "expected", "ar": "المتوقع"},
    "computed": {"en": "computed", "ar": "المحسوب"},
    "difference": {"en": "difference", "ar": "الفرق"},
    "summary": {
        "en": "{agree} of {all} vectors agree; models: {models}; largest difference of those that agree: {most}",
        "ar": "القيم المطابقة: {agree} من {all}؛ النماذج: {models}؛ أكبر فرق في القيم المطابقة: {most}",
    },
}


def register(app: typer.Typer) -> None:
    """Adds this file's command."""
    app.command(name="verify-models")(verify_models)


def verify_models(files: Files, lang: Lang = Language.EN, json: Json = False) -> None:
    """Compute reference values of the field's models and compare within tolerance; exit 1 where any differs."""
    from compliance.models import verify_file

    verdicts = [(file, verify_file(file)) for file in files]
    every = [verdict for _, each in verdicts for verdict in each]
    if json:
        print_json(
            {
                "vectors": [_as_json(file, verdict) for file, each in verdicts for verdict in each],
                "agree": sum(verdict.agrees for verdict in every),
                "of": len(every),
            }
        )
    else:
        for file, each in verdicts:
            if len(verdicts) > 1:
                print_lines(on_one_line(str(file)))
            widths = [max(map(len, column)) for column in zip(*map(_names, each), strict=True)]
            print_lines(*(_line(verdict, widths, lang.value) for verdict in each))
        print_lines(_summary(every, lang.value))
    if not all(verdict.agrees for verdict in every):
        raise typer.Exit(1)


def _names(verdict: Verdict) -> tuple[str, str]:
    return _shown(verdict.id), _shown(verdict.model)


def _line(verdict: Verdict, widths: list[int], lang: Tongue) -> str:
    start = "  ".join(name.ljust(width) for name, width in zip(_names(verdict), widths, strict=True))
    if verdict.agrees:
        return f"{start}  {WORDS['agrees'][lang]}"
    if verdict.failed:
        return f"{start}  {WORDS['failed'][lang]}: {_problem(verdict, lang)}"
    told = [("expected", _value(verdict.expected)), ("computed", _value(verdict.computed))]
    if verdict.difference is not None:
        told.append(("difference", f"{verdict.difference:.6g}"))
    comma = "، " if lang == "ar" else ", "
    figures = comma.join(f"{WORDS[word][lang]} {_apart(value, lang)}" for word, value in told)
    return f"{start}  {WORDS['differs'][lang]}: {figures} ({_problem(verdict, lang)})"


def _problem(verdict: Verdict, lang: Tongue) -> str:
    return on_one_line(verdict.problem.in_language(lang)) if verdict.problem else ""


def _summary(every: list[Verdict], lang: Tongue) -> str:
    agree = [verdict for verdict in every if verdict.agrees]
    most = max((verdict.difference or 0.0 for verdict in agree), default=0.0)
    models = len({verdict.model for verdict in agree})
    figures = {"agree": len(agree), "all": len(every), "models": models, "most": f"{most:.2g}"}
    return WORDS["summary"][lang].format(**{name: _apart(str(figure), lang) for name, figure in figures.items()})


def _apart(text: str, lang: Tongue) -> str:
    """Set apart from right-to-left text around it."""
    from compliance.figures import isolate

    return isolate(text) if lang == "ar" else text


def _value(value: Any) -> str:
    return _shown(text_of.dumps(value, ensure_ascii=False))


def _shown(text: str) -> str:
    line = on_one_line(text)
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _as_json(file: Path, verdict: Verdict) -> dict[str, Any]:
    from dataclasses import asdict

    return {"file": str(file), **asdict(verdict)}
