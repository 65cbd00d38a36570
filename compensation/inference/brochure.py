"""The inferred plan beside the stated one: where the payouts follow another rule than the brochure.

Components are paired by their name in the records, their family and the orders on which they pay. Each deviation is
one sentence in both languages with the stated and the found value; what cannot be paired is said, too. Whether it is
a mistake, a change of plan or a broken promise is for a person to judge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from compensation.components import FAMILIES
from compensation.components.recruitment_bonus import RecruitmentBonus, RecruitsHeldBack
from compensation.components.unilevel import Unilevel
from compensation.components.upgrade_pass_up import HoldBack, UpgradePassUp
from compensation.plan import Plan
from compensation.quantities import decimal_text, rate_text
from intake.text import Text

if TYPE_CHECKING:
    from compensation.components import AnyComponent


@dataclass(frozen=True)
class Deviation:
    """One place where the payouts do not follow the stated plan."""

    component: str
    """The component's name in the records."""
    what: str
    """`rate`, `amount`, `levels`, `base`, `tree`, `compression`, `eligibility`, `hold_back`, `up`, `cap`, `rounding`,
    `not-stated`, `not-found`."""
    stated: str
    found: str
    text: Text


ALL = "*"
"""Stands for the component where the plan as a whole is meant."""


def deviations(found: Plan, stated: Plan) -> list[Deviation]:
    """Every difference between two plans that payouts can show, component by component as the stated plan lists them."""
    result: list[Deviation] = []
    left = list(found.components)
    for mine in stated.components:
        other = next((each for each in left if _pair(each, mine)), None)
        name = mine.recorded_name()
        if other is None:
            said = Text(
                en="the plan states {stated}; no payouts follow it.", ar="تنص الخطة على {stated}؛ ولا دفعات تتبعها."
            )
            result.append(_deviation(name, "not-found", _family(mine), "-", said))
            continue
        left.remove(other)
        result += _compared(name, other, mine)
    for other in left:
        said = Text(
            en="payouts follow {found}, which the plan does not state.",
            ar="دفعات تتبع {found}، ولا تنص الخطة على ذلك.",
        )
        result.append(_deviation(other.recorded_name(), "not-stated", "-", _family(other), said))
    said = Text(en="rounding is {found}, and not {stated}.", ar="التقريب {found} وليس {stated}.")
    result += _plainly(ALL, "rounding", stated.rounding.mode, found.rounding.mode, said)
    said = Text(en="rounding is per {found}, and not per {stated}.", ar="التقريب لكل {found} وليس لكل {stated}.")
    result += _plainly(ALL, "rounding", stated.rounding.per, found.rounding.per, said)
    return [*result, *_caps(found, stated)]


_WORDS = {
    "sponsor": Text(en="the sponsor tree", ar="شجرة الرعاية"),
    "placement": Text(en="the placement tree", ar="شجرة المواضع"),
    "matrix": Text(en="the matrix", ar="المصفوفة"),
    "none": Text(en="no compression", ar="بلا ضغط للمستويات"),
    "skip_ineligible": Text(en="skipping who cannot earn", ar="تخطّي من لا يستحق"),
    "dynamic": Text(en="the next above who qualifies", ar="أول مؤهَّل صعودًا"),
    "remove_empty": Text(en="skipping who has no volume", ar="تخطّي من لا نقاط له"),
    "rates": Text(en="rates", ar="نسب"),
    "fixed": Text(en="fixed amounts", ar="مبالغ ثابتة"),
    "amount": Text(en="the price", ar="الثمن"),
    "volume": Text(en="the volume", ar="الحجم بالنقاط"),
    "line": Text(en="line", ar="بند"),
    "statement": Text(en="statement", ar="كشف"),
    "half_up": Text(en="half up", ar="النصف إلى أعلى"),
    "half_even": Text(en="half to even", ar="النصف إلى العدد الزوجي"),
    "down": Text(en="down", ar="إلى أسفل"),
    "at once": Text(en="paid at once", ar="تُدفع فورًا"),
    "unilevel": Text(en="a level commission", ar="عمولة المستويات"),
    "recruitment_bonus": Text(en="a recruiting bonus", ar="مكافأة استقطاب"),
    "upgrade_pass_up": Text(en="rewards for bought levels that pass up", ar="مكافآت ترقية تُرحَّل إلى أعلى"),
}
"""Codes of the plan language in words; whatever is not here (numbers, ranks, other families) reads the same in both."""


