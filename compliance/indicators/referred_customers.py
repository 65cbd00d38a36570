"""Referred customers beside others who came in the same months: what they spend, whether they come back, what one is worth.

Others are counted as if they had come in the same months as the referred (direct standardisation), since a customer of
December is another than one of July. Only those are counted whose days of comparison are over. Who is referred chooses
himself, so a difference is no effect of the referral.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants; the currency is quoted

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from compliance.indicators import phrases
from compliance.indicators.affiliates import quoted
from compliance.indicators.referral import NO_REFERRALS, has_referrals, referred
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, money, point, share
from compliance.indicators.saturation import last_day
from compliance.measurement import Interval, Series, decimal_string
from compliance.statistics import wilson
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

UNITS = 200
"""Groups of customers that the bootstrap draws."""
RESAMPLES = 400
SEED = 20_240_301
FEWEST = 10
"""Referred customers, and others of the same months, below which nothing is compared."""

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Compared:
    """Counts by group of customers (first axis) and month of the first order (second)."""

    months: tuple[str, ...]
    people: tuple[Ints, Ints]
    """Referred, others."""
    spent: tuple[Ints, Ints]
    again: tuple[Ints, Ints]

    @property
    def enough(self) -> bool:
        """Whether there are referred customers and others of the same months."""
        known = (self.people[0].sum(axis=0) > 0) & (self.people[1].sum(axis=0) > 0)
        return all(int(people.sum(axis=0)[known].sum()) >= FEWEST for people in self.people)


def _each(records: Records) -> str:
    days, end = records.assumptions.referral_days, records.once(last_day)
    return f"""
        SELECT w.buyer_id, w.first, w.referrer, sum(o.amount)::BIGINT AS spent,
               bool_or(CAST(o.date AS DATE) > CAST(w.first AS DATE)) AS again
        FROM ({referred()}) w JOIN orders o ON o.buyer_id = w.buyer_id
        WHERE o.currency = {quoted(records)} AND o.amount > 0 AND o.date >= w.first
          AND o.date < w.first + INTERVAL {days} DAY AND w.first <= TIMESTAMP '{end}' - INTERVAL {days} DAY
        GROUP BY 1, 2, 3
    """


def compared(records: Records) -> Compared | None:
    """Spending and coming back of referred customers and of others; None without referrals."""
    if not records.once(has_referrals):
        return None
    rows = records.all(
        f"""
        SELECT (md5_number_lower(buyer_id) % {UNITS})::INTEGER, strftime(first, '%Y-%m'), referrer IS NOT NULL,
               count(*), sum(spent), count(*) FILTER (again)
        FROM ({_each(records)}) GROUP BY 1, 2, 3
        """
    )
    months = tuple(sorted({str(row[1]) for row in rows}))
    at = {month: place for place, month in enumerate(months)}
    shape = (UNITS, len(months))
    found = [(np.zeros(shape, np.int64), np.zeros(shape, np.int64)) for _ in range(3)]
    for unit, month, is_referred, *figures in rows:
        for arrays, figure in zip(found, figures, strict=True):
            arrays[0 if is_referred else 1][int(unit), at[str(month)]] = int(figure)
    return Compared(months, *found)


def _standardised(people: tuple[Ints, Ints], figures: tuple[Ints, Ints]) -> tuple[int, Fraction, int]:
    """The referred's sum, what as many others of the same months would have, and how many referred those are."""
    mine, others = (figure.sum(axis=0) for figure in figures)
    here, there = (count.sum(axis=0) for count in people)
    both = (here > 0) & (there > 0)
    expected = sum(
        (Fraction(int(here[at]) * int(others[at]), int(there[at])) for at in np.flatnonzero(both)), Fraction(0)
    )
    return int(mine[both].sum()), expected, int(here[both].sum())


def _interval(found: Compared, figures: tuple[Ints, Ints]) -> Interval | None:
    """Of the standardised ratio, with groups of customers drawn again and again."""
    chance = np.random.default_rng(SEED)
    weights = chance.multinomial(UNITS, np.full(UNITS, 1 / UNITS), size=RESAMPLES).astype(np.float64)
    here, there = (weights @ count for count in found.people)
    mine, others = (weights @ figure for figure in figures)
    both = (here > 0) & (there > 0)
    expected = np.where(both, here * others / np.where(there > 0, there, 1), 0).sum(axis=1)
    drawn = np.where(both, mine, 0).sum(axis=1)
    if (expected <= 0).any():
        return None
    low, high = np.quantile(drawn / expected, [0.025, 0.975])
    return Interval(low=f"{low:.6f}", high=f"{high:.6f}", method="bootstrap")


