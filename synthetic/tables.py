"""Arrays as the tables of `intake.schema`: ids as text, money in minor units, times in UTC seconds.

Ids are `M` and a number for participants, `C` for customers, `O`, `P` and `R` for orders, payouts and return requests.
Names are drawn from short lists; positions of one person carry the same person hint, planted ones a variant of the name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from synthetic.draws import DAY, STAYS, Draws, Ints, Rows
from synthetic.ids import ids, picked, times
from synthetic.lines import Label, Lines
from synthetic.people import GHOST, People
from synthetic.scenario import FOLDER, MOST_BYTES, Scenario
from synthetic.wares import Catalogue

CUSTOMERS = 1_000
"""Numbers of customers that are kept free for each position of the branches before."""


def _of(names: Sequence[str], at: Any) -> pl.Series:
    """Names of a short list by number; null where it is negative."""
    return picked(pl.Series(list(names), dtype=pl.String), at)


def participants(scenario: Scenario, people: People, draws: Draws) -> pl.DataFrame:
    """The list of participants."""
    kinds = [role.kind for role in scenario.in_role] + ["distributor"]
    managers = [place for place, role in enumerate(scenario.in_role) if role.kind == "affiliate_manager"]
    in_charge = np.flatnonzero(np.isin(people.role, managers))
    random = draws.stream("names")
    first, last = _names()
    given, family = random.integers(0, len(first), len(people)), random.integers(0, len(last), len(people))
    known = np.flatnonzero(people.person != np.arange(len(people)))
    given[known], family[known] = given[people.person[known]], family[people.person[known]]
    same_owner = people.row >= 0
    frame = pl.DataFrame(
        {
            "id": people.ids,
            "sponsor_id": people.named(people.sponsor),
            "joined": times(people.joined),
            "left": times(people.left),
            "kind": _of(kinds, np.where(people.role == GHOST, len(kinds) - 1, people.role)),
            "country": _of(list(scenario.joining.countries.value), people.country),
            "first": _of(first, given),
            "last": _of(last, family),
            "person": ids("T", people.first + people.person.astype(np.int64)),
            "short": pl.Series(same_owner),
        }
    ).with_columns(
        name=pl.when("short")
        .then(pl.format("{}. {}", pl.col("first").str.slice(0, 1), "last"))
        .otherwise(pl.format("{} {}", "first", "last"))
    )
    if len(in_charge):  # a small programme may have none
        managed = ~np.isin(people.role, managers)
        chosen = in_charge[draws.stream("managers").integers(0, len(in_charge), len(people))]
        frame = frame.with_columns(manager_id=people.named(np.where(managed, chosen, -1)))
    order = ["id", "sponsor_id", "manager_id", "joined", "left", "kind", "country", "name", "person"]
    return frame.select([name for name in order if name in frame.columns])


def _names() -> tuple[list[str], list[str]]:
    from intake.yaml_lines import read_yaml

    content = read_yaml(FOLDER / "names.yaml", MOST_BYTES).content
    return [str(name) for name in content["first"]], [str(name) for name in content["last"]]


def orders(scenario: Scenario, wares: Catalogue, people: People, lines: Lines, first: int) -> pl.DataFrame:
    """Order lines as the orders table, numbered from `first`."""
    outside = lines.buyer < 0
    price = np.where(outside, wares.retail[lines.ware], wares.price[lines.ware])
    kinds = [role.kind for role in scenario.in_role] + ["distributor", "customer"]
    role = people.role[lines.buyer]
    kind = np.where(outside, len(kinds) - 1, np.where(role == GHOST, len(kinds) - 2, role))
    named = outside & (lines.customer >= 0)
    customers = ids("C", lines.customer[named] + people.first * CUSTOMERS)
    customer = np.where(named, np.cumsum(named) - 1, -1)
    return pl.DataFrame(
        {
            "id": ids("O", np.arange(first, first + len(lines)), 9),
            "date": times(lines.date),
            "seller_id": people.named(lines.seller),
            "buyer_id": pl.select(pl.coalesce(people.named(lines.buyer), picked(customers, customer))).to_series(),
            "buyer_kind": _of(kinds, kind),
            "product": _of(wares.names, lines.ware),
            "category": _of(wares.categories, lines.ware),
            "quantity": lines.pieces,
            "amount": price * lines.pieces,
            **({"cost": wares.price[lines.ware] * lines.pieces} if wares.two_prices else {}),
            "volume": wares.volume[lines.ware] * lines.pieces,
            "currency": pl.Series([scenario.currency]).new_from_index(0, len(lines)),
            **({} if scenario.receipts is None else {"receipt": _receipts(lines, first)}),
        }
    )


def _receipts(lines: Lines, first: int) -> pl.Series:
    """Numbers of retail receipts: the company's own running number, or that of the seller's pad."""
    retail = (lines.buyer < 0) & (lines.seller >= 0)
    running = 1_000_000_000_000 + np.arange(first, first + len(lines))
    return ids("", np.where(lines.receipt >= 0, lines.receipt, np.where(retail, running, -1)), 1)


def returns(
    scenario: Scenario,
    people: People,
    table: pl.DataFrame,
    lines: Lines,
    draws: Draws,
    month: int,
    close: int,
    end: int,
    first: int,
    load: float,
) -> pl.DataFrame:
    """Return requests on a month's orders that fall before the end of the records; numbered from `first`."""
    rule = scenario.returns
    if rule is None:
        return pl.DataFrame()
    random = draws.stream("returns", month)
    goods = table["category"].is_in(["product", "autoship", "starter_kit"]).to_numpy()
    outside = lines.buyer < 0
    chance = np.where(outside, min(1.0, rule.customers.value * load), rule.participants.value) * goods
    real = ~np.isin(lines.label, [Label.FABRICATED, Label.WASH, Label.STACKED])
    for_rank = lines.label == Label.FOR_RANK
    if scenario.deadline is not None and scenario.deadline.sent_back is not None:
        chance = np.where(for_rank, scenario.deadline.sent_back.value, chance)
    asks = (random.random(len(lines)) < chance) & real
    at = np.flatnonzero(asks)
    wait = DAY + (random.random(len(at)) * rule.days.value * DAY).astype(np.int64)
    requested = np.where(for_rank[at], close + wait, lines.date[at] + wait)  # rank purchases: once it is paid
    kept = requested < end
    at, requested = at[kept], requested[kept]
    decided = requested + DAY + (random.random(len(at)) * rule.decision_days.value * DAY).astype(np.int64)
    refuse = np.where(outside[at], rule.refused.value / 10, rule.refused.value) * ~for_rank[at]
    drawn = random.random(len(at))
    outcome = np.select([decided >= end, drawn < refuse, drawn > 0.95], [3, 2, 1], 0)
    amount: Ints = table["amount"].to_numpy()[at]
    given_back = np.select([outcome == 0, outcome == 1], [amount, amount // 2], 0)
    by: Rows = lines.buyer[at]
    return pl.DataFrame(
        {
            "id": ids("R", np.arange(first, first + len(at))),
            "order_id": table["id"].gather(pl.Series(at)),
            "participant_id": people.named(by),
            "requested": times(requested),
            "decided": times(np.where(decided >= end, STAYS, decided)),
            "outcome": _of(["refunded", "partly_refunded", "refused", "pending"], outcome),
            "amount": given_back,
        }
    ).with_columns(pl.lit(scenario.currency).alias("currency"))


def clicks(
    scenario: Scenario, people: People, table: pl.DataFrame, lines: Lines, draws: Draws, month: int
) -> pl.DataFrame:
    """Visits: the one that led to each referred order, rivals' earlier ones, and those that led to nothing."""
    rule = scenario.clicks
    if rule is None:
        return pl.DataFrame()
    random = draws.stream("clicks", month)
    led = np.flatnonzero(lines.seller >= 0)
    decisive = lines.date[led] - random.integers(60, 6 * DAY, len(led))
    decisive = np.maximum(decisive, people.joined[lines.seller[led]] + 30)
    rivals = led[random.random(len(led)) < rule.rivals.value]
    affiliates = np.flatnonzero(people.joined < lines.date.min()) if len(lines) else np.empty(0, np.int64)
    affiliates = affiliates if len(affiliates) else np.zeros(1, np.int64)
    earlier = lines.date[rivals] - random.integers(7 * DAY, 25 * DAY, len(rivals))
    rival = random.choice(affiliates, len(rivals))
    earlier = np.minimum(np.maximum(earlier, people.joined[rival] + 30), lines.date[rivals] - 7 * DAY)
    idle = int(len(led) * max(rule.per_order.value - 1, 0))
    idle_of = lines.seller[led[random.integers(0, max(len(led), 1), idle)]] if len(led) else np.empty(0, np.int32)
    idle_when = lines.date[led[random.integers(0, max(len(led), 1), idle)]] if len(led) else np.empty(0, np.int64)
    order_ids, buyers = table["id"], table["buyer_id"]
    frames = [
        _visits(people, lines.seller[led], decisive, order_ids.gather(pl.Series(led)), buyers.gather(pl.Series(led))),
        _visits(people, rival, earlier, order_ids.gather(pl.Series(rivals)), buyers.gather(pl.Series(rivals))),
        _visits(people, idle_of, idle_when, None, None),
    ]
    joined = pl.concat(frames)
    return joined.filter(pl.col("date").is_not_null()).sort("date", maintain_order=True)


def _visits(people: People, who: Any, when: Any, order: pl.Series | None, buyer: pl.Series | None) -> pl.DataFrame:
    empty = pl.Series([None] * len(who), dtype=pl.String)
    return pl.DataFrame(
        {
            "participant_id": people.named(who),
            "order_id": empty if order is None else order,
            "buyer_id": empty if buyer is None else buyer,
            "date": times(when),
        }
    )
