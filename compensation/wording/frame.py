"""The frame of a plan in plain words: who is active, who is eligible, and what foreign money is worth.

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


def exchange(rates: Mapping[str, Fraction], currency: str) -> Text | None:
    """At which rates orders in other currencies are brought over; None where there are none."""
    if not rates:
        return None
    listed = [f"1 {other} = {decimal_text(rate)} {currency}" for other, rate in rates.items()]
    return Text(
        en=f"Orders in other currencies at the plan's own rates: {', '.join(listed)}.",
        ar=f"تُحوَّل الطلبات بالعملات الأخرى بأسعار الخطة نفسها: {'، '.join(listed)}.",
    )
