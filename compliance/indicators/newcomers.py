"""The newest members' money: what part of the payouts it can have paid for.

Money is fungible, so none of these figures says which coin went where. They say how much would have been
missing, had nobody new come.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from compliance.indicators import phrases
from compliance.indicators.breakdown import breakdown
from compliance.indicators.flows import by_month, paid
from compliance.indicators.growth import TOO_SHORT
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, point, share
from compliance.measurement import Series
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

NEW_DAYS = 90
"""Days after joining in which what somebody pays is a newcomer's money: the default of the rule."""
WINDOWS = (30, NEW_DAYS, 180)
LATER = 1_000_000
"""Stands for later than all windows."""
JOINING_CATEGORIES = frozenset({"fee", "starter_kit", "deposit"})


_WINDOW = " ".join(f"WHEN o.date < p.joined + INTERVAL {days} DAY THEN {days}" for days in WINDOWS) + f" ELSE {LATER}"

_NEWCOMERS = """
    FROM order_facts o JOIN people p ON p.row = o.buyer
    WHERE o.side = 'participant' AND p.joined IS NOT NULL AND o.date >= date_trunc('day', p.joined)
"""


@dataclass(frozen=True, slots=True)
class NewMoney:
    """What participants paid, by how soon after joining."""

    sums: tuple[tuple[int, str, int, int], ...]
    """Days (one of `WINDOWS`, else `LATER`), category, amount, order lines; each line in the first window that holds it."""

    def within(self, days: int, categories: frozenset[str] | None = None) -> int:
        """Paid within so many days of joining, for some categories or all."""
        return sum(
            amount
            for window, category, amount, _ in self.sums
            if window <= days and (categories is None or category in categories)
        )

    @property
    def with_all_fees(self) -> int:
        """Paid within `NEW_DAYS`, and every fee that was paid later."""
        late = (amount for window, category, amount, _ in self.sums if window > NEW_DAYS and category == "fee")
        return self.within(NEW_DAYS) + sum(late)


def new_money(records: Records) -> NewMoney:
    """Participants' payments from the day of joining on."""
    found = records.all(f"SELECT CASE {_WINDOW} END, o.category, sum(o.amount), count(*) {_NEWCOMERS} GROUP BY 1, 2")
    return NewMoney(tuple((int(days), str(kind), int(amount), int(lines)) for days, kind, amount, lines in found))


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
        SELECT o.month, sum(o.paid_in), sum(o.orders) FROM order_months o JOIN people p USING (row)
        WHERE p.joined IS NOT NULL AND datediff('month', p.joined, o.month) BETWEEN 0 AND 1
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


@indicator(
    id="new_money_dependence",
    title=Text(en="Newcomers' money against the payouts", ar="أموال الجدد قياسًا إلى العمولات"),
    definition=Text(
        en=f"What participants paid in their first {NEW_DAYS} days, fees and purchases together, over all payouts. 100% is as "
        "much as all payouts.",
        ar=f"ما دفعه المشاركون في أول {phrases.isolate(NEW_DAYS)} يومًا من انضمامهم، رسومًا ومشتريات، إلى مجموع العمولات. و100% "
        "تعني ما يساوي كل العمولات.",
    ),
    formula="sum over orders within 90 days of the buyer's joining / C_tot",
    source="rule ind.new_money_dependence; 90 days is a default",
    unit="ratio",
    needs=("participants.joined", "orders.date", "orders.buyer_id", "rewards.amount"),
    of_money=True,
    false_positives=Text(
        en="Lawful companies that grow fast have a high figure for a while. Goods that newcomers buy cost the company what "
        "it pays for them, and not all of it could have been paid out.",
        ar="الشركات المشروعة سريعة النمو ترتفع فيها النسبة مدة من الزمن. والسلع التي يشتريها الجدد لها تكلفة على الشركة، فلا "
        "يمكن أن يُصرف ثمنها كله.",
    ),
)
def new_money_dependence(records: Records) -> Outcome:
    """Newcomers' payments over payouts, with other windows and with all fees beside it."""
    out = records.once(paid)
    if out.total <= 0:
        return Outcome(lacking(phrases.nothing_paid()))
    new = records.once(new_money)
    main, with_fees, joining = (
        share(amount, out.total)
        for amount in (new.within(NEW_DAYS), new.with_all_fees, new.within(NEW_DAYS, JOINING_CATEGORIES))
    )
    found = breakdown(
        records,
        f"""
        SELECT o.buyer AS row, o.month, o.amount AS part, 0::BIGINT AS whole
        {_NEWCOMERS} AND o.date < p.joined + INTERVAL {NEW_DAYS} DAY
        UNION ALL SELECT row, month, 0, paid_out FROM reward_months
        UNION ALL SELECT NULL, month, 0, amount FROM reward_facts WHERE payee IS NULL
        """,
    )
    windowed = Text(en="within {} days of joining", ar="خلال {} يومًا من الانضمام")
    return Outcome(
        Value(main.value, main.numerator, main.denominator, found.interval, main.missing),
        numerator_label=Text(en="what newcomers paid", ar="ما دفعه الجدد"),
        denominator_label=phrases.PAYOUTS,
        headline_label=Text(en=windowed.en.format(NEW_DAYS), ar=windowed.ar.format(phrases.isolate(NEW_DAYS))),
        alternatives=(
            *(
                alternative(
                    f"within_{days}_days",
                    Text(en=windowed.en.format(days), ar=windowed.ar.format(phrases.isolate(days))),
                    share(new.within(days), out.total),
                )
                for days in (30, 180)
            ),
            alternative(
                "with_all_fees",
                Text(
                    en="fees of all participants at any time count as well",
                    ar="تُحتسب معها رسوم جميع المشاركين في أي وقت",
                ),
                with_fees,
            ),
            alternative(
                "fees_and_kits",
                Text(
                    en="newcomers' fees, starter kits and deposits only",
                    ar="رسوم الجدد وحقائب البداية والإيداعات فقط",
                ),
                joining,
            ),
        ),
        series=found.series,
        evidence=records.evidence(
            f"""
            SELECT o.order_id, o.date, p.id AS buyer_id, p.joined, o.category::VARCHAR AS category, o.amount
            {_NEWCOMERS} AND o.date < p.joined + INTERVAL {NEW_DAYS} DAY
            ORDER BY o.date, p.id, o.amount, o.order_id
            """,
            count=sum(lines for window, _, _, lines in new.sums if window <= NEW_DAYS),
        ),
        period=records.money_period,
    )
