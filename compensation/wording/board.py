"""What a board says of itself: its rule in plain words, and the seating of a single order, told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compensation.awarding.board import entrants, play
from compensation.quantities import decimal_text
from compensation.steps import Step
from compensation.wording import arithmetic
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.board import Board
    from compensation.evaluation import Evaluation


def describe(component: Board) -> Text:
    """The component in plain words."""
    width, depth = component.width, component.depth
    below = sum(width**line for line in range(1, depth + 1))
    size = f"{width}x{depth}"
    en = f"Boards of {size}: a head and {below} places below. "
    ar = f"لوحات الدوران {size}: رأس تحته مواضع عددها {below}. "
    if component.follow_the_sponsor:
        en += (
            "An entrant takes the next place on the board of the nearest sponsor above, otherwise on the oldest board. "
        )
        ar += "يأخذ المنضم الموضع التالي في لوحة أقرب رعاته، وإلا ففي أقدم لوحة. "
    else:
        en += "An entrant takes the next place on the oldest board. "
        ar += "يأخذ المنضم الموضع التالي في أقدم لوحة. "
    if component.places_per == "piece":
        en += "An order takes a place for each piece. "
        ar += "ولكل قطعة في الطلب موضع. "
    en += f"A full board pays its head and splits into {width}."
    ar += f"وإذا امتلأت اللوحة دُفع لرأسها وانقسمت إلى لوحات عددها {width}."
    stages = component.line_of_stages
    for index, stage in enumerate(stages):
        first = Text(en="Pay", ar="المكافأة")
        if len(stages) > 1:
            first = Text(en=f"Stage {index + 1} pays", ar=f"المرحلة {index + 1} تدفع")
        en += f" {first.en} {decimal_text(stage.pay)}"
        ar += f" {first.ar} {decimal_text(stage.pay)}"
        then_en, then_ar = [], []
        if stage.re_enters:
            then_en.append("the head enters the stage again")
            then_ar.append("يدخل صاحب الرأس المرحلة نفسها من جديد")
        if component.advances(index):
            then_en.append(f"the head goes on to stage {index + 2}")
            then_ar.append(f"ينتقل صاحب الرأس إلى المرحلة {index + 2}")
        en += "; " + (" and ".join(then_en) or "the head leaves")
        ar += "؛ " + ("، و".join(then_ar) or "ويخرج صاحب الرأس")
        if withheld := component.withheld(index):
            en += f", for which {decimal_text(withheld)} of the pay is kept"
            ar += f"، ويُقتطع لذلك {decimal_text(withheld)} من المكافأة"
        if stage.max_cycles is not None:
            en += f"; at most {stage.max_cycles} cycles of a person are paid"
            ar += f"؛ وأقصى ما يُدفع لمشارك واحد عن دورات عددها {stage.max_cycles}"
            if component.max_cycles_per == "period":
                en += " per period"
                ar += " في الفترة"
            if stage.re_enters:
                stays = component.after_the_last == "stays_out"
                en += ", after which he " + ("does not enter again" if stays else "cycles unpaid")
                ar += "، وبعدها " + ("لا يدخل من جديد" if stays else "يدور بلا مكافأة")
        en += "."
        ar += "."
    if component.cycles_from is not None:
        en += f" How many cycles were completed, the company states ({component.cycles_from})."
        ar += f" عدد الدورات المكتملة تذكره الشركة ({component.cycles_from})."
    return Text(en=en, ar=ar)


def tell(component: Board, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
    """Where one order's entrant sat down, what that completed, and what it paid."""
    paid = arithmetic.of_order(component, evaluation, awards, order)
    if component.cycles_from is not None or not entrants(component, evaluation)[order]:
        return paid
    steps = []
    for row, stage, head, place in play(component, evaluation, watched=order)[2].tolist():
        who, whose = evaluation.id_of(row), evaluation.id_of(head)
        if place < 0:
            label = Text(
                en=f"stage {stage + 1}: the board of {whose} is full and splits",
                ar=f"المرحلة {stage + 1}: امتلأت لوحة {whose} وانقسمت",
            )
        else:
            label = Text(
                en=f"stage {stage + 1}: {who} takes place {place} on the board of {whose}",
                ar=f"المرحلة {stage + 1}: يأخذ {who} الموضع {place} في لوحة {whose}",
            )
        steps.append(Step(label=label, value=""))
    return [*steps, *paid]
