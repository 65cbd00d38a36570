"""The redacted twin of a report: the same figures, and nobody to be recognised by a reader who has not the records.

Ids become keyed pseudonyms (HMAC-SHA256, the same id always the same one; without the key nobody can try ids out),
names and free text are left out, files get neutral names, and in breakdowns a group of fewer than five people is not
shown, nor the smallest other one where a single group could be worked out from the sum. Values of rows are kept only
where they are figures, dates, or words of the schema's own vocabulary: a column that nobody thought of is replaced, not
shown. What was counted, and every figure of a measurement or finding, stays as it is.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

from compliance.findings import Finding
from compliance.judge import judge_rule
from compliance.measurement import Measurement, Point, Series
from compliance.report.model import CauseSum, Fault, PlanResult, Report, Rows, SourceFile, Tie
from compliance.report.words import WORDS
from intake.currencies import MINOR_UNITS
from intake.schema import PERSONAL, TABLES
from intake.text import Text

if TYPE_CHECKING:
    import polars as pl

    from compliance.records import Records

Named = TypeVar("Named", Tie, CauseSum)

FEWEST = 5
"""People of the smallest group that a breakdown shows."""
LONGEST_NAME = 5
"""Words of the longest name that is looked for in a sentence."""
WITHHELD = WORDS["withheld"]
IDENTIFYING = {
    table.name: tuple(column.name for column in table if column.kind == "id" or column.personal)
    for table in TABLES.values()
}
"""Columns whose values say who somebody is, or which order or payout is meant, by table."""

_WORDS = {choice for table in TABLES.values() for column in table for choice in column.choices}
VOCABULARY = frozenset(
    _WORDS
    | {"participant", "outside", "unknown", "unstated", "computed", "true", "false"}
    | {"match", "missing", "extra", "short", "over", "not_recorded", "paid", "released", "held"}
)
"""Values that the schema or the engine itself writes; they say nothing of anybody."""
FREE_TEXT = frozenset(
    column.name for table in TABLES.values() for column in table if column.kind == "text" and column.name != "country"
)
"""Columns that a company fills with words of its own: there, digits too may be a number of somebody's."""
_FIGURE = re.compile(r"[-+]?[0-9][0-9.,:TZW% \-]*")
_TOKEN = re.compile(r"\w[\w@.\-/+]*\w|\w")
_GROUPED = frozenset({"country", "cohort", "branch"})


