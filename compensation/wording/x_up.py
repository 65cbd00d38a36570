"""What an X-up says of itself: its rule in plain words, and the way of a single sale, told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compensation.awarding.x_up import base_of, play
from compensation.awards import REASONS
from compensation.quantities import decimal_text, rate_text
from compensation.steps import Step
from compensation.wording import arithmetic
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.x_up import AmountSplit, Split, XUp
    from compensation.evaluation import Evaluation

_COUNT = {
    (): Text(en="counted once and for ever", ar="ويُعدّ البيع مرة واحدة دون تجديد"),
    ("period",): Text(en="counted anew in each period", ar="ويتجدد العدّ في كل فترة"),
    ("product",): Text(en="counted apart for each product", ar="ويُعدّ كل منتج على حدة"),
    ("period", "product"): Text(
        en="counted anew in each period and apart for each product", ar="ويتجدد العدّ في كل فترة ولكل منتج على حدة"
    ),
}
_PARTS = {
    "recruiter": Text(en="the recruiter", ar="لصاحب البيع"),
    "receiver": Text(en="the receiver", ar="لمن يُحوَّل إليه"),
    "over": Text(en="the next qualified person above", ar="لأول مؤهَّل فوقه"),
    "company": Text(en="the company", ar="للشركة"),
}


def describe(component: XUp) -> Text:
    """The component in plain words."""
    numbers = component.numbers
    if component.x is not None:
        en, ar = f"the first {component.x} sales of each recruiter", f"أول {component.x} من مبيعات كل مشارك"
    else:
        en = f"sales number {', '.join(map(str, numbers))} of each recruiter"
        ar = f"المبيعات ذات الأرقام {'، '.join(map(str, numbers))} لكل مشارك"
    if component.then_every is not None:
        en += f", and then every {component.then_every}th," if component.then_every > 1 else ", and then every one,"
        ar += f"، ثم كل بيع رقمه بعد ذلك من مضاعفات {component.then_every}،"
    to = Text(en="his sponsor", ar="راعيه") if component.passed_to == "sponsor" else Text(en="the company", ar="الشركة")
    count = _COUNT[tuple(sorted(set(component.count_per)))]
    passed, kept = component.splits()
    en_passed, ar_passed = _shares(component, passed, kept=False)
    en_kept, ar_kept = _shares(component, kept, kept=True)
    en = f"X-up: {en} pass up to {to.en} ({count.en}): {en_passed}. What he keeps pays {en_kept}."
    ar = f"تحويل المبيعات إلى أعلى: {ar} تُحوَّل إلى {to.ar} ({count.ar}): {ar_passed}. وما يحتفظ به يُدفع عنه {ar_kept}."
    if component.what == "person":
        en += " The buyer goes along and stands from then on in the line of whoever received the sale."
        ar += " وينتقل المشتري نفسه، فيصبح من ذلك الحين في خط من حُوِّل إليه البيع."
    if component.received_count:
        en += " A sale received counts among the receiver's own and may pass up again."
        ar += " والبيع المحوَّل يُعدّ من مبيعات من حُوِّل إليه، وقد يُحوَّل مرة أخرى."
    if component.unqualified == "passes_on":
        en += " Past whoever cannot earn in the period it goes on up."
        ar += " ومن لا يستحق في الفترة يُتخطّى إلى من فوقه."
    else:
        en += " What falls to whoever cannot earn in the period, nobody gets."
        ar += " وما يقع لمن لا يستحق في الفترة لا يُدفع لأحد."
    return Text(en=en, ar=ar)


def _shares(component: XUp, split: Split | AmountSplit, *, kept: bool) -> tuple[str, str]:
    en, ar = [], []
    for name in ("recruiter", "receiver", "company"):
        value = getattr(split, name)
        if not value:
            continue
        shown = decimal_text(value) if component.fixed else rate_text(value)
        who = _PARTS["over" if kept and name == "receiver" else name]
        en.append(f"{shown} to {who.en}")
        ar.append(f"{shown} {who.ar}")
    return ", ".join(en) or "nothing", "، ".join(ar) or "لا شيء"


def tell(component: XUp, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
    """The way of one sale, and what it paid."""
    paid = arithmetic.of_order(component, evaluation, awards, order)
    sales, _ = play(component, evaluation, base_of(component, evaluation))
    event = np.flatnonzero(sales.order == evaluation.origin[order])
    if not len(event):
        return paid
    at = int(event[0])
    number, hops = int(sales.number[at]), int(sales.hops[at])
    who, whom = evaluation.id_of(int(sales.recruiter[at])), evaluation.id_of(int(sales.receiver[at]))
    steps = []
    if number:
        label = Text(en=f"sale number {number} of {who}", ar=f"البيع رقم {number} للمشارك {who}")
        steps.append(Step(label=label, value=""))
    if sales.kept[at] and hops == 0 and sales.receiver[at] >= 0:
        label = Text(en=f"{who} keeps it", ar=f"يحتفظ به {who}")
    elif not sales.kept[at] and component.passed_to == "company":
        label = Text(en="it passes to the company", ar="يُحوَّل إلى الشركة")
    elif sales.receiver[at] >= 0:
        label = Text(en=f"it passes up to {whom}, {hops} steps above", ar=f"يُحوَّل إلى {whom}، عدد الدرجات صعودًا: {hops}")
    else:
        why = arithmetic.REASON_WORDS[REASONS[int(sales.reason[at])]]
        label = Text(en=f"nobody receives it: {why.en}", ar=f"لا يستحقه أحد: {why.ar}")
    return [*steps, Step(label=label, value=""), *paid]
