"""What is left of the payouts when the plan is computed again without kits and fees, and on customers' orders alone.

Tracing says what a payout names as its source; this asks the plan itself. The real engine pays on the same records with
some orders left out, so that ranks, qualifications, volumes and caps that rest on those orders fall with them. Each
question is one more run of the engine: large records are left to the command that is made for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from compensation.errors import CompensationError
from compliance.indicators import phrases
from compliance.indicators.breakdown import interval_of
from compliance.indicators.places import BY_MONTH, places
from compliance.indicators.plan_books import books_of
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, point, share
from compliance.measurement import Missing, Series
from compliance.statistics import exact_sum
from intake.text import Text

if TYPE_CHECKING:
    from compensation import Computed
    from compensation.plan import Plan
    from compensation.what_if import Change
    from compliance.records import Records

Ints = npt.NDArray[np.int64]

_SOURCE = "Changes WithoutCategories and RetailOnly of docs/plans/what-if.md; FTC v. BurnLounge, 753 F.3d 878 (2014)"


@dataclass(frozen=True, slots=True)
class Run:
    """What the plan pays on some orders, in the plan's currency and minor units.

    Attributes:
        people: by row of `people`.
        periods: by commission period.
        total: of both.
    """

    people: Ints
    periods: dict[str, int]
    total: int


@dataclass(frozen=True, slots=True)
class Runs:
    """The plan on all orders and on fewer; `kits_kept` is the run that leaves out fees and tools but no starter kit."""

    everything: Run
    without_joining: Run
    kits_kept: Run
    customers_only: Run


def runs(records: Records) -> Runs | Missing:
    """All the runs, made once; what is missing where the plan cannot be computed on these records."""
    from compensation.what_if import RetailOnly, WithoutCategories
    from compensation.what_if.changes import NO_SALE

    plan = records.plan
    if plan is None:
        return phrases.missing("plan")
    if (most := records.assumptions.recompute_orders) < records.filled("orders"):
        return phrases.too_large(most, "downline what-if --without-fees --retail-only")
    present = {str(row[0]) for row in records.all("SELECT DISTINCT category FROM order_facts")} & set(NO_SALE)
    no_kits = tuple(name for name in NO_SALE if name != "starter_kit")
    try:
        everything = _run(records, plan)
        without = _run(records, plan, WithoutCategories()) if present else everything
        kept = without
        if "starter_kit" in present:
            kept = _run(records, plan, WithoutCategories(categories=no_kits)) if len(present) > 1 else everything
        return Runs(everything, without, kept, _run(records, plan, RetailOnly()))
    except CompensationError as error:
        return phrases.plan_unfit(str(error))


def _run(records: Records, plan: Plan, change: Change | None = None) -> Run:
    import polars as pl

    from compensation.computing import compute_on
    from compensation.what_if.applying import apply

    books = books_of(records)
    if change is not None:
        plan, books = apply(plan, books, change, paid=pl.DataFrame())
    return _summed(records, compute_on(plan, books, lines=False))


def _summed(records: Records, computed: Computed) -> Run:
    import polars as pl

    money = computed.totals.filter(pl.col("currency") == computed.plan.currency)
    rows = records.sql("SELECT id AS participant_id, row FROM people")
    people = np.zeros(len(rows), dtype=np.int64)
    found = money.group_by("participant_id").agg(pl.col("amount").sum()).join(rows, on="participant_id")
    people[found["row"].to_numpy()] = found["amount"].to_numpy()
    periods = {
        str(period): int(amount) for period, amount in money.group_by("period").agg(pl.col("amount").sum()).iter_rows()
    }
    return Run(people, periods, exact_sum(money["amount"].to_numpy()))


def _outcome(records: Records, all_: Run, left: Run) -> Outcome:
    """What one run leaves of the whole, with everything that both indicators have in common."""

    def of(members: Ints) -> Value:
        return share(exact_sum(left.people[members]), exact_sum(all_.people[members]))

    everyone = np.arange(len(all_.people))
    main = share(left.total, all_.total, whole=phrases.nothing_paid())
    periods = tuple(
        point(period, share(left.periods.get(period, 0), amount))
        for period, amount in sorted(all_.periods.items())
        if amount > 0
    )
    series = records.once(places).series(everyone, "ratio", of)
    if len(periods) > 1:
        by_period = Series(id="by_month", label=BY_MONTH, axis="period", unit="ratio", points=periods)
        series = (by_period, *series)
    return Outcome(
        Value(main.value, main.numerator, main.denominator, interval_of(left.people, all_.people), main.missing),
        denominator_label=Text(en="what the plan pays on all orders", ar="ما تصرفه الخطة عن كل الطلبات"),
        series=series,
        evidence=records.evidence("SELECT * FROM money_in ORDER BY side, category, source_file, source_line"),
        period=records.money_period,
    )


@indicator(
    id="payouts_without_kits_and_fees",
    title=Text(en="Payouts left without kits and fees", ar="ما يبقى من العمولات دون حقائب البداية والرسوم"),
    definition=Text(
        en="The plan computed on the records twice: as they are, and without orders of starter kits, fees, training, sales "
        "tools and deposits. What it then pays, over what it pays on all orders.",
        ar="تُحتسب الخطة على السجلات مرتين: كما هي، ودون طلبات حقائب البداية والرسوم والتدريب وأدوات البيع والإيداعات. والرقم هو "
        "ما تصرفه عندئذ إلى ما تصرفه عن كل الطلبات.",
    ),
    formula="P(orders without kits, fees, training, tools, deposits) / P(all orders), both by the plan's engine",
    source=_SOURCE,
    unit="ratio",
    needs=("plan", "orders.amount", "orders.category", "participants.id"),
    of_money=True,
    false_positives=Text(
        en="Who would not have joined without a kit might have bought as a customer. Ranks that were reached by kits fall "
        "with them, so that payouts on other orders are lost as well.",
        ar="من لم يكن لينضم دون حقيبة البداية ربما اشترى بصفته عميلًا. والرتب التي تحققت بحقائب البداية تسقط معها، فتضيع أيضًا "
        "عمولات عن طلبات أخرى.",
    ),
)
def payouts_without_kits_and_fees(records: Records) -> Outcome:
    """What the plan pays on everything that is no payment for taking part; kits as sales beside it."""
    found = records.once(runs)
    if isinstance(found, Missing):
        return Outcome(lacking(found))
    kept = share(found.kits_kept.total, found.everything.total, whole=phrases.nothing_paid())
    return replace(
        _outcome(records, found.everything, found.without_joining),
        numerator_label=Text(en="what it pays without them", ar="ما تصرفه دونها"),
        headline_label=Text(en="starter kits count as recruiting", ar="تُعدّ حقائب البداية استقطابًا"),
        alternatives=(
            alternative("kits_as_sales", Text(en="starter kits count as sales", ar="تُعدّ حقائب البداية بيعًا"), kept),
        ),
    )


@indicator(
    id="payouts_on_customers_only",
    title=Text(en="Payouts left on customers' orders alone", ar="ما يبقى من العمولات عن طلبات العملاء وحدها"),
    definition=Text(
        en="The plan computed on the records twice: as they are, and on orders of buyers outside the network alone. What it "
        "then pays, over what it pays on all orders.",
        ar="تُحتسب الخطة على السجلات مرتين: كما هي، وعن طلبات مشترين من خارج الشبكة وحدها. والرقم هو ما تصرفه عندئذ إلى ما "
        "تصرفه عن كل الطلبات.",
    ),
    formula="P(orders of customers) / P(all orders), both by the plan's engine",
    source=_SOURCE,
    unit="ratio",
    needs=("plan", "orders.amount", "orders.buyer_id", "participants.id"),
    of_money=True,
    false_positives=Text(
        en="Conditions that participants meet by own purchases fail without them, although customers bought enough. Goods "
        "sold on to people whom the company does not record are left out. Orders that name a seller and no buyer are "
        "taken for customers'.",
        ar="الشروط التي يستوفيها المشاركون بمشترياتهم تسقط دونها، ولو اشترى العملاء ما يكفي. ولا تُحتسب سلع أُعيد بيعها لمن لا "
        "تسجّلهم الشركة. وتُعدّ الطلبات التي تذكر البائع دون المشتري من العملاء.",
    ),
)
def payouts_on_customers_only(records: Records) -> Outcome:
    """What the plan pays on outside customers' orders; all goods as sales beside it."""
    found = records.once(runs)
    if isinstance(found, Missing):
        return Outcome(lacking(found))
    goods = share(found.without_joining.total, found.everything.total, whole=phrases.nothing_paid())
    return replace(
        _outcome(records, found.everything, found.customers_only),
        numerator_label=Text(en="what it pays on customers' orders", ar="ما تصرفه عن طلبات العملاء"),
        headline_label=phrases.OWN_NONE,
        alternatives=(alternative("own_use_all", phrases.OWN_ALL, goods),),
    )
