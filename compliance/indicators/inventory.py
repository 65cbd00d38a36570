"""Stock that piles up with participants, and goods that cost more than elsewhere.

Stock is what somebody bought in goods less what is recorded as sold to customers and less a plausible own use; without
recorded sales it is unknown and not all of it. Prices elsewhere come from the data sheet, with where they were read.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants, numbers, and quoted names of products

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from compliance.facts import PRODUCTS
from compliance.indicators import phrases
from compliance.indicators.breakdown import breakdown
from compliance.indicators.flows import GOODS, revenue
from compliance.indicators.places import places
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, point, share
from compliance.measurement import Missing, Series, decimal_string
from compliance.statistics import exact_sum, median
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

Ints = npt.NDArray[np.int64]

BANDS = (3, 6, 12)
"""Months of stock. Bands of the reference (ind.stock_cover), not of any law."""


def nothing_sold(records: Records) -> Missing | None:
    """Why stock cannot be told: nothing bought, or no sale recorded."""
    money = records.once(revenue)
    if money.amount("participant", GOODS) <= 0:
        return phrases.needs(
            "orders",
            "category",
            "Needs purchases of goods by participants: the records show none.",
            "يحتاج إلى مشتريات سلع للمشاركين: لا يظهر منها شيء في السجلات.",
        )
    if money.amount("outside") <= 0:
        return phrases.needs(
            "orders",
            "seller_id",
            "Needs participants' sales to customers: none is recorded, and unrecorded is not the same as none.",
            "يحتاج إلى مبيعات المشاركين للعملاء: لم يُسجَّل منها شيء، وعدم التسجيل لا يعني عدم البيع.",
        )
    return None


@dataclass(frozen=True, slots=True)
class Goods:
    """What each participant who bought goods bought and sold, in minor units, and over how many months."""

    row: Ints
    bought: Ints
    sold: Ints
    """To customers, as recorded, at the price that they paid."""
    months: Ints
    """From the first purchase to the last month of the records."""

    def gone(self, allowance: int, markup: Decimal = Decimal(0)) -> Ints:
        """Sold and used: sales at what they cost the seller where a markup is given, own use never more than the rest."""
        above, below = (1 + Fraction(markup)).as_integer_ratio()
        return np.minimum(self.bought, np.maximum(self.sold * below // above, 0) + self.months * allowance)

    def above(self, band: int, allowance: int) -> npt.NDArray[np.bool_]:
        """Who has stock for more than so many months at the rate at which he sells and uses."""
        gone = self.gone(allowance)
        return np.asarray((self.bought - gone) * self.months > band * gone, dtype=np.bool_)


def goods(records: Records) -> Goods:
    """Everybody's goods, taken once."""
    found = records.arrays(
        """
        SELECT g.row::BIGINT AS row, g.bought, greatest(n.sold, 0)::BIGINT AS sold, g.months::BIGINT AS months FROM (
            SELECT row, sum(goods)::BIGINT AS bought,
                   1 + date_diff('month', min(month), (SELECT max(month) FROM order_months)) AS months
            FROM order_months WHERE goods <> 0 AND month IS NOT NULL GROUP BY 1 HAVING sum(goods) > 0
        ) g JOIN net n USING (row) ORDER BY g.row
        """
    )
    return Goods(*(found[name].astype(np.int64) for name in ("row", "bought", "sold", "months")))


def _stock_rows(allowance: int, least: str) -> str:
    """The people behind a figure of stock, as a query."""
    return f"""
        SELECT id, bought - gone AS stock, gone, months FROM (
            SELECT n.id, g.bought, g.months, least(g.bought, greatest(n.sold, 0) + g.months * {allowance}) AS gone FROM (
                SELECT row, sum(goods)::BIGINT AS bought,
                       1 + date_diff('month', min(month), (SELECT max(month) FROM order_months)) AS months
                FROM order_months WHERE goods <> 0 AND month IS NOT NULL GROUP BY 1 HAVING sum(goods) > 0
            ) g JOIN net n USING (row)
        ) WHERE {least} ORDER BY stock DESC, id
    """


