"""What keeps it going: the growth that payouts need, and the recruits that each entrant brings.

Months are calendar months in UTC. The last month of the records is left out unless it is complete, and a cohort
whose recruiting window is not over yet is left out too: both would look like a decline that is none.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import TYPE_CHECKING

from compliance.indicators import phrases
from compliance.indicators.flows import by_month
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, point, share
from compliance.measurement import Interval, Point, Series, decimal_string
from compliance.models.saturation import needed_growth
from compliance.statistics import Z95
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

TOO_SHORT = phrases.needs(
    "payouts",
    "date",
    "Needs at least two complete months with participants, payments and payouts.",
    "يحتاج إلى شهرين كاملين على الأقل فيهما مشاركون ومدفوعات وعمولات.",
)


def joins_by_month(records: Records) -> dict[str, int]:
    """How many joined in each month, YYYY-MM; those without a date are not in it."""
    return {
        str(month): int(count)
        for month, count in records.all(
            "SELECT strftime(joined, '%Y-%m') AS month, count(*) FROM people"
            " WHERE is_participant AND joined IS NOT NULL GROUP BY 1 ORDER BY 1"
        )
    }


def months_between(first: str, last: str) -> list[str]:
    """Every month from one to another, YYYY-MM, both included.

    >>> months_between("2025-11", "2026-02")
    ['2025-11', '2025-12', '2026-01', '2026-02']
    """
    start, end = (int(at[:4]) * 12 + int(at[5:7]) - 1 for at in (first, last))
    return [f"{at // 12:04d}-{at % 12 + 1:02d}" for at in range(start, end + 1)]


def last_complete(day: str) -> str:
    """The last month that was over on a day, YYYY-MM.

    >>> last_complete("2025-08-04"), last_complete("2025-08-31")
    ('2025-07', '2025-08')
    """
    at = date.fromisoformat(day)
    if at.day == monthrange(at.year, at.month)[1]:
        return f"{at:%Y-%m}"
    before = at.year * 12 + at.month - 2
    return f"{before // 12:04d}-{before % 12 + 1:02d}"


@indicator(
    id="growth_gap",
    title=Text(en="Growth needed less growth seen", ar="النمو اللازم مطروحًا منه النمو الفعلي"),
    definition=Text(
        en="In a month: the growth at which new entrants' payments would just cover what members were paid beyond outside "
        "revenue, less the growth that there was. Positive: payouts outran the money that newcomers bring. The "
        "headline is the last complete month.",
        ar="في الشهر الواحد: معدّل النمو الذي تكفي عنده مدفوعات المنضمين الجدد لتغطية ما صُرف للأعضاء فوق الإيراد الخارجي، "
        "مطروحًا منه النمو الفعلي. والموجب يعني أن العمولات زادت على ما يأتي به الجدد. والرقم المعروض لآخر شهر كامل.",
    ),
    formula="p / c - J / N; p = (payouts - outside revenue) per member, c = payments per entrant so far, J joined, N before",
    source="Accounting identity: with an expected payout p and an entrant's payment c, solvency needs growth of p/c",
    unit="rate",
    needs=("participants.joined", "orders.date", "rewards.amount"),
    false_positives=Text(
        en="Seasons; payouts of an earlier month's earnings; a programme that moved to another system.",
        ar="المواسم، وصرف عمولات شهر سابق، وانتقال البرنامج إلى نظام آخر.",
    ),
)
def growth_gap(records: Records) -> Outcome:
    """Required less actual growth by month."""
    joins, flows = records.once(joins_by_month), {month: rest for month, *rest in records.once(by_month)}
    period = records.money_period
    if not joins or not flows or period is None:
        return Outcome(lacking(TOO_SHORT))
    undated = int(records.row("SELECT count(*) FROM people WHERE is_participant AND joined IS NULL")[0])
    present, payments, entrants = undated, 0, 0
    required, actual, gaps = [], [], []
    last = last_complete(period.end)
    for month in months_between(min([*joins, *flows]), last):
        members, outside, payouts = flows.get(month, (0, 0, 0))
        joined, payments = joins.get(month, 0), payments + members
        entrants += joined
        if present > 0 and entrants > 0 and payments > 0 and month >= min(flows):
            growth = Fraction(joined, present)
            needed = needed_growth(Fraction(max(0, payouts - outside), present), Fraction(payments, entrants))
            required.append(point(month, Value(needed)))
            actual.append(point(month, share(joined, present)))
            gaps.append((month, needed - growth))
        present += joined
    if len(gaps) < 2:
        return Outcome(lacking(TOO_SHORT))
    recent = [gap for _, gap in gaps[-3:]]
    peak = max(gaps, key=lambda each: each[1])

    def line(id: str, en: str, ar: str, points: list[Point]) -> Series:  # noqa: A002 - it is an id
        return Series(id=id, label=Text(en=en, ar=ar), axis="period", unit="rate", points=tuple(points))

    return Outcome(
        Value(gaps[-1][1]),
        headline_label=Text(
            en=f"last complete month, {gaps[-1][0]}", ar=f"آخر شهر كامل، {phrases.isolate(gaps[-1][0])}"
        ),
        alternatives=(
            alternative(
                "last_three_months",
                Text(en="mean of the last three complete months", ar="متوسط آخر ثلاثة أشهر كاملة"),
                Value(sum(recent, Fraction(0)) / len(recent)),
            ),
            alternative(
                "largest",
                Text(en=f"largest month, {peak[0]}", ar=f"أكبر شهر، {phrases.isolate(peak[0])}"),
                Value(peak[1]),
            ),
        ),
        series=(
            line("gap", "Gap", "الفرق", [point(month, Value(gap)) for month, gap in gaps]),
            line(
                "gap_of_three_months",
                "Gap, mean of three months",
                "الفرق، متوسط ثلاثة أشهر",
                [
                    point(gaps[at][0], Value(sum((gap for _, gap in gaps[at - 2 : at + 1]), Fraction(0)) / 3))
                    for at in range(2, len(gaps))
                ],
            ),
            line("required", "Growth needed", "النمو اللازم", required),
            line("actual", "Growth seen", "النمو الفعلي", actual),
        ),
        evidence=records.evidence(
            """
            WITH joined AS (
                SELECT CAST(date_trunc('month', joined) AS DATE) AS month, count(*) AS joined FROM people
                WHERE is_participant AND joined IS NOT NULL GROUP BY 1
            ), inflow AS (
                SELECT month, coalesce(sum(amount) FILTER (side = 'participant'), 0)::BIGINT AS from_participants,
                       coalesce(sum(amount) FILTER (side = 'outside'), 0)::BIGINT AS from_outside
                FROM order_facts WHERE month IS NOT NULL GROUP BY 1
            ), outflow AS (
                SELECT month, sum(amount)::BIGINT AS paid_out FROM reward_facts WHERE month IS NOT NULL GROUP BY 1
            )
            SELECT month, joined, from_participants, from_outside, paid_out
            FROM joined FULL JOIN inflow USING (month) FULL JOIN outflow USING (month) ORDER BY month
            """
        ),
        period=period,
    )


@dataclass(frozen=True, slots=True)
class Cohort:
    """Those who joined in one month and whom they recruited in their first days."""

    month: str
    entrants: int
    recruits: int
    squares: int
    """Sum of the squares of each one's recruits."""
    whole: bool
    """Whether the days of all of them are over."""


