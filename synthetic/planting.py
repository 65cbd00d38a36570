"""The purchases that make a pattern: for a threshold, for a rank, receipts of nobody, and rings.

Each follows the definition of the indicator that is meant to find it (bunching and deadline spikes, wash orders, receipts
that repeat), and none knows how that indicator is computed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synthetic.draws import DAY, STAYS, Ints, Rows, moments
from synthetic.lines import Label, Lines, Month, lines
from synthetic.scenario import Deadline, cents, exact

if TYPE_CHECKING:
    from synthetic.purchases import Shop

PAD = 10_000
"""Receipts on the pad of one seller; the pads are numbered by seller."""


def for_thresholds(shop: Shop, month: Month, found: list[Lines]) -> list[Lines]:
    """Purchases topped up to exactly the threshold, and ranks bought at once; most of them before the deadline."""
    deadline = shop.scenario.deadline
    if deadline is None or shop.wares.assortment < 0:
        return []
    random = shop.draws.stream("threshold", month.number)
    inside = month.inside[(shop.people.left[month.inside] >= month.end) | (shop.people.left[month.inside] == STAYS)]
    wishes = shop.by_role("qualifying", ghosts=1.0)[inside]
    lacking = cents(deadline.threshold.value) * 10 - shop.volume_of(found)[inside]
    reach = (
        int(cents(deadline.threshold.value) * 10 * exact(deadline.within_reach.value)) if deadline.within_reach else 0
    )
    tops_up = (random.random(len(inside)) < wishes) | ((wishes > 0) & (lacking <= reach))
    who, lacking = inside[tops_up & (lacking > 0)], lacking[tops_up & (lacking > 0)]
    unit = int(shop.wares.volume[shop.wares.assortment])
    ghosts = shop.people.row[who] >= 0
    result = [
        lines(
            _before_close(shop, random, month, deadline, who),
            who,
            shop.wares.assortment,
            -(-lacking // unit),
            label=np.where(ghosts, Label.STACKED, Label.FOR_THRESHOLD).astype(np.int32),
        )
    ]
    if deadline.rank is not None:
        rate = shop.by_role("rank_buying")[inside]
        buyers = inside[random.random(len(inside)) < rate]
        needed = cents(deadline.rank.value) * 10
        result.append(
            lines(
                _before_close(shop, random, month, deadline, buyers),
                buyers,
                shop.wares.assortment,
                np.full(len(buyers), -(-needed // unit)),
                label=Label.FOR_RANK,
            )
        )
    return result


def _before_close(shop: Shop, random: np.random.Generator, month: Month, deadline: Deadline, who: Rows) -> Ints:
    """When purchases before a deadline are made: in the last days, or earlier."""
    late = random.random(len(who)) < deadline.share_late.value
    joined = shop.people.joined[who] + 1_200
    low = np.maximum(joined, np.where(late, month.end - deadline.last_days.value * DAY, month.start))
    return np.minimum(moments(random, low, np.full(len(who), month.end)), month.end - 1)


def receipts(shop: Shop, month: Month) -> list[Lines]:
    """Receipts of customers who do not exist: the same few amounts and names, shared by all, in the last days."""
    planted = shop.scenario.receipts
    if planted is None:
        return []
    random = shop.draws.stream("receipts", month.number)
    number = shop.by_role("receipts")[month.inside].astype(np.int64)
    number[shop.people.left[month.inside] < month.end] = 0
    seller = np.repeat(month.inside, number)
    names = max(3, int(planted.names.value * (number > 0).sum() / 100))
    low = np.maximum(shop.people.joined[seller] + 3_600, month.end - planted.last_days.value * DAY)
    start = moments(random, low, np.full(len(seller), month.end))
    # one sitting: every receipt of a seller a minute after the one before, from a pad that goes on next month
    first = np.concatenate([[True], seller[1:] != seller[:-1]]) if len(seller) else np.empty(0, bool)
    since = np.arange(len(seller)) - np.maximum.accumulate(np.where(first, np.arange(len(seller)), 0))
    sitting = start[np.arange(len(seller)) - since] + since * 60
    everybody = int(shop.customers.sum())  # numbers beside every real customer's
    return [
        lines(
            np.minimum(sitting, month.end - 1),
            np.full(len(seller), -1, np.int32),
            np.array(shop.wares.receipt, np.int32)[random.integers(0, len(shop.wares.receipt), len(seller))],
            seller=seller,
            customer=everybody + random.integers(0, names, len(seller)),
            label=Label.FABRICATED,
            receipt=(seller.astype(np.int64) + shop.people.first) * PAD + month.number * number.max(initial=1) + since,
        )
    ]


def ring_of(shop: Shop) -> tuple[Rows, Rows, Ints]:
    """Who sells to whom in rings: sellers, buyers, and the ring's number; the same in every month."""
    planted = shop.scenario.wash
    if planted is None:
        return np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int64)
    random = shop.draws.stream("rings")
    stayers = np.flatnonzero(shop.people.left == STAYS)[1:]
    low, high = planted.length.value
    wanted = min(int(planted.share.value * len(shop.people)), len(stayers))
    lengths = random.integers(low, high + 1, max(1, wanted // low + 1)).astype(np.int64)
    lengths = lengths[np.cumsum(lengths) <= wanted]
    members = random.permutation(stayers)[: int(lengths.sum())].astype(np.int32)
    ring = np.repeat(np.arange(len(lengths)), lengths)
    last = np.cumsum(lengths) - 1
    following = np.arange(len(members)) + 1
    following[last] = last - lengths + 1
    return members, members[following] if len(members) else members, ring


def rings(shop: Shop, month: Month) -> list[Lines]:
    """Each member sells to the next, the last to the first, on the same day, for the same amount."""
    seller, buyer, ring = shop.rings
    if not len(seller):
        return []
    random = shop.draws.stream("ring-days", month.number)
    count = int(ring[-1]) + 1
    joined = np.zeros(count, np.int64)
    np.maximum.at(joined, ring, shop.people.joined[seller])
    day = month.start + random.integers(20, 27, count) * DAY + 15 * 3_600
    together = (joined < day)[ring]
    when = day[ring] + np.arange(len(seller)) % 50 * 60
    return [
        lines(
            when[together],
            buyer[together],
            shop.wares.exchange,
            random.integers(3, 9, count)[ring][together],
            seller=seller[together],
            label=Label.WASH,
        )
    ]
