"""Every indicator, timed on a company of a million participants, ten million orders, ten million payouts, 24 months.

Makes the company once (kept in a folder, made anew with --fresh), measures it in a process of its own, and prints
seconds and peak memory in all, and seconds of each indicator and of each derived table. In the same run three of the
sums are computed by peers, plain pandas and one DuckDB query each on the same Parquet, and must agree.

    python -m benchmarks.indicators                       # a million, kept in .cache/benchmarks/indicators-1000000
    python -m benchmarks.indicators --participants 100000 --only net_loss_share
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / ".cache" / "benchmarks"
SIZE, SEED = 1_000_000, 7

_OWN, _CUSTOMERS = 0.186, 0.55
"""Factors of the scenario's habits at which there are ten orders and ten payouts for each participant."""

_PLAN = """id: benchmark
title: {en: One level for buyers of 20 points, ar: مستوى واحد لمن يشتري 20 نقطة}
currency: USD
period: month
volumes: {customers_count: false}
activity: {rule: personal_volume, at_least: "20"}
ranks:
  source: qualified
  order: [Member, Manager]
  unranked: Member
  qualifications: {Manager: {personal_volume: "1000"}}
components:
  - {id: retail, family: retail_profit, paid_by: company, eligibility: {active: false}}
  - id: levels
    family: unilevel
    base: {measure: volume, per_point: "1"}
    rates: [10%]
    compression: skip_ineligible
"""


def company(folder: Path, participants: int = SIZE) -> Path:
    """The company as a snapshot folder for `Records.open`, made if it is not there; the folder itself.

    The scenario is inventory loading, with a kit, recurring orders, customers, planted rows of positions, receipts and
    rings, so that every indicator has something to count.
    """
    if (folder / "done").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    plan = folder / "plan.yaml"
    plan.write_text(_PLAN, encoding="utf-8")
    made = _company(plan, participants)
    writers: dict[str, pq.ParquetWriter] = {}
    lines: dict[str, int] = {}
    _put(folder, writers, lines, "participants", made.participants)
    for month in made.months():
        for name in ("orders", "payouts", "returns", "ranks"):
            _put(folder, writers, lines, name, month[name])
    for writer in writers.values():
        writer.close()
    (folder / "done").write_text(json.dumps(made.totals), encoding="utf-8")
    return folder


def _company(plan: Path, participants: int) -> Any:
    from synthetic.company import Company
    from synthetic.scenario import Chosen, load_scenario

    def scaled(given: Any, factor: float) -> Any:
        return None if given is None else Chosen[float](value=given.value * factor, why="for the benchmark")

    loader, stacked, receipts, pyramid = (
        load_scenario(kind)
        for kind in ("inventory-loader", "stacked-genealogy", "fabricated-receipts", "recruitment-pyramid")
    )
    roles = {
        name: role.model_copy(
            update={
                "own_orders": scaled(role.own_orders, _OWN),
                "qualifying": scaled(role.qualifying, 0.4),
                "customer_orders": scaled(role.customer_orders, _CUSTOMERS),
                "autoship": Chosen[float](value=0.06, why="for the benchmark"),
                "receipts": Chosen[int](value=1, why="for the benchmark") if name == "member" else None,
            }
        )
        for name, role in loader.roles.items()
    }
    few = Chosen[float](value=0.02, why="for the benchmark")
    scenario = loader.model_copy(
        update={
            "roles": roles,
            "recurring": pyramid.recurring,
            "receipts": receipts.receipts,
            "wash": receipts.wash,
            "stacks": stacked.stacks.model_copy(update={"share": few}) if stacked.stacks else None,
        }
    )
    return Company(scenario, participants, SEED, 24, plan_path=plan)


def _put(
    folder: Path, writers: dict[str, pq.ParquetWriter], lines: dict[str, int], name: str, frame: pl.DataFrame
) -> None:
    from intake.schema import arrow_schema

    if not len(frame):
        return
    schema = arrow_schema(name)
    first = lines.get(name, 1)
    table = frame.with_columns(
        source_file=pl.lit(f"{name}.csv"),
        source_line=pl.int_range(first + 1, first + 1 + len(frame), dtype=pl.Int64),
    ).to_arrow()
    lines[name] = first + len(frame)
    columns = [
        table.column(field.name).cast(field.type)
        if field.name in table.column_names
        else pa.nulls(len(frame), field.type)
        for field in schema
    ]
    if name not in writers:
        writers[name] = pq.ParquetWriter(folder / f"{name}.parquet", schema, compression="zstd")
    writers[name].write_table(pa.Table.from_arrays(columns, schema=schema))


def measured(folder: Path, only: list[str]) -> dict[str, Any]:
    """Open and measure in this process: seconds in all, by indicator and by derived table, and the peak."""
    from benchmarks.pipeline import _cpu, _Parts, _peak

    parts = _Parts()
    parts.watch()
    from compensation import load_plan
    from compliance import Records, measure

    start, used = time.perf_counter(), _cpu()
    with Records.open(folder, plan=load_plan(folder / "plan.yaml")) as records:
        found = measure(records, only or None)
    return {
        "seconds": time.perf_counter() - start,
        "cpu_seconds": _cpu() - used,
        "peak_megabytes": _peak(),
        "parts": parts.rows,
        "values": {each.id: each.numerator for each in found},
        "measurable": sum(each.measurable for each in found),
        "measurements": len(found),
    }