def per_entrant(cohorts: list[Cohort]) -> Value:
    """Recruits per entrant, with the interval of a mean from the spread between entrants."""
    entrants, recruits = sum(each.entrants for each in cohorts), sum(each.recruits for each in cohorts)
    if entrants < 2:
        return share(recruits, entrants)
    squares = sum(each.squares for each in cohorts)
    variance = Fraction(squares * entrants - recruits**2, entrants * (entrants - 1))
    with localcontext() as context:
        context.prec = 40
        mean = Decimal(recruits) / entrants
        margin = Z95 * (Decimal(variance.numerator) / variance.denominator / entrants).sqrt()
        low, high = max(Decimal(0), mean - margin), mean + margin
    interval = Interval(low=decimal_string(low, 6), high=decimal_string(high, 6), method="normal")
    return Value(Fraction(recruits, entrants), recruits, entrants, interval)


def _with_unfinished(records: Records, days: int, end: str) -> Value:
    """Recruits per entrant within the days, of entrants whose days are not over as well: the sum over days of age of
    recruits at that age per entrant seen at that age (mean cumulative function, Nelson 1988)."""
    seen = {
        int(age): int(people)
        for age, people in records.all(
            f"""
            SELECT least(greatest(datediff('day', joined, TIMESTAMP '{end}'), 0), {days}) AS age, count(*) FROM people
            WHERE is_participant AND joined IS NOT NULL GROUP BY 1
            """
        )
    }
    brought = records.all(
        f"""
        SELECT datediff('day', s.joined, c.joined) AS age, count(*)
        FROM people c JOIN people s ON s.row = c.parent
        WHERE c.is_participant AND s.is_participant AND c.joined >= s.joined
          AND c.joined <= s.joined + INTERVAL {days} DAY AND c.joined <= TIMESTAMP '{end} 23:59:59' GROUP BY 1
        """
    )
    at_least, running = {}, 0
    for age in range(days, -1, -1):
        running += seen.get(age, 0)
        at_least[age] = running
    with localcontext() as context:
        context.prec = 40
        return Value(sum((Decimal(int(count)) / at_least[int(age)] for age, count in sorted(brought)), Decimal(0)))