def _family(component: AnyComponent) -> str:
    return next(name for name, family in FAMILIES.items() if family is type(component))


def _word(code: str) -> Text:
    return _WORDS.get(code, Text(en=code, ar=code))


def _deviation(component: str, what: str, stated: str, found: str, said: Text, **more: Text) -> Deviation:
    prefix = "" if component == ALL else f"{component}: "
    named = {"stated": _word(stated), "found": _word(found), **more}
    text = Text(
        en=prefix + said.en.format(**{key: value.en for key, value in named.items()}),
        ar=prefix + said.ar.format(**{key: value.ar for key, value in named.items()}),
    )
    return Deviation(component, what, stated, found, text)


def _plainly(name: str, what: str, stated: str, found: str, said: Text, **more: Text) -> Iterator[Deviation]:
    if stated != found:
        yield _deviation(name, what, stated, found, said, **more)


def _pair(found: AnyComponent, stated: AnyComponent) -> bool:
    return (
        type(found) is type(stated)
        and found.recorded_name() == stated.recorded_name()
        and (found.orders.which == stated.orders.which or "all" in (found.orders.which, stated.orders.which))
    )


def _compared(name: str, found: AnyComponent, stated: AnyComponent) -> Iterator[Deviation]:
    said = Text(en="the tree walked is {found}, and not {stated}.", ar="الشجرة المعتمدة هي {found} وليست {stated}.")
    yield from _plainly(name, "tree", stated.tree, found.tree, said)
    if isinstance(found, Unilevel) and isinstance(stated, Unilevel):
        yield from _levels(name, found, stated)
    if isinstance(found, UpgradePassUp) and isinstance(stated, UpgradePassUp):
        yield from _rewards(name, found, stated)
    if isinstance(found, RecruitmentBonus) and isinstance(stated, RecruitmentBonus):
        said = Text(
            en="the bonus per recruit is {found}, and not {stated}.",
            ar="المكافأة عن كل مشارك مستقطَب هي {found} وليست {stated}.",
        )
        yield from _plainly(name, "amount", decimal_text(stated.amount), decimal_text(found.amount), said)
        yield from _held(name, found.hold_back, stated.hold_back)


