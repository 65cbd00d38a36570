"""Purchases sized to just meet what the plan asks: how many are heaped up at its thresholds, and how sharply.

The thresholds are those of the plan. Without a plan, totals that recur are looked at instead and only those are reported
as candidates below which purchases are missing, since a mere price leaves no hole below it; they are named as found in the
purchases and bound nobody. `heaps` says how the curve is fitted and what is masked.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants and from thresholds, which are numbers

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import TYPE_CHECKING

from compliance.indicators import phrases
from compliance.indicators.breakdown import series
from compliance.indicators.heaps import (
    BINS,
    NEAR,
    Heap,
    bins_masked,
    heap,
    round_numbers,
    rounded,
)
from compliance.indicators.plan_thresholds import Threshold, plan_thresholds
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, point, share
from compliance.measurement import Interval, Missing, Series, decimal_string
from compliance.models.bunching import two_bin_test
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

PACK_SHARE = 50
"""A price that at least one in so many single orders has is a pack price: of goods, and of kits, which cost the same for all."""
MOST_PRICES = 30
CANDIDATE_SHARE = 100
"""A total that at least one in so many purchases has is looked at as a candidate, where there is no plan."""
MOST_CANDIDATES = 12
CLEAR = 4
"""Standard errors from which on a candidate is reported: some forty are looked at."""
_NICE = (10, 15, 20, 25, 30, 40, 50, 60, 75, 80)


@dataclass(frozen=True, slots=True)
class Heaps:
    """The heaps at the thresholds of one company."""

    of_plan: bool
    """False: candidates found in the purchases."""
    found: tuple[tuple[Threshold, Heap], ...]
    too_few: tuple[Threshold, ...]
    """Thresholds around which too few purchases lie."""
    purchases: dict[str, int]
    """By column: purchases, one for each participant and period."""
    prices: frozenset[int]
    """Pack prices, in minor units."""

    @property
    def total(self) -> int:
        """Purchases that the thresholds can be held against."""
        return max((self.purchases[each.column] for each, _ in self.found), default=0)


def heaps_of(records: Records) -> Heaps:
    """The thresholds of the plan, or the candidates, with their heaps."""
    known = plan_thresholds(records)
    prices = _pack_prices(records)
    columns = sorted({each.column for each in known}) or ["paid"]
    purchases = {
        column: int(records.row(f"SELECT count(*) FROM buyer_periods WHERE {column} > 0")[0]) for column in columns
    }
    thresholds = known if records.plan is not None else _recurring(records, purchases["paid"], prices)
    found, few = [], []
    for each in thresholds:
        others = [other.least for other in thresholds if other.column == each.column and known]
        honest = [*others, *round_numbers(each.decimals, 2 * each.least)]
        honest += prices if each.column == "paid" else ()
        made = heap(counts(records, each), bins_masked(each.least, honest))
        if made is None:
            few.append(each)
        elif known or (made.z > CLEAR and made.gaps_below):
            found.append((each, made))
    return Heaps(bool(known), tuple(found), tuple(few), purchases, prices)


def counts(records: Records, threshold: Threshold, table: str = "buyer_periods") -> list[int]:
    """Purchases by bin around a threshold."""
    values = [0] * (2 * BINS)
    column, least = threshold.column, threshold.least
    for at, number in records.all(
        f"SELECT {column}::HUGEINT * {BINS} // {least} AS at, count(*) FROM {table}"
        f" WHERE {column} > 0 AND {column} < {2 * least} GROUP BY 1"
    ):
        values[int(at)] = int(number)
    return values


def _pack_prices(records: Records) -> frozenset[int]:
    found = records.all(
        f"""
        WITH prices AS (
            SELECT amount, count(*) AS lines FROM order_facts
            WHERE side = 'participant' AND amount > 0 GROUP BY 1
        )
        SELECT amount FROM prices WHERE lines * {PACK_SHARE} >= (SELECT sum(lines) FROM prices)
        ORDER BY lines DESC, amount LIMIT {MOST_PRICES}
        """
    )
    return frozenset(int(amount) for (amount,) in found)


def _recurring(records: Records, purchases: int, prices: frozenset[int]) -> tuple[Threshold, ...]:
    """Totals that recur and are no single order's price, and round totals among the usual ones."""
    low, high = records.row(
        "SELECT quantile_disc(paid, 0.1), quantile_disc(paid, 0.95) FROM buyer_periods WHERE paid > 0"
    )
    nice = {
        digits * 10**power
        for power in range(len(str(high or 0)))
        for digits in _NICE
        if (low or 0) < digits * 10**power <= (high or 0)
    }
    found = records.all(
        f"SELECT paid, count(*) FROM buyer_periods WHERE paid > 0 GROUP BY 1"
        f" HAVING count(*) * {CANDIDATE_SHARE} >= {purchases} ORDER BY 2 DESC, 1 LIMIT {MOST_CANDIDATES + MOST_PRICES}"
    )
    totals = [int(total) for total, _ in found if int(total) not in prices][:MOST_CANDIDATES]
    chosen = sorted({*totals, *(nice - prices)})
    return tuple(Threshold("paid", total, records.scale, ("purchases",)) for total in chosen)


