"""The summary of a what-if in plain words, English and Arabic; figures only, and what they leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compensation.quantities import minor_text
from intake.text import Text

if TYPE_CHECKING:
    from compensation.what_if.comparing import WhatIf


def money(minor: int, scale: int, currency: str) -> str:
    """Minor units as people read them: 1,234.50 USD.

    >>> money(123450, 2, "USD"), money(-5000000, 6, "USDT")
    ('1,234.50 USD', '-5 USDT')
    """
    text = minor_text(minor, scale)
    whole, _, rest = text.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    shown = rest if len(rest) <= 3 else rest.rstrip("0")
    shown = "" if not shown.strip("0") else shown
    return f"{sign}{int(digits):,}{'.' if shown else ''}{shown} {currency}"


def summary(found: WhatIf) -> Text:
    """What was changed, what is paid then, and who gains and loses."""
    totals, scale, currency = found.totals, found.scale, found.currency
    amounts = {
        name: money(value, scale, currency)
        for name, value in {
            "before": totals.before,
            "after": totals.after,
            "difference": totals.difference,
            "bought": totals.amount_before,
            "left": totals.amount_after,
        }.items()
    }
    en = [change.describe().en for change in found.changes]
    ar = [change.describe().ar for change in found.changes]
    en.append(
        f"Orders: {totals.orders_before:,} of {amounts['bought']} before, {totals.orders_after:,} of "
        f"{amounts['left']} after."
    )
    ar.append(
        f"عدد الطلبات قبل التغيير: {totals.orders_before:,} وقيمتها {_ltr(amounts['bought'])}؛ "
        f"وبعده: {totals.orders_after:,} وقيمتها {_ltr(amounts['left'])}."
    )
    share = _share(totals.difference, totals.before)
    en.append(f"Paid: {amounts['before']} before, {amounts['after']} after; difference {amounts['difference']}{share}.")
    ar.append(
        f"مجموع المدفوع قبل التغيير: {_ltr(amounts['before'])}؛ وبعده: {_ltr(amounts['after'])}؛ "
        f"والفرق: {_ltr(amounts['difference'] + share)}."
    )
    en.append(
        f"Of {totals.participants:,} participants {totals.gain:,} are paid more, {totals.lose:,} less, "
        f"{totals.unchanged:,} the same. Paid anything: {totals.paid_before:,} before, {totals.paid_after:,} after."
    )
    ar.append(
        f"عدد المشاركين: {totals.participants:,}؛ يزيد ما يُدفع لهم: {totals.gain:,}؛ ينقص: {totals.lose:,}؛ "
        f"لا يتغير: {totals.unchanged:,}. من دُفع لهم شيء قبل التغيير: {totals.paid_before:,}؛ وبعده: "
        f"{totals.paid_after:,}."
    )
    tied = int(found.by_decile["tied"].sum())
    if tied:
        en.append(
            f"Deciles are by what was paid before; {tied:,} were paid exactly as much as somebody of another decile, "
            "and stand where the order of the records puts them."
        )
        ar.append(
            f"الأعشار بحسب ما دُفع قبل التغيير؛ وعدد من تساوى ما دُفع لهم مع غيرهم في عُشر آخر: {tied:,}، "
            "ورُتّبوا بحسب ترتيبهم في السجلات."
        )
    en.append(
        "The same people and orders otherwise: how people would have behaved under the change is not known and not "
        "assumed."
    )
    ar.append("وما عدا ذلك فالمشاركون والطلبات كما هم: لا يُعرف كيف كان المشاركون سيتصرفون ولا يُفترض في ذلك شيء.")
    return Text(en="\n".join(en), ar="\n".join(ar))


def _share(part: int, whole: int) -> str:
    """A difference as percent with one decimal, rounded half away from zero; empty where there is no whole."""
    if whole <= 0:
        return ""
    tenths = (abs(part) * 2000 + whole) // (2 * whole)
    sign = "-" if part < 0 else "+" if part > 0 else ""
    return f" ({sign}{tenths // 10}.{tenths % 10}%)"


def _ltr(text: str) -> str:
    return f"\u2066{text}\u2069"
