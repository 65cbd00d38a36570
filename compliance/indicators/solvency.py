"""What is left when nobody new comes: whether the money of customers and of those who stay carries the payouts.

Read from the records alone: what came in and went out in the last complete months, without what newcomers paid and
what was paid for their joining; customers go on as they are, which favours the company, and participants' purchases
fade as they were seen to. What a plan pays without new recruits is recomputed in `plan_tests`.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from compliance.facts import JOINING
from compliance.indicators import phrases
from compliance.indicators.goods_cost import LESS_COST, basis, margin
from compliance.indicators.growth import TOO_SHORT, last_complete, months_between
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, point, share
from compliance.measurement import Evidence, Missing, Series, decimal_string
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

WINDOW = 3
"""The complete months at the end whose mean is carried on."""
FADING = 12
"""The complete months over which it is seen how participants' purchases fade."""
HORIZON = 120
"""Months that are looked ahead."""


@dataclass(frozen=True, slots=True)
class Month:
    """Money of one month, minor units."""

    month: str
    outside: int = 0
    """From customers."""
    staying: int = 0
    """From participants who had joined before, joining categories left out."""
    goods: int = 0
    """From all participants, joining categories left out."""
    newcomers: int = 0
    """From participants otherwise: those who had just joined, and joining categories."""
    on_customers: int = 0
    """Paid out on customers' orders."""
    on_staying: int = 0
    """Paid out on the orders of those who had joined before."""
    on_joining: int = 0
    """Paid out on newcomers' orders and on joining categories."""
    untraced: int = 0
    """Paid out on no order that is known, or to the payer himself on his own deposit or fee: a promise, which goes on."""

    @property
    def going_on(self) -> int:
        """Payouts that do not hang on somebody's joining."""
        return self.on_customers + self.on_staying + self.untraced


_ON_JOINING = frozenset({"fee", "starter_kit", "deposit"})
"""The categories of `JOINING`."""
_CAME = """(SELECT row, CAST(date_trunc('month', joined) AS DATE) AS came FROM people UNION ALL SELECT -1, NULL)"""
"""Row -1 is whoever is not on the list, so that no line is without a match: an outer join costs ten times as much."""
_STAYS = f"category NOT IN {JOINING} AND (p.came IS NULL OR p.came < month)"
_IN = f"""
    SELECT month, side, category, {_STAYS} AS stays, sum(amount)::BIGINT AS amount, count(*) AS lines
    FROM order_facts o JOIN {_CAME} p ON p.row = coalesce(o.buyer, -1) WHERE month IS NOT NULL GROUP BY 1, 2, 3, 4
"""
_OUT = f"""
    SELECT month, traced, side, category, coalesce({_STAYS}, false) AS stays,
           coalesce(own AND category IN {JOINING}, false) AS promise, sum(amount)::BIGINT AS amount, count(*) AS lines
    FROM reward_facts r JOIN {_CAME} p ON p.row = coalesce(r.source, -1) WHERE month IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6
"""
"""Each read once and put into few groups: whether the payer had joined before the month, and what the order bought."""


def _groups(records: Records) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The groups of what came in and of what went out, each table read once."""
    return records.all(_IN), records.all(_OUT)


def money_months(records: Records) -> list[Month]:
    """The complete months from the first to the last with money, in order and without gaps."""
    period = records.money_period
    came_in, went_out = records.once(_groups)
    if period is None or not (came_in or went_out):
        return []
    sums: dict[str, dict[str, int]] = {}

    def add(month: Any, name: str, amount: int) -> None:
        into = sums.setdefault(f"{month:%Y-%m}", {})
        into[name] = into.get(name, 0) + int(amount)

    for month, side, category, stays, amount, _ in came_in:
        if side == "outside":
            add(month, "outside", amount)
        elif side == "participant":
            add(month, "staying" if stays else "newcomers", amount)
            add(month, "goods", amount if category not in _ON_JOINING else 0)
    for month, traced, side, _, stays, promise, amount, _ in went_out:
        if not traced or (side != "outside" and promise):
            add(month, "untraced", amount)
        elif side == "outside":
            add(month, "on_customers", amount)
        else:
            add(month, "on_staying" if stays else "on_joining", amount)
    if not sums:
        return []
    return [Month(month, **sums.get(month, {})) for month in months_between(min(sums), last_complete(period.end))]


def fading(months: list[Month]) -> Fraction | None:
    """How much of one month's purchases those who were there make again in the next; at most 1, None: not seen."""
    pairs = list(pairwise(months))[-FADING:]
    before = sum(first.goods for first, _ in pairs)
    after = sum(second.staying for _, second in pairs)
    return min(Fraction(1), Fraction(max(0, after), before)) if before > 0 else None


