"""A measurement on paper: the same as on the screen, in a few running lines.

A screen folds what is long; paper cannot. So a printed measurement gives its sum in one line, every definition and every
point of its course one after the other, and the definition in small print. Rows and queries stand in the evidence annex.
"""

from __future__ import annotations

from compliance.figures import show_term
from compliance.measurement import Measurement
from compliance.report.blocks import Block, Line, Paragraph, Span, line
from compliance.report.page import Page
from compliance.report.series_charts import courses


def printed(page: Page, measurement: Measurement, shown: set[str]) -> tuple[Block, ...]:
    """Sum, interval, period, definitions, course (where no finding drew it), and how it is computed.

    Args:
        page: language and figures.
        measurement: one that has a value.
        shown: ids of those whose course is drawn under a finding.
    """
    lines = [_sum(page, measurement), _readings(page, measurement)]
    course = () if measurement.id in shown else courses(page, measurement)
    return *(Paragraph(each, "small") for each in lines if each), *course, *_definition(page, measurement)


def _sum(page: Page, measurement: Measurement) -> Line:
    """The terms with what they count, their quotient, the interval and the period."""
    terms: list[str] = []
    above, below = measurement.numerator, measurement.denominator
    for label, term in ((measurement.numerator_label, above), (measurement.denominator_label, below)):
        if label is not None and term is not None:
            terms.append(f"{page.text(label)}: {page.term(measurement, term)}")
    if above is not None and below:
        quotient = " ÷ ".join(show_term(measurement, term).en for term in (above, below))
        terms.append(f"{page.apart(quotient)} = {page.value(measurement)}")
    said = [f"{page.semicolon} ".join(terms) + "."] if terms else []
    if (interval := page.interval(measurement)) is not None:
        said.append(page.word("interval_here", **interval))
    if (counted := measurement.period) is not None:
        span = page.word("period_span", start=page.apart(counted.start), end=page.apart(counted.end))
        said.append(f"{page.word('period_counted')}: {span}.")
    return line(" ".join(said))


def _readings(page: Page, measurement: Measurement) -> Line:
    """The value under every definition; for those without one, what they would need."""
    if not measurement.alternatives:
        return ()
    found: list[Span | str] = [Span(f"{page.word('readings')}: ", "strong")]
    for at, variant in enumerate(measurement.variants):
        between = f"{page.semicolon} " if at else ""
        lacking = " ".join(page.text(missing.text) for missing in variant.missing)
        value = page.value(measurement, variant) if variant.measurable else lacking.rstrip(".")
        found.append(f"{between}{page.text(variant.label)}: {value}")
    return tuple(found)


def _definition(page: Page, measurement: Measurement) -> tuple[Block, ...]:
    remarks = " ".join(page.text(text) for text in measurement.limits + measurement.notes)
    parts: tuple[tuple[str, Span | str], ...] = (
        ("definition", page.text(measurement.definition)),
        ("formula", Span(measurement.formula, "ltr")),
        ("known_errors", page.text(measurement.false_positives)),
        ("note", remarks),
        ("source", Span(measurement.source, "ltr")),
    )
    return tuple(
        Paragraph((Span(f"{page.word(name)}: ", "strong"), said), "small")
        for name, said in parts
        if (said if isinstance(said, str) else said.text)
    )
