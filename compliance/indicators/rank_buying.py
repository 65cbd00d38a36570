"""Ranks that are bought: own purchases in the last days before a rank is reached, and purchases below who reached it.

A participant rises in the period in which he first holds a rank that he did not hold when the table of ranks first names
him. Which rank is the higher one is not asked: where the table lists ranks as they were held, a new one is a step.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from compliance.indicators import phrases
from compliance.indicators.breakdown import breakdown
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, share
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

LAST_DAYS = 3
"""Default of the reference (ind.deadline_loading)."""
LEVELS = 3
"""Levels below who rises in which purchases are looked at."""

_NEEDS = ("ranks.rank", "ranks.period", "orders.amount", "orders.date", "orders.buyer_id", "participants.id")


def _length(records: Records) -> str:
    return "month" if records.plan is None or records.plan.period == "whole" else records.plan.period


def _held(records: Records) -> str:
    """Who held which rank in which period, periods by their first day."""
    return f"""
        SELECT p.row, r.rank, CAST(date_trunc('{_length(records)}', coalesce(
            try_strptime(r.period, '%Y-%m-%d'), try_strptime(r.period || '-01', '%Y-%m-%d'),
            try_strptime(r.period || '-1', '%G-W%V-%u'))) AS DATE) AS period
        FROM ranks r JOIN people p ON p.id = r.participant_id
    """


def _rises(records: Records) -> str:
    return f"""
        SELECT DISTINCT row, period FROM (
            SELECT row, rank, min(period) AS period FROM ({_held(records)}) WHERE period IS NOT NULL GROUP BY 1, 2
            QUALIFY min(period) > min(min(period)) OVER (PARTITION BY row)
        )
    """


def _read(records: Records, query: Callable[[Records, str], str]) -> str:
    """The name of a table with the rows of a query over rises, which are looked for once and not wherever it names them."""
    return records.kept(query(records, f"SELECT * FROM {records.kept(_rises(records))}"))


_NO_RISE = phrases.needs(
    "ranks",
    "rank",
    "Needs ranks in several periods: nobody rises in them.",
    "يحتاج إلى رتب في فترات عدة: لا يترقّى فيها أحد.",
)


def _cases(records: Records, rises: str) -> str:
    """Periods in which those who rise at all held a rank: whether they rose in it, and bought in its last days."""
    length = _length(records)
    late = f"""
        SELECT DISTINCT buyer AS row, CAST(date_trunc('{length}', date) AS DATE) AS period FROM order_facts
        WHERE side = 'participant' AND amount > 0 AND category <> 'autoship' AND date IS NOT NULL
          AND buyer IN (SELECT row FROM ({rises}))
          AND date >= date_trunc('{length}', date) + INTERVAL 1 {length} - INTERVAL {LAST_DAYS} DAY
    """
    return f"""
        SELECT h.row, h.period, r.row IS NOT NULL AS rose, l.row IS NOT NULL AS late
        FROM (SELECT DISTINCT row, period FROM ({_held(records)}) WHERE period IS NOT NULL) h
        LEFT JOIN ({rises}) r USING (row, period) LEFT JOIN ({late}) l USING (row, period)
        WHERE h.row IN (SELECT row FROM ({rises}))
    """


@indicator(
    id="rank_buying",
    title=Text(en="Own purchases in the last days before a rank", ar="مشتريات شخصية في آخر أيام قبل الرتبة"),
    definition=Text(
        en=f"Steps up in rank in whose period the participant bought in its last {LAST_DAYS} days, standing orders left "
        "aside, over all steps up.",
        ar=f"حالات الترقّي في الرتبة التي اشترى المشارك في آخر {LAST_DAYS} أيام من فترتها، دون الطلبات الدورية التلقائية، إلى "
        "كل حالات الترقّي.",
    ),
    formula="rises with an own order in the last 3 days of the period / rises",
    source="rule ind.deadline_loading, at the periods in which a rank is reached",
    unit="ratio",
    needs=_NEEDS,
    false_positives=Text(
        en="Who rises is busy and buys more on all days; the same people's other periods stand beside it.",
        ar="من يترقّى أكثر نشاطًا ويشتري أكثر في كل الأيام؛ وبجانبه فترات الأشخاص أنفسهم الأخرى.",
    ),
)
def rank_buying(records: Records) -> Outcome:
    """Steps with a late purchase over all steps; the same people's other periods, and the difference, beside it."""
    read, cases = _read(records, _cases), _cases(records, _rises(records))
    apart = breakdown(
        records,
        f"SELECT row, CAST(date_trunc('month', period) AS DATE) AS month, CAST(late AS BIGINT) AS part,"
        f" 1::BIGINT AS whole FROM {read} WHERE rose",
        people=True,
    )
    if not apart.whole:
        return Outcome(lacking(_NO_RISE))
    other_late, others = records.row(f"SELECT count(*) FILTER (late), count(*) FROM {read} WHERE NOT rose")
    none = phrases.needs(
        "ranks",
        "period",
        "Needs periods in which the same people held a rank without rising: there are none.",
        "يحتاج إلى فترات حمل فيها الأشخاص أنفسهم رتبة دون ترقٍّ: لا يوجد منها شيء.",
    )
    beside = share(int(other_late), int(others), people=True, whole=none)
    difference = (
        Value(Fraction(apart.part, apart.whole) - Fraction(int(other_late), int(others))) if others else lacking(none)
    )
    return Outcome(
        share(apart.part, apart.whole, people=True),
        numerator_label=Text(en="steps with a purchase in the last days", ar="حالات ترقٍّ سبقها شراء في آخر الأيام"),
        denominator_label=Text(en="steps up in rank", ar="حالات الترقّي في الرتبة"),
        alternatives=(
            alternative(
                "other_periods",
                Text(en="the same people's periods without a step", ar="فترات الأشخاص أنفسهم بلا ترقٍّ"),
                beside,
            ),
            alternative("difference", Text(en="the difference of the two", ar="الفرق بينهما"), difference),
        ),
        series=apart.series,
        evidence=records.evidence(
            f"SELECT p.id, c.period FROM ({cases}) c JOIN people p USING (row) WHERE c.rose AND c.late"
            " ORDER BY p.id, c.period",
            count=apart.part,
        ),
        period=records.money_period,
    )


