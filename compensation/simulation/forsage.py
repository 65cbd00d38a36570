"""The smart-contract matrices X3 and X4, run operation by operation as the deployed contract would.

`run` takes registrations and purchases and says what everybody paid and received, with the loops that compute real
records (`kernels.contract_matrix`); `monte_carlo_loss_share` runs it on randomly recruited participants. Amounts are
exact fractions of an ETH.

Rules and figures: tandil-dev/forsage-audit; Kell et al., arXiv 2105.04380.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from compensation.kernels import contract_matrix, nearest
from genealogy.tree import Tree
from intake.text import Text, say

LEVELS = 12
FIRST_PRICE = Fraction(25, 1000)
MATRICES = {"X3": contract_matrix.X3, "X4": contract_matrix.X4}


@dataclass(frozen=True, slots=True)
class Flows:
    """What everybody paid and received, by name, in ETH without the cost of transactions."""

    received: dict[str, Fraction]
    paid: dict[str, Fraction]


def slot_prices(levels: int = LEVELS) -> list[Fraction]:
    """Price of each level: the first, then doubling.

    >>> [str(price) for price in slot_prices(3)]
    ['1/40', '1/20', '1/10']
    """
    return [FIRST_PRICE * 2**level for level in range(levels)]


def total_cost_all_slots(matrices: int = 2, levels: int = LEVELS) -> Fraction:
    """What every level of every matrix costs together."""
    return matrices * sum(slot_prices(levels), Fraction(0))


class ImpossibleOperation(ValueError):  # noqa: N818 - reads as what it says
    """An operation that the contract would refuse; `text` says which, and the way out."""

    def __init__(self, number: int, reason: Text) -> None:
        self.text = say("operation {number}: {reason}", "العملية {number}: {reason}", number=number, reason=reason)
        super().__init__(self.text.en)


_FORMS = say(
    "write {forms}", "تُكتب بالصيغة {forms}", forms='["register", user, sponsor] or ["buy", user, matrix, level]'
)


def _not_registered(user: str, sponsor: str | None) -> Text:
    if sponsor is None:
        return say(
            "{user!r} is registered already; list each participant once",
            "{user} مسجَّل من قبل؛ يُذكر كل مشارك مرة واحدة",
            user=user,
        )
    return say(
        "sponsor {sponsor!r} is not registered; list sponsors first",
        "الراعي {sponsor} غير مسجَّل؛ يُذكر الرعاة أولًا",
        sponsor=sponsor,
    )


def _no_such(user: str, matrix: object, level: object) -> Text:
    return say(
        "{user!r} cannot buy level {level} of {matrix}; there is no such, or nobody of that name",
        "لا يمكن أن يشتري {user} المستوى {level} من {matrix}؛ فلا وجود له، أو لا وجود لهذا الاسم",
        user=user,
        level=level,
        matrix=matrix,
    )


def _held_already(user: str, matrix: object, level: object) -> Text:
    return say(
        "{user!r} holds level {level} of {matrix} already; leave the operation out",
        "المستوى {level} من {matrix} مفتوح لـ {user} من قبل؛ تُحذف العملية",
        user=user,
        level=level,
        matrix=matrix,
    )


def run(owner: str, operations: Sequence[Sequence[Any]], levels: int = LEVELS) -> Flows:
    """Run `["register", user, sponsor]` and `["buy", user, "X3" or "X4", level]` strictly in order.

    Raises:
        ImpossibleOperation: an operation that the contract would refuse: a name registered twice, an unknown one, a level
            that does not exist or is held already.
    """
    names = {owner: 0}
    sponsor = [-1]
    purchases: dict[str, list[tuple[int, int, int]]] = {matrix: [] for matrix in MATRICES}
    held: set[tuple[int, str, int]] = set()
    for number, (what, user, *rest) in enumerate(operations, start=1):
        if what == "register" and len(rest) == 1:
            if user in names or rest[0] not in names:
                raise ImpossibleOperation(number, _not_registered(user, None if user in names else rest[0]))
            names[user] = len(names)
            sponsor.append(names[rest[0]])
            bought = [(matrix, 1) for matrix in MATRICES]
        elif what == "buy" and len(rest) == 2:
            bought = [(rest[0], rest[1])]
        else:
            raise ImpossibleOperation(number, _FORMS)
        for matrix, level in bought:
            if user not in names or matrix not in MATRICES or not 1 <= level <= levels:
                raise ImpossibleOperation(number, _no_such(user, matrix, level))
            if names[user] == 0 or (names[user], matrix, level) in held:
                raise ImpossibleOperation(number, _held_already(user, matrix, level))
            held.add((names[user], matrix, level))
            purchases[matrix].append((number, names[user], level - 1))
    prices = slot_prices(levels)
    received, paid = [Fraction(0)] * len(names), [Fraction(0)] * len(names)
    for matrix, made in purchases.items():
        buyer = np.array([each[1] for each in made], np.int32)
        at_level = np.array([each[2] for each in made], np.int32)
        receiver = _receivers(MATRICES[matrix], np.array(sponsor, np.int32), buyer, at_level, levels)
        for who, whom, at in zip(buyer, receiver, at_level, strict=True):
            paid[who] += prices[at]
            received[whom] += prices[at]
    return Flows(dict(zip(names, received, strict=True)), dict(zip(names, paid, strict=True)))


def monte_carlo_loss_share(users: int, repeats: int, seed: int = 1) -> Fraction:
    """Mean share of participants who received less than they paid, when nobody buys more than the registration.

    Each newcomer's sponsor is chosen uniformly among all who are there, the owner included.
    """
    chance = np.random.default_rng(seed)
    lost = 0
    everybody = np.arange(1, users + 1, dtype=np.int32)
    first = np.zeros(users, np.int32)
    for _ in range(repeats):
        sponsor = np.concatenate([[-1], (chance.random(users) * everybody).astype(np.int32)]).astype(np.int32)
        received = np.zeros(users + 1, np.int64)
        for matrix in MATRICES.values():
            np.add.at(received, _receivers(matrix, sponsor, everybody, first, LEVELS), 1)
        lost += int((received[1:] < len(MATRICES)).sum())  # in slot prices, of which everybody paid one per matrix
    return Fraction(lost, users * repeats)


def _receivers(
    matrix: int,
    sponsor: npt.NDArray[np.int32],
    buyer: npt.NDArray[np.int32],
    level: npt.NDArray[np.int32],
    levels: int,
) -> npt.NDArray[np.int32]:
    """Row of who gets the price of each purchase; row 0 is the owner."""
    tree = Tree.from_parents(sponsor)
    state = contract_matrix.standing(levels, len(sponsor), matrix)
    state.active[:, 0] = 1
    offset = nearest.offsets(len(sponsor))
    words = np.zeros((levels, int(offset[-1])), np.int64)
    for marks in words:
        nearest.mark(marks, offset, int(tree.position[0]))
    above = contract_matrix.Above(tree.parent, nearest.runs(tree.parent), tree.position, tree.row, words, offset)
    receiver = np.empty(len(buyer), np.int32)
    log = np.empty((0, 3), np.int64)
    contract_matrix.run(matrix, buyer, level, 0, True, state, above, receiver, -1, log)  # noqa: FBT003
    return receiver
