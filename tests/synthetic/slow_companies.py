"""What scenarios promise, checked from the files alone: CSV rows, dicts, Fractions; nothing of the generator."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

Row = dict[str, str]


@dataclass
class Files:
    """A made-up company as its files show it."""

    people: list[Row]
    orders: list[Row]
    payouts: list[Row]
    truth: dict[str, Any]

    @classmethod
    def of(cls, folder: Path) -> Files:
        """Reads a folder of CSV files."""

        def rows(name: str) -> list[Row]:
            path = folder / f"{name}.csv"
            if not path.exists():
                return []
            with path.open(newline="", encoding="utf-8") as stream:
                return list(csv.DictReader(stream))

        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        return cls(rows("participants"), rows("orders"), rows("payouts"), truth)

    @property
    def sponsor(self) -> dict[str, str]:
        """Id to the sponsor's id, empty for none."""
        return {row["id"]: row["sponsor_id"] for row in self.people}

    def by_id(self) -> dict[str, Row]:
        """Orders by id."""
        return {row["id"]: row for row in self.orders}


def half_up(value: Fraction) -> int:
    """To whole units, ties away from zero; of sums that are not negative."""
    return int(value + Fraction(1, 2))


def cents(text: str) -> int:
    """Decimal text in minor units."""
    return int(Decimal(text) * 100)


def paid_by(files: Files) -> dict[tuple[str, str], int]:
    """Recorded: (period, participant) to minor units."""
    total: dict[tuple[str, str], int] = defaultdict(int)
    for row in files.payouts:
        total[row["period"], row["participant_id"]] += cents(row["amount"])
    return dict(total)


def club_thanks(files: Files) -> dict[tuple[str, str], int]:
    """Three percent of what a directly invited member buys, to inviters who signed the terms and are still in.

    A customer outside the network stands directly below the seller.
    """
    who = {row["id"]: row for row in files.people}
    total: dict[tuple[str, str], int] = defaultdict(int)
    for order in files.orders:
        buyer = order["buyer_id"]
        to = who[buyer]["sponsor_id"] if buyer in who else order["seller_id"]
        if not to or who[to]["kind"] != "distributor":
            continue
        if who[to]["left"] and who[to]["left"] <= order["date"]:
            continue
        amount = half_up(Fraction(cents(order["amount"]) * 3, 100))
        total[order["date"][:7], to] += amount
    return {key: value for key, value in total.items() if value}


def referral_credit(files: Files) -> dict[tuple[str, str], int]:
    """Twenty to both sides at the first order of an invited customer that reaches 25."""
    who = {row["id"]: row for row in files.people}
    done: set[str] = set()
    total: dict[tuple[str, str], int] = defaultdict(int)
    for order in files.orders:
        buyer = order["buyer_id"]
        inviter = who[buyer]["sponsor_id"] if buyer in who else ""
        if not inviter or buyer in done or cents(order["amount"]) < 2_500:
            continue
        done.add(buyer)
        for each in (inviter, buyer):
            if not who[each]["left"] or who[each]["left"] > order["date"]:
                total[order["date"][:7], each] += 2_000
    return dict(total)


def founder_of(files: Files) -> dict[str, str]:
    """Everybody's topmost sponsor."""
    found: dict[str, str] = {}
    for row in files.people:  # in order of joining within a branch: a sponsor stands before
        found[row["id"]] = found[row["sponsor_id"]] if row["sponsor_id"] else row["id"]
    return found


def branch_sizes(files: Files) -> list[int]:
    """How many stand under each founder, himself included."""
    return list(Counter(founder_of(files).values()).values())


def customers_of_several_branches(files: Files) -> list[str]:
    """Customers who bought through sellers of different founders."""
    founder = founder_of(files)
    of: dict[str, set[str]] = defaultdict(set)
    for order in files.orders:
        if order["seller_id"] and order["buyer_id"] not in founder:
            of[order["buyer_id"]].add(founder[order["seller_id"]])
    return [customer for customer, founders in of.items() if len(founders) > 1]


def rows_of_positions(files: Files, threshold: Decimal) -> list[str]:
    """What is wrong with the planted rows of positions; nothing, if they are as promised."""
    wrong = []
    joined = {row["id"]: row["joined"] for row in files.people}
    bought: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    sells = {row["seller_id"] for row in files.orders if row["seller_id"]}
    for order in files.orders:
        bought[order["buyer_id"]][order["date"][:7]] += Decimal(order["volume"])
    for row in files.truth["rows"]["stacked_positions"]:
        for above, below in pairwise(row):
            if files.sponsor[below] != above:
                wrong.append(f"{below} does not stand under {above}")
            if joined[below] < joined[above]:
                wrong.append(f"{below} joined before {above}")
        for position in row:
            if position in sells:
                wrong.append(f"{position} has customers")
            if any(volume != threshold for volume in bought[position].values()):
                wrong.append(f"{position} buys something else than the threshold")
    return wrong


def rings(files: Files) -> list[str]:
    """What is wrong with the planted rings: per month, every seller of a ring's order must be a buyer of another."""
    by_id, wrong = files.by_id(), []
    months: dict[str, list[Row]] = defaultdict(list)
    for order_id in files.truth["rows"]["wash_orders"]:
        months[by_id[order_id]["date"][:7]].append(by_id[order_id])
    for month, orders in months.items():
        next_of = {order["buyer_id"]: order for order in orders}
        for order in orders:
            at, steps = order, 0
            while steps < 10:
                at, steps = next_of.get(at["seller_id"], {}), steps + 1
                if not at or at["amount"] != order["amount"] or at is order:
                    break
            if at is not order:
                wrong.append(f"{month}: {order['id']} does not come round")
    return wrong


def receipts(files: Files, amounts: set[str], last_days: int) -> list[str]:
    """What is wrong with the planted receipts: amounts, days, and names that several sellers use."""
    by_id, wrong = files.by_id(), []
    listed = {row["id"] for row in files.people}
    sellers: dict[str, set[str]] = defaultdict(set)
    for order_id in files.truth["rows"]["fabricated_receipts"]:
        order = by_id[order_id]
        sellers[order["buyer_id"]].add(order["seller_id"])
        if order["buyer_id"] in listed or order["amount"] not in amounts:
            wrong.append(f"{order_id}: {order['buyer_id']}, {order['amount']}")
        if int(order["date"][8:10]) < 28 - last_days:
            wrong.append(f"{order_id} is dated {order['date']}")
    planted = set(files.truth["rows"]["fabricated_receipts"])
    real = {order["buyer_id"] for order in files.orders if order["id"] not in planted}
    if real & sellers.keys():
        wrong.append("a made-up customer also bought something")
    if sum(map(len, sellers.values())) < 2 * len(sellers):
        wrong.append("names are not shared")
    return wrong
