"""Every definition of every indicator: listed where rules look for it, and shown in a unit of its own everywhere."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from compliance import Records
from compliance.defence import defence
from compliance.figures import show_of, show_term
from compliance.indicators import REGISTRY, catalogue
from compliance.indicators.alternatives import alternatives_of, listed_alternatives
from compliance.judge import judge_rule
from compliance.measurement import MAIN, Alternative, Measurement, Series, Unit
from compliance.report.page import Page
from compliance.report.workbook_sheets import measurements_grid
from compliance.rules import Rule, load_packs
from dashboard.figures import exact, measured
from intake.text import Text
from tests.compliance.listed_alternatives import in_code, of_measurements

AGAIN = "run `python -m tests.compliance.listed_alternatives`"
APART = {
    "autoship_share.bought_in_paid_month",
    "break_even_bound.returned",
    "inventory_gap.people_above",
    "late_commissions.by_number",
    "reconciliation_difference_rate.by_money",
    "retail_without_receipt.by_amount",
    "shared_customers.by_amount",
    "unpaid_commissions.affiliates",
    "unpaid_sales.by_amount",
}
"""Shares of people among shares of money, and the other way round: not to be seen from the unit."""


def words(text: str) -> Text:
    return Text(en=text, ar=text)


def test_every_alternative_that_the_code_names_is_listed() -> None:
    named = list(in_code())
    assert len(named) > 150
    anywhere = {name for names in listed_alternatives().values() for name in names}
    for module, indicator, name in named:
        known = anywhere if indicator is None else alternatives_of(indicator)
        assert name in known, f"{module}: {indicator or 'a helper'}: {name} is not listed; {AGAIN}"


def test_what_is_listed_belongs_to_an_indicator() -> None:
    assert listed_alternatives().keys() <= REGISTRY.keys()


def test_the_packs_name_only_what_is_listed() -> None:
    named = 0
    for rule in load_packs():
        if rule.indicator is None:
            assert rule.alternative is None
            continue
        units = {MAIN: REGISTRY[rule.indicator].unit, **alternatives_of(rule.indicator)}
        others = () if rule.definitions == "all" else rule.definitions
        assert {rule.reads, *others} <= units.keys(), rule.id
        assert {units[name] for name in others} <= {units[rule.reads]}, f"{rule.id} compares two units"
        named += len(others) + (rule.alternative is not None)
    assert named > 20


@pytest.fixture(scope="module")
def measurements(tmp_path_factory: pytest.TempPathFactory) -> list[Measurement]:
    from intake import read
    from synthetic import make, write

    company = make("inventory-loader", 60, 1, 12)
    folder = tmp_path_factory.mktemp("measured")
    write(company, folder / "files")
    reading = read([folder / "files"], folder / "tables")
    with Records.open(folder / "tables", reading=reading, plan=company.plan) as records:
        return [each.measure(records) for each in catalogue()]


def test_what_is_measured_is_listed_with_its_unit(measurements: list[Measurement]) -> None:
    found = of_measurements(measurements)
    assert sum(map(len, found.values())) > 150
    for indicator, names in found.items():
        for name, unit in names.items():
            assert alternatives_of(indicator).get(name) == unit, f"{indicator}: {name}: {unit}; {AGAIN}"


def test_terms_of_every_figure_give_its_value(measurements: list[Measurement]) -> None:
    """A share of people that were shown as money, or a sum in minor units, would not come out."""
    seen: set[Unit] = set()
    for measurement in measurements:
        figures: list[tuple[Unit, Any, Alternative | Series]] = [
            (measurement.unit_of(one), one, one) for one in measurement.variants
        ]
        figures += [(series.unit, point, series) for series in measurement.series for point in series.points]
        for unit, one, of in figures:
            if one.value is None or one.numerator is None:
                continue
            seen.add(unit)
            value, where = Fraction(one.value), f"{measurement.id}: {one}"
            if unit == "money":
                assert one.denominator is None, where
                assert value == Fraction(one.numerator, 10 ** (measurement.scale or 0)), where
                assert measurement.in_money(of), where
            elif one.denominator:
                assert abs(value - Fraction(one.numerator, one.denominator)) < Fraction(1, 10**8), where
            if unit in ("count", "days"):
                assert not measurement.in_money(of), where
            if measurement.in_money(of):
                assert measurement.currency, where
    assert {"money", "ratio", "count", "number"} <= seen


def test_every_sum_of_money_has_its_currency(measurements: list[Measurement]) -> None:
    for measurement in measurements:
        units = {measurement.unit_of(one) for one in measurement.variants if one.measurable}
        units |= {series.unit for series in measurement.series if series.points}
        assert "money" not in units or measurement.currency is not None, measurement.id


def test_shares_of_people_and_of_money_are_told_apart(measurements: list[Measurement]) -> None:
    found = {
        f"{measurement.id}.{one.id}"
        for measurement in measurements
        for one in measurement.alternatives
        if one.numerator is not None
        and measurement.unit_of(one) == measurement.unit
        and measurement.in_money(one) != measurement.of_money
    }
    assert found <= APART
    assert {"autoship_share.bought_in_paid_month", "break_even_bound.returned", "inventory_gap.people_above"} <= found


# One such figure, wherever it is shown


def fee(**more: Any) -> Measurement:
    return Measurement(
        id="joining_fee",
        title=words("Fee"),
        definition=words("what is paid"),
        formula="median",
        source="a test",
        unit="money",
        value="120",
        numerator=12000,
        of_money=True,
        currency="USD",
        scale=2,
        alternatives=(
            Alternative(
                id="take_up", label=words("who paid any"), unit="ratio", of_money=False, value="0.25", numerator=5,
                denominator=20,
            ),
            Alternative(id="low", label=words("least"), unit="money", value="10", numerator=1000),
        ),
        false_positives=words("none"),
        **more,
    )  # fmt: skip


def rule(**more: Any) -> Rule:
    whole = next(each for each in load_packs(["us"]) if each.id == "us.koscot1975.payment_prong")
    return whole.model_copy(update={"definitions": "all", "means": "flag", "comparator": ">", "threshold": "0", **more})


def test_a_share_beside_a_sum_of_money_is_shown_as_a_share() -> None:
    measurement = fee()
    share = measurement.variant("take_up")
    assert show_of(measurement, Fraction(1, 4), share).en == "25%"
    assert show_term(measurement, 5, share).en == "5"
    assert show_term(measurement, 12000).en == "120.00 USD"
    said = measurement.model_dump(mode="json")["alternatives"][0]
    assert measured(str(exact(said)), said["unit"] or "money", "USD", "en", 2) == "25%"


def test_a_share_is_never_compared_with_a_sum_of_money() -> None:
    found = judge_rule(rule(), fee())
    assert [reading.alternative for reading in found.readings] == [MAIN, "low"]
    assert "25" not in found.defence.en
    assert "10.00 USD" in found.defence.en
    shares = judge_rule(rule(alternative="take_up", comparator=">", threshold="0.2", near="0"), fee())
    assert [reading.alternative for reading in shares.readings] == ["take_up"]
    assert "25%" in shares.sentence.en
    assert "20%" in shares.sentence.en
    assert "USD" not in shares.sentence.en
    assert shares.flips_at_numerator == 4
    assert "25%" not in defence(rule(), fee(), [fee().variant(), fee().variant("low")]).en


def test_beside_a_sum_of_money_a_definition_names_its_unit() -> None:
    with pytest.raises(ValueError, match="must name a unit"):
        Measurement.model_validate(
            fee().model_dump() | {"alternatives": [{"id": "x", "label": words("x"), "value": "1"}]}
        )
    with pytest.raises(ValueError, match="not its numerator in whole units"):
        Measurement.model_validate(fee().model_dump() | {"value": "12000"})


def test_report_and_workbook_show_the_share(beehive: Path) -> None:
    class Given:
        measurements = (fee(),)
        findings = ()
        overview = None

    page = Page(Given(), "en")  # type: ignore[arg-type]
    rows = list(measurements_grid(page, {}).rows)
    assert [row[4:7] for row in rows] == [
        ("120.00 USD", "120.00 USD", ""),
        ("25%", "5", "20"),
        ("10.00 USD", "10.00 USD", ""),
    ]
    assert page.value(fee(), fee().variant("take_up")) == "25%"
