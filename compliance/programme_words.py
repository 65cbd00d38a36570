"""The sentences of a programme's reading, in both languages: which measurement each says, and of which kind it is asked.

Data and nothing else. A sentence holds one `{value}`; what a measurement lacks is said in its own words instead.
"""

from __future__ import annotations

from typing import Literal

from intake.text import Text

Single = Literal["network", "affiliate", "referral"]
"""What records can look like, one or several of them."""

Kind = Literal["network", "affiliate", "referral", "mixed", "unknown"]
"""mixed: at least two of the three; unknown: the records show none of them."""

Topic = Literal["kind", "saturation", "service", "managers", "payment", "attribution", "referral", "levels"]


ALL: frozenset[Single] = frozenset({"network", "affiliate", "referral"})
NETWORKS: frozenset[Single] = frozenset({"network"})
AFFILIATES: frozenset[Single] = frozenset({"affiliate"})
REFERRALS: frozenset[Single] = frozenset({"referral"})

TITLES: dict[Kind, Text] = {
    "network": Text(
        en="The records look like a network of several levels", ar="تبدو السجلات سجلات شبكة متعددة المستويات"
    ),
    "affiliate": Text(en="The records look like an affiliate programme", ar="تبدو السجلات سجلات برنامج تسويق بالعمولة"),
    "referral": Text(en="The records look like a referral programme", ar="تبدو السجلات سجلات برنامج إحالة عملاء"),
    "mixed": Text(en="The records look like several programmes at once", ar="تبدو السجلات سجلات عدة برامج معًا"),
    "unknown": Text(en="The records do not show what kind of programme it is", ar="لا تُظهر السجلات نوع البرنامج"),
}