def money_by_month(records: Records) -> Evidence:
    """What came in and what was paid out in each month, by side and category, and whether it hangs on joining."""
    return records.evidence(
        f"""
        SELECT month, 'in' AS way, side::VARCHAR AS side, category::VARCHAR AS category, stays OR side = 'outside' AS goes_on,
               lines, amount FROM ({_IN})
        UNION ALL SELECT month, 'out', side::VARCHAR, category::VARCHAR,
                         NOT traced OR stays OR promise OR side = 'outside', lines, amount FROM ({_OUT})
        ORDER BY ALL
        """,
        count=sum(len(groups) for groups in records.once(_groups)),
    )


@dataclass(frozen=True, slots=True)
class Standstill:
    """The last complete months as a mean, in minor units (fractions), and how purchases fade."""

    customers: Fraction
    """What customers pay."""
    staying: Fraction
    """What those pay who joined before."""
    on_customers: Fraction
    on_staying: Fraction
    untraced: Fraction
    kept: Fraction
    """The part of participants' purchases that is made again next month."""

    def payouts(self, ahead: int) -> Fraction:
        """What is paid out so many months after the last recruit."""
        return self.on_customers + self.untraced + self.on_staying * self.kept**ahead

    def money(self, ahead: int, *, participants: bool = True) -> Fraction:
        """What customers, and participants where asked, pay in that month."""
        return self.customers + (self.staying * self.kept**ahead if participants else 0)

    def until_short(self, *, participants: bool = True, left: Fraction = Fraction(1)) -> int | None:
        """Months in which the money still carries the payouts, before the first in which it does not."""
        for ahead in range(1, HORIZON + 1):
            if self.payouts(ahead) > self.money(ahead, participants=participants) * left:
                return ahead - 1
        return None

    def until_spent(self) -> int | None:
        """The same where each month's surplus is kept for those after it."""
        purse = Fraction(0)
        for ahead in range(1, HORIZON + 1):
            purse += self.money(ahead) - self.payouts(ahead)
            if purse < 0:
                return ahead - 1
        return None


def standstill(records: Records) -> Standstill | None:
    """The last complete months carried on without newcomers; None where there are too few, or nothing would go on."""
    months = records.once(money_months)
    last = months[-WINDOW:]
    if len(last) < WINDOW or not any(each.going_on for each in last):
        return None
    kept = fading(months)

    def mean(name: str) -> Fraction:
        return Fraction(sum(getattr(each, name) for each in last), WINDOW)

    return Standstill(
        mean("outside"),
        mean("staying"),
        mean("on_customers"),
        mean("on_staying"),
        mean("untraced"),
        Fraction(1) if kept is None else kept,
    )


def _faded(kept: Fraction, months: list[Month]) -> tuple[Text, ...]:
    if fading(months) is None:
        return ()
    percent = decimal_string(kept * 100, 1)
    return (
        Text(
            en=f"Of one month's purchases, those who had joined before made {percent}% again in the next.",
            ar=f"كرّر من انضموا من قبل {phrases.isolate(percent + '%')} من مشتريات الشهر في الشهر التالي.",
        ),
    )


def _months(found: int | None) -> Value:
    return Value(HORIZON if found is None else found)


