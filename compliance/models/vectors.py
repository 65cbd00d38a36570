"""A file of reference values held against the library: what agrees within the stated tolerance, and what does not.

A file is a JSON list of `{"id", "model", "inputs", "expected", "tolerance", "source"}`. A tolerance is absolute and
holds for every number inside `expected`; texts, nulls and the names of keys must agree exactly. A vector that cannot be
computed is a miss with a reason, never an end of the run.
"""

from __future__ import annotations

import json
import math
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from compliance.errors import ComplianceError, VectorFileError
from compliance.models.evaluating import evaluate

_LARGEST = Fraction(sys.float_info.max)
_KEYS = ("id", "model", "inputs", "expected")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one vector."""

    id: str
    model: str
    agrees: bool
    expected: Any = None
    computed: Any = None
    tolerance: float = 0.0
    difference: float | None = None
    """The largest between numbers that stand in the same place; None where none do."""
    problem: str | None = None
    """Why nothing could be computed, or where the two differ."""
    failed: bool = False
    """Nothing was computed."""


@dataclass(slots=True)
class _Comparison:
    tolerance: float
    difference: float | None = None
    problem: str | None = None

    def differs(self, problem: str) -> None:
        self.problem = self.problem or problem

    def hold(self, expected: Any, computed: Any, where: str = "") -> None:
        if isinstance(expected, dict) and isinstance(computed, dict):
            if odd := sorted(expected.keys() ^ computed.keys()):
                self.differs(f"keys on one side only: {', '.join(odd)}")
            for key in expected.keys() & computed.keys():
                self.hold(expected[key], computed[key], f"{where}.{key}".lstrip("."))
        elif isinstance(expected, list) and isinstance(computed, list):
            if len(expected) != len(computed):
                self.differs(f"{where or 'list'}: {len(expected)} expected, {len(computed)} computed")
            for at, (one, other) in enumerate(zip(expected, computed, strict=False)):
                self.hold(one, other, f"{where}[{at}]")
        elif _is_number(expected) and _is_number(computed):
            gap = abs(Fraction(expected) - Fraction(computed))
            self.difference = max(self.difference or 0.0, float(min(gap, _LARGEST)))
            if gap > self.tolerance:
                self.differs(f"{where or 'value'} beyond the tolerance of {self.tolerance:g}")
        elif type(expected) is not type(computed) or expected != computed:
            self.differs(f"{where or 'value'}: {expected!r} expected, {computed!r} computed")


def _is_number(value: Any) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and (isinstance(value, int) or math.isfinite(value))
    )


def verify(vector: Any, at: int = 0) -> Verdict:
    """One vector; `at` is its place in the file, for one without an id."""
    if not isinstance(vector, dict) or any(key not in vector for key in _KEYS):
        absent = [key for key in _KEYS if not isinstance(vector, dict) or key not in vector]
        name = str(vector.get("id", f"number {at + 1}")) if isinstance(vector, dict) else f"number {at + 1}"
        return Verdict(name, "", agrees=False, failed=True, problem=f"no test vector: {', '.join(absent)} missing")
    name, model, expected, tolerance = (
        str(vector["id"]),
        str(vector["model"]),
        vector["expected"],
        vector.get("tolerance", 0),
    )

    def missed(problem: str) -> Verdict:
        return Verdict(name, model, agrees=False, expected=expected, failed=True, problem=problem)

    if not _is_number(tolerance) or tolerance < 0:
        return missed(f"tolerance {tolerance!r} is no number from 0 up")
    try:
        computed = evaluate(vector["model"], vector["inputs"])
    except ComplianceError as error:
        return missed(f"[{error.code}] {error}")
    comparison = _Comparison(tolerance)
    comparison.hold(expected, computed)
    agrees = comparison.problem is None
    return Verdict(name, model, agrees, expected, computed, tolerance, comparison.difference, comparison.problem)


def verify_file(file: Path) -> list[Verdict]:
    """Every vector of a file, in its order.

    Raises:
        VectorFileError: the file cannot be read, or holds no JSON list.
    """
    try:
        vectors = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise VectorFileError(file, f"cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise VectorFileError(file, f"is no JSON text in UTF-8: {error}") from error
    if not isinstance(vectors, list):
        raise VectorFileError(file, "must hold a JSON list of test vectors")
    return [verify(vector, at) for at, vector in enumerate(vectors)]
