"""How far money travels up the tree: the levels that are paid, and the mean distance, weighted by the money.

A payout's distance is the number of sponsor links between whoever paid and whoever was paid for it. Where the payer is
not recorded, the level that the company wrote down stands in.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from compliance.indicators import phrases
from compliance.indicators.breakdown import breakdown
from compliance.indicators.flows import paid
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, point, share
from compliance.measurement import Series
from intake.text import Text

if TYPE_CHECKING:
    from compliance.measurement import Missing
    from compliance.records import Records


_LEVEL = "coalesce(distance, CASE WHEN traced OR source IS NOT NULL THEN NULL ELSE stated_level END)"


@indicator(
    id="paid_depth",
    title=Text(en="Levels that receive money", ar="عدد المستويات التي تصل إليها العمولات"),
    definition=Text(
        en="The largest number of sponsor links between somebody who paid and somebody above who was paid for it. Where "
        "the payer is not recorded, the level that the company wrote down.",
        ar="أكبر عدد من روابط الرعاية بين من دفع ومن حصل على عمولة عن ذلك فوقه. وإذا لم يُذكر من دفع، فالمستوى الذي دوّنته "
        "الشركة.",
    ),
    formula="max over payouts of depth(payer) - depth(payee), payee in the payer's upline",
    source="Reingewertz 2021, doi:10.1371/journal.pone.0253700: six to nine levels where commissions follow sales",
    unit="count",
    needs=("rewards.amount", "participants.sponsor_id"),
    false_positives=Text(
        en="A plan that skips unqualified levels pays over a greater distance than it has levels.",
        ar="الخطة التي تتخطّى غير المؤهلين تصل إلى مسافة أكبر من عدد مستوياتها.",
    ),
)
def paid_depth(records: Records) -> Outcome:
    """Deepest level that received money, with the sums by level."""
    levels = [
        (int(level), int(amount), int(lines))
        for level, amount, lines in records.all(
            f"SELECT {_LEVEL} AS level, sum(amount), count(*) FROM reward_facts"  # noqa: S608
            " WHERE amount > 0 GROUP BY 1 HAVING level IS NOT NULL ORDER BY 1"
        )
    ]
    reaching = [each for each in levels if each[0] > 0]
    if not reaching:
        return Outcome(lacking(_unplaced()))
    placed, total = sum(amount for _, amount, _ in levels), records.once(paid).total
    mean = Fraction(sum(level * amount for level, amount, _ in reaching), sum(amount for _, amount, _ in reaching))
    off_line = records.row(
        "SELECT count(*) FROM reward_facts WHERE source IS NOT NULL AND payee IS NOT NULL AND distance IS NULL"
    )[0]
    notes: tuple[Text, ...] = ()
    if off_line:
        notes = (
            Text(
                en=f"Payouts to somebody who is not in the payer's upline: {off_line:,}. They have no level.",
                ar="عمولات لمن ليس في سلسلة رعاة من دفع: " + phrases.isolate(f"{off_line:,}") + ". لا مستوى لها.",
            ),
        )
    return Outcome(
        Value(max(level for level, _, _ in reaching)),
        alternatives=(
            alternative(
                "mean_depth",
                Text(en="mean level, weighted by money", ar="متوسط المستوى مرجَّحًا بالمبلغ"),
                Value(mean),
                unit="number",
            ),
            alternative(
                "share_above_level_one",
                Text(en="share of payouts from level 2 or deeper", ar="نسبة العمولات من المستوى 2 فما بعده"),
                share(sum(amount for level, amount, _ in levels if level >= 2), total, whole=phrases.nothing_paid()),
                unit="ratio",
                of_money=True,
            ),
        ),
        series=(
            Series(
                id="by_level",
                label=Text(en="Payouts by level (0: back to the payer)", ar="العمولات بحسب المستوى (0: إلى من دفع)"),
                axis="level",
                unit="ratio",
                of_money=True,
                points=tuple(point(level, share(amount, placed)) for level, amount, _ in levels if placed > 0),
            ),
        ),
        evidence=records.evidence(
            f"""
            SELECT y.id AS payee_id, s.id AS payer_id, {_LEVEL} AS level, r.amount, r.date, r.component
            FROM reward_facts r LEFT JOIN people y ON y.row = r.payee LEFT JOIN people s ON s.row = r.source
            ORDER BY level DESC NULLS LAST, r.date, payee_id, r.amount
            """,  # noqa: S608
            count=records.once(paid).lines,
        ),
        notes=notes,
        period=records.money_period,
    )


def _unplaced() -> Missing:
    return phrases.needs(
        "payouts",
        "source_participant_id",
        "Needs payouts that name a source order, a source participant or a level.",
        "يحتاج إلى عمولات تذكر الطلب أو المشارك الذي نتجت عنه أو المستوى.",
    )


@indicator(
    id="money_depth",
    title=Text(en="How far up money travels", ar="متوسط المسافة التي تصعدها العمولات"),
    definition=Text(
        en="The mean number of sponsor links between whoever paid and whoever was paid for it, weighted by the payout; 0 is "
        "money that goes back to the payer. Payouts without a known distance are left out.",
        ar="متوسط عدد روابط الرعاية بين من دفع ومن صُرفت له العمولة عن ذلك، مرجَّحًا بمبلغ العمولة؛ والصفر مال يعود إلى من دفعه. "
        "ولا تُحتسب العمولات التي لا تُعرف مسافتها.",
    ),
    formula="sum p * distance(payer, payee) / sum p, over payouts whose distance is known",
    source="Models 6.7: money depth",
    unit="number",
    needs=("rewards.amount", "participants.sponsor_id"),
    of_money=True,
    false_positives=Text(
        en="Deep trees of sellers who sell to customers also pay many levels. A plan that skips unqualified levels pays over "
        "a greater distance than it has levels.",
        ar="الشبكات العميقة من بائعين يبيعون لعملاء تُصرف فيها العمولات أيضًا لمستويات كثيرة. والخطة التي تتخطّى غير المؤهلين تصل "
        "إلى مسافة أكبر من عدد مستوياتها.",
    ),
)
def money_depth(records: Records) -> Outcome:
    """Mean distance of the payouts by month, cohort, country and branch of whoever was paid."""
    rows = f"SELECT payee AS row, month, amount, {_LEVEL} AS level FROM reward_facts WHERE amount > 0"  # noqa: S608
    found = breakdown(
        records,
        f"SELECT row, month, CAST(amount * level AS BIGINT) AS part, amount AS whole FROM ({rows}) WHERE level >= 0",  # noqa: S608
        unit="number",
    )
    if found.whole <= 0:
        return Outcome(lacking(_unplaced()))
    above = int(records.row(f"SELECT coalesce(sum(amount), 0) FROM ({rows}) WHERE level > 0")[0])  # noqa: S608
    mean = share(found.part, found.whole)
    return Outcome(
        Value(mean.value, mean.numerator, mean.denominator, found.interval),
        numerator_label=Text(en="payouts times their distance", ar="العمولات مضروبة في مسافاتها"),
        denominator_label=Text(en="payouts whose distance is known", ar="العمولات المعروفة مسافاتها"),
        alternatives=(
            alternative(
                "above_payer",
                Text(en="only what did not go back to the payer", ar="ما لم يعد إلى من دفع فقط"),
                share(found.part, above, whole=_unplaced()),
            ),
        ),
        series=found.series,
        evidence=records.evidence(
            f"""
            SELECT y.id AS payee_id, s.id AS payer_id, {_LEVEL} AS level, r.amount, r.date, r.component
            FROM reward_facts r LEFT JOIN people y ON y.row = r.payee LEFT JOIN people s ON s.row = r.source
            ORDER BY level DESC NULLS LAST, r.date, payee_id, r.amount
            """,  # noqa: S608
            count=records.once(paid).lines,
        ),
        period=records.money_period,
    )
