"""Holds rules against measurements: which limit is kept, which sign is met, and what cannot be said.

Every comparison is made on exact fractions, and three-valued: the truth may lie anywhere between the bounds
that the records allow, and a comparison that holds for some of that range and fails for the rest is not
stated. Contested definitions are each compared; where they disagree the finding says so with both figures.
A confidence interval that contains the threshold, or a figure nearer to it than the rule's margin, is
"close to the limit".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from compliance import sentences as say
from compliance.answered import answered
from compliance.comparison import Compares, compare, flip_numerator, span_of
from compliance.defence import defence
from compliance.figures import isolate, show, show_margin, show_of, show_term
from compliance.findings import Finding, Reading, State, direction_of
from compliance.measurement import MAIN, Alternative, Bound, Measurement, Unit, decimal_string
from compliance.questionnaire import Answer
from compliance.rules.model import Rule
from intake.text import Text

_NONE = Text(en="", ar="")
SHARE, ONE = "share", Fraction(1)
"""A rule whose unit is a share means a part of a whole: never more than one, however little is recorded."""


def judge(
    rules: Iterable[Rule],
    measurements: Iterable[Measurement],
    answers: Mapping[str, Answer] | Iterable[Answer] = (),
    *,
    include_disabled: bool = False,
) -> list[Finding]:
    """One finding for every rule, in the order of the rules.

    Args:
        rules: as `load_packs` gives them.
        measurements: of one analysis; at most one for each indicator.
        answers: a person's answers, by rule or in a row; the last one of a rule counts.
        include_disabled: also judge rules whose source was not seen.
    """
    measured = {measurement.id: measurement for measurement in measurements}
    given = dict(answers) if isinstance(answers, Mapping) else {answer.rule: answer for answer in answers}
    return [
        judge_rule(rule, measured.get(rule.indicator or ""), given.get(rule.id))
        for rule in rules
        if rule.enabled or include_disabled
    ]


def judge_rule(rule: Rule, measurement: Measurement | None = None, answer: Answer | None = None) -> Finding:
    """One rule held against the measurement of its indicator, or against a person's answer."""
    if rule.question is not None:
        return answered(rule, rule.question, answer)
    if rule.indicator is None or measurement is None:
        if rule.needs is not None:
            why = say.fill(say.NEEDS_DATA, needs=rule.needs)
        else:
            why = say.fill(say.NOT_RUN, indicator=_same(rule.indicator or "?"))
        return _not_measurable(rule, measurement, why)
    known = {variant.id: _limited(variant, measurement, rule) for variant in measurement.variants}
    if rule.reads not in known:
        return _not_measurable(rule, measurement, say.fill(say.NO_VARIANT, variant=_same(rule.reads)))
    wanted = list(known) if rule.definitions == "all" else [name for name in rule.definitions if name in known]
    unit = measurement.unit_of(known[rule.reads])
    chosen = [known[name] for name in dict.fromkeys([rule.reads, *wanted]) if measurement.unit_of(known[name]) == unit]
    if not any(variant.measurable for variant in chosen):
        lacking = say.sentences(missing.text for missing in (chosen[0].missing or measurement.missing))
        return _not_measurable(rule, measurement, say.fill(say.NEEDS, title=measurement.title, needs=lacking))
    return _Case(rule, measurement, [variant for variant in chosen if variant.measurable]).finding()


