"""Measurements from what a person outside knows, so that the rules of a country can be held against them.

The ids are those of the indicators that measure the same thing in records; titles and definitions say that the figure
is what was told or what the plan promises. What the plan leaves unclear is not measured: a plan that pays on every
order may or may not pay on starter kits.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from compensation.components.contract import Component
from compensation.components.recruitment_bonus import RecruitmentBonus
from compensation.plan import Plan
from compliance.check.income import everybody
from compliance.check.model import CheckInputs
from compliance.measurement import Alternative, Bound, Measurement, decimal_string
from intake.text import Text

_TOLD = "costs as told"
_PLAN = "compensation plan"
YEAR = 12
LOW_PAY, DOLLARS = 1_000, "USD"
"""The FTC staff report of 2024 gives its share in US dollars; sums in other currencies are not converted."""
JOINING = frozenset({"starter_kit", "fee", "deposit"})
"""Categories of orders that are payments for joining."""
_FALSE_TOLD = Text(
    en="The sum is what was told and was not seen in records; an optional kit is not a condition of joining.",
    ar="المبلغ بحسب ما ذُكر ولم يُتحقق منه في سجلات، والحقيبة الاختيارية ليست شرطًا للانضمام.",
)
_FALSE_PLAN = Text(
    en="A plan says what may be paid, not what was paid.",
    ar="تبيّن الخطة ما قد يُصرف، لا ما صُرف فعلًا.",
)
_FALSE_TABLE = Text(
    en="Members who joined only for a discount never meant to earn; the table is the company's own.",
    ar="من انضم للحصول على خصم فقط لم يقصد الكسب، والجدول من إعداد الشركة.",
)


def told(inputs: CheckInputs, bonus: int | None) -> list[Measurement]:
    """Every measurement that the inputs carry.

    Args:
        inputs: what is known.
        bonus: reward for one recruit in minor units of the inputs' currency, from the plan where none was told.
    """
    return [
        *_costs(inputs),
        *_recruiting(inputs, bonus),
        *_levels(inputs, bonus),
        *_table(inputs),
    ]


def bonus_of(plan: Plan, currency: str, scale: int) -> int | None:
    """What the plan pays for one recruit, in minor units of a currency; None where it names no such sum."""
    amounts = [
        component.amount
        for component in plan.components
        if isinstance(component, RecruitmentBonus) and (component.currency or plan.currency) == currency
    ]
    minor = sum(amounts, Fraction(0)) * 10**scale
    return int(minor) if amounts and minor.denominator == 1 else None


def _money(minor: int, inputs: CheckInputs) -> dict[str, object]:
    return {
        "unit": "money",
        "value": decimal_string(Fraction(minor, 10**inputs.scale)),
        "numerator": minor,
        "currency": inputs.currency,
        "scale": inputs.scale,
    }


def _costs(inputs: CheckInputs) -> Iterator[Measurement]:
    # Nothing to join but something to buy every month: whether that is a condition of joining was not told.
    bound: Bound = "lower" if inputs.joining == 0 and inputs.monthly > 0 else "exact"
    yield Measurement.model_validate(
        {
            **_money(inputs.joining, inputs),
            "id": "joining_fee",
            "title": Text(en="Asked for to join", ar="المطلوب للانضمام"),
            "definition": Text(
                en="What is asked for at joining: fee, kit or first package.",
                ar="ما يُطلب عند الانضمام: رسم أو حقيبة بداية أو باقة.",
            ),
            "formula": "joining costs as told",
            "source": _TOLD,
            "bound": bound,
            "false_positives": _FALSE_TOLD,
        }
    )
    yield Measurement.model_validate(
        {
            **_money(inputs.joining + inputs.monthly, inputs),
            "id": "entry_cost",
            "title": Text(en="Cost of joining and the first month", ar="تكلفة الانضمام والشهر الأول"),
            "definition": Text(
                en="Joining and the first monthly purchase or fee.",
                ar="الانضمام وأول شراء أو رسم شهري.",
            ),
            "formula": "joining + one month",
            "source": _TOLD,
            "false_positives": _FALSE_TOLD,
        }
    )
    yield Measurement.model_validate(
        {
            **_money(inputs.joining, inputs),
            "id": "first_week_payment",
            "title": Text(en="Asked for within seven days of joining", ar="المطلوب خلال 7 أيام من الانضمام"),
            "definition": Text(
                en="What is asked for at joining; a first monthly purchase may fall into the same days.",
                ar="ما يُطلب عند الانضمام، وقد يقع أول شراء شهري في الأيام نفسها.",
            ),
            "formula": "joining costs as told",
            "source": _TOLD,
            "bound": "lower" if inputs.monthly else "exact",
            "false_positives": _FALSE_TOLD,
        }
    )
    yield Measurement.model_validate(
        {
            **_money(inputs.joining + YEAR * inputs.monthly, inputs),
            "id": "yearly_burden",
            "title": Text(en="Asked for in the first year", ar="المطلوب في السنة الأولى"),
            "definition": Text(
                en="Joining and twelve monthly purchases or fees that keep the position active.",
                ar="الانضمام واثنا عشر شراءً أو رسمًا شهريًا للبقاء نشطًا.",
            ),
            "formula": "joining + 12 × monthly",
            "source": _TOLD,
            "false_positives": _FALSE_TOLD,
        }
    )


def _recruiting(inputs: CheckInputs, bonus: int | None) -> Iterator[Measurement]:
    if not bonus and not (inputs.plan is not None and _leaves_joining_alone(inputs.plan)):
        return
    yield Measurement.model_validate(
        {
            **_money(bonus or 0, inputs),
            "id": "recruitment_rewards",
            "title": Text(en="Reward for one new member", ar="مكافأة استقطاب منضم واحد"),
            "definition": Text(
                en="What is promised to a participant for one person who joins.",
                ar="ما يُوعد به المشارك عن كل شخص ينضم.",
            ),
            "formula": "reward for one recruit, as told or as in the plan",
            "source": _TOLD if inputs.recruit_bonus else _PLAN,
            "false_positives": _FALSE_PLAN,
        }
    )


def _leaves_joining_alone(plan: Plan) -> bool:
    """Whether no component pays on fees and starter kits: only where every one names other categories."""
    return all(
        component.orders.categories is not None and JOINING.isdisjoint(component.orders.categories)
        for component in plan.components
    )


def _levels(inputs: CheckInputs, bonus: int | None) -> Iterator[Measurement]:
    plan = inputs.plan
    if plan is None and not bonus and inputs.levels is None:
        return
    components = list(plan.components) if plan is not None else []
    deepest = max(_deepest(components), inputs.levels or 0)
    total = max(deepest, 1 if bonus else 0)
    on_sales = _deepest([each for each in components if not each.pays_for_joining])
    levels = Measurement(
        id="paid_levels",
        title=Text(en="Levels paid for what others do", ar="المستويات التي يُصرف لها عن أفعال الآخرين"),
        definition=Text(
            en="How many levels above a buyer or a new member are paid, by the plan or by what was told.",
            ar="عدد المستويات التي تعلو المشتري أو المنضم ويُصرف لها، بحسب الخطة أو ما ذُكر.",
        ),
        formula="deepest level above the buyer that any component pays",
        source=_PLAN if plan is not None else _TOLD,
        unit="count",
        value=str(total),
        numerator=total,
        bound="exact" if plan is not None else "lower",
        false_positives=_FALSE_PLAN,
    )
    yield levels
    label = Text(en="on orders", ar="عن الطلبات")
    sales = Alternative(id="on_sales", label=label, value=str(on_sales), numerator=on_sales)
    yield levels.model_copy(
        update={"id": "upline_payouts", "alternatives": (sales,) if plan is not None else ()}
    )  # no payout is known, but one on any level above is one for somebody else


UNLIMITED = 1_000
"""What is said where a component pays without a limit of depth: more levels than any rule asks about."""


def _deepest(components: list[Component]) -> int:
    levels = [component.levels_above() for component in components]
    return max((UNLIMITED if each is None else each for each in levels), default=0)


def _table(inputs: CheckInputs) -> Iterator[Measurement]:
    table = inputs.income
    if table is None:
        return
    covered = inputs.covers or Fraction(1)
    unknown = everybody(table, covered=covered, months=inputs.months, left_out_at_zero=False)
    at_zero = unknown.at_zero()
    if at_zero:
        yield _share(
            "zero_earner_share",
            Text(en="Share who received nothing, by the table", ar="نسبة من لم يحصلوا على شيء بحسب الجدول"),
            Text(
                en="People in brackets of zero, over all participants; those left out may come on top.",
                ar="من هم في شريحة الصفر إلى جميع المشاركين، وقد يُضاف إليهم من لا يشملهم الجدول.",
            ),
            at_zero,
        )
    if table.currency == DOLLARS and table.net is not True and inputs.months == YEAR:
        low = 1 - unknown.above(Fraction(LOW_PAY * 10**table.scale))[1]
        if low:
            yield _share(
                "low_yearly_pay",
                Text(en="Share who certainly received 1,000 or less", ar="نسبة من حصلوا حتمًا على 1,000 أو أقل"),
                Text(
                    en="People whose yearly income by the table cannot exceed 1,000 US dollars, over all participants.",
                    ar="من لا يمكن أن يزيد دخلهم السنوي بحسب الجدول على 1,000 دولار أمريكي إلى جميع المشاركين.",
                ),
                low,
            )
    if table.net is None or table.net is False:
        cost = Fraction(inputs.joining + inputs.months * inputs.monthly)
        behind = 1 - unknown.above(cost - Fraction(1, 2))[1]
        if cost and behind:
            yield _share(
                "net_loss_share",
                Text(en="Share who certainly received less than the cost", ar="نسبة من حصلوا حتمًا على أقل من التكلفة"),
                Text(
                    en="People whose income by the table cannot reach the cost given here, over all participants.",
                    ar="من لا يمكن أن يبلغ دخلهم بحسب الجدول التكلفة المذكورة هنا إلى جميع المشاركين.",
                ),
                behind,
            )


def _share(identifier: str, title: Text, definition: Text, value: Fraction) -> Measurement:
    return Measurement(
        id=identifier,
        title=title,
        definition=definition,
        formula="sum of shares of the published table",
        source="published income table",
        unit="ratio",
        value=decimal_string(value),
        numerator=value.numerator,
        denominator=value.denominator,
        bound="lower",
        false_positives=_FALSE_TABLE,
    )
