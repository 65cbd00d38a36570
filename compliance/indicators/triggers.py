"""What a reward was paid for: each payout traced to the order that gave rise to it.

A payout without a source order is untraced. It is counted apart, never assumed to be one thing or the other;
the alternatives give the figure for both assumptions.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from compliance.facts import JOINING
from compliance.figures import show
from compliance.indicators import phrases
from compliance.indicators.breakdown import breakdown_of_rewards
from compliance.indicators.flows import REWARD_KINDS, paid
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, point, share
from compliance.measurement import Series
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

TRIGGERS = {
    "customers": Text(en="orders by customers", ar="طلبات العملاء"),
    "fees": Text(en="fees", ar="الرسوم"),
    "starter_kits": Text(en="starter kits", ar="حقائب البداية"),
    "deposits": Text(en="deposits", ar="الإيداعات"),
    "recurring": Text(en="participants' recurring orders", ar="الطلبات الدورية للمشاركين"),
    "participants": Text(en="participants' other purchases", ar="مشتريات المشاركين الأخرى"),
    "unknown_buyer": Text(en="orders that do not say who bought", ar="طلبات لا تذكر المشتري"),
    "untraced": Text(en="not traced to an order", ar="غير منسوبة إلى طلب"),
}

_CLASSES = """
    CASE WHEN NOT traced THEN 'untraced' WHEN side = 'outside' THEN 'customers'
         WHEN category = 'fee' THEN 'fees' WHEN category = 'starter_kit' THEN 'starter_kits'
         WHEN category = 'deposit' THEN 'deposits' WHEN side = 'unknown' THEN 'unknown_buyer'
         WHEN category = 'autoship' THEN 'recurring' ELSE 'participants' END
"""


_JOINING = f"(traced AND side IS DISTINCT FROM 'outside' AND category IN {JOINING})"


@dataclass(frozen=True, slots=True)
class _Split:
    by_trigger: dict[str, int]
    first_payment: int
    """Fees, kits and deposits that were the buyer's first payment: joining in the narrow sense."""
    own: int
    """Fees, kits and deposits whose reward went back to the buyer."""
    own_total: int
    own_lines: int

    def sum(self, *triggers: str) -> int:
        return sum(self.by_trigger.get(trigger, 0) for trigger in triggers)


def _split(records: Records) -> _Split:
    found = records.all(f"SELECT {_CLASSES}, sum(amount) FROM ({REWARD_KINDS}) GROUP BY 1")  # noqa: S608
    own, own_total, own_lines = records.row(
        f"""
        SELECT coalesce(sum(amount) FILTER ({_JOINING}), 0), coalesce(sum(amount), 0), coalesce(sum(lines), 0)
        FROM ({REWARD_KINDS}) WHERE own
        """  # noqa: S608
    )
    first = records.row(f"SELECT coalesce(sum(amount), 0) FROM reward_facts WHERE {_JOINING} AND first_order")[0]  # noqa: S608
    return _Split(
        {str(trigger): int(amount) for trigger, amount in found}, int(first), int(own), int(own_total), int(own_lines)
    )