_NO_PLAN = phrases.needs(
    "plan",
    None,
    "Needs the plan's thresholds: no plan was given, and no recurring total shows a gap below it.",
    "يحتاج إلى حدود التأهّل في الخطة: لم تُرفق خطة، ولا يظهر في المشتريات مبلغ متكرر تنقص المشتريات دونه.",
)
_NO_THRESHOLD = phrases.needs(
    "plan",
    None,
    "Needs a threshold: the plan asks for no personal volume that the orders carry.",
    "يحتاج إلى حد: لا تشترط الخطة حجمًا شخصيًا تحمله الطلبات.",
)
_TOO_FEW = phrases.needs(
    "orders",
    "amount",
    "Needs more purchases around the plan's thresholds: there are too few to fit a curve through.",
    "يحتاج إلى مشتريات أكثر حول حدود الخطة: هي أقل من أن يُرسم عبرها منحنى.",
)


def not_found(records: Records, heaps: Heaps) -> Missing:
    """Why no heap can be told of."""
    if heaps.too_few and heaps.of_plan:
        return _TOO_FEW
    return _NO_THRESHOLD if records.plan is not None else _NO_PLAN


_CANDIDATES = Text(
    en="at totals that the purchases themselves suggest; no plan was given",
    ar="عند مبالغ توحي بها المشتريات نفسها؛ لم تُرفق خطة",
)
_BAND = Text(
    en="Purchases from the threshold to a tenth above it, with what is expected there not yet taken off.",
    ar="المشتريات من الحد إلى ما يزيد عليه بالعشر، قبل طرح المتوقع منها.",
)


def _band(heaps: Heaps) -> str:
    """Whether a purchase lies in the band above one of the thresholds."""
    each = [f"({t.column} >= {t.least} AND {t.column} * {BINS} < {t.least} * {BINS + NEAR})" for t, _ in heaps.found]
    return " OR ".join(each)


