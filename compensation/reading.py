"""A plan read aloud: its rules in plain words, the most it can pay out, and what regulators look at.

Everything is made from the plan alone and in both languages. The worst case adds up what every component promises at
most on one unit of sales, as if every level were full and every rank the highest; where a component promises without
limit, or by events that are no sale, the reading says so instead of giving a number.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from compensation.components.contract import CUSTOMER_KINDS, Component
from compensation.frame import (
    ActiveByAutoship,
    ActiveByPurchases,
    ActiveByRequirements,
    ActiveByVolume,
    Activity,
)
from compensation.quantities import decimal_text, rate_text
from compensation.standing import ranking_words
from compensation.wording import frame as frame_words
from intake.frozen import Frozen
from intake.text import Language, Text

if TYPE_CHECKING:
    from compensation.limits import Limit, Pool
    from compensation.plan import Plan

_JOINING = frozenset({"starter_kit", "fee", "deposit"})
"""Categories of orders that are payments for joining."""
_MEASURES = {
    "amount": Text(en="of the price of sales", ar="من ثمن المبيعات"),
    "volume": Text(en="per point of commissionable volume", ar="عن كل نقطة من الحجم المحتسب للعمولة"),
    "points": Text(en="per qualifying point", ar="عن كل نقطة تأهيل"),
    "cost": Text(en="of the wholesale price", ar="من سعر الجملة"),
    "margin": Text(en="of the margin", ar="من هامش الربح"),
}


class Part(Frozen):
    """What one component, limit or rule says."""

    id: str
    title: Text
    words: Text
    worst_case: Text | None = None
    """The most it promises, in words; None where it promises nothing of its own."""


class Ratio(Frozen):
    """The most that the plan pays on one unit of a measure of its sales."""

    of: Literal["amount", "volume", "points", "cost", "margin"]
    share: str
    """Exact decimal or fraction; 1 = everything."""
    above_all: bool
    """Whether it is more than the whole."""
    text: Text


class Feature(Frozen):
    """Something in the plan that regulators look at; it is no finding by itself."""

    code: str
    components: tuple[str, ...]
    text: Text


class Reading(Frozen):
    """A plan in plain words."""

    id: str
    title: Text
    frame: tuple[Text, ...]
    parts: tuple[Part, ...]
    ratios: tuple[Ratio, ...]
    """The worst case, by what it is a share of."""
    unbounded: tuple[Text, ...]
    """What has no bound in sales, and why."""
    features: tuple[Feature, ...]

    def text(self, language: Language = "en") -> str:
        """The whole reading as lines."""

        def say(text: Text) -> str:
            return text.in_language(language)

        lines = [say(self.title), "", *(say(each) for each in self.frame), ""]
        for part in self.parts:
            lines += [f"{say(part.title)} ({part.id})", f"  {say(part.words)}"]
            if part.worst_case is not None:
                lines.append(f"  {say(part.worst_case)}")
        lines += ["", say(Text(en="The most it can pay out", ar="أقصى ما يمكن أن تصرفه الخطة"))]
        lines += [f"  {say(ratio.text)}" for ratio in self.ratios] + [f"  {say(each)}" for each in self.unbounded]
        lines += ["", say(Text(en="What regulators look at", ar="ما تنظر إليه الجهات الرقابية"))]
        lines += [f"  - {say(feature.text)}" for feature in self.features] or ["  -"]
        return "\n".join(lines)


def read_aloud(plan: Plan) -> Reading:
    """The reading of a plan."""
    ratios, unbounded = _worst_case(plan)
    return Reading(
        id=plan.id,
        title=plan.title,
        frame=tuple(_frame(plan)),
        parts=tuple(_parts(plan)),
        ratios=tuple(ratios),
        unbounded=tuple(unbounded),
        features=tuple(_features(plan)),
    )


def _frame(plan: Plan) -> Iterator[Text]:
    period = _PERIODS[plan.period]
    yield Text(
        en=f"Computed {period.en} in {plan.currency}; {_rounding(plan).en}.",
        ar=f"تُحتسب {period.ar} بعملة {plan.currency}؛ {_rounding(plan).ar}.",
    )
    told = (
        frame_words.exchange(plan.exchange, plan.currency),
        frame_words.activity(plan.activity),
        None if plan.ranks is None else ranking_words.describe(plan.ranks),
    )
    yield from (text for text in told if text is not None)


_PERIODS = {
    "day": Text(en="every day", ar="كل يوم"),
    "week": Text(en="every week", ar="كل أسبوع"),
    "month": Text(en="every month", ar="كل شهر"),
    "quarter": Text(en="every quarter", ar="كل ربع سنة"),
    "year": Text(en="every year", ar="كل سنة"),
    "whole": Text(en="once for all time", ar="مرة واحدة عن المدة كلها"),
}
_MODES = {
    "half_up": Text(en="a half is rounded up", ar="يُقرَّب النصف إلى أعلى"),
    "half_even": Text(en="a half is rounded to the even neighbour", ar="يُقرَّب النصف إلى العدد الزوجي المجاور"),
    "down": Text(en="fractions are cut", ar="تُحذف الكسور"),
}


def _rounding(plan: Plan) -> Text:
    mode = _MODES[plan.rounding.mode]
    if plan.rounding.per == "statement":
        return Text(en=f"{mode.en}, once per statement", ar=f"{mode.ar}، مرة لكل كشف")
    return Text(en=f"{mode.en}, for each payment", ar=f"{mode.ar}، لكل دفعة")


def _parts(plan: Plan) -> Iterator[Part]:
    for component in plan.components:
        title = component.title or Text(en=component.id, ar=component.id)
        words = component.describe()
        for said in (
            frame_words.orders(component.orders),
            frame_words.in_force(component.in_force),
            frame_words.eligibility(component.eligibility),
        ):
            if said is not None:
                words = Text(en=f"{words.en} {said.en}", ar=f"{words.ar} {said.ar}")
        yield Part(id=component.id, title=title, words=words, worst_case=_promised(component))
    for limit in plan.limits:
        title = limit.title or Text(en=f"Limit {limit.id}", ar=f"الحد {limit.id}")
        yield Part(id=limit.id, title=title, words=limit.describe())
    if plan.payment is not None:
        yield Part(id="payment", title=Text(en="Payment", ar="الصرف"), words=plan.payment.describe())


def _promised(component: Component) -> Text | None:
    promise = component.promise()
    if promise.of is None:
        return None
    if promise.of == "event" or promise.share is None:
        return promise.why
    if promise.of == "awards":
        names = ", ".join(name for _, name in component.reads())
        share = rate_text(promise.share)
        return Text(en=f"At most {share} of what {names} pays.", ar=f"بحد أقصى {share} مما يصرفه {names}.")
    share, of = _written(promise.of, promise.share), _MEASURES[promise.of]
    return Text(en=f"At most {share} {of.en}.", ar=f"بحد أقصى {share} {of.ar}.")


def _written(of: str, share: Fraction) -> str:
    return decimal_text(share) if of in ("volume", "points") else rate_text(share)


def _worst_case(plan: Plan) -> tuple[list[Ratio], list[Text]]:
    """The sum of what components promise on one order, per measure, and what has no bound.

    Components that never pay on the same order (the old and the new version of one, the time from joining and the time
    after it) are not added up: of all moments the dearest counts.
    """
    highest: dict[str, Fraction] = {}
    unbounded: dict[str, Text] = {}
    days = {date.min}
    for component in plan.components:
        if component.in_force is not None:
            days |= {component.in_force.since or date.min}
            days |= {component.in_force.until + timedelta(days=1)} if component.in_force.until else set()
    for day in sorted(days):
        for new in (True, False):
            sums, endless = _promised_at(plan, day, new=new)
            unbounded |= endless
            for of, share in sums.items():
                highest[of] = max(highest.get(of, Fraction(0)), share)
    ratios = [_ratio(of, highest[of]) for of in _MEASURES if highest.get(of)]
    return ratios, list(unbounded.values())


def _pays_at(component: Component, day: date, *, new: bool) -> bool:
    """Whether a component can pay on an order of that day, by somebody within or after his time from joining."""
    force = component.in_force
    if force is not None and not (force.since or date.min) <= day <= (force.until or date.max):
        return False
    return not (
        (component.orders.since_joining is not None and not new) or (component.orders.after_joining is not None and new)
    )


def _promised_at(plan: Plan, day: date, *, new: bool) -> tuple[dict[str, Fraction], dict[str, Text]]:
    """What the components that pay at a moment promise, per measure; and what has no bound. Pools bind their components."""
    by_component: dict[str, dict[str, Fraction]] = {}
    unbounded: dict[str, Text] = {}
    for component in plan.components:
        promise = component.promise()
        if promise.of is None or not component.in_money or not _pays_at(component, day, new=new):
            continue
        read = [name for _, name in component.reads()]
        if promise.of == "awards" and promise.share is not None and not unbounded.keys() & set(read):
            sums: dict[str, Fraction] = {}
            for name in read:
                for of, share in by_component.get(name, {}).items():
                    sums[of] = sums.get(of, Fraction(0)) + share * promise.share
            by_component[component.id] = sums
        elif promise.of in ("event", "awards") or promise.share is None:
            unbounded[component.id] = _titled(component, promise.why or _NO_BOUND)
        else:
            by_component[component.id] = {promise.of: promise.share}
    for limit in plan.limits:
        if limit.pool is not None:
            _bind(limit, limit.pool, by_component, unbounded)
    total: dict[str, Fraction] = {}
    for sums in by_component.values():
        for of, share in sums.items():
            total[of] = total.get(of, Fraction(0)) + share
    return total, unbounded


_NO_BOUND = Text(en="no bound can be said from the plan alone", ar="لا يُستدل على حد من الخطة وحدها")


def _titled(component: Component, why: Text) -> Text:
    title = component.title or Text(en=component.id, ar=component.id)
    return Text(en=f"{title.en}: {why.en}", ar=f"{title.ar}: {why.ar}")


def _bind(limit: Limit, pool: Pool, by_component: dict[str, dict[str, Fraction]], unbounded: dict[str, Text]) -> None:
    """Let a pool bound what its components promise, where that is more, or has no bound of its own."""
    endless = [name for name in limit.components if name in unbounded]
    if pool.of is None or pool.of.measure not in _MEASURES:
        for name in endless:
            del unbounded[name]
        if endless:
            unbounded[limit.id] = limit.describe()  # bound by a number that the plan does not hold
        return
    of, most = pool.of.measure, pool.share * pool.of.share * pool.of.per_point
    promised = [by_component.get(name, {}).get(of, Fraction(0)) for name in limit.components]
    others = any(set(by_component.get(name, {})) - {of} for name in limit.components)
    if endless or others or sum(promised) > most:
        for name in limit.components:
            by_component.pop(name, None)
            unbounded.pop(name, None)
        by_component[limit.id] = {of: most}


def _ratio(of: str, share: Fraction) -> Ratio:
    written, words = _written(of, share), _MEASURES[of]
    more = share > 1
    over = Text(en="", ar="")
    if more and of not in ("volume", "points"):
        over = Text(en=" This is more than all of it.", ar=" وهذا أكثر من المجموع كله.")
    elif more:
        over = Text(
            en=" This is more than the point is worth where one point is one unit of money.",
            ar=" وهذا أكثر من قيمة النقطة إذا كانت النقطة تساوي وحدة نقدية.",
        )
    text = Text(en=f"At most {written} {words.en}.{over.en}", ar=f"بحد أقصى {written} {words.ar}.{over.ar}")
    return Ratio.model_validate({"of": of, "share": decimal_text(share), "above_all": more, "text": text.model_dump()})


def _features(plan: Plan) -> Iterator[Feature]:
    """What stands in the plan and is asked about by regulators everywhere (docs/rules.md says by which rule)."""
    components = [component for component in plan.components if component.promise().of is not None]

    def those(test: object) -> tuple[str, ...]:
        assert callable(test)
        return tuple(component.id for component in components if test(component))

    joining = those(lambda each: each.pays_for_joining)
    if joining:
        yield _feature(
            "pays-for-joining", joining, "Pays for somebody joining or buying a level, whatever is sold",
            "تدفع عن انضمام شخص أو شرائه مستوى، أيًّا كانت المبيعات",
        )  # fmt: skip
    kits = those(lambda each: not each.pays_for_joining and _may_pay_on_joining(each))
    if kits:
        yield _feature(
            "may-pay-on-kits", kits, "Does not leave out starter kits, fees and deposits: pays on them like on goods",
            "لا تستثني حقائب البداية والرسوم والإيداعات: تدفع عنها كما تدفع عن السلع",
        )  # fmt: skip
    own = those(_pays_on_the_network)
    if own:
        yield _feature(
            "pays-on-own-purchases", own, "Pays on what members themselves buy, not only on sales to outside customers",
            "تدفع عن مشتريات الأعضاء أنفسهم، لا عن المبيعات لعملاء من خارج الشبكة وحدها",
        )  # fmt: skip
    deep = [(each.id, each.levels_above()) for each in components]
    endless = tuple(name for name, levels in deep if levels is None)
    if endless:
        yield _feature(
            "unlimited-depth", endless, "Pays for orders below without a limit of levels",
            "تدفع عن طلبات الشبكة الأدنى دون حد لعدد المستويات",
        )  # fmt: skip
    levels = max((each for _, each in deep if each is not None), default=0)
    if levels > 1:
        names = tuple(name for name, each in deep if each is not None and each > 1)
        yield _feature(
            "several-levels",
            names,
            f"Pays {levels} levels above the buyer",
            f"تدفع لعدد {levels} من المستويات فوق المشتري",
        )
    if _asks_for_purchases(plan.activity):
        yield _feature(
            "purchase-to-stay-active", (), "To earn, volume or orders are needed in every period",
            "يُشترط للاستحقاق حجم أو طلبات في كل فترة",
        )  # fmt: skip
    if plan.ranks is not None and plan.ranks.source == "purchases":
        yield _feature("ranks-are-bought", (), "Ranks are bought", "الرتب تُشترى")
    waiting = tuple(each.id for each in components if getattr(each, "hold_back", None) is not None)
    if waiting:
        yield _feature(
            "pay-to-be-paid", waiting, "Rewards already caused are held until the receiver buys a level",
            "تُحتجز مكافآت متحققة إلى أن يشتري المستفيد مستوى",
        )  # fmt: skip
    kept = those(lambda each: each.reversals == "ignore")
    if kept:
        yield _feature(
            "nothing-taken-back", kept, "Commissions are not taken back when the order is",
            "لا تُسترد العمولات عند رد الطلب",
        )  # fmt: skip
    if not any(_asks_for_customers(each) for each in components):
        yield _feature(
            "no-customer-gate", (), "No component asks for sales to outside customers before it pays",
            "لا يشترط أي عنصر مبيعات لعملاء من خارج الشبكة قبل أن يدفع",
        )  # fmt: skip
    ratios, unbounded = _worst_case(plan)
    if any(ratio.above_all for ratio in ratios):
        yield _feature(
            "promises-more-than-all", (), "Can promise more than the sales it is reckoned on",
            "قد تَعِد بأكثر من المبيعات التي تُحتسب عليها",
        )  # fmt: skip
    if unbounded:
        yield _feature(
            "no-bound", (), "Part of what it promises has no bound in sales", "جزء مما تَعِد به ليس له حد من المبيعات"
        )


def _feature(code: str, components: tuple[str, ...], en: str, ar: str) -> Feature:
    return Feature(code=code, components=components, text=Text(en=f"{en}.", ar=f"{ar}."))


def _may_pay_on_joining(component: Component) -> bool:
    filter_ = component.orders
    if filter_.categories is not None:
        return not _JOINING.isdisjoint(filter_.categories)
    return not set(filter_.except_categories or ()) >= _JOINING


def _pays_on_the_network(component: Component) -> bool:
    kinds = component.orders.buyer_kinds
    return not component.pays_for_joining and (kinds is None or not CUSTOMER_KINDS.issuperset(kinds))


def _asks_for_purchases(rule: Activity) -> bool:
    if isinstance(rule, ActiveByRequirements):
        return rule.requires.asks_for_purchases()
    return isinstance(rule, ActiveByVolume | ActiveByPurchases | ActiveByAutoship)


def _asks_for_customers(component: Component) -> bool:
    kinds = component.orders.buyer_kinds
    if kinds is not None and CUSTOMER_KINDS.issuperset(kinds):
        return True
    requires = component.eligibility.requires
    return requires is not None and requires.asks_for_customers()
