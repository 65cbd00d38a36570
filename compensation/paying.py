"""From earnings to payments, by the plan's rule: what matures, what is paid out, what is brought forward or owed.

Every unit earned is paid out, waiting, brought forward or owed. Balances cross periods and stand in the saved state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from compensation.awards import Int32s, Int64s, State
from compensation.claims import earned_by
from compensation.errors import NotRepresentable
from compensation.ledger import total_of
from compensation.periods import close_of, ordinal, period_names
from compensation.quantities import decimal_text, to_minor
from intake.text import Text

if TYPE_CHECKING:
    from compensation.evaluation import Evaluation
    from compensation.payment import Payment

STATE = "payment"
"""Under which name the balances stand in the saved state."""

STATEMENTS: dict[str, pl.DataType] = {
    "period": pl.String(),
    "participant_id": pl.String(),
    "earned": pl.Int64(),
    "matured": pl.Int64(),
    "brought_forward": pl.Int64(),
    "paid_out": pl.Int64(),
    "carried_forward": pl.Int64(),
    "owed": pl.Int64(),
    "waiting": pl.Int64(),
}
"""Minor units of the plan's currency. brought_forward + matured = paid_out + carried_forward - (debt newly kept apart);
`owed` and `waiting` are what is kept apart and what has not matured at the period's close."""


def pay_out(payment: Payment, evaluation: Evaluation) -> pl.DataFrame:
    """The statements of every participant and period in which something was earned, waits, or is paid.

    Raises:
        NotRepresentable: the minimum is finer than the currency.
        AmountOverflow: all earnings together do not fit 64 bits.
    """
    least = to_minor(payment.minimum, evaluation.scale)
    if least is None:
        where, currency = "payment.minimum", evaluation.plan.currency
        raise NotRepresentable(where, decimal_text(payment.minimum), currency, evaluation.scale)
    earned_in, matures_in, rows, amounts = _earnings(payment, evaluation)
    people = evaluation.participants
    before = evaluation.state_before(STATE)
    balance, owed, waiting = (_array(before, name, people) for name in ("balance", "owed", "waiting"))
    old_waiting = {
        int(name.removeprefix("matures+")): values
        for name, values in before.numbers.items()
        if name.startswith("matures+")
    }
    frames = []
    ids = pl.Series(evaluation.network.ids, dtype=pl.String)
    for period, name in enumerate(evaluation.periods):
        earned = _sums(rows, amounts, earned_in == period, people)
        matured = _sums(rows, amounts, matures_in == period, people)
        if period in old_waiting:
            np.add.at(matured, old_waiting[period][0], old_waiting[period][1])
        brought = balance.copy()
        balance += matured
        waiting += earned - matured
        if payment.negative_balance == "owed":
            owed -= np.minimum(balance, 0)
            balance = np.maximum(balance, 0)
        paid = np.where((balance >= least) & (balance > 0), balance, 0)
        balance -= paid
        shown = np.flatnonzero(earned | matured | brought | paid | waiting)
        frames.append(
            pl.DataFrame(
                {
                    "period": pl.Series([name], dtype=pl.String).new_from_index(0, len(shown)),
                    "participant_id": ids.gather(pl.Series(shown.astype(np.int32))),
                    "earned": earned[shown],
                    "matured": matured[shown],
                    "brought_forward": brought[shown],
                    "paid_out": paid[shown],
                    "carried_forward": balance[shown],
                    "owed": owed[shown],
                    "waiting": waiting[shown],
                }
            )
        )
    _save(evaluation, {"balance": balance, "owed": owed, "waiting": waiting}, (matures_in, rows, amounts), old_waiting)
    return pl.concat(frames) if frames else pl.DataFrame(schema=STATEMENTS)


