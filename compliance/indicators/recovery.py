"""Whether what it cost ever came back: how likely a participant is to have recovered his payments, and how soon.

Everyone who paid is followed from the month of the first payment to the last month of the records. He has recovered in
the first month at whose end the company has given him at least as much as he had paid by then; who has not when the
records end is not counted as a failure but as followed no further (Kaplan-Meier). Sums are taken once per person and
month, and everybody is followed at the same time, month after month.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from compliance.indicators import phrases
from compliance.indicators.monthly_money import Entries, monthly_money
from compliance.indicators.places import places
from compliance.indicators.registry import INTERVAL_PLACES, Outcome, Value, alternative, indicator, lacking, point
from compliance.measurement import Alternative, Interval, Missing, Series, decimal_string
from compliance.survival import Step, kaplan_meier
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

Ints = npt.NDArray[np.int64]

FEWEST = 10
"""A time counts as long as the records follow at least this many people up to it."""
HEADLINE = 12
HORIZONS = (3, 6, 24)
"""Months after that of the first payment for which the figure is given besides the headline's."""
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Payers:
    """The dated money of everybody, and who is followed from when.

    Attributes:
        money: the entries, one for each kind of money.
        began: month of the first payment of each of `people`; `NEVER` for who is not followed.
        last: number of the last month of the records.
        undated: participants of whom an entry has no date, which is why they are not followed.
    """

    money: tuple[Entries, ...]
    began: Ints
    last: int
    undated: int


@dataclass(frozen=True, slots=True)
class Followed:
    """How long each payer was followed.

    Attributes:
        row: of `people`, ascending.
        months: from that of the first payment to that of recovery, else to the last of the records.
        recovered: whether he had by then.
        span: months from that of the first payment to the last of the records.
    """

    row: Ints
    months: Ints
    recovered: npt.NDArray[np.bool_]
    span: Ints


def payers(records: Records) -> Payers:
    """Everybody's money by month, and who paid when for the first time."""
    found = records.once(monthly_money)
    counted = records.arrays("SELECT is_participant AS it FROM people ORDER BY row")["it"].astype(np.bool_)
    money = (found.bought, found.rewarded, found.refunded, found.credited)
    undated = int((counted & found.undated).sum())
    return Payers(money, first_payments(money, counted & ~found.undated), found.last, undated)


def first_payments(money: tuple[Entries, ...], counted: npt.NDArray[np.bool_]) -> Ints:
    """The month of the first payment of each who counts, else `NEVER`."""
    began = np.full(len(counted), NEVER)
    for each in money:
        if "paid" in each.amounts:
            for month in reversed(range(len(each.ends))):
                here = each.of(month)
                began[each.row[here][each.amounts["paid"][here] > 0]] = month
    began[~counted] = NEVER
    return began


def followed(who: Payers, net: Callable[[dict[str, Ints]], Ints | None]) -> Followed:
    """How long it took until what came in was at least what had gone out again, at the end of some month.

    Args:
        who: whom to follow, and the money.
        net: of entries of one kind, by name of the amount: what each brought the participant, less what it cost him;
            None for a kind that does not count.
    """
    from compliance.kernels import add_in, note_recovered

    counting = [(each, amounts) for each in who.money if (amounts := net(each.amounts)) is not None]
    running = np.zeros(len(who.began), dtype=np.int64)
    recovered = np.full(len(who.began), NEVER)
    for month in range(who.last + 1):
        for each, amounts in counting:
            here = each.of(month)
            add_in(running, each.row[here], amounts[here])
        for each, _ in counting:
            note_recovered(recovered, month, each.row[each.of(month)], running, who.began)
    row = np.flatnonzero(who.began != NEVER)
    began, back_at = who.began[row], recovered[row]
    there = back_at != NEVER
    return Followed(row, np.where(there, back_at, who.last) - began, there, who.last - began)


@dataclass(frozen=True, slots=True)
class Curve:
    """The estimate at every time that enough people were followed up to."""

    steps: list[Step]
    longest: int
    """The last time up to which the records follow `FEWEST` people; -1 for none."""

    def at(self, months: int) -> Value:
        """The estimate so many months after that of the first payment."""
        if months > self.longest:
            return lacking(_not_so_long(months))
        step = self.steps[min(months, len(self.steps) - 1)]
        low, high = (decimal_string(bound, INTERVAL_PLACES) for bound in step.interval())
        return Value(step.happened, interval=Interval(low=low, high=high, method="greenwood-log-log"))

    def headline(self) -> Value:
        """The estimate for `HEADLINE` months, or for the longest time where that is shorter."""
        return lacking(_TOO_SHORT) if self.longest < 0 else self.at(min(HEADLINE, self.longest))


