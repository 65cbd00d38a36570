"""Whether place in the tree, not effort, decides what somebody earns: the order of joining, own sales held fixed.

`gradient` asks whether the early ones gain; here what each sold to customers is taken out first, as far as the records
know of it. What is left over of the correlation is what the place in time explains and selling does not.
"""

from __future__ import annotations

from decimal import Context, Decimal, localcontext
from typing import TYPE_CHECKING

import numpy as np

from compliance.indicators import phrases
from compliance.indicators.places import Members, places
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking
from compliance.statistics import Ints, doubled_ranks, rank_correlation
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

FEWEST = 10
PLACES = Decimal("0.000000001")
_CONTEXT = Context(prec=40)


def partial_correlation(x: Ints, y: Ints, held: Ints) -> Decimal | None:
    """Rank correlation of x and y with a third held fixed; None where x or y does not vary, or follows it entirely.

    Where the third does not vary there is nothing to hold fixed: the plain correlation.

    Args:
        x: doubled ranks (`statistics.doubled_ranks`), as the other two.
        y: of the same people.
        held: of the same people.

    Reference: Kendall 1942, Biometrika 32:277, for Spearman's rho: (r_xy - r_xz r_yz) / sqrt((1 - r_xz^2)(1 - r_yz^2)).
    """
    plain = rank_correlation(x, y)
    of_x, of_y = rank_correlation(x, held), rank_correlation(y, held)
    if plain is None or of_x is None or of_y is None:
        return plain
    with localcontext(_CONTEXT):
        left = (1 - of_x * of_x) * (1 - of_y * of_y)
        return (plain - of_x * of_y) / left.sqrt() if left > Decimal("1e-12") else None


def _value(found: Decimal | None) -> Value:
    return lacking(_UNVARIED) if found is None else Value(found.quantize(PLACES))


_UNVARIED = phrases.needs(
    "participants",
    "joined",
    "Needs at least ten participants with a date of joining and results that differ.",
    "يحتاج إلى عشرة مشاركين على الأقل معروفة تواريخ انضمامهم وتختلف نتائجهم.",
)


@indicator(
    id="position_advantage",
    title=Text(en="Advantage of place over selling", ar="أثر أسبقية الانضمام بمعزل عن البيع"),
    definition=Text(
        en="Spearman's rank correlation between the order of joining and the net result with the company, over everyone ever "
        "enrolled whose date of joining is known, with what each sold to customers held fixed. -1: the earlier, the better, "
        "whatever was sold; 0: the order does not matter.",
        ar="معامل ارتباط الرتب (سبيرمان) بين ترتيب الانضمام وصافي النتيجة مع الشركة، لجميع من انضموا في أي وقت وعُرف تاريخ "
        "انضمامهم، مع تثبيت ما باعه كل منهم للعملاء. القيمة -1 تعني أن الأسبق أفضل أيًّا كان ما بيع، والصفر يعني أن الترتيب لا "
        "أثر له.",
    ),
    formula="(r_xy - r_xz r_yz) / sqrt((1 - r_xz^2)(1 - r_yz^2)); x joining, y net, z own sales to customers",
    source="rule ind.position_advantage; partial rank correlation: Kendall 1942, Biometrika 32:277",
    unit="number",
    needs=("participants.joined", "orders.buyer_id", "orders.seller_id", "rewards.amount"),
    false_positives=Text(
        en="Those who came early have had more time to earn and to learn: see the figure per month since joining. Sales that "
        "the company does not record cannot be held fixed.",
        ar="من انضم مبكرًا توفّر له وقت أطول للكسب والتعلّم: يُنظر الرقم لكل شهر منذ الانضمام. ولا يمكن تثبيت مبيعات لا تسجّلها "
        "الشركة.",
    ),
)
def position_advantage(records: Records) -> Outcome:
    """Partial rank correlation of joining and net, given own sales; per month and on payouts alone beside it."""
    period = records.money_period
    if period is None:
        return Outcome(lacking(phrases.missing("orders.date")))
    found = records.arrays(
        f"""
        SELECT row::BIGINT AS row, epoch_us(joined) AS joining, net::BIGINT AS net, sold::BIGINT AS sold,
               paid_out::BIGINT AS paid_out,
               (1 + greatest(datediff('month', joined, TIMESTAMP '{period.end}'), 0))::BIGINT AS months
        FROM net WHERE joined IS NOT NULL
        """  # noqa: S608 - the day is the records' own
    )
    joining, net, sold, months = (found[name].astype(np.int64) for name in ("joining", "net", "sold", "months"))
    paid_out = found["paid_out"].astype(np.int64)
    if len(net) < FEWEST:
        return Outcome(lacking(_UNVARIED))
    notes: tuple[Text, ...] = ()
    if not sold.any():
        notes = (
            Text(
                en="No order of a customer is credited to a participant: there were no sales to hold fixed.",
                ar="لا يوجد طلب عميل منسوب إلى مشارك، فلم تكن هناك مبيعات تُثبَّت.",
            ),
        )

    early, result, sales = (doubled_ranks(each) for each in (joining, net, sold))

    def of(members: Members) -> Value:
        if len(members) < FEWEST:
            return lacking(_UNVARIED)
        return _value(partial_correlation(*(doubled_ranks(each[members]) for each in (early, result, sales))))

    monthly = [doubled_ranks(each // months) for each in (net, sold)]
    return Outcome(
        _value(partial_correlation(early, result, sales)),
        alternatives=(
            alternative(
                "per_month",
                Text(
                    en="net result and sales per month since joining", ar="صافي النتيجة والمبيعات لكل شهر منذ الانضمام"
                ),
                _value(partial_correlation(early, *monthly)),
            ),
            alternative(
                "payouts",
                Text(en="payouts in place of the net result", ar="العمولات بدل صافي النتيجة"),
                _value(partial_correlation(early, doubled_ranks(paid_out), sales)),
            ),
            alternative(
                "sales_not_held",
                Text(en="own sales not held fixed", ar="دون تثبيت المبيعات"),
                _value(rank_correlation(early, result)),
            ),
        ),
        series=records.once(places).series(found["row"], "number", of, axes=("country", "branch")),
        evidence=records.evidence(
            "SELECT id, joined, sold, paid_in, paid_out, net FROM net WHERE joined IS NOT NULL ORDER BY joined, id",
            count=len(net),
        ),
        notes=notes,
        period=records.money_period,
    )
