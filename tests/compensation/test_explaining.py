"""Explanations: every cent leads back to its order, in both languages, and to nothing that is not there."""

from __future__ import annotations

import polars as pl
import pytest

from compensation import Computed, compute, explain, parse_plan
from compensation.errors import NothingToExplain
from genealogy.network import Network

PLAN = """\
id: t
title: {en: T, ar: ت}
currency: USD
period: month
volumes: {measure: amount}
ranks: {order: [Member, Silver]}
components:
  - id: level
    family: unilevel
    title: {en: Level commission, ar: عمولة المستويات}
    rates_by_rank: {Member: [5%], Silver: ['1/3', 3%, 2.5%]}
    base: {measure: amount, share: 40%}
    compression: skip_ineligible
    eligibility: {min_personal_volume: "1"}
"""


@pytest.fixture(scope="module")
def computed() -> Computed:
    people = pl.DataFrame(
        {
            "id": ["root", "idle", "ann", "bob"],
            "sponsor_id": [None, "root", "idle", "ann"],
            "rank": ["Silver", "Silver", "Member", None],
        }
    )
    orders = pl.DataFrame(
        {
            "id": ["o1", "o2", "o3", "o4"],
            "date": ["2025-01-05", "2025-01-06", "2025-01-07", "2025-02-01"],
            "buyer_id": ["root", "ann", "bob", "nobody"],
            "amount": [1000, 2500, 9999, 700],
            "currency": ["USD"] * 4,
        }
    ).with_columns(pl.col("date").str.to_datetime())
    return compute(parse_plan(PLAN), Network.from_table(people), orders)


def test_a_line_shows_the_arithmetic_the_rounding_and_who_was_passed_over(computed: Computed) -> None:
    line = computed.lines.filter((pl.col("source_order_id") == "o2") & (pl.col("participant_id") == "root"))
    assert line.select("level", "amount").row(0) == (1, 333)
    text = explain(computed, line=line["line"][0]).text()
    assert "idle (Silver): cannot earn, left out" in text
    assert "25.00 × 40% × 1/3 = 10/3" in text
    assert "rounding (half_up, per line): -1/300" in text
    assert "level 1: root (Silver): 3.33 USD" in text


def test_the_same_line_in_arabic(computed: Computed) -> None:
    text = explain(computed, line=1).text("ar")
    assert "المستوى 1" in text
    assert "أساس الاحتساب × النسبة" in text


def test_a_participants_lines_add_up_to_what_he_received(computed: Computed) -> None:
    received = computed.totals.filter(pl.col("participant_id") == "root")["amount"].sum()
    root = explain(computed, participant="root", period="2025-01").root
    assert root.value == f"{received / 100:.2f} USD"
    (level,) = root.children
    assert len(level.children) == len(computed.lines.filter(pl.col("participant_id") == "root"))


def test_an_order_shows_where_its_money_went_and_what_nobody_got(computed: Computed) -> None:
    text = explain(computed, order="o4").text()
    assert "buyer and seller are not in the network: not paid" in text
    text = explain(computed, order="o3").text()
    assert "level 1: ann (Member): 2.00 USD" in text
    assert "level 3" in text


def test_an_explanation_is_plain_json(computed: Computed) -> None:
    dumped = explain(computed, line=1).model_dump(mode="json")
    assert set(dumped) == {"subject", "root"}
    assert set(dumped["root"]["label"]) == {"en", "ar"}


@pytest.mark.parametrize(
    "question",
    [{"line": 0}, {"line": 99}, {"participant": "zed"}, {"participant": "root", "period": "1999"}, {"order": "x"}],
)
def test_what_is_not_there_is_said_plainly(computed: Computed, question: dict[str, object]) -> None:
    with pytest.raises(NothingToExplain):
        explain(computed, **question)


def test_one_question_at_a_time(computed: Computed) -> None:
    with pytest.raises(ValueError, match="say one of"):
        explain(computed, line=1, order="o1")
    with pytest.raises(ValueError, match="say one of"):
        explain(computed)


def test_every_line_of_a_random_ledger_can_be_explained_with_its_own_amount(computed: Computed) -> None:
    for row in computed.lines.iter_rows(named=True):
        explanation = explain(computed, line=row["line"])
        assert explanation.root.value == f"{row['amount'] / 100:.2f} USD"
        told = [step for step in explanation.root.children if step.label.en.startswith(f"level {row['level']}:")]
        assert [step.value for step in told] == [explanation.root.value]
