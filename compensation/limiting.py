"""Applying limits to awards: caps by windows in order of time, pools by one exact factor, countries by their share.

Works on payout lines where they are kept, else on the totals per period and participant. Everything cut stays visible:
in `Awards.cuts`, line by line and limit by limit, and in the balance, so that it still ties.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

import numba as nb
import numpy as np
import numpy.typing as npt
import polars as pl

from compensation.awards import CAPPED, REASONS, RELEASED, SCALED, Awards, Int32s, Int64s
from compensation.claims import earned_by, exact_round
from compensation.errors import NotRepresentable, PlanMismatch
from compensation.ledger import total_of
from compensation.limited_reversals import brought_down, mirrors
from compensation.quantities import decimal_text, to_minor
from intake.text import say

if TYPE_CHECKING:
    from compensation.evaluation import Evaluation
    from compensation.limits import Limit, Pool

_NO_CAP = np.iinfo(np.int64).max


def apply(limit: Limit, evaluation: Evaluation) -> None:
    """Apply one limit to the awards computed so far.

    Raises:
        NotRepresentable: the cap is finer than the currency.
        PlanMismatch: shares by country where no participant has one.
    """
    bound = [evaluation.awarded[name] for name in limit.components]
    if limit.pool is not None:
        _share_out(limit, limit.pool, evaluation, bound)
    elif limit.country_rates is not None:
        _by_country(limit, limit.country_rates, evaluation, bound)
    else:
        _cap(limit, evaluation, bound)


# Caps


def _cap(limit: Limit, evaluation: Evaluation, bound: list[Awards]) -> None:
    parts = [_entries(awards, evaluation) for awards in bound]
    owner = _owners(limit, evaluation)
    used = np.zeros(evaluation.participants, np.int64)
    earlier = evaluation.state_before(f"limit:{limit.id}")
    if "used" in earlier.numbers:
        rows, values = earlier.numbers["used"]
        used[rows] = values
    waiting = [np.zeros(evaluation.participants, np.int64) for _ in bound]
    for awards, mine in zip(bound, waiting, strict=True):
        if awards.component in earlier.numbers:
            rows, values = earlier.numbers[awards.component]
            mine[rows] = values
    cuts = [np.zeros(len(amount), np.int64) for _, _, amount in parts]
    back = [  # totals alone have no reversals to follow: where there are any, lines are kept
        mirrors(awards, evaluation) if len(awards) else np.full(len(amount), -1)
        for awards, (_, _, amount) in zip(bound, parts, strict=True)
    ]
    not_paid = [np.zeros(len(amount), np.int64) for _, _, amount in parts]
    """Of reversals, what they need not take back because it was never paid."""
    released: list[list[tuple[int, Int32s, Int64s]]] = [[] for _ in bound]
    year = ""
    across = limit.window in ("year", "ever")
    for period in range(len(evaluation.periods)):
        if limit.window == "year" and evaluation.periods[period][:4] != year:
            year = evaluation.periods[period][:4]
            used[:] = 0
        cap = _caps(limit, evaluation, period, owner)
        here = [np.flatnonzero(periods == period) for periods, _, _ in parts]
        for number, index in enumerate(here):
            waits = waiting[number] if limit.excess == "carry" else None
            _bring_down(
                parts[number], index[back[number][index] >= 0], back[number], cuts[number], not_paid[number], waits
            )
        amounts = np.concatenate([part[2][index] for part, index in zip(parts, here, strict=True)])
        who = np.concatenate([part[1][index] for part, index in zip(parts, here, strict=True)])
        part_of = np.repeat(np.arange(len(here)), [len(index) for index in here])
        key, cap_of = owner[who], cap
        if limit.window == "day":
            key, cap_of = _by_day(evaluation, bound, here, key, cap)
        room = np.where(cap_of == _NO_CAP, _NO_CAP, np.maximum(cap_of - (used if across else 0), 0))
        # first between components and positions, then between the lines of each: totals alone give the same
        _, first, sum_of = np.unique(np.stack([part_of, who, key]), axis=1, return_index=True, return_inverse=True)
        sums = np.zeros(len(first), np.int64)
        np.add.at(sums, sum_of.ravel(), amounts)
        from_sums, paid = _cut_the_last(sums, key[first], room)
        cut, _ = _cut_the_last(amounts, sum_of.ravel().astype(np.int32), sums - from_sums)
        for number, index in enumerate(here):
            cuts[number][index] = cut[part_of == number]
        if across:
            used += paid
        if limit.excess == "carry":
            _carry(period, owner, room, paid, parts, here, cuts, waiting, released)
    for number, awards in enumerate(bound):
        cuts[number] += not_paid[number]
        _apply_cuts(awards, evaluation, limit.id, cuts[number], CAPPED, released[number], waiting[number])
        rows = np.flatnonzero(waiting[number]).astype(np.int32)
        if len(rows):
            evaluation.limit_state(limit.id).numbers[awards.component] = (rows, waiting[number][rows])
    if across:
        rows = np.flatnonzero(used).astype(np.int32)
        evaluation.limit_state(limit.id).numbers["used"] = (rows, used[rows])


def _bring_down(
    part: tuple[Int32s, Int32s, Int64s],
    reversals: npt.NDArray[np.intp],
    back: Int64s,
    cuts: Int64s,
    not_paid: Int64s,
    waiting: Int64s | None,
) -> None:
    """Let reversals of a period take back no more than the cap had let be paid of their orders."""
    _, rows, amounts = part
    for line in reversals.tolist():
        of, amount = int(back[line]), int(amounts[line])
        left = brought_down(amount, int(amounts[of]), int(cuts[of]))
        if waiting is not None:  # what still waits is given up; what was released since is taken back
            left = min(left, 0) if waiting[rows[line]] >= left - amount else amount + int(waiting[rows[line]])
            waiting[rows[line]] -= left - amount
        not_paid[line] = amount - left
        amounts[line] = left


def _entries(awards: Awards, evaluation: Evaluation) -> tuple[Int32s, Int32s, Int64s]:
    """Period, participant and amount of everything paid: line by line, or as totals; 0 for lines that are not paid."""
    if len(awards):
        amount = np.where(awards.counted(), awards.amount, 0)
        return awards.periods(evaluation.period), np.maximum(awards.participant, 0), amount
    if not awards.earned:
        return np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int64)
    period = np.concatenate([np.full(len(rows), index, np.int32) for index, rows, _, _ in awards.earned])
    return (
        period,
        np.concatenate([part[1] for part in awards.earned]),
        np.concatenate([part[3] for part in awards.earned]),
    )


def _owners(limit: Limit, evaluation: Evaluation) -> Int32s:
    """By row, the row that stands for all positions under one cap."""
    own = np.arange(evaluation.participants, dtype=np.int32)
    person = evaluation.column("person")
    if limit.per == "position" or person.null_count() == len(person):
        return own
    named = pl.DataFrame({"person": person, "row": own}).with_columns(first=pl.col("row").min().over("person"))
    return np.where(person.is_null().to_numpy(), own, named["first"].to_numpy()).astype(np.int32)


def _caps(limit: Limit, evaluation: Evaluation, period: int, owner: Int32s) -> Int64s:
    """The cap by owner row; of several positions the highest counts."""
    result = np.full(evaluation.participants, _NO_CAP)
    if limit.cap is not None:
        result[:] = _minor(limit, limit.cap, evaluation)
    elif limit.cap_by_rank is not None and evaluation.plan.ranks is not None:
        by_rank = np.full(len(evaluation.plan.ranks.order) + 1, _NO_CAP)
        for name, amount in limit.cap_by_rank.items():
            by_rank[evaluation.plan.ranks.index(name)] = _minor(limit, amount, evaluation)
        result = by_rank[evaluation.rank(period)]
    elif limit.cap_from is not None:
        values, stated = evaluation.facts.numbers(limit.cap_from, period, evaluation.scale)
        result = np.where(stated, values, _NO_CAP)
    highest = np.zeros(evaluation.participants, np.int64)
    np.maximum.at(highest, owner, result)
    return highest


def _minor(limit: Limit, amount: Fraction, evaluation: Evaluation) -> int:
    minor = to_minor(amount, evaluation.scale)
    if minor is None:
        raise NotRepresentable(f"limit {limit.id!r}", decimal_text(amount), evaluation.plan.currency, evaluation.scale)
    return minor


def _by_day(
    evaluation: Evaluation, bound: list[Awards], here: list[npt.NDArray[np.intp]], key: Int32s, cap: Int64s
) -> tuple[Int32s, Int64s]:
    """Owner and day as one key, and its cap; what has no date stands under one day of its own."""
    days = []
    local = evaluation.orders["date"].cast(pl.Datetime("us"))
    if evaluation.plan.timezone != "UTC":
        local = local.dt.replace_time_zone("UTC").dt.convert_time_zone(evaluation.plan.timezone)
    day = local.dt.date().cast(pl.Int32).fill_null(-1).to_numpy()
    for awards, index in zip(bound, here, strict=True):
        event = awards.order if awards.paid_with is None else awards.paid_with
        days.append(np.append(day, np.int32(-1))[event[index]])
    pairs = key.astype(np.int64) << 32 | (np.concatenate(days).astype(np.int64) & 0xFFFFFFFF)
    found, inverse = np.unique(pairs, return_inverse=True)
    return inverse.astype(np.int32), cap[(found >> 32).astype(np.int64)]


@nb.njit(cache=True, nogil=True)
def _cut_the_last(amount: Int64s, key: Int32s, room: Int64s) -> tuple[Int64s, Int64s]:
    """What each line loses so that no key is paid more than its room, the last lines first; and what each key is paid."""
    paid = np.zeros(room.shape[0], np.int64)
    for i in range(amount.shape[0]):
        paid[key[i]] += amount[i]
    cut = np.zeros(amount.shape[0], np.int64)
    for i in range(amount.shape[0] - 1, -1, -1):
        over = paid[key[i]] - room[key[i]]
        if over > 0 and amount[i] > 0:
            cut[i] = min(over, amount[i])
            paid[key[i]] -= cut[i]
    return cut, paid


def _carry(
    period: int,
    owner: Int32s,
    room: Int64s,
    paid: Int64s,
    parts: list[tuple[Int32s, Int32s, Int64s]],
    here: list[npt.NDArray[np.intp]],
    cuts: list[Int64s],
    waiting: list[Int64s],
    released: list[list[tuple[int, Int32s, Int64s]]],
) -> None:
    """Pay what waits where there is room, the component listed first before the next; then let what was cut wait."""
    left = np.where(room == _NO_CAP, _NO_CAP, np.maximum(room - np.maximum(paid, 0), 0))
    for number, mine in enumerate(waiting):
        rows = np.flatnonzero(mine).astype(np.int32)
        amounts = _take(mine[rows], owner[rows], left)
        mine[rows] -= amounts
        some = amounts > 0
        if some.any():
            released[number].append((period, rows[some], amounts[some]))
    for number, index in enumerate(here):
        np.add.at(waiting[number], parts[number][1][index], cuts[number][index])


@nb.njit(cache=True, nogil=True)
def _take(wanted: Int64s, key: Int32s, left: Int64s) -> Int64s:
    taken = np.zeros(wanted.shape[0], np.int64)
    for i in range(wanted.shape[0]):
        taken[i] = min(wanted[i], left[key[i]])
        left[key[i]] -= taken[i]
    return taken


# Pools


def _share_out(limit: Limit, pool: Pool, evaluation: Evaluation, bound: list[Awards]) -> None:
    most = _pools(limit.id, pool, evaluation)
    factors: list[Fraction] = []
    exact = [_exact(awards) for awards in bound]
    back = [mirrors(awards, evaluation) for awards in bound]
    for period in range(len(evaluation.periods)):
        total = Fraction(0)
        for awards, of, (bases, rates, values) in zip(bound, back, exact, strict=True):
            mine = awards.counted() & (of < 0) & (awards.periods(evaluation.period) == period)
            for index, rate in enumerate(rates):
                total += int(bases[mine & (values == index)].sum()) * rate
        factors.append(most[period] / total if total > most[period] >= 0 else Fraction(1))
    for awards, of, (bases, rates, values) in zip(bound, back, exact, strict=True):
        component = evaluation.plan.component(awards.component)
        periods = awards.periods(evaluation.period)
        counted = awards.counted() & (of < 0)
        cut = np.zeros(len(awards), np.int64)
        for period, factor in enumerate(factors):
            mine = np.flatnonzero(counted & (periods == period))
            if factor == 1 or not len(mine):
                continue
            scaled = [rate * factor for rate in rates]
            amount = exact_round(component, evaluation, bases[mine], values[mine], scaled, awards.participant[mine])
            cut[mine] = awards.amount[mine] - amount
        for line in np.flatnonzero(of >= 0).tolist():
            amount_of, first = int(awards.amount[line]), int(of[line])
            cut[line] = amount_of - brought_down(amount_of, int(awards.amount[first]), int(cut[first]))
        _apply_cuts(awards, evaluation, limit.id, cut, SCALED, [], None)


def _pools(limit: str, pool: Pool, evaluation: Evaluation) -> list[Fraction]:
    """The most that may be paid in each period, minor units."""
    if pool.of_fact is not None:
        stated = [evaluation.facts.of_company(pool.of_fact, period) for period in range(len(evaluation.periods))]
        return [-Fraction(1) if each is None else each * pool.share * 10**evaluation.scale for each in stated]
    assert pool.of is not None
    base = np.where(evaluation.selected(pool.orders), evaluation.base(pool.of), 0)
    sums = [total_of(base[evaluation.period == each], limit) for each in range(len(evaluation.periods))]
    return [max(each, 0) * evaluation.factor(pool.of) * pool.share for each in sums]


def _exact(awards: Awards) -> tuple[Int64s, list[Fraction], npt.NDArray[np.int32]]:
    """Of each line the base and the rate before rounding; lines that a limit cut already count with what is left."""
    bases, values = awards.bases().copy(), awards.rate.astype(np.int32)
    touched = np.flatnonzero(values < 0)
    if awards.cuts:
        touched = np.flatnonzero((values < 0) | (sum(cut for _, cut in awards.cuts) != 0))
    rates = [*awards.exact, Fraction(1)]
    bases[touched] = awards.amount[touched]
    values[touched] = len(rates) - 1
    return bases, rates, values


# Countries


def _by_country(
    limit: Limit, shares: Mapping[str, Fraction], evaluation: Evaluation, bound: list[Awards]
) -> None:  # fmt: skip
    country = evaluation.column("country")
    if country.null_count() == len(country):
        raise PlanMismatch(
            say(
                "limit {limit!r} pays by country, but no participant has one; import the column that "
                "holds it, or leave the limit out",
                "يُصرف الحد {limit!r} بحسب البلد، لكن لا بلد مسجَّلًا لأي مشارك. يُرجى استيراد العمود "
                "الذي يحمله، أو حذف الحد",
                limit=limit.id,
            )
        )
    for awards in bound:
        component = evaluation.plan.component(awards.component)
        bases, rates, values = _exact(awards)
        statement = awards.periods(evaluation.period).astype(np.int64) * evaluation.participants + awards.participant
        cut = np.zeros(len(awards), np.int64)
        for name, share in shares.items():
            there = np.append((country == name).fill_null(value=False).to_numpy(), False)
            mine = np.flatnonzero(awards.counted() & there[awards.participant])
            if not len(mine):
                continue
            scaled = [rate * share for rate in rates]
            cut[mine] = awards.amount[mine] - exact_round(
                component, evaluation, bases[mine], values[mine], scaled, statement[mine]
            )
        _apply_cuts(awards, evaluation, limit.id, cut, SCALED, [], None)


# Putting it down


def _apply_cuts(
    awards: Awards,
    evaluation: Evaluation,
    limit: str,
    cut: Int64s,
    reason: str,
    released: list[tuple[int, Int32s, Int64s]],
    waiting: Int64s | None,
) -> None:
    """Take the cuts off the awards, keep them in sight, and let the balance tie again."""
    held = 0 if waiting is None else int(waiting.sum())
    let_go = sum(int(amounts.sum()) for _, _, amounts in released)
    lost = int(cut.sum()) - held - let_go
    awards.balance.paid -= held + lost
    awards.balance.held += held
    if lost:
        awards.balance.breakage[reason] = awards.balance.breakage.get(reason, 0) + lost
    if len(awards) or not awards.earned:
        period = awards.periods(evaluation.period)
        if lost:
            where = np.flatnonzero(cut)
            for each in np.unique(period[where]):
                mine = where[period[where] == each]
                awards.breakage.append((int(each), 0, reason, len(mine), int(cut[mine].sum())))
        awards.amount = awards.amount - cut
        awards.cuts.append((limit, cut))
        _add_released(awards, evaluation, released)
        paid = awards.counted()
        awards.earned = earned_by(
            awards.periods(evaluation.period)[paid], awards.participant[paid], awards.amount[paid]
        )
        return
    start = 0
    totals = []
    for index, rows, counts, amounts in awards.earned:
        mine = cut[start : start + len(rows)]
        start += len(rows)
        if lost and mine.any():
            awards.breakage.append((index, 0, reason, int(np.count_nonzero(mine)), int(mine.sum())))
        totals.append((index, rows, counts, amounts - mine))
    awards.earned = totals + [(period, rows, np.ones(len(rows), np.int64), each) for period, rows, each in released]


def _add_released(awards: Awards, evaluation: Evaluation, released: list[tuple[int, Int32s, Int64s]]) -> None:
    """Lines for what an earlier period's cap kept back and this one pays."""
    if not released:
        return
    period = np.concatenate([np.full(len(rows), index, np.int32) for index, rows, _ in released])
    rows = np.concatenate([part[1] for part in released])
    amounts = np.concatenate([part[2] for part in released])
    count, none = len(rows), np.full(len(rows), -1)
    awards.period = np.concatenate([awards.periods(evaluation.period), period]).astype(np.int32)
    awards.base = np.concatenate([awards.bases(), np.zeros(count, np.int64)])
    if awards.source is not None:
        awards.source = np.concatenate([awards.source, none]).astype(np.int32)
    if awards.paid_with is not None:
        awards.paid_with = np.concatenate([awards.paid_with, none]).astype(np.int32)
    awards.order = np.concatenate([awards.order, none]).astype(np.int32)
    awards.participant = np.concatenate([awards.participant, rows]).astype(np.int32)
    awards.level = np.concatenate([awards.level, np.zeros(count, np.int16)])
    awards.rate = np.concatenate([awards.rate, none]).astype(np.int16)
    awards.amount = np.concatenate([awards.amount, amounts])
    awards.status = np.concatenate([awards.status, np.full(count, RELEASED, np.int8)])
    awards.note = np.concatenate([awards.note, np.full(count, REASONS.index(CAPPED))]).astype(np.int16)
    awards.cuts = [(limit, np.concatenate([cut, np.zeros(count, np.int64)])) for limit, cut in awards.cuts]