@dataclass(frozen=True, slots=True)
class _Case:
    """A rule, its measurement, and the variants of it that have a value; the first one is the headline."""

    rule: Rule
    measurement: Measurement
    variants: Sequence[Alternative]

    def finding(self) -> Finding:
        rule, limit = self.rule, self.rule.limit
        if rule.comparator is None or limit is None:
            return self._finding("reference", None, self._said(say.REFERENCE))
        if rule.currency and self.unit == "money" and rule.currency != self.measurement.currency:
            why = say.fill(say.OTHER_CURRENCY, title=self._title(), value=self._shown(), limit=self._limit())
            return _not_measurable(rule, self.measurement, why)
        tolerance = Fraction(rule.tolerance)
        truths = [
            compare(
                span_of(_value(variant), variant.bound, self.unit, ONE if rule.unit == SHARE else None),
                rule.comparator,
                limit,
                tolerance,
            )
            for variant in self.variants
        ]
        if rule.means in ("gate", "reference"):
            compares = truths[0] if len(set(truths)) == 1 else "unclear"
            if rule.means == "reference":
                return self._finding("reference", compares, self._said(say.REFERENCE_LIMIT), truths=truths)
            template = {"true": say.GATE_TRUE, "false": say.GATE_FALSE, "unclear": say.GATE_UNCLEAR}[compares]
            return self._finding("gate", compares, self._said(template), truths=truths)
        if len(set(truths)) > 1:
            readings = say.joined(
                say.fill(say.READING, value=self._bounded(variant), label=variant.label) for variant in self.variants
            )
            return self._finding("borderline", "unclear", self._said(say.DEFINITIONS, readings=readings), truths=truths)
        if truths[0] == "unclear":
            bound = say.UNBOUNDED[self.variants[0].bound]
            why = say.fill(bound, title=self._title(), value=self._shown(), limit=self._limit())
            return self._finding("not_measurable", "unclear", _unmeasured(rule, why), why_not=why, truths=truths)
        if (straddled := self._straddled(limit, tolerance)) is not None:
            return self._finding("borderline", "unclear", straddled, truths=truths)
        near = Fraction(rule.near)
        if near and any(abs(_value(variant) - limit) < near for variant in self.variants):
            margin = self._margin(_value(self.variants[0]) - limit)
            return self._finding("borderline", "unclear", self._said(say.NEAR, margin=margin), truths=truths)
        good = (truths[0] == "true") == (rule.means == "compliant")
        state: State = "met" if good else "breached"
        if rule.means == "flag":
            template = say.FLAG_MET if good else say.FLAG_BREACHED
        else:
            template = say.ASK_MET if good else say.ASK_BREACHED
        return self._finding(state, truths[0], self._said(template), truths=truths)

    def _finding(
        self,
        state: State,
        compares: Compares | None,
        sentence: Text,
        *,
        why_not: Text | None = None,
        truths: Sequence[Compares] = (),
    ) -> Finding:
        rule, measurement, main, limit = self.rule, self.measurement, self.variants[0], self.rule.limit
        value = _value(main)
        exact = limit is not None and main.bound == "exact"
        numerator = self._flip_numerator(main) if exact else None
        compared: Sequence[Compares | None] = list(truths) or [None] * len(self.variants)
        reference = None if rule.reference is None else say.fill(say.COMPARE, reference=rule.reference)
        notes = [
            rule.approximation and say.fill(say.APPROXIMATION, text=rule.approximation),
            *measurement.limits,
        ]
        return Finding(
            id=rule.id,
            rule=rule,
            group=rule.group,
            measurement=measurement.id,
            state=state,
            direction=direction_of(rule),
            compares=compares,
            value=main.value,
            value_shown=self._bounded(main),
            limit_shown=None if limit is None else self._limit(),
            readings=tuple(
                Reading(
                    alternative=variant.id,
                    label=variant.label,
                    value=variant.value or "0",
                    shown=self._bounded(variant),
                    compares=truth,
                )
                for variant, truth in zip(self.variants, compared, strict=True)
            ),
            margin=None if limit is None else decimal_string(value - limit),
            flips_at=rule.threshold if exact else None,
            flips_at_numerator=numerator,
            flip=self._flip(value, limit, main, numerator) if exact and limit is not None else None,
            sentence=say.sentences([sentence, reference]),
            why_not=why_not,
            notes=tuple(note for note in notes if note),
            defence=defence(rule, measurement, self._measured()),
            evidence=measurement.evidence,
        )

    @property
    def unit(self) -> Unit:
        """Of every definition that is compared."""
        return self.measurement.unit_of(self.variants[0])

    def _measured(self) -> list[Alternative]:
        """Every definition in the same unit that has a value, also those that the rule does not compare; the one it
        reads first."""
        measured = [
            _limited(variant, self.measurement, self.rule)
            for variant in self.measurement.variants
            if variant.measurable and self.measurement.unit_of(variant) == self.unit
        ]
        return sorted(measured, key=lambda variant: variant.id != self.variants[0].id)

    def _said(self, template: Text, **more: Text) -> Text:
        main = self.variants[0]
        values = {
            "title": self._title(),
            "value": self._bounded(main),
            "detail": self._detail(main),
            **more,
        }
        if self.rule.comparator is not None:
            values["limit"] = self._limit()
        return say.fill(template, **values)

    def _title(self, variant: Alternative | None = None) -> Text:
        """What was measured; a definition other than the headline is named with it."""
        main = variant or self.variants[0]
        if main.id == MAIN:
            return self.measurement.title
        return say.fill(say.TITLED, title=self.measurement.title, label=main.label)

    def _show(self, value: Fraction, beside: Fraction | None = None) -> Text:
        return show_of(self.measurement, value, self.variants[0], beside=beside)

    def _shown(self) -> Text:
        return self._show(_value(self.variants[0]), self.rule.limit)

    def _bounded(self, variant: Alternative) -> Text:
        shown = self._show(_value(variant), self.rule.limit)
        if variant.bound == "exact":
            return shown
        return say.fill(say.BOUNDED[variant.bound], value=shown)

    def _limit(self) -> Text:
        measurement, rule = self.measurement, self.rule
        assert rule.comparator is not None
        assert rule.limit is not None
        currency = rule.currency or measurement.currency
        shown = show(rule.limit, self.unit, currency=currency, scale=measurement.scale)
        return say.limit_phrase(rule.comparator, shown, is_zero=rule.limit == 0)

    def _margin(self, margin: Fraction) -> Text:
        measurement = self.measurement
        return show_margin(margin, self.unit, currency=measurement.currency, scale=measurement.scale)

    def _detail(self, variant: Alternative) -> Text:
        measurement = self.measurement
        above, below = measurement.numerator_label, measurement.denominator_label
        if variant.id != MAIN or variant.numerator is None or variant.denominator is None:
            return _NONE  # the labels are those of the headline
        if above is None or below is None:
            return _NONE
        return say.fill(
            say.DETAIL,
            numerator_label=above,
            numerator=self._integer(variant.numerator),
            denominator_label=below,
            denominator=self._integer(variant.denominator),
        )

    def _integer(self, value: int) -> Text:
        return show_term(self.measurement, value, self.variants[0])

    def _straddled(self, limit: Fraction, tolerance: Fraction) -> Text | None:
        """The sentence for a confidence interval with the threshold inside, if any definition has one."""
        assert self.rule.comparator is not None
        for variant in self.variants:
            interval = variant.interval
            if interval is None or self.rule.comparator == "==":
                continue
            ends = [Fraction(interval.low), Fraction(interval.high)]
            if len({compare((end, end), self.rule.comparator, limit, tolerance) for end in ends}) > 1:
                return say.fill(
                    say.INTERVAL,
                    title=self._title(),
                    value=self._bounded(variant),
                    detail=self._detail(variant),
                    level=show(Fraction(interval.level), "ratio"),
                    low=self._show(ends[0], limit),
                    high=self._show(ends[1], limit),
                    limit=self._limit(),
                )
        return None

    def _flip_numerator(self, variant: Alternative) -> int | None:
        rule, measurement = self.rule, self.measurement
        if rule.comparator is None or rule.limit is None or variant.numerator is None:
            return None
        scale = measurement.scale if self.unit == "money" else None
        denominator = 10**scale if scale is not None else variant.denominator
        if denominator is None:
            denominator = 1 if self.unit == "count" else 0
        return flip_numerator(variant.numerator, denominator, rule.comparator, rule.limit, Fraction(rule.tolerance))

    def _flip(self, value: Fraction, limit: Fraction, variant: Alternative, there: int | None) -> Text:
        if value == limit:
            return say.FLIP_AT
        side = say.ABOVE if value > limit else say.BELOW
        margin, label = self._margin(value - limit), self.measurement.numerator_label
        if there is None or variant.numerator is None or label is None or variant.id != MAIN:
            return say.fill(say.FLIP, margin=margin, side=side, limit=self._show(limit))
        return say.fill(
            say.FLIP_NUMERATOR,
            margin=margin,
            side=side,
            label=label,
            there=self._integer(there),
            here=self._integer(variant.numerator),
        )


