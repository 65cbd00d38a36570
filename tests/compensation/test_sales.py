"""Tiers, managers, referrals, fast start, coded, own-rate, team and retail commissions against their slow twins."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation import compute, parse_plan
from compensation.computed import Computed
from genealogy.network import Network
from tests.compensation import slow_sales as slow
from tests.compensation.sales_worlds import (
    HEAD,
    facts_table,
    histories,
    network,
    orders_table,
    paid,
    peoples,
    percent,
    period_of,
    ties,
)

RATES = [Fraction(1, 10), Fraction(1, 3), Fraction(1, 40), Fraction(0)]
KINDS = [None, "affiliate", "customer", "producer", "affiliate_manager"]
settled = settings(max_examples=35, deadline=None, suppress_health_check=[HealthCheck.too_slow])
some_rates = st.lists(st.sampled_from(RATES), min_size=1, max_size=3)


class World(slow.World):
    """A twin's world that can also be computed by the engine."""

    def __init__(self, data: st.DataObject, most: int = 6) -> None:
        people = data.draw(peoples(most, KINDS))
        orders = data.draw(histories(people, hours=300))
        product: dict[str, str | None] = {}
        for each in orders:
            drawn = data.draw(st.sampled_from([None, "kit", "pack"]))
            product[each.id] = product[each.reverses] if each.reverses else drawn
        active = {name: data.draw(st.sampled_from([True, True, False])) for name in people.sponsor}
        super().__init__(people, orders, active, product, data.draw(st.sampled_from(["half_up", "half_even", "down"])))
        self.period = {each.id: period_of(each) for each in orders}
        self.facts = [(name, None, "active", str(value).lower()) for name, value in active.items()]
        self.columns: dict[str, list[object]] = {}

    def computed(self, components: str, head: str = "", cut: slice = slice(None), **more: object) -> Computed:
        plan = parse_plan(
            f"{HEAD}activity: {{rule: status}}\nrounding: {{mode: {self.mode}}}\n{head}components:\n{components}"
        )
        table = orders_table(self.orders[cut], product=[self.product[each.id] for each in self.orders[cut]])
        if "cost" in more:
            table = table.with_columns(pl.Series("cost", more.pop("cost")))
        facts = facts_table(*self.facts)
        computed = compute(plan, network(self.people, **self.columns), table, facts=facts, **more)  # type: ignore[arg-type]
        ties(computed)
        return computed


def listed(rates: list[Fraction]) -> str:
    return "[" + ", ".join(percent(rate) for rate in rates) + "]"


def nonzero(lines: dict[tuple[str, str, int], int]) -> dict[tuple[str, str, int], int]:
    return {key: amount for key, amount in lines.items() if amount}


SALE = "  - {id: sale, family: affiliate, rate: '1/3', attribution: {coupon: ignored}}\n"


@settled
@given(st.data())
def test_tiers_above_an_affiliate(data: st.DataObject) -> None:
    world = World(data)
    rates, of = data.draw(some_rates), data.draw(st.sampled_from(["commission", "sale", "remainder"]))
    skip = data.draw(st.booleans())
    compression = "skip_ineligible" if skip else "none"
    tier = f"  - {{id: tier, family: two_tier, of: [sale], share_of: {of}, rates: {listed(rates)}, compression: {compression}}}\n"
    computed = world.computed(SALE + tier)
    sale = slow.affiliate(world, Fraction(1, 3))
    assert nonzero(paid(computed, "sale")) == nonzero(sale)
    assert nonzero(paid(computed, "tier")) == nonzero(slow.two_tier(world, sale, rates, of, skip))
    assert world.computed(SALE + tier, lines=False).totals.equals(computed.totals)


@settled
@given(st.data())
def test_the_manager_and_what_remains_to_the_producer(data: st.DataObject) -> None:
    world = World(data)
    names = list(world.people.sponsor)
    manager_of = {name: data.draw(st.sampled_from([None, *names])) for name in names}
    world.columns = {"manager_id": [manager_of[name] for name in names]}
    excluded = {name for name in names if data.draw(st.integers(0, 3)) == 0}
    world.facts += [(name, None, "excluded_from_manager", "true") for name in excluded]
    on, rate = data.draw(st.sampled_from(["all", "producer", "managed"])), data.draw(st.sampled_from(RATES[:3]))
    producers = [name for name in names if world.people.kind[name] == "producer"]
    world.facts += [(name, None, "part", f"1/{len(producers)}") for name in producers]
    rest = "  - {id: rest, family: remainder, share_from: part}\n"
    manager = f"  - {{id: manager, family: affiliate_manager, sales: {on}, rate: {percent(rate)}}}\n"
    computed = world.computed(SALE + manager + rest)
    sale, managed = slow.affiliate(world, Fraction(1, 3)), slow.manager(world, rate, on, manager_of, excluded)
    assert nonzero(paid(computed, "manager")) == nonzero(managed)
    # the affiliates' commissions do not change, and the producers bear it all
    assert nonzero(paid(computed, "sale")) == nonzero(sale)
    for month in set(world.period.values()):
        mine = sum(each.base for each in world.orders if world.period[each.id] == month)
        mine -= sum(
            amount
            for lines in (sale, managed)
            for (order, _, _), amount in lines.items()
            if world.period[order] == month
        )
        got = computed.totals.filter((pl.col("component") == "rest") & (pl.col("period") == month))
        expected = {name: world.round(Fraction(mine, len(producers))) for name in producers}
        assert dict(zip(got["participant_id"], got["amount"], strict=True)) == (expected if mine else {})


