"""The front sheets of the evidence annex as plain grids: index, findings with their arithmetic, measurements, files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol, TypeAlias

from compliance.figures import show_margin, show_of
from compliance.findings import Finding
from compliance.measurement import Measurement
from compliance.report.page import Page

Cell: TypeAlias = "str | int | tuple[str, str]"
"""A text, a number, or a text with the name of the sheet that it leads to."""


class Placed(Protocol):
    """Where the rows of a measurement stand, and how many of them."""

    @property
    def sheet(self) -> str:
        """Name of the first sheet."""

    @property
    def count(self) -> int:
        """Rows there are."""

    @property
    def written(self) -> int:
        """Rows in the workbook."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet of cells under headings; a column is a heading and a width in letters."""

    title: str
    intro: str
    columns: tuple[tuple[str, int], ...]
    rows: Iterable[tuple[Cell, ...]]


def index_grid(page: Page, listed: Mapping[str, Placed]) -> Grid:
    """Every sheet of rows with what it holds."""
    rows: list[tuple[Cell, ...]] = [
        ((page.word(name), page.word(name)), "", "", "", "")
        for name in ("sheet_findings", "sheet_measurements", "sheet_files")
    ]
    for measurement in page.report.measurements:
        placed = listed.get(measurement.id)
        if placed is not None:
            value = page.value(measurement)
            rows.append(
                (
                    (placed.sheet, placed.sheet),
                    page.text(measurement.title),
                    value,
                    placed.count,
                    placed.written,
                )
            )
    currency = page.report.overview.currency or "–"
    return Grid(
        title=f"{page.word('annex')}: {page.text(page.report.title)}",
        intro=page.word("annex_intro", currency=currency),
        columns=(
            (page.word("sheet"), 34),
            (page.word("measurement"), 52),
            (page.word("value"), 24),
            (page.word("rows_all"), 14),
            (page.word("rows_listed"), 14),
        ),
        rows=rows,
    )


def findings_grid(page: Page, listed: Mapping[str, Placed]) -> Grid:
    """Every finding in reading order, with its arithmetic and its source."""
    rows = [_finding(page, finding, listed) for group in page.groups for finding in group.hooks]
    names = (
        ("sheet", 30),
        ("rule_id", 30),
        ("country", 9),
        ("instrument", 46),
        ("state", 22),
        ("severity", 12),
        ("finding", 70),
        ("measurement", 34),
        ("reading", 26),
        ("value", 20),
        ("numerator", 20),
        ("denominator", 20),
        ("limit", 20),
        ("distance", 24),
        ("flips", 20),
        ("defence", 70),
        ("source", 46),
        ("force", 20),
    )
    return Grid(
        page.word("sheet_findings"),
        page.word("findings_intro"),
        tuple((page.word(name), width) for name, width in names),
        rows,
    )


def _finding(page: Page, finding: Finding, listed: Mapping[str, Placed]) -> tuple[Cell, ...]:
    rule = finding.rule
    measurement = page.report.measurement(finding.measurement) if finding.measurement else None
    placed = listed.get(finding.measurement or "")
    return (
        (placed.sheet, placed.sheet) if placed else "",
        finding.id,
        rule.jurisdiction,
        page.where(finding),
        page.text(finding.state_label),
        page.label("severity", finding.severity),
        page.text(finding.sentence),
        page.text(measurement.title) if measurement else "",
        *_sum(page, finding, measurement),
        page.text(finding.defence),
        rule.source_url or "",
        page.label("force", rule.legal_force),
    )


def _sum(page: Page, finding: Finding, measurement: Measurement | None) -> tuple[str, ...]:
    """Definition, value, numerator, denominator, limit, distance, where it flips."""
    if measurement is None or finding.value is None:
        return ("",) * 7
    known = {variant.id: variant for variant in measurement.variants}
    variant = known.get(finding.rule.reads, measurement.variant())
    far = flips = ""
    if finding.margin is not None:
        margin = Fraction(finding.margin)
        side = page.word("on_limit" if margin == 0 else "above_limit" if margin > 0 else "below_limit")
        unit = measurement.unit_of(variant)
        size = show_margin(margin, unit, currency=measurement.currency, scale=measurement.scale)
        far = side if margin == 0 else f"{page.text(size)} {side}"
    if finding.flips_at_numerator is not None:
        flips = f"{page.word('numerator')}: {page.term(measurement, finding.flips_at_numerator, variant)}"
    elif finding.flips_at is not None:
        flips = page.text(show_of(measurement, Fraction(finding.flips_at), variant))
    return (
        page.text(variant.label),
        page.text(finding.value_shown),
        page.term(measurement, variant.numerator, variant),
        page.term(measurement, variant.denominator, variant),
        page.text(finding.limit_shown),
        far,
        flips,
    )


def measurements_grid(page: Page, listed: Mapping[str, Placed]) -> Grid:
    """Every measurement under every definition."""
    rows: list[tuple[Cell, ...]] = []
    for measurement in page.report.measurements:
        placed = listed.get(measurement.id)
        for variant in measurement.variants:
            interval = page.interval(measurement, variant)
            lacking = " ".join(page.text(missing.text) for missing in variant.missing or ())
            rows.append(
                (
                    (placed.sheet, placed.sheet) if placed else "",
                    measurement.id,
                    page.text(measurement.title),
                    page.text(variant.label),
                    page.value(measurement, variant),
                    page.term(measurement, variant.numerator, variant),
                    page.term(measurement, variant.denominator, variant),
                    page.span(interval) if interval else "",
                    lacking,
                    page.text(measurement.definition),
                    measurement.formula,
                    page.text(measurement.false_positives),
                    measurement.source,
                )
            )
    names = (
        ("sheet", 30),
        ("rule_id", 26),
        ("measurement", 40),
        ("reading", 34),
        ("value", 24),
        ("numerator", 20),
        ("denominator", 20),
        ("interval", 24),
        ("not_measured", 44),
        ("definition", 70),
        ("formula", 50),
        ("known_errors", 70),
        ("source", 50),
    )
    columns = tuple(("id" if name == "rule_id" else page.word(name), width) for name, width in names)
    return Grid(page.word("sheet_measurements"), page.word("measurements"), columns, rows)


def files_grid(page: Page) -> Grid:
    """The files as received, with their hashes, and what became of their rows."""
    rows: list[tuple[Cell, ...]] = [
        (file.name, file.table or "", file.bytes, file.rows_in, file.accepted, file.refused, file.sha256)
        for file in page.report.files
    ]
    columns = (
        (page.word("file"), 40),
        (page.word("into"), 18),
        ("bytes", 14),
        (page.word("rows_in"), 12),
        (page.word("accepted"), 12),
        (page.word("refused"), 12),
        ("SHA-256", 68),
    )
    return Grid(page.word("sheet_files"), page.word("intake_sum", **page.intake_totals()), columns, rows)
