"""What changed between two sides: reasons found by trying, both directions, and nothing where nothing did."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.changes import Judged, changes
from compliance.findings import state_label
from compliance.judge import judge
from compliance.measurement import Measurement, decimal_string
from compliance.questionnaire import Answer
from compliance.rules import Rule, load_packs
from compliance.rules.cases import Figure

RULES = {rule.id: rule for rule in load_packs(["us", "general"])}
GATED = "us.vemma2016.customer_majority"
ASKED = "us.dsa.inventory"


def measured(indicator: str, value: str | None, unit: Any = "ratio", **more: Any) -> Measurement:
    return Figure(unit=unit, value=value, **more).measurement(indicator)


def side(
    rules: list[Rule], measurements: list[Measurement], answers: list[Answer] | None = None, **inputs: str
) -> Judged:
    return Judged(tuple(measurements), tuple(judge(rules, measurements, answers or [])), inputs)


def answer(value: str) -> Answer:
    return Answer(rule=ASKED, value=value, who="R. Haddad", when=date(2026, 1, 31))


@pytest.fixture
def share() -> Rule:
    """A rule of a share above a limit, whichever the pack has."""
    return next(
        rule
        for rule in RULES.values()
        if rule.enabled and rule.means == "flag" and rule.comparator == ">" and rule.indicator and not rule.definitions
    )


def test_a_figure_that_passes_the_limit_is_the_reason(share: Rule) -> None:
    assert share.limit is not None
    low, high = (decimal_string(share.limit + step) for step in (Fraction(-1, 10), Fraction(1, 10)))
    name = str(share.indicator)
    found = changes(
        side([share], [measured(name, low)], snapshot="a"), side([share], [measured(name, high)], snapshot="b")
    )
    (one,) = found.findings
    assert (one.causes, one.why.en) == (("figure",), "the figure changed (what differs: the records)")
    assert one.before is not None
    assert one.after is not None
    assert (one.before.state, one.after.state) == ("met", "breached")
    assert one.after.label == state_label("breached", "flags")
    assert found.inputs == {"snapshot": ("a", "b")}
    (figure,) = found.figures
    assert figure.difference == "0.2"
    assert figure.difference_shown is not None
    assert figure.difference_shown.en == "higher by 20 percentage points"
    back = changes(
        side([share], [measured(name, high)], snapshot="b"), side([share], [measured(name, low)], snapshot="a")
    )
    assert back.figures[0].difference_shown is not None
    assert back.figures[0].difference_shown.en == "lower by 20 percentage points"


def test_a_rule_that_changes_is_the_reason_where_the_figure_stays(share: Rule) -> None:
    assert share.limit is not None
    figure = measured(str(share.indicator), decimal_string(share.limit - Fraction(1, 100)))
    stricter = share.model_copy(update={"threshold": decimal_string(share.limit - Fraction(1, 50)), "near": "0"})
    found = changes(side([share.model_copy(update={"near": "0"})], [figure]), side([stricter], [figure]))
    assert found.findings[0].causes == ("rule",)
    assert (found.figures, found.same_figures) == ((), 1)


def test_rules_come_and_end_and_answers_change() -> None:
    asked, other = RULES[ASKED], RULES["ind.promised_return"]
    found = changes(side([asked], [], [answer("yes")]), side([asked, other], [], [answer("no")]))
    assert {each.rule: each.causes for each in found.findings} == {ASKED: ("answer",), other.id: ("came",)}
    gone = changes(side([asked, other], []), side([asked], []))
    assert [(each.rule, each.causes, each.after) for each in gone.findings] == [(other.id, ("ended",), None)]
    assert gone.same_findings == 1


def test_a_rule_that_came_into_force_or_ended_says_when() -> None:
    dated = next(rule for rule in RULES.values() if rule.in_force.from_ is not None)
    assert dated.in_force.from_ is not None
    over = dated.model_copy(update={"in_force": dated.in_force.model_copy(update={"to": date(2020, 5, 4)})})
    came = changes(side([], [], law_of="2010-01-01"), side([dated], [], law_of="2024-01-01"))
    assert came.findings[0].why.en == f"the rule came into force on {dated.in_force.from_}"
    assert str(dated.in_force.from_) in came.findings[0].why.ar
    back = changes(side([dated], [], law_of="2024-01-01"), side([], [], law_of="2010-01-01"))
    assert back.findings[0].why == came.findings[0].why
    ended = changes(side([over], [], law_of="2019-01-01"), side([], [], law_of="2024-01-01"))
    assert ended.findings[0].why.en == "the rule was in force until 2020-05-04"
    opened = RULES[ASKED].model_copy(
        update={"in_force": dated.in_force.model_copy(update={"from_": None}), "year": 2017}
    )
    (of_year,) = changes(side([], [], law_of="2016-12-31"), side([opened], [], law_of="2024-01-01")).findings
    assert of_year.why.en == "the instrument is of 2017"
    added = changes(side([], [], packs="us"), side([dated], [], packs="us, general"))
    assert added.findings[0].why.en == "the rule was not applied before"


def test_what_changes_only_together_is_named_together(share: Rule) -> None:
    """Neither the other figure alone nor the other rule alone gives anything new: the rule reads what the figure added."""
    assert share.limit is not None
    name, low, high = str(share.indicator), share.limit / 2, (share.limit + 1) / 2
    old = measured(name, decimal_string(low))
    new = measured(name, decimal_string(low), alternatives=[{"id": "other", "value": decimal_string(high)}])
    asks = share.model_copy(update={"definitions": ("other",)})
    found = changes(side([share], [old], plan="a"), side([asks], [new], plan="b"))
    (one,) = found.findings
    assert one.causes == ("figure", "rule")
    assert one.why.en == "the figure changed (what differs: the plan); the rule changed"


def test_what_cannot_be_measured_any_more_has_no_difference(share: Rule) -> None:
    assert share.limit is not None
    name = str(share.indicator)
    found = changes(side([share], [measured(name, decimal_string(share.limit))]), side([share], [measured(name, None)]))
    (figure,) = found.figures
    assert figure.after is None
    assert figure.difference is None
    assert found.findings[0].after is not None
    assert found.findings[0].after.state == "not_measurable"


def test_sums_in_two_currencies_have_no_difference() -> None:
    dollars, dinars = (
        measured("paid_in", "10", "money", numerator=units * 10, currency=code, scale=scale)
        for code, scale, units in (("USD", 2, 100), ("KWD", 3, 1000))
    )
    (figure,) = changes(side([], [dollars]), side([], [dinars])).figures
    assert figure.before is not None
    assert figure.after is not None
    assert (figure.before.en, figure.after.en, figure.difference) == ("10.00 USD", "10.000 KWD", None)


@settings(max_examples=60, deadline=None)
@given(values=st.lists(st.sampled_from(["0", "0.2", "0.5", "0.51", "0.9", "1", None]), min_size=2, max_size=2))
def test_findings_changed_and_unchanged_are_all_findings(values: list[str | None]) -> None:
    rules = [rule for rule in RULES.values() if rule.enabled]
    names = sorted({str(rule.indicator) for rule in rules if rule.indicator and rule.unit == "share"})[:8]
    sides = [side(rules, [measured(name, value) for name in names]) for value in values]
    found = changes(*sides)
    assert len(found.findings) + found.same_findings == len(rules)
    assert all(each.causes == ("figure",) for each in found.findings)
    assert found.nothing == (values[0] == values[1])
