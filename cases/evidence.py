"""The rows behind a figure, a page at a time.

A measurement carries the query that gives its rows. Run once, its answer can be kept beside the case as a Parquet
file in a cache folder (it is derived and may be deleted at any time); pages are then slices of that file, however
many millions of rows there are. Rows are numbered in the query's own order, so a page never shifts.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cases.errors import UnknownMeasurement

if TYPE_CHECKING:
    import polars as pl

    from cases.analysis import Analysis
    from compliance.measurement import Evidence
    from compliance.records import Records


def rows(analysis: Analysis, measurement: str, *, after: int, limit: int, cache: Path | None = None) -> pl.DataFrame:
    """A page of rows; see `Analysis.rows`.

    Args:
        analysis: whose measurement it is.
        measurement: its id.
        after: how many rows have been seen.
        limit: most rows to return.
        cache: a folder where the whole answer may be kept for the next page.
    """
    evidence = evidence_of(analysis, measurement)
    if cache is None:
        with open_records(analysis) as records:
            return records.rows(evidence, limit=limit, after=after)
    import polars as pl

    path = cache / analysis.id / f"{measurement}.parquet"
    if not path.exists():
        _keep(analysis, evidence, path)
    return pl.scan_parquet(path).slice(after, limit).collect()


def evidence_of(analysis: Analysis, measurement: str) -> Evidence:
    """The query behind a measurement.

    Raises:
        UnknownMeasurement: no such measurement, or one that has no rows.
    """
    known = {one.id: one for one in analysis.measurements}
    found = known.get(measurement)
    if found is None or found.evidence is None:
        raise UnknownMeasurement(measurement, sorted(id_ for id_, one in known.items() if one.evidence is not None))
    return found.evidence


def open_records(analysis: Analysis) -> Records:
    """The analysed snapshot, opened for queries; to be closed by the caller."""
    from compliance.assumptions import Assumptions
    from compliance.records import Records

    return Records.open(
        analysis.snapshot.folder,
        computed=analysis.computed or analysis.folder / "computed.parquet",
        reconciliation=analysis.reconciliation or analysis.folder / "reconciliation.parquet",
        reading=analysis.snapshot.reading,
        assumptions=Assumptions.model_validate(analysis.inputs["assumptions"]),
    )


def _keep(analysis: Analysis, evidence: Evidence, path: Path) -> None:
    import tempfile

    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as aside, open_records(analysis) as records:
        whole = Path(aside) / "rows.parquet"
        records.sql(evidence.sql).write_parquet(whole)
        whole.replace(path)