SAID: tuple[tuple[Topic, frozenset[Single], str, str | None, Text], ...] = (
    (
        "levels",
        ALL,
        "paid_levels",
        None,
        Text(en="Levels above the seller that were paid: {value}.", ar="المستويات التي صُرف لها فوق البائع: {value}."),
    ),
    (
        "levels",
        ALL,
        "paid_levels",
        "material",
        Text(
            en="Levels above the seller that got at least one hundredth of what was paid: {value}.",
            ar="المستويات فوق البائع التي نالت جزءًا من مئة على الأقل من المصروف: {value}.",
        ),
    ),
    (
        "levels",
        ALL,
        "plan_levels",
        None,
        Text(
            en="Levels above the seller that the plan pays by its text: {value}.",
            ar="المستويات التي تدفع لها الخطة فوق البائع بحسب نصها: {value}.",
        ),
    ),
    (
        "levels",
        ALL,
        "untied_rewards",
        None,
        Text(
            en="Paid on no sale of goods, or on somebody's joining: {value} of all payouts.",
            ar="ما صُرف بلا بيع سلع أو عن انضمام: {value} من كل الدفعات.",
        ),
    ),
    (
        "saturation",
        NETWORKS,
        "recent_joiners",
        None,
        Text(
            en="Joined in the last 12 months: {value} of everyone ever enrolled.",
            ar="من انضموا في آخر 12 شهرًا: {value} من جميع من انضموا في أي وقت.",
        ),
    ),
    (
        "saturation",
        NETWORKS,
        "enrolment_ceiling",
        None,
        Text(
            en="Number at which joining would end on Bass's curve: {value}.",
            ar="العدد الذي يتوقف عنده الانضمام بحسب منحنى باس (Bass): {value}.",
        ),
    ),
    (
        "saturation",
        NETWORKS,
        "months_without_joining",
        None,
        Text(
            en="Months that payouts would last if nobody joined: {value}.",
            ar="الأشهر التي تستمر فيها العمولات إذا لم ينضم أحد: {value}.",
        ),
    ),
    (
        "saturation",
        NETWORKS,
        "months_without_joining",
        "customers_only",
        Text(
            en="The same from customers' money alone: {value}.",
            ar="الرقم نفسه من أموال العملاء وحدها: {value}.",
        ),
    ),
    (
        "saturation",
        NETWORKS,
        "payouts_without_joining",
        None,
        Text(
            en="Of the payouts that do not hang on joining, customers' money covers: {value}.",
            ar="ما تغطيه أموال العملاء من العمولات غير المرتبطة بالانضمام: {value}.",
        ),
    ),
    (
        "service",
        AFFILIATES,
        "refunds_with_affiliates",
        None,
        Text(
            en="Refunds and the number of active affiliates rise together at {value} (1: always, 0: not at all, -1: one falls as the other rises).",
            ar="اقتران المرتجعات بعدد المسوّقين بالعمولة النشطين: {value} (1: دائمًا، 0: لا اقتران، \u2066-1\u2069: ينخفض أحدهما كلما زاد الآخر).",
        ),
    ),
    (
        "service",
        AFFILIATES,
        "delays_with_affiliates",
        None,
        Text(
            en="Delivery times and the number of active affiliates rise together at {value}.",
            ar="اقتران مدة التسليم بعدد المسوّقين بالعمولة النشطين: {value}.",
        ),
    ),
    (
        "service",
        AFFILIATES,
        "complaints_with_affiliates",
        None,
        Text(
            en="Complaints and the number of active affiliates rise together at {value}.",
            ar="اقتران الشكاوى بعدد المسوّقين بالعمولة النشطين: {value}.",
        ),
    ),
    (
        "managers",
        AFFILIATES,
        "selling_managers",
        None,
        Text(
            en="Managers who sell besides managing: {value} of all.",
            ar="مديرون يبيعون إلى جانب الإدارة: {value} من الجميع.",
        ),
    ),
    (
        "managers",
        AFFILIATES,
        "manager_takeover",
        None,
        Text(
            en="Customers won by an affiliate who later bought through the manager: {value}.",
            ar="عملاء جلبهم مسوّق ثم اشتروا عبر مديره: {value}.",
        ),
    ),
    (
        "managers",
        AFFILIATES,
        "managed_sales_after",
        None,
        Text(
            en="What managed affiliates sold after their manager began to sell, over what they sold before: {value}.",
            ar="مبيعات المسوّقين بعد أن بدأ مديرهم البيع إلى مبيعاتهم قبله: {value}.",
        ),
    ),
    (
        "payment",
        AFFILIATES,
        "unpaid_commissions",
        None,
        Text(
            en="Commissions due to affiliates and not paid: {value} of all that was due.",
            ar="عمولات مستحقة للمسوّقين ولم تُصرف: {value} من المستحق.",
        ),
    ),
    (
        "payment",
        AFFILIATES,
        "unpaid_sales",
        None,
        Text(
            en="Affiliates' sales that no payment names: {value}.", ar="مبيعات المسوّقين التي لا تذكرها دفعة: {value}."
        ),
    ),
    (
        "payment",
        AFFILIATES,
        "unpaid_sales",
        "to_the_affiliate",
        Text(
            en="Affiliates' sales on which the affiliate credited was paid nothing: {value}.",
            ar="مبيعات لم يُصرف عنها شيء للمسوّق المنسوبة إليه: {value}.",
        ),
    ),
    (
        "payment",
        AFFILIATES,
        "late_commissions",
        None,
        Text(
            en="Affiliates' commissions paid after they were due: {value}.",
            ar="عمولات المسوّقين المصروفة بعد موعدها: {value}.",
        ),
    ),
    (
        "payment",
        AFFILIATES,
        "days_to_payment",
        None,
        Text(
            en="From sale to payment, half of the payments took at most: {value}.",
            ar="من البيع إلى الصرف لم يتجاوز نصف الدفعات: {value}.",
        ),
    ),
    (
        "attribution",
        AFFILIATES,
        "contested_orders",
        None,
        Text(
            en="Orders that two or more affiliates can claim: {value}.",
            ar="طلبات يمكن أن ينسبها مسوّقان أو أكثر إليهم: {value}.",
        ),
    ),
    (
        "attribution",
        AFFILIATES,
        "contested_orders",
        "at_the_till",
        Text(
            en="Orders claimed by a click in the last seconds after another affiliate's: {value}.",
            ar="طلبات جاءت فيها نقرة أخيرة قبل الطلب بثوانٍ بعد مسوّق آخر: {value}.",
        ),
    ),
    (
        "attribution",
        AFFILIATES,
        "paid_against_attribution",
        None,
        Text(
            en="Orders paid to another affiliate than the rule names: {value}.",
            ar="طلبات صُرفت لغير من تحدده القاعدة: {value}.",
        ),
    ),
    (
        "attribution",
        AFFILIATES,
        "own_referrals",
        None,
        Text(en="Orders through the buyer's own link: {value}.", ar="طلبات عبر رابط المشتري نفسه: {value}."),
    ),
    (
        "referral",
        REFERRALS,
        "referral_conversion",
        None,
        Text(en="Invitations that led to a purchase: {value}.", ar="دعوات أدت إلى شراء: {value}."),
    ),
    (
        "referral",
        REFERRALS,
        "referred_share",
        None,
        Text(en="New customers who were referred: {value}.", ar="العملاء الجدد المُحالون: {value}."),
    ),
    (
        "referral",
        REFERRALS,
        "acquired_value",
        None,
        Text(en="A referred customer spent on average: {value}.", ar="متوسط إنفاق العميل المُحال: {value}."),
    ),
    (
        "referral",
        REFERRALS,
        "referred_spend",
        None,
        Text(
            en="Spending of referred customers over that of others of the same months: {value}.",
            ar="إنفاق العملاء المُحالين إلى إنفاق غيرهم في الأشهر نفسها: {value}.",
        ),
    ),
    (
        "referral",
        REFERRALS,
        "referred_retention",
        None,
        Text(
            en="Coming back of referred customers over that of others of the same months: {value}.",
            ar="عودة العملاء المُحالين إلى الشراء مقارنةً بغيرهم في الأشهر نفسها: {value}.",
        ),
    ),
    (
        "referral",
        REFERRALS,
        "referral_cost",
        None,
        Text(en="Cost per referred customer: {value}.", ar="تكلفة اكتساب العميل المُحال: {value}."),
    ),
    (
        "referral",
        REFERRALS,
        "self_referrals",
        None,
        Text(en="Referrals to oneself or told twice: {value}.", ar="إحالات إلى النفس أو مكررة: {value}."),
    ),
)
"""Topic, the kinds that are asked, measurement, variant, and the sentence with {value}."""
