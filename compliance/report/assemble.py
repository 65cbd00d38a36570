"""Gathers what the rooms found into one `Report`.

Nothing is computed here but the sample of rows behind each measurement, the count of refusals by reason, and the
comparison of the data sheet's stated figures with those that came out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from compliance.figures import show
from compliance.findings import Finding
from compliance.measurement import Measurement, decimal_string
from compliance.overview import MONEY_FIGURES, Overview
from compliance.programme import read_programme
from compliance.records import Records
from compliance.report.model import (
    CheckedFigure,
    Fault,
    PlanResult,
    Provenance,
    Refusal,
    Report,
    Rows,
    SourceFile,
)
from genealogy.structure import Problem
from intake.database import connect
from intake.reading import Reading
from intake.text import Text

ROWS_SHOWN = 12
MONEY = frozenset(
    [
        "amount",
        "paid",
        "paid_in",
        "paid_out",
        "net",
        "refunded",
        "goods",
        "sold",
        "sales",
        "reward",
        "gap",
        "recorded",
        "recomputed",
        "difference",
        "from_participants",
        "from_outside",
        "charges",
        "due",
        "unpaid",
        "from_recruiting",
        "traced",
        "without_kits",
        "with_untraced",
        "fees",
        "margin",
        "cost",
        "tax",
        "freight",
        "price",
        "market_price",
        "elsewhere",
        "stock",
        "gone",
        "bought",
        "given_back",
        "spent",
        "received",
    ]
)
"""Columns of evidence that hold money in minor units, where they hold whole numbers."""
EXAMPLES_SHOWN = 6
UNTITLED = Text(en="Untitled records", ar="سجلات بلا عنوان")


def assemble(
    records: Records,
    reading: Reading,
    overview: Overview,
    measurements: Sequence[Measurement],
    findings: Sequence[Finding],
    *,
    plan: PlanResult | None,
    provenance: Provenance,
    title: Text | None = None,
) -> Report:
    """The report on an analysed snapshot.

    Args:
        records: the open snapshot, for the rows behind each measurement.
        reading: the receipt of the import.
        overview: the headline figures.
        measurements: every measurement made, measurable or not.
        findings: every rule held against them.
        plan: what the plan pays and how that compares, where there is a plan.
        provenance: what is needed to make the report again.
        title: default the data sheet's.
    """
    sheet = reading.datasheet
    stated = {figure.id: figure.value for figure in sheet.figures} if sheet else {}
    return Report(
        title=title or (sheet.title if sheet and sheet.title else UNTITLED),
        about=sheet.about if sheet else None,
        overview=overview,
        measurements=tuple(measurements),
        findings=tuple(findings),
        rows={
            measurement.id: rows
            for measurement in measurements
            if (rows := _rows(records, measurement, reading.currencies))
        },
        faults=tuple(_fault(problem) for problem in records.network.problems),
        files=tuple(
            SourceFile(
                name=file.name,
                sha256=file.sha256,
                bytes=file.bytes,
                table=file.table,
                rows_in=file.rows_in,
                accepted=file.rows_accepted,
                refused=file.rows_refused,
            )
            for file in reading.files
        ),
        refusals=_refusals(records.folder / "refused.parquet"),
        notes=tuple(note.text for note in reading.all_notes),
        limits=tuple(limit.text for limit in sheet.limits) if sheet else (),
        plan=plan,
        figures=tuple(_checked(id, value, overview) for id, value in stated.items()),  # noqa: A001
        programme=read_programme(measurements),
        provenance=provenance,
    )


def _rows(records: Records, measurement: Measurement, scales: Mapping[str, int]) -> Rows | None:
    if measurement.evidence is None or not measurement.measurable:
        return None
    page = records.rows(measurement.evidence, limit=ROWS_SHOWN)
    count = measurement.evidence.count
    return Rows(
        columns=tuple(page.columns),
        rows=tuple(_written(row, records, scales) for row in page.iter_rows(named=True)),
        count=len(page) if count is None else count,
        in_whole_units=any(column in MONEY for column in page.columns),
    )


def _written(row: Mapping[str, object], records: Records, scales: Mapping[str, int]) -> tuple[str, ...]:
    """A row as text, its sums of money in whole units of their currency."""
    code = str(row.get("currency") or records.currency or "")
    scale = scales.get(code, records.scale)
    return tuple(
        decimal_string(Fraction(cell) / 10**scale, scale)
        if column in MONEY and isinstance(cell, int | Decimal) and not isinstance(cell, bool)
        else _cell(cell)
        for column, cell in row.items()
    )


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _fault(problem: Problem) -> Fault:
    ids: Iterable[object] = problem.rows.column("id").slice(0, EXAMPLES_SHOWN).to_pylist()
    return Fault(
        code=problem.code,
        count=problem.count,
        text=problem.text,
        repair=problem.repair,
        examples=tuple(str(each) for each in ids),
    )


def _refusals(path: Path) -> tuple[Refusal, ...]:
    if not path.is_file():
        return ()
    with connect() as database:
        counted = database.execute(
            "SELECT file, code, min(hint), count(*) FROM read_parquet(?) GROUP BY file, code ORDER BY file, code",
            [str(path)],
        ).fetchall()
    return tuple(Refusal(file=file, code=code, hint=hint, count=count) for file, code, hint, count in counted)


def _checked(id: str, value: str, overview: Overview) -> CheckedFigure:  # noqa: A002 - it is an id
    found = overview.figures.get(id)
    if found is None:
        return CheckedFigure(id=id, stated=value, found=None, agrees=False)
    if id in MONEY_FIGURES:
        exact = Fraction(found, 10**overview.scale)
        shown = show(exact, "money", currency=overview.currency, scale=overview.scale).en
    else:
        exact = Fraction(found)
        shown = show(exact, "count").en
    return CheckedFigure(id=id, stated=value, found=shown, agrees=Fraction(value) == exact)
