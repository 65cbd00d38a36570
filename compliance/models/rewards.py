"""Retail reward against recruiting reward, from four numbers: our reconstruction, not the paper's equations.

Vander Nat and Keep (2002) split every reward into a part that depends on sales to non-participants and a part that
depends on participants' own purchases. Their equations could not be read; what stands here follows the idea as the
abstract gives it and must be named a reconstruction wherever it is shown. The main objection: own consumption is not
counted as a consumer sale; show the result with own purchases counted as 0 %, as an allowance, and as 100 % retail.
"""

from __future__ import annotations

from fractions import Fraction

from compliance.models.quantities import Amount, Result, Share
from compliance.models.registry import model


@model(
    "vk.reward_split",
    source="Reconstruction in the spirit of Vander Nat & Keep, J. Public Policy & Marketing 21(1):139-151, 2002,"
    " doi:10.1509/jppm.21.1.139.17603; not the paper's own equation",
)
def reward_split(
    wholesale_volume: Amount, share_resold_to_nonparticipants: Share, retail_markup: Amount, commission_rate: Amount
) -> dict[str, Result]:
    """retail = s W (mu + kappa); recruiting = (1 - s) W kappa; critical s* = kappa / (mu + 2 kappa).

    Args:
        wholesale_volume: W, bought by participants.
        share_resold_to_nonparticipants: s.
        retail_markup: mu, on the wholesale price.
        commission_rate: kappa, of all levels together.

    Returns:
        `recruitment_reward`, `retail_reward`, `recruitment_share` (of the two, for any W; None where neither pays),
        `critical_resale_share` (below it recruiting pays more; None where neither markup nor commission is paid).
    """
    s, mu, kappa = share_resold_to_nonparticipants, retail_markup, commission_rate
    retail, recruiting = s * (mu + kappa), (1 - s) * kappa
    both = retail + recruiting
    return {
        "recruitment_reward": recruiting * wholesale_volume,
        "retail_reward": retail * wholesale_volume,
        "recruitment_share": Fraction(recruiting) / both if both else None,
        "critical_resale_share": Fraction(kappa) / (mu + 2 * kappa) if mu + kappa else None,
    }
