"""Two computations side by side: before and after, by component, by decile of participants, and person by person.

Compared is what was earned by the plan's engine (paid and released awards, after caps), in minor units of the plan's
currency; awards in another unit, such as points that are no money, are compared by component only. Deciles are made of
all participants by what they were paid before, the highest first; every table sums to the same difference, which is
checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from compensation.computing import compute_on
from compensation.errors import AmountOverflow, PlanMismatch
from compensation.standing.requirements import CUSTOMER_KINDS
from compensation.what_if.applying import apply
from intake.progress import Progress, silent
from intake.text import Text, say

if TYPE_CHECKING:
    from compensation.books import Books
    from compensation.computed import Computed
    from compensation.plan import Plan
    from compensation.what_if.changes import Change
    from intake.text import Text

DECILES = 10


@dataclass(frozen=True)
class Totals:
    """The difference in short; money in minor units of the plan's currency."""

    before: int
    after: int
    participants: int
    gain: int
    """Participants who are paid more."""
    lose: int
    unchanged: int
    paid_before: int
    """Participants who were paid anything."""
    paid_after: int
    orders_before: int
    orders_after: int
    amount_before: int
    """Sum of the orders in the plan's currency."""
    amount_after: int

    @property
    def difference(self) -> int:
        """After less before."""
        return self.after - self.before


