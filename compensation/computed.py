"""The result of a computation: awards as a table of lines, totals, breakage, and the proof that nothing is lost.

`Computed.lines` is made from the awards' columns on first use and numbered in a fixed order (component by component
as the plan lists them, each in order of time), so the same records and plan give the same line numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from compensation import saved_state
from compensation.awards import STATUSES, Awards
from compensation.errors import NothingToExplain, TooManyLines
from compensation.evaluation import Evaluation
from compensation.plan import Plan
from compensation.quantities import decimal_text
from compensation.standing import ranking
from intake.text import say

LINES_SCHEMA: dict[str, pl.DataType] = {
    "line": pl.Int64(),
    "period": pl.String(),
    "date": pl.Datetime("ms"),
    "participant_id": pl.String(),
    "component": pl.String(),
    "amount": pl.Int64(),
    "currency": pl.String(),
    "source_order_id": pl.String(),
    "source_participant_id": pl.String(),
    "level": pl.Int32(),
    "rate": pl.String(),
    "base": pl.Int64(),
    "status": pl.String(),
    "note": pl.String(),
    "paid_with_order_id": pl.String(),
}
"""`amount` in minor units; `base` in minor units, thousandths of a point, or pieces, as the component says; `rate` a
fraction, or a fixed amount; `paid_with_order_id` the event that released a line, else the source order."""

MOST_LINES = 30_000_000
"""Lines that `Computed.lines` makes at once; `batches` has no limit."""


@dataclass
class Computed:
    """Every payout that a plan yields on some records."""

    plan: Plan
    evaluation: Evaluation
    awards: list[Awards]
    statements: pl.DataFrame | None = None
    """Where the plan says when earnings are paid out: per period and participant, `paying.STATEMENTS`."""

    @cached_property
    def lines(self) -> pl.DataFrame:
        """Every payout line, columns as in `LINES_SCHEMA`.

        Raises:
            TooManyLines: more than `MOST_LINES`; use `batches`, or `totals`.
        """
        return self.columns(*LINES_SCHEMA)

    def columns(self, *names: str, only: pl.Expr | None = None) -> pl.DataFrame:
        """Some columns of every line, or of those that `only` chooses: less to hold than `lines`.

        Raises:
            TooManyLines: more than `MOST_LINES`; use `batches`, or `totals`.
        """
        if self.line_count > MOST_LINES:
            raise TooManyLines(self.line_count, MOST_LINES)
        frames = [(frame if only is None else frame.filter(only)).select(names) for frame in self.batches()]
        return pl.concat(frames) if frames else pl.DataFrame(schema=LINES_SCHEMA).select(names)

    @property
    def line_count(self) -> int:
        """Number of payout lines."""
        return sum(len(awards) for awards in self.awards)

    def batches(self, rows: int = 1_000_000) -> Iterator[pl.DataFrame]:
        """The lines in frames of at most so many rows."""
        number = 1
        for awards in self.awards:
            for start in range(0, len(awards), rows):
                frame = self._frame(awards, start, min(start + rows, len(awards)), number)
                number += len(frame)
                yield frame

    def write_lines(self, path: Path) -> int:
        """Write the lines to a Parquet file, batch by batch; returns their number."""
        import pyarrow.parquet as pq

        schema = pl.DataFrame(schema=LINES_SCHEMA).to_arrow().schema
        written = 0
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            for frame in self.batches():
                writer.write_table(frame.to_arrow().cast(schema))
                written += len(frame)
        return written

    @cached_property
    def totals(self) -> pl.DataFrame:
        """Paid (and released) per period, participant and component: number of lines and amount."""
        frames = [self._totals(awards) for awards in self.awards]
        return pl.concat(frames).sort("period", "participant_id", "component")

    @cached_property
    def breakage(self) -> pl.DataFrame:
        """What nobody earned, per period, component, level and reason: number and amount."""
        rows = [
            (self.evaluation.periods[period], awards.component, level, reason, number, amount)
            for awards in self.awards
            for period, level, reason, number, amount in awards.breakage
        ]
        schema = {
            "period": pl.String,
            "component": pl.String,
            "level": pl.Int32,
            "reason": pl.String,
            "awards": pl.Int64,
            "amount": pl.Int64,
        }
        return pl.DataFrame(rows, schema=schema, orient="row")

    @cached_property
    def balance(self) -> pl.DataFrame:
        """Per component: allotted = paid + held + breakage + rounding, in minor units; exact where text."""
        rows = []
        for awards in self.awards:
            balance = awards.balance
            rows.append(
                (
                    awards.component,
                    self.currency_of(awards.component),
                    decimal_text(balance.allotted),
                    balance.paid,
                    balance.held,
                    sum(balance.breakage.values()),
                    decimal_text(balance.rounding),
                    balance.ties,
                )
            )
        schema = {
            "component": pl.String,
            "currency": pl.String,
            "allotted": pl.String,
            "paid": pl.Int64,
            "held": pl.Int64,
            "breakage": pl.Int64,
            "rounding": pl.String,
            "ties": pl.Boolean,
        }
        return pl.DataFrame(rows, schema=schema, orient="row")

    @property
    def allotted(self) -> dict[str, Fraction]:
        """By component, what the plan allots at most, minor units."""
        return {awards.component: awards.balance.allotted for awards in self.awards}

    @cached_property
    def state(self) -> pl.DataFrame:
        """What each component carries over to the time after these records (see `saved_state`)."""
        states = {awards.component: awards.state for awards in self.awards if awards.state}
        states |= self.evaluation.carried
        if ranks := ranking.state(self.evaluation):
            states[ranking.OWNER] = ranks
        return saved_state.table(states, pl.Series(self.evaluation.network.ids, dtype=pl.String))

    @cached_property
    def figures(self) -> pl.DataFrame:
        """Carry, qualifying volume and the like at each period's close: period, component, participant_id, name, value.

        `value` is decimal text, or true and false.
        """
        schema = dict.fromkeys(("period", "component", "participant_id", "name", "value"), pl.String)
        ids = pl.Series(self.evaluation.network.ids, dtype=pl.String)
        frames = [pl.DataFrame(schema=schema)]
        found = [(ranking.OWNER, ranking.figures(self.evaluation))]
        found += [(awards.component, awards.figures) for awards in self.awards]
        for owner, figures in found:
            for figure in figures:
                if figure.decimals < 0:
                    values = ["true" if value else "false" for value in figure.values]
                else:
                    values = [decimal_text(Fraction(int(value), 10**figure.decimals)) for value in figure.values]
                frames.append(
                    pl.DataFrame({"participant_id": ids.gather(pl.Series(figure.rows)), "value": values})
                    .with_columns(
                        period=pl.lit(self.evaluation.periods[figure.period]),
                        component=pl.lit(owner),
                        name=pl.lit(figure.name),
                    )
                    .select(pl.col(name).cast(kind) for name, kind in schema.items())
                )
        return pl.concat(frames)

    @property
    def left_out(self) -> pl.DataFrame:
        """Orders in another currency than the plan's: nothing was computed on them."""
        return self.evaluation.left_out

    def numbered(self) -> Iterator[tuple[Awards, int]]:
        """Each component's awards with the number of its first line."""
        first = 1
        for awards in self.awards:
            yield awards, first
            first += len(awards)

    def line(self, number: int) -> tuple[Awards, int, pl.DataFrame]:
        """One payout line: the awards it is in, its index there, and it as a table of one row.

        Raises:
            NothingToExplain: there is no line of that number.
        """
        for awards, first in self.numbered():
            if first <= number < first + len(awards):
                index = number - first
                return awards, index, self._frame(awards, index, index + 1, number)
        raise NothingToExplain(
            say(
                "no payout line {number}; they are numbered 1 to {line_count}",
                "لا يوجد سطر عمولة برقم {number}؛ الأسطر مرقّمة من 1 إلى {line_count}",
                number=number,
                line_count=self.line_count,
            )
        )

    def scale_of(self, component: str) -> int:
        """Decimals of a component's awards."""
        return self.evaluation.scale_of(self.currency_of(component))

    def currency_of(self, component: str) -> str:
        """Currency of a component's awards."""
        return self.plan.component(component).currency or self.plan.currency

    def _frame(self, awards: Awards, start: int, stop: int, number: int) -> pl.DataFrame:
        evaluation = self.evaluation
        cut = slice(start, stop)
        ids = pl.Series(evaluation.network.ids, dtype=pl.String)
        orders = evaluation.orders
        order = awards.order[cut]
        event = order if awards.paid_with is None else awards.paid_with[cut]
        source = _at(evaluation.credited, order) if awards.source is None else awards.source[cut]
        periods = pl.Series(evaluation.periods, dtype=pl.String)
        rates, notes = pl.Series(awards.rates, dtype=pl.String), pl.Series(awards.notes, dtype=pl.String)
        base = awards.base[cut] if awards.base is not None else None
        if base is None and awards.order_base is not None:
            base = awards.order_base[order]
        return pl.DataFrame(
            {
                "line": np.arange(number, number + len(order), dtype=np.int64),
                "period": periods.gather(pl.Series(awards.periods(evaluation.period, cut))),
                "date": _taken(orders["date"], event),
                "participant_id": _taken(ids, awards.participant[cut]),
                "component": pl.Series([awards.component], dtype=pl.String).new_from_index(0, len(order)),
                "amount": awards.amount[cut],
                "currency": pl.Series([self.currency_of(awards.component)]).new_from_index(0, len(order)),
                "source_order_id": _taken(orders["id"], order),
                "source_participant_id": _taken(ids, source),
                "level": awards.level[cut],
                "rate": _taken(rates, awards.rate[cut]),
                "base": base,
                "status": pl.Series(STATUSES, dtype=pl.String).gather(pl.Series(awards.status[cut])),
                "note": _taken(notes, awards.note[cut]),
                "paid_with_order_id": _taken(orders["id"], event),
            },
            schema_overrides=LINES_SCHEMA,
        )

    def _totals(self, awards: Awards) -> pl.DataFrame:
        ids = pl.Series(self.evaluation.network.ids, dtype=pl.String)
        periods = pl.Series(self.evaluation.periods, dtype=pl.String)
        if awards.earned:
            period = np.concatenate([np.full(len(rows), index, np.int32) for index, rows, _, _ in awards.earned])
            rows, counts, amounts = (
                np.concatenate([part[position] for part in awards.earned]) for position in (1, 2, 3)
            )
        else:
            counted = awards.counted()
            period = awards.periods(self.evaluation.period)[counted]
            rows, amounts = awards.participant[counted], awards.amount[counted]
            counts = np.ones(len(rows), np.int64)
        frame = pl.DataFrame(
            {"p": period.astype(np.int32), "row": rows.astype(np.int32), "lines": counts, "amount": amounts}
        )
        summed = frame.group_by("p", "row").agg(pl.col("lines").sum(), pl.col("amount").sum()).sort("p", "row")
        return summed.select(
            periods.gather(summed["p"]).alias("period"),
            ids.gather(summed["row"]).alias("participant_id"),
            pl.lit(awards.component).alias("component"),
            pl.col("lines").cast(pl.Int64),
            "amount",
            pl.lit(self.currency_of(awards.component)).alias("currency"),
        )


def _at(values: np.ndarray[Any, np.dtype[np.int32]], order: np.ndarray[Any, np.dtype[np.int32]]) -> Any:
    """values[order], -1 where there is no order."""
    return np.where(order < 0, np.int32(-1), values[order]) if len(values) else np.full(len(order), -1, np.int32)


def _taken(values: pl.Series, indices: np.ndarray[Any, np.dtype[np.signedinteger]]) -> pl.Series:
    """values[indices], null where the index is negative."""
    if not len(values):
        return values.clear().extend_constant(None, len(indices))
    series = pl.Series(indices)
    return values.gather(series.set(series < 0, None) if len(indices) else series)
