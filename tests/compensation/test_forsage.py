"""The simulated contract against the values that the deployed bytecode gave."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from compensation.simulation import forsage


def vectors(shared_reference: Path, model: str) -> list[dict[str, object]]:
    found = [
        each for each in json.loads((shared_reference / "model-values.json").read_text()) if each["model"] == model
    ]
    assert found
    return found


def test_runs_agree_with_the_contract(shared_reference: Path) -> None:
    for vector in vectors(shared_reference, "forsage.run"):
        flows = forsage.run(**vector["inputs"])
        for mine, key in ((flows.received, "received_eth"), (flows.paid, "paid_eth")):
            stated = {name: Fraction(str(value)) for name, value in vector["expected"][key].items()}
            assert mine == stated, vector["id"]


def test_prices_and_their_sum(shared_reference: Path) -> None:
    for vector in vectors(shared_reference, "forsage.slot_prices"):
        assert forsage.slot_prices(**vector["inputs"]) == [Fraction(str(each)) for each in vector["expected"]]
    for vector in vectors(shared_reference, "forsage.total_cost_all_slots"):
        assert forsage.total_cost_all_slots(**vector["inputs"]) == Fraction(str(vector["expected"]))


def test_the_simulated_loss_share(shared_reference: Path) -> None:
    for vector in vectors(shared_reference, "forsage.monte_carlo_loss_share"):
        inputs = vector["inputs"]
        share = forsage.monte_carlo_loss_share(inputs["users"], inputs["repeats"])
        assert abs(float(share) - vector["expected"]) <= vector["tolerance"]
        assert share == forsage.monte_carlo_loss_share(inputs["users"], inputs["repeats"])


def test_everything_paid_in_is_paid_out() -> None:
    operations = [["register", f"u{i}", f"u{(i - 1) // 2}" if i > 2 else "owner"] for i in range(1, 40)]
    operations += [["buy", f"u{i}", matrix, 2] for i in range(1, 20) for matrix in ("X3", "X4")]
    flows = forsage.run("owner", operations)
    assert sum(flows.received.values()) == sum(flows.paid.values()) == 39 * Fraction(1, 20) + 38 * Fraction(1, 20)


@pytest.mark.parametrize(
    ("operations", "problem"),
    [
        ([["register", "a", "nobody"]], "operation 1: sponsor 'nobody' is not registered"),
        ([["register", "a", "o"], ["register", "a", "o"]], "operation 2: 'a' is registered already"),
        ([["buy", "o", "X3", 2]], "holds level 2 of X3 already"),
        ([["register", "a", "o"], ["buy", "a", "X3", 1]], "holds level 1 of X3 already"),
        ([["register", "a", "o"], ["buy", "a", "X5", 1]], "there is no such"),
        ([["sell", "a"]], "write"),
    ],
)
def test_what_the_contract_refuses_is_an_error(operations: list[list[object]], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        forsage.run("o", operations)
