"""Customers who were brought by customers: invitations and what became of them, how many came so, what each cost, and how
many referrals were to oneself or told twice.

A customer counts as referred where an invitation names him, a customer's code was used on his first order, or a customer
stands as his sponsor in the list; never by himself, and never after he had bought already. What referred customers spend
and whether they stay is compared in `referred_customers`.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants; the currency is quoted

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from compliance.facts import CUSTOMER_KINDS
from compliance.indicators import phrases
from compliance.indicators.affiliates import quoted
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, money, point, share
from compliance.indicators.saturation import last_day
from compliance.measurement import Series
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

NO_REFERRALS = phrases.needs(
    "invitations",
    "buyer_id",
    "Needs referrals of customers: invitations that name who followed them, customers' codes on orders, or customers with "
    "a customer as sponsor.",
    "يحتاج إلى إحالات عملاء: دعوات تذكر من قبلها، أو رموز عملاء على الطلبات، أو عملاء راعيهم عميل.",
)
NO_REWARDS = phrases.needs(
    "payouts",
    "source_order_id",
    "Needs rewards for referrals among the payouts: none went to a referrer or a referred customer. Points, goods and "
    "discounts may not be recorded there.",
    "يحتاج إلى مكافآت إحالة بين الدفعات: لم تُصرف أي دفعة لمُحيل أو لعميل مُحال. وقد لا تُسجَّل هناك النقاط والسلع والخصومات.",
)


def has_referrals(records: Records) -> bool:
    """Whether anything in the records could be a referral by a customer, asked without reading the orders."""
    if records.has("invitations.buyer_id"):
        return True
    if not records.has("participants.kind"):
        return False
    customers = int(records.row(f"SELECT count(*) FROM people WHERE kind IN {CUSTOMER_KINDS}")[0])
    linked = records.row(
        f"SELECT count(*) FROM people c JOIN people s ON s.id = c.sponsor_id"
        f" WHERE c.kind IN {CUSTOMER_KINDS} AND s.kind IN {CUSTOMER_KINDS}"
    )[0]
    return bool(linked) or (customers > 0 and records.has("orders.coupon_id"))


def referred() -> str:
    """SQL of everybody who bought from outside the network: buyer_id, first (date), referrer (NULL: nobody), how."""
    return f"""
        SELECT b.buyer_id, b.first, l.referrer, l.how
        FROM (SELECT buyer_id, min(date) AS first FROM placed_orders
              WHERE side = 'outside' AND buyer_id IS NOT NULL AND date IS NOT NULL AND amount > 0 GROUP BY 1) b
        LEFT JOIN (
            SELECT buyer_id, arg_min(referrer, (place, since, referrer)) AS referrer,
                   arg_min(how, (place, since, referrer)) AS how
            FROM (
                SELECT k.buyer_id, k.referrer, k.how, k.place, coalesce(k.since, f.first) AS since FROM ({_links()}) k
                JOIN (SELECT buyer_id, min(date) AS first FROM orders WHERE amount > 0 GROUP BY 1) f USING (buyer_id)
                WHERE k.referrer <> k.buyer_id AND coalesce(k.since <= f.first + INTERVAL 1 DAY, true)
            ) GROUP BY 1
        ) l USING (buyer_id)
    """


def _links() -> str:
    """SQL of every sign of a referral: buyer_id, referrer, how, place (the surest first), since."""
    return f"""
        SELECT buyer_id, participant_id AS referrer, 'invitation' AS how, 1 AS place, coalesce(date, accepted) AS since
        FROM invitations WHERE buyer_id IS NOT NULL
        UNION ALL
        SELECT o.buyer_id, o.coupon_id, 'code', 2, o.date FROM orders o JOIN people p ON p.id = o.coupon_id
        WHERE p.kind IN {CUSTOMER_KINDS} AND o.buyer_id IS NOT NULL
        UNION ALL
        SELECT c.id, s.id, 'sponsor', 3, c.joined FROM people c JOIN people s ON s.id = c.sponsor_id
        WHERE c.kind IN {CUSTOMER_KINDS} AND s.kind IN {CUSTOMER_KINDS}
    """


@indicator(
    id="referral_conversion",
    title=Text(en="Invitations that led to a purchase", ar="الدعوات التي أدت إلى شراء"),
    definition=Text(
        en="Invitations whose invited person bought, over all invitations old enough to have been followed: sent at least "
        "the days of comparison (90 unless said) before the end of the records. The alternatives count invitations that were "
        "accepted, and purchases by all invitations however young.",
        ar="الدعوات التي اشترى المدعوّ فيها إلى كل الدعوات التي مضى عليها وقت يكفي: أُرسلت قبل نهاية السجلات بأيام المقارنة على "
        "الأقل (90 ما لم يُذكر غيرها). وتحسب التعريفات البديلة الدعوات المقبولة، والشراء من كل الدعوات مهما كانت حديثة.",
    ),
    formula="N(invitations sent <= end - D : buyer has an order) / N(invitations sent <= end - D)",
    source="Definition of this project; docs/plans/affiliate-and-referral.md",
    unit="ratio",
    needs=("invitations.participant_id", "invitations.buyer_id", "orders.buyer_id", "orders.date"),
    false_positives=Text(
        en="Invitations that are passed on as a link and never recorded are missing from the whole.",
        ar="الدعوات التي تُرسل رابطًا ولا تُسجَّل تغيب عن المقام.",
    ),
)
def referral_conversion(records: Records) -> Outcome:
    """Invitations, how many were followed, how many led to an order."""
    days, end = records.assumptions.referral_days, records.once(last_day)
    sent = f"""
        SELECT i.id AS invitation_id, i.participant_id AS referrer, i.date, i.accepted, i.buyer_id, b.first,
               b.buyer_id IS NOT NULL AS bought, i.accepted IS NOT NULL OR i.buyer_id IS NOT NULL AS accepted_it,
               coalesce(i.date <= TIMESTAMP '{end}' - INTERVAL {days} DAY, true) AS ripe
        FROM invitations i
        LEFT JOIN (SELECT buyer_id, min(date) AS first FROM orders WHERE amount > 0 GROUP BY 1) b
             ON b.buyer_id = i.buyer_id AND coalesce(b.first >= CAST(i.date AS DATE), true)
    """
    whole, ripe, bought, accepted, ever, inviters = (
        int(count)
        for count in records.row(
            "SELECT count(*), count(*) FILTER (ripe), count(*) FILTER (ripe AND bought),"
            " count(*) FILTER (ripe AND accepted_it), count(*) FILTER (bought), count(DISTINCT referrer)"
            f" FROM ({sent})"
        )
    )
    months = records.all(
        "SELECT strftime(date, '%Y-%m'), count(*) FILTER (bought), count(*)"
        f" FROM ({sent}) WHERE date IS NOT NULL GROUP BY 1 ORDER BY 1"
    )
    young = phrases.needs(
        "invitations",
        "date",
        f"Needs invitations sent at least {days} days before the end of the records.",
        f"يحتاج إلى دعوات أُرسلت قبل نهاية السجلات بأيام لا تقل عن {phrases.isolate(days)}.",
    )
    return Outcome(
        share(bought, ripe, people=True, whole=young),
        numerator_label=Text(en="led to a purchase", ar="أدت إلى شراء"),
        denominator_label=Text(en="invitations old enough", ar="الدعوات التي مضى عليها وقت يكفي"),
        headline_label=Text(en="led to a purchase", ar="أدت إلى شراء"),
        alternatives=(
            alternative(
                "accepted", Text(en="were accepted", ar="قُبلت"), share(accepted, ripe, people=True, whole=young)
            ),
            alternative(
                "however_young",
                Text(en="all invitations, however young", ar="كل الدعوات مهما كانت حديثة"),
                share(ever, whole),
            ),
        ),
        series=(
            Series(
                id="by_month",
                label=Text(en="By month of the invitation", ar="بحسب شهر الدعوة"),
                axis="period",
                unit="ratio",
                points=tuple(point(month, share(int(part), int(all_), people=True)) for month, part, all_ in months),
                note=Text(
                    en=f"The last {days} days are not over yet.",
                    ar=f"لم تكتمل الأيام الأخيرة وعددها {phrases.isolate(days)}.",
                ),
            ),
            Series(
                id="sent",
                label=Text(en="Invitations sent", ar="الدعوات المرسلة"),
                axis="period",
                unit="count",
                points=tuple(point(month, Value(int(all_))) for month, _, all_ in months),
            ),
        ),
        evidence=records.evidence(
            f"SELECT invitation_id, referrer, date, accepted, buyer_id, first AS first_order FROM ({sent})"
            " ORDER BY date, invitation_id, referrer, buyer_id",
            count=whole,
        ),
        notes=(
            Text(
                en=f"Invitations: {whole:,}; people who invited: {inviters:,}.",
                ar=f"الدعوات: {phrases.isolate(f'{whole:,}')}. من دعوا غيرهم: {phrases.isolate(f'{inviters:,}')}.",
            ),
        ),
        period=records.money_period,
    )


@indicator(
    id="referred_share",
    title=Text(en="New customers who were referred", ar="العملاء الجدد المُحالون"),
    definition=Text(
        en="Customers whose first order came by the referral of another customer, over all customers with a first order. Who "
        "shows several signs is counted once, by the surest: an invitation, then a customer's code, then the sponsor.",
        ar="العملاء الذين جاء أول طلب لهم بإحالة من عميل آخر إلى كل العملاء الذين لهم أول طلب. ومن ظهرت له عدة علامات احتُسب مرة واحدة "
        "بأوثقها: الدعوة ثم رمز العميل ثم الراعي.",
    ),
    formula="N(customers referred) / N(customers)",
    source="Definition of this project; docs/plans/affiliate-and-referral.md",
    unit="ratio",
    needs=("orders.buyer_id", "orders.date", "orders.amount"),
    false_positives=Text(
        en="Customers of before the records began look new; referrals by word of mouth leave no record.",
        ar="يبدو عملاء ما قبل السجلات جددًا، والإحالة الشفهية لا تُسجَّل.",
    ),
)
def referred_share(records: Records) -> Outcome:
    """How many new customers came by another customer, by month and by sign."""
    if not records.once(has_referrals):
        return Outcome(lacking(NO_REFERRALS))
    everybody = referred()
    months = records.all(
        "SELECT strftime(first, '%Y-%m'), count(*) FILTER (referrer IS NOT NULL), count(*)"
        f" FROM ({everybody}) GROUP BY 1 ORDER BY 1"
    )
    part, whole = (sum(int(row[at]) for row in months) for at in (1, 2))
    by_sign = {
        str(how): int(count)
        for how, count in records.all(f"SELECT how, count(*) FROM ({everybody}) WHERE how IS NOT NULL GROUP BY 1")
    }
    signs = {
        "invitation": Text(en="by an invitation", ar="بدعوة"),
        "code": Text(en="by a customer's code", ar="برمز عميل"),
        "sponsor": Text(en="by a customer as sponsor", ar="بعميل راعٍ"),
    }
    return Outcome(
        share(part, whole, people=True, whole=NO_REFERRALS),
        numerator_label=Text(en="referred customers", ar="العملاء المُحالون"),
        denominator_label=Text(en="customers with a first order", ar="العملاء الذين لهم أول طلب"),
        headline_label=Text(en="by any sign", ar="بأي علامة"),
        alternatives=tuple(
            alternative(sign, label, share(by_sign.get(sign, 0), whole, people=True, whole=NO_REFERRALS))
            for sign, label in signs.items()
        ),
        series=(
            Series(
                id="by_month",
                label=Text(en="By month of the first order", ar="بحسب شهر أول طلب"),
                axis="period",
                unit="ratio",
                points=tuple(point(month, share(int(some), int(all_), people=True)) for month, some, all_ in months),
            ),
        ),
        evidence=records.evidence(
            f"SELECT * FROM ({everybody}) WHERE referrer IS NOT NULL ORDER BY first, buyer_id", count=part
        ),
        period=records.money_period,
    )


@indicator(
    id="referral_cost",
    title=Text(en="Cost per referred customer", ar="تكلفة اكتساب العميل المُحال"),
    definition=Text(
        en="What was paid to referrers and to the referred for their referral (payouts that name an order of a referred "
        "customer and went to either of the two), per referred customer. The alternatives add the discount granted on "
        "first orders, and take all payouts to customers.",
        ar="ما صُرف للمُحيل وللعميل المُحال عن الإحالة (الدفعات التي تذكر طلبًا لعميل مُحال وصُرفت لأحدهما) لكل عميل مُحال. وتضيف "
        "التعريفات البديلة الخصم الممنوح على أول طلب، وتأخذ كل الدفعات للعملاء.",
    ),
    formula="sum of rewards to referrer or referred on orders of referred customers / N(referred customers)",
    source="Definition of this project; docs/plans/affiliate-and-referral.md (customer_referral)",
    unit="money",
    needs=("orders.buyer_id", "orders.date", "rewards.amount"),
    false_positives=Text(
        en="Rewards in points or goods that are not recorded as payouts; the cost of running the programme.",
        ar="مكافآت بنقاط أو سلع لا تُسجَّل دفعات، وتكلفة تشغيل البرنامج.",
    ),
)
def referral_cost(records: Records) -> Outcome:
    """Rewards for referrals, and discounts, per customer won."""
    if not records.once(has_referrals):
        return Outcome(lacking(NO_REFERRALS))
    everybody, currency = referred(), quoted(records)
    paid = f"""
        SELECT r.id AS payout_id, r.date, r.participant_id, r.amount, o.id AS order_id, w.buyer_id, w.referrer
        FROM rewards r JOIN orders o ON o.id = r.source_order_id
        JOIN ({everybody}) w ON w.buyer_id = o.buyer_id
        WHERE w.referrer IS NOT NULL AND r.currency = {currency} AND r.participant_id IN (w.referrer, w.buyer_id)
    """
    won = int(records.row(f"SELECT count(*) FROM ({everybody}) WHERE referrer IS NOT NULL")[0])
    if not won:
        return Outcome(lacking(NO_REFERRALS))
    lines, cost = (int(each) for each in records.row(f"SELECT count(*), coalesce(sum(amount), 0) FROM ({paid})"))
    discount = int(
        records.row(
            f"""
            SELECT coalesce(sum(o.discount), 0) FROM orders o JOIN ({everybody}) w ON w.buyer_id = o.buyer_id
            WHERE w.referrer IS NOT NULL AND o.date = w.first AND o.currency = {currency}
            """
        )[0]
    )
    to_customers = int(
        records.row(
            f"""
            SELECT coalesce(sum(r.amount), 0) FROM rewards r LEFT JOIN people p ON p.id = r.participant_id
            WHERE r.currency = {currency} AND (p.kind IN {CUSTOMER_KINDS} OR p.id IS NULL)
            """
        )[0]
    )

    def each(total: int) -> Value:
        return money(Fraction(total, won), records.scale)

    rewarded = each(cost)
    if not lines:
        rewarded = lacking(phrases.missing("rewards.source_order_id") if to_customers else NO_REWARDS)
    discounted = lacking(phrases.missing("orders.discount"))
    if records.has("orders.discount"):
        discounted = each(cost + discount) if lines or (discount and not to_customers) else rewarded

    return Outcome(
        rewarded,
        headline_label=Text(en="rewards on referred customers' orders", ar="مكافآت عن طلبات العملاء المُحالين"),
        alternatives=(
            alternative(
                "with_discount",
                Text(en="with the discount on first orders", ar="مع الخصم على أول طلب"),
                discounted,
            ),
            alternative(
                "all_to_customers",
                Text(en="all payouts to customers", ar="كل الدفعات للعملاء"),
                each(to_customers),
                bound="upper",
            ),
        ),
        evidence=records.evidence(f"SELECT * FROM ({paid}) ORDER BY date, payout_id, order_id, amount", count=lines),
        notes=(
            Text(
                en=f"Referred customers: {won:,}.",
                ar=f"العملاء المُحالون: {phrases.isolate(f'{won:,}')}.",
            ),
        ),
        period=records.money_period,
    )


@indicator(
    id="self_referrals",
    title=Text(en="Referrals to oneself or told twice", ar="إحالات إلى النفس أو مكررة"),
    definition=Text(
        en="Invitations that name who followed them: the share where the referrer and the referred are one (the same id, "
        "the same person, telephone, mail, address or account), or where the referred had been named by an earlier "
        "invitation. The alternatives count both apart.",
        ar="الدعوات التي تذكر من قبلها: نسبة ما كان فيه المُحيل والمُحال واحدًا (الرقم نفسه أو الشخص أو الهاتف أو البريد أو العنوان "
        "أو الحساب نفسه)، أو ذكرت المُحال دعوة أسبق. وتحسب التعريفات البديلة كلًا منهما وحده.",
    ),
    formula="N(i : same(referrer_i, referred_i) or referred_i named before) / N(i : referred_i known)",
    source="Definition of this project; rule aff.referral_genuine",
    unit="ratio",
    needs=("invitations.participant_id", "invitations.buyer_id"),
    false_positives=Text(
        en="Families share an address and a telephone; a friend who was invited twice is no fault of either.",
        ar="تشترك العائلة في عنوان وهاتف، ومن دُعي مرتين لا يُعاب على أحد.",
    ),
)
def self_referrals(records: Records) -> Outcome:
    """Invitations to oneself, and people named by several invitations."""
    same = " OR ".join(f"a.{name} = b.{name}" for name in ("person", "phone", "email", "address", "bank"))
    named = f"""
        SELECT i.id AS invitation_id, i.participant_id AS referrer, i.buyer_id, i.date,
               coalesce(i.participant_id = i.buyer_id OR {same}, false) AS self,
               row_number() OVER (PARTITION BY i.buyer_id ORDER BY i.date, i.id, i.participant_id, i.source_line) > 1 AS again
        FROM invitations i LEFT JOIN participants a ON a.id = i.participant_id LEFT JOIN participants b ON b.id = i.buyer_id
        WHERE i.buyer_id IS NOT NULL
    """
    whole, either, own, again = (
        int(count)
        for count in records.row(
            "SELECT count(*), count(*) FILTER (self OR again), count(*) FILTER (self), count(*) FILTER (again)"
            f" FROM ({named})"
        )
    )
    return Outcome(
        share(either, whole, people=True, whole=NO_REFERRALS),
        numerator_label=Text(en="to oneself or told twice", ar="إلى النفس أو مكررة"),
        denominator_label=Text(en="invitations that were followed", ar="الدعوات المقبولة"),
        headline_label=Text(en="either of the two", ar="أي منهما"),
        alternatives=(
            alternative("to_oneself", Text(en="to oneself", ar="إلى النفس"), share(own, whole, people=True)),
            alternative("told_twice", Text(en="told twice", ar="مكررة"), share(again, whole, people=True)),
        ),
        evidence=records.evidence(
            f"SELECT * FROM ({named}) WHERE self OR again ORDER BY date, invitation_id, referrer, buyer_id",
            count=either,
        ),
        period=records.money_period,
    )
