"""X-up: the compiled count against its slow twin, state across computations, and each rule by itself."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation import compute, explain, parse_plan
from compensation.errors import PlanError
from tests.compensation import slow_x_up as slow
from tests.compensation.event_worlds import HEAD, lines, network, orders, totals
from tests.compensation.slow_unilevel import whole

SHARES = [Fraction(0), Fraction(1, 10), Fraction(1, 3), Fraction(1, 4)]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[dict[str, str | None], list[slow.Sale], slow.SlowXUp, list[bool]]:
    size = draw(st.integers(1, 10))
    names = [f"p{i}" for i in range(size)]
    chain = draw(st.booleans())
    sponsor: dict[str, str | None] = {
        name: (names[i - 1] if chain else draw(st.sampled_from([None, *names[:i]]))) if i else None
        for i, name in enumerate(names)
    }
    anyone = st.sampled_from([*names, *names, *names, "outsider"])
    sales: list[slow.Sale] = []
    for number in range(draw(st.integers(0, 25))):
        period = draw(st.sampled_from(["1", "2"])) if not sales else max(sales[-1].period, draw(st.sampled_from("112")))
        back = [each for each in sales if each.base > 0 and each.reverses is None]
        if back and draw(st.integers(0, 6)) == 0:
            origin = draw(st.sampled_from(back))
            named = draw(st.booleans())
            taken = -draw(st.integers(1, origin.base))
            sales.append(
                slow.Sale(
                    f"o{number}",
                    origin.buyer,
                    origin.seller,
                    taken,
                    period,
                    origin.product,
                    origin.id if named else None,
                )
            )
            continue
        buyer, seller = draw(anyone), draw(st.sampled_from(names))
        base = draw(st.sampled_from([0, 99, 100, 1000, 1001]))
        sales.append(
            slow.Sale(
                f"o{number}", buyer, seller if draw(st.booleans()) else None, base, period, draw(st.sampled_from("AB"))
            )
        )
    split = st.tuples(*[st.sampled_from(SHARES)] * 3)
    to_company = draw(st.booleans())
    plan = slow.SlowXUp(
        set(draw(st.sampled_from([[1], [1, 2], [2, 4], [3]]))),
        draw(split),
        draw(split),
        then_every=draw(st.sampled_from([None, None, 1, 3])),
        to_company=to_company,
        person=not to_company and draw(st.booleans()),
        per_period=draw(st.booleans()),
        per_product=draw(st.booleans()),
        received_count=draw(st.booleans()),
        passes_on=draw(st.booleans()),
    )
    return sponsor, sales, plan, draw(st.lists(st.booleans(), min_size=size, max_size=size))  # fmt: skip


def written(plan: slow.SlowXUp) -> str:
    """The twin's plan in the plan language."""

    def split(values: tuple[Fraction, ...]) -> str:
        names = ("recruiter", "receiver", "company")
        return "{" + ", ".join(f"{name}: '{value}'" for name, value in zip(names, values, strict=True)) + "}"

    per = [name for name, given in (("period", plan.per_period), ("product", plan.per_product)) if given]
    text = (
        f"{HEAD}activity: {{rule: status}}\ncomponents:\n  - id: x\n    family: x_up\n"
        f"    passed_sales: {sorted(plan.passed_sales)}\n    passed: {split(plan.passed)}\n    kept: {split(plan.kept)}\n"
        f"    passed_to: {'company' if plan.to_company else 'sponsor'}\n    what: {'person' if plan.person else 'commission'}\n"
        f"    count_per: [{', '.join(per)}]\n    received_count: {str(plan.received_count).lower()}\n"
        f"    unqualified: {'passes_on' if plan.passes_on else 'breakage'}\n"
    )
    return text + (f"    then_every: {plan.then_every}\n" if plan.then_every else "")


def table_of(sales: list[slow.Sale]) -> pl.DataFrame:
    return orders(
        [
            {
                "id": s.id, "buyer_id": s.buyer, "seller_id": s.seller, "amount": s.base, "period": s.period,
                "product": s.product, "reverses": s.reverses,
            }
            for s in sales
        ]
    )  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), st.booleans())
def test_the_engine_agrees_with_the_slow_twin_to_the_minor_unit(world: Any, firm: bool) -> None:
    sponsor, sales, plan, standing = world
    names = list(sponsor)
    kinds = ["company" if firm and name == names[-1] else None for name in names]
    company = names[-1] if firm else None
    facts = pl.DataFrame(
        [(name, None, "active", str(ok).lower()) for name, ok in zip(names, standing, strict=True)],
        schema=dict.fromkeys(("participant_id", "period", "fact", "value"), pl.String),
        orient="row",
    )
    active = dict(zip(names, standing, strict=True))
    expected = slow.pay(plan, sponsor, company, lambda who, _: active[who], sales)
    made, people = parse_plan(written(plan)), network(sponsor, kind=pl.Series(kinds, dtype=pl.String))
    computed = compute(made, people, table_of(sales), facts=facts, breakage_lines=True)
    rounded = [(sale, who, whole(amount, "half_up")) for sale, who, amount in expected.shares]
    assert sorted(lines(computed)) == sorted(each for each in rounded if each[1] is not None)
    balance = computed.awards[0].balance
    assert balance.ties
    assert sum(balance.breakage.values()) == sum(amount for _, who, amount in rounded if who is None)
    assert balance.allotted == sum(amount for _, _, amount in expected.shares)
    # the first period, and then the second with what the first carried over
    later = {each.id for each in sales if each.period == "2"}
    if not any(each.reverses not in (None, *later) for each in sales if each.id in later):
        first = compute(made, people, table_of([s for s in sales if s.period == "1"]), facts=facts)
        second = compute(made, people, table_of([s for s in sales if s.period == "2"]), facts=facts, state=first.state)
        assert totals(first, second) == totals(computed)


