"""Whether what it cost ever came back: how likely a participant is to have recovered his payments, and how soon.

Everyone who paid is followed from the month of the first payment to the last month of the records. He has recovered in
the first month at whose end the company has given him at least as much as he had paid by then; who has not when the
records end is not counted as a failure but as followed no further (Kaplan-Meier). Sums are taken once per person and
month and looked through as sorted arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from compliance.indicators import phrases
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
class Entries:
    """Money of participants, sorted by person and month; several entries may have both in common.

    Attributes:
        row: of `people`.
        month: number of the month since the first of the records.
        paid: into the company, without refunds.
        goods: the part of it paid for goods.
        received: from the company, refunds included.
        sold: orders of customers credited to the participant.
        last: number of the last month of the records.
        undated: rows of people of whom an entry has no date; nothing of theirs is in the entries.
    """

    row: Ints
    month: Ints
    paid: Ints
    goods: Ints
    received: Ints
    sold: Ints
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


def entries(records: Records) -> Entries:
    """The dated money of every participant."""
    found = records.arrays(
        """
        WITH money AS (
            SELECT row, month, paid_in AS paid, goods, 0::BIGINT AS received, 0::BIGINT AS sold FROM order_months
            UNION ALL SELECT row, month, 0, 0, paid_out, 0 FROM reward_months
            UNION ALL SELECT row, month, 0, 0, amount, 0 FROM refunds
            UNION ALL SELECT row, month, 0, 0, 0, outside FROM other_months WHERE row IS NOT NULL
        )
        SELECT row::INTEGER AS row, coalesce(datediff('month', DATE '0001-01-01', month), -1)::INTEGER AS month,
               paid, goods, received, sold
        FROM money
        """
    )
    counted = records.arrays("SELECT is_participant AS it FROM people ORDER BY row")["it"].astype(np.bool_)
    row, month = found["row"].astype(np.int64), found["month"].astype(np.int64)
    undated = np.zeros(len(counted), dtype=np.bool_)
    undated[row[month < 0]] = True
    kept = (counted & ~undated)[row]
    row, month = row[kept], month[kept]
    first, last = (int(month.min()), int(month.max())) if len(month) else (0, 0)
    order = np.argsort(row * (last - first + 1) + month - first)
    sums = {name: found[name][kept][order] for name in ("paid", "goods", "received", "sold")}
    return Entries(row[order], month[order] - first, **sums, last=last - first, undated=int((counted & undated).sum()))


@dataclass(frozen=True, slots=True)
class Payers:
    """Where the entries of each payer stand: found once, whatever is added up.

    Attributes:
        row: of `people`, ascending; only those who paid.
        began: month of the first payment.
        start: index of the first entry, with money of before the first payment.
        at: indices of the last entry of each of their months from `began` on, by person and month.
        payer: whose month each of `at` is, as place in `row`.
    """

    row: Ints
    began: Ints
    start: Ints
    at: Ints
    payer: Ints


def payers(money: Entries) -> Payers:
    """Those who paid, and the ends of their months from the first payment on."""
    row, month = money.row, money.month
    if not len(row):
        none = np.empty(0, dtype=np.int64)
        return Payers(none, none, none, none, none)
    other = row[1:] != row[:-1]
    starts = np.flatnonzero(np.append(True, other))
    paying = np.flatnonzero(money.paid > 0)
    first = paying[np.append(True, row[paying[1:]] != row[paying[:-1]])[: len(paying)]]
    place = np.full(int(row[-1]) + 1, -1, dtype=np.int64)
    place[row[first]] = np.arange(len(first))
    start = starts[place[row[starts]] >= 0]
    ends = np.flatnonzero(np.append(other | (month[1:] != month[:-1]), True))
    began = month[first]
    payer = place[row[ends]]
    counted = (payer >= 0) & (month[ends] >= began[payer]) if len(first) else np.zeros(len(ends), dtype=np.bool_)
    return Payers(row[first], began, start, ends[counted], payer[counted])


def followed(money: Entries, net: Ints, who: Payers | None = None) -> Followed:
    """How long it took until what is added up in `net`, entry by entry, was at least zero again.

    Args:
        money: the entries.
        net: what each entry brought the participant, less what it cost him.
        who: `payers(money)`, where it is known.
    """
    who = who or payers(money)
    running = np.cumsum(net)
    before = np.where(who.start > 0, running[who.start - 1], 0)
    back = np.flatnonzero(running[who.at] >= before[who.payer])
    payer = who.payer[back]
    first = np.append(True, payer[1:] != payer[:-1])[: len(payer)]
    recovered = np.full(len(who.row), NEVER)
    recovered[payer[first]] = money.month[who.at[back[first]]]
    there = recovered != NEVER
    return Followed(who.row, np.where(there, recovered, money.last) - who.began, there, money.last - who.began)


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
        en="Goods that were wanted for themselves are a cost here: see the definition that leaves them out. Income from "
        "sales that the company does not record is missing. Having recovered once does not mean being ahead today.",
        ar="السلع المرغوبة لذاتها تُعدّ هنا تكلفة، ويستبعدها أحد التعريفات البديلة. ولا يظهر دخل من بيع لا تسجّله الشركة. ومن "
        "استرد مرة قد لا يكون رابحًا اليوم.",
    ),
)
def cost_recovery(records: Records) -> Outcome:
    """The survival curve of everyone who paid, by definition of income and cost, cohort, country and branch."""
    money = records.once(entries)
    who = payers(money)
    people = followed(money, money.received - money.paid, who)
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
    if money.undated:
        notes.append(
            Text(
                en=f"Left out, because an order, payout or refund of theirs has no date: {money.undated:,}.",
                ar=f"استُبعدوا لأن طلبًا أو عمولة أو مبلغًا مردودًا يخصهم بلا تاريخ: {phrases.isolate(f'{money.undated:,}')}.",
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
            *_other_money(records, money, who),
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


def _other_money(records: Records, money: Entries, who: Payers) -> tuple[Alternative, ...]:
    """Retail as far as documented, retail as kindly as can be imputed, and goods as no cost."""

    def under(net: Ints) -> Value:
        return curve(followed(money, net, who)).headline()

    net = money.received - money.paid
    sold = lacking(phrases.missing("orders.seller_id"))
    if records.has("orders.seller_id"):
        sold = under(net + money.sold) if money.sold.any() else lacking(phrases.no_customer_orders())
    markup = records.assumptions.retail_markup
    resold = lacking(phrases.no_markup())
    if markup is not None:
        rate = 1 + Fraction(markup)
        resold = under(net + _times(money.goods, rate))
    return (
        alternative("with_documented_retail", phrases.DOCUMENTED_RETAIL, sold),
        alternative("with_imputed_retail", phrases.IMPUTED_RETAIL, resold),
        alternative("goods_no_cost", phrases.GOODS_NO_COST, under(net + money.goods)),
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
