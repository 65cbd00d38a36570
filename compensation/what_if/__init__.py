"""What if: the same records under a changed plan, or the same plan on changed records, and who would gain or lose.

    found = what_if(plan, books, RetailOnly())                  # or several changes, made one after the other
    found.by_component; found.by_decile; found.participants     # integers; every total ties with the others
    print(found.summary.en)

`changes` are data, one model per question, each with its definition; `applying` makes the changed plan and books;
`comparing` sets the two computations side by side. Both are run by the real engine: nothing here knows how a plan pays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.on_demand import on_demand

if TYPE_CHECKING:
    from compensation.what_if.changes import (
        Change,
        CustomerGate,
        CustomerLimit,
        OtherPlan,
        RecruitingStops,
        RetailOnly,
        WithoutCategories,
        WithoutComponents,
        WithoutTop,
    )
    from compensation.what_if.comparing import WhatIf, what_if

_HOMES = {
    "Change": "changes",
    "CustomerGate": "changes",
    "CustomerLimit": "changes",
    "OtherPlan": "changes",
    "RecruitingStops": "changes",
    "RetailOnly": "changes",
    "WhatIf": "comparing",
    "WithoutCategories": "changes",
    "WithoutComponents": "changes",
    "WithoutTop": "changes",
    "what_if": "comparing",
}

__all__ = [
    "Change",
    "CustomerGate",
    "CustomerLimit",
    "OtherPlan",
    "RecruitingStops",
    "RetailOnly",
    "WhatIf",
    "WithoutCategories",
    "WithoutComponents",
    "WithoutTop",
    "what_if",
]

__getattr__ = on_demand(__name__, _HOMES)
