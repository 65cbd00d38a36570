"""The end of a report: the plan recomputed, the tree as found, the files and every row of them, how to check it all."""

from __future__ import annotations

from collections.abc import Iterable

from compensation.steps import Step
from compliance.report.blocks import (
    Block,
    Code,
    Column,
    Fold,
    Heading,
    Items,
    Line,
    Paragraph,
    Section,
    Span,
    Steps,
    Table,
    Terms,
    line,
)
from compliance.report.model import PlanResult
from compliance.report.page import Page
from intake.errors import hint_for


def annex_sections(page: Page) -> tuple[Section, ...]:
    """Plan, structure, intake, assumptions, provenance."""
    return (
        Section("plan", page.word("plan"), _plan(page)),
        Section("structure", page.word("structure"), _structure(page)),
        Section("intake", page.word("intake"), _intake(page)),
        Section("assumptions", page.word("assumptions"), _assumptions(page)),
        Section("provenance", page.word("provenance"), _provenance(page)),
    )


def _plan(page: Page) -> tuple[Block, ...]:
    plan = page.report.plan
    if plan is None:
        return (Paragraph(line(page.word("plan_none"))),)
    reading = plan.reading
    blocks: list[Block] = [Paragraph(line(Span(page.text(plan.title), "strong")))]
    blocks += [Paragraph(line(page.text(text))) for text in reading.frame]
    blocks.append(
        Terms(
            tuple(
                (
                    part.id,
                    tuple(
                        line(page.text(text)) for text in (part.words, part.worst_case) if text is not None and text.en
                    ),
                )
                for part in reading.parts
            )
        )
    )
    blocks.append(Heading(page.word("worst_case")))
    bounds = [ratio.text for ratio in reading.ratios] + list(reading.unbounded)
    blocks.append(Items(tuple(line(page.text(text)) for text in bounds)))
    if reading.features:
        blocks.append(Heading(page.word("plan_features")))
        blocks.append(Items(tuple(line(page.text(feature.text)) for feature in reading.features)))
    blocks += _ties(page, plan)
    if plan.explained:
        blocks.append(Heading(page.word("explained")))
        for step in plan.explained:
            lines = tuple(_steps(page, step.children, 0))
            blocks.append(Fold(f"{page.text(step.label)}: {page.apart(step.value)}", (Steps(lines),)))
    blocks += [Paragraph(line(page.text(text)), "caution") for text in plan.not_recorded]
    return tuple(blocks)


def _ties(page: Page, plan: PlanResult) -> list[Block]:
    blocks: list[Block] = []
    if plan.ties:
        head = (
            Column(page.word("component")),
            Column(page.word("status")),
            *(Column(page.word(name), number=True) for name in ("lines", "recorded", "recomputed", "difference")),
        )
        rows = tuple(
            (
                line(Span(tie.component, "ltr")),
                line(page.word(f"status_{tie.status}")),
                line(page.number(tie.lines)),
                line(page.money(tie.recorded)),
                line(page.money(tie.recomputed)),
                line(page.money(tie.difference)),
            )
            for tie in plan.ties
        )
        blocks.append(Table(head, rows))
    if plan.causes:
        blocks += [Heading(page.word("causes")), Paragraph(line(page.word("causes_how")))]
        head = (
            Column(page.word("component")),
            Column(page.word("cause")),
            Column(page.word("lines"), number=True),
            Column(page.word("difference"), number=True),
        )
        sums = tuple(
            (
                line(Span(cause.component, "ltr")),
                line(page.text(cause.text)),
                line(page.number(cause.lines)),
                line(page.money(cause.difference)),
            )
            for cause in plan.causes
        )
        blocks.append(Table(head, sums))
    return blocks


def _steps(page: Page, steps: Iterable[Step], depth: int) -> Iterable[tuple[int, Line]]:
    for step in steps:
        value: tuple[Span | str, ...] = (": ", Span(step.value, "ltr")) if step.value else ()
        yield depth, line(page.text(step.label), *value)
        yield from _steps(page, step.children, depth + 1)


