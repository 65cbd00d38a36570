"""How a figure comes about, and how far it is from where the result would change: numerator, denominator, sum, limit.

Everything is written from the exact integers that a measurement carries. The defence is the rule's own caveat with
this case's figures beside it: the bound that the records make of the figure, and its interval.
"""

from __future__ import annotations

from fractions import Fraction

from compliance.figures import show_margin, show_of, show_term
from compliance.findings import Finding
from compliance.measurement import MAIN, Alternative, Measurement
from compliance.report.blocks import Block, Column, Line, Paragraph, Span, Table, line
from compliance.report.page import Page

COMPARES = {"true": "holds_true", "false": "holds_false", "unclear": "holds_unclear"}


def term_rows(page: Page, measurement: Measurement, variant: Alternative) -> list[tuple[Line, ...]]:
    """Numerator, denominator and sum of one definition; nothing where the figure is no quotient of two."""
    if variant.numerator is None or variant.fraction is None:
        return []
    named = variant.id == MAIN
    above = page.text(measurement.numerator_label if named else variant.label)
    rows: list[tuple[Line, ...]] = [
        (line(page.word("numerator")), line(above), line(page.term(measurement, variant.numerator, variant)))
    ]
    if variant.denominator:
        below = page.text(measurement.denominator_label) if named else ""
        over = page.term(measurement, variant.denominator, variant)
        rows.append((line(page.word("denominator")), line(below), line(over)))
        quotient = " ÷ ".join(
            show_term(measurement, term, variant).en for term in (variant.numerator, variant.denominator)
        )
        rows.append((line(page.word("sum")), line(Span(quotient, "ltr")), line(page.value(measurement, variant))))
    return rows


def arithmetic(
    page: Page, measurement: Measurement, variant: Alternative, finding: Finding | None = None
) -> list[Block]:
    """The table of the sum, with the rule's limit and the distance from it where there is a rule."""
    rows = term_rows(page, measurement, variant)
    if finding is not None and finding.limit_shown is not None:
        rows += _against(page, measurement, variant, finding)
    if not rows:
        return []
    head = (Column(page.word("term")), Column(page.word("counted")), Column(page.word("figure"), number=True))
    return [Table(head, tuple(rows))]


def _against(page: Page, measurement: Measurement, variant: Alternative, finding: Finding) -> list[tuple[Line, ...]]:
    rows: list[tuple[Line, ...]] = [(line(page.word("limit")), line(), line(page.text(finding.limit_shown)))]
    if finding.margin is None:
        return rows
    margin = Fraction(finding.margin)
    side = page.word("on_limit" if margin == 0 else "above_limit" if margin > 0 else "below_limit")
    unit = measurement.unit_of(variant)
    far = show_margin(margin, unit, currency=measurement.currency, scale=measurement.scale)
    rows.append((line(page.word("distance")), line(side), line(page.text(far) if margin else "")))
    if finding.flips_at_numerator is not None:
        label = page.text(measurement.numerator_label) if finding.rule.reads == MAIN else page.word("numerator")
        there = page.term(measurement, finding.flips_at_numerator, variant)
        rows.append((line(page.word("flips")), line(label), line(there)))
    elif finding.flips_at is not None:
        there = page.text(show_of(measurement, Fraction(finding.flips_at), variant))
        rows.append((line(page.word("flips")), line(), line(there)))
    return rows


def readings(page: Page, finding: Finding) -> list[Block]:
    """The figure under each definition that the rule compares, where there are several."""
    if len(finding.readings) < 2:
        return []
    compared = any(reading.compares is not None for reading in finding.readings)
    head = [Column(page.word("readings")), Column(page.word("value"), number=True)]
    if compared:
        head.append(Column(page.word("holds")))
    rows = []
    for reading in finding.readings:
        cells = [line(page.text(reading.label)), line(page.text(reading.shown))]
        if compared:
            cells.append(line(page.word(COMPARES[reading.compares]) if reading.compares else "–"))
        rows.append(tuple(cells))
    return [Table(tuple(head), tuple(rows))]


def defence(page: Page, finding: Finding, measurement: Measurement | None) -> tuple[Line, ...]:
    """What speaks against reading too much into a finding, with the figures of this case."""
    said: list[Line] = [line(page.text(finding.defence))]
    if measurement is None or finding.value is None:
        return tuple(said)
    here = []
    variant = next((one for one in measurement.variants if one.id == finding.rule.reads), measurement.variant())
    if variant.bound != "exact":
        here.append(page.word(f"bound_{variant.bound}"))
    interval = page.interval(measurement, variant)
    if interval is not None:
        here.append(page.word("interval_here", **interval))
    if here:
        said.append(line(Span(page.word("figures_here") + ": ", "strong"), " ".join(here)))
    return tuple(said)


def period(page: Page, measurement: Measurement) -> list[Block]:
    """From when to when the counted rows reach."""
    if measurement.period is None:
        return []
    span = page.word("period_span", start=page.apart(measurement.period.start), end=page.apart(measurement.period.end))
    return [Paragraph(line(f"{page.word('period_counted')}: {span}"), "muted")]
