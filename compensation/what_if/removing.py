"""Takes people out of the books: their orders vanish, and whoever stands below them moves up to the next above who stays.

Works on every tree that the participants' table records, whatever its depth. In a placement tree who moves up takes
the leg of the one whose place he takes. Dated moves of, or to, somebody who was taken out are dropped.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from compensation.awards import Int32s
from compensation.books import Books
from compensation.ledger import Bools, Ledger
from genealogy.network import LINKS, Network


def without_people(ledger: Ledger, gone: Bools) -> Books:
    """The books without the participants of some rows, and without the orders credited to them."""
    from compensation.what_if.applying import kept

    network = ledger.network
    gone = gone.copy()
    if network.unknown_row is not None:
        gone[network.unknown_row] = False
    books = kept(ledger, ~np.append(gone, False)[ledger.credited])
    leaving = network.ids.filter(pl.Series(gone))
    people = network.participants
    for name, column in LINKS.items():
        if name in network.recorded_parents and column in people.columns:
            people = _relinked(people, network, name, column, gone)
    stays = ~gone
    if network.unknown_row is not None:
        stays[network.unknown_row] = False
    moves = None
    if network.moves is not None:
        of_those = pl.col("participant_id").is_in(leaving.implode()) | pl.col("parent_id").is_in(leaving.implode())
        moves = network.moves.table.filter(~of_those.fill_null(value=False))
    return replace(
        books,
        network=Network.from_table(people.filter(pl.Series(stays)), moves),
        ranks=_without(books.ranks, leaving),
        facts=_without(books.facts, leaving),
        clicks=_without(books.clicks, leaving),
        state=_without(books.state, leaving),
    )


def _relinked(people: pl.DataFrame, network: Network, tree: str, column: str, gone: Bools) -> pl.DataFrame:
    parent = network.recorded_parents[tree]
    target, highest = above(parent, gone)
    changed = target != parent
    ids = network.ids.gather(pl.Series(np.maximum(target, 0)))
    known = target >= 0
    if network.unknown_row is not None:
        known &= target != network.unknown_row
    new = people[column].zip_with(pl.Series(~changed), ids.set(pl.Series(~known), None).cast(people[column].dtype))
    people = people.with_columns(new.alias(column))
    if tree == "placement" and "leg" in people.columns:
        legs = people["leg"].gather(pl.Series(highest))
        people = people.with_columns(people["leg"].zip_with(pl.Series(~changed), legs).alias("leg"))
    return people


def above(parent: Int32s, gone: Bools) -> tuple[Int32s, Int32s]:
    """For each row the next above that stays (-1 for none), and whose place below that it takes.

    Halves the way in every round, so that a chain of a million that goes costs twenty rounds.
    """
    target, place = parent.copy(), np.arange(len(parent), dtype=np.int32)
    while True:
        through = np.flatnonzero((target >= 0) & np.append(gone, False)[target])
        if not len(through):
            return target, place
        middle = target[through]
        target[through], place[through] = target[middle].copy(), place[middle].copy()


def _without(table: pl.DataFrame | None, leaving: pl.Series) -> pl.DataFrame | None:
    if table is None:
        return None
    mine = pl.col("participant_id").cast(pl.String).is_in(leaving.implode()).fill_null(value=False)
    return table.filter(~mine)
