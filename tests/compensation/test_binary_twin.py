"""The compiled binary against its slow twin: awards to the minor unit, legs to the last unit of volume."""

# ruff: noqa: DTZ001 - the tables hold naive UTC times
from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation import compute, parse_plan
from compensation.computed import Computed
from compensation.kernels import binary as kernel
from genealogy.network import Network
from tests.compensation.slow_binary import SlowBinary, SlowCap, SlowResult, run

RANKS = ["Member", "Silver", "Gold"]
MONTHS = ["2026-01", "2026-02", "2026-03", "2026-04"]
RATES = [Fraction(1, 10), Fraction(1, 3), Fraction(7, 1000), Fraction(1)]
AMOUNTS = ["10", "0.33", "7.5", "0"]


def decimal(volume: int) -> str:
    """Thousandths as decimal text."""
    return f"{volume // 1000}.{volume % 1000:03}"


@st.composite
def people(draw: st.DrawFn) -> dict[str, Any]:
    names = [f"p{i}" for i in range(draw(st.sampled_from([7, 7, 3, 9])))]
    shape = draw(st.sampled_from(["full", "full", "any", "chain"]))
    place: dict[str, tuple[str, int] | None] = {names[0]: None}
    free: list[tuple[str, int]] = [(names[0], 0), (names[0], 1)]
    for name in names[1:]:
        if shape == "any" and len(place) > 2 and not draw(st.integers(0, 7)):
            place[name] = None  # outside the tree, or the root of another
        else:
            index = {"full": 0, "chain": len(free) - 1}.get(shape)
            place[name] = free.pop(draw(st.integers(0, len(free) - 1)) if index is None else index)
        free += [(name, 0), (name, 1)]
    sponsor = {name: (draw(st.sampled_from([None, *names[:i]])) if i else None) for i, name in enumerate(names)}
    if draw(st.booleans()):
        sponsor = {name: spot[0] if spot else None for name, spot in place.items()}
    rank = {name: draw(st.sampled_from(["Silver", "Silver", "Gold", "Member", None])) for name in names}
    return {"names": names, "place": place, "sponsor": sponsor, "rank": rank}


VOLUMES = st.one_of(
    st.integers(1, 60).map(lambda v: v * 10_000),
    st.integers(1, 60).map(lambda v: v * 50_000),
    st.integers(1, 700_000),
    st.sampled_from([0, 1, -100_000, -37_500]),
)


@st.composite
def sales(draw: st.DrawFn, names: list[str]) -> list[tuple[str | None, int, datetime]]:
    found: list[tuple[str | None, int, datetime]] = []
    for month in draw(st.sampled_from([[1], [1, 2], [1, 2, 4]])):
        for _ in range(draw(st.integers(3, 10))):
            who = draw(st.sampled_from([*names, *names[1:], None]))
            day = draw(st.sampled_from([1, 3, 4, 5, 28]))
            found.append((who, draw(VOLUMES), datetime(2026, month, day, 12)))
    return sorted(found, key=lambda one: one[2])


def by_rank(draw: st.DrawFn, values: st.SearchStrategy[Any]) -> dict[str, Any]:
    ranks = draw(st.sampled_from([["Silver", "Gold"], RANKS, ["Silver"], ["Member", "Gold"]]))
    return {rank: draw(values) for rank in ranks}


@st.composite
def caps(draw: st.DrawFn, of: list[str], windows: list[str], excess: list[str]) -> list[dict[str, Any]]:
    found = []
    for _ in range(draw(st.sampled_from([0, 0, 1, 1, 2]))):
        what = draw(st.sampled_from(of))
        value = {
            "pairs": st.sampled_from(["1", "2", "4", "0"]),
            "volume": st.integers(0, 30).map(lambda v: decimal(v * 12_500)),
            "amount": st.sampled_from(["5", "9.99", "40", "0"]),
        }[what]
        cap: dict[str, Any] = {
            "of": what,
            "window": draw(st.sampled_from(windows)),
            "excess": draw(st.sampled_from(excess)),
        }
        if draw(st.booleans()):
            cap["cap"] = draw(value)
        else:
            cap["cap_by_rank"] = by_rank(draw, value)
        found.append(cap)
    return found