TWO_UP = f"""{HEAD}components:
  - id: x
    family: x_up
    x: 2
    passed: {{receiver: 40%}}
    kept: {{recruiter: 40%}}
"""


def sold(*buyers: str, amount: int = 1000) -> pl.DataFrame:
    return orders([{"buyer_id": buyer, "amount": amount} for buyer in buyers])


def test_two_up_with_commissions_and_with_persons() -> None:
    people = network({"top": None, "me": "top", "a": "me", "b": "me", "c": "me", "a1": "a", "c1": "c"})
    table = sold("a", "b", "c", "a1", "c1")
    # a and b pass from me to top; c is mine; a's first sale passes to me, c's first to me as well
    assert lines(compute(parse_plan(TWO_UP), people, table)) == [
        ("o0", "top", 400),
        ("o1", "top", 400),
        ("o2", "me", 400),
        ("o3", "me", 400),
        ("o4", "me", 400),
    ]
    # where persons pass, a stands in top's line from then on: what he passes up goes to top
    persons = compute(parse_plan(f"{TWO_UP}    what: person\n"), people, table)
    assert lines(persons)[3:] == [("o3", "top", 400), ("o4", "me", 400)]


def test_a_received_sale_may_count_and_pass_up_again() -> None:
    people = network({"top": None, "up": "top", "me": "up", "a": "me", "b": "me", "c": "me"})
    assert [who for _, who, _ in lines(compute(parse_plan(TWO_UP), people, sold("a", "b", "c")))] == ["up", "up", "me"]
    counted = compute(parse_plan(f"{TWO_UP}    received_count: true\n"), people, sold("a", "b", "c"))
    # a and b are up's first two as well, and pass on to top, whose first two they are: nobody stands above
    assert [who for _, who, _ in lines(counted)] == ["me"]
    assert counted.awards[0].balance.breakage == {"no-upline": 800}


def test_fixed_amounts_and_an_override_on_what_is_kept() -> None:
    plan = f"""{HEAD}components:
  - id: x
    family: x_up
    passed_sales: [2]
    passed_amounts: {{receiver: '100'}}
    kept_amounts: {{recruiter: '70', receiver: '30'}}
"""
    people = network({"top": None, "me": "top", "a": "me", "b": "me"})
    computed = compute(parse_plan(plan), people, sold("a", "b"))
    assert lines(computed) == [("o0", "me", 7000), ("o0", "top", 3000), ("o1", "top", 10000)]
    assert "70 to the recruiter, 30 to the next qualified person above" in parse_plan(plan).describe().en


def test_a_chain_of_a_million_in_which_hardly_anybody_qualifies() -> None:
    from genealogy.network import Network

    size = 1_000_000
    ids = pl.select(pl.format("p{}", pl.int_range(size))).to_series()
    rank = pl.Series(["Gold"]).extend_constant(None, size - 1)
    people = Network.from_table(pl.DataFrame({"id": ids, "sponsor_id": ids.shift(1), "rank": rank}))
    table = pl.DataFrame({"id": ids, "buyer_id": ids, "amount": 1000})
    plan = TWO_UP.replace("components:", "ranks: {order: [Gold]}\ncomponents:") + "    eligibility: {min_rank: Gold}\n"
    computed = compute(parse_plan(plan), people, table, lines=False)
    # every sale goes past everybody to the one who qualifies; what he sells himself, and buys, passes up to nobody
    assert computed.totals.select("participant_id", "amount").rows() == [("p0", 400 * (size - 2))]
    assert computed.awards[0].balance.breakage == {"no-upline": 800}


def test_explanations_say_which_sale_it_was_and_where_it_went() -> None:
    people = network({"top": None, "me": "top", "a": "me", "b": "me", "c": "me"})
    computed = compute(parse_plan(TWO_UP), people, sold("a", "b", "c", "me"))
    told = explain(computed, order="o1").text()
    assert "sale number 2 of me" in told
    assert "it passes up to top, 1 steps above" in told
    assert "10.00 USD × 40% = 4" in told
    assert "me keeps it" in explain(computed, order="o2").text()
    assert "يحتفظ به me" in explain(computed, order="o2").text("ar")
    assert "nobody receives it: nobody above" in explain(computed, order="o3").text()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (TWO_UP.replace("    x: 2\n", ""), "give exactly one of x, passed_sales"),
        (TWO_UP.replace("    passed: {receiver: 40%}\n", ""), "give passed with kept"),
        (f"{TWO_UP}    what: person\n    passed_to: company\n", "a person passes up to the sponsor"),
        (f"{TWO_UP}    kept_amounts: {{recruiter: '1'}}\n", "give exactly one of kept, kept_amounts"),
    ],
)
def test_mistakes_are_named(text: str, problem: str) -> None:
    with pytest.raises(PlanError, match=problem):
        parse_plan(text)


def test_the_reading_names_every_choice() -> None:
    told = parse_plan(
        f"{TWO_UP}    what: person\n    received_count: true\n    count_per: [product, period]\n    then_every: 5\n"
        "    unqualified: breakage\n"
    ).describe()
    assert "the first 2 sales of each recruiter, and then every 5th, pass up to his sponsor" in told.en
    assert "counted anew in each period and apart for each product" in told.en
    assert "The buyer goes along" in told.en
    assert "may pass up again" in told.en
    assert "nobody gets" in told.en
    assert "40% لمن يُحوَّل إليه" in told.ar
    promise = parse_plan(TWO_UP).components[0].promise()
    assert (promise.of, promise.share) == ("amount", Fraction(2, 5))
