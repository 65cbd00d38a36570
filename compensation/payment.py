"""When what was earned is paid out: a minimum, a waiting time, and what becomes of a balance below zero.

Earnings of a period mature after the waiting time and join the participant's balance; the balance is paid out where it
reaches the minimum, else it is brought forward. `paying` does it.

Reference: a balance below zero after a refund, https://support.tapfiliate.com/en/articles/3084530; minimum, waiting time
and set-off are our definition, docs/plans.md (Payment).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, model_validator

from compensation.quantities import Money, decimal_text
from intake.frozen import Frozen
from intake.mistakes import Mistaken
from intake.text import Text


class Payment(Frozen):
    """When what was earned is paid out."""

    minimum: Money = Fraction(0)
    """A balance under this waits; met by equality."""
    hold_periods: Annotated[int, Field(ge=0, le=120)] = 0
    """Earnings mature so many periods after the one in which they were earned."""
    hold_days: Annotated[int, Field(ge=0, le=3660)] = 0
    """Or so many days after the order that gave rise to them; what has no date counts from the period's close."""
    negative_balance: Literal["set_off", "owed"] = "set_off"
    """`set_off`: later earnings first make it good. `owed`: it is kept apart, and later earnings are paid in full."""

    @model_validator(mode="after")
    def _one_hold(self) -> Payment:
        if self.hold_periods and self.hold_days:
            raise Mistaken(
                Text(en="give hold_periods or hold_days, not both", ar="تُذكر ⁨hold_periods⁩ أو ⁨hold_days⁩، لا كلتاهما")
            )
        return self

    def describe(self) -> Text:
        """The rule in plain words."""
        en, ar = [], []
        if self.hold_periods or self.hold_days:
            count = self.hold_periods or self.hold_days
            unit = Text(en="periods", ar="من الفترات") if self.hold_periods else Text(en="days", ar="من الأيام")
            en.append(f"Earnings are held for {count} {unit.en}.")
            ar.append(f"تُحتجز المستحقات مدة {count} {unit.ar}.")
        if self.minimum:
            en.append(f"A balance under {decimal_text(self.minimum)} is not paid out but brought forward.")
            ar.append(f"لا يُصرف رصيد يقل عن {decimal_text(self.minimum)} بل يُرحَّل.")
        rest = {
            "set_off": Text(en="A negative balance is set off against later earnings.",
                            ar="يُخصم الرصيد السالب من المستحقات اللاحقة."),
            "owed": Text(en="A negative balance is kept apart as a debt.", ar="يُقيَّد الرصيد السالب دينًا مستقلًا."),
        }[self.negative_balance]  # fmt: skip
        return Text(en=" ".join([*en, rest.en]), ar=" ".join([*ar, rest.ar]))