def _ratio(found: Compared, figures: tuple[Ints, Ints]) -> Value:
    mine, expected, _ = _standardised(found.people, figures)
    if expected <= 0:
        return lacking(TOO_FEW)
    return Value(Fraction(mine) / expected, interval=_interval(found, figures))


TOO_FEW = phrases.needs(
    "orders",
    "buyer_id",
    f"Needs at least {FEWEST} referred customers and {FEWEST} others who came in the same months, followed to the end of "
    "the days of comparison.",
    f"يحتاج إلى {phrases.isolate(FEWEST)} عملاء مُحالين على الأقل ومثلهم من غيرهم جاؤوا في الأشهر نفسها واكتملت أيام مقارنتهم.",
)
TOO_FEW_REFERRED = phrases.needs(
    "orders",
    "buyer_id",
    f"Needs at least {FEWEST} referred customers followed to the end of the days of comparison.",
    f"يحتاج إلى {phrases.isolate(FEWEST)} عملاء مُحالين على الأقل اكتملت أيام مقارنتهم.",
)
NEEDS = ("orders.buyer_id", "orders.date", "orders.amount")


def _found(records: Records) -> Compared | Outcome:
    found = records.once(compared)
    if found is None:
        return Outcome(lacking(NO_REFERRALS))
    return found if found.enough else Outcome(lacking(TOO_FEW))


def _evidence_sql(records: Records) -> str:
    return f"SELECT * FROM ({_each(records)}) ORDER BY referrer IS NULL, first, buyer_id"


def _window(records: Records) -> Text:
    days = records.assumptions.referral_days
    return Text(
        en=f"Compared over the {days} days from the first order (an assumption).",
        ar=f"المقارنة خلال الأيام الأولى من أول طلب وعددها {phrases.isolate(days)} (افتراض).",
    )


def _series(
    found: Compared, figures: tuple[Ints, Ints], value: Callable[[int, int], Value], unit: str
) -> tuple[Series, ...]:
    labels = (
        ("referred", Text(en="Referred customers", ar="العملاء المُحالون")),
        ("others", Text(en="Other customers", ar="العملاء الآخرون")),
    )
    made = []
    for side, (id_, label) in enumerate(labels):
        people, figure = found.people[side].sum(axis=0), figures[side].sum(axis=0)
        points = tuple(
            point(month, value(int(figure[at]), int(people[at]))) for at, month in enumerate(found.months) if people[at]
        )
        made.append(
            Series(id=id_, label=label, axis="cohort", unit="money" if unit == "money" else "ratio", points=points)
        )
    return tuple(made)


@indicator(
    id="referred_spend",
    title=Text(en="Spending of referred customers against others", ar="إنفاق العملاء المُحالين مقارنةً بغيرهم"),
    definition=Text(
        en="What referred customers spent in the days of comparison from their first order (90 unless said), over what as many "
        "other customers who came in the same months spent. 1: alike; 1.16: 16% more.",
        ar="ما أنفقه العملاء المُحالون خلال أيام المقارنة من أول طلب (90 ما لم يُذكر غيرها) إلى ما أنفقه عدد مماثل من العملاء "
        "الآخرين الذين جاؤوا في الأشهر نفسها. القيمة 1 تعني التساوي، و1.16 تعني زيادة 16%.",
    ),
    formula="sum of spending of the referred / sum_m n_referred,m x mean spending of others,m",
    source="Direct standardisation by month; compare Schmitt, Skiera and Van den Bulte, Journal of Marketing 75(1):46-59, 2011",
    unit="ratio",
    needs=NEEDS,
    false_positives=Text(
        en="People refer those who would have come anyway: a difference is no effect of the programme.",
        ar="يُحيل الناس من كان سيأتي على أي حال: فالفرق ليس أثرًا للبرنامج.",
    ),
)
def referred_spend(records: Records) -> Outcome:
    """Standardised ratio of spending, with a seeded bootstrap."""
    found = _found(records)
    if isinstance(found, Outcome):
        return found
    scale = 10**records.scale
    mine, expected, people = _standardised(found.people, found.spent)
    each = [decimal_string(total / people / scale, 2) for total in (Fraction(mine), expected)]
    code = records.currency or ""
    return Outcome(
        _ratio(found, found.spent),
        headline_label=Text(en="others of the same months", ar="غيرهم في الأشهر نفسها"),
        series=_series(found, found.spent, lambda part, count: Value(Fraction(part, count * scale)), "money"),
        evidence=records.evidence(_evidence_sql(records)),
        notes=(
            Text(
                en=f"A referred customer spent {each[0]} {code}, another of the same months {each[1]} {code}.",
                ar=f"أنفق العميل المُحال {phrases.isolate(f'{each[0]} {code}')}، وغيره في الأشهر نفسها "
                f"{phrases.isolate(f'{each[1]} {code}')}.",
            ),
            _window(records),
        ),
        period=records.money_period,
    )


