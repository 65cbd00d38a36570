"""Whose money: how much of the revenue came from outside, and how much of the payouts was members' own.

Both figures are given under each definition of own use that courts and regulators have taken, because the
definition is what the parties dispute. They follow from sums alone and hold whatever the plan says.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from compliance.indicators import phrases
from compliance.indicators.flow_sums import Flow, breakdown_of_flows
from compliance.indicators.flows import REWARD_KINDS, OwnUse, Revenue, orders_of_lost_people, own_use, paid, revenue
from compliance.indicators.registry import (
    INTERVAL_PLACES,
    Outcome,
    Value,
    alternative,
    bound_of,
    indicator,
    lacking,
    point,
    share,
)
from compliance.measurement import Alternative, Bound, Interval, Missing, decimal_string
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records


def _definitions(records: Records, use: OwnUse, value: Callable[[int], Value]) -> tuple[Alternative, ...]:
    """The figure under each other definition of own use; `value` takes what then counts as sold."""

    def under(sold: int | None) -> Value:
        return lacking(phrases.no_allowance(records.currency)) if sold is None else value(sold)

    members = None
    if use.discount_only_members is not None:
        members = Text(
            en=f"Members who only bought goods within the allowance: {use.discount_only_members:,}.",
            ar="من اقتصر على شراء السلع في حدود المبلغ الشهري: "
            + phrases.isolate(f"{use.discount_only_members:,}")
            + ".",
        )
    return (
        alternative("own_use_allowance", phrases.OWN_ALLOWANCE, under(use.within_allowance)),
        alternative("own_use_all", phrases.OWN_ALL, under(use.goods)),
        alternative("discount_only_as_customers", phrases.DISCOUNT_ONLY, under(use.discount_only), note=members),
    )


def _notes(records: Records, money: Revenue, *more: Text) -> tuple[Text, ...]:
    notes = []
    lost = records.once(orders_of_lost_people)
    if unstated := money.count("participant", "unstated"):
        notes.append(phrases.unstated_category(unstated))
    if lost:
        notes.append(phrases.lost_people(records.lost.rows, lost))
    if unknown := money.count("unknown") - lost:
        notes.append(phrases.unknown_buyer(unknown))
    return (*notes, *more)


def _sides_unknown(money: Revenue) -> bool:
    return money.count() > 0 and money.count("unknown") == money.count()


def _nobody_known(records: Records) -> Missing:
    if records.once(orders_of_lost_people):
        return phrases.list_refused(records.lost.rows)
    return phrases.missing("orders.buyer_id")


@indicator(
    id="external_revenue_ratio",
    title=Text(en="Revenue from outside the network", ar="الإيراد من خارج الشبكة"),
    definition=Text(
        en="What buyers who hold no position paid, over all revenue, both net of refunds. 0 is a closed circuit: "
        "all the money came from participants.",
        ar="ما دفعه مشترون لا موضع لهم في الشبكة إلى مجموع الإيراد، بعد المبالغ المردودة. الصفر يعني أن كل المال جاء من "
        "المشاركين.",
    ),
    formula="ERR = X / (X + C); X from buyers who never held a position, C from participants",
    source="Accounting identity: without outside revenue participants as a group cannot gain",
    unit="ratio",
    needs=("orders.amount",),
    of_money=True,
    false_positives=Text(
        en="Members who joined only for a discount are coded as participants; the alternatives count them as "
        "customers. Resale by participants to people whom the company does not record is not seen.",
        ar="قد يُسجَّل من انضم للحصول على خصم فقط على أنه مشارك، ويعدّه أحد التعريفات البديلة عميلًا. ولا يظهر ما أعاد "
        "المشاركون بيعه لمن لا تسجّلهم الشركة.",
    ),
)
def external_revenue_ratio(records: Records) -> Outcome:
    """Outside revenue over all revenue, under each definition of own use."""
    money = records.once(revenue)
    if _sides_unknown(money):
        return Outcome(lacking(_nobody_known(records)))
    lost = records.once(orders_of_lost_people) > 0
    known = money.total if lost else money.total - money.unknown
    alternatives = _definitions(records, records.once(own_use), lambda sold: share(money.outside + sold, known))
    if money.unknown:
        alternatives += (
            alternative(
                "unknown_as_customers",
                Text(en="buyers not stated count as customers", ar="يُعدّ المشتري غير المذكور عميلًا"),
                share(money.outside + money.unknown, money.total),
            ),
            alternative(
                "unknown_as_participants",
                Text(en="buyers not stated count as participants", ar="يُعدّ المشتري غير المذكور مشاركًا"),
                share(money.outside, money.total),
            ),
        )
    whole: tuple[Flow, ...] = ("outside", "members", "unknown") if lost else ("outside", "members")
    found = breakdown_of_flows(records, ("outside",), whole)
    main = share(money.outside, known)
    return Outcome(
        Value(main.value, main.numerator, main.denominator, found.interval, main.missing),
        numerator_label=Text(en="paid by buyers outside the network", ar="ما دفعه مشترون من خارج الشبكة"),
        denominator_label=Text(en="all revenue", ar="مجموع الإيراد"),
        headline_label=phrases.OWN_NONE,
        alternatives=alternatives,
        series=found.series,
        evidence=records.evidence(
            "SELECT * FROM money_in ORDER BY side, source_file, source_line", count=money.count()
        ),
        notes=_notes(records, money),
        bound="lower" if lost else "exact",
        period=records.money_period,
    )


@indicator(
    id="participant_funded_share",
    title=Text(en="Payouts that came from participants' own money", ar="العمولات الممولة من أموال المشاركين"),
    definition=Text(
        en="The part of the payouts that must have been participants' own money even if every sum that came from "
        "outside had been paid out.",
        ar="الجزء من العمولات الذي لا بد أنه من أموال المشاركين، حتى لو صُرف لهم كل ما جاء من خارج الشبكة.",
    ),
    formula="PF = max(0, P - X) / P; P payouts, X revenue from outside",
    source="Accounting identity: without outside revenue participants as a group cannot gain",
    unit="ratio",
    needs=("orders.amount", "rewards.amount"),
    of_money=True,
    false_positives=Text(
        en="Members who joined only for a discount are coded as participants. Sales by participants to people whom "
        "the company does not record do not lower the figure.",
        ar="قد يُسجَّل من انضم للحصول على خصم فقط على أنه مشارك. ولا يخفض النسبةَ ما باعه المشاركون لمن لا تسجّلهم الشركة.",
    ),
)
def participant_funded_share(records: Records) -> Outcome:
    """The least share of payouts that participants' own money paid for."""
    money, out = records.once(revenue), records.once(paid)
    if _sides_unknown(money):
        return Outcome(lacking(_nobody_known(records)))

    def funded(sold: int, payouts: int = out.total) -> Value:
        return share(max(0, payouts - max(0, sold)), payouts, whole=phrases.nothing_paid())

    own_bound: Bound = "upper" if records.once(orders_of_lost_people) else "exact"
    bound = bound_of(records, "participant_funded_share", own_bound, by_amount=True)
    outside = money.outside
    alternatives = _definitions(records, records.once(own_use), lambda sold: funded(outside + sold))
    if money.unknown:
        alternatives += (
            alternative(
                "unknown_as_customers",
                Text(en="buyers not stated count as customers", ar="يُعدّ المشتري غير المذكور عميلًا"),
                funded(outside + money.unknown),
            ),
        )
    traced = Text(en="payouts traced to an order of a participant", ar="عمولات نُسبت إلى طلب مشارك")
    if records.has("rewards.source_order_id"):
        members = records.row(
            f"SELECT coalesce(sum(amount) FILTER (traced AND side = 'participant'), 0) FROM ({REWARD_KINDS})"
        )[0]
        found = share(int(members), out.total, whole=phrases.nothing_paid())
        alternatives += (alternative("traced", traced, found, bound=bound),)
    else:
        alternatives += (alternative("traced", traced, lacking(phrases.missing("rewards.source_order_id"))),)
    covered = breakdown_of_flows(records, ("outside",), ("paid",))
    main = funded(outside)
    more = (phrases.computed_rewards(),) if records.rewards_from == "computed" else ()
    return Outcome(
        Value(main.value, main.numerator, main.denominator, _uncovered(covered.interval), main.missing),
        numerator_label=Text(
            en="payouts that outside revenue cannot cover", ar="عمولات لا يغطيها الإيراد من خارج الشبكة"
        ),
        denominator_label=phrases.PAYOUTS,
        headline_label=phrases.OWN_NONE,
        alternatives=alternatives,
        series=tuple(
            each.model_copy(
                update={
                    "points": tuple(point(at.x, funded(at.numerator or 0, at.denominator or 0)) for at in each.points)
                }
            )
            for each in covered.series
        ),
        evidence=records.evidence("SELECT * FROM money_out ORDER BY source_file, source_line", count=out.lines),
        notes=_notes(records, money, *more),
        bound=own_bound,
        period=records.money_period,
    )


def _uncovered(covered: Interval | None) -> Interval | None:
    """The interval of what outside revenue does not cover, from that of outside revenue over payouts."""
    if covered is None:
        return None
    low, high = (max(Fraction(0), 1 - Fraction(bound)) for bound in (covered.high, covered.low))
    if low == high:
        return None  # all of it is covered, however the participants are drawn
    return covered.model_copy(
        update={"low": decimal_string(low, INTERVAL_PLACES), "high": decimal_string(high, INTERVAL_PLACES)}
    )
