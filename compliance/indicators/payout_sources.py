"""Of every hundred paid out: how much came from outside customers, own use, starter kits, fees, training and tools.

Every payout line is followed to the order that it names, and the order says whose money it was and what for. What names
no order is a part of its own, never shared out among the others. The same question is asked of sums alone in `funding`
and, with the plan, by computing it again without such orders in `recomputed`.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from compliance.columns import added, buyer_months, order_columns, reward_columns
from compliance.facts import PRODUCTS
from compliance.figures import show
from compliance.indicators import phrases
from compliance.indicators.breakdown import breakdown_of_rewards
from compliance.indicators.flows import REWARD_KINDS, paid
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, point, share
from compliance.measurement import Alternative, Bound, Series
from compliance.statistics import exact_sum
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

SOURCES = {
    "customers": Text(en="orders by customers", ar="طلبات العملاء"),
    "own_use": Text(en="goods that participants bought", ar="سلع اشتراها المشاركون"),
    "starter_kits": Text(en="starter kits", ar="حقائب البداية"),
    "fees": Text(en="fees", ar="الرسوم"),
    "training_tools": Text(en="training and sales tools", ar="التدريب وأدوات البيع"),
    "deposits": Text(en="deposits", ar="الإيداعات"),
    "unknown_buyer": Text(en="goods whose buyer is not stated", ar="سلع لم يُذكر مشتريها"),
    "untraced": Text(en="not traced to an order", ar="غير منسوبة إلى طلب"),
}
"""What a payout can have come from; together they are all payouts."""

SOURCE = """
    CASE WHEN NOT traced THEN 'untraced' WHEN side = 'outside' THEN 'customers'
         WHEN category = 'starter_kit' THEN 'starter_kits' WHEN category = 'fee' THEN 'fees'
         WHEN category IN ('training', 'sales_tool') THEN 'training_tools' WHEN category = 'deposit' THEN 'deposits'
         WHEN side = 'unknown' THEN 'unknown_buyer' ELSE 'own_use' END
