"""What a verdict on a published example says besides the figures: why one may not be computed, and what is no example."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from compensation import examples
from compensation.errors import BrokenExample

PLAN = """
id: p
title: {en: p, ar: خ}
currency: USD
ranks: {order: [Member, Silver], unranked: Member}
components:
  - {id: levels, family: unilevel, base: {measure: volume}, rates_by_rank: {Silver: [10%]}, orders: {except_products: [kit]}}
"""


def written(folder: Path, **changed: Any) -> Path:
    example = {
        "id": "p",
        "participants": [{"id": "A", "rank": "Silver"}, {"id": "B", "sponsor": "A"}],
        "orders": [{"id": "o", "participant": "B", "amount": "100", "volume": "80"}],
        "expected": [{"participant": "A", "component": "levels", "amount": "8"}],
    } | changed
    (folder / "p.plan.yaml").write_text(PLAN, encoding="utf-8")
    file = folder / "p.json"
    file.write_text(json.dumps(example), encoding="utf-8")
    return file


def test_where_all_agrees_nothing_is_said(tmp_path: Path) -> None:
    verdict = examples.verify(written(tmp_path))
    assert verdict.agrees
    assert verdict.hints == ()


ORDER = {"id": "o", "participant": "B", "amount": "100", "volume": "80"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"expected": [{"participant": "A", "component": "Levels", "amount": "8"}]}, "no component 'Levels' (it has: levels)"),
        ({"expected": [{"participant": "A", "component": "levels", "period": "2", "amount": "8"}]}, "no order has the period '2'"),
        ({"expected": [{"participant": "a", "component": "levels", "amount": "8"}]}, "'a' is expected to be paid, but"),
        ({"participants": [{"id": "A"}, {"id": "B", "sponsor": "Q"}]}, "the sponsor of 'B', 'Q', is not in participants"),
        ({"participants": [{"id": "A", "rank": "silver"}, {"id": "B", "sponsor": "A"}]}, "holds the rank 'silver'"),
        ({"participants": [{"id": "A", "rank": {"1": "Gold"}}, {"id": "B", "sponsor": "A"}]}, "holds the rank 'Gold'"),
        ({"orders": [ORDER | {"participant": "Z"}]}, "order 'o' is of 'Z', who is not in participants"),
        ({"orders": [ORDER | {"currency": "EUR"}]}, "1 orders in another currency than USD were left out"),
        ({"orders": [ORDER | {"product": "kit"}]}, "levels allots nothing"),
        ({"participants": [{"id": "A"}, {"id": "B", "sponsor": "A"}]}, "nobody gets: 8 lacks-depth"),
    ],
)  # fmt: skip
def test_a_difference_comes_with_what_may_have_caused_it(tmp_path: Path, changed: dict[str, Any], said: str) -> None:
    verdict = examples.verify(written(tmp_path, **changed))
    assert not verdict.agrees
    assert any(said in hint for hint in verdict.hints), verdict.hints


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"expected": [{"participant": "A", "component": "levels", "amount": "ten"}]}, "amount is 'ten', not a decimal number"),
        ({"orders": [ORDER, ORDER]}, "two of them have the id 'o'"),
        ({"participants": [{"id": "A"}, {"id": "A"}]}, "two of them have the id 'A'"),
        ({"participants": [{"id": "A", "moves": [{"tree": "sponsor", "parent": None}]}]}, "A: moves[0] needs tree and from"),
        ({"orders": [ORDER | {"clicks": [{"date": "2026-01-01"}]}]}, "o: clicks[0] needs affiliate"),
    ],
)  # fmt: skip
def test_what_is_no_example_is_refused_with_its_place(tmp_path: Path, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(BrokenExample) as refused:
        examples.verify(written(tmp_path, **changed))
    assert said in str(refused.value)


def test_a_figure_that_the_plan_does_not_keep_is_named_with_those_it_keeps(tmp_path: Path) -> None:
    state = [{"participant": "A", "carry": "1"}]
    (difference,) = examples.verify(written(tmp_path, expected_state=state)).differences
    assert difference.computed == "(no such figure; there are: none)"
