"""Sums that several indicators start from, taken once: revenue by side and category, own use, payouts.

All in minor units of the main currency, as Python integers.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliance.records import Records

GOODS = frozenset({"product", "autoship", "unstated"})


@dataclass(frozen=True, slots=True)
class Revenue:
    """What came in."""

    sums: dict[tuple[str, str], int]
    """By side (participant, outside, unknown) and category."""
    lines: dict[tuple[str, str], int]
    refunded_to_participants: int
    refunded_outside: int
    """Refunds whose buyer is not a participant, as far as known."""

    def amount(self, side: str | None = None, categories: Iterable[str] | None = None) -> int:
        """Sum of one side (None: all) over categories (None: all), before refunds."""
        wanted = None if categories is None else set(categories)
        return sum(
            amount
            for (at, category), amount in self.sums.items()
            if side in (None, at) and (wanted is None or category in wanted)
        )

    def count(self, side: str | None = None, category: str | None = None) -> int:
        """Order lines of one side and category (None: all)."""
        return sum(lines for (at, kind), lines in self.lines.items() if side in (None, at) and category in (None, kind))

    @property
    def participants(self) -> int:
        """Net of refunds."""
        return self.amount("participant") - self.refunded_to_participants

    @property
    def outside(self) -> int:
        """Net of refunds."""
        return self.amount("outside") - self.refunded_outside

    @property
    def unknown(self) -> int:
        """From orders that do not say who bought."""
        return self.amount("unknown")

    @property
    def total(self) -> int:
        """All three, net of refunds."""
        return self.participants + self.outside + self.unknown


def revenue(records: Records) -> Revenue:
    """What came in, by side and category."""
    found = records.all("SELECT side::VARCHAR, category::VARCHAR, sum(amount), count(*) FROM order_facts GROUP BY 1, 2")
    participants = outside = 0
    if records.has("returns.amount"):
        participants = int(
            records.row(
                "SELECT coalesce(sum(f.amount), 0) FROM refunds f JOIN people p USING (row) WHERE p.is_participant"
            )[0]
        )
        currency = (records.currency or "").replace("'", "''")
        outside = (
            int(
                records.row(
                    "SELECT coalesce(sum(amount), 0) FROM returns"
                    " WHERE outcome IN ('refunded', 'partly_refunded')"
                    f" AND coalesce(currency, '{currency}') = '{currency}'"
                )[0]
            )
            - participants
        )
    sums = {(side, category): int(amount) for side, category, amount, _ in found}
    if records.lost.rows:  # refunds to people whose row was refused are not taken off others' money
        outside = min(outside, sum(amount for (side, _), amount in sums.items() if side == "outside"))
    return Revenue(
        sums,
        {(side, category): int(lines) for side, category, _, lines in found},
        participants,
        outside,
    )


def orders_of_lost_people(records: Records) -> int:
    """Order lines of buyers who may be participants whose row of the list was refused."""
    if not records.lost.rows:
        return 0
    found = records.row("SELECT count(*) FROM placed_orders WHERE side = 'unknown' AND buyer_id IS NOT NULL")
    return int(found[0])


@dataclass(frozen=True, slots=True)
class OwnUse:
    """How much of participants' own purchases would be end use, by definition."""

    goods: int
    """All goods that participants bought."""
    within_allowance: int | None
    """The part within the monthly allowance of each; None where there is no allowance."""
    discount_only: int | None
    """Goods of members who recruited nobody, were paid nothing and stayed within the allowance."""
    discount_only_members: int | None


def own_use(records: Records) -> OwnUse:
    """Participants' purchases of goods under each definition of own use."""
    goods = records.once(revenue).amount("participant", GOODS)
    allowance = records.allowance
    if allowance is None:
        return OwnUse(goods, None, None, None)
    within = records.row(
        f"SELECT coalesce(sum(least(greatest(o.goods, 0), {allowance})), 0)"
        " FROM order_months o JOIN people p USING (row) WHERE p.is_participant"
    )[0]
    discount, members = records.row("SELECT coalesce(sum(goods), 0), count(*) FROM discount_only JOIN net USING (row)")
    return OwnUse(goods, int(within), int(discount), int(members))