"""


def by_source(records: Records) -> dict[str, int]:
    """Payouts by what they came from, in minor units."""
    found = records.all(f"SELECT {SOURCE}, sum(amount) FROM ({REWARD_KINDS}) GROUP BY 1")
    return {str(source): int(amount) for source, amount in found}


def _within_allowance(records: Records, allowance: int) -> int:
    """Payouts on participants' goods within the monthly allowance: of what was paid on one's goods of a month, the part
    of them that lies within, rounded towards zero."""
    orders, rewards, months = records.once(order_columns), records.once(reward_columns), records.once(buyer_months)
    lines = orders.of(PRODUCTS)
    goods = months.add(lines, orders.amount)
    traced = np.flatnonzero(rewards.order >= 0)
    traced = traced[(lines & orders.own)[rewards.order[traced]]]
    paid = added(months.of_line[rewards.order[traced]], rewards.amount[traced], len(goods))
    there = np.flatnonzero((goods > 0) & (paid != 0))
    paid, goods = paid[there], goods[there]
    above = goods > allowance
    size = np.abs(paid[above])
    if len(size) and int(size.max()) * allowance >= 2**63:
        size = size.astype(object)
    parts = np.sign(paid[above]) * (size * allowance // goods[above])
    return exact_sum(paid[~above]) + int(parts.sum())


def _discount_only(records: Records) -> int:
    """Payouts on goods of members who bought as customers do."""
    return int(
        records.row(
            f"""
            SELECT coalesce(sum(amount), 0) FROM reward_facts
            WHERE traced AND side = 'participant' AND category IN {PRODUCTS}
              AND source IN (SELECT row FROM discount_only)
            """
        )[0]
    )


@indicator(
    id="payout_sources",
    title=Text(en="Payouts that came from outside customers", ar="العمولات التي مصدرها عملاء من خارج الشبكة"),
    definition=Text(
        en="Payouts whose source order is a customer's, over all payouts. Beside it, every other source: goods that "
        "participants bought, starter kits, fees, training and tools, deposits, and what no order is given for.",
        ar="العمولات التي مصدرها طلب عميل إلى مجموع العمولات. وبجانبها كل مصدر آخر: سلع اشتراها المشاركون، وحقائب البداية، "
        "والرسوم، والتدريب وأدوات البيع، والإيداعات، وما لا يُعرف الطلب الذي نتج عنه.",
    ),
    formula="C_cust / C_tot; C_cust = payouts traced to orders of buyers who never held a position",
    source="Payout lines traced to orders; 15 USC 45 as read in FTC v. BurnLounge, 753 F.3d 878 (2014); models 1.4",
    unit="ratio",
    needs=("rewards.amount", "rewards.source_order_id", "orders.id", "orders.category"),
    of_money=True,
    false_positives=Text(
        en="Goods that participants bought may have been sold on to people whom the company does not record. Members who "
        "joined for a discount are participants here; an alternative counts them as customers.",
        ar="قد تكون السلع التي اشتراها المشاركون بيعت لمن لا تسجّلهم الشركة. ومن انضم للحصول على خصم يُعدّ هنا مشاركًا، ويعدّه "
        "أحد التعريفات البديلة عميلًا.",
    ),
)
def payout_sources(records: Records) -> Outcome:
    """Payouts by the source of their money, under each definition of a sale."""
    out, sums = records.once(paid), records.once(by_source)
    if out.total <= 0:
        return Outcome(lacking(phrases.nothing_paid()))
    if sums.get("untraced", 0) == out.total:
        return Outcome(lacking(phrases.nothing_traced()))

    def of_all(amount: int, whole: int = out.total) -> Value:
        return share(amount, whole, whole=phrases.nothing_paid())

    customers, untraced = sums.get("customers", 0), sums.get("untraced", 0)
    bound: Bound = "lower" if untraced else "exact"
    found = breakdown_of_rewards(records, "traced AND side = 'outside'")
    parts = Series(
        id="by_source",
        label=Text(en="Of every 100 paid out, what they came from", ar="من كل 100 صُرفت: مصدرها"),
        axis="category",
        unit="ratio",
        points=tuple(point(source, of_all(sums[source]), words) for source, words in SOURCES.items() if source in sums),
    )
    main = of_all(customers)
    return Outcome(
        Value(main.value, main.numerator, main.denominator, found.interval),
        numerator_label=Text(en="payouts traced to orders of customers", ar="عمولات مصدرها طلبات عملاء"),
        denominator_label=phrases.PAYOUTS,
        headline_label=phrases.OWN_NONE,
        alternatives=(*_definitions(records, sums, of_all, bound), *_parts(sums, of_all)),
        series=(parts, *found.series),
        evidence=records.evidence(
            """
            SELECT m.*, o.category AS source_category, o.buyer_id AS source_buyer_id, o.buyer_kind AS source_buyer_kind,
                   o.source_file AS order_file, o.source_line AS order_line
            FROM money_out m LEFT JOIN orders o ON o.id = m.source_order_id
            ORDER BY m.source_file, m.source_line, o.source_line
            """,
            count=out.lines,
        ),
        notes=(_sentence(sums, out.total),),
        bound=bound,
        period=records.money_period,
    )


def _definitions(
    records: Records, sums: dict[str, int], of_all: Callable[..., Value], bound: Bound
) -> tuple[Alternative, ...]:
    """What counts as sold under each other definition; all are over the same payouts."""
    customers, own, untraced = (sums.get(each, 0) for each in ("customers", "own_use", "untraced"))
    within = discount = lacking(phrases.no_allowance(records.currency))
    if records.allowance is not None:
        within = of_all(customers + _within_allowance(records, records.allowance))
        discount = of_all(customers + _discount_only(records))
    return (
        alternative("own_use_allowance", phrases.OWN_ALLOWANCE, within, bound=bound),
        alternative("own_use_all", phrases.OWN_ALL, of_all(customers + own), bound=bound),
        alternative("discount_only_as_customers", phrases.DISCOUNT_ONLY, discount, bound=bound),
        alternative(
            "kits_as_sales",
            Text(
                en="starter kits and all goods that participants bought count as sales",
                ar="تُعدّ حقائب البداية وكل السلع التي اشتراها المشاركون بيعًا",
            ),
            of_all(customers + own + sums.get("starter_kits", 0)),
            bound=bound,
        ),
        alternative(
            "of_traced",
            Text(en="of the payouts that name an order", ar="من العمولات المنسوبة إلى طلب"),
            of_all(customers, sum(sums.values()) - untraced),
        ),
        alternative(
            "untraced_as_customers",
            Text(
                en="payouts that name no order, and goods of unknown buyers, count as customers'",
                ar="تُعدّ العمولات غير المنسوبة إلى طلب وسلع المشترين غير المعروفين من العملاء",
            ),
            of_all(customers + untraced + sums.get("unknown_buyer", 0)),
            bound="upper",
        ),
    )


def _parts(sums: dict[str, int], of_all: Callable[..., Value]) -> tuple[Alternative, ...]:
    """Each other source by itself, for what asks for one of them."""
    return tuple(
        alternative(f"from_{source}", Text(en=f"only: {label.en}", ar=f"فقط: {label.ar}"), of_all(sums.get(source, 0)))
        for source, label in SOURCES.items()
        if source != "customers"
    )


def _sentence(sums: dict[str, int], total: int) -> Text:
    """The parts as one sentence: of every 100 paid out, so much came from ..."""
    listed = [
        (label, show(Fraction(100 * sums[source], total), "number"))
        for source, label in SOURCES.items()
        if source in sums
    ]
    en = "; ".join(f"{label.en} {figure.en}" for label, figure in listed)
    ar = "؛ ".join(f"{label.ar} {figure.ar}" for label, figure in listed)
    return Text(en=f"Of every 100 paid out: {en}.", ar=f"من كل 100 صُرفت: {ar}.")
