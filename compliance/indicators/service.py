"""Whether trouble grows with the number of affiliates: refunds, delays and complaints beside those who were active.

An affiliate programme multiplies whatever is behind it, a good service as well as a bad one. Each figure is a rank
correlation over complete months between the number of active affiliates and one rate of trouble, in the same month and
one and two months later, with the number of orders held fast, and of the changes from month to month. What rises
together need not cause one another; the note says the same in plain shares.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from compliance.indicators import phrases
from compliance.indicators.growth import last_complete
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, point, share
from compliance.measurement import Interval, Missing, Series, Unit, decimal_string
from compliance.rank_correlation import Correlation, kendall, partial, rank_correlation, ranked
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

AFFILIATES = "('affiliate', 'affiliate_manager')"
FEWEST = 8
"""Months below which nothing is said."""
EXPECTED = 2
"""Refunds or complaints that a month's orders would have at the rate of all months, below which the month says nothing:
its rate is then mostly 0, and a programme that grows would seem to get worse by its size alone."""
UNRIPE = 30
"""Days at the end of the records whose returns, deliveries and complaints are still to come."""
PLACES = Decimal("0.000000001")
LEAST_CHANCE = Fraction(1, 10_000)
"""What two decimals of a percentage can still show."""

NO_AFFILIATES = phrases.needs(
    "participants",
    "kind",
    "Needs participants of kind affiliate who are credited with orders or visits.",
    "يحتاج إلى مشاركين من نوع المسوّق بالعمولة تُنسب إليهم طلبات أو زيارات.",
)
TOO_FEW = phrases.needs(
    "orders",
    "date",
    f"Needs at least {FEWEST} complete months with orders in which both figures vary.",
    f"يحتاج إلى أشهر مكتملة فيها طلبات لا تقل عن {phrases.isolate(FEWEST)} ويتغيّر فيها الرقمان.",
)

TOO_RARE = phrases.needs(
    "orders",
    "date",
    f"Needs at least {FEWEST} complete months in which both figures vary and whose orders are so many that {EXPECTED} or "
    "more cases are to be expected.",
    f"يحتاج إلى أشهر مكتملة لا تقل عن {phrases.isolate(FEWEST)} يتغيّر فيها الرقمان وتكفي طلباتها لتوقّع حالتين أو أكثر في الشهر.",
)

ACTIVE = f"""
    SELECT month, count(DISTINCT row) AS affiliates FROM (
        SELECT o.month, o.seller AS row FROM order_facts o JOIN people p ON p.row = o.seller
        WHERE p.kind IN {AFFILIATES} AND o.amount > 0 AND o.month IS NOT NULL
        UNION ALL
        SELECT CAST(date_trunc('month', c.date) AS DATE), p.row FROM clicks c JOIN people p ON p.id = c.participant_id
        WHERE p.kind IN {AFFILIATES}
    ) GROUP BY 1