def _structure(page: Page) -> tuple[Block, ...]:
    if not page.report.faults:
        return (Paragraph(line(page.word("structure_none"))),)
    lines = []
    for fault in page.report.faults:
        said = page.text(fault.text)
        if fault.repair is not None:
            said += f" {page.word('repair')}: {page.text(fault.repair)}"
        examples = (" ", Span(", ".join(fault.examples), "code")) if fault.examples else ()
        lines.append(line(said, *examples))
    return (Items(tuple(lines)),)


def _intake(page: Page) -> tuple[Block, ...]:
    report = page.report
    said = page.word("intake_sum", **page.intake_totals())
    if report.figures:
        agreeing = sum(figure.agrees for figure in report.figures)
        said += " " + page.word("checked_figures", ok=page.number(agreeing), total=page.number(len(report.figures)))
    blocks: list[Block] = [Paragraph(line(said))]
    for figure in report.figures:
        if not figure.agrees:
            differs = page.word("figure_differs", id=figure.id, stated=figure.stated, found=figure.found or "–")
            blocks.append(Paragraph(line(differs), "caution"))
    numbers = tuple(Column(page.word(name), number=True) for name in ("rows_in", "accepted", "refused"))
    head = (Column(page.word("file")), Column(page.word("into")), *numbers, Column("SHA-256"))
    rows = tuple(
        (
            line(Span(file.name, "ltr")),
            line(Span(file.table or "–", "ltr")),
            line(page.number(file.rows_in)),
            line(page.number(file.accepted)),
            line(page.number(file.refused)),
            line(Span(file.sha256, "code")),
        )
        for file in report.files
    )
    blocks.append(Table(head, rows))
    if report.refusals:
        head = (Column(page.word("file")), Column(page.word("reason")), Column(page.word("count"), number=True))
        refused = tuple(
            (
                line(Span(refusal.file, "ltr")),
                line(
                    f"{page.text(hint_for(refusal.code)) if page.arabic else refusal.hint} (",
                    Span(refusal.code, "ltr"),
                    ")",
                ),
                line(page.number(refusal.count)),
            )
            for refusal in report.refusals
        )
        blocks.append(Table(head, refused))
    if report.notes:
        blocks.append(Items(tuple(line(page.text(note)) for note in report.notes)))
    return tuple(blocks)


def _assumptions(page: Page) -> tuple[Block, ...]:
    head = (
        Column(page.word("assumption")),
        Column(page.word("value"), number=True),
        Column(""),
        Column(page.word("assume_name")),
    )
    rows = tuple(
        (
            line(page.text(each.meaning)),
            line("–" if each.value is None else Span(each.value, "ltr")),
            line(page.word("chosen" if each.chosen else "default" if each.value is not None else "not_set")),
            line(Span(each.name, "ltr")),
        )
        for each in page.report.provenance.assumptions
    )
    return Paragraph(line(page.word("assumptions_are"))), Table(head, rows)


def _provenance(page: Page) -> tuple[Block, ...]:
    made = page.report.provenance
    pairs: list[tuple[str, tuple[Line, ...]]] = [
        (page.word("snapshot"), (line(Span(made.snapshot, "code")),)),
        (page.word("program"), (line(Span(made.program, "ltr")),)),
    ]
    for pack in made.packs:
        counts = page.word("pack_rules", enabled=page.number(pack.enabled), total=page.number(pack.rules))
        hashed = line(f"{counts}{page.semicolon} ", Span(pack.sha256, "code"))
        pairs.append((f"{page.word('packs')}: {page.label('pack', pack.name)}", (hashed,)))
    if made.plan_sha256:
        pairs.append((page.word("plan"), (line(Span(made.plan_sha256, "code")),)))
    return Terms(tuple(pairs)), Paragraph(line(page.word("reproduce"))), Code(made.command)
