"""The reading of an affiliate or referral programme, printed where the analysis made one."""

from __future__ import annotations

from compliance.programme import ProgrammeLine, PublishedClaim
from compliance.report.blocks import Block, Heading, Items, Line, Paragraph, Section, Span, Terms, line
from compliance.report.page import Page


def programme_section(page: Page) -> tuple[Section, ...]:
    """Which kind of programme it is and what is asked of it; nothing where the reading has nothing to say."""
    reading = page.report.programme
    if reading is None or not (reading.lines or reading.claims):
        return ()
    blocks: list[Block] = [
        Paragraph(line(Span(page.text(reading.title), "strong"))),
        Paragraph(line(page.text(reading.why))),
    ]
    if reading.lines:
        blocks.append(Items(tuple(_line(page, one) for one in reading.lines), "plain"))
    if reading.claims:
        blocks.append(Heading(page.word("claims")))
        blocks.append(Paragraph(line(page.word("claims_intro")), "muted"))
        blocks.append(Terms(tuple((page.text(one.claim), _claim(page, one)) for one in reading.claims)))
    return (Section("programme", page.word("programme"), tuple(blocks)),)


def _line(page: Page, one: ProgrammeLine) -> Line:
    sign = Span("", "sign", "reference" if one.measured else "not_measurable")
    said = page.text(one.text)
    if one.indicator is None:
        return line(sign, " ", said)
    return line(sign, " ", f"{said} ", Span(page.word("how"), "jump", f"m-{one.indicator}"))


def _claim(page: Page, one: PublishedClaim) -> tuple[Line, ...]:
    checked = page.word("claim_seen" if one.verified else "source_unchecked")
    return (
        line(f"{page.word('here')}: {page.text(one.here)}"),
        line(Span(page.text(one.caveat), "muted")),
        line(f"{page.word('source')}: ", Span(one.source_url, "link", one.source_url), f"{page.comma}{checked}"),
    )
