"""Reference values of the field's models, with the tolerance that is stated beside each.

Those that are published with the product's references, and those in `models/`: limits of every formula computed anew
with sixty digits, in fractions or by listing every case, and balances that the compiled contract itself gave.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compliance.models import names, verify_file
from compliance.models.vectors import Verdict

HERE = Path(__file__).parent / "models"
FILES = sorted(HERE.glob("*.json"))


def missed(verdicts: list[Verdict]) -> str:
    return "\n".join(f"{each.id}: {each.problem and each.problem.en}" for each in verdicts if not each.agrees)


def test_every_published_value(shared_reference: Path) -> None:
    verdicts = verify_file(shared_reference / "model-values.json")
    assert not missed(verdicts)
    assert len(verdicts) >= 130


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_value_of_our_own(file: Path) -> None:
    assert not missed(verify_file(file))


def test_every_model_has_a_reference_value(shared_reference: Path) -> None:
    vectors = [
        vector
        for file in (shared_reference / "model-values.json", *FILES)
        for vector in json.loads(file.read_text(encoding="utf-8"))
    ]
    assert {vector["model"] for vector in vectors} == set(names())
