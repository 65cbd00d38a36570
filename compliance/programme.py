"""Which kind of programme the records look like, and what is asked of that kind, in plain words.

A company that pays people for bringing business may run a network, an affiliate programme, a referral programme, or
several at once, and each is asked other questions. The reading is put together from measurements alone, so that a
stored analysis gives the same lines: every line names the measurement that it comes from, and what was not measured
is said with what it would need. It is a description, never a judgment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path

from compliance.entries import read_entries
from compliance.figures import show, show_of
from compliance.measurement import MAIN, Measurement
from compliance.programme_words import SAID, TITLES, Kind, Single, Topic
from intake.frozen import Frozen
from intake.text import Text

SEVERAL = 2
"""Levels above the seller, paid materially, from which on a programme of affiliates is read as a network."""
TIMES = frozenset({"referred_spend", "referred_retention"})
"""Ratios that are read as so many times, not as percent."""
CLAIMS = Path(__file__).with_name("indicators") / "referral_claims.yaml"


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


class _Reads(Frozen):
    indicator: str
    alternative: str | None = None


class _Claim(Frozen):
    id: str
    claim: Text
    source_url: str
    verified: bool
    caveat: Text
    reads: _Reads | None


def read_programme(measurements: Iterable[Measurement]) -> ProgrammeReading:
    """The reading of a programme from what was measured.

    Args:
        measurements: those of one analysis; the ones that are not among them are passed over.
    """
    found = {each.id: each for each in measurements}
    seen, why = _kinds(found)
    lines = [
        line
        for topic, kinds, id_, variant, text in SAID
        if kinds & seen and (line := _line(found.get(id_), topic, variant, text)) is not None
    ]
    claims = tuple(_published(claim, found) for claim in _claims()) if "referral" in seen else ()
    kind: Kind = "unknown" if not seen else "mixed" if len(seen) > 1 else next(iter(seen))
    return ProgrammeReading(kind=kind, title=TITLES[kind], why=why, lines=tuple(lines), claims=claims)


def _count(found: Mapping[str, Measurement], id_: str, variant: str | None = None) -> Fraction:
    """A variant's value; 0 where it was not measured."""
    measured = found.get(id_)
    variants = measured.variants if measured is not None else ()
    return next((each.fraction for each in variants if each.id == (variant or MAIN) and each.fraction), Fraction(0))


def _has_referrals(found: Mapping[str, Measurement]) -> bool:
    return _count(found, "referred_share") > 0 or _count(found, "members_by_kind", "inviters") > 0


def _kinds(found: Mapping[str, Measurement]) -> tuple[frozenset[Single], Text]:
    """The kinds that show, and what made it so: people by kind, levels paid, referrals."""
    deep = _count(found, "paid_levels", "material")
    distributors = _count(found, "members_by_kind", "distributors")
    recruited = _count(found, "members_by_kind", "recruited")
    affiliates = _count(found, "members_by_kind", "affiliates")
    network = (distributors > 0 and recruited > 0) or deep >= SEVERAL
    affiliate = affiliates > 0 and deep < SEVERAL
    referral = _has_referrals(found)
    shown_of: tuple[tuple[Single, bool], ...] = (("network", network), ("affiliate", affiliate), ("referral", referral))
    kinds = frozenset(name for name, there in shown_of if there)
    said = [
        (distributors, Text(en="distributors: {count}", ar="الموزّعون: {count}")),
        (affiliates, Text(en="affiliates: {count}", ar="المسوّقون بالعمولة: {count}")),
        (
            _count(found, "members_by_kind", "managers"),
            Text(en="affiliate managers: {count}", ar="مديرو المسوّقين بالعمولة: {count}"),
        ),
        (recruited, Text(en="participants recruited by another: {count}", ar="مشاركون استقطبهم مشارك آخر: {count}")),
        (
            _count(found, "members_by_kind", "inviters"),
            Text(en="people who sent invitations: {count}", ar="من أرسلوا دعوات: {count}"),
        ),
        (
            deep,
            Text(
                en="levels above the seller that got a hundredth or more: {count}",
                ar="مستويات فوق البائع نالت جزءًا من مئة أو أكثر: {count}",
            ),
        ),
    ]
    referrals = found.get("referred_share")
    if referrals is not None and referrals.numerator:
        text = Text(en="customers who were referred: {count}", ar="العملاء المُحالون: {count}")
        said.append((Fraction(referrals.numerator), text))
    parts = [(text, show(count, "count")) for count, text in said if count > 0]
    if not parts:
        why = Text(
            en="Nothing in the records says who is paid for what.", ar="لا شيء في السجلات يذكر لمن يُصرف وعمّ يُصرف."
        )
    else:
        why = Text(
            en="Seen in the records: " + "; ".join(text.en.format(count=shown.en) for text, shown in parts) + ".",
            ar="ما يظهر في السجلات: " + "؛ ".join(text.ar.format(count=shown.ar) for text, shown in parts) + ".",
        )
    return kinds, why


