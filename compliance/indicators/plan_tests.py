"""What the plan itself says of recruiting: what it pays when nobody joins any more, how many lose while a made-up company
grows by it, and how many levels it pays.

The real engine pays in all three. Recomputing records takes time, so that large ones are left to the command that is
made for it (`downline what-if`); a made-up company says something of the plan and nothing of anybody in the records.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from compensation.errors import CompensationError
from compliance.indicators import phrases
from compliance.indicators.growth import TOO_SHORT, joins_by_month
from compliance.indicators.plan_books import books_of
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, point, share
from compliance.indicators.solvency import money_months
from compliance.measurement import Interval, Missing, Series, decimal_string
from intake.text import Text

if TYPE_CHECKING:
    from compensation.gaming.terms import Terms
    from compensation.plan import Plan
    from compensation.what_if import WhatIf
    from compliance.records import Records

MONTHS_AFTER = 6
SEEDS = 5
PEOPLE = 400
"""Participants at the end of a made-up company."""
PERIODS = 12


def _stopped(records: Records, plan: Plan, last: date) -> WhatIf:
    from compensation.what_if import RecruitingStops, what_if

    return what_if(plan, books_of(records), RecruitingStops(last_day=last))


@indicator(
    id="plan_without_joining",
    title=Text(en="What the plan pays when nobody joins any more", ar="ما تصرفه الخطة إذا توقف الانضمام"),
    definition=Text(
        en="The plan computed on the records twice, as they are and as if nobody had joined in their last six months (in the "
        "second half of shorter records): what it would then pay for those months, over what it pays for them.",
        ar="تُحتسب الخطة على السجلات مرتين: كما هي، وكما لو لم ينضم أحد في آخر ستة أشهر منها (أو في النصف الثاني من السجلات "
        "الأقصر)؛ والرقم هو ما تصرفه عندئذ عن تلك الأشهر إلى ما تصرفه عنها فعلًا.",
    ),
    formula="P'(t > stop) / P(t > stop), both by the plan's engine",
    source="models 6.5; change RecruitingStops of docs/plans/what-if.md",
    unit="ratio",
    needs=("plan", "orders.date", "orders.amount", "participants.joined"),
    of_money=True,
    false_positives=Text(
        en="Customers whom newcomers brought, and customers on the list who came later, are left out with them. People who stay might have sold more instead.",
        ar="يُستبعد مع الجدد عملاؤهم ومن سُجّل من العملاء بعد ذلك. وقد يبيع من بقوا أكثر عوضًا عنهم.",
    ),
)
def plan_without_joining(records: Records) -> Outcome:
    """The plan's payouts of the last months with and without those who joined in them."""
    from compensation.periods import day_after

    plan, months = records.plan, records.once(money_months)
    if plan is None or len(months) < 2:
        return Outcome(lacking(TOO_SHORT))
    if records.joining_period is None:
        return Outcome(lacking(phrases.nobody()))
    if (most := records.assumptions.recompute_orders) < records.filled("orders"):
        return Outcome(lacking(phrases.too_large(most, "downline what-if --recruiting-stops")))
    first = months[-min(MONTHS_AFTER, len(months) // 2)].month
    last = date.fromisoformat(f"{first}-01") - timedelta(days=1)
    try:
        found = _stopped(records, plan, last)
    except CompensationError as error:
        return Outcome(lacking(_unfit(error)))
    sums: dict[str, list[int]] = {}
    for at, computed in enumerate((found.before, found.after)):
        for period, amount in computed.totals.select("period", "amount").iter_rows():
            sums.setdefault(str(period), [0, 0])[at] += int(amount)
    after = [
        (period, before, less)
        for period, (before, less) in sorted(sums.items())
        if (end := day_after(period, plan.period)) is None or end > last + timedelta(days=1)
    ]
    return Outcome(
        share(sum(less for *_, less in after), sum(whole for _, whole, _ in after), whole=phrases.nothing_paid()),
        numerator_label=Text(en=f"if nobody joins after {last}", ar=f"إذا لم ينضم أحد بعد {phrases.isolate(last)}"),
        denominator_label=Text(en="as it is", ar="كما هو"),
        series=(
            Series(
                id="by_period",
                label=Text(en="Paid without those who joined, over paid", ar="المصروف بلا الجدد إلى المصروف"),
                axis="period",
                unit="ratio",
                points=tuple(point(period, share(less, whole)) for period, whole, less in after if whole > 0),
            ),
        ),
        evidence=records.evidence(
            f"SELECT id, sponsor_id, joined FROM people WHERE is_participant AND joined >= DATE '{first}-01'"  # noqa: S608
            " ORDER BY joined, id"
        ),
        notes=(Text(en=found.summary.en.replace("\n", " "), ar=found.summary.ar.replace("\n", " ")),),
        period=records.money_period,
    )


def _unfit(error: CompensationError) -> Missing:
    return phrases.needs(
        "plan",
        None,
        f"The plan could not be computed: {error}",
        f"تعذّر احتساب الخطة: {phrases.isolate(error)}",
    )


# A made-up company

ONE_LEVEL = phrases.needs(
    "plan",
    None,
    "The plan pays only whoever makes or refers a sale: a company of recruits without customers is not made for it.",
    "لا تدفع الخطة إلا لمن يبيع أو يحيل: فلا معنى لشركة افتراضية من مستقطَبين بلا عملاء.",
)


def terms_of(records: Records) -> Terms:
    """Growth and the price of an order as the records show them: the mean monthly growth, the median own order."""
    from compensation.gaming.terms import Terms

    joined = list(records.once(joins_by_month).values())
    growth = Fraction(1, 5)
    if len(joined) > 2:
        present, rates = joined[0], []
        for count in joined[1:]:
            rates.append(Fraction(count, present))
            present += count
        growth = min(max(sum(rates[-PERIODS:], Fraction(0)) / len(rates[-PERIODS:]), Fraction(1, 100)), Fraction(1))
    growth = Fraction(round(growth * 100), 100)
    start = max(1, int(PEOPLE / (1 + growth) ** (PERIODS - 1)))
    price = records.row(
        "SELECT CAST(median(amount) AS BIGINT) FROM order_facts WHERE side = 'participant' AND amount > 0"
    )[0]
    order = Fraction(int(price), 10**records.scale) if price else Fraction(100)
    use = Fraction(records.allowance or 0, 10**records.scale) * _months(
        records.plan.period if records.plan else "month"
    )
    return Terms(growth=growth, start=start, periods=PERIODS, seeds=SEEDS, order=order, own_use=use)


def _months(period: str) -> Fraction:
    """How many months a commission period has; a plan without periods is taken by the month."""
    return {"week": Fraction(12, 52), "day": Fraction(12, 365), "quarter": Fraction(3), "year": Fraction(12)}.get(
        period, Fraction(1)
    )


@indicator(
    id="simulated_loss_share",
    title=Text(
        en="Who is behind when a made-up company grows by the plan", ar="من يبقون خاسرين في شركة افتراضية تنمو بالخطة"
    ),
    definition=Text(
        en="A made-up company grows at the mean pace of the records, without customers; each newcomer's sponsor is drawn at "
        "random, everybody buys what the plan gives to buy, and the plan pays. The share who got less than they paid: the "
        "middle of five draws, with the lowest and the highest. Beside it the share seen in the records.",
        ar="شركة افتراضية تنمو بمتوسط نمو السجلات بلا عملاء؛ يُختار راعي كل منضم بالقرعة، ويشتري الجميع ما تطلبه الخطة، وتُصرف "
        "العمولات وفقها. والرقم نسبة من حصلوا على أقل مما دفعوا: القيمة الوسيطة لخمس قرعات مع أدناها وأعلاها. وإلى جانبه النسبة "
        "المشاهدة في السجلات.",
    ),
    formula="#{i : paid_i < spent_i} / N of the simulated company; beside it #{i : net_i < 0} / N of the records",
    source="models 4.2 (plan_simulation); Gastwirth, The American Statistician 31(2):79-82, 1977",
    unit="ratio",
    needs=("plan",),
    false_positives=Text(
        en="It describes the plan under the printed assumptions. A seller with customers of his own is not in it, and goods "
        "that are used up are counted as money spent: see the figure that leaves a plausible own use out.",
        ar="يصف الخطة بالافتراضات المذكورة. ولا يشمل بائعًا له عملاؤه، وتُحتسب السلع المستهلكة مالًا مدفوعًا، ويستبعد تعريف بديل "
        "استهلاكًا معقولًا.",
    ),
)
def simulated_loss_share(records: Records) -> Outcome:
    """Five made-up companies by the plan, beside the loss share of the records."""
    from compensation.gaming import assuming
    from compensation.gaming.goods import goods_of
    from compensation.gaming.growth import simulate

    plan = records.plan
    if plan is None:
        return Outcome(lacking(phrases.missing("plan")))
    if not any(_levels(component)[0] for component in plan.components):
        return Outcome(lacking(ONE_LEVEL))
    terms = terms_of(records)
    goods = goods_of(plan, terms)
    try:
        grown = sorted(simulate(plan, goods, terms), key=lambda each: each.share)
    except CompensationError as error:
        return Outcome(lacking(_unfit(error)))
    middle = grown[len(grown) // 2]
    beyond_use = sorted(grown, key=lambda each: (each.behind_beyond_use, each.participants))[len(grown) // 2]
    low, high = (decimal_string(each.share, 6) for each in (grown[0], grown[-1]))
    observed = lacking(phrases.missing("rewards.amount"))
    if records.has("orders.buyer_id") and records.has("rewards.amount"):
        lost, everyone = records.row("SELECT count(*) FILTER (net < 0), count(*) FROM net")
        observed = share(int(lost), int(everyone), people=True, whole=phrases.nobody())
    return Outcome(
        Value(
            middle.share,
            middle.behind,
            middle.participants,
            Interval(low=low, high=high, level="1", method="range-of-draws"),
        ),
        numerator_label=Text(en="got less than they paid", ar="حصلوا على أقل مما دفعوا"),
        denominator_label=Text(en="participants of the made-up company", ar="مشاركو الشركة الافتراضية"),
        headline_label=Text(en="by the plan, made up", ar="بحسب الخطة، افتراضيًا"),
        alternatives=(
            alternative(
                "goods_within_allowance",
                phrases.GOODS_WITHIN_ALLOWANCE,
                lacking(phrases.no_allowance(records.currency))
                if records.allowance is None
                else share(beyond_use.behind_beyond_use, beyond_use.participants),
            ),
            alternative(
                "observed",
                Text(en="seen in the records, everyone ever enrolled", ar="المشاهد في السجلات لجميع من انضموا"),
                observed,
            ),
        ),
        evidence=records.evidence("SELECT id, joined, paid_in, paid_out, net FROM net ORDER BY net, id"),
        notes=assuming.assumptions(plan, goods, terms),
        period=records.money_period,
    )


# Levels


@indicator(
    id="plan_levels",
    title=Text(en="Levels above the seller that the plan pays", ar="المستويات التي تدفع لها الخطة فوق البائع"),
    definition=Text(
        en="How many levels of recruiters above the one who made a sale the plan pays, by its text. 0: only who made or "
        "referred the sale. Components that pay along a tree without a number of levels count as at least 1.",
        ar="عدد مستويات الرعاة فوق من أتم البيع التي تدفع لها الخطة بحسب نصها. والصفر يعني الدفع لمن باع أو أحال فقط. وتُعدّ "
        "المكوّنات التي تدفع على امتداد الشجرة بلا عدد مستويات مستوى واحدًا على الأقل.",
    ),
    formula="max over components of the levels they pay above the seller",
    source="rule aff.one_level: https://mlmia.com/LegalBulletin10",
    unit="count",
    needs=("plan",),
    false_positives=Text(
        en="A team override of a salaried manager is pay for work on others' sales, and counts as none here.",
        ar="نسبة مدير المسوّقين من مبيعات من يديرهم أجر عن عمل، ولا تُعدّ مستوى هنا.",
    ),
)
def plan_levels(records: Records) -> Outcome:
    """The deepest level that a component of the plan pays."""
    plan = records.plan
    if plan is None:
        return Outcome(lacking(phrases.missing("plan")))
    levels = {component.id: _levels(component) for component in plan.components}
    deepest = max((level for level, _ in levels.values()), default=0)
    open_ended = any(not known and level == deepest for level, known in levels.values())
    return Outcome(
        Value(deepest),
        series=(
            Series(
                id="by_component",
                label=Text(en="Levels by component", ar="المستويات بحسب المكوّن"),
                axis="category",
                unit="count",
                points=tuple(point(component, Value(level)) for component, (level, _) in levels.items()),
            ),
        ),
        bound="lower" if open_ended else "exact",
    )


SELLERS = frozenset(
    {
        "affiliate",
        "affiliate_manager",
        "remainder",
        "customer_referral",
        "deduction",
        "retail_profit",
        "own_rate",
        "given",
    }
)
"""Families that pay whoever made, referred or was in charge of a sale, or take something off."""


def _levels(component: object) -> tuple[int, bool]:
    """Levels above the seller that a component pays, and whether its text gives a number."""
    from compensation.components.two_tier import TwoTier
    from compensation.components.unilevel import Unilevel

    if isinstance(component, TwoTier):
        return len(component.rates), True
    if isinstance(component, Unilevel):
        lists = [component.rates, component.amounts, *(component.rates_by_rank or {}).values()]
        lists += list((component.amounts_by_rank or {}).values())
        return max(len(each) for each in lists if each), True
    return (0, True) if getattr(component, "family", "") in SELLERS else (1, False)
