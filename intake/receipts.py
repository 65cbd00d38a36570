"""Writing the receipt: what each file was taken for, its counts, and the notes a person should read."""

from __future__ import annotations

from collections.abc import Iterator

from intake.claims import Claim, Unclaimed
from intake.duplicates import Copies
from intake.files import FoundFile
from intake.formats.contract import Source
from intake.formats.digest import sha256_of
from intake.reading import ColumnReading, FileReading, Note
from intake.streams import Stream
from intake.text import Text
from intake.values import ValueNote, add_notes
from intake.writing import Tally


def readings_of(stream: Stream) -> Iterator[FileReading]:
    """One receipt per claim; rows that could not be cut count for the first; excluded ones get their own."""
    for place, (ready, tally) in enumerate(zip(stream.ready, stream.tallies, strict=True)):
        claim: Claim = ready.claim
        if place == 0:
            tally.rows_in += stream.broken.total()
            tally.refused.update(stream.broken)
        notes = [*(stream.source.notes if place == 0 else ()), *ready.notes, *claim.notes]
        notes += _value_notes(claim, stream.notes[place])
        if stream.copies[place].count:
            notes.append(_identical_rows(claim, stream.copies[place]))
        yield _receipt(
            stream.source,
            table=claim.table.name,
            confidence=claim.confidence,
            columns=claim.readings,
            tally=tally,
            notes=notes,
        )
    if stream.excluded.rows_in:
        note = Note(
            code="excluded-by-datasheet",
            file=stream.source.name,
            count=stream.excluded.rows_in,
            text=Text(
                en="Rows that no entry of the data sheet asks for: {count}. They are kept among the refused.",
                ar="صفوف لا يطلبها أي بند في ورقة البيانات: {count}. وهي محفوظة ضمن المرفوض.",
            ).fill(count=stream.excluded.rows_in),
        )
        yield _receipt(stream.source, table=None, confidence=100, columns=(), tally=stream.excluded, notes=[note])


def _receipt(
    source: Source,
    *,
    table: str | None,
    confidence: int,
    columns: tuple[ColumnReading, ...],
    tally: Tally,
    notes: list[Note],
) -> FileReading:
    return FileReading(
        name=source.name,
        sha256=source.sha256,
        bytes=source.size,
        format=source.format,
        encoding=source.encoding,
        delimiter=source.delimiter,
        sheet=source.sheet,
        table=table,
        confidence=confidence,
        columns=columns,
        rows_in=tally.rows_in,
        rows_accepted=tally.accepted,
        rows_refused=tally.refused.total(),
        refused_by_code={code: count for code, count in sorted(tally.refused.items()) if count},
        notes=tuple(notes),
    )


def _value_notes(claim: Claim, notes: list[tuple[str, ValueNote]]) -> list[Note]:
    by_heading: dict[str, list[ValueNote]] = {}
    for heading, note in notes:
        by_heading.setdefault(heading, []).append(note)
    return [
        Note(code=note.code, file=claim.source.name, column=heading, line=note.line, count=note.count, text=note.text)
        for heading, some in by_heading.items()
        for note in add_notes(some)
    ]


def _identical_rows(claim: Claim, copies: Copies) -> Note:
    return Note(
        code="identical-rows",
        file=claim.source.name,
        line=copies.first_line,
        count=copies.count,
        text=Text(
            en="Rows that bear no id and are identical in every cell to an earlier row: {count}, the first on line {line}."
            " They were kept and count in full, so their money may be counted twice. Remove them if they are copies, or"
            " map `id` in the data sheet to a column that numbers the rows.",
            ar="صفوف بلا معرّف تطابق صفًا سابقًا في كل خاناته: {count}، أولها في السطر {line}. أُبقيت واحتُسبت كاملة، فقد"
            " تُحتسب مبالغها مرتين. يُرجى حذفها إن كانت نسخًا، أو ربط id في ورقة البيانات بعمود يرقّم الصفوف.",
        ).fill(count=copies.count, line=copies.first_line),
    )


def ignored(file: FoundFile) -> FileReading:
    """The receipt of a file that the data sheet leaves out."""
    note = Note(
        code="ignored-by-datasheet",
        file=file.name,
        text=Text(en="The data sheet leaves this file out.", ar="تستبعد ورقة البيانات هذا الملف."),
    )
    return _unread(file, note)


def same_file(file: FoundFile, original: FoundFile) -> FileReading:
    """The receipt of a file that is another one byte for byte."""
    note = Note(
        code="same-file",
        file=file.name,
        text=Text(
            en="{name} is {original} once more, byte for byte; it was not read, so that nothing counts twice.",
            ar="الملف ⁨{name}⁩ مطابق تمامًا للملف ⁨{original}⁩؛ لم يُقرأ كي لا يُحتسب شيء مرتين.",
        ).fill(name=file.name, original=original.name),
    )
    return _unread(file, note)


def _unread(file: FoundFile, note: Note) -> FileReading:
    return FileReading(
        name=file.name,
        sha256=sha256_of(file.path),
        bytes=file.path.stat().st_size,
        format=file.path.suffix.lstrip(".").lower(),
        confidence=100,
        notes=(note,),
    )


def unclaimed_reading(unclaimed: Unclaimed) -> FileReading:
    """The receipt of a file in which no table was recognised."""
    source = unclaimed.source
    return _receipt(
        source,
        table=None,
        confidence=unclaimed.confidence,
        columns=unclaimed.readings,
        tally=Tally(),
        notes=[*source.notes, *unclaimed.notes],
    )


def only_headings(source: Source) -> Note:
    """A note on a file without rows."""
    return Note(
        code="only-headings",
        file=source.name,
        text=Text(
            en="{name} holds headings but no rows.",
            ar="الملف ⁨{name}⁩ يحتوي على عناوين بلا صفوف.",
        ).fill(name=source.name),
    )
