"""Orders and rewards as columns of NumPy: for sums over ten million lines that SQL would group into millions.

A sum for each participant and month is a gather and an addition here, where a query would hash every line once more. The
columns are `order_facts` and `reward_facts`, read once; a reward's order is the place of its line in the order columns, so that
what the order says (whose, what for, when) is one gather away. Codes of sides and categories are those of the types.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from compliance.facts import CATEGORIES, MONTH_NUMBER, SIDES

if TYPE_CHECKING:
    from compliance.records import Records

Rows = npt.NDArray[np.int32]
Codes = npt.NDArray[np.int8]
Months = npt.NDArray[np.int32]
Money = npt.NDArray[np.int64]
Times = npt.NDArray[np.datetime64]
Flags = npt.NDArray[np.bool_]

NONE = -1
"""Nobody on the list, no month, no order."""

STATED_LEVEL = "CASE WHEN stated_level BETWEEN 0 AND 1_000_000 THEN stated_level END"
"""What a payout says its level is, where that can be one: no tree is deeper."""

PARTICIPANT, OUTSIDE, UNKNOWN = (SIDES.index(side) for side in ("participant", "outside", "unknown"))

_NOT_A_TIME = -(2**63)
_TIME = f"coalesce(epoch_us({{}}), {_NOT_A_TIME})"
"""A moment as NumPy has it in microseconds; what is not stated compares as false there, as NULL does."""
_YEAR_1 = int(np.datetime64("0001-01", "M").astype(np.int64))


@dataclass(frozen=True, slots=True)
class OrderColumns:
    """The lines of `order_facts`.

    Attributes:
        buyer: row of `people`, or NONE.
        seller: row of `people`, or NONE.
        side: code of the side.
        category: code of the category.
        month: months since January of the year 1, or NONE.
        date: when it was, to the microsecond, or not a time.
        amount: minor units of the main currency.
        customer: number of whoever bought, on the list or not, or NONE.
        place: row of the line in the table of orders.
    """

    buyer: Rows
    seller: Rows
    side: Codes
    category: Codes
    month: Months
    date: Times
    amount: Money
    customer: Rows
    place: npt.NDArray[np.uint32]

    @property
    def own(self) -> Flags:
        """Lines that a participant on the list bought."""
        lines: Flags = (self.side == PARTICIPANT) & (self.buyer >= 0)
        return lines

    def of(self, categories: str) -> Flags:
        """Lines of some categories, given as SQL gives them."""
        lines: Flags = np.zeros(len(self.category), dtype=np.bool_)
        for code, name in enumerate(CATEGORIES):
            if f"'{name}'" in categories:
                lines |= self.category == code
        return lines


@dataclass(frozen=True, slots=True)
class RewardColumns:
    """The lines of `reward_facts`.

    Attributes:
        payee: row of `people`, or NONE.
        source: row of whoever gave rise to it, or NONE.
        order: place of the order's line in `OrderColumns`, or NONE where the reward is not traced.
        month: months since January of the year 1, or NONE.
        amount: minor units of the main currency.
        own: whether payee and source are one.
        distance: sponsor links from the source up to the payee, or NONE where the source does not stand below.
        stated_level: as the records state it, or NONE.
    """

    payee: Rows
    source: Rows
    order: Rows
    month: Months
    amount: Money
    own: Flags
    distance: npt.NDArray[np.int32]
    stated_level: npt.NDArray[np.int32]

    def on(self, lines: Flags) -> Flags:
        """Rewards traced to one of some order lines."""
        found: Flags = np.append(lines, False)[self.order]  # the last element is that of no order
        return found

    @property
    def for_others(self) -> Flags:
        """To somebody on the list, for what somebody else did."""
        found: Flags = (self.payee >= 0) & (self.source >= 0) & ~self.own
        return found


@dataclass(frozen=True, slots=True)
class PeopleColumns:
    """Everybody in `people`, in order of `row`; one more element at the end is that of nobody on the list.

    Attributes:
        member: whether a participant.
        joined: when, or not a time.
        first_order: when the first order of any kind was, or not a time.
        last_order: the same of the last.
    """

    member: Flags
    joined: Times
    first_order: Times
    last_order: Times

    @property
    def joined_month(self) -> Months:
        """The month of joining, as `months_of` counts."""
        return months_of(self.joined)

    def added(self, person: Rows, lines: Flags, amount: Money) -> Money:
        """What the chosen lines add up to for each person on the list; the arguments have one element for each line."""
        return _added_chosen(person, lines, amount, len(self.member) - 1)


def order_columns(records: Records) -> OrderColumns:
    """All order lines, in no particular order."""
    found = records.arrays(
        f"""
        SELECT coalesce(buyer, -1)::INTEGER AS buyer, coalesce(seller, -1)::INTEGER AS seller,
               enum_code(side)::TINYINT AS side, enum_code(category)::TINYINT AS category,
               {MONTH_NUMBER} AS month, {_TIME.format("date")} AS date, amount,
               coalesce(customer, -1)::INTEGER AS customer, place
        FROM order_facts
        """
    )
    return OrderColumns(date=found.pop("date").view("datetime64[us]"), **found)


def reward_columns(records: Records) -> RewardColumns:
    """All rewards, in no particular order."""
    lines = records.once(order_columns).place
    found = records.arrays(
        f"""
        SELECT coalesce(payee, -1)::INTEGER AS payee, coalesce(source, -1)::INTEGER AS source,
               coalesce(place, -1)::BIGINT AS place, {MONTH_NUMBER} AS month, amount, coalesce(own, false) AS own,
               coalesce(distance, -1)::INTEGER AS distance, coalesce({STATED_LEVEL}, -1)::INTEGER AS stated_level
        FROM reward_facts
        """
    )
    at = np.full(int(lines.max(initial=0)) + 2, NONE, dtype=np.int32)  # the last element is that of place -1
    at[lines] = np.arange(len(lines), dtype=np.int32)
    return RewardColumns(order=at[found.pop("place")], **found)


def people_columns(records: Records) -> PeopleColumns:
    """Everybody, by row number."""
    times = ("joined", "first_order", "last_order")
    found = records.arrays(
        f"SELECT is_participant, {', '.join(f'{_TIME.format(name)} AS {name}' for name in times)}"
        " FROM people LEFT JOIN first_orders USING (row) ORDER BY row"
    )
    return PeopleColumns(
        np.append(found["is_participant"], False),
        **{name: np.append(found[name], _NOT_A_TIME).view("datetime64[us]") for name in times},
    )


def columns(records: Records) -> tuple[OrderColumns, RewardColumns, PeopleColumns]:
    """Orders, rewards and people, for what needs all three."""
    return records.once(order_columns), records.once(reward_columns), records.once(people_columns)


@dataclass(frozen=True, slots=True)
class PersonMonths:
    """The months of some lines: one for each person and month (or none) that a line has.

    Attributes:
        person: row of `people`, ascending.
        month: months since January of the year 1, or NONE; ascending for each person.
        of_line: which of them each line belongs to; NONE for lines that belong to nobody.
    """

    person: Rows
    month: Months
    of_line: Rows

    def add(self, lines: Flags | np.bool_, amount: Money) -> Money:
        """What the chosen lines add up to in each; `lines` (or one answer for all) and `amount` have one element for each."""
        return _added_chosen(self.of_line, np.full(len(amount), lines), amount, len(self.person))

    def among(self, others: PersonMonths, sums: Money) -> Money:
        """What `others` have in `sums` for the same person and month, 0 where they have no such month."""
        from compliance.kernels import sums_of_same

        return sums_of_same(self.person, self.month, others.person, others.month, sums)


def person_months(person: Rows, month: Months) -> PersonMonths:
    """The months of lines that belong to somebody, by a counting sort: first by month, then by person.

    Args:
        person: row of `people` of each line, or NONE.
        month: of each line, or NONE.
    """
    from genealogy.kernels import by_small_key

    lines = np.flatnonzero(person >= 0).astype(np.int32)
    first = month.min(initial=np.iinfo(np.int32).max, where=month >= 0)
    for key in (np.maximum(month - first + 1, 0), person):  # a month that is not stated comes first
        lines = by_small_key(lines, key, int(key.max(initial=0)) + 1)
    persons, months = person[lines], month[lines]
    new = np.ones(len(lines), dtype=np.bool_)
    new[1:] = (persons[1:] != persons[:-1]) | (months[1:] != months[:-1])
    of_line = np.full(len(person), NONE, dtype=np.int32)
    of_line[lines] = np.cumsum(new, dtype=np.int32) - 1
    return PersonMonths(persons[new], months[new], of_line)


def buyer_months(records: Records) -> PersonMonths:
    """The months in which participants on the list bought, over the order columns."""
    orders = records.once(order_columns)
    return person_months(np.where(orders.own, orders.buyer, np.int32(NONE)), orders.month)


def seller_months(records: Records) -> PersonMonths:
    """The months in which somebody is credited with a sale to anybody else, over the order columns."""
    orders = records.once(order_columns)
    to_others = ~orders.own | (orders.buyer != orders.seller)
    return person_months(np.where(to_others, orders.seller, np.int32(NONE)), orders.month)


def payee_months(records: Records) -> PersonMonths:
    """The months for which people on the list were paid, over the reward columns."""
    rewards = records.once(reward_columns)
    return person_months(rewards.payee, rewards.month)


def _added_chosen(number: Rows, chosen: Flags, amount: Money, count: int) -> Money:
    """The chosen amounts of each number, added up in one pass, without what has no number."""
    from compliance.kernels import add_chosen

    into = np.zeros(count, dtype=np.int64)
    add_chosen(into, number, chosen, amount)
    return into


def added(number: npt.NDArray[np.integer[Any]], amount: Money, count: int) -> Money:
    """The amounts of each number from 0 on, added up; `count` is above the largest.

    No sum of lines can be too large for 64 bits: `largest_sums` has seen to it when the fact tables were made.
    """
    into = np.zeros(count, dtype=np.int64)
    np.add.at(into, number, amount)
    return into


def months_of(times: Times) -> Months:
    """Months since January of the year 1; NONE for what is not a time."""
    months = times.astype("datetime64[M]").astype(np.int64) - _YEAR_1
    return np.where(np.isnat(times), NONE, months).astype(np.int32)


def marked(number: npt.NDArray[np.integer[Any]], count: int) -> Flags:
    """Which numbers below `count` occur; one more element at the end says whether NONE does."""
    found = np.zeros(count + 1, dtype=np.bool_)
    found[number] = True
    return found
