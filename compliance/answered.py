"""A rule that a person answers, held against the answer: yes or no, free words, or a number with a limit.

An answer is evidence only with who gave it and when; `unknown`, or none, leaves the rule a question and is
never a pass. A number answers a rule that has a threshold (days of cooling-off, a price cap) and is compared
with it exactly, as a measured figure would be; without a threshold it is context.
"""

from __future__ import annotations

from fractions import Fraction

from compliance import sentences as say
from compliance.comparison import Compares, compare
from compliance.errors import RulePackError
from compliance.figures import foreign, isolate, show
from compliance.findings import Finding, State, direction_of
from compliance.measurement import decimal_string
from compliance.questionnaire import Answer, unfit
from compliance.rules.model import Rule
from intake.currencies import MINOR_UNITS
from intake.text import Text
from intake.text import say as spoken


def answered(rule: Rule, question: Text, answer: Answer | None) -> Finding:
    """The finding of a rule that asks a question.

    Args:
        rule: the rule.
        question: its question.
        answer: what somebody answered; None while nobody has.

    Raises:
        RulePackError: the value is none that the question allows.
    """
    if answer is not None and (problem := unfit(answer, rule)):
        raise RulePackError(
            spoken("answer to {rule}", "إجابة {rule}", rule=rule.id),
            spoken("value: {problem}", "القيمة: {problem}", problem=problem),
        )
    if answer is None or answer.value == "unknown":
        return Finding(
            id=rule.id,
            rule=rule,
            group=rule.group,
            state="question",
            direction=direction_of(rule),
            sentence=say.fill(say.QUESTION, question=question),
            defence=rule.caveat,
            answer=answer,
        )
    compares = _compares(rule, answer)
    state = _state(rule, answer, compares)
    limit = margin = None
    if rule.comparator is not None and rule.limit is not None:
        limit = say.limit_phrase(rule.comparator, _number(rule, rule.limit), is_zero=rule.limit == 0)
        margin = decimal_string(Fraction(answer.value) - rule.limit)
    sentence = say.fill(
        say.ANSWERED,
        verdict=_verdict(rule, state, compares),
        question=question,
        answer=_shown(rule, answer),
        who=_foreign(answer.who),
        when=Text(en=answer.when.isoformat(), ar=isolate(answer.when.isoformat())),
        document=Text(en="", ar="")
        if answer.document is None
        else say.fill(say.DOCUMENT, document=_foreign(answer.document)),
    )
    return Finding(
        id=rule.id,
        rule=rule,
        group=rule.group,
        state=state,
        direction=direction_of(rule),
        compares=compares,
        value=None if limit is None else decimal_string(Fraction(answer.value)),
        value_shown=None if limit is None else _shown(rule, answer),
        limit_shown=limit,
        margin=margin,
        flips_at=None if limit is None else rule.threshold,
        sentence=sentence if limit is None else say.sentences([sentence, say.fill(say.ANSWER_LIMIT, limit=limit)]),
        notes=()
        if limit is None or rule.approximation is None
        else (say.fill(say.APPROXIMATION, text=rule.approximation),),
        defence=rule.caveat,
        answer=answer,
    )


def _foreign(value: str) -> Text:
    """What somebody wrote, in both languages: set apart in Arabic."""
    return Text(en=value, ar=foreign(value))


def _compares(rule: Rule, answer: Answer) -> Compares | None:
    """Whether the comparison of the rule holds for an answered number; None where it has no threshold."""
    if rule.comparator is None or rule.limit is None:
        return None
    value = Fraction(answer.value)
    return compare((value, value), rule.comparator, rule.limit, Fraction(rule.tolerance))


def _state(rule: Rule, answer: Answer, compares: Compares | None) -> State:
    if rule.means in ("gate", "reference"):
        return rule.means
    good = (
        compares == ("true" if rule.means == "compliant" else "false") if compares else answer.value == rule.good_answer
    )
    return "met" if good else "breached"


def _verdict(rule: Rule, state: State, compares: Compares | None) -> Text:
    flags = direction_of(rule) == "flags"
    match state:
        case "met":
            return say.ANSWER_MET_FLAG if flags else say.ANSWER_MET_ASK
        case "breached":
            return say.ANSWER_BREACHED_FLAG if flags else say.ANSWER_BREACHED_ASK
        case "gate" if compares is not None:
            return say.ANSWER_GATE_TRUE if compares == "true" else say.ANSWER_GATE_FALSE
        case _:
            return say.ANSWER_CONTEXT


def _shown(rule: Rule, answer: Answer) -> Text:
    if rule.answer == "number":
        return _number(rule, Fraction(answer.value))
    return {"yes": say.YES, "no": say.NO}.get(answer.value, _foreign(answer.value))


def _number(rule: Rule, value: Fraction) -> Text:
    """A number of the answer or of the rule, with its currency where the rule has one; what else it counts stands
    in the question."""
    if rule.currency is not None:
        return show(value, "money", currency=rule.currency, scale=MINOR_UNITS.get(rule.currency))
    return show(value, "number")
