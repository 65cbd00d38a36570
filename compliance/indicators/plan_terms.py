"""What the plan itself says: which of its conditions a participant can meet by buying, and how much there is to read.

These are counted on the plan alone and on no record. They are no finding by themselves: a modest volume of one's own is
asked for by many lawful plans, and large companies have long plans.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from compensation.frame import ActiveByAutoship, ActiveByPurchases, ActiveByVolume
from compensation.standing.requirements import GroupVolume, Requirements
from compliance.indicators.registry import Outcome, Value, alternative, indicator
from intake.text import Text

if TYPE_CHECKING:
    from compensation import Plan
    from compliance.records import Records

_OWN = frozenset({"personal_volume", "own_orders", "autoship"})
_BY_BUYING = (ActiveByVolume, ActiveByPurchases, ActiveByAutoship)


def requirements(value: Any) -> Iterator[Requirements]:
    """Every set of conditions in a plan or a part of one, wherever it stands; alternatives are inside theirs."""
    if isinstance(value, Requirements):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from requirements(getattr(value, name))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from requirements(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from requirements(each)


def conditions(plan: Plan) -> list[tuple[str, Any]]:
    """Every single condition on a participant, with the key under which it stands."""
    activity = [] if not isinstance(plan.activity, _BY_BUYING) else [(plan.activity.rule, plan.activity)]
    return activity + [(key, each) for asked in requirements(plan) for _, key, each in asked.everywhere()]


@indicator(
    id="own_purchase_conditions",
    title=Text(en="Conditions that own purchases can meet", ar="شروط تُستوفى بالمشتريات الشخصية"),
    definition=Text(
        en="Conditions of activity, rank or pay in the plan that a participant can meet by buying: volume or orders of one's "
        "own, a standing order.",
        ar="شروط النشاط أو الرتبة أو العمولة في الخطة التي يستوفيها المشارك بالشراء: حجم أو طلبات شخصية أو طلب دوري.",
    ),
    formula="count of the plan's conditions on own volume, own orders or autoship",
    source="rule us.vemma2016.no_own_purchase_tie",
    unit="count",
    needs=("plan",),
    false_positives=Text(
        en="A plan may count customers' orders as a seller's own volume; then the condition can be met without buying.",
        ar="قد تحتسب الخطة طلبات العملاء ضمن الحجم الشخصي للبائع، فيُستوفى الشرط بلا شراء.",
    ),
)
def own_purchase_conditions(records: Records) -> Outcome:
    """Own volume, own orders and autoship; group volume that includes one's own beside them."""
    plan = records.plan
    assert plan is not None
    asked = conditions(plan)
    own = sum(key in _OWN or isinstance(each, _BY_BUYING) for key, each in asked)
    group = sum(isinstance(each, GroupVolume) and each.includes_own for _, each in asked)
    label = Text(en="with group volumes that include one's own", ar="مع أحجام المجموعة التي يدخل فيها الشراء الشخصي")
    return Outcome(
        Value(own, own),
        numerator_label=Text(en="conditions that buying meets", ar="شروط تُستوفى بالشراء"),
        alternatives=(alternative("with_group_volume", label, Value(own + group, own + group)),),
        notes=(_of(len(asked)),),
    )


@indicator(
    id="plan_size",
    title=Text(en="Parts of the compensation plan", ar="عناصر خطة العمولات"),
    definition=Text(
        en="Kinds of commission, ranks, limits and conditions that the plan has, each counted once.",
        ar="أنواع العمولات والرتب والحدود والشروط في الخطة، وكل منها مرة واحدة.",
    ),
    formula="components + ranks + limits + conditions",
    source="rule ind.plan_opacity",
    unit="count",
    needs=("plan",),
    false_positives=Text(
        en="Large companies have long plans; a plan that was entered in more detail counts more.",
        ar="خطط الشركات الكبيرة طويلة؛ والخطة المُدخلة بتفصيل أكبر تُعدّ أكثر.",
    ),
)
def plan_size(records: Records) -> Outcome:
    """How much a participant would have to read to compute one's own pay."""
    plan = records.plan
    assert plan is not None
    parts = {
        "components": (len(plan.components), Text(en="kinds of commission", ar="أنواع العمولات")),
        "ranks": (0 if plan.ranks is None else len(plan.ranks.order), Text(en="ranks", ar="الرتب")),
        "limits": (len(plan.limits), Text(en="caps and pools", ar="الحدود القصوى والصناديق")),
        "conditions": (len(conditions(plan)), Text(en="conditions", ar="الشروط")),
    }
    total = sum(count for count, _ in parts.values())
    return Outcome(
        Value(total, total),
        numerator_label=Text(en="parts", ar="العناصر"),
        alternatives=tuple(alternative(name, label, Value(count, count)) for name, (count, label) in parts.items()),
    )


def _of(total: int) -> Text:
    return Text(en=f"Conditions in the plan: {total}.", ar=f"عدد شروط الخطة: {total}.")
