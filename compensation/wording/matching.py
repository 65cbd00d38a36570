"""What a matching bonus says of itself: its rule in plain words, and the way up from a matched commission, told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compensation.awarding.matching import ladder_of
from compensation.quantities import rate_text
from compensation.steps import Step
from compensation.wording import arithmetic
from compensation.wording.upline import MOST_TOLD
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.matching import Matching
    from compensation.evaluation import Evaluation

_COMPRESSION = {
    "skip_ineligible": Text(
        en="Who cannot earn is left out when levels are counted.",
        ar="من لا يستحق يُتخطّى عند عدّ المستويات (ضغط المستويات).",
    ),
    "dynamic": Text(
        en="Each level goes to the next person above who is qualified for it.",
        ar="يذهب كل مستوى إلى أول من يستوفي شرطه في سلسلة الرعاة (ضغط المستويات).",
    ),
}


def describe(component: Matching) -> Text:
    """The component in plain words."""
    rows = [(f"{rank}: " if rank else "") + ", ".join(map(rate_text, row)) for rank, row in component.table()]
    of_en, of_ar = ", ".join(component.of), "، ".join(component.of)
    unit = Text(en="level by level", ar="مستوى بعد مستوى")
    if component.by == "generation":
        unit = Text(en="generation by generation", ar="جيلًا بعد جيل")
    en = [f"Matching bonus on the commissions from {of_en}, {unit.en} up the line: {'; '.join(rows)}."]
    ar = [f"مكافأة المطابقة على العمولات من {of_ar}، {unit.ar}: {'؛ '.join(rows).replace(', ', '، ')}."]
    if component.boundary_rank is not None:
        en.append(f"Leaders are those who hold {component.boundary_rank} or a higher rank.")
        ar.append(f"القائد هو من يحوز رتبة {component.boundary_rank} أو أعلى.")
    elif component.leader_from is not None:
        en.append(f"Leaders are those whom the company states as {component.leader_from}.")
        ar.append(f"القائد هو من تحدده الشركة باسم {component.leader_from}.")
    if component.by == "generation" and component.inactive_leader == "invisible":
        en.append("A leader who cannot earn is passed over.")
        ar.append("القائد غير المستحق يُتخطّى.")
    if component.min_rank_by_level is not None:
        each = [name or "-" for name in component.min_rank_by_level]
        en.append(f"Least rank by level: {', '.join(each)}.")
        ar.append(f"أدنى رتبة لكل مستوى: {'، '.join(each)}.")
    if component.compression in _COMPRESSION:
        en.append(_COMPRESSION[component.compression].en)
        ar.append(_COMPRESSION[component.compression].ar)
    elif component.unqualified == "forfeit":
        en.append("What somebody is not qualified for is lost.")
        ar.append("ما لا يتأهل له المشارك لا يُدفع لأحد.")
    if component.unqualified == "pass_up":
        en.append("What somebody is not qualified for goes to the next above who is.")
        ar.append("ما لا يتأهل له المشارك يُرحَّل إلى أول من يتأهل له أعلى منه.")
    if component.reckoned == "before_limits":
        en.append("Reckoned before caps and pools.")
        ar.append("تُحتسب قبل تطبيق الحدود القصوى والصناديق.")
    return Text(en=" ".join(en), ar=" ".join(ar))


def account(component: Matching, evaluation: Evaluation, awards: Awards, index: int) -> list[Step]:
    """Who stands between the matched person and the earner, and the arithmetic."""
    assert awards.period is not None
    assert awards.source is not None
    ladder = ladder_of(component, evaluation, int(awards.period[index]))
    level = int(awards.level[index]) - 1
    earner, position = int(awards.participant[index]), int(ladder.tree.position[int(awards.source[index])])
    steps: list[Step] = []
    qualified, told = ladder.qualified(level), 0
    position = int(ladder.parent[position])
    while position >= 0 and told < MOST_TOLD:
        who = int(ladder.tree.row[position])
        if who == earner:
            break
        name = evaluation.id_of(who)
        why = Text(en="stands on another level", ar="في مستوى آخر")
        if not ladder.counts[position]:
            why = Text(en="is not counted", ar="لا يُحسب")
        elif not qualified[position]:
            why = Text(en=f"is not qualified for level {level + 1}", ar=f"لا يتأهل للمستوى {level + 1}")
        steps.append(Step(label=Text(en=f"{name} {why.en}", ar=f"{name}: {why.ar}"), value=""))
        position, told = int(ladder.parent[position]), told + 1
    if earner < 0:
        # of what nobody earned, the first steps of the way up say enough
        steps = steps[: component.levels]
    return [*steps, *arithmetic.of_award(component, evaluation, awards, index)]
