"""Every published reference value of the field's models, with the tolerance that is stated beside it."""

from __future__ import annotations

import json
from pathlib import Path

from compliance.models import names, verify_file


def test_every_reference_value(shared_reference: Path) -> None:
    verdicts = verify_file(shared_reference / "model-values.json")
    missed = [f"{each.id}: {each.problem}" for each in verdicts if not each.agrees]
    assert not missed, "\n".join(missed)
    assert len(verdicts) >= 130


def test_every_model_has_a_reference_value(shared_reference: Path) -> None:
    vectors = json.loads((shared_reference / "model-values.json").read_text(encoding="utf-8"))
    assert {vector["model"] for vector in vectors} == set(names())