def _limited(variant: Alternative, measurement: Measurement, rule: Rule) -> Alternative:
    """A definition with the bound that the data sheet's limits make of the whole measurement, and with what the
    measurement is for the figure that the rule means.

    What the records do not carry is missing under every definition; an alternative cannot be surer than the
    headline. Two bounds that point in different directions leave nothing to rest on.
    """
    limits = measurement.limits and variant.id != MAIN
    pointing = {variant.bound, rule.bound, measurement.bound if limits else "exact"} - {"exact"}
    bound: Bound = "exact" if not pointing else pointing.pop() if len(pointing) == 1 else "open"
    return variant if bound == variant.bound else variant.model_copy(update={"bound": bound})


def _value(variant: Alternative) -> Fraction:
    value = variant.fraction
    assert value is not None, "only variants with a value are compared"
    return value


def _same(value: str) -> Text:
    return Text(en=value, ar=isolate(value))


def _not_measurable(rule: Rule, measurement: Measurement | None, why: Text) -> Finding:
    return Finding(
        id=rule.id,
        rule=rule,
        group=rule.group,
        measurement=None if measurement is None else measurement.id,
        state="not_measurable",
        direction=direction_of(rule),
        sentence=_unmeasured(rule, why),
        why_not=why,
        notes=() if measurement is None else measurement.limits,
        defence=defence(rule, measurement),
    )


def _unmeasured(rule: Rule, why: Text) -> Text:
    templates = {"flag": say.NOT_MEASURABLE_FLAG, "compliant": say.NOT_MEASURABLE}
    return say.fill(templates.get(rule.means, say.NOT_MEASURABLE_CONTEXT), why=why)
