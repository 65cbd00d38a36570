"""The judge: thresholds to the last digit, three-valued comparisons, contested definitions, and plain
words."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.comparison import compare, flip_numerator, span_of
from compliance.figures import END, FREE, LTR, show, show_margin
from compliance.findings import STATES, Finding, grouped, state_label
from compliance.judge import judge, judge_rule
from compliance.measurement import Bound, decimal_string
from compliance.questionnaire import Answer
from compliance.rules import Rule, load_packs
from compliance.rules.cases import Figure
from compliance.rules.model import Comparator
from intake.text import Text

RULES = load_packs()
COMPARATORS: tuple[Comparator, ...] = (">=", ">", "<=", "<", "==")
MEASURED = [rule for rule in RULES if rule.indicator is not None]

# What arabic.md 2.1 and 2.2 forbid, and its English twins: verdicts on people and companies.
VERDICTS = re.compile(
    r"\b(is a pyramid|are a pyramid|pyramid scheme|ponzi|illegal|unlawful|fraud\w*|scam\w*|guilty|victim\w*"
    r"|violat\w*|crime|criminal\w*|offence|obviously|clearly|certainly)\b",
    re.IGNORECASE,
)
VERDICTS_AR = re.compile("هرمي|احتيال|ضحايا|ضحية|متورط|مخالف|خرق|انتهاك|اختراق|نصّ?اب|حرام|حلال|من الواضح|بالتأكيد|ربما")


def rule(**changes: Any) -> Rule:
    """A warning sign on a share above one half, with changes."""
    text = Text(en="words", ar="كلام")
    fields = {
        "id": "test.rule",
        "pack": "test",
        "jurisdiction": "XX",
        "instrument": text,
        "article": text,
        "legal_force": "indicator",
        "severity": "high",
        "statement": text,
        "means": "flag",
        "group": "test",
        "metric": "a/b",
        "indicator": "thing",
        "comparator": ">",
        "threshold": "0.5",
        "caveat": Text(en="Weigh it.", ar="يُوزن."),
        "verified": True,
        "verified_basis": "primary",
    }
    return Rule.model_validate({**fields, **changes})


def figure(value: Fraction | int | None, **given: Any) -> Figure:
    """A share of that value, exact, out of its own denominator."""
    if value is None:
        return Figure(unit="ratio", value=None)
    exact = Fraction(value)
    fields = {
        "unit": "ratio",
        "value": decimal_string(exact),
        "numerator": exact.numerator,
        "denominator": exact.denominator,
    }
    return Figure.model_validate({**fields, **given})


def found(a_rule: Rule, value: Fraction | int | None, **given: Any) -> Finding:
    return judge_rule(a_rule, figure(value, **given).measurement("thing"))


shares = st.fractions(min_value=0, max_value=1, max_denominator=5000)


@pytest.mark.parametrize(
    ("comparator", "below", "at", "above"),
    [
        (">", "met", "met", "breached"),
        (">=", "met", "breached", "breached"),
        ("<", "breached", "met", "met"),
        ("<=", "breached", "breached", "met"),
        ("==", "met", "breached", "met"),
    ],
)
def test_exactly_at_the_threshold_the_comparator_decides(
    comparator: Comparator, below: str, at: str, above: str
) -> None:
    """A third has no end as a decimal: the comparison must use numerator and denominator."""
    flag = rule(comparator=comparator, threshold="0.3")
    states = [found(flag, Fraction(n, 10_000_000)).state for n in (2_999_999, 3_000_000, 3_000_001)]
    assert states == [below, at, above]
    ask = rule(comparator=comparator, threshold="0.3", means="compliant")
    swapped = {"met": "breached", "breached": "met"}
    asked = [found(ask, Fraction(n, 10_000_000)).state for n in (2_999_999, 3_000_000, 3_000_001)]
    assert asked == [swapped[state] for state in states]


@given(value=shares, threshold=shares, comparator=st.sampled_from(COMPARATORS))
@settings(max_examples=200, deadline=None)
def test_flip_is_the_nearest_numerator_that_changes_the_result(
    value: Fraction, threshold: Fraction, comparator: Comparator
) -> None:
    numerator, denominator = value.numerator * 3, value.denominator * 3
    there = flip_numerator(numerator, denominator, comparator, threshold)

    def holds(count: int) -> bool:
        exact = Fraction(count, denominator)
        return compare((exact, exact), comparator, threshold) == "true"

    if there is None:
        assert all(holds(count) == holds(numerator) for count in range(0, denominator + 1, max(1, denominator // 50)))
        return
    assert holds(there) != holds(numerator)
    step = 1 if numerator > there else -1
    assert holds(there + step) == holds(numerator)


@given(first=shares, second=shares, near=st.sampled_from(["0", "0.02", "0.1"]))
@settings(max_examples=150, deadline=None)
def test_a_larger_share_never_makes_a_sign_weaker(first: Fraction, second: Fraction, near: str) -> None:
    order = {"met": 0, "borderline": 1, "breached": 2}
    low, high = sorted([first, second])
    flag = rule(near=near)
    assert order[found(flag, low).state] <= order[found(flag, high).state]


@given(
    value=shares,
    truth=shares,
    bound=st.sampled_from(["exact", "upper", "lower", "open"]),
    comparator=st.sampled_from(COMPARATORS),
    threshold=shares,
)
@settings(max_examples=200, deadline=None)
def test_a_bound_is_never_more_certain_than_the_truth(
    value: Fraction, truth: Fraction, bound: Bound, comparator: Comparator, threshold: Fraction
) -> None:
    """Whatever the truth may be within the bound, a stated comparison holds for it."""
    possible = {"exact": truth == value, "upper": truth <= value, "lower": truth >= value, "open": True}[bound]
    stated = compare(span_of(value, bound, "ratio"), comparator, threshold)
    if possible and stated != "unclear":
        assert stated == compare((truth, truth), comparator, threshold)


def test_an_upper_bound_cannot_meet_a_warning_sign() -> None:
    finding = found(rule(), Fraction(93, 100), bound="upper")
    assert finding.state == "not_measurable"
    assert finding.why_not is not None
    assert "at most 93%" in finding.why_not.en
    assert "93%" in finding.why_not.ar
    assert finding.flips_at is None
    assert found(rule(), Fraction(49, 100), bound="upper").state == "met"
    assert found(rule(), Fraction(93, 100), bound="lower").state == "breached"
    assert found(rule(), Fraction(93, 100), bound="open").state == "not_measurable"


def test_definitions_that_disagree_are_borderline_with_both_figures() -> None:
    """Model text 5: neither figure is chosen, and the finding says what it hangs on."""
    ask = rule(means="compliant", comparator=">=", definitions="all")
    others = [{"id": "buyers_are_customers", "value": "0.531", "numerator": 531, "denominator": 1000}]
    finding = found(ask, Fraction(492, 1000), alternatives=others)
    assert (finding.state, finding.compares) == ("borderline", "unclear")
    assert [reading.compares for reading in finding.readings] == ["false", "true"]
    assert "49.2%" in finding.sentence.en
    assert "53.1%" in finding.sentence.en
    assert "depends on the definition" in finding.sentence.en
    assert finding.state_label.ar == "النتيجة تتوقف على التعريف"
    assert "49.2%" in finding.sentence.ar
    assert "53.1%" in finding.sentence.ar


def test_limits_of_the_data_sheet_bind_every_definition() -> None:
    """What a company's records leave out is missing under each definition, so no alternative is surer."""
    others = ({"id": "other", "value": "0.1", "numerator": 1, "denominator": 10},)
    given = figure(Fraction(9, 10), alternatives=others, bound="upper").measurement("thing")
    limited = given.model_copy(
        update={"limits": (Text(en="Small sums are absent.", ar="المبالغ الصغيرة غير موجودة."),)}
    )
    flag = rule(alternative="other", comparator="<=")
    assert judge_rule(flag, given).state == "breached"
    finding = judge_rule(rule(alternative="other", comparator=">=", threshold="0.05"), limited)
    assert finding.state == "not_measurable"
    assert "at most 10%" in finding.sentence.en
    assert "reading other" in finding.sentence.en  # the definition is named with the title
    assert finding.notes == limited.limits


