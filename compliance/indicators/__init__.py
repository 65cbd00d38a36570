"""The measurements: what can be said with figures about a company's records, and how surely.

Each indicator is one function in one of the themed modules here, declared with `@indicator`: id, title and
definition in two languages, formula, source, what it needs, and the harmless things that look the same. It
takes `Records` and gives an `Outcome`; `measure` turns that into a `Measurement` with the data sheet's limits.
An indicator never contains law: thresholds stand in the rule packs.

The modules in order of evidential strength are those of `ORDER`: whose money (`funding`), what a reward was
paid for (`triggers`), who lost (`losses`), why they bought (`loading`, `bunching`, `qualification`, `deadlines`,
`inventory`, `purchases`, `rank_buying`), what was given back (`refunds`, `given_back`), orders and positions that are
made up (`wash_orders`, `stacking`, `identities`, `relabelled`, `receipts`, `same_amounts`), what keeps it going (`growth`,
`newcomers`, `gradient`), customers (`retail`), the price of entry (`earnings`), how uneven it is
(`concentration`, `shape`), what flows through (`turnover`), recorded against recomputed (`agreement`), how many
and how much (`totals`), and what single rules ask for besides (`structure_thresholds`).

To add one: write a function and declare it; a new module goes into `ORDER`. Rules and data sheets refer to an
indicator by its id.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING

from compliance.errors import UnknownIndicator
from compliance.indicators import (
    affiliates,
    agreement,
    attribution,
    bunching,
    charges,
    concentration,
    deadlines,
    depth,
    earnings,
    end_use,
    funding,
    given_back,
    gradient,
    growth,
    identities,
    inventory,
    levels,
    loading,
    losses,
    managers,
    net_result,
    newcomers,
    organisation_sales,
    outside_money,
    paid_chain,
    payout_sources,
    plan_terms,
    plan_tests,
    population,
    position,
    purchases,
    qualification,
    rank_buying,
    receipt_digits,
    receipts,
    recomputed,
    recouping,
    recovery,
    recruit_income,
    referral,
    referred_customers,
    refunds,
    relabelled,
    retail,
    same_amounts,
    saturation,
    service,
    shape,
    solvency,
    stacking,
    structure_thresholds,
    totals,
    triggers,
    turnover,
    wash_orders,
)
from compliance.indicators.registry import REGISTRY, Indicator, Outcome, indicator
from intake.progress import Progress, silent

if TYPE_CHECKING:
    from compliance.measurement import Measurement
    from compliance.records import Records

ORDER = (
    funding,
    payout_sources,
    recomputed,
    triggers,
    depth,
    recruit_income,
    losses,
    net_result,
    recovery,
    purchases,
    loading,
    bunching,
    inventory,
    deadlines,
    qualification,
    rank_buying,
    refunds,
    given_back,
    wash_orders,
    stacking,
    identities,
    growth,
    saturation,
    population,
    newcomers,
    position,
    solvency,
    plan_tests,
    gradient,
    retail,
    relabelled,
    receipts,
    same_amounts,
    service,
    affiliates,
    attribution,
    managers,
    referral,
    referred_customers,
    levels,
    earnings,
    concentration,
    shape,
    receipt_digits,
    turnover,
    agreement,
    totals,
    organisation_sales,
    end_use,
    outside_money,
    charges,
    recouping,
    plan_terms,
    paid_chain,
    structure_thresholds,
)
"""The modules, strongest evidence first."""

AT_ONCE = 3
"""Indicators measured at the same time: while one computes with arrays, on one core, another one's query has the rest, and
while two wait for a table that is being made, the third goes on."""

__all__ = ["REGISTRY", "Indicator", "Outcome", "catalogue", "indicator", "measure"]


def catalogue() -> tuple[Indicator, ...]:
    """Every indicator, the strongest evidence first."""
    place = {module.__name__: at for at, module in enumerate(ORDER)}
    return tuple(sorted(REGISTRY.values(), key=lambda each: place.get(each.function.__module__, len(place))))


def measure(records: Records, only: Iterable[str] | None = None, progress: Progress = silent) -> list[Measurement]:
    """Every indicator (or those named) measured on these records, in the catalogue's order.

    Args:
        records: an opened snapshot.
        only: ids; None for all.
        progress: told after each indicator.

    Raises:
        UnknownIndicator: `only` names one that does not exist.
    """
    wanted = None if only is None else set(only)
    if wanted is not None and (unknown := wanted - REGISTRY.keys()):
        raise UnknownIndicator(sorted(unknown), REGISTRY)
    chosen = [each for each in catalogue() if wanted is None or each.id in wanted]
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="measure") as threads:
        running = [threads.submit(each.measure, records) for each in chosen]
        try:
            for done, each in enumerate(as_completed(running), start=1):
                each.result()
                progress("measure", done / len(chosen))
        except BaseException:
            threads.shutdown(wait=True, cancel_futures=True)
            raise
    return [each.result() for each in running]
