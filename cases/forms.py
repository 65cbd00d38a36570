"""The forms of a report, made on demand: PDF and the evidence annex take seconds, so an analysis does not wait for them.

HTML and JSON lie in the analysis already. The others are made from its model and its snapshot, and are the same bytes
each time; a service keeps them in a cache that may be deleted at any moment.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from cases import storage
from cases.evidence import open_records
from cases.program import ANALYSING, fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cases.analysis import Analysis
    from compliance.report import Report
    from compliance.report.redact import Redactor
    from intake.text import Language

Form = Literal["html", "pdf", "xlsx", "json"]
FORMS: tuple[Form, ...] = get_args(Form)
MEDIA_TYPES: dict[Form, str] = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


def write_form(
    analysis: Analysis,
    form: Form,
    language: Language,
    path: Path,
    *,
    rows: int | None = None,
    report: Report | None = None,
    redactor: Redactor | None = None,
) -> None:
    """Write one form of a report to a file, which is replaced.

    Args:
        analysis: whose report.
        form: which; JSON holds both languages.
        language: of everything else.
        path: where; the folder exists.
        rows: most rows a measurement in the evidence annex, None for all.
        report: its redacted twin, where that is to be written.
        redactor: what made the twin, for the rows of the annex.
    """
    from compliance.report import render_html
    from compliance.report.pdf import render_pdf

    model = report or analysis.report
    match form:
        case "html":
            path.write_text(render_html(model, language), encoding="utf-8", newline="\n")
        case "pdf":
            path.write_bytes(render_pdf(model, language))
        case "json":
            path.write_bytes(storage.readable(model.model_dump(mode="json")))
        case "xlsx":
            from compliance.report.workbook import write_workbook

            with open_records(analysis) as records:
                write_workbook(
                    model,
                    records,
                    path,
                    language,
                    scales=analysis.snapshot.reading.currencies,
                    most=rows,
                    change=None if redactor is None else redactor.rows,
                )


def kept_form(analysis: Analysis, form: Form, language: Language, cache: Path, *, rows: int | None = None) -> Path:
    """A form of a report in a cache folder, made unless it is there; HTML and JSON are those of the analysis."""
    if form == "html":
        return analysis.report_path(language)
    if form == "json":
        return analysis.folder / "report.json"
    name = f"report.{language}.{form}" if rows is None else f"report.{language}.{rows}.{form}"
    path = cache_of(cache, analysis) / name
    if not path.exists():
        with beside(path) as aside:
            write_form(analysis, form, language, aside, rows=rows)
    return path


def cache_of(cache: Path, analysis: Analysis) -> Path:
    """Where the forms of an analysis are kept, apart for each program that made them."""
    return cache / "forms" / fingerprint(ANALYSING)[:16] / analysis.id


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A file to be written, which takes its place in one step when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=path.suffix)
    os.close(handle)
    aside = Path(name)
    try:
        yield aside
        aside.chmod(0o644)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
