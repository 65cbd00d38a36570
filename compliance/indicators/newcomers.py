"""The newest members' money: what part of the payouts it can have paid for.

Money is fungible, so none of these figures says which coin went where. They say how much would have been
missing, had nobody new come.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from compliance.columns import (
    NONE,
    Flags,
    added,
    columns,
    order_columns,
    payee_months,
    people_columns,
    reward_columns,
)
from compliance.facts import CATEGORIES
from compliance.indicators import phrases
from compliance.indicators.breakdown import Breakdown, Months, breakdown_of
from compliance.indicators.flows import by_month, paid
from compliance.indicators.growth import TOO_SHORT
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, point, share
from compliance.measurement import Series
from compliance.statistics import exact_sum
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

NEW_DAYS = 90
"""Days after joining in which what somebody pays is a newcomer's money: the default of the rule."""
WINDOWS = (30, NEW_DAYS, 180)
LATER = 1_000_000
"""Stands for later than all windows."""
JOINING_CATEGORIES = frozenset({"fee", "starter_kit", "deposit"})


_NEWCOMERS = """
    FROM order_facts o JOIN people p ON p.row = o.buyer
    WHERE o.side = 'participant' AND p.joined IS NOT NULL AND o.date >= date_trunc('day', p.joined)
"""


@dataclass(frozen=True, slots=True)
class NewMoney:
    """What participants paid, by how soon after joining."""

    sums: tuple[tuple[int, str, int, int], ...]
    """Days (one of `WINDOWS`, else `LATER`), category, amount, order lines; each line in the first window that holds it."""
    lines: npt.NDArray[np.intp]
    """The order lines of the first `NEW_DAYS`, by place in the columns."""

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
    """Participants' payments from the day of joining on: those of `_NEWCOMERS`."""
    orders, people = records.once(order_columns), records.once(people_columns)
    from_the_day = orders.date >= people.joined.astype("datetime64[D]").astype(people.joined.dtype)[orders.buyer]
    lines = np.flatnonzero(orders.own & from_the_day)
    age = orders.date[lines] - people.joined[orders.buyer[lines]]
    window = sum((age >= np.timedelta64(days, "D")).astype(np.int64) for days in WINDOWS)
    number = window * len(CATEGORIES) + orders.category[lines]
    count = (len(WINDOWS) + 1) * len(CATEGORIES)
    amounts, counts = added(number, orders.amount[lines], count), np.bincount(number, minlength=count)
    sums = tuple(
        (days, category, int(amounts[at]), int(counts[at]))
        for at, (days, category) in enumerate(product((*WINDOWS, LATER), CATEGORIES))
        if counts[at]
    )
    return NewMoney(sums, lines[age < np.timedelta64(NEW_DAYS, "D")])


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
    orders, rewards, people = columns(records)
    joined = people.joined_month
    new = np.flatnonzero(orders.own & _just_joined(orders.month, joined[orders.buyer]))
    newest = added(orders.month[new], orders.amount[new], int(orders.month.max(initial=NONE)) + 1)
    by_name = {Months(len(newest))[month]: int(newest[month]) for month in np.flatnonzero(newest).tolist()}
    rows, total, weighted, points = records.once(by_month), 0, Fraction(0), []
    for month, members, outside, payouts in rows:
        inflow = members + outside
        if inflow > 0:
            part = share(by_name.get(month, 0), inflow)
            points.append(point(month, part))
            if payouts > 0 and isinstance(part.value, Fraction):
                weighted, total = weighted + payouts * part.value, total + payouts
    if total == 0:
        return Outcome(lacking(TOO_SHORT))
    traced = lacking(phrases.missing("rewards.source_order_id"))
    if records.has("rewards.source_order_id"):
        lines = (rewards.order >= 0) & _just_joined(rewards.month, joined[rewards.source])
        found = exact_sum(rewards.amount[lines])
        traced = share(found, records.once(paid).total, whole=phrases.nothing_paid())
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
            count=len(new),
        ),
        period=records.money_period,
    )


def _just_joined(month: npt.NDArray[np.int32], joined: npt.NDArray[np.int32]) -> Flags:
    """Whether a month is that of joining or the one after it."""
    age = month - joined
    found: Flags = (month >= 0) & (joined >= 0) & (age >= 0) & (age <= 1)
    return found


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
    found = _against_payouts(records, new.lines)
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


def _against_payouts(records: Records, lines: npt.NDArray[np.intp]) -> Breakdown:
    """What some order lines came to over the payouts."""
    orders, rewards, months = records.once(order_columns), records.once(reward_columns), records.once(payee_months)
    nobody = rewards.payee < 0
    paid, to_nobody = months.add(np.True_, rewards.amount), rewards.amount[nobody]
    return breakdown_of(
        records,
        np.concatenate((orders.buyer[lines], months.person, rewards.payee[nobody])),
        np.concatenate((orders.month[lines], months.month, rewards.month[nobody])),
        np.concatenate((orders.amount[lines], np.zeros_like(paid), np.zeros_like(to_nobody))),
        np.concatenate((np.zeros(len(lines), dtype=np.int64), paid, to_nobody)),
    )
