"""What a matrix says of itself: size and placement in plain words before the table, and where a buyer stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compensation.awarding import matrix_places
from compensation.steps import Step
from compensation.wording import unilevel as unilevel_words
from intake.text import Text

if TYPE_CHECKING:
    from compensation.components.matrix import Matrix, Placing
    from compensation.evaluation import Evaluation

_RULES = {
    "breadth_first": Text(
        en="the nearest free place below {under}, left to right", ar="أقرب موضع شاغر تحت {under}، من اليسار إلى اليمين"
    ),
    "weaker_leg": Text(en="the weaker leg below {under}", ar="الفرع الأضعف تحت {under}"),
    "sponsors_choice": Text(en="where the sponsor chooses", ar="حيث يختار الراعي"),
}
_UNDER = {
    "sponsor": Text(en="his sponsor", ar="راعيه"),
    "top": Text(en="the first participant", ar="أول مشارك"),
}


def describe(component: Matrix) -> Text:
    """The component in plain words."""
    size = f"{component.width}x{component.depth}"
    en = f"Forced matrix {size} ({component.capacity:,} places). "
    ar = f"خطة المصفوفة {size} (عدد المواضع {component.capacity:,}). "
    if component.place is not None:
        placed = _placing(component.place)
        en, ar = f"{en}{placed.en} ", f"{ar}{placed.ar} "
    table = unilevel_words.describe(component)
    return Text(en=en + table.en, ar=ar + table.ar)


def _placing(place: Placing) -> Text:
    under = _UNDER[place.under]
    en = f"A newcomer is placed: {_RULES[place.rule].en.format(under=under.en)}"
    ar = f"يُدرج المنضم الجديد: {_RULES[place.rule].ar.format(under=under.ar)}"
    if place.rule == "sponsors_choice":
        en += f", otherwise {_RULES[place.otherwise].en.format(under=under.en)}"
        ar += f"، وإلا ففي {_RULES[place.otherwise].ar.format(under=under.ar)}"
    if place.joins == "first_order":
        en += ", with his first order"
        ar += "، عند أول طلب له"
    en, ar = en + ".", ar + "."
    if place.holding_tank is not None:
        days = place.holding_tank.days
        en += f" He waits up to {days} days for it (holding tank);"
        ar += f" وأقصى انتظاره بالأيام: {days} (قائمة انتظار الإدراج)؛"
        if place.holding_tank.orders_count == "from_placement":
            en += " what he orders before is not paid up the matrix."
            ar += " وما يطلبه قبل الإدراج لا تُدفع عنه عمولة المصفوفة."
        else:
            en += " what he orders before is paid if he is placed in the same period."
            ar += " وما يطلبه قبل الإدراج تُدفع عنه العمولة إذا أُدرج في الفترة نفسها."
    if place.re_place_days is not None:
        en += f" The sponsor may place him anew within {place.re_place_days} days of joining."
        ar += f" وللراعي تغيير موضعه في مدة أقصاها بالأيام من الانضمام: {place.re_place_days}."
    if place.full == "re_enter":
        en += " Who has a full matrix enters again with a new place"
        ar += " ومن اكتملت مصفوفته يدخل من جديد بموضع آخر"
        if place.max_entries is not None:
            en += f", up to {place.max_entries} places"
            ar += f"، وأقصى عدد لمواضعه {place.max_entries}"
        en, ar = en + ".", ar + "."
    return Text(en=en, ar=ar)


def standing(component: Matrix, evaluation: Evaluation, order: int) -> list[Step]:
    """Where the participant of an order stands in a matrix that the component computed."""
    who = int(evaluation.credited[order])
    if component.place is None or who < 0:
        return []
    m = matrix_places.found(component, evaluation).places
    place = int(matrix_places.places_of(component, evaluation, np.array([order]), np.array([who], np.int32))[0])
    name = evaluation.id_of(who)
    if place < 0:
        label = Text(en=f"{name} had no place in the matrix yet", ar=f"لم يكن لـ{name} موضع في المصفوفة بعد")
    elif m.parent[place] < 0:
        label = Text(en=f"{name} stands at the top of a matrix", ar=f"{name} في رأس مصفوفة")
    else:
        above, slot = evaluation.id_of(int(m.owner[m.parent[place]])), int(m.slot[place]) + 1
        label = Text(en=f"{name} stands under {above}, place {slot}", ar=f"{name} تحت {above}، الموضع {slot}")
    return [Step(label=label, value="")]