def test_definitions_that_agree_settle_it() -> None:
    others = [{"id": "other", "value": "0.8", "numerator": 8, "denominator": 10}]
    assert found(rule(definitions="all"), Fraction(7, 10), alternatives=others).state == "breached"


def test_a_rule_reads_the_definition_it_names() -> None:
    others = [{"id": "other", "value": "0.1", "numerator": 1, "denominator": 10}]
    assert found(rule(alternative="other"), Fraction(7, 10), alternatives=others).state == "met"
    missing = found(rule(alternative="absent"), Fraction(7, 10), alternatives=others)
    assert missing.state == "not_measurable"
    assert "absent" in missing.sentence.en


def test_an_interval_around_the_threshold_is_borderline() -> None:
    interval = {"low": "0.48", "high": "0.55"}
    finding = found(rule(), Fraction(52, 100), interval=interval)
    assert finding.state == "borderline"
    assert "95% confidence interval: from 48% to 55%" in finding.sentence.en
    assert found(rule(), Fraction(62, 100), interval={"low": "0.58", "high": "0.66"}).state == "breached"


def test_near_the_threshold_is_borderline_and_says_by_how_much() -> None:
    finding = found(rule(near="0.02"), Fraction(5041, 10_000))
    assert finding.state == "borderline"
    assert "0.41 percentage points" in finding.sentence.en or "0.4 percentage points" in finding.sentence.en


