"""What changed between two analyses, or between two dates of the law on one analysis, and why.

A finding can come out otherwise because the records (or the plan) changed and with them the figure, because the rule
changed or came into force, or because somebody answered. Which of these it was is found by trying: the older finding
is judged again with one thing of the newer put in its place, and what then gives the newer result is the reason.
Where no single one does, all that differ are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from compliance.figures import show, show_margin
from compliance.findings import STATES, Finding, State
from compliance.judge import judge, judge_rule
from compliance.measurement import DecimalString, Measurement, decimal_string
from compliance.questionnaire import Answer
from compliance.rules.model import SEVERITIES, Rule, Severity
from intake.frozen import Frozen
from intake.text import Text

Cause = Literal["figure", "rule", "answer", "came", "ended"]

CAUSES: Mapping[Cause, Text] = {
    "figure": Text(en="the figure changed", ar="تغيّرت القيمة"),
    "rule": Text(en="the rule changed", ar="تغيّرت القاعدة"),
    "answer": Text(en="the answer changed", ar="تغيّرت الإجابة"),
    "came": Text(en="the rule was not applied before", ar="لم تكن القاعدة مطبَّقة من قبل"),
    "ended": Text(en="the rule is no longer applied", ar="لم تعد القاعدة مطبَّقة"),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """One side of a comparison: what was measured, what followed, and under which inputs."""

    measurements: tuple[Measurement, ...]
    findings: tuple[Finding, ...]
    inputs: Mapping[str, str]
    """What determined it, by name: snapshot, plan, packs, day of the law, answers, program."""

    def on(self, rules: Iterable[Rule], day: date, answers: Iterable[Answer]) -> Judged:
        """The same measurements under the law of another day."""
        found = judge(rules, self.measurements, answers)
        return Judged(self.measurements, tuple(found), {**self.inputs, "law_of": day.isoformat()})


class Side(Frozen):
    """A finding as it was on one side."""

    state: State
    label: Text
    value: DecimalString | None = None
    shown: Text | None = None
    sentence: Text


class ChangedFinding(Frozen):
    """A rule of which the finding came out otherwise."""

    rule: str
    pack: str
    instrument: Text
    article: Text
    severity: Severity
    before: Side | None
    after: Side | None
    causes: tuple[Cause, ...]
    why: Text


class ChangedFigure(Frozen):
    """A measurement of which the headline changed; a side without a figure could not be measured."""

    id: str
    title: Text
    before: Text | None
    after: Text | None
    difference: DecimalString | None = None
    difference_shown: Text | None = None


class Changes(Frozen):
    """Everything that differs between two sides."""

    inputs: dict[str, tuple[str | None, str | None]]
    """Those that differ: before, after."""
    findings: tuple[ChangedFinding, ...]
    """Most pressing after the change first."""
    figures: tuple[ChangedFigure, ...]
    same_findings: int
    same_figures: int

    @property
    def nothing(self) -> bool:
        """Whether no finding and no figure changed."""
        return not self.findings and not self.figures


def changes(before: Judged, after: Judged) -> Changes:
    """What differs between two sides.

    A finding counts as changed when its state or its shown figure does.
    """
    old = {finding.id: finding for finding in before.findings}
    new = {finding.id: finding for finding in after.findings}
    was = {measurement.id: measurement for measurement in before.measurements}
    is_ = {measurement.id: measurement for measurement in after.measurements}
    found = [
        _finding(old.get(id_), new.get(id_), was, is_)
        for id_ in dict.fromkeys([*old, *new])
        if _differ(old.get(id_), new.get(id_))
    ]
    figures = [_figure(was.get(id_), is_.get(id_)) for id_ in dict.fromkeys([*was, *is_])]
    changed = tuple(figure for figure in figures if figure is not None)
    names = sorted({*before.inputs, *after.inputs})
    return Changes(
        inputs={
            name: (before.inputs.get(name), after.inputs.get(name))
            for name in names
            if before.inputs.get(name) != after.inputs.get(name)
        },
        findings=tuple(sorted(found, key=_pressing)),
        figures=changed,
        same_findings=len({*old, *new}) - len(found),
        same_figures=len(figures) - len(changed),
    )


def _differ(old: Finding | None, new: Finding | None) -> bool:
    if old is None or new is None:
        return True
    return (old.state, old.value, old.compares) != (new.state, new.value, new.compares)


def _finding(
    old: Finding | None, new: Finding | None, was: Mapping[str, Measurement], is_: Mapping[str, Measurement]
) -> ChangedFinding:
    either = new or old
    assert either is not None
    if old is None or new is None:
        causes: tuple[Cause, ...] = ("came",) if old is None else ("ended",)
    else:
        causes = _causes(old, new, was, is_)
    why = Text(
        en="; ".join(CAUSES[cause].en for cause in causes),
        ar="؛ ".join(CAUSES[cause].ar for cause in causes),
    )
    return ChangedFinding(
        rule=either.id,
        pack=either.rule.pack,
        instrument=either.rule.instrument,
        article=either.rule.article,
        severity=either.rule.severity,
        before=_side(old),
        after=_side(new),
        causes=causes,
        why=why,
    )


def _causes(
    old: Finding, new: Finding, was: Mapping[str, Measurement], is_: Mapping[str, Measurement]
) -> tuple[Cause, ...]:
    """What makes the older finding come out like the newer one, tried one at a time."""

    def judged(rule: Rule, measurements: Mapping[str, Measurement], answer: Answer | None) -> Finding:
        return judge_rule(rule, measurements.get(rule.indicator or ""), answer)

    trials: dict[Cause, Finding] = {
        "figure": judged(old.rule, is_, old.answer),
        "rule": judged(new.rule, was, old.answer),
        "answer": judged(old.rule, was, new.answer),
    }
    alone: list[Cause] = [cause for cause, finding in trials.items() if not _differ(finding, new)]
    if alone:
        return tuple(alone)
    return tuple(cause for cause, finding in trials.items() if _differ(finding, old))


def _side(finding: Finding | None) -> Side | None:
    if finding is None:
        return None
    return Side(
        state=finding.state,
        label=finding.state_label,
        value=finding.value,
        shown=finding.value_shown,
        sentence=finding.sentence,
    )


def _figure(old: Measurement | None, new: Measurement | None) -> ChangedFigure | None:
    either = new or old
    assert either is not None
    values = [None if each is None else each.fraction for each in (old, new)]
    if values[0] == values[1] and (old is None) == (new is None) and _money(old) == _money(new):
        return None
    shown = [
        None if each is None or value is None else _shown(each, value)
        for each, value in zip((old, new), values, strict=True)
    ]
    difference: Fraction | None = None
    if values[0] is not None and values[1] is not None and _money(old) == _money(new):
        difference = values[1] - values[0]
    return ChangedFigure(
        id=either.id,
        title=either.title,
        before=shown[0],
        after=shown[1],
        difference=None if difference is None else decimal_string(difference),
        difference_shown=None if difference is None else _step(difference, either),
    )


def _step(difference: Fraction, measurement: Measurement) -> Text:
    size = show_margin(difference, measurement.unit, currency=measurement.currency, scale=measurement.scale)
    if difference > 0:
        return Text(en=f"higher by {size.en}", ar=f"أعلى بمقدار {size.ar}")
    return Text(en=f"lower by {size.en}", ar=f"أدنى بمقدار {size.ar}")


def _money(measurement: Measurement | None) -> tuple[str | None, int | None] | None:
    return None if measurement is None else (measurement.currency, measurement.scale)


def _shown(measurement: Measurement, value: Fraction) -> Text:
    return show(value, measurement.unit, currency=measurement.currency, scale=measurement.scale)


def _pressing(changed: ChangedFinding) -> tuple[int, int, str]:
    side = changed.after or changed.before
    assert side is not None
    return (STATES.index(side.state), SEVERITIES.index(changed.severity), changed.rule)