PEERS = ("duckdb", "pandas")


def peer(folder: Path, who: str) -> dict[str, Any]:
    """The same three sums by a peer: participants' payments, all payouts, how many are behind."""
    from benchmarks.pipeline import _cpu, _peak

    start, used = time.perf_counter(), _cpu()
    values = _by_duckdb(folder) if who == "duckdb" else _by_pandas(folder)
    return {
        "seconds": time.perf_counter() - start,
        "cpu_seconds": _cpu() - used,
        "peak_megabytes": _peak(),
        "values": values,
    }


def _by_duckdb(folder: Path) -> dict[str, int]:
    import duckdb

    with duckdb.connect() as database:
        for name in ("participants", "orders", "payouts", "returns"):
            database.execute(f"CREATE VIEW {name} AS FROM read_parquet('{folder / name}.parquet')")
        given_back = (
            "(SELECT participant_id id, sum(amount) a FROM returns"
            " WHERE outcome IN ('refunded', 'partly_refunded') GROUP BY 1)"
        )
        row = database.sql(
            f"""
            WITH i AS (SELECT buyer_id id, sum(amount) a FROM orders GROUP BY 1),
                 o AS (SELECT participant_id id, sum(amount) a FROM payouts GROUP BY 1),
                 n AS (SELECT coalesce(i.a, 0) - coalesce(r.a, 0) paid, coalesce(o.a, 0) received
                       FROM participants p LEFT JOIN i USING (id) LEFT JOIN o USING (id)
                       LEFT JOIN {given_back} r USING (id))
            SELECT sum(paid), sum(received), count(*) FILTER (received < paid) FROM n
            """
        ).fetchall()[0]
    return dict(zip(("paid_in", "paid_out", "net_loss_share"), map(int, row), strict=True))


def _by_pandas(folder: Path) -> dict[str, int]:
    import pandas as pd

    people = pd.read_parquet(folder / "participants.parquet", columns=["id"])
    orders = pd.read_parquet(folder / "orders.parquet", columns=["buyer_id", "amount"])
    paid_in = orders.groupby("buyer_id")["amount"].sum()
    del orders
    payouts = pd.read_parquet(folder / "payouts.parquet", columns=["participant_id", "amount"])
    paid_out = payouts.groupby("participant_id")["amount"].sum()
    del payouts
    returns = pd.read_parquet(folder / "returns.parquet", columns=["participant_id", "outcome", "amount"])
    returns = returns[returns["outcome"].isin(["refunded", "partly_refunded"])]
    given_back = returns.groupby("participant_id")["amount"].sum()

    def of(sums: Any) -> Any:
        return people["id"].map(sums).fillna(0).astype("int64")

    paid, received = of(paid_in) - of(given_back), of(paid_out)
    return {"paid_in": int(paid.sum()), "paid_out": int(received.sum()), "net_loss_share": int((received < paid).sum())}


def _apart(*arguments: str) -> dict[str, Any]:
    """One part of the work in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.indicators", *arguments],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def show(ours: dict[str, Any], peers: dict[str, dict[str, Any]], totals: dict[str, int]) -> None:
    """Print the tables."""
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(", ".join(f"{totals[name]:,} {name}" for name in ("participants", "orders", "payouts", "returns")))
    print(f"\n{'':<24}{'seconds':>9}{'CPU s':>9}{'peak MB':>9}")
    for name, found in {f"all {ours['measurements']} indicators": ours, **peers}.items():
        print(f"{name:<24}{found['seconds']:>9.2f}{found['cpu_seconds']:>9.2f}{found['peak_megabytes']:>9.0f}")
    for name, found in peers.items():
        differs = {key for key, value in found["values"].items() if ours["values"].get(key, value) != value}
        print(f"{name}, three sums: {'equal to ours' if not differs else 'NOT EQUAL: ' + ', '.join(sorted(differs))}")
    print(f"\n{'indicator, derived table':<52}{'seconds':>9}{'CPU s':>9}")
    for name, seconds, cpu in sorted(ours["parts"], key=lambda part: -part[1])[:60]:
        print(f"{name[:52]:<52}{seconds:>9.2f}{cpu:>9.2f}")


def main() -> None:
    """Make, measure, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--participants", type=int, default=SIZE)
    parser.add_argument("--folder", type=Path, help="where the company is kept")
    parser.add_argument("--fresh", action="store_true", help="make the company anew")
    parser.add_argument("--only", action="append", default=[], help="an indicator; may be given several times")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--work", choices=["measure", *PEERS], help=argparse.SUPPRESS)
    given = parser.parse_args()
    folder = given.folder or BUILD / f"indicators-{given.participants}"
    if given.work is not None:
        print(json.dumps(measured(folder, given.only) if given.work == "measure" else peer(folder, given.work)))
        return
    if given.fresh:
        (folder / "done").unlink(missing_ok=True)
    start = time.perf_counter()
    company(folder, given.participants)
    print(f"company in {folder}: {time.perf_counter() - start:.1f} s")
    only = [word for each in given.only for word in ("--only", each)]
    ours = _apart("--folder", str(folder), "--work", "measure", *only)
    peers = {} if given.no_peers else {who: _apart("--folder", str(folder), "--work", who) for who in PEERS}
    show(ours, peers, json.loads((folder / "done").read_text()))


if __name__ == "__main__":
    main()
