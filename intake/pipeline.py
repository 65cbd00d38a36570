"""From files to tables: find, open, recognise, parse, refuse, write.

Each source is read in batches; worker threads cut and parse them while the main thread writes finished ones
in order, so the result is the same whatever the timing. Everything is built in a folder beside the
destination and renamed into place at the end: a failure or a cancellation leaves nothing behind.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from intake.claims import Unclaimed, claims_of, settle
from intake.columns import Parsing, refusals
from intake.datasheet import SheetFile, load_datasheet
from intake.deciding import prepare
from intake.duplicates import SeenHashes
from intake.errors import NothingRecognised, OutputExists, RefusalCode
from intake.files import Found, FoundFile, find_files
from intake.formats.contract import VALUE_CUT, Batch, Source
from intake.formats.layout import TextOptions
from intake.formats.opening import open_sources
from intake.limits import DEFAULT_LIMITS, Limits
from intake.progress import Progress, silent
from intake.reading import FileReading, Note, Reading, TableReading
from intake.receipts import ignored, only_headings, readings_of, same_file, unclaimed_reading
from intake.references import reference_notes
from intake.schema import TABLES
from intake.streams import ParsedBatch, Stream, fault_frame, parse_batch
from intake.text import Text, say
from intake.twins import twins_among
from intake.writing import RefusedWriter, TableWriter


def read(
    sources: Sequence[Path],
    out: Path,
    *,
    datasheet: Path | None = None,
    limits: Limits = DEFAULT_LIMITS,
    progress: Progress = silent,
) -> Reading:
    """Read a company's files into tables.

    Writes `<table>.parquet` for each table that got a row (`intake.schema.arrow_schema`), `refused.parquet`
    (`intake.schema.REFUSED`) and `reading.json` (the returned `Reading`) into `out`.

    Args:
        sources: Folders, zip archives or files.
        out: Folder to write; must not exist or be empty.
        datasheet: The mapping to follow; without it, `datasheet.yaml` among the sources.
        limits: Bounds on what is taken in.
        progress: Told at least once per batch; may raise `Cancelled`.

    Raises:
        IntakeError: Of the kinds drawn in `intake.errors`; nothing was written then.
        Cancelled: From `progress`; nothing was written then.
    """
    out = Path(out)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise OutputExists(
            Text(
                en="is not an empty folder. Choose another, or remove it first.",
                ar="ليس مجلدًا فارغًا. يُرجى اختيار غيره أو حذفه أولًا.",
            ),
            file=str(out),
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        unpacked, built = work / "unpacked", work / "built"
        unpacked.mkdir()
        built.mkdir()
        progress("find", 0.0)
        found = find_files([Path(source) for source in sources], unpacked, limits)
        sheet = _load_sheet(found, datasheet, limits)
        reading = _Desk(built, found, sheet, limits, progress).read()
        (built / "reading.json").write_text(reading.model_dump_json(indent=1) + "\n", encoding="utf-8")
        if out.exists():
            out.rmdir()
        os.replace(built, out)  # noqa: PTH105 - one atomic step
    finally:
        shutil.rmtree(work, ignore_errors=True)
    progress("write", 1.0)
    return reading


def _load_sheet(found: Found, datasheet: Path | None, limits: Limits) -> SheetFile | None:
    if datasheet is not None:
        return load_datasheet(Path(datasheet), limits=limits)
    if found.datasheets:
        return load_datasheet(found.datasheets[0].path, name=found.datasheets[0].name, limits=limits)
    return None


class _Desk:
    def __init__(self, built: Path, found: Found, sheet: SheetFile | None, limits: Limits, progress: Progress) -> None:
        self._built = built
        self._found = found
        self._sheet = sheet
        self._limits = limits
        self._progress = progress
        self._writers = {name: TableWriter(built, name) for name in TABLES}
        self._refused = RefusedWriter(built)
        self._readings: list[FileReading] = []
        self._streams: list[Stream] = []
        self._owner: list[tuple[Stream, int]] = []
        self._notes: list[Note] = list(found.notes)
        self._unkeyed = {name: SeenHashes() for name in TABLES}

    def read(self) -> Reading:
        """Do it all; the receipt."""
        self._check_sheet_files()
        claims = self._claim()
        self._notes += settle([ready.claim for stream in claims for ready in stream.ready], self._sheet)
        self._streams = claims
        for stream in claims:
            for place in range(len(stream.ready)):
                self._owner.append((stream, place))
        total = sum(stream.source.size for stream in claims) or 1
        done = 0
        for stream in claims:
            self._consume(stream, done / total, stream.source.size / total)
            done += stream.source.size
        self._close()
        tables = {
            name: TableReading(
                rows=writer.rows, filled={column: count for column, count in writer.filled.items() if count}
            )
            for name, writer in self._writers.items()
            if writer.rows
        }
        self._notes += reference_notes(self._built, tables)
        model = self._sheet.sheet if self._sheet else None
        return Reading(
            files=tuple(self._readings),
            tables=tables,
            currencies=self._currencies(),
            datasheet=model,
            notes=tuple(self._notes),
        )

    # --- before the first row -----------------------------------------------------------------------------

    def _check_sheet_files(self) -> None:
        if self._sheet is None:
            return
        names = [file.name for file in self._found.files]
        for place, entry in enumerate(self._sheet.sheet.files):
            if not any(entry.is_about(name) for name in names):
                if entry.ignore:
                    continue
                raise self._sheet.missing_file(entry.file, names, "files", place, "file")

    def _claim(self) -> list[Stream]:
        streams: list[Stream] = []
        trouble: list[str] = []
        twins = twins_among(self._found.files, self._sheet)
        for file in self._found.files:
            self._progress("recognise", len(streams) / max(1, len(self._found.files)))
            entries = self._sheet.sheet.entries_for(file.name) if self._sheet else []
            if entries and all(entry.ignore for _, entry in entries):
                self._readings.append(ignored(file))
                continue
            if file.name in twins:
                self._readings.append(same_file(file, twins[file.name]))
                continue
            for source in self._open(file):
                sample = source.sample()
                claims = claims_of(source, sample, self._sheet, [r.claim for stream in streams for r in stream.ready])
                if isinstance(claims, Unclaimed):
                    self._readings.append(unclaimed_reading(claims))
                    trouble.append(f"{source.name}: {', '.join(source.headings)}")
                    continue
                if not len(sample):
                    source.notes.append(only_headings(source))
                ready = [prepare(claim, sample, self._sheet) for claim in claims]
                streams.append(Stream.of(source, ready))
        if not streams:
            if not self._found.files:
                raise NothingRecognised(
                    Text(
                        en="There is no file that could be a table. Add CSV, TSV, XLSX, Parquet or JSON Lines files.",
                        ar="لا يوجد ملف يصلح أن يكون جدولًا. يُرجى إضافة ملفات CSV أو TSV أو XLSX أو Parquet أو JSON Lines.",
                    )
                )
            raise NothingRecognised(
                say(
                    "No table was recognised. The headings found are:\n  {headings}\n"
                    "Say which is which in datasheet.yaml beside the files, for example:\n{example}",
                    "لم يُتعرَّف على أي جدول. العناوين الموجودة:\n  {headings}\n"
                    "يُرجى بيان معنى كل منها في ⁨datasheet.yaml⁩ بجانب الملفات، مثل:\n{example}",
                    headings="\n  ".join(trouble or [file.name for file in self._found.files]),
                    example="files:\n  - file: members.csv\n    table: participants\n"
                    "    columns: {id: <heading>, sponsor_id: <heading>}",
                )
            )
        return streams

    def _open(self, file: FoundFile) -> list[Source]:
        entries = [entry for _, entry in (self._sheet.sheet.entries_for(file.name) if self._sheet else [])]
        first = next((entry for entry in entries if not entry.ignore), None)
        options = TextOptions()
        sheets: list[str] | None = None
        if first is not None:
            options = TextOptions(first.encoding, first.delimiter, first.headings, first.heading_line)
            if all(entry.sheet is not None for entry in entries):
                sheets = [entry.sheet for entry in entries if entry.sheet is not None and not entry.ignore]
        opened = open_sources(file.path, file.name, self._limits, options, sheets)
        return [source for source in opened if not self._is_ignored(source)]

    def _is_ignored(self, source: Source) -> bool:
        if self._sheet is None:
            return False
        entries = self._sheet.sheet.entries_for(source.name, source.sheet)
        return bool(entries) and all(entry.ignore for _, entry in entries)

    # --- rows ---------------------------------------------------------------------------------------------

    def _consume(self, stream: Stream, start: float, span: float) -> None:
        batches = stream.source.batches()
        stage = f"read {stream.source.name}"
        with ThreadPoolExecutor(max_workers=2, thread_name_prefix="intake") as pool:
            waiting: deque[tuple[Batch, Future[ParsedBatch]]] = deque()
            try:
                for batch in batches:
                    waiting.append((batch, pool.submit(parse_batch, stream, batch)))
                    if len(waiting) > 2:
                        self._take(stream, *waiting.popleft())
                        self._progress(stage, min(1.0, start + span * batch.share))
                while waiting:
                    self._take(stream, *waiting.popleft())
                    self._progress(stage, min(1.0, start + span))
            finally:
                for _, future in waiting:
                    future.cancel()
        self._progress(stage, min(1.0, start + span))

    def _take(self, stream: Stream, batch: Batch, future: Future[ParsedBatch]) -> None:
        parsed = future.result()
        if batch.faults:
            table = stream.ready[0].claim.table.name
            self._refused.write(fault_frame(batch.faults, stream.source.name, table))
            stream.broken.update(fault.code.value for fault in batch.faults)
        self._refused.write(parsed.excluded)
        stream.excluded.rows_in += len(parsed.excluded)
        stream.excluded.refused[RefusalCode.EXCLUDED_BY_DATASHEET.value] += len(parsed.excluded)
        for place, parsing in enumerate(parsed.parsings):
            tally = stream.tallies[place]
            tally.rows_in += parsing.rows_in
            tally.refused.update(dict(parsing.refused["code"].value_counts().iter_rows()))
            stream.notes[place] += parsing.notes
            self._refused.write(parsing.refused)
            claim = stream.ready[place].claim
            if parsing.prints is not None:
                lines = batch.lines[parsing.positions]
                stream.copies[place].find(self._unkeyed[claim.table.name], parsing.prints, lines)
            writer = self._writers[claim.table.name]
            twice = writer.write(parsing.rows, parsing.hashes)
            if twice is not None:
                self._set_aside(stream, place, batch, parsed, parsing, twice)

    def _set_aside(
        self,
        stream: Stream,
        place: int,
        batch: Batch,
        parsed: ParsedBatch,
        parsing: Parsing,
        twice: npt.NDArray[np.bool_],
    ) -> None:
        claim = stream.ready[place].claim
        key = claim.table.key
        assert key is not None
        at = parsing.positions[twice]
        rows = parsed.frame[at]
        heading = claim.columns.get(key, key)
        cells = rows[heading] if heading in rows.columns else pl.Series([None] * len(rows), dtype=pl.String)
        faults = pl.DataFrame(
            {
                "column": pl.Series([heading]).new_from_index(0, len(rows)),
                "value": cells.str.slice(0, VALUE_CUT),
                "code": pl.Series([RefusalCode.DUPLICATE_ID.value]).new_from_index(0, len(rows)),
            }
        )
        told = refusals(rows, batch.lines[at], file=claim.source.name, table=claim.table.name, faults=faults)
        number = next(i for i, (owner, index) in enumerate(self._owner) if owner is stream and index == place)
        self._writers[claim.table.name].set_aside(parsing.rows.filter(pa.array(twice)), told, number)

    # --- after the last row -------------------------------------------------------------------------------

    def _close(self) -> None:
        for writer in self._writers.values():
            for number, count in writer.close(self._refused).items():
                stream, place = self._owner[number]
                stream.tallies[place].refused[RefusalCode.DUPLICATE_ID.value] += count
        self._refused.close()
        for stream in self._streams:
            self._readings += readings_of(stream)
        self._readings.sort(key=lambda reading: (reading.name, reading.sheet or ""))

    def _currencies(self) -> dict[str, int]:
        scales: dict[str, int] = {}
        for stream in self._streams:
            for ready in stream.ready:
                scales |= ready.scales
        used: set[str] = set()
        for name, writer in self._writers.items():
            if writer.filled.get("currency"):
                column = pl.scan_parquet(self._built / f"{name}.parquet").select("currency").unique().collect()
                used.update(column["currency"].drop_nulls().to_list())
        return {code: scales[code] for code in sorted(used)}
