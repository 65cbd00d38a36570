"""What the leadership bonus says of itself: its rule in plain words, the meaning of a line, and where an order counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compensation.awarding.leadership_minimum import GIVEN, GROUP, MADE_UP, leading
from compensation.components.upline import base_text
from compensation.quantities import decimal_text, rate_text
from compensation.steps import Step
from compensation.wording import arithmetic
from compensation.wording.breakaway import in_group, reckoning_of
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.leadership_minimum import LeadershipMinimum
    from compensation.evaluation import Evaluation

_LINES = {
    GROUP: Text(en="on the personal group of {who}", ar="عن المجموعة الشخصية لـ {who}"),
    MADE_UP: Text(en="made up to the guaranteed minimum by {who}", ar="ما يكمل به {who} الحد الأدنى المضمون"),
    GIVEN: Text(
        en="given of the own bonus, to make up the minimum for the sponsor",
        ar="ما يُقتطع من المكافأة الشخصية لإكمال الحد الأدنى للراعي",
    ),
}


def describe(component: LeadershipMinimum) -> Text:
    """The component in plain words."""
    of = base_text(component.base)
    leader, recipient = decimal_text(component.leader_volume), decimal_text(component.recipient_volume)
    parts = [
        Text(
            en=f"Leadership bonus: {rate_text(component.rate)} {of.en} of each leader's personal group to his sponsor.",
            ar=f"مكافأة القيادة: {rate_text(component.rate)} {of.ar} عن المجموعة الشخصية لكل قائد تُدفع لراعيه.",
        ),
        Text(
            en=f"A leader has a personal group volume of at least {leader}; groups of leaders count in no group above.",
            ar=f"القائد من بلغ حجم مجموعته الشخصية {leader} على الأقل؛ ولا تُحسب مجموعات القادة في أي مجموعة أعلى.",
        ),
    ]
    if component.leaders is not None:
        besides = component.leaders.describe()
        parts.append(Text(en=f"So is whoever {besides.en}.", ar=f"وكذلك من {besides.ar}."))
    if component.recipients_are_leaders:
        parts.append(Text(en="Whoever receives the bonus is a leader, too.", ar="ومن يستحق هذه المكافأة قائد أيضًا."))
    where = Text(en="leaders on the frontline", ar="قادة في المستوى الأول")
    if component.leaders_in == "legs":
        where = Text(en="legs with a leader in them", ar="فروع فيها قائد")
    parts.append(
        Text(
            en=f"To receive it one needs {where.en} (at least {component.min_leaders}) and a personal group volume of "
            f"at least {recipient}.",
            ar=f"ولاستحقاقها يُشترط {where.ar} (العدد {component.min_leaders} على الأقل)، وحجم مجموعة شخصية لا يقل عن "
            f"{recipient}.",
        )
    )
    if component.enough_leaders is not None:
        parts.append(
            Text(
                en=f"With {component.enough_leaders} of them no volume is needed besides.",
                ar=f"وإذا بلغ عددهم {component.enough_leaders} لم يُشترط حجم المجموعة.",
            )
        )
    least = None
    if component.guaranteed_volume is not None:
        least = f"{rate_text(component.rate)} × {decimal_text(component.guaranteed_volume)}"
    elif component.guaranteed_amount is not None:
        least = decimal_text(component.guaranteed_amount)
    if least is not None:
        parts.append(
            Text(
                en=f"At least {least} is guaranteed; what a leader's group lacks is taken from the bonus that he himself "
                "receives.",
                ar=f"والحد الأدنى المضمون {least}؛ وما ينقص عنه في مجموعة القائد يُقتطع من المكافأة التي يستحقها هو.",
            )
        )
    if component.not_entitled == "pass_up":
        parts.append(
            Text(
                en="Where the sponsor does not qualify, the next above who does receives it.",
                ar="وإذا لم يستوفِ الراعي الشروط ذهبت إلى أول من يستوفيها ممن هم أعلى.",
            )
        )
    else:
        parts.append(
            Text(
                en="Where the sponsor does not qualify, nobody receives it.",
                ar="وإذا لم يستوفِ الراعي الشروط لا يستحقها أحد.",
            )
        )
    if component.stated_volume:
        parts.append(Text(en="Own volume is taken as the company states it.", ar="يُؤخذ الحجم الشخصي كما تذكره الشركة."))
    return Text(en=" ".join(part.en for part in parts), ar=" ".join(part.ar for part in parts))


def account(component: LeadershipMinimum, evaluation: Evaluation, awards: Awards, index: int) -> list[Step]:
    """What a line is, and its arithmetic."""
    assert awards.source is not None
    what = _LINES[int(awards.level[index])].fill(who=evaluation.id_of(int(awards.source[index])))
    steps = [Step(label=what, value="")]
    if awards.level[index] in (MADE_UP, GIVEN):
        least = component.guaranteed_volume
        if least is not None:
            label = Text(en="volume of a group that brings the minimum", ar="حجم المجموعة الذي يحقق الحد الأدنى")
            steps.append(Step(label=label, value=decimal_text(least)))
    return steps + arithmetic.of_award(component, evaluation, awards, index)


def tell(component: LeadershipMinimum, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
    """In whose group one order counts, and who receives the bonus on it."""
    reckoned = reckoning_of(component, evaluation, order)
    if reckoned is None:
        return []
    return in_group(component, evaluation, awards, order, reckoned, leading(component, evaluation, reckoned).leads)
