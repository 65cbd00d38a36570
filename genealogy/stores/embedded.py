"""The embedded store: a folder of immutable Parquet files, asked through DuckDB. No server and no lock.

    network.json            which version is current, and its counts; replaced by rename, and that is the switch
    <version>/ids.parquet       each id with its position in every tree, ordered by id
    <version>/<tree>.parquet    everybody in preorder: row, pre, end, size, depth, parent, parent_id, and all columns
    <version>/<extra>.parquet   moves, problems, recorded links that moves have changed

Files are cut into small row groups with their least and greatest values, so that a lookup by id, and a page of
a downline, read one or two groups. An upline needs no walk: the ancestors of `p` are those with
`pre < p` and `end > p`, one pass over two columns of numbers. A write builds a new version beside the current one
and then switches; a crash before the switch leaves a folder that a later write removes.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from genealogy.stores import frames
from genealogy.stores.contract import PAGE, RELATIONSHIPS, Counts, Member, Page, check_page
from genealogy.stores.errors import (
    NotInDownline,
    StoreDamaged,
    StoreEmpty,
    StoreVersionUnsupported,
    UnknownParticipant,
    UnknownTree,
)
from intake.database import connect
from intake.progress import Progress, silent
from intake.text import say, verbatim

if TYPE_CHECKING:
    from genealogy.network import Network
    from genealogy.tree import Tree

FORMAT = 1
CURRENT = "network.json"
GROUP = 8192
"""Rows of a row group: the least that a lookup reads."""
ABANDONED = 3600
"""Seconds after which a version that never became current is taken for the leftover of a crash."""
PLACES = ("row", "pre", "end", "size", "depth", "parent", "parent_id")

Answer = TypeVar("Answer")


class EmbeddedStore:
    """A network kept in a folder. The contract is that of `genealogy.stores.contract.Store`."""

    def __init__(self, folder: Path | str) -> None:
        """Open the store of a folder, which need not exist yet.

        Args:
            folder: Where the files are, or will be.
        """
        self.folder = Path(folder)
        self._duckdb = connect({"threads": "2"})
        self._duckdb.execute("SET parquet_metadata_cache = true")

    def __repr__(self) -> str:
        return f"EmbeddedStore({str(self.folder)!r})"

    def __enter__(self) -> EmbeddedStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """See `Store.close`."""
        self._duckdb.close()

    # Writing

    def write(self, network: Network, progress: Progress = silent) -> None:
        """See `Store.write`."""
        frames.check_columns(network)
        self.folder.mkdir(parents=True, exist_ok=True)
        version = self.folder / secrets.token_hex(8)
        version.mkdir()
        try:
            state = self._write_version(network, version, progress)
            progress("writing the tree", 1.0)
            old = self._state(missing_ok=True)
            self._switch(state)
        except BaseException:
            shutil.rmtree(version, ignore_errors=True)
            raise
        self._tidy(version.name, None if old is None else old["version"])

    def _write_version(self, network: Network, version: Path, progress: Progress) -> dict[str, Any]:
        people = network.participants
        ids = pl.DataFrame({"id": people["id"]})
        trees: dict[str, dict[str, int]] = {}
        names = [name for name in RELATIONSHIPS if name in network.names]
        for step, name in enumerate(names):
            progress("writing the tree", step / (len(names) + 1))
            tree = network.tree(name)
            _write(version / f"{name}.parquet", _in_preorder(people, tree))
            position = pl.Series(name, tree.position)
            ids = ids.with_columns(pl.when(position >= 0).then(position).alias(name))
            trees[name] = asdict(frames.counts(tree))
        progress("writing the tree", len(names) / (len(names) + 1))
        _write(version / "ids.parquet", ids.sort("id"))
        extras = frames.pack_extras(network)
        for name, packed in extras.items():
            _write_bytes(version / f"{name}.parquet", packed)
        _sync_folder(version)
        return {
            "format": FORMAT,
            "version": version.name,
            "people": len(network),
            "unknown_row": network.unknown_row,
            "recorded": list(network.recorded_parents),
            "extras": list(extras),
            "trees": trees,
        }

    def _switch(self, state: dict[str, Any]) -> None:
        fresh = self.folder / f"{CURRENT}.{state['version']}"
        try:
            _write_bytes(fresh, json.dumps(state, indent=1).encode())
            fresh.replace(self.folder / CURRENT)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
        _sync_folder(self.folder)

    def _tidy(self, current: str, previous: str | None) -> None:
        """Remove the version before, and what a crash left: another writer's young version is not ours to touch."""
        for entry in self.folder.iterdir():
            if entry.name in (current, CURRENT):
                continue
            if entry.name == previous or (_is_ours(entry) and time.time() - entry.stat().st_mtime > ABANDONED):
                if entry.is_dir():
                    shutil.rmtree(entry, ignore_errors=True)
                else:
                    entry.unlink(missing_ok=True)

    # Reading

    def read(self) -> Network:
        """See `Store.read`."""

        def answer(state: dict[str, Any]) -> Network:
            version = self.folder / state["version"]
            parents = {}
            participants = pl.DataFrame()
            for name in state["recorded"]:
                frame = pl.read_parquet(version / f"{name}.parquet")
                row, parent = frame["row"].to_numpy(), frame["parent"].to_numpy()
                parents[name] = np.full(state["people"], -1, np.int32)
                parents[name][row] = np.where(parent >= 0, row[parent], -1)
                if name == "sponsor":
                    participants = frame.drop(PLACES).gather(np.argsort(row))
            if len(participants) != state["people"]:
                raise StoreDamaged.at(
                    str(version),
                    say(
                        "{count} of {state} participants are there",
                        "المشاركون الموجودون {count} من {state}",
                        count=len(participants),
                        state=state["people"],
                    ),
                )
            extras = {name: (version / f"{name}.parquet").read_bytes() for name in state["extras"]}
            return frames.unpack(participants, parents, state["unknown_row"], extras)

        return self._answer(answer)

    def trees(self) -> tuple[str, ...]:
        """See `Store.trees`."""
        return self._answer(lambda state: tuple(state["trees"]))

    def counts(self, tree: str = "sponsor") -> Counts:
        """See `Store.counts`."""
        return self._answer(lambda state: Counts(**_known(state, tree)))

    def participant(self, participant_id: str, *, tree: str = "sponsor") -> Member:
        """See `Store.participant`."""

        def answer(state: dict[str, Any]) -> Member:
            pre = self._position(state, tree, participant_id)
            return self._members(state, tree, "pre = $pre", {"pre": pre})[0]

        return self._answer(answer)

    def upline(self, participant_id: str, *, tree: str = "sponsor") -> tuple[Member, ...]:
        """See `Store.upline`."""

        def answer(state: dict[str, Any]) -> tuple[Member, ...]:
            pre = self._position(state, tree, participant_id)
            return tuple(reversed(self._members(state, tree, 'pre < $pre AND "end" > $pre', {"pre": pre})))

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

        def answer(state: dict[str, Any]) -> Page:
            pre = self._position(state, tree, participant_id)
            place = 'SELECT "end", depth FROM read_parquet($file) WHERE pre = $pre'
            end, depth = self._rows(state, tree, place, {"pre": pre})[0]
            deepest = depth + levels if levels is not None else 2**31
            last = pre
            if after is not None:
                try:
                    last = self._position(state, tree, after)
                except UnknownParticipant as error:
                    raise NotInDownline.from_cursor(participant_id, after) from error
                if not pre < last < end or self._rows(state, tree, place, {"pre": last})[0][1] > deepest:
                    raise NotInDownline.from_cursor(participant_id, after)
            where, bounds = (
                "pre > $last AND pre < $end AND depth <= $deepest",
                {"last": last, "end": end, "deepest": deepest},
            )
            found = self._members(state, tree, where, bounds, limit + 1)
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

        def answer(state: dict[str, Any]) -> tuple[Member, ...]:
            upper = _beyond(prefix)
            query = "SELECT sponsor FROM read_parquet($file) WHERE id >= $prefix"
            bounds = {"prefix": prefix}
            if upper is not None:
                query, bounds = f"{query} AND id < $upper", {**bounds, "upper": upper}
            found = [pre for (pre,) in self._rows(state, "ids", f"{query} ORDER BY id LIMIT {limit:d}", bounds)]
            members = {
                m.pre: m for m in self._members(state, "sponsor", "pre IN (SELECT unnest($pre))", {"pre": found})
            }
            return tuple(members[pre] for pre in found)

        return self._answer(answer)

    def _state(self, *, missing_ok: bool = False) -> dict[str, Any] | None:
        try:
            state: dict[str, Any] = json.loads((self.folder / CURRENT).read_text(encoding="utf-8"))
        except FileNotFoundError:
            if missing_ok:
                return None
            raise StoreEmpty.at(str(self.folder)) from None
        except ValueError as error:
            raise StoreDamaged.at(str(self.folder / CURRENT), verbatim(error)) from error
        if state.get("format") != FORMAT:
            raise StoreVersionUnsupported(
                say(
                    "{folder} was written in format {get}, and this Downline reads format {format}: use the "
                    "version that wrote it, or write the network again",
                    "كُتب {folder} بالصيغة {get}، ويقرأ هذا البرنامج الصيغة {format}. يُستعمل الإصدار الذي "
                    "كتبه، أو تُكتب الشبكة من جديد",
                    folder=self.folder,
                    get=state.get("format"),
                    format=FORMAT,
                )
            )
        return state

    def _answer(self, question: Callable[[dict[str, Any]], Answer]) -> Answer:
        """Ask the current version; once more if it was replaced, and its files removed, while we read."""
        state = self._state()
        while True:
            assert state is not None
            try:
                return question(state)
            except (duckdb.Error, pa.ArrowException, pl.exceptions.PolarsError, OSError, IndexError) as error:
                now = self._state()
                assert now is not None
                if now["version"] == state["version"]:
                    raise StoreDamaged.at(str(self.folder / state["version"]), verbatim(error)) from error
                state = now

    def _rows(self, state: dict[str, Any], file: str, query: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        path = str(self.folder / state["version"] / f"{file}.parquet")
        return self._duckdb.cursor().execute(query, {"file": path, **parameters}).fetchall()

    def _position(self, state: dict[str, Any], tree: str, participant_id: str) -> int:
        _known(state, tree)
        query = f'SELECT "{tree}" FROM read_parquet($file) WHERE id = $id'  # noqa: S608 - a known tree
        found = self._rows(state, "ids", query, {"id": participant_id})
        if not found or found[0][0] is None:
            raise UnknownParticipant.from_id(participant_id, tree)
        return int(found[0][0])

    def _members(
        self, state: dict[str, Any], tree: str, where: str, parameters: dict[str, Any], limit: int | None = None
    ) -> list[Member]:
        path = str(self.folder / state["version"] / f"{tree}.parquet")
        end = "" if limit is None else f" LIMIT {limit:d}"
        query = f"SELECT * FROM read_parquet($file) WHERE {where} ORDER BY pre{end}"  # noqa: S608 - our own text
        cursor = self._duckdb.cursor().execute(query, {"file": path, **parameters})
        names = [column[0] for column in cursor.description or ()]
        members = []
        for values in cursor.fetchall():
            columns = dict(zip(names, values, strict=True))
            place = {name: columns.pop(name) for name in PLACES}
            members.append(
                Member(columns["id"], tree, place["parent_id"], place["pre"], place["size"], place["depth"], columns)
            )
        return members


def _known(state: dict[str, Any], tree: str) -> dict[str, int]:
    if tree not in state["trees"]:
        raise UnknownTree.from_name(tree, tuple(state["trees"]))
    counts: dict[str, int] = state["trees"][tree]
    return counts


def _in_preorder(people: pl.DataFrame, tree: Tree) -> pl.DataFrame:
    frame = people.gather(tree.row)
    pre = np.arange(len(tree), dtype=np.int32)
    above = pl.Series(tree.parent)
    return frame.select(
        pl.Series("row", tree.row),
        pl.Series("pre", pre),
        pl.Series("end", pre + tree.size),
        pl.Series("size", tree.size),
        pl.Series("depth", tree.depth),
        above.alias("parent"),
        frame["id"].gather(pl.select(pl.when(above >= 0).then(above)).to_series()).alias("parent_id"),
        pl.all(),
    )


def _write(path: Path, frame: pl.DataFrame) -> None:
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    with path.open("wb") as file:
        pq.write_table(table, file, row_group_size=GROUP, compression="zstd")
        file.flush()
        os.fsync(file.fileno())


def _write_bytes(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; Windows does that by itself and opens no folders."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _is_ours(entry: Path) -> bool:
    name = entry.name.removeprefix(f"{CURRENT}.")
    return len(name) == 16 and all(letter in "0123456789abcdef" for letter in name)


def _beyond(prefix: str) -> str | None:
    """The least text that is greater than all that begin with `prefix`; None when there is none."""
    kept = prefix.rstrip("\U0010ffff")
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    return kept[:-1] + chr(0xE000 if 0xD800 <= following <= 0xDFFF else following)
