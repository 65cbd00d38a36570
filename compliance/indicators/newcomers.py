"""The newest members' money: what part of the payouts it can have paid for.

Money is fungible, so none of these figures says which coin went where. They say how much would have been
missing, had nobody new come.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from compliance.indicators import phrases
from compliance.indicators.flows import by_month, paid
from compliance.indicators.growth import TOO_SHORT
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, point, share
from compliance.measurement import Series
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records


@indicator(
    id="vintage_transfer",
    title=Text(en="Payouts out of the newest members' money", ar="العمولات الممولة من أحدث المنضمين"),
    definition=Text(
        en="The share of a month's revenue that came from those who joined in that month or the one before, weighted by the "
        "month's payouts: what part of the payouts the newest members' money paid for, if all money is alike.",
        ar="نسبة إيراد الشهر الذي دفعه من انضموا فيه أو في الشهر السابق، مرجَّحة بعمولات الشهر: أي جزء من العمولات دفعه أحدث "
        "المنضمين إذا عُدّ المال كله سواء.",
    ),
    formula="sum_t P_t (new_t / in_t) / sum_t P_t",
    source="Definition of this project: payouts against the newest members' payments; rules eu.4finance2014, ind.new_money_dependence",
    unit="ratio",
    needs=("participants.joined", "orders.date", "orders.buyer_id", "rewards.amount"),
    of_money=True,
    false_positives=Text(
        en="A launch phase, when everybody is new.",
        ar="مرحلة الانطلاق التي يكون فيها الجميع جددًا.",
    ),
)
def vintage_transfer(records: Records) -> Outcome:
    """How much of the payouts the newest entrants' payments paid for."""
    bought = records.all(
        """
        SELECT o.month, sum(o.amount), count(*) FROM order_facts o JOIN people p ON p.row = o.buyer
        WHERE o.side = 'participant' AND p.joined IS NOT NULL
          AND datediff('month', p.joined, o.month) BETWEEN 0 AND 1
        GROUP BY 1 ORDER BY 1
        """
    )
    newest = {f"{month:%Y-%m}": int(amount) for month, amount, _ in bought}
    rows, total, weighted, points = records.once(by_month), 0, Fraction(0), []
    for month, members, outside, payouts in rows:
        inflow = members + outside
        if inflow > 0:
            part = share(newest.get(month, 0), inflow)
            points.append(point(month, part))
            if payouts > 0 and isinstance(part.value, Fraction):
                weighted, total = weighted + payouts * part.value, total + payouts
    if total == 0:
        return Outcome(lacking(TOO_SHORT))
    traced = lacking(phrases.missing("rewards.source_order_id"))
    if records.has("rewards.source_order_id"):
        found = records.row(
            """
            SELECT coalesce(sum(r.amount), 0) FROM reward_facts r JOIN people p ON p.row = r.source
            WHERE r.traced AND p.joined IS NOT NULL AND datediff('month', p.joined, r.month) BETWEEN 0 AND 1
            """
        )[0]
        traced = share(int(found), records.once(paid).total, whole=phrases.nothing_paid())
    entry = records.row(
        """
        SELECT coalesce(sum(o.amount), 0) FROM order_facts o JOIN people p ON p.row = o.buyer
        WHERE o.side = 'participant' AND p.joined IS NOT NULL
          AND (o.category = 'fee' OR o.date <= p.joined + INTERVAL 90 DAY)
        """
    )[0]
    return Outcome(
        Value(weighted / total),
        alternatives=(
            alternative(
                "traced",
                Text(
                    en="payouts traced to a payment by somebody who had just joined",
                    ar="عمولات نُسبت إلى دفعة من شخص انضم حديثًا",
                ),
                traced,
            ),
            alternative(
                "new_money_over_payouts",
                Text(
                    en="fees and first 90 days' purchases, measured against the payouts (100% is as much as all payouts, "
                    "200% twice as much)",
                    ar="الرسوم ومشتريات أول 90 يومًا قياسًا إلى العمولات (100% تعني ما يساوي كل العمولات، و200% ضعفها)",
                ),
                share(int(entry), records.once(paid).total, whole=phrases.nothing_paid()),
            ),
        ),
        series=(
            Series(
                id="new_share_of_revenue",
                label=Text(en="Newest members' share of revenue", ar="حصة أحدث المنضمين من الإيراد"),
                axis="period",
                unit="ratio",
                points=tuple(points),
            ),
        ),
        evidence=records.evidence(
            """
            SELECT o.order_id, o.date, p.id AS buyer_id, p.joined, o.category::VARCHAR AS category, o.amount
            FROM order_facts o JOIN people p ON p.row = o.buyer
            WHERE o.side = 'participant' AND p.joined IS NOT NULL
              AND datediff('month', p.joined, o.month) BETWEEN 0 AND 1
            ORDER BY o.date, p.id, o.amount, o.order_id
            """,
            count=sum(int(lines) for *_, lines in bought),
        ),
        period=records.money_period,
    )
