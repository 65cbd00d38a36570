"""The numbers that an analyst chooses, not the records: printed with every figure that uses one.

Each has a default and where it comes from. An assumption that has no sensible default (a retail markup) is
empty, and what needs it is then not measurable.
"""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field

from intake.frozen import Frozen

DOLLARS = frozenset({"USD", "USDT", "USDC"})
"""Currencies in which the default allowance is meant."""


class Assumptions(Frozen):
    """Parameters of the indicators."""

    allowance: Decimal | None = Field(default=None, ge=0)
    """Own use of one participant in one month that nobody needs to explain, in whole units of the main
    currency. Empty: 200 where the currency is the US dollar or a token of one, unknown elsewhere. 200 is the
    figure in one company's settlement of 2016, used as a default and not as law for others."""
    retail_markup: Decimal | None = Field(default=None, ge=0)
    """Markup on resold goods over what the participant paid, as a fraction; empty: not known."""
    inactive_months: int = Field(default=3, ge=1, le=120)
    """Months without any entry after which a participant counts as inactive."""
    recruiting_days: int = Field(default=90, ge=1, le=3650)
    """Days after joining in which recruits are counted for the replacement ratio."""
    entry_days: int = Field(default=30, ge=1, le=3650)
    """Days after joining in which payments count as the cost of entry."""
    tenure_days: int = Field(default=365, ge=0, le=3650)
    """Days since joining from which on a participant is not new any more."""

    def allowance_minor(self, currency: str | None, scale: int) -> int | None:
        """The monthly allowance in minor units; None where nothing says what it would be in this currency."""
        units = self.allowance
        if units is None and currency in DOLLARS:
            units = Decimal(200)
        return None if units is None else int(units * 10**scale)
