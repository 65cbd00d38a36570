"""What the embedded store promises beyond the contract: a crash at any moment, damage, and files that others can read."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import duckdb
import pytest

from genealogy import Network
from genealogy.stores import EmbeddedStore
from genealogy.stores.errors import StoreDamaged, StoreVersionUnsupported

_SPEC = importlib.util.spec_from_file_location("genealogy_networks", Path(__file__).with_name("networks.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
networks = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(networks)

AN_HOUR_AGO = time.time() - 3700


class PowerCut(BaseException):
    """Ends a write where it stands; nothing that comes after it on a real machine happens here either."""


def held(folder: Path) -> int:
    """How many people a newly opened store of the folder finds, all of them read."""
    with EmbeddedStore(folder) as store:
        return len(store.read())


def test_a_power_cut_at_any_file_leaves_old_or_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut before each file is made durable, before the switch and after it: what is there can be read, and replaced."""
    old, new = networks.chain(30), networks.odd()
    folder = tmp_path / "store"
    with EmbeddedStore(folder) as store:
        store.write(old)
    seen = set()
    for nth in range(1, 40):
        left, sync, remove = nth, os.fsync, shutil.rmtree

        def cut(handle: int) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise PowerCut
            sync(handle)  # noqa: B023

        copy = tmp_path / f"cut-{nth}"
        shutil.copytree(folder, copy)
        with monkeypatch.context() as patched, EmbeddedStore(copy) as store:
            patched.setattr(os, "fsync", cut)
            patched.setattr(shutil, "rmtree", lambda *_, **__: None)
            try:
                store.write(new)
            except PowerCut:
                pass
            else:
                break
        assert shutil.rmtree is remove
        seen.add(held(copy))
        with EmbeddedStore(copy) as store:
            store.write(new)
        assert held(copy) == len(new)
    else:
        pytest.fail("the write never came to its end")
    assert seen == {len(old), len(new)}


def test_a_killed_process_leaves_the_network_before(tmp_path: Path) -> None:
    """The real thing: a process that dies in the middle of a write."""
    with EmbeddedStore(tmp_path) as store:
        store.write(networks.chain(12))
    script = """
        import os, sys, polars as pl
        from genealogy import Network
        from genealogy.stores import EmbeddedStore
        people = pl.DataFrame({"id": [str(number) for number in range(2000)]})
        def die(stage, share):
            if share > 0:
                os._exit(9)
        EmbeddedStore(sys.argv[1]).write(Network.from_table(people), die)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script), str(tmp_path)], check=False)
    assert done.returncode == 9
    assert len(list(tmp_path.iterdir())) == 3
    assert held(tmp_path) == 12


def test_leftovers_go_once_nobody_can_be_writing_them(tmp_path: Path) -> None:
    """An hour-old version that never became current is removed; a young one may be another writer's; others' files stay."""
    old, young, foreign = tmp_path / ("0" * 16), tmp_path / ("1" * 16), tmp_path / "notes"
    for folder in (old, young, foreign):
        folder.mkdir()
        (folder / "sponsor.parquet").write_bytes(b"half")
    for folder in (old, foreign):
        os.utime(folder, (AN_HOUR_AGO, AN_HOUR_AGO))
    with EmbeddedStore(tmp_path) as store:
        store.write(networks.chain(3))
    assert not old.exists()
    assert young.exists()
    assert foreign.exists()
    assert held(tmp_path) == 3


def test_two_writers_leave_one_whole_network(tmp_path: Path) -> None:
    """The second writes while the first is half-way: the last to switch wins, and loses nothing."""
    first, second = networks.chain(20), networks.chain(40)

    def meanwhile(stage: str, share: float) -> None:
        if share == 1.0:
            with EmbeddedStore(tmp_path) as other:
                other.write(second)

    with EmbeddedStore(tmp_path) as store:
        store.write(first, meanwhile)
        assert len(store.read()) == 20
        assert len(store.upline("C19")) == 19
    assert len([entry for entry in tmp_path.iterdir() if entry.is_dir()]) == 1


def test_damage_is_said_with_the_place(tmp_path: Path) -> None:
    """A missing file, a torn file, a pointer that is no JSON, files of another format."""
    with EmbeddedStore(tmp_path) as store:
        store.write(networks.chain(9))
        pointer = tmp_path / "network.json"
        state = json.loads(pointer.read_text())
        version = tmp_path / state["version"]
        (version / "ids.parquet").write_bytes(b"PAR1 torn")
        with pytest.raises(StoreDamaged, match=state["version"]):
            store.participant("C3")
        (version / "sponsor.parquet").unlink()
        with pytest.raises(StoreDamaged, match="Write the network again"):
            store.read()
        pointer.write_text(json.dumps({**state, "format": 99}))
        with pytest.raises(StoreVersionUnsupported, match="format 99"):
            store.counts()
        pointer.write_text("{")
        with pytest.raises(StoreDamaged, match=r"network\.json"):
            store.trees()


def test_the_files_are_plain_parquet_in_preorder(tmp_path: Path) -> None:
    """An analyst with DuckDB and no Downline counts a downline with one subtraction."""
    network: Network = networks.odd()
    with EmbeddedStore(tmp_path) as store:
        store.write(network)
    for name, tree in network.trees.items():
        rows = duckdb.sql(
            f"SELECT id, pre, \"end\" - pre - 1 FROM '{tmp_path}/*/{name}.parquet' ORDER BY pre"
        ).fetchall()
        assert rows == [(tree.id_of(node), node, int(tree.size[node]) - 1) for node in range(len(tree))]