@indicator(
    id="referred_retention",
    title=Text(
        en="Coming back of referred customers against others", ar="احتفاظ البرنامج بالعملاء المُحالين مقارنةً بغيرهم"
    ),
    definition=Text(
        en="The share of referred customers who bought again on a later day within the days of comparison (90 unless said), "
        "over the share among as many others who came in the same months. The alternatives are the two shares.",
        ar="نسبة العملاء المُحالين الذين اشتروا ثانيةً في يوم لاحق خلال أيام المقارنة (90 ما لم يُذكر غيرها) إلى النسبة نفسها لدى "
        "عدد مماثل من غيرهم جاؤوا في الأشهر نفسها. والتعريفان البديلان هما النسبتان.",
    ),
    formula="share coming back of the referred / sum_m n_referred,m x share of others,m / n_referred",
    source="Direct standardisation by month; compare Schmitt, Skiera and Van den Bulte, Journal of Marketing 75(1):46-59, 2011",
    unit="ratio",
    needs=NEEDS,
    false_positives=Text(
        en="A second order to use up a credit; goods that nobody needs twice in so many days.",
        ar="طلب ثانٍ لاستهلاك رصيد، وسلع لا يحتاجها أحد مرتين في هذه المدة.",
    ),
)
def referred_retention(records: Records) -> Outcome:
    """Standardised ratio of coming back, with a seeded bootstrap, and the two shares."""
    found = _found(records)
    if isinstance(found, Outcome):
        return found
    mine, expected, people = _standardised(found.people, found.again)
    low, high = (decimal_string(bound, 6) for bound in wilson(mine, people))
    return Outcome(
        _ratio(found, found.again),
        headline_label=Text(en="others of the same months", ar="غيرهم في الأشهر نفسها"),
        alternatives=(
            alternative(
                "referred",
                Text(en="share of the referred who came back", ar="نسبة من عاد من المُحالين"),
                Value(Fraction(mine, people), mine, people, Interval(low=low, high=high)),
            ),
            alternative(
                "others",
                Text(en="share of others of the same months", ar="نسبة من عاد من غيرهم في الأشهر نفسها"),
                Value(expected / people),
            ),
        ),
        series=_series(found, found.again, lambda part, count: share(part, count, people=True), "ratio"),
        evidence=records.evidence(_evidence_sql(records)),
        notes=(_window(records),),
        period=records.money_period,
    )


@indicator(
    id="acquired_value",
    title=Text(en="Value of a referred customer", ar="قيمة العميل المكتسب بالإحالة"),
    definition=Text(
        en="Mean spending of a referred customer in the days of comparison from the first order (90 unless said). The "
        "alternative is that of others who came in the same months.",
        ar="متوسط إنفاق العميل المُحال خلال أيام المقارنة من أول طلب (90 ما لم يُذكر غيرها). والتعريف البديل هو متوسط غيره ممن "
        "جاؤوا في الأشهر نفسها.",
    ),
    formula="sum of spending of the referred / N(referred)",
    source="Definition of this project; docs/plans/affiliate-and-referral.md",
    unit="money",
    needs=NEEDS,
    false_positives=Text(
        en="Spending is no profit: neither goods nor the reward are taken off.",
        ar="الإنفاق ليس ربحًا: فلا تُطرح تكلفة السلع ولا المكافأة.",
    ),
)
def acquired_value(records: Records) -> Outcome:
    """Mean spending of the referred and of others of the same months."""
    found = records.once(compared)
    if found is None:
        return Outcome(lacking(NO_REFERRALS))
    people, spent = int(found.people[0].sum()), int(found.spent[0].sum())
    if people < FEWEST:
        return Outcome(lacking(TOO_FEW_REFERRED))
    others = lacking(TOO_FEW)
    if found.enough:
        _, expected, beside = _standardised(found.people, found.spent)
        others = money(expected / beside, records.scale)
    return Outcome(
        money(Fraction(spent, people), records.scale),
        headline_label=Text(en="referred customers", ar="العملاء المُحالون"),
        alternatives=(
            alternative(
                "others",
                Text(en="others of the same months", ar="غيرهم في الأشهر نفسها"),
                others,
            ),
        ),
        evidence=records.evidence(_evidence_sql(records)),
        notes=(
            Text(
                en=f"Referred customers followed for all the days: {people:,}.",
                ar=f"العملاء المُحالون الذين اكتملت أيامهم: {phrases.isolate(f'{people:,}')}.",
            ),
            _window(records),
        ),
        period=records.money_period,
    )