@dataclass(frozen=True, slots=True)
class Paid:
    """What was paid out."""

    total: int
    lines: int
    payees: int
    to_strangers: int
    """Paid to ids that are not on the list of participants."""


def paid(records: Records) -> Paid:
    """What was paid out, recorded or, without records of it, recomputed."""
    total, lines, payees = records.row(
        "SELECT coalesce(sum(paid_out), 0), coalesce(sum(payouts), 0), count(DISTINCT row) FROM reward_months"
    )
    strangers, theirs = records.row("SELECT coalesce(sum(amount), 0), count(*) FROM reward_facts WHERE payee IS NULL")
    return Paid(int(total) + int(strangers), int(lines) + int(theirs), int(payees), int(strangers))


REWARD_KINDS = "SELECT traced, side, category, own, amount, lines FROM reward_kinds WHERE apart = 'unit'"
"""Payouts by all that says what gave rise to them: few rows, so that whatever is made of them costs nothing."""

REVENUE = """
    SELECT row, month, 0::BIGINT AS outside, paid_in AS members, 0::BIGINT AS unknown FROM order_months
    UNION ALL SELECT row, month, outside, unlisted, unknown FROM other_months
    UNION ALL SELECT r.row, r.month, CASE WHEN p.is_participant THEN 0 ELSE -r.amount END,
                     CASE WHEN p.is_participant THEN -r.amount ELSE 0 END, 0 FROM refunds r JOIN people p USING (row)
"""
"""All that came in, net of refunds, by person (customers' orders by the seller who is credited) and month. Refunds to
customers who are not on the list belong to nobody: `unplaced_refunds`."""


def unplaced_refunds(records: Records) -> str:
    """The rest of the refunds to customers as one more row of `REVENUE`, so that its sum is that of `revenue`."""
    placed = 0
    if records.has("returns.amount"):
        placed = int(
            records.row(
                "SELECT coalesce(sum(r.amount), 0) FROM refunds r JOIN people p USING (row) WHERE NOT p.is_participant"
            )[0]
        )
    rest = records.once(revenue).refunded_outside - placed
    return f"SELECT NULL::INTEGER AS row, NULL::DATE AS month, {-rest}::BIGINT AS outside, 0::BIGINT AS members, 0::BIGINT AS unknown"


def all_revenue(records: Records) -> str:
    """`REVENUE` with everything in it: its sums are those of `revenue`."""
    return f"{REVENUE} UNION ALL {unplaced_refunds(records)}"


def by_month(records: Records) -> list[tuple[str, int, int, int]]:
    """Month (YYYY-MM), participants' payments, outside revenue, payouts; months without any are left out."""
    found = records.all(
        """
        WITH inflow AS (
            SELECT month, sum(members) AS members, sum(outside) AS outside
            FROM (SELECT month, paid_in AS members, 0 AS outside FROM order_months
                  UNION ALL SELECT month, unlisted, outside FROM other_months)
            WHERE month IS NOT NULL GROUP BY 1
        ), outflow AS (
            SELECT month, sum(payouts) AS payouts
            FROM (SELECT month, paid_out AS payouts FROM reward_months
                  UNION ALL SELECT month, amount FROM reward_facts WHERE payee IS NULL)
            WHERE month IS NOT NULL GROUP BY 1
        )
        SELECT strftime(month, '%Y-%m'), coalesce(members, 0), coalesce(outside, 0), coalesce(payouts, 0)
        FROM inflow FULL JOIN outflow USING (month) ORDER BY 1
        """
    )
    return [(str(month), int(members), int(outside), int(out)) for month, members, outside, out in found]
