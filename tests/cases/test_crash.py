"""A crash at any moment leaves the old state or the new one.

A child process is killed at every single step that touches the disk, one step later each time, until the work gets
through: whatever it leaves must open again, verify without a fault, and give the same result when the work is
repeated. The same is done with an error (a full disk) in place of the kill.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

CHILD = '''
"""Do the work in forked children, each of which dies at a later step; report what each left behind."""
import errno, json, os, shutil, sys, tempfile
from pathlib import Path
import pathlib

from cases.case import Case
from cases import snapshot as snapshots

home, how = Path(sys.argv[1]), sys.argv[2]

def desk(received, content, arguments, limits, progress):
    content.mkdir()
    for path in sorted(received.rglob("*")):
        if path.is_file():
            (content / path.name).write_bytes(path.read_bytes()[::-1])

snapshots._run_intake = desk

def work(folder):
    if (folder / "case.json").exists():
        case = Case.open(folder)
    else:
        case = Case.create(folder, "t", "x")
    return case.import_([home / "received"]).id

steps = 0
deadly = -1

def counted(call):
    def wrapped(*args, **kwargs):
        global steps
        steps += 1
        if steps == deadly:
            if how == "kill":
                os._exit(77)
            if how == "torn":
                real_write(args[0], args[1][: len(args[1]) // 2])
                os._exit(77)
            if how == "full":
                raise OSError(errno.ENOSPC, "No space left on device")
        return call(*args, **kwargs)
    return wrapped

real_write = os.write
STEPS = ("write", "fsync", "mkdir", "rename", "replace", "link", "open", "unlink", "chmod", "ftruncate", "rmdir")
for name in ("write",) if how == "torn" else STEPS:
    setattr(os, name, counted(getattr(os, name)))
if how != "torn":
    pathlib.io.open = counted(pathlib.io.open)

expected = None
report = []
for deadly in range(1, 2000):
    folder = home / f"{how}-{deadly}.case"
    process = os.fork()
    if process == 0:
        steps = 0
        try:
            work(folder)
        except OSError as error:
            os._exit(78 if error.errno == errno.ENOSPC else 79)
        except BaseException:
            import traceback; traceback.print_exc()
            os._exit(79)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    now = deadly
    deadly = -1
    before = []
    if (folder / "case.json").exists():
        before = [fault.code for fault in Case.open(folder, recover=False).verify() if fault.is_damage]
    id_ = work(folder)
    case = Case.open(folder)
    after = [str(fault) for fault in case.verify()]
    left = [path.name for path in (folder / ".staging").iterdir()]
    same = len(list((folder / "snapshots").iterdir())) == 1
    report.append([now, code, before, after, left, same, id_])
    shutil.rmtree(folder)
    if code == 0:
        break
print(json.dumps(report))
'''


@pytest.mark.parametrize("how", ["kill", "torn", "full"])
def test_every_step_can_be_the_last(tmp_path: Path, repository: Path, how: str) -> None:
    received = tmp_path / "received"
    received.mkdir()
    (received / "people.csv").write_text("id,sponsor\na,\nb,a\n", encoding="utf-8")
    (received / "orders.csv").write_text("id,amount\n1,5.00\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path), how],
        cwd=repository,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert len(report) > (4 if how == "torn" else 50)
    assert report[-1][1] == 0
    assert {line[1] for line in report[:-1]} <= {77, 78, 0}
    assert [line for line in report if line[2] or line[3] or line[4] or not line[5]] == []
    assert len({line[6] for line in report}) == 1