@st.composite
def binaries(draw: st.DrawFn) -> dict[str, Any]:
    method = draw(st.sampled_from(["weaker_leg", "pairs", "pairs", "steps"]))
    part: dict[str, Any] = {"id": "binary", "family": "binary", "method": method}
    sizes = st.sampled_from(["100", "50", "2.5", "33.333", "200"])
    rate = st.sampled_from(RATES).map(str)

    def unit() -> dict[str, str]:
        kind = draw(st.integers(0, 2))
        if kind == 0:
            return {"each": draw(sizes)}
        first, second = sorted([draw(sizes), draw(sizes)], key=float)
        return {"left": first, "right": second} if kind == 1 else {"strong": second, "weak": first}

    if method == "steps":
        steps, low = [], Fraction(0)
        kind = draw(st.sampled_from([("each",), ("left", "right"), ("strong", "weak")]))
        for _ in range(draw(st.integers(1, 3))):
            low += draw(st.sampled_from([25, 100]))
            sides = {name: str(low * (2 if name in ("right", "strong") else 1)) for name in kind}
            pay = draw(st.sampled_from(["amount", "amounts_by_rank", "rate"]))
            value = {"amount": st.sampled_from(AMOUNTS), "rate": rate}.get(pay)
            steps.append(sides | {pay: draw(value) if value is not None else by_rank(draw, st.sampled_from(AMOUNTS))})
        part |= {"steps": steps, "take": draw(st.sampled_from(["once", "repeatedly"]))}
    elif method == "pairs":
        part["unit"] = unit()
        pay = draw(st.sampled_from(["amount", "amounts_by_rank", "rate", "rates_by_rank"]))
        values = st.sampled_from(AMOUNTS) if pay.startswith("amount") else rate
        part[pay] = by_rank(draw, values) if pay.endswith("rank") else draw(values)
        if pay.startswith("rate") and draw(st.booleans()):
            part["of"] = "80"
        if "strong" not in part["unit"] and draw(st.booleans()):
            ratios = draw(st.lists(st.sampled_from(["2:1", "1:2", "1:1", "3:1"]), min_size=1, max_size=3))
            part["first_pair"] = {"ratios": ratios} | ({"amount": "30"} if draw(st.booleans()) else {})
    else:
        part |= {"rates_by_rank": by_rank(draw, rate)} if draw(st.booleans()) else {"rate": draw(rate)}
    part["carry"] = draw(st.sampled_from(["both", "both", "strong", "none"]))
    part["match_every"] = every = draw(st.sampled_from(["period", "period", "period", "week", "week", "day"]))
    of = ["volume", "amount"] if method == "weaker_leg" else ["pairs", "volume", "amount"]
    excess = ["flush"] if part["carry"] == "none" else ["flush", "carry"]
    part["caps"] = draw(caps(of, ["period", every], excess))
    if part["carry"] != "none":
        limits: dict[str, Any] = {}
        which = draw(st.integers(0, 3))
        if which == 1:
            limits["per_side"] = draw(st.sampled_from(["0", "60", "150.5"]))
        elif which == 2 and every == "period":
            limits["times_average_weak_leg"] = {"times": draw(st.sampled_from(["5", "0.5", "1/3"])), "periods": 2}
        if draw(st.booleans()):
            limits["expires_after"] = draw(st.integers(1, 2))
        if draw(st.booleans()):
            limits["lost_when_inactive"] = draw(st.integers(1, 2))
        part["carry_limits"] = limits
    part["negative_leg"] = draw(st.sampled_from(["carry", "drop"]))
    part["own_volume"] = draw(st.sampled_from(["none", "none", "weaker_leg", "own_leg", "left", "right"]))
    part["unqualified"] = draw(st.sampled_from(["keep", "lose_new", "lose_all"]))
    if not draw(st.integers(0, 6)):
        part["eligibility"] = {"min_rank": "Silver"}
    if not draw(st.integers(0, 3)):
        part["qualification"] = {"left": 1, "right": draw(st.integers(0, 1)), "once": draw(st.booleans())}
    return part


def world_of(crowd: dict[str, Any], sold: list[tuple[str | None, int, datetime]]) -> tuple[Network, pl.DataFrame]:
    """Records of a small world."""
    names, place = crowd["names"], crowd["place"]
    table = pl.DataFrame(
        {
            "id": names,
            "sponsor_id": [crowd["sponsor"][name] for name in names],
            "placement_id": [place[name][0] if place[name] else None for name in names],
            "leg": [("left", "right")[place[name][1]] if place[name] else None for name in names],
            "rank": [crowd["rank"][name] for name in names],
        },
        schema=dict.fromkeys(("id", "sponsor_id", "placement_id", "leg", "rank"), pl.String),
    )
    rows = pl.DataFrame(
        {
            "id": [f"o{i}" for i in range(len(sold))],
            "buyer_id": [who for who, _, _ in sold],
            "date": [when for _, _, when in sold],
            "volume": [volume for _, volume, _ in sold],
            "amount": [0] * len(sold),
        },
        schema={
            "id": pl.String,
            "buyer_id": pl.String,
            "date": pl.Datetime("ms"),
            "volume": pl.Int64,
            "amount": pl.Int64,
        },
    )
    return Network.from_table(table), rows


