"""Forced matrices: places against the slow twin, pay by depth, holding tank, re-entry, and state across computations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation import compute, explain, parse_plan
from compensation.awarding import matrix_places
from compensation.computed import Computed
from compensation.errors import PlanError, PlanMismatch
from genealogy.network import Network
from tests.compensation.event_worlds import HEAD, START, day, lines, network, orders, totals
from tests.compensation.slow_matrix import Event, SlowMatrix, SlowRules

RATES = [10, 5, 3]


def plan(width: int, place: str, *, depth: int = 3, period: str = "month", more: str = "") -> str:
    return (
        f"{HEAD}period: {period}\ncomponents:\n  - id: m\n    family: matrix\n    width: {width}\n    depth: {depth}\n"
        f"    place: {place}\n    rates: [{', '.join(f'{rate}%' for rate in RATES[:depth])}]\n{more}"
    )


@pytest.fixture(params=[0, 100])
def patience(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """People below a place are counted in two ways: by link-cut trees from the start, and by walking up."""
    monkeypatch.setattr(matrix_places, "PATIENCE", request.param)
    return int(request.param)


def placed(computed: Computed) -> dict[str, tuple[str | None, int | None]]:
    table = computed.plan.components[0].placement(computed.evaluation)
    return {row["participant_id"]: (row["parent_id"], row["slot"]) for row in table.iter_rows(named=True)}


@st.composite
def worlds(draw: st.DrawFn) -> tuple[dict[str, str | None], list[int | None]]:
    """People in any order of the table, and the day on which each joined; sponsors may be recorded as later."""
    size = draw(st.integers(1, 24))
    names = [f"p{i}" for i in range(size)]
    shape = draw(st.sampled_from(["any", "chain", "star", "forest"]))
    sponsor: dict[str, str | None] = {}
    for i, name in enumerate(names):
        if i == 0 or (shape == "forest" and draw(st.integers(0, 4)) == 0):
            sponsor[name] = None
        elif shape in ("any", "forest"):
            sponsor[name] = names[draw(st.integers(0, i - 1))]
        else:
            sponsor[name] = names[i - 1] if shape == "chain" else names[0]
    listed = draw(st.permutations(names))
    joined = [draw(st.sampled_from([None, *range(12)])) for _ in names]
    return {name: sponsor[name] for name in listed}, joined


def effective(sponsor: dict[str, str | None], joined: dict[str, int | None]) -> dict[str, int]:
    """Nobody joins before his sponsor; without a date, before everybody."""
    result: dict[str, int] = {}
    for name in sponsor:
        chain, up = [], name
        while up is not None:
            chain.append(joined[up] if joined[up] is not None else -1000)
            up = sponsor[up]
        result[name] = max(chain)
    return result


def people_of(sponsor: dict[str, str | None], joined: list[int | None], **more: Any) -> Network:
    dates = pl.Series([None if each is None else day(each) for each in joined], dtype=pl.Datetime("ms"))
    return network(sponsor, joined=dates, **more)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(
    worlds(),
    st.integers(1, 3),
    st.sampled_from(["breadth_first", "weaker_leg"]),
    st.booleans(),
    st.sampled_from([0, 1, 2]),
    st.sampled_from([None, 1, 3]),
    st.lists(st.tuples(st.integers(0, 23), st.integers(0, 20), st.integers(1, 999)), max_size=12),
)
def test_places_and_pay_agree_with_the_slow_twin(
    patience: int,
    world: Any,
    width: int,
    rule: str,
    top: bool,
    re_entry: int,
    most: int | None,
    bought: list[tuple[int, int, int]],
) -> None:
    sponsor, joined = world
    assert patience == matrix_places.PATIENCE
    depth = re_entry or 3
    if width == 1:
        re_entry = 0  # every new place would fill another matrix
    times = effective(sponsor, dict(zip(sponsor, joined, strict=True)))
    twin = SlowMatrix(SlowRules(width, rule, top, re_entry, most if re_entry else None), sponsor)
    twin.happen([Event(times[name], name) for name in sponsor])
    choices = f"{{rule: {rule}, under: {'top' if top else 'sponsor'}"
    if re_entry:
        choices += f", full: re_enter{f', max_entries: {most}' if most else ''}"
    names = sorted(sponsor)
    made = parse_plan(plan(width, choices + "}", depth=depth, period="day"))
    sales = sorted((when, names[who % len(names)], amount) for who, when, amount in bought)
    table = orders([{"buyer_id": who, "amount": 100 * amount, "date": day(when)} for when, who, amount in sales])
    people = people_of(sponsor, joined)
    if not sales:
        table = orders([{"amount": 0, "date": day(30)}])
    computed = compute(made, people, table)
    # who joins after the last period is left to a later computation
    last = max([when for when, _, _ in sales], default=30)
    if all(time <= last for time in times.values()):
        assert placed(computed) == twin.table()
        expected = [
            (f"o{number}", above, amount * rate)
            for number, (when, who, amount) in enumerate(sales)
            if times[who] <= when  # who is placed in a later period was not there yet
            for above, rate in zip(twin.above_at(who, when), RATES[:depth], strict=False)
        ]
        assert lines(computed) == expected
    assert computed.awards[0].balance.ties
    # the same in two computations, the places handed on
    cut = len(sales) // 2
    while 0 < cut < len(sales) and sales[cut][0] == sales[cut - 1][0]:
        cut += 1
    if 0 < cut < len(sales):
        first = compute(made, people, table[:cut])
        second = compute(made, people, table[cut:], state=first.state)
        assert totals(first, second) == totals(computed)
        assert placed(second) == placed(computed)
        assert second.awards[0].state.notes == computed.awards[0].state.notes


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(worlds(), st.integers(1, 3), st.sampled_from(["breadth_first", "weaker_leg"]), st.data())
def test_choices_waiting_and_new_choices_agree_with_the_slow_twin(
    patience: int, world: Any, width: int, rule: str, data: Any
) -> None:
    sponsor, joined = world
    names = list(sponsor)
    joined = [each if each is not None else 0 for each in joined]
    times = effective(sponsor, dict(zip(names, joined, strict=True)))
    wait, again = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 9))
    moves: list[tuple[int, int, str, str, int | None]] = []
    for number in range(data.draw(st.integers(0, 12))):
        who, under = data.draw(st.sampled_from(names)), data.draw(st.sampled_from(names))
        slot = data.draw(st.sampled_from([None, *range(width)]))
        moves.append((data.draw(st.integers(0, 20)), number, who, under, slot))
    moves.sort()
    choices: dict[str, list[Event]] = {name: [] for name in names}
    for time, _, who, under, slot in moves:
        choices[who].append(Event(time, who, under, slot, move=True))
    events = []
    for name in names:
        # nobody can place a founder, who therefore does not wait
        deadline = times[name] + (wait if sponsor[name] is not None else 0)
        first = next((each for each in choices[name] if each.time <= deadline), None)
        at = deadline if first is None else max(first.time, times[name])
        chosen = None if first is None else first.chosen
        events.append(Event(at, name, chosen, None if first is None else first.slot))
        events += [e for e in choices[name] if e is not first and at <= e.time <= times[name] + again]
    # on one day places are taken first, in the order of the table, and then people are moved
    events.sort(key=lambda event: (event.time, event.move, -1 if event.move else names.index(event.who)))
    moved_later = [e for e in events if e.move]
    moved_later.sort(key=lambda event: (event.time, names.index(event.who)))
    stays = iter(moved_later)
    events = [next(stays) if event.move else event for event in events]
    twin = SlowMatrix(SlowRules(width, rule), sponsor)
    twin.happen(events)
    table = pl.DataFrame(
        [(who, "placement", under, None if slot is None else str(slot + 1), day(time)) for time, _, who, under, slot in moves],
        schema={"participant_id": pl.String, "tree": pl.String, "parent_id": pl.String, "leg": pl.String, "from": pl.Datetime("ms")},
        orient="row",
    )  # fmt: skip
    dates = pl.Series([day(each) for each in joined], dtype=pl.Datetime("ms"))
    people = network(sponsor, table if len(table) else None, joined=dates)
    text = plan(
        width,
        f"{{rule: sponsors_choice, otherwise: {rule}, holding_tank: {{days: {wait}}}, re_place_days: {again}}}",
        period="day",
    )
    computed = compute(parse_plan(text), people, orders([{"amount": 0, "date": day(60)}]))
    assert placed(computed) == twin.table()


THREE = {"Root": None, "A": "Root", "B": "Root", "C": "Root", "D": "Root"}


def test_who_does_not_fit_spills_over_and_pays_by_depth() -> None:
    people = network(THREE)
    computed = compute(
        parse_plan(plan(3, "{rule: breadth_first}")), people, orders([{"buyer_id": "D", "amount": 1000}])
    )
    assert placed(computed)["D"] == ("A", 1)
    assert lines(computed) == [("o0", "A", 100), ("o0", "Root", 50)]
    told = explain(computed, order="o0").text()
    assert "D stands under A, place 1" in told
    assert "level 2: Root: 0.50 USD" in told
    assert "D تحت A، الموضع 1" in explain(computed, order="o0").text("ar")


def test_a_gap_in_the_rates_pays_nobody_and_nobody_moves_up() -> None:
    text = plan(1, "{rule: breadth_first}").replace("[10%, 5%, 3%]", "[10%, 0%, 3%]")
    people = network({"a": None, "b": "a", "c": "b", "d": "c"})
    assert lines(compute(parse_plan(text), people, orders([{"buyer_id": "d", "amount": 1000}]))) == [
        ("o0", "c", 100),
        ("o0", "a", 30),
    ]


def test_a_place_is_taken_with_the_first_order() -> None:
    people = network(THREE)
    table = orders([{"buyer_id": name, "amount": 1000} for name in ("Root", "D", "C")])
    computed = compute(parse_plan(plan(2, "{rule: breadth_first, joins: first_order}")), people, table)
    assert placed(computed) == {"Root": (None, None), "D": ("Root", 1), "C": ("Root", 2)}


@pytest.mark.parametrize("dated", [True, False])
def test_the_head_of_everybody_enters_again_and_orders_follow_the_place_of_their_time(dated: bool) -> None:
    people = network({"a": None, "b": "a", "c": "a", "d": "a", "e": "a", "f": "a"})
    table = orders(
        [{"buyer_id": name, "amount": 1000} | ({"date": day(at)} if dated else {}) for at, name in enumerate("abcdef")]
    )
    text = plan(2, "{rule: breadth_first, joins: first_order, full: re_enter}").replace("depth: 3", "depth: 1")
    computed = compute(parse_plan(text.replace("[10%, 5%, 3%]", "[10%]")), people, table)
    assert lines(computed) == [(f"o{number}", "a", 100) for number in range(1, 6)]
    first = compute(parse_plan(text.replace("[10%, 5%, 3%]", "[10%]")), people, table.head(4))
    rest = compute(parse_plan(text.replace("[10%, 5%, 3%]", "[10%]")), people, table.tail(2), state=first.state)
    assert lines(first) + lines(rest) == lines(computed)


def test_orders_of_those_who_wait() -> None:
    joined = [0, 0, 20]
    sponsor = {"a": None, "b": "a", "c": "b"}
    # c joins on 21 January and waits until the 26th; d would have to wait beyond the end of the month
    table = orders(
        [
            {"buyer_id": "c", "amount": 1000, "date": day(21)},
            {"buyer_id": "c", "amount": 1000, "date": day(27)},
            {"buyer_id": "b", "amount": 1000, "date": day(40)},
        ]
    )
    made = plan(2, "{rule: breadth_first, holding_tank: {days: 5}}")
    computed = compute(parse_plan(made), people_of(sponsor, joined), table, breakage_lines=True)
    assert lines(computed) == [("o1", "b", 100), ("o1", "a", 50), ("o2", "a", 100)]
    assert computed.awards[0].balance.breakage["outside-window"] == 180
    assert "had no place in the matrix yet" in explain(computed, order="o0").text()
    at_once = plan(2, "{rule: breadth_first, holding_tank: {days: 5, orders_count: from_order}}")
    assert lines(compute(parse_plan(at_once), people_of(sponsor, joined), table))[:2] == [
        ("o0", "b", 100),
        ("o0", "a", 50),
    ]
    # placed only in the next month: what was ordered in this one stays unpaid
    longer = at_once.replace("days: 5", "days: 15")
    assert lines(compute(parse_plan(longer), people_of(sponsor, joined), table)) == [("o2", "a", 100)]


def test_a_founder_does_not_wait_and_sides_may_be_letters() -> None:
    moves = pl.DataFrame(
        [
            ("c", "placement", "a", "R", START + timedelta(days=2)),
            ("b", "placement", "a", "L", START + timedelta(days=1)),
        ],
        schema=["participant_id", "tree", "parent_id", "leg", "from"],
        orient="row",
    ).cast({"from": pl.Datetime("ms")})
    people = network({"a": None, "b": "a", "c": "a"}, moves, joined=pl.Series([START] * 3, dtype=pl.Datetime("ms")))
    text = plan(3, "{rule: sponsors_choice, holding_tank: {days: 9}}")
    computed = compute(parse_plan(text), people, orders([{"buyer_id": "c", "amount": 1000, "date": day(3)}]))
    assert placed(computed) == {"a": (None, None), "b": ("a", 1), "c": ("a", 3)}
    assert lines(computed) == [("o0", "a", 100)]


def test_orders_follow_the_matrix_of_their_day_when_somebody_is_placed_anew() -> None:
    sponsor = {"a": None, "b": "a", "c": "a", "d": "a"}
    moves = pl.DataFrame(
        [("d", "placement", "c", None, START + timedelta(days=5))],
        schema=["participant_id", "tree", "parent_id", "leg", "from"],
        orient="row",
    ).cast({"from": pl.Datetime("ms"), "leg": pl.String})
    dates = pl.Series([START] * 4, dtype=pl.Datetime("ms"))
    people = network(sponsor, moves, joined=dates)
    table = orders([{"buyer_id": "d", "amount": 1000, "date": day(when)} for when in (2, 8)])
    text = plan(2, "{rule: sponsors_choice, re_place_days: 10}")
    assert lines(compute(parse_plan(text), people, table)) == [
        ("o0", "b", 100), ("o0", "a", 50), ("o1", "c", 100), ("o1", "a", 50),
    ]  # fmt: skip
    closing = compute(parse_plan(f"{text}    tree_as_of: period_close\n"), people, table)
    assert [who for _, who, _ in lines(closing)] == ["c", "a", "c", "a"]
    too_late = compute(parse_plan(text.replace("re_place_days: 10", "re_place_days: 3")), people, table)
    assert placed(too_late)["d"] == ("b", 1)


def test_who_enters_again_is_paid_for_both_places_in_one_statement() -> None:
    # a's matrix of two is full with c; a enters again under the sponsor z, and brings d below the new place
    sponsor = {"z": None, "a": "z", "b": "a", "c": "a", "d": "a"}
    text = plan(2, "{rule: breadth_first, full: re_enter}", depth=1)
    table = orders([{"buyer_id": name, "amount": 1000} for name in ("b", "d", "a")])
    computed = compute(parse_plan(text), network(sponsor), table)
    assert lines(computed) == [("o0", "a", 100), ("o1", "a", 100), ("o2", "z", 100)]
    assert totals(computed) == {("undated", "a"): 200, ("undated", "z"): 100}


def test_a_matrix_of_the_records_is_walked_as_recorded() -> None:
    people = network({"a": None, "b": "a", "c": "a"}, matrix_id=[None, "a", "b"])
    text = plan(2, "{}").replace("    place: {}\n", "    tree: matrix\n")
    computed = compute(parse_plan(text), people, orders([{"buyer_id": "c", "amount": 1000}]))
    assert lines(computed) == [("o0", "b", 100), ("o0", "a", 50)]
    assert not placed(computed)


@pytest.mark.parametrize("rule", ["breadth_first", "weaker_leg"])
@pytest.mark.parametrize("width", [1, 2])
def test_a_chain_of_a_million(rule: str, width: int) -> None:
    size = 1_000_000 if (rule, width) == ("breadth_first", 2) else 100_000
    ids = pl.select(pl.format("p{}", pl.int_range(size))).to_series()
    people = Network.from_table(pl.DataFrame({"id": ids, "sponsor_id": ids.shift(1)}))
    table = orders([{"buyer_id": f"p{size - 1}", "amount": 1000}])
    computed = compute(parse_plan(plan(width, f"{{rule: {rule}}}")), people, table)
    assert [who for _, who, _ in lines(computed)] == [f"p{size - 1 - up}" for up in (1, 2, 3)]


def test_a_state_of_people_who_are_gone_is_refused() -> None:
    made = parse_plan(plan(2, "{rule: breadth_first}"))
    table = orders([{"buyer_id": "A", "amount": 100}])
    state = compute(made, network(THREE), table).state
    with pytest.raises(PlanMismatch, match="import everybody"):
        compute(made, network({"Root": None, "A": "Root"}), table, state=state)


@pytest.mark.parametrize(
    ("place", "more", "problem"),
    [
        ("{re_place_days: 3}", "", "re_place_days has a meaning only"),
        ("{max_entries: 3}", "", "max_entries has a meaning only"),
        ("{joins: first_order, holding_tank: {days: 3}}", "", "days of waiting count from"),
        ("{}", "    tree: matrix\n", "with place the matrix is computed"),
    ],
)
def test_mistakes_are_named(place: str, more: str, problem: str) -> None:
    with pytest.raises(PlanError, match=problem):
        parse_plan(plan(2, place, more=more))


def test_what_does_not_fit_together_is_refused() -> None:
    with pytest.raises(PlanError, match="say where the matrix is"):
        parse_plan(plan(2, "{}").replace("    place: {}\n", ""))
    with pytest.raises(PlanError, match="3 levels are paid in a matrix 2 deep"):
        parse_plan(plan(2, "{}").replace("depth: 3", "depth: 2"))
    with pytest.raises(PlanError, match="without end"):
        parse_plan(plan(1, "{full: re_enter}"))


def test_the_reading_names_every_choice() -> None:
    told = parse_plan(
        plan(2, "{rule: sponsors_choice, otherwise: weaker_leg, holding_tank: {days: 14}, re_place_days: 30}")
    ).describe()
    assert told.en.startswith("Forced matrix 2x3 (14 places).")
    assert "where the sponsor chooses, otherwise the weaker leg below his sponsor" in told.en
    assert "waits up to 14 days" in told.en
    assert "within 30 days" in told.en
    assert "10%, 5%, 3%" in told.en
    assert "قائمة انتظار الإدراج" in told.ar
    again = parse_plan(plan(3, "{full: re_enter, max_entries: 2, under: top, joins: first_order}")).describe()
    assert "enters again with a new place, up to 2 places" in again.en
    assert "below the first participant" in again.en
