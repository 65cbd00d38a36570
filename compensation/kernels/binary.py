"""Matching the two legs of binary positions, compiled: one position after the other, each by itself.

`match` holds the two legs of each position against each other; it fills rows of (position, what was taken, how
often, paid or lost) and says where it stopped when they are full. Volume of one side is `fresh` (this period's) plus
`old` by age; what leaves a side leaves the oldest first. A negative side is a debt, and then it is all in `fresh`.

The plain twin that this is held to is in tests/compensation/slow_binary.py.
"""

from __future__ import annotations

from typing import Any, Final

import numba as nb

from compensation.kernels.rounding import product

NO_LIMIT: Final = 1 << 62
PAIRS: Final = 0
VOLUME: Final = 1
MONEY: Final = 2
CAP_KINDS: Final = {"pairs": PAIRS, "volume": VOLUME, "amount": MONEY}

BOTH: Final = 0
STRONG: Final = 1
NOTHING: Final = 2
CARRY: Final = {"both": BOTH, "strong": STRONG, "none": NOTHING}

KEEP: Final = 0
LOSE_NEW: Final = 1
LOSE_ALL: Final = 2
UNQUALIFIED: Final = {"keep": KEEP, "lose_new": LOSE_NEW, "lose_all": LOSE_ALL}

AS_MONEY: Final = -1
"""The kind of a filled row whose base is minor units of money, and not volume or pairs."""

IN, MATCHED, FLUSHED, EXPIRED = 0, 2, 4, 6
"""Columns of `flow`, each for the left leg; the right one is next to it."""


