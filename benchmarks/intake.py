"""How fast the receiving desk reads order lines, and in how much memory.

Writes a CSV file of N order lines (eight columns: line number, date and time, seller, buyer, product, category,
amount, volume), reads it with `intake.read` and a data sheet (so that every column counts) in a process of its own, and prints rows, wall-clock and CPU seconds, rows per
second and the peak of that process's resident memory. The generator is deterministic.

    python benchmarks/intake.py 10_000_000
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

_AT_ONCE = 500_000
_MEMBERS = 1_000_000
_COLUMNS = (
    "{id: order_id, date: order_date, seller_id: seller_id, buyer_id: buyer_id, product: product,"
    " category: category, amount: amount, volume: bv}"
)


def write_orders(path: Path, lines: int) -> None:
    """Write `lines` order lines as CSV with one line of headings."""
    random = np.random.default_rng(20_250_307)
    with path.open("wb") as file:
        for start in range(0, lines, _AT_ONCE):
            count = min(_AT_ONCE, lines - start)
            seconds = 1_735_689_600 + np.arange(start, start + count) * 3 + random.integers(0, 3, count)
            frame = pl.DataFrame(
                {
                    "order_id": np.arange(start + 1, start + count + 1),
                    "order_date": pl.Series(seconds).cast(pl.Int64) * 1000,
                    "sponsor": random.integers(1, _MEMBERS, count),
                    "customer_id": random.integers(1, _MEMBERS, count),
                    "sku": random.integers(100, 999, count),
                    "category": random.integers(0, 4, count),
                    "cents": random.integers(500, 50_000, count),
                }
            ).select(
                order_id=pl.format("ORD-{}", pl.col("order_id").cast(pl.String).str.zfill(9)),
                order_date=pl.col("order_date").cast(pl.Datetime("ms")).dt.strftime("%Y-%m-%d %H:%M:%S"),
                seller_id=pl.format("M{}", pl.col("sponsor").cast(pl.String).str.zfill(8)),
                buyer_id=pl.format("M{}", pl.col("customer_id").cast(pl.String).str.zfill(8)),
                product=pl.format("SKU-{}", pl.col("sku")),
                category=pl.col("category").replace_strict(
                    {0: "product", 1: "autoship", 2: "starter kit", 3: "training"}
                ),
                amount=pl.format(
                    "{}.{}",
                    pl.col("cents") // 100,
                    (pl.col("cents") % 100).cast(pl.String).str.zfill(2),
                ),
                bv=pl.format("{}.{}", pl.col("cents") // 200, (pl.col("cents") % 10)),
            )
            frame.write_csv(file, include_header=start == 0)


def measure(path: Path, out: Path) -> dict[str, float]:
    """Read a file with intake in this process; seconds and peak resident megabytes."""
    import intake

    start = time.perf_counter()
    sheet = path.with_suffix(".datasheet.yaml")
    sheet.write_text(f"{{currency: USD, files: [{{file: {path.name}, table: orders, columns: {_COLUMNS}}}]}}")
    reading = intake.read([path], out, datasheet=sheet)
    seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    assert reading.rows_in == reading.rows_accepted + reading.rows_refused
    return {
        "rows": reading.rows_in,
        "accepted": reading.rows_accepted,
        "refused": reading.rows_refused,
        "megabytes": path.stat().st_size / 1e6,
        "seconds": seconds,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "peak_megabytes": used.ru_maxrss / 1024,
    }


def main() -> None:
    """Generate, read, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lines", nargs="?", type=lambda text: int(text.replace("_", "")), default=10_000_000)
    parser.add_argument("--file", type=Path, help="keep the generated file here, and use it again if it exists")
    parser.add_argument("--measure", nargs=2, type=Path, metavar=("FILE", "OUT"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measure(*asked.measure)))
        return
    with tempfile.TemporaryDirectory(prefix="intake-bench-") as folder:
        path = asked.file or Path(folder) / "orders.csv"
        if not path.exists():
            write_orders(path, asked.lines)
        told = subprocess.run(
            [sys.executable, "-m", "benchmarks.intake", "--measure", str(path.resolve()), str(Path(folder) / "out")],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).resolve().parents[1],  # so that `intake` is the room and not this script
        ).stdout
    figures = json.loads(told.splitlines()[-1])
    print(f"{platform.machine()}, Python {platform.python_version()}, Polars {pl.__version__}")
    print(f"{'rows':>12} {'MB':>8} {'seconds':>8} {'CPU s':>8} {'rows/s':>12} {'peak MB':>8} {'refused':>8}")
    print(
        f"{figures['rows']:>12,} {figures['megabytes']:>8.0f} {figures['seconds']:>8.1f} {figures['cpu_seconds']:>8.1f}"
        f" {figures['rows'] / figures['seconds']:>12,.0f} {figures['peak_megabytes']:>8.0f} {figures['refused']:>8,}"
    )


if __name__ == "__main__":
    main()