PACE_MONTHS = 3
"""The complete months at the end whose recruiting is taken for the pace."""


def _at_recent_pace(records: Records, end: str) -> Value:
    """Recruits that an entrant would bring in as many months as the records have, recruiting at every age as those of
    that age did in the last complete months: the sum over ages of recruits at the age per person of the age.

    Newcomers who replace those before them one for one give 1; it is above 1 where more join than before, whatever the
    days in which somebody recruits, and below 1 where recruiting breaks down. Reference: the period rate of demography
    (Preston, Heuveline, Guillot 2001, Demography, chapter 5), of recruits in place of births.
    """
    months = months_between(min(records.once(joins_by_month)), last_complete(end))
    if len(months) <= PACE_MONTHS:
        return lacking(TOO_SHORT)
    entrants, brought = records.once(joins_by_month), {}
    for came, age, count in records.all(
        f"""
        SELECT strftime(s.joined, '%Y-%m'), datediff('month', s.joined, c.joined) AS age, count(*)
        FROM people c JOIN people s ON s.row = c.parent
        WHERE c.is_participant AND s.is_participant AND c.joined >= s.joined
          AND strftime(c.joined, '%Y-%m') BETWEEN '{months[-PACE_MONTHS]}' AND '{months[-1]}' GROUP BY 1, 2
        """
    ):
        brought[str(came), int(age)] = int(count)
    total = Fraction(0)
    for age in range(len(months)):
        came = [months[at - age] for at in range(len(months) - PACE_MONTHS, len(months)) if at >= age]
        people = sum(entrants.get(month, 0) for month in came)
        if people:
            total += Fraction(sum(brought.get((month, age), 0) for month in came), people)
    return Value(total)


