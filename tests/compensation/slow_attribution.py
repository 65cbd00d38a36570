"""Whose a sale is, again, slow and obvious: one order after the other, every click looked at.

Written from the definition (docs/plans/affiliate-and-referral.md) and not from the engine: dates are dates and ids are ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Span:
    """Days from date to date, or hours to the second."""

    days: int | None = None
    hours: int | None = None
    inclusive: bool = True

    def covers(self, earlier: datetime, later: datetime) -> bool:
        """Whether so much time at most lies between."""
        if later < earlier:
            return False
        if self.days is not None:
            gone, most = (later.date() - earlier.date()).days, self.days
            return gone <= most if self.inclusive else gone < most
        gone_, most_ = later - earlier, timedelta(hours=self.hours or 0)
        return gone_ <= most_ if self.inclusive else gone_ < most_


@dataclass(frozen=True)
class Rule:
    """An attribution rule, spelled out."""

    credit: str = "last_click"
    window: Span | None = None
    cart: Span | None = None
    coupon: str = "beats_click"
    stays: bool = False
    unclicked: str = "nobody"
    own_paid: bool = False


@dataclass(frozen=True)
class Click:
    """A visit."""

    who: str
    when: datetime
    order: str | None = None
    buyer: str | None = None
    cart: bool = False


@dataclass(frozen=True)
class Order:
    """An order as the twin wants it."""

    id: str
    when: datetime
    buyer: str | None
    seller: str | None
    base: int
    coupon: str | None = None
    reverses: str | None = None


@dataclass
class People:
    """Who there is."""

    sponsor: dict[str, str | None]
    kind: dict[str, str | None]
    person: dict[str, str | None]

    def same(self, one: str, other: str | None) -> bool:
        """Whether two ids are one human."""
        if other is None or other not in self.sponsor:
            return False
        return one == other or (self.person[one] is not None and self.person[one] == self.person[other])


TOO_LATE = ["(outside)"]


def by_itself(rule: Rule, order: Order, clicks: list[Click], people: People) -> list[str]:
    """Affiliates of an order by its own clicks, coupon and seller; `TOO_LATE` where every click is too old."""
    known = [click for click in clicks if click.who in people.sponsor]
    mine = [click for click in known if click.order == order.id]
    if not mine:
        mine = [
            click for click in known if click.order is None and click.buyer is not None and click.buyer == order.buyer
        ]
    mine = sorted((click for click in mine if click.when <= order.when), key=lambda click: click.when)
    clicked = [click for click in mine if not click.cart]
    inside = [click for click in clicked if rule.window is None or rule.window.covers(click.when, order.when)]
    found: list[str] = []
    if rule.credit != "seller" and known:
        for basket in reversed([click for click in mine if click.cart]):
            led = any(
                click.who == basket.who
                and click.when <= basket.when
                and (rule.window is None or rule.window.covers(click.when, basket.when))
                for click in clicked
            )
            if rule.cart is not None and rule.cart.covers(basket.when, order.when) and led:
                found = [basket.who]
                break
        if not found and inside:
            if rule.credit == "split":
                found = list(dict.fromkeys(click.who for click in inside))
            else:
                found = [inside[-1 if rule.credit == "last_click" else 0].who]
        outside = bool(clicked) and not found
    else:
        outside = False
    if order.coupon in people.sponsor and rule.coupon != "ignored" and (rule.coupon == "beats_click" or not found):
        return [order.coupon]  # type: ignore[list-item]
    if outside:
        return TOO_LATE
    if not found and (rule.credit == "seller" or not known or rule.unclicked == "seller"):
        if order.seller in people.sponsor:
            return [order.seller]  # type: ignore[list-item]
        if order.buyer in people.sponsor:
            if people.kind[order.buyer] in ("customer", "preferred_customer"):  # type: ignore[index]
                above = people.sponsor[order.buyer]  # type: ignore[index]
                return [above] if above is not None else []
            return [order.buyer]  # type: ignore[list-item]
    return found


def attribute(
    rule: Rule, orders: list[Order], clicks: list[Click], people: People
) -> list[tuple[str, str, int, str | None]]:
    """(order, affiliate, part of the base, why not), for orders in order of time."""
    by_id = {}
    for order in orders:
        by_id.setdefault(order.id, order)
    own = {order.id: by_itself(rule, order, clicks, people) for order in orders}
    of_customer: dict[str, list[str]] = {}
    final: dict[str, list[str]] = {}
    for order in orders:
        found = own[order.id]
        if rule.stays and order.buyer is not None:
            if order.buyer in of_customer:
                found = of_customer[order.buyer]
            elif found and found is not TOO_LATE and order.base > 0:
                of_customer[order.buyer] = found
        final[order.id] = found
    result = []
    for order in orders:
        stands = order
        if order.reverses in by_id and order.base < 0:
            stands = by_id[order.reverses]  # type: ignore[index]
        affiliates = final[stands.id]
        if affiliates is TOO_LATE:
            result.append((order.id, "-", order.base, "outside-window"))
            continue
        for index, who in enumerate(affiliates):
            each, rest = divmod(abs(order.base), len(affiliates))
            part = (each + (index < rest)) * (1 if order.base >= 0 else -1)
            why = "own-purchase" if not rule.own_paid and people.same(who, order.buyer) else None
            result.append((order.id, who, part, why))
    return result
