"""How many people, how deep, how much in and how much out: the figures everything else is a share of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.indicators import phrases
from compliance.indicators.flows import paid, revenue
from compliance.indicators.growth import joins_by_month
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, money, point
from compliance.measurement import Series
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records


@indicator(
    id="headcount",
    title=Text(en="Participants ever enrolled", ar="عدد من انضموا في أي وقت"),
    definition=Text(
        en="Positions in the network, those included whose holders left; customers are not counted.",
        ar="مواضع الشبكة، بما فيها مواضع من غادروا، دون العملاء.",
    ),
    formula="N",
    source="The participants table; rule cn.crim224_1",
    unit="count",
    needs=("participants.id",),
    false_positives=Text(
        en="Positions are counted; one person may hold several.",
        ar="تُعدّ المواضع، وقد يكون للشخص الواحد أكثر من موضع.",
    ),
)
def headcount(records: Records) -> Outcome:
    """Everyone ever enrolled."""
    everyone, customers, countries = records.row(
        "SELECT count(*) FILTER (is_participant), count(*) FILTER (kind IN ('customer', 'preferred_customer')),"
        " count(DISTINCT country) FROM people"
    )
    if everyone == 0:
        return Outcome(lacking(phrases.nobody()))
    return Outcome(
        Value(int(everyone)),
        alternatives=(
            alternative(
                "customers_listed",
                Text(en="customers on the list", ar="عملاء في القائمة"),
                Value(int(customers))
                if records.has("participants.kind")
                else lacking(phrases.missing("participants.kind")),
            ),
            alternative(
                "countries",
                Text(en="countries", ar="البلدان"),
                Value(int(countries)) if countries else lacking(phrases.missing("participants.country")),
            ),
        ),
        series=(
            Series(
                id="joined_by_month",
                label=Text(en="Joined by month", ar="المنضمون بحسب الشهر"),
                axis="period",
                unit="count",
                points=tuple(point(month, Value(count)) for month, count in records.once(joins_by_month).items()),
            ),
        ),
        evidence=records.evidence(
            'SELECT id, sponsor_id, kind, joined, "left", country, depth, recruits FROM people'
            " WHERE is_participant ORDER BY row",
            count=int(everyone),
        ),
        period=records.joining_period,
    )


@indicator(
    id="tree_levels",
    title=Text(en="Levels of the sponsor tree", ar="مستويات شجرة الرعاية"),
    definition=Text(
        en="The largest number of sponsor links between a participant and the one at the top of the line.",
        ar="أكبر عدد من روابط الرعاية بين مشارك ومن في أعلى سلسلة رعاته.",
    ),
    formula="max depth; who has no sponsor is on level 0",
    source="The sponsor tree; rule cn.crim224_1.levels3",
    unit="count",
    needs=("participants.sponsor_id",),
    false_positives=Text(
        en="Depth follows from how a network grew; it says nothing about what is paid. A line that was cut by a missing "
        "sponsor looks shorter than it was.",
        ar="العمق نتيجة لنمو الشبكة ولا يدل على ما يُصرف. والسلسلة التي انقطعت لغياب راعٍ تبدو أقصر مما كانت.",
    ),
)
def tree_levels(records: Records) -> Outcome:
    """Deepest level below the top, without a root that a repair made up; the top's own level counted beside it."""
    unknown = records.network.unknown_row if records.has("participants") else None
    made_up = "0"
    if unknown is not None:
        under = f"(SELECT {{}} FROM people WHERE row = {int(unknown)})"  # noqa: S608 - a number
        made_up = f"CAST(pre > {under.format('pre')} AND pre < {under.format('pre + size')} AS INTEGER)"
    levels = f"(SELECT id, sponsor_id, joined, depth - {made_up} AS level FROM people WHERE is_participant)"  # noqa: S608
    deepest, everyone = records.row(f"SELECT max(level), count(*) FROM {levels}")  # noqa: S608 - made above
    if deepest is None:
        return Outcome(lacking(phrases.nobody()))
    return Outcome(
        Value(int(deepest)),
        alternatives=(
            alternative(
                "root_counted",
                Text(en="the top's own level counted as 1", ar="باحتساب مستوى رأس الشبكة 1"),
                Value(int(deepest) + 1),
            ),
        ),
        evidence=records.evidence(
            f"SELECT id, sponsor_id, joined, level FROM {levels} ORDER BY level DESC, id",  # noqa: S608 - made above
            count=int(everyone),
        ),
        period=records.joining_period,
    )