def document(part: dict[str, Any], rounding: dict[str, str], least: int) -> str:
    """A plan with that one component, as JSON, which is YAML."""
    return json.dumps(
        {
            "id": "t",
            "title": {"en": "T", "ar": "ت"},
            "currency": "USD",
            "period": "month",
            "rounding": rounding,
            "activity": {"rule": "personal_volume", "at_least": str(least)} if least else {"rule": "always"},
            "ranks": {"order": RANKS},
            "components": [part],
        }
    )


def twin_of(
    part: dict[str, Any], rounding: dict[str, str], crowd: dict[str, Any], sold: Any, periods: list[str], least: int
) -> SlowResult:
    """The same world, the slow way."""
    names, rank, place = crowd["names"], crowd["rank"], crowd["place"]
    volume: dict[tuple[str, int], int] = defaultdict(int)
    for who, value, when in sold:
        if who is not None:
            volume[who, periods.index(f"{when:%Y-%m}")] += value

    def minor(text: str) -> Fraction:
        return Fraction(text) * 100

    def units(text: str) -> int:
        return int(Fraction(text) * 1000)

    def sides(unit: dict[str, str]) -> tuple[int, int, bool]:
        a, b = {**unit}.get("each"), {**unit}.get("each")
        if a is None:
            a, b = (unit["left"], unit["right"]) if "left" in unit else (unit["strong"], unit["weak"])
        assert b is not None
        return units(a), units(b), "strong" in unit

    def pay(who: str, period: int, number: int) -> Fraction | None:
        if part["method"] == "steps":
            if all(one.get("amounts_by_rank", {}).get(rank[who], "0") == "0" and one.get("amount", "0") == "0"
                   and "rate" not in one for one in part["steps"]):  # fmt: skip
                return None
            step = part["steps"][number]
            if "rate" in step:
                return Fraction(step["rate"]) * min(sides(step)[:2]) / 10
            return minor(step.get("amount") or step.get("amounts_by_rank", {}).get(rank[who], "0"))
        for key in ("rates_by_rank", "amounts_by_rank"):
            if key in part and rank[who] not in part[key]:
                return None
        rate = part.get("rate") or part.get("rates_by_rank", {}).get(rank[who])
        if rate is None:
            return minor(part.get("amount") or part["amounts_by_rank"][rank[who]])
        if part["method"] == "weaker_leg":
            return Fraction(rate) / 10
        if "of" in part:
            return Fraction(rate) * minor(part["of"])
        return Fraction(rate) * min(sides(part["unit"])[:2]) / 10

    def active(who: str, period: int) -> bool:
        return not least or volume[who, period] >= least * 1000

    def below(who: str, top: str) -> int | None:
        """The leg of `top` in which somebody stands."""
        here = place[who]
        while here is not None:
            if here[0] == top:
                return here[1]
            here = place[here[0]]
        return None

    once: set[str] = set()

    def qualifies(who: str, period: int) -> bool:
        needed = part.get("qualification")
        if needed is None:
            return True
        found = [0, 0]
        for other in names:
            if crowd["sponsor"][other] == who and active(other, period):
                side = below(other, who)
                if side is not None:
                    found[side] += 1
        if found[0] >= needed["left"] and found[1] >= needed["right"]:
            once.add(who)
            return True
        return needed["once"] and who in once

    def may(who: str, period: int) -> bool:
        fit = qualifies(who, period)
        if part.get("eligibility") and rank[who] not in ("Silver", "Gold"):
            return False
        return fit and active(who, period)

    def cap_of(cap: dict[str, Any]) -> SlowCap:
        scale = {"pairs": 1, "volume": 1000, "amount": 100}[cap["of"]]
        each = {name: cap.get("cap", cap.get("cap_by_rank", {}).get(rank[name])) for name in names}
        return SlowCap(
            cap["of"],
            {name: None if one is None else int(Fraction(one) * scale) for name, one in each.items()},
            cap["excess"] == "carry",
            cap["window"] != "period",
        )

    limits = part.get("carry_limits", {})
    average = limits.get("times_average_weak_leg")
    first = part.get("first_pair", {})
    plan = SlowBinary(
        pay,
        [sides(one) for one in part.get("steps", [part["unit"]] if "unit" in part else [])],
        once=part.get("take") == "once",
        first=[(int(ratio[0]), int(ratio[2])) for ratio in first.get("ratios", [])],
        first_pay=minor(first["amount"]) if "amount" in first else None,
        caps=[cap_of(cap) for cap in part["caps"]],
        carry=part["carry"],
        per_side=units(limits["per_side"]) if "per_side" in limits else None,
        average=(Fraction(average["times"]), average["periods"]) if average else None,
        expires_after=limits.get("expires_after"),
        lost_when_inactive=limits.get("lost_when_inactive"),
        drop_debt=part["negative_leg"] == "drop",
        unqualified=part["unqualified"],
        own=part["own_volume"],
        mode=rounding["mode"],
        per_statement=rounding["per"] == "statement",
    )
    matchings: list[tuple[int, list[tuple[str, int]]]] = []
    for index, name in enumerate(periods):
        slots: dict[Any, list[tuple[str, int]]] = {}
        day = date(int(name[:4]), int(name[5:]), 1)
        while f"{day:%Y-%m}" == name:
            key = {"period": 0, "week": f"{day:%G-%V}", "day": day}[part["match_every"]]
            today = [(who, value) for who, value, when in sold if who is not None and when.date() == day]
            slots.setdefault(key, []).extend(today)
            day += timedelta(days=1)
        matchings += [(index, brought) for brought in slots.values()]
    held = {
        who: spot for who, spot in place.items() if spot is not None or any(p and p[0] == who for p in place.values())
    }
    return run(plan, held, matchings, may=may, active=active)


