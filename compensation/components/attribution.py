"""To whom a sale is attributed: by the last click, the first, a share for each, by coupon, or by the recorded seller.

One rule for affiliates, their recruiters, and their managers. What a window means is said to the last moment, because
programmes contradict themselves there. The search itself is `attribution_search`.

Reference: last click and windows: https://help.hotmart.com/en/article/208424898/what-does-it-mean-to-be-an-affiliate-and-
how-can-i-get-started- (60, 90, 180 days or unlimited), https://www.pinfoltd.com/2017/02/your-ads-do-not-compete-with-
jumia.html (30 days); a basket keeps the sale longer than the click did (24 hours, then 90 days).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from intake.frozen import Frozen
from intake.mistakes import Mistaken
from intake.text import Text


class Span(Frozen):
    """How long something counts; give exactly one of days and hours."""

    days: Annotated[int, Field(ge=0)] | None = None
    """Counted from date to date in the plan's time zone, whatever the hour."""
    hours: Annotated[int, Field(ge=0)] | None = None
    """Counted to the second."""
    last: Literal["included", "excluded"] = "included"
    """Whether the last day, or the last moment, is inside."""

    @model_validator(mode="after")
    def _exactly_one(self) -> Span:
        if (self.days is None) == (self.hours is None):
            raise Mistaken(Text(en="give exactly one of days, hours", ar="يُذكر واحد فقط من ⁨days⁩ و⁨hours⁩"))
        return self

    def words(self) -> Text:
        """The span in words."""
        end = Text(en="", ar="")
        if self.last == "excluded":
            end = Text(en=", the last one excluded", ar="، دون الأخير منها")
        if self.days is not None:
            return Text(en=f"{self.days} days{end.en}", ar=f"مدة بالأيام: {self.days}{end.ar}")
        return Text(en=f"{self.hours} hours{end.en}", ar=f"مدة بالساعات: {self.hours}{end.ar}")


class Attribution(Frozen):
    """Whose sale an order is.

    Where the records have no clicks at all, or with `credit: seller`, it is the recorded seller's; else the sponsor's of
    the customer who bought; else the buyer's own.
    """

    credit: Literal["last_click", "first_click", "split", "seller"] = "last_click"
    """`split`: in equal parts to everybody whose click lies within the window, in whole units of the base; the first to
    click has what is left over."""
    window: Span | None = None
    """From the click to the order; nothing means without limit."""
    cart: Span | None = None
    """From putting into the basket (clicks of kind `cart`) to the order, for an affiliate whose click came at most a
    window before; what lies in the basket is his, whatever is clicked later."""
    coupon: Literal["beats_click", "without_click", "ignored"] = "beats_click"
    """An affiliate's coupon decides, decides only where no click does, or does not count."""
    customer: Literal["each_order", "stays"] = "each_order"
    """`stays`: later orders of a customer belong to whoever had the first attributed one, whatever he clicks."""
    unclicked: Literal["nobody", "seller"] = "nobody"
    """Orders without click or coupon where the records do have clicks of others."""
    own_purchases: Literal["excluded", "paid"] = "excluded"
    """Orders that an affiliate, or another position of the same person, placed himself."""

    @model_validator(mode="after")
    def _consistent(self) -> Attribution:
        if self.credit == "seller" and (self.window is not None or self.cart is not None):
            raise Mistaken(
                Text(
                    en="window and cart have no meaning with credit: seller",
                    ar="لا معنى لـ ⁨window⁩ و⁨cart⁩ مع ⁨credit: seller⁩",
                )
            )
        return self

    def words(self) -> Text:
        """The rule in plain words."""
        credit = _CREDIT[self.credit]
        en, ar = [credit.en], [credit.ar]
        if self.credit != "seller":
            span = Text(en="without limit of time", ar="بلا حد زمني")
            if self.window is not None:
                inside = self.window.words()
                span = Text(en=f"within {inside.en}", ar=inside.ar)
            en.append(f"attribution window: {span.en}")
            ar.append(f"مدة احتساب الإحالة: {span.ar}")
        if self.cart is not None:
            kept = self.cart.words()
            en.append(f"what was put into the basket within it counts for {kept.en} more")
            ar.append(f"ما وُضع في السلة خلالها يُحتسب {kept.ar}")
        for rule in (_COUPON[self.coupon], _CUSTOMER[self.customer], _OWN[self.own_purchases]):
            en.append(rule.en)
            ar.append(rule.ar)
        if self.credit != "seller":
            unclicked = _UNCLICKED[self.unclicked]
            en.append(unclicked.en)
            ar.append(unclicked.ar)
        return Text(en="; ".join(en) + ".", ar="؛ ".join(ar) + ".")


_CREDIT = {
    "last_click": Text(en="The sale belongs to the last click", ar="يُنسب البيع إلى صاحب آخر نقرة"),
    "first_click": Text(en="The sale belongs to the first click", ar="يُنسب البيع إلى صاحب أول نقرة"),
    "split": Text(
        en="The sale is split equally among all who were clicked", ar="يُقسم البيع بالتساوي بين كل من نُقرت روابطهم"
    ),
    "seller": Text(en="The sale belongs to the recorded seller", ar="يُنسب البيع إلى البائع المسجَّل"),
}
_COUPON = {
    "beats_click": Text(en="a coupon beats the click", ar="قسيمة المسوّق مقدَّمة على النقرة"),
    "without_click": Text(en="a coupon counts only without a click", ar="قسيمة المسوّق تُحتسب عند غياب النقرة فقط"),
    "ignored": Text(en="coupons do not count", ar="قسائم المسوّقين لا تُحتسب"),
}
_CUSTOMER = {
    "each_order": Text(en="each order for itself", ar="كل طلب على حدة"),
    "stays": Text(en="a customer stays with whoever brought the first order", ar="يبقى العميل لمن أتى بطلبه الأول"),
}
_UNCLICKED = {
    "nobody": Text(
        en="an order without a click pays nobody; where no clicks are recorded at all, the sale is its seller's",
        ar="الطلب بلا نقرة لا عمولة عنه؛ وإذا خلت السجلات من النقرات نُسب البيع إلى بائعه",
    ),
    "seller": Text(en="an order without a click belongs to its seller", ar="الطلب بلا نقرة يُنسب إلى بائعه"),
}
_OWN = {
    "excluded": Text(en="own purchases pay nothing", ar="مشتريات المسوّق لنفسه بلا عمولة"),
    "paid": Text(en="own purchases count too", ar="مشتريات المسوّق لنفسه محسوبة"),
}
