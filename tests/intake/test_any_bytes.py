"""Whatever bytes arrive under whatever name, the answer is a reading or an `IntakeError`."""

from __future__ import annotations

import contextlib
import io
import zipfile

import openpyxl
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import intake


def parquet_bytes() -> bytes:
    content = io.BytesIO()
    pl.DataFrame({"id": ["1", "2"], "buyer": ["M1", "M2"], "amount": ["5", "6"]}).write_parquet(content)
    return content.getvalue()


def zip_bytes() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("orders.csv", "id,buyer,amount\n1,M1,5\n")
    return content.getvalue()


def workbook_bytes() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["order_id", "customer_id", "amount_usd"], ["A1", "M1", 5], ["A2", "M2", "=1+1"]):
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


SEEDS = {
    "csv": b'order_id,customer_id,amount_usd\nA1,M1,5.00\nA2,"M\n2",6.00\n',
    "jsonl": b'{"id": "1", "buyer": "M1", "amount": 5}\n{"id": "2", "amount": [1, {"a": null}]}\n',
    "parquet": parquet_bytes(),
    "zip": zip_bytes(),
    "xlsx": workbook_bytes(),
}
NOISE = st.one_of(st.binary(max_size=80), st.text(alphabet='a1,;"\n\r\t\x00é={}[]:', max_size=60).map(str.encode))


@st.composite
def files(draw: st.DrawFn) -> tuple[str, bytes]:
    """A good file with some bytes cut out and others put in, or noise."""
    ending = draw(st.sampled_from(sorted(SEEDS)))
    content = draw(st.one_of(NOISE, st.just(SEEDS[ending])))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(content)))
        cut = draw(st.integers(0, 6))
        content = content[:at] + draw(st.binary(max_size=4)) + content[at + cut :]
    return ending, content


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(files())
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, file: tuple[str, bytes]) -> None:
    ending, content = file
    folder = tmp_path_factory.mktemp("any")
    path = folder / f"orders.{ending}"
    path.write_bytes(content)
    with contextlib.suppress(intake.IntakeError):
        reading = intake.read([path], folder / "out")
        assert reading.rows_in == reading.rows_accepted + reading.rows_refused
        assert len(pl.read_parquet(folder / "out" / "refused.parquet")) == reading.rows_refused
        return
    assert [left.name for left in folder.iterdir()] == [path.name]
