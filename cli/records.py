"""Commands about records as a whole: `import`, `analyze`."""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import Assume, DataSheet, Json, Lang, Language, Law, On, Plan
from cli.output import on_one_line, print_json, print_lines, print_table, progress_bar

if TYPE_CHECKING:
    from cases.analysis import Analysis
    from cases.case import Case
    from cases.snapshot import Snapshot
    from intake.text import Text

CASE_ENDING = ".case"
Sources = Annotated[list[Path], typer.Argument(help="A folder, a zip, or files.", metavar="SOURCE...")]
Folder = Annotated[
    Path,
    typer.Argument(
        help="A folder, a zip, or one file of records; or a case folder, whose records are then taken as they were read.",
        metavar="FOLDER",
    ),
]
SnapshotId = Annotated[
    str | None,
    typer.Option("--snapshot", help="Of a case folder: which of its snapshots; default the one last asked for."),
]
Into = Annotated[
    Path | None,
    typer.Option("--case", help="Case folder to make or add to; default the source's name with .case."),
]


def register(app: typer.Typer) -> None:
    """Adds this file's commands."""
    app.command("import")(import_)
    app.command()(analyze)


def import_(
    sources: Sources,
    case: Into = None,
    datasheet: DataSheet = None,
    lang: Lang = Language.EN,
    json: Json = False,
) -> None:
    """Read a company's files into a case, and say what was accepted, refused and why."""
    from cases import Case
    from cases.case import DESCRIPTION
    from cli.words import word
    from intake.datasheet import load_datasheet

    _must_exist(sources)  # before a case is made for them
    if datasheet is not None:
        load_datasheet(datasheet)
    folder = case or _default_case(sources[0])
    opened = (
        Case.open(folder)
        if (folder / DESCRIPTION).exists()
        else Case.create(folder, sources[0].resolve().stem, actor())
    )
    with progress_bar(quiet=json) as progress:
        snapshot = opened.import_(sources, datasheet, actor=actor(), progress=progress)
    if json:
        print_json({"case": str(folder), "snapshot": snapshot.id, "reading": snapshot.reading})
        return
    _show_reading(snapshot, lang)
    command = f"downline analyze {sources[0]} --case {folder}"
    print_lines("", word(lang, "case", case=folder), word(lang, "next", command=command))


def _show_reading(snapshot: Snapshot, lang: Language) -> None:
    """What became of every file, and what was noticed on the way."""
    from cli.words import headings, word
    from intake.errors import hint_for

    reading = snapshot.reading
    kept = snapshot.folder / "refused.parquet"
    counts = {"rows": reading.rows_in, "accepted": reading.rows_accepted, "refused": reading.rows_refused}
    print_lines(word(lang, "read", **counts, file=kept), "")
    print_table(
        headings(lang, "file", "table", "sure", "rows", "accepted", "refused"),
        [(file.name, file.table or "-", f"{file.confidence}%", *_counts(file)) for file in reading.files],
        numbers=(2, 3, 4, 5),
        lang=lang,
    )
    for file in reading.files:
        understood = [column for column in file.columns if column.target]
        if understood:
            print_lines("", word(lang, "read_as", file=on_one_line(file.name), table=file.table))
            print_table(
                headings(lang, "heading", "is", "sure", "why"),
                [(column.heading, column.target, f"{column.confidence}%", column.why) for column in understood],
                numbers=(2,),
                lang=lang,
            )
        for code, count in file.refused_by_code.items():
            print_lines(word(lang, "refused_of", count=count, code=code, hint=hint_for(code)))
    print_lines("")
    for note in reading.notes:
        _print_note(lang, note.file, note.text)
    for file in reading.files:
        for note in file.notes:
            _print_note(lang, note.file or file.name, note.text)


def _print_note(lang: Language, file: str | None, text: Text) -> None:
    from cli.words import word

    told = word(lang, "note", text=text) if file is None else word(lang, "note_on", file=file, text=text)
    print_lines(on_one_line(told))


def _counts(file: Any) -> tuple[str, str, str]:
    return f"{file.rows_in:,}", f"{file.rows_accepted:,}", f"{file.rows_refused:,}"


