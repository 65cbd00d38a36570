"""Whether the company paid what its plan says: recorded payouts against recomputed ones.

The reconciliation itself is the plan engine's work; here its lines are counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.indicators.registry import Outcome, alternative, indicator, point, share
from compliance.measurement import Series
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records


@indicator(
    id="reconciliation_difference_rate",
    title=Text(en="Payouts that differ from the plan", ar="عمولات تختلف عن الخطة"),
    definition=Text(
        en="Lines of the comparison of recorded with recomputed payouts that do not agree to the last minor unit, over all "
        "its lines.",
        ar="بنود مقارنة العمولات المسجَّلة بالمعاد احتسابها التي لا تتفق تمامًا إلى كل البنود.",
    ),
    formula="lines not matching / all lines",
    source="Reconciliation of the plan's engine",
    unit="ratio",
    needs=("reconciliation.status",),
    false_positives=Text(
        en="Orders or ranks that the records do not carry; a plan entered incompletely; rounding rules that differ.",
        ar="طلبات أو رتب لا تضمها السجلات، وخطة أُدخلت ناقصة، واختلاف قواعد التقريب.",
    ),
)
def reconciliation_difference_rate(records: Records) -> Outcome:
    """Lines that differ, by status, and the money in them."""
    found = [
        (str(status), int(lines), int(recorded), int(difference))
        for status, lines, recorded, difference in records.all(
            """
            SELECT status, count(*), coalesce(sum(recorded), 0), coalesce(sum(abs(difference)), 0)
            FROM reconciliation GROUP BY 1 ORDER BY 1
            """
        )
    ]
    total = sum(lines for _, lines, _, _ in found)
    differing = sum(lines for status, lines, _, _ in found if status != "match")
    return Outcome(
        share(differing, total),
        numerator_label=Text(en="lines that differ", ar="بنود مختلفة"),
        denominator_label=Text(en="lines compared", ar="بنود المقارنة"),
        alternatives=(
            alternative(
                "by_money",
                Text(en="money in dispute over what was recorded", ar="مجموع الفروق إلى المسجَّل"),
                share(sum(each[3] for each in found), sum(each[2] for each in found)),
                of_money=True,
            ),
        ),
        series=(
            Series(
                id="by_status",
                label=Text(en="By result", ar="بحسب النتيجة"),
                axis="category",
                unit="ratio",
                points=tuple(point(status, share(lines, total)) for status, lines, _, _ in found),
            ),
        ),
        evidence=records.evidence(
            "SELECT * FROM reconciliation WHERE status <> 'match' ORDER BY abs(difference) DESC, component, participant_id, period, date, order_id, recorded_id",
            count=differing,
        ),
    )
