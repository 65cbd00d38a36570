"""Sales that end with somebody who uses the goods: customers, and participants within a plausible own use.

Two settlements and several agreements count a participant's own consumption as a real sale up to an allowance a month
and up to a share of the whole. How much of the sales, and of the rewards, rests on such sales is computed here; the
allowance is an assumption that is printed with the figure, and what lies above it is counted to neither side's favour.
"""

# ruff: noqa: S608 - queries are put together from constants of this room and from whole numbers

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from compliance.columns import Money, buyer_months, order_columns, reward_columns
from compliance.facts import PRODUCTS
from compliance.figures import show
from compliance.indicators import phrases
from compliance.indicators.breakdown import breakdown, breakdown_of_rewards
from compliance.indicators.flows import REWARD_KINDS
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, share
from compliance.indicators.unit_by_unit import Units
from compliance.measurement import Bound
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

MOST_OWN_SHARE = Fraction(1, 3)
"""Own use counted up to this share of all counted sales, in the variant with a cap. Models 1.6: a term of the
settlement of 2016 with one company, used as a parameter and not as law for others."""


@dataclass(frozen=True, slots=True)
class EndUse:
    """Sales of goods by what became of them, in minor units."""

    customers: int
    own: int
    """Participants' purchases within the monthly allowance."""
    everything: int
    unknown: int
    """Sales of which nobody can say whose they were; they are part of the whole."""

    @property
    def own_capped(self) -> int:
        """Own use of at most a third of customers' sales and own use together."""
        most = self.customers * MOST_OWN_SHARE / (1 - MOST_OWN_SHARE)
        return min(self.own, int(most))


def end_use(records: Records) -> EndUse:
    """Sums of the goods sold, own use within the allowance of each participant and month."""
    allowance = records.allowance
    own = "0" if allowance is None else f"least(greatest(bought, 0), {allowance})"
    customers, everything, unknown = records.row(
        f"""
        SELECT coalesce(sum(amount) FILTER (side = 'outside'), 0), coalesce(sum(amount), 0),
               coalesce(sum(amount) FILTER (side = 'unknown'), 0)
        FROM order_facts WHERE category IN {PRODUCTS}
        """
    )
    used = records.row(f"SELECT coalesce(sum({own}), 0) FROM ({OWN_MONTHS})")[0]
    return EndUse(int(customers), int(used), int(everything), int(unknown))


OWN_MONTHS = "SELECT row, month, goods AS bought FROM order_months WHERE month IS NOT NULL AND goods <> 0"


@indicator(
    id="end_user_share",
    title=Text(en="Sales that end with a user", ar="المبيعات التي تنتهي عند مستخدِم"),
    definition=Text(
        en="Goods sold to buyers outside the network, and to participants up to the monthly allowance for own use, over all "
        "goods sold.",
        ar="السلع المبيعة لمشترين من خارج الشبكة، وللمشاركين حتى الحد الشهري للاستهلاك الشخصي، إلى كل السلع المبيعة.",
    ),
    formula="(R_cust + sum over participant-months of min(purchases, allowance)) / R_goods",
    source="rule us.herbalife2016.retail80; models 1.6",
    unit="ratio",
    needs=("orders.amount", "orders.buyer_id", "orders.date"),
    of_money=True,
    false_positives=Text(
        en="The allowance is an assumption; purchases within it need not have been used, and larger households use more.",
        ar="الحد الشهري افتراض؛ وما يقع ضمنه لم يُستهلك بالضرورة، وقد يزيد استهلاك الأسر الكبيرة عليه.",
    ),
)
def end_user_share(records: Records) -> Outcome:
    """Customers and allowed own use over all goods."""
    if records.allowance is None:
        return Outcome(lacking(phrases.no_allowance(records.currency)))
    sold = records.once(end_use)
    main = share(sold.customers + sold.own, sold.everything)
    capped = share(sold.customers + sold.own_capped, sold.everything)
    bound: Bound = "lower" if sold.unknown else "exact"
    rest = "AND month IS NOT NULL"
    found = breakdown(
        records,
        f"""
        SELECT coalesce(buyer, seller) AS row, month, CASE WHEN side = 'outside' THEN amount ELSE 0 END AS part,
               amount AS whole FROM order_facts WHERE category IN {PRODUCTS} {rest} AND side <> 'participant'
        UNION ALL
        SELECT row, month, least(greatest(bought, 0), {records.allowance}), bought FROM ({OWN_MONTHS})
        """,
    )
    return Outcome(
        Value(main.value, main.numerator, main.denominator, found.interval, main.missing),
        numerator_label=Text(en="to customers and within own use", ar="للعملاء وضمن الاستهلاك الشخصي"),
        denominator_label=Text(en="all goods sold", ar="كل السلع المبيعة"),
        headline_label=Text(en="own use up to the allowance", ar="الاستهلاك الشخصي حتى الحد الشهري"),
        alternatives=(
            alternative(
                "own_use_capped",
                Text(en="own use at most a third of what is counted", ar="الاستهلاك الشخصي حتى ثلث المحتسب"),
                capped,
                bound=bound,
            ),
            alternative(
                "customers_only",
                Text(en="customers only, no own use", ar="العملاء فقط دون الاستهلاك الشخصي"),
                share(sold.customers, sold.everything),
                bound=bound,
            ),
        ),
        series=found.series,
        evidence=records.evidence(
            f"SELECT p.id AS participant_id, m.month, m.bought AS goods FROM ({OWN_MONTHS}) m JOIN people p USING (row)"
            f" WHERE m.bought > {records.allowance} ORDER BY m.bought DESC, p.id, m.month",
            count=int(records.row(f"SELECT count(*) FROM ({OWN_MONTHS}) WHERE bought > {records.allowance}")[0]),
        ),
        notes=(_allowance(records),),
        bound=bound,
        period=records.money_period,
    )


