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

BEHIND_FIGURES: Mapping[str, Text] = {
    "snapshot": Text(en="the records", ar="السجلات"),
    "plan": Text(en="the plan", ar="خطة العمولات"),
    "assumptions": Text(en="the assumptions", ar="الافتراضات"),
    "program": Text(en="the program", ar="البرنامج"),
}
"""Inputs that can move a figure."""
FIGURE_WITH = Text(en="{cause} (what differs: {inputs})", ar="{cause} (ما اختلف: {inputs})")
CAME_ON = Text(en="the rule came into force on {day}", ar="بدأ سريان القاعدة في \u2066{day}\u2069")
OF_YEAR = Text(en="the instrument is of {year}", ar="النص القانوني من سنة {year}")
ENDED_ON = Text(en="the rule was in force until {day}", ar="انتهى سريان القاعدة في \u2066{day}\u2069")


@dataclass(frozen=True, slots=True)
class Judged:
    """One side of a comparison: what was measured, what followed, and under which inputs."""

    measurements: tuple[Measurement, ...]
    findings: tuple[Finding, ...]
    inputs: Mapping[str, str | None]
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
    inputs = {
        name: (before.inputs.get(name), after.inputs.get(name))
        for name in sorted({*before.inputs, *after.inputs})
        if before.inputs.get(name) != after.inputs.get(name)
    }
    found = [
        _finding(old.get(id_), new.get(id_), was, is_, inputs)
        for id_ in dict.fromkeys([*old, *new])
        if _differ(old.get(id_), new.get(id_))
    ]
    figures = [_figure(was.get(id_), is_.get(id_)) for id_ in dict.fromkeys([*was, *is_])]
    changed = tuple(figure for figure in figures if figure is not None)
    return Changes(
        inputs=inputs,
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
    old: Finding | None,
    new: Finding | None,
    was: Mapping[str, Measurement],
    is_: Mapping[str, Measurement],
    inputs: Mapping[str, tuple[str | None, str | None]],
) -> ChangedFinding:
    either = new or old
    assert either is not None
    if old is None or new is None:
        causes: tuple[Cause, ...] = ("came",) if old is None else ("ended",)
    else:
        causes = _causes(old, new, was, is_)
    said = [_why(cause, either.rule, inputs) for cause in causes]
    why = Text(en="; ".join(each.en for each in said), ar="؛ ".join(each.ar for each in said))
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


def _why(cause: Cause, rule: Rule, inputs: Mapping[str, tuple[str | None, str | None]]) -> Text:
    """A cause in words: with a figure what moved it, with a rule that applies on one side only the day that tells them apart."""
    said = CAUSES[cause]
    moved = [text for name, text in BEHIND_FIGURES.items() if name in inputs]
    if cause == "figure" and moved:
        return Text(
            en=FIGURE_WITH.en.format(cause=said.en, inputs=", ".join(each.en for each in moved)),
            ar=FIGURE_WITH.ar.format(cause=said.ar, inputs="، ".join(each.ar for each in moved)),
        )
    first, second = inputs.get("law_of", (None, None))
    without = first if cause == "came" else second if cause == "ended" else None
    start, end = rule.starts, rule.in_force.to
    if without is not None and start is not None and without < start.isoformat():
        return OF_YEAR.fill(year=start.year) if rule.in_force.from_ is None else CAME_ON.fill(day=start.isoformat())
    if without is not None and end is not None and without > end.isoformat():
        return ENDED_ON.fill(day=end.isoformat())
    return said


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
    some = tuple(cause for cause, finding in trials.items() if _differ(finding, old))
    if some:
        return some
    differs: dict[Cause, bool] = {
        "figure": was.get(old.rule.indicator or "") != is_.get(new.rule.indicator or ""),
        "rule": old.rule != new.rule,
        "answer": old.answer != new.answer,
    }
    return tuple(cause for cause, other in differs.items() if other)


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
