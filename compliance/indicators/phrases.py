"""Sentences that several indicators say: what is missing, what was left out, how a definition is called.

In Arabic, names of tables and columns are set apart with isolates, so that Latin letters keep their place.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from compliance.measurement import Missing, decimal_string
from intake.text import Text


def isolate(value: object) -> str:
    """A Latin name or a figure inside Arabic text."""
    return f"\u2068{value}\u2069"


def missing(name: str) -> Missing:
    """`orders.buyer_id` or `orders` as something the records would have to carry."""
    if name == "plan":
        return Missing(
            table="plan",
            text=Text(
                en="Needs the compensation plan: none was given with these records.",
                ar="يحتاج إلى خطة العمولات، ولم تُرفق بهذه السجلات.",
            ),
        )
    table, _, column = name.partition(".")
    if table == "rewards":
        return Missing(
            table="payouts",
            column=column or None,
            text=Text(
                en="Needs payouts: recorded ones"
                + (f" with the column {column}" if column else "")
                + ", or a plan to compute them with.",
                ar="يحتاج إلى دفعات العمولات المسجَّلة"
                + (f" وفيها العمود {isolate(column)}" if column else "")
                + "، أو إلى خطة عمولات تُحتسب بها.",
            ),
        )
    if table == "computed":
        return Missing(
            table="plan",
            text=Text(
                en="Needs the compensation plan computed on these records: no plan was given, or it pays nothing on them.",
                ar="يحتاج إلى خطة العمولات محتسبةً على هذه السجلات: لم تُرفق خطة، أو لا يُصرف بها شيء عليها.",
            ),
        )
    if not column:
        return Missing(
            table=table,
            text=Text(
                en=f"Needs the table {table}, which is absent or empty.",
                ar=f"يحتاج إلى الجدول {isolate(table)}، وهو غير موجود أو فارغ.",
            ),
        )
    return Missing(
        table=table,
        column=column,
        text=Text(
            en=f"Needs the column {column} of the table {table}, which is absent or empty.",
            ar=f"يحتاج إلى العمود {isolate(column)} في الجدول {isolate(table)}، وهو غير موجود أو فارغ.",
        ),
    )


def needs(table: str, column: str | None, en: str, ar: str) -> Missing:
    """Something missing, in its own words."""
    return Missing(table=table, column=column, text=Text(en=en, ar=ar))


def nothing_to_divide() -> Missing:
    """The whole of which a share would be taken is empty."""
    return needs(
        "orders",
        None,
        "The records hold nothing of which a share could be taken.",
        "لا يوجد في السجلات ما تُحسب منه نسبة.",
    )


def nobody() -> Missing:
    """No participant at all."""
    return needs(
        "participants",
        None,
        "Needs participants: nobody in the records holds a position in a network.",
        "يحتاج إلى مشاركين: لا أحد في السجلات له موضع في شبكة.",
    )


def nothing_paid() -> Missing:
    """No reward in the main currency."""
    return needs(
        "payouts",
        None,
        "Needs payouts: nothing was paid out in these records.",
        "يحتاج إلى دفعات: لم تُصرف في هذه السجلات أي عمولة.",
    )


def nothing_for_others(month: bool) -> Missing:
    """No reward to a participant for what somebody else did; where the month matters, none whose month is known."""
    en = " in a month that is known" if month else ""
    ar = " في شهر معروف" if month else ""
    return needs(
        "payouts",
        None,
        f"Needs payouts to participants for what somebody else did{en}: these records show none.",
        f"يحتاج إلى دفعات لمشاركين عمّا فعله غيرهم{ar}، ولا تُظهر هذه السجلات أيًا منها.",
    )


def too_large(most: int, command: str | None = None) -> Missing:
    """More orders than a measurement recomputes a plan on; a command may do it as well."""
    or_run = "" if command is None else f", or run {command}"
    or_run_ar = "" if command is None else f"، أو تشغيل {isolate(command)}"
    return needs(
        "assumptions",
        "recompute_orders",
        f"Computing the plan again takes its time on more than {most:,} orders: allow more by "
        f"--assume recompute_orders=NUMBER{or_run}.",
        f"إعادة احتساب الخطة على أكثر من {isolate(f'{most:,}')} طلب تستغرق وقتًا: يمكن السماح بأكثر بالخيار "
        f"{isolate('--assume recompute_orders=NUMBER')}{or_run_ar}.",
    )


def plan_unfit(reason: str) -> Missing:
    """The plan's engine cannot compute on these records."""
    return needs(
        "plan",
        None,
        f"The plan could not be computed: {reason}",
        f"تعذّر احتساب الخطة: {isolate(reason)}",
    )


def nothing_traced() -> Missing:
    """No payout names an order that the records hold."""
    return needs(
        "payouts",
        "source_order_id",
        "Needs payouts that name an order of the orders table: none does.",
        "يحتاج إلى عمولات تذكر طلبًا موجودًا في جدول الطلبات: لا توجد عمولة كهذه.",
    )


def no_allowance(currency: str | None) -> Missing:
    """No allowance for own use in this currency."""
    return needs(
        "assumptions",
        "allowance",
        f"Needs an allowance for own use per month in {currency or 'the currency'}: nothing sets one; --assume "
        "allowance=NUMBER does.",
        f"يحتاج إلى حد شهري للاستهلاك الشخصي بعملة {isolate(currency or '؟')}، ولم يُحدَّد؛ يُحدَّد بالخيار "
        f"{isolate('--assume allowance=NUMBER')}.",
    )


