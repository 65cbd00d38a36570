"""What a plan pays to those who work it rather than sell: tests of a plan alone, without any records.

    found = play(plan, Terms(joining="50"))
    found.test("positions").found.en          # One person earns more as several: ...

Small companies are made up from the plan itself (`goods` reads what it gives to buy, `world` holds the people), and the
real engine pays them; nothing here knows how a plan pays. `positions`: one person as several. `buying`: purchases to be
paid, recruits without customers, orders that are given back. `rank_search`: the cheapest way to each rank. `growth`: who
is behind while a company grows. `mechanisms`: the formulas of the literature, which the engine is held against.
Searches are bounded and say how far they went; every assumption is printed (`terms`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.on_demand import on_demand

if TYPE_CHECKING:
    from compensation.gaming.outcomes import Gaming, Tested, Try
    from compensation.gaming.playing import play
    from compensation.gaming.terms import Terms

_HOMES = {"Gaming": "outcomes", "Terms": "terms", "Tested": "outcomes", "Try": "outcomes", "play": "playing"}

__all__ = ["Gaming", "Terms", "Tested", "Try", "play"]

__getattr__ = on_demand(__name__, _HOMES)
