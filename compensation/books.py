"""What a plan is computed on: the network, the orders, and what else the records or the company state.

`Books` only holds tables, unchanged. `Evaluation` lays them out. Everything but network and orders may be absent; a
component that needs what is absent says so by name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from genealogy.network import Network


@dataclass(frozen=True)
class Books:
    """The records of one company, as far as a plan reads them."""

    network: Network
    """Participants and their trees."""
    orders: pl.DataFrame
    """Rows of the orders table; absent optional columns count as empty. A column `period`, where present, names the
    commission period instead of the date."""
    ranks: pl.DataFrame | None = None
    """Rows of the ranks table, for plans that take ranks from it."""
    facts: pl.DataFrame | None = None
    """What the company itself states: `participant_id` (empty: of the company as a whole), `period` (empty: in every
    period), `fact`, `value` (text). Where a fact names something that would be computed, such as `personal_volume`
    (points) or `active`, it takes its place."""
    clicks: pl.DataFrame | None = None
    """Visits that affiliates referred: `participant_id`, `order_id` or `buyer_id`, `date`, `kind`."""
    state: pl.DataFrame | None = None
    """`Computed.state` of an earlier computation, to go on from."""
    periods: tuple[str, ...] = ()
    """Commission periods that exist whether or not an order falls into them."""
    currencies: dict[str, int] = field(default_factory=dict)
    """Decimals of each currency in the records; ISO 4217 codes need none."""
    volume_decimals: int = 3
    """Decimals in which the orders' volumes and points are held; the tables of intake hold thousandths."""
