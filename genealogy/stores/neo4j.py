"""The Neo4j store: the network as a graph on a server, for teams that live in Cypher and Bloom.

Each participant is a node with its columns and its place in preorder (`pre`, `size`, `depth`), each link a
relationship to the parent. A downline's page is a range of an index; an upline is a bounded path. A write loads
a new `version` of every node beside the current one, and one small transaction on the (:Network) node switches
(`neo4j_load`): readers go by its `current`, and look once more if it changed under them. The database should be
Downline's own.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import neo4j
import numpy as np
import polars as pl
from neo4j import exceptions
from neo4j.time import DateTime

from genealogy.stores import cypher, frames
from genealogy.stores.contract import PAGE, Counts, Member, Page, Value, check_page
from genealogy.stores.errors import (
    NotInDownline,
    StoreAccessDenied,
    StoreDamaged,
    StoreEmpty,
    StoreError,
    StoreUnreachable,
    StoreVersionUnsupported,
    UnknownParticipant,
    UnknownTree,
)
from genealogy.stores.neo4j_load import FORMAT, Load, only, run
from intake.progress import Progress, silent
from intake.text import Text, say, verbatim

if TYPE_CHECKING:
    from genealogy.network import Network
    from genealogy.stores.frames import Rows

OLDEST_SERVER = (5, 9)
"""The first version with quantified path patterns."""
BATCH = 10_000
"""Rows of a transaction when loading; measured with `benchmarks/neo4j_load.py`."""
WINDOW = 5_000
"""Positions that a page of few levels is looked for in before the links are walked instead."""
WALKED = 50
"""The most levels that are walked: a walk's memory grows with the square of its depth."""
FETCH = 10_000
"""Records that the driver asks for at a time."""

Answer = TypeVar("Answer")
State = dict[str, Any]