@dataclass(frozen=True)
class Redactor:
    """What a case's secret makes of its report and of the rows behind it.

    Args (of the constructor):
        records: the analysed snapshot, opened.
        secret: the key of the pseudonyms; it stays with the case.
        files: names of the files as received.
        words: values that are no company's own words: currencies, components of the plan.
    """

    records: Records
    secret: bytes
    files: tuple[str, ...]
    words: frozenset[str]

    @classmethod
    def of(cls, report: Report, records: Records, secret: bytes) -> Redactor:
        """The redactor of one report."""
        parts = report.plan.reading.parts if report.plan is not None else ()
        currencies = set(MINOR_UNITS) | ({records.currency} if records.currency else set())
        words = frozenset({part.id for part in parts} | currencies)
        return cls(records, secret, tuple(file.name for file in report.files), words)

    def pseudonym(self, value: str) -> str:
        """The name that stands for an id: the same one for the same id, and no way back without the key."""
        digest = hmac.digest(self.secret, value.encode("utf-8", "surrogatepass"), "sha256")
        return f"ID-{base64.b32encode(digest[:10]).decode()[:13]}"

    @cached_property
    def file_names(self) -> dict[str, str]:
        """Neutral names of the files, numbered in their order."""
        return {
            name: f"file-{number}{PurePosixPath(name).suffix.lower() if len(PurePosixPath(name).suffix) <= 6 else ''}"
            for number, name in enumerate(dict.fromkeys(self.files), start=1)
        }

    # Rows

    def rows(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Rows of evidence with every text replaced that is no figure, date or word of the schema."""
        import polars as pl

        changed = []
        for column in frame.get_columns():
            if column.dtype in (pl.Categorical, pl.Enum):
                column = column.cast(pl.String)
            if column.dtype != pl.String:
                if column.name in PERSONAL:
                    changed.append(pl.Series(column.name, [None] * len(column), dtype=column.dtype))
                continue
            known = column.drop_nulls().unique().to_list()
            names = {value: self.cell(column.name, value) for value in known}
            changed.append(column.replace_strict(names, default=None, return_dtype=pl.String).alias(column.name))
        return frame.with_columns(changed)

    def cell(self, column: str, value: str) -> str | None:
        """One text of a row."""
        if column in PERSONAL:
            return None
        if column in ("source_file", "file") or column.endswith("_file"):
            return self.file_names.get(value) or ("computed" if value == "computed" else self.pseudonym(value))
        if column == "country":
            return value if self._sizes["country"].get(value, 0) >= FEWEST else "*"
        if column == "id" or column.endswith("_id"):
            return self.pseudonym(value)
        own = value in VOCABULARY or value in self.words
        kept = own if column in FREE_TEXT else own or self.harmless(value)
        return value if kept else self.pseudonym(value)

    def harmless(self, value: str) -> bool:
        """Whether a text is a word of the schema, a currency, a component of the plan, a figure or a date."""
        return value in VOCABULARY or value in self.words or _FIGURE.fullmatch(value) is not None

    # The report

    def report(self, report: Report) -> Report:
        """The twin of a report."""
        limits = {limit.en for one in report.measurements for limit in one.limits} | {one.en for one in report.limits}
        scrub = self._scrubber(report)
        measurements = tuple(self._measurement(one, scrub) for one in report.measurements)
        overview = report.overview
        recruiters = tuple(one.model_copy(update={"id": self.pseudonym(one.id)}) for one in overview.largest_recruiters)
        return report.model_copy(
            update={
                "title": WORDS["redacted_title"],
                "about": WORDS["redacted_about"],
                "overview": overview.model_copy(update={"largest_recruiters": recruiters}),
                "measurements": measurements,
                "findings": tuple(self._finding(one, limits, scrub) for one in report.findings),
                "rows": {id_: self._sample(rows) for id_, rows in report.rows.items()},
                "faults": tuple(self._fault(one, scrub) for one in report.faults),
                "files": tuple(self._file(one) for one in report.files),
                "refusals": tuple(
                    one.model_copy(update={"file": self.file_names.get(one.file, self.pseudonym(one.file))})
                    for one in report.refusals
                ),
                "notes": (WITHHELD,) if report.notes else (),
                "limits": tuple(WITHHELD for _ in report.limits),
                "plan": None if report.plan is None else self._plan(report.plan, scrub),
                "programme": None if report.programme is None else _walked(report.programme, scrub),
            }
        )

    def _sample(self, rows: Rows) -> Rows:
        cells = tuple(
            tuple(
                "" if cell == "" else self.cell(column, cell) or ""
                for column, cell in zip(rows.columns, row, strict=True)
            )
            for row in rows.rows
        )
        return rows.model_copy(update={"rows": cells})

    def _file(self, file: SourceFile) -> SourceFile:
        return file.model_copy(update={"name": self.file_names.get(file.name, self.pseudonym(file.name))})

    def _fault(self, fault: Fault, scrub: Callable[[Text], Text]) -> Fault:
        examples = tuple(self.pseudonym(one) for one in fault.examples)
        return fault.model_copy(update={"examples": examples, "text": scrub(fault.text)})

    def _plan(self, plan: PlanResult, scrub: Callable[[Text], Text]) -> PlanResult:
        reading = plan.reading.model_copy(update={"title": WORDS["plan"], "id": "plan"})
        named = {
            "ties": tuple(self._component(one) for one in plan.ties),
            "causes": tuple(self._component(one) for one in plan.causes),
        }
        made: PlanResult = _walked(plan.model_copy(update={"title": WORDS["plan"], "reading": reading, **named}), scrub)
        return made

    def _component(self, one: Named) -> Named:
        kept = one.component if self.harmless(one.component) else self.pseudonym(one.component)
        return one.model_copy(update={"component": kept})

    def _measurement(self, measurement: Measurement, scrub: Callable[[Text], Text]) -> Measurement:
        evidence = measurement.evidence
        if evidence is not None:
            evidence = evidence.model_copy(update={"sql": scrub(Text(en=evidence.sql, ar=evidence.sql)).en})
        return measurement.model_copy(
            update={
                "limits": tuple(WITHHELD for _ in measurement.limits),
                "notes": tuple(scrub(note) for note in measurement.notes),
                "alternatives": tuple(
                    one.model_copy(update={"label": scrub(one.label), "note": one.note and scrub(one.note)})
                    for one in measurement.alternatives
                ),
                "series": tuple(self._series(one, not measurement.in_money(one), scrub) for one in measurement.series),
                "evidence": evidence,
            }
        )

    def _finding(self, finding: Finding, limits: set[str], scrub: Callable[[Text], Text]) -> Finding:
        answer = finding.answer
        if answer is not None:
            told: dict[str, Any] = {"who": WITHHELD.en, "document": None, "note": None, "document_sha256": None}
            if finding.rule.answer == "text" and answer.value != "unknown":
                told["value"] = WITHHELD.en
            finding = judge_rule(finding.rule, None, answer.model_copy(update=told))
        notes = dict.fromkeys(WITHHELD if note.en in limits else scrub(note) for note in finding.notes)
        evidence = finding.evidence
        if evidence is not None:
            evidence = evidence.model_copy(update={"sql": scrub(Text(en=evidence.sql, ar=evidence.sql)).en})
        return finding.model_copy(
            update={
                "notes": tuple(notes),
                "evidence": evidence,
                "sentence": scrub(finding.sentence),
                "defence": scrub(finding.defence),
                "readings": tuple(one.model_copy(update={"label": scrub(one.label)}) for one in finding.readings),
            }
        )

    # Breakdowns

    @cached_property
    def _sizes(self) -> dict[str, dict[str, int]]:
        """How many participants there are of each country, month of joining and branch."""
        queries = {
            "country": "SELECT country, count(*) FROM people WHERE is_participant AND country IS NOT NULL GROUP BY 1",
            "cohort": "SELECT strftime(joined, '%Y-%m'), count(*) FROM people"
            " WHERE is_participant AND joined IS NOT NULL GROUP BY 1",
            "branch": "SELECT h.id, count(*) FROM people p JOIN people h ON h.row = p.branch"
            " WHERE p.is_participant GROUP BY 1",
        }
        return {axis: {str(x): int(n) for x, n in self.records.all(query)} for axis, query in queries.items()}

    def _series(self, series: Series, people: bool, scrub: Callable[[Text], Text]) -> Series:
        small = [self._is_small(series, point, people) for point in series.points]
        if sum(small) == 1 and len(small) > 1:  # it could be worked out from the others and the sum
            others = [at for at, hidden in enumerate(small) if not hidden]
            small[min(others, key=lambda at: (series.points[at].denominator or 0, at))] = True
        points = tuple(self._point(series, point, hidden) for point, hidden in zip(series.points, small, strict=True))
        note = scrub(series.note) if series.note else None
        if any(small):
            said = WORDS["suppressed"]
            note = said if note is None else Text(en=f"{note.en} – {said.en}", ar=f"{note.ar} – {said.ar}")
        return series.model_copy(update={"points": points, "label": scrub(series.label), "note": note})

    def _is_small(self, series: Series, point: Point, people: bool) -> bool:
        if series.axis in _GROUPED and point.x in self._sizes[series.axis]:
            return self._sizes[series.axis][point.x] < FEWEST
        counts = people and series.axis != "share" and point.denominator is not None
        return counts and 0 < (point.denominator or 0) < FEWEST

    def _point(self, series: Series, point: Point, hidden: bool) -> Point:
        x = point.x
        if series.axis == "branch" and x != "-":
            x = self.pseudonym(x)
        elif series.axis == "country" and hidden:
            x = "*"
        elif series.axis == "category" and x in self._free_words([x]):
            x = self.pseudonym(x)
        return Point(x=x) if hidden else point.model_copy(update={"x": x})

    # Sentences

    def _scrubber(self, report: Report) -> Callable[[Text], Text]:
        """What replaces ids, names and file names inside sentences: looked up for all sentences at once."""
        found: list[str] = []
        walked: list[Any] = [report.measurements, report.findings, report.faults, report.plan, report.programme]
        for one in walked:
            found += _texts(one)
        wanted = {piece for text in set(found) for piece in _pieces(text)}
        known = self._identifying(wanted)
        names = {**{value: self.pseudonym(value) for value in known}, **self.file_names}
        if not names:
            return lambda text: text
        ordered = sorted(names, key=lambda name: (-len(name), name))
        pattern = re.compile("|".join(rf"(?<![\w-]){re.escape(name)}(?![\w-])" for name in ordered))

        def replaced(text: str) -> str:
            return pattern.sub(lambda match: names[match.group()], text)

        return lambda text: Text(en=replaced(text.en), ar=replaced(text.ar))

    def _identifying(self, wanted: Iterable[str]) -> set[str]:
        """Which of some words and phrases are ids or names in the records."""
        return self._among(wanted, IDENTIFYING)

    def _free_words(self, wanted: Iterable[str]) -> set[str]:
        """Which of some values a company wrote itself: products, ranks, components, and all that identifies."""
        tables = {
            table.name: tuple(
                column.name for column in table if column.kind in ("id", "text") and column.name != "country"
            )
            for table in TABLES.values()
        }
        return {value for value in self._among(wanted, tables) if not self.harmless(value)}

    def _among(self, wanted: Iterable[str], tables: Mapping[str, tuple[str, ...]]) -> set[str]:
        import polars as pl

        candidates = pl.DataFrame({"value": sorted(set(wanted))}, schema={"value": pl.String})
        found: set[str] = set()
        for name, columns in tables.items():
            path = self.records.folder / f"{name}.parquet"
            if not path.is_file():
                continue
            for column in columns:
                values = pl.scan_parquet(path).select(pl.col(column).alias("value"))
                matched = candidates.lazy().join(values, on="value", how="semi").collect(engine="streaming")
                found.update(matched["value"])
        return found


def _pieces(text: str) -> Iterable[str]:
    """Words and phrases of a sentence that may be an id or a name: not short ones, and no figures of few digits."""
    tokens = list(_TOKEN.finditer(text))
    for start in range(len(tokens)):
        for stop in range(start + 1, min(start + LONGEST_NAME, len(tokens)) + 1):
            piece = text[tokens[start].start() : tokens[stop - 1].end()]
            if len(piece) >= 2 and not (piece.isdigit() and len(piece) < FEWEST) and not _grouped(piece):
                yield piece


def _grouped(piece: str) -> bool:
    return re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})*(\.[0-9]+)?%?", piece) is not None


def _texts(value: Any) -> list[str]:
    """Every sentence inside a model."""
    if isinstance(value, Text):
        return [value.en, value.ar]
    if isinstance(value, tuple | list):
        return [text for one in value for text in _texts(one)]
    if hasattr(value, "model_fields_set"):
        # a rule's own words come from no company
        names = [name for name in type(value).model_fields if name != "rule"]
        return [text for name in names for text in _texts_of(name, getattr(value, name))]
    return []


def _texts_of(name: str, value: Any) -> list[str]:
    return [value] if name in ("value", "sql") and isinstance(value, str) else _texts(value)


def _walked(value: Any, scrub: Callable[[Text], Text]) -> Any:
    """A model with every sentence in it scrubbed, and the values of explained steps with them."""
    if isinstance(value, Text):
        return scrub(value)
    if isinstance(value, tuple):
        return tuple(_walked(one, scrub) for one in value)
    if hasattr(value, "model_fields_set"):
        changed = {name: _walked(getattr(value, name), scrub) for name in type(value).model_fields}
        if "children" in changed:  # a step's value may be an id
            changed["value"] = scrub(Text(en=value.value, ar=value.value)).en
        return value.model_copy(update=changed)
    return value
