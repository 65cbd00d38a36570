"""Commands that hand a case over: `report` in its forms and as a bundle, and `verify` for a case or a bundle."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import CaseFolder, Json, Lang
from cli.options import Language as Spoken
from cli.output import print_json, print_lines, print_table, progress_bar
from cli.records import actor, last_analysis

if TYPE_CHECKING:
    from cases import Fault
    from cases.analysis import Analysis
    from cases.audit import Head
    from cases.bundle_check import BundleFault
    from cases.forms import Form
    from intake.progress import Progress
    from intake.text import Language


class Languages(StrEnum):
    """One language, or a file in each."""

    EN = "en"
    AR = "ar"
    BOTH = "both"

    @property
    def each(self) -> tuple[Language, ...]:
        """The languages that are meant."""
        match self:
            case Languages.EN:
                return ("en",)
            case Languages.AR:
                return ("ar",)
            case Languages.BOTH:
                return ("en", "ar")


class Written(StrEnum):
    """A form of the report."""

    HTML = "html"
    PDF = "pdf"
    XLSX = "xlsx"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Adds this file's commands."""
    app.command()(report)
    app.command()(verify)


def report(
    case: CaseFolder,
    form: Annotated[
        Written | None,
        typer.Option(
            "--format", help="html, pdf, xlsx (the evidence annex: every row) or json; default says where the HTML is."
        ),
    ] = None,
    lang: Annotated[
        Languages | None,
        typer.Option("--lang", help="en, ar, or both in a file each; default en, and both in a bundle."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "--output",
            "-o",
            help="File or folder; a name without an ending gets .LANGUAGE.FORMAT; default CASE.LANGUAGE.FORMAT.",
        ),
    ] = None,
    bundle: Annotated[
        Path | None, typer.Option("--bundle", help="Write everything into one zip (BagIt): forms, evidence, hashes.")
    ] = None,
    redacted: Annotated[
        Path | None,
        typer.Option("--redacted", help="Write the bundle's redacted twin: the same figures, nobody's id or name."),
    ] = None,
    include_snapshot: Annotated[
        bool, typer.Option("--include-snapshot", help="Put the tables into the bundle too, names and all.")
    ] = False,
    rows: Annotated[
        int | None, typer.Option("--rows", min=1, help="Most rows a measurement in the annex; default all of them.")
    ] = None,
    json: Json = False,
) -> None:
    """Write the report of the last analysis of a case, or say where it is."""
    analysis = last_analysis(case)
    one = lang or Languages.EN
    written: list[Path] = []
    with progress_bar(quiet=json) as progress:
        if bundle is not None or redacted is not None:
            from cases.bundle import Choices, write_bundle

            languages = (lang or Languages.BOTH).each
            for path, twin in ((bundle, False), (redacted, True)):
                if path is not None:
                    chosen = Choices(languages, redacted=twin, snapshot=include_snapshot and not twin, rows=rows)
                    write_bundle(analysis, path, chosen, actor=actor(), progress=progress)
                    written.append(path)
        if form is not None or output is not None:
            written += _write(analysis, form or Written.HTML, one, output, rows)
    paths = written or [analysis.report_path(language) for language in one.each]
    if json:
        print_json(
            {
                "analysis": analysis.id,
                "language": one.value,
                "report": str(paths[0]),
                "files": [str(path) for path in paths],
            }
        )
    else:
        print_lines(*map(str, paths))


def _write(analysis: Analysis, form: Written, lang: Languages, output: Path | None, rows: int | None) -> list[Path]:
    from cases.forms import beside, write_form

    kind: Form = form.value
    languages = lang.each[:1] if form is Written.JSON else lang.each
    written = []
    for language in languages:
        usual = Path(f"{analysis.case.folder.resolve().stem}.{form.value}")
        named = output is not None and not output.is_dir() and bool(output.suffix)
        path = usual if output is None else output / usual if output.is_dir() else output
        if not path.suffix:
            path = path.with_name(f"{path.name}.{form.value}")
        if form is not Written.JSON and (not named or len(languages) > 1):
            path = path.with_name(f"{path.stem}.{language}{path.suffix}")
        if not path.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        if form is Written.HTML:
            path.write_bytes(analysis.report_path(language).read_bytes())
        else:
            with beside(path) as aside:
                write_form(analysis, kind, language, aside, rows=rows)
        written.append(path)
    return written


def verify(
    path: Annotated[Path, typer.Argument(help="A case folder, or a bundle (zip or folder).", metavar="CASE|BUNDLE")],
    lang: Lang = Spoken.EN,
    json: Json = False,
) -> None:
    """Compare every byte of a case or a bundle with its manifests; exit 1 if anything differs."""
    from cases.bag import is_case_folder
    from cases.bundle_check import check_bundle
    from cli.words import word

    path.stat()  # what is not there is said so, before it is taken for anything
    is_case = is_case_folder(path)
    with progress_bar(quiet=json) as progress:
        faults = _case_faults(path, progress) if is_case else check_bundle(path, progress=progress)
    head = _head(path) if is_case else None
    if json:
        noted = None if head is None else {"seq": head.seq, "hash": head.hash}
        found = [{"code": one.code, "path": one.path, "text": one.text, "detail": one.detail} for one in faults]
        print_json({"case" if is_case else "bundle": str(path), "faults": found, "head": noted})
    elif faults:
        _show_faults(path, faults, lang)
    elif head is None:
        print_lines(word(lang, "bundle_whole", path=path))
    else:
        print_lines(
            word(lang, "case_whole", path=path),
            word(lang, "log_head", line=head.seq, hash=head.hash),
        )
    if faults:
        raise typer.Exit(1)


def _case_faults(path: Path, progress: Progress) -> list[Fault]:
    from cases import Case
    from cases.errors import NotACase
    from cases.verify import verify

    with suppress(NotACase):  # a description that is gone or unreadable is a fault; a later format is refused
        Case.open(path, recover=False)
    return verify(path, progress=progress)


def _head(case: Path) -> Head | None:
    """The newest line of the audit log; None where its head is among the faults."""
    from cases.audit import Audit
    from cases.errors import CaseDamaged

    with suppress(CaseDamaged):
        return Audit(case).head()
    return None


_HASH = re.compile(r"\b([0-9a-f]{8})[0-9a-f]{48}([0-9a-f]{8})\b")


def _show_faults(path: Path, faults: Sequence[Fault | BundleFault], lang: Spoken) -> None:
    """Faults as a table, their hashes cut in the middle so that a line holds two."""
    from cli.words import headings, word

    details = [fault.detail.in_language(lang.value) for fault in faults]
    shown = [_HASH.sub(r"\1…\2", detail) for detail in details]
    rows = [(fault.text.in_language(lang.value), fault.path, it) for fault, it in zip(faults, shown, strict=True)]
    columns = headings(lang, "what_differs", "where", "how_it_differs")
    print_lines(word(lang, "faults", path=path, count=len(faults)), "")
    wide = (columns, rows) if any(details) else (columns[:2], [row[:2] for row in rows])
    print_table(*wide, lang=lang)
    if shown != details:
        print_lines("", word(lang, "hashes_cut", command=f"downline verify {path} --json"))