@indicator(
    id="paid_in",
    title=Text(en="Paid in by participants", ar="ما دفعه المشاركون"),
    definition=Text(
        en="All that participants paid the company, net of refunds.",
        ar="كل ما دفعه المشاركون للشركة بعد المبالغ المردودة.",
    ),
    formula="C",
    source="The orders table; rule cn.crim224_1.serious_money",
    unit="money",
    needs=("orders.amount", "participants.id"),
    false_positives=Text(en="Goods that people wanted are in the sum.", ar="يشمل المجموع سلعًا أرادها مشتروها."),
)
def paid_in(records: Records) -> Outcome:
    """Participants' payments, by category, and how many paid."""
    revenues = records.once(revenue)
    if revenues.count("participant") == 0:
        return Outcome(lacking(phrases.nobody()))
    payers = int(records.row("SELECT count(*) FROM net WHERE orders > 0")[0])
    categories = sorted(
        ((category, amount) for (side, category), amount in revenues.sums.items() if side == "participant"),
        key=lambda each: -each[1],
    )
    unknown = revenues.count("unknown")
    return Outcome(
        money(revenues.participants, records.scale),
        alternatives=(
            alternative("payers", Text(en="participants who paid", ar="مشاركون دفعوا"), Value(payers), unit="count"),
            alternative(
                "before_refunds",
                Text(en="before refunds", ar="قبل المبالغ المردودة"),
                money(revenues.amount("participant"), records.scale),
            ),
            alternative(
                "from_outside",
                Text(en="paid by buyers outside the network", ar="ما دفعه مشترون من خارج الشبكة"),
                money(revenues.outside, records.scale),
            ),
        ),
        series=(
            Series(
                id="by_category",
                label=Text(en="By what it was paid for", ar="بحسب ما دُفع عنه"),
                axis="category",
                unit="money",
                points=tuple(point(category, money(amount, records.scale)) for category, amount in categories),
            ),
        ),
        evidence=records.evidence(
            "SELECT * FROM money_in WHERE side = 'participant' ORDER BY source_file, source_line",
            count=revenues.count("participant"),
        ),
        notes=(phrases.unknown_buyer(unknown),) if unknown else (),
        bound="lower" if unknown else "exact",
        period=records.money_period,
    )


@indicator(
    id="paid_out",
    title=Text(en="Paid out to participants", ar="ما صُرف للمشاركين"),
    definition=Text(en="All payouts, less what was clawed back.", ar="كل دفعات العمولات بعد ما استُردّ منها."),
    formula="P",
    source="The payouts table, or the plan's engine where nothing is recorded",
    unit="money",
    needs=("rewards.amount",),
    false_positives=Text(
        en="Payouts that the records do not carry are missing from it.",
        ar="لا تدخل فيه عمولات لا تضمها السجلات.",
    ),
)
def paid_out(records: Records) -> Outcome:
    """Payouts, how many lines, to how many."""
    out = records.once(paid)
    if out.lines == 0:
        return Outcome(lacking(phrases.nothing_paid()))
    return Outcome(
        money(out.total, records.scale),
        alternatives=(
            alternative(
                "payees", Text(en="participants who were paid", ar="مشاركون صُرفت لهم"), Value(out.payees), unit="count"
            ),
            alternative("lines", Text(en="payouts", ar="دفعات العمولات"), Value(out.lines), unit="count"),
            alternative(
                "to_strangers",
                Text(en="paid to ids that are not on the list", ar="ما صُرف لمعرّفات ليست في القائمة"),
                money(out.to_strangers, records.scale),
            ),
        ),
        evidence=records.evidence("SELECT * FROM money_out ORDER BY source_file, source_line", count=out.lines),
        notes=(phrases.computed_rewards(),) if records.rewards_from == "computed" else (),
        period=records.money_period,
    )
