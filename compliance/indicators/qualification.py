"""Buying to be paid: who would not qualify without his own purchases, and who buys exactly the least that is asked.

Both need the plan: its own conditions are asked again for each participant and period, and its own thresholds are what
purchases are held against.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants and from thresholds, which are numbers

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from compensation.errors import CompensationError
from compliance.indicators import phrases
from compliance.indicators.breakdown import breakdown
from compliance.indicators.places import places
from compliance.indicators.plan_books import books_of
from compliance.indicators.plan_thresholds import activity_thresholds
from compliance.indicators.registry import (
    INTERVAL_PLACES,
    Outcome,
    Value,
    alternative,
    indicator,
    lacking,
    point,
    share,
)
from compliance.measurement import Interval, Missing, Series, decimal_string
from compliance.statistics import bootstrap_ratio
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

MOST_LISTED = 2_000

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Qualified:
    """Participants' periods in which they were qualified, and in which they would not have been without purchases."""

    periods: tuple[str, ...]
    qualified: Ints
    """By period."""
    lost: Ints
    by_person: tuple[Ints, Ints]
    """Lost and qualified periods, by row of people."""
    last_lost: Ints
    """By row of people: the last such period, -1 for none."""


def qualified_periods(records: Records) -> Qualified:
    """Asks the plan's conditions again, period by period."""
    from compensation.evaluation import Evaluation
    from compliance.indicators.without_own import qualified

    plan = records.plan
    assert plan is not None, "asked for in `needs`"

    evaluation = Evaluation(plan, books_of(records), keep_lines=False)
    members = records.arrays("SELECT is_participant FROM people ORDER BY row")["is_participant"].astype(np.bool_)
    kept: list[tuple[int, int]] = []
    lost_by, qualified_by = np.zeros(len(members), np.int64), np.zeros(len(members), np.int64)
    last = np.full(len(members), -1, np.int64)
    for period in range(len(evaluation.periods)):
        before, after = (each & members for each in qualified(evaluation, period))
        lost = before & ~after
        kept.append((int(before.sum()), int(lost.sum())))
        lost_by += lost
        qualified_by += before
        last[lost] = period
    counted = np.array(kept, np.int64).reshape(-1, 2)
    return Qualified(tuple(evaluation.periods), counted[:, 0], counted[:, 1], (lost_by, qualified_by), last)


_NOBODY_QUALIFIED = phrases.needs(
    "plan",
    None,
    "Needs a participant who met the plan's conditions in some period: there is none.",
    "يحتاج إلى مشارك استوفى شروط الخطة في فترة ما: لا يوجد.",
)


def _unfit(error: CompensationError) -> Missing:
    return phrases.needs(
        "plan",
        None,
        f"Needs records that the plan can be computed on: {error}",
        f"يحتاج إلى سجلات يمكن احتساب الخطة عليها: {phrases.isolate(error)}",
    )


@indicator(
    id="pay_to_play",
    title=Text(en="Qualified only by one's own purchases", ar="مؤهَّلون بمشترياتهم وحدها"),
    definition=Text(
        en="Of the periods in which participants met the plan's conditions for being paid, those in which they would not "
        "have met them without their own purchases, everything else unchanged.",
        ar="من الفترات التي استوفى فيها المشاركون شروط الخطة للصرف، الفترات التي ما كانوا ليستوفوها لولا مشترياتهم لأنفسهم مع "
        "بقاء كل ما عداها.",
    ),
    formula="(participant, period) qualified with and not without own purchases / qualified",
    source="rule ind.pay_to_play; the plan's own conditions, evaluated again",
    unit="ratio",
    needs=("plan", "orders.amount", "orders.buyer_id", "participants.id"),
    false_positives=Text(
        en="A small volume that a household uses anyway; then the purchases are the reason in name only.",
        ar="حجم قليل تستهلكه الأسرة على كل حال، فتكون المشتريات سببًا بالاسم فقط.",
    ),
)
def pay_to_play(records: Records) -> Outcome:
    """Participant-periods that own purchases decide, over those qualified; people whom they decide always, beside it."""
    if (most := records.assumptions.recompute_orders) < records.filled("orders"):
        return Outcome(lacking(phrases.too_large(most)))
    try:
        found = records.once(qualified_periods)
    except CompensationError as error:
        return Outcome(lacking(_unfit(error)))
    lost, whole = found.by_person
    drawn = bootstrap_ratio(lost[whole > 0], whole[whole > 0])
    interval = None
    if drawn is not None:
        low, high = (decimal_string(bound, INTERVAL_PLACES) for bound in drawn)
        interval = Interval(low=low, high=high, method="bootstrap")
    main = share(int(lost.sum()), int(whole.sum()), whole=_NOBODY_QUALIFIED)
    able = np.flatnonzero(whole > 0)
    apart = records.once(places).series(
        able, "ratio", lambda members: share(int(lost[able[members]].sum()), int(whole[able[members]].sum()))
    )
    people = np.flatnonzero(lost > 0)
    listed = people[np.argsort(-lost[people], kind="stable")][:MOST_LISTED]
    values = ", ".join(
        f"({row}, {lost[row]}, {whole[row]}, '{found.periods[found.last_lost[row]]}')" for row in listed.tolist()
    )
    values = values or "(-1, 0, 0, '')"
    return Outcome(
        Value(main.value, main.numerator, main.denominator, interval, main.missing),
        numerator_label=Text(en="periods that own purchases decide", ar="فترات تحسمها المشتريات الشخصية"),
        denominator_label=Text(en="periods in which somebody was qualified", ar="فترات كان فيها المشارك مؤهَّلًا"),
        alternatives=(
            alternative(
                "people_ever",
                Text(
                    en="participants for whom they decide in some period", ar="المشاركون الذين تحسم تأهّلهم في فترة ما"
                ),
                share(len(people), int((whole > 0).sum()), people=True, whole=_NOBODY_QUALIFIED),
            ),
            alternative(
                "people_always",
                Text(
                    en="participants for whom they decide in every period", ar="المشاركون الذين تحسم تأهّلهم في كل فترة"
                ),
                share(
                    int(((lost == whole) & (whole > 0)).sum()),
                    int((whole > 0).sum()),
                    people=True,
                    whole=_NOBODY_QUALIFIED,
                ),
            ),
        ),
        series=(
            Series(
                id="by_period",
                label=Text(en="By commission period", ar="بحسب فترة الاحتساب"),
                axis="period",
                unit="ratio",
                points=tuple(
                    point(name, share(int(part), int(of)))
                    for name, part, of in zip(found.periods, found.lost, found.qualified, strict=True)
                ),
            ),
            *apart,
        ),
        evidence=records.evidence(
            f"SELECT p.id, s.lost AS periods_decided, s.qualified AS periods_qualified, s.last AS last_decided"
            f" FROM (VALUES {values}) AS s(row, lost, qualified, last) JOIN people p USING (row)"
            " ORDER BY s.lost DESC, p.row",
            count=len(listed),
        ),
        notes=(phrases.shortened(len(listed), len(people)),) if len(people) > len(listed) else (),
        bound="lower" if records.plan is not None and records.plan.ranks is not None else "exact",
        period=records.money_period,
    )


