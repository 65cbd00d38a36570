"""The level commission again, slow and obvious: dictionaries, exact fractions, one order after the other.

Written from the definition (docs/plans/unilevel.md) and not from the engine: it knows nothing of positions, common
denominators or kernels. Property tests hold the engine to it, to the minor unit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor


@dataclass
class SlowPlan:
    """A unilevel plan, spelled out."""

    rates_by_rank: dict[str | None, list[Fraction]]
    """Key None: the same for everybody."""
    compression: str = "none"
    lacking_depth: str = "breakage"
    min_rank_by_level: list[str | None] | None = None
    rank_order: Sequence[str] = ()
    least_volume: int = 0
    """Personal volume (of the same measure as the base) below which nobody earns."""
    mode: str = "half_up"
    per_statement: bool = False
    customers_seller_is_level: int = 1
    fixed: bool = False
    unit: int = 1
    stop_at: frozenset[str] = frozenset()
    """At whom the walk ends: he is still paid, and his own orders are paid to nobody above."""


@dataclass
class SlowOrder:
    """An order as the twin wants it."""

    buyer: str | None
    seller: str | None
    base: int
    period: str = "all"


@dataclass
class SlowResult:
    """(order, level) -> (who, amount), and the proof."""

    lines: dict[tuple[int, int], tuple[str, int]] = field(default_factory=dict)
    breakage: int = 0
    allotted: Fraction = Fraction(0)
    rounding: Fraction = Fraction(0)


def whole(value: Fraction, mode: str) -> int:
    """Rounding by the book."""
    sign = -1 if value < 0 else 1
    size = abs(value)
    down = floor(size)
    rest = size - down
    if mode == "down":
        up = False
    elif mode == "half_up":
        up = rest >= Fraction(1, 2)
    else:
        up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and down % 2 == 1)
    return sign * (down + (1 if up else 0))


def pay(
    plan: SlowPlan,
    sponsor: dict[str, str | None],
    rank: dict[str, str | None],
    volume: dict[tuple[str, str], int],
    orders: list[SlowOrder],
) -> SlowResult:
    """Pay all orders."""
    result = SlowResult()
    levels = max(len(row) for row in plan.rates_by_rank.values())
    best = [
        max((row[level] if level < len(row) else Fraction(0)) for row in plan.rates_by_rank.values())
        for level in range(levels)
    ]
    exact_sums: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    paid_sums: dict[tuple[str, str], int] = defaultdict(int)

    def height(name: str | None) -> int:
        return plan.rank_order.index(name) if name in plan.rank_order else -1

    def row_of(who: str) -> list[Fraction]:
        if None in plan.rates_by_rank:
            return plan.rates_by_rank[None]
        return plan.rates_by_rank.get(rank[who], [])

    for number, order in enumerate(orders):
        if order.base == 0:
            continue
        result.allotted += order.base * sum(best)
        if order.buyer in sponsor:
            above = sponsor[order.buyer]
        elif order.seller in sponsor:
            above = order.seller if plan.customers_seller_is_level == 1 else sponsor[order.seller]
        else:
            above = None
        chain = []
        below = order.buyer if order.buyer in sponsor or plan.customers_seller_is_level == 1 else order.seller
        while above is not None and below not in plan.stop_at:
            chain.append(above)
            below, above = above, sponsor[above]
        level = 0
        stopped = False
        for who in chain:
            if level == levels:
                break
            own = volume.get((who, order.period), 0)
            if plan.compression == "remove_empty" and own <= 0:
                continue
            eligible = own >= plan.least_volume
            row = row_of(who)
            least = plan.min_rank_by_level[level] if plan.min_rank_by_level else None
            has_depth = level < len(row) and (least is None or height(rank[who]) >= height(least))
            if not eligible:
                if plan.compression in ("skip_ineligible", "dynamic"):
                    continue
                share = None
            elif plan.compression == "dynamic":
                if not has_depth:
                    continue
                share = row[level]
            elif not has_depth:
                if plan.lacking_depth == "skip":
                    continue
                if plan.lacking_depth == "stop":
                    stopped = True
                    break
                share = None
            else:
                share = row[level]
            if share:
                exact = order.base * share / plan.unit
                key = (who, order.period)
                exact_sums[key] += exact
                if plan.per_statement:
                    amount = whole(exact_sums[key], plan.mode) - paid_sums[key]
                else:
                    amount = whole(exact, plan.mode)
                paid_sums[key] += amount
                result.lines[number, level + 1] = (who, amount * plan.unit)
                result.rounding += (exact - amount) * plan.unit
            lost = best[level] - (share or 0)
            if lost:
                exact = order.base * lost / plan.unit
                amount = whole(exact, plan.mode)
                result.breakage += amount * plan.unit
                result.rounding += (exact - amount) * plan.unit
            level += 1
        assert stopped or level <= levels
        for left in range(level, levels):
            exact = order.base * best[left] / plan.unit
            amount = whole(exact, plan.mode)
            result.breakage += amount * plan.unit
            result.rounding += (exact - amount) * plan.unit
    return result