@indicator(
    id="replacement_ratio",
    title=Text(en="Recruits per entrant", ar="عدد من استقطبهم كل منضم"),
    definition=Text(
        en="Direct recruits that the entrants of a month brought in the days after joining, per entrant. Cohorts whose days "
        "are not over are left out; the headline is the last three whole cohorts. Where people also recruit after those "
        "days, a figure below 1 does not mean that cohorts shrink: the alternative at the recent pace counts every age, and "
        "is below 1 where those who join do not replace those before them.",
        ar="عدد المشاركين المباشرين الذين استقطبهم المنضمون في شهر ما خلال الأيام التالية لانضمامهم، لكل منضم. وتُستبعد الدفعات "
        "التي لم تكتمل أيامها، والرقم المعروض لآخر ثلاث دفعات مكتملة. وحيث يستمر الاستقطاب بعد تلك الأيام لا يعني ما دون 1 أن "
        "الدفعات تصغر: فالتعريف البديل بالوتيرة الأخيرة يشمل كل المدد، وما دون 1 فيه يعني أن المنضمين لا يعوّضون من قبلهم.",
    ),
    formula="R_t = recruits within D days of entrants of month t / entrants of month t",
    source="Mean of a branching process; Grinstead and Snell, Introduction to Probability, chapter 10",
    unit="number",
    needs=("participants.joined", "participants.sponsor_id"),
    false_positives=Text(
        en="Seasons; recruits that joined under somebody else in the upline; people who come without a recruiter, who are in "
        "nobody's count.",
        ar="المواسم، وانضمام مستقطَبين تحت شخص آخر في سلسلة الرعاة، ومن يأتي بلا راعٍ فلا يُحتسب لأحد.",
    ),
)
def replacement_ratio(records: Records) -> Outcome:
    """Recruits within the window per entrant, by month of joining."""
    days, period = records.assumptions.recruiting_days, records.joining_period
    if period is None:
        return Outcome(lacking(phrases.nobody()))
    cohorts = [
        Cohort(str(month), int(entrants), int(recruits), int(squares), bool(whole))
        for month, entrants, recruits, squares, whole in records.all(
            f"""
            WITH brought AS (
                SELECT c.parent AS row, count(*) AS recruits FROM people c JOIN people s ON s.row = c.parent
                WHERE c.is_participant AND c.joined >= s.joined AND c.joined <= s.joined + INTERVAL {days} DAY
                GROUP BY 1
            )
            SELECT strftime(p.joined, '%Y-%m') AS month, count(*), coalesce(sum(b.recruits), 0),
                   coalesce(sum(b.recruits * b.recruits), 0),
                   last_day(max(p.joined)) + INTERVAL {days} DAY <= TIMESTAMP '{period.end}'
            FROM people p LEFT JOIN brought b USING (row)
            WHERE p.is_participant AND p.joined IS NOT NULL GROUP BY 1 ORDER BY 1
            """
        )
    ]
    whole = [each for each in cohorts if each.whole]
    joins = records.once(joins_by_month)
    trend = Series(
        id="joined_by_month",
        label=Text(en="Joined by month", ar="المنضمون بحسب الشهر"),
        axis="period",
        unit="count",
        points=tuple(point(month, Value(count)) for month, count in joins.items()),
    )
    if not whole:
        return Outcome(
            lacking(
                phrases.needs(
                    "participants",
                    "joined",
                    f"Needs records that reach {days} days beyond a month of joining.",
                    f"يحتاج إلى سجلات تمتد {phrases.isolate(days)} يومًا بعد شهر انضمام.",
                )
            ),
            series=(trend,),
        )
    recent = whole[-3:]
    return Outcome(
        per_entrant(recent),
        numerator_label=Text(en=f"recruits within {days} days", ar=f"من استُقطبوا خلال {phrases.isolate(days)} يومًا"),
        denominator_label=Text(
            en=f"entrants of {recent[0].month} to {recent[-1].month}",
            ar=f"المنضمون من {phrases.isolate(recent[0].month)} إلى {phrases.isolate(recent[-1].month)}",
        ),
        alternatives=(
            alternative(
                "all_whole_cohorts",
                Text(en="all whole cohorts", ar="كل الدفعات المكتملة"),
                per_entrant(whole),
            ),
            alternative(
                "with_unfinished",
                Text(
                    en="everybody, each counted for the days that the records see of him",
                    ar="الجميع، ويُحتسب كل منهم عن الأيام التي تشملها السجلات",
                ),
                _with_unfinished(records, days, period.end),
            ),
            alternative(
                "at_recent_pace",
                Text(
                    en=f"over all their time, at the pace of the last {PACE_MONTHS} complete months",
                    ar=f"طوال مدتهم، بوتيرة آخر {phrases.isolate(PACE_MONTHS)} أشهر مكتملة",
                ),
                _at_recent_pace(records, period.end),
            ),
        ),
        series=(
            Series(
                id="by_cohort",
                label=Text(en="By month of joining", ar="بحسب شهر الانضمام"),
                axis="cohort",
                unit="number",
                points=tuple(point(each.month, per_entrant([each])) for each in whole),
            ),
            trend,
        ),
        evidence=records.evidence(
            f"""
            SELECT s.id AS entrant_id, s.joined AS entrant_joined, c.id AS recruit_id, c.joined AS recruit_joined
            FROM people c JOIN people s ON s.row = c.parent
            WHERE c.is_participant AND c.joined >= s.joined AND c.joined <= s.joined + INTERVAL {days} DAY
            ORDER BY s.joined, s.id, c.joined, c.id
            """
        ),
        period=period,
    )
