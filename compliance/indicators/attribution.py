"""Whose sale it was: orders that several affiliates can claim, clicks at the till, purchases of one's own, and payments
to somebody else than the rule of the programme names.

Visits name an order, or a buyer within the window before it. The rule is the plan's, where there is one: its credit, its
window, its coupons; without a plan the last click of the days that the analyst assumes. Clicks say who came last and
never who persuaded.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance.indicators import phrases
from compliance.indicators.registry import Outcome, alternative, indicator, lacking, point, share
from compliance.measurement import Evidence, Series
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

NO_VISITS = phrases.needs(
    "clicks",
    "buyer_id",
    "Needs visits that name an order of the records or its buyer within the window.",
    "يحتاج إلى زيارات تذكر طلبًا في السجلات أو مشتريه خلال مدة الاحتساب.",
)

NOBODY_PAID = phrases.needs(
    "payouts",
    "source_order_id",
    "Needs orders with a visit in the window on which an affiliate was paid: there are none.",
    "يحتاج إلى طلبات سبقتها زيارة خلال المدة وصُرفت عنها عمولة لمسوّق: لا توجد طلبات كهذه.",
)


@dataclass(frozen=True, slots=True)
class Rule:
    """Whose an order is, as far as it is measured here."""

    credit: str
    """last_click, first_click, split or seller."""
    window: str
    """As an SQL condition on a click `c` and an order `o`."""
    coupon: bool
    """Whether a coupon beats a click."""
    words: Text


def _in_days(days: int) -> str:
    """Counted from date to date, as plans count them."""
    return f"CAST(c.date AS DATE) >= CAST(o.date AS DATE) - {days}"


def rule_of(records: Records) -> Rule:
    """The attribution rule of the plan's first affiliate component, else the last click in the assumed days."""
    from compensation.components.affiliate import Affiliate

    components = () if records.plan is None else records.plan.components
    found = next((each for each in components if isinstance(each, Affiliate)), None)
    if found is None:
        days = records.assumptions.attribution_days
        return Rule(
            "last_click",
            _in_days(days),
            coupon=True,
            words=Text(
                en=f"No plan says whose a sale is: the last click in {days} days is taken, and a coupon before any click (an "
                "assumption).",
                ar=f"لا توجد خطة تحدد نسبة البيع: تُعتمد آخر نقرة خلال أيام عددها {phrases.isolate(days)}، وتُقدَّم القسيمة على أي نقرة "
                "(افتراض).",
            ),
        )
    rule = found.attribution
    window = "true"
    if rule.window is not None and rule.window.days is not None:
        window = _in_days(rule.window.days)
    elif rule.window is not None:
        window = f"c.date >= o.date - INTERVAL {rule.window.hours} HOUR"
    return Rule(
        rule.credit,
        window,
        rule.coupon == "beats_click",
        words=Text(en=f"By the plan's component {found.id}.", ar=f"بحسب المكوّن {phrases.isolate(found.id)} في الخطة."),
    )


def _visited(records: Records) -> str:
    """SQL with one row for each order that has visits within the window: who visited, first, last, and who was paid."""
    rule = records.once(rule_of)
    within = f"c.date <= o.date AND {rule.window}"
    winner = "last_click" if rule.credit != "first_click" else "first_click"
    if rule.coupon:
        winner = f"coalesce(coupon_id, {winner})"
    ordered = (
        "SELECT id, date, buyer_id, coupon_id FROM orders WHERE id IS NOT NULL AND date IS NOT NULL AND amount > 0"
    )
    visits = "coalesce(c.kind, 'click') = 'click'"
    return f"""
        WITH visits AS (
            SELECT o.*, c.participant_id AS affiliate, c.date AS clicked FROM ({ordered}) o
            JOIN clicks c ON c.order_id = o.id WHERE {visits} AND {within}
            UNION ALL
            SELECT o.*, c.participant_id, c.date FROM ({ordered}) o
            JOIN clicks c ON c.buyer_id = o.buyer_id AND c.order_id IS NULL WHERE {visits} AND {within}
        ), visited AS (
            SELECT id AS order_id, date AS ordered, any_value(buyer_id) AS buyer_id, any_value(coupon_id) AS coupon_id,
                   count(DISTINCT affiliate) AS affiliates, max(clicked) AS last_clicked,
                   arg_max(affiliate, (clicked, affiliate)) AS last_click,
                   arg_min(affiliate, (clicked, affiliate)) AS first_click,
                   list_sort(list(DISTINCT affiliate)) AS visited_by
            FROM visits GROUP BY 1, 2
        ), paid AS (
            SELECT y.source_order_id AS order_id, list_sort(list(DISTINCT y.participant_id)) AS paid_to
            FROM payouts y JOIN people p ON p.id = y.participant_id
            WHERE y.source_order_id IS NOT NULL AND y.amount > 0 AND p.kind = 'affiliate' GROUP BY 1
        )
        SELECT v.*, {winner} AS by_rule, date_diff('second', v.last_clicked, v.ordered) AS seconds, p.paid_to
        FROM visited v LEFT JOIN paid p USING (order_id)
    """


