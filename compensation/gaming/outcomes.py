"""What a test of a plan found: what was tried, what it cost, what the plan paid for it, and which part of it did.

Amounts are minor units of the plan's currency. Cost and pay of a try are always the difference that the try makes:
against the same world without it, where there is one. Nothing here judges: a profit is a property of the plan's text
under the printed assumptions, and says nothing about any person or company.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, computed_field

from intake.frozen import Frozen
from intake.text import Text

TestId = Literal["positions", "holding", "bought_ranks", "recruiting", "wash", "cheapest_ranks", "growth"]


class Try(Frozen):
    """One thing that was tried."""

    what: Text
    cost: int
    """Money put in because of it, less what came back."""
    pay: int
    """Money that the plan pays because of it."""
    parts: dict[str, int] = Field(default_factory=dict)
    """The same by component, those that differ."""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def profit(self) -> int:
        """Pay less cost."""
        return self.pay - self.cost


class Tested(Frozen):
    """One question put to the plan."""

    id: TestId
    title: Text
    asked: Text
    """What was tried, and how far the search went."""
    tries: tuple[Try, ...] = ()
    found: Text
    """The result in a sentence or two."""
    because: Text | None = None
    """The part of the plan that makes it so."""
    not_run: Text | None = None
    """Why the question could not be put, where it could not."""

    @property
    def best(self) -> Try | None:
        """The try with the highest profit, the first of equals."""
        return max(self.tries, key=lambda each: each.profit, default=None)


class Gaming(Frozen):
    """Everything that was tried on a plan."""

    plan: str
    title: Text
    currency: str
    scale: int
    """Decimals of the currency."""
    assumptions: tuple[Text, ...]
    tests: tuple[Tested, ...]

    def test(self, identifier: TestId) -> Tested:
        """One test by its id."""
        return next(each for each in self.tests if each.id == identifier)