@indicator(
    id="own_use_in_rewards",
    title=Text(en="Rewards that rest on participants' own purchases", ar="العمولات القائمة على مشتريات المشاركين"),
    definition=Text(
        en="Rewards traced to goods that participants bought for themselves, over all rewards traced to an order.",
        ar="العمولات المتتبَّعة إلى سلع اشتراها المشاركون لأنفسهم إلى كل العمولات المتتبَّعة إلى طلب.",
    ),
    formula="C_part / C_traced; variant: R_own / (R_cust + R_own), own use up to the allowance",
    source="rule us.herbalife2016.consumption_third",
    unit="ratio",
    needs=("rewards.amount", "rewards.source_order_id", "orders.id", "orders.buyer_id"),
    of_money=True,
    false_positives=Text(
        en="Goods bought by a participant may have been sold on to customers whom the company does not know.",
        ar="قد تكون السلع التي اشتراها المشارك بيعت لعملاء لا تعرفهم الشركة.",
    ),
)
def own_use_in_rewards(records: Records) -> Outcome:
    """Traced rewards by whose order they rest on; and the same of the sales."""
    own, traced, everything, lines = records.row(
        f"""
        SELECT coalesce(sum(amount) FILTER (side = 'participant' AND category IN {PRODUCTS}), 0),
               coalesce(sum(amount) FILTER (traced AND side <> 'unknown'), 0), coalesce(sum(amount), 0),
               coalesce(sum(lines) FILTER (side = 'participant' AND category IN {PRODUCTS}), 0)
        FROM ({REWARD_KINDS})
        """
    )
    sold = records.once(end_use)
    of_sales = (
        lacking(phrases.no_allowance(records.currency))
        if records.allowance is None
        else share(sold.own, sold.customers + sold.own)
    )
    found = breakdown_of_rewards(
        records, f"side = 'participant' AND category IN {PRODUCTS}", "traced AND side <> 'unknown'"
    )
    main = share(int(own), int(traced), whole=phrases.missing("rewards.source_order_id"))
    return Outcome(
        Value(main.value, main.numerator, main.denominator, found.interval, main.missing),
        numerator_label=Text(en="on participants' own goods", ar="عن سلع المشاركين"),
        denominator_label=Text(en="rewards traced to an order", ar="العمولات المتتبَّعة إلى طلب"),
        headline_label=Text(en="of the rewards", ar="من العمولات"),
        alternatives=(
            alternative(
                "of_sales",
                Text(
                    en="of the sales, own use up to the allowance", ar="من المبيعات، والاستهلاك الشخصي حتى الحد الشهري"
                ),
                of_sales,
            ),
            alternative(
                "of_all_rewards",
                Text(en="of all rewards, traced or not", ar="من كل العمولات، المتتبَّعة وغيرها"),
                share(int(own), int(everything)),
                bound="lower",
            ),
        ),
        series=found.series,
        evidence=records.evidence(
            f"""
            SELECT y.id AS payee_id, s.id AS buyer_id, r.category, r.amount, r.date
            FROM reward_facts r LEFT JOIN people y ON y.row = r.payee LEFT JOIN people s ON s.row = r.source
            WHERE r.side = 'participant' AND r.category IN {PRODUCTS} ORDER BY r.date, payee_id, buyer_id, r.amount
            """,
            count=int(lines),
        ),
        bound="open" if int(everything) > int(traced) else "exact",
        period=records.money_period,
    )