@indicator(
    id="recruitment_share",
    title=Text(en="Rewards triggered by fees and starter kits", ar="المكافآت الناتجة عن الرسوم وحقائب البداية"),
    definition=Text(
        en="Payouts whose source order is a fee, a starter kit or a deposit of a participant, over all payouts. "
        "Payouts that no order is given for are in the whole and not in the part.",
        ar="العمولات التي مصدرها رسم أو حقيبة بداية أو إيداع من مشارك إلى مجموع العمولات. أما ما لا يُعرف الطلب الذي نتج "
        "عنه فيدخل في المقام دون البسط.",
    ),
    formula="C_rec / C_tot; C_rec = payouts traced to fees, starter kits, deposits",
    source="In re Koscot, 86 F.T.C. 1106 (1975), second part; Vander Nat and Keep 2002, doi:10.1509/jppm.21.1.139.17603",
    unit="ratio",
    needs=("rewards.amount", "rewards.source_order_id", "orders.id", "orders.category"),
    of_money=True,
    false_positives=Text(
        en="A launch phase, in which most orders are first orders. Upgrades and renewals by members who stay count as "
        "fees; the alternative for first payments leaves them out.",
        ar="مرحلة الانطلاق التي تكون فيها معظم الطلبات أولى. وتُعدّ ترقيات الأعضاء المستمرين وتجديداتهم رسومًا، ويستبعدها "
        "التعريف البديل الخاص بالدفعة الأولى.",
    ),
)
def recruitment_share(records: Records) -> Outcome:
    """Payouts by trigger, from the source order's category and buyer."""
    out, split = records.once(paid), records.once(_split)
    nothing = phrases.nothing_paid()
    joining = split.sum("fees", "starter_kits", "deposits")
    untraced = split.sum("untraced")
    if out.total > 0 and untraced == out.total:
        return Outcome(lacking(phrases.nothing_traced()))

    def of_all(amount: int, whole: int = out.total) -> Value:
        return share(amount, whole, whole=nothing)

    alternatives = (
        alternative(
            "first_payments_only",
            Text(
                en="only fees and kits that were the buyer's first payment", ar="الرسوم والحقائب التي كانت أول دفعة فقط"
            ),
            of_all(split.first_payment),
        ),
        alternative(
            "kits_as_sales",
            Text(en="starter kits count as sales", ar="تُعدّ حقائب البداية بيعًا"),
            of_all(split.sum("fees", "deposits")),
        ),
        alternative(
            "with_recurring_orders",
            Text(
                en="recurring orders count as purchases needed to qualify",
                ar="تُعدّ الطلبات الدورية شراءً لازمًا للتأهّل",
            ),
            of_all(joining + split.sum("recurring")),
        ),
        alternative(
            "all_participant_purchases",
            Text(en="every payment by a participant counts", ar="تُحتسب كل مدفوعات المشاركين"),
            of_all(joining + split.sum("recurring", "participants")),
        ),
        alternative(
            "of_traced",
            Text(en="of the payouts that name an order", ar="من العمولات المنسوبة إلى طلب"),
            of_all(joining, out.total - untraced),
        ),
        alternative(
            "untraced_counted",
            Text(en="untraced payouts count as well", ar="تُحتسب معها العمولات غير المنسوبة"),
            of_all(joining + untraced),
            bound="upper",
        ),
        alternative(
            "without_returns_to_payer",
            Text(
                en="without payouts that went back to whoever paid",
                ar="دون العمولات التي عادت إلى من دفع",
            ),
            of_all(joining - split.own, out.total - split.own_total),
        ),
    )
    series = Series(
        id="by_trigger",
        label=Text(en="By what gave rise to the payout", ar="بحسب ما نتجت عنه العمولة"),
        axis="category",
        unit="ratio",
        points=tuple(
            point(trigger, of_all(split.by_trigger[trigger]), words)
            for trigger, words in TRIGGERS.items()
            if trigger in split.by_trigger
        ),
    )
    notes = []
    if untraced:
        part = show(Fraction(untraced, out.total), "ratio")
        notes.append(
            Text(
                en=f"Payouts not traced to an order: {part.en} of the sum.",
                ar=f"عمولات غير منسوبة إلى طلب: {part.ar} من المجموع.",
            )
        )
    if split.own_lines:
        notes.append(
            Text(
                en=f"Payouts that went back to whoever made the payment: {split.own_lines:,}.",
                ar=f"عمولات عادت إلى من دفع: {phrases.isolate(f'{split.own_lines:,}')}.",
            )
        )
    found = breakdown_of_rewards(records, _JOINING)
    main = of_all(joining)
    return Outcome(
        Value(main.value, main.numerator, main.denominator, found.interval, main.missing),
        numerator_label=Text(
            en="payouts traced to fees, starter kits and deposits", ar="عمولات مصدرها رسوم وحقائب بداية وإيداعات"
        ),
        denominator_label=phrases.PAYOUTS,
        headline_label=Text(
            en="every fee, starter kit and deposit counts; untraced payouts do not",
            ar="تُحتسب كل الرسوم وحقائب البداية والإيداعات دون العمولات غير المنسوبة",
        ),
        alternatives=alternatives,
        series=(series, *found.series),
        evidence=records.evidence(
            """
            SELECT m.*, o.category AS source_category, o.buyer_id AS source_buyer_id,
                   o.source_file AS order_file, o.source_line AS order_line
            FROM money_out m LEFT JOIN orders o ON o.id = m.source_order_id
            ORDER BY m.source_file, m.source_line, o.source_line
            """,
            count=out.lines,
        ),
        notes=tuple(notes),
        bound="lower" if untraced else "exact",
        period=records.money_period,
    )
