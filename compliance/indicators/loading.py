"""Inventory loading as a bundle: four signs that mean something together and little alone.

Purchases heap up at a threshold; those who bought just enough buy less afterwards than those who
bought more; their goods are neither sold nor used; and their orders crowd before the cut-off while customers' do not. Each
sign is one of the alternatives, 1 where it shows and 0 where it does not; the figure says how many show.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants and from thresholds, which are numbers

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from compliance.indicators import phrases
from compliance.indicators.bunching import heaps_of, not_found
from compliance.indicators.deadlines import NO_CUSTOMERS, difference, late_orders
from compliance.indicators.heaps import BINS, NEAR, Heap
from compliance.indicators.inventory import nothing_sold
from compliance.indicators.plan_thresholds import Threshold
from compliance.indicators.purchases import GAPS
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, point
from compliance.measurement import Series
from compliance.statistics import Z95
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

HIGHER = Fraction(3, 2)
"""Purchases from a tenth above the threshold to this many times it are those that are compared with."""
MOST_GAP = Fraction(1, 2)
LEAST_BUYERS = 30


def _yes(*, shows: bool) -> Value:
    return Value(int(shows), int(shows), 1)


def _later_less(records: Records, threshold: Threshold) -> Value:
    """Whether those who bought just enough bought less in the next period than those who bought more, beyond chance."""
    length = "month" if records.plan is None or records.plan.period == "whole" else records.plan.period
    column, least = threshold.column, threshold.least
    band = (
        f"CASE WHEN b.{column} >= {least} AND b.{column} * {BINS} < {least} * {BINS + NEAR} THEN 0"
        f" WHEN b.{column} * {BINS} >= {least} * {BINS + NEAR}"
        f" AND b.{column} * {HIGHER.denominator} <= {least} * {HIGHER.numerator} THEN 1 END"
    )
    found = {
        int(at): (int(number), int(total), int(squares))
        for at, number, total, squares in records.all(
            f"""
            SELECT band, count(*), sum(later), sum(later::HUGEINT * later) FROM (
                SELECT {band} AS band, coalesce(n.{column}, 0) AS later
                FROM buyer_periods b LEFT JOIN buyer_periods n
                  ON n.row = b.row AND n.period = CAST(b.period + INTERVAL 1 {length} AS DATE)
                WHERE b.period < (SELECT max(period) FROM buyer_periods)
            ) WHERE band IS NOT NULL GROUP BY 1
            """
        )
    }
    if min(found.get(at, (0, 0, 0))[0] for at in (0, 1)) < LEAST_BUYERS:
        return lacking(
            phrases.needs(
                "orders",
                "amount",
                f"Needs at least {LEAST_BUYERS} purchases just above the threshold and as many further up.",
                f"يحتاج إلى {LEAST_BUYERS} مشتريات على الأقل عند الحد ومثلها فوقه.",
            )
        )
    means = {at: Fraction(total, number) for at, (number, total, _) in found.items()}
    errors = {at: (Fraction(squares, number) - means[at] ** 2) / number for at, (number, _, squares) in found.items()}
    less, variance = means[1] - means[0], errors[0] + errors[1]
    return _yes(shows=less > 0 and less**2 > Fraction(Z95) ** 2 * variance)


def _unsold(records: Records, threshold: Threshold) -> Value:
    lacks = nothing_sold(records)
    if lacks is not None:
        return lacking(lacks)
    allowance = records.allowance
    if allowance is None:
        return lacking(phrases.no_allowance(records.currency))
    column, least = threshold.column, threshold.least
    gap, goods = records.row(
        f"""
        SELECT coalesce(sum(greatest(g.goods - n.sold - g.months * {allowance}, 0)), 0), coalesce(sum(g.goods), 0)
        FROM {records.kept(GAPS)} g JOIN net n USING (row)
        WHERE g.row IN (SELECT row FROM buyer_periods
                        WHERE {column} >= {least} AND {column} * {BINS} < {least} * {BINS + NEAR})
        """
    )
    return lacking(phrases.nothing_to_divide()) if goods <= 0 else _yes(shows=Fraction(int(gap), int(goods)) > MOST_GAP)


def _not_customers(records: Records) -> Value:
    late = records.once(late_orders)
    if "participant" not in late:
        return lacking(phrases.nobody())
    both = difference(late["participant"], late["outside"]) if "outside" in late else None
    if both is None:
        return lacking(NO_CUSTOMERS)
    gap, error = both
    z = late["participant"].z
    clear = Decimal(gap.numerator) / gap.denominator > Z95 * error
    return _yes(shows=clear and z is not None and z > Z95)


def _strongest(found: tuple[tuple[Threshold, Heap], ...]) -> tuple[Threshold, Heap]:
    return max(found, key=lambda each: each[1].z)


@indicator(
    id="inventory_loading",
    title=Text(en="Signs of inventory loading that show together", ar="علامات تكديس المخزون الظاهرة معًا"),
    definition=Text(
        en="How many of four signs show: purchases heaped up at a threshold beyond chance; smaller purchases "
        "afterwards by those who bought just enough than by those who bought more; over half of their goods neither sold "
        "nor plausibly used; orders crowded before the cut-off beyond those of customers.",
        ar="كم من أربع علامات يظهر: تكدّس المشتريات عند حد بما يتجاوز الصدفة، ومشتريات لاحقة لمن اشتروا الحد وحده أقل من مشتريات من "
        "اشتروا أكثر، وأكثر من نصف سلعهم لم يُبَع ولم يُستهلك في حد معقول، وتركّز الطلبات قبل موعد الإقفال بما يزيد على طلبات "
        "العملاء.",
    ),
    formula="[b > 0 at 1.96 se] + [x(t+1 | at T) < x(t+1 | above T)] + [gap share > 1/2] + [ratio - ratio_customers > 0]",
    source="models 7.4: combined flag. A proposal, not validated on labelled cases",
    unit="count",
    needs=("orders.amount", "orders.date", "orders.buyer_id", "participants.id"),
    false_positives=Text(
        en="Pack prices, standing orders and promotions bring single signs; all four together have no usual honest cause.",
        ar="قد تأتي أسعار الباقات والطلبات الدورية والعروض بعلامة منفردة؛ أما اجتماع الأربع فليس له سبب معتاد آخر.",
    ),
)
def inventory_loading(records: Records) -> Outcome:
    """The number of signs that show; each sign beside it."""
    heaps = records.once(heaps_of)
    signs: dict[str, Value] = {}
    if heaps.found:
        threshold, made = _strongest(heaps.found)
        signs["heap"] = _yes(shows=made.z > float(Z95))
        signs["later_less"] = _later_less(records, threshold)
        signs["unsold"] = _unsold(records, threshold)
    else:
        reason = lacking(not_found(records, heaps))
        signs |= dict.fromkeys(("heap", "later_less", "unsold"), reason)
    signs["not_customers"] = _not_customers(records)
    labels = {
        "heap": Text(en="heaped up at a threshold", ar="تكدّس عند حد"),
        "later_less": Text(en="less bought afterwards", ar="مشتريات لاحقة أقل"),
        "unsold": Text(en="goods neither sold nor used", ar="سلع لم تُبَع ولم تُستهلك"),
        "not_customers": Text(en="crowded before the cut-off, customers not", ar="تركّز قبل الإقفال دون العملاء"),
    }
    known = {name: value for name, value in signs.items() if value.value is not None}
    shown = sum(int(value.value or 0) for value in known.values())
    missing = tuple(dict.fromkeys(each for value in signs.values() for each in value.missing))
    return Outcome(
        Value(shown) if known else Value(None, missing=missing),
        alternatives=tuple(alternative(name, labels[name], value) for name, value in signs.items()),
        series=(
            Series(
                id="by_sign",
                label=Text(en="By sign", ar="بحسب العلامة"),
                axis="category",
                unit="count",
                points=tuple(point(name, value) for name, value in known.items()),
            ),
        ),
        notes=(
            Text(
                en=f"Signs that can be measured here: {len(known)} of {len(signs)}.",
                ar=f"العلامات التي أمكن قياسها هنا: {phrases.isolate(len(known))} من {phrases.isolate(len(signs))}.",
            ),
        ),
        bound="exact" if len(known) == len(signs) else "lower",
        period=records.money_period,
    )
