"""Every published reference value whose model this room has, by a loop over the reference file."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from compliance import statistics, theory

Inputs = dict[str, Any]


def exact(value: float) -> Fraction:
    """The decimal number as written, not the nearest binary one."""
    return Fraction(str(value))


def ints(values: list[int]) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.array(values, dtype=np.int64)


def inequality(i: Inputs) -> dict[str, Any]:
    values = ints(i["values"])
    n = len(values)
    plain = statistics.gini(values)
    assert plain is not None
    return {
        "gini": plain,
        "gini_unbiased": statistics.gini_rsv(values),
        "theil": statistics.theil(values),
        "zero_share": Fraction(int((values == 0).sum()), n),
        "herfindahl": statistics.herfindahl(values),
        "top_share": [statistics.top_share(values, exact(q)) for q in i["top_shares"]],
    }


def with_negatives(i: Inputs) -> dict[str, Any]:
    values = ints(i["values"])
    return {
        "gini_rsv": statistics.gini_rsv(values),
        "net_sum": statistics.exact_sum(values),
        "share_negative": Fraction(int((values < 0).sum()), len(values)),
    }


def flow(i: Inputs) -> dict[str, Any]:
    found = theory.funding(i["participant_payments"], i["external_revenue"], i["payouts_to_participants"])
    return {
        "external_revenue_ratio": found.external_revenue_ratio,
        "min_share_of_payouts_funded_by_participants": found.participant_funded,
        "participants_net": found.participants_net,
    }


def growth(i: Inputs) -> dict[str, Any]:
    rate = theory.required_growth(exact(i["payout_per_member_per_period"]), exact(i["retained_entry_payment"]))
    return {"growth": rate, "doubling_periods": theory.doubling_periods(rate)}


def split(i: Inputs) -> dict[str, Any]:
    found = theory.reward_split(
        exact(i["wholesale_volume"]),
        exact(i["share_resold_to_nonparticipants"]),
        exact(i["retail_markup"]),
        exact(i["commission_rate"]),
    )
    return {
        "recruitment_reward": found.recruitment,
        "retail_reward": found.retail,
        "recruitment_share": found.share,
        "critical_resale_share": found.critical_resale,
    }


def gap(i: Inputs) -> dict[str, Any]:
    found = theory.inventory_gap(
        ints(i["purchases"]), ints(i["verified_sales_at_cost"]), ints(i["self_consumption_allowance"])
    )
    return {"gap": found.gaps.tolist(), "gap_share": found.share}


def spike(i: Inputs) -> dict[str, Any]:
    ratio, z = theory.period_end_ratio(i["orders_in_window"], i["orders_total"], i["window_days"], i["period_days"])
    return {"ratio": ratio, "z": z}


MODELS: dict[str, Callable[[Inputs], Any]] = {
    "stat.wilson95": lambda i: list(statistics.wilson(i["successes"], i["n"])),
    "stat.poisson_burst_tail": lambda i: statistics.poisson_tail(i["events"], exact(i["expected"])),
    "ineq.summary": inequality,
    "ineq.gini_rsv": with_negatives,
    "struct.max_breakeven_share": lambda i: Fraction(
        theory.most_who_can_break_even(ints(i["costs"]), i["total_paid_to_participants"]), len(i["costs"])
    ),
    "struct.full_tree_tail_share": lambda i: theory.full_tree_tail(i["m"], i["L"], i["t"]),
    "struct.cohort_tail_share": lambda i: theory.cohort_tail(exact(i["growth_per_period"]), i["periods"]),
    "struct.board_loss_share": lambda i: theory.board_unpaid(i["split"], i["levels"]),
    "flow.external_funding": flow,
    "rrt.leaf_z": lambda i: theory.chance_leaf_z(i["n"], i["leaves"]),
    "rrt.degree_chi2": lambda i: {"chi2": theory.chance_degree_chi2(i["counts_0_1_2_3_4plus"]), "dof": 4},
    "sat.required_growth": growth,
    "vk.reward_split": split,
    "inventory.gap": gap,
    "spike.period_end": spike,
}


def compare(found: Any, expected: Any, tolerance: float, where: str) -> None:
    if isinstance(expected, dict):
        assert found.keys() == expected.keys(), where
        for key, value in expected.items():
            compare(found[key], value, tolerance, f"{where}.{key}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), where
        for at, (one, other) in enumerate(zip(found, expected, strict=True)):
            compare(one, other, tolerance, f"{where}[{at}]")
    else:
        number = found if isinstance(found, Decimal) else Fraction(found)
        assert float(number) == pytest.approx(expected, abs=tolerance, rel=0), where


def test_every_reference_value_of_a_model_we_have(shared_reference: Path) -> None:
    vectors = json.loads((shared_reference / "model-values.json").read_text(encoding="utf-8"))
    done = set()
    for vector in vectors:
        model = MODELS.get(vector["model"])
        if model is not None:
            compare(model(vector["inputs"]), vector["expected"], vector["tolerance"], vector["id"])
            done.add(vector["model"])
    assert done == MODELS.keys()
