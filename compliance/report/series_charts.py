"""One drawing for each series of a measurement: by month, cohort, country, branch, level, decile, share.

Time and other ordered axes become columns, from left to right in both languages; countries, branches and kinds become
horizontal bars that start at the reading side. What does not fit into a drawing is counted under it, never dropped
without a word; the figures behind the drawing follow it as a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from compliance.figures import show
from compliance.measurement import Measurement, Point, Series
from compliance.report import charts
from compliance.report.blocks import Block, Column, Figure, Fold, Paragraph, Span, Table, line
from compliance.report.page import Page

DRAWN_COLUMNS, DRAWN_ROWS = 120, 15
TABLED = 60
ORDERED = frozenset({"period", "cohort", "tenure", "decile", "level"})
MEAN_DECIMALS = 2
FINE = 10**6
"""Values are drawn as whole numbers of this part of one."""


def series_blocks(page: Page, measurement: Measurement) -> tuple[Block, ...]:
    """A drawing and a table for each series that has a value."""
    drawn: list[Block] = []
    tabled: list[Block] = []
    for series in measurement.series:
        points = [point for point in series.points if point.value is not None]
        if not points or series.axis == "share":
            continue
        drawn.append(_figure(page, measurement, series, points))
        tabled.append(_table(page, measurement, series))
    return (*drawn, *courses(page, measurement)) if page.paper else (*drawn, *tabled)


def courses(page: Page, measurement: Measurement) -> tuple[Block, ...]:
    """Each series as one running line, for paper: every point with its value."""
    found = []
    for series in measurement.series:
        points = [point for point in series.points[:TABLED] if point.value is not None]
        if not points or series.axis == "share":
            continue
        said: list[Span | str] = [Span(f"{page.text(series.label)}: ", "strong")]
        for at, point in enumerate(points):
            between = f"{page.semicolon} " if at else ""
            said.append(
                f"{between}{page.apart(_name(page, series, point))}: {_value(page, measurement, series, point)}"
            )
        if len(series.points) > TABLED:
            said.append(f"{page.semicolon} {page.word('not_listed', count=page.number(len(series.points) - TABLED))}")
        found.append(Paragraph(tuple(said), "small"))
    return tuple(found)


def _figure(page: Page, measurement: Measurement, series: Series, points: Sequence[Point]) -> Figure:
    label = page.text(series.label)
    title = f"{page.text(measurement.title)}: {label}"
    ordered = series.axis in ORDERED
    kept = points[-DRAWN_COLUMNS:] if ordered else points[:DRAWN_ROWS]
    values = [round(Fraction(point.value or "0") * FINE) for point in kept]
    shown = [_value(page, measurement, series, point) for point in kept]
    names = [_name(page, series, point) for point in kept]
    if ordered:
        spans = [
            None
            if point.interval is None
            else (round(Fraction(point.interval.low) * FINE), round(Fraction(point.interval.high) * FINE))
            for point in kept
        ]
        ends = [end for span in spans if span for end in span]
        top, bottom = max(0, *values, *ends, 0), min(0, *values, *ends, 0)
        svg = charts.columns(
            names,
            [charts.Bars(label, "people", values)],
            title=title,
            shown=[shown],
            highest=_shown(page, measurement, series, Fraction(top, FINE)),
            lowest=_shown(page, measurement, series, Fraction(bottom, FINE)) if bottom else "0",
            spans=spans,
        )
        whiskers = any(spans)
    else:
        svg = charts.rows(names, values, shown, title=title, arabic=page.arabic)
        whiskers = False
    notes = [page.text(series.note)]
    if len(kept) < len(points):
        notes.append(page.word("not_drawn", count=page.number(len(points) - len(kept))))
    if whiskers:
        notes.append(page.word("whiskers"))
    return Figure(svg=svg, caption=label, alt=_alt(page, title, names, shown), note=" ".join(filter(None, notes)))


def _table(page: Page, measurement: Measurement, series: Series) -> Fold:
    terms = any(point.numerator is not None and point.denominator is not None for point in series.points)
    head = [Column(page.text(series.label)), Column(page.word("value"), number=True)]
    if terms:
        head += [Column(page.word("numerator"), number=True), Column(page.word("denominator"), number=True)]
    rows = []
    for point in series.points[:TABLED]:
        cells = [line(Span(_name(page, series, point), "ltr")), line(_value(page, measurement, series, point))]
        if terms:
            cells += [
                line(page.term(measurement, term, series) or "–") for term in (point.numerator, point.denominator)
            ]
        rows.append(tuple(cells))
    blocks: list[Block] = [Table(tuple(head), tuple(rows))]
    if len(series.points) > TABLED:
        more = page.word("not_listed", count=page.number(len(series.points) - TABLED))
        blocks.append(Paragraph(line(more), "muted"))
    return Fold(f"{page.word('table')}: {page.text(series.label)}", tuple(blocks))


def _name(page: Page, series: Series, point: Point) -> str:
    """What a point stands for; the branches that are not told apart have a word."""
    if point.label is not None:
        return page.text(point.label)
    return page.word("other_branches") if series.axis == "branch" and point.x == "-" else point.x


def _value(page: Page, measurement: Measurement, series: Series, point: Point) -> str:
    if point.value is None:
        return "–"
    return _shown(page, measurement, series, Fraction(point.value), exact=point.numerator is not None)


def _shown(page: Page, measurement: Measurement, series: Series, value: Fraction, *, exact: bool = False) -> str:
    """A value; a sum of money that is no whole number of minor units, such as a mean, with at most two decimals."""
    scale = measurement.scale if exact or measurement.scale is None else min(measurement.scale, MEAN_DECIMALS)
    return page.text(show(value, series.unit, currency=measurement.currency, scale=scale))


def _alt(page: Page, title: str, names: Sequence[str], shown: Sequence[str]) -> str:
    """The drawing in words: first, last, and how many points between."""
    if len(names) == 1:
        return f"{title}. {names[0]}: {shown[0]}"
    between = page.word("points_drawn", count=page.number(len(names)))
    return f"{title}. {between} {names[0]}: {shown[0]}{page.semicolon} {names[-1]}: {shown[-1]}"
