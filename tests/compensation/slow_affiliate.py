"""An affiliate's commissions again, slow and obvious: sale after sale, with dictionaries and exact fractions.

Written from the definition (docs/plans/affiliate-and-referral.md) and not from the engine: it
is handed whose each sale is, and knows nothing of arrays.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction

from tests.compensation.slow_unilevel import whole


@dataclass
class Tiers:
    """A tier table."""

    steps: list[tuple[int, Fraction]]
    by: str = "order"
    of: str = "sales"
    mode: str = "whole"
    over: str | int = "period"
    this_order: bool = True


@dataclass
class Boost:
    """Factors."""

    steps: list[tuple[int, Fraction]]
    of: str = "commission"
    over: str = "period"
    this_order: bool = False


@dataclass
class Add:
    """Points under a condition: `new`, `sales`, `orders`, or a fact by name."""

    on: str
    add: Fraction
    least: int = 0
    strictly: bool = False


@dataclass
class Plan:
    """An affiliate plan, spelled out."""

    rate: Fraction | None = None
    by_category: dict[str, Fraction] = field(default_factory=dict)
    by_product: dict[str, Fraction] = field(default_factory=dict)
    tiers: Tiers | None = None
    adds: list[Add] = field(default_factory=list)
    boost: Boost | None = None
    renewal_rate: Fraction | None = None
    renewal_months: int | None = None
    last_day: bool = False
    cap: int | None = None
    mode: str = "half_up"
    per_statement: bool = False


@dataclass(frozen=True)
class Sale:
    """An order and the affiliate whose it is."""

    order: str
    who: str
    base: int
    when: datetime
    period: str
    buyer: str | None
    category: str | None
    product: str | None
    reverses: str | None = None


@dataclass
class Piece:
    """A part of a sale with one rate."""

    tier: int
    base: int
    rate: Fraction
    taken: int = 0
    full: int = 0


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the month's last."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day.day, last))


def pay(
    plan: Plan, sales: list[Sale], facts: dict[tuple[str, str], int], first: dict[str, tuple[str, datetime]]
) -> dict[tuple[str, str, int], int]:
    """(order, who, tier) -> amount.

    Args:
        plan: the plan; sales: in order of time.
        facts: (who, fact) -> number.
        first: of each customer, the first order and its time.
    """
    by_key = {}
    for sale in sales:
        by_key.setdefault((sale.order, sale.who), sale)

    def origin_of(sale: Sale) -> Sale:
        there = by_key.get((sale.reverses, sale.who)) if sale.base < 0 and sale.reverses else None
        return there if there is not None and there.base > 0 else sale

    def expired(sale: Sale) -> bool:
        stands = origin_of(sale)
        if plan.renewal_months is None or stands.buyer not in first:
            return False
        end = months_later(first[stands.buyer][1].date(), plan.renewal_months)
        return stands.when.date() > end if plan.last_day else stands.when.date() >= end

    counting = [sale for sale in sales if not expired(sale)]
    pieces: dict[tuple[str, str], list[Piece]] = {}
    earned: dict[tuple[str, str], int] = defaultdict(int)
    boosted: dict[tuple[str, str, int], Fraction] = {}
    exact_sums: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    paid_sums: dict[tuple[str, str], int] = defaultdict(int)
    done: dict[tuple[str, str], list[Piece]] = {}
    result: dict[tuple[str, str, int], int] = {}

    def counted(sale: Sale, of: str) -> int:
        return sale.base if of == "sales" else (1 if sale.base > 0 else -1)

    def before(sale: Sale, table: Tiers) -> int:
        total = 0
        for other in counting[: counting.index(sale)]:
            if other.who != sale.who:
                continue
            if table.by == "period_total" or table.over == "period":
                inside = other.period == sale.period
            elif table.over == "ever":
                inside = True
            else:
                assert isinstance(table.over, int)
                inside = sale.when - other.when < timedelta(days=table.over)
            total += counted(other, table.of) if inside else 0
        return total

    def period_sum(sale: Sale, of: str, period: str) -> int:
        return sum(counted(other, of) for other in counting if other.who == sale.who and other.period == period)

    def tiered(sale: Sale, table: Tiers) -> list[Piece]:
        stands = origin_of(sale)
        if stands is not sale:
            theirs = pieces[stands.order, stands.who]
            if table.mode == "whole":
                return [Piece(each.tier, sale.base, each.rate) for each in theirs]
            back, all_ = -sale.base, stands.base
            parts = [each.base * back // all_ for each in theirs]
            below = (all_ - sum(each.base for each in theirs)) * back // all_
            if parts:
                parts[-1] += back - sum(parts) - below
            return [Piece(each.tier, -part, each.rate) for each, part in zip(theirs, parts, strict=True) if part]
        start = before(sale, table) if table.by != "order" else 0
        if table.mode == "marginal":
            low, high = sorted((start, start + sale.base))
            found = []
            for number, (least, rate) in enumerate(table.steps):
                end = table.steps[number + 1][0] if number + 1 < len(table.steps) else None
                part = (high if end is None else min(high, end)) - max(low, least)
                if part > 0:
                    found.append(Piece(number + 1, part if sale.base > 0 else -part, rate))
            return found
        if table.by == "order":
            total = abs(sale.base)
        elif table.by == "period_total":
            total = period_sum(sale, table.of, sale.period)
        else:
            total = start + (counted(sale, table.of) if table.this_order else 0)
        reached = [number for number, (least, _) in enumerate(table.steps) if total >= least]
        return [Piece(reached[-1] + 1, sale.base, table.steps[reached[-1]][1])] if reached else []

    for sale in counting:
        stands = origin_of(sale)
        is_first = stands.buyer is not None and first.get(stands.buyer, ("", None))[0] == stands.order
        if plan.renewal_rate is not None and not is_first:
            found = [Piece(0, sale.base, plan.renewal_rate)]
        elif sale.product in plan.by_product:
            found = [Piece(0, sale.base, plan.by_product[sale.product])]
        elif sale.category in plan.by_category:
            found = [Piece(0, sale.base, plan.by_category[sale.category])]
        elif plan.tiers is not None:
            found = tiered(sale, plan.tiers)
        else:
            found = [Piece(0, sale.base, plan.rate)] if plan.rate is not None else []
        pieces[sale.order, sale.who] = [Piece(each.tier, each.base, each.rate) for each in found]
        for piece in found:
            for add in plan.adds:
                value = is_first
                if add.on in ("sales", "orders"):
                    number = period_sum(sale, add.on, stands.period)
                    value = number > add.least if add.strictly else number >= add.least
                elif add.on != "new":
                    stated = facts.get((sale.who, add.on))
                    value = stated is not None and (stated > add.least if add.strictly else stated >= add.least)
                piece.rate += add.add if value else 0
        key = (sale.who, sale.period if plan.boost and plan.boost.over == "period" else "")
        at_order = earned[key]
        plain = sum(whole(piece.base * piece.rate, plan.mode) for piece in found)
        if plan.boost is not None and plan.boost.of != "commission":
            plain = counted(sale, plan.boost.of)
            if plan.boost.of == "sales":
                plain = sum(piece.base for piece in found)
        for piece in found:
            factor = Fraction(1)
            if plan.boost is not None:
                reached = at_order + (plain if plan.boost.this_order else 0)
                for least, each in plan.boost.steps:
                    factor = each if reached >= least else factor
                if stands is not sale:
                    factor = boosted.get((stands.order, sale.who, piece.tier), Fraction(1))
                boosted[sale.order, sale.who, piece.tier] = factor
            piece.rate *= factor
            if plan.boost is not None and plan.boost.of == "commission":
                earned[key] += whole(piece.base * piece.rate, plan.mode)
        if plan.boost is not None and plan.boost.of != "commission":
            earned[key] += plain if found else 0
        room = plan.cap
        for piece in found:
            statement = (sale.who, sale.period)
            if plan.cap is None and plan.per_statement:
                exact_sums[statement] += piece.base * piece.rate
                amount = whole(exact_sums[statement], plan.mode) - paid_sums[statement]
                paid_sums[statement] += amount
            else:
                amount = whole(piece.base * piece.rate, plan.mode)
            piece.full = piece.taken = amount
            if room is not None:
                before_it = done.get((stands.order, sale.who), []) if stands is not sale else []
                theirs = [each for each in before_it if each.tier == piece.tier]
                if theirs and theirs[0].taken != theirs[0].full:
                    piece.taken = whole(Fraction(piece.base * theirs[0].taken, theirs[0].base), "half_up")
                else:
                    piece.taken = min(amount, max(room, 0))
                room -= piece.taken
            result[sale.order, sale.who, piece.tier] = piece.taken
        done[sale.order, sale.who] = found
    return result
