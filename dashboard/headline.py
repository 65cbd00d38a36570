"""The tiles that a regulator would read aloud: people, money in, money out, who funded it, who is behind, how top-heavy.

The same figures as the report's first screen, from the API's overview and measurements. What was not measured has no
tile; what is only a bound says so before the figure.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from dashboard.figures import money, percent, term
from dashboard.session import Session

Record = dict[str, Any]


def tiles(session: Session, records: Record, measurements: dict[str, Record]) -> list[dict[str, str]]:
    """Label, value, detail and bound of each tile, in reading order."""

    def sum_(minor: int) -> str:
        return money(minor, records["currency"], records["scale"], session.language)

    found = [_people(session, records)]
    if records["orders"]:
        customers = sum_(records["from_customers"]) if records["from_customers"] else session.word("no_customers")
        count = session.number(records["paid_in_by"])
        detail = session.word("paid_in_detail", count=count, customers=customers)
        found.append(_tile(session, "paid_in", sum_(records["paid_in"]), detail))
    else:
        found.append(_tile(session, "paid_in", "", session.word("no_orders")))
    if records["payouts"]:
        share = session.share(records["paid_out_to"], records["participants"])
        detail = session.word("paid_out_detail", count=session.number(records["paid_out_to"]), share=share)
        found.append(
            _tile(
                session,
                "paid_out",
                sum_(records["paid_out"]),
                detail,
                _bound(session, measurements.get("payout_ratio")),
            )
        )
    else:
        found.append(_tile(session, "paid_out", "", session.word("no_payouts")))
    return found + _measured(session, measurements)


def _people(session: Session, records: Record) -> dict[str, str]:
    detail = session.word(
        "people_detail" if records["roots"] == 1 else "people_detail_roots",
        levels=session.number(records["deepest_level"]),
        roots=session.number(records["roots"]),
        without=session.number(records["without_recruit"]),
        share=session.share(records["without_recruit"], records["participants"]),
    )
    return _tile(session, "people", session.number(records["participants"]), detail)


def _measured(session: Session, measurements: dict[str, Record]) -> list[dict[str, str]]:
    found = []
    funded = measurements.get("participant_funded_share")
    if funded and funded["measurable"]:
        rest = percent(1 - exact(funded), 1, session.language)
        detail = session.word("funded_detail", rest=rest)
        found.append(_tile(session, "funded", percent(exact(funded), 1, session.language), detail))
    loss = measurements.get("net_loss_share")
    if loss and loss["measurable"]:
        found.append(_behind(session, loss))
    top = measurements.get("payout_concentration")
    if top and top["measurable"]:
        found.append(_tile(session, "top", percent(exact(top), 1, session.language), session.word("top_detail")))
    return found


def _behind(session: Session, loss: Record) -> dict[str, str]:
    """The share who paid more than they got back.

    Where gaps of the records point both ways the headline is no bound; counting those with nothing recorded as
    behind makes it one again, and that is what can be read aloud.
    """
    variant, key = loss, "behind_detail"
    if loss["bound"] == "open":
        for each in loss["alternatives"]:
            if each["id"] == "unrecorded_as_behind" and each["bound"] == "upper" and each["value"] is not None:
                variant, key = each, "behind_detail_unrecorded"
    interval = variant["interval"] or {}
    ends = {
        name: percent(Fraction(interval[name]), 1, session.language) if interval else "–"
        for name in ("low", "high", "level")
    }
    ends["level"] = ends["level"].replace(".0%", "%")
    detail = session.word(
        key,
        count=term(variant["numerator"], loss, session.language),
        total=term(variant["denominator"], loss, session.language),
        known=term(loss["numerator"], loss, session.language),
        **ends,
    )
    return _tile(session, "behind", percent(exact(variant), 1, session.language), detail, _bound(session, variant))


def exact(measurement: Record) -> Fraction:
    """A measured value exactly: numerator over denominator where both are known."""
    if measurement["numerator"] is not None and measurement["denominator"]:
        return Fraction(measurement["numerator"], measurement["denominator"])
    return Fraction(measurement["value"])


def _bound(session: Session, measurement: Record | None) -> str:
    bound = measurement["bound"] if measurement else "exact"
    return "" if bound == "exact" else session.word(bound)


def _tile(session: Session, label: str, value: str, detail: str, bound: str = "") -> dict[str, str]:
    return {"label": session.word(label), "value": value, "detail": detail, "bound": bound}
