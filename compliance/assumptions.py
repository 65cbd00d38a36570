"""The numbers that an analyst chooses, not the records: printed with every figure that uses one.

Each has a default and where it comes from. An assumption that has no sensible default (a retail markup) is
empty, and what needs it is then not measurable. `assumed` reads them as people write them, `stated` gives them
back as a report shows them, with what each means in `MEANINGS`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from pydantic import ConfigDict, Field, ValidationError

from compliance.errors import WrongAssumption
from intake.frozen import Frozen
from intake.mistakes import mistake_of
from intake.text import Text

DOLLARS = frozenset({"USD", "USDT", "USDC"})
"""Currencies in which the default allowance is meant."""


class Assumptions(Frozen):
    """Parameters of the indicators."""

    model_config = ConfigDict(use_attribute_docstrings=True)

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
    recompute_orders: int = Field(default=1_000_000, ge=0)
    """Order lines up to which a measurement computes the plan again. A run takes about two seconds for a million, and
    a measurement takes up to four; more lines only take longer."""

    def allowance_minor(self, currency: str | None, scale: int) -> int | None:
        """The monthly allowance in minor units; None where nothing says what it would be in this currency."""
        units = self.allowance_in(currency)
        return None if units is None else int(units * 10**scale)

    def allowance_in(self, currency: str | None) -> Decimal | None:
        """The monthly allowance in whole units; None where nothing says what it would be in this currency."""
        return Decimal(200) if self.allowance is None and currency in DOLLARS else self.allowance


MEANINGS: dict[str, Text] = {
    "allowance": Text(
        en="own use of one participant in a month, in whole units of the main currency",
        ar="الاستهلاك الشخصي للمشارك الواحد في الشهر، بوحدات العملة الرئيسية",
    ),
    "retail_markup": Text(
        en="markup on resold goods over what the participant paid (0.3 is 30%)",
        ar="هامش إعادة البيع فوق ما دفعه المشارك (0.3 تعني 30%)",
    ),
    "inactive_months": Text(
        en="months without any entry after which a participant counts as inactive",
        ar="عدد الأشهر بلا أي قيد التي يُعدّ المشارك بعدها غير نشط",
    ),
    "recruiting_days": Text(
        en="days after joining in which recruits are counted for the replacement ratio",
        ar="عدد الأيام بعد الانضمام التي يُحتسب المستقطَبون خلالها في نسبة الإحلال",
    ),
    "entry_days": Text(
        en="days after joining in which payments count as the cost of entry",
        ar="عدد الأيام بعد الانضمام التي تُعدّ المدفوعات خلالها تكلفة دخول",
    ),
    "tenure_days": Text(
        en="days since joining from which on a participant is not new any more",
        ar="عدد الأيام منذ الانضمام التي لا يُعدّ المشارك بعدها جديدًا",
    ),
    "population": Text(
        en="people who could join at all, such as the adults of a country",
        ar="عدد من يمكنهم الانضمام أصلًا، كالبالغين في دولة",
    ),
    "population_source": Text(en="where the population was read", ar="مصدر عدد السكان"),
    "payment_days": Text(
        en="days after the end of the month within which a commission has to be paid",
        ar="عدد الأيام بعد نهاية الشهر التي يجب صرف العمولة خلالها",
    ),
    "attribution_days": Text(
        en="days before an order in which a visit can make it an affiliate's",
        ar="عدد الأيام قبل الطلب التي تكفي الزيارة خلالها لنسبته إلى مسوّق",
    ),
    "last_click_seconds": Text(
        en="seconds before an order in which a visit counts as one at the till",
        ar="عدد الثواني قبل الطلب التي تُعدّ الزيارة خلالها عند الدفع",
    ),
    "referral_days": Text(
        en="days over which referred customers and others are compared",
        ar="عدد الأيام التي يُقارن خلالها العملاء المُحالون بغيرهم",
    ),
    "recompute_orders": Text(
        en="order lines up to which a measurement computes the plan again",
        ar="عدد سطور الطلبات الذي يعيد القياس حتى بلوغه احتساب الخطة",
    ),
}
"""What each assumption is, with its unit, for people."""


def assumed(written: Iterable[str]) -> Assumptions:
    """Assumptions written as `NAME=VALUE`, each on its own; the defaults for the others.

    Raises:
        WrongAssumption: no `=`, a name that there is not, one given twice, or a value that it cannot have.
    """
    given: dict[str, Any] = {}
    for each in written:
        name, is_there, value = (part.strip() for part in each.partition("="))
        if not is_there:
            raise WrongAssumption.unwritten(each)
        if name not in Assumptions.model_fields:
            raise WrongAssumption.unknown(name, Assumptions.model_fields)
        if name in given:
            raise WrongAssumption.twice(name)
        try:
            given[name] = getattr(Assumptions.model_validate_strings({name: value}), name)
        except ValidationError as error:
            raise WrongAssumption.value(name, value, mistake_of(error.errors()[0]), MEANINGS[name]) from error
    return Assumptions(**given)


def stated(assumptions: Assumptions, currency: str | None) -> Iterator[tuple[str, str | None, bool]]:
    """Each assumption for records in a currency: its name, its value as it is written, and whether it was chosen, being
    another than the default."""
    for name, field in Assumptions.model_fields.items():
        chosen = getattr(assumptions, name)
        value = assumptions.allowance_in(currency) if name == "allowance" else chosen
        yield name, None if value is None else str(value), chosen != field.default
