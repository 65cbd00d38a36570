"""The report's first screen as plain lines, for a terminal: the same words and figures as the page."""

from __future__ import annotations

import unicodedata

from compliance.report.headline import alerts, tiles
from compliance.report.model import Report
from compliance.report.page import Page
from intake.text import Language

SIGN = "▲"
WIDTH = 34
SHOWN = 2
"""Titles named behind one thing that several measurements lack."""


def summary_lines(report: Report, language: Language) -> list[str]:
    """Title, headline figures, warning signs met, and what could not be measured.

    English lines carry no bidirectional controls; Arabic ones keep theirs, which terminals with bidi need.
    """
    page = Page(report, language)
    lines = [page.text(report.title), page.period(), ""]
    for tile in tiles(page):
        shown = " ".join(part for part in (tile.bound, tile.value, tile.detail) if part)
        lines.append(f"{_padded(tile.label)} {shown}")
    lines += [f"! {alert}" for alert in alerts(page)]
    lines += _programme(page)
    lines += ["", page.word("signs") + ":"]
    met = page.in_state("breached")
    if not met:
        lines.append("  " + page.nothing_met())
    for group in met:
        lines.append(f"  {SIGN} {page.headline(group.lead)}")
        lines.append(f"    {page.instruments(page.met(group))}")
    if orders := page.from_orders():
        lines.append(f"  {orders}")
    weighed = page.weighed()
    if weighed:
        lines += ["", page.word("weighed") + ":"]
    for findings in weighed:
        lines.append(f"  □ {page.headline(findings[0])}")
        lines.append(f"    {page.instruments(findings)}")
    lines += ["", page.word("counts", **page.tally())]
    needs = page.unmeasured_by_need()
    if needs:
        lines += ["", page.word("not_measured") + ":"]
        lines += [f"  - {need} {_titles(titles, language)}" for need, titles in needs]
    if report.limits:
        lines += ["", page.word("limits") + ":"]
        lines += [f"  - {page.text(limit)}" for limit in report.limits]
    return lines


def _programme(page: Page) -> list[str]:
    """What an affiliate or referral programme is asked, where the records look like one; what was measured of it."""
    reading = page.report.programme
    if reading is None or reading.kind in ("network", "unknown"):
        return []
    measured = [f"  - {page.text(one.text)}" for one in reading.lines if one.measured]
    return ["", f"{page.text(reading.title)}. {page.text(reading.why)}", *measured]


def _titles(titles: list[str], language: Language) -> str:
    """The first titles, and how many more there are: the report names them all."""
    comma = "؛ " if language == "ar" else "; "
    more = len(titles) - SHOWN
    rest = "" if more <= 0 else f"{comma}+{more}"
    return f"({comma.join(titles[:SHOWN])}{rest})"


def _padded(label: str) -> str:
    shown = sum(not unicodedata.combining(letter) and unicodedata.category(letter) != "Cf" for letter in label)
    return label + " " * max(WIDTH - shown, 1)