@dataclass(frozen=True)
class WhatIf:
    """What a change would make of the payouts."""

    changes: tuple[Change, ...]
    before: Computed
    after: Computed

    @property
    def currency(self) -> str:
        """Of the amounts, but for components that pay in a unit of their own."""
        return self.before.plan.currency

    @property
    def scale(self) -> int:
        """Decimals of that currency."""
        return self.before.evaluation.scale

    @cached_property
    def by_component(self) -> pl.DataFrame:
        """component, currency, before, after, difference; components of both plans, in their order."""
        sums = [_by_component(computed) for computed in (self.before, self.after)]
        keys = list(dict.fromkeys([*sums[0], *sums[1]]))
        rows = [(*key, sums[0].get(key, 0), sums[1].get(key, 0)) for key in keys]
        schema = {"component": pl.String, "currency": pl.String, "before": pl.Int64, "after": pl.Int64}
        table = pl.DataFrame(rows, schema=schema, orient="row")
        return table.with_columns(difference=pl.col("after") - pl.col("before"))

    @cached_property
    def participants(self) -> pl.DataFrame:
        """participant_id, before, after, difference, decile; everybody but customers who were never paid.

        Decile 1 is the tenth that was paid most before. Equal pay is put in the order of the records.
        """
        people = self._people.join(_paid(self.after, "after"), on="participant_id", how="left", maintain_order="left")
        people = people.with_columns(pl.col("after").fill_null(0))
        people = people.filter(~pl.col("is_customer") | (pl.col("before") != 0) | (pl.col("after") != 0))
        people = people.sort("before", descending=True, maintain_order=True).with_columns(
            difference=pl.col("after") - pl.col("before"),
            decile=(pl.int_range(pl.len()) * DECILES // pl.len() + 1).cast(pl.Int8),
        )
        return people.drop("is_customer")

    @cached_property
    def _people(self) -> pl.DataFrame:
        return _people(self.before)

    @cached_property
    def by_decile(self) -> pl.DataFrame:
        """decile, participants, least, most (paid before), before, after, difference, gain, lose, unchanged, tied.

        `tied`: how many of the decile were paid exactly as much as somebody in another decile, so that only their
        place in the records says in which of the two they are.
        """
        people = self.participants
        spread = people.group_by("before").agg(pl.col("decile").n_unique().alias("in_deciles"))
        split = spread.filter(pl.col("in_deciles") > 1)["before"]
        return (
            people.group_by("decile")
            .agg(
                pl.len().cast(pl.Int64).alias("participants"),
                pl.col("before").min().alias("least"),
                pl.col("before").max().alias("most"),
                pl.col("before").sum(),
                pl.col("after").sum(),
                pl.col("difference").sum(),
                (pl.col("difference") > 0).sum().cast(pl.Int64).alias("gain"),
                (pl.col("difference") < 0).sum().cast(pl.Int64).alias("lose"),
                (pl.col("difference") == 0).sum().cast(pl.Int64).alias("unchanged"),
                pl.col("before").is_in(split.implode()).sum().cast(pl.Int64).alias("tied"),
            )
            .sort("decile")
            .select("decile", "participants", "least", "most", "before", "after", "difference", "gain", "lose",
                    "unchanged", "tied")
        )  # fmt: skip

    @cached_property
    def totals(self) -> Totals:
        """The difference in short."""
        people = self.participants
        ledgers = (self.before.evaluation, self.after.evaluation)
        return Totals(
            before=int(people["before"].sum()),
            after=int(people["after"].sum()),
            participants=len(people),
            gain=int((people["difference"] > 0).sum()),
            lose=int((people["difference"] < 0).sum()),
            unchanged=int((people["difference"] == 0).sum()),
            paid_before=int((people["before"] > 0).sum()),
            paid_after=int((people["after"] > 0).sum()),
            orders_before=len(ledgers[0].orders),
            orders_after=len(ledgers[1].orders),
            amount_before=int(ledgers[0].amount.sum()),
            amount_after=int(ledgers[1].amount.sum()),
        )

    @cached_property
    def summary(self) -> Text:
        """The whole in words: what was changed, what is paid then, who gains and who loses."""
        from compensation.what_if import words

        return words.summary(self)

    def check(self) -> None:
        """Every table says the same difference; an assertion fails otherwise."""
        money = self.by_component.filter(pl.col("currency") == self.currency)
        for name in ("before", "after", "difference"):
            people, deciles = int(self.participants[name].sum()), int(self.by_decile[name].sum())
            assert int(money[name].sum()) == people == deciles, f"{name}: the totals do not tie"


def what_if(
    plan: Plan, books: Books, *changes: Change, before: Computed | None = None, progress: Progress = silent
) -> WhatIf:
    """What the records would have paid under other terms.

    Args:
        plan: the plan as it is.
        books: the records as they are.
        *changes: what is changed, one after the other; at least one.
        before: the plan computed on the books, where it has been done already.
        progress: told how far the computations are.

    Raises:
        PlanMismatch: a change does not fit the plan or the records.
        AmountOverflow: an amount does not fit 64 bits.
    """
    if not changes:
        raise ValueError("name at least one change, such as RetailOnly()")
    if before is None:
        before = compute_on(plan, books, lines=False, progress=progress)
    paid = _people(before)
    changed_plan, changed = plan, books
    for change in changes:
        changed_plan, changed = apply(changed_plan, changed, change, paid)
    found = WhatIf(changes, before, compute_on(changed_plan, changed, lines=False, progress=progress))
    if found.after.evaluation.scale != found.scale:
        raise PlanMismatch(
            say(
                "the other plan holds {currency} with {scale} decimals and this one with {scale2}; give "
                "both the same decimals, or declare them in the data sheet (currencies: ...)",
                "تحفظ الخطة الأخرى {currency} بمنازل عشرية عددها {scale} وهذه بعدد {scale2}. يُرجى أن "
                "يكون العدد واحدًا، أو تحديده في ورقة البيانات (⁨currencies: ...⁩)",
                currency=found.currency,
                scale=found.after.evaluation.scale,
                scale2=found.scale,
            )
        )
    found.check()
    return found


def _by_component(computed: Computed) -> dict[tuple[str, str], int]:
    totals = computed.totals
    summed = totals.group_by("component", "currency").agg(pl.col("amount").sum())
    found = {(name, currency): amount for name, currency, amount in summed.iter_rows()}
    keys = [(each.id, computed.currency_of(each.id)) for each in computed.plan.components]
    return {key: found.get(key, 0) for key in keys}


def _paid(computed: Computed, name: str) -> pl.DataFrame:
    """What everybody was paid in the plan's currency, all periods and components together."""
    mine = computed.totals.filter(pl.col("currency") == computed.plan.currency)
    # a bound needs no exactness: floats only say whether the exact sums can overflow
    if float(np.abs(mine["amount"].to_numpy()).sum(dtype=np.float64)) >= 2.0**62:
        raise AmountOverflow(computed.plan.id, Text(en="the sum of all payouts", ar="مجموع كل العمولات"))
    return mine.group_by("participant_id").agg(pl.col("amount").sum().alias(name))


def _people(computed: Computed) -> pl.DataFrame:
    """participant_id, is_customer, before: everybody in the order of the records."""
    evaluation = computed.evaluation
    kind = evaluation.column("kind")
    people = pl.DataFrame(
        {
            "participant_id": evaluation.network.ids,
            "is_customer": kind.is_in(CUSTOMER_KINDS).fill_null(value=False),
        }
    )
    if evaluation.network.unknown_row is not None:
        people = people.filter(pl.int_range(pl.len()) != evaluation.network.unknown_row)
    people = people.join(_paid(computed, "before"), on="participant_id", how="left", maintain_order="left")
    return people.with_columns(pl.col("before").fill_null(0))