@dataclass(frozen=True, slots=True)
class _Disputes:
    visited: int
    contested: int
    at_the_till: int
    """The last click came shortly before the order, and another affiliate had clicked earlier."""
    own: int
    paid: int
    """Orders with visits on which an affiliate was paid."""
    against: int
    """The same, and not the one whom the rule names was paid."""
    months: tuple[tuple[str, int, int, int], ...]
    """Month, contested, visited, against the rule."""


def _conditions(records: Records) -> tuple[str, str, str]:
    """SQL of: a click at the till by another than the first, one's own purchase, paid against the rule."""
    seconds = records.assumptions.last_click_seconds
    split = records.once(rule_of).credit == "split"
    wrong = "len(list_intersect(paid_to, visited_by)) = 0" if split else "NOT list_contains(paid_to, by_rule)"
    return (
        f"affiliates > 1 AND seconds <= {seconds} AND last_click <> first_click",
        "list_contains(visited_by, buyer_id)",
        f"paid_to IS NOT NULL AND {wrong}",
    )


def _disputes(records: Records) -> _Disputes:
    till, own, against = _conditions(records)
    rows = records.all(
        f"""
        SELECT strftime(ordered, '%Y-%m'), count(*), count(*) FILTER (affiliates > 1), count(*) FILTER ({till}),
               count(*) FILTER ({own}), count(*) FILTER (paid_to IS NOT NULL), count(*) FILTER ({against})
        FROM ({_visited(records)}) GROUP BY 1 ORDER BY 1
        """
    )
    visited, contested, at_the_till, bought, paid, wrong = (sum(int(row[at]) for row in rows) for at in range(1, 7))
    months = tuple((str(row[0]), int(row[2]), int(row[1]), int(row[6])) for row in rows)
    return _Disputes(visited, contested, at_the_till, bought, paid, wrong, months)


def _rows(records: Records, condition: str, count: int) -> Evidence:
    return records.evidence(
        f"""
        SELECT order_id, ordered, buyer_id, affiliates, first_click, last_click, seconds,
               array_to_string(visited_by, ' ') AS visited_by, array_to_string(paid_to, ' ') AS paid_to, by_rule
        FROM ({_visited(records)}) WHERE {condition} ORDER BY ordered, order_id
        """,
        count=count,
    )


NEEDS = ("participants.kind", "clicks.date", "orders.id", "orders.date")
VISITED = Text(en="orders with a visit in the window", ar="الطلبات التي سبقتها زيارة خلال المدة")


@indicator(
    id="contested_orders",
    title=Text(en="Orders that several affiliates can claim", ar="طلبات يمكن أن ينسبها عدة مسوّقين إليهم"),
    definition=Text(
        en="Orders with visits of two or more affiliates within the window, over all orders with a visit in it. The "
        "alternative counts those where the last click came within seconds of the order and another affiliate had clicked "
        "before.",
        ar="الطلبات التي سبقتها خلال المدة زيارات من مسوّقين اثنين أو أكثر إلى كل الطلبات التي سبقتها زيارة. ويحسب التعريف البديل "
        "ما جاءت فيه آخر نقرة قبل الطلب بثوانٍ وكان مسوّق آخر قد نُقر رابطه قبلها.",
    ),
    formula="#{o : affiliates who clicked within the window >= 2} / #{o : >= 1}",
    source="Definition of this project; on clicks at the till: https://influencermarketinghub.com/affiliate-attribution",
    unit="ratio",
    needs=NEEDS,
    false_positives=Text(
        en="People compare before they buy: several visits are what a market looks like.",
        ar="يقارن الناس قبل الشراء: فتعدد الزيارات شأن كل سوق.",
    ),
)
def contested_orders(records: Records) -> Outcome:
    """How many orders can be argued about."""
    found = records.once(_disputes)
    if not found.visited:
        return Outcome(lacking(NO_VISITS))
    seconds = records.assumptions.last_click_seconds
    return Outcome(
        share(found.contested, found.visited),
        numerator_label=Text(en="with two or more affiliates", ar="من مسوّقين اثنين أو أكثر"),
        denominator_label=VISITED,
        alternatives=(
            alternative(
                "at_the_till",
                Text(
                    en=f"last click within {seconds} seconds of the order, another affiliate before",
                    ar=f"آخر نقرة قبل الطلب بثوانٍ لا تزيد على {phrases.isolate(seconds)} وقبلها مسوّق آخر",
                ),
                share(found.at_the_till, found.visited),
            ),
        ),
        series=(_by_month("Contested orders", "الطلبات المتنازع عليها", found, contested=True),),
        evidence=_rows(records, "affiliates > 1", found.contested),
        notes=(records.once(rule_of).words,),
        period=records.money_period,
    )


