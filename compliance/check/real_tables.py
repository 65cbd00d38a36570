"""Published income tables of real companies, kept as data with their sources, and what each proves.

`disclosures.json` holds the rows as they were printed, amounts as strings, and where a page said in words more than
its rows (`88% received no payment`) the brackets that follow from it. An empty list of brackets means that the table
says nothing about people. Figures are facts; they were copied by third parties in part, and each note says so.
"""

from __future__ import annotations

import json
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from compliance.check.income import Bracket, IncomeTable, Population
from intake.frozen import Frozen
from intake.text import Text

FILE = Path(__file__).with_name("disclosures.json")
SCALE = 2
"""Decimals of the amounts: the tables are in dollars."""


class RealRow(Frozen):
    """A row as printed: shares of one, amounts in whole units, both as decimal strings."""

    label: str | None = None
    share: str | None = None
    count: int | None = None
    low: str | None = None
    high: str | None = None
    average: str | None = None
    median: str | None = None


class RealTable(Frozen):
    """A published table with its source."""

    id: str
    company: str
    year: str
    market: str
    period: Literal["year", "month", "week", "other"]
    currency: str
    population: Population | None
    """Whom its shares are shares of; None: not said."""
    note: Text
    source: str
    rows: tuple[RealRow, ...] = Field(min_length=1)
    brackets: tuple[RealRow, ...] | None = None

    def table(self) -> IncomeTable | None:
        """The table as the check reads it; None where it says nothing about shares of people."""
        rows = self.rows if self.brackets is None else self.brackets
        if self.period == "other":
            return None
        total = sum(row.count or 0 for row in rows)
        counted = total > 0 and all(row.count is not None for row in rows)
        brackets = [
            Bracket(
                label=row.label,
                share=Fraction(row.count or 0, total) if counted else Fraction(row.share or 0),
                low=_minor(row.low),
                high=_minor(row.high),
                average=_minor(row.average),
                median=_minor(row.median),
            )
            for row in rows
            if counted or row.share is not None
        ]
        if not brackets:
            return None
        return IncomeTable(
            source=f"{self.company} {self.year}",
            currency=self.currency,
            scale=SCALE,
            period=self.period,
            brackets=tuple(brackets),
            net=False,
            population=self.population,
        )


@lru_cache(maxsize=1)
def real_tables() -> tuple[RealTable, ...]:
    """Every table that comes with the product, in the order of its file."""
    return tuple(RealTable.model_validate(one) for one in json.loads(FILE.read_text(encoding="utf-8")))


def _minor(amount: str | None) -> int | None:
    return None if amount is None else int(Fraction(amount) * 10**SCALE)
