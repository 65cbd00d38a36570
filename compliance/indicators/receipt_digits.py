"""The digits of retail amounts: leads for somebody who goes and asks, never part of a score.

A price list of a few prices has neither even last digits nor Benford's first ones, with perfectly honest receipts. So the
company's own orders, which nobody had a reason to invent, stand beside the sellers' in the same measure. Cut-offs of
Benford's law hold from a thousand amounts on; below, they are simulated for the number there is (seeded).
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from compliance.indicators import phrases
from compliance.indicators.heaps import rounded
from compliance.indicators.receipts import NO_RETAIL
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, point, share
from compliance.measurement import Missing, Series
from compliance.models.benford import PROBABILITIES, deviation, mad_class
from compliance.statistics import SEED
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

LEAST = 100
"""Amounts below which digits say nothing."""
ENOUGH = 1_000
"""Amounts from which on Nigrini's cut-offs hold."""
DRAWS = 1_000

_SIDES = {
    "retail": "side = 'outside' AND seller IS NOT NULL AND amount > 0",
    "own": "side = 'participant' AND amount > 0",
}
_FEW = phrases.needs(
    "orders",
    "amount",
    f"Needs at least {LEAST} amounts.",
    f"يحتاج إلى {LEAST} مبلغ على الأقل.",
)


def _last_two(records: Records, side: str) -> Value:
    counted = dict(
        records.all(
            f"SELECT (amount % 100)::INTEGER, count(*) FROM order_facts WHERE {_SIDES[side]} GROUP BY 1 ORDER BY 1"
        )
    )
    counts = [int(counted.get(ending, 0)) for ending in range(100)]
    total = sum(counts)
    if total < LEAST:
        return lacking(_FEW)
    # chi-square over its 99 degrees of freedom, exactly: 1 is what chance gives
    squares = sum(count * count for count in counts)
    return share(100 * squares - total * total, 99 * total)


@indicator(
    id="last_two_digits",
    title=Text(en="Last two digits of retail amounts", ar="آخر رقمين في مبالغ التجزئة"),
    definition=Text(
        en="How unevenly the last two digits of the amounts of retail sales fall on 00 to 99: chi-square over its 99 degrees "
        "of freedom, 1 where they fall by chance. A lead at most.",
        ar="مدى تفاوت آخر رقمين في مبالغ مبيعات التجزئة بين 00 و99: مربع كاي مقسومًا على 99 درجة حرية، و1 حيث تقع صدفةً. وهو خيط "
        "للبحث لا أكثر.",
    ),
    formula="chi2 / 99 of amount mod 100 in minor units against 1/100 each",
    source="models 7.5: last-two-digit uniformity",
    unit="number",
    needs=("orders.amount", "orders.seller_id", "participants.id"),
    false_positives=Text(
        en="Prices that end in 99 or 00: any price list. Compare with participants' own orders beside it.",
        ar="أسعار تنتهي بـ99 أو 00 كما في كل قائمة أسعار. يُقارن بطلبات المشاركين لأنفسهم بجانبه.",
    ),
)
def last_two_digits(records: Records) -> Outcome:
    """Unevenness of retail amounts; of participants' own orders beside it."""
    main = _last_two(records, "retail")
    if main.value is None:
        return Outcome(lacking(NO_RETAIL if not records.has("orders.seller_id") else _FEW))
    endings = records.all(
        f"SELECT (amount % 100)::INTEGER, count(*) FROM order_facts WHERE {_SIDES['retail']} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10"
    )
    return Outcome(
        main,
        alternatives=(
            alternative(
                "own_orders",
                Text(en="participants' own orders, in the same measure", ar="طلبات المشاركين لأنفسهم بالمقياس نفسه"),
                _last_two(records, "own"),
            ),
        ),
        series=(
            Series(
                id="most_frequent",
                label=Text(en="The ten most frequent endings", ar="أكثر عشر نهايات تكرارًا"),
                axis="category",
                unit="count",
                points=tuple(point(f"{int(ending):02d}", Value(int(number))) for ending, number in endings),
            ),
        ),
        period=records.money_period,
    )


