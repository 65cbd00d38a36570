"""Where a network is kept, and asked about without loading all of it.

    with EmbeddedStore(folder) as store:              # Parquet files and DuckDB: the default, no server
        store.write(network)
        page = store.downline("M-0001", limit=50)     # people in preorder; go on with after=page.next
        above = store.upline("M-0007")                # nearest first

    with Neo4jStore("bolt://localhost:7687", ("neo4j", "secret")) as store:   # for those who live in Cypher and Bloom
        store.write(network)

The files of this folder, in the order to read them:

    contract        what every store promises, method by method (`Store`), and what it answers with
    embedded        the folder of Parquet files
    neo4j           the graph: (:Participant)-[:SPONSORED_BY]->(:Participant), [:PLACED_UNDER]
    cypher          its queries
    frames          what both do to a network on its way in and out
    server          a real Neo4j on this machine, from its Maven artifacts (`make neo4j`, and the tests)
    errors          everything that can be raised
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.on_demand import on_demand

if TYPE_CHECKING:
    from genealogy.stores.contract import Counts, Member, Page, Store
    from genealogy.stores.embedded import EmbeddedStore
    from genealogy.stores.errors import StoreError
    from genealogy.stores.neo4j import Neo4jStore

__all__ = ["Counts", "EmbeddedStore", "Member", "Neo4jStore", "Page", "Store", "StoreError"]

_HOMES = {
    "Counts": "contract",
    "EmbeddedStore": "embedded",
    "Member": "contract",
    "Neo4jStore": "neo4j",
    "Page": "contract",
    "Store": "contract",
    "StoreError": "errors",
}

__getattr__ = on_demand(__name__, _HOMES)
"""Neither DuckDB nor the Neo4j driver is loaded by who uses the other."""
