"""The smart-contract matrices X3 and X4 of Forsage: `compensation.simulation.forsage` as models.

The engine behind is the one that computes real records; its balances equal those of the deployed bytecode. Loss shares
of the simulation leave out upgrades and transaction costs, which is why the published 88 % is higher.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field

from compliance.models.quantities import Count, Name, Real, Result, Whole
from compliance.models.registry import Refused, model
from intake.text import say

_SOURCE = "Kell et al., arXiv 2105.04380; rules of tandil-dev/forsage-audit, balances equal to the bytecode's"
_MOST_LEVELS = 1000
_MOST_REGISTRATIONS = 5_000_000


def _levels(levels: int) -> None:
    if levels > _MOST_LEVELS:
        reason = say(
            "must be at most {most:,}; the contract has 12",
            "الحد الأقصى {most:,}؛ وعدد مستويات العقد {here}",
            most=_MOST_LEVELS,
            here=12,
        )
        raise Refused("levels", levels, reason)


@model("forsage.slot_prices", source=_SOURCE, mark="R")
def slot_prices(levels: Whole) -> list[Fraction]:
    """0.025 ETH, then doubling: 0.025 2^(l-1), l = 1..levels."""
    from compensation.simulation import forsage

    _levels(levels)
    return forsage.slot_prices(levels)


@model("forsage.total_cost_all_slots", source=_SOURCE, mark="R")
def total_cost_all_slots(levels: Whole, matrices: Whole = 2) -> Fraction:
    """0.025 (2^levels - 1) for each matrix; 204.75 ETH for 2 matrices of 12 levels."""
    from compensation.simulation import forsage

    _levels(levels)
    return forsage.total_cost_all_slots(matrices, levels)


@model("forsage.run", source=_SOURCE, mark="R")
def run(owner: Name, operations: list[list[Any]]) -> dict[str, Result]:
    """What everybody paid and received after the operations, run in order as the contract would.

    Args:
        owner: holds every slot from the start and pays nothing.
        operations: `["register", user, sponsor]` and `["buy", user, "X3" or "X4", level]`.

    Returns:
        `received_eth` and `paid_eth`, each name -> ETH.
    """
    from compensation.simulation import forsage

    for number, operation in enumerate(operations, start=1):
        text = operation[:3] if operation[:1] == ["buy"] else operation
        if not operation or not all(isinstance(each, str) for each in text):
            reason = say("names are texts", "الأسماء نصوص")
            raise Refused("operations", operation, forsage.ImpossibleOperation(number, reason).text)
        if len(operation) == 4 and (isinstance(operation[3], bool) or not isinstance(operation[3], int)):
            reason = say("a level is a whole number", "المستوى عدد صحيح")
            raise Refused("operations", operation, forsage.ImpossibleOperation(number, reason).text)
    try:
        flows = forsage.run(owner, operations)
    except forsage.ImpossibleOperation as problem:
        raise Refused("operations", None, problem.text) from problem
    return {"received_eth": flows.received, "paid_eth": flows.paid}


@model("forsage.monte_carlo_loss_share", source=f"{_SOURCE}; seeded simulation: .626 of 1,000, sd .006 a run")
def monte_carlo_loss_share(
    users: Annotated[Count, Field(le=1_000_000)],
    repeats: Annotated[Count, Field(le=1000)] = 20,
    sponsor_choice: str = "uniform over all existing accounts incl. owner",
    upgrades: Literal["none"] = "none",  # noqa: ARG001 - stated so that nobody takes it for more
    gas: Real = Fraction(0),
) -> Fraction:
    """Mean share of users (not the owner) who received less than they paid, nobody buying more than registration.

    Args:
        users: how many register.
        repeats: simulated schemes.
        sponsor_choice: uniform over all accounts there, the owner included; nothing else is simulated.
        upgrades: none; nothing else is simulated.
        gas: 0; transaction costs are not simulated.
    """
    from compensation.simulation import forsage

    if not sponsor_choice.startswith("uniform"):
        reason = say(
            "only a choice uniform over all accounts is simulated; write uniform",
            "لا يُحاكى إلا اختيار متساوي الاحتمال بين الحسابات كلها؛ يُكتب {word}",
            word="uniform",
        )
        raise Refused("sponsor_choice", sponsor_choice, reason)
    if gas != 0:
        reason = say("transaction costs are not simulated; give 0", "رسوم المعاملات لا تُحاكى؛ يُكتب {zero}", zero=0)
        raise Refused("gas", float(gas), reason)
    if users * repeats > _MOST_REGISTRATIONS:
        reason = say(
            "at most {most:,} registrations are simulated, users times repeats",
            "تُحاكى {most:,} عملية تسجيل على الأكثر، وهي {users} في {repeats}",
            most=_MOST_REGISTRATIONS,
            users="users",
            repeats="repeats",
        )
        raise Refused("repeats", repeats, reason)
    return forsage.monte_carlo_loss_share(users, repeats)