@indicator(
    id="exact_minimum",
    title=Text(en="Purchases of exactly the least to stay active", ar="مشتريات بالحد الأدنى للنشاط بالضبط"),
    definition=Text(
        en="Participants' purchases in a period that equal the least personal volume the plan asks for activity or pay, "
        "over all periods in which a participant bought.",
        ar="مشتريات المشارك في فترة ما التي تساوي أقل حجم شخصي تشترطه الخطة للنشاط أو للصرف إلى كل الفترات التي اشترى فيها "
        "مشارك.",
    ),
    formula="(participant, period) with x = T / (participant, period) with x > 0",
    source="rules ind.pay_to_play, ind.threshold_bunching",
    unit="ratio",
    needs=("plan", "orders.amount", "orders.date", "orders.buyer_id"),
    false_positives=Text(
        en="A pack whose size is the least volume, bought because it is the usual size.",
        ar="باقة حجمها هو الحد الأدنى تُشترى لأنها الحجم المعتاد.",
    ),
)
def exact_minimum(records: Records) -> Outcome:
    """Exactly the least; and up to a tenth above, beside it."""
    thresholds = activity_thresholds(records)
    if not thresholds:
        return Outcome(
            lacking(
                phrases.needs(
                    "plan",
                    None,
                    "Needs a least personal volume for activity or pay in the plan: it asks for none.",
                    "يحتاج إلى حد أدنى للحجم الشخصي في الخطة للنشاط أو للصرف: لا تشترط الخطة حدًا.",
                )
            )
        )
    exact = " OR ".join(f"{each.column} = {each.least}" for each in thresholds)
    near = " OR ".join(f"{each.column} BETWEEN {each.least} AND {each.least * 11 // 10}" for each in thresholds)
    bought = " OR ".join(f"{each.column} > 0" for each in thresholds)
    apart = breakdown(
        records,
        f"SELECT row, CAST(date_trunc('month', period) AS DATE) AS month,"
        f" CAST(coalesce({exact}, false) AS BIGINT) AS part, 1::BIGINT AS whole FROM buyer_periods WHERE {bought}",
    )
    close = records.row(f"SELECT count(*) FILTER ({near}) FROM buyer_periods")[0]
    main = share(apart.part, apart.whole)
    return Outcome(
        Value(main.value, main.numerator, main.denominator, apart.interval, main.missing),
        numerator_label=Text(en="purchases of exactly the least", ar="مشتريات بالحد الأدنى بالضبط"),
        denominator_label=Text(en="periods in which a participant bought", ar="فترات اشترى فيها مشارك"),
        alternatives=(
            alternative(
                "within_a_tenth",
                Text(en="up to a tenth above the least", ar="بما لا يزيد على الحد الأدنى بأكثر من العشر"),
                share(int(close), apart.whole),
            ),
        ),
        series=apart.series,
        evidence=records.evidence(
            f"SELECT p.id, b.period, b.paid, b.volume, b.points, b.orders FROM buyer_periods b JOIN people p USING (row)"
            f" WHERE {exact} ORDER BY p.id, b.period",
            count=apart.part,
        ),
        notes=(
            Text(
                en="Least volumes: " + ", ".join(each.shown for each in thresholds) + ".",
                ar="الحدود الدنيا: " + phrases.isolate(", ".join(each.shown for each in thresholds)) + ".",
            ),
        ),
        period=records.money_period,
    )