def _cases_below(records: Records, rises: str) -> str:
    """Who stands below a rise, with what each bought in its period and in the two beside it."""
    length = _length(records)
    up = "p.parent"
    levels = [f"SELECT 1 AS level, p.row, {up} AS above FROM people p WHERE p.parent IS NOT NULL AND p.is_participant"]
    for level in range(2, LEVELS + 1):
        joins = " ".join(
            f"JOIN people u{at} ON u{at}.row = {'p' if at == 1 else f'u{at - 1}'}.parent" for at in range(1, level)
        )
        levels.append(
            f"SELECT {level} AS level, p.row, u{level - 1}.parent AS above FROM people p {joins}"
            f" WHERE u{level - 1}.parent IS NOT NULL AND p.is_participant"
        )
    above = f"SELECT row AS above, period FROM ({rises})"
    below = " UNION ALL ".join(
        f"SELECT l.level, l.row, r.period, r.above FROM ({each}) l JOIN ({above}) r USING (above)" for each in levels
    )
    return f"""
        SELECT c.level, c.row, c.period, c.above, coalesce(x.paid, 0) AS paid,
               coalesce(b.paid, 0) + coalesce(a.paid, 0) AS beside
        FROM ({below}) c JOIN people p USING (row)
        LEFT JOIN buyer_periods x ON x.row = c.row AND x.period = c.period
        LEFT JOIN buyer_periods b ON b.row = c.row AND b.period = CAST(c.period - INTERVAL 1 {length} AS DATE)
        LEFT JOIN buyer_periods a ON a.row = c.row AND a.period = CAST(c.period + INTERVAL 1 {length} AS DATE)
        WHERE (p.joined IS NULL OR p.joined < c.period - INTERVAL 1 {length})
          AND c.period > (SELECT min(period) FROM buyer_periods) AND c.period < (SELECT max(period) FROM buyer_periods)
    """


@indicator(
    id="chain_effect",
    title=Text(en="Purchases below somebody who rises in rank", ar="مشتريات الشبكة التابعة عند ترقّي أحد رعاتها"),
    definition=Text(
        en=f"What participants up to {LEVELS} levels below somebody bought in the period in which he rose in rank, over what "
        "the same people bought in the middle of the period before and the period after.",
        ar=f"ما اشتراه المشاركون حتى {LEVELS} مستويات تحت من ترقّى في فترة ترقّيه، إلى متوسط ما اشتراه الأشخاص أنفسهم في الفترة "
        "السابقة والفترة التالية.",
    ),
    formula="2 sum x(t) / sum [x(t - 1) + x(t + 1)], over people below and periods t of a rise",
    source="models 7.4: chain effect",
    unit="number",
    needs=(*_NEEDS, "participants.sponsor_id"),
    of_money=True,
    false_positives=Text(
        en="A season lifts everybody and brings ranks; a rise that rests on honest sales of the whole team.",
        ar="موسم يرفع الجميع ويأتي بالرتب، وترقٍّ سببه مبيعات فعلية للفريق كله.",
    ),
)
def chain_effect(records: Records) -> Outcome:
    """The surge of purchases below a step up in rank, and for each level by itself."""
    read, cases = _read(records, _cases_below), _cases_below(records, _rises(records))
    found = {
        int(level): (int(paid), int(beside))
        for level, paid, beside in records.all(
            f"SELECT level, sum(paid), sum(beside) FROM {read} GROUP BY 1 ORDER BY 1"
        )
    }
    none = phrases.needs(
        "ranks",
        "period",
        "Needs people below who rose, who were there before and bought around it: there are none.",
        "يحتاج إلى مشاركين تحت من ترقّى كانوا قبل ذلك واشتروا قبله أو بعده: لا يوجد منهم أحد.",
    )

    def of(*which: int) -> Value:
        paid, beside = (sum(found.get(level, (0, 0))[at] for level in which) for at in (0, 1))
        return lacking(none) if beside <= 0 else Value(Fraction(2 * paid, beside), 2 * paid, beside)

    apart = breakdown(
        records,
        f"SELECT row, CAST(date_trunc('month', period) AS DATE) AS month, (2 * paid)::BIGINT AS part,"
        f" beside::BIGINT AS whole FROM {read}",
    )
    main = of(*range(1, LEVELS + 1))
    return Outcome(
        Value(
            main.value,
            main.numerator,
            main.denominator,
            apart.interval if main.value is not None else None,
            main.missing,
        ),
        alternatives=tuple(
            alternative(f"level_{level}", Text(en=f"level {level} below", ar=f"المستوى {level} تحته"), of(level))
            for level in range(1, LEVELS + 1)
        ),
        series=tuple(each.model_copy(update={"unit": "number"}) for each in apart.series),
        evidence=records.evidence(
            f"SELECT u.id AS rose, c.period, c.level, p.id, c.paid, c.beside AS before_and_after FROM ({cases}) c"
            " JOIN people p USING (row) JOIN people u ON u.row = c.above WHERE 2 * c.paid > c.beside AND c.paid > 0"
            " ORDER BY u.id, c.period, c.level, p.id",
            count=int(records.row(f"SELECT count(*) FROM {read} WHERE 2 * paid > beside AND paid > 0")[0]),
        ),
        period=records.money_period,
    )