def test_gates_and_references_are_context_never_breached() -> None:
    for means in ("gate", "reference"):
        for value in (Fraction(1, 10), Fraction(9, 10)):
            finding = found(rule(means=means), value)
            assert finding.state == means
            assert finding.direction == "context"
            assert not finding.is_warning


def test_the_sentence_of_a_met_sign_names_figures_limit_and_counts() -> None:
    counted = Figure(unit="ratio", value="0.718005786", numerator=12904, denominator=17972)
    finding = judge_rule(rule(), counted.measurement("thing"))
    assert finding.sentence.en == (
        "This warning sign is met. Figure thing: 71.8% (counted: 12,904; whole: 17,972); the sign is met by more "
        "than 50%. This is a measurement, not a judgment on the company."
    )
    assert finding.sentence.ar.startswith("تحقّقت علامة التحذير.")
    assert finding.flips_at_numerator == 8986
    assert finding.flip is not None
    assert "counted: 8,986 instead of 12,904" in finding.flip.en


def test_met_has_two_words() -> None:
    assert state_label("met", "asks") == Text(en="Rule met", ar="القاعدة مستوفاة")
    assert state_label("met", "flags").ar == "لم تظهر علامة التحذير"
    assert state_label("breached", "flags").ar == "تحقّقت علامة التحذير"
    assert state_label("breached", "asks").ar == "الحد متجاوَز"


def test_a_disabled_rule_is_left_alone_unless_asked_for() -> None:
    unsure = rule(verified=False, verified_basis="none")
    measured = [figure(Fraction(9, 10)).measurement("thing")]
    assert judge([unsure], measured) == []
    assert [finding.state for finding in judge([unsure], measured, include_disabled=True)] == ["breached"]
    assert unsure.disabled_because is not None


def test_one_measurement_is_scored_once_with_every_hook_under_it() -> None:
    measured = [figure(Fraction(9, 10)).measurement("thing")]
    rules = [
        rule(id="a.low", severity="low"),
        rule(id="b.critical", severity="critical"),
        rule(id="c.reference", means="reference", severity="critical"),
        rule(id="d.other", group="alone", means="compliant"),
    ]
    groups = grouped(judge(rules, measured))
    assert [(group.group, group.state, group.severity) for group in groups] == [
        ("test", "breached", "critical"),
        ("alone", "met", "high"),
    ]
    assert [hook.id for hook in groups[0].hooks] == ["b.critical", "a.low", "c.reference"]


def test_an_answer_says_who_gave_it_and_when() -> None:
    question = next(each for each in RULES if each.id == "us.herbalife2016.segmentation")
    given_answer = Answer(rule=question.id, value="no", who="Sara", when="2024-05-01", document="Policies, page 12")
    finding = judge_rule(question, answer=given_answer)
    assert finding.state == "breached"
    assert "Answer: no, given by Sara on 2024-05-01, from: Policies, page 12." in finding.sentence.en
    assert f"{FREE}Sara{END}" in finding.sentence.ar
    assert f"{LTR}2024-05-01{END}" in finding.sentence.ar


FIGURES = {
    "large": Figure(unit="ratio", value="0.9", numerator=9, denominator=10),
    "nothing": Figure(unit="ratio", value="0", numerator=0, denominator=10),
    "money": Figure(unit="money", value="1234.50", numerator=123450, currency="CNY", scale=2),
    "count": Figure(unit="count", value="4016", numerator=4016),
    "negative": Figure(unit="number", value="-0.25"),
    "days": Figure(unit="days", value="11"),
    "upper": Figure(unit="ratio", value="0.9", numerator=9, denominator=10, bound="upper"),
    "nearly": Figure(unit="ratio", value="0.301", interval={"low": "0.25", "high": "0.35"}),
    "absent": Figure(unit="ratio", value=None),
}


