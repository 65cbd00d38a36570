"""Ranks: qualified for in each period, held, lost and carried over, against the slow twin and one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings

from compensation import Books, Computed, PlanError, compute_on, parse_plan
from compensation.errors import PlanMismatch
from compensation.evaluation import Evaluation
from compensation.standing.ranking import explain, figures
from genealogy.network import Network
from tests.compensation import rank_worlds as make
from tests.compensation import slow_ranks as slow


def of_everybody(evaluation: Evaluation, period: int, world: slow.SlowWorld) -> dict[str, tuple[int, int, int]]:
    """(qualified, held, title) of everybody in a period."""
    standing = evaluation.ranking.standing(period)
    rows = evaluation.network.rows_of(pl.Series(list(world.sponsor)))
    return {
        who: (int(standing.qualified[row]), int(standing.held[row]), int(standing.title[row]))
        for who, row in zip(world.sponsor, rows, strict=True)
    }


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(make.worlds(), make.rank_rules())
def test_ranks_agree_with_the_slow_twin_and_survive_being_saved(world: slow.SlowWorld, ranks: dict[str, Any]) -> None:
    months = len(world.closes)
    expected = slow.careers(world, ranks, months)
    plan, network = make.plan_of(world, ranks), make.network_of(world)
    evaluation = Evaluation(plan, make.books_of(world, network))
    assert [of_everybody(evaluation, month, world) for month in range(months)] == expected
    # the first month by itself, then the others from its state
    first = compute_on(plan, make.books_of(world, network, [0]))
    then = Evaluation(plan, make.books_of(world, network, list(range(1, months)), state=first.state))
    if all(order.reverses is None for order in world.orders):
        assert [of_everybody(then, month - 1, world) for month in range(1, months)] == expected[1:]


# One rule at a time

HEAD = "id: t\ntitle: {en: T, ar: ت}\ncurrency: USD\nperiod: month\n"
TAIL = "components:\n  - {id: level, family: unilevel, rates: [5%]}\n"


def plan(ranks: str) -> Any:
    """A plan with these lines under `ranks`."""
    return parse_plan(HEAD + "ranks:\n" + "".join(f"  {line}\n" for line in ranks.strip().splitlines()) + TAIL)


def books(sponsor: dict[str, str | None], volume: dict[str, list[int]], **more: Any) -> Books:
    """Everybody's volume (points) month by month."""
    rows = [(who, f"{month + 1}", each * 1000) for who, months in volume.items() for month, each in enumerate(months)]
    orders = pl.DataFrame(rows, schema={"buyer_id": pl.String, "period": pl.String, "volume": pl.Int64}, orient="row")
    links = {"id": list(sponsor), "sponsor_id": list(sponsor.values())}
    network = Network.from_table(pl.DataFrame(links, schema_overrides={"sponsor_id": pl.String}))
    return Books(network, orders.with_columns(id=pl.lit("o")), **more)


def career(of: Any, volume: list[int], what: str = "held", **more: Any) -> list[int]:
    """One person's rank in each month."""
    evaluation = Evaluation(of, books({"a": None}, {"a": volume}, **more))
    return [int(getattr(evaluation.ranking.standing(month), what)[0]) for month in range(len(volume))]


SIMPLE = """
source: qualified
order: [Silver, Gold, Diamond]
qualifications:
  Silver: {personal_volume: "100"}
  Gold: {personal_volume: "200"}
  Diamond: {personal_volume: "300"}
"""


def test_title_and_paid_as_rank() -> None:
    volume = [200, 100, 0, 300]
    assert career(plan(SIMPLE), volume) == [2, 1, 0, 3]
    assert career(plan(SIMPLE), volume, "title") == [2, 2, 2, 3]
    by_title = Evaluation(plan(SIMPLE + "pay_as: title"), books({"a": None}, {"a": volume}))
    assert [int(by_title.rank(month)[0]) for month in range(4)] == [2, 2, 2, 3]


def test_months_of_grace_are_restored_by_meeting_the_rank_again() -> None:
    graced = plan(SIMPLE + "grace: 2")
    assert career(graced, [200, 0, 0, 200, 0, 0, 0, 100]) == [2, 2, 2, 2, 2, 2, 0, 1]


