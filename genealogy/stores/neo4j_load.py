"""Loading a network into a Neo4j server, beside the one that is there, and the switch from one to the other.

The order of things makes it safe to die anywhere: (1) constraints and indexes, awaited; (2) `BEGIN` notes the new
version as the one being written, and takes over from a write that died; (3) what such writes left is removed;
(4) participants, then links, in batches that write only while the note stands; (5) `SWITCH` makes the version
current in one transaction, if the note still stands; (6) the version before is removed. Each batch is one
transaction with one list per column, which is the least to pack and to send.
"""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import astuple
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from neo4j import exceptions

from genealogy.stores import cypher, frames
from genealogy.stores.contract import RELATIONSHIPS
from genealogy.stores.errors import StoreBusy, StoreDamaged
from intake.progress import Cancelled
from intake.text import say

if TYPE_CHECKING:
    import neo4j
    from numpy.typing import NDArray

    from genealogy.network import Network
    from intake.progress import Progress

FORMAT = 1
"""Version of the layout in the graph, kept on the (:Network)."""
LOADERS = 2
"""Batches of participants on their way at once: one is packed while the server works on the other."""
PART = 4_000_000
"""Bytes of a (:NetworkExtra)."""


def run(tx: neo4j.ManagedTransaction, query: str, /, **parameters: Any) -> neo4j.Result:
    """Run one of our own texts (`cypher`)."""
    return tx.run(query, parameters)


def only(tx: neo4j.ManagedTransaction, query: str, /, **parameters: Any) -> dict[str, Any]:
    """The one record of an answer, as a dict; empty when there is none."""
    record = run(tx, query, **parameters).single()
    return {} if record is None else record.data()


def consumed(tx: neo4j.ManagedTransaction, query: str, /, **parameters: Any) -> None:
    """Run a query whose answer does not matter."""
    run(tx, query, **parameters).consume()