"""
"""Active in a month: credited with an order, or the source of a visit."""

Trouble = Literal["refunds", "delays", "complaints"]

_BY_MONTH = {
    "refunds": """
        SELECT CAST(date_trunc('month', o.date) AS DATE) AS month, count(DISTINCT o.id) AS part
        FROM returns r JOIN orders o ON o.id = r.order_id WHERE o.date IS NOT NULL GROUP BY 1
    """,
    "delays": """
        SELECT CAST(date_trunc('month', date) AS DATE) AS month,
               sum(datediff('day', date, delivered)) AS part, count(*) AS whole
        FROM orders WHERE delivered >= date GROUP BY 1
    """,
    "complaints": """
        SELECT CAST(date_trunc('month', coalesce(o.date, c.date)) AS DATE) AS month, count(*) AS part
        FROM complaints c LEFT JOIN orders o ON o.id = c.order_id AND c.order_id IS NOT NULL
        WHERE coalesce(o.date, c.date) IS NOT NULL GROUP BY 1
    """,
}
"""The part of each month's rate; the whole is the month's orders, or for delays the orders delivered."""


def _monthly(trouble: Trouble) -> str:
    whole = "t.whole" if trouble == "delays" else "o.orders"
    return f"""
        WITH active AS ({ACTIVE}), trouble AS ({_BY_MONTH[trouble]}), ordered AS (
            SELECT month, count(*) AS orders FROM order_facts WHERE amount > 0 AND month IS NOT NULL GROUP BY 1
        )
        SELECT o.month, o.orders::BIGINT AS orders, coalesce(a.affiliates, 0)::BIGINT AS affiliates,
               coalesce(t.part, 0)::BIGINT AS part, coalesce({whole}, 0)::BIGINT AS whole
        FROM ordered o LEFT JOIN active a USING (month) LEFT JOIN trouble t USING (month) ORDER BY o.month
    """


def has_affiliates(records: Records) -> bool:
    """Whether anybody on the list is an affiliate or a manager of some: asked before anything is read for them."""
    return bool(records.row(f"SELECT count(*) FROM people WHERE kind IN {AFFILIATES}")[0])


@dataclass(frozen=True, slots=True)
class Month:
    """One complete month."""

    month: str
    orders: int
    affiliates: int
    part: int
    whole: int

    @property
    def rate(self) -> Fraction:
        """Refunds or complaints per order, or days per delivery."""
        return Fraction(self.part, self.whole)


def months_of(records: Records, trouble: Trouble) -> list[Month]:
    """The complete months from the first in which an affiliate was active, those without a whole left out.

    The last 30 days are left out: what went wrong with their orders is not known yet.
    """
    period = records.money_period
    if period is None:
        return []
    last = last_complete(str(date.fromisoformat(period.end) - timedelta(days=UNRIPE)))
    found = [
        Month(f"{month:%Y-%m}", int(orders), int(affiliates), int(part), int(whole))
        for month, orders, affiliates, part, whole in records.all(_monthly(trouble))
    ]
    first = min((each.month for each in found if each.affiliates), default=None)
    return [each for each in found if first is not None and first <= each.month <= last and each.whole]


def _telling(months: list[Month], trouble: Trouble) -> list[Month]:
    """The months with orders enough for their rate to say something: see `EXPECTED`. Days of delivery need no such care."""
    if trouble == "delays":
        return months
    part, whole = (sum(getattr(each, name) for each in months) for name in ("part", "whole"))
    return [each for each in months if each.whole * part >= EXPECTED * whole]


def _later(months: list[Month], lag: int) -> list[tuple[Month, Month]]:
    """Each month with the one so many months later."""
    by_name = {each.month: each for each in months}
    pairs = []
    for each in months:
        ahead = by_name.get(month_after(each.month, lag))
        if ahead is not None:
            pairs.append((each, ahead))
    return pairs


def month_after(month: str, by: int) -> str:
    """The month so many months later, YYYY-MM."""
    at = int(month[:4]) * 12 + int(month[5:7]) - 1 + by
    return f"{at // 12:04d}-{at % 12 + 1:02d}"


def _value(found: Correlation | None, too_few: Missing) -> Value:
    if found is None or found.pairs < FEWEST:
        return lacking(too_few)
    interval = None
    if found.interval is not None:
        low, high = (decimal_string(bound, 6) for bound in found.interval)
        interval = Interval(low=low, high=high, method="fisher-bonett-wright")
    return Value(found.value.quantize(PLACES), interval=interval)


def _chance(found: Correlation | None) -> Text | None:
    """How often chance alone gives as much, in words."""
    if found is None or found.probability is None or found.pairs < FEWEST:
        return None
    rarely = found.probability < LEAST_CHANCE
    times = decimal_string(max(found.probability, LEAST_CHANCE) * 100, 2)
    how = "every order of the months tried" if found.exact else "orders of the months drawn"
    how_ar = "بتجربة كل ترتيب للأشهر" if found.exact else "بقرعة على ترتيب الأشهر"
    return Text(
        en=f"By chance alone as much is seen in {'fewer than ' if rarely else ''}{times} of 100 cases ({how}; "
        f"{found.pairs} months).",
        ar=f"بالمصادفة وحدها يظهر مثل ذلك في {'أقل من ' if rarely else ''}{phrases.isolate(times)} من كل 100 حالة ({how_ar}؛ عدد الأشهر: "
        f"{phrases.isolate(found.pairs)}).",
    )


@dataclass(frozen=True, slots=True)
class Wording:
    """How one kind of trouble is spoken of."""

    rate: Text
    halves: Text
    """With {few}, {many} and {fewest}, {most}: the rate in the half of the months with the fewest and most affiliates."""
    unit: Unit
    percent: bool


WORDS: dict[Trouble, Wording] = {
    "refunds": Wording(
        Text(en="Orders asked back, of all orders", ar="الطلبات المطلوب إرجاعها من كل الطلبات"),
        Text(
            en="In the months with {fewest} active affiliates on average, {few} of the orders were asked back; with {most}, "
            "{many}.",
            ar="في الأشهر التي بلغ فيها متوسط المسوّقين بالعمولة النشطين {fewest} طُلب إرجاع {few} من الطلبات، وحين بلغ {most} "
            "طُلب إرجاع {many}.",
        ),
        "ratio",
        percent=True,
    ),
    "delays": Wording(
        Text(en="Days from order to delivery, mean", ar="الأيام من الطلب إلى التسليم، متوسط"),
        Text(
            en="In the months with {fewest} active affiliates on average, delivery took {few} days; with {most}, {many}.",
            ar="في الأشهر التي بلغ فيها متوسط المسوّقين بالعمولة النشطين {fewest} بلغ متوسط أيام التسليم {few}، وحين بلغ {most} "
            "صار {many}.",
        ),
        "days",
        percent=False,
    ),
    "complaints": Wording(
        Text(en="Complaints per order", ar="الشكاوى لكل طلب"),
        Text(
            en="In the months with {fewest} active affiliates on average, there were {few} complaints per 100 orders; with "
            "{most}, {many}.",
            ar="في الأشهر التي بلغ فيها متوسط المسوّقين بالعمولة النشطين {fewest} بلغ عدد الشكاوى لكل 100 طلب {few}، وحين بلغ "
            "{most} صار {many}.",
        ),
        "ratio",
        percent=False,
    ),
}


def _halves(months: list[Month], trouble: Trouble) -> Text:
    """The plain comparison: the half of the months with the fewest active affiliates against the half with the most."""
    ordered = sorted(months, key=lambda each: (each.affiliates, each.month))
    half = len(ordered) // 2
    words = WORDS[trouble]
    shown = {}
    for some, count, rate in ((ordered[:half], "fewest", "few"), (ordered[-half:], "most", "many")):
        mean = Fraction(sum(each.part for each in some), sum(each.whole for each in some))
        times = mean if trouble == "delays" else mean * 100
        text = decimal_string(times, 1) + ("%" if words.percent else "")
        shown[rate] = text
        shown[count] = decimal_string(Fraction(sum(each.affiliates for each in some), half), 0)
    return Text(
        en=words.halves.en.format(**shown),
        ar=words.halves.ar.format(**{name: phrases.isolate(text) for name, text in shown.items()}),
    )


def _amplified(records: Records, trouble: Trouble) -> Outcome:
    everything = months_of(records, trouble) if records.once(has_affiliates) else []
    if not any(each.affiliates for each in everything):
        return Outcome(lacking(NO_AFFILIATES))
    months, too_few = _telling(everything, trouble), TOO_FEW if trouble == "delays" else TOO_RARE
    active = ranked([each.affiliates for each in months])
    rates = ranked([each.rate for each in months])
    volume = ranked([each.orders for each in months])
    enough = len(months) >= FEWEST
    same = rank_correlation(active, rates) if enough else None

    def lagged(lag: int) -> Correlation | None:
        pairs = _later(months, lag)
        if len(pairs) < FEWEST:
            return None
        return rank_correlation(
            ranked([now.affiliates for now, _ in pairs]), ranked([later.rate for _, later in pairs])
        )

    steps = _later(months, 1)
    changes = None
    if len(steps) >= FEWEST:
        changes = rank_correlation(
            ranked([later.affiliates - now.affiliates for now, later in steps]),
            ranked([later.rate - now.rate for now, later in steps]),
        )
    tau = kendall(active, rates) if enough else None
    held = partial(active, rates, volume) if enough else None
    others = (
        ("lag_1", Text(en="trouble one month later", ar="المشكلة بعد شهر"), lagged(1)),
        ("lag_2", Text(en="trouble two months later", ar="المشكلة بعد شهرين"), lagged(2)),
        ("changes", Text(en="changes from month to month", ar="التغيّر من شهر إلى شهر"), changes),
        ("kendall", Text(en="Kendall's tau in place of Spearman's rho", ar="معامل كندال بدلًا من معامل سبيرمان"), tau),
    )
    words = WORDS[trouble]
    notes = [_halves(months, trouble)] if same is not None else []
    notes += [text for text in (_chance(same),) if text]
    return Outcome(
        _value(same, too_few),
        headline_label=Text(en="in the same month, Spearman's rho", ar="في الشهر نفسه، معامل سبيرمان"),
        alternatives=(
            *(
                alternative(
                    id_,
                    label,
                    _value(found, too_few) if id_ != "kendall" else _plain(found, too_few),
                    note=_chance(found),
                )
                for id_, label, found in others
            ),
            alternative(
                "same_volume",
                Text(en="with the number of orders held fast", ar="مع تثبيت عدد الطلبات"),
                lacking(too_few) if held is None else Value(held.quantize(PLACES)),
            ),
        ),
        series=(
            Series(
                id="rate",
                label=words.rate,
                axis="period",
                unit=words.unit,
                points=tuple(point(each.month, share(each.part, each.whole)) for each in everything),
            ),
            Series(
                id="active_affiliates",
                label=Text(en="Active affiliates", ar="المسوّقون بالعمولة النشطون"),
                axis="period",
                unit="count",
                points=tuple(point(each.month, Value(each.affiliates)) for each in everything),
            ),
        ),
        evidence=records.evidence(_monthly(trouble)),
        notes=tuple(notes),
        period=records.money_period,
    )


def _plain(found: Correlation | None, too_few: Missing) -> Value:
    return lacking(too_few) if found is None else Value(found.value.quantize(PLACES))


_SOURCE = "Definition of this project: Spearman's rank correlation over complete months; rule aff.amplifies_trouble"
_HARMLESS = Text(
    en="Seasons and growth move both. Affiliates may come to bigger sales, and bigger sales to more work: see the figure "
    "with orders held fast and that of the changes.",
    ar="المواسم والنمو يحرّكان الرقمين معًا. وقد يأتي المسوّقون مع زيادة المبيعات، ومع المبيعات زيادة العمل: يُنظر الرقم مع تثبيت "
    "الطلبات ورقم التغيّر.",
)


@indicator(
    id="refunds_with_affiliates",
    title=Text(en="Refunds and the number of active affiliates", ar="المرتجعات وعدد المسوّقين بالعمولة النشطين"),
    definition=Text(
        en="Rank correlation over complete months between the number of affiliates who were credited with an order or a visit "
        "and the share of the month's orders that were asked back. 1: the more affiliates, the more refunds, always. Months "
        f"with fewer orders than would bring {EXPECTED} refunds at the rate of all months are left out.",
        ar="معامل ارتباط الرتب عبر الأشهر المكتملة بين عدد المسوّقين بالعمولة الذين نُسب إليهم طلب أو زيارة ونسبة طلبات الشهر "
        "المطلوب إرجاعها. القيمة 1 تعني أن زيادة المسوّقين تقترن دائمًا بزيادة المرتجعات. وتُستبعد الأشهر التي تقل طلباتها عما "
        "يُتوقع معه مرتجعان بمعدّل كل الأشهر.",
    ),
    formula="Spearman rho(active affiliates_t, orders asked back_t / orders_t)",
    source=_SOURCE,
    unit="number",
    needs=("participants.kind", "orders.date", "orders.id", "returns.order_id"),
    false_positives=_HARMLESS,
)
def refunds_with_affiliates(records: Records) -> Outcome:
    """Do refunds rise with affiliates."""
    return _amplified(records, "refunds")


@indicator(
    id="delays_with_affiliates",
    title=Text(
        en="Delivery times and the number of active affiliates", ar="مدة التسليم وعدد المسوّقين بالعمولة النشطين"
    ),
    definition=Text(
        en="Rank correlation over complete months between the number of affiliates who were credited with an order or a visit "
        "and the mean days from order to delivery of the month's orders.",
        ar="معامل ارتباط الرتب عبر الأشهر المكتملة بين عدد المسوّقين بالعمولة الذين نُسب إليهم طلب أو زيارة ومتوسط الأيام من "
        "الطلب إلى التسليم لطلبات الشهر.",
    ),
    formula="Spearman rho(active affiliates_t, mean(delivered - ordered)_t)",
    source=_SOURCE,
    unit="number",
    needs=("participants.kind", "orders.date", "orders.delivered"),
    false_positives=_HARMLESS,
)
def delays_with_affiliates(records: Records) -> Outcome:
    """Does delivery slow down with affiliates."""
    return _amplified(records, "delays")


@indicator(
    id="complaints_with_affiliates",
    title=Text(en="Complaints and the number of active affiliates", ar="الشكاوى وعدد المسوّقين بالعمولة النشطين"),
    definition=Text(
        en="Rank correlation over complete months between the number of affiliates who were credited with an order or a visit "
        "and the complaints per order of the month. Months with fewer orders than would bring "
        f"{EXPECTED} complaints at the rate of all months are left out.",
        ar="معامل ارتباط الرتب عبر الأشهر المكتملة بين عدد المسوّقين بالعمولة الذين نُسب إليهم طلب أو زيارة وعدد الشكاوى لكل "
        "طلب في الشهر. وتُستبعد الأشهر التي تقل طلباتها عما يُتوقع معه شكويان بمعدّل كل الأشهر.",
    ),
    formula="Spearman rho(active affiliates_t, complaints_t / orders_t)",
    source=_SOURCE,
    unit="number",
    needs=("participants.kind", "orders.date", "complaints.date"),
    false_positives=_HARMLESS,
)
def complaints_with_affiliates(records: Records) -> Outcome:
    """Do complaints rise with affiliates."""
    return _amplified(records, "complaints")