def other_currencies(lines: Mapping[str, int]) -> Text:
    """Rows in other currencies, which are never converted."""
    listed = ", ".join(f"{code} {count:,}" for code, count in lines.items())
    return Text(
        en=f"Rows in other currencies were not counted: {listed}.",
        ar=f"لم تُحتسب صفوف بعملات أخرى: {isolate(listed)}.",
    )


def shortened(shown: int, total: int) -> Text:
    """A series is too long to be kept whole."""
    return Text(
        en=f"{shown:,} of {total:,} points are kept.",
        ar=f"حُفظت {isolate(f'{shown:,}')} نقطة من أصل {isolate(f'{total:,}')}.",
    )


def not_placed(left: int, total: int) -> Text:
    """Part of the whole stands at no point of a series."""
    shown = decimal_string(Fraction(100 * left, total), 1)
    shown = "< 0.1" if shown == "0" else shown
    return Text(
        en=f"The records do not say where {shown}% of the whole belongs: it is in no point.",
        ar=f"لا تبيّن السجلات موضع {isolate(f'{shown}%')} من المجموع، فلا يظهر في أي نقطة.",
    )


def computed_rewards() -> Text:
    """The rewards are the engine's, not the company's."""
    return Text(
        en="No payouts are recorded; these are the payouts recomputed from the plan.",
        ar="لا توجد دفعات مسجَّلة؛ هذه دفعات أُعيد احتسابها من خطة العمولات.",
    )


def unstated_category(lines: int) -> Text:
    """Orders without a category are taken for products."""
    return Text(
        en=f"Orders without a category: {lines:,}. They are counted as products.",
        ar=f"طلبات بلا تصنيف: {isolate(f'{lines:,}')}. احتُسبت منتجات.",
    )


def unknown_buyer(lines: int) -> Text:
    """Orders that do not say who bought."""
    return Text(
        en=f"Orders that do not say who bought: {lines:,}. They are counted on neither side.",
        ar=f"طلبات لا تذكر المشتري: {isolate(f'{lines:,}')}. لم تُحتسب في أي جانب.",
    )


def no_customer_orders() -> Missing:
    """No order by a customer is credited to a participant."""
    return needs(
        "orders",
        "buyer_kind",
        "Needs orders by customers: the records show none.",
        "يحتاج إلى طلبات عملاء: لا يظهر منها شيء في السجلات.",
    )


def no_markup() -> Missing:
    """No markup on resold goods."""
    return needs(
        "assumptions",
        "retail_markup",
        "Needs the markup on resold goods: nothing states one; --assume retail_markup=0.3 does.",
        f"يحتاج إلى هامش ربح التجزئة، ولم يُذكر؛ يُحدَّد بالخيار {isolate('--assume retail_markup=0.3')}.",
    )


def list_refused(rows: int) -> Missing:
    """Every buyer may be somebody whose row of the list was refused."""
    return needs(
        "participants",
        "id",
        f"Needs a readable list of participants: {rows:,} of its rows were refused, and every buyer may stand in them.",
        f"يحتاج إلى قائمة مشاركين مقروءة: رُفضت منها صفوف عددها {isolate(f'{rows:,}')}، وقد يكون كل مشترٍ فيها.",
    )


def lost_people(rows: int, lines: int) -> Text:
    """Buyers who may be participants whose row of the list was refused."""
    return Text(
        en=f"Refused rows of the list of participants: {rows:,}. Orders of buyers who may stand in them: {lines:,}. "
        "They are not counted as revenue from outside.",
        ar=f"صفوف مرفوضة من قائمة المشاركين: {isolate(f'{rows:,}')}. طلبات مشترين قد يكونون فيها: "
        f"{isolate(f'{lines:,}')}. لم تُحتسب إيرادًا من خارج الشبكة.",
    )


ALL_ENROLLED = Text(en="everyone ever enrolled", ar="جميع من انضموا في أي وقت")
PAYOUTS = Text(en="all payouts", ar="جميع دفعات العمولات")
OWN_NONE = Text(
    en="no purchase by a participant is a sale",
    ar="لا يُعدّ شراء المشارك بيعًا",
)
OWN_ALLOWANCE = Text(
    en="participants' own purchases count as sales up to a monthly allowance",
    ar="تُعدّ مشتريات المشارك لنفسه بيعًا في حدود مبلغ شهري",
)
OWN_ALL = Text(
    en="all goods that participants bought count as sales",
    ar="تُعدّ كل السلع التي اشتراها المشاركون بيعًا",
)
DISCOUNT_ONLY = Text(
    en="members who only bought goods count as customers",
    ar="يُعدّ من اقتصر على شراء السلع عميلًا",
)
DOCUMENTED_RETAIL = Text(
    en="orders by customers credited to a participant count as his income in full",
    ar="تُحتسب طلبات العملاء المنسوبة إلى المشارك دخلًا له بكاملها",
)
IMPUTED_RETAIL = Text(en="all goods count as resold at the full markup", ar="تُعدّ كل السلع مبيعة بكامل هامش التجزئة")
GOODS_NO_COST = Text(
    en="goods count as worth what they cost, and not as a loss",
    ar="تُعدّ السلع مساوية لثمنها ولا تُحتسب خسارة",
)
GOODS_WITHIN_ALLOWANCE = Text(
    en="goods within the monthly allowance for own use do not count as a loss",
    ar="لا تُحتسب السلع في حدود الاستهلاك الشخصي الشهري خسارة",
)
