"""Findings and measurements as cards: the sentence, the sum, the distance from the limit, the defence, the rows.

The rows and drawings behind a measurement stand once: under the first finding that rests on it, else under the
measurement itself; the other place leads there.
"""

from __future__ import annotations

from compliance.findings import Finding, FindingGroup
from compliance.measurement import Measurement
from compliance.report.arithmetic import arithmetic, defence, period, readings
from compliance.report.blocks import (
    Block,
    Card,
    Code,
    Column,
    Fold,
    Heading,
    Items,
    Line,
    Paragraph,
    Section,
    Span,
    Table,
    Terms,
    line,
)
from compliance.report.page import JUDGED, Page
from compliance.report.printed import printed
from compliance.report.series_charts import series_blocks

SHOWN_STATES = ("breached", "borderline", "met", "gate", "reference")
UNMEASURED = "unmeasured"
"""Id of the heading over what could not be measured."""
ROWS_ON_PAPER = 6
QUERY_ON_PAPER = 900
"""Letters of a query that are printed."""
SOURCE_WORDS = {
    "primary": "source_checked_primary",
    "secondary": "source_checked_secondary",
    "none": "source_unchecked",
}


def finding_section(page: Page, shown: set[str]) -> Section:
    """Every finding, the most pressing first; adds to `shown` the measurements whose rows it printed."""
    blocks: list[Block] = [Paragraph(line(page.word("findings_intro")), "muted")]
    for group in page.in_state(*SHOWN_STATES):
        blocks.append(_card(page, group, shown))
        if group.measurement and _in_full(page, group):
            shown.add(group.measurement)
    for state in ("question", "not_measurable"):
        groups = page.in_state(state)
        members = [finding for group in groups for finding in group.hooks if finding.state == state]
        if not members:
            continue
        blocks.append(Heading(f"{page.state_word(groups[0])} ({page.number(page.count_state(state))})"))
        lines = tuple(
            line(
                Span("", "sign", state),
                " ",
                Span(page.where(finding), "strong"),
                f". {page.text(finding.sentence)} ",
                *source(page, finding, quiet=True),
            )
            for finding in members
        )
        blocks.append(Items(lines, "plain", tuple(finding.id for finding in members)))
    return Section("findings", page.word("findings"), tuple(blocks), index=True)


def _in_full(page: Page, group: FindingGroup) -> bool:
    """Whether a card shows how the figure comes about; on paper, what is for context leaves that to the measurement."""
    return not page.paper or group.state in JUDGED


def _card(page: Page, group: FindingGroup, shown: set[str]) -> Card:
    lead = group.lead
    measurement = page.report.measurement(group.measurement) if group.measurement else None
    blocks: list[Block] = [Paragraph(line(page.text(lead.sentence)))]
    if lead.flip:
        blocks.append(Paragraph(line(page.text(lead.flip))))
    if measurement is not None and lead.value is not None and _in_full(page, group):
        known = {variant.id: variant for variant in measurement.variants}
        variant = known.get(lead.rule.reads, measurement.variant())
        blocks += arithmetic(page, measurement, variant, lead)
        blocks += readings(page, lead)
    pairs: list[tuple[str, tuple[Line, ...]]] = [(page.word("rule"), (line(page.text(lead.rule.statement)),))]
    if lead.why_not:
        pairs.append((page.word("why_not"), (line(page.text(lead.why_not)),)))
    if lead.notes:
        pairs.append((page.word("note"), tuple(line(page.text(note)) for note in lead.notes)))
    pairs.append((page.word("defence"), defence(page, lead, measurement)))
    pairs.append((page.word("source"), (source(page, lead),)))
    blocks.append(Terms(tuple(pairs)))
    if len(group.hooks) > 1:
        blocks.append(Heading(page.word("other_hooks"), 4))
        blocks.append(
            Items(
                tuple(_hook(page, hook) for hook in group.hooks[1:]),
                "bullets",
                tuple(hook.id for hook in group.hooks[1:]),
            )
        )
    if measurement is not None:
        if measurement.id not in shown and _in_full(page, group):
            blocks += exhibits(page, measurement)
        more = Span(f"{page.word('see_measurement')}: {page.text(measurement.title)}", "jump", f"m-{measurement.id}")
        blocks.append(Paragraph((more,), "muted"))
    named = page.where(lead)
    if measurement is not None and lead.rule.legal_force == "indicator":
        named = page.text(measurement.title)  # the instrument of all of these is the same: an indicator of ours
    title = line(Span("", "sign", group.state), " ", Span(page.state_word(group), "state", group.state), " · ", named)
    return Card(lead.id, title, tuple(blocks), group.state)


def _hook(page: Page, hook: Finding) -> Line:
    return line(
        Span(page.text(hook.state_label), "state", hook.state),
        f" · {page.where(hook)}. {page.text(hook.rule.statement)} (",
        *source(page, hook),
        ")",
    )


def source(page: Page, finding: Finding, *, quiet: bool = False) -> Line:
    """Kind of source, its address, and whether its text was seen."""
    rule = finding.rule
    checked = page.word(SOURCE_WORDS[rule.verified_basis])
    kind = page.label("force", rule.legal_force)
    parts: list[Span | str] = [Span(f"{kind}{page.semicolon} ", "muted") if quiet else f"{kind}{page.semicolon} "]
    if rule.source_url:
        parts += [Span(rule.source_url, "link", rule.source_url), page.comma]
    parts.append(Span(checked, "muted") if quiet else checked)
    return tuple(parts)