def test_demotion_goes_step_by_step_or_at_once() -> None:
    assert career(plan(SIMPLE + "demotion: step"), [300, 0, 0, 0, 0]) == [3, 2, 1, 0, 0]
    assert career(plan(SIMPLE + "demotion: step\ngrace: 1"), [300, 0, 0, 100, 0, 0]) == [3, 3, 2, 1, 1, 0]
    assert career(plan(SIMPLE), [300, 100, 0]) == [3, 1, 0]


def test_a_rank_is_given_after_enough_periods_in_a_row() -> None:
    maintained = plan(SIMPLE + "maintain: {periods: 2, by_rank: {Diamond: 3}}")
    assert career(maintained, [300, 300, 300, 0, 300]) == [0, 2, 3, 0, 0]
    # a rank that is held needs no new run to be kept
    kept = plan(SIMPLE + "maintain: {periods: 2}\ngrace: 1")
    assert career(kept, [200, 200, 0, 200, 0, 200]) == [0, 2, 2, 2, 2, 2]


def test_careers_go_on_from_the_list_of_participants() -> None:
    starting = plan(SIMPLE + "grace: 1\nstarts_from: participants")
    links = {"id": ["a"], "sponsor_id": [None], "rank": ["Gold"]}
    network = Network.from_table(pl.DataFrame(links, schema_overrides={"sponsor_id": pl.String}))
    orders = pl.DataFrame({"id": ["o"], "buyer_id": ["a"], "period": ["1"], "volume": [0]})
    evaluation = Evaluation(starting, Books(network, orders, periods=("1", "2")))
    assert [int(evaluation.rank(month)[0]) for month in range(2)] == [2, 0]


def test_no_leg_counts_for_more_than_half_of_what_is_asked() -> None:
    asked = "source: qualified\norder: [Star]\nqualifications:\n  Star: {group_volume: {at_least: '5000', max_share_per_leg: 50%}}"
    people = {"x": None, "a": "x", "b": "x"}
    missed = compute_on(plan(asked), books(people, {"a": [4000], "b": [2000]}))
    assert figure(missed, "x") == {"qualifying_volume": "4500", "qualified": "false", "rank": "0", "title": "0"}
    reached = compute_on(plan(asked), books(people, {"x": [500], "a": [4000], "b": [2000]}))
    assert figure(reached, "x") == {"qualifying_volume": "5000", "qualified": "true", "rank": "1", "title": "1"}


def figure(computed: Computed, who: str) -> dict[str, str]:
    """Name and value of a participant's figures of the first period."""
    mine = computed.figures.filter((pl.col("participant_id") == who) & (pl.col("period") == "1"))
    assert mine["component"].unique().to_list() == ["ranks"]
    return dict(zip(mine["name"], mine["value"], strict=True))


def test_ranks_build_on_the_ranks_of_the_same_period() -> None:
    building = plan(
        "source: qualified\norder: [Member, Silver, Gold]\nunranked: Member\nqualifications:\n"
        "  Silver: {personal_volume: '100'}\n"
        "  Gold: {qualified_legs: [{count: 2, rank: Silver, depth: anywhere}, {count: 1, rank: Gold, depth: head}]}\n"
    )
    people = {"x": None, "a": "x", "b": "x", "c": "a", "d": "b", "e": "a", "f": "e"}
    volume = {who: [100] for who in "xacdf"}
    evaluation = Evaluation(building, books(people, volume))
    # a has two legs with Silver but nobody with Gold to start from; the least assignment has no Gold at all
    assert evaluation.rank(0).tolist() == [2, 2, 1, 2, 2, 1, 2]


def test_the_figures_say_why_this_rank_and_not_the_next() -> None:
    telling = plan(
        SIMPLE.replace('{personal_volume: "200"}', '{group_volume: "500", qualified_legs: {count: 1, rank: Silver}}')
    )
    evaluation = Evaluation(telling, books({"x": None, "a": "x"}, {"x": [150], "a": [50]}))
    told = "\n".join(step.text() for step in explain(evaluation, 0, 0))
    assert "qualified for in the period: Silver\n  personal volume at least 100: 150 ✓" in told
    assert (
        "not for Gold\n  group volume at least 500: 200 ✗\n  legs in which somebody holds Silver or higher: at least 1: 0 ✗"
        in told
    )
    in_arabic = "\n".join(step.text("ar") for step in explain(evaluation, 0, 0))
    assert "لم يستوفِ شروط Gold" in in_arabic
    assert "حجم المجموعة لا يقل عن 500: 200 ✗" in in_arabic
    graced = Evaluation(
        plan(SIMPLE + "grace: 2\nmaintain: {by_rank: {Diamond: 2}}"), books({"a": None}, {"a": [200, 0, 300]})
    )
    assert "rank held: Gold\n  periods of grace used: 1 / 2" in "\n".join(s.text() for s in explain(graced, 0, 1))
    assert "periods in a row with Diamond: 1 / 2" in "\n".join(s.text() for s in explain(graced, 0, 2))