def _notes(heaps: Heaps) -> tuple[Text, ...]:
    notes = []
    for each, made in heaps.found:
        at_price = each.column == "paid" and any(each.least <= price < each.least * 11 // 10 for price in heaps.prices)
        places = ", ".join(each.places)
        notes.append(
            Text(
                en=f"Threshold {each.shown} ({places}): {made.above:,} purchases from it to a tenth above, "
                f"{made.below:,} in the tenth below; expected {round(made.above - made.excess):,} and "
                f"{round(made.below + made.missing):,}."
                + (" A pack has this price." if at_price else "")
                + ("" if made.gaps_below else " No gap below it: a price could do the same."),
                ar=f"الحد {phrases.isolate(each.shown)} ({phrases.isolate(places)}): "
                f"{phrases.isolate(f'{made.above:,}')} من المشتريات عنده وإلى ما يزيد عليه بالعشر، و"
                f"{phrases.isolate(f'{made.below:,}')} في العشر الذي دونه؛ والمتوقع "
                f"{phrases.isolate(f'{round(made.above - made.excess):,}')} و"
                f"{phrases.isolate(f'{round(made.below + made.missing):,}')}."
                + (" وهذا سعر إحدى الباقات." if at_price else "")
                + ("" if made.gaps_below else " ولا نقص دونه، وقد يفعل السعر وحده مثل ذلك."),
            )
        )
    return tuple(notes)


def _charts(heaps: Heaps) -> tuple[Series, ...]:
    """The purchases around the threshold with the largest excess, and the curve beside them."""
    each, made = max(heaps.found, key=lambda found: found[1].excess)
    edges = [decimal_string(Fraction(each.least * at, BINS * 10**each.decimals), 6) for at in range(2 * BINS)]
    named = Text(
        en=f"Purchases around {each.shown}: counted", ar=f"المشتريات حول {phrases.isolate(each.shown)}: المعدود"
    )
    fitted = Text(
        en=f"Purchases around {each.shown}: expected", ar=f"المشتريات حول {phrases.isolate(each.shown)}: المتوقع"
    )
    return (
        Series(
            id="counted",
            label=named,
            axis="category",
            unit="count",
            points=tuple(point(x, Value(int(n))) for x, n in zip(edges, made.counts.tolist(), strict=True)),
        ),
        Series(
            id="expected",
            label=fitted,
            axis="category",
            unit="count",
            points=tuple(point(x, Value(rounded(y, 1))) for x, y in zip(edges, made.fitted.tolist(), strict=True)),
        ),
    )


def _shares(found: Sequence[tuple[float, float]], whole: int) -> Value:
    """The sum of what was found over a number of purchases, with the interval of its errors."""
    total, error = sum(each for each, _ in found), sqrt(sum(error * error for _, error in found))
    low, high = ((total - 1.96 * error) / whole, (total + 1.96 * error) / whole)
    interval = Interval(
        low=decimal_string(rounded(low), 6), high=decimal_string(rounded(high), 6), method="residual bootstrap"
    )
    return Value(rounded(total / whole), interval=interval)


@indicator(
    id="threshold_bunching",
    title=Text(en="Purchases heaped up at qualification thresholds", ar="تكدّس المشتريات عند حدود التأهّل"),
    definition=Text(
        en="The share of participants' purchases, one for each participant and period, from a qualification threshold of "
        "the plan to a tenth above it, less the share expected there from a smooth curve through the rest.",
        ar="نسبة مشتريات المشاركين (لكل مشارك وفترة) من حد التأهّل في الخطة إلى ما يزيد عليه بالعشر، مطروحًا منها النسبة "
        "المتوقعة هناك من منحنى أملس عبر بقية المشتريات.",
    ),
    formula="sum over thresholds T of [n(T <= x < 1.1 T) - n_fit] / n(x > 0)",
    source="rule ind.threshold_bunching; bunching: Chetty, Friedman, Olsen, Pistaferri 2011",
    unit="ratio",
    needs=("orders.amount", "orders.date", "orders.buyer_id", "participants.id"),
    false_positives=Text(
        en="Packs that cost as much as the threshold asks; recurring orders of one size. A gap just below the threshold "
        "tells a response from a price.",
        ar="باقات سعرها مساوٍ للحد، وطلبات دورية بمقدار واحد. والنقص دون الحد مباشرة يميّز الاستجابة للشرط من السعر.",
    ),
)
def threshold_bunching(records: Records) -> Outcome:
    """The excess at all thresholds over all purchases; what is missing below, and the bare band, beside it."""
    heaps = records.once(heaps_of)
    if not heaps.found:
        return Outcome(lacking(not_found(records, heaps)))
    whole = heaps.total
    inside, lines = records.row(
        f"SELECT count(*) FILTER ({_band(heaps)}), count(*) FROM buyer_periods WHERE greatest(paid, volume, points) > 0"
    )
    strongest = max((made for _, made in heaps.found), key=lambda made: made.excess)
    return Outcome(
        _shares([(made.excess, made.excess_error) for _, made in heaps.found], whole),
        headline_label=Text(en="at all thresholds of the plan", ar="عند كل حدود الخطة")
        if heaps.of_plan
        else _CANDIDATES,
        alternatives=(
            alternative(
                "strongest",
                Text(en="at the threshold with the largest excess", ar="عند الحد الأكبر زيادةً"),
                _shares([(strongest.excess, strongest.excess_error)], whole),
            ),
            alternative(
                "missing_below",
                Text(en="missing in the tenth below the thresholds", ar="الناقص في العشر الذي دون الحدود"),
                _shares([(made.missing, made.missing_error) for _, made in heaps.found], whole),
            ),
            alternative(
                "in_band",
                Text(
                    en="all purchases in the band, expected ones included",
                    ar="كل المشتريات في هذا النطاق، ومنها المتوقع",
                ),
                share(int(inside), int(lines)),
            ),
        ),
        series=(
            *_charts(heaps),
            *(
                each.model_copy(update={"note": each.note or _BAND})
                for each in series(
                    records,
                    f"SELECT row, CAST(date_trunc('month', period) AS DATE) AS month,"
                    f" CAST(coalesce({_band(heaps)}, false) AS BIGINT) AS part, 1::BIGINT AS whole"
                    " FROM buyer_periods WHERE greatest(paid, volume, points) > 0",
                )
            ),
        ),
        evidence=records.evidence(
            f"SELECT p.id, b.period, b.paid, b.volume, b.points, b.orders FROM buyer_periods b JOIN people p USING (row)"
            f" WHERE {_band(heaps)} ORDER BY p.id, b.period",
            count=int(inside),
        ),
        notes=_notes(heaps),
        bound="exact" if heaps.of_plan else "open",
        period=records.money_period,
    )


@indicator(
    id="bunching_strength",
    title=Text(en="Height of the heap at the strongest threshold", ar="ارتفاع التكدّس عند أبرز الحدود"),
    definition=Text(
        en="At the threshold where it stands out most against chance: purchases from it to a tenth above, beyond those "
        "expected, over the number expected in one twentieth there.",
        ar="عند الحد الأبعد عن الصدفة: المشتريات منه إلى ما يزيد عليه بالعشر زيادةً على المتوقع، إلى العدد المتوقع في نصف عشر "
        "هناك.",
    ),
    formula="b = excess / c_fit(T)",
    source="models: bunching (Saez; Chetty et al. 2011), density break (McCrary 2008, two bins)",
    unit="number",
    needs=("orders.amount", "orders.date", "orders.buyer_id", "participants.id"),
    false_positives=Text(
        en="As for heaped purchases: pack prices, round numbers, recurring orders.",
        ar="كما في تكدّس المشتريات: أسعار الباقات والأعداد المدوّرة والطلبات الدورية.",
    ),
)
def bunching_strength(records: Records) -> Outcome:
    """b at the threshold of the largest z; standard errors, hole below and density break beside it."""
    heaps = records.once(heaps_of)
    able = [(each, made) for each, made in heaps.found if made.normalised is not None]
    if not able:
        return Outcome(lacking(not_found(records, heaps)))
    threshold, made = max(able, key=lambda found: found[1].z)
    height, error = made.excess / made.at_threshold, made.excess_error / made.at_threshold
    interval = Interval(
        low=decimal_string(rounded(height - 1.96 * error), 6),
        high=decimal_string(rounded(height + 1.96 * error), 6),
        method="residual bootstrap",
    )
    broken = two_bin_test(Fraction(made.below), Fraction(made.above))
    theta = broken["log_ratio"]
    return Outcome(
        Value(rounded(height), interval=interval),
        headline_label=None if heaps.of_plan else _CANDIDATES,
        alternatives=(
            alternative(
                "standard_errors",
                Text(en="the excess in standard errors", ar="الزيادة بالأخطاء المعيارية"),
                Value(rounded(made.z)),
            ),
            alternative(
                "missing_below",
                Text(
                    en="missing in the tenth below, over the same number", ar="الناقص في العشر الذي دونه إلى العدد نفسه"
                ),
                Value(rounded(made.missing / made.at_threshold)),
            ),
            alternative(
                "density_break",
                Text(
                    en="density break: logarithm of the purchases just above over those just below",
                    ar="انكسار الكثافة: لوغاريتم المشتريات فوق الحد مباشرة إلى ما دونه مباشرة",
                ),
                lacking(_TOO_FEW) if theta is None else Value(rounded(float(theta))),
            ),
        ),
        series=(
            Series(
                id="by_threshold",
                label=Text(en="By threshold", ar="بحسب الحد"),
                axis="category",
                unit="number",
                points=tuple(
                    point(f"{each.shown} ({each.column})", Value(rounded(one.excess / one.at_threshold)))
                    for each, one in able
                ),
            ),
        ),
        evidence=records.evidence(
            f"SELECT p.id, b.period, b.paid, b.volume, b.points, b.orders FROM buyer_periods b JOIN people p USING (row)"
            f" WHERE b.{threshold.column} >= {threshold.least} AND b.{threshold.column} * {BINS} <"
            f" {threshold.least} * {BINS + NEAR} ORDER BY p.id, b.period",
            count=made.above,
        ),
        notes=_notes(heaps),
        bound="exact" if heaps.of_plan else "open",
        period=records.money_period,
    )