class Neo4jStore:
    """A network kept on a Neo4j server. The contract is that of `genealogy.stores.contract.Store`."""

    def __init__(
        self, uri: str, auth: tuple[str, str] | None = None, database: str = "neo4j", *, batch: int = BATCH
    ) -> None:
        """Connect, and find out at once whether the server can be used.

        Args:
            uri: Address, such as `bolt://localhost:7687` or `neo4j+s://host`.
            auth: User and password; None for a server that asks for none.
            database: Name of the database, which should be Downline's own.
            batch: Rows of a transaction when loading.

        Raises:
            StoreUnreachable: Nobody answers there, or the address or the database's name is wrong.
            StoreAccessDenied: The server refuses the user or the password.
            StoreVersionUnsupported: It is not a Neo4j of version 5.9 or newer.
        """
        self.uri = uri
        self.database = database
        self._batch = batch
        if not re.match(r"(bolt|neo4j)(\+s|\+ssc)?://", uri):
            raise StoreUnreachable(
                _not_an_address(
                    uri,
                    Text(
                        en="it begins with neither bolt:// nor neo4j://",
                        ar="لا يبدأ بـ ⁨bolt://⁩ ولا بـ ⁨neo4j://⁩",
                    ),
                )
            )
        with self._translated():
            try:
                self._driver = neo4j.GraphDatabase.driver(
                    uri,
                    auth=auth,
                    connection_timeout=10,
                    max_transaction_retry_time=30,
                    notifications_min_severity="OFF",  # a column that nobody fills is not worth a warning
                    user_agent="downline",
                )
                with contextlib.ExitStack() as stack:
                    stack.callback(self._driver.close)
                    session = stack.enter_context(self._driver.session(database=database))
                    self._check(session.run("RETURN 1").consume().server.agent)
                    session.close()
                    stack.pop_all()
            except ValueError as error:
                raise StoreUnreachable(_not_an_address(uri, verbatim(_said(error)))) from error
            except Exception as error:
                if type(error).__module__ == "neo4j._exceptions":  # driver 5.28 lets a failed greeting through as it is
                    raise StoreVersionUnsupported(
                        _too_old(
                            uri,
                            say("speaks another protocol ({error})", "يستعمل بروتوكولًا آخر ({error})", error=error),
                        )
                    ) from error
                raise

    def __repr__(self) -> str:
        return f"Neo4jStore({self.uri!r}, database={self.database!r})"

    def __enter__(self) -> Neo4jStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """See `Store.close`."""
        self._driver.close()

    def write(self, network: Network, progress: Progress = silent) -> None:
        """See `Store.write`."""
        frames.check_columns(network)
        with self._translated():
            Load(self._driver, self.database, self.uri, network, progress, self._batch).run()

    def read(self) -> Network:
        """See `Store.read`."""

        def answer(tx: neo4j.ManagedTransaction, state: State) -> Network:
            kinds = [cypher.loaded_kind(kind) for kind in state["kinds"]]
            schema = dict(zip(state["columns"], kinds, strict=True))
            participants, parents = _read_rows(tx, state, schema)
            if len(participants) != state["people"]:
                what = say(
                    "{found:,} of {all:,} participants are there",
                    "الموجود من المشاركين {found:,} من {all:,}",
                    found=len(participants),
                    all=state["people"],
                )
                raise StoreDamaged.at(self.uri, what)
            extras: dict[str, bytes] = {}
            for record in run(tx, cypher.READ_EXTRAS, version=state["current"]):
                extras[record["name"]] = extras.get(record["name"], b"") + record["bytes"]
            return frames.unpack(participants, parents, state.get("unknown_row"), extras)

        return self._answer(answer)

    def trees(self) -> tuple[str, ...]:
        """See `Store.trees`."""
        return self._answer(lambda _, state: tuple(state["trees"]))

    def counts(self, tree: str = "sponsor") -> Counts:
        """See `Store.counts`."""
        return self._answer(lambda _, state: Counts(*json.loads(state["counts"])[_known(state, tree)]))

    def participant(self, participant_id: str, *, tree: str = "sponsor") -> Member:
        """See `Store.participant`."""
        return self._answer(lambda tx, state: _participant(tx, state, tree, participant_id))

    def upline(self, participant_id: str, *, tree: str = "sponsor") -> tuple[Member, ...]:
        """See `Store.upline`."""

        def answer(tx: neo4j.ManagedTransaction, state: State) -> tuple[Member, ...]:
            own = _participant(tx, state, tree, participant_id)
            above: list[Member] = []
            while len(above) < own.depth:
                stride = _members(tx, state, tree, cypher.upline(tree), id=above[-1].id if above else own.id)
                if not stride:
                    raise StoreDamaged.at(
                        self.uri,
                        say(
                            "the upline of {own!r} ends after {count} levels",
                            "تنتهي سلسلة رعاة {own!r} بعد {count} مستوى",
                            own=own.id,
                            count=len(above),
                        ),
                    )
                above += stride
            return tuple(above)

        return self._answer(answer)

    def downline(
        self,
        participant_id: str,
        *,
        tree: str = "sponsor",
        levels: int | None = None,
        after: str | None = None,
        limit: int = PAGE,
    ) -> Page:
        """See `Store.downline`."""
        check_page(levels, limit)

        def answer(tx: neo4j.ManagedTransaction, state: State) -> Page:
            own = _participant(tx, state, tree, participant_id)
            end, deepest = own.pre + own.size, 2**31 if levels is None else own.depth + levels
            last = own.pre
            if after is not None:
                try:
                    cursor = _participant(tx, state, tree, after)
                except UnknownParticipant as error:
                    raise NotInDownline.from_cursor(participant_id, after) from error
                last = cursor.pre
                if not own.pre < last < end or cursor.depth > deepest:
                    raise NotInDownline.from_cursor(participant_id, after)
            bounds = {"last": last, "deepest": deepest, "limit": limit + 1}
            near = end if levels is None or levels > WALKED else min(end, last + WINDOW)
            found = _members(tx, state, tree, cypher.downline(tree), end=near, **bounds)
            if levels is not None and near < end and len(found) <= limit:
                found = _members(tx, state, tree, cypher.near_downline(tree, levels), id=own.id, **bounds)
            return Page(tuple(found[:limit]), found[limit - 1].id if len(found) > limit else None)

        return self._answer(answer)

    def children(
        self, participant_id: str, *, tree: str = "sponsor", after: str | None = None, limit: int = PAGE
    ) -> Page:
        """See `Store.children`."""
        return self.downline(participant_id, tree=tree, levels=1, after=after, limit=limit)

    def search(self, prefix: str, *, limit: int = 20) -> tuple[Member, ...]:
        """See `Store.search`."""
        check_page(None, limit)

        def answer(tx: neo4j.ManagedTransaction, state: State) -> tuple[Member, ...]:
            return tuple(_members(tx, state, "sponsor", cypher.search(), prefix=prefix, limit=limit))

        return self._answer(answer)

    def _answer(self, question: Callable[[neo4j.ManagedTransaction, State], Answer]) -> Answer:
        """Ask about the current version; once more if another became current while we asked."""

        def work(tx: neo4j.ManagedTransaction) -> Answer:
            state = self._state(tx)
            while True:
                fault: StoreError | None = None
                try:
                    answer = question(tx, state)
                except StoreError as error:
                    fault = error
                now = self._state(tx)
                if now["current"] == state["current"]:
                    if fault is not None:
                        raise fault
                    return answer
                state = now

        with (
            self._translated(),
            self._driver.session(
                database=self.database, default_access_mode=neo4j.READ_ACCESS, fetch_size=FETCH
            ) as session,
        ):
            return session.execute_read(work)

    def _state(self, tx: neo4j.ManagedTransaction) -> State:
        state: State = only(tx, cypher.STATE, network=cypher.NETWORK).get("state", {})
        if state.get("current") is None:
            raise StoreEmpty.at(f"the database {self.database!r} at {self.uri}")
        if state["format"] != FORMAT:
            raise StoreVersionUnsupported(
                say(
                    "the network at {uri} was written in format {state}, and this Downline reads format "
                    "{format}: use the version that wrote it, or write the network again",
                    "كُتبت الشبكة في {uri} بالصيغة {state}، ويقرأ هذا البرنامج الصيغة {format}. يُستعمل "
                    "الإصدار الذي كتبها، أو تُكتب من جديد",
                    uri=self.uri,
                    state=state["format"],
                    format=FORMAT,
                )
            )
        return state

    def _check(self, agent: str) -> None:
        found = re.match(r"Neo4j/(\d+)\.(\d+)", agent)
        if found is None or (int(found[1]), int(found[2])) < OLDEST_SERVER:
            raise StoreVersionUnsupported(
                _too_old(self.uri, say("calls itself {agent}", "يسمّي نفسه {agent}", agent=agent))
            )

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        """The driver's errors as ours, with the address and the way out."""
        try:
            yield
        except exceptions.AuthError as error:
            raise StoreAccessDenied(
                say(
                    "the Neo4j server at {uri} refuses the login: check user and password ({error})",
                    "رفض خادم ⁨Neo4j⁩ في {uri} تسجيل الدخول. يُرجى التحقق من اسم المستخدم وكلمة المرور ({error})",
                    uri=self.uri,
                    error=_said(error),
                )
            ) from error
        except exceptions.ConfigurationError as error:
            if "Bolt Protocol" in str(error):  # it answered, in a version that lacks what we asked for
                raise StoreVersionUnsupported(
                    _too_old(
                        self.uri,
                        say("speaks an old protocol ({error})", "يستعمل بروتوكولًا قديمًا ({error})", error=error),
                    )
                ) from error
            raise StoreUnreachable(_not_an_address(self.uri, verbatim(_said(error)))) from error
        except exceptions.UnsupportedServerProduct as error:
            raise StoreVersionUnsupported(
                say(
                    "what answers at {uri} is not Neo4j: {error}",
                    "ما يجيب في {uri} ليس ⁨Neo4j⁩: {error}",
                    uri=self.uri,
                    error=error,
                )
            ) from error
        except (exceptions.ServiceUnavailable, exceptions.SessionExpired, OSError) as error:
            raise StoreUnreachable(
                say(
                    "no Neo4j server answers at {uri} ({error}): check the address and that the server runs; "
                    "`make neo4j` starts one on this machine",
                    "لا خادم ⁨Neo4j⁩ يجيب في {uri} ({error}). يُرجى التحقق من العنوان ومن تشغيل الخادم، "
                    "ويشغّل الأمر ⁨make neo4j⁩ خادمًا على هذا الجهاز",
                    uri=self.uri,
                    error=_said(error),
                )
            ) from error
        except exceptions.Neo4jError as error:
            if error.code == "Neo.ClientError.Database.DatabaseNotFound":
                raise StoreUnreachable(
                    say(
                        "the server at {uri} has no database {database!r}",
                        "لا قاعدة بيانات باسم {database!r} في الخادم {uri}",
                        uri=self.uri,
                        database=self.database,
                    )
                ) from error
            raise StoreError(
                say(
                    "the Neo4j server at {uri} could not do it: {code}: {error}",
                    "تعذّر ذلك على خادم ⁨Neo4j⁩ في {uri}: {code}: {error}",
                    uri=self.uri,
                    code=error.code,
                    error=_said(error),
                )
            ) from error


