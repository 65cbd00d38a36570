"""Who was paid for whom, and who holds several positions: counts that laws ask for and that weigh nothing alone."""

# ruff: noqa: S608 - queries are put together from constants of this room

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from compliance.facts import JOINING
from compliance.indicators import phrases
from compliance.indicators.flows import paid
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking
from compliance.measurement import Bound
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records


@indicator(
    id="upline_payouts",
    title=Text(en="Payouts for what other participants did", ar="دفعات عن أفعال مشاركين آخرين"),
    definition=Text(
        en="Payouts whose source is another participant: that person's joining, payment or order.",
        ar="دفعات العمولة التي مصدرها مشارك آخر: انضمامه أو دفعه أو طلبه.",
    ),
    formula="count of payouts with source participant other than the payee",
    source="law.json cn.chuanxiao2005.team_pay, cn.direct2005.single_level, aff.one_level",
    unit="count",
    needs=("rewards.amount",),
    false_positives=Text(
        en="A reward for referring a friend who later became a participant has the same shape.",
        ar="مكافأة إحالة صديق أصبح مشاركًا فيما بعد لها الصورة نفسها.",
    ),
)
def upline_payouts(records: Records) -> Outcome:
    """Payouts that another participant gave rise to; those on orders that are no joining payment beside
    them."""
    others = "r.amount > 0 AND r.source IS NOT NULL AND NOT r.own AND s.is_participant"
    found, on_sales, sourceless = records.row(
        f"""
        SELECT count(*) FILTER ({others}),
               count(*) FILTER ({others} AND r.traced AND r.category NOT IN {JOINING}),
               count(*) FILTER (r.source IS NULL)
        FROM reward_facts r LEFT JOIN people s ON s.row = r.source
        """
    )
    if int(sourceless) == records.once(paid).lines:
        return Outcome(lacking(phrases.missing("rewards.source_participant_id")))
    traced = records.has("rewards.source_order_id") and records.has("orders.id")
    sales = Value(int(on_sales), int(on_sales)) if traced else lacking(phrases.missing("rewards.source_order_id"))
    bound: Bound = "lower" if sourceless else "exact"
    return Outcome(
        Value(int(found), int(found)),
        numerator_label=Text(en="payouts for somebody else", ar="دفعات عن مشارك آخر"),
        alternatives=(
            alternative(
                "on_sales",
                Text(
                    en="on orders that are no fee, starter kit or deposit",
                    ar="عن طلبات ليست رسمًا أو حقيبة بداية أو إيداعًا",
                ),
                sales,
                bound=bound,
            ),
        ),
        evidence=records.evidence(
            f"""
            SELECT y.id AS payee_id, s.id AS source_id, r.distance AS level, r.category, r.amount, r.date
            FROM reward_facts r JOIN people s ON s.row = r.source LEFT JOIN people y ON y.row = r.payee
            WHERE {others} ORDER BY r.date, payee_id, source_id, r.amount
            """,
            count=int(found),
        ),
        bound=bound,
        period=records.money_period,
    )


@indicator(
    id="positions_per_person",
    title=Text(en="Positions per person", ar="المواضع لكل شخص"),
    definition=Text(
        en="Positions whose person is known, over the number of different persons.",
        ar="المواضع المعروف صاحبها إلى عدد الأشخاص المختلفين.",
    ),
    formula="positions / distinct persons",
    source="law.json ind.position_stacking",
    unit="number",
    needs=("participants.person",),
    false_positives=Text(
        en="Couples, family businesses and plans that openly allow several positions.",
        ar="الأزواج وأعمال الأسرة والخطط التي تسمح صراحة بمواضع عدة.",
    ),
)
def positions_per_person(records: Records) -> Outcome:
    """Positions over persons, where the records hint at who is who."""
    positions, persons = records.row(
        "SELECT count(*), count(DISTINCT person) FROM participants WHERE person IS NOT NULL"
        " AND coalesce(kind, '') NOT IN ('customer', 'preferred_customer')"
    )
    if not persons:
        return Outcome(lacking(phrases.missing("participants.person")))
    return Outcome(
        Value(Fraction(int(positions), int(persons)), int(positions), int(persons)),
        numerator_label=Text(en="positions", ar="المواضع"),
        denominator_label=Text(en="persons", ar="الأشخاص"),
        evidence=records.evidence(
            "SELECT p.id, p.sponsor_id, p.joined, p.source_file, p.source_line FROM participants p"
            " WHERE p.person IN (SELECT person FROM participants GROUP BY person HAVING count(*) > 1)"
            " ORDER BY p.person, p.id"
        ),
        period=records.joining_period,
    )
