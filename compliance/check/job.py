"""Is it a job, or only a commission? What is known of employment, guaranteed pay, costs and recruiting.

Each point is answered from what was told, from the plan where it is written down, or from an answer; what nobody
answered is a question to ask. A plan that names no fixed pay is no proof that there is none, so it is said as such.
Offers of commission are sometimes made in the words of a job; the points are what tells the two apart.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from compensation.components import FAMILIES, Component
from compensation.components.contract import CUSTOMER_KINDS
from compensation.plan import Plan
from compliance.check.amounts import digits, formula, money
from compliance.check.answering import people, total_cost
from compliance.check.model import CheckInputs, Job, JobPoint, JobQuestion, YesNo
from compliance.sentences import fill
from intake.text import Text

WEEKS_A_YEAR, MONTHS_A_YEAR = 52, 12
SELLING = frozenset({"retail_profit", "affiliate", "customer_referral", "own_rate", "two_tier"})
"""Families that pay for the participant's own sales to customers."""

QUESTIONS: dict[JobQuestion, Text] = {
    "contract": Text(
        en="Is there a written contract of employment, with social insurance and leave?",
        ar="هل يوجد عقد عمل مكتوب، مع تأمينات اجتماعية وإجازات؟",
    ),
    "fixed_pay": Text(en="Is any pay guaranteed, whatever is sold?", ar="هل يوجد أجر مضمون أيًّا كانت المبيعات؟"),
    "reimbursed": Text(
        en="Does the company pay back travel, telephone and training?",
        ar="هل تردّ الشركة نفقات التنقل والهاتف والتدريب؟",
    ),
    "must_buy": Text(en="Must you buy in order to be paid?", ar="هل الشراء شرط للصرف؟"),
    "sell_alone": Text(
        en="Can you earn by selling to customers alone, without recruiting anybody?",
        ar="هل يمكن الكسب من البيع للعملاء وحده، بلا استقطاب أحد؟",
    ),
    "own_terms": Text(
        en="May the company change the commissions or end your membership by itself?",
        ar="هل يحق للشركة وحدها تغيير العمولات أو إنهاء العضوية؟",
    ),
}
_ANSWERED: dict[YesNo, Text] = {
    "yes": Text(en="Yes, according to the answer.", ar="نعم، بحسب الإجابة."),
    "no": Text(en="No, according to the answer.", ar="لا، بحسب الإجابة."),
    "unknown": Text(en="Not known: ask, and have it in writing.", ar="غير معروف: يُرجى السؤال وطلب الجواب كتابةً."),
}
_EMPLOYMENT = Text(
    en="By the answers it is employment with guaranteed pay. The contract decides.",
    ar="بحسب الإجابات هو عمل بأجر مضمون. والعبرة بالعقد.",
)
_COMMISSION = Text(
    en="Only a commission, as far as is known: pay comes from results, and time is not paid.",
    ar="عمولة فقط بحسب المعروف: الصرف مقابل النتائج، ولا أجر على الوقت.",
)
_OPEN = Text(
    en="Not known. Until a written contract names a guaranteed pay, nothing that was given makes it a job.",
    ar="غير معروف. وما لم يذكر عقد مكتوب أجرًا مضمونًا فلا شيء مما قُدّم يجعله وظيفة.",
)

Basis = Literal["told", "plan", "answer", "nobody"]


def job(inputs: CheckInputs) -> Job:
    """The points, and the answer as far as they carry it."""
    points = [_cost(inputs), *(_point(inputs, each) for each in QUESTIONS)]
    hour = _hour(inputs)
    known = {point.id: point.known for point in points}
    if known["contract"] == known["fixed_pay"] == "yes":
        says = _EMPLOYMENT
    elif "no" in (known["contract"], known["fixed_pay"]):
        says = _COMMISSION
    else:
        says = _OPEN
    return Job(says=says, points=(*points, *hour))