def curve(people: Followed, members: Ints | None = None) -> Curve:
    """The curve of all, or of those whose places are given."""
    chosen = slice(None) if members is None else members
    span = people.span[chosen]
    longest = int(np.partition(span, len(span) - FEWEST)[len(span) - FEWEST]) if len(span) >= FEWEST else -1
    return Curve(kaplan_meier(people.months[chosen], people.recovered[chosen]), longest)


_TOO_SHORT = phrases.needs(
    "orders",
    "date",
    f"Needs {FEWEST} participants or more whose payments are dated.",
    f"يحتاج إلى {phrases.isolate(FEWEST)} مشاركين على الأقل عُرفت تواريخ مدفوعاتهم.",
)


def _not_so_long(months: int) -> Missing:
    return phrases.needs(
        "orders",
        "date",
        f"Needs {FEWEST} participants or more who were followed for {months} months without having recovered.",
        f"يحتاج إلى {phrases.isolate(FEWEST)} مشاركين على الأقل امتدت متابعتهم {phrases.isolate(months)} شهرًا ولم يستردوا "
        "ما دفعوه.",
    )


@indicator(
    id="cost_recovery",
    title=Text(en="Chance of having recovered what was paid", ar="احتمال استرداد ما دُفع"),
    definition=Text(
        en="The probability that within twelve months after that of the first payment (less where the records are shorter) "
        "the company has given a participant back, in commissions and refunds, at least as much as he had paid by then, "
        "at the end of some month. Everyone ever enrolled who paid counts; those who have not recovered when the records "
        "end are followed up to there (Kaplan-Meier).",
        ar="احتمال أن تكون الشركة قد أعادت إلى المشارك، عمولاتٍ ومبالغ مردودة، ما لا يقل عن مجموع ما دفعه حتى ذلك الوقت، في "
        "نهاية أحد الأشهر الاثني عشر التالية لشهر أول دفعة (أو أقل إذا كانت السجلات أقصر). ويُحتسب كل من دفع ممن انضموا في أي "
        "وقت، ومن لم يسترد حتى نهاية السجلات يُتابَع حتى نهايتها (كابلان وماير).",
    ),
    formula="1 - S(12); S(t) = prod over u <= t of (1 - d_u / n_u), by months since the first payment",
    source="Kaplan and Meier 1958, JASA 53:457; interval: Greenwood 1926 on the scale log(-log S)",
    unit="ratio",
    needs=("participants.id", "orders.buyer_id", "orders.date", "rewards.amount"),
    false_positives=Text(
        en="Goods that were wanted for themselves are a cost here: see the definitions that leave them out, all or up to a "
        "plausible own use. Income from sales that the company does not record is missing. Having recovered once does not "
        "mean being ahead today.",
        ar="السلع المرغوبة لذاتها تُعدّ هنا تكلفة، ويستبعدها تعريفان بديلان: كلها أو في حد استهلاك معقول. ولا يظهر دخل من بيع لا تسجّله الشركة. ومن "
        "استرد مرة قد لا يكون رابحًا اليوم.",
    ),
)
def cost_recovery(records: Records) -> Outcome:
    """The survival curve of everyone who paid, by definition of income and cost, cohort, country and branch."""
    who = records.once(payers)
    people = followed(who, _company_money)
    found = curve(people)
    if found.longest < 0:
        return Outcome(found.headline())
    recovered = int(people.recovered.sum())
    notes = [
        Text(
            en=f"Followed: {len(people.row):,} who paid; {recovered:,} of them recovered it in some month of the records.",
            ar=f"من دفعوا وشملتهم المتابعة: {phrases.isolate(f'{len(people.row):,}')}؛ ومن استردوا منهم في أحد أشهر السجلات: "
            f"{phrases.isolate(f'{recovered:,}')}.",
        )
    ]
    if who.undated:
        notes.append(
            Text(
                en=f"Left out, because an order, payout or refund of theirs has no date: {who.undated:,}.",
                ar=f"استُبعدوا لأن طلبًا أو عمولة أو مبلغًا مردودًا يخصهم بلا تاريخ: {phrases.isolate(f'{who.undated:,}')}.",
            )
        )
    return Outcome(
        found.headline(),
        headline_label=Text(
            en=f"the company's money only; months followed: {min(HEADLINE, found.longest)}",
            ar=f"أموال الشركة وحدها؛ أشهر المتابعة: {phrases.isolate(min(HEADLINE, found.longest))}",
        ),
        alternatives=(
            *(
                alternative(
                    f"within_{months}_months",
                    Text(
                        en=f"by the end of month {months} after the first payment's",
                        ar=f"حتى نهاية الشهر رقم {phrases.isolate(months)} بعد شهر أول دفعة",
                    ),
                    found.at(months),
                )
                for months in HORIZONS
            ),
            alternative(
                "longest",
                Text(
                    en=f"by the longest time after the first payment that people were followed: months {found.longest}",
                    ar=f"بنهاية أطول مدة متابعة بعد أول دفعة: الأشهر {phrases.isolate(found.longest)}",
                ),
                found.at(found.longest),
            ),
            *_other_money(records, who),
        ),
        series=(
            _over_time(found),
            *records.once(places).series(
                people.row, "ratio", lambda members: curve(people, members).headline(), note=_FOLLOWED
            ),
        ),
        evidence=records.evidence(_EVIDENCE),
        notes=tuple(notes),
        period=records.money_period,
    )


