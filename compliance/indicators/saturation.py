"""How near joining is to its end: how much of the network is new, and whether the months show a ceiling.

Neither says when anything will happen. A curve whose ceiling the records do not show is given without one, and every
young company consists of newcomers.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from compliance.enrolment_fits import FEWEST_MONTHS, FEWEST_PEOPLE, Ceiling, Curve, fit
from compliance.indicators import phrases
from compliance.indicators.growth import joins_by_month, last_complete, months_between
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, point, share
from compliance.measurement import Evidence, Interval, Missing, Series
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

SPANS = (12, 3, 6)
"""Months over which newcomers are counted; the first is the headline."""


def last_day(records: Records) -> str | None:
    """The last day of the records, on which somebody joined, ordered or was paid; ISO."""
    ends = [period.end for period in (records.joining_period, records.money_period) if period]
    return max(ends, default=None)


def complete_months(records: Records) -> tuple[list[str], list[int]]:
    """Every month from the first in which somebody joined to the last complete one, and how many joined in it."""
    joins, end = records.once(joins_by_month), records.once(last_day)
    if not joins or end is None:
        return [], []
    months = months_between(min(joins), last_complete(end))
    return months, [joins.get(month, 0) for month in months]


def enrolments(records: Records) -> Evidence:
    """How many joined in each month."""
    return records.evidence(
        "SELECT CAST(date_trunc('month', joined) AS DATE) AS month, count(*) AS joined FROM people"
        " WHERE is_participant GROUP BY 1 ORDER BY 1"
    )


def undated(records: Records) -> int:
    """Participants without a date of joining."""
    return int(records.row("SELECT count(*) FROM people WHERE is_participant AND joined IS NULL")[0])


@indicator(
    id="recent_joiners",
    title=Text(en="Share who joined lately", ar="نسبة المنضمين حديثًا"),
    definition=Text(
        en="Participants who joined in the last 12 months of the records, over everyone ever enrolled whose date of joining "
        "is known. The alternatives take 3 and 6 months.",
        ar="المشاركون الذين انضموا في آخر 12 شهرًا من السجلات إلى جميع من انضموا في أي وقت وعُرف تاريخ انضمامهم. وتأخذ "
        "التعريفات البديلة 3 أشهر و6 أشهر.",
    ),
    formula="#{i : joined_i > end - T months} / N; with steady growth g it is 1 - (1+g)^-T",
    source="models 1.3 (growth version): the share of a growing scheme that joined in the last T periods",
    unit="ratio",
    needs=("participants.joined",),
    false_positives=Text(
        en="Every young company: in its first year everybody has joined lately.",
        ar="كل شركة ناشئة: ففي سنتها الأولى يكون الجميع منضمين حديثًا.",
    ),
)
def recent_joiners(records: Records) -> Outcome:
    """Those who joined in the last 12, 3 and 6 months; and the 12-month share as it stood each month."""
    end, period = records.once(last_day), records.joining_period
    if end is None or period is None:
        return Outcome(lacking(phrases.nobody()))
    counts = ", ".join(
        f"count(*) FILTER (joined > TIMESTAMP '{end} 23:59:59' - INTERVAL {span} MONTH)" for span in SPANS
    )
    everyone, *recent = (
        int(count)
        for count in records.row(f"SELECT count(*), {counts} FROM people WHERE is_participant AND joined IS NOT NULL")
    )
    months, joined = records.once(complete_months)
    running = np.concatenate([[0], np.cumsum(joined)]).tolist()
    points = tuple(
        point(month, share(running[at] - running[max(0, at - 12)], running[at], people=True))
        for at, month in enumerate(months, start=1)
        if running[at]
    )
    return Outcome(
        share(recent[0], everyone, people=True, whole=phrases.nobody()),
        numerator_label=Text(en="joined in the last 12 months", ar="انضموا في آخر 12 شهرًا"),
        denominator_label=phrases.ALL_ENROLLED,
        headline_label=Text(en="last 12 months", ar="آخر 12 شهرًا"),
        alternatives=tuple(
            alternative(
                f"last_{span}_months",
                Text(en=f"last {span} months", ar=f"آخر {phrases.isolate(span)} أشهر"),
                share(count, everyone, people=True, whole=phrases.nobody()),
            )
            for span, count in zip(SPANS[1:], recent[1:], strict=True)
        ),
        series=(
            Series(
                id="last_12_months",
                label=Text(
                    en="Joined in the 12 months before, as it stood", ar="من انضموا في الأشهر 12 السابقة في كل شهر"
                ),
                axis="period",
                unit="ratio",
                points=points,
            ),
        ),
        evidence=records.evidence(
            "SELECT id, sponsor_id, joined FROM people WHERE is_participant"
            f" AND joined > TIMESTAMP '{end} 23:59:59' - INTERVAL 12 MONTH ORDER BY joined, id",
            count=recent[0],
        ),
        period=period,
    )


CURVES: dict[Curve, Text] = {
    "bass": Text(en="Bass's curve", ar="منحنى باس (Bass)"),
    "logistic": Text(en="logistic curve", ar="المنحنى اللوجستي"),
}


def ceilings(records: Records) -> dict[Curve, Ceiling | None]:
    """Both curves through the complete months; the logistic starts from those who were in after the first of them."""
    _, joined = records.once(complete_months)
    before, counts = records.once(undated), np.array(joined, dtype=np.int64)
    first = before + int(counts[0]) if len(counts) else 0
    return {"bass": fit(counts, "bass", before), "logistic": fit(counts[1:], "logistic", first)}


def _no_ceiling(found: Ceiling | None) -> Missing:
    if found is None:
        return phrases.needs(
            "participants",
            "joined",
            f"Needs at least {FEWEST_MONTHS} complete months in which {FEWEST_PEOPLE} people joined.",
            f"يحتاج إلى أشهر مكتملة لا تقل عن {phrases.isolate(FEWEST_MONTHS)} انضم فيها ما لا يقل عن "
            f"{phrases.isolate(FEWEST_PEOPLE)} شخصًا.",
        )
    if not found.follows:
        return phrases.needs(
            "participants",
            "joined",
            "This curve does not follow the months, so it says nothing of where they lead.",
            "لا يتبع هذا المنحنى الأشهر، فلا يدل على ما تؤول إليه.",
        )
    return phrases.needs(
        "participants",
        "joined",
        f"The records do not show a ceiling: growth without an end fits them as well. At least {found.low:,} in all.",
        "لا تُظهر السجلات سقفًا: فالنمو بلا نهاية يوافقها أيضًا. المجموع على الأقل: "
        + phrases.isolate(f"{found.low:,}")
        + ".",
    )


def _ceiling(found: Ceiling | None) -> Value:
    if found is None or found.best is None or found.high is None:
        return lacking(_no_ceiling(found))
    interval = Interval(low=str(found.low), high=str(found.high), method="profile-likelihood")
    return Value(found.best, interval=interval)


@indicator(
    id="enrolment_ceiling",
    title=Text(en="Number at which joining would end", ar="العدد الذي يتوقف عنده الانضمام"),
    definition=Text(
        en="The number of people at which joining ends on the curve of Bass that fits the complete months best, with all "
        "numbers that the months do not contradict as its interval; the logistic curve beside it. Where growth without an "
        "end fits as well, no number is given.",
        ar="عدد المنضمين الذي يتوقف عنده الانضمام في منحنى باس (Bass) الأقرب إلى الأشهر المكتملة، وفترته كل الأعداد التي لا "
        "تعارضها الأشهر، ومعه المنحنى اللوجستي. ولا يُعطى عدد حين يوافق النمو بلا نهاية الأشهر أيضًا.",
    ),
    formula="m of N'(t) = (p + q N/m)(m - N), or K of N' = r N (1 - N/K); interval: quasi-Poisson profile likelihood",
    source="models 6.2 and 6.3; Bass, Management Science 15(5):215-227, 1969",
    unit="count",
    needs=("participants.joined",),
    false_positives=Text(
        en="A pause, a season or a change of the programme bends the months like a ceiling does.",
        ar="التوقف المؤقت والموسم وتغيير البرنامج تحني الأشهر كما يحنيها السقف.",
    ),
)
def enrolment_ceiling(records: Records) -> Outcome:
    """Both curves' ceilings as far as the records show them, and the curves beside the months."""
    months, joined = records.once(complete_months)
    found = records.once(ceilings)
    lines = [
        Series(
            id="joined",
            label=Text(en="Joined", ar="المنضمون"),
            axis="period",
            unit="count",
            points=tuple(point(month, Value(count)) for month, count in zip(months, joined, strict=True)),
        )
    ]
    for curve, label in CURVES.items():
        ceiling = found[curve]
        if ceiling is not None:
            lines.append(
                Series(
                    id=curve,
                    label=label,
                    axis="period",
                    unit="number",
                    points=tuple(
                        point(month, Value(Decimal(f"{value:.4g}")))
                        for month, value in zip(months[-len(ceiling.fitted) :], ceiling.fitted, strict=True)
                    ),
                    note=None if ceiling.shown else _no_ceiling(ceiling).text,
                )
            )
    return Outcome(
        _ceiling(found["bass"]),
        headline_label=CURVES["bass"],
        alternatives=(alternative("logistic", CURVES["logistic"], _ceiling(found["logistic"])),),
        series=tuple(lines) if months else (),
        evidence=records.once(enrolments),
        notes=(
            Text(
                en="People who joined in complete months: " + f"{sum(joined):,}.",
                ar="المنضمون في الأشهر المكتملة: " + phrases.isolate(f"{sum(joined):,}") + ".",
            ),
        )
        if months
        else (),
        period=records.joining_period,
    )
