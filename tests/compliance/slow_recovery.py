"""When each participant had recovered what he paid, followed month by month; and Kaplan-Meier's product, taken literally.

Money is a list of (person, month, paid, received), months numbered from the first of the records.
"""

from __future__ import annotations

from fractions import Fraction

Money = tuple[int, int, int, int]


def followed(money: list[Money], last: int) -> dict[int, tuple[int, bool]]:
    """Months from the first payment to recovery or to the end of the records, of everyone who paid."""
    found = {}
    for person in {entry[0] for entry in money}:
        own = [entry for entry in money if entry[0] == person]
        payments = [month for _, month, paid, _ in own if paid > 0]
        if not payments:
            continue
        began = min(payments)
        found[person] = (last - began, False)
        for month in range(began, last + 1):
            so_far = sum(received - paid for _, at, paid, received in own if at <= month)
            if so_far >= 0:
                found[person] = (month - began, True)
                break
    return found


def happened(people: list[tuple[int, bool]], time: int) -> Fraction:
    """1 less the product over all times up to this one of the share of those at risk to whom it did not happen."""
    survived = Fraction(1)
    for at in range(time + 1):
        risk = [each for each in people if each[0] >= at]
        events = [each for each in risk if each == (at, True)]
        survived *= Fraction(len(risk) - len(events), len(risk))
    return 1 - survived
