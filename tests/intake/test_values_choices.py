"""Choices in six languages, currencies that are never repaired, periods, and ids left as they are."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.headings import synonyms_for
from intake.schema import LEGS, ORDER_CATEGORIES, PARTICIPANT_KINDS, RETURN_OUTCOMES
from intake.values import add_notes, clean_id, parse_choice, parse_currency, parse_period
from intake.values.folding import fold
from intake.values.parsed import INVISIBLE


def strings(*values: str | None) -> pl.Series:
    return pl.Series("v", values, dtype=pl.String)


@pytest.mark.parametrize(
    ("written", "leg"),
    [("Left", "left"), ("L", "left"), (" izquierda ", "left"), ("ESQUERDA", "left"), ("左", "left"), ("يسار", "left"), ("أيسر", "left"),
     ("R", "right"), ("derecha", "right"), ("direita", "right"), ("右", "right"), ("يمين", "right"), ("droite", "right"),
     ("M", "middle"), ("centro", "middle"), ("3", "3"), ("07", "7"), ("", None), ("NULL", None)],
)  # fmt: skip
def test_a_side_is_known_in_every_language(written: str, leg: str | None) -> None:
    parsed = parse_choice(strings(written), LEGS, synonyms_for("participants", "leg"), open=True)
    assert parsed.values.to_list() == [leg]
    assert parsed.clean
    assert parsed.notes == []


def test_an_open_list_keeps_other_values_and_counts_them() -> None:
    parsed = parse_choice(strings("left", "both", "both", None), LEGS, {}, open=True)
    assert parsed.values.to_list() == ["left", "both", "both", None]
    assert [(note.code, note.count) for note in parsed.notes] == [("open-choice", 2)]


@pytest.mark.parametrize(
    ("table", "column", "choices", "written", "choice"),
    [
        ("participants", "kind", PARTICIPANT_KINDS, "Preferred Customer", "preferred_customer"),
        ("participants", "kind", PARTICIPANT_KINDS, "موزّع", "distributor"),
        ("orders", "buyer_kind", PARTICIPANT_KINDS, "Retail", "customer"),
        ("orders", "category", ORDER_CATEGORIES, "Kit de Inicio", "starter_kit"),
        ("orders", "category", ORDER_CATEGORIES, "Auto-Ship", "autoship"),
        ("orders", "category", ORDER_CATEGORIES, "entry_fee", "fee"),
        ("orders", "category", ORDER_CATEGORIES, "باقة الانضمام", "starter_kit"),
        ("orders", "category", ORDER_CATEGORIES, "充值", "deposit"),
        ("returns", "outcome", RETURN_OUTCOMES, "Partially refunded", "partly_refunded"),
        ("returns", "outcome", RETURN_OUTCOMES, "Rechazado", "refused"),
        ("returns", "outcome", RETURN_OUTCOMES, "قيد المراجعة", "pending"),
    ],
)
def test_a_choice_is_known_by_its_synonyms(
    table: str, column: str, choices: tuple[str, ...], written: str, choice: str
) -> None:
    parsed = parse_choice(strings(written), choices, synonyms_for(table, column))
    assert parsed.values.to_list() == [choice]


def test_a_closed_list_refuses_others_and_the_data_sheet_adds_to_it() -> None:
    parsed = parse_choice(strings("level_upgrade", "kit"), ORDER_CATEGORIES, synonyms_for("orders", "category"))
    assert parsed.codes.to_list() == ["bad-choice", None]
    told = parse_choice(strings("Level Upgrade"), ORDER_CATEGORIES, {"level_upgrade": "fee"})
    assert told.values.to_list() == ["fee"]


def test_every_synonym_means_a_choice_of_its_list() -> None:
    lists = {("participants", "leg"): LEGS, ("participants", "kind"): PARTICIPANT_KINDS, ("orders", "category"): ORDER_CATEGORIES,
             ("returns", "outcome"): RETURN_OUTCOMES}  # fmt: skip
    for (table, column), choices in lists.items():
        synonyms = synonyms_for(table, column)
        assert set(synonyms.values()) <= set(choices)
        folded: dict[str, str] = {}
        for spelling, choice in synonyms.items():
            assert folded.setdefault(fold(spelling), choice) == choice, spelling


def test_a_currency_is_a_code_a_sign_or_a_declared_token() -> None:
    known = {"USD": 2, "EGP": 2, "USDT": 6, "USD₮0": 6}
    parsed = parse_currency(
        strings("USD", "usd ", "ج.م.\u200f", "USDT", "Tether (USDT)", "USD₮0 (USD₮0)", None, ""), known
    )
    assert parsed.values.to_list() == ["USD", "USD", "EGP", "USDT", "USDT", "USD₮0", None, None]
    assert parsed.clean


def test_a_look_alike_token_is_refused(shared_data: object) -> None:
    parsed = parse_currency(strings("U\u2061SD\u20ae0", "USDX"), {"USD₮0": 6})
    assert parsed.codes.to_list() == ["unknown-currency"] * 2
    assert [note.code for note in parsed.notes] == ["lookalike-currency"]
    tokens = pl.read_csv(f"{shared_data}/beehive-arbitrum/as-found/filter_transaction.csv", infer_schema=False)["token"]
    real = parse_currency(tokens, {"USDT": 6, "USDC": 6}, {"USD₮0 (USD₮0)": "USDT"})
    assert real.values.value_counts().sort("count").rows() == [("USDC", 8), (None, 187), ("USDT", 15028)]
    assert sum(note.count for note in real.notes if note.code == "lookalike-currency") == 179


def test_a_sign_of_several_currencies_is_noted() -> None:
    parsed = parse_currency(strings("$", "Rs", "£"), {"USD": 2, "CAD": 2, "INR": 2, "GBP": 2, "EGP": 2})
    assert parsed.values.to_list() == ["USD", "INR", "GBP"]
    assert [(note.code, note.count) for note in parsed.notes] == [("ambiguous-currency", 2)]


@pytest.mark.parametrize(
    ("written", "period"),
    [("2024", "2024"), ("2024-05", "2024-05"), ("2024/5", "2024-05"), ("05/2024", "2024-05"), ("202405", "2024-05"),
     ("May 2024", "2024-05"), ("mayo de 2024", "2024-05"), ("مايو 2024", "2024-05"), ("2024 août", "2024-08"), ("2024-W05", "2024-W05"),
     ("2024 w5", "2024-W05"), ("Week 5, 2024", "2024-W05"), ("2024-05-01", "2024-05-01"), ("2024-05-01 00:00:00", "2024-05-01"),
     ("٢٠٢٤-٠٥", "2024-05"), ("", None), (None, None)],
)  # fmt: skip
def test_a_period_is_read(written: str | None, period: str | None) -> None:
    parsed = parse_period(strings(written))
    assert parsed.values.to_list() == [period]
    assert parsed.clean


@pytest.mark.parametrize("written", ["Q1", "2024-13", "2024-02-30", "2024-W60", "x", "13/2024", "99"])
def test_what_is_no_period_is_refused(written: str) -> None:
    assert parse_period(strings(written)).codes.to_list() == ["bad-date"]


def test_an_id_keeps_everything_that_can_be_seen() -> None:
    parsed = clean_id(strings(" M-001\u00a0", "\ufeff0012", "Ab C", "\u202eevil", "NULL", "", None, "NA"))
    assert parsed.values.to_list() == ["M-001", "0012", "Ab C", "evil", None, None, None, "NA"]
    assert [(note.code, note.count) for note in parsed.notes] == [("hidden-characters", 2)]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=12), max_size=20))
def test_cleaning_an_id_twice_changes_nothing(values: list[str]) -> None:
    once = clean_id(strings(*values)).values
    assert clean_id(once).values.to_list() == once.to_list()
    assert not any(sign in (value or "") for value in once for sign in INVISIBLE)


def test_notes_of_batches_add_up() -> None:
    first = clean_id(strings("\ufeffa", "b")).notes
    second = clean_id(strings("\u200bc", "\u200bd")).notes
    assert [(note.code, note.count) for note in add_notes([*first, *second])] == [("hidden-characters", 3)]
