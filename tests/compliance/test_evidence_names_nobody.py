"""The rows behind a figure go to roles that see names masked, so no indicator's query may give a name or a person."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from compliance.indicators import measure
from compliance.records import Records
from intake.schema import PERSONAL

SECRETS = tuple(sorted(PERSONAL))
MARK = "not-for-every-reader"


@pytest.fixture
def named(scheme: Records, tmp_path: Path) -> Records:
    """The bundled scheme with invented names, and three positions each with one human's number, address and account."""
    folder = Path(shutil.copytree(scheme.folder, tmp_path / "named"))
    people = pl.read_parquet(folder / "participants.parquet")
    row = pl.int_range(pl.len())
    people = people.drop(SECRETS, strict=False).with_columns(
        pl.format("{} name {}", pl.lit(MARK), row).alias("name"),
        *(
            pl.format("{} {} {}", pl.lit(MARK), pl.lit(column), row // 3 + 10_000_000).alias(column)
            for column in SECRETS
            if column != "name"
        ),
    )
    people.write_parquet(folder / "participants.parquet")
    return Records.open(folder, currencies={"USDT": 6})


def test_no_evidence_gives_a_name_or_a_person(named: Records) -> None:
    with named:
        shown = [one for one in measure(named) if one.evidence is not None]
        assert len(shown) > 15
        for one in shown:
            assert one.evidence is not None
            assert not set(one.evidence.columns) & set(SECRETS), one.id
            rows = named.rows(one.evidence, limit=5000)
            assert tuple(rows.columns) == one.evidence.columns, one.id
            assert not set(rows.columns) & set(SECRETS), one.id
            texts = rows.select(pl.col(pl.String)).to_dict(as_series=False).values()
            assert not [text for column in texts for text in column if text and MARK in text], one.id
        assert next(one for one in shown if one.id == "identity_clusters").numerator
        of_people = [one.id for one in shown if one.evidence is not None and "person IN" in one.evidence.sql]
        assert of_people  # what one human holds is counted by `person`, and the query still does not give it
