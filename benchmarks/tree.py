"""Build, group sums and a ten-level unilevel: Downline against its peers, in one run.

`python -m benchmarks.tree --n 1000000 --n 10000000` makes the input once per size, lets each peer do the job in
its own process (see `benchmarks.tree_work`), checks that all results are equal, and prints a Markdown table of
seconds, peak memory and ratios. A peer is not run above its cap or beyond the time limit; what it would take
is then *not measured*, and a figure scaled up linearly from the largest size that was measured says so.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tree_work import PEERS, job

CAPS = {
    "downline": 2_000_000_000,
    "networkx": 1_000_000,
    "rustworkx": 10_000_000,
    "igraph": 10_000_000,
    "duckdb": 10_000_000,
}
"""The most participants each peer is asked for: NetworkX takes about 700 bytes each, and minutes, beyond it."""

TARGETS = {"networkx": 200, "rustworkx": 10, "igraph": 10, "duckdb": 10}
"""How many times faster Downline means to be."""


def machine() -> str:
    """One line about where this ran."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0] if names else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in ("numba", "networkx", "rustworkx", "igraph", "duckdb"))
    load = os.getloadavg()[0]
    return (
        f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB; Python {platform.python_version()}, {packages}; "
        f"load average at the start {load:.1f}"
    )


def run(peer: str, folder: Path, timeout: float) -> dict[str, Any] | str:
    """What one peer's process reported, or in words why there is nothing."""
    command = [sys.executable, "-m", "benchmarks.tree_work", peer, str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        return f"stopped after {timeout:.0f} s"
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["no message"]
        return f"failed (exit {done.returncode}): {last[0][:120]}"
    report: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    report["total"] = report["build"] + report["sums"] + (report["unilevel"] or 0)
    return report


def table(count: int, reports: dict[str, dict[str, Any] | str], earlier: dict[str, tuple[int, float]]) -> list[str]:
    """The rows of one size as Markdown."""
    ours = reports["downline"]
    lines = [
        f"\n### {count:,} participants, {count:,} orders\n",
        "| | build s | group sums s | unilevel s | total s | CPU s | peak MB | times ours | by CPU | target |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for peer, report in reports.items():
        target = f">= {TARGETS[peer]}" if peer in TARGETS else ""
        if isinstance(report, str):
            guess = ""
            if peer in earlier and not isinstance(ours, str):
                size, seconds = earlier[peer]
                scaled = seconds * count / size
                guess = f"; scaled from {size:,}, NOT measured: {scaled:,.0f} s, {scaled / ours['total']:,.0f}x"
            lines.append(f"| {peer} | {report}{guess} | | | | | | | | {target} |")
            continue
        ratio, by_cpu = (
            ("", "") if isinstance(ours, str) else (f"{report[clock] / ours[clock]:,.1f}" for clock in ("total", "cpu"))
        )
        unilevel = "(same query)" if report["unilevel"] is None else f"{report['unilevel']:.3f}"
        lines.append(
            f"| {peer} | {report['build']:.3f} | {report['sums']:.3f} | {unilevel} | {report['total']:.3f} "
            f"| {report['cpu']:.3f} | {report['peak_mb']:,.0f} | {ratio} | {by_cpu} | {target} |"
        )
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Run, print, and fail when results differ."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tree", description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, action="append", help="participants; may be given several times")
    parser.add_argument("--peer", action="append", choices=list(PEERS), help="only these, besides downline")
    parser.add_argument("--timeout", type=float, default=900.0, help="seconds for one peer at one size (900)")
    chosen = parser.parse_args(arguments)
    sizes: list[int] = sorted(chosen.n or [1_000_000, 10_000_000])
    peers = ["downline", *(peer for peer in PEERS if peer != "downline" and peer in (chosen.peer or PEERS))]
    print(machine(), flush=True)
    print(
        "Best of up to three runs per peer, each in its own process; all but DuckDB on one thread. On a busy "
        "machine compare by CPU seconds (of all threads together), which other processes inflate less."
    )
    earlier: dict[str, tuple[int, float]] = {}
    differing: list[str] = []
    for count in sizes:
        reports: dict[str, dict[str, Any] | str] = {}
        with tempfile.TemporaryDirectory(prefix="downline-bench-") as name:
            folder = Path(name)
            work = job(count)
            np.save(folder / "parents.npy", work.parents)
            np.save(folder / "amounts.npy", work.amounts)
            del work
            for peer in peers:
                print(f"... {peer} at {count:,}", file=sys.stderr, flush=True)
                over = count > CAPS[peer]
                reports[peer] = f"not run above {CAPS[peer]:,}" if over else run(peer, folder, chosen.timeout)
        print("\n".join(table(count, reports, earlier)), flush=True)
        measured = {peer: report for peer, report in reports.items() if not isinstance(report, str)}
        earlier |= {peer: (count, report["total"]) for peer, report in measured.items()}
        checks = {peer: report["checks"] for peer, report in measured.items()}
        differing += [f"{peer} at {count:,}" for peer, each in checks.items() if each != checks.get("downline", each)]
        print(f"\nResults of {', '.join(checks)}: {'DIFFERENT' if differing else 'equal'}.", flush=True)
    if differing:
        print(f"results differ: {', '.join(differing)}", file=sys.stderr)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