@settled
@given(st.data())
def test_a_referral_pays_once_for_a_new_customer(data: st.DataObject) -> None:
    world = World(data)
    referrer, referred = data.draw(st.sampled_from([None, 2000])), data.draw(st.sampled_from(RATES[:2]))
    least, reaching = data.draw(st.sampled_from([0, 250])), data.draw(st.booleans())
    body = f"referred: {{rate: {percent(referred)}}}, min_order: '{Fraction(least, 100)}', "
    body = body.replace("'5/2'", "'2.50'")
    body += f"counts: {'first_order_that_reaches_it' if reaching else 'first_order'}"
    if referrer is not None:
        body += ", referrer: {amount: '20'}"
    component = f"  - {{id: reward, family: customer_referral, {body}}}\n"
    computed = world.computed(component)
    expected = slow.referral(world, referrer, referred, least, reaching)
    assert nonzero(paid(computed, "reward")) == nonzero(expected)
    cut = data.draw(st.integers(0, len(world.orders)))
    if not any(each.reverses for each in world.orders[cut:]):
        first = world.computed(component, cut=slice(0, cut))
        rest = world.computed(component, cut=slice(cut, None), state=first.state)
        assert nonzero(paid(first, "reward")) | nonzero(paid(rest, "reward")) == nonzero(expected)


@settled
@given(st.data())
def test_fast_start(data: st.DataObject) -> None:
    world = World(data)
    rates = data.draw(st.one_of(st.none(), some_rates))
    amounts = [500, 133][: data.draw(st.integers(1, 2))] if rates is None else []
    depth = len(rates or amounts)
    first = data.draw(st.sampled_from([None, 1, 2]))
    caps = data.draw(
        st.one_of(st.none(), st.lists(st.sampled_from([None, 0, 40, 600]), min_size=depth, max_size=depth))
    )
    skip = data.draw(st.booleans())
    table = f"rates: {listed(rates)}" if rates else f"amounts: [{', '.join(f'{each / 100:.2f}' for each in amounts)}]"
    body = f"{table}, compression: {'skip_ineligible' if skip else 'none'}"
    body += f", first_orders: {first}" if first else ""
    if caps is not None:
        body += f", caps: [{', '.join('null' if cap is None else f'{cap / 100:.2f}' for cap in caps)}]"
    component = f"  - {{id: start, family: fast_start, {body}}}\n"
    computed = world.computed(component)
    expected = slow.fast_start(world, rates, amounts, first, caps, skip, world.period)
    assert nonzero(paid(computed, "start")) == nonzero(expected)
    cut = next(
        (i for i in range(1, len(world.orders)) if len({world.period[e.id] for e in world.orders[i - 1 : i + 1]}) > 1),
        0,
    )
    if not any(each.reverses for each in world.orders[cut:]):
        one = world.computed(component, cut=slice(0, cut))
        two = world.computed(component, cut=slice(cut, None), state=one.state)
        assert nonzero(paid(one, "start")) | nonzero(paid(two, "start")) == nonzero(expected)


@settled
@given(st.data())
def test_coded_bonus(data: st.DataObject) -> None:
    world = World(data, most=8)
    names = list(world.people.sponsor)
    rank = {name: data.draw(st.integers(1, 2)) for name in names}
    world.columns = {"rank": [f"R{rank[name]}" for name in names]}
    passes, every = data.draw(st.integers(0, 2)), data.draw(st.booleans())
    needs = data.draw(st.sampled_from([{}, {"pack": 2}]))
    table = ", rank_by_product: {pack: R2}" if needs else ""
    pays = "every_sale" if every else "first_sale"
    component = f"  - {{id: code, family: coded_bonus, rate: 10%, passes_up: {passes}, pays_on: {pays}{table}}}\n"
    head = "ranks: {order: [R1, R2]}\n"
    computed = world.computed(component, head)
    expected = slow.coded(world, Fraction(1, 10), passes, rank, needs, every)
    assert nonzero(paid(computed, "code")) == nonzero(expected)
    cut = data.draw(st.integers(0, len(world.orders)))
    if every and not any(each.reverses for each in world.orders[cut:]):
        one = world.computed(component, head, cut=slice(0, cut))
        two = world.computed(component, head, cut=slice(cut, None), state=one.state)
        assert nonzero(paid(one, "code")) | nonzero(paid(two, "code")) == nonzero(expected)


