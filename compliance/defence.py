"""The strongest thing to be said against reading too much into a finding, with the figures of the case at hand.

A rule's caveat and a measurement's false positives are words that fit every company. Here they are followed by what
this company's own records say in its favour: the definition under which the figure looks best and what comes out
with it, the interval that chance leaves, and how few people a share rests on.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from compliance import sentences as say
from compliance.comparison import Compares, compare, span_of
from compliance.figures import show, show_numerator, show_of
from compliance.measurement import MAIN, Alternative, Measurement
from compliance.rules.model import Rule
from intake.text import Text

FEW = 30
"""Below this many people a share of them is said to rest on few."""


def defence(rule: Rule, measurement: Measurement | None, variants: Sequence[Alternative] = ()) -> Text:
    """Caveat, false positives, and what these records say in the company's favour.

    Args:
        rule: whose finding it is.
        measurement: the figure it rests on; None for a question.
        variants: every definition of it that has a value in the same unit, the one that the rule reads first; none
            where nothing is compared.
    """
    return say.sentences(
        [
            rule.caveat,
            None if measurement is None else measurement.false_positives,
            *(() if measurement is None or not variants else _figures(rule, measurement, variants)),
        ]
    )


def most_favourable(rule: Rule, variants: Sequence[Alternative]) -> Alternative:
    """The definition with which the rule comes out best for the company; of equals, the first.

    >>> from compliance.rules import load_packs
    >>> rule = next(rule for rule in load_packs(["us"]) if rule.id == "us.vemma2016.customer_majority")
    >>> low, high = (Alternative(id=v, label=Text(en=v, ar=v), value=v) for v in ("0.2", "0.6"))
    >>> most_favourable(rule, [low, high]).value
    '0.6'
    """
    assert rule.comparator is not None
    assert rule.limit is not None
    limit, wanted = rule.limit, rule.means == "compliant"
    if rule.comparator == "==":
        distances = [abs(_value(variant) - limit) for variant in variants]
        best = min(distances) if wanted else max(distances)
        return variants[distances.index(best)]
    upwards = (rule.comparator in (">", ">=")) == wanted
    values = [_value(variant) for variant in variants]
    return variants[values.index(max(values) if upwards else min(values))]


def _figures(rule: Rule, measurement: Measurement, variants: Sequence[Alternative]) -> list[Text]:
    found = []
    main = variants[0]
    if rule.comparator is not None and rule.means in ("compliant", "flag") and len(variants) > 1:
        best = most_favourable(rule, variants)
        if best.id == main.id:
            found.append(say.fill(say.NONE_BETTER, count=_count(len(variants) - 1)))
        else:
            label = measurement.headline_label or measurement.title if best.id == MAIN else best.label
            outcome = _outcome(rule, measurement, best)
            found.append(
                say.fill(say.BEST, label=label, value=show_of(measurement, _value(best), best), outcome=outcome)
            )
    if (interval := main.interval) is not None:
        ends = [show_of(measurement, Fraction(end), main) for end in (interval.low, interval.high)]
        level = show(Fraction(interval.level), "ratio")
        found.append(say.fill(say.CHANCE, level=level, low=ends[0], high=ends[1]))
        if main.denominator is not None and not measurement.in_money(main) and main.denominator < FEW:
            found.append(say.fill(say.RESTS_ON_FEW, count=_count(main.denominator)))
    return found


def _outcome(rule: Rule, measurement: Measurement, variant: Alternative) -> Text:
    assert rule.comparator is not None
    assert rule.limit is not None
    span = span_of(_value(variant), variant.bound, measurement.unit_of(variant))
    truth: Compares = compare(span, rule.comparator, rule.limit, Fraction(rule.tolerance))
    if truth == "unclear":
        return say.WOULD_BE_OPEN
    holds = truth == "true"
    if rule.means == "flag":
        return say.SIGN_WOULD_SHOW if holds else say.SIGN_WOULD_NOT_SHOW
    return say.RULE_WOULD_BE_MET if holds else say.RULE_WOULD_NOT_BE_MET


def _count(number: int) -> Text:
    return show_numerator(number, currency=None, scale=None)


def _value(variant: Alternative) -> Fraction:
    value = variant.fraction
    assert value is not None, "only definitions with a value are compared"
    return value
