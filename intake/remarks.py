"""What to say about a heading that is taken for no column, where something useful can be said."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.evidence import Evidence
from intake.matching import is_generic
from intake.values.folding import fold, words

_UPLINE = re.compile(r"(?:lvl|level|upline|nivel|gen|sponsor)([2-9]|1[0-9])")
_CHILDREN = frozenset({"leftchildid", "rightchildid", "leftaccountid", "rightaccountid", "leftuserid", "rightuserid", "leftleg", "rightleg",
                       "diesquerda", "didireita", "leftchild", "rightchild", "lid", "rid"})  # fmt: skip
_STATUS = frozenset({"status", "estado", "situacao", "cosituacao", "diativo", "active", "isactive", "agentstatus", "astatus",
                     "referralstatus", "الحاله", "状态"})  # fmt: skip


def remark(heading: str, seen: Evidence, headings: Sequence[str]) -> str | None:
    """A sentence on a column that has no place in the table, None if there is nothing to say."""
    key = fold(heading)
    if seen.rows and seen.filled == 0:
        return "the column is empty"
    if is_generic(heading) and seen.row_numbers:
        return "row numbers"
    upline = _UPLINE.fullmatch(key)
    first = upline and any(fold(other) in (key[: upline.start(1)] + "1",) for other in headings)
    if upline and first:
        return f"upline {upline.group(1)} of a layout with one column per upline level; only the first is the sponsor"
    if seen.directions >= 0.9:
        return (
            "tells the direction of the amounts (in or out, credit or debit); say in the data sheet which rows to take"
        )
    if key in _CHILDREN:
        return "children in the parent's row; give one row per member with its parent instead"
    if key in ("lft", "rgt"):
        return "a nested-set bound; give the parent's id instead"
    if key in _STATUS:
        return "a status has no column of its own in this table"
    if seen.percents >= 0.5:
        return "percentages; rates belong in the plan"
    if {"balance", "saldo", "رصيد"} & set(words(heading)):
        return "a running balance, not a movement"
    return None