@settled
@given(st.data())
def test_own_rate_and_recruits(data: st.DataObject) -> None:
    world = World(data)
    rate = {name: data.draw(st.sampled_from(RATES)) for name in world.people.sponsor if data.draw(st.booleans())}
    world.facts += [(name, None, "rate", str(value)) for name, value in rate.items()]
    of = data.draw(
        st.sampled_from([("own",), ("new_recruits",), ("own", "new_recruits"), ("recruits",), ("own", "recruits")])
    )
    after = "own" in of and data.draw(st.booleans())
    joined: dict[str, str] = {}
    for each in world.orders:
        who = world.credited(each)
        if who is not None:
            joined.setdefault(who, world.period[each.id])
    new = set(joined.items())
    if data.draw(st.booleans()):
        stated = {name for name in world.people.sponsor if data.draw(st.booleans())}
        world.facts += [(name, None, "new", "true") for name in stated]
        new = {(who, month) for who, month in new if who in stated or not stated}
    body = f"rate_from: rate, of: [{', '.join(of)}]" + (", own_from: period_after_joining" if after else "")
    computed = world.computed(f"  - {{id: own, family: own_rate, {body}}}\n")
    expected = slow.own_rate(world, rate, of, new, after, world.period)
    assert nonzero(paid(computed, "own")) == nonzero(expected)


@settled
@given(st.data())
def test_team_commission_and_deduction(data: st.DataObject) -> None:
    world = World(data)
    steps = [(Fraction(4, 100), 1, 0), (Fraction(9, 100), 1, 250), (Fraction(13, 100), 2, 250)]
    body = ", ".join(
        f"{{rate: {percent(rate)}, min_active_recruits: {recruits}, min_personal_volume: '{own / 100:.2f}'}}"
        for rate, recruits, own in steps
    )
    # the twin's steps ask the recruiter for no less than 0
    body = body.replace(", min_personal_volume: '0.00'", "") if data.draw(st.booleans()) else body
    back = data.draw(st.booleans())
    deduction = f"  - {{id: less, family: deduction, rates: {{tax: 11.33%, service: 2%}}, negative: {'given_back' if back else 'ignored'}}}\n"
    computed = world.computed(
        f"  - {{id: team, family: team_commission, recruit_min_volume: '2.50', steps: [{body}]}}\n{deduction}",
        "volumes: {measure: amount}\n",
    )
    steps = (
        [(rate, recruits, own if own else -(10**9)) for rate, recruits, own in steps] if "0.00" not in body else steps
    )
    expected = slow.team(world, steps, 250, world.period)
    assert nonzero(paid(computed, "team")) == nonzero(expected)
    withheld = slow.deduct(world, expected, [Fraction(1133, 10000), Fraction(1, 50)], world.period, back)
    lines = computed.lines.filter(pl.col("component") == "less")
    got = {row[:3]: row[3] for row in lines.select("period", "participant_id", "level", "amount").iter_rows()}
    assert nonzero(got) == nonzero(withheld)


@settled
@given(st.data())
def test_retail_profit(data: st.DataObject) -> None:
    world = World(data)
    cost = {each.id: each.base * 7 // 10 for each in world.orders}
    of, rate = (
        data.draw(st.sampled_from(["customers", "own_orders", "both"])),
        data.draw(st.sampled_from([Fraction(1), *RATES[:2]])),
    )
    computed = (
        world.computed(
            f"  - {{id: retail, family: retail_profit, of: {of}, rate: {percent(rate)}}}\n", cost=list(cost.values())
        )
        if world.orders
        else None
    )
    if computed is not None:
        assert nonzero(paid(computed, "retail")) == nonzero(slow.retail(world, cost, rate, of))


def test_nothing_here_walks_a_deep_chain_step_by_step() -> None:
    """Half a million people in one line, everybody inactive but the founder, and an order of each."""
    people = 500_000
    names = pl.select(pl.format("p{}", pl.int_range(people))).to_series()
    chain = pl.DataFrame({"id": names, "sponsor_id": names.shift(1)})
    bought = pl.DataFrame({"id": names, "buyer_id": names, "amount": np.full(people, 1000)}).with_columns(
        pl.lit("2026-01").alias("period")
    )
    facts = facts_table(("p0", None, "active", "true"))
    plan = parse_plan(
        f"{HEAD}activity: {{rule: status, unstated: false}}\ncomponents:\n"
        "  - {id: start, family: fast_start, rates: [10%, 5%], compression: skip_ineligible}\n"
        "  - {id: code, family: coded_bonus, amount: '1', passes_up: 2}\n"
    )
    computed = compute(plan, Network.from_table(chain), bought, facts=facts, lines=False)
    assert computed.totals.select("participant_id", "component", "amount").rows() == [
        ("p0", "code", (people - 1) * 100),
        ("p0", "start", (people - 1) * 100),
    ]
    ties(computed)