def _value(measured: Measurement, variant: str | None) -> Text | None:
    """A variant's value as people read it, with its interval and whether it is a bound; None where it has none."""
    one = next((each for each in measured.variants if each.id == (variant or MAIN)), None)
    if one is None or one.fraction is None:
        return None

    def shown(value: Fraction) -> Text:
        if measured.unit_of(one) == "ratio" and measured.id in TIMES:
            return show(value, "number")
        return show_of(measured, value, one)

    value = shown(one.fraction)
    before = {"upper": Text(en="at most ", ar="على الأكثر "), "lower": Text(en="at least ", ar="على الأقل ")}.get(
        one.bound
    )
    if before is not None:
        value = Text(en=before.en + value.en, ar=before.ar + value.ar)
    if one.interval is not None:
        low, high = (shown(Fraction(bound)) for bound in (one.interval.low, one.interval.high))
        value = Text(en=f"{value.en} (from {low.en} to {high.en})", ar=f"{value.ar} (من {low.ar} إلى {high.ar})")
    return value


def _line(measured: Measurement | None, topic: Topic, variant: str | None, text: Text) -> ProgrammeLine | None:
    if measured is None:
        return None
    value = _value(measured, variant)
    if value is not None:
        said = text.fill(value="{value}")
        said = Text(en=said.en.replace("{value}", value.en), ar=said.ar.replace("{value}", value.ar))
        return ProgrammeLine(topic=topic, text=said, indicator=measured.id, alternative=variant)
    if variant is not None:
        return None  # the headline says what is missing already
    lacks = measured.missing[0].text
    return ProgrammeLine(
        topic=topic,
        text=Text(en=f"{measured.title.en}: {lacks.en}", ar=f"{measured.title.ar}: {lacks.ar}"),
        measured=False,
        indicator=measured.id,
    )


def _claims() -> tuple[_Claim, ...]:
    return tuple(claim for _, claim in read_entries(CLAIMS, _Claim, Text(en="a list of claims", ar="قائمة ادعاءات")))


def _published(claim: _Claim, found: Mapping[str, Measurement]) -> PublishedClaim:
    """A claim with the same figure of these records beside it."""
    measured = found.get(claim.reads.indicator) if claim.reads is not None else None
    variant = claim.reads.alternative if claim.reads is not None else None
    if measured is None:
        here = Text(en="Records cannot say this.", ar="لا تستطيع السجلات أن تذكر ذلك.")
    else:
        value = _value(measured, variant) or measured.missing[0].text
        here = Text(en=f"{measured.title.en}: {value.en}", ar=f"{measured.title.ar}: {value.ar}")
    return PublishedClaim(
        id=claim.id,
        claim=claim.claim,
        source_url=claim.source_url,
        verified=claim.verified,
        caveat=claim.caveat,
        here=here,
        indicator=measured.id if measured is not None else None,
        alternative=variant,
    )