def measurement_section(page: Page, shown: set[str]) -> Section:
    """Every measurement, measurable or not, with its definition and what misleads in it."""
    where = {group.measurement: group.lead for group in reversed(page.in_state(*SHOWN_STATES)) if group.measurement}
    blocks: list[Block] = []
    for measurement in page.report.measurements:
        if not measurement.measurable:
            continue
        rows: list[Block] = []
        if measurement.id not in shown:
            rows += [_row_count(page, measurement)] if page.paper else exhibits(page, measurement)
        elif measurement.id in where:
            lead = where[measurement.id]
            rows.append(Paragraph((f"{page.word('see_rows')}: ", Span(page.where(lead), "jump", lead.id)), "muted"))
        made = printed(page, measurement, shown) if page.paper else _unfolded(page, measurement)
        title = line(f"{page.text(measurement.title)}: {page.value(measurement)}")
        blocks.append(Card(f"m-{measurement.id}", title, (*made, *rows)))
    return Section("measurements", page.word("measurements"), (*blocks, *_unmeasured(page)), index=True)


def _unfolded(page: Page, measurement: Measurement) -> list[Block]:
    interval = page.interval(measurement)
    return [
        *arithmetic(page, measurement, measurement.variant()),
        *([Paragraph(line(page.word("interval_here", **interval)), "muted")] if interval is not None else []),
        *_variants(page, measurement),
        *period(page, measurement),
        Fold(page.word("how"), (_definition(page, measurement),)),
    ]


def _row_count(page: Page, measurement: Measurement) -> Block:
    found = page.report.rows.get(measurement.id)
    return Paragraph(line("" if found is None else page.word("rows_in_annex", count=page.number(found.count))), "muted")


def _unmeasured(page: Page) -> tuple[Block, ...]:
    """What could not be measured, in one table with what each would need."""
    lacking = page.unmeasured()
    if not lacking:
        return ()
    rows = tuple(
        (
            line(
                Span(page.text(one.title), "strong"),
                "" if page.paper else Span(f" {page.text(one.definition)}", "muted"),
            ),
            line(" ".join(page.text(missing.text) for missing in one.missing)),
        )
        for one in lacking
    )
    head = (Column(page.word("measurement")), Column(page.word("would_need")))
    title = f"{page.word('not_measured')} ({page.number(len(lacking))})"
    return Heading(title, id=UNMEASURED), Table(head, rows, ids=tuple(f"m-{one.id}" for one in lacking))


def _variants(page: Page, measurement: Measurement) -> list[Block]:
    if not measurement.alternatives:
        return []
    head = (
        Column(page.word("readings")),
        Column(page.word("value"), number=True),
        Column(page.word("numerator"), number=True),
        Column(page.word("denominator"), number=True),
    )
    rows = []
    for variant in measurement.variants:
        lacking = " ".join(page.text(missing.text) for missing in variant.missing)
        label = page.text(variant.label) + (f": {lacking}" if lacking else "")
        rows.append(
            (
                line(label, f" {page.text(variant.note)}" if variant.note else ""),
                line(page.value(measurement, variant)),
                line(page.term(measurement, variant.numerator, variant) or "–"),
                line(page.term(measurement, variant.denominator, variant) or "–"),
            )
        )
    return [Table(head, tuple(rows))]


def _definition(page: Page, measurement: Measurement) -> Terms:
    remarks = tuple(line(page.text(text)) for text in measurement.limits + measurement.notes)
    pairs: list[tuple[str, tuple[Line, ...]]] = [
        (page.word("definition"), (line(page.text(measurement.definition)),)),
        (page.word("formula"), (line(Span(measurement.formula, "ltr")),)),
        (page.word("known_errors"), (line(page.text(measurement.false_positives)),)),
        *([(page.word("note"), remarks)] if remarks else []),
        (page.word("source"), (line(Span(measurement.source, "ltr")),)),
    ]
    return Terms(tuple(pairs))


def exhibits(page: Page, measurement: Measurement) -> list[Block]:
    """The drawings of a measurement and the first rows behind it, with their query."""
    blocks: list[Block] = []
    drawn = series_blocks(page, measurement)
    if drawn:
        blocks.append(Fold(page.word("course"), drawn))
    found = page.report.rows.get(measurement.id)
    if found is None:
        return blocks
    rows = found.rows[:ROWS_ON_PAPER] if page.paper else found.rows
    counts = page.word("evidence_count", shown=page.number(len(rows)), count=page.number(found.count))
    inside: list[Block] = [
        Table(
            tuple(Column(column) for column in found.columns),
            tuple(tuple(line(cell) for cell in row) for row in rows),
            records=True,
        )
    ]
    if len(rows) < found.count:
        inside.append(Paragraph(line(page.word("annex_all")), "muted"))
    if measurement.evidence is not None:
        overview = page.report.overview
        if found.in_whole_units and overview.currency:
            units = page.number(10**overview.scale)
            said = page.word("minor_units", currency=page.apart(overview.currency), units=units)
            inside.append(Paragraph(line(said), "muted"))
        query = measurement.evidence.sql
        inside += [Paragraph(line(page.word("query")), "muted"), Code(query[:QUERY_ON_PAPER] if page.paper else query)]
        if page.paper and len(query) > QUERY_ON_PAPER:
            inside.append(Paragraph(line(page.word("query_cut")), "muted"))
    blocks.append(Fold(f"{page.word('evidence')} ({counts})", tuple(inside)))
    return blocks