@pytest.mark.parametrize("kind", FIGURES)
@pytest.mark.parametrize("each", RULES, ids=lambda each: each.id)
def test_every_rule_gives_a_whole_sentence_in_both_languages(each: Rule, kind: str) -> None:
    """Measurable or not: no empty text, no open placeholder, no verdict, no unisolated figure, whole JSON."""
    finding = judge([each], [FIGURES[kind].measurement(each.indicator or "none")], include_disabled=True)[0]
    assert finding.state in STATES
    for text in [finding.sentence, finding.why_not, finding.flip, *finding.notes]:
        if text is None:
            continue
        assert text.en
        assert text.ar
        assert not re.search(r"[{}]|None|\(\)|  ", text.en), text.en
        assert not re.search(r"[{}]|None|\(\)|  ", text.ar), text.ar
        assert text.ar.count(LTR) + text.ar.count(FREE) == text.ar.count(END)
    generated = finding.sentence
    if each.reference is not None:  # published figures are quoted with the words of their source
        generated = Text(en=generated.en.replace(each.reference.en, ""), ar=generated.ar.replace(each.reference.ar, ""))
    if each.question is None:
        assert not VERDICTS.search(generated.en), generated.en
        assert not VERDICTS_AR.search(generated.ar), generated.ar
    if kind == "absent" and each.question is None:
        assert finding.state == "not_measurable"
        assert finding.why_not is not None
    assert Finding.model_validate(json.loads(finding.model_dump_json())) == finding


def test_judging_twice_gives_the_same_bytes() -> None:
    measured = [FIGURES["large"].measurement(name) for name in sorted({each.indicator or "" for each in MEASURED})]
    first = [finding.model_dump_json() for finding in judge(RULES, measured)]
    assert first == [finding.model_dump_json() for finding in judge(RULES, reversed(measured))]


@pytest.mark.parametrize(
    ("value", "beside", "shown"),
    [
        (Fraction(5004, 10000), Fraction(1, 2), "50.04%"),
        (Fraction(500001, 1000000), Fraction(1, 2), "50.0001%"),
        (Fraction(2, 3), None, "66.7%"),
        (Fraction(1, 2), Fraction(1, 2), "50%"),
        (Fraction(4999999, 10000000), Fraction(1, 2), "49.99999%"),
    ],
)
def test_rounding_never_moves_a_figure_across_its_threshold(
    value: Fraction, beside: Fraction | None, shown: str
) -> None:
    assert show(value, "ratio", beside=beside).en == shown


def test_figures_in_words() -> None:
    assert show(Fraction(1234567), "count").en == "1,234,567"
    assert show(Fraction(646960), "money", currency="USDT", scale=6).en == "646,960.00 USDT"
    assert show(Fraction(1234567, 10**6), "money", currency="USDT", scale=6).en == "1.234567 USDT"
    assert show(Fraction(5, 2), "money", currency="KWD", scale=3).en == "2.500 KWD"
    assert show(Fraction(-5, 2), "money", currency="EGP", scale=2).en == "-2.50 EGP"
    assert show(Fraction(1), "days").ar == "يوم واحد"
    assert show(Fraction(5), "days").ar == f"{LTR}5{END} أيام"
    assert show(Fraction(11), "days").ar == f"{LTR}11{END} يومًا"
    assert show(Fraction(100), "days").ar == f"{LTR}100{END} يوم"
    assert show_margin(Fraction(-218, 1000), "ratio").en == "21.8 percentage points"
    assert show(Fraction(-1, 4), "number").en == "-0.25"


@given(values=st.lists(shares, min_size=2, max_size=4), threshold=shares, comparator=st.sampled_from(COMPARATORS))
def test_the_defence_names_the_definition_that_is_kindest_to_the_company(
    values: list[Fraction], threshold: Fraction, comparator: Comparator
) -> None:
    """By trial: no definition comes out well for the company where the kindest one does not."""
    text = decimal_string(threshold)
    for means in ("flag", "compliant"):
        a_rule = rule(comparator=comparator, threshold=text, means=means)
        variants = [
            {"id": f"v{number}", "value": decimal_string(value), "numerator": value.numerator}
            | {"denominator": value.denominator}
            for number, value in enumerate(values[1:])
        ]
        defended = found(a_rule, values[0], alternatives=variants).defence
        good = [(compare((v, v), comparator, Fraction(text)) == "true") == (means == "compliant") for v in values]
        if "No other definition" in defended.en:
            assert good[0] or not any(good)
        else:
            kind = {"flag": "the sign would not be met", "compliant": "the rule would be met"}[means]
            assert (kind in defended.en) == any(good)


def test_the_defence_gives_chance_and_few_people() -> None:
    interval = {"low": "0.4", "high": "0.8"}
    few = found(rule(), Fraction(12, 20), numerator=12, denominator=20, interval=interval).defence
    assert "between 40% and 80% (95% confidence interval). The share rests on few people (20)." in few.en
    many = found(rule(), Fraction(1200, 2000), numerator=1200, denominator=2000, interval=interval).defence
    assert "few people" not in many.en
    assert few.en.startswith("Weigh it.")
    assert few.ar.startswith("يُوزن.")