def analyze(
    folder: Folder,
    plan: Plan = None,
    law: Law = None,
    case: Into = None,
    datasheet: DataSheet = None,
    on: On = None,
    assume: Assume = None,
    snapshot: SnapshotId = None,
    lang: Lang = Language.EN,
    json: Json = False,
) -> None:
    """From a company's files to findings and a report, in one go."""
    from cases import analyze_folder
    from cases.case import DESCRIPTION
    from cli.errors import OfACase, OfNoCase
    from compliance.assumptions import assumed

    _must_exist([folder])  # before a case is made for it
    packs, day, numbers = laws(law), parsed_day(on), assumed(assume or ())
    is_case = (folder / DESCRIPTION).exists()
    if is_case and (case or datasheet):
        raise OfACase(folder, "--case" if case else "--datasheet")
    if snapshot is not None and not is_case:
        raise OfNoCase(folder)
    with progress_bar(quiet=json) as progress:
        if is_case:
            opened = opened_case(folder)
            analysis = opened.analyze(
                opened.snapshot(snapshot), plan, packs, on=day, assumptions=numbers, actor=actor(), progress=progress
            )
        else:
            analysis = analyze_folder(
                folder,
                case or _default_case(folder),
                plan=plan,
                laws=packs,
                on=day,
                datasheet=datasheet,
                assumptions=numbers,
                actor=actor(),
                progress=progress,
            )
    show_analysis(analysis, lang, json=json)


def show_analysis(analysis: Analysis, lang: Language, *, json: bool) -> None:
    """What `analyze` prints: the headline figures, the findings, and where the report is."""
    if json:
        print_json(
            {
                "case": str(analysis.case.folder),
                "snapshot": analysis.snapshot.id,
                "analysis": analysis.id,
                "overview": analysis.overview,
                "measurements": analysis.measurements,
                "findings": analysis.findings,
                "reports": {each.value: str(analysis.report_path(each.value)) for each in Language},
            }
        )
        return
    from cli.words import word
    from compliance.report import summary_lines

    case = analysis.case.folder
    print_lines(*summary_lines(analysis.report, lang.value), "")
    for each in Language:
        print_lines(word(lang, "report_at", language=each.value, file=analysis.report_path(each.value)))
    print_lines(word(lang, "case_verify", case=case, command=f"downline verify {case}"))
    print_lines(word(lang, "other_forms", command=f"downline report {case} --format pdf --lang both"))


def last_analysis(folder: Path) -> Analysis:
    """The analysis of a case folder that was last asked for.

    Raises:
        NoAnalysis: there is none.
    """
    from cli.errors import NoAnalysis

    opened = opened_case(folder)
    if not opened.analyses():
        raise NoAnalysis(folder)
    return opened.analysis()


def opened_case(folder: Path) -> Case:
    """A case that a command names."""
    from cases import Case

    return Case.open(folder)


def laws(text: str | None) -> list[str] | None:
    """`us, CN, ./mine.yaml` as the names of rule packs; one that is named by its file is known from then on.

    Raises:
        WrongLaw: a name is empty, or of no pack.
        compliance.errors.RulePackError: a file cannot be read or holds mistakes, or has the name of another pack.
    """
    if text is None:
        return None
    from cli.errors import WrongLaw
    from compliance.rules.known import ENDINGS, give_pack, pack_names
    from compliance.rules.load import load_pack

    names = [part.strip() for part in text.split(",")]
    if not all(names):
        raise WrongLaw.empty(text)
    files = [name for name in names if Path(name).suffix in ENDINGS]
    given = {name: give_pack(Path(name)) for name in files}
    for name in given.values():
        load_pack(name)  # says now what is wrong with it, before a case is made
    known = pack_names()
    packs = {**{name.casefold(): name for name in known}, **given}
    unknown = {name: _meant(name, known) for name in names if name not in given and name.casefold() not in packs}
    if unknown:
        raise WrongLaw.unknown(unknown, known)
    return [given.get(name) or packs[name.casefold()] for name in names]


def _meant(name: str, known: Iterable[str]) -> str | None:
    """The pack that was probably meant; two letters are like those of any word, so that only `usa` is near to `us`."""
    from intake.closest import closest

    return closest(name, [one for one in known if len(one) > 2 or (len(name) <= 3 and name.casefold().startswith(one))])


def actor() -> str:
    """Who acts, for the audit log: the login name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no entry for this user id, as in some containers
        return "unknown"


def _must_exist(sources: list[Path]) -> None:
    for source in sources:
        source.stat()


def _default_case(source: Path) -> Path:
    return Path(f"{source.resolve().stem}{CASE_ENDING}")


def parsed_day(text: str | None, option: str = "--on") -> date | None:
    """`2024-12-31` as a date."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        from cli.errors import WrongOption

        raise WrongOption.no_day(text, option) from None