class Load:
    """One write of one network."""

    def __init__(
        self, driver: neo4j.Driver, database: str, place: str, network: Network, progress: Progress, batch: int
    ) -> None:
        """Prepare; nothing is sent before `run`.

        Args:
            driver: Connection to the server.
            database: Name of the database.
            place: What to call the store in messages.
            network: What to write.
            progress: Told how far each stage is.
            batch: Rows of a transaction.
        """
        self._driver = driver
        self._database = database
        self._place = place
        self._network = network
        self._progress = progress
        self._batch = batch
        self._version = secrets.token_hex(8)
        self._trees = [name for name in RELATIONSHIPS if name in network.names]

    def run(self) -> None:
        """Write the network and make it the current one."""
        with self._driver.session(database=self._database) as session:
            for statement in [*cypher.schema(self._trees), cypher.AWAIT_INDEXES]:
                session.run(statement).consume()
            begun = session.execute_write(only, cypher.BEGIN, network=cypher.NETWORK, version=self._version)
            try:
                for left in begun["versions"]:
                    if left not in (self._version, begun["current"]):
                        self._remove(session, left)
                self._participants()
                for tree in self._trees:
                    self._links(tree)
                self._extras(session)
                self._require(session, cypher.SWITCH, state=self._state())
            except (Exception, KeyboardInterrupt):
                with contextlib.suppress(exceptions.DriverError, exceptions.Neo4jError):  # the next write clears up
                    session.execute_write(consumed, cypher.GIVE_UP, network=cypher.NETWORK, version=self._version)
                    self._remove(session, self._version)
                raise
            with contextlib.suppress(Cancelled):  # what was asked for is done; the next write removes the rest
                for left in begun["versions"]:
                    if left != self._version:
                        self._remove(session, left, "removing the network before")

    def _participants(self) -> None:
        """Everybody, in the sponsors' preorder: neighbours in the tree become neighbours on the server's disk."""
        row = self._network.sponsor.row
        frame = self._network.participants.gather(row).hstack([pl.Series("row", row)])
        frame = frame.hstack([column for tree in self._trees for column in self._places(tree)])
        frame = frame.select(column for column in frame if column.null_count() < len(frame))
        columns = [(column.name, cypher.kind(column.dtype)) for column in frame]

        def send(start: int) -> None:
            rows = frame.slice(start, self._batch)
            self._send(
                lambda again: cypher.write_participants(columns, again=again),
                {column.name: sent(column) for column in rows},
                len(rows),
            )

        self._each(send, range(0, len(frame), self._batch), "writing participants")

    def _places(self, tree: str) -> list[pl.Series]:
        """Preorder, size and depth in a tree, in the sponsors' preorder; null for those whom the tree does not hold."""
        row, own = self._network.sponsor.row, self._network.tree(tree)
        position = pl.Series(own.position[row])
        held = pl.select(pl.when(position >= 0).then(position)).to_series()
        values = {"pre": np.arange(len(own), dtype=np.int32), "size": own.size, "depth": own.depth}
        return [pl.Series(array).gather(held).alias(cypher.prefixed(tree, name)) for name, array in values.items()]

    def _links(self, tree: str) -> None:
        """The links of a tree one batch after the other: two at once would lock the same sponsors."""
        own, sponsor = self._network.tree(tree), self._network.sponsor
        linked = np.flatnonzero(own.parent >= 0)
        child: NDArray[np.int32] = sponsor.position[own.row[linked]]
        parent: NDArray[np.int32] = sponsor.position[own.row[own.parent[linked]]]
        for start in range(0, linked.size, self._batch):
            ends = slice(start, start + self._batch)
            rows = {"child": child[ends].tolist(), "parent": parent[ends].tolist()}
            self._send(lambda again: cypher.write_links(tree, again=again), rows, len(rows["child"]))
            self._progress("writing links", min(1.0, (start + self._batch) / linked.size))

    def _extras(self, session: neo4j.Session) -> None:
        for name, packed in frames.pack_extras(self._network).items():
            for part, start in enumerate(range(0, len(packed), PART)):
                piece = packed[start : start + PART]
                self._require(session, cypher.WRITE_EXTRA, name=name, part=part, bytes=piece)

    def _state(self) -> dict[str, Any]:
        schema = self._network.participants.schema
        return {
            "format": FORMAT,
            "people": len(self._network),
            "unknown_row": self._network.unknown_row,
            "recorded": list(self._network.recorded_parents),
            "columns": list(schema),
            "kinds": [cypher.stored_kind(kind) for kind in schema.values()],
            "trees": self._trees,
            "counts": json.dumps({name: astuple(frames.counts(self._network.tree(name))) for name in self._trees}),
        }

    def _send(self, query: Callable[[bool], str], rows: dict[str, list[Any]], count: int) -> None:
        """One batch, one transaction. The driver repeats it when an answer is lost, so a repeat merges."""
        tries = 0

        def work(tx: neo4j.ManagedTransaction) -> int:
            nonlocal tries
            tries += 1
            found = only(tx, query(tries > 1), network=cypher.NETWORK, version=self._version, count=count, **rows)
            return int(found["done"])

        with self._driver.session(database=self._database) as session:
            done = session.execute_write(work)
        if done == 0:
            raise StoreBusy.at(self._place)
        if done != count:
            raise StoreDamaged.at(
                self._place,
                say(
                    "{count} rows were sent and {done} arrived",
                    "أُرسل {count} من الصفوف ووصل {done}",
                    count=count,
                    done=done,
                ),
            )

    def _each(self, work: Callable[[int], None], starts: Sequence[int], stage: str) -> None:
        done = 0
        with ThreadPoolExecutor(LOADERS) as pool:
            pending: set[Future[None]] = set()
            for start in [*starts, None]:
                while pending and (len(pending) == LOADERS or start is None):
                    finished, pending = wait(pending, return_when=FIRST_COMPLETED)
                    for future in finished:
                        future.result()
                        done += 1
                        self._progress(stage, done / len(starts))
                if start is not None:
                    pending.add(pool.submit(work, start))

    def _require(self, session: neo4j.Session, query: str, **parameters: Any) -> None:
        parameters |= {"network": cypher.NETWORK, "version": self._version}
        if not session.execute_write(only, query, **parameters)["done"]:
            raise StoreBusy.at(self._place)

    def _remove(self, session: neo4j.Session, version: str, stage: str | None = None) -> None:
        removed = 0
        people = session.execute_read(only, cypher.COUNT_PARTICIPANTS, version=version)["people"]
        while removed < people:
            gone = session.execute_write(only, cypher.REMOVE_PARTICIPANTS, version=version, batch=self._batch)["done"]
            if gone == 0:
                break
            removed += gone
            if stage is not None:
                self._progress(stage, min(1.0, removed / people))
        session.execute_write(consumed, cypher.REMOVE_EXTRAS, version=version)
        session.execute_write(consumed, cypher.FORGET, network=cypher.NETWORK, version=version)


def sent(column: pl.Series) -> list[Any]:
    """Values as they travel: dates as milliseconds or as ISO texts, which pack a hundred times faster than dates."""
    if isinstance(column.dtype, pl.Datetime):
        return column.dt.epoch("ms").to_list()
    return (column.dt.to_string("%Y-%m-%d") if column.dtype == pl.Date else column).to_list()