def figures(computed: Computed, what: str) -> dict[tuple[int, str], tuple[int, int]]:
    """A figure of both sides, in units of volume, by period and participant; zeros left out."""
    ids, found = computed.evaluation.network.ids, {}
    for figure in computed.awards[0].figures:
        if figure.name in (f"{what}_left", f"{what}_right"):
            for row, value in zip(figure.rows, figure.values, strict=True):
                pair = found.setdefault((figure.period, ids[int(row)]), [0, 0])
                pair[figure.name.endswith("right")] = int(value)
    return {key: (pair[0], pair[1]) for key, pair in found.items() if any(pair)}


@given(st.data())
@settings(max_examples=45, deadline=None, suppress_health_check=list(HealthCheck))
def test_engine_and_twin_agree_to_the_minor_unit(data: st.DataObject) -> None:
    crowd = data.draw(people())
    sold = data.draw(sales(crowd["names"]))
    part = data.draw(binaries())
    rounding = {
        "mode": data.draw(st.sampled_from(["half_up", "half_even", "down"])),
        "per": data.draw(st.sampled_from(["line", "statement"])),
    }
    least = data.draw(st.sampled_from([0, 0, 0, 50]))
    network, orders = world_of(crowd, sold)
    computed = compute(parse_plan(document(part, rounding, least)), network, orders)
    periods = computed.evaluation.periods
    twin = twin_of(part, rounding, crowd, sold, periods, least)
    totals = {
        (periods.index(row["period"]), row["participant_id"]): row["amount"]
        for row in computed.totals.iter_rows(named=True)
        if row["amount"]
    }
    assert totals == {key: amount for key, amount in twin.paid.items() if amount}
    for what in ("volume", "matched", "flushed", "expired"):
        expected = {
            (period, who): (pair[0], pair[1])
            for (period, who, name), pair in twin.flow.items()
            if name == what and any(pair)
        }
        assert figures(computed, what) == expected, what
    assert figures(computed, "carry") == {key: pair for key, pair in twin.carry.items() if any(pair)}
    balance = computed.awards[0].balance
    assert balance.ties
    assert balance.allotted == twin.allotted
    assert computed.totals["amount"].sum() == balance.paid


@given(
    st.integers(0, 5000),
    st.integers(0, 5000),
    st.integers(1, 300),
    st.integers(0, 300),
    st.integers(0, 60),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_cycles_are_those_decided_one_by_one(
    a: int, b: int, weak: int, more: int, most: int, strong_weak: bool
) -> None:
    strong, left, right, made = weak + more, a, b, 0
    while made < most:
        x, y = (strong, weak) if not strong_weak or left >= right else (weak, strong)
        if left < x or right < y:
            break
        left, right, made = left - x, right - y, made + 1
    assert kernel.cycles(a, b, strong, weak, strong_weak, most) == (made, left, right)
