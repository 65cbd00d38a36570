"""Which file feeds which table, and through which headings.

A `Claim` is one source read as one table. The data sheet makes claims first; files it does not speak of are
recognised. Two files with the same headings are one table in two parts; two with different headings that
both look like the same table are a `TableClash`, because taking the wrong one would be silent and costly.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from intake.datasheet import FileEntry, SheetFile
from intake.errors import TableClash
from intake.formats.contract import Source
from intake.reading import ColumnReading, Note
from intake.recognise import Guess, recognise_columns, recognise_table
from intake.schema import TABLES, Table
from intake.text import Text, say, verbatim

LEAST_CONFIDENCE = 45
"""Percent below which a file is left unread rather than taken for a table that it may not be."""

SURE_CONFIDENCE = 70
"""Percent below which a person is asked to look."""


@dataclass(slots=True)
class Claim:
    """One source read as one table.

    Attributes:
        source: What is read.
        table: What it becomes.
        columns: Column of the table -> heading.
        confidence: Percent; 100 where the data sheet says so.
        readings: How each heading was understood.
        entry: The data sheet's entry, None if the claim was recognised.
        place: Index of the entry in the data sheet's `files`.
    """

    source: Source
    table: Table
    columns: dict[str, str]
    confidence: int
    readings: tuple[ColumnReading, ...]
    entry: FileEntry | None = None
    place: int = -1
    notes: list[Note] = field(default_factory=list)

    @property
    def label(self) -> str:
        """File and sheet, for messages."""
        return label_of(self.source)


@dataclass(slots=True)
class Unclaimed:
    """A source that is read as no table."""

    source: Source
    confidence: int
    readings: tuple[ColumnReading, ...]
    notes: list[Note]


def label_of(source: Source) -> str:
    """File and sheet, for messages."""
    return source.name if source.sheet is None else f"{source.name} [{source.sheet}]"


def claims_of(
    source: Source, sample: pl.DataFrame, sheet: SheetFile | None, before: list[Claim]
) -> list[Claim] | Unclaimed:
    """The tables that one source feeds.

    Args:
        source: The source.
        sample: Rows of it.
        sheet: The data sheet, if any.
        before: Claims of earlier sources; one with the same headings was understood in the same way.

    Raises:
        DataSheetError: An entry names a heading that the source lacks, or leaves a required column open.
    """
    entries = [] if sheet is None else sheet.sheet.entries_for(source.name, source.sheet)
    asked = [(place, entry) for place, entry in entries if entry.table is not None]
    if asked:
        assert sheet is not None
        return [_asked(source, sample, entry, place, sheet) for place, entry in asked]
    for claim in before:
        if claim.entry is None and claim.source.headings == source.headings:
            notes = [note.model_copy(update={"file": source.name}) for note in claim.notes]
            return [Claim(source, claim.table, claim.columns, claim.confidence, claim.readings, notes=notes)]
    table, confidence, guesses = recognise_table(source.headings, sample, source.name)
    readings = tuple(
        ColumnReading(heading=g.heading, target=g.target, confidence=g.confidence, why=g.why) for g in guesses
    )
    if table is None or confidence < LEAST_CONFIDENCE:
        return Unclaimed(source, confidence, readings, [_unrecognised(source, table, confidence)])
    return [_recognised(source, TABLES[table], confidence, guesses)]


def _recognised(source: Source, table: Table, confidence: int, guesses: list[Guess]) -> Claim:
    columns: dict[str, str] = {}
    readings: list[ColumnReading] = []
    notes: list[Note] = [_doubtful(source, table, confidence)] if confidence < SURE_CONFIDENCE else []
    for guess in sorted(guesses, key=lambda g: -g.confidence):
        if guess.target is not None and guess.target not in columns:
            columns[guess.target] = guess.heading
    for guess in guesses:
        target = guess.target if guess.target and columns.get(guess.target) == guess.heading else None
        readings.append(ColumnReading(heading=guess.heading, target=target, confidence=guess.confidence, why=guess.why))
        if target is None:
            notes.append(_unmapped(source, guess.heading))
    return Claim(source, table, columns, confidence, tuple(readings), notes=notes)


def _asked(source: Source, sample: pl.DataFrame, entry: FileEntry, place: int, sheet: SheetFile) -> Claim:
    assert entry.table is not None
    table = TABLES[entry.table]
    label = label_of(source)
    for heading in entry.where:
        if heading not in source.headings:
            raise sheet.missing_heading(heading, source.headings, label, "files", place, "where", heading)
    for target, wanted in entry.columns.items():
        if wanted is not None and wanted not in source.headings:
            raise sheet.missing_heading(wanted, source.headings, label, "files", place, "columns", target)
    if not entry.columns:
        guesses = [g for g in recognise_columns(table.name, source.headings, sample) if g.target not in entry.constants]
        claim = _recognised(source, table, 100, guesses)
        claim.entry, claim.place = entry, place
        missing = _missing(table, claim.columns, entry)
        if not missing:
            return claim
        raise sheet.error(
            say(
                "{label} as {table} needs {missing}, which no heading was recognised as; name the headings"
                " under `columns`. Columns of {table}: {columns}. Headings: {headings}.",
                "يحتاج {label} بوصفه جدول {table} إلى {missing}، ولم يُتعرَّف على عنوان لذلك. يُرجى ذكر العناوين"
                " تحت columns. أعمدة {table}: {columns}. العناوين: {headings}.",
                label=label,
                table=table.name,
                missing=_quoted(missing),
                columns=", ".join(column.name for column in table),
                headings=", ".join(source.headings),
            ),
            "files",
            place,
        )
    columns = {target: heading for target, heading in entry.columns.items() if heading is not None}
    missing = _missing(table, columns, entry)
    if missing:
        raise sheet.error(
            say(
                "{label} as {table} needs {missing}: add it under `columns` (a heading of the file) or `constants`."
                " Headings: {headings}.",
                "يحتاج {label} بوصفه جدول {table} إلى {missing}. يُرجى إضافته تحت columns (عنوان في الملف) أو"
                " constants. العناوين: {headings}.",
                label=label,
                table=table.name,
                missing=_quoted(missing),
                headings=", ".join(source.headings),
            ),
            "files",
            place,
            "columns",
        )
    used = {heading: target for target, heading in columns.items()}
    readings = tuple(
        ColumnReading(
            heading=heading,
            target=used.get(heading),
            confidence=100,
            why=f"{sheet.name}, files[{place}]",
        )
        for heading in source.headings
    )
    notes = [
        _unmapped(source, heading) for heading in source.headings if heading not in used and heading not in entry.where
    ]
    return Claim(source, table, columns, 100, readings, entry, place, notes)


def _missing(table: Table, columns: dict[str, str], entry: FileEntry) -> list[str]:
    return [
        name for name in table.required if name not in columns and name not in entry.constants and name != "currency"
    ]


def _quoted(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def settle(claims: list[Claim], sheet: SheetFile | None) -> list[Note]:
    """Check that no table has two fathers, and note files that are joined.

    Raises:
        TableClash: Two files with different headings claim one table, and the data sheet does not say so.
    """
    notes: list[Note] = []
    for name in TABLES:
        rivals = [claim for claim in claims if claim.table.name == name]
        sources = list({id(claim.source): claim for claim in rivals}.values())
        if len(sources) < 2:
            continue
        first = sources[0]
        same = all(set(claim.source.headings) == set(first.source.headings) for claim in sources)
        if not same and any(claim.entry is None for claim in sources):
            raise _clash(name, sources, sheet)
        notes.append(
            Note(
                code="files-joined",
                text=Text(
                    en="{table}: read from several files, one after the other: {files}.",
                    ar="{table}: قُرئ من عدة ملفات على التوالي: {files}.",
                ).fill(table=name, files=", ".join(claim.label for claim in sources)),
                count=len(sources),
            )
        )
    return notes


def _clash(table: str, rivals: list[Claim], sheet: SheetFile | None) -> TableClash:
    lines = [f"  {claim.label} ({claim.confidence}%): {', '.join(claim.source.headings)}" for claim in rivals]
    beside = Text(en="datasheet.yaml beside the files", ar="⁨datasheet.yaml⁩ بجانب الملفات")
    where = beside if sheet is None else verbatim(sheet.name)
    keep, drop = max(rivals, key=lambda claim: claim.confidence), min(rivals, key=lambda claim: claim.confidence)
    if keep is drop:
        drop = rivals[-1]
    return TableClash(
        say(
            "{count} files both look like the table `{table}`, with different headings:\n{lines}\n"
            "Say in {where} which one counts, for example:\n{example}\n"
            "or give each an entry with `table` and `columns` if both count, or another `table` if one was mistaken.",
            "عدد الملفات التي تبدو الجدول {table} بعناوين مختلفة {count}:\n{lines}\n"
            "يُرجى أن يُذكر في {where} أيها المقصود، مثل:\n{example}\n"
            "أو إضافة بند لكل منها فيه table وcolumns إن كانت كلها مقصودة، أو table آخر لما أُخطئ فيه.",
            count=len(rivals),
            table=table,
            lines="\n".join(lines),
            where=where,
            example=f"files:\n  - {{file: {keep.source.name}, table: {table}}}\n"
            f"  - {{file: {drop.source.name}, ignore: true}}",
        ),
        file=rivals[0].source.name,
    )


def _doubtful(source: Source, table: Table, confidence: int) -> Note:
    return Note(
        code="doubtful-table",
        file=source.name,
        text=Text(
            en="{file} was taken for {table} with {confidence}% confidence. Confirm or correct it in a data sheet.",
            ar="عُدَّ الملف \u2068{file}\u2069 جدول \u2068{table}\u2069 بثقة \u2066{confidence}%\u2069. يُرجى تأكيد ذلك أو"
            " تصحيحه في ورقة بيانات.",
        ).fill(file=source.name, table=table.name, confidence=confidence),
    )


def _unmapped(source: Source, heading: str) -> Note:
    return Note(
        code="unmapped-column",
        file=source.name,
        column=heading,
        text=Text(
            en="The column `{heading}` is not used.",
            ar="العمود ⁨{heading}⁩ غير مستعمل.",
        ).fill(heading=heading),
    )


def _unrecognised(source: Source, nearest: str | None, confidence: int) -> Note:
    headings = ", ".join(source.headings)
    likeness = f" It is most like {nearest} ({confidence}%)." if nearest else ""
    likeness_ar = f" أقرب جدول إليه {nearest} (\u2066{confidence}%\u2069)." if nearest else ""
    return Note(
        code="unrecognised-file",
        file=source.name,
        text=Text(
            en="No table was recognised in {file}; it was not read.{likeness} Its headings: {headings}. To use it, write"
            " in datasheet.yaml: files: [{{file: {file}, table: orders, columns: {{id: ..., amount: ...}}}}].",
            ar="لم يُتعرَّف على جدول في الملف \u2068{file}\u2069 ولم يُقرأ.{likeness_ar} عناوينه: \u2068{headings}\u2069."
            " لاستعماله يُكتب في datasheet.yaml: \u2066files: [{{file: {file}, table: orders, columns: {{id: ..., amount:"
            " ...}}}}]\u2069.",
        ).fill(file=source.name, headings=headings, likeness=likeness, likeness_ar=likeness_ar),
    )