def _levels(name: str, found: Unilevel, stated: Unilevel) -> Iterator[Deviation]:
    said = Text(en="paid are {found}, and not {stated}.", ar="تُدفع {found} وليس {stated}.")
    if found.fixed != stated.fixed:
        kinds = {False: "rates", True: "fixed"}
        yield _deviation(name, "base", kinds[stated.fixed], kinds[found.fixed], said)
        return
    said = Text(en="the base is {found}, and not {stated}.", ar="أساس الاحتساب هو {found} وليس {stated}.")
    yield from _plainly(name, "base", stated.base.measure, found.base.measure, said)
    said = Text(en="compression: {found}, and not {stated}.", ar="ضغط المستويات: {found}، وليس {stated}.")
    yield from _plainly(name, "compression", stated.compression, found.compression, said)
    least = [decimal_text(each.eligibility.min_personal_volume or Fraction(0)) for each in (stated, found)]
    said = Text(
        en="every receiver had at least {found} of personal volume; stated is {stated}.",
        ar="حقّق كل مستفيد {found} على الأقل من النقاط الشخصية (PV)؛ والمنصوص عليه {stated}.",
    )
    yield from _plainly(name, "eligibility", least[0], least[1], said)
    theirs, mine = dict(found.table()), dict(stated.table())
    for rank in dict.fromkeys([*mine, *theirs]):
        if rank is None and not (None in mine and None in theirs):
            continue  # a table for everybody is held against each rank of the other
        whom = Text(en="", ar="") if rank is None else Text(en=f" for {rank}", ar=f" لرتبة {rank}")
        promised, seen = mine.get(rank, mine.get(None, [])), theirs.get(rank, theirs.get(None, []))
        said = Text(
            en="levels that payouts show{whom}: {found}; stated: {stated}.",
            ar="عدد المستويات التي تُظهرها الدفعات{whom}: {found}؛ والمنصوص عليه: {stated}.",
        )
        yield from _plainly(name, "levels", str(len(promised)), str(len(seen)), said, whom=whom)
        for level, (was, is_) in enumerate(zip(promised, seen, strict=False), start=1):
            written = decimal_text if stated.fixed else rate_text
            said = Text(
                en="level {level}{whom} is paid {found}, and not {stated}.",
                ar="المستوى {level}{whom} يُدفع عنه {found} وليس {stated}.",
            )
            before, after = written(_worth(stated, was)), written(_worth(found, is_))
            yield from _plainly(
                name, "amount" if stated.fixed else "rate", before, after, said, level=_word(str(level)), whom=whom
            )


def _worth(component: Unilevel, value: Fraction) -> Fraction:
    """A rate of the whole base, share and value of a point included."""
    return value if component.fixed else value * component.base.share * component.base.per_point


def _rewards(name: str, found: UpgradePassUp, stated: UpgradePassUp) -> Iterator[Deviation]:
    seen = {reward.level: reward for reward in found.rewards}
    for reward in stated.rewards:
        other = seen.pop(reward.level, None)
        if other is None:
            continue  # nobody bought it: the payouts say nothing
        level = _word(reward.level)
        said = Text(
            en="{level} pays upline {found}, and not upline {stated}.",
            ar="{level} يدفع للراعي رقم {found} صعودًا وليس رقم {stated}.",
        )
        yield from _plainly(name, "up", str(reward.up), str(other.up), said, level=level)
        said = Text(en="{level} pays {found}, and not {stated}.", ar="{level} يدفع {found} وليس {stated}.")
        yield from _plainly(name, "amount", decimal_text(reward.amount), decimal_text(other.amount), said, level=level)
    for unstated in seen:
        said = Text(
            en="{found} pays a reward that the plan does not state.", ar="{found} يدفع مكافأة لا تنص عليها الخطة."
        )
        yield _deviation(name, "not-stated", "-", unstated, said)
    yield from _held(name, found.hold_back, stated.hold_back)


Held = HoldBack | RecruitsHeldBack | None


def _held(name: str, found: Held, stated: Held) -> Iterator[Deviation]:
    words = ["at once" if each is None else _waiting(each) for each in (stated, found)]
    said = Text(
        en="rewards wait otherwise. Found: {found}; stated: {stated}.",
        ar="شروط احتجاز المكافآت مختلفة. الموجود: {found}؛ والمنصوص عليه: {stated}.",
    )
    yield from _plainly(name, "hold_back", words[0], words[1], said)


def _waiting(held: HoldBack | RecruitsHeldBack) -> str:
    later = held.then_rank if isinstance(held, RecruitsHeldBack) else f"+{held.then_levels_more}"
    return f"{held.free} → {later}"


def _caps(found: Plan, stated: Plan) -> Iterator[Deviation]:
    theirs, mine = (
        ", ".join(sorted(decimal_text(limit.cap) for limit in plan.limits if limit.cap is not None)) or "-"
        for plan in (found, stated)
    )
    said = Text(en="caps: found {found}; stated {stated}.", ar="الحد الأقصى: الموجود {found}؛ والمنصوص عليه {stated}.")
    yield from _plainly(ALL, "cap", mine, theirs, said)
