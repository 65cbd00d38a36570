"""Random small companies for the tests of conditions and ranks: as the slow twin wants them, and as books."""

# ruff: noqa: DTZ001 - the tables hold naive UTC times
from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl
from hypothesis import strategies as st

from compensation import Books, Plan
from genealogy.network import Network
from tests.compensation.slow_ranks import SlowOrder, SlowWorld

RANKS = ["Bronze", "Silver", "Gold"]
OUTSIDE = ["c1", "c2"]
TREES = ["sponsor", "placement"]


@st.composite
def worlds(draw: st.DrawFn, months: int = 3) -> SlowWorld:
    """Up to nine people in two trees with a few months of orders, some taken back."""
    names = [f"p{i}" for i in range(draw(st.integers(1, 9)))]
    above = {name: (draw(st.sampled_from([None, *names[:i]])) if i else None) for i, name in enumerate(names)}
    if draw(st.booleans()):
        above = {name: (names[i - 1] if i else None) for i, name in enumerate(names)}  # one long chain
    placed = {name: (draw(st.sampled_from([None, *names[:i]])) if i else None) for i, name in enumerate(names)}
    dates = st.sampled_from([None, datetime(2024, 12, 5), datetime(2025, 1, 31), datetime(2025, 2, 1)])
    world = SlowWorld(
        above,
        placed,
        {name: draw(st.sampled_from([None, None, "distributor", "customer"])) for name in names},
        {name: draw(dates) for name in names},
        {
            name: draw(st.sampled_from([None, None, None, datetime(2025, 2, 1), datetime(2025, 2, 14)]))
            for name in names
        },
        [],
        [datetime(2025, 2 + month, 1) for month in range(months)],
        customers_count=draw(st.booleans()),
        least_to_be_active=draw(st.sampled_from([0, 1, 50])),
    )
    who = st.sampled_from([None, *OUTSIDE, *names, *names])
    for number in range(draw(st.integers(0, 14))):
        earlier = [n for n, each in enumerate(world.orders) if each.volume > 0]
        if earlier and draw(st.integers(0, 4)) == 0:
            back = draw(st.sampled_from(earlier))
            first = world.orders[back]
            size = draw(st.integers(1, first.volume))
            month = draw(st.integers(first.month, months - 1))
            world.orders.append(SlowOrder(first.buyer, first.seller, -size, month, first.category, back))
            continue
        category = draw(st.sampled_from([None, "autoship"]))
        seller = draw(st.sampled_from([None, *names]))
        world.orders.append(
            SlowOrder(draw(who), seller, draw(st.sampled_from([10, 50, 100, 150])), number % months, category)
        )
    for name in names:
        if draw(st.integers(0, 4)) == 0:
            world.facts[name, "leader"] = draw(st.sampled_from(["true", "false"]))
    return world


_LEAST = st.sampled_from(["0", "10", "50", "75", "100", "160", "300"])
_COUNT = st.integers(1, 2)
_TREE = st.sampled_from(TREES)


def _mapping(**parts: Any) -> st.SearchStrategy[dict[str, Any]]:
    """A mapping in which each part may be absent, unless its name ends in an underscore."""
    needed = {name.removesuffix("_"): part for name, part in parts.items() if name.endswith("_")}
    return st.fixed_dictionaries(needed, optional={k: v for k, v in parts.items() if not k.endswith("_")})


CONDITIONS: dict[str, st.SearchStrategy[Any]] = {
    "personal_volume": _LEAST,
    "group_volume": st.one_of(
        _LEAST,
        _mapping(at_least_=_LEAST, tree=_TREE, includes_own=st.booleans(), levels=st.integers(1, 3)),
        _mapping(at_least_=_LEAST, tree=_TREE, includes_own=st.booleans(), max_share_per_leg=st.sampled_from(["1/2", "1/3"])),
        _mapping(at_least_=_LEAST, max_per_leg=_LEAST, without=st.just({"fact": "leader"})),
    ),
    "leg_volume": _mapping(at_least_=_LEAST, tree=_TREE),
    "legs": _mapping(count_=_COUNT, min_volume_=_LEAST, tree=_TREE),
    "strongest_leg": _mapping(at_least_=_LEAST, tree=_TREE),
    "weakest_leg": _mapping(at_least_=_LEAST, tree=_TREE, of=st.integers(2, 3)),
    "outside_strongest_leg": _mapping(at_least_=_LEAST, tree=_TREE, includes_own=st.booleans()),
    "recruits": _mapping(count_=_COUNT, active=st.booleans(), min_volume=_LEAST),
    "recruit_in_each_leg": _mapping(legs=st.integers(1, 2), count=_COUNT),
    "customers": _mapping(count_=_COUNT, min_volume=_LEAST, personal=st.booleans()),
    "customer_volume": _mapping(at_least_=_LEAST, personal=st.booleans()),
    "customer_share": _mapping(at_least_=st.sampled_from(["1/2", "7/10", "1/3"]), of=st.sampled_from(["personal", "purchases", "group"])),
    "own_orders": _mapping(count=_COUNT, min_volume=_LEAST),
    "autoship": _mapping(min_volume=_LEAST),
    "facts": st.just(["leader"]),
    "stated": st.just(["leader"]),
}  # fmt: skip


