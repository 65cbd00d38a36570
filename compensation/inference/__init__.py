"""What plan do the payouts really follow? Levels, rates, caps, compression and more, read off the ledger and proved.

    found = infer(network, orders, payouts)
    found.explained                      # (722, 789): matched to the minor unit, of all recorded payouts
    found.plan, found.document           # the proposal, as a plan and as text that `parse_plan` reads
    found.counter_examples               # the first rows that it does not explain
    found.compare(load_plan("brochure.yaml"))   # where the payouts differ from what the company states

`evidence` ties payouts to orders and counts levels; `rates` finds exact fractions; `levels` searches level commissions
(`level_plan` writes what it found as components) and `upgrades` rewards that pass up; `verifying` has every proposal computed by the engine and reconciled, and nothing
else counts as explained; `inferring` puts it together; `brochure` compares with a stated plan.
"""

from __future__ import annotations

from compensation.inference.inferring import Inference, Part, infer

__all__ = ["Inference", "Part", "infer"]