@indicator(
    id="rewarded_own_use",
    title=Text(
        en="Most own purchases of a month that paid somebody above",
        ar="أعلى مشتريات شهرية شخصية صُرفت عنها عمولة لمن فوق",
    ),
    definition=Text(
        en="For each participant and month: goods bought for oneself that gave rise to a reward for somebody else; the "
        "highest of them.",
        ar="لكل مشارك وشهر: ما اشتراه لنفسه وصُرفت عنه عمولة لغيره؛ وأعلى هذه المبالغ.",
    ),
    formula="max over participant-months of own goods that generated an upline reward",
    source="rule us.herbalife2016.consumption_200",
    unit="money",
    needs=("rewards.source_order_id", "orders.id", "orders.buyer_id", "orders.date"),
    of_money=True,
    false_positives=Text(
        en="Goods bought to be sold on count as own purchases where the company does not know the customer.",
        ar="تُعدّ السلع المشتراة لإعادة البيع مشتريات شخصية إذا كانت الشركة لا تعرف العميل.",
    ),
)
def rewarded_own_use(records: Records) -> Outcome:
    """Own orders that are the source of another's reward, by buyer and month."""
    query = f"""
        SELECT f.buyer AS row, f.month, CAST(sum(f.amount) AS BIGINT) AS bought FROM order_facts f
        WHERE f.side = 'participant' AND f.buyer IS NOT NULL AND f.month IS NOT NULL AND f.category IN {PRODUCTS}
          AND f.place IN (SELECT place FROM reward_facts WHERE amount > 0 AND NOT own AND payee IS NOT NULL
                          AND side = 'participant' AND category IN {PRODUCTS})
          AND f.amount > 0 GROUP BY 1, 2
    """
    bought = _rewarded(records)
    if not len(bought):
        return Outcome(lacking(phrases.missing("rewards.source_order_id")))
    units = Units(bought, None, "highest", scale=records.scale)
    over = None if records.allowance is None else int(np.count_nonzero(bought > records.allowance))
    notes = (_allowance(records, over, len(bought)),) if over is not None else ()
    return Outcome(
        units.main(),
        headline_label=units.headline,
        alternatives=units.others(),
        evidence=records.evidence(
            f"SELECT p.id AS participant_id, q.month, q.bought AS goods FROM ({query}) q JOIN people p USING (row)"
            " ORDER BY q.bought DESC, p.id, q.month",
            count=len(bought),
        ),
        notes=notes,
        period=records.money_period,
    )


def _rewarded(records: Records) -> Money:
    """What the query of `rewarded_own_use` sums up, over the columns: own goods of each buyer and month that paid others."""
    orders, rewards, months = records.once(order_columns), records.once(reward_columns), records.once(buyer_months)
    paying = (rewards.order >= 0) & (rewards.amount > 0) & ~rewards.own & (rewards.payee >= 0)
    rewarded = np.zeros(len(orders.amount), dtype=np.bool_)
    rewarded[rewards.order[paying]] = True
    bought = months.add(rewarded & orders.of(PRODUCTS) & (orders.amount > 0), orders.amount)
    return bought[(bought > 0) & (months.month >= 0)]


def _allowance(records: Records, over: int | None = None, units: int | None = None) -> Text:
    assert records.allowance is not None
    amount = show(
        Fraction(records.allowance, 10**records.scale), "money", currency=records.currency, scale=records.scale
    )
    counted = "" if over is None else f" Participant-months above it: {over:,} of {units:,}."
    counted_ar = (
        ""
        if over is None
        else f" أشهر المشاركين فوقه: {phrases.isolate(f'{over:,}')} من {phrases.isolate(f'{units:,}')}."
    )
    return Text(
        en=f"Allowance for own use in a month: {amount.en}.{counted}",
        ar=f"الحد الشهري للاستهلاك الشخصي: {amount.ar}.{counted_ar}",
    )
