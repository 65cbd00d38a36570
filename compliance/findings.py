"""What comes out when a rule is held against a measurement: a state, a sentence, the margin, and the defence.

A `Finding` carries its whole rule, so that whoever shows it can name the instrument and its source without
looking anything up, and the id of the measurement, whose rows are the evidence. `met` has two senses: a
rule that asks is kept, a warning sign does not show; `direction` says which, and `state_label` has the two
different words. `grouped` scores a measurement once and lists every legal hook under it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from pydantic import computed_field

from compliance.comparison import Compares
from compliance.measurement import DecimalString, Evidence
from compliance.questionnaire import Answer
from compliance.rules.model import SEVERITIES, Means, Rule
from intake.frozen import Frozen
from intake.text import Text

State = Literal["breached", "borderline", "question", "not_measurable", "met", "gate", "reference"]
Direction = Literal["asks", "flags", "context"]

STATES: tuple[State, ...] = get_args(State)
"""In the order in which a reader should meet them."""

_LABELS: dict[State, Text] = {
    "breached": Text(en="Limit not kept", ar="الحد متجاوَز"),
    "met": Text(en="Rule met", ar="القاعدة مستوفاة"),
    "borderline": Text(en="Close to the limit", ar="قريب من الحد"),
    "not_measurable": Text(en="Not measurable", ar="تعذّر القياس"),
    "question": Text(en="Question for a person", ar="سؤال للمراجِع"),
    "gate": Text(en="Decides which rules apply", ar="شرط انطباق"),
    "reference": Text(en="For comparison", ar="للمقارنة"),
}
DEPENDS = Text(en="Depends on the definition", ar="النتيجة تتوقف على التعريف")
"""Borderline because contested definitions disagree, however far each figure is from the limit."""
_FLAG_LABELS: dict[State, Text] = {
    "breached": Text(en="Warning sign met", ar="تحقّقت علامة التحذير"),
    "met": Text(en="Warning sign does not show", ar="لم تظهر علامة التحذير"),
}


_DIRECTIONS: dict[Means, Direction] = {
    "compliant": "asks",
    "flag": "flags",
    "gate": "context",
    "reference": "context",
}


def state_label(state: State, direction: Direction) -> Text:
    """The word for a state; a rule that asks and a warning sign have different ones.

    >>> state_label("met", "flags").en
    'Warning sign does not show'
    """
    if direction == "flags" and state in _FLAG_LABELS:
        return _FLAG_LABELS[state]
    return _LABELS[state]


def direction_of(rule: Rule) -> Direction:
    """Whether a rule asks for something, flags something, or only gives context."""
    return _DIRECTIONS[rule.means]


class Reading(Frozen):
    """One definition of the figure, held against the threshold."""

    alternative: str
    label: Text
    value: DecimalString
    shown: Text
    """The value as it is written for people."""
    compares: Compares | None = None
    """Whether `value comparator threshold` holds; None where the rule has no threshold."""


class Finding(Frozen):
    """A rule held against a measurement or an answer."""

    id: str
    """The rule's id: there is one finding a rule."""
    rule: Rule
    group: str
    measurement: str | None = None
    """Id of the measurement; None for a question and for a rule that nothing measures yet."""
    state: State
    direction: Direction
    compares: Compares | None = None
    """Whether the comparison of the rule holds: what a gate and a reference have instead of met and
    breached."""
    value: DecimalString | None = None
    value_shown: Text | None = None
    limit_shown: Text | None = None
    readings: tuple[Reading, ...] = ()
    margin: DecimalString | None = None
    """Value minus threshold, in the unit of the threshold."""
    flips_at: DecimalString | None = None
    """The value at which the comparison changes: the threshold."""
    flips_at_numerator: int | None = None
    """The numerator nearest to the present one with which the comparison would come out otherwise, all else
    equal."""
    flip: Text | None = None
    sentence: Text
    """The finding in a few sentences, figures included."""
    why_not: Text | None = None
    """Why there is no result, or no firmer one."""
    notes: tuple[Text, ...] = ()
    """Approximations and limits of the records that touch this finding."""
    defence: Text
    """The strongest thing to be said against reading too much into it."""
    evidence: Evidence | None = None
    answer: Answer | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def state_label(self) -> Text:
        """The state in words."""
        if self.state == "borderline" and len({reading.compares for reading in self.readings}) > 1:
            return DEPENDS
        return state_label(self.state, self.direction)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def severity(self) -> str:
        """How grave the rule is, on this project's scale."""
        return self.rule.severity

    @property
    def is_warning(self) -> bool:
        """Whether a reader should look at it first: a limit not kept or a warning sign met."""
        return self.state == "breached"


class FindingGroup(Frozen):
    """One measurement, scored once, with every rule that hangs on it."""

    group: str
    measurement: str | None
    state: State
    severity: str
    lead: Finding
    """The hook that decides state and severity: the gravest of the most pressing state."""
    hooks: tuple[Finding, ...]
    """Every finding of the group, the lead first."""


def grouped(findings: Iterable[Finding]) -> list[FindingGroup]:
    """Findings scored once a measurement: most pressing state first, then gravest, then by name."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.group, []).append(finding)
    scored = []
    for name, members in groups.items():
        hooks = tuple(sorted(members, key=_rank))
        lead = hooks[0]
        scored.append(
            FindingGroup(
                group=name,
                measurement=lead.measurement,
                state=lead.state,
                severity=lead.severity,
                lead=lead,
                hooks=hooks,
            )
        )
    return sorted(scored, key=lambda group: (*_rank(group.lead)[:2], group.group))


def _rank(finding: Finding) -> tuple[int, int, str]:
    return (STATES.index(finding.state), SEVERITIES.index(finding.rule.severity), finding.id)
