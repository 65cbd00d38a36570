"""Published payout examples as tests: people, orders and expected awards in one file, the plan in our language beside it.

An example is `<id>.json` in the published format (docs/plans/examples.md) and `<id>.plan.yaml`. What the source *gives*
(a rank, a rate of a person, commissions earned elsewhere) becomes records and facts in `reading`, so that the plan
file holds rules only. `verifying` computes and compares to the cent.
"""

from __future__ import annotations

from compensation.examples.reading import books, find, read
from compensation.examples.verifying import Difference, Verdict, compare, verify

__all__ = ["Difference", "Verdict", "books", "compare", "find", "read", "verify"]
