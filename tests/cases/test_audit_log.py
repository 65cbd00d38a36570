"""The audit log: a chain that shows every change, safe for many writers, honest about a torn line."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from cases.audit import Audit, Entry, Head
from cases.errors import CaseDamaged


@pytest.fixture
def log(tmp_path: Path) -> Audit:
    audit = Audit(tmp_path)
    for number in range(1, 6):
        audit.append("قاسم", "thing.done", f"object-{number}", {"n": number, "text": 'quote " and\nnewline'})
    return audit


def test_each_line_names_the_hash_of_the_line_before(log: Audit) -> None:
    entries = list(log.entries())
    assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5]
    assert entries[0].previous == "0" * 64
    assert all(later.previous == earlier.hash for earlier, later in pairwise(entries))
    assert log.head() == Head(5, entries[-1].hash)
    assert Head.parse(str(log.head())) == log.head()


def test_the_hash_can_be_checked_by_hand(log: Audit) -> None:
    """As docs/case-file.md tells: the line without its last field, through sha256sum."""
    for line in log.path.read_text(encoding="utf-8").splitlines():
        body = re.sub(r',"hash":"[0-9a-f]{64}"}$', "}", line)
        assert hashlib.sha256(body.encode()).hexdigest() == json.loads(line)["hash"]


def test_pages_of_the_log(log: Audit) -> None:
    assert [entry.seq for entry in log.page(after=2, limit=2)] == [3, 4]
    assert list(log.objects("thing.done")) == [f"object-{number}" for number in range(1, 6)]


def test_an_object_cannot_pretend_to_be_an_action(log: Audit) -> None:
    log.append("x", "note", 'evil","action":"thing.done","object":"forged', {"action": "thing.done"})
    assert "forged" not in " ".join(log.objects("thing.done"))
    assert len(list(log.objects("thing.done"))) == 5


@pytest.mark.parametrize("torn", [b"{", b'{"seq":6,"at":"20', b"\x00" * 40, b'{"seq":6,"at":"2026"}\n'])
def test_a_torn_line_is_cut_off_and_reported(log: Audit, torn: bytes) -> None:
    with log.path.open("ab") as file:
        file.write(torn)
    entry = log.append("b", "thing.done", "object-6")
    entries = list(log.entries())
    assert [one.action for one in entries[5:]] == ["audit.repaired", "thing.done"]
    assert bytes.fromhex(entries[5].details["hex"]) == torn
    assert entry.seq == 7
    assert log.head().seq == 7


def test_a_crash_between_the_line_and_the_head_loses_nothing(log: Audit) -> None:
    head = log.head_path.read_bytes()
    log.append("b", "thing.done", "object-6")
    log.head_path.write_bytes(head)
    assert not log.is_settled()
    log.sweep()
    assert log.head().seq == 6
    assert log.append("b", "thing.done", "object-7").seq == 7


@pytest.mark.parametrize("damage", ["edit", "reorder", "middle", "tail", "head", "no-head", "empty", "two-torn"])
def test_nothing_is_written_to_a_damaged_log(log: Audit, damage: str) -> None:
    lines = log.path.read_bytes().splitlines(keepends=True)
    match damage:
        case "edit":
            lines[4] = lines[4].replace(b"object-5", b"object-9")
        case "reorder":
            lines[3], lines[4] = lines[4], lines[3]
        case "middle":
            del lines[2]
        case "tail":
            del lines[4]
        case "head":
            log.head_path.write_bytes(log.head_path.read_bytes().replace(b"5", b"4"))
        case "no-head":
            log.head_path.unlink()
        case "empty":
            lines = []
        case "two-torn":
            lines += [b'{"seq":6}\n', b'{"seq":7']
    log.path.write_bytes(b"".join(lines))
    before = log.path.read_bytes()
    if damage == "middle":  # the chain before the head is looked at by verify, not at each append
        with pytest.raises(CaseDamaged, match="line 3"):
            list(log.entries())
        return
    with pytest.raises(CaseDamaged, match="verify"):
        log.append("b", "thing.done", "object-6")
    assert log.path.read_bytes() == before


def test_an_entry_is_read_only_in_its_one_spelling(log: Audit) -> None:
    line = log.path.read_bytes().split(b"\n")[0]
    assert Entry.parse(line).line() == line
    for other in (line.replace(b'"seq":1', b'"seq": 1'), line + b" ", line.replace(b"\\n", b"\\u000a")):
        with pytest.raises(ValueError, match="hash"):
            Entry.parse(other)


WRITER = """
import sys
from itertools import pairwise
from pathlib import Path
from cases.audit import Audit
audit = Audit(Path(sys.argv[1]))
for number in range(40):
    audit.append(sys.argv[2], "thing.done", f"{sys.argv[2]}-{number}")
"""


def test_many_processes_write_one_chain(tmp_path: Path, repository: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), f"w{number}"], cwd=repository)
        for number in range(4)
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0, 0]
    entries = list(Audit(tmp_path).entries())
    assert [entry.seq for entry in entries] == list(range(1, 161))
    for number in range(4):
        mine = [entry.object for entry in entries if entry.actor == f"w{number}"]
        assert mine == [f"w{number}-{turn}" for turn in range(40)]
