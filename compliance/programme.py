"""Which kind of programme the records look like, and what is asked of that kind, in plain words.

A company that pays people for bringing business may run a network, an affiliate programme, a referral programme, or
several at once, and each is asked other questions. The reading is put together from measurements alone, so that a
stored analysis gives the same lines: every line names the measurement that it comes from, and what was not measured
is said with what it would need. It is a description, never a judgment.
"""

from __future__ import annotations

from typing import Literal

from intake.frozen import Frozen
from intake.text import Text

Kind = Literal["network", "affiliate", "referral", "mixed", "unknown"]
"""mixed: at least two of the three; unknown: the records show none of them."""

Topic = Literal["kind", "saturation", "service", "managers", "payment", "attribution", "referral", "levels"]


class ProgrammeLine(Frozen):
    """One sentence of the reading."""

    topic: Topic
    text: Text
    measured: bool = True
    """False: the sentence says what the figure would need."""
    indicator: str | None = None
    """The measurement behind the sentence."""
    alternative: str | None = None
    """Which of its variants; None for the headline."""


class PublishedClaim(Frozen):
    """A figure that others publish of referral programmes, beside the same figure of these records.

    A claim is never a limit: nobody has to reach it.
    """

    id: str
    claim: Text
    """What is claimed, with who claims it."""
    source_url: str
    verified: bool
    """Whether a page of those who made the study was seen; False: a third party's account of it."""
    caveat: Text
    here: Text
    """The same figure of these records, or what it would need."""
    indicator: str | None = None
    alternative: str | None = None


class ProgrammeReading(Frozen):
    """The reading of a programme, to be printed as it stands."""

    kind: Kind
    title: Text
    why: Text
    """What in the records made it that kind."""
    lines: tuple[ProgrammeLine, ...] = ()
    claims: tuple[PublishedClaim, ...] = ()
    """Empty where the records show no referral programme."""
