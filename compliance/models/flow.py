"""The accounting identity behind everything: inside a scheme, participants together gain payouts less payments.

Where no money comes from outside they cannot gain as a group, whatever the plan says. The ratios need a complete ledger
and a rule for who is a participant; people who hold a position only for the discount blur it.
"""

from __future__ import annotations

from fractions import Fraction

from compliance.models.quantities import Amount, Result
from compliance.models.registry import model


@model("flow.external_funding", source="Derived: sum of (p_i - c_i) = P - C")
def external_funding(
    participant_payments: Amount, external_revenue: Amount, payouts_to_participants: Amount
) -> dict[str, Result]:
    """ERR = X / (X + C); PF = max(0, P - X) / P; net = P - C.

    Args:
        participant_payments: C, all that participants paid in.
        external_revenue: X, all that others paid in.
        payouts_to_participants: P.

    Returns:
        `external_revenue_ratio` (0 is a closed circuit; None without revenue),
        `min_share_of_payouts_funded_by_participants` (None where nothing was paid out), `participants_net`.
    """
    c, x, p = participant_payments, external_revenue, payouts_to_participants
    return {
        "external_revenue_ratio": Fraction(x) / (x + c) if x + c else None,
        "min_share_of_payouts_funded_by_participants": Fraction(max(Fraction(0), p - x)) / p if p else None,
        "participants_net": p - c,
    }