def test_a_stated_rank_takes_the_place_of_the_one_qualified_for() -> None:
    stated = pl.DataFrame({"participant_id": ["a"], "period": ["2"], "fact": ["rank"], "value": ["Diamond"]})
    assert career(plan(SIMPLE), [100, 0, 0], facts=stated) == [1, 3, 0]
    with pytest.raises(PlanMismatch, match="fact 'rank' is 'Dimond'"):
        career(plan(SIMPLE), [100, 0], facts=stated.with_columns(value=pl.lit("Dimond")))


def test_a_chain_of_a_million_is_ranked_in_one_pass() -> None:
    length = 1_000_000
    names = pl.select(pl.format("p{}", pl.int_range(length))).to_series()
    network = Network.from_table(pl.DataFrame({"id": names, "sponsor_id": names.shift(1)}))
    orders = pl.DataFrame({"id": ["o"], "buyer_id": [names[-1]], "period": ["1"], "volume": [1000]})
    # the last one has volume; everybody above him has a leg with the rank of the one below
    chained = plan(
        "source: qualified\norder: [Star, Sun]\nqualifications:\n"
        "  Star: {any_of: [{personal_volume: '1'}, {qualified_legs: {count: 1, rank: Star, depth: head}}]}\n"
        "  Sun: {group_volume: {at_least: '1', without: {rank: Sun}}, qualified_legs: {count: 1, rank: Star, depth: head}}\n"
    )
    rank = Evaluation(chained, Books(network, orders)).rank(0)
    assert np.bincount(rank).tolist() == [0, length - 1, 1]
    assert rank[length - 2] == 2  # he alone has the volume; above him it has broken away


def test_ranks_are_listed_at_every_close() -> None:
    evaluation = Evaluation(plan(SIMPLE), books({"a": None, "b": None}, {"a": [200, 0], "b": [0, 0]}))
    listed = [(each.name, each.period, each.rows.tolist(), each.values.tolist()) for each in figures(evaluation)]
    assert ("rank", 0, [0], [2]) in listed
    assert ("title", 1, [0], [2]) in listed
    assert ("rank", 1, [0], [0]) in listed


@pytest.mark.parametrize(
    ("ranks", "message"),
    [
        ("order: [A]\nsource: qualified", "qualifications lack 'A'"),
        ("order: [A]\ngrace: 2", "grace has a meaning only with source: qualified"),
        ("order: [A, B]\nsource: qualified\nunranked: A\nqualifications: {B: {rank: B}}", "cannot ask for itself or a higher"),
        ("order: [A]\nsource: qualified\nqualifications: {A: {qualified_legs: {count: 1, rank: C}}}", "names 'C', which is not one of"),
        ("order: [A]\nsource: qualified\nqualifications: {A: {personal_volume: '1'}, C: {rank: A}}", "qualifications names 'C'"),
        ("order: [A]\nsource: qualified\nqualifications: {A: {}}", "names no condition"),
        ("order: [A]\nsource: qualified\nqualifications: {A: {legs: {cuont: 1, min_volume: '1'}}}", "did you mean count"),
        ("order: [A]\nsource: qualified\nqualifications: {A: {personal_volum: '1'}}", "did you mean personal_volume"),
        (
            "order: [A]\nsource: qualified\nqualifications:\n  A:\n    group_volume: {at_least: '1', without: {rank: A}}\n"
            "    qualified_legs: {count: 1, rank: A, tree: placement}",
            "needs all conditions on ranks in one tree",
        ),
    ],
)  # fmt: skip
def test_mistakes_are_named(ranks: str, message: str) -> None:
    with pytest.raises(PlanError, match=message):
        plan(ranks)