@indicator(
    id="payouts_without_joining",
    title=Text(
        en="Payouts that customers' money covers without recruits", ar="ما تغطيه أموال العملاء من العمولات بلا استقطاب"
    ),
    definition=Text(
        en="Over the last three complete months: what customers paid, over the payouts that did not hang on somebody's "
        "joining. Below 1, customers alone do not carry what would go on if nobody joined. The alternatives add the "
        "purchases of those who had joined before, and take off the cost of the goods where the records state it.",
        ar="في آخر ثلاثة أشهر مكتملة: ما دفعه العملاء إلى العمولات غير المرتبطة بانضمام أحد. وما دون 1 يعني أن أموال العملاء "
        "وحدها لا تكفي لما سيستمر صرفه لو لم ينضم أحد. وتضيف التعريفات البديلة مشتريات من انضموا من قبل، وتطرح تكلفة السلع "
        "إن ذكرتها السجلات.",
    ),
    formula="X / (payouts on customers' orders + on orders of those who stay + untraced)",
    source="rule ind.new_money_dependence: customer gross profit against all rewards if joins stop; models 6.5",
    unit="ratio",
    needs=("participants.joined", "orders.date", "orders.amount", "rewards.amount"),
    of_money=True,
    false_positives=Text(
        en="Goods cost something, so that the figure is an upper bound; payouts may be for an earlier month's sales.",
        ar="للسلع تكلفة، فالرقم حد أعلى؛ وقد تكون العمولات عن مبيعات شهر سابق.",
    ),
)
def payouts_without_joining(records: Records) -> Outcome:
    """Customers' money over payouts that go on, lately and by month."""
    months = records.once(money_months)
    last = months[-WINDOW:]
    if len(last) < WINDOW:
        return Outcome(lacking(TOO_SHORT))
    left = records.once(margin)

    def cover(some: list[Month], *, staying: bool = False, part: Fraction = Fraction(1)) -> Value:
        money = sum(each.outside + (each.staying if staying else 0) for each in some)
        found = share(money, sum(each.going_on for each in some), whole=NOTHING_GOES_ON)
        if part == 1 or found.value is None:
            return found
        return Value(Fraction(found.value) * part)  # the rest of each price is no sum of the records

    return Outcome(
        cover(last),
        numerator_label=Text(en="customers' money", ar="أموال العملاء"),
        denominator_label=Text(en="payouts that do not hang on joining", ar="العمولات غير المرتبطة بالانضمام"),
        headline_label=Text(en="customers only", ar="العملاء فقط"),
        alternatives=(
            alternative(
                "with_participants",
                Text(en="with purchases of those who had joined before", ar="مع مشتريات من انضموا من قبل"),
                cover(last, staying=True),
                bound="upper",
            ),
            alternative(
                "all_months",
                Text(en="over all complete months", ar="لكل الأشهر المكتملة"),
                cover(months),
                bound="upper",
            ),
            alternative(
                "less_cost",
                LESS_COST,
                lacking(left) if isinstance(left, Missing) else cover(last, part=left),
            ),
        ),
        series=(
            Series(
                id="by_month",
                label=Text(en="Customers' money over payouts that go on", ar="أموال العملاء إلى العمولات المستمرة"),
                axis="period",
                unit="ratio",
                points=tuple(point(each.month, cover([each])) for each in months if each.going_on > 0),
            ),
        ),
        evidence=records.once(money_by_month),
        notes=basis(left),
        bound="upper",
        period=records.money_period,
    )


NOTHING_GOES_ON = phrases.needs(
    "payouts",
    None,
    "In the last three complete months nothing was paid that would go on if nobody joined.",
    "لم يُصرف في آخر ثلاثة أشهر مكتملة شيء يستمر لو لم ينضم أحد.",
)


