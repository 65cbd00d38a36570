"""Findings in the money style of the rest of the answer: whole sums without decimals, Arabic currencies by name.

Sentences of findings are made where records are judged, whose sums have all the decimals of their currency and its
code in both languages, as in the columns of a ledger. Beside `1,650 EGP` a reader would take `1,650.00 EGP` for
another figure, so here each is written again from its own digits.
"""

from __future__ import annotations

import re
from fractions import Fraction

from compliance.check.amounts import money
from compliance.figures import END, LTR
from compliance.findings import Finding
from intake.text import Text


def in_one_style(finding: Finding, currency: str, scale: int) -> Finding:
    """The finding with every sum of this currency as `amounts.money` writes it."""
    sums = re.compile(rf"{LTR}?(?P<digits>[-−]?[0-9][0-9,]*(?:\.[0-9]+)?) {currency}(?![A-Z]){END}?")

    def said(text: Text) -> Text:
        return Text(
            en=sums.sub(lambda found: _sum(found, currency, scale).en, text.en),
            ar=sums.sub(lambda found: _sum(found, currency, scale).ar, text.ar),
        )

    def maybe(text: Text | None) -> Text | None:
        return None if text is None else said(text)

    return finding.model_copy(
        update={
            "value_shown": maybe(finding.value_shown),
            "limit_shown": maybe(finding.limit_shown),
            "readings": tuple(
                reading.model_copy(update={"shown": said(reading.shown)}) for reading in finding.readings
            ),
            "flip": maybe(finding.flip),
            "sentence": said(finding.sentence),
            "why_not": maybe(finding.why_not),
            "notes": tuple(map(said, finding.notes)),
            "defence": said(finding.defence),
        }
    )


def _sum(found: re.Match[str], currency: str, scale: int) -> Text:
    digits = found["digits"].replace(",", "").replace("−", "-")
    told = len(digits.partition(".")[2])  # more than the currency has, where that tells a figure from its limit
    return money(Fraction(digits), currency, max(scale, told))
