"""That speed and memory keep their shape: batches, one pass, and the fast path. No stopwatch in here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from intake.duplicates import SeenHashes
from intake.formats import records
from intake.formats.delimited import DelimitedSource
from intake.limits import Limits


def orders(lines: int) -> str:
    return "id,buyer,amount\n" + "".join(f"{i},M{i % 97},{i}.25\n" for i in range(lines))


def test_a_file_is_read_in_blocks(tmp_path: Path) -> None:
    """No batch holds more than about a block, whatever the file's length."""
    path = tmp_path / "orders.csv"
    path.write_text(orders(20_000))
    source = DelimitedSource(path, "orders.csv", Limits(block=16 << 10))
    sizes = [len(batch.frame()) for batch in source.batches()]
    assert sum(sizes) == 20_000
    assert len(sizes) > 15
    assert max(sizes) < 2_500


def test_rows_of_a_batch_are_bounded_even_when_they_are_tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("a,b\n" + "x,y\n" * 5_000)
    monkeypatch.setattr(records.find_records, "__kwdefaults__", {"offset": 0, "most": 1_000})
    source = DelimitedSource(path, "orders.csv", Limits())
    sizes = [len(batch.frame()) for batch in source.batches()]
    assert sum(sizes) == 5_000
    assert max(sizes) <= 1_000


def test_good_blocks_never_take_the_slow_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object) -> None:
        raise AssertionError("cut by hand")

    path = tmp_path / "orders.csv"
    path.write_text(orders(5_000) + 'ragged\n"quoted ""cell""\n over lines",b,1\n' + orders(100)[16:])
    monkeypatch.setattr(DelimitedSource, "_frame_by_hand", slow)
    source = DelimitedSource(path, "orders.csv", Limits())
    batches = list(source.batches())
    assert sum(len(batch.frame()) for batch in batches) == 5_101
    assert sum(len(batch.faults) for batch in batches) == 1


def test_seen_hashes_grow_and_remember() -> None:
    seen = SeenHashes(4)
    random = np.random.default_rng(1)
    hashes = random.integers(1, 1 << 63, 50_000, dtype=np.uint64)
    assert not seen.add(hashes[:30_000]).any()
    again = seen.add(hashes[20_000:])
    assert again[:10_000].all()
    assert not again[10_000:].any()
    assert len(seen) == 50_000
    assert seen.add(np.array([5, 5, 0, 0], np.uint64)).tolist() == [False, True, False, True]


def test_reading_in_blocks_or_at_once_gives_the_same(desk: Any) -> None:
    text = orders(3_000) + "x,y\n" + "0,M0,5\n" + '9999,"M\n1",5\n'
    desk.put("orders.csv", text)
    desk.read()
    whole = desk.table("orders"), desk.refused().sort("line")
    desk.read(limits=Limits(block=1 << 10))
    assert desk.table("orders").equals(whole[0])
    assert desk.refused().sort("line").equals(whole[1])