@st.composite
def requirements(draw: st.DrawFn, rank: int | None = None, tree: str | None = None) -> dict[str, Any]:
    """One or two conditions, perhaps with alternatives; with a rank's number, also such as look at ranks."""
    available = dict(CONDITIONS)
    if rank is not None:
        trees = _TREE if tree is None else st.just(tree)
        depth = st.sampled_from(["head", "anywhere"])
        available["qualified_legs"] = _mapping(count_=_COUNT, rank_=st.sampled_from(RANKS), depth=depth, tree_=trees)
        if tree is not None:  # with conditions in two trees a rank could depend on itself
            available["group_volume"] = _mapping(
                at_least_=_LEAST, max_share_per_leg=st.sampled_from(["1/2", "1/3"]), tree_=trees,
                includes_own=st.booleans(), without_=st.fixed_dictionaries({"rank": st.sampled_from(RANKS)}),
            )  # fmt: skip
        if rank > 1:
            available["rank"] = st.just(RANKS[rank - 2])
    common = [name for name in ("qualified_legs", "group_volume") if rank is not None]
    names = draw(st.lists(st.sampled_from([*available, *common, *common]), min_size=1, max_size=2, unique=True))
    asked = {name: draw(available[name]) for name in names}
    if draw(st.integers(0, 3)) == 0:
        more = {
            name: draw(available[name])
            for name in draw(st.lists(st.sampled_from([*available]), min_size=1, max_size=1))
        }
        other = {
            name: draw(available[name])
            for name in draw(st.lists(st.sampled_from([*available]), min_size=1, max_size=1))
        }
        asked["any_of"] = [more, other]
    return asked


@st.composite
def rank_rules(draw: st.DrawFn) -> dict[str, Any]:
    """A `ranks` part whose ranks are qualified for."""
    tree = draw(st.sampled_from([*TREES, None]))
    rules: dict[str, Any] = {
        "order": RANKS,
        "source": "qualified",
        "qualifications": {name: draw(requirements(number, tree)) for number, name in enumerate(RANKS, start=1)},
        "cumulative": draw(st.booleans()),
        "grace": draw(st.integers(0, 2)),
        "demotion": draw(st.sampled_from(["at_once", "step"])),
        "maintain": {"periods": draw(st.integers(1, 2)), "by_rank": {"Gold": draw(st.integers(1, 3))}},
    }
    if draw(st.booleans()):
        rules["unranked"] = "Bronze"
        del rules["qualifications"]["Bronze"]
    return rules


def plan_of(world: SlowWorld, ranks: dict[str, Any] | None = None, **more: Any) -> Plan:
    """A plan with these ranks; what it pays is of no interest."""
    activity = {"rule": "personal_volume", "at_least": str(world.least_to_be_active)}
    content: dict[str, Any] = {
        "id": "t",
        "title": {"en": "T", "ar": "ت"},
        "currency": "USD",
        "volumes": {"customers_count": world.customers_count},
        "activity": activity,
        "components": [{"id": "level", "family": "unilevel", "rates": ["5%"]}],
        **({} if ranks is None else {"ranks": ranks}),
        **more,
    }
    return Plan.model_validate(content)


def network_of(world: SlowWorld) -> Network:
    """The people of a world."""
    names = list(world.sponsor)
    people = pl.DataFrame(
        {
            "id": names,
            "sponsor_id": [world.sponsor[name] for name in names],
            "placement_id": [world.placement[name] for name in names],
            "kind": [world.kind[name] for name in names],
            "joined": [world.joined[name] for name in names],
            "left": [world.left[name] for name in names],
        },
        schema={
            "id": pl.String, "sponsor_id": pl.String, "placement_id": pl.String, "kind": pl.String,
            "joined": pl.Datetime("ms"), "left": pl.Datetime("ms"),
        },
    )  # fmt: skip
    if not any(world.placement.values()):
        # a tree needs a link; one between strangers changes nothing for the others
        extra = {"id": ["x1", "x2"], "sponsor_id": [None, None], "placement_id": [None, "x1"], "kind": ["customer"] * 2}
        people = pl.concat([people, pl.DataFrame(extra, schema_overrides={"sponsor_id": pl.String})], how="diagonal")
    return Network.from_table(people)


def books_of(world: SlowWorld, network: Network, months: list[int] | None = None, **more: Any) -> Books:
    """The same world as books; volumes are whole points."""
    kept = [(n, each) for n, each in enumerate(world.orders) if months is None or each.month in months]
    orders = pl.DataFrame(
        {
            "id": [f"o{number}" for number, _ in kept],
            "date": [datetime(2025, 1 + each.month, 15) for _, each in kept],
            "buyer_id": [each.buyer for _, each in kept],
            "seller_id": [each.seller for _, each in kept],
            "category": [each.category for _, each in kept],
            "volume": [each.volume for _, each in kept],
            "reverses": [None if each.reverses is None else f"o{each.reverses}" for _, each in kept],
        },
        schema={
            "id": pl.String, "date": pl.Datetime("ms"), "buyer_id": pl.String, "seller_id": pl.String,
            "category": pl.String, "volume": pl.Int64, "reverses": pl.String,
        },
    )  # fmt: skip
    facts = pl.DataFrame(
        [(who, None, fact, value) for (who, fact), value in world.facts.items()],
        schema={"participant_id": pl.String, "period": pl.String, "fact": pl.String, "value": pl.String},
        orient="row",
    )
    periods = tuple(f"2025-0{1 + month}" for month in (months if months is not None else range(len(world.closes))))
    return Books(network, orders, facts=facts, periods=periods, volume_decimals=0, **more)
