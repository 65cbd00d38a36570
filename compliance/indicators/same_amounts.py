"""Whether sellers' retail sales have the same few amounts again and again, as those of invented receipts do.

Two yardsticks: how often sales of different sellers have the same amount, which tells one seller from the others; and how
often participants' own orders do, which tells all of them from orders that nobody had a reason to invent. A lead for
somebody who then asks the customers; no evidence by itself.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from compliance.indicators import phrases
from compliance.indicators.breakdown import series
from compliance.indicators.receipts import RETAIL
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, share
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

MIN_SALES = 5
"""Sales of a seller in a month from which on their amounts can repeat."""


@indicator(
    id="repeated_amounts",
    title=Text(en="The same sale again and again", ar="البيع نفسه مرة بعد مرة"),
    definition=Text(
        en="How much more often two sales of one seller in one month have the same amount than two sales of different "
        "sellers, for sellers with at least five: 1 is no more often.",
        ar="كم مرة يزيد تساوي مبلغي بيعين لبائع واحد في شهر واحد على تساويهما لبائعين مختلفين، لمن لهم خمسة مبيعات على الأقل: 1 "
        "يعني عدم الزيادة.",
    ),
    formula="[pairs of a seller-month with equal amounts / pairs] / [pairs of all sales with equal amounts / pairs]",
    source="models 7.5: repeated identical amounts",
    unit="number",
    needs=("orders.amount", "orders.date", "orders.seller_id", "participants.id"),
    false_positives=Text(
        en="Sellers who deal in a few products only; a few prices in the whole list. Where all sellers use the same few amounts "
        "nobody stands out from the others: see the comparison with participants' own orders.",
        ar="بائعون يقتصرون على منتجات قليلة، وقائمة أسعار قصيرة. وحين يستعمل الجميع المبالغ القليلة نفسها لا يبرز أحد: تُنظر "
        "المقارنة بطلبات المشاركين لأنفسهم.",
    ),
)
def repeated_amounts(records: Records) -> Outcome:
    """Collisions within a seller's month over collisions among all sales; months of one amount only, beside it."""
    months = f"""
        SELECT row, month, amount, count(*) AS times, any_value(sales)::BIGINT AS sales FROM (
            SELECT row, month, sales FROM other_months
            WHERE sales >= {MIN_SALES} AND row IS NOT NULL AND month IS NOT NULL
        ) JOIN (SELECT f.seller AS row, f.month, f.amount FROM order_facts f WHERE {RETAIL}) USING (row, month)
        GROUP BY 1, 2, 3
    """
    read = records.kept(months)
    same, pairs, whole_same, whole_pairs, single, groups, listed = records.row(
        f"""
        WITH prices AS (SELECT sum(times)::HUGEINT AS n FROM {read} GROUP BY amount)
        SELECT coalesce(sum(times * (times - 1)), 0), coalesce(sum(times * (sales - 1)), 0),
               (SELECT coalesce(sum(n * (n - 1)), 0) FROM prices),
               (SELECT coalesce(sum(n), 0) * (coalesce(sum(n), 0) - 1) FROM prices),
               count(*) FILTER (times = sales), count(DISTINCT (row, month)),
               count(*) FILTER (times > 1 AND 2 * times > sales)
        FROM {read}
        """
    )
    if not int(pairs) or not int(whole_same):
        return Outcome(
            lacking(
                phrases.needs(
                    "orders",
                    "seller_id",
                    f"Needs sellers with at least {MIN_SALES} sales to customers in a month, of amounts that recur.",
                    f"يحتاج إلى بائعين لهم {MIN_SALES} مبيعات على الأقل لعملاء في الشهر تتكرر مبالغها.",
                )
            )
        )
    within = Fraction(int(same), int(pairs))
    return Outcome(
        Value(within / Fraction(int(whole_same), int(whole_pairs))),
        alternatives=(
            alternative(
                "against_own_orders",
                Text(
                    en="against participants' own orders of goods, whose amounts nobody had a reason to invent",
                    ar="مقارنةً بطلبات المشاركين لأنفسهم من السلع، وليس لأحد داعٍ إلى اختلاق مبالغها",
                ),
                _against_own(records, within, int(groups)),
            ),
            alternative(
                "one_amount_only",
                Text(
                    en="share of sellers' months with one amount only",
                    ar="نسبة أشهر البائعين التي لا يظهر فيها إلا مبلغ واحد",
                ),
                share(int(single), int(groups)),
                unit="ratio",
            ),
        ),
        series=series(
            records,
            f"SELECT row, month, sum(times * (times - 1))::BIGINT AS part, sum(times * (sales - 1))::BIGINT AS whole"
            f" FROM {read} GROUP BY 1, 2",
        ),
        evidence=records.evidence(
            f"SELECT p.id AS seller_id, m.month, m.amount, m.times, m.sales FROM ({months}) m JOIN people p USING (row)"
            " WHERE m.times > 1 AND 2 * m.times > m.sales ORDER BY m.times DESC, p.id, m.month, m.amount",
            count=int(listed),
        ),
        period=records.money_period,
    )


FEWEST_OWN = 100
"""Own orders below which their amounts are no measure."""
FEWEST_GROUPS = 10
"""Sellers' months below which a few equal sales are mere chance."""


def _against_own(records: Records, within: Fraction, groups: int) -> Value:
    """How much more often two sales of a seller's month have the same amount than two own orders of anybody do."""
    same, number = records.row(
        "SELECT coalesce(sum(n::HUGEINT * (n - 1)), 0), coalesce(sum(n), 0) FROM ("
        "SELECT count(*) AS n FROM order_facts WHERE side = 'participant' AND category = 'product' AND amount > 0"
        " GROUP BY amount)"
    )
    if int(number) < FEWEST_OWN or not int(same) or groups < FEWEST_GROUPS:
        return lacking(
            phrases.needs(
                "orders",
                "category",
                f"Needs {FEWEST_GROUPS} months of sellers with at least {MIN_SALES} sales, and {FEWEST_OWN} orders of goods by "
                "participants for themselves, of amounts that recur.",
                f"يحتاج إلى {phrases.isolate(FEWEST_GROUPS)} أشهر لبائعين لهم {phrases.isolate(MIN_SALES)} مبيعات على الأقل، وإلى "
                f"{phrases.isolate(FEWEST_OWN)} طلب لسلع اشتراها المشاركون لأنفسهم، تتكرر مبالغها.",
            )
        )
    return Value(within / Fraction(int(same), int(number) * (int(number) - 1)))
