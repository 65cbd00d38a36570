"""What the company states of its participants, period by period: numbers, rates and yes or no, by name.

A fact of one period takes the place of one stated for every period, and any fact takes the place of what would be
computed under that name. Values are text in the records and are read here exactly; what cannot be read names the
fact, the participant and the value.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from compensation.awards import Int32s, Int64s
from compensation.errors import PlanMismatch
from compensation.quantities import parse_rate, to_minor
from intake.mistakes import Mistaken
from intake.text import say

if TYPE_CHECKING:
    from compensation.ledger import Ledger

Bools = npt.NDArray[np.bool_]

_YES = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class Facts:
    """The facts of some books, by name and period."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        given = ledger.books.facts
        columns = ("participant_id", "period", "fact", "value")
        kinds = dict.fromkeys(columns, pl.String)
        if given is None:
            self._table = pl.DataFrame(schema={**kinds, "row": pl.Int32})
            return
        table = given.select(
            (pl.col(name) if name in given.columns else pl.lit(None)).cast(pl.String).alias(name) for name in columns
        ).drop_nulls(["fact", "value"])
        self._table = table.with_columns(pl.Series("row", ledger.rows(table["participant_id"])))

    @property
    def names(self) -> list[str]:
        """The facts that are stated at all."""
        return self._table["fact"].unique().sort().to_list()

    def stated(self, name: str, period: int) -> tuple[Int32s, pl.Series]:
        """Rows of the participants of whom a fact is stated in a period, each once, and the values as text."""
        table = self._of(name, period).filter(pl.col("row") >= 0)
        table = table.unique("row", keep="first", maintain_order=True)
        return table["row"].to_numpy().astype(np.int32), table["value"]

    def _of(self, name: str, period: int) -> pl.DataFrame:
        """The rows of one fact that hold in a period, those of the very period first, later ones before earlier."""
        mine = self._table.filter(pl.col("fact") == name)
        if not len(mine):
            return mine
        here = self._ledger.periods[period]
        return (
            mine.filter(pl.col("period").is_null() | (pl.col("period") == here))
            .reverse()
            .sort(pl.col("period").is_null(), maintain_order=True)
        )

    def flags(self, name: str, period: int, *, unstated: bool = False) -> Bools:
        """Yes or no by row."""
        rows, values = self.stated(name, period)
        result = np.full(self._ledger.participants, unstated)
        result[rows] = [self._flag(name, int(row), text) for row, text in zip(rows, values, strict=True)]
        return result

    def numbers(self, name: str, period: int, decimals: int) -> tuple[Int64s, Bools]:
        """Numbers by row in units of 10^-decimals, 0 where not stated; and where they are."""
        rows, values = self.stated(name, period)
        result = np.zeros(self._ledger.participants, np.int64)
        given = np.zeros(self._ledger.participants, np.bool_)
        read = {text: self._number(name, text, decimals) for text in values.unique()}
        result[rows] = [read[text] for text in values]
        given[rows] = True
        return result, given

    def rates(self, name: str, period: int) -> tuple[list[Fraction], Int32s]:
        """The different rates stated, and by row the index of each one's, -1 where none is stated."""
        rows, values = self.stated(name, period)
        read = {text: self._rate(name, text) for text in values.unique().sort()}
        rates = sorted(set(read.values()))
        index = np.full(self._ledger.participants, -1, np.int32)
        index[rows] = [rates.index(read[text]) for text in values]
        return rates, index

    def of_company(self, name: str, period: int) -> Fraction | None:
        """A number that the company states of itself as a whole; None where it does not."""
        values = self._of(name, period).filter(pl.col("participant_id").is_null())["value"]
        return self._rate(name, values[0]) if len(values) else None

    def _flag(self, name: str, row: int, text: str) -> bool:
        found = _YES.get(text.strip().lower())
        if found is None:
            who = self._ledger.id_of(row)
            raise PlanMismatch(
                say(
                    "fact {name!r} of {who!r} is {text!r}; write true or false",
                    "الواقعة {name!r} للمشارك {who!r} قيمتها {text!r}. تُكتب ⁨true⁩ أو ⁨false⁩",
                    name=name,
                    who=who,
                    text=text,
                )
            )
        return found

    def _rate(self, name: str, text: str) -> Fraction:
        try:
            return parse_rate(text)
        except Mistaken as error:
            raise PlanMismatch(
                say(
                    "fact {name!r} is {text!r}; write a decimal number such as 100 or 0.05",
                    "الواقعة {name!r} قيمتها {text!r}. تُكتب رقمًا عشريًا مثل ⁨100⁩ أو ⁨0.05⁩",
                    name=name,
                    text=text,
                )
            ) from error

    def _number(self, name: str, text: str, decimals: int) -> int:
        minor = to_minor(self._rate(name, text), decimals)
        if minor is None:
            raise PlanMismatch(
                say(
                    "fact {name!r} is {text!r}: at most {decimals} decimals can be held here",
                    "الواقعة {name!r} قيمتها {text!r}، ولا تُحفظ هنا إلا منازل عشرية عددها {decimals} على الأكثر",
                    name=name,
                    text=text,
                    decimals=decimals,
                )
            )
        return minor