@cache
def simulated_cut(amounts: int) -> float:
    """The mean absolute deviation that 95 of 100 samples of so many amounts that do follow the law stay below."""
    random = np.random.Generator(np.random.PCG64(SEED))
    drawn = random.multinomial(amounts, np.array(PROBABILITIES) / sum(PROBABILITIES), size=DRAWS)
    deviations = np.sort(np.abs(drawn / amounts - np.array(PROBABILITIES)).sum(axis=1) / 9)
    return float(deviations[-(DRAWS // 20)])


def _first_digits(records: Records, side: str) -> list[int]:
    counted = dict(
        records.all(
            "SELECT left(amount::VARCHAR, 1)::INTEGER, sum(lines) FROM ("
            f"SELECT amount, count(*) AS lines FROM order_facts WHERE {_SIDES[side]} GROUP BY 1) GROUP BY 1 ORDER BY 1"
        )
    )
    return [int(counted.get(digit, 0)) for digit in range(1, 10)]


@indicator(
    id="first_digits",
    title=Text(en="First digits of retail amounts against Benford", ar="الرقم الأول في مبالغ التجزئة وقانون بنفورد"),
    definition=Text(
        en="The mean absolute deviation of the shares of first digits of retail amounts from Benford's law. A lead at most: "
        "a fixed price list deviates with honest receipts.",
        ar="متوسط الانحراف المطلق لنسب الرقم الأول في مبالغ التجزئة عن قانون بنفورد. وهو خيط للبحث لا أكثر: فقائمة الأسعار الثابتة "
        "تنحرف عنه والإيصالات صحيحة.",
    ),
    formula="sum over d of |share(d) - log10(1 + 1/d)| / 9",
    source="models 7.5; Nigrini 2012; cut-off simulated below 1,000 amounts",
    unit="number",
    needs=("orders.amount", "orders.seller_id", "participants.id"),
    false_positives=Text(
        en="A price list; amounts within one order of magnitude. The law fits neither.",
        ar="قائمة أسعار، ومبالغ من رتبة عشرية واحدة؛ فالقانون لا ينطبق عليهما.",
    ),
)
def first_digits(records: Records) -> Outcome:
    """The deviation of retail amounts; of participants' own orders, and what chance alone reaches, beside it."""
    counts = _first_digits(records, "retail")
    total = sum(counts)
    if total < LEAST:
        return Outcome(lacking(NO_RETAIL if total == 0 else _FEW))
    mad, _ = deviation(counts)
    own = _first_digits(records, "own")
    cut = simulated_cut(min(total, ENOUGH)) if total < ENOUGH else None
    few: Missing = phrases.needs(
        "orders",
        "amount",
        f"Not simulated: from {ENOUGH:,} amounts on the published cut-off of 0.015 holds.",
        f"لم يُحاكَ: من {phrases.isolate(f'{ENOUGH:,}')} مبلغ فصاعدًا يصلح الحد المنشور 0.015.",
    )
    named = mad_class(rounded(mad)) if total >= ENOUGH else None
    return Outcome(
        Value(rounded(mad)),
        alternatives=(
            alternative(
                "own_orders",
                Text(en="participants' own orders, in the same measure", ar="طلبات المشاركين لأنفسهم بالمقياس نفسه"),
                Value(rounded(deviation(own)[0])) if sum(own) >= LEAST else lacking(_FEW),
            ),
            alternative(
                "chance",
                Text(
                    en="what 95 of 100 samples of this size that follow the law stay below",
                    ar="ما لا تتجاوزه 95 من كل 100 عينة بهذا الحجم تتبع القانون",
                ),
                lacking(few) if cut is None else Value(rounded(cut)),
            ),
        ),
        series=(
            Series(
                id="by_digit",
                label=Text(en="By first digit", ar="بحسب الرقم الأول"),
                axis="category",
                unit="ratio",
                points=tuple(point(digit, share(count, total)) for digit, count in enumerate(counts, start=1)),
            ),
        ),
        notes=(
            Text(
                en=f"Amounts: {total:,}."
                + (f" Class of the published cut-offs: {named}." if named else " Too few for the published cut-offs."),
                ar=f"المبالغ: {phrases.isolate(f'{total:,}')}."
                + (
                    f" فئتها بحسب الحدود المنشورة: {phrases.isolate(named)}."
                    if named
                    else " وهي أقل من أن تصلح لها الحدود المنشورة."
                ),
            ),
        ),
        period=records.money_period,
    )