def _said(error: BaseException) -> str:
    message = error.message if isinstance(error, exceptions.Neo4jError) else None
    return " ".join((message or str(error)).split())


def _not_an_address(uri: str, why: Text) -> Text:
    return say(
        "{uri!r} is not an address of a Neo4j server, such as bolt://localhost:7687: {why}",
        "{uri!r} ليس عنوان خادم Neo4j مثل ⁨bolt://localhost:7687⁩: {why}",
        uri=uri,
        why=why,
    )


def _too_old(uri: str, what: Text) -> Text:
    return say(
        "the server at {uri} {what}; Downline needs Neo4j {oldest} or newer (5.26 is the long-term line): "
        "upgrade the server, or use the embedded store",
        "الخادم {uri} {what}، ويحتاج Downline إلى Neo4j {oldest} أو أحدث (الإصدار طويل الأمد ⁨5.26⁩). "
        "يُرجى تحديث الخادم، أو استعمال المخزن المدمج",
        uri=uri,
        what=what,
        oldest=".".join(map(str, OLDEST_SERVER)),
    )


def _known(state: State, tree: str) -> str:
    if tree not in state["trees"]:
        raise UnknownTree.from_name(tree, state["trees"])
    return tree


def _participant(tx: neo4j.ManagedTransaction, state: State, tree: str, participant_id: str) -> Member:
    found = _members(tx, state, tree, cypher.participant(_known(state, tree)), id=participant_id)
    if not found:
        raise UnknownParticipant.from_id(participant_id, tree)
    return found[0]


