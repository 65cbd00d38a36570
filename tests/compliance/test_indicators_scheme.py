"""The bundled on-chain scheme: its checked figures come out, with intervals, bounds and rows."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

import intake
from compliance import Measurement, Records, catalogue, measure
from compliance.overview import overview


@pytest.fixture(scope="module")
def imported(beehive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    """The scheme as intake takes it in, data sheet and all."""
    snapshot = tmp_path_factory.mktemp("imported") / "snapshot"
    intake.read([beehive], snapshot)
    with Records.open(snapshot) as records:
        yield records


@pytest.fixture(scope="module")
def found(imported: Records) -> dict[str, Measurement]:
    return {each.id: each for each in measure(imported)}


def terms(measurement: Measurement, variant: str | None = None) -> tuple[int | None, int | None]:
    chosen = measurement.variant(variant)
    return chosen.numerator, chosen.denominator


def test_the_same_figures_with_and_without_intake(scheme: Records, found: dict[str, Measurement]) -> None:
    for direct in measure(scheme):
        imported = found[direct.id]
        assert [each.value for each in imported.variants] == [each.value for each in direct.variants], direct.id


def test_people_and_money(found: dict[str, Measurement]) -> None:
    assert found["headcount"].value == "4016"
    assert found["tree_levels"].value == "27"
    assert (found["paid_in"].value, found["paid_in"].numerator) == ("646960", 646_960_000_000)
    assert (found["paid_in"].currency, found["paid_in"].scale) == ("USDT", 6)
    assert found["paid_in"].variant("payers").value == "3937"
    assert found["paid_out"].value == "147550"
    assert found["paid_out"].variant("payees").value == "249"
    assert terms(found["tail_share"]) == (2488, 4016)


def test_whose_money(found: dict[str, Measurement]) -> None:
    ratio = found["external_revenue_ratio"]
    assert [each.value for each in ratio.variants] == ["0"] * 4
    assert (ratio.bound, len(ratio.limits)) == ("lower", 1)
    funded = found["participant_funded_share"]
    assert [each.value for each in funded.variants[:4]] == ["1"] * 4
    assert terms(funded, "traced") == (134_300_000_000, 147_550_000_000)


def test_what_the_payouts_were_for(found: dict[str, Measurement]) -> None:
    share = found["recruitment_share"]
    assert terms(share) == (134_300_000_000, 147_550_000_000)
    assert terms(share, "without_returns_to_payer") == (83_050_000_000, 96_300_000_000)
    assert share.variant("first_payments_only").value == "0"
    assert found["paid_depth"].value == "4"
    levels = {point.x: point.value for point in found["paid_depth"].series[0].points}
    assert max(levels, key=lambda at: Fraction(levels[at] or 0)) == "2"


def test_who_lost(found: dict[str, Measurement]) -> None:
    losses = found["net_loss_share"]
    assert terms(losses) == (3798, 4016)
    assert losses.interval is not None
    assert Fraction(losses.interval.low) < Fraction(3798, 4016) < Fraction(losses.interval.high)
    assert losses.bound == "open"  # payouts are missing, and so is what 79 people paid: not a bound either way
    payers = losses.variant("recorded_payers")
    assert (terms(losses, "recorded_payers"), payers.bound) == ((3798, 3937), "upper")
    assert terms(losses, "unrecorded_as_behind") == (3877, 4016)
    assert not losses.variant("with_documented_retail").measurable
    assert not losses.variant("with_imputed_retail").measurable
    assert any("139" in note.en for note in losses.notes)
    assert terms(found["break_even_bound"], "reached") == (139, 3937)


def test_how_uneven(found: dict[str, Measurement]) -> None:
    top = found["payout_concentration"]
    assert top.numerator_label is not None
    assert "40" in top.numerator_label.en
    assert f"{top.number:.3f}" == "0.473"
    assert f"{top.variant('top_ten').number:.3f}" == "0.174"
    assert top.series[0].points[-1].value == "1"


def test_what_cannot_be_known_says_what_it_needs(found: dict[str, Measurement]) -> None:
    needs = {each.id: {missing.needs for missing in each.missing} for each in found.values() if not each.measurable}
    expected = {
        "autoship_share": {"orders.category"},
        "inventory_gap": {"orders.seller_id"},
        "no_retail_sellers": {"orders.seller_id"},
        "own_sales_reward": {"orders.seller_id"},
        "refund_refused_share": {"returns.outcome"},
        "reconciliation_difference_rate": {"reconciliation.status"},
        "positions_per_person": {"participants.person"},
    }
    assert {each: needs[each] for each in expected} == expected
    assert all(needs.values())


def test_every_figure_leads_to_its_rows(imported: Records, found: dict[str, Measurement]) -> None:
    for each in found.values():
        if each.measurable:
            assert each.evidence is not None, each.id
        if each.evidence is not None:
            assert imported.row(f"SELECT count(*) FROM ({each.evidence.sql})")[0] == each.evidence.count, each.id
            page = imported.rows(each.evidence, limit=3)
            assert tuple(page.columns) == each.evidence.columns, each.id
            assert "ORDER BY" in each.evidence.sql, each.id


def test_measurements_survive_json(found: dict[str, Measurement]) -> None:
    for each in found.values():
        assert Measurement.model_validate_json(each.model_dump_json()) == each


def test_the_data_sheet_s_figures(imported: Records) -> None:
    assert imported.datasheet is not None
    counted = overview(imported).figures
    for figure in imported.datasheet.figures:
        shown = counted[figure.id]
        scale = 10**imported.scale if "." in figure.value else 1
        assert Fraction(shown, scale) == Fraction(figure.value), figure.id


def test_every_limit_of_the_data_sheet_names_an_indicator(imported: Records) -> None:
    assert imported.datasheet is not None
    known = {each.id for each in catalogue()}
    for limit in imported.datasheet.limits:
        assert limit.affects.keys() <= known, limit.id
