"""Where a referral or affiliate programme turns into one of several levels: who is on the list, how far above a sale money
is paid, and how much is paid on no sale at all.

The level of a payout is the number of sponsor links between the payee and whoever made or referred the sale: 0 for the
seller, 1 for the recruiter. A participant's own purchase is that participant's sale; a listed customer's purchase is the
sale of whoever stands as sponsor. Where the list does not show who stands where (a referral programme is often known by its
invitations alone), the level that the payout states is taken; else it counts as unknown.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from compliance.columns import NONE, OUTSIDE, PARTICIPANT, STATED_LEVEL, Money, added, columns, marked
from compliance.facts import CUSTOMER_KINDS, JOINING
from compliance.indicators import phrases
from compliance.indicators.flows import paid
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, point, share
from compliance.measurement import Series
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

MATERIAL = 100
"""A level counts as material that gets, with those above it, one part in so many of what was paid."""

KINDS = {
    "distributors": Text(en="distributors (or without a kind)", ar="الموزّعون (أو بلا نوع)"),
    "affiliates": Text(en="affiliates", ar="المسوّقون بالعمولة"),
    "managers": Text(en="affiliate managers", ar="مديرو المسوّقين بالعمولة"),
    "customers": Text(en="customers with an account", ar="العملاء أصحاب الحسابات"),
    "inviters": Text(en="people who sent an invitation", ar="من أرسلوا دعوات"),
    "recruited": Text(en="participants recruited by another participant", ar="مشاركون استقطبهم مشارك آخر"),
}


@indicator(
    id="members_by_kind",
    title=Text(en="Who takes part, by kind", ar="المشاركون في البرنامج بحسب النوع"),
    definition=Text(
        en="Everybody on the list, and how many of them are distributors, affiliates, affiliate managers and customers; how many "
        "participants another participant recruited; how many people sent an invitation.",
        ar="جميع من في القائمة، وعدد الموزّعين منهم والمسوّقين بالعمولة ومديريهم والعملاء؛ وعدد المشاركين الذين استقطبهم مشارك "
        "آخر؛ وعدد من أرسلوا دعوات.",
    ),
    formula="counts",
    source="The list itself",
    unit="count",
    needs=("participants.id",),
    false_positives=Text(
        en="A kind that the company does not record is read as distributor.",
        ar="النوع الذي لا تسجّله الشركة يُقرأ موزّعًا.",
    ),
)
def members_by_kind(records: Records) -> Outcome:
    """The list by kind."""
    everybody, *counts = (
        int(count)
        for count in records.row(
            f"""
            SELECT count(*), count(*) FILTER (kind IS NULL OR kind = 'distributor'),
                   count(*) FILTER (kind = 'affiliate'), count(*) FILTER (kind = 'affiliate_manager'),
                   count(*) FILTER (kind IN {CUSTOMER_KINDS}),
                   (SELECT count(DISTINCT participant_id) FROM invitations),
                   (SELECT count(*) FROM people c JOIN people s ON s.row = c.parent
                    WHERE c.is_participant AND s.is_participant)
            FROM people
            """
        )
    )
    if not everybody:
        return Outcome(lacking(phrases.nobody()))
    return Outcome(
        Value(everybody),
        alternatives=tuple(
            alternative(kind, label, Value(count)) for (kind, label), count in zip(KINDS.items(), counts, strict=True)
        ),
        evidence=records.evidence(
            "SELECT coalesce(kind, 'unstated') AS kind, count(*) AS people FROM people GROUP BY 1 ORDER BY 1"
        ),
        period=records.joining_period,
    )


_KNOWN = "r.distance IS NOT NULL OR r.side IS DISTINCT FROM 'outside'"
_STATED = f"""
    CASE WHEN {STATED_LEVEL} IS NULL THEN NULL WHEN r.side = 'participant' THEN {STATED_LEVEL}
         ELSE greatest({STATED_LEVEL} - 1, 0) END"""
LEVELLED = f"""
    SELECT CASE WHEN r.own THEN 0 WHEN r.distance > 0 AND NOT s.is_participant THEN r.distance - 1
                WHEN r.distance IS NULL THEN {_STATED} ELSE r.distance END AS level, r.amount, r.month
    FROM reward_facts r LEFT JOIN people s ON s.row = r.source WHERE {_KNOWN}
    UNION ALL
    SELECT CASE WHEN s.pre >= p.pre AND s.pre < p.pre + p.size THEN s.depth - p.depth ELSE {_STATED} END, r.amount, r.month
    FROM reward_facts r JOIN order_facts f ON f.place = r.place
    LEFT JOIN people p ON p.row = r.payee LEFT JOIN people s ON s.row = f.seller WHERE NOT ({_KNOWN})