def _members(tx: neo4j.ManagedTransaction, state: State, tree: str, query: str, **parameters: Any) -> list[Member]:
    members = []
    for record in run(tx, query, version=state["current"], **parameters):
        node = record["member"]
        pre, size, depth = (node[cypher.prefixed(tree, name)] for name in ("pre", "size", "depth"))
        columns = {name: _value(node.get(name)) for name in state["columns"]}
        members.append(Member(node["id"], tree, record["parent_id"], pre, size, depth, columns))
    return members


def _value(value: Any) -> Value:
    if isinstance(value, DateTime):
        return value.to_native().replace(tzinfo=None)
    native: Value = value.to_native() if hasattr(value, "to_native") else value
    return native


def _read_rows(
    tx: neo4j.ManagedTransaction, state: State, schema: dict[str, pl.DataType]
) -> tuple[pl.DataFrame, dict[str, Rows]]:
    """All participants in row order, and for each recorded tree the parent rows."""
    trees = state["recorded"]
    columns = [(name, cypher.kind(kind)) for name, kind in schema.items()]
    received = {"row": pl.Int32(), **{f"{tree}_parent": pl.Int32() for tree in trees}, **schema}
    records = run(tx, cypher.read_participants(columns, trees), version=state["current"])
    frame = pl.DataFrame(schema=received)
    batches = [frame]
    while rows := records.fetch(50_000):
        values = zip(*(row.values() for row in rows), strict=True)
        batches.append(
            pl.DataFrame(
                [
                    _received(name, kind, list(column))
                    for (name, kind), column in zip(received.items(), values, strict=True)
                ]
            )
        )
    frame = pl.concat(batches).sort("row")
    parents = {tree: frame[f"{tree}_parent"].fill_null(-1).to_numpy().astype(np.int32) for tree in trees}
    return frame.select(list(schema)), parents


def _received(name: str, kind: pl.DataType, values: list[Any]) -> pl.Series:
    if isinstance(kind, pl.Datetime):
        return pl.Series(name, values, dtype=pl.Int64).cast(pl.Datetime("ms")).cast(kind)
    if kind == pl.Date:
        return pl.Series(name, values, dtype=pl.String).str.to_date("%Y-%m-%d")
    return pl.Series(name, values, dtype=kind)
