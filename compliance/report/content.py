"""The report as a document: which sections it has, in which order, and what its first screen says.

`document` is the one place that decides the content of a report for every printed form. The first section is what a
regulator would read aloud; pictures, findings, measurements and the annex follow, each made by a neighbouring module.
"""

from __future__ import annotations

from compliance.report.blocks import (
    Block,
    Column,
    Document,
    Figure,
    Fold,
    Heading,
    Items,
    Line,
    Paragraph,
    Section,
    Span,
    Table,
    TileBlock,
    line,
)
from compliance.report.content_annex import annex_sections
from compliance.report.content_findings import UNMEASURED, finding_section, measurement_section
from compliance.report.content_programme import programme_section
from compliance.report.headline import alerts, tiles
from compliance.report.model import Report
from compliance.report.page import Page
from intake.text import Language


def document(report: Report, language: Language, *, paper: bool = False) -> Document:
    """The whole report in one language; on paper with fewer rows, drawings and queries, which the other forms hold."""
    page = Page(report, language, paper=paper)
    shown: set[str] = set()
    """Measurements whose rows and drawings stand under a finding already."""
    sections = [
        Section("summary", page.word("first_screen"), _summary(page)),
        finding_section(page, shown),
        Section("pictures", page.word("charts"), _pictures(page)),
        *programme_section(page),
        measurement_section(page, shown),
        *annex_sections(page),
    ]
    title = page.text(report.title)
    snapshot = Span(report.provenance.snapshot[:12], "code")
    return Document(
        language=language,
        kicker=page.word("report"),
        title=title,
        lead=page.text(report.about),
        line=line(page.period(), " · ", page.word("snapshot") + " ", snapshot),
        contents=page.word("contents"),
        sections=tuple(section for section in sections if section.blocks),
        footer=page.word("disclaimer"),
        running=f"{page.word('report')} {title}",
        program=report.provenance.program,
    )


def _summary(page: Page) -> tuple[Block, ...]:
    report = page.report
    blocks: list[Block] = [
        TileBlock(tuple((tile.label, tile.bound, tile.value, tile.detail) for tile in tiles(page))),
        *(Paragraph(line(alert), "caution") for alert in alerts(page)),
    ]
    if report.limits:
        more = (Span(page.word("limits"), "jump", "limits"),) if len(report.limits) > 1 else ()
        blocks.append(Paragraph(line(page.text(report.limits[0]) + " ", *more), "caution"))
    blocks += [Heading(page.word("signs")), _signs(page)]
    if orders := page.from_orders():
        blocks.append(Paragraph(line(orders), "muted"))
    blocks += [Paragraph(line(page.word("counts", **page.tally())), "muted")]
    weighed = page.weighed()
    if weighed:
        blocks += [Heading(page.word("weighed")), Paragraph(line(page.word("weighed_intro")), "muted")]
        blocks.append(
            Items(
                tuple(
                    line(
                        Span("", "sign", "reference"),
                        f" {page.headline(findings[0])} ",
                        Span(page.instruments(findings), "jump", findings[0].id),
                    )
                    for findings in weighed
                ),
                "plain",
            )
        )
    needs = page.unmeasured_by_need()
    if needs and page.paper:
        count, all_ = len(page.unmeasured()), len(report.measurements)
        said = page.word("not_measured_count", count=page.number(count), all=page.number(all_))
        blocks.append(Paragraph((f"{said} ", Span(page.word("not_measured"), "jump", UNMEASURED))))
    elif needs:
        blocks += [Heading(page.word("not_measured")), Items(tuple(_lacking(page, *one) for one in needs), "plain")]
    if report.limits:
        blocks.append(Heading(page.word("limits"), id="limits"))
        blocks.append(Items(tuple(line(page.text(limit)) for limit in report.limits)))
    return tuple(blocks)


def _signs(page: Page) -> Block:
    met = page.in_state("breached")
    if not met:
        return Paragraph(line(page.nothing_met()))
    return Items(
        tuple(
            line(
                Span("", "sign", "breached"),
                f" {page.headline(group.lead)} ",
                Span(page.instruments(page.met(group)), "jump", group.lead.id),
            )
            for group in met
        ),
        "plain",
    )


def _lacking(page: Page, need: str, titles: list[str]) -> Line:
    comma = "؛ " if page.language == "ar" else "; "
    return line(Span("", "sign", "not_measurable"), " ", Span(need, "strong"), f" {comma.join(titles)}")


def _pictures(page: Page) -> tuple[Block, ...]:
    overview = page.report.overview
    blocks: list[Block] = []
    if overview.by_month:
        title = page.word("chart_months")
        legend = (("in", page.word("in")), ("out", page.word("out")))
        blocks.append(Figure(page.months_chart(), title, title, legend))
        title = page.word("chart_joined")
        blocks.append(Figure(page.joined_chart(), title, title))
        blocks.append(Fold(page.word("table"), (_months(page),)))
    if len(overview.members_by_level) > 1:
        title = page.word("chart_levels")
        blocks.append(Figure(page.levels_chart(), title, title))
    lorenz = page.lorenz_chart()
    if lorenz is not None:
        title = page.word("chart_lorenz")
        blocks.append(Figure(lorenz, title, title, note=page.word("lorenz_note")))
    return tuple(blocks)


def _months(page: Page) -> Table:
    head = (
        Column(page.word("month")),
        *(Column(page.word(name), number=True) for name in ("joined", "in", "out")),
    )
    return Table(
        head,
        tuple(
            (
                line(Span(month.month, "ltr")),
                line(page.number(month.joined)),
                line(page.money(month.paid_in)),
                line(page.money(month.paid_out)),
            )
            for month in page.report.overview.by_month
        ),
    )