def _point(inputs: CheckInputs, name: JobQuestion) -> JobPoint:
    answer: YesNo = inputs.job.get(name, "unknown")
    basis: Basis = "nobody" if answer == "unknown" else "answer"
    says = _ANSWERED[answer]
    known: tuple[YesNo, Basis, Text] | None = None
    if answer == "unknown":
        known = _told(inputs, name) or (None if inputs.plan is None else _planned(inputs.plan, name))
    if known is not None:
        answer, basis, says = known
    return JobPoint(id=name, question=QUESTIONS[name], known=answer, basis=basis, says=says)


def _told(inputs: CheckInputs, name: JobQuestion) -> tuple[YesNo, Basis, Text] | None:
    if name != "must_buy" or not inputs.monthly:
        return None
    monthly = money(Fraction(inputs.monthly, 10**inputs.scale), inputs.currency, inputs.scale)
    text = Text(
        en="{sum} every month, as told. Ask whether commissions stop without it.",
        ar="{sum} كل شهر، بحسب ما ذُكر. يُرجى السؤال هل تتوقف العمولات بدونه.",
    )
    return "yes", "told", fill(text, sum=monthly)


def _planned(plan: Plan, name: JobQuestion) -> tuple[YesNo, Basis, Text] | None:
    if name == "fixed_pay":
        return (
            "no",
            "plan",
            Text(
                en="The plan names none: all of it is paid for results.",
                ar="لا تذكر الخطة أجرًا ثابتًا: كل ما فيها مقابل نتائج.",
            ),
        )
    if name == "sell_alone":
        if any(map(_pays_own_sales, plan.components)):
            text = Text(en="The plan pays for your own sales.", ar="تصرف الخطة عن المبيعات الشخصية.")
            return "yes", "plan", text
        text = Text(
            en="The plan names no pay for your own sales to customers.",
            ar="لا تذكر الخطة عمولة عن المبيعات الشخصية للعملاء.",
        )
        return "no", "plan", text
    return None


def _pays_own_sales(component: Component) -> bool:
    """Whether a component pays the seller for what customers buy."""
    kinds = component.orders.buyer_kinds
    to_customers = bool(kinds) and CUSTOMER_KINDS.issuperset(kinds or ())
    selling = tuple(FAMILIES[family] for family in SELLING)
    return isinstance(component, selling) or (to_customers and component.levels_above() == 0)


def _cost(inputs: CheckInputs) -> JobPoint:
    total = total_cost(inputs)
    shown = money(total, inputs.currency, inputs.scale)
    paid = Text(
        en="You do: {sum} in the time looked at. In a job the employer pays.",
        ar="المنضم نفسه: {sum} في المدة المحسوبة. وفي الوظيفة يتحملها صاحب العمل.",
    )
    nothing = Text(en="No cost was named.", ar="لم تُذكر أي تكلفة.")
    return JobPoint(
        id="costs",
        question=Text(en="Who pays the costs?", ar="من يتحمل التكاليف؟"),
        known="yes" if total else "unknown",
        says=fill(paid, sum=shown) if total else nothing,
        basis="told",
    )


def _hour(inputs: CheckInputs) -> tuple[JobPoint, ...]:
    """What an hour brought the middle participant, before costs, at the hours that were told."""
    groups = people(inputs)
    if inputs.hours is None or groups is None:
        return ()
    high = groups[0].median()[1]
    if high is None:
        return ()
    hours = Fraction(inputs.hours * WEEKS_A_YEAR * inputs.months, MONTHS_A_YEAR)
    received = high / 10**inputs.scale
    each = received / hours
    shown = money(each, inputs.currency, inputs.scale)
    arithmetic = f"{digits(received, inputs.scale)} ÷ {digits(hours, 0)}"
    text = Text(
        en="At most {sum} to the middle participant, before costs: {arithmetic}.",
        ar="للمشارك الأوسط {sum} على الأكثر قبل خصم التكلفة: {arithmetic}.",
    )
    return (
        JobPoint(
            id="hour",
            question=Text(en="What does an hour bring?", ar="كم تبلغ الساعة الواحدة؟"),
            known="yes",
            says=fill(text, sum=shown, arithmetic=formula(arithmetic)),
            basis="told",
        ),
    )