@nb.njit(cache=True, nogil=True)
def cycles(a: int, b: int, ua: int, ub: int, strong_weak: bool, most: int) -> tuple[int, int, int]:
    """Pairs that legs of `a` and `b` make, at most so many, and what is left of both.

    With `strong_weak` each pair takes `ua` from the leg that has more just then (on a tie the left) and `ub` from the
    other. First the same leg is the strong one again and again; once the legs are level, they take turns.
    """
    if a <= 0 or b <= 0 or most <= 0:
        return 0, a, b
    if not strong_weak or ua == ub:
        k = min(a // ua, b // ub, most)
        return k, a - k * ua, b - k * ub
    made = 0
    gap = ua - ub
    if a >= b:
        k = min((a - b) // gap, a // ua, b // ub, most)
        a, b, made = a - k * ua, b - k * ub, k
    else:
        k = min((b - a + gap - 1) // gap, b // ua, a // ub, most)
        a, b, made = a - k * ub, b - k * ua, k
    if abs(a - b) <= gap:
        turns = min(min(a, b) // (ua + ub) - 1, (most - made) // 2)
        if turns > 0:
            a, b, made = a - turns * (ua + ub), b - turns * (ua + ub), made + 2 * turns
    while made < most:
        if a >= b:
            if a < ua or b < ub:
                break
            a, b = a - ua, b - ub
        else:
            if b < ua or a < ub:
                break
            a, b = a - ub, b - ua
        made += 1
    return made, a, b


@nb.njit(cache=True, nogil=True, inline="always")
def _remove(amount: int, fresh: Any, old: Any, i: int) -> None:
    """Take volume from a side, the oldest first."""
    for age in range(old.shape[1] - 1, -1, -1):
        here = old[i, age]
        if here > 0:
            part = min(here, amount)
            old[i, age] = here - part
            amount -= part
    fresh[i] -= amount


@nb.njit(cache=True, nogil=True, inline="always")
def _add(amount: int, fresh: Any, old: Any, i: int) -> int:
    """Add volume to a side, or take it back; a debt is in `fresh` only, and only where nothing old is left."""
    fresh[i] += amount
    total = 0
    for age in range(old.shape[1]):
        if old[i, age] < 0:
            fresh[i] += old[i, age]
            old[i, age] = 0
        total += old[i, age]
    if fresh[i] < 0 and total > 0:
        taken = min(-fresh[i], total)
        fresh[i] += taken
        _remove_old(taken, old, i)
        total -= taken
    has: int = total + fresh[i]
    return has


@nb.njit(cache=True, nogil=True, inline="always")
def _remove_old(amount: int, old: Any, i: int) -> None:
    for age in range(old.shape[1] - 1, -1, -1):
        part = min(old[i, age], amount)
        old[i, age] -= part
        amount -= part


@nb.njit(cache=True, nogil=True)
def match(
    start: int, settled: bool,
    new_left: Any, new_right: Any, own: Any, may: Any, pay: Any,
    fresh_left: Any, fresh_right: Any, old_left: Any, old_right: Any, first_done: Any, weak: Any,
    percentage: bool, unit_a: Any, unit_b: Any, strong_weak: Any, once: bool, first_a: Any, first_b: Any,
    cap_kind: Any, cap_carried: Any, cap_limit: Any, cap_used: Any, cap_rest: Any,
    numerator: Any, denominator: int,
    carry: int, unqualified: int, drop_debt: bool, side_limit: Any,
    flow: Any, sums: Any, out_row: Any, out_kind: Any, out_base: Any, out_lost: Any,
) -> tuple[int, int]:  # fmt: skip
    """Match the legs of every position from `start` on.

    Args:
        settled: whether who gets nothing new can be passed over, because the matching before left nothing to match.
        new_left, new_right: volume of this matching; own: own volume for the weaker leg (empty: none).
        may: who can earn; pay: class of pay, a column of `numerator`.
        fresh_*, old_*: both sides, see above; first_done: who made the first pair (empty: as any other).
        weak: the weaker leg is written here.
        unit_*, strong_weak: by kind of take, highest step first; first_*: ratios of the first pair as volume. Where there
            is a first pair it is kind 0, and the units begin at kind 1.
        cap_*: by cap, and by cap and position; `cap_rest` is the fraction of money used, over the denominator.
        numerator: [kind, class], minor units per unit of base, over the denominator.
        flow: per position what came, was matched, flushed, expired, by side; empty where nobody asks. sums: the same in all.
        out_*: rows to fill.

    Returns:
        The position to go on from, and the number of rows filled.
    """
    filled = 0
    kinds = numerator.shape[0]
    caps = cap_kind.shape[0]
    firsts = 1 if first_a.shape[0] > 0 else 0
    for i in range(start, new_left.shape[0]):
        if filled + 3 * kinds > out_row.shape[0]:
            return i, filled
        left_in, right_in = new_left[i], new_right[i]
        if settled and left_in == 0 and right_in == 0 and (own.shape[0] == 0 or own[i] == 0):
            continue
        if own.shape[0] > 0 and own[i] != 0:
            has_left, has_right = fresh_left[i] + left_in, fresh_right[i] + right_in
            for age in range(old_left.shape[1]):
                has_left += old_left[i, age]
                has_right += old_right[i, age]
            if has_left < has_right:
                left_in += own[i]
            else:
                right_in += own[i]
        left_has = _add(left_in, fresh_left, old_left, i)
        right_has = _add(right_in, fresh_right, old_right, i)
        if left_has == 0 and right_has == 0 and left_in == 0 and right_in == 0:
            weak[i] = 0
            continue
        a, b = max(left_has, 0), max(right_has, 0)
        weak[i] = min(a, b)
        left_is_strong = a >= b
        left_was, right_was = a, b
        held_back = False
        lost_left, lost_right = 0, 0
        if may[i] and a > 0 and b > 0:
            for kind in range(kinds):
                first = kind < firsts
                chosen = -1
                size = 1
                if first:
                    if first_done[i]:
                        continue
                    for step in range(first_a.shape[0]):
                        f = step if left_is_strong else first_a.shape[0] - 1 - step
                        if a >= first_a[f] and b >= first_b[f]:
                            chosen = f
                            break
                    if chosen < 0:
                        # no other pair comes before the first
                        break
                    size = min(first_a[chosen], first_b[chosen])
                elif not percentage:
                    size = min(unit_a[kind - firsts], unit_b[kind - firsts])
                share = numerator[kind, pay[i]]
                # how much room the caps leave: what is carried bounds what is matched, what is flushed what is paid
                room_matched, room_paid, room_money = NO_LIMIT, NO_LIMIT, NO_LIMIT
                for c in range(caps):
                    if cap_limit[c, i] >= NO_LIMIT:
                        continue
                    room = cap_limit[c, i] - cap_used[c, i]
                    if cap_kind[c] == MONEY and cap_rest[c, i] > 0:
                        room -= 1
                    room = max(room, 0)
                    if cap_kind[c] == MONEY:
                        room_money = min(room_money, room)
                        if not cap_carried[c]:
                            continue
                        if share > 0 and room < NO_LIMIT // denominator:
                            money = room * denominator
                            room_matched = min(room_matched, -(-money // share) if percentage else money // share)
                        continue
                    if cap_kind[c] == VOLUME and not percentage:
                        room = room // size
                    if cap_carried[c]:
                        room_matched = min(room_matched, room)
                    else:
                        room_paid = min(room_paid, room)
                before_a, before_b = a, b
                count = 0
                if percentage:
                    count = min(a, b, room_matched)
                    held_back = count < min(a, b)
                    a -= count
                    b -= count
                elif first:
                    if room_matched > 0:
                        count = 1
                        a -= first_a[chosen]
                        b -= first_b[chosen]
                        first_done[i] = True
                    else:
                        held_back = True
                else:
                    most = 1 if once else NO_LIMIT
                    ua, ub, sw = unit_a[kind - firsts], unit_b[kind - firsts], strong_weak[kind - firsts]
                    count, a, b = cycles(a, b, ua, ub, sw, min(most, room_matched))
                    if room_matched < most and count == room_matched:
                        more, _, _ = cycles(a, b, ua, ub, sw, 1)
                        held_back = more > 0
                if count > 0:
                    lost_left += before_a - a
                    lost_right += before_b - b
                    paid = min(count, room_paid)
                    whole, rest = 0, 0
                    if room_money < NO_LIMIT:
                        whole, rest = product(paid, share, denominator)
                    if room_money < NO_LIMIT and (whole > room_money or (whole == room_money and rest > 0)):
                        # money is what binds: the cap is paid, and all that was matched but for it is lost
                        whole, rest = room_money, 0
                        if whole > 0:
                            out_row[filled], out_kind[filled] = i, AS_MONEY
                            out_base[filled], out_lost[filled] = whole, False
                            out_row[filled + 1], out_kind[filled + 1] = i, AS_MONEY
                            out_base[filled + 1], out_lost[filled + 1] = -whole, True
                            filled += 2
                        out_row[filled], out_kind[filled] = i, kind
                        out_base[filled], out_lost[filled] = count, True
                        filled += 1
                    else:
                        if paid > 0:
                            out_row[filled], out_kind[filled] = i, kind
                            out_base[filled], out_lost[filled] = paid, False
                            filled += 1
                        if paid < count:
                            out_row[filled], out_kind[filled] = i, kind
                            out_base[filled], out_lost[filled] = count - paid, True
                            filled += 1
                    for c in range(caps):
                        # a carried cap has seen what was matched, a flushed one what was paid
                        seen = count if cap_carried[c] else paid
                        if cap_kind[c] == MONEY:
                            if cap_carried[c]:
                                money, part = product(count, share, denominator)
                                if money >= cap_limit[c, i] - cap_used[c, i]:
                                    money, part = cap_limit[c, i] - cap_used[c, i], -cap_rest[c, i]
                            else:
                                money, part = whole, rest
                            cap_used[c, i] += money
                            cap_rest[c, i] += part
                            if cap_rest[c, i] >= denominator:
                                cap_rest[c, i] -= denominator
                                cap_used[c, i] += 1
                        elif cap_kind[c] == VOLUME:
                            cap_used[c, i] += seen * size
                        else:
                            cap_used[c, i] += seen
                if held_back or (once and count > 0 and not first):
                    # what is reached waits for room; nothing lower is taken in its place
                    break
            _remove(lost_left, fresh_left, old_left, i)
            _remove(lost_right, fresh_right, old_right, i)
        # what is left, and what of it goes
        flushed_left, flushed_right = 0, 0
        rest_left, rest_right = left_was - lost_left, right_was - lost_right
        if carry == NOTHING or (not may[i] and unqualified == LOSE_ALL):
            flushed_left, flushed_right = rest_left, rest_right
        elif not may[i]:
            if unqualified == LOSE_NEW:
                gone_left = max(0, min(left_in, fresh_left[i]))
                gone_right = max(0, min(right_in, fresh_right[i]))
                fresh_left[i] -= gone_left
                fresh_right[i] -= gone_right
                sums[FLUSHED] += gone_left
                sums[FLUSHED + 1] += gone_right
                if flow.shape[0] > 0:
                    flow[i, FLUSHED] += gone_left
                    flow[i, FLUSHED + 1] += gone_right
                rest_left -= gone_left
                rest_right -= gone_right
        elif carry == STRONG and not held_back:
            if left_is_strong:
                flushed_right = rest_right
            else:
                flushed_left = rest_left
        flushed_left = max(flushed_left, rest_left - side_limit[i])
        flushed_right = max(flushed_right, rest_right - side_limit[i])
        if flushed_left > 0:
            _remove(flushed_left, fresh_left, old_left, i)
        if flushed_right > 0:
            _remove(flushed_right, fresh_right, old_right, i)
        flushed_left, flushed_right = max(flushed_left, 0), max(flushed_right, 0)
        if drop_debt and left_has < 0:
            flushed_left += left_has
            fresh_left[i] = 0
        if drop_debt and right_has < 0:
            flushed_right += right_has
            fresh_right[i] = 0
        sums[IN] += left_in
        sums[IN + 1] += right_in
        sums[MATCHED] += lost_left
        sums[MATCHED + 1] += lost_right
        sums[FLUSHED] += flushed_left
        sums[FLUSHED + 1] += flushed_right
        if flow.shape[0] > 0:
            flow[i, IN] += left_in
            flow[i, IN + 1] += right_in
            flow[i, MATCHED] += lost_left
            flow[i, MATCHED + 1] += lost_right
            flow[i, FLUSHED] += flushed_left
            flow[i, FLUSHED + 1] += flushed_right
    return new_left.shape[0], filled


@nb.njit(cache=True, nogil=True)
def close(fresh: Any, old: Any, ages: bool, gone: Any, side: int, flow: Any, sums: Any) -> None:
    """The end of a period for one side: volume grows older by one period, the oldest expires.

    Args:
        ages: whether volume expires; without, there is one age only.
        gone: who loses what is carried (empty: nobody).
    """
    last = old.shape[1] - 1
    for i in range(fresh.shape[0]):
        if gone.shape[0] > 0 and gone[i]:
            expired = max(fresh[i], 0)
            for age in range(last + 1):
                expired += max(old[i, age], 0)
                old[i, age] = 0
            old[i, 0] = min(fresh[i], 0)
        elif ages:
            expired = old[i, last]
            for age in range(last, 0, -1):
                old[i, age] = old[i, age - 1]
            old[i, 0] = fresh[i]
        else:
            expired = 0
            old[i, 0] += fresh[i]
        fresh[i] = 0
        if expired != 0:
            sums[EXPIRED + side] += expired
            if flow.shape[0] > 0:
                flow[i, EXPIRED + side] += expired
