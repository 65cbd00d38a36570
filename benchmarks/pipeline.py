"""The whole way, timed: a company's CSV files to findings and report, through `cases.analyze_folder`.

Makes a synthetic company from a fixed seed (a sponsor tree, kits, autoship, products, customers, payouts traced to
orders, returns, and the plan that yields the payouts), runs the analysis in a process of its own, and prints seconds,
CPU seconds and peak resident memory per stage, as the analysis itself reports its stages, and in all.

    python -m benchmarks.pipeline --participants 1000000 --orders 10000000
    python -m benchmarks.pipeline --participants 1000000 --orders 2000000 --tree chain
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks.pipeline_company import TREES, Company, write_company

ROOT = Path(__file__).resolve().parents[1]


class Stages:
    """A `Progress` that keeps, for each stage, wall-clock and CPU seconds and the peak of resident memory."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self._now: str | None = None
        self._begin()

    def __call__(self, stage: str, _share: float) -> None:
        """Told by the analysis; a new name ends the stage before."""
        if stage != self._now:
            self.close()
            self._now = stage

    def close(self) -> None:
        """End the stage that is running."""
        if self._now is not None:
            self.rows.append(
                {
                    "stage": self._now,
                    "seconds": time.perf_counter() - self._started,
                    "cpu_seconds": _cpu() - self._used,
                    "peak_megabytes": _peak(),
                }
            )
        self._begin()

    def _begin(self) -> None:
        with suppress(OSError):  # only Linux resets the peak; elsewhere each stage shows the peak so far
            Path("/proc/self/clear_refs").write_text("5")
        self._started, self._used = time.perf_counter(), _cpu()


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak() -> float:
    """Highest resident memory since the last reset, in megabytes."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)


def analyze(folder: Path, case: Path, *, detail: bool) -> dict[str, Any]:
    """Analyse a folder in this process; the stages, what was found, and the sizes of what was written."""
    stages, parts = Stages(), _Parts()
    if detail:
        parts.watch()
    import cases

    start, used = time.perf_counter(), _cpu()
    analysis = cases.analyze_folder(folder, case, progress=stages)
    stages.close()
    whole = {"seconds": time.perf_counter() - start, "cpu_seconds": _cpu() - used}
    overview = analysis.overview
    return {
        "stages": stages.rows,
        "whole": {**whole, "peak_megabytes": max(row["peak_megabytes"] for row in stages.rows)},
        "parts": parts.rows,
        "written": {path.name: path.stat().st_size for path in sorted(analysis.folder.iterdir())},
        "snapshot": sum(path.stat().st_size for path in analysis.snapshot.folder.iterdir()),
        "measurable": sum(one.measurable for one in analysis.measurements),
        "measurements": len(analysis.measurements),
        "findings": len(analysis.findings),
        "people": overview.people,
    }


class _Parts:
    """Seconds of each indicator, of each derived table, and of counting evidence."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, float, float]] = []

    def watch(self) -> None:
        from compliance.fact_tables import FactTables
        from compliance.indicators.registry import Indicator
        from compliance.records import Records

        self._wrap(Indicator, "measure", lambda self_, *_: f"indicator {self_.id}")
        self._wrap(FactTables, "_create", lambda _, name: f"table {name}")
        self._wrap(Records, "evidence", lambda _, query, **__: f"evidence {' '.join(query.split())[:60]}")

    def _wrap(self, owner: type, name: str, label: Any) -> None:
        inner = getattr(owner, name)

        def outer(self_: Any, *given: Any, **named: Any) -> Any:
            start, used = time.perf_counter(), _cpu()
            try:
                return inner(self_, *given, **named)
            finally:
                self.rows.append((label(self_, *given, **named), time.perf_counter() - start, _cpu() - used))

        setattr(owner, name, outer)


def show(figures: dict[str, Any], company: Company) -> None:
    """Print the tables."""
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; {company.words()}")
    print(f"{'stage':<28} {'seconds':>8} {'CPU s':>8} {'peak MB':>8}")
    for row in [*figures["stages"], {"stage": "in all", **figures["whole"]}]:
        print(f"{row['stage']:<28} {row['seconds']:>8.2f} {row['cpu_seconds']:>8.2f} {row['peak_megabytes']:>8.0f}")
    print(
        f"{figures['measurable']} of {figures['measurements']} measurements, {figures['findings']} findings;"
        f" snapshot {figures['snapshot'] / 1e6:.0f} MB; "
        + ", ".join(f"{name} {size / 1e6:.2f} MB" for name, size in figures["written"].items())
    )
    for name, seconds, cpu in sorted(figures["parts"], key=lambda part: -part[2])[:40]:
        print(f"{name:<80} {seconds:>8.2f} {cpu:>8.2f}")


def main() -> None:
    """Generate, analyse, print."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--participants", type=_whole, default=1_000_000)
    parser.add_argument("--orders", type=_whole, default=10_000_000, help="order lines, at least one per participant")
    parser.add_argument("--tree", choices=TREES, default="preferential")
    parser.add_argument("--missing-sponsors", type=int, default=0, metavar="PERCENT", help="named but not listed")
    parser.add_argument("--months", type=_whole, default=36, help="1: everything in one month")
    parser.add_argument("--undated", action="store_true", help="no file has a date")
    parser.add_argument("--currencies", type=int, choices=(1, 2, 3), default=1)
    parser.add_argument("--no-plan", action="store_true", help="do not recompute the payouts")
    parser.add_argument("--detail", action="store_true", help="also time each indicator and each derived table")
    parser.add_argument("--folder", type=Path, help="keep the company here, and use it again if it exists")
    parser.add_argument("--case", type=Path, help="keep the case here")
    parser.add_argument("--json", type=Path, help="keep the figures here")
    parser.add_argument("--measure", nargs=2, type=Path, metavar=("FOLDER", "CASE"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(analyze(*asked.measure, detail=asked.detail)))
        return
    company = Company(
        participants=asked.participants,
        orders=asked.orders,
        tree=asked.tree,
        missing_sponsors=asked.missing_sponsors,
        months=asked.months,
        dated=not asked.undated,
        currencies=asked.currencies,
        plan=not asked.no_plan,
    )
    with tempfile.TemporaryDirectory(prefix="pipeline-bench-") as scratch:
        folder = (asked.folder or Path(scratch) / "company").resolve()
        if not folder.exists():
            write_company(folder, company)
        case = (asked.case or Path(scratch) / "case").resolve()
        command = [sys.executable, "-m", "benchmarks.pipeline", "--measure", str(folder), str(case)]
        told = subprocess.run(
            [*command, *(["--detail"] if asked.detail else [])], check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT
        ).stdout
    figures = json.loads(told.splitlines()[-1])
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n")
    show(figures, company)


def _whole(text: str) -> int:
    return int(text.replace("_", ""))


if __name__ == "__main__":
    main()