"""
"""Every payout with its level, amount and month. One on a customer's order to somebody whom neither the customer nor a stated
source stands below is counted from the seller; where the tree shows neither, the level is the one that the records state, in which
1 is who sold or referred to a customer, and who recruited a participant."""


@indicator(
    id="paid_levels",
    title=Text(en="Levels above the seller that were paid", ar="المستويات التي صُرف لها فوق البائع"),
    definition=Text(
        en="The deepest level that a payout reached: 0 where only those who made or referred a sale were paid, 1 where the "
        "one who recruited them was, and so on. The alternative counts the levels that get, with all above them, at least "
        "one hundredth of what was paid.",
        ar="أعمق مستوى بلغته دفعة: صفر حين يُصرف لمن باع أو أحال فقط، و1 حين يُصرف لمن استقطبه، وهكذا. ويحسب التعريف البديل "
        "المستويات التي تنال مع ما فوقها جزءًا من مئة على الأقل من المصروف.",
    ),
    formula="max over payouts of the sponsor links from the payee to the seller",
    source="rule aff.one_level: https://mlmia.com/LegalBulletin10",
    unit="count",
    needs=("participants.id", "rewards.amount"),
    false_positives=Text(
        en="One payout by mistake sets the figure: see the material levels and the shares by level.",
        ar="دفعة واحدة بالخطأ تحدد الرقم: تُنظر المستويات المؤثرة والحصص بحسب المستوى.",
    ),
)
def paid_levels(records: Records) -> Outcome:
    """Payouts by level."""
    level, amount, groups = _levels(records)
    lines = np.bincount(level + 1)
    unknown, amounts = int(lines[:1].sum()), added(level + 1, amount, len(lines))
    sums = {int(at) - 1: int(amounts[at]) for at in np.flatnonzero(lines) if at > 0}
    whole = sum(sums.values())
    if whole <= 0:
        return Outcome(
            lacking(
                phrases.needs(
                    "payouts",
                    "source_order_id",
                    "Needs payouts that name the order or the participant they are for.",
                    "يحتاج إلى دفعات تذكر الطلب أو المشارك الذي صُرفت عنه.",
                )
            )
        )
    material = max(
        (level for level in sums if sum(amount for at, amount in sums.items() if at >= level) * MATERIAL >= whole),
        default=0,
    )
    above = sum(amount for level, amount in sums.items() if level > 0)
    return Outcome(
        Value(max(sums)),
        headline_label=Text(en="any payout", ar="أي دفعة"),
        alternatives=(
            alternative(
                "material",
                Text(en="levels that get one hundredth or more", ar="مستويات تنال جزءًا من مئة أو أكثر"),
                Value(material),
            ),
        ),
        series=(
            Series(
                id="by_level",
                label=Text(en="Share of payouts by level above the seller", ar="حصة المصروف بحسب المستوى فوق البائع"),
                axis="level",
                unit="ratio",
                of_money=True,
                points=tuple(point(level, share(amount, whole)) for level, amount in sorted(sums.items())),
            ),
        ),
        evidence=records.evidence(
            f"SELECT level, month, count(*) AS payouts, sum(amount)::BIGINT AS amount FROM ({LEVELLED})"
            " GROUP BY 1, 2 ORDER BY 1, 2",
            count=groups,
        ),
        notes=(
            Text(
                en=f"Of what was paid on a known level, {_percent(above, whole)} went above the seller; payouts whose level is "
                f"not known: {unknown:,}.",
                ar=f"مما صُرف لمستوى معروف ذهب {phrases.isolate(_percent(above, whole))} إلى ما فوق البائع؛ ودفعات لا يُعرف "
                f"مستواها: {phrases.isolate(f'{unknown:,}')}.",
            ),
        ),
        bound="lower" if unknown else "exact",
        period=records.money_period,
    )


def _levels(records: Records) -> tuple[npt.NDArray[np.int32], Money, int]:
    """Level (NONE where it is not known) and amount of each row of `LEVELLED`, and how many levels and months there are."""
    orders, rewards, people = columns(records)
    level = rewards.distance.copy()
    level[(level > 0) & ~people.member[rewards.source]] -= 1
    level[rewards.own] = 0
    of_customers = np.flatnonzero((rewards.distance < 0) & rewards.on(orders.side == OUTSIDE))
    if len(of_customers):
        tree = records.arrays("SELECT pre, size, depth FROM people ORDER BY row")
        payee, seller = rewards.payee[of_customers], orders.seller[rewards.order[of_customers]]
        below = tree["pre"][seller] - tree["pre"][payee]
        there = (payee >= 0) & (seller >= 0) & (below >= 0) & (below < tree["size"][payee])
        level[of_customers] = np.where(there, tree["depth"][seller] - tree["depth"][payee], NONE)
    stated = rewards.stated_level - ~rewards.on(orders.side == PARTICIPANT)
    level = np.where((level == NONE) & (rewards.stated_level != NONE), np.maximum(stated, 0), level)
    months = int(rewards.month.max(initial=NONE)) + 2
    cells = marked((level + 1) * np.int64(months) + rewards.month + 1, (int(level.max(initial=NONE)) + 2) * months)
    return level, rewards.amount, int(np.count_nonzero(cells[:-1]))


def _percent(part: int, whole: int) -> str:
    return f"{round(1000 * part / whole) / 10:g}%"


@indicator(
    id="untied_rewards",
    title=Text(en="Pay that is tied to no sale of goods", ar="مصروفات غير مرتبطة ببيع سلع"),
    definition=Text(
        en="Payouts that name no order, or a fee, a starter kit or a deposit of a participant, over all payouts. The "
        "alternatives count only those that name no order, and all that are not on a customer's order.",
        ar="الدفعات التي لا تذكر طلبًا، أو تذكر رسمًا أو حقيبة بداية أو إيداعًا لمشارك، إلى كل الدفعات. وتحسب التعريفات البديلة ما لا "
        "يذكر طلبًا فقط، وكل ما ليس عن طلب عميل.",
    ),
    formula="payouts without an order, or on joining categories of participants / all payouts",
    source="rule aff.recruit_or_fee; In re Koscot, 86 F.T.C. 1106 (1975)",
    unit="ratio",
    needs=("rewards.amount", "rewards.source_order_id", "orders.id"),
    of_money=True,
    false_positives=Text(
        en="Monthly payouts in one sum name no order, whatever they are for.",
        ar="الدفعات الشهرية المجمّعة لا تذكر طلبًا أيًا كان سببها.",
    ),
)
def untied_rewards(records: Records) -> Outcome:
    """Payouts on no sale, on joining, on no customer's order."""
    whole = records.once(paid).total
    joining = f"traced AND side <> 'outside' AND category IN {JOINING}"
    months = records.all(
        f"""
        SELECT strftime(month, '%Y-%m'), coalesce(sum(amount) FILTER (NOT traced OR ({joining})), 0),
               coalesce(sum(amount) FILTER (NOT traced), 0),
               coalesce(sum(amount) FILTER (NOT traced OR side <> 'outside'), 0), sum(amount),
               coalesce(sum(lines) FILTER (NOT traced OR ({joining})), 0)
        FROM reward_kinds WHERE apart = 'month'
        GROUP BY 1 ORDER BY 1 NULLS FIRST
        """
    )
    untied, untraced, no_customer = (sum(int(row[at]) for row in months) for at in (1, 2, 3))
    return Outcome(
        share(untied, whole, whole=phrases.nothing_paid()),
        numerator_label=Text(en="on no order, or on joining", ar="بلا طلب أو عن الانضمام"),
        denominator_label=phrases.PAYOUTS,
        headline_label=Text(en="on no order, or on joining", ar="بلا طلب أو عن الانضمام"),
        alternatives=(
            alternative(
                "no_order", Text(en="on no order", ar="بلا طلب"), share(untraced, whole, whole=phrases.nothing_paid())
            ),
            alternative(
                "no_customer",
                Text(en="not on a customer's order", ar="ليست عن طلب عميل"),
                share(no_customer, whole, whole=phrases.nothing_paid()),
            ),
        ),
        series=(
            Series(
                id="by_month",
                label=Text(en="By month of the payout", ar="بحسب شهر الصرف"),
                axis="period",
                unit="ratio",
                points=tuple(
                    point(month, share(int(part), int(all_)))
                    for month, part, _, _, all_, _ in months
                    if month and all_ > 0
                ),
            ),
        ),
        evidence=records.evidence(
            "SELECT p.id AS participant_id, r.month, r.component, r.traced, r.category::VARCHAR AS category, r.amount"
            f" FROM reward_facts r LEFT JOIN people p ON p.row = r.payee WHERE NOT traced OR ({joining})"
            " ORDER BY r.month, p.id, r.component, r.amount",
            count=sum(int(row[5]) for row in months),
        ),
        period=records.money_period,
    )
