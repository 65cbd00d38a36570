"""Rules whose indicator is only a bound of the figure that they mean: a result stands on the sure side alone."""

from __future__ import annotations

from typing import Any

import pytest

from compliance.judge import judge_rule
from compliance.rules import Rule, load_packs
from compliance.rules.cases import Figure

RULES = {rule.id: rule for rule in load_packs()}
MARGIN = RULES["ca.55_1.required_purchase"]
FULL = RULES["uk.tsr1997.return_90days"]


def state(rule: Rule, value: str, *, unit: str, **more: Any) -> str:
    read = {"id": rule.alternative, "value": value, **more} if rule.alternative else None
    figure = Figure.model_validate(
        {"unit": unit, "value": value, **more, "alternatives": [read] if read else []}
        | ({"currency": "CAD", "scale": 2} if unit == "money" else {})
    )
    assert rule.indicator is not None
    return judge_rule(rule, figure.measurement(rule.indicator)).state


@pytest.mark.parametrize(("value", "found"), [("0", "met"), ("-3", "met"), ("0.01", "not_measurable")])
def test_a_figure_that_counts_too_much_can_clear_and_not_flag(value: str, found: str) -> None:
    assert (MARGIN.bound, MARGIN.means) == ("upper", "flag")
    assert state(MARGIN, value, unit="money") == found


@pytest.mark.parametrize(("value", "found"), [("1", "met"), ("0.9995", "met"), ("0.98", "not_measurable")])
def test_a_share_that_counts_too_little_is_kept_when_it_is_whole(value: str, found: str) -> None:
    assert (FULL.bound, FULL.means, FULL.unit) == ("lower", "compliant", "share")
    assert state(FULL, value, unit="ratio") == found


def test_bounds_that_point_apart_settle_nothing() -> None:
    assert state(MARGIN, "0", unit="money", bound="lower") == "not_measurable"
    assert state(FULL, "1", unit="ratio", bound="upper") == "not_measurable"


def test_a_bound_says_why_it_is_one() -> None:
    entry = MARGIN.model_dump(by_alias=True, exclude={"enabled", "disabled_because"})
    with pytest.raises(ValueError, match="approximation says why"):
        Rule.model_validate({**entry, "approximation": None})
    assert all(rule.approximation is not None for rule in RULES.values() if rule.bound != "exact")