def _company_money(amounts: dict[str, Ints]) -> Ints | None:
    """Of entries of one kind: what the company gave, less what it was paid."""
    return amounts["received"] if "received" in amounts else -amounts["paid"] if "paid" in amounts else None


def _other_money(records: Records, who: Payers) -> tuple[Alternative, ...]:
    """Retail as far as documented, retail as kindly as can be imputed, and goods as no cost."""

    def under(net: Callable[[dict[str, Ints]], Ints | None]) -> Value:
        return curve(followed(who, net)).headline()

    def with_goods(at: Callable[[Ints], Ints]) -> Value:
        return under(lambda each: at(each["goods"]) - each["paid"] if "goods" in each else _company_money(each))

    sold = lacking(phrases.missing("orders.seller_id"))
    if records.has("orders.seller_id"):
        any_sold = any(each.amounts["sold"].any() for each in who.money if "sold" in each.amounts)
        sold = (
            under(lambda each: each.get("sold", _company_money(each)))
            if any_sold
            else lacking(phrases.no_customer_orders())
        )
    markup = records.assumptions.retail_markup
    resold = lacking(phrases.no_markup())
    if markup is not None:
        resold = with_goods(partial(_times, rate=1 + Fraction(markup)))
    return (
        alternative("with_documented_retail", phrases.DOCUMENTED_RETAIL, sold),
        alternative("with_imputed_retail", phrases.IMPUTED_RETAIL, resold),
        alternative("goods_no_cost", phrases.GOODS_NO_COST, with_goods(lambda goods: goods)),
        alternative(
            "goods_within_allowance",
            phrases.GOODS_WITHIN_ALLOWANCE,
            lacking(phrases.no_allowance(records.currency))
            if (allowance := records.allowance) is None
            else with_goods(lambda goods: np.clip(goods, 0, allowance)),
        ),
    )


def _times(amounts: Ints, rate: Fraction) -> Ints:
    """Each amount times the rate, rounded down to the minor unit."""
    whole, rest = np.divmod(amounts, rate.denominator)
    product: Ints = whole * rate.numerator + rest * rate.numerator // rate.denominator
    return product


def _over_time(found: Curve) -> Series:
    return Series(
        id="curve",
        label=Text(
            en="Recovered, by months after that of the first payment",
            ar="من استردوا ما دفعوه، بحسب الأشهر بعد شهر أول دفعة",
        ),
        axis="tenure",
        unit="ratio",
        points=tuple(point(months, found.at(months)) for months in range(found.longest + 1)),
    )


_FOLLOWED = Text(
    en=f"{HEADLINE} months after the first payment, or the longest time that could be observed in the group: those who "
    "came late had less time.",
    ar=f"بعد {phrases.isolate(HEADLINE)} شهرًا من أول دفعة، أو أطول مدة أمكنت متابعتها في المجموعة: من جاء متأخرًا كان لديه "
    "وقت أقل.",
)

_EVIDENCE = """
    SELECT id, joined, first_entry, last_entry, paid_in, refunded, paid_out, net FROM net WHERE orders > 0 ORDER BY net, id
"""
