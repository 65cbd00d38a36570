"""The frame of a plan in plain words: who is active, who is eligible, which orders count, what foreign money is worth.

Ranks are told by `ranking_words`, single conditions by `requirements_words`; a component's own rule is told by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from compensation.frame import (
    ActiveByAutoship,
    ActiveByPurchases,
    ActiveByRequirements,
    ActiveByStatus,
    ActiveByVolume,
    Activity,
    Eligibility,
    InForce,
    OrderFilter,
    Window,
)
from compensation.quantities import decimal_text
from compensation.standing import requirements_words as words
from compensation.standing.requirements import Volume
from intake.text import Text


def activity(rule: Activity) -> Text | None:
    """What being active in a period asks for; None where everybody is."""
    if isinstance(rule, ActiveByVolume):
        told = words.condition("personal_volume", Volume(at_least=rule.at_least))
    elif isinstance(rule, ActiveByPurchases):
        told = Text(
            en=f"at least {rule.at_least} orders of one's own", ar=f"عدد من الطلبات الشخصية لا يقل عن {rule.at_least}"
        )
    elif isinstance(rule, ActiveByAutoship):
        told = words.condition("autoship", rule)
    elif isinstance(rule, ActiveByRequirements):
        told = words.describe(rule.requires)
    elif isinstance(rule, ActiveByStatus):
        told = Text(en="that the company states it", ar="أن تذكر الشركة ذلك")
    else:
        return None
    return Text(
        en=f"To be active in a period one needs: {told.en}.", ar=f"يُشترط ليكون المشارك نشطًا في الفترة: {told.ar}."
    )


def eligibility(conditions: Eligibility) -> Text | None:
    """Who can earn from a component; None where it is everybody who is active."""
    parts = []
    if not conditions.active:
        parts.append(Text(en="active or not", ar="نشطًا كان أو غير نشط"))
    if conditions.min_personal_volume is not None:
        parts.append(words.condition("personal_volume", Volume(at_least=conditions.min_personal_volume)))
    if conditions.min_rank is not None:
        parts.append(words.condition("rank", conditions.min_rank))
    if conditions.kinds is not None:
        listed = ", ".join(conditions.kinds)
        parts.append(Text(en=f"kind: {listed}", ar=f"النوع: {listed}"))
    parts += [words.condition("facts", name) for name in conditions.facts]
    parts += [words.condition("stated", name) for name in conditions.stated]
    if conditions.requires is not None:
        parts.append(words.describe(conditions.requires))
    if not parts:
        return None
    told = words.joined(parts)
    return Text(en=f"Who can earn: {told.en}.", ar=f"شروط الاستحقاق: {told.ar}.")


def orders(wanted: OrderFilter) -> Text | None:
    """Which orders a component pays on; None where it is all of them."""
    parts = []
    for listed, en, ar in (
        (wanted.categories, "category", "الفئة"),
        (wanted.products, "product", "المنتج"),
        (wanted.except_categories, "any category but", "كل فئة عدا"),
        (wanted.except_products, "any product but", "كل منتج عدا"),
        (wanted.buyer_kinds, "bought by", "نوع المشتري"),
        (wanted.credited_kinds, "credited to", "نوع المشارك صاحب الطلب"),
    ):
        if listed is not None:
            parts.append(Text(en=f"{en}: {', '.join(listed)}", ar=f"{ar}: {'، '.join(listed)}"))
    if wanted.min_amount is not None:
        least = decimal_text(wanted.min_amount)
        parts.append(Text(en=f"price of at least {least}", ar=f"السعر لا يقل عن {least}"))
    if wanted.min_volume is not None:
        least = decimal_text(wanted.min_volume)
        parts.append(Text(en=f"volume of at least {least}", ar=f"الحجم لا يقل عن {least}"))
    if wanted.since_joining is not None:
        en, ar = _window(wanted.since_joining)
        length = _length(wanted.since_joining)
        parts.append(
            Text(en=f"in the first {en} from the buyer's joining", ar=f"{ar} منذ انضمام المشتري لا يتجاوز {length}")
        )
    if wanted.after_joining is not None:
        en, ar = _window(wanted.after_joining)
        length = _length(wanted.after_joining)
        parts.append(
            Text(en=f"after the first {en} from the buyer's joining", ar=f"{ar} منذ انضمام المشتري يتجاوز {length}")
        )
    if wanted.which != "all":
        parts.append(_WHICH[wanted.which])
    if not parts:
        return None
    told = words.joined(parts)
    return Text(en=f"Only on these orders: {told.en}.", ar=f"تُصرف عن هذه الطلبات وحدها: {told.ar}.")


_WHICH = {
    "first": Text(en="each buyer's first", ar="أول طلب لكل مشترٍ"),
    "later": Text(en="all but each buyer's first", ar="ما بعد أول طلب لكل مشترٍ"),
}


def _length(window: Window) -> int:
    return window.days or window.months or window.periods or 0


def _window(window: Window) -> tuple[str, str]:
    """The length of time in English, and in Arabic what is counted."""
    length = _length(window)
    unit, counted = next(
        (unit, counted)
        for unit, counted in (("day", "عدد الأيام"), ("month", "عدد الأشهر"), ("period", "عدد الفترات"))
        if getattr(window, f"{unit}s") is not None
    )
    return f"{length} {unit}{'s' if length != 1 else ''}", counted


def in_force(days: InForce | None) -> Text | None:
    """On which days a component pays; None where it is all of them."""
    if days is None or (days.since is None and days.until is None):
        return None
    en = [f"from {days.since}" if days.since else "", f"until {days.until}" if days.until else ""]
    ar = [f"من {days.since}" if days.since else "", f"حتى {days.until}" if days.until else ""]
    return Text(en=f"In force {' '.join(filter(None, en))}.", ar=f"مدة السريان: {' '.join(filter(None, ar))}.")


def exchange(rates: Mapping[str, Fraction], currency: str) -> Text | None:
    """At which rates orders in other currencies are brought over; None where there are none."""
    if not rates:
        return None
    listed = [f"1 {other} = {decimal_text(rate)} {currency}" for other, rate in rates.items()]
    return Text(
        en=f"Orders in other currencies at the plan's own rates: {', '.join(listed)}.",
        ar=f"تُحوَّل الطلبات بالعملات الأخرى بأسعار الخطة نفسها: {'، '.join(listed)}.",
    )
