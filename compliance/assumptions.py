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
    population: int | None = Field(default=None, ge=1)
    """People who could join at all, such as the adults of a country; empty: not known. The records may state it
    instead, as a company's own fact `population`."""
    population_source: str | None = Field(default=None, max_length=300)
    """Where that number was read."""
    payment_days: int = Field(default=30, ge=0, le=365)
    """Days after the end of the month in which a commission was earned (and any waiting time of the plan was over)
    within which it has to be paid. A common term, used as a default."""
    attribution_days: int = Field(default=30, ge=0, le=3650)
    """Days before an order in which a visit can make it an affiliate's, where no plan says so."""
    last_click_seconds: int = Field(default=60, ge=0, le=86_400)
    """A visit so shortly before the order counts as one at the till. Definition of this project."""
    referral_days: int = Field(default=90, ge=7, le=3650)
    """Days after a customer's first order (or after an invitation) over which referred customers and others are
    compared. Definition of this project."""

    def allowance_minor(self, currency: str | None, scale: int) -> int | None:
        """The monthly allowance in minor units; None where nothing says what it would be in this currency."""
        units = self.allowance
        if units is None and currency in DOLLARS:
            units = Decimal(200)
        return None if units is None else int(units * 10**scale)
