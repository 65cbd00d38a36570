"""Conditions in plain words, English and Arabic: for a plan's reading, and beside each figure of an explanation.

`condition` says one condition, `describe` a whole `Requirements`. Every parameter that is not the usual case is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from compensation.quantities import decimal_text, rate_text
from compensation.standing.requirements import Requirements
from intake.text import Text

_MEASURE = {
    None: Text(en="volume", ar="الحجم"),
    "volume": Text(en="commissionable volume", ar="حجم العمولة"),
    "points": Text(en="points", ar="النقاط"),
    "amount": Text(en="money", ar="المبلغ"),
}
_TREE = {
    "sponsor": Text(en="", ar=""),
    "placement": Text(en=" in the placement tree", ar=" في شجرة المواضع"),
    "matrix": Text(en=" in the matrix", ar=" في المصفوفة"),
}


def _least(value: Fraction) -> Text:
    return Text(en=f"at least {decimal_text(value)}", ar=f"لا يقل عن {decimal_text(value)}")


def _volume(en: str, ar: str, each: Any) -> Text:
    measure, tree, least = _MEASURE[each.measure], _TREE[getattr(each, "tree", "sponsor")], _least(each.at_least)
    measured = ("", "") if each.measure is None else (f" ({measure.en})", f" ({measure.ar})")
    return Text(en=f"{en}{measured[0]}{tree.en} {least.en}", ar=f"{ar}{measured[1]}{tree.ar} {least.ar}")


def _personal_volume(each: Any) -> Text:
    return _volume("personal volume", "الحجم الشخصي", each)


def _group_volume(each: Any) -> Text:
    text = _volume("group volume", "حجم المجموعة", each)
    en, ar = text.en, text.ar
    if not each.includes_own:
        en, ar = f"{en}, own volume not counted", f"{ar}، دون الحجم الشخصي"
    if each.max_share_per_leg is not None:
        share = rate_text(each.max_share_per_leg)
        en, ar = f"{en}, at most {share} of it from one leg", f"{ar}، ولا يُحتسب من الفرع الواحد أكثر من {share} منه"
    if each.max_per_leg is not None:
        most = decimal_text(each.max_per_leg)
        en, ar = f"{en}, at most {most} from one leg", f"{ar}، ولا يُحتسب من الفرع الواحد أكثر من {most}"
    if each.levels is not None:
        en, ar = f"{en}, down to level {each.levels}", f"{ar}، حتى المستوى {each.levels}"
    if each.without is not None and each.without.rank is not None:
        en = f"{en}, without the groups of those who hold {each.without.rank} or higher"
        ar = f"{ar}، دون مجموعات من يحوز {each.without.rank} أو رتبة أعلى"
    if each.without is not None and each.without.fact is not None:
        en = f"{en}, without the groups that have broken away ({each.without.fact})"
        ar = f"{ar}، دون المجموعات المنفصلة ({each.without.fact})"
    return Text(en=en, ar=ar)


def _leg_volume(each: Any) -> Text:
    return _volume("volume of all legs", "حجم الفروع كلها", each)


def _legs(each: Any) -> Text:
    least, tree = decimal_text(each.min_volume), _TREE[each.tree]
    return Text(
        en=f"legs with at least {least}{tree.en}: at least {each.count}",
        ar=f"عدد الفروع التي لا يقل حجم كل منها عن {least}{tree.ar}: لا يقل عن {each.count}",
    )


def _strongest_leg(each: Any) -> Text:
    return _volume("volume of the strongest leg", "حجم الفرع الأقوى", each)


def _weakest_leg(each: Any) -> Text:
    return _volume(
        f"volume of the weakest of {each.of} legs", f"حجم أضعف الفروع من بين أقوى {each.of}", each
    )  # fmt: skip


def _outside_strongest_leg(each: Any) -> Text:
    text = _volume("volume outside the strongest leg", "الحجم خارج الفرع الأقوى", each)
    if each.includes_own:
        return Text(en=f"{text.en}, own volume counted", ar=f"{text.ar}، مع الحجم الشخصي")
    return text


def _qualified_legs(each: Any) -> Text:
    tree = _TREE[each.tree]
    if each.depth == "head":
        return Text(
            en=f"direct recruits who hold {each.rank} or higher{tree.en}: at least {each.count}",
            ar=f"عدد المشاركين المباشرين برتبة {each.rank} أو أعلى{tree.ar}: لا يقل عن {each.count}",
        )
    return Text(
        en=f"legs in which somebody holds {each.rank} or higher{tree.en}: at least {each.count}",
        ar=f"عدد الفروع التي فيها من يحوز {each.rank} أو رتبة أعلى{tree.ar}: لا يقل عن {each.count}",
    )


def _recruit_parts(each: Any) -> Text:
    en, ar = "", ""
    if each.active:
        en, ar = f"{en}, active", f"{ar}، نشطين"
    if each.min_volume is not None:
        least = decimal_text(each.min_volume)
        en, ar = f"{en}, with at least {least}", f"{ar}، لا يقل حجم كل منهم عن {least}"
    if each.in_period:
        en, ar = f"{en}, who joined in the period", f"{ar}، انضموا في الفترة"
    if each.kinds is not None:
        kinds = ", ".join(each.kinds)
        en, ar = f"{en}, of kind {kinds}", f"{ar}، من نوع {kinds}"
    return Text(en=en, ar=ar)


def _recruits(each: Any) -> Text:
    parts = _recruit_parts(each)
    return Text(
        en=f"direct recruits{parts.en}: at least {each.count}",
        ar=f"عدد المشاركين المباشرين{parts.ar}: لا يقل عن {each.count}",
    )


def _recruit_in_each_leg(each: Any) -> Text:
    parts, tree = _recruit_parts(each), _TREE[each.tree]
    return Text(
        en=f"legs{tree.en} with at least {each.count} direct recruits each{parts.en}: at least {each.legs}",
        ar=f"عدد الفروع{tree.ar} التي في كل منها من المشاركين المباشرين{parts.ar} {each.count} على الأقل: "
        f"لا يقل عن {each.legs}",
    )


def _customers(each: Any) -> Text:
    en, ar = "different customers", "عدد العملاء المختلفين"
    if each.min_volume is not None:
        least = decimal_text(each.min_volume)
        en, ar = f"{en} with at least {least} each", f"{ar} ممن لا يقل شراء كل منهم عن {least}"
    if not each.personal:
        en, ar = f"{en} in the whole downline", f"{ar} في الشبكة التابعة كلها"
    return Text(en=f"{en}: at least {each.count}", ar=f"{ar}: لا يقل عن {each.count}")


def _customer_volume(each: Any) -> Text:
    if each.personal:
        return _volume("volume of own customers", "حجم شراء عملائه", each)
    return _volume("volume of customers in the whole downline", "حجم شراء العملاء في الشبكة التابعة كلها", each)


def _customer_share(each: Any) -> Text:
    share = rate_text(each.at_least)
    of = {
        "personal": Text(en="own and customers' volume", ar="حجم شرائه وشراء عملائه"),
        "purchases": Text(en="own purchases", ar="مشترياته"),
        "group": Text(en="group volume", ar="حجم المجموعة"),
    }[each.of]
    return Text(
        en=f"volume of customers at least {share} of {of.en}", ar=f"حجم شراء العملاء لا يقل عن {share} من {of.ar}"
    )


def _own_orders(each: Any) -> Text:
    return _orders(Text(en="own orders", ar="عدد طلباته"), each)


def _autoship(each: Any) -> Text:
    return _orders(Text(en="autoship orders", ar="عدد طلباته الدورية التلقائية"), each)


def _orders(what: Text, each: Any) -> Text:
    en, ar = what.en, what.ar
    for listed, name, arabic in ((each.categories, "categories", "الفئات"), (each.products, "products", "المنتجات")):
        if listed and listed != ("autoship",):
            en, ar = f"{en} ({name}: {', '.join(listed)})", f"{ar} ({arabic}: {'، '.join(listed)})"
    if each.min_amount is not None:
        least = decimal_text(each.min_amount)
        en, ar = f"{en} of at least {least}", f"{ar} التي لا يقل مبلغ كل منها عن {least}"
    if each.min_volume is not None:
        least = decimal_text(each.min_volume)
        en, ar = f"{en} with a volume of at least {least}", f"{ar} التي لا يقل حجم كل منها عن {least}"
    return Text(en=f"{en}: at least {each.count}", ar=f"{ar}: لا يقل عن {each.count}")


def _rank(name: Any) -> Text:
    return Text(en=f"rank {name} or higher", ar=f"الرتبة {name} أو أعلى")


def _facts(name: Any) -> Text:
    return Text(en=f"not stated otherwise: {name}", ar=f"لم يُذكر خلافه: {name}")


def _stated(name: Any) -> Text:
    return Text(en=f"stated: {name}", ar=f"مذكور: {name}")


def _numbers(pair: Any) -> Text:
    least = _least(pair[1])
    return Text(en=f"{pair[0]} {least.en}", ar=f"{pair[0]} {least.ar}")


def _months_since_joining(each: Any) -> Text:
    en, ar = "months since joining", "الأشهر منذ الانضمام"
    if each.at_least:
        en, ar = f"{en} at least {each.at_least}", f"{ar} لا تقل عن {each.at_least}"
    if each.at_most is not None:
        en, ar = f"{en} at most {each.at_most}", f"{ar} لا تزيد على {each.at_most}"
    return Text(en=en, ar=ar)


_WORDS: dict[str, Callable[[Any], Text]] = {
    "personal_volume": _personal_volume,
    "group_volume": _group_volume,
    "leg_volume": _leg_volume,
    "legs": _legs,
    "strongest_leg": _strongest_leg,
    "weakest_leg": _weakest_leg,
    "outside_strongest_leg": _outside_strongest_leg,
    "qualified_legs": _qualified_legs,
    "recruits": _recruits,
    "recruit_in_each_leg": _recruit_in_each_leg,
    "customers": _customers,
    "customer_volume": _customer_volume,
    "customer_share": _customer_share,
    "own_orders": _own_orders,
    "autoship": _autoship,
    "rank": _rank,
    "facts": _facts,
    "stated": _stated,
    "numbers": _numbers,
    "months_since_joining": _months_since_joining,
}


def condition(key: str, value: Any) -> Text:
    """One condition, as `Requirements.conditions` names it."""
    return _WORDS[key](value)


def joined(parts: Iterable[Text]) -> Text:
    """Parts of a list in one sentence."""
    listed = list(parts)
    return Text(en="; ".join(part.en for part in listed), ar="؛ ".join(part.ar for part in listed))


def describe(requirements: Requirements) -> Text:
    """All conditions, and the alternatives."""
    parts = [condition(key, value) for key, value in requirements.conditions()]
    if requirements.any_of:
        ways = [describe(each) for each in requirements.any_of]
        parts.append(
            Text(
                en="one of: " + " or ".join(f"({way.en})" for way in ways),
                ar="أحد ما يلي: " + " أو ".join(f"({way.ar})" for way in ways),
            )
        )
    return joined(parts)
