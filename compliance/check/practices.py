"""The five practices that weaken an income table, looked for in this one.

A practice is `seen` where a remark on the table shows it, `not_seen` where the table shows the opposite, and
`not_known` where what was given does not tell: a table typed in has lost the page around it.

Reference: FTC staff report on income disclosure statements of multi-level companies, September 2024: leaving out
people with low or no income; ignoring expenses; emphasising top earners; hiding the typical result; averaging unlike
groups or giving annual figures that nobody received. A staff view; none is called deceptive in itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from compliance.check.income import everybody
from compliance.check.model import CheckInputs, Hidden, Practice, Seen
from intake.text import Text

_TITLES: dict[str, Text] = {
    "excludes_low": Text(en="Leaves out people with little or no income", ar="استبعاد من لا يكسبون أو يكسبون قليلًا"),
    "ignores_expenses": Text(en="Ignores expenses", ar="إغفال المصروفات"),
    "headlines_top": Text(en="Puts top earners first", ar="إبراز الأعلى كسبًا"),
    "hides_typical": Text(en="Hides the typical result", ar="إخفاء النتيجة المعتادة"),
    "unlike_or_not_actual": Text(
        en="Averages unlike people, or gives yearly figures nobody received",
        ar="حساب متوسط لمجموعات غير متشابهة، أو أرقام سنوية غير فعلية",
    ),
}
_SHOWN_BY: dict[str, tuple[str, ...]] = {
    "excludes_low": ("left_out", "only_some", "nothing_not_shown"),
    "ignores_expenses": ("gross",),
    "headlines_top": ("top_rows",),
    "hides_typical": ("averages_only", "middle_wide", "shares_missing"),
    "unlike_or_not_actual": ("lifted_average", "annualised_by_company"),
}
_ABSENT: dict[str, Text] = {
    "excludes_low": Text(
        en="The table says that it counts everyone, and has a row for nothing.",
        ar="يذكر الجدول أنه يشمل الجميع، وفيه صف لمن لم يحصلوا على شيء.",
    ),
    "ignores_expenses": Text(en="The table deducts expenses.", ar="يخصم الجدول المصروفات."),
    "hides_typical": Text(en="The middle can be told from the table.", ar="يمكن معرفة الوسط من الجدول."),
}
_UNKNOWN = Text(
    en="What was given does not tell. The page around the table would.",
    ar="لا يكفي ما قُدّم لمعرفة ذلك، وتبيّنه الصفحة المحيطة بالجدول.",
)


def practices(inputs: CheckInputs, remarks: Sequence[Hidden]) -> tuple[Practice, ...]:
    """Each of the five, with the remark that shows it; none without a table."""
    if inputs.income is None:
        return ()
    said = {remark.id: remark.text for remark in remarks}
    found = []
    for name, shown_by in _SHOWN_BY.items():
        shown = next((said[each] for each in shown_by if each in said), None)
        absent = shown is None and _is_absent(name, inputs)
        state: Seen = "seen" if shown is not None else "not_seen" if absent else "not_known"
        says = shown or (_ABSENT[name] if absent else _UNKNOWN)
        found.append(Practice.model_validate({"id": name, "title": _TITLES[name], "state": state, "says": says}))
    return tuple(found)


def _is_absent(name: str, inputs: CheckInputs) -> bool:
    """Whether the table shows the opposite of a practice."""
    table = inputs.income
    assert table is not None
    if name == "excludes_low":
        return table.population == "everyone" and everybody(table).at_zero() > 0
    if name == "ignores_expenses":
        return table.net is True
    if name == "hides_typical":
        return table.complete
    return False
