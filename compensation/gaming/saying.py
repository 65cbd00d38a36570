"""What the tests say with: amounts and parts of a plan in words, and what was tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compensation.what_if.words import money
from intake.text import Text

if TYPE_CHECKING:
    from compensation.gaming.goods import Goods
    from compensation.plan import Plan


class Said:
    """Amounts and parts of one plan in words."""

    def __init__(self, plan: Plan, goods: Goods) -> None:
        self.plan, self.goods = plan, goods

    def money(self, minor: int) -> Text:
        """An amount; in Arabic set apart, so that its sign keeps its place."""
        en = money(minor, self.goods.scale, self.plan.currency)
        return Text(en=en, ar=ltr(en))

    def because(self, parts: dict[str, int]) -> Text | None:
        """The component that pays most of it, in the plan's own words, and what the others pay."""
        paying = sorted(((amount, name) for name, amount in parts.items() if amount > 0), key=lambda pair: -pair[0])
        if not paying:
            return None
        listed = [(name, self.money(amount)) for amount, name in paying]
        rule = self.plan.component(paying[0][1]).describe()
        return Text(
            en=f"{', '.join(f'{name} pays {amount.en}' for name, amount in listed)}. The rule: {rule.en}",
            ar=f"{'؛ '.join(f'{apart(name)} تدفع {amount.ar}' for name, amount in listed)}. القاعدة: {rule.ar}",
        )


def ltr(text: str) -> str:
    """Figures within an Arabic sentence."""
    return f"\u2066{text}\u2069"


def apart(text: str) -> str:
    """A name within an Arabic sentence, in its own direction."""
    return f"\u2068{text}\u2069"


def decimal_text_of(thousandths: int) -> str:
    """Volume as people read it."""
    whole, rest = divmod(thousandths, 1000)
    return f"{whole:,}" + (f".{rest:03d}".rstrip("0") if rest else "")


# What was tried

_DOWNLINES = {
    "nobody": Text(en="with nobody below", ar="بلا أحد تحته"),
    "two_each": Text(en="with two recruits each, three deep, below", ar="وتحته مشاركان لكل مشارك، على ثلاثة مستويات"),
    "line": Text(en="with a line of five below", ar="وتحته سلسلة من خمسة"),
}
_SHAPES = {
    "chain": Text(en="{number} positions in a chain", ar="سلسلة مواضع (عددها {number})"),
    "side_by_side": Text(
        en="{number} positions, the others side by side under the first, recruits dealt out",
        ar="مواضع متجاورة تحت الأول، والمشاركون موزَّعون عليها (عددها {number})",
    ),
    "kept_by_first": Text(
        en="{number} positions, the others side by side under the first, which keeps the recruits",
        ar="مواضع متجاورة تحت الأول الذي يحتفظ بالمشاركين (عددها {number})",
    ),
    "tripod": Text(en="{number} positions, one above two", ar="ثلاثة مواضع: واحد فوق اثنين"),
}


def split(downline: str, shape: str, number: int, shared: bool) -> Text:
    """One person as several positions."""
    below, as_ = _DOWNLINES[downline], _SHAPES[shape].fill(number=number)
    bought = (
        Text(en="sharing one person's purchase", ar="تتقاسم مشتريات شخص واحد")
        if shared
        else Text(en="each buying in full", ar="يشتري كل منها كاملًا")
    )
    return Text(en=f"{as_.en}, {bought.en}, {below.en}", ar=f"{as_.ar}، {bought.ar}، {below.ar}")


def below(number: int) -> Text:
    """So many people below."""
    return Text(en=f"{number} people below", ar=f"عدد من تحته: {number}")


def recruits(number: int) -> Text:
    """So many recruits."""
    return Text(en=f"{number} recruit(s), no customer", ar=f"عدد المستقطَبين: {number}، بلا عملاء")


def rank_over_line(rank: str, length: int) -> Text:
    """A rank bought above a line of people."""
    return Text(en=f"{rank}, with a line of {length} below", ar=f"{apart(rank)}، وتحته سلسلة من {length}")


_THINGS = {
    "order": Text(en="an order", ar="طلب"),
    "rank": Text(en="a rank", ar="رتبة"),
    "joining": Text(en="a joining package", ar="باقة انضمام"),
}
_BUYERS = {
    "one": Text(en="bought oneself", ar="باسمه"),
    "second": Text(en="bought through a second position, one level below", ar="باسم موضع ثانٍ تحته بمستوى"),
    "third": Text(en="bought through a third position, two levels below", ar="باسم موضع ثالث تحته بمستويين"),
    "new": Text(en="bought for a new position below", ar="باسم موضع جديد تحته"),
}


def washed(kind: str, buyer: str, later: int, named: bool) -> Text:
    """An order that is given back."""
    who, thing = _BUYERS[buyer], _THINGS[kind]
    when = (
        Text(en="given back in the same period", ar="وإعادة في الفترة نفسها")
        if later == 0
        else Text(en=f"given back {later} period(s) later", ar=f"وإعادة بعد فترات عددها {later}")
    )
    how = (
        Text(en="the return names the order", ar="والمرتجع يذكر الطلب")
        if named
        else Text(en="the return does not name the order", ar="والمرتجع لا يذكر الطلب")
    )
    return Text(en=f"{thing.en} {who.en}, {when.en}, {how.en}", ar=f"{thing.ar} {who.ar}، {when.ar}، {how.ar}")