_STOCK_CAUSES = Text(
    en="Cash sales that nobody recorded: ask for receipts or count the stock. Stock for an event.",
    ar="مبيعات نقدية لم تُسجَّل: تُطلب الإيصالات أو يُجرد المخزون. ومخزون لفعالية.",
)


@indicator(
    id="stock_cover",
    title=Text(en="Months of stock with participants", ar="أشهر المخزون لدى المشاركين"),
    definition=Text(
        en="The goods that participants bought and neither sold, as recorded, nor plausibly used, over what they sell and "
        "use in a month: how many months the stock would last.",
        ar="السلع التي اشتراها المشاركون ولم يبيعوها بحسب السجلات ولم يستهلكوها في حد معقول، إلى ما يبيعونه ويستهلكونه في "
        "الشهر: كم شهرًا يكفي المخزون.",
    ),
    formula="sum stock_i / sum (gone_i / months_i); gone = sold + min(allowance, rest)",
    source="rules ind.stock_cover, us.ftc_guidance.inventory_loading, ca.55_1.inventory_loading, us.ms.inventory_loading",
    unit="number",
    needs=("orders.amount", "orders.date", "orders.buyer_id", "orders.seller_id"),
    of_money=True,
    false_positives=_STOCK_CAUSES,
)
def stock_cover(records: Records) -> Outcome:
    """Months of stock of all together; of the middle participant, with no own use, and with sales at cost, beside it."""
    lacks = nothing_sold(records)
    if lacks is not None:
        return Outcome(lacking(lacks))

    each = records.once(goods)

    def of(allowance: int, markup: Decimal = Decimal(0)) -> Value:
        gone = each.gone(allowance, markup)
        return share(exact_sum(each.bought - gone), exact_sum(gone // each.months))

    allowance, markup = records.allowance, records.assumptions.retail_markup
    none = lacking(phrases.no_allowance(records.currency))
    middle = none
    apart: tuple[Series, ...] = ()
    if allowance is not None:
        gone = each.gone(allowance)
        left, monthly, moving = each.bought - gone, gone // each.months, gone > 0
        hundredths = left[moving] * each.months[moving] * 100 // gone[moving]
        middle = Value(median(hundredths) / 100) if len(hundredths) else none
        by_place = records.once(places)
        apart = by_place.series(
            each.row, "number", lambda members: share(exact_sum(left[members]), exact_sum(monthly[members]))
        )
    at_cost = lacking(
        phrases.needs(
            "assumptions",
            "retail_markup",
            "Needs a retail markup: nothing says what sold goods cost the seller.",
            "يحتاج إلى هامش بيع: لا يبيّن شيء تكلفة السلع المبيعة على البائع.",
        )
    )
    if allowance is not None and markup is not None:
        at_cost = of(allowance, markup)
    return Outcome(
        none if allowance is None else of(allowance),
        numerator_label=Text(en="goods in stock", ar="السلع الباقية"),
        denominator_label=Text(en="sold and used in a month", ar="ما يُباع ويُستهلك في الشهر"),
        headline_label=phrases.OWN_ALLOWANCE,
        alternatives=(
            alternative("middle", Text(en="the middle participant", ar="المشارك الأوسط"), middle),
            alternative("no_own_use", Text(en="no own use", ar="بلا استهلاك شخصي"), of(0)),
            alternative("sales_at_cost", Text(en="sales taken at their cost", ar="المبيعات بسعر تكلفتها"), at_cost),
        ),
        series=apart,
        evidence=records.evidence(
            _stock_rows(allowance or 0, "bought > gone"), count=int((each.bought > each.gone(allowance or 0)).sum())
        ),
        period=records.money_period,
    )


@indicator(
    id="stock_cover_above",
    title=Text(en="Participants with stock for more than three months", ar="مشاركون لديهم مخزون يزيد على ثلاثة أشهر"),
    definition=Text(
        en="Participants whose goods, neither sold as recorded nor plausibly used, would last longer than three months at "
        "the rate at which they sell and use, over all who bought goods.",
        ar="المشاركون الذين تكفي سلعهم غير المبيعة وغير المستهلكة أكثر من ثلاثة أشهر بمعدل بيعهم واستهلاكهم، إلى كل من اشتروا "
        "سلعًا.",
    ),
    formula="count(stock_i months_i > 3 gone_i) / count",
    source="rule ind.stock_cover; three, six and twelve months are bands of the reference",
    unit="ratio",
    needs=("orders.amount", "orders.date", "orders.buyer_id", "orders.seller_id"),
    false_positives=_STOCK_CAUSES,
)
def stock_cover_above(records: Records) -> Outcome:
    """People above three months; above six and twelve, and with no own use, beside it."""
    lacks = nothing_sold(records)
    if lacks is not None:
        return Outcome(lacking(lacks))

    each = records.once(goods)

    def of(shown: npt.NDArray[np.bool_]) -> Value:
        return share(int(shown.sum()), len(shown), people=True)

    allowance = records.allowance
    three = six = twelve = lacking(phrases.no_allowance(records.currency))
    apart: tuple[Series, ...] = ()
    if allowance is not None:
        above = [each.above(band, allowance) for band in BANDS]
        three, six, twelve = (of(shown) for shown in above)
        apart = records.once(places).series(each.row, "ratio", lambda members: of(above[0][members]))
    return Outcome(
        three,
        numerator_label=Text(en="participants above three months", ar="المشاركون فوق ثلاثة أشهر"),
        denominator_label=Text(en="participants who bought goods", ar="المشاركون الذين اشتروا سلعًا"),
        headline_label=phrases.OWN_ALLOWANCE,
        alternatives=(
            alternative("six_months", Text(en="more than six months", ar="أكثر من ستة أشهر"), six),
            alternative("twelve_months", Text(en="more than twelve months", ar="أكثر من اثني عشر شهرًا"), twelve),
            alternative(
                "no_own_use",
                Text(en="more than three months, no own use", ar="أكثر من ثلاثة أشهر بلا استهلاك شخصي"),
                of(each.above(BANDS[0], 0)),
            ),
        ),
        series=apart,
        evidence=records.evidence(
            _stock_rows(allowance or 0, f"(bought - gone) * months > {BANDS[0]} * gone"),
            count=int(each.above(BANDS[0], allowance or 0).sum()),
        ),
        period=records.money_period,
    )


def _market_prices(records: Records) -> dict[str, int]:
    """Product, folded, to the middle price elsewhere, in minor units; prices in other currencies are left out."""
    sheet = records.datasheet
    found: dict[str, list[int]] = {}
    for each in sheet.market_prices if sheet else ():
        if (each.currency or (sheet.currency if sheet else None) or records.currency) == records.currency:
            minor = int((each.price * 10**records.scale).to_integral_value())
            found.setdefault(each.product.strip().casefold(), []).append(minor)
    return {product: int(median(np.array(prices, np.int64))) for product, prices in found.items()}


@indicator(
    id="price_premium",
    title=Text(en="Price above that of like goods elsewhere", ar="السعر مقارنة بسلع مماثلة في السوق"),
    definition=Text(
        en="What participants paid for goods whose price elsewhere is given, without tax and freight, over what the same "
        "pieces would have cost there, less one.",
        ar="ما دفعه المشاركون عن السلع المعروف سعرها في السوق بلا ضريبة وشحن، إلى ما كانت القطع نفسها لتكلّفه هناك، ناقصًا واحدًا.",
    ),
    formula="sum (amount - tax - freight) / sum (quantity x market price) - 1",
    source="rule ind.price_premium; prices elsewhere from the data sheet, the middle one of several",
    unit="ratio",
    needs=("orders.amount", "orders.product", "orders.quantity", "orders.buyer_id"),
    of_money=True,
    false_positives=Text(
        en="Better quality, larger packs, warranty or service; a comparison with the wrong product.",
        ar="جودة أعلى أو عبوات أكبر أو ضمان أو خدمة، أو مقارنة بمنتَج غير مماثل.",
    ),
)
def price_premium(records: Records) -> Outcome:
    """The premium of participants; of the middle product, and of customers, beside it."""
    prices = _market_prices(records)
    if not prices:
        return Outcome(
            lacking(
                phrases.needs(
                    "datasheet",
                    "market_prices",
                    "Needs prices of like goods elsewhere: the data sheet gives none in this currency (market_prices).",
                    "يحتاج إلى أسعار سلع مماثلة في السوق: لا تذكر ورقة البيانات منها شيئًا بهذه العملة ("
                    + phrases.isolate("market_prices")
                    + ").",
                )
            )
        )
    currency = (records.currency or "").replace("'", "''")
    listed = ", ".join(f"('{product.replace(chr(39), chr(39) * 2)}', {price})" for product, price in prices.items())
    lines = f"""
        SELECT b.row, CASE WHEN b.is_participant THEN 'participant' ELSE 'outside' END AS side,
               CAST(date_trunc('month', o.date) AS DATE) AS month, o.product, o.id AS order_id, o.quantity,
               (o.amount - coalesce(o.tax, 0) - coalesce(o.freight, 0))::BIGINT AS paid,
               (o.quantity * m.price)::BIGINT AS elsewhere, m.price AS market_price, o.source_file, o.source_line
        FROM orders o JOIN (VALUES {listed}) AS m(product, price) ON m.product = lower(trim(o.product))
        LEFT JOIN people b ON b.id = o.buyer_id
        WHERE o.quantity > 0 AND o.amount > 0 AND coalesce(o.category, 'unstated') IN {PRODUCTS}
          AND o.currency = '{currency}'
    """
    apart = breakdown(
        records,
        f"SELECT row, month, (paid - elsewhere) AS part, elsewhere AS whole FROM ({lines}) WHERE side = 'participant'",
    )
    none = phrases.needs(
        "orders",
        "product",
        "Needs orders of the products whose price elsewhere is given: there are none of participants.",
        "يحتاج إلى طلبات المنتجات المعروف سعرها في السوق: لا يوجد منها شيء للمشاركين.",
    )
    products = records.all(
        f"SELECT lower(trim(product)) AS product, sum(paid) - sum(elsewhere), sum(elsewhere), side FROM ({lines})"
        " GROUP BY 1, 4 ORDER BY 1, 4"
    )
    mine = [
        (str(name), Fraction(int(above), int(base))) for name, above, base, side in products if side == "participant"
    ]
    middle = sorted(value for _, value in mine)
    outside = [(int(above), int(base)) for _, above, base, side in products if side == "outside"]
    covered = records.row(f"SELECT coalesce(sum(paid), 0) FROM ({lines}) WHERE side = 'participant'")[0]
    goods = records.once(revenue).amount("participant", GOODS)
    main = share(apart.part, apart.whole, whole=none)
    return Outcome(
        Value(main.value, main.numerator, main.denominator, apart.interval, main.missing),
        numerator_label=Text(en="paid above the market price", ar="المدفوع فوق سعر السوق"),
        denominator_label=Text(en="the same pieces at the market price", ar="القطع نفسها بسعر السوق"),
        alternatives=(
            alternative(
                "middle_product",
                Text(en="the middle product", ar="المنتَج الأوسط"),
                Value((middle[(len(middle) - 1) // 2] + middle[len(middle) // 2]) / 2) if middle else lacking(none),
            ),
            alternative(
                "customers",
                Text(en="what customers paid", ar="ما دفعه العملاء"),
                share(sum(above for above, _ in outside), sum(base for _, base in outside), whole=none),
            ),
        ),
        series=(
            Series(
                id="by_product",
                label=Text(en="By product", ar="بحسب المنتَج"),
                axis="category",
                unit="ratio",
                points=tuple(point(name, Value(value)) for name, value in mine),
            ),
            *apart.series,
        ),
        evidence=records.evidence(
            f"SELECT order_id, product, quantity, paid, elsewhere, market_price, source_file, source_line FROM ({lines})"
            " WHERE side = 'participant' ORDER BY source_file, source_line"
        ),
        notes=(_covered(int(covered), goods, records.scale),),
        period=records.money_period,
    )


def _covered(covered: int, goods: int, scale: int) -> Text:
    part, whole = (decimal_string(Fraction(each, 10**scale), scale) for each in (covered, goods))
    return Text(
        en=f"Goods that participants bought whose price elsewhere is given: {part} of {whole}.",
        ar=f"سلع المشاركين المعروف سعرها في السوق: {phrases.isolate(part)} من {phrases.isolate(whole)}.",
    )