@indicator(
    id="months_without_joining",
    title=Text(en="Months that payouts last if nobody joins", ar="الأشهر التي تستمر فيها العمولات إذا لم ينضم أحد"),
    definition=Text(
        en="If nobody joins any more: in how many months the money of customers and of those who stay still carries the "
        "payouts that go on. Customers buy as in the last three complete months, participants' purchases fade as they did "
        "in the last 12, payouts on orders follow the orders, payouts on no known order or on one's own deposit go on. 120 stands for 120 or more.",
        ar="إذا لم ينضم أحد بعد ذلك: عدد الأشهر التي تكفي فيها أموال العملاء ومن بقوا لما يستمر صرفه من عمولات. يُفترض أن يشتري "
        "العملاء كما في آخر ثلاثة أشهر مكتملة، وأن تتناقص مشتريات المشاركين كما تناقصت في آخر 12 شهرًا، وأن تتبع العمولات "
        "طلباتها، وأن يستمر صرف ما لا يُعرف طلبه وما يُصرف للمودع عن إيداعه. والقيمة 120 تعني 120 شهرًا أو أكثر.",
    ),
    formula="least m with P_c + P_0 + P_m k^m > X + M k^m, less 1; k = sum of staying purchases_t / sum of purchases_(t-1)",
    source="rule ind.new_money_dependence: months until rewards exceed customer gross profit if joins stop; models 6.5",
    unit="count",
    needs=("participants.joined", "orders.date", "orders.buyer_id", "orders.amount", "rewards.amount"),
    false_positives=Text(
        en="Payouts that name no order may hang on recruiting after all, and would end with it. Reserves of the company "
        "are not in the records.",
        ar="قد تكون العمولات التي لا تذكر طلبًا مرتبطة بالاستقطاب فتتوقف معه. ولا تظهر احتياطيات الشركة في السجلات.",
    ),
)
def months_without_joining(records: Records) -> Outcome:
    """A projection of the last months without newcomers, month by month."""
    found = records.once(standstill)
    if found is None:
        return Outcome(lacking(TOO_SHORT if len(records.once(money_months)) < WINDOW else NOTHING_GOES_ON))
    scale = 10**records.scale
    ahead = range(1, 25)

    def line(id: str, en: str, ar: str, values: list[Fraction]) -> Series:  # noqa: A002 - it is an id
        points = tuple(point(at, Value(value / scale)) for at, value in zip(ahead, values, strict=True))
        return Series(id=id, label=Text(en=en, ar=ar), axis="tenure", unit="money", points=points)

    main, left = found.until_short(), records.once(margin)
    costly = None if isinstance(left, Missing) else found.until_short(left=left)
    return Outcome(
        _months(main),
        headline_label=Text(en="customers and those who stay", ar="العملاء ومن بقوا"),
        alternatives=(
            alternative(
                "customers_only",
                Text(en="customers' money only", ar="أموال العملاء فقط"),
                _months(shorter := found.until_short(participants=False)),
                bound="lower" if shorter is None else "exact",
            ),
            alternative(
                "with_surplus_kept",
                Text(en="each month's surplus is kept for later", ar="يُحتفظ بفائض كل شهر لما بعده"),
                _months(spent := found.until_spent()),
                bound="lower" if spent is None else "exact",
            ),
            alternative(
                "less_cost",
                LESS_COST,
                lacking(left) if isinstance(left, Missing) else _months(costly),
                bound="lower" if not isinstance(left, Missing) and costly is None else "exact",
            ),
        ),
        series=(
            line("payouts", "Payouts that go on", "العمولات المستمرة", [found.payouts(at) for at in ahead]),
            line(
                "money",
                "Money of customers and of those who stay",
                "أموال العملاء ومن بقوا",
                [found.money(at) for at in ahead],
            ),
            line(
                "customers",
                "Customers' money",
                "أموال العملاء",
                [found.money(at, participants=False) for at in ahead],
            ),
        ),
        evidence=records.once(money_by_month),
        notes=(*basis(left), *_faded(found.kept, records.once(money_months))),
        bound="lower" if main is None else "exact",
        period=records.money_period,
    )
