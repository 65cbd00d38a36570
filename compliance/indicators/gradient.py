"""Whether it pays to have come early: the correlation of the order of joining with the net result.

In a pure transfer the first gain what the last lose; in honest retail the order hardly matters once the time
that each has had is taken into account. So the figure is given as it is, per active month, and within tenure.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from compliance.indicators import phrases
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, point
from compliance.measurement import Series
from compliance.statistics import medians_by_group, spearman
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

_UNVARIED = phrases.needs(
    "participants",
    "joined",
    "Needs at least ten participants with a date of joining and results that differ.",
    "يحتاج إلى عشرة مشاركين على الأقل معروفة تواريخ انضمامهم وتختلف نتائجهم.",
)
FEWEST = 10


def _correlation(order: np.ndarray, result: np.ndarray) -> Value:
    rho = spearman(order, result) if len(order) >= FEWEST else None
    return lacking(_UNVARIED) if rho is None else Value(rho.quantize(Decimal("0.000000001")))


@indicator(
    id="join_order_gradient",
    title=Text(en="Advantage of joining early", ar="أفضلية الانضمام المبكر"),
    definition=Text(
        en="Spearman's rank correlation between the order of joining and the net result with the company, over everyone "
        "ever enrolled whose date of joining is known. -1: the earlier, the better, without exception; 0: the order "
        "does not matter.",
        ar="معامل ارتباط الرتب (سبيرمان) بين ترتيب الانضمام وصافي النتيجة مع الشركة، لجميع من انضموا في أي وقت وعُرف تاريخ "
        "انضمامهم. القيمة -1 تعني أن الأسبق أفضل دائمًا، والصفر يعني أن الترتيب لا أثر له.",
    ),
    formula="Spearman rho(rank of joined_i, net_i)",
    source="Definition of this project: Spearman's rank correlation of joining order and net result",
    unit="number",
    needs=("participants.joined", "orders.buyer_id", "rewards.amount"),
    false_positives=Text(
        en="Those who came early have had more time to earn: see the figure per active month.",
        ar="من انضم مبكرًا توفّر له وقت أطول للكسب: يُنظر الرقم المحسوب لكل شهر نشاط.",
    ),
)
def join_order_gradient(records: Records) -> Outcome:
    """Spearman's rho of join order and net; medians by decile; per month and among payers beside it."""
    found = records.arrays(
        """
        SELECT dense_rank() OVER (ORDER BY joined)::BIGINT AS joining, net::BIGINT AS net, orders > 0 AS paying,
               (1 + datediff('month', least(joined, coalesce(last_entry, joined)), coalesce(last_entry, joined)))
               ::BIGINT AS months
        FROM net WHERE joined IS NOT NULL ORDER BY joined, id
        """
    )
    joining, net = found["joining"].astype(np.int64), found["net"].astype(np.int64)
    if len(net) < FEWEST:
        return Outcome(lacking(_UNVARIED))
    paying = found["paying"].astype(bool)
    per_month = net // found["months"].astype(np.int64)
    scale = 10**records.scale
    deciles = medians_by_group(net, 10)
    return Outcome(
        _correlation(joining, net),
        alternatives=(
            alternative(
                "per_active_month",
                Text(en="net result per active month", ar="صافي النتيجة لكل شهر نشاط"),
                _correlation(joining, per_month),
            ),
            alternative(
                "recorded_payers",
                Text(en="only those whose payments are recorded", ar="من سُجّلت مدفوعاتهم فقط"),
                _correlation(joining[paying], net[paying]),
            ),
        ),
        series=(
            Series(
                id="median_net_by_decile",
                label=Text(
                    en="Median net result by tenth, earliest first",
                    ar="القيمة الوسيطة لصافي النتيجة لكل عُشر، الأسبق أولًا",
                ),
                axis="decile",
                unit="money",
                points=tuple(point(at, Value(value / scale)) for at, value in enumerate(deciles, start=1)),
            ),
            Series(
                id="ahead_by_decile",
                label=Text(en="Share ahead by tenth, earliest first", ar="نسبة من حصلوا على أكثر مما دفعوا لكل عُشر"),
                axis="decile",
                unit="ratio",
                points=tuple(
                    point(at, Value(int((part > 0).sum()) / Decimal(len(part))))
                    for at, part in enumerate(np.array_split(net, 10), start=1)
                ),
            ),
        ),
        evidence=records.evidence(
            "SELECT id, joined, paid_in, paid_out, net FROM net WHERE joined IS NOT NULL ORDER BY joined, id",
            count=len(net),
        ),
        period=records.money_period,
    )
