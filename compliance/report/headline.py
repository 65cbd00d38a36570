"""The first screen: what a regulator would read aloud, and what must be said before it is believed.

One place makes the tiles for the page, the terminal, the API and the dashboard. Each figure carries its bound in
words; what was not measured has no tile. `alerts` are the sentences that change how all figures are read: rows
that were refused, currencies that were not counted, faults of the tree that were repaired.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from compliance.figures import show_of
from compliance.measurement import MAIN, Alternative, Measurement
from compliance.report.model import Report
from compliance.report.page import Page
from intake.frozen import Frozen
from intake.text import LANGUAGES, Text

BOUND_WORDS: Mapping[str, str] = {"upper": "at_most", "lower": "at_least", "open": "open"}


class Tile(NamedTuple):
    """One headline figure in one language; `bound` comes before the value, `detail` after it."""

    label: str
    value: str
    detail: str
    bound: str = ""


class Headline(Frozen):
    """One headline figure in both languages, for whoever shows it elsewhere."""

    label: Text
    value: Text
    detail: Text
    bound: Text


def headline(report: Report) -> tuple[Headline, ...]:
    """The tiles in both languages."""
    english, arabic = (tiles(Page(report, language)) for language in LANGUAGES)
    return tuple(
        Headline(
            label=Text(en=en.label, ar=ar.label),
            value=Text(en=en.value, ar=ar.value),
            detail=Text(en=en.detail, ar=ar.detail),
            bound=Text(en=en.bound, ar=ar.bound),
        )
        for en, ar in zip(english, arabic, strict=True)
    )


def both_alerts(report: Report) -> tuple[Text, ...]:
    """The alerts in both languages."""
    english, arabic = (alerts(Page(report, language)) for language in LANGUAGES)
    return tuple(Text(en=en, ar=ar) for en, ar in zip(english, arabic, strict=True))


def both_periods(report: Report) -> Text:
    """From when to when the records reach, in both languages."""
    return Text(en=Page(report, "en").period(), ar=Page(report, "ar").period())


def tiles(page: Page) -> list[Tile]:
    """People, money in, money out, who funded it, who is behind, how top-heavy: in that order."""
    found = [_people(page)]
    if page.report.overview.orders:
        found.append(_paid_in(page))
    found.append(_paid_out(page))
    for make, measurement in (
        (_funded, page.measured("participant_funded_share")),
        (_behind, page.measured("net_loss_share")),
        (_top, page.measured("payout_concentration")),
    ):
        if measurement is not None:
            found.append(make(page, measurement))
    return found


def alerts(page: Page) -> list[str]:
    """What changes how every figure is read."""
    report, found = page.report, []
    refused = sum(file.refused for file in report.files)
    if refused:
        rows = sum(file.rows_in for file in report.files)
        found.append(page.word("alert_refused", refused=page.number(refused), rows=page.number(rows)))
    others = report.overview.other_currencies
    if others:
        codes = page.comma.join(page.apart(code) for code in others)
        main = page.apart(report.overview.currency or "–")
        found.append(page.word("alert_currencies", main=main, others=codes))
    repaired = [
        fault for fault in report.faults if fault.code in ("cycle", "missing-sponsor", "two-sponsors", "duplicate-id")
    ]
    if repaired:
        rows_touched = page.number(sum(fault.count for fault in repaired))
        found.append(page.word("alert_faults", count=rows_touched))
    differing = sum(not figure.agrees for figure in report.figures)
    if differing:
        found.append(page.word("alert_figures", count=page.number(differing)))
    return found


def _people(page: Page) -> Tile:
    o = page.report.overview
    if not o.participants:
        listed = page.report.measurement("members_by_kind")
        customers = None if listed is None else listed.variant("customers").fraction
        shown = page.word("people_detail_none", customers=page.number(int(customers or 0)))
        return Tile(page.word("people"), page.number(0), shown)
    key = "people_detail_flat" if o.deepest_level == 0 else "people_detail" if o.roots == 1 else "people_detail_roots"
    detail = page.word(
        key,
        levels=page.number(o.deepest_level),
        s="" if o.deepest_level == 1 else "s",
        roots=page.number(o.roots),
        without=page.number(o.without_recruit),
        share=page.share(o.without_recruit, o.participants),
    )
    return Tile(page.word("people"), page.number(o.participants), detail)


def _paid_in(page: Page) -> Tile:
    o = page.report.overview
    customers = page.money(o.from_customers) if o.from_customers else page.word("no_customers")
    detail = (
        f"{page.word('paid_in_detail', count=page.number(o.paid_in_by))}. {page.word('from_customers')}: {customers}"
    )
    bound = _bound(page, page.report.measurement("paid_in"))
    return Tile(page.word("paid_in"), page.money(o.paid_in), detail, bound)


def _paid_out(page: Page) -> Tile:
    o = page.report.overview
    if not o.payouts:
        return Tile(page.word("paid_out"), "", page.word("no_payouts"))
    bound = page.report.measurement("payout_ratio")
    least = bound is not None and bound.bound == "lower"
    some = "paid_out_detail" if o.participants else "paid_out_detail_none"
    detail = page.word(
        "paid_out_detail_least" if least and o.participants else some,
        count=page.number(o.paid_out_to),
        share=page.share(o.paid_out_to, o.participants),
    )
    return Tile(page.word("paid_out"), page.money(o.paid_out), detail, _bound(page, bound))


def _funded(page: Page, funded: Measurement) -> Tile:
    detail = page.word("funded_detail" if funded.bound == "exact" else "funded_detail_recorded")
    return Tile(page.word("funded"), _value(page, funded, funded.variant()), detail, _bound(page, funded))


def _behind(page: Page, loss: Measurement) -> Tile:
    """The share who paid more than they got back.

    Where gaps of the records point both ways the headline is no bound; counting those with nothing recorded as
    behind makes it one again, and that is what can be read aloud.
    """
    variant = loss.variant()
    if loss.bound == "open":
        firm = (each for each in loss.alternatives if each.id == "unrecorded_as_behind" and each.bound == "upper")
        variant = next(firm, variant)
    detail = page.word(
        "behind_detail" if variant.id == MAIN else "behind_detail_unrecorded",
        count=page.term(loss, variant.numerator, variant),
        total=page.term(loss, variant.denominator, variant),
        known=page.term(loss, loss.numerator),
    )
    interval = page.interval(loss, variant)
    if interval is not None:
        detail += page.semicolon + " " + page.word("interval_of_people", **interval)
    return Tile(page.word("behind"), _value(page, loss, variant), detail, _bound(page, variant))


def _top(page: Page, top: Measurement) -> Tile:
    detail = page.word("top_detail", who=page.text(top.numerator_label))
    return Tile(page.word("top"), _value(page, top, top.variant()), detail, _bound(page, top))


def _value(page: Page, measurement: Measurement, variant: Alternative) -> str:
    fraction: Fraction | None = variant.fraction
    assert fraction is not None
    return page.text(show_of(measurement, fraction, variant))


def _bound(page: Page, measured: Measurement | Alternative | None) -> str:
    return page.word(BOUND_WORDS[measured.bound]) if measured is not None and measured.bound in BOUND_WORDS else ""