def _by_month(en: str, ar: str, found: _Disputes, *, contested: bool) -> Series:
    return Series(
        id="by_month",
        label=Text(en=en, ar=ar),
        axis="period",
        unit="ratio",
        points=tuple(
            point(month, share(some if contested else wrong, whole)) for month, some, whole, wrong in found.months
        ),
    )


@indicator(
    id="own_referrals",
    title=Text(en="Affiliates' visits to their own purchases", ar="زيارات المسوّقين لمشترياتهم"),
    definition=Text(
        en="Orders within whose window the buyer clicked on his own link, over all orders with a visit in it.",
        ar="الطلبات التي نقر المشتري خلال مدتها رابطه هو إلى كل الطلبات التي سبقتها زيارة.",
    ),
    formula="#{o : buyer among the affiliates who clicked} / #{o : >= 1 click}",
    source="Definition of this project; plans exclude them: own_purchases of docs/plans/affiliate-and-referral.md",
    unit="ratio",
    needs=(*NEEDS, "orders.buyer_id"),
    false_positives=Text(
        en="Somebody who tests a link, or whose terms allow a discount on own purchases.",
        ar="من يجرّب رابطًا، أو تجيز له الشروط خصمًا على مشترياته.",
    ),
)
def own_referrals(records: Records) -> Outcome:
    """Orders of affiliates through their own links."""
    found = records.once(_disputes)
    if not found.visited:
        return Outcome(lacking(NO_VISITS))
    return Outcome(
        share(found.own, found.visited),
        numerator_label=Text(en="the buyer's own link", ar="رابط المشتري نفسه"),
        denominator_label=VISITED,
        evidence=_rows(records, _conditions(records)[1], found.own),
        period=records.money_period,
    )


@indicator(
    id="paid_against_attribution",
    title=Text(en="Sales paid to another affiliate than the rule names", ar="مبيعات صُرفت لغير من تحدده القاعدة"),
    definition=Text(
        en="Orders with a visit in the window on which an affiliate was paid: the share on which the affiliate whom the rule "
        "of attribution names was not among those paid. The rule is the plan's, or the last click.",
        ar="الطلبات التي سبقتها زيارة خلال المدة وصُرفت عنها عمولة لمسوّق: نسبة ما لم يكن فيه من تحدده قاعدة نسبة البيع ممن صُرف "
        "لهم. والقاعدة قاعدة الخطة أو آخر نقرة.",
    ),
    formula="#{o paid : winner by the rule not among the payees} / #{o paid}",
    source="Definition of this project; rule aff.attribution_kept",
    unit="ratio",
    needs=(*NEEDS, "payouts.source_order_id"),
    false_positives=Text(
        en="A rule that is not the one in force; visits that the records do not carry; an affiliate who was excluded.",
        ar="قاعدة غير السارية، وزيارات لا تحملها السجلات، ومسوّق مستبعَد.",
    ),
)
def paid_against_attribution(records: Records) -> Outcome:
    """Who was paid, against whom the rule names."""
    found = records.once(_disputes)
    if not found.paid:
        return Outcome(lacking(NOBODY_PAID if found.visited else NO_VISITS))
    if records.once(rule_of).credit == "seller":
        return Outcome(
            lacking(
                phrases.needs(
                    "plan",
                    None,
                    "The plan credits the recorded seller, so that visits decide nothing.",
                    "تنسب الخطة البيع إلى البائع المسجَّل، فلا تحسم الزيارات شيئًا.",
                )
            )
        )
    return Outcome(
        share(found.against, found.paid),
        numerator_label=Text(en="paid to others than the rule names", ar="صُرفت لغير من تحدده القاعدة"),
        denominator_label=Text(
            en="orders with a visit on which an affiliate was paid", ar="طلبات سبقتها زيارة وصُرفت عنها عمولة"
        ),
        series=(
            _by_month(
                "Paid against the rule, of orders with a visit",
                "المصروف خلاف القاعدة من الطلبات المسبوقة بزيارة",
                found,
                contested=False,
            ),
        ),
        evidence=_rows(records, _conditions(records)[2], found.against),
        notes=(records.once(rule_of).words,),
        period=records.money_period,
    )
