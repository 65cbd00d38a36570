"""Labelled synthetic companies: made up from a seed, at any size, with the truth written beside them.

Twelve kinds, from an honest direct seller to fabricated receipts. Each is data (`datasets/synthetic/<kind>.yaml`): who
joins, what is bought and why, what is planted, every number with its reason. The same kind, size, seed and months give
the same bytes. Payouts are not made up: the plan engine computes them on the made-up orders.

    company = make("honest-seller", participants=2_000, seed=1)
    write(company, Path("company"))          # CSV, data sheet, plan, truth.json; then: downline analyze company

- `scenario`: the kinds as data; `people`: who joins under whom; `wares`, `purchases`, `planting`: what is bought;
- `company` and its `branch`es: month by month, with the engine's payouts; `service`: deliveries, complaints, invitations;
- `ids`, `tables`, `writing`, `mess`: the files;
- `scoring`: measured against planted: recall, false alarms, and naive rules beside them;
- `draws`: seeded streams; `errors`: everything raised on purpose.

The room knows `compensation`, `genealogy` and `intake`, and nothing of how indicators are computed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.on_demand import on_demand

if TYPE_CHECKING:
    from synthetic.company import Company, make
    from synthetic.scenario import Scenario, kinds, load_scenario
    from synthetic.writing import write

_HOMES = {
    "Company": "company",
    "Scenario": "scenario",
    "kinds": "scenario",
    "load_scenario": "scenario",
    "make": "company",
    "write": "writing",
}

__all__ = ["Company", "Scenario", "kinds", "load_scenario", "make", "write"]

__getattr__ = on_demand(__name__, _HOMES)