def _earnings(payment: Payment, evaluation: Evaluation) -> tuple[Int32s, Int32s, Int32s, Int64s]:
    """Everything earned in the plan's currency: period, period of maturity, participant and amount."""
    parts: list[tuple[Int32s, Int32s, Int32s, Int64s]] = []
    for awards in evaluation.awarded.values():
        if evaluation.plan.component(awards.component).currency not in (None, evaluation.plan.currency):
            continue  # points and credits in kind are not paid out
        if payment.hold_days and len(awards):
            counted = awards.counted()
            period = awards.periods(evaluation.period)[counted]
            event = (awards.order if awards.paid_with is None else awards.paid_with)[counted]
            matures = _after_days(payment.hold_days, evaluation, period, event)
            parts.append((period, matures, awards.participant[counted], awards.amount[counted]))
            continue
        counted = awards.counted()
        for index, rows, _, amounts in awards.earned or earned_by(
            awards.periods(evaluation.period)[counted], awards.participant[counted], awards.amount[counted]
        ):
            period = np.full(len(rows), index, np.int32)
            parts.append((period, period + np.int32(payment.hold_periods), rows, amounts))
    if not parts:
        none = np.empty(0, np.int32)
        return none, none, none, np.empty(0, np.int64)
    earned, matures, rows, amounts = (np.concatenate([part[i] for part in parts]) for i in range(4))
    total_of(amounts, STATE, Text(en="the sum of all earnings", ar="مجموع كل المستحقات"))
    return earned, matures, rows, amounts


def _after_days(days: int, evaluation: Evaluation, period: Int32s, order: Int32s) -> Int32s:
    """The period in which each award matures: that of its order's date and so many days, never before its own.

    What has no dated order counts from the last second of its period. Periods after the last one are counted on by the
    calendar, so that the saved state lets each award mature when one computation over all periods would.
    """
    plan = evaluation.plan
    closes = [close_of(name, plan.period, plan.timezone) for name in evaluation.periods]
    ends = pl.Series([None if close is None else (close - 1) * 1000 for close in closes], dtype=pl.Int64)
    starts = pl.concat([evaluation.orders["date"].cast(pl.Datetime("ms")), ends.cast(pl.Datetime("ms"))])
    names = period_names(starts.dt.offset_by(f"{days}d"), plan.period, plan.timezone)
    index: dict[str, int] = {name: position for position, name in enumerate(evaluation.periods)}
    known = [number for name in evaluation.periods if (number := ordinal(name, plan.period)) is not None]
    for name in set(names.unique().to_list()) - index.keys():
        number = ordinal(name, plan.period)
        beyond = number - max(known) - 1 if number is not None and known else 0
        index[name] = len(evaluation.periods) + beyond if beyond >= 0 else 0
    later = names.replace_strict(index, return_dtype=pl.Int32).to_numpy()
    undated = starts.is_null().to_numpy()
    by_start = np.where(undated, -1, later)
    dated = (order >= 0) & ~undated[order]
    matures: Int32s = np.maximum(by_start[np.where(dated, order, len(evaluation.orders) + period)], period)
    return matures.astype(np.int32)


def _sums(rows: Int32s, amounts: Int64s, chosen: np.ndarray[tuple[int], np.dtype[np.bool_]], people: int) -> Int64s:
    result = np.zeros(people, np.int64)
    np.add.at(result, rows[chosen], amounts[chosen])
    return result


def _array(state: State, name: str, people: int) -> Int64s:
    result = np.zeros(people, np.int64)
    if name in state.numbers:
        rows, values = state.numbers[name]
        result[rows] = values
    return result


def _save(
    evaluation: Evaluation,
    closing: dict[str, Int64s],
    earnings: tuple[Int32s, Int32s, Int64s],
    earlier: dict[int, tuple[Int32s, Int64s]],
) -> None:
    """Balances, and what matures after these periods: `matures+0` in the first period that follows."""
    state = State()
    for name, values in closing.items():
        rows = np.flatnonzero(values).astype(np.int32)
        if len(rows):
            state.numbers[name] = (rows, values[rows])
    matures, people, amounts = earnings
    after = len(evaluation.periods)
    sums = {int(period): _sums(people, amounts, matures == period, evaluation.participants)
            for period in np.unique(matures[matures >= after])}  # fmt: skip
    for period, (rows, values) in earlier.items():
        if period >= after:
            np.add.at(sums.setdefault(period, np.zeros(evaluation.participants, np.int64)), rows, values)
    for period, each in sums.items():
        rows = np.flatnonzero(each).astype(np.int32)
        state.numbers[f"matures+{period - after}"] = (rows, each[rows])
    evaluation.carried[STATE] = state
